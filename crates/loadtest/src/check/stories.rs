//! What clients tell, beside what is stored: I1, I4 to I8, and what of I10 and I11 they see.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::Report;
use super::database::{Conversation, Stored, text_of};
use crate::client::INTERNAL;
use crate::log::{self, Kind, Line, Queued};
use crate::{Failure, Outcome, visitor};

/// What one client's file says.
pub(super) struct Story {
    pub(super) name: String,
    pub(super) is_visitor: bool,
    pub(super) id: String,
    pub(super) lines: Vec<Line>,
}

/// Every client's file.
pub(super) fn stories(folder: &Path) -> Outcome<Vec<Story>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let lines = log::read(&path)?;
        let Some(Line::Is { visitor, id, .. }) = lines.first() else {
            return Err(Failure::new(format!("{} does not say whose it is", path.display())));
        };
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        found.push(Story { name, is_visitor: *visitor, id: id.clone(), lines });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

struct Answer<'a> {
    conversation: Option<&'a str>,
    position: Option<i64>,
    event_id: Option<&'a str>,
    epoch: &'a str,
    version: Option<i64>,
}

/// I1: acked, so stored as it was sent, where the answer says. I4: in its author's order. I7: what was not acked is
/// stored once or has failed visibly. I11, second half: the newest acked value of each key stands in the context.
pub(super) fn writes<'a>(
    story: &Story,
    conversations: &'a BTreeMap<String, Conversation>,
    epoch: &str,
    told: &mut HashSet<String>,
    report: &mut Report,
) {
    let mut queued: Vec<&Queued> = Vec::new();
    let mut answers: HashMap<&str, Answer<'_>> = HashMap::new();
    let mut failed: HashSet<&str> = HashSet::new();
    for line in &story.lines {
        match line {
            Line::Queued(write) => queued.push(write),
            Line::Acked { client_id, conversation, position, event_id, version, epoch, .. } => {
                let answer = Answer {
                    conversation: conversation.as_deref(),
                    position: *position,
                    event_id: event_id.as_deref(),
                    epoch,
                    version: *version,
                };
                answers.insert(client_id, answer);
            }
            Line::Failed { client_id, .. } => drop(failed.insert(client_id)),
            _ => {}
        }
    }
    let mut own: HashMap<&str, (&'a Conversation, &'a Stored)> = HashMap::new();
    for conversation in conversations.values() {
        for event in &conversation.events {
            if let (Some(author), Some(client_id)) = (&event.author, &event.client_id)
                && *author == story.id
            {
                own.insert(client_id, (conversation, event));
            }
        }
    }
    let mut last: HashMap<&str, (i64, u64)> = HashMap::new();
    let mut keys: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for write in queued {
        told.insert(write.client_id.clone());
        let place = format!("{} write {} ({})", story.name, write.n, write.client_id);
        let stored = own.get(write.client_id.as_str());
        let answer = answers.get(write.client_id.as_str());
        if answer.is_some() {
            report.acked += 1;
        }
        if let Some((conversation, event)) = stored {
            // What one author writes to a conversation shares a lane, context too, so it shares the order.
            let before = last.insert(&conversation.id, (event.seq, write.n));
            if let Some((seq, n)) = before.filter(|(seq, _)| *seq > event.seq) {
                let what = format!("stored at {} before write {n} at {seq}", event.seq);
                report.broken("I4", &conversation.id, &place, what);
            }
        }
        if write.kind == Kind::Context {
            if let Some(Answer {
                conversation: Some(conversation), version: Some(version), epoch: then, ..
            }) = answer
                && *then == epoch
            {
                keys.insert((conversation, visitor::context_key(write.n)), write.n);
                let has =
                    conversations.get(*conversation).is_some_and(|known| known.context_version >= *version);
                if !has {
                    report.lost += 1;
                    report.broken(
                        "I11",
                        conversation,
                        &place,
                        format!("acked as version {version}, not stored"),
                    );
                }
            } else if answer.is_none() && !failed.contains(write.client_id.as_str()) {
                report.broken("I7", &write.lane, &place, "neither acked nor failed");
            }
            continue;
        }
        match (answer, stored) {
            (Some(answer), Some((conversation, event))) => {
                let side = if story.is_visitor { event.visitor_seq } else { Some(event.seq) };
                let as_answered = answer.event_id == Some(event.id.as_str())
                    && answer.conversation == Some(conversation.id.as_str())
                    && answer.position == side;
                // Positions and ids of before a restore are those of another life.
                if answer.epoch == epoch && !as_answered {
                    report.broken("I1", &conversation.id, &place, "stored otherwise than the answer says");
                }
                if text_of(event).as_deref() != Some(write.body.as_str()) {
                    report.broken("I1", &conversation.id, &place, "stored with another body");
                }
            }
            (Some(answer), None) if !failed.contains(write.client_id.as_str()) => {
                report.lost += 1;
                report.broken("I1", answer.conversation.unwrap_or_default(), &place, "acked and not stored");
            }
            (None, _) if !failed.contains(write.client_id.as_str()) => {
                report.broken("I7", &write.lane, &place, "neither acked nor failed");
            }
            (None, Some((conversation, _))) if failed.contains(write.client_id.as_str()) => {
                report.broken("I7", &conversation.id, &place, "failed visibly, and stored");
            }
            _ => {}
        }
    }
    for ((conversation, key), n) in keys {
        let context = conversations.get(conversation).map_or("", |known| known.context.as_str());
        let newest = serde_json::from_str::<serde_json::Value>(context).ok();
        let newest = newest.and_then(|context| context[&key]["n"].as_u64());
        // A later write of the key that was not acked, or was acked in another epoch, may stand there as well.
        let later = |stands: u64| stands > n && stands % visitor::KEYS == n % visitor::KEYS;
        if !newest.is_some_and(|stands| stands == n || later(stands)) {
            report.lost += 1;
            let what = format!("acked as {n}, the context has {newest:?}");
            report.broken("I11", conversation, &format!("{} {key}", story.name), what);
        }
    }
}

/// I5 and I10: what a client applied is what is stored, place by place, without a hole, and all of it after quiet.
pub(super) fn seen(
    story: &Story,
    conversations: &BTreeMap<String, Conversation>,
    epoch: &str,
    report: &mut Report,
) {
    let mut views: BTreeMap<&str, (i64, &str)> = BTreeMap::new();
    let mut index: HashMap<&str, HashMap<i64, &Stored>> = HashMap::new();
    for (id, conversation) in conversations {
        let place = |event: &Stored| if story.is_visitor { event.visitor_seq } else { Some(event.seq) };
        let wanted = !story.is_visitor || conversation.visitor == story.id;
        if wanted {
            let events = conversation.events.iter();
            index.insert(id, events.filter_map(|event| Some((place(event)?, event))).collect());
        }
    }
    for line in &story.lines {
        match line {
            Line::Reset { conversation, epoch, first } => {
                views.insert(conversation, (first - 1, epoch));
            }
            Line::Saw { conversation, position, event_id } => {
                report.seen += 1;
                let Some((last, view_epoch)) = views.get_mut(conversation.as_str()) else {
                    report.broken(
                        "I5",
                        conversation,
                        event_id,
                        format!("{} saw it from nowhere", story.name),
                    );
                    continue;
                };
                if *position != *last + 1 {
                    let what = format!("{} applied {position} after {last}", story.name);
                    report.broken("I5", conversation, event_id, what);
                }
                *last = *position;
                if *view_epoch != epoch {
                    continue;
                }
                let stored = index.get(conversation.as_str()).and_then(|events| events.get(position));
                match stored {
                    Some(stored) if stored.id == *event_id => {}
                    Some(stored) => {
                        let what = format!("{} saw it at {position}, where {} is", story.name, stored.id);
                        report.broken("I5", conversation, event_id, what);
                    }
                    None => {
                        let what =
                            format!("{} was given it at {position}, where nothing is stored", story.name);
                        report.broken("I10", conversation, event_id, what);
                    }
                }
            }
            _ => {}
        }
    }
    for (conversation, (last, view_epoch)) in &views {
        let Some(known) = conversations.get(*conversation) else { continue };
        let head = if story.is_visitor { known.visitor_head } else { known.head };
        if *view_epoch != epoch || *last != head {
            let what = format!("{} has everything to {last} in {view_epoch}, the head is {head}", story.name);
            report.broken("I5", conversation, "head", what);
        }
    }
    if story.is_visitor {
        let own = conversations.values().filter(|conversation| conversation.visitor == story.id);
        let unseen: BTreeSet<&str> =
            own.map(|conversation| conversation.id.as_str()).filter(|id| !views.contains_key(id)).collect();
        for conversation in unseen {
            report.broken("I5", conversation, "head", format!("{} never saw it", story.name));
        }
    }
}

/// I8: cursors only move forward, within an epoch. A `state` never says less than was known. A `cursor` frame may come
/// late, after one that was newer, and a client drops it then; but what it says was so once, and cursors that only moved
/// forward are never ahead in one number and behind in the other.
pub(super) fn cursors(
    story: &Story,
    conversations: &BTreeMap<String, Conversation>,
    stored_epoch: &str,
    report: &mut Report,
) {
    let mut newest: HashMap<(&str, &str), (i64, i64)> = HashMap::new();
    for line in &story.lines {
        let Line::Cursor { state, conversation, epoch, delivered, read } = line else { continue };
        let now = (*delivered, *read);
        let known = newest.entry((conversation, epoch)).or_default();
        let behind = now.0 < known.0 || now.1 < known.1;
        let ahead = now.0 > known.0 || now.1 > known.1;
        if behind && (*state || ahead) {
            let frame = if *state { "state" } else { "cursor frame" };
            let what = format!("{}: a {frame} of {now:?} (delivered, read) after {known:?}", story.name);
            report.broken("I8", conversation, "cursor", what);
        }
        *known = (known.0.max(now.0), known.1.max(now.1));
        let Some(stored) = conversations.get(conversation).filter(|_| epoch == stored_epoch) else {
            continue;
        };
        let most = if story.is_visitor { stored.read_by_agents } else { stored.read_by_visitor };
        if now.0 > most.0 || now.1 > most.1 {
            let what = format!("{} was told of {now:?} (delivered, read), stored is {most:?}", story.name);
            report.broken("I8", conversation, "cursor", what);
        }
    }
}

/// What no visitor may be sent: positions of our side, internal events, and the words in them.
const FORBIDDEN: [&str; 12] = [
    "\"seq\"",
    "\"kind\":\"note\"",
    "\"kind\":\"metadata\"",
    "\"kind\":\"assigned\"",
    "\"kind\":\"edited\"",
    "\"kind\":\"moved\"",
    "\"context\"",
    "\"type\":\"row\"",
    "\"type\":\"viewers\"",
    "\"email\"",
    "12345678901234567890",
    INTERNAL,
];

/// I6: searched in the bytes as they came.
pub(super) fn bytes(folder: &Path, story: &Story, report: &mut Report) -> Outcome<()> {
    let raw = std::fs::read_to_string(log::raw_file(folder, &story.name))?;
    for forbidden in FORBIDDEN {
        if let Some(line) = raw.lines().find(|line| line.contains(forbidden)) {
            let shown: String = line.chars().take(200).collect();
            report.broken("I6", "?", &story.name, format!("{forbidden} in {shown}"));
        }
    }
    Ok(())
}
