//! What came back: responses of the dialects as outputs.

use std::borrow::Cow;

use super::super::error::Refusal;
use super::super::fields::{Fields, elements, key, nested, number};
use super::super::measures;
use super::anthropic::Blocks;
use super::question::{as_text, function_call, write_array, write_object};
use crate::domain::json::quote;
use crate::domain::record::RecordOutput;

/// Said of an answer that is an empty text.
pub const MISSING: &str = "the answer is empty";

/// What one piece of a stream calls itself.
const CHUNK: &str = "chat.completion.chunk";

/// The outputs in a response: a text, a message, or the response object of an API.
pub fn respond(json: &str) -> Result<Vec<RecordOutput<'_>>, Refusal> {
    match json.as_bytes().first() {
        Some(b'"') => match nested(json) {
            Some(inner) if is_response(&inner) => {
                Ok(respond(&inner)?.into_iter().map(owned).collect())
            }
            _ if json.starts_with("\"data: {") => Err(chunks()),
            _ => Ok(vec![said(Cow::Borrowed(json))]),
        },
        Some(b'[') => list(json),
        Some(b'{') => object(json),
        _ => Ok(vec![said(as_text(json))]),
    }
}

/// A message as docket keeps it: its text literal if text is all it holds, else the object.
pub fn message(json: &str) -> Cow<'_, str> {
    let Some(fields) = Fields::of(json) else {
        return as_text(json);
    };
    let blocks = fields.get("content").and_then(elements);
    if let Some(blocks) = blocks
        && (super::anthropic::has_blocks(json) || blocks.len() == 1)
    {
        let read = Blocks::read(&blocks);
        return match read.only_text() {
            Some(text) if only_content(&fields) => Cow::Borrowed(text),
            _ if super::anthropic::has_blocks(json) => {
                Cow::Owned(read.write(fields.get("role").unwrap_or("\"assistant\"")))
            }
            _ => Cow::Borrowed(json),
        };
    }
    match fields.get("content") {
        Some(text) if text.starts_with('"') && only_content(&fields) => Cow::Borrowed(text),
        _ => Cow::Borrowed(json),
    }
}

/// The output of a failed call.
pub fn failed(error: &str) -> RecordOutput<'_> {
    RecordOutput {
        error: Some(Cow::Borrowed(error)),
        ..RecordOutput::default()
    }
}

fn said(message: Cow<'_, str>) -> RecordOutput<'_> {
    RecordOutput {
        message: Some(message),
        ..RecordOutput::default()
    }
}

fn chunks() -> Refusal {
    let format = super::Format::StreamChunk;
    Refusal::new("the response is a streamed dump, not an answer").hint(format.way_on())
}

/// Whether an assistant message says nothing beside its content.
fn only_content(message: &Fields<'_>) -> bool {
    message.iter().all(|(name, json)| match name.as_ref() {
        "content" | "weight" => true,
        "role" => matches!(json, "\"assistant\"" | "\"model\""),
        _ => matches!(json, "null" | "[]" | "{}"),
    })
}

/// Whether text that was held in a string is a response and not just text in brackets.
fn is_response(json: &str) -> bool {
    Fields::of(json).is_some_and(|r| {
        r.any(key::CHOICES) || (r.get("role").is_some() && r.get("content").is_some())
    })
}

fn list(json: &str) -> Result<Vec<RecordOutput<'_>>, Refusal> {
    let items = elements(json).unwrap_or_default();
    let Some(fields) = items.last().and_then(|last| Fields::of(last)) else {
        return Ok(vec![said(as_text(json))]);
    };
    if fields.text("object").as_deref() == Some(CHUNK) {
        return Err(chunks());
    }
    let last = items[items.len() - 1];
    if fields.get("role").is_some() || fields.get("content").is_some() {
        return Ok(vec![said(message(last))]);
    }
    if fields.text("type").as_deref() == Some("text") {
        return Ok(vec![blocks(&items)]);
    }
    Ok(vec![said(as_text(json))])
}

fn object(json: &str) -> Result<Vec<RecordOutput<'_>>, Refusal> {
    let Some(fields) = Fields::of(json) else {
        return Ok(vec![said(as_text(json))]);
    };
    if let Some(body) = fields.get("body") {
        let status = fields.get("status_code").and_then(number).unwrap_or(200.0);
        return if status < 400.0 {
            respond(body)
        } else {
            Ok(vec![failed(body)])
        };
    }
    let kind = fields.text("object");
    if kind.as_deref() == Some(CHUNK) {
        return Err(chunks());
    }
    let known = of_fields(&fields);
    if !known.is_empty() {
        return Ok(known);
    }
    if ["role", "content", "tool_calls"]
        .iter()
        .any(|k| fields.get(k).is_some())
    {
        return Ok(vec![said(message(json))]);
    }
    if let Some(error) = fields.get("error") {
        return Ok(vec![failed(error)]);
    }
    if kind.as_deref() == Some("list") {
        return Err(Refusal::new(
            "the response holds no text: embeddings cannot be reviewed",
        ));
    }
    Ok(vec![said(as_text(json))])
}

/// The outputs of an API's response object; none if it is not one.
pub fn of_fields<'a>(response: &Fields<'a>) -> Vec<RecordOutput<'a>> {
    let mut outputs = if response.any(key::CHOICES) {
        choices(response)
    } else if response.text("object").as_deref() == Some("response") {
        vec![responses(response)]
    } else if response.text("type").as_deref() == Some("message")
        && response.get("content").is_some()
    {
        vec![anthropic(response)]
    } else {
        return Vec::new();
    };
    about(response, &mut outputs);
    outputs
}

/// Model, time and usage of a response. Usage and cost cover all choices, so they go with the first.
fn about<'a>(response: &Fields<'a>, outputs: &mut [RecordOutput<'a>]) {
    let model = response.text("model");
    for output in outputs.iter_mut() {
        output.model.clone_from(&model);
    }
    measures::fill_times(response, outputs);
    if let Some(first) = outputs.first_mut() {
        measures::fill(response, first);
    }
}

/// Token counts under the names of either dialect.
pub fn count_tokens(usage: &Fields<'_>, output: &mut RecordOutput<'_>) {
    let tokens = |keys: &[&str]| {
        let count = usage.first(keys).and_then(number);
        count.filter(|n| *n >= 0.0).map(|n| n as u32)
    };
    output.prompt_tokens = tokens(&["prompt_tokens", "input_tokens"]).or(output.prompt_tokens);
    output.completion_tokens =
        tokens(&["completion_tokens", "output_tokens"]).or(output.completion_tokens);
}

fn choices<'a>(response: &Fields<'a>) -> Vec<RecordOutput<'a>> {
    let list = response
        .get("choices")
        .and_then(elements)
        .unwrap_or_default();
    let mut read: Vec<(f64, RecordOutput<'a>)> = Vec::with_capacity(list.len());
    for json in list {
        let Some(choice) = Fields::of(json) else {
            continue;
        };
        let index = choice
            .get("index")
            .and_then(number)
            .unwrap_or(read.len() as f64);
        let output = RecordOutput {
            message: choice
                .get("message")
                .map(message)
                .or(choice.get("text").map(as_text)),
            finish: choice.text("finish_reason"),
            error: choice.get("error").map(Cow::Borrowed),
            ..RecordOutput::default()
        };
        read.push((index, output));
    }
    read.sort_by(|a, b| a.0.total_cmp(&b.0));
    read.into_iter().map(|(_, output)| output).collect()
}

fn anthropic<'a>(response: &Fields<'a>) -> RecordOutput<'a> {
    let content = response.get("content").unwrap_or("[]");
    let mut output = match elements(content) {
        Some(items) => blocks(&items),
        None => said(as_text(content)),
    };
    output.finish = response.text("stop_reason");
    output
}

fn blocks<'a>(items: &[&'a str]) -> RecordOutput<'a> {
    let read = Blocks::read(items);
    said(match read.only_text() {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(read.write("\"assistant\"")),
    })
}

/// The items of a Responses API answer as one message.
fn responses<'a>(response: &Fields<'a>) -> RecordOutput<'a> {
    let (mut texts, mut refusals, mut calls, mut thoughts) = (vec![], vec![], vec![], vec![]);
    let mut others = Vec::new();
    for json in response
        .get("output")
        .and_then(elements)
        .unwrap_or_default()
    {
        let Some(item) = Fields::of(json) else {
            continue;
        };
        match item.text("type").as_deref() {
            Some("message") | None => {
                for part in item.get("content").and_then(elements).unwrap_or_default() {
                    let part = Fields::of(part).unwrap_or_default();
                    texts.extend(part.get("text"));
                    refusals.extend(part.get("refusal"));
                }
            }
            Some("function_call") => calls.push(function_call(&item)),
            Some("reasoning") => {
                for part in item.get("summary").and_then(elements).unwrap_or_default() {
                    thoughts.extend(Fields::of(part).and_then(|p| p.text("text")));
                }
            }
            Some(_) => others.push(json),
        }
    }
    let plain = refusals.is_empty() && calls.is_empty() && thoughts.is_empty() && others.is_empty();
    let message = match texts.as_slice() {
        [text] if plain => Some(Cow::Borrowed(*text)),
        [] if plain => None,
        _ => Some(Cow::Owned(write_response(
            &texts, &refusals, &calls, &thoughts, &others,
        ))),
    };
    RecordOutput {
        error: response.get("error").map(Cow::Borrowed),
        finish: response.text("status"),
        message,
        ..RecordOutput::default()
    }
}

fn write_response(
    texts: &[&str],
    refusals: &[&str],
    calls: &[String],
    thoughts: &[Cow<'_, str>],
    others: &[&str],
) -> String {
    let mut parts: Vec<String> = others.iter().map(|json| (*json).to_owned()).collect();
    parts.extend(
        texts
            .iter()
            .map(|text| format!("{{\"type\":\"text\",\"text\":{text}}}")),
    );
    let content = match (texts, others) {
        ([], []) => Cow::Borrowed("null"),
        ([text], []) => Cow::Borrowed(*text),
        _ => Cow::Owned(write_array(&parts)),
    };
    let mut members = vec![
        ("role", Cow::Borrowed("\"assistant\"")),
        ("content", content),
    ];
    if let Some(refusal) = refusals.first() {
        members.push(("refusal", Cow::Borrowed(*refusal)));
    }
    if !thoughts.is_empty() {
        members.push(("reasoning_content", Cow::Owned(quote(&thoughts.join("\n")))));
    }
    if !calls.is_empty() {
        members.push(("tool_calls", Cow::Owned(write_array(calls))));
    }
    write_object(members.into_iter())
}

/// An output that no longer borrows.
fn owned<'a>(output: RecordOutput<'_>) -> RecordOutput<'a> {
    let keep = |text: Option<Cow<'_, str>>| text.map(|t| Cow::Owned(t.into_owned()));
    RecordOutput {
        model: keep(output.model),
        message: keep(output.message),
        finish: keep(output.finish),
        error: keep(output.error),
        prompt_tokens: output.prompt_tokens,
        completion_tokens: output.completion_tokens,
        cost_micros: output.cost_micros,
        latency_ms: output.latency_ms,
        first_token_ms: output.first_token_ms,
    }
}
