//! A conversation's context: read and written by programs and agents.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use beckon_core::command::{Command, ContextTarget, WriteContext};
use beckon_core::context::{ContextError, Metadata, Patch, WriteMode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::{CallerAccess, Named};
use super::body::Text;
use super::conversations::query_error;
use crate::app::{App, Caller};
use crate::error::{ApiError, ErrorBody};

/// The answer to a write.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActionResult {
    /// `SUCCESS`.
    #[schema(example = "SUCCESS")]
    status_code: &'static str,
    /// What was done.
    message: &'static str,
}

fn success(message: &'static str) -> Json<ActionResult> {
    Json(ActionResult { status_code: "SUCCESS", message })
}

/// When.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AtQuery {
    /// As it was after the event at this position; above the newest one: as it is now
    #[param(value_type = Option<i64>)]
    at: Option<String>,
}

/// What about locks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct LockQuery {
    /// `true`: the page may not write the keys set here from now on; `false`: it may again; missing: as before
    #[param(value_type = Option<bool>)]
    lock: Option<String>,
}

/// Read the context of a conversation
#[utoipa::path(
    get,
    path = "/ccaas/1/conversations/{id}/metadata",
    tag = "conversations",
    operation_id = "get_metadata",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id"), AtQuery),
    responses(
        (status = 200, description = "The context, exactly as it is stored: the site's key order, every digit. \
            An empty object when none was ever set.", body = Object),
        (status = 400, description = "`at` is no position", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn get(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
    query: Result<Query<AtQuery>, QueryRejection>,
) -> Result<impl IntoResponse, ApiError> {
    let conversation = app.conversation_named(&caller, &id).await?;
    let Query(query) = query.map_err(|rejection| query_error(&rejection))?;
    let text = match query.at.map(|text| text.parse::<i64>()) {
        None => app.store.context(conversation.id).await?.text,
        Some(Ok(position)) if position >= 0 => app.store.context_at(conversation.id, position).await?.text,
        Some(_) => return Err(ApiError::field("at", "must be a position: a whole number from 0")),
    };
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, text))
}

/// Replace the context of a conversation
#[utoipa::path(
    put,
    path = "/ccaas/1/conversations/{id}/metadata",
    tag = "conversations",
    operation_id = "put_metadata",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id"), LockQuery),
    request_body(content = Object, description = "A JSON object with at least one property"),
    responses(
        (status = 200, description = "Replaced", body = ActionResult),
        (status = 400, description = "Not an object, over a limit, or the conversation is closed", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
    )
)]
pub(super) async fn put(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
    query: Result<Query<LockQuery>, QueryRejection>,
    Text(body): Text,
) -> Result<Json<ActionResult>, ApiError> {
    let asked = lock_of(query).and_then(|lock| Ok((patch_of(&body, WriteMode::Replace)?, lock)));
    write(&app, &caller, &id, asked).await?;
    Ok(success("Metadata added to conversation successfully."))
}

/// Merge into the context of a conversation: keys sent are replaced whole, null removes, others stay
#[utoipa::path(
    patch,
    path = "/ccaas/1/conversations/{id}/metadata",
    tag = "conversations",
    operation_id = "patch_metadata",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id"), LockQuery),
    request_body(content = Object, description = "A JSON object with at least one property"),
    responses(
        (status = 200, description = "Merged", body = ActionResult),
        (status = 400, description = "Not an object, over a limit, or the conversation is closed", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
    )
)]
pub(super) async fn patch(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
    query: Result<Query<LockQuery>, QueryRejection>,
    Text(body): Text,
) -> Result<Json<ActionResult>, ApiError> {
    let asked = lock_of(query).and_then(|lock| Ok((patch_of(&body, WriteMode::Merge)?, lock)));
    write(&app, &caller, &id, asked).await?;
    Ok(success("Metadata patch to conversation successfully."))
}

/// Empty the context of a conversation
#[utoipa::path(
    delete,
    path = "/ccaas/1/conversations/{id}/metadata",
    tag = "conversations",
    operation_id = "delete_metadata",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id")),
    responses(
        (status = 200, description = "Emptied", body = ActionResult),
        (status = 400, description = "The conversation is closed", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
) -> Result<Json<ActionResult>, ApiError> {
    write(&app, &caller, &id, Ok((Patch::clear(), None))).await?;
    Ok(success("Metadata deleted successfully."))
}

fn lock_of(query: Result<Query<LockQuery>, QueryRejection>) -> Result<Option<bool>, ApiError> {
    let Query(query) = query.map_err(|rejection| query_error(&rejection))?;
    match query.lock.as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(ApiError::field("lock", "must be true or false")),
    }
}

fn patch_of(body: &str, mode: WriteMode) -> Result<Patch, ApiError> {
    let metadata = Metadata::parse(body).map_err(|error| match error {
        ContextError::NotAnObject(_) => ApiError::invalid_body(),
        error => ApiError::field("metadata", error.to_string()),
    })?;
    if metadata.is_empty() {
        return Err(ApiError::field("metadata", "must have at least one property"));
    }
    Ok(Patch::new(mode, metadata))
}

/// The id is looked at first: an unknown conversation is unknown whatever the body says.
async fn write(
    app: &Arc<App>,
    caller: &Caller,
    id: &str,
    asked: Result<(Patch, Option<bool>), ApiError>,
) -> Result<(), ApiError> {
    let conversation = app.conversation_named(caller, id).await?;
    app.within_write_rate(caller)?;
    let target = ContextTarget::Conversation { by: caller.actor(), conversation: conversation.id };
    let (patch, lock) = asked?;
    let command = WriteContext { target, client_id: None, patch, lock };
    app.write(Command::WriteContext(command), None).await?;
    Ok(())
}
