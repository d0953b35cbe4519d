//! `beckon serve`: from an empty folder to a listening server, and a stop that loses nothing.

use std::future::IntoFuture;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::serve::ListenerExt;
use beckon_core::frame::server::{Drain, ServerFrame};
use beckon_core::time::Clock;
use beckon_store::sqlite::{DataLock, Inspection, LockError, SqliteOptions, SqliteStore};
use beckon_store::{Store, SystemClock};
use rand::seq::SliceRandom;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::app::{
    App, Dirty, InFlight, KeyUses, Readiness, SaidOrders, SeenPages, StrangeOrigins, Tickets,
    delete_expired_hourly, keep_lists_fresh, watch_access,
};
use crate::cli::Failure;
use crate::config::{OwnOrigins, Settings};
use crate::hub::Hub;
use crate::limits::Limits;
use crate::program::program;
use crate::secret::Passwords;
use crate::ws::close::CloseCode;
use crate::ws::outbound::Delivery;
use crate::{http, telemetry, welcome};

/// Longest a planned stop may take altogether.
const STOP_WITHIN: Duration = Duration::from_secs(30);
/// Time between two sockets that are sent away: a few of them need no spread.
const DRAIN_STEP_MS: u64 = 10;

/// Files and sockets to ask the system for: its usual 1,024 are fewer than one office may open.
const OPEN_FILES: u64 = 65_536;

/// Sockets that accept connections, and the origins that follow from them.
#[derive(Debug)]
pub struct Listeners {
    listeners: Vec<TcpListener>,
    /// The address that is really listened on.
    pub address: SocketAddr,
    /// Our own origins.
    pub own: OwnOrigins,
}

impl Listeners {
    /// Listens; 127.0.0.1 also listens on [::1], because browsers take either for localhost.
    pub async fn open(settings: &Settings) -> Result<Self, Failure> {
        let wanted = settings.listen;
        let first = TcpListener::bind(wanted).await.map_err(|error| bind_failure(wanted, &error))?;
        let address = first.local_addr().map_err(|error| bind_failure(wanted, &error))?;
        let mut listeners = vec![first];
        if address.ip() == Ipv4Addr::LOCALHOST {
            let sibling = SocketAddr::from((Ipv6Addr::LOCALHOST, address.port()));
            match TcpListener::bind(sibling).await {
                Ok(listener) => listeners.push(listener),
                Err(error) => tracing::warn!(%sibling, %error, "not listened on"),
            }
        }
        let own = OwnOrigins::new(settings.public_url.as_deref(), address);
        Ok(Self { listeners, address, own })
    }
}

fn bind_failure(address: SocketAddr, error: &std::io::Error) -> Failure {
    let program = program();
    Failure::new(match error.kind() {
        ErrorKind::AddrInUse => format!(
            "port {port} is in use. Stop what uses it, or take another: {program} --listen {ip}:{next}",
            port = address.port(),
            ip = address.ip(),
            next = address.port().wrapping_add(1).max(1024),
        ),
        ErrorKind::PermissionDenied => {
            format!(
                "port {} needs more rights. Take one from 1024: {program} --listen {}:8080",
                address.port(),
                address.ip()
            )
        }
        _ => format!(
            "cannot listen on {address}: {error}. Name an address of this machine: {program} --listen IP:PORT"
        ),
    })
}

/// Everything the doors share.
pub fn assemble(
    settings: &Settings,
    own: OwnOrigins,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
) -> Arc<App> {
    Arc::new(App {
        store,
        hub: Arc::new(Hub::default()),
        clock,
        limits: Limits::new(&settings.limits),
        timing: settings.timing.clone(),
        own,
        trusted_proxies: settings.trusted_proxies.clone(),
        passwords: Passwords::default(),
        tickets: Tickets::default(),
        seen_pages: SeenPages::default(),
        strange_origins: StrangeOrigins::default(),
        key_uses: KeyUses::default(),
        in_flight: InFlight::default(),
        said_orders: SaidOrders::default(),
        dirty: Dirty::default(),
        readiness: Readiness::default(),
        stopping: false.into(),
    })
}

/// Serves until `stop` is set, then sends everybody away and returns.
pub async fn serve(app: Arc<App>, listeners: Listeners, mut stop: watch::Receiver<bool>) {
    let lists = tokio::spawn(keep_lists_fresh(Arc::clone(&app)));
    let access = tokio::spawn(watch_access(Arc::clone(&app)));
    let expiry = tokio::spawn(delete_expired_hourly(Arc::clone(&app)));
    let (close, closed) = watch::channel(false);
    let router = http::router(Arc::clone(&app));
    let servers: Vec<_> = listeners
        .listeners
        .into_iter()
        .map(|listener| {
            let mut closed = closed.clone();
            let service = router.clone().into_make_service_with_connect_info::<SocketAddr>();
            // A frame leaves when it is written: otherwise the system holds a small one back until the one before it is
            // acknowledged, which the other side puts off for 40 ms.
            let listener = listener.tap_io(|stream| {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "small frames of a connection may be late");
                }
            });
            let server = axum::serve(listener, service).with_graceful_shutdown(async move {
                while !*closed.borrow() && closed.changed().await.is_ok() {}
            });
            tokio::spawn(server.into_future())
        })
        .collect();
    // The sender gone means stop, too.
    while !*stop.borrow() && stop.changed().await.is_ok() {}
    app.stopping.store(true, Ordering::Relaxed);
    // Nobody is left to hear it if both listeners ended by themselves.
    let _unheard = close.send(true);
    let stopped = timeout(STOP_WITHIN - Duration::from_secs(1), async {
        drain(&app).await;
        for server in servers {
            if let Ok(Err(error)) = server.await {
                tracing::error!(%error, "a listener ended");
            }
        }
    });
    if stopped.await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
    lists.abort();
    access.abort();
    expiry.abort();
}

/// Tells every socket to come back later and ends them one after another over the spread, in random order.
async fn drain(app: &App) {
    let mut sockets = app.hub.all();
    let few = u64::try_from(sockets.len()).unwrap_or(u64::MAX).saturating_mul(DRAIN_STEP_MS);
    let spread_ms = app.timing.drain_ms.min(few);
    let frame = ServerFrame::Drain(Drain { spread_ms }).to_text().into();
    for socket in &sockets {
        socket.push(Delivery::Frame(axum::extract::ws::Utf8Bytes::clone(&frame)));
    }
    sockets.shuffle(&mut rand::rng());
    let (begun, spread) = (Instant::now(), Duration::from_millis(spread_ms));
    let count = u32::try_from(sockets.len()).unwrap_or(u32::MAX).max(1);
    // From the beginning, and not from one to the next: a timer goes in milliseconds, and many are less apart.
    for (socket, gone) in sockets.into_iter().zip(0_u32..) {
        sleep_until(begun + spread.mul_f64(f64::from(gone) / f64::from(count))).await;
        socket.close(CloseCode::Drain);
    }
    while app.hub.connections() > 0 || app.hub.farewells() > 0 {
        sleep(Duration::from_millis(DRAIN_STEP_MS)).await;
    }
}

/// Takes the data folder for this process.
fn take_folder(folder: &Path) -> Result<DataLock, Failure> {
    DataLock::take(folder).map_err(|error| match error {
        LockError::InUse(folder) => Failure::new(format!(
            "the data folder {} is in use by another beckon. Stop that one, or take another folder: {} --data FOLDER",
            folder.display(),
            program()
        )),
        error @ LockError::Folder { .. } => {
            Failure::new(format!("{error}. Take a folder you may write to: {} --data FOLDER", program()))
        }
    })
}

/// The command `serve`.
pub async fn run(settings: Settings) -> Result<(), Failure> {
    telemetry::start(&settings.log).map_err(|error| Failure::new(format!("--log: {error}")))?;
    if let Err(error) = rlimit::increase_nofile_limit(OPEN_FILES) {
        tracing::warn!(%error, "the number of sockets stays limited by the system");
    }
    bear_file_limit();
    let folder = settings.data.path.as_path();
    let mut lock = take_folder(folder)?;
    let listeners = Listeners::open(&settings).await?;
    // Heard from here on, so that one that comes before anything is served is no crash, either.
    let signals =
        Signals::listen().map_err(|error| Failure::new(format!("signals cannot be heard: {error}")))?;
    let (stop, stopped) = watch::channel(false);
    let signals = tokio::spawn(stop_on_signal(signals, stop));
    let sqlite = Arc::new(SqliteStore::open(&SqliteOptions::new(folder))?);
    let store: Arc<dyn Store> = Arc::clone(&sqlite) as Arc<dyn Store>;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    store.first_start().await?;
    let app = assemble(&settings, listeners.own.clone(), store, clock);
    if let Err(error) = lock.begin_serving() {
        tracing::warn!(%error, "an end without a stop will not be noticed at the next start");
    }
    let looked = Arc::new(AtomicBool::new(!lock.was_left_unclean()));
    if lock.was_left_unclean() {
        look_for_damage(folder.to_path_buf(), Arc::clone(&looked));
    }
    welcome::print(&app, listeners.address, folder).await?;

    tokio::select! {
        () = serve(Arc::clone(&app), listeners, stopped) => {}
        () = sqlite.closed() => {
            // Nothing can be stored any more: whoever restarts us brings the writer back.
            return Err(Failure::new("the storage has stopped; start beckon again"));
        }
    }
    signals.abort();
    if let Err(error) = SqliteStore::settle(folder) {
        tracing::warn!(%error, "the log stays beside the database; the next start reads it");
    }
    if looked.load(Ordering::Relaxed)
        && let Err(error) = lock.end_serving()
    {
        tracing::warn!(%error, "the next start will look for damage");
    }
    Ok(())
}

/// Checks the database while it is served. A thread of its own, which ends with the process: a stop does not wait for it.
fn look_for_damage(folder: PathBuf, looked: Arc<AtomicBool>) {
    let look = move || {
        tracing::info!("the last run ended without a stop; looking for damage meanwhile");
        match Inspection::open(&folder).and_then(|inspection| inspection.quick_findings()) {
            Ok(found) if found.is_empty() => {
                looked.store(true, Ordering::Relaxed);
                tracing::info!("the database is whole");
            }
            Ok(found) => tracing::error!(finding = found[0], "the database is damaged: ask beckon doctor"),
            Err(error) => tracing::error!(%error, "the database could not be checked: ask beckon doctor"),
        }
    };
    if let Err(error) = std::thread::Builder::new().name("check".to_owned()).spawn(look) {
        tracing::warn!(%error, "the database is not checked after an end without a stop");
    }
}

/// A limit of file size is met like a full disk: by an error, not by the system's signal, which would end the process.
fn bear_file_limit() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        /// SIGXFSZ on Linux and on the BSDs.
        const FILE_SIZE_EXCEEDED: i32 = 25;
        // Once it has been asked for, it is never again the system's, also when nobody listens.
        if let Err(error) = signal(SignalKind::from_raw(FILE_SIZE_EXCEEDED)) {
            tracing::warn!(%error, "a limit of file size would end this process");
        }
    }
}

/// The first signal stops in good order, the second at once.
async fn stop_on_signal(mut signals: Signals, stop: watch::Sender<bool>) {
    signals.next().await;
    tracing::info!("stopping; once more stops at once");
    stop.send_replace(true);
    signals.next().await;
    std::process::exit(130);
}

/// The signals that ask for a stop. From the moment that they are listened to, none ends the process by itself.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // It will never be heard.
            std::future::pending::<()>().await;
        }
    }
}
