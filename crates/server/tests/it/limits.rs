//! Rates and places: refused with a time, never lost, and open again.

use beckon_core::agent::Role;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::harness::{Server, answer, context, first_message, message, until_so};

fn rate_limited(answer: &Value) -> u64 {
    assert_eq!((&answer["code"], &answer["retry"]), (&json!("rate_limited"), &json!("later")), "{answer}");
    answer["after_ms"].as_u64().expect("a time")
}

#[tokio::test]
async fn a_visitor_sends_ten_at_once_and_five_a_second() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let (mut tab, mut other) = (visitor.connect().await, visitor.connect().await);
    let conversation = visitor.start(&mut tab, "1").await;
    for _ in 2..=10 {
        assert_eq!(tab.write(message(&conversation, "x")).await["type"], "accepted");
    }
    assert!((1..=200).contains(&rate_limited(&tab.write(message(&conversation, "x")).await)));
    rate_limited(&other.write(message(&conversation, "x")).await);
    server.clock.advance(1);
    for _ in 0..5 {
        assert_eq!(tab.write(message(&conversation, "x")).await["type"], "accepted");
    }
    rate_limited(&tab.write(message(&conversation, "x")).await);
    let another = server.visitor().await;
    let mut theirs = another.connect().await;
    another.start(&mut theirs, "not slowed down").await;
}

#[tokio::test]
async fn context_writes_have_a_rate_of_their_own() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "1").await;
    for number in 0..10 {
        let write = context("ACTIVE", Some(&conversation), json!({"n": number}));
        assert_eq!(tab.write(write).await["type"], "accepted");
    }
    let refused = tab.write(context("ACTIVE", Some(&conversation), json!({"n": 10}))).await;
    assert!((1..=500).contains(&rate_limited(&refused)));
    assert_eq!(tab.write(message(&conversation, "still said")).await["type"], "accepted");
    server.clock.advance(1);
    assert_eq!(tab.write(context("ACTIVE", Some(&conversation), json!({"n": 11}))).await["type"], "accepted");
}

#[tokio::test]
async fn a_session_starts_six_conversations_an_hour_and_still_writes_in_them() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let mut firsts = Vec::new();
    for number in 0..6 {
        let first = first_message(&number.to_string());
        assert_eq!(tab.write(first.clone()).await["type"], "accepted");
        firsts.push(first);
    }
    server.clock.advance(10);
    rate_limited(&tab.write(first_message("7")).await);
    let again = tab.write(firsts[0].clone()).await;
    assert_eq!(again["duplicate"], true, "a lost answer can still be fetched: {again}");
    let mut in_thread = first_message("more");
    in_thread["thread"] = firsts[0]["thread"].clone();
    assert_eq!(tab.write(in_thread).await["type"], "accepted");
    server.clock.advance(600);
    assert_eq!(tab.write(first_message("7")).await["type"], "accepted");
}

#[tokio::test]
async fn a_session_has_five_sockets() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tabs = Vec::new();
    for _ in 0..5 {
        tabs.push(visitor.connect().await);
    }
    let mut sixth = server.socket().await;
    sixth.send(json!({"type": "hello", "version": 1, "token": visitor.token})).await;
    assert_eq!(sixth.closed().await, 4504);
    tabs.pop().expect("a tab").drop_without_goodbye().await;
    // The server learns of it when it reads the end; until then the place is taken.
    let welcomed = async || {
        let mut next = server.socket().await;
        next.send(json!({"type": "hello", "version": 1, "token": visitor.token})).await;
        next.next().await.is_ok()
    };
    until_so("the place is free", welcomed).await;
}

#[tokio::test]
async fn an_address_has_so_many_sockets_and_sessions() {
    let server = Server::start_with(&["--sockets-per-ip", "2", "--sessions-per-ip", "2"]).await;
    let visitor = server.visitor().await;
    let (_one, _two) = (visitor.connect().await, visitor.connect().await);
    assert_eq!(server.socket().await.closed().await, 4504);

    server.visitor().await;
    let path = format!("/livechat/1/widgets/{}/sessions", server.widget);
    let refused = server.post(&path, &json!({})).send().await.expect("an answer");
    assert_eq!(refused.status(), 429);
    assert!(refused.headers()["retry-after"].to_str().expect("text").parse::<u32>().is_ok());
    // Loopback is a believed proxy: behind it is somebody else.
    let elsewhere = server.post(&path, &json!({})).header("x-forwarded-for", "203.0.113.9, 192.0.2.7");
    assert_eq!(answer(elsewhere).await.0, 201);
}

#[tokio::test]
async fn who_is_not_a_believed_proxy_cannot_choose_an_address() {
    let server = Server::start_with(&["--sessions-per-ip", "1"]).await;
    let path = format!("/livechat/1/widgets/{}/sessions", server.widget);
    let from = |hops: &str| answer(server.post(&path, &json!({})).header("x-forwarded-for", hops.to_owned()));
    assert_eq!(from("198.51.100.1, 192.0.2.7").await.0, 201);
    // 192.0.2.7 is not believed: whatever it claims, it stays itself.
    assert_eq!(from("198.51.100.2, 192.0.2.7").await.0, 429);
}

#[tokio::test]
async fn a_key_has_a_rate() {
    let server = Server::start_with(&["--key-requests", "2"]).await;
    let key = server.key().await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(answer(server.get("/ccaas/1/conversations").header("authorization", &key)).await.0);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 429]);
}

#[tokio::test]
async fn a_flood_of_frames_ends_the_socket() {
    let server = Server::start_with(&["--frames", "10"]).await;
    let visitor = server.visitor().await;
    let ping = json!({"type": "ping"}).to_string();
    for flood in [Message::text(ping), Message::Ping(Bytes::new()), Message::Pong(Bytes::new())] {
        let mut tab = visitor.connect().await;
        tab.send_at_once(&flood, 100).await;
        assert_eq!(tab.closed().await, 4013, "{flood:?}");
    }
    let agent = server.agent(Role::Agent).await;
    agent.connect().await.settle().await;
}
