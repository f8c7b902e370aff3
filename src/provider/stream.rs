//! A reply that comes in pieces: told while it comes when its first token is there, and put together afterwards.
//!
//! The pieces are folded into the very JSON the endpoint would have sent as one whole reply, and that is read by the
//! dialect's one reader. So an error, a refusal or a cut-off means the same in either form. A stream that ends before it
//! says that it ends is a reply that was cut, however good its text looks.

mod events;

use super::fault::{Answer, Asked, named};
use super::{Dialect, Failure, Key, Reply, anthropic, openai};
use crate::domain::failure::Class;

use events::{Event, Events};

/// The parameter that asks for pieces.
pub(super) const STREAM: &str = "stream";
/// The one that asks for the count of tokens behind them, in the chat-completions dialect.
pub(super) const OPTIONS: &str = "stream_options";

/// What one event of a stream was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// Part of the answer: at least one token of it.
    Token,
    /// Anything else.
    Frame,
}

/// The pieces of a reply in one dialect.
#[derive(Debug)]
enum Pieces {
    OpenAi(openai::Pieces),
    Anthropic(anthropic::Pieces),
}

impl Pieces {
    fn take(&mut self, event: &Event<'_>) -> serde_json::Result<Piece> {
        match self {
            Self::OpenAi(pieces) => pieces.take(&event.kind, &event.data),
            Self::Anthropic(pieces) => pieces.take(&event.kind, &event.data),
        }
    }

    /// Whether the answer is complete, as the stream itself says.
    fn is_whole(&self) -> bool {
        match self {
            Self::OpenAi(pieces) => pieces.is_whole(),
            Self::Anthropic(pieces) => pieces.is_whole(),
        }
    }

    /// Whether nothing more is to come.
    fn is_over(&self) -> bool {
        match self {
            Self::OpenAi(pieces) => pieces.is_over(),
            Self::Anthropic(pieces) => pieces.is_over(),
        }
    }

    fn join(&self) -> String {
        match self {
            Self::OpenAi(pieces) => pieces.join(),
            Self::Anthropic(pieces) => pieces.join(),
        }
    }
}

/// A stream under way.
#[derive(Debug)]
pub(super) struct Stream {
    events: Events,
    heard: Heard,
}

#[derive(Debug)]
struct Heard {
    pieces: Pieces,
    /// Events so far.
    count: u64,
    /// Why a piece of the answer could not be read.
    odd: Option<serde_json::Error>,
}

impl Heard {
    fn take(&mut self, event: &Event<'_>) -> Piece {
        self.count += 1;
        match self.pieces.take(event) {
            Ok(piece) => piece,
            Err(why) => {
                // Of a complete answer nothing is lost any more.
                if !self.pieces.is_whole() {
                    self.odd.get_or_insert(why);
                }
                Piece::Frame
            }
        }
    }
}

impl Stream {
    pub(super) fn new(dialect: Dialect) -> Self {
        let pieces = match dialect {
            Dialect::OpenAi => Pieces::OpenAi(openai::Pieces::default()),
            Dialect::Anthropic => Pieces::Anthropic(anthropic::Pieces::default()),
        };
        Self {
            events: Events::default(),
            heard: Heard {
                pieces,
                count: 0,
                odd: None,
            },
        }
    }

    /// Takes the next bytes of the body; [`Piece::Token`] if they hold part of the answer.
    pub(super) fn hear(&mut self, bytes: &[u8]) -> Piece {
        let mut piece = Piece::Frame;
        let heard = &mut self.heard;
        self.events.feed(bytes, &mut |event| {
            if heard.take(&event) == Piece::Token {
                piece = Piece::Token;
            }
        });
        piece
    }

    /// Whether the answer is complete: what is lost from here on is no part of it.
    pub(super) fn is_whole(&self) -> bool {
        self.heard.odd.is_none() && self.heard.pieces.is_whole()
    }

    /// Whether nothing more is to come.
    pub(super) fn is_over(&self) -> bool {
        self.heard.pieces.is_over()
    }

    /// The body is over. Whether it was a stream at all: some endpoints send one whole reply all the same.
    pub(super) fn ends(&mut self, answer: &Answer) -> bool {
        let heard = &mut self.heard;
        self.events.finish(&mut |event| {
            heard.take(&event);
        });
        heard.count > 0 || answer.content_type.contains("event-stream")
    }

    /// The reply in an answer with a good status.
    pub(super) fn decode(
        self,
        asked: &Asked<'_>,
        mut answer: Answer,
        key: Option<&Key>,
    ) -> Result<Reply, Failure> {
        if !self.heard.pieces.is_whole() || self.heard.odd.is_some() {
            return Err(cut(asked, &answer, self.heard.odd.as_ref()));
        }
        let joined = self.heard.pieces.join();
        let clean = match key {
            Some(key) => key.scrub_reply(joined.clone()),
            None => joined.clone(),
        };
        let streamed = std::mem::take(&mut answer.raw);
        // A key that was echoed in two pieces stands in the stream too, where it cannot be found.
        let raw = if clean == joined {
            streamed
        } else {
            clean.clone()
        };
        let whole = Answer {
            raw: clean,
            ..answer
        };
        let read = match self.heard.pieces {
            Pieces::OpenAi(_) => openai::decode(asked, whole),
            Pieces::Anthropic(_) => anthropic::decode(asked, whole),
        };
        match read {
            Ok(reply) => Ok(Reply { raw, ..reply }),
            Err(failure) => Err(Failure {
                raw: Some(raw),
                ..failure
            }),
        }
    }
}

/// A stream that ended too early, or lost a piece on the way.
fn cut(asked: &Asked<'_>, answer: &Answer, odd: Option<&serde_json::Error>) -> Failure {
    let size = answer.raw.len();
    match odd {
        Some(why) if why.is_data() => {
            let why = format!(
                "a piece of the stream is JSON of another form ({why}); does the address speak this dialect?"
            );
            named(asked, answer, Class::Unparsable, &why)
        }
        Some(why) if !why.is_eof() => {
            let why = format!("a piece of the stream is not JSON ({why})");
            named(asked, answer, Class::Transport, &why)
        }
        _ => {
            let why = format!(
                "the reply breaks off: its stream ends after {size} bytes and does not say that it is done"
            );
            named(asked, answer, Class::Transport, &why)
        }
    }
}

#[cfg(test)]
mod tests;
