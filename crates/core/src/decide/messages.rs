//! Messages.

use super::draft::Draft;
use super::{
    AuthorKey, Baseline, Decision, Earlier, Moment, Outcome, Receipt, Snapshot, WrittenContext, patch_digest,
};
use crate::agent::Role;
use crate::command::{Actor, ApiKey, Destination, Refusal, VisitorSend};
use crate::context::{Metadata, Writer};
use crate::conversation::{Conversation, Status};
use crate::event::{Author, AuthorKind, Body, Kind};
use crate::id::{AgentId, ClientId, ConversationId};
use crate::text::MessageText;
use crate::visitor::Visitor;

/// The known write, if it is the same one.
fn known(earlier: &Earlier, text: &MessageText) -> Result<Outcome, Refusal> {
    #[derive(serde::Deserialize)]
    struct Stored {
        message: Message,
    }
    #[derive(serde::Deserialize)]
    struct Message {
        text: String,
    }
    let same = earlier.kind == Kind::Message
        && serde_json::from_str::<Stored>(&earlier.json)
            .is_ok_and(|stored| stored.message.text == text.as_str());
    if same { Ok(Outcome::Known(earlier.clone())) } else { Err(Refusal::ClientIdReused) }
}

pub(super) fn visitor_author(visitor: &Visitor) -> Author {
    Author {
        kind: AuthorKind::Visitor,
        id: Some(visitor.id.0),
        name: visitor.name.as_ref().map(|name| name.as_str().to_owned()),
    }
}

pub(super) fn visitor_send(
    snapshot: &Snapshot,
    send: &VisitorSend,
    moment: &Moment<'_>,
) -> Result<Outcome, Refusal> {
    let (visitor, multi_thread) = snapshot.visitor.as_ref().ok_or(Refusal::NotFound)?;
    let existing = match send.to {
        Destination::Conversation(id) => {
            let conversation = snapshot.conversation.as_ref().ok_or(Refusal::NotFound)?;
            if let Some(earlier) = snapshot.earlier_in(id, send.client_id) {
                return known(earlier, &send.text);
            }
            Some(conversation)
        }
        Destination::Thread(_) => {
            // The thread may have been led into another conversation at the first try.
            if let Some(earlier) = snapshot.earlier(send.client_id).next() {
                return known(earlier, &send.text);
            }
            let open = if *multi_thread { None } else { snapshot.open.first() };
            snapshot.conversation.as_ref().or(open)
        }
    };
    let author = visitor_author(visitor);
    let mut draft = match existing {
        Some(conversation) if conversation.is_closed() => return Err(Refusal::Closed),
        Some(conversation) => Draft::of(conversation, snapshot.contexts.get(&conversation.id), moment),
        None => Draft::new(started(snapshot, visitor, send, moment), moment),
    };

    let mut decision = Decision::default();
    write_held(snapshot, send, &author, existing.is_none(), &mut draft, &mut decision, moment)?;
    if matches!(draft.conversation().status, Status::Solved | Status::Waiting) {
        draft.set_status(&author, None, Status::Open);
    }
    draft.push(&author, Some(send.client_id), Body::Message(send.text.clone()));
    decision.writes.push(draft.finish());
    Ok(Outcome::Store(Box::new(decision)))
}

/// Writes what the session and the widget held, before the message.
fn write_held(
    snapshot: &Snapshot,
    send: &VisitorSend,
    author: &Author,
    created: bool,
    draft: &mut Draft<'_>,
    decision: &mut Decision,
    moment: &Moment<'_>,
) -> Result<(), Refusal> {
    // Held context that was written by itself in the meantime is not written again.
    let held = send.held.as_ref().filter(|_| snapshot.receipt.is_none());
    let client_id = held.and_then(|held| held.client_id);
    if let Some(name) = client_id
        && (name == send.client_id || snapshot.earlier_in(draft.conversation().id, name).is_some())
    {
        return Err(Refusal::ClientIdReused);
    }
    if let Some(held) = held {
        // By itself over a limit: no widget could have held it.
        held.patch.apply(&Metadata::default())?;
    }

    // By the conversation's clock, which its context compares with. What stood before is not later than now either.
    let here = draft.now();
    let before = snapshot.standing.as_ref().map(|patch| patch.dated(here));
    let now = send.standing.as_ref().map(|patch| patch.dated(here));
    let left = match (before, &now) {
        (Some(before), Some(now)) => Some(before.then(now.clone())),
        (before, now) => before.or_else(|| now.clone()),
    };
    if let (Some(_), Some(left)) = (&now, &left)
        && left.stands().is_ok()
    {
        decision.standing = Some((send.session, left.clone()));
    }
    // A new conversation gets all that stands; an existing one got the earlier part when it was written.
    let standing = if created { left } else { now };
    let patch = held.map(|held| held.patch.dated(here));
    // What the widget held names, in the order of the site's calls, also what it left standing.
    let both = match (standing, &patch) {
        (Some(standing), Some(patch)) => Some(patch.clone().filled_by(standing)),
        (standing, patch) => standing.or_else(|| patch.clone()),
    };
    let mut written = true;
    let writer = Writer::page(author, &snapshot.protected_keys);
    if let Some(both) = both {
        // What stood before, and at last what was held, is left out rather than refusing the visitor's words: each
        // fitted when it was written, and only what has come together since is too much.
        written = fits(draft.write_context(&writer, client_id, &both))?;
        if let Some(patch) = patch.filter(|_| !written) {
            written = fits(draft.write_context(&writer, client_id, &patch))?;
        }
    }
    if let (Some(held), Some(client_id), true) = (held, client_id, written) {
        decision.receipt = Some(Receipt {
            author: AuthorKey { kind: AuthorKind::Visitor, id: send.visitor.0 },
            client_id,
            digest: patch_digest(&held.patch),
            written: vec![WrittenContext::of(draft.write())],
            at: moment.now.at,
        });
    }
    Ok(())
}

/// Did the write keep within the limits?
fn fits(written: Result<(), Refusal>) -> Result<bool, Refusal> {
    match written {
        Ok(()) => Ok(true),
        Err(Refusal::Context(_)) => Ok(false),
        Err(refusal) => Err(refusal),
    }
}

fn started(snapshot: &Snapshot, visitor: &Visitor, send: &VisitorSend, moment: &Moment<'_>) -> Conversation {
    let thread = match send.to {
        Destination::Thread(thread) => thread,
        Destination::Conversation(id) => id.0.into(),
    };
    Conversation {
        id: moment.id(),
        widget: visitor.widget,
        visitor: visitor.id,
        thread,
        queue: snapshot.default_queue,
        page: send.page.clone(),
        ..super::creation::blank(moment.now)
    }
}

pub(super) fn agent_send(
    snapshot: &Snapshot,
    agent: AgentId,
    id: ConversationId,
    client_id: ClientId,
    text: &MessageText,
    moment: &Moment<'_>,
) -> Result<Outcome, Refusal> {
    let actor = Actor::Agent(agent);
    // A known write is answered even when the conversation has passed to somebody else since.
    snapshot.seen_by(&actor)?;
    if let Some(earlier) = snapshot.earlier_in(id, client_id) {
        return known(earlier, text);
    }
    let conversation = snapshot.writable_by(&actor)?;
    our_message(snapshot, conversation, snapshot.author(&actor), Some(agent), client_id, text, moment)
}

pub(super) fn api_send(
    snapshot: &Snapshot,
    key: &ApiKey,
    as_agent: Option<AgentId>,
    id: ConversationId,
    client_id: ClientId,
    text: &MessageText,
    moment: &Moment<'_>,
) -> Result<Outcome, Refusal> {
    let conversation = snapshot.conversation.as_ref().ok_or(Refusal::NotFound)?;
    if let Some(earlier) = snapshot.earlier_in(id, client_id) {
        return known(earlier, text);
    }
    let owner = conversation.agent.and_then(|owner| snapshot.agent(owner));
    let actor = match (as_agent, owner) {
        (None, None) => Actor::Api(key.clone()),
        (None, Some(_)) => return Err(Refusal::AgentRequired),
        (Some(named), None) => return Err(Refusal::InvalidAgent(named)),
        (Some(named), Some(owner)) => {
            let writer = snapshot.agent(named).filter(|agent| !agent.disabled);
            let writer = writer.ok_or(Refusal::InvalidAgent(named))?;
            let above = |role| matches!(role, Role::Supervisor | Role::Admin);
            // A supervisor may write in any agent's name space, an agent only where the agent is.
            if named != owner.id && !above(writer.role) {
                return Err(Refusal::InvalidAgent(named));
            }
            Actor::Agent(named)
        }
    };
    our_message(snapshot, conversation, snapshot.author(&actor), None, client_id, text, moment)
}

/// A message from our side; `takes` is the agent who writes it in the console, whose it becomes if nobody has it.
fn our_message(
    snapshot: &Snapshot,
    conversation: &Conversation,
    author: Author,
    takes: Option<AgentId>,
    client_id: ClientId,
    text: &MessageText,
    moment: &Moment<'_>,
) -> Result<Outcome, Refusal> {
    if conversation.is_closed() {
        return Err(Refusal::Closed);
    }
    let mut draft = Draft::of(conversation, None, moment);
    if conversation.agent.is_none()
        && let Some(agent) = takes.and_then(|id| snapshot.agent_name(id))
    {
        draft.assign(&author, None, None, Some(agent));
    }
    if conversation.status == Status::Solved {
        draft.set_status(&author, None, Status::Open);
    }
    draft.push(&author, Some(client_id), Body::Message(text.clone()));
    // Who answers has seen the context: what changes from here on is news.
    let baseline = takes.map(|agent| Baseline {
        agent,
        conversation: conversation.id,
        position: draft.conversation().head,
    });
    Ok(Outcome::Store(Box::new(Decision { writes: vec![draft.finish()], baseline, ..Decision::default() })))
}
