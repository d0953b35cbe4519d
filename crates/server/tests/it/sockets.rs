//! The life of a socket: pings, a slow reader, a planned stop.

use std::sync::Arc;
use std::time::Duration;

use beckon_core::agent::Role;
use beckon_core::id::{SessionId, VisitorId, WidgetId};
use beckon_server::hub::Owner;
use beckon_server::ws::close::CloseCode;
use beckon_server::ws::outbound::Outbound;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Server, Socket, context, message, open_narrow_socket, until_so};

#[tokio::test]
async fn a_silent_peer_is_given_up() {
    let server = Server::start_with(&["--ping-ms", "50", "--pong-ms", "200"]).await;
    let visitor = server.visitor().await;
    let mut silent = visitor.connect().await;
    // This client answers pings only while it reads.
    until_so("the server has given it up", async || server.app.hub.connections() == 0).await;
    assert_eq!(silent.closed().await, 4012);
}

#[tokio::test]
async fn a_peer_that_answers_pings_stays() {
    let server = Server::start_with(&["--ping-ms", "50", "--pong-ms", "3000"]).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    // Nothing but its answers to pings is heard of it for longer than silence may last.
    tab.pings(80).await;
    tab.settle().await;
}

#[tokio::test]
async fn a_reader_that_stops_reading_is_ended_and_others_are_not() {
    let server = Server::start_with(&["--agent-sends", "100000", "--frames", "100000"]).await;
    let visitor = server.visitor().await;
    let mut stuck = visitor.connect().await;
    let conversation = visitor.start(&mut stuck, "hello").await;
    let mut reading = visitor.connect().await;
    let mut console = server.agent(Role::Agent).await.connect().await;
    let large = "🚗".repeat(4000);
    // The system's own buffers fill first, however large they are here.
    let mut written = 0;
    while server.app.hub.connections() > 2 {
        assert!(written < 4000, "a reader that reads nothing keeps 64 MB waiting");
        written += 1;
        assert_eq!(console.write(message(&conversation, &large)).await["type"], "accepted");
        reading.expect_where(|frame| frame["event"]["message"]["text"] == large.as_str()).await;
    }
    // It reads what was on its way without a hole, and then the end.
    assert_eq!(read_to_the_end(&mut stuck, &conversation).await.0, 4008);
    let (state, _) = reading.sync(&conversation, None).await;
    assert_eq!(state["head"], written + 2, "hello, joined, and all that was written");
}

/// Reads a live socket to its end: its close code, and the last position of the conversation; none is left out before.
async fn read_to_the_end(socket: &mut Socket, conversation: &str) -> (u16, i64) {
    let mut last = None;
    loop {
        match socket.next().await {
            Err(code) => return (code, last.unwrap_or(0)),
            Ok(frame) if frame["type"] == "event" && frame["conversation"] == conversation => {
                let position = frame["position"].as_i64().expect("a position");
                assert!(last.is_none_or(|last: i64| position == last + 1), "{last:?}, then {position}");
                last = Some(position);
            }
            Ok(_) => {}
        }
    }
}

#[tokio::test]
async fn a_write_that_stays_pending_ends_the_socket_before_its_queue_is_full() {
    /// Messages written at once; an agent's queue holds 1 MiB, more than twice as many.
    const AT_ONCE: i64 = 100;
    let flags = [
        "--write-ms",
        "250",
        "--visitor-sends",
        "100000",
        "--visitor-sends-burst",
        "100000",
        "--frames",
        "100000",
    ];
    let server = Server::start_with(&flags).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let agent = server.agent(Role::Agent).await;
    let narrow = agent.greet(open_narrow_socket(&server.base).await).await;
    let (mut stuck, _) = agent.follow_on(narrow, &conversation).await;
    let large = "x".repeat(4000);
    let mut written = 1;
    while server.app.hub.connections() > 1 {
        assert!(written < 8000, "a reader that reads nothing keeps 32 MB waiting");
        for _ in 0..AT_ONCE {
            assert_eq!(tab.write(message(&conversation, &large)).await["type"], "accepted");
        }
        written += AT_ONCE;
        // The system's buffers take what they can, or the write stays pending for its time.
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    let (code, last) = read_to_the_end(&mut stuck, &conversation).await;
    assert_eq!(code, 4008);
    assert!(written - last <= 2 * AT_ONCE, "{written} written, {last} read: the queue was full before");
}

#[tokio::test]
async fn a_planned_stop_tells_everybody_and_ends() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    visitor.start(&mut tab, "hello").await;
    let mut console = server.agent(Role::Agent).await.connect().await;
    server.begin_stop();
    for socket in [&mut tab, &mut console] {
        assert!(socket.expect("drain").await["spread_ms"].is_u64());
        assert_eq!(socket.closed().await, 4001);
    }
    server.stop().await;
}

/// A process that ends before takes the close code away from a socket whose client has yet to read it.
#[tokio::test]
async fn a_planned_stop_waits_until_the_last_has_heard_it() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    server.begin_stop();
    until_so("no socket is connected", async || server.app.hub.connections() == 0).await;
    // It has been told, but does not read: it has its time for that.
    until_so("the server has stopped", async || server.has_stopped()).await;
    assert_eq!(server.app.hub.farewells(), 0);
    assert_eq!(tab.closed().await, 4001);
}

/// A timer goes in milliseconds: with one pause after another 40,000 would take 40 seconds, and most were never told.
#[tokio::test]
async fn a_planned_stop_sends_any_crowd_away_within_its_spread() {
    const MANY: u128 = 40_000;
    let server = Server::start().await;
    let join = |n: u128| {
        let outbound = Arc::new(Outbound::new(1024));
        let owner = Owner::Visitor(
            VisitorId(Uuid::from_u128(n)),
            WidgetId(Uuid::nil()),
            SessionId(Uuid::from_u128(n)),
        );
        (server.app.hub.join(owner, Arc::clone(&outbound)), outbound)
    };
    let mut crowd: Vec<_> = (0..MANY).map(join).collect();
    server.begin_stop();
    until_so("everybody is told, or the server has gone", async || {
        crowd.retain(|(_, outbound)| {
            outbound.waiting().and_then(|batch| batch.close) != Some(CloseCode::Drain)
        });
        crowd.is_empty() || server.has_stopped()
    })
    .await;
    assert_eq!(crowd.len(), 0, "are left where the server has gone");
}

#[tokio::test]
async fn nobody_is_welcomed_during_a_stop() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut early = server.socket().await;
    server.begin_stop();
    until_so("the server stops", async || server.app.is_stopping()).await;
    early.send(json!({"type": "hello", "version": 1, "token": visitor.token})).await;
    assert_eq!(early.closed().await, 4001);
}

#[tokio::test]
async fn the_largest_frame_there_is_reaches_the_console() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let agent = server.agent(Role::Agent).await;
    let (mut console, state) = agent.follow(&conversation).await;
    // Quotation marks and backslashes, each of which takes another byte as text in a text; 64 KiB of them.
    let strings =
        |last: &str| vec![json!("\"".repeat(4000)); 8].into_iter().chain([json!(last)]).collect::<Vec<_>>();
    for last in ["one", "two"] {
        let mut write = context("ACTIVE", Some(&conversation), json!({"k": strings(last)}));
        write["mode"] = "replace".into();
        assert_eq!(tab.write(write).await["type"], "accepted", "{last}");
    }
    let told = console.expect_where(|frame| frame["event"]["version"] == 2).await;
    assert!(told.to_string().len() > 200 * 1024, "{} bytes show nothing", told.to_string().len());
    // Live, by replay and from the start.
    let epoch = state["epoch"].as_str().expect("an epoch").to_owned();
    for from in [Some((epoch.as_str(), 1)), None] {
        let (state, events) = console.sync(&conversation, from).await;
        assert_eq!((state["head"].clone(), events.last().expect("events")), (json!(3), &told));
    }
}
