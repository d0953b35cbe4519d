//! Who sends a request: addresses, tokens, cookies and keys.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use beckon_core::agent::Role;
use beckon_core::visitor::Session;
use beckon_store::{AgentSession, SecretHash};

use crate::app::{App, Caller};
use crate::config::origin_of;
use crate::error::ApiError;
use crate::secret::{Secret, token_hash};

/// Name of the agents' cookie.
pub(super) const COOKIE: &str = "beckon_agent";

/// The address of the client, through proxies that are believed.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<Arc<App>> for ClientAddress {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let ConnectInfo(peer) =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().ok_or(ApiError::Internal)?;
        let believed = |ip: IpAddr| ip.is_loopback() || app.trusted_proxies.contains(&ip);
        let mut client = peer.ip().to_canonical();
        let hops = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = hops.flat_map(|value| value.split(',')).map(str::trim).collect();
        // From the nearest hop outwards, as long as the one who says it is believed.
        for hop in hops.iter().rev() {
            match hop.parse::<IpAddr>() {
                Ok(ip) if believed(client) => client = ip.to_canonical(),
                _ => break,
            }
        }
        Ok(Self(client))
    }
}

/// What a path names, as its text.
#[derive(Debug)]
pub(super) struct Named(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        named.map(|Path(text)| Self(text)).map_err(|_| ApiError::bad_request("The path is no text."))
    }
}

/// What is said to prove a visitor's session, by `Authorization: Bearer`; it is not looked up yet.
#[derive(Debug)]
pub(super) struct VisitorToken(pub(super) Secret<String>);

impl<S: Send + Sync> FromRequestParts<S> for VisitorToken {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let token = credentials(&parts.headers, "Bearer").ok_or_else(ApiError::unauthorized)?;
        Ok(Self(Secret::new(token.to_owned())))
    }
}

/// A visitor's session, by `Authorization: Bearer`.
#[derive(Debug)]
pub(super) struct VisitorAccess(pub(super) Session);

impl FromRequestParts<Arc<App>> for VisitorAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let token = credentials(&parts.headers, "Bearer").ok_or_else(ApiError::unauthorized)?;
        let session = app.session_of(token).await?;
        session.map(Self).ok_or_else(ApiError::unauthorized)
    }
}

/// An agent's sign-in, by cookie. Unsafe methods must come from our own pages.
#[derive(Debug)]
pub(super) struct AgentAccess {
    /// The sign-in.
    pub(super) session: AgentSession,
    /// What the store knows of its token.
    pub(super) token: SecretHash,
}

impl FromRequestParts<Arc<App>> for AgentAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let jar = CookieJar::from_headers(&parts.headers);
        let cookie = jar.get(COOKIE).ok_or_else(ApiError::unauthorized)?;
        if !parts.method.is_safe() {
            check_origin(app, &parts.headers, true)?;
        }
        let token = token_hash(cookie.value());
        Ok(Self { session: app.agent_session(token).await?, token })
    }
}

/// An administrator's sign-in: who may change settings.
#[derive(Debug)]
pub(super) struct AdminAccess(pub(super) AgentSession);

impl FromRequestParts<Arc<App>> for AdminAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let AgentAccess { session, .. } = AgentAccess::from_request_parts(parts, app).await?;
        if session.agent.role == Role::Admin { Ok(Self(session)) } else { Err(ApiError::forbidden()) }
    }
}

/// A key or an agent: who may use the contract's endpoints.
#[derive(Debug)]
pub(super) struct CallerAccess(pub(super) Caller);

impl FromRequestParts<Arc<App>> for CallerAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        if parts.headers.contains_key(header::AUTHORIZATION) {
            let key = credentials(&parts.headers, "App").ok_or_else(ApiError::unauthorized)?;
            let key = app.key_caller(key, !parts.method.is_safe()).await?;
            return Ok(Self(Caller::Key(key)));
        }
        let AgentAccess { session, .. } = AgentAccess::from_request_parts(parts, app).await?;
        if parts.headers.contains_key("x-agent-id") {
            return Err(ApiError::field(
                "x-agent-id",
                "is for keys; a signed-in agent writes in the own name",
            ));
        }
        Ok(Self(Caller::Agent(Arc::new(session.agent))))
    }
}

fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (given, rest) = value.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

/// Refuses what another site makes a browser send. A browser names the origin of every unsafe request; programs that
/// hold no cookie need none.
pub(super) fn check_origin(app: &App, headers: &HeaderMap, required: bool) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        let text = "This request names no origin: it did not come from a page of this server.";
        return if required { Err(ApiError::Forbidden(text.to_owned())) } else { Ok(()) };
    };
    let origin = origin.to_str().unwrap_or_default();
    if app.is_own_page(origin) {
        return Ok(());
    }
    // What is no origin is not repeated. A page that is not ours cannot read this.
    let page = origin_of(origin).unwrap_or_else(|| "another site".to_owned());
    Err(ApiError::Forbidden(format!(
        "This request came from {page}, and this server's public address is {public_url}. Open {public_url}, or set the \
         server's --public-url (BECKON_PUBLIC_URL) to the address that browsers use.",
        public_url = app.own.public_url,
    )))
}

/// One quiet line for each request: method, path and time; never a query, a header or a body.
pub(super) async fn log_request(request: Request, next: Next) -> Response {
    let method: Method = request.method().clone();
    let path = loggable(request.uri().path());
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status();
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if status.is_server_error() {
        tracing::warn!(%method, path, status = status.as_u16(), elapsed_ms, "request");
    } else {
        tracing::debug!(%method, path, status = status.as_u16(), elapsed_ms, "request");
    }
    response
}

/// Paths that end in a secret: set-up links and invites carry theirs there.
const SECRET_PATHS: [&str; 2] = ["/console/1/setup/", "/console/1/invites/token/"];

fn loggable(path: &str) -> String {
    match SECRET_PATHS.iter().find(|start| path.starts_with(**start)) {
        Some(start) => format!("{start}[secret]"),
        None => path.to_owned(),
    }
}
