//! What a client does on the wire: sessions and tickets over HTTP, frames over a socket, every byte of it kept in
//! sight.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::{Failure, Outcome};

/// Far more than an answer takes; nothing is measured with it.
pub const HANG: Duration = Duration::from_secs(30);
/// A socket's read buffer: thousands of clients live in this process.
const READ_BUFFER: usize = 4 * 1024;

/// The doors of one server.
#[derive(Clone, Debug)]
pub struct Door {
    /// Where clients connect: the server, or a proxy before it.
    pub address: SocketAddr,
    http: Client,
}

/// A visitor's session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Identity of the visitor.
    pub visitor: String,
    /// What the hello carries.
    pub token: String,
}

/// Who says hello.
#[derive(Clone, Debug)]
pub enum Greeting {
    /// A visitor's token.
    Token(String),
    /// An agent's ticket; works once.
    Ticket(String),
}

impl Door {
    /// A door to this address.
    pub fn new(address: SocketAddr) -> Outcome<Self> {
        let http = Client::builder().timeout(HANG).pool_max_idle_per_host(64).build()?;
        Ok(Self { address, http })
    }

    /// The same server by another address.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, http: self.http.clone() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A request with a method and a path.
    pub fn request(&self, method: &str, path: &str) -> Outcome<RequestBuilder> {
        Ok(self.http.request(method.parse()?, self.url(path)))
    }

    /// A new visitor.
    pub async fn session(&self, widget: &str) -> Outcome<Session> {
        let path = format!("/livechat/1/widgets/{widget}/sessions");
        let body = self.json(self.http.post(self.url(&path)).json(&json!({}))).await?;
        Ok(Session { visitor: text(&body["visitor"])?, token: text(&body["token"])? })
    }

    /// Signs an agent in; the cookie.
    pub async fn sign_in(&self, email: &str, password: &str) -> Outcome<String> {
        let form = json!({"email": email, "password": password});
        let response = self.http.post(self.url("/console/1/session")).json(&form).send().await?;
        let status = response.status();
        let header = response.headers().get("set-cookie").and_then(|value| value.to_str().ok());
        let cookie = header.and_then(|value| value.split(';').next()).map(str::to_owned);
        cookie.ok_or_else(|| Failure::new(format!("sign-in of {email}: {status}")))
    }

    /// A ticket for one hello of an agent. The page's origin is the server's own, not the proxy's.
    pub async fn ticket(&self, cookie: &str, origin: &str) -> Outcome<String> {
        let request = self.http.post(self.url("/console/1/tickets")).json(&json!({}));
        let body = self.json(request.header("cookie", cookie).header("origin", origin)).await?;
        text(&body["ticket"])
    }

    /// The JSON body of an answer that must be a success.
    pub async fn json(&self, request: RequestBuilder) -> Outcome<Value> {
        let response = request.send().await?;
        let (status, path) = (response.status(), response.url().path().to_owned());
        let body = response.text().await?;
        if !status.is_success() {
            return Err(Failure::new(format!("{path}: {status} {body}")));
        }
        Ok(serde_json::from_str(&body)?)
    }

    /// A socket before its hello.
    pub async fn socket(&self) -> Outcome<Socket> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let url = format!("ws://{}/livechat/1/socket", self.address);
        let mut config = WebSocketConfig::default();
        config.read_buffer_size = READ_BUFFER;
        let opened = timeout(HANG, client_async_with_config(url, Stream(stream), Some(config)));
        let (stream, _) = opened.await.map_err(|_| Failure::new("the socket does not open"))??;
        Ok(Socket { stream })
    }
}

/// A text of a JSON value.
pub fn text(value: &Value) -> Outcome<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| Failure::new(format!("a text, not {value}")))
}

/// How a socket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With a close frame and its code.
    Closed(u16),
    /// Without a word.
    Lost,
}

/// A connection on which a write never fails: that the other end takes nothing any more is heard of by reading to the end,
/// and what the other end said last, its close code say, is heard before.
#[derive(Debug)]
struct Stream(TcpStream);

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes).map(|written| Ok(written.unwrap_or(bytes.len())))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// A WebSocket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<Stream>,
}

impl Socket {
    /// Sends a text frame and flushes.
    pub async fn send(&mut self, text: impl Into<Utf8Bytes>) -> Result<(), Ended> {
        self.stream.send(Message::Text(text.into())).await.map_err(|_| Ended::Lost)
    }

    /// Sends any message and flushes.
    pub async fn send_message(&mut self, message: Message) -> Result<(), Ended> {
        self.stream.send(message).await.map_err(|_| Ended::Lost)
    }

    /// Queues a text frame.
    pub async fn feed(&mut self, text: impl Into<Utf8Bytes>) -> Result<(), Ended> {
        self.stream.feed(Message::Text(text.into())).await.map_err(|_| Ended::Lost)
    }

    /// Writes what is queued.
    pub async fn flush(&mut self) -> Result<(), Ended> {
        self.stream.flush().await.map_err(|_| Ended::Lost)
    }

    /// Says who is there and what was seen of these conversations: id, epoch, position.
    pub async fn hello(&mut self, who: &Greeting, resume: &[(String, String, i64)]) -> Result<(), Ended> {
        let resume: Vec<Value> = resume
            .iter()
            .map(|(conversation, epoch, position)| {
                json!({"conversation": conversation, "epoch": epoch, "position": position})
            })
            .collect();
        let mut hello = json!({"type": "hello", "version": beckon_core::frame::VERSION, "resume": resume});
        match who {
            Greeting::Token(token) => hello["token"] = token.as_str().into(),
            Greeting::Ticket(ticket) => hello["ticket"] = ticket.as_str().into(),
        }
        self.send(hello.to_string()).await
    }

    /// The next text frame. Safe to drop while waiting.
    pub async fn next(&mut self) -> Result<Utf8Bytes, Ended> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map_or(Ended::Lost, |frame| Ended::Closed(frame.code.into())));
                }
                // The library answers pings by itself.
                Some(Ok(_)) => {}
                None | Some(Err(_)) => return Err(Ended::Lost),
            }
        }
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        // Gone already is as good.
        let _gone = self.stream.close(None).await;
    }
}

/// The parts of a server's frame that a client acts on; what it does not know it ignores. The server's own types only
/// write.
#[derive(Debug, Deserialize)]
pub struct Heard {
    /// `welcome`, `event`, `accepted`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Of an answer: the request's number.
    #[serde(default)]
    pub request: Option<u64>,
    /// The conversation.
    #[serde(default)]
    pub conversation: Option<String>,
    /// Of an event, or of the message an answer is about.
    #[serde(default)]
    pub position: Option<i64>,
    /// The epoch of positions.
    #[serde(default)]
    pub epoch: Option<String>,
    /// First position in a state's answer.
    #[serde(default)]
    pub first: Option<i64>,
    /// `replay` or `reset`.
    #[serde(default)]
    pub mode: Option<String>,
    /// The event.
    #[serde(default)]
    pub event: Option<Box<RawValue>>,
    /// The stored message of an answer.
    #[serde(default)]
    pub event_id: Option<String>,
    /// Stored before.
    #[serde(default)]
    pub duplicate: bool,
    /// Why a write was refused.
    #[serde(default)]
    pub code: Option<String>,
    /// The same in words.
    #[serde(default)]
    pub message: Option<String>,
    /// `same`, `later` or `never`.
    #[serde(default)]
    pub retry: Option<String>,
    /// When `later` is.
    #[serde(default)]
    pub after_ms: Option<u64>,
    /// Newest positions of what is followed.
    #[serde(default)]
    pub heads: Option<std::collections::BTreeMap<String, i64>>,
    /// Cursors of a state.
    #[serde(default)]
    pub cursors: Option<Cursors>,
    /// Of a cursor frame.
    #[serde(default)]
    pub delivered: Option<i64>,
    /// Of a cursor frame.
    #[serde(default)]
    pub read: Option<i64>,
    /// The conversations that a context write went to.
    #[serde(default)]
    pub conversations: Option<Vec<Written>>,
}

impl Heard {
    /// Reads a frame.
    pub fn parse(text: &str) -> Outcome<Self> {
        serde_json::from_str(text)
            .map_err(|error| Failure::new(format!("a frame that is none: {error}: {text}")))
    }
}

/// How far each side has read.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Cursors {
    /// The other side has it.
    pub delivered: i64,
    /// The other side has seen it.
    pub read: i64,
}

/// A conversation whose context was written.
#[derive(Clone, Debug, Deserialize)]
pub struct Written {
    /// Which.
    pub conversation: String,
    /// Version after.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_tungstenite::accept_async;
    use tokio_tungstenite::tungstenite::protocol::CloseFrame;

    use super::*;

    #[tokio::test]
    async fn a_close_code_is_heard_by_who_writes_too_late() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let door = Door::new(listener.local_addr().expect("an address")).expect("a door");
        let server = async {
            let (stream, _) = listener.accept().await.expect("a client");
            let mut socket = accept_async(stream).await.expect("a socket");
            let told = CloseFrame { code: 4001.into(), reason: Utf8Bytes::default() };
            socket.send(Message::Close(Some(told))).await.expect("told");
            // A process that ends with something unread: the connection is reset.
            socket.get_ref().set_zero_linger().expect("set");
        };
        let (socket, ()) = tokio::join!(door.socket(), server);
        let mut socket = socket.expect("a socket");
        for _ in 0..2 {
            socket.send("{}").await.expect("nobody knows");
        }
        assert_eq!(socket.next().await, Err(Ended::Closed(4001)));
    }
}
