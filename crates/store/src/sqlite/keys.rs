//! API keys.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::command::Refusal;
use beckon_core::id::KeyId;
use beckon_core::key::{Key, Scope};
use beckon_core::text::Name;
use beckon_core::time::Timestamp;
use rusqlite::Row;

use super::SqliteStore;
use super::rows::{all, bytes, first, id, limit, name, optional_time, run, time, value, word};
use crate::keys::{KEYS_AT_ONCE, REVOKED_KEYS_SHOWN};
use crate::{Keys, SecretHash, StoreError};

const INSERT: &str = "INSERT INTO api_key (id, name, scope, secret, created_at, last_used_at, revoked_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, NULL, NULL)";
const BY_SECRET: &str = "SELECT id, name, scope, created_at, last_used_at, revoked_at FROM api_key \
    WHERE secret = ?1 AND revoked_at IS NULL";
const WORKING: &str = "SELECT id, name, scope, created_at, last_used_at, revoked_at FROM api_key \
    WHERE revoked_at IS NULL ORDER BY id DESC";
const REVOKED: &str = "SELECT id, name, scope, created_at, last_used_at, revoked_at FROM api_key \
    WHERE revoked_at IS NOT NULL ORDER BY id DESC LIMIT ?1";
const COUNT_WORKING: &str = "SELECT count(*) FROM api_key WHERE revoked_at IS NULL";
const REVOKE: &str = "UPDATE api_key SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1";
const NOTE_USED: &str =
    "UPDATE api_key SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] =
    &[INSERT, BY_SECRET, WORKING, REVOKED, COUNT_WORKING, REVOKE, NOTE_USED];

fn read(row: &Row<'_>) -> Result<Key, StoreError> {
    Ok(Key {
        id: id(row, 0)?,
        name: name(row, 1)?,
        scope: word(row, 2, |word| word.parse::<Scope>().ok())?,
        created_at: time(row, 3)?,
        last_used_at: optional_time(row, 4)?,
        revoked_at: optional_time(row, 5)?,
    })
}

#[async_trait]
impl Keys for SqliteStore {
    async fn create_key(&self, name: Name, scope: Scope, secret: SecretHash) -> Result<Key, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| {
            let working: i64 = value(connection, COUNT_WORKING, &[])?;
            if working >= limit(KEYS_AT_ONCE) {
                return Err(Refusal::TooMany { what: "keys", limit: KEYS_AT_ONCE }.into());
            }
            let now = clock.now();
            let id: KeyId = ids.next(now).into();
            let key = Key { id, name, scope, created_at: now, last_used_at: None, revoked_at: None };
            run(
                connection,
                INSERT,
                &[&bytes(key.id.0), &key.name.as_str(), &key.scope.as_str(), &secret, &now.0],
            )?;
            Ok(key)
        })
        .await
    }

    async fn key_by_secret(&self, secret: SecretHash) -> Result<Option<Key>, StoreError> {
        self.read(move |connection| first(connection, BY_SECRET, &[&secret], read)).await
    }

    async fn keys(&self) -> Result<Vec<Key>, StoreError> {
        self.read(|connection| {
            let mut keys = all(connection, WORKING, &[], read)?;
            keys.extend(all(connection, REVOKED, &[&limit(REVOKED_KEYS_SHOWN)], read)?);
            keys.sort_by_key(|key| std::cmp::Reverse(key.id.0));
            Ok(keys)
        })
        .await
    }

    async fn revoke_key(&self, id: KeyId) -> Result<(), StoreError> {
        let clock = Arc::clone(&self.clock);
        self.write(move |connection| match run(connection, REVOKE, &[&bytes(id.0), &clock.now().0])? {
            0 => Err(StoreError::NotFound),
            _ => Ok(()),
        })
        .await
    }

    async fn note_key_used(&self, id: KeyId, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| run(connection, NOTE_USED, &[&bytes(id.0), &at.0]).map(drop)).await
    }
}
