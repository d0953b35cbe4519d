//! API keys: how programs prove who they are.

use std::fmt;
use std::str::FromStr;

use crate::id::KeyId;
use crate::text::Name;
use crate::time::Timestamp;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Read and write every conversation.
    Manage,
}

impl Scope {
    /// `manage`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manage => "manage",
        }
    }
}

/// The text named no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a scope; known: manage")]
pub struct UnknownScope;

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        match text {
            "manage" => Ok(Self::Manage),
            _ => Err(UnknownScope),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Identity.
    pub id: KeyId,
    /// What people call it.
    pub name: Name,
    /// What it may do.
    pub scope: Scope,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stopped working, if it did.
    pub revoked_at: Option<Timestamp>,
}
