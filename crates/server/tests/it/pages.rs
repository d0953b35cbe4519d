//! The web apps and their headers, and what a widget is told.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, answer, error_of, text};

async fn header(server: &Server, path: &str, name: &str) -> String {
    let response = server.get(path).send().await.expect("an answer");
    assert!(response.status().is_success(), "{path}: {}", response.status());
    response.headers().get(name).map_or_else(String::new, |value| value.to_str().expect("text").to_owned())
}

#[tokio::test]
async fn every_page_has_a_strict_policy() {
    let server = Server::start().await;
    let widget = format!("/widget/{}/", server.widget);
    for path in [widget.as_str(), "/console/", "/console/any/route", "/docs/"] {
        let policy = header(&server, path, "content-security-policy").await;
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "require-trusted-types-for 'script'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {part} is not in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
    }
    for path in ["/console/", "/docs/"] {
        assert!(header(&server, path, "content-security-policy").await.contains("frame-ancestors 'none'"));
    }
    assert!(header(&server, &widget, "content-security-policy").await.contains("frame-ancestors *"));
    let demo = header(&server, "/demo/", "content-security-policy").await;
    assert!(demo.contains(&format!("script-src 'self' {}", server.app.own.public_url)), "{demo}");
    for path in ["/healthz", "/openapi.json", "/demo/config.json", &widget, "/console/"] {
        assert_eq!(header(&server, path, "x-content-type-options").await, "nosniff", "{path}");
        assert!(!header(&server, path, "referrer-policy").await.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn a_widget_with_a_list_is_framed_by_its_sites_only() {
    let server = Server::start().await;
    let id = server.widget.parse().expect("an id");
    server.app.store.allow_origins(id, vec!["https://shop.example".into()]).await.expect("allowed");
    let policy = header(&server, &format!("/widget/{}/", server.widget), "content-security-policy").await;
    let ancestors =
        policy.split("frame-ancestors ").nth(1).and_then(|rest| rest.split(';').next()).expect("ancestors");
    assert!(ancestors.contains("https://shop.example") && !ancestors.contains('*'), "{ancestors}");
    assert!(ancestors.contains(&server.base), "the demo is ours");
    let hosts = Some(vec!["https://cdn.example.com".to_owned()]);
    let change = beckon_core::widget::WidgetChange { image_hosts: hosts, ..Default::default() };
    server.app.store.update_widget(id, change).await.expect("changed");
    let console = header(&server, "/console/", "content-security-policy").await;
    let images = console.split("img-src ").nth(1).and_then(|rest| rest.split(';').next()).expect("images");
    assert!(images.contains("https://shop.example"), "{images}");
    assert!(images.contains("https://cdn.example.com"), "{images}");
    let policy = header(&server, &format!("/widget/{}/", server.widget), "content-security-policy").await;
    assert!(!policy.contains("cdn.example.com"), "a host of pictures embeds nothing: {policy}");
}

#[tokio::test]
async fn a_page_of_another_origin_is_told_how_to_be_allowed() {
    let server = Server::start().await;
    let widget = &server.widget;
    let id = widget.parse().expect("an id");
    let path = format!("/livechat/1/widgets/{widget}/config");
    let from = |origin: &str| server.get(&path).header("origin", origin.to_owned()).send();
    assert_eq!(from("https://any.example").await.expect("an answer").status(), 200, "no list: any origin");
    let body: Value = from("null").await.expect("an answer").json().await.expect("JSON");
    assert!(error_of(&body).1.starts_with("A page without an origin"), "no list can name it: {body}");
    server.app.store.allow_origins(id, vec!["https://shop.example".into()]).await.expect("allowed");
    for allowed in ["https://shop.example", server.base.as_str(), &server.app.own.public_url] {
        assert_eq!(from(allowed).await.expect("an answer").status(), 200, "{allowed}");
    }
    for refused in ["https://evil.example", "http://shop.example", "https://shop.example.evil.example"] {
        let response = from(refused).await.expect("an answer");
        assert_eq!(response.status(), 403, "{refused}");
        assert_eq!(response.headers()["access-control-allow-origin"], refused, "the page can read why");
        let body: Value = response.json().await.expect("JSON");
        let expected = format!(
            "Origin {refused} is not allowed for widget {widget}. Allow it: beckon admin widget allow-origin {widget} {refused}"
        );
        assert_eq!(error_of(&body), ("FORBIDDEN".to_owned(), expected));
    }
}

#[tokio::test]
async fn a_widget_is_told_what_it_needs() {
    let server = Server::start().await;
    let (status, config) = answer(server.get(&format!("/livechat/1/widgets/{}/config", server.widget))).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&config["id"], &config["multiThread"], &config["online"]),
        (&json!(server.widget), &json!(true), &json!(false))
    );
    let limits = json!({
        "text": 4096, "contextBytes": 65536, "contextKeys": 256, "keyLength": 128, "stringBytes": 8192, "depth": 8,
    });
    assert_eq!(config["limits"], limits);
    let themes: Vec<_> = config["themes"].as_object().expect("themes").keys().cloned().collect();
    assert_eq!(themes, ["default", "light", "dark", "ocean"]);
    assert_eq!(config["themes"]["ocean"]["styles"]["--bk-accent"], "#1D5B86");
    let unknown = Uuid::new_v4();
    for bad in [unknown.to_string(), "x".into(), "..%2f..".into()] {
        for path in [format!("/livechat/1/widgets/{bad}/config"), format!("/widget/{bad}/")] {
            let (status, body) = answer(server.get(&path)).await;
            assert_eq!((status, error_of(&body).0.as_str()), (404, "NOT_FOUND"), "{path}");
        }
        let sessions = format!("/livechat/1/widgets/{bad}/sessions");
        assert_eq!(answer(server.post(&sessions, &json!({}))).await.0, 404);
    }
    let sessions = format!("/livechat/1/widgets/{}/sessions", server.widget);
    let foreign = server.post(&sessions, &json!({})).header("origin", "https://evil.example");
    assert_eq!(answer(foreign).await.0, 403, "only the frame, which is ours, starts sessions");
}

#[tokio::test]
async fn the_loader_is_asked_about_by_its_tag() {
    let server = Server::start().await;
    let first = server.get("/widget.js").send().await.expect("an answer");
    assert_eq!(first.status(), 200, "the web apps are built");
    assert!(first.headers()["content-type"].to_str().expect("text").starts_with("text/javascript"));
    let tag = first.headers()["etag"].to_str().expect("text").to_owned();
    for tag in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
        let again = server.get("/widget.js").header("if-none-match", &tag).send().await.expect("an answer");
        assert_eq!(again.status(), 304, "{tag}");
        assert!(again.bytes().await.expect("a body").is_empty());
    }
    let other =
        server.get("/widget.js").header("if-none-match", "\"other\"").send().await.expect("an answer");
    assert_eq!(other.status(), 200);
    let squeezed =
        server.get("/widget.js").header("accept-encoding", "gzip").send().await.expect("an answer");
    assert_eq!(squeezed.headers()["content-encoding"], "gzip");
}

#[tokio::test]
async fn the_demo_knows_where_its_beckon_is() {
    let server = Server::start().await;
    let (status, config) = answer(server.get("/demo/config.json")).await;
    assert_eq!(status, 200);
    let origin = text(&config["widgetOrigin"]);
    assert!(origin.starts_with("http://localhost:") && origin != server.base, "another site than the demo's");
    assert_eq!(
        (&config["multiThreadWidgetId"], &config["singleThreadWidgetId"]),
        (&json!(server.widget), &json!(server.single))
    );
    assert_eq!(
        (&config["consoleUrl"], &config["setUpDone"]),
        (&json!(format!("{origin}/console/")), &json!(false))
    );
    let home = server.get("/").send().await.expect("an answer");
    assert!(home.url().path() == "/demo/" && home.status() == 200, "{}", home.url());
}

#[tokio::test]
async fn no_path_leads_out_of_the_apps() {
    let server = Server::start().await;
    for path in [
        "/demo/../Cargo.toml",
        "/demo/%2e%2e/package.json",
        "/widget/assets/..%2f..%2fapp.html",
        "/demo/.sources",
        "/docs/.sources",
        "/console/.sources",
        "/console/assets/nothing.js",
    ] {
        let (status, body) = answer(server.get(path)).await;
        assert!(
            status == 404
                || body.to_string().contains("<!doctype html>")
                || body.to_string().contains("<!DOCTYPE html>"),
            "{path}: {status}"
        );
        assert!(
            !body.to_string().contains("workspaces") && !body.to_string().contains("[workspace"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_reference_is_where_links_say() {
    let server = Server::start().await;
    for (path, lands) in [("/docs", "/docs/"), ("/docs/context", "/docs/")] {
        let page = server.get(path).send().await.expect("an answer");
        assert_eq!((page.status().as_u16(), page.url().path()), (200, lands), "{path}");
    }
    assert_eq!(answer(server.get("/docs/nothing")).await.0, 404);
}
