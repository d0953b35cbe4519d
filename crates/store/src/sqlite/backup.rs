//! Copies of the database: taken while it is in use, and brought back.
//!
//! A copy is another life of the database. It leaves the epoch behind, so whoever opens it gets a new one, and clients
//! that know more than the copy does notice it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use beckon_core::time::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use thiserror::Error;

use super::files::{COMPANIONS, Partial, sync_folder_of, with_suffix};
use super::inspection::{quick_findings, read_only};
use super::lock::LOCK_FILE;
use super::migrations::{self, MigrationError};
use super::{DataLock, FILE, LockError};

const ANY_TABLE: &str = "SELECT COUNT(*) FROM sqlite_schema";
const FORGET_EPOCH: &str = "DELETE FROM meta WHERE name = 'epoch'";
/// All pages in one step: the copy is of one moment, and a busy writer cannot make it begin anew.
const ALL_PAGES: i32 = -1;
/// How long a database that is to be replaced may be busy.
const BUSY: Duration = Duration::from_secs(2);

/// Why there is no copy. Nothing was changed.
#[derive(Debug, Error)]
pub enum CopyError {
    /// Nothing to copy.
    #[error("no database at {0}")]
    Missing(PathBuf),
    /// A file that is not ours.
    #[error("{0} is no database of beckon")]
    Foreign(PathBuf),
    /// The target exists.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// The target is a file of a data folder.
    #[error("{0} belongs to the data folder itself")]
    Own(PathBuf),
    /// The tables are of a newer version.
    #[error("{0} was made by a newer beckon")]
    Newer(PathBuf),
    /// The tables are of a version before 0.1.0 that has none of ours.
    #[error("{0} was made by another pre-release of beckon")]
    Changed(PathBuf),
    /// What was copied is not whole.
    #[error("{file} is damaged: {finding}")]
    Damaged {
        /// The file.
        file: PathBuf,
        /// The first thing that was found.
        finding: String,
    },
    /// A server serves the folder, or another program holds the database.
    #[error("the data folder {0} is in use")]
    InUse(PathBuf),
    /// What is to be copied cannot be read.
    #[error("cannot read {file}: {reason}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system or SQLite says.
        reason: String,
    },
    /// The copy cannot be written.
    #[error("cannot write {file}: {reason}")]
    Refused {
        /// The file.
        file: PathBuf,
        /// What the system or SQLite says.
        reason: String,
    },
}

impl CopyError {
    fn refused(file: &Path) -> impl Fn(&dyn std::fmt::Display) -> Self + use<> {
        let file = file.to_path_buf();
        move |reason| Self::Refused { file: file.clone(), reason: reason.to_string() }
    }
}

/// What came of a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Where the database that was there is kept now.
    pub kept: Option<PathBuf>,
}

/// Copies the database of a data folder into a file, also while a server writes: everything acknowledged before this
/// began is in it. The server does not wait; only its log grows while the copy is read. The target appears whole,
/// checked and on disk, or not at all. Answers its size in bytes.
pub fn back_up(folder: &Path, target: &Path, overwrite: bool) -> Result<u64, CopyError> {
    let file = folder.join(FILE);
    if !file.exists() {
        return Err(CopyError::Missing(file));
    }
    if is_own(folder, target) {
        return Err(CopyError::Own(target.to_path_buf()));
    }
    if !overwrite && target.exists() {
        return Err(CopyError::Exists(target.to_path_buf()));
    }
    let refused = CopyError::refused(target);
    copy(&file, target)?.finish(target, overwrite).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => CopyError::Exists(target.to_path_buf()),
        _ => refused(&error),
    })?;
    Ok(std::fs::metadata(target).map_err(|error| refused(&error))?.len())
}

/// Makes a copy the database of a data folder, which is made if missing. The copy is checked first. A database that is
/// there already is kept beside it under a name with the time. Refuses a folder that a server serves.
pub fn restore(source: &Path, folder: &Path, now: Timestamp) -> Result<Restored, CopyError> {
    if !source.is_file() {
        return Err(CopyError::Missing(source.to_path_buf()));
    }
    let refused = CopyError::refused(&folder.join(FILE));
    let _lock = DataLock::take(folder).map_err(|error| match error {
        LockError::InUse(folder) => CopyError::InUse(folder),
        LockError::Folder { reason, .. } => refused(&reason),
    })?;
    if is_own(folder, source) {
        return Err(CopyError::Own(source.to_path_buf()));
    }
    let file = folder.join(FILE);
    let copy = copy(source, &file)?;
    let kept = set_aside(folder, now)?;
    copy.finish(&file, true).map_err(|error| refused(&error))?;
    Ok(Restored { kept })
}

/// Whether this is a file that a running server works with.
fn is_own(folder: &Path, file: &Path) -> bool {
    let parent = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let same_folder = match (parent.canonicalize(), folder.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    };
    let own = |name: &str| {
        name == LOCK_FILE
            || name == FILE
            || COMPANIONS.iter().any(|suffix| name.strip_suffix(suffix) == Some(FILE))
    };
    same_folder && file.file_name().is_some_and(|name| own(&name.to_string_lossy()))
}

/// A checked copy of a database, one file without companions, not yet in its place.
fn copy(source: &Path, target: &Path) -> Result<Partial, CopyError> {
    let of_source = |error: &rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => Some(CopyError::Foreign(source.to_path_buf())),
        Some(ErrorCode::DatabaseCorrupt) => {
            Some(CopyError::Damaged { file: source.to_path_buf(), finding: error.to_string() })
        }
        _ => None,
    };
    let unreadable = |error: rusqlite::Error| {
        let reason = error.to_string();
        of_source(&error).unwrap_or(CopyError::Unreadable { file: source.to_path_buf(), reason })
    };
    let from = read_only(source).map_err(unreadable)?;
    // The first look shows whether it is a database at all.
    from.query_row(ANY_TABLE, [], |_| Ok(())).map_err(unreadable)?;
    known(&from, source)?;
    let refused = CopyError::refused(target);
    // Both sides may be meant, and the disk that fills is the copy's.
    let foreign = |error: rusqlite::Error| of_source(&error).unwrap_or_else(|| refused(&error));
    let partial = Partial::beside(target).map_err(|error| refused(&error))?;
    let mut to = Connection::open_with_flags(
        partial.path(),
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| refused(&error))?;
    // It is put on disk once, at the end, and thrown away if anything happens before.
    to.pragma_update(None, "synchronous", "OFF").map_err(|error| refused(&error))?;
    let step = Backup::new(&from, &mut to).and_then(|backup| backup.step(ALL_PAGES)).map_err(foreign)?;
    if step != StepResult::Done {
        return Err(refused(&"the database is busy"));
    }
    drop(from);
    // Out of WAL, so that it is one file that can be carried about and read where nothing can be written.
    to.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).map_err(foreign)?;
    let findings = quick_findings(&to).map_err(foreign)?;
    if let Some(finding) = findings.into_iter().next() {
        return Err(CopyError::Damaged { file: source.to_path_buf(), finding });
    }
    to.execute(FORGET_EPOCH, []).map_err(foreign)?;
    to.close().map_err(|(_, error)| refused(&error))?;
    Ok(partial)
}

/// Refuses what this version could not open.
fn known(connection: &Connection, file: &Path) -> Result<(), CopyError> {
    let file = file.to_path_buf();
    match migrations::plan(connection, &file) {
        Ok(plan) if plan.applied.is_empty() => Err(CopyError::Foreign(file)),
        Ok(_) => Ok(()),
        Err(MigrationError::Newer { .. }) => Err(CopyError::Newer(file)),
        Err(MigrationError::Changed { .. }) => Err(CopyError::Changed(file)),
        Err(MigrationError::Failed { reason, .. }) => Err(CopyError::Damaged { file, finding: reason }),
    }
}

/// Gives the present database another name. It also keeps its own name until the copy takes that over, so that there
/// is a database at every moment.
fn set_aside(folder: &Path, now: Timestamp) -> Result<Option<PathBuf>, CopyError> {
    let file = folder.join(FILE);
    if !file.exists() {
        return Ok(None);
    }
    let refused = CopyError::refused(&file);
    // Also shows whether anybody has it open. One that is too damaged for this is kept with its companions.
    let folded = Connection::open(&file).and_then(|connection| {
        connection.busy_timeout(BUSY)?;
        connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))
    });
    if let Err(error) = folded
        && matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
    {
        return Err(CopyError::InUse(folder.to_path_buf()));
    }
    let kept = free_name(folder, now);
    if std::fs::hard_link(&file, &kept).is_err() {
        std::fs::rename(&file, &kept).map_err(|error| refused(&error))?;
    }
    // The copy must never meet the log of another database.
    for suffix in COMPANIONS {
        let companion = with_suffix(&file, suffix);
        if companion.exists() {
            std::fs::rename(&companion, with_suffix(&kept, suffix)).map_err(|error| refused(&error))?;
        }
    }
    sync_folder_of(&file).map_err(|error| refused(&error))?;
    Ok(Some(kept))
}

fn free_name(folder: &Path, now: Timestamp) -> PathBuf {
    // 2026-11-23T09:12:45.090+00:00 as 20261123T091245Z.
    let moment: String = now.to_string().chars().take(19).filter(|c| c.is_ascii_alphanumeric()).collect();
    let name = |n: u32| match n {
        1 => folder.join(format!("beckon-before-restore-{moment}Z.db")),
        n => folder.join(format!("beckon-before-restore-{moment}Z-{n}.db")),
    };
    (1..).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(u32::MAX))
}
