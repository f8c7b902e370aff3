//! JSON objects in a reply: the whole of it, in its last fence, or in the midst of prose.
//!
//! Fields are kept as written and in order, with every repetition of a key, so that an object which says
//! two things under one key is seen to. Nothing below the top level is looked into.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Rejected;
use crate::domain::failure::Class;
use crate::domain::verdict::Step;
use crate::provider::Mode;

/// Bytes looked at for one byte of reply, at most; above a floor, so that short replies are never given up.
const WORK_FACTOR: usize = 16;
const WORK_FLOOR: usize = 1 << 20;

/// A JSON object, its fields raw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Object {
    source: String,
    fields: Vec<(String, String)>,
}

/// What stands under a key.
pub(super) enum Field<'a> {
    /// Nothing.
    Missing,
    /// One value, or the same one again: its JSON.
    One(&'a str),
    /// Values that differ.
    Differ,
}

impl Object {
    /// Reads an object, mending a trailing comma if nothing else helps; whether it was mended.
    pub(super) fn parse(text: &str) -> Option<(Self, bool)> {
        if let Some(object) = Self::strict(text) {
            return Some((object, false));
        }
        let mended = without_trailing_commas(text);
        (mended != text)
            .then(|| Self::strict(&mended))
            .flatten()
            .map(|object| (object, true))
    }

    fn strict(text: &str) -> Option<Self> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let fields = reader.deserialize_map(Fields).ok()?;
        reader.end().ok()?;
        Some(Self {
            source: text.to_owned(),
            fields,
        })
    }

    /// The object as written.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Every value under a key, as written.
    pub(super) fn values<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.fields.iter().filter(move |(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }

    /// What stands under a key.
    pub(super) fn get(&self, key: &str) -> Field<'_> {
        let mut found = self.fields.iter().filter(|(name, _)| name == key);
        let Some((_, first)) = found.next() else {
            return Field::Missing;
        };
        if found.all(|(_, value)| value == first) {
            Field::One(first)
        } else {
            Field::Differ
        }
    }

    /// Whether any of these keys is there.
    pub(super) fn has_any(&self, keys: &[&str]) -> bool {
        self.fields
            .iter()
            .any(|(name, _)| keys.contains(&name.as_str()))
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Vec<(String, String)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
            fields.push((key, value.get().to_owned()));
        }
        Ok(fields)
    }
}

/// Every top-level object of a reply with the step that finds it.
pub(super) fn gather(text: &str, mode: Mode) -> Result<Vec<(Step, Object)>, Rejected> {
    let text = text.trim().trim_start_matches('\u{feff}').trim();
    if let Some((object, mended)) = Object::parse(text) {
        let step = match mode {
            Mode::Schema | Mode::Tool if !mended => Step::Strict,
            Mode::Json if !mended => Step::JsonMode,
            _ => Step::Whole,
        };
        return Ok(vec![(step, object)]);
    }
    let fence = last_fence(text);
    let mut found = Vec::new();
    let (mut at, mut work) = (0, 0);
    let limit = WORK_FLOOR.max(text.len().saturating_mul(WORK_FACTOR));
    while let Some(open) = text[at..].find('{').map(|place| at + place) {
        at = open + 1;
        let inside = text[at..].trim_start();
        if !inside.starts_with(['"', '}']) {
            continue;
        }
        let end = balanced(&text[open..]).map(|length| open + length);
        work += end.unwrap_or(text.len()) - open;
        if work > limit {
            // A second answer may hide in what was not read: fail closed.
            return Err(Rejected::new(
                Class::Unparsable,
                "the reply is a tangle of braces that never close",
            ));
        }
        let Some(end) = end else { continue };
        if let Some((object, _)) = Object::parse(&text[open..end]) {
            let fenced = fence == Some(&text[open..end]);
            found.push((if fenced { Step::Fenced } else { Step::Object }, object));
            at = end;
        }
    }
    Ok(found)
}

/// Length of the balanced object at the start of `text`, strings respected.
fn balanced(text: &str) -> Option<usize> {
    let (mut depth, mut string, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        if string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => string = true,
            b'{' => depth += 1,
            b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The content of the last fenced block, trimmed.
fn last_fence(text: &str) -> Option<&str> {
    let close = text.rfind("```")?;
    let open = text[..close].rfind("```")?;
    let block = &text[open + 3..close];
    // The rest of the opening line names a language.
    let (_, body) = block.split_once('\n')?;
    Some(body.trim())
}

/// The text with commas before a closing brace or bracket left out, strings respected.
fn without_trailing_commas(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut kept, mut string, mut escaped) = (0, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        if string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => string = false,
                _ => {}
            }
        } else if *byte == b'"' {
            string = true;
        } else if *byte == b',' {
            let next = bytes[at + 1..]
                .iter()
                .find(|byte| !byte.is_ascii_whitespace());
            if matches!(next, Some(b'}' | b']')) {
                out.push_str(&text[kept..at]);
                kept = at + 1;
            }
        }
    }
    out.push_str(&text[kept..]);
    out
}
