//! The database itself.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::id::{Epoch, Ids};
use beckon_core::text::Name;
use beckon_core::time::Timestamp;
use beckon_core::visitor::{ENDED_TOKEN_SECONDS, SESSION_SECONDS};
use rusqlite::Connection;
use uuid::Uuid;

use super::rows::{bytes, damaged, first, limit, run};
use super::{SqliteStore, queues, visitors, widgets};
use crate::{FirstStart, Meta, StoreError};

const KEEP: &str = "INSERT OR IGNORE INTO meta (name, value) VALUES (?1, ?2)";
const READ: &str = "SELECT value FROM meta WHERE name = ?1";
const WRITE: &str = "INSERT INTO meta (name, value) VALUES (?1, ?2) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const DELETE_SIGN_INS: &str = "DELETE FROM agent_session WHERE id IN \
    (SELECT id FROM agent_session WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";
const DELETE_TOKENS: &str = "DELETE FROM setup_token WHERE token IN \
    (SELECT token FROM setup_token WHERE expires_at <= ?1 LIMIT ?2)";
const DELETE_INVITES: &str = "DELETE FROM invite WHERE id IN \
    (SELECT id FROM invite WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";
const DELETE_RECEIPTS: &str = "DELETE FROM receipt WHERE (author, client_id) IN \
    (SELECT author, client_id FROM receipt WHERE at <= ?1 ORDER BY at LIMIT ?2)";
const DELETE_HANDLES: &str = "DELETE FROM handle WHERE hash IN \
    (SELECT hash FROM handle WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";
const DELETE_ENDED_TOKENS: &str = "DELETE FROM ended_token WHERE token IN \
    (SELECT token FROM ended_token WHERE ended_at <= ?1 ORDER BY ended_at LIMIT ?2)";
/// Sessions ended in one transaction: each is a handful of statements.
const ENDED_AT_ONCE: usize = 100;
/// Rows of each table deleted in one transaction, so that no visitor waits for it.
const DELETED_AT_ONCE: usize = 500;

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    KEEP,
    READ,
    WRITE,
    DELETE_SIGN_INS,
    DELETE_TOKENS,
    DELETE_INVITES,
    DELETE_RECEIPTS,
    DELETE_HANDLES,
    DELETE_ENDED_TOKENS,
];

/// The epoch, made when it is asked for the first time.
pub(super) fn epoch(connection: &Connection, ids: &dyn Ids, now: Timestamp) -> Result<Epoch, StoreError> {
    run(connection, KEEP, &[&"epoch", &bytes(ids.next(now))])?;
    let stored: Option<[u8; 16]> = first(connection, READ, &[&"epoch"], |row| Ok(row.get(0)?))?;
    Ok(Epoch(Uuid::from_bytes(stored.ok_or_else(|| damaged("the epoch is missing"))?)))
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a short literal is a name")
}

#[async_trait]
impl Meta for SqliteStore {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    async fn first_start(&self) -> Result<Option<FirstStart>, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| {
            let now = clock.now();
            if run(connection, KEEP, &[&"first start", &now.0.to_be_bytes()])? == 0 {
                return Ok(None);
            }
            let multi = widgets::create(connection, name("Website"), true, Vec::new(), now, &*ids)?;
            let single =
                widgets::create(connection, name("Website, single thread"), false, Vec::new(), now, &*ids)?;
            let queue = queues::create(connection, name("General"), now, &*ids)?;
            Ok(Some(FirstStart { widgets: vec![multi, single], queue }))
        })
        .await
    }

    async fn delete_expired(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        // A repetition comes from a session, and none lives longer without being used.
        let forgotten = now.plus_seconds(-SESSION_SECONDS);
        let mut deleted = 0;
        loop {
            let ended =
                move |connection: &Connection| visitors::end_expired(connection, now, limit(ENDED_AT_ONCE));
            let gone = self.write(ended).await?;
            deleted += gone;
            if gone < ENDED_AT_ONCE {
                break;
            }
        }
        for (sql, until) in [
            (DELETE_SIGN_INS, now),
            (DELETE_TOKENS, now),
            (DELETE_INVITES, now),
            (DELETE_RECEIPTS, forgotten),
            (DELETE_HANDLES, now),
            (DELETE_ENDED_TOKENS, now.plus_seconds(-ENDED_TOKEN_SECONDS)),
        ] {
            loop {
                let most = limit(DELETED_AT_ONCE);
                let gone = self.write(move |connection| run(connection, sql, &[&until.0, &most])).await?;
                deleted += gone;
                if gone < DELETED_AT_ONCE {
                    break;
                }
            }
        }
        Ok(deleted)
    }

    async fn check_writable(&self) -> Result<(), StoreError> {
        let clock = Arc::clone(&self.clock);
        self.write(move |connection| {
            run(connection, WRITE, &[&"write check", &clock.now().0.to_be_bytes()]).map(drop)
        })
        .await
    }
}
