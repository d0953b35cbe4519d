//! Moments. Microseconds since 1970 inside; `2026-11-23T09:12:45.090+00:00` on the wire.

use std::fmt;

use serde::{Serialize, Serializer};

/// A moment in microseconds since 1970-01-01T00:00:00Z. Written to the wire in milliseconds, always in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

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

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
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
        assert_eq!(Timestamp(1_795_425_165_090_123).to_string(), "2026-11-23T09:12:45.090+00:00");
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000+00:00");
    }
}
