//! A question to a model, in no endpoint's dialect.

use std::sync::Arc;

use crate::domain::json::Json;

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// Written by this program: standing instructions, then the question in pieces that are joined as they stand.
    /// Pieces before the first one that differs from call to call form the prefix an endpoint may cache.
    Written {
        /// Standing instructions.
        system: Arc<str>,
        /// What is the same for all calls about one criterion.
        prefix: Arc<str>,
        /// What belongs to this call alone.
        rest: String,
    },
    /// A logged request, sent on as it was: its messages (chat-completions dialect) and its tools.
    Logged {
        /// A JSON array of messages.
        messages: Json,
        /// A JSON array of tools.
        tools: Option<Json>,
    },
}

/// The JSON wished for. One per rubric criterion, never one per ticket: endpoints compile and cache schemas.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shape {
    /// A name of letters, digits, `_` and `-`, at most 64 long.
    pub name: String,
    /// JSON Schema, every key required, no further keys.
    pub schema: Json,
}

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// The model by the endpoint's own name.
    pub model: Arc<str>,
    /// What is sent.
    pub prompt: Prompt,
    /// The JSON wished for; `None` for free text.
    pub shape: Option<Arc<Shape>>,
    /// Token room for the reply, hidden reasoning included.
    pub max_output_tokens: Option<u32>,
    /// 0 to 2; `None` leaves the endpoint's default.
    pub temperature: Option<f64>,
    /// Sent where the dialect has one.
    pub seed: Option<i64>,
    /// Further parameters of the dialect (`top_p`, `stop`, ...), a JSON object.
    pub parameters: Option<Json>,
}
