//! `loadtest`: what `cargo xtask chaos` calls.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(
    name = "loadtest",
    about = "Load and faults against a real server, and what was promised checked after"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a server, let one visitor connect, stop it
    Smoke,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { command: Command::Smoke } = Cli::parse();
    match smoke().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("loadtest: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn smoke() -> beckon_loadtest::Outcome<()> {
    use beckon_loadtest::server::Setup;
    use beckon_loadtest::wire::{Door, Greeting, Heard};
    let folder = tempfile::tempdir()?;
    let setup = Setup::new(folder.path())?;
    let server = setup.start()?;
    let door = Door::new(server.address)?;
    let session = door.session(&setup.widget(true)?).await?;
    let mut socket = door.socket().await?;
    let gone = |ended| beckon_loadtest::Failure::new(format!("the socket ended: {ended:?}"));
    socket.hello(&Greeting::Token(session.token), &[]).await.map_err(gone)?;
    let welcome = Heard::parse(&socket.next().await.map_err(gone)?)?;
    println!("{} in epoch {:?}; started in {:?}", welcome.kind, welcome.epoch, server.started_in);
    server.ask_to_stop()?;
    println!("{}", server.ended().await?);
    Ok(())
}
