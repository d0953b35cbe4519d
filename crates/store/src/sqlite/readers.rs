//! Read-only connections, a few, shared by all readers.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::inspection::read_only;
use super::keep_statements;
use super::log::{Log, READ_WHEN_CLOSE};
use super::rows::run;
use crate::StoreError;

/// Reads at the same time: SQLite's readers do not wait for each other, but each takes a thread.
const READERS: usize = 8;

/// Steps of SQLite's machine between two looks at the clock: well below a millisecond.
const STEPS: i32 = 20_000;

/// What each reader keeps of the file: enough for the pages of a list. The system keeps the file, too, once for all.
const CACHE_KIBIBYTES: i64 = 1_000;

pub(super) struct Readers {
    file: PathBuf,
    log: Arc<Log>,
    longest: Duration,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(file: PathBuf, log: Arc<Log>, longest: Duration) -> Self {
        Self { file, log, longest, permits: Arc::new(Semaphore::new(READERS)), idle: Arc::default() }
    }

    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let gone = |_| StoreError::Unavailable("the store is closing".to_owned());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(gone)?;
        let idle = Arc::clone(&self.idle);
        let (file, log, longest) = (self.file.clone(), Arc::clone(&self.log), self.longest);
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let _reading = log.reading();
            let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = match kept {
                Some(connection) => connection,
                None => connect(&file)?,
            };
            let began = Instant::now();
            let watched = Arc::clone(&log);
            let too_long = move || {
                let taken = began.elapsed();
                taken > longest || (taken > READ_WHEN_CLOSE && watched.waits_for_reads())
            };
            connection.progress_handler(STEPS, Some(too_long))?;
            let result = at_one_moment(&connection, work);
            connection.progress_handler(0, None::<fn() -> bool>)?;
            if connection.is_autocommit() {
                idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            }
            result
        });
        done.await.map_err(|error| StoreError::Damaged(format!("a read broke off: {error}")))?
    }
}

/// One transaction, so that everything a read sees is of one moment.
fn at_one_moment<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    run(connection, "BEGIN", &[])?;
    let found = work(connection);
    // There is nothing to take back: both end the transaction.
    run(connection, "COMMIT", &[])?;
    found
}

fn connect(file: &std::path::Path) -> Result<Connection, StoreError> {
    let connection = read_only(file)?;
    keep_statements(&connection)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIBIBYTES)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::super::log::Log;
    use super::{Duration, Readers};
    use crate::StoreError;

    #[test]
    fn a_read_that_takes_too_long_is_cut_short_and_the_next_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.db");
        rusqlite::Connection::open(&file)
            .unwrap()
            .execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (7)")
            .unwrap();
        let log = Log::start(file.clone(), 1 << 20).unwrap();
        let readers = Readers::new(file, log, Duration::from_millis(20));
        let query = |sql: &'static str| {
            readers.run(move |connection| Ok(connection.query_row(sql, [], |row| row.get::<_, i64>(0))?))
        };
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
            let endless =
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n";
            let cut = query(endless).await;
            assert!(cut == Err(StoreError::TookTooLong), "{cut:?}");
            for _ in 0..20 {
                assert_eq!(query("SELECT a FROM t").await, Ok(7));
            }
        });
    }
}
