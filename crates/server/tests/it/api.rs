//! The contract's endpoints.

use beckon_core::agent::Role;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::harness::{Server, answer, error_of, message, text};

/// A server, a key and a conversation that a visitor started.
struct Scene {
    server: Server,
    key: String,
    conversation: String,
}

impl Scene {
    async fn new() -> Self {
        let server = Server::start().await;
        let key = server.key().await;
        let visitor = server.visitor().await;
        let mut tab = visitor.connect().await;
        let conversation = visitor.start(&mut tab, "hello").await;
        Self { server, key, conversation }
    }

    fn path(&self, rest: &str) -> String {
        format!("/ccaas/1/conversations/{}{rest}", self.conversation)
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.server.get(path).header("authorization", &self.key)).await
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.server.post(path, body).header("authorization", &self.key)).await
    }

    async fn send(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let method = method.parse().expect("a method");
        let request = self.server.http.request(method, format!("{}{path}", self.server.base));
        answer(request.header("authorization", &self.key).body(body.to_owned())).await
    }
}

fn fields(body: &Value) -> Vec<String> {
    let fields = body["requestError"]["serviceException"]["validationErrors"].as_object();
    fields.into_iter().flatten().map(|(field, _)| field.clone()).collect()
}

fn new_message(says: &str) -> Value {
    json!({
        "from": "widget", "to": "visitor", "channel": "LIVE_CHAT", "contentType": "TEXT", "content": {"text": says},
    })
}

#[tokio::test]
async fn a_wrong_key_and_an_unknown_id_have_their_envelopes() {
    let scene = Scene::new().await;
    for authorization in
        ["App x", "App", "Basic x", "Bearer x", &scene.key.replace("App ", "Bearer "), "App bk_0_0"]
    {
        let request = scene.server.get(&scene.path("")).header("authorization", authorization);
        let (status, body) = answer(request).await;
        assert_eq!(
            (status, error_of(&body)),
            (401, ("UNAUTHORIZED".into(), "Unauthorized".into())),
            "{authorization}"
        );
    }
    let unknown = Uuid::new_v4();
    for id in [unknown.to_string(), "x".to_owned(), "1".to_owned()] {
        for rest in ["", "/messages", "/metadata", "/events", "/notes"] {
            let (status, body) = scene.get(&format!("/ccaas/1/conversations/{id}{rest}")).await;
            let expected = format!("Invalid id '{id}' given! No such entity exists.");
            assert_eq!((status, error_of(&body)), (404, ("NOT_FOUND".into(), expected)), "{id}{rest}");
        }
        for (method, rest) in
            [("PUT", "/metadata"), ("PATCH", "/metadata"), ("DELETE", "/metadata"), ("POST", "/messages")]
        {
            let path = format!("/ccaas/1/conversations/{id}{rest}");
            assert_eq!(
                scene.send(method, &path, &new_message("x").to_string()).await.0,
                404,
                "{method} {path}"
            );
        }
    }
    assert_eq!(scene.get("/ccaas/1/nothing").await.0, 404);
}

#[tokio::test]
async fn conversations_are_made_read_and_listed() {
    let scene = Scene::new().await;
    let (status, made) =
        scene.post("/ccaas/1/conversations", &json!({"topic": "Order 7", "priority": "HIGH"})).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(
        (&made["status"], &made["priority"], &made["queueId"], &made["closedAt"]),
        (&json!("OPEN"), &json!("HIGH"), &Value::Null, &Value::Null)
    );
    assert!(text(&made["createdAt"]).ends_with("+00:00"));
    let path = format!("/ccaas/1/conversations/{}", text(&made["id"]));
    assert_eq!(scene.get(&path).await, (200, made.clone()));

    let (_, list) = scene.get("/ccaas/1/conversations?orderBy=createdAt:desc&limit=1").await;
    assert_eq!(list["conversations"], json!([made]));
    assert_eq!(
        list["pagination"],
        json!({"totalItems": 2, "page": 0, "limit": 1, "orderBy": "createdAt:desc"})
    );
    let (_, second) = scene.get("/ccaas/1/conversations?orderBy=createdAt:desc&limit=1&page=1").await;
    assert_eq!(second["conversations"][0]["id"], scene.conversation.as_str());
    let (_, solved) = scene.get("/ccaas/1/conversations?status=SOLVED").await;
    assert_eq!((&solved["conversations"], &solved["pagination"]["totalItems"]), (&json!([]), &json!(0)));
    let (_, of_agent) = scene.get(&format!("/ccaas/1/conversations?agentId={}", Uuid::new_v4())).await;
    assert_eq!(of_agent["conversations"], json!([]));

    for (query, field) in [
        ("status=OPENED", Some("status")),
        ("agentId=x", Some("agentId")),
        ("limit=1000", Some("limit")),
        ("limit=x", Some("limit")),
        ("page=-1", Some("page")),
        ("page=200&limit=999", Some("page")),
        ("orderBy=topic:asc", Some("orderBy")),
        ("limit=-1", None),
    ] {
        let (status, body) = scene.get(&format!("/ccaas/1/conversations?{query}")).await;
        assert_eq!(
            (status, fields(&body)),
            (400, field.map(str::to_owned).into_iter().collect()),
            "{query}: {body}"
        );
    }
    for (body, field) in [
        (json!({"status": "x"}), "status"),
        (json!({"priority": "x"}), "priority"),
        (json!({"topic": "x".repeat(1001)}), "topic"),
        (json!({"queueId": "x"}), "queueId"),
        (json!({"topic": 7}), "topic"),
    ] {
        let (status, answer) = scene.post("/ccaas/1/conversations", &body).await;
        assert_eq!((status, fields(&answer)), (400, vec![field.to_owned()]), "{body}");
    }
    for unknown in [
        json!({"queueId": Uuid::new_v4()}),
        json!({"agentId": Uuid::new_v4()}),
        json!({"visitorId": Uuid::new_v4()}),
    ] {
        assert_eq!(scene.post("/ccaas/1/conversations", &unknown).await.0, 400, "{unknown}");
    }
    let (_, list) = scene.get("/ccaas/1/conversations").await;
    assert_eq!(list["pagination"]["totalItems"], 2, "nothing of the refused was stored");
}

#[tokio::test]
async fn a_program_answers_and_reads_messages() {
    let scene = Scene::new().await;
    let (status, sent) = scene.post(&scene.path("/messages"), &new_message("hi")).await;
    assert_eq!(status, 200, "{sent}");
    assert_eq!(
        (&sent["direction"], &sent["content"], &sent["contentType"]),
        (&json!("OUTBOUND"), &json!({"text": "hi"}), &json!("TEXT"))
    );
    let (_, list) = scene.get(&scene.path("/messages")).await;
    assert_eq!(list["pagination"], json!({"totalItems": 2, "page": 0, "limit": 10, "orderBy": "id:asc"}));
    let inbound = &list["messages"][0];
    assert_eq!(
        (&inbound["direction"], &inbound["authorType"], &inbound["channel"]),
        (&json!("INBOUND"), &json!("CUSTOMER"), &json!("LIVE_CHAT"))
    );
    assert_eq!(
        (&inbound["from"], &inbound["to"]),
        (&sent["to"], &sent["from"]),
        "an answer inverts the pair"
    );
    assert_eq!(list["messages"][1], sent);
    let (_, outbound) = scene.get(&scene.path("/messages?direction=OUTBOUND")).await;
    assert_eq!(outbound["messages"], json!([sent]));

    for (field, value) in
        [("from", json!("")), ("to", json!(" ")), ("channel", json!("SMS")), ("contentType", json!("IMAGE"))]
    {
        let mut body = new_message("x");
        body[field] = value;
        let (status, answer) = scene.post(&scene.path("/messages"), &body).await;
        assert_eq!((status, fields(&answer)), (400, vec![field.to_owned()]), "{answer}");
    }
    let (_, all) = scene.post(&scene.path("/messages"), &json!({})).await;
    assert_eq!(fields(&all), ["channel", "content", "contentType", "from", "to"]);
    assert_eq!(
        all["requestError"]["serviceException"]["validationErrors"]["from"],
        json!(["must not be blank"])
    );
    let (_, long) = scene.post(&scene.path("/messages"), &new_message(&"x".repeat(4097))).await;
    let said = &long["requestError"]["serviceException"]["validationErrors"]["content"];
    assert_eq!(said, &json!(["size cannot be longer than 4096 characters."]));
    let (_, list) = scene.get(&scene.path("/messages")).await;
    assert_eq!(list["pagination"]["totalItems"], 2);
}

#[tokio::test]
async fn the_agent_header_follows_the_contract() {
    let scene = Scene::new().await;
    let agent = scene.server.agent(Role::Agent).await;
    let supervisor = scene.server.agent(Role::Supervisor).await;
    let other = scene.server.agent(Role::Agent).await;
    let send = async |named: Option<String>| {
        let request = scene
            .server
            .post(&scene.path("/messages"), &new_message("hi"))
            .header("authorization", &scene.key);
        let request = match named {
            Some(id) => request.header("x-agent-id", id),
            None => request,
        };
        answer(request).await
    };
    let id = |signed_in: &crate::harness::SignedIn<'_>| Some(signed_in.agent.id.to_string());
    assert_eq!(send(None).await.0, 200, "unassigned, nobody named");
    assert_eq!(send(id(&agent)).await.0, 400, "unassigned, somebody named");
    let mut console = agent.connect().await;
    console.write(message(&scene.conversation, "mine")).await;
    assert_eq!(send(None).await.0, 400, "assigned, nobody named");
    assert_eq!(send(id(&other)).await.0, 400, "assigned, another agent named");
    let (status, sent) = send(id(&agent)).await;
    assert_eq!(
        (status, &sent["authorType"], &sent["authorId"]),
        (200, &json!("AGENT"), &json!(agent.agent.id))
    );
    assert_eq!(send(id(&supervisor)).await.0, 200, "a supervisor may");
    for unknown in ["x".to_owned(), Uuid::new_v4().to_string()] {
        let (status, body) = send(Some(unknown.clone())).await;
        assert_eq!((status, error_of(&body).1), (400, format!("Invalid agent id given '{unknown}'")));
    }
    let with_cookie = agent
        .post(&scene.path("/messages"), &new_message("x"))
        .header("x-agent-id", id(&agent).expect("an id"));
    assert_eq!(answer(with_cookie).await.0, 400);
    assert_eq!(answer(agent.post(&scene.path("/messages"), &new_message("by hand"))).await.0, 200);
}

#[tokio::test]
async fn context_is_put_patched_read_and_deleted() {
    let scene = Scene::new().await;
    let path = scene.path("/metadata");
    assert_eq!(scene.get(&path).await, (200, json!({})), "empty when none was ever set");
    let put = r#"{ "b": 1.10, "a": {"z": 12345678901234567890, "y": [1e400]} }"#;
    assert_eq!(
        scene.send("PUT", &path, put).await,
        (200, json!({"statusCode": "SUCCESS", "message": "Metadata added to conversation successfully."}))
    );
    let stored = r#"{"b":1.10,"a":{"z":12345678901234567890,"y":[1e400]}}"#;
    let raw = async || {
        let request = scene.server.get(&path).header("authorization", &scene.key);
        request.send().await.expect("an answer").text().await.expect("a body")
    };
    assert_eq!(raw().await, stored);
    assert_eq!(
        scene.send("PATCH", &path, r#"{"c":null,"b":2}"#).await.1["message"],
        "Metadata patch to conversation successfully."
    );
    assert_eq!(raw().await, stored.replace("1.10", "2"));
    for (method, bad, code) in [
        ("PUT", "{}", 400),
        ("PATCH", "{}", 400),
        ("PUT", "[]", 400),
        ("PATCH", "\"red\"", 400),
        ("PUT", "{", 400),
        ("PATCH", "", 400),
        ("PUT", "{\"a\":1} x", 400),
        ("PATCH", r#"{"__proto__":1}"#, 400),
    ] {
        assert_eq!(scene.send(method, &path, bad).await.0, code, "{method} {bad}");
    }
    assert_eq!(error_of(&scene.send("PATCH", &path, "[]").await.1).1, "Invalid request body.");
    let bomb = format!("{}1{}", "{\"a\":".repeat(30_000), "}".repeat(30_000));
    assert_eq!(fields(&scene.send("PATCH", &path, &bomb).await.1), ["metadata"]);
    let deep = format!("{}1{}", "{\"a\":".repeat(9), "}".repeat(9));
    assert_eq!(fields(&scene.send("PUT", &path, &deep).await.1), ["metadata"]);
    let string = format!(r#"{{"a":"{}"}}"#, "x".repeat(8193));
    assert_eq!(fields(&scene.send("PUT", &path, &string).await.1), ["metadata"]);
    let huge = format!(r#"{{"a":"{}"}}"#, "x".repeat(192 * 1024));
    assert_eq!(scene.send("PUT", &path, &huge).await.0, 413);
    assert_eq!(raw().await, stored.replace("1.10", "2"), "nothing of the refused was stored");
    assert_eq!(scene.send("DELETE", &path, "").await.1["message"], "Metadata deleted successfully.");
    assert_eq!(raw().await, "{}");
}

#[tokio::test]
async fn a_connection_outlives_a_body_that_is_too_large() {
    let scene = Scene::new().await;
    let address = scene.server.base.strip_prefix("http://").expect("plain http");
    let mut stream = TcpStream::connect(address).await.expect("connected");
    let common = format!(
        "{} HTTP/1.1\r\nhost: {address}\r\nauthorization: {}\r\n",
        scene.path("/metadata"),
        scene.key
    );
    let large = format!("PUT {common}content-length: 900000\r\n\r\n{}", " ".repeat(900_000));
    stream.write_all(large.as_bytes()).await.expect("written");
    let mut heard = String::new();
    while !heard.ends_with("}}}") {
        heard.push(stream.read_u8().await.expect("an answer").into());
    }
    assert!(heard.starts_with("HTTP/1.1 413"), "{heard}");
    stream.write_all(format!("GET {common}\r\n").as_bytes()).await.expect("written");
    let mut next = [0; 12];
    stream.read_exact(&mut next).await.expect("an answer on the same connection");
    assert_eq!(String::from_utf8_lossy(&next), "HTTP/1.1 200");
}

#[tokio::test]
async fn a_closed_conversation_is_read_only() {
    let scene = Scene::new().await;
    let mut console = scene.server.agent(Role::Agent).await.connect().await;
    let close = json!({"type": "command", "client_id": Uuid::new_v4(), "conversation": scene.conversation, "command": "close"});
    console.write(close).await;
    for (method, rest, body) in [
        ("PUT", "/metadata", json!({"a": 1})),
        ("PATCH", "/metadata", json!({"a": 1})),
        ("POST", "/messages", new_message("x")),
    ] {
        let (status, answer) = scene.send(method, &scene.path(rest), &body.to_string()).await;
        assert_eq!(
            (status, error_of(&answer).1.as_str()),
            (400, "Closed conversation cannot be changed"),
            "{method} {rest}"
        );
    }
    assert_eq!(scene.get(&scene.path("/metadata")).await, (200, json!({})));
    assert!(scene.get(&scene.path("")).await.1["closedAt"].is_string());
}

#[tokio::test]
async fn the_inbox_is_paged_by_key_with_the_newest_visitor_message_first() {
    let server = Server::start_with(&["--new-conversations", "100", "--visitor-sends-burst", "100"]).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let mut started = Vec::new();
    for number in 0..7 {
        started.push(visitor.start(&mut tab, &number.to_string()).await);
    }
    tab.write(message(&started[2], "again")).await;
    let agent = server.agent(Role::Agent).await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let (status, page) =
            answer(agent.get(&format!("/ccaas/1/inbox?view=unassigned&limit=3&cursor={cursor}"))).await;
        assert_eq!(status, 200, "{page}");
        assert_eq!(page["counts"], json!({"mine": 0, "unassigned": 7, "all": 7}));
        seen.extend(page["rows"].as_array().expect("rows").iter().map(|row| text(&row["conversation"])));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let expected: Vec<_> = [2, 6, 5, 4, 3, 1, 0].map(|number: usize| started[number].clone()).into();
    assert_eq!(seen, expected);
    assert_eq!(answer(agent.get("/ccaas/1/inbox?view=theirs")).await.0, 400);
    let (_, closed) = answer(agent.get("/ccaas/1/inbox?view=unassigned&status=CLOSED")).await;
    assert_eq!(closed["rows"], json!([]));
    let (_, open) = answer(agent.get("/ccaas/1/inbox?view=unassigned&status=OPEN,WAITING&limit=3")).await;
    assert_eq!(open["rows"].as_array().map(Vec::len), Some(3));
    let (status, wrong) = answer(agent.get("/ccaas/1/inbox?status=OPEN,HALF")).await;
    assert_eq!(status, 400);
    let errors = &wrong["requestError"]["serviceException"]["validationErrors"];
    assert!(errors["status"].is_array(), "{wrong}");
    assert_eq!(answer(agent.get("/ccaas/1/inbox?state=OPEN")).await.0, 400, "a filter is never passed over");
    let key = server.key().await;
    let (status, page) = answer(server.get("/ccaas/1/inbox").header("authorization", key)).await;
    assert_eq!((status, page["rows"].as_array().map(Vec::len)), (200, Some(7)));
}
