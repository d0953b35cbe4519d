//! The table of which conversation a call goes to, by the rule itself.

use beckon_core::conversation::Status;
use beckon_core::id::{ConversationId, ThreadId};
use beckon_core::strategy::{MOST_CONVERSATIONS, Strategy, TooManyConversations};
use beckon_core::time::Timestamp;
use beckon_core::which_conversation::{Candidate, Resolution, Screen, resolve};
use beckon_core::widget::GuessHours;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize)]
struct Table {
    decisions: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    threads: Vec<Thread>,
    on_screen: Option<String>,
    last_used: Option<String>,
    #[serde(default = "yes")]
    visible: bool,
    #[serde(default)]
    other_visible: bool,
    strategy: Option<String>,
    #[serde(default = "yes")]
    multi: bool,
    guess_hours: Option<u64>,
    then: Then,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Thread {
    thread: String,
    status: String,
    minutes: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    write: Vec<String>,
    #[serde(default)]
    guessed: bool,
    #[serde(default)]
    held: bool,
    #[serde(default)]
    waits: bool,
    #[serde(default, rename = "standing")]
    _standing: bool,
}

fn yes() -> bool {
    true
}

const NOW: Timestamp = Timestamp(1_795_000_000_000_000);

/// Names are single letters, or the word for a thread that does not exist.
fn id(name: &str) -> Uuid {
    Uuid::from_u128(name.bytes().map(u128::from).sum())
}

#[test]
fn each_call_goes_where_the_table_says() {
    let table: Table = serde_json::from_str(include_str!("../cases/which_conversation.json")).unwrap();
    assert!(table.decisions.len() >= 50);
    for case in table.decisions {
        let name = &case.name;
        assert_eq!(case.then.held, case.then.write.is_empty() || case.then.guessed, "{name}: what is held");
        if case.then.waits {
            // The tab's own: it sends nothing yet.
            assert!(!case.visible && case.other_visible, "{name}");
            continue;
        }
        let threads: Vec<Candidate> = case
            .threads
            .iter()
            .map(|thread| Candidate {
                id: ConversationId(id(&thread.thread)),
                thread: ThreadId(id(&thread.thread)),
                status: thread.status.parse().unwrap(),
                newest: NOW.plus_seconds(-60 * thread.minutes),
            })
            .collect();
        let screen = Screen {
            on_screen: case.on_screen.as_deref().map(|name| ThreadId(id(name))),
            last_used: case.last_used.as_deref().map(|name| ThreadId(id(name))),
            visible: case.visible,
        };
        let strategy = case.strategy.map_or(Strategy::default(), |name| name.parse().unwrap());
        let guess = case.guess_hours.map_or(GuessHours::default(), |hours| GuessHours::new(hours).unwrap());
        let written = case.then.write.iter().map(|name| ConversationId(id(name)));
        let expected = match (case.then.write.as_slice(), case.then.guessed) {
            ([], false) => Resolution::Hold,
            ([only], true) => Resolution::Guess(ConversationId(id(only))),
            (_, false) => Resolution::Write(written.collect()),
            (_, true) => panic!("{name}: a guess is one"),
        };
        assert_eq!(resolve(case.multi, strategy, screen, guess, &threads, NOW), Ok(expected), "{name}");
    }
}

#[test]
fn all_reaches_fifty_and_beyond_that_nothing_is_guessed() {
    let many = |count: usize| -> Vec<Candidate> {
        let candidate = |n: usize| Candidate {
            id: ConversationId(Uuid::from_u128(n as u128)),
            thread: ThreadId(Uuid::from_u128(n as u128)),
            status: if n == 0 { Status::Open } else { Status::Solved },
            newest: NOW,
        };
        (0..count).map(candidate).collect()
    };
    let by = |strategy, threads: &[Candidate]| {
        resolve(true, strategy, Screen::default(), GuessHours::default(), threads, NOW)
    };
    let most = many(MOST_CONVERSATIONS);
    let all = most.iter().map(|candidate| candidate.id).collect();
    assert_eq!(by(Strategy::All, &most), Ok(Resolution::Write(all)));
    assert_eq!(by(Strategy::Active, &most), Ok(Resolution::Guess(most[0].id)));
    let more = many(MOST_CONVERSATIONS + 1);
    for strategy in [Strategy::All, Strategy::AllPlusNew] {
        assert_eq!(by(strategy, &more), Err(TooManyConversations));
    }
    assert_eq!(by(Strategy::Active, &more), Ok(Resolution::Hold));
}

/// A clock that was set back makes messages of the future: they are as fresh as can be, unless nothing is.
#[test]
fn a_message_of_the_future_is_fresh() {
    let thread = Candidate {
        id: ConversationId(Uuid::nil()),
        thread: ThreadId(Uuid::nil()),
        status: Status::Open,
        newest: NOW.plus_seconds(7_200),
    };
    let by = |hours| {
        let guess = GuessHours::new(hours).unwrap();
        resolve(true, Strategy::Active, Screen::default(), guess, &[thread], NOW).unwrap()
    };
    assert_eq!(by(24), Resolution::Guess(thread.id));
    assert_eq!(by(0), Resolution::Hold);
}
