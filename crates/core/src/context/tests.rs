use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{
    Change, Context, ContextError, DEEPEST, LONGEST_KEY, LONGEST_STRING, MOST_BYTES, MOST_KEYS,
    MOST_NAMED_KEYS, Metadata, Op, Origins, Patch, WriteMode, Writer, fold,
};
use crate::event::{Author, AuthorKind, Source};
use crate::time::Timestamp;
use crate::widget::ProtectedKeys;

fn parse(text: &str) -> Metadata {
    Metadata::parse(text).unwrap()
}

fn same(text: &str) {
    assert_eq!(parse(text).to_text(), text);
}

#[test]
fn order_and_digits_are_kept() {
    same(r#"{"z":1.10,"a":1e400,"m":12345678901234567890,"0":-0,"e":1E+5}"#);
    same(r#"{"deep":{"z":{"b":[1.0,{"y":2,"x":3}]},"a":null},"empty":{},"list":[],"t":true}"#);
    assert_eq!(parse(" { \"a\" :\n [ 1 ,\t{ \"b\" : 2.50 } ] } ").to_text(), r#"{"a":[1,{"b":2.50}]}"#);
    assert_eq!(parse(r#"{"a":1,"b":2,"a":3}"#).to_text(), r#"{"a":3,"b":2}"#);
    assert_eq!(parse(r#"{"\u0061":"\u00e9\/"}"#).to_text(), r#"{"a":"é/"}"#);
}

/// serde_json marks exact numbers and raw values with magic keys. A site that sends such a key must get it
/// back as it is, not turned into a number or spliced in as JSON.
#[test]
fn magic_keys_of_the_json_library_are_ordinary_keys() {
    same(r#"{"a":{"$serde_json::private::Number":"1"}}"#);
    same(r#"{"$serde_json::private::RawValue":"[1,2"}"#);
    same(r#"{"a":[{"$serde_json::private::RawValue":"},\"b\":{"}]}"#);
}

/// A site that cuts a string in the middle of an emoji sends half a surrogate pair.
#[test]
fn half_an_emoji_becomes_a_replacement_character() {
    assert_eq!(parse(r#"{"a":"x\ud83d"}"#).to_text(), "{\"a\":\"x\u{fffd}\"}");
    assert_eq!(parse(r#"{"a":"\ude00\ud83dx"}"#).to_text(), "{\"a\":\"\u{fffd}\u{fffd}x\"}");
    assert_eq!(parse(r#"{"a":"\ud83d\ude00"}"#).to_text(), "{\"a\":\"😀\"}");
    assert_eq!(parse(r#"{"a":"\\ud83d"}"#).to_text(), r#"{"a":"\\ud83d"}"#);
    assert_eq!(parse(r#"{"é":"\ud83dé"}"#).to_text(), "{\"é\":\"\u{fffd}é\"}");
    // Nothing before it hides a later half: a pair, another half, any other escape.
    for (before, read) in [
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d", "\u{fffd}"),
        (r"\ude00", "\u{fffd}"),
        (r"\u00e9", "é"),
        (r"\/", "/"),
    ] {
        let text = format!(r#"{{"a":"{before}\ud83d"}}"#);
        assert_eq!(parse(&text).to_text(), format!("{{\"a\":\"{read}\u{fffd}\"}}"), "{text}");
    }
}

#[test]
fn what_is_no_object_is_refused() {
    for text in [
        "",
        "[]",
        "[1]",
        "\"text\"",
        "1",
        "null",
        "true",
        "{",
        "{a:1}",
        "{\"a\":1,}",
        "{\"a\":1}x",
        "\u{feff}{}",
    ] {
        assert!(matches!(Metadata::parse(text), Err(ContextError::NotAnObject(_))), "{text}");
    }
}

#[test]
fn keys_that_reach_into_prototypes_are_refused_at_any_depth() {
    for key in ["__proto__", "constructor", "prototype", "__pr\\u006fto__"] {
        for text in [format!("{{\"{key}\":1}}"), format!("{{\"a\":[{{\"b\":{{\"{key}\":1}}}}]}}")] {
            assert!(matches!(Metadata::parse(&text), Err(ContextError::ForbiddenKey(_))), "{text}");
        }
    }
    same(r#"{"proto":1,"Constructor":2}"#);
}

fn nested(depth: usize) -> String {
    format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth))
}

#[test]
fn each_limit_holds_exactly() {
    same(&nested(DEEPEST));
    assert_eq!(Metadata::parse(&nested(DEEPEST + 1)), Err(ContextError::TooDeep { key: "a".to_owned() }));
    assert!(Metadata::parse(&nested(10_000)).is_err(), "no input may exhaust the stack");
    let brackets = format!("{{\"a\":{}", "[".repeat(100_000));
    assert!(Metadata::parse(&brackets).is_err());

    let lists = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    same(&lists(DEEPEST - 1));
    assert_eq!(Metadata::parse(&lists(DEEPEST)), Err(ContextError::TooDeep { key: "a".to_owned() }));

    let key = |length: usize| format!("{{\"a\":{{\"{}\":1}}}}", "é".repeat(length));
    same(&key(LONGEST_KEY));
    assert!(matches!(
        Metadata::parse(&key(LONGEST_KEY + 1)),
        Err(ContextError::KeyTooLong { length: 129, .. })
    ));
    let string = |bytes: usize| format!("{{\"top\":[\"{}\"]}}", "x".repeat(bytes));
    same(&string(LONGEST_STRING));
    assert_eq!(
        Metadata::parse(&string(LONGEST_STRING + 1)),
        Err(ContextError::StringTooLong { bytes: LONGEST_STRING + 1, key: "top".to_owned() })
    );
    let keys = |count: usize| {
        let members: Vec<String> = (0..count).map(|n| format!("\"k{n}\":{n}")).collect();
        parse(&format!("{{{}}}", members.join(",")))
    };
    let write = |count| Patch::new(WriteMode::Merge, keys(count)).apply(&Metadata::default()).map(drop);
    assert_eq!(write(MOST_KEYS), Ok(()));
    assert_eq!(write(MOST_KEYS + 1), Err(ContextError::TooManyKeys(257)));
    let nulls = |count: usize| {
        let members: Vec<String> = (0..count).map(|n| format!("\"k{n}\":null")).collect();
        Metadata::parse(&format!("{{{}}}", members.join(",")))
    };
    assert!(nulls(MOST_NAMED_KEYS).is_ok());
    assert_eq!(nulls(MOST_NAMED_KEYS + 1), Err(ContextError::TooManyKeys(MOST_NAMED_KEYS + 1)));
}

/// An object of exactly so many bytes.
fn sized(bytes: usize) -> Metadata {
    let part = "x".repeat(8_000);
    let mut text = String::from("{\"cart\":[");
    while text.len() + part.len() + 20 < bytes {
        text.push_str(&format!("\"{part}\","));
    }
    let rest = bytes - text.len() - 4;
    text.push_str(&format!("\"{}\"]}}", "y".repeat(rest)));
    parse(&text)
}

#[test]
fn an_error_names_no_key_that_somebody_else_wrote() {
    let notes = format!(r#"{{"canary":[{}]}}"#, vec![format!("{:?}", "x".repeat(8_000)); 7].join(","));
    let (context, _) = Patch::new(WriteMode::Merge, parse(&notes)).apply(&Metadata::default()).unwrap();
    let cart = format!(r#"{{"tiny":1,"cart":[{0:?},{0:?}]}}"#, "y".repeat(8_000));
    let error = Patch::new(WriteMode::Merge, parse(&cart)).apply(&context).unwrap_err();
    let told = error.to_string();
    assert!(told.contains("largest key: cart, 16,007") && !told.contains("canary"), "{told}");
}

#[test]
fn the_size_limit_holds_to_the_byte_and_names_the_largest_key() {
    let most = Patch::new(WriteMode::Merge, sized(MOST_BYTES));
    let (context, _) = most.apply(&Metadata::default()).unwrap();
    assert_eq!(context.to_text().len(), 65_536);
    let over = Patch::new(WriteMode::Merge, sized(MOST_BYTES + 1));
    let error = over.apply(&Metadata::default()).unwrap_err();
    assert_eq!(error.to_string(), "metadata is 65,537 bytes, limit 65,536; largest key: cart, 65,528");
    // The limit is on the result: a full context takes a smaller value, and nothing more.
    assert!(Patch::new(WriteMode::Merge, parse(r#"{"a":1}"#)).apply(&context).is_err());
    assert!(Patch::new(WriteMode::Merge, parse(r#"{"cart":1}"#)).apply(&context).is_ok());
}

#[test]
fn merging_replaces_removes_and_keeps() {
    let current = parse(r#"{"a":1,"b":{"x":1},"c":3}"#);
    let patch = Patch::new(WriteMode::Merge, parse(r#"{"d":4,"b":{"y":null},"a":null,"gone":null}"#));
    let (next, changes) = patch.apply(&current).unwrap();
    assert_eq!(next.to_text(), r#"{"b":{"y":null},"c":3,"d":4}"#);
    assert_eq!(changes.len(), 3);
    let (again, changes) = patch.apply(&next).unwrap();
    assert_eq!((again, changes.as_slice()), (next, [].as_slice()));
}

#[test]
fn replacing_has_the_order_of_the_new_object() {
    let current = parse(r#"{"a":1,"b":2,"c":3}"#);
    let patch = Patch::new(WriteMode::Replace, parse(r#"{"c":3,"x":null,"a":9,"d":4}"#));
    let (next, changes) = patch.apply(&current).unwrap();
    assert_eq!(next.to_text(), r#"{"c":3,"a":9,"d":4}"#);
    assert_eq!(fold(journal_of(&current).iter().chain(&changes)), next);
    let (empty, _) = Patch::clear().apply(&next).unwrap();
    assert!(empty.is_empty());
}

/// Found in the browser: the keys of what stood came first, in another order than the site's calls.
#[test]
fn what_stands_fills_up_what_was_held() {
    let merge = |text: &str| Patch::new(WriteMode::Merge, parse(text));
    let replace = |text: &str| Patch::new(WriteMode::Replace, parse(text));
    let on_nothing = |patch: &Patch| patch.apply(&Metadata::default()).unwrap().0.to_text();
    let held = merge(r#"{"a":1,"gone":null,"b":2}"#);
    assert_eq!(
        on_nothing(&held.clone().filled_by(merge(r#"{"c":3,"b":0,"gone":0}"#))),
        r#"{"a":1,"b":2,"c":3}"#
    );
    let filled = held.filled_by(replace(r#"{"c":3,"a":0}"#));
    assert_eq!(filled.apply(&parse(r#"{"x":9,"gone":9}"#)).unwrap().0.to_text(), r#"{"a":1,"b":2,"c":3}"#);
    assert_eq!(on_nothing(&replace(r#"{"a":1}"#).filled_by(merge(r#"{"c":3}"#))), r#"{"a":1}"#);
}

fn journal_of(metadata: &Metadata) -> Vec<Change> {
    let set =
        |(key, value): &(String, String)| Change { key: key.clone(), from: None, to: Some(value.clone()) };
    metadata.entries().iter().map(set).collect()
}

/// JSON within the limits, few keys, so that writes meet.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|yes| yes.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        "-?[1-9][0-9]{0,30}(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?",
        "\\PC{0,12}".prop_map(|text| super::json::quote(&text)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::btree_map("[a-z$é]{0,5}", inner, 0..4).prop_map(|all| object(&all)),
        ]
    })
}

fn object(members: &BTreeMap<String, String>) -> String {
    let members: Vec<String> =
        members.iter().map(|(key, value)| format!("{}:{value}", super::json::quote(key))).collect();
    format!("{{{}}}", members.join(","))
}

fn metadata() -> impl Strategy<Value = Metadata> {
    let members = prop::collection::vec(("[a-f]", prop_oneof![Just("1".to_owned()), value()]), 0..6);
    members.prop_map(|members| {
        let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        parse(&format!("{{{}}}", members.join(",")))
    })
}

fn patch() -> impl Strategy<Value = Patch> {
    let mode = prop_oneof![4 => Just(WriteMode::Merge), 1 => Just(WriteMode::Replace)];
    (mode, metadata()).prop_map(|(mode, metadata)| Patch::new(mode, metadata))
}

proptest! {
    #[test]
    fn any_object_reads_back_as_it_was(metadata in metadata()) {
        let text = metadata.to_text();
        prop_assert_eq!(metadata.size(), text.len());
        prop_assert_eq!(&parse(&text), &metadata);
        serde_json::from_str::<serde::de::IgnoredAny>(&text).unwrap();
    }

    #[test]
    fn the_journal_folds_to_the_context(writes in prop::collection::vec(patch(), 0..12)) {
        let mut context = Metadata::default();
        let mut journal = Vec::new();
        for write in writes {
            let (next, changes) = write.apply(&context).unwrap();
            prop_assert_eq!(changes.is_empty(), next == context);
            for change in &changes {
                prop_assert!(change.from.is_some() || change.to.is_some());
            }
            journal.extend(changes);
            context = next;
            prop_assert_eq!(&fold(&journal), &context);
        }
    }

    #[test]
    fn folded_writes_do_what_they_did_one_by_one(
        start in metadata(),
        writes in prop::collection::vec(patch(), 1..8),
        locked in prop::collection::vec("[a-f]", 0..3),
    ) {
        let is_locked = |key: &str| locked.iter().any(|name| name == key);
        let kept_of = |metadata: &Metadata| -> Vec<(String, String)> {
            metadata.entries().iter().filter(|(key, _)| is_locked(key)).cloned().collect()
        };
        let mut one_by_one = start.clone();
        let mut folded: Option<Patch> = None;
        for write in writes {
            one_by_one = write.apply_around(&one_by_one, is_locked).unwrap().metadata;
            folded = Some(match folded {
                Some(earlier) => earlier.then(write),
                None => write,
            });
        }
        let folded = folded.unwrap();
        prop_assert_eq!(&folded.apply_around(&start, is_locked).unwrap().metadata, &one_by_one);
        prop_assert_eq!(kept_of(&one_by_one), kept_of(&start), "locked keys stay as they are, and so does their order");
        let folded = folded.dated(Timestamp(1_000_000));
        let kept = Patch::from_stored(&folded.to_stored()).unwrap();
        prop_assert_eq!(&kept, &folded);
        prop_assert_eq!(kept.apply_around(&start, is_locked).unwrap().metadata, one_by_one);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "[\\[\\]{}\":,\\\\u0-9a-f \n.eE+-]{0,60}") {
        if let Ok(metadata) = Metadata::parse(&text) {
            prop_assert_eq!(parse(&metadata.to_text()), metadata);
        }
    }
}

#[test]
fn a_locked_key_is_left_out_and_named() {
    let current = parse(r#"{"car":1,"tier":"gold","x":2}"#);
    let locked = |key: &str| key == "tier" || key == "plan";
    let merge = Patch::new(WriteMode::Merge, parse(r#"{"tier":null,"plan":"pro","car":2}"#));
    let merged = merge.apply_around(&current, locked).unwrap();
    assert_eq!(merged.metadata.to_text(), r#"{"car":2,"tier":"gold","x":2}"#);
    assert_eq!(merged.ignored, ["tier", "plan"], "a key that is not there can be locked, too");
    let replace = Patch::new(WriteMode::Replace, parse(r#"{"car":2,"tier":"none"}"#));
    let replaced = replace.apply_around(&current, locked).unwrap();
    assert_eq!(replaced.metadata.to_text(), r#"{"tier":"gold","car":2}"#);
    assert_eq!(replaced.ignored, ["tier"]);
    let again = replace.apply_around(&replaced.metadata, locked).unwrap();
    assert!(again.changes.is_empty());
}

fn program() -> Author {
    Author { kind: AuthorKind::Api, id: None, name: Some("crm".to_owned()) }
}

#[test]
fn origins_follow_the_steps_and_are_kept_small() {
    let (author, protected) = (program(), ProtectedKeys::default());
    let write = |context: &Context, text, lock| {
        let writer = Writer { source: Source::Api, lock, ..Writer::page(&author, &protected) };
        let at = Timestamp(context.version + 1);
        context.written(&writer, &Patch::new(WriteMode::Merge, parse(text)), at, at).unwrap().context
    };
    let first = write(&Context::nothing(Timestamp(0)), r#"{"a":1}"#, Some(true));
    let second = write(&first, r#"{"b":2,"c":3}"#, None);
    let third = write(&second, r#"{"b":9,"c":3,"d":4}"#, None);
    let keys = third.origins.keys();
    let told: Vec<_> =
        keys.iter().map(|known| (known.key.as_str(), known.origin.version, known.locked)).collect();
    assert_eq!(told, [("a", 1, true), ("b", 3, false), ("c", 2, false), ("d", 3, false)]);
    let said: Vec<_> = keys.iter().map(|known| known.said_at.0).collect();
    assert_eq!(said, [1, 3, 3, 3], "c was said once more");
    let text = third.origins.to_stored();
    assert_eq!(Origins::from_stored(&text, &third.metadata), Ok(third.origins.clone()));
    assert_eq!(text.matches("crm").count(), 3, "each write once: {text}");
    assert!(Origins::from_stored(&text, &first.metadata).is_err(), "of another context");

    let gone = write(&third, r#"{"a":null}"#, None);
    let back = write(&gone, r#"{"a":1}"#, None);
    assert!(!back.origins.is_locked("a"), "what was taken away is locked no longer");
}

fn ops(patch: &Patch) -> Vec<(&str, Op)> {
    patch.ops().map(|(key, op)| (key, op.clone())).collect()
}

#[test]
fn a_key_removed_and_set_again_joins_the_end() {
    let merge = |text| Patch::new(WriteMode::Merge, parse(text));
    let folded = merge(r#"{"a":null}"#).then(merge(r#"{"a":2}"#));
    assert_eq!(ops(&folded), [("a", Op::Reset("2".to_owned()))]);
    let (next, changes) = folded.apply(&parse(r#"{"a":1,"b":1}"#)).unwrap();
    assert_eq!(next.to_text(), r#"{"b":1,"a":2}"#);
    assert_eq!(changes.len(), 2);
}

#[test]
fn the_size_counts_what_a_key_has_to_escape() {
    for key in ["a", r#"\""#, r"\\", r"\n", r"\u0001", "é"] {
        let context = parse(&format!(r#"{{"{key}":1,"b":[2]}}"#));
        assert_eq!(context.size(), context.to_text().len(), "{key}");
    }
    assert_eq!(parse("{}").size(), 2);
}

#[test]
fn a_refusal_names_its_limit() {
    let large = |bytes| ContextError::TooLarge { bytes, largest: "a".to_owned(), largest_bytes: 999 };
    assert_eq!(large(123_456).to_string(), "metadata is 123,456 bytes, limit 65,536; largest key: a, 999");
    let key = || "a".to_owned();
    for (error, limit) in [
        (ContextError::NotAnObject(key()), None),
        (ContextError::ForbiddenKey(key()), None),
        (large(70_000), Some(65_536)),
        (ContextError::TooManyKeys(257), Some(256)),
        (ContextError::KeyTooLong { length: 129, start: key() }, Some(128)),
        (ContextError::StringTooLong { bytes: 8_193, key: key() }, Some(8_192)),
        (ContextError::TooDeep { key: key() }, Some(8)),
    ] {
        assert_eq!(error.limit(), limit, "{error}");
    }
    assert_eq!(MOST_NAMED_KEYS, 1_024);
}

#[test]
fn what_is_no_object_is_named() {
    for (text, kind) in [
        ("[1]", "an array"),
        ("\"a\"", "a string"),
        ("true", "a boolean"),
        ("false", "a boolean"),
        ("null", "null"),
        ("1", "a number"),
    ] {
        let error = Metadata::parse(text).unwrap_err().to_string();
        assert!(error.contains(kind), "{text}: {error}");
    }
}

#[test]
fn a_value_is_found_by_its_key() {
    let context = parse(r#"{"a":1,"b":{"a":2}}"#);
    assert_eq!((context.get("a"), context.get("b")), (Some("1"), Some(r#"{"a":2}"#)));
    assert_eq!(context.get("c"), None);
    assert!(!context.is_empty() && parse("{}").is_empty());
    assert_eq!(Metadata::from_stored(&context.to_text()), Ok(context));
}

#[test]
fn a_write_is_read_back_as_it_was_kept() {
    let merge = |text| Patch::new(WriteMode::Merge, parse(text));
    let all = merge(r#"{"gone":null,"again":null,"set":1}"#).then(merge(r#"{"again":2}"#));
    let ops: Vec<&Op> = all.ops().map(|(_, op)| op).collect();
    assert!(matches!(ops[..], [Op::Remove, Op::Set(_), Op::Reset(_)]), "{ops:?}");
    for patch in [all, Patch::clear(), Patch::new(WriteMode::Replace, parse(r#"{"a":1}"#))] {
        let patch = patch.dated(Timestamp(5));
        let kept = Patch::from_stored(&patch.to_stored()).unwrap();
        assert_eq!((kept.mode(), &kept), (patch.mode(), &patch));
    }
    assert_eq!((merge("{}").mode(), Patch::clear().mode()), (WriteMode::Merge, WriteMode::Replace));
    for broken in [r#"["merge",[["a","set",null]]]"#, r#"["merge",[["a","drop","1"]]]"#, "[]"] {
        assert!(Patch::from_stored(broken).is_err(), "{broken}");
    }
}

/// A later write that leaves one key as it is and names another must not touch the first.
#[test]
fn folded_writes_meet_key_by_key() {
    let merge = |text| Patch::new(WriteMode::Merge, parse(text));
    let folded = merge(r#"{"a":1,"b":1}"#).then(merge(r#"{"b":2}"#));
    let set = |key: &'static str, value: &str| (key, Op::Set(value.to_owned()));
    assert_eq!(ops(&folded), [set("a", "1"), set("b", "2")]);
    // Whoever takes a key away takes it from the context, not only from the write before.
    let folded = merge(r#"{"a":1}"#).then(merge(r#"{"b":null}"#));
    assert_eq!(ops(&folded), [set("a", "1"), ("b", Op::Remove)]);
}

fn facts(text: &str) -> Vec<(String, String)> {
    parse(text).facts().into_iter().map(|fact| (fact.key, fact.text)).collect()
}

#[test]
fn facts_are_the_first_short_values() {
    let fact = |key: &str, text: &str| (key.to_owned(), text.to_owned());
    for none in [r#"{"a":null}"#, r#"{"a":""}"#, r#"{"a":[1]}"#, r#"{"a":{"b":1}}"#] {
        assert_eq!(facts(none), [], "{none}");
    }
    for text in ["1", "0", "false", r#""gold""#, r#""[1]""#] {
        assert_eq!(facts(&format!(r#"{{"a":{text}}}"#)), [fact("a", text)]);
    }
    // 48 bytes of JSON fit, quotes included.
    let value = |length: usize| format!("{:?}", "x".repeat(length));
    assert_eq!(facts(&format!(r#"{{"a":{}}}"#, value(46))), [fact("a", &value(46))]);
    assert_eq!(facts(&format!(r#"{{"a":{}}}"#, value(47))), []);
    let key = |length: usize| "k".repeat(length);
    assert_eq!(facts(&format!(r#"{{"{}":1}}"#, key(48))), [fact(&key(48), "1")]);
    assert_eq!(facts(&format!(r#"{{"{}":1}}"#, key(49))), []);
    let nine: Vec<String> = (1..=9).map(|n| format!("\"k{n}\":{n}")).collect();
    let told = facts(&format!("{{\"no\":null,{}}}", nine.join(",")));
    assert_eq!(told.len(), 8);
    assert_eq!((&told[0], &told[7]), (&fact("k1", "1"), &fact("k8", "8")));
}

#[test]
fn what_decides_how_an_amount_is_shown_comes_with_the_facts() {
    let nine: Vec<String> = (1..=9).map(|n| format!("\"k{n}\":{n}")).collect();
    for key in [
        "currency",
        "currency_code",
        "Währung",
        "devise",
        "unit",
        "unit_price",
        "in_cents",
        "object",
        "minorUnits",
    ] {
        let told = facts(&format!("{{{},\"{key}\":\"EUR\",\"more\":1}}", nine.join(",")));
        assert_eq!(told.len(), 9, "{key}");
        assert_eq!(told[8], (key.to_owned(), "\"EUR\"".to_owned()));
    }
    let prices: Vec<String> = (1..=20).map(|n| format!("\"price{n}\":{n}")).collect();
    assert_eq!(facts(&format!("{{{}}}", prices.join(","))).len(), 16, "no more than that");
}

#[test]
fn an_amount_with_its_currency_is_one_value() {
    let is_fact = |text: &str| facts(&format!(r#"{{"total":{text}}}"#)).len() == 1;
    let currencies = [
        "currency",
        "currencyCode",
        "currency_code",
        "waehrung",
        "Währung",
        "devise",
        "moneda",
        "valuta",
        "moeda",
    ];
    for currency in currencies {
        for amount in ["amount", "value", "price", "betrag", "montant", "importe", "importo", "valor"] {
            assert!(is_fact(&format!(r#"{{"{amount}":"1.10","{currency}":"EUR"}}"#)), "{amount} {currency}");
        }
    }
    for text in [
        r#"{"amount":1}"#,
        r#"{"currency":"EUR"}"#,
        r#"{"amount":1,"tax":2}"#,
        r#"{"currency":"EUR","tax":2}"#,
        r#"{"amount":1,"currency":"EUR","tax":2}"#,
    ] {
        assert!(!is_fact(text), "{text}");
    }
}
