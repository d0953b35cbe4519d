//! In which order a tab said its context.
//!
//! A call's moment is the server's time of arrival less the call's age, so it lies later than the call by its way here:
//! after a slow write and a fast one the later call may look like the earlier one. But a tab sends its next write only
//! after the answer to the last, so what it says next was said later, and its age is reduced to that. The exception is
//! ALL in a hidden tab, where calls of ACTIVE wait that were made before it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use beckon_core::context::OLDEST_CALL_MS;
use beckon_core::frame::client::{self, ContextWrite, MadeCall};
use beckon_core::id::SessionId;
use beckon_core::strategy::Strategy;
use beckon_core::time::Timestamp;

/// The most that a call may look earlier than the one before it and still count as later, in milliseconds: what a slow
/// network, a queue and a retry cost. By more than that it is an older value.
const MOST_LEAD_MS: i64 = 15_000;
/// So many tabs are remembered; the older half is unlikely to write again soon.
const MOST_TABS: usize = 20_000;

/// When a tab said its last context: not before the moments that were stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct SaidOrder {
    /// Of all its writes.
    last: Option<Timestamp>,
    /// Of those that did not overtake what may wait in the tab.
    in_turn: Option<Timestamp>,
}

/// How a write stands to the others of its tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// It may have waited in a hidden tab, until that was looked at.
    Waits,
    /// It never waits.
    Follows,
    /// It never waits, and what the tab said before may wait still.
    Overtakes,
}

impl Turn {
    fn of(write: &ContextWrite) -> Self {
        let is_active =
            write.strategy.as_deref().is_none_or(|strategy| strategy == Strategy::Active.as_str());
        match (is_active, write.visible) {
            (true, _) => Self::Waits,
            (false, Some(false)) => Self::Overtakes,
            (false, _) => Self::Follows,
        }
    }
}

impl SaidOrder {
    /// The age of the tab's next call, in milliseconds, that puts it behind the last one; `told_ms` where it is there.
    fn age_ms(self, turn: Turn, told_ms: f64, now: Timestamp) -> f64 {
        let before = if turn == Turn::Waits { self.in_turn } else { self.last };
        let Some(before) = before else { return told_ms };
        let told = told_ms.clamp(0.0, OLDEST_CALL_MS as f64).round() as i64;
        // Later than now: the clock was set back. A conversation goes on from its last time, and so does the tab.
        let since = now.0.saturating_sub(before.0).max(0);
        let lead = told.saturating_mul(1_000) - since;
        if lead <= 0 || lead > MOST_LEAD_MS * 1_000 {
            return told_ms;
        }
        // Whole milliseconds, downwards: on the way to the store time goes on.
        (since / 1_000) as f64
    }

    /// A write whose youngest call had this age was answered; `now` is not before the time that it was stored with.
    fn answered(&mut self, turn: Turn, youngest_ms: f64, now: Timestamp) {
        let age = youngest_ms.clamp(0.0, OLDEST_CALL_MS as f64).round() as i64;
        let said = Some(now.plus_micros(-age * 1_000));
        self.last = self.last.max(said);
        if turn != Turn::Overtakes {
            self.in_turn = self.in_turn.max(said);
        }
    }
}

/// What a tab says in one write, until that is answered.
#[derive(Debug, Clone, Copy)]
pub struct Ordered {
    tab: Tab,
    turn: Turn,
    /// The age of its youngest call, in milliseconds.
    youngest_ms: f64,
}

/// The age of the youngest call, in milliseconds.
fn youngest_ms(own: Option<f64>, made: &[MadeCall]) -> f64 {
    made.iter().map(|call| call.age_ms).fold(own.unwrap_or(0.0), f64::min)
}

/// A tab of a session; the name that it gave itself only by its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tab(SessionId, u64);

impl Tab {
    /// A tab by its name, which is the same after a reconnect.
    pub fn new(session: SessionId, name: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        Self(session, hasher.finish())
    }
}

/// The tabs that wrote context.
#[derive(Debug, Default)]
pub struct SaidOrders(Mutex<HashMap<Tab, SaidOrder>>);

impl SaidOrders {
    /// Puts the calls of a tab's write behind those of its last. A copy keeps its ages: what it was made of may have been
    /// said at any time before.
    pub fn put_in_order(&self, tab: Tab, write: &mut ContextWrite, now: Timestamp) -> Ordered {
        if write.conversation.is_some() {
            let turn = if write.visible == Some(false) { Turn::Overtakes } else { Turn::Follows };
            return Ordered { tab, turn, youngest_ms: youngest_ms(write.age_ms, &write.made) };
        }
        let (turn, order) = (Turn::of(write), self.tabs().get(&tab).copied().unwrap_or_default());
        write.age_ms = Some(order.age_ms(turn, write.age_ms.unwrap_or(0.0), now));
        for call in &mut write.made {
            call.age_ms = order.age_ms(turn, call.age_ms, now);
        }
        Ordered { tab, turn, youngest_ms: youngest_ms(write.age_ms, &write.made) }
    }

    /// What a message carries for its tab, as it is: after that nothing waits there.
    pub fn carried(tab: Tab, send: &client::Send) -> Option<Ordered> {
        let held = [&send.context, &send.standing].into_iter().flatten();
        let youngest = held.map(|held| youngest_ms(held.age_ms, &held.made)).reduce(f64::min);
        youngest.map(|youngest_ms| Ordered { tab, turn: Turn::Follows, youngest_ms })
    }

    /// The write was answered; `now` is not before the time that it was stored with.
    pub fn answered(&self, write: Ordered, now: Timestamp) {
        let Ordered { tab, turn, youngest_ms } = write;
        let mut tabs = self.tabs();
        if tabs.len() >= MOST_TABS && !tabs.contains_key(&tab) {
            let mut moments: Vec<_> = tabs.values().map(|order| order.last).collect();
            let middle = *moments.select_nth_unstable(MOST_TABS / 2).1;
            tabs.retain(|_, order| order.last > middle);
        }
        tabs.entry(tab).or_default().answered(turn, youngest_ms, now);
    }

    fn tabs(&self) -> std::sync::MutexGuard<'_, HashMap<Tab, SaidOrder>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const SECOND: i64 = 1_000_000;

    /// The moment that a call gets which arrives at `now` and says this age, in milliseconds of the test.
    fn moment(order: &mut SaidOrder, now_ms: i64, told_ms: f64) -> i64 {
        let now = Timestamp(SECOND * 1_000 + now_ms * 1_000);
        let age = order.age_ms(Turn::Waits, told_ms, now);
        order.answered(Turn::Waits, age, now);
        now_ms - age as i64
    }

    #[test]
    fn a_tab_says_its_calls_in_the_order_it_sends_them() {
        // Called at 0, 400 on its way; called at 100, sent after the answer, 50 on its way.
        let mut order = SaidOrder::default();
        assert_eq!(moment(&mut order, 400, 0.0), 400);
        assert_eq!(moment(&mut order, 460, 310.0), 400);
        // Later by itself: left as it is.
        assert_eq!(moment(&mut order, 900, 20.0), 880);
        assert_eq!(moment(&mut order, 901, -5.0), 906, "a negative age is left to the rules");
    }

    #[test]
    fn what_is_earlier_by_more_than_a_bad_network_is_an_older_value() {
        let most = MOST_LEAD_MS as f64;
        let order = |told: f64| {
            let mut order = SaidOrder::default();
            moment(&mut order, 0, 0.0);
            moment(&mut order, 0, told)
        };
        assert_eq!(order(most), 0);
        assert_eq!(order(most + 1.0), -MOST_LEAD_MS - 1);
        // And does not make what comes after it earlier.
        let mut after = SaidOrder::default();
        moment(&mut after, 0, 0.0);
        moment(&mut after, 10, most * 9.0);
        assert_eq!(moment(&mut after, 20, 30.0), 0);
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_negative_age() {
        let mut order = SaidOrder::default();
        moment(&mut order, 60_000, 0.0);
        assert_eq!(moment(&mut order, 1_000, 250.0), 1_000);
        assert_eq!(moment(&mut order, 1_100, 250.0), 1_100);
        // A call of another time is left as old as it says.
        assert_eq!(moment(&mut order, 1_200, 20_000.0), -18_800);
    }

    #[test]
    fn what_waited_in_a_hidden_tab_stays_behind_what_overtook_it() {
        let at = |ms: i64| Timestamp(SECOND * 1_000 + ms * 1_000);
        let mut order = SaidOrder::default();
        order.answered(Turn::Waits, 0.0, at(0));
        // ALL at 2,000, while a call of 1,000 waits, which is sent at 3,000.
        order.answered(Turn::Overtakes, 0.0, at(2_000));
        assert_eq!(order.age_ms(Turn::Waits, 2_000.0, at(3_000)).to_bits(), 2_000_f64.to_bits());
        // It is behind the first all the same, and the next ALL behind the one before.
        assert_eq!(order.age_ms(Turn::Waits, 3_100.0, at(3_000)).to_bits(), 3_000_f64.to_bits());
        assert_eq!(order.age_ms(Turn::Overtakes, 1_100.0, at(3_000)).to_bits(), 1_000_f64.to_bits());
    }

    #[test]
    fn odd_ages_pass_through() {
        let mut order = SaidOrder::default();
        order.answered(Turn::Waits, f64::MAX, Timestamp(0));
        order.answered(Turn::Waits, -1.0, Timestamp(i64::MAX / 2));
        for odd in [f64::MAX, f64::MIN, 0.0] {
            assert_eq!(order.age_ms(Turn::Follows, odd, Timestamp(i64::MAX / 2)).to_bits(), odd.to_bits());
        }
    }

    #[test]
    fn tabs_are_remembered_up_to_a_bound_and_the_oldest_forgotten_first() {
        let orders = SaidOrders::default();
        let session: SessionId = Uuid::from_u128(1).into();
        let tab = |number: usize| Tab::new(session, &number.to_string());
        for number in 0..=MOST_TABS {
            let write = Ordered { tab: tab(number), turn: Turn::Waits, youngest_ms: 0.0 };
            orders.answered(write, Timestamp(number as i64));
        }
        let tabs = orders.tabs();
        assert!(tabs.len() <= MOST_TABS && tabs.len() >= MOST_TABS / 2 - 1, "{}", tabs.len());
        assert!(tabs.contains_key(&tab(MOST_TABS)) && !tabs.contains_key(&tab(0)));
    }
}
