//! Moments. Microseconds since 1970 inside; `2026-11-23T09:12:45.090+00:00` on the wire.

use std::fmt;
use std::str::FromStr;

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

/// What the clock says, and a place in the order of everything that was ever stored. A clock can be set back; the order
/// never falls, so lists are sorted by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// What the clock says.
    pub at: Timestamp,
    /// Above every place given before. As long as the clock is right, the same moment.
    pub order: Timestamp,
}

impl Now {
    /// By a clock that was never set back.
    pub fn of(at: Timestamp) -> Self {
        Self { at, order: at }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // By hand: a list of fifty rows writes some two hundred of these.
        let mut text = *b"0000-00-00T00:00:00.000+00:00";
        write_digits(*self, &mut text)?;
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Fills in `0000-00-00T00:00:00.000`, and three more digits where the text has room for them before its offset.
fn write_digits(moment: Timestamp, text: &mut [u8]) -> fmt::Result {
    let moment = jiff::Timestamp::from_microsecond(moment.0).map_err(|_| fmt::Error)?;
    let moment = jiff::tz::Offset::UTC.to_datetime(moment);
    for (place, number) in [
        (0..4, moment.year()),
        (5..7, moment.month().into()),
        (8..10, moment.day().into()),
        (11..13, moment.hour().into()),
        (14..16, moment.minute().into()),
        (17..19, moment.second().into()),
        (20..23, moment.millisecond()),
        (23..26, moment.microsecond()),
    ] {
        // The offset begins here already.
        if text[place.start] != b'0' {
            break;
        }
        // A year before the first is no moment of ours.
        let mut rest = u16::try_from(number).map_err(|_| fmt::Error)?;
        for digit in text[place].iter_mut().rev() {
            *digit += (rest % 10) as u8;
            rest /= 10;
        }
    }
    Ok(())
}

/// A place in the order, for the wire: `2026-11-23T09:12:45.090123+00:00`. To the microsecond, because neighbours may share
/// a millisecond; all have one length, so the texts sort as the places do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub Timestamp);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = *b"0000-00-00T00:00:00.000000+00:00";
        write_digits(self.0, &mut text)?;
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The text named no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a moment like 2026-11-23T09:12:45.090+00:00")]
pub struct InvalidTimestamp;

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// Takes `Z`, `±hh:mm` and `±hhmm`, and a space for the `+`: so a `+` that nobody escaped arrives in a query. What
    /// is finer than a microsecond is cut off.
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        const FORM: &[u8] = b"0000-00-00T00:00:00";
        let (head, tail) = text.split_at_checked(FORM.len()).ok_or(InvalidTimestamp)?;
        let fits = |(form, given): (&u8, u8)| match form {
            b'0' => given.is_ascii_digit(),
            mark => *mark == given,
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let at = tail.find(['Z', '+', '-', ' ']).ok_or(InvalidTimestamp)?;
        let (fraction, offset) = tail.split_at(at);
        let fraction_fits = fraction.is_empty()
            || fraction.strip_prefix('.').is_some_and(|rest| (1..=9).contains(&rest.len()) && digits(rest));
        let offset = offset.replace(' ', "+");
        let offset_fits = match offset.as_bytes() {
            [b'Z'] => true,
            [b'+' | b'-', a, b, b':', c, d] | [b'+' | b'-', a, b, c, d] => {
                [a, b, c, d].into_iter().all(u8::is_ascii_digit)
            }
            _ => false,
        };
        if !(FORM.iter().zip(head.bytes()).all(fits) && fraction_fits && offset_fits) {
            return Err(InvalidTimestamp);
        }
        let moment: jiff::Timestamp =
            format!("{head}{fraction}{offset}").parse().map_err(|_| InvalidTimestamp)?;
        Ok(Self(moment.as_microsecond()))
    }
}

/// Where the time comes from; an argument so that rules and tests stay repeatable.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Place, Timestamp};

    proptest! {
        #[test]
        fn what_is_written_is_read_again_to_the_millisecond(micros in -62_135_596_800_000_000..253_370_000_000_000_000_i64) {
            let text = Timestamp(micros).to_string();
            prop_assert_eq!(text.len(), 29);
            prop_assert_eq!(text.parse(), Ok(Timestamp(micros.div_euclid(1_000) * 1_000)), "{}", text);
        }
    }

    proptest! {
        #[test]
        fn a_place_is_written_whole_and_sorts_as_text(micros in -62_135_596_800_000_000..253_370_000_000_000_000_i64, ahead in 0..2_000_i64) {
            let text = Place(Timestamp(micros)).to_string();
            prop_assert_eq!(text.parse(), Ok(Timestamp(micros)), "{}", text);
            let next = Place(Timestamp(micros + ahead)).to_string();
            prop_assert_eq!(text.cmp(&next), 0.cmp(&ahead), "{} {}", text, next);
        }
    }

    #[test]
    fn a_moment_is_written_in_the_wire_form() {
        assert_eq!(Timestamp(1_795_425_165_090_123).to_string(), "2026-11-23T09:12:45.090+00:00");
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000+00:00");
    }

    #[test]
    fn a_moment_is_read_in_every_form_that_clients_send() {
        for text in [
            "2026-11-23T09:12:45.090123Z",
            "2026-11-23T09:12:45.090123999Z",
            "2026-11-23T09:12:45.090123+00:00",
            "2026-11-23T09:12:45.090123+0000",
            "2026-11-23T09:12:45.090123 0000",
            "2026-11-23T10:12:45.090123 01:00",
            "2026-11-23T10:12:45.090123+01:00",
            "2026-11-23T07:42:45.090123-0130",
        ] {
            assert_eq!(text.parse(), Ok(Timestamp(1_795_425_165_090_123)), "{text}");
        }
        assert_eq!("1970-01-01T00:00:00Z".parse(), Ok(Timestamp(0)));
        for text in [
            "",
            "2026-11-23",
            "2026-11-23T09:12:45",
            "2026-11-23T09:12Z",
            "2026-11-23 09:12:45Z",
            "2026-11-23t09:12:45z",
            "2026-13-23T09:12:45Z",
            "2026-02-30T09:12:45Z",
            "2026-11-23T09:12:45.Z",
            "2026-11-23T09:12:45.0901239991Z",
            "2026-11-23T09:12:45+1",
            "2026-11-23T09:12:45+99:99",
            "2026-11-23T09:12:45Z[UTC]",
            "2026-11-23T09:12:45 ü000",
            "2026-11-23T09:12:45+0:1:0:0",
            "2026-11-23T09:12:45+00:0:0",
            "2026-11-23T09:12:45+:0000",
            "1795425165090",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }
}
