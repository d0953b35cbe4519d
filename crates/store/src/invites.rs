//! The promise about invites: one-time links by which people become agents.

use async_trait::async_trait;
use beckon_core::agent::{Agent, Role};
use beckon_core::id::{AgentId, InviteId};
use beckon_core::text::{Email, Name};
use beckon_core::time::Timestamp;

use crate::{SecretHash, StoreError};

/// Invites that may wait at once: more than anybody invites in a week.
pub const INVITES_AT_ONCE: usize = 200;

/// An invite to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvite {
    /// Of the link; the store never sees the token itself.
    pub token: SecretHash,
    /// For whom.
    pub email: Email,
    /// What that person may do then.
    pub role: Role,
    /// Who invites.
    pub created_by: AgentId,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

/// An invite that waits to be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Identity.
    pub id: InviteId,
    /// For whom.
    pub email: Email,
    /// What that person may do then.
    pub role: Role,
    /// Who invited.
    pub created_by: AgentId,
    /// That agent's name now.
    pub created_by_name: Name,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

/// Invites.
#[async_trait]
pub trait Invites: Send + Sync {
    /// Makes an invite; an earlier one to the same e-mail works no more. [`StoreError::Exists`] if an agent has the
    /// e-mail; refused beyond [`INVITES_AT_ONCE`].
    async fn create_invite(&self, invite: NewInvite) -> Result<Invite, StoreError>;

    /// The invites that wait, oldest first.
    async fn invites(&self) -> Result<Vec<Invite>, StoreError>;

    /// The invite of a link, if it works.
    async fn invite_by_token(&self, token: SecretHash) -> Result<Option<Invite>, StoreError>;

    /// Takes an invite back; not found if it was used or has ended.
    async fn delete_invite(&self, id: InviteId) -> Result<(), StoreError>;

    /// Makes the agent of an invite, with this password (PHC string), and uses the invite up; not found if it is
    /// unknown, used or ended, [`StoreError::Exists`] if an agent got the e-mail meanwhile.
    async fn create_agent_with_invite(
        &self,
        token: SecretHash,
        name: Name,
        password: String,
    ) -> Result<Agent, StoreError>;
}
