//! Agents: the people who answer.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::id::{AgentId, QueueId};
use crate::text::{Email, Name};
use crate::time::Timestamp;

/// What an agent may do at most; see [`crate::permission`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything, settings included.
    Admin,
    /// Every conversation.
    Supervisor,
    /// Own conversations, those of the agent's queues and those without a queue.
    Agent,
}

impl Role {
    /// `ADMIN`, `SUPERVISOR` or `AGENT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "ADMIN",
            Self::Supervisor => "SUPERVISOR",
            Self::Agent => "AGENT",
        }
    }
}

/// The text named no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not one of admin, supervisor, agent")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    /// In any case: `admin`, `ADMIN`.
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        match text.to_ascii_uppercase().as_str() {
            "ADMIN" => Ok(Self::Admin),
            "SUPERVISOR" => Ok(Self::Supervisor),
            "AGENT" => Ok(Self::Agent),
            _ => Err(UnknownRole),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// An agent, without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Identity.
    pub id: AgentId,
    /// The name that visitors and colleagues see.
    pub name: Name,
    /// Signs in with it; unique.
    pub email: Email,
    /// What the agent may do.
    pub role: Role,
    /// A disabled agent can do nothing and keeps its past.
    pub disabled: bool,
    /// The queues the agent serves.
    pub queues: Vec<QueueId>,
    /// When it was made.
    pub created_at: Timestamp,
}
