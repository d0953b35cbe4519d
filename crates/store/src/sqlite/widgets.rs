//! Widgets.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::command::Refusal;
use beckon_core::id::{Ids, WidgetId};
use beckon_core::text::{Name, TeamName, Welcome};
use beckon_core::time::Timestamp;
use beckon_core::widget::{
    GuessHours, Language, Pins, ProtectedKeys, SettingError, Themes, Widget, WidgetChange,
};
use rusqlite::{Connection, Row, ToSql};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::SqliteStore;
use super::rows::{all, bytes, damaged, first, id, limit, name, run, text, time, value};
use crate::widgets::MOST_WIDGETS;
use crate::{StoreError, Widgets};

/// The columns of a widget, as [`read`] reads them.
macro_rules! columns {
    () => {
        "id, name, multi_thread, allowed_origins, protected_keys, pins, themes, welcome, team_name, language, \
         title_unread, sound, created_at, image_hosts, guess_hours, host_handle"
    };
}
const INSERT: &str = concat!(
    "INSERT INTO widget (",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
);
const UPDATE: &str = "UPDATE widget SET name = ?2, multi_thread = ?3, allowed_origins = ?4, protected_keys = ?5, \
    pins = ?6, themes = ?7, welcome = ?8, team_name = ?9, language = ?10, title_unread = ?11, sound = ?12, \
    created_at = ?13, image_hosts = ?14, guess_hours = ?15, host_handle = ?16 WHERE id = ?1";
const BY_ID: &str = concat!("SELECT ", columns!(), " FROM widget WHERE id = ?1");
const ALL: &str = concat!("SELECT ", columns!(), " FROM widget ORDER BY id");
const COUNT: &str = "SELECT count(*) FROM widget";
const FIRST: &str = "SELECT id FROM widget ORDER BY id LIMIT 1";
const PROTECTED_KEYS: &str = "SELECT protected_keys FROM widget WHERE id = ?1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[INSERT, UPDATE, BY_ID, ALL, COUNT, FIRST, PROTECTED_KEYS];

fn json<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> Result<T, StoreError> {
    let stored = row.get_ref(at)?.as_str().map_err(|error| damaged(&error.to_string()))?;
    serde_json::from_str(stored).map_err(|error| damaged(&error.to_string()))
}

fn setting<T>(setting: Result<T, SettingError>) -> Result<T, StoreError> {
    setting.map_err(|error| damaged(&error.to_string()))
}

pub(super) fn read_protected_keys(row: &Row<'_>, at: usize) -> Result<ProtectedKeys, StoreError> {
    setting(ProtectedKeys::new(json(row, at)?))
}

pub(super) fn read_guess(row: &Row<'_>, at: usize) -> Result<GuessHours, StoreError> {
    setting(GuessHours::new(row.get::<_, u16>(at)?.into()))
}

fn read(row: &Row<'_>) -> Result<Widget, StoreError> {
    let language: Option<String> = row.get(9)?;
    Ok(Widget {
        id: id(row, 0)?,
        name: name(row, 1)?,
        multi_thread: row.get(2)?,
        allowed_origins: json(row, 3)?,
        protected_keys: read_protected_keys(row, 4)?,
        pins: setting(Pins::new(json(row, 5)?))?,
        themes: setting(Themes::new(json(row, 6)?))?,
        welcome: text(row, 7, Welcome::new)?,
        team_name: text(row, 8, TeamName::new)?,
        language: setting(language.map(|code| Language::new(&code)).transpose())?,
        title_unread: row.get(10)?,
        sound: row.get(11)?,
        created_at: time(row, 12)?,
        image_hosts: json(row, 13)?,
        guess: read_guess(row, 14)?,
        host_handle: row.get(15)?,
    })
}

fn stored(list: &impl Serialize) -> String {
    serde_json::to_string(list).expect("texts are always JSON")
}

fn execute(connection: &Connection, sql: &str, widget: &Widget) -> Result<(), StoreError> {
    let id = bytes(widget.id.0);
    let origins = stored(&widget.allowed_origins);
    let protected_keys = stored(&widget.protected_keys);
    let pins = stored(&widget.pins);
    let themes = stored(&widget.themes);
    let image_hosts = stored(&widget.image_hosts);
    let all: [&dyn ToSql; 16] = [
        &id,
        &widget.name.as_str(),
        &widget.multi_thread,
        &origins,
        &protected_keys,
        &pins,
        &themes,
        &widget.welcome.as_ref().map(Welcome::as_str),
        &widget.team_name.as_ref().map(TeamName::as_str),
        &widget.language.as_ref().map(Language::as_str),
        &widget.title_unread,
        &widget.sound,
        &widget.created_at.0,
        &image_hosts,
        &widget.guess.hours(),
        &widget.host_handle,
    ];
    run(connection, sql, &all)?;
    Ok(())
}

pub(super) fn by_id(connection: &Connection, id: WidgetId) -> Result<Widget, StoreError> {
    first(connection, BY_ID, &[&bytes(id.0)], read)?.ok_or(StoreError::NotFound)
}

/// What the widget protects from the page.
pub(super) fn protected_keys(connection: &Connection, id: WidgetId) -> Result<ProtectedKeys, StoreError> {
    let found = first(connection, PROTECTED_KEYS, &[&bytes(id.0)], |row| read_protected_keys(row, 0))?;
    found.ok_or_else(|| damaged("a conversation without its widget"))
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
    let widget = Widget::new(ids.next(now).into(), name, multi_thread, allowed_origins, now);
    execute(connection, INSERT, &widget)?;
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
            if value::<i64>(connection, COUNT, &[])? >= limit(MOST_WIDGETS) {
                return Err(Refusal::TooMany { what: "widgets", limit: MOST_WIDGETS }.into());
            }
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

    async fn update_widget(&self, id: WidgetId, change: WidgetChange) -> Result<Widget, StoreError> {
        self.write(move |connection| {
            let widget = by_id(connection, id)?.changed(change);
            execute(connection, UPDATE, &widget)?;
            Ok(widget)
        })
        .await
    }

    async fn allow_origins(&self, id: WidgetId, origins: Vec<String>) -> Result<Widget, StoreError> {
        self.write(move |connection| {
            let mut widget = by_id(connection, id)?;
            for origin in origins {
                if !widget.allowed_origins.contains(&origin) {
                    widget.allowed_origins.push(origin);
                }
            }
            execute(connection, UPDATE, &widget)?;
            Ok(widget)
        })
        .await
    }
}
