//! Agents see who else is at a conversation, and who is writing.

use beckon_core::agent::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, SignedIn, Socket, message};

fn typing(conversation: &str, on: bool, note: bool) -> Value {
    json!({"type": "typing", "conversation": conversation, "on": on, "note": note})
}

fn viewer(of: &SignedIn<'_>, typing: Value) -> Value {
    json!({"agent": {"id": of.agent.id, "name": "Maja"}, "typing": typing})
}

async fn seen(console: &mut Socket) -> Value {
    console.expect("viewers").await["viewers"].clone()
}

#[tokio::test]
async fn colleagues_see_each_other_come_write_and_go() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    tab.sync(&conversation, None).await;
    let (maja, timo) = (server.agent(Role::Agent).await, server.agent(Role::Agent).await);

    let (mut majas, _) = maja.follow(&conversation).await;
    assert_eq!(seen(&mut majas).await, json!([]), "nobody else");
    let (mut timos, _) = timo.follow(&conversation).await;
    assert_eq!(seen(&mut timos).await, json!([viewer(&maja, Value::Null)]));
    assert_eq!(seen(&mut majas).await, json!([viewer(&timo, Value::Null)]));

    // A second tab of the same agent is no colleague.
    let (mut second, _) = maja.follow(&conversation).await;
    assert_eq!(seen(&mut second).await, json!([viewer(&timo, Value::Null)]));
    assert_eq!(seen(&mut timos).await, json!([viewer(&maja, Value::Null)]));
    second.send(json!({"type": "unsubscribe", "topic": {"conversation": conversation}})).await;
    assert_eq!(seen(&mut timos).await, json!([viewer(&maja, Value::Null)]), "the first is still there");

    majas.send(typing(&conversation, true, false)).await;
    assert_eq!(seen(&mut timos).await, json!([viewer(&maja, json!("reply"))]));
    let told = tab.expect("typing").await;
    assert_eq!((&told["author"]["name"], &told["on"]), (&json!("Maja"), &json!(true)));
    // A note instead: the visitor hears that the answer is no longer written, and of the note nothing.
    majas.send(typing(&conversation, true, true)).await;
    assert_eq!(seen(&mut timos).await, json!([viewer(&maja, Value::Null)]));
    assert_eq!(seen(&mut timos).await, json!([viewer(&maja, json!("note"))]));
    assert_eq!(tab.expect("typing").await["on"], false);
    majas.send(typing(&conversation, false, true)).await;
    assert_eq!(seen(&mut timos).await, json!([viewer(&maja, Value::Null)]));
    assert_eq!(tab.raw.matches("\"typing\"").count(), 2);

    // Sending ends writing, and so does going away.
    majas.send(typing(&conversation, true, false)).await;
    assert_eq!(seen(&mut timos).await, json!([viewer(&maja, json!("reply"))]));
    majas.write(message(&conversation, "here")).await;
    assert_eq!(seen(&mut timos).await, json!([viewer(&maja, Value::Null)]));
    tab.expect_where(|frame| frame["type"] == "typing" && frame["on"] == false).await;
    majas.send(typing(&conversation, true, false)).await;
    tab.expect_where(|frame| frame["type"] == "typing" && frame["on"] == true).await;
    majas.drop_without_goodbye().await;
    tab.expect_where(|frame| frame["type"] == "typing" && frame["on"] == false).await;
    timos.expect_where(|frame| frame["type"] == "viewers" && frame["viewers"] == json!([])).await;

    // The visitor's writing reaches the agents as before; an agent's reaches none of them as a frame of its own.
    tab.send(typing(&conversation, true, false)).await;
    assert_eq!(timos.expect("typing").await["author"]["type"], "visitor");
    assert_eq!(timos.raw.matches("\"type\":\"typing\"").count(), 1);
    assert!(!tab.raw.contains("viewers"));
}

#[tokio::test]
async fn writing_is_forgotten_when_nobody_says_it_again() {
    let server = Server::start_with(&["--typing-ms", "100"]).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let (maja, timo) = (server.agent(Role::Agent).await, server.agent(Role::Agent).await);
    let (mut majas, _) = maja.follow(&conversation).await;
    let (mut timos, _) = timo.follow(&conversation).await;
    majas.send(typing(&conversation, true, false)).await;
    timos.expect_where(|frame| frame["viewers"][0]["typing"] == "reply").await;
    timos.expect_where(|frame| frame["type"] == "viewers" && frame["viewers"][0]["typing"].is_null()).await;
    tab.expect_where(|frame| frame["type"] == "typing" && frame["on"] == false).await;
}

#[tokio::test]
async fn who_may_not_be_there_is_not_seen_there() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let (maja, timo) = (server.agent(Role::Agent).await, server.agent(Role::Agent).await);
    let outsider = server.agent(Role::Agent).await;
    server.app.store.set_agent_queues(outsider.agent.id, Vec::new()).await.expect("no queues");
    let (mut majas, _) = maja.follow(&conversation).await;
    majas.write(message(&conversation, "mine")).await;
    let (mut timos, _) = timo.follow(&conversation).await;
    majas.expect_where(|frame| frame["viewers"][0]["agent"]["id"] == json!(timo.agent.id)).await;

    // Not entitled: refused, and nobody was told.
    let mut outsiders = outsider.connect().await;
    outsiders.send(json!({"type": "subscribe", "topic": {"conversation": conversation}})).await;
    assert_eq!(outsiders.expect("rejected").await["code"], "not_found");
    outsiders.send(typing(&conversation, true, false)).await;
    // Sees it, but it is another agent's: no answer of his will come, so none is announced.
    timos.send(typing(&conversation, true, false)).await;
    // Not opened, and unknown.
    majas.send(typing(&Uuid::new_v4().to_string(), true, false)).await;
    for console in [&mut outsiders, &mut timos, &mut majas] {
        console.settle().await;
    }
    tab.settle().await;
    assert!(!majas.raw.contains(&outsider.agent.id.to_string()));
    assert!(
        !majas.raw.contains("\"reply\"") && !tab.raw.contains("typing") && !outsiders.raw.contains("viewers")
    );

    // Whoever may no longer see it is gone from the list.
    server.app.store.set_agent_queues(timo.agent.id, Vec::new()).await.expect("no queues");
    majas.write(message(&conversation, "still mine")).await;
    timos.drop_without_goodbye().await;
    majas.expect_where(|frame| frame["type"] == "viewers" && frame["viewers"] == json!([])).await;
}
