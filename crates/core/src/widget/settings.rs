//! What an administrator sets about a widget, checked once at the edge.

use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::context::{ContextError, check_key};

/// A widget protects at most so many keys.
pub const MOST_PROTECTED_KEYS: usize = 64;
/// So many pinned rows fit the top of the card.
pub const MOST_PINS: usize = 12;
/// The longest path of a pinned row, in characters.
const LONGEST_PATH: usize = 512;
/// The longest language code, in characters.
const LONGEST_LANGUAGE: usize = 35;

/// Why a setting was refused. Nothing of it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingError {
    /// More entries than allowed.
    #[error("has {given} entries, limit {limit}")]
    TooMany {
        /// The most allowed.
        limit: usize,
        /// How many there are.
        given: usize,
    },
    /// More characters than allowed.
    #[error("size cannot be longer than {limit} characters: {start}…")]
    TooLong {
        /// The most characters allowed.
        limit: usize,
        /// How it begins.
        start: String,
    },
    /// A text that says nothing.
    #[error("has an empty entry")]
    Empty,
    /// No context could have this key.
    #[error("{0}")]
    Key(ContextError),
    /// More hours than a guess may look back.
    #[error("is {0} hours, limit {most}", most = GuessHours::MOST)]
    TooManyHours(u64),
    /// Not the code of a language.
    #[error("{0} is no language code; write it as en or ar-AE")]
    Language(String),
    /// A name that themes cannot have.
    #[error(
        "{0} cannot name a theme: 1 to 32 of a to z, 0 to 9 and -, and none that comes with Beckon but default"
    )]
    ThemeName(String),
    /// A style that themes cannot change.
    #[error("{0} is no variable that a theme can set")]
    ThemeVariable(String),
    /// A value that is no plain CSS value.
    #[error("{0} has a value that is not allowed: at most 64 characters, no address, no ; {{ }} < > \\")]
    ThemeValue(String),
}

impl SettingError {
    /// The broken limit; `None` when it was not a limit that broke.
    pub fn limit(&self) -> Option<usize> {
        match self {
            Self::TooMany { limit, .. } | Self::TooLong { limit, .. } => Some(*limit),
            Self::Key(error) => error.limit(),
            Self::TooManyHours(_) => Some(GuessHours::MOST.into()),
            _ => None,
        }
    }
}

fn start(text: &str) -> String {
    text.chars().take(32).collect()
}

/// Each text once, at its first place.
fn distinct(texts: Vec<String>, limit: usize) -> Result<Vec<String>, SettingError> {
    let mut kept: Vec<String> = Vec::new();
    if texts.len() > limit {
        return Err(SettingError::TooMany { limit, given: texts.len() });
    }
    for text in texts {
        if text.is_empty() {
            return Err(SettingError::Empty);
        }
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    Ok(kept)
}

/// Top-level keys of the context that the page may not write, whether they are there or not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct ProtectedKeys(Vec<String>);

impl ProtectedKeys {
    /// Checks and keeps the keys, each once: at most 64, each one that a context could have.
    pub fn new(keys: Vec<String>) -> Result<Self, SettingError> {
        let keys = distinct(keys, MOST_PROTECTED_KEYS)?;
        keys.iter().try_for_each(|key| check_key(key)).map_err(SettingError::Key)?;
        Ok(Self(keys))
    }

    /// The keys, in the order given.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Is this key one of them?
    pub fn contains(&self, key: &str) -> bool {
        self.0.iter().any(|protected| protected == key)
    }
}

/// Paths of the rows that agents pinned to the top of the context card, as the card writes them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Pins(Vec<String>);

impl Pins {
    /// Checks and keeps the paths, each once: at most 12 of at most 512 characters.
    pub fn new(paths: Vec<String>) -> Result<Self, SettingError> {
        let paths = distinct(paths, MOST_PINS)?;
        match paths.iter().find(|path| path.chars().count() > LONGEST_PATH) {
            Some(path) => Err(SettingError::TooLong { limit: LONGEST_PATH, start: start(path) }),
            None => Ok(Self(paths)),
        }
    }

    /// The paths, in the order given.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

/// For how many hours after its newest message ACTIVE may guess a conversation that is not on screen: 0 to 720, 0 = never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct GuessHours(u16);

impl GuessHours {
    /// A month: what is older was another visit.
    pub const MOST: u16 = 24 * 30;
    /// Nothing is guessed.
    pub const NEVER: Self = Self(0);

    /// Checks and keeps a number of hours.
    pub fn new(hours: u64) -> Result<Self, SettingError> {
        match u16::try_from(hours) {
            Ok(hours) if hours <= Self::MOST => Ok(Self(hours)),
            _ => Err(SettingError::TooManyHours(hours)),
        }
    }

    /// The hours.
    pub fn hours(self) -> u16 {
        self.0
    }

    /// The same in microseconds.
    pub fn micros(self) -> i64 {
        i64::from(self.0) * 60 * 60 * 1_000_000
    }
}

impl Default for GuessHours {
    /// A day.
    fn default() -> Self {
        Self(24)
    }
}

/// The code of a language: `en`, `ar-AE`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Language(String);

impl Language {
    /// Checks the form of a code: parts of letters and digits between hyphens, the first 2 or 3 letters. Whether the
    /// widget speaks it is not known here: it falls back to one that it does.
    pub fn new(code: &str) -> Result<Self, SettingError> {
        let refused = || SettingError::Language(start(code));
        if code.len() > LONGEST_LANGUAGE {
            return Err(refused());
        }
        let mut parts = code.split('-');
        let primary = parts.next().unwrap_or_default();
        let letters = primary.bytes().all(|byte| byte.is_ascii_alphabetic());
        let rest = parts
            .all(|part| matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if matches!(primary.len(), 2..=3) && letters && rest {
            Ok(Self(code.to_owned()))
        } else {
            Err(refused())
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{GuessHours, Language, MOST_PINS, MOST_PROTECTED_KEYS, Pins, ProtectedKeys, SettingError};

    fn texts(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("k{n}")).collect()
    }

    #[test]
    fn lists_hold_what_they_may_and_not_one_more() {
        assert!(ProtectedKeys::new(texts(MOST_PROTECTED_KEYS)).is_ok());
        let refused = ProtectedKeys::new(texts(MOST_PROTECTED_KEYS + 1));
        assert_eq!(refused, Err(SettingError::TooMany { limit: 64, given: 65 }));
        assert!(Pins::new(texts(MOST_PINS)).is_ok());
        assert_eq!(Pins::new(texts(13)).unwrap_err().limit(), Some(12));
        assert!(Pins::new(vec!["x".repeat(512)]).is_ok());
        assert_eq!(Pins::new(vec!["x".repeat(513)]).unwrap_err().limit(), Some(512));
    }

    #[test]
    fn pins_stand_once_in_their_order() {
        let pins = Pins::new(vec!["b".into(), "a.x".into(), "b".into()]).unwrap();
        assert_eq!(pins.as_slice(), ["b", "a.x"]);
    }

    #[test]
    fn a_refusal_shows_how_it_began_and_its_limit() {
        let refused = Pins::new(vec!["é".repeat(513)]);
        assert_eq!(refused, Err(SettingError::TooLong { limit: 512, start: "é".repeat(32) }));
        assert_eq!(Language::new("english"), Err(SettingError::Language("english".to_owned())));
        let long = ProtectedKeys::new(vec!["k".repeat(129)]).unwrap_err();
        let forbidden = ProtectedKeys::new(vec!["__proto__".to_owned()]).unwrap_err();
        assert_eq!((long.limit(), forbidden.limit()), (Some(128), None));
    }

    #[test]
    fn protected_keys_are_keys_and_stand_once() {
        let keys = ProtectedKeys::new(vec!["tier".into(), "plan".into(), "tier".into()]).unwrap();
        assert_eq!(keys.as_slice(), ["tier", "plan"]);
        assert!(keys.contains("plan") && !keys.contains("car"));
        for refused in [String::new(), "__proto__".to_owned(), "k".repeat(129)] {
            assert!(ProtectedKeys::new(vec![refused.clone()]).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_guess_looks_back_a_month_at_most() {
        assert_eq!(GuessHours::default(), GuessHours::new(24).unwrap());
        assert_eq!(GuessHours::new(0).unwrap().micros(), 0);
        assert_eq!(GuessHours::new(720).unwrap().micros(), 30 * 86_400_000_000);
        for hours in [721, 65_536, u64::MAX] {
            let refused = GuessHours::new(hours).unwrap_err();
            assert_eq!(refused.limit(), Some(720));
            assert_eq!(refused.to_string(), format!("is {hours} hours, limit 720"));
        }
    }

    #[test]
    fn a_language_has_the_form_of_a_code() {
        for code in ["en", "ar-AE", "zh-Hans-CN", "fil"] {
            let language = Language::new(code).unwrap();
            assert_eq!((language.as_str(), language.to_string().as_str()), (code, code));
        }
        for code in ["", "e", "english", "en_US", "en-", "-en", "en-toolongpart", "e1", "né"] {
            assert!(Language::new(code).is_err(), "{code}");
        }
    }
}
