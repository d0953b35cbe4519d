//! API keys: made and revoked in the console, and what each scope opens.

use beckon_core::agent::Role;
use beckon_core::key::Scope;
use serde_json::{Value, json};

use crate::harness::{Server, SignedIn, answer, blamed, error_of, text, until};

async fn make(admin: &SignedIn<'_>, scopes: Value) -> Value {
    let (status, key) =
        answer(admin.post("/console/1/keys", &json!({"name": "crm", "scopes": scopes}))).await;
    assert_eq!(status, 201, "{key}");
    key
}

async fn listed(admin: &SignedIn<'_>) -> Value {
    let (status, list) = answer(admin.get("/console/1/keys")).await;
    assert_eq!(status, 200, "{list}");
    list["keys"].clone()
}

#[tokio::test]
async fn a_key_is_shown_once_works_and_is_revoked_at_once() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    let made = make(&admin, json!(["conversations:manage"])).await;
    let secret = text(&made["secret"]);
    let line =
        format!("curl -H 'Authorization: App {secret}' {}/ccaas/1/conversations", server.app.own.public_url);
    assert_eq!(made["curl"], line);
    let calls =
        || answer(server.get("/ccaas/1/conversations").header("authorization", format!("App {secret}")));
    assert_eq!(calls().await.0, 200);

    let keys = listed(&admin).await;
    assert!(!keys.to_string().contains(&secret), "told once");
    assert_eq!(
        (&keys[0]["name"], &keys[0]["scopes"], &keys[0]["revoked_at"]),
        (&json!("crm"), &json!(["conversations:manage"]), &Value::Null)
    );

    let path = format!("/console/1/keys/{}", text(&made["id"]));
    for again in 0..2 {
        assert_eq!(answer(admin.request("DELETE", &path)).await.0, 204, "{again}");
    }
    let (status, body) = calls().await;
    assert_eq!((status, error_of(&body)), (401, ("UNAUTHORIZED".into(), "Unauthorized".into())));
    assert!(listed(&admin).await[0]["revoked_at"].is_string());
    for unknown in [uuid::Uuid::new_v4().to_string(), "x".to_owned()] {
        let path = format!("/console/1/keys/{unknown}");
        assert_eq!(answer(admin.request("DELETE", &path)).await.0, 404, "{unknown}");
    }
}

#[tokio::test]
async fn a_reading_key_reads_everything_and_changes_nothing() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let key = server.key_with(Scope::Read).await;
    for path in ["", "/messages", "/metadata", "/events"] {
        let path = format!("/ccaas/1/conversations/{conversation}{path}");
        assert_eq!(answer(server.get(&path).header("authorization", &key)).await.0, 200, "{path}");
    }
    // Every unsafe operation that takes a key, present and future ones.
    let description: Value = serde_json::from_str(beckon_server::openapi::text()).expect("JSON");
    let mut tried = 0;
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let takes_keys = operation["security"].to_string().contains("\"key\"");
            if !takes_keys || method == "get" {
                continue;
            }
            assert!(operation["responses"]["403"].is_object(), "{method} {path} does not say so");
            let address = format!("{}{}", server.base, path.replace("{id}", &conversation));
            let method = method.to_uppercase().parse().expect("a method");
            let request = server.http.request(method, &address).header("authorization", &key);
            let (status, body) = answer(request.json(&json!({"x": 1}))).await;
            assert_eq!(
                (status, error_of(&body)),
                (403, ("FORBIDDEN".into(), "Forbidden".into())),
                "{address}"
            );
            tried += 1;
        }
    }
    assert!(tried >= 5, "{tried}");
    let context = server.app.store.context(conversation.parse().expect("an id")).await.expect("a context");
    assert_eq!(context.version, 0, "nothing was written");
}

#[tokio::test]
async fn a_key_needs_a_name_and_known_scopes() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    for (body, field) in [
        (json!({"name": " ", "scopes": ["conversations:read"]}), "name"),
        (json!({"name": "x".repeat(201), "scopes": ["conversations:read"]}), "name"),
        (json!({"name": "crm", "scopes": []}), "scopes"),
        (json!({"name": "crm", "scopes": ["conversations:read", "people:manage"]}), "scopes"),
        (json!({"name": "crm", "scopes": ["conversations:read"], "secret": "mine"}), "secret"),
    ] {
        let (status, answer) = answer(admin.post("/console/1/keys", &body)).await;
        assert_eq!(status, 400, "{body}");
        assert!(!blamed(&answer, field).is_empty());
    }
    assert_eq!(listed(&admin).await, json!([]));
    let both = make(&admin, json!(["conversations:read", "conversations:manage"])).await;
    assert_eq!(both["scopes"], json!(["conversations:manage"]), "managing includes reading");
}

#[tokio::test]
async fn the_last_use_of_a_key_is_known_to_the_minute() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    let secret = text(&make(&admin, json!(["conversations:read"])).await["secret"]);
    assert_eq!(listed(&admin).await[0]["last_used_at"], Value::Null);
    let mut seen = Vec::new();
    for wait in [60, 90] {
        server.clock.advance(wait);
        let call = server.get("/ccaas/1/conversations").header("authorization", format!("App {secret}"));
        assert_eq!(answer(call).await.0, 200);
        // Noted beside the answer, so a moment later.
        let noted = async || {
            let at = listed(&admin).await[0]["last_used_at"].clone();
            (at.is_string() && !seen.contains(&at)).then_some(at)
        };
        let at = until("the use is noted", noted).await;
        assert!(text(&at).contains(":00.000"), "{at}");
        seen.push(at);
    }
}
