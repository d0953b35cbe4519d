//! Where a fault happens: a server in a folder of its own, a proxy before it, and a crowd of clients.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::{Connection, OpenFlags};
use tokio::time::{Instant, sleep, timeout};

use crate::agent::Agent;
use crate::check::{Report, check};
use crate::client::{Client, Counts, Order, Rules, Start, Who, seeded_id};
use crate::log::Kind;
use crate::pace::{PACE, until};
use crate::proxy::Proxy;
use crate::server::{Server, Setup};
use crate::visitor::Visitor;
use crate::wire::Door;
use crate::{Failure, Outcome};

/// Longest that nothing may come nearer to rest: nothing is measured with it.
const REST: Duration = Duration::from_secs(120);
/// Clients that connect at once at the start.
const AT_ONCE: usize = 50;
/// Of every agent here.
pub const PASSWORD: &str = "a long password";

/// A server and its surroundings.
#[derive(Debug)]
pub struct Ground {
    folder: PathBuf,
    /// How the server is started.
    pub setup: Setup,
    /// The server, while it runs.
    pub server: Option<Server>,
    /// Where it always listens.
    pub address: SocketAddr,
    /// The proxy, if there is one.
    pub proxy: Option<Proxy>,
    /// The door that clients use: the proxy's, if there is one.
    pub door: Door,
    /// The widget with several threads.
    pub widget: String,
    /// Everybody.
    pub crowd: Vec<Client>,
    /// What they did.
    pub counts: Arc<Counts>,
    /// Chance that repeats.
    pub chance: StdRng,
    /// Where chance began.
    seed: u64,
}

impl Ground {
    /// A server in this folder with these flags, with or without a proxy before it.
    pub async fn new(folder: &Path, seed: u64, flags: &[(&str, &str)], proxied: bool) -> Outcome<Self> {
        let mut setup = Setup::new(folder)?;
        for (flag, value) in flags {
            setup = setup.with(flag, value);
        }
        Self::on(folder, setup, seed, proxied).await
    }

    /// A server that is started like this.
    pub async fn on(folder: &Path, setup: Setup, seed: u64, proxied: bool) -> Outcome<Self> {
        let folder = folder.to_owned();
        std::fs::create_dir_all(folder.join("clients"))?;
        let server = setup.start()?;
        let address = server.address;
        let proxy = if proxied { Some(Proxy::start(address).await?) } else { None };
        let door = Door::new(proxy.as_ref().map_or(address, |proxy| proxy.address))?;
        let widget = setup.widget()?;
        let (counts, chance) = (Arc::default(), StdRng::seed_from_u64(seed));
        let (server, crowd) = (Some(server), Vec::new());
        Ok(Self { folder, setup, server, address, proxy, door, widget, crowd, counts, chance, seed })
    }

    /// Where the clients' files are.
    pub fn clients_folder(&self) -> PathBuf {
        self.folder.join("clients")
    }

    /// The test's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn start(&self, name: &str, rules: &Rules) -> Start {
        let number =
            name.bytes().fold(self.seed, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        Start {
            folder: self.clients_folder(),
            door: self.door.clone(),
            rules: rules.clone(),
            counts: Arc::clone(&self.counts),
            seed: number,
        }
    }

    /// A visitor with so many threads; its sessions are opened past the proxy.
    pub async fn visitor(&mut self, threads: usize) -> Outcome<Visitor> {
        let session = self.door.at(self.address).session(&self.widget).await?;
        let threads = (0..threads).map(|_| seeded_id(&mut self.chance).to_string()).collect();
        Ok(Visitor { session, threads })
    }

    /// Adds visitors with so many threads each.
    pub async fn add_visitors(&mut self, count: usize, threads: usize, rules: &Rules) -> Outcome<()> {
        for _ in 0..count {
            let name = format!("visitor-{:04}", self.crowd.len());
            let visitor = self.visitor(threads).await?;
            self.add(&name, Who::Visitor(visitor), rules)?;
            if self.crowd.len().is_multiple_of(AT_ONCE) {
                self.connected().await?;
            }
        }
        self.connected().await
    }

    /// Adds agents who follow everything.
    pub async fn add_agents(&mut self, count: usize, rules: &Rules) -> Outcome<()> {
        for _ in 0..count {
            let name = format!("agent-{:04}", self.crowd.len());
            let agent = self.agent(&name).await?;
            self.add(&name, Who::Agent(agent), rules)?;
        }
        self.connected().await
    }

    /// A new agent, signed in.
    pub async fn agent(&self, name: &str) -> Outcome<Agent> {
        let email = format!("{name}@example.com");
        self.setup.make_supervisor(&email, PASSWORD)?;
        let cookie = self.door.at(self.address).sign_in(&email, PASSWORD).await?;
        Ok(Agent { email, cookie, origin: format!("http://{}", self.address) })
    }

    /// Waits until everybody has a connection.
    pub async fn connected(&self) -> Outcome<()> {
        self.until("everybody is connected", || self.crowd.iter().all(Client::is_connected)).await
    }

    /// Waits for something.
    pub async fn until(&self, what: &str, holds: impl Fn() -> bool) -> Outcome<()> {
        let look = || self.all_alive().map(|()| holds().then_some(()));
        until(what, REST, look).await
    }

    /// Lets visitors write, so many messages a second from when they are due, for so long; every tenth write is
    /// context. How many.
    pub async fn load(&mut self, each_second: u32, time: Duration) -> Outcome<u64> {
        let begun = Instant::now();
        let visitors: Vec<usize> =
            (0..self.crowd.len()).filter(|place| self.crowd[*place].is_visitor()).collect();
        let mut written = 0;
        while begun.elapsed() < time {
            let due = (begun.elapsed().as_secs_f64() * f64::from(each_second)) as u64;
            while written < due {
                let client = &self.crowd[visitors[self.chance.random_range(0..visitors.len())]];
                let kind = if self.chance.random_range(0..10) == 0 { Kind::Context } else { Kind::Text };
                client.order(Order::Write(kind, self.chance.random_range(0..64))).await?;
                written += 1;
            }
            sleep(PACE).await;
        }
        Ok(written)
    }

    /// Lets each visitor write so many messages at once.
    pub async fn burst(&self, each: usize) -> Outcome<()> {
        for client in self.crowd.iter().filter(|client| client.is_visitor()) {
            for place in 0..each {
                client.order(Order::Write(Kind::Text, place)).await?;
            }
        }
        Ok(())
    }

    /// Ends the server as a crash does and starts it again where it was; the time to its first line.
    pub fn crash(&mut self) -> Outcome<Duration> {
        if let Some(server) = self.server.take() {
            server.kill()?;
        }
        self.restart()
    }

    /// Starts the server again where it was.
    pub fn restart(&mut self) -> Outcome<Duration> {
        let server = self.setup.start_on(self.address)?;
        let time = server.started_in;
        self.server = Some(server);
        Ok(time)
    }

    /// Waits until nothing waits anywhere and everybody has seen everything, then stops everybody.
    pub async fn rest(&mut self) -> Outcome<()> {
        self.settled().await?;
        self.stop_crowd().await
    }

    /// Waits until nothing waits anywhere and everybody has seen everything.
    pub async fn settled(&self) -> Outcome<()> {
        loop {
            self.all_answered().await?;
            // What arrives last may still be answered: nothing must have been written meanwhile.
            let before = Counts::of(&self.counts.queued);
            // All at once: each waits for its next ping.
            let all = timeout(REST, try_join_all(self.crowd.iter().map(Client::settled))).await;
            all.map_err(|_| Failure::new(format!("not everybody has seen everything after {REST:?}")))??;
            if self.waiting() == 0 && Counts::of(&self.counts.queued) == before {
                return Ok(());
            }
        }
    }

    /// Writes without an answer.
    pub fn waiting(&self) -> usize {
        self.crowd.iter().map(Client::waiting).sum()
    }

    /// Waits until every write has its answer.
    pub async fn all_answered(&self) -> Outcome<()> {
        // An order is carried out a little after it was given.
        sleep(PACE).await;
        let answered = || Counts::of(&self.counts.acked) + Counts::of(&self.counts.failed);
        let (mut known, mut since) = (answered(), Instant::now());
        while self.waiting() > 0 {
            self.all_alive()?;
            // A slow machine goes on; one that hangs does not.
            if answered() > known {
                (known, since) = (answered(), Instant::now());
            }
            if since.elapsed() > REST {
                return Err(Failure::new(format!(
                    "{} writes have no answer, and none came for {REST:?}",
                    self.waiting()
                )));
            }
            sleep(PACE).await;
        }
        Ok(())
    }

    /// Waits until so many connections were made again in all, and everybody has one.
    pub async fn connected_again(&self, reconnects: u64) -> Outcome<()> {
        self.until("everybody is back", || Counts::of(&self.counts.reconnects) >= reconnects).await?;
        self.connected().await
    }

    /// Adds a client.
    pub fn add(&mut self, name: &str, who: Who, rules: &Rules) -> Outcome<()> {
        self.crowd.push(Client::start(name, who, self.start(name, rules))?);
        Ok(())
    }

    /// Events in the database.
    pub fn stored_events(&self) -> Outcome<i64> {
        events(&self.setup.database())
    }

    /// Waits until every agent follows every conversation: one is heard of a little after it was begun, and its
    /// events come to who follows it.
    pub async fn all_followed(&self) -> Outcome<()> {
        self.all_answered().await?;
        let stored = count(&self.setup.database(), "conversation")?;
        let agents = || self.crowd.iter().filter(|client| !client.is_visitor());
        let follows = |agent: &Client| i64::try_from(agent.following()).is_ok_and(|count| count == stored);
        self.until("agents follow every conversation", || agents().all(follows)).await
    }

    /// `beckon backup` beside the running server; how many events the copy has.
    pub fn back_up(&self, file: &Path) -> Outcome<i64> {
        self.setup.run(&["backup", &file.to_string_lossy()], "")?;
        events(file)
    }

    /// `beckon restore` in the place of the stopped server; how many events there were before it.
    pub fn restore(&self, file: &Path) -> Outcome<i64> {
        let before = events(&self.setup.database())?;
        self.setup.run(&["restore", &file.to_string_lossy()], "")?;
        Ok(before)
    }

    /// The server still runs.
    pub fn is_alive(&mut self) -> Outcome<()> {
        let runs = self.server.as_mut().is_some_and(Server::is_running);
        if runs { Ok(()) } else { Err(Failure::new("the server has ended")) }
    }

    /// The first client that has ended by itself, and why.
    fn all_alive(&self) -> Outcome<()> {
        self.crowd.iter().find_map(Client::ended).map_or(Ok(()), Err)
    }

    /// Stops everybody.
    pub async fn stop_crowd(&mut self) -> Outcome<()> {
        for client in self.crowd.drain(..) {
            client.stop().await?;
        }
        Ok(())
    }

    /// Kills one client and lets it go on from its file.
    pub async fn kill_and_revive(&mut self, place: usize, rules: &Rules) -> Outcome<()> {
        let (name, who) = self.crowd.swap_remove(place).kill().await;
        self.add(&name, who, rules)
    }

    /// Everything is at rest and stopped: checks all promises.
    pub fn check(&self) -> Outcome<Report> {
        check(&self.clients_folder(), &self.setup.database())?.whole()
    }
}

fn events(database: &Path) -> Outcome<i64> {
    count(database, "event")
}

fn count(database: &Path, table: &str) -> Outcome<i64> {
    let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    Ok(database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)
}
