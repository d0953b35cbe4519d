//! The table: what was measured, in which order, and what it says about the targets.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use super::Failure;
use super::contenders::{Engine, Stage};
use super::machine::{Pressed, Pressure, fsync_probe};

/// One row.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// What was measured, in which unit.
    pub measure: String,
    /// Beckon, the limit engine, socket.io + PostgreSQL.
    pub cells: [String; 3],
    /// Beckon against the limit engine and against socket.io: median of the pairs, and their range.
    pub ratios: [String; 2],
    /// What is asked.
    pub target: String,
    /// Whether it was reached; `None`: there is nothing to compare.
    pub met: Option<bool>,
    /// The same engine against itself.
    pub noise: String,
    /// What else the machine did.
    pub pressed: Pressed,
    /// One page to the disk.
    pub fsync: Duration,
}

/// What one run of an engine gave.
#[derive(Clone, Debug)]
pub enum Run {
    /// The figures.
    Right(Vec<f64>),
    /// It lost, doubled or refused something: no figure counts.
    Wrong(String),
}

/// What is compared, and what the ratio must be.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Which of the figures.
    pub figure: usize,
    /// Against whom.
    pub against: Engine,
    /// The bound of the ratio.
    pub bound: f64,
    /// Higher is better.
    pub at_least: bool,
}

/// A figure's name and unit.
pub type Figure = (&'static str, &'static str);

/// Engines against each other: A-B-C-C-B-A, so that whoever was first is last, too. The pair in the middle is one engine
/// against itself: the noise floor.
pub fn contest(
    stage: &mut Stage,
    measure: &str,
    (figures, targets, asked): (&[Figure], &[Target], &str),
    (engines, rounds): (&[Engine], usize),
    mut run: impl FnMut(&mut Stage, Engine) -> Result<Run, Failure>,
) -> Row {
    let pressure = Pressure::now();
    let fsync = fsync_probe(&stage.work).unwrap_or_default();
    let mut results: Vec<(Engine, Result<Run, String>)> = Vec::new();
    for _ in 0..rounds {
        for engine in engines.iter().chain(engines.iter().rev()) {
            let broken =
                results.iter().any(|(known, result)| known == engine && !matches!(result, Ok(Run::Right(_))));
            if broken {
                continue;
            }
            let result = run(stage, *engine).map_err(|error| error.to_string());
            eprintln!("  {measure}: {engine:?}: {}", described(figures, &result));
            results.push((*engine, result));
        }
    }
    let right = |engine: Engine, figure: usize| -> Vec<f64> {
        let runs = results.iter().filter(|(known, _)| *known == engine);
        runs.filter_map(|(_, result)| match result {
            Ok(Run::Right(values)) => values.get(figure).copied(),
            _ => None,
        })
        .collect()
    };
    let cell = |engine: Engine| -> String {
        let bad = results.iter().filter(|(known, _)| *known == engine).find_map(|(_, result)| match result {
            Ok(Run::Right(_)) => None,
            Ok(Run::Wrong(why)) => Some(format!("wrong: {why}")),
            Err(why) => Some(format!("not run: {}", why.lines().next().unwrap_or_default())),
        });
        if let Some(bad) = bad {
            return bad;
        }
        if !engines.contains(&engine) {
            return "–".to_owned();
        }
        let values = figures.iter().enumerate().map(|(figure, _)| number(median(right(engine, figure))));
        let values: Vec<String> = values.collect();
        format!("{} {}", values.join(" / "), figures.first().map_or("", |(_, unit)| unit))
    };
    let ratios_to = |other: Engine, figure: usize| -> Vec<f64> {
        right(Engine::Beckon, figure)
            .iter()
            .zip(right(other, figure))
            .map(|(ours, theirs)| ours / theirs)
            .collect()
    };
    let ratio = |other: Engine| -> String {
        let said = figures.iter().enumerate().filter_map(|(figure, (name, _))| {
            let ratios = ratios_to(other, figure);
            (!ratios.is_empty()).then(|| format!("{name} {}", range(&ratios)))
        });
        let said: Vec<String> = said.collect();
        if said.is_empty() { "–".to_owned() } else { said.join(", ") }
    };
    let reached = targets.iter().map(|target| {
        let ratios = ratios_to(target.against, target.figure);
        let ratio = (!ratios.is_empty()).then(|| median(ratios))?;
        Some(if target.at_least { ratio >= target.bound } else { ratio <= target.bound })
    });
    let reached: Vec<Option<bool>> = reached.collect();
    let middle = engines.last().copied().unwrap_or(Engine::Beckon);
    let middle = if right(middle, 0).len() > 1 { middle } else { Engine::Limit };
    let noise = figures.iter().enumerate().filter_map(|(figure, (name, _))| {
        let pair: Vec<f64> = right(middle, figure).chunks_exact(2).map(|pair| pair[1] / pair[0]).collect();
        (!pair.is_empty()).then(|| format!("{name} {}", range(&pair)))
    });
    Row {
        measure: format!("{measure}{}", names(figures)),
        cells: [Engine::Beckon, Engine::Limit, Engine::SocketIo].map(cell),
        ratios: [Engine::Limit, Engine::SocketIo].map(ratio),
        target: asked.to_owned(),
        met: if reached.contains(&Some(false)) {
            Some(false)
        } else if reached.is_empty() || reached.contains(&None) {
            None
        } else {
            Some(true)
        },
        noise: noise.collect::<Vec<_>>().join(", "),
        pressed: pressure.since(),
        fsync,
    }
}

fn names(figures: &[Figure]) -> String {
    let names: Vec<&str> = figures.iter().map(|(name, _)| *name).filter(|name| !name.is_empty()).collect();
    if names.is_empty() { String::new() } else { format!(", {}", names.join(" / ")) }
}

fn described(figures: &[Figure], result: &Result<Run, String>) -> String {
    match result {
        Ok(Run::Right(values)) => figures
            .iter()
            .zip(values)
            .map(|((name, unit), value)| format!("{name} {} {unit}", number(*value)))
            .collect::<Vec<_>>()
            .join(", "),
        Ok(Run::Wrong(why)) => format!("WRONG: {why}"),
        Err(why) => format!("not run: {why}"),
    }
}

/// The middle one; of an even number the mean of both in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

/// Median and range of ratios.
pub fn range(ratios: &[f64]) -> String {
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let most = ratios.iter().copied().fold(0.0, f64::max);
    let middle = median(ratios.to_vec());
    if ratios.len() == 1 {
        format!("{middle:.2}×")
    } else {
        format!("{middle:.2}× ({least:.2}–{most:.2})")
    }
}

/// As many digits as mean something.
pub fn number(value: f64) -> String {
    match value {
        _ if value >= 10_000.0 => format!("{:.0}", (value / 100.0).round() * 100.0),
        _ if value >= 100.0 => format!("{value:.0}"),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A row for something that only Beckon has, measured around `work`.
pub fn alone(
    folder: &Path,
    measure: &str,
    target: &str,
    work: impl FnOnce() -> Result<(String, Option<bool>), Failure>,
) -> Row {
    let pressure = Pressure::now();
    let fsync = fsync_probe(folder).unwrap_or_default();
    let (cell, met) = work().unwrap_or_else(|error| (format!("not run: {error}"), None));
    eprintln!("  {measure}: {cell}");
    let none = || "–".to_owned();
    Row {
        measure: measure.to_owned(),
        cells: [cell, none(), none()],
        ratios: [none(), none()],
        target: target.to_owned(),
        met,
        noise: none(),
        pressed: pressure.since(),
        fsync,
    }
}

/// The table in Markdown.
pub fn printed(rows: &[Row]) -> String {
    let mut text = String::from(
        "| measure | Beckon | limit engine | socket.io + PostgreSQL | Beckon ÷ limit | Beckon ÷ socket.io | target | met | same engine twice | waiting for CPU · disk | fsync |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let [beckon, limit, socket_io] = &row.cells;
        let [to_limit, to_socket_io] = &row.ratios;
        let met = row.met.map_or("–", |met| if met { "yes" } else { "**no**" });
        let Pressed { cpu, io } = row.pressed;
        let fsync = row.fsync.as_secs_f64() * 1000.0;
        // Writing to a text cannot fail.
        let _written = writeln!(
            text,
            "| {} | {beckon} | {limit} | {socket_io} | {to_limit} | {to_socket_io} | {} | {met} | {} | {cpu:.0} % · {io:.0} % | {fsync:.2} ms |",
            row.measure, row.target, row.noise
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_have_a_middle_and_a_range() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0]), 2.5);
        assert_eq!(range(&[1.0, 1.5]), "1.25× (1.00–1.50)");
        assert_eq!(number(17_348.0), "17300");
    }
}
