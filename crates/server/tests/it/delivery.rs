//! Stored once, in one order, whatever happens to the sockets.

use std::collections::HashSet;

use beckon_core::agent::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, Socket, context, first_message, message, text};

const FAST: &[&str] = &[
    "--visitor-sends",
    "10000",
    "--visitor-sends-burst",
    "10000",
    "--frames",
    "10000",
    "--agent-sends",
    "10000",
    "--context-writes",
    "1000",
    "--context-writes-burst",
    "1000",
];

fn texts(events: &[Value]) -> Vec<String> {
    let messages = events.iter().filter(|event| event["event"]["kind"] == "message");
    messages.map(|event| text(&event["event"]["message"]["text"])).collect()
}

#[tokio::test]
async fn the_same_send_again_is_the_same_answer() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let first = first_message("hello");
    let accepted = tab.write(first.clone()).await;
    tab.drop_without_goodbye().await;

    let mut tab = visitor.connect().await;
    let again = tab.write(first.clone()).await;
    assert_eq!(again["duplicate"], true);
    for field in ["conversation", "thread", "position", "event_id", "at"] {
        assert_eq!(again[field], accepted[field], "{field}");
    }
    let mut other_body = first.clone();
    other_body["message"]["text"] = "something else".into();
    assert_eq!(tab.refused(other_body).await, "client_id_reused");
    let (_, events) = tab.sync(&text(&accepted["conversation"]), None).await;
    assert_eq!(texts(&events), ["hello"]);

    let write = context("ACTIVE", accepted["conversation"].as_str(), json!({"a": 1}));
    let written = tab.write(write.clone()).await;
    let rewritten = tab.write(write).await;
    assert_eq!(
        (&rewritten["duplicate"], &rewritten["conversations"]),
        (&json!(true), &written["conversations"])
    );
}

#[tokio::test]
async fn a_thread_is_one_conversation_however_often_it_starts() {
    let server = Server::start_with(FAST).await;
    let visitor = server.visitor().await;
    let (mut one, mut two) = (visitor.connect().await, visitor.connect().await);
    let (first, mut second) = (first_message("from one tab"), first_message("from the other"));
    second["thread"] = first["thread"].clone();
    let (first, second) = tokio::join!(one.write(first), two.write(second));
    assert_eq!(first["conversation"], second["conversation"]);
    let (_, events) = one.sync(&text(&first["conversation"]), None).await;
    assert_eq!(events.len(), 2);
}

#[tokio::test]
async fn a_client_gets_exactly_what_it_missed() {
    let server = Server::start_with(FAST).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "1").await;
    for number in 2..=5 {
        tab.write(message(&conversation, &number.to_string())).await;
    }
    let (state, events) = tab.sync(&conversation, None).await;
    let epoch = text(&state["epoch"]);
    assert_eq!((&state["mode"], &state["head"], &state["first"]), (&json!("reset"), &json!(5), &json!(1)));
    assert_eq!(texts(&events), ["1", "2", "3", "4", "5"]);

    let resume = json!([{"conversation": conversation, "epoch": epoch, "position": 3}]);
    let (mut back, welcome) = visitor.resume(resume).await;
    assert_eq!(welcome["threads"][0]["head"], 5);
    let state = back.expect("state").await;
    assert_eq!((&state["mode"], &state["first"]), (&json!("replay"), &json!(4)));
    assert_eq!(
        [&back.expect("event").await["position"], &back.expect("event").await["position"]],
        [&json!(4), &json!(5)]
    );
    back.expect("live").await;

    // Nothing missed: nothing replayed.
    let (state, events) = back.sync(&conversation, Some((&epoch, 5))).await;
    assert_eq!((&state["mode"], &state["first"], events.len()), (&json!("replay"), &json!(6), 0));
    // Ahead of us, of another epoch, or before all: the latest.
    for (epoch, position) in [(epoch.as_str(), 99), ("other", 3), (epoch.as_str(), -1)] {
        let (state, events) = back.sync(&conversation, Some((epoch, position))).await;
        assert_eq!((&state["mode"], events.len()), (&json!("reset"), 5), "{epoch} {position}");
    }
}

#[tokio::test]
async fn a_reset_is_the_latest_fifty_and_the_rest_is_paged() {
    let server = Server::start_with(FAST).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "1").await;
    for number in 2..=120 {
        tab.write(message(&conversation, &number.to_string())).await;
    }
    let (state, events) = tab.sync(&conversation, None).await;
    assert_eq!((&state["first"], events.len()), (&json!(71), 50));
    let mut before = 71;
    let mut all = texts(&events);
    while before > 1 {
        let path = format!("/livechat/1/conversations/{conversation}/events?before={before}&limit=30");
        let (status, page) = crate::harness::answer(visitor.get(&path)).await;
        assert_eq!((status, &page["head"]), (200, &json!(120)));
        let page = page["events"].as_array().expect("events").clone();
        before = page[0]["position"].as_i64().expect("a position");
        all.splice(0..0, texts(&page));
    }
    assert_eq!(all, (1..=120).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_gap_of_five_hundred_is_replayed_and_a_longer_one_is_a_reset() {
    let server = Server::start_with(FAST).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "1").await;
    let mut tabs = Vec::new();
    for _ in 0..4 {
        tabs.push(visitor.connect().await);
    }
    let said = message(&conversation, "x");
    let writes = tabs.iter_mut().zip([126, 125, 125, 125]).map(|(tab, messages)| {
        let mut said = said.clone();
        async move {
            for _ in 0..messages {
                said["client_id"] = json!(Uuid::new_v4());
                assert_eq!(tab.write(said.clone()).await["type"], "accepted");
            }
        }
    });
    futures_util::future::join_all(writes).await;
    let (state, _) = tab.sync(&conversation, None).await;
    let epoch = text(&state["epoch"]);
    let mut console = server.agent(Role::Admin).await.connect().await;
    for socket in [&mut tab, &mut console] {
        for (position, mode, first) in [(3, "replay", 4), (2, "replay", 3), (1, "reset", 453)] {
            let (state, events) = socket.sync(&conversation, Some((&epoch, position))).await;
            assert_eq!((&state["mode"], &state["first"]), (&json!(mode), &json!(first)), "from {position}");
            let positions: Vec<_> =
                events.iter().map(|event| event["position"].as_i64().expect("one")).collect();
            assert_eq!(positions, (first..=502).collect::<Vec<_>>(), "from {position}");
        }
    }
}

#[tokio::test]
async fn idle_reconnects_replay_nothing() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let (state, _) = tab.sync(&conversation, None).await;
    let resume = json!([{"conversation": conversation, "epoch": state["epoch"], "position": 1}]);
    let agent = server.agent(Role::Admin).await;
    for _ in 0..3 {
        tab.drop_without_goodbye().await;
        tab = visitor.resume(resume.clone()).await.0;
        let mut console = agent.connect().await;
        let mut subscribe = resume[0].clone();
        subscribe["type"] = "subscribe".into();
        subscribe["topic"] = json!({"conversation": conversation});
        console.send(subscribe).await;
        for socket in [&mut tab, &mut console] {
            let state = socket.expect("state").await;
            assert_eq!(
                (&state["mode"], &state["first"], &state["head"]),
                (&json!("replay"), &json!(2), &json!(1))
            );
            assert_eq!(socket.next().await.expect("a frame")["type"], "live");
            socket.settle().await;
            assert!(!socket.raw.contains(r#""type":"event""#), "{}", socket.raw);
        }
    }
}

#[tokio::test]
async fn a_ping_is_answered_with_the_heads_of_what_is_open() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "one").await;
    tab.write(message(&conversation, "two")).await;
    let (mut console, _) = server.agent(Role::Admin).await.follow(&conversation).await;
    console
        .write(json!({
            "type": "command", "client_id": Uuid::new_v4(), "conversation": conversation, "command": "take",
        }))
        .await;
    // Two messages and a joining; of the assignment the visitor's count says nothing.
    for (socket, head) in [(&mut tab, 3), (&mut console, 4)] {
        socket.send(json!({"type": "ping"})).await;
        let heads = socket.expect("pong").await["heads"].clone();
        assert_eq!(heads, json!({ conversation.as_str(): head }));
    }
}

/// Reads what is there and keeps the log of a careful client: only the next position is applied.
async fn read_log(socket: &mut Socket, log: &mut Vec<(i64, String)>, until: usize) {
    while log.len() < until {
        let frame = socket.next().await.expect("a frame");
        if frame["type"] == "event" {
            let position = frame["position"].as_i64().expect("a position");
            let last = log.last().map_or(0, |(position, _)| *position);
            assert!(position <= last + 1, "a hole on a live socket: {last} then {position}");
            if position == last + 1 {
                log.push((position, text(&frame["event"]["id"])));
            }
        }
    }
}

#[tokio::test]
async fn a_log_cut_ten_times_while_both_sides_write_ends_equal() {
    const MESSAGES: usize = 100;
    let server = Server::start_with(FAST).await;
    let visitor = server.visitor().await;
    let mut writer = visitor.connect().await;
    let conversation = visitor.start(&mut writer, "start").await;
    let (mut console, state) = server.agent(Role::Admin).await.follow(&conversation).await;
    let epoch = text(&state["epoch"]);
    // Taken first, so that every later event of the visitor's log is a message.
    console
        .write(json!({
            "type": "command", "client_id": Uuid::new_v4(), "conversation": conversation, "command": "take",
        }))
        .await;

    let visitor_writes = async {
        for number in 0..MESSAGES {
            assert_eq!(writer.write(message(&conversation, &format!("v{number}"))).await["type"], "accepted");
        }
    };
    let agent_writes = async {
        for number in 0..MESSAGES {
            assert_eq!(
                console.write(message(&conversation, &format!("a{number}"))).await["type"],
                "accepted"
            );
        }
    };
    let reads = async {
        let mut log = Vec::new();
        // start, joined, and both sides' messages.
        let total = MESSAGES * 2 + 2;
        for cut in 1..=10 {
            let position = log.last().map_or(0, |(position, _): &(i64, String)| *position);
            let resume = json!([{"conversation": conversation, "epoch": epoch, "position": position}]);
            let (mut socket, _) = visitor.resume(resume).await;
            // A seeded, uneven cut; the last connection reads to the end.
            let until = if cut == 10 { total } else { total * cut * cut / 110 + cut % 3 };
            read_log(&mut socket, &mut log, until).await;
            socket.drop_without_goodbye().await;
        }
        log
    };
    let (log, (), ()) = tokio::join!(reads, visitor_writes, agent_writes);

    // The agent's log, without what the visitor may not see.
    let mut console = server.agent(Role::Admin).await.connect().await;
    console.send(json!({"type": "sync", "conversation": conversation, "epoch": epoch, "position": 0})).await;
    let mut agents_log = Vec::new();
    loop {
        let frame = console.next().await.expect("a frame");
        match (frame["type"].as_str(), frame["event"]["kind"].as_str()) {
            (Some("live"), _) => break,
            (Some("event"), Some("message" | "joined")) => agents_log.push(text(&frame["event"]["id"])),
            _ => {}
        }
    }
    let ids: Vec<_> = log.iter().map(|(_, id)| id.clone()).collect();
    assert_eq!(ids, agents_log);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), MESSAGES * 2 + 2, "nothing doubled");
    let positions: Vec<_> = log.iter().map(|(position, _)| *position).collect();
    assert!(positions.windows(2).all(|pair| pair[0] + 1 == pair[1]));
}

#[tokio::test]
async fn many_writers_at_once_leave_no_hole_for_a_reader() {
    let server = Server::start_with(FAST).await;
    let visitor = server.visitor().await;
    let mut starter = visitor.connect().await;
    let conversation = visitor.start(&mut starter, "start").await;
    let mut reader = visitor.connect().await;
    reader.sync(&conversation, None).await;
    let mut tabs = Vec::new();
    for _ in 0..3 {
        tabs.push(visitor.connect().await);
    }
    let writes = tabs.iter_mut().map(|tab| async {
        for _ in 0..40 {
            tab.write(message(&conversation, "x")).await;
        }
    });
    let reads = async {
        for expected in 2..=121 {
            assert_eq!(reader.expect("event").await["position"], expected);
        }
    };
    tokio::join!(futures_util::future::join_all(writes), reads);
}

#[tokio::test]
async fn every_tab_of_a_visitor_hears_and_only_the_author_sees_the_client_id() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let (mut one, mut two) = (visitor.connect().await, visitor.connect().await);
    let first = first_message("hello");
    let accepted = one.write(first.clone()).await;
    let conversation = text(&accepted["conversation"]);
    let thread = two.expect("thread").await;
    assert_eq!(
        (&thread["thread"]["conversation"], &thread["started_by"]["type"]),
        (&accepted["conversation"], &json!("visitor"))
    );
    let (_, events) = two.sync(&conversation, None).await;
    assert_eq!(events[0]["event"]["client_id"], first["client_id"]);

    let agent = server.agent(Role::Agent).await;
    let (mut console, _) = agent.follow(&conversation).await;
    let (mut other, _) = server.agent(Role::Agent).await.follow(&conversation).await;
    assert!(console.raw.contains("\"client_id\":null") && !console.raw.contains(&text(&first["client_id"])));
    let reply = message(&conversation, "hi");
    console.write(reply.clone()).await;
    let is_reply = |frame: &Value| frame["event"]["message"]["text"] == "hi";
    assert_eq!(console.expect_where(is_reply).await["event"]["client_id"], reply["client_id"]);
    assert!(other.expect_where(is_reply).await["event"]["client_id"].is_null());
    assert!(two.expect_where(is_reply).await["event"]["client_id"].is_null());
}

#[tokio::test]
async fn a_single_thread_visitor_has_one_open_conversation() {
    let server = Server::start().await;
    let visitor = server.visitor_on(&server.single).await;
    let mut tab = visitor.connect().await;
    let first = visitor.start(&mut tab, "one").await;
    assert_eq!(visitor.start(&mut tab, "two").await, first);
    let written = tab.write(context("ACTIVE", None, json!({"a": 1}))).await;
    assert_eq!(written["conversations"][0]["conversation"], first.as_str(), "the strategy does not matter");

    let (mut console, _) = server.agent(Role::Agent).await.follow(&first).await;
    let close =
        json!({"type": "command", "client_id": Uuid::new_v4(), "conversation": first, "command": "close"});
    console.write(close).await;
    assert_eq!(tab.write(context("ACTIVE", None, json!({"a": 2}))).await["pending"], true);
    assert_eq!(tab.refused(message(&first, "x")).await, "closed");
    assert_ne!(visitor.start(&mut tab, "three").await, first);
}

#[tokio::test]
async fn all_reaches_every_open_conversation_and_all_plus_new_the_next_ones() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let held = tab.write(context("ALL_PLUS_NEW", None, json!({"standing": 1}))).await;
    assert_eq!(held["pending"], true);
    let one = visitor.start(&mut tab, "one").await;
    let two = visitor.start(&mut tab, "two").await;
    let (mut console, _) = server.agent(Role::Agent).await.follow(&one).await;
    let command = |command: &str, conversation: &str| json!({"type": "command", "client_id": Uuid::new_v4(), "conversation": conversation, "command": command});
    console.write(command("close", &one)).await;
    console.write(command("solve", &two)).await;
    let three = visitor.start(&mut tab, "three").await;

    let all = tab.write(context("ALL", None, json!({"all": 1}))).await;
    let written: HashSet<String> =
        all["conversations"].as_array().expect("a list").iter().map(|to| text(&to["conversation"])).collect();
    assert_eq!(written, HashSet::from([two.clone(), three.clone()]), "not the closed one");
    let of =
        async |id: &str| server.app.store.context(id.parse().expect("an id")).await.expect("a context").text;
    assert_eq!(of(&one).await, r#"{"standing":1}"#);
    assert_eq!(of(&two).await, r#"{"standing":1,"all":1}"#);
    assert_eq!(of(&three).await, r#"{"standing":1,"all":1}"#);
    let (state, _) = tab.sync(&two, None).await;
    assert_eq!(state["thread"]["status"], "SOLVED", "a context write changes no status");
}

#[tokio::test]
async fn context_sent_before_a_message_is_stored_before_it() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "one").await;
    let mut write = context("ACTIVE", Some(&conversation), json!({"cart": 3}));
    write["request"] = 901.into();
    let mut said = message(&conversation, "two");
    said["request"] = 902.into();
    tab.send(write).await;
    tab.send(said).await;
    tab.expect_where(|frame| frame["request"] == 902).await;
    let key = server.key().await;
    let path = format!("/ccaas/1/conversations/{conversation}/events");
    let (_, page) = crate::harness::answer(server.get(&path).header("authorization", key)).await;
    let kinds: Vec<_> = page["events"]
        .as_array()
        .expect("events")
        .iter()
        .map(|event| text(&event["event"]["kind"]))
        .collect();
    assert_eq!(kinds, ["message", "metadata", "message"]);
}
