//! API keys at work: who calls, how often, and when last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use beckon_core::id::KeyId;
use beckon_core::key::Key;
use beckon_core::time::Timestamp;

use super::App;
use crate::error::ApiError;
use crate::secret::token_hash;

/// How exact the last use of a key is, in microseconds: a minute. A key at work then costs one small write a minute.
const EXACT_TO_MICROS: i64 = 60_000_000;

/// The minute in which each key was last noted, since the start; as many entries as there are keys.
#[derive(Debug, Default)]
pub struct KeyUses(Mutex<HashMap<KeyId, i64>>);

impl KeyUses {
    /// The minute that is to be stored, if this use is the first in it.
    fn note(&self, key: &Key, now: Timestamp) -> Option<Timestamp> {
        let minute = now.0 - now.0.rem_euclid(EXACT_TO_MICROS);
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = noted.insert(key.id, minute).or(key.last_used_at.map(|at| at.0));
        before.is_none_or(|before| before < minute).then_some(Timestamp(minute))
    }

    /// A key that works no more is used no more.
    pub fn forget(&self, key: KeyId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }
}

impl App {
    /// The key of a secret, within its rate and its scope.
    pub async fn key_caller(self: &Arc<Self>, secret: &str, writes: bool) -> Result<Key, ApiError> {
        let key = self.store.key_by_secret(token_hash(secret)).await?.ok_or_else(ApiError::unauthorized)?;
        let now = self.now();
        self.limits.key_requests.take(key.id, now.0).map_err(ApiError::TooMany)?;
        if let Some(minute) = self.key_uses.note(&key, now) {
            let (app, id) = (Arc::clone(self), key.id);
            // The request does not wait for it, and is right without it.
            tokio::spawn(async move {
                if let Err(error) = app.store.note_key_used(id, minute).await {
                    tracing::warn!(%error, "the use of a key was not noted");
                }
            });
        }
        if writes && !key.scope.may_write() {
            return Err(ApiError::forbidden());
        }
        Ok(key)
    }
}
