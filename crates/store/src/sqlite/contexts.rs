//! Contexts: the present one, earlier ones by checkpoint and journal, and what agents know of them.

use async_trait::async_trait;
use beckon_core::context::{Change, Context, KeyOrigin, Metadata, Origins};
use beckon_core::conversation::Conversation;
use beckon_core::decide::Baseline;
use beckon_core::id::{AgentId, ConversationId};
use beckon_core::time::Timestamp;
use rusqlite::Connection;
use serde::Deserialize;

use super::rows::{
    CONVERSATION_COLUMNS, all, bytes, conversation_columns, damaged, event, event_columns, first, limit, run,
    value,
};
use super::{SqliteStore, rows, snapshot, widgets};
use crate::{AgentContext, Contexts, PastContext, StoreError, StoredContext, StoredVersion};

const CONTEXT: &str = "SELECT text, version, updated_at, origins FROM context WHERE conversation = ?1";
const WRITE: &str = "INSERT INTO context (conversation, text, version, updated_at, origins, visitor) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (conversation) \
    DO UPDATE SET text = excluded.text, version = excluded.version, updated_at = excluded.updated_at, \
    origins = excluded.origins";
const NEWER: &str = concat!(
    "SELECT ",
    conversation_columns!(),
    ", x.updated_at FROM context x JOIN conversation c ON c.id = x.conversation \
     WHERE x.visitor = ?1 AND x.version > 0 AND x.updated_at > ?2 AND x.conversation <> ?3 \
     ORDER BY x.updated_at DESC LIMIT ?4"
);
const EXISTS: &str = "SELECT EXISTS (SELECT 1 FROM conversation WHERE id = ?1)";
const KEEP_CHECKPOINT: &str =
    "INSERT INTO context_checkpoint (conversation, seq, version, text) VALUES (?1, ?2, ?3, ?4)";
const CHECKPOINT: &str = "SELECT version, text FROM context_checkpoint \
    WHERE conversation = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1";
const SEQ_OF_VERSION: &str = "SELECT seq FROM event WHERE conversation = ?1 AND context_version = ?2";
/// Between two checkpoints.
const STEPS: &str = "SELECT context_version, json FROM event \
    WHERE conversation = ?1 AND context_version > ?2 AND context_version <= ?3 AND seq <= ?4 \
    ORDER BY context_version";
const VERSIONS: &str = concat!(
    "SELECT ",
    event_columns!(),
    ", context_version FROM event WHERE conversation = ?1 AND context_version < ?2 \
     ORDER BY context_version DESC LIMIT ?3"
);
const EVENT_COLUMNS: usize = 10;
const BASELINE: &str = "SELECT seq FROM baseline WHERE agent = ?1 AND conversation = ?2";
const FIRST_BASELINE: &str = "INSERT OR IGNORE INTO baseline (agent, conversation, seq) VALUES (?1, ?2, ?3)";
const MOVE_BASELINE: &str = "INSERT INTO baseline (agent, conversation, seq) VALUES (?1, ?2, ?3) \
    ON CONFLICT (agent, conversation) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq";
/// After so many versions the whole context is kept, so that an earlier one is never far from it.
const VERSIONS_BETWEEN_CHECKPOINTS: i64 = 64;

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    CONTEXT,
    WRITE,
    NEWER,
    EXISTS,
    KEEP_CHECKPOINT,
    CHECKPOINT,
    SEQ_OF_VERSION,
    STEPS,
    VERSIONS,
    BASELINE,
    FIRST_BASELINE,
    MOVE_BASELINE,
];

/// The context with its origins, if one was ever written.
pub(super) fn by_conversation(
    connection: &Connection,
    id: ConversationId,
) -> Result<Option<Context>, StoreError> {
    first(connection, CONTEXT, &[&bytes(id.0)], |row| {
        let (text, origins): (String, String) = (row.get(0)?, row.get(3)?);
        let metadata = Metadata::from_stored(&text).map_err(|error| damaged(&error.to_string()))?;
        let origins =
            Origins::from_stored(&origins, &metadata).map_err(|error| damaged(&error.to_string()))?;
        Ok(Context { metadata, version: row.get(1)?, updated_at: Timestamp(row.get(2)?), origins })
    })
}

/// Keeps a context that the event of this `seq` led to; without an event it only remembers when what is there was said.
pub(super) fn write(
    connection: &Connection,
    conversation: &Conversation,
    context: &Context,
    seq: Option<i64>,
) -> Result<(), StoreError> {
    let text = context.metadata.to_text();
    let (key, version, visitor) = (bytes(conversation.id.0), context.version, bytes(conversation.visitor.0));
    let (updated_at, origins) = (context.updated_at.0, context.origins.to_stored());
    run(connection, WRITE, &[&key, &text, &version, &updated_at, &origins, &visitor])?;
    if let Some(seq) = seq.filter(|_| version % VERSIONS_BETWEEN_CHECKPOINTS == 0) {
        run(connection, KEEP_CHECKPOINT, &[&key, &seq, &version, &text])?;
    }
    Ok(())
}

/// Conversations of the same visitor whose contexts changed later; see [`Contexts::newer_contexts`].
fn newer(
    connection: &Connection,
    id: ConversationId,
    most: usize,
) -> Result<Vec<(Conversation, Timestamp)>, StoreError> {
    let visitor = conversation(connection, id)?.visitor;
    let since = stored(connection, id)?.updated_at.map_or(i64::MIN, |moment| moment.0);
    all(connection, NEWER, &[&bytes(visitor.0), &since, &bytes(id.0), &limit(most)], |row| {
        Ok((rows::conversation(row)?, Timestamp(row.get(CONVERSATION_COLUMNS)?)))
    })
}

fn stored(connection: &Connection, id: ConversationId) -> Result<StoredContext, StoreError> {
    let found = first(connection, CONTEXT, &[&bytes(id.0)], |row| {
        Ok(StoredContext {
            text: row.get(0)?,
            version: row.get(1)?,
            updated_at: Some(Timestamp(row.get(2)?)).filter(|_| row.get(1) != Ok(0)),
        })
    })?;
    match found {
        Some(context) => Ok(context),
        None if value(connection, EXISTS, &[&bytes(id.0)])? => {
            Ok(StoredContext { text: "{}".to_owned(), version: 0, updated_at: None })
        }
        None => Err(StoreError::NotFound),
    }
}

fn at(connection: &Connection, id: ConversationId, seq: i64) -> Result<PastContext, StoreError> {
    #[derive(Deserialize)]
    struct Told {
        changes: Vec<Change>,
    }
    let now = stored(connection, id)?;
    let newest: Option<i64> =
        first(connection, SEQ_OF_VERSION, &[&bytes(id.0), &now.version], |row| Ok(row.get(0)?))?;
    if newest.is_none_or(|newest| newest <= seq) {
        return Ok(PastContext { text: now.text, version: now.version });
    }
    let checkpoint = first(connection, CHECKPOINT, &[&bytes(id.0), &seq], |row| {
        let text: String = row.get(1)?;
        let metadata = Metadata::from_stored(&text).map_err(|error| damaged(&error.to_string()))?;
        Ok((row.get(0)?, metadata))
    })?;
    let (mut version, mut metadata): (i64, Metadata) = checkpoint.unwrap_or_default();
    let until = version + VERSIONS_BETWEEN_CHECKPOINTS;
    let steps = all(connection, STEPS, &[&bytes(id.0), &version, &until, &seq], |row| {
        let told = serde_json::from_str::<Told>(row.get_ref(1)?.as_str().unwrap_or_default());
        Ok((row.get(0)?, told.map_err(|error| damaged(&error.to_string()))?.changes))
    })?;
    for (led_to, changes) in steps {
        version = led_to;
        metadata = metadata.folded(&changes);
    }
    Ok(PastContext { text: metadata.to_text(), version })
}

/// The agent's context, if the agent has a baseline here or is given one.
fn of_agent(
    connection: &Connection,
    conversation: &Conversation,
    agent: AgentId,
    given: Option<i64>,
) -> Result<Option<AgentContext>, StoreError> {
    let id = conversation.id;
    let kept = first(connection, BASELINE, &[&bytes(agent.0), &bytes(id.0)], |row| Ok(row.get(0)?))?;
    let Some(baseline) = kept.or(given) else { return Ok(None) };
    let context = stored(connection, id)?;
    let past = at(connection, id, baseline)?;
    let known = (past.version, Some(past.text).filter(|_| past.version != context.version));
    Ok(Some(AgentContext { keys: keys(connection, conversation)?, context, baseline, known }))
}

/// The keys as an agent is told of them.
fn keys(connection: &Connection, conversation: &Conversation) -> Result<Vec<KeyOrigin>, StoreError> {
    let Some(context) = by_conversation(connection, conversation.id)? else { return Ok(Vec::new()) };
    let protected = widgets::protected_keys(connection, conversation.widget)?;
    let shown = context
        .origins
        .keys()
        .iter()
        .cloned()
        .map(|known| KeyOrigin { locked: known.locked || protected.contains(&known.key), ..known });
    Ok(shown.collect())
}

fn conversation(connection: &Connection, id: ConversationId) -> Result<Conversation, StoreError> {
    snapshot::conversation_by_id(connection, id)?.ok_or(StoreError::NotFound)
}

/// Moves a baseline forward; see [`Contexts::move_baseline`].
pub(super) fn move_baseline(connection: &Connection, baseline: &Baseline) -> Result<Option<i64>, StoreError> {
    let Baseline { agent, conversation, position } = baseline;
    let moved = run(connection, MOVE_BASELINE, &[&bytes(agent.0), &bytes(conversation.0), position])?;
    Ok((moved > 0).then_some(*position))
}

#[async_trait]
impl Contexts for SqliteStore {
    async fn context(&self, id: ConversationId) -> Result<StoredContext, StoreError> {
        self.read(move |connection| stored(connection, id)).await
    }

    async fn context_at(&self, id: ConversationId, seq: i64) -> Result<PastContext, StoreError> {
        self.read(move |connection| at(connection, id, seq)).await
    }

    async fn context_versions(
        &self,
        id: ConversationId,
        before: Option<i64>,
        most: usize,
    ) -> Result<Vec<StoredVersion>, StoreError> {
        let before = before.unwrap_or(i64::MAX);
        self.read(move |connection| {
            conversation(connection, id)?;
            all(connection, VERSIONS, &[&bytes(id.0), &before, &limit(most)], |row| {
                Ok(StoredVersion { version: row.get(EVENT_COLUMNS)?, event: event(row)? })
            })
        })
        .await
    }

    async fn context_for(&self, id: ConversationId, agent: AgentId) -> Result<AgentContext, StoreError> {
        let known = self.read(move |connection| {
            let conversation = conversation(connection, id)?;
            of_agent(connection, &conversation, agent, None)
        });
        if let Some(context) = known.await? {
            return Ok(context);
        }
        let opened = self.write(move |connection| {
            let conversation = conversation(connection, id)?;
            let head = conversation.head;
            run(connection, FIRST_BASELINE, &[&bytes(agent.0), &bytes(id.0), &head])?;
            of_agent(connection, &conversation, agent, Some(head))
        });
        let opened = match opened.await {
            Err(StoreError::Unavailable(_) | StoreError::Unknown) => {
                let unkept = self.read(move |connection| {
                    let conversation = conversation(connection, id)?;
                    of_agent(connection, &conversation, agent, Some(conversation.head))
                });
                unkept.await
            }
            opened => opened,
        };
        opened?.ok_or(StoreError::NotFound)
    }

    async fn newer_contexts(
        &self,
        id: ConversationId,
        most: usize,
    ) -> Result<Vec<(Conversation, Timestamp)>, StoreError> {
        self.read(move |connection| newer(connection, id, most)).await
    }

    async fn move_baseline(&self, baseline: Baseline) -> Result<Option<i64>, StoreError> {
        self.write(move |connection| {
            let head = conversation(connection, baseline.conversation)?.head;
            let position = baseline.position.min(head);
            if position < 1 {
                return Ok(None);
            }
            move_baseline(connection, &Baseline { position, ..baseline })
        })
        .await
    }
}
