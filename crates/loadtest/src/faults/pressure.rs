//! More than the server takes: senders above their limit, ten times the load, readers who do not read.

use std::time::Duration;

use tokio::net::TcpSocket;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::Message;

use super::{RATE, Run, fast, fast_setup};
use crate::client::{Counts, Order, Rules, Who};
use crate::ground::Ground;
use crate::visitor::Visitor;
use crate::wire::{HANG, Heard};
use crate::{Failure, Outcome};

/// Thirty messages wait in the client when it comes back, and the limit lets ten through at once.
///
/// Guard: `retry: later` with `after_ms`, and a lane that keeps its order meanwhile.
pub(super) async fn rate(run: &Run) -> Outcome<String> {
    let queued = 30;
    // The product's own limits.
    let mut ground = Ground::new(&run.folder, run.seed, &[], false).await?;
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

/// Ten times as much as in the other tests, all at once, and a writer's queue that is shorter than the number of those
/// who write: it is full. Nobody is turned away for that.
///
/// Guard: a full queue of the writer makes senders wait.
pub(super) async fn overload(run: &Run) -> Outcome<String> {
    let setup = fast_setup(&run.folder)?.with_environment("BECKON_TEST_WAITING", QUEUE);
    let mut ground = Ground::on(&run.folder, setup, run.seed, false).await?;
    ground.add_visitors(80, 2, &Rules::default()).await?;
    ground.add_agents(1, &Rules { answered_percent: 5, ..Rules::default() }).await?;
    let begun = Instant::now();
    // Each of their lanes has something to write from now on, also where a machine is faster than the load.
    ground.burst(2 * AT_ONCE).await?;
    let written = ground.load(10 * RATE, run.pick(Duration::from_secs(2), Duration::from_secs(20))).await?;
    let waiting = ground.waiting();
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
        "{written} writes at {} msg/s, {waiting} waited at the end, {rate:.0}/s answered, {memory} MB: {report}",
        10 * RATE
    ))
}

/// Long messages of 16 KB after which a slow reader must be out: far more than systems and server hold for it.
const MOST_MESSAGES: usize = 1_500;
/// With fewer, less than the server's own bound (256 KiB) waits.
const FEWEST_MESSAGES: usize = 16;
/// Writes that wait for the writer at most in `overload`.
const QUEUE: &str = "8";
/// Messages that each conversation has to write there from the start.
const AT_ONCE: usize = 3;
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
    ground.crowd[0].order(Order::Write(crate::log::Kind::Text, 0)).await?;
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
        sleep(Duration::from_millis(10)).await;
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
