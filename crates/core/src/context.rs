//! What a site knows about its customer's situation: an ordered JSON object next to a conversation.
//!
//! Key order and every digit are kept as the site sent them, so values stay JSON text here and are never
//! turned into numbers. The limits hold for the *resulting* context; a write over a limit stores nothing.
//!
//! Depth counts containers: `{"a":1}` has depth 1, `{"a":[1]}` depth 2; 8 is the deepest allowed.

mod amounts;
mod changes;
mod json;
mod origins;
mod patch;
mod sent;
mod write;

use serde::Serialize;
use thiserror::Error;

use amounts::{bears_on_amounts, is_amount};
pub use changes::{Change, fold};
pub(crate) use json::check_key;
pub use origins::{KeyOrigin, MOST_GONE, Origin, Origins};
pub use patch::{LeftOut, Op, Patch, Patched, WriteMode};
pub use sent::{Calls, OLDEST_CALL_MS, PageAddress, Sent, When};
pub use write::{Made, Told, Writer, Written};

use crate::time::Timestamp;

/// The most bytes a context may have, as compact UTF-8 JSON.
pub const MOST_BYTES: usize = 64 * 1024;
/// The most top-level keys.
pub const MOST_KEYS: usize = 256;
/// The most top-level keys that one write may name, those it takes away included: folding writes together must
/// stay cheap.
pub const MOST_NAMED_KEYS: usize = 4 * MOST_KEYS;
/// The longest key at any depth, in characters.
pub const LONGEST_KEY: usize = 128;
/// The longest string at any depth, in UTF-8 bytes.
pub const LONGEST_STRING: usize = 8 * 1024;
/// The deepest nesting of objects and arrays, the context itself included.
pub const DEEPEST: usize = 8;
/// Keys that could reach into the prototypes of a JavaScript reader; refused at any depth.
pub const FORBIDDEN_KEYS: [&str; 3] = ["__proto__", "constructor", "prototype"];

/// Why a context was refused. Nothing is stored, nothing is cut.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ContextError {
    /// Not JSON at all, or not an object.
    #[error("metadata must be a JSON object: {0}")]
    NotAnObject(String),
    /// A key that could reach into a prototype.
    #[error("metadata has the key {0}, which is not allowed")]
    ForbiddenKey(String),
    /// The whole is too large.
    #[error(
        "metadata is {} bytes, limit {}; largest key: {largest}, {}",
        grouped(*bytes),
        grouped(MOST_BYTES),
        grouped(*largest_bytes)
    )]
    TooLarge {
        /// Its size as compact UTF-8 JSON.
        bytes: usize,
        /// Of the top-level keys that the write names, the one with the largest value.
        largest: String,
        /// That value's size.
        largest_bytes: usize,
    },
    /// Too many top-level keys.
    #[error("metadata has {0} keys, limit {MOST_KEYS}")]
    TooManyKeys(usize),
    /// A key is too long.
    #[error("metadata has a key of {length} characters, limit {LONGEST_KEY}: {start}…")]
    KeyTooLong {
        /// Its characters.
        length: usize,
        /// How it begins.
        start: String,
    },
    /// A string is too long.
    #[error("metadata has a string of {} bytes, limit {}; in key: {key}", grouped(*bytes), grouped(LONGEST_STRING))]
    StringTooLong {
        /// Its UTF-8 bytes.
        bytes: usize,
        /// The key at or under which it is.
        key: String,
    },
    /// Nested too deeply.
    #[error("metadata is nested deeper than {DEEPEST}; in key: {key}")]
    TooDeep {
        /// The key at or under which it is.
        key: String,
    },
}

/// A count as people read it: 65,536.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl ContextError {
    /// The broken limit, in the unit of its constant; `None` when it was not a limit that broke.
    pub fn limit(&self) -> Option<usize> {
        match self {
            Self::NotAnObject(_) | Self::ForbiddenKey(_) => None,
            Self::TooLarge { .. } => Some(MOST_BYTES),
            Self::TooManyKeys(_) => Some(MOST_KEYS),
            Self::KeyTooLong { .. } => Some(LONGEST_KEY),
            Self::StringTooLong { .. } => Some(LONGEST_STRING),
            Self::TooDeep { .. } => Some(DEEPEST),
        }
    }
}

/// An ordered JSON object: top-level keys and their values as compact JSON text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    entries: Vec<(String, String)>,
}

impl Metadata {
    /// Reads an object from JSON text and checks all that holds for each part by itself: forbidden keys, key
    /// and string lengths, depth. Of a key given twice the last value counts, at the first one's place.
    /// Lone surrogates, which a site's careless cut leaves behind, become U+FFFD.
    pub fn parse(text: &str) -> Result<Self, ContextError> {
        let entries = json::object(text)?;
        if entries.len() > MOST_NAMED_KEYS {
            return Err(ContextError::TooManyKeys(entries.len()));
        }
        Ok(Self { entries })
    }

    /// Reads what [`Metadata::to_text`] wrote and the store kept; the limits were checked then.
    pub fn from_stored(text: &str) -> Result<Self, ContextError> {
        Self::parse(text)
    }

    /// The object as compact JSON text.
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.size());
        text.push('{');
        for (at, (key, value)) in self.entries.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            text.push_str(&json::quote(key));
            text.push(':');
            text.push_str(value);
        }
        text.push('}');
        text
    }

    /// Its size in bytes as compact UTF-8 JSON.
    pub fn size(&self) -> usize {
        let members: usize =
            self.entries.iter().map(|(key, value)| json::quoted_len(key) + 1 + value.len()).sum();
        2 + members + self.entries.len().saturating_sub(1)
    }

    /// Checks what holds for the whole: its size and the number of its keys. An error names only keys that
    /// `may_name` allows: a writer need not be allowed to know the others.
    fn within_limits(&self, may_name: impl Fn(&str) -> bool) -> Result<(), ContextError> {
        if self.entries.len() > MOST_KEYS {
            return Err(ContextError::TooManyKeys(self.entries.len()));
        }
        let bytes = self.size();
        if bytes > MOST_BYTES {
            let named = self.entries.iter().filter(|(key, _)| may_name(key));
            let (largest, largest_bytes) = named
                .max_by_key(|(_, value)| value.len())
                .map(|(key, value)| (key.clone(), value.len()))
                .unwrap_or_default();
            return Err(ContextError::TooLarge { bytes, largest, largest_bytes });
        }
        Ok(())
    }

    /// Top-level keys and their values as JSON text, in order.
    pub fn entries(&self) -> &[(String, String)] {
        &self.entries
    }

    /// A top-level value as JSON text.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Has it no key at all?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The first short values, for a list row: what agents pinned is looked for among them. Lists and objects are none,
    /// but an amount with its currency is one value, written as an object.
    ///
    /// Behind them come those that decide how an amount among them is shown: its currency, say.
    pub fn facts(&self) -> Vec<Fact> {
        let is_short = |(key, value): &&(String, String)| {
            value != "null"
                && value != "\"\""
                && value.len() <= LONGEST_FACT
                && key.len() <= LONGEST_FACT
                && !value.starts_with('[')
                && (!value.starts_with('{') || is_amount(value))
        };
        let mut short = self.entries.iter().filter(is_short);
        let first: Vec<_> = short.by_ref().take(MOST_FACTS).collect();
        let beside = short.filter(|(key, _)| bears_on_amounts(key)).take(MOST_FACTS);
        let fact = |(key, text): &(String, String)| Fact { key: key.clone(), text: text.clone() };
        first.into_iter().chain(beside).map(fact).collect()
    }
}

/// A fact longer than so many bytes does not fit a list row.
const LONGEST_FACT: usize = 48;
/// A list row carries so many facts, and as many more that tell how to show them: it shows two, those that are pinned
/// first.
const MOST_FACTS: usize = 8;

/// A short value of the context, for a list row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// The top-level key.
    pub key: String,
    /// The value as JSON text.
    pub text: String,
}

/// A conversation's context as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The object.
    pub metadata: Metadata,
    /// Counts the writes that changed something; 0: never written.
    pub version: i64,
    /// When the last of them was.
    pub updated_at: Timestamp,
    /// Who set each key last, which are locked on request, and when what is there was said.
    pub origins: Origins,
}

impl Context {
    /// The context of a conversation to which nobody ever wrote one.
    pub fn nothing(now: Timestamp) -> Self {
        Self { metadata: Metadata::default(), version: 0, updated_at: now, origins: Origins::default() }
    }
}

#[cfg(test)]
mod tests;
