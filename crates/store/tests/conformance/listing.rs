//! The API's list: filters, orders, pages, totals and permission, together and alone.

use std::cmp::Reverse;

use beckon_core::agent::{Agent, Role};
use beckon_core::command::{Actor, Command, CreateConversation, Edit, EditConversation};
use beckon_core::conversation::{Conversation, Priority, Status};
use beckon_core::id::{AgentId, ConversationId, QueueId};
use beckon_core::text::Name;
use beckon_core::time::Timestamp;
use beckon_store::{ConversationFilter, OrderBy, OrderDirection, Side, Span};
use uuid::Uuid;

use crate::house::{Dice, House, client};

const CONVERSATIONS: u64 = 160;
const FILTERS: usize = 1_500;
const ORDERS: [OrderBy; 4] = [OrderBy::Id, OrderBy::CreatedAt, OrderBy::UpdatedAt, OrderBy::ClosedAt];

/// A house in which much has happened, and whom it happened to.
struct Town<'a> {
    house: &'a House,
    queues: [Option<QueueId>; 3],
    agents: [Option<AgentId>; 3],
    key: Actor,
    boss: Agent,
}

impl<'a> Town<'a> {
    async fn new(house: &'a House) -> Self {
        let general = house.store.queues().await.unwrap()[0].id;
        let sales = house.store.create_queue(Name::new("Sales").unwrap()).await.unwrap().id;
        let maja = house.agent("maja", Role::Agent).await;
        let timo = house.agent("timo", Role::Agent).await;
        house.store.set_agent_queues(timo.id, Vec::new()).await.unwrap();
        Self {
            house,
            queues: [Some(general), Some(sales), None],
            agents: [Some(maja.id), Some(timo.id), None],
            key: house.key().await,
            boss: house.agent("boss", Role::Supervisor).await,
        }
    }

    async fn start(&self, dice: &mut Dice) -> ConversationId {
        let create = CreateConversation {
            by: self.key.clone(),
            visitor: None,
            topic: None,
            summary: None,
            status: dice.one(&Status::ALL),
            priority: dice.one(&Priority::ALL),
            queue: dice.one(&self.queues),
            agent: dice.one(&self.agents),
        };
        let applied = self.house.store.apply(Command::Create(create)).await.unwrap();
        applied.conversations[0].conversation.id
    }

    /// Something that changes what a filter asks; a closed one stays as it is.
    async fn edit(&self, dice: &mut Dice, conversation: ConversationId) {
        let edit = match dice.roll(4) {
            0 => Edit { status: Some(dice.one(&Status::ALL)), ..Edit::default() },
            1 => Edit { priority: Some(dice.one(&Priority::ALL)), ..Edit::default() },
            2 => Edit { queue: Some(dice.one(&self.queues)), ..Edit::default() },
            _ => Edit { agent: Some(dice.one(&self.agents)), ..Edit::default() },
        };
        let by = Actor::Agent(self.boss.id);
        let edit = EditConversation { by, conversation, client_id: client(), edit };
        drop(self.house.store.apply(Command::Edit(edit)).await);
    }

    fn filter(
        &self,
        dice: &mut Dice,
        rows: &[Conversation],
        readers: &[Option<Agent>],
    ) -> ConversationFilter {
        let mut filter = ConversationFilter {
            seen_by: readers[dice.roll(readers.len() as u64) as usize].clone(),
            ..ConversationFilter::default()
        };
        let nobody = AgentId(Uuid::nil());
        let nowhere = QueueId(Uuid::nil());
        // One part alone as often as several together.
        for part in [dice.roll(9), dice.roll(20), dice.roll(20)] {
            match part {
                0 => filter.statuses = some(dice, &Status::ALL),
                1 => filter.agent = Some(dice.one(&self.agents).unwrap_or(nobody)),
                2 => filter.queues = some(dice, &self.queues.map(|queue| queue.unwrap_or(nowhere))),
                3 => filter.priorities = some(dice, &Priority::ALL),
                4 => {
                    let known: Vec<_> = rows.iter().map(|row| row.id).collect();
                    filter.ids = some(dice, &known);
                    filter.ids.push(ConversationId(Uuid::nil()));
                    filter.ids.push(filter.ids[0]);
                }
                5 => filter.created = span(dice, rows, |row| Some(row.created_at)),
                6 => filter.updated = span(dice, rows, |row| Some(row.updated_at)),
                7 => filter.closed = span(dice, rows, |row| row.closed_at),
                _ => {}
            }
        }
        filter
    }
}

/// One to three of these, twice perhaps.
fn some<T: Copy>(dice: &mut Dice, of: &[T]) -> Vec<T> {
    (0..=dice.roll(3)).map(|_| dice.one(of)).collect()
}

/// Between moments at which something happened, so that the edges are met; upside down, too.
fn span(dice: &mut Dice, rows: &[Conversation], at: impl Fn(&Conversation) -> Option<Timestamp>) -> Span {
    let moments: Vec<Timestamp> = rows.iter().filter_map(at).collect();
    let mut end = || (dice.roll(3) > 0).then(|| dice.one(&moments));
    Span { from: end(), until: end() }
}

fn within(span: Span, at: Option<Timestamp>) -> bool {
    match at {
        None => span == Span::default(),
        Some(at) => span.from.is_none_or(|from| at >= from) && span.until.is_none_or(|until| at < until),
    }
}

fn lets_through(filter: &ConversationFilter, row: &Conversation) -> bool {
    let seen = |agent: &Agent| {
        agent.role == Role::Supervisor
            || row.agent == Some(agent.id)
            || row.queue.is_none_or(|queue| agent.queues.contains(&queue))
    };
    filter.seen_by.as_ref().is_none_or(|agent| !agent.disabled && seen(agent))
        && (filter.statuses.is_empty() || filter.statuses.contains(&row.status))
        && filter.agent.is_none_or(|agent| row.agent == Some(agent))
        && (filter.queues.is_empty() || row.queue.is_some_and(|queue| filter.queues.contains(&queue)))
        && (filter.priorities.is_empty() || filter.priorities.contains(&row.priority))
        && (filter.ids.is_empty() || filter.ids.contains(&row.id))
        && within(filter.created, Some(row.created_at))
        && within(filter.updated, Some(row.updated_at))
        && within(filter.closed, row.closed_at)
}

pub(crate) async fn any_filter_is_the_same_filter_over_everything(house: &House) {
    let town = Town::new(house).await;
    let mut dice = Dice(7);
    let mut ids = Vec::new();
    for _ in 0..CONVERSATIONS {
        ids.push(town.start(&mut dice).await);
        house.clock.skip_seconds(i64::try_from(dice.roll(90)).unwrap());
        for _ in 0..dice.roll(4) {
            let one = dice.one(&ids);
            town.edit(&mut dice, one).await;
        }
    }
    let mut rows = Vec::new();
    for id in ids {
        rows.push(house.store.conversation(id, Side::Ours).await.unwrap());
    }
    let mut readers = vec![None, Some(town.boss.clone())];
    for agent in town.agents.into_iter().flatten() {
        readers.push(Some(house.store.agent(agent).await.unwrap()));
    }
    readers.push(Some(Agent { disabled: true, ..town.boss.clone() }));

    let mut found_something = 0;
    for _ in 0..FILTERS {
        let filter = town.filter(&mut dice, &rows, &readers);
        let order = dice.one(&ORDERS);
        let direction = dice.one(&[OrderDirection::Ascending, OrderDirection::Descending]);
        let (page, limit) = (dice.roll(3) as usize, dice.one(&[0, 1, 5, 30, 999]));
        let mut expected: Vec<&Conversation> = rows.iter().filter(|row| lets_through(&filter, row)).collect();
        let place = |row: &Conversation| {
            let at = match order {
                OrderBy::Id => None,
                OrderBy::CreatedAt => Some(row.created_at),
                OrderBy::UpdatedAt => Some(row.updated_at),
                OrderBy::ClosedAt => row.closed_at,
            };
            (at, row.id)
        };
        match direction {
            OrderDirection::Ascending => expected.sort_by_key(|row| place(row)),
            OrderDirection::Descending => expected.sort_by_key(|row| Reverse(place(row))),
        }
        let total = i64::try_from(expected.len()).unwrap();
        let expected: Vec<_> = expected.into_iter().skip(page * limit).take(limit).cloned().collect();
        let found = house.store.conversations(&filter, order, direction, page, limit).await.unwrap();
        let asked = format!("{filter:?} {order:?} {direction:?} {page} × {limit}");
        assert_eq!(found.total, total, "{asked}");
        assert_eq!(found.conversations, expected, "{asked}");
        found_something += usize::from(!expected.is_empty());
    }
    assert!(found_something > FILTERS / 4, "{found_something}");
}

pub(crate) async fn the_list_has_exact_totals(house: &House) {
    let maja = house.agent("maja", Role::Supervisor).await;
    let mut ids = Vec::new();
    for n in 0..12 {
        let id = house.start(house.guest(house.multi).await, "hello").await.id;
        if n % 2 == 0 {
            house.take(&maja, id).await.unwrap();
        }
        if n % 3 == 0 {
            house.set_status(&maja, id, Status::Solved).await;
        }
        ids.push(id);
    }
    let list = |filter: ConversationFilter, order, direction, page, limit| async move {
        let found = house.store.conversations(&filter, order, direction, page, limit).await.unwrap();
        (found.conversations.iter().map(|row| row.id).collect::<Vec<_>>(), found.total)
    };
    let everything = ConversationFilter::default();
    let (found, total) = list(everything.clone(), OrderBy::Id, OrderDirection::Ascending, 1, 5).await;
    assert_eq!((found.as_slice(), total), (&ids[5..10], 12));
    let (found, _) = list(everything.clone(), OrderBy::CreatedAt, OrderDirection::Descending, 0, 1).await;
    assert_eq!(found, [ids[11]]);
    let solved = ConversationFilter { statuses: vec![Status::Solved], ..everything.clone() };
    let (found, total) = list(solved.clone(), OrderBy::Id, OrderDirection::Ascending, 0, 2).await;
    assert_eq!((found, total), (vec![ids[0], ids[3]], 4));
    let both = ConversationFilter { agent: Some(maja.id), ..solved };
    let (found, total) = list(both, OrderBy::Id, OrderDirection::Descending, 0, 9).await;
    assert_eq!((found, total), (vec![ids[6], ids[0]], 2));
    let (found, _) = list(everything.clone(), OrderBy::UpdatedAt, OrderDirection::Ascending, 0, 1).await;
    assert_eq!(found, [ids[0]]);
    let timo = house.agent("timo", Role::Agent).await;
    house.store.set_agent_queues(timo.id, Vec::new()).await.unwrap();
    let seen_by = Some(house.store.agent(timo.id).await.unwrap());
    let (found, total) =
        list(ConversationFilter { seen_by, ..everything }, OrderBy::Id, OrderDirection::Ascending, 0, 9)
            .await;
    assert_eq!((found, total), (Vec::new(), 0));
}
