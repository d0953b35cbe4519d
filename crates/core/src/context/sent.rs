//! When the page made a call, and on which page.
//!
//! A call carries its age, measured by one clock of its browser, because a browser's clock and the server's differ. The
//! server takes the age from its own time: that moment is kept, and per key the later one wins, in any order of arrival.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::time::Timestamp;

/// The oldest that a call may say it is, in milliseconds: 30 days, as long as a session lives. What is older says this.
pub const OLDEST_CALL_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// A call younger than this was made *now*, in microseconds: its way here takes as long.
pub(super) const NOW_MICROS: i64 = 1_000_000;
/// The longest address of a page, in characters.
const LONGEST_PAGE: usize = 512;

/// The address of a page: origin and path. A site's secrets are in the rest.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageAddress(String);

impl PageAddress {
    /// Keeps origin and path of an address, at most 512 characters: an odd page must not cost the call. `None`: nothing
    /// is left.
    pub fn cut(address: &str) -> Option<Self> {
        let bare = address.trim().split(['?', '#']).next().unwrap_or_default();
        let bare = match bare.split_once("://") {
            Some((scheme, rest)) => {
                let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
                let host = host.rsplit('@').next().unwrap_or_default();
                format!("{scheme}://{host}{path}")
            }
            None => bare.to_owned(),
        };
        let kept: String = bare.chars().filter(|one| !one.is_control()).take(LONGEST_PAGE).collect();
        (!kept.is_empty()).then_some(Self(kept))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PageAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for PageAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// When a call was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// So many milliseconds before it is stored.
    Ago(i64),
    /// At this moment of the server's clock.
    At(Timestamp),
    /// Before calls carried an age.
    Unknown,
}

impl When {
    /// An age as a client tells it; negative ages are none, and nothing is older than 30 days.
    pub fn ago(milliseconds: f64) -> Self {
        // A number of JSON is never NaN, and what is no number is no age.
        let whole = if milliseconds.is_nan() { 0.0 } else { milliseconds.clamp(0.0, OLDEST_CALL_MS as f64) };
        Self::Ago(whole.round() as i64)
    }

    /// Orders calls: what is still to be stored is later than what was.
    pub(super) fn rank(self) -> i64 {
        match self {
            Self::Ago(milliseconds) => i64::MAX - milliseconds * 1_000,
            Self::At(moment) => moment.0,
            Self::Unknown => i64::MIN,
        }
    }

    fn dated(self, now: Timestamp) -> Self {
        match self {
            Self::Ago(milliseconds) => Self::At(now.plus_micros(-milliseconds * 1_000)),
            // The clock was set back since.
            Self::At(moment) => Self::At(moment.min(now)),
            Self::Unknown => Self::Unknown,
        }
    }

    /// The moment, for a write that is stored now.
    pub(super) fn moment(self, now: Timestamp) -> Timestamp {
        match self.dated(now) {
            Self::At(moment) => moment,
            Self::Ago(_) | Self::Unknown => now,
        }
    }
}

/// When a call was made and on which page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// When.
    pub when: When,
    /// The page; `None`: not told, as by programs.
    pub page: Option<PageAddress>,
}

impl Sent {
    /// A call that is stored as it is made.
    pub fn now() -> Self {
        Self { when: When::Ago(0), page: None }
    }

    pub(super) fn dated(&self, now: Timestamp) -> Self {
        Self { when: self.when.dated(now), page: self.page.clone() }
    }
}

/// Calls of the page that were folded into one write: the last of them, and the keys that earlier ones set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// The call of every key that `earlier` does not name.
    pub last: Sent,
    /// Earlier calls with the top-level keys that are theirs.
    pub earlier: Vec<(Sent, Vec<String>)>,
}

/// Shares equal values: a write has few calls and many keys.
#[derive(Default)]
pub(super) struct Shared(Vec<Arc<Sent>>);

impl Shared {
    pub(super) fn of(&mut self, sent: Sent) -> Arc<Sent> {
        if let Some(known) = self.0.iter().find(|known| ***known == sent) {
            return Arc::clone(known);
        }
        let sent = Arc::new(sent);
        self.0.push(Arc::clone(&sent));
        sent
    }

    /// The place of a call among those that were shared.
    pub(super) fn place(&mut self, sent: &Arc<Sent>) -> usize {
        if let Some(at) = self.0.iter().position(|known| known == sent) {
            return at;
        }
        self.0.push(Arc::clone(sent));
        self.0.len() - 1
    }

    pub(super) fn all(&self) -> &[Arc<Sent>] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{OLDEST_CALL_MS, PageAddress, When};
    use crate::time::Timestamp;

    #[test]
    fn a_page_is_its_origin_and_path() {
        let cut = |address: &str| PageAddress::cut(address).map(|page| page.to_string());
        for (address, kept) in [
            ("https://shop.example/cars/7?token=x#access=y", "https://shop.example/cars/7"),
            ("https://shop.example/cars#top?x", "https://shop.example/cars"),
            ("https://anna:secret@shop.example/@me", "https://shop.example/@me"),
            ("https://shop.example?token=x", "https://shop.example"),
            ("/cars", "/cars"),
            ("  /a\u{0}\nb ", "/ab"),
        ] {
            assert_eq!(cut(address).as_deref(), Some(kept), "{address}");
        }
        for nothing in ["", "  ", "?x", "#x", "\n"] {
            assert_eq!(cut(nothing), None, "{nothing:?}");
        }
        let long = format!("https://shop.example/{}", "é".repeat(600));
        assert_eq!(cut(&long).map(|page| page.chars().count()), Some(512));
    }

    #[test]
    fn an_age_is_between_nothing_and_thirty_days() {
        for (told, kept) in [
            (0.0, 0),
            (-5.0, 0),
            (12.4, 12),
            (f64::MAX, OLDEST_CALL_MS),
            (f64::INFINITY, OLDEST_CALL_MS),
            (f64::NEG_INFINITY, 0),
            (f64::NAN, 0),
        ] {
            assert_eq!(When::ago(told), When::Ago(kept), "{told}");
        }
        let now = Timestamp(5_000_000);
        assert_eq!(When::Ago(2_000).moment(now), Timestamp(3_000_000));
        assert_eq!(When::At(Timestamp(9_000_000)).moment(now), now, "a clock that was set back");
        assert_eq!(When::Unknown.moment(now), now);
    }
}
