//! The write-ahead log, kept small and used again from its start, off the writer's path.
//!
//! The writer only appends. A thread of its own copies what has been appended into the file (`PASSIVE`: nobody waits).
//! Once the log has grown to a part of its limit, the writer begins it anew between two batches, after everybody has
//! been answered. For that nobody may be reading from it. While there is room, it takes a moment when nobody does. Close
//! to the limit it keeps our own reads out and waits for those that run, which are cut short (see `readers`).
//!
//! Only a reader that does not come through the gate can hold the log longer: another program, a backup for instance, or
//! the check after an end without a stop. The writer waits for such a one once and a moment. Then writes and reads go on
//! as always, the log passes its limit, and it is begun anew when what it holds could be copied after all.
//!
//! A crash leaves a log of any length, of which nothing counts as copied. It is treated as if somebody had held it: the
//! writer leaves it to the checkpointer, and our own reads go on, until most of it has been copied.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard, TryLockError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::files::with_suffix;
use super::{BUSY_MILLIS, connect};

/// What a page takes in the log: itself and its header.
const PAGE_BYTES: u64 = 4096 + 24;
/// The checkpointer looks this often even if nobody calls it.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long the writer waits close to the limit, with our own reads kept out, for a reader that it does not know.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long our own reads may take then.
pub(super) const READ_WHEN_CLOSE: Duration = Duration::from_millis(500);
/// Pause after a try that was in vain.
const PAUSE: Duration = Duration::from_millis(250);
/// The same close to the limit, where a try may be a wait.
const LONG_PAUSE: Duration = Duration::from_secs(1);

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
    /// A reader that does not come through the gate was waited for in vain, or the log was found at the start. Until the
    /// checkpointer could copy what there is, nobody waits again, and no read is cut short: neither would help.
    held: AtomicBool,
    /// Held by each of our reads, and by the writer when it begins the log anew.
    gate: RwLock<()>,
    /// Held by whoever copies: SQLite refuses a second one at once, which would look like a reader in the way.
    copying: Mutex<()>,
    /// Gone when the checkpointer is to end.
    wake: Option<SyncSender<()>>,
    checkpointer: OnceLock<thread::JoinHandle<()>>,
}

impl Log {
    /// For a limit in bytes. Also starts the checkpointer, which has ended when the log is gone.
    pub(super) fn start(file: PathBuf, limit: u64) -> std::io::Result<Arc<Self>> {
        let (wake, woken) = sync_channel(1);
        let limit = (limit / PAGE_BYTES).max(8);
        // The file may be longer than what counts in it; how much does is known with the first copy or commit.
        let found = std::fs::metadata(with_suffix(&file, "-wal")).map_or(0, |file| file.len() / PAGE_BYTES);
        let log = Arc::new(Self {
            limit,
            pages: AtomicU64::new(0),
            copied: AtomicU64::new(0),
            wanted: AtomicBool::new(false),
            held: AtomicBool::new(found > limit / 8),
            gate: RwLock::new(()),
            copying: Mutex::new(()),
            wake: Some(wake),
            checkpointer: OnceLock::new(),
        });
        let weak = Arc::downgrade(&log);
        let checkpointer = thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || copy_when_due(&weak, &woken, &file))?;
        log.checkpointer.get_or_init(|| checkpointer);
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

    /// To be held by each of our reads for as long as it takes.
    pub(super) fn reading(&self) -> RwLockReadGuard<'_, ()> {
        self.gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it must be begun anew now, and our own reads are what stands in the way.
    pub(super) fn waits_for_reads(&self) -> bool {
        self.is_close() && !self.held.load(Ordering::Relaxed)
    }

    fn is_close(&self) -> bool {
        self.pages.load(Ordering::Relaxed) > self.limit * 3 / 4
    }

    /// Pages that the checkpointer has still to copy.
    fn uncopied(&self) -> u64 {
        let (pages, copied) = (self.pages.load(Ordering::Relaxed), self.copied.load(Ordering::Relaxed));
        // More than there are: those of the log before, which was begun anew while they were counted.
        pages.checked_sub(copied).unwrap_or(pages)
    }

    /// Worth a copy. The same pages are written again and again, so that half as many copies move far fewer; and while one
    /// goes to the disk, commits wait longer.
    fn is_due(&self) -> bool {
        self.uncopied() > self.limit / 4
    }

    fn grown_to(&self, pages: u64) {
        if pages < self.pages.swap(pages, Ordering::Relaxed) {
            self.copied.store(0, Ordering::Relaxed);
        }
        if self.is_due() {
            // Full: it has been called already.
            let _called = self.wake.as_ref().map(|wake| wake.try_send(()));
        }
    }

    fn copy(&self, connection: &mut Option<Connection>, file: &Path) {
        let _copying = self.copying.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.is_none() {
            *connection = connect(file, None).ok();
        }
        let Some(open) = connection else { return };
        match checkpoint(open, "PRAGMA wal_checkpoint(PASSIVE)") {
            Ok(Checkpoint { pages, copied, .. }) => {
                self.copied.store(copied, Ordering::Relaxed);
                // What has been appended meanwhile is copied here as well, unless the writer is so much faster that the
                // log would grow without end.
                let most = self.uncopied() <= self.limit / 4 || pages > self.limit * 2;
                if most && pages <= copied + self.limit / 8 {
                    self.held.store(false, Ordering::Relaxed);
                }
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

impl Drop for Log {
    fn drop(&mut self) {
        self.wake = None;
        // It may itself have held the last reference.
        let other = |thread: &thread::JoinHandle<()>| thread.thread().id() != thread::current().id();
        if let Some(thread) = self.checkpointer.take().filter(other) {
            drop(thread.join());
        }
    }
}

/// The checkpointer's thread.
fn copy_when_due(log: &Weak<Log>, woken: &Receiver<()>, file: &Path) {
    let mut connection = None;
    while wait(woken) {
        let Some(log) = log.upgrade() else { break };
        if log.is_due() || log.held.load(Ordering::Relaxed) {
            log.copy(&mut connection, file);
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
    /// No try while there is room.
    not_before: Option<Instant>,
    /// No try close to the limit.
    not_close_before: Option<Instant>,
}

impl Renewal {
    pub(super) fn new(log: Arc<Log>) -> Self {
        Self { log, not_before: None, not_close_before: None }
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
        let not_before = if close { self.not_close_before } else { self.not_before };
        if not_before.is_some_and(|moment| now < moment) {
            return;
        }
        if self.log.held.load(Ordering::Relaxed) {
            return;
        }
        match self.begin_anew(connection, close) {
            Ok(true) => {
                self.log.wanted.store(false, Ordering::Relaxed);
                self.log.pages.store(0, Ordering::Relaxed);
                self.log.copied.store(0, Ordering::Relaxed);
                (self.not_before, self.not_close_before) = (None, None);
                return;
            }
            Ok(false) if close => {
                self.log.held.store(true, Ordering::Relaxed);
                tracing::warn!(
                    pages,
                    "another program, a backup or a check reads for long; the log passes its limit until that ends"
                );
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the log could not be begun anew"),
        }
        if close {
            self.not_close_before = Some(Instant::now() + LONG_PAUSE);
        } else {
            self.not_before = Some(Instant::now() + PAUSE);
        }
    }

    /// Whether it could be. Close to the limit everything of ours is waited for, so that only somebody else can be in
    /// the way; before, nobody is.
    fn begin_anew(&self, connection: &Connection, close: bool) -> rusqlite::Result<bool> {
        let (_closed, _copying);
        if close {
            _closed = self.log.gate.write().unwrap_or_else(PoisonError::into_inner);
            _copying = self.log.copying.lock().unwrap_or_else(PoisonError::into_inner);
        } else {
            _closed = match self.log.gate.try_write() {
                Ok(closed) => closed,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return Ok(false),
            };
            _copying = match self.log.copying.try_lock() {
                Ok(copying) => copying,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return Ok(false),
            };
        }
        connection.busy_timeout(if close { PATIENCE } else { Duration::ZERO })?;
        let done = checkpoint(connection, "PRAGMA wal_checkpoint(RESTART)");
        connection.busy_timeout(Duration::from_millis(BUSY_MILLIS))?;
        done.map(|checkpoint| !checkpoint.busy)
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

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::sync::PoisonError;
    use std::sync::atomic::Ordering;
    use std::time::{Duration, Instant};

    use super::super::files::with_suffix;
    use super::super::writer::{Place, Writer};
    use super::super::{FILE, connect};
    use super::{Log, PAGE_BYTES};
    use crate::StoreError;

    const LIMIT: u64 = 1 << 20;
    const HANG: Duration = Duration::from_secs(60);

    /// A database as a crash leaves it: all of it in the log.
    fn left_by_a_crash(folder: &Path) -> PathBuf {
        let (lives, file) = (folder.join("lives.db"), folder.join(FILE));
        let connection = connect(&lives, None).unwrap();
        connection.execute_batch("CREATE TABLE t (a)").unwrap();
        for _ in 0..50 {
            connection.execute("INSERT INTO t VALUES (zeroblob(60000))", []).unwrap();
        }
        for suffix in ["", "-wal"] {
            std::fs::copy(with_suffix(&lives, suffix), with_suffix(&file, suffix)).unwrap();
        }
        assert!(std::fs::metadata(with_suffix(&file, "-wal")).unwrap().len() > 2 * LIMIT);
        file
    }

    /// The writer would hold the gate to copy all of it, and wait for every read of ours, just when everybody comes back.
    #[test]
    fn a_log_left_by_a_crash_is_the_checkpointers_and_stops_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let file = left_by_a_crash(folder.path());
        let connection = connect(&file, None).unwrap();
        let log = Log::start(file.clone(), LIMIT).unwrap();
        // A disk that is slow to copy, and a read that takes its time.
        let copying = log.copying.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = log.reading();
        let writer = Writer::start(connection, Place { file, most_pages: None }, log.clone()).unwrap();
        let write = || async {
            let insert = |connection: &rusqlite::Connection| {
                Ok::<_, StoreError>(connection.execute("INSERT INTO t VALUES (1)", [])?)
            };
            tokio::time::timeout(HANG, writer.run(0, insert, None)).await
        };
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
            for _ in 0..5 {
                assert_eq!(write().await, Ok(Ok(1)), "the writer waits for somebody");
            }
            assert!(log.pages.load(Ordering::Relaxed) * PAGE_BYTES > LIMIT, "this measures nothing");
            assert!(!log.waits_for_reads(), "reads are cut for nothing");
            drop((copying, reading));
            let began = Instant::now();
            while log.pages.load(Ordering::Relaxed) * PAGE_BYTES > LIMIT {
                assert!(began.elapsed() < HANG, "the log is never begun anew");
                assert_eq!(write().await, Ok(Ok(1)));
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
    }
}
