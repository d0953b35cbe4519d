//! Rows that need no load: the binary, a start from nothing, a start after `kill -9`, memory at rest.

use std::fs;
use std::path::Path;
use std::time::Duration;

use beckon_store::sqlite::FILE;

use super::contenders::{Stage, agent_headers, copy, start_beckon};
use super::http::Http;
use super::process::Server;
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
/// What is in the log when the server is killed, in bytes: it is begun anew soon after.
const LOGGED: f64 = 20e6;
/// More writes than that takes.
const MOST_WRITES: usize = 2_000;

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

/// Likewise with a million conversations, after the server before it was killed with much in its log.
pub fn cold_million(stage: &Stage, length: Length) -> Row {
    let measure = format!(
        "cold start, 1,000,000 conversations, after kill -9 with {} MB written since the start",
        number(LOGGED / 1e6)
    );
    alone(&stage.work, &measure, "≤ 300 ms", || {
        let source = lists::million(stage)?;
        let folder = stage.work.join("killed");
        fs::create_dir_all(&folder)?;
        copy(&source, &folder)?;
        let mut times = Vec::new();
        for _ in 0..=tries(length) {
            let server = start_beckon(&stage.beckon, &folder, &stage.work.join("log"))?;
            times.push(server.started_in.as_secs_f64() * 1000.0);
            write_much(&server, &folder)?;
            server.kill()?;
        }
        fs::remove_dir_all(folder)?;
        // The first one had been stopped in good order before.
        times.remove(0);
        Ok(verdict(times, MILLION_MILLIS))
    })
}

/// Writes contexts until the log's file has the size.
fn write_much(server: &Server, folder: &Path) -> Result<(), Failure> {
    let mut http = Http::connect(server.address)?;
    let headers = agent_headers(server);
    let listed = http.ask("GET", "/ccaas/1/inbox?view=all&limit=50", &headers, "")?;
    let listed: serde_json::Value = serde_json::from_slice(&listed.body)?;
    let rows = listed["rows"].as_array().ok_or("no rows")?;
    let ids: Vec<&str> = rows.iter().filter_map(|row| row["conversation"].as_str()).collect();
    let log = folder.join(format!("{FILE}-wal"));
    let mut written = 0.0;
    for (turn, id) in ids.iter().cycle().enumerate().take(MOST_WRITES) {
        if written >= LOGGED && fs::metadata(&log)?.len() as f64 >= LOGGED {
            return Ok(());
        }
        let letter = char::from(b'a' + u8::try_from(turn % 26)?);
        let members: Vec<String> =
            (0..7).map(|key| format!(r#""{key}":"{}""#, letter.to_string().repeat(8_000))).collect();
        let body = format!("{{{}}}", members.join(","));
        let answer = http.ask("PUT", &format!("/ccaas/1/conversations/{id}/metadata"), &headers, &body)?;
        if answer.status != 200 {
            return Err(format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body)).into());
        }
        // The context and its entry in the journal.
        written += 2.0 * body.len() as f64;
    }
    Err("the log does not grow".into())
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
