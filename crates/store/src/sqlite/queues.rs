//! Queues.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::event::QueueName;
use beckon_core::id::{AgentId, Ids, QueueId};
use beckon_core::queue::Queue;
use beckon_core::text::Name;
use beckon_core::time::Timestamp;
use rusqlite::Connection;

use super::rows::{all, bytes, first, id, name, run, time, value};
use super::{SqliteStore, agents};
use crate::{Queues, StoreError};

const INSERT: &str = "INSERT INTO queue (id, name, created_at) VALUES (?1, ?2, ?3)";
const ALL: &str = "SELECT id, name, created_at FROM queue ORDER BY id";
const FIRST: &str = "SELECT id FROM queue ORDER BY id LIMIT 1";
const EXISTS: &str = "SELECT EXISTS (SELECT 1 FROM queue WHERE id = ?1)";
const NAMED: &str = "SELECT id, name FROM queue WHERE id = ?1";
const LEAVE: &str = "DELETE FROM agent_queue WHERE agent = ?1";
const JOIN: &str = "INSERT OR IGNORE INTO agent_queue (agent, queue) VALUES (?1, ?2)";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[INSERT, ALL, FIRST, EXISTS, NAMED, LEAVE, JOIN];

/// Where new conversations wait: the oldest queue.
pub(super) fn first_queue(connection: &Connection) -> Result<Option<QueueId>, StoreError> {
    first(connection, FIRST, &[], |row| Ok(id(row, 0)?))
}

pub(super) fn exists(connection: &Connection, queue: QueueId) -> Result<bool, StoreError> {
    value(connection, EXISTS, &[&bytes(queue.0)])
}

pub(super) fn named(connection: &Connection, queue: QueueId) -> Result<Option<QueueName>, StoreError> {
    first(connection, NAMED, &[&bytes(queue.0)], |row| Ok(QueueName { id: id(row, 0)?, name: row.get(1)? }))
}

pub(super) fn join(connection: &Connection, agent: AgentId, queue: QueueId) -> Result<(), StoreError> {
    run(connection, JOIN, &[&bytes(agent.0), &bytes(queue.0)])?;
    Ok(())
}

pub(super) fn create(
    connection: &Connection,
    name: Name,
    now: Timestamp,
    ids: &dyn Ids,
) -> Result<Queue, StoreError> {
    let queue = Queue { id: ids.next(now).into(), name, created_at: now };
    run(connection, INSERT, &[&bytes(queue.id.0), &queue.name.as_str(), &now.0])?;
    Ok(queue)
}

#[async_trait]
impl Queues for SqliteStore {
    async fn create_queue(&self, name: Name) -> Result<Queue, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| create(connection, name, clock.now(), &*ids)).await
    }

    async fn queues(&self) -> Result<Vec<Queue>, StoreError> {
        self.read(|connection| {
            all(connection, ALL, &[], |row| {
                Ok(Queue { id: id(row, 0)?, name: name(row, 1)?, created_at: time(row, 2)? })
            })
        })
        .await
    }

    async fn set_agent_queues(&self, agent: AgentId, queues: Vec<QueueId>) -> Result<(), StoreError> {
        self.write(move |connection| {
            agents::by_id(connection, agent)?.ok_or(StoreError::NotFound)?;
            run(connection, LEAVE, &[&bytes(agent.0)])?;
            for queue in queues {
                if !exists(connection, queue)? {
                    return Err(StoreError::NotFound);
                }
                join(connection, agent, queue)?;
            }
            agents::mark_access(connection)
        })
        .await
    }
}
