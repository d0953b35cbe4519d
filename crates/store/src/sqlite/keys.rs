//! API keys.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::key::{Key, Scope};
use beckon_core::text::Name;
use rusqlite::Row;

use super::SqliteStore;
use super::rows::{bytes, first, id, name, optional_time, run, time, word};
use crate::{Keys, SecretHash, StoreError};

const INSERT: &str =
    "INSERT INTO api_key (id, name, scope, secret, created_at, revoked_at) VALUES (?1, ?2, ?3, ?4, ?5, NULL)";
const BY_SECRET: &str = "SELECT id, name, scope, created_at, revoked_at FROM api_key \
    WHERE secret = ?1 AND revoked_at IS NULL";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[INSERT, BY_SECRET];

fn read(row: &Row<'_>) -> Result<Key, StoreError> {
    Ok(Key {
        id: id(row, 0)?,
        name: name(row, 1)?,
        scope: word(row, 2, |word| word.parse::<Scope>().ok())?,
        created_at: time(row, 3)?,
        revoked_at: optional_time(row, 4)?,
    })
}

#[async_trait]
impl Keys for SqliteStore {
    async fn create_key(&self, name: Name, scope: Scope, secret: SecretHash) -> Result<Key, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| {
            let now = clock.now();
            let key = Key { id: ids.next(now).into(), name, scope, created_at: now, revoked_at: None };
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
}
