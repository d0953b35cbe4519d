//! The test suite, cheapest first. What the later steps build on stops it; the long steps at the end all run, and say
//! together what they found.

use std::process::Command;

use crate::{
    cargo, contract, directions, is_ci, links,
    progress::{Failure, Progress},
    root, target, tools, web,
};

pub(crate) fn test(progress: &mut Progress) -> Result<(), Failure> {
    let chromium = tools::bring_up_to_date(progress)?;
    let tree = tree_status()?;

    progress.step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    progress.check("directions", "who may use whom, among crates and web workspaces", || {
        directions::check(&root())
    })?;
    progress.check("links", "links between the documents lead somewhere", || links::check(&root()))?;
    // Compiling the server also builds the web apps.
    progress.step(
        "lints",
        &mut cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
    )?;
    web::built(progress)?;
    progress.step("web lints and types", &mut web::npm(&["run", "check"]))?;
    let web_tests = progress.step("web tests", web::npm(&["test"]).env("BECKON_CHROMIUM", &chromium));
    progress.go_on(web_tests);
    let sizes = progress.step("web sizes", &mut web::npm(&["run", "sizes"]));
    progress.go_on(sizes);
    build(progress)?;
    contract::check(progress)?;
    let tests = rust_tests(progress);
    progress.go_on(tests);
    let faults = chaos(progress, &[]);
    progress.go_on(faults);
    let browser = browser_tests(progress, &chromium, &[]);
    progress.go_on(browser);
    if is_ci() {
        let left = progress.check("tree", "the tests left the work tree as it was", || {
            let after = tree_status().map_err(|failure| failure.to_string())?;
            if after == tree { Ok(()) } else { Err(format!("git status before:\n{tree}after:\n{after}")) }
        });
        progress.go_on(left);
    } else {
        progress.skip(
            "tree (that the tests leave no file behind): only with CI=true, where nobody edits meanwhile",
        );
    }
    progress.finish(is_ci())
}

pub(crate) fn e2e(progress: &mut Progress, filter: &[String]) -> Result<(), Failure> {
    let chromium = tools::bring_up_to_date(progress)?;
    build(progress)?;
    web::built(progress)?;
    browser_tests(progress, &chromium, filter)
}

/// Breaks a running chat in every way and checks what was promised.
pub(crate) fn chaos(progress: &mut Progress, arguments: &[String]) -> Result<(), Failure> {
    build(progress)?;
    let mut command = Command::new(target().join("debug/loadtest"));
    progress.step("fault tests", command.arg("chaos").args(arguments))
}

pub(crate) fn screenshots(progress: &mut Progress) -> Result<(), Failure> {
    let chromium = tools::bring_up_to_date(progress)?;
    build(progress)?;
    web::built(progress)?;
    progress.step("screenshots", web::npm(&["run", "screenshots"]).env("BECKON_CHROMIUM", &chromium))
}

/// Everything at once, tests included: a crate by itself asks for fewer features of what it shares with the others, and
/// tokio, axum and hyper would be compiled again for each such set.
pub(crate) fn build(progress: &mut Progress) -> Result<(), Failure> {
    progress.step("build", &mut cargo(&["build", "--workspace", "--all-targets", "--locked"]))
}

fn browser_tests(progress: &mut Progress, chromium: &str, filter: &[String]) -> Result<(), Failure> {
    let mut command = web::npm(&["run", "e2e", "--"]);
    command.args(filter).env("BECKON_CHROMIUM", chromium);
    progress.step("browser tests", &mut command)
}

fn rust_tests(progress: &mut Progress) -> Result<(), Failure> {
    if !tools::has_nextest() {
        return progress.step("tests", &mut cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]));
    }
    let nextest = ["nextest", "run", "--workspace", "--locked", "--no-fail-fast", "--no-tests=pass"];
    let tests = progress.step("tests", &mut cargo(&nextest));
    progress.go_on(tests);
    progress.step("documentation's tests", &mut cargo(&["test", "--workspace", "--locked", "--doc"]))
}

fn tree_status() -> Result<String, Failure> {
    let output = Command::new("git")
        .args(["status", "--porcelain"])
        .current_dir(root())
        .output()
        .map_err(|error| Failure::new("tree", format!("git status: {error}")))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
