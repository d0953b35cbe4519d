//! `Idempotency-Key`: what is sent again with one happens once, and is answered as it was the first time.

use std::time::Duration;

use beckon_core::agent::Role;
use beckon_server::openapi;
use reqwest::RequestBuilder;
use reqwest::header::HeaderValue;
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use crate::harness::{HANG, Server, blamed, error_of, text};
use crate::process::{Process, connect, key_of, token, widget_of};

const HEADER: &str = "Idempotency-Key";

/// Status and body as they are.
async fn raw(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("a body"))
}

fn parsed(body: &str) -> Value {
    serde_json::from_str(body).expect("JSON")
}

fn new_message(says: &str) -> Value {
    json!({"from": "w", "to": "v", "channel": "LIVE_CHAT", "contentType": "TEXT", "content": {"text": says}})
}

/// What one operation takes, and the list in which its work is seen.
struct Sample {
    body: fn(&str) -> Value,
    list: &'static str,
    items: &'static str,
}

/// A sample of each POST of the contract: a new one is tried here as well.
fn sample_of(operation: &str) -> Sample {
    match operation {
        "create_conversation" => Sample {
            body: |says| json!({"topic": says, "priority": "HIGH"}),
            list: "/ccaas/1/conversations?limit=100",
            items: "conversations",
        },
        "create_message" => Sample { body: new_message, list: "/messages?limit=100", items: "messages" },
        "create_note" => {
            Sample { body: |says| json!({"content": says}), list: "/notes?limit=100", items: "notes" }
        }
        other => panic!("{other} is new: give a sample of it here, and let it happen once"),
    }
}

/// The contract's POSTs: path and operation.
fn posts() -> Vec<(String, Value)> {
    let description = parsed(openapi::text());
    let paths = description["paths"].as_object().expect("paths").clone();
    let posts = paths.into_iter().filter(|(path, _)| path.starts_with("/ccaas/1/"));
    posts.filter_map(|(path, item)| Some((path, item.get("post")?.clone()))).collect()
}

/// A server with a conversation that no agent has, and who may ask: a program and an agent.
struct Scene {
    server: Server,
    conversation: String,
    key: String,
    cookie: String,
}

impl Scene {
    async fn new() -> Self {
        let server = Server::start().await;
        let visitor = server.visitor().await;
        let conversation = visitor.start(&mut visitor.connect().await, "hello").await;
        let (key, cookie) = (server.key().await, server.agent(Role::Supervisor).await.cookie);
        Self { conversation, key, cookie, server }
    }

    fn as_key(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("authorization", &self.key)
    }

    fn as_agent(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("cookie", &self.cookie).header("origin", &self.server.base)
    }

    fn path(&self, rest: &str) -> String {
        format!("/ccaas/1/conversations/{}{rest}", self.conversation)
    }

    fn post(&self, path: &str, body: &Value, name: &str) -> RequestBuilder {
        self.server.clock.advance(1);
        self.server.post(path, body).header(HEADER, name)
    }

    async fn count(&self, sample: &Sample) -> usize {
        let path =
            if sample.list.starts_with("/ccaas") { sample.list.to_owned() } else { self.path(sample.list) };
        let (status, body) = raw(self.as_key(self.server.get(&path))).await;
        assert_eq!(status, 200, "{body}");
        parsed(&body)[sample.items].as_array().expect("a list").len()
    }
}

#[tokio::test]
async fn each_post_of_the_contract_happens_once() {
    let posts = posts();
    assert!(posts.len() >= 3);
    for (path, operation) in posts {
        let name = text(&operation["operationId"]);
        let parameters = operation["parameters"].as_array().expect("parameters");
        let header = parameters.iter().find(|parameter| parameter["name"] == HEADER).expect("described");
        assert_eq!(
            (&header["in"], &header["schema"]["maxLength"]),
            (&json!("header"), &json!(255)),
            "{name}"
        );
        assert!(operation["responses"]["409"].is_object(), "{name}");

        let sample = sample_of(&name);
        let scene = Scene::new().await;
        let path = path.replace("{id}", &scene.conversation);
        for as_caller in [Scene::as_key, Scene::as_agent] {
            let key = Uuid::new_v4().to_string();
            let send = async |says: &str| {
                raw(as_caller(&scene, scene.post(&path, &(sample.body)(says), &key))).await
            };
            let before = scene.count(&sample).await;
            let first = send("once").await;
            assert_eq!(first.0, 200, "{name}: {}", first.1);
            assert_eq!(send("once").await, first, "{name}");
            assert_eq!(scene.count(&sample).await, before + 1, "{name}");
            let (status, other) = send("other").await;
            assert_eq!((status, error_of(&parsed(&other)).0.as_str()), (409, "CONFLICT"), "{name}");
            assert!(blamed(&parsed(&other), HEADER).contains("another request"), "{other}");

            // Whatever becomes of what was made: the first answer stays.
            let made = parsed(&first.1);
            let of = made["conversationId"].as_str().unwrap_or_else(|| made["id"].as_str().expect("an id"));
            let change = json!({"topic": "changed", "priority": "LOW"});
            let changed =
                scene.server.http.patch(format!("{}/ccaas/1/conversations/{of}", scene.server.base));
            assert_eq!(raw(scene.as_key(changed.json(&change))).await.0, 200);
            assert_eq!(send("once").await, first, "{name}");
            assert_eq!(scene.count(&sample).await, before + 1, "{name}");
        }
        let closed = json!({"status": "CLOSED"});
        let key = Uuid::new_v4().to_string();
        let send =
            async || raw(scene.as_key(scene.post(&path, &(sample.body)("before it closes"), &key))).await;
        let first = send().await;
        let close = scene.server.http.patch(format!("{}{}", scene.server.base, scene.path("")));
        assert_eq!(raw(scene.as_key(close.json(&closed))).await.0, 200);
        assert_eq!(send().await, first, "{name}");
    }
}

#[tokio::test]
async fn a_key_names_one_request_of_one_caller_at_one_place() {
    let scene = Scene::new().await;
    let other_key = scene.server.key().await;
    let visitor = scene.server.visitor().await;
    let elsewhere = visitor.start(&mut visitor.connect().await, "hello").await;
    let (messages, notes) = (scene.path("/messages"), scene.path("/notes"));
    let elsewhere = format!("/ccaas/1/conversations/{elsewhere}/messages");
    let (message, note) = (new_message("same"), json!({"content": "same"}));
    let mut ids = Vec::new();
    for request in [
        scene.as_key(scene.post(&messages, &message, "order-7")),
        scene.post(&messages, &message, "order-7").header("authorization", &other_key),
        scene.as_key(scene.post(&elsewhere, &message, "order-7")),
        scene.as_key(scene.post(&notes, &note, "order-7")),
        scene.as_agent(scene.post(&notes, &note, "order-7")),
        scene.as_key(scene.post(&messages, &message, "order-8")),
    ] {
        let (status, body) = raw(request).await;
        assert_eq!(status, 200, "{body}");
        ids.push(text(&parsed(&body)["id"]));
    }
    let made = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), made);

    // An id in capitals is the same conversation.
    let capitals = format!("/ccaas/1/conversations/{}/messages", scene.conversation.to_uppercase());
    let again = raw(scene.as_key(scene.post(&capitals, &message, "order-7"))).await;
    assert!(ids.contains(&text(&parsed(&again.1)["id"])), "{}", again.1);

    // In whose name is part of what is asked.
    let sam = scene.server.agent(Role::Supervisor).await;
    let named = scene
        .as_key(scene.post(&messages, &message, "order-7"))
        .header("x-agent-id", sam.agent.id.to_string());
    assert_eq!(raw(named).await.0, 409);

    // What was refused was not stored: its key is free.
    let refused = scene.as_key(scene.post(&messages, &new_message(" "), "order-9"));
    assert_eq!(raw(refused).await.0, 400);
    assert_eq!(raw(scene.as_key(scene.post(&messages, &message, "order-9"))).await.0, 200);
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_nothing_is_stored() {
    let scene = Scene::new().await;
    let longest = "k".repeat(255);
    let too_long = "k".repeat(256);
    for (value, said) in [("", "empty"), (too_long.as_str(), "255"), ("a b", "ASCII"), ("schlüssel", "ASCII")]
    {
        for (path, body) in [
            ("/ccaas/1/conversations".to_owned(), json!({"topic": "x"})),
            (scene.path("/messages"), new_message("x")),
            (scene.path("/notes"), json!({"content": "x"})),
        ] {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header");
            let (status, answer) =
                raw(scene.as_key(scene.server.post(&path, &body).header(HEADER, value))).await;
            assert_eq!(status, 400, "{answer}");
            assert!(blamed(&parsed(&answer), HEADER).contains(said), "{answer}");
        }
    }
    let twice = scene.post(&scene.path("/notes"), &json!({"content": "x"}), "a").header(HEADER, "a");
    assert_eq!(raw(scene.as_key(twice)).await.0, 400);
    assert_eq!(scene.count(&sample_of("create_message")).await, 1, "the visitor's own");
    assert_eq!(scene.count(&sample_of("create_note")).await, 0);
    let fits = scene.post(&scene.path("/notes"), &json!({"content": "x"}), &longest);
    assert_eq!(raw(scene.as_key(fits)).await.0, 200);
}

#[tokio::test]
async fn a_request_without_an_answer_is_not_begun_again() {
    let scene = Scene::new().await;
    let path = scene.path("/messages");
    let send = || raw(scene.as_key(scene.server.post(&path, &new_message("once")).header(HEADER, "k")));
    let held = Connection::open(scene.server.folder.path().join("beckon.db")).expect("a database");
    held.execute_batch("BEGIN IMMEDIATE").expect("the writer waits");
    let (one, two) = (send(), send());
    // Either may be first. The other one is told at once.
    tokio::pin!(one, two);
    let (told, still) = tokio::select! {
        told = &mut one => (told, None),
        told = &mut two => (told, Some(one)),
    };
    assert_eq!((told.0, error_of(&parsed(&told.1)).0.as_str()), (409, "CONFLICT"), "{}", told.1);
    assert!(blamed(&parsed(&told.1), HEADER).contains("being processed"), "{}", told.1);
    held.execute_batch("ROLLBACK").expect("the writer goes on");
    let first = match still {
        Some(one) => one.await,
        None => two.await,
    };
    // On a machine that is very slow the writer may have given up: then it comes again.
    let mut answer = first;
    while answer.0 == 503 {
        answer = send().await;
    }
    assert_eq!(answer.0, 200, "{}", answer.1);
    assert_eq!(send().await, answer);
    assert_eq!(scene.count(&sample_of("create_message")).await, 2);
}

/// Requests at once in one round.
const AT_ONCE: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_between_a_write_and_its_answer_doubles_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let flags = ["--key-requests", "100000"];
    let mut process = Process::start(folder.path(), &flags);
    let key = format!("App {}", key_of(folder.path()));
    let token = token(&process.base, &widget_of(folder.path())).await;
    let mut tab = connect(&process.base, &token).await;
    let accepted = tab.write(crate::harness::first_message("hello")).await;
    let conversation = text(&accepted["conversation"]);
    let client = reqwest::Client::new();
    let mut expected = vec!["hello".to_owned()];
    for round in 0..4 {
        let url = format!("{}/ccaas/1/conversations/{conversation}/messages", process.base);
        let send = |url: String, says: String| {
            let request =
                client.post(url).header("authorization", &key).header(HEADER, says.replace(" ", "-"));
            let request = request.json(&new_message(&says)).timeout(HANG);
            async move {
                let response = request.send().await.ok()?;
                Some((response.status().as_u16(), response.text().await.ok()?))
            }
        };
        let says: Vec<String> = (0..AT_ONCE).map(|n| format!("round {round} message {n}")).collect();
        let mut tries: Vec<_> =
            says.iter().map(|says| tokio::spawn(send(url.clone(), says.clone()))).collect();
        // The first is stored; of the others some are, some are not, and no one was told.
        let first = tries.remove(0).await.expect("no panic");
        process.child.kill().expect("killed");
        process.ended();
        let mut answers = vec![first];
        for other in tries {
            answers.push(other.await.expect("no panic"));
        }
        process = Process::start(folder.path(), &flags);
        let url = format!("{}/ccaas/1/conversations/{conversation}/messages", process.base);
        for (says, before) in says.iter().zip(answers) {
            let again = loop {
                match send(url.clone(), says.clone()).await {
                    Some(answer) if answer.0 != 503 => break answer,
                    _ => sleep(Duration::from_millis(20)).await,
                }
            };
            assert_eq!(again.0, 200, "{}", again.1);
            if let Some(before) = before.filter(|before| before.0 == 200) {
                assert_eq!(again, before);
            }
        }
        expected.extend(says);
        let list = client.get(format!("{url}?limit=900")).header("authorization", &key);
        let listed = parsed(&raw(list).await.1);
        let mut stored: Vec<String> = listed["messages"]
            .as_array()
            .expect("messages")
            .iter()
            .map(|one| text(&one["content"]["text"]))
            .collect();
        stored.sort();
        expected.sort();
        assert_eq!(stored, expected);
    }
}
