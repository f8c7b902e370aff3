//! What came back.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::failure::Class;
use crate::domain::message::ToolCall;

/// Why the model stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// It was done.
    Stop,
    /// The token room was used up.
    Length,
    /// A filter of the endpoint.
    ContentFilter,
    /// It called a tool.
    ToolCalls,
    /// The reply names no reason.
    Unnamed,
    /// A reason this program does not know, as written.
    Other(String),
}

/// How the reply was asked to be JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A JSON schema the endpoint enforces.
    Schema,
    /// A tool the model must call, with the schema as its arguments.
    Tool,
    /// JSON of any shape.
    Json,
    /// Free text.
    Text,
}

/// Tokens as the endpoint counted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the question, cached ones included.
    pub input: u64,
    /// Of these, read from the endpoint's cache.
    pub cached_input: u64,
    /// Tokens of the reply, hidden reasoning included.
    pub output: u64,
    /// Of these, hidden reasoning.
    pub reasoning: u64,
    /// Of `input`, written into the endpoint's cache; some endpoints charge more for these.
    #[serde(default)]
    pub cache_write: u64,
}

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The text, or the forced tool's arguments (then `mode` is [`Mode::Tool`]); empty if there is none.
    pub text: String,
    /// A refusal given in its own field.
    pub refusal: Option<String>,
    /// Hidden reasoning the endpoint shows.
    pub reasoning: Option<String>,
    /// Calls of tools the question offered.
    pub tool_calls: Vec<ToolCall>,
    /// Why it stopped.
    pub finish: Finish,
    /// How JSON was asked for.
    pub mode: Mode,
    /// Tokens, if the endpoint counts them.
    pub usage: Option<Usage>,
    /// The model that answered, by the endpoint's word.
    pub model: Option<String>,
    /// The endpoint's fingerprint of its set-up.
    pub fingerprint: Option<String>,
    /// From the first byte sent to the last byte read.
    pub took: Duration,
    /// From the first byte sent to the first piece that holds part of the answer: text, a refusal, reasoning that is shown
    /// or a tool call. `None` where the reply did not come in pieces.
    pub first_token: Option<Duration>,
    /// The body as it came; what is not UTF-8 is replaced.
    pub raw: String,
    /// Parameters of the question that were left out, because the endpoint refuses them.
    pub without: Vec<String>,
    /// How often it was sent until this reply came; at least 1.
    pub tries: u32,
}

impl Reply {
    /// A reply of this text and nothing else, for scripts and tests.
    pub fn of_text(text: impl Into<String>, mode: Mode) -> Self {
        Self {
            text: text.into(),
            refusal: None,
            reasoning: None,
            tool_calls: Vec::new(),
            finish: Finish::Stop,
            mode,
            usage: None,
            model: None,
            fingerprint: None,
            took: Duration::ZERO,
            first_token: None,
            raw: String::new(),
            without: Vec::new(),
            tries: 1,
        }
    }
}

/// A call that gave no reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The class decides what follows.
    pub class: Class,
    /// What failed, on what, why, and what to do. Never holds a key.
    pub message: String,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// How long the endpoint asked to wait.
    pub retry_after: Option<Duration>,
    /// The parameter it refused, for [`Class::UnsupportedParam`].
    pub parameter: Option<String>,
    /// Tokens that were paid all the same.
    pub usage: Option<Usage>,
    /// The body as it came.
    pub raw: Option<String>,
    /// Whether every further question would fail alike for now, though its class may be tried again: whoever answers
    /// there cannot be trusted, or wants to be left alone for longer than a question waits.
    pub lasting: bool,
    /// How often the question went out; 0 where it failed before, with no key, no room in the budget, or a stop.
    pub sent: u32,
}

impl Failure {
    /// A failure of this class; the message says what failed, on what, why, and what to do.
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
            status: None,
            retry_after: None,
            parameter: None,
            usage: None,
            raw: None,
            lasting: false,
            sent: 0,
        }
    }

    /// Somebody stopped the work.
    pub fn cancelled() -> Self {
        Self::new(Class::Cancelled, "stopped before the reply came")
    }
}
