//! The promise about handles: how a browser that forgets what the widget's frame keeps comes back to its session.

use async_trait::async_trait;
use beckon_core::id::{SessionId, WidgetId};
use beckon_core::time::Timestamp;
use beckon_core::visitor::{Session, SessionEnd};

use crate::{SecretHash, StoreError};

/// Sites that hold a handle of one session: more are another session's.
pub const HANDLE_SITES: usize = 8;
/// Handles remembered of one session on one site: 30 days of three pages a day. An older one is unknown.
pub const HANDLES_REMEMBERED: usize = 100;
/// Further tokens of one session: more than it may have sockets.
pub const FURTHER_TOKENS: usize = 8;

/// A handle that a page brings back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redemption {
    /// The widget whose frame asks.
    pub widget: WidgetId,
    /// The site whose storage kept it.
    pub origin: String,
    /// The hash of the handle.
    pub handle: SecretHash,
    /// The hash of its successor.
    pub successor: SecretHash,
    /// The hash of the session's further token.
    pub token: SecretHash,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    /// The session, which the successor and the further token now belong to, and when the successor ends.
    Session(Session, Timestamp),
    /// The handle was replaced longer ago than other tabs need: it may have been stolen, so its session is revoked.
    Reused(Session),
    /// Its session has ended.
    Ended(SessionEnd),
    /// No such handle of this widget on this site.
    Unknown,
}

/// Handles.
#[async_trait]
pub trait Handles: Send + Sync {
    /// Gives a session a handle for one site; one it had there before is forgotten. When it ends unless the session is used
    /// before; `None` if the session has ended. At most [`HANDLE_SITES`] sites, the longest unused goes first.
    async fn grant_handle(
        &self,
        session: SessionId,
        origin: String,
        handle: SecretHash,
    ) -> Result<Option<Timestamp>, StoreError>;

    /// Uses a handle. The newest works until its successor was seen in use, by the successor itself or by the token that came
    /// with it, so a lost answer costs nothing; from then on it works for 60 seconds more. An older one ends the session.
    async fn redeem_handle(&self, redemption: Redemption) -> Result<Redeemed, StoreError>;
}
