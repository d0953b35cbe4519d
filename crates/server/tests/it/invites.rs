//! Invites: one-time links by which people become agents.

use beckon_core::agent::Role;
use serde_json::{Value, json};

use crate::harness::{Server, SignedIn, answer, blamed, cookie_of, error_of, text};

const ENDED: &str = "This invite was used or has ended; ask for a new one.";

/// Invites somebody; the invite and the token of its link.
async fn invite(admin: &SignedIn<'_>, email: &str, role: &str) -> (Value, String) {
    let body = json!({"email": email, "role": role});
    let (status, invite) = answer(admin.post("/console/1/invites", &body)).await;
    assert_eq!(status, 201, "{invite}");
    let link = text(&invite["link"]);
    let token = link.split("/console/#/invite/").nth(1).expect("a token").to_owned();
    (invite, token)
}

fn path(token: &str) -> String {
    format!("/console/1/invites/token/{token}")
}

#[tokio::test]
async fn an_invite_makes_one_agent_of_its_role() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    let (made, token) = invite(&admin, " Ivo@Example.com", "supervisor").await;
    assert!(text(&made["link"]).starts_with(&server.app.own.public_url));
    let (_, people) = answer(admin.get("/console/1/people")).await;
    assert!(!people.to_string().contains(&token), "told once");
    assert_eq!(people["invites"][0]["email"], "ivo@example.com");

    let offer = json!({"email": "ivo@example.com", "role": "SUPERVISOR", "invited_by": "Maja"});
    assert_eq!(answer(server.get(&path(&token))).await, (200, offer));
    let form = |password: &str| json!({"name": "Ivo", "password": password});
    let (status, body) = answer(server.post(&path(&token), &form("short"))).await;
    assert_eq!(status, 400);
    assert!(blamed(&body, "password").contains("at least 10"));

    let joined = server.post(&path(&token), &form("a password of Ivo")).send().await.expect("an answer");
    assert_eq!(joined.status(), 201);
    let cookie = cookie_of(&joined);
    let (status, body) = answer(server.get("/console/1/session").header("cookie", &cookie)).await;
    assert_eq!((status, &body["agent"]["role"]), (200, &json!("SUPERVISOR")));
    assert!(server.sign_in("ivo@example.com", "a password of Ivo").await.is_ok());

    for used in [
        answer(server.get(&path(&token))).await,
        answer(server.post(&path(&token), &form("a password"))).await,
    ] {
        assert_eq!((used.0, error_of(&used.1)), (404, ("NOT_FOUND".into(), ENDED.into())));
    }
    let (_, people) = answer(admin.get("/console/1/people")).await;
    assert_eq!(people["invites"], json!([]));
    assert_eq!(people["people"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn of_many_who_use_one_link_at_once_one_gets_in() {
    let server = Server::start_with(&["--sign-ins-per-ip", "1000"]).await;
    let admin = server.agent(Role::Admin).await;
    let (_, token) = invite(&admin, "ivo@example.com", "AGENT").await;
    let form = json!({"name": "Ivo", "password": "a password of Ivo"});
    let path = path(&token);
    let (a, b, c) = tokio::join!(
        answer(server.post(&path, &form)),
        answer(server.post(&path, &form)),
        answer(server.post(&path, &form))
    );
    let mut said = [a.0, b.0, c.0];
    said.sort_unstable();
    assert_eq!(said, [201, 404, 404]);
}

#[tokio::test]
async fn an_invite_ends_by_time_by_hand_and_with_who_made_it() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    let other = server.agent(Role::Admin).await;
    let works = async |token: &str| answer(server.get(&path(token))).await.0 == 200;

    let (_, first) = invite(&admin, "ivo@example.com", "AGENT").await;
    let (second_made, second) = invite(&admin, "ivo@example.com", "AGENT").await;
    assert!(!works(&first).await && works(&second).await, "the newest link of an address is the one");
    let delete = format!("/console/1/invites/{}", text(&second_made["id"]));
    assert_eq!(answer(admin.request("DELETE", &delete)).await.0, 204);
    assert!(!works(&second).await);
    assert_eq!(answer(admin.request("DELETE", &delete)).await.0, 404);

    let (_, of_other) = invite(&other, "ana@example.com", "ADMIN").await;
    let demote = format!("/console/1/people/{}", other.agent.id);
    assert_eq!(answer(admin.patch(&demote, &json!({"role": "AGENT"}))).await.0, 200);
    assert!(!works(&of_other).await, "who may not invite any more has not invited");

    let (_, late) = invite(&admin, "ivo@example.com", "AGENT").await;
    server.clock.advance(7 * 24 * 3600 + 1);
    assert!(!works(&late).await);
    let join = answer(server.post(&path(&late), &json!({"name": "Ivo", "password": "a password"}))).await;
    assert_eq!((join.0, error_of(&join.1).1.as_str()), (404, ENDED));
}

#[tokio::test]
async fn an_invite_needs_a_free_address_and_a_role() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    for (body, field) in [
        (json!({"email": "nobody", "role": "AGENT"}), "email"),
        (json!({"email": admin.agent.email.as_str(), "role": "AGENT"}), "email"),
        (json!({"email": "ivo@example.com", "role": "OWNER"}), "role"),
        (json!({"email": "ivo@example.com", "role": "AGENT", "id": 1}), "id"),
    ] {
        let (status, answer) = answer(admin.post("/console/1/invites", &body)).await;
        assert_eq!(status, 400, "{body}");
        assert!(!blamed(&answer, field).is_empty());
    }
    let (_, people) = answer(admin.get("/console/1/people")).await;
    assert_eq!(people["invites"], json!([]), "nothing was stored");
}

#[tokio::test]
async fn trying_links_is_slowed_down() {
    let server = Server::start_with(&["--sign-ins-per-ip", "3"]).await;
    for _ in 0..3 {
        assert_eq!(answer(server.get(&path("x"))).await.0, 404);
    }
    assert_eq!(answer(server.get(&path("x"))).await.0, 429);
}
