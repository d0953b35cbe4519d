//! The committed API description is what the router serves.

use serde_json::Value;

use crate::harness::{Server, answer};

fn committed() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("openapi.json")).expect("JSON")
}

#[test]
fn the_committed_description_is_the_present_one() {
    let made: Value = serde_json::from_str(beckon_server::openapi::text()).expect("JSON");
    assert!(made == committed(), "run: cargo xtask openapi");
}

#[tokio::test]
async fn every_described_endpoint_exists() {
    let server = Server::start().await;
    let description = committed();
    let mut seen = 0;
    for (path, methods) in description["paths"].as_object().expect("paths") {
        let path = path.replace("{id}", "x").replace("{note}", "x").replace("{token}", "x");
        for method in methods.as_object().expect("methods").keys() {
            let method = method.to_uppercase().parse().expect("a method");
            let response = server
                .http
                .request(method, format!("{}{path}", server.base))
                .send()
                .await
                .expect("an answer");
            let (status, body) = (response.status().as_u16(), response.text().await.expect("a body"));
            assert_ne!(status, 405, "{path}");
            assert!(!body.contains("\"text\":\"Not found\""), "{path} is described and not there: {body}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
    let served = server.get("/openapi.json").send().await.expect("an answer").text().await.expect("a body");
    let mut served = serde_json::from_str::<Value>(&served).expect("JSON");
    // What is committed knows of no server.
    let servers = served.as_object_mut().expect("an object").remove("servers");
    assert_eq!(servers, Some(serde_json::json!([{ "url": server.app.own.public_url }])));
    assert_eq!(served, description);
}

/// Each described operation says who may use it, so that a new endpoint cannot forget to.
#[test]
fn every_operation_has_an_id_a_tag_a_summary_and_its_errors() {
    let description = committed();
    let open = [
        "/livechat/1/widgets/{id}/config",
        "/livechat/1/widgets/{id}/sessions",
        "/livechat/1/widgets/{id}/sessions/redeem",
        "/livechat/1/socket",
        "/console/1/status",
        "/console/1/setup",
        "/console/1/setup/{token}",
        "/console/1/invites/token/{token}",
        "/healthz",
        "/readyz",
    ];
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            for field in ["operationId", "tags", "summary", "responses"] {
                assert!(!operation[field].is_null(), "{method} {path} has no {field}");
            }
            let signs_in = path == "/console/1/session" && method == "post";
            let secured = operation["security"].is_array();
            assert_eq!(secured, !signs_in && !open.contains(&path.as_str()), "{method} {path}");
            assert!(!secured || operation["responses"]["401"].is_object(), "{method} {path} has no 401");
        }
    }
}

/// Somebody copies it from the reference page into a terminal.
#[tokio::test]
async fn the_example_of_a_body_is_accepted_as_it_stands() {
    let server = Server::start().await;
    let key = server.key().await;
    let visitor = server.visitor().await;
    let conversation = visitor.start(&mut visitor.connect().await, "hello").await;
    let description = committed();
    let mut seen = Vec::new();
    for (path, methods) in description["paths"].as_object().expect("paths") {
        if !path.starts_with("/ccaas/1/") {
            continue;
        }
        for (method, operation) in methods.as_object().expect("methods") {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let name =
                schema["$ref"].as_str().and_then(|target| target.rsplit('/').next()).unwrap_or_default();
            let example = &description["components"]["schemas"][name]["example"];
            if example.is_null() {
                continue;
            }
            let url = format!("{}{}", server.base, path.replace("{id}", &conversation));
            let method: reqwest::Method = method.to_uppercase().parse().expect("a method");
            let request = server.http.request(method, url).header("authorization", &key).json(example);
            let (status, body) = answer(request).await;
            assert_eq!(status, 200, "{path}: {body}");
            seen.push(operation["operationId"].as_str().expect("an id"));
        }
    }
    seen.sort_unstable();
    let expected =
        ["create_conversation", "create_message", "create_note", "patch_conversation", "put_conversation"];
    assert_eq!(seen, expected);
}
