//! Quick replies.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::command::Refusal;
use beckon_core::id::{AgentId, Ids, QuickReplyId};
use beckon_core::quick_reply::{MOST_QUICK_REPLIES, QuickReply, QuickReplyDetails, Shortcut, allow};
use beckon_core::text::MessageText;
use beckon_core::time::Timestamp;
use rusqlite::{Connection, Row};

use super::rows::{all, bytes, damaged, first, id, limit, run, time, value};
use super::{SqliteStore, agents};
use crate::{QuickReplies, StoreError};

macro_rules! columns {
    () => {
        "id, maker, shortcut, text, owner = x'', updated_at"
    };
}
const OF: &str = concat!("SELECT ", columns!(), " FROM quick_reply WHERE owner = ?1 ORDER BY folded");
const ONE: &str = concat!("SELECT ", columns!(), " FROM quick_reply WHERE id = ?1");
const TAKEN: &str = "SELECT EXISTS (SELECT 1 FROM quick_reply WHERE owner = ?1 AND folded = ?2 AND id <> ?3)";
const COUNT: &str = "SELECT COUNT(*) FROM quick_reply WHERE owner = ?1 AND id <> ?2";
const WRITE: &str = "INSERT INTO quick_reply (id, owner, folded, shortcut, text, maker, updated_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, \
    folded = excluded.folded, shortcut = excluded.shortcut, text = excluded.text, maker = excluded.maker, \
    updated_at = excluded.updated_at";
const DELETE: &str = "DELETE FROM quick_reply WHERE id = ?1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[OF, ONE, TAKEN, COUNT, WRITE, DELETE];

fn reply(row: &Row<'_>) -> Result<QuickReply, StoreError> {
    let text: String = row.get(3)?;
    Ok(QuickReply {
        id: id(row, 0)?,
        maker: id(row, 1)?,
        details: QuickReplyDetails {
            shortcut: Shortcut::new(row.get::<_, String>(2)?).map_err(|error| damaged(&error.to_string()))?,
            text: MessageText::new(text).map_err(|error| damaged(&error.to_string()))?,
            shared: row.get(4)?,
        },
        updated_at: time(row, 5)?,
    })
}

/// The one asked for, if the agent may write it.
fn writable(
    connection: &Connection,
    agent: AgentId,
    id: Option<QuickReplyId>,
    after: Option<&QuickReplyDetails>,
) -> Result<Option<QuickReply>, StoreError> {
    let agent = agents::by_id(connection, agent)?.ok_or(StoreError::NotFound)?;
    let before = match id {
        Some(id) => Some(first(connection, ONE, &[&bytes(id.0)], reply)?.ok_or(StoreError::NotFound)?),
        None => None,
    };
    match allow(&agent, before.as_ref(), after) {
        Err(Refusal::NotFound) => Err(StoreError::NotFound),
        allowed => Ok(allowed.map(|()| before)?),
    }
}

fn write(
    connection: &Connection,
    agent: AgentId,
    id: Option<QuickReplyId>,
    details: QuickReplyDetails,
    now: Timestamp,
    ids: &dyn Ids,
) -> Result<QuickReply, StoreError> {
    let before = writable(connection, agent, id, Some(&details))?;
    // Whoever takes a shared one for themselves has it from then on.
    let maker = before.as_ref().filter(|_| details.shared).map_or(agent, |before| before.maker);
    let owner = if details.shared { Vec::new() } else { bytes(maker.0).to_vec() };
    let id = before.map_or_else(|| ids.next(now).into(), |before| before.id);
    let key = bytes(id.0);
    if value::<bool>(connection, TAKEN, &[&owner, &details.shortcut.folded(), &key])? {
        return Err(StoreError::Exists("shortcut"));
    }
    if value::<i64>(connection, COUNT, &[&owner, &key])? >= limit(MOST_QUICK_REPLIES) {
        return Err(Refusal::TooMany { what: "quick replies", limit: MOST_QUICK_REPLIES }.into());
    }
    let (shortcut, text) = (details.shortcut.as_str(), details.text.as_str());
    let folded = details.shortcut.folded();
    run(connection, WRITE, &[&key, &owner, &folded, &shortcut, &text, &bytes(maker.0), &now.0])?;
    Ok(QuickReply { id, maker, details, updated_at: now })
}

#[async_trait]
impl QuickReplies for SqliteStore {
    async fn quick_replies(&self, agent: AgentId) -> Result<Vec<QuickReply>, StoreError> {
        self.read(move |connection| {
            let mut replies = all(connection, OF, &[&Vec::new()], reply)?;
            replies.extend(all(connection, OF, &[&bytes(agent.0).to_vec()], reply)?);
            replies.sort_by_cached_key(|reply| (reply.details.shortcut.folded(), reply.id));
            Ok(replies)
        })
        .await
    }

    async fn write_quick_reply(
        &self,
        agent: AgentId,
        id: Option<QuickReplyId>,
        details: QuickReplyDetails,
    ) -> Result<QuickReply, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| write(connection, agent, id, details, clock.now(), &*ids)).await
    }

    async fn delete_quick_reply(&self, agent: AgentId, id: QuickReplyId) -> Result<(), StoreError> {
        self.write(move |connection| {
            writable(connection, agent, Some(id), None)?;
            run(connection, DELETE, &[&bytes(id.0)])?;
            Ok(())
        })
        .await
    }
}
