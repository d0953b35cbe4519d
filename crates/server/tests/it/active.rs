//! ACTIVE goes where the customer is, over real sockets: the stories of the table and orders made up by chance. Our side
//! works over HTTP with a key, and reads each context there.

use std::collections::HashMap;

use beckon_core::conversation::Status;
use beckon_core::id::ThreadId;
use futures_util::future::join_all;
use reqwest::RequestBuilder;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::browser::{Answer, Frame, Said};
use crate::harness::{Server, Socket, answer, text};
use crate::orders::live_through;
use crate::stories::{Door, stories, tell};

/// Orders lived through, on so many servers at once.
const ORDERS: u64 = 200;
const SERVERS: u64 = 4;
/// Steps of an order: the other levels run longer ones.
const STEPS: usize = 10;
/// Nothing here is about limits, and a stop does not wait.
const FLAGS: [&str; 18] = [
    "--context-writes",
    "10000",
    "--context-writes-burst",
    "10000",
    "--visitor-sends",
    "10000",
    "--visitor-sends-burst",
    "10000",
    "--new-conversations",
    "10000",
    "--sessions-per-ip",
    "100000",
    "--key-requests",
    "100000",
    "--frames",
    "10000",
    "--drain-ms",
    "0",
];

/// A visitor's session, and the sockets of its tabs while they are open.
struct Customer {
    id: String,
    token: String,
    sockets: HashMap<(usize, usize), Socket>,
}

/// A door to a running server.
struct Sockets {
    /// `None` while it restarts.
    server: Option<Server>,
    key: String,
    multi: bool,
    customers: HashMap<usize, Customer>,
    conversations: HashMap<(usize, ThreadId), String>,
}

fn thread_of(value: &Value) -> ThreadId {
    ThreadId(text(value).parse().expect("a UUID"))
}

impl Sockets {
    async fn new() -> Self {
        let server = Server::start_with(&FLAGS).await;
        let key = server.key().await;
        let (customers, conversations) = (HashMap::new(), HashMap::new());
        Self { server: Some(server), key, multi: true, customers, conversations }
    }

    /// Other people come.
    fn begin(&mut self, multi: bool) {
        self.multi = multi;
        self.customers.clear();
        self.conversations.clear();
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("a running server")
    }

    async fn customer(&mut self, visitor: usize) -> &mut Customer {
        if !self.customers.contains_key(&visitor) {
            let server = self.server();
            let widget = if self.multi { &server.widget } else { &server.single };
            let new = server.visitor_on(widget).await;
            let customer = Customer { id: new.id.clone(), token: new.token.clone(), sockets: HashMap::new() };
            self.customers.insert(visitor, customer);
        }
        self.customers.get_mut(&visitor).expect("known")
    }

    /// Sends a write over the socket of the visitor's tab; the answer.
    async fn write(&mut self, visitor: usize, tab: (usize, usize), frame: Value) -> Value {
        let customer = self.customer(visitor).await;
        let (token, open) = (customer.token.clone(), customer.sockets.remove(&tab));
        let mut socket = match open {
            Some(socket) => socket,
            None => self.server().known_visitor(&token).connect().await,
        };
        let accepted = socket.write(frame.clone()).await;
        assert_eq!(accepted["type"], "accepted", "{frame}: {accepted}");
        self.customer(visitor).await.sockets.insert(tab, socket);
        accepted
    }

    fn named(&self, visitor: usize, thread: ThreadId) -> &str {
        &self.conversations[&(visitor, thread)]
    }

    fn path(&self, visitor: usize, thread: ThreadId, rest: &str) -> String {
        format!("/ccaas/1/conversations/{}{rest}", self.named(visitor, thread))
    }

    /// What our side asks for with the key, and must get.
    async fn ours(&self, request: RequestBuilder) -> Value {
        let (status, body) = answer(request.header("authorization", &self.key)).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    async fn patch(&self, path: &str, body: &Value) {
        let server = self.server();
        self.ours(server.http.patch(format!("{}{path}", server.base)).json(body)).await;
    }
}

impl Door for Sockets {
    async fn ask(&mut self, visitor: usize, tab: (usize, usize), frame: &Frame) -> Answer {
        let (said, mut rest) = match frame {
            Frame::Context { strategy, screen, said } => (
                said,
                json!({
                    "strategy": strategy.as_str(), "visible": screen.visible,
                    "on_screen": screen.on_screen.map(|thread| thread.0),
                    "last_used": screen.last_used.map(|thread| thread.0),
                }),
            ),
            Frame::Copy { thread, said } => (said, json!({"conversation": self.named(visitor, *thread)})),
        };
        let mut frame = json!(said);
        let members = frame.as_object_mut().expect("an object");
        members.append(rest.as_object_mut().expect("an object"));
        members.insert("type".to_owned(), json!("context"));
        members.insert("client_id".to_owned(), json!(Uuid::new_v4()));
        let accepted = self.write(visitor, tab, frame).await;
        let written = accepted["conversations"].as_array().expect("conversations");
        assert_eq!(accepted["pending"], json!(written.is_empty()), "{accepted}");
        Answer {
            threads: written.iter().map(|written| thread_of(&written["thread"])).collect(),
            guessed: written.iter().any(|written| written["guessed"] == true),
        }
    }

    async fn say(&mut self, visitor: usize, thread: ThreadId, held: Option<Said>) {
        let mut frame = json!({
            "type": "send", "client_id": Uuid::new_v4(), "thread": thread.0,
            "message": {"type": "TEXT", "text": "words"},
        });
        if let Some(said) = held {
            frame["context"] = json!(said);
            frame["context"]["client_id"] = json!(Uuid::new_v4());
        }
        // In which tab makes no difference to the server.
        let accepted = self.write(visitor, (0, 0), frame).await;
        assert_eq!(thread_of(&accepted["thread"]), thread);
        self.conversations.insert((visitor, thread), text(&accepted["conversation"]));
    }

    async fn start(&mut self, visitor: usize) -> ThreadId {
        let id = self.customer(visitor).await.id.clone();
        let made = self.server().post("/ccaas/1/conversations", &json!({"visitorId": id}));
        let conversation = text(&self.ours(made).await["id"]);
        // The widget learns of it from the visitor's list.
        let token = self.customer(visitor).await.token.clone();
        let list = answer(self.server().known_visitor(&token).get("/livechat/1/threads")).await.1;
        let rows = list["threads"].as_array().expect("threads");
        let row = rows.iter().find(|row| row["conversation"] == conversation.as_str()).expect("the new one");
        let thread = thread_of(&row["thread"]);
        self.conversations.insert((visitor, thread), conversation);
        thread
    }

    async fn answer(&mut self, visitor: usize, thread: ThreadId) {
        let message = json!({
            "from": "w", "to": "v", "channel": "LIVE_CHAT", "contentType": "TEXT", "content": {"text": "words"},
        });
        self.ours(self.server().post(&self.path(visitor, thread, "/messages"), &message)).await;
    }

    async fn set_status(&mut self, visitor: usize, thread: ThreadId, status: Status) {
        self.patch(&self.path(visitor, thread, ""), &json!({"status": status})).await;
    }

    async fn program(&mut self, visitor: usize, thread: ThreadId, members: &Map<String, Value>) {
        self.patch(&self.path(visitor, thread, "/metadata"), &json!(members)).await;
    }

    async fn context(&mut self, visitor: usize, thread: ThreadId) -> Map<String, Value> {
        let found = self.ours(self.server().get(&self.path(visitor, thread, "/metadata"))).await;
        found.as_object().expect("an object").clone()
    }

    async fn restart(&mut self) {
        for customer in self.customers.values_mut() {
            customer.sockets.clear();
        }
        let server = self.server.take().expect("a running server");
        let now = server.app.now();
        self.server = Some(Server::start_in(server.stop().await, now, &FLAGS, |_| {}).await);
    }

    fn pass(&mut self, milliseconds: i64) {
        self.server().clock.advance_millis(milliseconds);
    }
}

#[tokio::test]
async fn each_story_comes_out_right() {
    let mut door = Sockets::new().await;
    for story in stories() {
        door.begin(story.multi);
        tell(&story, &mut door).await;
    }
}

#[tokio::test]
async fn orders_made_up_by_chance_come_out_right() {
    let lane = async |from: u64| {
        let mut door = Sockets::new().await;
        for seed in (from..ORDERS).step_by(SERVERS as usize) {
            let multi = seed % 6 != 0;
            door.begin(multi);
            live_through(seed, multi, STEPS, &mut door).await;
        }
    };
    join_all((0..SERVERS).map(lane)).await;
}
