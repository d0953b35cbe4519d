//! Conversations that our side starts.

use super::draft::Draft;
use super::messages::visitor_author;
use super::{Decision, Moment, NewVisitor, Outcome, Snapshot};
use crate::command::{Actor, CreateConversation, Refusal};
use crate::context::Writer;
use crate::conversation::{Conversation, Cursors, Priority, Status};
use crate::event::AuthorKind;
use crate::permission;
use crate::time::Now;
use uuid::Uuid;

/// A conversation in which nothing happened yet; its ids are still to be filled in.
pub(super) fn blank(now: Now) -> Conversation {
    Conversation {
        id: Uuid::nil().into(),
        widget: Uuid::nil().into(),
        visitor: Uuid::nil().into(),
        thread: Uuid::nil().into(),
        status: Status::Open,
        agent: None,
        queue: None,
        priority: Priority::Normal,
        topic: None,
        summary: None,
        head: 0,
        visitor_head: 0,
        context_version: 0,
        facts: Vec::new(),
        cursors: Cursors::default(),
        messages_from_visitor: 0,
        messages_to_visitor: 0,
        unread_by_agents: 0,
        unread_by_visitor: 0,
        preview: None,
        waiting_since: None,
        last_visitor_message_at: None,
        page: None,
        created_at: now.at,
        updated_at: now.at,
        closed_at: None,
        sort_at: now.order,
        visitor_sort_at: now.order,
    }
}

pub(super) fn create(
    snapshot: &Snapshot,
    create: &CreateConversation,
    moment: &Moment<'_>,
) -> Result<Outcome, Refusal> {
    if let Actor::Agent(id) = create.by {
        snapshot.agent(id).filter(|agent| !agent.disabled).ok_or(Refusal::Forbidden)?;
    }
    let given_to = match create.agent {
        Some(id) => {
            snapshot.agent(id).filter(|agent| !agent.disabled).ok_or(Refusal::InvalidAgent(id))?;
            snapshot.agent_name(id)
        }
        None => None,
    };
    if let Some(queue) = create.queue.filter(|_| !snapshot.queue_exists) {
        return Err(Refusal::InvalidQueue(queue));
    }
    let mut decision = Decision::default();
    let (visitor, widget) = match create.visitor {
        Some(id) => {
            let (visitor, multi_thread) = snapshot.visitor.as_ref().ok_or(Refusal::InvalidVisitor(id))?;
            if !multi_thread && !snapshot.open.is_empty() && create.status != Status::Closed {
                return Err(Refusal::AlreadyOpen);
            }
            (visitor.id, visitor.widget)
        }
        None => {
            let widget = snapshot.widget.ok_or(Refusal::NoWidget)?;
            let made = NewVisitor { id: moment.id(), person: moment.id(), widget };
            let id = made.id;
            decision.visitor = Some(made);
            (id, widget)
        }
    };
    let conversation = Conversation {
        id: moment.id(),
        widget,
        visitor,
        thread: moment.id(),
        priority: create.priority,
        queue: create.queue,
        topic: create.topic.clone(),
        summary: create.summary.clone(),
        ..blank(moment.now)
    };
    if let Actor::Agent(id) = create.by {
        let agent = snapshot.agent(id).ok_or(Refusal::Forbidden)?;
        let after = Conversation { agent: create.agent, ..conversation.clone() };
        // Nobody may start what they could not see afterwards.
        if !permission::may_see(agent, &after) {
            return Err(Refusal::Forbidden);
        }
    }
    let author = snapshot.author(&create.by);
    debug_assert!(author.kind != AuthorKind::Visitor);
    let mut draft = Draft::new(conversation, moment);
    if let (Some((visitor, _)), Some(standing)) = (&snapshot.visitor, &snapshot.standing) {
        let author = visitor_author(visitor);
        draft.write_context(&Writer::page(&author, &snapshot.protected_keys), None, standing)?;
    }
    if let Some(agent) = given_to {
        draft.assign(&author, None, None, Some(agent));
    }
    draft.set_status(&author, None, create.status);
    decision.writes.push(draft.finish());
    Ok(Outcome::Store(Box::new(decision)))
}
