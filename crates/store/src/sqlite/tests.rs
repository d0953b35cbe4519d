//! What only this backend promises: every statement prepares, and no list scans or sorts.

use rusqlite::{Connection, StatementStatus};

use super::ways::Way;
use super::{
    FILE, connect, contexts, conversations, inbox, keep_statements, meta, migrations, notes, statements,
    tally,
};
use crate::{OrderBy, OrderDirection};

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
            Way::Queue => "(queue=? AND status=?)",
            Way::Priority => "(priority=? AND status=?)",
        };
        let leads_in = |steps: &[String]| {
            let search = steps.iter().find(|step| step.starts_with("SEARCH c "));
            search.is_some_and(|step| step.contains(way.index()) && step.ends_with(first))
        };
        let steps = plan(&connection, &way.count());
        assert!(leads_in(&steps), "{way:?}\n{steps:#?}");
        if !matches!(way, Way::Ids) {
            let steps = plan(&connection, &way.probe());
            assert!(
                leads_in(&steps) && steps.iter().any(|step| step.contains("COVERING")),
                "{way:?}\n{steps:#?}"
            );
        }
        for order in ORDERS {
            for direction in [OrderDirection::Ascending, OrderDirection::Descending] {
                let steps = plan(&connection, &way.places(order, direction));
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
