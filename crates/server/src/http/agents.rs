//! Agents, as in the contract: to whom a conversation can be given.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use beckon_core::agent::Role;
use beckon_core::id::AgentId;
use beckon_core::time::Timestamp;
use beckon_store::OrderDirection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::CallerAccess;
use super::conversations::{Pagination, direction_of, page_of, query_error};
use crate::app::{App, Caller};
use crate::error::{ApiError, ErrorBody};

/// An agent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AgentBody {
    #[schema(value_type = String, format = Uuid)]
    id: AgentId,
    /// The name that visitors and colleagues see.
    display_name: String,
    /// `ADMIN`, `SUPERVISOR` or `AGENT`.
    #[schema(value_type = String)]
    role: Role,
    /// For administrators and keys only.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// `ACTIVE` while a console is connected, else `INVISIBLE`.
    #[schema(value_type = String)]
    status: &'static str,
    /// The same: nobody sets a status by hand.
    #[schema(value_type = String)]
    availability: &'static str,
    /// Always true: who cannot sign in is not listed.
    enabled: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// A page of agents.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AgentListBody {
    agents: Vec<AgentBody>,
    pagination: Pagination,
}

/// Order and page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AgentQuery {
    /// From 0
    page: Option<String>,
    /// 0 to 999 (default 10)
    limit: Option<String>,
    /// `id` or `displayName`, then `:asc` or `:desc` (default `id:asc`)
    order_by: Option<String>,
}

fn order_of(text: &str) -> Option<(bool, OrderDirection)> {
    let (field, direction) = text.split_once(':').unwrap_or((text, "asc"));
    let by_name = match field {
        "id" => false,
        "displayName" => true,
        _ => return None,
    };
    Some((by_name, direction_of(direction)?))
}

/// List the agents who can sign in
#[utoipa::path(
    get,
    path = "/ccaas/1/agents",
    tag = "conversations",
    operation_id = "list_agents",
    security(("key" = []), ("cookie" = [])),
    params(AgentQuery),
    responses(
        (status = 200, description = "A page", body = AgentListBody),
        (status = 400, description = "A parameter is wrong or not supported", body = ErrorBody),
        (status = 401, description = "No valid credentials", body = ErrorBody),
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    CallerAccess(caller): CallerAccess,
    query: Result<Query<AgentQuery>, QueryRejection>,
) -> Result<Json<AgentListBody>, ApiError> {
    let Query(query) = query.map_err(|rejection| query_error(&rejection))?;
    let (page, limit) = page_of(query.page.as_deref(), query.limit.as_deref())?;
    let order_by = query.order_by.unwrap_or_else(|| "id:asc".to_owned());
    let wrong_order = "must be id or displayName, then :asc or :desc";
    let (by_name, direction) = order_of(&order_by).ok_or_else(|| ApiError::field("orderBy", wrong_order))?;
    let mut agents = app.store.agents().await?;
    agents.retain(|agent| !agent.disabled);
    if by_name {
        agents.sort_by(|one, other| (one.name.as_str(), one.id).cmp(&(other.name.as_str(), other.id)));
    } else {
        agents.sort_by_key(|agent| agent.id);
    }
    if direction == OrderDirection::Descending {
        agents.reverse();
    }
    let total_items = i64::try_from(agents.len()).unwrap_or(i64::MAX);
    let online = app.hub.agents_online();
    let sees_emails = match &caller {
        Caller::Key(_) => true,
        Caller::Agent(agent) => agent.role == Role::Admin,
    };
    let skipped = (page as usize).saturating_mul(limit as usize);
    let agents = agents.into_iter().skip(skipped).take(limit as usize).map(|agent| {
        let status = if online.contains(&agent.id) { "ACTIVE" } else { "INVISIBLE" };
        AgentBody {
            id: agent.id,
            display_name: agent.name.to_string(),
            role: agent.role,
            email: sees_emails.then(|| agent.email.to_string()),
            status,
            availability: status,
            enabled: true,
            created_at: agent.created_at,
        }
    });
    let pagination = Pagination { total_items, page, limit, order_by };
    Ok(Json(AgentListBody { agents: agents.collect(), pagination }))
}
