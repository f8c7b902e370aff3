//! Training rows that hold a conversation: chat messages, ShareGPT, Alpaca.

use std::borrow::Cow;

use super::super::error::Refusal;
use super::super::fields::{Fields, elements, nested, scalar};
use super::answer::message;
use super::anthropic;
use super::pair::with_system;
use super::question::{
    as_text, beside, request, tool_call, write_array, write_message, write_object,
};
use crate::domain::json::quote;
use crate::domain::message::Role;
use crate::domain::record::{Record, RecordOutput};

/// Chat messages: the last assistant message is the output, what stands before it the request.
pub fn messages<'a>(row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
    let json = row.get("messages").unwrap_or("[]");
    let list = elements(json).unwrap_or_default();
    if list.is_empty() {
        return Err(Refusal::new("`messages` is empty"));
    }
    let last = list.iter().rposition(|m| is_assistant(m));
    let Some(at) = last else {
        return Ok(Record {
            request: beside(row),
            ..Record::default()
        });
    };
    let mut record = Record {
        request: earlier(row, json, &list[..at]),
        outputs: vec![RecordOutput {
            message: Some(message(list[at])),
            ..RecordOutput::default()
        }],
        ..Record::default()
    };
    let after = list.len() - at - 1;
    if after > 0 {
        record.remarks.push(format!(
            "{after} message{} after the last answer in the raw row only",
            if after == 1 { " stands" } else { "s stand" }
        ));
    }
    Ok(record)
}

fn is_assistant(json: &str) -> bool {
    let role = Fields::of(json).and_then(|m| m.text("role"));
    role.is_some_and(|role| Role::read(&role) == Role::Assistant)
}

/// The request made of the messages before the answer and what stands beside `messages` in the row.
fn earlier<'a>(row: &Fields<'a>, json: &str, before: &[&str]) -> Option<Cow<'a, str>> {
    let list = match before.last() {
        None => "[]".to_owned(),
        Some(last) => {
            // The messages as they stand, white space and all, up to the end of the last one.
            let end = last.as_ptr() as usize + last.len() - json.as_ptr() as usize;
            format!("{}]", &json[..end])
        }
    };
    let list = if anthropic::has_blocks(&list) {
        anthropic::messages(&list)
    } else {
        list
    };
    let rest = ["system", "tools", "functions", "parallel_tool_calls"];
    let rest: Vec<_> = rest
        .iter()
        .filter_map(|key| Some((*key, row.get(key)?)))
        .collect();
    if rest.is_empty() {
        return (!before.is_empty()).then_some(Cow::Owned(list));
    }
    let members = rest.into_iter().map(|(key, json)| match nested(json) {
        Some(inner) if key == "tools" => (key, Cow::Owned(inner)),
        _ => (key, Cow::Borrowed(json)),
    });
    let messages = std::iter::once(("messages", Cow::Borrowed(list.as_str())));
    Some(Cow::Owned(write_object(messages.chain(members))))
}

/// `conversations` of `from` and `value`.
pub fn sharegpt<'a>(row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
    let turns = row
        .get("conversations")
        .and_then(elements)
        .unwrap_or_default();
    if turns.is_empty() {
        return Err(Refusal::new("`conversations` is empty"));
    }
    let read = read_turns(&turns)?;
    let answer = read.iter().rposition(|(from, _)| is_answer(from));
    let until = answer.unwrap_or(read.len());
    let mut messages: Vec<String> = Vec::new();
    if let Some(system) = row.get("system").filter(|s| *s != "\"\"") {
        messages.push(write_message("system", system));
    }
    messages.extend(
        read[..until]
            .iter()
            .map(|(from, value)| turn_message(from, value)),
    );
    let list = write_array(&messages);
    let request = match row.get("tools").filter(|t| *t != "\"\"") {
        Some(tools) => {
            let tools = nested(tools).map_or(Cow::Borrowed(tools), Cow::Owned);
            write_object([("messages", Cow::Owned(list)), ("tools", tools)].into_iter())
        }
        None => list,
    };
    let mut record = Record {
        request: (!messages.is_empty()).then_some(Cow::Owned(request)),
        ..Record::default()
    };
    if let Some(at) = answer {
        let (from, value) = &read[at];
        let said = if from == "function_call" {
            Cow::Owned(turn_message(from, value))
        } else {
            as_text(value)
        };
        record.outputs.push(RecordOutput {
            message: Some(said),
            ..RecordOutput::default()
        });
        if at + 1 < read.len() {
            record
                .remarks
                .push("turns after the last answer stay in the raw row only".into());
        }
    }
    Ok(record)
}

/// Speaker and text of each turn.
fn read_turns<'a>(turns: &[&'a str]) -> Result<Vec<(Cow<'a, str>, &'a str)>, Refusal> {
    let mut read = Vec::with_capacity(turns.len());
    for (at, json) in turns.iter().enumerate() {
        let Some(turn) = Fields::of(json) else {
            return Err(Refusal::new(format!(
                "turn {} of `conversations` is no object",
                at + 1
            )));
        };
        let from = turn.first(&["from", "role"]).and_then(scalar);
        let value = turn.first(&["value", "content", "text"]);
        let (Some(from), Some(value)) = (from, value) else {
            return Err(Refusal::new(format!(
                "turn {} of `conversations` has no `from` or no `value`",
                at + 1
            )));
        };
        read.push((from, value));
    }
    Ok(read)
}

fn is_answer(from: &str) -> bool {
    from == "function_call" || Role::read(from) == Role::Assistant
}

fn turn_message(from: &str, value: &str) -> String {
    let text = as_text(value);
    if from == "function_call" {
        let call = nested(&text);
        let call = call.as_deref().and_then(Fields::of);
        if let Some(call) = call
            && let Some(name) = call.get("name")
        {
            let arguments = as_text(call.first(&["arguments", "parameters"]).unwrap_or("{}"));
            let call = tool_call("\"\"", name, &arguments);
            return format!("{{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{call}]}}");
        }
        return write_message("assistant", &text);
    }
    write_message(Role::read(from).name(), &text)
}

/// `instruction`, `input?`, `output`, `system?`, `history?`.
pub fn alpaca<'a>(row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
    let mut turns = Vec::new();
    for pair in row.get("history").and_then(elements).unwrap_or_default() {
        if let Some([question, answer]) = elements(pair).as_deref() {
            turns.push(write_message("user", &as_text(question)));
            turns.push(write_message("assistant", &as_text(answer)));
        }
    }
    let mut outputs = Vec::new();
    if let Some(output) = row.get("output") {
        outputs = super::respond(output)?;
    }
    Ok(Record {
        request: Some(instruction(row, &turns)),
        outputs,
        ..Record::default()
    })
}

/// The question of an instruction row: its instruction, and its input below it.
pub fn instruction<'a>(row: &Fields<'a>, turns: &[String]) -> Cow<'a, str> {
    let instruction = row.get("instruction").unwrap_or("\"\"");
    let input = row.get("input").filter(|json| *json != "\"\"");
    let question = match input {
        None => request(instruction),
        Some(input) => {
            let text = |json| scalar(json).unwrap_or(Cow::Borrowed(json));
            Cow::Owned(quote(&format!("{}\n\n{}", text(instruction), text(input))))
        }
    };
    let system = row.get("system").filter(|s| *s != "\"\"");
    if system.is_none() && turns.is_empty() {
        return question;
    }
    Cow::Owned(with_system(system, turns, &question))
}
