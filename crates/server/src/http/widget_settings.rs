//! Widgets in the console: their settings for administrators, and the pins that all agents share.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use beckon_core::agent::Role;
use beckon_core::id::WidgetId;
use beckon_core::text::{Name, TeamName, TextError, Welcome};
use beckon_core::time::Timestamp;
use beckon_core::widget::{
    GuessHours, Language, Pins, ProtectedKeys, SettingError, Theme, Themes, Widget, WidgetChange,
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::access::{AdminAccess, AgentAccess, Named};
use super::body::Body;
use crate::app::App;
use crate::config::origin_of;
use crate::error::{ApiError, ErrorBody};
use crate::limits::{IMAGE_HOSTS, ORIGINS};

/// A widget, as every agent knows it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WidgetBody {
    #[schema(value_type = String, format = Uuid)]
    id: WidgetId,
    /// What agents call it.
    name: String,
    /// Whether a visitor may have several open conversations.
    multi_thread: bool,
    /// Paths of the rows that stand on top of the context card.
    pins: Vec<String>,
    /// Origins, beside those that may embed a widget, whose pictures the context card loads by itself.
    image_hosts: Vec<String>,
    /// Everything else, for administrators.
    #[serde(flatten)]
    settings: Option<WidgetSettings>,
}

/// What administrators set, and what they see of the pages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WidgetSettings {
    /// Origins that may embed it; empty means any.
    allowed_origins: Vec<String>,
    /// Keys of the context that pages may not write.
    protected_keys: Vec<String>,
    /// Its own looks, beside those that come with Beckon.
    #[schema(value_type = BTreeMap<String, Theme>)]
    themes: Themes,
    /// Its greeting; null: the widget's own words.
    welcome: Option<String>,
    /// What visitors see above the chat; null: the name.
    team_name: Option<String>,
    /// The language it speaks; null: the page decides.
    language: Option<String>,
    /// Whether the number of unread messages is shown in the page's title.
    title_unread: bool,
    /// Whether a new message makes a sound.
    sound: bool,
    /// For how many hours after its newest message ACTIVE may guess a conversation that is not on screen; 0: never.
    guess_hours: u16,
    /// Whether a site's own storage may keep a handle, for browsers that forget what the widget's frame keeps.
    host_handle: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The last page that loaded it since the server started; null: none.
    seen: Option<SeenBody>,
}

/// A page that loaded the widget.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SeenBody {
    /// The page's origin.
    origin: String,
    /// Its address, as far as its browser tells.
    url: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Visitors' sockets now.
    connected: usize,
}

impl WidgetBody {
    fn new(app: &App, widget: Widget, reader: Role) -> Self {
        let seen = app.seen_pages.last(widget.id).map(|page| SeenBody {
            origin: page.origin,
            url: page.url,
            at: page.at,
            connected: app.hub.connected_to(widget.id),
        });
        let settings = WidgetSettings {
            allowed_origins: widget.allowed_origins,
            protected_keys: widget.protected_keys.as_slice().to_vec(),
            themes: widget.themes,
            welcome: widget.welcome.map(|text| text.to_string()),
            team_name: widget.team_name.map(|text| text.to_string()),
            language: widget.language.map(|code| code.to_string()),
            title_unread: widget.title_unread,
            sound: widget.sound,
            guess_hours: widget.guess.hours(),
            host_handle: widget.host_handle,
            created_at: widget.created_at,
            seen,
        };
        Self {
            id: widget.id,
            name: widget.name.to_string(),
            multi_thread: widget.multi_thread,
            pins: widget.pins.as_slice().to_vec(),
            image_hosts: widget.image_hosts,
            settings: (reader == Role::Admin).then_some(settings),
        }
    }
}

/// Widgets.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WidgetListBody {
    /// Oldest first.
    widgets: Vec<WidgetBody>,
}

/// List widgets
#[utoipa::path(
    get,
    path = "/console/1/widgets",
    operation_id = "list_widgets",
    tag = "console",
    security(("cookie" = [])),
    responses(
        (status = 200, description = "All; the settings only for administrators", body = WidgetListBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    AgentAccess { session, .. }: AgentAccess,
) -> Result<Json<WidgetListBody>, ApiError> {
    let role = session.agent.role;
    let widgets = app.store.widgets().await?;
    let widgets = widgets.into_iter().map(|widget| WidgetBody::new(&app, widget, role)).collect();
    Ok(Json(WidgetListBody { widgets }))
}

/// A widget to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWidget {
    /// What agents call it: at most 200 characters.
    name: String,
    /// Whether a visitor may have several open conversations.
    multi_thread: bool,
}

/// Make a widget
#[utoipa::path(
    post,
    path = "/console/1/widgets",
    operation_id = "create_widget",
    tag = "console",
    security(("cookie" = [])),
    request_body = NewWidget,
    responses(
        (status = 201, description = "The widget; any site may embed it until it has a list", body = WidgetBody),
        (status = 400, description = "A field is wrong, or there are too many widgets", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Not an administrator", body = ErrorBody),
    )
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    AdminAccess(_admin): AdminAccess,
    Body(new): Body<NewWidget>,
) -> Result<impl IntoResponse, ApiError> {
    let name = Name::new(new.name.trim()).map_err(|error| ApiError::field("name", error.to_string()))?;
    let widget = app.store.create_widget(name, new.multi_thread, Vec::new()).await?;
    Ok((StatusCode::CREATED, Json(WidgetBody::new(&app, widget, Role::Admin))))
}

/// Read a widget and its settings
#[utoipa::path(
    get,
    path = "/console/1/widgets/{id}",
    operation_id = "get_widget",
    tag = "console",
    security(("cookie" = [])),
    params(("id" = String, Path, description = "Widget id")),
    responses(
        (status = 200, description = "The widget", body = WidgetBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Not an administrator", body = ErrorBody),
        (status = 404, description = "No such widget", body = ErrorBody),
    )
)]
pub(super) async fn get(
    State(app): State<Arc<App>>,
    AdminAccess(_admin): AdminAccess,
    Named(id): Named,
) -> Result<Json<WidgetBody>, ApiError> {
    let widget = app.widget_named(&id).await?;
    Ok(Json(WidgetBody::new(&app, widget, Role::Admin)))
}

/// What is changed of a widget; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WidgetChangeBody {
    /// What agents call it: at most 200 characters.
    name: Option<String>,
    /// Whether a visitor may have several open conversations. Open ones stay open.
    multi_thread: Option<bool>,
    /// Origins that may embed it, as `https://shop.example`; empty: any.
    allowed_origins: Option<Vec<String>>,
    /// Hosts of the site's pictures, as `cdn.example.com` or `https://cdn.example.com`: at most 20.
    image_hosts: Option<Vec<String>>,
    /// Keys of the context that pages may not write: at most 64.
    protected_keys: Option<Vec<String>>,
    /// Paths of the rows on top of the context card: at most 12.
    pins: Option<Vec<String>>,
    /// Its own looks, all of them: at most 12; each name of 1 to 32 of a to z, 0 to 9 and -.
    themes: Option<BTreeMap<String, Theme>>,
    /// Its greeting, at most 200 characters; null or empty: the widget's own words.
    #[serde(default, deserialize_with = "given")]
    welcome: Option<Option<String>>,
    /// What visitors see above the chat, at most 60 characters; null or empty: the name.
    #[serde(default, deserialize_with = "given")]
    team_name: Option<Option<String>>,
    /// The code of a language, as `ar-AE`; null or empty: the page decides.
    #[serde(default, deserialize_with = "given")]
    language: Option<Option<String>>,
    /// Whether the number of unread messages is shown in the page's title.
    title_unread: Option<bool>,
    /// Whether a new message makes a sound.
    sound: Option<bool>,
    /// For how many hours after its newest message ACTIVE may guess a conversation that is not on screen: 0 to 720; 0:
    /// never.
    guess_hours: Option<u64>,
    /// Whether a site's own storage may keep a handle. Without one, such a browser is a new visitor on each page.
    host_handle: Option<bool>,
}

/// Tells null from absent.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl WidgetChangeBody {
    fn parse(self) -> Result<WidgetChange, ApiError> {
        let setting =
            |field: &'static str| move |error: SettingError| ApiError::field(field, error.to_string());
        let text = |field: &'static str| move |error: TextError| ApiError::field(field, error.to_string());
        Ok(WidgetChange {
            name: self.name.map(|name| Name::new(name.trim())).transpose().map_err(text("name"))?,
            multi_thread: self.multi_thread,
            allowed_origins: self.allowed_origins.map(embedders).transpose()?,
            image_hosts: self.image_hosts.map(image_hosts).transpose()?,
            protected_keys: self
                .protected_keys
                .map(ProtectedKeys::new)
                .transpose()
                .map_err(setting("protected_keys"))?,
            pins: self.pins.map(Pins::new).transpose().map_err(setting("pins"))?,
            themes: self.themes.map(Themes::new).transpose().map_err(setting("themes"))?,
            welcome: optional(self.welcome, |welcome| Welcome::new(welcome)).map_err(text("welcome"))?,
            team_name: optional(self.team_name, |name| TeamName::new(name)).map_err(text("team_name"))?,
            language: optional(self.language, Language::new).map_err(setting("language"))?,
            title_unread: self.title_unread,
            sound: self.sound,
            guess: self.guess_hours.map(GuessHours::new).transpose().map_err(setting("guess_hours"))?,
            host_handle: self.host_handle,
        })
    }
}

/// Absent stays absent, null and blank are none.
fn optional<T, E>(
    given: Option<Option<String>>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<Option<T>>, E> {
    let Some(given) = given else { return Ok(None) };
    let said = given.as_deref().map(str::trim).filter(|text| !text.is_empty());
    said.map(parse).transpose().map(Some)
}

fn embedders(texts: Vec<String>) -> Result<Vec<String>, ApiError> {
    origins("allowed_origins", texts, ORIGINS, "https://shop.example")
}

/// A host alone means its https origin.
fn image_hosts(texts: Vec<String>) -> Result<Vec<String>, ApiError> {
    let with_scheme = |text: String| {
        let text = text.trim();
        if text.contains("://") { text.to_owned() } else { format!("https://{text}") }
    };
    let texts = texts.into_iter().map(with_scheme).collect();
    origins("image_hosts", texts, IMAGE_HOSTS, "cdn.example.com")
}

fn origins(
    field: &'static str,
    texts: Vec<String>,
    limit: usize,
    example: &str,
) -> Result<Vec<String>, ApiError> {
    let wrong = |message: String| ApiError::field(field, message);
    if texts.len() > limit {
        return Err(wrong(format!("has {} entries, limit {limit}", texts.len())));
    }
    let mut origins = Vec::new();
    for text in texts {
        let start: String = text.chars().take(64).collect();
        let Some(origin) = origin_of(text.trim()) else {
            return Err(wrong(format!("{start} is no origin; write it as {example}")));
        };
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(origins)
}

/// Change a widget's settings
#[utoipa::path(
    patch,
    path = "/console/1/widgets/{id}",
    operation_id = "change_widget",
    tag = "console",
    security(("cookie" = [])),
    params(("id" = String, Path, description = "Widget id")),
    request_body = WidgetChangeBody,
    responses(
        (status = 200, description = "Changed; pages learn of it when they load", body = WidgetBody),
        (status = 400, description = "A field is wrong; nothing was stored", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Not an administrator", body = ErrorBody),
        (status = 404, description = "No such widget", body = ErrorBody),
    )
)]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    AdminAccess(_admin): AdminAccess,
    Named(id): Named,
    Body(change): Body<WidgetChangeBody>,
) -> Result<Json<WidgetBody>, ApiError> {
    let widget = app.change_widget(&id, change.parse()?).await?;
    Ok(Json(WidgetBody::new(&app, widget, Role::Admin)))
}

/// Rows on top of the context card.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PinsBody {
    /// Paths as the card shows them, in order: at most 12.
    pins: Vec<String>,
}

/// Pin rows of the context card for everybody
#[utoipa::path(
    put,
    path = "/console/1/widgets/{id}/pins",
    operation_id = "pin_rows",
    tag = "console",
    security(("cookie" = [])),
    params(("id" = String, Path, description = "Widget id")),
    request_body = PinsBody,
    responses(
        (status = 200, description = "Pinned", body = WidgetBody),
        (status = 400, description = "Too many, or a path is too long", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Asked by a page of another site", body = ErrorBody),
        (status = 404, description = "No such widget", body = ErrorBody),
    )
)]
pub(super) async fn pin(
    State(app): State<Arc<App>>,
    AgentAccess { session, .. }: AgentAccess,
    Named(id): Named,
    Body(body): Body<PinsBody>,
) -> Result<Json<WidgetBody>, ApiError> {
    let pins = Pins::new(body.pins).map_err(|error| ApiError::field("pins", error.to_string()))?;
    let widget = app.pin(session.agent.id, &id, pins).await?;
    Ok(Json(WidgetBody::new(&app, widget, session.agent.role)))
}
