//! One write to a context: what of it counts, and what is remembered of it.
//!
//! Per key the value that was said later counts, in any order of arrival. So a context remembers of each key when its value
//! was last said, of keys taken away since when they are gone, and when the page last said all there is.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Serialize;

use super::sent::NOW_MICROS;
use super::{
    Change, Context, ContextError, KeyOrigin, LeftOut, Op, Origin, Origins, PageAddress, Patch, Patched,
    Sent, WriteMode,
};
use crate::event::{Author, Locks, Source};
use crate::time::Timestamp;
use crate::widget::ProtectedKeys;

/// Who writes context, and how.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    /// Who.
    pub author: &'a Author,
    /// Where the write comes from.
    pub source: Source,
    /// The widget's protected keys.
    pub protected: &'a ProtectedKeys,
    /// Locks the keys that are set, or releases them.
    pub lock: Option<bool>,
    /// Which conversation is meant was guessed.
    pub guessed: bool,
}

impl<'a> Writer<'a> {
    /// The page, in the name of its visitor.
    pub fn page(author: &'a Author, protected: &'a ProtectedKeys) -> Self {
        Self { author, source: Source::Page, protected, lock: None, guessed: false }
    }
}

/// What an event says of the calls behind a write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// Which conversation was meant was guessed.
    pub guessed: bool,
    /// When the keys that changed were sent; empty: as the write was accepted, and by no page that was named.
    pub made: Vec<Made>,
}

/// A call that changed keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Made {
    /// When it was made.
    pub sent_at: Timestamp,
    /// On which page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<PageAddress>,
    /// Its keys; `None`: all that no other call has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
}

/// What a write to a context comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The context after it.
    pub context: Context,
    /// The steps that lead there.
    pub changes: Vec<Change>,
    /// What it left out because of locks, and what it locked.
    pub locks: Locks,
    /// Keys it left out because what is there was said later.
    pub newer: Vec<String>,
    /// The calls behind it.
    pub told: Told,
    /// It changed something. Otherwise the context at most remembers that what is there was said again.
    pub is_news: bool,
}

impl Context {
    /// This context after a write that is accepted `at` this moment. `now` is that moment or, where the clock was set
    /// back, the newest one that the conversation has seen: a call without an age is later than all before it.
    pub fn written(
        &self,
        writer: &Writer<'_>,
        patch: &Patch,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<Written, ContextError> {
        let now = self.origins.newest().map_or(now, |newest| newest.max(now));
        let patch = patch.dated(now);
        let known: HashMap<&str, &KeyOrigin> =
            self.origins.keys.iter().map(|known| (known.key.as_str(), known)).collect();
        let patched = self.patched(writer, &patch, &known, now)?;
        let Patched { metadata, changes, ignored, newer } = patched;

        let version = self.version + 1;
        let sent = patch.sent_by_key();
        let sent = |key: &str| sent.get(key).copied().unwrap_or(patch.last());
        let told = Told { guessed: writer.guessed, made: made(&changes, sent, now) };
        let mut origins: Vec<(Arc<Sent>, Arc<Origin>)> = Vec::new();
        let mut origin_of = |key: &str| {
            let sent = sent(key);
            if let Some((_, origin)) = origins.iter().find(|(known, _)| known == sent) {
                return Arc::clone(origin);
            }
            let sent_at = if told.made.is_empty() { at } else { sent.when.moment(now).min(at) };
            let (source, author) = (writer.source, writer.author.clone());
            let (page, guessed) = (sent.page.clone(), writer.guessed);
            let origin = Arc::new(Origin { version, at, source, author, sent_at, page, guessed });
            origins.push((Arc::clone(sent), Arc::clone(&origin)));
            origin
        };

        let left: HashSet<&str> = ignored.iter().chain(&newer).map(String::as_str).collect();
        let named: HashSet<&str> =
            patch.ops().map(|(key, _)| key).filter(|key| !left.contains(key)).collect();
        let set: HashSet<&str> =
            changes.iter().filter(|change| change.to.is_some()).map(|change| change.key.as_str()).collect();
        let keys = metadata.entries().iter().map(|(key, _)| {
            let before = known.get(key.as_str()).copied();
            let said = named.contains(key.as_str()).then(|| sent(key).when.moment(now));
            let origin = match before {
                Some(known) if !set.contains(key.as_str()) => Arc::clone(&known.origin),
                _ => origin_of(key),
            };
            KeyOrigin {
                key: key.clone(),
                locked: writer
                    .lock
                    .filter(|_| named.contains(key.as_str()))
                    .unwrap_or(before.is_some_and(|known| known.locked)),
                said_at: said.max(before.map(|known| known.said_at)).unwrap_or(now),
                origin,
            }
        });
        let mut origins = Origins {
            keys: keys.collect(),
            gone: self.gone_after(&patch, &named, &changes, writer.source, now),
            replaced_at: self.replaced_after(&patch, writer.source, now),
        };
        origins.forget(now);

        let locks = locks(self, &origins, &set, writer.protected, ignored);
        let locked = |origins: &Origins| -> Vec<(String, bool)> {
            origins.keys.iter().map(|known| (known.key.clone(), known.locked)).collect()
        };
        let is_news = !changes.is_empty() || locked(&origins) != locked(&self.origins);
        let (version, updated_at) = if is_news { (version, at) } else { (self.version, self.updated_at) };
        let context = Self { metadata, version, updated_at, origins };
        Ok(Written { context, changes, locks, newer, told, is_news })
    }

    fn patched(
        &self,
        writer: &Writer<'_>,
        patch: &Patch,
        known: &HashMap<&str, &KeyOrigin>,
        now: Timestamp,
    ) -> Result<Patched, ContextError> {
        let by_page = writer.source == Source::Page;
        let locked = |key: &str| {
            by_page && (writer.protected.contains(key) || known.get(key).is_some_and(|known| known.locked))
        };
        let gone: HashMap<&str, Timestamp> =
            self.origins.gone.iter().map(|(key, since)| (key.as_str(), *since)).collect();
        let replaced = self.origins.replaced_at.filter(|_| by_page);
        let said = |key: &str| known.get(key).map(|known| known.said_at).or_else(|| gone.get(key).copied());
        let left_out = |key: &str, sent: &Sent| {
            if locked(key) {
                return Some(LeftOut::Locked);
            }
            let moment = sent.when.moment(now);
            said(key).max(replaced).is_some_and(|said| said > moment).then_some(LeftOut::Newer)
        };
        let replaces = patch.replaced().map_or(now, |when| when.moment(now));
        // The page says what the page knows: no other author's keys, and none that were said since.
        let stays = |key: &str| {
            by_page
                && known.get(key).is_none_or(|known| {
                    locked(key) || known.origin.source != Source::Page || known.said_at > replaces
                })
        };
        patch.apply_where(&self.metadata, left_out, stays)
    }

    /// The keys that are gone, also those that a call has taken away once more.
    fn gone_after(
        &self,
        patch: &Patch,
        named: &HashSet<&str>,
        changes: &[Change],
        source: Source,
        now: Timestamp,
    ) -> Vec<(String, Timestamp)> {
        let mut gone: Vec<(String, Timestamp)> = self.origins.gone.clone();
        let mut note = |key: &str, since: Timestamp| match gone.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => *known = since.max(*known),
            None => gone.push((key.to_owned(), since)),
        };
        for (key, op) in patch.ops() {
            if *op == Op::Remove && named.contains(key) {
                note(key, patch.sent(key).when.moment(now));
            }
        }
        // Of the page's own replacement one moment says it of all keys.
        if patch.mode() == WriteMode::Replace && source != Source::Page {
            for change in changes.iter().filter(|change| change.to.is_none()) {
                note(&change.key, now);
            }
        }
        gone
    }

    fn replaced_after(&self, patch: &Patch, source: Source, now: Timestamp) -> Option<Timestamp> {
        let replaced = patch.replaced().filter(|_| source == Source::Page).map(|when| when.moment(now));
        replaced.max(self.origins.replaced_at)
    }
}

/// The calls that changed something, the one with the most keys first and for all others; none where all was said now.
fn made<'a>(changes: &[Change], sent: impl Fn(&str) -> &'a Arc<Sent>, now: Timestamp) -> Vec<Made> {
    let mut calls: Vec<(&Arc<Sent>, Vec<String>)> = Vec::new();
    let mut seen = HashSet::new();
    for change in changes {
        if !seen.insert(change.key.as_str()) {
            continue;
        }
        let call = sent(&change.key);
        match calls.iter_mut().find(|(known, _)| *known == call) {
            Some((_, keys)) => keys.push(change.key.clone()),
            None => calls.push((call, vec![change.key.clone()])),
        }
    }
    let is_now =
        |call: &Sent| call.page.is_none() && now.0.saturating_sub(call.when.moment(now).0) < NOW_MICROS;
    if calls.iter().all(|(call, _)| is_now(call)) {
        return Vec::new();
    }
    calls.sort_by_key(|(_, keys)| std::cmp::Reverse(keys.len()));
    let calls = calls.into_iter().enumerate().map(|(at, (call, keys))| Made {
        sent_at: call.when.moment(now),
        page: call.page.clone(),
        keys: (at > 0).then_some(keys),
    });
    calls.collect()
}

/// What an event says about locks: a reader who folds the journal knows from it which keys are locked.
fn locks(
    before: &Context,
    after: &Origins,
    set: &HashSet<&str>,
    protected: &ProtectedKeys,
    ignored: Vec<String>,
) -> Locks {
    let mut locks = Locks { ignored, ..Locks::default() };
    let locked_before: HashSet<&str> =
        before.origins.keys.iter().filter(|known| known.locked).map(|known| known.key.as_str()).collect();
    for known in &after.keys {
        let key = known.key.as_str();
        let (was, is) = (locked_before.contains(key), known.locked);
        if protected.contains(key) {
            // Its own lock changes nothing while it is protected, but what a write did is told.
            if set.contains(key) || was != is {
                locks.locked.push(known.key.clone());
            }
        } else if is && (!was || set.contains(key)) {
            locks.locked.push(known.key.clone());
        } else if was && !is {
            locks.unlocked.push(known.key.clone());
        }
    }
    locks
}
