//! Pure rules of Beckon: values in, values out. No clock, no I/O, no SQL.

pub mod agent;
pub mod command;
pub mod context;
pub mod conversation;
pub mod decide;
pub mod event;
pub mod frame;
pub mod id;
pub mod key;
pub mod once;
pub mod permission;
pub mod queue;
pub mod quick_reply;
pub mod strategy;
pub mod text;
pub mod time;
pub mod visitor;
pub mod which_conversation;
pub mod widget;
