//! The Anthropic Messages dialect: a question to bytes, bytes to a reply. Pure.

mod logged;
mod reply;
mod stream;

pub(super) use reply::decode;
pub(super) use stream::Pieces;

use super::body::{Body, Encoded, members};
use super::openai::TOOL_PURPOSE;
use super::{Ask, Capabilities, Failure, Mode, Prompt, Shape};

/// The version of the interface that is spoken.
pub(super) const VERSION: &str = "2023-06-01";
/// This dialect demands a limit; sent where the question names none.
const ROOM: u32 = 4_096;
/// What a cached prefix ends with.
const CACHED: &str = r#","cache_control":{"type":"ephemeral"}}"#;

/// Members that are written here and nowhere else.
const OWN: [&str; 13] = [
    "model",
    "messages",
    "system",
    "max_tokens",
    "max_completion_tokens",
    "stream",
    "stream_options",
    "n",
    "store",
    "user",
    "metadata",
    "response_format",
    "seed",
];

/// The request. Fails with `bad_request` for a logged request that cannot be said in this dialect.
pub(super) fn encode(ask: &Ask, mode: Mode, found: &Capabilities) -> Result<Encoded, Failure> {
    let mut body = Body::with_room(1_024);
    body.text("model", &ask.model);
    let room = ask.max_output_tokens.unwrap_or(ROOM);
    body.raw("max_tokens", &room.to_string());
    match &ask.prompt {
        Prompt::Written {
            system,
            prefix,
            rest,
        } => written(&mut body, system, prefix, rest),
        Prompt::Logged { messages, tools } => {
            logged::messages(&mut body, messages)?;
            if let Some(tools) = tools
                .as_ref()
                .filter(|_| ask.shape.is_none() || mode != Mode::Tool)
            {
                logged::tools(&mut body, tools)?;
            }
        }
    }
    if let Some(shape) = &ask.shape {
        shaped(&mut body, shape, mode);
    }
    // This dialect has no seed, and its scale of temperatures ends at 1.
    if let Some(heat) = ask.temperature.filter(|_| found.takes("temperature")) {
        body.raw("temperature", &heat.min(1.0).to_string());
    }
    for (name, value) in ask.parameters.as_ref().map(members).unwrap_or_default() {
        further(&mut body, found, &name, value.get());
    }
    Ok(body.close())
}

fn further(body: &mut Body, found: &Capabilities, name: &str, value: &str) {
    if OWN.contains(&name) || value == "null" {
        return;
    }
    let (name, value) = match name {
        "stop" if value.starts_with('[') => ("stop_sequences", value.to_owned()),
        "stop" => ("stop_sequences", format!("[{value}]")),
        "tool_choice" => match logged::tool_choice(value) {
            Some(choice) => ("tool_choice", choice),
            None => return,
        },
        other => (other, value.to_owned()),
    };
    if !body.has(name) && found.takes(name) {
        body.raw(name, &value);
    }
}

/// The prefix that is alike for all calls about a criterion is marked to be cached; blank blocks are refused.
fn written(body: &mut Body, system: &str, prefix: &str, rest: &str) {
    let has_prefix = !prefix.trim().is_empty();
    if !system.trim().is_empty() {
        body.value("system", |body| {
            body.push(r#"[{"type":"text","text":"#).string(&[system]);
            body.push(if has_prefix { "}" } else { CACHED }).push("]");
        });
    }
    body.value("messages", |body| {
        body.push(r#"[{"role":"user","content":["#);
        if has_prefix {
            body.push(r#"{"type":"text","text":"#)
                .string(&[prefix])
                .push(CACHED);
        }
        if !rest.trim().is_empty() || !has_prefix {
            body.push(if has_prefix { "," } else { "" })
                .push(r#"{"type":"text","text":"#)
                .string(&[rest])
                .push("}");
        }
        body.push("]}]");
    });
}

fn shaped(body: &mut Body, shape: &Shape, mode: Mode) {
    match mode {
        Mode::Schema => body.value("output_config", |body| {
            body.push(r#"{"format":{"type":"json_schema","schema":"#)
                .push(shape.schema.as_str())
                .push("}}");
        }),
        Mode::Tool => {
            body.value("tools", |body| {
                body.push(r#"[{"name":"#)
                    .string(&[&shape.name])
                    .push(r#","description":"#)
                    .string(&[TOOL_PURPOSE])
                    .push(r#","input_schema":"#)
                    .push(shape.schema.as_str())
                    .push("}]");
            });
            body.value("tool_choice", |body| {
                body.push(r#"{"type":"tool","name":"#)
                    .string(&[&shape.name])
                    .push("}");
            });
        }
        Mode::Json | Mode::Text => {}
    }
}

#[cfg(test)]
mod tests;
