//! Per key the value that was said later counts, in any order of arrival.

use std::collections::BTreeMap;

use beckon_core::context::{
    Calls, Context, MOST_GONE, Metadata, Origins, PageAddress, Patch, Sent, When, WriteMode, Writer, Written,
};
use beckon_core::event::{Author, AuthorKind, Source};
use beckon_core::time::Timestamp;
use beckon_core::widget::ProtectedKeys;
use proptest::prelude::*;

const NOW: Timestamp = Timestamp(1_795_000_000_000_000);

/// A call of the page: so many seconds ago, each at a moment of its own.
#[derive(Debug, Clone)]
struct Call {
    seconds_ago: i64,
    replaces: bool,
    members: Vec<(String, Option<i64>)>,
}

impl Call {
    fn mode(&self) -> WriteMode {
        if self.replaces { WriteMode::Replace } else { WriteMode::Merge }
    }

    fn sent(&self) -> Sent {
        Sent { when: When::Ago(self.seconds_ago * 1_000), page: None }
    }
}

fn json(members: &[(String, Option<i64>)]) -> Metadata {
    let members: Vec<String> = members
        .iter()
        .map(|(key, value)| {
            format!("\"{key}\":{}", value.map_or("null".to_owned(), |value| value.to_string()))
        })
        .collect();
    Metadata::parse(&format!("{{{}}}", members.join(","))).expect("an object")
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let members = prop::collection::btree_map("[a-e]", prop::option::weighted(0.7, 0..1_000_i64), 0..4);
    let call = (prop::bool::weighted(0.15), members);
    prop::collection::vec(call, 1..9).prop_map(|calls| {
        let count = calls.len() as i64;
        calls
            .into_iter()
            .enumerate()
            .map(|(at, (replaces, members))| {
                let seconds_ago = count - at as i64;
                Call { seconds_ago, replaces, members: members.into_iter().collect() }
            })
            .collect()
    })
}

/// What the calls come to in the order in which they were made.
fn in_order(calls: &[Call]) -> BTreeMap<String, i64> {
    let mut context = BTreeMap::new();
    for call in calls {
        if call.replaces {
            context.clear();
        }
        for (key, value) in &call.members {
            match value {
                Some(value) => drop(context.insert(key.clone(), *value)),
                None => drop(context.remove(key)),
            }
        }
    }
    context
}

fn values(context: &Context) -> BTreeMap<String, i64> {
    let entries = context.metadata.entries().iter();
    entries.map(|(key, value)| (key.clone(), value.parse().expect("a number"))).collect()
}

fn visitor() -> Author {
    Author { kind: AuthorKind::Visitor, id: None, name: None }
}

fn page(context: &Context, patch: &Patch, at: Timestamp) -> Written {
    let (author, protected) = (visitor(), ProtectedKeys::default());
    context.written(&Writer::page(&author, &protected), patch, at, at).expect("within the limits")
}

fn program(context: &Context, patch: &Patch, at: Timestamp) -> Written {
    let (author, protected) = (visitor(), ProtectedKeys::default());
    let writer = Writer { source: Source::Api, ..Writer::page(&author, &protected) };
    context.written(&writer, patch, at, at).expect("within the limits")
}

/// Folds calls as the widget does: the newest value of each key, with the call that it is of.
fn folded(calls: &[Call]) -> Patch {
    let mut mode = WriteMode::Merge;
    let mut members: Vec<(String, Option<i64>, i64)> = Vec::new();
    let mut earlier: Vec<(Sent, Vec<String>)> = Vec::new();
    for call in calls {
        if call.replaces {
            (mode, members) = (WriteMode::Replace, Vec::new());
            earlier = vec![(call.sent(), Vec::new())];
        }
        for (key, value) in &call.members {
            members.retain(|(known, ..)| known != key);
            members.push((key.clone(), *value, call.seconds_ago));
        }
    }
    let last = calls.last().expect("at least one").sent();
    for (key, _, seconds_ago) in &members {
        earlier.push((Sent { when: When::Ago(seconds_ago * 1_000), page: None }, vec![key.clone()]));
    }
    let said: Vec<_> = members.into_iter().map(|(key, value, _)| (key, value)).collect();
    Patch::new(mode, json(&said)).called(Calls { last, earlier })
}

proptest! {
    #[test]
    fn whoever_arrives_last_the_later_call_counts(
        (calls, arrival) in calls().prop_flat_map(|calls| {
            let order = Just((0..calls.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(calls), order)
        })
    ) {
        let mut context = Context::nothing(NOW);
        for at in arrival {
            let patch = Patch::new(calls[at].mode(), json(&calls[at].members));
            let patch = patch.called(Calls { last: calls[at].sent(), earlier: Vec::new() });
            let written = page(&context, &patch, NOW);
            prop_assert_eq!(written.is_news, written.context.version > context.version);
            prop_assert_eq!(written.changes.is_empty(), written.context.metadata == context.metadata);
            // What the store keeps says the same.
            let kept = Origins::from_stored(&written.context.origins.to_stored(), &written.context.metadata);
            prop_assert_eq!(kept.as_ref(), Ok(&written.context.origins));
            context = written.context;
        }
        prop_assert_eq!(values(&context), in_order(&calls));
    }

    /// Two tabs hold, each folds its own calls, and they arrive in either order, or stand in the session meanwhile.
    #[test]
    fn folded_calls_come_to_the_same(
        calls in calls(),
        first in prop::collection::vec(any::<bool>(), 9),
        turned in any::<bool>(),
    ) {
        let of = |tab: bool| -> Vec<Call> {
            let own = calls.iter().zip(&first).filter(|(call, first)| **first == tab && !call.replaces);
            own.map(|(call, _)| call.clone()).collect()
        };
        let all: Vec<Call> = calls.iter().filter(|call| !call.replaces).cloned().collect();
        let mut writes: Vec<Patch> =
            [of(true), of(false)].iter().filter(|own| !own.is_empty()).map(|own| folded(own)).collect();
        if turned {
            writes.reverse();
        }
        let expected = in_order(&all);
        let mut context = Context::nothing(NOW);
        for patch in &writes {
            context = page(&context, patch, NOW).context;
        }
        prop_assert_eq!(values(&context), expected.clone(), "one after the other");
        let standing = writes.iter().map(|patch| patch.dated(NOW)).reduce(Patch::then);
        if let Some(standing) = standing {
            let kept = Patch::from_stored(&standing.to_stored()).expect("kept");
            prop_assert_eq!(&kept, &standing);
            let context = page(&Context::nothing(NOW), &kept, NOW).context;
            prop_assert_eq!(values(&context), expected.clone(), "left standing");
        }
        if let [one, two] = writes.as_slice() {
            let filled = one.dated(NOW).filled_by(two.dated(NOW));
            let context = page(&Context::nothing(NOW), &filled, NOW).context;
            prop_assert_eq!(values(&context), expected, "held and left standing");
        }
    }

    /// With replacements as well, in one tab: the fold is what the calls were.
    #[test]
    fn a_fold_is_what_its_calls_were(calls in calls(), more in calls()) {
        let context = page(&Context::nothing(NOW), &folded(&calls), NOW).context;
        prop_assert_eq!(values(&context), in_order(&calls));
        // On what another tab said before, all of it.
        let before: Vec<Call> =
            more.iter().map(|call| Call { seconds_ago: call.seconds_ago + 100, ..call.clone() }).collect();
        let context = page(&Context::nothing(NOW), &folded(&before), NOW).context;
        let context = page(&context, &folded(&calls), NOW).context;
        let all: Vec<Call> = before.into_iter().chain(calls).collect();
        prop_assert_eq!(values(&context), in_order(&all));
    }
}

fn merge(text: &str, seconds_ago: i64) -> Patch {
    said(WriteMode::Merge, text, seconds_ago, None)
}

fn said(mode: WriteMode, text: &str, seconds_ago: i64, page: Option<&str>) -> Patch {
    let sent = Sent { when: When::Ago(seconds_ago * 1_000), page: page.and_then(PageAddress::cut) };
    Patch::new(mode, Metadata::parse(text).expect("an object"))
        .called(Calls { last: sent, earlier: Vec::new() })
}

fn text(context: &Context) -> String {
    context.metadata.to_text()
}

#[test]
fn a_key_that_was_taken_away_does_not_come_back() {
    let context = page(&Context::nothing(NOW), &merge(r#"{"a":1,"b":2}"#, 60), NOW).context;
    let context = page(&context, &merge(r#"{"a":null}"#, 30), NOW).context;
    let late = page(&context, &merge(r#"{"a":0,"b":3}"#, 45), NOW);
    assert_eq!((text(&late.context).as_str(), late.newer), (r#"{"b":3}"#, vec!["a".to_owned()]));
    let context = page(&late.context, &merge(r#"{"a":4}"#, 15), NOW).context;
    assert_eq!(text(&context), r#"{"b":3,"a":4}"#);
    // A program that empties the context leaves the same trace.
    let context = program(&context, &Patch::clear(), NOW).context;
    let late = page(&context, &merge(r#"{"a":5,"new":6}"#, 10), NOW);
    assert_eq!((text(&late.context).as_str(), late.newer), (r#"{"new":6}"#, vec!["a".to_owned()]));
}

#[test]
fn what_is_gone_is_remembered_within_bounds() {
    let mut context = Context::nothing(NOW);
    for n in 0..=MOST_GONE as i64 {
        context = page(&context, &merge(&format!(r#"{{"k{n}":null}}"#), 1_000 - n), NOW).context;
    }
    assert_eq!((context.version, text(&context).as_str()), (0, "{}"), "nothing of it is news");
    let late = page(&context, &merge(r#"{"k0":1,"k1":1}"#, 2_000), NOW);
    assert_eq!(text(&late.context), r#"{"k0":1}"#, "the oldest was forgotten");
    // Nothing that is older than a call can be is remembered.
    let later = NOW.plus_seconds(31 * 24 * 60 * 60);
    let context = page(&context, &Patch::new(WriteMode::Merge, Metadata::default()), later).context;
    assert!(!context.origins.to_stored().contains("gone"));
}

#[test]
fn the_same_value_said_again_is_as_new_as_that() {
    let context = page(&Context::nothing(NOW), &merge(r#"{"a":1}"#, 60), NOW).context;
    let again = page(&context, &merge(r#"{"a":1}"#, 10), NOW);
    assert!(!again.is_news && again.changes.is_empty() && again.context != context);
    let late = page(&again.context, &merge(r#"{"a":2}"#, 30), NOW);
    assert_eq!((text(&late.context).as_str(), late.newer.len()), (r#"{"a":1}"#, 1));
}

#[test]
fn the_page_replaces_what_the_page_wrote() {
    let context = page(&Context::nothing(NOW), &merge(r#"{"car":1,"trim":1,"tier":0}"#, 60), NOW).context;
    let context = program(&context, &merge(r#"{"tier":"gold","order":7}"#, 0), NOW).context;
    let replace = |text, seconds_ago| said(WriteMode::Replace, text, seconds_ago, None);
    let at = NOW.plus_seconds(100);
    let replaced = page(&context, &replace(r#"{"car":2}"#, 0), at).context;
    assert_eq!(text(&replaced), r#"{"tier":"gold","order":7,"car":2}"#);
    // What another tab said since stays, and what it said before does not come.
    let context = page(&context, &merge(r#"{"since":1}"#, 10), at).context;
    let replaced = page(&context, &replace(r#"{"car":2}"#, 20), at).context;
    assert_eq!(text(&replaced), r#"{"tier":"gold","order":7,"since":1,"car":2}"#);
    let late = page(&replaced, &merge(r#"{"never":1,"car":0,"order":8}"#, 30), at);
    assert_eq!(late.newer, ["never", "car", "order"]);
    assert_eq!(text(&late.context), text(&replaced));
    // It may write a key that a program set, last writer wins, and then it is the page's.
    let context = page(&replaced, &merge(r#"{"order":9}"#, 0), at).context;
    let context = page(&context, &replace("{}", 0), at).context;
    assert_eq!(text(&context), r#"{"tier":"gold"}"#);
    // A program replaces all.
    let put = Patch::new(WriteMode::Replace, Metadata::parse(r#"{"only":1}"#).expect("an object"));
    assert_eq!(text(&program(&context, &put, at).context), r#"{"only":1}"#);
}

#[test]
fn a_clock_that_was_set_back_loses_nothing() {
    let context = page(&Context::nothing(NOW), &merge(r#"{"a":1}"#, 0), NOW).context;
    let back = NOW.plus_seconds(-7_200);
    let written = page(&context, &merge(r#"{"a":2}"#, 0), back);
    assert_eq!((text(&written.context).as_str(), written.newer.len()), (r#"{"a":2}"#, 0));
    let written = program(&written.context, &merge(r#"{"a":3}"#, 0), back);
    assert_eq!(text(&written.context), r#"{"a":3}"#);
    let standing = merge(r#"{"a":4}"#, 0).dated(NOW);
    let written = page(&Context::nothing(back), &standing, back);
    let origin = &written.context.origins.keys()[0].origin;
    assert!(origin.sent_at <= origin.at);
}

#[test]
fn an_event_tells_of_the_calls_behind_it() {
    let sent =
        |seconds: i64, page: &str| Sent { when: When::Ago(seconds * 1_000), page: PageAddress::cut(page) };
    let keys = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let metadata = Metadata::parse(r#"{"a":1,"b":2,"c":3,"d":4,"e":5}"#).expect("an object");
    let earlier = vec![(sent(30, "/a"), keys(&["a", "b", "not there"])), (sent(20, "/b"), keys(&["a", "c"]))];
    let patch = Patch::new(WriteMode::Merge, metadata).called(Calls { last: sent(0, ""), earlier });
    let context = page(&Context::nothing(NOW), &merge(r#"{"e":5}"#, 90), NOW).context;
    let written = page(&context, &patch, NOW);
    let told = serde_json::to_string(&written.told.made).expect("JSON");
    let moment = |seconds: i64| NOW.plus_seconds(-seconds);
    assert_eq!(
        told,
        format!(
            "[{{\"sent_at\":\"{}\",\"page\":\"/a\"}},{{\"sent_at\":\"{}\",\"page\":\"/b\",\"keys\":[\"c\"]}},\
             {{\"sent_at\":\"{}\",\"keys\":[\"d\"]}}]",
            moment(30),
            moment(20),
            moment(0)
        )
    );
    let origins: Vec<_> = written
        .context
        .origins
        .keys()
        .iter()
        .map(|known| {
            (known.origin.sent_at, known.origin.page.as_ref().map(PageAddress::as_str), known.said_at)
        })
        .collect();
    let at = |seconds, page| (moment(seconds), page, moment(seconds));
    assert_eq!(
        origins,
        [
            (moment(90), None, moment(0)),
            at(30, Some("/a")),
            at(30, Some("/a")),
            at(20, Some("/b")),
            at(0, None)
        ]
    );
    // Under a second and on no page: as it was accepted, without a word.
    let fresh = Sent { when: When::Ago(999), page: None };
    let now = Patch::new(WriteMode::Merge, Metadata::parse(r#"{"f":1}"#).expect("an object"));
    let written = page(&written.context, &now.called(Calls { last: fresh, earlier: Vec::new() }), NOW);
    assert!(written.told.made.is_empty());
    assert_eq!(written.context.origins.keys()[5].origin.sent_at, NOW);
}

#[test]
fn what_was_stored_before_calls_had_an_age_is_read() {
    let author = r#"{"type":"visitor","id":null,"name":null}"#;
    let text = format!(
        r#"{{"writes":[{{"version":1,"at":{},"source":"page","author":{author}}}],"keys":[0,0],"locked":[1]}}"#,
        NOW.0
    );
    let metadata = Metadata::parse(r#"{"a":1,"b":2}"#).expect("an object");
    let origins = Origins::from_stored(&text, &metadata).expect("read");
    for known in origins.keys() {
        assert_eq!((known.origin.sent_at, known.said_at, known.origin.guessed), (NOW, NOW, false));
        assert_eq!(known.origin.page, None);
    }
    assert_eq!(origins.to_stored(), text, "and kept as it was");

    let old = Patch::from_stored(r#"["merge",[["a","set","1"],["b","set","2"]]]"#).expect("read");
    let left = old.then(merge(r#"{"a":3}"#, 600).dated(NOW));
    let written = page(&Context::nothing(NOW), &left, NOW);
    assert_eq!(text_of(&written), r#"{"a":3,"b":2}"#, "a call with an age is later than one without");
    let sent: Vec<_> = written.context.origins.keys().iter().map(|known| known.origin.sent_at).collect();
    assert_eq!(sent, [NOW.plus_seconds(-600), NOW]);
    let replaces = Patch::from_stored(r#"["replace",[["a","set","1"]]]"#).expect("read");
    assert_eq!(text_of(&page(&Context::nothing(NOW), &replaces, NOW)), r#"{"a":1}"#);
}

fn text_of(written: &Written) -> String {
    text(&written.context)
}
