//! What a visitor can never reach or see.

use beckon_core::agent::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, Socket, answer, context, first_message, message, note, text};

/// Every frame in which a visitor can name a conversation.
fn frames_naming(conversation: &str) -> Vec<Value> {
    let mut send_with_context = message(conversation, "hi");
    send_with_context["context"] = json!({"mode": "merge", "metadata": {"x": 1}});
    vec![
        message(conversation, "hi"),
        send_with_context,
        context("ACTIVE", Some(conversation), json!({"stolen": 1})),
        json!({"type": "sync", "conversation": conversation}),
        json!({"type": "sync", "conversation": conversation, "epoch": Uuid::nil(), "position": 1}),
        json!({"type": "delivered", "conversation": conversation, "position": 1}),
        json!({"type": "read", "conversation": conversation, "position": 1}),
        json!({"type": "subscribe", "topic": {"conversation": conversation}}),
        json!({"type": "unsubscribe", "topic": {"conversation": conversation}}),
        json!({
            "type": "command", "client_id": Uuid::new_v4(), "conversation": conversation, "command": "close",
        }),
        json!({"type": "typing", "conversation": conversation, "on": true}),
    ]
}

/// The answer to a frame, without what names the request itself; null when there is none.
async fn answer_to(socket: &mut Socket, mut frame: Value, conversation: &str) -> Value {
    if frame["client_id"].is_string() {
        frame["request"] = 1.into();
    }
    socket.send(frame).await;
    socket.send(json!({"type": "ping"})).await;
    let mut first = Value::Null;
    loop {
        let next = socket.next().await.expect("a frame");
        if next["type"] == "pong" {
            return serde_json::from_str(&first.to_string().replace(conversation, "<id>")).expect("JSON");
        }
        first = next;
    }
}

#[tokio::test]
async fn another_visitors_ids_look_unknown_in_every_frame() {
    let server = Server::start_with(&["--visitor-sends-burst", "100", "--context-writes-burst", "100"]).await;
    let (alice, bob) = (server.visitor().await, server.visitor().await);
    let mut alices = alice.connect().await;
    let mut first = first_message("mine");
    first["context"] = json!({"mode": "merge", "metadata": {"secret": "tulips"}});
    let accepted = alices.write(first).await;
    let (foreign, thread) = (text(&accepted["conversation"]), text(&accepted["thread"]));
    let event = text(&accepted["event_id"]);
    let unknown = Uuid::new_v4().to_string();

    let mut bobs = bob.connect().await;
    for stranger in [&foreign, &thread, &event] {
        for (theirs, nobodys) in frames_naming(stranger).into_iter().zip(frames_naming(&unknown)) {
            let kind = theirs["type"].clone();
            let said = answer_to(&mut bobs, theirs, stranger).await;
            assert_eq!(said, answer_to(&mut bobs, nobodys, &unknown).await, "{kind}");
            assert_ne!(said["type"], "accepted", "{kind}");
        }
    }
    // Resuming a stranger's conversation.
    let resume = json!([{"conversation": foreign, "epoch": Uuid::nil(), "position": 0}]);
    let (mut resumed, _) = bob.resume(resume).await;
    assert_eq!(resumed.expect("rejected").await["code"], "not_found");

    // The stranger's thread name is free for this visitor: it names a conversation of its own.
    let mut same_thread = first_message("mine, too");
    same_thread["thread"] = thread.as_str().into();
    let own = bobs.write(same_thread).await;
    assert_eq!(own["type"], "accepted");
    assert_ne!(text(&own["conversation"]), foreign);

    // Nothing of it reached the stranger's conversation, and the owner was told of nothing.
    alices.settle().await;
    let (state, events) = alices.sync(&foreign, None).await;
    assert_eq!((&state["head"], events.len()), (&json!(1), 1));
    let context = server.app.store.context(foreign.parse().expect("an id")).await.expect("a context");
    assert_eq!((context.text.as_str(), context.version), (r#"{"secret":"tulips"}"#, 1));
    assert!(!bobs.raw.contains("tulips") && !resumed.raw.contains("tulips"));
}

#[tokio::test]
async fn another_visitors_ids_look_unknown_over_http() {
    let server = Server::start().await;
    let (alice, bob) = (server.visitor().await, server.visitor().await);
    let mut alices = alice.connect().await;
    let foreign = alice.start(&mut alices, "mine").await;
    let unknown = Uuid::new_v4().to_string();
    let of = |id: &str| format!("/livechat/1/conversations/{id}/events");

    let (own, _) = answer(alice.get(&of(&foreign))).await;
    assert_eq!(own, 200);
    let (status, body) = answer(bob.get(&of(&foreign))).await;
    let (same_status, same_body) = answer(bob.get(&of(&unknown))).await;
    assert_eq!((status, same_status), (404, 404));
    assert_eq!(body.to_string().replace(&foreign, ""), same_body.to_string().replace(&unknown, ""));

    let (_, threads) = answer(bob.get("/livechat/1/threads")).await;
    assert_eq!(threads, json!({"threads": []}));

    // A visitor's token opens none of our side's doors, and nothing opens without one.
    for path in ["/ccaas/1/conversations", "/ccaas/1/inbox", "/console/1/session"] {
        assert_eq!(answer(bob.get(path)).await.0, 401, "{path}");
        assert_eq!(answer(server.get(path)).await.0, 401, "{path}");
    }
    for path in [of(&foreign), "/livechat/1/threads".to_owned()] {
        assert_eq!(answer(server.get(&path)).await.0, 401, "{path}");
        assert_eq!(answer(server.get(&path).bearer_auth("x")).await.0, 401, "{path}");
        let key = server.key().await;
        assert_eq!(answer(server.get(&path).header("authorization", key)).await.0, 401, "{path}");
    }
}

#[tokio::test]
async fn a_visitors_bytes_hold_no_context_and_no_internal_event() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let mut other_tab = visitor.connect().await;
    let mut first = first_message("hello");
    first["context"] = json!({"mode": "merge", "metadata": {"canary_key": "canary_value"}});
    first["standing"] = json!({"mode": "merge", "metadata": {"canary_standing": 1}});
    let conversation = text(&tab.write(first).await["conversation"]);
    tab.write(context("ALL_PLUS_NEW", None, json!({"canary_all": true}))).await;

    let key = server.key().await;
    let url = format!("{}/ccaas/1/conversations/{conversation}/metadata", server.base);
    let put = server.http.put(&url).header("authorization", &key).body(r#"{"canary_put":[1]}"#);
    assert_eq!(answer(put).await.0, 200);
    let (mut console, _) = server.agent(Role::Agent).await.follow(&conversation).await;
    console.write(message(&conversation, "hi")).await;
    let typing = json!({"type": "typing", "conversation": conversation, "on": true, "note": true});
    console.send(typing).await;
    let noted = console.write(note(&conversation, "canary_note of the team")).await;
    assert_eq!(noted["type"], "accepted", "{noted}");
    let path = format!("/ccaas/1/conversations/{conversation}/notes");
    let by_key = server.post(&path, &json!({"content": "canary_rest"})).header("authorization", &key);
    assert_eq!(answer(by_key).await.0, 200);
    for command in ["solve", "reopen", "close"] {
        let frame = json!({
            "type": "command", "client_id": Uuid::new_v4(), "conversation": conversation, "command": command,
        });
        assert_eq!(console.write(frame).await["type"], "accepted", "{command}");
    }
    assert!(
        ["canary_put", "canary_note", "canary_rest"].iter().all(|canary| console.raw.contains(canary)),
        "the agent sees it, or this test shows nothing"
    );

    for tab in [&mut tab, &mut other_tab] {
        tab.expect_where(|frame| frame["event"]["to"] == "CLOSED").await;
        let (_, events) = tab.sync(&conversation, None).await;
        let positions: Vec<_> = events.iter().map(|event| event["position"].clone()).collect();
        let expected: Vec<_> = (1..=events.len()).map(Value::from).collect();
        assert_eq!(positions, expected, "no gap tells of what the visitor may not see");
    }
    let (mut resumed, _) =
        visitor.resume(json!([{"conversation": conversation, "epoch": "x", "position": 0}])).await;
    resumed.expect("live").await;
    let history = format!("/livechat/1/conversations/{conversation}/events?limit=200");
    let (_, history) = answer(visitor.get(&history)).await;
    let (_, threads) = answer(visitor.get("/livechat/1/threads")).await;
    let newest = history["events"].as_array().and_then(|events| events.last()).expect("an event");
    assert_eq!(threads["threads"][0]["head"], newest["position"], "the head counts what the visitor may see");
    let heard = [tab.raw, other_tab.raw, resumed.raw, history.to_string(), threads.to_string()].concat();
    for never in [
        "canary",
        "\"note\"",
        "NOTE",
        "typing",
        "viewers",
        "\"metadata\"",
        "\"assigned\"",
        "\"seq\"",
        "\"context\"",
        "\"facts\"",
        "example.com",
    ] {
        assert!(!heard.contains(never), "{never} in a visitor's bytes");
    }
}

#[tokio::test]
async fn an_agent_without_the_queue_sees_nothing_of_it() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let outsider = server.agent(Role::Agent).await;
    server.app.store.set_agent_queues(outsider.agent.id, Vec::new()).await.expect("no queues");

    for path in ["", "/messages", "/metadata", "/events", "/notes"] {
        let path = format!("/ccaas/1/conversations/{conversation}{path}");
        assert_eq!(answer(outsider.get(&path)).await.0, 404, "{path}");
    }
    let (_, inbox) = answer(outsider.get("/ccaas/1/inbox")).await;
    assert_eq!((&inbox["rows"], &inbox["counts"]["all"]), (&json!([]), &json!(0)));
    let (_, list) = answer(outsider.get("/ccaas/1/conversations")).await;
    assert_eq!(list["pagination"]["totalItems"], 0);

    // The sign-in above still has the queue: only a new one is asked again.
    let mut console = outsider.connect().await;
    console.send(json!({"type": "subscribe", "topic": {"inbox": true}})).await;
    console.send(json!({"type": "subscribe", "topic": {"conversation": conversation}})).await;
    assert_eq!(console.expect("rejected").await["code"], "not_found");
    assert_eq!(console.refused(message(&conversation, "x")).await, "not_found");
    tab.write(message(&conversation, "tulips")).await;
    console.settle().await;
    assert!(!console.raw.contains("tulips"));
}
