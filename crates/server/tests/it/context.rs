//! Context's second half over sockets and HTTP: locks, who set what, earlier versions, what an agent knows.

use beckon_core::agent::Role;
use beckon_core::widget::{ProtectedKeys, WidgetChange};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, answer, context, error_of, first_message, message, text};

/// A program with a key on one conversation's metadata.
struct Program<'a> {
    server: &'a Server,
    key: String,
    path: String,
}

impl<'a> Program<'a> {
    async fn on(server: &'a Server, conversation: &str) -> Self {
        let path = format!("/ccaas/1/conversations/{conversation}/metadata");
        Self { server, key: server.key().await, path }
    }

    async fn get(&self, rest: &str) -> (u16, Value) {
        let request = self.server.get(&format!("{}{rest}", self.path));
        answer(request.header("authorization", &self.key)).await
    }

    /// The exact bytes of the context.
    async fn bytes(&self, rest: &str) -> String {
        let request = self.server.get(&format!("{}{rest}", self.path)).header("authorization", &self.key);
        request.send().await.expect("an answer").text().await.expect("a body")
    }

    async fn send(&self, method: &str, rest: &str, body: &str) -> (u16, Value) {
        let method = method.parse().expect("a method");
        let url = format!("{}{}{rest}", self.server.base, self.path);
        let request = self.server.http.request(method, url).header("authorization", &self.key);
        answer(request.body(body.to_owned())).await
    }

    async fn must(&self, method: &str, rest: &str, body: &str) {
        assert_eq!(self.send(method, rest, body).await.0, 200, "{method} {rest} {body}");
    }

    /// All versions, in pages of this size, newest first.
    async fn versions(&self, limit: u32) -> Vec<Value> {
        let mut all = Vec::new();
        let mut rest = format!("/history?limit={limit}");
        loop {
            let (status, body) = self.get(&rest).await;
            assert_eq!(status, 200, "{body}");
            let page = body["versions"].as_array().expect("versions").clone();
            assert!(page.len() <= limit as usize);
            all.extend(page);
            match body["next"].as_i64() {
                Some(next) => rest = format!("/history?limit={limit}&before={next}"),
                None => return all,
            }
        }
    }
}

async fn protect(server: &Server, keys: &[&str]) {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    let protected_keys = Some(ProtectedKeys::new(keys).expect("keys"));
    let change = WidgetChange { protected_keys, ..WidgetChange::default() };
    let widget = server.widget.parse().expect("an id");
    server.app.store.update_widget(widget, change).await.expect("changed");
}

#[tokio::test]
async fn the_page_is_told_what_was_left_out_and_the_console_sees_it() {
    let server = Server::start().await;
    protect(&server, &["tier"]).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "Hello").await;
    let program = Program::on(&server, &conversation).await;
    program.must("PATCH", "?lock=true", r#"{"order":7}"#).await;
    program.must("PATCH", "", r#"{"tier":"gold"}"#).await;
    let (mut console, state) = server.agent(Role::Agent).await.follow(&conversation).await;
    let keys = state["context"]["keys"].as_array().expect("keys");
    let told: Vec<_> = keys.iter().map(|known| (&known["key"], &known["source"], &known["locked"])).collect();
    assert_eq!(
        told,
        [(&json!("order"), &json!("api"), &json!(true)), (&json!("tier"), &json!("api"), &json!(true))]
    );
    assert_eq!((&keys[1]["version"], &keys[1]["author"]["name"]), (&json!(2), &json!("test")));
    assert!(keys[1]["at"].as_str().expect("a time").ends_with("+00:00"));

    let page = json!({"tier": "none", "car": "Fjord", "order": null});
    let accepted = tab.write(context("ACTIVE", Some(&conversation), page)).await;
    let reason = |key: &str| json!({"key": key, "reason": "locked"});
    assert_eq!(accepted["ignored"], json!([reason("tier"), reason("order")]));
    assert_eq!(accepted["conversations"][0]["version"], 3);
    let event = console.expect_where(|frame| frame["event"]["kind"] == "metadata").await;
    assert_eq!(event["event"]["ignored"], json!(["tier", "order"]));
    assert_eq!(event["event"]["changes"].as_array().map(Vec::len), Some(1));

    let mut replace = context("ACTIVE", Some(&conversation), json!({"cart": [], "tier": 1}));
    replace["mode"] = "replace".into();
    assert_eq!(tab.write(replace).await["ignored"], json!([reason("tier")]));
    assert_eq!(program.bytes("").await, r#"{"order":7,"tier":"gold","cart":[]}"#);

    // All left out: accepted, nothing stored, no event.
    let accepted = tab.write(context("ACTIVE", Some(&conversation), json!({"tier": 0}))).await;
    assert_eq!((&accepted["type"], &accepted["ignored"]), (&json!("accepted"), &json!([reason("tier")])));
    assert_eq!(accepted["conversations"][0]["version"], 4);

    program.must("PATCH", "?lock=false", r#"{"order":7}"#).await;
    let event = console.expect_where(|frame| frame["event"]["version"] == 5).await;
    assert_eq!((&event["event"]["unlocked"], &event["event"]["changes"]), (&json!(["order"]), &json!([])));
    let accepted = tab.write(context("ACTIVE", Some(&conversation), json!({"order": 8}))).await;
    assert_eq!(accepted["ignored"], json!([]));
    assert_eq!(program.bytes("").await, r#"{"order":8,"tier":"gold","cart":[]}"#);
    // What the visitor's socket got says nothing of the locked values.
    for secret in ["gold", "\"metadata\"", "unlocked"] {
        assert!(!tab.raw.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn locks_are_asked_for_in_words_that_exist() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "Hello").await;
    let program = Program::on(&server, &conversation).await;
    for (method, rest, field) in [
        ("PUT", "?lock=yes", "lock"),
        ("PATCH", "?lock=", "lock"),
        ("PATCH", "?lok=true", "lok"),
        ("GET", "?at=x", "at"),
        ("GET", "?at=-1", "at"),
        ("GET", "?at=1.5", "at"),
        ("GET", "?when=1", "when"),
        ("GET", "/history?before=0", "before"),
        ("GET", "/history?before=x", "before"),
        ("GET", "/history?limit=0", "limit"),
        ("GET", "/history?limit=201", "limit"),
    ] {
        let (status, body) = if method == "GET" {
            program.get(rest).await
        } else {
            program.send(method, rest, r#"{"a":1}"#).await
        };
        assert_eq!(status, 400, "{method} {rest}: {body}");
        let fields = &body["requestError"]["serviceException"]["validationErrors"];
        assert!(fields.get(field).is_some(), "{rest}: {body}");
    }
    assert_eq!(program.bytes("").await, "{}", "nothing of it was stored");
    assert_eq!(program.get("/history").await, (200, json!({"versions": [], "next": null})));
    // A stranger's conversation has no past either.
    let unknown = Program { path: format!("/ccaas/1/conversations/{}/metadata", Uuid::new_v4()), ..program };
    for rest in ["?at=1", "/history"] {
        let (status, body) = unknown.get(rest).await;
        assert_eq!((status, error_of(&body).0), (404, "NOT_FOUND".to_owned()));
    }
    assert_eq!(unknown.send("PATCH", "?lock=maybe", r#"{"a":1}"#).await.0, 404);
}

#[tokio::test]
async fn the_history_is_the_fold_at_each_version() {
    let server = Server::start_with(&["--context-writes-burst", "100"]).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let mut first = first_message("Hello");
    first["context"] = json!({"mode": "merge", "metadata": {"car": "Fjord", "price": 1}});
    let conversation = text(&tab.write(first).await["conversation"]);
    let program = Program::on(&server, &conversation).await;
    // What the context was when each version had just been written.
    let mut texts = vec![program.bytes("").await];
    for n in 0..12 {
        match n % 4 {
            0 => program.must("PATCH", "", &format!(r#"{{"n":{n}.50}}"#)).await,
            1 => program.must("PUT", "?lock=true", &format!(r#"{{"z":1,"n":{n}}}"#)).await,
            2 => drop(tab.write(context("ACTIVE", Some(&conversation), json!({"car": n, "n": 0}))).await),
            _ => program.must("DELETE", "", "").await,
        }
        texts.push(program.bytes("").await);
        tab.write(message(&conversation, "and")).await;
    }
    let versions = program.versions(5).await;
    let numbers: Vec<_> = versions.iter().map(|version| version["version"].as_i64()).collect();
    assert_eq!(numbers, (1..=13).rev().map(Some).collect::<Vec<_>>());
    assert_eq!(versions, program.versions(200).await, "pages say the same as the whole");
    for version in versions.iter().rev() {
        let number = version["version"].as_i64().expect("a version");
        let position = version["position"].as_i64().expect("a position");
        let at = |position| format!("?at={position}");
        let text = &texts[usize::try_from(number - 1).expect("small")];
        assert_eq!(&program.bytes(&at(position)).await, text, "at version {number}");
        let before = program.bytes(&at(position - 1)).await;
        assert_eq!(before, if number > 1 { texts[number as usize - 2].clone() } else { "{}".to_owned() });
    }
    let newest = &versions[0];
    assert_eq!((&newest["source"], &newest["mode"]), (&json!("api"), &json!("replace")));
    let page = &versions[2 - 1];
    assert_eq!((&page["source"], &page["ignored"]), (&json!("page"), &json!(["n"])));
    assert_eq!(page["author"]["type"], "visitor");
    assert_eq!(versions[2]["locked"], json!(["z", "n"]));
    assert_eq!(program.bytes("?at=999999").await, program.bytes("").await);
    assert_eq!(program.bytes("?at=0").await, "{}");

    // The visitor has no door to it.
    for rest in ["", "?at=1", "/history"] {
        assert_eq!(answer(visitor.get(&format!("{}{rest}", program.path))).await.0, 401);
    }
}

#[tokio::test]
async fn large_versions_come_in_smaller_pages() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "Hello").await;
    let program = Program::on(&server, &conversation).await;
    for n in 0..12 {
        let big: serde_json::Map<_, _> =
            (0..8).map(|key| (format!("k{key}"), json!(format!("{n:02}").repeat(3_900)))).collect();
        program.must("PUT", "", &Value::Object(big).to_string()).await;
    }
    let (_, page) = program.get("/history?limit=200").await;
    let given = page["versions"].as_array().expect("versions").len();
    assert!(given < 12 && page["next"].is_i64(), "{given}");
    assert_eq!(program.versions(200).await.len(), 12);
}

#[tokio::test]
async fn an_agent_finds_what_changed_since_the_own_answer() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let mut first = first_message("Hello");
    first["context"] = json!({"mode": "merge", "metadata": {"colour": "Sand"}});
    let conversation = text(&tab.write(first).await["conversation"]);
    let maja = server.agent(Role::Agent).await;
    let (mut console, state) = maja.follow(&conversation).await;
    let baseline = |state: &Value| state["context"]["baseline"].clone();
    assert_eq!(
        baseline(&state),
        json!({"position": 2, "version": 1, "text": null}),
        "a first view has no marks"
    );

    tab.write(context("ACTIVE", Some(&conversation), json!({"colour": "Red"}))).await;
    // After a reload, or on another screen: the same marks.
    let marked = json!({"position": 2, "version": 1, "text": r#"{"colour":"Sand"}"#});
    assert_eq!(baseline(&maja.follow(&conversation).await.1), marked);
    assert_eq!(baseline(&console.sync(&conversation, None).await.0), marked);
    // Somebody else's first view is an own one.
    let boss = server.agent(Role::Supervisor).await;
    assert_eq!(baseline(&boss.follow(&conversation).await.1)["position"], 3);

    let said = console.write(message(&conversation, "It is red now.")).await;
    let state = console.sync(&conversation, None).await.0;
    assert_eq!(baseline(&state), json!({"position": said["position"], "version": 2, "text": null}));
    assert_eq!(baseline(&boss.follow(&conversation).await.1)["position"], 3, "the boss did not answer");

    // *Seen* moves it without an answer, never back and never past what is there.
    tab.write(context("ACTIVE", Some(&conversation), json!({"colour": "Blue"}))).await;
    let event = console.expect_where(|frame| frame["event"]["version"] == 3).await;
    let seen = |position: i64| json!({"type": "seen", "conversation": conversation, "position": position});
    let (mut other, _) = maja.follow(&conversation).await;
    let (mut bosses, _) = boss.follow(&conversation).await;
    console.send(seen(event["position"].as_i64().expect("a position"))).await;
    console.send(seen(1)).await;
    console.settle().await;
    let expected = json!({"position": event["position"], "version": 3, "text": null});
    assert_eq!(baseline(&maja.follow(&conversation).await.1), expected);
    // The agent's other tabs hear of it, once; colleagues do not.
    let told = json!({"type": "baseline", "conversation": conversation, "position": event["position"]});
    assert_eq!(other.expect("baseline").await, told);
    console.send(seen(i64::MAX)).await;
    console.settle().await;
    assert_eq!(baseline(&maja.follow(&conversation).await.1), expected);
    other.settle().await;
    assert_eq!(other.raw.matches("\"type\":\"baseline\"").count(), 1, "what did not move is not told");
    bosses.settle().await;
    assert!(!bosses.raw.contains("\"type\":\"baseline\""));

    // What is not one's own to see stays unknown, and a visitor has no such frame.
    let stranger = Uuid::new_v4();
    console.send(json!({"type": "seen", "conversation": stranger, "position": 1})).await;
    let refused = console.expect("rejected").await;
    assert_eq!((&refused["code"], &refused["conversation"]), (&json!("not_found"), &json!(stranger)));
    tab.send(seen(1)).await;
    assert_eq!(tab.expect("rejected").await["code"], "unknown_type");
    assert!(!tab.raw.contains("baseline"));
}

#[tokio::test]
async fn two_pages_a_program_and_a_console_end_with_one_context() {
    let flags = ["--context-writes", "10000", "--context-writes-burst", "10000", "--key-requests", "100000"];
    let server = Server::start_with(&[&flags[..], &["--frames", "10000"]].concat()).await;
    protect(&server, &["d"]).await;
    let agent = server.agent(Role::Agent).await;
    for case in 0..25_u64 {
        let visitor = server.visitor().await;
        let (mut one, mut two) = (visitor.connect().await, visitor.connect().await);
        let conversation = visitor.start(&mut one, "Hello").await;
        let (mut console, _) = agent.follow(&conversation).await;
        let program = Program::on(&server, &conversation).await;
        let roll =
            |n: u64, sides: u64| (case * 31 + n).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23) % sides;
        // Each page write also sets a key that nobody locks, so that it always leaves an event.
        let said = |n: u64, sides| {
            let key = |n| ["a", "b", "c", "d"][roll(n, 4) as usize];
            let value = |n| if roll(n, sides) == 0 { Value::Null } else { json!(n) };
            json!({key(n): value(n + 1), key(n + 2): value(n + 3), if n < 200 { "page" } else { "program" }: n})
        };
        let page = |n: u64| {
            let mut frame = context("ACTIVE", Some(&conversation), said(n, 4));
            if roll(n + 5, 3) == 0 {
                frame["mode"] = "replace".into();
            }
            frame
        };
        let writes = 6_u64;
        let from_page = async |socket: &mut crate::harness::Socket, from: u64| {
            let mut heard = Vec::new();
            for n in from..from + writes {
                let accepted = socket.write(page(n)).await;
                assert_eq!(accepted["type"], "accepted", "{accepted}");
                heard.push((accepted["conversations"][0]["version"].clone(), accepted["ignored"].clone()));
            }
            heard
        };
        let from_program = async {
            for n in 200..200 + writes {
                let method = ["PUT", "PATCH"][roll(n, 2) as usize];
                let rest = ["", "?lock=true", "?lock=false"][roll(n + 7, 3) as usize];
                program.must(method, rest, &said(n, 5).to_string()).await;
            }
        };
        let (first, second, ()) =
            tokio::join!(from_page(&mut one, 0), from_page(&mut two, 100), from_program);

        let now = program.bytes("").await;
        let versions = program.versions(7).await;
        let state = console.sync(&conversation, None).await.0;
        assert_eq!(state["context"]["text"], now.as_str(), "case {case}: the card");
        assert_eq!(state["context"]["version"], versions[0]["version"], "case {case}");
        let fold = fold(versions.iter().rev().map(|version| &version["changes"]));
        assert_eq!(fold, now, "case {case}: the history");
        let ours =
            &answer(agent.get(&format!("/ccaas/1/conversations/{conversation}/events?limit=200"))).await.1;
        let journal = ours["events"].as_array().expect("events").iter().map(|event| &event["event"]);
        let journal: Vec<_> = journal.filter(|event| event["kind"] == "metadata").collect();
        assert_eq!(journal.len(), versions.len());
        // What each page was told is what the journal says about its version.
        for (version, ignored) in first.iter().chain(&second) {
            let event = journal.iter().find(|event| event["version"] == *version).expect("an event");
            let keys = ignored.as_array().expect("ignored").iter().map(|left| left["key"].clone());
            let told = event.get("ignored").cloned().unwrap_or_else(|| json!([]));
            assert_eq!(Value::from_iter(keys), told, "case {case}: version {version}");
            assert_eq!(event["source"], "page");
        }
    }
}

/// The context that steps lead to, as text.
fn fold<'a>(writes: impl Iterator<Item = &'a Value>) -> String {
    let mut entries: Vec<(String, String)> = Vec::new();
    for change in writes.flat_map(|changes| changes.as_array().expect("changes")) {
        let key = text(&change["key"]);
        let place = entries.iter().position(|(known, _)| *known == key);
        match (place, change["to"].as_str()) {
            (Some(at), Some(to)) => entries[at].1 = to.to_owned(),
            (Some(at), None) => drop(entries.remove(at)),
            (None, Some(to)) => entries.push((key, to.to_owned())),
            (None, None) => panic!("taken away twice: {change}"),
        }
    }
    let members: Vec<String> = entries.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}
