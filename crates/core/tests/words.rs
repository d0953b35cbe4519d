//! The words that stand for values, stored and sent: each is read back as what it was written for.

use std::fmt::Debug;

use beckon_core::agent::Role;
use beckon_core::conversation::{Priority, Status};
use beckon_core::event::{AuthorKind, Kind};
use beckon_core::key::Scope;
use beckon_core::quick_reply::Shortcut;
use beckon_core::strategy::Strategy;
use beckon_core::text::Email;

fn have<T: Copy + PartialEq + Debug>(
    words: &[(T, &str)],
    written: fn(T) -> &'static str,
    read: impl Fn(&str) -> Option<T>,
) {
    for (value, word) in words {
        assert_eq!(written(*value), *word);
        assert_eq!(read(word), Some(*value), "{word}");
    }
    for none in ["", "xyzzy"] {
        assert_eq!(read(none), None, "{none}");
    }
}

#[test]
fn each_value_has_its_word() {
    have(
        &[(Role::Admin, "ADMIN"), (Role::Supervisor, "SUPERVISOR"), (Role::Agent, "AGENT")],
        Role::as_str,
        |word| word.parse().ok(),
    );
    have(
        &[
            (Status::Open, "OPEN"),
            (Status::Waiting, "WAITING"),
            (Status::Solved, "SOLVED"),
            (Status::Closed, "CLOSED"),
        ],
        Status::as_str,
        |word| word.parse().ok(),
    );
    have(
        &[
            (Priority::Urgent, "URGENT"),
            (Priority::High, "HIGH"),
            (Priority::Normal, "NORMAL"),
            (Priority::Low, "LOW"),
        ],
        Priority::as_str,
        |word| word.parse().ok(),
    );
    have(
        &[(Strategy::Active, "ACTIVE"), (Strategy::All, "ALL"), (Strategy::AllPlusNew, "ALL_PLUS_NEW")],
        Strategy::as_str,
        |word| word.parse().ok(),
    );
    have(
        &[
            (AuthorKind::Visitor, "visitor"),
            (AuthorKind::Agent, "agent"),
            (AuthorKind::Bot, "bot"),
            (AuthorKind::Api, "api"),
            (AuthorKind::System, "system"),
        ],
        AuthorKind::as_str,
        AuthorKind::from_stored,
    );
}

/// What a kind is called, and that the visitor sees what both sides do and nothing of our own.
#[test]
fn each_kind_has_its_word_and_its_audience() {
    let kinds = [
        (Kind::Message, "message", true),
        (Kind::Note, "note", false),
        (Kind::Status, "status", true),
        (Kind::Joined, "joined", true),
        (Kind::Left, "left", true),
        (Kind::Assigned, "assigned", false),
        (Kind::Edited, "edited", false),
        (Kind::Moved, "moved", false),
        (Kind::Metadata, "metadata", false),
    ];
    have(&kinds.map(|(kind, word, _)| (kind, word)), Kind::as_str, Kind::from_stored);
    for (kind, word, visible) in kinds {
        assert_eq!(kind.visible_to_visitor(), visible, "{word}");
    }
}

#[test]
fn what_is_shown_is_the_word_itself() {
    assert_eq!("supervisor".parse(), Ok(Role::Supervisor), "a role in any case");
    assert_eq!(Role::Supervisor.to_string(), "SUPERVISOR");
    assert_eq!(Status::Solved.to_string(), "SOLVED");
    assert_eq!(Scope::Manage.to_string(), "manage");
    assert_eq!(Email::new("Maja@Example.com").unwrap().to_string(), "maja@example.com");
    let shortcut = Shortcut::new("Hi").unwrap();
    assert_eq!((shortcut.to_string().as_str(), shortcut.as_str()), ("Hi", "Hi"));
    assert_eq!(shortcut.folded(), "hi", "two that differ in case are one");
}
