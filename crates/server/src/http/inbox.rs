//! The console's own lists: rows by key, and a conversation's whole history.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use beckon_core::conversation::{Status, UnknownStatus};
use beckon_core::frame::object::Row;
use beckon_store::InboxView;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::{CallerAccess, Named};
use super::threads::{History, HistoryQuery, history};
use crate::app::{App, Caller, Reader, row_of};
use crate::error::{ApiError, ErrorBody};
use crate::limits::{HISTORY_PAGE, HISTORY_PAGE_MAX};

/// Which list.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum View {
    /// The agent's own, not closed.
    Mine,
    /// Nobody's, not closed.
    Unassigned,
    /// All that the agent may see.
    #[default]
    All,
}

/// Which part of which list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct InboxQuery {
    /// Which list (default all)
    #[param(inline)]
    view: Option<View>,
    /// Only these, separated by commas: `OPEN`, `WAITING`, `SOLVED`, `CLOSED` (default: all but closed ones, in `all` these too)
    status: Option<String>,
    /// From the page before
    cursor: Option<String>,
    /// How many at most (default 50, most 200)
    limit: Option<u32>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InboxBody {
    /// The newest message of a visitor first.
    rows: Vec<Row>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
    counts: Counts,
}

/// Conversations that are not closed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Counts {
    mine: i64,
    unassigned: i64,
    all: i64,
}

/// Each status once, however often it is named.
fn statuses_of(text: &str) -> Result<Vec<Status>, ApiError> {
    let mut statuses = Vec::new();
    for word in text.split(',') {
        let status: Status = word.parse().map_err(|error: UnknownStatus| {
            ApiError::field("status", format!("{error}; several are separated by commas"))
        })?;
        if !statuses.contains(&status) {
            statuses.push(status);
        }
    }
    Ok(statuses)
}

/// List conversations as the console shows them
#[utoipa::path(
    get,
    path = "/ccaas/1/inbox",
    tag = "console",
    security(("cookie" = []), ("key" = [])),
    params(InboxQuery),
    responses(
        (status = 200, description = "A page of rows", body = InboxBody),
        (status = 400, description = "No such view, status or parameter", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
    )
)]
pub(super) async fn list_inbox(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    query: Result<Query<InboxQuery>, QueryRejection>,
) -> Result<Json<InboxBody>, ApiError> {
    let wrong = "view must be mine, unassigned or all; limit must be a whole number; else status and cursor are known";
    let Query(query) = query.map_err(|_| ApiError::bad_request(wrong))?;
    let statuses = query.status.as_deref().map(statuses_of).transpose()?;
    let view = match query.view.unwrap_or_default() {
        View::Mine => InboxView::Mine,
        View::Unassigned => InboxView::Unassigned,
        View::All => InboxView::All,
    };
    let limit = query.limit.unwrap_or(HISTORY_PAGE).clamp(1, HISTORY_PAGE_MAX);
    let (agent, now) = (caller.as_reader_of_lists(), app.now());
    let (page, counts) = tokio::try_join!(
        app.store.inbox(&agent, view, statuses.as_deref(), query.cursor.as_deref(), limit as usize),
        app.store.inbox_counts(&agent),
    )?;
    Ok(Json(InboxBody {
        rows: page.rows.into_iter().map(|row| row_of(row, now)).collect(),
        next_cursor: page.next_cursor,
        counts: Counts { mine: counts.mine, unassigned: counts.unassigned, all: counts.all },
    }))
}

/// Read a part of a conversation's history, internal events included
#[utoipa::path(
    get,
    path = "/ccaas/1/conversations/{id}/events",
    tag = "console",
    operation_id = "list_conversation_events",
    security(("cookie" = []), ("key" = [])),
    params(("id" = String, Path, description = "Conversation id"), HistoryQuery),
    responses(
        (status = 200, description = "The events", body = History),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn list_events(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
    query: Result<Query<HistoryQuery>, QueryRejection>,
) -> Result<Json<History>, ApiError> {
    let reader = match &caller {
        Caller::Agent(agent) => Reader::Agent(agent),
        Caller::Key(_) => Reader::Key,
    };
    history(&app, reader, &id, query).await
}
