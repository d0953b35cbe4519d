//! The versions of a conversation's context: what each write changed, by whom.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use beckon_core::frame::object::schema;
use beckon_store::{StoreError, StoredVersion};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::access::{CallerAccess, Named};
use super::conversations::query_error;
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::limits::{HISTORY_PAGE, HISTORY_PAGE_MAX};

/// Which versions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionsQuery {
    /// Only versions below this one
    #[param(value_type = Option<i64>)]
    before: Option<String>,
    /// How many at most (default 50, most 200); fewer come when they are large
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
}

/// Versions of a context.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ContextVersions {
    /// Newest first.
    versions: Vec<ContextVersion>,
    /// Give it back as `before` for the next page; null: this was the last one.
    #[schema(required)]
    next: Option<i64>,
}

/// What one write did to a context. Stored texts are handed on as they are.
#[derive(Debug, Serialize, ToSchema)]
struct ContextVersion {
    /// The context's version after it.
    version: i64,
    /// Its place in the conversation.
    position: i64,
    /// When it was accepted.
    #[schema(value_type = String, format = DateTime)]
    at: Box<RawValue>,
    /// Where it came from.
    #[schema(value_type = schema::Source)]
    source: Box<RawValue>,
    /// How it treated the keys it did not name.
    #[schema(value_type = schema::WriteMode)]
    mode: Box<RawValue>,
    /// Who wrote.
    #[schema(value_type = schema::Author)]
    author: Box<RawValue>,
    /// The steps, in order.
    #[schema(value_type = Vec<schema::Change>)]
    changes: Box<RawValue>,
    /// Keys it named and that were left out because they are locked.
    ignored: Vec<String>,
    /// Keys it set or locked and that the page may not write from then on.
    locked: Vec<String>,
    /// Keys it released.
    unlocked: Vec<String>,
    /// That this conversation was meant is a best guess; missing otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    guessed: bool,
    /// The calls of the page that changed the keys; missing when all were made as the write was accepted, on no page that
    /// was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<schema::Made>>)]
    made: Option<Box<RawValue>>,
}

/// A context event as far as a version needs it.
#[derive(Deserialize)]
struct Told {
    at: Box<RawValue>,
    author: Box<RawValue>,
    source: Box<RawValue>,
    mode: Box<RawValue>,
    changes: Box<RawValue>,
    #[serde(default)]
    ignored: Vec<String>,
    #[serde(default)]
    locked: Vec<String>,
    #[serde(default)]
    unlocked: Vec<String>,
    #[serde(default)]
    guessed: bool,
    #[serde(default)]
    made: Option<Box<RawValue>>,
}

impl ContextVersion {
    fn of(stored: &StoredVersion) -> Result<Self, StoreError> {
        let told: Told = serde_json::from_str(&stored.event.json)
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        let Told { at, author, source, mode, changes, ignored, locked, unlocked, guessed, made } = told;
        let (version, position) = (stored.version, stored.event.seq);
        Ok(Self {
            version,
            position,
            at,
            source,
            mode,
            author,
            changes,
            ignored,
            locked,
            unlocked,
            guessed,
            made,
        })
    }
}

/// List the versions of a conversation's context, newest first
#[utoipa::path(
    get,
    path = "/ccaas/1/conversations/{id}/metadata/history",
    tag = "conversations",
    operation_id = "list_metadata_versions",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id"), VersionsQuery),
    responses(
        (status = 200, description = "The versions", body = ContextVersions),
        (status = 400, description = "A parameter is wrong or not supported", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
    query: Result<Query<VersionsQuery>, QueryRejection>,
) -> Result<Json<ContextVersions>, ApiError> {
    let conversation = app.conversation_named(&caller, &id).await?;
    let Query(query) = query.map_err(|rejection| query_error(&rejection))?;
    let before = match query.before.map(|text| text.parse::<i64>()) {
        None => None,
        Some(Ok(before)) if before >= 1 => Some(before),
        Some(_) => return Err(ApiError::field("before", "must be a whole number from 1")),
    };
    let limit = match query.limit.map(|text| text.parse::<u32>()) {
        None => HISTORY_PAGE,
        Some(Ok(limit)) if (1..=HISTORY_PAGE_MAX).contains(&limit) => limit,
        Some(_) => {
            let allowed = format!("must be a whole number from 1 to {HISTORY_PAGE_MAX}");
            return Err(ApiError::field("limit", allowed));
        }
    };
    let found = app.context_versions(conversation.id, before, limit as usize).await?;
    // Versions count from 1 without gaps.
    let next = found.last().map(|oldest| oldest.version).filter(|oldest| *oldest > 1);
    let versions = found.iter().map(ContextVersion::of).collect::<Result<_, _>>()?;
    Ok(Json(ContextVersions { versions, next }))
}
