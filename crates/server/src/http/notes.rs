//! Notes, as in the contract: what the team says among itself. No visitor ever sees one.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use beckon_core::command::{Command, WriteNote};
use beckon_core::event::{AuthorKind, note_in};
use beckon_core::id::{AgentId, ConversationId, EventId};
use beckon_core::text::NoteText;
use beckon_core::time::Timestamp;
use beckon_store::{StoreError, StoredEvent};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::access::{CallerAccess, Named};
use super::conversations::{Pagination, page_of, query_error};
use super::messages::order_of;
use super::repeatable::{Repeatable, client_id};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// The one type there is.
const INTERNAL: &str = "INTERNAL";

/// A note.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NoteBody {
    #[schema(value_type = String, format = Uuid)]
    id: EventId,
    #[schema(value_type = String, format = Uuid)]
    conversation_id: ConversationId,
    /// Who noted it; null for a program.
    #[schema(value_type = Option<String>, format = Uuid, required)]
    agent_id: Option<Uuid>,
    content: String,
    /// `INTERNAL`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: &'static str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

fn body_of(event: &StoredEvent) -> Result<NoteBody, ApiError> {
    let content = note_in(&event.json).map_err(|error| {
        tracing::error!(%error, "a stored note cannot be read");
        ApiError::Internal
    })?;
    Ok(NoteBody {
        id: event.id,
        conversation_id: event.conversation,
        agent_id: event.author_id.filter(|_| event.author_kind == AuthorKind::Agent),
        content,
        kind: INTERNAL,
        created_at: event.at,
        updated_at: event.at,
    })
}

/// A page of notes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoteListBody {
    notes: Vec<NoteBody>,
    pagination: Pagination,
}

/// Order and page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NoteQuery {
    /// From 0
    page: Option<String>,
    /// 0 to 999 (default 10)
    limit: Option<String>,
    /// `id` or `createdAt`, then `:asc` or `:desc` (default `id:asc`)
    order_by: Option<String>,
}

/// List the notes of a conversation
#[utoipa::path(
    get,
    path = "/ccaas/1/conversations/{id}/notes",
    tag = "conversations",
    operation_id = "list_notes",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id"), NoteQuery),
    responses(
        (status = 200, description = "A page", body = NoteListBody),
        (status = 400, description = "A parameter is wrong or not supported", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
    query: Result<Query<NoteQuery>, QueryRejection>,
) -> Result<Json<NoteListBody>, ApiError> {
    let conversation = app.conversation_named(&caller, &id).await?;
    let Query(query) = query.map_err(|rejection| query_error(&rejection))?;
    let (page, limit) = page_of(query.page.as_deref(), query.limit.as_deref())?;
    let order_by = query.order_by.unwrap_or_else(|| "id:asc".to_owned());
    let order = order_of(&order_by)
        .ok_or_else(|| ApiError::field("orderBy", "must be id or createdAt, then :asc or :desc"))?;
    let found = app.store.notes(conversation.id, order, page as usize, limit as usize).await?;
    Ok(Json(NoteListBody {
        notes: found.notes.iter().map(body_of).collect::<Result<_, _>>()?,
        pagination: Pagination { total_items: found.total, page, limit, order_by },
    }))
}

/// A note to be written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"content": "Wants to be called back after five."}))]
pub(super) struct NewNote {
    /// At most 4,000 characters.
    #[schema(value_type = String, required)]
    content: Option<Value>,
    /// `INTERNAL` if missing.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// In whose name a key notes; its own if missing. A signed-in agent notes in the own name.
    agent_id: Option<String>,
}

/// Checks everything a note needs and names all that is wrong.
fn parts_of(body: NewNote) -> Result<(NoteText, Option<AgentId>), ApiError> {
    let mut wrong = Vec::new();
    if body.kind.is_some_and(|kind| kind != INTERNAL) {
        wrong.push(("type", format!("must be {INTERNAL}")));
    }
    let agent = body.agent_id.map(|text| text.parse::<AgentId>()).transpose();
    if let Err(error) = &agent {
        wrong.push(("agentId", error.to_string()));
    }
    let text = match body.content {
        None | Some(Value::Null) => Err("must not be blank".to_owned()),
        Some(Value::String(text)) => NoteText::new(text).map_err(|error| error.to_string()),
        Some(_) => Err("must be a text".to_owned()),
    };
    if let Err(message) = &text {
        wrong.push(("content", message.clone()));
    }
    match (text, agent) {
        (Ok(text), Ok(agent)) if wrong.is_empty() => Ok((text, agent)),
        _ => Err(ApiError::fields(wrong)),
    }
}

/// Write a note for the team
#[utoipa::path(
    post,
    path = "/ccaas/1/conversations/{id}/notes",
    tag = "conversations",
    operation_id = "create_note",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id")),
    request_body = NewNote,
    responses(
        (status = 200, description = "The note", body = NoteBody),
        (status = 400, description = "A field is wrong, or the conversation is closed", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 403, description = "The conversation belongs to another agent", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
    asked: Repeatable<NewNote>,
) -> Result<Json<NoteBody>, ApiError> {
    let conversation = app.conversation_named(&caller, &id).await?.id;
    app.within_write_rate(&caller)?;
    let once = asked.once(&caller, "notes", Some(conversation));
    let (text, as_agent) = parts_of(asked.body)?;
    let client_id = client_id(once.as_ref());
    let note = WriteNote { by: caller.actor(), as_agent, conversation, client_id, text };
    let applied = app.write_for(Command::Note(note), None, once).await?;
    let written = applied.conversations.first().and_then(|touched| touched.note());
    Ok(Json(body_of(written.ok_or(ApiError::Internal)?)?))
}

/// Read a note
#[utoipa::path(
    get,
    path = "/ccaas/1/conversations/{id}/notes/{note}",
    tag = "conversations",
    operation_id = "get_note",
    security(("key" = []), ("cookie" = [])),
    params(
        ("id" = String, Path, description = "Conversation id"),
        ("note" = String, Path, description = "Note id"),
    ),
    responses(
        (status = 200, description = "The note", body = NoteBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 404, description = "No such conversation, or no such note in it", body = ErrorBody),
    )
)]
pub(super) async fn get(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<NoteBody>, ApiError> {
    let Path((id, note)) = path.map_err(|_| ApiError::bad_request("The path is no text."))?;
    let conversation = app.conversation_named(&caller, &id).await?;
    let parsed: EventId = note.parse().map_err(|_| ApiError::no_such(&note))?;
    match app.store.note(conversation.id, parsed).await {
        Err(StoreError::NotFound) => Err(ApiError::no_such(&note)),
        found => Ok(Json(body_of(&found?)?)),
    }
}
