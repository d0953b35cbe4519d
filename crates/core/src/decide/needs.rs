//! What a decision depends on.

use super::AuthorKey;
use crate::command::{Actor, Command, ContextTarget, Destination, Reach};
use crate::event::AuthorKind;
use crate::id::{AgentId, ClientId, ConversationId, QueueId, SessionId, ThreadId, VisitorId};

/// Which conversations a decision depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// None.
    #[default]
    Nothing,
    /// This one, whoever's it is.
    Conversation(ConversationId),
    /// This one, if it is the visitor's.
    VisitorConversation(VisitorId, ConversationId),
    /// The visitor's of this thread, and on a single-thread widget the one that is not closed.
    Thread(VisitorId, ThreadId),
    /// All of the visitor's that are not closed.
    Open(VisitorId),
    /// Those of the visitor's that a call of the page may go to; on a single-thread widget the one that is not closed.
    Reach(VisitorId, Reach),
}

/// What to load for a command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// This visitor and the visitor's widget.
    pub visitor: Option<VisitorId>,
    /// What is left standing in this session.
    pub session: Option<SessionId>,
    /// What is left standing in the visitor's newest session that has not ended.
    pub newest_session: bool,
    /// These agents with their queues.
    pub agents: Vec<AgentId>,
    /// The agent who has the conversation.
    pub owner: bool,
    /// These conversations.
    pub target: Target,
    /// Their contexts, and what their widget protects from the page. The visitor's widget is looked at in any case.
    pub contexts: bool,
    /// What this author wrote under these names before.
    pub earlier: Option<(AuthorKey, Vec<ClientId>)>,
    /// What came of this author's context write under this name.
    pub receipt: Option<(AuthorKey, ClientId)>,
    /// Where new conversations wait.
    pub default_queue: bool,
    /// Does this queue exist?
    pub queue: Option<QueueId>,
    /// That queue by name, and the one where the conversation waits.
    pub queue_names: bool,
    /// Through which widget new visitors come whom our side names.
    pub first_widget: bool,
}

fn visitor_key(visitor: VisitorId) -> AuthorKey {
    AuthorKey { kind: AuthorKind::Visitor, id: visitor.0 }
}

fn agent_key(agent: AgentId) -> AuthorKey {
    AuthorKey { kind: AuthorKind::Agent, id: agent.0 }
}

/// How an actor's writes are found again.
pub(super) fn actor_key(actor: &Actor) -> AuthorKey {
    match actor {
        Actor::Agent(agent) => agent_key(*agent),
        Actor::Api(key) => AuthorKey { kind: AuthorKind::Api, id: key.id.0 },
    }
}

fn actor_agents(actor: &Actor) -> Vec<AgentId> {
    match actor {
        Actor::Agent(agent) => vec![*agent],
        Actor::Api(_) => Vec::new(),
    }
}

/// What to load for a command.
pub fn needs(command: &Command) -> Needs {
    match command {
        Command::VisitorSend(send) => {
            let starts = matches!(send.to, Destination::Thread(_));
            let held = send.held.as_ref().and_then(|held| held.client_id);
            Needs {
                visitor: Some(send.visitor),
                session: (starts || send.standing.is_some()).then_some(send.session),
                target: match send.to {
                    Destination::Conversation(id) => Target::VisitorConversation(send.visitor, id),
                    Destination::Thread(thread) => Target::Thread(send.visitor, thread),
                },
                contexts: send.held.is_some() || send.standing.is_some(),
                earlier: Some((
                    visitor_key(send.visitor),
                    std::iter::once(send.client_id).chain(held).collect(),
                )),
                receipt: held.map(|client_id| (visitor_key(send.visitor), client_id)),
                default_queue: starts,
                ..Needs::default()
            }
        }
        Command::AgentSend { agent, conversation, client_id, .. }
        | Command::Take { agent, conversation, client_id } => Needs {
            agents: vec![*agent],
            owner: true,
            target: Target::Conversation(*conversation),
            earlier: Some((agent_key(*agent), vec![*client_id])),
            ..Needs::default()
        },
        Command::ApiSend { key, as_agent, conversation, client_id, .. } => Needs {
            agents: as_agent.iter().copied().collect(),
            owner: true,
            target: Target::Conversation(*conversation),
            earlier: Some((
                as_agent.map_or(AuthorKey { kind: AuthorKind::Api, id: key.id.0 }, agent_key),
                vec![*client_id],
            )),
            ..Needs::default()
        },
        Command::Note(note) => Needs {
            agents: actor_agents(&note.by).into_iter().chain(note.as_agent).collect(),
            target: Target::Conversation(note.conversation),
            earlier: Some((
                note.as_agent.map_or_else(|| actor_key(&note.by), agent_key),
                vec![note.client_id],
            )),
            ..Needs::default()
        },
        Command::Create(create) => Needs {
            visitor: create.visitor,
            newest_session: true,
            agents: actor_agents(&create.by).into_iter().chain(create.agent).collect(),
            target: create.visitor.map_or(Target::Nothing, Target::Open),
            queue: create.queue,
            first_widget: create.visitor.is_none(),
            ..Needs::default()
        },
        Command::WriteContext(write) => match &write.target {
            ContextTarget::Visitor { visitor, session, reach } => Needs {
                visitor: Some(*visitor),
                session: (*reach == Reach::AllPlusNew).then_some(*session),
                target: Target::Reach(*visitor, *reach),
                contexts: true,
                earlier: write.client_id.map(|client_id| (visitor_key(*visitor), vec![client_id])),
                receipt: write.client_id.map(|client_id| (visitor_key(*visitor), client_id)),
                ..Needs::default()
            },
            ContextTarget::Conversation { by, conversation } => Needs {
                agents: actor_agents(by),
                target: Target::Conversation(*conversation),
                contexts: true,
                earlier: write.client_id.map(|client_id| (actor_key(by), vec![client_id])),
                receipt: write.client_id.map(|client_id| (actor_key(by), client_id)),
                ..Needs::default()
            },
        },
        Command::Edit(edit) => Needs {
            agents: actor_agents(&edit.by).into_iter().chain(edit.edit.agent.flatten()).collect(),
            owner: true,
            target: Target::Conversation(edit.conversation),
            earlier: Some((actor_key(&edit.by), vec![edit.client_id])),
            queue: edit.edit.queue.flatten(),
            queue_names: edit.edit.queue.is_some(),
            ..Needs::default()
        },
        Command::SetStatus { by, conversation, client_id, .. } => Needs {
            agents: actor_agents(by),
            target: Target::Conversation(*conversation),
            earlier: Some((actor_key(by), vec![*client_id])),
            ..Needs::default()
        },
    }
}
