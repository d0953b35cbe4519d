//! Quick replies: texts that agents keep ready. Own ones are made by any agent, shared ones by supervisors and
//! administrators.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use beckon_core::agent::Agent;
use beckon_core::id::{AgentId, QuickReplyId};
use beckon_core::quick_reply::{QuickReply, QuickReplyDetails, Shortcut};
use beckon_core::text::MessageText;
use beckon_core::time::Timestamp;
use beckon_store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{AgentAccess, Named};
use super::body::Body;
use crate::app::{App, Caller};
use crate::error::{ApiError, ErrorBody};

/// A quick reply.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuickReplyBody {
    #[schema(value_type = String, format = Uuid)]
    id: QuickReplyId,
    /// What is typed after the `/`.
    shortcut: String,
    /// Variables as `{{visitor.name}}` are filled by the console.
    text: String,
    /// Every agent has it.
    shared: bool,
    /// Made by the agent who reads this.
    mine: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

fn body_of(reply: QuickReply, reader: AgentId) -> QuickReplyBody {
    QuickReplyBody {
        id: reply.id,
        shortcut: reply.details.shortcut.to_string(),
        text: reply.details.text.to_string(),
        shared: reply.details.shared,
        mine: reply.maker == reader,
        updated_at: reply.updated_at,
    }
}

/// Quick replies.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuickReplyList {
    /// Shared ones and own ones, by shortcut.
    replies: Vec<QuickReplyBody>,
}

/// A quick reply to be written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuickReplyForm {
    /// 1 to 40 letters, digits, `-` and `_`; unique among own and among shared ones.
    #[schema(required)]
    shortcut: Option<String>,
    /// At most 4,096 characters.
    #[schema(required)]
    text: Option<String>,
    /// For every agent; made by supervisors and administrators.
    #[serde(default)]
    shared: bool,
}

/// Checks everything and names all that is wrong.
fn details_of(form: QuickReplyForm) -> Result<QuickReplyDetails, ApiError> {
    let shortcut = Shortcut::new(form.shortcut.unwrap_or_default());
    let text = MessageText::new(form.text.unwrap_or_default());
    match (shortcut, text) {
        (Ok(shortcut), Ok(text)) => Ok(QuickReplyDetails { shortcut, text, shared: form.shared }),
        (shortcut, text) => {
            let shortcut = shortcut.err().map(|error| ("shortcut", error.to_string()));
            let text = text.err().map(|error| ("text", error.to_string()));
            Err(ApiError::fields(shortcut.into_iter().chain(text)))
        }
    }
}

impl App {
    async fn write_reply(
        &self,
        agent: Agent,
        named: Option<&str>,
        form: QuickReplyForm,
    ) -> Result<Json<QuickReplyBody>, ApiError> {
        let id = agent.id;
        self.within_write_rate(&Caller::Agent(Arc::new(agent)))?;
        let details = details_of(form)?;
        let reply = named.map(reply_named).transpose()?;
        match self.store.write_quick_reply(id, reply, details).await {
            Err(StoreError::NotFound) => Err(ApiError::no_such(named.unwrap_or_default())),
            Err(StoreError::Exists(field)) => Err(ApiError::field(field, "is taken; choose another one")),
            written => Ok(Json(body_of(written?, id))),
        }
    }
}

fn reply_named(id: &str) -> Result<QuickReplyId, ApiError> {
    id.parse().map_err(|_| ApiError::no_such(id))
}

/// List the quick replies that the agent may use
#[utoipa::path(
    get,
    path = "/console/1/quick-replies",
    operation_id = "list_quick_replies",
    tag = "console",
    security(("cookie" = [])),
    responses(
        (status = 200, description = "Shared ones and own ones", body = QuickReplyList),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    AgentAccess { session, .. }: AgentAccess,
) -> Result<Json<QuickReplyList>, ApiError> {
    let me = session.agent.id;
    let replies = app.store.quick_replies(me).await?;
    Ok(Json(QuickReplyList { replies: replies.into_iter().map(|reply| body_of(reply, me)).collect() }))
}

/// Make a quick reply
#[utoipa::path(
    post,
    path = "/console/1/quick-replies",
    operation_id = "create_quick_reply",
    tag = "console",
    security(("cookie" = [])),
    request_body = QuickReplyForm,
    responses(
        (status = 201, description = "Made", body = QuickReplyBody),
        (status = 400, description = "A field is wrong or taken, or there are 500 already", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Shared ones need another role", body = ErrorBody),
    )
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    AgentAccess { session, .. }: AgentAccess,
    Body(form): Body<QuickReplyForm>,
) -> Result<impl IntoResponse, ApiError> {
    Ok((StatusCode::CREATED, app.write_reply(session.agent, None, form).await?))
}

/// Write a quick reply anew
#[utoipa::path(
    put,
    path = "/console/1/quick-replies/{id}",
    operation_id = "put_quick_reply",
    tag = "console",
    security(("cookie" = [])),
    params(("id" = String, Path, description = "Quick reply id")),
    request_body = QuickReplyForm,
    responses(
        (status = 200, description = "As it is now", body = QuickReplyBody),
        (status = 400, description = "A field is wrong or taken", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Shared ones need another role", body = ErrorBody),
        (status = 404, description = "No such quick reply", body = ErrorBody),
    )
)]
pub(super) async fn put(
    State(app): State<Arc<App>>,
    AgentAccess { session, .. }: AgentAccess,
    Named(id): Named,
    Body(form): Body<QuickReplyForm>,
) -> Result<Json<QuickReplyBody>, ApiError> {
    app.write_reply(session.agent, Some(&id), form).await
}

/// Delete a quick reply
#[utoipa::path(
    delete,
    path = "/console/1/quick-replies/{id}",
    operation_id = "delete_quick_reply",
    tag = "console",
    security(("cookie" = [])),
    params(("id" = String, Path, description = "Quick reply id")),
    responses(
        (status = 204, description = "It is no more"),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Shared ones need another role", body = ErrorBody),
        (status = 404, description = "No such quick reply", body = ErrorBody),
    )
)]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    AgentAccess { session, .. }: AgentAccess,
    Named(id): Named,
) -> Result<StatusCode, ApiError> {
    let reply = reply_named(&id)?;
    match app.store.delete_quick_reply(session.agent.id, reply).await {
        Err(StoreError::NotFound) => Err(ApiError::no_such(&id)),
        deleted => Ok(deleted.map(|()| StatusCode::NO_CONTENT)?),
    }
}
