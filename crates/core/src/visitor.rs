//! Visitors and their sessions.

use crate::context::Patch;
use crate::id::{PersonId, SessionId, VisitorId, WidgetId};
use crate::text::Name;
use crate::time::Timestamp;

/// One browser on one widget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Identity, and author of the visitor's events.
    pub id: VisitorId,
    /// The human being, as far as known.
    pub person: PersonId,
    /// The widget it came through.
    pub widget: WidgetId,
    /// A name, once known.
    pub name: Option<Name>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A visitor's session: proven by a token of which only the hash is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Identity.
    pub id: SessionId,
    /// Whose session it is.
    pub visitor: VisitorId,
    /// The widget it came through.
    pub widget: WidgetId,
    /// When it ends unless it is used before: 30 days, sliding.
    pub expires_at: Timestamp,
    /// What ALL_PLUS_NEW left standing: applied to every conversation created until the session ends.
    pub standing: Option<Patch>,
}

/// How long an unused session lives, in seconds: 30 days.
pub const SESSION_SECONDS: i64 = 30 * 24 * 60 * 60;
/// A session's end is moved at most so often, in seconds: reading must not become writing.
pub const SESSION_TOUCH_SECONDS: i64 = 60 * 60;
/// How long the hash of an ended session's token is kept, in seconds: 90 days. Until then its browser hears how it ended.
pub const ENDED_TOKEN_SECONDS: i64 = 90 * 24 * 60 * 60;
/// How long the handle before the newest still works, in seconds: other tabs may have read it a moment before.
pub const HANDLE_GRACE_SECONDS: i64 = 60;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEnd {
    /// It was not used for 30 days.
    Expired,
    /// It was ended on purpose: by `logout`, or because an old handle was used.
    Revoked,
}

impl SessionEnd {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// From the stored word.
    pub fn from_stored(word: &str) -> Option<Self> {
        [Self::Expired, Self::Revoked].into_iter().find(|end| end.as_str() == word)
    }
}
