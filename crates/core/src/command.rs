//! What somebody wants to happen. A command carries who wants it and everything it says; what it may
//! depend on is loaded by the store and given to [`crate::decide`].

use crate::context::{ContextError, Patch};
use crate::conversation::{Page, Priority, Status};
use crate::id::{AgentId, ClientId, ConversationId, KeyId, QueueId, SessionId, ThreadId, VisitorId};
use crate::strategy::Strategy;
use crate::text::{MessageText, Name, NoteText, Summary, Topic};
use crate::which_conversation::Screen;

/// A write. Every write with a `client_id` may be sent again: the first result is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The visitor writes a message.
    VisitorSend(VisitorSend),
    /// An agent writes a message; one that nobody has becomes the agent's.
    AgentSend {
        /// Who.
        agent: AgentId,
        /// Where.
        conversation: ConversationId,
        /// Names this write.
        client_id: ClientId,
        /// What.
        text: MessageText,
    },
    /// A program writes a message.
    ApiSend {
        /// With which key.
        key: ApiKey,
        /// In whose name (`x-agent-id`).
        as_agent: Option<AgentId>,
        /// Where.
        conversation: ConversationId,
        /// Names this write.
        client_id: ClientId,
        /// What.
        text: MessageText,
    },
    /// An agent, or a program in an agent's name or its own, notes something for the team.
    Note(WriteNote),
    /// A program or an agent starts a conversation.
    Create(CreateConversation),
    /// Somebody writes context.
    WriteContext(WriteContext),
    /// An agent takes a conversation that nobody has.
    Take {
        /// Who.
        agent: AgentId,
        /// Which.
        conversation: ConversationId,
        /// Names this write.
        client_id: ClientId,
    },
    /// Somebody changes what is known of a conversation, where it waits or whose it is.
    Edit(EditConversation),
    /// Somebody solves, closes, reopens a conversation or lets it wait.
    SetStatus {
        /// Who.
        by: Actor,
        /// Which.
        conversation: ConversationId,
        /// Names this write.
        client_id: ClientId,
        /// The status after.
        status: Status,
    },
}

impl Command {
    /// Bytes of the text that the caller brings: what a write holds in memory until it is done, and about what it stores
    /// in each conversation that it reaches.
    pub fn text_bytes(&self) -> usize {
        match self {
            Self::VisitorSend(send) => {
                let held = send.held.as_ref().map_or(0, |held| held.patch.text_bytes());
                let standing = send.standing.as_ref().map_or(0, Patch::text_bytes);
                send.text.as_str().len() + held + standing
            }
            Self::AgentSend { text, .. } | Self::ApiSend { text, .. } => text.as_str().len(),
            Self::Note(note) => note.text.as_str().len(),
            Self::WriteContext(write) => write.patch.text_bytes(),
            // A topic and a summary at most.
            Self::Create(_) | Self::Edit(_) | Self::Take { .. } | Self::SetStatus { .. } => 0,
        }
    }
}

/// A note for the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteNote {
    /// Who.
    pub by: Actor,
    /// In whose name a program notes; an agent may name no other.
    pub as_agent: Option<AgentId>,
    /// Where.
    pub conversation: ConversationId,
    /// Names this write.
    pub client_id: ClientId,
    /// What.
    pub text: NoteText,
}

/// A change of a conversation from our side: all of it, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditConversation {
    /// Who.
    pub by: Actor,
    /// Which.
    pub conversation: ConversationId,
    /// Names this write, when it only gives the conversation to somebody or to nobody; what else is edited is told
    /// apart by its values.
    pub client_id: ClientId,
    /// What changes.
    pub edit: Edit,
}

/// Fields to change; `None`: stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edit {
    /// What it is about; inside, `None` takes it away.
    pub topic: Option<Option<Topic>>,
    /// What became of it, likewise.
    pub summary: Option<Option<Summary>>,
    /// Where it stands.
    pub status: Option<Status>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// Where it waits; inside, `None`: without a queue.
    pub queue: Option<Option<QueueId>>,
    /// Who has it; inside, `None`: nobody.
    pub agent: Option<Option<AgentId>>,
}

impl Edit {
    /// Only gives the conversation to somebody, or to nobody.
    pub fn assign(agent: Option<AgentId>) -> Self {
        Self { agent: Some(agent), ..Self::default() }
    }
}

/// An API key at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Identity.
    pub id: KeyId,
    /// What people call it.
    pub name: Name,
}

/// Somebody on our side of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person of the console.
    Agent(AgentId),
    /// A program.
    Api(ApiKey),
}

/// A message of the visitor, with what must be stored before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitorSend {
    /// Who.
    pub visitor: VisitorId,
    /// In which session.
    pub session: SessionId,
    /// Where.
    pub to: Destination,
    /// Names this write.
    pub client_id: ClientId,
    /// What.
    pub text: MessageText,
    /// Context that the widget held for the next conversation; stored before the message.
    pub held: Option<HeldContext>,
    /// Context that the widget held with ALL_PLUS_NEW: adds the keys that `held` does not name, and is left
    /// standing in the session. If both together break a limit, `held` is stored alone.
    pub standing: Option<Patch>,
    /// The page, kept for a conversation that starts here.
    pub page: Option<Page>,
}

/// Held context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldContext {
    /// Names this write, for when it is sent again by itself.
    pub client_id: Option<ClientId>,
    /// What to write.
    pub patch: Patch,
}

/// Where a visitor's message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// Into a conversation of this visitor.
    Conversation(ConversationId),
    /// Into the one of this thread, which starts with it if it is new. A single-thread visitor's message
    /// goes to the conversation that is not closed, if there is one.
    Thread(ThreadId),
}

/// A conversation that our side starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateConversation {
    /// Who starts it.
    pub by: Actor,
    /// For whom; `None`: for a new visitor of the first widget, as the contract's body names nobody.
    pub visitor: Option<VisitorId>,
    /// What it is about.
    pub topic: Option<Topic>,
    /// What became of it.
    pub summary: Option<Summary>,
    /// Where it stands.
    pub status: Status,
    /// How urgent it is.
    pub priority: Priority,
    /// Where it waits; `None`: without a queue, which every agent sees.
    pub queue: Option<QueueId>,
    /// Who has it.
    pub agent: Option<AgentId>,
}

/// A write of context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteContext {
    /// Who writes and where.
    pub target: ContextTarget,
    /// Names this write; `None` for doors without one.
    pub client_id: Option<ClientId>,
    /// What to write.
    pub patch: Patch,
    /// Locks the keys it sets against the page, or releases them; `None` leaves locks as they are. Not for pages.
    pub lock: Option<bool>,
}

/// Which conversations of its visitor a call of the page is meant for. A single-thread visitor has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// This one: what the tab held, copied.
    One(ConversationId),
    /// The one where the customer is.
    Active {
        /// What the customer looks at; `None`: the client does not tell, and nothing is guessed.
        screen: Option<Screen>,
    },
    /// All that are not closed.
    All,
    /// The same, and those that start until the session ends.
    AllPlusNew,
}

impl Reach {
    /// By a strategy, in a browser that tells what is on screen or does not.
    pub fn by(strategy: Strategy, screen: Option<Screen>) -> Self {
        match strategy {
            Strategy::Active => Self::Active { screen },
            Strategy::All => Self::All,
            Strategy::AllPlusNew => Self::AllPlusNew,
        }
    }
}

/// Where context goes, and who writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextTarget {
    /// The page's, by strategy.
    Visitor {
        /// Who.
        visitor: VisitorId,
        /// In which session; ALL_PLUS_NEW is left standing there.
        session: SessionId,
        /// Which conversations.
        reach: Reach,
    },
    /// One conversation, from our side.
    Conversation {
        /// Who.
        by: Actor,
        /// Which.
        conversation: ConversationId,
    },
}

/// Why a command was refused. Nothing of it is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Unknown, or not the asker's to know of: both look the same.
    #[error("no such conversation")]
    NotFound,
    /// Closed for good.
    #[error("Closed conversation cannot be changed")]
    Closed,
    /// The same `client_id` came with another body.
    #[error("this client_id was used for another write")]
    ClientIdReused,
    /// The same `Idempotency-Key` came with another request.
    #[error("this key was used for another request")]
    KeyReused,
    /// Seen, but not the agent's to change.
    #[error("you may not change this conversation")]
    Forbidden,
    /// Somebody else has it.
    #[error("{0} has this conversation")]
    Taken(String),
    /// The context would break a rule or limit.
    #[error(transparent)]
    Context(#[from] ContextError),
    /// More conversations than one write may touch.
    #[error(transparent)]
    TooManyConversations(#[from] crate::strategy::TooManyConversations),
    /// The conversation is an agent's: a program must say in whose name it writes.
    #[error("the conversation is assigned: say in whose name with x-agent-id")]
    AgentRequired,
    /// The program named an agent who may not write there.
    #[error("Invalid agent id given '{0}'")]
    InvalidAgent(AgentId),
    /// No such queue.
    #[error("Invalid id '{0}' given! No such entity exists.")]
    InvalidQueue(QueueId),
    /// No such visitor.
    #[error("Invalid id '{0}' given! No such entity exists.")]
    InvalidVisitor(VisitorId),
    /// A new visitor comes through a widget, and there is none.
    #[error("there is no widget")]
    NoWidget,
    /// The house has as many of these as it may.
    #[error("there are {limit} {what} already, and there may be no more")]
    TooMany {
        /// What, in the plural.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// An agent's role does not make shared quick replies.
    #[error("shared quick replies are made by supervisors and administrators")]
    SharedReply,
    /// Somebody must be able to change the settings.
    #[error("is the last administrator who can sign in; make somebody else one first")]
    LastAdministrator,
    /// The single-thread visitor has a conversation that is not closed.
    #[error("the visitor of a single-thread widget has a conversation that is not closed")]
    AlreadyOpen,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::context::{Metadata, WriteMode};

    fn patch(json: &str) -> Patch {
        Patch::new(WriteMode::Merge, Metadata::parse(json).unwrap())
    }

    /// What the bounds of the writer's queue count.
    #[test]
    fn a_writes_text_is_its_message_and_all_context_with_it() {
        let mut send = VisitorSend {
            visitor: Uuid::nil().into(),
            session: Uuid::nil().into(),
            to: Destination::Thread(Uuid::nil().into()),
            client_id: Uuid::nil().into(),
            text: MessageText::new("Grüße").unwrap(),
            held: None,
            standing: None,
            page: None,
        };
        assert_eq!(Command::VisitorSend(send.clone()).text_bytes(), 7);
        send.held = Some(HeldContext { client_id: None, patch: patch(r#"{"cart":[1,2],"old":null}"#) });
        assert_eq!(Command::VisitorSend(send.clone()).text_bytes(), 7 + 9 + 3);
        send.standing = Some(patch(r#"{"plan":"A"}"#));
        assert_eq!(Command::VisitorSend(send).text_bytes(), 7 + 12 + 7);
    }
}
