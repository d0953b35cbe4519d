//! How a visitor's session ends, and the handles that bring a browser back to one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use beckon_core::id::VisitorId;
use beckon_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{ClientAddress, Named, VisitorToken, check_origin};
use super::body::Body;
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::secret::Secret;

/// End the visitor's session
///
/// Its tokens, its handles, its standing context and its sockets end with it. Ending it again changes nothing.
#[utoipa::path(
    delete,
    path = "/livechat/1/widgets/{id}/session",
    tag = "widget",
    operation_id = "end_session",
    security(("session" = [])),
    params(("id" = String, Path, description = "Widget id")),
    responses(
        (status = 204, description = "It has ended, now or before"),
        (status = 401, description = "The token is not known here; another database may know it", body = ErrorBody),
        (status = 403, description = "Asked by a page of another origin", body = ErrorBody),
        (status = 404, description = "No such widget", body = ErrorBody),
        (status = 429, description = "Too many of these calls from this address", body = ErrorBody),
    )
)]
pub(super) async fn end(
    State(app): State<Arc<App>>,
    Named(id): Named,
    VisitorToken(token): VisitorToken,
    ClientAddress(ip): ClientAddress,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    check_origin(&app, &headers, false)?;
    let widget = app.widget_named(&id).await?;
    app.end_session(&widget, token.expose(), ip).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which site is to keep a handle.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandleRequest {
    /// Origin of the page that embeds the widget, as `https://shop.example`.
    origin: String,
}

/// A handle.
#[derive(Serialize, ToSchema)]
pub(super) struct Handle {
    /// Leads back to the session once. It is shown once.
    handle: String,
    /// When it ends, unless the session is used before.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Give the visitor's session a handle that a site may keep
///
/// For browsers that forget what the widget's frame keeps. One that the session had on this site before is forgotten.
#[utoipa::path(
    post,
    path = "/livechat/1/widgets/{id}/session/handle",
    tag = "widget",
    operation_id = "grant_handle",
    security(("session" = [])),
    params(("id" = String, Path, description = "Widget id")),
    request_body = HandleRequest,
    responses(
        (status = 201, description = "The handle", body = Handle),
        (status = 400, description = "The origin is none", body = ErrorBody),
        (status = 401, description = "The token is not known here; another database may know it", body = ErrorBody),
        (status = 403, description = "The origin may not embed the widget, or the widget keeps no handles", body = ErrorBody),
        (status = 404, description = "No such widget", body = ErrorBody),
        (status = 410, description = "The session has ended", body = ErrorBody),
        (status = 429, description = "Too many of these calls from this address", body = ErrorBody),
    )
)]
pub(super) async fn grant_handle(
    State(app): State<Arc<App>>,
    Named(id): Named,
    VisitorToken(token): VisitorToken,
    ClientAddress(ip): ClientAddress,
    headers: HeaderMap,
    Body(request): Body<HandleRequest>,
) -> Result<impl IntoResponse, ApiError> {
    check_origin(&app, &headers, false)?;
    let widget = app.widget_named(&id).await?;
    let (handle, expires_at) = app.grant_handle(&widget, token.expose(), &request.origin, ip).await?;
    let body = Handle { handle: handle.expose().clone(), expires_at };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)))
}

/// A handle that a site kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RedeemRequest {
    /// The handle.
    #[schema(value_type = String)]
    handle: Secret<String>,
    /// Origin of the page that kept it.
    origin: String,
}

/// The session that a handle led to.
#[derive(Serialize, ToSchema)]
pub(super) struct RedeemedSession {
    /// Proves the session. It is shown once.
    token: String,
    /// The visitor.
    #[schema(value_type = String, format = Uuid)]
    visitor: VisitorId,
    /// When an unused session ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// The handle to keep instead.
    handle: String,
    /// When that ends, unless the session is used before.
    #[schema(value_type = String, format = DateTime)]
    handle_expires_at: Timestamp,
}

/// Come back to a session by a handle
///
/// The handle is replaced. It works for 60 seconds more, for other tabs; used again after that, it ends the session.
#[utoipa::path(
    post,
    path = "/livechat/1/widgets/{id}/sessions/redeem",
    tag = "widget",
    operation_id = "redeem_handle",
    params(("id" = String, Path, description = "Widget id")),
    request_body = RedeemRequest,
    responses(
        (status = 201, description = "The session", body = RedeemedSession),
        (status = 400, description = "The origin is none", body = ErrorBody),
        (status = 401, description = "The handle is not known here; another database may know it", body = ErrorBody),
        (status = 403, description = "The origin may not embed the widget, or the widget keeps no handles", body = ErrorBody),
        (status = 404, description = "No such widget", body = ErrorBody),
        (status = 410, description = "The session has ended, or ends now because this handle had been replaced", body = ErrorBody),
        (status = 429, description = "Too many of these calls from this address", body = ErrorBody),
    )
)]
pub(super) async fn redeem_handle(
    State(app): State<Arc<App>>,
    Named(id): Named,
    ClientAddress(ip): ClientAddress,
    headers: HeaderMap,
    Body(request): Body<RedeemRequest>,
) -> Result<impl IntoResponse, ApiError> {
    check_origin(&app, &headers, false)?;
    let widget = app.widget_named(&id).await?;
    let opened = app.redeem_handle(&widget, request.handle.expose(), &request.origin, ip).await?;
    let body = RedeemedSession {
        token: opened.token.expose().clone(),
        visitor: opened.session.visitor,
        expires_at: opened.session.expires_at,
        handle: opened.handle.expose().clone(),
        handle_expires_at: opened.handle_expires_at,
    };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)))
}
