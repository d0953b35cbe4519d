//! A client that was away while so many events happened: up to 500 are replayed, one more starts over.
//!
//! Guard: the bound of a replay.

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{Run, fast};
use crate::client::{Counts, Order, Rules, seeded_id};
use crate::ground::Ground;
use crate::{Failure, Outcome};

/// The most that is replayed.
const REPLAYED: u64 = 500;
/// Events of a reset.
const LATEST: u64 = 50;

pub(super) async fn run(run: &Run) -> Outcome<String> {
    let mut ground = Ground::new(&run.folder, run.seed, &fast(), false).await?;
    let quiet = Rules { answered_percent: 0, read_percent: 0, ..Rules::default() };
    ground.add_visitors(1, 1, &quiet).await?;
    ground.add_agents(1, &quiet).await?;
    ground.burst(1).await?;
    ground.all_answered().await?;
    ground.settled().await?;
    let mut told = Vec::new();
    for gap in [REPLAYED - 1, REPLAYED, REPLAYED + 1, 50_000] {
        for client in &ground.crowd {
            client.order(Order::Offline(true)).await?;
        }
        ground
            .until("nobody is connected", || !ground.crowd.iter().any(|client| client.is_connected()))
            .await?;
        if let Some(server) = ground.server.take() {
            server.kill()?;
        }
        happen(&mut ground, gap)?;
        let events = Counts::of(&ground.counts.events);
        let resets = Counts::of(&ground.counts.resets);
        ground.restart()?;
        for client in &ground.crowd {
            client.order(Order::Offline(false)).await?;
        }
        ground.connected().await?;
        ground.settled().await?;
        let events = (Counts::of(&ground.counts.events) - events) / 2;
        let resets = Counts::of(&ground.counts.resets) - resets;
        let expected = if gap <= REPLAYED { (gap, 0) } else { (LATEST, 2) };
        if (events, resets) != expected {
            let what =
                format!("after a gap of {gap}: {events} events each, {resets} resets, not {expected:?}");
            return Err(Failure::new(what));
        }
        told.push(format!(
            "{gap}: {}",
            if resets == 0 { "replayed".to_owned() } else { format!("reset to {events}") }
        ));
    }
    ground.rest().await?;
    let report = ground.check()?;
    Ok(format!("gaps of {}, for visitor and agent: {report}", told.join(", ")))
}

/// So many messages happen while nobody looks: copies of the visitor's, written by a program. Into the file, because
/// fifty thousand requests say nothing that one does not.
fn happen(ground: &mut Ground, gap: u64) -> Outcome<()> {
    let mut connection = Connection::open(ground.setup.database())?;
    let transaction = connection.transaction()?;
    let (conversation, head, visitor_head): (Vec<u8>, i64, i64) =
        transaction.query_row("SELECT id, head, visitor_head FROM conversation LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let (first, at, json): (Vec<u8>, i64, String) = transaction.query_row(
        "SELECT id, at, json FROM event WHERE kind = 'message' AND conversation = ?1 LIMIT 1",
        [&conversation],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let first = Uuid::from_slice(&first)?.to_string();
    {
        let sql = "INSERT INTO event (conversation, seq, visitor_seq, id, kind, at, author_kind, json)
            VALUES (?1, ?2, ?3, ?4, 'message', ?5, 'api', ?6)";
        let mut insert = transaction.prepare(sql)?;
        for number in 1..=i64::try_from(gap)? {
            let id = seeded_id(&mut ground.chance);
            let json = json.replace(&first, &id.to_string());
            let row = params![conversation, head + number, visitor_head + number, id.as_bytes(), at, json];
            insert.execute(row)?;
        }
    }
    let sql = "UPDATE conversation SET head = head + ?2, visitor_head = visitor_head + ?2 WHERE id = ?1";
    transaction.execute(sql, params![conversation, i64::try_from(gap)?])?;
    Ok(transaction.commit()?)
}
