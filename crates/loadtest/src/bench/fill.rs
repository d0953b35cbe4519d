//! Databases for Beckon to start with: small ones through the store itself, a million conversations by copying rows.

use std::path::Path;
use std::time::Duration;

use beckon_core::agent::{Agent, Role};
use beckon_core::command::{Command, Destination, VisitorSend};
use beckon_core::id::{ClientId, ThreadId};
use beckon_core::text::{Email, MessageText, Name};
use beckon_core::time::Clock;
use beckon_store::sqlite::{FILE, SqliteOptions, SqliteStore};
use beckon_store::{Agents, Conversations, Meta, NewAgent, NewSession, SystemClock, Visitors, Widgets};
use futures_util::{StreamExt, TryStreamExt, stream};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Failure;
use super::languages::{Known, earlier_texts};

/// Writes that wait for one commit.
const AT_ONCE: usize = 500;
/// Life of the agent's sign-in, in seconds: longer than a benchmark.
const SIGN_IN_SECONDS: i64 = 24 * 3600;
/// The agent's sign-in, as the cookie carries it.
pub const AGENT_TOKEN: &str = "benchmark-agent";

/// What a filled database holds.
#[derive(Clone, Debug)]
pub struct Filled {
    /// The visitors, each with one conversation.
    pub visitors: Vec<Known>,
    /// The epoch of all positions.
    pub epoch: String,
}

/// Makes a database of visitors with one conversation each; `missed` adds the agent's messages that they have not seen.
/// An administrator is signed in with [`AGENT_TOKEN`].
pub fn fill(folder: &Path, visitors: usize, missed: bool) -> Result<Filled, Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let store = SqliteStore::open(&SqliteOptions::new(folder))?;
        store.first_start().await?;
        let widgets = store.widgets().await?;
        let widget = widgets.iter().find(|widget| widget.multi_thread).ok_or("there is no widget")?.id;
        let agent = make_agent(&store).await?;
        let made = stream::iter(0..visitors).map(|number| {
            let (store, agent) = (&store, &agent);
            async move {
                let token = hex::encode(Sha256::digest(format!("visitor {number}")));
                let session = NewSession { widget, token: hash(&token) };
                let session = store.create_session(session).await?;
                let mut texts = earlier_texts(number).into_iter();
                let send = VisitorSend {
                    visitor: session.visitor,
                    session: session.id,
                    to: Destination::Thread(ThreadId(Uuid::new_v4())),
                    client_id: ClientId(Uuid::new_v4()),
                    text: MessageText::new(texts.next().unwrap_or_default())?,
                    held: None,
                    standing: None,
                    page: None,
                };
                let mut applied = store.apply(Command::VisitorSend(send)).await?;
                let id = applied.conversations.first().ok_or("nothing was started")?.conversation.id;
                for text in texts.take_while(|_| missed) {
                    let (client_id, text) = (ClientId(Uuid::new_v4()), MessageText::new(text)?);
                    let send = Command::AgentSend { agent: agent.id, conversation: id, client_id, text };
                    applied = store.apply(send).await?;
                }
                let head =
                    applied.conversations.first().ok_or("nothing was written")?.conversation.visitor_head;
                Ok::<_, Failure>(Known { token, conversation: id.0, head })
            }
        });
        let visitors = made.buffered(AT_ONCE).try_collect().await?;
        Ok(Filled { visitors, epoch: store.epoch().0.to_string() })
    })
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

async fn make_agent(store: &SqliteStore) -> Result<Agent, Failure> {
    let agent = NewAgent {
        name: Name::new("Bench")?,
        email: Email::new("bench@example.com")?,
        role: Role::Admin,
        // No password has this hash: the sign-in below is the only one.
        password: "none".to_owned(),
    };
    let agent = store.create_agent(agent).await?;
    let expires_at = SystemClock.now().plus_seconds(SIGN_IN_SECONDS);
    store.create_agent_session(agent.id, hash(AGENT_TOKEN), expires_at).await?;
    Ok(agent)
}

/// Tables whose rows belong to one conversation, and how a copy of a row differs: the ids get the copy's number in
/// their last four bytes (two in what is random there already), the times go back so that all copies are spread.
const COPIED: [&str; 5] = ["person", "visitor", "session", "conversation", "event"];

/// Copies every conversation until there are `copies` of each, a hundred days back. One in fifty is the agent's.
pub fn multiply(folder: &Path, copies: u32) -> Result<(), Failure> {
    let connection = Connection::open(folder.join(FILE))?;
    connection.busy_timeout(Duration::from_secs(60))?;
    // Nobody else is here, and what breaks off is made anew.
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; \
         CREATE TEMP TABLE copy (n INTEGER PRIMARY KEY); \
         UPDATE conversation SET agent = (SELECT id FROM agent) WHERE rowid % 50 = 0;",
    )?;
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1) \
         INSERT INTO copy SELECT i FROM n WHERE ?1 > 1",
        [copies],
    )?;
    connection.execute_batch("BEGIN")?;
    for table in COPIED {
        let columns: Vec<String> = connection
            .prepare("SELECT name FROM pragma_table_info(?1)")?
            .query_map([table], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let values: Vec<String> = columns.iter().map(|column| copied(table, column)).collect();
        connection.execute_batch(&format!(
            "CREATE TEMP TABLE pattern AS SELECT * FROM {table}; \
             INSERT INTO {table} ({}) SELECT {} FROM pattern t CROSS JOIN copy c; DROP TABLE pattern;",
            columns.join(", "),
            values.join(", ")
        ))?;
    }
    connection.execute_batch(
        "DELETE FROM tally; \
         INSERT INTO tally (agent, queue, status, priority, conversations) \
         SELECT COALESCE(agent, x''), COALESCE(queue, x''), status, priority, COUNT(*) \
         FROM conversation GROUP BY 1, 2, 3, 4; \
         COMMIT; PRAGMA journal_mode = WAL;",
    )?;
    Ok(())
}

/// How a copy fills a column.
fn copied(table: &str, column: &str) -> String {
    // Four bytes of the copy's number in place of the last four.
    let numbered = |name: &str, keep: u32| {
        format!("CAST(substr(t.{name}, 1, {keep}) || unhex(printf('%08x', c.n)) AS BLOB)")
    };
    match (table, column) {
        ("session", "token") => numbered(column, 28),
        ("person" | "visitor" | "session" | "conversation" | "event", "id")
        | ("visitor", "person")
        | ("session" | "conversation", "visitor")
        | ("conversation", "thread")
        | ("event", "conversation" | "client_id") => numbered(column, 12),
        ("event", "author") => {
            format!("CASE t.author_kind WHEN 'visitor' THEN {} ELSE t.author END", numbered(column, 12))
        }
        (
            "conversation",
            "sort_at"
            | "updated_at"
            | "created_at"
            | "last_visitor_message_at"
            | "waiting_since"
            | "preview_at",
        )
        | ("event", "at") => format!("t.{column} - c.n * 8640000000"),
        _ => format!("t.{column}"),
    }
}

#[cfg(test)]
mod tests {
    use beckon_core::conversation::Status;
    use beckon_store::InboxView;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn copies_are_whole_conversations() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_owned();
        let filled = tokio::task::spawn_blocking(move || {
            let filled = fill(&path, 60, true).expect("filled");
            multiply(&path, 3).expect("copied");
            filled
        });
        let filled = filled.await.expect("no panic");
        assert_eq!(filled.visitors.len(), 60);
        let store = SqliteStore::open(&SqliteOptions::new(folder.path())).expect("opened");
        let token = hash(AGENT_TOKEN);
        let agent = store.agent_session(token).await.expect("read").expect("signed in").agent;
        let counts = store.inbox_counts(&agent).await.expect("counted");
        assert_eq!(counts.all, 180);
        let open = [Status::Open, Status::Waiting, Status::Solved, Status::Closed];
        let page = store.inbox(&agent, InboxView::All, Some(&open), None, 200).await.expect("a page");
        assert_eq!(page.rows.len(), 180);
        for row in page.rows {
            let id = row.conversation.id;
            let side = beckon_store::Side::Visitor(row.conversation.visitor);
            let events =
                store.events(id, side, beckon_store::EventRange::After(0), 100).await.expect("its visitor");
            assert_eq!(events.events.len() as i64, events.conversation.visitor_head);
        }
    }
}
