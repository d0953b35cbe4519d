//! Beckon server.
