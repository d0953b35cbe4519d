//! Frames: what goes over a socket, one JSON object each, `type` first.
//!
//! [`client`] is what visitors and agents send, [`server`] what they receive. Positions are `visitor_seq` for visitors
//! and `seq` for agents; times have the wire form of [`crate::time`].

pub mod client;
pub mod object;
pub mod server;

pub use client::{ClientFrame, FrameError, parse};
pub use server::{RejectCode, Retry, ServerFrame};

/// The version of the protocol that is spoken here.
pub const VERSION: u32 = 1;
