//! A conversation while a decision about it is being written: each event moves heads, counters and times.

use super::{ConversationWrite, Moment};
use crate::command::Refusal;
use crate::context::{Context, Metadata, Patch};
use crate::conversation::{Conversation, Cursor, LONGEST_PREVIEW, Preview, Status};
use crate::event::{AgentName, Author, AuthorKind, Body, Event, Source};
use crate::id::ClientId;

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
            },
            context: None,
            moment,
        }
    }

    pub(super) fn conversation(&self) -> &Conversation {
        &self.write.conversation
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
            Body::Note(_) | Body::Joined(_) | Body::Left(_) => {}
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

    /// Gives the conversation, which nobody has, to an agent.
    pub(super) fn assign(&mut self, author: &Author, client_id: Option<ClientId>, to: AgentName) {
        self.push(author, client_id, Body::Assigned(Some(to.clone())));
        self.push(author, None, Body::Joined(to));
    }

    /// Writes context; nothing if it changes nothing.
    pub(super) fn write_context(
        &mut self,
        author: &Author,
        client_id: Option<ClientId>,
        source: Source,
        patch: &Patch,
    ) -> Result<(), Refusal> {
        let nothing = Metadata::default();
        let current = self.context.as_ref().map_or(&nothing, |context| &context.metadata);
        let (metadata, changes) = patch.apply(current)?;
        if changes.is_empty() {
            return Ok(());
        }
        let version = self.write.conversation.context_version + 1;
        self.push(author, client_id, Body::Metadata { version, source, mode: patch.mode(), changes });
        self.write.conversation.facts = metadata.facts();
        let context = Context { metadata, version, updated_at: self.moment.now };
        self.context = Some(context.clone());
        self.write.context = Some(context);
        Ok(())
    }
}
