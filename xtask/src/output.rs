//! A command's output, shown as it comes; the lines that name a failed test are kept, for they are far up in a long log
//! when the last step ends.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::{SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

/// How many such lines are kept of one command: enough to see the kind of a failure.
const MOST: usize = 40;
/// How long the last lines may take once the command has ended. A process that it left behind, as a service that a package
/// starts, may hold its output open for ever.
const LAST_LINES: Duration = Duration::from_secs(5);

/// Runs the command and returns its status and the lines that name what failed, in their order.
pub(crate) fn run(command: &mut Command) -> io::Result<(ExitStatus, Vec<String>)> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (tell, told) = sync_channel(MOST);
    pass_on(child.stdout.take(), io::stdout(), tell.clone());
    pass_on(child.stderr.take(), io::stderr(), tell);
    let status = child.wait()?;
    let end = Instant::now() + LAST_LINES;
    let mut named: Vec<String> = Vec::new();
    while let Ok(line) = told.recv_timeout(end.saturating_duration_since(Instant::now())) {
        if !named.contains(&line) {
            named.push(line);
        }
    }
    Ok((status, named))
}

/// Shows each line, and tells of those that name a failed test.
fn pass_on(
    from: Option<impl Read + Send + 'static>,
    mut to: impl Write + Send + 'static,
    tell: SyncSender<String>,
) {
    let Some(from) = from else { return };
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            // A reader of ours that went away does not stop the command.
            let _ = to.write_all(&line).and_then(|()| to.flush());
            if let Some(name) = failed_test(&String::from_utf8_lossy(&line)) {
                // Beyond `MOST` they are only shown.
                let _ = tell.try_send(name);
            }
            line.clear();
        }
    });
}

/// The test that a line calls failed: as vitest says it (`FAIL  file > test`, `AssertionError: …`) and as nextest does
/// (`FAIL [ 0.1s] crate test`).
fn failed_test(line: &str) -> Option<String> {
    let plain = without_colours(line);
    let plain = plain.trim();
    let says =
        ["FAIL ", "TIMEOUT ", "AssertionError", "TimeoutError", "Error: Test timed out", "panicked at"];
    says.iter().any(|start| plain.contains(start)).then(|| plain.to_owned())
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // A colour ends with its letter.
            let _ = characters.find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{failed_test, run};

    #[test]
    fn a_command_ends_when_it_ends_whatever_it_leaves_behind() {
        let script = "echo 'FAIL two' && echo 'FAIL one' && sleep 20 & sleep 1; exit 3";
        let (status, named) = run(Command::new("sh").args(["-c", script])).expect("sh");
        assert_eq!(status.code(), Some(3));
        assert_eq!(named, ["FAIL two", "FAIL one"]);
    }

    #[test]
    fn names_what_either_runner_calls_failed_and_nothing_else() {
        let vitest = "\u{1b}[41m FAIL \u{1b}[49m @beckon/widget tests/window.test.ts > opens\n";
        assert_eq!(failed_test(vitest).as_deref(), Some("FAIL  @beckon/widget tests/window.test.ts > opens"));
        let nextest = "        FAIL [   0.142s] (194/508) beckon-server::it connections::drips\n";
        assert_eq!(
            failed_test(nextest).as_deref(),
            Some("FAIL [   0.142s] (194/508) beckon-server::it connections::drips")
        );
        assert_eq!(failed_test("        PASS [   0.1s] crate says_why_it_failed\n"), None);
    }
}
