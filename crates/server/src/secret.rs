//! Secrets: how they are made, what is stored of them, and why they never reach a log.

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use rand::Rng;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

/// A value that must not be printed. `Debug` shows that it is there, never what it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a secret.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, where it has to be used.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Secret<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

/// A new opaque token of 256 random bits, in hexadecimal.
pub fn new_token() -> Secret<String> {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    Secret::new(hex::encode(bytes))
}

/// What is stored of a token. A token has 256 random bits, so a plain hash cannot be searched.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A new API key `bk_<prefix>_<secret>`: the prefix may be shown and logged, the rest never.
pub fn new_api_key() -> (String, Secret<String>) {
    let mut prefix = [0_u8; 4];
    rand::rng().fill_bytes(&mut prefix);
    let prefix = format!("bk_{}", hex::encode(prefix));
    let key = Secret::new(format!("{prefix}_{}", new_token().expose()));
    (prefix, key)
}

/// Hashes and checks passwords, a few at a time: each takes 19 MiB and tens of milliseconds.
#[derive(Debug)]
pub struct Passwords {
    slots: Semaphore,
}

/// What unknown e-mail addresses are checked against, so that they take as long. Random bytes in the place of a hash: to
/// make a real one at each start took 19 MiB and half of the start's time.
const UNKNOWN: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$TPuwlvFgsv8BgSZnM6v/eA$FHZrnSEJFR500GVfgdCzrGVFg/uDwbKO+HDSkUDlOsU";

/// Passwords hashed at the same time. Two use 38 MiB and leave the other cores to the chat.
const PASSWORD_SLOTS: usize = 2;

impl Default for Passwords {
    fn default() -> Self {
        Self { slots: Semaphore::new(PASSWORD_SLOTS) }
    }
}

impl Passwords {
    /// Hashes a new password.
    pub async fn hash(&self, password: Secret<String>) -> Result<String, PasswordError> {
        let _slot = self.slots.acquire().await.map_err(|_| PasswordError)?;
        tokio::task::spawn_blocking(move || hash_password(password.expose()))
            .await
            .map_err(|_| PasswordError)?
    }

    /// Whether the password belongs to the stored hash; `None` stands for an unknown e-mail and is never right.
    pub async fn verify(
        &self,
        stored: Option<String>,
        password: Secret<String>,
    ) -> Result<bool, PasswordError> {
        let known = stored.is_some();
        let hash = stored.unwrap_or_else(|| UNKNOWN.to_owned());
        let _slot = self.slots.acquire().await.map_err(|_| PasswordError)?;
        tokio::task::spawn_blocking(move || {
            let parsed = PasswordHash::new(&hash).map_err(|_| PasswordError)?;
            Ok(engine()?.verify_password(password.expose().as_bytes(), &parsed).is_ok() && known)
        })
        .await
        .map_err(|_| PasswordError)?
    }
}

/// A password could not be hashed or a stored hash could not be read.
#[derive(Debug, thiserror::Error)]
#[error("password hashing failed")]
pub struct PasswordError;

/// Argon2id with 19 MiB, two passes, one lane: the first choice of OWASP's password storage sheet.
fn engine() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|_| PasswordError)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password at once, for the command line.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    engine()?.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|_| PasswordError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        assert_eq!(format!("{:?}", Secret::new("tulips")), "[secret]");
    }

    #[test]
    fn keys_carry_their_prefix() {
        let (prefix, key) = new_api_key();
        assert!(key.expose().starts_with(&format!("{prefix}_")));
        assert_eq!(key.expose().len(), prefix.len() + 65);
    }

    #[tokio::test]
    async fn only_the_right_password_of_a_known_agent_passes() {
        let passwords = Passwords::default();
        let hash = passwords.hash(Secret::new("correct horse".into())).await.expect("hashes");
        let check = async |stored: Option<&str>, word: &str| {
            passwords.verify(stored.map(str::to_owned), Secret::new(word.to_owned())).await.expect("verifies")
        };
        assert!(check(Some(&hash), "correct horse").await);
        assert!(!check(Some(&hash), "wrong horse").await);
        assert!(!check(None, "correct horse").await);
        // Of the same strength, or the time would tell.
        let strength = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(strength(UNKNOWN), strength(&hash));
    }
}
