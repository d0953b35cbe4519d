//! Requests with an `Idempotency-Key` that are being processed. In memory: after a restart none is, and the database knows
//! which of them were stored.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use beckon_core::once::Once;

/// Names of requests that have no answer yet.
#[derive(Debug, Default, Clone)]
pub struct InFlight(Arc<Mutex<HashSet<[u8; 16]>>>);

/// One of them; ends when it is dropped.
#[derive(Debug)]
pub struct Running {
    all: InFlight,
    name: [u8; 16],
}

impl InFlight {
    /// Notes a request; `None`: the same one is being processed already.
    pub fn begin(&self, once: &Once) -> Option<Running> {
        let name = once.name();
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
        begun.then(|| Running { all: self.clone(), name })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}
