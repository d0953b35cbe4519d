//! Commands in any order, in numbers so small that they meet.

use beckon_core::command::{
    Actor, ApiKey, Command, ContextTarget, Destination, Edit, EditConversation, HeldContext, Reach,
    VisitorSend, WriteContext, WriteNote,
};
use beckon_core::context::{Calls, Metadata, PageAddress, Patch, Sent, When, WriteMode};
use beckon_core::conversation::{Priority, Status};
use beckon_core::id::{ClientId, SessionId, ThreadId};
use beckon_core::strategy::Strategy as ByStrategy;
use beckon_core::text::{MessageText, Name, NoteText, Summary, Topic};
use beckon_core::which_conversation::Screen;
use proptest::prelude::*;

use crate::world::{World, id};

/// A command in small numbers, so that they meet; resolved against the world when its turn comes.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Send { thread: u64, fresh: bool, name: u64, held: Option<(Option<u64>, Patch)>, standing: Option<Patch> },
    Context { strategy: ByStrategy, shown: Shown, name: u64, patch: Patch },
    ApiContext { which: usize, patch: Patch, lock: Option<bool> },
    AgentSend { agent: usize, which: usize, name: u64 },
    ApiSend { which: usize, name: u64 },
    Note { agent: usize, which: usize, name: u64 },
    Take { agent: usize, which: usize, name: u64 },
    SetStatus { by: usize, which: usize, status: Status, name: u64 },
    Edit { by: usize, which: usize, edit: Edit, name: u64 },
    Again(usize),
}

/// What a browser says of its screen, in numbers of conversations.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shown {
    /// This conversation is meant.
    One(usize),
    /// What is on screen and what was used last, if anything.
    Told(Option<usize>, Option<usize>, bool),
    /// Nothing, as older widgets.
    Untold,
}

fn shown() -> impl Strategy<Value = Shown> {
    let one = || prop::option::of(0..5_usize);
    prop_oneof![
        (0..5_usize).prop_map(Shown::One),
        (one(), one(), any::<bool>()).prop_map(|(on, last, visible)| Shown::Told(on, last, visible)),
        Just(Shown::Untold),
    ]
}

/// An edit of anything; agents and the queue are resolved like the rest.
fn edit() -> impl Strategy<Value = Edit> {
    let texts = || prop::option::of(prop::option::of(prop_oneof![Just("a"), Just("b")]));
    let status = prop::option::of(prop::sample::select(Status::ALL.to_vec()));
    let priority = prop::option::of(prop::sample::select(Priority::ALL.to_vec()));
    let queue = prop::option::of(prop::option::of(Just(id(50).into())));
    let agent = prop::option::of(prop::option::of((9..13_u64).prop_map(|n| id(n).into())));
    (texts(), texts(), status, priority, queue, agent).prop_map(
        |(topic, summary, status, priority, queue, agent)| Edit {
            topic: topic.map(|text| text.map(|text| Topic::new(text).unwrap())),
            summary: summary.map(|text| text.map(|text| Summary::new(text).unwrap())),
            status,
            priority,
            queue,
            agent,
        },
    )
}

fn patch() -> impl Strategy<Value = Patch> {
    let mode = prop_oneof![3 => Just(WriteMode::Merge), 1 => Just(WriteMode::Replace)];
    let value = prop_oneof![Just("null"), Just("1"), Just("2.50"), Just("{\"x\":[1]}")];
    (mode, prop::collection::vec(("[a-d]", value), 0..4)).prop_map(|(mode, members)| {
        let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        Patch::new(mode, Metadata::parse(&format!("{{{}}}", members.join(","))).unwrap())
    })
}

/// A write of the page: made now or a while ago, as a whole or in calls of their own.
fn said() -> impl Strategy<Value = Patch> {
    let age = || prop_oneof![2 => Just(0), 1 => 0..6_000_i64];
    let earlier = prop::collection::vec((age(), prop::collection::vec("[a-d]", 0..3)), 0..3);
    (patch(), age(), earlier).prop_map(|(patch, age, earlier)| {
        let sent = |age| Sent { when: When::Ago(age), page: PageAddress::cut("/page") };
        let earlier = earlier.into_iter().map(|(age, keys)| (sent(age), keys)).collect();
        patch.called(Calls { last: sent(age), earlier })
    })
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let strategy = prop_oneof![Just(ByStrategy::Active), Just(ByStrategy::All), Just(ByStrategy::AllPlusNew)];
    let maybe = || prop::option::of(said());
    let name = || 100..140_u64;
    let held = prop::option::of((prop::option::of(name()), said()));
    let status = prop::sample::select(Status::ALL.to_vec());
    prop_oneof![
        4 => (0..4_u64, any::<bool>(), name(), held, maybe()).prop_map(
            |(thread, fresh, name, held, standing)| Step::Send { thread, fresh, name, held, standing }
        ),
        3 => (strategy, shown(), name(), said())
            .prop_map(|(strategy, shown, name, patch)| Step::Context { strategy, shown, name, patch }),
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
        2 => (0..3_usize, 0..5_usize, edit(), name())
            .prop_map(|(by, which, edit, name)| Step::Edit { by, which, edit, name }),
        1 => (0..3_usize, 0..5_usize, prop::option::of((9..13_u64).prop_map(|n| id(n).into())), name())
            .prop_map(|(by, which, agent, name)| Step::Edit { by, which, edit: Edit::assign(agent), name }),
        2 => (0..40_usize).prop_map(Step::Again),
    ]
}

impl Step {
    pub(crate) fn command(&self, world: &World, done: &[Command]) -> Option<Command> {
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
            Self::Context { strategy, shown, name, patch } => {
                let thread = |which: Option<usize>| {
                    which
                        .and_then(|which| world.rows.get(which % world.rows.len().max(1)))
                        .map(|row| row.thread)
                };
                let reach = match shown {
                    Shown::One(which) => row(which).map_or(Reach::by(strategy, None), Reach::One),
                    Shown::Told(on_screen, last_used, visible) => {
                        let (on_screen, last_used) = (thread(on_screen), thread(last_used));
                        Reach::by(strategy, Some(Screen { on_screen, last_used, visible }))
                    }
                    Shown::Untold => Reach::by(strategy, None),
                };
                Command::WriteContext(WriteContext {
                    target: ContextTarget::Visitor { visitor: world.visitor.id, session, reach },
                    client_id: Some(client(name)),
                    patch,
                    lock: None,
                })
            }
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
            Self::Edit { by, which, edit, name } => Command::Edit(EditConversation {
                by: Actor::Agent(agent(by)),
                conversation: row(which)?,
                client_id: client(name),
                edit,
            }),
            Self::Again(which) => done.get(which % done.len().max(1))?.clone(),
        })
    }
}
