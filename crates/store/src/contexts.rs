//! The promise about contexts: now, then, by whom, and what an agent knows of them.

use async_trait::async_trait;
use beckon_core::context::KeyOrigin;
use beckon_core::conversation::Conversation;
use beckon_core::decide::Baseline;
use beckon_core::id::{AgentId, ConversationId};
use beckon_core::time::Timestamp;

use crate::{StoreError, StoredEvent};

/// A context as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredContext {
    /// Compact JSON text of the object; `{}` when nothing was ever set.
    pub text: String,
    /// Its version; 0 when nothing was ever set.
    pub version: i64,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

/// A context as it once was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastContext {
    /// Compact JSON text of the object; `{}` when nothing was set yet.
    pub text: String,
    /// Its version then.
    pub version: i64,
}

/// A context as an agent gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentContext {
    /// The context now.
    pub context: StoredContext,
    /// Who set each key last, in the context's order; `locked` says that the page may not write it, for whatever
    /// reason.
    pub keys: Vec<KeyOrigin>,
    /// Everything up to this `seq` is known to the agent: by an own answer, by saying so, or since the first opening.
    pub baseline: i64,
    /// The context at that place; its text only where it is not the present one.
    pub known: (i64, Option<String>),
}

/// A context event with the version it led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVersion {
    /// The version after it.
    pub version: i64,
    /// The event.
    pub event: StoredEvent,
}

/// Contexts. The caller has checked who may read them.
#[async_trait]
pub trait Contexts: Send + Sync {
    /// The conversation's context as compact JSON text.
    async fn context(&self, id: ConversationId) -> Result<StoredContext, StoreError>;

    /// The context as it was after the event of this `seq`, to the byte: 0 is before everything, and a `seq` above
    /// the head means the present one. Costs a bounded number of events, however long the history is.
    async fn context_at(&self, id: ConversationId, seq: i64) -> Result<PastContext, StoreError>;

    /// The context's events, newest first: those that led to a version below `before`, at most `limit`.
    async fn context_versions(
        &self,
        id: ConversationId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<StoredVersion>, StoreError>;

    /// The context for an agent who opens the conversation. Its first opening makes the agent's baseline, once for
    /// good however many open at once; when nothing can be stored, the present place is given and not kept.
    async fn context_for(&self, id: ConversationId, agent: AgentId) -> Result<AgentContext, StoreError>;

    /// The conversations of the same visitor whose contexts changed later than this one's, with when, the latest first,
    /// at most `limit`.
    async fn newer_contexts(
        &self,
        id: ConversationId,
        limit: usize,
    ) -> Result<Vec<(Conversation, Timestamp)>, StoreError>;

    /// Moves an agent's baseline forward (never back, never past the head). Where it is now, if it moved.
    async fn move_baseline(&self, baseline: Baseline) -> Result<Option<i64>, StoreError>;
}
