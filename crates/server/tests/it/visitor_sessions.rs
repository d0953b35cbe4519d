//! How a visitor's session ends, what its browser hears then, and the handles that lead back to one.

use std::time::Duration;

use beckon_core::agent::Role;
use beckon_core::visitor::SESSION_SECONDS;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use crate::harness::{HANG, Server, Visitor, answer, blamed, context, error_of, first_message, text};

const SITE: &str = "https://shop.example";

fn end(server: &Server, widget: &str, token: &str) -> RequestBuilder {
    server.http.delete(format!("{}/livechat/1/widgets/{widget}/session", server.base)).bearer_auth(token)
}

/// The code with which a hello is refused; `None`: it is welcome.
async fn hello(server: &Server, token: &str, widget: Option<&str>) -> Option<u16> {
    let mut socket = server.socket().await;
    socket.send(json!({"type": "hello", "version": 1, "token": token, "widget": widget})).await;
    match socket.next().await {
        Ok(frame) => {
            assert_eq!(frame["type"], "welcome");
            None
        }
        Err(code) => Some(code),
    }
}

fn grant(visitor: &Visitor<'_>, server: &Server, origin: &str) -> RequestBuilder {
    let path = format!("/livechat/1/widgets/{}/session/handle", server.widget);
    server.post(&path, &json!({"origin": origin})).bearer_auth(&visitor.token)
}

fn redeem(server: &Server, handle: &str, origin: &str) -> RequestBuilder {
    let path = format!("/livechat/1/widgets/{}/sessions/redeem", server.widget);
    server.post(&path, &json!({"handle": handle, "origin": origin}))
}

async fn granted(visitor: &Visitor<'_>, server: &Server) -> String {
    let (status, body) = answer(grant(visitor, server, SITE)).await;
    assert_eq!(status, 201, "{body}");
    text(&body["handle"])
}

#[tokio::test]
async fn the_end_of_a_session_reaches_all_its_tabs_and_nothing_of_it_is_left() {
    let server = Server::start().await;
    let (visitor, other) = (server.visitor().await, server.visitor().await);
    let (mut tab, mut second, mut stranger) =
        (visitor.connect().await, visitor.connect().await, other.connect().await);
    visitor.start(&mut tab, "mine").await;
    tab.write(context("ALL_PLUS_NEW", None, json!({"who": "the one before"}))).await;
    let handle = granted(&visitor, &server).await;

    assert_eq!(answer(end(&server, &server.widget, &visitor.token)).await.0, 204);
    for tab in [&mut tab, &mut second] {
        assert_eq!(tab.closed().await, 4503);
    }
    stranger.settle().await;
    assert_eq!(hello(&server, &visitor.token, Some(&server.widget)).await, Some(4503));
    assert_eq!(answer(visitor.get("/livechat/1/threads")).await.0, 401);
    assert_eq!(answer(redeem(&server, &handle, SITE)).await.0, 410);
    assert_eq!(answer(grant(&visitor, &server, SITE)).await.0, 410);
    assert_eq!(answer(end(&server, &server.widget, &visitor.token)).await.0, 204, "again changes nothing");

    let next = server.visitor().await;
    let mut tab = next.connect().await;
    let conversation = next.start(&mut tab, "mine").await;
    let key = server.key().await;
    let path = format!("/ccaas/1/conversations/{conversation}/metadata");
    let (_, kept) = answer(server.get(&path).header("authorization", key)).await;
    assert_eq!(kept, json!({}), "nothing of the one before");
}

#[tokio::test]
async fn unknown_expired_and_revoked_are_told_apart_where_the_widget_is_known() {
    let server = Server::start().await;
    let (expired, revoked) = (server.visitor().await, server.visitor().await);
    answer(end(&server, &server.widget, &revoked.token)).await;
    server.clock.advance(SESSION_SECONDS + 1);
    let alive = server.visitor().await;
    let (here, elsewhere) = (server.widget.clone(), Uuid::new_v4().to_string());
    for deleted in [false, true] {
        if deleted {
            server.app.store.delete_expired().await.expect("deleted");
        }
        for (token, at_home) in [
            (alive.token.as_str(), None),
            (&expired.token, Some(4507)),
            (&revoked.token, Some(4503)),
            ("x", Some(4500)),
        ] {
            assert_eq!(hello(&server, token, Some(&here)).await, at_home, "{deleted}");
            assert_eq!(hello(&server, token, None).await, at_home, "an older client");
            for foreign in [elsewhere.as_str(), "no widget", &server.single] {
                let told = hello(&server, token, Some(foreign)).await;
                let widget_is_known = foreign == server.single && at_home.is_some();
                assert_eq!(told, if widget_is_known { at_home } else { Some(4500) }, "{foreign}");
            }
        }
    }
}

#[tokio::test]
async fn only_who_knows_a_session_can_end_it() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let door = |widget: &str| format!("{}/livechat/1/widgets/{widget}/session", server.base);
    assert_eq!(answer(server.http.delete(door(&server.widget))).await.0, 401);
    assert_eq!(answer(end(&server, &server.widget, "x")).await.0, 401, "another database may know it");
    assert_eq!(answer(end(&server, &server.single, &visitor.token)).await.0, 401, "of another widget");
    assert_eq!(answer(end(&server, &Uuid::new_v4().to_string(), &visitor.token)).await.0, 404);
    let by_site = end(&server, &server.widget, &visitor.token).header("origin", "https://evil.example");
    assert_eq!(answer(by_site).await.0, 403);
    assert_eq!(hello(&server, &visitor.token, Some(&server.widget)).await, None, "nothing has ended");
}

#[tokio::test]
async fn a_hello_that_meets_the_end_of_its_session_is_not_left_alive() {
    let server = Server::start_with(&["--session-calls-per-ip", "1000"]).await;
    for _ in 0..20 {
        let visitor = server.visitor().await;
        let mut socket = server.socket().await;
        let frame = json!({"type": "hello", "version": 1, "token": visitor.token, "widget": server.widget});
        let (_, ended) =
            tokio::join!(socket.send(frame), end(&server, &server.widget, &visitor.token).send());
        assert_eq!(ended.expect("an answer").status(), 204);
        assert_eq!(socket.closed().await, 4503, "welcomed or not");
    }
}

#[tokio::test]
async fn a_handle_brings_a_browser_back_to_its_one_session() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    visitor.start(&mut tab, "mine").await;
    let first = granted(&visitor, &server).await;
    let (status, back) = answer(redeem(&server, &first, SITE)).await;
    assert_eq!((status, &back["visitor"]), (201, &json!(visitor.id)), "{back}");
    let (second, token) = (text(&back["handle"]), text(&back["token"]));
    assert!(second != first && token != visitor.token);
    let (_, threads) = answer(server.get("/livechat/1/threads").bearer_auth(&token)).await;
    assert_eq!(threads["threads"].as_array().map(Vec::len), Some(1));
    assert_eq!(hello(&server, &token, Some(&server.widget)).await, None);

    // The one before works for other tabs, an older one ends the session for all.
    server.clock.advance(30);
    assert_eq!(answer(redeem(&server, &first, SITE)).await.0, 201);
    server.clock.advance(61);
    let (status, refused) = answer(redeem(&server, &first, SITE)).await;
    assert_eq!((status, error_of(&refused).0.as_str()), (410, "GONE"));
    assert_eq!(tab.closed().await, 4503);
    for token in [&token, &visitor.token] {
        assert_eq!(hello(&server, token, Some(&server.widget)).await, Some(4503));
    }
    assert_eq!(answer(redeem(&server, &second, SITE)).await.0, 410);
}

#[tokio::test]
async fn a_handle_is_for_the_widgets_own_sites_and_only_while_the_widget_keeps_them() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    let path = format!("/console/1/widgets/{}", server.widget);
    let set = async |body: Value| assert_eq!(answer(admin.patch(&path, &body)).await.0, 200);
    let visitor = server.visitor().await;
    let handle = granted(&visitor, &server).await;
    for no_origin in ["", "shop.example", "null", "https://shop.example/cars", "HTTPS://shop.example"] {
        let (status, refused) = answer(grant(&visitor, &server, no_origin)).await;
        assert_eq!(status, 400, "{no_origin}");
        assert!(blamed(&refused, "origin").contains("https://shop.example"));
        assert_eq!(answer(redeem(&server, &handle, no_origin)).await.0, 400, "{no_origin}");
    }
    assert_eq!(answer(redeem(&server, "x", SITE)).await.0, 401);
    assert_eq!(
        answer(redeem(&server, &handle, "https://other.example")).await.0,
        401,
        "kept by another site"
    );
    let by_site = redeem(&server, &handle, SITE).header("origin", SITE);
    assert_eq!(answer(by_site).await.0, 403, "only the widget's own frame");

    set(json!({"allowed_origins": ["https://elsewhere.example"]})).await;
    assert_eq!(answer(redeem(&server, &handle, SITE)).await.0, 403);
    set(json!({"allowed_origins": [SITE], "host_handle": false})).await;
    assert_eq!(answer(redeem(&server, &handle, SITE)).await.0, 403);
    assert_eq!(answer(grant(&visitor, &server, SITE)).await.0, 403);
    set(json!({"host_handle": true})).await;
    assert_eq!(answer(redeem(&server, &handle, SITE)).await.0, 201);
}

#[tokio::test]
async fn an_address_ends_and_redeems_so_often() {
    let server = Server::start_with(&["--session-calls-per-ip", "3"]).await;
    let visitor = server.visitor().await;
    let handle = granted(&visitor, &server).await;
    assert_eq!(answer(redeem(&server, "x", SITE)).await.0, 401, "a guess counts");
    assert_eq!(answer(redeem(&server, &handle, SITE)).await.0, 201);
    for call in [
        redeem(&server, &handle, SITE),
        grant(&visitor, &server, SITE),
        end(&server, &server.widget, &visitor.token),
    ] {
        let refused = call.send().await.expect("an answer");
        assert_eq!(refused.status(), 429);
        assert!(refused.headers()["retry-after"].to_str().expect("text").parse::<u32>().is_ok());
    }
    assert_eq!(hello(&server, &visitor.token, None).await, None);
}

#[tokio::test]
async fn no_token_and_no_handle_is_stored_as_it_is() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let handle = granted(&visitor, &server).await;
    let (_, back) = answer(redeem(&server, &handle, SITE)).await;
    answer(end(&server, &server.widget, &visitor.token)).await;
    let secrets = [visitor.token.clone(), handle, text(&back["handle"]), text(&back["token"])];
    let files = std::fs::read_dir(server.folder.path()).expect("a folder");
    for file in files {
        let bytes = std::fs::read(file.expect("a file").path()).expect("bytes");
        for secret in &secrets {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
}

/// Written once and never called: expired rows stayed for ever.
#[tokio::test]
async fn what_has_ended_is_deleted_after_the_start() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let token = visitor.token.clone();
    visitor.connect().await.write(first_message("hello")).await;
    let file = server.folder.path().join("beckon.db");
    let sessions = || {
        let database = rusqlite::Connection::open(&file).expect("a database");
        database.query_row("SELECT count(*) FROM session", [], |row| row.get::<_, i64>(0)).expect("a count")
    };
    server.clock.advance(SESSION_SECONDS + 1);
    assert_eq!(sessions(), 1);
    let again = server.restart().await;
    let deleted = async {
        while sessions() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(HANG, deleted).await.expect("deleted");
    assert_eq!(hello(&again, &token, Some(&again.widget)).await, Some(4507));
}
