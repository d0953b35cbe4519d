//! Callers that hang up in the middle: what was stored is told all the same.

use std::time::Duration;

use beckon_core::agent::Role;
use reqwest::RequestBuilder;
use rusqlite::Connection;
use serde_json::json;

use crate::harness::Server;

/// Within this the server has taken a request, on a slow machine too; the store waits longer for another's write.
const TAKEN: Duration = Duration::from_millis(2_000);

/// Sends a request while the database is held, so that its write waits, and hangs up before the write is done.
async fn hang_up_during(server: &Server, request: RequestBuilder) {
    let holder = Connection::open(server.folder.path().join("beckon.db")).expect("the database");
    holder.execute_batch("BEGIN IMMEDIATE").expect("held");
    let answer = tokio::time::timeout(TAKEN, request.send()).await;
    assert!(answer.is_err(), "it waits for the database");
    // The server reads the end of the connection in this time; if it does not, this test shows less, and is no redder.
    tokio::time::sleep(Duration::from_millis(300)).await;
    holder.execute_batch("ROLLBACK").expect("let go");
}

#[tokio::test]
async fn a_write_whose_caller_hung_up_is_published() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let (mut console, _) = server.agent(Role::Agent).await.follow(&conversation).await;
    let key = server.key().await;
    let url = format!("{}/ccaas/1/conversations/{conversation}/metadata", server.base);
    let patch = server.http.patch(url).header("authorization", key).json(&json!({"car": "Fjord"}));

    hang_up_during(&server, patch).await;
    let told = console.expect_where(|frame| frame["event"]["kind"] == "metadata").await;
    assert_eq!(told["event"]["version"], 1);
    console.expect_where(|frame| frame["type"] == "row" && frame["head"] == told["position"]).await;
}

#[tokio::test]
async fn a_sign_out_whose_caller_hung_up_ends_the_sockets() {
    let server = Server::start().await;
    let agent = server.agent(Role::Agent).await;
    let mut console = agent.connect().await;
    let ticket = agent.ticket().await;

    hang_up_during(&server, agent.sign_out()).await;
    assert_eq!(console.closed().await, 4503);
    let mut late = server.socket().await;
    late.send(json!({"type": "hello", "version": 1, "ticket": ticket})).await;
    assert_eq!(late.closed().await, 4005, "the ticket is forgotten, too");
}
