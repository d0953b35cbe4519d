//! The contract's list of conversations: filters, orders, totals, and who sees what.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use beckon_core::agent::Role;
use beckon_core::command::{Actor, ApiKey, Command, CreateConversation};
use beckon_core::conversation::{Priority, Status};
use beckon_core::id::{KeyId, VisitorId};
use beckon_core::text::Name;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, SignedIn, answer, text};

/// What was made, in this order: open and urgent; waiting in the queue; solved and the agent's; closed, low.
struct Scene<'a> {
    server: &'a Server,
    key: String,
    queue: String,
    maja: SignedIn<'a>,
    rows: Vec<Value>,
}

impl<'a> Scene<'a> {
    async fn new(server: &'a Server) -> Scene<'a> {
        let key = server.key().await;
        let queue = server.app.store.queues().await.expect("queues")[0].id.to_string();
        let maja = server.agent(Role::Agent).await;
        let mut rows = Vec::new();
        for body in [
            json!({"priority": "URGENT"}),
            json!({"status": "WAITING", "queueId": queue}),
            json!({"status": "SOLVED", "agentId": maja.agent.id}),
            json!({"priority": "LOW", "status": "CLOSED"}),
        ] {
            let request = server.post("/ccaas/1/conversations", &body).header("authorization", &key);
            let (status, made) = answer(request).await;
            assert_eq!(status, 200, "{made}");
            rows.push(made);
            server.clock.advance(1);
        }
        Self { server, key, queue, maja, rows }
    }

    async fn get(&self, query: &str) -> (u16, Value) {
        let path = format!("/ccaas/1/conversations?{query}");
        answer(self.server.get(&path).header("authorization", &self.key)).await
    }

    /// Which of the rows a query finds, in its order; the total always tells how many.
    async fn found(&self, query: &str) -> Vec<usize> {
        let (status, list) = self.get(query).await;
        assert_eq!(status, 200, "{query}: {list}");
        let found = self.places(&list);
        assert_eq!(list["pagination"]["totalItems"], json!(found.len()), "{query}");
        found
    }

    fn places(&self, list: &Value) -> Vec<usize> {
        let rows = list["conversations"].as_array().expect("conversations");
        let place =
            |row: &Value| self.rows.iter().position(|made| made["id"] == row["id"]).expect("a row of ours");
        rows.iter().map(place).collect()
    }

    fn id(&self, row: usize) -> String {
        text(&self.rows[row]["id"])
    }

    /// A moment as a row shows it, as a client puts it into a query without escaping anything.
    fn moment(&self, row: usize, field: &str) -> String {
        text(&self.rows[row][field])
    }
}

#[tokio::test]
async fn conversations_are_found_by_every_filter_and_by_several() {
    let server = Server::start().await;
    let scene = Scene::new(&server).await;
    let maja = scene.maja.agent.id;
    let (queue, nobody) = (scene.queue.clone(), Uuid::new_v4());
    for (query, expected) in [
        ("status=CLOSED".to_owned(), vec![3]),
        ("status=OPEN&status=SOLVED&status=OPEN".to_owned(), vec![0, 2]),
        ("priority=URGENT".to_owned(), vec![0]),
        ("priority=LOW&priority=NORMAL".to_owned(), vec![1, 2, 3]),
        (format!("queueIds={queue}"), vec![1]),
        (format!("queueIds={nobody}"), vec![]),
        (format!("queueIds={nobody}&queueIds={queue}"), vec![1]),
        (format!("agentId={maja}"), vec![2]),
        (format!("conversationIds={}&conversationIds={}", scene.id(3), scene.id(0)), vec![0, 3]),
        (format!("conversationIds={nobody}"), vec![]),
        (format!("createdAfter={}", scene.moment(1, "createdAt")), vec![2, 3]),
        (format!("createdBefore={}", scene.moment(1, "createdAt")), vec![0]),
        (
            format!(
                "createdAfter={}&createdBefore={}",
                scene.moment(0, "createdAt"),
                scene.moment(3, "createdAt").replace("+00:00", "Z")
            ),
            vec![1, 2],
        ),
        (format!("updatedAfter={}", scene.moment(2, "updatedAt")), vec![3]),
        (format!("updatedBefore={}", scene.moment(2, "updatedAt").replace('+', "%2B")), vec![0, 1]),
        (format!("closedAfter={}", scene.moment(0, "createdAt")), vec![3]),
        (format!("closedBefore={}", scene.moment(3, "closedAt")), vec![]),
        ("closedBefore=2100-01-01T00:00:00+0000".to_owned(), vec![3]),
        ("orderBy=createdAt:desc".to_owned(), vec![3, 2, 1, 0]),
        ("orderBy=closedAt:desc&status=OPEN&status=CLOSED".to_owned(), vec![3, 0]),
        ("orderBy=closedAt&priority=NORMAL&priority=LOW".to_owned(), vec![1, 2, 3]),
        (format!("status=SOLVED&agentId={maja}&priority=NORMAL"), vec![2]),
        (format!("status=OPEN&agentId={maja}"), vec![]),
        (format!("queueIds={queue}&createdAfter={}", scene.moment(1, "createdAt")), vec![]),
    ] {
        assert_eq!(scene.found(&query).await, expected, "{query}");
    }
    // A page of a filtered list, and what it says of the whole.
    let (_, page) = scene.get("priority=NORMAL&orderBy=updatedAt:desc&limit=1&page=1").await;
    assert_eq!(scene.places(&page), [1]);
    let whole = json!({"totalItems": 2, "page": 1, "limit": 1, "orderBy": "updatedAt:desc"});
    assert_eq!(page["pagination"], whole);
    // A change of what the counters count.
    let edit = scene.server.http.patch(format!("{}/ccaas/1/conversations/{}", server.base, scene.id(1)));
    let edit = edit.header("authorization", &scene.key).json(&json!({"priority": "HIGH", "status": "OPEN"}));
    assert_eq!(answer(edit).await.0, 200);
    assert_eq!(scene.found("priority=HIGH").await, [1]);
    assert_eq!(scene.found("priority=NORMAL").await, [2]);
    assert_eq!(scene.found("status=OPEN").await, [0, 1]);
}

#[tokio::test]
async fn a_wrong_filter_is_refused_by_name() {
    let server = Server::start().await;
    let scene = Scene::new(&server).await;
    let many = vec![format!("conversationIds={}", scene.id(0)); 201].join("&");
    assert_eq!(scene.found(many.split_once('&').expect("two hundred").1).await, [0]);
    for (query, field, says) in [
        ("status=OPENED", "status", "not one of OPEN, WAITING, SOLVED, CLOSED"),
        ("status=OPEN,CLOSED", "status", "not one of"),
        ("status=OPEN&status=", "status", "not one of"),
        ("priority=urgent", "priority", "not one of URGENT, HIGH, NORMAL, LOW"),
        ("queueIds=x", "queueIds", "not a UUID"),
        ("conversationIds=", "conversationIds", "not a UUID"),
        (&many, "conversationIds", "200"),
        ("agentId=x", "agentId", "not a UUID"),
        ("agentId=x&agentId=y", "agentId", "twice"),
        ("createdAfter=yesterday", "createdAfter", "2026-11-23T09:12:45.090+00:00"),
        ("createdBefore=2026-13-01T00:00:00Z", "createdBefore", "not a moment"),
        ("updatedAfter=", "updatedAfter", "not a moment"),
        ("updatedBefore=1795425165", "updatedBefore", "not a moment"),
        ("closedAfter=2026-11-23", "closedAfter", "not a moment"),
        ("closedBefore=2026-11-23T09:12:45Z&closedBefore=2026-11-23T09:12:45Z", "closedBefore", "twice"),
        ("orderBy=topic:asc", "orderBy", "closedAt"),
        ("orderBy=closedAt:up", "orderBy", ":desc"),
        ("limit=1000", "limit", "999"),
        ("page=200&limit=999", "page", "100000"),
        ("tagNames=vip", "tagNames", "not supported"),
        ("STATUS=OPEN", "STATUS", "not supported"),
    ] {
        let (status, body) = scene.get(query).await;
        let said = &body["requestError"]["serviceException"]["validationErrors"];
        let fields: Vec<&String> = said.as_object().into_iter().flatten().map(|(field, _)| field).collect();
        assert_eq!((status, fields), (400, vec![&field.to_owned()]), "{query}: {body}");
        assert!(said[field].to_string().contains(says), "{query}: {body}");
    }
}

#[tokio::test]
async fn no_filter_shows_an_agent_more() {
    let server = Server::start().await;
    let scene = Scene::new(&server).await;
    let outsider = server.agent(Role::Agent).await;
    server.app.store.set_agent_queues(outsider.agent.id, Vec::new()).await.expect("no queues");
    let boss = server.agent(Role::Supervisor).await;
    let theirs = json!({"queueId": scene.queue, "agentId": scene.maja.agent.id, "status": "CLOSED"});
    let request = server.post("/ccaas/1/conversations", &theirs).header("authorization", &scene.key);
    let hidden = answer(request).await.1;
    let every = format!(
        "conversationIds={}&conversationIds={}&conversationIds={}",
        text(&hidden["id"]),
        scene.id(1),
        scene.id(0)
    );
    let since = scene.moment(0, "createdAt");
    for (query, all, outsiders) in [
        (String::new(), 5, 3),
        ("status=CLOSED".to_owned(), 2, 1),
        (format!("queueIds={}", scene.queue), 2, 0),
        (format!("agentId={}", scene.maja.agent.id), 2, 1),
        ("priority=NORMAL".to_owned(), 3, 1),
        (every, 3, 1),
        (format!("createdAfter={since}"), 4, 2),
        (format!("updatedAfter={since}&orderBy=updatedAt:desc"), 4, 2),
        (format!("closedAfter={since}&orderBy=closedAt"), 2, 1),
    ] {
        for (reader, expected) in [(&boss, all), (&scene.maja, all), (&outsider, outsiders)] {
            let (status, list) = answer(reader.get(&format!("/ccaas/1/conversations?{query}"))).await;
            assert_eq!(status, 200, "{list}");
            let ids: BTreeSet<String> =
                list["conversations"].as_array().into_iter().flatten().map(|row| text(&row["id"])).collect();
            assert_eq!(
                (ids.len(), &list["pagination"]["totalItems"]),
                (expected, &json!(expected)),
                "{query}: {list}"
            );
        }
    }
}

/// A list that takes too long to read says so. The storage is well, and nobody is told that it takes no writes.
#[tokio::test]
async fn a_list_that_takes_too_long_is_given_up_and_says_so() {
    const MANY: usize = 4_000;
    let server = Server::start_on(&[], |options| options.longest_read = Duration::ZERO).await;
    let key = server.key().await;
    let visitor = server.visitor().await;
    let store = &server.app.store;
    let mut made = tokio::task::JoinSet::new();
    for _ in 0..MANY {
        let create = Command::Create(CreateConversation {
            by: Actor::Api(ApiKey { id: KeyId(Uuid::nil()), name: Name::new("test").expect("a name") }),
            visitor: Some(VisitorId(visitor.id.parse().expect("an id"))),
            topic: None,
            summary: None,
            status: Status::Open,
            priority: Priority::Normal,
            queue: None,
            agent: None,
        });
        let store = Arc::clone(store);
        made.spawn(async move { store.apply(create).await.expect("a conversation") });
    }
    made.join_all().await;
    let list = |query: &str| {
        let path = format!("/ccaas/1/conversations?limit=1{query}");
        server.get(&path).header("authorization", &key)
    };
    // What is not counted row by row is still read in no time.
    assert_eq!(answer(list("")).await.0, 200);
    let deep = list("&priority=NORMAL&createdAfter=2020-01-01T00:00:00.000Z");
    let response = deep.send().await.expect("an answer");
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    let body: Value = response.json().await.expect("JSON");
    let said = text(&body["requestError"]["serviceException"]["text"]);
    assert_eq!(said, "Reading this took too long. Try again later, or ask for less.");
    assert_eq!(answer(server.get("/readyz")).await.0, 200);
    server.stop().await;
}
