//! The promise about API keys.

use async_trait::async_trait;
use beckon_core::key::{Key, Scope};
use beckon_core::text::Name;

use crate::{SecretHash, StoreError};

/// API keys.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Makes a key of which only the hash is kept.
    async fn create_key(&self, name: Name, scope: Scope, secret: SecretHash) -> Result<Key, StoreError>;

    /// The key with this secret, unless it was revoked.
    async fn key_by_secret(&self, secret: SecretHash) -> Result<Option<Key>, StoreError>;
}
