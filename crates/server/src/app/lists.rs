//! From what the store knows to the objects of lists.

use beckon_core::conversation::Conversation;
use beckon_core::event::AgentName;
use beckon_core::frame::object::{FactText, QueueName, Row, Thread, VisitorName, WidgetName};
use beckon_store::Summary;

/// An agent's list row.
pub fn row_of(summary: Summary) -> Row {
    let Summary { conversation, widget_name, visitor_name, agent, queue_name } = summary;
    let facts = conversation.facts.into_iter().map(|fact| FactText { key: fact.key, text: fact.text });
    Row {
        conversation: conversation.id,
        head: conversation.head,
        status: conversation.status,
        widget: WidgetName { id: conversation.widget, name: widget_name },
        visitor: VisitorName { id: conversation.visitor, name: visitor_name },
        agent,
        queue: conversation.queue.zip(queue_name).map(|(id, name)| QueueName { id, name }),
        unread: conversation.unread_by_agents,
        preview: conversation.preview,
        waiting_since: conversation.waiting_since,
        last_visitor_message_at: conversation.last_visitor_message_at,
        page: conversation.page,
        facts: facts.collect(),
        created_at: conversation.created_at,
        updated_at: conversation.updated_at,
    }
}

/// A visitor's thread.
pub fn thread_of(conversation: &Conversation, agent: Option<AgentName>) -> Thread {
    // `updated_at` moves with internal events, too, and would tell the visitor of them.
    let updated_at = conversation.preview.as_ref().map_or(conversation.created_at, |preview| preview.at);
    Thread {
        conversation: conversation.id,
        thread: conversation.thread,
        status: conversation.status,
        head: conversation.visitor_head,
        unread: conversation.unread_by_visitor,
        preview: conversation.preview.clone(),
        agent,
        created_at: conversation.created_at,
        updated_at: updated_at.max(conversation.closed_at.unwrap_or(updated_at)),
    }
}
