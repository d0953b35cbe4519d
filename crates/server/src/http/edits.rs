//! What our side changes of a conversation, as in the contract.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use beckon_core::command::{Command, Edit, EditConversation, Refusal};
use beckon_core::id::{AgentId, ClientId};
use beckon_core::text::{Summary, TextError, Topic};
use beckon_store::StoreError;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::{CallerAccess, Named};
use super::body::Body;
use super::conversations::ConversationBody;
use crate::app::{App, Caller};
use crate::error::{ApiError, ErrorBody};

/// Tells a field that is null from one that is missing.
fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(value).map(Some)
}

/// What changes; a field that is missing stays as it is, and null takes away what may be empty.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"status": "WAITING", "priority": "HIGH"}))]
pub(super) struct ConversationPatch {
    /// At most 1,000 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    topic: Option<Option<String>>,
    /// At most 4,000 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    summary: Option<Option<String>>,
    /// `OPEN`, `WAITING`, `SOLVED` or `CLOSED`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String)]
    status: Option<Option<String>>,
    /// `URGENT`, `HIGH`, `NORMAL` or `LOW`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String)]
    priority: Option<Option<String>>,
    /// Where it waits; supervisors, administrators and keys move it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Uuid)]
    queue_id: Option<Option<String>>,
    /// Who has it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Uuid)]
    agent_id: Option<Option<String>>,
}

/// The whole conversation; a field that is missing is as at the start. What nobody can set is read over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"topic": "Delivery date", "status": "OPEN", "priority": "NORMAL"}))]
pub(super) struct WholeConversation {
    /// At most 1,000 characters.
    topic: Option<String>,
    /// At most 4,000 characters.
    summary: Option<String>,
    /// `OPEN` if missing.
    status: Option<String>,
    /// `NORMAL` if missing.
    priority: Option<String>,
    queue_id: Option<String>,
    agent_id: Option<String>,
    #[serde(default, rename = "id")]
    #[schema(ignore)]
    _id: serde::de::IgnoredAny,
    #[serde(default, rename = "createdAt")]
    #[schema(ignore)]
    _created_at: serde::de::IgnoredAny,
    #[serde(default, rename = "updatedAt")]
    #[schema(ignore)]
    _updated_at: serde::de::IgnoredAny,
    #[serde(default, rename = "closedAt")]
    #[schema(ignore)]
    _closed_at: serde::de::IgnoredAny,
}

impl From<WholeConversation> for ConversationPatch {
    fn from(whole: WholeConversation) -> Self {
        Self {
            topic: Some(whole.topic),
            summary: Some(whole.summary),
            status: Some(Some(whole.status.unwrap_or_else(|| "OPEN".to_owned()))),
            priority: Some(Some(whole.priority.unwrap_or_else(|| "NORMAL".to_owned()))),
            queue_id: Some(whole.queue_id),
            agent_id: Some(whole.agent_id),
        }
    }
}

/// Collects what is wrong, so that all of it is named at once.
#[derive(Default)]
struct Wrong(Vec<(&'static str, String)>);

impl Wrong {
    fn text<T>(
        &mut self,
        field: &'static str,
        given: Option<Option<String>>,
        new: impl Fn(String) -> Result<T, TextError>,
    ) -> Option<Option<T>> {
        match given?.map(new).transpose() {
            Ok(text) => Some(text),
            Err(error) => {
                self.0.push((field, error.to_string()));
                None
            }
        }
    }

    fn word<T: FromStr<Err: Display>>(
        &mut self,
        field: &'static str,
        given: Option<Option<String>>,
    ) -> Option<T> {
        // Null is no word either.
        match given?.unwrap_or_default().parse() {
            Ok(word) => Some(word),
            Err(error) => {
                self.0.push((field, T::Err::to_string(&error)));
                None
            }
        }
    }

    fn id<T: FromStr<Err: Display>>(
        &mut self,
        field: &'static str,
        given: Option<Option<String>>,
    ) -> Option<Option<T>> {
        match given?.map(|text| text.parse()).transpose() {
            Ok(id) => Some(id),
            Err(error) => {
                self.0.push((field, T::Err::to_string(&error)));
                None
            }
        }
    }
}

/// Checks everything and names all that is wrong.
fn edit_of(patch: ConversationPatch) -> Result<Edit, ApiError> {
    let mut wrong = Wrong::default();
    let edit = Edit {
        topic: wrong.text("topic", patch.topic, Topic::new),
        summary: wrong.text("summary", patch.summary, Summary::new),
        status: wrong.word("status", patch.status),
        priority: wrong.word("priority", patch.priority),
        queue: wrong.id("queueId", patch.queue_id),
        agent: wrong.id("agentId", patch.agent_id),
    };
    if wrong.0.is_empty() { Ok(edit) } else { Err(ApiError::fields(wrong.0)) }
}

impl App {
    async fn edit_named(
        self: &Arc<Self>,
        caller: &Caller,
        id: &str,
        edit: Edit,
    ) -> Result<Json<ConversationBody>, ApiError> {
        let conversation = self.conversation_named(caller, id).await?.id;
        let client_id = ClientId(Uuid::new_v4());
        let command = EditConversation { by: caller.actor(), conversation, client_id, edit };
        let applied = match self.write(Command::Edit(command), None).await {
            Err(StoreError::Refused(refusal @ Refusal::InvalidAgent(_))) => {
                return Err(ApiError::field("agentId", refusal.to_string()));
            }
            Err(StoreError::Refused(refusal @ Refusal::InvalidQueue(_))) => {
                return Err(ApiError::field("queueId", refusal.to_string()));
            }
            applied => applied?,
        };
        let edited = applied.conversations.into_iter().next().ok_or(ApiError::Internal)?;
        Ok(Json(edited.conversation.into()))
    }
}

/// Change some fields of a conversation
#[utoipa::path(
    patch,
    path = "/ccaas/1/conversations/{id}",
    tag = "conversations",
    operation_id = "patch_conversation",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id")),
    request_body = ConversationPatch,
    responses(
        (status = 200, description = "The conversation after it", body = ConversationBody),
        (status = 400, description = "A field is wrong, or the conversation is closed", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 403, description = "Not the agent's to change", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn patch(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
    Body(patch): Body<ConversationPatch>,
) -> Result<Json<ConversationBody>, ApiError> {
    app.within_write_rate(&caller)?;
    app.edit_named(&caller, &id, edit_of(patch)?).await
}

/// Write a conversation anew
#[utoipa::path(
    put,
    path = "/ccaas/1/conversations/{id}",
    tag = "conversations",
    operation_id = "put_conversation",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id")),
    request_body = WholeConversation,
    responses(
        (status = 200, description = "The conversation after it", body = ConversationBody),
        (status = 400, description = "A field is wrong, or the conversation is closed", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 403, description = "Not the agent's to change", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn put(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
    Body(whole): Body<WholeConversation>,
) -> Result<Json<ConversationBody>, ApiError> {
    app.within_write_rate(&caller)?;
    app.edit_named(&caller, &id, edit_of(whole.into())?).await
}

/// To whom a conversation is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Assignee {
    #[schema(value_type = String, format = Uuid, required)]
    agent_id: Option<String>,
}

/// Give a conversation to an agent
#[utoipa::path(
    put,
    path = "/ccaas/1/conversations/{id}/assignee",
    tag = "conversations",
    operation_id = "assign_conversation",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id")),
    request_body = Assignee,
    responses(
        (status = 200, description = "The conversation after it", body = ConversationBody),
        (status = 400, description = "No such agent, or the conversation is closed", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 403, description = "Not the agent's to pass on", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn assign(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
    Body(assignee): Body<Assignee>,
) -> Result<Json<ConversationBody>, ApiError> {
    app.within_write_rate(&caller)?;
    let named = assignee.agent_id.ok_or_else(|| ApiError::field("agentId", "must not be blank"))?;
    let agent: AgentId = named.parse().map_err(|_| ApiError::field("agentId", "not a UUID"))?;
    app.edit_named(&caller, &id, Edit::assign(Some(agent))).await
}

/// Take a conversation from whoever has it
#[utoipa::path(
    delete,
    path = "/ccaas/1/conversations/{id}/assignee",
    tag = "conversations",
    operation_id = "unassign_conversation",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id")),
    responses(
        (status = 200, description = "The conversation after it", body = ConversationBody),
        (status = 400, description = "The conversation is closed", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 403, description = "Another agent's", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn unassign(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
) -> Result<Json<ConversationBody>, ApiError> {
    app.within_write_rate(&caller)?;
    app.edit_named(&caller, &id, Edit::assign(None)).await
}
