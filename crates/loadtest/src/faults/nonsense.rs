//! What no client says: random frames, broken ones, half-right ones.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::{Run, fast};
use crate::client::{Rules, seeded_id};
use crate::ground::Ground;
use crate::visitor::Visitor;
use crate::wire::{Door, Ended, Greeting, HANG, Heard, Socket};
use crate::{Failure, Outcome};

/// Sockets that talk nonsense at once.
const SOCKETS: u64 = 8;
/// Characters of a frame that a failure shows.
const SHOWN: usize = 120;

/// Random characters, broken and half-right frames, beside a crowd that is served as if nothing were. After each frame a
/// ping: either its pong comes, and before it the answer to a frame with a number, or the socket has ended with 4501
/// because the frame was no JSON object.
///
/// Guard: typed refusals, close 4501.
pub(super) async fn fuzz(run: &Run) -> Outcome<String> {
    let time = run.pick(Duration::from_secs(10), Duration::from_secs(60));
    let mut ground = Ground::new(&run.folder, run.seed, &fast(), false).await?;
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
    let mut all = Told::default();
    for task in tasks {
        all.add(&task.await??);
    }
    ground.is_alive()?;
    let Told { frames, accepted, refused, closed } = all;
    let figure =
        format!("{frames} frames: {accepted} accepted, {refused} refused, {closed} ended their socket");
    if accepted == 0 || refused == 0 || closed == 0 {
        return Err(Failure::new(format!("{figure}: this shows nothing")));
    }
    ground.rest().await?;
    let report = ground.check()?;
    Ok(format!("in {time:?} {figure}: {report}"))
}

/// What a socket that talks nonsense was told.
#[derive(Debug, Default)]
struct Told {
    frames: u64,
    accepted: u64,
    refused: u64,
    closed: u64,
}

impl Told {
    fn add(&mut self, other: &Self) {
        self.frames += other.frames;
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.closed += other.closed;
    }

    fn answer(&mut self, heard: &Heard) -> Outcome<()> {
        match (heard.kind.as_str(), &heard.code) {
            ("accepted", _) => self.accepted += 1,
            ("rejected", Some(_)) => self.refused += 1,
            ("rejected", None) => return Err(Failure::new(format!("a refusal without a code: {heard:?}"))),
            _ => {}
        }
        Ok(())
    }
}

/// The part of a frame that says what is due after it.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(default, borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(default, borrow)]
    request: Option<&'a RawValue>,
}

/// What is due after a frame.
enum Due {
    /// Close 4501: it is no JSON object.
    End,
    /// So many pongs, that of the ping after it included, and before the last the answer to a number.
    Pongs(usize, Option<u64>),
}

impl Due {
    fn after(message: &Message) -> Self {
        let Message::Text(text) = message else { return Self::End };
        let head: Option<Head<'_>> = serde_json::from_str(text).ok();
        let Some(head) = head.filter(|_| text.trim_start().starts_with('{')) else { return Self::End };
        let request = head.request.and_then(|raw| serde_json::from_str(raw.get()).ok());
        let is_ping = head.kind.is_some_and(|raw| raw.get() == "\"ping\"");
        Self::Pongs(1 + usize::from(is_ping), request)
    }
}

async fn talk_nonsense(door: &Door, visitor: &Visitor, mut chance: StdRng, until: Instant) -> Outcome<Told> {
    let mut told = Told::default();
    while Instant::now() < until {
        let mut socket = door.socket().await?;
        let greets = chance.random_range(0..8) > 0;
        if greets {
            let greeting = Greeting::Token(visitor.session.token.clone());
            let gone = |ended| Failure::new(format!("at a good hello: {ended:?}"));
            socket.hello(&greeting, &[]).await.map_err(gone)?;
        }
        while Instant::now() < until {
            let message = nonsense(&mut chance, visitor);
            told.frames += 1;
            let kind = if message.is_binary() { "binary " } else { "" };
            let shown: String = message.to_text().unwrap_or_default().chars().take(SHOWN).collect();
            let wrong = |what: String| Failure::new(format!("{what}, after {kind}{shown}"));
            let due = Due::after(&message);
            // Sent while the server closes: what it closes with is what counts.
            let _sent = (socket.send_message(message).await, socket.send(r#"{"type":"ping"}"#).await);
            let ended = until_pong(&mut socket, &due, &mut told)
                .await
                .map_err(|failure| wrong(failure.to_string()))?;
            match (ended, due) {
                (None, Due::Pongs(..)) if greets => {}
                (None, _) => return Err(wrong("the socket stands".to_owned())),
                // A frame that is no hello, a hello with a token that is none, or of another version.
                (Some(Ended::Closed(4500 | 4501 | 4506)), _) if !greets => {
                    told.closed += 1;
                    break;
                }
                (Some(Ended::Closed(4501)), Due::End) => {
                    told.closed += 1;
                    break;
                }
                (Some(ended), _) => return Err(wrong(format!("the socket ended: {ended:?}"))),
            }
        }
    }
    Ok(told)
}

/// Hears everything up to the pongs that are due; how the socket ended, if it did.
async fn until_pong(socket: &mut Socket, due: &Due, told: &mut Told) -> Outcome<Option<Ended>> {
    let (mut pongs, mut owed) = match due {
        Due::End => (1, None),
        Due::Pongs(pongs, request) => (*pongs, *request),
    };
    loop {
        let next =
            timeout(HANG, socket.next()).await.map_err(|_| Failure::new("nothing was heard any more"))?;
        let text: Utf8Bytes = match next {
            Ok(text) => text,
            Err(ended) => return Ok(Some(ended)),
        };
        let heard = Heard::parse(&text)?;
        told.answer(&heard)?;
        if matches!(heard.kind.as_str(), "accepted" | "rejected") && heard.request == owed {
            owed = None;
        }
        if heard.kind == "pong" {
            pongs -= 1;
        }
        if pongs == 0 {
            return match owed {
                None => Ok(None),
                Some(request) => Err(Failure::new(format!("request {request} has no answer"))),
            };
        }
    }
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
