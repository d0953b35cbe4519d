//! Objects that frames carry, and their schemas.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::context::PageAddress;
use crate::conversation::{Page, Preview, Status};
use crate::event::{AgentName, Author, Source};
use crate::id::{ConversationId, QueueId, ThreadId, VisitorId, WidgetId};
use crate::time::{Place, Timestamp};

/// A conversation as its visitor sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Thread {
    /// Our name for it.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
    /// The visitor's client's name for it.
    #[schema(value_type = String, format = Uuid)]
    pub thread: ThreadId,
    /// Where it stands.
    #[schema(value_type = schema::Status)]
    pub status: Status,
    /// The newest position.
    pub head: i64,
    /// Messages to the visitor that were not seen.
    pub unread: i64,
    /// The newest message.
    #[schema(value_type = Option<schema::Preview>)]
    pub preview: Option<Preview>,
    /// Who answers.
    #[schema(value_type = Option<schema::Named>)]
    pub agent: Option<AgentName>,
    /// When it started.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Its place in the list, the highest first: when something happened that the visitor may see. It never falls when the
    /// server's clock does. To the microsecond, in one length: it sorts as text.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Place,
}

/// A conversation in an agent's list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Row {
    /// The conversation.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
    /// The newest position.
    pub head: i64,
    /// Where it stands.
    #[schema(value_type = schema::Status)]
    pub status: Status,
    /// The widget it came through.
    pub widget: WidgetName,
    /// Who asks.
    pub visitor: VisitorName,
    /// Who answers.
    #[schema(value_type = Option<schema::Named>)]
    pub agent: Option<AgentName>,
    /// Where it waits.
    pub queue: Option<QueueName>,
    /// Messages of the visitor that no agent has seen.
    pub unread: i64,
    /// The newest message.
    #[schema(value_type = Option<schema::Preview>)]
    pub preview: Option<Preview>,
    /// The first message of the visitor that nobody answered yet.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub waiting_since: Option<Timestamp>,
    /// The visitor's newest message.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_visitor_message_at: Option<Timestamp>,
    /// The page it started on.
    #[schema(value_type = Option<schema::Page>)]
    pub page: Option<Page>,
    /// Up to eight short values of the context, in its order; a list shows two of them.
    pub facts: Vec<FactText>,
    /// When it started.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When its newest event was.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Its place in the list: the highest first, then the highest id. The time of the visitor's newest message, else of the
    /// start, as long as the server's clock is never set back; it never falls even then, so it is not a time to show. To the
    /// microsecond, in one length: it sorts as text.
    #[schema(value_type = String, format = DateTime)]
    pub sort_at: Place,
}

/// A widget in a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WidgetName {
    /// Identity.
    #[schema(value_type = String, format = Uuid)]
    pub id: WidgetId,
    /// What agents call it.
    pub name: String,
}

/// A queue in a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueueName {
    /// Identity.
    #[schema(value_type = String, format = Uuid)]
    pub id: QueueId,
    /// What agents call it.
    pub name: String,
}

/// A visitor in a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitorName {
    /// Identity.
    #[schema(value_type = String, format = Uuid)]
    pub id: VisitorId,
    /// The name, once known.
    pub name: Option<String>,
}

/// One short plain value of the context.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FactText {
    /// The top-level key.
    pub key: String,
    /// The value as JSON text.
    pub text: String,
}

/// A context on its way to a console: as text, so that order and digits survive a JavaScript reader.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContextState {
    /// A JSON object; `{}` when none was ever set.
    pub text: String,
    /// Counts the writes that changed something.
    pub version: i64,
    /// When the last of them was.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated_at: Option<Timestamp>,
    /// Who set each top-level key last, in the context's order.
    pub keys: Vec<ContextKey>,
    /// What the reader of this object knows of it.
    pub baseline: ContextBaseline,
    /// Another conversation of the same visitor with newer context; missing when there is none that the reader may see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Elsewhere>,
}

/// A conversation with newer context than another one of the same visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Elsewhere {
    /// Which.
    #[schema(value_type = String, format = Uuid)]
    pub conversation: ConversationId,
    /// When its context last changed.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// One top-level key of a context: the write that set it last.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContextKey {
    /// The key.
    pub key: String,
    /// The context's version after that write.
    pub version: i64,
    /// When it was accepted.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Where it came from.
    #[schema(value_type = schema::Source)]
    pub source: Source,
    /// Who wrote.
    #[schema(value_type = schema::Author)]
    pub author: Author,
    /// When the page called, or the program or person wrote.
    #[schema(value_type = String, format = DateTime)]
    pub sent_at: Timestamp,
    /// The page that called; missing when it was not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub page: Option<PageAddress>,
    /// That this conversation was meant is a best guess; missing otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub guessed: bool,
    /// The page may not write it.
    pub locked: bool,
}

/// The context as an agent knows it: as it was when the agent last answered or said *seen*, and before that, when the
/// agent first opened the conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContextBaseline {
    /// Everything up to here is known.
    pub position: i64,
    /// The context's version then.
    pub version: i64,
    /// The context then; null: it has not changed since.
    #[schema(required)]
    pub text: Option<String>,
}

/// An event and its place, in a history page.
#[derive(Debug, Serialize, ToSchema)]
pub struct PositionedEvent {
    /// Its place.
    pub position: i64,
    /// The event.
    #[schema(value_type = schema::Event)]
    pub event: Box<RawValue>,
}

/// Shapes of what is serialised elsewhere, for the API description only.
pub mod schema {
    use serde::Serialize;
    use utoipa::ToSchema;

    /// Where a conversation stands.
    #[derive(Serialize, ToSchema)]
    #[schema(as = Status)]
    #[serde(rename_all = "UPPERCASE")]
    pub enum Status {
        /// Being talked about.
        Open,
        /// Waiting for something outside.
        Waiting,
        /// Answered; a new message opens it again.
        Solved,
        /// Ended for good.
        Closed,
    }

    /// Who wrote something.
    #[derive(Serialize, ToSchema)]
    #[schema(as = Author)]
    pub struct Author {
        /// What kind of being.
        #[serde(rename = "type")]
        pub kind: AuthorKind,
        /// Which one.
        #[schema(format = Uuid)]
        pub id: Option<String>,
        /// What it was called then.
        pub name: Option<String>,
    }

    /// What kind of being wrote something.
    #[derive(Serialize, ToSchema)]
    #[schema(as = AuthorKind)]
    #[serde(rename_all = "snake_case")]
    pub enum AuthorKind {
        /// The customer.
        Visitor,
        /// A person of the console.
        Agent,
        /// A program that talks as an agent.
        Bot,
        /// A program with an API key.
        Api,
        /// Beckon itself.
        System,
    }

    /// The newest message.
    #[derive(Serialize, ToSchema)]
    #[schema(as = Preview)]
    pub struct Preview {
        /// Who wrote it.
        pub author: Author,
        /// How it begins.
        pub text: String,
        /// When.
        #[schema(format = DateTime)]
        pub at: String,
    }

    /// A page of the site.
    #[derive(Serialize, ToSchema)]
    #[schema(as = StartPage)]
    pub struct Page {
        /// Address.
        pub url: String,
        /// Title.
        pub title: String,
    }

    /// An agent as others see one.
    #[derive(Serialize, ToSchema)]
    #[schema(as = Named)]
    pub struct Named {
        /// Identity.
        #[schema(format = Uuid)]
        pub id: String,
        /// Name.
        pub name: String,
    }

    /// What every event has.
    #[derive(Serialize, ToSchema)]
    #[schema(as = EventHead)]
    pub struct EventHead {
        /// Identity; for a message the message id.
        #[schema(format = Uuid)]
        pub id: String,
        /// When it was stored.
        #[schema(format = DateTime)]
        pub at: String,
        /// Who caused it.
        pub author: Author,
        /// The sender's name for it, to its own author only.
        #[schema(format = Uuid, required)]
        pub client_id: Option<String>,
    }

    /// One durable event.
    #[derive(Serialize, ToSchema)]
    #[schema(as = Event)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    pub enum Event {
        /// Somebody wrote.
        Message(MessageEvent),
        /// Somebody noted something for the team (agents only).
        Note(NoteEvent),
        /// The status changed.
        Status(StatusEvent),
        /// An agent came.
        Joined(AgentEvent),
        /// An agent went.
        Left(AgentEvent),
        /// Whose it is now (agents only).
        Assigned(AssignedEvent),
        /// Topic, summary or priority changed (agents only).
        Edited(EditedEvent),
        /// It waits in another queue (agents only).
        Moved(MovedEvent),
        /// The context changed (agents only).
        Metadata(MetadataEvent),
    }

    /// A message.
    #[derive(Serialize, ToSchema)]
    #[schema(as = MessageEvent)]
    pub struct MessageEvent {
        /// What every event has.
        #[serde(flatten)]
        pub head: EventHead,
        /// The content.
        pub message: TextMessage,
    }

    /// A text.
    #[derive(Serialize, ToSchema)]
    #[schema(as = TextMessage)]
    pub struct TextMessage {
        /// `TEXT`.
        #[serde(rename = "type")]
        #[schema(example = "TEXT")]
        pub kind: String,
        /// What was said.
        pub text: String,
    }

    /// A note for the team.
    #[derive(Serialize, ToSchema)]
    #[schema(as = NoteEvent)]
    pub struct NoteEvent {
        /// What every event has.
        #[serde(flatten)]
        pub head: EventHead,
        /// The content.
        pub note: NoteText,
    }

    /// What was noted.
    #[derive(Serialize, ToSchema)]
    #[schema(as = NoteText)]
    pub struct NoteText {
        /// At most 4,000 characters.
        pub text: String,
    }

    /// A status change.
    #[derive(Serialize, ToSchema)]
    #[schema(as = StatusEvent)]
    pub struct StatusEvent {
        /// What every event has.
        #[serde(flatten)]
        pub head: EventHead,
        /// Before.
        pub from: Status,
        /// After.
        pub to: Status,
    }

    /// An agent came or went.
    #[derive(Serialize, ToSchema)]
    #[schema(as = AgentEvent)]
    pub struct AgentEvent {
        /// What every event has.
        #[serde(flatten)]
        pub head: EventHead,
        /// Who.
        pub agent: Named,
    }

    /// The conversation changed hands.
    #[derive(Serialize, ToSchema)]
    #[schema(as = AssignedEvent)]
    pub struct AssignedEvent {
        /// What every event has.
        #[serde(flatten)]
        pub head: EventHead,
        /// Whose it is now.
        #[schema(required)]
        pub agent: Option<Named>,
    }

    /// What is known of the conversation changed.
    #[derive(Serialize, ToSchema)]
    #[schema(as = EditedEvent)]
    pub struct EditedEvent {
        /// What every event has.
        #[serde(flatten)]
        pub head: EventHead,
        /// The fields that changed.
        pub changes: Vec<EditedField>,
    }

    /// One field that changed.
    #[derive(Serialize, ToSchema)]
    #[schema(as = EditedField)]
    pub struct EditedField {
        /// `topic`, `summary` or `priority`.
        pub field: String,
        /// Before; null: not set.
        #[schema(required)]
        pub from: Option<String>,
        /// After; null: not set.
        #[schema(required)]
        pub to: Option<String>,
    }

    /// The conversation waits in another queue.
    #[derive(Serialize, ToSchema)]
    #[schema(as = MovedEvent)]
    pub struct MovedEvent {
        /// What every event has.
        #[serde(flatten)]
        pub head: EventHead,
        /// Before.
        #[schema(required)]
        pub from: Option<Named>,
        /// After.
        #[schema(required)]
        pub to: Option<Named>,
    }

    /// The context changed.
    #[derive(Serialize, ToSchema)]
    #[schema(as = MetadataEvent)]
    pub struct MetadataEvent {
        /// What every event has.
        #[serde(flatten)]
        pub head: EventHead,
        /// The context's version after.
        pub version: i64,
        /// Where the write came from.
        pub source: Source,
        /// How it treated the keys it did not name.
        pub mode: WriteMode,
        /// The steps, in order; none when the write only locked or released keys.
        pub changes: Vec<Change>,
        /// Keys it named and that were left out because they are locked; missing when there are none.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub ignored: Option<Vec<String>>,
        /// Keys it set or locked and that the page may not write from now on; missing when there are none.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub locked: Option<Vec<String>>,
        /// Keys it released; missing when there are none.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub unlocked: Option<Vec<String>>,
        /// That this conversation was meant is a best guess; missing otherwise.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub guessed: Option<bool>,
        /// The calls that changed the keys; missing when all were made as the write was accepted, on no page that was told.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub made: Option<Vec<Made>>,
    }

    /// A call of the page.
    #[derive(Serialize, ToSchema)]
    #[schema(as = Made)]
    pub struct Made {
        /// When it was made.
        #[schema(format = DateTime)]
        pub sent_at: String,
        /// The page that called: origin and path; missing when it was not told.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub page: Option<String>,
        /// Its keys; missing: all that no other call here has.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub keys: Option<Vec<String>>,
    }

    /// Where a context write came from.
    #[derive(Serialize, ToSchema)]
    #[schema(as = Source)]
    #[serde(rename_all = "snake_case")]
    pub enum Source {
        /// The site's page.
        Page,
        /// The site's page, by a signed token.
        Signed,
        /// A program with an API key.
        Api,
        /// A bot.
        Bot,
        /// A person of the console.
        Agent,
    }

    /// How a context write treats the keys it does not name.
    #[derive(Serialize, ToSchema)]
    #[schema(as = WriteMode)]
    #[serde(rename_all = "snake_case")]
    pub enum WriteMode {
        /// They stay.
        Merge,
        /// They go.
        Replace,
    }

    /// What happened to one top-level key: set in place, joined at the end (no `from`) or taken away (no `to`).
    #[derive(Serialize, ToSchema)]
    #[schema(as = Change)]
    pub struct Change {
        /// The key.
        pub key: String,
        /// JSON text before.
        #[schema(required)]
        pub from: Option<String>,
        /// JSON text after.
        #[schema(required)]
        pub to: Option<String>,
    }
}
