//! The driver: opens sockets, sends messages at their intended times, and measures until each has arrived.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::dialect::{Dialect, Frame, Who};
use super::wires::{Heard, Replies, Wires};

/// Longest latency that is told apart, in microseconds: a minute.
const MOST_MICROS: u64 = 60_000_000;
/// Sockets that are on their way at once: a storm, but not one that the kernel turns away.
pub const AT_ONCE: usize = 512;
/// A hang while connecting ends here.
const HANG: Duration = Duration::from_secs(120);
/// The driver is woken at most so often.
const LEAST_PERIOD: Duration = Duration::from_micros(100);
/// Messages sent before the driver reads again.
const SENT_BEFORE_READING: usize = 32;
/// Seconds' worth of messages that may be on their way before an overload is called one.
const MOST_SECONDS_BEHIND: f64 = 2.0;

/// An empty histogram of microseconds.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, MOST_MICROS, 3).expect("the bounds are constants and valid")
}

/// A quantile in milliseconds.
pub fn millis(histogram: &Histogram<u64>, quantile: f64) -> f64 {
    histogram.value_at_quantile(quantile) as f64 / 1000.0
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(MOST_MICROS).clamp(1, MOST_MICROS)
}

/// One engine's sockets.
pub struct Driver {
    wires: Wires,
    dialect: Box<dyn Dialect>,
    address: SocketAddr,
    sockets: Vec<Socket>,
    next_number: u64,
    closed: usize,
}

#[derive(Clone, Copy)]
struct Socket {
    who: Who,
    step: usize,
    ready: bool,
}

/// Messages at a steady rate, open loop: each has its intended time, whatever became of the others.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Conversations that messages go to, in turn, from the first.
    pub conversations: usize,
    /// Watchers who get each message.
    pub watchers: usize,
    /// Messages a second.
    pub rate: f64,
    /// Time before anything counts.
    pub warm: Duration,
    /// Time that counts.
    pub measure: Duration,
    /// Time that the last ones have to arrive.
    pub grace: Duration,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// From the intended time to each watcher, in microseconds.
    pub delivered: Histogram<u64>,
    /// From the intended time to the answer that says *stored*.
    pub accepted: Histogram<u64>,
    /// From that answer, with which the caller is called back, to each watcher; a microsecond where the watcher was first.
    pub after_answer: Histogram<u64>,
    /// Messages sent, those before the measurement included.
    pub sent: u64,
    /// Messages that were not accepted or did not reach every watcher; what the sender hears of its own does not count.
    pub lost: u64,
    /// Messages that arrived twice, or before an earlier one of their conversation.
    pub doubled: u64,
    /// Messages that were refused, and sockets that ended.
    pub refused: u64,
    /// The engine could not keep up and the load was broken off.
    pub overloaded: bool,
}

impl Outcome {
    /// Whether each message was delivered once, in order.
    pub fn is_right(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.refused == 0
    }
}

impl Driver {
    /// No sockets yet.
    pub fn new(address: SocketAddr, dialect: Box<dyn Dialect>) -> io::Result<Self> {
        Ok(Self { wires: Wires::new()?, dialect, address, sockets: Vec::new(), next_number: 0, closed: 0 })
    }

    /// Opens sockets and waits until all are ready; their numbers. What arrives meanwhile goes to `on`.
    pub fn connect(&mut self, who: &[Who], mut on: impl FnMut(usize, Frame)) -> io::Result<Vec<usize>> {
        let first = self.sockets.len();
        let begun = Instant::now();
        let mut waiting = who.iter();
        let mut open = 0;
        let mut ready = 0;
        while ready < who.len() {
            while open - ready < AT_ONCE
                && let Some(next) = waiting.next()
            {
                self.wires.connect(self.address, self.dialect.path())?;
                self.sockets.push(Socket { who: *next, step: 0, ready: false });
                open += 1;
            }
            self.pump(Duration::from_secs(1), &mut on)?;
            ready += self.newly_ready(first, ready, open);
            if self.closed > 0 {
                return Err(io::Error::other(format!("{} sockets were closed while opening", self.closed)));
            }
            if begun.elapsed() > HANG {
                return Err(io::Error::other(format!(
                    "only {ready} of {} sockets opened in time",
                    who.len()
                )));
            }
        }
        Ok((first..first + who.len()).collect())
    }

    fn newly_ready(&self, first: usize, known: usize, open: usize) -> usize {
        let sockets = &self.sockets[first..first + open];
        sockets.iter().filter(|socket| socket.ready).count() - known
    }

    /// Cuts sockets as a lost network does.
    pub fn cut(&mut self, numbers: &[usize]) -> io::Result<()> {
        numbers.iter().try_for_each(|number| self.wires.cut(*number))
    }

    /// Waits, answering what must be answered.
    pub fn idle(&mut self, time: Duration) -> io::Result<()> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.pump(end.saturating_duration_since(Instant::now()), &mut |_, _| {})?;
        }
        Ok(())
    }

    fn pump(&mut self, most: Duration, on: &mut impl FnMut(usize, Frame)) -> io::Result<()> {
        let Self { wires, dialect, sockets, closed, .. } = self;
        wires.turn(most, |number, heard, replies: &mut Replies| {
            let socket = &mut sockets[number];
            let text = match heard {
                Heard::Open => None,
                Heard::Text(text) => Some(text),
                Heard::Closed(code) => {
                    if let Some(code) = code {
                        eprintln!("a socket was closed with {code}");
                    }
                    *closed += 1;
                    return;
                }
            };
            if let Some(text) = text {
                match dialect.hear(text) {
                    Frame::KeepAlive(answer) => replies.send(number, answer.to_owned()),
                    Frame::Other => {}
                    frame => on(number, frame),
                }
            }
            if !socket.ready {
                let greeting = dialect.greet(socket.who, &mut socket.step, text);
                for frame in greeting.say {
                    replies.send(number, frame);
                }
                socket.ready = greeting.ready;
            }
        })
    }

    /// Runs a load. `senders` are the sockets of the visitors, by conversation.
    pub fn run(&mut self, load: &Load, senders: &[usize]) -> io::Result<Outcome> {
        let base = self.next_number;
        let total = ((load.warm + load.measure).as_secs_f64() * load.rate).round().max(1.0) as u64;
        self.next_number += total;
        let begin = Instant::now() + Duration::from_millis(20);
        let end = begin + load.warm + load.measure;
        let interval = Duration::from_secs_f64(1.0 / load.rate);
        self.wires.wake_every(interval.max(LEAST_PERIOD), begin, end);
        let intended = |number: u64| begin + Duration::from_secs_f64(number as f64 / load.rate);
        let counted = (load.warm.as_secs_f64() * load.rate) as u64;
        let watches = self.sockets.iter().map(|socket| matches!(socket.who, Who::Watcher(_))).collect();
        let mut tally = Tally::new(total, load, counted, watches);
        let most_behind = (load.rate * MOST_SECONDS_BEHIND) as u64 + 1_000;
        let (mut sent, mut overloaded) = (0, false);
        loop {
            let now = Instant::now();
            let mut burst = 0;
            while !overloaded && sent < total && burst < SENT_BEFORE_READING && intended(sent) <= now {
                let conversation = (sent % load.conversations as u64) as usize;
                let frame = self.dialect.send(conversation, base + sent);
                self.wires.send(senders[conversation], &frame)?;
                sent += 1;
                burst += 1;
            }
            overloaded |= sent - tally.accepted_count > most_behind;
            let all_sent = sent == total || overloaded;
            if all_sent && (tally.complete(sent) || now > end + load.grace) {
                break;
            }
            let due = if all_sent { end + load.grace } else { intended(sent) };
            let most = if burst == SENT_BEFORE_READING {
                Duration::ZERO
            } else {
                due.saturating_duration_since(now)
            };
            self.pump(most.min(Duration::from_millis(50)), &mut |wire, frame| match frame {
                Frame::Accepted(number) if (base..base + total).contains(&number) => {
                    tally.accept(number - base, intended(number - base).elapsed());
                }
                Frame::Delivered(number) if (base..base + total).contains(&number) => {
                    tally.deliver(wire, number - base, intended(number - base).elapsed());
                }
                Frame::Refused => tally.refused += 1,
                _ => {}
            })?;
        }
        let mut outcome = tally.outcome(sent, overloaded);
        outcome.refused += std::mem::take(&mut self.closed) as u64;
        Ok(outcome)
    }
}

/// What has come back so far.
struct Tally {
    conversations: u64,
    watchers: usize,
    /// By socket: whether it watches. Others hear their own messages again, and no test waits for those.
    watches: Vec<bool>,
    counted: u64,
    /// By message: when the answer came, after its intended time.
    accepted: Vec<Option<Duration>>,
    delivered: Vec<u16>,
    last: HashMap<(usize, u64), u64>,
    accepted_count: u64,
    delivered_count: u64,
    doubled: u64,
    refused: u64,
    to_answer: Histogram<u64>,
    to_watcher: Histogram<u64>,
    after_answer: Histogram<u64>,
}

impl Tally {
    fn new(total: u64, load: &Load, counted: u64, watches: Vec<bool>) -> Self {
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        Self {
            conversations: load.conversations as u64,
            watchers: load.watchers,
            watches,
            counted,
            accepted: vec![None; total],
            delivered: vec![0; total],
            last: HashMap::new(),
            accepted_count: 0,
            delivered_count: 0,
            doubled: 0,
            refused: 0,
            to_answer: histogram(),
            to_watcher: histogram(),
            after_answer: histogram(),
        }
    }

    fn accept(&mut self, number: u64, after: Duration) {
        let accepted = &mut self.accepted[number as usize];
        if accepted.is_some() {
            self.doubled += 1;
            return;
        }
        *accepted = Some(after);
        self.accepted_count += 1;
        if number >= self.counted {
            self.to_answer.saturating_record(micros(after));
        }
    }

    fn deliver(&mut self, wire: usize, number: u64, after: Duration) {
        // Messages of a conversation reach a socket in the order of their numbers, or one came twice or too late.
        let last = self.last.entry((wire, number % self.conversations)).or_insert(u64::MAX);
        if *last != u64::MAX && *last >= number {
            self.doubled += 1;
            return;
        }
        *last = number;
        if !self.watches[wire] {
            return;
        }
        self.delivered[number as usize] += 1;
        self.delivered_count += 1;
        if number >= self.counted {
            self.to_watcher.saturating_record(micros(after));
            let answered = self.accepted[number as usize];
            let since = answered.map_or(Duration::ZERO, |answered| after.saturating_sub(answered));
            self.after_answer.saturating_record(micros(since));
        }
    }

    fn complete(&self, sent: u64) -> bool {
        self.accepted_count == sent && self.delivered_count == sent * self.watchers as u64
    }

    fn outcome(self, sent: u64, overloaded: bool) -> Outcome {
        let places = self.accepted.iter().zip(&self.delivered).take(sent as usize);
        let lost = places
            .filter(|(accepted, count)| accepted.is_none() || usize::from(**count) < self.watchers)
            .count();
        Outcome {
            delivered: self.to_watcher,
            accepted: self.to_answer,
            after_answer: self.after_answer,
            sent,
            lost: lost as u64,
            doubled: self.doubled,
            refused: self.refused,
            overloaded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Socket 0 is the sender's, those after it watch.
    fn tally(messages: u64, watchers: usize) -> Tally {
        let load = Load {
            conversations: 2,
            watchers,
            rate: 1.0,
            warm: Duration::ZERO,
            measure: Duration::ZERO,
            grace: Duration::ZERO,
        };
        Tally::new(messages, &load, 0, (0..=watchers).map(|wire| wire > 0).collect())
    }

    #[test]
    fn a_lost_a_doubled_and_a_late_message_are_seen() {
        let now = Duration::from_millis(1);
        let mut right = tally(2, 1);
        for number in 0..2 {
            right.accept(number, now);
            right.deliver(1, number, now);
        }
        assert!(right.complete(2) && right.outcome(2, false).is_right());

        let mut lost = tally(2, 1);
        lost.accept(0, now);
        lost.deliver(1, 0, now);
        lost.accept(1, now);
        assert!(!lost.complete(2));
        assert_eq!(lost.outcome(2, false).lost, 1);

        let mut doubled = tally(1, 1);
        doubled.deliver(1, 0, now);
        doubled.deliver(1, 0, now);
        assert_eq!(doubled.outcome(1, false).doubled, 1);

        let mut late = tally(3, 1);
        late.deliver(1, 2, now);
        late.deliver(1, 0, now);
        assert_eq!(late.outcome(3, false).doubled, 1, "0 and 2 are of one conversation");
    }

    #[test]
    fn the_senders_own_copy_is_no_delivery() {
        let mut tally = tally(2, 3);
        for number in 0..2 {
            tally.accept(number, Duration::ZERO);
            tally.deliver(0, number, Duration::ZERO);
        }
        for watcher in 1..=3 {
            tally.deliver(watcher, 0, Duration::ZERO);
        }
        tally.deliver(1, 1, Duration::ZERO);
        // As many copies as two messages have watchers, and two watchers still wait for one.
        assert!(!tally.complete(2));
        tally.deliver(2, 1, Duration::ZERO);
        tally.deliver(3, 1, Duration::ZERO);
        assert!(tally.complete(2));
        assert_eq!(tally.to_watcher.len(), 6, "the sender's are not among the times");
        tally.deliver(0, 1, Duration::ZERO);
        assert_eq!(tally.outcome(2, false).doubled, 1, "the sender's, too, come once");
    }

    #[test]
    fn from_the_callback_to_the_card_counts_from_the_answer() {
        let mut tally = tally(2, 2);
        // The first watcher is before the answer, the second 3 ms after it.
        tally.deliver(1, 0, Duration::from_millis(4));
        tally.accept(0, Duration::from_millis(5));
        tally.deliver(0, 0, Duration::from_millis(6));
        tally.deliver(2, 0, Duration::from_millis(8));
        let times = tally.outcome(1, false).after_answer;
        assert_eq!((times.len(), times.min()), (2, 1), "what the sender hears is no card");
        assert!((2_990..3_010).contains(&times.max()), "{}", times.max());
    }

    #[test]
    fn a_message_must_reach_every_watcher() {
        let mut tally = tally(1, 2);
        tally.accept(0, Duration::ZERO);
        tally.deliver(1, 0, Duration::ZERO);
        assert!(!tally.complete(1));
        tally.deliver(2, 0, Duration::ZERO);
        assert!(tally.complete(1));
    }
}
