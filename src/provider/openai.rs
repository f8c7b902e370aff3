//! The chat-completions dialect: a question to bytes, bytes to a reply. Pure.

mod reply;
mod stream;

pub(super) use reply::decode;
pub(super) use stream::Pieces;

use super::body::{Body, Encoded, members};
use super::capability::RoomName;
use super::{Ask, Capabilities, Endpoint, Mode, Prompt, Shape};

/// What the forced tool is said to be for.
pub(super) const TOOL_PURPOSE: &str = "Gives the answer. Call it exactly once.";

/// Parameters of a logged request that are this program's own business: one whole reply is asked for.
const OWN: [&str; 9] = [
    "model",
    "messages",
    "stream",
    "stream_options",
    "n",
    "store",
    "metadata",
    "user",
    "background",
];

/// The name the token room goes by where nothing was found out yet.
pub(super) fn usual_room(endpoint: &Endpoint) -> RoomName {
    // The vendor's own models take the newer name, and its reasoning models no other. Local servers know the older.
    if matches!(endpoint.name.as_str(), "openai" | "azure") {
        RoomName::MaxCompletionTokens
    } else {
        RoomName::MaxTokens
    }
}

/// The request. `mode` counts only where the question wishes for JSON.
pub(super) fn encode(ask: &Ask, mode: Mode, found: &Capabilities, usual: RoomName) -> Encoded {
    let mut body = Body::with_room(room(ask));
    body.text("model", &ask.model);
    body.value("messages", |body| messages(body, &ask.prompt));
    if let Some(shape) = &ask.shape {
        shaped(&mut body, shape, mode);
    }
    if let (
        Prompt::Logged {
            tools: Some(tools), ..
        },
        false,
    ) = (&ask.prompt, body.has("tools"))
    {
        body.raw("tools", tools.as_str());
    }
    let room = found.room.unwrap_or(usual).name();
    if let Some(tokens) = ask.max_output_tokens.filter(|_| found.takes(room)) {
        body.raw(room, &tokens.to_string());
    }
    if let Some(heat) = ask.temperature.filter(|_| found.takes("temperature")) {
        body.raw("temperature", &heat.to_string());
    }
    if let Some(seed) = ask.seed.filter(|_| found.takes("seed")) {
        body.raw("seed", &seed.to_string());
    }
    let further = ask.parameters.as_ref().map(members).unwrap_or_default();
    for (name, value) in further {
        let is_room = name == "max_tokens" || name == "max_completion_tokens";
        let name = if is_room { room } else { name.as_str() };
        if !OWN.contains(&name) && !body.has(name) && found.takes(name) {
            body.raw(name, value.get());
        }
    }
    body.close()
}

fn room(ask: &Ask) -> usize {
    let text = match &ask.prompt {
        Prompt::Written {
            system,
            prefix,
            rest,
        } => system.len() + prefix.len() + rest.len() + rest.len() / 8,
        Prompt::Logged { messages, tools } => {
            messages.as_str().len() + tools.as_ref().map_or(0, |tools| tools.as_str().len())
        }
    };
    text + ask
        .shape
        .as_ref()
        .map_or(0, |shape| shape.schema.as_str().len())
}

fn messages(body: &mut Body, prompt: &Prompt) {
    match prompt {
        Prompt::Logged { messages, .. } => {
            body.push(messages.as_str());
        }
        Prompt::Written {
            system,
            prefix,
            rest,
        } => {
            body.push("[");
            if !system.is_empty() {
                body.push(r#"{"role":"system","content":"#)
                    .string(&[system])
                    .push("},");
            }
            body.push(r#"{"role":"user","content":"#)
                .string(&[prefix, rest])
                .push("}]");
        }
    }
}

fn shaped(body: &mut Body, shape: &Shape, mode: Mode) {
    match mode {
        Mode::Schema => body.value("response_format", |body| {
            body.push(r#"{"type":"json_schema","json_schema":{"name":"#)
                .string(&[&shape.name])
                .push(r#","strict":true,"schema":"#)
                .push(shape.schema.as_str())
                .push("}}");
        }),
        Mode::Tool => {
            body.value("tools", |body| {
                body.push(r#"[{"type":"function","function":{"name":"#)
                    .string(&[&shape.name])
                    .push(r#","description":"#)
                    .string(&[TOOL_PURPOSE])
                    .push(r#","parameters":"#)
                    .push(shape.schema.as_str())
                    .push("}}]");
            });
            body.value("tool_choice", |body| {
                body.push(r#"{"type":"function","function":{"name":"#)
                    .string(&[&shape.name])
                    .push("}}");
            });
        }
        Mode::Json => body.raw("response_format", r#"{"type":"json_object"}"#),
        Mode::Text => {}
    }
}

#[cfg(test)]
mod tests;
