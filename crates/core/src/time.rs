//! Moments. Microseconds since 1970 inside; `2026-11-23T09:12:45.090+00:00` on the wire.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A moment in microseconds since 1970-01-01T00:00:00Z. Written to the wire in milliseconds, always in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// The text was no moment in any accepted form.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not a time such as 2026-11-23T09:12:45.090+00:00")]
pub struct InvalidTimestamp;

impl Timestamp {
    /// This moment moved by so many microseconds (negative: earlier).
    #[must_use]
    pub fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// This moment moved by so many seconds (negative: earlier).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_micros(seconds.saturating_mul(1_000_000))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_microsecond(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{}", moment.strftime("%Y-%m-%dT%H:%M:%S.%3f+00:00"))
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// Accepts `Z`, `±hh:mm`, `±hhmm`, and a space where an unescaped `+` of a query string was.
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let mut fixed = text.to_owned();
        for tail in [6, 5] {
            let at = text.len().wrapping_sub(tail);
            if at > 10 && at < text.len() && text.as_bytes()[at] == b' ' {
                fixed.replace_range(at..=at, "+");
                break;
            }
        }
        let moment: jiff::Timestamp = fixed.parse().map_err(|_| InvalidTimestamp)?;
        Ok(Self(moment.as_microsecond()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Where the time comes from; an argument so that rules and tests stay repeatable.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn a_moment_is_written_in_the_wire_form() {
        let moment: Timestamp = "2026-11-23T09:12:45.090123Z".parse().unwrap();
        assert_eq!(moment.to_string(), "2026-11-23T09:12:45.090+00:00");
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000+00:00");
    }

    #[test]
    fn every_accepted_form_names_the_same_moment() {
        let expected: Timestamp = "2026-11-23T09:12:45.090Z".parse().unwrap();
        for text in [
            "2026-11-23T09:12:45.090+00:00",
            "2026-11-23T09:12:45.090+0000",
            "2026-11-23T09:12:45.090 00:00",
            "2026-11-23T09:12:45.090 0000",
            "2026-11-23T04:12:45.090-0500",
            "2026-11-23T10:12:45.090+01:00",
            "2026-11-23T10:12:45.090 01:00",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Ok(expected), "{text}");
        }
        for text in
            ["", "yesterday", "2026-11-23", "2026-13-01T00:00:00Z", "2026-11-23T09:12:45.090", "é 00:00"]
        {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }
}
