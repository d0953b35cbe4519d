//! What SQLite alone can break: files, full disks, transactions lost as a whole, panics in the writer.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::task::Poll;

use beckon_core::command::{Command, Destination, VisitorSend};
use beckon_core::id::Ids;
use beckon_core::text::Name;
use beckon_core::time::Timestamp;
use beckon_store::sqlite::{
    DataLock, FILE, LockError, MigrationError, OpenError, SqliteOptions, SqliteStore,
};
use beckon_store::{EventRange, NewSession, Queues, RandomIds, Side, Store, StoreError};
use tempfile::TempDir;
use uuid::Uuid;

use crate::house::{Guest, House, StepClock, block_on, merge, secret, thread};

async fn house(options: &SqliteOptions) -> House {
    let store = Arc::new(SqliteStore::open(options).unwrap());
    House::new(store, Arc::new(StepClock::default())).await
}

fn folder() -> (TempDir, SqliteOptions) {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions::new(folder.path());
    (folder, options)
}

#[test]
fn what_was_acknowledged_is_there_after_opening_again() {
    let (_folder, options) = folder();
    let (guest, id, journal, epoch) = block_on(async {
        let house = house(&options).await;
        let guest = house.guest(house.multi).await;
        let id = house.start_holding(guest, merge(r#"{"n":1e400}"#)).await.conversations[0].conversation.id;
        house.say(guest, id, "more").await;
        (guest, id, house.journal(id).await, house.store.epoch())
    });
    block_on(async {
        let house = house(&options).await;
        assert_eq!(house.store.epoch(), epoch);
        assert_eq!(house.journal(id).await, journal);
        assert_eq!(house.context(id).await, r#"{"n":1e400}"#);
        assert_eq!(house.say(guest, id, "again").await.conversations[0].conversation.head, 4);
        assert_eq!(house.store.widgets().await.unwrap().len(), 2);
    });
}

/// What the queue had taken when the store was dropped is stored by then, whoever still waits for the answer.
#[test]
fn a_dropped_store_has_stored_what_it_had_taken() {
    const MANY: usize = 9_000;
    let (_folder, options) = folder();
    let store = SqliteStore::open(&options).unwrap();
    for n in 0..MANY {
        let name = Name::new(format!("queue {n}")).unwrap();
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        // The writer may have been faster than this look.
        let taken = store.create_queue(name).as_mut().poll(&mut context);
        assert!(matches!(taken, Poll::Pending | Poll::Ready(Ok(_))), "{taken:?}");
    }
    drop(store);
    let again = SqliteStore::open(&options).unwrap();
    assert_eq!(block_on(again.queues()).unwrap().len(), MANY);
}

/// The process ends with its writer, and not before.
#[test]
fn the_writer_lives_as_long_as_the_store() {
    let (_folder, options) = folder();
    let store = SqliteStore::open(&options).unwrap();
    let mut closed = std::pin::pin!(store.closed());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(closed.as_mut().poll(&mut context).is_pending());
}

/// SQLite rolls back the whole transaction when the file cannot grow. Jobs of the batch that had succeeded
/// must then not be answered as stored.
#[test]
fn a_lost_transaction_is_told_to_every_job_of_the_batch() {
    let (_folder, mut options) = folder();
    let most_pages = Arc::new(AtomicU32::new(150));
    options.most_pages = Some(Arc::clone(&most_pages));
    block_on(async {
        let house = house(&options).await;
        let mut guests = Vec::new();
        for _ in 0..20 {
            guests.push((house.guest(house.multi).await, thread()));
        }
        let mut outcomes: Vec<(VisitorSend, Result<i64, StoreError>)> = Vec::new();
        for round in 0..40 {
            let mut tasks = tokio::task::JoinSet::new();
            for (n, (guest, to)) in guests.iter().enumerate() {
                // One large message in each round makes the file grow; the others are small.
                let words = if n == 7 { "x".repeat(4_000) } else { format!("{round} {n}") };
                let send = house.send(*guest, Destination::Thread(*to), &words);
                let store = Arc::clone(&house.store);
                tasks.spawn(async move {
                    let result = store.apply(Command::VisitorSend(send.clone())).await;
                    (send, result.map(|applied| applied.conversations[0].events[0].seq))
                });
            }
            outcomes.extend(tasks.join_all().await);
        }
        let lost = outcomes.iter().filter(|(_, result)| *result == Err(StoreError::Unknown)).count();
        assert!(lost > 0, "the file never ran full");
        for (_, result) in &outcomes {
            let known = matches!(result, Ok(_) | Err(StoreError::Unknown | StoreError::Unavailable(_)));
            assert!(known, "{result:?}");
        }
        // What was answered as stored is stored, and nothing else; numbers have no gaps; reads go on.
        for (guest, to) in &guests {
            let mine = |send: &VisitorSend| send.visitor == guest.visitor;
            let acknowledged = outcomes.iter().filter(|(send, result)| mine(send) && result.is_ok());
            let threads = house.store.threads(guest.visitor, 10).await.unwrap();
            let Some(row) = threads.iter().find(|row| row.conversation.thread == *to) else {
                assert_eq!(acknowledged.count(), 0);
                continue;
            };
            let events = house.journal(row.conversation.id).await;
            let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
            assert_eq!(seqs, (1..=row.conversation.head).collect::<Vec<_>>());
            let stored: Vec<_> = events.iter().map(|event| event.client_id).collect();
            for (send, _) in acknowledged {
                assert!(stored.contains(&Some(send.client_id)), "an acknowledged message is missing");
            }
            let unknown = outcomes.iter().filter(|(send, result)| mine(send) && result.is_err());
            for (send, _) in unknown {
                assert!(!stored.contains(&Some(send.client_id)), "a rolled back message is there");
            }
        }
        // From the second time on it is known that nothing was stored, and readiness tells.
        let large = house.send(guests[7].0, Destination::Thread(guests[7].1), &"x".repeat(4_000));
        until(async || house.store.apply(Command::VisitorSend(large.clone())).await.is_err_and(unavailable))
            .await;
        assert!(house.store.check_writable().await.is_err_and(unavailable));

        // With room again it goes on by itself, and what was refused is stored once when it is sent again.
        most_pages.store(u32::MAX, Ordering::SeqCst);
        // Longer than the pause between two trials, which must not become a refusal for ever.
        std::thread::sleep(std::time::Duration::from_millis(300));
        until(async || house.store.check_writable().await.is_ok()).await;
        let refused = outcomes.iter().filter(|(_, result)| result.is_err()).map(|(send, _)| send.clone());
        for send in refused.chain([large]) {
            assert!(!house.try_send(send.clone()).await.unwrap().duplicate);
            assert!(house.try_send(send).await.unwrap().duplicate);
        }
        for (guest, _) in &guests {
            let threads = house.store.threads(guest.visitor, 10).await.unwrap();
            let [row] = &threads[..] else { panic!("one conversation each") };
            let events = house.journal(row.conversation.id).await;
            let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
            assert_eq!(seqs, (1..=row.conversation.head).collect::<Vec<_>>());
            let sent = outcomes.iter().filter(|(send, _)| send.visitor == guest.visitor).count();
            let messages = events.iter().filter(|event| event.client_id.is_some()).count();
            assert_eq!(messages, sent + usize::from(guest.visitor == guests[7].0.visitor));
        }
    });
}

fn unavailable(error: StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_))
}

/// Tries until it is so. The store looks again after a pause of its own.
async fn until(so: impl AsyncFn() -> bool) {
    let began = std::time::Instant::now();
    while !so().await {
        assert!(began.elapsed() < std::time::Duration::from_secs(60), "it does not come");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// Readers never stop and writers never pause; the log is used again and again and keeps its limit.
#[test]
fn the_log_keeps_its_limit_while_readers_are_busy() {
    const LIMIT: u64 = 2 << 20;
    const WRITERS: usize = 8;
    let (folder, mut options) = folder();
    options.log_bytes = LIMIT;
    let log = folder.path().join(format!("{FILE}-wal"));
    let size = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |found| found.len());
    block_on(async {
        let house = Arc::new(house(&options).await);
        let done = Arc::new(AtomicBool::new(false));
        let mut guests = Vec::new();
        for _ in 0..WRITERS {
            let guest = house.guest(house.multi).await;
            guests.push((guest, house.start(guest, "0").await.id));
        }
        let mut readers = tokio::task::JoinSet::new();
        for &(_, id) in &guests {
            let (house, done) = (Arc::clone(&house), Arc::clone(&done));
            readers.spawn(async move {
                while !done.load(Ordering::SeqCst) {
                    house.store.events(id, Side::Ours, EventRange::Latest, 10).await.unwrap();
                }
            });
        }
        let watch = {
            let (done, log) = (Arc::clone(&done), log.clone());
            std::thread::spawn(move || {
                let mut most = 0;
                while !done.load(Ordering::SeqCst) {
                    most = most.max(size(&log));
                    std::thread::sleep(std::time::Duration::from_micros(200));
                }
                most
            })
        };
        let mut writers = tokio::task::JoinSet::new();
        for (guest, id) in guests {
            let house = Arc::clone(&house);
            writers.spawn(async move {
                // 16 KB each.
                let words = "🦀".repeat(4_000);
                for _ in 0..60 {
                    house.say(guest, id, &words).await;
                }
            });
        }
        writers.join_all().await;
        done.store(true, Ordering::SeqCst);
        readers.join_all().await;
        let most = watch.join().unwrap();
        assert!(most > LIMIT / 4, "{most} bytes: this measures nothing");
        assert!(most <= LIMIT, "the log grew to {most} bytes");
        assert!(size(&folder.path().join(FILE)) > 3 * LIMIT, "all of it went through the log");
    });
}

/// A backup or a tool of the operator holds an old moment: nobody is refused, and afterwards the log is cut.
#[test]
fn a_foreign_reader_stops_no_write_and_the_log_shrinks_afterwards() {
    const LIMIT: u64 = 1 << 20;
    let (folder, mut options) = folder();
    options.log_bytes = LIMIT;
    let log = folder.path().join(format!("{FILE}-wal"));
    let size = || std::fs::metadata(&log).map_or(0, |found| found.len());
    block_on(async {
        let house = house(&options).await;
        let guest = house.guest(house.multi).await;
        let id = house.start(guest, "0").await.id;
        let words = "🦀".repeat(4_000);
        let foreign = rusqlite::Connection::open(folder.path().join(FILE)).unwrap();
        foreign.execute_batch("BEGIN; SELECT COUNT(*) FROM event").unwrap();
        for _ in 0..150 {
            house.say(guest, id, &words).await;
        }
        let grown = size();
        assert!(grown > LIMIT, "{grown} bytes: nothing held it");
        foreign.execute_batch("COMMIT").unwrap();
        let began = std::time::Instant::now();
        while size() > LIMIT + 64 * 1024 {
            assert!(began.elapsed() < std::time::Duration::from_secs(120), "{} bytes", size());
            house.say(guest, id, "small").await;
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    });
}

struct Trap {
    real: RandomIds,
    calls_left: AtomicI64,
    armed: AtomicBool,
}

impl Ids for Trap {
    fn next(&self, now: Timestamp) -> Uuid {
        if self.armed.load(Ordering::SeqCst) && self.calls_left.fetch_sub(1, Ordering::SeqCst) == 0 {
            panic!("a defect in the middle of a write");
        }
        self.real.next(now)
    }
}

#[test]
fn a_panic_costs_its_own_job_only() {
    let (_folder, mut options) = folder();
    let trap = Arc::new(Trap {
        real: RandomIds::default(),
        calls_left: AtomicI64::new(2),
        armed: AtomicBool::new(false),
    });
    options.ids = trap.clone();
    block_on(async {
        let house = house(&options).await;
        trap.armed.store(true, Ordering::SeqCst);
        // Its third id is asked for after the visitor's rows were inserted.
        let token = secret();
        let broken = house.store.create_session(NewSession { widget: house.multi, token }).await;
        assert!(matches!(broken, Err(StoreError::Damaged(_))), "{broken:?}");
        assert_eq!(house.store.session_by_token(token).await, Ok(None));
        let guest = house.guest(house.multi).await;
        assert_eq!(house.start(guest, "on it goes").await.head, 1);
    });
    let database = rusqlite::Connection::open(options.folder.join(FILE)).unwrap();
    let visitors: i64 = database.query_row("SELECT COUNT(*) FROM visitor", [], |row| row.get(0)).unwrap();
    assert_eq!(visitors, 1, "the broken job left nothing");
}

#[test]
fn one_server_for_each_folder_and_commands_beside_it() {
    let (folder, options) = folder();
    let lock = DataLock::take(folder.path()).unwrap();
    assert!(matches!(DataLock::take(folder.path()), Err(LockError::InUse(_))));
    drop(lock);
    drop(DataLock::take(folder.path()).unwrap());

    block_on(async {
        let serving = house(&options).await;
        let beside = SqliteStore::open(&options).unwrap();
        let guest = serving.guest(serving.multi).await;
        for n in 0..10 {
            serving.start(guest, &n.to_string()).await;
            let name = Name::new(format!("widget {n}")).unwrap();
            let store: &dyn Store = &beside;
            store.create_widget(name, true, Vec::new()).await.unwrap();
        }
        assert_eq!(serving.store.widgets().await.unwrap().len(), 12);
        assert_eq!(beside_threads(&beside, guest).await, 10);
    });
}

async fn beside_threads(store: &dyn Store, guest: Guest) -> usize {
    store.threads(guest.visitor, 100).await.unwrap().len()
}

#[test]
fn another_releases_tables_are_refused_with_the_remedy() {
    let (folder, options) = folder();
    let plan = SqliteStore::plan(folder.path()).unwrap();
    let steps = plan.pending.len();
    assert_eq!(plan.applied.len(), 0);
    drop(SqliteStore::open(&options).unwrap());
    let plan = SqliteStore::plan(folder.path()).unwrap();
    assert_eq!((plan.applied.len(), plan.pending.len()), (steps, 0));

    let database = rusqlite::Connection::open(folder.path().join(FILE)).unwrap();
    database.execute("UPDATE migration SET checksum = 'other'", []).unwrap();
    let refused = SqliteStore::open(&options).err().unwrap();
    assert!(matches!(refused, OpenError::Migration(MigrationError::Changed { .. })));
    assert!(refused.to_string().contains(&format!("Delete the folder {}", folder.path().display())));
    drop(database);

    let (folder, options) = self::folder();
    drop(SqliteStore::open(&options).unwrap());
    let database = rusqlite::Connection::open(folder.path().join(FILE)).unwrap();
    database.execute("INSERT INTO migration VALUES (1000, 'future', 'x')", []).unwrap();
    let refused = SqliteStore::open(&options).err().unwrap();
    assert!(matches!(refused, OpenError::Migration(MigrationError::Newer { .. })));
}

#[test]
fn two_first_starts_make_one_beginning() {
    let (_folder, options) = folder();
    let openers: Vec<_> = (0..4)
        .map(|_| {
            let options = options.clone();
            std::thread::spawn(move || {
                let store = SqliteStore::open(&options).unwrap();
                let epoch = beckon_store::Meta::epoch(&store);
                block_on(async move {
                    let store: &dyn Store = &store;
                    store.first_start().await.unwrap();
                    (epoch, store.widgets().await.unwrap().len())
                })
            })
        })
        .collect();
    let seen: Vec<_> = openers.into_iter().map(|opener| opener.join().unwrap()).collect();
    assert!(seen.iter().all(|one| *one == seen[0] && one.1 == 2), "{seen:?}");
}

#[test]
fn a_read_sees_the_write_before_it() {
    let (_folder, options) = folder();
    block_on(async {
        let house = house(&options).await;
        let guest = house.guest(house.multi).await;
        let id = house.start(guest, "0").await.id;
        for n in 2..200 {
            house.say(guest, id, &n.to_string()).await;
            let page = house.store.events(id, Side::Ours, EventRange::Latest, 1).await.unwrap();
            assert_eq!(page.events[0].seq, n);
            assert_eq!(page.conversation.head, n);
        }
    });
}
