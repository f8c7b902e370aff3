//! What a reader makes of one row: everything a log, a table or a training file may say about one example.
//!
//! The row's own text is kept beside it untouched, so nothing a reader does not understand is lost. JSON
//! values stay text (`Cow` borrowed from the row where they stand in it unchanged).

use std::borrow::Cow;

/// One row, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record<'a> {
    /// JSON: a string (one user message), an array of messages, or an object with `messages` and parameters.
    pub request: Option<Cow<'a, str>>,
    /// JSON: the expected or approved answer.
    pub reference: Option<Cow<'a, str>>,
    /// The row's own id, as text.
    pub external_id: Option<Cow<'a, str>>,
    /// In the order of the row. More than one with `pairwise` set is one ticket, else one ticket each.
    pub outputs: Vec<RecordOutput<'a>>,
    /// Whether the outputs stand to be compared with each other.
    pub pairwise: bool,
    /// Scores, labels and preferences that came with the row.
    pub labels: Vec<Label<'a>>,
    /// Edited outputs that came with the row.
    pub corrections: Vec<RecordCorrection<'a>>,
    /// The part of the product this belongs to.
    pub feature: Option<Cow<'a, str>>,
    /// Free labels.
    pub tags: Vec<Cow<'a, str>>,
    /// Milliseconds since 1970.
    pub time_ms: Option<i64>,
    /// Named defects of the row that did not make it unusable ("response1 was `true`, read as text").
    pub remarks: Vec<String>,
}

/// One response in a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordOutput<'a> {
    /// The model's name, as logged.
    pub model: Option<Cow<'a, str>>,
    /// JSON: a string (an assistant message of text only) or one message object. `None` for a failed call.
    pub message: Option<Cow<'a, str>>,
    /// Why the model stopped, in the words of its provider.
    pub finish: Option<Cow<'a, str>>,
    /// Tokens of the request.
    pub prompt_tokens: Option<u32>,
    /// Tokens of the answer.
    pub completion_tokens: Option<u32>,
    /// In millionths of the currency unit.
    pub cost_micros: Option<i64>,
    /// Milliseconds until the answer was complete.
    pub latency_ms: Option<u32>,
    /// Milliseconds until its first token.
    pub first_token_ms: Option<u32>,
    /// JSON or text of the failure.
    pub error: Option<Cow<'a, str>>,
}

/// Who gave a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LabelKind {
    /// A person: becomes a review.
    Human,
    /// A model: becomes a verdict.
    Judge,
    /// A program: becomes a verdict of the judge `code`.
    Code,
}

/// What a label says.
#[derive(Debug, Clone, PartialEq)]
pub enum LabelValue {
    /// A number on the source's own scale.
    Number(f64),
    /// Pass or fail.
    Flag(bool),
    /// The 1-based position of the preferred output.
    Prefers(u8),
    /// No preference.
    Tie,
    /// Any other text; unscored, kept as it is.
    Text(String),
}

/// A score, label or preference that came with a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Label<'a> {
    /// Index into `Record::outputs`; `None` when it is about all of them (a preference).
    pub output: Option<usize>,
    /// The criterion it answers, in the source's words.
    pub name: Cow<'a, str>,
    /// The value.
    pub value: LabelValue,
    /// Person, model or program.
    pub kind: LabelKind,
    /// Who; `None` when the source does not say.
    pub author: Option<Cow<'a, str>>,
    /// Their reason or comment.
    pub reason: Option<Cow<'a, str>>,
    /// Spans of the output they point at.
    pub evidence: Vec<Quote>,
    /// A sentence that goes wherever the label is shown ("written by hand for the sample").
    pub badge: Option<Cow<'a, str>>,
    /// The label as it stood in the row, JSON.
    pub raw: Cow<'a, str>,
}

/// A verbatim span of an output.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Quote {
    /// The words.
    pub quote: String,
    /// Whether they are what is wrong.
    #[serde(default)]
    pub problem: bool,
}

/// An edited output that came with a row.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordCorrection<'a> {
    /// Index into `Record::outputs`.
    pub output: usize,
    /// The text as it should have been.
    pub text: Cow<'a, str>,
    /// Who corrected it.
    pub author: Option<Cow<'a, str>>,
    /// Why.
    pub reason: Option<Cow<'a, str>>,
}
