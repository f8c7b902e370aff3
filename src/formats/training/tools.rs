//! Tools offered, calls and their answers.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::domain::json::decode_string;
use crate::domain::message::{Message, Role};
use crate::domain::training::{Refusal, TrainingRow};

/// The tools of a request as a JSON list; `None` when none are offered.
///
/// Some formats log the list as a JSON string; both spellings mean the same.
pub(super) fn offered(row: &TrainingRow) -> Option<Cow<'_, str>> {
    let json = row.request.tools.as_ref()?.as_str().trim_ascii();
    let list = decode_string(json).unwrap_or(Cow::Borrowed(json));
    let empty = list.trim_ascii().is_empty()
        || list.trim_ascii() == "null"
        || list
            .trim_ascii()
            .strip_prefix('[')
            .is_some_and(|rest| rest.trim_ascii() == "]");
    (!empty).then_some(list)
}

/// Refuses tools that are no list of objects.
pub(super) fn check_offered(row: &TrainingRow, found: &mut Vec<Refusal>) {
    let Some(list) = offered(row) else { return };
    let objects = serde_json::from_str::<Vec<&RawValue>>(&list)
        .is_ok_and(|tools| tools.iter().all(|tool| tool.get().starts_with('{')));
    if !objects {
        found.push(Refusal::new(
            "tools_not_a_list",
            "`tools` is no list of tool definitions",
        ));
    }
}

/// Refuses tools, offered or used, for a format that has no place for them.
pub(super) fn check_none(row: &TrainingRow, found: &mut Vec<Refusal>) {
    if offered(row).is_some() {
        found.push(Refusal::new(
            "tools_not_supported",
            "the request offers tools and this format has no place for them",
        ));
    }
    let mut turns = row
        .request
        .messages
        .iter()
        .chain([&row.chosen])
        .chain(&row.rejected);
    if turns.any(|m| m.role == Role::Tool || !m.tool_calls.is_empty()) {
        found.push(Refusal::new(
            "tools_not_supported",
            "a message calls or answers a tool and this format has no place for it",
        ));
    }
}

/// Refuses answers that do not follow their calls and calls that are never answered.
///
/// With `ids` an answer names its call; without, the answers are taken in the order of the calls.
pub(super) fn check_turns(messages: &[Message], ids: bool, found: &mut Vec<Refusal>) {
    let mut open: Vec<&str> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        let turn = at + 1;
        if message.role == Role::Tool {
            answer(message, turn, ids, &mut open, found);
            continue;
        }
        if !open.is_empty() {
            found.push(Refusal::new(
                "tool_call_without_answer",
                format!("message {turn} comes before every tool call above it is answered"),
            ));
            open.clear();
        }
        if message.tool_calls.is_empty() {
            continue;
        }
        if message.role != Role::Assistant {
            found.push(Refusal::new(
                "tool_call_outside_assistant",
                format!(
                    "message {turn} ({}) calls a tool, which only the assistant may",
                    message.role.name()
                ),
            ));
            continue;
        }
        check_calls(message, &format_args!("message {turn}"), ids, found);
        open.extend(message.tool_calls.iter().map(|call| call.id.as_str()));
    }
    if !open.is_empty() {
        found.push(Refusal::new(
            "tool_call_without_answer",
            "the request ends with a tool call that has no answer",
        ));
    }
}

fn answer(
    message: &Message,
    turn: usize,
    ids: bool,
    open: &mut Vec<&str>,
    found: &mut Vec<Refusal>,
) {
    let id = message.tool_call_id.as_deref().filter(|id| !id.is_empty());
    let answered = match id {
        None if ids => {
            found.push(Refusal::new(
                "tool_answer_without_id",
                format!("message {turn} answers a tool call without naming it in `tool_call_id`"),
            ));
            if !open.is_empty() {
                open.remove(0);
            }
            return;
        }
        None => (!open.is_empty()).then_some(0),
        Some(id) => open
            .iter()
            .position(|call| *call == id)
            // A log without call ids may still name one in the answer.
            .or_else(|| {
                open.iter()
                    .position(|call| call.is_empty())
                    .filter(|_| !ids)
            }),
    };
    match answered {
        Some(at) => {
            open.remove(at);
        }
        None => found.push(Refusal::new(
            "tool_answer_without_call",
            format!("message {turn} answers a tool call that does not stand right before it"),
        )),
    }
}

/// Refuses calls without a name, or with ids that cannot be told apart.
pub(super) fn check_calls(
    message: &Message,
    what: &dyn std::fmt::Display,
    ids: bool,
    found: &mut Vec<Refusal>,
) {
    for (at, call) in message.tool_calls.iter().enumerate() {
        if call.name.is_empty() {
            found.push(Refusal::new(
                "tool_call_without_name",
                format!("{what} calls a tool without a name"),
            ));
        }
        if !ids {
            continue;
        }
        if call.id.is_empty() {
            found.push(Refusal::new(
                "tool_call_without_id",
                format!("{what} calls `{}` without an id", call.name),
            ));
        } else if message.tool_calls[..at].iter().any(|c| c.id == call.id) {
            found.push(Refusal::new(
                "tool_call_id_twice",
                format!("{what} uses the call id `{}` twice", call.id),
            ));
        }
    }
}

/// Whether the arguments of a call are the JSON object a tool expects; nothing at all stands for `{}`.
pub(super) fn arguments_are_json(arguments: &str) -> bool {
    arguments.trim_ascii().is_empty()
        || (arguments.trim_ascii_start().starts_with('{')
            && serde_json::from_str::<&RawValue>(arguments).is_ok())
}
