//! The operation layer: what every door (socket, HTTP, command line) does, done once.

mod access;
mod access_watch;
mod agents;
mod expiry;
mod history;
mod in_flight;
mod invites;
mod keys;
mod lists;
mod people;
mod public_address;
mod publish;
mod readiness;
mod said_order;
mod tickets;
mod visitor_sessions;
mod widgets;
mod writes;

use std::sync::Arc;

use beckon_core::time::{Clock, Timestamp};
use beckon_store::Store;

use crate::config::{OwnOrigins, Timing};
use crate::hub::Hub;
use crate::limits::Limits;
use crate::secret::Passwords;

pub use access::Caller;
pub use access_watch::watch_access;
pub use agents::{SIGN_IN_SECONDS, SetUp, SignedIn, USED_SETUP_LINK, check_password};
pub use expiry::delete_expired_hourly;
pub use history::{Opened, Reader, Resumed};
pub use in_flight::{InFlight, Running};
pub use invites::Joining;
pub use keys::KeyUses;
pub(crate) use lists::author_for_visitor;
pub use lists::{row_of, thread_of};
pub use public_address::StrangeOrigins;
pub(crate) use publish::event_frame;
pub use publish::{Dirty, keep_lists_fresh};
pub use readiness::Readiness;
pub use said_order::{SaidOrders, Tab};
pub use tickets::Tickets;
pub use visitor_sessions::{OpenedSession, Standing};
pub use widgets::{SeenPage, SeenPages};
pub use writes::Rejection;
pub(crate) use writes::conversation_of;

/// Everything that operations need. One per process, shared by all doors.
pub struct App {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// Who listens.
    pub hub: Arc<Hub>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Buckets and places.
    pub limits: Limits,
    /// Times of a connection's life.
    pub timing: Timing,
    /// Our own origins.
    pub own: OwnOrigins,
    /// Addresses whose `X-Forwarded-For` is believed, besides loopback.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Hashing of passwords.
    pub passwords: Passwords,
    /// Tickets of agents on their way to a socket.
    pub tickets: Tickets,
    /// Pages that loaded widgets.
    pub seen_pages: SeenPages,
    /// Origins that pages came from and that are not ours.
    pub strange_origins: StrangeOrigins,
    /// When keys were last used.
    pub key_uses: KeyUses,
    /// Requests that may be sent again and have no answer yet.
    pub in_flight: InFlight,
    /// In which order tabs said their context.
    pub said_orders: SaidOrders,
    /// Conversations whose list rows are old.
    pub dirty: Dirty,
    /// Whether the storage took the last trial write.
    pub readiness: Readiness,
    /// Set when a planned stop has begun.
    pub stopping: std::sync::atomic::AtomicBool,
}

impl App {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether a planned stop has begun.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// Does something that must not stop half way: whoever awaits it may hang up, and it goes on. `None` when the process
/// ends before it does.
async fn to_the_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    match tokio::spawn(work).await {
        Ok(done) => Some(done),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_cancelled) => None,
        },
    }
}
