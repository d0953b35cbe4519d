//! Folders that earlier versions have made (`crates/server/tests/kept`, see `docs/testing.md`): each opens, with everything
//! in it, and what was sent before the upgrade is known after it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use beckon_core::command::{Actor, ApiKey, Command, WriteNote};
use beckon_core::event::note_in;
use beckon_core::text::{MessageText, Name, NoteText};
use beckon_core::time::Timestamp;
use flate2::read::GzDecoder;
use reqwest::{Method, RequestBuilder};
use rusqlite::types::Value as Column;
use rusqlite::{Connection, OpenFlags};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::harness::{Server, Socket, answer, message, text};
use crate::process::{beckon, printed, run};

/// What the version that made a folder answered about it.
#[derive(Deserialize)]
struct Recorded {
    made_by: String,
    people: Value,
    answers: Vec<Answer>,
    opened: Vec<Opened>,
    repeated: Vec<Repeated>,
}

#[derive(Deserialize)]
struct Answer {
    who: String,
    path: String,
    body: Box<RawValue>,
}

#[derive(Deserialize)]
struct Opened {
    who: String,
    conversation: String,
    state: Box<RawValue>,
}

#[derive(Deserialize)]
struct Repeated {
    who: String,
    frame: Value,
    answer: Value,
}

/// A page of events, each as it came.
#[derive(Deserialize)]
struct Events {
    events: Vec<Positioned>,
    head: i64,
}

#[derive(Deserialize)]
struct Positioned {
    position: i64,
    event: Box<RawValue>,
}

fn kept() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept");
    let mut kept: Vec<PathBuf> =
        fs::read_dir(folder).expect("kept folders").map(|entry| entry.expect("an entry").path()).collect();
    kept.sort();
    assert!(!kept.is_empty());
    kept
}

fn unpacked(file: &Path) -> GzDecoder<File> {
    GzDecoder::new(File::open(file).expect("a kept file"))
}

/// The database in a folder of its own.
fn unpack(kept: &Path) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = File::create(folder.path().join("beckon.db")).expect("a file");
    std::io::copy(&mut unpacked(&kept.join("beckon.db.gz")), &mut file).expect("a database");
    folder
}

fn recorded(kept: &Path) -> Recorded {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut unpacked(&kept.join("recorded.json.gz")), &mut text).expect("text");
    serde_json::from_str(&text).expect("recorded")
}

fn open(folder: &Path) -> Connection {
    Connection::open_with_flags(folder.join("beckon.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)
        .expect("a database")
}

/// Every event, each column as the first version has it.
fn events(folder: &Path) -> Vec<Vec<Column>> {
    let connection = open(folder);
    let columns =
        "conversation, seq, visitor_seq, id, kind, at, author_kind, author, client_id, context_version, json";
    let sql = format!("SELECT {columns} FROM event ORDER BY conversation, seq");
    let mut statement = connection.prepare(&sql).expect("a statement");
    let read = |row: &rusqlite::Row<'_>| (0..row.as_ref().column_count()).map(|at| row.get(at)).collect();
    statement.query_map([], read).and_then(Iterator::collect).expect("events")
}

/// The moment after everything in it.
fn just_after(folder: &Path) -> Timestamp {
    let newest: i64 = open(folder)
        .query_row("SELECT max(updated_at) FROM conversation", [], |row| row.get(0))
        .expect("a conversation");
    Timestamp(newest).plus_seconds(1)
}

/// What was said still holds: later versions may say more, and times more exactly.
fn holds(was: &Value, is: &Value) -> bool {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            was.iter().all(|(key, was)| is.get(key).is_some_and(|is| holds(was, is)))
        }
        (Value::Array(was), Value::Array(is)) => {
            was.len() == is.len() && was.iter().zip(is).all(|(was, is)| holds(was, is))
        }
        (Value::String(was), Value::String(is)) => was == is || is_same_moment(was, is),
        (was, is) => was == is,
    }
}

/// Whether these are times, and the first is the second to the millisecond.
fn is_same_moment(was: &str, is: &str) -> bool {
    match (was.parse::<Timestamp>(), is.parse::<Timestamp>()) {
        (Ok(was), Ok(is)) => was.0 == is.0.div_euclid(1_000) * 1_000,
        _ => false,
    }
}

fn parsed<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A server on a kept folder, and how the people of that folder ask it.
struct Reopened {
    server: Server,
    recorded: Recorded,
}

impl Reopened {
    async fn start(kept: &Path) -> Self {
        let (folder, recorded) = (unpack(kept), recorded(kept));
        let now = just_after(folder.path());
        Self { server: Server::start_in(folder, now, &[], |_| {}).await, recorded }
    }

    fn person(&self, group: &str, name: &str) -> &Value {
        &self.recorded.people[group][name]
    }

    fn request(&self, who: &str, method: Method, path: &str) -> RequestBuilder {
        let request = self.server.http.request(method, format!("{}{path}", self.server.base));
        match who.split_once(':') {
            Some(("agent", name)) => {
                let cookie = text(&self.person("agents", name)["cookie"]);
                request.header("cookie", cookie).header("origin", &self.server.base)
            }
            Some((_, name)) => request.bearer_auth(text(&self.person("visitors", name)["token"])),
            None => request.header("authorization", format!("App {}", text(&self.recorded.people["key"]))),
        }
    }

    async fn get(&self, who: &str, path: &str) -> String {
        let response = self.request(who, Method::GET, path).send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{who} {path}");
        response.text().await.expect("a body")
    }

    async fn connect(&self, who: &str) -> Socket {
        let mut hello = json!({"type": "hello", "version": 1, "tab": Uuid::new_v4(), "resume": []});
        match who.split_once(':') {
            Some(("visitor", name)) => hello["token"] = self.person("visitors", name)["token"].clone(),
            _ => {
                let ticket = self.request(who, Method::POST, "/console/1/tickets").json(&json!({}));
                hello["ticket"] = answer(ticket).await.1["ticket"].clone();
            }
        }
        let mut socket = self.server.socket().await;
        socket.send(hello).await;
        socket.expect("welcome").await;
        socket
    }

    /// A recorded text with the port of this server in it.
    fn here(&self, text: &str) -> String {
        let port = |address: &str| format!(":{}", address.rsplit(':').next().expect("a port"));
        let was = self.recorded.people["origin"].as_str().expect("an origin");
        text.replace(&port(was), &port(&self.server.base))
    }

    async fn compare(&self) {
        for Answer { who, path, body } in &self.recorded.answers {
            let (was, is) = (self.here(body.get()), self.get(who, path).await);
            if path.contains("/events?") {
                let (was, is): (Events, Events) = (parsed(&was), parsed(&is));
                assert_eq!((was.head, was.events.len()), (is.head, is.events.len()), "{who} {path}");
                for (was, is) in was.events.iter().zip(&is.events) {
                    assert_eq!(
                        (was.position, was.event.get()),
                        (is.position, is.event.get()),
                        "{who} {path}"
                    );
                }
            } else if path.contains("/metadata") && !path.contains("/history") {
                assert_eq!(was, is, "{who} {path}");
            } else {
                assert!(holds(&parsed(&was), &parsed(&is)), "{who} {path}\nwas {was}\nis  {is}");
            }
        }
        for Opened { who, conversation, state } in &self.recorded.opened {
            let (is, _) = self.connect(who).await.sync(conversation, None).await;
            assert!(holds(&parsed(state.get()), &is), "{who} {conversation}\nwas {state}\nis  {is}");
        }
    }
}

#[tokio::test]
async fn everything_in_a_kept_folder_is_there() {
    for kept in kept() {
        let before = events(unpack(&kept).path());
        let reopened = Reopened::start(&kept).await;
        assert!(events(reopened.server.folder.path()) == before, "{}", reopened.recorded.made_by);
        reopened.compare().await;
        for agent in reopened.recorded.people["agents"].as_object().expect("agents").values() {
            let signed_in = reopened.server.sign_in(&text(&agent["email"]), &text(&agent["password"])).await;
            assert!(signed_in.is_ok(), "{agent}");
        }
    }
}

#[tokio::test]
async fn what_was_sent_before_an_upgrade_is_known_after_it() {
    for kept in kept() {
        let reopened = Reopened::start(&kept).await;
        let folder = reopened.server.folder.path();
        let before = events(folder);
        for Repeated { who, frame, answer } in &reopened.recorded.repeated {
            // Each in its own second: limits are per second.
            reopened.server.clock.advance(1);
            let again = reopened.connect(who).await.write(frame.clone()).await;
            assert_eq!((&answer["duplicate"], &again["duplicate"]), (&json!(true), &json!(true)), "{frame}");
            assert!(holds(answer, &again), "{frame}\nwas {answer}\nis  {again}");
        }
        assert!(events(folder) == before);
        program_writes_again(&reopened).await;
        assert!(events(folder) == before);

        // And the chat goes on.
        let Repeated { answer, .. } = &reopened.recorded.repeated[0];
        let mut tab = reopened.connect("visitor:vera").await;
        let next = tab.write(message(&text(&answer["conversation"]), "Still here?")).await;
        assert_eq!((&next["type"], &next["duplicate"]), (&json!("accepted"), &json!(false)));
        assert_eq!(events(folder).len(), before.len() + 1);
    }
}

/// A program's writes had names that only the server knew. They are found again: those in an agent's name under the agent.
async fn program_writes_again(reopened: &Reopened) {
    let sql = "SELECT conversation, kind, author_kind, author, client_id, json FROM event \
        WHERE kind IN ('message', 'note') AND client_id IS NOT NULL AND author_kind IN ('agent', 'api')";
    let connection = open(reopened.server.folder.path());
    let mut statement = connection.prepare(sql).expect("a statement");
    let read = |row: &rusqlite::Row<'_>| {
        let id = |at| row.get::<_, [u8; 16]>(at).map(Uuid::from_bytes);
        Ok((
            id(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
            id(3)?,
            id(4)?,
            row.get::<_, String>(5)?,
        ))
    };
    let rows: Vec<_> = statement.query_map([], read).and_then(Iterator::collect).expect("rows");
    let key: [u8; 16] = connection
        .query_row("SELECT id FROM api_key WHERE name = 'Shop'", [], |row| row.get(0))
        .expect("a key");
    let key = ApiKey { id: Uuid::from_bytes(key).into(), name: Name::new("Shop").expect("a name") };
    let mut found = [0, 0];
    for (conversation, kind, author_kind, author, client_id, json) in rows {
        let (conversation, client_id) = (conversation.into(), client_id.into());
        let as_agent = (author_kind == "agent").then(|| author.into());
        found[usize::from(as_agent.is_some())] += 1;
        let command = if kind == "message" {
            let stored: Value = parsed(&json);
            let text = MessageText::new(text(&stored["message"]["text"])).expect("a text");
            Command::ApiSend { key: key.clone(), as_agent, conversation, client_id, text }
        } else {
            let text = NoteText::new(note_in(&json).expect("a note")).expect("a text");
            Command::Note(WriteNote { by: Actor::Api(key.clone()), as_agent, conversation, client_id, text })
        };
        let applied = reopened.server.app.store.apply(command).await.expect("known");
        assert!(applied.duplicate, "{json}");
    }
    assert!(found.iter().all(|found| *found >= 2), "{found:?}");
}

#[test]
fn a_kept_folder_is_whole() {
    for kept in kept() {
        let folder = unpack(&kept);
        printed(&run(beckon(folder.path()).arg("migrate")));
        let told = printed(&run(beckon(folder.path()).arg("doctor")));
        assert!(told.contains("whole") || told.contains("well"), "{told}");
    }
}
