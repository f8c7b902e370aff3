//! Chat messages as the chat-completions dialect writes them, with what each reader wants different.

use super::extras;
use super::json::{compact, key, raw, separate, string};
use super::rules::{is_system, refusal, said, text};
use super::tools;
use crate::domain::message::{Message, Part, Role, ToolCall};
use crate::domain::training::TrainingRow;

/// How one reader wants its messages.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)] // Independent properties of a dialect.
pub(super) struct Dialect {
    /// Keeps the `developer` role; chat templates know only `system`.
    pub developer: bool,
    /// Content beside tool calls is `null`; templates concatenate it and want text.
    pub null_content: bool,
    /// Names of speakers.
    pub names: bool,
    /// Names on tool answers too.
    pub tool_names: bool,
    /// Weights of answers.
    pub weights: bool,
    /// Every content is a list of parts.
    pub parts: bool,
    /// Refusals and reasoning stay in fields of their own.
    pub all_fields: bool,
}

/// OpenAI's own.
pub(super) const OPENAI: Dialect = Dialect {
    developer: true,
    null_content: true,
    names: true,
    tool_names: false,
    weights: false,
    parts: false,
    all_fields: false,
};

/// What chat templates of open models read.
pub(super) const TEMPLATE: Dialect = Dialect {
    developer: false,
    null_content: false,
    names: true,
    tool_names: true,
    weights: false,
    parts: false,
    all_fields: false,
};

/// The request's messages, without the brackets.
pub(super) fn request(out: &mut Vec<u8>, row: &TrainingRow, dialect: Dialect) {
    for (at, message) in row.request.messages.iter().enumerate() {
        let weight = weight(row, at, dialect);
        separate(out);
        one(out, message, weight, dialect);
    }
}

/// The request's messages and the answer, without the brackets.
pub(super) fn conversation(out: &mut Vec<u8>, row: &TrainingRow, dialect: Dialect) {
    request(out, row, dialect);
    separate(out);
    let weight = weight(row, row.request.messages.len(), dialect);
    one(out, &row.chosen, weight, dialect);
}

/// A key with a list of the request's messages.
pub(super) fn prompt(out: &mut Vec<u8>, name: &str, row: &TrainingRow, dialect: Dialect) {
    key(out, name);
    out.push(b'[');
    request(out, row, dialect);
    out.push(b']');
}

/// A key with a list of one answer.
pub(super) fn answer(out: &mut Vec<u8>, name: &str, message: &Message, dialect: Dialect) {
    key(out, name);
    out.push(b'[');
    one(out, message, None, dialect);
    out.push(b']');
}

/// The tools as free JSON, left out when none are offered: for services with strict keys.
pub(super) fn tools_as_json(out: &mut Vec<u8>, row: &TrainingRow) {
    if let Some(list) = tools::offered(row) {
        key(out, "tools");
        compact(out, &list);
    }
    if let Some(parallel) = row.request.parallel_tool_calls {
        // Refused by the service without tools.
        if tools::offered(row).is_some() {
            key(out, "parallel_tool_calls");
            raw(out, if parallel { "true" } else { "false" });
        }
    }
}

/// The tools as JSON in a string, which every table reader gives one type; `empty` in rows without tools when
/// the file has the column.
pub(super) fn tools_as_text(out: &mut Vec<u8>, row: &TrainingRow, column: bool, empty: &str) {
    if let Some(list) = tools::offered(row) {
        let mut line = Vec::with_capacity(list.len());
        compact(&mut line, &list);
        key(out, "tools");
        string(out, &String::from_utf8_lossy(&line));
    } else if column {
        key(out, "tools");
        raw(out, empty);
    }
}

fn weight(row: &TrainingRow, at: usize, dialect: Dialect) -> Option<bool> {
    extras::weight(row, at).filter(|_| dialect.weights)
}

/// One message. Keys in fixed order: `role`, `content`, `refusal`, `reasoning_content`, `name`, `tool_calls`,
/// `tool_call_id`, `weight`.
pub(super) fn one(out: &mut Vec<u8>, message: &Message, weight: Option<bool>, dialect: Dialect) {
    out.push(b'{');
    key(out, "role");
    if is_system(message) && !dialect.developer {
        string(out, "system");
    } else {
        string(out, message.role.name());
    }
    key(out, "content");
    content(out, message, dialect);
    if dialect.all_fields {
        optional(out, "refusal", refusal(message));
        optional(out, "reasoning_content", message.reasoning.as_deref());
    }
    if dialect.names && (dialect.tool_names || message.role != Role::Tool) {
        optional(out, "name", message.name.as_deref());
    }
    if !message.tool_calls.is_empty() {
        key(out, "tool_calls");
        out.push(b'[');
        for call in &message.tool_calls {
            tool_call(out, call);
        }
        out.push(b']');
    }
    // On any other message it means nothing, and strict readers refuse it.
    if message.role == Role::Tool || dialect.all_fields {
        optional(out, "tool_call_id", message.tool_call_id.as_deref());
    }
    if let Some(weight) = weight {
        key(out, "weight");
        raw(out, if weight { "1" } else { "0" });
    }
    out.push(b'}');
}

fn optional(out: &mut Vec<u8>, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        key(out, name);
        string(out, value);
    }
}

fn content(out: &mut Vec<u8>, message: &Message, dialect: Dialect) {
    let other = message
        .parts
        .iter()
        .any(|part| matches!(part, Part::Other { .. }));
    let words = if dialect.all_fields {
        text(message)
    } else {
        said(message)
    };
    if words.is_empty() && !other && dialect.null_content && message.role == Role::Assistant {
        raw(out, "null");
    } else if other {
        out.push(b'[');
        for part in &message.parts {
            separate(out);
            match part {
                Part::Text(text) => text_part(out, text),
                Part::Other { json, .. } => compact(out, json.as_str()),
            }
        }
        out.push(b']');
    } else if dialect.parts {
        out.push(b'[');
        text_part(out, &words);
        out.push(b']');
    } else {
        string(out, &words);
    }
}

fn text_part(out: &mut Vec<u8>, text: &str) {
    raw(out, r#"{"type":"text","text":"#);
    string(out, text);
    out.push(b'}');
}

fn tool_call(out: &mut Vec<u8>, call: &ToolCall) {
    separate(out);
    out.push(b'{');
    if !call.id.is_empty() {
        key(out, "id");
        string(out, &call.id);
    }
    key(out, "type");
    raw(out, r#""function""#);
    key(out, "function");
    out.push(b'{');
    key(out, "name");
    string(out, &call.name);
    key(out, "arguments");
    string(out, &call.arguments);
    raw(out, "}}");
}
