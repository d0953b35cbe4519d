//! The server's clock is set back: lists stay in order, times of a conversation never fall, nothing is shown as still to come.

use beckon_core::agent::Role;
use beckon_core::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, answer, context, message, text};

const HOUR: i64 = 60 * 60;

/// The server again, on its folder, with a clock that was moved by so many seconds.
async fn restarted(server: Server, seconds: i64) -> Server {
    let now = server.app.now().plus_seconds(seconds);
    Server::start_in(server.stop().await, now, &[], |_| {}).await
}

async fn get(server: &Server, key: &str, path: &str) -> Value {
    let (status, body) = answer(server.get(path).header("authorization", key)).await;
    assert_eq!(status, 200, "{body}");
    body
}

/// What the inbox shows, top to bottom.
async fn inbox(server: &Server, key: &str) -> Vec<String> {
    let body = get(server, key, "/ccaas/1/inbox?view=all").await;
    let rows = body["rows"].as_array().expect("rows");
    let now = server.app.now();
    for row in rows {
        for time in ["waiting_since", "last_visitor_message_at", "created_at", "updated_at"] {
            assert_past(&row[time], now);
        }
        assert_past(&row["preview"]["at"], now);
    }
    let places: Vec<&str> = rows.iter().map(|row| row["sort_at"].as_str().expect("a place")).collect();
    // No two are the same on the wire: who sorts them there gets the server's order.
    assert!(places.is_sorted_by(|one, next| one > next), "{places:?}");
    rows.iter().map(|row| text(&row["preview"]["text"])).collect()
}

fn assert_past(time: &Value, now: Timestamp) {
    let Some(time) = time.as_str() else { return };
    let time: Timestamp = time.parse().expect("a time");
    assert!(time <= now, "{time} is still to come at {now}");
}

async fn assert_times_never_fall(server: &Server, key: &str, conversation: &str) {
    let body = get(server, key, &format!("/ccaas/1/conversations/{conversation}/events?limit=200")).await;
    let events = body["events"].as_array().expect("events");
    let times: Vec<&str> =
        events.iter().map(|event| event["event"]["at"].as_str().expect("a time")).collect();
    assert!(times.len() > 1 && times.is_sorted(), "{times:?}");
}

#[tokio::test]
async fn lists_stay_in_order_when_the_clock_is_set_back_and_the_server_restarts() {
    let server = Server::start().await;
    let key = server.key().await;
    let visitor = server.visitor().await;
    let token = visitor.token.clone();
    let old = visitor.start(&mut visitor.connect().await, "old").await;
    let before = server.app.now();

    let server = restarted(server, -2 * HOUR).await;
    let same = server.known_visitor(&token);
    let newer = server.visitor().await;
    let new = newer.start(&mut newer.connect().await, "new").await;
    assert_eq!(inbox(&server, &key).await, ["new", "old"]);
    // What is new has the time of the clock, and not one that is still to come.
    let made = get(&server, &key, &format!("/ccaas/1/conversations/{new}")).await;
    assert_past(&made["createdAt"], server.app.now());
    assert!(server.app.now() < before);

    let mut tab = same.connect().await;
    let second = same.start(&mut tab, "second thread").await;
    assert_eq!(inbox(&server, &key).await, ["second thread", "new", "old"]);
    let threads = |body: Value| {
        let threads = body["threads"].as_array().expect("threads").clone();
        threads.iter().map(|thread| text(&thread["preview"]["text"])).collect::<Vec<_>>()
    };
    assert_eq!(threads(answer(same.get("/livechat/1/threads")).await.1), ["second thread", "old"]);
    tab.write(message(&old, "old again")).await;
    tab.write(context("ACTIVE", Some(&old), json!({"page": 1}))).await;
    assert_eq!(threads(answer(same.get("/livechat/1/threads")).await.1), ["old again", "second thread"]);
    assert_eq!(inbox(&server, &key).await, ["old again", "second thread", "new"]);
    assert_times_never_fall(&server, &key, &old).await;
    let by_id = get(&server, &key, "/ccaas/1/conversations?orderBy=id:desc").await;
    let ids: Vec<&Value> =
        by_id["conversations"].as_array().expect("rows").iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, [&json!(second), &json!(new), &json!(old)]);
    drop(tab);

    // Once more, with no write since: the order is known all the same.
    let server = restarted(restarted(server, -HOUR).await, -HOUR).await;
    let last = server.visitor().await;
    last.start(&mut last.connect().await, "last").await;
    assert_eq!(inbox(&server, &key).await, ["last", "old again", "second thread", "new"]);

    // Set right again, everything goes on.
    let server = restarted(server, 5 * HOUR).await;
    let later = server.visitor().await;
    later.start(&mut later.connect().await, "later").await;
    assert_eq!(inbox(&server, &key).await[..2], ["later", "last"]);
}

#[tokio::test]
async fn a_clock_that_is_set_back_while_the_server_runs_changes_no_order() {
    let server = Server::start().await;
    let key = server.key().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "one").await;
    let agent = server.agent(Role::Supervisor).await;
    let (mut console, state) = agent.follow(&conversation).await;
    let place = text(&state["row"]["sort_at"]);
    for (back, says) in [(HOUR, "two"), (2 * HOUR, "three"), (-HOUR, "four"), (24 * HOUR, "five")] {
        server.clock.advance(-back);
        let accepted = tab.write(message(&conversation, says)).await;
        assert_eq!(accepted["type"], "accepted", "limits go on: {accepted}");
        let frame = console.expect_where(|frame| frame["row"]["preview"]["text"] == says).await;
        assert!(text(&frame["row"]["sort_at"]) >= place, "{frame}");
        assert_past(&frame["row"]["waiting_since"], server.app.now());
        console.write(message(&conversation, "answer")).await;
    }
    assert_times_never_fall(&server, &key, &conversation).await;
    let other = server.visitor().await;
    other.start(&mut other.connect().await, "newest").await;
    assert_eq!(inbox(&server, &key).await[0], "newest");
}

#[tokio::test]
async fn what_ends_by_the_clock_still_ends() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    server.clock.advance(-HOUR);
    assert_eq!(answer(visitor.get("/livechat/1/threads")).await.0, 200);
    let agent = server.agent(Role::Agent).await;
    assert_eq!(answer(agent.get("/console/1/session")).await.0, 200);
    server.clock.advance(15 * 24 * HOUR);
    assert_eq!(answer(agent.get("/console/1/session")).await.0, 401);
    server.clock.advance(30 * 24 * HOUR);
    assert_eq!(answer(visitor.get("/livechat/1/threads")).await.0, 401);
}

#[tokio::test]
async fn what_a_page_held_counts_after_the_clock_was_set_back() {
    let server = Server::start().await;
    let key = server.key().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "one").await;
    tab.write(context("ALL_PLUS_NEW", None, json!({"colour": "red", "size": 1}))).await;
    server.clock.advance(-HOUR);

    let mut held = message(&conversation, "two");
    held["context"] = json!({"client_id": Uuid::new_v4(), "metadata": {"colour": "blue"}, "age_ms": 0});
    held["standing"] = json!({"metadata": {"size": 2}, "age_ms": 0});
    tab.write(held).await;
    let path = |conversation: &str| format!("/ccaas/1/conversations/{conversation}/metadata");
    assert_eq!(get(&server, &key, &path(&conversation)).await, json!({"colour": "blue", "size": 2}));

    // What stands, said since, is what the next conversation starts with.
    tab.write(context("ALL_PLUS_NEW", None, json!({"colour": "green"}))).await;
    let next = visitor.start(&mut tab, "three").await;
    assert_eq!(get(&server, &key, &path(&next)).await, json!({"colour": "green", "size": 2}));
}
