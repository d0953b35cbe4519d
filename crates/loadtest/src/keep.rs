//! A kept folder: a small database that one version has made through its public doors, and what that version answered about
//! it. Later versions open the one and compare the other (`crates/server/tests/it/kept.rs`).

mod people;
mod record;
mod story;

use std::fs::File;
use std::io::{Read, copy};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::Outcome;
use crate::server::{Server, Setup};
use crate::wire::Door;
use people::People;

/// The database in a kept folder, compressed.
pub const DATABASE: &str = "beckon.db.gz";
/// What the version that made it answered.
pub const RECORDED: &str = "recorded.json.gz";

/// Makes a kept folder with this binary, which `made_by` names.
pub async fn keep(binary: PathBuf, made_by: &str, folder: &Path) -> Outcome<()> {
    std::fs::create_dir_all(folder)?;
    let work = tempfile::tempdir()?;
    let setup = Setup { binary, ..Setup::new(work.path())? };

    let server = setup.start()?;
    let door = Door::new(server.address)?;
    let mut people = People::come(&setup, &door).await?;
    let told = story::tell(&setup, &door, &mut people).await?;
    stop(server).await?;
    // After a stop the log is empty: this file is all there is. It is kept before anybody reads, which leaves traces.
    pack(&mut File::open(setup.database())?, &folder.join(DATABASE))?;

    let server = setup.start()?;
    let recorded = record::record(&Door::new(server.address)?, made_by, people, told).await?;
    stop(server).await?;
    pack(&mut serde_json::to_vec(&recorded)?.as_slice(), &folder.join(RECORDED))
}

async fn stop(server: Server) -> Outcome<()> {
    server.ask_to_stop()?;
    server.ended().await.map(drop)
}

fn pack(from: &mut impl Read, to: &Path) -> Outcome<()> {
    let mut packed = GzEncoder::new(File::create(to)?, Compression::best());
    copy(from, &mut packed)?;
    packed.finish()?;
    Ok(())
}
