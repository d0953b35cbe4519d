//! Whose conversations the consoles follow: an agent hears when the page writes to another one of the same visitor.

use std::collections::HashMap;

use axum::extract::ws::Utf8Bytes;
use beckon_core::agent::Agent;
use beckon_core::conversation::Conversation;
use beckon_core::id::{ConversationId, VisitorId};
use beckon_core::time::Timestamp;

use super::{Hub, Membership};
use crate::ws::outbound::Delivery;

/// The visitors of the conversations that are followed.
#[derive(Debug, Default)]
pub(super) struct Owners {
    visitors: HashMap<ConversationId, VisitorId>,
    conversations: HashMap<VisitorId, Vec<ConversationId>>,
}

impl Owners {
    fn note(&mut self, conversation: ConversationId, visitor: VisitorId) {
        if self.visitors.insert(conversation, visitor).is_none() {
            self.conversations.entry(visitor).or_default().push(conversation);
        }
    }

    /// The last console has left the conversation.
    pub(super) fn forget(&mut self, conversation: ConversationId) {
        let Some(visitor) = self.visitors.remove(&conversation) else { return };
        if let Some(conversations) = self.conversations.get_mut(&visitor) {
            conversations.retain(|known| *known != conversation);
            if conversations.is_empty() {
                self.conversations.remove(&visitor);
            }
        }
    }
}

impl Membership {
    /// Says whose conversation it is that this socket follows (agents).
    pub fn follow_visitor(&self, conversation: ConversationId, visitor: VisitorId) {
        let mut topics = self.hub.topics();
        // It may have been left meanwhile.
        if topics.followers.contains_key(&conversation) {
            topics.owners.note(conversation, visitor);
        }
    }
}

impl Hub {
    /// To the agents who follow other conversations of the visitor than those `written` at these times: the frame for the
    /// conversation that each follows and the first of the written that this agent may see; none where there is none.
    pub fn elsewhere(
        &self,
        visitor: VisitorId,
        written: &[(&Conversation, Timestamp)],
        may_see: impl Fn(&Agent, &Conversation) -> bool,
        frame: impl Fn(ConversationId, ConversationId, Timestamp) -> Utf8Bytes,
    ) {
        let topics = self.topics();
        let followed = topics.owners.conversations.get(&visitor).into_iter().flatten();
        let is_written = |id: &ConversationId| written.iter().any(|(written, _)| written.id == *id);
        for conversation in followed.filter(|conversation| !is_written(conversation)) {
            for console in topics.consoles(*conversation) {
                let seen = written.iter().find(|(written, _)| may_see(&console.agent, written));
                if let Some((newer, at)) = seen {
                    console.outbound.push(Delivery::Frame(frame(*conversation, newer.id, *at)));
                }
            }
        }
    }
}
