//! The web apps: the loader, the widget's frame, the console, the reference and the demo, each with its content security policy.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use beckon_core::id::WidgetId;
use serde::Serialize;

use super::access::Named;
use crate::app::App;
use crate::assets::{self, Asset};
use crate::error::ApiError;

/// Time a loader may be kept before a browser asks again, in seconds: a fix reaches every page within minutes.
const LOADER: &str = "public, max-age=300";
const REVALIDATE: &str = "no-cache";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// All routes of the web apps.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/widget.js", get(loader))
        .route("/widget/assets/{*path}", get(widget_asset))
        .route("/widget/{id}/", get(widget_page))
        .route("/console", get(|query: RawQuery| async { moved("/console/", query) }))
        .route("/console/", get(console_page))
        .route("/console/{*path}", get(console_file))
        .route("/docs", get(|query: RawQuery| async { moved("/docs/", query) }))
        .route("/docs/", get(docs_page))
        .route("/docs/context", get(|| async { Redirect::permanent("/docs/#context") }))
        .route("/docs/{*path}", get(docs_file))
        .route("/demo", get(|query: RawQuery| async { moved("/demo/", query) }))
        .route("/demo/", get(demo_page))
        .route("/demo/config.json", get(demo_config))
        .route("/demo/{*path}", get(demo_file))
}

/// To the path with its slash, and with the query: `/demo?single` shows another shop.
fn moved(path: &str, RawQuery(query): RawQuery) -> Redirect {
    match query {
        Some(query) => Redirect::permanent(&format!("{path}?{query}")),
        None => Redirect::permanent(path),
    }
}

fn not_found() -> Response {
    ApiError::NotFound("Not found".to_owned()).into_response()
}

/// An asset, or 304 when the browser has it.
fn send(asset: Asset, request: &HeaderMap, caching: &'static str) -> Response {
    let etag = HeaderValue::from_str(&asset.etag).ok();
    let known =
        request.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|value| {
            // A compressed answer's tag comes back as a weak one.
            value.split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.etag)
        });
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, asset.content_type)], asset.bytes).into_response()
    };
    let headers = response.headers_mut();
    if let Some(etag) = etag {
        headers.insert(header::ETAG, etag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}

fn send_file(asset: Asset, request: &HeaderMap) -> Response {
    let caching = if asset.immutable { FOR_EVER } else { REVALIDATE };
    send(asset, request, caching)
}

fn with_policy(mut response: Response, policy: &str) -> Response {
    match HeaderValue::from_str(policy) {
        Ok(policy) => {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            response
        }
        Err(_) => {
            tracing::error!("an allowed origin cannot be written in a header");
            ApiError::Internal.into_response()
        }
    }
}

/// Origins as the sources of a policy's directive. A policy cannot name an IPv6 address: browsers refuse the word and
/// complain in the console; our own is covered by 'self'. Nor can it name what no header can hold: left out here, so
/// that one odd origin costs itself and not the page.
fn sources<'a>(origins: impl Iterator<Item = &'a str>) -> String {
    let nameable = |origin: &&str| {
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'[' | b';' | b',');
        origin.bytes().all(plain)
    };
    let mut named: Vec<&str> = origins.filter(nameable).collect();
    named.sort_unstable();
    named.dedup();
    named.join(" ")
}

/// Where our own pages may connect to: the socket needs its own scheme for older browsers.
fn sockets(app: &App) -> String {
    sources(app.own.iter()).replace("http://", "ws://").replace("https://", "wss://")
}

async fn loader(headers: HeaderMap) -> Response {
    let Some(asset) = assets::loader() else { return not_found() };
    for_sites(send(asset, &headers, LOADER))
}

/// Any site may load it, also one that isolates itself, and as a module.
fn for_sites(mut response: Response) -> Response {
    let open = HeaderValue::from_static("cross-origin");
    response.headers_mut().insert("cross-origin-resource-policy", open);
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// A site that isolates itself (Cross-Origin-Embedder-Policy) embeds only a page that does the same. The chat has nothing of other
/// origins in it, so it loses nothing.
fn for_isolated(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("cross-origin-embedder-policy", HeaderValue::from_static("require-corp"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

async fn widget_page(
    State(app): State<Arc<App>>,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let widget = app.widget_named(&id).await?;
    let embedders = app.embedders(&widget);
    let ancestors = if embedders.is_empty() { "*".to_owned() } else { sources(embedders.into_iter()) };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}; \
         require-trusted-types-for 'script'",
        sockets = sockets(&app),
    );
    // The policy depends on the allowed origins, so a copy is asked about each time.
    Ok(for_isolated(with_policy(send(assets::widget_page(), &headers, REVALIDATE), &policy)))
}

async fn widget_asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    // The loader imports some of these into the site's page.
    assets::widget_asset(&path).map_or_else(not_found, |asset| for_sites(send_file(asset, &headers)))
}

async fn console_page(state: State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    console(state, "", &headers).await
}

async fn console_file(
    state: State<Arc<App>>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    console(state, &path, &headers).await
}

async fn console(State(app): State<Arc<App>>, path: &str, headers: &HeaderMap) -> Result<Response, ApiError> {
    let Some(asset) = assets::console(path) else { return Ok(not_found()) };
    if !asset.content_type.starts_with("text/html") {
        return Ok(send_file(asset, headers));
    }
    // An image of a context loads by itself only from here, from a site that may embed a widget or from its image hosts.
    let origins = app.image_sources().await?;
    let images = sources(origins.iter().map(String::as_str));
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {images}; font-src 'self'; \
         media-src 'self'; manifest-src 'self'; connect-src 'self' {sockets}; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'",
        sockets = sockets(&app),
    );
    Ok(with_policy(send_file(asset, headers), &policy))
}

async fn docs_page(headers: HeaderMap) -> Response {
    docs("", &headers)
}

async fn docs_file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    docs(&path, &headers)
}

fn docs(path: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = assets::docs(path) else { return not_found() };
    if !asset.content_type.starts_with("text/html") {
        return send_file(asset, headers);
    }
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
    with_policy(send_file(asset, headers), policy)
}

async fn demo_page(state: State<Arc<App>>, headers: HeaderMap) -> Response {
    demo(state, "", &headers)
}

async fn demo_file(state: State<Arc<App>>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    demo(state, &path, &headers)
}

fn demo(State(app): State<Arc<App>>, path: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = assets::demo(path) else { return not_found() };
    let is_page = asset.content_type.starts_with("text/html");
    let mut response = send_file(asset, headers);
    if !is_page {
        // The card in the console shows the cars' pictures.
        let open = HeaderValue::from_static("cross-origin");
        response.headers_mut().insert("cross-origin-resource-policy", open);
        return response;
    }
    let own = sources(app.own.iter());
    // The lines that a shop with a policy of its own adds for Beckon: script-src, connect-src and frame-src.
    let policy = format!(
        "default-src 'none'; script-src 'self' {widget}; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self' {widget}; frame-src {widget}; base-uri 'none'; form-action 'self'; \
         frame-ancestors {own}",
        widget = app.own.public_url,
    );
    response = with_policy(response, &policy);
    // The page that starts over tells the shop's origin that it is done, and learns that origin from the referrer.
    response
        .headers_mut()
        .insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    response
}

/// What the demo's pages must know.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DemoConfig {
    widget_origin: String,
    multi_thread_widget_id: Option<WidgetId>,
    single_thread_widget_id: Option<WidgetId>,
    console_url: String,
    set_up_done: bool,
}

async fn demo_config(State(app): State<Arc<App>>) -> Result<impl IntoResponse, ApiError> {
    let widgets = app.store.widgets().await?;
    let first = |multi_thread| {
        widgets.iter().find(|widget| widget.multi_thread == multi_thread).map(|widget| widget.id)
    };
    let config = DemoConfig {
        widget_origin: app.own.public_url.clone(),
        multi_thread_widget_id: first(true),
        single_thread_widget_id: first(false),
        console_url: format!("{}/console/", app.own.public_url),
        set_up_done: app.store.any_agent().await?,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(config)))
}
