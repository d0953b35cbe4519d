//! How many conversations there are of each kind: counters kept in the transaction of each change.

use beckon_core::agent::{Agent, Role};
use beckon_core::conversation::{Conversation, Priority, Status};
use beckon_core::id::{AgentId, QueueId};
use rusqlite::Connection;
use uuid::Uuid;

use super::rows::{self, bytes, run, word};
use crate::StoreError;

const COUNT: &str = "INSERT INTO tally (agent, queue, status, priority, conversations) \
    VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (agent, queue, status, priority) \
    DO UPDATE SET conversations = conversations + excluded.conversations";
const ALL: &str = "SELECT agent, queue, status, priority, conversations FROM tally WHERE conversations > 0";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[COUNT, ALL];

/// How many conversations one agent has in one queue, status and priority.
pub(super) struct Tally {
    pub(super) agent: Option<AgentId>,
    pub(super) queue: Option<QueueId>,
    pub(super) status: Status,
    pub(super) priority: Priority,
    pub(super) conversations: i64,
}

impl Tally {
    /// May this agent see them?
    pub(super) fn is_seen_by(&self, agent: &Agent) -> bool {
        !agent.disabled
            && (sees_all(agent)
                || self.agent == Some(agent.id)
                || self.queue.is_none_or(|queue| agent.queues.contains(&queue)))
    }
}

/// Whose sight no queue limits.
pub(super) fn sees_all(agent: &Agent) -> bool {
    matches!(agent.role, Role::Admin | Role::Supervisor)
}

/// Counts a conversation in, or out with a negative number.
pub(super) fn count(connection: &Connection, row: &Conversation, by: i64) -> Result<(), StoreError> {
    let agent = row.agent.map_or_else(Vec::new, |agent| bytes(agent.0).to_vec());
    let queue = row.queue.map_or_else(Vec::new, |queue| bytes(queue.0).to_vec());
    run(connection, COUNT, &[&agent, &queue, &row.status.as_str(), &row.priority.as_str(), &by])?;
    Ok(())
}

/// Every kind there is any conversation of.
pub(super) fn all(connection: &Connection) -> Result<Vec<Tally>, StoreError> {
    fn optional<T: From<Uuid>>(blob: &[u8]) -> Option<T> {
        Uuid::from_slice(blob).ok().map(T::from)
    }
    rows::all(connection, ALL, &[], |row| {
        let agent: Vec<u8> = row.get(0)?;
        let queue: Vec<u8> = row.get(1)?;
        Ok(Tally {
            agent: optional(&agent),
            queue: optional(&queue),
            status: word(row, 2, |word| word.parse().ok())?,
            priority: word(row, 3, |word| word.parse().ok())?,
            conversations: row.get(4)?,
        })
    })
}
