//! Deleting what has ended: once after the start, then once an hour.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use tokio::time::sleep;

use super::App;

/// The time between two rounds.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// Deletes what has ended as long as the process lives. The first hourly round begins at a random moment, so that servers that
/// were started together do not all write in the same minute.
pub async fn delete_expired_hourly(app: Arc<App>) {
    let until_first = EVERY.mul_f64(rand::rng().random_range(0.0..1.0));
    delete_expired(&app).await;
    sleep(until_first).await;
    loop {
        delete_expired(&app).await;
        sleep(EVERY).await;
    }
}

async fn delete_expired(app: &App) {
    match app.store.delete_expired().await {
        Ok(0) => {}
        Ok(rows) => tracing::debug!(rows, "deleted what has ended"),
        // The next round finds the same and more.
        Err(error) => {
            tracing::warn!(%error, "what has ended could not be deleted; tried again within an hour")
        }
    }
}
