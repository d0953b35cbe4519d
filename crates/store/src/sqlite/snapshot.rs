//! Loads what a decision depends on. Runs in the writer, so all of it is of one moment.

use beckon_core::agent::Agent;
use beckon_core::context::Patch;
use beckon_core::conversation::Conversation;
use beckon_core::decide::{AuthorKey, Earlier, Needs, Receipt, Snapshot, Target, WrittenContext};
use beckon_core::event::{AuthorKind, Kind};
use beckon_core::id::{AgentId, ClientId, ConversationId, VisitorId};
use beckon_core::strategy::MOST_CONVERSATIONS;
use beckon_core::time::Timestamp;
use beckon_core::visitor::Visitor;
use beckon_core::widget::ProtectedKeys;
use rusqlite::{Connection, ToSql};
use uuid::Uuid;

use super::rows::{
    all, bytes, conversation, conversation_columns, damaged, first, id, limit, optional_name, time, word,
};
use super::{agents, contexts, queues, widgets};
use crate::StoreError;

const VISITOR: &str = "SELECT v.id, v.person, v.widget, v.name, v.created_at, w.multi_thread, w.protected_keys \
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

pub(super) fn load(connection: &Connection, needs: &Needs, now: Timestamp) -> Result<Snapshot, StoreError> {
    let mut snapshot = Snapshot::default();
    if let Some(visitor) = needs.visitor {
        if let Some((visitor, multi_thread, protected_keys)) = self::visitor(connection, visitor)? {
            snapshot.visitor = Some((visitor, multi_thread));
            snapshot.protected_keys = protected_keys;
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
            let params = (bytes(visitor.0), bytes(thread.0));
            snapshot.conversation = first(connection, THREAD, &[&params.0, &params.1], conversation)?;
            if snapshot.conversation.is_none() && !multi_thread {
                snapshot.open = open(connection, visitor, 1)?;
            }
        }
        Target::Open(visitor) => snapshot.open = open(connection, visitor, MOST_CONVERSATIONS + 1)?,
    }
    if needs.contexts {
        if let Some(row) = snapshot.conversation.as_ref().filter(|_| needs.visitor.is_none()) {
            snapshot.protected_keys = widgets::protected_keys(connection, row.widget)?;
        }
        for row in snapshot.open.iter().chain(&snapshot.conversation) {
            if row.context_version == 0 {
                continue;
            }
            let found = contexts::by_conversation(connection, row.id)?;
            snapshot.contexts.insert(row.id, found.ok_or_else(|| damaged("a context is missing"))?);
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

/// The visitor, whether the visitor's widget is multi-thread, and what it protects.
pub(super) fn visitor(
    connection: &Connection,
    id: VisitorId,
) -> Result<Option<(Visitor, bool, ProtectedKeys)>, StoreError> {
    first(connection, VISITOR, &[&bytes(id.0)], |row| {
        let visitor = Visitor {
            id: self::id(row, 0)?,
            person: self::id(row, 1)?,
            widget: self::id(row, 2)?,
            name: optional_name(row, 3)?,
            created_at: time(row, 4)?,
        };
        Ok((visitor, row.get(5)?, widgets::read_protected_keys(row, 6)?))
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

fn receipt(
    connection: &Connection,
    author: AuthorKey,
    client_id: ClientId,
) -> Result<Option<Receipt>, StoreError> {
    first(connection, RECEIPT, &[&bytes(author.id), &bytes(client_id.0)], |row| {
        let stored: String = row.get(1)?;
        let written: Vec<(Uuid, i64, Vec<String>)> =
            serde_json::from_str(&stored).map_err(|error| damaged(&error.to_string()))?;
        Ok(Receipt {
            author,
            client_id,
            digest: row.get(0)?,
            written: written
                .into_iter()
                .map(|(id, version, ignored)| WrittenContext { conversation: id.into(), version, ignored })
                .collect(),
            at: time(row, 2)?,
        })
    })
}
