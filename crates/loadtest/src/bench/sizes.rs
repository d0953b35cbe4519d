//! Rows that need no load: the binary, a start from nothing, a start after `kill -9`, memory at rest.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::contenders::{Stage, copy, start_beckon};
use super::table::{Row, alone, median, number};
use super::{Failure, Length, lists};

/// Largest binary and most memory at rest, in bytes.
const MOST_BINARY: f64 = 20e6;
const MOST_IDLE: f64 = 25e6;
/// Longest starts, in milliseconds.
const EMPTY_MILLIS: f64 = 100.0;
const MILLION_MILLIS: f64 = 300.0;
/// Time until a started server is at rest.
const REST: Duration = Duration::from_secs(2);

/// The binary and the memory of a server at rest with an empty folder.
pub fn binary(stage: &Stage) -> Row {
    alone(&stage.work, "binary · idle memory", "≤ 20 MB · ≤ 25 MB", || {
        let size = fs::metadata(&stage.beckon)?.len() as f64;
        let folder = stage.work.join("idle");
        let server = start_beckon(&stage.beckon, &folder, &stage.work.join("log"))?;
        std::thread::sleep(REST);
        let idle = server.memory() as f64;
        server.kill()?;
        fs::remove_dir_all(folder)?;
        let cell = format!("{} MB · {} MB", number(size / 1e6), number(idle / 1e6));
        Ok((cell, Some(size <= MOST_BINARY && idle <= MOST_IDLE)))
    })
}

/// From the start of the process to the first *ready*, on an empty folder.
pub fn cold_empty(stage: &Stage, length: Length) -> Row {
    alone(&stage.work, "cold start, empty folder", "≤ 100 ms", || {
        let folder = stage.work.join("empty");
        let mut times = Vec::new();
        for _ in 0..tries(length) {
            if folder.exists() {
                fs::remove_dir_all(&folder)?;
            }
            times.push(started(&stage.beckon, &folder, &stage.work)?);
        }
        Ok(verdict(times, EMPTY_MILLIS))
    })
}

/// Likewise with a million conversations, after the server before it was killed while it wrote.
pub fn cold_million(stage: &Stage, length: Length) -> Row {
    alone(&stage.work, "cold start, 1,000,000 conversations, after kill -9", "≤ 300 ms", || {
        let source = lists::million(stage)?;
        let folder = stage.work.join("killed");
        fs::create_dir_all(&folder)?;
        copy(&source, &folder)?;
        let mut times = Vec::new();
        for _ in 0..=tries(length) {
            // Its start writes to the WAL, and it dies with the WAL as it is.
            times.push(started(&stage.beckon, &folder, &stage.work)?);
        }
        fs::remove_dir_all(folder)?;
        // The first one had been stopped in good order before.
        times.remove(0);
        Ok(verdict(times, MILLION_MILLIS))
    })
}

fn tries(length: Length) -> usize {
    if length == Length::Quick { 5 } else { 15 }
}

fn started(program: &Path, folder: &Path, work: &Path) -> Result<f64, Failure> {
    let server = start_beckon(program, folder, &work.join("log"))?;
    let millis = server.started_in.as_secs_f64() * 1000.0;
    server.kill()?;
    Ok(millis)
}

fn verdict(times: Vec<f64>, most: f64) -> (String, Option<bool>) {
    let worst = times.iter().copied().fold(0.0, f64::max);
    let middle = median(times);
    (format!("{} ms (worst {} ms)", number(middle), number(worst)), Some(middle <= most))
}
