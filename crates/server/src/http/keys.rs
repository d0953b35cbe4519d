//! API keys: made, listed and revoked by administrators. A secret is told once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use beckon_core::id::KeyId;
use beckon_core::key::{Key, Scope};
use beckon_core::text::Name;
use beckon_core::time::Timestamp;
use beckon_store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{AdminAccess, Named};
use super::body::Body;
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::secret::{new_api_key, token_hash};

/// An API key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyBody {
    #[schema(value_type = String, format = Uuid)]
    id: KeyId,
    /// What people call it.
    name: String,
    /// `conversations:read`, or `conversations:manage`, which includes reading.
    #[schema(value_type = Vec<String>, example = json!(["conversations:read"]))]
    scopes: [&'static str; 1],
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// To the minute; null when it was never used.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    /// When it stopped working; null while it works.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
}

impl From<Key> for KeyBody {
    fn from(key: Key) -> Self {
        Self {
            id: key.id,
            name: key.name.to_string(),
            scopes: [key.scope.contract_name()],
            created_at: key.created_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
        }
    }
}

/// API keys.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyList {
    /// Newest first.
    keys: Vec<KeyBody>,
}

/// List API keys
#[utoipa::path(
    get,
    path = "/console/1/keys",
    operation_id = "list_keys",
    tag = "console",
    security(("cookie" = [])),
    responses(
        (status = 200, description = "All that work, and the last that were revoked", body = KeyList),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Not an administrator", body = ErrorBody),
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    AdminAccess(_admin): AdminAccess,
) -> Result<Json<KeyList>, ApiError> {
    let keys = app.store.keys().await?.into_iter().map(KeyBody::from).collect();
    Ok(Json(KeyList { keys }))
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    /// What people call it: at most 200 characters.
    name: String,
    /// `conversations:read` or `conversations:manage`.
    #[schema(example = json!(["conversations:read"]))]
    scopes: Vec<String>,
}

/// A new key with its secret.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedKey {
    #[serde(flatten)]
    key: KeyBody,
    /// Goes into `Authorization` after `App` and a space. It is shown this once.
    secret: String,
    /// A line for a terminal that lists conversations with it.
    curl: String,
}

/// Make an API key; its secret is told once
#[utoipa::path(
    post,
    path = "/console/1/keys",
    operation_id = "create_key",
    tag = "console",
    security(("cookie" = [])),
    request_body = NewKey,
    responses(
        (status = 201, description = "The key and its secret", body = CreatedKey),
        (status = 400, description = "A field is wrong, or there are too many keys", body = ErrorBody),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Not an administrator", body = ErrorBody),
    )
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    AdminAccess(_admin): AdminAccess,
    Body(new): Body<NewKey>,
) -> Result<impl IntoResponse, ApiError> {
    let name = Name::new(new.name.trim()).map_err(|error| ApiError::field("name", error.to_string()))?;
    let scope = scope_of(&new.scopes).ok_or_else(|| {
        ApiError::field("scopes", "must name conversations:read or conversations:manage, and nothing else")
    })?;
    let (_prefix, secret) = new_api_key();
    let key = app.store.create_key(name, scope, token_hash(secret.expose())).await?;
    let curl = format!(
        "curl -H 'Authorization: App {}' {}/ccaas/1/conversations",
        secret.expose(),
        app.own.public_url
    );
    let body = CreatedKey { key: key.into(), secret: secret.expose().clone(), curl };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)))
}

/// The scope that these names together mean, if each names one.
fn scope_of(names: &[String]) -> Option<Scope> {
    let known = [Scope::Read, Scope::Manage];
    let scopes: Option<Vec<Scope>> =
        names.iter().map(|name| known.into_iter().find(|scope| scope.contract_name() == name)).collect();
    Scope::widest(&scopes?)
}

/// Revoke an API key at once
#[utoipa::path(
    delete,
    path = "/console/1/keys/{id}",
    operation_id = "revoke_key",
    tag = "console",
    security(("cookie" = [])),
    params(("id" = String, Path, description = "Key id")),
    responses(
        (status = 204, description = "It works no more"),
        (status = 401, description = "Nobody is signed in", body = ErrorBody),
        (status = 403, description = "Not an administrator", body = ErrorBody),
        (status = 404, description = "No such key", body = ErrorBody),
    )
)]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    AdminAccess(_admin): AdminAccess,
    Named(id): Named,
) -> Result<StatusCode, ApiError> {
    let key: KeyId = id.parse().map_err(|_| ApiError::no_such(&id))?;
    match app.store.revoke_key(key).await {
        Err(StoreError::NotFound) => Err(ApiError::no_such(id)),
        revoked => {
            revoked?;
            app.key_uses.forget(key);
            Ok(StatusCode::NO_CONTENT)
        }
    }
}
