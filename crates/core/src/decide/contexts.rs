//! Context writes.

use super::draft::{ContextWriter, Draft};
use super::messages::visitor_author;
use super::needs::actor_key;
use super::{AuthorKey, Decision, Moment, Outcome, Receipt, Snapshot, WrittenContext, patch_digest};
use crate::command::{Actor, ContextTarget, Refusal, WriteContext};
use crate::context::{ContextError, Metadata, Patch};
use crate::event::{AuthorKind, Source};
use crate::id::ConversationId;
use crate::strategy::{Resolution, Strategy, resolve};

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
    let (source, key, targets) = match &write.target {
        ContextTarget::Visitor { visitor, session, strategy, active } => {
            let (_, multi_thread) = snapshot.visitor.as_ref().ok_or(Refusal::NotFound)?;
            let open: Vec<ConversationId> = snapshot.open.iter().map(|row| row.id).collect();
            if *strategy == Strategy::AllPlusNew && *multi_thread {
                let left = match &snapshot.standing {
                    Some(before) => before.clone().then(write.patch.clone()),
                    None => write.patch.clone(),
                };
                left.stands()?;
                decision.standing = Some((*session, left));
            }
            let targets = match resolve(*multi_thread, *strategy, *active, &open)? {
                Resolution::Write(targets) => targets,
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
        let writer = ContextWriter { author: &author, source, protected, lock };
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
            at: moment.now,
        });
    }
    Ok(Outcome::Store(Box::new(decision)))
}
