//! The examples, run as they are.

use std::process::Output;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::harness::{Server, first_message, text};

async fn read_context(server: &Server, key: &str) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/read-context/read-context.mjs");
    let mut node = Command::new("node");
    node.arg(script).env("BECKON_URL", &server.base).env("BECKON_KEY", key).output().await.expect("node runs")
}

#[tokio::test]
async fn read_context_prints_each_open_conversation() {
    let server = Server::start().await;
    let key = server.key().await.replace("App ", "");
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let car: Value = serde_json::from_str(r#"{"price":1.10,"order":12345678901234567890}"#).expect("JSON");
    let mut first = first_message("hello");
    first["context"] = json!({"mode": "merge", "metadata": car});
    let with_car = text(&tab.write(first).await["conversation"]);
    let without = visitor.start(&mut tab, "and another").await;

    let output = read_context(&server, &key).await;
    let expected = format!("{without} {{}}\n{with_car} {{\"price\":1.10,\"order\":12345678901234567890}}\n");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        expected,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );

    let refused = read_context(&server, "bk_wrong").await;
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("Unauthorized"));
}
