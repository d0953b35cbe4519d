//! Rows about messages: latency at a steady rate, the most that can be carried, one event to many, context.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::contenders::{Engine, Running, Stage, visitors, watchers};
use super::driver::{Load, Outcome, millis};
use super::languages::{Scene, Writes};
use super::table::{Figure, Row, Run, Target, contest};
use super::{Failure, Length};

const P50_P99: [Figure; 2] = [("p50", "ms"), ("p99", "ms")];
const CARRIED: [Figure; 1] = [("", "msg/s")];
/// A load that lags more than this at the 99th percentile is not carried.
const MOST_P99_MILLIS: f64 = 100.0;
/// The ramp begins here …
const FIRST_RATE: f64 = 2_000.0;
/// … and grows by this …
const GROWTH: f64 = 1.7;
/// … until it fails; then the last step is halved so often.
const HALVINGS: usize = 3;
/// Nothing carries more.
const MOST_RATE: f64 = 500_000.0;
/// Time that the last messages of a load have to arrive.
const GRACE: Duration = Duration::from_secs(10);

fn at_most(figure: usize, against: Engine, bound: f64) -> Target {
    Target { figure, against, bound, at_least: false }
}

fn at_least(against: Engine, bound: f64) -> Target {
    Target { figure: 0, against, bound, at_least: true }
}

/// Opens everybody's socket: watchers first, so that they miss nothing.
fn open(stage: &mut Stage, engine: Engine, scene: Scene) -> Result<(Running, Vec<usize>), Failure> {
    let mut running = stage.start(engine, scene)?;
    running.driver.connect(&watchers(scene.watchers), |_, _| {})?;
    let senders = running.driver.connect(&visitors(scene.conversations), |_, _| {})?;
    Ok((running, senders))
}

/// The times that a row is about.
type Times = fn(&Outcome) -> &Histogram<u64>;

fn judged(outcome: &Outcome, times: Times) -> Run {
    if outcome.overloaded {
        return Run::Wrong("fell too far behind".to_owned());
    }
    if !outcome.is_right() {
        let Outcome { sent, lost, doubled, refused, .. } = outcome;
        return Run::Wrong(format!("of {sent}: {lost} lost, {doubled} doubled or late, {refused} refused"));
    }
    Run::Right(vec![millis(times(outcome), 0.5), millis(times(outcome), 0.99)])
}

fn steady(stage: &mut Stage, engine: Engine, scene: Scene, load: Load, times: Times) -> Result<Run, Failure> {
    let (mut running, senders) = open(stage, engine, scene)?;
    let before = running.server.cpu_seconds();
    let outcome = running.driver.run(&load, &senders)?;
    let used = (running.server.cpu_seconds() - before) * 1e6 / outcome.sent.max(1) as f64;
    let answered = millis(&outcome.accepted, 0.99);
    eprintln!("    {engine:?}: {used:.0} µs of processor a message, 99 % answered within {answered:.2} ms");
    Ok(judged(&outcome, times))
}

/// Visitor to console at 1,000 messages a second.
pub fn latency(stage: &mut Stage, length: Length, conversations: usize) -> Row {
    let scene = Scene::of(conversations);
    let load = Load {
        conversations,
        watchers: 1,
        rate: 1_000.0,
        warm: length.warm(),
        measure: length.measure(),
        grace: GRACE,
    };
    let targets =
        [at_most(0, Engine::Limit, 1.5), at_most(1, Engine::Limit, 2.0), at_most(1, Engine::SocketIo, 0.5)];
    contest(
        stage,
        &format!("visitor → console, durable, 1,000 msg/s, {conversations} conversations"),
        (&P50_P99, &targets, "p50 ≤ 1.5×, p99 ≤ 2× limit; p99 ≤ 0.5× socket.io"),
        (&[Engine::Beckon, Engine::Limit, Engine::SocketIo], length.rounds()),
        |stage, engine| steady(stage, engine, scene, load, |outcome| &outcome.delivered),
    )
}

/// The highest rate that is carried.
pub fn most(stage: &mut Stage, length: Length) -> Row {
    let scene = Scene::of(4_000);
    contest(
        stage,
        "most persisted and delivered, 4,000 conversations, p99 < 100 ms",
        (
            &CARRIED,
            &[at_least(Engine::Limit, 0.5), at_least(Engine::SocketIo, 2.0)],
            "≥ 0.5× limit, ≥ 2× socket.io",
        ),
        (&[Engine::Beckon, Engine::Limit, Engine::SocketIo], length.rounds()),
        |stage, engine| ramp(stage, engine, scene, length),
    )
}

fn ramp(stage: &mut Stage, engine: Engine, scene: Scene, length: Length) -> Result<Run, Failure> {
    let (mut running, senders) = open(stage, engine, scene)?;
    let (mut carried, mut failed) = (0.0, f64::INFINITY);
    let (mut rate, mut halvings) = (FIRST_RATE, 0);
    while halvings <= HALVINGS && rate < MOST_RATE {
        let load = Load {
            conversations: scene.conversations,
            watchers: 1,
            rate,
            warm: length.step() / 4,
            measure: length.step(),
            grace: GRACE,
        };
        let outcome = running.driver.run(&load, &senders)?;
        let p99 = millis(&outcome.delivered, 0.99);
        eprintln!(
            "    {engine:?}: {rate:.0}/s: p99 {p99:.1} ms{}",
            if outcome.overloaded { ", fell behind" } else { "" }
        );
        if outcome.doubled > 0 || outcome.refused > 0 || (outcome.lost > 0 && !outcome.overloaded) {
            let Outcome { sent, lost, doubled, refused, .. } = outcome;
            return Ok(Run::Wrong(format!(
                "of {sent}: {lost} lost, {doubled} doubled or late, {refused} refused"
            )));
        }
        if outcome.lost > 0 {
            // It did not even catch up: the next steps would measure this one.
            break;
        }
        if outcome.overloaded || p99 >= MOST_P99_MILLIS {
            failed = rate;
        } else {
            carried = rate;
        }
        rate = if failed.is_finite() {
            halvings += 1;
            (carried.max(FIRST_RATE / 4.0) * failed).sqrt()
        } else {
            rate * GROWTH
        };
    }
    Ok(Run::Right(vec![carried]))
}

/// One event to many consoles.
pub fn fan_out(stage: &mut Stage, length: Length) -> Row {
    const WATCHERS: usize = 500;
    let scene = Scene { watchers: WATCHERS, shared: true, ..Scene::of(1) };
    let load = Load {
        conversations: 1,
        watchers: WATCHERS,
        rate: 10.0,
        warm: length.warm(),
        measure: length.measure(),
        grace: GRACE,
    };
    let targets = [
        at_most(0, Engine::Limit, 1.2),
        at_most(1, Engine::Limit, 1.2),
        at_most(0, Engine::SocketIo, 0.6),
        at_most(1, Engine::SocketIo, 0.6),
    ];
    contest(
        stage,
        "one event → 500 watchers, 10/s",
        (&P50_P99, &targets, "≤ 1.2× limit, ≤ 0.6× socket.io"),
        (&[Engine::Beckon, Engine::Limit, Engine::SocketIo], length.rounds()),
        |stage, engine| steady(stage, engine, scene, load, |outcome| &outcome.delivered),
    )
}

/// A page's call to the card, against messages on the same way.
pub fn context(stage: &mut Stage, length: Length) -> Row {
    let targets = ([at_most(1, Engine::Limit, 1.5)], "p99 ≤ 1.5× the message path");
    card(stage, length, "context: call → card", (&targets.0, targets.1), |outcome| &outcome.delivered)
}

/// A page's callback to the card: what a page that was told *stored* and an agent may still disagree about. Messages on
/// the same way: from their *sent* to the agent's screen.
pub fn callback(stage: &mut Stage, length: Length) -> Row {
    card(stage, length, "context: callback → card", (&[], "–"), |outcome| &outcome.after_answer)
}

/// The *limit* column is Beckon's own message path here.
fn card(
    stage: &mut Stage,
    length: Length,
    measure: &str,
    (targets, asked): (&[Target], &str),
    times: Times,
) -> Row {
    const CONVERSATIONS: usize = 5_000;
    let messages = Scene::of(CONVERSATIONS);
    let load = Load {
        conversations: CONVERSATIONS,
        watchers: 1,
        rate: 2_000.0,
        warm: length.warm(),
        measure: length.measure(),
        grace: GRACE,
    };
    let mut row = contest(
        stage,
        &format!("{measure}, 2,000/s, 5,000 conversations (second column: messages of Beckon, same rate)"),
        (&P50_P99, targets, asked),
        (&[Engine::Beckon, Engine::Limit], length.rounds()),
        |stage, engine| {
            // In this row the one held against is Beckon itself.
            let writes = if engine == Engine::Beckon { Writes::Context } else { Writes::Messages };
            steady(stage, Engine::Beckon, Scene { writes, ..messages }, load, times)
        },
    );
    row.cells[1] = format!("{} (Beckon)", row.cells[1]);
    row
}
