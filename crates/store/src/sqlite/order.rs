//! The order of everything stored. A place is the moment by the clock, or just above the highest place given before: lists
//! and ids stay in order when the clock is set back, also over a restart.

use std::sync::{Arc, Mutex, PoisonError};

use beckon_core::conversation::Status;
use beckon_core::id::Ids;
use beckon_core::time::{Now, Timestamp};
use rusqlite::Connection;
use uuid::Uuid;

use super::rows::{first, run, value};
use crate::StoreError;

/// The highest times of conversations, each the end of an index.
const NEWEST: &[&str] = &[
    "SELECT sort_at FROM conversation WHERE status = ?1 ORDER BY sort_at DESC LIMIT 1",
    "SELECT updated_at FROM conversation WHERE status = ?1 ORDER BY updated_at DESC LIMIT 1",
];
/// The highest ids: each begins with its moment.
const HIGHEST_IDS: &[&str] = &[
    "SELECT max(id) FROM conversation",
    "SELECT max(id) FROM visitor",
    "SELECT max(id) FROM person",
    "SELECT max(id) FROM session",
    "SELECT max(id) FROM agent",
    "SELECT max(id) FROM agent_session",
    "SELECT max(id) FROM invite",
    "SELECT max(id) FROM api_key",
    "SELECT max(id) FROM quick_reply",
    "SELECT max(id) FROM widget",
    "SELECT max(id) FROM queue",
];
const KEPT: &str = "SELECT value FROM meta WHERE name = 'order'";
const KEEP: &str = "INSERT INTO meta (name, value) VALUES ('order', ?1) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
/// So far the order may run ahead of the clock before it is kept by itself, in microseconds. Until then rows and ids tell
/// it: a write takes a few places, each a microsecond.
const AHEAD_MICROS: i64 = 1_000_000;

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    NEWEST[0],
    NEWEST[1],
    HIGHEST_IDS[0],
    HIGHEST_IDS[1],
    HIGHEST_IDS[2],
    HIGHEST_IDS[3],
    HIGHEST_IDS[4],
    HIGHEST_IDS[5],
    HIGHEST_IDS[6],
    HIGHEST_IDS[7],
    HIGHEST_IDS[8],
    HIGHEST_IDS[9],
    HIGHEST_IDS[10],
    KEPT,
    KEEP,
];

/// The highest place given.
#[derive(Debug)]
pub(super) struct Order(Mutex<i64>);

impl Order {
    /// Above everything in the database.
    pub(super) fn read(connection: &Connection) -> Result<Self, StoreError> {
        let kept: Option<[u8; 8]> = first(connection, KEPT, &[], |row| Ok(row.get(0)?))?;
        let mut highest = kept.map_or(0, i64::from_be_bytes);
        for sql in NEWEST {
            for status in Status::ALL {
                let newest: Option<i64> = first(connection, sql, &[&status.as_str()], |row| Ok(row.get(0)?))?;
                highest = highest.max(newest.unwrap_or(0));
            }
        }
        for sql in HIGHEST_IDS {
            let id: Option<[u8; 16]> = value(connection, sql, &[])?;
            highest = highest.max(id.map_or(0, |id| end_of(Uuid::from_bytes(id))));
        }
        Ok(Self(Mutex::new(highest)))
    }

    /// The next place.
    fn next(&self, at: Timestamp) -> Timestamp {
        let mut highest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *highest = at.0.max(highest.saturating_add(1));
        Timestamp(*highest)
    }

    /// This moment with the next place.
    pub(super) fn now(&self, at: Timestamp) -> Now {
        Now { at, order: self.next(at) }
    }

    /// Keeps how far the order has run ahead of the clock: nothing to do as long as that is right.
    pub(super) fn keep(&self, connection: &Connection, at: Timestamp) -> Result<(), StoreError> {
        let highest = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if highest.saturating_sub(at.0) > AHEAD_MICROS {
            run(connection, KEEP, &[&highest.to_be_bytes()])?;
        }
        Ok(())
    }
}

/// The last microsecond of an id's millisecond; 0 for an id without a moment.
fn end_of(id: Uuid) -> i64 {
    let Some((seconds, nanos)) = id.get_timestamp().map(|moment| moment.to_unix()) else { return 0 };
    let millis = i64::try_from(seconds).unwrap_or(0).saturating_mul(1_000) + i64::from(nanos / 1_000_000);
    millis.saturating_mul(1_000).saturating_add(999)
}

/// Ids in the order of everything stored.
pub(super) struct OrderedIds {
    ids: Arc<dyn Ids>,
    order: Arc<Order>,
}

impl OrderedIds {
    pub(super) fn new(ids: Arc<dyn Ids>, order: Arc<Order>) -> Self {
        Self { ids, order }
    }
}

impl Ids for OrderedIds {
    fn next(&self, now: Timestamp) -> Uuid {
        self.ids.next(self.order.next(now))
    }
}

#[cfg(test)]
mod tests {
    use beckon_core::text::Name;
    use proptest::prelude::*;

    use super::*;
    use crate::RandomIds;
    use crate::sqlite::{migrations, queues};

    const NOON: i64 = 1_795_000_000_000_000;

    fn database() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrations::run(&mut connection, std::path::Path::new("memory")).unwrap();
        connection
    }

    proptest! {
        #[test]
        fn places_and_ids_only_rise(steps in prop::collection::vec(-7_200_000_000..7_200_000_000_i64, 1..60)) {
            let order = Arc::new(Order(Mutex::new(0)));
            let ids = OrderedIds::new(Arc::new(RandomIds::default()), Arc::clone(&order));
            let (mut now, mut place, mut id) = (NOON, Timestamp(0), Uuid::nil());
            for step in steps {
                now += step;
                let next = order.now(Timestamp(now));
                prop_assert!(next.order > place && next.order.0 >= now && next.at.0 == now);
                let next_id = ids.next(Timestamp(now));
                prop_assert!(next_id > id);
                (place, id) = (next.order, next_id);
            }
        }
    }

    #[test]
    fn what_is_stored_tells_the_order_after_a_restart() {
        let connection = database();
        assert_eq!(Order::read(&connection).unwrap().next(Timestamp(NOON)), Timestamp(NOON));
        // An id is enough.
        queues::create(&connection, Name::new("q").unwrap(), Timestamp(NOON), &RandomIds::default()).unwrap();
        let order = Order::read(&connection).unwrap();
        assert!(order.next(Timestamp(0)).0 >= NOON);
        // A clock that is right costs no write; one that is behind keeps how far the order has come.
        order.keep(&connection, Timestamp(NOON)).unwrap();
        let kept = || first(&connection, KEPT, &[], |row| Ok(row.get::<_, [u8; 8]>(0)?)).unwrap();
        assert_eq!(kept(), None);
        for _ in 0..5_000 {
            order.next(Timestamp(0));
        }
        order.keep(&connection, Timestamp(0)).unwrap();
        let highest = i64::from_be_bytes(kept().unwrap());
        assert_eq!(Order::read(&connection).unwrap().next(Timestamp(0)), Timestamp(highest + 1));
    }
}
