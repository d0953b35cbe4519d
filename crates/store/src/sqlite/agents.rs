//! Agents, their sign-ins, set-up tokens.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::agent::{Agent, Role};
use beckon_core::command::Refusal;
use beckon_core::id::{AgentId, AgentSessionId, Ids, QueueId};
use beckon_core::text::{Email, Name};
use beckon_core::time::Timestamp;
use rusqlite::{Connection, Row};

use super::rows::{self, all, bytes, first, id, run, time, value};
use super::{SqliteStore, invites, queues};
use crate::{AccessMark, AgentChange, AgentSecret, AgentSession, Agents, NewAgent, SecretHash, StoreError};

const INSERT: &str = "INSERT INTO agent (id, name, email, role, password, disabled, created_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)";
const BY_ID: &str = "SELECT id, name, email, role, disabled, created_at FROM agent WHERE id = ?1";
const BY_EMAIL: &str =
    "SELECT id, name, email, role, disabled, created_at, password FROM agent WHERE email = ?1";
const ALL: &str = "SELECT id, name, email, role, disabled, created_at FROM agent ORDER BY id";
const RENAME: &str = "UPDATE agent SET name = ?2 WHERE id = ?1";
const CHANGE: &str = "UPDATE agent SET role = ?2, disabled = ?3 WHERE id = ?1";
const SET_PASSWORD: &str = "UPDATE agent SET password = ?2 WHERE id = ?1";
const OTHER_ADMINISTRATOR: &str =
    "SELECT EXISTS (SELECT 1 FROM agent WHERE role = 'ADMIN' AND disabled = 0 AND id <> ?1)";
const SESSIONS_OF: &str = "SELECT id FROM agent_session WHERE agent = ?1 AND id <> ?2";
const DELETE_SESSIONS_OF: &str = "DELETE FROM agent_session WHERE agent = ?1 AND id <> ?2";
const ANY: &str = "SELECT EXISTS (SELECT 1 FROM agent)";
const QUEUES: &str = "SELECT queue FROM agent_queue WHERE agent = ?1 ORDER BY queue";
const INSERT_SESSION: &str =
    "INSERT INTO agent_session (id, agent, token, expires_at) VALUES (?1, ?2, ?3, ?4)";
const SESSION: &str = "SELECT id, agent, expires_at FROM agent_session WHERE token = ?1 AND expires_at > ?2";
const DELETE_SESSION: &str = "DELETE FROM agent_session WHERE id = ?1";
const INSERT_TOKEN: &str = "INSERT INTO setup_token (token, expires_at) VALUES (?1, ?2)";
const TOKEN_WORKS: &str = "SELECT EXISTS (SELECT 1 FROM setup_token WHERE token = ?1 AND expires_at > ?2)";
const USE_TOKEN: &str = "DELETE FROM setup_token WHERE token = ?1 AND expires_at > ?2";
const MARK_ACCESS: &str = "INSERT INTO meta (name, value) VALUES ('access', randomblob(16)) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const ACCESS_MARK: &str = "SELECT value FROM meta WHERE name = 'access'";
const VOID_TOKENS: &str = "DELETE FROM setup_token";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    INSERT,
    BY_ID,
    BY_EMAIL,
    ALL,
    RENAME,
    CHANGE,
    SET_PASSWORD,
    OTHER_ADMINISTRATOR,
    SESSIONS_OF,
    DELETE_SESSIONS_OF,
    ANY,
    QUEUES,
    INSERT_SESSION,
    SESSION,
    DELETE_SESSION,
    INSERT_TOKEN,
    TOKEN_WORKS,
    USE_TOKEN,
    VOID_TOKENS,
    MARK_ACCESS,
    ACCESS_MARK,
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

pub(super) fn has_email(connection: &Connection, email: &Email) -> Result<bool, StoreError> {
    Ok(first(connection, BY_EMAIL, &[&email.as_str()], |_| Ok(()))?.is_some())
}

/// Tells every process that sign-ins ended or agents may do something else; see [`Agents::access_mark`].
pub(super) fn mark_access(connection: &Connection) -> Result<(), StoreError> {
    run(connection, MARK_ACCESS, &[]).map(drop)
}

/// Ends an agent's sign-ins but one; which ones ended.
fn end_sessions(
    connection: &Connection,
    agent: AgentId,
    keep: Option<AgentSessionId>,
) -> Result<Vec<AgentSessionId>, StoreError> {
    // No id is nil.
    let keep = bytes(keep.map_or_else(uuid::Uuid::nil, |keep| keep.0));
    let ended = all(connection, SESSIONS_OF, &[&bytes(agent.0), &keep], |row| Ok(id(row, 0)?))?;
    run(connection, DELETE_SESSIONS_OF, &[&bytes(agent.0), &keep])?;
    mark_access(connection)?;
    Ok(ended)
}

fn change(
    connection: &Connection,
    id: AgentId,
    change: AgentChange,
) -> Result<(Agent, Vec<AgentSessionId>), StoreError> {
    let mut agent = by_id(connection, id)?.ok_or(StoreError::NotFound)?;
    let administers = |agent: &Agent| agent.role == Role::Admin && !agent.disabled;
    let administered = administers(&agent);
    agent.role = change.role.unwrap_or(agent.role);
    agent.disabled = change.disabled.unwrap_or(agent.disabled);
    if administered && !administers(&agent) {
        if !value::<bool>(connection, OTHER_ADMINISTRATOR, &[&bytes(id.0)])? {
            return Err(Refusal::LastAdministrator.into());
        }
        invites::delete_of_agent(connection, id)?;
    }
    run(connection, CHANGE, &[&bytes(id.0), &agent.role.as_str(), &agent.disabled])?;
    mark_access(connection)?;
    let ended = if agent.disabled { end_sessions(connection, id, None)? } else { Vec::new() };
    Ok((agent, ended))
}

pub(super) fn create(
    connection: &Connection,
    agent: NewAgent,
    now: Timestamp,
    ids: &dyn Ids,
) -> Result<Agent, StoreError> {
    if has_email(connection, &agent.email)? {
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

    async fn agents(&self) -> Result<Vec<Agent>, StoreError> {
        self.read(|connection| all(connection, ALL, &[], |row| read(connection, row))).await
    }

    async fn rename_agent(&self, id: AgentId, name: Name) -> Result<Agent, StoreError> {
        self.write(move |connection| {
            run(connection, RENAME, &[&bytes(id.0), &name.as_str()])?;
            by_id(connection, id)?.ok_or(StoreError::NotFound)
        })
        .await
    }

    async fn change_agent(
        &self,
        id: AgentId,
        wanted: AgentChange,
    ) -> Result<(Agent, Vec<AgentSessionId>), StoreError> {
        self.write(move |connection| change(connection, id, wanted)).await
    }

    async fn set_password(
        &self,
        id: AgentId,
        password: String,
        keep: AgentSessionId,
    ) -> Result<Vec<AgentSessionId>, StoreError> {
        self.write(move |connection| match run(connection, SET_PASSWORD, &[&bytes(id.0), &password])? {
            0 => Err(StoreError::NotFound),
            _ => end_sessions(connection, id, Some(keep)),
        })
        .await
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
        self.write(move |connection| {
            run(connection, DELETE_SESSION, &[&bytes(id.0)])?;
            mark_access(connection)
        })
        .await
    }

    async fn delete_agent_sessions(&self, agent: AgentId) -> Result<Vec<AgentSessionId>, StoreError> {
        self.write(move |connection| end_sessions(connection, agent, None)).await
    }

    async fn access_mark(&self) -> Result<Option<AccessMark>, StoreError> {
        self.read(|connection| first(connection, ACCESS_MARK, &[], |row| Ok(AccessMark(row.get(0)?)))).await
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
