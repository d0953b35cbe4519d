//! Sign-ins that end in another process: `beckon admin` beside the server.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::App;

/// How often the mark is compared: whoever is locked out is gone within a second.
const EVERY: Duration = Duration::from_millis(700);

/// Lets live sockets look at their sign-ins again whenever any changed, as long as the process lives: one small read
/// for all of them. What this process does itself is told at once and costs one look more.
pub async fn watch_access(app: Arc<App>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut known = None;
    loop {
        ticks.tick().await;
        match app.store.access_mark().await {
            Ok(mark) => {
                // The first look, too: a socket may be older than it.
                if known != Some(mark) {
                    app.hub.renew_all();
                }
                known = Some(mark);
            }
            Err(error) => tracing::debug!(%error, "whether sign-ins changed could not be read"),
        }
    }
}
