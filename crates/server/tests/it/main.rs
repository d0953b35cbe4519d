//! The server through its public doors: HTTP, WebSocket and command line, on real ports and real files.

mod harness;

mod active;
mod agents;
mod any_site;
mod api;
mod backup;
mod clock;
mod context;
mod contract;
mod delivery;
mod doctor;
mod edits;
mod example;
mod frames;
mod hang_up;
mod idempotency;
mod invites;
mod kept;
mod keys;
mod limits;
mod listing;
mod notes;
mod pages;
mod path;
mod people;
mod presence;
mod privacy;
mod process;
mod public_address;
mod roles;
mod said_order;
mod sign_in;
mod sockets;
#[cfg(target_os = "linux")]
mod storage;
mod viewers;
mod visitor_sessions;
mod where_calls_go;
mod widgets;

#[path = "../../../core/cases/browser.rs"]
mod browser;
#[path = "../../../core/cases/orders.rs"]
mod orders;
#[path = "../../../core/cases/stories.rs"]
mod stories;
