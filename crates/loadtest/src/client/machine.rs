//! The state machine: what is queued and sent, when it connects and comes back.

mod connection;
mod frames;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::{Counts, INTERNAL, Order, Rules, Start, Who, seeded_id};
use crate::lane::Lane;
use crate::log::{self, Kind, Line, Log, Queued};
use crate::view::View;
use crate::wire::{Door, Ended};
use crate::{Failure, Outcome};

/// Characters of four bytes in a long message.
const LONG: usize = 4_000;

/// How a socket ends at a planned stop.
const PLANNED: u16 = 4001;

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
pub(super) struct Machine {
    who: Who,
    log: Log,
    rules: Rules,
    door: Door,
    counts: Arc<Counts>,
    chance: StdRng,
    orders: mpsc::Receiver<Order>,
    pub(super) waiting: Arc<AtomicUsize>,
    pub(super) following: Arc<AtomicUsize>,
    pub(super) connected: Arc<AtomicBool>,
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

impl Machine {
    pub(super) fn new(name: &str, who: Who, start: Start, orders: mpsc::Receiver<Order>) -> Outcome<Self> {
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
            following: Arc::default(),
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

    pub(super) async fn run(mut self) -> Outcome<()> {
        let mut failures = 0;
        let mut first = true;
        loop {
            let end = if self.offline {
                End::Offline
            } else {
                self.connect_and_converse(&mut failures, &mut first).await
            };
            if let End::Socket(Ended::Closed(PLANNED)) = end {
                Counts::add(&self.counts.planned);
            }
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
        let write = Queued {
            n,
            client_id: seeded_id(&mut self.chance).to_string(),
            lane: lane.to_owned(),
            kind,
            body,
        };
        self.log.keep(&Line::Queued(write.clone()))?;
        Counts::add(&self.counts.queued);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.lane(lane).push(write);
        Ok(())
    }
}
