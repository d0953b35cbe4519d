//! The one writer. It drains its queue into one transaction (group commit), gives each job its own
//! savepoint, commits once, and only then answers all.
//!
//! SQLite may roll back the *whole* transaction when the disk is full, fails, or memory is short. Jobs that had
//! succeeded are gone then, too; so after any error the writer looks whether the transaction still lives,
//! and if not, or if the commit fails, every job of the batch is answered *unknown* and the connection is
//! opened anew. From then on nothing is begun before a trial has shown that there is room again: what comes meanwhile
//! is answered *unavailable*, which is known to have stored nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use super::connect;
use super::log::{Log, Renewal};
use crate::StoreError;

/// Jobs in one transaction at most; the batch floats with the load.
const MOST_IN_BATCH: usize = 1_000;
/// Bytes that the jobs of one transaction bring at most, but for the last: with large contexts a thousand jobs would be
/// tens of megabytes in one commit, and everybody would wait for all of it.
const BATCH_BYTES: usize = 4 << 20;
/// Jobs waiting at most; above that, senders wait.
const MOST_WAITING: usize = 10_000;
/// Bytes that jobs bring at most until they are answered; above that, senders wait as well.
const MOST_WAITING_BYTES: u32 = 16 << 20;
/// What a job takes beside the text that it brings.
const JOB_BYTES: usize = 512;
/// Room that a trial asks for after a failure: enough for a batch of messages.
const TRIAL_BYTES: u32 = 256 * 1024;
/// Time between two trials: under load each batch would be one.
const TRIAL_PAUSE: Duration = Duration::from_millis(200);
const ASK_FOR_ROOM: &str = "INSERT INTO meta (name, value) VALUES ('room', zeroblob(?1)) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const GIVE_ROOM_BACK: &str = "DELETE FROM meta WHERE name = 'room'";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[ASK_FOR_ROOM, GIVE_ROOM_BACK];

/// See [`MOST_WAITING`]. Only a debug build can be told otherwise, so that a test can fill the queue.
fn most_waiting() -> usize {
    let told = std::env::var_os("BECKON_TEST_WAITING");
    let told = told.and_then(|told| told.to_str()?.parse().ok());
    told.filter(|most| cfg!(debug_assertions) && *most > 0).unwrap_or(MOST_WAITING)
}

/// How a batch ended.
enum End {
    Committed,
    /// Nothing of it was stored.
    NotBegun(StoreError),
    /// Nobody knows.
    Lost,
}

trait Job: Send {
    /// Of [`MOST_WAITING_BYTES`].
    fn bytes(&self) -> u32;
    /// Does the work; says whether it succeeded.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Answers, once the batch has ended.
    fn answer(self: Box<Self>, end: &End);
}

/// Called with what was stored.
pub(super) type Committed<T> = Box<dyn FnOnce(&T) + Send>;

struct Task<T, F> {
    bytes: u32,
    work: Option<F>,
    committed: Option<Committed<T>>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T, StoreError> + Send,
{
    fn bytes(&self) -> u32 {
        self.bytes
    }

    fn run(&mut self, connection: &Connection) -> bool {
        let Some(work) = self.work.take() else { return false };
        // A panic costs its own job only: the savepoint takes back what it did.
        let result = catch_unwind(AssertUnwindSafe(|| work(connection)))
            .unwrap_or_else(|_| Err(StoreError::Damaged("a write broke off".to_owned())));
        let succeeded = result.is_ok();
        self.result = Some(result);
        succeeded
    }

    fn answer(self: Box<Self>, end: &End) {
        let answer = match end {
            End::Committed => {
                if let (Some(Ok(stored)), Some(committed)) = (&self.result, self.committed) {
                    // A defect there costs its own job only, and that is stored.
                    let told = catch_unwind(AssertUnwindSafe(|| committed(stored)));
                    if told.is_err() {
                        tracing::error!("what follows a commit broke off");
                    }
                }
                self.result.unwrap_or(Err(StoreError::Unknown))
            }
            End::NotBegun(error) => Err(error.clone()),
            End::Lost => Err(StoreError::Unknown),
        };
        // The asker may have gone; what is stored stays stored.
        drop(self.reply.send(answer));
    }
}

pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    /// A permit for each byte that may wait. Taken by the sender, given back by the thread.
    room: Arc<Semaphore>,
    closed: watch::Receiver<bool>,
    thread: Option<thread::JoinHandle<()>>,
}

/// Where the writer writes, and within what.
pub(super) struct Place {
    pub(super) file: PathBuf,
    /// The most pages the file may have, read anew whenever it is opened.
    pub(super) most_pages: Option<Arc<AtomicU32>>,
}

impl Writer {
    pub(super) fn start(mut connection: Connection, place: Place, log: Arc<Log>) -> Result<Self, String> {
        log.watch(&mut connection).map_err(|error| error.to_string())?;
        let (jobs, queue) = mpsc::channel(most_waiting());
        let (alive, closed) = watch::channel(false);
        let room = Arc::new(Semaphore::new(MOST_WAITING_BYTES as usize));
        let writing = Writing {
            connection: Some(connection),
            place,
            renewal: Renewal::new(log),
            trouble: None,
            room: Arc::clone(&room),
        };
        let ended = Arc::clone(&room);
        let thread = thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                // Dropped however this thread ends, so that its end is always noticed.
                let _alive = Alive(alive, ended);
                writing.write_all(queue);
            })
            .map_err(|error| error.to_string())?;
        Ok(Self { jobs: Some(jobs), room, closed, thread: Some(thread) })
    }

    /// Does the work, which brings so many bytes of text, in the next transaction that has room for it.
    pub(super) async fn run<T, F>(
        &self,
        text_bytes: usize,
        work: F,
        committed: Option<Committed<T>>,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let gone = || StoreError::Unavailable("the writer has ended".to_owned());
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        let bytes = u32::try_from(text_bytes.saturating_add(JOB_BYTES)).unwrap_or(u32::MAX);
        let bytes = bytes.min(MOST_WAITING_BYTES);
        let room = self.room.acquire_many(bytes).await.map_err(|_| gone())?;
        let task: Box<dyn Job> = Box::new(Task { bytes, work: Some(work), committed, result: None, reply });
        jobs.send(task).await.map_err(|_| gone())?;
        room.forget();
        // No answer: the writer died with the job in its hands.
        answer.await.unwrap_or(Err(StoreError::Unknown))
    }

    pub(super) async fn closed(&self) {
        let mut closed = self.closed.clone();
        // An error means that the sender is gone, which is the same news.
        drop(closed.wait_for(|closed| *closed).await);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        // What follows a commit may have held the last reference to the store: then this is the writer itself, and ends.
        let other = |thread: &thread::JoinHandle<()>| thread.thread().id() != thread::current().id();
        if let Some(thread) = self.thread.take().filter(other) {
            drop(thread.join());
        }
    }
}

struct Alive(watch::Sender<bool>, Arc<Semaphore>);

impl Drop for Alive {
    fn drop(&mut self) {
        // Nobody would make room any more.
        self.1.close();
        self.0.send_replace(true);
    }
}

/// Since when a trial failed, and what was said.
struct Trouble {
    tried: Option<Instant>,
    reason: String,
}

/// The writer's thread.
struct Writing {
    connection: Option<Connection>,
    place: Place,
    renewal: Renewal,
    trouble: Option<Trouble>,
    room: Arc<Semaphore>,
}

impl Writing {
    fn write_all(mut self, mut queue: mpsc::Receiver<Box<dyn Job>>) {
        let mut batch = Vec::with_capacity(MOST_IN_BATCH);
        while let Some(first) = queue.blocking_recv() {
            let mut bytes = first.bytes() as usize;
            batch.push(first);
            while batch.len() < MOST_IN_BATCH && bytes < BATCH_BYTES {
                let Ok(job) = queue.try_recv() else { break };
                bytes += job.bytes() as usize;
                batch.push(job);
            }
            let end = match self.ready() {
                Ok(connection) => write_batch(connection, &mut batch),
                Err(error) => End::NotBegun(error),
            };
            if let End::Lost = end {
                tracing::error!(jobs = batch.len(), "a transaction was lost; opening the database anew");
                self.connection = None;
                let reason = "a transaction was lost".to_owned();
                self.trouble = Some(Trouble { tried: None, reason });
            }
            if let End::NotBegun(error) = &end
                && self.connection.take().is_some()
            {
                // Whatever is wrong with this connection, the next one need not have it.
                tracing::error!(%error, "no transaction could be begun; opening the database anew");
                self.trouble = Some(Trouble { tried: Some(Instant::now()), reason: error.to_string() });
            }
            for job in batch.drain(..) {
                job.answer(&end);
            }
            self.room.add_permits(bytes);
            if let Some(connection) = &self.connection {
                self.renewal.when_due(connection);
            }
        }
    }

    /// A connection that has shown, after a failure, that there is room.
    fn ready(&mut self) -> Result<&Connection, StoreError> {
        if let Some(Trouble { tried: Some(tried), reason }) = &self.trouble
            && tried.elapsed() < TRIAL_PAUSE
        {
            return Err(StoreError::Unavailable(reason.clone()));
        }
        let opened = match self.connection.take() {
            Some(connection) => Ok(connection),
            None => self.open(),
        };
        let tried = opened.and_then(|connection| match self.trouble {
            Some(_) => try_room(&connection).map(|()| connection),
            None => Ok(connection),
        });
        match tried {
            Ok(connection) => {
                if self.trouble.take().is_some() {
                    tracing::info!("the storage takes writes again");
                }
                Ok(self.connection.insert(connection))
            }
            Err(error) => {
                // The connection is dropped, and what a failed trial left with it.
                let reason = error.to_string();
                self.trouble = Some(Trouble { tried: Some(Instant::now()), reason: reason.clone() });
                Err(StoreError::Unavailable(reason))
            }
        }
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        let mut connection = connect(&self.place.file, self.place.most_pages.as_deref())?;
        self.renewal.log().watch(&mut connection)?;
        Ok(connection)
    }
}

/// Stores and deletes as much as a batch may take.
fn try_room(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute(ASK_FOR_ROOM, [TRIAL_BYTES])?;
    connection.execute(GIVE_ROOM_BACK, []).map(drop)
}

fn write_batch(connection: &Connection, batch: &mut [Box<dyn Job>]) -> End {
    if let Err(error) = execute(connection, "BEGIN IMMEDIATE") {
        return End::NotBegun(StoreError::Unavailable(error.to_string()));
    }
    for job in batch.iter_mut() {
        if execute(connection, "SAVEPOINT job").is_err() {
            return abandon(connection);
        }
        let succeeded = job.run(connection);
        if !succeeded && connection.is_autocommit() {
            return End::Lost;
        }
        if !succeeded && execute(connection, "ROLLBACK TO job").is_err() {
            return abandon(connection);
        }
        if execute(connection, "RELEASE job").is_err() {
            return abandon(connection);
        }
    }
    if let Err(error) = execute(connection, "COMMIT") {
        tracing::error!(%error, "commit failed");
        return abandon(connection);
    }
    End::Committed
}

/// Gives the transaction up; the connection is dropped afterwards, which rolls back what is left of it.
fn abandon(connection: &Connection) -> End {
    if !connection.is_autocommit() {
        drop(execute(connection, "ROLLBACK"));
    }
    End::Lost
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}
