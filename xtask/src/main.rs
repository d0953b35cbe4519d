//! Developer commands: `cargo xtask run | test | e2e | chaos | bench | openapi | screenshots`. The README and continuous integration call these.

mod contract;
mod directions;
mod links;
mod output;
mod progress;
mod suite;
mod tools;
mod web;

use std::{
    env,
    path::PathBuf,
    process::{Command, ExitCode},
};

use progress::{Failure, Progress};

const USAGE: &str = "\
usage: cargo xtask <command>

  run [--release] [ARGS…]   build the web apps and the server and start it; ARGS go to the server
  test                      everything: format, lints, contracts, unit, property, API and browser tests, sizes
  e2e [FILTER…]             the browser tests in files whose name contains FILTER
  chaos [--long] [--only NAME]… [--seed SEED]
                            break a running chat in every way and check what was promised: docs/testing.md
  bench [--quick] [--only ROW]
                            Beckon beside the limit of the machine and beside socket.io + PostgreSQL: docs/performance.md
  openapi [--check]         write openapi.json and web/sdk/src/schema.ts; --check only compares
  screenshots               play the demo's story and write the pictures of README and docs to docs/pictures
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let mut progress = Progress::start();
    let outcome = match command {
        "run" => run(&mut progress, rest),
        "test" if rest.is_empty() => suite::test(&mut progress),
        "e2e" => suite::e2e(&mut progress, rest),
        "chaos" => suite::chaos(&mut progress, rest),
        "bench" => bench(&mut progress, rest),
        "screenshots" if rest.is_empty() => suite::screenshots(&mut progress),
        "openapi" => match rest {
            [] => contract::write(&mut progress),
            [flag] if flag == "--check" => contract::check(&mut progress),
            _ => return usage(),
        },
        _ => return usage(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprint!("{USAGE}");
    ExitCode::from(2)
}

fn run(progress: &mut Progress, arguments: &[String]) -> Result<(), Failure> {
    let (profile, arguments) = match arguments.split_first() {
        Some((first, rest)) if first == "--release" => (Some("--release"), rest),
        _ => (None, arguments),
    };
    // The server's build script brings the web apps up to date.
    let mut command = cargo(&["run", "--package", "beckon-server", "--bin", "beckon"]);
    command.args(profile).arg("--").args(arguments);
    progress.step("beckon", &mut command)
}

fn bench(progress: &mut Progress, arguments: &[String]) -> Result<(), Failure> {
    let packages = ["--package", "beckon-server", "--package", "beckon-loadtest"];
    progress.step("build", cargo(&["build", "--release", "--locked"]).args(packages))?;
    let target = target();
    let programs = target.join("release");
    let mut command = Command::new(programs.join("bench"));
    // Below target: on the disk that the repository is on, and `cargo clean` takes it away.
    command.arg(&programs).arg(root().join("crates/loadtest/baselines")).arg(target.join("bench"));
    progress.step("bench", command.args(arguments))
}

/// The repository's root.
fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Where cargo builds.
fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Cargo, as it called us, in the repository's root.
fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root()).args(arguments);
    if is_ci() && !matches!(arguments.first(), Some(&"fmt")) {
        command.env("CARGO_TERM_COLOR", "never");
    }
    command
}

fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true")
}
