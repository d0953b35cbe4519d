//! Durable events: what happened in a conversation, in one order.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::context::{Change, Told, WriteMode};
use crate::conversation::Status;
use crate::id::{AgentId, ClientId, EventId, QueueId};
use crate::text::{MessageText, NoteText};
use crate::time::Timestamp;

/// What kind of being wrote an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthorKind {
    /// The customer.
    Visitor,
    /// A person of the console.
    Agent,
    /// A program that talks as an agent.
    Bot,
    /// A program with an API key.
    Api,
    /// Beckon itself.
    System,
}

impl AuthorKind {
    /// `visitor`, `agent`, `bot`, `api` or `system`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Agent => "agent",
            Self::Bot => "bot",
            Self::Api => "api",
            Self::System => "system",
        }
    }

    /// Reads what [`AuthorKind::as_str`] wrote.
    pub fn from_stored(text: &str) -> Option<Self> {
        Some(match text {
            "visitor" => Self::Visitor,
            "agent" => Self::Agent,
            "bot" => Self::Bot,
            "api" => Self::Api,
            "system" => Self::System,
            _ => return None,
        })
    }
}

impl Serialize for AuthorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for AuthorKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_stored(&text).ok_or_else(|| serde::de::Error::custom("no kind of author"))
    }
}

/// Who wrote an event, with the name of that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// What kind of being.
    #[serde(rename = "type")]
    pub kind: AuthorKind,
    /// Which one: a visitor's, agent's or key's id.
    pub id: Option<Uuid>,
    /// What it was called.
    pub name: Option<String>,
}

impl Author {
    /// Beckon itself.
    pub fn system() -> Self {
        Self { kind: AuthorKind::System, id: None, name: None }
    }
}

/// An agent as others see one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgentName {
    /// Identity.
    pub id: AgentId,
    /// The name that visitors and colleagues see.
    pub name: String,
}

/// Where a context write came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The site's page.
    Page,
    /// The site's page, by a signed token.
    Signed,
    /// A program with an API key.
    Api,
    /// A bot.
    Bot,
    /// A person of the console.
    Agent,
}

/// What a context write left out and what it locked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Locks {
    /// Keys it named and that were left out, because the page may not write them.
    pub ignored: Vec<String>,
    /// Keys it set or locked and that the page may not write from now on.
    pub locked: Vec<String>,
    /// Keys it released.
    pub unlocked: Vec<String>,
}

/// A queue, with the name of that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueName {
    /// Identity.
    pub id: QueueId,
    /// What agents call it.
    pub name: String,
}

/// One field of a conversation that somebody changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edited {
    /// `topic`, `summary` or `priority`.
    pub field: &'static str,
    /// Before; `None`: not set.
    pub from: Option<String>,
    /// After; `None`: not set.
    pub to: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Somebody wrote.
    Message(MessageText),
    /// Somebody noted something for the team. Internal.
    Note(NoteText),
    /// The status changed.
    Status {
        /// Before.
        from: Status,
        /// After.
        to: Status,
    },
    /// An agent took the conversation or was given it.
    Joined(AgentName),
    /// The agent who had it no longer has it.
    Left(AgentName),
    /// Whose it is now. Internal.
    Assigned(Option<AgentName>),
    /// What is known of the conversation changed: topic, summary, priority. Internal.
    Edited(Vec<Edited>),
    /// It waits in another queue. Internal.
    Moved {
        /// Before.
        from: Option<QueueName>,
        /// After.
        to: Option<QueueName>,
    },
    /// The context changed. Internal.
    Metadata {
        /// The context's version after.
        version: i64,
        /// Where the write came from.
        source: Source,
        /// How it treated the keys it did not name.
        mode: WriteMode,
        /// The elementary steps; see [`Change`].
        changes: Vec<Change>,
        /// What the write left out and what it locked.
        locks: Locks,
        /// The calls behind the write.
        told: Told,
    },
}

/// The kinds of events, as on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// See [`Body::Message`].
    Message,
    /// See [`Body::Note`].
    Note,
    /// See [`Body::Status`].
    Status,
    /// See [`Body::Joined`].
    Joined,
    /// See [`Body::Left`].
    Left,
    /// See [`Body::Assigned`].
    Assigned,
    /// See [`Body::Edited`].
    Edited,
    /// See [`Body::Moved`].
    Moved,
    /// See [`Body::Metadata`].
    Metadata,
}

impl Kind {
    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Note => "note",
            Self::Status => "status",
            Self::Joined => "joined",
            Self::Left => "left",
            Self::Assigned => "assigned",
            Self::Edited => "edited",
            Self::Moved => "moved",
            Self::Metadata => "metadata",
        }
    }

    /// Reads what [`Kind::as_str`] wrote.
    pub fn from_stored(text: &str) -> Option<Self> {
        Some(match text {
            "message" => Self::Message,
            "note" => Self::Note,
            "status" => Self::Status,
            "joined" => Self::Joined,
            "left" => Self::Left,
            "assigned" => Self::Assigned,
            "edited" => Self::Edited,
            "moved" => Self::Moved,
            "metadata" => Self::Metadata,
            _ => return None,
        })
    }

    /// May the visitor see events of this kind?
    pub fn visible_to_visitor(self) -> bool {
        match self {
            Self::Message | Self::Status | Self::Joined | Self::Left => true,
            Self::Note | Self::Assigned | Self::Edited | Self::Moved | Self::Metadata => false,
        }
    }
}

/// One durable event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Identity; for a message the message id.
    pub id: EventId,
    /// Its place in the conversation: 1, 2, 3 … without gaps.
    pub seq: i64,
    /// Its place among what the visitor may see, likewise; `None`: internal.
    pub visitor_seq: Option<i64>,
    /// When it was accepted.
    pub at: Timestamp,
    /// Who caused it.
    pub author: Author,
    /// Made by its sender before the first try.
    pub client_id: Option<ClientId>,
    /// What happened.
    pub body: Body,
}

/// How every stored event text says that the reader is not its author.
const NO_CLIENT_ID: &str = "\"client_id\":null";

impl Event {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self.body {
            Body::Message(_) => Kind::Message,
            Body::Note(_) => Kind::Note,
            Body::Status { .. } => Kind::Status,
            Body::Joined(_) => Kind::Joined,
            Body::Left(_) => Kind::Left,
            Body::Assigned(_) => Kind::Assigned,
            Body::Edited(_) => Kind::Edited,
            Body::Moved { .. } => Kind::Moved,
            Body::Metadata { .. } => Kind::Metadata,
        }
    }

    /// The event as everybody but its author sees it: one JSON object, `client_id` null, no position.
    /// It is made once, stored, and handed on as it is.
    pub fn to_json(&self) -> String {
        let wire = Wire { id: self.id, kind: self.kind().as_str(), client_id: None, event: self };
        serde_json::to_string(&wire).expect("an event is always JSON")
    }
}

/// The same event text for its own author, who recognises it by `client_id`.
pub fn with_client_id(json: &str, client_id: ClientId) -> String {
    // The fields before it hold no free text, so the first occurrence is the field itself.
    json.replacen(NO_CLIENT_ID, &format!("\"client_id\":\"{client_id}\""), 1)
}

/// The text of a stored note.
///
/// # Errors
/// The stored text is no note's.
pub fn note_in(json: &str) -> Result<String, serde_json::Error> {
    #[derive(Deserialize)]
    struct Stored {
        note: Note,
    }
    #[derive(Deserialize)]
    struct Note {
        text: String,
    }
    Ok(serde_json::from_str::<Stored>(json)?.note.text)
}

struct Wire<'a> {
    id: EventId,
    kind: &'static str,
    client_id: Option<ClientId>,
    event: &'a Event,
}

#[derive(Serialize)]
struct WireNote<'a> {
    text: &'a NoteText,
}

#[derive(Serialize)]
struct WireMessage<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    text: &'a MessageText,
}

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("kind", self.kind)?;
        map.serialize_entry("at", &self.event.at)?;
        map.serialize_entry("client_id", &self.client_id)?;
        map.serialize_entry("author", &self.event.author)?;
        match &self.event.body {
            Body::Message(text) => {
                map.serialize_entry("message", &WireMessage { kind: "TEXT", text })?;
            }
            Body::Note(text) => map.serialize_entry("note", &WireNote { text })?,
            Body::Status { from, to } => {
                map.serialize_entry("from", from)?;
                map.serialize_entry("to", to)?;
            }
            Body::Joined(agent) | Body::Left(agent) => map.serialize_entry("agent", agent)?,
            Body::Assigned(agent) => map.serialize_entry("agent", agent)?,
            Body::Edited(changes) => map.serialize_entry("changes", changes)?,
            Body::Moved { from, to } => {
                map.serialize_entry("from", from)?;
                map.serialize_entry("to", to)?;
            }
            Body::Metadata { version, source, mode, changes, locks, told } => {
                map.serialize_entry("version", version)?;
                map.serialize_entry("source", source)?;
                map.serialize_entry("mode", mode)?;
                map.serialize_entry("changes", changes)?;
                let Locks { ignored, locked, unlocked } = locks;
                for (name, keys) in [("ignored", ignored), ("locked", locked), ("unlocked", unlocked)] {
                    if !keys.is_empty() {
                        map.serialize_entry(name, keys)?;
                    }
                }
                if told.guessed {
                    map.serialize_entry("guessed", &true)?;
                }
                if !told.made.is_empty() {
                    map.serialize_entry("made", &told.made)?;
                }
            }
        }
        map.end()
    }
}
