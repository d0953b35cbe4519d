//! The promise about conversations, their events and contexts.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::agent::Agent;
use beckon_core::command::Command;
use beckon_core::conversation::{Conversation, Priority, Status};
use beckon_core::event::{AgentName, AuthorKind, Kind, with_client_id};
use beckon_core::id::{AgentId, ClientId, ConversationId, EventId, QueueId, VisitorId};
use beckon_core::once::Once;
use beckon_core::time::Timestamp;
use uuid::Uuid;

use crate::StoreError;

/// A durable event with the text that is handed on as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its place in the conversation.
    pub seq: i64,
    /// Its place among what the visitor may see; `None`: internal.
    pub visitor_seq: Option<i64>,
    /// Identity; for a message the message id.
    pub id: EventId,
    /// Its kind.
    pub kind: Kind,
    /// When it was accepted.
    pub at: Timestamp,
    /// What kind of being wrote it.
    pub author_kind: AuthorKind,
    /// Which one.
    pub author_id: Option<Uuid>,
    /// Its sender's name for the write.
    pub client_id: Option<ClientId>,
    /// The wire's Event object as JSON text, with `client_id` null.
    pub json: Arc<str>,
}

impl StoredEvent {
    /// The text for its own author, who recognises it by `client_id`.
    pub fn json_for_author(&self) -> String {
        self.client_id
            .map_or_else(|| self.json.to_string(), |client_id| with_client_id(&self.json, client_id))
    }
}

/// What a command led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The write was known: this is its first result, and nothing was stored or is to be published now.
    pub duplicate: bool,
    /// A context write found no conversation: the widget must hold it.
    pub pending: bool,
    /// The conversations it touched, in the order of their ids when there are several. A write that
    /// changed nothing still lists its conversation, without events.
    pub conversations: Vec<AppliedConversation>,
    /// When it was accepted (for a duplicate: when it was first).
    pub at: Timestamp,
}

/// What a command did to one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedConversation {
    /// The conversation after it.
    pub conversation: Conversation,
    /// It started with this command.
    pub created: bool,
    /// The new events in order; for a duplicate the event of the first try.
    pub events: Vec<StoredEvent>,
    /// The version of its context as this write left it.
    pub context_version: i64,
    /// Keys that a page's context write named and that were left out because they are locked.
    pub ignored: Vec<String>,
    /// Keys that a context write named and that were left out because what is there was said later.
    pub newer: Vec<String>,
    /// A page's context write came here by a best guess.
    pub guessed: bool,
}

impl AppliedConversation {
    /// The message among the events.
    pub fn message(&self) -> Option<&StoredEvent> {
        self.events.iter().find(|event| event.kind == Kind::Message)
    }

    /// The note among the events.
    pub fn note(&self) -> Option<&StoredEvent> {
        self.events.iter().find(|event| event.kind == Kind::Note)
    }
}

/// Whose view of a conversation: decides which events exist and how positions count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The visitor who owns it: `visitor_seq`, no internal events.
    Visitor(VisitorId),
    /// Our side: `seq`, everything. The caller has checked the permission.
    Ours,
}

/// Which events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventRange {
    /// The newest ones.
    Latest,
    /// The newest ones below this position.
    Before(i64),
    /// The oldest ones above this position.
    After(i64),
}

/// Events, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// The events, oldest first.
    pub events: Vec<StoredEvent>,
    /// The conversation as of the same moment: its heads and cursors fit the events.
    pub conversation: Conversation,
}

impl StoredEvent {
    /// Its position as that side counts; `None`: not for that side.
    pub fn position(&self, side: Side) -> Option<i64> {
        match side {
            Side::Visitor(_) => self.visitor_seq,
            Side::Ours => Some(self.seq),
        }
    }
}

/// A list row: the conversation and the names around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The conversation.
    pub conversation: Conversation,
    /// What its widget is called.
    pub widget_name: String,
    /// What the visitor is called, once known.
    pub visitor_name: Option<String>,
    /// Who has it.
    pub agent: Option<AgentName>,
    /// What its queue is called.
    pub queue_name: Option<String>,
}

/// One row of a visitor's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitorThread {
    /// The conversation.
    pub conversation: Conversation,
    /// Who has it.
    pub agent: Option<AgentName>,
}

/// Which conversations an agent looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InboxView {
    /// The agent's own; not the closed ones, unless asked for.
    Mine,
    /// Nobody's that the agent may see; not the closed ones, unless asked for.
    Unassigned,
    /// All that the agent may see, closed ones too.
    All,
}

impl InboxView {
    /// What it shows when nobody asks for certain statuses.
    pub fn statuses(self) -> &'static [Status] {
        match self {
            Self::Mine | Self::Unassigned => &[Status::Open, Status::Waiting, Status::Solved],
            Self::All => &Status::ALL,
        }
    }
}

/// A page of an inbox: the visitor's newest message first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxPage {
    /// The rows.
    pub rows: Vec<Summary>,
    /// Give it back for the next page; `None`: this was the last one. Opaque, safe in a URL.
    pub next_cursor: Option<String>,
}

/// How many conversations that are not closed each view has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InboxCounts {
    /// In [`InboxView::Mine`].
    pub mine: i64,
    /// In [`InboxView::Unassigned`].
    pub unassigned: i64,
    /// In [`InboxView::All`], without the closed ones.
    pub all: i64,
}

/// A stretch of time; without an end it goes on for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Its first moment.
    pub from: Option<Timestamp>,
    /// The first moment after it.
    pub until: Option<Timestamp>,
}

impl Span {
    /// All of time: it filters nothing.
    pub fn is_endless(&self) -> bool {
        self.from.is_none() && self.until.is_none()
    }
}

/// Which conversations the API lists: those that every part of it lets through. An empty list lets through all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConversationFilter {
    /// Only with one of these statuses.
    pub statuses: Vec<Status>,
    /// Only this agent's.
    pub agent: Option<AgentId>,
    /// Only in one of these queues.
    pub queues: Vec<QueueId>,
    /// Only with one of these priorities.
    pub priorities: Vec<Priority>,
    /// Only these.
    pub ids: Vec<ConversationId>,
    /// Only started then.
    pub created: Span,
    /// Only with the newest event then.
    pub updated: Span,
    /// Only closed then; lets through nothing that is not closed, unless endless.
    pub closed: Span,
    /// Only what this agent may see; `None`: everything (an API key).
    pub seen_by: Option<Agent>,
}

/// By what the API's lists are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OrderBy {
    /// By id, which is also by age.
    #[default]
    Id,
    /// By start.
    CreatedAt,
    /// By newest event.
    UpdatedAt,
    /// By when it was closed; what is not closed counts as closed before all others.
    ClosedAt,
}

/// Which end of the order comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OrderDirection {
    /// The smallest.
    #[default]
    Ascending,
    /// The largest.
    Descending,
}

/// A page of conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationList {
    /// The conversations.
    pub conversations: Vec<Conversation>,
    /// How many the filter has in all, exactly.
    pub total: i64,
}

/// Whether a message came from the visitor or went to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the visitor.
    Inbound,
    /// To the visitor.
    Outbound,
}

/// Which messages the API lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MessageFilter {
    /// Only in this direction.
    pub direction: Option<Direction>,
    /// By age.
    pub order: OrderDirection,
}

/// A page of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageList {
    /// The messages.
    pub messages: Vec<StoredEvent>,
    /// Their conversation.
    pub conversation: Conversation,
    /// How many the filter has in all, exactly.
    pub total: i64,
}

/// A page of notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteList {
    /// The notes.
    pub notes: Vec<StoredEvent>,
    /// How many the conversation has in all, exactly.
    pub total: i64,
}

/// Told of what a command did.
pub type Committed = Box<dyn FnOnce(&Applied) + Send>;

/// Conversations.
#[async_trait]
pub trait Conversations: Send + Sync {
    /// Decides and applies one command in one transaction. The acknowledgement and every publication come
    /// after it. Sending a command again answers its first result with `duplicate`; the same `client_id` with
    /// another body is refused. Within a conversation, commands are ordered as their numbers say.
    async fn apply(&self, command: Command) -> Result<Applied, StoreError> {
        self.apply_then(command, Box::new(|_| {})).await
    }

    /// The same, and tells of it: `committed` is called once after the commit and before the answer, also when nobody
    /// waits for that any more, and for commands of one conversation in the order of their numbers. It must not block:
    /// other writes may wait for it. It is not called for what was not stored.
    async fn apply_then(&self, command: Command, committed: Committed) -> Result<Applied, StoreError> {
        self.apply_once(command, None, committed).await
    }

    /// The same for a request that may be sent again. Its name is stored in the transaction of what came of it, for as long
    /// as that: then the first result is answered with `duplicate`, and another request under that name is refused.
    async fn apply_once(
        &self,
        command: Command,
        once: Option<Once>,
        committed: Committed,
    ) -> Result<Applied, StoreError>;

    /// The conversation; not found for a visitor it does not belong to.
    async fn conversation(&self, id: ConversationId, side: Side) -> Result<Conversation, StoreError>;

    /// The conversation with the names around it, for a list row.
    async fn summary(&self, id: ConversationId) -> Result<Summary, StoreError>;

    /// Several of them, all of one moment and in the order asked for; those that do not exist are left out.
    async fn summaries(&self, ids: &[ConversationId]) -> Result<Vec<Summary>, StoreError>;

    /// Events in order, at most `limit`; not found for a visitor it does not belong to.
    async fn events(
        &self,
        id: ConversationId,
        side: Side,
        range: EventRange,
        limit: usize,
    ) -> Result<EventPage, StoreError>;

    /// The newest position of each that exists and belongs to that side; others are left out.
    async fn heads(
        &self,
        ids: &[ConversationId],
        side: Side,
    ) -> Result<Vec<(ConversationId, i64)>, StoreError>;

    /// A visitor's conversations, at most the `limit` youngest, the one first that changed last in the visitor's
    /// eyes.
    async fn threads(&self, visitor: VisitorId, limit: usize) -> Result<Vec<VisitorThread>, StoreError>;

    /// One row of a visitor's list.
    async fn thread(&self, visitor: VisitorId, id: ConversationId) -> Result<VisitorThread, StoreError>;

    /// A page of an agent's inbox, permission applied, newest visitor message first, at most `limit`: only
    /// conversations with one of these statuses; `None`: those of [`InboxView::statuses`]. A cursor that this method
    /// did not make starts at the top.
    async fn inbox(
        &self,
        agent: &Agent,
        view: InboxView,
        statuses: Option<&[Status]>,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<InboxPage, StoreError>;

    /// What the agent's views have, from counters kept with each write.
    async fn inbox_counts(&self, agent: &Agent) -> Result<InboxCounts, StoreError>;

    /// A page of conversations for the API, permission applied; `page` counts from 0; those that the order calls equal
    /// are ordered by id. The total is exact.
    async fn conversations(
        &self,
        filter: &ConversationFilter,
        order: OrderBy,
        direction: OrderDirection,
        page: usize,
        limit: usize,
    ) -> Result<ConversationList, StoreError>;

    /// A page of a conversation's messages for the API; `page` counts from 0. The total is exact.
    async fn messages(
        &self,
        id: ConversationId,
        filter: &MessageFilter,
        page: usize,
        limit: usize,
    ) -> Result<MessageList, StoreError>;

    /// A page of a conversation's notes for the API, by age; `page` counts from 0. The total is exact.
    async fn notes(
        &self,
        id: ConversationId,
        order: OrderDirection,
        page: usize,
        limit: usize,
    ) -> Result<NoteList, StoreError>;

    /// One note of a conversation; not found if it is another one's.
    async fn note(&self, id: ConversationId, note: EventId) -> Result<StoredEvent, StoreError>;

    /// Moves the side's delivered cursor forward to this position of its counting (never back, never past the
    /// head). The conversation after it, and whether anything moved.
    async fn mark_delivered(
        &self,
        id: ConversationId,
        side: Side,
        position: i64,
    ) -> Result<(Conversation, bool), StoreError>;

    /// Moves the side's read cursor forward likewise, the delivered one with it, and the unread counter.
    async fn mark_read(
        &self,
        id: ConversationId,
        side: Side,
        position: i64,
    ) -> Result<(Conversation, bool), StoreError>;
}
