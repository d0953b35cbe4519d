//! Runs the stories of the table, and orders made up by chance, against anything that decides and keeps contexts.

use std::collections::BTreeMap;

use beckon_core::conversation::Status;
use beckon_core::id::ThreadId;
use beckon_core::strategy::Strategy;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::browser::{Answer, Asked, Browser, Frame, Said, View};

/// Where the questions go. Visitors are numbered; a browser that has logged out is another visitor.
pub(crate) trait Door {
    /// A tab, by its browser and its number there, asks for its visitor.
    async fn ask(&mut self, visitor: usize, tab: (usize, usize), frame: &Frame) -> Answer;
    /// The visitor writes in a thread, which starts where it is new, with what was held.
    async fn say(&mut self, visitor: usize, thread: ThreadId, held: Option<Said>);
    /// Our side starts a conversation.
    async fn start(&mut self, visitor: usize) -> ThreadId;
    async fn answer(&mut self, visitor: usize, thread: ThreadId);
    async fn set_status(&mut self, visitor: usize, thread: ThreadId, status: Status);
    async fn program(&mut self, visitor: usize, thread: ThreadId, members: &Map<String, Value>);
    /// The context as it is.
    async fn context(&mut self, visitor: usize, thread: ThreadId) -> Map<String, Value>;
    async fn restart(&mut self);
    fn pass(&mut self, milliseconds: i64);
}

#[derive(Deserialize)]
pub(crate) struct Table {
    pub(crate) stories: Vec<Story>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Story {
    pub(crate) name: String,
    #[serde(default = "yes")]
    pub(crate) multi: bool,
    pub(crate) steps: Vec<Step>,
}

fn yes() -> bool {
    true
}

/// One step; the table says what each field means.
#[derive(Deserialize, Debug, Clone, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Step {
    #[serde(rename = "do")]
    pub(crate) verb: String,
    pub(crate) tab: String,
    pub(crate) page: String,
    pub(crate) browser: Option<String>,
    pub(crate) thread: String,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) strategy: Option<String>,
    pub(crate) mode: Option<String>,
    pub(crate) minutes: i64,
    pub(crate) answer: Option<Expected>,
    pub(crate) then: Option<Then>,
}

#[derive(Deserialize, Debug, Clone, Default, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) write: Vec<String>,
    pub(crate) guessed: bool,
    pub(crate) waits: bool,
}

#[derive(Deserialize, Debug, Clone, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Then {
    pub(crate) contexts: Option<BTreeMap<String, Map<String, Value>>>,
    pub(crate) held: BTreeMap<String, Option<Map<String, Value>>>,
}

/// A thread of the story.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) id: ThreadId,
    pub(crate) visitor: usize,
    pub(crate) status: Status,
}

/// A story while it is told.
pub(crate) struct Telling<'a, D> {
    door: &'a mut D,
    browsers: Vec<(String, Browser, usize)>,
    tabs: BTreeMap<String, (usize, usize)>,
    pub(crate) threads: BTreeMap<String, Known>,
    visitors: usize,
    now: i64,
    /// What the last call was answered.
    pub(crate) last: Expected,
}

impl<'a, D: Door> Telling<'a, D> {
    pub(crate) fn new(door: &'a mut D) -> Self {
        let (browsers, tabs, threads) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Self { door, browsers, tabs, threads, visitors: 0, now: 0, last: Expected::default() }
    }

    fn pass(&mut self, milliseconds: i64) {
        self.now += milliseconds;
        self.door.pass(milliseconds);
    }

    fn name(&self, thread: ThreadId) -> String {
        let found = self.threads.iter().find(|(_, known)| known.id == thread);
        found.map_or_else(|| "?".to_owned(), |(name, _)| name.clone())
    }

    async fn ask(&mut self, browser: usize, asked: Asked) -> Expected {
        let visitor = self.browsers[browser].2;
        let answer = self.door.ask(visitor, (browser, asked.tab), &asked.frame).await;
        self.browsers[browser].1.answered(asked, &answer);
        let mut write: Vec<String> = answer.threads.iter().map(|thread| self.name(*thread)).collect();
        write.sort();
        Expected { write, guessed: answer.guessed, waits: false }
    }

    /// Does one step; a second passes before it.
    pub(crate) async fn step(&mut self, step: &Step) {
        self.pass(1_000);
        let now = self.now;
        let mut asked: Vec<Asked> = Vec::new();
        let place = self.tabs.get(&step.tab).copied();
        let (browser, tab) = place.unwrap_or_default();
        match step.verb.as_str() {
            "load" => match place {
                Some(_) => self.browsers[browser].1.load(tab, &step.page),
                None => self.open(step),
            },
            "route" => self.browsers[browser].1.route(tab, &step.page),
            "list" => self.browsers[browser].1.tabs[tab].view = View::List,
            "close" => self.browsers[browser].1.tabs[tab].view = View::Closed,
            "look" => asked = self.browsers[browser].1.look(tab, now),
            "hide" => asked = self.browsers[browser].1.hide(tab, now),
            "show" => {
                let known = self.threads.get(&step.thread);
                let thread = known.map(|known| (known.id, known.status == Status::Closed));
                asked = self.browsers[browser].1.show(tab, thread, now).into_iter().collect();
            }
            "call" => {
                let strategy =
                    step.strategy.as_deref().map_or(Strategy::Active, |name| name.parse().expect("one"));
                let replaces = step.mode.as_deref() == Some("replace");
                let call = self.browsers[browser].1.call(tab, &step.metadata, strategy, replaces, now);
                self.last = match call {
                    Some(call) => self.ask(browser, call).await,
                    None => Expected { waits: true, ..Expected::default() },
                };
            }
            "say" => self.say(browser, tab, &step.thread).await,
            "start" => {
                let visitor = self.browsers[0].2;
                let id = self.door.start(visitor).await;
                self.threads.insert(step.thread.clone(), Known { id, visitor, status: Status::Open });
                asked = self.browsers[0].1.started_by_others(id, now).into_iter().collect();
            }
            "answer" | "solve" | "shut" | "api" => self.on_our_side(step).await,
            "pass" => self.pass(step.minutes * 60_000),
            "logout" => {
                self.browsers[0].1.log_out();
                self.browsers[0].2 = self.visitors;
                self.visitors += 1;
            }
            "restart" => self.door.restart().await,
            other => panic!("no step is called {other}"),
        }
        for asked in asked {
            self.ask(browser, asked).await;
        }
    }

    fn open(&mut self, step: &Step) {
        let name = step.browser.clone().unwrap_or_default();
        let at = self.browsers.iter().position(|(known, ..)| *known == name).unwrap_or_else(|| {
            self.browsers.push((name, Browser::new(), self.visitors));
            self.visitors += 1;
            self.browsers.len() - 1
        });
        let tab = self.browsers[at].1.open_tab(&step.page);
        self.tabs.insert(step.tab.clone(), (at, tab));
    }

    async fn say(&mut self, browser: usize, tab: usize, name: &str) {
        let visitor = self.browsers[browser].2;
        let known = self.threads.get(name).copied();
        let thread = known.map_or_else(|| self.new_thread(), |known| known.id);
        let held = match known {
            Some(_) => None,
            None => self.browsers[browser].1.held_for_new(tab, self.now),
        };
        self.door.say(visitor, thread, held).await;
        self.browsers[browser].1.said(tab, thread, known.is_none());
        self.threads.insert(name.to_owned(), Known { id: thread, visitor, status: Status::Open });
    }

    /// A name that no client of this story has used.
    fn new_thread(&self) -> ThreadId {
        ThreadId(uuid::Uuid::from_u64_pair(7, self.threads.len() as u64 + 1))
    }

    async fn on_our_side(&mut self, step: &Step) {
        let known = self.threads.get_mut(&step.thread).expect("a thread of the story");
        let (visitor, id) = (known.visitor, known.id);
        match step.verb.as_str() {
            "answer" => {
                if known.status == Status::Solved {
                    known.status = Status::Open;
                }
                self.door.answer(visitor, id).await;
            }
            "api" => self.door.program(visitor, id, &step.metadata).await,
            verb => {
                let status = if verb == "solve" { Status::Solved } else { Status::Closed };
                known.status = status;
                self.door.set_status(visitor, id, status).await;
            }
        }
    }

    /// Every conversation's context.
    pub(crate) async fn contexts(&mut self) -> BTreeMap<String, Map<String, Value>> {
        let mut contexts = BTreeMap::new();
        for (name, known) in &self.threads {
            contexts.insert(name.clone(), self.door.context(known.visitor, known.id).await);
        }
        contexts
    }

    fn held(&self, tab: &str) -> Map<String, Value> {
        let (browser, tab) = self.tabs[tab];
        self.browsers[browser].1.tabs[tab].held.values()
    }
}

/// Tells a story of the table and compares each step.
pub(crate) async fn tell<D: Door>(story: &Story, door: &mut D) {
    let mut telling = Telling::new(door);
    for (at, step) in story.steps.iter().enumerate() {
        let place = format!("{}, step {at}: {step:?}", story.name);
        telling.step(step).await;
        if let Some(expected) = &step.answer {
            assert_eq!(&telling.last, expected, "{place}");
        }
        let Some(then) = &step.then else { continue };
        if let Some(contexts) = &then.contexts {
            assert_eq!(&telling.contexts().await, contexts, "{place}");
        }
        for (tab, held) in &then.held {
            assert_eq!(telling.held(tab), held.clone().unwrap_or_default(), "{place}: what {tab} holds");
        }
    }
}

/// The stories of the table.
pub(crate) fn stories() -> Vec<Story> {
    let table: Table = serde_json::from_str(include_str!("which_conversation.json")).expect("the table");
    assert!(table.stories.len() >= 10);
    table.stories
}
