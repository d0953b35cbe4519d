//! Queues: where conversations wait for the agents who serve them.

use crate::id::QueueId;
use crate::text::Name;
use crate::time::Timestamp;

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Identity.
    pub id: QueueId,
    /// What agents call it.
    pub name: Name,
    /// When it was made.
    pub created_at: Timestamp,
}
