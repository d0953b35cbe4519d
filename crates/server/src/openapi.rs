//! The API description, made from the handlers themselves.

use std::sync::LazyLock;

use beckon_core::frame::{client, object, server};
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Content, ObjectBuilder, Ref, Required, ResponseBuilder, Server};
use utoipa::{Modify, OpenApi};

use crate::error::KEY_HEADER;
use crate::limits::LONGEST_KEY;

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

/// What a key without `conversations:manage` is told by whatever changes something: the same everywhere, said once.
fn refuse_reading_keys(openapi: &mut utoipa::openapi::OpenApi) {
    let refused = ResponseBuilder::new()
        .description("The key may only read, or the agent may not do this")
        .content("application/json", Content::new(Some(Ref::from_schema_name("ErrorBody"))))
        .build();
    for item in openapi.paths.paths.values_mut() {
        let unsafe_ones = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in unsafe_ones.into_iter().flatten() {
            let takes_keys = operation.security.iter().flatten().any(|one| one == &needs_key());
            if takes_keys {
                let responses = &mut operation.responses.responses;
                responses.entry("403".to_owned()).or_insert_with(|| refused.clone().into());
            }
        }
    }
}

fn needs_key() -> SecurityRequirement {
    SecurityRequirement::new("key", Vec::<String>::new())
}

/// Every POST of the contract's endpoints may be sent again: said once for all of them.
fn describe_keys(openapi: &mut utoipa::openapi::OpenApi) {
    let key = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(LONGEST_KEY))
        .build();
    let header = ParameterBuilder::new()
        .name(KEY_HEADER)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .schema(Some(key))
        .description(Some(
            "Makes the request safe to send again: visible ASCII characters, new for each request. The same key with \
             the same body gets the first answer, for as long as what was made exists.",
        ))
        .build();
    let refused = ResponseBuilder::new()
        .description("The `Idempotency-Key` was used for another request, or the first one has no answer yet")
        .content("application/json", Content::new(Some(Ref::from_schema_name("ErrorBody"))))
        .build();
    let contract = openapi.paths.paths.iter_mut().filter(|(path, _)| path.starts_with("/ccaas/1/"));
    for operation in contract.filter_map(|(_, item)| item.post.as_mut()) {
        operation.parameters.get_or_insert_default().push(header.clone().into());
        operation.responses.responses.insert("409".to_owned(), refused.clone().into());
    }
}

/// The description as it is committed: pretty JSON with a newline at the end.
pub fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let mut text = pretty(&whole());
        text.push('\n');
        text
    });
    &TEXT
}

/// The description as a server gives it that is reached at this address.
pub fn text_at(public_url: &str) -> String {
    let mut openapi = whole();
    openapi.servers = Some(vec![Server::new(public_url)]);
    pretty(&openapi)
}

fn whole() -> utoipa::openapi::OpenApi {
    let mut openapi = Description::openapi();
    openapi.merge(crate::http::described().split_for_parts().1);
    refuse_reading_keys(&mut openapi);
    describe_keys(&mut openapi);
    openapi
}

fn pretty(openapi: &utoipa::openapi::OpenApi) -> String {
    openapi.to_pretty_json().expect("the description holds nothing that JSON cannot")
}
