//! Messages, as in the contract.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use beckon_core::command::{ApiKey, Command};
use beckon_core::conversation::Conversation;
use beckon_core::event::AuthorKind;
use beckon_core::id::{AgentId, ConversationId, EventId};
use beckon_core::text::MessageText;
use beckon_core::time::Timestamp;
use beckon_store::{Direction, MessageFilter, OrderDirection, StoredEvent};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::access::{CallerAccess, Named};
use super::conversations::{Pagination, direction_of, page_of, query_error};
use super::repeatable::{Repeatable, client_id};
use crate::app::{App, Caller};
use crate::error::{ApiError, ErrorBody};

/// The one channel there is.
const CHANNEL: &str = "LIVE_CHAT";
/// The one content type there is.
const TEXT: &str = "TEXT";

/// A message.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageBody {
    #[schema(value_type = String, format = Uuid)]
    id: EventId,
    /// `LIVE_CHAT`.
    #[schema(value_type = String)]
    channel: &'static str,
    /// Visitor id, or widget id of an answer.
    from: String,
    /// Widget id, or visitor id of an answer.
    to: String,
    /// `INBOUND` from the visitor, `OUTBOUND` to the visitor.
    #[schema(value_type = String)]
    direction: &'static str,
    #[schema(value_type = String, format = Uuid)]
    conversation_id: ConversationId,
    #[schema(value_type = Option<String>, format = Uuid, required)]
    author_id: Option<Uuid>,
    /// `CUSTOMER`, `AGENT`, `BOT` or `SYSTEM`.
    #[schema(value_type = String)]
    author_type: &'static str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    content: TextContent,
    /// `TEXT`.
    #[schema(value_type = String)]
    content_type: &'static str,
}

/// A text.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct TextContent {
    text: String,
}

#[derive(Deserialize)]
struct StoredMessage {
    message: TextContent,
}

fn body_of(event: &StoredEvent, conversation: &Conversation) -> Result<MessageBody, ApiError> {
    let stored: StoredMessage = serde_json::from_str(&event.json).map_err(|error| {
        tracing::error!(%error, "a stored message cannot be read");
        ApiError::Internal
    })?;
    let (visitor, widget) = (conversation.visitor.to_string(), conversation.widget.to_string());
    let inbound = event.author_kind == AuthorKind::Visitor;
    let (from, to, direction) =
        if inbound { (visitor, widget, "INBOUND") } else { (widget, visitor, "OUTBOUND") };
    Ok(MessageBody {
        id: event.id,
        channel: CHANNEL,
        from,
        to,
        direction,
        conversation_id: conversation.id,
        author_id: event.author_id,
        author_type: match event.author_kind {
            AuthorKind::Visitor => "CUSTOMER",
            AuthorKind::Agent => "AGENT",
            AuthorKind::Bot => "BOT",
            AuthorKind::Api | AuthorKind::System => "SYSTEM",
        },
        created_at: event.at,
        updated_at: event.at,
        content: stored.message,
        content_type: TEXT,
    })
}

/// Filters, order and page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MessageQuery {
    /// `INBOUND` or `OUTBOUND`
    direction: Option<String>,
    /// From 0
    page: Option<String>,
    /// 0 to 999 (default 10)
    limit: Option<String>,
    /// `id` or `createdAt`, then `:asc` or `:desc` (default `id:asc`)
    order_by: Option<String>,
}

/// A page of messages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageListBody {
    messages: Vec<MessageBody>,
    pagination: Pagination,
}

/// List the messages of a conversation
#[utoipa::path(
    get,
    path = "/ccaas/1/conversations/{id}/messages",
    tag = "conversations",
    operation_id = "list_messages",
    security(("key" = []), ("cookie" = [])),
    params(("id" = String, Path, description = "Conversation id"), MessageQuery),
    responses(
        (status = 200, description = "A page", body = MessageListBody),
        (status = 400, description = "A parameter is wrong or not supported", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
        (status = 404, description = "No such conversation", body = ErrorBody),
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    Named(id): Named,
    query: Result<Query<MessageQuery>, QueryRejection>,
) -> Result<Json<MessageListBody>, ApiError> {
    let conversation = app.conversation_named(&caller, &id).await?;
    let Query(query) = query.map_err(|rejection| query_error(&rejection))?;
    let (page, limit) = page_of(query.page.as_deref(), query.limit.as_deref())?;
    let order_by = query.order_by.unwrap_or_else(|| "id:asc".to_owned());
    let order = order_of(&order_by)
        .ok_or_else(|| ApiError::field("orderBy", "must be id or createdAt, then :asc or :desc"))?;
    let direction = match query.direction.as_deref() {
        None => None,
        Some("INBOUND") => Some(Direction::Inbound),
        Some("OUTBOUND") => Some(Direction::Outbound),
        Some(_) => return Err(ApiError::field("direction", "must be INBOUND or OUTBOUND")),
    };
    let filter = MessageFilter { direction, order };
    let found = app.store.messages(conversation.id, &filter, page as usize, limit as usize).await?;
    let messages = found.messages.iter().map(|event| body_of(event, &found.conversation));
    Ok(Json(MessageListBody {
        messages: messages.collect::<Result<_, _>>()?,
        pagination: Pagination { total_items: found.total, page, limit, order_by },
    }))
}

/// Both fields follow the events' order.
pub(super) fn order_of(text: &str) -> Option<OrderDirection> {
    let (field, direction) = text.split_once(':').unwrap_or((text, "asc"));
    if matches!(field, "id" | "createdAt") { direction_of(direction) } else { None }
}

/// A message to be sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "from": "0190f7a2-6d3e-7c1a-9b52-3f1d5c8e4a90",
    "to": "0190f7a2-6d3e-7c1a-9b52-3f1d5c8e4a91",
    "channel": "LIVE_CHAT",
    "contentType": "TEXT",
    "content": {"text": "Your car will be there on Friday."},
}))]
pub(super) struct NewMessage {
    /// The widget's id.
    #[schema(required)]
    from: Option<String>,
    /// The visitor's id.
    #[schema(required)]
    to: Option<String>,
    /// `LIVE_CHAT`.
    #[schema(required)]
    channel: Option<String>,
    /// `TEXT`.
    #[schema(required)]
    content_type: Option<String>,
    #[schema(required)]
    content: Option<NewContent>,
}

/// What to say.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewContent {
    /// At most 4,096 characters.
    #[schema(required)]
    text: Option<String>,
}

const BLANK: &str = "must not be blank";

/// Checks everything a message needs and names all that is wrong.
fn text_of(body: NewMessage) -> Result<MessageText, ApiError> {
    let mut wrong = Vec::new();
    let given = [
        ("from", &body.from, None),
        ("to", &body.to, None),
        ("channel", &body.channel, Some(CHANNEL)),
        ("contentType", &body.content_type, Some(TEXT)),
    ];
    for (field, value, must_be) in given {
        match (value.as_deref().map_or("", str::trim), must_be) {
            ("", _) => wrong.push((field, BLANK.to_owned())),
            (value, Some(only)) if value != only => wrong.push((field, format!("must be {only}"))),
            _ => {}
        }
    }
    let text = body.content.and_then(|content| content.text).unwrap_or_default();
    match MessageText::new(text) {
        Ok(text) if wrong.is_empty() => Ok(text),
        Ok(_) => Err(ApiError::fields(wrong)),
        Err(error) => {
            wrong.push(("content", error.to_string()));
            Err(ApiError::fields(wrong))
        }
    }
}

/// Send a message to the visitor
#[utoipa::path(
    post,
    path = "/ccaas/1/conversations/{id}/messages",
    tag = "conversations",
    operation_id = "create_message",
    security(("key" = []), ("cookie" = [])),
    params(
        ("id" = String, Path, description = "Conversation id"),
        ("x-agent-id" = Option<String>, Header, description = "In whose name a key writes; needed when the \
            conversation is assigned, refused when it is not, and refused with a cookie"),
    ),
    request_body = NewMessage,
    responses(
        (status = 200, description = "The message", body = MessageBody),
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
    headers: HeaderMap,
    asked: Repeatable<NewMessage>,
) -> Result<Json<MessageBody>, ApiError> {
    let conversation = app.conversation_named(&caller, &id).await?.id;
    app.within_write_rate(&caller)?;
    let once = asked.once(&caller, "messages", Some(conversation));
    let text = text_of(asked.body)?;
    let client_id = client_id(once.as_ref());
    let command = match caller {
        Caller::Agent(agent) => Command::AgentSend { agent: agent.id, conversation, client_id, text },
        Caller::Key(key) => {
            let as_agent = agent_named(&headers)?;
            let key = ApiKey { id: key.id, name: key.name };
            Command::ApiSend { key, as_agent, conversation, client_id, text }
        }
    };
    let applied = app.write_for(command, None, once).await?;
    let touched = applied.conversations.first().ok_or(ApiError::Internal)?;
    let message = touched.message().ok_or(ApiError::Internal)?;
    Ok(Json(body_of(message, &touched.conversation)?))
}

fn agent_named(headers: &HeaderMap) -> Result<Option<AgentId>, ApiError> {
    let Some(value) = headers.get("x-agent-id") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let wrong = || ApiError::bad_request(format!("Invalid agent id given '{text}'"));
    text.parse().map(Some).map_err(|_| wrong())
}
