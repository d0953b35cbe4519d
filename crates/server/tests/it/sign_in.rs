//! The set-up link, sign-in and what a cookie may do.

use beckon_core::agent::Role;
use beckon_core::time::Clock;
use beckon_server::secret::{new_token, token_hash};
use beckon_store::sqlite::{SqliteOptions, SqliteStore};
use beckon_store::{AgentChange, Store};
use serde_json::json;

use crate::harness::{Server, answer, cookie_of, error_of};

async fn link(server: &Server) -> String {
    let token = new_token();
    let expires_at = server.clock.now().plus_seconds(3600);
    server.app.store.create_setup_token(token_hash(token.expose()), expires_at).await.expect("a token");
    token.expose().clone()
}

#[tokio::test]
async fn a_set_up_link_makes_one_administrator() {
    let server = Server::start().await;
    assert_eq!(answer(server.get("/console/1/status")).await.1["set_up_done"], json!(false));
    let token = link(&server).await;
    let path = format!("/console/1/setup/{token}");
    assert_eq!(answer(server.get(&path)).await, (200, json!({"valid": true})));

    let form = |password: &str| json!({"token": token, "name": "Maja", "email": "Maja@Example.com", "password": password});
    let (status, body) = answer(server.post("/console/1/setup", &form("short"))).await;
    assert_eq!(status, 400);
    assert!(
        body["requestError"]["serviceException"]["validationErrors"]["password"][0].is_string(),
        "{body}"
    );

    let made = server.post("/console/1/setup", &form("a long password")).send().await.expect("an answer");
    assert_eq!(made.status(), 201);
    let header = made.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(
        header.contains("HttpOnly") && header.contains("SameSite=Lax") && !header.contains("Secure"),
        "{header}"
    );
    let cookie = cookie_of(&made);
    let (status, body) = answer(server.get("/console/1/session").header("cookie", &cookie)).await;
    assert_eq!(
        (status, &body["agent"]["email"], &body["agent"]["role"]),
        (200, &json!("maja@example.com"), &json!("ADMIN"))
    );

    for used in [
        answer(server.get(&path)).await,
        answer(server.post("/console/1/setup", &form("a long password"))).await,
    ] {
        assert_eq!(used.0, 404);
        let (code, text) = error_of(&used.1);
        assert_eq!(code, "NOT_FOUND");
        assert!(text.contains("beckon admin setup-link"), "{text}");
    }
    assert_eq!(answer(server.get("/console/1/status")).await.1["set_up_done"], json!(true));
}

#[tokio::test]
async fn a_set_up_link_ends() {
    let server = Server::start().await;
    let path = format!("/console/1/setup/{}", link(&server).await);
    server.clock.advance(3601);
    assert_eq!(answer(server.get(&path)).await.0, 404);
}

#[tokio::test]
async fn wrong_password_and_unknown_email_look_the_same() {
    let server = Server::start().await;
    server.make_agent("maja@example.com", "a long password", Role::Agent).await;
    let sign_in = |email: &str, password: &str| {
        answer(server.post("/console/1/session", &json!({"email": email, "password": password})))
    };
    let wrong = sign_in("maja@example.com", "another password").await;
    assert_eq!(wrong.0, 401);
    assert_eq!(wrong, sign_in("nobody@example.com", "a long password").await);
    assert_eq!(wrong, sign_in("not an e-mail", "a long password").await);
    assert_eq!(sign_in(" MAJA@example.com ", "a long password").await.0, 200);
}

#[tokio::test]
async fn guessing_is_slowed_down_by_address_and_by_email() {
    let server = Server::start_with(&["--sign-ins-per-ip", "3"]).await;
    let body = json!({"email": "maja@example.com", "password": "x"});
    let attempt = || server.post("/console/1/session", &body).send();
    for _ in 0..3 {
        assert_eq!(attempt().await.expect("an answer").status(), 401);
    }
    let refused = attempt().await.expect("an answer");
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    // From another address behind a believed proxy, the e-mail is still the same.
    let elsewhere = server.post("/console/1/session", &body).header("x-forwarded-for", "192.0.2.7");
    assert_eq!(answer(elsewhere).await.0, 429);
    server.clock.advance(60);
    assert_eq!(attempt().await.expect("an answer").status(), 401);
}

#[tokio::test]
async fn another_site_can_do_nothing_with_the_cookie() {
    let server = Server::start().await;
    let agent = server.agent(Role::Admin).await;
    let paths = ["/console/1/tickets", "/ccaas/1/conversations"];
    for path in paths {
        for origin in [None, Some("https://evil.example"), Some("null")] {
            let request = server.post(path, &json!({})).header("cookie", &agent.cookie);
            let request = match origin {
                Some(origin) => request.header("origin", origin),
                None => request,
            };
            let (status, body) = answer(request).await;
            assert_eq!((status, error_of(&body).0.as_str()), (403, "FORBIDDEN"), "{path} {origin:?}");
        }
        let own = agent.post(path, &json!({})).send().await.expect("an answer");
        assert!(own.status().is_success(), "{path}");
    }
    let foreign_sign_in = json!({"email": "a@b", "password": "x"});
    let request =
        server.post("/console/1/session", &foreign_sign_in).header("origin", "https://evil.example");
    assert_eq!(answer(request).await.0, 403);
    let delete =
        server.http.delete(format!("{}/console/1/session", server.base)).header("cookie", &agent.cookie);
    assert_eq!(answer(delete).await.0, 403);
}

#[tokio::test]
async fn signing_out_ends_cookie_ticket_and_sockets() {
    let server = Server::start().await;
    let agent = server.agent(Role::Agent).await;
    let mut console = agent.connect().await;
    let ticket = agent.ticket().await;
    let out = server.http.delete(format!("{}/console/1/session", server.base));
    let out =
        out.header("cookie", &agent.cookie).header("origin", &server.base).send().await.expect("an answer");
    assert_eq!(out.status(), 204);
    assert_eq!(console.closed().await, 4503);
    assert_eq!(answer(agent.get("/console/1/session")).await.0, 401);
    let mut late = server.socket().await;
    late.send(json!({"type": "hello", "version": 1, "ticket": ticket})).await;
    assert_eq!(late.closed().await, 4005);
}

#[tokio::test]
async fn a_ticket_works_once_and_for_a_minute() {
    let server = Server::start().await;
    let agent = server.agent(Role::Agent).await;
    let ticket = agent.ticket().await;
    let hello = json!({"type": "hello", "version": 1, "ticket": ticket});
    let mut first = server.socket().await;
    first.send(hello.clone()).await;
    first.expect("welcome").await;
    let mut second = server.socket().await;
    second.send(hello).await;
    assert_eq!(second.closed().await, 4005);

    let old = agent.ticket().await;
    server.clock.advance(61);
    let mut late = server.socket().await;
    late.send(json!({"type": "hello", "version": 1, "ticket": old})).await;
    assert_eq!(late.closed().await, 4005);
}

#[tokio::test]
async fn a_cookie_is_secure_behind_https() {
    let server = Server::start_with(&["--public-url", "https://chat.example"]).await;
    server.make_agent("maja@example.com", "a long password", Role::Agent).await;
    let body = json!({"email": "maja@example.com", "password": "a long password"});
    let response = server.post("/console/1/session", &body).send().await.expect("an answer");
    assert!(response.headers()["set-cookie"].to_str().expect("text").contains("; Secure"));
}

/// `beckon admin` works on the folder, not through the server: nobody tells the server's sockets.
#[tokio::test]
async fn what_another_process_ends_ends_at_the_socket() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let (maja, timo) = (server.agent(Role::Agent).await, server.agent(Role::Agent).await);
    let mut majas = maja.connect().await;
    let (mut timos, _) = timo.follow(&conversation).await;

    let beside = SqliteStore::open(&SqliteOptions::new(server.folder.path())).expect("the same folder");
    let beside: &dyn Store = &beside;
    let disable = AgentChange { disabled: Some(true), ..AgentChange::default() };
    let (_, ended) = beside.change_agent(maja.agent.id, disable).await.expect("a change");
    assert_eq!(ended.len(), 1);
    assert_eq!(majas.closed().await, 4503);
    // Nobody else's ends, and what somebody may see is looked at again.
    timos.settle().await;
    beside.set_agent_queues(timo.agent.id, Vec::new()).await.expect("no queues");
    assert_eq!(timos.expect("gone").await["conversation"], conversation.as_str());
    timos.settle().await;
    beside.delete_agent_sessions(timo.agent.id).await.expect("no sign-ins");
    assert_eq!(timos.closed().await, 4503);
}
