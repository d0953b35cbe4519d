//! What only this backend promises: every statement prepares, and no list scans or sorts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use beckon_core::conversation::Priority;
use beckon_core::time::Timestamp;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization, TransactionOperation};
use rusqlite::{Connection, StatementStatus};
use uuid::Uuid;

use super::log::Log;
use super::ways::{Asked, Way};
use super::writer::{Place, Writer};
use super::{
    FILE, LOG_BYTES, connect, contexts, conversations, handles, inbox, keep_statements, meta, migrations,
    notes, statements, tally, visitors,
};
use crate::{ConversationFilter, OrderBy, OrderDirection, Span, StoreError};

const ORDERS: [OrderBy; 4] = [OrderBy::Id, OrderBy::CreatedAt, OrderBy::UpdatedAt, OrderBy::ClosedAt];

fn database() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    keep_statements(&connection).unwrap();
    migrations::run(&mut connection, std::path::Path::new("memory")).unwrap();
    connection
}

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let count = statement.parameter_count();
    let nothing = vec![rusqlite::types::Null; count];
    let rows = statement.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn every_statement_prepares() {
    let connection = database();
    for sql in statements() {
        connection.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

#[test]
fn no_list_is_scanned_or_sorted() {
    let connection = database();
    for sql in [
        inbox::STATEMENTS,
        contexts::STATEMENTS,
        conversations::STATEMENTS,
        notes::STATEMENTS,
        meta::STATEMENTS,
        visitors::STATEMENTS,
        handles::STATEMENTS,
        tally::STATEMENTS,
    ]
    .concat()
    {
        for step in plan(&connection, sql) {
            assert!(!step.contains("TEMP B-TREE"), "{sql}\n{step}");
            // Walking an index in the list's own order is no scan of the table; the tally is a handful of rows, a
            // set-up token one.
            let walks = step.contains("USING INDEX") || step.contains("USING COVERING INDEX");
            let small = ["tally", "setup_token", "CONSTANT ROW"].iter().any(|name| step.contains(name));
            assert!(!step.starts_with("SCAN") || walks || small, "{sql}\n{step}");
        }
    }
}

#[test]
fn a_kept_statement_is_not_planned_again() {
    let folder = tempfile::tempdir().unwrap();
    let connection = connect(&folder.path().join(FILE), None).unwrap();
    connection.execute_batch("CREATE TABLE t (a INTEGER, b INTEGER); CREATE INDEX t_a ON t (a)").unwrap();
    for value in 0..5 {
        let mut statement = connection.prepare_cached("SELECT b FROM t WHERE a = ?1 LIMIT ?2").unwrap();
        assert!(!statement.exists((value, 10)).unwrap());
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{value}");
    }
}

/// A filter of everything there is to ask.
fn everything_asked() -> ConversationFilter {
    let id = Uuid::from_u128(1);
    let span = Span { from: Some(Timestamp(0)), until: Some(Timestamp(1)) };
    ConversationFilter {
        statuses: Vec::new(),
        agent: Some(id.into()),
        queues: vec![id.into()],
        priorities: vec![Priority::Normal],
        ids: vec![id.into()],
        created: span,
        updated: span,
        closed: span,
        seen_by: None,
    }
}

/// No filter of the API's list may read the whole table, and the lists that nothing filters are walked in their order.
#[test]
fn every_way_into_the_list_leads_through_its_index() {
    let connection = database();
    for way in Way::ALL {
        let first = match way {
            Way::Id | Way::Closed => "(status=?)",
            Way::Created => "(status=? AND created_at>? AND created_at<?)",
            Way::Updated => "(status=? AND updated_at>? AND updated_at<?)",
            Way::ClosedWithin => "(status=? AND closed_at>? AND closed_at<?)",
            Way::Ids => "(id=?)",
            Way::Agent => "(agent=? AND status=?)",
            Way::Assigned | Way::Unassigned => "(queue=? AND status=?)",
            Way::Priority => "(priority=? AND status=?)",
        };
        let leads_in = |steps: &[String]| {
            let search = steps.iter().find(|step| step.starts_with("SEARCH c "));
            search.is_some_and(|step| step.contains(way.index()) && step.ends_with(first))
        };
        let (filter, nothing) = (everything_asked(), ConversationFilter::default());
        let asked = Asked { filter: &filter, limited: true, elsewhere: true };
        let steps = plan(&connection, &way.count(&asked));
        assert!(leads_in(&steps), "{way:?}\n{steps:#?}");
        // What the index tells alone is counted in it alone, however long the list.
        let steps =
            plan(&connection, &way.count(&Asked { filter: &nothing, limited: false, elsewhere: false }));
        let covered = way == Way::Ids || steps.iter().any(|step| step.contains("COVERING"));
        assert!(leads_in(&steps) && covered, "{way:?}\n{steps:#?}");
        if !matches!(way, Way::Ids) {
            let steps = plan(&connection, &way.probe());
            assert!(
                leads_in(&steps) && steps.iter().any(|step| step.contains("COVERING")),
                "{way:?}\n{steps:#?}"
            );
        }
        for order in ORDERS {
            for direction in [OrderDirection::Ascending, OrderDirection::Descending] {
                let steps = plan(&connection, &way.places(&asked, order, direction));
                assert!(leads_in(&steps), "{way:?} {order:?}\n{steps:#?}");
                let walked = match order {
                    OrderBy::Id => way == Way::Id,
                    OrderBy::CreatedAt => way == Way::Created,
                    OrderBy::UpdatedAt => way == Way::Updated,
                    OrderBy::ClosedAt => matches!(way, Way::Closed | Way::ClosedWithin),
                };
                let sorted = steps.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
                assert!(!(walked && sorted), "{way:?} {order:?}\n{steps:#?}");
            }
        }
    }
}

/// A connection can be broken in ways that end only with it.
#[tokio::test]
async fn a_connection_that_begins_nothing_any_more_is_opened_anew() {
    const HANG: Duration = Duration::from_secs(20);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    let mut connection = connect(&file, None).unwrap();
    migrations::run(&mut connection, folder.path()).unwrap();
    let no_begin = |asked: AuthContext<'_>| match asked.action {
        AuthAction::Transaction { operation: TransactionOperation::Begin } => Authorization::Deny,
        _ => Authorization::Allow,
    };
    connection.authorizer(Some(no_begin)).unwrap();
    let log = Log::start(file.clone(), LOG_BYTES).unwrap();
    let writer = Writer::start(connection, Place { file, most_pages: None }, log).unwrap();
    let write =
        || writer.run(0, |connection| Ok(connection.execute("DELETE FROM meta WHERE name = 'x'", [])?), None);
    // Known to have stored nothing.
    let refused = write().await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    let since = Instant::now();
    while let Err(error) = write().await {
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        assert!(since.elapsed() < HANG, "{error:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A thousand large contexts in one commit would be tens of megabytes, and everybody would wait for them.
#[test]
fn a_batch_ends_where_it_has_become_large() {
    const LARGE: usize = 1 << 20;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    let mut connection = connect(&file, None).unwrap();
    connection.execute_batch("CREATE TABLE t (a)").unwrap();
    let commits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&commits);
    let count = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        false
    };
    connection.commit_hook(Some(count)).unwrap();
    let log = Log::start(file.clone(), LOG_BYTES).unwrap();
    let writer = Writer::start(connection, Place { file, most_pages: None }, log).unwrap();
    let insert = |connection: &Connection| Ok(connection.execute("INSERT INTO t VALUES (1)", [])?);
    let (begun, begins) = mpsc::sync_channel(1);
    let (go_on, goes_on) = mpsc::sync_channel::<()>(1);
    let first = move |connection: &Connection| {
        begun.send(()).unwrap();
        goes_on.recv().unwrap();
        insert(connection)
    };
    let mut context = Context::from_waker(Waker::noop());
    assert!(Box::pin(writer.run(0, first, None)).as_mut().poll(&mut context).is_pending());
    begins.recv().unwrap();
    for _ in 0..12 {
        assert!(Box::pin(writer.run(LARGE, insert, None)).as_mut().poll(&mut context).is_pending());
    }
    go_on.send(()).unwrap();
    // Ends once all of it is stored.
    drop(writer);
    assert_eq!(commits.load(Ordering::SeqCst), 4, "the first, and three times four");
}
