//! `beckon backup` and `beckon restore`.

use std::path::Path;

use beckon_core::time::Clock;
use beckon_store::SystemClock;
use beckon_store::sqlite::{self, CopyError};

use crate::admin::print;
use crate::cli::Failure;
use crate::config::DataFolder;
use crate::program::{program, word};

/// Copies the database of a data folder into a file.
pub fn back_up(data: &DataFolder, file: &Path, force: bool) -> Result<(), Failure> {
    let bytes = sqlite::back_up(&data.path, file, force).map_err(|error| {
        Failure::new(match &error {
            CopyError::Missing(_) => {
                format!("no data in {}. Name the folder: --data FOLDER", data.path.display())
            }
            CopyError::Exists(_) => format!("{error}. Take another name, or replace it: --force"),
            CopyError::Damaged { .. } => format!(
                "{error}. No copy was made. Ask {0} doctor, and bring an earlier copy back: {0} restore FILE",
                program()
            ),
            CopyError::Unreadable { .. } => {
                format!("{error}. See that you may read it. Nothing was copied")
            }
            CopyError::Refused { .. } => {
                format!(
                    "{error}. See that the folder exists, that you may write there and that there is room"
                )
            }
            CopyError::Foreign(_) => format!("{error}. Name the folder: --data FOLDER"),
            CopyError::Own(_) => format!("{error}. Take a file elsewhere"),
            CopyError::Newer(_) => format!("{error}. Copy it with that one"),
            CopyError::Changed(_) => format!("{error}. Copy it with the one that made it"),
            CopyError::InUse(_) => format!("{error} by another program. Try again"),
        })
    })?;
    print(&format!("backed up to {}, {}", file.display(), size(bytes)));
    Ok(())
}

/// Makes a copy the database of a data folder.
pub fn restore(data: &DataFolder, file: &Path) -> Result<(), Failure> {
    let restored = sqlite::restore(file, &data.path, SystemClock.now()).map_err(|error| {
        Failure::new(match &error {
            CopyError::Missing(_) => format!("{} is no file. Name one that backup made", file.display()),
            CopyError::Foreign(_) => format!("{error}. Name a file that backup made"),
            CopyError::InUse(_) => format!(
                "{error} by another beckon. Stop that one, or restore into another folder: --data FOLDER"
            ),
            CopyError::Newer(_) => format!("{error}. Restore it with that one"),
            CopyError::Changed(_) => format!("{error}. Restore it with the one that made it"),
            CopyError::Damaged { .. } => format!("{error}. Nothing was changed. Take an earlier copy"),
            CopyError::Own(_) => format!("{error}. Name a file that backup made"),
            CopyError::Unreadable { .. } => {
                format!("{error}. See that you may read it. Nothing was changed")
            }
            CopyError::Refused { .. } => {
                format!("{error}. See that you may write there and that there is room")
            }
            CopyError::Exists(_) => error.to_string(),
        })
    })?;
    print(&format!("restored from {}", file.display()));
    if let Some(kept) = restored.kept {
        print(&format!("the database that was there is now {}; delete it when all is well", word(&kept)));
    }
    Ok(())
}

/// A size for people.
pub(crate) fn size(bytes: u64) -> String {
    const STEP: u64 = 1024;
    let units = [("GiB", STEP * STEP * STEP), ("MiB", STEP * STEP), ("KiB", STEP)];
    match units.into_iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(size(1023), "1023 bytes");
        assert_eq!(size(1024), "1.0 KiB");
        assert_eq!(size(1_677_722), "1.6 MiB");
        assert_eq!(size(64 << 30), "64.0 GiB");
    }
}
