//! The API description, made from the handlers themselves.

use std::sync::LazyLock;

use beckon_core::frame::{client, object, server};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// What the description says besides the endpoints.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Beckon",
        description = "Live chat whose heart is context. Errors have one form everywhere: ErrorBody. \
            An unknown id and an id of somebody else get the same answer.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "conversations", description = "Conversations, messages and context, for programs"),
        (name = "widget", description = "What the widget uses"),
        (name = "socket", description = "Live frames for visitors and agents"),
        (name = "console", description = "What the agents' console uses"),
        (name = "health", description = "For whoever runs it"),
    ),
    components(schemas(
        client::Hello, client::Send, client::ContextWrite, client::Sync, client::Subscribe, client::Unsubscribe,
        client::Command, client::Cursor, client::Typing, server::ServerFrame, object::ContextState,
    )),
    modifiers(&Schemes),
)]
struct Description;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let key = ApiKeyValue::with_description("Authorization", "App, a space, and an API key");
        components.add_security_scheme("key", SecurityScheme::ApiKey(ApiKey::Header(key)));
        let cookie = ApiKeyValue::with_description("beckon_agent", "An agent's sign-in");
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let session =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A visitor's session"));
        components.add_security_scheme("session", SecurityScheme::Http(session.build()));
    }
}

/// The description as it is committed: pretty JSON with a newline at the end.
pub fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let mut openapi = Description::openapi();
        openapi.merge(crate::http::described().split_for_parts().1);
        let mut text = openapi.to_pretty_json().expect("the description holds nothing that JSON cannot");
        text.push('\n');
        text
    });
    &TEXT
}
