//! What a log's messages carry beyond what `Message` reads.
//!
//! Trainers accept unknown message keys and odd weights without a word, so docket must see them. They are read
//! only for an export, apart from `Message`, because the screens open tickets far more often than that.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::domain::json::Json;

/// One key of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// Index into `Request::messages`; the answer's is their number.
    pub message: usize,
    /// The key.
    pub key: String,
    /// Its value.
    pub value: Json,
}

/// Values that are no messages have no keys.
macro_rules! nothing {
    ($none:expr) => {
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($none)
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($none)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($none)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($none)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($none)
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($none)
        }
    };
}

/// Keys that `Message` reads itself.
const READ: [&str; 9] = [
    "role",
    "content",
    "tool_calls",
    "function_call",
    "tool_call_id",
    "name",
    "refusal",
    "reasoning",
    "reasoning_content",
];

/// The unread keys of a request's messages, for a request as `Request::read` takes it.
pub fn request_extras(request: &Json) -> Vec<Extra> {
    let text = request.as_str().trim_ascii_start();
    match text.as_bytes().first() {
        Some(b'[') => {
            serde_json::from_str(text).map_or_else(|_| Vec::new(), |list| number(list, 0))
        }
        Some(b'{') => {
            let Ok(wire) = serde_json::from_str::<Wire<'_>>(text) else {
                return Vec::new();
            };
            // `Request::read` puts the top-level system prompt before the messages.
            let before = usize::from(wire.system.is_some_and(|raw| raw.get() != "null"));
            let list = wire.messages.or(wire.prompt).unwrap_or_default();
            number(list, before)
        }
        _ => Vec::new(),
    }
}

/// The unread keys of an answer's message that follows `messages` messages of its request.
pub fn answer_extras(answer: &Json, messages: usize) -> Vec<Extra> {
    let text = answer.as_str().trim_ascii_start();
    if !text.starts_with('{') {
        return Vec::new();
    }
    serde_json::from_str(text).map_or_else(|_| Vec::new(), |list| number(list, messages))
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default)]
    messages: Option<Turns<'a>>,
    #[serde(borrow, default)]
    prompt: Option<Turns<'a>>,
    #[serde(borrow, default)]
    system: Option<&'a RawValue>,
}

fn number(turns: Turns<'_>, before: usize) -> Vec<Extra> {
    let mut found = Vec::new();
    for (at, key, value) in turns.0 {
        found.push(Extra {
            message: before + at,
            key: key.into_owned(),
            value: Json::trusted(value.get()),
        });
    }
    found
}

/// The unread keys of a list of messages, or of a single one, with the message's place. Read in one go: an
/// export does it for every row, and nearly every row has none.
#[derive(Default)]
struct Turns<'a>(Vec<(usize, Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Turns<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(List)
    }
}

struct List;

impl<'de> Visitor<'de> for List {
    type Value = Turns<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Turns<'de>, A::Error> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(Keys(keys)) = list.next_element()? {
            found.extend(keys.into_iter().map(|(key, value)| (at, key, value)));
            at += 1;
        }
        Ok(Turns(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Turns<'de>, A::Error> {
        let keys = entries(map)?;
        let found = keys.into_iter().map(|(key, value)| (0, key, value));
        Ok(Turns(found.collect()))
    }

    nothing! { Turns(Vec::new()) }
}

/// The entries of an object that say something and are not read elsewhere; of anything else, none.
struct Keys<'a>(Vec<Entry<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Keys<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Keys<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Keys<'de>, A::Error> {
        entries(map).map(Keys)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Keys<'de>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Keys(Vec::new()))
    }

    nothing! { Keys(Vec::new()) }
}

type Entry<'a> = (Cow<'a, str>, &'a RawValue);

fn entries<'de, A: MapAccess<'de>>(mut map: A) -> Result<Vec<Entry<'de>>, A::Error> {
    #[derive(Deserialize)]
    struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
    let mut found = Vec::new();
    while let Some(Key(key)) = map.next_key()? {
        if READ.contains(&key.as_ref()) {
            map.next_value::<IgnoredAny>()?;
            continue;
        }
        let value: &RawValue = map.next_value()?;
        // Absent by another name: recorders write every key they know.
        if !matches!(value.get(), "null" | "[]" | "{}" | "\"\"") {
            found.push((key, value));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Vec<(usize, String, String)> {
        let found = request_extras(&Json::parse(json).unwrap());
        let plain = |e: Extra| (e.message, e.key, e.value.as_str().to_owned());
        found.into_iter().map(plain).collect()
    }

    #[test]
    fn weights_and_unknown_keys_are_found_with_their_message() {
        assert_eq!(
            of(
                r#"{"messages":[{"role":"user","content":"q","id":7},{"role":"assistant","content":"a","weight":0}]}"#
            ),
            [
                (0, "id".into(), "7".into()),
                (1, "weight".into(), "0".into())
            ]
        );
    }

    #[test]
    fn a_system_prompt_beside_the_messages_counts_as_the_first() {
        assert_eq!(
            of(r#"{"system":"s","messages":[{"role":"user","content":"q","weight":1}]}"#),
            [(1, "weight".into(), "1".into())]
        );
    }

    #[test]
    fn keys_without_a_value_say_nothing() {
        assert_eq!(
            of(
                r#"[{"role":"assistant","content":"a","audio":null,"annotations":[],"refusal":null}]"#
            ),
            []
        );
    }

    #[test]
    fn what_holds_no_messages_has_no_extras() {
        for json in ["\"q\"", "7", "[1]", "{\"x\":1}", "{\"messages\":3}"] {
            assert_eq!(of(json), [], "{json}");
        }
    }
}
