//! `beckon doctor`: what it sees, and its exit codes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::process::{Process, beckon, printed, run, widget_of};

fn doctor(folder: &Path, flags: &[&str]) -> Output {
    run(beckon(folder).arg("doctor").args(flags))
}

/// What it says of one check: verdict and text.
fn said(output: &Output, check: &str) -> (String, String) {
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = lines.lines().find(|line| line.get(9..).is_some_and(|rest| rest.starts_with(check)));
    let line = line.unwrap_or_else(|| panic!("{check} is not in\n{lines}"));
    (line[..9].trim().to_owned(), line[9 + check.len()..].trim().to_owned())
}

fn failed(output: &Output, check: &str, remedy: &str) {
    assert_eq!(output.status.code(), Some(1));
    let (verdict, text) = said(output, check);
    assert_eq!(verdict, "FAILED", "{text}");
    assert!(text.contains(remedy), "{text}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.trim_end().lines().count() == 1 && stderr.contains(check), "{stderr}");
}

#[tokio::test]
async fn a_healthy_folder_is_well_with_and_without_a_server() {
    let folder = tempfile::tempdir().expect("a folder");
    failed(&doctor(folder.path(), &[]), "folder", "--data FOLDER");
    assert!(std::fs::read_dir(folder.path()).expect("a folder").next().is_none(), "it makes nothing");

    let process = Process::start(folder.path(), &[]);
    let output = doctor(folder.path(), &[]);
    printed(&output);
    assert_eq!(said(&output, "server").1, "is running");
    drop(process);
    let output = doctor(folder.path(), &[]);
    printed(&output);
    for (check, text) in [
        ("server", "is not running"),
        ("rights", "can be written to"),
        ("tables", "are those of this version"),
        ("database", "is whole"),
        ("log", ""),
        ("clock", "says 20"),
        ("sites", "any site may embed Website, Website, single thread"),
    ] {
        let found = said(&output, check);
        assert!(found.0 == "ok" && found.1.contains(text), "{check}: {found:?}");
    }
    assert!(said(&output, "disk").1.contains("free"));

    let findings: Value = serde_json::from_str(&printed(&doctor(folder.path(), &["--json"]))).expect("JSON");
    let database = findings.as_array().expect("a list").iter().find(|finding| finding["check"] == "database");
    assert_eq!(database.expect("a finding")["verdict"], "ok");
    assert_eq!(doctor(folder.path(), &["--public-url", "chat"]).status.code(), Some(2));
}

#[tokio::test]
async fn addresses_are_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(Process::start(folder.path(), &[]));
    let widget = widget_of(folder.path());
    let allow = ["admin", "widget", "allow-origin", &widget, "https://shop.example"];
    printed(&run(beckon(folder.path()).args(allow)));
    let of = |url: &str, check: &str| {
        let output = doctor(folder.path(), &["--public-url", url]);
        printed(&output);
        said(&output, check)
    };
    assert_eq!(
        of("https://chat.shop.example", "public URL"),
        ("ok".into(), "https://chat.shop.example".into())
    );
    assert_eq!(of("https://chat.shop.example", "sites").0, "ok");
    assert_eq!(of("http://127.0.0.1:8080", "public URL").0, "ok");
    let (verdict, text) = of("http://chat.example", "public URL");
    assert!(verdict == "warning" && text.contains("Use https"), "{text}");
    let (verdict, text) = of("https://Shop.example", "sites");
    assert!(
        verdict == "warning" && text.contains("\"Website\"") && text.contains("an origin of its own"),
        "{text}"
    );
}

#[tokio::test]
async fn damage_a_wrong_clock_other_tables_and_open_doors_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(Process::start(folder.path(), &[]));
    let file = folder.path().join("beckon.db");
    // What was only in the log goes into the file.
    let database = rusqlite::Connection::open(&file).expect("a database");
    database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("done");
    drop(database);
    let whole = std::fs::read(&file).expect("read");
    let with = |sql: &str| {
        std::fs::write(&file, &whole).expect("written");
        rusqlite::Connection::open(&file).expect("a database").execute_batch(sql).expect("changed");
        doctor(folder.path(), &[])
    };
    let future = with("INSERT INTO migration VALUES (99, 'future', 'x')");
    failed(&future, "tables", "made by a newer beckon");

    let row = "INSERT INTO conversation SELECT x'01', id, x'01', x'01', 'OPEN', 1, NULL, NULL, 'NORMAL', NULL, NULL, 0, 0, \
               0, '[]', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0, \
               4102444800000000, NULL, 0 FROM widget LIMIT 1";
    failed(&with(row), "clock", "2100-01-01");

    let mut torn = whole.clone();
    let at = torn.len() / 2;
    torn[at..].fill(0xa5);
    std::fs::write(&file, &torn).expect("written");
    failed(&doctor(folder.path(), &[]), "database", "restore FILE");
    std::fs::write(&file, "no database at all, and long enough to be looked at as one ".repeat(50))
        .expect("written");
    assert_eq!(doctor(folder.path(), &[]).status.code(), Some(1));

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::write(&file, &whole).expect("written");
        let open = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("set");
        };
        open(folder.path(), 0o755);
        open(&file, 0o644);
        let output = doctor(folder.path(), &[]);
        printed(&output);
        let (verdict, text) = said(&output, "rights");
        assert!(verdict == "warning" && text.contains("chmod"), "{text}");
    }
}

/// Starts on the folder and reads the log up to a line with one of these words; the line. Then stops in good order.
fn first_line_of(folder: &Path, words: &[&str]) -> String {
    let mut command = beckon(folder);
    command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("starts");
    let log = BufReader::new(child.stderr.take().expect("a pipe"));
    let line = log.lines().map_while(Result::ok).find(|line| words.iter().any(|word| line.contains(word)));
    let stopped = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(stopped.expect("kill").success() && child.wait().expect("ends").success());
    line.expect("a line")
}

#[tokio::test]
async fn after_an_end_without_a_stop_the_database_is_checked_once() {
    const OUTCOMES: [&str; 3] = ["is whole", "is damaged", "could not be checked"];
    let folder = tempfile::tempdir().expect("a folder");
    drop(Process::start(folder.path(), &[]));
    let line = first_line_of(folder.path(), &OUTCOMES);
    assert!(line.contains("is whole"), "{line}");
    // That one was stopped in good order, so the next has nothing to look for.
    assert_eq!(std::fs::read(folder.path().join("beckon.lock")).expect("a lock"), b"");
}
