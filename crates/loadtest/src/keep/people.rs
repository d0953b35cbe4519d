//! Who takes part in the story of a kept folder, and the doors each of them uses.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use tokio::time::timeout;
use uuid::Uuid;

use crate::server::Setup;
use crate::wire::{Door, Greeting, HANG, Socket, text};
use crate::{Failure, Outcome};

/// Of every agent; the database is made up, and so is this.
const PASSWORD: &str = "a long password";

/// An agent who is signed in.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Agent {
    pub(super) id: String,
    pub(super) email: String,
    password: &'static str,
    cookie: String,
}

/// A visitor with a session.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Visitor {
    pub(super) id: String,
    pub(super) token: String,
    pub(super) widget: String,
}

/// Everybody, with the secrets by which a later version must know them.
#[derive(Debug, Serialize)]
pub(super) struct People {
    /// A key that may do everything.
    pub(super) key: String,
    /// By name.
    pub(super) agents: BTreeMap<String, Agent>,
    /// By name.
    pub(super) visitors: BTreeMap<String, Visitor>,
    /// Where the console is.
    pub(super) origin: String,
}

/// Who asks: `key`, `agent:NAME` or `visitor:NAME`.
pub(super) type Who<'a> = &'a str;

impl People {
    /// Three agents, a key, and the two widgets that a new database has.
    pub(super) async fn come(setup: &Setup, door: &Door) -> Outcome<Self> {
        let key = setup.run(&["admin", "key", "create", "Shop", "--scope", "manage"], "")?;
        let origin = format!("http://localhost:{}", door.address.port());
        let mut people = Self { key, agents: BTreeMap::new(), visitors: BTreeMap::new(), origin };
        for (name, role) in [("ada", "admin"), ("sam", "supervisor"), ("maja", "agent")] {
            let email = format!("{name}@example.com");
            let arguments = ["admin", "agent", "create", "--email", &email, "--name", name, "--role", role];
            setup.run(&[&arguments[..], &["--password-stdin"]].concat(), &format!("{PASSWORD}\n"))?;
            let cookie = door.sign_in(&email, PASSWORD).await?;
            let agent = Agent { id: String::new(), email, password: PASSWORD, cookie };
            people.agents.insert(name.to_owned(), agent);
            let me = people.ask(door, &format!("agent:{name}"), "GET", "/console/1/session", None).await?;
            people.agent_mut(name)?.id = text(&me["agent"]["id"])?;
        }
        let widgets = people.ask(door, "agent:ada", "GET", "/console/1/widgets", None).await?;
        for (name, multi) in [("vera", true), ("paul", false)] {
            let mut listed = widgets["widgets"].as_array().into_iter().flatten();
            let widget = listed.find(|widget| widget["multi_thread"] == multi);
            let widget = text(&widget.ok_or_else(|| Failure::new("no such widget"))?["id"])?;
            let session = door.session(&widget).await?;
            let visitor = Visitor { id: session.visitor, token: session.token, widget };
            people.visitors.insert(name.to_owned(), visitor);
        }
        Ok(people)
    }

    pub(super) fn agent(&self, name: &str) -> Outcome<&Agent> {
        self.agents.get(name).ok_or_else(|| Failure::new(format!("no agent {name}")))
    }

    fn agent_mut(&mut self, name: &str) -> Outcome<&mut Agent> {
        self.agents.get_mut(name).ok_or_else(|| Failure::new(format!("no agent {name}")))
    }

    pub(super) fn visitor(&self, name: &str) -> Outcome<&Visitor> {
        self.visitors.get(name).ok_or_else(|| Failure::new(format!("no visitor {name}")))
    }

    /// Sends a request that must succeed; its answer as it is.
    pub(super) async fn text(
        &self,
        door: &Door,
        who: Who<'_>,
        method: &str,
        path: &str,
        body: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Outcome<String> {
        let mut request = door.request(method, path)?;
        request = match who.split_once(':') {
            Some(("agent", name)) => {
                request.header("cookie", &self.agent(name)?.cookie).header("origin", &self.origin)
            }
            Some((_, name)) => request.bearer_auth(&self.visitor(name)?.token),
            None => request.header("authorization", format!("App {}", self.key)),
        };
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_owned());
        }
        let response = request.send().await?;
        let status = response.status();
        let answer = response.text().await?;
        if status.is_success() {
            Ok(answer)
        } else {
            Err(Failure::new(format!("{method} {path}: {status} {answer}")))
        }
    }

    /// The same as JSON; null when nothing was said.
    pub(super) async fn ask(
        &self,
        door: &Door,
        who: Who<'_>,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Outcome<Value> {
        let body = body.map(|body| body.to_string());
        let answer = self.text(door, who, method, path, body.as_deref(), &[]).await?;
        if answer.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_str(&answer)?) }
    }

    /// A socket after its welcome.
    pub(super) async fn connect(&self, door: &Door, who: Who<'_>) -> Outcome<Connection> {
        let greeting = match who.split_once(':') {
            Some(("visitor", name)) => Greeting::Token(self.visitor(name)?.token.clone()),
            Some((_, name)) => Greeting::Ticket(door.ticket(&self.agent(name)?.cookie, &self.origin).await?),
            None => return Err(Failure::new("a key has no socket")),
        };
        let mut connection = Connection { who: who.to_owned(), socket: door.socket().await?, request: 0 };
        connection.socket.hello(&greeting, &[]).await.map_err(|_| Failure::new("the socket has ended"))?;
        connection.until(|frame| frame["type"] == "welcome").await?;
        Ok(connection)
    }
}

/// One client on a socket.
pub(super) struct Connection {
    pub(super) who: String,
    socket: Socket,
    request: u64,
}

impl Connection {
    pub(super) async fn send(&mut self, frame: &Value) -> Outcome<()> {
        let sent = self.socket.send(frame.to_string()).await;
        sent.map_err(|_| Failure::new(format!("the socket ended at {frame}")))
    }

    /// Reads on to such a frame; its text.
    pub(super) async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Outcome<String> {
        loop {
            let next = timeout(HANG, self.socket.next()).await.map_err(|_| Failure::new("no such frame"))?;
            let text = next.map_err(|_| Failure::new("the socket has ended"))?;
            if wanted(&serde_json::from_str(&text)?) {
                return Ok(text.to_string());
            }
        }
    }

    /// Sends a write that must be accepted; the frame as it was, and its answer.
    pub(super) async fn write(&mut self, mut frame: Value) -> Outcome<(Value, String)> {
        self.request += 1;
        let request = self.request;
        frame["request"] = request.into();
        if frame["client_id"].is_null() {
            frame["client_id"] = Uuid::new_v4().to_string().into();
        }
        self.send(&frame).await?;
        let answers = |heard: &Value| {
            heard["request"] == request && matches!(heard["type"].as_str(), Some("accepted" | "rejected"))
        };
        let answer = self.until(answers).await?;
        if answer.contains("\"type\":\"rejected\"") {
            return Err(Failure::new(format!("{frame}: {answer}")));
        }
        Ok((frame, answer))
    }
}
