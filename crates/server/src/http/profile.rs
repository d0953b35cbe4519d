//! What agents change of themselves: name, password, where they are signed in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::{AgentAccess, ClientAddress};
use super::agent_sessions::{SessionBody, no_cookie, session_body};
use super::body::Body;
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::secret::Secret;

/// What an agent may change of the own profile.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileChange {
    /// Name that visitors see: at most 200 characters.
    name: String,
}

/// Change the own name
#[utoipa::path(
    patch,
    path = "/console/1/profile",
    operation_id = "change_profile",
    tag = "console",
    security(("cookie" = [])),
    request_body = ProfileChange,
    responses(
        (status = 200, description = "Changed", body = SessionBody),
        (status = 400, description = "The name is wrong", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Asked by a page of another site", body = ErrorBody),
    )
)]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    AgentAccess { session, .. }: AgentAccess,
    Body(profile): Body<ProfileChange>,
) -> Result<impl IntoResponse, ApiError> {
    let agent = app.rename(session.agent.id, &profile.name).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(session_body(&app, &agent).await?)))
}

/// The present password and the next.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// The present one.
    #[schema(value_type = String)]
    current: Secret<String>,
    /// At least 10 characters.
    #[schema(value_type = String)]
    new: Secret<String>,
}

/// Change the own password; every other sign-in ends
#[utoipa::path(
    post,
    path = "/console/1/password",
    operation_id = "change_password",
    tag = "console",
    security(("cookie" = [])),
    request_body = PasswordChange,
    responses(
        (status = 204, description = "Changed; other sign-ins and their sockets have ended, this one stays"),
        (status = 400, description = "The present password is wrong, or the new one too short", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Asked by a page of another site", body = ErrorBody),
        (status = 429, description = "Too many tries", body = ErrorBody),
    )
)]
pub(super) async fn change_password(
    State(app): State<Arc<App>>,
    ClientAddress(ip): ClientAddress,
    AgentAccess { session, .. }: AgentAccess,
    Body(change): Body<PasswordChange>,
) -> Result<StatusCode, ApiError> {
    app.change_password(&session, change.current, change.new, ip).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign out everywhere, here too
#[utoipa::path(
    delete,
    path = "/console/1/sessions",
    operation_id = "sign_out_everywhere",
    tag = "console",
    security(("cookie" = [])),
    responses(
        (status = 204, description = "Every sign-in of this agent has ended, with its sockets"),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Asked by a page of another site", body = ErrorBody),
    )
)]
pub(super) async fn sign_out_everywhere(
    State(app): State<Arc<App>>,
    AgentAccess { session, .. }: AgentAccess,
) -> Result<impl IntoResponse, ApiError> {
    app.sign_out_everywhere(session.agent.id).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, no_cookie(&app))])))
}
