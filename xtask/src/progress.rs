//! What the developer sees: one line before and after each step, the command to repeat a failed one, and a summary.

use std::{
    fmt::{self, Display, Formatter},
    process::Command,
    time::Instant,
};

use crate::{is_ci, output};

/// Steps as they run, in order.
pub(crate) struct Progress {
    begun: Instant,
    steps: Vec<(String, f64)>,
    skipped: Vec<String>,
    failed: Vec<Failure>,
}

/// Why a step failed and how to repeat it.
#[derive(Debug)]
pub(crate) struct Failure {
    step: String,
    reason: String,
    /// Lines of the step's output that name failed tests; only of continuous integration.
    named: Vec<String>,
}

impl Failure {
    pub(crate) fn new(step: &str, reason: impl Into<String>) -> Self {
        Self { step: step.to_owned(), reason: reason.into(), named: Vec::new() }
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "FAILED {}: {}", self.step, self.reason)?;
        self.named.iter().try_for_each(|line| write!(formatter, "\n  {line}"))
    }
}

impl Progress {
    pub(crate) fn start() -> Self {
        Self { begun: Instant::now(), steps: Vec::new(), skipped: Vec::new(), failed: Vec::new() }
    }

    /// Runs a command with its output shown as it comes: at a terminal by itself, so that it may use colours and draw
    /// its progress; in continuous integration through here, so that the end of the log names the tests that failed.
    pub(crate) fn step(&mut self, name: &str, command: &mut Command) -> Result<(), Failure> {
        let line = described(command);
        let mut named = Vec::new();
        let outcome = self.check(name, &line, || {
            let status = if is_ci() {
                output::run(command).map(|(status, lines)| {
                    named = lines;
                    status
                })
            } else {
                command.status()
            };
            match status {
                Ok(status) if status.success() => Ok(()),
                Ok(status) => Err(format!("{status}; repeat it with: {line}")),
                Err(error) => Err(format!("{error}; is it installed? {line}")),
            }
        });
        outcome.map_err(|failure| Failure { named, ..failure })
    }

    /// Runs something of our own. `what` says in a few words what it does.
    pub(crate) fn check<T>(
        &mut self,
        name: &str,
        what: &str,
        work: impl FnOnce() -> Result<T, String>,
    ) -> Result<T, Failure> {
        println!("\n== {name}: {what}");
        let begun = Instant::now();
        let value = work().map_err(|reason| Failure::new(name, reason))?;
        let seconds = begun.elapsed().as_secs_f64();
        println!("== {name}: done in {seconds:.1} s");
        self.steps.push((name.to_owned(), seconds));
        Ok(value)
    }

    /// Keeps a failure for the end, so that the steps that do not build on this one still say what they find.
    pub(crate) fn go_on(&mut self, outcome: Result<(), Failure>) {
        if let Err(failure) = outcome {
            println!("\n{failure}\n== going on: what comes next does not need it");
            self.failed.push(failure);
        }
    }

    /// Notes something that was left out, and why.
    pub(crate) fn skip(&mut self, what: &str) {
        println!("\n== skipped: {what}");
        self.skipped.push(what.to_owned());
    }

    /// Prints each step's time, what was skipped and what failed. In continuous integration nothing may be skipped.
    pub(crate) fn finish(&mut self, is_ci: bool) -> Result<(), Failure> {
        println!("\nsteps:");
        for (name, seconds) in &self.steps {
            println!("  {seconds:>7.1} s  {name}");
        }
        println!("  {:>7.1} s  together", self.begun.elapsed().as_secs_f64());
        if self.skipped.is_empty() {
            println!("skipped: nothing");
        }
        for what in &self.skipped {
            println!("skipped: {what}");
        }
        if is_ci && !self.skipped.is_empty() {
            self.failed.push(Failure::new("skipped", "CI=true and something was left out"));
        }
        let last = self.failed.pop();
        for failure in &self.failed {
            eprintln!("\n{failure}");
        }
        last.map_or(Ok(()), Err)
    }
}

/// The command as one would type it.
fn described(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let program = program.rsplit('/').next().unwrap_or(&program);
    let mut line = match command.get_current_dir().and_then(|folder| folder.file_name()) {
        Some(folder) if folder == "web" => format!("(cd web && {program}"),
        _ => program.to_owned(),
    };
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    if line.starts_with('(') {
        line.push(')');
    }
    line
}
