//! The one writer. It drains its queue into one transaction (group commit), gives each job its own
//! savepoint, commits once, and only then answers all.
//!
//! SQLite may roll back the *whole* transaction when the disk is full, fails, or memory is short. Jobs that had
//! succeeded are gone then, too; so after any error the writer looks whether the transaction still lives,
//! and if not, or if the commit fails, every job of the batch is answered *unknown* and the connection is
//! opened anew.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::connect;
use crate::StoreError;

/// Jobs in one transaction at most; the batch floats with the load.
const MOST_IN_BATCH: usize = 1_000;
/// Jobs waiting at most; above that, senders wait.
const MOST_WAITING: usize = 10_000;
/// The writer itself moves the WAL into the file only at so many pages (256 MiB): normally another thread does.
pub(super) const BACKSTOP_PAGES: i64 = 65_536;
/// That thread looks this often …
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);
/// … and works when the WAL has grown to so many bytes.
const CHECKPOINT_BYTES: u64 = 8 * 1024 * 1024;

/// How a batch ended.
enum End {
    Committed,
    /// Nothing of it was stored.
    NotBegun(StoreError),
    /// Nobody knows.
    Lost,
}

trait Job: Send {
    /// Does the work; says whether it succeeded.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Answers, once the batch has ended.
    fn answer(self: Box<Self>, end: &End);
}

struct Task<T, F> {
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T, StoreError> + Send,
{
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
            End::Committed => self.result.unwrap_or(Err(StoreError::Unknown)),
            End::NotBegun(error) => Err(error.clone()),
            End::Lost => Err(StoreError::Unknown),
        };
        // The asker may have gone; what is stored stays stored.
        drop(self.reply.send(answer));
    }
}

pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    closed: watch::Receiver<bool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        file: PathBuf,
        most_pages: Option<u32>,
    ) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel(MOST_WAITING);
        let (alive, closed) = watch::channel(false);
        let (keep_checkpointing, stop) = sync_channel::<()>(0);
        let wal = file.clone();
        thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || checkpoint(&wal, &|wait| stop.recv_timeout(wait)))?;
        let thread = thread::Builder::new().name("writer".to_owned()).spawn(move || {
            // Dropped however this thread ends, so that its end is always noticed.
            let _alive = Alive { closed: alive, _checkpoints: keep_checkpointing };
            write_all(connection, &file, most_pages, queue);
        })?;
        Ok(Self { jobs: Some(jobs), closed, thread: Some(thread) })
    }

    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let gone = || StoreError::Unavailable("the writer has ended".to_owned());
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        let task: Box<dyn Job> = Box::new(Task { work: Some(work), result: None, reply });
        jobs.send(task).await.map_err(|_| gone())?;
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
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

struct Alive {
    closed: watch::Sender<bool>,
    _checkpoints: SyncSender<()>,
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.closed.send_replace(true);
    }
}

fn write_all(
    connection: Connection,
    file: &std::path::Path,
    most_pages: Option<u32>,
    mut queue: mpsc::Receiver<Box<dyn Job>>,
) {
    let mut connection = Some(connection);
    let mut batch = Vec::with_capacity(MOST_IN_BATCH);
    while let Some(first) = queue.blocking_recv() {
        batch.push(first);
        while batch.len() < MOST_IN_BATCH {
            match queue.try_recv() {
                Ok(job) => batch.push(job),
                Err(_) => break,
            }
        }
        let end = match connection.as_ref().map_or_else(|| connect(file, most_pages).map(Some), |_| Ok(None))
        {
            Ok(opened) => {
                if opened.is_some() {
                    connection = opened;
                }
                connection.as_ref().map_or(End::Lost, |open| write_batch(open, &mut batch))
            }
            Err(error) => End::NotBegun(StoreError::Unavailable(error.to_string())),
        };
        if let End::Lost = end {
            tracing::error!(jobs = batch.len(), "a transaction was lost; opening the database anew");
            connection = None;
        }
        for job in batch.drain(..) {
            job.answer(&end);
        }
    }
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

/// Moves the WAL into the file from time to time, off the writer's path.
fn checkpoint(file: &std::path::Path, wait: &dyn Fn(Duration) -> Result<(), RecvTimeoutError>) {
    let mut wal = file.as_os_str().to_owned();
    wal.push("-wal");
    let wal = PathBuf::from(wal);
    let mut connection = None;
    while let Err(RecvTimeoutError::Timeout) = wait(CHECKPOINT_EVERY) {
        let grown = std::fs::metadata(&wal).is_ok_and(|found| found.len() >= CHECKPOINT_BYTES);
        if !grown {
            continue;
        }
        if connection.is_none() {
            connection = connect(file, None).ok();
        }
        let Some(open) = &connection else { continue };
        let done = open.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = done {
            tracing::warn!(%error, "checkpoint failed");
            connection = None;
        }
    }
}
