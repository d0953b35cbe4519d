//! What a write changed, step by step, and the journal of such steps folded back into the context.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::Metadata;

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

/// The steps from one context to another. The longest start of the new order whose keys already stand in
/// that order stays in place; every later key is taken away and joined again.
pub(super) fn steps(current: &Metadata, next: &Metadata) -> Vec<Change> {
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
