//! A storage that takes no writes for a while, on real files: what clients are told, what goes on, and that it heals.

use std::path::Path;

use reqwest::{Client, RequestBuilder};
use rlimit::Resource;
use serde_json::{Value, json};

use crate::harness::{answer, cookie_of, first_message, message, text, until_so};
use crate::process::{Process, connect, key_of, token, widget_of};

/// From now on no file of the process may grow beyond this; `None`: as before.
fn limit_files(process: &Process, bytes: Option<u64>) {
    let id = i32::try_from(process.child.id()).expect("a process id");
    let limit = (bytes.unwrap_or(u64::MAX), u64::MAX);
    rlimit::prlimit(id, Resource::FSIZE, Some(limit), None).expect("a limit");
}

fn log_bytes(folder: &Path) -> u64 {
    std::fs::metadata(folder.join("beckon.db-wal")).expect("a log").len()
}

#[tokio::test]
async fn a_storage_that_cannot_grow_refuses_writes_reads_on_and_heals() {
    let folder = tempfile::tempdir().expect("a folder");
    let process =
        Process::start(folder.path(), &["--visitor-sends", "1000", "--visitor-sends-burst", "1000"]);
    let base = process.base.clone();
    let token = token(&base, &widget_of(folder.path())).await;
    let key = key_of(folder.path());
    let link = {
        let output = crate::process::run(crate::process::beckon(folder.path()).args(["admin", "setup-link"]));
        crate::process::printed(&output)
    };
    let form = json!({
        "token": link.rsplit('/').next(), "name": "Maja", "email": "maja@example.com", "password": "a long password",
    });
    assert_eq!(answer(Client::new().post(format!("{base}/console/1/setup")).json(&form)).await.0, 201);
    let form = json!({"email": "maja@example.com", "password": "a long password"});
    let signed_in = Client::new().post(format!("{base}/console/1/session")).json(&form);
    let cookie = cookie_of(&signed_in.send().await.expect("an answer"));
    let with_key = |request: RequestBuilder| request.header("authorization", format!("App {key}"));
    let get = |path: &str| Client::new().get(format!("{base}{path}"));

    let mut tab = connect(&base, &token).await;
    let mut sent = vec![first_message("before")];
    let conversation = text(&tab.write(sent[0].clone()).await["conversation"]);
    let readable = async || {
        let messages = get(&format!("/ccaas/1/conversations/{conversation}/messages?limit=999"));
        let (status, body) = answer(with_key(messages)).await;
        assert_eq!(status, 200, "{body}");
        body["messages"].as_array().expect("messages").clone()
    };
    assert_eq!(readable().await.len(), 1);

    limit_files(&process, Some(log_bytes(folder.path())));
    // The first that meets it cannot know; from then on it is known that nothing is stored.
    let mut refused = Vec::new();
    let mut known = 0;
    for n in 0..10 {
        let send = message(&conversation, &format!("refused {n}"));
        let rejected = tab.write(send.clone()).await;
        assert_eq!(rejected["type"], "rejected", "{rejected}");
        match rejected["code"].as_str() {
            Some("unknown") => assert_eq!(rejected["retry"], "same", "{rejected}"),
            Some("storage_unavailable") => {
                assert_eq!(rejected["retry"], "later", "{rejected}");
                assert!(rejected["after_ms"].as_u64().is_some_and(|after| after > 0), "{rejected}");
                known += 1;
            }
            _ => panic!("{rejected}"),
        }
        refused.push(send);
    }
    assert!(known >= 8, "{known} of 10");
    let url = format!("{base}/ccaas/1/conversations/{conversation}/metadata");
    let write = || with_key(Client::new().patch(&url).json(&json!({"car": "Fjord"})));
    let response = write().send().await.expect("an answer");
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    until_so("readiness tells", async || answer(get("/readyz")).await.0 == 503).await;
    assert_eq!(answer(get("/healthz")).await.0, 200);

    // Reads go on, at every door, and nothing of what was refused is there.
    assert_eq!(readable().await.len(), 1);
    let inbox = answer(get("/ccaas/1/inbox?view=all").header("cookie", &cookie)).await;
    assert_eq!(inbox.0, 200, "{}", inbox.1);
    assert!(inbox.1.to_string().contains(&conversation));
    let mut second = connect(&base, &token).await;
    let (state, events) = second.sync(&conversation, None).await;
    assert_eq!((&state["head"], events.len()), (&json!(1), 1));

    limit_files(&process, None);
    until_so("it heals", async || answer(get("/readyz")).await.0 == 200).await;
    for send in &refused {
        let accepted = tab.write(send.clone()).await;
        assert_eq!(accepted["type"], "accepted", "{accepted}");
        assert_eq!(tab.write(send.clone()).await["duplicate"], true);
    }
    assert!(write().send().await.expect("an answer").status().is_success());
    sent.extend(refused);
    let expected: Vec<&Value> = sent.iter().map(|send| &send["message"]["text"]).collect();
    let stored = readable().await;
    let stored: Vec<&Value> = stored.iter().map(|message| &message["content"]["text"]).collect();
    assert_eq!(stored, expected, "each once, in order");
    let (state, events) = second.sync(&conversation, None).await;
    let positions: Vec<_> = events.iter().map(|event| event["position"].as_u64()).collect();
    assert_eq!(state["head"], json!(expected.len()));
    assert_eq!(positions, (1..=expected.len() as u64).map(Some).collect::<Vec<_>>(), "without holes");
}
