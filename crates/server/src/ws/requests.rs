//! What clients ask for, frame by frame.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use beckon_core::frame::ClientFrame;
use beckon_core::frame::client::{self, Topic};
use beckon_core::frame::server::{
    Accepted, ConversationOnly, Ignored, IgnoredReason, Pong, RejectCode, Rejected, Retry, ServerFrame,
    Written,
};
use beckon_core::id::ConversationId;
use beckon_core::time::Timestamp;
use beckon_store::{Applied, AppliedConversation, Side, StoreError};

use super::connection::{Connection, Ended, Peer};
use crate::app::{App, Opened, Rejection, Resumed, SaidOrders, conversation_of, event_frame};
use crate::limits::{FOLLOWED_CONVERSATIONS, RESUME_CONVERSATIONS};

impl Connection {
    /// Does what a frame asks and queues the answer.
    pub(super) async fn handle(&mut self, frame: ClientFrame) -> Result<(), Ended> {
        match frame {
            ClientFrame::Send(send) => self.send(send).await,
            ClientFrame::Sync(sync) => {
                let resumed = sync.epoch.as_deref().zip(sync.position);
                self.open(&sync.conversation, resumed).await
            }
            ClientFrame::Delivered(cursor) => self.cursor(cursor, false).await,
            ClientFrame::Read(cursor) => self.cursor(cursor, true).await,
            ClientFrame::Seen(cursor) => self.seen(cursor).await,
            ClientFrame::Typing(typing) => {
                self.typing(&typing).await;
                Ok(())
            }
            ClientFrame::Ping => self.pong().await,
            ClientFrame::Context(write) => self.context(write).await,
            ClientFrame::Subscribe(subscribe) => self.subscribe(subscribe).await,
            ClientFrame::Unsubscribe(unsubscribe) => self.unsubscribe(&unsubscribe.topic).await,
            ClientFrame::Command(command) => self.command(command).await,
            ClientFrame::Hello(_) => self.not_for_you(None, "hello").await,
        }
    }

    /// The other side of the house uses this frame.
    async fn not_for_you(&mut self, request: Option<u64>, kind: &str) -> Result<(), Ended> {
        let frame = Rejected {
            request,
            code: RejectCode::UnknownType,
            message: format!("unknown frame type '{kind}'"),
            field: None,
            limit: None,
            conversation: None,
            retry: Retry::Never,
            after_ms: None,
        };
        self.feed(ServerFrame::Rejected(frame)).await
    }

    async fn send(&mut self, send: client::Send) -> Result<(), Ended> {
        let request = send.request;
        let app = Arc::clone(&self.app);
        let (applied, side, said) = match &self.peer {
            Peer::Visitor { session, tab, .. } => {
                let said = SaidOrders::carried(*tab, &send);
                (app.visitor_send(session, send).await, Side::Visitor(session.visitor), said)
            }
            Peer::Agent { agent, .. } => (app.agent_send(agent.id, send).await, Side::Ours, None),
        };
        let applied = match applied {
            Ok(applied) => applied,
            Err(rejection) => return self.reject(Some(request), rejection).await,
        };
        if let Some(said) = said {
            app.said_orders.answered(said, after(&app, &applied));
        }
        let mut answer = accepted(request, &applied);
        if let Some(touched) = applied.conversations.first() {
            let id = touched.conversation.id;
            answer.conversation = Some(id);
            if let Side::Visitor(_) = side {
                answer.thread = Some(touched.conversation.thread);
                if touched.created && !applied.duplicate {
                    // Opened here by writing its first message: from the first event on, in order.
                    self.followed.insert(id, 0);
                }
            }
            self.stop_writing_in(id);
            if let Some(message) = touched.message().or_else(|| touched.note()) {
                answer.position = message.position(side);
                answer.event_id = Some(message.id);
                answer.at = Some(message.at);
            }
        }
        self.feed(ServerFrame::Accepted(answer)).await
    }

    async fn context(&mut self, mut write: client::ContextWrite) -> Result<(), Ended> {
        let request = write.request;
        let app = Arc::clone(&self.app);
        let Peer::Visitor { session, tab, .. } = &self.peer else {
            return self.not_for_you(Some(request), "context").await;
        };
        let said = app.said_orders.put_in_order(*tab, &mut write, app.now());
        let applied = match app.visitor_context(session, write).await {
            Ok(applied) => applied,
            Err(rejection) => return self.reject(Some(request), rejection).await,
        };
        app.said_orders.answered(said, after(&app, &applied));
        let written = applied.conversations.iter().map(|touched| Written {
            thread: Some(touched.conversation.thread),
            conversation: touched.conversation.id,
            version: touched.context_version,
            guessed: touched.guessed,
        });
        let mut answer = accepted(request, &applied);
        answer.conversations = Some(written.collect());
        answer.pending = Some(applied.pending);
        answer.ignored = Some(ignored(&applied));
        self.feed(ServerFrame::Accepted(answer)).await
    }

    async fn command(&mut self, command: client::Command) -> Result<(), Ended> {
        let request = command.request;
        let app = Arc::clone(&self.app);
        let Peer::Agent { agent, .. } = &self.peer else {
            return self.not_for_you(Some(request), "command").await;
        };
        let applied = match app.agent_command(agent.id, command).await {
            Ok(applied) => applied,
            Err(rejection) => return self.reject(Some(request), rejection).await,
        };
        let mut answer = accepted(request, &applied);
        if let Some(touched) = applied.conversations.first() {
            answer.conversation = Some(touched.conversation.id);
            // By the event with the command's name: a repeat finds that one.
            let named = touched.events.iter().find(|event| event.client_id.is_some());
            if let Some(event) = named.or(touched.events.last()) {
                answer.position = Some(event.seq);
                answer.event_id = Some(event.id);
            }
        }
        self.feed(ServerFrame::Accepted(answer)).await
    }

    async fn subscribe(&mut self, subscribe: client::Subscribe) -> Result<(), Ended> {
        if let Peer::Visitor { .. } = self.peer {
            return self.not_for_you(None, "subscribe").await;
        }
        if subscribe.topic.inbox {
            self.membership.follow_inbox(true);
        }
        if let Some(conversation) = &subscribe.topic.conversation {
            let resumed = subscribe.epoch.as_deref().zip(subscribe.position);
            return self.open(conversation, resumed).await;
        }
        Ok(())
    }

    async fn unsubscribe(&mut self, topic: &Topic) -> Result<(), Ended> {
        if let Peer::Visitor { .. } = self.peer {
            return self.not_for_you(None, "unsubscribe").await;
        }
        if topic.inbox {
            self.membership.follow_inbox(false);
        }
        if let Some(Ok(conversation)) = topic.conversation.as_deref().map(conversation_of) {
            self.stop_writing_in(conversation);
            self.membership.unfollow(conversation);
            self.followed.remove(&conversation);
        }
        Ok(())
    }

    /// Answers with state, events and live. The subscription comes first and what it brings meanwhile waits, so that
    /// nothing falls between the answer and what follows it.
    pub(super) async fn open(&mut self, raw: &str, resumed: Option<(&str, i64)>) -> Result<(), Ended> {
        let app = Arc::clone(&self.app);
        let Ok(id) = conversation_of(raw) else { return self.refuse_open(raw, StoreError::NotFound).await };
        let known = self.followed.contains_key(&id);
        if let Peer::Agent { .. } = self.peer
            && !known
        {
            if self.followed.len() >= FOLLOWED_CONVERSATIONS {
                let message = format!("more than {FOLLOWED_CONVERSATIONS} conversations on one connection");
                return self.reject(None, Rejection::Field { field: "topic", message }).await;
            }
            self.membership.follow(id);
        }
        let resumed = resumed.map(|(epoch, position)| Resumed { epoch, position });
        let opened = match app.open(self.peer.reader(), id, resumed).await {
            Ok(opened) => self.with_elsewhere(opened).await,
            Err(error) => Err(error),
        };
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.membership.unfollow(id);
                self.followed.remove(&id);
                return self.refuse_open(raw, error).await;
            }
        };
        self.followed.insert(id, opened.state.head);
        self.feed(ServerFrame::State(Box::new(opened.state))).await?;
        for (position, event) in opened.events {
            let text = self.peer.reader().event_text(&event);
            self.feed_text(event_frame(id, position, &text)).await?;
        }
        self.feed(ServerFrame::Live(ConversationOnly { conversation: id })).await?;
        self.membership.show(id);
        Ok(())
    }

    /// Tells an agent where the visitor's newer context is. From here on the hub tells of what comes.
    async fn with_elsewhere(&mut self, mut opened: Opened) -> Result<Opened, StoreError> {
        if let (Peer::Agent { agent, .. }, Some(row), Some(context)) =
            (&self.peer, &opened.state.row, &mut opened.state.context)
        {
            self.membership.follow_visitor(row.conversation, row.visitor.id);
            context.elsewhere = self.app.elsewhere(agent, row.conversation).await?;
        }
        Ok(opened)
    }

    /// A hello opens only so many conversations; the others are opened one by one.
    pub(super) async fn refuse_resume(&mut self, raw: &str) -> Result<(), Ended> {
        let message = format!("opens at most {RESUME_CONVERSATIONS} conversations; send sync for this one");
        let mut frame = crate::error::rejected(None, Rejection::Field { field: "resume", message });
        frame.conversation = Some(raw.chars().take(36).collect());
        self.feed(ServerFrame::Rejected(frame)).await
    }

    async fn refuse_open(&mut self, raw: &str, error: StoreError) -> Result<(), Ended> {
        if error != StoreError::NotFound {
            return Err(Ended::storage(error));
        }
        let mut frame = crate::error::rejected(None, Rejection::Store(error));
        frame.conversation = Some(raw.chars().take(36).collect());
        self.feed(ServerFrame::Rejected(frame)).await
    }

    async fn cursor(&mut self, cursor: client::Cursor, read: bool) -> Result<(), Ended> {
        let app = Arc::clone(&self.app);
        let moved = match conversation_of(&cursor.conversation) {
            Ok(id) => app.move_cursor(self.peer.reader(), id, cursor.position, read).await,
            Err(error) => Err(error),
        };
        self.answer_cursor(&cursor, moved).await
    }

    /// A cursor that moved needs no answer.
    async fn answer_cursor(
        &mut self,
        cursor: &client::Cursor,
        moved: Result<(), StoreError>,
    ) -> Result<(), Ended> {
        let Err(error) = moved else { return Ok(()) };
        let mut frame = crate::error::rejected(None, Rejection::Store(error));
        frame.conversation = Some(cursor.conversation.chars().take(36).collect());
        self.feed(ServerFrame::Rejected(frame)).await
    }

    async fn seen(&mut self, cursor: client::Cursor) -> Result<(), Ended> {
        let app = Arc::clone(&self.app);
        let Peer::Agent { agent, .. } = &self.peer else {
            return self.not_for_you(None, "seen").await;
        };
        let moved = match conversation_of(&cursor.conversation) {
            Ok(id) => app.see_context(agent, id, cursor.position).await,
            Err(error) => Err(error),
        };
        self.answer_cursor(&cursor, moved).await
    }

    async fn pong(&mut self) -> Result<(), Ended> {
        let followed: Vec<ConversationId> = self.followed.keys().copied().collect();
        let mut heads = BTreeMap::new();
        if !followed.is_empty() {
            let side = self.peer.reader().side();
            heads.extend(self.app.store.heads(&followed, side).await.map_err(Ended::storage)?);
        }
        self.feed(ServerFrame::Pong(Pong { heads })).await
    }
}

/// Keys that were left out, in all conversations that were written; a key once, by the first reason.
fn ignored(applied: &Applied) -> Vec<Ignored> {
    let mut seen = HashSet::new();
    let of = |touched: &AppliedConversation| {
        let locked = touched.ignored.iter().map(|key| (key.clone(), IgnoredReason::Locked));
        let newer = touched.newer.iter().map(|key| (key.clone(), IgnoredReason::Newer));
        locked.chain(newer).collect::<Vec<_>>()
    };
    let all = applied.conversations.iter().flat_map(of);
    all.filter(|(key, _)| seen.insert(key.clone())).map(|(key, reason)| Ignored { key, reason }).collect()
}

/// Not before now nor before anything that was stored: a conversation's times never fall when the clock does.
fn after(app: &App, applied: &Applied) -> Timestamp {
    let stored = applied.conversations.iter().flat_map(|touched| &touched.events);
    stored.map(|event| event.at).fold(app.now(), Timestamp::max)
}

fn accepted(request: u64, applied: &Applied) -> Accepted {
    Accepted { request, at: Some(applied.at), duplicate: applied.duplicate, ..Accepted::default() }
}
