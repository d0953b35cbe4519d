//! Conversations that our side starts.

use beckon_core::agent::{Agent, Role};
use beckon_core::command::{Actor, Command, CreateConversation, Refusal};
use beckon_core::conversation::{Conversation, Priority, Status};
use beckon_core::id::{AgentId, QueueId, VisitorId};
use beckon_core::text::{Name, Summary, Topic};
use beckon_store::{AgentChange, Applied, Side, StoreError};
use uuid::Uuid;

use crate::house::{House, refused};

fn plain(by: Actor) -> CreateConversation {
    CreateConversation {
        by,
        visitor: None,
        topic: None,
        summary: None,
        status: Status::Open,
        priority: Priority::Normal,
        queue: None,
        agent: None,
    }
}

fn of(agent: &Agent) -> Actor {
    Actor::Agent(agent.id)
}

async fn start(house: &House, create: CreateConversation) -> Result<Applied, StoreError> {
    house.store.apply(Command::Create(create)).await
}

async fn started(house: &House, create: CreateConversation) -> Conversation {
    let applied = start(house, create).await.unwrap();
    let told = &applied.conversations[0].conversation;
    let stored = house.store.conversation(told.id, Side::Ours).await.unwrap();
    assert_eq!(*told, stored);
    stored
}

pub(crate) async fn what_our_side_starts_is_stored_as_it_was_wanted(house: &House) {
    let sales = house.store.create_queue(Name::new("Sales").unwrap()).await.unwrap();
    let maja = house.agent("maja", Role::Agent).await;
    let guest = house.guest(house.multi).await;
    let wanted = CreateConversation {
        visitor: Some(guest.visitor),
        topic: Some(Topic::new("Order 7").unwrap()),
        summary: Some(Summary::new("Wants it blue.").unwrap()),
        status: Status::Waiting,
        priority: Priority::Urgent,
        queue: Some(sales.id),
        agent: Some(maja.id),
        ..plain(of(&maja))
    };
    // Maja does not serve that queue, but may see what is her own.
    let row = started(house, wanted.clone()).await;
    assert_eq!((row.visitor, row.widget), (guest.visitor, house.multi));
    assert_eq!((row.topic, row.summary), (wanted.topic, wanted.summary));
    assert_eq!((row.status, row.priority), (Status::Waiting, Priority::Urgent));
    assert_eq!((row.queue, row.agent), (Some(sales.id), Some(maja.id)));
    let row = started(house, plain(house.key().await)).await;
    assert_eq!(
        (row.status, row.priority, row.queue, row.agent),
        (Status::Open, Priority::Normal, None, None)
    );
}

pub(crate) async fn our_side_starts_one_beside_no_other_in_single_thread(house: &House) {
    let key = house.key().await;
    let guest = house.guest(house.single).await;
    let again = CreateConversation { visitor: Some(guest.visitor), ..plain(key.clone()) };
    let closed = CreateConversation { status: Status::Closed, ..again.clone() };
    started(house, again.clone()).await;
    assert_eq!(refused(start(house, again).await), Refusal::AlreadyOpen);
    // What is closed from the start leaves the open one alone.
    assert_eq!(started(house, closed).await.status, Status::Closed);
    let guest = house.guest(house.multi).await;
    let many = CreateConversation { visitor: Some(guest.visitor), ..plain(key) };
    assert_ne!(started(house, many.clone()).await.id, started(house, many).await.id);
}

pub(crate) async fn what_our_side_may_not_start_is_refused(house: &House) {
    let sales = house.store.create_queue(Name::new("Sales").unwrap()).await.unwrap();
    let maja = house.agent("maja", Role::Agent).await;
    let timo = house.agent("timo", Role::Agent).await;
    let disable = AgentChange { disabled: Some(true), role: None };
    house.store.change_agent(timo.id, disable).await.unwrap();
    let key = house.key().await;
    let (nobody, nowhere) = (AgentId(Uuid::nil()), QueueId(Uuid::nil()));
    let stranger = VisitorId(Uuid::nil());
    let to = |agent| CreateConversation { agent: Some(agent), ..plain(key.clone()) };
    let visitor = CreateConversation { visitor: Some(stranger), ..plain(key.clone()) };
    let queue = CreateConversation { queue: Some(nowhere), ..plain(key.clone()) };
    // Nobody starts what they could not see afterwards.
    let hidden = CreateConversation { queue: Some(sales.id), ..plain(of(&maja)) };
    for (wrong, expected) in [
        (plain(of(&timo)), Refusal::Forbidden),
        (hidden, Refusal::Forbidden),
        (to(nobody), Refusal::InvalidAgent(nobody)),
        (to(timo.id), Refusal::InvalidAgent(timo.id)),
        (visitor, Refusal::InvalidVisitor(stranger)),
        (queue, Refusal::InvalidQueue(nowhere)),
    ] {
        assert_eq!(refused(start(house, wrong).await), expected);
    }
}
