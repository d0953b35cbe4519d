//! The web workspaces, through npm.

use std::process::Command;

use crate::{
    progress::{Failure, Progress},
    root,
};

/// npm in `web/`.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(root().join("web")).args(arguments);
    command
}

/// Makes sure that the apps are built. The server's build script does it, but in a debug build goes on when it fails;
/// here it is repeated in the open.
pub(crate) fn built(progress: &mut Progress) -> Result<(), Failure> {
    let web = root().join("web");
    let stamps =
        ["widget/dist/app/.sources", "console/dist/.sources", "demo/dist/.sources", "docs/dist/.sources"];
    if stamps.iter().all(|stamp| web.join(stamp).exists()) {
        return Ok(());
    }
    if !web.join("node_modules").exists() {
        progress.step("web packages", &mut npm(&["ci"]))?;
    }
    progress.step("web build", &mut npm(&["run", "build"]))
}
