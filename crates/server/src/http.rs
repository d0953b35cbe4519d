//! HTTP: one file for each family of endpoints, and the router that joins them.

mod access;
mod agent_sessions;
mod agents;
mod body;
mod context_history;
mod conversation_query;
mod conversations;
mod cors;
mod edits;
mod health;
mod inbox;
mod invites;
mod keys;
mod messages;
mod metadata;
mod notes;
mod pages;
mod people;
mod profile;
mod quick_replies;
mod repeatable;
mod setup;
mod threads;
mod visitor_sessions;
mod widget_settings;
mod widgets;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, options};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::ApiError;
use crate::ws;

pub use access::ClientAddress;

/// Smaller answers are not worth compressing.
const COMPRESS_FROM_BYTES: u64 = 512;

/// The endpoints that the API description names.
pub(crate) fn described() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(widgets::get_config))
        .routes(routes!(widgets::create_session))
        .routes(routes!(visitor_sessions::end))
        .routes(routes!(visitor_sessions::grant_handle))
        .routes(routes!(visitor_sessions::redeem_handle))
        .routes(routes!(threads::list_threads))
        .routes(routes!(threads::list_events))
        .routes(routes!(ws::open_socket))
        .routes(routes!(setup::get_status))
        .routes(routes!(setup::check_link))
        .routes(routes!(setup::set_up))
        .routes(routes!(agent_sessions::sign_in, agent_sessions::get_session, agent_sessions::sign_out))
        .routes(routes!(agent_sessions::issue_ticket))
        .routes(routes!(profile::change))
        .routes(routes!(profile::change_password))
        .routes(routes!(profile::sign_out_everywhere))
        .routes(routes!(people::list))
        .routes(routes!(people::change))
        .routes(routes!(invites::create))
        .routes(routes!(invites::delete))
        .routes(routes!(invites::read, invites::accept))
        .routes(routes!(widget_settings::list, widget_settings::create))
        .routes(routes!(widget_settings::get, widget_settings::change))
        .routes(routes!(widget_settings::pin))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::revoke))
        .routes(routes!(quick_replies::list, quick_replies::create))
        .routes(routes!(quick_replies::put, quick_replies::delete))
        .routes(routes!(inbox::list_inbox))
        .routes(routes!(inbox::list_events))
        .routes(routes!(conversations::list, conversations::create))
        .routes(routes!(conversations::get, edits::put, edits::patch))
        .routes(routes!(edits::assign, edits::unassign))
        .routes(routes!(agents::list))
        .routes(routes!(messages::list, messages::create))
        .routes(routes!(notes::list, notes::create))
        .routes(routes!(notes::get))
        .routes(routes!(metadata::get, metadata::put, metadata::patch, metadata::delete))
        .routes(routes!(context_history::list))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
}

/// The whole server.
pub fn router(app: Arc<App>) -> Router {
    let (api, _description) = described().split_for_parts();
    let compression = CompressionLayer::new()
        .compress_when(SizeAbove::new(COMPRESS_FROM_BYTES).and(NotForContentType::const_new("image/")));
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let own = app.own.public_url.clone();
    let described = Arc::new(LazyLock::new(move || crate::openapi::text_at(&own)));
    let description = move || {
        let described = Arc::clone(&described);
        async move { ([(header::CONTENT_TYPE, "application/json")], described.as_str().to_owned()) }
    };
    api.merge(pages::routes())
        .route("/livechat/1/widgets/{id}/config", options(cors::preflight))
        .route("/openapi.json", get(description))
        .route("/", get(|| async { Redirect::temporary("/demo/") }))
        .fallback(|| async { ApiError::NotFound("Not found".to_owned()) })
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        .with_state(app)
        .layer(CatchPanicLayer::custom(|_panic| {
            tracing::error!("a request met a defect");
            ApiError::Internal.into_response()
        }))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        .layer(header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .layer(from_fn(access::log_request))
        .layer(compression)
}
