//! Text that people write, checked once at the edge. Lengths count Unicode scalar values, so that
//! 4096 emoji are a message and nobody is told a length they cannot see.

use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be blank")]
    Blank,
    /// More characters than allowed.
    #[error("size cannot be longer than {limit} characters.")]
    TooLong {
        /// The most characters allowed.
        limit: usize,
        /// The characters given.
        length: usize,
    },
    /// Not an e-mail address.
    #[error("must be an e-mail address")]
    NotAnEmail,
}

fn within(text: &str, limit: usize) -> Result<(), TextError> {
    // A scalar value takes at most four bytes: short texts need no count.
    if text.len() <= limit {
        return Ok(());
    }
    let length = text.chars().count();
    if length > limit { Err(TextError::TooLong { limit, length }) } else { Ok(()) }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, $limit:expr, $blank:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// The most characters it may have.
            pub const LIMIT: usize = $limit;

            /// Checks and keeps the text as it is.
            pub fn new(text: impl Into<String>) -> Result<Self, TextError> {
                let text = text.into();
                if !$blank && text.trim().is_empty() {
                    return Err(TextError::Blank);
                }
                within(&text, Self::LIMIT)?;
                Ok(Self(text))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    )*};
}

texts! {
    /// What a person writes in a message: not blank, at most 4096 characters.
    MessageText, 4096, false;
    /// What an agent notes for the team: not blank, at most 4000 characters.
    NoteText, 4000, false;
    /// A name of a person, agent, widget, queue or key: not blank, at most 200 characters.
    Name, 200, false;
    /// A conversation's topic: at most 1000 characters.
    Topic, 1000, true;
    /// A conversation's summary: at most 4000 characters.
    Summary, 4000, true;
    /// The address of the page a conversation started on: at most 2048 characters.
    PageUrl, 2048, true;
    /// The title of that page: at most 300 characters.
    Title, 300, true;
    /// A widget's greeting: not blank, at most 200 characters.
    Welcome, 200, false;
    /// What visitors call the people who answer: not blank, at most 60 characters.
    TeamName, 60, false;
}

impl PageUrl {
    /// Keeps an address that fits and the start of one that does not: an odd page must not cost the message.
    pub fn cut(text: &str) -> Self {
        Self(text.chars().take(Self::LIMIT).collect())
    }
}

impl Title {
    /// Keeps a title that fits and the start of one that does not: an odd page must not cost the message.
    pub fn cut(text: &str) -> Self {
        Self(text.chars().take(Self::LIMIT).collect())
    }
}

/// An e-mail address in lower case: something, `@`, a host; at most 254 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// The most characters it may have.
    pub const LIMIT: usize = 254;

    /// Trims, lowers and checks an address. Only its shape is checked; only a message sent there proves it.
    pub fn new(text: &str) -> Result<Self, TextError> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Err(TextError::Blank);
        }
        within(&text, Self::LIMIT)?;
        let well_formed = text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && !host.is_empty()
                && !host.contains('@')
                && !text.contains(char::is_whitespace)
        });
        if well_formed { Ok(Self(text)) } else { Err(TextError::NotAnEmail) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Email {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Email, MessageText, TextError};

    #[test]
    fn a_message_holds_4096_emoji_and_not_one_more() {
        assert!(MessageText::new("🚗".repeat(4096)).is_ok());
        let refused = MessageText::new("🚗".repeat(4097));
        assert_eq!(refused, Err(TextError::TooLong { limit: 4096, length: 4097 }));
        assert_eq!(MessageText::new(" \n\t"), Err(TextError::Blank));
        assert_eq!(MessageText::new(" hi ").unwrap().as_str(), " hi ");
    }

    #[test]
    fn an_address_needs_two_sides_of_one_at_sign() {
        assert_eq!(Email::new(" Maja@Example.COM ").unwrap().as_str(), "maja@example.com");
        for text in ["", "maja", "@x", "maja@", "a@b@c", "a b@c"] {
            assert!(Email::new(text).is_err(), "{text}");
        }
    }
}
