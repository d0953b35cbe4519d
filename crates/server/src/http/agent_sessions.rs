//! Signing in and out, and the ticket for the socket.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use beckon_core::agent::Agent;
use beckon_core::frame::server::AgentSelf;
use beckon_core::id::Epoch;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{AgentAccess, COOKIE, ClientAddress, check_origin};
use super::body::Body;
use crate::app::{App, SIGN_IN_SECONDS, SignedIn};
use crate::error::{ApiError, ErrorBody};
use crate::limits::TICKET_SECONDS;
use crate::secret::Secret;

/// Who is signed in, and where.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionBody {
    agent: AgentSelf,
    server: ServerFacts,
}

/// What the console must know of the server.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ServerFacts {
    /// Address at which browsers reach it.
    public_url: String,
    /// Names this life of its database.
    #[schema(value_type = String, format = Uuid)]
    epoch: Epoch,
    /// Origins whose images may be shown: allowed origins of all widgets, and our own.
    widget_origins: Vec<String>,
}

pub(super) async fn session_body(app: &App, agent: &Agent) -> Result<SessionBody, ApiError> {
    Ok(SessionBody {
        agent: AgentSelf {
            id: agent.id,
            name: agent.name.to_string(),
            email: agent.email.to_string(),
            role: agent.role,
        },
        server: ServerFacts {
            public_url: app.own.public_url.clone(),
            epoch: app.store.epoch(),
            widget_origins: app.widget_origins().await?,
        },
    })
}

/// The body for a fresh sign-in, with its cookie.
pub(super) async fn with_cookie(
    app: &App,
    signed_in: SignedIn,
) -> Result<impl IntoResponse + use<>, ApiError> {
    let body = session_body(app, &signed_in.session.agent).await?;
    let cookie = cookie(app, signed_in.token.expose(), SIGN_IN_SECONDS);
    Ok((AppendHeaders([(header::SET_COOKIE, cookie), no_store()]), Json(body)))
}

fn no_store() -> (header::HeaderName, String) {
    (header::CACHE_CONTROL, "no-store".to_owned())
}

/// The value is a token of hexadecimal digits, so nothing in it needs quoting.
fn cookie(app: &App, value: &str, seconds: i64) -> String {
    let secure = if app.own.is_secure() { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// The cookie that takes the sign-in's away.
pub(super) fn no_cookie(app: &App) -> String {
    cookie(app, "", 0)
}

/// E-mail and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInForm {
    email: String,
    #[schema(value_type = String)]
    password: Secret<String>,
}

/// Sign in
#[utoipa::path(
    post,
    path = "/console/1/session",
    tag = "console",
    request_body = SignInForm,
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = SessionBody),
        (status = 401, description = "Wrong e-mail or password", body = ErrorBody),
        (status = 429, description = "Too many tries", body = ErrorBody),
    )
)]
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    ClientAddress(ip): ClientAddress,
    headers: HeaderMap,
    Body(form): Body<SignInForm>,
) -> Result<Response, ApiError> {
    check_origin(&app, &headers, false)?;
    let signed_in = app.sign_in(&form.email, form.password, ip).await?;
    Ok(with_cookie(&app, signed_in).await?.into_response())
}

/// Tell who is signed in
#[utoipa::path(
    get,
    path = "/console/1/session",
    tag = "console",
    security(("cookie" = [])),
    responses(
        (status = 200, description = "The agent", body = SessionBody),
        (status = 401, description = "Nobody", body = ErrorBody),
    )
)]
pub(super) async fn get_session(
    State(app): State<Arc<App>>,
    AgentAccess { session, .. }: AgentAccess,
) -> Result<impl IntoResponse, ApiError> {
    Ok(([no_store()], Json(session_body(&app, &session.agent).await?)))
}

/// Sign out; live sockets of this sign-in end
#[utoipa::path(
    delete,
    path = "/console/1/session",
    tag = "console",
    security(("cookie" = [])),
    responses(
        (status = 204, description = "Signed out"),
        (status = 401, description = "Nobody was signed in", body = ErrorBody),
    )
)]
pub(super) async fn sign_out(
    State(app): State<Arc<App>>,
    AgentAccess { session, .. }: AgentAccess,
) -> Result<impl IntoResponse, ApiError> {
    app.sign_out(&session).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, no_cookie(&app))])))
}

/// A ticket for the socket's hello.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TicketBody {
    /// Works once.
    ticket: String,
    /// Seconds.
    expires_in: i64,
}

/// Get a one-use ticket for the socket
#[utoipa::path(
    post,
    path = "/console/1/tickets",
    tag = "console",
    security(("cookie" = [])),
    responses(
        (status = 201, description = "The ticket", body = TicketBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Asked by a page of another site", body = ErrorBody),
    )
)]
pub(super) async fn issue_ticket(
    State(app): State<Arc<App>>,
    AgentAccess { session, token }: AgentAccess,
) -> Result<impl IntoResponse, ApiError> {
    let ticket = app.tickets.issue(session.id, token, app.now()).expose().clone();
    let body = TicketBody { ticket, expires_in: TICKET_SECONDS };
    Ok((StatusCode::CREATED, [no_store()], Json(body)))
}
