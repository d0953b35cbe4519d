//! Invites.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::agent::{Agent, Role};
use beckon_core::command::Refusal;
use beckon_core::id::{AgentId, InviteId};
use beckon_core::text::{Email, Name};
use beckon_core::time::Timestamp;
use rusqlite::{Connection, Row};

use super::rows::{all, bytes, damaged, first, id, limit, name, run, time, value, word};
use super::{SqliteStore, agents};
use crate::invites::INVITES_AT_ONCE;
use crate::{Invite, Invites, NewAgent, NewInvite, SecretHash, StoreError};

const INSERT: &str = "INSERT INTO invite (id, token, email, role, created_by, expires_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const WAITING: &str = "SELECT i.id, i.email, i.role, i.created_by, a.name, i.expires_at \
    FROM invite i JOIN agent a ON a.id = i.created_by WHERE i.expires_at > ?1 ORDER BY i.id";
const BY_TOKEN: &str = "SELECT i.id, i.email, i.role, i.created_by, a.name, i.expires_at \
    FROM invite i JOIN agent a ON a.id = i.created_by WHERE i.token = ?1 AND i.expires_at > ?2";
const COUNT_WAITING: &str = "SELECT count(*) FROM invite WHERE expires_at > ?1";
const DELETE: &str = "DELETE FROM invite WHERE id = ?1 AND expires_at > ?2";
const DELETE_OF_EMAIL: &str = "DELETE FROM invite WHERE email = ?1";
const DELETE_OF_AGENT: &str = "DELETE FROM invite WHERE created_by = ?1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] =
    &[INSERT, WAITING, BY_TOKEN, COUNT_WAITING, DELETE, DELETE_OF_EMAIL, DELETE_OF_AGENT];

fn read(row: &Row<'_>) -> Result<Invite, StoreError> {
    let email: String = row.get(1)?;
    Ok(Invite {
        id: id(row, 0)?,
        email: Email::new(&email).map_err(|error| damaged(&error.to_string()))?,
        role: word(row, 2, |word| word.parse::<Role>().ok())?,
        created_by: id(row, 3)?,
        created_by_name: name(row, 4)?,
        expires_at: time(row, 5)?,
    })
}

fn by_token(
    connection: &Connection,
    token: SecretHash,
    now: Timestamp,
) -> Result<Option<Invite>, StoreError> {
    first(connection, BY_TOKEN, &[&token, &now.0], read)
}

/// Ends what an agent offered who may offer nothing any more.
pub(super) fn delete_of_agent(connection: &Connection, agent: AgentId) -> Result<(), StoreError> {
    run(connection, DELETE_OF_AGENT, &[&bytes(agent.0)]).map(drop)
}

#[async_trait]
impl Invites for SqliteStore {
    async fn create_invite(&self, invite: NewInvite) -> Result<Invite, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| {
            let now = clock.now();
            let NewInvite { token, email, role, created_by, expires_at } = invite;
            let by = agents::by_id(connection, created_by)?.ok_or(StoreError::NotFound)?;
            if agents::has_email(connection, &email)? {
                return Err(StoreError::Exists("an agent with this e-mail"));
            }
            run(connection, DELETE_OF_EMAIL, &[&email.as_str()])?;
            if value::<i64>(connection, COUNT_WAITING, &[&now.0])? >= limit(INVITES_AT_ONCE) {
                return Err(Refusal::TooMany { what: "invites", limit: INVITES_AT_ONCE }.into());
            }
            let id: InviteId = ids.next(now).into();
            run(
                connection,
                INSERT,
                &[&bytes(id.0), &token, &email.as_str(), &role.as_str(), &bytes(created_by.0), &expires_at.0],
            )?;
            Ok(Invite { id, email, role, created_by, created_by_name: by.name, expires_at })
        })
        .await
    }

    async fn invites(&self) -> Result<Vec<Invite>, StoreError> {
        let now = self.clock.now();
        self.read(move |connection| all(connection, WAITING, &[&now.0], read)).await
    }

    async fn invite_by_token(&self, token: SecretHash) -> Result<Option<Invite>, StoreError> {
        let now = self.clock.now();
        self.read(move |connection| by_token(connection, token, now)).await
    }

    async fn delete_invite(&self, id: InviteId) -> Result<(), StoreError> {
        let clock = Arc::clone(&self.clock);
        self.write(move |connection| match run(connection, DELETE, &[&bytes(id.0), &clock.now().0])? {
            0 => Err(StoreError::NotFound),
            _ => Ok(()),
        })
        .await
    }

    async fn create_agent_with_invite(
        &self,
        token: SecretHash,
        name: Name,
        password: String,
    ) -> Result<Agent, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| {
            let now = clock.now();
            let invite = by_token(connection, token, now)?.ok_or(StoreError::NotFound)?;
            run(connection, DELETE_OF_EMAIL, &[&invite.email.as_str()])?;
            let agent = NewAgent { name, email: invite.email, role: invite.role, password };
            agents::create(connection, agent, now, &*ids)
        })
        .await
    }
}
