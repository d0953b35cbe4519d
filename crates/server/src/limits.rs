//! Every bound of the server, with its reason, and the token buckets that hold the ones counted over time.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use beckon_core::id::{AgentId, KeyId, SessionId};
use clap::Args;

/// Characters of an `Idempotency-Key`: a UUID has 36, and the number of an order with the name of a step fits as well.
pub const LONGEST_KEY: usize = 255;
/// Largest frame and request body: the largest context (64 KiB) and the longest text (4,096 characters of four
/// bytes, or of twelve when written as escapes) fit together.
pub const BODY_BYTES: usize = 192 * 1024;
/// Bytes of a larger body that are read and forgotten: its sender, who is still writing, then comes to read what was wrong.
/// An end with unread bytes would reset the connection, and the answer with it.
pub const FORGOTTEN_BYTES: usize = 1024 * 1024;
/// No frame that is written is larger: the largest carries a context before and after, as text in a text, where a
/// quotation mark takes two bytes (4 × 64 KiB), and names around them. A socket refuses a larger one and ends.
pub const WRITTEN_FRAME_BYTES: usize = 1024 * 1024;
/// Bytes of frames that may wait for a slow visitor: some hundred messages. Its task may be writing as much again, which it
/// took out of the queue before.
pub const VISITOR_OUTBOUND_BYTES: usize = 256 * 1024;
/// Bytes of frames that may wait for a slow agent, whose socket also carries rows and contexts.
pub const AGENT_OUTBOUND_BYTES: usize = 1024 * 1024;
/// Events in a reset, and the default of a history page.
pub const HISTORY_PAGE: u32 = 50;
/// Largest history or inbox page.
pub const HISTORY_PAGE_MAX: u32 = 200;
/// Events that are replayed after a reconnect; a longer gap is a reset.
pub const REPLAY_EVENTS: usize = 500;
/// Bytes of events in a replay, a reset or a page: the event of a context write may have half a megabyte.
pub const PAGE_BYTES: usize = 1024 * 1024;
/// Events read at once on the way to such a page, so that large ones are noticed before they fill the memory.
pub const READ_EVENTS: usize = 25;
/// Frames a client may send at once, in seconds of its rate: a long list of conversations is opened after a reconnect.
pub const FRAMES_BURST_SECONDS: f64 = 6.0;
/// Threads in a visitor's list.
pub const THREADS_SHOWN: usize = 200;
/// Conversations a hello may resume: more than a list shows at once.
pub const RESUME_CONVERSATIONS: usize = 100;
/// Conversations one agent's socket may follow at once.
pub const FOLLOWED_CONVERSATIONS: usize = 200;
/// Colleagues shown at one conversation: more is a crowd, and each change is told to each of them.
pub const VIEWERS_SHOWN: usize = 20;
/// Largest page of the contract's lists, and the last item a numbered page may reach.
pub const API_PAGE_MAX: u32 = 999;
/// Highest `page × limit` of the contract's lists: further pages would read the whole table.
pub const API_PAGE_DEPTH: u64 = 100_000;
/// Values of one repeated filter of the contract's lists.
pub const API_FILTER_VALUES: usize = 200;
/// Origins that may embed one widget: they all stand in a header.
pub const ORIGINS: usize = 100;
/// Hosts of one widget's pictures: those of all widgets stand in a header of the console.
pub const IMAGE_HOSTS: usize = 20;
/// Tickets waiting to be used; the oldest go first.
pub const TICKETS: usize = 10_000;
/// Time an answer about readiness holds, in seconds: finding out writes to the disk.
pub const READINESS_SECONDS: i64 = 1;
/// Life of a ticket, in seconds.
pub const TICKET_SECONDS: i64 = 60;
/// Shortest password.
pub const PASSWORD_CHARACTERS: usize = 10;
/// Longest password: Argon2 reads it all.
pub const PASSWORD_BYTES: usize = 1024;

/// Limits an operator may move. A rate counts per second unless its name says otherwise.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits")]
pub struct LimitSettings {
    /// Messages a visitor session may send each second
    #[arg(long, env = "BECKON_VISITOR_SENDS", default_value_t = 5.0, value_name = "RATE")]
    pub visitor_sends: f64,
    /// Messages a visitor session may send at once
    #[arg(long, env = "BECKON_VISITOR_SENDS_BURST", default_value_t = 10.0, value_name = "COUNT")]
    pub visitor_sends_burst: f64,
    /// Context writes of a visitor session each second
    #[arg(long, env = "BECKON_CONTEXT_WRITES", default_value_t = 2.0, value_name = "RATE")]
    pub context_writes: f64,
    /// Context writes of a visitor session at once
    #[arg(long, env = "BECKON_CONTEXT_WRITES_BURST", default_value_t = 10.0, value_name = "COUNT")]
    pub context_writes_burst: f64,
    /// Messages and commands of an agent each second
    #[arg(long, env = "BECKON_AGENT_SENDS", default_value_t = 20.0, value_name = "RATE")]
    pub agent_sends: f64,
    /// Requests of an API key each second
    #[arg(long, env = "BECKON_KEY_REQUESTS", default_value_t = 50.0, value_name = "RATE")]
    pub key_requests: f64,
    /// Conversations a visitor session may start in an hour
    #[arg(long, env = "BECKON_NEW_CONVERSATIONS", default_value_t = 6.0, value_name = "COUNT")]
    pub new_conversations: f64,
    /// Frames of every kind a socket may send each second; more end it
    #[arg(long, env = "BECKON_FRAMES", default_value_t = 50.0, value_name = "RATE")]
    pub frames: f64,
    /// Visitor sessions an address may open in an hour: offices and proxies share one
    #[arg(long, env = "BECKON_SESSIONS_PER_IP", default_value_t = 600.0, value_name = "COUNT")]
    pub sessions_per_ip: f64,
    /// Visitor sessions an address may end, and handles it may use, in a minute
    #[arg(long, env = "BECKON_SESSION_CALLS_PER_IP", default_value_t = 600.0, value_name = "COUNT")]
    pub session_calls_per_ip: f64,
    /// Sign-ins an address may try in a minute
    #[arg(long, env = "BECKON_SIGN_INS_PER_IP", default_value_t = 20.0, value_name = "COUNT")]
    pub sign_ins_per_ip: f64,
    /// Sockets open at once from an address
    #[arg(long, env = "BECKON_SOCKETS_PER_IP", default_value_t = 2_000, value_name = "COUNT")]
    pub sockets_per_ip: u32,
    /// Sockets open at once for a session: one a tab
    #[arg(long, env = "BECKON_SOCKETS_PER_SESSION", default_value_t = 5, value_name = "COUNT")]
    pub sockets_per_session: u32,
}

/// How fast a bucket fills and how much it holds.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    per_second: f64,
    burst: f64,
}

impl Rate {
    fn per_second(per_second: f64, burst: f64) -> Self {
        Self { per_second: per_second.max(f64::MIN_POSITIVE), burst: burst.max(1.0) }
    }

    fn over(seconds: f64, count: f64) -> Self {
        Self::per_second(count / seconds, count)
    }
}

/// Asked for too much; worth another try after this time, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// Milliseconds until one more is allowed.
    pub after_ms: u64,
}

/// Token buckets of one kind, one per key. Full buckets are forgotten, so memory follows recent use only.
#[derive(Debug)]
pub struct Buckets<K> {
    rate: Rate,
    state: Mutex<BucketState<K>>,
}

#[derive(Debug)]
struct BucketState<K> {
    levels: HashMap<K, Level>,
    sweep_at: usize,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    tokens: f64,
    at_micros: i64,
}

/// Buckets held before full ones are looked for.
const SWEEP_FROM: usize = 1024;

impl<K: Eq + Hash> Buckets<K> {
    fn new(rate: Rate) -> Self {
        Self { rate, state: Mutex::new(BucketState { levels: HashMap::new(), sweep_at: SWEEP_FROM }) }
    }

    /// Takes one token, or says when there will be one. `now_micros` is the wall clock, in microseconds.
    pub fn take(&self, key: K, now_micros: i64) -> Result<(), Exceeded> {
        self.look(key, now_micros, 1.0)
    }

    /// Whether there is a token, without taking it.
    pub fn peek(&self, key: K, now_micros: i64) -> Result<(), Exceeded> {
        self.look(key, now_micros, 0.0)
    }

    fn look(&self, key: K, now_micros: i64, price: f64) -> Result<(), Exceeded> {
        let rate = self.rate;
        let filled = |level: &Level| {
            let seconds = (now_micros - level.at_micros).max(0) as f64 / 1e6;
            (level.tokens + seconds * rate.per_second).min(rate.burst)
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.levels.len() >= state.sweep_at {
            state.levels.retain(|_, level| filled(level) < rate.burst);
            state.sweep_at = SWEEP_FROM.max(state.levels.len() * 2);
        }
        let level = state.levels.entry(key).or_insert(Level { tokens: rate.burst, at_micros: now_micros });
        let tokens = filled(level);
        let allowed = tokens >= 1.0;
        *level = Level { tokens: if allowed { tokens - price } else { tokens }, at_micros: now_micros };
        if allowed {
            return Ok(());
        }
        let after_ms = ((1.0 - tokens) / rate.per_second * 1000.0).ceil();
        Err(Exceeded { after_ms: (after_ms as u64).max(1) })
    }
}

/// Counts what is open at once per key, and gives the place back when its guard is dropped.
#[derive(Debug)]
pub struct Places<K> {
    most: u32,
    taken: Arc<Mutex<HashMap<K, u32>>>,
}

/// One place taken; dropping it frees the place.
#[derive(Debug)]
pub struct Place<K: Eq + Hash + Copy> {
    key: K,
    taken: Arc<Mutex<HashMap<K, u32>>>,
}

impl<K: Eq + Hash + Copy> Places<K> {
    fn new(most: u32) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// A place, unless all are taken.
    pub fn take(&self, key: K) -> Option<Place<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(key).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place { key, taken: Arc::clone(&self.taken) })
    }
}

impl<K: Eq + Hash + Copy> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

/// All limits that are counted.
#[derive(Debug)]
pub struct Limits {
    /// Messages of a visitor session.
    pub visitor_sends: Buckets<SessionId>,
    /// Context writes of a visitor session.
    pub context_writes: Buckets<SessionId>,
    /// New conversations of a visitor session.
    pub new_conversations: Buckets<SessionId>,
    /// Messages and commands of an agent.
    pub agent_sends: Buckets<AgentId>,
    /// Requests of an API key.
    pub key_requests: Buckets<KeyId>,
    /// New visitor sessions of an address.
    pub sessions_per_ip: Buckets<IpAddr>,
    /// Ends of visitor sessions and uses of handles of an address.
    pub session_calls_per_ip: Buckets<IpAddr>,
    /// Sign-ins of an address.
    pub sign_ins_per_ip: Buckets<IpAddr>,
    /// Sign-ins to one e-mail address, so that many addresses cannot share the guessing.
    pub sign_ins_per_email: Buckets<[u8; 32]>,
    /// Sockets of an address.
    pub sockets_per_ip: Places<IpAddr>,
    /// Sockets of a visitor session.
    pub sockets_per_session: Places<SessionId>,
    /// Frames of a socket each second.
    pub frames: f64,
}

impl Limits {
    /// Limits as set.
    pub fn new(settings: &LimitSettings) -> Self {
        const MINUTE: f64 = 60.0;
        const HOUR: f64 = 3600.0;
        Self {
            visitor_sends: Buckets::new(Rate::per_second(
                settings.visitor_sends,
                settings.visitor_sends_burst,
            )),
            context_writes: Buckets::new(Rate::per_second(
                settings.context_writes,
                settings.context_writes_burst,
            )),
            new_conversations: Buckets::new(Rate::over(HOUR, settings.new_conversations)),
            agent_sends: Buckets::new(Rate::per_second(settings.agent_sends, settings.agent_sends * 2.0)),
            key_requests: Buckets::new(Rate::per_second(settings.key_requests, settings.key_requests * 2.0)),
            sessions_per_ip: Buckets::new(Rate::over(HOUR, settings.sessions_per_ip)),
            session_calls_per_ip: Buckets::new(Rate::over(MINUTE, settings.session_calls_per_ip)),
            sign_ins_per_ip: Buckets::new(Rate::over(MINUTE, settings.sign_ins_per_ip)),
            sign_ins_per_email: Buckets::new(Rate::over(MINUTE, settings.sign_ins_per_ip)),
            sockets_per_ip: Places::new(settings.sockets_per_ip),
            sockets_per_session: Places::new(settings.sockets_per_session),
            frames: settings.frames.max(1.0),
        }
    }
}

/// The address a bucket counts: an IPv6 customer owns a whole /64, so that is one.
pub fn bucket_address(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => {
            let network = u128::from(v6) & !u128::from(u64::MAX);
            IpAddr::V6(network.into())
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn a_bucket_gives_its_burst_then_its_rate() {
        let buckets = Buckets::new(Rate::per_second(2.0, 3.0));
        for _ in 0..3 {
            assert_eq!(buckets.take("a", 0), Ok(()));
        }
        assert_eq!(buckets.take("a", 0), Err(Exceeded { after_ms: 500 }));
        assert_eq!(buckets.take("b", 0), Ok(()), "another key has its own bucket");
        assert_eq!(buckets.take("a", SECOND / 2), Ok(()));
        assert!(buckets.take("a", SECOND / 2).is_err());
    }

    #[test]
    fn a_clock_set_back_gives_nothing_away() {
        let buckets = Buckets::new(Rate::per_second(1.0, 1.0));
        assert!(buckets.take("a", 10 * SECOND).is_ok());
        assert!(buckets.take("a", 0).is_err());
    }

    #[test]
    fn full_buckets_are_forgotten() {
        let buckets = Buckets::new(Rate::per_second(1.0, 1.0));
        for key in 0..SWEEP_FROM {
            assert!(buckets.take(key, 0).is_ok());
        }
        assert!(buckets.take(SWEEP_FROM, 60 * SECOND).is_ok());
        assert_eq!(buckets.state.lock().expect("not poisoned").levels.len(), 1);
    }

    #[test]
    fn a_dropped_place_is_free_again() {
        let places = Places::new(1);
        let place = places.take(1).expect("the first is free");
        assert!(places.take(1).is_none());
        drop(place);
        assert!(places.take(1).is_some());
    }

    #[test]
    fn neighbours_in_a_64_share_a_bucket() {
        let address = |text: &str| bucket_address(text.parse().expect("an address"));
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff"));
        assert_ne!(address("2001:db8:0:1::1"), address("2001:db8::1"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
    }
}
