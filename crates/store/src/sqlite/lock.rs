//! One server for each data folder. Admin commands may work beside it: SQLite orders their writes.

use std::fs::{File, TryLockError};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

/// The lock's file in the data folder.
pub(super) const LOCK_FILE: &str = "beckon.lock";
/// Tries to take it, and the pause between two.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(20);

/// Held for as long as a server serves a data folder; the system frees it even after a crash.
#[derive(Debug)]
pub struct DataLock {
    file: File,
    unclean: bool,
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
    /// Takes the lock of a data folder, which is made if missing. Waits a moment at most: somebody may only be looking
    /// whether it is taken.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let refused = |error: std::io::Error| LockError::Folder {
            folder: folder.to_path_buf(),
            reason: error.to_string(),
        };
        std::fs::create_dir_all(folder).map_err(refused)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(folder.join(LOCK_FILE))
            .map_err(refused)?;
        for tries_left in (0..TRIES).rev() {
            match file.try_lock() {
                Ok(()) => {
                    let unclean = file.metadata().map_err(refused)?.len() > 0;
                    return Ok(Self { file, unclean });
                }
                Err(TryLockError::WouldBlock) if tries_left > 0 => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => break,
                Err(TryLockError::Error(error)) => return Err(refused(error)),
            }
        }
        Err(LockError::InUse(folder.to_path_buf()))
    }

    /// Whether whoever served the folder last was ended without a stop: killed, or by the power.
    pub fn was_left_unclean(&self) -> bool {
        self.unclean
    }

    /// From now on an end without a stop is noticed at the next start.
    pub fn begin_serving(&mut self) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(b"serving\n")?;
        self.file.sync_all()
    }

    /// A stop in good order. Not put on disk: at worst the next start looks once too often.
    pub fn end_serving(&self) -> std::io::Result<()> {
        self.file.set_len(0)
    }

    /// Whether a server holds the lock of a data folder now. Makes nothing.
    pub fn is_taken(folder: &Path) -> bool {
        let Ok(file) = File::open(folder.join(LOCK_FILE)) else { return false };
        // Let go again when the file is closed, here.
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }
}
