//! Who has a conversation open, and who is writing there: agents see each other before they collide.
//!
//! Nothing of it is stored. Each change sends the whole list to everybody in it, so a list that was lost is made good by
//! the next one and by opening the conversation again.

use beckon_core::event::AgentName;
use beckon_core::frame::server::{ServerFrame, Viewer, Viewers, Writing};
use beckon_core::id::{AgentId, ConversationId};

use super::{Console, Membership, Topics};
use crate::limits::VIEWERS_SHOWN;
use crate::ws::outbound::Delivery;

impl Console {
    /// Stops following; whether colleagues saw the agent there.
    pub(super) fn leave(&mut self, conversation: ConversationId) -> bool {
        self.followed.retain(|followed| *followed != conversation);
        if self.writing.is_some_and(|(place, _)| place == conversation) {
            self.writing = None;
        }
        let before = self.shown.len();
        self.shown.retain(|shown| *shown != conversation);
        self.shown.len() != before
    }

    fn writes_in(&self, conversation: ConversationId) -> Option<Writing> {
        self.writing.and_then(|(place, writing)| (place == conversation).then_some(writing))
    }
}

impl Topics {
    /// The agents at the conversation, each once however many consoles, in the order in which they came.
    fn viewers(&self, conversation: ConversationId) -> Vec<Viewer> {
        let mut viewers: Vec<Viewer> = Vec::new();
        let there = |console: &&Console| console.there && console.shown.contains(&conversation);
        for console in self.consoles(conversation).filter(there) {
            let typing = console.writes_in(conversation);
            match viewers.iter_mut().find(|viewer| viewer.agent.id == console.agent.id) {
                Some(known) => known.typing = known.typing.or(typing),
                None => {
                    let agent = AgentName { id: console.agent.id, name: console.agent.name.to_string() };
                    viewers.push(Viewer { agent, typing });
                }
            }
        }
        viewers
    }

    /// Tells everybody at the conversation who else is there.
    pub(super) fn announce_viewers(&self, conversation: ConversationId) {
        let viewers = self.viewers(conversation);
        for console in self.consoles(conversation).filter(|console| console.shown.contains(&conversation)) {
            console.outbound.push(without(&viewers, console.agent.id, conversation));
        }
    }
}

fn without(viewers: &[Viewer], reader: AgentId, conversation: ConversationId) -> Delivery {
    let others = viewers.iter().filter(|viewer| viewer.agent.id != reader);
    let viewers = others.take(VIEWERS_SHOWN).cloned().collect();
    Delivery::Frame(ServerFrame::Viewers(Viewers { conversation, viewers }).to_text().into())
}

impl Membership {
    /// The conversation that is followed here was opened (agents): colleagues see it, and this socket sees them.
    pub fn show(&self, conversation: ConversationId) {
        let mut topics = self.hub.topics();
        let Some(console) = topics.agents.get_mut(&self.id) else { return };
        if !console.followed.contains(&conversation) {
            return;
        }
        if !console.shown.contains(&conversation) {
            console.shown.push(conversation);
            topics.announce_viewers(conversation);
        } else if let Some(console) = topics.agents.get(&self.id) {
            let viewers = topics.viewers(conversation);
            console.outbound.push(without(&viewers, console.agent.id, conversation));
        }
    }

    /// Where the agent is writing now, and what; a person has one keyboard.
    pub fn write(&self, writing: Option<(ConversationId, Writing)>) {
        let mut topics = self.hub.topics();
        let Some(console) = topics.agents.get_mut(&self.id) else { return };
        let before = std::mem::replace(&mut console.writing, writing);
        if before == writing {
            return;
        }
        for (conversation, _) in before.iter().chain(&writing) {
            topics.announce_viewers(*conversation);
        }
    }
}
