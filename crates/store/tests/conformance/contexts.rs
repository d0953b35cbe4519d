//! Contexts: held, standing, by strategy, by key.

use beckon_core::agent::Role;
use beckon_core::command::{
    Actor, Command, ContextTarget, CreateConversation, Destination, HeldContext, Refusal, VisitorSend,
    WriteContext,
};
use beckon_core::context::{Change, ContextError, Patch, fold};
use beckon_core::conversation::{Priority, Status};
use beckon_core::event::Kind;
use beckon_core::strategy::Strategy;
use beckon_core::visitor::SESSION_SECONDS;

use crate::house::{House, client, merge, refused, replace, text, thread};

pub(crate) async fn held_context_is_stored_before_the_message(house: &House) {
    let guest = house.guest(house.multi).await;
    let applied = house.start_holding(guest, merge(r#"{"color":"red","price":1.10,"gone":null}"#)).await;
    let [only] = applied.conversations.as_slice() else { panic!("one conversation") };
    assert_eq!(only.context_version, 1);
    let events: Vec<_> = only.events.iter().map(|e| (e.seq, e.visitor_seq, e.kind)).collect();
    assert_eq!(events, [(1, None, Kind::Metadata), (2, Some(1), Kind::Message)]);
    assert_eq!(house.context(only.conversation.id).await, r#"{"color":"red","price":1.10}"#);
    let facts: Vec<_> = only.conversation.facts.iter().map(|fact| fact.text.as_str()).collect();
    assert_eq!(facts, [r#""red""#, "1.10"]);
}

pub(crate) async fn held_context_is_not_written_twice(house: &House) {
    let guest = house.guest(house.multi).await;
    let name = client();
    let held = HeldContext { client_id: Some(name), patch: merge(r#"{"color":"red"}"#) };
    let mut send = house.send(guest, Destination::Thread(thread()), "hello");
    send.held = Some(held.clone());
    let id = house.try_send(send.clone()).await.unwrap().conversations[0].conversation.id;
    // The answer was lost: the widget sends the whole again, or the context by itself.
    assert!(house.try_send(send).await.unwrap().duplicate);
    let mut alone = house.by_strategy(guest, Strategy::Active, Some(id), held.patch.clone());
    alone.client_id = Some(name);
    let applied = house.try_context(alone).await.unwrap();
    assert!(applied.duplicate);
    assert_eq!(applied.conversations[0].context_version, 1);
    // The other way round: the context went by itself, then comes again with a message.
    let mut more = house.by_strategy(guest, Strategy::Active, Some(id), merge(r#"{"size":1}"#));
    let name = client();
    more.client_id = Some(name);
    house.try_context(more.clone()).await.unwrap();
    house
        .try_context(house.by_strategy(guest, Strategy::Active, Some(id), merge(r#"{"size":2}"#)))
        .await
        .unwrap();
    let mut send = house.send(guest, Destination::Conversation(id), "again");
    send.held = Some(HeldContext { client_id: Some(name), patch: more.patch });
    house.try_send(send).await.unwrap();
    assert_eq!(house.context(id).await, r#"{"color":"red","size":2}"#);
}

pub(crate) async fn standing_reaches_every_new_conversation(house: &House) {
    let guest = house.guest(house.multi).await;
    // Held by the widget and sent with the first message, as if it had been called before any session was.
    let mut send = house.send(guest, Destination::Thread(thread()), "first");
    send.standing = Some(merge(r#"{"plan":"pro"}"#));
    send.held = Some(HeldContext { client_id: None, patch: merge(r#"{"plan":"pro","car":"A"}"#) });
    let first = house.try_send(send).await.unwrap().conversations[0].conversation.id;
    assert_eq!(house.context(first).await, r#"{"plan":"pro","car":"A"}"#);
    let second = house.start(guest, "second").await.id;
    assert_eq!(house.context(second).await, r#"{"plan":"pro"}"#);

    let write = house.by_strategy(guest, Strategy::AllPlusNew, None, merge(r#"{"plan":"max","beta":true}"#));
    let applied = house.try_context(write).await.unwrap();
    assert_eq!(applied.conversations.len(), 2);
    assert_eq!(house.context(first).await, r#"{"plan":"max","car":"A","beta":true}"#);
    let third = house.start(guest, "third").await.id;
    assert_eq!(house.context(third).await, r#"{"plan":"max","beta":true}"#);

    // ALL reaches what is open now and nothing later.
    let write = house.by_strategy(guest, Strategy::All, None, merge(r#"{"once":1}"#));
    assert_eq!(house.try_context(write).await.unwrap().conversations.len(), 3);
    let fourth = house.start(guest, "fourth").await.id;
    assert_eq!(house.context(fourth).await, r#"{"plan":"max","beta":true}"#);

    // With no conversation at all it stands and is pending.
    let fresh = house.guest(house.multi).await;
    let write = house.by_strategy(fresh, Strategy::AllPlusNew, None, merge(r#"{"a":1}"#));
    let applied = house.try_context(write).await.unwrap();
    assert!(applied.pending && applied.conversations.is_empty());
    let id = house.start(fresh, "hello").await.id;
    assert_eq!(house.context(id).await, r#"{"a":1}"#);
}

pub(crate) async fn standing_reaches_what_our_side_starts(house: &House) {
    let guest = house.guest(house.multi).await;
    let write = house.by_strategy(guest, Strategy::AllPlusNew, None, merge(r#"{"plan":"pro"}"#));
    house.try_context(write).await.unwrap();
    let maja = house.agent("maja", Role::Agent).await;
    let key = house.key().await;
    let create = |visitor| CreateConversation {
        by: key.clone(),
        visitor,
        topic: None,
        summary: None,
        status: Status::Open,
        priority: Priority::Normal,
        queue: None,
        agent: Some(maja.id),
    };
    let start = async |visitor| {
        let applied = house.store.apply(Command::Create(create(visitor))).await.unwrap();
        applied.conversations.into_iter().next().unwrap()
    };
    let started = start(Some(guest.visitor)).await;
    assert_eq!(started.context_version, 1);
    let events: Vec<_> = started.events.iter().map(|e| (e.seq, e.visitor_seq, e.kind)).collect();
    let joined = (3, Some(1), Kind::Joined);
    assert_eq!(events, [(1, None, Kind::Metadata), (2, None, Kind::Assigned), joined]);
    assert_eq!(started.events[0].author_id, Some(guest.visitor.0), "the page said so");
    assert_eq!(house.context(started.conversation.id).await, r#"{"plan":"pro"}"#);

    // Nobody else's, and nothing after the session's end.
    let stranger = house.guest(house.multi).await;
    for visitor in [None, Some(stranger.visitor)] {
        assert_eq!(start(visitor).await.context_version, 0);
    }
    house.clock.skip_seconds(SESSION_SECONDS + 1);
    assert_eq!(start(Some(guest.visitor)).await.context_version, 0);
}

/// What would not fit is refused at the call, not at the start of a conversation. Keys taken away weigh nothing there,
/// but are counted: a session must not grow without end.
pub(crate) async fn only_what_fits_a_new_conversation_is_left_standing(house: &House) {
    let guest = house.guest(house.multi).await;
    let nulls = |count: usize| {
        let members: Vec<String> = (0..count).map(|n| format!("\"k{n}\":null")).collect();
        merge(&format!("{{{}}}", members.join(",")))
    };
    let stand =
        async |patch| house.try_context(house.by_strategy(guest, Strategy::AllPlusNew, None, patch)).await;
    assert!(stand(nulls(256)).await.unwrap().pending);
    let one_more = refused(stand(merge(r#"{"one more":null}"#)).await);
    assert_eq!(one_more, Refusal::Context(ContextError::TooManyKeys(257)));
    house.start(guest, "hello").await;
    assert!(matches!(refused(stand(long("a", 9)).await), Refusal::Context(_)));
    let write = house.by_strategy(guest, Strategy::AllPlusNew, None, nulls(257));
    assert!(matches!(refused(house.try_context(write).await), Refusal::Context(_)));
}

fn long(key: &str, strings: usize) -> Patch {
    let part = "x".repeat(8_000);
    let parts: Vec<String> = (0..strings).map(|_| format!("\"{part}\"")).collect();
    merge(&format!("{{\"{key}\":[{}]}}", parts.join(",")))
}

pub(crate) async fn held_wins_over_standing_at_the_limit(house: &House) {
    let guest = house.guest(house.multi).await;
    let write = house.by_strategy(guest, Strategy::AllPlusNew, None, long("standing", 5));
    house.try_context(write).await.unwrap();
    let applied = house.start_holding(guest, long("held", 5)).await;
    let id = applied.conversations[0].conversation.id;
    assert!(house.context(id).await.starts_with(r#"{"held":"#));
    assert_eq!(applied.conversations[0].events.len(), 2);
}

pub(crate) async fn active_writes_the_one_on_screen_or_holds(house: &House) {
    let guest = house.guest(house.multi).await;
    let agent = house.agent("maja", Role::Agent).await;
    let one = house.start(guest, "one").await.id;
    let two = house.start(guest, "two").await.id;
    let write = house.by_strategy(guest, Strategy::Active, Some(one), merge(r#"{"a":1}"#));
    let applied = house.try_context(write).await.unwrap();
    assert!(!applied.pending);
    assert_eq!(house.context(one).await, r#"{"a":1}"#);
    assert_eq!(house.context(two).await, "{}");
    let nowhere = house.by_strategy(guest, Strategy::Active, None, merge(r#"{"a":2}"#));
    assert!(house.try_context(nowhere.clone()).await.unwrap().pending);
    house.set_status(&agent, two, Status::Closed).await;
    let closed = house.by_strategy(guest, Strategy::Active, Some(two), merge(r#"{"a":3}"#));
    assert!(house.try_context(closed).await.unwrap().pending);
    // Held under a name, it is written under that name once there is a place.
    let mut later = house.by_strategy(guest, Strategy::Active, Some(one), nowhere.patch);
    later.client_id = nowhere.client_id;
    let applied = house.try_context(later).await.unwrap();
    assert!(!applied.duplicate);
    assert_eq!(house.context(one).await, r#"{"a":2}"#);
}

pub(crate) async fn all_writes_every_open_one(house: &House) {
    let guest = house.guest(house.multi).await;
    let agent = house.agent("maja", Role::Agent).await;
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(house.start(guest, &n.to_string()).await.id);
    }
    let stranger = house.start(house.guest(house.multi).await, "not me").await.id;
    house.set_status(&agent, ids[0], Status::Closed).await;
    house.set_status(&agent, ids[1], Status::Solved).await;
    house.set_status(&agent, ids[2], Status::Waiting).await;
    let write = house.by_strategy(guest, Strategy::All, None, merge(r#"{"a":1}"#));
    let applied = house.try_context(write).await.unwrap();
    let written: Vec<_> = applied.conversations.iter().map(|one| one.conversation.id).collect();
    assert_eq!(written, ids[1..]);
    let statuses: Vec<_> = applied.conversations.iter().map(|one| one.conversation.status).collect();
    assert_eq!(statuses, [Status::Solved, Status::Waiting, Status::Open]);
    assert_eq!(house.context(ids[0]).await, "{}");
    assert_eq!(house.context(stranger).await, "{}");
}

pub(crate) async fn all_is_all_or_nothing(house: &House) {
    let guest = house.guest(house.multi).await;
    let small = house.start(guest, "small").await.id;
    let large = house.start_holding(guest, long("large", 7)).await.conversations[0].conversation.id;
    let before = house.journal(large).await;
    let write = house.by_strategy(guest, Strategy::All, None, long("more", 2));
    assert!(matches!(
        refused(house.try_context(write).await),
        Refusal::Context(ContextError::TooLarge { .. })
    ));
    assert_eq!(house.context(small).await, "{}");
    assert_eq!(house.journal(large).await, before);

    let busy = house.guest(house.multi).await;
    for n in 0..51 {
        house.start(busy, &n.to_string()).await;
    }
    let write = house.by_strategy(busy, Strategy::All, None, merge(r#"{"a":1}"#));
    assert!(matches!(refused(house.try_context(write).await), Refusal::TooManyConversations(_)));
}

pub(crate) async fn single_thread_ignores_strategies(house: &House) {
    let guest = house.guest(house.single).await;
    for strategy in [Strategy::Active, Strategy::All, Strategy::AllPlusNew] {
        let write = house.by_strategy(guest, strategy, None, merge(r#"{"a":0}"#));
        assert!(house.try_context(write).await.unwrap().pending);
    }
    let id = house.start(guest, "hello").await.id;
    assert_eq!(house.context(id).await, "{}", "single-thread leaves nothing standing");
    for (n, strategy) in [Strategy::Active, Strategy::All, Strategy::AllPlusNew].into_iter().enumerate() {
        let write = house.by_strategy(guest, strategy, None, merge(&format!("{{\"a\":{n}}}")));
        let applied = house.try_context(write).await.unwrap();
        assert_eq!(applied.conversations[0].conversation.id, id);
        assert_eq!(house.context(id).await, format!("{{\"a\":{n}}}"));
    }
}

pub(crate) async fn a_write_without_change_leaves_no_event(house: &House) {
    let guest = house.guest(house.multi).await;
    let id =
        house.start_holding(guest, merge(r#"{"a":1,"b":{"c":2}}"#)).await.conversations[0].conversation.id;
    let before = house.journal(id).await;
    let key = house.key().await;
    for same in [merge(r#"{"b":{"c":2}}"#), merge(r#"{"x":null}"#), replace(r#"{"a":1,"b":{"c":2}}"#)] {
        let applied = house.context_from(key.clone(), id, same).await.unwrap();
        assert_eq!(applied.conversations[0].context_version, 1);
        assert!(applied.conversations[0].events.is_empty());
    }
    assert_eq!(house.journal(id).await, before);
}

pub(crate) async fn the_same_context_write_runs_once(house: &House) {
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    let first = house.by_strategy(guest, Strategy::Active, Some(id), merge(r#"{"a":1}"#));
    house.try_context(first.clone()).await.unwrap();
    house
        .try_context(house.by_strategy(guest, Strategy::Active, Some(id), merge(r#"{"a":2}"#)))
        .await
        .unwrap();
    let again = house.try_context(first.clone()).await.unwrap();
    assert!(again.duplicate);
    assert_eq!(again.conversations[0].context_version, 1, "the first result");
    assert_eq!(house.context(id).await, r#"{"a":2}"#, "a late repetition does not bring back the past");
    let mut other = first;
    other.patch = merge(r#"{"a":3}"#);
    assert_eq!(refused(house.try_context(other).await), Refusal::ClientIdReused);

    // A program's write is known by its name, too.
    let target = ContextTarget::Conversation { by: house.key().await, conversation: id };
    let write = WriteContext { target, client_id: Some(client()), patch: merge(r#"{"b":1}"#), lock: None };
    assert!(!house.try_context(write.clone()).await.unwrap().duplicate);
    assert!(house.try_context(write).await.unwrap().duplicate);
}

pub(crate) async fn one_name_is_one_write_of_one_kind(house: &House) {
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    let context = |name| {
        let write = house.by_strategy(guest, Strategy::Active, Some(id), merge(r#"{"a":1}"#));
        WriteContext { client_id: Some(name), ..write }
    };
    let message = |name| {
        let send = house.send(guest, Destination::Conversation(id), "words");
        VisitorSend { client_id: name, ..send }
    };
    // A message, then context.
    let name = client();
    house.try_send(message(name)).await.unwrap();
    assert_eq!(refused(house.try_context(context(name)).await), Refusal::ClientIdReused);
    assert_eq!(house.context(id).await, "{}");
    let held = HeldContext { client_id: Some(name), patch: merge(r#"{"a":1}"#) };
    let holding = VisitorSend { held: Some(held), ..message(client()) };
    assert_eq!(refused(house.try_send(holding).await), Refusal::ClientIdReused);
    // Context, then a message.
    let name = client();
    house.try_context(context(name)).await.unwrap();
    assert_eq!(refused(house.try_send(message(name)).await), Refusal::ClientIdReused);
    // Both at once.
    let name = client();
    let held = HeldContext { client_id: Some(name), patch: merge(r#"{"b":1}"#) };
    let both = VisitorSend { held: Some(held), ..message(name) };
    assert_eq!(refused(house.try_send(both).await), Refusal::ClientIdReused);
    // Our side.
    let key = house.key().await;
    let ours = |name| WriteContext {
        target: ContextTarget::Conversation { by: key.clone(), conversation: id },
        client_id: Some(name),
        patch: merge(r#"{"c":1}"#),
        lock: None,
    };
    let Actor::Api(api) = key.clone() else { panic!("a key") };
    let says = |name| Command::ApiSend {
        key: api.clone(),
        as_agent: None,
        conversation: id,
        client_id: name,
        text: text("words"),
    };
    let (first, second) = (client(), client());
    house.store.apply(says(first)).await.unwrap();
    assert_eq!(refused(house.try_context(ours(first)).await), Refusal::ClientIdReused);
    house.try_context(ours(second)).await.unwrap();
    assert_eq!(refused(house.store.apply(says(second)).await), Refusal::ClientIdReused);
    assert_eq!(house.context(id).await, r#"{"a":1,"c":1}"#);
    assert_eq!(house.journal(id).await.len(), 5);
}

pub(crate) async fn known_context_gives_its_name_to_nothing_else(house: &House) {
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    let name = client();
    let mut write = house.by_strategy(guest, Strategy::Active, Some(id), merge(r#"{"a":1}"#));
    write.client_id = Some(name);
    house.try_context(write.clone()).await.unwrap();
    // The widget did not hear of it and sends it with its message, and with something that stands besides.
    for to in [Destination::Conversation(id), Destination::Thread(thread())] {
        let mut send = house.send(guest, to, "words");
        send.held = Some(HeldContext { client_id: Some(name), patch: write.patch.clone() });
        send.standing = Some(merge(r#"{"b":2}"#));
        let applied = house.try_send(send).await.unwrap();
        let row = &applied.conversations[0];
        assert!(row.message().is_some());
        assert!(house.context(row.conversation.id).await.contains(r#""b":2"#));
    }
    assert_eq!(house.context(id).await, r#"{"a":1,"b":2}"#);
}

pub(crate) async fn a_message_is_stored_without_context_that_does_not_fit(house: &House) {
    let guest = house.guest(house.single).await;
    let id = house.start_holding(guest, long("a", 5)).await.conversations[0].conversation.id;
    let before = house.context(id).await;
    // Led into the conversation that is there, what was held for a new one is too much.
    let name = client();
    let mut send = house.send(guest, Destination::Thread(thread()), "words");
    send.held = Some(HeldContext { client_id: Some(name), patch: long("b", 5) });
    let applied = house.try_send(send).await.unwrap();
    assert_eq!(applied.conversations[0].conversation.id, id);
    assert!(applied.conversations[0].message().is_some());
    assert_eq!(house.context(id).await, before);
    // It was not written, so its name is free.
    let mut write = house.by_strategy(guest, Strategy::Active, Some(id), long("b", 1));
    write.client_id = Some(name);
    assert!(!house.try_context(write).await.unwrap().duplicate);

    let fresh = house.guest(house.multi).await;
    let mut send = house.send(fresh, Destination::Thread(thread()), "hello");
    send.held = Some(HeldContext { client_id: Some(client()), patch: long("a", 9) });
    // By itself over the limit no widget could have held it: nothing of it is stored.
    assert!(matches!(refused(house.try_send(send).await), Refusal::Context(_)));
    assert!(house.store.threads(fresh.visitor, 10).await.unwrap().is_empty());
}

pub(crate) async fn limits_leave_nothing_stored(house: &House) {
    let guest = house.guest(house.multi).await;
    let write = house.by_strategy(guest, Strategy::Active, None, long("a", 9));
    assert!(matches!(refused(house.try_context(write).await), Refusal::Context(_)));
    let write = house.by_strategy(guest, Strategy::AllPlusNew, None, long("a", 9));
    assert!(matches!(refused(house.try_context(write).await), Refusal::Context(_)));
    assert_eq!(house.start(guest, "hello").await.context_version, 0);
}

pub(crate) async fn put_patch_and_delete_by_key(house: &House) {
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    let key = house.key().await;
    house.context_from(key.clone(), id, merge(r#"{"b":1,"a":2}"#)).await.unwrap();
    house.context_from(key.clone(), id, merge(r#"{"a":null,"c":3}"#)).await.unwrap();
    assert_eq!(house.context(id).await, r#"{"b":1,"c":3}"#);
    house.context_from(key.clone(), id, replace(r#"{"c":3,"b":1.0,"x":null}"#)).await.unwrap();
    assert_eq!(house.context(id).await, r#"{"c":3,"b":1.0}"#);
    let gone = house.context_from(key, id, Patch::clear()).await.unwrap();
    assert_eq!(gone.conversations[0].context_version, 4);
    assert_eq!(house.context(id).await, "{}");
}

pub(crate) async fn the_journal_folds_to_the_context(house: &House) {
    #[derive(serde::Deserialize)]
    struct Told {
        changes: Vec<ToldChange>,
    }
    #[derive(serde::Deserialize)]
    struct ToldChange {
        key: String,
        from: Option<String>,
        to: Option<String>,
    }
    let guest = house.guest(house.multi).await;
    let id =
        house.start_holding(guest, merge(r#"{"z":1,"a":{"n":1.10}}"#)).await.conversations[0].conversation.id;
    let key = house.key().await;
    for patch in [
        merge(r#"{"z":null}"#),
        merge(r#"{"z":12345678901234567890,"e":1e400}"#),
        replace(r#"{"e":1e400,"new":[],"a":{"n":1.10}}"#),
        merge(r#"{"a":"text","q":"\u00e9"}"#),
    ] {
        house.context_from(key.clone(), id, patch).await.unwrap();
    }
    let mut changes = Vec::new();
    for event in house.journal(id).await.iter().filter(|event| event.kind == Kind::Metadata) {
        let told: Told = serde_json::from_str(&event.json).unwrap();
        changes.extend(told.changes.into_iter().map(|c| Change { key: c.key, from: c.from, to: c.to }));
    }
    assert_eq!(fold(&changes).to_text(), house.context(id).await);
    assert_eq!(house.context(id).await, r#"{"e":1e400,"new":[],"a":"text","q":"é"}"#);
}
