//! Logs: one line an event on standard error, with fields, without content or tokens.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{Directive, ParseError};

/// Libraries that print whole frames when they are asked to trace. They are never asked.
const TALKATIVE: [&str; 2] = ["tungstenite=info", "tokio_tungstenite=info"];

/// Starts logging for this process. `filter` is in the form of [`EnvFilter`].
pub fn start(filter: &str) -> Result<(), ParseError> {
    let mut filter = EnvFilter::builder().parse(filter)?;
    for quiet in TALKATIVE {
        filter = filter.add_directive(quiet.parse::<Directive>()?);
    }
    // A second start in one process (tests) keeps the first subscriber.
    let _already_started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .compact()
        .try_init();
    Ok(())
}
