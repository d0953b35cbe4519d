//! Load and faults against the real binary, from a process of its own, and a checker of what was promised.
//!
//! [`server`] starts and ends the binary, [`wire`] is what a client does on a socket, [`client`] a visitor or agent who
//! keeps the protocol's rules, [`proxy`] what happens on the way, [`check`] whether it all was as promised, [`faults`]
//! what is done to them. None of these uses the server's or the store's code: what is checked must not check itself.
//! Only [`bench`] does, which fills databases with the store.

pub mod agent;
pub mod bench;
pub mod check;
pub mod client;
pub mod failure;
pub mod faults;
pub mod ground;
pub mod keep;
pub mod lane;
pub mod log;
pub mod pace;
pub mod proxy;
pub mod scene;
pub mod server;
pub mod view;
pub mod visitor;
pub mod wire;

pub use failure::{Failure, Outcome};
