//! The people who answer: their profiles and passwords, and what each may do.

use std::net::IpAddr;
use std::sync::Arc;

use beckon_core::agent::Agent;
use beckon_core::command::Refusal;
use beckon_core::id::AgentId;
use beckon_core::text::Name;
use beckon_store::{AgentChange, AgentSession, StoreError};

use super::agents::{check_password, wrong_fields};
use super::{App, to_the_end};
use crate::error::ApiError;
use crate::limits::PASSWORD_BYTES;
use crate::secret::Secret;

impl App {
    /// Gives an agent another name. Open consoles of the agent write under it from now on.
    pub async fn rename(self: &Arc<Self>, agent: AgentId, name: &str) -> Result<Agent, ApiError> {
        let name = Name::new(name.trim()).map_err(|error| ApiError::field("name", error.to_string()))?;
        self.limits.agent_sends.take(agent, self.now().0).map_err(ApiError::TooMany)?;
        let app = Arc::clone(self);
        to_the_end(async move {
            let renamed = app.store.rename_agent(agent, name).await?;
            app.hub.renew(agent);
            Ok(renamed)
        })
        .await
        .unwrap_or(Err(ApiError::OutcomeUnknown))
    }

    /// Sets another password for whoever knows the present one; every other sign-in of the agent ends with its sockets.
    pub async fn change_password(
        self: &Arc<Self>,
        session: &AgentSession,
        current: Secret<String>,
        new: Secret<String>,
        ip: IpAddr,
    ) -> Result<(), ApiError> {
        let email = &session.agent.email;
        self.may_try_password(email.as_str(), ip)?;
        check_password(new.expose()).map_err(|error| ApiError::field("new", error))?;
        let wrong = || ApiError::field("current", "is not your password");
        if current.expose().len() > PASSWORD_BYTES {
            return Err(wrong());
        }
        let known = self.store.agent_by_email(email).await?.ok_or_else(ApiError::unauthorized)?;
        if !self.passwords.verify(Some(known.password), current).await? {
            return Err(wrong());
        }
        let hash = self.passwords.hash(new).await?;
        let (app, agent, keep) = (Arc::clone(self), session.agent.id, session.id);
        to_the_end(async move {
            let ended = app.store.set_password(agent, hash, keep).await?;
            app.forget_sign_ins(&ended);
            Ok(())
        })
        .await
        .unwrap_or(Err(ApiError::OutcomeUnknown))
    }

    /// Ends every sign-in of an agent, tickets and sockets included.
    pub async fn sign_out_everywhere(self: &Arc<Self>, agent: AgentId) -> Result<(), ApiError> {
        let app = Arc::clone(self);
        to_the_end(async move {
            let ended = app.store.delete_agent_sessions(agent).await?;
            app.forget_sign_ins(&ended);
            Ok(())
        })
        .await
        .unwrap_or(Err(ApiError::OutcomeUnknown))
    }

    /// Changes what an agent may do. Live sockets feel it at once: a disabled agent's end, others look again at what
    /// they may see.
    pub async fn change_agent(
        self: &Arc<Self>,
        by: &Agent,
        id: AgentId,
        change: AgentChange,
    ) -> Result<Agent, ApiError> {
        if by.id == id && change.disabled == Some(true) {
            return Err(ApiError::field("disabled", "is not possible for yourself"));
        }
        let app = Arc::clone(self);
        let changed = to_the_end(async move {
            let (agent, ended) = app.store.change_agent(id, change).await?;
            app.forget_sign_ins(&ended);
            app.hub.renew(id);
            Ok(agent)
        })
        .await
        .unwrap_or(Err(StoreError::Unknown));
        match changed {
            Err(StoreError::NotFound) => Err(ApiError::no_such(id)),
            Err(StoreError::Refused(refusal @ Refusal::LastAdministrator)) => {
                let said = Some(refusal.to_string());
                let (demoted, disabled) = (change.role.is_some(), change.disabled == Some(true));
                Err(wrong_fields([
                    ("role", said.clone().filter(|_| demoted && !disabled)),
                    ("disabled", said.filter(|_| disabled)),
                ]))
            }
            agent => Ok(agent?),
        }
    }
}
