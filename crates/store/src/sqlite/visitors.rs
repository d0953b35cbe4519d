//! Visitors and their sessions.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::context::Patch;
use beckon_core::decide::NewVisitor;
use beckon_core::id::VisitorId;
use beckon_core::time::Timestamp;
use beckon_core::visitor::{SESSION_SECONDS, SESSION_TOUCH_SECONDS, Session, Visitor};
use rusqlite::{Connection, Row};

use super::rows::{bytes, damaged, first, id, run, time};
use super::{SqliteStore, apply, snapshot, widgets};
use crate::{NewSession, SecretHash, StoreError, Visitors};

const INSERT: &str =
    "INSERT INTO session (id, visitor, token, expires_at, standing) VALUES (?1, ?2, ?3, ?4, NULL)";
const BY_TOKEN: &str = "SELECT s.id, s.visitor, v.widget, s.expires_at, s.standing FROM session s \
    JOIN visitor v ON v.id = s.visitor WHERE s.token = ?1";
const TOUCH: &str = "UPDATE session SET expires_at = ?2 WHERE id = ?1 AND expires_at < ?2";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[INSERT, BY_TOKEN, TOUCH];

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

fn alive(connection: &Connection, token: &SecretHash, now: Timestamp) -> Result<Option<Session>, StoreError> {
    Ok(first(connection, BY_TOKEN, &[token], read)?.filter(|session| session.expires_at > now))
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
        let Some(session) = self.read(move |connection| alive(connection, &token, now)).await? else {
            return Ok(None);
        };
        let end = now.plus_seconds(SESSION_SECONDS);
        if end.0 - session.expires_at.0 < SESSION_TOUCH_SECONDS * 1_000_000 {
            return Ok(Some(session));
        }
        let id = session.id;
        self.write(move |connection| run(connection, TOUCH, &[&bytes(id.0), &end.0])).await?;
        Ok(Some(Session { expires_at: end, ..session }))
    }

    async fn visitor(&self, id: VisitorId) -> Result<Visitor, StoreError> {
        self.read(move |connection| {
            let found = snapshot::visitor(connection, id)?;
            found.map(|(visitor, ..)| visitor).ok_or(StoreError::NotFound)
        })
        .await
    }
}
