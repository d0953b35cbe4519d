//! What a call of the page is answered, and what the console hears of it: guesses, what was said later, and context that is
//! newer in another conversation of the same visitor.

use beckon_core::agent::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, SignedIn, answer, context, first_message, text};

/// A `context` frame of a visible tab whose window is closed, in a browser that has used no conversation.
fn call(metadata: Value) -> Value {
    let mut frame = context("ACTIVE", None, metadata);
    frame["visible"] = json!(true);
    frame
}

/// With these members besides.
fn with(mut frame: Value, members: &Value) -> Value {
    for (key, value) in members.as_object().expect("an object") {
        frame[key] = value.clone();
    }
    frame
}

async fn context_of(server: &Server, key: &str, conversation: &str) -> Value {
    let path = format!("/ccaas/1/conversations/{conversation}/metadata");
    let (status, body) = answer(server.get(&path).header("authorization", key)).await;
    assert_eq!(status, 200, "{body}");
    body
}

async fn take(agent: &SignedIn<'_>, conversation: &str) {
    let frame = json!({
        "type": "command", "client_id": Uuid::new_v4(), "conversation": conversation, "command": "take",
    });
    let accepted = agent.connect().await.write(frame).await;
    assert_eq!(accepted["type"], "accepted", "{accepted}");
}

#[tokio::test]
async fn a_guess_is_told_to_the_page_and_to_the_agent() {
    let server = Server::start().await;
    let key = server.key().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let first = first_message("Hello");
    let thread = text(&first["thread"]);
    let conversation = text(&tab.write(first).await["conversation"]);
    let (mut console, _) = server.agent(Role::Agent).await.follow(&conversation).await;

    // The same browser on another page, and a browser that knows of no conversation yet.
    let mut other = visitor.connect().await;
    for (members, version) in [(json!({"last_used": thread}), 1), (json!({}), 2)] {
        let frame = with(call(json!({"car": version})), &members);
        let accepted = other.write(frame.clone()).await;
        let written = json!([
            {"thread": thread, "conversation": conversation, "version": version, "guessed": true},
        ]);
        assert_eq!((&accepted["conversations"], &accepted["pending"]), (&written, &json!(false)));
        let event = console.expect_where(|frame| frame["event"]["version"] == version).await;
        assert_eq!(event["event"]["guessed"], true, "{event}");
        // After a lost connection: the same answer, and nothing more is stored.
        let again = other.write(frame).await;
        assert_eq!((&again["duplicate"], &again["conversations"]), (&json!(true), &written));
    }
    let keys = console.sync(&conversation, None).await.0["context"]["keys"].clone();
    assert_eq!((&keys[0]["key"], &keys[0]["guessed"]), (&json!("car"), &json!(true)));

    // On screen it is no guess, and no one is told of one.
    let accepted = tab.write(with(call(json!({"car": 3})), &json!({"on_screen": thread}))).await;
    let written = json!([{"thread": thread, "conversation": conversation, "version": 3}]);
    assert_eq!(accepted["conversations"], written);
    let event = console.expect_where(|frame| frame["event"]["version"] == 3).await;
    assert_eq!(event["event"].get("guessed"), None, "{event}");

    // An older widget says nothing of the screen; an empty new thread is on screen; another thread was used last.
    let another = Uuid::new_v4();
    for frame in [
        context("ACTIVE", None, json!({"car": 4})),
        with(call(json!({"car": 4})), &json!({"on_screen": another, "last_used": thread})),
        with(call(json!({"car": 4})), &json!({"last_used": another})),
    ] {
        let accepted = other.write(frame.clone()).await;
        assert_eq!((&accepted["conversations"], &accepted["pending"]), (&json!([]), &json!(true)), "{frame}");
    }
    // In a hidden tab nothing is on screen.
    let hidden = json!({"on_screen": another, "last_used": thread, "visible": false});
    let accepted = other.write(with(call(json!({"car": 3})), &hidden)).await;
    assert_eq!(accepted["conversations"][0]["guessed"], true, "{accepted}");
    assert_eq!(context_of(&server, &key, &conversation).await, json!({"car": 3}));
}

#[tokio::test]
async fn a_widget_guesses_for_as_long_as_it_is_told() {
    const HOUR: i64 = 60 * 60;
    let server = Server::start().await;
    let path = format!("/console/1/widgets/{}", server.widget);
    for (hours, advance, guesses) in
        [(None, 23 * HOUR, true), (None, 25 * HOUR, false), (Some(48), 47 * HOUR, true), (Some(0), 0, false)]
    {
        if let Some(hours) = hours {
            let admin = server.agent(Role::Admin).await;
            let (status, body) = answer(admin.patch(&path, &json!({"guess_hours": hours}))).await;
            assert_eq!((status, &body["guess_hours"]), (200, &json!(hours)), "{body}");
        }
        let visitor = server.visitor().await;
        let mut tab = visitor.connect().await;
        visitor.start(&mut tab, "Hello").await;
        server.clock.advance(advance);
        let accepted = tab.write(call(json!({"car": 1}))).await;
        assert_eq!(accepted["pending"], json!(!guesses), "{hours:?} hours, {advance} seconds: {accepted}");
    }
}

#[tokio::test]
async fn what_was_said_later_stays_and_the_page_is_told() {
    let server = Server::start_with(&["--context-writes-burst", "100"]).await;
    let key = server.key().await;
    let visitor = server.visitor().await;
    let (mut here, mut late) = (visitor.connect().await, visitor.connect().await);
    let conversation = visitor.start(&mut here, "Hello").await;
    let said =
        |metadata: Value, members: Value| with(context("ACTIVE", Some(&conversation), metadata), &members);
    let newer =
        |keys: &[&str]| Value::from_iter(keys.iter().map(|key| json!({"key": key, "reason": "newer"})));
    let minute = json!({"age_ms": 60_000});

    here.write(said(json!({"car": "Fjord", "gone": 1}), json!({}))).await;
    let accepted = late.write(said(json!({"car": "Sand", "cart": 1}), minute.clone())).await;
    assert_eq!(accepted["ignored"], newer(&["car"]), "{accepted}");
    // What was taken away does not come back.
    here.write(said(json!({"gone": null}), json!({}))).await;
    let accepted = late.write(said(json!({"gone": 2}), minute.clone())).await;
    assert_eq!(accepted["ignored"], newer(&["gone"]), "{accepted}");
    assert_eq!(context_of(&server, &key, &conversation).await, json!({"car": "Fjord", "cart": 1}));

    // Calls that were folded: each key has the age of its own call.
    let folded =
        json!({"made": [{"age_ms": 90_000, "page": "https://shop.example/cart?x", "keys": ["cart"]}]});
    let accepted = late.write(said(json!({"car": "Red", "cart": 0}), folded)).await;
    assert_eq!(accepted["ignored"], newer(&["cart"]), "{accepted}");
    assert_eq!(context_of(&server, &key, &conversation).await, json!({"car": "Red", "cart": 1}));

    // A program speaks when it writes; what the page had said before arrives too late.
    let path = format!("{}/ccaas/1/conversations/{conversation}/metadata?lock=true", server.base);
    let program = server.http.patch(path).json(&json!({"tier": "gold"})).header("authorization", &key);
    assert_eq!(answer(program).await.0, 200);
    let accepted = late.write(said(json!({"tier": 0, "car": "Blue"}), minute)).await;
    let both = json!([{"key": "tier", "reason": "locked"}, {"key": "car", "reason": "newer"}]);
    assert_eq!(accepted["ignored"], both, "{accepted}");
    assert_eq!(accepted["conversations"].as_array().map(Vec::len), Some(1), "nothing new is no refusal");
}

#[tokio::test]
async fn the_console_hears_of_newer_context_in_another_conversation() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let read = visitor.start(&mut tab, "one").await;
    let written = visitor.start(&mut tab, "two").await;
    let (maja, boss) = (server.agent(Role::Agent).await, server.agent(Role::Supervisor).await);
    let (mut console, state) = maja.follow(&read).await;
    assert_eq!(state["context"].get("elsewhere"), None, "{state}");
    let (mut there, _) = boss.follow(&written).await;

    tab.write(context("ACTIVE", Some(&written), json!({"car": "Fjord"}))).await;
    let told = console.expect("elsewhere").await;
    assert_eq!((&told["conversation"], &told["elsewhere"]["conversation"]), (&json!(read), &json!(written)));
    // After a reload it says the same; who reads the newer one hears nothing.
    let state = console.sync(&read, None).await.0;
    assert_eq!(state["context"]["elsewhere"], told["elsewhere"], "{state}");
    there.settle().await;
    assert!(!there.raw.contains("elsewhere"), "{}", there.raw);

    // A write that changes nothing, or that reaches both, makes nothing newer elsewhere.
    server.clock.advance(1);
    tab.write(context("ACTIVE", Some(&written), json!({"car": "Fjord"}))).await;
    tab.write(context("ALL", None, json!({"car": "Sand"}))).await;
    console.expect_where(|frame| frame["event"]["kind"] == "metadata").await;
    console.settle().await;
    assert_eq!(console.raw.matches(r#""type":"elsewhere""#).count(), 1, "{}", console.raw);
    assert_eq!(console.sync(&read, None).await.0["context"].get("elsewhere"), None);

    // Another visitor's is no elsewhere.
    server.clock.advance(1);
    let stranger = server.visitor().await;
    let mut strange = stranger.connect().await;
    let foreign = stranger.start(&mut strange, "three").await;
    strange.write(context("ACTIVE", Some(&foreign), json!({"car": "Red"}))).await;
    console.settle().await;
    assert_eq!(console.raw.matches(r#""type":"elsewhere""#).count(), 1, "{}", console.raw);
}

#[tokio::test]
async fn what_an_agent_may_not_see_is_not_elsewhere() {
    let server = Server::start().await;
    let key = server.key().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let read = visitor.start(&mut tab, "one").await;
    let hidden = visitor.start(&mut tab, "two").await;
    let (maja, boss) = (server.agent(Role::Agent).await, server.agent(Role::Supervisor).await);
    // In a queue that is not hers.
    let name = beckon_core::text::Name::new("Sales").expect("a name");
    let queue = server.app.store.create_queue(name).await.expect("a queue");
    let path = format!("{}/ccaas/1/conversations/{hidden}", server.base);
    let moved = server.http.patch(path).json(&json!({"queueId": queue.id})).header("authorization", &key);
    assert_eq!(answer(moved).await.0, 200);
    take(&boss, &hidden).await;

    let (mut hers, mut theirs) = (maja.follow(&read).await.0, boss.follow(&read).await.0);
    tab.write(context("ACTIVE", Some(&hidden), json!({"car": "Fjord"}))).await;
    assert_eq!(theirs.expect("elsewhere").await["elsewhere"]["conversation"], json!(hidden));
    hers.settle().await;
    let state = hers.sync(&read, None).await.0;
    assert_eq!(state["context"].get("elsewhere"), None, "{state}");
    assert!(!hers.raw.contains("elsewhere"), "{}", hers.raw);
}

#[tokio::test]
async fn each_agent_hears_of_the_newer_conversation_that_this_agent_may_see() {
    let server = Server::start().await;
    let (store, key) = (&server.app.store, server.key().await);
    let general = store.queues().await.expect("queues")[0].id;
    let patch = async |conversation: &str, body: Value| {
        let path = format!("{}/ccaas/1/conversations/{conversation}", server.base);
        let patched = server.http.patch(path).json(&body).header("authorization", &key);
        assert_eq!(answer(patched).await.0, 200);
    };
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let read = visitor.start(&mut tab, "one").await;
    let mut agents = Vec::new();
    for name in ["Sales", "Service"] {
        let name = beckon_core::text::Name::new(name).expect("a name");
        let queue = store.create_queue(name).await.expect("a queue").id;
        let conversation = visitor.start(&mut tab, "more").await;
        patch(&conversation, json!({"queueId": queue})).await;
        let agent = server.agent(Role::Agent).await;
        store.set_agent_queues(agent.agent.id, vec![general, queue]).await.expect("queues");
        agents.push((agent, conversation));
    }
    patch(&read, json!({"status": "CLOSED"})).await;
    let mut consoles = Vec::new();
    for (agent, conversation) in &agents {
        // Signed in again: only then the queues are looked at.
        consoles.push((agent.again().await.follow(&read).await.0, conversation));
    }

    // One write reaches both; each agent hears of the one in the agent's own queue, the second agent as well.
    tab.write(context("ALL", None, json!({"car": "Fjord"}))).await;
    for (console, conversation) in &mut consoles {
        let told = console.expect("elsewhere").await;
        assert_eq!(told["conversation"], json!(read));
        assert_eq!(told["elsewhere"]["conversation"], json!(conversation), "{told}");
        let state = console.sync(&read, None).await.0;
        assert_eq!(state["context"]["elsewhere"], told["elsewhere"], "{state}");
    }
    for (console, _) in &consoles {
        assert_eq!(console.raw.matches(r#""type":"elsewhere""#).count(), 1, "{}", console.raw);
    }
}
