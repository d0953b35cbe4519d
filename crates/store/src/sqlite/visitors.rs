//! Visitors and their sessions, and how these end.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::context::Patch;
use beckon_core::decide::NewVisitor;
use beckon_core::id::{SessionId, VisitorId};
use beckon_core::time::Timestamp;
use beckon_core::visitor::{SESSION_SECONDS, SESSION_TOUCH_SECONDS, Session, SessionEnd, Visitor};
use rusqlite::{Connection, Row};

use super::rows::{all, bytes, damaged, first, id, run, time, word};
use super::{SqliteStore, apply, handles, snapshot, widgets};
use crate::{NewSession, SecretHash, StoreError, Visitors};

const INSERT: &str =
    "INSERT INTO session (id, visitor, token, expires_at, standing) VALUES (?1, ?2, ?3, ?4, NULL)";
macro_rules! found {
    ($way:literal) => {
        concat!(
            "SELECT s.id, s.visitor, v.widget, s.expires_at, s.standing FROM ",
            $way,
            " JOIN visitor v ON v.id = s.visitor WHERE "
        )
    };
}
const BY_TOKEN: &str = concat!(found!("session s"), "s.token = ?1");
const BY_FURTHER_TOKEN: &str =
    concat!(found!("session_token t JOIN session s ON s.id = t.session"), "t.token = ?1");
const BY_ID: &str = concat!(found!("session s"), "s.id = ?1");
const TOUCH: &str = "UPDATE session SET expires_at = ?2 WHERE id = ?1 AND expires_at < ?2";
const END_OF: &str = "SELECT why FROM ended_token WHERE token = ?1";
const KEEP_TOKEN: &str = "INSERT OR IGNORE INTO ended_token (token, why, ended_at) \
    SELECT token, ?2, ?3 FROM session WHERE id = ?1";
const KEEP_FURTHER_TOKENS: &str = "INSERT OR IGNORE INTO ended_token (token, why, ended_at) \
    SELECT token, ?2, ?3 FROM session_token WHERE session = ?1";
const DELETE_FURTHER_TOKENS: &str = "DELETE FROM session_token WHERE session = ?1";
const DELETE: &str = "DELETE FROM session WHERE id = ?1";
const OVER: &str = "SELECT id FROM session WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    INSERT,
    BY_TOKEN,
    BY_FURTHER_TOKEN,
    BY_ID,
    TOUCH,
    END_OF,
    KEEP_TOKEN,
    KEEP_FURTHER_TOKENS,
    DELETE_FURTHER_TOKENS,
    DELETE,
    OVER,
];

fn read(row: &Row<'_>) -> Result<Session, StoreError> {
    let standing: Option<String> = row.get(4)?;
    let standing = standing
        .map(|text| Patch::from_stored(&text).map_err(|error| damaged(&error.to_string())))
        .transpose()?;
    Ok(Session {
        id: id(row, 0)?,
        visitor: id(row, 1)?,
        widget: id(row, 2)?,
        expires_at: time(row, 3)?,
        standing,
    })
}

/// The session of one of its tokens, whether or not its time is over.
fn of_token(connection: &Connection, token: &SecretHash) -> Result<Option<Session>, StoreError> {
    match first(connection, BY_TOKEN, &[token], read)? {
        None => first(connection, BY_FURTHER_TOKEN, &[token], read),
        found => Ok(found),
    }
}

/// A session that has not ended.
pub(super) fn alive(
    connection: &Connection,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let found = first(connection, BY_ID, &[&bytes(id.0)], read)?;
    Ok(found.filter(|session| session.expires_at > now))
}

/// How what this secret proved has ended.
pub(super) fn end_of(connection: &Connection, secret: &SecretHash) -> Result<Option<SessionEnd>, StoreError> {
    first(connection, END_OF, &[secret], |row| word(row, 0, SessionEnd::from_stored))
}

/// Ends a session; what proved it is remembered.
pub(super) fn end(
    connection: &Connection,
    id: SessionId,
    why: SessionEnd,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = bytes(id.0);
    for keep in [KEEP_TOKEN, KEEP_FURTHER_TOKENS] {
        run(connection, keep, &[&id, &why.as_str(), &now.0])?;
    }
    handles::end(connection, id, why, now)?;
    for delete in [DELETE_FURTHER_TOKENS, DELETE] {
        run(connection, delete, &[&id])?;
    }
    Ok(())
}

/// Ends at most so many sessions whose time is over; how many.
pub(super) fn end_expired(connection: &Connection, now: Timestamp, most: i64) -> Result<usize, StoreError> {
    let over: Vec<SessionId> = all(connection, OVER, &[&now.0, &most], |row| Ok(id(row, 0)?))?;
    for session in &over {
        end(connection, *session, SessionEnd::Expired, now)?;
    }
    Ok(over.len())
}

#[async_trait]
impl Visitors for SqliteStore {
    async fn create_session(&self, session: NewSession) -> Result<Session, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| {
            let now = clock.now();
            let widget = widgets::by_id(connection, session.widget)?.id;
            let visitor = NewVisitor { id: ids.next(now).into(), person: ids.next(now).into(), widget };
            apply::insert_visitor(connection, &visitor, now)?;
            let made = Session {
                id: ids.next(now).into(),
                visitor: visitor.id,
                widget,
                expires_at: now.plus_seconds(SESSION_SECONDS),
                standing: None,
            };
            run(
                connection,
                INSERT,
                &[&bytes(made.id.0), &bytes(made.visitor.0), &session.token, &made.expires_at.0],
            )?;
            Ok(made)
        })
        .await
    }

    async fn session_by_token(&self, token: SecretHash) -> Result<Option<Session>, StoreError> {
        let now = self.clock.now();
        let found = self.read(move |connection| {
            let Some(session) = of_token(connection, &token)?.filter(|session| session.expires_at > now)
            else {
                return Ok(None);
            };
            let unconfirmed = handles::unconfirmed(connection, &token)?;
            Ok(Some((session, unconfirmed)))
        });
        let Some((session, unconfirmed)) = found.await? else { return Ok(None) };
        let end = now.plus_seconds(SESSION_SECONDS);
        let touched = end.0 - session.expires_at.0 >= SESSION_TOUCH_SECONDS * 1_000_000;
        if !touched && !unconfirmed {
            return Ok(Some(session));
        }
        let id = session.id;
        self.write(move |connection| {
            if unconfirmed {
                handles::confirm(connection, &token, now)?;
            }
            if touched {
                run(connection, TOUCH, &[&bytes(id.0), &end.0])?;
                handles::touch(connection, bytes(id.0), end)?;
            }
            Ok(())
        })
        .await?;
        Ok(Some(Session { expires_at: if touched { end } else { session.expires_at }, ..session }))
    }

    async fn session_end(&self, token: SecretHash) -> Result<Option<SessionEnd>, StoreError> {
        let now = self.clock.now();
        self.read(move |connection| match of_token(connection, &token)? {
            // Its time is over, and it is not deleted yet.
            Some(session) => Ok((session.expires_at <= now).then_some(SessionEnd::Expired)),
            None => end_of(connection, &token),
        })
        .await
    }

    async fn revoke_session(&self, token: SecretHash) -> Result<Option<Session>, StoreError> {
        let clock = Arc::clone(&self.clock);
        self.write(move |connection| {
            let Some(session) = of_token(connection, &token)? else { return Ok(None) };
            end(connection, session.id, SessionEnd::Revoked, clock.now())?;
            Ok(Some(session))
        })
        .await
    }

    async fn visitor(&self, id: VisitorId) -> Result<Visitor, StoreError> {
        self.read(move |connection| {
            let found = snapshot::visitor(connection, id)?;
            found.map(|(visitor, ..)| visitor).ok_or(StoreError::NotFound)
        })
        .await
    }
}
