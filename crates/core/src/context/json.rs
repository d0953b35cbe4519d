//! Reading JSON objects without turning any value into a number.
//!
//! Each level is split into raw texts and only then looked into. A generic JSON value is avoided on
//! purpose: serde_json marks exact numbers with a magic key, and a site could send that very key.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{ContextError, DEEPEST, FORBIDDEN_KEYS, LONGEST_KEY, LONGEST_STRING};

/// Reads the members of an object: keys, and values as compact JSON text.
pub(super) fn object(text: &str) -> Result<Vec<(String, String)>, ContextError> {
    let mended = mend_surrogates(text);
    let text = mended.as_deref().unwrap_or(text);
    if !text.trim_start().starts_with('{') {
        // Broken JSON is named as such; anything else is JSON of another kind.
        let told = serde_json::from_str::<&RawValue>(text)
            .map_or_else(|error| error.to_string(), |raw| format!("got {}", kind(raw.get())));
        return Err(ContextError::NotAnObject(told));
    }
    let mut entries = Vec::new();
    for (key, raw) in members(text)? {
        check_key(&key)?;
        let mut value = String::with_capacity(raw.get().len());
        write(raw.get(), 2, &key, &mut value)?;
        entries.push((key, value));
    }
    Ok(entries)
}

/// A string as JSON text.
pub(super) fn quote(text: &str) -> String {
    serde_json::to_string(text).expect("a string is always JSON")
}

/// How many bytes [`quote`] gives.
pub(super) fn quoted_len(text: &str) -> usize {
    let escapes: usize = text
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
            0..=0x1f => 5,
            _ => 0,
        })
        .sum();
    text.len() + escapes + 2
}

fn kind(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// Could a context have this key?
pub(crate) fn check_key(key: &str) -> Result<(), ContextError> {
    if FORBIDDEN_KEYS.contains(&key) {
        return Err(ContextError::ForbiddenKey(key.to_owned()));
    }
    let length = key.chars().count();
    if length > LONGEST_KEY {
        return Err(ContextError::KeyTooLong { length, start: key.chars().take(32).collect() });
    }
    Ok(())
}

/// Writes one value compactly. `depth` is the depth a container here would have; `top` is the
/// top-level key it belongs to, for the error.
fn write(raw: &str, depth: usize, top: &str, out: &mut String) -> Result<(), ContextError> {
    let raw = raw.trim();
    match raw.as_bytes().first() {
        Some(b'{' | b'[') if depth > DEEPEST => return Err(ContextError::TooDeep { key: top.to_owned() }),
        Some(b'{') => {
            out.push('{');
            for (at, (key, value)) in members(raw)?.into_iter().enumerate() {
                check_key(&key)?;
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&quote(&key));
                out.push(':');
                write(value.get(), depth + 1, top, out)?;
            }
            out.push('}');
        }
        Some(b'[') => {
            out.push('[');
            for (at, value) in elements(raw)?.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(value.get(), depth + 1, top, out)?;
            }
            out.push(']');
        }
        Some(b'"') => {
            let text: String = serde_json::from_str(raw).map_err(broken)?;
            if text.len() > LONGEST_STRING {
                return Err(ContextError::StringTooLong { bytes: text.len(), key: top.to_owned() });
            }
            out.push_str(&quote(&text));
        }
        _ => out.push_str(raw),
    }
    Ok(())
}

fn broken(error: serde_json::Error) -> ContextError {
    ContextError::NotAnObject(error.to_string())
}

fn members(text: &str) -> Result<Vec<(String, &RawValue)>, ContextError> {
    struct Members;
    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries: Vec<(String, &'de RawValue)> = Vec::new();
            let mut places = std::collections::HashMap::new();
            while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                // As JSON.parse does: the last value, at the place of the first.
                match places.get(&key) {
                    Some(&at) => {
                        let entry: &mut (String, &'de RawValue) = &mut entries[at];
                        entry.1 = value;
                    }
                    None => {
                        places.insert(key.clone(), entries.len());
                        entries.push((key, value));
                    }
                }
            }
            Ok(entries)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let entries = reader.deserialize_map(Members).map_err(broken)?;
    reader.end().map_err(broken)?;
    Ok(entries)
}

fn elements(text: &str) -> Result<Vec<&RawValue>, ContextError> {
    struct Elements;
    impl<'de> Visitor<'de> for Elements {
        type Value = Vec<&'de RawValue>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut values = Vec::new();
            while let Some(value) = seq.next_element::<&'de RawValue>()? {
                values.push(value);
            }
            Ok(values)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let values = reader.deserialize_seq(Elements).map_err(broken)?;
    reader.end().map_err(broken)?;
    Ok(values)
}

/// `\ud83d` without its other half is well-formed JSON but no text: a site that cuts a string in the
/// middle of an emoji sends it. `None`: nothing to mend.
fn mend_surrogates(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let unit = |at: usize| -> Option<u32> {
        if bytes.get(at..at + 2)? != b"\\u" {
            return None;
        }
        u32::from_str_radix(text.get(at + 2..at + 6)?, 16).ok()
    };
    let mut lone = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match unit(at) {
            Some(0xd800..=0xdbff) => {
                if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) {
                    at += 12;
                } else {
                    lone.push(at);
                    at += 6;
                }
            }
            Some(0xdc00..=0xdfff) => {
                lone.push(at);
                at += 6;
            }
            Some(_) => at += 6,
            None => at += 2,
        }
    }
    if lone.is_empty() {
        return None;
    }
    let mut mended = text.to_owned();
    for at in lone {
        mended.replace_range(at..at + 6, "\\ufffd");
    }
    Some(mended)
}
