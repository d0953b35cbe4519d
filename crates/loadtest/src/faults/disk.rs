//! No answer precedes the disk: each `accepted` is written to its socket after an fdatasync that began after the request
//! was read. A small library is loaded into the server that notes all three with their times.
//!
//! Guard: `synchronous=FULL`. The test does the same with NORMAL, where it must fail.

use std::collections::HashMap;
use std::path::Path;

use serde_json::json;
use uuid::Uuid;

use super::{Run, fast_setup, preload};
use crate::wire::{Door, Greeting, Heard};
use crate::{Failure, Outcome};

/// Clients that write at once, so that their writes share commits.
const WRITERS: usize = 4;

pub(super) async fn run(run: &Run) -> Outcome<String> {
    let library = preload::build(&run.folder, "disk_log")?;
    let each = run.pick(100, 2_000);
    let full = one(&run.folder.join("full"), &library, each, None).await?;
    if full.unsynced > 0 || full.accepted < each * WRITERS {
        return Err(Failure::new(format!(
            "of {} answers {} preceded the disk",
            full.accepted, full.unsynced
        )));
    }
    let normal = one(&run.folder.join("normal"), &library, each, Some("NORMAL")).await?;
    if normal.unsynced * 2 < normal.accepted {
        let what = "with synchronous=NORMAL the answers should precede the disk, and they do not: this shows nothing";
        return Err(Failure::new(format!("{what} ({} of {})", normal.unsynced, normal.accepted)));
    }
    Ok(format!(
        "{} answers, each after its fdatasync ({} of them); with synchronous=NORMAL {} of {} were not",
        full.accepted, full.syncs, normal.unsynced, normal.accepted
    ))
}

/// What the library noted.
struct Noted {
    accepted: usize,
    /// Of them: before any sync that began after their request.
    unsynced: usize,
    syncs: usize,
}

async fn one(folder: &Path, library: &Path, each: usize, synchronous: Option<&str>) -> Outcome<Noted> {
    std::fs::create_dir_all(folder)?;
    let log = folder.join("disk.log");
    // Answers to pings would be reads that are no request.
    let mut setup = fast_setup(folder)?.with("--ping-ms", 600_000);
    let widget = {
        drop(setup.start()?);
        setup.widget()?
    };
    setup = setup.with_environment("LD_PRELOAD", library).with_environment("BECKON_DISK_LOG", &log);
    if let Some(synchronous) = synchronous {
        setup = setup.with_environment("BECKON_TEST_SYNCHRONOUS", synchronous);
    }
    let server = setup.start()?;
    let door = Door::new(server.address)?;
    let mut writers = Vec::new();
    for _ in 0..WRITERS {
        let session = door.session(&widget).await?;
        let door = door.clone();
        writers.push(tokio::spawn(async move { write(&door, session.token, each).await }));
    }
    for writer in writers {
        writer.await??;
    }
    server.kill()?;
    noted(&std::fs::read_to_string(log)?)
}

/// Sends one message after the other, each after the answer to the last.
async fn write(door: &Door, token: String, each: usize) -> Outcome<()> {
    let gone = |ended| Failure::new(format!("the socket ended: {ended:?}"));
    let mut socket = door.socket().await?;
    socket.hello(&Greeting::Token(token), &[]).await.map_err(gone)?;
    let thread = Uuid::from_u128(rand::random());
    for request in 0..each {
        let frame = json!({
            "type": "send", "request": request, "client_id": Uuid::from_u128(rand::random()), "thread": thread,
            "message": {"type": "TEXT", "text": "hello"},
        });
        socket.send(frame.to_string()).await.map_err(gone)?;
        loop {
            let heard = Heard::parse(&socket.next().await.map_err(gone)?)?;
            match heard.kind.as_str() {
                "accepted" => break,
                "rejected" => return Err(Failure::new(format!("rejected: {:?}", heard.code))),
                _ => {}
            }
        }
    }
    Ok(())
}

fn noted(log: &str) -> Outcome<Noted> {
    let mut lines = Vec::new();
    for line in log.lines() {
        let mut words = line.split(' ');
        let mut number = || words.next_back().and_then(|word| word.parse::<u64>().ok());
        let (Some(ended), Some(began), Some(descriptor)) = (number(), number(), number()) else {
            return Err(Failure::new(format!("a line of the library that is none: {line}")));
        };
        lines.push((began, ended, descriptor, line.as_bytes()[0]));
    }
    lines.sort_unstable();
    let mut noted = Noted { accepted: 0, unsynced: 0, syncs: 0 };
    // Of each socket: when the first bytes after the last answer were read, which are the request.
    let mut asked: HashMap<u64, u64> = HashMap::new();
    let mut syncs: Vec<(u64, u64)> = Vec::new();
    for (began, ended, descriptor, kind) in lines {
        match kind {
            b'R' => {
                asked.entry(descriptor).or_insert(ended);
            }
            b'D' => {
                noted.syncs += 1;
                syncs.push((began, ended));
            }
            _ => {
                noted.accepted += 1;
                let asked = asked.remove(&descriptor).unwrap_or(u64::MAX);
                let newest_first = syncs.iter().rev();
                let mut since = newest_first.take_while(|(start, _)| *start >= asked);
                if !since.any(|(_, end)| *end <= began) {
                    noted.unsynced += 1;
                }
            }
        }
    }
    Ok(noted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_needs_a_sync_of_its_own() {
        let after = noted("R 5 10 11\nD 9 12 20\nA 5 21 21\n").expect("lines");
        assert_eq!((after.accepted, after.unsynced), (1, 0));
        let early = noted("D 9 1 9\nR 5 10 11\nA 5 21 21\n").expect("lines");
        assert_eq!(early.unsynced, 1, "the sync was another's");
        let late = noted("R 5 10 11\nD 9 12 25\nA 5 21 21\n").expect("lines");
        assert_eq!(late.unsynced, 1, "it ended after the answer");
    }
}
