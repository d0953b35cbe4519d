//! Whether the storage takes writes, tried at most once a second however many ask: a trial is a write to the disk.

use beckon_core::time::Timestamp;
use tokio::sync::Mutex;

use super::App;
use crate::limits::READINESS_SECONDS;

/// The last trial and its outcome. The lock is held during a trial, so that all who ask meanwhile share it.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Timestamp, bool)>>);

impl App {
    /// Whether the storage takes writes, or did a moment ago.
    pub async fn is_writable(&self) -> bool {
        let mut last = self.readiness.0.lock().await;
        let now = self.now();
        match *last {
            Some((at, writable)) if at <= now && now < at.plus_seconds(READINESS_SECONDS) => writable,
            _ => {
                let tried = self.store.check_writable().await;
                if let Err(error) = &tried {
                    tracing::error!(%error, "the storage takes no writes");
                }
                *last = Some((self.now(), tried.is_ok()));
                tried.is_ok()
            }
        }
    }
}
