//! Widgets in the console, and what their pages feel of it.

use beckon_core::agent::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, SignedIn, answer, blamed, first_message, until_so};

fn path(server: &Server) -> String {
    format!("/console/1/widgets/{}", server.widget)
}

async fn config(server: &Server) -> Value {
    let (status, config) = answer(server.get(&format!("/livechat/1/widgets/{}/config", server.widget))).await;
    assert_eq!(status, 200);
    config
}

async fn change(admin: &SignedIn<'_>, path: &str, body: Value) -> Value {
    let (status, widget) = answer(admin.patch(path, &body)).await;
    assert_eq!(status, 200, "{body}: {widget}");
    widget
}

#[tokio::test]
async fn what_is_set_is_what_pages_are_told() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    let before = config(&server).await;
    for field in ["welcome", "teamName", "language"] {
        assert_eq!(before[field], Value::Null, "{field}");
    }
    assert_eq!((&before["titleUnread"], &before["sound"]), (&json!(false), &json!(false)));
    assert_eq!(before["hostHandle"], true);
    let settings = json!({
        "name": " Shop ", "multi_thread": false, "allowed_origins": ["https://Shop.example/cars", "https://shop.example"],
        "image_hosts": ["CDN.example.com/cars", "https://cdn.example.com", "http://localhost:9000"],
        "protected_keys": ["tier"], "pins": ["car.colour"], "welcome": "Ahoy", "team_name": "Norrvik", "language": "ar-AE",
        "title_unread": true, "sound": true, "host_handle": false,
        "themes": {
            "default": {"styles": {"--bk-accent": "#8a3b12"}},
            "autumn": {"styles": {"--bk-accent": "red"}, "darkStyles": {"--bk-accent": "pink"}, "scheme": "dark"},
        },
    });
    let changed = change(&admin, &path(&server), settings.clone()).await;
    for (field, value) in settings.as_object().expect("fields") {
        let expected = match field.as_str() {
            "name" => &json!("Shop"),
            "allowed_origins" => &json!(["https://shop.example"]),
            "image_hosts" => &json!(["https://cdn.example.com", "http://localhost:9000"]),
            "themes" => continue,
            _ => value,
        };
        assert_eq!(&changed[field], expected, "{field}");
    }
    assert_eq!(answer(admin.get(&path(&server))).await.1, changed);

    let told = config(&server).await;
    let embedders = told["allowedOrigins"].as_array().expect("origins");
    assert_eq!(embedders[0], "https://shop.example");
    assert!(embedders.contains(&server.base.as_str().into()), "the demo is ours: {embedders:?}");
    for (field, value) in [
        ("name", "Shop".into()),
        ("multiThread", false.into()),
        ("welcome", json!("Ahoy")),
        ("teamName", "Norrvik".into()),
        ("language", "ar-AE".into()),
        ("titleUnread", true.into()),
        ("sound", true.into()),
        ("hostHandle", false.into()),
    ] {
        assert_eq!(told[field], value, "{field}");
    }
    let names: Vec<_> = told["themes"].as_object().expect("themes").keys().cloned().collect();
    assert_eq!(names, ["default", "light", "dark", "ocean", "autumn"]);
    assert_eq!(told["themes"]["default"]["styles"]["--bk-accent"], "#8a3b12");
    assert_eq!(told["themes"]["autumn"], settings["themes"]["autumn"]);
    assert!(told["protectedKeys"].is_null() && told["pins"].is_null(), "of no interest to pages: {told}");

    // Nothing but what is named changes, and null takes a text away.
    let after =
        change(&admin, &path(&server), json!({"welcome": null, "team_name": "", "language": null})).await;
    for field in ["welcome", "team_name", "language"] {
        assert_eq!(after[field], Value::Null, "{field}");
    }
    for field in ["name", "themes", "pins", "sound", "host_handle", "allowed_origins", "image_hosts"] {
        assert_eq!(after[field], changed[field], "{field}");
    }
}

#[tokio::test]
async fn a_wrong_setting_is_named_and_nothing_is_stored() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    let before = answer(admin.get(&path(&server))).await.1;
    let theme =
        |name: &str, variable: &str, value: &str| json!({"themes": {name: {"styles": {variable: value}}}});
    let many = |count: usize| (0..count).map(|n| format!("k{n}")).collect::<Vec<_>>();
    for (body, field, says) in [
        (json!({"name": " "}), "name", "blank"),
        (json!({"multi_thread": 1}), "multi_thread", ""),
        (json!({"allowed_origins": ["shop.example"]}), "allowed_origins", "https://shop.example"),
        (json!({"allowed_origins": vec!["https://a.example"; 101]}), "allowed_origins", "limit 100"),
        (json!({"image_hosts": ["cdn example"]}), "image_hosts", "cdn.example.com"),
        (json!({"image_hosts": ["ftp://cdn.example.com"]}), "image_hosts", "cdn.example.com"),
        (json!({"image_hosts": many(21)}), "image_hosts", "limit 20"),
        (json!({"protected_keys": many(65)}), "protected_keys", "limit 64"),
        (json!({"protected_keys": ["__proto__"]}), "protected_keys", "__proto__"),
        (json!({"pins": many(13)}), "pins", "limit 12"),
        (theme("Autumn", "--bk-accent", "red"), "themes", "Autumn"),
        (theme("light", "--bk-accent", "red"), "themes", "light"),
        (theme("autumn", "--bk-unknown", "red"), "themes", "--bk-unknown"),
        (theme("autumn", "color", "red"), "themes", "color"),
        (theme("autumn", "--bk-accent", "url(https://evil.example)"), "themes", "--bk-accent"),
        (theme("autumn", "--bk-accent", "red; color: blue"), "themes", "--bk-accent"),
        (theme("autumn", "--bk-accent", &"x".repeat(65)), "themes", "64"),
        (json!({"themes": {"autumn": {"scheme": "dusk"}}}), "themes.autumn.scheme", ""),
        (json!({"themes": {"autumn": {"css": "x"}}}), "themes.autumn.css", ""),
        (json!({"welcome": "x".repeat(201)}), "welcome", "200"),
        (json!({"team_name": "x".repeat(61)}), "team_name", "60"),
        (json!({"language": "english"}), "language", "english"),
        (json!({"sound": "loud"}), "sound", ""),
        (json!({"id": Uuid::nil()}), "id", ""),
    ] {
        // A field that is right beside one that is wrong is not stored either.
        let mut body = body;
        if body["name"].is_null() {
            body["name"] = "Changed".into();
        }
        let (status, refused) = answer(admin.patch(&path(&server), &body)).await;
        assert_eq!(status, 400, "{body}");
        assert!(blamed(&refused, field).contains(says), "{field}: {refused}");
    }
    assert_eq!(answer(admin.get(&path(&server))).await.1, before);
    for unknown in [Uuid::new_v4().to_string(), "x".to_owned()] {
        let path = format!("/console/1/widgets/{unknown}");
        assert_eq!(answer(admin.get(&path)).await.0, 404, "{unknown}");
        assert_eq!(answer(admin.patch(&path, &json!({"sound": true}))).await.0, 404, "{unknown}");
    }
}

#[tokio::test]
async fn a_widget_is_made_with_a_name() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    let new = json!({"name": "Shop", "multi_thread": false});
    let (status, made) = answer(admin.post("/console/1/widgets", &new)).await;
    assert_eq!(status, 201);
    assert_eq!(
        (&made["name"], &made["multi_thread"], &made["allowed_origins"], &made["seen"]),
        (&json!("Shop"), &json!(false), &json!([]), &Value::Null)
    );
    let (_, list) = answer(admin.get("/console/1/widgets")).await;
    assert_eq!(list["widgets"][2], made);
    let refused = answer(admin.post("/console/1/widgets", &json!({"name": "", "multi_thread": true}))).await;
    assert_eq!(refused.0, 400);
    assert!(!blamed(&refused.1, "name").is_empty());
}

#[tokio::test]
async fn one_conversation_at_a_time_holds_from_the_next_message_on() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    let visitor = server.visitor().await;
    let mut tab = visitor.connect().await;
    let first = visitor.start(&mut tab, "one").await;
    let second = visitor.start(&mut tab, "two").await;
    assert_ne!(first, second);
    change(&admin, &path(&server), json!({"multi_thread": false})).await;

    let newcomer = server.visitor().await;
    let mut tab = newcomer.connect().await;
    let only = newcomer.start(&mut tab, "one").await;
    let again = tab.write(first_message("two")).await;
    assert_eq!(again["conversation"], only.as_str(), "goes to the one that is open");
    let (_, threads) = answer(visitor.get("/livechat/1/threads")).await;
    assert_eq!(threads["threads"].as_array().map(Vec::len), Some(2), "what was open stays open");

    change(&admin, &path(&server), json!({"multi_thread": true})).await;
    let mut tab = newcomer.connect().await;
    assert_ne!(newcomer.start(&mut tab, "three").await, only);
}

#[tokio::test]
async fn the_last_page_and_its_visitors_are_seen() {
    let server = Server::start().await;
    let admin = server.agent(Role::Admin).await;
    let seen = async || answer(admin.get(&path(&server))).await.1["seen"].clone();
    let load = |origin: Option<&str>, page: Option<&str>| {
        let mut request = server.get(&format!("/livechat/1/widgets/{}/config", server.widget));
        for (name, value) in [("origin", origin), ("referer", page)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        answer(request)
    };
    // The widget's frame asks without an origin: it is no page of a site.
    load(None, None).await;
    assert_eq!(seen().await, Value::Null);
    let page = "https://shop.example/cars";
    load(Some("https://shop.example"), Some(page)).await;
    let first = seen().await;
    assert_eq!(
        (&first["origin"], &first["url"], &first["connected"]),
        (&json!("https://shop.example"), &json!(page), &json!(0))
    );
    let visitor = server.visitor().await;
    let one = visitor.connect().await;
    let _two = server.visitor().await.connect().await;
    let other_widget = server.visitor_on(&server.single).await;
    let _three = other_widget.connect().await;
    assert_eq!(seen().await["connected"], 2);
    one.drop_without_goodbye().await;
    until_so("one has left", async || seen().await["connected"] == 1).await;
    // A page that is refused has not loaded it.
    change(&admin, &path(&server), json!({"allowed_origins": ["https://shop.example"]})).await;
    assert_eq!(load(Some("https://evil.example"), None).await.0, 403);
    assert_eq!(seen().await["origin"], "https://shop.example");
}

#[tokio::test]
async fn every_agent_pins_and_sees_no_settings() {
    let server = Server::start().await;
    let (admin, agent) = (server.agent(Role::Admin).await, server.agent(Role::Agent).await);
    let pins = format!("{}/pins", path(&server));
    let pin = |pins_body: Value| answer(agent.request("PUT", &pins).json(&pins_body));
    let (status, widget) = pin(json!({"pins": ["car.colour", "price"]})).await;
    assert_eq!(status, 200);
    let fields: Vec<_> = widget.as_object().expect("fields").keys().cloned().collect();
    assert_eq!(fields, ["id", "name", "multi_thread", "pins", "image_hosts"]);
    assert_eq!(answer(admin.get(&path(&server))).await.1["pins"], json!(["car.colour", "price"]));
    let (status, refused) = pin(json!({"pins": vec!["x".repeat(513)]})).await;
    assert_eq!(status, 400);
    assert!(blamed(&refused, "pins").contains("512"));
    let (_, list) = answer(agent.get("/console/1/widgets")).await;
    assert_eq!(list["widgets"][0], widget);
    assert!(!list.to_string().contains("allowed_origins"));
    assert_eq!(
        answer(agent.request("PUT", "/console/1/widgets/x/pins").json(&json!({"pins": []}))).await.0,
        404
    );
}
