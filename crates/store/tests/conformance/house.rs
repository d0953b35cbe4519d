//! A store with people in it, and short ways to let them do things.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use beckon_core::agent::{Agent, Role};
use beckon_core::command::{
    Actor, ApiKey, Command, ContextTarget, Destination, HeldContext, Reach, Refusal, VisitorSend,
    WriteContext,
};
use beckon_core::context::{Metadata, Patch, WriteMode};
use beckon_core::conversation::{Conversation, Status};
use beckon_core::id::{ClientId, ConversationId, SessionId, ThreadId, VisitorId, WidgetId};
use beckon_core::key::Scope;
use beckon_core::strategy::Strategy;
use beckon_core::text::{Email, MessageText, Name};
use beckon_core::time::{Clock, Timestamp};
use beckon_core::widget::{ProtectedKeys, WidgetChange};
use beckon_store::{
    Applied, EventRange, NewAgent, NewSession, SecretHash, Side, Store, StoreError, StoredEvent,
};
use uuid::Uuid;

/// A clock that goes one millisecond forward at each look, and further when told.
pub(crate) struct StepClock(AtomicI64);

impl Default for StepClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_780_000_000_000_000))
    }
}

impl StepClock {
    pub(crate) fn skip_seconds(&self, seconds: i64) {
        self.skip_milliseconds(seconds * 1_000);
    }

    pub(crate) fn skip_milliseconds(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for StepClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1_000, Ordering::SeqCst))
    }
}

/// Small numbers that repeat for the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// One of these.
    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap()]
    }
}

/// A new store with its clock; what a backend gives to the suite.
pub(crate) struct House {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<StepClock>,
    pub(crate) multi: WidgetId,
    pub(crate) single: WidgetId,
}

#[derive(Clone, Copy)]
pub(crate) struct Guest {
    pub(crate) visitor: VisitorId,
    pub(crate) session: SessionId,
}

pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap().block_on(work)
}

pub(crate) fn client() -> ClientId {
    ClientId(Uuid::new_v4())
}

pub(crate) fn thread() -> ThreadId {
    ThreadId(Uuid::new_v4())
}

pub(crate) fn secret() -> SecretHash {
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    hash
}

pub(crate) fn text(text: &str) -> MessageText {
    MessageText::new(text).unwrap()
}

pub(crate) fn merge(json: &str) -> Patch {
    Patch::new(WriteMode::Merge, Metadata::parse(json).unwrap())
}

pub(crate) fn replace(json: &str) -> Patch {
    Patch::new(WriteMode::Replace, Metadata::parse(json).unwrap())
}

pub(crate) fn refused(result: Result<Applied, StoreError>) -> Refusal {
    match result {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

impl House {
    pub(crate) async fn new(store: Arc<dyn Store>, clock: Arc<StepClock>) -> Self {
        store.first_start().await.unwrap();
        let widgets = store.widgets().await.unwrap();
        let multi = widgets.iter().find(|widget| widget.multi_thread).unwrap().id;
        let single = widgets.iter().find(|widget| !widget.multi_thread).unwrap().id;
        Self { store, clock, multi, single }
    }

    pub(crate) async fn guest(&self, widget: WidgetId) -> Guest {
        let session = self.store.create_session(NewSession { widget, token: secret() }).await.unwrap();
        Guest { visitor: session.visitor, session: session.id }
    }

    pub(crate) async fn agent(&self, name: &str, role: Role) -> Agent {
        let agent = NewAgent {
            name: Name::new(name).unwrap(),
            email: Email::new(&format!("{name}@example.com")).unwrap(),
            role,
            password: "$argon2id$…".to_owned(),
        };
        self.store.create_agent(agent).await.unwrap()
    }

    pub(crate) async fn key(&self) -> Actor {
        let name = Name::new("bot").unwrap();
        let key = self.store.create_key(name, Scope::Manage, secret()).await.unwrap();
        Actor::Api(ApiKey { id: key.id, name: key.name })
    }

    pub(crate) fn send(&self, guest: Guest, to: Destination, words: &str) -> VisitorSend {
        VisitorSend {
            visitor: guest.visitor,
            session: guest.session,
            to,
            client_id: client(),
            text: text(words),
            held: None,
            standing: None,
            page: None,
        }
    }

    pub(crate) async fn try_send(&self, send: VisitorSend) -> Result<Applied, StoreError> {
        self.store.apply(Command::VisitorSend(send)).await
    }

    /// Starts a conversation with a first message.
    pub(crate) async fn start(&self, guest: Guest, words: &str) -> Conversation {
        let send = self.send(guest, Destination::Thread(thread()), words);
        let mut applied = self.try_send(send).await.unwrap();
        applied.conversations.remove(0).conversation
    }

    pub(crate) async fn start_holding(&self, guest: Guest, held: Patch) -> Applied {
        let mut send = self.send(guest, Destination::Thread(thread()), "with context");
        send.held = Some(HeldContext { client_id: Some(client()), patch: held });
        self.try_send(send).await.unwrap()
    }

    pub(crate) async fn say(&self, guest: Guest, to: ConversationId, words: &str) -> Applied {
        self.try_send(self.send(guest, Destination::Conversation(to), words)).await.unwrap()
    }

    pub(crate) async fn agent_says(&self, agent: &Agent, to: ConversationId, words: &str) -> Applied {
        let command =
            Command::AgentSend { agent: agent.id, conversation: to, client_id: client(), text: text(words) };
        self.store.apply(command).await.unwrap()
    }

    pub(crate) async fn take(
        &self,
        agent: &Agent,
        conversation: ConversationId,
    ) -> Result<Applied, StoreError> {
        self.store.apply(Command::Take { agent: agent.id, conversation, client_id: client() }).await
    }

    pub(crate) async fn set_status(
        &self,
        by: &Agent,
        conversation: ConversationId,
        status: Status,
    ) -> Applied {
        let by = Actor::Agent(by.id);
        self.store.apply(Command::SetStatus { by, conversation, client_id: client(), status }).await.unwrap()
    }

    pub(crate) fn by_strategy(
        &self,
        guest: Guest,
        strategy: Strategy,
        active: Option<ConversationId>,
        patch: Patch,
    ) -> WriteContext {
        let reach = match (strategy, active) {
            (Strategy::Active, Some(id)) => Reach::One(id),
            _ => Reach::by(strategy, None),
        };
        let target = ContextTarget::Visitor { visitor: guest.visitor, session: guest.session, reach };
        WriteContext { target, client_id: Some(client()), patch, lock: None }
    }

    pub(crate) async fn try_context(&self, write: WriteContext) -> Result<Applied, StoreError> {
        self.store.apply(Command::WriteContext(write)).await
    }

    pub(crate) async fn context_from(
        &self,
        by: Actor,
        conversation: ConversationId,
        patch: Patch,
    ) -> Result<Applied, StoreError> {
        let target = ContextTarget::Conversation { by, conversation };
        self.try_context(WriteContext { target, client_id: None, patch, lock: None }).await
    }

    /// A context write of our side that locks or releases.
    pub(crate) async fn lock_from(
        &self,
        by: Actor,
        conversation: ConversationId,
        patch: Patch,
        lock: bool,
    ) -> Applied {
        let target = ContextTarget::Conversation { by, conversation };
        let write = WriteContext { target, client_id: None, patch, lock: Some(lock) };
        self.try_context(write).await.unwrap()
    }

    /// The page writes; the keys that were left out.
    pub(crate) async fn page_writes(&self, guest: Guest, id: ConversationId, patch: Patch) -> Vec<String> {
        let write = self.by_strategy(guest, Strategy::Active, Some(id), patch);
        self.try_context(write).await.unwrap().conversations.remove(0).ignored
    }

    /// Protects keys of a widget from the page.
    pub(crate) async fn protect(&self, widget: WidgetId, keys: &[&str]) {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let protected_keys = Some(ProtectedKeys::new(keys).unwrap());
        let change = WidgetChange { protected_keys, ..WidgetChange::default() };
        self.store.update_widget(widget, change).await.unwrap();
    }

    pub(crate) async fn context(&self, id: ConversationId) -> String {
        self.store.context(id).await.unwrap().text
    }

    pub(crate) async fn journal(&self, id: ConversationId) -> Vec<StoredEvent> {
        self.store.events(id, Side::Ours, EventRange::After(0), 10_000).await.unwrap().events
    }
}
