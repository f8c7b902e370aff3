//! Joining the events of a streamed message.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::domain::json::Json;
use crate::provider::stream::Piece;

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(default)]
    index: u32,
    #[serde(borrow, default)]
    message: Option<Start<'a>>,
    #[serde(borrow, default)]
    content_block: Option<BlockStart<'a>>,
    #[serde(borrow, default)]
    delta: Option<Delta<'a>>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Start<'a> {
    #[serde(borrow, default)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct BlockStart<'a> {
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

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    thinking: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    partial_json: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    stop_reason: Option<Cow<'a, str>>,
}

#[derive(Debug, Default, Serialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip)]
    index: u32,
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    thinking: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<Json>,
    /// The input of a tool in pieces.
    #[serde(skip)]
    pieces: String,
}

/// The events so far.
#[derive(Debug, Default)]
pub(in crate::provider) struct Pieces {
    blocks: Vec<Block>,
    /// Whether a message began at all.
    begun: bool,
    model: Option<String>,
    stop_reason: Option<String>,
    usage: Map<String, Value>,
    error: Option<Json>,
    over: bool,
}

/// A whole message, as the endpoint would have sent it.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a [Block]>,
    model: Option<&'a str>,
    stop_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a Map<String, Value>>,
}

impl Pieces {
    /// Takes one event. Fails for one that cannot be read: the answer lacks a piece then.
    pub(in crate::provider) fn take(
        &mut self,
        kind: &str,
        data: &str,
    ) -> serde_json::Result<Piece> {
        let event = match serde_json::from_str::<Event<'_>>(data) {
            Ok(event) => event,
            Err(_) if kind == "error" => {
                self.error = Some(Json::string(data));
                return Ok(Piece::Frame);
            }
            Err(why) => return Err(why),
        };
        Ok(self.event(kind, data, event))
    }

    fn event(&mut self, kind: &str, data: &str, event: Event<'_>) -> Piece {
        if let Some(error) = event.error {
            self.error = Some(Json::trusted(error.get()));
            return Piece::Frame;
        }
        let named = if event.kind.is_empty() {
            Cow::Borrowed(kind)
        } else {
            event.kind
        };
        match named.as_ref() {
            "message_start" => {
                self.begun = true;
                if let Some(start) = event.message {
                    self.model = start.model.map(Cow::into_owned);
                    self.count(start.usage);
                }
                Piece::Frame
            }
            "content_block_start" => event
                .content_block
                .map_or(Piece::Frame, |block| self.start(event.index, block)),
            "content_block_delta" => event
                .delta
                .map_or(Piece::Frame, |delta| self.delta(event.index, &delta)),
            "content_block_stop" => {
                self.close(event.index);
                Piece::Frame
            }
            "message_delta" => {
                let reason = event.delta.and_then(|delta| delta.stop_reason);
                if let Some(reason) = reason {
                    self.stop_reason = Some(reason.into_owned());
                }
                self.count(event.usage);
                Piece::Frame
            }
            "message_stop" => {
                self.over = true;
                Piece::Frame
            }
            "error" => {
                self.error = Some(Json::trusted(data));
                Piece::Frame
            }
            _ => Piece::Frame,
        }
    }

    /// Later counts take the place of earlier ones of the same name.
    fn count(&mut self, usage: Option<&RawValue>) {
        let read = usage.and_then(|raw| serde_json::from_str::<Map<String, Value>>(raw.get()).ok());
        let told = read.into_iter().flatten();
        self.usage
            .extend(told.filter(|(_, value)| !value.is_null()));
    }

    fn start(&mut self, index: u32, start: BlockStart<'_>) -> Piece {
        let text = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned).unwrap_or_default();
        let block = Block {
            kind: start.kind.into_owned(),
            index,
            text: text(start.text),
            thinking: text(start.thinking),
            id: text(start.id),
            name: text(start.name),
            input: start.input.map(|raw| Json::trusted(raw.get())),
            pieces: String::new(),
        };
        let says = !(block.text.is_empty() && block.thinking.is_empty() && block.name.is_empty());
        self.blocks.push(block);
        if says { Piece::Token } else { Piece::Frame }
    }

    fn delta(&mut self, index: u32, delta: &Delta<'_>) -> Piece {
        let Some(block) = self.blocks.iter_mut().rev().find(|one| one.index == index) else {
            return Piece::Frame;
        };
        let text = delta.text.as_deref().unwrap_or_default();
        let thinking = delta.thinking.as_deref().unwrap_or_default();
        let json = delta.partial_json.as_deref().unwrap_or_default();
        block.text.push_str(text);
        block.thinking.push_str(thinking);
        block.pieces.push_str(json);
        if text.is_empty() && thinking.is_empty() && json.is_empty() {
            Piece::Frame
        } else {
            Piece::Token
        }
    }

    /// A tool's input is whole; what is no JSON stays as the text it is.
    fn close(&mut self, index: u32) {
        for block in self.blocks.iter_mut().filter(|one| one.index == index) {
            let pieces = std::mem::take(&mut block.pieces);
            if !pieces.is_empty() {
                block.input =
                    Some(Json::parse(pieces.as_str()).unwrap_or_else(|_| Json::string(&pieces)));
            }
        }
    }

    pub(in crate::provider) fn is_whole(&self) -> bool {
        self.over || self.stop_reason.is_some() || self.error.is_some()
    }

    pub(in crate::provider) fn is_over(&self) -> bool {
        self.over || self.error.is_some()
    }

    /// The whole message.
    pub(in crate::provider) fn join(&self) -> String {
        let whole = Whole {
            error: self.error.as_ref(),
            content: self.begun.then_some(self.blocks.as_slice()),
            model: self.model.as_deref(),
            stop_reason: self.stop_reason.as_deref(),
            usage: (!self.usage.is_empty()).then_some(&self.usage),
        };
        Json::of(&whole).as_str().to_owned()
    }
}
