//! A conversation while a decision about it is being written: each event moves heads, counters and times.

use std::collections::HashSet;

use super::{ConversationWrite, Moment};
use crate::command::{Edit, Refusal};
use crate::context::{Change, Context, Origin, Origins, Patch, Patched};
use crate::conversation::{Conversation, Cursor, LONGEST_PREVIEW, Preview, Status};
use crate::event::{AgentName, Author, AuthorKind, Body, Edited, Event, Locks, QueueName, Source};
use crate::id::ClientId;
use crate::widget::ProtectedKeys;

pub(super) struct Draft<'a> {
    write: ConversationWrite,
    context: Option<Context>,
    moment: &'a Moment<'a>,
}

impl<'a> Draft<'a> {
    /// A conversation that exists, with its context as far as it was loaded.
    pub(super) fn of(conversation: &Conversation, context: Option<&Context>, moment: &'a Moment<'a>) -> Self {
        Self {
            write: ConversationWrite {
                created: false,
                before: Some(conversation.clone()),
                conversation: conversation.clone(),
                events: Vec::new(),
                context: None,
                ignored: Vec::new(),
            },
            context: context.cloned(),
            moment,
        }
    }

    /// A conversation that starts now.
    pub(super) fn new(conversation: Conversation, moment: &'a Moment<'a>) -> Self {
        Self {
            write: ConversationWrite {
                created: true,
                before: None,
                conversation,
                events: Vec::new(),
                context: None,
                ignored: Vec::new(),
            },
            context: None,
            moment,
        }
    }

    pub(super) fn conversation(&self) -> &Conversation {
        &self.write.conversation
    }

    /// As far as it has come.
    pub(super) fn write(&self) -> &ConversationWrite {
        &self.write
    }

    pub(super) fn finish(self) -> ConversationWrite {
        self.write
    }

    pub(super) fn push(&mut self, author: &Author, client_id: Option<ClientId>, body: Body) {
        let now = self.moment.now;
        let row = &mut self.write.conversation;
        row.head += 1;
        row.updated_at = now;
        let mut event = Event {
            id: self.moment.id(),
            seq: row.head,
            visitor_seq: None,
            at: now,
            author: author.clone(),
            client_id,
            body,
        };
        if event.kind().visible_to_visitor() {
            row.visitor_head += 1;
            event.visitor_seq = Some(row.visitor_head);
        }
        match &event.body {
            Body::Message(text) => {
                row.preview = Some(Preview {
                    author: author.clone(),
                    text: text.as_str().chars().take(LONGEST_PREVIEW).collect(),
                    at: now,
                });
                let here = Cursor { seq: row.head, visitor_seq: row.visitor_head };
                // Who writes has seen what is above.
                match author.kind {
                    AuthorKind::Visitor => {
                        row.messages_from_visitor += 1;
                        row.unread_by_agents += 1;
                        row.unread_by_visitor = 0;
                        row.cursors.visitor_read = here;
                        row.cursors.visitor_delivered = here;
                        row.waiting_since.get_or_insert(now);
                        row.last_visitor_message_at = Some(now);
                    }
                    AuthorKind::Agent => {
                        row.messages_to_visitor += 1;
                        row.unread_by_visitor += 1;
                        row.unread_by_agents = 0;
                        row.cursors.agent_read = here;
                        row.cursors.agent_delivered = here;
                        row.waiting_since = None;
                    }
                    AuthorKind::Bot | AuthorKind::Api | AuthorKind::System => {
                        row.messages_to_visitor += 1;
                        row.unread_by_visitor += 1;
                        row.waiting_since = None;
                    }
                }
            }
            Body::Status { to, .. } => {
                row.status = *to;
                match to {
                    Status::Closed => {
                        row.closed_at = Some(now);
                        row.waiting_since = None;
                    }
                    Status::Solved => row.waiting_since = None,
                    Status::Open | Status::Waiting => {}
                }
            }
            Body::Assigned(agent) => row.agent = agent.as_ref().map(|agent| agent.id),
            Body::Metadata { version, .. } => row.context_version = *version,
            Body::Moved { to, .. } => row.queue = to.as_ref().map(|queue| queue.id),
            Body::Note(_) | Body::Edited(_) | Body::Joined(_) | Body::Left(_) => {}
        }
        self.write.events.push(event);
    }

    /// Changes the status; nothing if it is that already.
    pub(super) fn set_status(&mut self, author: &Author, client_id: Option<ClientId>, to: Status) {
        let from = self.write.conversation.status;
        if from != to {
            self.push(author, client_id, Body::Status { from, to });
        }
    }

    /// Gives the conversation to an agent, or to nobody; `from` is who has it now.
    pub(super) fn assign(
        &mut self,
        author: &Author,
        client_id: Option<ClientId>,
        from: Option<AgentName>,
        to: Option<AgentName>,
    ) {
        self.push(author, client_id, Body::Assigned(to.clone()));
        if let Some(from) = from {
            self.push(author, None, Body::Left(from));
        }
        if let Some(to) = to {
            self.push(author, None, Body::Joined(to));
        }
    }

    /// Moves the conversation to a queue, or to none.
    pub(super) fn move_to(&mut self, author: &Author, from: Option<QueueName>, to: Option<QueueName>) {
        self.push(author, None, Body::Moved { from, to });
    }

    /// Changes topic, summary and priority as far as they are given and differ.
    pub(super) fn edit(&mut self, author: &Author, edit: &Edit) {
        let row = &mut self.write.conversation;
        let mut changes = Vec::new();
        let mut note = |field, from: Option<String>, to: Option<String>| {
            if from != to {
                changes.push(Edited { field, from, to });
            }
        };
        if let Some(topic) = &edit.topic {
            let before = std::mem::replace(&mut row.topic, topic.clone());
            note("topic", before.map(|text| text.to_string()), topic.as_ref().map(ToString::to_string));
        }
        if let Some(summary) = &edit.summary {
            let before = std::mem::replace(&mut row.summary, summary.clone());
            note("summary", before.map(|text| text.to_string()), summary.as_ref().map(ToString::to_string));
        }
        if let Some(priority) = edit.priority {
            let before = std::mem::replace(&mut row.priority, priority);
            note("priority", Some(before.as_str().to_owned()), Some(priority.as_str().to_owned()));
        }
        if !changes.is_empty() {
            self.push(author, None, Body::Edited(changes));
        }
    }

    /// Writes context; nothing if it changes nothing.
    pub(super) fn write_context(
        &mut self,
        writer: &ContextWriter<'_>,
        client_id: Option<ClientId>,
        patch: &Patch,
    ) -> Result<(), Refusal> {
        let nothing = Context::nothing(self.moment.now);
        let current = self.context.as_ref().unwrap_or(&nothing);
        let is_locked = |key: &str| writer.protected.contains(key) || current.origins.is_locked(key);
        let patched =
            patch.apply_around(&current.metadata, |key| writer.source == Source::Page && is_locked(key))?;
        let Patched { metadata, changes, ignored } = patched;
        let version = self.write.conversation.context_version + 1;
        let origin =
            Origin { version, at: self.moment.now, source: writer.source, author: writer.author.clone() };
        let named: HashSet<&str> = patch.ops().iter().map(|(key, _)| key.as_str()).collect();
        let origins = current
            .origins
            .after(&metadata, &changes, origin, |key| writer.lock.filter(|_| named.contains(key)));
        let locks = locks(current, &origins, &changes, writer.protected, ignored.clone());
        self.write.ignored = ignored;
        if changes.is_empty() && origins == current.origins {
            return Ok(());
        }
        let (source, mode) = (writer.source, patch.mode());
        self.push(writer.author, client_id, Body::Metadata { version, source, mode, changes, locks });
        self.write.conversation.facts = metadata.facts();
        let context = Context { metadata, version, updated_at: self.moment.now, origins };
        self.context = Some(context.clone());
        self.write.context = Some(context);
        Ok(())
    }
}

/// Who writes context, and what about locks.
pub(super) struct ContextWriter<'a> {
    pub(super) author: &'a Author,
    pub(super) source: Source,
    /// The widget's protected keys.
    pub(super) protected: &'a ProtectedKeys,
    /// Locks the keys that are set, or releases them.
    pub(super) lock: Option<bool>,
}

impl<'a> ContextWriter<'a> {
    /// The page, in the name of its visitor.
    pub(super) fn page(author: &'a Author, protected: &'a ProtectedKeys) -> Self {
        Self { author, source: Source::Page, protected, lock: None }
    }
}

/// What an event says about locks: whoever folds the journal knows from it which keys are locked.
fn locks(
    before: &Context,
    after: &Origins,
    changes: &[Change],
    protected: &ProtectedKeys,
    ignored: Vec<String>,
) -> Locks {
    let set: HashSet<&str> =
        changes.iter().filter(|change| change.to.is_some()).map(|change| change.key.as_str()).collect();
    let mut locks = Locks { ignored, ..Locks::default() };
    for known in after.keys() {
        let key = known.key.as_str();
        let (was, is) = (before.origins.is_locked(key), known.locked);
        if protected.contains(key) {
            // Its own lock changes nothing while it is protected, but what a write did is told.
            if set.contains(key) || was != is {
                locks.locked.push(known.key.clone());
            }
        } else if is && (!was || set.contains(key)) {
            locks.locked.push(known.key.clone());
        } else if was && !is {
            locks.unlocked.push(known.key.clone());
        }
    }
    locks
}
