//! The command line. Exit codes: 0 done, 1 failed (one line says what and what to do), 2 wrong usage.

use std::path::PathBuf;
use std::process::ExitCode;

use beckon_store::StoreError;
use beckon_store::sqlite::OpenError;
use clap::{Parser, Subcommand};

use crate::admin::AdminCommand;
use crate::config::{DataFolder, Settings};
use crate::doctor::DoctorSettings;
use crate::program::program;
use crate::{admin, backup, doctor, openapi, serve};

/// Open, self-hosted live chat whose heart is context
#[derive(Parser, Debug)]
#[command(name = "beckon", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve the chat (what happens without a command, too)
    Serve(Box<Settings>),
    /// Make keys, widgets, agents and set-up links, also beside a running server
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Print the API description
    Openapi,
    /// Bring the database to the tables of this version
    Migrate {
        /// Where to keep data.
        #[command(flatten)]
        data: DataFolder,
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Copy the database into a file, also while a server writes to it
    Backup {
        /// The file to make
        file: PathBuf,
        /// Replace the file if it is there
        #[arg(long)]
        force: bool,
        /// Where data is kept.
        #[command(flatten)]
        data: DataFolder,
    },
    /// Bring a copy back; the database that is there is kept beside it
    Restore {
        /// A file that `backup` made
        file: PathBuf,
        /// Where to keep data.
        #[command(flatten)]
        data: DataFolder,
    },
    /// Look whether all is well: database, disk, rights, addresses, clock
    Doctor(DoctorSettings),
}

impl Cli {
    /// Does what the command line says.
    pub async fn run(self) -> ExitCode {
        let done = match self.command {
            None => serve::run(self.settings).await,
            Some(Command::Serve(settings)) => serve::run(*settings).await,
            Some(Command::Admin { command }) => admin::run(command).await,
            Some(Command::Openapi) => {
                admin::print(openapi::text().trim_end());
                Ok(())
            }
            Some(Command::Migrate { data, dry_run }) => admin::migrate(&data, dry_run),
            Some(Command::Backup { file, force, data }) => backup::back_up(&data, &file, force),
            Some(Command::Restore { file, data }) => backup::restore(&data, &file),
            Some(Command::Doctor(settings)) => doctor::run(&settings),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("beckon: {failure}");
                ExitCode::FAILURE
            }
        }
    }
}

/// One line: what failed, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

impl Failure {
    /// From a sentence.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(match error {
            StoreError::Unavailable(_) => format!(
                "{error}. See whether the disk is full or another program holds the data folder, and try again"
            ),
            StoreError::Damaged(_) => {
                format!("{error}. Ask {} doctor, and bring back a copy: {0} restore FILE", program())
            }
            StoreError::TookTooLong => format!("{error}. Try again when there is less to do"),
            StoreError::Unknown | StoreError::NotFound | StoreError::Exists(_) | StoreError::Refused(_) => {
                error.to_string()
            }
        })
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self(match error {
            OpenError::Folder { .. } => format!(
                "{error}. See that you may write there and that no other program holds it, or name another folder: \
                 --data FOLDER"
            ),
            // Says itself what to do.
            OpenError::Migration(_) => error.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn serving_is_what_happens_without_a_command() {
        let cli = Cli::try_parse_from(["beckon", "--listen", "127.0.0.1:0"]).expect("parses");
        assert!(cli.command.is_none());
        assert!(Cli::try_parse_from(["beckon", "serve", "--data", "x"]).is_ok());
        assert!(Cli::try_parse_from(["beckon", "dance"]).is_err());
    }
}
