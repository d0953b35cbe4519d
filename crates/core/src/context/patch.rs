//! Changing a context: one write, writes folded into one, and the journal folded back into the context.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{ContextError, Metadata};

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
    ops: Vec<(String, Op)>,
}

/// One elementary step of a write, in the order of application: a key set in place (`from` and `to`),
/// joined at the end (`to` alone) or taken away (`from` alone). A key that moves takes two steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The top-level key.
    pub key: String,
    /// Its JSON text before; `None`: it was absent.
    pub from: Option<String>,
    /// Its JSON text after; `None`: it is absent.
    pub to: Option<String>,
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
}

impl Patch {
    /// One write.
    pub fn new(mode: WriteMode, metadata: Metadata) -> Self {
        let ops = metadata.entries.into_iter().filter_map(|(key, value)| match (mode, value.as_str()) {
            (WriteMode::Merge, "null") => Some((key, Op::Remove)),
            (WriteMode::Replace, "null") => None,
            _ => Some((key, Op::Set(value))),
        });
        Self { mode, ops: ops.collect() }
    }

    /// The write that leaves nothing.
    pub fn clear() -> Self {
        Self { mode: WriteMode::Replace, ops: Vec::new() }
    }

    /// Bytes of its keys and values.
    pub fn text_bytes(&self) -> usize {
        let of_op = |(key, op): &(String, Op)| match op {
            Op::Set(value) | Op::Reset(value) => key.len() + value.len(),
            Op::Remove => key.len(),
        };
        self.ops.iter().map(of_op).sum()
    }

    /// How it treats the keys it does not name.
    pub fn mode(&self) -> WriteMode {
        self.mode
    }

    /// What it does, key by key.
    pub fn ops(&self) -> &[(String, Op)] {
        &self.ops
    }

    /// This write and then another, as one: on any context the same as both in order.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        if later.mode == WriteMode::Replace {
            return later;
        }
        let Self { mode, mut ops } = self;
        for (key, op) in later.ops {
            let place = ops.iter().position(|(name, _)| *name == key);
            let Some(at) = place else {
                if mode == WriteMode::Merge || op != Op::Remove {
                    ops.push((key, op));
                }
                continue;
            };
            match (mode, op) {
                (WriteMode::Replace, Op::Remove) => {
                    ops.remove(at);
                }
                (WriteMode::Merge, Op::Remove) => ops[at].1 = Op::Remove,
                (_, Op::Reset(value)) => {
                    ops.remove(at);
                    ops.push((key, Op::Reset(value)));
                }
                (_, Op::Set(value)) => match ops[at].1 {
                    Op::Set(_) => ops[at].1 = Op::Set(value),
                    Op::Reset(_) => ops[at].1 = Op::Reset(value),
                    Op::Remove => {
                        ops.remove(at);
                        ops.push((key, Op::Reset(value)));
                    }
                },
            }
        }
        Self { mode, ops }
    }

    /// This write and, after its own keys, those that only `other` names. A replacement says all there is to
    /// say and stays as it is.
    #[must_use]
    pub fn filled_by(mut self, other: Self) -> Self {
        if self.mode == WriteMode::Replace {
            return self;
        }
        let named: HashSet<String> = self.ops.iter().map(|(key, _)| key.clone()).collect();
        self.ops.extend(other.ops.into_iter().filter(|(key, _)| !named.contains(key)));
        if other.mode == WriteMode::Replace {
            self.mode = WriteMode::Replace;
            self.ops.retain(|(_, op)| *op != Op::Remove);
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
    /// A replacement keeps those that are there, first and in their order, and then is what a merge into them would
    /// be; so a write that was folded from several still comes to the same as those one after the other.
    pub fn apply_around(
        &self,
        current: &Metadata,
        locked: impl Fn(&str) -> bool,
    ) -> Result<Patched, ContextError> {
        let (ignored, ops): (Vec<_>, Vec<_>) = self.ops.iter().cloned().partition(|(key, _)| locked(key));
        let open = Self { mode: self.mode, ops };
        let next = match open.mode {
            WriteMode::Merge => open.merged(current),
            WriteMode::Replace => {
                let kept = current.entries.iter().filter(|(key, _)| locked(key)).cloned();
                let own = open.ops.iter().filter_map(|(key, op)| match op {
                    Op::Set(value) | Op::Reset(value) => Some((key.clone(), value.clone())),
                    Op::Remove => None,
                });
                Metadata { entries: kept.chain(own).collect() }
            }
        };
        let own: HashSet<&str> = open.ops.iter().map(|(key, _)| key.as_str()).collect();
        next.within_limits(|key| own.contains(key))?;
        let changes = steps(current, &next);
        let ignored = ignored.into_iter().map(|(key, _)| key).collect();
        Ok(Patched { metadata: next, changes, ignored })
    }

    fn merged(&self, current: &Metadata) -> Metadata {
        let ops: HashMap<&str, &Op> = self.ops.iter().map(|(key, op)| (key.as_str(), op)).collect();
        let mut entries = Vec::with_capacity(current.entries.len() + self.ops.len());
        let mut placed = HashSet::new();
        for (key, value) in &current.entries {
            match ops.get(key.as_str()) {
                None => entries.push((key.clone(), value.clone())),
                Some(Op::Set(new)) => {
                    placed.insert(key.as_str());
                    entries.push((key.clone(), new.clone()));
                }
                Some(Op::Remove | Op::Reset(_)) => {}
            }
        }
        for (key, op) in &self.ops {
            match op {
                Op::Set(value) | Op::Reset(value) if !placed.contains(key.as_str()) => {
                    entries.push((key.clone(), value.clone()));
                }
                _ => {}
            }
        }
        Metadata { entries }
    }

    /// Keeps the write as JSON text for the store; read back by [`Patch::from_stored`].
    pub fn to_stored(&self) -> String {
        let ops: Vec<StoredOp<'_>> = self
            .ops
            .iter()
            .map(|(key, op)| match op {
                Op::Set(value) => StoredOp(key, "set", Some(value)),
                Op::Remove => StoredOp(key, "remove", None),
                Op::Reset(value) => StoredOp(key, "reset", Some(value)),
            })
            .collect();
        serde_json::to_string(&(self.mode, ops)).expect("texts are always JSON")
    }

    /// Reads what [`Patch::to_stored`] wrote.
    pub fn from_stored(text: &str) -> Result<Self, ContextError> {
        let broken = |told: String| ContextError::NotAnObject(told);
        let (mode, stored): (WriteMode, Vec<(String, String, Option<String>)>) =
            serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
        let mut ops = Vec::with_capacity(stored.len());
        for (key, op, value) in stored {
            let op = match (op.as_str(), value) {
                ("set", Some(value)) => Op::Set(value),
                ("remove", None) => Op::Remove,
                ("reset", Some(value)) => Op::Reset(value),
                _ => return Err(broken(format!("unknown step {op}"))),
            };
            ops.push((key, op));
        }
        Ok(Self { mode, ops })
    }
}

#[derive(Serialize)]
struct StoredOp<'a>(&'a str, &'static str, Option<&'a String>);

/// The steps from one context to another. The longest start of the new order whose keys already stand in
/// that order stays in place; every later key is taken away and joined again.
fn steps(current: &Metadata, next: &Metadata) -> Vec<Change> {
    let was: HashMap<&str, (usize, &str)> = current
        .entries
        .iter()
        .enumerate()
        .map(|(place, (key, value))| (key.as_str(), (place, value.as_str())))
        .collect();
    let now: HashSet<&str> = next.entries.iter().map(|(key, _)| key.as_str()).collect();
    let mut changes = Vec::new();
    for (key, value) in &current.entries {
        if !now.contains(key.as_str()) {
            changes.push(Change { key: key.clone(), from: Some(value.clone()), to: None });
        }
    }
    let mut last = 0;
    let mut parted = false;
    for (key, value) in &next.entries {
        let to = Some(value.clone());
        let Some(&(place, before)) = was.get(key.as_str()) else {
            parted = true;
            changes.push(Change { key: key.clone(), from: None, to });
            continue;
        };
        let from = Some(before.to_owned());
        parted = parted || place < last;
        last = place;
        if parted {
            changes.push(Change { key: key.clone(), from, to: None });
            changes.push(Change { key: key.clone(), from: None, to });
        } else if before != value {
            changes.push(Change { key: key.clone(), from, to });
        }
    }
    changes
}

/// The context that a journal of steps leads to, from nothing.
pub fn fold<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Metadata {
    Metadata::default().folded(changes)
}

impl Metadata {
    /// The context that steps lead to from this one.
    #[must_use]
    pub fn folded<'a>(self, changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let Self { mut entries } = self;
        for change in changes {
            let place = entries.iter().position(|(key, _)| *key == change.key);
            match (place, &change.to) {
                (Some(at), Some(value)) => entries[at].1.clone_from(value),
                (Some(at), None) => {
                    entries.remove(at);
                }
                (None, Some(value)) => entries.push((change.key.clone(), value.clone())),
                (None, None) => {}
            }
        }
        Self { entries }
    }
}
