//! Identities. Each is a UUID of its own type, so that one kind can never be passed for another.
//!
//! New ids are version 7 (they sort by creation); ids made by clients (`ThreadId`, `ClientId`) are any UUID.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// The text was not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not a UUID")]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::parse_str(text).map(Self).map_err(|_| InvalidId)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// A conversation.
    ConversationId;
    /// One browser (or push registration); the author of a visitor's events, never re-keyed.
    VisitorId;
    /// A human being behind one or more visitors.
    PersonId;
    /// One sitting of a visitor: 30 days, sliding.
    SessionId;
    /// A widget: one brand or site.
    WidgetId;
    /// An agent of the console.
    AgentId;
    /// One sign-in of an agent.
    AgentSessionId;
    /// A one-time link by which somebody becomes an agent.
    InviteId;
    /// A queue of conversations.
    QueueId;
    /// A durable event of a conversation; for a message it is the message id.
    EventId;
    /// A text that agents keep ready.
    QuickReplyId;
    /// An API key (not its secret).
    KeyId;
    /// Made by the sender before its first try; makes every write idempotent.
    ClientId;
    /// Made by the visitor's client for a new conversation; unique per visitor.
    ThreadId;
    /// Names one life of the database: a position means something only within its epoch.
    Epoch;
}

/// Where new ids come from; an argument so that rules and tests stay repeatable.
pub trait Ids: Send + Sync {
    /// A fresh version 7 UUID for the given moment.
    fn next(&self, now: crate::time::Timestamp) -> Uuid;
}
