//! Bad frames: each with its typed answer, and nothing stored.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use uuid::Uuid;

use crate::harness::{Server, Socket, context, first_message, message, text};

/// An object of exactly so many bytes as compact JSON, in strings short enough.
fn metadata_of(bytes: usize) -> Value {
    let mut parts = serde_json::Map::new();
    let mut left = bytes - 2;
    let mut number = 0;
    while left > 0 {
        // "kNN":"…", is what a member costs; the last one has no comma.
        let key = format!("k{number:02}");
        let cost = key.len() + 6;
        let value = if left <= 8_000 { left - cost + 1 } else { (left - cost - 100).min(8_000) };
        left = if left <= 8_000 { 0 } else { left - cost - value };
        parts.insert(key, "x".repeat(value).into());
        number += 1;
    }
    let value = Value::Object(parts);
    assert_eq!(value.to_string().len(), bytes, "the test's own arithmetic");
    value
}

fn nested(depth: usize) -> Value {
    let mut value = json!(1);
    for _ in 0..depth {
        value = json!({ "d": value });
    }
    value
}

fn keys(count: usize) -> Value {
    Value::Object((0..count).map(|number| (format!("key{number}"), json!(number))).collect())
}

async fn nothing_stored(server: &Server, conversation: &str) {
    let stored = server.app.store.context(conversation.parse().expect("an id")).await.expect("a context");
    assert_eq!((stored.text.as_str(), stored.version), ("{}", 0));
}

#[tokio::test]
async fn bad_context_is_refused_with_its_code_and_nothing_is_stored() {
    let server = Server::start_with(&["--context-writes-burst", "100"]).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let long_key = Value::Object([("k".repeat(129), json!(1))].into_iter().collect());
    let cases = [
        ("missing", Value::Null, "metadata_invalid"),
        ("an array", json!([1]), "metadata_invalid"),
        ("a string", json!("red"), "metadata_invalid"),
        ("a number", json!(1), "metadata_invalid"),
        ("__proto__", json!({"__proto__": {"admin": true}}), "metadata_invalid"),
        ("a nested constructor", json!({"a": {"constructor": 1}}), "metadata_invalid"),
        ("one byte too many", metadata_of(65_537), "metadata_limit"),
        ("too deep", nested(9), "metadata_limit"),
        ("too many keys", keys(257), "metadata_limit"),
        ("a long key", long_key, "metadata_limit"),
        ("a long string", json!({"a": "x".repeat(8193)}), "metadata_limit"),
    ];
    for (case, metadata, code) in cases {
        let rejected = tab.write(context("ACTIVE", Some(&conversation), metadata)).await;
        assert_eq!(
            (&rejected["code"], &rejected["retry"]),
            (&json!(code), &json!("never")),
            "{case}: {rejected}"
        );
        assert_eq!(rejected["field"], "metadata", "{case}");
        nothing_stored(&server, &conversation).await;
    }
    let mut missing = context("ACTIVE", Some(&conversation), json!({}));
    missing.as_object_mut().expect("an object").remove("metadata");
    assert_eq!(tab.refused(missing).await, "metadata_invalid");
    assert_eq!(tab.refused(context("SOME", Some(&conversation), json!({"a": 1}))).await, "unknown_strategy");
    let mut mode = context("ACTIVE", Some(&conversation), json!({"a": 1}));
    mode["mode"] = "append".into();
    assert_eq!(tab.refused(mode).await, "bad_request");
    nothing_stored(&server, &conversation).await;

    for (case, metadata) in
        [("the largest", metadata_of(65_536)), ("the deepest", nested(8)), ("the most keys", keys(256))]
    {
        let mut write = context("ACTIVE", Some(&conversation), metadata);
        write["mode"] = "replace".into();
        assert_eq!(tab.write(write).await["type"], "accepted", "{case}");
    }
}

#[tokio::test]
async fn the_largest_context_and_the_longest_text_fit_one_frame() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let mut first = first_message(&"🚗".repeat(4096));
    first["context"] = json!({"mode": "merge", "metadata": metadata_of(65_536)});
    let accepted = tab.write(first).await;
    assert_eq!(accepted["type"], "accepted", "{accepted}");
    let id = text(&accepted["conversation"]).parse().expect("an id");
    assert_eq!(server.app.store.context(id).await.expect("a context").text.len(), 65_536);
}

#[tokio::test]
async fn a_first_message_with_bad_context_starts_nothing() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    for (metadata, code) in [(metadata_of(65_537), "metadata_limit"), (json!("red"), "metadata_invalid")] {
        let mut first = first_message("hello");
        first["context"] = json!({"mode": "merge", "metadata": metadata});
        assert_eq!(tab.refused(first).await, code);
    }
    let threads = server.app.store.threads(visitor.id.parse().expect("an id"), 10).await.expect("threads");
    assert!(threads.is_empty());
}

#[tokio::test]
async fn bad_messages_are_refused_with_their_code() {
    let server = Server::start_with(&["--visitor-sends-burst", "100"]).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let too_long = tab.write(message(&conversation, &"x".repeat(4097))).await;
    assert_eq!((&too_long["code"], &too_long["limit"]), (&json!("too_long"), &json!(4096)));
    assert_eq!(tab.refused(message(&conversation, " \n\t ")).await, "blank");
    let mut image = message(&conversation, "x");
    image["message"]["type"] = "IMAGE".into();
    assert_eq!(tab.refused(image).await, "bad_request");
    let mut nowhere = message(&conversation, "x");
    nowhere.as_object_mut().expect("an object").remove("conversation");
    assert_eq!(tab.refused(nowhere).await, "bad_request");
    let mut no_client_id = message(&conversation, "x");
    no_client_id["client_id"] = "x".into();
    let rejected = tab.write(no_client_id).await;
    assert_eq!((&rejected["code"], &rejected["field"]), (&json!("bad_request"), &json!("client_id")));
    assert_eq!(tab.refused(message("not-an-id", "x")).await, "not_found");
    tab.send(json!({"type": "dance", "request": 77})).await;
    let unknown = tab.expect("rejected").await;
    assert_eq!((&unknown["code"], &unknown["request"]), (&json!("unknown_type"), &json!(77)));

    let (state, _) = tab.sync(&conversation, None).await;
    assert_eq!(state["head"], 1, "only the first message was stored");
    assert_eq!(tab.write(message(&conversation, &"x".repeat(4096))).await["type"], "accepted");
}

async fn said_hello(server: &Server) -> Socket {
    server.visitor().await.connect().await
}

#[tokio::test]
async fn what_cannot_be_read_ends_the_socket_and_nothing_else() {
    let server = Server::start().await;
    for broken in ["{", "", "[]", "null", "{\"type\":\"ping\"", &"[".repeat(100_000)] {
        let mut socket = said_hello(&server).await;
        socket.send_text(broken.to_owned()).await;
        assert_eq!(socket.closed().await, 4501, "{broken:.20}");
    }
    let mut binary = said_hello(&server).await;
    binary.send_message(Message::Binary(Bytes::from_static(b"{}"))).await;
    assert_eq!(binary.closed().await, 4501);
    let mut large = said_hello(&server).await;
    large.send_text(format!("{{\"type\":\"ping\",\"x\":\"{}\"}}", "x".repeat(192 * 1024))).await;
    assert_eq!(large.closed().await, 4501);
    let mut bomb = said_hello(&server).await;
    bomb.send_text(format!(
        "{{\"type\":\"context\",\"request\":1,\"client_id\":\"{}\",\"metadata\":{}1{}}}",
        Uuid::new_v4(),
        "{\"a\":".repeat(30_000),
        "}".repeat(30_000)
    ))
    .await;
    assert_eq!(bomb.expect("rejected").await["code"], "metadata_limit");
    said_hello(&server).await.settle().await;
}

#[tokio::test]
async fn a_socket_must_say_a_right_hello_first() {
    let soon = Server::start_with(&["--hello-ms", "300"]).await;
    assert_eq!(soon.socket().await.closed().await, 4502, "it says nothing");
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut impatient = server.socket().await;
    impatient.send(json!({"type": "ping"})).await;
    assert_eq!(impatient.closed().await, 4501);
    for (hello, code) in [
        (json!({"type": "hello", "version": 2, "token": visitor.token}), 4506),
        (json!({"type": "hello", "version": 1, "token": "x"}), 4500),
        (json!({"type": "hello", "version": 1, "ticket": visitor.token}), 4005),
        (json!({"type": "hello", "version": 1}), 4500),
        (json!({"type": "hello", "token": visitor.token}), 4501),
    ] {
        let mut socket = server.socket().await;
        socket.send(hello.clone()).await;
        assert_eq!(socket.closed().await, code, "{hello}");
    }
}

#[tokio::test]
async fn only_our_own_pages_open_sockets() {
    let server = Server::start().await;
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        let mut socket = server.socket_from(Some(origin)).await;
        assert_eq!(socket.closed().await, 4505, "{origin}");
    }
    let port = server.base.rsplit(':').next().expect("a port");
    for origin in [server.base.clone(), format!("http://localhost:{port}")] {
        let visitor = server.visitor().await;
        let mut socket = server.socket_from(Some(&origin)).await;
        socket.send(json!({"type": "hello", "version": 1, "token": visitor.token})).await;
        socket.expect("welcome").await;
    }
}
