//! The promise about agents, their sessions and set-up links.

use async_trait::async_trait;
use beckon_core::agent::{Agent, Role};
use beckon_core::id::{AgentId, AgentSessionId};
use beckon_core::text::{Email, Name};
use beckon_core::time::Timestamp;

use crate::{SecretHash, StoreError};

/// An agent to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAgent {
    /// The name that others see.
    pub name: Name,
    /// Signs in with it.
    pub email: Email,
    /// What the agent may do.
    pub role: Role,
    /// The password as a PHC string.
    pub password: String,
}

/// An agent and the password's PHC string, to check a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentSecret {
    /// The agent.
    pub agent: Agent,
    /// The password as a PHC string.
    pub password: String,
}

/// A sign-in that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentSession {
    /// Identity.
    pub id: AgentSessionId,
    /// Who signed in.
    pub agent: Agent,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What is changed of an agent; `None` leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AgentChange {
    /// What the agent may do from now on.
    pub role: Option<Role>,
    /// Whether the agent can do anything at all.
    pub disabled: Option<bool>,
}

/// See [`Agents::access_mark`]; only good to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessMark(pub [u8; 16]);

/// Agents.
#[async_trait]
pub trait Agents: Send + Sync {
    /// Makes an agent, who joins the default queue; [`StoreError::Exists`] if the e-mail is taken. The first
    /// agent, however made, voids every set-up token.
    async fn create_agent(&self, agent: NewAgent) -> Result<Agent, StoreError>;

    /// Makes an agent with a set-up token and uses it up; not found if it is unknown, used or ended.
    async fn create_agent_with_setup_token(
        &self,
        token: SecretHash,
        agent: NewAgent,
    ) -> Result<Agent, StoreError>;

    /// The agent.
    async fn agent(&self, id: AgentId) -> Result<Agent, StoreError>;

    /// All agents, disabled ones too, oldest first.
    async fn agents(&self) -> Result<Vec<Agent>, StoreError>;

    /// Gives the agent another name; the agent after it.
    async fn rename_agent(&self, id: AgentId, name: Name) -> Result<Agent, StoreError>;

    /// Changes what the agent may do; the agent after it, and the sign-ins that ended because of it. Refused if it
    /// would leave no administrator who can sign in. Disabling ends every sign-in; invites of somebody who is no
    /// administrator any more end with it.
    async fn change_agent(
        &self,
        id: AgentId,
        change: AgentChange,
    ) -> Result<(Agent, Vec<AgentSessionId>), StoreError>;

    /// Sets another password (PHC string) and ends the agent's other sign-ins; which ones ended.
    async fn set_password(
        &self,
        id: AgentId,
        password: String,
        keep: AgentSessionId,
    ) -> Result<Vec<AgentSessionId>, StoreError>;

    /// The agent with this e-mail and the password's PHC string.
    async fn agent_by_email(&self, email: &Email) -> Result<Option<AgentSecret>, StoreError>;

    /// Is there an agent at all?
    async fn any_agent(&self) -> Result<bool, StoreError>;

    /// Makes a sign-in.
    async fn create_agent_session(
        &self,
        agent: AgentId,
        token: SecretHash,
        expires_at: Timestamp,
    ) -> Result<AgentSession, StoreError>;

    /// The sign-in of a token, unless it has ended or its agent is disabled.
    async fn agent_session(&self, token: SecretHash) -> Result<Option<AgentSession>, StoreError>;

    /// Ends a sign-in; nothing if it has ended before.
    async fn delete_agent_session(&self, id: AgentSessionId) -> Result<(), StoreError>;

    /// Ends every sign-in of an agent; which ones ended.
    async fn delete_agent_sessions(&self, agent: AgentId) -> Result<Vec<AgentSessionId>, StoreError>;

    /// Keeps a set-up token until its end or its use; earlier ones work no more.
    async fn create_setup_token(&self, token: SecretHash, expires_at: Timestamp) -> Result<(), StoreError>;

    /// A mark that changes, in the same transaction, whenever a sign-in ends or what an agent may do changes, by whatever
    /// process: who holds sign-ins open compares it now and then, in one small read for all of them. `None`: neither
    /// ever happened.
    async fn access_mark(&self) -> Result<Option<AccessMark>, StoreError>;

    /// Would this set-up token work now?
    async fn setup_token_works(&self, token: SecretHash) -> Result<bool, StoreError>;
}
