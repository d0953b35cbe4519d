//! A visitor or an agent as a state machine: the client's rules of the protocol, and nothing but them.
//!
//! A write is in the client's file before it is sent; one write is in flight for each conversation, and every try of it
//! has the same `client_id`; events are applied in order, holes are asked for, a lost tail is found by a ping's heads; a
//! new epoch offers the newest own messages again; a lost connection comes back after a random time.

mod machine;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

use self::machine::Machine;
use crate::log::{Kind, Line, Queued};
use crate::pace::until;
use crate::wire::{Door, HANG};
use crate::{Failure, Outcome, agent, visitor};

/// Orders that may wait for a client.
const ORDERS: usize = 4096;
/// Word in every note and context: no visitor's bytes may hold it.
pub const INTERNAL: &str = "internal-canary";

/// Times of a client's rules, shortened.
#[derive(Clone, Debug)]
pub struct Rules {
    /// No answer to a write by then: it is sent again (10 s in the protocol).
    pub answer: Duration,
    /// One second of the protocol's pauses between tries.
    pub unit: Duration,
    /// A lost connection comes back after random(0, min(`most`, this · 2ⁿ)).
    pub backoff: Duration,
    /// See `backoff`.
    pub most: Duration,
    /// Between two pings.
    pub ping: Duration,
    /// Nothing heard for so long: the connection counts as lost.
    pub silence: Duration,
    /// Of 100 messages that an agent gets, so many are answered.
    pub answered_percent: u32,
    /// Of 100 events, so many move the client's own read cursor.
    pub read_percent: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(8),
            unit: Duration::from_millis(100),
            backoff: Duration::from_millis(50),
            most: Duration::from_secs(1),
            ping: Duration::from_millis(500),
            silence: Duration::from_secs(15),
            answered_percent: 30,
            read_percent: 20,
        }
    }
}

/// What all clients of a test did.
#[derive(Debug, Default)]
pub struct Counts {
    /// Writes that count for their authors.
    pub queued: AtomicU64,
    /// Writes answered as stored.
    pub acked: AtomicU64,
    /// Of them: known to the server already.
    pub duplicates: AtomicU64,
    /// Writes refused for good.
    pub failed: AtomicU64,
    /// Refusals to be tried later.
    pub later: AtomicU64,
    /// Writes sent, each try.
    pub tries: AtomicU64,
    /// Events applied.
    pub events: AtomicU64,
    /// Times a planned stop was told.
    pub drains: AtomicU64,
    /// Sockets that ended with 4001, a planned stop.
    pub planned: AtomicU64,
    /// Connections after the first.
    pub reconnects: AtomicU64,
    /// Times a view started over after it had something.
    pub resets: AtomicU64,
    /// Events that arrived and were known.
    pub known: AtomicU64,
    /// Times accepted writes were offered again for a new epoch.
    pub offered: AtomicU64,
}

impl Counts {
    fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// One of the counts.
    pub fn of(counter: &AtomicU64) -> u64 {
        counter.load(Ordering::Relaxed)
    }
}

/// What a client is told to do.
#[derive(Debug)]
pub enum Order {
    /// Write this in the lane of that number (modulo how many there are).
    Write(Kind, usize),
    /// Write the longest message there may be.
    Long,
    /// Stay without a connection, or come back.
    Offline(bool),
    /// Answer once nothing waits and everything that exists has been seen.
    Settle(oneshot::Sender<()>),
    /// End in good order.
    Stop,
}

/// Who a client is.
#[derive(Clone, Debug)]
pub enum Who {
    /// A visitor.
    Visitor(visitor::Visitor),
    /// An agent.
    Agent(agent::Agent),
}

/// A running client.
#[derive(Debug)]
pub struct Client {
    /// Its name: that of its files.
    pub name: String,
    who: Who,
    orders: mpsc::Sender<Order>,
    task: JoinHandle<()>,
    /// Why it ended by itself, once it has.
    failure: Arc<OnceLock<String>>,
    waiting: Arc<AtomicUsize>,
    following: Arc<AtomicUsize>,
    connected: Arc<AtomicBool>,
}

/// What every client needs.
#[derive(Clone, Debug)]
pub struct Start {
    /// Where its files are.
    pub folder: PathBuf,
    /// Where it connects.
    pub door: Door,
    /// Times.
    pub rules: Rules,
    /// Shared counts.
    pub counts: Arc<Counts>,
    /// Chance that repeats.
    pub seed: u64,
}

impl Client {
    /// Starts a client; one that has files goes on from them.
    pub fn start(name: &str, who: Who, start: Start) -> Outcome<Self> {
        let (sender, orders) = mpsc::channel(ORDERS);
        let machine = Machine::new(name, who.clone(), start, orders)?;
        let (waiting, following) = (Arc::clone(&machine.waiting), Arc::clone(&machine.following));
        let connected = Arc::clone(&machine.connected);
        let failure = Arc::default();
        let told: Arc<OnceLock<String>> = Arc::clone(&failure);
        let task = tokio::spawn(async move {
            if let Err(failure) = machine.run().await {
                told.get_or_init(|| failure.to_string());
            }
        });
        Ok(Self { name: name.to_owned(), who, orders: sender, task, failure, waiting, following, connected })
    }

    /// A visitor; otherwise an agent.
    pub fn is_visitor(&self) -> bool {
        matches!(self.who, Who::Visitor(_))
    }

    /// Gives an order.
    pub async fn order(&self, order: Order) -> Outcome<()> {
        match self.orders.send(order).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.at_end().await),
        }
    }

    /// Writes without an answer.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Conversations it follows.
    pub fn following(&self) -> usize {
        self.following.load(Ordering::Relaxed)
    }

    /// Why it has ended by itself, if it has.
    pub fn ended(&self) -> Option<Failure> {
        self.task.is_finished().then(|| self.why())
    }

    /// It takes no orders any more: what it says, which it may be about to.
    async fn at_end(&self) -> Failure {
        let ended = || Ok(self.task.is_finished().then_some(()));
        match until("a client that takes no orders has ended", HANG, ended).await {
            Ok(()) => self.why(),
            Err(failure) => failure,
        }
    }

    fn why(&self) -> Failure {
        let why = self.failure.get().map_or("it says nothing, so it panicked", String::as_str);
        Failure::new(format!("{} has ended by itself: {why}", self.name))
    }

    /// Whether it has had its welcome.
    pub fn is_connected(&self) -> bool {
        self.connected.load(Ordering::Relaxed)
    }

    /// Waits until nothing waits and everything that exists has been seen.
    pub async fn settled(&self) -> Outcome<()> {
        let (sender, answer) = oneshot::channel();
        self.order(Order::Settle(sender)).await?;
        match answer.await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.at_end().await),
        }
    }

    /// Ends it in good order.
    pub async fn stop(self) -> Outcome<()> {
        // It may have ended by itself; then that is what it says.
        let _gone = self.orders.send(Order::Stop).await;
        let failed = |why: &str| Failure::new(format!("{}: {why}", self.name));
        self.task.await.map_err(|error| failed(&error.to_string()))?;
        self.failure.get().map_or(Ok(()), |why| Err(failed(why)))
    }

    /// Ends it as a crash does, at once, whatever it is doing; its name and who it is, to go on from its files.
    pub async fn kill(self) -> (String, Who) {
        self.task.abort();
        let _aborted = self.task.await;
        (self.name, self.who)
    }
}

impl Who {
    fn introduction(&self) -> Line {
        match self {
            Self::Visitor(visitor) => Line::Is { visitor: true, id: visitor.session.visitor.clone() },
            Self::Agent(agent) => Line::Is { visitor: false, id: agent.email.clone() },
        }
    }

    async fn greeting(&self, door: &Door) -> Outcome<crate::wire::Greeting> {
        match self {
            Self::Visitor(visitor) => Ok(visitor.greeting()),
            Self::Agent(agent) => agent.greeting(door).await,
        }
    }

    async fn rows(&self, door: &Door) -> Outcome<Vec<String>> {
        match self {
            Self::Visitor(_) => Ok(Vec::new()),
            Self::Agent(agent) => agent.rows(door).await,
        }
    }

    fn context(&self, n: u64) -> String {
        match self {
            Self::Visitor(_) => visitor::context(n),
            Self::Agent(_) => "{}".to_owned(),
        }
    }

    fn frame(&self, write: &Queued, request: u64, lane: &str, conversation: Option<&str>) -> String {
        match self {
            Self::Visitor(_) => visitor::frame(write, request, lane, conversation),
            Self::Agent(_) => agent::frame(write, request, lane),
        }
    }
}

/// A raw JSON text inside a frame.
pub(crate) fn raw(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// An id that follows from a seed.
pub fn seeded_id(chance: &mut StdRng) -> Uuid {
    uuid::Builder::from_random_bytes(chance.random()).into_uuid()
}
