//! Looking at a database without changing it, also beside a running server.

use std::path::Path;
use std::time::Duration;

use beckon_core::time::Timestamp;
use rusqlite::{Connection, OpenFlags};

use super::files::with_suffix;
use super::{BUSY_MILLIS, FILE};

/// Findings listed at most: the first ones tell where to look.
const FINDINGS: usize = 10;
const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
const NEWEST: &str = "SELECT MAX(updated_at) FROM conversation";
const WIDGETS: &str = "SELECT name, allowed_origins FROM widget ORDER BY id";

/// A data folder's database as it is on disk.
pub struct Inspection {
    connection: Connection,
    /// Size of the database, in bytes.
    pub bytes: u64,
    /// Size of its write-ahead log, in bytes.
    pub log_bytes: u64,
}

impl Inspection {
    /// Opens it for reading.
    pub fn open(folder: &Path) -> rusqlite::Result<Self> {
        let file = folder.join(FILE);
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
        let connection = read_only(&file)?;
        let log_bytes = size(&with_suffix(&file, "-wal"));
        Ok(Self { connection, bytes: size(&file), log_bytes })
    }

    /// What a check of everything finds, the first few; nothing when all is well. Beside a server it goes table by table
    /// and leaves out the list of free pages, so that no single read keeps the server's log from being emptied for long.
    pub fn findings(&self, beside_server: bool) -> rusqlite::Result<Vec<String>> {
        if beside_server {
            return self.table_by_table("integrity_check");
        }
        findings(&self.connection, &format!("PRAGMA integrity_check({FINDINGS})"))
    }

    /// The same beside a server, in a fraction of the time: it does not compare each index with its table.
    pub fn quick_findings(&self) -> rusqlite::Result<Vec<String>> {
        self.table_by_table("quick_check")
    }

    fn table_by_table(&self, check: &str) -> rusqlite::Result<Vec<String>> {
        let mut statement = self.connection.prepare(TABLES)?;
        let tables: Vec<String> =
            statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let mut found = Vec::new();
        for table in tables {
            let sql = format!("PRAGMA {check}('{}')", table.replace('\'', "''"));
            found.extend(findings(&self.connection, &sql)?);
        }
        found.truncate(FINDINGS);
        Ok(found)
    }

    /// When a conversation was last written to, by the clock of that time.
    pub fn newest_write(&self) -> rusqlite::Result<Option<Timestamp>> {
        let micros: Option<i64> = self.connection.query_row(NEWEST, [], |row| row.get(0))?;
        Ok(micros.map(Timestamp))
    }

    /// The widgets' names and the sites that may embed them.
    pub fn sites(&self) -> rusqlite::Result<Vec<(String, Vec<String>)>> {
        let mut statement = self.connection.prepare(WIDGETS)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        rows.map(|row| row.map(|(name, origins)| (name, serde_json::from_str(&origins).unwrap_or_default())))
            .collect()
    }
}

/// A connection that cannot write.
pub(super) fn read_only(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_millis(BUSY_MILLIS))?;
    connection.pragma_update(None, "query_only", "ON")?;
    Ok(connection)
}

/// What a check of the whole file finds that does not compare each index with its table.
pub(super) fn quick_findings(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    findings(connection, &format!("PRAGMA quick_check({FINDINGS})"))
}

fn findings(connection: &Connection, check: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(check)?;
    let lines = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}
