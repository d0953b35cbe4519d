//! The stories of the table and orders made up by chance, by the rules alone: a memory loads what they need and keeps what
//! they decide.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context as TaskContext, Poll, Waker};

use beckon_core::agent::{Agent, Role};
use beckon_core::command::{
    Actor, ApiKey, Command, ContextTarget, CreateConversation, Destination, HeldContext, Reach, VisitorSend,
    WriteContext,
};
use beckon_core::context::{Context, Metadata, Patch, WriteMode};
use beckon_core::conversation::{Conversation, Priority, Status};
use beckon_core::decide::{Outcome, Snapshot, Target, decide, needs};
use beckon_core::id::{ClientId, ConversationId, Ids, ThreadId};
use beckon_core::text::{Email, MessageText, Name};
use beckon_core::time::{Now, Timestamp};
use beckon_core::visitor::Visitor;
use serde_json::{Map, Value};
use uuid::Uuid;

#[path = "../cases/browser.rs"]
mod browser;
#[path = "../cases/orders.rs"]
mod orders;
#[path = "../cases/stories.rs"]
mod stories;

use browser::{Answer, Frame, Said};
use stories::Door;

#[derive(Default)]
struct Counter(AtomicU64);

impl Ids for Counter {
    fn next(&self, _now: Timestamp) -> Uuid {
        Uuid::from_u64_pair(1, self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// A database that forgets nothing and knows nothing.
struct Memory {
    multi: bool,
    rows: Vec<Conversation>,
    contexts: HashMap<ConversationId, Context>,
    standing: HashMap<usize, Patch>,
    ids: Counter,
    now: i64,
}

fn id(space: u64, number: usize) -> Uuid {
    Uuid::from_u64_pair(space, number as u64 + 1)
}

fn agent() -> Agent {
    Agent {
        id: id(9, 0).into(),
        name: Name::new("Maja").expect("a name"),
        email: Email::new("maja@example.com").expect("an e-mail"),
        role: Role::Admin,
        disabled: false,
        queues: Vec::new(),
        created_at: Timestamp(0),
    }
}

fn program() -> Actor {
    Actor::Api(ApiKey { id: id(8, 0).into(), name: Name::new("crm").expect("a name") })
}

impl Memory {
    fn new(multi: bool) -> Self {
        let (rows, contexts, standing) = (Vec::new(), HashMap::new(), HashMap::new());
        Self { multi, rows, contexts, standing, ids: Counter::default(), now: 1_795_000_000_000_000 }
    }

    fn named(&self, visitor: usize, thread: ThreadId) -> Option<&Conversation> {
        self.rows.iter().find(|row| row.visitor.0 == id(1, visitor) && row.thread == thread)
    }

    fn conversation(&self, visitor: usize, thread: ThreadId) -> ConversationId {
        self.named(visitor, thread).expect("a conversation").id
    }

    fn run(&mut self, visitor: usize, command: &Command) -> Vec<(ThreadId, bool)> {
        let of_visitor = |row: &&Conversation| row.visitor.0 == id(1, visitor);
        let needs = needs(command);
        let mut snapshot = Snapshot {
            visitor: Some((
                Visitor {
                    id: id(1, visitor).into(),
                    person: id(2, visitor).into(),
                    widget: id(3, 0).into(),
                    name: None,
                    created_at: Timestamp(0),
                },
                self.multi,
            )),
            standing: self.standing.get(&visitor).cloned(),
            agents: vec![agent()],
            contexts: self.contexts.clone(),
            ..Snapshot::default()
        };
        match needs.target {
            Target::Nothing => {}
            Target::Conversation(id) | Target::VisitorConversation(_, id) => {
                snapshot.conversation = self.rows.iter().find(|row| row.id == id).cloned();
            }
            Target::Thread(_, thread) => {
                snapshot.conversation = self.named(visitor, thread).cloned();
                snapshot.open =
                    self.rows.iter().filter(of_visitor).filter(|row| !row.is_closed()).cloned().collect();
            }
            Target::Open(_) | Target::Reach(..) => {
                snapshot.open =
                    self.rows.iter().filter(of_visitor).filter(|row| !row.is_closed()).cloned().collect();
                if self.multi && matches!(needs.target, Target::Reach(..)) {
                    snapshot.open = self.rows.iter().filter(of_visitor).cloned().collect();
                }
            }
        }
        let outcome = decide(&snapshot, command, Now::of(Timestamp(self.now)), &self.ids).expect("allowed");
        let Outcome::Store(decision) = outcome else { panic!("not known before") };
        if let Some((_, patch)) = decision.standing {
            // As a database keeps it.
            let kept = Patch::from_stored(&patch.to_stored()).expect("kept");
            self.standing.insert(visitor, kept);
        }
        let mut written = Vec::new();
        for write in decision.writes {
            let row = write.conversation;
            written.push((row.thread, write.guessed));
            if let Some(context) = write.context {
                self.contexts.insert(row.id, context);
            }
            match self.rows.iter_mut().find(|known| known.id == row.id) {
                Some(known) => *known = row,
                None => self.rows.push(row),
            }
        }
        written
    }

    fn client_id(&self) -> ClientId {
        ClientId(self.ids.next(Timestamp(0)))
    }
}

impl Door for Memory {
    async fn ask(&mut self, visitor: usize, _tab: (usize, usize), frame: &Frame) -> Answer {
        let (reach, said) = match frame {
            Frame::Context { strategy, screen, said } => (Reach::by(*strategy, Some(*screen)), said),
            Frame::Copy { thread, said } => (Reach::One(self.conversation(visitor, *thread)), said),
        };
        let target =
            ContextTarget::Visitor { visitor: id(1, visitor).into(), session: id(4, visitor).into(), reach };
        let client_id = Some(self.client_id());
        let command =
            Command::WriteContext(WriteContext { target, client_id, patch: said.into(), lock: None });
        let written = self.run(visitor, &command);
        Answer {
            guessed: written.iter().any(|(_, guessed)| *guessed),
            threads: written.into_iter().map(|(thread, _)| thread).collect(),
        }
    }

    async fn say(&mut self, visitor: usize, thread: ThreadId, held: Option<Said>) {
        let command = Command::VisitorSend(VisitorSend {
            visitor: id(1, visitor).into(),
            session: id(4, visitor).into(),
            to: Destination::Thread(thread),
            client_id: self.client_id(),
            text: MessageText::new("words").expect("words"),
            held: held.map(|said| HeldContext { client_id: Some(self.client_id()), patch: (&said).into() }),
            standing: None,
            page: None,
        });
        self.run(visitor, &command);
    }

    async fn start(&mut self, visitor: usize) -> ThreadId {
        let command = Command::Create(CreateConversation {
            by: program(),
            visitor: Some(id(1, visitor).into()),
            topic: None,
            summary: None,
            status: Status::Open,
            priority: Priority::Normal,
            queue: None,
            agent: None,
        });
        self.run(visitor, &command)[0].0
    }

    async fn answer(&mut self, visitor: usize, thread: ThreadId) {
        let command = Command::AgentSend {
            agent: agent().id,
            conversation: self.conversation(visitor, thread),
            client_id: self.client_id(),
            text: MessageText::new("words").expect("words"),
        };
        self.run(visitor, &command);
    }

    async fn set_status(&mut self, visitor: usize, thread: ThreadId, status: Status) {
        let (conversation, client_id) = (self.conversation(visitor, thread), self.client_id());
        let command = Command::SetStatus { by: Actor::Agent(agent().id), conversation, client_id, status };
        self.run(visitor, &command);
    }

    async fn program(&mut self, visitor: usize, thread: ThreadId, members: &Map<String, Value>) {
        let metadata = Metadata::parse(&Value::Object(members.clone()).to_string()).expect("an object");
        let target =
            ContextTarget::Conversation { by: program(), conversation: self.conversation(visitor, thread) };
        let patch = Patch::new(WriteMode::Merge, metadata);
        self.run(
            visitor,
            &Command::WriteContext(WriteContext { target, client_id: None, patch, lock: None }),
        );
    }

    async fn context(&mut self, visitor: usize, thread: ThreadId) -> Map<String, Value> {
        let context = self.contexts.get(&self.conversation(visitor, thread));
        let text = context.map_or_else(|| "{}".to_owned(), |context| context.metadata.to_text());
        serde_json::from_str(&text).expect("an object")
    }

    async fn restart(&mut self) {}

    fn pass(&mut self, milliseconds: i64) {
        self.now += milliseconds * 1_000;
    }
}

/// A memory never waits.
fn at_once<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("nothing here waits"),
    }
}

#[test]
fn each_story_comes_out_right() {
    for story in stories::stories() {
        at_once(stories::tell(&story, &mut Memory::new(story.multi)));
    }
}

#[test]
fn ten_thousand_orders_come_out_right() {
    for seed in 0..10_000 {
        let multi = seed % 6 != 0;
        at_once(orders::live_through(seed, multi, 14, &mut Memory::new(multi)));
    }
}
