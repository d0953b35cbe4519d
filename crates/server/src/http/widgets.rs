//! What a widget asks before a visitor says anything: its configuration, and a session.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use beckon_core::frame::server::{CLIENT_LIMITS, ClientLimits};
use beckon_core::id::{VisitorId, WidgetId};
use beckon_core::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::access::{ClientAddress, Named, check_origin};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// Custom properties by their full name.
type Styles = BTreeMap<&'static str, &'static str>;

/// A look of the widget.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Theme {
    /// Overrides.
    #[schema(value_type = BTreeMap<String, String>)]
    styles: Styles,
    /// Overrides when it is dark.
    #[serde(skip_serializing_if = "Styles::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    dark_styles: Styles,
    /// Light or dark, whatever the system says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    scheme: Option<&'static str>,
}

/// The looks that come with Beckon.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Themes {
    /// As the system.
    default: Theme,
    /// Always light.
    light: Theme,
    /// Always dark.
    dark: Theme,
    /// With another accent.
    ocean: Theme,
}

fn themes() -> Themes {
    let plain = |scheme| Theme { styles: Styles::new(), dark_styles: Styles::new(), scheme };
    Themes {
        default: plain(None),
        light: plain(Some("light")),
        dark: plain(Some("dark")),
        ocean: Theme {
            styles: Styles::from([("--bk-accent", "#1D5B86")]),
            dark_styles: Styles::from([("--bk-accent", "#86C2EC")]),
            scheme: None,
        },
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
    /// Origins that may embed it; empty means any.
    allowed_origins: Vec<String>,
    themes: Themes,
    /// Greeting before the first message.
    #[schema(value_type = String)]
    welcome: &'static str,
    /// Whether somebody is there to answer.
    online: bool,
    #[schema(value_type = ClientLimits)]
    limits: ClientLimits,
}

/// Greeting of a widget that has none of its own.
const WELCOME: &str = "Hello! How can we help?";

/// Read a widget's configuration
#[utoipa::path(
    get,
    path = "/livechat/1/widgets/{id}/config",
    tag = "widget",
    params(("id" = String, Path, description = "Widget id, from the snippet")),
    responses(
        (status = 200, description = "The configuration", body = WidgetConfig),
        (status = 403, description = "The page's origin is not allowed", body = ErrorBody),
        (status = 404, description = "No such widget", body = ErrorBody),
    )
)]
pub(super) async fn get_config(
    State(app): State<Arc<App>>,
    Named(id): Named,
    headers: HeaderMap,
) -> Response {
    // Any page may read the answer, also the one that says why it may not embed the widget.
    let open = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "no-store")];
    (open, config(&app, &id, &headers).await.map(Json)).into_response()
}

async fn config(app: &App, id: &str, headers: &HeaderMap) -> Result<WidgetConfig, ApiError> {
    let widget = app.widget_named(id).await?;
    if let Some(origin) = headers.get(header::ORIGIN) {
        let origin = origin.to_str().unwrap_or("null");
        if !app.may_embed(&widget, origin) {
            return Err(ApiError::Forbidden(format!(
                "Origin {origin} is not allowed for widget {id}. Allow it: beckon admin widget allow-origin {id} {origin}"
            )));
        }
    }
    Ok(WidgetConfig {
        id: widget.id,
        name: widget.name.to_string(),
        multi_thread: widget.multi_thread,
        allowed_origins: widget.allowed_origins,
        themes: themes(),
        welcome: WELCOME,
        online: app.hub.is_online(),
        limits: CLIENT_LIMITS,
    })
}

/// A new session.
#[derive(Debug, Serialize, ToSchema)]
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
