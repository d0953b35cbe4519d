//! Read-only connections, a few, shared by all readers.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::inspection::read_only;
use super::keep_statements;
use super::rows::run;
use crate::StoreError;

/// Reads at the same time: SQLite's readers do not wait for each other, but each takes a thread.
const READERS: usize = 8;

pub(super) struct Readers {
    file: PathBuf,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, permits: Arc::new(Semaphore::new(READERS)), idle: Arc::default() }
    }

    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let gone = |_| StoreError::Unavailable("the store is closing".to_owned());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(gone)?;
        let idle = Arc::clone(&self.idle);
        let file = self.file.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match kept {
                Some(connection) => connection,
                None => connect(&file)?,
            };
            let result = at_one_moment(&connection, work);
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
    Ok(connection)
}
