//! Anthropic content blocks as chat messages.
//!
//! Tool results ride in a user message there: each becomes a tool message. A tool call's input is an object
//! there and a string here: it is written as its text, key order kept.

use std::borrow::Cow;

use memchr::memmem;

use super::super::fields::{Fields, elements};
use super::question::{as_text, tool_call, write_array, write_object};

/// Whether messages hold blocks that chat messages write in another way. Cheap: it runs on every request.
pub fn has_blocks(json: &str) -> bool {
    [
        "\"tool_use\"",
        "\"tool_result\"",
        "\"thinking\"",
        "\"redacted_thinking\"",
    ]
    .iter()
    .any(|kind| memmem::find(json.as_bytes(), kind.as_bytes()).is_some())
}

/// An array of messages, blocks turned into their chat-completions form.
pub fn messages(json: &str) -> String {
    let list = elements(json).unwrap_or_default();
    write_array(list.into_iter().flat_map(turn))
}

/// One message; several when it carries tool results.
fn turn(json: &str) -> Vec<String> {
    let Some(fields) = Fields::of(json) else {
        return vec![json.to_owned()];
    };
    let role = fields.get("role").unwrap_or("\"user\"");
    let Some(blocks) = fields.get("content").and_then(elements) else {
        return vec![json.to_owned()];
    };
    let read = Blocks::read(&blocks);
    let mut turns = read.results.clone();
    if !read.is_empty() || turns.is_empty() {
        turns.push(read.write(role));
    }
    turns
}

/// The blocks of one message, sorted by what becomes of them.
#[derive(Debug, Default)]
pub struct Blocks<'a> {
    parts: Vec<&'a str>,
    /// The literals of the text blocks.
    texts: Vec<&'a str>,
    calls: Vec<String>,
    results: Vec<String>,
    thinking: Vec<Cow<'a, str>>,
}

impl<'a> Blocks<'a> {
    /// Sorts the blocks of a message.
    pub fn read(blocks: &[&'a str]) -> Self {
        let mut read = Self::default();
        for json in blocks {
            let Some(block) = Fields::of(json) else {
                read.parts.push(json);
                continue;
            };
            match block.text("type").as_deref() {
                Some("tool_use") => read.calls.push(tool_call(
                    block.get("id").unwrap_or("\"\""),
                    block.get("name").unwrap_or("\"\""),
                    &crate::domain::json::quote(block.get("input").unwrap_or("{}")),
                )),
                Some("tool_result") => read.results.push(tool_result(&block)),
                Some("thinking") => read.thinking.extend(block.text("thinking")),
                Some("redacted_thinking") => {}
                kind => {
                    if let (Some("text"), Some(text)) = (kind, block.get("text")) {
                        read.texts.push(text);
                    }
                    read.parts.push(json);
                }
            }
        }
        read
    }

    /// The literal of the text, if that is all there is.
    pub fn only_text(&self) -> Option<&'a str> {
        let alone = self.calls.is_empty() && self.results.is_empty() && self.thinking.is_empty();
        match (self.parts.as_slice(), self.texts.as_slice()) {
            ([_], [text]) if alone => Some(text),
            _ => None,
        }
    }

    fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.calls.is_empty() && self.thinking.is_empty()
    }

    /// A chat message of these blocks, tool results left out. `role` is a JSON string.
    pub fn write(&self, role: &str) -> String {
        let content = match (self.parts.as_slice(), self.texts.as_slice()) {
            ([], _) => Cow::Borrowed("null"),
            ([_], [text]) => Cow::Borrowed(*text),
            (parts, _) => Cow::Owned(write_array(parts)),
        };
        let mut members = vec![("role", Cow::Borrowed(role)), ("content", content)];
        if !self.thinking.is_empty() {
            let text = crate::domain::json::quote(&self.thinking.join("\n"));
            members.push(("reasoning_content", Cow::Owned(text)));
        }
        if !self.calls.is_empty() {
            members.push(("tool_calls", Cow::Owned(write_array(&self.calls))));
        }
        write_object(members.into_iter())
    }
}

fn tool_result(block: &Fields<'_>) -> String {
    let id = block.get("tool_use_id").unwrap_or("\"\"");
    let content = match block.get("content") {
        None => Cow::Borrowed("\"\""),
        Some(json) if json.starts_with('[') => Cow::Borrowed(json),
        Some(json) => as_text(json),
    };
    let members = [
        ("role", Cow::Borrowed("\"tool\"")),
        ("tool_call_id", Cow::Borrowed(id)),
        ("content", content),
    ];
    let failed = block.get("is_error").filter(|json| *json == "true");
    let failed = failed.map(|json| ("is_error", Cow::Borrowed(json)));
    write_object(members.into_iter().chain(failed))
}
