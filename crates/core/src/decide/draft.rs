//! A conversation while a decision about it is being written: each event moves heads, counters and times.

use super::{ConversationWrite, Moment};
use crate::command::{Edit, Refusal};
use crate::context::{Context, Patch, Writer, Written};
use crate::conversation::{Conversation, Cursor, LONGEST_PREVIEW, Preview, Status};
use crate::event::{AgentName, Author, AuthorKind, Body, Edited, Event, QueueName};
use crate::id::ClientId;
use crate::time::Timestamp;

pub(super) struct Draft<'a> {
    write: ConversationWrite,
    context: Option<Context>,
    moment: &'a Moment<'a>,
    /// When its events happen.
    now: Timestamp,
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
                newer: Vec::new(),
                guessed: false,
            },
            context: context.cloned(),
            moment,
            now: moment.after(conversation),
        }
    }

    /// A conversation that starts now.
    pub(super) fn new(conversation: Conversation, moment: &'a Moment<'a>) -> Self {
        let now = moment.after(&conversation);
        Self {
            write: ConversationWrite {
                created: true,
                before: None,
                conversation,
                events: Vec::new(),
                context: None,
                ignored: Vec::new(),
                newer: Vec::new(),
                guessed: false,
            },
            context: None,
            moment,
            now,
        }
    }

    /// When its events happen: never before what is there, also when the clock was set back.
    pub(super) fn now(&self) -> Timestamp {
        self.now
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
        let (now, order) = (self.now, self.moment.now.order);
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
                row.visitor_sort_at = order;
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
                        row.sort_at = order;
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
                        row.visitor_sort_at = order;
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

    /// Writes context. What changes nothing leaves no event; at most the context remembers that it was said.
    pub(super) fn write_context(
        &mut self,
        writer: &Writer<'_>,
        client_id: Option<ClientId>,
        patch: &Patch,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let nothing = Context::nothing(now);
        let current = self.context.as_ref().unwrap_or(&nothing);
        let Written { context, changes, locks, newer, told, is_news } =
            current.written(writer, patch, now, now)?;
        self.write.ignored.clone_from(&locks.ignored);
        self.write.newer = newer;
        self.write.guessed = writer.guessed;
        if context == *current {
            return Ok(());
        }
        if is_news {
            let (source, mode, version) = (writer.source, patch.mode(), context.version);
            let body = Body::Metadata { version, source, mode, changes, locks, told };
            self.push(writer.author, client_id, body);
            self.write.conversation.facts = context.metadata.facts();
        }
        self.context = Some(context.clone());
        self.write.context = Some(context);
        Ok(())
    }
}
