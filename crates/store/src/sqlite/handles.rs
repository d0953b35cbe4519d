//! Handles: how a browser comes back to a session that the widget's frame has forgotten.

use std::sync::Arc;

use async_trait::async_trait;
use beckon_core::id::{Ids, SessionId};
use beckon_core::time::Timestamp;
use beckon_core::visitor::{HANDLE_GRACE_SECONDS, SESSION_SECONDS, SessionEnd};
use rusqlite::Connection;
use uuid::Uuid;

use super::rows::{bytes, first, id, limit, run, time};
use super::{SqliteStore, visitors};
use crate::handles::{FURTHER_TOKENS, HANDLE_SITES, HANDLES_REMEMBERED};
use crate::{Handles, Redeemed, Redemption, SecretHash, StoreError};

const INSERT_CHAIN: &str =
    "INSERT INTO handle_chain (id, session, origin, generation, changed_at) VALUES (?1, ?2, ?3, 0, ?4)";
const INSERT: &str = "INSERT INTO handle (hash, chain, generation, expires_at) VALUES (?1, ?2, ?3, ?4)";
const INSERT_TOKEN: &str =
    "INSERT INTO session_token (token, session, chain, generation, made_at) VALUES (?1, ?2, ?3, ?4, ?5)";
/// A handle of a widget on a site.
const FIND: &str = "SELECT h.generation, h.expires_at, c.id, c.session, c.generation, c.changed_at \
    FROM handle h JOIN handle_chain c ON c.id = h.chain JOIN session s ON s.id = c.session \
    JOIN visitor v ON v.id = s.visitor WHERE h.hash = ?1 AND c.origin = ?2 AND v.widget = ?3";
const FORGET_HANDLES_ON: &str = "DELETE FROM handle WHERE chain IN \
    (SELECT id FROM handle_chain WHERE session = ?1 AND origin = ?2)";
const FORGET_CHAIN_ON: &str = "DELETE FROM handle_chain WHERE session = ?1 AND origin = ?2";
/// The longest unused beyond so many.
const FORGET_OLD_CHAINS: &str = "DELETE FROM handle_chain WHERE id IN \
    (SELECT id FROM handle_chain WHERE session = ?1 ORDER BY changed_at DESC LIMIT -1 OFFSET ?2)";
const FORGET_LOOSE_HANDLES: &str = "DELETE FROM handle WHERE hash IN \
    (SELECT hash FROM handle WHERE chain = ?1 ORDER BY generation DESC LIMIT -1 OFFSET ?2)";
const FORGET_OLD_TOKENS: &str = "DELETE FROM session_token WHERE token IN \
    (SELECT token FROM session_token WHERE session = ?1 ORDER BY made_at DESC LIMIT -1 OFFSET ?2)";
const UNCONFIRMED: &str = "SELECT 1 FROM session_token t JOIN handle_chain c ON c.id = t.chain \
    WHERE t.token = ?1 AND c.generation < t.generation";
const CONFIRM_BY_TOKEN: &str = "UPDATE handle_chain SET changed_at = ?2, \
    generation = (SELECT generation FROM session_token WHERE token = ?1) \
    WHERE id = (SELECT chain FROM session_token WHERE token = ?1) \
    AND generation < (SELECT generation FROM session_token WHERE token = ?1)";
const CONFIRM: &str = "UPDATE handle_chain SET generation = ?2, changed_at = ?3 WHERE id = ?1";
/// All of them: that an old one comes back must be noticed as long as the session lives.
const TOUCH: &str = "UPDATE handle SET expires_at = ?2 WHERE expires_at < ?2 AND chain IN \
    (SELECT id FROM handle_chain WHERE session = ?1)";
const KEEP: &str = "INSERT OR IGNORE INTO ended_token (token, why, ended_at) \
    SELECT hash, ?2, ?3 FROM handle WHERE chain IN (SELECT id FROM handle_chain WHERE session = ?1)";
const DELETE_OF: &str = "DELETE FROM handle WHERE chain IN (SELECT id FROM handle_chain WHERE session = ?1)";
const DELETE_CHAINS_OF: &str = "DELETE FROM handle_chain WHERE session = ?1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    INSERT_CHAIN,
    INSERT,
    INSERT_TOKEN,
    FIND,
    FORGET_HANDLES_ON,
    FORGET_CHAIN_ON,
    FORGET_OLD_CHAINS,
    FORGET_LOOSE_HANDLES,
    FORGET_OLD_TOKENS,
    UNCONFIRMED,
    CONFIRM_BY_TOKEN,
    CONFIRM,
    TOUCH,
    KEEP,
    DELETE_OF,
    DELETE_CHAINS_OF,
];

/// A handle that was found, and the state of those before and after it.
struct Found {
    generation: i64,
    expires_at: Timestamp,
    chain: Uuid,
    session: SessionId,
    newest: i64,
    changed_at: Timestamp,
}

impl Found {
    /// The generation of its successor; `None`: it was replaced too long ago.
    fn next(&self, now: Timestamp) -> Option<i64> {
        let in_grace = now < self.changed_at.plus_seconds(HANDLE_GRACE_SECONDS);
        if self.generation >= self.newest {
            Some(self.generation + 1)
        } else {
            (self.generation + 1 == self.newest && in_grace).then_some(self.newest)
        }
    }
}

fn find(connection: &Connection, wanted: &Redemption) -> Result<Option<Found>, StoreError> {
    first(connection, FIND, &[&wanted.handle, &wanted.origin, &bytes(wanted.widget.0)], |row| {
        Ok(Found {
            generation: row.get(0)?,
            expires_at: time(row, 1)?,
            chain: id(row, 2)?,
            session: id(row, 3)?,
            newest: row.get(4)?,
            changed_at: time(row, 5)?,
        })
    })
}

/// Whether this further token is the first sign that the handle that came with it has arrived.
pub(super) fn unconfirmed(connection: &Connection, token: &SecretHash) -> Result<bool, StoreError> {
    Ok(first(connection, UNCONFIRMED, &[token], |_| Ok(()))?.is_some())
}

/// The handle that came with this token has arrived: those before it are old from now on.
pub(super) fn confirm(connection: &Connection, token: &SecretHash, now: Timestamp) -> Result<(), StoreError> {
    run(connection, CONFIRM_BY_TOKEN, &[token, &now.0]).map(drop)
}

/// The session was used, so its handles live as long as it.
pub(super) fn touch(connection: &Connection, session: [u8; 16], until: Timestamp) -> Result<(), StoreError> {
    run(connection, TOUCH, &[&session, &until.0]).map(drop)
}

/// The session ends; its handles are remembered as ended.
pub(super) fn end(
    connection: &Connection,
    session: [u8; 16],
    why: SessionEnd,
    now: Timestamp,
) -> Result<(), StoreError> {
    run(connection, KEEP, &[&session, &why.as_str(), &now.0])?;
    run(connection, DELETE_OF, &[&session])?;
    run(connection, DELETE_CHAINS_OF, &[&session]).map(drop)
}

fn grant(
    connection: &Connection,
    session: SessionId,
    origin: &str,
    handle: SecretHash,
    now: Timestamp,
    ids: &dyn Ids,
) -> Result<Option<Timestamp>, StoreError> {
    if visitors::alive(connection, session, now)?.is_none() {
        return Ok(None);
    }
    let (session, chain) = (bytes(session.0), bytes(ids.next(now)));
    for forget in [FORGET_HANDLES_ON, FORGET_CHAIN_ON] {
        run(connection, forget, &[&session, &origin])?;
    }
    run(connection, INSERT_CHAIN, &[&chain, &session, &origin, &now.0])?;
    // Handles of a chain that goes lead nowhere, and go when their time is over.
    run(connection, FORGET_OLD_CHAINS, &[&session, &limit(HANDLE_SITES)])?;
    let end = now.plus_seconds(SESSION_SECONDS);
    run(connection, INSERT, &[&handle, &chain, &0_i64, &end.0])?;
    Ok(Some(end))
}

fn redeem(connection: &Connection, wanted: &Redemption, now: Timestamp) -> Result<Redeemed, StoreError> {
    let Some(found) = find(connection, wanted)? else {
        return Ok(visitors::end_of(connection, &wanted.handle)?.map_or(Redeemed::Unknown, Redeemed::Ended));
    };
    let alive = visitors::alive(connection, found.session, now)?.filter(|_| found.expires_at > now);
    let Some(session) = alive else { return Ok(Redeemed::Ended(SessionEnd::Expired)) };
    let Some(next) = found.next(now) else {
        visitors::end(connection, found.session, SessionEnd::Revoked, now)?;
        return Ok(Redeemed::Reused(session));
    };
    let chain = bytes(found.chain);
    if found.generation > found.newest {
        run(connection, CONFIRM, &[&chain, &found.generation, &now.0])?;
    }
    let (end, owner) = (now.plus_seconds(SESSION_SECONDS), bytes(session.id.0));
    run(connection, INSERT, &[&wanted.successor, &chain, &next, &end.0])?;
    run(connection, INSERT_TOKEN, &[&wanted.token, &owner, &chain, &next, &now.0])?;
    run(connection, FORGET_LOOSE_HANDLES, &[&chain, &limit(HANDLES_REMEMBERED)])?;
    run(connection, FORGET_OLD_TOKENS, &[&owner, &limit(FURTHER_TOKENS)])?;
    Ok(Redeemed::Session(session, end))
}

#[async_trait]
impl Handles for SqliteStore {
    async fn grant_handle(
        &self,
        session: SessionId,
        origin: String,
        handle: SecretHash,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        self.write(move |connection| grant(connection, session, &origin, handle, clock.now(), &*ids)).await
    }

    async fn redeem_handle(&self, redemption: Redemption) -> Result<Redeemed, StoreError> {
        let clock = Arc::clone(&self.clock);
        self.write(move |connection| redeem(connection, &redemption, clock.now())).await
    }
}
