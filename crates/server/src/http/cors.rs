//! What any site's page may ask by `fetch`, also where a script of the site has wrapped it: monitoring adds headers to each request, others force
//! credentials. Nothing here looks at a cookie, so there is nothing that credentials could tell a stranger.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Time a browser may remember that it may ask, in seconds.
const REMEMBERED: &str = "600";

/// The headers with which any page may read an answer. With credentials a browser takes no `*`, so the page's own origin is named.
pub(super) fn open(asked: &HeaderMap) -> [(HeaderName, HeaderValue); 3] {
    let any = HeaderValue::from_static("*");
    [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, asked.get(header::ORIGIN).cloned().unwrap_or(any)),
        (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true")),
        (header::VARY, HeaderValue::from_static("origin")),
    ]
}

/// `OPTIONS`, which a browser sends ahead of a request that is not plain any more: every header is allowed.
pub(super) async fn preflight(asked: HeaderMap) -> Response {
    let mut response = (StatusCode::NO_CONTENT, open(&asked)).into_response();
    let headers = response.headers_mut();
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(REMEMBERED));
    response
}
