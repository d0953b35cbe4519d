//! Load and faults against the real binary, from a process of its own, and a checker of what was promised.
//!
//! [`server`] starts and ends the binary, [`wire`] is what a client does on a socket. Nothing here uses the server's or
//! the store's code: what is checked must not check itself. Only [`bench`] does, which fills databases with the store.

pub mod bench;
pub mod failure;
pub mod server;
pub mod wire;

pub use failure::{Failure, Outcome};
