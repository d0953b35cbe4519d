//! `loadtest`: what `cargo xtask chaos` calls.

use std::path::PathBuf;
use std::process::ExitCode;

use beckon_loadtest::faults::{NAMES, run};
use beckon_loadtest::keep::keep;
use clap::{Parser, Subcommand};

/// Files and sockets that thousands of clients open.
const OPEN_FILES: u64 = 65_536;

#[derive(Debug, Parser)]
#[command(
    name = "loadtest",
    about = "Load and faults against a real server, and what was promised checked after"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Do every fault to a running chat and check what was promised
    Chaos {
        /// The long form
        #[arg(long)]
        long: bool,
        /// Only this one; may be given several times
        #[arg(long, value_name = "NAME")]
        only: Vec<String>,
        /// Where chance starts; printed, so that a run can be repeated
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Make a small database with a binary, and record what that binary answers about it
    Keep {
        /// The binary
        #[arg(long, value_name = "FILE")]
        binary: PathBuf,
        /// The commit it was built from
        #[arg(long, value_name = "COMMIT")]
        made_by: String,
        /// Where it goes
        folder: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    if let Err(error) = rlimit::increase_nofile_limit(OPEN_FILES) {
        eprintln!("loadtest: the number of sockets stays limited by the system: {error}");
    }
    match command {
        Command::Chaos { long, only, seed } => chaos(long, &only, seed.unwrap_or_else(rand::random)).await,
        Command::Keep { binary, made_by, folder } => match keep(binary, &made_by, &folder).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("loadtest: {failure}");
                ExitCode::FAILURE
            }
        },
    }
}

async fn chaos(long: bool, only: &[String], seed: u64) -> ExitCode {
    let all: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    let names = if only.is_empty() { &all } else { only };
    let mut failed = 0;
    println!("seed {seed}");
    for name in names {
        match run(name, seed, long).await {
            Ok(figure) => println!("ok    {figure}"),
            Err(failure) => {
                failed += 1;
                let long = if long { " --long" } else { "" };
                println!(
                    "FAIL  {name}: {failure}\n  repeat it: cargo xtask chaos{long} --only {name} --seed {seed}"
                );
            }
        }
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
