//! Conversations: reads and cursors.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::agent::Agent;
use beckon_core::command::Command;
use beckon_core::conversation::{Conversation, Cursor, Status};
use beckon_core::event::AgentName;
use beckon_core::id::{ConversationId, EventId, VisitorId};
use beckon_core::once::Once;
use rusqlite::{Connection, Row};

use super::rows::{
    CONVERSATION_COLUMNS, all, bytes, conversation, conversation_columns, event, event_columns, first, limit,
    optional_id, value,
};
use super::{SqliteStore, apply, inbox, listing, notes, snapshot};
use crate::{
    Applied, Committed, ConversationFilter, ConversationList, Conversations, Direction, EventPage,
    EventRange, InboxCounts, InboxPage, InboxView, MessageFilter, MessageList, NoteList, OrderBy,
    OrderDirection, Side, StoreError, StoredEvent, Summary, VisitorThread,
};

const LATEST: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE conversation = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3"
);
const AFTER: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE conversation = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3"
);
const VISITOR_LATEST: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE conversation = ?1 AND visitor_seq IS NOT NULL AND visitor_seq < ?2 \
     ORDER BY visitor_seq DESC LIMIT ?3"
);
const VISITOR_AFTER: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE conversation = ?1 AND visitor_seq IS NOT NULL AND visitor_seq > ?2 \
     ORDER BY visitor_seq LIMIT ?3"
);
const THREADS: &str = concat!(
    "SELECT ",
    conversation_columns!(),
    ", a.id, a.name FROM conversation c LEFT JOIN agent a ON a.id = c.agent \
     WHERE c.visitor = ?1 ORDER BY c.id DESC LIMIT ?2"
);
const THREAD: &str = concat!(
    "SELECT ",
    conversation_columns!(),
    ", a.id, a.name FROM conversation c LEFT JOIN agent a ON a.id = c.agent WHERE c.visitor = ?1 AND c.id = ?2"
);
const MESSAGES: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE conversation = ?1 AND kind = 'message' ORDER BY seq LIMIT ?2 OFFSET ?3"
);
const MESSAGES_NEWEST: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE conversation = ?1 AND kind = 'message' ORDER BY seq DESC LIMIT ?2 OFFSET ?3"
);
const MESSAGES_OF: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE conversation = ?1 AND kind = 'message' AND (author_kind = 'visitor') = ?4 \
     ORDER BY seq LIMIT ?2 OFFSET ?3"
);
const MESSAGES_OF_NEWEST: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE conversation = ?1 AND kind = 'message' AND (author_kind = 'visitor') = ?4 \
     ORDER BY seq DESC LIMIT ?2 OFFSET ?3"
);
/// A visitor's position as our side counts.
const SEQ_OF: &str = "SELECT seq FROM event WHERE conversation = ?1 AND visitor_seq = ?2";
/// The highest visitor's position at or below ours.
const VISITOR_SEQ_AT: &str = "SELECT visitor_seq FROM event \
    WHERE conversation = ?1 AND seq <= ?2 AND visitor_seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
/// The messages that a cursor passes: each is counted once, however the cursor steps.
const COUNT_READ: &str = "SELECT COUNT(*) FROM event WHERE conversation = ?1 AND seq > ?2 AND seq <= ?3 \
    AND kind = 'message' AND (author_kind = 'visitor') = ?4";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    LATEST,
    AFTER,
    VISITOR_LATEST,
    VISITOR_AFTER,
    THREADS,
    THREAD,
    MESSAGES,
    MESSAGES_NEWEST,
    MESSAGES_OF,
    MESSAGES_OF_NEWEST,
    SEQ_OF,
    VISITOR_SEQ_AT,
    COUNT_READ,
];

/// The conversation, if that side may know of it.
fn of_side(connection: &Connection, id: ConversationId, side: Side) -> Result<Conversation, StoreError> {
    let found = snapshot::conversation_by_id(connection, id)?.ok_or(StoreError::NotFound)?;
    match side {
        Side::Visitor(visitor) if found.visitor != visitor => Err(StoreError::NotFound),
        _ => Ok(found),
    }
}

fn events(
    connection: &Connection,
    id: ConversationId,
    side: Side,
    range: EventRange,
    most: usize,
) -> Result<EventPage, StoreError> {
    let conversation = of_side(connection, id, side)?;
    let (sql, from, newest_first) = match (side, range) {
        (Side::Ours, EventRange::Latest) => (LATEST, i64::MAX, true),
        (Side::Ours, EventRange::Before(position)) => (LATEST, position, true),
        (Side::Ours, EventRange::After(position)) => (AFTER, position, false),
        (Side::Visitor(_), EventRange::Latest) => (VISITOR_LATEST, i64::MAX, true),
        (Side::Visitor(_), EventRange::Before(position)) => (VISITOR_LATEST, position, true),
        (Side::Visitor(_), EventRange::After(position)) => (VISITOR_AFTER, position, false),
    };
    let mut events = all(connection, sql, &[&bytes(id.0), &from, &limit(most)], event)?;
    if newest_first {
        events.reverse();
    }
    Ok(EventPage { events, conversation })
}

/// Moves cursors forward; what is at or behind the present place changes nothing.
fn mark(
    connection: &Connection,
    id: ConversationId,
    side: Side,
    position: i64,
    read: bool,
) -> Result<(Conversation, bool), StoreError> {
    let before = of_side(connection, id, side)?;
    let here = match side {
        Side::Ours => {
            let seq = position.min(before.head);
            let visitor_seq =
                first(connection, VISITOR_SEQ_AT, &[&bytes(id.0), &seq], |row| Ok(row.get(0)?))?;
            Cursor { seq, visitor_seq: visitor_seq.unwrap_or(0) }
        }
        Side::Visitor(_) => {
            let visitor_seq = position.min(before.visitor_head);
            let seq = first(connection, SEQ_OF, &[&bytes(id.0), &visitor_seq], |row| Ok(row.get(0)?))?;
            Cursor { seq: seq.unwrap_or(0), visitor_seq }
        }
    };
    let mut after = before.clone();
    let (delivered, seen) = match side {
        Side::Ours => (&mut after.cursors.agent_delivered, &mut after.cursors.agent_read),
        Side::Visitor(_) => (&mut after.cursors.visitor_delivered, &mut after.cursors.visitor_read),
    };
    if here.seq > delivered.seq {
        *delivered = here;
    }
    if read && here.seq > seen.seq {
        let was = seen.seq;
        *seen = here;
        let from_visitor = matches!(side, Side::Ours);
        let passed: i64 = value(connection, COUNT_READ, &[&bytes(id.0), &was, &here.seq, &from_visitor])?;
        match side {
            Side::Ours => after.unread_by_agents -= passed,
            Side::Visitor(_) => after.unread_by_visitor -= passed,
        }
    }
    let moved = after != before;
    if moved {
        apply::update(connection, &before, &after)?;
    }
    Ok((after, moved))
}

fn visitor_thread(row: &Row<'_>) -> Result<VisitorThread, StoreError> {
    let agent = match optional_id(row, CONVERSATION_COLUMNS)? {
        Some(id) => Some(AgentName { id, name: row.get(CONVERSATION_COLUMNS + 1)? }),
        None => None,
    };
    Ok(VisitorThread { conversation: conversation(row)?, agent })
}

fn messages(
    connection: &Connection,
    id: ConversationId,
    filter: MessageFilter,
    page: usize,
    most: usize,
) -> Result<MessageList, StoreError> {
    let conversation = of_side(connection, id, Side::Ours)?;
    let (most, skip) = (limit(most), limit(page.saturating_mul(most)));
    let key = bytes(id.0);
    let (messages, total) = match filter.direction {
        None => {
            let sql = match filter.order {
                OrderDirection::Ascending => MESSAGES,
                OrderDirection::Descending => MESSAGES_NEWEST,
            };
            let total = conversation.messages_from_visitor + conversation.messages_to_visitor;
            (all(connection, sql, &[&key, &most, &skip], event)?, total)
        }
        Some(direction) => {
            let sql = match filter.order {
                OrderDirection::Ascending => MESSAGES_OF,
                OrderDirection::Descending => MESSAGES_OF_NEWEST,
            };
            let (inbound, total) = match direction {
                Direction::Inbound => (true, conversation.messages_from_visitor),
                Direction::Outbound => (false, conversation.messages_to_visitor),
            };
            (all(connection, sql, &[&key, &most, &skip, &inbound], event)?, total)
        }
    };
    Ok(MessageList { messages, conversation, total })
}

#[async_trait]
impl Conversations for SqliteStore {
    async fn apply_once(
        &self,
        command: Command,
        once: Option<Once>,
        committed: Committed,
    ) -> Result<Applied, StoreError> {
        let (clock, ids, order) = (Arc::clone(&self.clock), Arc::clone(&self.ids), Arc::clone(&self.order));
        let text_bytes = command.text_bytes();
        let work = move |connection: &Connection| {
            let now = order.now(clock.now());
            let applied = apply::apply(connection, &command, once, now, &*ids)?;
            order.keep(connection, now.at)?;
            Ok(applied)
        };
        self.writer.run(text_bytes, work, Some(committed)).await
    }

    async fn conversation(&self, id: ConversationId, side: Side) -> Result<Conversation, StoreError> {
        self.read(move |connection| of_side(connection, id, side)).await
    }

    async fn summary(&self, id: ConversationId) -> Result<Summary, StoreError> {
        self.read(move |connection| inbox::summary(connection, id)).await
    }

    async fn summaries(&self, ids: &[ConversationId]) -> Result<Vec<Summary>, StoreError> {
        let ids = ids.to_vec();
        self.read(move |connection| {
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                match inbox::summary(connection, id) {
                    Ok(summary) => found.push(summary),
                    Err(StoreError::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(found)
        })
        .await
    }

    async fn events(
        &self,
        id: ConversationId,
        side: Side,
        range: EventRange,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        self.read(move |connection| events(connection, id, side, range, limit)).await
    }

    async fn heads(
        &self,
        ids: &[ConversationId],
        side: Side,
    ) -> Result<Vec<(ConversationId, i64)>, StoreError> {
        let ids = ids.to_vec();
        self.read(move |connection| {
            let mut heads = Vec::with_capacity(ids.len());
            for id in ids {
                match (of_side(connection, id, side), side) {
                    (Ok(row), Side::Ours) => heads.push((id, row.head)),
                    (Ok(row), Side::Visitor(_)) => heads.push((id, row.visitor_head)),
                    (Err(StoreError::NotFound), _) => {}
                    (Err(error), _) => return Err(error),
                }
            }
            Ok(heads)
        })
        .await
    }

    async fn threads(&self, visitor: VisitorId, most: usize) -> Result<Vec<VisitorThread>, StoreError> {
        self.read(move |connection| {
            let mut threads = all(connection, THREADS, &[&bytes(visitor.0), &limit(most)], visitor_thread)?;
            threads.sort_by_key(|thread| std::cmp::Reverse(thread.conversation.visitor_sort_at));
            Ok(threads)
        })
        .await
    }

    async fn thread(&self, visitor: VisitorId, id: ConversationId) -> Result<VisitorThread, StoreError> {
        self.read(move |connection| {
            first(connection, THREAD, &[&bytes(visitor.0), &bytes(id.0)], visitor_thread)?
                .ok_or(StoreError::NotFound)
        })
        .await
    }

    async fn inbox(
        &self,
        agent: &Agent,
        view: InboxView,
        statuses: Option<&[Status]>,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<InboxPage, StoreError> {
        let agent = agent.clone();
        let statuses = statuses.unwrap_or(view.statuses()).to_vec();
        let from = cursor.and_then(inbox::Place::parse);
        self.read(move |connection| inbox::page(connection, &agent, view, &statuses, from, limit)).await
    }

    async fn inbox_counts(&self, agent: &Agent) -> Result<InboxCounts, StoreError> {
        let agent = agent.clone();
        self.read(move |connection| inbox::counts(connection, &agent)).await
    }

    async fn conversations(
        &self,
        filter: &ConversationFilter,
        order: OrderBy,
        direction: OrderDirection,
        page: usize,
        limit: usize,
    ) -> Result<ConversationList, StoreError> {
        let filter = filter.clone();
        self.read(move |connection| listing::page(connection, &filter, order, direction, page, limit)).await
    }

    async fn messages(
        &self,
        id: ConversationId,
        filter: &MessageFilter,
        page: usize,
        limit: usize,
    ) -> Result<MessageList, StoreError> {
        let filter = *filter;
        self.read(move |connection| messages(connection, id, filter, page, limit)).await
    }

    async fn notes(
        &self,
        id: ConversationId,
        order: OrderDirection,
        page: usize,
        limit: usize,
    ) -> Result<NoteList, StoreError> {
        self.read(move |connection| notes::page(connection, id, order, page, limit)).await
    }

    async fn note(&self, id: ConversationId, note: EventId) -> Result<StoredEvent, StoreError> {
        self.read(move |connection| notes::one(connection, id, note)).await
    }

    async fn mark_delivered(
        &self,
        id: ConversationId,
        side: Side,
        position: i64,
    ) -> Result<(Conversation, bool), StoreError> {
        self.write(move |connection| mark(connection, id, side, position, false)).await
    }

    async fn mark_read(
        &self,
        id: ConversationId,
        side: Side,
        position: i64,
    ) -> Result<(Conversation, bool), StoreError> {
        self.write(move |connection| mark(connection, id, side, position, true)).await
    }
}
