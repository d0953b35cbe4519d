//! Conversations edited, passed on and released, through both doors; and quick replies.

use beckon_core::agent::Role;
use beckon_core::text::Name;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, SignedIn, answer, error_of, text};

fn command(name: &str, conversation: &str) -> Value {
    json!({"type": "command", "client_id": Uuid::new_v4(), "conversation": conversation, "command": name})
}

fn fields(body: &Value) -> Vec<&str> {
    let fields = &body["requestError"]["serviceException"]["validationErrors"];
    fields.as_object().into_iter().flatten().map(|(field, _)| field.as_str()).collect()
}

async fn send(server: &Server, by: &SignedIn<'_>, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let method = method.parse().expect("a method");
    let request = server.http.request(method, format!("{}{path}", server.base)).json(body);
    answer(request.header("cookie", &by.cookie).header("origin", &server.base)).await
}

#[tokio::test]
async fn a_program_edits_what_is_known_of_a_conversation() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let maja = server.agent(Role::Agent).await;
    let (mut console, _) = maja.follow(&conversation).await;
    let sales = server.app.store.create_queue(Name::new("Sales").expect("a name")).await.expect("a queue").id;
    let key = server.key().await;
    let path = format!("/ccaas/1/conversations/{conversation}");
    let edit = async |method: &str, body: Value| {
        let method = method.parse().expect("a method");
        let request = server.http.request(method, format!("{}{path}", server.base)).json(&body);
        answer(request.header("authorization", &key)).await
    };

    let (status, edited) =
        edit("PATCH", json!({"topic": "Order 7", "priority": "HIGH", "status": "WAITING"})).await;
    assert_eq!(status, 200, "{edited}");
    assert_eq!(
        (&edited["topic"], &edited["priority"], &edited["status"], &edited["summary"]),
        (&json!("Order 7"), &json!("HIGH"), &json!("WAITING"), &Value::Null)
    );
    let seen = console.expect_where(|frame| frame["event"]["kind"] == "edited").await;
    assert_eq!(
        seen["event"]["changes"],
        json!([
            {"field": "topic", "from": null, "to": "Order 7"},
            {"field": "priority", "from": "NORMAL", "to": "HIGH"},
        ])
    );
    let (_, moved) = edit("PATCH", json!({"topic": null, "agentId": maja.agent.id, "queueId": sales})).await;
    assert_eq!(
        (&moved["topic"], &moved["agentId"], &moved["queueId"], &moved["priority"]),
        (&Value::Null, &json!(maja.agent.id), &json!(sales), &json!("HIGH"))
    );
    let seen = console.expect_where(|frame| frame["event"]["kind"] == "moved").await;
    assert_eq!(seen["event"]["to"], json!({"id": sales, "name": "Sales"}));
    assert_eq!(answer(server.get(&path).header("authorization", &key)).await.1, moved);
    // The same again changes nothing.
    let (_, same) = edit("PATCH", json!({"queueId": sales})).await;
    assert_eq!(same["updatedAt"], moved["updatedAt"]);

    // What one reads can be written back; what is missing is as at the start.
    let mut whole = moved.clone();
    whole["summary"] = "Wants it in blue.".into();
    let (status, put) = edit("PUT", whole).await;
    assert_eq!(
        (status, &put["summary"], &put["priority"]),
        (200, &json!("Wants it in blue."), &json!("HIGH"))
    );
    let (_, bare) = edit("PUT", json!({"topic": "x"})).await;
    assert_eq!(
        (
            &bare["topic"],
            &bare["summary"],
            &bare["status"],
            &bare["priority"],
            &bare["agentId"],
            &bare["queueId"]
        ),
        (&json!("x"), &Value::Null, &json!("OPEN"), &json!("NORMAL"), &Value::Null, &Value::Null)
    );

    for (body, wrong) in [
        (json!({"colour": "red"}), vec!["colour"]),
        (json!({"id": Uuid::new_v4()}), vec!["id"]),
        (json!({"topic": "x".repeat(1001)}), vec!["topic"]),
        (json!({"topic": 7}), vec!["topic"]),
        (
            json!({"summary": "x".repeat(4001), "status": "OPENED", "priority": null}),
            vec!["priority", "status", "summary"],
        ),
        (json!({"queueId": "x", "agentId": "x"}), vec!["agentId", "queueId"]),
        (json!({"queueId": Uuid::new_v4()}), vec!["queueId"]),
        (json!({"topic": "y", "agentId": Uuid::new_v4()}), vec!["agentId"]),
    ] {
        let (status, answer) = edit("PATCH", body.clone()).await;
        assert_eq!((status, fields(&answer)), (400, wrong), "{body}");
    }
    assert_eq!(error_of(&edit("PATCH", json!([])).await.1).1, "Invalid request body.");
    assert_eq!(answer(server.get(&path).header("authorization", &key)).await.1, bare, "nothing in part");

    assert_eq!(edit("PATCH", json!({"status": "CLOSED", "topic": "done"})).await.1["topic"], "done");
    for (method, body) in
        [("PATCH", json!({"topic": "z"})), ("PATCH", json!({})), ("PUT", json!({"status": "CLOSED"}))]
    {
        let (status, answer) = edit(method, body).await;
        assert_eq!((status, error_of(&answer).1.as_str()), (400, "Closed conversation cannot be changed"));
    }
    tab.expect_where(|frame| frame["event"]["to"] == "CLOSED").await;
    tab.settle().await;
    for never in ["Order 7", "blue", "edited", "moved", "Sales", "HIGH"] {
        assert!(!tab.raw.contains(never), "{never} in a visitor's bytes");
    }
}

#[tokio::test]
async fn each_role_passes_on_what_it_may() {
    let server = Server::start().await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    tab.sync(&conversation, None).await;
    let (maja, timo) = (server.agent(Role::Agent).await, server.agent(Role::Agent).await);
    let (boss, outsider) = (server.agent(Role::Supervisor).await, server.agent(Role::Agent).await);
    server.app.store.set_agent_queues(outsider.agent.id, Vec::new()).await.expect("no queues");
    let path = format!("/ccaas/1/conversations/{conversation}");
    let assignee = format!("{path}/assignee");
    let to = |agent: &SignedIn<'_>| json!({"agentId": agent.agent.id});

    // Nobody's: an agent takes it and gives it to nobody else; who does not see it does not know of it.
    assert_eq!(send(&server, &maja, "PUT", &assignee, &to(&timo)).await.0, 403);
    for (method, body) in [("PUT", to(&outsider)), ("DELETE", json!({}))] {
        assert_eq!(send(&server, &outsider, method, &assignee, &body).await.0, 404);
    }
    assert_eq!(send(&server, &outsider, "PATCH", &path, &json!({"topic": "x"})).await.0, 404);
    let (status, taken) = send(&server, &maja, "PUT", &assignee, &to(&maja)).await;
    assert_eq!((status, &taken["agentId"]), (200, &json!(maja.agent.id)));

    // Another's: no agent's to change in any way.
    for (method, path, body) in [
        ("PUT", &assignee, to(&timo)),
        ("DELETE", &assignee, json!({})),
        ("PATCH", &path, json!({"topic": "x"})),
        ("PATCH", &path, json!({"status": "CLOSED"})),
        ("PUT", &path, json!({})),
    ] {
        let (status, answer) = send(&server, &timo, method, path, &body).await;
        assert_eq!((status, error_of(&answer).0.as_str()), (403, "FORBIDDEN"), "{method} {body}");
    }
    // Queues are a supervisor's.
    assert_eq!(send(&server, &maja, "PATCH", &path, &json!({"queueId": null})).await.0, 403);
    assert_eq!(send(&server, &boss, "PATCH", &path, &json!({"priority": "LOW"})).await.0, 200);

    // The own is passed on; the visitor sees who went and who came.
    let (status, passed) = send(&server, &maja, "PUT", &assignee, &to(&timo)).await;
    assert_eq!((status, &passed["agentId"]), (200, &json!(timo.agent.id)));
    let left = tab.expect_where(|frame| frame["event"]["kind"] == "left").await;
    assert_eq!(left["event"]["agent"]["id"], json!(maja.agent.id));
    let joined = tab.expect_where(|frame| frame["event"]["kind"] == "joined").await;
    assert_eq!(joined["event"]["agent"]["id"], json!(timo.agent.id));
    assert_eq!(send(&server, &maja, "PUT", &assignee, &to(&maja)).await.0, 403, "and not taken back");
    assert_eq!(send(&server, &boss, "PUT", &assignee, &to(&maja)).await.0, 200);
    let (_, nobodys) = send(&server, &boss, "DELETE", &assignee, &json!({})).await;
    assert_eq!(nobodys["agentId"], Value::Null);

    for (body, wrong) in
        [(json!({}), "agentId"), (json!({"agentId": "x"}), "agentId"), (json!({"agent": 1}), "agent")]
    {
        let (status, answer) = send(&server, &boss, "PUT", &assignee, &body).await;
        assert_eq!((status, fields(&answer)), (400, vec![wrong]), "{body}");
    }
    assert_eq!(send(&server, &boss, "PUT", &assignee, &json!({"agentId": Uuid::new_v4()})).await.0, 400);
    let elsewhere = format!("/ccaas/1/conversations/{}/assignee", Uuid::new_v4());
    assert_eq!(send(&server, &boss, "PUT", &elsewhere, &to(&maja)).await.0, 404);

    // The same by frames.
    let (mut majas, _) = maja.follow(&conversation).await;
    majas.write(command("take", &conversation)).await;
    let (mut timos, _) = timo.follow(&conversation).await;
    assert_eq!(timos.refused(command("release", &conversation)).await, "forbidden");
    assert_eq!(majas.write(command("wait", &conversation)).await["type"], "accepted");
    let release = command("release", &conversation);
    assert_eq!(majas.write(release.clone()).await["duplicate"], false);
    assert_eq!(majas.write(release).await["duplicate"], true);
    let row = timos.expect_where(|frame| frame["type"] == "row" && frame["row"]["agent"].is_null()).await;
    assert_eq!(row["row"]["status"], "WAITING");
}

#[tokio::test]
async fn of_two_hundred_takes_at_once_one_wins() {
    let server = Server::start_with(&["--agent-sends", "1000"]).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let conversation = visitor.start(&mut tab, "hello").await;
    let mut consoles = Vec::new();
    for _ in 0..20 {
        consoles.push(server.agent(Role::Agent).await.connect().await);
    }
    let tries = consoles.into_iter().map(|mut console| {
        let conversation = conversation.clone();
        async move {
            // Ten each, all on their way before the first answer is read.
            for request in 1..=10 {
                let mut take = command("take", &conversation);
                take["request"] = request.into();
                console.send(take).await;
            }
            let mut answers = Vec::new();
            while answers.len() < 10 {
                let frame = console.next().await.expect("a frame");
                if frame["request"].is_number() {
                    answers.push(frame["code"].as_str().unwrap_or("accepted").to_owned());
                }
            }
            answers
        }
    });
    let answers = futures_util::future::join_all(tries).await;
    let won = answers.iter().filter(|answers| answers.iter().all(|answer| answer == "accepted")).count();
    let lost = answers.iter().filter(|answers| answers.iter().all(|answer| answer == "taken")).count();
    assert_eq!((won, lost), (1, 19), "{answers:?}");
}

#[tokio::test]
async fn agents_are_listed_with_who_is_there() {
    let server = Server::start().await;
    let (maja, admin) = (server.agent(Role::Agent).await, server.agent(Role::Admin).await);
    let _console = maja.connect().await;
    let (status, list) = answer(maja.get("/ccaas/1/agents?limit=999")).await;
    assert_eq!(status, 200, "{list}");
    assert_eq!(list["pagination"], json!({"totalItems": 2, "page": 0, "limit": 999, "orderBy": "id:asc"}));
    let agents = list["agents"].as_array().expect("agents");
    let of = |agent: &SignedIn<'_>| {
        agents.iter().find(|one| one["id"] == json!(agent.agent.id)).expect("listed").clone()
    };
    assert_eq!(
        (&of(&maja)["status"], &of(&admin)["status"], &of(&admin)["role"], &of(&maja)["email"]),
        (&json!("ACTIVE"), &json!("INVISIBLE"), &json!("ADMIN"), &Value::Null)
    );
    let (_, with_emails) = answer(admin.get("/ccaas/1/agents?orderBy=displayName:desc&limit=1&page=1")).await;
    assert!(text(&with_emails["agents"][0]["email"]).contains('@'));
    for query in ["orderBy=email:asc", "status=ACTIVE", "limit=1000"] {
        assert_eq!(answer(maja.get(&format!("/ccaas/1/agents?{query}"))).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn quick_replies_are_the_makers_or_everybodys() {
    let server = Server::start().await;
    let (maja, timo) = (server.agent(Role::Agent).await, server.agent(Role::Agent).await);
    let boss = server.agent(Role::Supervisor).await;
    let all = "/console/1/quick-replies";
    let reply = |shortcut: &str, shared: bool| json!({"shortcut": shortcut, "text": "Hi {{visitor.name}}", "shared": shared});
    let list = async |by: &SignedIn<'_>| {
        let (_, body) = answer(by.get(all)).await;
        let replies = body["replies"].as_array().expect("replies").clone();
        replies.iter().map(|one| (text(&one["shortcut"]), one["mine"] == true)).collect::<Vec<_>>()
    };

    let (status, own) = send(&server, &maja, "POST", all, &reply("hi", false)).await;
    assert_eq!((status, &own["mine"], &own["shared"]), (201, &json!(true), &json!(false)), "{own}");
    let (_, shared) = send(&server, &boss, "POST", all, &reply("Bye", true)).await;
    assert_eq!(send(&server, &timo, "POST", all, &reply("hi", false)).await.0, 201, "another one's own");
    assert_eq!(list(&maja).await, [("Bye".to_owned(), false), ("hi".to_owned(), true)]);
    assert_eq!(list(&boss).await, [("Bye".to_owned(), true)]);

    let own = format!("{all}/{}", text(&own["id"]));
    let shared = format!("{all}/{}", text(&shared["id"]));
    // Shared ones are not an agent's to make, change or delete, and another one's own looks unknown.
    assert_eq!(send(&server, &maja, "POST", all, &reply("x", true)).await.0, 403);
    assert_eq!(send(&server, &maja, "PUT", &own, &reply("hi", true)).await.0, 403);
    assert_eq!(send(&server, &maja, "PUT", &shared, &reply("x", false)).await.0, 403);
    assert_eq!(send(&server, &maja, "DELETE", &shared, &json!({})).await.0, 403);
    for other in [&timo, &boss] {
        assert_eq!(send(&server, other, "PUT", &own, &reply("x", false)).await.0, 404);
        assert_eq!(send(&server, other, "DELETE", &own, &json!({})).await.0, 404);
    }
    for unknown in [format!("{all}/{}", Uuid::new_v4()), format!("{all}/x")] {
        assert_eq!(send(&server, &boss, "PUT", &unknown, &reply("x", true)).await.0, 404);
    }
    for (body, wrong) in [
        (reply("HI", false), vec!["shortcut"]),
        (reply("a b", false), vec!["shortcut"]),
        (json!({"shortcut": "x".repeat(41), "text": " "}), vec!["shortcut", "text"]),
        (json!({"shortcut": "x", "text": "x".repeat(4097)}), vec!["text"]),
        (json!({"shortcut": "x", "text": "x", "colour": 1}), vec!["colour"]),
    ] {
        let (status, answer) = send(&server, &maja, "POST", all, &body).await;
        assert_eq!((status, fields(&answer)), (400, wrong), "{body}");
    }
    let (status, changed) = send(&server, &maja, "PUT", &own, &reply("Hello", false)).await;
    assert_eq!((status, &changed["shortcut"]), (200, &json!("Hello")));
    assert_eq!(send(&server, &maja, "DELETE", &own, &json!({})).await.0, 204);
    assert_eq!(list(&maja).await, [("Bye".to_owned(), false)]);
}
