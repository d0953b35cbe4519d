//! Notes, through both doors.

use beckon_core::agent::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, answer, error_of, message, note, text};

fn fields(body: &Value) -> Vec<&str> {
    let fields = &body["requestError"]["serviceException"]["validationErrors"];
    fields.as_object().into_iter().flatten().map(|(field, _)| field.as_str()).collect()
}

#[tokio::test]
async fn a_note_reaches_the_team_and_nobody_else() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let (maja, timo) = (server.agent(Role::Agent).await, server.agent(Role::Agent).await);
    let (mut majas, state) = maja.follow(&conversation).await;
    let (mut timos, _) = timo.follow(&conversation).await;

    let frame = note(&conversation, "wants the blue one");
    let accepted = majas.write(frame.clone()).await;
    assert_eq!((&accepted["type"], &accepted["position"]), (&json!("accepted"), &json!(2)), "{accepted}");
    let seen = timos.expect_where(|frame| frame["event"]["kind"] == "note").await;
    assert_eq!(seen["event"]["note"], json!({"text": "wants the blue one"}));
    assert_eq!((&seen["event"]["id"], &seen["event"]["client_id"]), (&accepted["event_id"], &Value::Null));
    assert_eq!(seen["event"]["author"]["id"], json!(maja.agent.id));
    let again = majas.write(frame).await;
    assert_eq!((&again["duplicate"], &again["event_id"]), (&json!(true), &accepted["event_id"]));

    let row = timos.expect_where(|frame| frame["row"]["head"] == 2).await["row"].clone();
    for field in ["unread", "preview", "status", "agent", "waiting_since", "last_visitor_message_at"] {
        assert_eq!(row[field], state["row"][field], "{field}");
    }
    majas.write(message(&conversation, "here it is")).await;
    let answer_seen = tab.expect_where(|frame| frame["event"]["kind"] == "message").await;
    assert_eq!(answer_seen["event"]["message"]["text"], "hello", "the visitor's own");
    let answer_seen = tab.expect_where(|frame| frame["event"]["author"]["type"] == "agent").await;
    assert_eq!(answer_seen["position"], 2, "{answer_seen}");
    assert!(!tab.raw.contains("blue"));

    // A visitor cannot write one.
    assert_eq!(tab.refused(note(&conversation, "x")).await, "bad_request");
    let long = majas.write(note(&conversation, &"🚗".repeat(4001))).await;
    assert_eq!(
        (&long["code"], &long["field"], &long["limit"]),
        (&json!("too_long"), &json!("message.text"), &json!(4000))
    );
    assert_eq!(majas.refused(note(&conversation, " \n")).await, "blank");
    // Whoever may not answer there may not note there.
    assert_eq!(timos.refused(note(&conversation, "x")).await, "forbidden");
    assert_eq!(majas.refused(note(&Uuid::new_v4().to_string(), "x")).await, "not_found");
}

#[tokio::test]
async fn programs_write_and_read_notes() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let other = visitor.start(&mut tab, "something else").await;
    let maja = server.agent(Role::Agent).await;
    let timo = server.agent(Role::Agent).await;
    let key = server.key().await;
    let path = format!("/ccaas/1/conversations/{conversation}/notes");
    let post = async |body: Value| answer(server.post(&path, &body).header("authorization", &key)).await;
    let get = async |path: &str| answer(server.get(path).header("authorization", &key)).await;

    let (status, first) = post(json!({"content": "Called back."})).await;
    assert_eq!(status, 200, "{first}");
    assert_eq!(
        (&first["content"], &first["type"], &first["agentId"], &first["conversationId"]),
        (&json!("Called back."), &json!("INTERNAL"), &Value::Null, &json!(conversation))
    );
    assert!(text(&first["createdAt"]).ends_with("+00:00") && first["createdAt"] == first["updatedAt"]);
    let (_, named) = post(json!({"content": "Hers.", "agentId": maja.agent.id, "type": "INTERNAL"})).await;
    assert_eq!(named["agentId"], json!(maja.agent.id));
    let (status, own) = answer(maja.post(&path, &json!({"content": "By hand."}))).await;
    assert_eq!((status, &own["agentId"]), (200, &json!(maja.agent.id)), "{own}");

    let (_, list) = get(&path).await;
    assert_eq!(list["notes"], json!([first, named, own]));
    assert_eq!(list["pagination"], json!({"totalItems": 3, "page": 0, "limit": 10, "orderBy": "id:asc"}));
    let (_, newest) = get(&format!("{path}?orderBy=createdAt:desc&limit=1&page=1")).await;
    assert_eq!(newest["notes"], json!([named]));
    let one = format!("{path}/{}", text(&first["id"]));
    assert_eq!(get(&one).await, (200, first.clone()));

    // Of another conversation, unknown, and a message's: all the same.
    for (conversation, note) in [
        (other.clone(), text(&first["id"])),
        (conversation.clone(), Uuid::new_v4().to_string()),
        (conversation.clone(), "x".to_owned()),
    ] {
        let (status, body) = get(&format!("/ccaas/1/conversations/{conversation}/notes/{note}")).await;
        let expected = format!("Invalid id '{note}' given! No such entity exists.");
        assert_eq!((status, error_of(&body)), (404, ("NOT_FOUND".into(), expected)));
    }
    for (body, expected) in [
        (json!({}), vec!["content"]),
        (json!({"content": "  "}), vec!["content"]),
        (json!({"content": {"text": "x"}}), vec!["content"]),
        (json!({"content": "x".repeat(4001)}), vec!["content"]),
        (json!({"content": "x", "type": "ATTACHMENT"}), vec!["type"]),
        (json!({"content": "x", "agentId": "x"}), vec!["agentId"]),
        (json!({"content": 7, "agentId": "x", "type": "x"}), vec!["agentId", "content", "type"]),
    ] {
        let (status, answer) = post(body.clone()).await;
        assert_eq!((status, fields(&answer)), (400, expected), "{body}");
    }
    assert_eq!(post(json!({"content": "x", "agentId": Uuid::new_v4()})).await.0, 400);
    let borrowed = maja.post(&path, &json!({"content": "x", "agentId": timo.agent.id}));
    assert_eq!(answer(borrowed).await.0, 400, "an agent notes in no other name");
    for query in ["limit=1000", "orderBy=content:asc", "type=INTERNAL"] {
        assert_eq!(get(&format!("{path}?{query}")).await.0, 400, "{query}");
    }

    let mut majas = maja.connect().await;
    let command = json!({"type": "command", "client_id": Uuid::new_v4(), "conversation": conversation, "command": "take"});
    majas.write(command.clone()).await;
    assert_eq!(answer(timo.post(&path, &json!({"content": "x"}))).await.0, 403);
    let mut close = command;
    (close["command"], close["client_id"]) = (json!("close"), json!(Uuid::new_v4()));
    majas.write(close).await;
    let (status, late) = post(json!({"content": "Called back after the close."})).await;
    assert_eq!(status, 200, "{late}");
    let late = json!({"content": "By hand.", "agentId": maja.agent.id});
    assert_eq!(answer(maja.post(&path, &late)).await.0, 200);
    assert_eq!(majas.write(note(&conversation, "and by frame")).await["type"], "accepted");
    assert_eq!(tab.refused(note(&conversation, "x")).await, "bad_request", "never a visitor's");
    assert_eq!(get(&path).await.1["pagination"]["totalItems"], 6, "nothing of the refused was stored");
    assert!(!tab.raw.contains("Called back") && !tab.raw.contains("by frame"));
}
