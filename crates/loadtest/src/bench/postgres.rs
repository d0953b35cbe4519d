//! A PostgreSQL of the benchmark's own, in a folder of its own, with the settings it comes with: every commit is on disk
//! before it is answered.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Failure;
use super::dialect::conversation_id;
use super::languages::earlier_texts;
use crate::server::free_address;

/// What is installed when it is missing.
const PACKAGE: &str = "postgresql";
/// The user that a superuser's PostgreSQL must run as.
const USER: &str = "postgres";
const SCHEMA: &str = "DROP TABLE IF EXISTS message; \
    CREATE TABLE message (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, conversation uuid NOT NULL, \
    client_id uuid NOT NULL UNIQUE, body json NOT NULL); \
    CREATE INDEX message_conversation ON message (conversation, id);";

/// A running PostgreSQL; dropping it stops it.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    data: PathBuf,
    as_user: bool,
    /// On the loopback.
    pub port: u16,
}

impl Postgres {
    /// Makes a cluster below a folder and starts it; installs PostgreSQL first when that is missing and may be done.
    pub fn start(folder: &Path) -> Result<Self, Failure> {
        let programs = match programs() {
            Some(programs) => programs,
            None => {
                install()?;
                programs().ok_or("PostgreSQL is still missing after installing it")?
            }
        };
        let as_user = is_root();
        let data = folder.join("postgres");
        std::fs::create_dir_all(&data)?;
        if as_user {
            run(Command::new("chown").arg(USER).arg(&data))?;
        }
        let port = free_address()?.port();
        let server = Self { programs, data, as_user, port };
        let data = server.data.as_os_str();
        run(server
            .program("initdb")
            .args(["--auth=trust", "--username=postgres", "--no-instructions", "-D"])
            .arg(data))?;
        let options = format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''");
        let log = server.data.join("log");
        run(server
            .program("pg_ctl")
            .args(["-w", "-o", &options, "-D"])
            .arg(data)
            .arg("-l")
            .arg(log)
            .arg("start"))?;
        let version = server.ask("SHOW synchronous_commit; SHOW fsync")?;
        if version.split_whitespace().collect::<Vec<_>>() != ["on", "on"] {
            return Err(format!("this PostgreSQL does not wait for the disk: {version}").into());
        }
        Ok(server)
    }

    /// An empty table, or one with the messages that visitors of so many conversations have missed.
    pub fn fill(&self, missed: Option<usize>) -> Result<(), Failure> {
        self.ask(SCHEMA)?;
        let Some(conversations) = missed else { return Ok(()) };
        let mut psql = self.psql("COPY message (conversation, client_id, body) FROM STDIN");
        let mut child = psql.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let mut input = std::io::BufWriter::new(child.stdin.take().ok_or("psql takes no input")?);
        for number in 0..conversations {
            for text in earlier_texts(number) {
                let (id, client_id) = (conversation_id(number), uuid::Uuid::new_v4());
                writeln!(
                    input,
                    r#"{id}	{client_id}	{{"id":"{client_id}","kind":"message","at":"2026-01-01T00:00:00.000Z","client_id":null,"author":{{"type":"visitor","id":"{id}","name":null}},"message":{{"type":"TEXT","text":"{text}"}}}}"#
                )?;
            }
        }
        drop(input);
        if !child.wait()?.success() {
            return Err("PostgreSQL took no rows".into());
        }
        self.ask("ANALYZE message; CHECKPOINT").map(drop)
    }

    fn ask(&self, sql: &str) -> Result<String, Failure> {
        let output = self.psql(sql).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn psql(&self, sql: &str) -> Command {
        let mut command = Command::new(self.programs.join("psql"));
        command.args([
            "-h",
            "127.0.0.1",
            "-U",
            "postgres",
            "-d",
            "postgres",
            "-v",
            "ON_ERROR_STOP=1",
            "-qAt",
        ]);
        command.args(["-p", &self.port.to_string(), "-c", sql]);
        command
    }

    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        if !self.as_user {
            return Command::new(path);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", USER, "--"]).arg(path).current_dir("/");
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        // The folder goes with it, so nothing is left to lose.
        let _stopped = run(stop.args(["-m", "immediate", "-D"]).arg(&self.data).arg("stop"));
    }
}

/// The folder of the newest version's programs, where Debian has them.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin")))
        })
        .filter(|(_, path)| path.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop().map(|(_, path)| path)
}

fn install() -> Result<(), Failure> {
    let line = format!("apt-get update && apt-get install --yes --no-install-recommends {PACKAGE}");
    if !is_root() {
        return Err(format!("PostgreSQL is missing. Run: sudo sh -c '{line}'").into());
    }
    run(Command::new("sh").args(["-c", &line]).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
}
