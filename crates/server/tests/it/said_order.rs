//! Which of two values counts, by when a tab said them, over real sockets.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, Socket, Visitor, answer, context, first_message, text};

/// A write to all open conversations, whose call was made so long ago.
fn said(metadata: Value, age_ms: i64) -> Value {
    let mut frame = context("ALL", None, metadata);
    frame["age_ms"] = json!(age_ms);
    frame
}

/// A visitor with one conversation, and what is asked of it.
struct Scene<'a> {
    server: &'a Server,
    visitor: Visitor<'a>,
    conversation: String,
    key: String,
}

impl<'a> Scene<'a> {
    async fn on(server: &'a Server) -> (Self, Socket) {
        let visitor = server.visitor().await;
        let mut tab = visitor.connect().await;
        let conversation = visitor.start(&mut tab, "Hello").await;
        (Self { server, visitor, conversation, key: server.key().await }, tab)
    }

    /// A socket of the tab of this name.
    async fn tab(&self, name: Uuid) -> Socket {
        let mut socket = self.server.socket().await;
        socket.send(json!({"type": "hello", "version": 1, "token": self.visitor.token, "tab": name})).await;
        socket.expect("welcome").await;
        socket
    }

    async fn context(&self) -> Value {
        let path = format!("/ccaas/1/conversations/{}/metadata", self.conversation);
        answer(self.server.get(&path).header("authorization", &self.key)).await.1
    }
}

fn newer(key: &str) -> Value {
    json!([{"key": key, "reason": "newer"}])
}

#[tokio::test]
async fn the_later_call_of_a_tab_counts_however_fast_each_came() {
    let server = Server::start().await;
    let (scene, mut tab) = Scene::on(&server).await;
    assert_eq!(tab.write(said(json!({"colour": "red"}), 0)).await["ignored"], json!([]));
    server.clock.advance_millis(60);
    let blue = said(json!({"colour": "blue"}), 310);
    assert_eq!(tab.write(blue.clone()).await["ignored"], json!([]));
    assert_eq!(scene.context().await, json!({"colour": "blue"}));

    // Sent once more after its answer was lost: the same write, whatever its age is by now.
    let mut again = blue;
    again["age_ms"] = json!(5_000);
    let repeated = tab.write(again).await;
    assert_eq!((&repeated["type"], &repeated["duplicate"]), (&json!("accepted"), &json!(true)), "{repeated}");

    // So do the calls that were folded into a later one.
    server.clock.advance_millis(40);
    let mut folded = said(json!({"colour": "green", "car": "Fjord"}), 0);
    folded["made"] = json!([{"age_ms": 200, "keys": ["colour"]}]);
    assert_eq!(tab.write(folded).await["ignored"], json!([]));
    assert_eq!(scene.context().await, json!({"colour": "green", "car": "Fjord"}));
}

#[tokio::test]
async fn of_two_tabs_the_value_said_later_counts() {
    let server = Server::start().await;
    let (scene, mut one) = Scene::on(&server).await;
    let mut other = scene.visitor.connect().await;
    one.write(said(json!({"colour": "red"}), 0)).await;
    server.clock.advance_millis(60);
    let late = other.write(said(json!({"colour": "blue"}), 310)).await;
    assert_eq!(late["ignored"], newer("colour"));
    assert_eq!(scene.context().await, json!({"colour": "red"}));
}

#[tokio::test]
async fn a_tab_keeps_its_order_over_a_reconnect() {
    let server = Server::start().await;
    let (scene, _tab) = Scene::on(&server).await;
    let name = Uuid::new_v4();
    scene.tab(name).await.write(said(json!({"colour": "red"}), 0)).await;
    server.clock.advance(600);
    // Called while the tab was away, and sent when it came back.
    let late = scene.tab(name).await.write(said(json!({"colour": "blue"}), 600_250)).await;
    assert_eq!(late["ignored"], json!([]));
    assert_eq!(scene.context().await, json!({"colour": "blue"}));
}

#[tokio::test]
async fn what_is_older_by_more_than_a_network_costs_or_a_copy_keeps_its_age() {
    let server = Server::start().await;
    let (scene, mut tab) = Scene::on(&server).await;
    tab.write(said(json!({"colour": "red"}), 0)).await;
    let old = tab.write(said(json!({"colour": "blue"}), 16_000)).await;
    assert_eq!(old["ignored"], newer("colour"));
    let mut copy = context("ACTIVE", Some(&scene.conversation), json!({"colour": "blue"}));
    copy["age_ms"] = json!(300);
    assert_eq!(tab.write(copy).await["ignored"], newer("colour"));
    assert_eq!(scene.context().await, json!({"colour": "red"}));
}

#[tokio::test]
async fn what_waited_in_a_hidden_tab_does_not_replace_what_overtook_it() {
    let server = Server::start().await;
    let (scene, mut tab) = Scene::on(&server).await;
    // ALL from a hidden tab, in which a call of ACTIVE waits that was made two seconds before.
    let mut all = said(json!({"colour": "blue"}), 0);
    all["visible"] = json!(false);
    tab.write(all).await;
    server.clock.advance(3);
    let mut waited = context("ACTIVE", None, json!({"colour": "red"}));
    (waited["age_ms"], waited["visible"]) = (json!(5_000), json!(true));
    assert_eq!(tab.write(waited).await["ignored"], newer("colour"));
    assert_eq!(scene.context().await, json!({"colour": "blue"}));
}

#[tokio::test]
async fn a_tab_keeps_its_order_after_the_clock_was_set_back() {
    let server = Server::start().await;
    let (scene, mut tab) = Scene::on(&server).await;
    tab.write(said(json!({"colour": "red"}), 0)).await;
    server.clock.advance(-3_600);
    // The conversation's times stay where they were, so no time passes between these.
    for (colour, age) in [("blue", 310), ("green", 40), ("white", 900)] {
        server.clock.advance_millis(60);
        assert_eq!(tab.write(said(json!({"colour": colour}), age)).await["ignored"], json!([]), "{colour}");
    }
    assert_eq!(scene.context().await, json!({"colour": "white"}));
}

#[tokio::test]
async fn a_call_is_later_than_what_its_tab_copied_or_sent_along_before() {
    let server = Server::start().await;
    let (scene, mut tab) = Scene::on(&server).await;
    let mut copy = context("ACTIVE", Some(&scene.conversation), json!({"colour": "red"}));
    copy["age_ms"] = json!(20);
    tab.write(copy).await;
    server.clock.advance_millis(60);
    assert_eq!(tab.write(said(json!({"colour": "blue"}), 310)).await["ignored"], json!([]));

    for (member, colour) in [("context", "green"), ("standing", "white")] {
        let mut first = first_message("Hello");
        first[member] = json!({"client_id": Uuid::new_v4(), "metadata": {"colour": "grey"}, "age_ms": 0});
        let conversation = text(&tab.write(first).await["conversation"]);
        server.clock.advance_millis(60);
        assert_eq!(tab.write(said(json!({"colour": colour}), 310)).await["ignored"], json!([]), "{member}");
        let path = format!("/ccaas/1/conversations/{conversation}/metadata");
        let context = answer(server.get(&path).header("authorization", &scene.key)).await.1;
        assert_eq!(context, json!({"colour": colour}), "{member}");
    }
}
