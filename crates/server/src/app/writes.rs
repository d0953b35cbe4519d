//! Writes: parse at the edge, one command to the store, publish after the commit.

use std::sync::Arc;

use beckon_core::agent::Agent;
use beckon_core::command::{
    Actor, Command, ContextTarget, Destination, Edit, EditConversation, HeldContext, Reach, Refusal,
    VisitorSend, WriteContext, WriteNote,
};
use beckon_core::context::{Calls, ContextError, Metadata, PageAddress, Patch, Sent, When, WriteMode};
use beckon_core::conversation::{Page, Status};
use beckon_core::decide::Baseline;
use beckon_core::event::{Author, AuthorKind};
use beckon_core::frame::client;
use beckon_core::id::{AgentId, ConversationId};
use beckon_core::once::Once;
use beckon_core::strategy::Strategy;
use beckon_core::text::{MessageText, NoteText, PageUrl, TextError, Title};
use beckon_core::visitor::Session;
use beckon_core::which_conversation::Screen;
use beckon_store::{Applied, Side, StoreError};
use serde_json::value::RawValue;

use super::App;
use super::history::Reader;
use crate::limits::Exceeded;

/// Why a write of a socket was not done.
#[derive(Debug)]
pub enum Rejection {
    /// A field has a wrong form.
    Field {
        /// Which.
        field: &'static str,
        /// What is wrong.
        message: String,
    },
    /// The text.
    Text(TextError),
    /// The context.
    Context(ContextError),
    /// No such strategy.
    UnknownStrategy,
    /// Too fast.
    Exceeded(Exceeded),
    /// The store or a rule said no.
    Store(StoreError),
}

impl From<StoreError> for Rejection {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(Refusal::Context(error)) => Self::Context(error),
            error => Self::Store(error),
        }
    }
}

/// Threads looked through when a session may not start another conversation: it can have no more of its own.
const THREADS_SEARCHED: usize = 1000;

fn field(field: &'static str, message: &str) -> Rejection {
    Rejection::Field { field, message: message.to_owned() }
}

/// The text of a visitor's message.
fn text_of(message: client::SentMessage) -> Result<MessageText, Rejection> {
    if message.kind != "TEXT" {
        return Err(field("message.type", "must be TEXT"));
    }
    MessageText::new(message.text).map_err(Rejection::Text)
}

/// What a frame says of context: the write, and the calls behind it.
struct SaidContext<'a> {
    metadata: Option<&'a RawValue>,
    mode: Option<&'a str>,
    age_ms: Option<f64>,
    page: Option<&'a str>,
    made: &'a [client::MadeCall],
}

impl<'a> SaidContext<'a> {
    fn held(held: &'a client::HeldContext) -> Self {
        let client::HeldContext { metadata, mode, age_ms, page, made, .. } = held;
        Self {
            metadata: metadata.as_deref(),
            mode: mode.as_deref(),
            age_ms: *age_ms,
            page: page.as_deref(),
            made,
        }
    }

    /// The write; `at` names the field of its mode.
    fn patch(&self, at: &'static str) -> Result<Patch, Rejection> {
        let mode = match self.mode {
            None | Some("merge") => WriteMode::Merge,
            Some("replace") => WriteMode::Replace,
            Some(_) => return Err(field(at, "must be merge or replace")),
        };
        let text = self.metadata.map_or("null", RawValue::get);
        let metadata = Metadata::parse(text).map_err(Rejection::Context)?;
        let sent = |age_ms: f64, page: Option<&str>| Sent {
            when: When::ago(age_ms),
            page: page.and_then(PageAddress::cut),
        };
        let earlier =
            self.made.iter().map(|call| (sent(call.age_ms, call.page.as_deref()), call.keys.clone()));
        let last = sent(self.age_ms.unwrap_or(0.0), self.page);
        Ok(Patch::new(mode, metadata).called(Calls { last, earlier: earlier.collect() }))
    }
}

/// What the client says of its screen; older widgets say nothing of it.
fn screen_of(write: &client::ContextWrite) -> Option<Screen> {
    let client::ContextWrite { on_screen, last_used, visible, .. } = *write;
    let told = on_screen.is_some() || last_used.is_some() || visible.is_some();
    told.then(|| Screen { on_screen, last_used, visible: visible.unwrap_or(true) })
}

/// An id a client names. What is no id leads nowhere, as an unknown one does.
pub(crate) fn conversation_of(raw: &str) -> Result<ConversationId, StoreError> {
    raw.parse().map_err(|_| StoreError::NotFound)
}

impl App {
    /// Applies a command and tells everybody entitled, also when the caller hangs up meanwhile.
    pub async fn write(
        self: &Arc<Self>,
        command: Command,
        started_by: Option<Author>,
    ) -> Result<Applied, StoreError> {
        self.write_once(command, started_by, None).await
    }

    /// The same for a request that may be sent again.
    pub async fn write_once(
        self: &Arc<Self>,
        command: Command,
        started_by: Option<Author>,
        once: Option<Once>,
    ) -> Result<Applied, StoreError> {
        let app = Arc::clone(self);
        let publish = move |applied: &Applied| app.publish(applied, started_by.as_ref());
        self.store.apply_once(command, once, Box::new(publish)).await
    }

    /// A visitor's message, perhaps the first of a conversation.
    pub async fn visitor_send(
        self: &Arc<Self>,
        session: &Session,
        send: client::Send,
    ) -> Result<Applied, Rejection> {
        let text = text_of(send.message)?;
        let to = match (send.conversation.as_deref(), send.thread) {
            (Some(conversation), None) => Destination::Conversation(conversation_of(conversation)?),
            (None, Some(thread)) => Destination::Thread(thread),
            _ => return Err(field("conversation", "send either conversation or thread")),
        };
        let held = match &send.context {
            Some(held) => Some(HeldContext {
                client_id: held.client_id,
                patch: SaidContext::held(held).patch("context.mode")?,
            }),
            None => None,
        };
        let standing = send.standing.as_ref().map(|held| SaidContext::held(held).patch("standing.mode"));
        let standing = standing.transpose()?;
        self.limits.visitor_sends.take(session.id, self.now().0).map_err(Rejection::Exceeded)?;
        self.allow_start(session, to).await?;
        let command = VisitorSend {
            visitor: session.visitor,
            session: session.id,
            to,
            client_id: send.client_id,
            text,
            held,
            standing,
            page: send.page.map(|page| Page { url: PageUrl::cut(&page.url), title: Title::cut(&page.title) }),
        };
        let author = Author { kind: AuthorKind::Visitor, id: Some(session.visitor.0), name: None };
        let applied = self.write(Command::VisitorSend(command), Some(author)).await?;
        if !applied.duplicate && applied.conversations.iter().any(|touched| touched.created) {
            // Two first messages at once may both pass: the bucket then has one less than none, which is no harm.
            let _taken = self.limits.new_conversations.take(session.id, self.now().0);
        }
        Ok(applied)
    }

    /// A session that has started as many conversations as it may can still write in those it has.
    async fn allow_start(&self, session: &Session, to: Destination) -> Result<(), Rejection> {
        let Destination::Thread(thread) = to else { return Ok(()) };
        let Err(exceeded) = self.may_start(session.id) else { return Ok(()) };
        let multi_thread = self.store.widget(session.widget).await?.multi_thread;
        let threads = self.store.threads(session.visitor, THREADS_SEARCHED).await?;
        let goes_there = |conversation: &beckon_core::conversation::Conversation| {
            conversation.thread == thread || (!multi_thread && !conversation.is_closed())
        };
        if threads.iter().any(|known| goes_there(&known.conversation)) {
            return Ok(());
        }
        Err(Rejection::Exceeded(exceeded))
    }

    /// What a page knows about its visitor's situation.
    pub async fn visitor_context(
        self: &Arc<Self>,
        session: &Session,
        write: client::ContextWrite,
    ) -> Result<Applied, Rejection> {
        let strategy = match write.strategy.as_deref() {
            None => Strategy::default(),
            Some(name) => name.parse().map_err(|_| Rejection::UnknownStrategy)?,
        };
        let said = SaidContext {
            metadata: write.metadata.as_deref(),
            mode: write.mode.as_deref(),
            age_ms: write.age_ms,
            page: write.page.as_deref(),
            made: &write.made,
        };
        let patch = said.patch("mode")?;
        self.limits.context_writes.take(session.id, self.now().0).map_err(Rejection::Exceeded)?;
        let reach = match write.conversation.as_deref() {
            // A conversation of somebody else is refused like one that does not exist.
            Some(raw) if strategy == Strategy::Active => {
                let id = conversation_of(raw)?;
                Reach::One(self.store.conversation(id, Side::Visitor(session.visitor)).await?.id)
            }
            _ => Reach::by(strategy, screen_of(&write)),
        };
        let target = ContextTarget::Visitor { visitor: session.visitor, session: session.id, reach };
        let write = WriteContext { target, client_id: Some(write.client_id), patch, lock: None };
        Ok(self.write(Command::WriteContext(write), None).await?)
    }

    /// An agent's message or note from the console.
    pub async fn agent_send(
        self: &Arc<Self>,
        agent: AgentId,
        send: client::Send,
    ) -> Result<Applied, Rejection> {
        let client_id = send.client_id;
        let Some(conversation) = send.conversation.as_deref() else {
            return Err(field("conversation", "must be given"));
        };
        let conversation = conversation_of(conversation)?;
        let command = match send.message.kind.as_str() {
            "TEXT" => {
                let text = MessageText::new(send.message.text).map_err(Rejection::Text)?;
                Command::AgentSend { agent, conversation, client_id, text }
            }
            "NOTE" => {
                let text = NoteText::new(send.message.text).map_err(Rejection::Text)?;
                let by = Actor::Agent(agent);
                Command::Note(WriteNote { by, as_agent: None, conversation, client_id, text })
            }
            _ => return Err(field("message.type", "must be TEXT or NOTE")),
        };
        self.limits.agent_sends.take(agent, self.now().0).map_err(Rejection::Exceeded)?;
        Ok(self.write(command, None).await?)
    }

    /// An agent takes or releases a conversation, lets it wait, solves, closes or reopens it.
    pub async fn agent_command(
        self: &Arc<Self>,
        agent: AgentId,
        command: client::Command,
    ) -> Result<Applied, Rejection> {
        let conversation = conversation_of(&command.conversation)?;
        let client_id = command.client_id;
        let set = |status| {
            let by = Actor::Agent(agent);
            Command::SetStatus { by, conversation, client_id, status }
        };
        let command = match command.command.as_str() {
            "take" => Command::Take { agent, conversation, client_id },
            "release" => {
                let by = Actor::Agent(agent);
                Command::Edit(EditConversation { by, conversation, client_id, edit: Edit::assign(None) })
            }
            "wait" => set(Status::Waiting),
            "solve" => set(Status::Solved),
            "close" => set(Status::Closed),
            "reopen" => set(Status::Open),
            _ => return Err(field("command", "must be take, release, wait, solve, close or reopen")),
        };
        self.limits.agent_sends.take(agent, self.now().0).map_err(Rejection::Exceeded)?;
        Ok(self.write(command, None).await?)
    }

    /// An agent knows the context up to this position; the agent's other tabs hear of it.
    pub async fn see_context(
        &self,
        agent: &Agent,
        conversation: ConversationId,
        position: i64,
    ) -> Result<(), StoreError> {
        self.conversation_for_agent(agent, conversation).await?;
        let baseline = Baseline { agent: agent.id, conversation, position };
        if let Some(position) = self.store.move_baseline(baseline).await? {
            self.publish_baseline(agent.id, conversation, position);
        }
        Ok(())
    }

    /// Moves a side's cursor forward and tells the other side. Every console on duty says that a message has arrived:
    /// only the first of them needs the writer.
    pub async fn move_cursor(
        &self,
        reader: Reader<'_>,
        conversation: ConversationId,
        position: i64,
        read: bool,
    ) -> Result<(), StoreError> {
        if let Reader::Agent(agent) = reader {
            let cursors = self.conversation_for_agent(agent, conversation).await?.cursors;
            let known = if read { cursors.agent_read } else { cursors.agent_delivered };
            if position <= known.seq {
                return Ok(());
            }
        }
        let side = reader.side();
        let (conversation, moved) = if read {
            self.store.mark_read(conversation, side, position).await?
        } else {
            self.store.mark_delivered(conversation, side, position).await?
        };
        if moved {
            self.publish_cursor(&conversation, side, read);
        }
        Ok(())
    }
}
