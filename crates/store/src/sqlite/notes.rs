//! Notes: read one by one and by page. They are written as any event is.

use beckon_core::id::{ConversationId, EventId};
use rusqlite::Connection;

use super::rows::{all, bytes, event, event_columns, first, limit, value};
use crate::{NoteList, OrderDirection, StoreError, StoredEvent};

const NOTES: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE conversation = ?1 AND kind = 'note' ORDER BY id LIMIT ?2 OFFSET ?3"
);
const NOTES_NEWEST: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE conversation = ?1 AND kind = 'note' ORDER BY id DESC LIMIT ?2 OFFSET ?3"
);
const COUNT: &str = "SELECT COUNT(*) FROM event WHERE conversation = ?1 AND kind = 'note'";
const NOTE: &str =
    concat!("SELECT ", event_columns!(), " FROM event WHERE conversation = ?1 AND kind = 'note' AND id = ?2");

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[NOTES, NOTES_NEWEST, COUNT, NOTE];

pub(super) fn page(
    connection: &Connection,
    id: ConversationId,
    order: OrderDirection,
    page: usize,
    most: usize,
) -> Result<NoteList, StoreError> {
    let key = bytes(id.0);
    let sql = match order {
        OrderDirection::Ascending => NOTES,
        OrderDirection::Descending => NOTES_NEWEST,
    };
    let (most, skip) = (limit(most), limit(page.saturating_mul(most)));
    let notes = all(connection, sql, &[&key, &most, &skip], event)?;
    Ok(NoteList { notes, total: value(connection, COUNT, &[&key])? })
}

pub(super) fn one(
    connection: &Connection,
    id: ConversationId,
    note: EventId,
) -> Result<StoredEvent, StoreError> {
    first(connection, NOTE, &[&bytes(id.0), &bytes(note.0)], event)?.ok_or(StoreError::NotFound)
}
