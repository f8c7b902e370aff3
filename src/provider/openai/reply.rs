//! Reading a chat completion.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::failure::Class;
use crate::domain::json::decode_string;
use crate::domain::message::ToolCall;

use crate::provider::fault::{Answer, Asked, broken, named, said, with};
use crate::provider::{Failure, Finish, Mode, Reply, Usage};

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default)]
    choices: Option<Vec<Choice<'a>>>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    system_fingerprint: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow, default)]
    message: Option<Message<'a>>,
    #[serde(borrow, default)]
    finish_reason: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
    #[serde(borrow, default)]
    refusal: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    reasoning_content: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    reasoning: Option<&'a RawValue>,
    #[serde(borrow, default)]
    tool_calls: Option<Vec<Call<'a>>>,
    #[serde(borrow, default)]
    function_call: Option<Function<'a>>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    function: Option<Function<'a>>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    refusal: Option<Cow<'a, str>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireUsage {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<Details>,
    completion_tokens_details: Option<Details>,
    prompt_cache_hit_tokens: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Details {
    cached_tokens: Option<u64>,
    reasoning_tokens: Option<u64>,
}

impl WireUsage {
    fn usage(&self) -> Usage {
        let of_input = self.prompt_tokens_details.as_ref();
        let cached = of_input
            .and_then(|details| details.cached_tokens)
            .or(self.prompt_cache_hit_tokens);
        let of_output = self.completion_tokens_details.as_ref();
        Usage {
            input: self.prompt_tokens.unwrap_or(0),
            cached_input: cached.unwrap_or(0),
            output: self.completion_tokens.unwrap_or(0),
            reasoning: of_output
                .and_then(|details| details.reasoning_tokens)
                .unwrap_or(0),
            cache_write: 0,
        }
    }
}

/// The reply in an answer with a good status.
pub(in crate::provider) fn decode(asked: &Asked<'_>, answer: Answer) -> Result<Reply, Failure> {
    let wire: Wire<'_> = match serde_json::from_str(&answer.raw) {
        Ok(wire) => wire,
        Err(why) => return Err(broken(asked, &answer, &why)),
    };
    // A count written oddly must not cost a reply that was paid for.
    let usage = wire
        .usage
        .and_then(|raw| serde_json::from_str::<WireUsage>(raw.get()).ok())
        .map(|usage| usage.usage());
    if let Some(error) = wire.error {
        return Err(with(said(asked, &answer, error.get()), usage));
    }
    let Some(choice) = wire.choices.unwrap_or_default().into_iter().next() else {
        return Err(with(empty(asked, &answer, "no choice"), usage));
    };
    if let Some(error) = choice.error {
        return Err(with(said(asked, &answer, error.get()), usage));
    }
    let Some(message) = choice.message else {
        return Err(with(empty(asked, &answer, "no message"), usage));
    };
    let mut reply = read(asked, message);
    reply.finish = finish(choice.finish_reason.as_deref(), reply.mode);
    reply.usage = usage;
    reply.model = wire.model.map(Cow::into_owned);
    reply.fingerprint = wire.system_fingerprint.map(Cow::into_owned);
    reply.took = answer.took;
    reply.first_token = answer.first_token;
    reply.raw = answer.raw;
    Ok(reply)
}

fn empty(asked: &Asked<'_>, answer: &Answer, lacks: &str) -> Failure {
    named(
        asked,
        answer,
        Class::Unparsable,
        &format!("the reply holds {lacks}; ask again, or look at the raw reply"),
    )
}

fn read(asked: &Asked<'_>, message: Message<'_>) -> Reply {
    let mut refusal = message.refusal.map(Cow::into_owned);
    let text = message
        .content
        .map(|raw| content(raw.get(), &mut refusal))
        .unwrap_or_default();
    let mut reply = Reply::of_text(text, asked.mode);
    let own_field = message.reasoning.and_then(|raw| decode_string(raw.get()));
    let reasoning = message.reasoning_content.or(own_field);
    reply.reasoning = reasoning
        .filter(|text| !text.is_empty())
        .map(Cow::into_owned);
    reply.refusal = refusal.filter(|text| !text.is_empty());
    let mut calls: Vec<ToolCall> = message
        .tool_calls
        .unwrap_or_default()
        .into_iter()
        .filter_map(|call| Some(tool_call(call.id.unwrap_or_default(), call.function?)))
        .collect();
    calls.extend(
        message
            .function_call
            .map(|call| tool_call(Cow::Borrowed(""), call)),
    );
    if asked.mode == Mode::Tool {
        match calls.iter().position(|call| call.name == asked.tool) {
            Some(at) => reply.text = calls.swap_remove(at).arguments,
            // It answered in words all the same.
            None => reply.mode = Mode::Text,
        }
    }
    reply.tool_calls = calls;
    reply
}

fn tool_call(id: Cow<'_, str>, function: Function<'_>) -> ToolCall {
    let arguments = function
        .arguments
        .map(|raw| decode_string(raw.get()).map_or_else(|| raw.get().to_owned(), Cow::into_owned));
    ToolCall {
        id: id.into_owned(),
        name: function.name.unwrap_or_default().into_owned(),
        arguments: arguments.unwrap_or_default(),
    }
}

/// A text, or the texts of a list of parts; parts that are no text are left out.
pub(super) fn content(json: &str, refusal: &mut Option<String>) -> String {
    if let Some(text) = decode_string(json) {
        return text.into_owned();
    }
    let mut joined = String::new();
    let parts: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
    for raw in parts {
        if let Some(text) = decode_string(raw.get()) {
            joined.push_str(&text);
        } else if let Ok(part) = serde_json::from_str::<Part<'_>>(raw.get()) {
            joined.push_str(part.text.as_deref().unwrap_or_default());
            if let Some(text) = part.refusal {
                refusal.get_or_insert_default().push_str(&text);
            }
        }
    }
    joined
}

fn finish(reason: Option<&str>, mode: Mode) -> Finish {
    match reason {
        None | Some("") => Finish::Unnamed,
        Some("stop" | "eos" | "end_turn") => Finish::Stop,
        Some("length" | "max_tokens" | "model_length") => Finish::Length,
        Some("content_filter" | "content-filter" | "safety") => Finish::ContentFilter,
        // The forced tool is this program's own; to be done with it is to be done.
        Some("tool_calls" | "function_call") if mode == Mode::Tool => Finish::Stop,
        Some("tool_calls" | "function_call") => Finish::ToolCalls,
        Some(other) => Finish::Other(other.to_owned()),
    }
}
