//! A TCP proxy between clients and server: it swallows one direction, freezes, delays, cuts.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
    /// They are kept until they are let go: what is sent later on another connection overtakes them. Within a connection
    /// nothing can.
    Delay = 3,
}

/// Which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// One direction of a connection.
#[derive(Debug, Default)]
struct Lane {
    flow: AtomicU8,
    /// What is delayed.
    kept: Mutex<Vec<u8>>,
    let_go: Notify,
}

impl Lane {
    fn flow(&self) -> u8 {
        self.flow.load(Ordering::Relaxed)
    }

    fn kept(&self) -> MutexGuard<'_, Vec<u8>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn let_go(&self) {
        if self.flow() == Flow::Delay as u8 {
            self.flow.store(Flow::Forward as u8, Ordering::Relaxed);
            self.let_go.notify_one();
        }
    }
}

#[derive(Debug, Default)]
struct Wire {
    up: Lane,
    down: Lane,
    cut: Notify,
    /// The client's end only is cut.
    strand: Notify,
    is_stranded: AtomicBool,
    gone: AtomicBool,
}

impl Wire {
    fn lane(&self, way: Way) -> &Lane {
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
    /// What the server answered to clients who were gone.
    late: Mutex<Vec<u8>>,
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
        chosen.map(|wire| wire.lane(way).flow.store(flow as u8, Ordering::Relaxed)).count()
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
            [Way::Up, Way::Down].iter().any(|way| wire.lane(*way).flow() != Flow::Forward as u8)
        };
        self.open().iter().filter(disturbed).map(|wire| wire.cut.notify_one()).count()
    }

    /// Lets go what is kept; what is sent from now on arrives at once.
    pub fn let_go(&self) {
        for wire in self.open() {
            wire.up.let_go();
            wire.down.let_go();
        }
    }

    /// Resets the clients' ends of the connections on which something of theirs is kept: the server hears nothing of it,
    /// and of what is kept only once that is let go. How many they were. All others go on.
    pub fn strand(&self) -> usize {
        let (stranded, others): (Vec<_>, Vec<_>) =
            self.open().into_iter().partition(|wire| !wire.up.kept().is_empty());
        others.iter().for_each(|wire| wire.up.let_go());
        for wire in &stranded {
            wire.is_stranded.store(true, Ordering::Relaxed);
            wire.strand.notify_one();
        }
        stranded.len()
    }

    /// Connections without a client whose server has not ended them yet.
    pub fn stranded(&self) -> usize {
        self.open().iter().filter(|wire| wire.is_stranded.load(Ordering::Relaxed)).count()
    }

    /// What the server answered to clients who were gone.
    pub fn late(&self) -> Vec<u8> {
        self.shared.late.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
        let end = tokio::select! {
            () = pump(&mut from_client, &mut to_server, &wire, Way::Up, &shared) => End::Said,
            () = pump(&mut from_server, &mut to_client, &wire, Way::Down, &shared) => End::Said,
            () = wire.cut.notified() => End::Cut,
            () = wire.strand.notified() => End::Stranded,
        };
        match end {
            End::Cut => {
                reset(to_client);
                reset(to_server);
            }
            End::Stranded => {
                reset(to_client);
                drop(from_client);
                tokio::select! {
                    () = late(&mut from_server, &mut to_server, &wire, &shared) => {}
                    () = wire.cut.notified() => reset(to_server),
                }
            }
            End::Said => {
                // What one side said last still arrives, its close frame say.
                let rest = async {
                    pump(&mut from_server, &mut to_client, &wire, Way::Down, &shared).await;
                };
                let _late = tokio::time::timeout(Duration::from_millis(200), rest).await;
            }
        }
    }
    wire.gone.store(true, Ordering::Relaxed);
}

/// How a connection ends.
enum End {
    /// One side has ended it.
    Said,
    Cut,
    Stranded,
}

/// As a router that has forgotten the connection: a reset, nothing that waits is sent.
fn reset(half: OwnedWriteHalf) {
    let _closed = half.as_ref().set_zero_linger();
    half.forget();
}

/// The client has gone: what it had sent arrives once it is let go, and then nothing more.
async fn late(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, wire: &Wire, shared: &Shared) {
    wire.up.let_go.notified().await;
    let kept = std::mem::take(&mut *wire.up.kept());
    // The server may have ended it meanwhile; what it said before is still to be read.
    let _arrived = (to.write_all(&kept).await, to.shutdown().await);
    let mut said = Vec::new();
    let _ended = from.read_to_end(&mut said).await;
    shared.late.lock().unwrap_or_else(PoisonError::into_inner).append(&mut said);
}

async fn pump(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, wire: &Wire, way: Way, shared: &Shared) {
    let mut buffer = [0; BUFFER];
    let lane = wire.lane(way);
    loop {
        let count = tokio::select! {
            read = from.read(&mut buffer) => match read {
                Ok(count @ 1..) => count,
                Ok(0) | Err(_) => return,
            },
            () = lane.let_go.notified() => 0,
        };
        let flow = lane.flow();
        if flow == Flow::Freeze as u8 {
            return std::future::pending().await;
        }
        if flow == Flow::Swallow as u8 {
            shared.swallowed.fetch_add(count as u64, Ordering::Relaxed);
            continue;
        }
        if flow == Flow::Delay as u8 {
            lane.kept().extend_from_slice(&buffer[..count]);
            continue;
        }
        let mut bytes = std::mem::take(&mut *lane.kept());
        bytes.extend_from_slice(&buffer[..count]);
        if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
}
