//! API keys: how programs prove who they are.

use std::fmt;
use std::str::FromStr;

use crate::id::KeyId;
use crate::text::Name;
use crate::time::Timestamp;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Read every conversation.
    Read,
    /// Read and write every conversation.
    Manage,
}

impl Scope {
    /// `read` or `manage`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Manage => "manage",
        }
    }

    /// The name that the contract gives it: `conversations:read` or `conversations:manage`.
    pub fn contract_name(self) -> &'static str {
        match self {
            Self::Read => "conversations:read",
            Self::Manage => "conversations:manage",
        }
    }

    /// The one scope that is as good as all of these together: managing includes reading. `None` without any.
    pub fn widest(scopes: &[Self]) -> Option<Self> {
        if scopes.contains(&Self::Manage) { Some(Self::Manage) } else { scopes.first().copied() }
    }

    /// May it change anything?
    pub fn may_write(self) -> bool {
        self == Self::Manage
    }
}

/// The text named no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a scope; known: read, manage")]
pub struct UnknownScope;

impl FromStr for Scope {
    type Err = UnknownScope;

    /// The short name, or the contract's.
    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        match text.strip_prefix("conversations:").unwrap_or(text) {
            "read" => Ok(Self::Read),
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
    /// When it was last used, to the minute; `None`: never.
    pub last_used_at: Option<Timestamp>,
    /// When it stopped working, if it did.
    pub revoked_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn a_scope_has_a_short_name_and_the_contracts() {
        for scope in [Scope::Read, Scope::Manage] {
            assert_eq!(scope.as_str().parse(), Ok(scope));
            assert_eq!(scope.contract_name().parse(), Ok(scope));
        }
        assert!("write".parse::<Scope>().is_err());
    }

    #[test]
    fn managing_includes_reading() {
        assert_eq!(Scope::widest(&[]), None);
        assert_eq!(Scope::widest(&[Scope::Read]), Some(Scope::Read));
        assert_eq!(Scope::widest(&[Scope::Read, Scope::Manage]), Some(Scope::Manage));
        assert!(Scope::Manage.may_write() && !Scope::Read.may_write());
    }
}
