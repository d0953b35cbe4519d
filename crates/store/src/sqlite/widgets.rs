//! Widgets.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::id::{Ids, WidgetId};
use beckon_core::text::Name;
use beckon_core::time::Timestamp;
use beckon_core::widget::Widget;
use rusqlite::{Connection, Row};

use super::SqliteStore;
use super::rows::{all, bytes, damaged, first, id, name, run, time};
use crate::{StoreError, Widgets};

const INSERT: &str =
    "INSERT INTO widget (id, name, multi_thread, allowed_origins, created_at) VALUES (?1, ?2, ?3, ?4, ?5)";
const BY_ID: &str = "SELECT id, name, multi_thread, allowed_origins, created_at FROM widget WHERE id = ?1";
const ALL: &str = "SELECT id, name, multi_thread, allowed_origins, created_at FROM widget ORDER BY id";
const FIRST: &str = "SELECT id FROM widget ORDER BY id LIMIT 1";
const SET_ORIGINS: &str = "UPDATE widget SET allowed_origins = ?2 WHERE id = ?1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[INSERT, BY_ID, ALL, FIRST, SET_ORIGINS];

fn read(row: &Row<'_>) -> Result<Widget, StoreError> {
    let origins: String = row.get(3)?;
    Ok(Widget {
        id: id(row, 0)?,
        name: name(row, 1)?,
        multi_thread: row.get(2)?,
        allowed_origins: serde_json::from_str(&origins).map_err(|error| damaged(&error.to_string()))?,
        created_at: time(row, 4)?,
    })
}

fn stored(origins: &[String]) -> String {
    serde_json::to_string(origins).expect("texts are always JSON")
}

pub(super) fn by_id(connection: &Connection, id: WidgetId) -> Result<Widget, StoreError> {
    first(connection, BY_ID, &[&bytes(id.0)], read)?.ok_or(StoreError::NotFound)
}

/// Through which new visitors come whom our side names: the oldest widget.
pub(super) fn first_widget(connection: &Connection) -> Result<Option<WidgetId>, StoreError> {
    first(connection, FIRST, &[], |row| Ok(id(row, 0)?))
}

pub(super) fn create(
    connection: &Connection,
    name: Name,
    multi_thread: bool,
    allowed_origins: Vec<String>,
    now: Timestamp,
    ids: &dyn Ids,
) -> Result<Widget, StoreError> {
    let widget = Widget { id: ids.next(now).into(), name, multi_thread, allowed_origins, created_at: now };
    run(
        connection,
        INSERT,
        &[
            &bytes(widget.id.0),
            &widget.name.as_str(),
            &widget.multi_thread,
            &stored(&widget.allowed_origins),
            &now.0,
        ],
    )?;
    Ok(widget)
}

#[async_trait]
impl Widgets for SqliteStore {
    async fn create_widget(
        &self,
        name: Name,
        multi_thread: bool,
        allowed_origins: Vec<String>,
    ) -> Result<Widget, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| {
            create(connection, name, multi_thread, allowed_origins, clock.now(), &*ids)
        })
        .await
    }

    async fn widget(&self, id: WidgetId) -> Result<Widget, StoreError> {
        self.read(move |connection| by_id(connection, id)).await
    }

    async fn widgets(&self) -> Result<Vec<Widget>, StoreError> {
        self.read(|connection| all(connection, ALL, &[], read)).await
    }

    async fn allow_origins(&self, id: WidgetId, origins: Vec<String>) -> Result<Widget, StoreError> {
        self.write(move |connection| {
            let mut widget = by_id(connection, id)?;
            for origin in origins {
                if !widget.allowed_origins.contains(&origin) {
                    widget.allowed_origins.push(origin);
                }
            }
            run(connection, SET_ORIGINS, &[&bytes(id.0), &stored(&widget.allowed_origins)])?;
            Ok(widget)
        })
        .await
    }
}
