//! Orders of steps made up by chance, and what must come of them: written down once more, call by call, without any of the
//! product's code.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::stories::{Door, Expected, Step, Telling};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Small numbers that repeat for the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % sides as u64) as usize
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

/// A call, and where it has come to.
#[derive(Debug)]
struct Call {
    tab: usize,
    view: u64,
    at: i64,
    members: Map<String, Value>,
    replaces: bool,
    is_active: bool,
    /// ALL_PLUS_NEW of the visitor who is here now.
    stands: bool,
    held: bool,
    waits: bool,
    there: BTreeSet<usize>,
}

#[derive(Debug)]
struct Talk {
    status: &'static str,
    newest: i64,
    /// Of the visitor who is here now.
    mine: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Closed,
    List,
    New,
    Talk(usize),
}

#[derive(Debug)]
struct Tab {
    view: View,
    visible: bool,
    looked: u64,
    page_view: u64,
}

/// What must come of the steps.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    multi: bool,
    now: i64,
    count: u64,
    tabs: Vec<Tab>,
    talks: Vec<Talk>,
    calls: Vec<Call>,
    last_used: Option<usize>,
}

fn name(talk: usize) -> String {
    format!("T{talk}")
}

impl Oracle {
    fn new(multi: bool) -> Self {
        Self { multi, ..Self::default() }
    }

    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn mine(&self) -> impl Iterator<Item = (usize, &Talk)> {
        self.talks.iter().enumerate().filter(|(_, talk)| talk.mine)
    }

    fn open(&self) -> Vec<usize> {
        self.mine().filter(|(_, talk)| talk.status != "CLOSED").map(|(at, _)| at).collect()
    }

    fn is_fresh(&self, talk: usize) -> bool {
        let talk = &self.talks[talk];
        ["OPEN", "WAITING"].contains(&talk.status) && self.now - talk.newest < DAY
    }

    /// Where ACTIVE goes from a tab, and whether that is a guess.
    fn active(&self, tab: usize) -> (Vec<usize>, bool) {
        if !self.multi {
            return (self.open(), false);
        }
        match self.tabs[tab].view {
            View::New if self.tabs[tab].visible => return (Vec::new(), false),
            View::Talk(talk) if self.tabs[tab].visible && self.talks[talk].status != "CLOSED" => {
                return (vec![talk], false);
            }
            _ => {}
        }
        let guess = match self.last_used {
            Some(talk) => Some(talk).filter(|talk| self.is_fresh(*talk)),
            None => {
                let fresh: Vec<usize> = self.open().into_iter().filter(|talk| self.is_fresh(*talk)).collect();
                (fresh.len() == 1).then(|| fresh[0])
            }
        };
        (guess.into_iter().collect(), guess.is_some())
    }

    fn call(&mut self, tab: usize, step: &Step) -> Expected {
        let strategy = step.strategy.as_deref().unwrap_or("ACTIVE");
        let is_active = strategy == "ACTIVE";
        let waits = is_active && !self.tabs[tab].visible && self.tabs.iter().any(|tab| tab.visible);
        let (to, guessed) = if is_active { self.active(tab) } else { (self.open(), false) };
        let to = if waits { Vec::new() } else { to };
        self.calls.push(Call {
            tab,
            view: self.tabs[tab].page_view,
            at: self.now,
            members: step.metadata.clone(),
            replaces: step.mode.is_some(),
            is_active,
            stands: self.multi && strategy == "ALL_PLUS_NEW",
            held: !waits && (to.is_empty() || guessed),
            waits,
            there: to.iter().copied().collect(),
        });
        let mut write: Vec<String> = to.into_iter().map(name).collect();
        write.sort();
        Expected { write, guessed: guessed && !waits, waits }
    }

    /// What waited in a tab goes where ACTIVE goes now.
    fn flush(&mut self, tab: usize) {
        let (to, guessed) = self.active(tab);
        for call in self.calls.iter_mut().filter(|call| call.tab == tab && call.waits) {
            call.waits = false;
            call.held = to.is_empty() || guessed;
            call.there.extend(&to);
        }
    }

    fn copy(&mut self, tab: usize, talk: usize, younger: i64) {
        let now = self.now;
        for call in
            self.calls.iter_mut().filter(|call| call.tab == tab && call.held && now - call.at < younger)
        {
            call.there.insert(talk);
        }
    }

    fn start(&mut self) -> usize {
        self.talks.push(Talk { status: "OPEN", newest: self.now, mine: true });
        let talk = self.talks.len() - 1;
        for call in self.calls.iter_mut().filter(|call| call.stands) {
            call.there.insert(talk);
        }
        talk
    }

    fn say(&mut self, tab: usize, talk: Option<usize>) {
        let talk = talk.unwrap_or_else(|| {
            let talk = self.start();
            let view = self.tabs[tab].page_view;
            for call in self.calls.iter_mut().filter(|call| call.tab == tab) {
                if call.held || call.waits || (call.is_active && call.view == view) {
                    call.there.insert(talk);
                }
                (call.held, call.waits) = (false, false);
            }
            talk
        });
        self.talks[talk].newest = self.now;
        self.talks[talk].status = "OPEN";
        self.tabs[tab].view = View::Talk(talk);
        self.last_used = Some(talk);
    }

    fn step(&mut self, step: &Step, tab: usize) -> Option<Expected> {
        self.now += 1_000;
        let talk = step.thread.strip_prefix('T').and_then(|number| number.parse::<usize>().ok());
        let known = talk.filter(|talk| *talk < self.talks.len());
        match step.verb.as_str() {
            "load" | "route" => {
                let page_view = self.next();
                match self.tabs.get_mut(tab) {
                    Some(tab) => {
                        tab.page_view = page_view;
                        if step.verb == "load" {
                            tab.view = View::Closed;
                        }
                    }
                    None => {
                        let looked = self.next();
                        self.tabs.push(Tab { view: View::Closed, visible: true, looked, page_view });
                    }
                }
            }
            "list" => self.tabs[tab].view = View::List,
            "close" => self.tabs[tab].view = View::Closed,
            "look" => {
                (self.tabs[tab].visible, self.tabs[tab].looked) = (true, self.next());
                self.flush(tab);
            }
            "hide" => {
                self.tabs[tab].visible = false;
                if self.tabs.iter().all(|tab| !tab.visible) {
                    (0..self.tabs.len()).for_each(|tab| self.flush(tab));
                }
            }
            "show" => match known {
                Some(talk) => {
                    self.tabs[tab].view = View::Talk(talk);
                    self.last_used = Some(talk);
                    if self.talks[talk].status != "CLOSED" {
                        self.copy(tab, talk, 30 * MINUTE);
                    }
                }
                None => self.tabs[tab].view = View::New,
            },
            "call" => return Some(self.call(tab, step)),
            "say" => self.say(tab, known),
            "start" => {
                let talk = self.start();
                let by_look = |tab: &usize| self.tabs[*tab].looked;
                let visible = (0..self.tabs.len()).filter(|tab| self.tabs[*tab].visible).max_by_key(by_look);
                let tab = visible.or_else(|| (0..self.tabs.len()).max_by_key(by_look));
                if let Some(tab) = tab {
                    self.copy(tab, talk, i64::MAX);
                }
            }
            "answer" => {
                let talk = &mut self.talks[known.expect("known")];
                (talk.newest, talk.status) = (self.now, "OPEN");
            }
            "solve" => self.talks[known.expect("known")].status = "SOLVED",
            "shut" => self.talks[known.expect("known")].status = "CLOSED",
            "pass" => self.now += step.minutes * MINUTE,
            "logout" => {
                self.last_used = None;
                self.tabs.iter_mut().for_each(|tab| tab.view = View::Closed);
                self.talks.iter_mut().for_each(|talk| talk.mine = false);
                for call in &mut self.calls {
                    (call.held, call.waits, call.stands, call.is_active) = (false, false, false, false);
                }
            }
            _ => {}
        }
        None
    }

    /// A conversation's context: the calls that came to it, in the order in which they were made.
    fn context(&self, talk: usize) -> Map<String, Value> {
        let mut context = Map::new();
        for call in self.calls.iter().filter(|call| call.there.contains(&talk)) {
            if call.replaces {
                context.clear();
            }
            for (key, value) in &call.members {
                if value.is_null() {
                    context.remove(key)
                } else {
                    context.insert(key.clone(), value.clone())
                };
            }
        }
        context
    }

    /// The next step, made up; and in which tab.
    fn make_up(&mut self, dice: &mut Dice, nulls: bool) -> (Step, usize) {
        let step = |verb: &str| Step { verb: verb.to_owned(), ..Step::default() };
        let count = self.tabs.len();
        if count == 0 || (count < 3 && dice.roll(9) == 0) {
            return (Step { tab: format!("tab{count}"), page: format!("/p{count}"), ..step("load") }, count);
        }
        let tab = dice.roll(count);
        let of_tab = |step: Step| (Step { tab: format!("tab{tab}"), ..step }, tab);
        let mine: Vec<usize> = self.mine().map(|(at, _)| at).collect();
        let open = self.open();
        let new = name(self.talks.len());
        // A single-thread window shows the one that is open, or a new one.
        let shown = match (self.multi, open.first()) {
            (false, Some(only)) => name(*only),
            (false, None) => new.clone(),
            (true, _) if mine.is_empty() || dice.roll(3) == 0 => new.clone(),
            (true, _) => name(*dice.one(&mine)),
        };
        match dice.roll(20) {
            0..=7 => {
                let keys = ["a", "b", "c", "d"];
                let mut metadata = Map::new();
                for _ in 0..=dice.roll(3) {
                    let null = nulls && dice.roll(4) == 0;
                    let value = if null { Value::Null } else { json!(self.next()) };
                    metadata.insert((*dice.one(&keys)).to_owned(), value);
                }
                let strategy = [None, None, None, None, None, Some("ALL"), Some("ALL_PLUS_NEW")];
                let strategy = dice.one(&strategy).map(str::to_owned);
                let mode = (!nulls && dice.roll(5) == 0).then(|| "replace".to_owned());
                of_tab(Step { metadata, strategy, mode, ..step("call") })
            }
            8 => of_tab(step(if self.tabs[tab].visible { "hide" } else { "look" })),
            9 => of_tab(step("look")),
            10 => of_tab(step("hide")),
            11 => of_tab(Step { page: format!("/q{}", self.next()), ..step("route") }),
            12 => of_tab(Step { page: format!("/r{}", self.next()), ..step("load") }),
            13 | 14 if self.tabs[tab].visible => of_tab(Step { thread: shown, ..step("show") }),
            15 if self.tabs[tab].visible => {
                let verb = dice.one(&["close", "list"]);
                of_tab(step(verb))
            }
            16 | 17 if self.tabs[tab].visible => {
                let thread = match self.tabs[tab].view {
                    View::Talk(talk) if self.talks[talk].status != "CLOSED" => name(talk),
                    _ if !self.multi => shown,
                    _ => new,
                };
                of_tab(Step { thread, ..step("say") })
            }
            18 if !open.is_empty() => {
                let verb = dice.one(&["answer", "solve", "solve", "shut"]);
                (Step { thread: name(*dice.one(&open)), ..step(verb) }, 0)
            }
            18 if self.multi || open.is_empty() => (Step { thread: new, ..step("start") }, 0),
            19 => match dice.roll(6) {
                0 => (step("logout"), 0),
                1 => (step("restart"), 0),
                2 | 3 => (Step { minutes: 31, ..step("pass") }, 0),
                _ => (Step { minutes: 25 * 60, ..step("pass") }, 0),
            },
            _ => of_tab(step("look")),
        }
    }
}

/// Lives through one order of so many steps; each context must be what the oracle says, after each step.
pub(crate) async fn live_through<D: Door>(seed: u64, multi: bool, steps: usize, door: &mut D) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let nulls = dice.roll(2) == 0;
    let mut oracle = Oracle::new(multi);
    let mut telling = Telling::new(door);
    let mut told: Vec<Step> = Vec::new();
    for _ in 0..steps {
        let (step, tab) = oracle.make_up(&mut dice, nulls);
        told.push(step.clone());
        let expected = oracle.step(&step, tab);
        telling.step(&step).await;
        if let Some(expected) = expected {
            assert_eq!(telling.last, expected, "seed {seed}: where the last step goes: {told:#?}");
        }
        let contexts: BTreeMap<String, Map<String, Value>> =
            (0..oracle.talks.len()).map(|talk| (name(talk), oracle.context(talk))).collect();
        assert_eq!(telling.contexts().await, contexts, "seed {seed}: {told:#?}");
    }
}
