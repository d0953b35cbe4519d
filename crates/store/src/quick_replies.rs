//! The promise about quick replies.

use async_trait::async_trait;
use beckon_core::id::{AgentId, QuickReplyId};
use beckon_core::quick_reply::{QuickReply, QuickReplyDetails};

use crate::StoreError;

/// Quick replies. A shortcut is unique among an agent's own and among the shared ones, in any case of its letters.
#[async_trait]
pub trait QuickReplies: Send + Sync {
    /// The shared ones and the agent's own, by shortcut.
    async fn quick_replies(&self, agent: AgentId) -> Result<Vec<QuickReply>, StoreError>;

    /// Makes one (`id` is `None`) or writes one anew; not found if it is another agent's own, [`StoreError::Exists`]
    /// if the shortcut is taken, refused if the agent's role does not allow it or there are too many.
    async fn write_quick_reply(
        &self,
        agent: AgentId,
        id: Option<QuickReplyId>,
        details: QuickReplyDetails,
    ) -> Result<QuickReply, StoreError>;

    /// Deletes one; not found and refused likewise.
    async fn delete_quick_reply(&self, agent: AgentId, id: QuickReplyId) -> Result<(), StoreError>;
}
