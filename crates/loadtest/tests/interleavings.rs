//! Any order of messages, context writes, cuts, lost answers, crashes of the server and of clients ends in one equal log
//! without holes, and in the context that was acknowledged. A failing order is shrunk and printed.
//!
//! The real binary runs for each order, so there are few by default; `PROPTEST_CASES=200` tries more.

use std::path::Path;
use std::time::Duration;

use beckon_loadtest::client::{Order, Rules, Who};
use beckon_loadtest::ground::Ground;
use beckon_loadtest::log::Kind;
use beckon_loadtest::proxy::{Flow, Way};
use beckon_loadtest::scene::Scene;
use beckon_loadtest::{Failure, Outcome};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::time::sleep;

/// Orders tried without `PROPTEST_CASES`.
const CASES: u32 = 16;
const VISITORS: usize = 3;

#[derive(Clone, Debug)]
enum Step {
    /// A visitor writes.
    Writes(usize, Kind),
    /// A visitor writes several at once.
    Bursts(usize),
    /// A program writes the context of the first conversation.
    Program(u64),
    /// Every connection is reset.
    Cut,
    /// What the server says vanishes for a while, then the connections go.
    Deafen,
    /// The server dies and comes back.
    Crash,
    /// A visitor's client dies and goes on from its file.
    ClientCrash(usize),
    /// A visitor goes offline or comes back.
    Offline(usize, bool),
    /// Nothing, for so many milliseconds.
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let visitor = 0..VISITORS;
    prop_oneof![
        8 => (visitor.clone(), prop_oneof![Just(Kind::Text), Just(Kind::Context)])
            .prop_map(|(who, kind)| Step::Writes(who, kind)),
        3 => visitor.clone().prop_map(Step::Bursts),
        3 => any::<u64>().prop_map(Step::Program),
        2 => Just(Step::Cut),
        2 => Just(Step::Deafen),
        1 => Just(Step::Crash),
        2 => visitor.clone().prop_map(Step::ClientCrash),
        2 => (visitor, any::<bool>()).prop_map(|(who, offline)| Step::Offline(who, offline)),
        4 => (0..80_u64).prop_map(Step::Wait),
    ]
}

async fn live_through(steps: &[Step]) -> Outcome<()> {
    let scene = Scene::new("interleaving")?;
    let outcome = live_in(scene.path(), steps).await;
    scene.end(outcome)
}

async fn live_in(folder: &Path, steps: &[Step]) -> Outcome<()> {
    let flags =
        [("--visitor-sends", "1000"), ("--visitor-sends-burst", "1000"), ("--context-writes", "1000")];
    let mut ground = Ground::new(folder, 7, &flags, true).await?;
    let rules = Rules { ping: Duration::from_millis(100), ..Rules::default() };
    for number in 0..VISITORS {
        let visitor = Who::Visitor(ground.visitor(1).await?);
        ground.add(&format!("visitor-{number}"), visitor, &rules)?;
    }
    ground.connected().await?;
    ground.burst(1).await?;
    ground.all_answered().await?;
    ground.add_agents(1, &rules).await?;
    let key = format!("App {}", ground.setup.make_key("program")?);
    let conversation: Vec<u8> = Connection::open(ground.setup.database())?.query_row(
        "SELECT id FROM conversation ORDER BY id LIMIT 1",
        [],
        |row| row.get(0),
    )?;
    let conversation = uuid::Uuid::from_slice(&conversation)?;
    let path = format!("/ccaas/1/conversations/{conversation}/metadata");
    let mut acked = None;
    let place = |ground: &Ground, who: usize| {
        ground.crowd.iter().position(|client| client.name == format!("visitor-{who}")).unwrap_or_default()
    };
    for step in steps {
        match step {
            Step::Writes(who, kind) => {
                ground.crowd[place(&ground, *who)].order(Order::Write(*kind, 0)).await?;
            }
            Step::Bursts(who) => {
                for _ in 0..5 {
                    ground.crowd[place(&ground, *who)].order(Order::Write(Kind::Text, 0)).await?;
                }
            }
            Step::Program(value) => {
                let request = ground.door.at(ground.address).request("PATCH", &path)?;
                let body = json!({"program": value});
                ground.door.json(request.header("authorization", &key).json(&body)).await?;
                acked = Some(*value);
            }
            Step::Cut => drop(ground.proxy.as_ref().map(|proxy| proxy.cut_all())),
            Step::Deafen => {
                if let Some(proxy) = &ground.proxy {
                    proxy.set(Way::Down, Flow::Swallow, 1);
                    sleep(Duration::from_millis(30)).await;
                    proxy.cut_disturbed();
                }
            }
            Step::Crash => drop(ground.crash()?),
            Step::ClientCrash(who) => {
                let at = place(&ground, *who);
                ground.kill_and_revive(at, &rules).await?;
            }
            Step::Offline(who, offline) => {
                ground.crowd[place(&ground, *who)].order(Order::Offline(*offline)).await?;
            }
            Step::Wait(time) => sleep(Duration::from_millis(*time)).await,
        }
    }
    for who in 0..VISITORS {
        ground.crowd[place(&ground, who)].order(Order::Offline(false)).await?;
    }
    ground.rest().await?;
    ground.check()?;
    let context: String = Connection::open(ground.setup.database())?
        .query_row("SELECT text FROM context WHERE conversation = ?1", [conversation.as_bytes()], |row| {
            row.get(0)
        })
        .unwrap_or_else(|_| "{}".to_owned());
    let context: Value = serde_json::from_str(&context)?;
    match acked {
        Some(value) if context["program"] != json!(value) => {
            Err(Failure::new(format!("the program's {value} was acked, the context is {context}")))
        }
        _ => Ok(()),
    }
}

#[test]
fn any_interleaving_converges() {
    let given = Config::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { given.cases } else { CASES };
    // Shrinking repeats whole lives of a server: a few dozen say enough.
    let config = Config { cases, max_shrink_iters: 40, failure_persistence: None, ..given };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let outcome = TestRunner::new(config).run(&prop::collection::vec(step(), 1..25), |steps| {
        runtime.block_on(live_through(&steps)).map_err(|failure| TestCaseError::fail(failure.to_string()))
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
