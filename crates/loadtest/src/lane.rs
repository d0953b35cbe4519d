//! A client's queue for one conversation: one write in flight, the same `client_id` on every try, in the author's
//! order.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::log::{Kind, Queued};

/// Own accepted messages that are offered again when the epoch is new.
const OFFERED_AGAIN: usize = 50;
/// A write is tried again after this time × 1, 2, 4, 8, 15.
const PAUSES: [u32; 5] = [1, 2, 4, 8, 15];

/// The queue.
#[derive(Debug, Default)]
pub struct Lane {
    /// The conversation, once known.
    pub conversation: Option<String>,
    queue: VecDeque<Queued>,
    /// Number of the request in flight, and since when.
    flight: Option<(u64, Instant)>,
    /// Numbers of all its tries on this connection.
    tried: Vec<u64>,
    not_before: Option<Instant>,
    tries: u32,
    /// Own accepted writes, the oldest first.
    accepted: VecDeque<Queued>,
}

impl Lane {
    /// Puts a write at the end.
    pub fn push(&mut self, write: Queued) {
        self.queue.push_back(write);
    }

    /// Writes that are not answered.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// The write to send now, if one may be sent.
    pub fn next(&self, now: Instant) -> Option<&Queued> {
        let may = self.flight.is_none() && self.not_before.is_none_or(|then| then <= now);
        if may { self.queue.front() } else { None }
    }

    /// It was sent under this number.
    pub fn sent(&mut self, request: u64, now: Instant) {
        self.flight = Some((request, now));
        self.tried.push(request);
    }

    /// Whether this request was a try of the first write, in flight or given up: its answer is as good, and where every
    /// answer is late, the only one there is.
    pub fn tried(&self, request: u64) -> bool {
        self.tried.contains(&request)
    }

    /// Whether this request is the one in flight.
    pub fn flies(&self, request: u64) -> bool {
        self.flight.is_some_and(|(number, _)| number == request)
    }

    /// The write in flight is done with: stored, or failed for good.
    pub fn done(&mut self, stored: bool) -> Option<Queued> {
        self.lost();
        self.tries = 0;
        let write = self.queue.pop_front();
        if let (true, Some(write)) = (stored, &write) {
            self.remember(write);
        }
        write
    }

    /// An own write that is known to be stored. Old context is not offered again: others have written since.
    pub fn remember(&mut self, write: &Queued) {
        if write.kind == Kind::Context {
            return;
        }
        self.accepted.push_back(write.clone());
        while self.accepted.len() > OFFERED_AGAIN {
            self.accepted.pop_front();
        }
    }

    /// It has to be sent again after this time.
    pub fn again_after(&mut self, pause: Duration, now: Instant) {
        self.flight = None;
        self.not_before = Some(now + pause);
    }

    /// It has to be sent again after a time that grows with each try.
    pub fn again(&mut self, unit: Duration, now: Instant) {
        let place = usize::try_from(self.tries).unwrap_or(usize::MAX).min(PAUSES.len() - 1);
        self.tries += 1;
        self.again_after(unit * PAUSES[place], now);
    }

    /// The connection is gone: the one in flight is sent again on the next.
    pub fn lost(&mut self) {
        self.flight = None;
        self.tried.clear();
        self.not_before = None;
    }

    /// Gives up a write that had no answer within this time, to be sent again.
    pub fn give_up_after(&mut self, answer: Duration, unit: Duration, now: Instant) {
        if self.flight.is_some_and(|(_, since)| now.duration_since(since) >= answer) {
            self.again(unit, now);
        }
    }

    /// A new epoch: the newest own accepted writes go before the others, as they were. How many.
    pub fn offer_again(&mut self) -> usize {
        self.lost();
        let offered = self.accepted.len();
        while let Some(write) = self.accepted.pop_back() {
            self.queue.push_front(write);
        }
        offered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(n: u64) -> Queued {
        Queued { n, client_id: n.to_string(), lane: String::new(), kind: Kind::Text, body: String::new() }
    }

    #[test]
    fn one_flies_and_an_epoch_offers_the_accepted_first() {
        let mut lane = Lane::default();
        (1..=3).for_each(|n| lane.push(write(n)));
        let now = Instant::now();
        assert_eq!(lane.next(now).map(|write| write.n), Some(1));
        lane.sent(7, now);
        assert!(lane.next(now).is_none() && lane.flies(7) && !lane.flies(8));
        assert_eq!(lane.done(true).map(|write| write.n), Some(1));
        lane.sent(8, now);
        assert_eq!(lane.offer_again(), 1);
        let order: Vec<u64> = lane.queue.iter().map(|write| write.n).collect();
        assert_eq!(order, [1, 2, 3]);
        lane.again(Duration::from_secs(1), now);
        assert!(lane.next(now).is_none());
        assert!(lane.next(now + Duration::from_secs(1)).is_some());
    }

    #[test]
    fn a_late_answer_is_one() {
        let mut lane = Lane::default();
        lane.push(write(1));
        lane.push(write(2));
        let now = Instant::now();
        lane.sent(7, now);
        lane.give_up_after(Duration::ZERO, Duration::ZERO, now);
        lane.sent(8, now);
        assert!(lane.tried(7) && lane.tried(8) && !lane.flies(7));
        assert_eq!(lane.done(true).map(|write| write.n), Some(1));
        assert!(!lane.tried(7) && !lane.tried(8), "they were no tries of the next write");
    }
}
