//! The checker can be red: a good small run, and one broken promise at a time planted in its files or its database.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use beckon_loadtest::check::{Report, check};
use beckon_loadtest::log::{Kind, Line, Log, Queued, raw_file};
use rusqlite::Connection;
use uuid::Uuid;

const EPOCH: u128 = 1;
const VISITOR: u128 = 2;
const THREAD: u128 = 4;
const CONVERSATION: u128 = 5;

fn id(number: u128) -> String {
    Uuid::from_u128(number).to_string()
}

/// The columns that the checker reads, without the constraints by which the product refuses what is planted here.
const TABLES: &str = "
    CREATE TABLE meta (name, value);
    CREATE TABLE agent (id, email);
    CREATE TABLE conversation (id, visitor, thread, head, visitor_head, agent_delivered_visitor, agent_read_visitor,
        visitor_delivered, visitor_read);
    CREATE TABLE context (conversation, text, version);
    CREATE TABLE event (conversation, seq, visitor_seq, id, kind, author, client_id, json);";

/// Ids are blobs there: `x(7)` becomes the blob of the id 7.
fn sql(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("x(") {
        let (number, after) = after.split_once(')').expect("a number in brackets");
        out.push_str(before);
        out.push_str(&format!("x'{:032x}'", number.parse::<u128>().expect("a number")));
        rest = after;
    }
    out + rest
}

/// Two messages of a visitor, context between them, an agent's note and answer.
const GOOD: &str = r#"
    INSERT INTO meta VALUES ('epoch', x(1));
    INSERT INTO agent VALUES (x(3), 'agent@example.com');
    INSERT INTO conversation VALUES (x(5), x(2), x(4), 5, 3, 2, 2, 5, 4);
    INSERT INTO context VALUES (x(5), '{"key 2":{"n":2}}', 1);
    INSERT INTO event VALUES
        (x(5), 1, 1, x(101), 'message', x(2), x(201), '{"message":{"text":"message 1"}}'),
        (x(5), 2, NULL, x(102), 'metadata', x(2), x(202),
            '{"version":1,"changes":[{"key":"key 2","from":null,"to":"{\"n\":2}"}]}'),
        (x(5), 3, 2, x(103), 'message', x(2), x(203), '{"message":{"text":"message 3"}}'),
        (x(5), 4, NULL, x(104), 'note', x(3), x(301), '{"note":{"text":"note 1"}}'),
        (x(5), 5, 3, x(105), 'message', x(3), x(302), '{"message":{"text":"message 2"}}');"#;

fn queued(n: u64, client_id: u128, lane: u128, kind: Kind, body: &str) -> Line {
    Line::Queued(Queued { n, client_id: id(client_id), lane: id(lane), kind, body: body.to_owned() })
}

fn acked(client_id: u128, place: Option<(i64, u128)>) -> Line {
    Line::Acked {
        client_id: id(client_id),
        conversation: Some(id(CONVERSATION)),
        position: place.map(|(position, _)| position),
        event_id: place.map(|(_, event)| id(event)),
        version: place.is_none().then_some(1),
        duplicate: false,
        epoch: id(EPOCH),
    }
}

fn saw(position: i64, event: u128) -> Line {
    Line::Saw { conversation: id(CONVERSATION), position, event_id: id(event) }
}

fn cursor(state: bool, delivered: i64, read: i64) -> Line {
    Line::Cursor { state, conversation: id(CONVERSATION), epoch: id(EPOCH), delivered, read }
}

fn reset() -> Line {
    Line::Reset { conversation: id(CONVERSATION), epoch: id(EPOCH), first: 1 }
}

/// A run: what is done to the database after the good one, and the files.
struct Run {
    sql: String,
    visitor: Vec<Line>,
    agent: Vec<Line>,
    raw: String,
}

impl Run {
    fn good() -> Self {
        Self {
            sql: String::new(),
            visitor: vec![
                Line::Is { visitor: true, id: id(VISITOR) },
                queued(1, 201, THREAD, Kind::Text, "message 1"),
                queued(2, 202, THREAD, Kind::Context, "{}"),
                queued(3, 203, THREAD, Kind::Text, "message 3"),
                reset(),
                saw(1, 101),
                acked(201, Some((1, 101))),
                acked(202, None),
                saw(2, 103),
                acked(203, Some((2, 103))),
                cursor(false, 2, 1),
                cursor(true, 2, 2),
                // It was overtaken by the state.
                cursor(false, 1, 1),
                saw(3, 105),
            ],
            agent: vec![
                Line::Is { visitor: false, id: "agent@example.com".to_owned() },
                queued(1, 301, CONVERSATION, Kind::Note, "note 1"),
                queued(2, 302, CONVERSATION, Kind::Text, "message 2"),
                reset(),
                saw(1, 101),
                saw(2, 102),
                saw(3, 103),
                saw(4, 104),
                acked(301, Some((4, 104))),
                saw(5, 105),
                acked(302, Some((5, 105))),
                cursor(true, 5, 4),
            ],
            raw: format!(r#"{{"type":"event","conversation":"{}","position":1}}"#, id(CONVERSATION)),
        }
    }

    fn without(lines: &mut Vec<Line>, gone: &Line) {
        let before = lines.len();
        lines.retain(|line| line != gone);
        assert_eq!(lines.len(), before - 1, "{gone:?} is there");
    }

    fn check(&self) -> Report {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("beckon.db");
        let connection = Connection::open(&database).expect("a database");
        connection.execute_batch("PRAGMA synchronous = OFF").expect("SQL");
        for part in [TABLES, GOOD, &self.sql] {
            connection.execute_batch(&sql(part)).expect("SQL");
        }
        let clients = folder.path().join("clients");
        std::fs::create_dir(&clients).expect("a folder");
        write(&clients, "visitor", &self.visitor, true);
        write(&clients, "agent", &self.agent, false);
        std::fs::write(raw_file(&clients, "visitor"), &self.raw).expect("bytes");
        check(&clients, &database).expect("a report")
    }
}

fn write(folder: &Path, name: &str, lines: &[Line], raw: bool) {
    let mut log = Log::open(folder, name, raw).expect("files");
    lines.iter().for_each(|line| log.add(line).expect("a line"));
    log.flush().expect("files");
}

/// One way to break one promise.
type Plant = fn(&mut Run);

const PLANTS: &[(&str, &str, Plant)] = &[
    ("I1", "acked and not stored", |run| {
        run.visitor.push(queued(4, 204, THREAD, Kind::Text, "message 4"));
        run.visitor.push(acked(204, Some((4, 106))));
    }),
    ("I1", "stored with another body", |run| {
        run.sql = r#"UPDATE event SET json = '{"message":{"text":"message 9"}}' WHERE seq = 3"#.to_owned();
    }),
    ("I1", "stored at another place", |run| {
        Run::without(&mut run.visitor, &acked(203, Some((2, 103))));
        run.visitor.push(acked(203, Some((3, 103))));
    }),
    ("I1", "stored as another event", |run| {
        Run::without(&mut run.agent, &acked(302, Some((5, 105))));
        run.agent.push(acked(302, Some((5, 101))));
    }),
    ("I2", "a second row with the same client_id", |run| {
        run.sql = r#"UPDATE conversation SET head = 6;
            INSERT INTO event VALUES (x(5), 6, NULL, x(106), 'note', x(3), x(301), '{"note":{"text":"again"}}')"#
            .to_owned();
        run.agent.push(saw(6, 106));
        // The row that is found for a write is the newest.
        Run::without(&mut run.agent, &acked(301, Some((4, 104))));
        run.agent.push(acked(301, Some((6, 106))));
    }),
    ("I2", "the same message under another client_id", |run| {
        run.sql = r#"UPDATE conversation SET head = 6, visitor_head = 4;
            INSERT INTO event VALUES
                (x(5), 6, 4, x(106), 'message', x(2), x(204), '{"message":{"text":"message 3"}}')"#
            .to_owned();
        run.visitor.push(queued(4, 204, THREAD, Kind::Text, "message 3"));
        run.visitor.extend([acked(204, Some((4, 106))), saw(4, 106)]);
        run.agent.push(saw(6, 106));
    }),
    ("I2", "a second conversation of a thread", |run| {
        run.sql = "INSERT INTO conversation VALUES (x(6), x(2), x(4), 0, 0, 0, 0, 0, 0)".to_owned();
        run.visitor.push(Line::Reset { conversation: id(6), epoch: id(EPOCH), first: 1 });
    }),
    ("I3", "a hole in seq", |run| {
        run.sql = "UPDATE event SET seq = 6 WHERE seq = 5; UPDATE conversation SET head = 6".to_owned();
    }),
    ("I3", "a hole in visitor_seq", |run| {
        run.sql = "UPDATE event SET visitor_seq = 4 WHERE seq = 5; UPDATE conversation SET visitor_head = 4"
            .to_owned();
    }),
    ("I3", "a head that no event has", |run| {
        run.sql = "UPDATE conversation SET head = 7".to_owned();
    }),
    ("I4", "the later message is stored first", |run| {
        // It was queued first and stands behind: only the order is wrong, bodies and answers are right.
        let (first, second) = (1, 3);
        run.visitor[first] = queued(1, 203, THREAD, Kind::Text, "message 3");
        run.visitor[second] = queued(3, 201, THREAD, Kind::Text, "message 1");
    }),
    ("I4", "context is stored before the message that was queued first", |run| {
        // The answers come in whatever order; only the queue says what was first.
        let (context, message) = (2, 3);
        run.visitor[context] = queued(2, 203, THREAD, Kind::Text, "message 3");
        run.visitor[message] = queued(26, 202, THREAD, Kind::Context, "{}");
        run.sql = r#"UPDATE context SET text = '{"key 2":{"n":26}}'; UPDATE event SET json =
            '{"version":1,"changes":[{"key":"key 2","from":null,"to":"{\"n\":26}"}]}' WHERE seq = 2"#
            .to_owned();
    }),
    ("I5", "an event was left out", |run| Run::without(&mut run.visitor, &saw(2, 103))),
    ("I5", "the last event never came", |run| Run::without(&mut run.agent, &saw(5, 105))),
    ("I5", "another event at a place", |run| {
        Run::without(&mut run.visitor, &saw(3, 105));
        run.visitor.push(saw(3, 101));
    }),
    ("I5", "an event twice", |run| run.visitor.push(saw(3, 105))),
    ("I5", "a conversation of its own was never seen", |run| {
        run.sql = "INSERT INTO conversation VALUES (x(6), x(2), x(7), 0, 0, 0, 0, 0, 0)".to_owned();
    }),
    ("I6", "a note's word", |run| run.raw.push_str("\n{\"text\":\"internal-canary\"}")),
    ("I6", "a position of our side", |run| run.raw.push_str("\n{\"seq\":3}")),
    ("I6", "a context", |run| run.raw.push_str("\n{\"kind\":\"metadata\"}")),
    ("I7", "a message without an answer", |run| {
        run.visitor.push(queued(4, 204, THREAD, Kind::Text, "message 4"));
    }),
    ("I7", "context without an answer", |run| {
        run.visitor.push(queued(4, 204, THREAD, Kind::Context, "{}"));
    }),
    ("I7", "failed visibly, and stored", |run| {
        Run::without(&mut run.visitor, &acked(203, Some((2, 103))));
        run.visitor.push(Line::Failed { client_id: id(203), code: "invalid".to_owned() });
    }),
    ("I8", "a state says less than was known", |run| run.visitor.push(cursor(true, 1, 1))),
    ("I8", "a cursor frame that never was so", |run| {
        run.agent.extend([cursor(false, 5, 4), cursor(false, 4, 5)]);
        run.sql = "UPDATE conversation SET visitor_read = 5".to_owned();
    }),
    ("I8", "a cursor that is not stored", |run| run.visitor.push(cursor(false, 3, 3))),
    ("I10", "handed out and not stored", |run| run.visitor.push(saw(4, 106))),
    ("I10", "stored and never written", |run| {
        run.sql = r#"UPDATE conversation SET head = 6;
            INSERT INTO event VALUES (x(5), 6, NULL, x(106), 'note', x(3), x(303), '{"note":{"text":"note 3"}}')"#
            .to_owned();
        run.agent.push(saw(6, 106));
    }),
    ("I11", "the journal folds to something else", |run| {
        run.sql = r#"UPDATE event SET json =
            '{"version":1,"changes":[{"key":"key 2","from":null,"to":"{\"n\":26}"}]}' WHERE seq = 2"#
            .to_owned();
    }),
    ("I11", "an older value stands there", |run| {
        run.sql = r#"UPDATE context SET text = '{"key 2":{"n":1}}'; UPDATE event SET json =
            '{"version":1,"changes":[{"key":"key 2","from":null,"to":"{\"n\":1}"}]}' WHERE seq = 2"#
            .to_owned();
    }),
    ("I11", "an acked version is gone", |run| {
        Run::without(&mut run.visitor, &acked(202, None));
        let mut answer = acked(202, None);
        if let Line::Acked { version, .. } = &mut answer {
            *version = Some(2);
        }
        run.visitor.push(answer);
    }),
    ("I11", "a version was left out", |run| {
        run.sql = r#"UPDATE context SET version = 2; UPDATE event SET json =
            '{"version":2,"changes":[{"key":"key 2","from":null,"to":"{\"n\":2}"}]}' WHERE seq = 2"#
            .to_owned();
    }),
];

#[test]
fn a_good_run_is_whole() {
    let report = Run::good().check();
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    assert_eq!((report.acked, report.lost, report.doubled, report.seen), (5, 0, 0, 8));
}

#[test]
fn each_broken_promise_is_named() {
    let mut wrong = Vec::new();
    for (invariant, name, plant) in PLANTS {
        let mut run = Run::good();
        plant(&mut run);
        let violations = run.check().violations;
        if !violations.iter().any(|violation| violation.invariant == *invariant) {
            wrong.push(format!("{invariant}, {name}: {violations:#?}"));
        }
    }
    assert!(wrong.is_empty(), "not named:\n{}", wrong.join("\n"));
}

#[test]
fn every_invariant_is_planted() {
    let mut planted: BTreeMap<&str, usize> = BTreeMap::new();
    PLANTS.iter().for_each(|(invariant, ..)| *planted.entry(invariant).or_default() += 1);
    let all = ["I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I10", "I11"];
    assert_eq!(planted.into_keys().collect::<BTreeSet<_>>(), all.into_iter().collect());
}
