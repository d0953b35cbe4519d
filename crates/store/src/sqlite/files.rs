//! Files beside the database: made for their owner only, written whole or not at all.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// What SQLite keeps beside a database, by what is added to its name.
pub(super) const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The path with something added to its last name.
pub(super) fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes an empty file that only its owner may read, unless it exists; SQLite gives its companions the same rights.
pub(super) fn make_private(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// A database that is not whole yet, under a name of its own; deleted unless it is finished.
pub(super) struct Partial {
    path: PathBuf,
}

impl Partial {
    /// Beside the file that it will become, because only there it can be renamed in one step.
    pub(super) fn beside(target: &Path) -> io::Result<Self> {
        let path = with_suffix(target, &format!(".partial-{}", std::process::id()));
        let partial = Self { path };
        partial.delete();
        make_private(&partial.path)?;
        Ok(partial)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it on disk, and then in the place of the target. Unless that may be replaced, it must not exist: of two that
    /// finish at once, one finds the other's.
    pub(super) fn finish(self, target: &Path, replace: bool) -> io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        if replace {
            std::fs::rename(&self.path, target)?;
        } else {
            match std::fs::hard_link(&self.path, target) {
                // Not every file system has links.
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !target.exists() => {
                    std::fs::rename(&self.path, target)?;
                }
                linked => linked?,
            }
        }
        sync_folder_of(target)
    }

    fn delete(&self) {
        // What is not there need not be deleted; what cannot be stays as it is.
        let _absent = std::fs::remove_file(&self.path);
        for suffix in COMPANIONS {
            let _absent = std::fs::remove_file(with_suffix(&self.path, suffix));
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        self.delete();
    }
}

/// A new name is only on disk when its folder is.
pub(super) fn sync_folder_of(file: &Path) -> io::Result<()> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _systems_without_it = folder;
    Ok(())
}
