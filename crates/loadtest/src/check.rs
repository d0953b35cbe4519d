//! What was promised, asserted from the clients' files and the database's: the invariants I1 to I8, I10 and I11 of the
//! protocol. (I9 is about webhooks.)
//!
//! Nothing of the server or the store is used, except the pure rule by which a context's journal is folded: the clients
//! of the product fold with the same rule, written a second time in TypeScript.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::{self, Display, Formatter};
use std::path::Path;

use beckon_core::context::{Change, fold};
use rusqlite::{Connection, OpenFlags, Row};
use serde::Deserialize;

use crate::client::INTERNAL;
use crate::log::{self, Kind, Line, Queued};
use crate::{Failure, Outcome, visitor};

/// Violations that are printed.
const SHOWN: usize = 12;

/// One broken promise.
#[derive(Clone, Debug)]
pub struct Violation {
    /// `I1` to `I11`.
    pub invariant: &'static str,
    /// The conversation, as far as it is known.
    pub conversation: String,
    /// The event, write or client.
    pub event: String,
    /// What is wrong.
    pub what: String,
}

/// What was checked, and what was broken.
#[derive(Debug, Default)]
pub struct Report {
    /// Broken promises.
    pub violations: Vec<Violation>,
    /// Clients' files read.
    pub clients: usize,
    /// Conversations in the database.
    pub conversations: usize,
    /// Events in the database.
    pub events: usize,
    /// Writes that were acknowledged.
    pub acked: usize,
    /// Acknowledged writes that are not in the database.
    pub lost: usize,
    /// Writes that are there twice.
    pub doubled: usize,
    /// Events that clients applied.
    pub seen: usize,
    /// Bytes of visitors that were searched.
    pub bytes: u64,
}

impl Display for Report {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { acked, lost, doubled, seen, .. } = self;
        write!(formatter, "{acked} acked, {lost} lost, {doubled} doubled, {seen} events seen in order")
    }
}

impl Report {
    /// The report, or what was broken.
    pub fn whole(self) -> Outcome<Self> {
        if self.violations.is_empty() {
            return Ok(self);
        }
        let mut text = format!("{} promises broken:", self.violations.len());
        for Violation { invariant, conversation, event, what } in self.violations.iter().take(SHOWN) {
            text.push_str(&format!("\n  {invariant}: conversation {conversation}, {event}: {what}"));
        }
        Err(Failure::new(text))
    }

    fn broken(&mut self, invariant: &'static str, conversation: &str, event: &str, what: impl Into<String>) {
        let (conversation, event) = (conversation.to_owned(), event.to_owned());
        self.violations.push(Violation { invariant, conversation, event, what: what.into() });
    }
}

/// An event of the database.
#[derive(Debug)]
struct Stored {
    seq: i64,
    visitor_seq: Option<i64>,
    id: String,
    kind: String,
    author: Option<String>,
    client_id: Option<String>,
    json: String,
}

#[derive(Debug, Default)]
struct Conversation {
    id: String,
    visitor: String,
    thread: String,
    head: i64,
    visitor_head: i64,
    context: String,
    context_version: i64,
    /// Delivered and read, as the visitor counts.
    read_by_agents: (i64, i64),
    /// Delivered and read, as agents count.
    read_by_visitor: (i64, i64),
    events: Vec<Stored>,
}

/// What one client's file says.
struct Story {
    name: String,
    is_visitor: bool,
    id: String,
    lines: Vec<Line>,
}

/// Checks everything there is. All clients had settled when they were stopped, so their logs must be whole.
pub fn check(folder: &Path, database: &Path) -> Outcome<Report> {
    let mut report = Report::default();
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let conversations = conversations(&connection)?;
    let epoch = epoch(&connection)?;
    let agents = agents(&connection)?;
    report.conversations = conversations.len();
    report.events = conversations.values().map(|conversation| conversation.events.len()).sum();
    numbers(&conversations, &mut report);
    journals(&conversations, &mut report);
    let mut stories = stories(folder)?;
    report.clients = stories.len();
    for story in &mut stories {
        if let Some(id) = agents.get(&story.id) {
            story.id.clone_from(id);
        }
    }
    let authors: HashSet<&str> = stories.iter().map(|story| story.id.as_str()).collect();
    once(&conversations, &authors, &mut report);
    let mut told: HashSet<String> = HashSet::new();
    for story in &stories {
        writes(story, &conversations, &epoch, &mut told, &mut report);
        seen(story, &conversations, &epoch, &mut report);
        cursors(story, &conversations, &epoch, &mut report);
        if story.is_visitor {
            bytes(folder, story, &mut report)?;
        }
    }
    // Nothing came from nowhere: every write of one of these authors is in its file.
    for conversation in conversations.values() {
        for event in &conversation.events {
            let ours = event.author.as_deref().is_some_and(|author| authors.contains(author));
            if let (true, Some(client_id)) = (ours, &event.client_id)
                && !told.contains(client_id)
            {
                report.broken("I10", &conversation.id, &event.id, "its author never wrote it");
            }
        }
    }
    Ok(report)
}

fn hex_id(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(optional_id(row, column)?.unwrap_or_default())
}

fn optional_id(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<String>> {
    let bytes: Option<Vec<u8>> = row.get(column)?;
    Ok(bytes.and_then(|bytes| uuid::Uuid::from_slice(&bytes).ok()).map(|id| id.to_string()))
}

fn epoch(connection: &Connection) -> Outcome<String> {
    let bytes: Vec<u8> =
        connection.query_row("SELECT value FROM meta WHERE name = 'epoch'", [], |row| row.get(0))?;
    Ok(match uuid::Uuid::from_slice(&bytes) {
        Ok(id) => id.to_string(),
        Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
    })
}

fn agents(connection: &Connection) -> Outcome<HashMap<String, String>> {
    let mut statement = connection.prepare("SELECT email, id FROM agent")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, hex_id(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn conversations(connection: &Connection) -> Outcome<BTreeMap<String, Conversation>> {
    let mut found = BTreeMap::new();
    let sql = "SELECT c.id, c.visitor, c.thread, c.head, c.visitor_head, x.text, x.version,
            c.agent_delivered_visitor, c.agent_read_visitor, c.visitor_delivered, c.visitor_read
        FROM conversation c LEFT JOIN context x ON x.conversation = c.id";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(Conversation {
            id: hex_id(row, 0)?,
            visitor: hex_id(row, 1)?,
            thread: hex_id(row, 2)?,
            head: row.get(3)?,
            visitor_head: row.get(4)?,
            context: row.get::<_, Option<String>>(5)?.unwrap_or_else(|| "{}".to_owned()),
            context_version: row.get::<_, Option<i64>>(6)?.unwrap_or_default(),
            read_by_agents: (row.get(7)?, row.get(8)?),
            read_by_visitor: (row.get(9)?, row.get(10)?),
            events: Vec::new(),
        })
    })?;
    for conversation in rows {
        let conversation = conversation?;
        found.insert(conversation.id.clone(), conversation);
    }
    let sql = "SELECT conversation, seq, visitor_seq, id, kind, author, client_id, json FROM event
        ORDER BY conversation, seq";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let event = Stored {
            seq: row.get(1)?,
            visitor_seq: row.get(2)?,
            id: hex_id(row, 3)?,
            kind: row.get(4)?,
            author: optional_id(row, 5)?,
            client_id: optional_id(row, 6)?,
            json: row.get(7)?,
        };
        let id = hex_id(row, 0)?;
        found.entry(id).or_default().events.push(event);
    }
    Ok(found)
}

/// I3: 1 to n, without gaps, as the heads say.
fn numbers(conversations: &BTreeMap<String, Conversation>, report: &mut Report) {
    for conversation in conversations.values() {
        let (mut seq, mut visitor_seq) = (0, 0);
        for event in &conversation.events {
            seq += 1;
            if event.seq != seq {
                report.broken(
                    "I3",
                    &conversation.id,
                    &event.id,
                    format!("seq {} where {seq} is next", event.seq),
                );
            }
            if let Some(given) = event.visitor_seq {
                visitor_seq += 1;
                if given != visitor_seq {
                    let what = format!("visitor_seq {given} where {visitor_seq} is next");
                    report.broken("I3", &conversation.id, &event.id, what);
                }
            }
        }
        let heads = (conversation.head, conversation.visitor_head);
        if heads != (seq, visitor_seq) {
            let what = format!("heads {heads:?} over {seq} and {visitor_seq} events");
            report.broken("I3", &conversation.id, "heads", what);
        }
    }
}

/// I2: one row for each write, one conversation for each thread.
fn once(conversations: &BTreeMap<String, Conversation>, authors: &HashSet<&str>, report: &mut Report) {
    let mut threads = HashSet::new();
    for conversation in conversations.values() {
        if !threads.insert((&conversation.visitor, &conversation.thread)) {
            report.broken(
                "I2",
                &conversation.id,
                &conversation.thread,
                "a second conversation of this thread",
            );
        }
        let mut writes = HashSet::new();
        for event in &conversation.events {
            let Some(client_id) = &event.client_id else { continue };
            if !writes.insert((&event.author, client_id)) {
                report.doubled += 1;
                report.broken("I2", &conversation.id, &event.id, format!("client_id {client_id} twice"));
            }
        }
    }
    // Doubled under another name: the bodies count their author's writes, so none is there twice.
    let mut bodies = HashSet::new();
    for conversation in conversations.values() {
        for event in &conversation.events {
            let (Some(author), Some(text)) = (&event.author, text_of(event)) else { continue };
            if authors.contains(author.as_str()) && !bodies.insert((author, text)) {
                report.doubled += 1;
                report.broken("I2", &conversation.id, &event.id, "the same message a second time");
            }
        }
    }
}

#[derive(Deserialize)]
struct Metadata {
    version: i64,
    changes: Vec<Change>,
}

/// I11, first half: the fold of the journal is the context.
fn journals(conversations: &BTreeMap<String, Conversation>, report: &mut Report) {
    for conversation in conversations.values() {
        let mut changes = Vec::new();
        let mut version = 0;
        for event in conversation.events.iter().filter(|event| event.kind == "metadata") {
            version += 1;
            match serde_json::from_str::<Metadata>(&event.json) {
                Ok(told) if told.version == version => changes.extend(told.changes),
                Ok(told) => {
                    let what = format!("version {} where {version} is next", told.version);
                    report.broken("I11", &conversation.id, &event.id, what);
                }
                Err(error) => report.broken("I11", &conversation.id, &event.id, error.to_string()),
            }
        }
        let folded = fold(&changes).to_text();
        if folded != conversation.context || version != conversation.context_version {
            let what = format!("the journal folds to {folded}, stored is {}", conversation.context);
            report.broken("I11", &conversation.id, "context", what);
        }
    }
}

fn stories(folder: &Path) -> Outcome<Vec<Story>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let lines = log::read(&path)?;
        let Some(Line::Is { visitor, id, .. }) = lines.first() else {
            return Err(Failure::new(format!("{} does not say whose it is", path.display())));
        };
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        found.push(Story { name, is_visitor: *visitor, id: id.clone(), lines });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

struct Answer<'a> {
    conversation: Option<&'a str>,
    position: Option<i64>,
    event_id: Option<&'a str>,
    epoch: &'a str,
    version: Option<i64>,
}

fn text_of(event: &Stored) -> Option<String> {
    #[derive(Deserialize)]
    struct Told {
        message: Option<Text>,
        note: Option<Text>,
    }
    #[derive(Deserialize)]
    struct Text {
        text: String,
    }
    let told: Told = serde_json::from_str(&event.json).ok()?;
    told.message.or(told.note).map(|text| text.text)
}

/// I1: acked, so stored as it was sent, where the answer says. I4: in its author's order. I7: what was not acked is
/// stored once or has failed visibly. I11, second half: the newest acked value of each key stands in the context.
fn writes<'a>(
    story: &Story,
    conversations: &'a BTreeMap<String, Conversation>,
    epoch: &str,
    told: &mut HashSet<String>,
    report: &mut Report,
) {
    let mut queued: Vec<&Queued> = Vec::new();
    let mut answers: HashMap<&str, Answer<'_>> = HashMap::new();
    let mut failed: HashSet<&str> = HashSet::new();
    for line in &story.lines {
        match line {
            Line::Queued(write) => queued.push(write),
            Line::Acked { client_id, conversation, position, event_id, version, epoch, .. } => {
                let answer = Answer {
                    conversation: conversation.as_deref(),
                    position: *position,
                    event_id: event_id.as_deref(),
                    epoch,
                    version: *version,
                };
                answers.insert(client_id, answer);
            }
            Line::Failed { client_id, .. } => drop(failed.insert(client_id)),
            _ => {}
        }
    }
    let mut own: HashMap<&str, (&'a Conversation, &'a Stored)> = HashMap::new();
    for conversation in conversations.values() {
        for event in &conversation.events {
            if let (Some(author), Some(client_id)) = (&event.author, &event.client_id)
                && *author == story.id
            {
                own.insert(client_id, (conversation, event));
            }
        }
    }
    let mut last: HashMap<&str, (i64, u64)> = HashMap::new();
    let mut keys: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for write in queued {
        told.insert(write.client_id.clone());
        let place = format!("{} write {} ({})", story.name, write.n, write.client_id);
        let stored = own.get(write.client_id.as_str());
        let answer = answers.get(write.client_id.as_str());
        if answer.is_some() {
            report.acked += 1;
        }
        if write.kind == Kind::Context {
            if let Some(Answer {
                conversation: Some(conversation), version: Some(version), epoch: then, ..
            }) = answer
                && *then == epoch
            {
                keys.insert((conversation, visitor::context_key(write.n)), write.n);
                let has =
                    conversations.get(*conversation).is_some_and(|known| known.context_version >= *version);
                if !has {
                    report.lost += 1;
                    report.broken(
                        "I11",
                        conversation,
                        &place,
                        format!("acked as version {version}, not stored"),
                    );
                }
            } else if answer.is_none() && !failed.contains(write.client_id.as_str()) {
                report.broken("I7", &write.lane, &place, "neither acked nor failed");
            }
            continue;
        }
        match (answer, stored) {
            (Some(answer), Some((conversation, event))) => {
                let side = if story.is_visitor { event.visitor_seq } else { Some(event.seq) };
                let as_answered = answer.event_id == Some(event.id.as_str())
                    && answer.conversation == Some(conversation.id.as_str())
                    && answer.position == side;
                // Positions and ids of before a restore are those of another life.
                if answer.epoch == epoch && !as_answered {
                    report.broken("I1", &conversation.id, &place, "stored otherwise than the answer says");
                }
                if text_of(event).as_deref() != Some(write.body.as_str()) {
                    report.broken("I1", &conversation.id, &place, "stored with another body");
                }
            }
            (Some(answer), None) if !failed.contains(write.client_id.as_str()) => {
                report.lost += 1;
                report.broken("I1", answer.conversation.unwrap_or_default(), &place, "acked and not stored");
            }
            (None, _) if !failed.contains(write.client_id.as_str()) => {
                report.broken("I7", &write.lane, &place, "neither acked nor failed");
            }
            (None, Some((conversation, _))) if failed.contains(write.client_id.as_str()) => {
                report.broken("I7", &conversation.id, &place, "failed visibly, and stored");
            }
            _ => {}
        }
        if let Some((conversation, event)) = stored {
            // Messages and notes of one author share a lane, so they share the order.
            let before = last.insert(&conversation.id, (event.seq, write.n));
            if let Some((seq, n)) = before.filter(|(seq, _)| *seq > event.seq) {
                let what = format!("stored at {} before write {n} at {seq}", event.seq);
                report.broken("I4", &conversation.id, &place, what);
            }
        }
    }
    for ((conversation, key), n) in keys {
        let context = conversations.get(conversation).map_or("", |known| known.context.as_str());
        let newest = serde_json::from_str::<serde_json::Value>(context).ok();
        let newest = newest.and_then(|context| context[&key]["n"].as_u64());
        // A later write of the key that was not acked, or was acked in another epoch, may stand there as well.
        let later = |stands: u64| stands > n && stands % visitor::KEYS == n % visitor::KEYS;
        if !newest.is_some_and(|stands| stands == n || later(stands)) {
            report.lost += 1;
            let what = format!("acked as {n}, the context has {newest:?}");
            report.broken("I11", conversation, &format!("{} {key}", story.name), what);
        }
    }
}

/// I5 and I10: what a client applied is what is stored, place by place, without a hole, and all of it after quiet.
fn seen(story: &Story, conversations: &BTreeMap<String, Conversation>, epoch: &str, report: &mut Report) {
    let mut views: BTreeMap<&str, (i64, &str)> = BTreeMap::new();
    let mut index: HashMap<&str, HashMap<i64, &Stored>> = HashMap::new();
    for (id, conversation) in conversations {
        let place = |event: &Stored| if story.is_visitor { event.visitor_seq } else { Some(event.seq) };
        let wanted = !story.is_visitor || conversation.visitor == story.id;
        if wanted {
            let events = conversation.events.iter();
            index.insert(id, events.filter_map(|event| Some((place(event)?, event))).collect());
        }
    }
    for line in &story.lines {
        match line {
            Line::Reset { conversation, epoch, first } => {
                views.insert(conversation, (first - 1, epoch));
            }
            Line::Saw { conversation, position, event_id } => {
                report.seen += 1;
                let Some((last, view_epoch)) = views.get_mut(conversation.as_str()) else {
                    report.broken(
                        "I5",
                        conversation,
                        event_id,
                        format!("{} saw it from nowhere", story.name),
                    );
                    continue;
                };
                if *position != *last + 1 {
                    let what = format!("{} applied {position} after {last}", story.name);
                    report.broken("I5", conversation, event_id, what);
                }
                *last = *position;
                if *view_epoch != epoch {
                    continue;
                }
                let stored = index.get(conversation.as_str()).and_then(|events| events.get(position));
                match stored {
                    Some(stored) if stored.id == *event_id => {}
                    Some(stored) => {
                        let what = format!("{} saw it at {position}, where {} is", story.name, stored.id);
                        report.broken("I5", conversation, event_id, what);
                    }
                    None => {
                        let what =
                            format!("{} was given it at {position}, where nothing is stored", story.name);
                        report.broken("I10", conversation, event_id, what);
                    }
                }
            }
            _ => {}
        }
    }
    for (conversation, (last, view_epoch)) in &views {
        let Some(known) = conversations.get(*conversation) else { continue };
        let head = if story.is_visitor { known.visitor_head } else { known.head };
        if *view_epoch != epoch || *last != head {
            let what = format!("{} has everything to {last} in {view_epoch}, the head is {head}", story.name);
            report.broken("I5", conversation, "head", what);
        }
    }
    if story.is_visitor {
        let own = conversations.values().filter(|conversation| conversation.visitor == story.id);
        let unseen: BTreeSet<&str> =
            own.map(|conversation| conversation.id.as_str()).filter(|id| !views.contains_key(id)).collect();
        for conversation in unseen {
            report.broken("I5", conversation, "head", format!("{} never saw it", story.name));
        }
    }
}

/// I8: cursors only move forward, within an epoch. A `state` never says less than was known. A `cursor` frame may come
/// late, after one that was newer, and a client drops it then; but what it says was so once, and cursors that only moved
/// forward are never ahead in one number and behind in the other.
fn cursors(
    story: &Story,
    conversations: &BTreeMap<String, Conversation>,
    stored_epoch: &str,
    report: &mut Report,
) {
    let mut newest: HashMap<(&str, &str), (i64, i64)> = HashMap::new();
    for line in &story.lines {
        let Line::Cursor { state, conversation, epoch, delivered, read } = line else { continue };
        let now = (*delivered, *read);
        let known = newest.entry((conversation, epoch)).or_default();
        let behind = now.0 < known.0 || now.1 < known.1;
        let ahead = now.0 > known.0 || now.1 > known.1;
        if behind && (*state || ahead) {
            let frame = if *state { "state" } else { "cursor frame" };
            let what = format!("{}: a {frame} of {now:?} (delivered, read) after {known:?}", story.name);
            report.broken("I8", conversation, "cursor", what);
        }
        *known = (known.0.max(now.0), known.1.max(now.1));
        let Some(stored) = conversations.get(conversation).filter(|_| epoch == stored_epoch) else {
            continue;
        };
        let most = if story.is_visitor { stored.read_by_agents } else { stored.read_by_visitor };
        if now.0 > most.0 || now.1 > most.1 {
            let what = format!("{} was told of {now:?} (delivered, read), stored is {most:?}", story.name);
            report.broken("I8", conversation, "cursor", what);
        }
    }
}

/// What no visitor may be sent: positions of our side, internal events, and the words in them.
const FORBIDDEN: [&str; 12] = [
    "\"seq\"",
    "\"kind\":\"note\"",
    "\"kind\":\"metadata\"",
    "\"kind\":\"assigned\"",
    "\"kind\":\"edited\"",
    "\"kind\":\"moved\"",
    "\"context\"",
    "\"type\":\"row\"",
    "\"type\":\"viewers\"",
    "\"email\"",
    "12345678901234567890",
    INTERNAL,
];

/// I6: searched in the bytes as they came.
fn bytes(folder: &Path, story: &Story, report: &mut Report) -> Outcome<()> {
    let raw = std::fs::read_to_string(log::raw_file(folder, &story.name))?;
    report.bytes += raw.len() as u64;
    for forbidden in FORBIDDEN {
        if let Some(line) = raw.lines().find(|line| line.contains(forbidden)) {
            let shown: String = line.chars().take(200).collect();
            report.broken("I6", "?", &story.name, format!("{forbidden} in {shown}"));
        }
    }
    Ok(())
}
