//! What may wait for SQLite's one writer.

use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Waker};

use beckon_core::command::Command;
use beckon_core::strategy::Strategy;
use beckon_core::time::{Clock, Timestamp};
use beckon_store::sqlite::{SqliteOptions, SqliteStore};

use crate::house::{House, StepClock, block_on, replace};

/// A clock that shows nothing while it is stopped: the writer looks at it in the middle of a write.
#[derive(Default)]
struct Stoppable {
    clock: StepClock,
    stopped: Mutex<bool>,
    goes_on: Condvar,
}

impl Stoppable {
    fn stop(&self, stop: bool) {
        *self.stopped.lock().unwrap() = stop;
        self.goes_on.notify_all();
    }
}

impl Clock for Stoppable {
    fn now(&self) -> Timestamp {
        drop(self.goes_on.wait_while(self.stopped.lock().unwrap(), |stopped| *stopped).unwrap());
        self.clock.now()
    }
}

/// Ten thousand jobs may wait, but not ten thousand large contexts. Who does not fit in waits outside, and is nobody to
/// the store when gone by then.
#[test]
fn what_waits_is_bounded_in_bytes() {
    const MANY: usize = 600;
    const LARGE: usize = 60_000;
    const ROOM: usize = 16 << 20;
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(Stoppable::default());
    let mut options = SqliteOptions::new(folder.path());
    options.clock = clock.clone();
    let store = Arc::new(SqliteStore::open(&options).unwrap());
    let (house, guest, id) = block_on(async {
        let house = House::new(store, Arc::new(StepClock::default())).await;
        let guest = house.guest(house.multi).await;
        let id = house.start(guest, "hello").await.id;
        (house, guest, id)
    });
    let values = ["x".repeat(LARGE / 10), "y".repeat(LARGE / 10)];
    let keys = |value: &str| (0..10).map(|key| format!(r#""{key}":"{value}""#)).collect::<Vec<_>>().join(",");
    clock.stop(true);
    for n in 0..MANY {
        let patch = replace(&format!("{{{}}}", keys(&values[n % 2])));
        let write = house.by_strategy(guest, Strategy::Active, Some(id), patch);
        let mut applied = house.store.apply(Command::WriteContext(write));
        assert!(applied.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    clock.stop(false);
    drop(house);
    let again = SqliteStore::open(&options).unwrap();
    let head = block_on(beckon_store::Conversations::conversation(&again, id, beckon_store::Side::Ours));
    let written = usize::try_from(head.unwrap().head).unwrap();
    assert!(written > ROOM / LARGE / 2, "{written} of {MANY}: too few may wait");
    assert!(written <= ROOM / LARGE + 1, "{written} of {MANY} waited inside");
}
