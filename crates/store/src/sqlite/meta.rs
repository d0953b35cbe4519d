//! The database itself.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::id::{Epoch, Ids};
use beckon_core::text::Name;
use beckon_core::time::Timestamp;
use rusqlite::Connection;
use uuid::Uuid;

use super::rows::{bytes, damaged, first, run};
use super::{SqliteStore, queues, widgets};
use crate::{FirstStart, Meta, StoreError};

const KEEP: &str = "INSERT OR IGNORE INTO meta (name, value) VALUES (?1, ?2)";
const READ: &str = "SELECT value FROM meta WHERE name = ?1";
const WRITE: &str = "INSERT INTO meta (name, value) VALUES (?1, ?2) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[KEEP, READ, WRITE];

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

    async fn check_writable(&self) -> Result<(), StoreError> {
        let clock = Arc::clone(&self.clock);
        self.write(move |connection| {
            run(connection, WRITE, &[&"write check", &clock.now().0.to_be_bytes()]).map(drop)
        })
        .await
    }
}
