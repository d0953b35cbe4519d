//! Invites: links by which people become agents.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use beckon_core::agent::Role;
use beckon_core::id::InviteId;
use beckon_core::time::Timestamp;
use beckon_store::{Invite, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{AdminAccess, ClientAddress, Named, check_origin};
use super::agent_sessions::{SessionBody, with_cookie};
use super::body::Body;
use super::people::role_of;
use crate::app::{App, Joining};
use crate::error::{ApiError, ErrorBody};
use crate::secret::Secret;

/// An invite that waits to be used, without its link.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InviteBody {
    #[schema(value_type = String, format = Uuid)]
    id: InviteId,
    /// For whom.
    email: String,
    /// What that person may do then.
    #[schema(value_type = String)]
    role: Role,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Name of who invited.
    created_by: String,
}

impl From<Invite> for InviteBody {
    fn from(invite: Invite) -> Self {
        Self {
            id: invite.id,
            email: invite.email.to_string(),
            role: invite.role,
            expires_at: invite.expires_at,
            created_by: invite.created_by_name.to_string(),
        }
    }
}

/// Whom to invite, and as what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInviteBody {
    /// The person signs in with it.
    email: String,
    /// `ADMIN`, `SUPERVISOR` or `AGENT`.
    role: String,
}

/// A new invite with its link.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CreatedInvite {
    #[serde(flatten)]
    invite: InviteBody,
    /// Works once, for a week. It is shown this once.
    link: String,
}

/// Invite somebody; the link is told once
#[utoipa::path(
    post,
    path = "/console/1/invites",
    operation_id = "create_invite",
    tag = "console",
    security(("cookie" = [])),
    request_body = NewInviteBody,
    responses(
        (status = 201, description = "The invite and its link; an earlier one to this e-mail works no more", body = CreatedInvite),
        (status = 400, description = "A field is wrong, or there are too many invites", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Not an administrator", body = ErrorBody),
    )
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    AdminAccess(session): AdminAccess,
    Body(new): Body<NewInviteBody>,
) -> Result<impl IntoResponse, ApiError> {
    let role = role_of(&new.role)?;
    let (invite, link) = app.invite(session.agent.id, &new.email, role).await?;
    let body = CreatedInvite { invite: invite.into(), link: link.expose().clone() };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)))
}

/// Take an invite back
#[utoipa::path(
    delete,
    path = "/console/1/invites/{id}",
    operation_id = "delete_invite",
    tag = "console",
    security(("cookie" = [])),
    params(("id" = String, Path, description = "Invite id")),
    responses(
        (status = 204, description = "Its link works no more"),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Not an administrator", body = ErrorBody),
        (status = 404, description = "Used, ended or unknown", body = ErrorBody),
    )
)]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    AdminAccess(_admin): AdminAccess,
    Named(id): Named,
) -> Result<StatusCode, ApiError> {
    let invite: InviteId = id.parse().map_err(|_| ApiError::no_such(&id))?;
    match app.store.delete_invite(invite).await {
        Err(StoreError::NotFound) => Err(ApiError::no_such(id)),
        deleted => deleted.map(|()| StatusCode::NO_CONTENT).map_err(ApiError::from),
    }
}

/// What an invite says to the one who was invited.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InviteOffer {
    /// To sign in with.
    email: String,
    /// `ADMIN`, `SUPERVISOR` or `AGENT`.
    #[schema(value_type = String)]
    role: Role,
    /// Name of who invited.
    invited_by: String,
}

/// Read what an invite's link offers
#[utoipa::path(
    get,
    path = "/console/1/invites/token/{token}",
    operation_id = "read_invite",
    tag = "console",
    params(("token" = String, Path, description = "From the link")),
    responses(
        (status = 200, description = "It works", body = InviteOffer),
        (status = 404, description = "Used, ended or unknown", body = ErrorBody),
        (status = 429, description = "Too many tries", body = ErrorBody),
    )
)]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    ClientAddress(ip): ClientAddress,
    Named(token): Named,
) -> Result<impl IntoResponse, ApiError> {
    let invite = app.invite_of(&token, ip).await?;
    let offer = InviteOffer {
        email: invite.email.to_string(),
        role: invite.role,
        invited_by: invite.created_by_name.to_string(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(offer)))
}

/// The form behind an invite's link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JoinForm {
    /// Name that visitors see.
    name: String,
    /// At least 10 characters.
    #[schema(value_type = String)]
    password: Secret<String>,
}

/// Make the agent of an invite and sign in
#[utoipa::path(
    post,
    path = "/console/1/invites/token/{token}",
    operation_id = "accept_invite",
    tag = "console",
    params(("token" = String, Path, description = "From the link")),
    request_body = JoinForm,
    responses(
        (status = 201, description = "Signed in", body = SessionBody),
        (status = 400, description = "A field is wrong", body = ErrorBody),
        (status = 404, description = "Used, ended or unknown", body = ErrorBody),
        (status = 429, description = "Too many tries", body = ErrorBody),
    )
)]
pub(super) async fn accept(
    State(app): State<Arc<App>>,
    ClientAddress(ip): ClientAddress,
    Named(token): Named,
    headers: HeaderMap,
    Body(form): Body<JoinForm>,
) -> Result<impl IntoResponse, ApiError> {
    check_origin(&app, &headers, false)?;
    let JoinForm { name, password } = form;
    let signed_in = app.join(Joining { token: Secret::new(token), name, password }, ip).await?;
    Ok((StatusCode::CREATED, with_cookie(&app, signed_in).await?))
}
