//! Conversations: what is known of one at its newest event.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::context::Fact;
use crate::event::Author;
use crate::id::{AgentId, ConversationId, QueueId, ThreadId, VisitorId, WidgetId};
use crate::text::{PageUrl, Summary, Title, Topic};
use crate::time::Timestamp;

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Status {
    /// Being talked about.
    #[default]
    Open,
    /// Waiting for something outside.
    Waiting,
    /// Answered; a new message opens it again.
    Solved,
    /// Ended for good: nothing about it changes any more; the team may still note something.
    Closed,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Waiting, Self::Solved, Self::Closed];

    /// `OPEN`, `WAITING`, `SOLVED` or `CLOSED`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Waiting => "WAITING",
            Self::Solved => "SOLVED",
            Self::Closed => "CLOSED",
        }
    }
}

/// The text named no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not one of OPEN, WAITING, SOLVED, CLOSED")]
pub struct UnknownStatus;

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How urgent a conversation is, as the contract names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Priority {
    /// First of all.
    Urgent,
    /// Before others.
    High,
    /// As it comes.
    #[default]
    Normal,
    /// After others.
    Low,
}

impl Priority {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Urgent, Self::High, Self::Normal, Self::Low];

    /// `URGENT`, `HIGH`, `NORMAL` or `LOW`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Urgent => "URGENT",
            Self::High => "HIGH",
            Self::Normal => "NORMAL",
            Self::Low => "LOW",
        }
    }
}

/// The text named no priority.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not one of URGENT, HIGH, NORMAL, LOW")]
pub struct UnknownPriority;

impl FromStr for Priority {
    type Err = UnknownPriority;

    fn from_str(text: &str) -> Result<Self, UnknownPriority> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == text).ok_or(UnknownPriority)
    }
}

impl Serialize for Priority {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How far one side has come. It only moves forward; `visitor_seq` is the highest one at or below `seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// As agents and programs count.
    pub seq: i64,
    /// As the visitor counts.
    pub visitor_seq: i64,
}

/// How far both sides have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursors {
    /// What any agent's screen has received.
    pub agent_delivered: Cursor,
    /// What any agent has seen.
    pub agent_read: Cursor,
    /// What the visitor's widget has received.
    pub visitor_delivered: Cursor,
    /// What the visitor has seen.
    pub visitor_read: Cursor,
}

/// The newest message, for a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Who wrote it.
    pub author: Author,
    /// How it begins: at most 200 characters.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// A preview needs no more characters.
pub const LONGEST_PREVIEW: usize = 200;

/// The page a conversation started on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Its address.
    pub url: PageUrl,
    /// Its title.
    pub title: Title,
}

/// A conversation at its newest event. Heads and counters are kept in the transaction of each event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Identity.
    pub id: ConversationId,
    /// The widget it came through.
    pub widget: WidgetId,
    /// Whose it is on the site's side.
    pub visitor: VisitorId,
    /// Its name towards the site; unique per visitor.
    pub thread: ThreadId,
    /// Where it stands.
    pub status: Status,
    /// Who has it on our side.
    pub agent: Option<AgentId>,
    /// Where it waits or was waiting.
    pub queue: Option<QueueId>,
    /// How urgent it is.
    pub priority: Priority,
    /// What it is about, if somebody said so.
    pub topic: Option<Topic>,
    /// What became of it, if somebody said so.
    pub summary: Option<Summary>,
    /// The newest `seq`; 0: no event yet.
    pub head: i64,
    /// The newest `visitor_seq`.
    pub visitor_head: i64,
    /// The version of its context; 0: never written.
    pub context_version: i64,
    /// The first short plain values of its context.
    pub facts: Vec<Fact>,
    /// How far both sides have come.
    pub cursors: Cursors,
    /// All messages of the visitor.
    pub messages_from_visitor: i64,
    /// All messages to the visitor.
    pub messages_to_visitor: i64,
    /// The visitor's messages after the highest agent read cursor.
    pub unread_by_agents: i64,
    /// Messages to the visitor after the visitor's read cursor.
    pub unread_by_visitor: i64,
    /// The newest message.
    pub preview: Option<Preview>,
    /// The first message of the visitor that nobody answered yet.
    pub waiting_since: Option<Timestamp>,
    /// The visitor's newest message.
    pub last_visitor_message_at: Option<Timestamp>,
    /// The page it started on.
    pub page: Option<Page>,
    /// When it started.
    pub created_at: Timestamp,
    /// When its newest event was.
    pub updated_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Its place in an inbox, in the order of [`Now`](crate::time::Now): the visitor's newest message, else its start.
    pub sort_at: Timestamp,
    /// Its place in its visitor's list, likewise: when it last changed in the visitor's eyes.
    pub visitor_sort_at: Timestamp,
}

impl Conversation {
    /// Closed for good?
    pub fn is_closed(&self) -> bool {
        self.status == Status::Closed
    }

    /// When it last changed in the visitor's eyes: `updated_at` moves with internal events, too, and would tell
    /// the visitor of them.
    pub fn visitor_updated_at(&self) -> Timestamp {
        let newest = self.newest_message_at();
        self.closed_at.map_or(newest, |closed| newest.max(closed))
    }

    /// Its newest message, of either side; without one, its start.
    pub fn newest_message_at(&self) -> Timestamp {
        self.preview.as_ref().map_or(self.created_at, |preview| preview.at)
    }
}
