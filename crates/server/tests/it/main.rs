//! The server through its public doors: HTTP, WebSocket and command line, on real ports and real files.

mod harness;

mod path;
