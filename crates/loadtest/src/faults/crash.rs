//! The server dies under load, again and again, and clients with it.
//!
//! Guard: an answer waits for its commit, and `client_id`, by which a retry is known. `synchronous=FULL` does not matter
//! here: the system keeps what a dead process wrote. So the disk is a slow one: a commit is on its way at most times, and
//! its answers are lost with the server.

use std::time::Duration;

use rand::RngExt;

use super::{RATE, Run, fast, fast_setup, preload};
use crate::client::{Client, Counts, Rules};
use crate::ground::Ground;
use crate::{Failure, Outcome};

/// Clients that die with each server.
const CLIENTS: usize = 4;

pub(super) async fn run(run: &Run) -> Outcome<String> {
    let (kills, life) = run.pick((10, Duration::from_millis(1_500)), (30, Duration::from_secs(5)));
    let library = preload::build(&run.folder, "slow_disk")?;
    let setup = fast_setup(&run.folder)?.with_environment("LD_PRELOAD", library);
    let mut ground = Ground::on(&run.folder, setup, run.seed, false).await?;
    let rules = Rules::default();
    ground.add_visitors(40, 2, &rules).await?;
    ground.add_agents(2, &rules).await?;
    let mut killed = 0;
    // Which answers die with it is chance: where none did, the server dies on.
    while killed < kills || (killed < kills * 3 && Counts::of(&ground.counts.duplicates) == 0) {
        killed += 1;
        ground.load(RATE, life).await?;
        // Some clients die with it, one of them before the server, and go on from their files.
        let first = ground.chance.random_range(0..ground.crowd.len());
        ground.kill_and_revive(first, &rules).await?;
        ground.crash()?;
        for _ in 1..CLIENTS {
            let place = ground.chance.random_range(0..ground.crowd.len());
            ground.kill_and_revive(place, &rules).await?;
        }
    }
    ground.load(RATE, life).await?;
    ground.rest().await?;
    let report = ground.check()?;
    let again = Counts::of(&ground.counts.duplicates);
    if again == 0 {
        return Err(Failure::new("no answer was lost with the server: this shows nothing"));
    }
    let clients = killed * CLIENTS;
    Ok(format!(
        "{killed} kills at {RATE} msg/s, of {clients} clients too: {report}; {again} retries were known already"
    ))
}

/// SIGTERM while everybody writes: it ends in good order and in time, and the next one goes on.
///
/// Guard: `drain`, which all are told, and close 4001, with which each socket ends.
pub(super) async fn drain(run: &Run) -> Outcome<String> {
    let stops = run.pick(2, 10);
    let mut ground = Ground::new(&run.folder, run.seed, &fast(), false).await?;
    ground.add_visitors(40, 2, &Rules::default()).await?;
    ground.add_agents(2, &Rules::default()).await?;
    let mut longest = Duration::ZERO;
    for _ in 0..stops {
        ground.load(RATE, Duration::from_secs(1)).await?;
        ground.connected().await?;
        let told = |counts: &Counts| (Counts::of(&counts.drains), Counts::of(&counts.planned));
        let (everybody, before) = (ground.crowd.len() as u64, told(&ground.counts));
        let Some(server) = ground.server.take() else { break };
        server.ask_to_stop()?;
        let begun = tokio::time::Instant::now();
        let (ended, written) = tokio::join!(server.ended(), ground.load(RATE, Duration::from_secs(1)));
        let status = ended?;
        written?;
        if !status.success() {
            return Err(Failure::new(format!("a planned stop ended with {status}")));
        }
        ground.until("nobody is connected", || !ground.crowd.iter().any(Client::is_connected)).await?;
        let now = told(&ground.counts);
        let (drains, planned) = (now.0 - before.0, now.1 - before.1);
        if drains < everybody || planned < everybody {
            return Err(Failure::new(format!(
                "of {everybody} clients {drains} heard of the stop, and {planned} sockets ended with 4001"
            )));
        }
        longest = longest.max(begun.elapsed());
        ground.restart()?;
    }
    ground.rest().await?;
    let report = ground.check()?;
    Ok(format!(
        "{stops} planned stops under {RATE} msg/s, exit 0 within {:.1} s: {report}",
        longest.as_secs_f64()
    ))
}

/// An older copy comes back under live clients, with a new epoch: what clients had accepted is offered again.
///
/// Guard: the copy has no epoch, so that it gets a new one; the clients' rule to offer again.
pub(super) async fn restore(run: &Run) -> Outcome<String> {
    let mut ground = Ground::new(&run.folder, run.seed, &fast(), false).await?;
    ground.add_visitors(20, 2, &Rules::default()).await?;
    ground.add_agents(2, &Rules::default()).await?;
    ground.burst(2).await?;
    ground.load(RATE, Duration::from_secs(1)).await?;
    ground.all_answered().await?;
    let backup = ground.folder().join("backup.db");
    let at_backup = ground.back_up(&backup)?;
    ground.load(RATE, run.pick(Duration::from_secs(2), Duration::from_secs(4))).await?;
    ground.all_answered().await?;
    let before = Counts::of(&ground.counts.acked);
    ground.load(RATE, Duration::from_millis(300)).await?;
    if let Some(server) = ground.server.take() {
        server.kill()?;
    }
    let lost = ground.restore(&backup)?;
    if lost <= at_backup {
        return Err(Failure::new("nothing happened after the backup: this shows nothing"));
    }
    ground.restart()?;
    ground.load(RATE, Duration::from_millis(500)).await?;
    ground.rest().await?;
    let offered = Counts::of(&ground.counts.offered);
    if offered == 0 {
        return Err(Failure::new("nobody offered again what a restore may have taken away"));
    }
    let report = ground.check()?;
    Ok(format!(
        "a copy with {at_backup} of {lost} events came back ({before} acked by then), {offered} lanes offered theirs \
         again: {report}"
    ))
}
