//! `beckon doctor`: looks, changes nothing, and says what to do.

use std::path::Path;

use beckon_core::time::{Clock, Timestamp};
use beckon_store::SystemClock;
use beckon_store::sqlite::{DataLock, FILE, Inspection, LOG_BYTES, SqliteStore};
use clap::Args;
use serde::Serialize;

use crate::admin::{print, print_json};
use crate::backup::size;
use crate::cli::Failure;
use crate::config::{DataFolder, is_loopback, origin_of, parse_public_url};
use crate::program::program;

/// Less free disk than this is a failure: the write-ahead log alone may take as much.
const LEAST_FREE_BYTES: u64 = 128 << 20;
/// Less than this, beside the room for one copy of the database, is worth a warning.
const LITTLE_FREE_BYTES: u64 = 1 << 30;
/// What is stored may be ahead of the clock by so many seconds: clocks are corrected now and then.
const CLOCK_SECONDS: i64 = 60;
/// 2026-01-01: before Beckon was written, so no clock that is right shows less.
const EARLIEST: Timestamp = Timestamp(1_767_225_600_000_000);

/// What `beckon doctor` can be told.
#[derive(Args, Clone, Debug)]
pub struct DoctorSettings {
    /// Where data is kept.
    #[command(flatten)]
    data: DataFolder,
    /// Address at which browsers reach the server, to be looked at, too
    #[arg(long, env = "BECKON_PUBLIC_URL", value_name = "URL", value_parser = parse_public_url)]
    public_url: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warning,
    Failed,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    /// What was seen, and what to do about it.
    text: String,
}

fn ok(check: &'static str, text: impl Into<String>) -> Finding {
    Finding { check, verdict: Verdict::Ok, text: text.into() }
}

fn warning(check: &'static str, text: impl Into<String>) -> Finding {
    Finding { check, verdict: Verdict::Warning, text: text.into() }
}

fn failed(check: &'static str, text: impl Into<String>) -> Finding {
    Finding { check, verdict: Verdict::Failed, text: text.into() }
}

/// Looks at everything and prints it. Fails when something needs to be done; a warning is no failure.
pub fn run(settings: &DoctorSettings) -> Result<(), Failure> {
    let findings = examine(&settings.data.path, settings.public_url.as_deref(), SystemClock.now());
    if settings.json {
        print_json(&findings)?;
    } else {
        for Finding { check, verdict, text } in &findings {
            let verdict = match verdict {
                Verdict::Ok => "ok",
                Verdict::Warning => "warning",
                Verdict::Failed => "FAILED",
            };
            print(&format!("{verdict:<8} {check:<11} {text}"));
        }
    }
    let failed: Vec<_> = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Failed)
        .map(|finding| finding.check)
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("not well: {}. What to do stands in the lines above", failed.join(", "))))
}

fn examine(folder: &Path, public_url: Option<&str>, now: Timestamp) -> Vec<Finding> {
    if !folder.join(FILE).exists() {
        let text = format!("no data in {}. Name the folder: --data FOLDER", folder.display());
        return vec![failed("folder", text)];
    }
    let serving = DataLock::is_taken(folder);
    let mut findings = vec![rights(folder), server(serving)];
    match Inspection::open(folder) {
        Ok(inspection) => {
            let tables = tables(folder);
            let known = tables.verdict != Verdict::Failed;
            findings.push(tables);
            findings.push(integrity(&inspection, serving));
            findings.push(log(&inspection, serving));
            findings.push(disk(folder, inspection.bytes));
            if known {
                findings.push(clock(&inspection, now));
                findings.extend(addresses(&inspection, public_url));
            }
        }
        Err(error) => {
            findings.push(failed("database", format!("cannot be opened: {error}. {}", bring_back())))
        }
    }
    findings
}

fn bring_back() -> String {
    format!("Stop beckon and bring a copy back: {} restore FILE", program())
}

/// Whether the folder can be written to, and who else can read it.
fn rights(folder: &Path) -> Finding {
    let file = folder.join(FILE);
    let trial = folder.join(format!(".doctor-{}", std::process::id()));
    let written = std::fs::write(&trial, b"").and_then(|()| std::fs::remove_file(&trial));
    if let Err(error) = written {
        let text = format!(
            "{} cannot be written to: {error}. Give it to the user that beckon runs as",
            folder.display()
        );
        return failed("rights", text);
    }
    if let Err(error) = std::fs::File::options().read(true).write(true).open(&file) {
        let text = format!(
            "{} cannot be written to: {error}. Give it to the user that beckon runs as",
            file.display()
        );
        return failed("rights", text);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let others = |path: &Path, bits: u32| {
            std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & bits != 0)
        };
        if others(folder, 0o001) && others(&file, 0o004) {
            let text = format!(
                "every user of this machine can read {}. Take it from them: chmod -R o= {}",
                file.display(),
                folder.display()
            );
            return warning("rights", text);
        }
    }
    ok("rights", format!("{} can be written to", folder.display()))
}

fn server(serving: bool) -> Finding {
    ok("server", if serving { "is running" } else { "is not running" })
}

/// Whether the tables are those of this version.
fn tables(folder: &Path) -> Finding {
    match SqliteStore::plan(folder) {
        Ok(plan) if plan.pending.is_empty() => ok("tables", "are those of this version"),
        Ok(plan) => warning(
            "tables",
            format!("the next start changes them: {}. Make a copy first", plan.pending.join(", ")),
        ),
        Err(error) => failed("tables", error.to_string()),
    }
}

fn integrity(inspection: &Inspection, serving: bool) -> Finding {
    match inspection.findings(serving) {
        Ok(found) => match found.first() {
            None => ok("database", format!("is whole, {}", size(inspection.bytes))),
            Some(first) => {
                failed("database", format!("is damaged: {}. {}", first.replace('\n', " "), bring_back()))
            }
        },
        Err(error) => failed("database", format!("cannot be read: {error}. {}", bring_back())),
    }
}

fn log(inspection: &Inspection, serving: bool) -> Finding {
    let text = size(inspection.log_bytes);
    if inspection.log_bytes > LOG_BYTES {
        let text = if serving {
            format!("{text}. Something reads for long, a copy or a tool; it shrinks when that has ended")
        } else {
            format!("{text}, left by a stop that was none. The next start takes it in")
        };
        return warning("log", text);
    }
    ok("log", text)
}

/// Free room on the data folder's disk.
fn disk(folder: &Path, database: u64) -> Finding {
    match free_bytes(folder) {
        None => ok("disk", "free room is not known on this system"),
        Some(free) if free < LEAST_FREE_BYTES => {
            failed("disk", format!("{} free. Messages are refused when it is full: make room", size(free)))
        }
        Some(free) if free < database.saturating_add(LITTLE_FREE_BYTES) => warning(
            "disk",
            format!("{} free, a copy of the database takes {}. Make room", size(free), size(database)),
        ),
        Some(free) => ok("disk", format!("{} free", size(free))),
    }
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}

fn clock(inspection: &Inspection, now: Timestamp) -> Finding {
    if now < EARLIEST {
        return failed("clock", format!("says {now}. Set it, and keep it right with NTP"));
    }
    match inspection.newest_write() {
        Ok(Some(newest)) if newest > now.plus_seconds(CLOCK_SECONDS) => failed(
            "clock",
            format!("says {now}, but a message is from {newest}. Set it, and keep it right with NTP"),
        ),
        Ok(_) => ok("clock", format!("says {now}")),
        Err(error) => failed("clock", format!("what is stored cannot be read: {error}. {}", bring_back())),
    }
}

/// The public address, and the sites that may embed the widgets.
fn addresses(inspection: &Inspection, public_url: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.push(match public_url {
        None => ok("public URL", "not given here. Give it to have it looked at: --public-url URL"),
        Some(url) if url.starts_with("http://") && !is_loopback(url) => warning(
            "public URL",
            format!("{url} is not encrypted: passwords and messages can be read on the way. Use https"),
        ),
        Some(url) => ok("public URL", url),
    });
    let sites = match inspection.sites() {
        Ok(sites) => sites,
        Err(error) => {
            findings.push(failed("sites", format!("cannot be read: {error}. {}", bring_back())));
            return findings;
        }
    };
    let shared = public_url.and_then(origin_of).and_then(|own| {
        let shares =
            |origins: &[String]| origins.iter().any(|origin| origin_of(origin).as_ref() == Some(&own));
        sites.iter().find(|(_, origins)| shares(origins)).map(|(name, _)| (name.clone(), own.clone()))
    });
    let open: Vec<_> =
        sites.iter().filter(|(_, origins)| origins.is_empty()).map(|(name, _)| name.as_str()).collect();
    findings.push(if let Some((widget, own)) = shared {
        let text = format!(
            "widget \"{widget}\" is on {own}, which is Beckon's own origin: the site's scripts can read every chat and the \
             console. Give Beckon an origin of its own, as https://chat.shop.example"
        );
        warning("sites", text)
    } else if open.is_empty() {
        ok("sites", "each widget names the sites that may embed it")
    } else {
        ok("sites", format!("any site may embed {}", open.join(", ")))
    });
    findings
}
