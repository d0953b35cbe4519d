//! Who set each key of a context last, which keys the page may not write, and when what is there was said.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::sent::OLDEST_CALL_MS;
use super::{ContextError, Metadata, PageAddress};
use crate::event::{Author, Source};
use crate::time::Timestamp;

/// So many keys that were taken away are remembered with the moment, so that an older value does not bring them back. The
/// oldest are forgotten first, and those for which no call can be old enough.
pub const MOST_GONE: usize = super::MOST_KEYS;

/// The write that set a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The context's version after it.
    pub version: i64,
    /// When it was accepted.
    pub at: Timestamp,
    /// Where it came from.
    pub source: Source,
    /// Who wrote.
    pub author: Author,
    /// When the page called, or the program or person wrote.
    pub sent_at: Timestamp,
    /// The page that called.
    pub page: Option<PageAddress>,
    /// Which conversation was meant was a best guess.
    pub guessed: bool,
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
    /// When its value was last said, by whichever call: one made earlier does not change it.
    pub said_at: Timestamp,
}

/// The origins of all keys, in the context's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origins {
    pub(super) keys: Vec<KeyOrigin>,
    /// Keys that are not there, with the moment since when; see [`MOST_GONE`].
    pub(super) gone: Vec<(String, Timestamp)>,
    /// When the page last said all there is: what it said before counts no more.
    pub(super) replaced_at: Option<Timestamp>,
}

/// As stored: writes once, keys by place. The key's names are those of the context beside it.
#[derive(Serialize, Deserialize)]
struct Stored {
    writes: Vec<StoredOrigin>,
    /// For each key the place of its write.
    keys: Vec<usize>,
    /// Places of locked keys.
    locked: Vec<usize>,
    /// Places of keys that were said at another moment than their write was sent, with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    said: Vec<(usize, i64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gone: Vec<(String, i64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct StoredOrigin {
    version: i64,
    /// Microseconds since 1970.
    at: i64,
    source: Source,
    author: Author,
    /// None: as `at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    guessed: bool,
}

impl StoredOrigin {
    fn of(origin: &Origin) -> Self {
        Self {
            version: origin.version,
            at: origin.at.0,
            source: origin.source,
            author: origin.author.clone(),
            sent_at: (origin.sent_at != origin.at).then_some(origin.sent_at.0),
            page: origin.page.as_ref().map(ToString::to_string),
            guessed: origin.guessed,
        }
    }
}

impl From<StoredOrigin> for Origin {
    fn from(stored: StoredOrigin) -> Self {
        Self {
            version: stored.version,
            at: Timestamp(stored.at),
            source: stored.source,
            author: stored.author,
            sent_at: Timestamp(stored.sent_at.unwrap_or(stored.at)),
            page: stored.page.as_deref().and_then(PageAddress::cut),
            guessed: stored.guessed,
        }
    }
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

    /// The latest moment at which anything here was said.
    pub(super) fn newest(&self) -> Option<Timestamp> {
        let keys = self.keys.iter().map(|known| known.said_at);
        let gone = self.gone.iter().map(|(_, since)| *since);
        keys.chain(gone).chain(self.replaced_at).max()
    }

    /// Forgets what is gone and is there again, or cannot come back, and the oldest beyond [`MOST_GONE`].
    pub(super) fn forget(&mut self, now: Timestamp) {
        let there: HashSet<&str> = self.keys.iter().map(|known| known.key.as_str()).collect();
        let oldest = now.plus_micros(-OLDEST_CALL_MS * 1_000);
        self.gone.retain(|(key, since)| *since >= oldest && !there.contains(key.as_str()));
        if self.gone.len() > MOST_GONE {
            self.gone.sort_by_key(|(_, since)| std::cmp::Reverse(*since));
            self.gone.truncate(MOST_GONE);
        }
    }

    /// As JSON text for the store; read back by [`Origins::from_stored`].
    pub fn to_stored(&self) -> String {
        let mut places: HashMap<*const Origin, usize> = HashMap::new();
        let mut stored = Stored {
            writes: Vec::new(),
            keys: Vec::new(),
            locked: Vec::new(),
            said: Vec::new(),
            gone: self.gone.iter().map(|(key, since)| (key.clone(), since.0)).collect(),
            replaced_at: self.replaced_at.map(|moment| moment.0),
        };
        for (place, known) in self.keys.iter().enumerate() {
            let write = *places.entry(Arc::as_ptr(&known.origin)).or_insert_with(|| {
                stored.writes.push(StoredOrigin::of(&known.origin));
                stored.writes.len() - 1
            });
            stored.keys.push(write);
            if known.locked {
                stored.locked.push(place);
            }
            if known.said_at != known.origin.sent_at {
                stored.said.push((place, known.said_at.0));
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
        let writes: Vec<Arc<Origin>> =
            stored.writes.into_iter().map(|write| Arc::new(write.into())).collect();
        let locked: HashSet<usize> = stored.locked.into_iter().collect();
        let said: HashMap<usize, i64> = stored.said.into_iter().collect();
        let keys =
            metadata.entries().iter().zip(stored.keys).enumerate().map(|(place, ((key, _), write))| {
                let origin = writes.get(write).ok_or_else(|| broken("an origin is missing".to_owned()))?;
                Ok(KeyOrigin {
                    key: key.clone(),
                    origin: Arc::clone(origin),
                    locked: locked.contains(&place),
                    said_at: said.get(&place).map_or(origin.sent_at, |moment| Timestamp(*moment)),
                })
            });
        Ok(Self {
            keys: keys.collect::<Result<_, ContextError>>()?,
            gone: stored.gone.into_iter().map(|(key, since)| (key, Timestamp(since))).collect(),
            replaced_at: stored.replaced_at.map(Timestamp),
        })
    }
}
