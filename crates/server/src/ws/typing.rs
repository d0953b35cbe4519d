//! Who is writing: never stored, and forgotten by itself when the console no longer says so.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use beckon_core::frame::client;
use beckon_core::frame::server::Writing;
use beckon_core::id::{ConversationId, VisitorId};
use beckon_core::permission::may_write;
use beckon_store::Side;
use tokio::time::{Instant, Sleep, sleep};

use super::connection::{Connection, Peer};
use crate::app::conversation_of;

/// What an agent's console said last.
pub(super) struct Typing {
    conversation: ConversationId,
    visitor: VisitorId,
    what: Writing,
    /// When it is forgotten.
    pub(super) ends: Pin<Box<Sleep>>,
}

impl Connection {
    /// Only where it is on screen; anything else is dropped like any typing that finds nobody.
    pub(super) async fn typing(&mut self, typing: &client::Typing) {
        let Ok(id) = conversation_of(&typing.conversation) else { return };
        if !self.followed.contains_key(&id) {
            return;
        }
        let app = Arc::clone(&self.app);
        let agent = match &self.peer {
            Peer::Visitor { session, .. } => {
                let visitor = session.visitor;
                if app.store.conversation(id, Side::Visitor(visitor)).await.is_ok() {
                    app.publish_visitor_typing(id, visitor, typing.on);
                }
                return;
            }
            Peer::Agent { agent, .. } => Arc::clone(agent),
        };
        if !typing.on {
            self.stop_writing_in(id);
            return;
        }
        // Who may not answer there announces no answer.
        let Ok(conversation) = app.conversation_for_agent(&agent, id).await else { return };
        if !may_write(&agent, &conversation) {
            return;
        }
        let what = if typing.note { Writing::Note } else { Writing::Reply };
        if self.writing.as_ref().is_some_and(|writing| (writing.conversation, writing.what) != (id, what)) {
            self.stop_writing();
        }
        let left = Duration::from_millis(app.timing.typing_ms);
        match &mut self.writing {
            Some(writing) => writing.ends.as_mut().reset(Instant::now() + left),
            None => {
                let visitor = conversation.visitor;
                let ends = Box::pin(sleep(left));
                self.writing = Some(Box::new(Typing { conversation: id, visitor, what, ends }));
            }
        }
        self.membership.write(Some((id, what)));
        if what == Writing::Reply {
            app.publish_agent_typing(id, conversation.visitor, &agent, true);
        }
    }

    /// The agent no longer writes there.
    pub(super) fn stop_writing_in(&mut self, conversation: ConversationId) {
        if self.writing.as_ref().is_some_and(|writing| writing.conversation == conversation) {
            self.stop_writing();
        }
    }

    /// The agent no longer writes, or is gone.
    pub(super) fn stop_writing(&mut self) {
        let Some(writing) = self.writing.take() else { return };
        self.membership.write(None);
        if let (Writing::Reply, Peer::Agent { agent, .. }) = (writing.what, &self.peer) {
            self.app.publish_agent_typing(writing.conversation, writing.visitor, agent, false);
        }
    }
}
