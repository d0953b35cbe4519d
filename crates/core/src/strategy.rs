//! How the page chooses the conversations that a call goes to; see [`which_conversation`](crate::which_conversation).

use std::str::FromStr;

/// At most so many conversations are written by one ALL: one transaction must stay small.
pub const MOST_CONVERSATIONS: usize = 50;

/// How the page chose. Without effect on a single-thread widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Strategy {
    /// The conversation where the customer is.
    #[default]
    Active,
    /// Every conversation that is not closed.
    All,
    /// ALL, and every conversation created until the session ends.
    AllPlusNew,
}

impl Strategy {
    /// `ACTIVE`, `ALL` or `ALL_PLUS_NEW`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::All => "ALL",
            Self::AllPlusNew => "ALL_PLUS_NEW",
        }
    }
}

/// The text named no strategy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not one of ACTIVE, ALL, ALL_PLUS_NEW")]
pub struct UnknownStrategy;

impl FromStr for Strategy {
    type Err = UnknownStrategy;

    fn from_str(text: &str) -> Result<Self, UnknownStrategy> {
        match text {
            "ACTIVE" => Ok(Self::Active),
            "ALL" => Ok(Self::All),
            "ALL_PLUS_NEW" => Ok(Self::AllPlusNew),
            _ => Err(UnknownStrategy),
        }
    }
}

/// More conversations than one write may touch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the visitor has more than {MOST_CONVERSATIONS} conversations that are not closed")]
pub struct TooManyConversations;
