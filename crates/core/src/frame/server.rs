//! Frames to clients, and the objects in them. The console's own HTTP lists carry the same objects.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::object::{ContextState, Elsewhere, Row, Thread, schema};
use crate::agent::Role;
use crate::event::{AgentName, Author};
use crate::id::{AgentId, ConversationId, Epoch, EventId, ThreadId};
use crate::time::Timestamp;

/// A frame to a client.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The hello was accepted.
    Welcome(Welcome),
    /// A conversation's state; its events follow, then `live`.
    State(Box<State>),
    /// One durable event.
    Event(EventFrame),
    /// The end of an answer to `sync`, `subscribe` or `resume`.
    Live(ConversationOnly),
    /// A write was stored.
    Accepted(Accepted),
    /// A write was not stored.
    Rejected(Rejected),
    /// A visitor's thread is new or changed.
    Thread(ThreadFrame),
    /// A list row is new or changed (agents).
    Row(RowFrame),
    /// The agent may no longer see a conversation.
    Gone(ConversationOnly),
    /// Another conversation of the same visitor has newer context (agents).
    Elsewhere(ElsewhereFrame),
    /// Whether somebody is there to answer (visitors).
    Presence(Presence),
    /// The other side is writing.
    Typing(TypingFrame),
    /// Who else looks at a conversation (agents).
    Viewers(Viewers),
    /// In another tab the agent has said *seen* (agents).
    Baseline(BaselineMoved),
    /// The other side's cursors moved.
    Cursor(CursorFrame),
    /// Heads of the conversations that this connection follows.
    Pong(Pong),
    /// The server is about to stop: come back within this time.
    Drain(Drain),
}

impl ServerFrame {
    /// The frame as JSON text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("frames hold nothing that JSON cannot")
    }
}

/// `welcome`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Welcome {
    /// Names this connection in the server's log.
    #[schema(value_type = String)]
    pub connection: String,
    /// Positions mean something only within one epoch.
    #[schema(value_type = String, format = Uuid)]
    pub epoch: Epoch,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub now: Timestamp,
    /// What a client should check before it sends.
    pub limits: ClientLimits,
    /// Whether somebody is there to answer.
    pub online: bool,
    /// All threads of a visitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads: Option<Vec<Thread>>,
    /// Who the agent is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentSelf>,
}

/// Limits of the contract and of contexts.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientLimits {
    /// Characters of a message.
    pub text: usize,
    /// Bytes of a context as compact UTF-8 JSON.
    pub context_bytes: usize,
    /// Top-level keys of a context.
    pub context_keys: usize,
    /// Characters of a key.
    pub key_length: usize,
    /// Bytes of a string.
    pub string_bytes: usize,
    /// Nesting.
    pub depth: usize,
}

/// The limits that hold here.
pub const CLIENT_LIMITS: ClientLimits = ClientLimits {
    text: crate::text::MessageText::LIMIT,
    context_bytes: crate::context::MOST_BYTES,
    context_keys: crate::context::MOST_KEYS,
    key_length: crate::context::LONGEST_KEY,
    string_bytes: crate::context::LONGEST_STRING,
    depth: crate::context::DEEPEST,
};

/// An agent about itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentSelf {
    /// Identity.
    #[schema(value_type = String, format = Uuid)]
    pub id: AgentId,
    /// Name that visitors see.
    pub name: String,
    /// Signs in with it.
    pub email: String,
    /// `ADMIN`, `SUPERVISOR` or `AGENT`.
    #[schema(value_type = String)]
    pub role: Role,
}

/// `state`.
#[derive(Debug, Serialize, ToSchema)]
pub struct State {
    /// The conversation.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
    /// The epoch of all positions here.
    #[schema(value_type = String, format = Uuid)]
    pub epoch: Epoch,
    /// The newest position.
    pub head: i64,
    /// Whether what the client has stays or goes.
    pub mode: Mode,
    /// Position of the first event in this answer; `head + 1` when there is none.
    pub first: i64,
    /// How far each side has read.
    pub cursors: Cursors,
    /// The thread (visitors).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<Thread>,
    /// The list row (agents).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<Row>,
    /// The context (agents).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<ContextState>,
}

/// What a `state` means for the events a client has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// They stay; what follows comes after them.
    Replay,
    /// They go; what follows are the latest.
    Reset,
}

/// Cursors of a conversation, in positions of the reader of this object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cursors {
    /// The other side's devices have everything up to here.
    pub delivered: i64,
    /// The other side has seen everything up to here.
    pub read: i64,
    /// The reader's own side has seen everything up to here.
    pub own_read: i64,
}

/// `event`.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventFrame {
    /// The conversation.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
    /// Its place: the last one + 1.
    pub position: i64,
    /// The event.
    #[schema(value_type = schema::Event)]
    pub event: Box<RawValue>,
}

/// `live` and `gone`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConversationOnly {
    /// The conversation.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
}

/// `accepted`: stored, on disk.
#[derive(Default, Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// The number of the request.
    pub request: u64,
    /// Where a message went.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub conversation: Option<ConversationId>,
    /// The thread a message went to (visitors).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub thread: Option<ThreadId>,
    /// Position of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// Identity of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub event_id: Option<EventId>,
    /// When it was stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// It had been stored before: this is the first answer again.
    pub duplicate: bool,
    /// Where a context write went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversations: Option<Vec<Written>>,
    /// A context write found no conversation: the widget holds it for the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<bool>,
    /// Keys that were left out of a context write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignored: Option<Vec<Ignored>>,
}

/// A conversation whose context was written.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Written {
    /// The thread, when a visitor's client named it.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub thread: Option<ThreadId>,
    /// The conversation.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
    /// Version of its context.
    pub version: i64,
    /// That it was meant is a best guess; missing otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub guessed: bool,
}

/// A key that was left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ignored {
    /// The key.
    pub key: String,
    /// `locked`: the page may not write it; `newer`: what is there was said later.
    pub reason: IgnoredReason,
}

/// Why a key was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IgnoredReason {
    /// The page may not write it.
    Locked,
    /// What is there was said later.
    Newer,
}

/// `rejected`: not stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rejected {
    /// The number of the request, if it could be read.
    pub request: Option<u64>,
    /// What is wrong.
    pub code: RejectCode,
    /// The same in a sentence.
    pub message: String,
    /// The field that is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The limit that was passed, in the unit of its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// The conversation that was asked for, when the frame has no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// Whether trying again can help.
    pub retry: Retry,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
}

/// Why a write was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RejectCode {
    /// A field is missing or has a wrong form.
    BadRequest,
    /// The text has more characters than allowed.
    TooLong,
    /// The text says nothing.
    Blank,
    /// The context is no JSON object, or has a refused key.
    MetadataInvalid,
    /// The context would be over a limit.
    MetadataLimit,
    /// A strategy that does not exist.
    UnknownStrategy,
    /// The conversation is closed.
    Closed,
    /// Unknown to this client.
    NotFound,
    /// The client id belongs to another body.
    ClientIdReused,
    /// Not allowed.
    Forbidden,
    /// Somebody else has it.
    Taken,
    /// The storage takes no writes now.
    StorageUnavailable,
    /// Nobody knows whether it was stored.
    Unknown,
    /// Too fast.
    RateLimited,
    /// A frame type that does not exist.
    UnknownType,
}

/// What a client should do after a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The very same again, with the same client id.
    Same,
    /// The same, later.
    Later,
    /// Not at all.
    Never,
}

/// `thread`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadFrame {
    /// The thread as it is now.
    pub thread: Thread,
    /// Who started it, when it is new.
    #[schema(value_type = Option<schema::Author>)]
    pub started_by: Option<Author>,
}

/// `row`.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowFrame {
    /// The conversation.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
    /// Its newest position: an older row says less.
    pub head: i64,
    /// The row.
    pub row: Row,
}

/// `presence`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Presence {
    /// Whether somebody is there to answer.
    pub online: bool,
}

/// `typing`.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypingFrame {
    /// The conversation.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
    /// Who.
    #[schema(value_type = schema::Author)]
    pub author: Author,
    /// Still, or no longer.
    pub on: bool,
}

/// `baseline`: the agent knows the context up to here, said in whichever tab.
#[derive(Debug, Serialize, ToSchema)]
pub struct BaselineMoved {
    /// The conversation.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
    /// The last event whose context is known. It never moves back; a lower one says nothing.
    pub position: i64,
}

/// `elsewhere`: the page has written to another conversation of the same visitor, which the reader may see.
#[derive(Debug, Serialize, ToSchema)]
pub struct ElsewhereFrame {
    /// The conversation that the reader follows.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
    /// Where the newer context is.
    pub elsewhere: Elsewhere,
}

/// `viewers`: the other agents who have a conversation open, without the reader.
#[derive(Debug, Serialize, ToSchema)]
pub struct Viewers {
    /// The conversation.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
    /// In the order in which they came.
    pub viewers: Vec<Viewer>,
}

/// A colleague at a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Viewer {
    /// Who.
    #[schema(value_type = schema::Named)]
    pub agent: AgentName,
    /// What the colleague is writing now, if anything.
    #[schema(required)]
    pub typing: Option<Writing>,
}

/// What an agent is writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Writing {
    /// A message for the visitor.
    Reply,
    /// A note for the team.
    Note,
}

/// `cursor`.
#[derive(Debug, Serialize, ToSchema)]
pub struct CursorFrame {
    /// The conversation.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
    /// As in [`Cursors`].
    pub delivered: i64,
    /// As in [`Cursors`].
    pub read: i64,
}

/// `pong`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pong {
    /// Newest position by conversation.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub heads: BTreeMap<ConversationId, i64>,
}

/// `drain`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Drain {
    /// Connections end within this time, in milliseconds.
    pub spread_ms: u64,
}

#[cfg(test)]
mod tests {
    use super::{Drain, ServerFrame};

    #[test]
    fn a_frame_names_its_type_first() {
        let frame = ServerFrame::Drain(Drain { spread_ms: 4_000 });
        assert_eq!(frame.to_text(), r#"{"type":"drain","spread_ms":4000}"#);
    }
}
