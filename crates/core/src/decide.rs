//! The rules of every write, in one place: what a decision depends on ([`needs`]) and the decision
//! ([`decide`]). A backend loads the one and applies the other, so no rule is written twice.

mod assignments;
mod contexts;
mod creation;
mod draft;
mod edits;
mod messages;
mod needs;
mod notes;

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::agent::Agent;
use crate::command::{Actor, Command, Refusal};
use crate::context::{Context, Patch};
use crate::conversation::Conversation;
use crate::event::{AgentName, Author, AuthorKind, Event, Kind, QueueName};
use crate::id::{AgentId, ClientId, ConversationId, Ids, PersonId, QueueId, SessionId, VisitorId, WidgetId};
use crate::permission;
use crate::time::{Now, Timestamp};
use crate::visitor::Visitor;
use crate::widget::{GuessHours, ProtectedKeys};

pub use contexts::reached;
pub use needs::{Needs, Target, needs};

/// Who wrote something, for finding it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuthorKey {
    /// What kind of being.
    pub kind: AuthorKind,
    /// Which one.
    pub id: Uuid,
}

/// The event that an author wrote under a `client_id` in one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The author's name for the write.
    pub client_id: ClientId,
    /// Where.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: i64,
    /// Its kind.
    pub kind: Kind,
    /// When it was accepted.
    pub at: Timestamp,
    /// Its text, see [`Event::to_json`].
    pub json: String,
}

/// What came of a context write, kept because a write may leave no event and still must not run twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Who wrote.
    pub author: AuthorKey,
    /// The author's name for the write.
    pub client_id: ClientId,
    /// Names the body, to tell another one.
    pub digest: [u8; 16],
    /// The conversations written, with what was answered about each.
    pub written: Vec<WrittenContext>,
    /// When it was accepted.
    pub at: Timestamp,
}

/// What is answered about one conversation of a context write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenContext {
    /// The conversation.
    pub conversation: ConversationId,
    /// The version that its context had after the write.
    pub version: i64,
    /// Keys that were left out because they are locked.
    pub ignored: Vec<String>,
    /// Keys that were left out because what is there was said later.
    pub newer: Vec<String>,
    /// It was a best guess.
    pub guessed: bool,
}

/// What a decision depends on, all of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// The visitor asked for, and whether the visitor's widget is multi-thread.
    pub visitor: Option<(Visitor, bool)>,
    /// What ALL_PLUS_NEW left standing in the session asked for, or in the newest one.
    pub standing: Option<Patch>,
    /// The agents asked for and the one who has the conversation, as far as they exist.
    pub agents: Vec<Agent>,
    /// The conversation asked for; never another visitor's.
    pub conversation: Option<Conversation>,
    /// The visitor's conversations that are not closed, by id; one more than may be written at once. For a call of the
    /// page those that it may go to, and then closed ones may be among them.
    pub open: Vec<Conversation>,
    /// The contexts of `conversation` and `open`, as far as they were ever written.
    pub contexts: HashMap<ConversationId, Context>,
    /// What the widget of those conversations or of the visitor protects from the page.
    pub protected_keys: ProtectedKeys,
    /// For how long ACTIVE may guess, as the visitor's widget says.
    pub guess: GuessHours,
    /// What the author wrote under the names asked for before.
    pub earlier: Vec<Earlier>,
    /// What came of a context write under the same `client_id`.
    pub receipt: Option<Receipt>,
    /// Where new conversations wait.
    pub default_queue: Option<QueueId>,
    /// The queue asked for exists.
    pub queue_exists: bool,
    /// The queue asked for and the one where the conversation waits, as far as they exist.
    pub queues: Vec<QueueName>,
    /// The first widget.
    pub widget: Option<WidgetId>,
}

/// A visitor made for a conversation that our side starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVisitor {
    /// Identity.
    pub id: VisitorId,
    /// The human being.
    pub person: PersonId,
    /// The widget it comes through.
    pub widget: WidgetId,
}

/// What becomes of one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationWrite {
    /// It starts with this write.
    pub created: bool,
    /// The row before, for the counters; `None` when it starts here.
    pub before: Option<Conversation>,
    /// The row after: heads, counters and times included.
    pub conversation: Conversation,
    /// The new events in order, numbered.
    pub events: Vec<Event>,
    /// The context after, if it changed.
    pub context: Option<Context>,
    /// Keys that a page's context write named and may not write.
    pub ignored: Vec<String>,
    /// Keys that a context write named and that were said later by another.
    pub newer: Vec<String>,
    /// A page's context write came here by a best guess.
    pub guessed: bool,
}

impl WrittenContext {
    fn of(write: &ConversationWrite) -> Self {
        let conversation = &write.conversation;
        Self {
            conversation: conversation.id,
            version: conversation.context_version,
            ignored: write.ignored.clone(),
            newer: write.newer.clone(),
            guessed: write.guessed,
        }
    }
}

/// The place up to which an agent knows a conversation's context. It only moves forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Baseline {
    /// Who.
    pub agent: AgentId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Everything up to this `seq` is known.
    pub position: i64,
}

/// What is to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    /// A visitor to make first.
    pub visitor: Option<NewVisitor>,
    /// The conversations, in the order of their ids.
    pub writes: Vec<ConversationWrite>,
    /// What is left standing in the session from now on.
    pub standing: Option<(SessionId, Patch)>,
    /// What came of a context write.
    pub receipt: Option<Receipt>,
    /// A context write found no conversation.
    pub pending: bool,
    /// An agent has answered, and so knows the context.
    pub baseline: Option<Baseline>,
}

/// What to do about a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Store this.
    Store(Box<Decision>),
    /// The write is known: answer this event of it.
    Known(Earlier),
    /// The context write is known: answer what came of it.
    KnownContext(Receipt),
}

/// Decides about one command. Pure: the moment and the ids are arguments.
pub fn decide(snapshot: &Snapshot, command: &Command, now: Now, ids: &dyn Ids) -> Result<Outcome, Refusal> {
    let moment = Moment { now, ids };
    match command {
        Command::VisitorSend(send) => messages::visitor_send(snapshot, send, &moment),
        Command::AgentSend { agent, conversation, client_id, text } => {
            messages::agent_send(snapshot, *agent, *conversation, *client_id, text, &moment)
        }
        Command::ApiSend { key, as_agent, conversation, client_id, text } => {
            messages::api_send(snapshot, key, *as_agent, *conversation, *client_id, text, &moment)
        }
        Command::Note(note) => notes::write(snapshot, note, &moment),
        Command::Create(create) => creation::create(snapshot, create, &moment),
        Command::WriteContext(write) => contexts::write(snapshot, write, &moment),
        Command::Take { agent, client_id, .. } => assignments::take(snapshot, *agent, *client_id, &moment),
        Command::Edit(edit) => edits::edit(snapshot, edit, &moment),
        Command::SetStatus { by, client_id, status, .. } => {
            assignments::set_status(snapshot, by, *client_id, *status, &moment)
        }
    }
}

/// The moment of a decision and where its ids come from.
struct Moment<'a> {
    now: Now,
    ids: &'a dyn Ids,
}

impl Moment<'_> {
    fn id<T: From<Uuid>>(&self) -> T {
        T::from(self.ids.next(self.now.order))
    }

    /// When it is for this conversation: its times never fall, whatever the clock does.
    fn after(&self, conversation: &Conversation) -> Timestamp {
        self.now.at.max(conversation.updated_at)
    }
}

impl Snapshot {
    fn agent(&self, id: AgentId) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.id == id)
    }

    /// The conversation as that actor may know of it.
    fn seen_by(&self, actor: &Actor) -> Result<&Conversation, Refusal> {
        let conversation = self.conversation.as_ref().ok_or(Refusal::NotFound)?;
        if let Actor::Agent(id) = actor {
            let agent = self.agent(*id).ok_or(Refusal::NotFound)?;
            if !permission::may_see(agent, conversation) {
                return Err(Refusal::NotFound);
            }
        }
        Ok(conversation)
    }

    /// The conversation, if that actor may change it.
    fn writable_by(&self, actor: &Actor) -> Result<&Conversation, Refusal> {
        let conversation = self.seen_by(actor)?;
        if let Actor::Agent(id) = actor {
            let agent = self.agent(*id).ok_or(Refusal::NotFound)?;
            if !permission::may_write(agent, conversation) {
                return Err(Refusal::Forbidden);
            }
        }
        Ok(conversation)
    }

    /// What was written under this name before, in any conversation.
    fn earlier(&self, client_id: ClientId) -> impl Iterator<Item = &Earlier> {
        self.earlier.iter().filter(move |earlier| earlier.client_id == client_id)
    }

    /// What was written under this name in this conversation before.
    fn earlier_in(&self, conversation: ConversationId, client_id: ClientId) -> Option<&Earlier> {
        self.earlier(client_id).find(|earlier| earlier.conversation == conversation)
    }

    fn author(&self, actor: &Actor) -> Author {
        match actor {
            Actor::Agent(id) => {
                Author { kind: AuthorKind::Agent, id: Some(id.0), name: self.agent_name(*id).map(|a| a.name) }
            }
            Actor::Api(key) => {
                Author { kind: AuthorKind::Api, id: Some(key.id.0), name: Some(key.name.as_str().to_owned()) }
            }
        }
    }

    fn agent_name(&self, id: AgentId) -> Option<AgentName> {
        self.agent(id).map(|agent| AgentName { id, name: agent.name.as_str().to_owned() })
    }
}

/// Names the body of a context write, to tell a repetition from another write under the same name.
pub fn patch_digest(patch: &Patch) -> [u8; 16] {
    let hash = Sha256::digest(patch.body_text().as_bytes());
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash[..16]);
    digest
}
