//! The web apps, carried inside the binary. A release build embeds the files of `web/*/dist`; a debug build reads
//! them from there at each request, so that `npm run build` shows without compiling the server again.

use std::borrow::Cow;

use bytes::Bytes;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/widget/dist/"]
struct Widget;

#[derive(RustEmbed)]
#[folder = "../../web/console/dist/"]
struct Console;

#[derive(RustEmbed)]
#[folder = "../../web/demo/dist/"]
struct Demo;

#[derive(RustEmbed)]
#[folder = "../../web/docs/dist/"]
struct Docs;

/// Shown in place of a page when the server was compiled without Node (debug builds only).
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Beckon</title>\
    <h1>The web apps are not built</h1>\
    <p>Install Node 20 or newer, then in <code>web/</code> run <code>npm ci &amp;&amp; npm run build</code> \
    and load this page again.</p></html>";

/// One file of a web app, ready to be sent.
#[derive(Clone, Debug)]
pub struct Asset {
    /// The content, not compressed.
    pub bytes: Bytes,
    /// The value of `Content-Type`, with the charset where there is one.
    pub content_type: &'static str,
    /// The value of `ETag`, quotes included; changes exactly when the content does.
    pub etag: String,
    /// The content's hash is part of its name: it may be cached for ever. Otherwise caches must ask again.
    pub immutable: bool,
}

/// The loader that sites include, `/widget.js`. `None` only when the web apps are not built.
pub fn loader() -> Option<Asset> {
    file::<Widget>("widget.js")
}

/// The page inside the iframe, `/widget/{widgetId}/`, the same for every widget.
pub fn widget_page() -> Asset {
    file::<Widget>("app/index.html").unwrap_or_else(not_built)
}

/// A file of the iframe's page: `path` is what follows `/widget/assets/`.
pub fn widget_asset(path: &str) -> Option<Asset> {
    file::<Widget>(&format!("app/assets/{path}"))
}

/// The console: `path` is what follows `/console/`. Any path that is not a file is a route of the app and answers
/// with its page; only a missing file below `assets/` is `None`.
pub fn console(path: &str) -> Option<Asset> {
    match file::<Console>(path) {
        None if path.starts_with("assets/") => None,
        None => Some(file::<Console>("index.html").unwrap_or_else(not_built)),
        found => found,
    }
}

/// The demo shop: `path` is what follows `/demo/`, empty for its first page. `None` for an unknown path.
pub fn demo(path: &str) -> Option<Asset> {
    match path {
        "" => Some(file::<Demo>("index.html").unwrap_or_else(not_built)),
        path => file::<Demo>(path),
    }
}

/// The reference page: `path` is what follows `/docs/`, empty for the page itself. `None` for an unknown path.
pub fn docs(path: &str) -> Option<Asset> {
    match path {
        "" => Some(file::<Docs>("index.html").unwrap_or_else(not_built)),
        path => file::<Docs>(path),
    }
}

fn file<Folder: RustEmbed>(path: &str) -> Option<Asset> {
    // Names that begin with a dot belong to the build.
    if path.split('/').any(|part| part.starts_with('.')) {
        return None;
    }
    let EmbeddedFile { data, metadata } = Folder::get(path)?;
    let bytes = match data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    Some(Asset {
        bytes,
        content_type: content_type(path),
        etag: format!("\"{}\"", hex::encode(&metadata.sha256_hash()[..16])),
        immutable: path.starts_with("assets/") || path.starts_with("app/assets/"),
    })
}

fn not_built() -> Asset {
    Asset {
        bytes: Bytes::from_static(NOT_BUILT.as_bytes()),
        content_type: content_type("index.html"),
        etag: "\"not-built\"".to_owned(),
        immutable: false,
    }
}

/// The kinds of file that the web apps are made of. Anything else is offered as a download.
fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
