//! Every setting: a flag, an environment variable and a default that needs no thought.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::Args;

use crate::limits::LimitSettings;

/// The data folder without a setting, below the folder one is in.
pub const DEFAULT_FOLDER: &str = "./data";

/// The folder that holds the database.
#[derive(Args, Clone, Debug)]
pub struct DataFolder {
    /// Folder that holds everything Beckon keeps
    #[arg(long = "data", env = "BECKON_DATA", default_value = DEFAULT_FOLDER, value_name = "FOLDER")]
    pub path: PathBuf,
}

/// What `beckon serve` can be told. Without any of it a laptop serves on both loopbacks.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Where to keep data.
    #[command(flatten)]
    pub data: DataFolder,

    /// Address and port to listen on; 127.0.0.1 also listens on [::1], port 0 picks a free one
    #[arg(long, env = "BECKON_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,

    /// Address at which browsers reach this server [default: http://localhost:PORT]
    #[arg(long, env = "BECKON_PUBLIC_URL", value_name = "URL", value_parser = parse_public_url)]
    pub public_url: Option<String>,

    /// Proxies whose X-Forwarded-For is believed, besides loopback
    #[arg(long = "trusted-proxy", env = "BECKON_TRUSTED_PROXIES", value_delimiter = ',', value_name = "IP")]
    pub trusted_proxies: Vec<IpAddr>,

    /// What to log, as in "warn,beckon_server=debug"
    #[arg(long, env = "BECKON_LOG", default_value = "warn,beckon_server=info,beckon_store=info")]
    pub log: String,

    /// Timing of connections.
    #[command(flatten)]
    pub timing: Timing,

    /// Limits per session, key, agent and address.
    #[command(flatten)]
    pub limits: LimitSettings,
}

/// Time an agent's console has to answer a ping, in ms: a slow network takes seconds, and every second more is one in which
/// visitors read *Online* of no one.
pub const PRESENCE_ANSWER_MS: u64 = 10_000;
/// Silence of a console's page, in ms, after which it counts as asleep although its browser answers pings: a page that is not
/// on screen may say something once a minute, because browsers let its timers run no more often.
pub const PRESENCE_PAGE_MS: u64 = 90_000;

/// Times of a connection's life, in milliseconds so that tests can be short.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Timing")]
pub struct Timing {
    /// Time a new socket has for its first frame, in ms
    #[arg(long, env = "BECKON_HELLO_MS", default_value_t = 10_000, value_name = "MS")]
    pub hello_ms: u64,

    /// Time between pings of the server, in ms
    #[arg(long, env = "BECKON_PING_MS", default_value_t = 25_000, value_name = "MS")]
    pub ping_ms: u64,

    /// Silence after which a socket is given up, in ms
    #[arg(long, env = "BECKON_PONG_MS", default_value_t = 60_000, value_name = "MS")]
    pub pong_ms: u64,

    /// Time one write to a socket may take before its reader counts as too slow, in ms
    #[arg(long, env = "BECKON_WRITE_MS", default_value_t = 10_000, value_name = "MS")]
    pub write_ms: u64,

    /// Time visitors still see "Online" after the last agent's socket went, in ms
    #[arg(long, env = "BECKON_PRESENCE_GRACE_MS", default_value_t = 2_500, value_name = "MS")]
    pub presence_grace_ms: u64,

    /// Time an agent's console has to answer a ping before it no longer counts as online, in ms
    #[arg(long, env = "BECKON_PRESENCE_ANSWER_MS", default_value_t = PRESENCE_ANSWER_MS, value_name = "MS")]
    pub presence_answer_ms: u64,

    /// Silence of a console's page after which it no longer counts as online, in ms
    #[arg(long, env = "BECKON_PRESENCE_PAGE_MS", default_value_t = PRESENCE_PAGE_MS, value_name = "MS")]
    pub presence_page_ms: u64,

    /// Time an agent counts as writing after the console last said so, in ms
    #[arg(long, env = "BECKON_TYPING_MS", default_value_t = 6_000, value_name = "MS")]
    pub typing_ms: u64,

    /// Time over which sockets are sent away at a planned stop, in ms
    #[arg(long, env = "BECKON_DRAIN_MS", default_value_t = 3_000, value_name = "MS",
          value_parser = clap::value_parser!(u64).range(..=20_000))]
    pub drain_ms: u64,
}

/// Accepts `http(s)://host[:port]` without a path, and drops a trailing slash.
pub(crate) fn parse_public_url(raw: &str) -> Result<String, String> {
    let trimmed = raw.trim_end_matches('/');
    origin_of(trimmed)
        .filter(|origin| origin.len() == trimmed.len())
        .ok_or_else(|| "expected http://host[:port] or https://host[:port], without a path".to_owned())
}

/// The lower-case `scheme://host[:port]` at the start of an http address, without a scheme's own port.
pub fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "http" && scheme != "https" {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    // Anything else cannot be written in a policy; browsers write other alphabets as xn--.
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '_');
    if authority.is_empty() || authority.starts_with(':') || !authority.chars().all(valid) {
        return None;
    }
    let own_port = if scheme == "https" { ":443" } else { ":80" };
    Some(format!("{scheme}://{}", authority.strip_suffix(own_port).unwrap_or(&authority)))
}

pub(crate) fn is_loopback(origin: &str) -> bool {
    let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host == "localhost"
        || host.trim_matches(['[', ']']).parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// The origins under which this server serves its own pages.
#[derive(Clone, Debug)]
pub struct OwnOrigins {
    /// Address given to people, without a trailing slash.
    pub public_url: String,
    /// Origin of the shop's demo page: another site than the widget's when on loopback.
    pub demo: String,
    all: Vec<String>,
}

impl OwnOrigins {
    /// Origins that follow from the public address and the port that is really listened on.
    pub fn new(public_url: Option<&str>, listening: SocketAddr) -> Self {
        let port = listening.port();
        let public_url = public_url.map_or_else(|| format!("http://localhost:{port}"), str::to_owned);
        // Behind a public address the loopbacks are other people's pages: those of the visitor's own machine.
        let local =
            is_loopback(&public_url) && (listening.ip().is_loopback() || listening.ip().is_unspecified());
        let mut all = vec![public_url.clone()];
        if local {
            for host in ["localhost", "127.0.0.1", "[::1]"] {
                all.extend(origin_of(&format!("http://{host}:{port}")).filter(|own| *own != public_url));
            }
        }
        let default_public = public_url == format!("http://localhost:{port}");
        let demo =
            if local && default_public { format!("http://127.0.0.1:{port}") } else { public_url.clone() };
        Self { public_url, demo, all }
    }

    /// Whether a page of this origin was served by this server.
    pub fn contains(&self, origin: &str) -> bool {
        self.all.iter().any(|own| own == origin)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(String::as_str)
    }

    /// Whether cookies must be sent over TLS only.
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_normalised() {
        assert_eq!(origin_of("HTTPS://Shop.Example:443/a?b").as_deref(), Some("https://shop.example"));
        assert_eq!(origin_of("http://a:80").as_deref(), Some("http://a"));
        assert_eq!(origin_of("http://[::1]:8080/x").as_deref(), Some("http://[::1]:8080"));
        for bad in [
            "shop.example",
            "ftp://a",
            "http://",
            "http://a b",
            "http://a;script-src",
            "http://:80",
            "https://bücher.example",
        ] {
            assert_eq!(origin_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_public_url_has_no_path() {
        assert_eq!(parse_public_url("https://chat.example/").as_deref(), Ok("https://chat.example"));
        assert!(parse_public_url("https://chat.example/chat").is_err());
    }

    #[test]
    fn loopbacks_are_own_only_to_a_server_on_a_loopback() {
        let any = SocketAddr::from(([0, 0, 0, 0], 8080));
        let own = |public_url| OwnOrigins::new(Some(public_url), any);
        let public = own("https://chat.example");
        assert_eq!(public.iter().collect::<Vec<_>>(), ["https://chat.example"]);
        assert_eq!(public.demo, "https://chat.example");
        for local in ["http://localhost:8080", "http://127.0.0.1:9000", "http://[::1]:8080", "http://[::1]"] {
            assert!(own(local).contains("http://localhost:8080"), "{local}");
        }
    }

    #[test]
    fn the_demo_is_another_site_than_the_widget() {
        let own = OwnOrigins::new(None, SocketAddr::from(([127, 0, 0, 1], 8080)));
        assert_eq!(
            (own.public_url.as_str(), own.demo.as_str()),
            ("http://localhost:8080", "http://127.0.0.1:8080")
        );
        assert!(own.contains("http://[::1]:8080") && !own.contains("http://127.0.0.1:8081"));
    }
}
