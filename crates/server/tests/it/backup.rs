//! Copies of the database: taken under load, brought back, refused.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::Client;
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::harness::{Socket, answer, first_message, message, open_socket, text, until};
use crate::process::{Process, assert_one_line, beckon, connect, key_of, printed, run, token, widget_of};

/// Visitors that write at once, each as fast as its answers come.
const WRITERS: usize = 6;
/// Acknowledged messages before the copy is begun.
const BEFORE: usize = 200;
/// Without the limits of one visitor.
const FAST: [&str; 6] =
    ["--visitor-sends", "1000000", "--visitor-sends-burst", "1000000", "--frames", "1000000"];

async fn hello(base: &str, token: &str, resume: Value) -> (Socket, Value) {
    let mut socket = open_socket(base, None).await;
    socket.send(json!({"type": "hello", "version": 1, "token": token, "resume": resume})).await;
    let welcome = socket.expect("welcome").await;
    (socket, welcome)
}

async fn epoch(base: &str, token: &str) -> String {
    text(&hello(base, token, json!([])).await.1["epoch"])
}

/// The texts of a conversation, oldest first, over the API.
async fn texts(base: &str, key: &str, conversation: &str) -> Vec<String> {
    let mut found = Vec::new();
    for page in 0.. {
        let url = format!("{base}/ccaas/1/conversations/{conversation}/messages?limit=999&page={page}");
        let (status, body) =
            answer(Client::new().get(url).header("authorization", format!("App {key}"))).await;
        assert_eq!(status, 200, "{body}");
        let messages = body["messages"].as_array().expect("messages");
        found.extend(messages.iter().map(|message| text(&message["content"]["text"])));
        if messages.len() < 999 {
            break;
        }
    }
    found
}

fn one_beside(folder: &Path, start: &str) -> PathBuf {
    let names = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let found: Vec<_> = names
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start)))
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_under_load_holds_all_that_was_acknowledged_before() {
    let (folder, place) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let process = Process::start(folder.path(), &FAST);
    let widget = widget_of(folder.path());
    let acknowledged = Arc::new(Mutex::new(Vec::<(String, String)>::new()));
    let enough = Arc::new(AtomicBool::new(false));
    let mut tokens = Vec::new();
    let mut writers = tokio::task::JoinSet::new();
    let mut tabs = Vec::new();
    for _ in 0..WRITERS {
        let token = token(&process.base, &widget).await;
        let mut tab = connect(&process.base, &token).await;
        let first = tab.write(first_message("begin")).await;
        tabs.push((tab, text(&first["conversation"])));
        tokens.push(token);
    }
    for (writer, (mut tab, conversation)) in tabs.into_iter().enumerate() {
        let (acknowledged, enough) = (Arc::clone(&acknowledged), Arc::clone(&enough));
        writers.spawn(async move {
            for n in 0.. {
                let says = format!("{writer}-{n}");
                let accepted = tab.write(message(&conversation, &says)).await;
                assert_eq!(accepted["type"], "accepted", "{accepted}");
                acknowledged.lock().await.push((conversation.clone(), says));
                if enough.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
    }
    let acknowledged_enough = async || {
        let so_far = acknowledged.lock().await.clone();
        let heard = so_far.iter().map(|(conversation, _)| conversation).collect::<HashSet<_>>().len();
        (so_far.len() >= BEFORE && heard == WRITERS).then_some(so_far)
    };
    let before = until("each writer has been answered", acknowledged_enough).await;
    let copy = place.path().join("copy.db");
    let command = {
        let (folder, copy) = (folder.path().to_path_buf(), copy.clone());
        move || run(beckon(&folder).arg("backup").arg(copy))
    };
    let said = tokio::task::spawn_blocking(command).await.expect("runs");
    assert!(printed(&said).starts_with("backed up to "));
    // Each goes on writing, and is still answered.
    enough.store(true, Ordering::SeqCst);
    writers.join_all().await;
    assert!(acknowledged.lock().await.len() > before.len());
    let old_epoch = epoch(&process.base, &tokens[0]).await;
    drop(process);

    let elsewhere = place.path().join("elsewhere");
    let said = printed(&run(beckon(&elsewhere).arg("restore").arg(&copy)));
    assert_eq!(said.lines().count(), 1, "nothing was there to keep: {said}");
    let process = Process::start(&elsewhere, &[]);
    let key = key_of(&elsewhere);
    let mut conversations: Vec<_> = before.iter().map(|(conversation, _)| conversation.clone()).collect();
    conversations.sort_unstable();
    conversations.dedup();
    assert_eq!(conversations.len(), WRITERS);
    for conversation in &conversations {
        let stored = texts(&process.base, &key, conversation).await;
        let of_this = |(of, says): &(String, String)| (of == conversation).then(|| says.clone());
        let mut expected = vec!["begin".to_owned()];
        expected.extend(before.iter().filter_map(of_this));
        assert!(stored.len() >= expected.len());
        assert_eq!(stored[..expected.len()], expected, "all of them, in order, and then what came meanwhile");
    }
    // The same people, another life.
    assert_ne!(epoch(&process.base, &tokens[0]).await, old_epoch);
    let (own, _) = before.iter().find(|(_, says)| says.starts_with("0-")).expect("the first one wrote");
    let resume = json!([{"conversation": own, "epoch": old_epoch, "position": 3}]);
    let state = hello(&process.base, &tokens[0], resume).await.0.expect("state").await;
    assert_eq!(state["mode"], "reset");
}

#[tokio::test]
async fn a_copy_replaces_nothing_unasked_and_never_what_it_copies() {
    let (folder, place) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let copy = place.path().join("copy.db");
    let back_up =
        |file: &Path, flags: &[&str]| run(beckon(folder.path()).arg("backup").arg(file).args(flags));
    assert_one_line(&back_up(&copy, &[]), "--data FOLDER");
    drop(Process::start(folder.path(), &[]));
    std::fs::write(&copy, "something else").expect("written");
    assert_one_line(&back_up(&copy, &[]), "--force");
    assert_eq!(std::fs::read(&copy).expect("read"), b"something else");
    printed(&back_up(&copy, &["--force"]));
    assert!(std::fs::read(&copy).expect("read").starts_with(b"SQLite format 3"));
    for own in ["beckon.db", "beckon.db-wal", "beckon.lock"] {
        assert_one_line(&back_up(&folder.path().join(own), &["--force"]), "elsewhere");
    }
    assert_one_line(&back_up(&place.path().join("no/folder.db"), &[]), "that the folder exists");
    assert_eq!(back_up(&copy, &["--wrong"]).status.code(), Some(2));
    // One file, nothing half made beside it, and not for everybody's eyes.
    one_beside(place.path(), "");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for file in [copy, folder.path().join("beckon.db")] {
            let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{} {mode:o}", file.display());
        }
    }
}

#[tokio::test]
async fn a_restore_keeps_what_was_there_and_refuses_a_running_server() {
    let (folder, place) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let copy = place.path().join("copy.db");
    let mut process = Process::start(folder.path(), &[]);
    let token = token(&process.base, &widget_of(folder.path())).await;
    let mut tab = connect(&process.base, &token).await;
    let conversation = text(&tab.write(first_message("in the copy")).await["conversation"]);
    printed(&run(beckon(folder.path()).arg("backup").arg(&copy)));
    assert_eq!(tab.write(message(&conversation, "after it")).await["type"], "accepted");
    let restore = || run(beckon(folder.path()).arg("restore").arg(&copy));
    assert_one_line(&restore(), "Stop that one");
    let key = key_of(folder.path());
    assert_eq!(texts(&process.base, &key, &conversation).await, ["in the copy", "after it"]);

    // Also after a stop that was none: what stands in the log alone is kept, too.
    process.child.kill().expect("killed");
    process.ended();
    let said = printed(&restore());
    let kept = one_beside(folder.path(), "beckon-before-restore-");
    assert!(said.contains(&kept.display().to_string()), "{said}");
    let process = Process::start(folder.path(), &[]);
    let key = key_of(folder.path());
    assert_eq!(texts(&process.base, &key, &conversation).await, ["in the copy"]);
    drop(process);

    let count = |file: &Path| {
        let database = Connection::open(file).expect("a database");
        let sql = "SELECT COUNT(*) FROM event WHERE kind = 'message'";
        database.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count")
    };
    assert_eq!(count(&kept), 2);
    // What was kept can be brought back in its turn, and the second one has a name of its own.
    printed(&run(beckon(folder.path()).arg("restore").arg(&kept)));
    assert_eq!(count(&folder.path().join("beckon.db")), 2);
    let names = std::fs::read_dir(folder.path()).expect("a folder");
    let kept = names.filter(|entry| {
        let name = entry.as_ref().expect("an entry").file_name();
        name.to_string_lossy().starts_with("beckon-before-restore-")
    });
    assert_eq!(kept.count(), 2);
}

#[tokio::test]
async fn a_bad_copy_is_refused_and_changes_nothing() {
    let (folder, place) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    drop(Process::start(folder.path(), &[]));
    let good = place.path().join("good.db");
    printed(&run(beckon(folder.path()).arg("backup").arg(&good)));
    let database = folder.path().join("beckon.db");
    let before = std::fs::read(&database).expect("read");
    let refused = |file: &Path, remedy: &str| {
        assert_one_line(&run(beckon(folder.path()).arg("restore").arg(file)), remedy);
        assert_eq!(std::fs::read(&database).expect("read"), before);
        let partial = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("an entry").file_name().to_string_lossy().contains("partial")
        };
        assert!(!std::fs::read_dir(folder.path()).expect("a folder").any(partial), "{remedy}");
    };
    refused(&place.path().join("nowhere.db"), "is no file");
    refused(&database, "belongs to the data folder");
    let file = place.path().join("bad.db");
    std::fs::write(&file, "just some text that is long enough to be looked at ".repeat(100))
        .expect("written");
    refused(&file, "is no database of beckon");
    std::fs::write(&file, "").expect("written");
    refused(&file, "is no database of beckon");
    let bytes = std::fs::read(&good).expect("read");
    std::fs::write(&file, &bytes[..bytes.len() / 2]).expect("written");
    refused(&file, "earlier copy");
    let mut torn = bytes.clone();
    let middle = torn.len() / 2;
    torn[middle..].fill(0xa5);
    std::fs::write(&file, &torn).expect("written");
    refused(&file, "earlier copy");
    for (sql, remedy) in [
        ("INSERT INTO migration VALUES (99, 'future', 'x')", "with that one"),
        ("UPDATE migration SET checksum = 'x'", "the one that made it"),
        ("DROP TABLE migration", "is no database of beckon"),
    ] {
        std::fs::write(&file, &bytes).expect("written");
        Connection::open(&file).expect("a database").execute(sql, []).expect("changed");
        refused(&file, remedy);
    }
}
