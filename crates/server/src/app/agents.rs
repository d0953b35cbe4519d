//! Agents come and go: set-up link, sign-in, sign-out.

use std::net::IpAddr;
use std::sync::Arc;

use beckon_core::agent::Role;
use beckon_core::id::{AgentId, AgentSessionId};
use beckon_core::text::{Email, Name};
use beckon_store::{AgentSecret, AgentSession, NewAgent, SecretHash, StoreError};

use super::{App, to_the_end};
use crate::error::ApiError;
use crate::limits::{PASSWORD_BYTES, PASSWORD_CHARACTERS, bucket_address};
use crate::secret::{PasswordError, Secret, new_token, token_hash};

/// Life of a sign-in, in seconds: two weeks.
pub const SIGN_IN_SECONDS: i64 = 14 * 24 * 60 * 60;

/// A fresh sign-in and the token for its cookie.
#[derive(Debug)]
pub struct SignedIn {
    /// For the cookie.
    pub token: Secret<String>,
    /// The sign-in.
    pub session: AgentSession,
}

/// What a set-up link's form says.
#[derive(Debug)]
pub struct SetUp {
    /// From the link.
    pub token: Secret<String>,
    /// Name that visitors see.
    pub name: String,
    /// Signs in with it.
    pub email: String,
    /// Chosen by the agent.
    pub password: Secret<String>,
}

/// What a set-up link says when it does not work.
pub const USED_SETUP_LINK: &str =
    "This set-up link was used already or is not known. Make a new one: beckon admin setup-link";

/// Checks a new password.
pub fn check_password(password: &str) -> Result<(), String> {
    if password.chars().count() < PASSWORD_CHARACTERS {
        return Err(format!("must have at least {PASSWORD_CHARACTERS} characters"));
    }
    if password.len() > PASSWORD_BYTES {
        return Err(format!("must not have more than {PASSWORD_BYTES} bytes"));
    }
    Ok(())
}

impl App {
    /// Makes the agent of a set-up link, an administrator, and signs in. A link works once.
    pub async fn set_up(&self, form: SetUp) -> Result<SignedIn, ApiError> {
        let name = Name::new(form.name.trim());
        let email = Email::new(&form.email);
        let password = check_password(form.password.expose());
        let (Ok(name), Ok(email), Ok(())) = (&name, &email, &password) else {
            return Err(wrong_fields([
                ("name", name.err().map(|error| error.to_string())),
                ("email", email.err().map(|error| error.to_string())),
                ("password", password.err()),
            ]));
        };
        let used = || ApiError::NotFound(USED_SETUP_LINK.to_owned());
        let token = token_hash(form.token.expose());
        // Before the costly hash: a link that does not work must not cost a password slot.
        if !self.store.setup_token_works(token).await? {
            return Err(used());
        }
        let hash = self.passwords.hash(form.password).await?;
        let new = NewAgent { name: name.clone(), email: email.clone(), role: Role::Admin, password: hash };
        let agent = match self.store.create_agent_with_setup_token(token, new).await {
            Err(StoreError::NotFound) => return Err(used()),
            Err(StoreError::Exists(_)) => {
                return Err(ApiError::field("email", "belongs to an agent already"));
            }
            agent => agent?,
        };
        self.start_agent_session(agent.id).await
    }

    /// Signs in. Unknown e-mail and wrong password look and last the same.
    pub async fn sign_in(
        &self,
        email: &str,
        password: Secret<String>,
        ip: IpAddr,
    ) -> Result<SignedIn, ApiError> {
        self.may_try_password(email, ip)?;
        if password.expose().len() > PASSWORD_BYTES {
            return Err(wrong_sign_in());
        }
        let known = match Email::new(email) {
            Ok(email) => self.store.agent_by_email(&email).await?.filter(|known| !known.agent.disabled),
            Err(_) => None,
        };
        let stored = known.as_ref().map(|known| known.password.clone());
        let right = self.passwords.verify(stored, password).await?;
        match known {
            Some(known) if right => self.start_session_of(known).await,
            _ => Err(wrong_sign_in()),
        }
    }

    /// Starts a sign-in by password. A new password ends the sign-ins that it finds: one that was under way meanwhile
    /// looks for itself whether its password still is the one.
    async fn start_session_of(&self, known: AgentSecret) -> Result<SignedIn, ApiError> {
        let signed_in = self.start_agent_session(known.agent.id).await?;
        let now = self.store.agent_by_email(&known.agent.email).await?;
        if now.is_some_and(|now| now.password == known.password) {
            return Ok(signed_in);
        }
        self.store.delete_agent_session(signed_in.session.id).await?;
        Err(wrong_sign_in())
    }

    /// Takes a try of this address: what costs a hash or tries a secret.
    pub(super) fn may_try_secret(&self, ip: IpAddr) -> Result<(), ApiError> {
        self.limits.sign_ins_per_ip.take(bucket_address(ip), self.now().0).map_err(ApiError::TooMany)
    }

    /// Takes a try of this address, and of this e-mail wherever it comes from.
    pub(super) fn may_try_password(&self, email: &str, ip: IpAddr) -> Result<(), ApiError> {
        self.may_try_secret(ip)?;
        let email_hash = token_hash(&email.trim().to_lowercase());
        self.limits.sign_ins_per_email.take(email_hash, self.now().0).map_err(ApiError::TooMany)
    }

    pub(super) async fn start_agent_session(&self, agent: AgentId) -> Result<SignedIn, ApiError> {
        let token = new_token();
        let expires_at = self.now().plus_seconds(SIGN_IN_SECONDS);
        let session = self.store.create_agent_session(agent, token_hash(token.expose()), expires_at).await?;
        Ok(SignedIn { token, session })
    }

    /// The sign-in of a cookie's token.
    pub async fn agent_session(&self, token: SecretHash) -> Result<AgentSession, ApiError> {
        self.store.agent_session(token).await?.ok_or_else(ApiError::unauthorized)
    }

    /// Ends a sign-in, its tickets and its sockets, also when the caller hangs up meanwhile.
    pub async fn sign_out(self: &Arc<Self>, session: &AgentSession) -> Result<(), ApiError> {
        let (app, id) = (Arc::clone(self), session.id);
        to_the_end(async move {
            app.store.delete_agent_session(id).await?;
            app.forget_sign_ins(&[id]);
            Ok(())
        })
        .await
        .unwrap_or(Err(ApiError::OutcomeUnknown))
    }

    /// Ends the tickets and sockets of sign-ins that are no more.
    pub(super) fn forget_sign_ins(&self, ended: &[AgentSessionId]) {
        for session in ended {
            self.tickets.forget(*session);
            self.hub.revoke(*session);
        }
    }
}

/// An error that names the fields with a message.
pub(super) fn wrong_fields<const N: usize>(fields: [(&str, Option<String>); N]) -> ApiError {
    ApiError::fields(fields.into_iter().filter_map(|(field, text)| Some((field, text?))))
}

fn wrong_sign_in() -> ApiError {
    ApiError::Unauthorized("The e-mail or the password is wrong.".to_owned())
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        tracing::error!(%error, "passwords do not work");
        Self::Internal
    }
}
