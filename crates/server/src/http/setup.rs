//! The first agent: the one-time set-up link.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use beckon_core::id::Epoch;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{Named, check_origin};
use super::agent_sessions::{SessionBody, with_cookie};
use super::body::Body;
use crate::app::{App, SetUp, USED_SETUP_LINK};
use crate::error::{ApiError, ErrorBody};
use crate::secret::{Secret, token_hash};

/// Whether anybody can sign in yet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SetUpStatus {
    set_up_done: bool,
    /// Names this life of the database: a console that knew another one is at the wrong server.
    #[schema(value_type = String, format = Uuid)]
    epoch: Epoch,
}

/// Tell whether there is an agent yet
#[utoipa::path(
    get,
    path = "/console/1/status",
    tag = "console",
    responses((status = 200, description = "Whether there is", body = SetUpStatus))
)]
pub(super) async fn get_status(State(app): State<Arc<App>>) -> Result<Json<SetUpStatus>, ApiError> {
    Ok(Json(SetUpStatus { set_up_done: app.store.any_agent().await?, epoch: app.store.epoch() }))
}

/// A link that works.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LinkStatus {
    valid: bool,
}

/// Tell whether a set-up link works
#[utoipa::path(
    get,
    path = "/console/1/setup/{token}",
    tag = "console",
    params(("token" = String, Path, description = "From the link")),
    responses(
        (status = 200, description = "It does", body = LinkStatus),
        (status = 404, description = "Used or unknown", body = ErrorBody),
    )
)]
pub(super) async fn check_link(
    State(app): State<Arc<App>>,
    Named(token): Named,
) -> Result<Json<LinkStatus>, ApiError> {
    if app.store.setup_token_works(token_hash(&token)).await? {
        Ok(Json(LinkStatus { valid: true }))
    } else {
        Err(ApiError::NotFound(USED_SETUP_LINK.to_owned()))
    }
}

/// The form behind a set-up link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetUpForm {
    /// From the link.
    #[schema(value_type = String)]
    token: Secret<String>,
    /// Name that visitors see.
    name: String,
    /// Signs in with it.
    email: String,
    /// At least 10 characters.
    #[schema(value_type = String)]
    password: Secret<String>,
}

/// Make the agent of a set-up link and sign in
#[utoipa::path(
    post,
    path = "/console/1/setup",
    tag = "console",
    request_body = SetUpForm,
    responses(
        (status = 201, description = "Signed in", body = SessionBody),
        (status = 400, description = "A field is wrong", body = ErrorBody),
        (status = 404, description = "Used or unknown link", body = ErrorBody),
    )
)]
pub(super) async fn set_up(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Body(form): Body<SetUpForm>,
) -> Result<impl IntoResponse, ApiError> {
    check_origin(&app, &headers, false)?;
    let SetUpForm { token, name, email, password } = form;
    let signed_in = app.set_up(SetUp { token, name, email, password }).await?;
    Ok((StatusCode::CREATED, with_cookie(&app, signed_in).await?))
}
