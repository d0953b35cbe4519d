//! The real binary: what it prints, what survives it, what it costs.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use crate::harness::{HANG, Socket, answer, cookie_of, first_message, open_socket, text};

pub(crate) fn beckon(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beckon"));
    command.env("BECKON_DATA", folder).env_remove("BECKON_LISTEN").env_remove("BECKON_PUBLIC_URL");
    command
}

/// A running binary; killed when dropped.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) base: String,
    printed: Vec<String>,
}

impl Process {
    pub(crate) fn start(folder: &Path, flags: &[&str]) -> Self {
        Self::start_loud(folder, flags, Stdio::null())
    }

    /// With a place for its log.
    pub(crate) fn start_loud(folder: &Path, flags: &[&str], log: Stdio) -> Self {
        let mut command = beckon(folder);
        command.args(["--listen", "127.0.0.1:0"]).args(flags).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("starts");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut printed = Vec::new();
        let mut base = None;
        for line in lines.map_while(Result::ok) {
            let port = line.strip_prefix("listening on 127.0.0.1:").map(str::to_owned);
            base = base.or(port.map(|port| format!("http://127.0.0.1:{port}")));
            let last = line.starts_with("  console") || line.contains("Ctrl-C stops");
            printed.push(line);
            if last {
                break;
            }
        }
        Self { child, base: base.expect("an address"), printed }
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().expect("kill").success());
    }

    pub(crate) fn ended(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            match self.child.try_wait().expect("a status") {
                Some(status) => return status,
                None => assert!(started.elapsed() < Duration::from_secs(60), "it does not end"),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a size");
        line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).expect("a number")
            * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Ended already, or ended here.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

pub(crate) fn run(command: &mut Command) -> Output {
    command.output().expect("runs")
}

pub(crate) fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("text").trim_end().to_owned()
}

/// Exit code 1, nothing on standard output, one line that names the remedy.
pub(crate) fn assert_one_line(output: &Output, remedy: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(output.stdout.is_empty());
    assert_eq!(stderr.trim_end().lines().count(), 1, "{stderr}");
    assert!(stderr.contains(remedy), "{stderr}");
}

pub(crate) fn widget_of(folder: &Path) -> String {
    let listed: Value =
        serde_json::from_str(&printed(&run(beckon(folder).args(["admin", "widget", "list", "--json"]))))
            .expect("JSON");
    text(&listed[0]["id"])
}

pub(crate) fn key_of(folder: &Path) -> String {
    printed(&run(beckon(folder).args(["admin", "key", "create", "test", "--scope", "manage"])))
}

pub(crate) async fn token(base: &str, widget: &str) -> String {
    let path = format!("{base}/livechat/1/widgets/{widget}/sessions");
    text(&answer(Client::new().post(path)).await.1["token"])
}

pub(crate) async fn connect(base: &str, token: &str) -> Socket {
    let mut socket = open_socket(base, None).await;
    socket.send(json!({"type": "hello", "version": 1, "token": token})).await;
    socket.expect("welcome").await;
    socket
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut process = Process::start(folder.path(), &[]);
    let token = token(&process.base, &widget_of(folder.path())).await;
    let mut tab = connect(&process.base, &token).await;
    let mut first = first_message("remember me");
    first["context"] = json!({"mode": "merge", "metadata": {"car": "Fjord"}});
    let accepted = tab.write(first.clone()).await;
    process.child.kill().expect("killed");
    process.ended();

    let process = Process::start(folder.path(), &[]);
    let mut tab = connect(&process.base, &token).await;
    let conversation = text(&accepted["conversation"]);
    let (state, events) = tab.sync(&conversation, None).await;
    assert_eq!((&state["head"], &events[0]["event"]["message"]["text"]), (&json!(1), &json!("remember me")));
    let url = format!("{}/ccaas/1/conversations/{conversation}/metadata", process.base);
    let context = Client::new().get(url).header("authorization", format!("App {}", key_of(folder.path())));
    assert_eq!(answer(context).await, (200, json!({"car": "Fjord"})));
    assert_eq!(tab.write(first).await["duplicate"], true);
}

#[tokio::test]
async fn the_first_start_explains_itself_and_the_next_is_short() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut process = Process::start(folder.path(), &[]);
    let said = process.printed.join("\n");
    let port = process.base.rsplit(':').next().expect("a port").to_owned();
    let data = std::path::absolute(folder.path()).expect("a path");
    for expected in [
        format!("http://127.0.0.1:{port}/demo"),
        format!("http://localhost:{port}/console/#/setup/"),
        format!("http://localhost:{port}/widget.js"),
        format!("liveChat('init', '{}');", widget_of(folder.path())),
        data.display().to_string(),
        "Ctrl-C stops".to_owned(),
    ] {
        assert!(said.contains(&expected), "{expected} is not in\n{said}");
    }
    let link = said
        .split("/console/#/setup/")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .expect("a link");
    let form =
        json!({"token": link, "name": "Maja", "email": "maja@example.com", "password": "a long password"});
    let made = Client::new().post(format!("{}/console/1/setup", process.base)).json(&form);
    assert_eq!(answer(made).await.0, 201);

    process.signal("-INT");
    assert!(process.ended().success());
    let process = Process::start(folder.path(), &[]);
    assert!(process.printed.len() <= 3, "{:?}", process.printed);
    assert!(!process.printed.join("\n").contains("setup"), "there is an agent");
    assert!(process.base.starts_with("http"));
}

#[tokio::test]
async fn the_printed_lines_work_when_they_are_pasted() {
    let folder = tempfile::tempdir().expect("a folder");
    let process = Process::start(folder.path(), &[]);
    let token = token(&process.base, &widget_of(folder.path())).await;
    let mut first = first_message("read me");
    first["context"] = json!({"mode": "merge", "metadata": {"car": "Fjord"}});
    let conversation = text(&connect(&process.base, &token).await.write(first).await["conversation"]);

    let is_command = |line: &&str| line.starts_with("  export BECKON_KEY=") || line.starts_with("  curl ");
    let lines: Vec<_> =
        process.printed.iter().flat_map(|printed| printed.lines()).filter(is_command).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    let script = lines.join("\n").replace("/ID/", &format!("/{conversation}/"));
    let said = printed(&run(Command::new("sh").args(["-e", "-c", &script])));
    assert!(said.contains(&conversation) && said.ends_with(r#"{"car":"Fjord"}"#), "{said}");
}

#[tokio::test]
async fn both_loopbacks_are_listened_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let process = Process::start(folder.path(), &[]);
    let six = process.base.replace("127.0.0.1", "[::1]");
    for base in [&process.base, &six] {
        assert_eq!(answer(Client::new().get(format!("{base}/healthz"))).await, (200, json!("ok")), "{base}");
        assert_eq!(
            answer(Client::new().get(format!("{base}/readyz"))).await,
            (200, json!("ready")),
            "{base}"
        );
    }
}

#[tokio::test]
async fn a_busy_port_or_folder_is_one_line_with_the_remedy() {
    let (folder, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let process = Process::start(folder.path(), &[]);
    let address = process.base.trim_start_matches("http://").to_owned();
    assert_one_line(&run(beckon(other.path()).args(["--listen", &address])), "--listen 127.0.0.1:");
    assert_one_line(&run(beckon(folder.path()).args(["--listen", "127.0.0.1:0"])), "--data FOLDER");
    let file = other.path().join("file");
    std::fs::write(&file, "").expect("written");
    assert_one_line(&run(beckon(&file.join("x")).args(["--listen", "127.0.0.1:0"])), "--data FOLDER");
    assert_eq!(run(beckon(other.path()).arg("dance")).status.code(), Some(2));
}

#[tokio::test]
async fn admin_commands_work_beside_a_running_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let process = Process::start(folder.path(), &[]);
    let admin = |arguments: &[&str]| run(beckon(folder.path()).arg("admin").args(arguments));

    let reading = printed(&admin(&["key", "create", "reports", "--scope", "read"]));
    let write = Client::new().post(format!("{}/ccaas/1/conversations", process.base)).json(&json!({}));
    assert_eq!(answer(write.header("authorization", format!("App {reading}"))).await.0, 403);
    assert_eq!(admin(&["key", "create", "crm", "--scope", "all"]).status.code(), Some(2));
    let key = printed(&admin(&["key", "create", "crm", "--scope", "manage"]));
    assert!(key.starts_with("bk_") && !key.contains(char::is_whitespace), "alone on standard output");
    let list = Client::new().get(format!("{}/ccaas/1/conversations", process.base));
    assert_eq!(answer(list.header("authorization", format!("App {key}"))).await.0, 200);

    let widgets: Value = serde_json::from_str(&printed(&admin(&["widget", "list", "--json"]))).expect("JSON");
    let names: Vec<_> = widgets
        .as_array()
        .expect("a list")
        .iter()
        .map(|widget| (text(&widget["name"]), widget["multiThread"].clone()))
        .collect();
    assert_eq!(
        names,
        [("Website".to_owned(), json!(true)), ("Website, single thread".to_owned(), json!(false))]
    );
    let made = admin(&[
        "widget",
        "create",
        "Shop",
        "--single-thread",
        "--allow-origin",
        "https://Shop.example/cars",
        "--json",
    ]);
    let made: Value = serde_json::from_str(&printed(&made)).expect("JSON");
    assert_eq!(
        (&made["multiThread"], &made["allowedOrigins"]),
        (&json!(false), &json!(["https://shop.example"]))
    );
    let id = text(&made["id"]);
    let config = || format!("{}/livechat/1/widgets/{id}/config", process.base);
    let from = |origin: &str| answer(Client::new().get(config()).header("origin", origin.to_owned()));
    assert_eq!(from("https://two.example").await.0, 403);
    printed(&admin(&["widget", "allow-origin", &id, "https://two.example"]));
    assert_eq!(from("https://two.example").await.0, 200);
    assert_one_line(&admin(&["widget", "allow-origin", &id, "two.example"]), "https://shop.example");
    assert_one_line(&admin(&["widget", "allow-origin", &id, "https://bücher.example"]), "https://xn--");
    for page in ["console/".to_owned(), format!("widget/{id}/")] {
        let page = Client::new().get(format!("{}/{page}", process.base)).send().await.expect("an answer");
        assert_eq!(page.status(), 200);
    }
    let unknown = uuid::Uuid::new_v4().to_string();
    assert_one_line(
        &admin(&["widget", "allow-origin", &unknown, "https://a.example"]),
        "beckon admin widget list",
    );

    let agent = |password: &str| {
        let mut command = beckon(folder.path());
        command.args([
            "admin",
            "agent",
            "create",
            "--email",
            "maja@example.com",
            "--name",
            "Maja",
            "--role",
            "agent",
        ]);
        command.arg("--password-stdin").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("starts");
        child.stdin.take().expect("a pipe").write_all(password.as_bytes()).expect("written");
        child.wait_with_output().expect("ends")
    };
    assert_one_line(&agent("short\n"), "at least 10");
    printed(&agent("a long password\n"));
    assert_one_line(&agent("a long password\n"), "already");
    let body = json!({"email": "maja@example.com", "password": "a long password"});
    let sign_in = || {
        let request = Client::new().post(format!("{}/console/1/session", process.base)).json(&body);
        answer(request)
    };
    assert_eq!(sign_in().await.0, 200);
    assert_eq!(admin(&["agent", "disable", "maja@example.com"]).status.code(), Some(0));
    assert_eq!(sign_in().await.0, 401);
    assert_eq!(admin(&["agent", "enable", "Maja@Example.com"]).status.code(), Some(0));
    assert_eq!(sign_in().await.0, 200);
    assert_one_line(&admin(&["agent", "disable", "timo@example.com"]), "no agent");

    let link = printed(&admin(&["setup-link"]));
    let secret = link.rsplit('/').next().expect("a token");
    let works = answer(Client::new().get(format!("{}/console/1/setup/{secret}", process.base))).await;
    assert_eq!(works, (200, json!({"valid": true})));

    assert_eq!(printed(&run(beckon(folder.path()).args(["migrate", "--dry-run"]))), "nothing to do");
    let description: Value =
        serde_json::from_str(&printed(&run(beckon(folder.path()).arg("openapi")))).expect("JSON");
    assert_eq!(description["openapi"], "3.1.0");
}

#[tokio::test]
async fn a_signal_stops_in_good_order() {
    for signal in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut process = Process::start(folder.path(), &[]);
        let token = token(&process.base, &widget_of(folder.path())).await;
        let mut tab = connect(&process.base, &token).await;
        process.signal(signal);
        tab.expect("drain").await;
        assert_eq!(tab.closed().await, 4001, "{signal}");
        assert_eq!(process.ended().code(), Some(0), "{signal}");
        // After that the file alone is all there is.
        let copy = tempfile::tempdir().expect("a folder");
        std::fs::copy(folder.path().join("beckon.db"), copy.path().join("beckon.db")).expect("a copy");
        let widget = widget_of(folder.path());
        assert_eq!(widget_of(copy.path()), widget, "{signal}");
    }
}

#[tokio::test]
async fn a_thousand_idle_sockets_cost_less_than_16_kb_each() {
    const SOCKETS: u64 = 1000;
    rlimit::increase_nofile_limit(8192).expect("files for this test");
    let folder = tempfile::tempdir().expect("a folder");
    let process = Process::start(folder.path(), &["--sessions-per-ip", "100000"]);
    let widget = widget_of(folder.path());
    let open = async || connect(&process.base, &token(&process.base, &widget).await).await;
    // What every server has once: threads, caches, code that is read in.
    let mut sockets = Vec::new();
    for _ in 0..20 {
        sockets.push(open().await);
    }
    let before = process.resident_bytes();
    for _ in 0..SOCKETS {
        sockets.push(open().await);
    }
    let each = process.resident_bytes().saturating_sub(before) / SOCKETS;
    println!("{each} bytes each");
    assert!(each < 16 * 1024, "{each} bytes each");
    assert!(each > 100, "{each} bytes each: this measures nothing");
}

#[tokio::test]
async fn logs_hold_no_secret_and_no_content_and_files_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = beckon(folder.path());
    command.args(["--listen", "127.0.0.1:0", "--log", "trace"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("starts");
    let mut stderr = child.stderr.take().expect("a pipe");
    let reader = std::thread::spawn(move || {
        let mut log = Vec::new();
        stderr.read_to_end(&mut log).map(|_| String::from_utf8_lossy(&log).into_owned())
    });
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let address =
        lines.find_map(|line| line.strip_prefix("listening on ").map(str::to_owned)).expect("an address");
    let base = format!("http://{address}");
    let link = lines.find_map(|line| line.split("/setup/").nth(1).map(str::to_owned)).expect("a link");
    let client = Client::new();
    let form =
        json!({"token": link, "name": "Maja", "email": "canary@example.com", "password": "canary password"});
    answer(client.get(format!("{base}/console/1/setup/{link}"))).await;
    answer(client.post(format!("{base}/console/1/setup")).json(&form)).await;
    let signed_in = client
        .post(format!("{base}/console/1/session"))
        .json(&json!({"email": "canary@example.com", "password": "canary password"}));
    let cookie = cookie_of(&signed_in.send().await.expect("an answer"));
    let ours = |path: &str, body: Value| {
        let request = client.post(format!("{base}/console/1/{path}")).json(&body);
        answer(request.header("cookie", &cookie).header("origin", &base))
    };
    let made = ours("keys", json!({"name": "crm", "scopes": ["conversations:read"]})).await;
    let console_key = text(&made.1["secret"]);
    let made = ours("invites", json!({"email": "canary2@example.com", "role": "AGENT"})).await;
    let invite = text(&made.1["link"]).rsplit('/').next().expect("a token").to_owned();
    assert_eq!(answer(client.get(format!("{base}/console/1/invites/token/{invite}"))).await.0, 200);
    let form = json!({"current": "canary password", "new": "canary password 2"});
    assert_eq!(ours("password", form).await.0, 204);
    let bearer = format!("App {console_key}");
    answer(client.get(format!("{base}/ccaas/1/conversations")).header("authorization", bearer)).await;
    let key = key_of(folder.path());
    answer(
        client
            .get(format!("{base}/ccaas/1/conversations?topic=canary_query"))
            .header("authorization", format!("App {key}")),
    )
    .await;
    let token = token(&base, &widget_of(folder.path())).await;
    let mut tab = connect(&base, &token).await;
    let mut first = first_message("canary_text");
    first["context"] = json!({"mode": "merge", "metadata": {"canary_key": "canary_value"}});
    assert_eq!(tab.write(first).await["type"], "accepted");
    child.kill().expect("killed");
    child.wait().expect("reaped");
    let log = tokio::time::timeout(HANG, tokio::task::spawn_blocking(move || reader.join())).await;
    let log = log.expect("in time").expect("joined").expect("no panic").expect("read");
    assert!(log.contains("/console/1/session"), "the log was read, or this shows nothing");
    let sign_in = cookie.split_once('=').expect("a cookie").1;
    let secrets = [token.as_str(), &key, &link, &console_key, &invite, sign_in];
    for never in [&["canary"], secrets.as_slice()].concat() {
        assert!(!log.contains(never), "{never} is in the log");
    }
    // Nor does the folder hold them in clear, in the file or beside it.
    let mut stored = Vec::new();
    for file in std::fs::read_dir(folder.path()).expect("a folder") {
        stored.extend(std::fs::read(file.expect("a file").path()).expect("read"));
    }
    let holds = |text: &str| stored.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("canary_text"), "the file was read, or this shows nothing");
    for never in [secrets.as_slice(), &["canary password"]].concat() {
        assert!(!holds(never), "{never} is in the data folder");
    }
}
