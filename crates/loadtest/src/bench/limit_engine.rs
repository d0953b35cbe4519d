//! The limit: the least that can call itself a durable chat. One task per socket, one writer that drains its queue into
//! one transaction (WAL, `synchronous=FULL`), and after the commit the answers and the fan-out. No rules, no
//! permissions, no lists, no context, no duplicates. Frames have the size of Beckon's. It is what Beckon is held against,
//! so whoever finds a way to make it faster should.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "bounds and a clock that tests can set cost time, and the limit has none of either"
)]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use axum::serve::ListenerExt;
use futures_util::SinkExt;
use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uuid::Uuid;

/// The database's file.
const FILE: &str = "limit.db";
/// Jobs in one transaction at most.
const MOST_IN_BATCH: usize = 1_000;
/// The writer never moves the WAL into the file by itself; another thread does, once a second.
const AUTOCHECKPOINT_PAGES: i64 = 65_536;
/// Frames a socket's task takes at once.
const FRAMES: usize = 256;
const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS event (conversation BLOB NOT NULL, seq INTEGER NOT NULL, \
    json TEXT NOT NULL, PRIMARY KEY (conversation, seq)) STRICT, WITHOUT ROWID";
const INSERT: &str = "INSERT INTO event (conversation, seq, json) VALUES (?1, ?2, ?3)";
const HEAD: &str = "SELECT COALESCE(MAX(seq), 0) FROM event WHERE conversation = ?1";
const AFTER: &str = "SELECT seq, json FROM event WHERE conversation = ?1 AND seq > ?2 ORDER BY seq";

type Outbound = UnboundedSender<Utf8Bytes>;

/// A message on its way to the disk.
struct Job {
    sender: Outbound,
    request: u64,
    conversation: Uuid,
    client_id: Uuid,
    text: String,
}

#[derive(Default)]
struct Hub(Mutex<HashMap<Uuid, Vec<(u64, Outbound)>>>);

struct Engine {
    jobs: std::sync::mpsc::Sender<Job>,
    hub: Arc<Hub>,
    file: PathBuf,
    readers: Mutex<Vec<Connection>>,
    next: std::sync::atomic::AtomicU64,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Frame {
    Hello { conversation: Option<Uuid>, position: Option<i64> },
    Subscribe { conversations: Vec<Uuid> },
    Send { request: u64, client_id: Uuid, conversation: Uuid, message: Said },
}

#[derive(Deserialize)]
struct Said {
    text: String,
}

/// Why the engine could not run.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", AUTOCHECKPOINT_PAGES)?;
    keep_plans(&connection)?;
    Ok(connection)
}

/// Without it SQLite would plan kept statements anew, because rusqlite clears their values.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Fills a folder with conversations of some messages each, as the driver expects them.
pub fn fill(
    folder: &Path,
    conversations: &[Uuid],
    texts: impl Fn(usize) -> Vec<String>,
) -> Result<(), Failure> {
    let mut connection = connect(&folder.join(FILE))?;
    connection.execute_batch(SCHEMA)?;
    let all = connection.transaction()?;
    for (number, conversation) in conversations.iter().enumerate() {
        for (seq, text) in (1..).zip(texts(number)) {
            let json = event_json(*conversation, Uuid::now_v7(), &text)?;
            all.prepare_cached(INSERT)?.execute((conversation.as_bytes(), seq, &json))?;
        }
    }
    all.commit()?;
    Ok(())
}

/// Serves until the process ends.
pub async fn serve(folder: &Path, address: SocketAddr) -> Result<(), Failure> {
    let file = folder.join(FILE);
    let connection = connect(&file)?;
    connection.execute_batch(SCHEMA)?;
    let hub = Arc::new(Hub::default());
    let (jobs, queue) = std::sync::mpsc::channel();
    let fan_out = Arc::clone(&hub);
    std::thread::spawn(move || {
        if let Err(error) = write_all(&connection, &queue, &fan_out) {
            eprintln!("the writer ended: {error}");
            std::process::exit(1);
        }
    });
    let checkpoints = connect(&file)?;
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            if let Err(error) = checkpoints.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
                eprintln!("no checkpoint: {error}");
            }
        }
    });
    let engine = Arc::new(Engine { jobs, hub, file, readers: Mutex::default(), next: 0.into() });
    let router = Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/socket", get(open_socket))
        .with_state(engine);
    let listener = TcpListener::bind(address).await?.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            eprintln!("small frames may be late: {error}");
        }
    });
    println!("listening on {address}");
    axum::serve(listener, router).await?;
    Ok(())
}

async fn open_socket(State(engine): State<Arc<Engine>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.read_buffer_size(1024).write_buffer_size(4 * 1024).on_upgrade(|socket| converse(engine, socket))
}

async fn converse(engine: Arc<Engine>, mut socket: WebSocket) {
    let id = engine.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let (outbound, mut inbound) = unbounded_channel();
    let mut followed = Vec::new();
    if let Err(error) = talk(&engine, &mut socket, id, &outbound, &mut inbound, &mut followed).await {
        // A client that is gone is the usual end.
        drop(error);
    }
    let mut topics = engine.hub.0.lock().unwrap_or_else(PoisonError::into_inner);
    for conversation in followed {
        if let Some(followers) = topics.get_mut(&conversation) {
            followers.retain(|(other, _)| *other != id);
        }
    }
}

async fn talk(
    engine: &Engine,
    socket: &mut WebSocket,
    id: u64,
    outbound: &Outbound,
    inbound: &mut UnboundedReceiver<Utf8Bytes>,
    followed: &mut Vec<Uuid>,
) -> Result<(), Failure> {
    let mut frames = Vec::new();
    loop {
        tokio::select! {
            message = socket.recv() => {
                let Some(message) = message else { return Ok(()) };
                let Message::Text(text) = message? else { continue };
                match serde_json::from_str(&text)? {
                    Frame::Send { request, client_id, conversation, message } => {
                        let sender = outbound.clone();
                        engine.jobs.send(Job { sender, request, conversation, client_id, text: message.text })?;
                    }
                    Frame::Subscribe { conversations } => {
                        engine.hub.follow(id, outbound, &conversations);
                        followed.extend(conversations);
                        outbound.send(r#"{"type":"subscribed"}"#.into())?;
                    }
                    Frame::Hello { conversation: Some(conversation), position } => {
                        engine.hub.follow(id, outbound, &[conversation]);
                        followed.push(conversation);
                        for frame in engine.missed(conversation, position.unwrap_or(0))? {
                            outbound.send(frame)?;
                        }
                        outbound.send(r#"{"type":"live"}"#.into())?;
                    }
                    Frame::Hello { conversation: None, .. } => outbound.send(r#"{"type":"welcome"}"#.into())?,
                }
            }
            count = inbound.recv_many(&mut frames, FRAMES) => {
                if count == 0 {
                    return Ok(());
                }
                for frame in frames.drain(..) {
                    socket.feed(Message::Text(frame)).await?;
                }
                socket.flush().await?;
                // An idle socket keeps no room for them.
                frames.shrink_to(0);
            }
        }
    }
}

impl Hub {
    fn follow(&self, id: u64, outbound: &Outbound, conversations: &[Uuid]) {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for conversation in conversations {
            topics.entry(*conversation).or_default().push((id, outbound.clone()));
        }
    }
}

impl Engine {
    fn missed(&self, conversation: Uuid, position: i64) -> Result<Vec<Utf8Bytes>, Failure> {
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let connection = Connection::open_with_flags(&self.file, flags)?;
                keep_plans(&connection)?;
                connection
            }
        };
        let mut frames = Vec::new();
        {
            let mut statement = connection.prepare_cached(AFTER)?;
            let mut rows = statement.query((conversation.as_bytes(), position))?;
            while let Some(row) = rows.next()? {
                frames.push(event_frame(conversation, row.get(0)?, row.get_ref(1)?.as_str()?));
            }
        }
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(frames)
    }
}

fn write_all(
    connection: &Connection,
    queue: &std::sync::mpsc::Receiver<Job>,
    hub: &Hub,
) -> Result<(), Failure> {
    let mut heads: HashMap<Uuid, i64> = HashMap::new();
    let mut done: Vec<(Job, i64, String)> = Vec::with_capacity(MOST_IN_BATCH);
    while let Ok(first) = queue.recv() {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut insert = connection.prepare_cached(INSERT)?;
        let mut next = Some(first);
        while let Some(job) = next {
            let head = match heads.get_mut(&job.conversation) {
                Some(head) => head,
                None => {
                    let key = job.conversation.as_bytes();
                    let stored = connection.prepare_cached(HEAD)?.query_row([key], |row| row.get(0))?;
                    heads.entry(job.conversation).or_insert(stored)
                }
            };
            *head += 1;
            let json = event_json(job.conversation, Uuid::now_v7(), &job.text)?;
            insert.execute((job.conversation.as_bytes(), *head, &json))?;
            done.push((job, *head, json));
            next = if done.len() < MOST_IN_BATCH { queue.try_recv().ok() } else { None };
        }
        drop(insert);
        connection.prepare_cached("COMMIT")?.execute([])?;
        let topics = hub.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (job, position, json) in done.drain(..) {
            let Job { sender, request, conversation, client_id, .. } = job;
            // A socket that is gone needs no frame.
            let _gone = sender.send(accepted(request, conversation, client_id, position));
            if let Some(followers) = topics.get(&conversation) {
                let frame = event_frame(conversation, position, &json);
                for (_, follower) in followers {
                    let _gone = follower.send(frame.clone());
                }
            }
        }
    }
    Ok(())
}

/// As long as Beckon's.
fn accepted(request: u64, conversation: Uuid, event: Uuid, position: i64) -> Utf8Bytes {
    format!(
        r#"{{"type":"accepted","request":{request},"conversation":"{conversation}","thread":"{conversation}","position":{position},"event_id":"{event}","at":"{:.3}+00","duplicate":false}}"#,
        Timestamp::now()
    )
    .into()
}

fn event_frame(conversation: Uuid, position: i64, json: &str) -> Utf8Bytes {
    format!(r#"{{"type":"event","conversation":"{conversation}","position":{position},"event":{json}}}"#)
        .into()
}

/// As long as Beckon's.
fn event_json(author: Uuid, id: Uuid, text: &str) -> serde_json::Result<String> {
    Ok(format!(
        r#"{{"id":"{id}","kind":"message","at":"{:.3}+00","client_id":null,"author":{{"type":"visitor","id":"{author}","name":null}},"message":{{"type":"TEXT","text":{}}}}}"#,
        Timestamp::now(),
        serde_json::to_string(text)?
    ))
}
