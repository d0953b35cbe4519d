//! The promise about queues.

use async_trait::async_trait;
use beckon_core::id::{AgentId, QueueId};
use beckon_core::queue::Queue;
use beckon_core::text::Name;

use crate::StoreError;

/// Queues.
#[async_trait]
pub trait Queues: Send + Sync {
    /// Makes a queue.
    async fn create_queue(&self, name: Name) -> Result<Queue, StoreError>;

    /// All queues, oldest first; the first one is where new conversations wait.
    async fn queues(&self) -> Result<Vec<Queue>, StoreError>;

    /// Sets which queues an agent serves.
    async fn set_agent_queues(&self, agent: AgentId, queues: Vec<QueueId>) -> Result<(), StoreError>;
}
