//! A conversation's context: read and written by programs and agents.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use beckon_core::command::{Command, ContextTarget, WriteContext};
use beckon_core::context::{ContextError, Metadata, Patch, WriteMode};
use serde::Serialize;
use utoipa::ToSchema;

use super::access::{CallerAccess, Named};
use super::body::Text;
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

/// Read the context of a conversation
#[utoipa::path(
    get,
    path = "/ccaas/1/conversations/{id}/metadata",
    tag = "conversations",
    operation_id = "get_metadata",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id")),
    responses(
        (status = 200, description = "The context, exactly as it is stored: the site's key order, every digit. \
            An empty object when none was ever set.", body = Object),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn get(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
) -> Result<impl IntoResponse, ApiError> {
    let conversation = app.conversation_named(&caller, &id).await?;
    let context = app.store.context(conversation.id).await?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, context.text))
}

/// Replace the context of a conversation
#[utoipa::path(
    put,
    path = "/ccaas/1/conversations/{id}/metadata",
    tag = "conversations",
    operation_id = "put_metadata",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id")),
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
    Text(body): Text,
) -> Result<Json<ActionResult>, ApiError> {
    write(&app, &caller, &id, patch_of(&body, WriteMode::Replace)).await?;
    Ok(success("Metadata added to conversation successfully."))
}

/// Merge into the context of a conversation: keys sent are replaced whole, null removes, others stay
#[utoipa::path(
    patch,
    path = "/ccaas/1/conversations/{id}/metadata",
    tag = "conversations",
    operation_id = "patch_metadata",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id")),
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
    Text(body): Text,
) -> Result<Json<ActionResult>, ApiError> {
    write(&app, &caller, &id, patch_of(&body, WriteMode::Merge)).await?;
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
    write(&app, &caller, &id, Ok(Patch::clear())).await?;
    Ok(success("Metadata deleted successfully."))
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
    patch: Result<Patch, ApiError>,
) -> Result<(), ApiError> {
    let conversation = app.conversation_named(caller, id).await?;
    app.within_write_rate(caller)?;
    let target = ContextTarget::Conversation { by: caller.actor(), conversation: conversation.id };
    let command = WriteContext { target, client_id: None, patch: patch? };
    app.write(Command::WriteContext(command), None).await?;
    Ok(())
}
