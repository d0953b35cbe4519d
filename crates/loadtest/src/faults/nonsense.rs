//! What no client says: random frames, bodies that break readers.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use super::{Run, fast};
use crate::client::{Rules, seeded_id};
use crate::ground::Ground;
use crate::visitor::Visitor;
use crate::wire::{Ended, Greeting, HANG, Heard, Socket};
use crate::{Failure, Outcome};

/// Sockets that talk nonsense at once.
const SOCKETS: u64 = 8;

fn alive(ground: &mut Ground) -> Outcome<()> {
    let runs = ground.server.as_mut().is_some_and(crate::server::Server::is_running);
    if runs { Ok(()) } else { Err(Failure::new("the server has ended")) }
}

/// Random bytes, broken and half-right frames, beside a crowd that is served as if nothing were.
///
/// Guard: a parser that refuses, a bound on frames, close 4501.
pub(super) async fn fuzz(run: Run) -> Outcome<String> {
    let time = run.pick(Duration::from_secs(10), Duration::from_secs(60));
    let mut ground = Ground::new(run.seed, &fast(), false).await?;
    ground.add_visitors(10, 1, &Rules::default()).await?;
    ground.add_agents(1, &Rules::default()).await?;
    let until = Instant::now() + time;
    let mut tasks = Vec::new();
    for number in 0..SOCKETS {
        let visitor = ground.visitor(1).await?;
        let (door, chance) = (ground.door.clone(), StdRng::seed_from_u64(run.seed ^ number));
        tasks.push(tokio::spawn(async move { talk_nonsense(&door, &visitor, chance, until).await }));
    }
    ground.load(40, time).await?;
    let (mut frames, mut answers, mut closes) = (0, 0, 0);
    for task in tasks {
        let told = task.await??;
        frames += told.0;
        answers += told.1;
        closes += told.2;
    }
    alive(&mut ground)?;
    if frames == 0 || answers == 0 || closes == 0 {
        return Err(Failure::new(format!(
            "{frames} frames, {answers} answers, {closes} closes: this shows nothing"
        )));
    }
    ground.rest().await?;
    let report = ground.check()?;
    Ok(format!("{frames} frames of nonsense in {time:?}, {answers} answers, {closes} closes: {report}"))
}

async fn talk_nonsense(
    door: &crate::wire::Door,
    visitor: &Visitor,
    mut chance: StdRng,
    until: Instant,
) -> Outcome<(u64, u64, u64)> {
    let (mut frames, mut answers, mut closes) = (0, 0, 0);
    while Instant::now() < until {
        let mut socket = door.socket().await?;
        if chance.random_range(0..4) > 0 {
            // Most of it comes after a good hello.
            let greeting = Greeting::Token(visitor.session.token.clone());
            if socket.hello(&greeting, &[]).await.is_err() {
                continue;
            }
        }
        loop {
            if Instant::now() >= until {
                break;
            }
            let message = nonsense(&mut chance, visitor);
            frames += 1;
            if socket.send_message(message).await.is_err() {
                closes += 1;
                break;
            }
            // An answer may come or not; a closed socket must be noticed.
            match timeout(Duration::from_millis(3), socket.next()).await {
                Ok(Ok(_)) => answers += 1,
                Ok(Err(_)) => {
                    closes += 1;
                    break;
                }
                Err(_) => {}
            }
        }
    }
    Ok((frames, answers, closes))
}

fn nonsense(chance: &mut StdRng, visitor: &Visitor) -> Message {
    let good = match chance.random_range(0..9) {
        0 => {
            json!({"type": "send", "request": 1, "client_id": seeded_id(chance), "thread": visitor.threads[0],
            "message": {"type": "TEXT", "text": "hello"}})
        }
        1 => {
            json!({"type": "context", "request": 2, "client_id": seeded_id(chance), "metadata": {"a": [1, {"b": null}]}})
        }
        2 => json!({"type": "sync", "conversation": seeded_id(chance), "position": -5, "epoch": "x"}),
        3 => json!({"type": "read", "conversation": seeded_id(chance), "position": i64::MAX}),
        4 => json!({"type": "subscribe", "topic": {"inbox": true}}),
        5 => {
            json!({"type": "command", "request": 3, "client_id": seeded_id(chance), "conversation": "x", "command": "take"})
        }
        6 => json!({"type": "typing", "conversation": visitor.threads[0], "on": true}),
        7 => {
            json!({"type": "hello", "version": 1, "token": "x", "resume": [{"conversation": "", "epoch": "", "position": 0}]})
        }
        _ => json!({"type": "ping"}),
    };
    let mut text = good.to_string();
    match chance.random_range(0..12) {
        0..=2 => {}
        3 => return Message::binary(text.into_bytes()),
        4 => text.truncate(chance.random_range(0..text.len())),
        5 => {
            let bytes: Vec<char> =
                (0..chance.random_range(0..200)).map(|_| chance.random::<char>()).collect();
            text = bytes.into_iter().collect();
        }
        6 => text = "[".repeat(chance.random_range(0..100_000)),
        7 => text = text.replace(':', "::"),
        8 => text = text.replace("\"type\":", "\"type\":\"ping\",\"type\":"),
        _ => {
            // One character is another one.
            let place = chance.random_range(0..text.len());
            if text.is_char_boundary(place) && text.is_char_boundary(place + 1) {
                let other = char::from(chance.random_range(32_u8..127));
                text.replace_range(place..=place, other.encode_utf8(&mut [0; 4]));
            }
        }
    }
    Message::text(text)
}

/// Deep, huge, doubled, broken: metadata as it may come, with what makes it special.
fn bodies() -> Vec<(&'static str, String)> {
    let deep = |depth: usize| format!(r#"{{"a":{}1{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let keys = |count: usize| {
        let members: Vec<String> = (0..count).map(|key| format!(r#""k{key}":{key}"#)).collect();
        format!("{{{}}}", members.join(","))
    };
    vec![
        ("deepest allowed", deep(7)),
        ("too deep", deep(8)),
        ("far too deep", deep(20_000)),
        ("a long string", format!(r#"{{"a":"{}"}}"#, "x".repeat(8 * 1024 + 1))),
        ("huge", format!(r#"{{"a":"{}"}}"#, "x".repeat(180_000))),
        ("more than a frame", format!(r#"{{"a":"{}"}}"#, "x".repeat(400_000))),
        ("many keys", keys(257)),
        ("far too many keys", keys(12_000)),
        ("a key twice", r#"{"a":1,"b":2,"a":3}"#.to_owned()),
        ("a lone surrogate", r#"{"a":"\ud800","\udfff":1}"#.to_owned()),
        ("a half surrogate", r#"{"a":"\ud83d\ude"}"#.to_owned()),
        ("NaN", r#"{"a":NaN}"#.to_owned()),
        ("infinity", r#"{"a":-Infinity}"#.to_owned()),
        ("a number beyond all", r#"{"a":1e999999}"#.to_owned()),
        ("a number of many digits", format!(r#"{{"a":{}}}"#, "9".repeat(5_000))),
        ("a prototype", r#"{"__proto__":{"x":1}}"#.to_owned()),
        ("a zero character", r#"{"a":"\u0000","b\u0000":1}"#.to_owned()),
        ("an array", "[1,2,3]".to_owned()),
        ("nothing", "null".to_owned()),
        ("no JSON", "{a:1}".to_owned()),
        ("a comma too many", r#"{"a":1,}"#.to_owned()),
        ("two objects", "{} {}".to_owned()),
    ]
}

/// Each body as a frame, as context held with a message, and as a request: a typed answer each time, nothing stored in
/// part.
///
/// Guard: the limits of metadata, checked before anything is stored.
pub(super) async fn bodies_everywhere(run: Run) -> Outcome<String> {
    let mut ground = Ground::new(run.seed, &fast(), false).await?;
    ground.add_visitors(2, 1, &Rules::default()).await?;
    ground.burst(1).await?;
    ground.all_answered().await?;
    let key = format!("App {}", ground.setup.make_key("bodies")?);
    let visitor = ground.visitor(1).await?;
    let mut socket = connect(&ground, &visitor).await?;
    let conversation = started(&mut socket, &visitor).await?;
    let path = format!("/ccaas/1/conversations/{conversation}/metadata");
    let read = async || -> Outcome<String> {
        let request = ground.door.request("GET", &path)?.header("authorization", &key);
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        if status != 200 {
            return Err(Failure::new(format!("the context could not be read: {status} {text}")));
        }
        Ok(text)
    };
    let (mut stored, mut refused, mut closed) = (0, 0, 0);
    for (name, body) in bodies() {
        for kind in ["context", "send"] {
            let before = read().await?;
            let id = Uuid::from_u128(rand::random());
            let frame = if kind == "context" {
                format!(
                    r#"{{"type":"context","request":9,"client_id":"{id}","conversation":"{conversation}","metadata":{body}}}"#
                )
            } else {
                let thread = Uuid::from_u128(rand::random());
                format!(
                    r#"{{"type":"send","request":9,"client_id":"{id}","thread":"{thread}","message":{{"type":"TEXT","text":"x"}},"context":{{"metadata":{body}}}}}"#
                )
            };
            // Sent while the server closes: what it closes with is what counts.
            let _sent = socket.send(frame).await;
            match answer(&mut socket, 9).await? {
                Ok(heard) if heard.kind == "accepted" => stored += 1,
                Ok(heard) => {
                    let typed = heard
                        .code
                        .as_deref()
                        .is_some_and(|code| code != "unknown" && code != "storage_unavailable");
                    if !typed || read().await? != before {
                        return Err(Failure::new(format!("{name} as {kind}: {heard:?}")));
                    }
                    refused += 1;
                }
                Err(Ended::Closed(4501)) => {
                    closed += 1;
                    socket = connect(&ground, &visitor).await?;
                }
                Err(ended) => return Err(Failure::new(format!("{name} as {kind}: {ended:?}"))),
            }
        }
        for method in ["PATCH", "PUT"] {
            let before = read().await?;
            let request = ground.door.request(method, &path)?.header("authorization", &key);
            let response =
                request.header("content-type", "application/json").body(body.clone()).send().await?;
            let status = response.status().as_u16();
            let text = response.text().await?;
            match status {
                200 => stored += 1,
                // A 429 would say nothing about the body.
                400..=499
                    if status != 429
                        && serde_json::from_str::<serde_json::Value>(&text)
                            .is_ok_and(|body| body.is_object()) =>
                {
                    if read().await? != before {
                        return Err(Failure::new(format!("{name} by {method}: refused and stored in part")));
                    }
                    refused += 1;
                }
                _ => return Err(Failure::new(format!("{name} by {method}: {status} {text}"))),
            }
        }
    }
    alive(&mut ground)?;
    ground.rest().await?;
    let report = ground.check()?;
    Ok(format!(
        "{} bodies, 4 ways each: {stored} stored, {refused} refused with a reason, {closed} closed with 4501: {report}",
        bodies().len()
    ))
}

async fn connect(ground: &Ground, visitor: &Visitor) -> Outcome<Socket> {
    let mut socket = ground.door.socket().await?;
    let gone = |ended| Failure::new(format!("at hello: {ended:?}"));
    socket.hello(&Greeting::Token(visitor.session.token.clone()), &[]).await.map_err(gone)?;
    socket.next().await.map_err(gone)?;
    Ok(socket)
}

async fn started(socket: &mut Socket, visitor: &Visitor) -> Outcome<String> {
    let frame = json!({"type": "send", "request": 1, "client_id": Uuid::from_u128(rand::random()),
        "thread": visitor.threads[0], "message": {"type": "TEXT", "text": "hello"}});
    socket.send(frame.to_string()).await.map_err(|_| Failure::new("the first message was not sent"))?;
    let heard =
        answer(socket, 1).await?.map_err(|ended| Failure::new(format!("the first message: {ended:?}")))?;
    heard.conversation.ok_or_else(|| Failure::new("the first message went nowhere"))
}

/// The answer to a request, or to a frame that was none.
async fn answer(socket: &mut Socket, request: u64) -> Outcome<Result<Heard, Ended>> {
    let found = timeout(HANG, async {
        loop {
            let text = match socket.next().await {
                Ok(text) => text,
                Err(ended) => return Ok(Err(ended)),
            };
            let heard = Heard::parse(&text)?;
            let answers = heard.kind == "accepted" || heard.kind == "rejected";
            if answers && heard.request.is_none_or(|number| number == request) {
                return Outcome::Ok(Ok(heard));
            }
        }
    });
    found.await.map_err(|_| Failure::new("no answer"))?
}
