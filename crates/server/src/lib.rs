//! Beckon's server: one binary, no services. Doors (socket, HTTP, command line) over one operation layer.

pub mod admin;
pub mod app;
pub mod assets;
pub mod backup;
pub mod cli;
pub mod config;
pub mod doctor;
pub mod error;
pub mod http;
pub mod hub;
pub mod limits;
pub mod openapi;
mod program;
pub mod secret;
pub mod serve;
pub mod telemetry;
mod welcome;
pub mod ws;
