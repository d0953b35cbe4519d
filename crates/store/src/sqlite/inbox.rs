//! An agent's inbox, by key.
//!
//! What an agent may see is a union of places: own conversations, those of the agent's queues, those without
//! one. Each place has its own index, and a part in it for each status; the pages are merged here, so that no list is
//! ever sorted or scanned.

use std::cmp::Reverse;

use beckon_core::agent::Agent;
use beckon_core::conversation::Status;
use beckon_core::event::AgentName;
use beckon_core::id::{ConversationId, QueueId};
use rusqlite::{Connection, Row, ToSql};
use uuid::Uuid;

use super::rows::{
    CONVERSATION_COLUMNS, all, bytes, conversation, conversation_columns, first, id, limit, optional_id,
};
use super::tally;
use crate::{InboxCounts, InboxPage, InboxView, StoreError, Summary};

macro_rules! keys {
    ($from:literal) => {
        concat!(
            "SELECT sort_at, id FROM conversation WHERE ",
            $from,
            " ORDER BY sort_at DESC, id DESC LIMIT ?3"
        )
    };
}
const ALL: &str = keys!("(sort_at, id) < (?1, ?2) AND status = ?4");
const OF_AGENT: &str = keys!("(sort_at, id) < (?1, ?2) AND status = ?4 AND agent = ?5");
const ASSIGNED_OF_QUEUE: &str =
    keys!("(sort_at, id) < (?1, ?2) AND status = ?4 AND queue IS ?5 AND agent IS NOT NULL");
const UNASSIGNED_OF_QUEUE: &str =
    keys!("(sort_at, id) < (?1, ?2) AND status = ?4 AND queue IS ?5 AND agent IS NULL");
const SUMMARY: &str = concat!(
    "SELECT ",
    conversation_columns!(),
    ", w.name, v.name, a.id, a.name, q.name FROM conversation c \
     JOIN widget w ON w.id = c.widget JOIN visitor v ON v.id = c.visitor \
     LEFT JOIN agent a ON a.id = c.agent LEFT JOIN queue q ON q.id = c.queue WHERE c.id = ?1"
);
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[ALL, OF_AGENT, ASSIGNED_OF_QUEUE, UNASSIGNED_OF_QUEUE, SUMMARY];

/// A place in an inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    sort_at: i64,
    id: Uuid,
}

impl Place {
    pub(super) fn parse(cursor: &str) -> Option<Self> {
        let (sort_at, id) = cursor.split_once('_')?;
        Some(Self { sort_at: sort_at.parse().ok()?, id: Uuid::parse_str(id).ok()? })
    }
}

/// The agent's queues, and none: the places whose conversations the agent sees. Of whom no queue limits, those where
/// anything is unassigned.
fn places(connection: &Connection, agent: &Agent) -> Result<Vec<Option<[u8; 16]>>, StoreError> {
    let queues: Vec<Option<QueueId>> = if tally::sees_all(agent) {
        let mut queues = Vec::new();
        for tally in tally::all(connection)? {
            if tally.agent.is_none() && !queues.contains(&tally.queue) {
                queues.push(tally.queue);
            }
        }
        queues
    } else {
        std::iter::once(None).chain(agent.queues.iter().copied().map(Some)).collect()
    };
    Ok(queues.into_iter().map(|queue| queue.map(|queue| bytes(queue.0))).collect())
}

pub(super) fn page(
    connection: &Connection,
    agent: &Agent,
    view: InboxView,
    statuses: &[Status],
    from: Option<Place>,
    most: usize,
) -> Result<InboxPage, StoreError> {
    if agent.disabled {
        return Ok(InboxPage { rows: Vec::new(), next_cursor: None });
    }
    // The highest possible place; every id is below it.
    let from = from.unwrap_or(Place { sort_at: i64::MAX, id: Uuid::max() });
    // One more than asked for tells whether there is a next page.
    let read = |sql: &str, status: Status, rest: Option<&dyn ToSql>| -> Result<Vec<Place>, StoreError> {
        let (start, wanted) = (bytes(from.id), limit(most.saturating_add(1)));
        let first: [&dyn ToSql; 4] = [&from.sort_at, &start, &wanted, &status.as_str()];
        let params: Vec<&dyn ToSql> = first.into_iter().chain(rest).collect();
        all(connection, sql, &params, |row| Ok(Place { sort_at: row.get(0)?, id: id(row, 1)? }))
    };
    let me = Some(bytes(agent.id.0));
    let places = match view {
        InboxView::Mine => Vec::new(),
        InboxView::All if tally::sees_all(agent) => Vec::new(),
        InboxView::Unassigned | InboxView::All => places(connection, agent)?,
    };
    let mut found = Vec::new();
    for &status in statuses {
        match view {
            InboxView::Mine => found.extend(read(OF_AGENT, status, Some(&me))?),
            InboxView::Unassigned => {
                for queue in &places {
                    found.extend(read(UNASSIGNED_OF_QUEUE, status, Some(queue))?);
                }
            }
            InboxView::All if tally::sees_all(agent) => found.extend(read(ALL, status, None)?),
            InboxView::All => {
                for queue in &places {
                    found.extend(read(ASSIGNED_OF_QUEUE, status, Some(queue))?);
                    found.extend(read(UNASSIGNED_OF_QUEUE, status, Some(queue))?);
                }
                found.extend(read(OF_AGENT, status, Some(&me))?);
            }
        }
    }
    found.sort_by_key(|place| Reverse(*place));
    found.dedup();
    let more = found.len() > most;
    found.truncate(most);
    let next_cursor =
        found.last().filter(|_| more).map(|place| format!("{}_{}", place.sort_at, place.id.simple()));
    let mut rows = Vec::with_capacity(found.len());
    for place in found {
        rows.push(summary(connection, place.id.into())?);
    }
    Ok(InboxPage { rows, next_cursor })
}

pub(super) fn summary(connection: &Connection, id: ConversationId) -> Result<Summary, StoreError> {
    first(connection, SUMMARY, &[&bytes(id.0)], read_summary)?.ok_or(StoreError::NotFound)
}

fn read_summary(row: &Row<'_>) -> Result<Summary, StoreError> {
    let at = CONVERSATION_COLUMNS;
    let agent = match optional_id(row, at + 2)? {
        Some(id) => Some(AgentName { id, name: row.get(at + 3)? }),
        None => None,
    };
    Ok(Summary {
        conversation: conversation(row)?,
        widget_name: row.get(at)?,
        visitor_name: row.get(at + 1)?,
        agent,
        queue_name: row.get(at + 4)?,
    })
}

pub(super) fn counts(connection: &Connection, agent: &Agent) -> Result<InboxCounts, StoreError> {
    let mut counts = InboxCounts::default();
    for tally in tally::all(connection)? {
        if tally.status == Status::Closed || !tally.is_seen_by(agent) {
            continue;
        }
        counts.all += tally.conversations;
        match tally.agent {
            None => counts.unassigned += tally.conversations,
            Some(owner) if owner == agent.id => counts.mine += tally.conversations,
            Some(_) => {}
        }
    }
    Ok(counts)
}
