//! A visitor's threads and their history.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use beckon_core::frame::object::{PositionedEvent, Thread};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::{Named, VisitorAccess};
use crate::app::{App, Reader, conversation_of};
use crate::error::{ApiError, ErrorBody};

/// A visitor's threads.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ThreadList {
    /// The one with the newest event first.
    threads: Vec<Thread>,
}

/// List the visitor's threads
#[utoipa::path(
    get,
    path = "/livechat/1/threads",
    tag = "widget",
    security(("session" = [])),
    responses(
        (status = 200, description = "The threads", body = ThreadList),
        (status = 401, description = "No such session", body = ErrorBody),
    )
)]
pub(super) async fn list_threads(
    State(app): State<Arc<App>>,
    VisitorAccess(session): VisitorAccess,
) -> Result<Json<ThreadList>, ApiError> {
    Ok(Json(ThreadList { threads: app.threads(session.visitor).await? }))
}

/// Which part of the history.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryQuery {
    /// Only events before this position
    pub(super) before: Option<i64>,
    /// How many at most (default 50, most 200)
    pub(super) limit: Option<u32>,
}

/// A part of a conversation's history.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct History {
    /// Oldest first.
    pub(super) events: Vec<PositionedEvent>,
    /// The conversation's newest position.
    pub(super) head: i64,
}

/// Read a part of the history of one of the visitor's conversations
#[utoipa::path(
    get,
    path = "/livechat/1/conversations/{id}/events",
    tag = "widget",
    operation_id = "list_visitor_events",
    security(("session" = [])),
    params(("id" = String, Path, description = "Conversation id"), HistoryQuery),
    responses(
        (status = 200, description = "The events", body = History),
        (status = 401, description = "No such session", body = ErrorBody),
        (status = 404, description = "No such conversation of this visitor", body = ErrorBody),
    )
)]
pub(super) async fn list_events(
    State(app): State<Arc<App>>,
    VisitorAccess(session): VisitorAccess,
    Named(id): Named,
    query: Result<Query<HistoryQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<History>, ApiError> {
    history(&app, Reader::Visitor(session.visitor), &id, query).await
}

/// A page of history for any reader.
pub(super) async fn history(
    app: &App,
    reader: Reader<'_>,
    id: &str,
    query: Result<Query<HistoryQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<History>, ApiError> {
    let Query(query) = query.map_err(|_| ApiError::bad_request("before and limit must be whole numbers"))?;
    let no_such = |error| match error {
        beckon_store::StoreError::NotFound => ApiError::no_such(id),
        error => error.into(),
    };
    let conversation = conversation_of(id).map_err(no_such)?;
    let page = app.history(reader, conversation, query.before, query.limit).await;
    let (events, head) = page.map_err(no_such)?;
    Ok(Json(History { events, head }))
}
