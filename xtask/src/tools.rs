//! The programs that the suite needs beyond cargo. As root on Debian they are installed; otherwise the developer is
//! given the one line to run.

use std::{env, path::Path, process::Command};

use crate::progress::{Failure, Progress};

/// A browser for the tests, and fonts so that it shows text.
const PACKAGES: [&str; 3] = ["chromium", "fonts-liberation", "fonts-urw-base35"];
const CHROMIUM_NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const LEAST_NODE: u32 = 20;

/// Makes sure that Node, rustfmt, clippy and a Chromium are there. Returns the path of the Chromium.
pub(crate) fn bring_up_to_date(progress: &mut Progress) -> Result<String, Failure> {
    progress.check("tools", "rustfmt, clippy, Node", || {
        for component in ["fmt", "clippy"] {
            answer(Command::new(env!("CARGO")).args([component, "--version"]))
                .ok_or_else(|| "run: rustup component add rustfmt clippy".to_owned())?;
        }
        let node = answer(Command::new("node").arg("--version"))
            .ok_or_else(|| format!("Node is missing: install version {LEAST_NODE} or newer, with npm"))?;
        let major = node.trim_start_matches('v').split('.').next().and_then(|text| text.parse::<u32>().ok());
        match major {
            Some(major) if major >= LEAST_NODE => Ok(()),
            _ => Err(format!("Node {node} is too old: install version {LEAST_NODE} or newer")),
        }
    })?;
    if let Some(path) = chromium() {
        return Ok(path);
    }
    let install =
        format!("apt-get update && apt-get install --yes --no-install-recommends {}", PACKAGES.join(" "));
    if !is_root() || on_path("apt-get").is_none() {
        let reason = format!(
            "Chromium is missing. Run: sudo sh -c '{install}'\n(or set BECKON_CHROMIUM to a Chromium's path)"
        );
        return Err(Failure::new("tools", reason));
    }
    let mut command = Command::new("sh");
    command.args(["-c", &install]).env("DEBIAN_FRONTEND", "noninteractive");
    progress.step("install", &mut command)?;
    chromium().ok_or_else(|| Failure::new("install", "Chromium is still missing after installing it"))
}

/// cargo-nextest runs the same tests faster; cargo's own runner does as well.
pub(crate) fn has_nextest() -> bool {
    answer(Command::new(env!("CARGO")).args(["nextest", "--version"])).is_some()
}

fn chromium() -> Option<String> {
    let named = env::var_os("BECKON_CHROMIUM").map(|path| path.to_string_lossy().into_owned());
    named
        .filter(|path| Path::new(path).exists())
        .or_else(|| CHROMIUM_NAMES.iter().find_map(|name| on_path(name)))
}

fn on_path(program: &str) -> Option<String> {
    let folders = env::var_os("PATH")?;
    let found = env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())?;
    Some(found.to_string_lossy().into_owned())
}

fn is_root() -> bool {
    answer(Command::new("id").arg("-u")).is_some_and(|id| id == "0")
}

/// What a program prints, if it runs and succeeds.
fn answer(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
