//! Keys that the page may not write, and who set what.

use beckon_core::agent::Role;
use beckon_core::command::{Actor, Destination};
use beckon_core::context::Patch;
use beckon_core::event::{Kind, Source};
use beckon_core::id::ConversationId;
use beckon_core::strategy::Strategy;
use serde_json::{Value, json};

use crate::house::{House, merge, replace, thread};

/// The context's events as the wire has them.
async fn told(house: &House, id: ConversationId) -> Vec<Value> {
    let events = house.journal(id).await.into_iter().filter(|event| event.kind == Kind::Metadata);
    events.map(|event| serde_json::from_str(&event.json).unwrap()).collect()
}

/// The locked keys as an agent is told of them.
async fn locked(house: &House, id: ConversationId) -> Vec<String> {
    let agent = house.agent(&thread().to_string(), Role::Supervisor).await;
    let found = house.store.context_for(id, agent.id).await.unwrap();
    found.keys.into_iter().filter(|known| known.locked).map(|known| known.key).collect()
}

pub(crate) async fn protected_keys_hold_against_the_page_only(house: &House) {
    house.protect(house.multi, &["tier", "plan"]).await;
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    let ignored = house.page_writes(guest, id, merge(r#"{"tier":"gold","car":1,"plan":null}"#)).await;
    assert_eq!(ignored, ["tier", "plan"]);
    assert_eq!(house.context(id).await, r#"{"car":1}"#);
    assert_eq!(told(house, id).await[0]["ignored"], json!(["tier", "plan"]));

    house.context_from(house.key().await, id, merge(r#"{"tier":"gold"}"#)).await.unwrap();
    let agent = house.agent("Maja", Role::Agent).await;
    house.context_from(Actor::Agent(agent.id), id, merge(r#"{"plan":"pro"}"#)).await.unwrap();
    assert_eq!(told(house, id).await[1]["locked"], json!(["tier"]), "who folds the journal learns it");
    let before = house.journal(id).await.len();
    let ignored = house.page_writes(guest, id, merge(r#"{"tier":null,"plan":"none"}"#)).await;
    assert_eq!(ignored, ["tier", "plan"]);
    assert_eq!(house.journal(id).await.len(), before, "a write that changes nothing leaves no event");
    assert_eq!(house.context(id).await, r#"{"car":1,"tier":"gold","plan":"pro"}"#);
    assert_eq!(locked(house, id).await, ["tier", "plan"]);

    // Locked or released besides, it stays the widget's; what the write did is told all the same.
    let key = house.key().await;
    for lock in [true, false] {
        house.lock_from(key.clone(), id, merge(r#"{"tier":"gold"}"#), lock).await;
        let event = told(house, id).await.pop().unwrap();
        assert_eq!((&event["locked"], &event["changes"]), (&json!(["tier"]), &json!([])));
        assert!(event.get("unlocked").is_none());
        assert_eq!(house.page_writes(guest, id, merge(r#"{"tier":"none"}"#)).await, ["tier"]);
    }

    // Another widget's pages are not concerned, and a list that changes holds from the next write on.
    let other = house.guest(house.single).await;
    let there = house.start(other, "hello").await.id;
    assert!(house.page_writes(other, there, merge(r#"{"tier":"gold"}"#)).await.is_empty());
    house.protect(house.multi, &["plan"]).await;
    assert!(house.page_writes(guest, id, merge(r#"{"tier":"free"}"#)).await.is_empty());
    assert_eq!(locked(house, id).await, ["plan"]);
}

pub(crate) async fn held_and_standing_context_obey_locks_when_written(house: &House) {
    let guest = house.guest(house.multi).await;
    let mut send = house.send(guest, Destination::Thread(thread()), "first");
    let held = merge(r#"{"car":1,"tier":"gold"}"#);
    send.held = Some(beckon_core::command::HeldContext { client_id: None, patch: held.clone() });
    send.standing = Some(held);
    // Held before the key was protected, written after.
    house.protect(house.multi, &["tier"]).await;
    let applied = house.try_send(send).await.unwrap();
    let id = applied.conversations[0].conversation.id;
    assert_eq!(house.context(id).await, r#"{"car":1}"#);
    assert_eq!(told(house, id).await[0]["ignored"], json!(["tier"]));
    assert_eq!(applied.conversations[0].conversation.facts.len(), 1, "nor is it in the list");

    let second = house.start(guest, "second").await.id;
    assert_eq!(house.context(second).await, r#"{"car":1}"#, "what stands obeys, too");
    house.protect(house.multi, &[]).await;
    let third = house.start(guest, "third").await.id;
    assert_eq!(house.context(third).await, r#"{"car":1,"tier":"gold"}"#, "it was left out, not thrown away");
}

pub(crate) async fn locks_on_request_come_and_go(house: &House) {
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    let key = house.key().await;
    house.page_writes(guest, id, merge(r#"{"a":1,"b":1,"c":1}"#)).await;
    let write = house.lock_from(key.clone(), id, merge(r#"{"a":2,"b":1}"#), true).await;
    assert_eq!(write.conversations[0].context_version, 2);
    let event = told(house, id).await.remove(1);
    assert_eq!(event["locked"], json!(["a", "b"]));
    assert_eq!(event["changes"].as_array().unwrap().len(), 1);
    assert_eq!(house.page_writes(guest, id, merge(r#"{"a":3,"b":3,"c":3}"#)).await, ["a", "b"]);

    // A lock alone is a write, too; the same again is none.
    house.lock_from(key.clone(), id, merge(r#"{"c":3}"#), true).await;
    let event = told(house, id).await.remove(3);
    assert_eq!(
        (&event["locked"], &event["changes"], &event["version"]),
        (&json!(["c"]), &json!([]), &json!(4))
    );
    assert!(
        house.lock_from(key.clone(), id, merge(r#"{"c":3}"#), true).await.conversations[0].events.is_empty()
    );
    assert_eq!(locked(house, id).await, ["a", "b", "c"]);

    // Writing without a word about locks leaves them; releasing, removing and leaving out end them.
    house.context_from(key.clone(), id, merge(r#"{"a":4}"#)).await.unwrap();
    assert_eq!(told(house, id).await[4]["locked"], json!(["a"]), "set again and still locked");
    house.lock_from(key.clone(), id, merge(r#"{"b":1}"#), false).await;
    assert_eq!(told(house, id).await[5]["unlocked"], json!(["b"]));
    assert_eq!(locked(house, id).await, ["a", "c"]);
    house.context_from(key.clone(), id, merge(r#"{"a":null}"#)).await.unwrap();
    assert!(house.page_writes(guest, id, merge(r#"{"a":"free"}"#)).await.is_empty());
    house.context_from(key.clone(), id, replace(r#"{"c":9,"a":"free"}"#)).await.unwrap();
    assert_eq!(locked(house, id).await, ["c"], "moved, and still locked");
    house.context_from(key, id, Patch::clear()).await.unwrap();
    assert!(house.page_writes(guest, id, merge(r#"{"c":1}"#)).await.is_empty());
}

pub(crate) async fn a_replacement_keeps_locked_keys(house: &House) {
    house.protect(house.multi, &["tier"]).await;
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    let key = house.key().await;
    house.page_writes(guest, id, merge(r#"{"car":1,"cart":[1]}"#)).await;
    house.context_from(key.clone(), id, merge(r#"{"tier":"gold"}"#)).await.unwrap();
    house.lock_from(key.clone(), id, merge(r#"{"order":7}"#), true).await;
    let ignored = house.page_writes(guest, id, replace(r#"{"cart":[],"tier":"none","page":"/"}"#)).await;
    assert_eq!(ignored, ["tier"], "the page need not learn of keys that it does not name");
    assert_eq!(house.context(id).await, r#"{"tier":"gold","order":7,"cart":[],"page":"/"}"#);
    let again = house.page_writes(guest, id, replace(r#"{"cart":[],"page":"/"}"#)).await;
    assert!(again.is_empty());
    assert_eq!(told(house, id).await.len(), 4, "the same again changes nothing");
    // Ours replaces everything.
    house.context_from(key, id, replace(r#"{"x":1}"#)).await.unwrap();
    assert_eq!(house.context(id).await, r#"{"x":1}"#);
}

pub(crate) async fn a_repeated_write_repeats_what_was_ignored(house: &House) {
    let guest = house.guest(house.multi).await;
    let (one, two) = (house.start(guest, "one").await.id, house.start(guest, "two").await.id);
    let key = house.key().await;
    house.lock_from(key.clone(), two, merge(r#"{"tier":"gold"}"#), true).await;
    let write = house.by_strategy(guest, Strategy::All, None, merge(r#"{"tier":"none"}"#));
    let first = house.try_context(write.clone()).await.unwrap();
    let ignored = |applied: &beckon_store::Applied| {
        let of = |id| applied.conversations.iter().find(|touched| touched.conversation.id == id).unwrap();
        [of(one).ignored.clone(), of(two).ignored.clone()]
    };
    assert_eq!(ignored(&first), [Vec::new(), vec!["tier".to_owned()]]);
    // Released meanwhile: the answer is still that of the first time.
    house.lock_from(key, two, merge(r#"{"tier":"gold"}"#), false).await;
    let again = house.try_context(write).await.unwrap();
    assert!(again.duplicate);
    assert_eq!(ignored(&again), ignored(&first));
    assert_eq!(house.context(two).await, r#"{"tier":"gold"}"#);
}

pub(crate) async fn keys_know_who_set_them(house: &House) {
    let guest = house.guest(house.multi).await;
    let applied = house.start_holding(guest, merge(r#"{"a":1,"b":1}"#)).await;
    let id = applied.conversations[0].conversation.id;
    let agent = house.agent("Maja", Role::Agent).await;
    let key = house.key().await;
    house.context_from(key.clone(), id, merge(r#"{"b":2,"c":2}"#)).await.unwrap();
    house.context_from(Actor::Agent(agent.id), id, merge(r#"{"c":2,"d":3}"#)).await.unwrap();
    let found = house.store.context_for(id, agent.id).await.unwrap();
    let keys: Vec<_> = found
        .keys
        .iter()
        .map(|known| (known.key.as_str(), known.origin.version, known.origin.source, known.locked))
        .collect();
    let expected = [
        ("a", 1, Source::Page, false),
        ("b", 2, Source::Api, false),
        ("c", 2, Source::Api, false),
        ("d", 3, Source::Agent, false),
    ];
    assert_eq!(keys, expected);
    let name = |at: usize| found.keys[at].origin.author.name.as_deref();
    assert_eq!((name(0), name(1), name(3)), (None, Some("bot"), Some("Maja")));
    assert_eq!(found.keys[3].origin.author.id, Some(agent.id.0));
    let times: Vec<_> =
        house.journal(id).await.into_iter().filter(|event| event.kind == Kind::Metadata).collect();
    assert_eq!(found.keys[1].origin.at, times[1].at);
    assert_eq!(found.keys[1].origin, found.keys[2].origin);
}
