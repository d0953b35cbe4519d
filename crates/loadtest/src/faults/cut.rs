//! Connections that lose what the server says, end all at once, or say nothing any more.

use std::time::Duration;

use tokio::time::Instant;

use super::{RATE, Run, fast};
use crate::client::{Counts, Rules};
use crate::ground::Ground;
use crate::proxy::{Flow, Proxy, Way};
use crate::{Failure, Outcome};

fn proxy(ground: &Ground) -> Outcome<&Proxy> {
    ground.proxy.as_ref().ok_or_else(|| Failure::new("no proxy"))
}

/// Answers and events vanish on the way, then the connection goes: the client cannot know what was stored.
///
/// Guard: the `client_id`, by which a retry is known.
pub(super) async fn answers(run: &Run) -> Outcome<String> {
    let times = run.pick(50, 200);
    let again = |ground: &Ground| Counts::of(&ground.counts.duplicates);
    let mut ground = Ground::new(&run.folder, run.seed, &fast(), true).await?;
    ground.add_visitors(20, 2, &Rules::default()).await?;
    ground.add_agents(2, &Rules::default()).await?;
    let (mut rounds, mut hit) = (0, 0);
    // Which answers are on their way at the moment is chance: where none was, it goes on.
    while rounds < times || (rounds < times * 3 && again(&ground) == 0) {
        rounds += 1;
        ground.load(RATE, Duration::from_millis(60)).await?;
        hit += proxy(&ground)?.set(Way::Down, Flow::Swallow, 2);
        ground.load(RATE, Duration::from_millis(120)).await?;
        proxy(&ground)?.cut_disturbed();
    }
    let swallowed = proxy(&ground)?.swallowed();
    ground.rest().await?;
    let report = ground.check()?;
    let again = again(&ground);
    if again == 0 {
        return Err(Failure::new("no answer was lost: this shows nothing"));
    }
    Ok(format!(
        "{rounds} times, {hit} connections, {swallowed} bytes of the server vanished: {report}; {again} retries were known"
    ))
}

/// What was sent on a connection that its client has given up arrives after all, when the retry on the next connection is
/// stored already: two connections of one client overtake each other. Within one connection nothing can.
///
/// Guard: the `client_id`, by which what comes late is known.
pub(super) async fn late(run: &Run) -> Outcome<String> {
    let times = run.pick(10, 100);
    let mut ground = Ground::new(&run.folder, run.seed, &fast(), true).await?;
    ground.add_visitors(20, 2, &Rules::default()).await?;
    ground.add_agents(2, &Rules::default()).await?;
    let known = |proxy: &Proxy| proxy.late().windows(KNOWN.len()).filter(|word| *word == KNOWN).count();
    let (mut rounds, mut stranded) = (0, 0);
    // What is on its way at the moment is chance: where nothing was, it goes on.
    while rounds < times || (rounds < times * 3 && known(proxy(&ground)?) == 0) {
        rounds += 1;
        ground.load(RATE, Duration::from_millis(60)).await?;
        proxy(&ground)?.set(Way::Up, Flow::Delay, 2);
        ground.load(RATE, Duration::from_millis(120)).await?;
        stranded += proxy(&ground)?.strand();
        ground.all_answered().await?;
        proxy(&ground)?.let_go();
        let proxy = proxy(&ground)?;
        ground.until("what came late is answered", || proxy.stranded() == 0).await?;
    }
    ground.rest().await?;
    let report = ground.check()?;
    let known = known(proxy(&ground)?);
    if known == 0 {
        return Err(Failure::new("nothing came late: this shows nothing"));
    }
    Ok(format!("{rounds} times, {stranded} connections: {report}; {known} writes came after their retries"))
}

/// Part of an answer to a write that was stored before.
const KNOWN: &[u8] = br#""duplicate":true"#;

/// A thousand sockets end at the same moment, when half of their messages are stored. On every second one no answer
/// comes through any more.
///
/// Guard: `client_id`, by which the retry is known, and the hello's `resume`.
pub(super) async fn all(run: &Run) -> Outcome<String> {
    let sockets = 1_000;
    let mut ground = Ground::new(&run.folder, run.seed, &fast(), true).await?;
    let rules = Rules { ping: Duration::from_secs(2), silence: Duration::from_secs(60), ..Rules::default() };
    ground.add_visitors(sockets, 1, &rules).await?;
    ground.burst(1).await?;
    let mut cut = 0;
    for _ in 0..run.pick(1, 5) {
        ground.all_answered().await?;
        let before = ground.stored_events()?;
        let silenced = proxy(&ground)?.set(Way::Down, Flow::Swallow, 2) as i64;
        ground.burst(1).await?;
        let stored = || ground.stored_events().is_ok_and(|stored| stored >= before + silenced);
        ground.until("half of the messages are stored", stored).await?;
        cut += proxy(&ground)?.cut_all();
    }
    // One may be away at the moment, on a machine that has stood still.
    if cut * 10 < sockets * 9 {
        return Err(Failure::new(format!("only {cut} sockets were cut: this shows nothing")));
    }
    let begun = Instant::now();
    ground.connected_again(cut as u64).await?;
    let back = begun.elapsed();
    ground.rest().await?;
    let report = ground.check()?;
    let again = Counts::of(&ground.counts.duplicates);
    if again == 0 {
        return Err(Failure::new("no answer was lost: this shows nothing"));
    }
    Ok(format!(
        "{cut} sockets cut at once, all back in {:.1} s: {report}; {again} retries were known",
        back.as_secs_f64()
    ))
}

/// Three reconnects without traffic bring nothing a second time.
///
/// Guard: the position in the hello's `resume`.
pub(super) async fn idle(run: &Run) -> Outcome<String> {
    let mut ground = Ground::new(&run.folder, run.seed, &fast(), true).await?;
    let rules = Rules { read_percent: 0, ..Rules::default() };
    ground.add_visitors(run.pick(30, 200), 2, &rules).await?;
    ground.add_agents(2, &Rules { answered_percent: 0, ..rules.clone() }).await?;
    ground.load(RATE, Duration::from_secs(1)).await?;
    ground.all_followed().await?;
    ground.settled().await?;
    let arrived = |counts: &Counts| Counts::of(&counts.events) + Counts::of(&counts.known);
    let before = arrived(&ground.counts);
    if before == 0 {
        return Err(Failure::new("there is nothing that could be replayed: this shows nothing"));
    }
    let mut reconnects = 0;
    for _ in 0..3 {
        // Requests of agents pass the proxy as well: not every connection is a client's socket.
        proxy(&ground)?.cut_all();
        reconnects += ground.crowd.len() as u64;
        ground.connected_again(reconnects).await?;
        ground.settled().await?;
    }
    let replayed = arrived(&ground.counts) - before;
    if replayed > 0 {
        return Err(Failure::new(format!("{replayed} events came a second time")));
    }
    ground.rest().await?;
    let report = ground.check()?;
    Ok(format!("{reconnects} idle reconnects replayed 0 events: {report}"))
}

/// Both ends stay open and nothing passes: the server frees its sockets, the clients come back by themselves.
///
/// Guard: the server's `pong_ms`, the client's silence after a ping.
pub(super) async fn half_open(run: &Run) -> Outcome<String> {
    let mut flags = fast();
    flags.extend([("--ping-ms", "1000"), ("--pong-ms", "5000")]);
    let mut ground = Ground::new(&run.folder, run.seed, &flags, true).await?;
    let rules = Rules { silence: Duration::from_secs(8), ..Rules::default() };
    let count = run.pick(200, 1_000);
    let before = open_sockets(&ground)?;
    ground.add_visitors(count, 1, &rules).await?;
    ground.burst(1).await?;
    ground.all_answered().await?;
    let open = || open_sockets(&ground).unwrap_or_default();
    ground.until("every client's socket is open", || open() >= before + count).await?;
    proxy(&ground)?.refuse(true);
    for way in [Way::Up, Way::Down] {
        proxy(&ground)?.set(way, Flow::Freeze, 1);
    }
    let begun = Instant::now();
    ground.until("the server has freed its sockets", || open() <= before + count / 20).await?;
    let freed = begun.elapsed();
    ground.burst(1).await?;
    proxy(&ground)?.refuse(false);
    ground.rest().await?;
    let report = ground.check()?;
    Ok(format!("{count} half-open sockets freed in {:.1} s (pong 5 s): {report}", freed.as_secs_f64()))
}

fn open_sockets(ground: &Ground) -> Outcome<usize> {
    ground.server.as_ref().ok_or_else(|| Failure::new("no server"))?.open_sockets()
}
