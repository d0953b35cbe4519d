//! Bodies that break readers: deep, huge, doubled, broken metadata, as frames and as requests.

use reqwest::RequestBuilder;
use serde_json::json;
use tokio::time::timeout;
use uuid::Uuid;

use super::{Run, fast};
use crate::client::Rules;
use crate::ground::Ground;
use crate::visitor::Visitor;
use crate::wire::{Ended, Greeting, HANG, Heard, Socket};
use crate::{Failure, Outcome};

/// What has to become of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is stored.
    Stored,
    /// It is refused with a reason.
    Refused,
    /// It is no JSON, or more than there may be: a request is refused, a frame ends its socket with 4501.
    Unreadable,
}

/// Deep, huge, doubled, broken: metadata as it may come, with what makes it special and what has to become of it.
fn bodies() -> Vec<(&'static str, Fate, String)> {
    let deep = |depth: usize| format!(r#"{{"a":{}1{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let keys = |count: usize| {
        let members: Vec<String> = (0..count).map(|key| format!(r#""k{key}":{key}"#)).collect();
        format!("{{{}}}", members.join(","))
    };
    vec![
        ("deepest allowed", Fate::Stored, deep(7)),
        ("too deep", Fate::Refused, deep(8)),
        ("far too deep", Fate::Refused, deep(20_000)),
        ("a long string", Fate::Refused, format!(r#"{{"a":"{}"}}"#, "x".repeat(8 * 1024 + 1))),
        ("huge", Fate::Refused, format!(r#"{{"a":"{}"}}"#, "x".repeat(180_000))),
        ("more than a frame", Fate::Unreadable, format!(r#"{{"a":"{}"}}"#, "x".repeat(400_000))),
        ("many keys", Fate::Refused, keys(257)),
        ("far too many keys", Fate::Refused, keys(12_000)),
        ("a key twice", Fate::Stored, r#"{"a":1,"b":2,"a":3}"#.to_owned()),
        ("a lone surrogate", Fate::Stored, r#"{"a":"\ud800","\udfff":1}"#.to_owned()),
        ("a half surrogate", Fate::Unreadable, r#"{"a":"\ud83d\ude"}"#.to_owned()),
        ("NaN", Fate::Unreadable, r#"{"a":NaN}"#.to_owned()),
        ("infinity", Fate::Unreadable, r#"{"a":-Infinity}"#.to_owned()),
        ("a number beyond all", Fate::Stored, r#"{"a":1e999999}"#.to_owned()),
        ("a number of many digits", Fate::Stored, format!(r#"{{"a":{}}}"#, "9".repeat(5_000))),
        ("a prototype", Fate::Refused, r#"{"__proto__":{"x":1}}"#.to_owned()),
        ("a zero character", Fate::Stored, r#"{"a":"\u0000","b\u0000":1}"#.to_owned()),
        ("an array", Fate::Refused, "[1,2,3]".to_owned()),
        ("nothing", Fate::Refused, "null".to_owned()),
        ("no JSON", Fate::Unreadable, "{a:1}".to_owned()),
        ("a comma too many", Fate::Unreadable, r#"{"a":1,}"#.to_owned()),
        ("two objects", Fate::Unreadable, "{} {}".to_owned()),
    ]
}

/// Each body as a frame, as context held with a message, and as a request: a typed answer each time, nothing stored in
/// part.
///
/// Guard: the limits of metadata, checked before anything is stored.
pub(super) async fn everywhere(run: &Run) -> Outcome<String> {
    let mut ground = Ground::new(&run.folder, run.seed, &fast(), false).await?;
    ground.add_visitors(2, 1, &Rules::default()).await?;
    ground.burst(1).await?;
    ground.all_answered().await?;
    let key = format!("App {}", ground.setup.make_key("bodies")?);
    let visitor = ground.visitor(1).await?;
    let mut socket = connect(&ground, &visitor).await?;
    let conversation = started(&mut socket, &visitor).await?;
    let path = format!("/ccaas/1/conversations/{conversation}/metadata");
    let read = async || -> Outcome<String> {
        let response = request(&ground, "GET", &path, &key, String::new())?.send().await?;
        let status = response.status();
        let text = response.text().await?;
        if status != 200 {
            return Err(Failure::new(format!("the context could not be read: {status} {text}")));
        }
        Ok(text)
    };
    let (mut stored, mut refused, mut closed) = (0, 0, 0);
    for (name, fate, body) in bodies() {
        for way in ["context", "send", "PATCH", "PUT"] {
            let before = (read().await?, ground.stored_events()?);
            let met = if way == "context" || way == "send" {
                let id = Uuid::from_u128(rand::random());
                let frame = if way == "context" {
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
                    Ok(heard) if heard.kind == "accepted" => Fate::Stored,
                    Ok(Heard { code: Some(code), .. })
                        if code != "unknown" && code != "storage_unavailable" =>
                    {
                        Fate::Refused
                    }
                    Err(Ended::Closed(4501)) => {
                        closed += 1;
                        socket = connect(&ground, &visitor).await?;
                        Fate::Unreadable
                    }
                    other => return Err(Failure::new(format!("{name} as {way}: {other:?}"))),
                }
            } else {
                let response = request(&ground, way, &path, &key, body.clone())?.send().await?;
                let status = response.status().as_u16();
                let text = response.text().await?;
                let told =
                    serde_json::from_str::<serde_json::Value>(&text).is_ok_and(|told| told.is_object());
                match status {
                    200 => Fate::Stored,
                    // A 429 would say nothing about the body. A request has no socket that could end.
                    400..=499 if status != 429 && told && fate == Fate::Unreadable => Fate::Unreadable,
                    400..=499 if status != 429 && told => Fate::Refused,
                    _ => return Err(Failure::new(format!("{name} as {way}: {status} {text}"))),
                }
            };
            if met != fate {
                return Err(Failure::new(format!("{name} as {way}: {met:?}, not {fate:?}")));
            }
            match met {
                Fate::Stored => stored += 1,
                Fate::Refused | Fate::Unreadable => refused += 1,
            }
            if met != Fate::Stored && (read().await?, ground.stored_events()?) != before {
                return Err(Failure::new(format!("{name} as {way}: {met:?}, and stored in part")));
            }
        }
    }
    ground.is_alive()?;
    ground.rest().await?;
    let report = ground.check()?;
    Ok(format!(
        "{} bodies, 4 ways each: {stored} stored, {refused} refused with a reason ({closed} by close 4501): {report}",
        bodies().len()
    ))
}

fn request(ground: &Ground, method: &str, path: &str, key: &str, body: String) -> Outcome<RequestBuilder> {
    let request = ground.door.request(method, path)?.header("authorization", key);
    Ok(request.header("content-type", "application/json").body(body))
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
