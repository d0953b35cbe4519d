//! What one client sent, got answered and saw, a JSON object a line. It is the client's durable queue, too: a write
//! stands here before it is sent, and a client that was killed goes on from its file.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Failure, Outcome};

/// What a write is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A message.
    Text,
    /// A note for the team.
    Note,
    /// A context write of the page; the body is its JSON.
    Context,
}

/// A write, from the moment it counts for its author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// The author's own count, from 1.
    pub n: u64,
    /// Made before the first try.
    pub client_id: String,
    /// The visitor's thread, or the conversation an agent writes in.
    pub lane: String,
    /// What it is.
    pub kind: Kind,
    /// The text, or the context's JSON.
    pub body: String,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Line {
    /// Who writes this file.
    Is {
        /// A visitor; otherwise an agent.
        visitor: bool,
        /// The visitor's id, or the agent's e-mail.
        id: String,
    },
    /// A write is in the queue.
    Queued(Queued),
    /// It was answered: stored.
    Acked {
        /// Which.
        client_id: String,
        /// Where it went; a context write may find none.
        conversation: Option<String>,
        /// Its position as its author counts.
        position: Option<i64>,
        /// The event; none for a context write.
        event_id: Option<String>,
        /// Of a context write: the version after.
        version: Option<i64>,
        /// It had been stored before.
        duplicate: bool,
        /// In which epoch.
        epoch: String,
    },
    /// It was refused for good, and its author sees that.
    Failed {
        /// Which.
        client_id: String,
        /// Why.
        code: String,
    },
    /// The log of a conversation starts over.
    Reset {
        /// The conversation.
        conversation: String,
        /// The epoch of the positions from here on.
        epoch: String,
        /// The position of the first event that follows.
        first: i64,
    },
    /// An event was applied.
    Saw {
        /// The conversation.
        conversation: String,
        /// Its place.
        position: i64,
        /// Which.
        event_id: String,
    },
    /// The other side's cursors, as the frame says them.
    Cursor {
        /// A `state` says so; otherwise a `cursor` frame.
        state: bool,
        /// The conversation.
        conversation: String,
        /// In which epoch.
        epoch: String,
        /// Delivered up to here.
        delivered: i64,
        /// Seen up to here.
        read: i64,
    },
    /// Its connection ended with this code. For who reads the files.
    Closed {
        /// The close code; 0: without a word.
        code: u16,
    },
}

/// The files of one client.
#[derive(Debug)]
pub struct Log {
    lines: BufWriter<File>,
    /// Every byte a visitor was sent, a frame a line.
    raw: Option<BufWriter<File>>,
}

/// Where a client's lines are.
pub fn lines_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.jsonl"))
}

/// Where a visitor's bytes are.
pub fn raw_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.raw"))
}

impl Log {
    /// Opens a client's files for more lines; `raw`: keep the bytes, too.
    pub fn open(folder: &Path, name: &str, raw: bool) -> Outcome<Self> {
        let append = |path: PathBuf| {
            let file = File::options().create(true).append(true).open(&path);
            file.map(|file| BufWriter::with_capacity(4096, file))
                .map_err(|error| Failure::new(format!("{}: {error}", path.display())))
        };
        let raw = if raw { Some(append(raw_file(folder, name))?) } else { None };
        Ok(Self { lines: append(lines_file(folder, name))?, raw })
    }

    /// Adds a line.
    pub fn add(&mut self, line: &Line) -> Outcome<()> {
        serde_json::to_writer(&mut self.lines, line)?;
        self.lines.write_all(b"\n")?;
        Ok(())
    }

    /// Adds a line that must be kept before anything else happens.
    pub fn keep(&mut self, line: &Line) -> Outcome<()> {
        self.add(line)?;
        Ok(self.lines.flush()?)
    }

    /// Keeps the bytes of a frame.
    pub fn bytes(&mut self, frame: &str) -> Outcome<()> {
        if let Some(raw) = &mut self.raw {
            raw.write_all(frame.as_bytes())?;
            raw.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Hands everything to the system.
    pub fn flush(&mut self) -> Outcome<()> {
        self.lines.flush()?;
        if let Some(raw) = &mut self.raw {
            raw.flush()?;
        }
        Ok(())
    }
}

/// Reads a client's lines.
pub fn read(file: &Path) -> Outcome<Vec<Line>> {
    let mut lines = Vec::new();
    for line in BufReader::new(File::open(file)?).lines() {
        lines.push(serde_json::from_str(&line?)?);
    }
    Ok(lines)
}
