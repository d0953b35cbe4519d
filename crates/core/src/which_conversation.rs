//! Which conversations a call of the page goes to. `cases/which_conversation.json` is this rule as data: tests in Rust and
//! TypeScript run it.

use crate::conversation::{Conversation, Status};
use crate::id::{ConversationId, ThreadId};
use crate::strategy::{MOST_CONVERSATIONS, Strategy, TooManyConversations};
use crate::time::Timestamp;
use crate::widget::GuessHours;

/// What the customer looks at, as the browser tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// The thread that is the view of this tab's open window, also one that has not begun.
    pub on_screen: Option<ThreadId>,
    /// The thread last shown, written in or started in this browser, any tab.
    pub last_used: Option<ThreadId>,
    /// Whether this tab is visible: in a hidden one nothing is on screen.
    pub visible: bool,
}

impl Default for Screen {
    /// A visible tab whose window is closed, in a browser that has used no conversation.
    fn default() -> Self {
        Self { on_screen: None, last_used: None, visible: true }
    }
}

/// What the rule needs to know of a conversation of the visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Identity.
    pub id: ConversationId,
    /// The visitor's client's name for it.
    pub thread: ThreadId,
    /// Where it stands.
    pub status: Status,
    /// Its newest message, of either side; without one, its start.
    pub newest: Timestamp,
}

impl From<&Conversation> for Candidate {
    fn from(row: &Conversation) -> Self {
        Self { id: row.id, thread: row.thread, status: row.status, newest: row.newest_message_at() }
    }
}

impl Candidate {
    fn is_open(&self) -> bool {
        self.status != Status::Closed
    }

    /// May ACTIVE guess it? The customer is talking there, and not only yesterday.
    fn is_fresh(&self, guess: GuessHours, now: Timestamp) -> bool {
        // A clock that was set back makes messages of the future.
        let age = now.0.saturating_sub(self.newest.0).max(0);
        matches!(self.status, Status::Open | Status::Waiting) && age < guess.micros()
    }
}

/// Where a call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// To these conversations, in one transaction.
    Write(Vec<ConversationId>),
    /// To this one, as a best guess: the tab holds the call as well.
    Guess(ConversationId),
    /// Nowhere yet: the tab holds it for the next conversation.
    Hold,
}

/// Decides where a call goes. `threads` are the visitor's conversations, in the order of their ids; closed ones may be
/// among them. ACTIVE needs the two that `screen` names, and where it names no last used one, all that are not closed.
pub fn resolve(
    multi_thread: bool,
    strategy: Strategy,
    screen: Screen,
    guess: GuessHours,
    threads: &[Candidate],
    now: Timestamp,
) -> Result<Resolution, TooManyConversations> {
    let mut open = threads.iter().filter(|candidate| candidate.is_open());
    if !multi_thread {
        return Ok(open.next().map_or(Resolution::Hold, |only| Resolution::Write(vec![only.id])));
    }
    if strategy == Strategy::Active {
        return Ok(active(screen, guess, threads, now));
    }
    let all: Vec<ConversationId> = open.map(|candidate| candidate.id).collect();
    match all.len() {
        0 => Ok(Resolution::Hold),
        1..=MOST_CONVERSATIONS => Ok(Resolution::Write(all)),
        _ => Err(TooManyConversations),
    }
}

fn active(screen: Screen, guess: GuessHours, threads: &[Candidate], now: Timestamp) -> Resolution {
    let named = |thread: ThreadId| threads.iter().find(|candidate| candidate.thread == thread);
    if let Some(thread) = screen.on_screen.filter(|_| screen.visible) {
        match named(thread) {
            Some(candidate) if candidate.is_open() => return Resolution::Write(vec![candidate.id]),
            // A closed one counts as none.
            Some(_) => {}
            // An empty new thread: held for it.
            None => return Resolution::Hold,
        }
    }
    let fresh = |candidate: &&Candidate| candidate.is_fresh(guess, now);
    let guessed = match screen.last_used {
        Some(thread) => named(thread).filter(fresh),
        None => {
            let mut all = threads.iter().filter(fresh);
            // With more than ALL may reach, not all of them are known here.
            let few = threads.len() <= MOST_CONVERSATIONS;
            all.next().filter(|_| few && all.next().is_none())
        }
    };
    guessed.map_or(Resolution::Hold, |candidate| Resolution::Guess(candidate.id))
}
