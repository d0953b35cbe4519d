//! The socket that visitors and agents share: `/livechat/1/socket`.

pub mod close;
mod connection;
mod handshake;
pub mod outbound;
mod presence;
mod requests;
mod typing;

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, header};
use axum::response::Response;

use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::http::ClientAddress;
use crate::limits::{BODY_BYTES, WRITTEN_FRAME_BYTES, bucket_address};

/// Bytes a socket reads at once: a short message. A longer frame takes several reads; the library's 128 KiB would be kept
/// by each idle socket.
const READ_BUFFER: usize = 512;
/// Bytes that are gathered before they are written: two events. What a socket once gathered it keeps room for, and most
/// gather nothing again after their hello.
const WRITE_BUFFER: usize = 1024;

/// Opens a socket. Refusals that a page must understand come as close codes, since it cannot read a status.
#[utoipa::path(
    get,
    path = "/livechat/1/socket",
    tag = "socket",
    summary = "Open a WebSocket",
    description = "Text frames, one JSON object each, with a `type`. From clients: hello (first, within 10 seconds), \
        send, context, sync, subscribe, unsubscribe, command, delivered and read (Cursor), typing, ping; each has a \
        schema of its name. From the server: ServerFrame.",
    responses((status = 101, description = "The socket is open"), (status = 400, description = "Not a WebSocket handshake", body = ErrorBody))
)]
pub(crate) async fn open_socket(
    State(app): State<Arc<App>>,
    ClientAddress(ip): ClientAddress,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|rejection| ApiError::bad_request(rejection.body_text()))?;
    // Only pages served from here open sockets; programs send no origin.
    let origin_is_own = match headers.get(header::ORIGIN) {
        None => true,
        Some(origin) => origin.to_str().is_ok_and(|origin| app.is_own_page(origin)),
    };
    Ok(upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(WRITTEN_FRAME_BYTES + WRITE_BUFFER)
        .max_message_size(BODY_BYTES)
        .max_frame_size(BODY_BYTES)
        .on_upgrade(move |socket: WebSocket| {
            handshake::greet(app, socket, bucket_address(ip), origin_is_own)
        }))
}
