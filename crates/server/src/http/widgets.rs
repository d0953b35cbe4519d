//! What a widget asks before a visitor says anything: its configuration, and a session.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use beckon_core::frame::server::{CLIENT_LIMITS, ClientLimits};
use beckon_core::id::{VisitorId, WidgetId};
use beckon_core::time::Timestamp;
use beckon_core::widget::Theme;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::{IntoParams, ToSchema};

use super::access::{ClientAddress, Named, check_origin};
use super::cors;
use crate::app::App;
use crate::config::origin_of;
use crate::error::{ApiError, ErrorBody};

/// All looks that a page can choose, in order.
#[derive(Debug)]
struct Looks(Vec<(String, Theme)>);

impl Serialize for Looks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, theme)| (name, theme)))
    }
}

/// What a widget is told before it shows itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WidgetConfig {
    #[schema(value_type = String, format = Uuid)]
    id: WidgetId,
    name: String,
    /// Whether a visitor may have several open conversations.
    multi_thread: bool,
    /// Origins whose pages may embed it, Beckon's own with them; empty means any.
    allowed_origins: Vec<String>,
    /// Looks by name: those that come with Beckon, and this widget's own.
    #[schema(value_type = BTreeMap<String, Theme>)]
    themes: Looks,
    /// Greeting before the first message; null: the widget's own words in its language.
    welcome: Option<String>,
    /// What visitors see above the chat; null: the name.
    team_name: Option<String>,
    /// The language it speaks; null: the page decides.
    language: Option<String>,
    /// Whether the number of unread messages is shown in the page's title.
    title_unread: bool,
    /// Whether a new message makes a sound, unless the visitor wants none.
    sound: bool,
    /// Whether the site's own storage may keep a handle, for browsers that forget what the widget's frame keeps.
    host_handle: bool,
    /// Whether somebody is there to answer.
    online: bool,
    #[schema(value_type = ClientLimits)]
    limits: ClientLimits,
}

/// Where the asker was loaded from.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LoadedFrom {
    /// Origin that `widget.js` came from. Where it is not this server's, nothing that a visitor writes would arrive.
    at: Option<String>,
}

/// Read a widget's configuration
#[utoipa::path(
    get,
    path = "/livechat/1/widgets/{id}/config",
    tag = "widget",
    params(("id" = String, Path, description = "Widget id, from the snippet"), LoadedFrom),
    responses(
        (status = 200, description = "The configuration", body = WidgetConfig),
        (status = 400, description = "`at` is no origin", body = ErrorBody),
        (status = 403, description = "The page's origin is not allowed", body = ErrorBody),
        (status = 404, description = "No such widget", body = ErrorBody),
        (status = 421, description = "`at` is not this server's public address", body = ErrorBody),
    )
)]
pub(super) async fn get_config(
    State(app): State<Arc<App>>,
    Named(id): Named,
    query: Result<Query<LoadedFrom>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    // Any page may read the answer, also the one that says why it may not embed the widget.
    let caching = [(header::CACHE_CONTROL, "no-store")];
    (cors::open(&headers), caching, config(&app, &id, query, &headers).await.map(Json)).into_response()
}

/// What a browser says for a page whose origin is nobody's: no list can name it, and no frame in it keeps a visitor.
const NO_ORIGIN: &str = "null";

/// Refuses a loader from an address that is not ours: the sessions and sockets of its frame would be refused, after the first
/// word.
fn check_address(app: &App, at: &str) -> Result<(), ApiError> {
    let at = origin_of(at)
        .ok_or_else(|| ApiError::field("at", "must be an origin, as https://chat.example is"))?;
    if app.is_own_page(&at) {
        return Ok(());
    }
    Err(ApiError::WrongAddress(format!(
        "This page loads Beckon from {at}, but Beckon's public address is {public_url}. Start Beckon with --public-url {at} \
         (BECKON_PUBLIC_URL), or load widget.js from {public_url}.",
        public_url = app.own.public_url,
    )))
}

async fn config(
    app: &App,
    id: &str,
    query: Result<Query<LoadedFrom>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<WidgetConfig, ApiError> {
    let Query(LoadedFrom { at }) =
        query.map_err(|_| ApiError::field("at", "must be one origin, as https://chat.example is"))?;
    at.map_or(Ok(()), |at| check_address(app, &at))?;
    let widget = app.widget_named(id).await?;
    if let Some(origin) = headers.get(header::ORIGIN) {
        let origin = origin.to_str().unwrap_or(NO_ORIGIN);
        if origin == NO_ORIGIN {
            return Err(ApiError::Forbidden(format!(
                "A page without an origin cannot have widget {id}: one that was opened from a disk (file://) or \
                 stands in a sandbox. Serve its folder, as python3 -m http.server 8000 does, and open it from there."
            )));
        }
        if !app.may_embed(&widget, origin) {
            return Err(ApiError::Forbidden(format!(
                "Origin {origin} is not allowed for widget {id}. Allow it: beckon admin widget allow-origin {id} {origin}"
            )));
        }
        // The widget's own frame asks, too, and names no origin.
        let page = headers.get(header::REFERER).and_then(|page| page.to_str().ok());
        app.seen_pages.note(widget.id, origin, page, app.now());
    }
    let allowed_origins = app.embedders(&widget).into_iter().map(str::to_owned).collect();
    Ok(WidgetConfig {
        id: widget.id,
        name: widget.name.to_string(),
        multi_thread: widget.multi_thread,
        allowed_origins,
        themes: Looks(widget.themes.with_shipped()),
        welcome: widget.welcome.map(|text| text.to_string()),
        team_name: widget.team_name.map(|text| text.to_string()),
        language: widget.language.map(|code| code.to_string()),
        title_unread: widget.title_unread,
        sound: widget.sound,
        host_handle: widget.host_handle,
        online: app.hub.is_online(),
        limits: CLIENT_LIMITS,
    })
}

/// A new session.
#[derive(Serialize, ToSchema)]
pub(super) struct NewSession {
    /// Proves the session. It is shown once.
    token: String,
    /// The visitor.
    #[schema(value_type = String, format = Uuid)]
    visitor: VisitorId,
    /// When an unused session ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Start a visitor session
#[utoipa::path(
    post,
    path = "/livechat/1/widgets/{id}/sessions",
    tag = "widget",
    params(("id" = String, Path, description = "Widget id")),
    responses(
        (status = 201, description = "The session", body = NewSession),
        (status = 403, description = "Asked by a page of another origin", body = ErrorBody),
        (status = 404, description = "No such widget", body = ErrorBody),
        (status = 429, description = "Too many sessions from this address", body = ErrorBody),
    )
)]
pub(super) async fn create_session(
    State(app): State<Arc<App>>,
    Named(id): Named,
    ClientAddress(ip): ClientAddress,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    check_origin(&app, &headers, false)?;
    let widget = app.widget_named(&id).await?;
    let (token, session) = app.open_session(widget.id, ip).await?;
    let body = NewSession {
        token: token.expose().clone(),
        visitor: session.visitor,
        expires_at: session.expires_at,
    };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)))
}
