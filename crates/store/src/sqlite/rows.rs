//! Rows into values and back.

use std::sync::Arc;

use beckon_core::agent::Agent;
use beckon_core::context::Fact;
use beckon_core::conversation::{Conversation, Cursor, Cursors, Page, Preview, Priority};
use beckon_core::event::{Author, AuthorKind, Kind};
use beckon_core::id::QueueId;
use beckon_core::text::{Email, Name, PageUrl, Summary, TextError, Title, Topic};
use beckon_core::time::Timestamp;
use rusqlite::types::FromSql;
use rusqlite::{Row, ToSql};
use uuid::Uuid;

use crate::{StoreError, StoredEvent};

/// The columns of a conversation, as [`conversation`] reads them.
macro_rules! conversation_columns {
    () => {
        "c.id, c.widget, c.visitor, c.thread, c.status, c.agent, c.queue, c.priority, c.topic, c.summary, \
         c.head, c.visitor_head, c.context_version, c.facts, \
         c.agent_delivered, c.agent_delivered_visitor, c.agent_read, c.agent_read_visitor, \
         c.visitor_delivered, c.visitor_delivered_visitor, c.visitor_read, c.visitor_read_visitor, \
         c.unread_by_agents, c.unread_by_visitor, \
         c.preview_author_kind, c.preview_author, c.preview_author_name, c.preview_text, c.preview_at, \
         c.waiting_since, c.last_visitor_message_at, c.page_url, c.page_title, \
         c.created_at, c.updated_at, c.closed_at, c.messages_from_visitor, c.messages_to_visitor, \
         c.sort_at, c.visitor_sort_at"
    };
}
pub(super) use conversation_columns;

/// How many columns [`conversation_columns`] names: where others begin.
pub(super) const CONVERSATION_COLUMNS: usize = 40;

/// The columns of an event, as [`event`] reads them.
macro_rules! event_columns {
    () => {
        "conversation, seq, visitor_seq, id, kind, at, author_kind, author, client_id, json"
    };
}
pub(super) use event_columns;

/// Something stored that our own rules do not allow.
pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

/// The bytes of an id.
pub(super) fn bytes(id: Uuid) -> [u8; 16] {
    id.into_bytes()
}

pub(super) fn id<T: From<Uuid>>(row: &Row<'_>, at: usize) -> rusqlite::Result<T> {
    Ok(T::from(Uuid::from_bytes(row.get(at)?)))
}

pub(super) fn optional_id<T: From<Uuid>>(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<T>> {
    Ok(row.get::<_, Option<[u8; 16]>>(at)?.map(|bytes| T::from(Uuid::from_bytes(bytes))))
}

pub(super) fn time(row: &Row<'_>, at: usize) -> rusqlite::Result<Timestamp> {
    row.get(at).map(Timestamp)
}

pub(super) fn optional_time(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(at)?.map(Timestamp))
}

/// Reads a text by its rule; `None` where there is none.
pub(super) fn text<T>(
    row: &Row<'_>,
    at: usize,
    parse: impl Fn(String) -> Result<T, TextError>,
) -> Result<Option<T>, StoreError> {
    let stored: Option<String> = row.get(at)?;
    stored.map(parse).transpose().map_err(|error| damaged(&error.to_string()))
}

pub(super) fn name(row: &Row<'_>, at: usize) -> Result<Name, StoreError> {
    optional_name(row, at)?.ok_or_else(|| damaged("a name is missing"))
}

pub(super) fn optional_name(row: &Row<'_>, at: usize) -> Result<Option<Name>, StoreError> {
    text(row, at, Name::new)
}

/// Reads a value of an enum by its stored text.
pub(super) fn word<T>(row: &Row<'_>, at: usize, parse: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
    let stored = row.get_ref(at)?.as_str().map_err(|error| damaged(&error.to_string()))?;
    parse(stored).ok_or_else(|| damaged(&format!("unknown word {stored}")))
}

fn cursor(row: &Row<'_>, at: usize) -> rusqlite::Result<Cursor> {
    Ok(Cursor { seq: row.get(at)?, visitor_seq: row.get(at + 1)? })
}

fn preview(row: &Row<'_>) -> Result<Option<Preview>, StoreError> {
    let Some(at) = optional_time(row, 28)? else { return Ok(None) };
    let author = Author {
        kind: word(row, 24, AuthorKind::from_stored)?,
        id: optional_id(row, 25)?,
        name: row.get(26)?,
    };
    Ok(Some(Preview { author, text: row.get(27)?, at }))
}

fn facts(row: &Row<'_>) -> Result<Vec<Fact>, StoreError> {
    let stored = row.get_ref(13)?.as_str().map_err(|error| damaged(&error.to_string()))?;
    if stored == "[]" {
        return Ok(Vec::new());
    }
    let pairs: Vec<(String, String)> =
        serde_json::from_str(stored).map_err(|error| damaged(&error.to_string()))?;
    Ok(pairs.into_iter().map(|(key, text)| Fact { key, text }).collect())
}

/// Facts as stored: JSON pairs.
pub(super) fn stored_facts(facts: &[Fact]) -> String {
    let pairs: Vec<(&str, &str)> = facts.iter().map(|fact| (fact.key.as_str(), fact.text.as_str())).collect();
    serde_json::to_string(&pairs).expect("texts are always JSON")
}

/// Reads a conversation from the columns of [`conversation_columns`], which come first.
pub(super) fn conversation(row: &Row<'_>) -> Result<Conversation, StoreError> {
    let page = match (text(row, 31, PageUrl::new)?, text(row, 32, Title::new)?) {
        (Some(url), Some(title)) => Some(Page { url, title }),
        _ => None,
    };
    let mut conversation = Conversation {
        id: id(row, 0)?,
        widget: id(row, 1)?,
        visitor: id(row, 2)?,
        thread: id(row, 3)?,
        status: word(row, 4, |word| word.parse().ok())?,
        agent: optional_id(row, 5)?,
        queue: optional_id(row, 6)?,
        priority: word(row, 7, |word| word.parse::<Priority>().ok())?,
        topic: text(row, 8, Topic::new)?,
        summary: text(row, 9, Summary::new)?,
        head: row.get(10)?,
        visitor_head: row.get(11)?,
        context_version: row.get(12)?,
        facts: facts(row)?,
        cursors: Cursors {
            agent_delivered: cursor(row, 14)?,
            agent_read: cursor(row, 16)?,
            visitor_delivered: cursor(row, 18)?,
            visitor_read: cursor(row, 20)?,
        },
        messages_from_visitor: row.get(36)?,
        messages_to_visitor: row.get(37)?,
        unread_by_agents: row.get(22)?,
        unread_by_visitor: row.get(23)?,
        preview: preview(row)?,
        waiting_since: optional_time(row, 29)?,
        last_visitor_message_at: optional_time(row, 30)?,
        page,
        created_at: time(row, 33)?,
        updated_at: time(row, 34)?,
        closed_at: optional_time(row, 35)?,
        sort_at: time(row, 38)?,
        visitor_sort_at: time(row, 39)?,
    };
    // Rows that were there before this place was kept have none; by their times they are below all that have one.
    conversation.visitor_sort_at = conversation.visitor_sort_at.max(conversation.visitor_updated_at());
    Ok(conversation)
}

/// Reads an event from the columns of [`event_columns`], which come first.
pub(super) fn event(row: &Row<'_>) -> Result<StoredEvent, StoreError> {
    Ok(StoredEvent {
        conversation: id(row, 0)?,
        seq: row.get(1)?,
        visitor_seq: row.get(2)?,
        id: id(row, 3)?,
        kind: word(row, 4, Kind::from_stored)?,
        at: time(row, 5)?,
        author_kind: word(row, 6, AuthorKind::from_stored)?,
        author_id: optional_id(row, 7)?,
        client_id: optional_id(row, 8)?,
        json: Arc::from(row.get_ref(9)?.as_str().map_err(|error| damaged(&error.to_string()))?),
    })
}

/// Reads an agent: id, name, email, role, disabled, created_at. The queues are added by the caller.
pub(super) fn agent(row: &Row<'_>, queues: Vec<QueueId>) -> Result<Agent, StoreError> {
    let email = text(row, 2, |stored| Email::new(&stored))?;
    Ok(Agent {
        id: id(row, 0)?,
        name: name(row, 1)?,
        email: email.ok_or_else(|| damaged("an e-mail is missing"))?,
        role: word(row, 3, |word| word.parse().ok())?,
        disabled: row.get(4)?,
        queues,
        created_at: time(row, 5)?,
    })
}

/// Reads all rows of a statement.
pub(super) fn all<T>(
    connection: &rusqlite::Connection,
    sql: &str,
    params: &[&dyn ToSql],
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// Reads the first row of a statement, if there is one.
pub(super) fn first<T>(
    connection: &rusqlite::Connection,
    sql: &str,
    params: &[&dyn ToSql],
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    rows.next()?.map(read).transpose()
}

/// Reads one value.
pub(super) fn value<T: FromSql>(
    connection: &rusqlite::Connection,
    sql: &str,
    params: &[&dyn ToSql],
) -> Result<T, StoreError> {
    Ok(connection.prepare_cached(sql)?.query_row(params, |row| row.get(0))?)
}

/// Runs a statement that returns nothing; how many rows it changed.
pub(super) fn run(
    connection: &rusqlite::Connection,
    sql: &str,
    params: &[&dyn ToSql],
) -> Result<usize, StoreError> {
    Ok(connection.prepare_cached(sql)?.execute(params)?)
}

/// A count as SQLite takes it.
pub(super) fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
