//! Loads what a decision depends on. Runs in the writer, so all of it is of one moment.

use beckon_core::agent::Agent;
use beckon_core::command::{Command, Reach};
use beckon_core::context::Patch;
use beckon_core::conversation::Conversation;
use beckon_core::decide::{AuthorKey, Earlier, Receipt, Snapshot, Target, WrittenContext, needs, reached};
use beckon_core::event::{AuthorKind, Kind};
use beckon_core::id::{AgentId, ClientId, ConversationId, ThreadId, VisitorId};
use beckon_core::strategy::MOST_CONVERSATIONS;
use beckon_core::time::Timestamp;
use beckon_core::visitor::Visitor;
use beckon_core::widget::{GuessHours, ProtectedKeys};
use rusqlite::{Connection, ToSql};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rows::{
    all, bytes, conversation, conversation_columns, damaged, first, id, limit, optional_name, time, word,
};
use super::{agents, contexts, queues, widgets};
use crate::StoreError;

const VISITOR: &str = "SELECT v.id, v.person, v.widget, v.name, v.created_at, w.multi_thread, w.protected_keys, \
    w.guess_hours \
    FROM visitor v JOIN widget w ON w.id = v.widget WHERE v.id = ?1";
const STANDING: &str = "SELECT standing FROM session WHERE id = ?1 AND visitor = ?2";
const NEWEST_STANDING: &str =
    "SELECT standing FROM session WHERE visitor = ?1 AND expires_at > ?2 ORDER BY id DESC LIMIT 1";
const CONVERSATION: &str =
    concat!("SELECT ", conversation_columns!(), " FROM conversation c WHERE c.id = ?1");
const VISITOR_CONVERSATION: &str =
    concat!("SELECT ", conversation_columns!(), " FROM conversation c WHERE c.id = ?1 AND c.visitor = ?2");
const THREAD: &str = concat!(
    "SELECT ",
    conversation_columns!(),
    " FROM conversation c WHERE c.visitor = ?1 AND c.thread = ?2"
);
const OPEN: &str = concat!(
    "SELECT ",
    conversation_columns!(),
    " FROM conversation c WHERE c.visitor = ?1 AND c.open = 1 ORDER BY c.id LIMIT ?2"
);
const EARLIER: &str = "SELECT conversation, seq, kind, at, json, author_kind FROM event \
    WHERE author = ?1 AND client_id = ?2 ORDER BY conversation";
const RECEIPT: &str = "SELECT digest, written, at FROM receipt WHERE author = ?1 AND client_id = ?2";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] =
    &[VISITOR, STANDING, NEWEST_STANDING, CONVERSATION, VISITOR_CONVERSATION, THREAD, OPEN, EARLIER, RECEIPT];

pub(super) fn load(
    connection: &Connection,
    command: &Command,
    now: Timestamp,
) -> Result<Snapshot, StoreError> {
    let needs = &needs(command);
    let mut snapshot = Snapshot::default();
    if let Some(visitor) = needs.visitor {
        if let Some((visitor, multi_thread, protected_keys, guess)) = self::visitor(connection, visitor)? {
            snapshot.visitor = Some((visitor, multi_thread));
            snapshot.protected_keys = protected_keys;
            snapshot.guess = guess;
        }
        if let Some(session) = needs.session {
            snapshot.standing = standing(connection, STANDING, &[&bytes(session.0), &bytes(visitor.0)])?;
        }
        if needs.newest_session {
            snapshot.standing = standing(connection, NEWEST_STANDING, &[&bytes(visitor.0), &now.0])?;
        }
    }
    let multi_thread = snapshot.visitor.as_ref().is_some_and(|(_, multi_thread)| *multi_thread);
    match needs.target {
        Target::Nothing => {}
        Target::Conversation(id) => snapshot.conversation = self::conversation_by_id(connection, id)?,
        Target::VisitorConversation(visitor, id) => {
            let params = (bytes(id.0), bytes(visitor.0));
            snapshot.conversation =
                first(connection, VISITOR_CONVERSATION, &[&params.0, &params.1], conversation)?;
        }
        Target::Thread(visitor, thread) => {
            snapshot.conversation = by_thread(connection, visitor, thread)?;
            if snapshot.conversation.is_none() && !multi_thread {
                snapshot.open = open(connection, visitor, 1)?;
            }
        }
        Target::Open(visitor) => snapshot.open = open(connection, visitor, MOST_CONVERSATIONS + 1)?,
        Target::Reach(visitor, _) if !multi_thread => snapshot.open = open(connection, visitor, 1)?,
        Target::Reach(visitor, reach) => snapshot.open = reachable(connection, visitor, reach)?,
    }
    if needs.contexts {
        if let Some(row) = snapshot.conversation.as_ref().filter(|_| needs.visitor.is_none()) {
            snapshot.protected_keys = widgets::protected_keys(connection, row.widget)?;
        }
        for id in reached(&snapshot, command, now) {
            // One to which nothing was written may remember what was taken away.
            let written = |row: &Conversation| row.id == id && row.context_version > 0;
            let must_be = snapshot.open.iter().chain(&snapshot.conversation).any(written);
            match contexts::by_conversation(connection, id)? {
                Some(context) => drop(snapshot.contexts.insert(id, context)),
                None if must_be => return Err(damaged("a context is missing")),
                None => {}
            }
        }
    }
    let owner = snapshot.conversation.as_ref().and_then(|row| row.agent).filter(|_| needs.owner);
    for id in needs.agents.iter().copied().chain(owner) {
        if let Some(agent) = agent_once(connection, id, &snapshot.agents)? {
            snapshot.agents.push(agent);
        }
    }
    if let Some((author, client_ids)) = &needs.earlier {
        for client_id in client_ids {
            snapshot.earlier.extend(earlier(connection, *author, *client_id)?);
        }
    }
    if let Some((author, client_id)) = needs.receipt {
        snapshot.receipt = receipt(connection, author, client_id)?;
    }
    if needs.default_queue {
        snapshot.default_queue = queues::first_queue(connection)?;
    }
    if let Some(queue) = needs.queue {
        snapshot.queue_exists = queues::exists(connection, queue)?;
    }
    if needs.queue_names {
        let present = snapshot.conversation.as_ref().and_then(|row| row.queue);
        for queue in needs.queue.into_iter().chain(present.filter(|present| Some(*present) != needs.queue)) {
            snapshot.queues.extend(queues::named(connection, queue)?);
        }
    }
    if needs.first_widget {
        snapshot.widget = widgets::first_widget(connection)?;
    }
    Ok(snapshot)
}

/// The visitor, whether the visitor's widget is multi-thread, what it protects, and for how long ACTIVE may guess.
pub(super) fn visitor(
    connection: &Connection,
    id: VisitorId,
) -> Result<Option<(Visitor, bool, ProtectedKeys, GuessHours)>, StoreError> {
    first(connection, VISITOR, &[&bytes(id.0)], |row| {
        let visitor = Visitor {
            id: self::id(row, 0)?,
            person: self::id(row, 1)?,
            widget: self::id(row, 2)?,
            name: optional_name(row, 3)?,
            created_at: time(row, 4)?,
        };
        Ok((visitor, row.get(5)?, widgets::read_protected_keys(row, 6)?, widgets::read_guess(row, 7)?))
    })
}

fn standing(connection: &Connection, sql: &str, params: &[&dyn ToSql]) -> Result<Option<Patch>, StoreError> {
    let stored: Option<Option<String>> = first(connection, sql, params, |row| Ok(row.get(0)?))?;
    stored
        .flatten()
        .map(|text| Patch::from_stored(&text).map_err(|error| damaged(&error.to_string())))
        .transpose()
}

pub(super) fn conversation_by_id(
    connection: &Connection,
    id: ConversationId,
) -> Result<Option<Conversation>, StoreError> {
    first(connection, CONVERSATION, &[&bytes(id.0)], conversation)
}

/// Those of the visitor's that a call may go to, in the order of their ids: with two looked up by name at most, a call of
/// ACTIVE costs the same however many there are.
fn reachable(
    connection: &Connection,
    visitor: VisitorId,
    reach: Reach,
) -> Result<Vec<Conversation>, StoreError> {
    let screen = match reach {
        Reach::One(id) => {
            let params = (bytes(id.0), bytes(visitor.0));
            return all(connection, VISITOR_CONVERSATION, &[&params.0, &params.1], conversation);
        }
        Reach::Active { screen: None } => return Ok(Vec::new()),
        Reach::Active { screen: Some(screen) } => screen,
        Reach::All | Reach::AllPlusNew => return open(connection, visitor, MOST_CONVERSATIONS + 1),
    };
    let mut found = match screen.last_used {
        Some(thread) => by_thread(connection, visitor, thread)?.into_iter().collect(),
        None => open(connection, visitor, MOST_CONVERSATIONS + 1)?,
    };
    if let Some(thread) = screen.on_screen.filter(|thread| found.iter().all(|row| row.thread != *thread)) {
        found.extend(by_thread(connection, visitor, thread)?);
    }
    found.sort_by_key(|row| row.id);
    Ok(found)
}

fn by_thread(
    connection: &Connection,
    visitor: VisitorId,
    thread: ThreadId,
) -> Result<Option<Conversation>, StoreError> {
    first(connection, THREAD, &[&bytes(visitor.0), &bytes(thread.0)], conversation)
}

fn open(connection: &Connection, visitor: VisitorId, most: usize) -> Result<Vec<Conversation>, StoreError> {
    all(connection, OPEN, &[&bytes(visitor.0), &limit(most)], conversation)
}

fn agent_once(connection: &Connection, id: AgentId, known: &[Agent]) -> Result<Option<Agent>, StoreError> {
    if known.iter().any(|agent| agent.id == id) { Ok(None) } else { agents::by_id(connection, id) }
}

fn earlier(
    connection: &Connection,
    author: AuthorKey,
    client_id: ClientId,
) -> Result<Vec<Earlier>, StoreError> {
    let found = all(connection, EARLIER, &[&bytes(author.id), &bytes(client_id.0)], |row| {
        let kind = word(row, 5, AuthorKind::from_stored)?;
        let earlier = Earlier {
            client_id,
            conversation: id(row, 0)?,
            seq: row.get(1)?,
            kind: word(row, 2, Kind::from_stored)?,
            at: time(row, 3)?,
            json: row.get(4)?,
        };
        Ok((kind, earlier))
    })?;
    Ok(found.into_iter().filter(|(kind, _)| *kind == author.kind).map(|(_, earlier)| earlier).collect())
}

/// A line of a receipt: conversation, version, keys ignored, keys said later by another, whether it was a guess.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredWritten(
    Uuid,
    i64,
    Vec<String>,
    #[serde(default)] Vec<String>,
    #[serde(default)] bool,
);

impl From<&WrittenContext> for StoredWritten {
    fn from(written: &WrittenContext) -> Self {
        let WrittenContext { conversation, version, ignored, newer, guessed } = written;
        Self(conversation.0, *version, ignored.clone(), newer.clone(), *guessed)
    }
}

impl From<StoredWritten> for WrittenContext {
    fn from(StoredWritten(id, version, ignored, newer, guessed): StoredWritten) -> Self {
        Self { conversation: id.into(), version, ignored, newer, guessed }
    }
}

fn receipt(
    connection: &Connection,
    author: AuthorKey,
    client_id: ClientId,
) -> Result<Option<Receipt>, StoreError> {
    first(connection, RECEIPT, &[&bytes(author.id), &bytes(client_id.0)], |row| {
        let stored: String = row.get(1)?;
        let written: Vec<StoredWritten> =
            serde_json::from_str(&stored).map_err(|error| damaged(&error.to_string()))?;
        Ok(Receipt {
            author,
            client_id,
            digest: row.get(0)?,
            written: written.into_iter().map(WrittenContext::from).collect(),
            at: time(row, 2)?,
        })
    })
}
