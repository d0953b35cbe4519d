//! Numbered, embedded, checksummed steps from nothing to the present tables.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use sha2::{Digest, Sha256};
use thiserror::Error;

struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "first", sql: include_str!("../../migrations/sqlite/0001_first.sql") },
    Migration {
        number: 2,
        name: "image_hosts",
        sql: include_str!("../../migrations/sqlite/0002_image_hosts.sql"),
    },
    Migration {
        number: 3,
        name: "sent_contexts",
        sql: include_str!("../../migrations/sqlite/0003_sent_contexts.sql"),
    },
    Migration {
        number: 4,
        name: "session_ends",
        sql: include_str!("../../migrations/sqlite/0004_session_ends.sql"),
    },
    Migration { number: 5, name: "request", sql: include_str!("../../migrations/sqlite/0005_request.sql") },
    Migration { number: 6, name: "order", sql: include_str!("../../migrations/sqlite/0006_order.sql") },
];

const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT";
const TABLE_EXISTS: &str = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'";
const APPLIED: &str = "SELECT number, checksum FROM migration ORDER BY number";
const RECORD: &str = "INSERT INTO migration (number, name, checksum) VALUES (?1, ?2, ?3)";

/// Why a database could not be brought to the present tables.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// It was made by a version before 0.1.0 whose tables have changed since.
    #[error(
        "the database in {folder} was made by another pre-release of beckon. Delete the folder {folder} and start again"
    )]
    Changed {
        /// The data folder.
        folder: PathBuf,
    },
    /// It was made by a newer version.
    #[error("the database in {folder} was made by a newer beckon. Run that one, or another data folder")]
    Newer {
        /// The data folder.
        folder: PathBuf,
    },
    /// The database refused.
    #[error("cannot migrate the database in {folder}: {reason}")]
    Failed {
        /// The data folder.
        folder: PathBuf,
        /// What SQLite says.
        reason: String,
    },
}

/// What is done and what is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationPlan {
    /// The names of steps already done.
    pub applied: Vec<String>,
    /// The names of steps still to do.
    pub pending: Vec<String>,
}

fn title(migration: &Migration) -> String {
    format!("{:04}_{}", migration.number, migration.name)
}

fn checksum(sql: &str) -> String {
    Sha256::digest(sql.as_bytes()).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes every write");
        text
    })
}

pub(super) fn plan_for_nothing() -> MigrationPlan {
    MigrationPlan { applied: Vec::new(), pending: MIGRATIONS.iter().map(title).collect() }
}

pub(super) fn plan(connection: &Connection, folder: &Path) -> Result<MigrationPlan, MigrationError> {
    let done = done(connection, folder)?;
    let (applied, pending) = MIGRATIONS.split_at(done);
    Ok(MigrationPlan {
        applied: applied.iter().map(title).collect(),
        pending: pending.iter().map(title).collect(),
    })
}

/// How many steps are done, after checking that they are ours.
fn done(connection: &Connection, folder: &Path) -> Result<usize, MigrationError> {
    let failed = |error: rusqlite::Error| MigrationError::Failed {
        folder: folder.to_path_buf(),
        reason: error.to_string(),
    };
    if connection.query_row(TABLE_EXISTS, [], |_| Ok(())).optional().map_err(failed)?.is_none() {
        return Ok(0);
    }
    let mut statement = connection.prepare(APPLIED).map_err(failed)?;
    let applied: Vec<(i64, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect)
        .map_err(failed)?;
    for (at, (number, sum)) in applied.iter().enumerate() {
        match MIGRATIONS.get(at) {
            None => return Err(MigrationError::Newer { folder: folder.to_path_buf() }),
            Some(known) if known.number != *number || checksum(known.sql) != *sum => {
                return Err(MigrationError::Changed { folder: folder.to_path_buf() });
            }
            Some(_) => {}
        }
    }
    Ok(applied.len())
}

/// Does what is still to do, all in one transaction.
pub(super) fn run(connection: &mut Connection, folder: &Path) -> Result<(), MigrationError> {
    let failed = |error: rusqlite::Error| MigrationError::Failed {
        folder: folder.to_path_buf(),
        reason: error.to_string(),
    };
    if done(connection, folder)? == MIGRATIONS.len() {
        return Ok(());
    }
    // Immediate: of two processes that start at once, the second waits and then finds it done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let done = done(&transaction, folder)?;
    transaction.execute_batch(CREATE_TABLE).map_err(failed)?;
    for migration in &MIGRATIONS[done..] {
        transaction.execute_batch(migration.sql).map_err(failed)?;
        transaction
            .execute(RECORD, (migration.number, migration.name, checksum(migration.sql)))
            .map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checksums of all steps. A step that was ever on the main branch is frozen: databases have recorded its checksum and
    /// refuse another. Changes of the tables are new steps.
    const FROZEN: &[(&str, &str)] = &[
        ("0001_first", "3e84104c5652742b37034425cd3155da63ecd5b255019d2ddefae5a6adc2bd2d"),
        ("0002_image_hosts", "a25dae34016125819dcc43b788b34de0ebdf61fc38ae6e78d211b6588154c101"),
        ("0003_sent_contexts", "f9bb5a7e81809746a60afe5b2580c556ea6731cc0fa4c44ab3695b339257b580"),
        ("0004_session_ends", "b42d2e0d25a4ffd4ed51c5c561dbb4af8e037607520df6e82427b9c174d93235"),
        ("0005_request", "ff853d843ef178424b97598f209c45f2ac9b43cf6f58b6f4dedf6af7959c49d6"),
        ("0006_order", "0381e747a26c196cd4d68684a47dc5993bb978df6742a56b218c75e2ea475b65"),
    ];

    #[test]
    fn steps_are_frozen() {
        let steps: Vec<_> = MIGRATIONS.iter().map(|step| (title(step), checksum(step.sql))).collect();
        let frozen: Vec<_> =
            FROZEN.iter().map(|(title, sum)| ((*title).to_owned(), (*sum).to_owned())).collect();
        assert_eq!(steps, frozen, "add a step instead of changing one, and pin it here");
    }
}
