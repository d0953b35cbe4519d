//! Conversations, as in the contract.

use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use beckon_core::command::{Command, CreateConversation};
use beckon_core::conversation::{Conversation, Priority, Status};
use beckon_core::event::{Author, AuthorKind};
use beckon_core::frame::object::schema;
use beckon_core::id::{AgentId, ConversationId, QueueId, VisitorId};
use beckon_core::text::{Summary, Topic};
use beckon_core::time::Timestamp;
use beckon_store::{OrderDirection, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{CallerAccess, Named};
use super::conversation_query::ListQuery;
use super::repeatable::Repeatable;
use crate::app::{App, Caller};
use crate::error::{ApiError, ErrorBody};
use crate::limits::{API_PAGE_DEPTH, API_PAGE_MAX};

/// A conversation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConversationBody {
    #[schema(value_type = String, format = Uuid)]
    id: ConversationId,
    #[schema(value_type = Option<String>, required)]
    topic: Option<Topic>,
    #[schema(value_type = Option<String>, required)]
    summary: Option<Summary>,
    #[schema(value_type = schema::Status)]
    status: Status,
    /// `URGENT`, `HIGH`, `NORMAL` or `LOW`.
    #[schema(value_type = String)]
    priority: Priority,
    #[schema(value_type = Option<String>, format = Uuid, required)]
    queue_id: Option<QueueId>,
    #[schema(value_type = Option<String>, format = Uuid, required)]
    agent_id: Option<AgentId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    closed_at: Option<Timestamp>,
}

impl From<Conversation> for ConversationBody {
    fn from(from: Conversation) -> Self {
        Self {
            id: from.id,
            topic: from.topic,
            summary: from.summary,
            status: from.status,
            priority: from.priority,
            queue_id: from.queue,
            agent_id: from.agent,
            created_at: from.created_at,
            updated_at: from.updated_at,
            closed_at: from.closed_at,
        }
    }
}

impl ConversationBody {
    /// As the conversation began, whatever became of it: the answer to a repetition is that to the first request.
    fn begun(as_asked: CreateConversation, made: &Conversation) -> Self {
        Self {
            id: made.id,
            topic: as_asked.topic,
            summary: as_asked.summary,
            status: as_asked.status,
            priority: as_asked.priority,
            queue_id: as_asked.queue,
            agent_id: as_asked.agent,
            created_at: made.created_at,
            updated_at: made.created_at,
            closed_at: (as_asked.status == Status::Closed).then_some(made.created_at),
        }
    }
}

/// Which page of how many.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pagination {
    pub(super) total_items: i64,
    pub(super) page: u32,
    pub(super) limit: u32,
    pub(super) order_by: String,
}

/// A page of conversations.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConversationListBody {
    conversations: Vec<ConversationBody>,
    pagination: Pagination,
}

/// Why a page was refused; the same for all numbered lists.
pub(super) fn page_of(page: Option<&str>, limit: Option<&str>) -> Result<(u32, u32), ApiError> {
    let limit: i64 = match limit {
        None => 10,
        Some(text) => text.parse().map_err(|_| ApiError::field("limit", "must be a whole number"))?,
    };
    if limit < 0 {
        return Err(ApiError::bad_request("Page size has to be bigger or equal to zero!"));
    }
    let too_large = || ApiError::field("limit", format!("must not be more than {API_PAGE_MAX}"));
    let limit = u32::try_from(limit).ok().filter(|limit| *limit <= API_PAGE_MAX).ok_or_else(too_large)?;
    let page: u32 = match page {
        None => 0,
        Some(text) => text.parse().map_err(|_| ApiError::field("page", "must be a whole number from 0"))?,
    };
    if u64::from(page) * u64::from(limit) > API_PAGE_DEPTH {
        return Err(ApiError::field("page", format!("page × limit must not be more than {API_PAGE_DEPTH}")));
    }
    Ok((page, limit))
}

/// `asc` and `desc`, in any case.
pub(super) fn direction_of(text: &str) -> Option<OrderDirection> {
    match text.to_ascii_lowercase().as_str() {
        "asc" => Some(OrderDirection::Ascending),
        "desc" => Some(OrderDirection::Descending),
        _ => None,
    }
}

/// A query that could not be read, with its field named where it can be.
pub(super) fn query_error(rejection: &QueryRejection) -> ApiError {
    let text = rejection.body_text();
    match text.split('`').nth(1) {
        Some(field) => ApiError::field(field, "is not supported here, or is given twice"),
        None => ApiError::bad_request(text),
    }
}

/// List conversations
///
/// Filters work together; a repeated one lets through each of its values. *After* and *Before* leave out the moment
/// itself, to the millisecond.
#[utoipa::path(
    get,
    path = "/ccaas/1/conversations",
    tag = "conversations",
    operation_id = "list_conversations",
    security(("key" = []), ("cookie" = [])),
    params(ListQuery),
    responses(
        (status = 200, description = "A page", body = ConversationListBody),
        (status = 400, description = "A parameter is wrong or not supported", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<ConversationListBody>, ApiError> {
    let query = ListQuery::read(pairs)?;
    let (page, limit) = page_of(query.page.as_deref(), query.limit.as_deref())?;
    let (order_by, order, direction) = query.order()?;
    let seen_by = match &caller {
        Caller::Key(_) => None,
        Caller::Agent(agent) => Some((**agent).clone()),
    };
    let filter = query.filter(seen_by)?;
    let found = app.store.conversations(&filter, order, direction, page as usize, limit as usize).await?;
    Ok(Json(ConversationListBody {
        conversations: found.conversations.into_iter().map(ConversationBody::from).collect(),
        pagination: Pagination { total_items: found.total, page, limit, order_by },
    }))
}

pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(
    field: &str,
    text: Option<&str>,
) -> Result<Option<T>, ApiError> {
    text.map(|text| text.parse().map_err(|error: T::Err| ApiError::field(field, error.to_string())))
        .transpose()
}

/// A conversation to be made; everything is optional.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"topic": "Delivery date", "priority": "HIGH"}))]
pub(super) struct NewConversation {
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
    /// For whom; a new visitor if missing. (Not in the contract.)
    visitor_id: Option<String>,
}

/// Start a conversation
#[utoipa::path(
    post,
    path = "/ccaas/1/conversations",
    tag = "conversations",
    operation_id = "create_conversation",
    security(("key" = []), ("cookie" = [])),
    request_body = NewConversation,
    responses(
        (status = 200, description = "The conversation", body = ConversationBody),
        (status = 400, description = "A field is wrong", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
    )
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    asked: Repeatable<NewConversation>,
) -> Result<Json<ConversationBody>, ApiError> {
    app.within_write_rate(&caller)?;
    let once = asked.once(&caller, "conversations", None);
    let body = asked.body;
    let text = |field, error: beckon_core::text::TextError| ApiError::field(field, error.to_string());
    let command = CreateConversation {
        by: caller.actor(),
        visitor: parsed::<VisitorId>("visitorId", body.visitor_id.as_deref())?,
        topic: body.topic.map(Topic::new).transpose().map_err(|error| text("topic", error))?,
        summary: body.summary.map(Summary::new).transpose().map_err(|error| text("summary", error))?,
        status: parsed("status", body.status.as_deref())?.unwrap_or_default(),
        priority: parsed("priority", body.priority.as_deref())?.unwrap_or_default(),
        queue: parsed("queueId", body.queue_id.as_deref())?,
        agent: parsed("agentId", body.agent_id.as_deref())?,
    };
    let author = match &caller {
        Caller::Key(key) => {
            Author { kind: AuthorKind::Api, id: Some(key.id.0), name: Some(key.name.to_string()) }
        }
        Caller::Agent(agent) => {
            Author { kind: AuthorKind::Agent, id: Some(agent.id.0), name: Some(agent.name.to_string()) }
        }
    };
    let begun = command.clone();
    let applied = app.write_for(Command::Create(command), Some(author), once).await?;
    let made = applied.conversations.into_iter().next().ok_or(ApiError::Internal)?;
    Ok(Json(ConversationBody::begun(begun, &made.conversation)))
}

/// Read a conversation
#[utoipa::path(
    get,
    path = "/ccaas/1/conversations/{id}",
    tag = "conversations",
    operation_id = "get_conversation",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id")),
    responses(
        (status = 200, description = "The conversation", body = ConversationBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn get(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
) -> Result<Json<ConversationBody>, ApiError> {
    Ok(Json(app.conversation_named(&caller, &id).await?.into()))
}

impl App {
    /// The conversation that the caller names, if it may see it.
    pub(super) async fn conversation_named(
        &self,
        caller: &Caller,
        id: &str,
    ) -> Result<Conversation, ApiError> {
        let parsed = id.parse().map_err(|_| ApiError::no_such(id))?;
        match self.conversation_for(caller, parsed).await {
            Err(StoreError::NotFound) => Err(ApiError::no_such(id)),
            found => Ok(found?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_edges() {
        assert_eq!(page_of(None, None), Ok((0, 10)));
        assert_eq!(page_of(Some("100"), Some("999")), Ok((100, 999)));
        for (page, limit) in [("101", "999"), ("0", "1000"), ("-1", "1"), ("0", "-1"), ("0", "x"), ("x", "1")]
        {
            assert!(page_of(Some(page), Some(limit)).is_err(), "{page} {limit}");
        }
    }
}
