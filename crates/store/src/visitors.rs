//! The promise about visitors and their sessions.

use async_trait::async_trait;
use beckon_core::id::{VisitorId, WidgetId};
use beckon_core::visitor::{Session, SessionEnd, Visitor};

use crate::{SecretHash, StoreError};

/// A session to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The widget it comes through.
    pub widget: WidgetId,
    /// The hash of its token.
    pub token: SecretHash,
}

/// Visitors and their sessions.
#[async_trait]
pub trait Visitors: Send + Sync {
    /// Makes a person, a visitor and a session; not found if the widget is unknown.
    async fn create_session(&self, session: NewSession) -> Result<Session, StoreError>;

    /// The session of a token, unless it has ended. Finding it moves its end 30 days on, at most once an hour.
    async fn session_by_token(&self, token: SecretHash) -> Result<Option<Session>, StoreError>;

    /// How the session of a token ended; `None` if it has not, or if no such token is known. Known for 90 days.
    async fn session_end(&self, token: SecretHash) -> Result<Option<SessionEnd>, StoreError>;

    /// Ends the session of a token, with its other tokens, its handles and its standing context. Which one; `None` if no
    /// session of this token lives.
    async fn revoke_session(&self, token: SecretHash) -> Result<Option<Session>, StoreError>;

    /// The visitor.
    async fn visitor(&self, id: VisitorId) -> Result<Visitor, StoreError>;
}
