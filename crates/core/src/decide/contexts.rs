//! Context writes.

use super::draft::Draft;
use super::messages::visitor_author;
use super::needs::actor_key;
use super::{AuthorKey, Decision, Moment, Outcome, Receipt, Snapshot, WrittenContext, patch_digest};
use crate::command::{Actor, Command, ContextTarget, Reach, Refusal, WriteContext};
use crate::context::{ContextError, Metadata, Patch, Writer};
use crate::event::{AuthorKind, Source};
use crate::id::ConversationId;
use crate::strategy::{Strategy, TooManyConversations};
use crate::time::Timestamp;
use crate::which_conversation::{Candidate, Resolution, Screen, resolve};
use crate::widget::GuessHours;

impl Patch {
    /// May it be left standing? Only what a new conversation could take as its whole context.
    pub(super) fn stands(&self) -> Result<(), ContextError> {
        self.apply(&Metadata::default())?;
        // Keys taken away weigh nothing in a result but would let a session grow without end.
        if self.ops().len() > crate::context::MOST_KEYS {
            return Err(ContextError::TooManyKeys(self.ops().len()));
        }
        Ok(())
    }
}

impl Snapshot {
    /// Where a call of the page goes, of the visitor's conversations that were loaded.
    fn resolve(&self, reach: Reach, now: Timestamp) -> Result<Resolution, TooManyConversations> {
        let multi_thread = self.visitor.as_ref().is_some_and(|(_, multi_thread)| *multi_thread);
        let threads: Vec<Candidate> = self.open.iter().map(Candidate::from).collect();
        let (strategy, screen) = match reach {
            Reach::One(id) => {
                // Shown by itself, wherever the customer is by now.
                let on_screen = threads.iter().find(|candidate| candidate.id == id);
                let on_screen = on_screen.map(|candidate| candidate.thread);
                (Strategy::Active, Some(Screen { on_screen, ..Screen::default() }))
            }
            Reach::Active { screen } => (Strategy::Active, screen),
            Reach::All => (Strategy::All, None),
            Reach::AllPlusNew => (Strategy::AllPlusNew, None),
        };
        // Only of a browser that says what it shows can the rest be guessed.
        let guesses = matches!(reach, Reach::Active { screen: Some(_) });
        let guess = if guesses { self.guess } else { GuessHours::NEVER };
        resolve(multi_thread, strategy, screen.unwrap_or_default(), guess, &threads, now)
    }
}

/// The conversations whose contexts a command depends on, of those that were loaded.
pub fn reached(snapshot: &Snapshot, command: &Command, now: Timestamp) -> Vec<ConversationId> {
    let reach = match command {
        Command::WriteContext(WriteContext { target: ContextTarget::Visitor { reach, .. }, .. }) => {
            Some(*reach)
        }
        _ => None,
    };
    match reach.map(|reach| snapshot.resolve(reach, now)) {
        None => snapshot.open.iter().chain(&snapshot.conversation).map(|row| row.id).collect(),
        Some(Ok(Resolution::Write(targets))) => targets,
        Some(Ok(Resolution::Guess(target))) => vec![target],
        // Nothing is written, or it is refused.
        Some(Ok(Resolution::Hold) | Err(_)) => Vec::new(),
    }
}

pub(super) fn write(
    snapshot: &Snapshot,
    write: &WriteContext,
    moment: &Moment<'_>,
) -> Result<Outcome, Refusal> {
    let author = match &write.target {
        ContextTarget::Visitor { .. } => {
            let (visitor, _) = snapshot.visitor.as_ref().ok_or(Refusal::NotFound)?;
            visitor_author(visitor)
        }
        ContextTarget::Conversation { by, .. } => {
            snapshot.seen_by(by)?;
            snapshot.author(by)
        }
    };
    let digest = patch_digest(&write.patch);
    if let Some(receipt) = &snapshot.receipt {
        let same = receipt.digest == digest;
        return if same { Ok(Outcome::KnownContext(receipt.clone())) } else { Err(Refusal::ClientIdReused) };
    }

    let mut decision = Decision::default();
    let mut guessed = false;
    let (source, key, targets) = match &write.target {
        ContextTarget::Visitor { visitor, session, reach } => {
            let (_, multi_thread) = snapshot.visitor.as_ref().ok_or(Refusal::NotFound)?;
            if *reach == Reach::AllPlusNew && *multi_thread {
                let now = write.patch.dated(moment.now.at);
                let left = match &snapshot.standing {
                    // The clock may have been set back since.
                    Some(before) => before.dated(moment.now.at).then(now),
                    None => now,
                };
                left.stands()?;
                decision.standing = Some((*session, left));
            }
            let targets = match snapshot.resolve(*reach, moment.now.at)? {
                Resolution::Write(targets) => targets,
                Resolution::Guess(target) => {
                    guessed = true;
                    vec![target]
                }
                Resolution::Hold => Vec::new(),
            };
            (Source::Page, AuthorKey { kind: AuthorKind::Visitor, id: visitor.0 }, targets)
        }
        ContextTarget::Conversation { by, .. } => {
            let conversation = snapshot.writable_by(by)?;
            if conversation.is_closed() {
                return Err(Refusal::Closed);
            }
            let source = match by {
                Actor::Agent(_) => Source::Agent,
                Actor::Api(_) => Source::Api,
            };
            (source, actor_key(by), vec![conversation.id])
        }
    };

    for id in targets {
        // There is no receipt, so what has this name here is another kind of write.
        if write.client_id.is_some_and(|client_id| snapshot.earlier_in(id, client_id).is_some()) {
            return Err(Refusal::ClientIdReused);
        }
        let row = snapshot.open.iter().chain(&snapshot.conversation).find(|row| row.id == id);
        let mut draft = Draft::of(row.ok_or(Refusal::NotFound)?, snapshot.contexts.get(&id), moment);
        let (protected, lock) = (&snapshot.protected_keys, write.lock.filter(|_| source != Source::Page));
        let writer = Writer { author: &author, source, protected, lock, guessed };
        draft.write_context(&writer, write.client_id, &write.patch)?;
        decision.writes.push(draft.finish());
    }
    decision.pending = decision.writes.is_empty();
    if decision.pending {
        // Held data must fail at the call, not at the conversation's start.
        write.patch.apply(&Metadata::default())?;
    }
    // A held write leaves no receipt: it comes again under its name, and then it must be written.
    if let Some(client_id) = write.client_id.filter(|_| !decision.pending) {
        decision.receipt = Some(Receipt {
            author: key,
            client_id,
            digest,
            written: decision.writes.iter().map(WrittenContext::of).collect(),
            at: moment.now.at,
        });
    }
    Ok(Outcome::Store(Box::new(decision)))
}
