//! The console's list at a thousand and at a million conversations, against what SQLite and HTTP cost by themselves.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use hdrhistogram::Histogram;
use rusqlite::Connection;

use super::contenders::{Stage, agent_headers, start_beckon};
use super::driver::{histogram, millis};
use super::fill::{fill, multiply};
use super::http::Http;
use super::process::Server;
use super::table::{Row, alone, number};
use super::{Failure, Length};

/// Conversations that are made one by one; the million are copies of them.
const PATTERN: usize = 1_000;
/// Rows of a page.
const PAGE: usize = 50;
/// A list may cost so many times what index and HTTP cost.
const MOST_RATIO: f64 = 3.0;
/// The index that a list is read from, and the rows it leads to: what no list can do without.
const INDEX_READ: [(&str, &str); 3] = [
    (
        "mine",
        "SELECT * FROM conversation INDEXED BY conversation_inbox_agent \
        WHERE agent = (SELECT id FROM agent) AND status = 'OPEN' ORDER BY sort_at DESC, id DESC LIMIT 50",
    ),
    (
        "unassigned",
        "SELECT * FROM conversation INDEXED BY conversation_inbox_unassigned \
        WHERE queue IS (SELECT queue FROM conversation LIMIT 1) AND agent IS NULL AND status = 'OPEN' ORDER BY sort_at DESC, id DESC LIMIT 50",
    ),
    (
        "all",
        "SELECT * FROM conversation INDEXED BY conversation_inbox \
        WHERE status = 'OPEN' ORDER BY sort_at DESC, id DESC LIMIT 50",
    ),
];

/// A folder with a million conversations. It is made once for each layout of the tables and kept.
pub fn million(stage: &Stage) -> Result<PathBuf, Failure> {
    thousands(stage, 1_000)
}

fn thousands(stage: &Stage, copies: u32) -> Result<PathBuf, Failure> {
    let layout = layout(stage)?;
    let folder = stage.kept.join(format!("conversations-{}-{layout}", PATTERN as u32 * copies));
    if !folder.exists() {
        eprintln!("  filling {} (kept for the next time) …", folder.display());
        let unfinished = folder.with_extension("unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)?;
        }
        fill(&unfinished, PATTERN, false)?;
        multiply(&unfinished, copies)?;
        fs::rename(&unfinished, &folder)?;
    }
    Ok(folder)
}

/// Names the tables: another layout needs another filling.
fn layout(stage: &Stage) -> Result<String, Failure> {
    use sha2::{Digest, Sha256};
    let folder = tempfile::tempdir_in(&stage.work)?;
    drop(beckon_store::sqlite::SqliteStore::open(&beckon_store::sqlite::SqliteOptions::new(folder.path()))?);
    let connection = Connection::open(folder.path().join(beckon_store::sqlite::FILE))?;
    let mut statement = connection.prepare("SELECT COALESCE(sql, '') FROM sqlite_schema ORDER BY name")?;
    let all: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(hex::encode(&Sha256::digest(all.join(";"))[..6]))
}

/// One row for each view, and one for the growth.
pub fn inbox(stage: &Stage, length: Length) -> Vec<Row> {
    let work = stage.work.clone();
    let mut rows = Vec::new();
    let requests = if length == Length::Quick { 1_000 } else { 10_000 };
    for (view, sql) in INDEX_READ {
        let measure = format!("GET /ccaas/1/inbox, {PAGE} of {view} at 1,000,000 conversations, p50 / p99");
        let target = "p99 ≤ 3× (index read + HTTP floor); 1k → 1M ≤ 3×";
        rows.push(alone(&work, &measure, target, || {
            let at = |copies: u32| -> Result<Figures, Failure> {
                let folder = thousands(stage, copies)?;
                let server = start_beckon(&stage.beckon, &folder, &stage.work.join("log"))?;
                let figures = figures(&server, &folder, view, sql, requests);
                server.stop()?;
                figures
            };
            // Small, large, large, small.
            let (small, large, again, after) = (at(1)?, at(1_000)?, at(1_000)?, at(1)?);
            let p99 = |first: &Figures, second: &Figures, which: fn(&Figures) -> f64| {
                f64::midpoint(which(first), which(second))
            };
            let list = p99(&large, &again, |it| it.list.1);
            let floor = p99(&large, &again, |it| it.index.1 + it.http.1);
            let growth = list / p99(&small, &after, |it| it.list.1);
            let middle = p99(&large, &again, |it| it.list.0);
            let middle_floor = p99(&large, &again, |it| it.index.0 + it.http.0);
            let cell = format!(
                "{} / {} ms; floor {} / {} ms; {:.1}× / {:.1}×; growth {growth:.1}×",
                number(middle),
                number(list),
                number(middle_floor),
                number(floor),
                middle / middle_floor,
                list / floor
            );
            Ok((cell, Some(list <= MOST_RATIO * floor && growth <= MOST_RATIO)))
        }));
    }
    rows
}

/// Medians and 99th percentiles in milliseconds.
struct Figures {
    list: (f64, f64),
    index: (f64, f64),
    http: (f64, f64),
}

fn both(histogram: &Histogram<u64>) -> (f64, f64) {
    (millis(histogram, 0.5), millis(histogram, 0.99))
}

fn figures(
    server: &Server,
    folder: &Path,
    view: &str,
    sql: &str,
    requests: usize,
) -> Result<Figures, Failure> {
    let mut http = Http::connect(server.address)?;
    let headers = agent_headers(server);
    let path = format!("/ccaas/1/inbox?view={view}&limit={PAGE}");
    let connection = Connection::open(folder.join(beckon_store::sqlite::FILE))?;
    let (mut list, mut index, mut floor) = (histogram(), histogram(), histogram());
    for turn in 0..requests + requests / 10 {
        let begun = Instant::now();
        let answer = http.ask("GET", &path, &headers, "")?;
        let listed = begun.elapsed();
        if turn == 0 {
            let body: serde_json::Value = serde_json::from_slice(&answer.body)?;
            let rows = body["rows"].as_array().map_or(0, Vec::len);
            let wanted = if view == "mine" { rows.clamp(1, PAGE) } else { PAGE };
            if answer.status != 200 || rows != wanted {
                return Err(format!("wrong: {} with {rows} rows", answer.status).into());
            }
        }
        let begun = Instant::now();
        read(&connection, sql)?;
        let read = begun.elapsed();
        let begun = Instant::now();
        http.ask("GET", "/healthz", "", "")?;
        let answered = begun.elapsed();
        if turn >= requests / 10 {
            for (into, time) in [(&mut list, listed), (&mut index, read), (&mut floor, answered)] {
                into.saturating_record(u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1));
            }
        }
    }
    Ok(Figures { list: both(&list), index: both(&index), http: both(&floor) })
}

/// Reads every column of a page.
fn read(connection: &Connection, sql: &str) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get_ref(column)?);
        }
    }
    Ok(())
}
