//! Who may do what. An AGENT sees own conversations, those of the agent's queues and those without a
//! queue, and may take unassigned ones, never another's. A SUPERVISOR sees all and writes everywhere, as
//! does an ADMIN.

use crate::agent::{Agent, Role};
use crate::conversation::Conversation;

/// May the agent see the conversation? What may not be seen is answered like what does not exist.
pub fn may_see(agent: &Agent, conversation: &Conversation) -> bool {
    if agent.disabled {
        return false;
    }
    match agent.role {
        Role::Admin | Role::Supervisor => true,
        Role::Agent => {
            conversation.agent == Some(agent.id)
                || conversation.queue.is_none_or(|queue| agent.queues.contains(&queue))
        }
    }
}

/// May the agent take the conversation? Only one that nobody has, or that is the agent's already.
pub fn may_take(agent: &Agent, conversation: &Conversation) -> bool {
    may_see(agent, conversation) && conversation.agent.is_none_or(|owner| owner == agent.id)
}

/// May the agent answer in it and change its status?
pub fn may_write(agent: &Agent, conversation: &Conversation) -> bool {
    match agent.role {
        Role::Admin | Role::Supervisor => may_see(agent, conversation),
        Role::Agent => may_take(agent, conversation),
    }
}
