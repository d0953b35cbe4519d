//! Requests that came with an `Idempotency-Key`. Each is stored in the savepoint of what came of it, so there is never one
//! without the other.

use beckon_core::decide::Earlier;
use beckon_core::id::ConversationId;
use beckon_core::once::Once;
use rusqlite::Connection;

use super::rows::{bytes, first, id, run};
use crate::{Applied, StoreError};

const EARLIER: &str = "SELECT digest, conversation, seq FROM request WHERE name = ?1";
const KEEP: &str = "INSERT INTO request (name, digest, conversation, seq) VALUES (?1, ?2, ?3, ?4)";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[EARLIER, KEEP];

/// What came of a write: an event, or the start of a conversation.
pub(super) struct Came {
    pub(super) conversation: ConversationId,
    pub(super) seq: Option<i64>,
}

impl Came {
    pub(super) fn event(earlier: &Earlier) -> Self {
        Self { conversation: earlier.conversation, seq: Some(earlier.seq) }
    }
}

/// What came of the same request before; refused if another one has this name.
pub(super) fn earlier(connection: &Connection, once: &Once) -> Result<Option<Came>, StoreError> {
    let found = first(connection, EARLIER, &[&once.name()], |row| {
        Ok((row.get::<_, [u8; 16]>(0)?, Came { conversation: id(row, 1)?, seq: row.get(2)? }))
    })?;
    let Some((digest, came)) = found else { return Ok(None) };
    once.repeats(digest)?;
    Ok(Some(came))
}

/// Keeps what came of a request: the event that has its name, else the conversation that it was about.
pub(super) fn keep(connection: &Connection, once: &Once, applied: &Applied) -> Result<(), StoreError> {
    let Some(first) = applied.conversations.first() else { return Ok(()) };
    let named = first.events.iter().find(|event| event.client_id == Some(once.client_id()));
    let conversation = bytes(first.conversation.id.0);
    run(connection, KEEP, &[&once.name(), &once.digest(), &conversation, &named.map(|event| event.seq)])?;
    Ok(())
}
