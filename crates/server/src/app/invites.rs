//! Invites: one-time links by which people become agents.

use std::net::IpAddr;

use beckon_core::agent::Role;
use beckon_core::id::AgentId;
use beckon_core::text::{Email, Name};
use beckon_store::{Invite, NewInvite, StoreError};

use super::agents::{check_password, wrong_fields};
use super::{App, SignedIn};
use crate::error::ApiError;
use crate::secret::{Secret, new_token, token_hash};

/// Life of an invite, in seconds: a week.
const INVITE_SECONDS: i64 = 7 * 24 * 60 * 60;

/// What an invite says when it does not work.
const ENDED_INVITE: &str = "This invite was used or has ended; ask for a new one.";
const HAS_AGENT: &str = "belongs to an agent already";

/// What an invite's form says.
#[derive(Debug)]
pub struct Joining {
    /// From the link.
    pub token: Secret<String>,
    /// Name that visitors see.
    pub name: String,
    /// Chosen by the agent.
    pub password: Secret<String>,
}

impl App {
    /// Makes an invite; with it, its link, which is told this once.
    pub async fn invite(
        &self,
        by: AgentId,
        email: &str,
        role: Role,
    ) -> Result<(Invite, Secret<String>), ApiError> {
        let email = Email::new(email).map_err(|error| ApiError::field("email", error.to_string()))?;
        let token = new_token();
        let expires_at = self.now().plus_seconds(INVITE_SECONDS);
        let new = NewInvite { token: token_hash(token.expose()), email, role, created_by: by, expires_at };
        let invite = match self.store.create_invite(new).await {
            Err(StoreError::Exists(_)) => return Err(ApiError::field("email", HAS_AGENT)),
            invite => invite?,
        };
        let link = format!("{}/console/#/invite/{}", self.own.public_url, token.expose());
        Ok((invite, Secret::new(link)))
    }

    /// The invite of a link, if it works.
    pub async fn invite_of(&self, token: &str, ip: IpAddr) -> Result<Invite, ApiError> {
        self.may_try_secret(ip)?;
        let invite = self.store.invite_by_token(token_hash(token)).await?;
        invite.ok_or_else(|| ApiError::NotFound(ENDED_INVITE.to_owned()))
    }

    /// Makes the agent of an invite and signs in. An invite works once.
    pub async fn join(&self, form: Joining, ip: IpAddr) -> Result<SignedIn, ApiError> {
        // Before the costly hash: a link that does not work must not cost a password slot.
        self.invite_of(form.token.expose(), ip).await?;
        let name = Name::new(form.name.trim());
        let password = check_password(form.password.expose());
        let (Ok(name), Ok(())) = (&name, &password) else {
            return Err(wrong_fields([
                ("name", name.err().map(|error| error.to_string())),
                ("password", password.err()),
            ]));
        };
        let hash = self.passwords.hash(form.password).await?;
        let token = token_hash(form.token.expose());
        let agent = match self.store.create_agent_with_invite(token, name.clone(), hash).await {
            Err(StoreError::NotFound) => return Err(ApiError::NotFound(ENDED_INVITE.to_owned())),
            Err(StoreError::Exists(_)) => return Err(ApiError::field("email", HAS_AGENT)),
            agent => agent?,
        };
        self.start_agent_session(agent.id).await
    }
}
