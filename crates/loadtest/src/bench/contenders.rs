//! The three engines: how each is prepared, started and spoken to.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Failure;
use super::dialect::{Dialect, Who, conversation_id};
use super::driver::Driver;
use super::fill::{AGENT_TOKEN, Filled, fill};
use super::http::Http;
use super::languages::{Beckon, Limit, Scene, SocketIo, earlier_texts};
use super::limit_engine;
use super::postgres::Postgres;
use super::process::Server;
use crate::server::free_address;

/// Beckon's limits protect it from one visitor, one address and one agent; the driver is all of them at once.
const LIFTED: [&str; 14] = [
    "--visitor-sends=1e9",
    "--visitor-sends-burst=1e9",
    "--context-writes=1e9",
    "--context-writes-burst=1e9",
    "--agent-sends=1e9",
    "--key-requests=1e9",
    "--new-conversations=1e9",
    "--frames=1e9",
    "--sessions-per-ip=1e9",
    "--sign-ins-per-ip=1e9",
    "--sockets-per-ip=1000000",
    "--sockets-per-session=1000",
    "--log=error",
    "--presence-grace-ms=0",
];

/// An engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The product.
    Beckon,
    /// The least there can be.
    Limit,
    /// The usual way.
    SocketIo,
}

/// Everything that runs share.
pub struct Stage {
    /// Folder for data, on the disk that is measured.
    pub work: PathBuf,
    /// Folder for what is kept from run to run.
    pub kept: PathBuf,
    /// The program.
    pub beckon: PathBuf,
    /// The limit engine.
    pub limit: PathBuf,
    /// The baseline's folder with its modules, and its database; or why there is none.
    pub socket_io: Result<(PathBuf, Postgres), String>,
    /// Databases for Beckon that were filled before, by visitors and whether they missed something.
    pub templates: HashMap<(usize, bool), Filled>,
}

/// An engine that runs, with a driver that speaks its language.
pub struct Running {
    /// The process.
    pub server: Server,
    /// The driver.
    pub driver: Driver,
}

impl Stage {
    /// Starts an engine with a fresh database for a scene.
    pub fn start(&mut self, engine: Engine, scene: Scene) -> Result<Running, Failure> {
        let folder = self.work.join("run");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let address = free_address()?;
        let log = self.work.join("log");
        let (server, dialect): (Server, Box<dyn Dialect>) = match engine {
            Engine::Beckon => {
                let filled = self.template(scene.conversations, scene.resume)?.clone();
                copy(&self.template_folder(scene.conversations, scene.resume), &folder)?;
                let server = start_beckon(&self.beckon, &folder, &log)?;
                let tickets = tickets(&server, scene.watchers)?;
                let Filled { visitors, epoch } = filled;
                (server, Box::new(Beckon { scene, visitors, tickets, epoch }))
            }
            Engine::Limit => {
                let ids: Vec<_> = (0..scene.conversations).map(conversation_id).collect();
                limit_engine::fill(&folder, if scene.resume { &ids } else { &[] }, earlier_texts)?;
                let mut command = Command::new(&self.limit);
                command.arg(&folder).arg(address.to_string());
                (Server::start(&mut command, address, "/healthz", &log)?, Box::new(Limit { scene }))
            }
            Engine::SocketIo => {
                let (program, postgres) = self.socket_io.as_ref().map_err(Clone::clone)?;
                postgres.fill(scene.resume.then_some(scene.conversations))?;
                let mut command = Command::new("node");
                command.arg("server.mjs").arg(address.port().to_string()).arg(postgres.port.to_string());
                command.current_dir(program).env("NODE_ENV", "production");
                (Server::start(&mut command, address, "/", &log)?, Box::new(SocketIo { scene }))
            }
        };
        let driver = Driver::new(server.address, dialect)?;
        Ok(Running { server, driver })
    }

    fn template_folder(&self, visitors: usize, missed: bool) -> PathBuf {
        self.work.join(format!("template-{visitors}{}", if missed { "-missed" } else { "" }))
    }

    fn template(&mut self, visitors: usize, missed: bool) -> Result<&Filled, Failure> {
        let folder = self.template_folder(visitors, missed);
        let entry = self.templates.entry((visitors, missed));
        Ok(match entry {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(none) => none.insert(fill(&folder, visitors, missed)?),
        })
    }
}

/// Starts Beckon on a data folder, with its limits lifted.
pub fn start_beckon(program: &Path, folder: &Path, log: &Path) -> Result<Server, Failure> {
    let address = free_address()?;
    let mut command = Command::new(program);
    command.args(["serve", "--data"]).arg(folder).arg(format!("--listen={address}")).args(LIFTED);
    Ok(Server::start(&mut command, address, "/readyz", log)?)
}

/// The agent's cookie and the origin of its console, as lines of a head.
pub fn agent_headers(server: &Server) -> String {
    format!("Cookie: beckon_agent={AGENT_TOKEN}\r\nOrigin: http://{}\r\n", server.address)
}

fn tickets(server: &Server, count: usize) -> Result<Vec<String>, Failure> {
    let mut http = Http::connect(server.address)?;
    let headers = agent_headers(server);
    (0..count)
        .map(|_| {
            let answer = http.ask("POST", "/console/1/tickets", &headers, "{}")?;
            let body: serde_json::Value = serde_json::from_slice(&answer.body)?;
            let ticket = body["ticket"].as_str().ok_or_else(|| format!("no ticket: {body}"))?;
            Ok(ticket.to_owned())
        })
        .collect()
}

/// Copies the files of a folder.
pub fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if let Some(name) = path.file_name() {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// All visitors of a scene.
pub fn visitors(count: usize) -> Vec<Who> {
    (0..count).map(Who::Visitor).collect()
}

/// So many watchers.
pub fn watchers(count: usize) -> Vec<Who> {
    (0..count).map(Who::Watcher).collect()
}
