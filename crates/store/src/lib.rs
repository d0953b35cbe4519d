//! Storage: the promise ([`Store`]) and its backends.
//!
//! # The promise
//! * **Whole operations.** Each method is one operation in one transaction: it happened, or nothing of it did.
//! * **Durable.** A write that answered `Ok` is on disk and survives the process and the power.
//! * **Honest.** [`StoreError::Unknown`] means that the outcome is not known: try the same again (every write
//!   is idempotent). [`StoreError::Unavailable`] means that nothing happened and that it may work later,
//!   [`StoreError::TookTooLong`] the same of a read, which the storage itself is well enough for.
//! * **Ordered.** Events of a conversation are numbered 1, 2, 3 … without gaps, by `seq`, and those that the
//!   visitor may see by `visitor_seq`. Writes that one caller awaits one after the other happen in that order.
//! * **Read your writes.** A read that starts after a write answered sees it.
//! * **Private.** Nothing of a visitor can be reached with another visitor's id.

mod agents;
mod contexts;
mod conversations;
mod error;
mod handles;
mod invites;
mod keys;
mod meta;
mod queues;
mod quick_replies;
mod sources;
mod visitors;
mod widgets;

pub mod sqlite;

pub use agents::{AccessMark, AgentChange, AgentSecret, AgentSession, Agents, NewAgent};
pub use contexts::{AgentContext, Contexts, PastContext, StoredContext, StoredVersion};
pub use conversations::{
    Applied, AppliedConversation, Committed, ConversationFilter, ConversationList, Conversations, Direction,
    EventPage, EventRange, InboxCounts, InboxPage, InboxView, MessageFilter, MessageList, NoteList, OrderBy,
    OrderDirection, Side, Span, StoredEvent, Summary, VisitorThread,
};
pub use error::StoreError;
pub use handles::{FURTHER_TOKENS, HANDLE_SITES, HANDLES_REMEMBERED, Handles, Redeemed, Redemption};
pub use invites::{INVITES_AT_ONCE, Invite, Invites, NewInvite};
pub use keys::{KEYS_AT_ONCE, Keys, REVOKED_KEYS_SHOWN};
pub use meta::{FirstStart, Meta};
pub use queues::Queues;
pub use quick_replies::QuickReplies;
pub use sources::{RandomIds, SystemClock};
pub use visitors::{NewSession, Visitors};
pub use widgets::{MOST_WIDGETS, Widgets};

/// SHA-256 of a secret; the store never sees the secret itself.
pub type SecretHash = [u8; 32];

/// Everything Beckon keeps; see the module for what it promises.
pub trait Store:
    Conversations
    + Contexts
    + Visitors
    + Handles
    + Agents
    + Invites
    + Widgets
    + Keys
    + Queues
    + QuickReplies
    + Meta
{
}

impl<
    T: Conversations
        + Contexts
        + Visitors
        + Handles
        + Agents
        + Invites
        + Widgets
        + Keys
        + Queues
        + QuickReplies
        + Meta,
> Store for T
{
}
