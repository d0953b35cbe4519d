//! Who counts as there: not each socket that stands.

use beckon_core::agent::Role;
use serde_json::Value;

use crate::harness::{Server, Socket, answer, until_so};

/// What the tab is told next of whether an agent is there.
async fn told(tab: &mut Socket) -> bool {
    tab.expect("presence").await["online"].as_bool().expect("a truth value")
}

#[tokio::test]
async fn a_console_that_answers_no_ping_is_not_online_and_is_again_when_it_does() {
    let server = Server::start_with(&["--ping-ms", "50", "--presence-answer-ms", "200"]).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let (one, other) = (server.agent(Role::Admin).await, server.agent(Role::Agent).await);
    let (mut colleague, _) = one.follow(&conversation).await;
    // This client answers pings only while it reads.
    let (mut silent, _) = other.follow(&conversation).await;
    // Colleagues see who has it open, and then that no one has.
    let viewers = |frame: &Value| frame["viewers"].as_array().map(Vec::len);
    colleague.expect_where(|frame| viewers(frame) == Some(1)).await;
    colleague.expect_where(|frame| viewers(frame) == Some(0)).await;
    drop(colleague);
    let config = format!("/livechat/1/widgets/{}/config", server.widget);
    let away = async || answer(server.get(&config)).await.1["online"] == false;
    until_so("no console is heard any more", away).await;
    let people = answer(one.get("/console/1/people")).await.1;
    assert!(people["people"].as_array().is_some_and(|all| all.iter().all(|one| one["online"] == false)));
    // Its socket stood all the time, and it is there as soon as it is heard.
    tab.settle().await;
    silent.settle().await;
    assert!(told(&mut tab).await);
}

#[tokio::test]
async fn a_page_that_is_asleep_is_not_online_though_its_browser_answers_pings() {
    let flags = ["--ping-ms", "50", "--presence-answer-ms", "60000", "--presence-page-ms", "300"];
    let server = Server::start_with(&flags).await;
    let mut tab = server.visitor().await.connect().await;
    let mut console = server.agent(Role::Agent).await.connect().await;
    assert!(told(&mut tab).await);
    console.settle().await;
    console.pings(20).await;
    assert!(!told(&mut tab).await);
    console.settle().await;
    assert!(told(&mut tab).await);
}

#[tokio::test]
async fn a_program_that_only_answers_pings_stays_online() {
    let flags = ["--ping-ms", "50", "--presence-answer-ms", "60000", "--presence-page-ms", "100"];
    let server = Server::start_with(&flags).await;
    let mut tab = server.visitor().await.connect().await;
    let mut program = server.agent(Role::Agent).await.connect().await;
    assert!(told(&mut tab).await);
    program.pings(20).await;
    tab.settle().await;
    assert_eq!(tab.raw.matches("\"presence\"").count(), 1);
}
