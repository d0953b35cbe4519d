//! Frames from clients, and how they are read.
//!
//! The `type` is read first and then the whole frame as that type: an internally tagged enum would buffer the frame
//! and lose the digits and the raw text of the context in it.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use thiserror::Error;
use utoipa::ToSchema;

use crate::id::{ClientId, ThreadId};

/// A frame from a client. The variants are named after their `type`.
pub enum ClientFrame {
    /// Who is there; the first frame.
    Hello(Hello),
    /// A message.
    Send(Send),
    /// A context write of the page.
    Context(ContextWrite),
    /// Opens a conversation or fills a hole.
    Sync(Sync),
    /// Follows a topic (agents).
    Subscribe(Subscribe),
    /// Stops following a topic (agents).
    Unsubscribe(Unsubscribe),
    /// Changes a conversation (agents).
    Command(Command),
    /// Everything up to a position has arrived.
    Delivered(Cursor),
    /// Everything up to a position was seen.
    Read(Cursor),
    /// The context up to a position is known (agents).
    Seen(Cursor),
    /// Somebody is writing, or no longer.
    Typing(Typing),
    /// Asks for the heads.
    Ping,
}

/// `hello`: who is there, and where they stopped reading.
#[derive(Deserialize, ToSchema)]
pub struct Hello {
    /// Version of the protocol.
    #[schema(example = 1)]
    pub version: u32,
    /// A visitor's session token.
    #[serde(default)]
    pub token: Option<String>,
    /// The widget the token is for. Where it is unknown, the token is unknown as well, whatever else is known of it.
    #[serde(default)]
    pub widget: Option<String>,
    /// An agent's one-use ticket.
    #[serde(default)]
    pub ticket: Option<String>,
    /// Names the tab.
    #[serde(default)]
    pub tab: Option<String>,
    /// What was on screen before the connection was lost.
    #[serde(default)]
    pub resume: Vec<Resume>,
}

/// Where a client stopped reading a conversation.
#[derive(Deserialize, ToSchema)]
pub struct Resume {
    /// The conversation.
    pub conversation: String,
    /// The epoch the position belongs to.
    pub epoch: String,
    /// The last position that was applied.
    pub position: i64,
}

/// `send`: a message. Visitors name a conversation or a thread of their own making, agents a conversation.
#[derive(Deserialize, ToSchema)]
pub struct Send {
    /// Comes back in the answer.
    pub request: u64,
    /// Made before the first try.
    #[schema(value_type = String, format = Uuid)]
    pub client_id: ClientId,
    /// The conversation to write in.
    #[serde(default)]
    pub conversation: Option<String>,
    /// The conversation to start, or that was started under this name.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub thread: Option<ThreadId>,
    /// What is said.
    pub message: SentMessage,
    /// Context held until now, for the conversation that starts.
    #[serde(default)]
    pub context: Option<Box<HeldContext>>,
    /// Context that every later conversation of this session starts with, too.
    #[serde(default)]
    pub standing: Option<Box<HeldContext>>,
    /// The page the visitor is on.
    #[serde(default)]
    pub page: Option<Page>,
}

/// A message's content.
#[derive(Deserialize, ToSchema)]
pub struct SentMessage {
    /// `TEXT`; from agents also `NOTE`, which only the team sees.
    #[serde(rename = "type")]
    #[schema(example = "TEXT")]
    pub kind: String,
    /// At most 4,096 characters (a note 4,000), not blank.
    #[serde(default)]
    pub text: String,
}

/// Context that waited in the page for a conversation to start.
#[derive(Deserialize, ToSchema)]
pub struct HeldContext {
    /// Made when the page wrote it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub client_id: Option<ClientId>,
    /// A JSON object; its key order and digits are kept.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub metadata: Option<Box<RawValue>>,
    /// `merge` or `replace`.
    #[serde(default)]
    pub mode: Option<String>,
    /// How long ago the page called, in milliseconds by one clock of its browser; missing means now, and nothing is older
    /// than 30 days.
    #[serde(default)]
    pub age_ms: Option<f64>,
    /// The page that called: origin and path, at most 512 characters; the rest is cut off.
    #[serde(default)]
    pub page: Option<String>,
    /// Earlier calls that were folded into this one, each with its keys.
    #[serde(default)]
    pub made: Vec<MadeCall>,
}

/// A call of the page that was folded into a later one.
#[derive(Deserialize, ToSchema)]
pub struct MadeCall {
    /// As in the frame.
    #[serde(default)]
    pub age_ms: f64,
    /// As in the frame.
    #[serde(default)]
    pub page: Option<String>,
    /// Its top-level keys, also those set to null.
    pub keys: Vec<String>,
}

/// The page a visitor is on.
#[derive(Deserialize, ToSchema)]
pub struct Page {
    /// Address.
    #[serde(default)]
    pub url: String,
    /// Title.
    #[serde(default)]
    pub title: String,
}

/// `context`: what the page knows about the visitor's situation.
#[derive(Deserialize, ToSchema)]
pub struct ContextWrite {
    /// Comes back in the answer.
    pub request: u64,
    /// Made before the first try.
    #[schema(value_type = String, format = Uuid)]
    pub client_id: ClientId,
    /// `ACTIVE`, `ALL` or `ALL_PLUS_NEW`; missing means `ACTIVE`.
    #[serde(default)]
    pub strategy: Option<String>,
    /// With `ACTIVE` or no strategy: this conversation, wherever the customer is; for copies of what the tab holds.
    #[serde(default)]
    pub conversation: Option<String>,
    /// The thread that is the view of an open window in a visible tab, also one that has not begun.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub on_screen: Option<ThreadId>,
    /// The thread last shown, written in or started in this browser, any tab.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub last_used: Option<ThreadId>,
    /// Whether the tab is visible. A client that says none of the last three gets no guess.
    #[serde(default)]
    pub visible: Option<bool>,
    /// `merge` or `replace`; missing means `merge`.
    #[serde(default)]
    pub mode: Option<String>,
    /// A JSON object; its key order and digits are kept.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub metadata: Option<Box<RawValue>>,
    /// How long ago the page called, in milliseconds by one clock of its browser; missing means now, and nothing is older
    /// than 30 days.
    #[serde(default)]
    pub age_ms: Option<f64>,
    /// The page that called: origin and path, at most 512 characters; the rest is cut off.
    #[serde(default)]
    pub page: Option<String>,
    /// Earlier calls that were folded into this one, each with its keys.
    #[serde(default)]
    pub made: Vec<MadeCall>,
}

/// `sync`: opens a conversation, or asks for what is missing after a position.
#[derive(Deserialize, ToSchema)]
pub struct Sync {
    /// The conversation.
    pub conversation: String,
    /// The epoch the position belongs to.
    #[serde(default)]
    pub epoch: Option<String>,
    /// The last position that was applied; without it the latest events are sent.
    #[serde(default)]
    pub position: Option<i64>,
}

/// `subscribe`: follows the inbox or a conversation.
#[derive(Deserialize, ToSchema)]
pub struct Subscribe {
    /// What to follow.
    pub topic: Topic,
    /// As in `sync`.
    #[serde(default)]
    pub epoch: Option<String>,
    /// As in `sync`.
    #[serde(default)]
    pub position: Option<i64>,
}

/// `unsubscribe`: stops following.
#[derive(Deserialize, ToSchema)]
pub struct Unsubscribe {
    /// What to stop following.
    pub topic: Topic,
}

/// The inbox or one conversation.
#[derive(Deserialize, ToSchema)]
pub struct Topic {
    /// All list rows the agent may see.
    #[serde(default)]
    pub inbox: bool,
    /// One conversation.
    #[serde(default)]
    pub conversation: Option<String>,
}

/// `command`: changes a conversation.
#[derive(Deserialize, ToSchema)]
pub struct Command {
    /// Comes back in the answer.
    pub request: u64,
    /// Made before the first try.
    #[schema(value_type = String, format = Uuid)]
    pub client_id: ClientId,
    /// The conversation.
    pub conversation: String,
    /// `take`, `release`, `wait`, `solve`, `close` or `reopen`.
    pub command: String,
}

/// `delivered`, `read` and `seen`: cumulative.
#[derive(Deserialize, ToSchema)]
pub struct Cursor {
    /// The conversation.
    pub conversation: String,
    /// Everything up to here.
    pub position: i64,
}

/// `typing`: never stored.
#[derive(Deserialize, ToSchema)]
pub struct Typing {
    /// The conversation.
    pub conversation: String,
    /// Whether somebody is writing now.
    pub on: bool,
    /// What is written is a note (agents): the visitor is not told.
    #[serde(default)]
    pub note: bool,
}

/// Why a frame was not understood.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// Not a JSON object: the connection cannot go on.
    #[error("not a JSON object")]
    Broken,
    /// No known `type`.
    #[error("unknown frame type '{kind}'")]
    UnknownType {
        /// The frame's number, if it had one.
        request: Option<u64>,
        /// The type given, cut to a readable length.
        kind: String,
    },
    /// A known type with a wrong or missing field.
    #[error("{message}")]
    Invalid {
        /// The frame's number, if it had one.
        request: Option<u64>,
        /// Path of the field, when one is to blame.
        field: Option<String>,
        /// What is wrong with it.
        message: String,
    },
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(default, borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(default, borrow)]
    request: Option<&'a RawValue>,
}

/// Longest piece of an unknown type that is said back.
const SHOWN_TYPE_CHARACTERS: usize = 40;

/// Reads one frame.
pub fn parse(text: &str) -> Result<ClientFrame, FrameError> {
    // A derived reader takes an array for a struct, too.
    if !text.trim_start().starts_with('{') {
        return Err(FrameError::Broken);
    }
    let head: Head<'_> = serde_json::from_str(text).map_err(|_| FrameError::Broken)?;
    let request = head.request.and_then(|raw| serde_json::from_str(raw.get()).ok());
    let kind: String = head.kind.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    Ok(match kind.as_str() {
        "hello" => ClientFrame::Hello(whole(text, request)?),
        "send" => ClientFrame::Send(whole(text, request)?),
        "context" => ClientFrame::Context(whole(text, request)?),
        "sync" => ClientFrame::Sync(whole(text, request)?),
        "subscribe" => ClientFrame::Subscribe(whole(text, request)?),
        "unsubscribe" => ClientFrame::Unsubscribe(whole(text, request)?),
        "command" => ClientFrame::Command(whole(text, request)?),
        "delivered" => ClientFrame::Delivered(whole(text, request)?),
        "read" => ClientFrame::Read(whole(text, request)?),
        "seen" => ClientFrame::Seen(whole(text, request)?),
        "typing" => ClientFrame::Typing(whole(text, request)?),
        "ping" => ClientFrame::Ping,
        _ => {
            let kind = kind.chars().take(SHOWN_TYPE_CHARACTERS).collect();
            return Err(FrameError::UnknownType { request, kind });
        }
    })
}

fn whole<T: DeserializeOwned>(text: &str, request: Option<u64>) -> Result<T, FrameError> {
    let deserializer = &mut serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        let message = error.inner().to_string();
        // The place within the frame's text says nothing to whoever built it from an object.
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        FrameError::Invalid { request, field: (path != ".").then_some(path), message }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "0190a6b2-0000-7000-8000-000000000001";

    #[test]
    fn context_keeps_order_and_digits() {
        let metadata = r#"{"b":1.10,"a":12345678901234567890,"c":{"z":1e400,"y":null}}"#;
        let text =
            format!(r#"{{"type":"context","request":1,"client_id":"{CLIENT}","metadata":{metadata}}}"#);
        let Ok(ClientFrame::Context(write)) = parse(&text) else { panic!("a context frame") };
        assert_eq!(write.metadata.expect("there").get(), metadata);
    }

    #[test]
    fn a_wrong_field_is_named() {
        let text = r#"{"type":"send","request":7,"client_id":"x","message":{"type":"TEXT","text":"hi"}}"#;
        let Err(FrameError::Invalid { request, field, .. }) = parse(text) else { panic!("refused") };
        assert_eq!((request, field.as_deref()), (Some(7), Some("client_id")));
    }

    #[test]
    fn what_is_no_object_is_broken_and_a_strange_type_is_not() {
        for broken in ["", "{", "[1", "[\"ping\"]", "12", "\"ping\"", "{\"type\":\"ping\"} x"] {
            assert_eq!(parse(broken).err(), Some(FrameError::Broken), "{broken}");
        }
        for strange in ["{}", r#"{"type":7}"#, r#"{"type":"dance","request":"x"}"#] {
            assert!(
                matches!(parse(strange), Err(FrameError::UnknownType { request: None, .. })),
                "{strange}"
            );
        }
    }

    #[test]
    fn each_type_has_its_frame() {
        for kind in [
            "hello",
            "send",
            "context",
            "sync",
            "subscribe",
            "unsubscribe",
            "command",
            "delivered",
            "read",
            "seen",
            "typing",
            "ping",
        ] {
            let told = parse(&format!(r#"{{"type":"{kind}"}}"#));
            assert!(!matches!(told, Err(FrameError::UnknownType { .. })), "{kind}");
        }
    }

    #[test]
    fn a_depth_bomb_is_an_error() {
        let bomb = format!(r#"{{"type":"ping","x":{}"#, "[".repeat(150_000));
        assert_eq!(parse(&bomb).err(), Some(FrameError::Broken));
        let (open, close) = ("[".repeat(50_000), "]".repeat(50_000));
        let closed =
            format!(r#"{{"type":"context","request":1,"client_id":"{CLIENT}","metadata":{open}1{close}}}"#);
        assert!(parse(&closed).is_ok(), "kept as text; the context's own limits refuse it");
    }
}
