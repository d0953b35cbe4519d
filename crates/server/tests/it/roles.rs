//! Who may use which of the console's endpoints: a table over all of them. A new one without a row fails here.

use std::collections::BTreeSet;

use beckon_core::agent::Role;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, answer, error_of};

/// Whom an endpoint is for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum For {
    /// Before anybody is signed in.
    All,
    /// Every agent.
    Agents,
    /// Administrators.
    Admins,
}

const TABLE: &[(&str, &str, For)] = &[
    ("get", "/console/1/status", For::All),
    ("get", "/console/1/setup/{token}", For::All),
    ("post", "/console/1/setup", For::All),
    ("post", "/console/1/session", For::All),
    ("get", "/console/1/invites/token/{token}", For::All),
    ("post", "/console/1/invites/token/{token}", For::All),
    ("get", "/console/1/session", For::Agents),
    ("delete", "/console/1/session", For::Agents),
    ("delete", "/console/1/sessions", For::Agents),
    ("post", "/console/1/tickets", For::Agents),
    ("patch", "/console/1/profile", For::Agents),
    ("post", "/console/1/password", For::Agents),
    ("get", "/console/1/people", For::Agents),
    ("patch", "/console/1/people/{id}", For::Admins),
    ("post", "/console/1/invites", For::Admins),
    ("delete", "/console/1/invites/{id}", For::Admins),
    ("get", "/console/1/widgets", For::Agents),
    ("put", "/console/1/widgets/{id}/pins", For::Agents),
    ("post", "/console/1/widgets", For::Admins),
    ("get", "/console/1/widgets/{id}", For::Admins),
    ("patch", "/console/1/widgets/{id}", For::Admins),
    ("get", "/console/1/quick-replies", For::Agents),
    ("post", "/console/1/quick-replies", For::Agents),
    ("put", "/console/1/quick-replies/{id}", For::Agents),
    ("delete", "/console/1/quick-replies/{id}", For::Agents),
    ("get", "/console/1/keys", For::Admins),
    ("post", "/console/1/keys", For::Admins),
    ("delete", "/console/1/keys/{id}", For::Admins),
];

/// The console's operations as the router describes them.
fn described() -> Vec<(String, String)> {
    let description: Value = serde_json::from_str(beckon_server::openapi::text()).expect("JSON");
    let paths = description["paths"].as_object().expect("paths");
    let of_console = paths.iter().filter(|(path, _)| path.starts_with("/console/1/"));
    of_console
        .flat_map(|(path, methods)| {
            methods.as_object().expect("methods").keys().map(|method| (method.clone(), path.clone()))
        })
        .collect()
}

#[test]
fn every_endpoint_of_the_console_has_a_row() {
    let described: BTreeSet<_> = described().into_iter().collect();
    let rows: BTreeSet<_> =
        TABLE.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(rows.len(), TABLE.len(), "one row each");
    assert_eq!(described, rows);
}

fn request(server: &Server, method: &str, path: &str, cookie: Option<&str>) -> RequestBuilder {
    let path = path.replace("{id}", &Uuid::nil().to_string()).replace("{token}", "x");
    let method = method.to_uppercase().parse().expect("a method");
    let request =
        server.http.request(method, format!("{}{path}", server.base)).header("origin", &server.base);
    match cookie {
        Some(cookie) => request.header("cookie", cookie).json(&json!({})),
        None => request.json(&json!({})),
    }
}

#[tokio::test]
async fn each_role_may_use_what_its_row_says() {
    let server = Server::start_with(&["--sign-ins-per-ip", "1000"]).await;
    for (method, path, whom) in TABLE {
        let (status, body) = answer(request(&server, method, path, None)).await;
        assert_eq!(status == 401, *whom != For::All, "nobody: {method} {path}: {status} {body}");
        if *whom == For::All {
            continue;
        }
        for role in [Role::Agent, Role::Supervisor, Role::Admin] {
            // A sign-in each, since some of these end theirs.
            let agent = server.agent(role).await;
            let (status, body) = answer(request(&server, method, path, Some(&agent.cookie))).await;
            assert_ne!(status, 401, "{role}: {method} {path}");
            let forbidden = *whom == For::Admins && role != Role::Admin;
            assert_eq!(status == 403, forbidden, "{role}: {method} {path}: {status} {body}");
            if forbidden {
                assert_eq!(error_of(&body), ("FORBIDDEN".into(), "Forbidden".into()));
            }
        }
        // A visitor's token and a program's key are no sign-in.
        let visitor = server.visitor().await;
        for stranger in [format!("Bearer {}", visitor.token), server.key().await] {
            let stranger = request(&server, method, path, None).header("authorization", stranger);
            assert_eq!(answer(stranger).await.0, 401, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn no_other_site_makes_a_browser_change_anything() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    for (method, path, whom) in TABLE.iter().filter(|(method, ..)| *method != "get") {
        for origin in [None, Some("https://evil.example"), Some("null")] {
            // Who holds no cookie may leave the origin out.
            if origin.is_none() && *whom == For::All {
                continue;
            }
            let path = path.replace("{id}", &Uuid::nil().to_string()).replace("{token}", "x");
            let method = method.to_uppercase().parse().expect("a method");
            let request = server.http.request(method, format!("{}{path}", server.base)).json(&json!({}));
            let request = request.header("cookie", &admin.cookie);
            let request = match origin {
                Some(origin) => request.header("origin", origin),
                None => request,
            };
            let (status, body) = answer(request).await;
            // A body that is not understood is refused first, and nothing was done.
            assert!(matches!(status, 400 | 403), "{path} {origin:?}: {status} {body}");
            assert!(status == 403 || *whom == For::All, "{path} {origin:?}: {status} {body}");
        }
    }
    assert_eq!(answer(admin.get("/console/1/session")).await.0, 200, "still signed in");
}
