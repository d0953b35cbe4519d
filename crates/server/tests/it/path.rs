//! The path end to end: shop, widget, disk, card, API.

use beckon_core::agent::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, answer, context, first_message, message, text};

/// The digits are the site's.
const CAR: &str = r#"{"model":"Fjord","colour":"blue","price":1.10}"#;

#[tokio::test]
async fn a_first_message_arrives_with_its_held_context_and_is_answered() {
    let server = Server::start().await;
    let agent = server.agent(Role::Agent).await;
    let mut console = agent.connect().await;
    console.send(json!({"type": "subscribe", "topic": {"inbox": true}})).await;
    console.settle().await;

    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let mut first = first_message("Is the blue one in stock?");
    let metadata: Value = serde_json::from_str(CAR).expect("JSON");
    first["context"] = json!({"client_id": Uuid::new_v4(), "mode": "merge", "metadata": metadata});
    first["page"] = json!({"url": "https://shop.example/cars", "title": "Cars"});
    let accepted = tab.write(first).await;
    assert_eq!(
        (&accepted["type"], &accepted["position"], &accepted["duplicate"]),
        (&json!("accepted"), &json!(1), &json!(false))
    );
    let conversation = text(&accepted["conversation"]);

    // The very first row has the facts already.
    let row = console.expect("row").await;
    assert_eq!(row["conversation"], conversation.as_str());
    assert_eq!(row["row"]["facts"][0], json!({"key": "model", "text": "\"Fjord\""}));
    assert_eq!(row["row"]["page"]["title"], "Cars");
    assert_eq!(row["row"]["unread"], 1);

    console.send(json!({"type": "subscribe", "topic": {"conversation": conversation}})).await;
    let state = console.expect("state").await;
    assert_eq!(state["context"]["text"], CAR);
    assert_eq!(state["context"]["version"], 1);
    let kinds = [console.expect("event").await, console.expect("event").await]
        .map(|frame| text(&frame["event"]["kind"]));
    assert_eq!(kinds, ["metadata", "message"]);
    console.expect("live").await;

    let key = server.key().await;
    let path = format!("/ccaas/1/conversations/{conversation}/metadata");
    let response = server.get(&path).header("authorization", &key).send().await.expect("an answer");
    assert_eq!(response.text().await.expect("a body"), CAR);

    let reply = console.write(message(&conversation, "It is.")).await;
    assert_eq!(reply["type"], "accepted");
    let joined = tab.expect_where(|frame| frame["event"]["kind"] == "joined").await;
    assert_eq!((&joined["position"], &joined["event"]["agent"]["name"]), (&json!(2), &json!("Maja")));
    let said = tab.expect_where(|frame| frame["event"]["kind"] == "message").await;
    assert_eq!((&said["position"], &said["event"]["message"]["text"]), (&json!(3), &json!("It is.")));
    assert!(said["event"]["client_id"].is_null(), "only its own author learns it");
}

#[tokio::test]
async fn live_context_reaches_the_card_and_programs() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "Hello").await;
    let (mut console, state) = server.agent(Role::Agent).await.follow(&conversation).await;
    assert_eq!((&state["context"]["text"], &state["context"]["version"]), (&json!("{}"), &json!(0)));

    let written = tab.write(context("ACTIVE", Some(&conversation), json!({"cart": [1, 2]}))).await;
    assert_eq!(written["pending"], false);
    assert_eq!(written["conversations"][0]["version"], 1);
    let event = console.expect_where(|frame| frame["event"]["kind"] == "metadata").await;
    assert_eq!(event["event"]["changes"], json!([{"key": "cart", "from": null, "to": "[1,2]"}]));

    let held = tab.write(context("ACTIVE", None, json!({"later": true}))).await;
    assert_eq!((&held["pending"], &held["conversations"]), (&json!(true), &json!([])));

    let key = server.key().await;
    let path = format!("/ccaas/1/conversations/{conversation}/metadata");
    let url = format!("{}{path}", server.base);
    let patched = server.http.patch(&url).header("authorization", &key).body(r#"{"vip":true}"#);
    assert_eq!(
        answer(patched).await,
        (200, json!({"statusCode": "SUCCESS", "message": "Metadata patch to conversation successfully."}))
    );
    let event = console.expect_where(|frame| frame["event"]["source"] == "api").await;
    assert_eq!(event["event"]["version"], 2);
}
