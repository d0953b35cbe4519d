//! Any order of any commands keeps the invariants. A world in memory loads what the rules need and applies what
//! they decide, and nothing else.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use beckon_core::agent::{Agent, Role};
use beckon_core::command::{
    Actor, ApiKey, Command, ContextTarget, Destination, HeldContext, Refusal, VisitorSend, WriteContext,
    WriteNote,
};
use beckon_core::context::{Change, Context, Metadata, Origins, Patch, WriteMode, fold};
use beckon_core::conversation::{Conversation, Status};
use beckon_core::decide::{Earlier, Outcome, Receipt, Snapshot, Target, decide, needs};
use beckon_core::event::{AuthorKind, Body, Event, Source};
use beckon_core::id::{ClientId, ConversationId, Ids, QueueId, SessionId, ThreadId};
use beckon_core::strategy::Strategy as ByStrategy;
use beckon_core::text::{Email, MessageText, Name, NoteText};
use beckon_core::time::Timestamp;
use beckon_core::visitor::Visitor;
use beckon_core::widget::ProtectedKeys;
use proptest::prelude::*;
use uuid::Uuid;

#[derive(Default)]
struct Counter(AtomicU64);

impl Ids for Counter {
    fn next(&self, _now: Timestamp) -> Uuid {
        Uuid::from_u64_pair(1, self.0.fetch_add(1, Ordering::Relaxed))
    }
}

struct World {
    visitor: Visitor,
    multi_thread: bool,
    agents: Vec<Agent>,
    queue: QueueId,
    rows: Vec<Conversation>,
    contexts: HashMap<ConversationId, Context>,
    events: Vec<(ConversationId, Event)>,
    receipts: Vec<Receipt>,
    standing: Option<Patch>,
    ids: Counter,
    now: i64,
}

fn id(n: u64) -> Uuid {
    Uuid::from_u64_pair(9, n)
}

/// What the world's widget protects from the page.
fn protected_keys() -> ProtectedKeys {
    ProtectedKeys::new(vec!["d".to_owned()]).unwrap()
}

impl World {
    fn new(multi_thread: bool) -> Self {
        let agent = |n: u64, role| Agent {
            id: id(n).into(),
            name: Name::new(format!("agent {n}")).unwrap(),
            email: Email::new(&format!("{n}@example.com")).unwrap(),
            role,
            disabled: false,
            queues: vec![id(50).into()],
            created_at: Timestamp(0),
        };
        let visitor = Visitor {
            id: id(1).into(),
            person: id(2).into(),
            widget: id(3).into(),
            name: None,
            created_at: Timestamp(0),
        };
        Self {
            visitor,
            multi_thread,
            agents: vec![agent(10, Role::Agent), agent(11, Role::Agent), agent(12, Role::Supervisor)],
            queue: id(50).into(),
            rows: Vec::new(),
            contexts: HashMap::new(),
            events: Vec::new(),
            receipts: Vec::new(),
            standing: None,
            ids: Counter::default(),
            now: 0,
        }
    }

    fn snapshot(&self, command: &Command) -> Snapshot {
        let needs = needs(command);
        let row = |wanted: ConversationId| self.rows.iter().find(|row| row.id == wanted).cloned();
        let open = || self.rows.iter().filter(|row| !row.is_closed()).cloned().collect();
        let mut snapshot = Snapshot {
            visitor: needs.visitor.map(|_| (self.visitor.clone(), self.multi_thread)),
            standing: self.standing.clone().filter(|_| needs.session.is_some() || needs.newest_session),
            agents: self.agents.clone(),
            contexts: self.contexts.clone(),
            protected_keys: protected_keys(),
            default_queue: Some(self.queue),
            ..Snapshot::default()
        };
        match needs.target {
            Target::Nothing => {}
            Target::Conversation(id) | Target::VisitorConversation(_, id) => snapshot.conversation = row(id),
            Target::Thread(_, thread) => {
                snapshot.conversation = self.rows.iter().find(|row| row.thread == thread).cloned();
                snapshot.open = open();
            }
            Target::Open(_) => snapshot.open = open(),
        }
        if let Some((author, client_ids)) = needs.earlier {
            let same = |event: &Event| {
                event.client_id.is_some_and(|client_id| client_ids.contains(&client_id))
                    && event.author.kind == author.kind
                    && event.author.id == Some(author.id)
            };
            let found = self.events.iter().filter(|(_, event)| same(event));
            snapshot.earlier = found
                .map(|(conversation, event)| Earlier {
                    client_id: event.client_id.unwrap(),
                    conversation: *conversation,
                    seq: event.seq,
                    kind: event.kind(),
                    at: event.at,
                    json: event.to_json(),
                })
                .collect();
        }
        if let Some((author, client_id)) = needs.receipt {
            let same = |receipt: &&Receipt| receipt.author == author && receipt.client_id == client_id;
            snapshot.receipt = self.receipts.iter().find(same).cloned();
        }
        snapshot
    }

    fn run(&mut self, command: &Command) -> Result<Outcome, Refusal> {
        self.now += 1_000;
        let outcome = decide(&self.snapshot(command), command, Timestamp(self.now), &self.ids)?;
        if let Outcome::Store(decision) = &outcome {
            for write in &decision.writes {
                let at = self.rows.iter().position(|row| row.id == write.conversation.id);
                assert_eq!(at.map(|at| self.rows[at].clone()), write.before);
                match at {
                    Some(at) => self.rows[at] = write.conversation.clone(),
                    None => self.rows.push(write.conversation.clone()),
                }
                let id = write.conversation.id;
                for event in &write.events {
                    self.insert_event(id, event);
                }
                if let Some(context) = &write.context {
                    self.contexts.insert(id, context.clone());
                }
            }
            if let Some((_, patch)) = &decision.standing {
                self.standing = Some(patch.clone());
            }
            if let Some(receipt) = &decision.receipt {
                let name = |receipt: &Receipt| (receipt.author, receipt.client_id);
                let taken = self.receipts.iter().any(|known| name(known) == name(receipt));
                assert!(!taken, "a second receipt of {:?}", name(receipt));
                self.receipts.push(receipt.clone());
            }
        }
        Ok(outcome)
    }

    /// No rule may lead to two events of one author under one name in one conversation.
    fn insert_event(&mut self, conversation: ConversationId, event: &Event) {
        let name = |event: &Event| event.client_id.map(|client_id| (event.author.id, client_id));
        let taken = |(id, known): &(ConversationId, Event)| *id == conversation && name(known) == name(event);
        assert!(name(event).is_none() || !self.events.iter().any(taken), "a second {:?}", name(event));
        self.events.push((conversation, event.clone()));
    }

    fn check(&self) -> Result<(), TestCaseError> {
        if !self.multi_thread {
            prop_assert!(self.rows.iter().filter(|row| !row.is_closed()).count() <= 1);
        }
        for row in &self.rows {
            let events: Vec<&Event> =
                self.events.iter().filter(|(id, _)| *id == row.id).map(|(_, event)| event).collect();
            let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
            prop_assert_eq!(seqs, (1..=row.head).collect::<Vec<_>>());
            let seen: Vec<i64> = events.iter().filter_map(|event| event.visitor_seq).collect();
            prop_assert_eq!(seen, (1..=row.visitor_head).collect::<Vec<_>>());

            let message = |event: &&&Event| matches!(event.body, Body::Message(_));
            let from_visitor = |event: &Event| event.author.kind == AuthorKind::Visitor;
            let unread = |after: i64, by_visitor: bool| {
                let above = events.iter().filter(|event| event.seq > after).filter(message);
                above.filter(|event| from_visitor(event) != by_visitor).count() as i64
            };
            prop_assert_eq!(row.messages_from_visitor, unread(0, false));
            prop_assert_eq!(row.messages_to_visitor, unread(0, true));
            prop_assert_eq!(row.unread_by_agents, unread(row.cursors.agent_read.seq, false));
            prop_assert_eq!(row.unread_by_visitor, unread(row.cursors.visitor_read.seq, true));

            let mut statuses = vec![Status::Open];
            let mut changes: Vec<&Change> = Vec::new();
            let mut owner = None;
            let mut told = Told::default();
            for event in &events {
                match &event.body {
                    Body::Status { from, to } => {
                        prop_assert_eq!(statuses.last(), Some(from));
                        statuses.push(*to);
                    }
                    Body::Assigned(agent) => owner = agent.as_ref().map(|agent| agent.id),
                    Body::Metadata { changes: steps, .. } => {
                        changes.extend(steps);
                        told.hear(event)?;
                    }
                    _ => {}
                }
                let closed = statuses.contains(&Status::Closed);
                let last = event.seq == row.head;
                prop_assert!(!closed || last, "nothing follows the close");
            }
            prop_assert_eq!(statuses.last(), Some(&row.status));
            prop_assert_eq!(owner, row.agent);
            let context = self.contexts.get(&row.id);
            let stored = context.map(|context| context.metadata.clone()).unwrap_or_default();
            prop_assert_eq!(fold(changes), stored, "no context is lost");
            let origins = context.map(|context| context.origins.clone()).unwrap_or_default();
            told.check(&origins)?;
            prop_assert_eq!(context.map_or(0, |context| context.version), row.context_version);
        }
        Ok(())
    }
}

/// What somebody knows of keys and locks who only hears the events.
#[derive(Default)]
struct Told {
    keys: HashMap<String, (i64, bool)>,
}

impl Told {
    fn hear(&mut self, event: &Event) -> Result<(), TestCaseError> {
        let Body::Metadata { version, source, changes, locks, .. } = &event.body else { return Ok(()) };
        let something = [&locks.locked, &locks.unlocked].iter().any(|keys| !keys.is_empty());
        prop_assert!(!changes.is_empty() || something, "an event that says nothing");
        for change in changes {
            let locked = self.keys.get(&change.key).is_some_and(|(_, locked)| *locked);
            if *source == Source::Page {
                prop_assert!(
                    !locked && !protected_keys().contains(&change.key),
                    "the page wrote {}",
                    change.key
                );
            }
            match change.to {
                Some(_) => {
                    self.keys.insert(change.key.clone(), (*version, locks.locked.contains(&change.key)))
                }
                None => self.keys.remove(&change.key),
            };
        }
        for (keys, locked) in [(&locks.locked, true), (&locks.unlocked, false)] {
            for key in keys {
                self.keys.get_mut(key).ok_or_else(|| TestCaseError::fail("a lock without a key"))?.1 = locked;
            }
        }
        Ok(())
    }

    fn check(&self, origins: &Origins) -> Result<(), TestCaseError> {
        let stored = origins.keys().iter().map(|known| {
            let locked = known.locked || protected_keys().contains(&known.key);
            (known.key.clone(), (known.origin.version, locked))
        });
        prop_assert_eq!(&stored.collect::<HashMap<_, _>>(), &self.keys);
        Ok(())
    }
}

/// A command in small numbers, so that they meet; resolved against the world when its turn comes.
#[derive(Debug, Clone)]
enum Step {
    Send { thread: u64, fresh: bool, name: u64, held: Option<(Option<u64>, Patch)>, standing: Option<Patch> },
    Context { strategy: ByStrategy, active: usize, name: u64, patch: Patch },
    ApiContext { which: usize, patch: Patch, lock: Option<bool> },
    AgentSend { agent: usize, which: usize, name: u64 },
    ApiSend { which: usize, name: u64 },
    Note { agent: usize, which: usize, name: u64 },
    Take { agent: usize, which: usize, name: u64 },
    SetStatus { by: usize, which: usize, status: Status, name: u64 },
    Again(usize),
}

fn patch() -> impl Strategy<Value = Patch> {
    let mode = prop_oneof![3 => Just(WriteMode::Merge), 1 => Just(WriteMode::Replace)];
    let value = prop_oneof![Just("null"), Just("1"), Just("2.50"), Just("{\"x\":[1]}")];
    (mode, prop::collection::vec(("[a-d]", value), 0..4)).prop_map(|(mode, members)| {
        let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        Patch::new(mode, Metadata::parse(&format!("{{{}}}", members.join(","))).unwrap())
    })
}

fn step() -> impl Strategy<Value = Step> {
    let strategy = prop_oneof![Just(ByStrategy::Active), Just(ByStrategy::All), Just(ByStrategy::AllPlusNew)];
    let maybe = || prop::option::of(patch());
    let name = || 100..140_u64;
    let held = prop::option::of((prop::option::of(name()), patch()));
    let status = prop::sample::select(Status::ALL.to_vec());
    prop_oneof![
        4 => (0..4_u64, any::<bool>(), name(), held, maybe()).prop_map(
            |(thread, fresh, name, held, standing)| Step::Send { thread, fresh, name, held, standing }
        ),
        3 => (strategy, 0..5_usize, name(), patch())
            .prop_map(|(strategy, active, name, patch)| Step::Context { strategy, active, name, patch }),
        2 => (0..5_usize, patch(), any::<Option<bool>>())
            .prop_map(|(which, patch, lock)| Step::ApiContext { which, patch, lock }),
        2 => (0..3_usize, 0..5_usize, name())
            .prop_map(|(agent, which, name)| Step::AgentSend { agent, which, name }),
        1 => (0..5_usize, name()).prop_map(|(which, name)| Step::ApiSend { which, name }),
        1 => (0..3_usize, 0..5_usize, name())
            .prop_map(|(agent, which, name)| Step::Note { agent, which, name }),
        1 => (0..3_usize, 0..5_usize, name())
            .prop_map(|(agent, which, name)| Step::Take { agent, which, name }),
        2 => (0..3_usize, 0..5_usize, status, name())
            .prop_map(|(by, which, status, name)| Step::SetStatus { by, which, status, name }),
        2 => (0..40_usize).prop_map(Step::Again),
    ]
}

impl Step {
    fn command(&self, world: &World, done: &[Command]) -> Option<Command> {
        let row = |which: usize| world.rows.get(which % world.rows.len().max(1)).map(|row| row.id);
        let agent = |n: usize| world.agents[n].id;
        let client = |name: u64| ClientId(id(name));
        let words = || MessageText::new("words").unwrap();
        let key = ApiKey { id: id(70).into(), name: Name::new("key").unwrap() };
        let session: SessionId = id(4).into();
        Some(match self.clone() {
            Self::Send { thread, fresh, name, held, standing } => {
                let to = match row(thread as usize) {
                    Some(id) if !fresh => Destination::Conversation(id),
                    _ => Destination::Thread(ThreadId(id(200 + thread))),
                };
                let held = held.map(|(name, patch)| HeldContext { client_id: name.map(client), patch });
                Command::VisitorSend(VisitorSend {
                    visitor: world.visitor.id,
                    session,
                    to,
                    client_id: client(name),
                    text: words(),
                    held,
                    standing,
                    page: None,
                })
            }
            Self::Context { strategy, active, name, patch } => Command::WriteContext(WriteContext {
                target: ContextTarget::Visitor {
                    visitor: world.visitor.id,
                    session,
                    strategy,
                    active: row(active),
                },
                client_id: Some(client(name)),
                patch,
                lock: None,
            }),
            Self::ApiContext { which, patch, lock } => Command::WriteContext(WriteContext {
                target: ContextTarget::Conversation { by: Actor::Api(key), conversation: row(which)? },
                client_id: None,
                patch,
                lock,
            }),
            Self::AgentSend { agent: by, which, name } => Command::AgentSend {
                agent: agent(by),
                conversation: row(which)?,
                client_id: client(name),
                text: words(),
            },
            Self::ApiSend { which, name } => Command::ApiSend {
                key,
                as_agent: None,
                conversation: row(which)?,
                client_id: client(name),
                text: words(),
            },
            Self::Note { agent: by, which, name } => Command::Note(WriteNote {
                by: Actor::Agent(agent(by)),
                as_agent: None,
                conversation: row(which)?,
                client_id: client(name),
                text: NoteText::new("words").unwrap(),
            }),
            Self::Take { agent: by, which, name } => {
                Command::Take { agent: agent(by), conversation: row(which)?, client_id: client(name) }
            }
            Self::SetStatus { by, which, status, name } => Command::SetStatus {
                by: Actor::Agent(agent(by)),
                conversation: row(which)?,
                client_id: client(name),
                status,
            },
            Self::Again(which) => done.get(which % done.len().max(1))?.clone(),
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_commands_keeps_the_invariants(
        multi_thread in any::<bool>(),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = World::new(multi_thread);
        let mut stored: Vec<Command> = Vec::new();
        for step in steps {
            let Some(command) = step.command(&world, &stored) else { continue };
            let before = (world.rows.clone(), world.events.len());
            let outcome = world.run(&command);
            match &outcome {
                Ok(Outcome::Store(_)) => stored.push(command.clone()),
                _ => prop_assert_eq!((world.rows.clone(), world.events.len()), before),
            }
            // Sent again at once, a write that left events is known and leaves nothing more.
            if let Ok(Outcome::Store(decision)) = &outcome {
                let named = decision.writes.iter().flat_map(|write| &write.events);
                if named.filter_map(|event| event.client_id).next().is_some() {
                    let after = (world.rows.clone(), world.events.len());
                    let again = world.run(&command);
                    prop_assert!(matches!(again, Ok(Outcome::Known(_) | Outcome::KnownContext(_))), "{:?}", again);
                    prop_assert_eq!((world.rows.clone(), world.events.len()), after);
                }
            }
            world.check()?;
        }
    }
}
