//! Lists, permission, counters.

use std::collections::BTreeSet;

use beckon_core::agent::{Agent, Role};
use beckon_core::command::{Actor, Command, CreateConversation, Refusal};
use beckon_core::conversation::{Priority, Status};
use beckon_core::id::{AgentId, ConversationId, QueueId};
use beckon_core::text::Name;
use beckon_store::{InboxCounts, InboxView, Side, StoreError};

use crate::house::{House, client, merge, refused, text};

async fn all(house: &House, agent: &Agent, view: InboxView) -> Vec<ConversationId> {
    let page = house.store.inbox(agent, view, None, None, 500).await.unwrap();
    assert_eq!(page.next_cursor, None);
    page.rows.iter().map(|row| row.conversation.id).collect()
}

async fn create(house: &House, queue: Option<QueueId>, agent: Option<AgentId>) -> ConversationId {
    let create = CreateConversation {
        by: house.key().await,
        visitor: None,
        topic: None,
        summary: None,
        status: Status::Open,
        priority: Priority::Normal,
        queue,
        agent,
    };
    let applied = house.store.apply(Command::Create(create)).await.unwrap();
    applied.conversations[0].conversation.id
}

pub(crate) async fn an_agent_sees_only_what_is_allowed(house: &House) {
    let ours = house.store.queues().await.unwrap()[0].id;
    let theirs = house.store.create_queue(Name::new("Sales").unwrap()).await.unwrap().id;
    let maja = house.agent("maja", Role::Agent).await;
    let timo = house.agent("timo", Role::Agent).await;
    let boss = house.agent("boss", Role::Supervisor).await;
    assert_eq!(maja.queues, [ours]);

    let free = create(house, Some(ours), None).await;
    let timos = create(house, Some(ours), Some(timo.id)).await;
    let foreign = create(house, Some(theirs), None).await;
    let lent = create(house, Some(theirs), Some(maja.id)).await;
    let nowhere = create(house, None, None).await;
    let closed = create(house, Some(theirs), Some(maja.id)).await;
    house.set_status(&maja, closed, Status::Closed).await;

    let set = |ids: &[ConversationId]| ids.iter().copied().collect::<BTreeSet<_>>();
    let seen = all(house, &maja, InboxView::All).await;
    assert_eq!(set(&seen), set(&[free, timos, lent, nowhere, closed]));
    assert_eq!(seen.len(), 5, "nothing twice");
    assert_eq!(set(&all(house, &maja, InboxView::Mine).await), set(&[lent]));
    assert_eq!(set(&all(house, &maja, InboxView::Unassigned).await), set(&[free, nowhere]));
    assert_eq!(set(&all(house, &boss, InboxView::Unassigned).await), set(&[free, foreign, nowhere]));
    assert_eq!(all(house, &boss, InboxView::All).await.len(), 6);
    let counts = house.store.inbox_counts(&maja).await.unwrap();
    assert_eq!(counts, InboxCounts { mine: 1, unassigned: 2, all: 4 });
    let counts = house.store.inbox_counts(&boss).await.unwrap();
    assert_eq!(counts, InboxCounts { mine: 0, unassigned: 3, all: 5 });

    house.store.set_agent_queues(maja.id, vec![theirs]).await.unwrap();
    let maja = house.store.agent(maja.id).await.unwrap();
    assert_eq!(set(&all(house, &maja, InboxView::Unassigned).await), set(&[foreign, nowhere]));

    let maja = Agent { disabled: true, ..maja };
    assert!(all(house, &maja, InboxView::All).await.is_empty());
    assert_eq!(house.store.inbox_counts(&maja).await.unwrap(), InboxCounts::default());
}

pub(crate) async fn views_page_by_key_and_count(house: &House) {
    let maja = house.agent("maja", Role::Agent).await;
    let mut started = Vec::new();
    for n in 0..23 {
        let guest = house.guest(house.multi).await;
        let held = merge(r#"{"model":"Aurelia","deep":{"a":1},"price":{"amount":31900,"currency":"EUR"}}"#);
        let row = house.start_holding(guest, held).await.conversations[0].conversation.clone();
        if n % 3 == 0 {
            house.take(&maja, row.id).await.unwrap();
        }
        started.push((guest, row.id));
    }
    // The visitor's newest message decides the place.
    house.say(started[4].0, started[4].1, "me first").await;
    let mut seen = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = house.store.inbox(&maja, InboxView::All, None, cursor.as_deref(), 5).await.unwrap();
        assert!(page.rows.len() <= 5);
        seen.extend(page.rows);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let mut expected: Vec<_> = started.iter().map(|(_, id)| *id).rev().collect();
    expected.retain(|id| *id != started[4].1);
    expected.insert(0, started[4].1);
    assert_eq!(seen.iter().map(|row| row.conversation.id).collect::<Vec<_>>(), expected);
    let first = &seen[0];
    assert_eq!(first.widget_name, "Website");
    assert_eq!(first.queue_name.as_deref(), Some("General"));
    assert_eq!(first.conversation.unread_by_agents, 2);
    let facts: Vec<_> = first.conversation.facts.iter().map(|f| (f.key.as_str(), f.text.as_str())).collect();
    assert_eq!(facts, [("model", r#""Aurelia""#), ("price", r#"{"amount":31900,"currency":"EUR"}"#)]);
    assert_eq!(first.agent, None);
    assert_eq!(house.store.summary(started[0].1).await.unwrap().agent.unwrap().name, "maja");
    let counts = house.store.inbox_counts(&maja).await.unwrap();
    assert_eq!(counts, InboxCounts { mine: 8, unassigned: 15, all: 23 });
    assert_eq!(all(house, &maja, InboxView::Mine).await.len(), 8);
    // A cursor of somebody else's making starts at the top.
    let page = house.store.inbox(&maja, InboxView::All, None, Some("'; DROP TABLE"), 1).await.unwrap();
    assert_eq!(page.rows[0].conversation.id, started[4].1);
}

pub(crate) async fn what_is_not_seen_cannot_be_changed(house: &House) {
    let theirs = house.store.create_queue(Name::new("Sales").unwrap()).await.unwrap().id;
    let maja = house.agent("maja", Role::Agent).await;
    let timo = house.agent("timo", Role::Agent).await;
    let hidden = create(house, Some(theirs), None).await;
    assert_eq!(refused(house.take(&maja, hidden).await), Refusal::NotFound);
    let by = Actor::Agent(maja.id);
    assert_eq!(refused(house.context_from(by.clone(), hidden, merge(r#"{"a":1}"#)).await), Refusal::NotFound);
    let timos = create(house, None, Some(timo.id)).await;
    assert_eq!(refused(house.take(&maja, timos).await), Refusal::Taken("timo".to_owned()));
    let send = Command::AgentSend {
        agent: maja.id,
        conversation: timos,
        client_id: client(),
        text: text("mine now"),
    };
    assert_eq!(refused(house.store.apply(send).await), Refusal::Forbidden);
    let solve = Command::SetStatus { by, conversation: timos, client_id: client(), status: Status::Solved };
    assert_eq!(refused(house.store.apply(solve).await), Refusal::Forbidden);
    assert_eq!(house.context(timos).await, "{}");
}

pub(crate) async fn a_key_writes_in_whose_name_it_may(house: &House) {
    let Actor::Api(key) = house.key().await else { panic!("a key") };
    let maja = house.agent("maja", Role::Agent).await;
    let timo = house.agent("timo", Role::Agent).await;
    let boss = house.agent("boss", Role::Supervisor).await;
    let id = house.start(house.guest(house.multi).await, "hello").await.id;
    let send = |as_agent: Option<AgentId>| {
        let command = Command::ApiSend {
            key: key.clone(),
            as_agent,
            conversation: id,
            client_id: client(),
            text: text("from a program"),
        };
        async move { house.store.apply(command).await }
    };
    let own = send(None).await.unwrap();
    assert_eq!(own.conversations[0].conversation.agent, None, "a program takes nothing");
    assert_eq!(own.conversations[0].conversation.unread_by_visitor, 1);
    assert_eq!(refused(send(Some(maja.id)).await), Refusal::InvalidAgent(maja.id));
    house.take(&maja, id).await.unwrap();
    assert_eq!(refused(send(None).await), Refusal::AgentRequired);
    assert_eq!(refused(send(Some(timo.id)).await), Refusal::InvalidAgent(timo.id));
    assert!(send(Some(boss.id)).await.is_ok());
    let applied = send(Some(maja.id)).await.unwrap();
    assert_eq!(applied.conversations[0].message().unwrap().author_id, Some(maja.id.0));
    let row = house.store.conversation(id, Side::Ours).await.unwrap();
    assert_eq!(row.unread_by_visitor, 3);
    assert_eq!(house.store.summary(ConversationId(maja.id.0)).await, Err(StoreError::NotFound));
}

pub(crate) async fn views_are_filtered_by_status(house: &House) {
    let theirs = house.store.create_queue(Name::new("Sales").unwrap()).await.unwrap().id;
    let ours = house.store.queues().await.unwrap()[0].id;
    let maja = house.agent("maja", Role::Agent).await;
    let boss = house.agent("boss", Role::Admin).await;
    // Every mixture of queue, owner and status; what was made last comes first.
    let mut made = Vec::new();
    for queue in [Some(ours), Some(theirs), None] {
        for owner in [Some(maja.id), Some(boss.id), None] {
            for status in Status::ALL {
                let id = create(house, queue, owner).await;
                if status != Status::Open {
                    house.set_status(&boss, id, status).await;
                }
                made.insert(0, Made { id, queue, owner, status });
            }
        }
    }
    for agent in [&maja, &boss] {
        for view in [InboxView::Mine, InboxView::Unassigned, InboxView::All] {
            let shown = |row: &&Made| {
                let seen =
                    agent.role == Role::Admin || row.owner == Some(agent.id) || row.queue != Some(theirs);
                seen && match view {
                    InboxView::Mine => row.owner == Some(agent.id),
                    InboxView::Unassigned => row.owner.is_none(),
                    InboxView::All => true,
                }
            };
            let expected = |statuses: &[Status]| -> Vec<_> {
                let rows = made.iter().filter(shown).filter(|row| statuses.contains(&row.status));
                rows.map(|row| (row.id, row.status)).collect()
            };
            for set in 0..16_u8 {
                let picked = Status::ALL.into_iter().enumerate().filter(|(bit, _)| set & (1 << bit) != 0);
                let statuses: Vec<Status> = picked.map(|(_, status)| status).collect();
                let found = paged(house, agent, view, &statuses).await;
                assert_eq!(found, expected(&statuses), "{view:?} {statuses:?}");
            }
            let usual = match view {
                InboxView::All => &Status::ALL[..],
                InboxView::Mine | InboxView::Unassigned => &[Status::Open, Status::Waiting, Status::Solved],
            };
            let usual: Vec<_> = expected(usual).into_iter().map(|(id, _)| id).collect();
            assert_eq!(all(house, agent, view).await, usual, "{view:?}");
        }
    }
    assert_eq!(paged(house, &maja, InboxView::Mine, &[Status::Closed]).await.len(), 3);
    assert_eq!(paged(house, &maja, InboxView::Unassigned, &[Status::Closed]).await.len(), 2);
    assert_eq!(paged(house, &boss, InboxView::All, &[Status::Waiting]).await.len(), 9);
}

/// A conversation as the test made it.
struct Made {
    id: ConversationId,
    queue: Option<QueueId>,
    owner: Option<AgentId>,
    status: Status,
}

async fn paged(
    house: &House,
    agent: &Agent,
    view: InboxView,
    statuses: &[Status],
) -> Vec<(ConversationId, Status)> {
    let (mut seen, mut cursor): (_, Option<String>) = (Vec::new(), None);
    loop {
        let page = house.store.inbox(agent, view, Some(statuses), cursor.as_deref(), 4).await.unwrap();
        seen.extend(page.rows.iter().map(|row| (row.conversation.id, row.conversation.status)));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return seen;
        }
    }
}
