//! From what the store knows to the objects of lists.

use beckon_core::conversation::{Conversation, Preview};
use beckon_core::event::{AgentName, Author, AuthorKind};
use beckon_core::frame::object::{FactText, QueueName, Row, Thread, VisitorName, WidgetName};
use beckon_core::id::VisitorId;
use beckon_core::time::{Place, Timestamp};
use beckon_store::{StoreError, Summary};

use super::App;
use crate::limits::THREADS_SHOWN;

/// A time as it is shown: what was stored while the clock was ahead is not told as still to come.
fn shown(at: Timestamp, now: Timestamp) -> Timestamp {
    at.min(now)
}

fn shown_preview(preview: Preview, now: Timestamp) -> Preview {
    Preview { at: shown(preview.at, now), ..preview }
}

/// An agent's list row, at this moment.
pub fn row_of(summary: Summary, now: Timestamp) -> Row {
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
        preview: conversation.preview.map(|preview| shown_preview(preview, now)),
        waiting_since: conversation.waiting_since.map(|at| shown(at, now)),
        last_visitor_message_at: conversation.last_visitor_message_at.map(|at| shown(at, now)),
        page: conversation.page,
        facts: facts.collect(),
        created_at: shown(conversation.created_at, now),
        updated_at: shown(conversation.updated_at, now),
        sort_at: Place(conversation.sort_at),
    }
}

impl App {
    /// A visitor's threads, the newest for the visitor first: our side's own events do not move them.
    pub async fn threads(&self, visitor: VisitorId) -> Result<Vec<Thread>, StoreError> {
        let known = self.store.threads(visitor, THREADS_SHOWN).await?;
        let now = self.now();
        Ok(known.into_iter().map(|known| thread_of(&known.conversation, known.agent, now)).collect())
    }
}

/// An author as visitors see one: which program wrote, and what we call it, is our side's business.
pub(crate) fn author_for_visitor(author: Author) -> Author {
    match author.kind {
        AuthorKind::Api | AuthorKind::System => Author { id: None, name: None, ..author },
        AuthorKind::Visitor | AuthorKind::Agent | AuthorKind::Bot => author,
    }
}

/// A visitor's thread, at this moment.
pub fn thread_of(conversation: &Conversation, agent: Option<AgentName>, now: Timestamp) -> Thread {
    let preview = conversation.preview.clone().map(|preview| shown_preview(preview, now));
    Thread {
        conversation: conversation.id,
        thread: conversation.thread,
        status: conversation.status,
        head: conversation.visitor_head,
        unread: conversation.unread_by_visitor,
        preview: preview.map(|preview| Preview { author: author_for_visitor(preview.author), ..preview }),
        agent,
        created_at: shown(conversation.created_at, now),
        // Not the conversation's own: that moves with internal events as well and would tell the visitor of them.
        updated_at: Place(conversation.visitor_sort_at),
    }
}
