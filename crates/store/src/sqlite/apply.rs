//! Decides a command and writes the decision. Runs in the writer, inside the job's savepoint.

use std::sync::Arc;

use beckon_core::command::Command;
use beckon_core::conversation::Conversation;
use beckon_core::decide::{ConversationWrite, Decision, NewVisitor, Outcome, Receipt, decide};
use beckon_core::event::{Body, Event};
use beckon_core::id::{ConversationId, Ids};
use beckon_core::once::Once;
use beckon_core::time::{Now, Timestamp};
use rusqlite::{Connection, ToSql};

use super::requests::Came;
use super::rows::{bytes, damaged, event, event_columns, first, run, stored_facts};
use super::snapshot::StoredWritten;
use super::{contexts, requests, snapshot, tally};
use crate::{Applied, AppliedConversation, StoreError, StoredEvent};

const INSERT_CONVERSATION: &str = "INSERT INTO conversation (\
    agent_delivered, agent_delivered_visitor, agent_read, agent_read_visitor, \
    visitor_delivered, visitor_delivered_visitor, visitor_read, visitor_read_visitor, \
    unread_by_agents, unread_by_visitor, head, visitor_head, context_version, facts, \
    preview_author_kind, preview_author, preview_author_name, preview_text, preview_at, \
    waiting_since, updated_at, messages_from_visitor, messages_to_visitor, visitor_sort_at, \
    id, sort_at, last_visitor_message_at, \
    status, open, agent, queue, priority, topic, summary, closed_at, \
    widget, visitor, thread, page_url, page_title, created_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, \
    ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40, ?41)";

/// What every event may change; rewrites one index.
macro_rules! progress {
    () => {
        "UPDATE conversation SET \
         agent_delivered = ?1, agent_delivered_visitor = ?2, agent_read = ?3, agent_read_visitor = ?4, \
         visitor_delivered = ?5, visitor_delivered_visitor = ?6, visitor_read = ?7, visitor_read_visitor = ?8, \
         unread_by_agents = ?9, unread_by_visitor = ?10, head = ?11, visitor_head = ?12, \
         context_version = ?13, facts = ?14, \
         preview_author_kind = ?15, preview_author = ?16, preview_author_name = ?17, preview_text = ?18, \
         preview_at = ?19, waiting_since = ?20, updated_at = ?21, \
         messages_from_visitor = ?22, messages_to_visitor = ?23, visitor_sort_at = ?24"
    };
}
const UPDATE_PROGRESS: &str = concat!(progress!(), " WHERE id = ?25");
/// A message of the visitor also moves the row in the inbox.
const UPDATE_MOVED: &str =
    concat!(progress!(), ", sort_at = ?26, last_visitor_message_at = ?27 WHERE id = ?25");
/// Rarely, whose it is and where it stands change, too.
const UPDATE_WHOLE: &str = concat!(
    progress!(),
    ", sort_at = ?26, last_visitor_message_at = ?27, status = ?28, open = ?29, agent = ?30, queue = ?31, \
     priority = ?32, topic = ?33, summary = ?34, closed_at = ?35 WHERE id = ?25"
);
/// How many of [`execute`]'s values each statement takes.
const PROGRESS_VALUES: usize = 25;
const MOVED_VALUES: usize = 27;
const WHOLE_VALUES: usize = 35;

const INSERT_EVENT: &str = concat!(
    "INSERT INTO event (",
    event_columns!(),
    ", context_version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
);
const EVENT: &str = concat!("SELECT ", event_columns!(), " FROM event WHERE conversation = ?1 AND seq = ?2");
const INSERT_PERSON: &str = "INSERT INTO person (id, created_at) VALUES (?1, ?2)";
const INSERT_VISITOR: &str =
    "INSERT INTO visitor (id, person, widget, name, created_at) VALUES (?1, ?2, ?3, NULL, ?4)";
const SET_STANDING: &str = "UPDATE session SET standing = ?2 WHERE id = ?1";
const INSERT_RECEIPT: &str =
    "INSERT INTO receipt (author, client_id, digest, written, at) VALUES (?1, ?2, ?3, ?4, ?5)";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    INSERT_CONVERSATION,
    UPDATE_PROGRESS,
    UPDATE_MOVED,
    UPDATE_WHOLE,
    INSERT_EVENT,
    EVENT,
    INSERT_PERSON,
    INSERT_VISITOR,
    SET_STANDING,
    INSERT_RECEIPT,
];

pub(super) fn apply(
    connection: &Connection,
    command: &Command,
    once: Option<Once>,
    now: Now,
    ids: &dyn Ids,
) -> Result<Applied, StoreError> {
    if let Some(earlier) = once.map(|once| requests::earlier(connection, &once)).transpose()?.flatten() {
        return known(connection, earlier);
    }
    let snapshot = snapshot::load(connection, command, now.at)?;
    let applied = match decide(&snapshot, command, now, ids)? {
        Outcome::Store(decision) => store(connection, *decision, now.at)?,
        Outcome::Known(earlier) => known(connection, Came::event(&earlier))?,
        Outcome::KnownContext(receipt) => known_context(connection, &receipt)?,
    };
    if let Some(once) = once {
        requests::keep(connection, &once, &applied)?;
    }
    Ok(applied)
}

fn store(connection: &Connection, decision: Decision, now: Timestamp) -> Result<Applied, StoreError> {
    if let Some(visitor) = &decision.visitor {
        insert_visitor(connection, visitor, now)?;
    }
    let pending = decision.pending;
    let mut conversations = Vec::with_capacity(decision.writes.len());
    for write in decision.writes {
        conversations.push(write_conversation(connection, write)?);
    }
    if let Some((session, patch)) = decision.standing {
        run(connection, SET_STANDING, &[&bytes(session.0), &patch.to_stored()])?;
    }
    if let Some(receipt) = decision.receipt {
        insert_receipt(connection, &receipt)?;
    }
    if let Some(baseline) = decision.baseline {
        contexts::move_baseline(connection, &baseline)?;
    }
    // Times of a conversation never fall, whatever the clock does.
    let events = conversations.iter().flat_map(|applied| &applied.events);
    let at = events.map(|event| event.at).max().unwrap_or(now);
    Ok(Applied { duplicate: false, pending, conversations, at })
}

pub(super) fn insert_visitor(
    connection: &Connection,
    visitor: &NewVisitor,
    now: Timestamp,
) -> Result<(), StoreError> {
    run(connection, INSERT_PERSON, &[&bytes(visitor.person.0), &now.0])?;
    run(
        connection,
        INSERT_VISITOR,
        &[&bytes(visitor.id.0), &bytes(visitor.person.0), &bytes(visitor.widget.0), &now.0],
    )?;
    Ok(())
}

fn write_conversation(
    connection: &Connection,
    write: ConversationWrite,
) -> Result<AppliedConversation, StoreError> {
    let ConversationWrite { created, before, conversation, events, context, ignored, newer, guessed } = write;
    if let Some(before) = before {
        if before != conversation {
            update(connection, &before, &conversation)?;
        }
    } else {
        execute(connection, INSERT_CONVERSATION, &conversation, usize::MAX)?;
        tally::count(connection, &conversation, 1)?;
    }
    let mut stored = Vec::with_capacity(events.len());
    let mut context_seq = None;
    for event in events {
        if let Body::Metadata { .. } = event.body {
            context_seq = Some(event.seq);
        }
        stored.push(insert_event(connection, conversation.id, event)?);
    }
    if let Some(context) = context {
        contexts::write(connection, &conversation, &context, context_seq)?;
    }
    let context_version = conversation.context_version;
    Ok(AppliedConversation {
        conversation,
        created,
        events: stored,
        context_version,
        ignored,
        newer,
        guessed,
    })
}

/// Writes a row that exists, touching only the indexes it must.
pub(super) fn update(
    connection: &Connection,
    before: &Conversation,
    after: &Conversation,
) -> Result<(), StoreError> {
    let place = |row: &Conversation| (row.status, row.agent, row.queue, row.priority);
    let rest = |row: &Conversation| (row.topic.clone(), row.summary.clone(), row.closed_at);
    if place(before) != place(after) || rest(before) != rest(after) {
        execute(connection, UPDATE_WHOLE, after, WHOLE_VALUES)?;
    } else if before.sort_at != after.sort_at {
        execute(connection, UPDATE_MOVED, after, MOVED_VALUES)?;
    } else {
        execute(connection, UPDATE_PROGRESS, after, PROGRESS_VALUES)?;
    }
    if place(before) != place(after) {
        tally::count(connection, before, -1)?;
        tally::count(connection, after, 1)?;
    }
    Ok(())
}

fn execute(connection: &Connection, sql: &str, row: &Conversation, values: usize) -> Result<(), StoreError> {
    let cursors = &row.cursors;
    let facts = stored_facts(&row.facts);
    let preview = row.preview.as_ref();
    let author = preview.map(|preview| &preview.author);
    let author_kind = author.map(|author| author.kind.as_str());
    let author_id = author.and_then(|author| author.id).map(bytes);
    let author_name = author.and_then(|author| author.name.as_deref());
    let preview_text = preview.map(|preview| preview.text.as_str());
    let preview_at = preview.map(|preview| preview.at.0);
    let waiting_since = row.waiting_since.map(|at| at.0);
    let last_visitor_message_at = row.last_visitor_message_at.map(|at| at.0);
    let id = bytes(row.id.0);
    let sort_at = row.sort_at.0;
    let agent = row.agent.map(|agent| bytes(agent.0));
    let queue = row.queue.map(|queue| bytes(queue.0));
    let topic = row.topic.as_ref().map(|topic| topic.as_str());
    let summary = row.summary.as_ref().map(|summary| summary.as_str());
    let closed_at = row.closed_at.map(|at| at.0);
    let status = row.status.as_str();
    let open = !row.is_closed();
    let priority = row.priority.as_str();
    let (widget, visitor, thread) = (bytes(row.widget.0), bytes(row.visitor.0), bytes(row.thread.0));
    let page_url = row.page.as_ref().map(|page| page.url.as_str());
    let page_title = row.page.as_ref().map(|page| page.title.as_str());
    let all: [&dyn ToSql; 41] = [
        &cursors.agent_delivered.seq,
        &cursors.agent_delivered.visitor_seq,
        &cursors.agent_read.seq,
        &cursors.agent_read.visitor_seq,
        &cursors.visitor_delivered.seq,
        &cursors.visitor_delivered.visitor_seq,
        &cursors.visitor_read.seq,
        &cursors.visitor_read.visitor_seq,
        &row.unread_by_agents,
        &row.unread_by_visitor,
        &row.head,
        &row.visitor_head,
        &row.context_version,
        &facts,
        &author_kind,
        &author_id,
        &author_name,
        &preview_text,
        &preview_at,
        &waiting_since,
        &row.updated_at.0,
        &row.messages_from_visitor,
        &row.messages_to_visitor,
        &row.visitor_sort_at.0,
        &id,
        &sort_at,
        &last_visitor_message_at,
        &status,
        &open,
        &agent,
        &queue,
        &priority,
        &topic,
        &summary,
        &closed_at,
        &widget,
        &visitor,
        &thread,
        &page_url,
        &page_title,
        &row.created_at.0,
    ];
    run(connection, sql, &all[..values.min(all.len())])?;
    Ok(())
}

fn insert_event(
    connection: &Connection,
    conversation: ConversationId,
    event: Event,
) -> Result<StoredEvent, StoreError> {
    let json = event.to_json();
    let context_version = match event.body {
        Body::Metadata { version, .. } => Some(version),
        _ => None,
    };
    run(
        connection,
        INSERT_EVENT,
        &[
            &bytes(conversation.0),
            &event.seq,
            &event.visitor_seq,
            &bytes(event.id.0),
            &event.kind().as_str(),
            &event.at.0,
            &event.author.kind.as_str(),
            &event.author.id.map(bytes),
            &event.client_id.map(|id| bytes(id.0)),
            &json,
            &context_version,
        ],
    )?;
    Ok(StoredEvent {
        conversation,
        seq: event.seq,
        visitor_seq: event.visitor_seq,
        id: event.id,
        kind: event.kind(),
        at: event.at,
        author_kind: event.author.kind,
        author_id: event.author.id,
        client_id: event.client_id,
        json: Arc::from(json),
    })
}

fn insert_receipt(connection: &Connection, receipt: &Receipt) -> Result<(), StoreError> {
    let written: Vec<StoredWritten> = receipt.written.iter().map(StoredWritten::from).collect();
    let written = serde_json::to_string(&written).expect("ids, numbers and texts are always JSON");
    run(
        connection,
        INSERT_RECEIPT,
        &[&bytes(receipt.author.id), &bytes(receipt.client_id.0), &receipt.digest, &written, &receipt.at.0],
    )?;
    Ok(())
}

fn known(connection: &Connection, Came { conversation: id, seq }: Came) -> Result<Applied, StoreError> {
    let conversation = snapshot::conversation_by_id(connection, id)?;
    let conversation = conversation.ok_or_else(|| damaged("an event without its conversation"))?;
    let stored = match seq {
        Some(seq) => first(connection, EVENT, &[&bytes(id.0), &seq], event)?,
        None => None,
    };
    let at = stored.as_ref().map_or(conversation.created_at, |event| event.at);
    let context_version = conversation.context_version;
    Ok(Applied {
        duplicate: true,
        pending: false,
        conversations: vec![AppliedConversation {
            conversation,
            created: false,
            events: stored.into_iter().collect(),
            context_version,
            ignored: Vec::new(),
            newer: Vec::new(),
            guessed: false,
        }],
        at,
    })
}

fn known_context(connection: &Connection, receipt: &Receipt) -> Result<Applied, StoreError> {
    let mut conversations = Vec::with_capacity(receipt.written.len());
    for written in &receipt.written {
        let conversation = snapshot::conversation_by_id(connection, written.conversation)?;
        conversations.push(AppliedConversation {
            conversation: conversation.ok_or_else(|| damaged("a receipt without its conversation"))?,
            created: false,
            events: Vec::new(),
            context_version: written.version,
            ignored: written.ignored.clone(),
            newer: written.newer.clone(),
            guessed: written.guessed,
        });
    }
    Ok(Applied { duplicate: true, pending: false, conversations, at: receipt.at })
}
