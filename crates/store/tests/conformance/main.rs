//! What every backend promises, checked through the trait only. Each backend adds a module that opens
//! it on a real place and runs the suite.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod active;
mod agents;
mod contexts;
mod conversations;
mod creation;
mod durability;
mod edits;
mod handles;
mod house;
mod inbox;
mod interleavings;
mod invites;
mod keys;
mod listing;
mod locks;
mod notes;
mod past;
mod quick_replies;
mod sqlite;
mod sqlite_files;
mod sqlite_queue;
mod visitors;
mod widgets;

#[path = "../../../core/cases/browser.rs"]
mod browser;
#[path = "../../../core/cases/orders.rs"]
mod orders;
#[path = "../../../core/cases/stories.rs"]
mod stories;
