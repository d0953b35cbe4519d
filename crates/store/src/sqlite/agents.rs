//! Agents, their sign-ins, set-up tokens.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::agent::Agent;
use beckon_core::id::{AgentId, AgentSessionId, Ids, QueueId};
use beckon_core::text::Email;
use beckon_core::time::Timestamp;
use rusqlite::{Connection, Row};

use super::rows::{self, all, bytes, first, id, run, time, value};
use super::{SqliteStore, queues};
use crate::{AgentSecret, AgentSession, Agents, NewAgent, SecretHash, StoreError};

const INSERT: &str = "INSERT INTO agent (id, name, email, role, password, disabled, created_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)";
const BY_ID: &str = "SELECT id, name, email, role, disabled, created_at FROM agent WHERE id = ?1";
const BY_EMAIL: &str =
    "SELECT id, name, email, role, disabled, created_at, password FROM agent WHERE email = ?1";
const ANY: &str = "SELECT EXISTS (SELECT 1 FROM agent)";
const QUEUES: &str = "SELECT queue FROM agent_queue WHERE agent = ?1 ORDER BY queue";
const INSERT_SESSION: &str =
    "INSERT INTO agent_session (id, agent, token, expires_at) VALUES (?1, ?2, ?3, ?4)";
const SESSION: &str = "SELECT id, agent, expires_at FROM agent_session WHERE token = ?1 AND expires_at > ?2";
const DELETE_SESSION: &str = "DELETE FROM agent_session WHERE id = ?1";
const INSERT_TOKEN: &str = "INSERT INTO setup_token (token, expires_at) VALUES (?1, ?2)";
const TOKEN_WORKS: &str = "SELECT EXISTS (SELECT 1 FROM setup_token WHERE token = ?1 AND expires_at > ?2)";
const USE_TOKEN: &str = "DELETE FROM setup_token WHERE token = ?1 AND expires_at > ?2";
const VOID_TOKENS: &str = "DELETE FROM setup_token";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    INSERT,
    BY_ID,
    BY_EMAIL,
    ANY,
    QUEUES,
    INSERT_SESSION,
    SESSION,
    DELETE_SESSION,
    INSERT_TOKEN,
    TOKEN_WORKS,
    USE_TOKEN,
    VOID_TOKENS,
];

fn queues_of(connection: &Connection, agent: AgentId) -> Result<Vec<QueueId>, StoreError> {
    all(connection, QUEUES, &[&bytes(agent.0)], |row| Ok(id(row, 0)?))
}

fn read(connection: &Connection, row: &Row<'_>) -> Result<Agent, StoreError> {
    let queues = queues_of(connection, id(row, 0)?)?;
    rows::agent(row, queues)
}

pub(super) fn by_id(connection: &Connection, id: AgentId) -> Result<Option<Agent>, StoreError> {
    first(connection, BY_ID, &[&bytes(id.0)], |row| read(connection, row))
}

fn create(
    connection: &Connection,
    agent: NewAgent,
    now: Timestamp,
    ids: &dyn Ids,
) -> Result<Agent, StoreError> {
    if first(connection, BY_EMAIL, &[&agent.email.as_str()], |_| Ok(()))?.is_some() {
        return Err(StoreError::Exists("an agent with this e-mail"));
    }
    if !value::<bool>(connection, ANY, &[])? {
        // Links that lie about in scrollbacks and logs must not make another administrator.
        run(connection, VOID_TOKENS, &[])?;
    }
    let id: AgentId = ids.next(now).into();
    run(
        connection,
        INSERT,
        &[
            &bytes(id.0),
            &agent.name.as_str(),
            &agent.email.as_str(),
            &agent.role.as_str(),
            &agent.password,
            &now.0,
        ],
    )?;
    // Without a queue an agent would see none of the conversations that visitors start.
    if let Some(queue) = queues::first_queue(connection)? {
        queues::join(connection, id, queue)?;
    }
    by_id(connection, id)?.ok_or(StoreError::NotFound)
}

#[async_trait]
impl Agents for SqliteStore {
    async fn create_agent(&self, agent: NewAgent) -> Result<Agent, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| create(connection, agent, clock.now(), &*ids)).await
    }

    async fn create_agent_with_setup_token(
        &self,
        token: SecretHash,
        agent: NewAgent,
    ) -> Result<Agent, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| {
            let now = clock.now();
            if run(connection, USE_TOKEN, &[&token, &now.0])? == 0 {
                return Err(StoreError::NotFound);
            }
            create(connection, agent, now, &*ids)
        })
        .await
    }

    async fn agent(&self, id: AgentId) -> Result<Agent, StoreError> {
        self.read(move |connection| by_id(connection, id)?.ok_or(StoreError::NotFound)).await
    }

    async fn agent_by_email(&self, email: &Email) -> Result<Option<AgentSecret>, StoreError> {
        let email = email.clone();
        self.read(move |connection| {
            first(connection, BY_EMAIL, &[&email.as_str()], |row| {
                Ok(AgentSecret { agent: read(connection, row)?, password: row.get(6)? })
            })
        })
        .await
    }

    async fn any_agent(&self) -> Result<bool, StoreError> {
        self.read(|connection| value(connection, ANY, &[])).await
    }

    async fn create_agent_session(
        &self,
        agent: AgentId,
        token: SecretHash,
        expires_at: Timestamp,
    ) -> Result<AgentSession, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| {
            let agent = by_id(connection, agent)?.filter(|agent| !agent.disabled);
            let agent = agent.ok_or(StoreError::NotFound)?;
            let id: AgentSessionId = ids.next(clock.now()).into();
            run(connection, INSERT_SESSION, &[&bytes(id.0), &bytes(agent.id.0), &token, &expires_at.0])?;
            Ok(AgentSession { id, agent, expires_at })
        })
        .await
    }

    async fn agent_session(&self, token: SecretHash) -> Result<Option<AgentSession>, StoreError> {
        let now = self.clock.now();
        self.read(move |connection| {
            let found = first(connection, SESSION, &[&token, &now.0], |row| {
                Ok((id(row, 0)?, id::<AgentId>(row, 1)?, time(row, 2)?))
            })?;
            let Some((id, agent, expires_at)) = found else { return Ok(None) };
            let agent = by_id(connection, agent)?.filter(|agent| !agent.disabled);
            Ok(agent.map(|agent| AgentSession { id, agent, expires_at }))
        })
        .await
    }

    async fn delete_agent_session(&self, id: AgentSessionId) -> Result<(), StoreError> {
        self.write(move |connection| run(connection, DELETE_SESSION, &[&bytes(id.0)]).map(drop)).await
    }

    async fn create_setup_token(&self, token: SecretHash, expires_at: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            run(connection, VOID_TOKENS, &[])?;
            run(connection, INSERT_TOKEN, &[&token, &expires_at.0]).map(drop)
        })
        .await
    }

    async fn setup_token_works(&self, token: SecretHash) -> Result<bool, StoreError> {
        let now = self.clock.now();
        self.read(move |connection| value(connection, TOKEN_WORKS, &[&token, &now.0])).await
    }
}
