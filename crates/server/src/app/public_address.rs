//! What is said when browsers reach this server at an address that it does not know as its own.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use super::App;
use crate::config::origin_of;

/// Origins that are told to the log: an operator has one or two wrong ones. Anyone can name more, so no more are kept.
const TOLD_MOST: usize = 16;

/// The origins that the log has been told of.
#[derive(Debug, Default)]
pub struct StrangeOrigins(Mutex<HashSet<String>>);

impl StrangeOrigins {
    /// Whether this one is new, and there is room for it.
    fn is_news(&self, origin: &str) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < TOLD_MOST && told.insert(origin.to_owned())
    }
}

impl App {
    /// Whether a page of this origin is one of our own. One that is not is told to the log, once.
    pub fn is_own_page(&self, origin: &str) -> bool {
        if self.own.contains(origin) {
            return true;
        }
        // Only a true origin: anything else is foreign text, and no address of ours.
        if let Some(origin) = origin_of(origin).filter(|whole| whole == origin)
            && self.strange_origins.is_news(&origin)
        {
            let public_url = &self.own.public_url;
            tracing::warn!(
                "a page of {origin} was refused: this server's public address is {public_url}. If browsers reach it at \
                 {origin}, that is what --public-url (BECKON_PUBLIC_URL) has to say"
            );
        }
        false
    }
}
