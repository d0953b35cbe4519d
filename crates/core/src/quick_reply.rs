//! Quick replies: texts that agents keep ready under a short name.

use std::fmt;

use thiserror::Error;

use crate::agent::{Agent, Role};
use crate::command::Refusal;
use crate::id::{AgentId, QuickReplyId};
use crate::text::MessageText;
use crate::time::Timestamp;

/// The most an agent may have of its own, and the most that may be shared.
pub const MOST_QUICK_REPLIES: usize = 500;

/// What is typed after the `/`: 1 to 40 letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortcut(String);

/// The text is no shortcut.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be 1 to {} letters, digits, - or _", Shortcut::LIMIT)]
pub struct NoShortcut;

impl Shortcut {
    /// The most characters it may have.
    pub const LIMIT: usize = 40;

    /// Checks and keeps the text as it is.
    pub fn new(text: impl Into<String>) -> Result<Self, NoShortcut> {
        let text = text.into();
        let length = text.chars().count();
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let fits = (1..=Self::LIMIT).contains(&length) && text.chars().all(allowed);
        if fits { Ok(Self(text)) } else { Err(NoShortcut) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By what it is told from others: `/Hi` and `/hi` are one.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for Shortcut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What somebody says of a quick reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickReplyDetails {
    /// Its short name.
    pub shortcut: Shortcut,
    /// What is said; its variables are filled by the console.
    pub text: MessageText,
    /// Every agent has it, or only its maker.
    pub shared: bool,
}

/// A quick reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickReply {
    /// Identity.
    pub id: QuickReplyId,
    /// Who made it.
    pub maker: AgentId,
    /// What it says.
    pub details: QuickReplyDetails,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// May the agent write (or delete) it? `before` is what there is now, `after` what is to be.
pub fn allow(
    agent: &Agent,
    before: Option<&QuickReply>,
    after: Option<&QuickReplyDetails>,
) -> Result<(), Refusal> {
    // Another one's own looks unknown.
    if before.is_some_and(|reply| !reply.details.shared && reply.maker != agent.id) {
        return Err(Refusal::NotFound);
    }
    let shared = before.is_some_and(|reply| reply.details.shared) || after.is_some_and(|after| after.shared);
    if shared && agent.role == Role::Agent { Err(Refusal::SharedReply) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::{QuickReply, QuickReplyDetails, Shortcut, allow};
    use crate::agent::{Agent, Role};
    use crate::command::Refusal;
    use crate::id::AgentId;
    use crate::text::{Email, MessageText, Name};
    use crate::time::Timestamp;
    use uuid::Uuid;

    #[test]
    fn shortcuts_are_letters_digits_and_two_signs() {
        for text in ["hi", "Grüße_2", "a-b", &"x".repeat(40)] {
            assert!(Shortcut::new(text).is_ok(), "{text}");
        }
        for text in ["", " ", "a b", "/hi", "a.b", &"x".repeat(41)] {
            assert!(Shortcut::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn own_replies_are_their_makers_and_shared_ones_no_agents() {
        let person = |n: u128| AgentId(Uuid::from_u128(n));
        let agent = |role| Agent {
            id: person(1),
            name: Name::new("Maja").unwrap(),
            email: Email::new("maja@example.com").unwrap(),
            role,
            disabled: false,
            queues: Vec::new(),
            created_at: Timestamp(0),
        };
        let details = |shared| QuickReplyDetails {
            shortcut: Shortcut::new("hi").unwrap(),
            text: MessageText::new("Hello").unwrap(),
            shared,
        };
        let reply = |maker, shared| QuickReply {
            id: Uuid::from_u128(9).into(),
            maker: person(maker),
            details: details(shared),
            updated_at: Timestamp(0),
        };
        let (own, anothers, shared) = (reply(1, false), reply(2, false), reply(2, true));
        for role in [Role::Agent, Role::Supervisor, Role::Admin] {
            let me = agent(role);
            let of_all = if role == Role::Agent { Err(Refusal::SharedReply) } else { Ok(()) };
            assert_eq!(allow(&me, None, Some(&details(false))), Ok(()));
            assert_eq!(allow(&me, None, Some(&details(true))), of_all);
            assert_eq!(allow(&me, Some(&own), None), Ok(()));
            assert_eq!(allow(&me, Some(&own), Some(&details(false))), Ok(()));
            assert_eq!(
                allow(&me, Some(&own), Some(&details(true))),
                of_all,
                "an own one becomes everybody's"
            );
            assert_eq!(allow(&me, Some(&shared), None), of_all);
            assert_eq!(
                allow(&me, Some(&shared), Some(&details(false))),
                of_all,
                "everybody's becomes an own one"
            );
            assert_eq!(allow(&me, Some(&anothers), Some(&details(true))), Err(Refusal::NotFound));
        }
    }
}
