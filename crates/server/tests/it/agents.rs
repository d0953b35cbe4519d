//! Agents at work on their sockets.

use beckon_core::agent::Role;
use beckon_core::text::Name;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, answer, message, text, until_so};

fn command(name: &str, conversation: &str) -> Value {
    json!({"type": "command", "client_id": Uuid::new_v4(), "conversation": conversation, "command": name})
}

#[tokio::test]
async fn a_command_that_is_sent_again_is_answered_as_the_first_time() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let conversation = visitor.start(&mut visitor.connect().await, "hello").await;
    let (mut console, _) = server.agent(Role::Agent).await.follow(&conversation).await;
    for name in ["take", "wait", "solve"] {
        let command = command(name, &conversation);
        let (first, again) = (console.write(command.clone()).await, console.write(command).await);
        assert_eq!(
            (&first["type"], &again["duplicate"]),
            (&json!("accepted"), &json!(true)),
            "{name}: {again}"
        );
        assert_eq!(
            (&first["position"], &first["event_id"]),
            (&again["position"], &again["event_id"]),
            "{name}: {first} {again}"
        );
        assert!(first["position"].is_number(), "{name}: {first}");
    }
}

#[tokio::test]
async fn replying_takes_and_reopens() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let agent = server.agent(Role::Agent).await;
    let (mut console, state) = agent.follow(&conversation).await;
    assert!(state["row"]["agent"].is_null());

    console.write(message(&conversation, "hi")).await;
    let row = console.expect_where(|frame| frame["row"]["agent"].is_object()).await;
    assert_eq!(row["row"]["agent"]["id"], agent.agent.id.to_string());
    let (_, inbox) = answer(agent.get("/ccaas/1/inbox?view=mine")).await;
    assert_eq!(
        (&inbox["rows"][0]["conversation"], &inbox["counts"]),
        (&json!(conversation), &json!({"mine": 1, "unassigned": 0, "all": 1}))
    );

    assert_eq!(console.write(command("solve", &conversation)).await["type"], "accepted");
    tab.expect_where(|frame| frame["event"]["to"] == "SOLVED").await;
    console.write(message(&conversation, "one more thing")).await;
    let reopened = tab.expect_where(|frame| frame["event"]["kind"] == "status").await;
    assert_eq!((&reopened["event"]["from"], &reopened["event"]["to"]), (&json!("SOLVED"), &json!("OPEN")));

    console.write(command("solve", &conversation)).await;
    tab.write(message(&conversation, "thanks, but")).await;
    let reopened = console.expect_where(|frame| frame["event"]["to"] == "OPEN").await;
    assert_eq!(reopened["event"]["from"], "SOLVED");

    assert_eq!(console.write(command("wait", &conversation)).await["type"], "accepted");
    let waits = console.expect_where(|frame| frame["event"]["to"] == "WAITING").await;
    assert_eq!(waits["event"]["from"], "OPEN");

    console.write(command("close", &conversation)).await;
    assert_eq!(console.refused(message(&conversation, "late")).await, "closed");
    assert_eq!(console.refused(command("reopen", &conversation)).await, "closed");
    assert_eq!(console.refused(command("dance", &conversation)).await, "bad_request");
}

#[tokio::test]
async fn of_many_takes_one_wins() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let mut consoles = Vec::new();
    for _ in 0..5 {
        consoles.push(server.agent(Role::Agent).await.connect().await);
    }
    let takes = consoles.iter_mut().map(|console| console.write(command("take", &conversation)));
    let answers = futures_util::future::join_all(takes).await;
    assert_eq!(answers.iter().filter(|answer| answer["type"] == "accepted").count(), 1);
    for refused in answers.iter().filter(|answer| answer["type"] == "rejected") {
        assert_eq!((&refused["code"], &refused["retry"]), (&json!("taken"), &json!("never")));
    }
}

#[tokio::test]
async fn who_may_no_longer_see_a_conversation_hears_that_it_is_gone() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    // One agent serves another queue and sees only what nobody's queue holds and the own.
    let outsider = server.agent(Role::Agent).await;
    let vip = server.app.store.create_queue(Name::new("VIP").expect("a name")).await.expect("a queue");
    server.app.store.set_agent_queues(outsider.agent.id, vec![vip.id]).await.expect("queues");
    let insider = server.agent(Role::Supervisor).await;
    let key = server.key().await;
    let made = server
        .post("/ccaas/1/conversations", &json!({"agentId": outsider.agent.id}))
        .header("authorization", key);
    let (status, made) = answer(made).await;
    assert_eq!(status, 200, "{made}");
    let own = text(&made["id"]);

    let (mut console, _) = outsider.follow(&own).await;
    console.send(json!({"type": "subscribe", "topic": {"conversation": conversation}})).await;
    assert_eq!(console.expect("rejected").await["code"], "not_found");
    let (mut watching, _) = insider.follow(&conversation).await;
    watching.write(command("take", &conversation)).await;
    console
        .expect_where(|frame| frame["type"] == "gone" && frame["conversation"] == conversation.as_str())
        .await;
    tab.write(message(&conversation, "tulips")).await;
    console.settle().await;
    assert!(!console.raw.contains("tulips"));
}

/// The list's rows come in rounds, a moment later, and may fail to be read: an agent's events must not wait for them.
#[tokio::test]
async fn nothing_said_after_a_move_reaches_who_lost_sight_of_it() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let outsider = server.agent(Role::Agent).await;
    let vip = server.app.store.create_queue(Name::new("VIP").expect("a name")).await.expect("a queue");
    server.app.store.set_agent_queues(outsider.agent.id, vec![vip.id]).await.expect("queues");
    let key = server.key().await;
    let insider = server.agent(Role::Supervisor).await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let path = format!("/ccaas/1/conversations/{conversation}");
    let give = async |agent: &str| {
        let given = server.http.patch(format!("{}{path}", server.base)).json(&json!({"agentId": agent}));
        let given = given.header("authorization", &key);
        assert_eq!(answer(given).await.0, 200);
    };
    for n in 0..10 {
        give(&outsider.agent.id.to_string()).await;
        let (mut console, _) = outsider.follow(&conversation).await;
        give(&insider.agent.id.to_string()).await;
        let secret = format!("tulips {n}");
        tab.write(message(&conversation, &secret)).await;
        console
            .expect_where(|frame| frame["type"] == "gone" && frame["conversation"] == conversation.as_str())
            .await;
        console.settle().await;
        assert!(!console.raw.contains(&secret));
    }
}

#[tokio::test]
async fn cursors_and_typing_reach_the_other_side() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    tab.sync(&conversation, None).await;
    let agent = server.agent(Role::Agent).await;
    let (mut console, state) = agent.follow(&conversation).await;
    assert_eq!(state["cursors"], json!({"delivered": 1, "read": 1, "own_read": 0}), "who writes has read");
    assert_eq!(state["row"]["unread"], 1);

    console.send(json!({"type": "read", "conversation": conversation, "position": 1})).await;
    let cursor = tab.expect("cursor").await;
    assert_eq!((&cursor["delivered"], &cursor["read"]), (&json!(1), &json!(1)));
    console.expect_where(|frame| frame["row"]["unread"] == 0).await;

    console.send(json!({"type": "typing", "conversation": conversation, "on": true})).await;
    let typing = tab.expect("typing").await;
    assert_eq!((&typing["author"]["name"], &typing["on"]), (&json!("Maja"), &json!(true)));
    tab.send(json!({"type": "typing", "conversation": conversation, "on": true})).await;
    assert_eq!(console.expect("typing").await["author"]["type"], "visitor");

    let reply = console.write(message(&conversation, "hi")).await;
    let head = reply["position"].as_i64().expect("a position");
    let said = tab.expect_where(|frame| frame["event"]["message"]["text"] == "hi").await;
    tab.send(json!({"type": "delivered", "conversation": conversation, "position": said["position"]})).await;
    let cursor = console.expect("cursor").await;
    assert_eq!((&cursor["delivered"], &cursor["read"]), (&json!(head), &json!(1)));
    tab.send(json!({"type": "read", "conversation": conversation, "position": 9999})).await;
    let cursor = console.expect("cursor").await;
    assert_eq!(cursor["read"], head, "never past the head");
    // Back is no move.
    tab.send(json!({"type": "read", "conversation": conversation, "position": 1})).await;
    tab.settle().await;
    let (state, _) = tab.sync(&conversation, None).await;
    assert_eq!((&state["cursors"]["own_read"], &state["thread"]["unread"]), (&said["position"], &json!(0)));
}

#[tokio::test]
async fn visitors_see_online_while_an_agent_is_there() {
    let server = Server::start_with(&["--presence-grace-ms", "50"]).await;
    let visitor = server.visitor().await;
    let (mut tab, welcome) = visitor.resume(json!([])).await;
    assert_eq!(welcome["online"], false);
    let (agent, colleague) = (server.agent(Role::Agent).await, server.agent(Role::Agent).await);
    let (one, two) = (agent.connect().await, agent.connect().await);
    let other = colleague.connect().await;
    assert_eq!(tab.expect("presence").await["online"], true);
    let config = format!("/livechat/1/widgets/{}/config", server.widget);
    assert_eq!(answer(server.get(&config)).await.1["online"], true);
    let open = server.app.hub.connections();
    one.drop_without_goodbye().await;
    until_so("the server has noticed", async || server.app.hub.connections() < open).await;
    // The grace of one who goes after it is over: so is that of the first.
    other.drop_without_goodbye().await;
    let is_away = async || {
        let (_, list) = answer(agent.get("/ccaas/1/agents")).await;
        let listed = list["agents"].as_array().expect("agents");
        listed.iter().any(|one| one["id"] == json!(colleague.agent.id) && one["status"] == "INVISIBLE")
    };
    until_so("the colleague is away", is_away).await;
    assert_eq!(answer(server.get(&config)).await.1["online"], true, "one console is left");
    two.drop_without_goodbye().await;
    assert_eq!(tab.expect("presence").await["online"], false);
    assert_eq!(tab.raw.matches("\"presence\"").count(), 2);
}

#[tokio::test]
async fn a_conversation_that_a_program_starts_reaches_its_visitor() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let key = server.key().await;
    let body = json!({"topic": "Your order", "visitorId": visitor.id});
    let (status, made) =
        answer(server.post("/ccaas/1/conversations", &body).header("authorization", key)).await;
    assert_eq!(status, 200, "{made}");
    let thread = tab.expect("thread").await;
    assert_eq!(
        (&thread["thread"]["conversation"], &thread["started_by"]["type"]),
        (&made["id"], &json!("api"))
    );
}
