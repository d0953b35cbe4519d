//! The SQLite backend: one file, one writer thread, many readers.

mod agents;
mod apply;
mod backup;
mod contexts;
mod conversations;
mod error;
mod files;
mod handles;
mod inbox;
mod inspection;
mod invites;
mod keys;
mod listing;
mod lock;
mod log;
mod meta;
mod migrations;
mod notes;
mod order;
mod queues;
mod quick_replies;
mod readers;
mod requests;
mod rows;
mod snapshot;
mod tally;
mod visitors;
mod ways;
mod widgets;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use beckon_core::id::{Epoch, Ids};
use beckon_core::time::Clock;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::{RandomIds, StoreError, SystemClock};
use log::Log;
use order::{Order, OrderedIds};
use readers::Readers;
use writer::{Place, Writer};

pub use backup::{CopyError, Restored, back_up, restore};
pub use inspection::Inspection;
pub use lock::{DataLock, LockError};
pub use migrations::{MigrationError, MigrationPlan};

/// The database's file in the data folder.
pub const FILE: &str = "beckon.db";
/// How long a connection waits for another process's write, in milliseconds.
const BUSY_MILLIS: u64 = 5_000;
/// How long a stop waits for those who read, in milliseconds.
const SETTLE_MILLIS: u64 = 200;
/// How long it pauses between tries to enter WAL, in milliseconds.
const WAL_PAUSE_MILLIS: u64 = 10;
/// The most bytes of the write-ahead log. A start after a crash reads it, so it also bounds that.
pub const LOG_BYTES: u64 = 64 << 20;
/// How long one read may take. The deepest pages of the API's lists need half a second at a million conversations
/// (docs/performance.md), almost all others a few milliseconds; while one runs, the log cannot be begun anew.
const LONGEST_READ: Duration = Duration::from_secs(5);
/// Connections beside the server's writer move the log into the file themselves, at so many pages (256 MiB).
const BACKSTOP_PAGES: i64 = 65_536;
/// Statements kept ready by each connection: more than are in use at once.
const PREPARED_STATEMENTS: usize = 256;

/// How to open the database.
#[derive(Clone)]
pub struct SqliteOptions {
    /// The data folder; made if missing.
    pub folder: PathBuf,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where new ids come from.
    pub ids: Arc<dyn Ids>,
    /// The most pages of 4 KiB the file may grow to, read whenever it is opened anew; `None`: as the disk allows.
    pub most_pages: Option<Arc<AtomicU32>>,
    /// The most bytes of the write-ahead log while no other program reads for long.
    pub log_bytes: u64,
    /// How long one read may take; one that takes longer is cut short.
    pub longest_read: Duration,
}

impl SqliteOptions {
    /// The real clock, real ids and no limit but the disk's.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds::default()),
            most_pages: None,
            log_bytes: LOG_BYTES,
            longest_read: LONGEST_READ,
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or file cannot be used.
    #[error("cannot use {folder}: {reason}")]
    Folder {
        /// The data folder.
        folder: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// What is there was made by another version.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}

/// The SQLite backend. Dropping it ends the writer once all accepted writes are answered.
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    clock: Arc<dyn Clock>,
    order: Arc<Order>,
    /// In the order of everything stored, whatever the clock says.
    ids: Arc<dyn Ids>,
    epoch: Epoch,
}

impl SqliteStore {
    /// Opens the database of a data folder; makes or migrates it first.
    pub fn open(options: &SqliteOptions) -> Result<Self, OpenError> {
        let refused = |reason: String| OpenError::Folder { folder: options.folder.clone(), reason };
        std::fs::create_dir_all(&options.folder).map_err(|error| refused(error.to_string()))?;
        files::make_private(&options.file()).map_err(|error| refused(error.to_string()))?;
        let mut connection = connect(&options.file(), options.most_pages.as_deref())
            .map_err(|error| refused(error.to_string()))?;
        migrations::run(&mut connection, &options.folder)?;
        let epoch = meta::epoch(&connection, &*options.ids, options.clock.now())
            .map_err(|error| refused(error.to_string()))?;
        let order = Order::read(&connection).map_err(|error| refused(error.to_string()))?;
        let order = Arc::new(order);
        let log =
            Log::start(options.file(), options.log_bytes).map_err(|error| refused(error.to_string()))?;
        let place = Place { file: options.file(), most_pages: options.most_pages.clone() };
        let writer = Writer::start(connection, place, Arc::clone(&log)).map_err(refused)?;
        Ok(Self {
            writer,
            readers: Readers::new(options.file(), log, options.longest_read),
            clock: Arc::clone(&options.clock),
            ids: Arc::new(OrderedIds::new(Arc::clone(&options.ids), Arc::clone(&order))),
            order,
            epoch,
        })
    }

    /// What [`SqliteStore::open`] would migrate in this folder.
    pub fn plan(folder: &Path) -> Result<MigrationPlan, OpenError> {
        let file = folder.join(FILE);
        if !file.exists() {
            return Ok(migrations::plan_for_nothing());
        }
        let refused = |error: rusqlite::Error| OpenError::Folder {
            folder: folder.to_path_buf(),
            reason: error.to_string(),
        };
        let connection =
            Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(refused)?;
        Ok(migrations::plan(&connection, folder)?)
    }

    /// Moves what the log holds into the database's own file: after a stop that file alone is all there is. Whoever
    /// reads meanwhile may leave some of it in the log, where it is as safe.
    pub fn settle(folder: &Path) -> Result<(), StoreError> {
        let connection = connect(&folder.join(FILE), None)?;
        connection.busy_timeout(Duration::from_millis(SETTLE_MILLIS))?;
        Ok(log::empty(&connection)?)
    }

    /// Resolves when the writer is no more: the process must end, because nothing can be stored again.
    pub async fn closed(&self) {
        self.writer.closed().await;
    }

    /// Runs one whole operation in the writer, in its own savepoint of a shared transaction. For those that bring little.
    async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.run(0, work, None).await
    }

    /// Runs a read in one transaction on a read-only connection.
    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.readers.run(work).await
    }
}

/// Opens a connection that may write.
fn connect(file: &Path, most_pages: Option<&AtomicU32>) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_millis(BUSY_MILLIS))?;
    enter_wal(&connection)?;
    connection.pragma_update(None, "synchronous", synchronous())?;
    connection.pragma_update(None, "foreign_keys", "OFF")?;
    // Each job has a savepoint. What it would take back is kept in memory and not in a file made for each transaction.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "wal_autocheckpoint", BACKSTOP_PAGES)?;
    if let Some(pages) = most_pages {
        let pages = pages.load(Ordering::Relaxed);
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    keep_statements(&connection)?;
    Ok(connection)
}

/// Keeps prepared statements, and plans that do not depend on the values bound: rusqlite clears the values of a kept
/// statement, and without the guarantee SQLite then plans almost each of them anew, which costs more than running it.
fn keep_statements(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// FULL: no answer precedes the disk. Only a debug build can be told otherwise, so that the test of that promise can show
/// that it would notice.
fn synchronous() -> &'static str {
    let told = std::env::var_os("BECKON_TEST_SYNCHRONOUS");
    if cfg!(debug_assertions) && told.is_some_and(|told| told == "NORMAL") { "NORMAL" } else { "FULL" }
}

/// Of several processes that open a new file at once, all but one are told that it is busy, and SQLite does
/// not wait for the switch to WAL by itself.
fn enter_wal(connection: &Connection) -> rusqlite::Result<()> {
    let pause = Duration::from_millis(WAL_PAUSE_MILLIS);
    for _ in 0..BUSY_MILLIS / WAL_PAUSE_MILLIS {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(rusqlite::Error::SqliteFailure(failure, _)) if failure.code == ErrorCode::DatabaseBusy => {
                std::thread::sleep(pause);
            }
            entered => return entered,
        }
    }
    connection.pragma_update(None, "journal_mode", "WAL")
}

/// Every statement there is, for the test that prepares them all.
#[cfg(test)]
fn statements() -> Vec<&'static str> {
    [
        agents::STATEMENTS,
        apply::STATEMENTS,
        contexts::STATEMENTS,
        conversations::STATEMENTS,
        handles::STATEMENTS,
        inbox::STATEMENTS,
        invites::STATEMENTS,
        keys::STATEMENTS,
        meta::STATEMENTS,
        notes::STATEMENTS,
        order::STATEMENTS,
        queues::STATEMENTS,
        quick_replies::STATEMENTS,
        requests::STATEMENTS,
        snapshot::STATEMENTS,
        tally::STATEMENTS,
        visitors::STATEMENTS,
        widgets::STATEMENTS,
        writer::STATEMENTS,
    ]
    .concat()
}

#[cfg(test)]
mod tests;
