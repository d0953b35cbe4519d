//! The benchmark; `cargo xtask bench` builds everything and starts it.
//!
//! `bench PROGRAMS BASELINES FOLDER [--quick] [--only TEXT]`: the folder of the built programs, the folder of the
//! baselines, and a folder on the disk to be measured.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use beckon_core::time::Clock;
use beckon_loadtest::bench::contenders::Stage;
use beckon_loadtest::bench::postgres::Postgres;
use beckon_loadtest::bench::table::{Row, printed};
use beckon_loadtest::bench::{Failure, Length, lists, machine, messages, sizes, storm};
use beckon_store::SystemClock;

/// Sockets of the driver, and of the servers that inherit the limit.
const OPEN_FILES: u64 = 65_536;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

type Measure = fn(&mut Stage, Length) -> Vec<Row>;

/// Rows by the name that `--only` looks in.
const ROWS: [(&str, Measure); 12] = [
    ("binary", |stage, _| vec![sizes::binary(stage)]),
    ("cold-empty", |stage, length| vec![sizes::cold_empty(stage, length)]),
    ("latency-50", |stage, length| vec![messages::latency(stage, length, 50)]),
    ("latency-4000", |stage, length| vec![messages::latency(stage, length, 4_000)]),
    ("most", |stage, length| vec![messages::most(stage, length)]),
    ("resume", |stage, length| vec![storm::resume(stage, length)]),
    ("memory", |stage, _| vec![storm::memory(stage)]),
    ("context", |stage, length| vec![messages::context(stage, length)]),
    ("callback", |stage, length| vec![messages::callback(stage, length)]),
    ("fan-out", |stage, length| vec![messages::fan_out(stage, length)]),
    ("inbox", |stage, length| lists::inbox(stage, length)),
    ("cold-million", |stage, length| vec![sizes::cold_million(stage, length)]),
];

fn run() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let names: Vec<&str> = ROWS.iter().map(|(name, _)| *name).collect();
    let usage = || {
        format!("usage: bench PROGRAMS BASELINES FOLDER [--quick] [--only ROW]; rows: {}", names.join(", "))
    };
    let (folders, flags) = arguments.split_at_checked(3).ok_or_else(usage)?;
    let (mut length, mut only) = (Length::Full, None);
    let mut flags = flags.iter();
    while let Some(flag) = flags.next() {
        match flag.as_str() {
            "--quick" => length = Length::Quick,
            "--only" => only = Some(flags.next().ok_or_else(usage)?.as_str()),
            _ => return Err(usage().into()),
        }
    }
    let wanted = |name: &str| only.is_none_or(|only| name.contains(only));
    if !names.iter().any(|name| wanted(name)) {
        return Err(usage().into());
    }
    if rlimit::increase_nofile_limit(OPEN_FILES)? < 12_000 {
        return Err("10,000 visitors need 12,000 open files: ulimit -n 65536".into());
    }
    let [programs, baselines, kept] = folders else { return Err(usage().into()) };
    let (programs, kept) = (Path::new(programs), PathBuf::from(kept));
    fs::create_dir_all(&kept)?;
    let work = tempfile::tempdir_in(&kept)?;
    let mut stage = Stage {
        work: work.path().to_owned(),
        kept,
        beckon: programs.join("beckon"),
        limit: programs.join("limit-engine"),
        socket_io: socket_io(Path::new(baselines), work.path()).map_err(|error| error.to_string()),
        templates: HashMap::new(),
    };
    let mut rows = Vec::new();
    for (name, measure) in ROWS {
        if wanted(name) {
            eprintln!("{name}");
            rows.extend(measure(&mut stage, length));
        }
    }
    let date = SystemClock.now();
    let kind = if length == Length::Quick { "quick run (short times, one round)" } else { "full run" };
    println!("{date}, {kind}; {}\n", machine::described(&stage.work));
    print!("{}", printed(&rows));
    Ok(())
}

/// Installs the baseline's modules and starts its database.
fn socket_io(baselines: &Path, work: &Path) -> Result<(PathBuf, Postgres), Failure> {
    let folder = baselines.join("socketio");
    if !folder.join("node_modules").exists() {
        let install = Command::new("npm").arg("ci").current_dir(&folder).output()?;
        if !install.status.success() {
            return Err(format!("npm ci: {}", String::from_utf8_lossy(&install.stderr)).into());
        }
    }
    Ok((folder, Postgres::start(work)?))
}
