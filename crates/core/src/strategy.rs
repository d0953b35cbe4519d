//! Which conversations a piece of context goes to.

use std::str::FromStr;

use crate::id::ConversationId;

/// At most so many conversations are written by one ALL: one transaction must stay small.
pub const MOST_CONVERSATIONS: usize = 50;

/// How the page chose. Without effect on a single-thread widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Strategy {
    /// The conversation on screen.
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

/// Where a piece of context goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// To these conversations, in one transaction.
    Write(Vec<ConversationId>),
    /// Nowhere yet: the widget keeps it for the next conversation.
    Hold,
}

/// More conversations than one write may touch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the visitor has more than {MOST_CONVERSATIONS} conversations that are not closed")]
pub struct TooManyConversations;

/// Decides where context goes. `open` are the visitor's conversations that are not closed; `active` is
/// the one on screen, whatever its status (a closed one is not in `open`, so it holds).
pub fn resolve(
    multi_thread: bool,
    strategy: Strategy,
    active: Option<ConversationId>,
    open: &[ConversationId],
) -> Result<Resolution, TooManyConversations> {
    if !multi_thread {
        return Ok(open.first().map_or(Resolution::Hold, |&only| Resolution::Write(vec![only])));
    }
    match strategy {
        Strategy::Active => Ok(match active {
            Some(id) if open.contains(&id) => Resolution::Write(vec![id]),
            _ => Resolution::Hold,
        }),
        Strategy::All | Strategy::AllPlusNew => match open.len() {
            0 => Ok(Resolution::Hold),
            1..=MOST_CONVERSATIONS => Ok(Resolution::Write(open.to_vec())),
            _ => Err(TooManyConversations),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_CONVERSATIONS, Resolution, Strategy, TooManyConversations, resolve};
    use crate::id::ConversationId;
    use uuid::Uuid;

    fn ids(count: u128) -> Vec<ConversationId> {
        (1..=count).map(|n| ConversationId(Uuid::from_u128(n))).collect()
    }

    #[test]
    fn active_writes_the_one_on_screen_and_else_holds() {
        let open = ids(3);
        let closed = ConversationId(Uuid::from_u128(99));
        assert_eq!(
            resolve(true, Strategy::Active, Some(open[1]), &open),
            Ok(Resolution::Write(vec![open[1]]))
        );
        assert_eq!(resolve(true, Strategy::Active, Some(closed), &open), Ok(Resolution::Hold));
        assert_eq!(resolve(true, Strategy::Active, None, &open), Ok(Resolution::Hold));
    }

    #[test]
    fn all_writes_every_open_one_up_to_fifty() {
        for strategy in [Strategy::All, Strategy::AllPlusNew] {
            assert_eq!(resolve(true, strategy, None, &[]), Ok(Resolution::Hold));
            let most = ids(MOST_CONVERSATIONS as u128);
            assert_eq!(resolve(true, strategy, None, &most), Ok(Resolution::Write(most.clone())));
            assert_eq!(resolve(true, strategy, None, &ids(51)), Err(TooManyConversations));
        }
    }

    #[test]
    fn single_thread_ignores_the_strategy() {
        let open = ids(1);
        for strategy in [Strategy::Active, Strategy::All, Strategy::AllPlusNew] {
            assert_eq!(resolve(false, strategy, None, &open), Ok(Resolution::Write(open.clone())));
            assert_eq!(resolve(false, strategy, Some(open[0]), &[]), Ok(Resolution::Hold));
        }
    }
}
