//! Admin commands. They work on the data folder, also beside a running server, which sees their result at once.

use std::io::{Read, Write};

use beckon_core::agent::Role;
use beckon_core::command::Refusal;
use beckon_core::id::WidgetId;
use beckon_core::key::Scope;
use beckon_core::text::{Email, Name};
use beckon_core::time::Clock;
use beckon_core::widget::Widget;
use beckon_store::sqlite::{FILE, SqliteOptions, SqliteStore};
use beckon_store::{AgentChange, Agents, Keys, NewAgent, Store, StoreError, SystemClock, Widgets};
use clap::Subcommand;
use serde::Serialize;

use crate::app::check_password;
use crate::cli::Failure;
use crate::config::{DataFolder, origin_of};
use crate::program::program;
use crate::secret::{Secret, hash_password, new_api_key, new_token, token_hash};

/// Life of a set-up link, in seconds: a week.
const SETUP_LINK_SECONDS: i64 = 7 * 24 * 60 * 60;

/// `beckon admin …`
#[derive(Subcommand, Debug)]
pub enum AdminCommand {
    /// API keys for programs
    Key {
        /// What to do.
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Widgets: one for each site or brand
    Widget {
        /// What to do.
        #[command(subcommand)]
        command: WidgetCommand,
    },
    /// Agents: the people who answer
    Agent {
        /// What to do.
        #[command(subcommand)]
        command: AgentCommand,
    },
    /// Print a new one-time link that makes an administrator
    SetupLink {
        /// Where to keep data.
        #[command(flatten)]
        data: DataFolder,
        /// Address at which browsers reach the server
        #[arg(long, env = "BECKON_PUBLIC_URL", default_value = "http://localhost:8080", value_name = "URL")]
        public_url: String,
    },
}

/// `beckon admin key …`
#[derive(Subcommand, Debug)]
pub enum KeyCommand {
    /// Make a key; its secret is printed once, alone
    Create {
        /// What people call it
        name: String,
        /// What it may do: read or manage
        #[arg(long)]
        scope: Scope,
        /// Where to keep data.
        #[command(flatten)]
        data: DataFolder,
    },
}

/// `beckon admin widget …`
#[derive(Subcommand, Debug)]
pub enum WidgetCommand {
    /// List widgets
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
        /// Where to keep data.
        #[command(flatten)]
        data: DataFolder,
    },
    /// Make a widget
    Create {
        /// What agents call it
        name: String,
        /// A visitor has one open conversation at a time
        #[arg(long)]
        single_thread: bool,
        /// A site that may embed it, as https://shop.example; repeat for more. Without one, any may
        #[arg(long = "allow-origin", value_name = "URL")]
        origins: Vec<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
        /// Where to keep data.
        #[command(flatten)]
        data: DataFolder,
    },
    /// Allow sites to embed a widget
    AllowOrigin {
        /// Widget id
        id: WidgetId,
        /// Sites, as https://shop.example
        #[arg(required = true, value_name = "URL")]
        origins: Vec<String>,
        /// Where to keep data.
        #[command(flatten)]
        data: DataFolder,
    },
}

/// `beckon admin agent …`
#[derive(Subcommand, Debug)]
pub enum AgentCommand {
    /// Make an agent
    Create {
        /// Signs in with it
        #[arg(long)]
        email: String,
        /// Name that visitors see
        #[arg(long)]
        name: String,
        /// admin, supervisor or agent
        #[arg(long)]
        role: Role,
        /// Read the password from standard input; it never stands on the command line
        #[arg(long, required = true)]
        password_stdin: bool,
        /// Where to keep data.
        #[command(flatten)]
        data: DataFolder,
    },
    /// End an agent's sign-ins and allow no more, also beside a running server
    Disable {
        /// The agent's e-mail
        email: String,
        /// Where to keep data.
        #[command(flatten)]
        data: DataFolder,
    },
    /// Let an agent sign in again
    Enable {
        /// The agent's e-mail
        email: String,
        /// Where to keep data.
        #[command(flatten)]
        data: DataFolder,
    },
}

/// Writes a line to standard output. A reader that is gone is no failure of ours.
pub(crate) fn print(text: &str) {
    let _gone = writeln!(std::io::stdout().lock(), "{text}");
}

/// Opens the data folder beside a server that may be running. Only a server makes a new one: a key made in the wrong
/// folder would open nothing.
fn open(data: &DataFolder) -> Result<SqliteStore, Failure> {
    if !data.path.join(FILE).exists() {
        return Err(Failure::new(format!(
            "no data in {}. Start beckon there once, or name the folder: --data FOLDER",
            data.path.display()
        )));
    }
    Ok(SqliteStore::open(&SqliteOptions::new(&data.path))?)
}

/// Does one admin command.
pub async fn run(command: AdminCommand) -> Result<(), Failure> {
    match command {
        AdminCommand::Key { command: KeyCommand::Create { name, scope, data } } => {
            let name = name_of(&name)?;
            let (_prefix, key) = new_api_key();
            open(&data)?.create_key(name, scope, token_hash(key.expose())).await?;
            print(key.expose());
            Ok(())
        }
        AdminCommand::Widget { command } => widget(command).await,
        AdminCommand::Agent { command } => agent(command).await,
        AdminCommand::SetupLink { data, public_url } => {
            let store = open(&data)?;
            print(&setup_link(&store, &SystemClock, public_url.trim_end_matches('/')).await?);
            Ok(())
        }
    }
}

/// A new one-time link that makes an administrator.
pub(crate) async fn setup_link(
    store: &dyn Store,
    clock: &dyn Clock,
    public_url: &str,
) -> Result<String, StoreError> {
    let token = new_token();
    let expires_at = clock.now().plus_seconds(SETUP_LINK_SECONDS);
    store.create_setup_token(token_hash(token.expose()), expires_at).await?;
    Ok(format!("{public_url}/console/#/setup/{}", token.expose()))
}

fn name_of(text: &str) -> Result<Name, Failure> {
    Name::new(text.trim())
        .map_err(|error| Failure::new(format!("the name {error}. Write it in quotes: 'My shop'")))
}

fn origins_of(texts: &[String]) -> Result<Vec<String>, Failure> {
    let no_origin = |text: &str| {
        Failure::new(if text.is_ascii() {
            format!("{text} is no origin; write it as https://shop.example")
        } else {
            format!("{text} is no origin; write it as browsers do, in letters a to z: https://xn--….example")
        })
    };
    texts.iter().map(|text| origin_of(text).ok_or_else(|| no_origin(text))).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WidgetLine<'a> {
    id: WidgetId,
    name: &'a str,
    multi_thread: bool,
    allowed_origins: &'a [String],
}

impl<'a> From<&'a Widget> for WidgetLine<'a> {
    fn from(widget: &'a Widget) -> Self {
        Self {
            id: widget.id,
            name: widget.name.as_str(),
            multi_thread: widget.multi_thread,
            allowed_origins: &widget.allowed_origins,
        }
    }
}

fn print_widget(widget: &Widget) {
    let threads = if widget.multi_thread { "several threads" } else { "one thread" };
    let origins = match widget.allowed_origins.as_slice() {
        [] => "any origin".to_owned(),
        origins => origins.join(" "),
    };
    print(&format!("{}  {}  {threads}  {origins}", widget.id, widget.name));
}

pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    print(&serde_json::to_string(value).map_err(|error| Failure::new(error.to_string()))?);
    Ok(())
}

async fn widget(command: WidgetCommand) -> Result<(), Failure> {
    match command {
        WidgetCommand::List { json, data } => {
            let widgets = open(&data)?.widgets().await?;
            if json {
                return print_json(&widgets.iter().map(WidgetLine::from).collect::<Vec<_>>());
            }
            widgets.iter().for_each(print_widget);
            Ok(())
        }
        WidgetCommand::Create { name, single_thread, origins, json, data } => {
            let (name, origins) = (name_of(&name)?, origins_of(&origins)?);
            let widget = open(&data)?.create_widget(name, !single_thread, origins).await?;
            if json {
                return print_json(&WidgetLine::from(&widget));
            }
            print_widget(&widget);
            Ok(())
        }
        WidgetCommand::AllowOrigin { id, origins, data } => {
            let origins = origins_of(&origins)?;
            let unknown =
                || Failure::new(format!("no widget {id}; list them: {} admin widget list", program()));
            match open(&data)?.allow_origins(id, origins).await {
                Err(StoreError::NotFound) => Err(unknown()),
                widget => {
                    print_widget(&widget?);
                    Ok(())
                }
            }
        }
    }
}

/// Longest password that is read, with its line end.
const PASSWORD_READ_BYTES: u64 = 4096;

fn email_of(text: &str) -> Result<Email, Failure> {
    Email::new(text)
        .map_err(|error| Failure::new(format!("the e-mail {error}. Write it as maja@shop.example")))
}

async fn set_disabled(email: &str, data: &DataFolder, disabled: bool) -> Result<(), Failure> {
    let (email, store) = (email_of(email)?, open(data)?);
    let found = store.agent_by_email(&email).await?;
    let found = found.ok_or_else(|| Failure::new(format!("{email} belongs to no agent")))?;
    let change = AgentChange { disabled: Some(disabled), ..AgentChange::default() };
    match store.change_agent(found.agent.id, change).await {
        Err(StoreError::Refused(Refusal::LastAdministrator)) => Err(Failure::new(format!(
            "{email} is the only administrator who can sign in. Make another first"
        ))),
        changed => {
            print(&changed?.0.id.to_string());
            Ok(())
        }
    }
}

async fn agent(command: AgentCommand) -> Result<(), Failure> {
    let (email, name, role, data) = match command {
        AgentCommand::Create { email, name, role, password_stdin: _, data } => (email, name, role, data),
        AgentCommand::Disable { email, data } => return set_disabled(&email, &data, true).await,
        AgentCommand::Enable { email, data } => return set_disabled(&email, &data, false).await,
    };
    let name = name_of(&name)?;
    let email = email_of(&email)?;
    let mut password = String::new();
    let read = std::io::stdin().take(PASSWORD_READ_BYTES).read_to_string(&mut password);
    read.map_err(|error| Failure::new(format!("the password could not be read: {error}")))?;
    let password = Secret::new(password.trim_end_matches(['\r', '\n']).to_owned());
    check_password(password.expose()).map_err(|error| Failure::new(format!("the password {error}")))?;
    let hash = hash_password(password.expose()).map_err(|error| Failure::new(error.to_string()))?;
    let new = NewAgent { name, email: email.clone(), role, password: hash };
    match open(&data)?.create_agent(new).await {
        Err(StoreError::Exists(_)) => Err(Failure::new(format!("{email} belongs to an agent already"))),
        agent => {
            print(&agent?.id.to_string());
            Ok(())
        }
    }
}

/// Brings the database to the tables of this version, or says what that would do.
pub fn migrate(data: &DataFolder, dry_run: bool) -> Result<(), Failure> {
    let plan = SqliteStore::plan(&data.path)?;
    if plan.pending.is_empty() {
        print("nothing to do");
        return Ok(());
    }
    if !dry_run {
        SqliteStore::open(&SqliteOptions::new(&data.path))?;
    }
    let verb = if dry_run { "would apply" } else { "applied" };
    for step in plan.pending {
        print(&format!("{verb} {step}"));
    }
    Ok(())
}
