//! A visitor or an agent as a state machine: the client's rules of the protocol, and nothing but them.
//!
//! A write is in the client's file before it is sent; one write is in flight for each conversation, and every try of it
//! has the same `client_id`; events are applied in order, holes are asked for, a lost tail is found by a ping's heads; a
//! new epoch offers the newest own messages again; a lost connection comes back after a random time.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

use crate::lane::Lane;
use crate::log::{self, Kind, Line, Log, Queued};
use crate::view::{Step, View};
use crate::wire::{Door, Ended, Heard, Socket};
use crate::{Failure, Outcome, agent, visitor};

/// Orders that may wait for a client.
const ORDERS: usize = 4096;
/// Between two looks whether a client has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// Characters of four bytes in a long message.
const LONG: usize = 4_000;
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
    /// Connections after the first.
    pub reconnects: AtomicU64,
    /// Times a view started over after it had something.
    pub resets: AtomicU64,
    /// Events that arrived and were known.
    pub known: AtomicU64,
    /// Holes and tails asked for.
    pub asked: AtomicU64,
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
        let (waiting, connected) = (Arc::clone(&machine.waiting), Arc::clone(&machine.connected));
        let failure = Arc::default();
        let told: Arc<OnceLock<String>> = Arc::clone(&failure);
        let task = tokio::spawn(async move {
            if let Err(failure) = machine.run().await {
                told.get_or_init(|| failure.to_string());
            }
        });
        Ok(Self { name: name.to_owned(), who, orders: sender, task, failure, waiting, connected })
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

    /// Why it has ended by itself, if it has.
    pub fn ended(&self) -> Option<Failure> {
        self.task.is_finished().then(|| self.why())
    }

    /// It takes no orders any more: what it says, which it may be about to.
    async fn at_end(&self) -> Failure {
        while !self.task.is_finished() {
            sleep(LOOK_AGAIN).await;
        }
        self.why()
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

/// Why a conversation with the server ends.
enum End {
    Socket(Ended),
    Stopped,
    Offline,
    Broken(Failure),
}

impl From<Ended> for End {
    fn from(ended: Ended) -> Self {
        Self::Socket(ended)
    }
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Broken(failure)
    }
}

/// The state machine.
struct Machine {
    who: Who,
    log: Log,
    rules: Rules,
    door: Door,
    counts: Arc<Counts>,
    chance: StdRng,
    orders: mpsc::Receiver<Order>,
    waiting: Arc<AtomicUsize>,
    connected: Arc<AtomicBool>,
    epoch: String,
    views: HashMap<String, View>,
    lanes: Vec<(String, Lane)>,
    written: u64,
    request: u64,
    asked_by: HashMap<u64, usize>,
    settling: Vec<oneshot::Sender<()>>,
    offline: bool,
    heard_at: Instant,
}

#[derive(Deserialize)]
struct EventHead<'a> {
    id: &'a str,
    kind: &'a str,
    author: AuthorHead<'a>,
}

#[derive(Deserialize)]
struct AuthorHead<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
}

impl Machine {
    fn new(name: &str, who: Who, start: Start, orders: mpsc::Receiver<Order>) -> Outcome<Self> {
        let Start { folder, door, rules, counts, seed } = start;
        let file = log::lines_file(&folder, name);
        let earlier = if file.exists() { log::read(&file)? } else { Vec::new() };
        let mut log = Log::open(&folder, name, matches!(who, Who::Visitor(_)))?;
        if earlier.is_empty() {
            log.keep(&who.introduction())?;
        }
        let lanes = match &who {
            Who::Visitor(visitor) => {
                visitor.threads.iter().map(|thread| (thread.clone(), Lane::default())).collect()
            }
            Who::Agent(_) => Vec::new(),
        };
        let mut machine = Self {
            who,
            log,
            rules,
            door,
            counts,
            // Another life makes other ids.
            chance: StdRng::seed_from_u64(seed.wrapping_add(earlier.len() as u64)),
            orders,
            waiting: Arc::default(),
            connected: Arc::default(),
            epoch: String::new(),
            views: HashMap::new(),
            lanes,
            written: 0,
            request: 0,
            asked_by: HashMap::new(),
            settling: Vec::new(),
            offline: false,
            heard_at: Instant::now(),
        };
        machine.go_on_from(earlier);
        Ok(machine)
    }

    /// What the file of an earlier life says.
    fn go_on_from(&mut self, lines: Vec<Line>) {
        let mut done = HashSet::new();
        let mut known = HashMap::new();
        for line in &lines {
            match line {
                Line::Acked { client_id, conversation, epoch, .. } => {
                    self.epoch.clone_from(epoch);
                    done.insert(client_id.clone());
                    known.insert(client_id.clone(), conversation.clone());
                }
                Line::Failed { client_id, .. } => {
                    done.insert(client_id.clone());
                }
                Line::Reset { conversation, epoch, first } => {
                    let view = self.views.entry(conversation.clone()).or_default();
                    view.reset(epoch, *first);
                }
                Line::Saw { conversation, position, .. } => {
                    if let Some(view) = self.views.get_mut(conversation) {
                        view.position = *position;
                    }
                }
                _ => {}
            }
        }
        for line in lines {
            let Line::Queued(write) = line else { continue };
            self.written = self.written.max(write.n);
            let lane = self.lane(&write.lane.clone());
            if let Some(Some(conversation)) = known.get(&write.client_id) {
                lane.conversation = Some(conversation.clone());
                lane.remember(&write);
            }
            if !done.contains(&write.client_id) {
                lane.push(write);
                self.waiting.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn lane(&mut self, name: &str) -> &mut Lane {
        let place = self.lanes.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            let mut lane = Lane::default();
            if let Who::Agent(_) = self.who {
                lane.conversation = Some(name.to_owned());
            }
            self.lanes.push((name.to_owned(), lane));
            self.lanes.len() - 1
        });
        &mut self.lanes[place].1
    }

    async fn run(mut self) -> Outcome<()> {
        let mut failures = 0;
        let mut first = true;
        loop {
            let end = if self.offline {
                End::Offline
            } else {
                self.connect_and_converse(&mut failures, &mut first).await
            };
            self.connected.store(false, Ordering::Relaxed);
            self.asked_by.clear();
            self.lanes.iter_mut().for_each(|(_, lane)| lane.lost());
            self.views.values_mut().for_each(View::lost);
            match end {
                End::Stopped => return self.log.flush(),
                End::Broken(failure) => return Err(failure),
                End::Socket(Ended::Closed(code)) if code >= 4500 => {
                    self.log.keep(&Line::Closed { code })?;
                    return Err(Failure::new(format!("sent away for good with {code}")));
                }
                End::Socket(ended) => {
                    let code = if let Ended::Closed(code) = ended { code } else { 0 };
                    self.log.add(&Line::Closed { code })?;
                }
                End::Offline => {}
            }
            failures += 1;
            if self.pause(failures).await?.is_break() {
                return self.log.flush();
            }
        }
    }

    /// Waits before the next connection; orders are taken meanwhile.
    async fn pause(&mut self, failures: u32) -> Outcome<std::ops::ControlFlow<()>> {
        let bound = self.rules.most.min(self.rules.backoff * 2_u32.saturating_pow(failures.min(16)));
        let until = Instant::now() + bound.mul_f64(self.chance.random::<f64>());
        loop {
            let order = tokio::select! {
                () = sleep_until(until), if !self.offline => return Ok(std::ops::ControlFlow::Continue(())),
                order = self.orders.recv() => order,
            };
            match order {
                None | Some(Order::Stop) => return Ok(std::ops::ControlFlow::Break(())),
                Some(order) => self.obey(order)?,
            }
        }
    }

    fn obey(&mut self, order: Order) -> Outcome<()> {
        match order {
            // An agent who knows no conversation yet has nowhere to write.
            Order::Write(..) if self.lanes.is_empty() => {}
            Order::Write(kind, place) => {
                let (name, lane) = &self.lanes[place % self.lanes.len()];
                // Context has nowhere to go before the first message.
                let begun = lane.conversation.is_some() || lane.waiting() > 0;
                let name = name.clone();
                self.queue(if begun { kind } else { Kind::Text }, &name)?;
            }
            Order::Long => {
                let n = self.written + 1;
                let words = format!("message {n} {}", "\u{1f4ac}".repeat(LONG));
                if let Some((name, _)) = self.lanes.first() {
                    let name = name.clone();
                    self.queue_body(Kind::Text, &name, words)?;
                }
            }
            Order::Offline(offline) => self.offline = offline,
            Order::Settle(sender) => self.settling.push(sender),
            Order::Stop => {}
        }
        Ok(())
    }

    /// Puts a write in the queue, in the file first.
    fn queue(&mut self, kind: Kind, lane: &str) -> Outcome<()> {
        let n = self.written + 1;
        let body = match kind {
            Kind::Text => format!("message {n}"),
            Kind::Note => format!("note {n} {INTERNAL}"),
            Kind::Context => self.who.context(n),
        };
        self.queue_body(kind, lane, body)
    }

    fn queue_body(&mut self, kind: Kind, lane: &str, body: String) -> Outcome<()> {
        self.written += 1;
        let n = self.written;
        let write = Queued { n, client_id: self.uuid(), lane: lane.to_owned(), kind, body };
        self.log.keep(&Line::Queued(write.clone()))?;
        Counts::add(&self.counts.queued);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.lane(lane).push(write);
        Ok(())
    }

    fn uuid(&mut self) -> String {
        uuid::Builder::from_random_bytes(self.chance.random()).into_uuid().to_string()
    }

    async fn connect_and_converse(&mut self, failures: &mut u32, first: &mut bool) -> End {
        let (mut socket, rows) = match self.open().await {
            Ok(open) => open,
            Err(_) => return End::Socket(Ended::Lost),
        };
        if !std::mem::replace(first, false) {
            Counts::add(&self.counts.reconnects);
        }
        self.heard_at = Instant::now();
        match self.converse(&mut socket, rows, failures).await {
            Ok(never) => match never {},
            Err(end) => {
                if let End::Stopped | End::Offline = end {
                    socket.close().await;
                }
                end
            }
        }
    }

    /// A socket after its hello, and the conversations of an agent's list.
    async fn open(&mut self) -> Outcome<(Socket, Vec<String>)> {
        let greeting = self.who.greeting(&self.door).await?;
        let rows = self.who.rows(&self.door).await?;
        let mut socket = self.door.socket().await?;
        let resume: Vec<_> = match self.who {
            Who::Visitor(_) => self
                .views
                .iter()
                .map(|(conversation, view)| (conversation.clone(), view.epoch.clone(), view.position))
                .collect(),
            // Their many conversations are opened one by one.
            Who::Agent(_) => Vec::new(),
        };
        socket.hello(&greeting, &resume).await.map_err(|_| Failure::new("lost at hello"))?;
        Ok((socket, rows))
    }

    async fn converse(
        &mut self,
        socket: &mut Socket,
        rows: Vec<String>,
        failures: &mut u32,
    ) -> Result<std::convert::Infallible, End> {
        let welcome = self.hear(socket).await?;
        if welcome.kind != "welcome" {
            return Err(Failure::new(format!("{} instead of a welcome", welcome.kind)).into());
        }
        *failures = 0;
        self.take_epoch(welcome.epoch.unwrap_or_default());
        self.connected.store(true, Ordering::Relaxed);
        if let Who::Agent(_) = self.who {
            socket.feed(r#"{"type":"subscribe","topic":{"inbox":true}}"#).await?;
            let known: Vec<String> = self.views.keys().cloned().collect();
            for conversation in known.into_iter().chain(rows) {
                self.follow(socket, &conversation, true).await?;
            }
            socket.flush().await?;
        }
        let mut tick = tokio::time::interval(self.rules.ping);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            self.pump(socket).await?;
            tokio::select! {
                text = socket.next() => {
                    self.heard_at = Instant::now();
                    let text = text?;
                    self.log.bytes(&text)?;
                    self.handle(socket, Heard::parse(&text)?).await?;
                }
                order = self.orders.recv() => match order {
                    None | Some(Order::Stop) => return Err(End::Stopped),
                    Some(Order::Offline(true)) => {
                        self.offline = true;
                        return Err(End::Offline);
                    }
                    Some(order) => self.obey(order)?,
                },
                now = tick.tick() => {
                    if now.duration_since(self.heard_at) >= self.rules.silence {
                        return Err(End::Socket(Ended::Lost));
                    }
                    for (_, lane) in &mut self.lanes {
                        lane.give_up_after(self.rules.answer, self.rules.unit, now);
                    }
                    socket.send(r#"{"type":"ping"}"#).await?;
                }
            }
        }
    }

    async fn hear(&mut self, socket: &mut Socket) -> Result<Heard, End> {
        let heard = tokio::time::timeout(self.rules.silence, socket.next()).await;
        let text = heard.map_err(|_| End::Socket(Ended::Lost))??;
        self.heard_at = Instant::now();
        self.log.bytes(&text)?;
        Ok(Heard::parse(&text)?)
    }

    fn take_epoch(&mut self, epoch: String) {
        if self.epoch == epoch {
            return;
        }
        let known_before = !std::mem::replace(&mut self.epoch, epoch).is_empty();
        if !known_before {
            return;
        }
        let is_visitor = matches!(self.who, Who::Visitor(_));
        for (_, lane) in &mut self.lanes {
            let offered = lane.offer_again();
            if is_visitor {
                // The conversation may be gone; its thread leads to it, or to a new one.
                lane.conversation = None;
            }
            if offered > 0 {
                Counts::add(&self.counts.offered);
            }
            self.waiting.fetch_add(offered, Ordering::Relaxed);
        }
    }

    /// Follows a conversation as an agent.
    async fn follow(&mut self, socket: &mut Socket, conversation: &str, again: bool) -> Result<(), End> {
        let known = self.views.contains_key(conversation);
        if known && !again {
            return Ok(());
        }
        self.start_view(conversation)?;
        let Some(view) = self.views.get_mut(conversation).filter(|view| !view.is_asking()) else {
            return Ok(());
        };
        view.ask();
        let mut frame = json!({"type": "subscribe", "topic": {"conversation": conversation}});
        if known {
            frame["epoch"] = view.epoch.as_str().into();
            frame["position"] = view.position.into();
        }
        self.lane(conversation);
        Ok(socket.feed(frame.to_string()).await?)
    }

    /// Sends what may be sent.
    async fn pump(&mut self, socket: &mut Socket) -> Result<(), End> {
        let now = Instant::now();
        let mut frames = Vec::new();
        for (place, (thread, lane)) in self.lanes.iter_mut().enumerate() {
            let Some(write) = lane.next(now) else { continue };
            self.request += 1;
            frames.push(self.who.frame(write, self.request, thread, lane.conversation.as_deref()));
            lane.sent(self.request, now);
            self.asked_by.insert(self.request, place);
            Counts::add(&self.counts.tries);
        }
        if frames.is_empty() {
            return Ok(());
        }
        for frame in frames {
            socket.feed(frame).await?;
        }
        Ok(socket.flush().await?)
    }

    async fn handle(&mut self, socket: &mut Socket, heard: Heard) -> Result<(), End> {
        match heard.kind.as_str() {
            "event" => self.event(socket, heard).await,
            "state" => self.state(heard),
            "live" => self.live(socket, heard).await,
            "accepted" => self.accepted(socket, heard).await,
            "rejected" => self.rejected(&heard),
            "pong" => self.pong(socket, heard).await,
            "cursor" => {
                let (delivered, read) = (heard.delivered.unwrap_or_default(), heard.read.unwrap_or_default());
                self.cursors(false, heard.conversation.unwrap_or_default(), delivered, read)
            }
            "row" => {
                let conversation = heard.conversation.unwrap_or_default();
                self.follow(socket, &conversation, false).await?;
                Ok(socket.flush().await?)
            }
            _ => Ok(()),
        }
    }

    fn cursors(&mut self, state: bool, conversation: String, delivered: i64, read: i64) -> Result<(), End> {
        // A position that a cursor names belongs to the epoch of this connection.
        let epoch = self.epoch.clone();
        Ok(self.log.add(&Line::Cursor { state, conversation, epoch, delivered, read })?)
    }

    async fn event(&mut self, socket: &mut Socket, heard: Heard) -> Result<(), End> {
        let (Some(conversation), Some(position), Some(event)) =
            (heard.conversation, heard.position, heard.event)
        else {
            return Err(Failure::new("an event without a place").into());
        };
        let new = !self.views.contains_key(&conversation);
        self.start_view(&conversation)?;
        let Some(view) = self.views.get_mut(&conversation) else { return Ok(()) };
        match view.event(position, event.get().to_owned()) {
            Step::Apply(events) => self.apply(socket, &conversation, events).await?,
            Step::Ask => return self.sync(socket, &conversation).await,
            Step::Nothing => Counts::add(&self.counts.known),
        }
        // Another tab has begun it: a ping's heads tell of what is open on this socket only.
        if new && self.views.get_mut(&conversation).is_some_and(View::ask) {
            self.sync(socket, &conversation).await?;
        }
        Ok(())
    }

    /// A view from the first event on, for a conversation that is new here.
    fn start_view(&mut self, conversation: &str) -> Outcome<()> {
        if self.views.contains_key(conversation) {
            return Ok(());
        }
        self.views.insert(conversation.to_owned(), View::new(&self.epoch));
        let epoch = self.epoch.clone();
        self.log.add(&Line::Reset { conversation: conversation.to_owned(), epoch, first: 1 })
    }

    async fn apply(
        &mut self,
        socket: &mut Socket,
        conversation: &str,
        events: Vec<(i64, String)>,
    ) -> Result<(), End> {
        let last = events.last().map_or(0, |(position, _)| *position);
        for (position, event) in events {
            let head: EventHead<'_> = serde_json::from_str(&event).map_err(Failure::from)?;
            self.log.add(&Line::Saw {
                conversation: conversation.to_owned(),
                position,
                event_id: head.id.to_owned(),
            })?;
            Counts::add(&self.counts.events);
            let from_visitor = head.kind == "message" && head.author.kind == "visitor";
            if let (Who::Agent(_), true) = (&self.who, from_visitor)
                && self.chance.random_range(0..100) < self.rules.answered_percent
            {
                let kind = if self.chance.random_range(0..4) == 0 { Kind::Note } else { Kind::Text };
                self.queue(kind, conversation)?;
            }
        }
        if self.chance.random_range(0..100) < self.rules.read_percent {
            let frame = json!({"type": "read", "conversation": conversation, "position": last});
            socket.send(frame.to_string()).await?;
        }
        Ok(())
    }

    async fn sync(&mut self, socket: &mut Socket, conversation: &str) -> Result<(), End> {
        let Some(view) = self.views.get(conversation) else { return Ok(()) };
        Counts::add(&self.counts.asked);
        let frame = json!({
            "type": "sync", "conversation": conversation, "epoch": view.epoch, "position": view.position,
        });
        Ok(socket.send(frame.to_string()).await?)
    }

    fn state(&mut self, heard: Heard) -> Result<(), End> {
        let Some(conversation) = heard.conversation else { return Ok(()) };
        let epoch = heard.epoch.unwrap_or_default();
        let view = self.views.entry(conversation.clone()).or_default();
        if heard.mode.as_deref() == Some("reset") {
            let first = heard.first.unwrap_or(1);
            if view.position > 0 {
                Counts::add(&self.counts.resets);
            }
            view.reset(&epoch, first);
            self.log.add(&Line::Reset { conversation: conversation.clone(), epoch, first })?;
        } else if view.epoch != epoch {
            return Err(Failure::new("a replay in another epoch").into());
        }
        if let Some(cursors) = heard.cursors {
            self.cursors(true, conversation, cursors.delivered, cursors.read)?;
        }
        Ok(())
    }

    async fn live(&mut self, socket: &mut Socket, heard: Heard) -> Result<(), End> {
        let conversation = heard.conversation.unwrap_or_default();
        if self.views.get_mut(&conversation).is_some_and(View::live) {
            self.sync(socket, &conversation).await?;
        }
        Ok(())
    }

    async fn accepted(&mut self, socket: &mut Socket, heard: Heard) -> Result<(), End> {
        let request = heard.request.unwrap_or_default();
        let Some(place) = self.asked_by.remove(&request) else { return Ok(()) };
        let (_, lane) = &mut self.lanes[place];
        if !lane.flies(request) {
            // An answer to a try that was given up: the next one gives it again.
            return Ok(());
        }
        let Some(write) = lane.done(true) else { return Ok(()) };
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        let written = heard.conversations.as_ref().and_then(|all| all.first().cloned());
        let conversation =
            heard.conversation.or_else(|| written.as_ref().map(|written| written.conversation.clone()));
        if write.kind != Kind::Context && lane.conversation.is_none() {
            lane.conversation.clone_from(&conversation);
        }
        self.log.keep(&Line::Acked {
            client_id: write.client_id,
            conversation: conversation.clone(),
            position: heard.position,
            event_id: heard.event_id,
            version: written.map(|written| written.version),
            duplicate: heard.duplicate,
            epoch: self.epoch.clone(),
        })?;
        Counts::add(&self.counts.acked);
        if heard.duplicate {
            Counts::add(&self.counts.duplicates);
        }
        let Some(conversation) = conversation.filter(|_| write.kind != Kind::Context) else { return Ok(()) };
        if self.views.contains_key(&conversation) {
            return Ok(());
        }
        self.start_view(&conversation)?;
        // This socket follows a conversation it started; one that was started on another has to be opened.
        if heard.duplicate && self.views.get_mut(&conversation).is_some_and(View::ask) {
            self.sync(socket, &conversation).await?;
        }
        Ok(())
    }

    fn rejected(&mut self, heard: &Heard) -> Result<(), End> {
        let code = heard.code.clone().unwrap_or_default();
        let Some(request) = heard.request else {
            // A sync, cursor or resume of a conversation that a restore took away.
            if let Some(conversation) = heard.conversation.as_ref().filter(|_| code == "not_found") {
                self.views.remove(conversation);
                return Ok(());
            }
            let told = heard.message.as_deref().unwrap_or_default();
            return Err(Failure::new(format!("rejected without a number: {code} {told}")).into());
        };
        let Some(place) = self.asked_by.remove(&request) else { return Ok(()) };
        let (_, lane) = &mut self.lanes[place];
        if !lane.flies(request) {
            return Ok(());
        }
        match heard.retry.as_deref() {
            Some("same") => lane.again(self.rules.unit, Instant::now()),
            Some("later") => {
                Counts::add(&self.counts.later);
                match heard.after_ms {
                    Some(after) => lane.again_after(Duration::from_millis(after), Instant::now()),
                    None => lane.again(self.rules.unit, Instant::now()),
                }
            }
            _ => {
                if let Some(write) = lane.done(false) {
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                    self.log.keep(&Line::Failed { client_id: write.client_id, code })?;
                    Counts::add(&self.counts.failed);
                }
            }
        }
        Ok(())
    }

    async fn pong(&mut self, socket: &mut Socket, heard: Heard) -> Result<(), End> {
        let heads = heard.heads.unwrap_or_default();
        let mut missing = Vec::new();
        for (conversation, head) in &heads {
            let Some(view) = self.views.get_mut(conversation) else { continue };
            if !view.has(*head) && view.ask() {
                missing.push(conversation.clone());
            }
        }
        for conversation in &missing {
            self.sync(socket, conversation).await?;
        }
        let all = heads
            .iter()
            .all(|(conversation, head)| self.views.get(conversation).is_none_or(|view| view.has(*head)));
        let follows_all = self.views.keys().all(|conversation| heads.contains_key(conversation));
        if all && follows_all && self.waiting.load(Ordering::Relaxed) == 0 && !self.settling.is_empty() {
            self.log.flush()?;
            for settled in self.settling.drain(..) {
                // Nobody waits any more: as good.
                let _unheard = settled.send(());
            }
        }
        Ok(())
    }
}

impl Who {
    fn introduction(&self) -> Line {
        match self {
            Self::Visitor(visitor) => Line::Is {
                visitor: true,
                id: visitor.session.visitor.clone(),
                secret: visitor.session.token.clone(),
            },
            Self::Agent(agent) => {
                Line::Is { visitor: false, id: agent.email.clone(), secret: agent.cookie.clone() }
            }
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
