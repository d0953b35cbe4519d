//! Opening a conversation: what a client is missing, or its latest events.

use beckon_core::agent::Agent;
use beckon_core::conversation::Conversation;
use beckon_core::event::AuthorKind;
use beckon_core::frame::object::{ContextBaseline, ContextKey, ContextState, Elsewhere, PositionedEvent};
use beckon_core::frame::server::{Cursors, Mode, State};
use beckon_core::id::ConversationId;
use beckon_core::permission::may_see;
use beckon_store::{AgentContext, EventPage, EventRange, Side, StoreError, StoredEvent, StoredVersion};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{App, row_of, thread_of};
use crate::limits::{HISTORY_PAGE, HISTORY_PAGE_MAX, PAGE_BYTES, READ_EVENTS, REPLAY_EVENTS};

/// Conversations looked through for one that the agent may see: a visitor has hardly more at once.
const NEWER_CONTEXTS: usize = 20;

/// Where a client stopped, and in which epoch. Texts as the client wrote them.
#[derive(Clone, Copy, Debug)]
pub struct Resumed<'a> {
    /// The epoch.
    pub epoch: &'a str,
    /// The last position that was applied.
    pub position: i64,
}

/// An opened conversation.
#[derive(Debug)]
pub struct Opened {
    /// The frame `state`.
    pub state: State,
    /// The events that follow it, with their positions.
    pub events: Vec<(i64, StoredEvent)>,
}

/// Who opens a conversation or pages through it.
#[derive(Clone, Copy, Debug)]
pub enum Reader<'a> {
    /// Its visitor.
    Visitor(beckon_core::id::VisitorId),
    /// An agent, who must be entitled.
    Agent(&'a Agent),
    /// A program with a key.
    Key,
}

impl Reader<'_> {
    /// How this reader counts.
    pub fn side(self) -> Side {
        match self {
            Self::Visitor(visitor) => Side::Visitor(visitor),
            Self::Agent(_) | Self::Key => Side::Ours,
        }
    }

    fn may_see(self, conversation: &Conversation) -> bool {
        match self {
            // The store has compared the visitor.
            Self::Visitor(_) | Self::Key => true,
            Self::Agent(agent) => may_see(agent, conversation),
        }
    }

    /// The identity as an author of events, when it is a person's.
    fn author(self) -> Option<Uuid> {
        match self {
            Self::Visitor(visitor) => Some(visitor.0),
            Self::Agent(agent) => Some(agent.id.0),
            Self::Key => None,
        }
    }

    /// The event's text as this reader may read it: with the `client_id` if the reader wrote it, and for visitors
    /// without the name of a program.
    pub fn event_text(self, event: &StoredEvent) -> String {
        if let (Self::Visitor(_), AuthorKind::Api | AuthorKind::System) = (self, event.author_kind) {
            return without_name(&event.json);
        }
        if event.author_id.is_some() && event.author_id == self.author() {
            event.json_for_author()
        } else {
            event.json.to_string()
        }
    }
}

/// An event's text with an author of whom only the kind is said.
fn without_name(json: &str) -> String {
    let Ok(mut event) = serde_json::from_str::<Value>(json) else {
        // What cannot be read is not handed on in part.
        return "null".to_owned();
    };
    for field in ["id", "name"] {
        if let Some(said) = event.get_mut("author").and_then(|author| author.get_mut(field)) {
            *said = Value::Null;
        }
    }
    event.to_string()
}

fn head_of(conversation: &Conversation, side: Side) -> i64 {
    match side {
        Side::Visitor(_) => conversation.visitor_head,
        Side::Ours => conversation.head,
    }
}

fn cursors_of(conversation: &Conversation, side: Side) -> Cursors {
    let cursors = conversation.cursors;
    match side {
        Side::Visitor(_) => Cursors {
            delivered: cursors.agent_delivered.visitor_seq,
            read: cursors.agent_read.visitor_seq,
            own_read: cursors.visitor_read.visitor_seq,
        },
        Side::Ours => Cursors {
            delivered: cursors.visitor_delivered.seq,
            read: cursors.visitor_read.seq,
            own_read: cursors.agent_read.seq,
        },
    }
}

impl App {
    /// Events of one page, for a reader who is entitled.
    async fn page(
        &self,
        reader: Reader<'_>,
        id: ConversationId,
        range: EventRange,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        let page = self.store.events(id, reader.side(), range, limit).await?;
        if reader.may_see(&page.conversation) { Ok(page) } else { Err(StoreError::NotFound) }
    }

    /// Everything after a position; `None` when that is ahead of us or more than a replay may be.
    async fn replay(
        &self,
        reader: Reader<'_>,
        id: ConversationId,
        position: i64,
    ) -> Result<Option<EventPage>, StoreError> {
        let side = reader.side();
        let (mut events, mut bytes, mut last) = (Vec::new(), 0, position);
        loop {
            let page = self.page(reader, id, EventRange::After(last), READ_EVENTS).await?;
            let head = head_of(&page.conversation, side);
            let missing = usize::try_from(head - position);
            if missing.is_err() || missing.is_ok_and(|missing| missing > REPLAY_EVENTS) {
                return Ok(None);
            }
            let none_left = page.events.is_empty();
            bytes += page.events.iter().map(|event| event.json.len()).sum::<usize>();
            last = page.events.last().and_then(|event| event.position(side)).unwrap_or(last);
            events.extend(page.events);
            if bytes > PAGE_BYTES || (none_left && last < head) {
                return Ok(None);
            }
            if last == head {
                return Ok(Some(EventPage { events, conversation: page.conversation }));
            }
        }
    }

    /// The newest events, or the newest before a position: as many as asked for, unless they are large.
    async fn newest(
        &self,
        reader: Reader<'_>,
        id: ConversationId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        let first = before.map_or(EventRange::Latest, EventRange::Before);
        let mut page = self.page(reader, id, first, limit.min(READ_EVENTS)).await?;
        // The conversation is of the moment of its newest events; older ones do not change.
        let conversation = page.conversation;
        let (mut newest_first, mut bytes) = (Vec::new(), 0);
        loop {
            let oldest = page.events.first().and_then(|event| event.position(reader.side()));
            for event in page.events.into_iter().rev() {
                bytes += event.json.len();
                // One is always given, so that who asks for more gets on.
                if bytes <= PAGE_BYTES || newest_first.is_empty() {
                    newest_first.push(event);
                }
            }
            let left = limit - newest_first.len().min(limit);
            match oldest {
                Some(oldest) if oldest > 1 && left > 0 && bytes <= PAGE_BYTES => {
                    let range = EventRange::Before(oldest);
                    page = self.page(reader, id, range, left.min(READ_EVENTS)).await?;
                }
                _ => break,
            }
        }
        newest_first.reverse();
        Ok(EventPage { events: newest_first, conversation })
    }

    /// What follows the client's position, or the latest events when that position is of another epoch, ahead of us
    /// or too far back.
    pub async fn open(
        &self,
        reader: Reader<'_>,
        id: ConversationId,
        resumed: Option<Resumed<'_>>,
    ) -> Result<Opened, StoreError> {
        let side = reader.side();
        let epoch = self.store.epoch();
        let mut page = None;
        if let Some(Resumed { position, .. }) = resumed.filter(|have| have.epoch.parse() == Ok(epoch))
            && position >= 0
        {
            page = self.replay(reader, id, position).await?;
        }
        let mode = if page.is_some() { Mode::Replay } else { Mode::Reset };
        let page = match page {
            Some(page) => page,
            None => self.newest(reader, id, None, HISTORY_PAGE as usize).await?,
        };
        let head = head_of(&page.conversation, side);
        let events: Vec<_> = positioned(page.events, side).collect();
        let first = events.first().map_or(head + 1, |(position, _)| *position);
        let cursors = cursors_of(&page.conversation, side);
        let mut state = State {
            conversation: id,
            epoch,
            head,
            mode,
            first,
            cursors,
            thread: None,
            row: None,
            context: None,
        };
        match reader {
            Reader::Visitor(visitor) => {
                let thread = self.store.thread(visitor, id).await?;
                state.thread = Some(thread_of(&thread.conversation, thread.agent, self.now()));
            }
            Reader::Agent(agent) => {
                state.row = Some(row_of(self.store.summary(id).await?, self.now()));
                state.context = Some(context_of(self.store.context_for(id, agent.id).await?));
            }
            Reader::Key => state.row = Some(row_of(self.store.summary(id).await?, self.now())),
        }
        Ok(Opened { state, events })
    }

    /// Where the same visitor's newest context is, if it is newer than this conversation's and the agent may see it.
    pub async fn elsewhere(
        &self,
        agent: &Agent,
        id: ConversationId,
    ) -> Result<Option<Elsewhere>, StoreError> {
        let newer = self.store.newer_contexts(id, NEWER_CONTEXTS).await?;
        let seen = newer.into_iter().find(|(conversation, _)| may_see(agent, conversation));
        Ok(seen.map(|(conversation, at)| Elsewhere { conversation: conversation.id, at }))
    }

    /// Versions of a context, newest first: as many as asked for, unless they are large. The caller is entitled.
    pub async fn context_versions(
        &self,
        id: ConversationId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<StoredVersion>, StoreError> {
        let (mut found, mut bytes, mut below) = (Vec::new(), 0, before);
        while found.len() < limit {
            let wanted = (limit - found.len()).min(READ_EVENTS);
            let page = self.store.context_versions(id, below, wanted).await?;
            let none_left = page.len() < wanted;
            for version in page {
                bytes += version.event.json.len();
                // One is always given, so that who asks for more gets on.
                if bytes > PAGE_BYTES && !found.is_empty() {
                    return Ok(found);
                }
                below = Some(version.version);
                found.push(version);
            }
            if none_left {
                break;
            }
        }
        Ok(found)
    }

    /// The next events above a position: fills a hole.
    pub async fn events_after(
        &self,
        reader: Reader<'_>,
        id: ConversationId,
        position: i64,
    ) -> Result<Vec<(i64, StoredEvent)>, StoreError> {
        let page = self.page(reader, id, EventRange::After(position), READ_EVENTS).await?;
        Ok(positioned(page.events, reader.side()).collect())
    }

    /// A page of history, oldest first, and the newest position.
    pub async fn history(
        &self,
        reader: Reader<'_>,
        id: ConversationId,
        before: Option<i64>,
        limit: Option<u32>,
    ) -> Result<(Vec<PositionedEvent>, i64), StoreError> {
        let limit = limit.unwrap_or(HISTORY_PAGE).clamp(1, HISTORY_PAGE_MAX);
        let page = self.newest(reader, id, before, limit as usize).await?;
        let head = head_of(&page.conversation, reader.side());
        let events = positioned(page.events, reader.side())
            .map(|(position, event)| {
                let event = RawValue::from_string(reader.event_text(&event))
                    .map_err(|error| StoreError::Damaged(error.to_string()))?;
                Ok(PositionedEvent { position, event })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok((events, head))
    }
}

fn context_of(found: AgentContext) -> ContextState {
    let AgentContext { context, keys, baseline, known: (version, text) } = found;
    let keys = keys.into_iter().map(|known| ContextKey {
        key: known.key,
        version: known.origin.version,
        at: known.origin.at,
        source: known.origin.source,
        author: known.origin.author.clone(),
        sent_at: known.origin.sent_at,
        page: known.origin.page.clone(),
        guessed: known.origin.guessed,
        locked: known.locked,
    });
    ContextState {
        text: context.text,
        version: context.version,
        updated_at: context.updated_at,
        keys: keys.collect(),
        baseline: ContextBaseline { position: baseline, version, text },
        elsewhere: None,
    }
}

fn positioned(events: Vec<StoredEvent>, side: Side) -> impl Iterator<Item = (i64, StoredEvent)> {
    events.into_iter().filter_map(move |event| Some((event.position(side)?, event)))
}
