//! One borrowed parse of a row: its top-level keys and the JSON text of each value.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::error::Refusal;
use crate::domain::json::decode_string;

macro_rules! keys {
    ($($name:ident = $($text:literal)|+;)*) => {
        #[allow(clippy::upper_case_acronyms, non_camel_case_types)]
        enum Index { $($name),* }
        $(pub const $name: u64 = 1 << Index::$name as u64;)*

        fn bit(key: &str) -> u64 {
            match key {
                $($($text)|+ => $name,)*
                _ => 0,
            }
        }
    };
}

/// One bit for each key that tells formats apart, so that classifying a row is a few tests on a number.
pub(super) mod key {
    keys! {
        REQUEST = "request";
        RESPONSE = "response";
        MESSAGES = "messages";
        CHOICES = "choices";
        OBJECT = "object";
        TYPE = "type";
        CUSTOM_ID = "custom_id";
        BODY = "body";
        METHOD = "method";
        PARAMS = "params";
        RESULT = "result";
        INPUT = "input";
        PREFERRED = "preferred_output";
        NON_PREFERRED = "non_preferred_output";
        PROMPT = "prompt";
        CHOSEN = "chosen";
        REJECTED = "rejected";
        COMPLETION = "completion";
        LABEL = "label";
        CONVERSATIONS = "conversations";
        INSTRUCTION = "instruction";
        OUTPUT = "output";
        OUTPUT_1 = "output_1";
        OUTPUT_2 = "output_2";
        IDEAL = "ideal";
        RUN_TYPE = "run_type";
        INPUTS = "inputs";
        TRACE_ID = "trace_id" | "traceId";
        SPAN_ATTRIBUTES = "span_attributes";
        ROOT_SPAN = "root_span_id";
        CALL_TYPE = "call_type";
        START_TIME = "startTime";
        REQUEST_BODY = "request_body";
        RESPONSE_BODY = "response_body";
        QUESTION_ID = "question_id";
        JUDGE = "judge";
        DOC_ID = "doc_id";
        RESPS = "resps" | "filtered_resps";
        GRADING = "gradingResult";
        PROMPT_IDX = "promptIdx";
        TEST_IDX = "testIdx";
        RESOURCE_SPANS = "resourceSpans" | "resource_spans";
        STOP_REASON = "stop_reason";
        OUTPUTS = "outputs";
        EVAL = "eval";
        SAMPLES = "samples";
        STATUS = "status";
        // What any row may say about itself.
        ID = "id" | "external_id";
        MODEL = "model" | "model_name";
        TIME = "time" | "created_at" | "timestamp" | "created";
        REFERENCE = "reference" | "expected" | "target";
        SCORES = "scores";
        CORRECTION = "correction" | "corrections";
        FEATURE = "feature";
        TAGS = "tags";
        METADATA = "metadata";
        DETAIL = "latency_ms" | "latencyMs" | "duration_ms" | "durationMs" | "response_time_ms"
            | "responseTimeMs" | "response_ms" | "elapsed_ms" | "elapsedMs" | "latency_s" | "latency_sec"
            | "latency_seconds" | "latencySeconds" | "duration_s" | "duration_sec" | "duration_seconds"
            | "durationSeconds" | "response_time_s" | "response_time_seconds" | "elapsed_s" | "elapsed_seconds"
            | "latency_us" | "duration_us" | "latency_ns" | "duration_ns" | "latency" | "duration"
            | "response_time" | "elapsed" | "first_token_ms" | "ttft_ms" | "ttftMs" | "time_to_first_token_ms"
            | "timeToFirstTokenMs" | "ttft_s" | "time_to_first_token_s" | "time_to_first_token_seconds" | "ttft"
            | "time_to_first_token" | "cost" | "cost_usd" | "costUsd" | "total_cost" | "totalCost"
            | "response_cost" | "usage" | "finish_reason" | "prompt_tokens" | "completion_tokens"
            | "input_tokens" | "output_tokens";
        METRICS = "metrics";
        ERROR = "error";
    }

    pub(super) fn of(name: &str) -> u64 {
        bit(name)
    }
}

/// The top-level members of a row, values as JSON text.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields<'a> {
    entries: Vec<(Cow<'a, str>, &'a str)>,
    bits: u64,
    /// Which entries were asked for, by place; the last bit stands for all from there on.
    asked: Cell<u64>,
}

/// Place of the entries that share the last bit.
const SHARED: usize = 63;

impl<'a> Fields<'a> {
    /// Reads an object, or (a joined row) an array of objects, of which the first to have a key wins.
    pub fn parse(json: &'a str) -> Result<Self, Refusal> {
        let mut fields = Self {
            entries: Vec::with_capacity(12),
            bits: 0,
            asked: Cell::new(0),
        };
        let mut from = serde_json::Deserializer::from_str(json);
        let read = if json.trim_start().starts_with('[') {
            from.deserialize_seq(Rows(&mut fields))
        } else {
            from.deserialize_map(Object {
                fields: &mut fields,
                joined: false,
            })
        };
        read.and_then(|()| from.end())
            .map_err(|error| Refusal::json(&error))?;
        Ok(fields)
    }

    /// The object inside a value; `None` if it is no object.
    pub fn of(json: &'a str) -> Option<Self> {
        json.starts_with('{').then(|| Self::parse(json).ok())?
    }

    /// The keys, in the order of the row.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(key, _)| key.as_ref())
    }

    /// Keys and values, in the order of the row.
    pub fn iter(&self) -> impl Iterator<Item = (&Cow<'a, str>, &'a str)> {
        self.entries.iter().map(|(key, value)| (key, *value))
    }

    /// Whether all these keys are there, `null` or not.
    pub fn has(&self, keys: u64) -> bool {
        self.bits & keys == keys
    }

    /// Whether one of these keys is there.
    pub fn any(&self, keys: u64) -> bool {
        self.bits & keys != 0
    }

    /// The JSON text of a value; `null` counts as absent. Of a repeated key the last wins.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        let at = self.entries.iter().rposition(|(name, _)| name == key)?;
        self.asked.set(self.asked.get() | 1 << at.min(SHARED));
        let (_, value) = self.entries.get(at)?;
        Some(*value).filter(|json| *json != "null")
    }

    /// The keys, and whether anybody asked for their values so far.
    pub fn asked(&self) -> impl Iterator<Item = (&str, bool)> {
        let asked = self.asked.get();
        let keys = self.entries.iter().enumerate();
        keys.map(move |(at, (key, _))| (key.as_ref(), asked & (1 << at.min(SHARED)) != 0))
    }

    /// The first of several keys that is there.
    pub fn first(&self, keys: &[&str]) -> Option<&'a str> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// A value as text; see [`scalar`].
    pub fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key).and_then(scalar)
    }

    /// A value by its exact name, else by a path: `a.b`, `choices.0.text`.
    pub fn path(&self, path: &str) -> Option<&'a str> {
        if let Some(value) = self.get(path) {
            return Some(value);
        }
        // Every way of reading the first dots as part of a key, shortest first.
        let dots = path.match_indices('.').map(|(at, _)| at);
        dots.into_iter()
            .find_map(|at| within(self.get(&path[..at])?, &path[at + 1..]))
    }

    /// Whether there is something at a path, `null` counting where it is a top-level value.
    pub fn has_path(&self, path: &str) -> bool {
        self.names().any(|name| name == path) || self.path(path).is_some()
    }

    fn push(&mut self, key: Cow<'a, str>, value: &'a str, joined: bool) {
        if joined && let Some(entry) = self.entries.iter_mut().find(|(name, _)| *name == key) {
            if entry.1 == "null" {
                entry.1 = value;
            }
            return;
        }
        self.bits |= key::of(&key);
        self.entries.push((key, value));
    }
}

fn within<'a>(json: &'a str, path: &str) -> Option<&'a str> {
    if json.starts_with('{') {
        return Fields::of(json)?.path(path);
    }
    let (index, rest) = path.split_once('.').unwrap_or((path, ""));
    let element = *elements(json)?.get(index.parse::<usize>().ok()?)?;
    if rest.is_empty() {
        return (element != "null").then_some(element);
    }
    within(element, rest)
}

/// The JSON texts of an array's elements; `None` if it is no array.
pub(super) fn elements(json: &str) -> Option<Vec<&str>> {
    if !json.starts_with('[') {
        return None;
    }
    let list: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    Some(list.into_iter().map(RawValue::get).collect())
}

/// The text of a string, number or boolean; `None` for other JSON.
pub(super) fn scalar(json: &str) -> Option<Cow<'_, str>> {
    match json.as_bytes().first()? {
        b'"' => decode_string(json),
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(json)),
    }
}

/// A number, given as one or as text.
pub(super) fn number(json: &str) -> Option<f64> {
    scalar(json)?
        .trim()
        .parse()
        .ok()
        .filter(|n: &f64| n.is_finite())
}

/// JSON without leading and trailing quotes that holds an object or array in a string: its inner text.
pub(super) fn nested(json: &str) -> Option<String> {
    let inner = json.strip_prefix('"')?.trim_start();
    if !inner.starts_with(['{', '[']) {
        return None;
    }
    let text = decode_string(json)?;
    let text = text.trim();
    serde_json::from_str::<&RawValue>(text).ok()?;
    Some(text.to_owned())
}

struct Key<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        from.deserialize_str(Text)
    }
}

struct Object<'f, 'a> {
    fields: &'f mut Fields<'a>,
    joined: bool,
}

impl<'de> Visitor<'de> for Object<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
            self.fields.push(key.0, value.get(), self.joined);
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Object<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

struct Rows<'f, 'a>(&'f mut Fields<'a>);

impl<'de> Visitor<'de> for Rows<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let mut joined = false;
        loop {
            let object = Object {
                fields: &mut *self.0,
                joined,
            };
            if rows.next_element_seed(object)?.is_none() {
                break;
            }
            joined = true;
        }
        while rows.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_text_of_the_row_itself() {
        let row = r#"{"a" : "x\u00e9" ,"n":1.0e0,"b":{"c":[{"d":null},{"d":"deep"}]},"x.y":7}"#;
        let fields = Fields::parse(row).unwrap();
        assert_eq!(fields.get("a"), Some(r#""x\u00e9""#));
        assert_eq!(fields.get("n"), Some("1.0e0"));
        assert_eq!(fields.path("b.c.1.d"), Some("\"deep\""));
        assert_eq!(fields.path("b.c.0.d"), None);
        assert_eq!(fields.path("x.y"), Some("7"));
        assert!(
            row.as_bytes()
                .as_ptr_range()
                .contains(&fields.get("n").unwrap().as_ptr())
        );
    }

    #[test]
    fn what_nobody_asked_for_is_told() {
        let fields = Fields::parse(r#"{"a":1,"b":null,"c":{"d":2},"e":3}"#).unwrap();
        assert_eq!(fields.get("b"), None);
        assert_eq!(fields.path("c.d"), Some("2"));
        let asked: Vec<_> = fields.asked().filter(|(_, asked)| !asked).collect();
        assert_eq!(asked, [("a", false), ("e", false)]);
    }

    #[test]
    fn in_a_joined_row_the_first_object_wins_unless_it_says_null() {
        let fields = Fields::parse(r#"[{"id":1,"a":null},{"id":2,"a":3,"b":4}]"#).unwrap();
        assert_eq!(fields.get("id"), Some("1"));
        assert_eq!(fields.get("a"), Some("3"));
        assert_eq!(fields.get("b"), Some("4"));
    }
}
