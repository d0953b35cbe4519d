//! Who asks, and what that caller may reach. What may not be seen is answered like what does not exist.

use std::sync::Arc;

use beckon_core::agent::{Agent, Role};
use beckon_core::command::{Actor, ApiKey};
use beckon_core::conversation::Conversation;
use beckon_core::id::{AgentId, ConversationId, SessionId, WidgetId};
use beckon_core::key::Key;
use beckon_core::permission::may_see;
use beckon_core::text::Email;
use beckon_core::widget::Widget;
use beckon_store::{Side, StoreError};

use super::App;
use crate::error::ApiError;

/// Somebody on our side of a conversation, known by credentials.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A program.
    Key(Key),
    /// A person of the console.
    Agent(Arc<Agent>),
}

impl Caller {
    /// As a reader of agents' lists: a program sees all and owns nothing.
    pub fn as_reader_of_lists(&self) -> Arc<Agent> {
        match self {
            Self::Agent(agent) => Arc::clone(agent),
            Self::Key(key) => Arc::new(Agent {
                id: AgentId(key.id.0),
                name: key.name.clone(),
                email: Email::new("key@beckon.invalid").expect("well formed"),
                role: Role::Supervisor,
                disabled: false,
                queues: Vec::new(),
                created_at: key.created_at,
            }),
        }
    }

    /// As the author of a write.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Key(key) => Actor::Api(ApiKey { id: key.id, name: key.name.clone() }),
            Self::Agent(agent) => Actor::Agent(agent.id),
        }
    }
}

impl App {
    /// Takes a token of an agent's bucket for a write over HTTP. A key's token was taken when it was recognised.
    pub fn within_write_rate(&self, caller: &Caller) -> Result<(), ApiError> {
        match caller {
            Caller::Key(_) => Ok(()),
            Caller::Agent(agent) => {
                self.limits.agent_sends.take(agent.id, self.now().0).map_err(ApiError::TooMany)
            }
        }
    }

    /// Origins whose images the console may show: of all sites that may embed a widget, and our own.
    pub async fn widget_origins(&self) -> Result<Vec<String>, StoreError> {
        let mut origins: Vec<String> = self.own.iter().map(str::to_owned).collect();
        for widget in self.store.widgets().await? {
            origins.extend(widget.allowed_origins);
        }
        origins.sort();
        origins.dedup();
        Ok(origins)
    }

    /// Where the console may load pictures from at all: those origins and the image hosts of every widget. Which of
    /// them a card uses is a matter of its widget.
    pub async fn image_sources(&self) -> Result<Vec<String>, StoreError> {
        let mut sources = self.widget_origins().await?;
        for widget in self.store.widgets().await? {
            sources.extend(widget.image_hosts);
        }
        Ok(sources)
    }

    /// A conversation that the caller may see.
    pub async fn conversation_for(
        &self,
        caller: &Caller,
        id: ConversationId,
    ) -> Result<Conversation, StoreError> {
        match caller {
            Caller::Key(_) => self.store.conversation(id, Side::Ours).await,
            Caller::Agent(agent) => self.conversation_for_agent(agent, id).await,
        }
    }

    /// A conversation that the agent may see.
    pub async fn conversation_for_agent(
        &self,
        agent: &Agent,
        id: ConversationId,
    ) -> Result<Conversation, StoreError> {
        let conversation = self.store.conversation(id, Side::Ours).await?;
        if may_see(agent, &conversation) { Ok(conversation) } else { Err(StoreError::NotFound) }
    }

    /// The widget with this id, as written by whoever asks.
    pub async fn widget_named(&self, id: &str) -> Result<Widget, ApiError> {
        let unknown = || ApiError::no_such(id);
        let parsed: WidgetId = id.parse().map_err(|_| unknown())?;
        match self.store.widget(parsed).await {
            Err(StoreError::NotFound) => Err(unknown()),
            widget => Ok(widget?),
        }
    }

    /// Whether a page of this origin may embed the widget. Our own pages always may.
    pub fn may_embed(&self, widget: &Widget, origin: &str) -> bool {
        let embedders = self.embedders(widget);
        embedders.is_empty() || embedders.contains(&origin)
    }

    /// The origins whose pages may embed a widget, our own with them; empty: any may.
    pub fn embedders<'a>(&'a self, widget: &'a Widget) -> Vec<&'a str> {
        if widget.allowed_origins.is_empty() {
            return Vec::new();
        }
        widget.allowed_origins.iter().map(String::as_str).chain(self.own.iter()).collect()
    }

    /// Whether the session may start a conversation now; a conversation that exists is not counted again.
    pub(super) fn may_start(&self, session: SessionId) -> Result<(), crate::limits::Exceeded> {
        self.limits.new_conversations.peek(session, self.now().0)
    }
}
