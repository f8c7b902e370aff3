//! Reading a message.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::failure::Class;
use crate::domain::message::ToolCall;

use crate::provider::fault::{Answer, Asked, broken, named, said};
use crate::provider::{Failure, Finish, Mode, Reply, Usage};

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default)]
    content: Option<Vec<Block<'a>>>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    stop_reason: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    thinking: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    input: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireUsage {
    #[serde(rename = "input_tokens")]
    input: Option<u64>,
    #[serde(rename = "cache_read_input_tokens")]
    cache_read: Option<u64>,
    #[serde(rename = "cache_creation_input_tokens")]
    cache_write: Option<u64>,
    #[serde(rename = "output_tokens")]
    output: Option<u64>,
}

impl WireUsage {
    /// Here the input leaves the cached ones out.
    fn usage(&self) -> Usage {
        let cached_input = self.cache_read.unwrap_or(0);
        let cache_write = self.cache_write.unwrap_or(0);
        Usage {
            input: self
                .input
                .unwrap_or(0)
                .saturating_add(cached_input)
                .saturating_add(cache_write),
            cached_input,
            output: self.output.unwrap_or(0),
            reasoning: 0,
            cache_write,
        }
    }
}

/// The reply in an answer with a good status.
pub(in crate::provider) fn decode(asked: &Asked<'_>, answer: Answer) -> Result<Reply, Failure> {
    let wire: Wire<'_> = match serde_json::from_str(&answer.raw) {
        Ok(wire) => wire,
        Err(why) => return Err(broken(asked, &answer, &why)),
    };
    if let Some(error) = wire.error {
        return Err(said(asked, &answer, error.get()));
    }
    let usage = wire
        .usage
        .and_then(|raw| serde_json::from_str::<WireUsage>(raw.get()).ok())
        .map(|usage| usage.usage());
    let Some(blocks) = wire.content else {
        let why = "the reply holds no content; does the address speak the Messages dialect?";
        let failure = named(asked, &answer, Class::Unparsable, why);
        return Err(Failure { usage, ..failure });
    };
    let mut reply = read(asked, blocks);
    let reason = wire.stop_reason.as_deref();
    reply.finish = finish(reason, reply.mode);
    if reason == Some("refusal") && reply.refusal.is_none() {
        reply.refusal = Some(if reply.text.is_empty() {
            "the model declined".to_owned()
        } else {
            reply.text.clone()
        });
    }
    reply.usage = usage;
    reply.model = wire.model.map(Cow::into_owned);
    reply.took = answer.took;
    reply.first_token = answer.first_token;
    reply.raw = answer.raw;
    Ok(reply)
}

fn read(asked: &Asked<'_>, blocks: Vec<Block<'_>>) -> Reply {
    let mut reply = Reply::of_text(String::new(), asked.mode);
    let mut forced = None;
    for block in blocks {
        match block.kind.as_ref() {
            "text" => reply
                .text
                .push_str(block.text.as_deref().unwrap_or_default()),
            "thinking" => {
                let text = block.thinking.as_deref().unwrap_or_default();
                if !text.is_empty() {
                    reply.reasoning.get_or_insert_default().push_str(text);
                }
            }
            "tool_use" => {
                let arguments = block.input.map_or("", RawValue::get).to_owned();
                let name = block.name.unwrap_or_default();
                if asked.mode == Mode::Tool && name == asked.tool && forced.is_none() {
                    forced = Some(arguments);
                } else {
                    reply.tool_calls.push(ToolCall {
                        id: block.id.unwrap_or_default().into_owned(),
                        name: name.into_owned(),
                        arguments,
                    });
                }
            }
            _ => {}
        }
    }
    match forced {
        Some(arguments) => reply.text = arguments,
        None if asked.mode == Mode::Tool => reply.mode = Mode::Text,
        None => {}
    }
    reply
}

fn finish(reason: Option<&str>, mode: Mode) -> Finish {
    match reason {
        None | Some("") => Finish::Unnamed,
        Some("end_turn" | "stop_sequence") => Finish::Stop,
        Some("max_tokens" | "model_context_window_exceeded") => Finish::Length,
        Some("refusal") => Finish::ContentFilter,
        Some("tool_use") if mode == Mode::Tool => Finish::Stop,
        Some("tool_use") => Finish::ToolCalls,
        Some(other) => Finish::Other(other.to_owned()),
    }
}
