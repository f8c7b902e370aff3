//! Joining the chunks of a streamed chat completion.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::reply::content;
use crate::domain::json::{Json, decode_string, quote};
use crate::provider::stream::Piece;

/// What ends a stream.
const DONE: &str = "[DONE]";

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default)]
    choices: Option<Vec<Choice<'a>>>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    /// `error` where the chunk itself is one, as older servers say it.
    #[serde(borrow, default)]
    object: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    system_fingerprint: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(default)]
    index: Option<u32>,
    #[serde(borrow, default)]
    delta: Option<Delta<'a>>,
    /// What some servers send in place of the last delta.
    #[serde(borrow, default)]
    message: Option<Delta<'a>>,
    #[serde(borrow, default)]
    finish_reason: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
    #[serde(borrow, default)]
    refusal: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    reasoning_content: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    reasoning: Option<&'a RawValue>,
    #[serde(borrow, default)]
    tool_calls: Option<Vec<CallPiece<'a>>>,
    #[serde(borrow, default)]
    function_call: Option<FunctionPiece<'a>>,
}

#[derive(Deserialize)]
struct CallPiece<'a> {
    #[serde(default)]
    index: Option<u32>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    function: Option<FunctionPiece<'a>>,
}

#[derive(Deserialize)]
struct FunctionPiece<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

#[derive(Debug, Default, Serialize)]
struct Function {
    name: String,
    arguments: String,
}

#[derive(Debug, Default, Serialize)]
struct Call {
    #[serde(skip)]
    index: u32,
    id: String,
    function: Function,
}

/// The inside of a JSON string: joined before it is decoded, as a character may be escaped in two halves.
#[derive(Debug, Default)]
struct Literal(String);

impl Literal {
    fn push(&mut self, literal: &str) {
        self.0
            .push_str(literal.get(1..literal.len() - 1).unwrap_or_default());
    }
}

impl Serialize for Literal {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Json::trusted(format!("\"{}\"", self.0)).serialize(to)
    }
}

#[derive(Debug, Default, Serialize)]
struct Message {
    content: Literal,
    #[serde(skip_serializing_if = "String::is_empty")]
    refusal: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    reasoning_content: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Call>,
}

/// The chunks so far.
#[derive(Debug, Default)]
pub(in crate::provider) struct Pieces {
    message: Message,
    /// Whether there was a choice at all.
    answered: bool,
    finish: Option<String>,
    usage: Option<Box<RawValue>>,
    model: Option<String>,
    fingerprint: Option<String>,
    error: Option<Json>,
    done: bool,
}

/// A whole reply, as the endpoint would have sent it.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Json>,
    choices: Vec<WholeChoice<'a>>,
    usage: Option<&'a RawValue>,
    model: Option<&'a str>,
    system_fingerprint: Option<&'a str>,
}

#[derive(Serialize)]
struct WholeChoice<'a> {
    message: &'a Message,
    finish_reason: Option<&'a str>,
}

impl Pieces {
    /// Takes one event. Fails for one that cannot be read: the answer lacks a piece then.
    pub(in crate::provider) fn take(
        &mut self,
        kind: &str,
        data: &str,
    ) -> serde_json::Result<Piece> {
        let data = data.trim();
        if data == DONE {
            self.done = true;
            return Ok(Piece::Frame);
        }
        let chunk = match serde_json::from_str::<Chunk<'_>>(data) {
            Ok(chunk) => chunk,
            Err(_) if kind == "error" => {
                self.error = Some(Json::string(data));
                return Ok(Piece::Frame);
            }
            Err(why) => return Err(why),
        };
        if let Some(error) = chunk.error {
            self.error = Some(Json::trusted(error.get()));
        } else if kind == "error" || chunk.object.as_deref() == Some("error") {
            self.error = Some(Json::trusted(data));
        }
        if let Some(usage) = chunk.usage {
            self.usage = Some(usage.to_owned());
        }
        let keep = |kept: &mut Option<String>, said: Option<Cow<'_, str>>| {
            if let Some(said) = said.filter(|said| !said.is_empty()) {
                *kept = Some(said.into_owned());
            }
        };
        keep(&mut self.model, chunk.model);
        keep(&mut self.fingerprint, chunk.system_fingerprint);
        let mut heard = Piece::Frame;
        for choice in chunk.choices.unwrap_or_default() {
            // One answer was asked for.
            if choice.index.unwrap_or(0) == 0 && self.choice(choice) == Piece::Token {
                heard = Piece::Token;
            }
        }
        Ok(heard)
    }

    fn choice(&mut self, choice: Choice<'_>) -> Piece {
        self.answered = true;
        if let Some(error) = choice.error {
            self.error = Some(Json::trusted(error.get()));
        }
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            self.finish = Some(reason.into_owned());
        }
        let whole = choice.message.filter(|_| self.message.is_empty());
        choice
            .delta
            .or(whole)
            .map_or(Piece::Frame, |delta| self.message.take(delta))
    }

    pub(in crate::provider) fn is_whole(&self) -> bool {
        self.done || self.finish.is_some() || self.error.is_some()
    }

    pub(in crate::provider) fn is_over(&self) -> bool {
        self.done || self.error.is_some()
    }

    /// The whole reply.
    pub(in crate::provider) fn join(&self) -> String {
        let choice = self.answered.then_some(WholeChoice {
            message: &self.message,
            finish_reason: self.finish.as_deref(),
        });
        let whole = Whole {
            error: self.error.as_ref(),
            choices: choice.into_iter().collect(),
            usage: self.usage.as_deref(),
            model: self.model.as_deref(),
            system_fingerprint: self.fingerprint.as_deref(),
        };
        Json::of(&whole).as_str().to_owned()
    }
}

impl Message {
    fn is_empty(&self) -> bool {
        self.content.0.is_empty()
            && self.refusal.is_empty()
            && self.reasoning_content.is_empty()
            && self.tool_calls.is_empty()
    }

    fn take(&mut self, delta: Delta<'_>) -> Piece {
        let before = self.size();
        let mut refused = delta.refusal.map(Cow::into_owned);
        match delta.content.map(RawValue::get) {
            Some(literal) if literal.starts_with('"') => self.content.push(literal),
            Some(parts) => self.content.push(&quote(&content(parts, &mut refused))),
            None => {}
        }
        self.refusal.push_str(&refused.unwrap_or_default());
        let own_field = delta.reasoning.and_then(|raw| decode_string(raw.get()));
        let thought = delta.reasoning_content.or(own_field);
        self.reasoning_content
            .push_str(&thought.unwrap_or_default());
        for piece in delta.tool_calls.unwrap_or_default() {
            self.call(piece);
        }
        if let Some(function) = delta.function_call {
            self.call(CallPiece {
                index: Some(0),
                id: None,
                function: Some(function),
            });
        }
        if self.size() > before {
            Piece::Token
        } else {
            Piece::Frame
        }
    }

    /// Bytes of everything that was said.
    fn size(&self) -> usize {
        let calls = self.tool_calls.iter();
        let called: usize = calls
            .map(|call| call.function.name.len() + call.function.arguments.len())
            .sum();
        self.content.0.len() + self.refusal.len() + self.reasoning_content.len() + called
    }

    /// Pieces of one call bear one number. Servers that give every call the same one tell them apart by their ids.
    fn call(&mut self, piece: CallPiece<'_>) {
        let id = piece.id.unwrap_or_default();
        let last = self.tool_calls.last().map_or(0, |call| call.index);
        let index = piece.index.unwrap_or(last);
        let same = |call: &Call| {
            call.index == index && (id.is_empty() || call.id.is_empty() || call.id == id)
        };
        let at = self.tool_calls.iter().rposition(same);
        let at = at.unwrap_or_else(|| {
            self.tool_calls.push(Call {
                index,
                ..Call::default()
            });
            self.tool_calls.len() - 1
        });
        let call = &mut self.tool_calls[at];
        if call.id.is_empty() {
            call.id = id.into_owned();
        }
        let Some(function) = piece.function else {
            return;
        };
        let name = function.name.unwrap_or_default();
        if call.function.name != name {
            call.function.name.push_str(&name);
        }
        if let Some(raw) = function.arguments {
            let text = decode_string(raw.get()).unwrap_or(Cow::Borrowed(raw.get()));
            call.function.arguments.push_str(&text);
        }
    }
}
