//! Changing a context: one write, and writes folded into one.

mod stored;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::changes::{Change, steps};
use super::sent::Shared;
use super::{Calls, ContextError, Metadata, Sent, When};
use crate::time::Timestamp;

/// How a write treats the keys it does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WriteMode {
    /// They stay. A key sent is replaced whole, `null` removes it.
    #[default]
    Merge,
    /// They go; the result has the order of the new object, and a `null` at the top is an absent key.
    Replace,
}

/// What happens to one top-level key. Values are compact JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Set where it is, or at the end if it is new.
    Set(String),
    /// Take it away.
    Remove,
    /// Take it away and set it anew, at the end: what removing and then setting comes to.
    Reset(String),
}

/// One write, or several folded into one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    mode: WriteMode,
    steps: Vec<Step>,
    /// The call that made it, or the last of several.
    last: Arc<Sent>,
    /// When it took away what it does not name, if it is a replacement.
    replaced: When,
}

/// What happens to one key, by which call.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    key: String,
    op: Op,
    sent: Arc<Sent>,
}

/// Why a key that a write names was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeftOut {
    /// The page may not write it.
    Locked,
    /// What is there was said later.
    Newer,
}

/// What a write comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patched {
    /// The context after it.
    pub metadata: Metadata,
    /// The steps that lead there; none: nothing changed.
    pub changes: Vec<Change>,
    /// Keys that the write names and that were left out because they are locked.
    pub ignored: Vec<String>,
    /// Keys that the write names and that were left out because what is there was said later.
    pub newer: Vec<String>,
}

impl Patch {
    /// One write, stored as it is made.
    pub fn new(mode: WriteMode, metadata: Metadata) -> Self {
        let last = Arc::new(Sent::now());
        let steps = metadata.entries.into_iter().filter_map(|(key, value)| {
            let op = match (mode, value.as_str()) {
                (WriteMode::Merge, "null") => Op::Remove,
                (WriteMode::Replace, "null") => return None,
                _ => Op::Set(value),
            };
            Some(Step { key, op, sent: Arc::clone(&last) })
        });
        Self { mode, steps: steps.collect(), replaced: last.when, last }
    }

    /// The same write, made by these calls. A key that several name is the first one's; the replacement, if it is one,
    /// was made with the oldest of them.
    #[must_use]
    pub fn called(self, calls: Calls) -> Self {
        let mut shared = Shared::default();
        let last = shared.of(calls.last);
        let mut by_key: HashMap<String, Arc<Sent>> = HashMap::new();
        let mut replaced = last.when;
        for (sent, keys) in calls.earlier {
            let sent = shared.of(sent);
            if sent.when.rank() < replaced.rank() {
                replaced = sent.when;
            }
            for key in keys {
                by_key.entry(key).or_insert_with(|| Arc::clone(&sent));
            }
        }
        let steps = self.steps.into_iter().map(|step| {
            let sent = by_key.get(&step.key).unwrap_or(&last);
            Step { sent: Arc::clone(sent), ..step }
        });
        Self { mode: self.mode, steps: steps.collect(), last, replaced }
    }

    /// The same write with moments instead of ages.
    #[must_use]
    pub fn dated(&self, now: Timestamp) -> Self {
        let mut shared = Shared::default();
        let mut dated = |sent: &Sent| shared.of(sent.dated(now));
        let last = dated(&self.last);
        let steps = self.steps.iter().map(|step| {
            let (key, op) = (step.key.clone(), step.op.clone());
            Step { key, op, sent: dated(&step.sent) }
        });
        let steps = steps.collect();
        Self { mode: self.mode, steps, last, replaced: When::At(self.replaced.moment(now)) }
    }

    /// The write that leaves nothing.
    pub fn clear() -> Self {
        Self::new(WriteMode::Replace, Metadata::default())
    }

    /// Bytes of its keys and values.
    pub fn text_bytes(&self) -> usize {
        let of_step = |step: &Step| match &step.op {
            Op::Set(value) | Op::Reset(value) => step.key.len() + value.len(),
            Op::Remove => step.key.len(),
        };
        self.steps.iter().map(of_step).sum()
    }

    /// How it treats the keys it does not name.
    pub fn mode(&self) -> WriteMode {
        self.mode
    }

    /// What it does, key by key.
    pub fn ops(&self) -> impl ExactSizeIterator<Item = (&str, &Op)> {
        self.steps.iter().map(|step| (step.key.as_str(), &step.op))
    }

    /// The call that says something of this key; of one that the write does not name, the last.
    pub(super) fn sent(&self, key: &str) -> &Sent {
        self.steps.iter().find(|step| step.key == key).map_or(&self.last, |step| &step.sent)
    }

    /// The calls by key, see [`Patch::sent`].
    pub(super) fn sent_by_key(&self) -> HashMap<&str, &Arc<Sent>> {
        self.steps.iter().map(|step| (step.key.as_str(), &step.sent)).collect()
    }

    /// The last call.
    pub(super) fn last(&self) -> &Arc<Sent> {
        &self.last
    }

    /// When a replacement was made; `None`: it is none.
    pub(super) fn replaced(&self) -> Option<When> {
        (self.mode == WriteMode::Replace).then_some(self.replaced)
    }

    /// This write and then another, as one: on any context the same as both in order. Where the other was made earlier,
    /// the same as both in the order in which they were made.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        match (self.replaced(), later.replaced()) {
            (first, Some(second)) if first.is_none_or(|first| first.rank() <= second.rank()) => {
                let mut whole = later;
                for step in self.steps {
                    if step.sent.when.rank() > second.rank() {
                        whole.take(step);
                    }
                }
                whole
            }
            _ => {
                let mut whole = self;
                if later.last.when.rank() >= whole.last.when.rank() {
                    whole.last = later.last;
                }
                let after = whole.replaced().map_or(i64::MIN, When::rank);
                for step in later.steps {
                    if step.sent.when.rank() >= after {
                        whole.take(step);
                    }
                }
                whole
            }
        }
    }

    /// One more step, unless a later one is there.
    fn take(&mut self, step: Step) {
        let place = self.steps.iter().position(|known| known.key == step.key);
        let Some(at) = place else {
            if self.mode == WriteMode::Merge || step.op != Op::Remove {
                self.steps.push(step);
            }
            return;
        };
        if step.sent.when.rank() < self.steps[at].sent.when.rank() {
            return;
        }
        let Step { key, op, sent } = step;
        match (self.mode, op) {
            (WriteMode::Replace, Op::Remove) => {
                self.steps.remove(at);
            }
            (WriteMode::Merge, Op::Remove) => self.steps[at] = Step { key, op: Op::Remove, sent },
            (_, Op::Reset(value)) => self.move_to_end(at, key, value, sent),
            (_, Op::Set(value)) => match self.steps[at].op {
                Op::Set(_) => self.steps[at] = Step { key, op: Op::Set(value), sent },
                Op::Reset(_) => self.steps[at] = Step { key, op: Op::Reset(value), sent },
                Op::Remove => self.move_to_end(at, key, value, sent),
            },
        }
    }

    fn move_to_end(&mut self, at: usize, key: String, value: String, sent: Arc<Sent>) {
        self.steps.remove(at);
        self.steps.push(Step { key, op: Op::Reset(value), sent });
    }

    /// This write and, after its own keys, those that only `other` names. Of a key that both name the value said later
    /// counts, of two said at once this write's. A replacement takes away what was said before it.
    #[must_use]
    pub fn filled_by(mut self, other: Self) -> Self {
        if let Some(replaced) = other.replaced() {
            self.steps.retain(|step| step.sent.when.rank() >= replaced.rank());
        }
        let after = self.replaced().map(When::rank);
        let places: HashMap<String, usize> =
            self.steps.iter().enumerate().map(|(at, step)| (step.key.clone(), at)).collect();
        let (mode, replaced) = (other.mode, other.replaced);
        for step in other.steps {
            match places.get(&step.key) {
                Some(&at) if step.sent.when.rank() > self.steps[at].sent.when.rank() => self.steps[at] = step,
                Some(_) => {}
                None if after.is_some_and(|after| step.sent.when.rank() <= after) => {}
                None => self.steps.push(step),
            }
        }
        if mode == WriteMode::Replace && self.mode == WriteMode::Merge {
            self.mode = WriteMode::Replace;
            self.replaced = replaced;
        }
        if self.mode == WriteMode::Replace {
            self.steps.retain(|step| step.op != Op::Remove);
        }
        self
    }

    /// The context after this write, and the steps that lead there; no steps: nothing changed. Limits are
    /// checked on the result; their errors name keys of this write only.
    pub fn apply(&self, current: &Metadata) -> Result<(Metadata, Vec<Change>), ContextError> {
        let patched = self.apply_around(current, |_| false)?;
        Ok((patched.metadata, patched.changes))
    }

    /// The same for a writer who may not touch `locked` keys: they are left out of the write and stay as they are.
    pub fn apply_around(
        &self,
        current: &Metadata,
        locked: impl Fn(&str) -> bool,
    ) -> Result<Patched, ContextError> {
        self.apply_where(current, |key, _| locked(key).then_some(LeftOut::Locked), &locked)
    }

    /// The same where each key is judged: those that `left_out` names are left out of the write and stay as they are. A
    /// replacement keeps the others of those that are there and that it may not take away (`stays`), first and in their
    /// order, and then is what a merge into them would be; so a write that was folded from several still comes to the
    /// same as those one after the other.
    pub(super) fn apply_where(
        &self,
        current: &Metadata,
        left_out: impl Fn(&str, &Sent) -> Option<LeftOut>,
        stays: impl Fn(&str) -> bool,
    ) -> Result<Patched, ContextError> {
        let (mut ignored, mut newer) = (Vec::new(), Vec::new());
        let mut open = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            match left_out(&step.key, &step.sent) {
                Some(LeftOut::Locked) => ignored.push(step.key.clone()),
                Some(LeftOut::Newer) => newer.push(step.key.clone()),
                None => open.push((step.key.as_str(), &step.op)),
            }
        }
        let own: HashMap<&str, &Op> = open.iter().copied().collect();
        let next = match self.mode {
            WriteMode::Merge => merged(current, &open, &own),
            WriteMode::Replace => {
                let left: HashSet<&str> = ignored.iter().chain(&newer).map(String::as_str).collect();
                let stays = |key: &str| !own.contains_key(key) && (left.contains(key) || stays(key));
                let kept = current.entries.iter().filter(|(key, _)| stays(key)).cloned();
                let set = open.iter().filter_map(|(key, op)| match op {
                    Op::Set(value) | Op::Reset(value) => Some(((*key).to_owned(), value.clone())),
                    Op::Remove => None,
                });
                Metadata { entries: kept.chain(set).collect() }
            }
        };
        next.within_limits(|key| own.contains_key(key))?;
        let changes = steps(current, &next);
        Ok(Patched { metadata: next, changes, ignored, newer })
    }
}

/// What remains of the context where the write does not replace it.
fn merged(current: &Metadata, steps: &[(&str, &Op)], own: &HashMap<&str, &Op>) -> Metadata {
    let mut entries = Vec::with_capacity(current.entries.len() + steps.len());
    let mut placed = HashSet::new();
    for (key, value) in &current.entries {
        match own.get(key.as_str()) {
            None => entries.push((key.clone(), value.clone())),
            Some(Op::Set(new)) => {
                placed.insert(key.as_str());
                entries.push((key.clone(), new.clone()));
            }
            Some(Op::Remove | Op::Reset(_)) => {}
        }
    }
    for (key, op) in steps {
        match op {
            Op::Set(value) | Op::Reset(value) if !placed.contains(key) => {
                entries.push(((*key).to_owned(), value.clone()));
            }
            _ => {}
        }
    }
    Metadata { entries }
}
