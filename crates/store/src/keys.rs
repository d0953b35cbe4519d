//! The promise about API keys.

use async_trait::async_trait;
use beckon_core::id::KeyId;
use beckon_core::key::{Key, Scope};
use beckon_core::text::Name;
use beckon_core::time::Timestamp;

use crate::{SecretHash, StoreError};

/// Keys that may work at once: far more than one house has programs.
pub const KEYS_AT_ONCE: usize = 200;
/// Revoked keys that a list still shows, newest first.
pub const REVOKED_KEYS_SHOWN: usize = 100;

/// API keys.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Makes a key of which only the hash is kept; refused beyond [`KEYS_AT_ONCE`].
    async fn create_key(&self, name: Name, scope: Scope, secret: SecretHash) -> Result<Key, StoreError>;

    /// The key with this secret, unless it was revoked.
    async fn key_by_secret(&self, secret: SecretHash) -> Result<Option<Key>, StoreError>;

    /// The keys, newest first: all that work, and the last [`REVOKED_KEYS_SHOWN`] that do not.
    async fn keys(&self) -> Result<Vec<Key>, StoreError>;

    /// Ends a key for good; nothing if that happened before.
    async fn revoke_key(&self, id: KeyId) -> Result<(), StoreError>;

    /// Notes when a key was used last; never back. An unknown key is no error.
    async fn note_key_used(&self, id: KeyId, at: Timestamp) -> Result<(), StoreError>;
}
