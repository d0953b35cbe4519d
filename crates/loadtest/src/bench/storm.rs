//! Rows about many sockets: a cut and everybody back at once, and what an idle one costs.

use std::time::{Duration, Instant};

use super::contenders::{Engine, Stage, visitors};
use super::dialect::Frame;
use super::languages::{MISSED, Scene};
use super::table::{Figure, Row, Run, Target, alone, contest, median, number};
use super::{Failure, Length};

/// Visitors of both rows.
const VISITORS: usize = 10_000;
const RESUMED: [Figure; 1] = [("", "visitors/s")];
/// Most memory of an idle visitor, in bytes.
const MOST_MEMORY: f64 = 6.0 * 1024.0;

/// Everybody's socket is reset at once; all come back and get what they missed.
pub fn resume(stage: &mut Stage, length: Length) -> Row {
    let targets = [
        Target { figure: 0, against: Engine::Limit, bound: 0.5, at_least: true },
        Target { figure: 0, against: Engine::SocketIo, bound: 3.0, at_least: true },
    ];
    contest(
        stage,
        &format!("10,000 visitors resume after a cut, each {MISSED} missed messages"),
        (&RESUMED, &targets, "≥ 0.5× limit, ≥ 3× socket.io, none lost"),
        (&[Engine::Beckon, Engine::Limit, Engine::SocketIo], length.rounds()),
        storm,
    )
}

fn storm(stage: &mut Stage, engine: Engine) -> Result<Run, Failure> {
    let scene = Scene { watchers: 0, resume: true, ..Scene::of(VISITORS) };
    let mut running = stage.start(engine, scene)?;
    let who = visitors(VISITORS);
    let first = running.driver.connect(&who, |_, _| {})?;
    running.driver.idle(Duration::from_secs(1))?;
    let before = running.server.cpu_seconds();
    let mut got = vec![0_u8; VISITORS * MISSED];
    let begun = Instant::now();
    running.driver.cut(&first)?;
    running.driver.connect(&who, |_, frame| {
        if let Frame::Delivered(number) = frame
            && let Some(count) = got.get_mut(number as usize)
        {
            *count = count.saturating_add(1);
        }
    })?;
    let took = begun.elapsed().as_secs_f64();
    let used = (running.server.cpu_seconds() - before) * 1e6 / VISITORS as f64;
    eprintln!("    {engine:?}: {used:.0} µs of processor a visitor");
    let lost = got.iter().filter(|count| **count == 0).count();
    let doubled = got.iter().filter(|count| **count > 1).count();
    if lost + doubled > 0 {
        return Ok(Run::Wrong(format!("of {}: {lost} lost, {doubled} doubled", got.len())));
    }
    Ok(Run::Right(vec![VISITORS as f64 / took]))
}

/// What the process holds for a visitor who says nothing.
pub fn memory(stage: &mut Stage) -> Row {
    let work = stage.work.clone();
    alone(&work, "memory of an idle visitor, at 10,000", "≤ 6 KB beyond the kernel's", || {
        let [ours, theirs] = [Engine::Beckon, Engine::Limit].map(|engine| idle(stage, engine));
        let (ours, theirs) = (ours?, theirs?);
        let cell = format!("{} KB (limit engine: {} KB)", number(ours / 1024.0), number(theirs / 1024.0));
        Ok((cell, Some(ours <= MOST_MEMORY)))
    })
}

fn idle(stage: &mut Stage, engine: Engine) -> Result<f64, Failure> {
    let scene = Scene { watchers: 0, ..Scene::of(VISITORS) };
    let mut running = stage.start(engine, scene)?;
    // What the first sockets make once is not theirs.
    let who = visitors(VISITORS);
    let (few, many) = who.split_at(VISITORS / 10);
    running.driver.connect(few, |_, _| {})?;
    running.driver.idle(Duration::from_secs(1))?;
    let before = running.server.memory();
    running.driver.connect(many, |_, _| {})?;
    // Buffers of the opening are given back meanwhile.
    let mut after = Vec::new();
    for _ in 0..3 {
        running.driver.idle(Duration::from_secs(1))?;
        after.push(running.server.memory() as f64);
    }
    Ok((median(after) - before as f64) / many.len() as f64)
}
