//! What was promised, asserted from the clients' files and the database's: the invariants I1 to I8, I10 and I11 of the
//! protocol. (I9 is about webhooks.)
//!
//! Nothing of the server or the store is used, except the pure rule by which a context's journal is folded: the clients
//! of the product fold with the same rule, written a second time in TypeScript.

mod database;
mod stories;

use std::collections::HashSet;
use std::fmt::{self, Display, Formatter};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use self::database::{agents, conversations, epoch, journals, numbers, once};
use self::stories::{bytes, cursors, seen, stories, writes};
use crate::{Failure, Outcome};

/// Violations that are printed.
const SHOWN: usize = 12;

/// One broken promise.
#[derive(Clone, Debug)]
pub struct Violation {
    /// `I1` to `I11`.
    pub invariant: &'static str,
    /// The conversation, as far as it is known.
    pub conversation: String,
    /// The event, write or client.
    pub event: String,
    /// What is wrong.
    pub what: String,
}

/// What was checked, and what was broken.
#[derive(Debug, Default)]
pub struct Report {
    /// Broken promises.
    pub violations: Vec<Violation>,
    /// Writes that were acknowledged.
    pub acked: usize,
    /// Acknowledged writes that are not in the database.
    pub lost: usize,
    /// Writes that are there twice.
    pub doubled: usize,
    /// Events that clients applied.
    pub seen: usize,
}

impl Display for Report {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { acked, lost, doubled, seen, .. } = self;
        write!(formatter, "{acked} acked, {lost} lost, {doubled} doubled, {seen} events seen in order")
    }
}

impl Report {
    /// The report, or what was broken.
    pub fn whole(self) -> Outcome<Self> {
        if self.violations.is_empty() {
            return Ok(self);
        }
        let mut text = format!("{} promises broken:", self.violations.len());
        for Violation { invariant, conversation, event, what } in self.violations.iter().take(SHOWN) {
            text.push_str(&format!("\n  {invariant}: conversation {conversation}, {event}: {what}"));
        }
        Err(Failure::new(text))
    }

    fn broken(&mut self, invariant: &'static str, conversation: &str, event: &str, what: impl Into<String>) {
        let (conversation, event) = (conversation.to_owned(), event.to_owned());
        self.violations.push(Violation { invariant, conversation, event, what: what.into() });
    }
}

/// Checks everything there is. All clients had settled when they were stopped, so their logs must be whole.
pub fn check(folder: &Path, database: &Path) -> Outcome<Report> {
    let mut report = Report::default();
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let conversations = conversations(&connection)?;
    let epoch = epoch(&connection)?;
    let agents = agents(&connection)?;
    numbers(&conversations, &mut report);
    journals(&conversations, &mut report);
    let mut stories = stories(folder)?;
    for story in &mut stories {
        if let Some(id) = agents.get(&story.id) {
            story.id.clone_from(id);
        }
    }
    let authors: HashSet<&str> = stories.iter().map(|story| story.id.as_str()).collect();
    once(&conversations, &authors, &mut report);
    let mut told: HashSet<String> = HashSet::new();
    for story in &stories {
        writes(story, &conversations, &epoch, &mut told, &mut report);
        seen(story, &conversations, &epoch, &mut report);
        cursors(story, &conversations, &epoch, &mut report);
        if story.is_visitor {
            bytes(folder, story, &mut report)?;
        }
    }
    // Nothing came from nowhere: every write of one of these authors is in its file.
    for conversation in conversations.values() {
        for event in &conversation.events {
            let ours = event.author.as_deref().is_some_and(|author| authors.contains(author));
            if let (true, Some(client_id)) = (ours, &event.client_id)
                && !told.contains(client_id)
            {
                report.broken("I10", &conversation.id, &event.id, "its author never wrote it");
            }
        }
    }
    Ok(report)
}
