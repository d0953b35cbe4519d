//! The write-ahead log, kept small and used again from its start, off the writer's path.
//!
//! The writer only appends. A thread of its own copies what has been appended into the file (`PASSIVE`: nobody waits).
//! Once the log has grown to a part of its limit, the writer begins it anew between two batches, after everybody has
//! been answered. For that nobody may be reading from it, so the writer waits a moment for the reads that run; close to
//! the limit our own reads are cut short (see `readers`). Only a program outside this one, a backup for instance, can
//! hold the log longer. Writes go on then, the log passes its limit, and it shrinks afterwards.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{BUSY_MILLIS, connect};

/// What a page takes in the log: itself and its header.
const PAGE_BYTES: u64 = 4096 + 24;
/// The checkpointer looks this often even if nobody calls it.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long the writer waits for readers while there is room.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long it waits close to the limit: longer than our own reads may then take.
const LAST_PATIENCE: Duration = Duration::from_secs(1);
/// How long our own reads may take then.
pub(super) const READ_WHEN_CLOSE: Duration = Duration::from_millis(500);
/// Pause after a wait that was in vain.
const PAUSE: Duration = Duration::from_millis(250);
/// The same close to the limit: another program holds the log, and writers must not stand still for it.
const LONG_PAUSE: Duration = Duration::from_secs(10);

/// What the writer and the checkpointer know of the log, in pages.
#[derive(Debug)]
pub(super) struct Log {
    limit: u64,
    /// Appended since it was begun.
    pages: AtomicU64,
    /// Of those, copied into the file.
    copied: AtomicU64,
    /// The checkpointer asks the writer to begin it anew.
    wanted: AtomicBool,
    wake: SyncSender<()>,
}

impl Log {
    /// For a limit in bytes. Also starts the checkpointer, which ends when the log is dropped.
    pub(super) fn start(file: PathBuf, limit: u64) -> std::io::Result<Arc<Self>> {
        let (wake, woken) = sync_channel(1);
        let log = Arc::new(Self {
            limit: (limit / PAGE_BYTES).max(8),
            pages: AtomicU64::new(0),
            copied: AtomicU64::new(0),
            wanted: AtomicBool::new(false),
            wake,
        });
        let weak = Arc::downgrade(&log);
        thread::Builder::new().name("checkpoint".to_owned()).spawn(move || {
            let mut connection = None;
            while wait(&woken) {
                let Some(log) = weak.upgrade() else { break };
                if log.pages.load(Ordering::Relaxed) > log.copied.load(Ordering::Relaxed) + log.limit / 8 {
                    log.copy(&mut connection, &file);
                }
            }
        })?;
        Ok(log)
    }

    /// Tells of each commit of a connection. Replaces SQLite's own checkpoints on it.
    pub(super) fn watch(self: &Arc<Self>, connection: &mut Connection) -> rusqlite::Result<()> {
        let log = Arc::clone(self);
        // Once it has been longer, by another program's reading, it is cut to the limit when it is begun anew.
        let bytes = i64::try_from(self.limit * PAGE_BYTES).unwrap_or(i64::MAX);
        connection.pragma_update_and_check(None, "journal_size_limit", bytes, |_| Ok(()))?;
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages: std::ffi::c_int| {
            log.grown_to(u64::try_from(pages).unwrap_or(0));
            Ok(())
        }))
    }

    /// Whether it must be begun anew now.
    pub(super) fn is_close(&self) -> bool {
        self.pages.load(Ordering::Relaxed) > self.limit * 3 / 4
    }

    fn grown_to(&self, pages: u64) {
        if pages < self.pages.swap(pages, Ordering::Relaxed) {
            self.copied.store(0, Ordering::Relaxed);
        }
        if pages > self.copied.load(Ordering::Relaxed) + self.limit / 8 {
            // Full: it has been called already.
            let _called = self.wake.try_send(());
        }
    }

    fn copy(&self, connection: &mut Option<Connection>, file: &std::path::Path) {
        if connection.is_none() {
            *connection = connect(file, None).ok();
        }
        let Some(open) = connection else { return };
        match checkpoint(open, "PRAGMA wal_checkpoint(PASSIVE)") {
            Ok(Checkpoint { pages, copied, .. }) => {
                self.copied.store(copied, Ordering::Relaxed);
                if pages > self.limit * 3 / 8 {
                    self.wanted.store(true, Ordering::Relaxed);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the log could not be copied into the database");
                *connection = None;
            }
        }
    }
}

/// False when there is nobody left to copy for.
fn wait(woken: &Receiver<()>) -> bool {
    matches!(woken.recv_timeout(LOOK_EVERY), Ok(()) | Err(RecvTimeoutError::Timeout))
}

/// The writer's part: begins the log anew when that is asked for and due.
#[derive(Debug)]
pub(super) struct Renewal {
    log: Arc<Log>,
    not_before: Option<Instant>,
}

impl Renewal {
    pub(super) fn new(log: Arc<Log>) -> Self {
        Self { log, not_before: None }
    }

    pub(super) fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// To be called between batches.
    pub(super) fn when_due(&mut self, connection: &Connection) {
        let pages = self.log.pages.load(Ordering::Relaxed);
        let close = self.log.is_close();
        if !close && !self.log.wanted.load(Ordering::Relaxed) {
            return;
        }
        let now = Instant::now();
        if self.not_before.is_some_and(|moment| now < moment) {
            return;
        }
        let patience = if close { LAST_PATIENCE } else { PATIENCE };
        let done = connection
            .busy_timeout(patience)
            .and_then(|()| checkpoint(connection, "PRAGMA wal_checkpoint(RESTART)"));
        if let Err(error) = connection.busy_timeout(Duration::from_millis(BUSY_MILLIS)) {
            tracing::warn!(%error, "the time to wait could not be set back");
        }
        let begun = done.as_ref().is_ok_and(|checkpoint| !checkpoint.busy);
        if begun {
            self.log.wanted.store(false, Ordering::Relaxed);
            self.not_before = None;
            return;
        }
        if let Err(error) = done {
            tracing::warn!(%error, "the log could not be begun anew");
        } else if close {
            tracing::warn!(
                pages,
                "another program has been reading for long; the log passes its limit until that ends"
            );
        }
        self.not_before = Some(Instant::now() + if close { LONG_PAUSE } else { PAUSE });
    }
}

/// Copies all of it into the file and cuts it to nothing, if nobody is reading.
pub(super) fn empty(connection: &Connection) -> rusqlite::Result<()> {
    checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)").map(|_| ())
}

struct Checkpoint {
    busy: bool,
    pages: u64,
    copied: u64,
}

fn checkpoint(connection: &Connection, sql: &str) -> rusqlite::Result<Checkpoint> {
    connection.query_row(sql, [], |row| {
        let pages = |at| row.get(at).map(|pages: i64| u64::try_from(pages).unwrap_or(0));
        Ok(Checkpoint { busy: row.get::<_, i64>(0)? != 0, pages: pages(1)?, copied: pages(2)? })
    })
}
