//! Events as they are stored once and sent to everybody: the wire's exact text.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use beckon_core::agent::{Agent, Role};
use beckon_core::context::{Change, Made, PageAddress, Told, WriteMode};
use beckon_core::conversation::{Conversation, Cursors, Priority, Status};
use beckon_core::event::{AgentName, Author, AuthorKind, Body, Event, Locks, Source, with_client_id};
use beckon_core::permission::{may_see, may_take, may_write};
use beckon_core::text::{Email, MessageText, Name, NoteText};
use beckon_core::time::Timestamp;
use uuid::Uuid;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn event(author: Author, body: Body) -> Event {
    Event {
        id: id(1).into(),
        seq: 7,
        visitor_seq: Some(5),
        at: Timestamp(1_795_425_165_090_000),
        author,
        client_id: Some(id(2).into()),
        body,
    }
}

#[test]
fn each_event_has_its_text() {
    let visitor = Author { kind: AuthorKind::Visitor, id: Some(id(3)), name: None };
    let maja = || AgentName { id: id(4).into(), name: "Maja".to_owned() };
    let head = |kind: &str| {
        format!(
            "{{\"id\":\"{}\",\"kind\":\"{kind}\",\"at\":\"2026-11-23T09:12:45.090+00:00\",\"client_id\":null,\
             \"author\":{{\"type\":\"visitor\",\"id\":\"{}\",\"name\":null}},",
            id(1),
            id(3)
        )
    };
    let agent = format!("{{\"id\":\"{}\",\"name\":\"Maja\"}}", id(4));
    let text = MessageText::new("\"client_id\":null 🚗").unwrap();
    let cases = [
        (
            Body::Message(text),
            "message",
            r#""message":{"type":"TEXT","text":"\"client_id\":null 🚗"}}"#.to_owned(),
        ),
        (
            Body::Note(NoteText::new("he asked \"twice\"").unwrap()),
            "note",
            r#""note":{"text":"he asked \"twice\""}}"#.to_owned(),
        ),
        (
            Body::Status { from: Status::Open, to: Status::Solved },
            "status",
            r#""from":"OPEN","to":"SOLVED"}"#.to_owned(),
        ),
        (Body::Joined(maja()), "joined", format!("\"agent\":{agent}}}")),
        (Body::Left(maja()), "left", format!("\"agent\":{agent}}}")),
        (Body::Assigned(Some(maja())), "assigned", format!("\"agent\":{agent}}}")),
        (Body::Assigned(None), "assigned", "\"agent\":null}".to_owned()),
        (
            Body::Metadata {
                version: 2,
                source: Source::Page,
                mode: WriteMode::Merge,
                changes: vec![Change { key: "a".to_owned(), from: None, to: Some("1.10".to_owned()) }],
                locks: Locks::default(),
                told: Told::default(),
            },
            "metadata",
            r#""version":2,"source":"page","mode":"merge","changes":[{"key":"a","from":null,"to":"1.10"}]}"#
                .to_owned(),
        ),
        (
            Body::Metadata {
                version: 3,
                source: Source::Api,
                mode: WriteMode::Merge,
                changes: Vec::new(),
                locks: Locks {
                    ignored: vec!["tier".to_owned()],
                    locked: vec!["a".to_owned()],
                    unlocked: vec!["b".to_owned()],
                },
                told: Told {
                    guessed: true,
                    made: vec![
                        Made {
                            sent_at: Timestamp(1_795_424_565_090_000),
                            page: PageAddress::cut("/a?b"),
                            keys: None,
                        },
                        Made {
                            sent_at: Timestamp(1_795_425_165_090_000),
                            page: None,
                            keys: Some(vec!["a".to_owned()]),
                        },
                    ],
                },
            },
            "metadata",
            "\"version\":3,\"source\":\"api\",\"mode\":\"merge\",\"changes\":[],\
             \"ignored\":[\"tier\"],\"locked\":[\"a\"],\"unlocked\":[\"b\"],\"guessed\":true,\
             \"made\":[{\"sent_at\":\"2026-11-23T09:02:45.090+00:00\",\"page\":\"/a\"},\
             {\"sent_at\":\"2026-11-23T09:12:45.090+00:00\",\"keys\":[\"a\"]}]}"
                .to_owned(),
        ),
    ];
    for (body, kind, rest) in cases {
        let json = event(visitor.clone(), body).to_json();
        assert_eq!(json, head(kind) + &rest);
        assert!(!json.contains("seq"));
        let own = with_client_id(&json, id(2).into());
        assert!(own.contains(&format!("\"client_id\":\"{}\",\"author\"", id(2))), "{own}");
        assert!(own.ends_with(&rest), "only the field itself is filled in");
    }
}

fn agent(n: u128, role: Role, disabled: bool, queues: &[u128]) -> Agent {
    Agent {
        id: id(n).into(),
        name: Name::new("Maja").unwrap(),
        email: Email::new("maja@example.com").unwrap(),
        role,
        disabled,
        queues: queues.iter().map(|queue| id(*queue).into()).collect(),
        created_at: Timestamp(0),
    }
}

fn conversation(owner: Option<u128>, queue: Option<u128>) -> Conversation {
    Conversation {
        id: id(20).into(),
        widget: id(21).into(),
        visitor: id(22).into(),
        thread: id(23).into(),
        status: Status::Open,
        agent: owner.map(|owner| id(owner).into()),
        queue: queue.map(|queue| id(queue).into()),
        priority: Priority::Normal,
        topic: None,
        summary: None,
        head: 0,
        visitor_head: 0,
        context_version: 0,
        facts: Vec::new(),
        cursors: Cursors::default(),
        messages_from_visitor: 0,
        messages_to_visitor: 0,
        unread_by_agents: 0,
        unread_by_visitor: 0,
        preview: None,
        waiting_since: None,
        last_visitor_message_at: None,
        page: None,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        closed_at: None,
        sort_at: Timestamp(0),
        visitor_sort_at: Timestamp(0),
    }
}

/// Role, owner, queue, and what the agent may.
type Case = (Role, Option<u128>, Option<u128>, [bool; 3]);

/// Who may see, take, write: every role, whose it is, where it waits. The agent is 1, serves queue 50.
#[test]
fn permission_is_as_decided() {
    let all = [true, true, true];
    let none = [false, false, false];
    let table: [Case; 14] = [
        (Role::Agent, None, Some(50), [true, true, true]),
        (Role::Agent, None, None, [true, true, true]),
        (Role::Agent, None, Some(51), none),
        (Role::Agent, Some(1), Some(50), all),
        (Role::Agent, Some(1), Some(51), all),
        (Role::Agent, Some(2), Some(50), [true, false, false]),
        (Role::Agent, Some(2), None, [true, false, false]),
        (Role::Agent, Some(2), Some(51), none),
        (Role::Supervisor, None, Some(51), all),
        (Role::Supervisor, Some(2), Some(51), [true, false, true]),
        (Role::Supervisor, Some(1), Some(51), all),
        (Role::Admin, None, Some(51), all),
        (Role::Admin, Some(2), None, [true, false, true]),
        (Role::Admin, Some(1), None, all),
    ];
    for (role, owner, queue, expected) in table {
        let row = conversation(owner, queue);
        let may = |agent: &Agent| [may_see(agent, &row), may_take(agent, &row), may_write(agent, &row)];
        assert_eq!(may(&agent(1, role, false, &[50])), expected, "{role} {owner:?} {queue:?}");
        assert_eq!(may(&agent(1, role, true, &[50])), none, "a disabled {role} may nothing");
    }
}
