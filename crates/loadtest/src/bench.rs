//! `cargo xtask bench`: Beckon beside the least that can be called a durable chat (the limit) and beside the usual way
//! (socket.io + PostgreSQL), in one run on one machine. Ratios count; absolute figures belong to the machine.
//!
//! Rules: servers and driver in processes of their own, the same driver for all, an open loop (each message has an
//! intended time, and the wait for a slow engine counts), A-B-C-C-B-A, the median of the pairs, and no figure of an engine
//! that lost or doubled a message.

pub mod contenders;
pub mod dialect;
pub mod driver;
pub mod fill;
pub mod http;
pub mod languages;
pub mod limit_engine;
pub mod lists;
pub mod machine;
pub mod messages;
pub mod postgres;
pub mod process;
pub mod sizes;
pub mod storm;
pub mod table;
pub mod wires;

use std::time::Duration;

/// Why something could not be measured.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long the rows take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// The whole table in about ten minutes: to see where one stands.
    Quick,
    /// For figures that are quoted.
    Full,
}

impl Length {
    /// Time before anything counts.
    pub fn warm(self) -> Duration {
        Duration::from_millis(if self == Self::Quick { 700 } else { 2_000 })
    }

    /// Time that counts.
    pub fn measure(self) -> Duration {
        Duration::from_secs(if self == Self::Quick { 4 } else { 15 })
    }

    /// One step of a ramp.
    pub fn step(self) -> Duration {
        Duration::from_millis(if self == Self::Quick { 1_200 } else { 5_000 })
    }

    /// Times that the order A-B-C-C-B-A is gone through.
    pub fn rounds(self) -> usize {
        if self == Self::Quick { 1 } else { 2 }
    }
}
