//! Profiles, passwords and roles, and what live sockets feel of them.

use beckon_core::agent::Role;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{PASSWORD, Server, SignedIn, answer, blamed, message, text};

const NEXT: &str = "another long password";

fn person(agent: &SignedIn<'_>) -> String {
    format!("/console/1/people/{}", agent.agent.id)
}

#[tokio::test]
async fn a_new_password_ends_every_other_sign_in() {
    let server = Server::start().await;
    let here = server.agent(Role::Agent).await;
    let (elsewhere, stranger) = (here.again().await, server.agent(Role::Agent).await);
    let (mut own, mut other) = (here.connect().await, elsewhere.connect().await);
    let mut strangers = stranger.connect().await;
    let ticket = elsewhere.ticket().await;

    let change = json!({"current": PASSWORD, "new": NEXT});
    assert_eq!(answer(here.post("/console/1/password", &change)).await.0, 204);

    assert_eq!(other.closed().await, 4503);
    assert_eq!(answer(elsewhere.get("/console/1/session")).await.0, 401);
    let mut late = server.socket().await;
    late.send(json!({"type": "hello", "version": 1, "ticket": ticket})).await;
    assert_eq!(late.closed().await, 4005);
    own.settle().await;
    strangers.settle().await;
    assert_eq!(answer(here.get("/console/1/session")).await.0, 200, "this one stays");

    let email = here.agent.email.as_str();
    assert_eq!(server.sign_in(email, PASSWORD).await, Err(401));
    assert!(server.sign_in(email, NEXT).await.is_ok());
}

#[tokio::test]
async fn a_new_password_needs_the_present_one_and_ten_characters() {
    let server = Server::start_with(&["--sign-ins-per-ip", "4"]).await;
    let agent = server.agent(Role::Agent).await;
    server.clock.advance(60);
    for (current, new, field) in [
        ("a wrong password", NEXT, "current"),
        (&"x".repeat(5000), NEXT, "current"),
        (PASSWORD, "short", "new"),
    ] {
        let body = json!({"current": current, "new": new});
        let (status, answer) = answer(agent.post("/console/1/password", &body)).await;
        assert_eq!(status, 400);
        assert!(!blamed(&answer, field).is_empty());
    }
    let body = json!({"current": "a wrong password", "new": NEXT});
    assert_eq!(answer(agent.post("/console/1/password", &body)).await.0, 400);
    // A stolen cookie does not let anybody guess faster than the sign-in does.
    assert_eq!(answer(agent.post("/console/1/password", &body)).await.0, 429);
    assert_eq!(server.sign_in(agent.agent.email.as_str(), PASSWORD).await, Err(429));
    server.clock.advance(60);
    assert!(server.sign_in(agent.agent.email.as_str(), PASSWORD).await.is_ok(), "nothing was changed");
}

#[tokio::test]
async fn signing_out_everywhere_ends_this_one_too() {
    let server = Server::start().await;
    let here = server.agent(Role::Agent).await;
    let (elsewhere, stranger) = (here.again().await, server.agent(Role::Agent).await);
    let mut sockets = [here.connect().await, elsewhere.connect().await];
    let out = here.request("DELETE", "/console/1/sessions").send().await.expect("an answer");
    assert_eq!(out.status(), 204);
    assert!(out.headers()["set-cookie"].to_str().expect("text").contains("Max-Age=0"));
    for socket in &mut sockets {
        assert_eq!(socket.closed().await, 4503);
    }
    for agent in [&here, &elsewhere] {
        assert_eq!(answer(agent.get("/console/1/session")).await.0, 401);
    }
    assert_eq!(answer(stranger.get("/console/1/session")).await.0, 200);
}

#[tokio::test]
async fn a_new_name_is_what_visitors_see_from_now_on() {
    let server = Server::start().await;
    let agent = server.agent(Role::Agent).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let (mut console, _) = agent.follow(&conversation).await;
    let (status, body) = answer(agent.patch("/console/1/profile", &json!({"name": " Maja P. "}))).await;
    assert_eq!((status, &body["agent"]["name"]), (200, &json!("Maja P.")));
    console.write(message(&conversation, "hi")).await;
    let said = tab.expect_where(|frame| frame["event"]["message"]["text"] == "hi").await;
    assert_eq!(said["event"]["author"]["name"], "Maja P.");
    for name in [" ".to_owned(), "x".repeat(201)] {
        let (status, body) = answer(agent.patch("/console/1/profile", &json!({"name": name}))).await;
        assert_eq!(status, 400);
        assert!(!blamed(&body, "name").is_empty());
    }
    let (_, body) = answer(agent.get("/console/1/session")).await;
    assert_eq!(body["agent"]["name"], "Maja P.");
}

#[tokio::test]
async fn everybody_sees_the_people_and_administrators_their_addresses() {
    let server = Server::start().await;
    let (admin, agent) = (server.agent(Role::Admin).await, server.agent(Role::Agent).await);
    let _console = agent.connect().await;
    let (status, seen) = answer(agent.get("/console/1/people")).await;
    assert_eq!(status, 200);
    let people = seen["people"].as_array().expect("people");
    assert_eq!(people.len(), 2);
    assert!(people[0]["email"].is_null() && seen["invites"].is_null(), "{seen}");
    assert_eq!(people[1]["email"], agent.agent.email.as_str(), "one's own is no secret");
    let (_, seen) = answer(admin.get("/console/1/people")).await;
    let online: Vec<_> =
        seen["people"].as_array().expect("people").iter().map(|one| &one["online"]).collect();
    assert_eq!(online, [&json!(false), &json!(true)]);
    assert_eq!(seen["people"][1]["email"], agent.agent.email.as_str());
    assert_eq!(seen["invites"], json!([]));
}

#[tokio::test]
async fn a_disabled_agent_is_out_at_once_and_stays_out() {
    let server = Server::start().await;
    let (admin, agent) = (server.agent(Role::Admin).await, server.agent(Role::Agent).await);
    let mut console = agent.connect().await;
    let ticket = agent.ticket().await;
    let (status, body) = answer(admin.patch(&person(&agent), &json!({"disabled": true}))).await;
    assert_eq!((status, &body["disabled"], &body["role"]), (200, &json!(true), &json!("AGENT")));
    assert_eq!(console.closed().await, 4503);
    assert_eq!(answer(agent.get("/console/1/session")).await.0, 401);
    let mut late = server.socket().await;
    late.send(json!({"type": "hello", "version": 1, "ticket": ticket})).await;
    assert_eq!(late.closed().await, 4005);
    let email = agent.agent.email.as_str();
    assert_eq!(server.sign_in(email, PASSWORD).await, Err(401));

    assert_eq!(answer(admin.patch(&person(&agent), &json!({"disabled": false}))).await.0, 200);
    assert_eq!(answer(agent.get("/console/1/session")).await.0, 401, "an old cookie does not come back");
    assert!(server.sign_in(email, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_demoted_agents_live_socket_loses_what_it_may_not_see() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let (admin, supervisor) = (server.agent(Role::Admin).await, server.agent(Role::Supervisor).await);
    server.app.store.set_agent_queues(supervisor.agent.id, Vec::new()).await.expect("no queues");
    let (mut console, _) = supervisor.follow(&conversation).await;

    assert_eq!(answer(admin.patch(&person(&supervisor), &json!({"role": "AGENT"}))).await.0, 200);
    console
        .expect_where(|frame| frame["type"] == "gone" && frame["conversation"] == conversation.as_str())
        .await;
    tab.write(message(&conversation, "tulips")).await;
    console.settle().await;
    assert!(!console.raw.contains("tulips"));
    assert_eq!(console.refused(message(&conversation, "x")).await, "not_found");

    // Promoted again, the same socket may.
    assert_eq!(answer(admin.patch(&person(&supervisor), &json!({"role": "SUPERVISOR"}))).await.0, 200);
    console.settle().await;
    let (_, events) = console.sync(&conversation, None).await;
    assert_eq!(events.last().expect("events")["event"]["message"]["text"], "tulips");
}

#[tokio::test]
async fn a_demoted_administrator_changes_no_settings() {
    let server = Server::start().await;
    let (admin, other) = (server.agent(Role::Admin).await, server.agent(Role::Admin).await);
    assert_eq!(answer(other.get("/console/1/keys")).await.0, 200);
    assert_eq!(answer(admin.patch(&person(&other), &json!({"role": "supervisor"}))).await.0, 200);
    assert_eq!(answer(other.get("/console/1/keys")).await.0, 403);
    assert_eq!(answer(other.patch(&person(&admin), &json!({"disabled": true}))).await.0, 403);
}

#[tokio::test]
async fn one_administrator_always_can_sign_in() {
    let server = Server::start().await;
    let (admin, other) = (server.agent(Role::Admin).await, server.agent(Role::Admin).await);
    let refused = async |by: &SignedIn<'_>, whom: &SignedIn<'_>, change: serde_json::Value, field: &str| {
        let (status, body) = answer(by.patch(&person(whom), &change)).await;
        assert_eq!(status, 400, "{change}");
        blamed(&body, field)
    };
    assert!(refused(&admin, &admin, json!({"disabled": true}), "disabled").await.contains("yourself"));
    assert_eq!(answer(admin.patch(&person(&other), &json!({"disabled": true}))).await.0, 200);
    assert!(refused(&admin, &admin, json!({"role": "AGENT"}), "role").await.contains("last administrator"));
    // A disabled administrator is none: making it one more time does not help, enabling it does.
    assert_eq!(
        answer(admin.patch(&person(&other), &json!({"disabled": false, "role": "ADMIN"}))).await.0,
        200
    );
    assert_eq!(answer(admin.patch(&person(&admin), &json!({"role": "AGENT"}))).await.0, 200);
}

#[tokio::test]
async fn two_administrators_who_demote_each_other_leave_one() {
    let server = Server::start().await;
    for _ in 0..5 {
        let (one, two) = (server.agent(Role::Admin).await, server.agent(Role::Admin).await);
        // Only these two.
        let (_, people) = answer(one.get("/console/1/people")).await;
        for someone in people["people"].as_array().expect("people") {
            let id = text(&someone["id"]);
            let is_of_us = [one.agent.id.to_string(), two.agent.id.to_string()].contains(&id);
            if !is_of_us && someone["role"] == "ADMIN" {
                let path = format!("/console/1/people/{id}");
                assert_eq!(answer(one.patch(&path, &json!({"role": "AGENT"}))).await.0, 200);
            }
        }
        let demote = json!({"role": "AGENT"});
        let ((first, _), (second, _)) = tokio::join!(
            answer(one.patch(&person(&two), &demote)),
            answer(two.patch(&person(&one), &demote))
        );
        let done = [first, second].iter().filter(|status| **status == 200).count();
        assert_eq!(done, 1, "{first} {second}");
    }
}

#[tokio::test]
async fn a_person_is_changed_by_known_words_only() {
    let server = Server::start().await;
    let (admin, agent) = (server.agent(Role::Admin).await, server.agent(Role::Agent).await);
    for (body, field) in [
        (json!({"role": "OWNER"}), "role"),
        (json!({"disabled": "yes"}), "disabled"),
        (json!({"email": "x@example.com"}), "email"),
    ] {
        let (status, answer) = answer(admin.patch(&person(&agent), &body)).await;
        assert_eq!(status, 400, "{body}");
        assert!(!blamed(&answer, field).is_empty());
    }
    for unknown in [Uuid::new_v4().to_string(), "x".to_owned()] {
        let path = format!("/console/1/people/{unknown}");
        assert_eq!(answer(admin.patch(&path, &json!({"role": "AGENT"}))).await.0, 404);
    }
}

#[tokio::test]
async fn no_sign_in_by_the_old_password_outlives_it() {
    let server = Server::start_with(&["--sign-ins-per-ip", "1000"]).await;
    let agent = server.agent(Role::Agent).await;
    let email = agent.agent.email.to_string();
    let change = json!({"current": PASSWORD, "new": NEXT});
    let sign_ins = futures_util::future::join_all((0..12).map(|_| server.sign_in(&email, PASSWORD)));
    let (changed, cookies) = tokio::join!(answer(agent.post("/console/1/password", &change)), sign_ins);
    assert_eq!(changed.0, 204);
    for cookie in cookies.into_iter().flatten() {
        assert_eq!(answer(server.get("/console/1/session").header("cookie", cookie)).await.0, 401);
    }
}
