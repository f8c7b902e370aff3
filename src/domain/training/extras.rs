//! What a log's messages carry beyond what `Message` reads.
//!
//! Trainers accept unknown message keys and odd weights without a word, so docket must see them. They are read
//! only for an export, apart from `Message`, because the screens open tickets far more often than that.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
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
    let mut found = Vec::new();
    match text.as_bytes().first() {
        Some(b'[') => collect(text, 0, &mut found),
        Some(b'{') => {
            let Ok(wire) = serde_json::from_str::<Wire<'_>>(text) else {
                return found;
            };
            let list = wire.messages.or(wire.prompt).map_or("", RawValue::get);
            // `Request::read` puts the top-level system prompt before the messages.
            let before = usize::from(wire.system.is_some_and(|raw| raw.get() != "null"));
            if list.starts_with('{') {
                collect_one(list, before, &mut found);
            } else {
                collect(list, before, &mut found);
            }
        }
        _ => {}
    }
    found
}

/// The unread keys of an answer's message that follows `messages` messages of its request.
pub fn answer_extras(answer: &Json, messages: usize) -> Vec<Extra> {
    let mut found = Vec::new();
    collect_one(answer.as_str().trim_ascii_start(), messages, &mut found);
    found
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default)]
    messages: Option<&'a RawValue>,
    #[serde(borrow, default)]
    prompt: Option<&'a RawValue>,
    #[serde(borrow, default)]
    system: Option<&'a RawValue>,
}

fn collect(list: &str, before: usize, found: &mut Vec<Extra>) {
    let messages: Vec<&RawValue> = serde_json::from_str(list).unwrap_or_default();
    for (at, raw) in messages.into_iter().enumerate() {
        collect_one(raw.get(), before + at, found);
    }
}

fn collect_one(message: &str, at: usize, found: &mut Vec<Extra>) {
    if !message.starts_with('{') {
        return;
    }
    let Ok(Keys(keys)) = serde_json::from_str::<Keys<'_>>(message) else {
        return;
    };
    for (key, value) in keys {
        found.push(Extra {
            message: at,
            key: key.into_owned(),
            value: Json::trusted(value.get()),
        });
    }
}

/// The entries of an object that say something and are not read elsewhere.
struct Keys<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Keys<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Keys<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a message")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys<'de>, A::Error> {
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
                Ok(Keys(found))
            }
        }
        from.deserialize_map(Entries)
    }
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
