//! After the commit: events to those who follow, then fresh list rows and threads, coalesced.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use beckon_core::agent::Agent;
use beckon_core::conversation::Conversation;
use beckon_core::event::{Author, AuthorKind, Kind};
use beckon_core::frame::object::Elsewhere;
use beckon_core::frame::server::{
    BaselineMoved, ConversationOnly, CursorFrame, ElsewhereFrame, Presence, RowFrame, ServerFrame,
    ThreadFrame, TypingFrame,
};
use beckon_core::id::{AgentId, ConversationId, VisitorId};
use beckon_core::permission::may_see;
use beckon_core::time::Timestamp;
use beckon_store::{Applied, AppliedConversation, Side, StoredEvent, Summary};
use tokio::sync::Notify;

use super::{App, Reader, author_for_visitor, row_of, thread_of};
use crate::hub::AgentFrame;
use crate::ws::outbound::Delivery;

/// Conversations whose list rows are old: a bell for the task that makes them new.
#[derive(Debug, Default)]
pub struct Dirty {
    waiting: Mutex<HashMap<ConversationId, Change>>,
    bell: Notify,
}

/// Rows read at once: a reader is not kept for longer.
const ROWS_AT_ONCE: usize = 100;
/// A row or thread waits so long for what else changes: a first message brings its conversation, its context and itself,
/// and one row tells of all three. Events wait for nobody, and by then most have left. No eye sees the difference.
const GATHER: Duration = Duration::from_millis(25);
/// Pause after rows could not be read: the storage has trouble enough.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// What changed for whom, and what the rows must say besides their content.
#[derive(Debug)]
struct Change {
    /// Whose conversation it is.
    visitor: VisitorId,
    started_by: Option<Author>,
    handed: bool,
    /// The visitor's thread; internal events must not be felt there.
    thread: bool,
    /// Our side's row.
    row: bool,
}

impl Dirty {
    fn mark(&self, conversation: ConversationId, change: Change) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.entry(conversation) {
            Entry::Vacant(new) => {
                new.insert(change);
            }
            Entry::Occupied(known) => {
                let known = known.into_mut();
                known.started_by = known.started_by.take().or(change.started_by);
                known.handed |= change.handed;
                known.thread |= change.thread;
                known.row |= change.row;
            }
        }
        drop(waiting);
        self.bell.notify_one();
    }

    /// Waits for a change and a little longer, then takes all there are.
    async fn take(&self) -> HashMap<ConversationId, Change> {
        loop {
            // A bell that rang meanwhile is remembered.
            self.bell.notified().await;
            tokio::time::sleep(GATHER).await;
            let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
            if !waiting.is_empty() {
                return waiting;
            }
        }
    }
}

/// The text of an `event` frame around an event's stored text.
pub(crate) fn event_frame(conversation: ConversationId, position: i64, event: &str) -> Utf8Bytes {
    format!(r#"{{"type":"event","conversation":"{conversation}","position":{position},"event":{event}}}"#)
        .into()
}

fn gone_frame(conversation: ConversationId) -> Utf8Bytes {
    ServerFrame::Gone(ConversationOnly { conversation }).to_text().into()
}

impl App {
    /// Tells everybody entitled of what a write did.
    pub(super) fn publish(&self, applied: &Applied, started_by: Option<&Author>) {
        if !applied.duplicate {
            self.publish_elsewhere(applied);
        }
        for touched in &applied.conversations {
            if applied.duplicate {
                self.publish_again(&touched.conversation);
                continue;
            }
            let changes_hands = |event: &StoredEvent| {
                matches!(event.kind, Kind::Assigned | Kind::Joined | Kind::Left | Kind::Moved)
            };
            let handed = touched.events.iter().any(changes_hands);
            if handed {
                // At once and from what was stored: nothing that may fail or wait stands between an agent who has lost
                // sight of it and the end of its events.
                let conversation = &touched.conversation;
                let gone = gone_frame(conversation.id);
                self.hub.part(conversation.id, &gone, |agent| may_see(agent, conversation));
            }
            for event in &touched.events {
                self.publish_event(touched, event);
            }
            if touched.created || !touched.events.is_empty() {
                let started_by = started_by.filter(|_| touched.created).cloned();
                let thread =
                    touched.created || touched.events.iter().any(|event| event.visitor_seq.is_some());
                let visitor = touched.conversation.visitor;
                self.dirty
                    .mark(touched.conversation.id, Change { visitor, started_by, handed, thread, row: true });
            }
        }
    }

    /// The page wrote to some of a visitor's conversations: who reads another one hears where the newer context is.
    fn publish_elsewhere(&self, applied: &Applied) {
        let by_page =
            |event: &StoredEvent| event.kind == Kind::Metadata && event.author_kind == AuthorKind::Visitor;
        let written: Vec<(&Conversation, Timestamp)> = applied
            .conversations
            .iter()
            .filter_map(|touched| {
                Some((&touched.conversation, touched.events.iter().rfind(|event| by_page(event))?.at))
            })
            .collect();
        let Some((Conversation { visitor, .. }, _)) = written.first() else { return };
        let frame = |conversation, newer, at| {
            let elsewhere = Elsewhere { conversation: newer, at };
            ServerFrame::Elsewhere(ElsewhereFrame { conversation, elsewhere }).to_text().into()
        };
        self.hub.elsewhere(*visitor, &written, may_see, frame);
    }

    /// A duplicate was published the first time, unless nobody here knew then that it was stored.
    fn publish_again(&self, conversation: &Conversation) {
        let id = conversation.id;
        let up_to = |position| Delivery::UpTo { conversation: id, position };
        self.hub.to_visitor(conversation.visitor, None, &up_to(conversation.visitor_head));
        self.hub.to_followers(id, None, &up_to(conversation.head));
        let visitor = conversation.visitor;
        self.dirty.mark(id, Change { visitor, started_by: None, handed: false, thread: true, row: true });
    }

    fn publish_event(&self, touched: &AppliedConversation, event: &StoredEvent) {
        let (id, visitor) = (touched.conversation.id, touched.conversation.visitor);
        if let Some(position) = event.visitor_seq
            && self.hub.has_visitor(visitor)
        {
            let frame = event_frame(id, position, &Reader::Visitor(visitor).event_text(event));
            self.hub.to_visitor(visitor, None, &Delivery::Event { conversation: id, position, frame });
        }
        if self.hub.has_followers(id) {
            let own = event
                .author_id
                .filter(|_| event.author_kind == AuthorKind::Agent)
                .map(|author| (AgentId(author), event_frame(id, event.seq, &event.json_for_author())));
            let frame = AgentFrame { frame: event_frame(id, event.seq, &event.json), own };
            self.hub.event_to_followers(id, event.seq, &frame);
        }
    }

    /// A side's cursor moved: the other side sees how far, and reading changes what the own side has unread.
    pub(super) fn publish_cursor(&self, conversation: &Conversation, moved: Side, read: bool) {
        let (id, cursors) = (conversation.id, conversation.cursors);
        match moved {
            Side::Visitor(_) => {
                let frame = ServerFrame::Cursor(CursorFrame {
                    conversation: id,
                    delivered: cursors.visitor_delivered.seq,
                    read: cursors.visitor_read.seq,
                });
                self.hub.to_followers(id, None, &Delivery::Frame(frame.to_text().into()));
            }
            Side::Ours => {
                let frame = ServerFrame::Cursor(CursorFrame {
                    conversation: id,
                    delivered: cursors.agent_delivered.visitor_seq,
                    read: cursors.agent_read.visitor_seq,
                });
                self.hub.to_visitor(conversation.visitor, None, &Delivery::Frame(frame.to_text().into()));
            }
        }
        if read {
            let by_visitor = matches!(moved, Side::Visitor(_));
            let (visitor, thread, row) = (conversation.visitor, by_visitor, !by_visitor);
            self.dirty.mark(id, Change { visitor, started_by: None, handed: false, thread, row });
        }
    }

    /// An agent has seen the context in one tab: it is seen in all. An answer needs no such frame, for its event says it.
    pub(super) fn publish_baseline(&self, agent: AgentId, conversation: ConversationId, position: i64) {
        let frame = ServerFrame::Baseline(BaselineMoved { conversation, position });
        self.hub.to_follower(agent, conversation, &Delivery::Frame(frame.to_text().into()));
    }

    /// The visitor is writing: never stored, and dropped where there is no room.
    pub fn publish_visitor_typing(&self, conversation: ConversationId, visitor: VisitorId, on: bool) {
        let author = Author { kind: AuthorKind::Visitor, id: Some(visitor.0), name: None };
        let frame = ServerFrame::Typing(TypingFrame { conversation, author, on });
        self.hub.to_followers(conversation, None, &Delivery::Ephemeral(frame.to_text().into()));
    }

    /// An agent is writing to the visitor: likewise. Colleagues see it among the viewers.
    pub fn publish_agent_typing(
        &self,
        conversation: ConversationId,
        visitor: VisitorId,
        agent: &Agent,
        on: bool,
    ) {
        let author =
            Author { kind: AuthorKind::Agent, id: Some(agent.id.0), name: Some(agent.name.to_string()) };
        let frame = ServerFrame::Typing(TypingFrame { conversation, author, on });
        self.hub.to_visitor(visitor, None, &Delivery::Ephemeral(frame.to_text().into()));
    }

    /// Tells visitors whether somebody is there, if that changed.
    pub fn publish_presence(&self, leaving: bool) {
        if let Some(online) = self.hub.settle_presence(leaving) {
            let frame = ServerFrame::Presence(Presence { online });
            self.hub.to_all_visitors(&frame.to_text().into());
        }
    }

    /// The rows and threads of conversations that changed, read all at once. Those that could not be read come again;
    /// answers whether there are none.
    async fn publish_lists(&self, mut changes: HashMap<ConversationId, Change>) -> bool {
        let mut all_read = true;
        changes.retain(|id, change| {
            change.thread &= self.hub.has_visitor(change.visitor);
            change.row &= self.hub.has_inboxes() || self.hub.has_followers(*id);
            change.thread || change.row
        });
        let ids: Vec<ConversationId> = changes.keys().copied().collect();
        for some in ids.chunks(ROWS_AT_ONCE) {
            let summaries = match self.store.summaries(some).await {
                Ok(summaries) => summaries,
                Err(error) => {
                    tracing::warn!(%error, "list rows could not be read; they are tried again");
                    all_read = false;
                    for id in some {
                        if let Some(change) = changes.remove(id) {
                            self.dirty.mark(*id, change);
                        }
                    }
                    continue;
                }
            };
            for summary in summaries {
                if let Some(change) = changes.remove(&summary.conversation.id) {
                    self.publish_list(summary, change);
                }
            }
        }
        all_read
    }

    fn publish_list(&self, summary: Summary, change: Change) {
        let conversation = summary.conversation.clone();
        let id = conversation.id;
        if change.thread {
            let thread = thread_of(&conversation, summary.agent.clone(), self.now());
            let started_by = change.started_by.map(author_for_visitor);
            let frame = ServerFrame::Thread(ThreadFrame { thread, started_by });
            self.hub.to_visitor(conversation.visitor, None, &Delivery::Frame(frame.to_text().into()));
        }
        if change.row {
            let head = conversation.head;
            let row = ServerFrame::Row(RowFrame { conversation: id, head, row: row_of(summary, self.now()) });
            if change.handed {
                // Once more: a row that was read before the change may have been sent after it.
                self.hub.part(id, &gone_frame(id), |agent| may_see(agent, &conversation));
            }
            self.hub.row(id, &row.to_text().into(), |agent| may_see(agent, &conversation));
        }
    }
}

/// Makes list rows and threads new as long as the process lives: one round after another, so that the newest row is sent
/// last, and each in a task of its own, so that a defect costs one round and not all that follow.
pub async fn keep_lists_fresh(app: Arc<App>) {
    loop {
        let changes = app.dirty.take().await;
        let publisher = Arc::clone(&app);
        match tokio::spawn(async move { publisher.publish_lists(changes).await }).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(AFTER_FAILURE).await,
            Err(error) => tracing::error!(%error, "list rows met a defect"),
        }
    }
}
