//! ACTIVE goes where the customer is, whatever happens in between: the stories of the table and orders made up by chance,
//! on a store that is opened again at each restart.

use std::collections::HashMap;
use std::sync::Arc;

use beckon_core::agent::{Agent, Role};
use beckon_core::command::{
    Actor, Command, ContextTarget, CreateConversation, Destination, HeldContext, Reach, WriteContext,
};
use beckon_core::conversation::{Priority, Status};
use beckon_core::id::{ConversationId, ThreadId};
use beckon_store::{Applied, Store};
use serde_json::{Map, Value};

use crate::browser::{Answer, Frame, Said};
use crate::house::{Guest, House, StepClock, client, merge};
use crate::orders::live_through;
use crate::stories::{Door, stories, tell};

/// Steps of an order, as in the test of the rules alone.
const STEPS: usize = 14;

/// Opens the store of one place, again and again.
pub(crate) trait Place {
    fn open(&self, clock: Arc<StepClock>) -> Arc<dyn Store>;
}

/// A door to a store on its place.
pub(crate) struct Opened<P> {
    place: P,
    /// `None` while nothing is open.
    house: Option<House>,
    clock: Arc<StepClock>,
    agent: Agent,
    key: Actor,
    multi: bool,
    /// Each write is sent a second time, as after a lost connection.
    repeats: bool,
    guests: HashMap<usize, Guest>,
    conversations: HashMap<(usize, ThreadId), ConversationId>,
}

impl<P: Place> Opened<P> {
    pub(crate) async fn new(place: P) -> Self {
        let clock = Arc::new(StepClock::default());
        let house = House::new(place.open(clock.clone()), clock.clone()).await;
        let (agent, key) = (house.agent("maja", Role::Admin).await, house.key().await);
        let (guests, conversations) = (HashMap::new(), HashMap::new());
        Self {
            place,
            house: Some(house),
            clock,
            agent,
            key,
            multi: true,
            repeats: true,
            guests,
            conversations,
        }
    }

    /// Each story of the table.
    pub(crate) async fn tell_all(&mut self) {
        for story in stories() {
            self.begin(story.multi);
            tell(&story, self).await;
        }
    }

    /// Orders made up by chance.
    pub(crate) async fn live_through(&mut self, seeds: impl Iterator<Item = u64>) {
        for seed in seeds {
            let multi = seed % 6 != 0;
            self.begin(multi);
            self.repeats = seed % 4 == 0;
            live_through(seed, multi, STEPS, self).await;
        }
    }

    /// Other people come.
    fn begin(&mut self, multi: bool) {
        self.multi = multi;
        self.guests.clear();
        self.conversations.clear();
    }

    fn house(&self) -> &House {
        self.house.as_ref().unwrap()
    }

    async fn guest(&mut self, visitor: usize) -> Guest {
        if let Some(guest) = self.guests.get(&visitor) {
            return *guest;
        }
        let house = self.house();
        let guest = house.guest(if self.multi { house.multi } else { house.single }).await;
        self.guests.insert(visitor, guest);
        guest
    }

    fn note(&mut self, visitor: usize, applied: &Applied) -> ThreadId {
        let touched = &applied.conversations[0].conversation;
        self.conversations.insert((visitor, touched.thread), touched.id);
        touched.thread
    }

    fn named(&self, visitor: usize, thread: ThreadId) -> ConversationId {
        self.conversations[&(visitor, thread)]
    }
}

impl<P: Place> Door for Opened<P> {
    async fn ask(&mut self, visitor: usize, _tab: (usize, usize), frame: &Frame) -> Answer {
        let guest = self.guest(visitor).await;
        let (reach, said) = match frame {
            Frame::Context { strategy, screen, said } => (Reach::by(*strategy, Some(*screen)), said),
            Frame::Copy { thread, said } => (Reach::One(self.named(visitor, *thread)), said),
        };
        let target = ContextTarget::Visitor { visitor: guest.visitor, session: guest.session, reach };
        let write = WriteContext { target, client_id: Some(client()), patch: said.into(), lock: None };
        let applied = self.house().try_context(write.clone()).await.unwrap();
        let answer = |applied: &Applied| Answer {
            threads: applied.conversations.iter().map(|touched| touched.conversation.thread).collect(),
            guessed: applied.conversations.iter().any(|touched| touched.guessed),
        };
        assert_eq!(applied.pending, applied.conversations.is_empty());
        if self.repeats {
            let again = self.house().try_context(write).await.unwrap();
            // What is held leaves no receipt.
            assert_eq!((again.duplicate, again.pending), (!applied.pending, applied.pending));
            assert_eq!(answer(&again), answer(&applied));
        }
        answer(&applied)
    }

    async fn say(&mut self, visitor: usize, thread: ThreadId, held: Option<Said>) {
        let guest = self.guest(visitor).await;
        let mut send = self.house().send(guest, Destination::Thread(thread), "words");
        send.held = held.map(|said| HeldContext { client_id: Some(client()), patch: (&said).into() });
        let applied = self.house().try_send(send).await.unwrap();
        assert_eq!(self.note(visitor, &applied), thread);
    }

    async fn start(&mut self, visitor: usize) -> ThreadId {
        let guest = self.guest(visitor).await;
        let command = Command::Create(CreateConversation {
            by: self.key.clone(),
            visitor: Some(guest.visitor),
            topic: None,
            summary: None,
            status: Status::Open,
            priority: Priority::Normal,
            queue: None,
            agent: None,
        });
        let applied = self.house().store.apply(command).await.unwrap();
        self.note(visitor, &applied)
    }

    async fn answer(&mut self, visitor: usize, thread: ThreadId) {
        self.house().agent_says(&self.agent, self.named(visitor, thread), "words").await;
    }

    async fn set_status(&mut self, visitor: usize, thread: ThreadId, status: Status) {
        self.house().set_status(&self.agent, self.named(visitor, thread), status).await;
    }

    async fn program(&mut self, visitor: usize, thread: ThreadId, members: &Map<String, Value>) {
        let patch = merge(&Value::Object(members.clone()).to_string());
        self.house().context_from(self.key.clone(), self.named(visitor, thread), patch).await.unwrap();
    }

    async fn context(&mut self, visitor: usize, thread: ThreadId) -> Map<String, Value> {
        serde_json::from_str(&self.house().context(self.named(visitor, thread)).await).unwrap()
    }

    async fn restart(&mut self) {
        drop(self.house.take());
        self.house = Some(House::new(self.place.open(self.clock.clone()), self.clock.clone()).await);
    }

    fn pass(&mut self, milliseconds: i64) {
        self.clock.skip_milliseconds(milliseconds);
    }
}
