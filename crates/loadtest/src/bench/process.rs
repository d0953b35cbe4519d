//! The servers, as processes of their own.

use std::fs::{self, File};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::http::Http;
use crate::server::resident_bytes;

/// A server that does not answer by then has failed.
const START_WITHIN: Duration = Duration::from_secs(60);
/// Pause between two looks.
const LOOK_EVERY: Duration = Duration::from_micros(500);
/// The kernel's clock ticks a second, as /proc counts them.
const TICKS: f64 = 100.0;

/// A running server; dropping it kills it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to its first good answer.
    pub started_in: Duration,
}

impl Server {
    /// Starts a server and waits until `path` answers 200. What it prints goes to `log`.
    pub fn start(command: &mut Command, address: SocketAddr, path: &str, log: &Path) -> io::Result<Self> {
        let output = File::create(log)?;
        let begun = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).spawn()?;
        let mut server = Self { child, address, started_in: Duration::ZERO };
        loop {
            if Http::connect(address)
                .and_then(|mut http| http.ask("GET", path, "", ""))
                .is_ok_and(|it| it.status == 200)
            {
                server.started_in = begun.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                let said = fs::read_to_string(log).unwrap_or_default();
                return Err(io::Error::other(format!("{command:?} ended with {status}: {said}")));
            }
            if begun.elapsed() > START_WITHIN {
                return Err(io::Error::other(format!("{command:?} does not answer on {address}{path}")));
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Memory of the process that is in use, in bytes.
    pub fn memory(&self) -> u64 {
        resident_bytes(self.child.id()).unwrap_or(0)
    }

    /// Processor time used so far, in seconds.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // The name in brackets may hold spaces; what follows it has fixed places.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        (ticks(11) + ticks(12)) / TICKS
    }

    /// Stops it in good order: what it was killed in, it looks for damage in at its next start, beside everything else.
    pub fn stop(mut self) -> io::Result<()> {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        if !told.success() {
            return Err(io::Error::other("kill -TERM failed"));
        }
        self.child.wait().map(drop)
    }

    /// `kill -9`.
    pub fn kill(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}
