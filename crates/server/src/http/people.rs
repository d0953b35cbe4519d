//! The people who answer, and what each may do.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use beckon_core::agent::{Agent, Role};
use beckon_core::id::AgentId;
use beckon_core::time::Timestamp;
use beckon_store::AgentChange;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{AdminAccess, AgentAccess, Named};
use super::body::Body;
use super::invites::InviteBody;
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// An agent, as colleagues see it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonBody {
    #[schema(value_type = String, format = Uuid)]
    id: AgentId,
    /// Name that visitors see.
    name: String,
    /// Signs in with it; only for administrators, and of oneself.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// `ADMIN`, `SUPERVISOR` or `AGENT`.
    #[schema(value_type = String)]
    role: Role,
    /// May do nothing, and keeps what was done.
    disabled: bool,
    /// Has a console open now.
    online: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl PersonBody {
    fn new(app: &App, agent: Agent, reader: &Agent) -> Self {
        let shown = reader.role == Role::Admin || reader.id == agent.id;
        Self {
            id: agent.id,
            name: agent.name.to_string(),
            email: shown.then(|| agent.email.to_string()),
            role: agent.role,
            disabled: agent.disabled,
            online: app.hub.agents_online().contains(&agent.id),
            created_at: agent.created_at,
        }
    }
}

/// Who answers here.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PeopleBody {
    /// Oldest first.
    people: Vec<PersonBody>,
    /// Invites that wait to be used; only for administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    invites: Option<Vec<InviteBody>>,
}

/// List the people who answer
#[utoipa::path(
    get,
    path = "/console/1/people",
    operation_id = "list_people",
    tag = "console",
    security(("cookie" = [])),
    responses(
        (status = 200, description = "Everybody; e-mails and invites only for administrators", body = PeopleBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    AgentAccess { session, .. }: AgentAccess,
) -> Result<Json<PeopleBody>, ApiError> {
    let reader = session.agent;
    let people = app.store.agents().await?;
    let people = people.into_iter().map(|agent| PersonBody::new(&app, agent, &reader)).collect();
    let invites = match reader.role {
        Role::Admin => Some(app.store.invites().await?.into_iter().map(InviteBody::from).collect()),
        Role::Supervisor | Role::Agent => None,
    };
    Ok(Json(PeopleBody { people, invites }))
}

/// What is changed of a person; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonChange {
    /// `ADMIN`, `SUPERVISOR` or `AGENT`.
    role: Option<String>,
    /// True: may do nothing from now on; every sign-in and socket ends.
    disabled: Option<bool>,
}

/// What a body calls a role.
pub(super) fn role_of(text: &str) -> Result<Role, ApiError> {
    text.parse().map_err(|_| ApiError::field("role", "must be ADMIN, SUPERVISOR or AGENT"))
}

/// Change what a person may do
#[utoipa::path(
    patch,
    path = "/console/1/people/{id}",
    operation_id = "change_person",
    tag = "console",
    security(("cookie" = [])),
    params(("id" = String, Path, description = "Agent id")),
    request_body = PersonChange,
    responses(
        (status = 200, description = "Changed; live sockets follow at once", body = PersonBody),
        (status = 400, description = "The last administrator, or oneself disabled", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Not an administrator", body = ErrorBody),
        (status = 404, description = "No such agent", body = ErrorBody),
    )
)]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    AdminAccess(session): AdminAccess,
    Named(id): Named,
    Body(change): Body<PersonChange>,
) -> Result<Json<PersonBody>, ApiError> {
    let agent: AgentId = id.parse().map_err(|_| ApiError::no_such(&id))?;
    let role = change.role.as_deref().map(role_of).transpose()?;
    let change = AgentChange { role, disabled: change.disabled };
    let changed = app.change_agent(&session.agent, agent, change).await?;
    Ok(Json(PersonBody::new(&app, changed, &session.agent)))
}
