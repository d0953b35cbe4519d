//! Conversations, messages, cursors.

use std::sync::Arc;

use beckon_core::agent::Role;
use beckon_core::command::{Actor, Command, Destination, Refusal};
use beckon_core::conversation::{Page, Status};
use beckon_core::event::Kind;
use beckon_core::text::{PageUrl, Title};
use beckon_store::{Direction, EventRange, MessageFilter, OrderDirection, Side, StoreError};

use crate::house::{House, client, merge, refused, text, thread};

pub(crate) async fn a_first_message_starts_a_conversation(house: &House) {
    let guest = house.guest(house.multi).await;
    let started = thread();
    let applied = house.try_send(house.send(guest, Destination::Thread(started), "hello")).await.unwrap();
    let [only] = applied.conversations.as_slice() else { panic!("one conversation") };
    assert!(only.created && !applied.duplicate);
    assert_eq!(only.conversation.thread, started);
    assert_eq!(only.conversation.status, Status::Open);
    assert_eq!((only.conversation.head, only.conversation.visitor_head), (1, 1));
    let queues = house.store.queues().await.unwrap();
    assert_eq!(only.conversation.queue, Some(queues[0].id));

    let stored = house.store.conversation(only.conversation.id, Side::Ours).await.unwrap();
    assert_eq!(stored, only.conversation);
    assert_eq!(house.journal(stored.id).await, only.events);
    assert_eq!(house.context(stored.id).await, "{}");
    let threads = house.store.threads(guest.visitor, 10).await.unwrap();
    assert_eq!(threads.len(), 1);
    assert_eq!(threads[0].conversation, stored);
}

pub(crate) async fn a_conversation_knows_the_page_it_began_on(house: &House) {
    let guest = house.guest(house.multi).await;
    let page = |url: &str| Page { url: PageUrl::new(url).unwrap(), title: Title::new("Prices").unwrap() };
    let mut send = house.send(guest, Destination::Thread(thread()), "hello");
    send.page = Some(page("https://example.com/prices"));
    let id = house.try_send(send).await.unwrap().conversations[0].conversation.id;
    let mut later = house.send(guest, Destination::Conversation(id), "more");
    later.page = Some(page("https://example.com/"));
    house.try_send(later).await.unwrap();
    let stored = house.store.conversation(id, Side::Ours).await.unwrap();
    assert_eq!(stored.page, Some(page("https://example.com/prices")));
}

pub(crate) async fn the_same_client_id_is_one_message(house: &House) {
    let guest = house.guest(house.multi).await;
    let send = house.send(guest, Destination::Thread(thread()), "hello");
    let first = house.try_send(send.clone()).await.unwrap();
    house.clock.skip_seconds(5);
    let again = house.try_send(send).await.unwrap();
    assert!(again.duplicate);
    assert_eq!(again.at, first.at);
    assert_eq!(again.conversations[0].events, first.conversations[0].events);
    assert_eq!(house.journal(first.conversations[0].conversation.id).await.len(), 1);
}

pub(crate) async fn the_same_client_id_with_another_text_is_refused(house: &House) {
    let guest = house.guest(house.multi).await;
    let mut send = house.send(guest, Destination::Thread(thread()), "hello");
    let id = house.try_send(send.clone()).await.unwrap().conversations[0].conversation.id;
    send.text = text("something else");
    assert_eq!(refused(house.try_send(send).await), Refusal::ClientIdReused);
    assert_eq!(house.journal(id).await.len(), 1);
}

pub(crate) async fn a_thread_starts_once(house: &House) {
    let guest = house.guest(house.multi).await;
    let to = Destination::Thread(thread());
    let first = house.try_send(house.send(guest, to, "one")).await.unwrap();
    let second = house.try_send(house.send(guest, to, "two")).await.unwrap();
    assert!(first.conversations[0].created && !second.conversations[0].created);
    assert_eq!(first.conversations[0].conversation.id, second.conversations[0].conversation.id);
    // The same thread id of another visitor is another conversation.
    let stranger = house.guest(house.multi).await;
    let other = house.try_send(house.send(stranger, to, "three")).await.unwrap();
    assert!(other.conversations[0].created);
}

pub(crate) async fn numbers_have_no_gaps_under_concurrent_writers(house: &House) {
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "start").await.id;
    let key = house.key().await;
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let store = Arc::clone(&house.store);
        let key = key.clone();
        let sends: Vec<_> = (0..25)
            .map(|n| house.send(guest, Destination::Conversation(id), &format!("{writer} {n}")))
            .collect();
        tasks.spawn(async move {
            for (n, send) in sends.into_iter().enumerate() {
                store.apply(Command::VisitorSend(send)).await.unwrap();
                let write = beckon_core::command::WriteContext {
                    target: beckon_core::command::ContextTarget::Conversation {
                        by: key.clone(),
                        conversation: id,
                    },
                    client_id: None,
                    patch: merge(&format!("{{\"w{writer}\":{n}}}")),
                    lock: None,
                };
                store.apply(Command::WriteContext(write)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let events = house.journal(id).await;
    let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=401).collect::<Vec<i64>>());
    let seen: Vec<i64> = events.iter().filter_map(|event| event.visitor_seq).collect();
    assert_eq!(seen, (1..=201).collect::<Vec<i64>>());
    for writer in 0..8 {
        let prefix = format!("\"text\":\"{writer} ");
        let own: Vec<usize> = events
            .iter()
            .filter_map(|event| event.json.split_once(&prefix))
            .map(|(_, rest)| rest.split('"').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(own, (0..25).collect::<Vec<usize>>(), "each sender's order is kept");
    }
    let row = house.store.conversation(id, Side::Ours).await.unwrap();
    assert_eq!((row.head, row.visitor_head, row.unread_by_agents), (401, 201, 201));
}

pub(crate) async fn the_visitor_sees_neither_internal_events_nor_their_numbers(house: &House) {
    let guest = house.guest(house.multi).await;
    let agent = house.agent("maja", Role::Agent).await;
    let id = house.start_holding(guest, merge(r#"{"secret":"for agents"}"#)).await.conversations[0]
        .conversation
        .id;
    house.take(&agent, id).await.unwrap();
    house.agent_says(&agent, id, "hi").await;
    let page = house.store.events(id, Side::Visitor(guest.visitor), EventRange::Latest, 50).await.unwrap();
    let kinds: Vec<Kind> = page.events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [Kind::Message, Kind::Joined, Kind::Message]);
    for (at, event) in page.events.iter().enumerate() {
        assert_eq!(event.visitor_seq, Some(at as i64 + 1));
        assert!(!event.json.contains("secret"));
        assert!(!event.json.contains("seq"));
    }
}

pub(crate) async fn single_thread_has_one_open_conversation(house: &House) {
    let agent = house.agent("maja", Role::Agent).await;
    let guest = house.guest(house.single).await;
    let first = house.start(guest, "one").await;
    let second = house.start(guest, "two").await;
    assert_eq!(first.id, second.id);
    house.set_status(&agent, first.id, Status::Solved).await;
    assert_eq!(house.start(guest, "three").await.id, first.id);
    house.set_status(&agent, first.id, Status::Closed).await;
    let next = house.start(guest, "four").await;
    assert_ne!(next.id, first.id);

    // A retry of a message that was led into the conversation of then is still that message.
    let guest = house.guest(house.single).await;
    let open = house.start(guest, "open").await;
    let led = house.send(guest, Destination::Thread(thread()), "led");
    house.try_send(led.clone()).await.unwrap();
    house.set_status(&agent, open.id, Status::Closed).await;
    let again = house.try_send(led).await.unwrap();
    assert!(again.duplicate);
    assert_eq!(again.conversations[0].conversation.id, open.id);
}

pub(crate) async fn a_closed_conversation_takes_nothing(house: &House) {
    let agent = house.agent("maja", Role::Supervisor).await;
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    house.set_status(&agent, id, Status::Closed).await;
    let before = house.journal(id).await;
    let send = house.send(guest, Destination::Conversation(id), "more");
    assert_eq!(refused(house.try_send(send).await), Refusal::Closed);
    assert_eq!(refused(house.take(&agent, id).await), Refusal::Closed);
    let by = Actor::Agent(agent.id);
    assert_eq!(refused(house.context_from(by.clone(), id, merge(r#"{"a":1}"#)).await), Refusal::Closed);
    let reopen = Command::SetStatus { by, conversation: id, client_id: client(), status: Status::Open };
    assert_eq!(refused(house.store.apply(reopen).await), Refusal::Closed);
    assert_eq!(house.journal(id).await, before);
}

pub(crate) async fn a_message_reopens_what_was_solved(house: &House) {
    let agent = house.agent("maja", Role::Agent).await;
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    for status in [Status::Solved, Status::Waiting] {
        house.set_status(&agent, id, status).await;
        let applied = house.say(guest, id, "still there?").await;
        assert_eq!(applied.conversations[0].conversation.status, Status::Open);
        let kinds: Vec<Kind> = applied.conversations[0].events.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [Kind::Status, Kind::Message]);
    }
    // An answer reopens what was solved, too; what waits for the visitor goes on waiting.
    for (status, then) in [(Status::Solved, Status::Open), (Status::Waiting, Status::Waiting)] {
        house.set_status(&agent, id, status).await;
        let applied = house.agent_says(&agent, id, "one more thing").await;
        assert_eq!(applied.conversations[0].conversation.status, then);
    }
}

pub(crate) async fn cursors_only_move_forward(house: &House) {
    let guest = house.guest(house.multi).await;
    let agent = house.agent("maja", Role::Agent).await;
    let id = house.start_holding(guest, merge(r#"{"a":1}"#)).await.conversations[0].conversation.id;
    house.agent_says(&agent, id, "one").await;
    house.agent_says(&agent, id, "two").await;
    let side = Side::Visitor(guest.visitor);
    // Metadata, message, assigned, joined, one, two: the visitor counts 1 message, 2 joined, 3 one, 4 two.
    let (row, moved) = house.store.mark_read(id, side, 3).await.unwrap();
    assert!(moved);
    assert_eq!((row.cursors.visitor_read.visitor_seq, row.cursors.visitor_read.seq), (3, 5));
    assert_eq!(row.cursors.visitor_delivered.visitor_seq, 3);
    assert_eq!(row.unread_by_visitor, 1);
    let (row, moved) = house.store.mark_read(id, side, 1).await.unwrap();
    assert!(!moved);
    assert_eq!(row.cursors.visitor_read.visitor_seq, 3);
    let (row, _) = house.store.mark_delivered(id, side, 900).await.unwrap();
    assert_eq!(row.cursors.visitor_delivered.visitor_seq, 4);
    assert_eq!(row.cursors.visitor_read.visitor_seq, 3);
    let (_, moved) = house.store.mark_read(id, side, -7).await.unwrap();
    assert!(!moved);

    let (row, _) = house.store.mark_read(id, Side::Ours, 3).await.unwrap();
    assert_eq!(row.cursors.agent_read.seq, 6, "answering is reading");
    house.say(guest, id, "three").await;
    let (row, moved) = house.store.mark_read(id, Side::Ours, i64::MAX).await.unwrap();
    assert!(moved);
    assert_eq!((row.cursors.agent_read.seq, row.cursors.agent_read.visitor_seq), (7, 5));
}

pub(crate) async fn unread_and_waiting_follow_the_messages(house: &House) {
    let guest = house.guest(house.multi).await;
    let agent = house.agent("maja", Role::Agent).await;
    let first = house.start(guest, "one").await;
    let id = first.id;
    house.say(guest, id, "two").await;
    let row = house.store.conversation(id, Side::Ours).await.unwrap();
    assert_eq!(row.unread_by_agents, 2);
    assert_eq!(row.waiting_since, Some(first.created_at));
    assert_eq!(row.preview.as_ref().unwrap().text, "two");
    let (row, _) = house.store.mark_read(id, Side::Ours, 1).await.unwrap();
    assert_eq!(row.unread_by_agents, 1);
    let row = house.agent_says(&agent, id, "answer").await.conversations[0].conversation.clone();
    assert_eq!((row.unread_by_agents, row.unread_by_visitor), (0, 1));
    assert_eq!(row.waiting_since, None);
    let row = house.say(guest, id, "thanks").await.conversations[0].conversation.clone();
    assert_eq!((row.unread_by_agents, row.unread_by_visitor), (1, 0));
    assert_eq!(row.waiting_since, row.last_visitor_message_at);
}

pub(crate) async fn unread_is_exact_however_a_cursor_steps(house: &House) {
    let guest = house.guest(house.multi).await;
    let agent = house.agent("maja", Role::Agent).await;
    let id = house.start_holding(guest, merge(r#"{"a":1}"#)).await.conversations[0].conversation.id;
    for n in 0..6 {
        house.say(guest, id, &n.to_string()).await;
        house.context_from(Actor::Agent(agent.id), id, merge(&format!(r#"{{"a":{n}}}"#))).await.unwrap();
    }
    let events = house.journal(id).await;
    let head = events.last().unwrap().seq;
    for step in [1, 2, 3, 3, 7, 5, head - 1, head] {
        let (row, _) = house.store.mark_read(id, Side::Ours, step).await.unwrap();
        let after = row.cursors.agent_read.seq;
        let above = events.iter().filter(|event| event.seq > after && event.kind == Kind::Message).count();
        assert_eq!(row.unread_by_agents, above as i64, "at {step}");
    }
    // Programs do not read for agents, and agents' messages are read by visitors alone.
    let Actor::Api(key) = house.key().await else { panic!("a key") };
    for words in ["one", "two", "three"] {
        let (key, client_id) = (key.clone(), client());
        let says = Command::ApiSend { key, as_agent: None, conversation: id, client_id, text: text(words) };
        house.store.apply(says).await.unwrap();
    }
    let row = house.store.conversation(id, Side::Ours).await.unwrap();
    assert_eq!((row.unread_by_agents, row.unread_by_visitor), (0, 3));
    let theirs = Side::Visitor(guest.visitor);
    for (position, unread) in [(row.visitor_head - 2, 2), (row.visitor_head - 2, 2), (row.visitor_head, 0)] {
        let (row, _) = house.store.mark_read(id, theirs, position).await.unwrap();
        assert_eq!(row.unread_by_visitor, unread);
    }
}

pub(crate) async fn internal_events_do_not_move_the_visitors_list(house: &House) {
    let guest = house.guest(house.multi).await;
    let key = house.key().await;
    let old = house.start(guest, "old").await.id;
    let new = house.start(guest, "new").await.id;
    let order = async || {
        let threads = house.store.threads(guest.visitor, 10).await.unwrap();
        threads.into_iter().map(|row| row.conversation.id).collect::<Vec<_>>()
    };
    house.context_from(key, old, merge(r#"{"a":1}"#)).await.unwrap();
    assert_eq!(order().await, [new, old]);
    house.say(guest, old, "news").await;
    assert_eq!(order().await, [old, new]);
}

pub(crate) async fn swapped_ids_never_cross_visitors(house: &House) {
    let owner = house.guest(house.multi).await;
    let stranger = house.guest(house.multi).await;
    let id = house.start(owner, "mine").await.id;
    let theirs = Side::Visitor(stranger.visitor);
    let store = &house.store;

    assert_eq!(store.conversation(id, theirs).await, Err(StoreError::NotFound));
    assert_eq!(store.events(id, theirs, EventRange::Latest, 10).await, Err(StoreError::NotFound));
    assert_eq!(store.thread(stranger.visitor, id).await, Err(StoreError::NotFound));
    assert_eq!(store.threads(stranger.visitor, 10).await, Ok(Vec::new()));
    assert_eq!(store.heads(&[id], theirs).await, Ok(Vec::new()));
    assert_eq!(store.mark_read(id, theirs, 1).await, Err(StoreError::NotFound));
    assert_eq!(store.mark_delivered(id, theirs, 1).await, Err(StoreError::NotFound));
    let send = house.send(stranger, Destination::Conversation(id), "hello?");
    assert_eq!(refused(house.try_send(send).await), Refusal::NotFound);
    let write =
        house.by_strategy(stranger, beckon_core::strategy::Strategy::Active, Some(id), merge(r#"{"a":1}"#));
    let applied = house.try_context(write).await.unwrap();
    assert!(applied.pending && applied.conversations.is_empty());
    assert_eq!(house.context(id).await, "{}");
    assert_eq!(house.journal(id).await.len(), 1);
}

pub(crate) async fn messages_are_listed_with_exact_totals(house: &House) {
    let guest = house.guest(house.multi).await;
    let agent = house.agent("maja", Role::Agent).await;
    let id = house.start_holding(guest, merge(r#"{"a":1}"#)).await.conversations[0].conversation.id;
    for n in 0..4 {
        house.agent_says(&agent, id, &format!("a{n}")).await;
        house.say(guest, id, &format!("v{n}")).await;
    }
    let list = |direction, order, page, limit| {
        let filter = MessageFilter { direction, order };
        async move { house.store.messages(id, &filter, page, limit).await.unwrap() }
    };
    let all = list(None, OrderDirection::Ascending, 0, 100).await;
    assert_eq!((all.total, all.messages.len()), (9, 9));
    let inbound = list(Some(Direction::Inbound), OrderDirection::Ascending, 1, 2).await;
    assert_eq!(inbound.total, 5);
    assert!(inbound.messages[0].json.contains("v1") && inbound.messages[1].json.contains("v2"));
    let newest = list(Some(Direction::Outbound), OrderDirection::Descending, 0, 1).await;
    assert_eq!(newest.total, 4);
    assert!(newest.messages[0].json.contains("a3"));
    assert!(list(None, OrderDirection::Ascending, 9, 100).await.messages.is_empty());
}

pub(crate) async fn events_page_both_ways(house: &House) {
    let guest = house.guest(house.multi).await;
    let id = house.start_holding(guest, merge(r#"{"a":1}"#)).await.conversations[0].conversation.id;
    for n in 2..=9 {
        house.say(guest, id, &n.to_string()).await;
    }
    let page = |side, range, limit| async move {
        let page = house.store.events(id, side, range, limit).await.unwrap();
        page.events.iter().map(|event| event.position(side).unwrap()).collect::<Vec<i64>>()
    };
    let theirs = Side::Visitor(guest.visitor);
    assert_eq!(page(Side::Ours, EventRange::Latest, 3).await, [8, 9, 10]);
    assert_eq!(page(theirs, EventRange::Latest, 3).await, [7, 8, 9]);
    assert_eq!(page(theirs, EventRange::Before(7), 3).await, [4, 5, 6]);
    assert_eq!(page(theirs, EventRange::Before(1), 3).await, [0; 0]);
    assert_eq!(page(theirs, EventRange::After(7), 50).await, [8, 9]);
    assert_eq!(page(Side::Ours, EventRange::After(0), 2).await, [1, 2]);
    assert_eq!(page(Side::Ours, EventRange::After(10), 2).await, [0; 0]);
}

pub(crate) async fn of_many_takes_one_wins(house: &House) {
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "who has me?").await.id;
    let mut agents = Vec::new();
    for n in 0..10 {
        agents.push(house.agent(&format!("agent{n}"), Role::Agent).await);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for agent in &agents {
        for _ in 0..5 {
            let (store, agent) = (Arc::clone(&house.store), agent.id);
            tasks.spawn(async move {
                store.apply(Command::Take { agent, conversation: id, client_id: client() }).await
            });
        }
    }
    let results = tasks.join_all().await;
    let won = results.iter().flatten().filter(|applied| !applied.conversations[0].events.is_empty()).count();
    assert_eq!(won, 1);
    for result in results {
        if let Err(error) = result {
            assert!(matches!(error, StoreError::Refused(Refusal::Taken(_))), "{error}");
        }
    }
    let events = house.journal(id).await;
    let kinds: Vec<Kind> = events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [Kind::Message, Kind::Assigned, Kind::Joined]);
}
