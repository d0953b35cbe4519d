//! Whether an agent's console counts as there.
//!
//! A socket that stands proves nothing: a device sleeps, a cable is pulled, and a browser answers pings also for a page that
//! it keeps in its back/forward cache. So a console counts while its socket answers pings, and, once its page has spoken
//! (`ping`, which the console says every 25 seconds by itself), while the page goes on speaking.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::connection::{Connection, Peer};
use crate::config::Timing;

/// What is known of one console.
pub(super) struct Presence {
    /// When its page last said something, once it has said `ping`.
    spoke_at: Option<Instant>,
    there: bool,
    /// When to look whether it still counts.
    look: Pin<Box<Sleep>>,
}

impl Presence {
    /// Of a console whose socket was just opened; `None` for a visitor.
    pub(super) fn of(peer: &Peer, now: Instant, timing: &Timing) -> Option<Box<Self>> {
        let Peer::Agent { .. } = peer else { return None };
        let look = Box::pin(sleep_until(now + silence(timing)));
        Some(Box::new(Self { spoke_at: None, there: true, look }))
    }

    /// When it no longer counts, if it stays silent from now on.
    fn ends_at(&self, heard_at: Instant, timing: &Timing) -> Instant {
        let socket = heard_at + silence(timing);
        let page = self.spoke_at.map(|at| at + Duration::from_millis(timing.presence_page_ms));
        page.map_or(socket, |page| page.min(socket))
    }
}

/// A socket is pinged this often, and then has its time to answer.
fn silence(timing: &Timing) -> Duration {
    Duration::from_millis(timing.ping_ms.saturating_add(timing.presence_answer_ms))
}

/// Resolves when a console that counts may have been silent for too long; never for anything else.
pub(super) async fn silence_of(presence: &mut Option<Box<Presence>>) {
    match presence {
        Some(presence) if presence.there => presence.look.as_mut().await,
        _ => std::future::pending().await,
    }
}

impl Connection {
    /// The page said something; `ping` it says by itself, again and again.
    pub(super) fn page_spoke(&mut self, is_ping: bool) {
        if let Some(presence) = &mut self.presence
            && (is_ping || presence.spoke_at.is_some())
        {
            presence.spoke_at = Some(Instant::now());
        }
    }

    /// Whether the console has been silent for too long.
    pub(super) fn is_absent(&self) -> bool {
        let Some(presence) = &self.presence else { return false };
        presence.ends_at(self.heard_at, &self.app.timing) <= Instant::now()
    }

    /// Counts the console as there or not, by what was heard of it, and looks again when that may end.
    pub(super) fn settle_presence(&mut self) {
        let there = !self.is_absent();
        let Some(presence) = &mut self.presence else { return };
        let ends_at = presence.ends_at(self.heard_at, &self.app.timing);
        // What was heard meanwhile is seen at the look.
        if there && (!presence.there || presence.look.is_elapsed()) {
            presence.look.as_mut().reset(ends_at);
        }
        if presence.there != there {
            presence.there = there;
            self.membership.be_there(there);
            self.app.publish_presence(true);
        }
    }
}
