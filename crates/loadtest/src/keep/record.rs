//! What the version that made a kept folder says about it, through every door that reads.

use serde::Serialize;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::people::{People, Who};
use super::story::Told;
use crate::Outcome;
use crate::wire::Door;

/// Everything there is to compare.
#[derive(Debug, Serialize)]
pub(super) struct Recorded {
    made_by: String,
    people: People,
    answers: Vec<Answer>,
    opened: Vec<Opened>,
    repeated: Vec<Repeated>,
}

/// An answer over HTTP.
#[derive(Debug, Serialize)]
struct Answer {
    who: String,
    path: String,
    body: Box<RawValue>,
}

/// A conversation as a socket opens it.
#[derive(Debug, Serialize)]
struct Opened {
    who: String,
    conversation: String,
    state: Box<RawValue>,
}

/// A write of a client that had been stored, sent again.
#[derive(Debug, Serialize)]
struct Repeated {
    who: String,
    frame: Value,
    answer: Box<RawValue>,
}

/// Asks for all of it.
pub(super) async fn record(door: &Door, made_by: &str, people: People, told: Told) -> Outcome<Recorded> {
    let people = People { origin: format!("http://localhost:{}", door.address.port()), ..people };
    let mut answers = Vec::new();
    for (who, path) in doors(&people, &told) {
        let body = RawValue::from_string(people.text(door, &who, "GET", &path, None, &[]).await?)?;
        answers.push(Answer { who, path, body });
    }
    let mut opened = Vec::new();
    for conversation in &told.conversations {
        for who in ["agent:ada", "agent:maja", "visitor:vera", "visitor:paul"] {
            opened.extend(open(door, &people, who, conversation).await?);
        }
    }
    let mut repeated = Vec::new();
    for (who, frame) in told.writes {
        let (frame, answer) = people.connect(door, &who).await?.write(frame).await?;
        repeated.push(Repeated { who, frame, answer: RawValue::from_string(answer)? });
    }
    Ok(Recorded { made_by: made_by.to_owned(), people, answers, opened, repeated })
}

/// Who reads what. Keys come first: using one leaves a trace in their list.
fn doors(people: &People, told: &Told) -> Vec<(String, String)> {
    let mut doors = Vec::new();
    let mut door = |who: &str, path: String| doors.push((who.to_owned(), path));
    for path in ["keys", "people", "widgets"] {
        door("agent:ada", format!("/console/1/{path}"));
    }
    for name in people.agents.keys() {
        let who = format!("agent:{name}");
        door(&who, "/console/1/session".to_owned());
        door(&who, "/console/1/quick-replies".to_owned());
        for view in ["mine", "unassigned", "all"] {
            door(&who, format!("/ccaas/1/inbox?view={view}&limit=100"));
        }
        door(&who, "/ccaas/1/conversations?limit=100&orderBy=updatedAt:desc".to_owned());
    }
    door("key", "/ccaas/1/conversations?limit=100".to_owned());
    door("key", "/ccaas/1/inbox?view=all&limit=100".to_owned());
    door("key", "/ccaas/1/agents?limit=100".to_owned());
    for name in people.visitors.keys() {
        door(&format!("visitor:{name}"), "/livechat/1/threads".to_owned());
    }
    for id in &told.conversations {
        let path = format!("/ccaas/1/conversations/{id}");
        for part in [
            "",
            "/messages?limit=100",
            "/notes?limit=100",
            "/metadata",
            "/metadata?at=8",
            "/metadata/history?limit=100",
        ] {
            door("key", format!("{path}{part}"));
        }
        for who in ["key", "agent:ada", "agent:sam"] {
            door(who, format!("{path}/events?limit=200"));
        }
    }
    // One has all kinds of events: read by an agent who wrote some of them, and by its visitor.
    for id in told.conversations.iter().take(1) {
        door("agent:maja", format!("/ccaas/1/conversations/{id}/events?limit=200"));
    }
    for id in told.conversations.iter().take(3) {
        door("visitor:vera", format!("/livechat/1/conversations/{id}/events?limit=200"));
    }
    doors
}

/// The state that a conversation opens with; nothing for who may not see it.
async fn open(door: &Door, people: &People, who: Who<'_>, conversation: &str) -> Outcome<Option<Opened>> {
    let mut client = people.connect(door, who).await?;
    client.send(&json!({"type": "sync", "conversation": conversation})).await?;
    let heard = client
        .until(|frame| {
            frame["conversation"] == conversation
                && matches!(frame["type"].as_str(), Some("state" | "rejected"))
        })
        .await?;
    let refused = heard.contains("\"type\":\"rejected\"");
    let opened = || {
        let state = RawValue::from_string(heard)?;
        Ok(Opened { who: who.to_owned(), conversation: conversation.to_owned(), state })
    };
    if refused { Ok(None) } else { opened().map(Some) }
}
