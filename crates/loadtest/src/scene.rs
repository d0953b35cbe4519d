//! The folder of one test: it goes with a test that went well, and stays with what is looked into where it did not.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Failure, Outcome};

/// Lines of a server's log that a failure shows: where only what is printed can be looked at.
const LINES: usize = 20;
/// The end of a log in which they are looked for, in bytes.
const END_OF_LOG: u64 = 16 * 1024;
/// What a server writes there.
pub const LOG: &str = "server.log";

/// A test's folder.
#[derive(Debug)]
pub struct Scene(TempDir);

impl Scene {
    /// A new folder in the system's temporary one; the name is part of its own.
    pub fn new(name: &str) -> Outcome<Self> {
        Ok(Self(tempfile::Builder::new().prefix(&format!("beckon-chaos-{name}-")).tempdir()?))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Ends the test. After a failure the folder stays, and the failure says where, with the last lines of each server.
    pub fn end<T>(self, outcome: Outcome<T>) -> Outcome<T> {
        outcome.map_err(|failure| {
            let kept = self.0.keep();
            let mut text = format!("{failure}\n  the files are in {}", kept.display());
            for log in logs(&kept) {
                let lines = last_lines(&log).unwrap_or_else(|failure| vec![failure.to_string()]);
                text.push_str(&format!(
                    "\n  the end of {}{}",
                    log.display(),
                    if lines.is_empty() { " says nothing" } else { ":" }
                ));
                lines.iter().for_each(|line| text.push_str(&format!("\n    {line}")));
            }
            Failure::new(text)
        })
    }
}

/// The logs of its servers: there, or a folder deeper.
fn logs(folder: &Path) -> Vec<PathBuf> {
    let deeper = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut logs: Vec<PathBuf> = deeper.chain([folder.to_owned()]).map(|folder| folder.join(LOG)).collect();
    logs.retain(|log| log.is_file());
    logs.sort();
    logs
}

fn last_lines(log: &Path) -> Outcome<Vec<String>> {
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(END_OF_LOG)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    Ok(lines[lines.len().saturating_sub(LINES)..].iter().map(|line| (*line).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_leaves_its_folder_and_shows_the_end_of_the_log() {
        let scene = Scene::new("7-test").expect("a folder");
        let lines: String = (1..=30).map(|line| format!("line {line}\n")).collect();
        fs::create_dir(scene.path().join("full")).expect("a folder");
        fs::write(scene.path().join("full").join(LOG), lines).expect("a log");
        let folder = scene.path().to_owned();
        let failure = scene.end::<()>(Err(Failure::new("it hangs"))).expect_err("a failure").to_string();
        assert!(folder.join("full").join(LOG).is_file(), "it stays");
        fs::remove_dir_all(&folder).expect("removed");
        assert!(failure.starts_with("it hangs") && failure.contains("beckon-chaos-7-test-"), "{failure}");
        assert!(failure.contains("line 11\n") && failure.ends_with("line 30"), "{failure}");
        assert!(!failure.contains("line 10\n"), "{failure}");
    }

    #[test]
    fn what_went_well_leaves_nothing() {
        let scene = Scene::new("7-test").expect("a folder");
        let folder = scene.path().to_owned();
        scene.end(Ok(())).expect("well");
        assert!(!folder.exists());
    }
}
