//! A server in this process, on a free port and a folder of its own, with a clock that tests can move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use beckon_core::agent::{Agent, Role};
use beckon_core::key::Scope;
use beckon_core::text::{Email, Name};
use beckon_core::time::{Clock, Timestamp};
use beckon_server::app::App;
use beckon_server::config::Settings;
use beckon_server::secret::{hash_password, new_api_key, token_hash};
use beckon_server::serve::{Listeners, assemble, serve};
use beckon_store::sqlite::{SqliteOptions, SqliteStore};
use beckon_store::{NewAgent, Store};
use clap::{Args, Command, FromArgMatches};
use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};
use uuid::Uuid;

/// Far more than anything takes: a hang ends here, and nothing is measured with it.
pub(crate) const HANG: Duration = Duration::from_secs(60);

/// Between two looks at what does not say that it has changed.
const PACE: Duration = Duration::from_millis(20);

/// Looks until there is something, at a pace that leaves the machine to what is waited for, and bounded. Where the thing
/// tells of itself, a frame say, that is waited for instead.
pub(crate) async fn until<Found>(what: &str, mut look: impl AsyncFnMut() -> Option<Found>) -> Found {
    let looks = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(PACE).await;
        }
    };
    let found = timeout(HANG, looks).await;
    found.unwrap_or_else(|_| panic!("not within {HANG:?}: {what}"))
}

/// The same for what is so or is not.
pub(crate) async fn until_so(what: &str, mut so: impl AsyncFnMut() -> bool) {
    until(what, async || so().await.then_some(())).await;
}

/// Of every agent that the harness signs in.
pub(crate) const PASSWORD: &str = "a long password";

/// A clock that stands until it is moved.
#[derive(Debug)]
pub(crate) struct FakeClock(AtomicI64);

impl FakeClock {
    /// Moves the clock on.
    pub(crate) fn advance(&self, seconds: i64) {
        self.advance_millis(seconds * 1_000);
    }

    /// The same in milliseconds.
    pub(crate) fn advance_millis(&self, millis: i64) {
        self.0.fetch_add(millis * 1_000, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        // Each look is a microsecond later, so that what came later also looks later.
        Timestamp(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) base: String,
    pub(crate) http: Client,
    pub(crate) folder: TempDir,
    pub(crate) widget: String,
    pub(crate) single: String,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Settings as the command line reads them.
pub(crate) fn settings(arguments: &[&str]) -> Settings {
    let command = Settings::augment_args(Command::new("beckon"));
    let matches = command.get_matches_from([&["beckon"], arguments].concat());
    Settings::from_arg_matches(&matches).expect("settings")
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts with flags, as on the command line.
    pub(crate) async fn start_with(flags: &[&str]) -> Self {
        Self::start_on(flags, |_| {}).await
    }

    /// On a database that is opened otherwise.
    pub(crate) async fn start_on(flags: &[&str], change: impl FnOnce(&mut SqliteOptions)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::start_in(folder, Timestamp(1_795_000_000_000_000), flags, change).await
    }

    /// On a folder that may hold a database, at this moment.
    pub(crate) async fn start_in(
        folder: TempDir,
        now: Timestamp,
        flags: &[&str],
        change: impl FnOnce(&mut SqliteOptions),
    ) -> Self {
        let clock = Arc::new(FakeClock(AtomicI64::new(now.0)));
        let mut options = SqliteOptions::new(folder.path());
        options.clock = Arc::clone(&clock) as Arc<dyn Clock>;
        change(&mut options);
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&options).expect("a database"));
        store.first_start().await.expect("a first start");
        let settings = settings(&[&["--listen", "127.0.0.1:0"], flags].concat());
        let listeners = Listeners::open(&settings).await.expect("a free port");
        let base = format!("http://127.0.0.1:{}", listeners.address.port());
        let app = assemble(&settings, listeners.own.clone(), store, Arc::clone(&clock) as Arc<dyn Clock>);
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(serve(Arc::clone(&app), listeners, stopped));
        let widgets = app.store.widgets().await.expect("widgets");
        let widget = |multi: bool| {
            widgets.iter().find(|widget| widget.multi_thread == multi).expect("a widget").id.to_string()
        };
        let (widget, single) = (widget(true), widget(false));
        Self { app, clock, base, http: Client::new(), folder, widget, single, stop, task }
    }

    /// A planned stop; the folder goes with what is answered.
    pub(crate) async fn stop(self) -> TempDir {
        self.stop.send_replace(true);
        timeout(HANG, self.task).await.expect("stops").expect("without a panic");
        self.folder
    }

    /// A planned stop, and a start on the same folder and clock.
    pub(crate) async fn restart(self) -> Self {
        self.stop.send_replace(true);
        timeout(HANG, self.task).await.expect("stops").expect("without a panic");
        drop(self.app);
        Self::start_in(self.folder, self.clock.now(), &[], |_| {}).await
    }

    /// Asks for a planned stop and leaves the rest to the caller.
    pub(crate) fn begin_stop(&self) {
        self.stop.send_replace(true);
    }

    /// Whether the planned stop is over.
    pub(crate) fn has_stopped(&self) -> bool {
        self.task.is_finished()
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.base))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.base)).json(body)
    }

    /// A new visitor on the multi-thread widget.
    pub(crate) async fn visitor(&self) -> Visitor<'_> {
        self.visitor_on(&self.widget).await
    }

    /// A visitor who has a session already.
    pub(crate) fn known_visitor(&self, token: &str) -> Visitor<'_> {
        Visitor { server: self, id: String::new(), token: token.to_owned() }
    }

    pub(crate) async fn visitor_on(&self, widget: &str) -> Visitor<'_> {
        let path = format!("/livechat/1/widgets/{widget}/sessions");
        let (status, body) = answer(self.post(&path, &json!({}))).await;
        assert_eq!(status, 201, "{body}");
        Visitor { server: self, id: text(&body["visitor"]), token: text(&body["token"]) }
    }

    /// A key that may do everything, as the value of `Authorization`.
    pub(crate) async fn key(&self) -> String {
        self.key_with(Scope::Manage).await
    }

    pub(crate) async fn key_with(&self, scope: Scope) -> String {
        let (_, key) = new_api_key();
        let name = Name::new("test").expect("a name");
        self.app.store.create_key(name, scope, token_hash(key.expose())).await.expect("a key");
        format!("App {}", key.expose())
    }

    /// Signs in; the cookie. A second sign-in of an agent, say.
    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Result<String, u16> {
        let body = json!({"email": email, "password": password});
        let response = self.post("/console/1/session", &body).send().await.expect("an answer");
        if response.status() == 200 { Ok(cookie_of(&response)) } else { Err(response.status().as_u16()) }
    }

    /// A new agent, signed in.
    pub(crate) async fn agent(&self, role: Role) -> SignedIn<'_> {
        let email = format!("{}@example.com", Uuid::new_v4());
        let agent = self.make_agent(&email, PASSWORD, role).await;
        let cookie = self.sign_in(&email, PASSWORD).await.expect("signed in");
        SignedIn { server: self, agent, cookie }
    }

    pub(crate) async fn make_agent(&self, email: &str, password: &str, role: Role) -> Agent {
        let new = NewAgent {
            name: Name::new("Maja").expect("a name"),
            email: Email::new(email).expect("an e-mail"),
            role,
            password: hash_password(password).expect("a hash"),
        };
        self.app.store.create_agent(new).await.expect("an agent")
    }

    /// A socket before its hello.
    pub(crate) async fn socket(&self) -> Socket {
        self.socket_from(None).await
    }

    pub(crate) async fn socket_from(&self, origin: Option<&str>) -> Socket {
        open_socket(&self.base, origin).await
    }
}

/// A socket to any server, before its hello.
pub(crate) async fn open_socket(base: &str, origin: Option<&str>) -> Socket {
    let address = format!("{}/livechat/1/socket", base.replacen("http", "ws", 1));
    let mut request = address.into_client_request().expect("a request");
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().expect("a header"));
    }
    let (stream, _) = timeout(HANG, connect_async(request)).await.expect("in time").expect("a socket");
    Socket { stream, raw: String::new(), request: 0 }
}

/// A socket before its hello, for which the system keeps little that was not read.
pub(crate) async fn open_narrow_socket(base: &str) -> Socket {
    let address = base.trim_start_matches("http://");
    let tcp = TcpSocket::new_v4().expect("a socket");
    tcp.set_recv_buffer_size(64 * 1024).expect("a small buffer");
    let tcp = tcp.connect(address.parse().expect("an address")).await.expect("connected");
    let request = format!("ws://{address}/livechat/1/socket").into_client_request().expect("a request");
    let opening = client_async(request, MaybeTlsStream::Plain(tcp));
    let (stream, _) = timeout(HANG, opening).await.expect("in time").expect("a socket");
    Socket { stream, raw: String::new(), request: 0 }
}

/// A visitor with a session.
pub(crate) struct Visitor<'a> {
    server: &'a Server,
    pub(crate) id: String,
    pub(crate) token: String,
}

impl Visitor<'_> {
    /// A socket after its welcome.
    pub(crate) async fn connect(&self) -> Socket {
        self.resume(json!([])).await.0
    }

    /// A socket after its welcome, and the welcome.
    pub(crate) async fn resume(&self, resume: Value) -> (Socket, Value) {
        let mut socket = self.server.socket().await;
        let tab = Uuid::new_v4();
        socket
            .send(json!({"type": "hello", "version": 1, "token": self.token, "tab": tab, "resume": resume}))
            .await;
        let welcome = socket.expect("welcome").await;
        (socket, welcome)
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.server.get(path).bearer_auth(&self.token)
    }

    /// Starts a conversation; answers its id.
    pub(crate) async fn start(&self, socket: &mut Socket, says: &str) -> String {
        let accepted = socket.write(first_message(says)).await;
        assert_eq!(accepted["type"], "accepted", "{accepted}");
        text(&accepted["conversation"])
    }
}

/// An agent with a cookie.
pub(crate) struct SignedIn<'a> {
    server: &'a Server,
    pub(crate) agent: Agent,
    pub(crate) cookie: String,
}

impl SignedIn<'_> {
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.server.get(path).header("cookie", &self.cookie)
    }

    /// The same agent, signed in once more: another browser.
    pub(crate) async fn again(&self) -> Self {
        let cookie = self.server.sign_in(self.agent.email.as_str(), PASSWORD).await.expect("signed in");
        Self { server: self.server, agent: self.agent.clone(), cookie }
    }

    /// A request as the console's page sends it.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = method.parse().expect("a method");
        let request = self.server.http.request(method, format!("{}{path}", self.server.base));
        request.header("cookie", &self.cookie).header("origin", &self.server.base)
    }

    /// Signs out as the console's page does.
    pub(crate) fn sign_out(&self) -> RequestBuilder {
        self.request("DELETE", "/console/1/session")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request("POST", path).json(body)
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request("PATCH", path).json(body)
    }

    pub(crate) async fn ticket(&self) -> String {
        let (status, body) = answer(self.post("/console/1/tickets", &json!({}))).await;
        assert_eq!(status, 201, "{body}");
        text(&body["ticket"])
    }

    pub(crate) async fn connect(&self) -> Socket {
        self.greet(self.server.socket().await).await
    }

    /// Says hello on a socket, to the welcome.
    pub(crate) async fn greet(&self, mut socket: Socket) -> Socket {
        let ticket = self.ticket().await;
        socket
            .send(
                json!({"type": "hello", "version": 1, "ticket": ticket, "tab": Uuid::new_v4(), "resume": []}),
            )
            .await;
        socket.expect("welcome").await;
        socket
    }

    /// A socket that follows the inbox and this conversation; answers the state, too.
    pub(crate) async fn follow(&self, conversation: &str) -> (Socket, Value) {
        self.follow_on(self.connect().await, conversation).await
    }

    /// The same on a socket that has said hello.
    pub(crate) async fn follow_on(&self, mut socket: Socket, conversation: &str) -> (Socket, Value) {
        socket.send(json!({"type": "subscribe", "topic": {"inbox": true}})).await;
        socket.send(json!({"type": "subscribe", "topic": {"conversation": conversation}})).await;
        let state = socket.expect("state").await;
        socket.expect("live").await;
        (socket, state)
    }
}

/// A WebSocket that keeps every byte it got.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) raw: String,
    request: u64,
}

impl Socket {
    pub(crate) async fn send(&mut self, frame: Value) {
        self.send_text(frame.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: String) {
        self.send_message(Message::text(text)).await;
    }

    pub(crate) async fn send_message(&mut self, message: Message) {
        timeout(HANG, self.stream.send(message)).await.expect("in time").expect("sent");
    }

    /// Sends a message so many times in one write: it takes no time, however slow the machine is.
    pub(crate) async fn send_at_once(&mut self, message: &Message, count: usize) {
        for _ in 0..count {
            self.stream.feed(message.clone()).await.expect("room");
        }
        timeout(HANG, self.stream.flush()).await.expect("in time").expect("sent");
    }

    /// The next frame, or the close code.
    pub(crate) async fn next(&mut self) -> Result<Value, u16> {
        loop {
            match timeout(HANG, self.stream.next()).await.expect("a frame in time") {
                Some(Ok(Message::Text(text))) => {
                    self.raw.push_str(&text);
                    self.raw.push('\n');
                    return Ok(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                None | Some(Err(_)) => return Err(0),
            }
        }
    }

    /// Reads on to a frame of this type.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        self.expect_where(|frame| frame["type"] == kind).await
    }

    /// Reads on to a frame of this kind.
    pub(crate) async fn expect_where(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.next().await.expect("a frame, not the end");
            if wanted(&frame) {
                return frame;
            }
        }
    }

    /// Sends a write with a number of its own; the answer to it.
    pub(crate) async fn write(&mut self, mut frame: Value) -> Value {
        self.request += 1;
        let request = self.request;
        frame["request"] = request.into();
        self.send(frame).await;
        self.expect_where(|frame| {
            frame["request"] == request && (frame["type"] == "accepted" || frame["type"] == "rejected")
        })
        .await
    }

    /// Sends a write that must be refused; the code.
    pub(crate) async fn refused(&mut self, frame: Value) -> String {
        let rejected = self.write(frame).await;
        assert_eq!(rejected["type"], "rejected", "{rejected}");
        text(&rejected["code"])
    }

    /// Opens a conversation: state and events.
    pub(crate) async fn sync(
        &mut self,
        conversation: &str,
        from: Option<(&str, i64)>,
    ) -> (Value, Vec<Value>) {
        let mut frame = json!({"type": "sync", "conversation": conversation});
        if let Some((epoch, position)) = from {
            frame["epoch"] = epoch.into();
            frame["position"] = position.into();
        }
        self.send(frame).await;
        let state = self.expect("state").await;
        let mut events = Vec::new();
        loop {
            let frame = self.next().await.expect("a frame");
            match frame["type"].as_str() {
                Some("event") => events.push(frame),
                Some("live") => return (state, events),
                _ => {}
            }
        }
    }

    /// Reads on until the server has pinged so many times; each ping is answered.
    pub(crate) async fn pings(&mut self, mut count: usize) {
        while count > 0 {
            match timeout(HANG, self.stream.next()).await.expect("a ping in time") {
                Some(Ok(Message::Ping(_))) => count -= 1,
                Some(Ok(Message::Close(_)) | Err(_)) | None => panic!("{count} pings before its time"),
                Some(Ok(_)) => {}
            }
        }
    }

    /// Reads to the end; the close code.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    /// Everything that was on its way has arrived when this answer has.
    pub(crate) async fn settle(&mut self) {
        self.send(json!({"type": "ping"})).await;
        self.expect("pong").await;
    }

    pub(crate) async fn drop_without_goodbye(self) {
        drop(self);
    }
}

/// A `send` that starts a thread.
pub(crate) fn first_message(says: &str) -> Value {
    json!({
        "type": "send", "client_id": Uuid::new_v4(), "thread": Uuid::new_v4(),
        "message": {"type": "TEXT", "text": says},
    })
}

/// A `send` into a conversation.
pub(crate) fn message(conversation: &str, says: &str) -> Value {
    json!({
        "type": "send", "client_id": Uuid::new_v4(), "conversation": conversation,
        "message": {"type": "TEXT", "text": says},
    })
}

/// A `send` of a note into a conversation.
pub(crate) fn note(conversation: &str, says: &str) -> Value {
    let mut frame = message(conversation, says);
    frame["message"]["type"] = "NOTE".into();
    frame
}

/// A `context` frame.
pub(crate) fn context(strategy: &str, conversation: Option<&str>, metadata: Value) -> Value {
    json!({
        "type": "context", "client_id": Uuid::new_v4(), "strategy": strategy, "conversation": conversation,
        "mode": "merge", "metadata": metadata,
    })
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}")).to_owned()
}

/// Status and JSON body.
pub(crate) async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let body = response.text().await.expect("a body");
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

/// The agents' cookie of an answer, as a browser sends it back.
pub(crate) fn cookie_of(response: &Response) -> String {
    let header = response.headers().get("set-cookie").expect("a cookie").to_str().expect("text");
    header.split(';').next().unwrap_or_default().to_owned()
}

/// The stable code and the text of an error body.
pub(crate) fn error_of(body: &Value) -> (String, String) {
    let exception = &body["requestError"]["serviceException"];
    (text(&exception["messageId"]), text(&exception["text"]))
}

/// The messages of an error body for one field, joined.
pub(crate) fn blamed(body: &Value, field: &str) -> String {
    let messages = body["requestError"]["serviceException"]["validationErrors"][field].as_array();
    let messages = messages.unwrap_or_else(|| panic!("{field} is not to blame: {body}"));
    messages.iter().map(text).collect::<Vec<_>>().join(" ")
}
