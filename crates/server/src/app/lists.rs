//! From what the store knows to the objects of lists.

use beckon_core::conversation::{Conversation, Preview};
use beckon_core::event::{AgentName, Author, AuthorKind};
use beckon_core::frame::object::{FactText, QueueName, Row, Thread, VisitorName, WidgetName};
use beckon_core::id::VisitorId;
use beckon_store::{StoreError, Summary};

use super::App;
use crate::limits::THREADS_SHOWN;

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

impl App {
    /// A visitor's threads, the newest for the visitor first: our side's own events do not move them.
    pub async fn threads(&self, visitor: VisitorId) -> Result<Vec<Thread>, StoreError> {
        let known = self.store.threads(visitor, THREADS_SHOWN).await?;
        let mut threads: Vec<Thread> =
            known.into_iter().map(|known| thread_of(&known.conversation, known.agent)).collect();
        threads.sort_by_key(|thread| std::cmp::Reverse(thread.updated_at));
        Ok(threads)
    }
}

/// An author as visitors see one: which program wrote, and what we call it, is our side's business.
pub(crate) fn author_for_visitor(author: Author) -> Author {
    match author.kind {
        AuthorKind::Api | AuthorKind::System => Author { id: None, name: None, ..author },
        AuthorKind::Visitor | AuthorKind::Agent | AuthorKind::Bot => author,
    }
}

/// A visitor's thread.
pub fn thread_of(conversation: &Conversation, agent: Option<AgentName>) -> Thread {
    // `updated_at` moves with internal events, too, and would tell the visitor of them.
    let preview = conversation.preview.clone();
    let updated_at = preview.as_ref().map_or(conversation.created_at, |preview| preview.at);
    Thread {
        conversation: conversation.id,
        thread: conversation.thread,
        status: conversation.status,
        head: conversation.visitor_head,
        unread: conversation.unread_by_visitor,
        preview: preview.map(|preview| Preview { author: author_for_visitor(preview.author), ..preview }),
        agent,
        created_at: conversation.created_at,
        updated_at: updated_at.max(conversation.closed_at.unwrap_or(updated_at)),
    }
}
