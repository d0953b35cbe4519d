//! Two pages and a program write the context of one conversation at once, in a thousand orders.

use std::collections::{HashMap, HashSet};

use beckon_core::agent::Role;
use beckon_core::command::{Actor, Command, ContextTarget, Reach, WriteContext};
use beckon_core::context::{Change, fold};
use beckon_core::id::ConversationId;
use serde::Deserialize;
use tokio::task::JoinSet;

use crate::house::{Dice, Guest, House, client, merge, replace};

const CASES: u64 = 1_000;
/// Cases at work at once, so that their writes meet in the same transactions.
const AT_ONCE: usize = 40;
const PROTECTED: &str = "d";

/// One write, as plainly as it can be said.
#[derive(Debug, Clone)]
struct Said {
    page: bool,
    replaces: bool,
    members: Vec<(String, Option<String>)>,
    lock: Option<bool>,
}

impl Said {
    fn by_chance(dice: &mut Dice, page: bool) -> Self {
        let mut members: Vec<(String, Option<String>)> = Vec::new();
        for _ in 0..dice.roll(4) {
            let key = ["a", "b", "c", PROTECTED, "e"][dice.roll(5) as usize].to_owned();
            let value = (dice.roll(4) > 0).then(|| format!("{}.0", dice.roll(3)));
            if members.iter().all(|(known, _)| *known != key) {
                members.push((key, value));
            }
        }
        let replaces = dice.roll(4) == 0;
        let lock = [None, None, Some(true), Some(false)][dice.roll(4) as usize].filter(|_| !page);
        Self { page, replaces, members, lock }
    }

    fn json(&self) -> String {
        let member = |(key, value): &(String, Option<String>)| {
            format!("\"{key}\":{}", value.as_deref().unwrap_or("null"))
        };
        format!("{{{}}}", self.members.iter().map(member).collect::<Vec<_>>().join(","))
    }
}

/// The context as the guide describes it, written down once more without any of the product's code.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    entries: Vec<(String, String)>,
    locks: HashSet<String>,
    /// Keys whose value the page set last.
    by_page: HashSet<String>,
}

impl Model {
    fn is_locked(&self, key: &str) -> bool {
        key == PROTECTED || self.locks.contains(key)
    }

    /// Does the write; the keys that were left out.
    fn write(&mut self, said: &Said) -> Vec<String> {
        let before = self.clone();
        let mut ignored = Vec::new();
        if said.replaces {
            // The page takes away what the page wrote; a key that it sets goes to the end.
            let sets =
                |key: &String| said.members.iter().any(|(known, value)| known == key && value.is_some());
            self.entries.retain(|(key, _)| {
                said.page && (before.is_locked(key) || (!before.by_page.contains(key) && !sets(key)))
            });
        }
        for (key, value) in &said.members {
            // A null at the top of a replacement is an absent key.
            if said.replaces && value.is_none() {
                continue;
            }
            if said.page && before.is_locked(key) {
                ignored.push(key.clone());
                continue;
            }
            let place = self.entries.iter().position(|(known, _)| known == key);
            match (place, value) {
                (Some(at), Some(value)) => self.entries[at].1.clone_from(value),
                (Some(at), None) => drop(self.entries.remove(at)),
                (None, Some(value)) => self.entries.push((key.clone(), value.clone())),
                (None, None) => {}
            }
            match said.lock {
                Some(true) => self.locks.insert(key.clone()),
                Some(false) => self.locks.remove(key),
                None => false,
            };
        }
        self.locks.retain(|key| self.entries.iter().any(|(known, _)| known == key));
        self.note_writer(&before, said.page);
        ignored
    }

    /// Who set a value last: the same as before where it is what it was, at its place.
    fn note_writer(&mut self, before: &Self, page: bool) {
        let was: HashMap<&String, (usize, &String)> =
            before.entries.iter().enumerate().map(|(at, (key, value))| (key, (at, value))).collect();
        let (mut last, mut moved) = (0, false);
        for (key, value) in &self.entries {
            let known = was.get(key);
            moved |= known.is_none_or(|(at, _)| *at < last);
            last = known.map_or(last, |(at, _)| *at);
            if moved || known.is_some_and(|(_, known)| *known != value) {
                if page {
                    self.by_page.insert(key.clone())
                } else {
                    self.by_page.remove(key)
                };
            }
        }
        self.by_page.retain(|key| self.entries.iter().any(|(known, _)| known == key));
    }

    fn json(&self) -> String {
        let members: Vec<String> =
            self.entries.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    }
}

/// What a writer was answered.
#[derive(Debug)]
struct Answered {
    said: Said,
    version: i64,
    ignored: Vec<String>,
    stored: bool,
}

#[derive(Deserialize)]
struct Told {
    changes: Vec<Change>,
    #[serde(default)]
    ignored: Vec<String>,
}

async fn writes(
    store: std::sync::Arc<dyn beckon_store::Store>,
    target: ContextTarget,
    said: Vec<Said>,
) -> Vec<Answered> {
    let mut answered = Vec::new();
    for said in said {
        let json = said.json();
        let patch = if said.replaces { replace(&json) } else { merge(&json) };
        let client_id = said.page.then(client);
        let write = WriteContext { target: target.clone(), client_id, patch, lock: said.lock };
        let mut applied = store.apply(Command::WriteContext(write.clone())).await.unwrap();
        let touched = applied.conversations.remove(0);
        if said.page {
            // Sent again, as after a lost connection: the same answer.
            let again = store.apply(Command::WriteContext(write)).await.unwrap().conversations.remove(0);
            assert_eq!((again.context_version, &again.ignored), (touched.context_version, &touched.ignored));
        }
        let (version, ignored, stored) =
            (touched.context_version, touched.ignored, !touched.events.is_empty());
        answered.push(Answered { said, version, ignored, stored });
    }
    answered
}

pub(crate) async fn any_interleaving_ends_in_the_same_context_everywhere(house: &House) {
    house.protect(house.multi, &[PROTECTED]).await;
    let key = house.key().await;
    let agent = house.agent("Maja", Role::Supervisor).await.id;
    let mut running = JoinSet::new();
    for case in 0..CASES {
        let guest = house.guest(house.multi).await;
        let id = house.start(guest, "hello").await.id;
        let (store, key) = (house.store.clone(), key.clone());
        if running.len() >= AT_ONCE {
            running.join_next().await.unwrap().unwrap();
        }
        running.spawn(async move { one_case(store, case, guest, id, key, agent).await });
    }
    running.join_all().await;
}

async fn one_case(
    store: std::sync::Arc<dyn beckon_store::Store>,
    case: u64,
    guest: Guest,
    id: ConversationId,
    key: Actor,
    agent: beckon_core::id::AgentId,
) {
    let mut dice = Dice(case);
    let mut said = |page| (0..2 + dice.roll(2)).map(|_| Said::by_chance(&mut dice, page)).collect::<Vec<_>>();
    let page =
        ContextTarget::Visitor { visitor: guest.visitor, session: guest.session, reach: Reach::One(id) };
    let ours = ContextTarget::Conversation { by: key, conversation: id };
    let (first, second, program) = tokio::join!(
        writes(store.clone(), page.clone(), said(true)),
        writes(store.clone(), page, said(true)),
        writes(store.clone(), ours, said(false)),
    );

    let mut answered: Vec<Answered> = first.into_iter().chain(second).chain(program).collect();
    // Those that stored something, in their order; what changed nothing belongs behind its version.
    answered.sort_by_key(|answer| (answer.version, !answer.stored));
    let journal = store.context_versions(id, None, 1_000).await.unwrap();
    let journal: Vec<_> = journal.into_iter().rev().collect();
    let mut model = Model::default();
    let mut changes = Vec::new();
    let mut stored = journal.iter();
    for Answered { said, version, ignored, stored: changed } in &answered {
        let before = model.clone();
        assert_eq!(&model.write(said), ignored, "case {case}, version {version}: {said:?} on {before:?}");
        if !changed {
            assert_eq!(model, before, "case {case}: {said:?} changed nothing");
            continue;
        }
        let kept = stored.next().unwrap();
        let told: Told = serde_json::from_str(&kept.event.json).unwrap();
        assert_eq!((kept.version, &told.ignored), (*version, ignored), "case {case}");
        changes.extend(told.changes);
        assert_eq!(fold(&changes).to_text(), model.json(), "case {case}: the journal at {version}");
        let past = store.context_at(id, kept.event.seq).await.unwrap();
        assert_eq!((past.text, past.version), (model.json(), *version), "case {case}: the past at {version}");
    }
    assert!(stored.next().is_none(), "case {case}: a version that nobody was told of");

    let now = store.context_for(id, agent).await.unwrap();
    assert_eq!(now.context.text, model.json(), "case {case}");
    assert_eq!(now.context.version, journal.len() as i64);
    let keys: Vec<_> = now.keys.iter().map(|known| (known.key.clone(), known.locked)).collect();
    let expected: Vec<_> = model.entries.iter().map(|(key, _)| (key.clone(), model.is_locked(key))).collect();
    assert_eq!(keys, expected, "case {case}");
}
