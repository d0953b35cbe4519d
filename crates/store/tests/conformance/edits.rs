//! Edits of a conversation: topic, summary, priority, status, queue, and whose it is.

use beckon_core::agent::{Agent, Role};
use beckon_core::command::{Actor, Command, Edit, EditConversation, Refusal};
use beckon_core::conversation::{Priority, Status};
use beckon_core::event::Kind;
use beckon_core::id::{AgentId, ClientId, ConversationId, QueueId};
use beckon_core::text::{Name, Summary, Topic};
use beckon_store::{Applied, Side, StoreError};
use uuid::Uuid;

use crate::house::{House, client, refused};

async fn edit(
    house: &House,
    by: Actor,
    conversation: ConversationId,
    client_id: ClientId,
    edit: Edit,
) -> Result<Applied, StoreError> {
    house.store.apply(Command::Edit(EditConversation { by, conversation, client_id, edit })).await
}

fn of(agent: &Agent) -> Actor {
    Actor::Agent(agent.id)
}

pub(crate) async fn an_edit_is_one_write_with_an_event_for_each_kind_of_change(house: &House) {
    let sales = house.store.create_queue(Name::new("Sales").unwrap()).await.unwrap();
    let boss = house.agent("boss", Role::Supervisor).await;
    let guest = house.guest(house.multi).await;
    let id = house.start(guest, "hello").await.id;
    let before = house.store.conversation(id, Side::Ours).await.unwrap();
    let everything = Edit {
        topic: Some(Some(Topic::new("Order 7").unwrap())),
        summary: Some(Some(Summary::new("Wants it blue.").unwrap())),
        status: Some(Status::Closed),
        priority: Some(Priority::Urgent),
        queue: Some(Some(sales.id)),
        agent: Some(Some(boss.id)),
    };
    let applied = edit(house, of(&boss), id, client(), everything.clone()).await.unwrap();
    let after = house.store.conversation(id, Side::Ours).await.unwrap();
    assert_eq!(applied.conversations[0].conversation, after);
    assert_eq!(
        (after.topic.clone(), after.summary.clone()),
        (everything.topic.flatten(), everything.summary.flatten())
    );
    assert_eq!((after.status, after.priority), (Status::Closed, Priority::Urgent));
    assert_eq!((after.queue, after.agent), (Some(sales.id), Some(boss.id)));
    assert_eq!(after.closed_at, Some(after.updated_at));
    let journal = house.journal(id).await;
    let kinds: Vec<Kind> = journal.iter().skip(1).map(|event| event.kind).collect();
    assert_eq!(kinds.last(), Some(&Kind::Status), "nothing follows the close");
    for kind in [Kind::Edited, Kind::Moved, Kind::Assigned, Kind::Status] {
        assert_eq!(kinds.iter().filter(|told| **told == kind).count(), 1, "{kind:?} in {kinds:?}");
    }
    // A move names both ends, as they were called then.
    let moved = journal.iter().find(|event| event.kind == Kind::Moved).unwrap();
    let moved: serde_json::Value = serde_json::from_str(&moved.json).unwrap();
    let queues = house.store.queues().await.unwrap();
    for (end, id) in [("from", before.queue), ("to", after.queue)] {
        let queue = queues.iter().find(|queue| Some(queue.id) == id).unwrap();
        assert_eq!(moved[end]["id"], queue.id.to_string());
        assert_eq!(moved[end]["name"], queue.name.as_str());
    }
    // What was edited, where it was moved to and whose it is stay the team's.
    let internal = [Kind::Edited, Kind::Moved, Kind::Assigned];
    assert!(journal.iter().all(|event| event.visitor_seq.is_none() == internal.contains(&event.kind)));
    assert!(after.visitor_head > before.visitor_head && after.visitor_head < after.head);
    let again = Edit { topic: Some(None), ..Edit::default() };
    assert_eq!(refused(edit(house, of(&boss), id, client(), again).await), Refusal::Closed);
}

pub(crate) async fn each_field_is_edited_by_itself(house: &House) {
    let key = house.key().await;
    let sales = house.store.create_queue(Name::new("Sales").unwrap()).await.unwrap();
    let maja = house.agent("maja", Role::Agent).await;
    let id = house.start(house.guest(house.multi).await, "hello").await.id;
    let nothing = Edit::default;
    for alone in [
        Edit { topic: Some(Some(Topic::new("Order 7").unwrap())), ..nothing() },
        Edit { summary: Some(Some(Summary::new("Wants it blue.").unwrap())), ..nothing() },
        Edit { priority: Some(Priority::Low), ..nothing() },
        Edit { queue: Some(Some(sales.id)), ..nothing() },
        Edit::assign(Some(maja.id)),
        Edit { topic: Some(None), ..nothing() },
        Edit { summary: Some(None), ..nothing() },
        Edit { status: Some(Status::Solved), ..nothing() },
    ] {
        let before = house.store.conversation(id, Side::Ours).await.unwrap();
        let applied = edit(house, key.clone(), id, client(), alone.clone()).await.unwrap();
        let after = house.store.conversation(id, Side::Ours).await.unwrap();
        assert_eq!(applied.conversations[0].conversation, after, "{alone:?}");
        assert_eq!(after.topic, alone.topic.unwrap_or(before.topic));
        assert_eq!(after.summary, alone.summary.unwrap_or(before.summary));
        assert_eq!(after.priority, alone.priority.unwrap_or(before.priority));
        assert_eq!(after.queue, alone.queue.unwrap_or(before.queue));
        assert_eq!(after.agent, alone.agent.unwrap_or(before.agent));
        assert_eq!(after.status, alone.status.unwrap_or(before.status));
    }
    // Whoever had it is told to have left.
    let timo = house.agent("timo", Role::Agent).await;
    let applied = edit(house, key, id, client(), Edit::assign(Some(timo.id))).await.unwrap();
    let kinds: Vec<Kind> = applied.conversations[0].events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [Kind::Assigned, Kind::Left, Kind::Joined]);
}

pub(crate) async fn an_edit_without_change_leaves_no_event(house: &House) {
    let key = house.key().await;
    let id = house.start(house.guest(house.multi).await, "hello").await.id;
    let before = house.store.conversation(id, Side::Ours).await.unwrap();
    let same =
        Edit { topic: Some(None), status: Some(before.status), queue: Some(before.queue), ..Edit::default() };
    for nothing in [Edit::default(), same, Edit::assign(None)] {
        let applied = edit(house, key.clone(), id, client(), nothing).await.unwrap();
        assert_eq!((applied.conversations[0].events.len(), applied.duplicate), (0, false));
    }
    assert_eq!(house.store.conversation(id, Side::Ours).await.unwrap(), before);
    // To give it away twice under one name is one write; the name is good for nothing else.
    let maja = house.agent("maja", Role::Agent).await;
    let name = client();
    let first = edit(house, key.clone(), id, name, Edit::assign(Some(maja.id))).await.unwrap();
    let again = edit(house, key.clone(), id, name, Edit::assign(Some(maja.id))).await.unwrap();
    assert!(again.duplicate && !first.duplicate);
    assert_eq!(
        refused(edit(house, key.clone(), id, name, Edit::assign(None)).await),
        Refusal::ClientIdReused
    );
    let other = Edit { priority: Some(Priority::Low), ..Edit::default() };
    assert_eq!(refused(edit(house, key, id, name, other).await), Refusal::ClientIdReused);
}

pub(crate) async fn an_edit_is_refused_whole(house: &House) {
    let maja = house.agent("maja", Role::Agent).await;
    let timo = house.agent("timo", Role::Agent).await;
    let boss = house.agent("boss", Role::Supervisor).await;
    let sales = house.store.create_queue(Name::new("Sales").unwrap()).await.unwrap();
    let id = house.start(house.guest(house.multi).await, "hello").await.id;
    let before = house.store.conversation(id, Side::Ours).await.unwrap();
    let with = |rest: Edit| Edit { topic: Some(Some(Topic::new("half").unwrap())), ..rest };
    let (nobody, nowhere) = (AgentId(Uuid::nil()), QueueId(Uuid::nil()));
    for (by, wrong, expected) in [
        (of(&boss), Edit::assign(Some(nobody)), Refusal::InvalidAgent(nobody)),
        (of(&boss), Edit { queue: Some(Some(nowhere)), ..Edit::default() }, Refusal::InvalidQueue(nowhere)),
        (of(&maja), Edit { queue: Some(Some(sales.id)), ..Edit::default() }, Refusal::Forbidden),
        (of(&maja), Edit::assign(Some(timo.id)), Refusal::Forbidden),
    ] {
        assert_eq!(refused(edit(house, by, id, client(), with(wrong)).await), expected);
    }
    assert_eq!(house.store.conversation(id, Side::Ours).await.unwrap(), before);
    // An agent passes on what is its own, and touches nothing of another's.
    house.take(&maja, id).await.unwrap();
    edit(house, of(&maja), id, client(), with(Edit::assign(Some(timo.id)))).await.unwrap();
    let anothers = Edit { priority: Some(Priority::Low), ..Edit::default() };
    assert_eq!(refused(edit(house, of(&maja), id, client(), anothers).await), Refusal::Forbidden);
    // What an agent may not see looks unknown.
    let hide = Edit { queue: Some(Some(sales.id)), ..Edit::default() };
    edit(house, of(&boss), id, client(), hide).await.unwrap();
    assert_eq!(refused(edit(house, of(&maja), id, client(), Edit::default()).await), Refusal::NotFound);
}
