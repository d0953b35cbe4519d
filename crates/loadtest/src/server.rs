//! The real binary on a free port, with a data folder that outlives it.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::pace::until;
use crate::scene::LOG;
use crate::{Failure, Outcome};

/// A binary that has not ended by then never will.
const HANG: Duration = Duration::from_secs(90);

/// How to start it.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The `beckon` binary.
    pub binary: PathBuf,
    /// The data folder.
    pub data: PathBuf,
    /// Flags of `beckon serve`.
    pub flags: Vec<String>,
    /// Environment of the process, `LD_PRELOAD` say.
    pub environment: Vec<(OsString, OsString)>,
    /// Where its log goes; it is appended to.
    pub log: PathBuf,
}

impl Setup {
    /// The `beckon` that was built beside this program, with a folder of its own; raises every limit that counts
    /// clients, because all of them come from one address here.
    pub fn new(folder: &Path) -> Outcome<Self> {
        let flags =
            ["--sessions-per-ip", "1000000", "--sockets-per-ip", "100000", "--sign-ins-per-ip", "10000"];
        Ok(Self {
            binary: beside_this_program("beckon")?,
            data: folder.join("data"),
            flags: flags.map(str::to_owned).to_vec(),
            environment: Vec::new(),
            log: folder.join(LOG),
        })
    }

    /// With one more flag.
    #[must_use]
    pub fn with(mut self, flag: &str, value: impl ToString) -> Self {
        self.flags.extend([flag.to_owned(), value.to_string()]);
        self
    }

    /// With one more variable in its environment.
    #[must_use]
    pub fn with_environment(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Starts it on a free port.
    pub fn start(&self) -> Outcome<Server> {
        self.start_on(free_address()?)
    }

    /// Starts it on this address: after a stop clients come back to where they were.
    pub fn start_on(&self, address: SocketAddr) -> Outcome<Server> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(&self.log)?;
        let mut command = self.command(&["serve"]);
        command.args(["--listen", &address.to_string()]).args(&self.flags);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let begun = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn()?;
        let printed = child.stdout.take().ok_or_else(|| Failure::new("no standard output"))?;
        let (tell, told) = mpsc::sync_channel(1);
        // It goes on printing, and must find somebody who reads.
        std::thread::spawn(move || {
            for line in BufReader::new(printed).lines().map_while(Result::ok) {
                let address = line.strip_prefix("listening on ").and_then(|address| address.parse().ok());
                if let Some(address) = address {
                    // Nobody waits any more: the line came too late.
                    let _unheard = tell.try_send((address, begun.elapsed()));
                }
            }
        });
        match told.recv_timeout(HANG) {
            Ok((address, started_in)) => Ok(Server { child, address, started_in }),
            Err(why) => {
                // Ended already, or ended here.
                let _ended = child.kill();
                let status = child.wait()?;
                let (log, late) = (self.log.display(), matches!(why, mpsc::RecvTimeoutError::Timeout));
                let how = if late {
                    format!("did not listen within {HANG:?}")
                } else {
                    format!("ended with {status}")
                };
                Err(Failure::new(format!("the server {how}; see {log}")))
            }
        }
    }

    /// Runs a command of the binary on the same folder, with this on its standard input; what it prints.
    pub fn run(&self, arguments: &[&str], input: &str) -> Outcome<String> {
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let Output { status, stdout, stderr } = child.wait_with_output()?;
        if !status.success() {
            let told = String::from_utf8_lossy(&stderr);
            return Err(Failure::new(format!("beckon {}: {}", arguments.join(" "), told.trim_end())));
        }
        Ok(String::from_utf8_lossy(&stdout).trim_end().to_owned())
    }

    /// Id of the widget with several threads; the folder must have been started once.
    pub fn widget(&self) -> Outcome<String> {
        let widgets: Value = serde_json::from_str(&self.run(&["admin", "widget", "list", "--json"], "")?)?;
        let found = widgets.as_array().into_iter().flatten().find(|widget| widget["multiThread"] == true);
        let id = found.and_then(|widget| widget["id"].as_str());
        id.map(str::to_owned).ok_or_else(|| Failure::new("no such widget"))
    }

    /// Makes an agent who sees everything.
    pub fn make_supervisor(&self, email: &str, password: &str) -> Outcome<()> {
        let name = email.split('@').next().unwrap_or(email);
        let arguments = [
            "admin",
            "agent",
            "create",
            "--email",
            email,
            "--name",
            name,
            "--role",
            "supervisor",
            "--password-stdin",
        ];
        self.run(&arguments, &format!("{password}\n")).map(drop)
    }

    /// Makes an API key that may do everything; its secret.
    pub fn make_key(&self, name: &str) -> Outcome<String> {
        self.run(&["admin", "key", "create", name, "--scope", "manage"], "")
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.data.join("beckon.db")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).env("BECKON_DATA", &self.data);
        command.env_remove("BECKON_LISTEN").env_remove("BECKON_PUBLIC_URL");
        command
    }
}

/// Ports that the system does not give to outgoing connections: while a server is down, a client's own socket must not
/// come to sit on its port.
const PORTS: std::ops::Range<u16> = 12_000..32_000;
/// Ports tried before giving up.
const TRIES: usize = 100;

/// A free loopback address.
pub fn free_address() -> io::Result<SocketAddr> {
    let tried = (0..TRIES).map(|_| SocketAddr::from(([127, 0, 0, 1], rand::random_range(PORTS))));
    let mut free = tried.filter(|address| TcpListener::bind(address).is_ok());
    free.next().ok_or_else(|| io::Error::other("no free port"))
}

/// A program of the same build.
pub fn beside_this_program(name: &str) -> Outcome<PathBuf> {
    let mut folder = std::env::current_exe()?;
    folder.pop();
    // Tests lie one folder deeper.
    let places = [folder.join(name), folder.join("..").join(name)];
    places.into_iter().find(|path| path.is_file()).ok_or_else(|| {
        Failure::new(format!(
            "no {name} in {}; build it: cargo build --package beckon-server",
            folder.display()
        ))
    })
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to its first line.
    pub started_in: Duration,
}

impl Server {
    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a crash does: SIGKILL.
    pub fn kill(mut self) -> Outcome<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop in good order: SIGTERM.
    pub fn ask_to_stop(&self) -> Outcome<()> {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        if told.success() { Ok(()) } else { Err(Failure::new("kill -TERM failed")) }
    }

    /// Waits until it has ended by itself.
    pub async fn ended(mut self) -> Outcome<ExitStatus> {
        until("the server has ended", HANG, || Ok(self.child.try_wait()?)).await
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Its resident memory in bytes.
    pub fn resident_bytes(&self) -> Outcome<u64> {
        resident_bytes(self.child.id())
    }

    /// Sockets it has open.
    pub fn open_sockets(&self) -> Outcome<usize> {
        let open = std::fs::read_dir(format!("/proc/{}/fd", self.child.id()))?;
        let targets = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
        Ok(targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count())
    }
}

/// Memory of a process that is in use, in bytes.
pub fn resident_bytes(process: u32) -> Outcome<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.map(|count| count * 1024).ok_or_else(|| Failure::new("no VmRSS in the process's status"))
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, or ended here.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
