//! One server for each data folder. Admin commands may work beside it: SQLite orders their writes.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The lock's file in the data folder.
pub(super) const LOCK_FILE: &str = "beckon.lock";

/// Held for as long as a server serves a data folder; the system frees it even after a crash.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

/// Why the folder may not be served.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process serves it.
    #[error("another beckon serves {0}")]
    InUse(PathBuf),
    /// The folder cannot be used.
    #[error("cannot use {folder}: {reason}")]
    Folder {
        /// The data folder.
        folder: PathBuf,
        /// What the system says.
        reason: String,
    },
}

impl DataLock {
    /// Takes the lock of a data folder, which is made if missing; never waits.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let refused = |error: std::io::Error| LockError::Folder {
            folder: folder.to_path_buf(),
            reason: error.to_string(),
        };
        std::fs::create_dir_all(folder).map_err(refused)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(LOCK_FILE))
            .map_err(refused)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::InUse(folder.to_path_buf())),
            Err(TryLockError::Error(error)) => Err(refused(error)),
        }
    }

    /// Whether a server holds the lock of a data folder now. Makes nothing.
    pub fn is_taken(folder: &Path) -> bool {
        let Ok(file) = File::open(folder.join(LOCK_FILE)) else { return false };
        // Let go again when the file is closed, here.
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }
}
