//! What stands in the database, and whether it is right by itself: I2, I3 and the first half of I11.

use std::collections::{BTreeMap, HashMap, HashSet};

use beckon_core::context::{Change, fold};
use rusqlite::{Connection, Row};
use serde::Deserialize;

use super::Report;
use crate::Outcome;

/// An event of the database.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) seq: i64,
    pub(super) visitor_seq: Option<i64>,
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) author: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) json: String,
}

#[derive(Debug, Default)]
pub(super) struct Conversation {
    pub(super) id: String,
    pub(super) visitor: String,
    pub(super) thread: String,
    pub(super) head: i64,
    pub(super) visitor_head: i64,
    pub(super) context: String,
    pub(super) context_version: i64,
    /// Delivered and read, as the visitor counts.
    pub(super) read_by_agents: (i64, i64),
    /// Delivered and read, as agents count.
    pub(super) read_by_visitor: (i64, i64),
    pub(super) events: Vec<Stored>,
}

/// The words of a message or note.
pub(super) fn text_of(event: &Stored) -> Option<String> {
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

fn hex_id(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(optional_id(row, column)?.unwrap_or_default())
}

fn optional_id(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<String>> {
    let bytes: Option<Vec<u8>> = row.get(column)?;
    Ok(bytes.and_then(|bytes| uuid::Uuid::from_slice(&bytes).ok()).map(|id| id.to_string()))
}

pub(super) fn epoch(connection: &Connection) -> Outcome<String> {
    let bytes: Vec<u8> =
        connection.query_row("SELECT value FROM meta WHERE name = 'epoch'", [], |row| row.get(0))?;
    Ok(match uuid::Uuid::from_slice(&bytes) {
        Ok(id) => id.to_string(),
        Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
    })
}

pub(super) fn agents(connection: &Connection) -> Outcome<HashMap<String, String>> {
    let mut statement = connection.prepare("SELECT email, id FROM agent")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, hex_id(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn conversations(connection: &Connection) -> Outcome<BTreeMap<String, Conversation>> {
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
pub(super) fn numbers(conversations: &BTreeMap<String, Conversation>, report: &mut Report) {
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
pub(super) fn once(
    conversations: &BTreeMap<String, Conversation>,
    authors: &HashSet<&str>,
    report: &mut Report,
) {
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
pub(super) fn journals(conversations: &BTreeMap<String, Conversation>, report: &mut Report) {
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
