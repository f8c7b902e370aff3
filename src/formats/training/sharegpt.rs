//! ShareGPT as LLaMA-Factory reads it: `{"conversations": [{"from", "value"}], "system"?, "tools"?}`.
//!
//! Strict alternation: `human` and `observation` on odd turns, `gpt` and `function_call` on even ones, the last
//! one an answer. Its reader only warns about other rows and skips them, so they are refused here.

use super::chat;
use super::columns::Columns;
use super::extras::Weights;
use super::json::{compact, key, raw, separate, string};
use super::rules::{self, Rules, TEXT, said, split_system, text};
use super::tools;
use crate::domain::message::{Message, Role, ToolCall};
use crate::domain::training::{Refusal, TrainingRow};

const RULES: Rules = Rules {
    weights: Weights::Ignored,
    ..TEXT
};

pub(super) fn check(row: &TrainingRow, found: &mut Vec<Refusal>) {
    rules::prompt(row, RULES, found);
    rules::answer(row, RULES, found);
    rules::alternation(row, found);
    for message in row.request.messages.iter().chain([&row.chosen]) {
        if !message.tool_calls.is_empty() && !said(message).trim().is_empty() {
            found.push(Refusal::new(
                "text_beside_tool_call",
                "an answer has text beside a tool call, and a turn of this format has room for one",
            ));
        }
    }
    let mut calls = row.request.messages.iter().flat_map(|m| &m.tool_calls);
    if !calls.all(|call| tools::arguments_are_json(&call.arguments)) {
        found.push(Refusal::new(
            "arguments_not_json",
            "the arguments of a tool call in the request are no JSON object",
        ));
    }
}

pub(super) fn write(row: &TrainingRow, shape: Columns, out: &mut Vec<u8>) {
    let (system, rest) = split_system(&row.request.messages);
    out.push(b'{');
    key(out, "conversations");
    out.push(b'[');
    for message in rest.iter().chain([&row.chosen]) {
        turn(message, out);
    }
    out.push(b']');
    if system.is_some() || shape.system {
        key(out, "system");
        string(out, &system.map(text).unwrap_or_default());
    }
    chat::tools_as_text(out, row, shape.tools, r#""""#);
    out.push(b'}');
}

fn turn(message: &Message, out: &mut Vec<u8>) {
    let from = match message.role {
        Role::Assistant if !message.tool_calls.is_empty() => "function_call",
        Role::Assistant => "gpt",
        Role::Tool => "observation",
        _ => "human",
    };
    separate(out);
    out.push(b'{');
    key(out, "from");
    string(out, from);
    key(out, "value");
    if from == "function_call" {
        let mut value = Vec::new();
        calls(&message.tool_calls, &mut value);
        string(out, &String::from_utf8_lossy(&value));
    } else {
        string(out, &said(message));
    }
    out.push(b'}');
}

/// One call as an object, several as a list. Here arguments are an object, their key order as logged.
fn calls(calls: &[ToolCall], out: &mut Vec<u8>) {
    if calls.len() > 1 {
        out.push(b'[');
    }
    for call in calls {
        separate(out);
        out.push(b'{');
        key(out, "name");
        string(out, &call.name);
        key(out, "arguments");
        if call.arguments.trim_ascii().is_empty() {
            raw(out, "{}");
        } else {
            compact(out, &call.arguments);
        }
        out.push(b'}');
    }
    if calls.len() > 1 {
        out.push(b']');
    }
}
