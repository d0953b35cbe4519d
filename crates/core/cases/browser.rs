//! A browser as the widget is one, in small: what its tabs hold and what they ask the server. Shared by the tests of the
//! rules, the store and the server; the widget's own tests run the same table with the widget.

use std::collections::BTreeSet;

use beckon_core::context::{Calls, Metadata, PageAddress, Patch, Sent, When, WriteMode};
use beckon_core::id::ThreadId;
use beckon_core::strategy::Strategy;
use beckon_core::which_conversation::Screen;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Opening a thread copies what is younger, in milliseconds.
const COPIED_MS: i64 = 30 * 60 * 1_000;
/// The thread of an empty new-thread view.
const NEW: ThreadId = ThreadId(Uuid::nil());

/// A value of a key, as a call said it.
#[derive(Clone, Debug)]
struct Entry {
    key: String,
    value: Value,
    at: i64,
    page: String,
    /// Threads that have it.
    there: BTreeSet<ThreadId>,
}

/// Calls folded by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fold {
    entries: Vec<Entry>,
    /// When all there was was replaced, and the threads that know.
    replaced: Option<(i64, BTreeSet<ThreadId>)>,
}

impl Fold {
    fn call(members: &Map<String, Value>, replaces: bool, at: i64, page: &str) -> Self {
        let entry = |(key, value): (&String, &Value)| Entry {
            key: key.clone(),
            value: value.clone(),
            at,
            page: page.to_owned(),
            there: BTreeSet::new(),
        };
        let replaced = replaces.then(|| (at, BTreeSet::new()));
        Self { entries: members.iter().map(entry).collect(), replaced }
    }

    fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.replaced.is_none()
    }

    fn take(&mut self, other: &Self) {
        if let Some((at, there)) = &other.replaced {
            match &mut self.replaced {
                Some((known, has)) if known == at => has.extend(there),
                Some((known, _)) if *known > *at => {}
                _ => self.replaced = other.replaced.clone(),
            }
        }
        for entry in &other.entries {
            match self.entries.iter_mut().find(|known| known.key == entry.key) {
                Some(known) if known.at == entry.at => known.there.extend(&entry.there),
                Some(known) if known.at > entry.at => {}
                Some(known) => *known = entry.clone(),
                None => self.entries.push(entry.clone()),
            }
        }
        if let Some((at, _)) = &self.replaced {
            self.entries.retain(|entry| entry.at >= *at);
        }
    }

    fn is_now_in(&mut self, thread: ThreadId) {
        for entry in &mut self.entries {
            entry.there.insert(thread);
        }
        if let Some((_, there)) = &mut self.replaced {
            there.insert(thread);
        }
    }

    /// What a thread has not got, of what is younger than this.
    fn missing_in(&self, thread: ThreadId, younger: i64, now: i64) -> Self {
        let wanted = |at: i64, there: &BTreeSet<ThreadId>| now - at < younger && !there.contains(&thread);
        Self {
            entries: self.entries.iter().filter(|entry| wanted(entry.at, &entry.there)).cloned().collect(),
            replaced: self.replaced.clone().filter(|(at, there)| wanted(*at, there)),
        }
    }

    fn said(&self, now: i64) -> Said {
        let made =
            |at: i64, page: &str, keys: Vec<String>| Made { age_ms: now - at, page: page.to_owned(), keys };
        let of_entry = |entry: &Entry| made(entry.at, &entry.page, vec![entry.key.clone()]);
        let replaced = self.replaced.iter().map(|(at, _)| *at);
        let newest = self.entries.iter().map(|entry| entry.at).chain(replaced.clone()).max();
        Said {
            mode: if self.replaced.is_some() { "replace" } else { "merge" },
            metadata: self.values(),
            age_ms: now - newest.unwrap_or(now),
            made: self
                .entries
                .iter()
                .map(of_entry)
                .chain(replaced.map(|at| made(at, "", Vec::new())))
                .collect(),
        }
    }

    /// Key and value, for comparing.
    pub(crate) fn values(&self) -> Map<String, Value> {
        self.entries.iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect()
    }
}

/// What calls say together, as it travels.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Said {
    mode: &'static str,
    metadata: Map<String, Value>,
    /// Of the newest call, in milliseconds.
    age_ms: i64,
    made: Vec<Made>,
}

#[derive(Debug, Clone, Serialize)]
struct Made {
    age_ms: i64,
    page: String,
    keys: Vec<String>,
}

impl From<&Said> for Patch {
    fn from(said: &Said) -> Self {
        let sent = |age: i64, page: &str| Sent { when: When::Ago(age), page: PageAddress::cut(page) };
        let earlier =
            said.made.iter().map(|made| (sent(made.age_ms, &made.page), made.keys.clone())).collect();
        let mode = if said.mode == "replace" { WriteMode::Replace } else { WriteMode::Merge };
        let metadata = Metadata::parse(&Value::Object(said.metadata.clone()).to_string()).expect("an object");
        Self::new(mode, metadata).called(Calls { last: sent(said.age_ms, ""), earlier })
    }
}

/// What the window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    Closed,
    List,
    New,
    Thread(ThreadId),
}

#[derive(Debug)]
pub(crate) struct Tab {
    pub(crate) page: String,
    pub(crate) view: View,
    pub(crate) visible: bool,
    /// When it was last looked at.
    looked: u64,
    pub(crate) held: Fold,
    /// What the page view on screen has said by ACTIVE.
    viewed: Fold,
    waiting: Fold,
}

/// One browser: its tabs by number.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) tabs: Vec<Tab>,
    pub(crate) last_used: Option<ThreadId>,
    looks: u64,
}

/// What a tab asks the server.
#[derive(Debug)]
pub(crate) enum Frame {
    Context { strategy: Strategy, screen: Screen, said: Said },
    Copy { thread: ThreadId, said: Said },
}

/// A question, and what is done about its answer.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) tab: usize,
    pub(crate) frame: Frame,
    said: Fold,
}

/// What the server answered.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) threads: Vec<ThreadId>,
    pub(crate) guessed: bool,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self { tabs: Vec::new(), last_used: None, looks: 0 }
    }

    pub(crate) fn open_tab(&mut self, page: &str) -> usize {
        let none = Fold::default;
        let (held, viewed, waiting) = (none(), none(), none());
        let (page, view) = (page.to_owned(), View::Closed);
        self.tabs.push(Tab { page, view, visible: true, looked: 0, held, viewed, waiting });
        self.note_look(self.tabs.len() - 1);
        self.tabs.len() - 1
    }

    pub(crate) fn load(&mut self, tab: usize, page: &str) {
        self.route(tab, page);
        self.tabs[tab].view = View::Closed;
    }

    pub(crate) fn route(&mut self, tab: usize, page: &str) {
        page.clone_into(&mut self.tabs[tab].page);
        self.tabs[tab].viewed = Fold::default();
    }

    fn note_look(&mut self, tab: usize) {
        self.looks += 1;
        self.tabs[tab].looked = self.looks;
    }

    /// The tab is looked at: what waited in it goes out.
    pub(crate) fn look(&mut self, tab: usize, now: i64) -> Vec<Asked> {
        self.tabs[tab].visible = true;
        self.note_look(tab);
        self.flush(tab, now).into_iter().collect()
    }

    /// The tab is hidden: with no visible one left nothing waits any more.
    pub(crate) fn hide(&mut self, tab: usize, now: i64) -> Vec<Asked> {
        self.tabs[tab].visible = false;
        if self.tabs.iter().any(|tab| tab.visible) {
            return Vec::new();
        }
        (0..self.tabs.len()).filter_map(|tab| self.flush(tab, now)).collect()
    }

    fn flush(&mut self, tab: usize, now: i64) -> Option<Asked> {
        let said = std::mem::take(&mut self.tabs[tab].waiting);
        (!said.is_empty()).then(|| self.ask(tab, Strategy::Active, said, now))
    }

    fn ask(&self, tab: usize, strategy: Strategy, said: Fold, now: i64) -> Asked {
        let on_screen = match self.tabs[tab].view {
            View::Closed | View::List => None,
            View::New => Some(NEW),
            View::Thread(thread) => Some(thread),
        };
        let visible = self.tabs[tab].visible;
        let screen = Screen { on_screen: on_screen.filter(|_| visible), last_used: self.last_used, visible };
        Asked { tab, frame: Frame::Context { strategy, screen, said: said.said(now) }, said }
    }

    /// The page calls; `None`: the call waits.
    pub(crate) fn call(
        &mut self,
        tab: usize,
        members: &Map<String, Value>,
        strategy: Strategy,
        replaces: bool,
        now: i64,
    ) -> Option<Asked> {
        let said = Fold::call(members, replaces, now, &self.tabs[tab].page);
        if strategy == Strategy::Active {
            self.tabs[tab].viewed.take(&said);
            if !self.tabs[tab].visible && self.tabs.iter().any(|tab| tab.visible) {
                self.tabs[tab].waiting.take(&said);
                return None;
            }
        }
        Some(self.ask(tab, strategy, said, now))
    }

    /// The window opens with a thread, of which this is told whether it is closed.
    pub(crate) fn show(&mut self, tab: usize, thread: Option<(ThreadId, bool)>, now: i64) -> Option<Asked> {
        let Some((thread, closed)) = thread else {
            self.tabs[tab].view = View::New;
            return None;
        };
        self.tabs[tab].view = View::Thread(thread);
        self.last_used = Some(thread);
        if closed { None } else { self.copy(tab, thread, COPIED_MS, now) }
    }

    fn copy(&self, tab: usize, thread: ThreadId, younger: i64, now: i64) -> Option<Asked> {
        let said = self.tabs[tab].held.missing_in(thread, younger, now);
        (!said.is_empty()).then(|| Asked { tab, frame: Frame::Copy { thread, said: said.said(now) }, said })
    }

    /// Others have started a conversation.
    pub(crate) fn started_by_others(&self, thread: ThreadId, now: i64) -> Option<Asked> {
        let last = |visible: bool| {
            let tabs = self.tabs.iter().enumerate().filter(|(_, tab)| !visible || tab.visible);
            tabs.max_by_key(|(_, tab)| tab.looked).map(|(at, _)| at)
        };
        let tab = last(true).or_else(|| last(false))?;
        self.copy(tab, thread, i64::MAX, now)
    }

    /// What travels with the first message of a thread: all that is held, and what this page view said.
    pub(crate) fn held_for_new(&self, tab: usize, now: i64) -> Option<Said> {
        let mut all = self.tabs[tab].held.clone();
        all.take(&self.tabs[tab].waiting);
        all.take(&self.tabs[tab].viewed);
        (!all.is_empty()).then(|| all.said(now))
    }

    /// The message was stored.
    pub(crate) fn said(&mut self, tab: usize, thread: ThreadId, started: bool) {
        self.tabs[tab].view = View::Thread(thread);
        self.last_used = Some(thread);
        if started {
            self.tabs[tab].held = Fold::default();
            self.tabs[tab].waiting = Fold::default();
        }
    }

    pub(crate) fn answered(&mut self, asked: Asked, answer: &Answer) {
        let Asked { tab, frame, mut said } = asked;
        match frame {
            Frame::Copy { thread, .. } => {
                let mut copied = said;
                copied.is_now_in(thread);
                self.tabs[tab].held.take(&copied);
            }
            Frame::Context { .. } if answer.threads.is_empty() => self.tabs[tab].held.take(&said),
            Frame::Context { .. } if answer.guessed => {
                for thread in &answer.threads {
                    said.is_now_in(*thread);
                }
                self.tabs[tab].held.take(&said);
            }
            Frame::Context { .. } => {}
        }
    }

    /// Nothing of it is left but the pages.
    pub(crate) fn log_out(&mut self) {
        self.last_used = None;
        for tab in &mut self.tabs {
            tab.view = View::Closed;
            (tab.held, tab.viewed, tab.waiting) = (Fold::default(), Fold::default(), Fold::default());
        }
    }
}
