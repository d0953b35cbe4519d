//! What our side changes of a conversation: topic, summary, priority, status, queue, and whose it is.

use super::assignments::{known, store, unchanged};
use super::draft::Draft;
use super::{Moment, Outcome, Snapshot};
use crate::agent::Role;
use crate::command::{Actor, Edit, EditConversation, Refusal};
use crate::conversation::Conversation;
use crate::event::Kind;
use crate::id::AgentId;

pub(super) fn edit(
    snapshot: &Snapshot,
    wanted: &EditConversation,
    moment: &Moment<'_>,
) -> Result<Outcome, Refusal> {
    let EditConversation { by, client_id, edit, .. } = wanted;
    let seen = snapshot.seen_by(by)?;
    let only_assigns = *edit == Edit::assign(edit.agent.flatten());
    if let Some(earlier) = snapshot.earlier_in(seen.id, *client_id) {
        if !only_assigns {
            return Err(Refusal::ClientIdReused);
        }
        return known(earlier, Kind::Assigned, |told| told.agent() == edit.agent.flatten());
    }
    let conversation = snapshot.writable_by(by)?;
    if conversation.is_closed() {
        return Err(Refusal::Closed);
    }
    allowed(snapshot, by, conversation, edit)?;
    let author = snapshot.author(by);
    let mut draft = Draft::of(conversation, None, moment);
    if let Some(to) = edit.agent.filter(|to| *to != conversation.agent) {
        let from = conversation.agent.and_then(|id| snapshot.agent_name(id));
        let to = to.and_then(|id| snapshot.agent_name(id));
        draft.assign(&author, only_assigns.then_some(*client_id), from, to);
    }
    if let Some(to) = edit.queue.filter(|to| *to != conversation.queue) {
        let named = |id| snapshot.queues.iter().find(|queue| Some(queue.id) == id).cloned();
        draft.move_to(&author, named(conversation.queue), named(to));
    }
    draft.edit(&author, edit);
    if let Some(status) = edit.status {
        // Last: nothing follows a close.
        draft.set_status(&author, None, status);
    }
    if draft.conversation() == conversation { Ok(unchanged(conversation, moment)) } else { Ok(store(draft)) }
}

/// May this actor make these changes of a conversation that it may change at all?
fn allowed(snapshot: &Snapshot, by: &Actor, conversation: &Conversation, edit: &Edit) -> Result<(), Refusal> {
    let given_to = edit.agent.flatten();
    if let Some(id) = given_to {
        snapshot.agent(id).filter(|agent| !agent.disabled).ok_or(Refusal::InvalidAgent(id))?;
    }
    if let Some(queue) = edit.queue.flatten()
        && !snapshot.queues.iter().any(|known| known.id == queue)
    {
        return Err(Refusal::InvalidQueue(queue));
    }
    let Some(me) = agent_of_role(snapshot, by, Role::Agent) else { return Ok(()) };
    // An agent takes what nobody has and passes on the own; queues are a supervisor's.
    let anothers = given_to.is_some_and(|to| to != me) && conversation.agent != Some(me);
    let moves = edit.queue.is_some_and(|to| to != conversation.queue);
    if anothers || moves { Err(Refusal::Forbidden) } else { Ok(()) }
}

fn agent_of_role(snapshot: &Snapshot, by: &Actor, role: Role) -> Option<AgentId> {
    match by {
        Actor::Agent(id) => snapshot.agent(*id).filter(|agent| agent.role == role).map(|agent| agent.id),
        Actor::Api(_) => None,
    }
}
