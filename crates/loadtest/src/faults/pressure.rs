//! More than the server takes: senders above their limit, ten times the load, readers who do not read.

use std::path::Path;
use std::time::Duration;

use tokio::net::TcpSocket;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::Message;

use super::{RATE, Run, fast, fast_setup, preload};
use crate::client::{Counts, Order, Rules, Who};
use crate::ground::Ground;
use crate::log::Kind;
use crate::pace::PACE;
use crate::visitor::Visitor;
use crate::wire::{HANG, Heard};
use crate::{Failure, Outcome};

/// Thirty messages wait in the client when it comes back, and the limit lets ten through at once and two a second after
/// them: less than any machine takes.
///
/// Guard: `retry: later` with `after_ms`, and a lane that keeps its order meanwhile.
pub(super) async fn rate(run: &Run) -> Outcome<String> {
    let queued = 30;
    let limits = [("--visitor-sends", "2"), ("--visitor-sends-burst", "10")];
    let mut ground = Ground::new(&run.folder, run.seed, &limits, false).await?;
    ground.add_visitors(run.pick(10, 50), 1, &Rules::default()).await?;
    let visitors = ground.crowd.len();
    for client in &ground.crowd {
        client.order(Order::Offline(true)).await?;
    }
    ground.burst(queued).await?;
    for client in &ground.crowd {
        client.order(Order::Offline(false)).await?;
    }
    ground.rest().await?;
    let report = ground.check()?;
    let failed = Counts::of(&ground.counts.failed);
    if report.acked != queued * visitors || failed > 0 {
        return Err(Failure::new(format!(
            "{} of {} stored, {failed} failed",
            report.acked,
            queued * visitors
        )));
    }
    let later = Counts::of(&ground.counts.later);
    if later == 0 {
        return Err(Failure::new("no limit was met: this shows nothing"));
    }
    Ok(format!("{visitors} visitors with {queued} queued met the limit {later} times: {report}"))
}

/// A writer's queue for eight, and a disk that stands still until the writes of ten times as many have come to the
/// server: the queue is full, on any machine. Then ten times as much as in the other tests. Nobody is turned away.
///
/// Guard: a full queue of the writer makes senders wait.
pub(super) async fn overload(run: &Run) -> Outcome<String> {
    let hold = run.folder.join("hold");
    let setup = fast_setup(&run.folder)?
        .with_environment("LD_PRELOAD", preload::build(&run.folder, "held_disk")?)
        .with_environment("BECKON_DISK_HOLD", &hold)
        .with_environment("BECKON_TEST_WAITING", QUEUE.to_string());
    let mut ground = Ground::on(&run.folder, setup, run.seed, false).await?;
    // No ping between a write and the look for it.
    let rules = Rules { ping: Duration::from_secs(5), silence: Duration::from_secs(60), ..Rules::default() };
    ground.add_visitors(10 * QUEUE, 1, &rules).await?;
    ground.add_agents(1, &Rules { answered_percent: 5, ..Rules::default() }).await?;
    let waited = held(&ground, &hold).await?;
    let begun = Instant::now();
    let written = ground.load(10 * RATE, run.pick(Duration::from_secs(2), Duration::from_secs(20))).await?;
    ground.all_answered().await?;
    let rate = Counts::of(&ground.counts.acked) as f64 / begun.elapsed().as_secs_f64();
    let memory = ground.server.as_ref().map_or(Ok(0), crate::server::Server::resident_bytes)? / 1_048_576;
    ground.rest().await?;
    let report = ground.check()?;
    let turned_away = Counts::of(&ground.counts.later) + Counts::of(&ground.counts.failed);
    if turned_away > 0 {
        return Err(Failure::new(format!(
            "{turned_away} writes were turned away by a server that was only busy"
        )));
    }
    Ok(format!(
        "{waited} writes at a queue for {QUEUE}, then {written} at {} msg/s, {rate:.0}/s answered, {memory} MB: {report}",
        10 * RATE
    ))
}

/// Lets the disk stand still while every visitor writes, until the server has most of these writes; how many it had.
async fn held(ground: &Ground, hold: &Path) -> Outcome<usize> {
    ground.burst(1).await?;
    ground.all_answered().await?;
    std::fs::write(hold, "")?;
    let stands = hold.with_extension("held");
    ground.crowd[0].order(Order::Write(Kind::Text, 0)).await?;
    ground.until("the disk stands still", || stands.exists()).await?;
    let before = (Counts::of(&ground.counts.tries), Counts::of(&ground.counts.acked));
    let others: Vec<_> = ground.crowd[1..].iter().filter(|client| client.is_visitor()).collect();
    for client in &others {
        client.order(Order::Write(Kind::Text, 0)).await?;
    }
    let sent = || Counts::of(&ground.counts.tries) >= before.0 + others.len() as u64;
    ground.until("everybody has sent", sent).await?;
    ground.until("the server has taken half of it", || unread(ground) <= others.len() / 2).await?;
    let waited = usize::try_from(Counts::of(&ground.counts.tries) - before.0)?;
    let answered = Counts::of(&ground.counts.acked) - before.1;
    std::fs::remove_file(hold)?;
    if answered > 0 {
        return Err(Failure::new(format!("{answered} answers came before the disk: this shows nothing")));
    }
    ground.all_answered().await?;
    Ok(waited)
}

/// Sockets of the server at which a write is still to be read.
fn unread(ground: &Ground) -> usize {
    let Ok(table) = std::fs::read_to_string("/proc/net/tcp") else { return usize::MAX };
    let here = hexadecimal(ground.address);
    let unread = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        // Number, own end, other end, state, and what waits to be sent and to be read.
        let unread = usize::from_str_radix(words.get(4)?.split_once(':')?.1, 16).ok()?;
        (*words.get(1)? == here).then_some(unread)
    };
    table.lines().filter_map(unread).filter(|unread| *unread >= LEAST_WRITE).count()
}

/// Writes that wait for the writer at most in `overload`.
const QUEUE: usize = 8;
/// Bytes of a write's frame at least; a ping is far shorter.
const LEAST_WRITE: usize = 100;
/// Long messages of 16 KB after which a slow reader must be out: far more than systems and server hold for it.
const MOST_MESSAGES: usize = 4_000;
/// With fewer, less than the server's own bound (256 KiB) waits.
const FEWEST_MESSAGES: usize = 16;
/// A time in milliseconds that no run lasts.
const PUT_OFF: &str = "3600000";

/// One of five tabs does not read: it is closed, everybody else gets everything.
///
/// Guard: the bound of what waits for a socket (close 4008). The two others that would end it, the time of one write and
/// that of silence, are put off.
pub(super) async fn slow(run: &Run) -> Outcome<String> {
    let (all, slow) = run.pick((20, 4), (1_000, 200));
    let mut flags = fast();
    flags.extend([("--sockets-per-session", "2000"), ("--write-ms", PUT_OFF), ("--pong-ms", PUT_OFF)]);
    let mut ground = Ground::new(&run.folder, run.seed, &flags, false).await?;
    let visitor = ground.visitor(1).await?;
    let rules = Rules { read_percent: 0, ping: Duration::from_secs(2), ..Rules::default() };
    for tab in 0..all - slow {
        let who = Visitor { session: visitor.session.clone(), threads: visitor.threads.clone() };
        ground.add(&format!("tab-{tab:04}"), Who::Visitor(who), &rules)?;
    }
    ground.connected().await?;
    ground.crowd[0].order(Order::Write(Kind::Text, 0)).await?;
    ground.all_answered().await?;
    let mut readers = Vec::new();
    for _ in 0..slow {
        readers.push(slow_reader(&ground, &visitor).await?);
    }
    let before = ground.server.as_ref().map_or(Ok(0), crate::server::Server::resident_bytes)?;
    // What a slow reader's socket takes from the system before the server's own bound is met differs: until all are out.
    let mut messages = 0;
    let mut most = before;
    while readers.iter().any(|reader| !reader.is_closed()) {
        if messages == MOST_MESSAGES {
            let left = readers.iter().filter(|reader| !reader.is_closed()).count();
            return Err(Failure::new(format!(
                "{left} slow readers are still connected after {messages} messages"
            )));
        }
        ground.crowd[0].order(Order::Long).await?;
        messages += 1;
        ground.all_answered().await?;
        most = most.max(ground.server.as_ref().map_or(Ok(0), crate::server::Server::resident_bytes)?);
        sleep(PACE).await;
    }
    if messages < FEWEST_MESSAGES {
        return Err(Failure::new(format!("closed after {messages} long messages, which fill nothing")));
    }
    ground.rest().await?;
    let report = ground.check()?;
    let each = most.saturating_sub(before) / slow as u64 / 1024;
    Ok(format!(
        "{slow} of {all} read nothing and were closed after {messages} long messages (at most {each} KB each), the others \
         got everything: {report}"
    ))
}

/// A socket that says hello and reads nothing after its welcome.
struct SlowReader {
    place: (std::net::SocketAddr, std::net::SocketAddr),
    _stream: tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>,
}

impl SlowReader {
    /// Whether the server has given it up: its own end is no longer established.
    fn is_closed(&self) -> bool {
        let Ok(table) = std::fs::read_to_string("/proc/net/tcp") else { return false };
        let (local, remote) = self.place;
        let ends = (hexadecimal(remote), hexadecimal(local));
        // State 01 is an established connection, as the server's end sees it.
        !table.lines().any(|line| {
            let mut words = line.split_whitespace().skip(1);
            words.next() == Some(&ends.0) && words.next() == Some(&ends.1) && words.next() == Some("01")
        })
    }
}

/// An address as `/proc/net/tcp` writes it.
fn hexadecimal(address: std::net::SocketAddr) -> String {
    let std::net::IpAddr::V4(ip) = address.ip() else { return String::new() };
    format!("{:08X}:{:04X}", u32::from_le_bytes(ip.octets()), address.port())
}

async fn slow_reader(ground: &Ground, visitor: &Visitor) -> Outcome<SlowReader> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4096)?;
    let stream = socket.connect(ground.address).await?;
    let place = (stream.local_addr()?, stream.peer_addr()?);
    let url = format!("ws://{}/livechat/1/socket", ground.address);
    let (mut stream, _) = client_async_with_config(url, stream, None).await?;
    let hello = serde_json::json!({"type": "hello", "version": 1, "token": visitor.session.token});
    futures_util::SinkExt::send(&mut stream, Message::text(hello.to_string())).await?;
    // It reads this much, so that it is known to have come in, and no more.
    match timeout(HANG, futures_util::StreamExt::next(&mut stream)).await {
        Ok(Some(Ok(Message::Text(text)))) if Heard::parse(&text)?.kind == "welcome" => {}
        _ => return Err(Failure::new("a slow reader had no welcome")),
    }
    Ok(SlowReader { place, _stream: stream })
}
