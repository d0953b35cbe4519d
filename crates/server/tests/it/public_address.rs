//! A server that browsers reach at an address it does not know as its own says so before anybody writes.

use std::io::Read;
use std::process::Stdio;

use reqwest::Client;
use serde_json::json;

use crate::harness::{Server, answer, error_of, open_socket};
use crate::process::{Process, beckon};

const ELSEWHERE: &str = "https://chat.example";

#[tokio::test]
async fn a_loader_from_another_address_is_told_both_and_the_flag() {
    let server = Server::start().await;
    let config = |at: &str| server.get(&format!("/livechat/1/widgets/{}/config?at={at}", server.widget));
    let public = server.app.own.public_url.clone();
    for own in [public.as_str(), server.base.as_str(), &server.base.to_uppercase()] {
        assert_eq!(answer(config(own)).await.0, 200, "{own}");
    }
    let port = server.app.own.public_url.rsplit(':').next().expect("a port");
    let other_scheme = format!("https://localhost:{port}");
    for wrong in
        [ELSEWHERE, "http://localhost", "http://localhost:1", &other_scheme, "http://192.168.1.5:8080"]
    {
        let response =
            config(wrong).header("origin", "https://shop.example").send().await.expect("an answer");
        assert_eq!(response.status(), 421, "{wrong}");
        assert_eq!(
            response.headers()["access-control-allow-origin"],
            "https://shop.example",
            "the page can read why"
        );
        let (id, text) = error_of(&response.json().await.expect("JSON"));
        assert_eq!(id, "MISDIRECTED_REQUEST");
        for part in [wrong, &public, "--public-url", "BECKON_PUBLIC_URL"] {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
    }
    for bad in ["", "null", "chat.example", "ftp://chat.example", "http://a%20b", "http://a&at=http://b"] {
        let (status, body) = answer(config(bad)).await;
        assert_eq!(status, 400, "{bad}");
        assert!(body.to_string().contains("\"at\""), "names the field: {body}");
    }
}

#[tokio::test]
async fn the_console_is_told_at_its_sign_in_and_foreign_text_is_not_repeated() {
    let server = Server::start().await;
    let sign_in = json!({"email": "a@example.com", "password": "a password"});
    let from = |origin: &str| server.post("/console/1/session", &sign_in).header("origin", origin.to_owned());
    let (status, body) = answer(from(ELSEWHERE)).await;
    let text = error_of(&body).1;
    assert_eq!(status, 403);
    for part in [ELSEWHERE, &server.app.own.public_url, "--public-url"] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    let (status, body) = answer(from("https://x$(reboot).example")).await;
    assert!(status == 403 && !body.to_string().contains("reboot"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_a_wrong_address_once_and_no_crowd_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut process = Process::start_loud(folder.path(), &[], Stdio::piped());
    let listed = beckon(folder.path()).args(["admin", "widget", "list", "--json"]).output().expect("runs");
    let widgets: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    let widget = widgets[0]["id"].as_str().expect("an id");
    let base = process.base.clone();
    let http = Client::new();
    for at in [ELSEWHERE, ELSEWHERE, "https://x$(reboot).example"] {
        let url = format!("{base}/livechat/1/widgets/{widget}/config?at={at}");
        http.get(url).send().await.expect("an answer");
    }
    assert_eq!(open_socket(&base, Some(ELSEWHERE)).await.closed().await, 4505);
    for number in 0..100 {
        let other = format!("https://{number}.example");
        http.post(format!("{base}/console/1/session"))
            .header("origin", other)
            .send()
            .await
            .expect("an answer");
    }
    process.signal("-TERM");
    process.ended();
    let mut log = String::new();
    process.child.stderr.take().expect("a pipe").read_to_string(&mut log).expect("text");
    let named: Vec<&str> = log.lines().filter(|line| line.contains("--public-url")).collect();
    let about: Vec<&&str> = named.iter().filter(|line| line.contains(ELSEWHERE)).collect();
    assert_eq!(about.len(), 1, "{log}");
    assert!(about[0].contains("http://localhost:"), "names our own: {log}");
    assert!(named.len() <= 16 && !log.contains("reboot"), "{log}");
}
