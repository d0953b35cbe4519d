//! Who set each key of a context last, and which keys the page may not write.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Change, ContextError, Metadata};
use crate::event::{Author, Source};
use crate::time::Timestamp;

/// The write that set a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The context's version after it.
    pub version: i64,
    /// When it was accepted.
    pub at: Timestamp,
    /// Where it came from.
    pub source: Source,
    /// Who wrote.
    pub author: Author,
}

/// One top-level key: the write that set it last, and whether it was locked on request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOrigin {
    /// The key.
    pub key: String,
    /// The write that set it last.
    pub origin: Arc<Origin>,
    /// Locked by an API write; a widget's protected keys are locked besides.
    pub locked: bool,
}

/// The origins of all keys, in the context's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origins {
    keys: Vec<KeyOrigin>,
}

/// As stored: writes once, keys by place. The key's names are those of the context beside it.
#[derive(Serialize, Deserialize)]
struct Stored {
    writes: Vec<StoredOrigin>,
    /// For each key the place of its write.
    keys: Vec<usize>,
    /// Places of locked keys.
    locked: Vec<usize>,
}

#[derive(Serialize, Deserialize)]
struct StoredOrigin {
    version: i64,
    /// Microseconds since 1970.
    at: i64,
    source: Source,
    author: Author,
}

impl Origins {
    /// The keys in the context's order.
    pub fn keys(&self) -> &[KeyOrigin] {
        &self.keys
    }

    /// Was the key locked on request?
    pub fn is_locked(&self, key: &str) -> bool {
        self.keys.iter().any(|known| known.locked && known.key == key)
    }

    /// The origins after a write that led to `next` by `changes`. `lock` says of the keys it concerns whether they
    /// are locked from now on. What has gone is locked no longer.
    #[must_use]
    pub fn after(
        &self,
        next: &Metadata,
        changes: &[Change],
        write: Origin,
        lock: impl Fn(&str) -> Option<bool>,
    ) -> Self {
        let write = Arc::new(write);
        let set: HashSet<&str> =
            changes.iter().filter(|change| change.to.is_some()).map(|change| change.key.as_str()).collect();
        let before: HashMap<&str, &KeyOrigin> =
            self.keys.iter().map(|known| (known.key.as_str(), known)).collect();
        let keys = next.entries().iter().map(|(key, _)| {
            let known = before.get(key.as_str()).copied();
            let origin = known.filter(|_| !set.contains(key.as_str())).map_or(&write, |known| &known.origin);
            let locked = lock(key).unwrap_or(known.is_some_and(|known| known.locked));
            KeyOrigin { key: key.clone(), origin: Arc::clone(origin), locked }
        });
        Self { keys: keys.collect() }
    }

    /// As JSON text for the store; read back by [`Origins::from_stored`].
    pub fn to_stored(&self) -> String {
        let mut places: HashMap<i64, usize> = HashMap::new();
        let mut stored = Stored { writes: Vec::new(), keys: Vec::new(), locked: Vec::new() };
        for (place, known) in self.keys.iter().enumerate() {
            let origin = &known.origin;
            let write = *places.entry(origin.version).or_insert_with(|| {
                stored.writes.push(StoredOrigin {
                    version: origin.version,
                    at: origin.at.0,
                    source: origin.source,
                    author: origin.author.clone(),
                });
                stored.writes.len() - 1
            });
            stored.keys.push(write);
            if known.locked {
                stored.locked.push(place);
            }
        }
        serde_json::to_string(&stored).expect("names and numbers are always JSON")
    }

    /// Reads what [`Origins::to_stored`] wrote beside this context.
    pub fn from_stored(text: &str, metadata: &Metadata) -> Result<Self, ContextError> {
        let broken = |told: String| ContextError::NotAnObject(told);
        let stored: Stored = serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
        if stored.keys.len() != metadata.entries().len() {
            return Err(broken("origins of another context".to_owned()));
        }
        let writes: Vec<Arc<Origin>> = stored
            .writes
            .into_iter()
            .map(|write| {
                let StoredOrigin { version, at, source, author } = write;
                Arc::new(Origin { version, at: Timestamp(at), source, author })
            })
            .collect();
        let locked: HashSet<usize> = stored.locked.into_iter().collect();
        let keys =
            metadata.entries().iter().zip(stored.keys).enumerate().map(|(place, ((key, _), write))| {
                let origin = writes.get(write).ok_or_else(|| broken("an origin is missing".to_owned()))?;
                Ok(KeyOrigin {
                    key: key.clone(),
                    origin: Arc::clone(origin),
                    locked: locked.contains(&place),
                })
            });
        Ok(Self { keys: keys.collect::<Result<_, ContextError>>()? })
    }
}
