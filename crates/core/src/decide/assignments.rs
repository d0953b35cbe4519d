//! Taking, solving, closing, reopening.

use super::draft::Draft;
use super::{Decision, Earlier, Moment, Outcome, Snapshot};
use crate::command::{Actor, Refusal};
use crate::conversation::{Conversation, Status};
use crate::event::Kind;
use crate::id::{AgentId, ClientId};

pub(super) fn unchanged(conversation: &Conversation, moment: &Moment<'_>) -> Outcome {
    store(Draft::of(conversation, None, moment))
}

pub(super) fn store(draft: Draft<'_>) -> Outcome {
    Outcome::Store(Box::new(Decision { writes: vec![draft.finish()], ..Decision::default() }))
}

/// The known write, if it was of this kind and said the same.
pub(super) fn known(earlier: &Earlier, kind: Kind, same: impl Fn(&Told) -> bool) -> Result<Outcome, Refusal> {
    let told = serde_json::from_str::<Told>(&earlier.json);
    if earlier.kind == kind && told.is_ok_and(|told| same(&told)) {
        Ok(Outcome::Known(earlier.clone()))
    } else {
        Err(Refusal::ClientIdReused)
    }
}

/// What an earlier event said, as far as it tells writes apart.
#[derive(serde::Deserialize)]
pub(super) struct Told {
    agent: Option<ToldAgent>,
    to: Option<String>,
}

#[derive(serde::Deserialize)]
struct ToldAgent {
    id: AgentId,
}

impl Told {
    pub(super) fn agent(&self) -> Option<AgentId> {
        self.agent.as_ref().map(|agent| agent.id)
    }
}

pub(super) fn take(
    snapshot: &Snapshot,
    agent: AgentId,
    client_id: ClientId,
    moment: &Moment<'_>,
) -> Result<Outcome, Refusal> {
    let actor = Actor::Agent(agent);
    let conversation = snapshot.seen_by(&actor)?;
    if let Some(earlier) = snapshot.earlier_in(conversation.id, client_id) {
        return known(earlier, Kind::Assigned, |told| told.agent() == Some(agent));
    }
    if conversation.agent == Some(agent) {
        return Ok(unchanged(conversation, moment));
    }
    if conversation.is_closed() {
        return Err(Refusal::Closed);
    }
    if let Some(owner) = conversation.agent {
        let name = snapshot.agent_name(owner).map_or_else(|| "somebody else".to_owned(), |agent| agent.name);
        return Err(Refusal::Taken(name));
    }
    let mut draft = Draft::of(conversation, None, moment);
    let name = snapshot.agent_name(agent).ok_or(Refusal::NotFound)?;
    draft.assign(&snapshot.author(&actor), Some(client_id), None, Some(name));
    Ok(store(draft))
}

pub(super) fn set_status(
    snapshot: &Snapshot,
    by: &Actor,
    client_id: ClientId,
    to: Status,
    moment: &Moment<'_>,
) -> Result<Outcome, Refusal> {
    let seen = snapshot.seen_by(by)?;
    if let Some(earlier) = snapshot.earlier_in(seen.id, client_id) {
        return known(earlier, Kind::Status, |told| told.to.as_deref() == Some(to.as_str()));
    }
    let conversation = snapshot.writable_by(by)?;
    if conversation.status == to {
        return Ok(unchanged(conversation, moment));
    }
    if conversation.is_closed() {
        return Err(Refusal::Closed);
    }
    let mut draft = Draft::of(conversation, None, moment);
    draft.set_status(&snapshot.author(by), Some(client_id), to);
    Ok(store(draft))
}
