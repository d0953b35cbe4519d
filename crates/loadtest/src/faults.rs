//! Each fault, what it does to a running chat, and the figure it prints.

mod bodies;
mod crash;
mod cut;
mod disk;
mod gaps;
mod nonsense;
mod preload;
mod pressure;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::scene::Scene;
use crate::server::Setup;
use crate::{Failure, Outcome};

/// Messages a second while something breaks.
const RATE: u32 = 200;

/// A fault that has not ended by then hangs, however slow the machine is; the long form takes longer.
const HANG: (Duration, Duration) = (Duration::from_secs(20 * 60), Duration::from_secs(90 * 60));

/// How a run is made.
#[derive(Debug)]
struct Run {
    /// Where chance starts.
    seed: u64,
    /// Longer, with more of everything.
    long: bool,
    /// Where everything of it is.
    folder: PathBuf,
}

impl Run {
    /// The number of the short or the long form.
    fn pick<T>(&self, short: T, long: T) -> T {
        if self.long { long } else { short }
    }
}

/// Above what any machine asks for: what follows the last answer at once, however fast that was, meets no limit.
const NO_LIMIT: &str = "1000000000";

/// Limits raised so that the load is met by the server and not by them.
fn fast() -> Vec<(&'static str, &'static str)> {
    let limits = [
        "--visitor-sends",
        "--visitor-sends-burst",
        "--context-writes",
        "--context-writes-burst",
        "--new-conversations",
        "--agent-sends",
        "--key-requests",
        "--frames",
    ];
    limits.map(|flag| (flag, NO_LIMIT)).into()
}

/// A server in this folder with those limits.
fn fast_setup(folder: &Path) -> Outcome<Setup> {
    Ok(fast().into_iter().fold(Setup::new(folder)?, |setup, (flag, value)| setup.with(flag, value)))
}

/// The faults that run without a name, in their order.
pub const NAMES: &[&str] = &[
    "crash",
    "disk",
    "answers",
    "late",
    "cut",
    "idle",
    "gaps",
    "restore",
    "drain",
    "rate",
    "slow",
    "half-open",
    "fuzz",
    "bodies",
    "overload",
];

/// Runs one fault, from this seed and in the short or the long form; its figure. One that fails leaves its folder and says
/// where it is.
pub async fn run(name: &str, seed: u64, long: bool) -> Outcome<String> {
    let begun = Instant::now();
    let scene = Scene::new(&format!("{seed}-{name}"))?;
    let run = Run { seed, long, folder: scene.path().to_owned() };
    let hang = run.pick(HANG.0, HANG.1);
    let ended = timeout(hang, one(name, &run)).await;
    let figure =
        scene.end(ended.unwrap_or_else(|_| Err(Failure::new(format!("not at its end after {hang:?}")))))?;
    Ok(format!("{name}: {figure} ({:.1} s)", begun.elapsed().as_secs_f64()))
}

async fn one(name: &str, run: &Run) -> Outcome<String> {
    // Boxed: each is a large future, and only one is ever at work.
    match name {
        "crash" => Box::pin(crash::run(run)).await,
        "disk" => Box::pin(disk::run(run)).await,
        "answers" => Box::pin(cut::answers(run)).await,
        "late" => Box::pin(cut::late(run)).await,
        "cut" => Box::pin(cut::all(run)).await,
        "idle" => Box::pin(cut::idle(run)).await,
        "gaps" => Box::pin(gaps::run(run)).await,
        "restore" => Box::pin(crash::restore(run)).await,
        "drain" => Box::pin(crash::drain(run)).await,
        "rate" => Box::pin(pressure::rate(run)).await,
        "slow" => Box::pin(pressure::slow(run)).await,
        "half-open" => Box::pin(cut::half_open(run)).await,
        "fuzz" => Box::pin(nonsense::fuzz(run)).await,
        "bodies" => Box::pin(bodies::everywhere(run)).await,
        "overload" => Box::pin(pressure::overload(run)).await,
        _ => Err(Failure::new(format!("no fault of that name; there are {}", NAMES.join(", ")))),
    }
}
