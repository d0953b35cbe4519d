//! Contexts as they once were, and what agents know of them.

use beckon_core::agent::Role;
use beckon_core::decide::Baseline;
use beckon_core::event::Kind;
use beckon_store::StoreError;

use crate::house::{House, merge, replace};

pub(crate) async fn an_earlier_context_is_exact_at_every_position(house: &House) {
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    let key = house.key().await;
    // Past two checkpoints and well beyond, with messages in between.
    let mut at_position = vec!["{}".to_owned(), "{}".to_owned()];
    for n in 0..170 {
        let applied = match n % 7 {
            0 => house.say(guest, id, "and").await,
            1 => house
                .context_from(key.clone(), id, replace(&format!(r#"{{"z{n}":{n}.10,"a":[{n}]}}"#)))
                .await
                .unwrap(),
            2 => house.context_from(key.clone(), id, merge(r#"{"a":null}"#)).await.unwrap(),
            _ => house
                .context_from(key.clone(), id, merge(&format!(r#"{{"k{}":{n},"a":{n}}}"#, n % 5)))
                .await
                .unwrap(),
        };
        assert_eq!(applied.conversations[0].events.len(), 1);
        at_position.push(house.context(id).await);
    }
    let mut versions = std::collections::HashSet::new();
    for (position, text) in at_position.iter().enumerate() {
        let past = house.store.context_at(id, position as i64).await.unwrap();
        assert_eq!(&past.text, text, "at {position}");
        versions.insert(past.version);
    }
    assert_eq!(versions.len(), 146, "each version was met, and the empty beginning");
    let now = house.context(id).await;
    assert_eq!(house.store.context_at(id, 10_000).await.unwrap().text, now, "above the head is now");
    let unknown = uuid::Uuid::new_v4().into();
    assert_eq!(house.store.context_at(unknown, 1).await, Err(StoreError::NotFound));
}

pub(crate) async fn versions_page_by_key(house: &House) {
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    assert_eq!(house.store.context_versions(id, None, 10).await, Ok(Vec::new()));
    let key = house.key().await;
    for n in 0..10 {
        house.context_from(key.clone(), id, merge(&format!(r#"{{"n":{n}}}"#))).await.unwrap();
        house.say(guest, id, "and").await;
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = house.store.context_versions(id, before, 3).await.unwrap();
        let Some(oldest) = page.last() else { break };
        before = Some(oldest.version);
        seen.extend(page);
    }
    let versions: Vec<i64> = seen.iter().map(|version| version.version).collect();
    assert_eq!(versions, (1..=10).rev().collect::<Vec<_>>());
    let mut journal = house.journal(id).await;
    journal.retain(|event| event.kind == Kind::Metadata);
    journal.reverse();
    let events: Vec<_> = seen.into_iter().map(|version| version.event).collect();
    assert_eq!(events, journal);
    let unknown = uuid::Uuid::new_v4().into();
    assert_eq!(house.store.context_versions(unknown, None, 3).await, Err(StoreError::NotFound));
}

pub(crate) async fn baselines_begin_once_and_move_forward(house: &House) {
    let guest = house.guest(house.multi).await;
    let applied = house.start_holding(guest, merge(r#"{"a":1}"#)).await;
    let id = applied.conversations[0].conversation.id;
    let (maja, other) = (house.agent("Maja", Role::Agent).await, house.agent("Ivo", Role::Agent).await);
    // Many consoles of one agent open it while the page writes on: they agree on one beginning.
    let mut opening = tokio::task::JoinSet::new();
    for n in 0..20 {
        let (store, agent) = (house.store.clone(), maja.id);
        opening.spawn(async move { store.context_for(id, agent).await.unwrap().baseline });
        house.page_writes(guest, id, merge(&format!(r#"{{"n":{n}}}"#))).await;
    }
    let begun = opening.join_all().await;
    assert!(begun.iter().all(|baseline| *baseline == begun[0]), "{begun:?}");

    let found = house.store.context_for(id, maja.id).await.unwrap();
    let then = house.store.context_at(id, found.baseline).await.unwrap();
    assert_eq!(
        found.known,
        (then.version, Some(then.text).filter(|_| then.version != found.context.version))
    );
    let head = house.journal(id).await.len() as i64;
    let seen = |position| Baseline { agent: maja.id, conversation: id, position };
    assert_eq!(house.store.move_baseline(seen(head + 1_000)).await, Ok(Some(head)), "never past the head");
    let found = house.store.context_for(id, maja.id).await.unwrap();
    assert_eq!(
        (found.baseline, found.known.clone()),
        (head, (found.context.version, None)),
        "never past the head"
    );
    assert_eq!(house.store.move_baseline(seen(2)).await, Ok(None), "never back");
    assert_eq!(house.store.move_baseline(seen(-5)).await, Ok(None));
    assert_eq!(house.store.context_for(id, maja.id).await.unwrap().baseline, head, "never back");

    // Each agent has an own one, which begins with the own first look.
    house.page_writes(guest, id, merge(r#"{"a":2}"#)).await;
    let first_look = house.store.context_for(id, other.id).await.unwrap();
    assert_eq!((first_look.baseline, first_look.known.1), (head + 1, None));
    let marked = house.store.context_for(id, maja.id).await.unwrap();
    assert_eq!((marked.baseline, marked.known.0), (head, marked.context.version - 1));
    assert_eq!(marked.known.1.as_deref(), Some(r#"{"a":1,"n":19}"#));
    // A place before the first event is none; the first event is one.
    let third = house.agent("Ada", Role::Agent).await;
    let seen = |position| Baseline { agent: third.id, conversation: id, position };
    for (position, moved) in [(0, None), (-5, None), (1, Some(1)), (1, None)] {
        assert_eq!(house.store.move_baseline(seen(position)).await, Ok(moved), "{position}");
    }
    assert_eq!(house.store.context_for(id, third.id).await.unwrap().baseline, 1);
    let unknown = uuid::Uuid::new_v4().into();
    assert_eq!(house.store.context_for(unknown, maja.id).await, Err(StoreError::NotFound));
    let nowhere = Baseline { agent: maja.id, conversation: unknown, position: 1 };
    assert_eq!(house.store.move_baseline(nowhere).await, Err(StoreError::NotFound));
}

pub(crate) async fn an_answer_moves_the_baseline(house: &House) {
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    let (maja, boss) = (house.agent("Maja", Role::Agent).await, house.agent("Boss", Role::Supervisor).await);
    for agent in [&maja, &boss] {
        assert_eq!(house.store.context_for(id, agent.id).await.unwrap().baseline, 1);
    }
    house.page_writes(guest, id, merge(r#"{"a":1}"#)).await;
    let applied = house.agent_says(&maja, id, "look").await;
    let said = applied.conversations[0].message().unwrap().seq;
    assert_eq!(house.store.context_for(id, maja.id).await.unwrap().baseline, said);
    assert_eq!(
        house.store.context_for(id, boss.id).await.unwrap().baseline,
        1,
        "another's answer is not one's own"
    );
    house.say(guest, id, "and").await;
    house.page_writes(guest, id, merge(r#"{"a":2}"#)).await;
    let found = house.store.context_for(id, maja.id).await.unwrap();
    assert_eq!((found.baseline, found.known.1.as_deref()), (said, Some(r#"{"a":1}"#)));
}
