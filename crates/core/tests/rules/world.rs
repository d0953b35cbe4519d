//! A world in memory: it loads what the rules need, applies what they decide, and checks what must always hold.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use beckon_core::agent::{Agent, Role};
use beckon_core::command::{Command, Refusal};
use beckon_core::context::{Change, Context, Origins, Patch, fold};
use beckon_core::conversation::{Conversation, Priority, Status};
use beckon_core::decide::{Earlier, Outcome, Receipt, Snapshot, Target, decide, needs};
use beckon_core::event::{AuthorKind, Body, Event, QueueName, Source};
use beckon_core::id::{ConversationId, Ids, QueueId};
use beckon_core::text::{Email, Name};
use beckon_core::time::{Now, Timestamp};
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

pub(crate) struct World {
    pub(crate) visitor: Visitor,
    multi_thread: bool,
    pub(crate) agents: Vec<Agent>,
    queue: QueueId,
    pub(crate) rows: Vec<Conversation>,
    contexts: HashMap<ConversationId, Context>,
    pub(crate) events: Vec<(ConversationId, Event)>,
    receipts: Vec<Receipt>,
    standing: Option<Patch>,
    ids: Counter,
    /// How far the clock goes from one command to the next, again and again: it may be set back.
    steps: Vec<i64>,
    now: i64,
    order: i64,
}

pub(crate) fn id(n: u64) -> Uuid {
    Uuid::from_u64_pair(9, n)
}

/// What the world's widget protects from the page.
fn protected_keys() -> ProtectedKeys {
    ProtectedKeys::new(vec!["d".to_owned()]).unwrap()
}

impl World {
    pub(crate) fn new(multi_thread: bool, steps: Vec<i64>) -> Self {
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
            steps,
            now: 0,
            order: 0,
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
            queues: vec![QueueName { id: self.queue, name: "queue".to_owned() }],
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
            Target::Reach(..) => snapshot.open = self.rows.clone(),
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

    pub(crate) fn run(&mut self, command: &Command) -> Result<Outcome, Refusal> {
        self.steps.rotate_left(1);
        self.now += self.steps.last().unwrap();
        self.order = self.now.max(self.order + 1);
        let now = Now { at: Timestamp(self.now), order: Timestamp(self.order) };
        let outcome = decide(&self.snapshot(command), command, now, &self.ids)?;
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

    pub(crate) fn check(&self) -> Result<(), TestCaseError> {
        let places = |place: fn(&Conversation) -> Timestamp| {
            let mut places: Vec<_> = self.rows.iter().map(place).collect();
            places.sort_unstable();
            places
        };
        for places in [places(|row| row.sort_at), places(|row| row.visitor_sort_at)] {
            prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "two in one place: {:?}", places);
        }
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

            let at: Vec<i64> = events.iter().map(|event| event.at.0).collect();
            prop_assert!(at.is_sorted(), "times fall: {:?}", at);
            prop_assert!(at.last().is_none_or(|newest| row.updated_at.0 == *newest));
            prop_assert!(row.created_at <= row.updated_at);

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
            let mut queue = Some(self.queue);
            let mut fields: HashMap<&str, Option<String>> = HashMap::new();
            fields.insert("priority", Some(Priority::default().as_str().to_owned()));
            let mut told = Told::default();
            for event in &events {
                match &event.body {
                    Body::Status { from, to } => {
                        prop_assert_eq!(statuses.last(), Some(from));
                        statuses.push(*to);
                    }
                    Body::Assigned(agent) => owner = agent.as_ref().map(|agent| agent.id),
                    Body::Moved { from, to } => {
                        prop_assert_eq!(queue, from.as_ref().map(|queue| queue.id));
                        queue = to.as_ref().map(|queue| queue.id);
                        prop_assert_ne!(from, to, "an event that says nothing");
                    }
                    Body::Edited(edited) => {
                        prop_assert!(!edited.is_empty(), "an event that says nothing");
                        for field in edited {
                            prop_assert_ne!(&field.from, &field.to);
                            let before = fields.insert(field.field, field.to.clone()).flatten();
                            prop_assert_eq!(&before, &field.from, "{}", field.field);
                        }
                    }
                    Body::Metadata { changes: steps, .. } => {
                        changes.extend(steps);
                        told.hear(event)?;
                    }
                    _ => {}
                }
                let closes = matches!(event.body, Body::Status { to: Status::Closed, .. });
                let closed = statuses.contains(&Status::Closed) && !closes;
                prop_assert!(!closed || matches!(event.body, Body::Note(_)), "only notes follow the close");
            }
            prop_assert_eq!(statuses.last(), Some(&row.status));
            prop_assert_eq!(owner, row.agent);
            prop_assert_eq!(queue, row.queue);
            let text = |field| fields.get(field).cloned().flatten();
            prop_assert_eq!(text("topic"), row.topic.as_ref().map(ToString::to_string));
            prop_assert_eq!(text("summary"), row.summary.as_ref().map(ToString::to_string));
            prop_assert_eq!(text("priority"), Some(row.priority.as_str().to_owned()));
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
