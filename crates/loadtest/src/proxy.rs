//! A TCP proxy between clients and server: it swallows one direction, freezes, cuts.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::Outcome;

/// Read at once from one direction of one connection.
const BUFFER: usize = 4 * 1024;

/// What happens to the bytes of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Flow {
    /// They arrive.
    Forward = 0,
    /// They are read and never arrive: the writer believes that they did.
    Swallow = 1,
    /// They are not even read: the other end stays open and silent, as behind a cable that was pulled out.
    Freeze = 2,
}

/// Which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

#[derive(Debug, Default)]
struct Wire {
    up: AtomicU8,
    down: AtomicU8,
    cut: Notify,
    gone: AtomicBool,
}

impl Wire {
    fn flow(&self, way: Way) -> &AtomicU8 {
        match way {
            Way::Up => &self.up,
            Way::Down => &self.down,
        }
    }
}

#[derive(Debug, Default)]
struct Shared {
    wires: Mutex<Vec<Arc<Wire>>>,
    refuses: AtomicBool,
    swallowed: AtomicU64,
}

/// A running proxy.
#[derive(Debug)]
pub struct Proxy {
    /// Where clients connect.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts before this server.
    pub async fn start(server: SocketAddr) -> Outcome<Self> {
        let listener = TcpListener::bind(crate::server::free_address()?).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(accept(listener, server, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// New connections are cut at once, or no longer.
    pub fn refuse(&self, refuses: bool) {
        self.shared.refuses.store(refuses, Ordering::Relaxed);
    }

    /// Sets what happens to bytes on every `every`-th connection there is now; how many they are.
    pub fn set(&self, way: Way, flow: Flow, every: usize) -> usize {
        let wires = self.open();
        let chosen = wires.iter().step_by(every.max(1));
        chosen.map(|wire| wire.flow(way).store(flow as u8, Ordering::Relaxed)).count()
    }

    /// Resets every connection there is now; how many they were.
    pub fn cut_all(&self) -> usize {
        let wires = self.open();
        wires.iter().for_each(|wire| wire.cut.notify_one());
        wires.len()
    }

    /// Resets the connections whose bytes are swallowed or frozen; how many they were.
    pub fn cut_disturbed(&self) -> usize {
        let disturbed = |wire: &&Arc<Wire>| {
            [Way::Up, Way::Down]
                .iter()
                .any(|way| wire.flow(*way).load(Ordering::Relaxed) != Flow::Forward as u8)
        };
        self.open().iter().filter(disturbed).map(|wire| wire.cut.notify_one()).count()
    }

    /// Bytes that never arrived.
    pub fn swallowed(&self) -> u64 {
        self.shared.swallowed.load(Ordering::Relaxed)
    }

    fn open(&self) -> Vec<Arc<Wire>> {
        let mut wires = self.shared.wires.lock().unwrap_or_else(PoisonError::into_inner);
        wires.retain(|wire| !wire.gone.load(Ordering::Relaxed));
        wires.clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.cut_all();
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, shared: Arc<Shared>) {
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        if shared.refuses.load(Ordering::Relaxed) {
            continue;
        }
        let wire = Arc::new(Wire::default());
        shared.wires.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&wire));
        tokio::spawn(carry(client, server, wire, Arc::clone(&shared)));
    }
}

async fn carry(client: TcpStream, server: SocketAddr, wire: Arc<Wire>, shared: Arc<Shared>) {
    if let Ok(server) = TcpStream::connect(server).await {
        // Without these a test would only be slower.
        let _slower = (client.set_nodelay(true), server.set_nodelay(true));
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let cut = tokio::select! {
            () = pump(&mut from_client, &mut to_server, &wire, Way::Up, &shared) => false,
            () = pump(&mut from_server, &mut to_client, &wire, Way::Down, &shared) => false,
            () = wire.cut.notified() => true,
        };
        if cut {
            // As a router that has forgotten the connection: a reset on both sides, nothing that waits is sent.
            for half in [to_client, to_server] {
                let _closed = half.as_ref().set_zero_linger();
                half.forget();
            }
        } else {
            // What one side said last still arrives, its close frame say.
            let rest = async {
                pump(&mut from_server, &mut to_client, &wire, Way::Down, &shared).await;
            };
            let _late = tokio::time::timeout(Duration::from_millis(200), rest).await;
        }
    }
    wire.gone.store(true, Ordering::Relaxed);
}

async fn pump(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, wire: &Wire, way: Way, shared: &Shared) {
    let mut buffer = [0; BUFFER];
    loop {
        let Ok(count @ 1..) = from.read(&mut buffer).await else { return };
        let flow = wire.flow(way).load(Ordering::Relaxed);
        if flow == Flow::Freeze as u8 {
            return std::future::pending().await;
        }
        if flow == Flow::Swallow as u8 {
            shared.swallowed.fetch_add(count as u64, Ordering::Relaxed);
            continue;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
