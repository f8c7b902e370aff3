//! What was asked: requests of the dialects, brought to messages only where they are not already.

use std::borrow::Cow;

use super::super::fields::{Fields, elements, nested, scalar};
use super::anthropic;
use crate::domain::json::quote;

/// Members of a row that belong to the request when both are written side by side.
const PARAMETERS: [&str; 20] = [
    "messages",
    "system",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "functions",
    "function_call",
    "response_format",
    "temperature",
    "top_p",
    "top_k",
    "n",
    "seed",
    "stop",
    "max_tokens",
    "max_completion_tokens",
    "presence_penalty",
    "frequency_penalty",
    "logit_bias",
    "reasoning_effort",
];

/// A request as docket keeps it: a string, an array of messages, or an object with `messages`.
pub fn request(json: &str) -> Cow<'_, str> {
    match json.as_bytes().first() {
        Some(b'"') => match nested(json) {
            Some(inner) if is_conversation(&inner) => Cow::Owned(request(&inner).into_owned()),
            _ => Cow::Borrowed(json),
        },
        Some(b'[') if anthropic::has_blocks(json) => Cow::Owned(anthropic::messages(json)),
        Some(b'{') => object(json),
        Some(b'[') => Cow::Borrowed(json),
        // A number or a word can be asked too.
        _ => Cow::Owned(quote(json)),
    }
}

/// The request inside a row that holds its messages and parameters beside other things.
pub fn beside<'a>(row: &Fields<'a>) -> Option<Cow<'a, str>> {
    let messages = row.get("messages")?;
    let parts: Vec<(&str, &str)> = PARAMETERS
        .iter()
        .filter_map(|key| row.get(key).map(|json| (*key, json)))
        .collect();
    if parts.len() == 1 {
        return Some(request(messages));
    }
    let written = write_object(
        parts
            .into_iter()
            .map(|(key, json)| (key, Cow::Borrowed(json))),
    );
    Some(Cow::Owned(request(&written).into_owned()))
}

/// An object from keys and JSON values.
pub fn write_object<'v>(members: impl Iterator<Item = (impl AsRef<str>, Cow<'v, str>)>) -> String {
    let mut out = String::from("{");
    for (at, (key, json)) in members.enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&quote(key.as_ref()));
        out.push(':');
        out.push_str(&json);
    }
    out.push('}');
    out
}

/// An array of JSON values.
pub fn write_array(values: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut out = String::from("[");
    for (at, json) in values.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(json.as_ref());
    }
    out.push(']');
    out
}

/// A message of text from a role and a JSON string.
pub fn write_message(role: &str, content: &str) -> String {
    format!("{{\"role\":{},\"content\":{content}}}", quote(role))
}

/// Whether text that was held in a string is a request and not just text in brackets.
fn is_conversation(json: &str) -> bool {
    match elements(json) {
        Some(list) => list
            .first()
            .and_then(|first| Fields::of(first))
            .is_some_and(|message| {
                message.get("role").is_some()
                    && (message.get("content").is_some() || message.get("tool_calls").is_some())
            }),
        None => {
            Fields::of(json).is_some_and(|o| o.get("messages").is_some_and(|m| m.starts_with('[')))
        }
    }
}

fn object(json: &str) -> Cow<'_, str> {
    let Some(fields) = Fields::of(json) else {
        return Cow::Borrowed(json);
    };
    if let Some(messages) = fields.get("messages") {
        if !anthropic::has_blocks(messages) {
            return Cow::Borrowed(json);
        }
        return Cow::Owned(rewritten(
            &fields,
            "messages",
            anthropic::messages(messages),
        ));
    }
    if let (None, Some(input)) = (fields.get("prompt"), fields.get("input")) {
        return Cow::Owned(rewritten(&fields, "input", responses_input(input, &fields)));
    }
    // One message alone.
    if fields.get("role").is_some() && fields.get("content").is_some() {
        return Cow::Owned(write_array([json]));
    }
    Cow::Borrowed(json)
}

/// The object with the member `key` replaced by `messages`, in its place.
fn rewritten(fields: &Fields<'_>, key: &str, messages: String) -> String {
    let mut messages = Some(Cow::Owned(messages));
    write_object(fields.iter().filter_map(|(name, json)| {
        if name == key {
            return messages.take().map(|m| ("messages", m));
        }
        let folded = key == "input" && name == "instructions";
        (!folded && json != "null").then_some((name.as_ref(), Cow::Borrowed(json)))
    }))
}

/// Responses API input (a string, or items) as messages.
fn responses_input(input: &str, fields: &Fields<'_>) -> String {
    let mut messages = Vec::new();
    if let Some(instructions) = fields.get("instructions") {
        messages.push(write_message("system", instructions));
    }
    match elements(input) {
        None => messages.push(write_message("user", input)),
        Some(items) => messages.extend(items.into_iter().filter_map(responses_item)),
    }
    write_array(messages)
}

fn responses_item(json: &str) -> Option<String> {
    let item = Fields::of(json)?;
    match item.text("type").as_deref() {
        Some("function_call") => Some(format!(
            "{{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{}]}}",
            function_call(&item)
        )),
        Some("function_call_output") => Some(write_object(
            [
                ("role", Cow::Borrowed("\"tool\"")),
                (
                    "tool_call_id",
                    Cow::Borrowed(item.get("call_id").unwrap_or("\"\"")),
                ),
                ("content", as_text(item.get("output").unwrap_or("\"\""))),
            ]
            .into_iter(),
        )),
        Some("reasoning") => None,
        _ => Some(json.to_owned()),
    }
}

/// A `function_call` item of the Responses API as a chat-completions tool call.
pub fn function_call(item: &Fields<'_>) -> String {
    let id = item.first(&["call_id", "id"]).unwrap_or("\"\"");
    let name = item.get("name").unwrap_or("\"\"");
    let arguments = as_text(item.get("arguments").unwrap_or("\"\""));
    tool_call(id, name, &arguments)
}

/// A chat-completions tool call from JSON literals.
pub fn tool_call(id: &str, name: &str, arguments: &str) -> String {
    format!(
        "{{\"id\":{id},\"type\":\"function\",\"function\":{{\"name\":{name},\"arguments\":{arguments}}}}}"
    )
}

/// A JSON string as it stands; other JSON as the string of its text, key order and spelling kept.
pub fn as_text(json: &str) -> Cow<'_, str> {
    if json.starts_with('"') {
        return Cow::Borrowed(json);
    }
    Cow::Owned(quote(scalar(json).as_deref().unwrap_or(json)))
}
