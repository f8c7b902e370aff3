//! Which format a row is in, told from its keys; the first match in the order of the code wins.

use std::fmt;

use super::fields::{Fields, elements, key, scalar};

/// A format a row can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// `request` and `response`, or `messages` and `choices` in one row.
    ChatPair,
    /// A request or a result of the OpenAI Batch API, or both joined.
    OpenAiBatch,
    /// A request or a result of the Anthropic Message Batches API, or both joined.
    AnthropicBatch,
    /// A chat completion without its request.
    ChatCompletion,
    /// A Responses API object without its request.
    Responses,
    /// An Anthropic message without its request.
    AnthropicMessage,
    /// One piece of a streamed completion. Refused: it is no answer.
    StreamChunk,
    /// A conversation in `messages`.
    Messages,
    /// A conversation in `conversations`.
    ShareGpt,
    /// `instruction`, `input`, `output`.
    Alpaca,
    /// `instruction`, `output_1`, `output_2` and a preference (`AlpacaEval`, `LLMBar`).
    AlpacaEval,
    /// `input.messages`, `preferred_output`, `non_preferred_output`.
    OpenAiDpo,
    /// `chosen` and `rejected`.
    Preference,
    /// `prompt`, `completion` and a boolean `label`.
    Kto,
    /// `input` and `ideal`.
    EvalsSample,
    /// A request with a list of `outputs`.
    Candidates,
    /// Columns, read through a mapping.
    Table,
    /// OpenTelemetry spans. No reader.
    Otlp,
    /// An Inspect log. No reader.
    Inspect,
    /// lm-evaluation-harness samples. No reader.
    LmEval,
    /// promptfoo results. No reader.
    Promptfoo,
    /// `LangSmith` runs. No reader.
    LangSmith,
    /// Langfuse observations. No reader.
    Langfuse,
    /// Braintrust spans. No reader.
    Braintrust,
    /// LiteLLM payloads. No reader.
    LiteLlm,
    /// Helicone requests. No reader.
    Helicone,
    /// MT-bench answers or judgments. No reader.
    MtBench,
    /// A HELM scenario state. No reader.
    Helm,
}

/// The kinds of observation Langfuse writes.
const OBSERVATIONS: [&str; 10] = [
    "GENERATION",
    "SPAN",
    "EVENT",
    "AGENT",
    "TOOL",
    "CHAIN",
    "RETRIEVER",
    "EVALUATOR",
    "EMBEDDING",
    "GUARDRAIL",
];

impl Format {
    /// The format of a row.
    pub(super) fn of(row: &Fields<'_>) -> Self {
        Self::foreign(row)
            .or_else(|| Self::logged(row))
            .or_else(|| Self::training(row))
            .unwrap_or(Self::Table)
    }

    /// Formats of other tools that carry an envelope around what was said.
    fn foreign(row: &Fields<'_>) -> Option<Self> {
        use key::{
            BODY, CALL_TYPE, CHOICES, CUSTOM_ID, DOC_ID, GRADING, INPUT, INPUTS, JUDGE, MESSAGES,
            METHOD, PARAMS, PROMPT_IDX, QUESTION_ID, REQUEST_BODY, RESOURCE_SPANS, RESPONSE,
            RESPONSE_BODY, RESPS, RESULT, ROOT_SPAN, RUN_TYPE, SPAN_ATTRIBUTES, TEST_IDX, TRACE_ID,
            TYPE,
        };
        let says = |name: &str| row.text(name);
        let format = if row.any(RESOURCE_SPANS) {
            Self::Otlp
        } else if row.has(CUSTOM_ID | PARAMS) || (row.has(CUSTOM_ID | RESULT)) {
            Self::AnthropicBatch
        } else if row.has(CUSTOM_ID | BODY | METHOD)
            || row.has(CUSTOM_ID | RESPONSE) && is_batch(row)
        {
            Self::OpenAiBatch
        } else if row.has(key::EVAL | key::SAMPLES | key::STATUS) {
            Self::Inspect
        } else if row.has(DOC_ID | RESPS) {
            Self::LmEval
        } else if row.any(GRADING) || row.has(PROMPT_IDX | TEST_IDX) {
            Self::Promptfoo
        } else if row.has(RUN_TYPE | INPUTS) {
            Self::LangSmith
        } else if row.has(TRACE_ID | TYPE | INPUT)
            && says("type").is_some_and(|kind| OBSERVATIONS.contains(&kind.as_ref()))
        {
            Self::Langfuse
        } else if row.has(SPAN_ATTRIBUTES | ROOT_SPAN) {
            Self::Braintrust
        } else if row.has(CALL_TYPE | MESSAGES) {
            Self::LiteLlm
        } else if row.has(REQUEST_BODY | RESPONSE_BODY) {
            Self::Helicone
        } else if row.has(QUESTION_ID | JUDGE) || row.has(QUESTION_ID | CHOICES) && has_turns(row) {
            Self::MtBench
        } else {
            return None;
        };
        Some(format)
    }

    /// Requests and responses as a proxy or a client logs them.
    fn logged(row: &Fields<'_>) -> Option<Self> {
        use key::{
            CHOICES, INSTRUCTION, MESSAGES, OBJECT, OUTPUT_1, OUTPUT_2, OUTPUTS, REQUEST, RESPONSE,
            STOP_REASON, TYPE,
        };
        if row.has(INSTRUCTION | OUTPUT_1 | OUTPUT_2) {
            return Some(Self::AlpacaEval);
        }
        if row.any(OUTPUTS) && starts(row, "outputs", '[') {
            return Some(Self::Candidates);
        }
        if row.any(REQUEST) && request_like(row) && row.any(RESPONSE | key::ERROR)
            || row.any(REQUEST) && starts(row, "request", '{')
            || row.any(RESPONSE) && response_like(row)
            || row.has(MESSAGES | CHOICES)
        {
            return Some(Self::ChatPair);
        }
        if row.any(OBJECT) {
            match row.text("object").as_deref() {
                Some("chat.completion" | "text_completion") => return Some(Self::ChatCompletion),
                Some("chat.completion.chunk") => return Some(Self::StreamChunk),
                Some("response") => return Some(Self::Responses),
                _ => {}
            }
        }
        if row.has(TYPE | STOP_REASON) && row.text("type").as_deref() == Some("message") {
            return Some(Self::AnthropicMessage);
        }
        (row.any(CHOICES)
            && starts(row, "choices", '[')
            && !row.any(key::PROMPT | INSTRUCTION | key::INPUT))
        .then_some(Self::ChatCompletion)
    }

    /// Training sets.
    fn training(row: &Fields<'_>) -> Option<Self> {
        use key::{
            CHOSEN, COMPLETION, CONVERSATIONS, IDEAL, INPUT, INSTRUCTION, LABEL, MESSAGES,
            NON_PREFERRED, OUTPUT, PREFERRED, PROMPT, REJECTED,
        };
        let format = if row.has(INPUT | PREFERRED) || row.has(PREFERRED | NON_PREFERRED) {
            Self::OpenAiDpo
        } else if row.has(CHOSEN | REJECTED) {
            Self::Preference
        } else if row.has(PROMPT | COMPLETION | LABEL)
            && matches!(row.get("label"), Some("true" | "false"))
        {
            Self::Kto
        } else if row.any(CONVERSATIONS) && starts(row, "conversations", '[') {
            Self::ShareGpt
        } else if row.any(MESSAGES) && starts(row, "messages", '[') {
            Self::Messages
        } else if row.has(INSTRUCTION | OUTPUT) {
            Self::Alpaca
        } else if row.has(INPUT | IDEAL) && !row.any(OUTPUT | COMPLETION | key::RESPONSE) {
            Self::EvalsSample
        } else {
            return None;
        };
        Some(format)
    }

    /// The format of a whole file, told from the keys of the object that wraps its rows.
    pub(super) fn of_wrapper(keys: &[String]) -> Option<Self> {
        let has = |name: &str| keys.iter().any(|key| key == name);
        if has("resourceSpans") {
            Some(Self::Otlp)
        } else if has("eval") && has("samples") {
            Some(Self::Inspect)
        } else if has("results") && (has("evalId") || has("config")) {
            Some(Self::Promptfoo)
        } else if has("request_states") {
            Some(Self::Helm)
        } else if has("observations") {
            Some(Self::Langfuse)
        } else {
            None
        }
    }

    /// Whether rows of this format are read.
    pub fn has_reader(self) -> bool {
        self < Self::Otlp && self != Self::StreamChunk
    }

    /// What to do with a format that is not read.
    pub fn way_on(self) -> &'static str {
        match self {
            Self::StreamChunk => {
                "log the complete response instead of its stream, or join the chunks by id and index first"
            }
            _ => {
                "name the columns that hold the request and the answer: `--map request=COLUMN --map output=COLUMN`; `a.b` names a key inside an object"
            }
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ChatPair => "logged requests and responses",
            Self::OpenAiBatch => "OpenAI Batch",
            Self::AnthropicBatch => "Anthropic Message Batches",
            Self::ChatCompletion => "OpenAI chat completions",
            Self::Responses => "OpenAI Responses",
            Self::AnthropicMessage => "Anthropic messages",
            Self::StreamChunk => "streamed chunks",
            Self::Messages => "chat messages",
            Self::ShareGpt => "ShareGPT",
            Self::Alpaca => "Alpaca",
            Self::AlpacaEval => "AlpacaEval pairs",
            Self::OpenAiDpo => "OpenAI preference pairs",
            Self::Preference => "chosen and rejected pairs",
            Self::Kto => "KTO",
            Self::EvalsSample => "OpenAI evals samples",
            Self::Candidates => "requests with several outputs",
            Self::Table => "a table",
            Self::Otlp => "OpenTelemetry JSON",
            Self::Inspect => "an Inspect log",
            Self::LmEval => "lm-evaluation-harness samples",
            Self::Promptfoo => "promptfoo results",
            Self::LangSmith => "LangSmith runs",
            Self::Langfuse => "a Langfuse export",
            Self::Braintrust => "Braintrust spans",
            Self::LiteLlm => "LiteLLM logs",
            Self::Helicone => "Helicone requests",
            Self::MtBench => "MT-bench",
            Self::Helm => "a HELM scenario state",
        })
    }
}

fn starts(row: &Fields<'_>, name: &str, first: char) -> bool {
    row.get(name).is_some_and(|json| json.starts_with(first))
}

/// A Batch result: its response carries a status and a body, or there is an error instead.
fn is_batch(row: &Fields<'_>) -> bool {
    match row.get("response") {
        None => true,
        Some(json) => Fields::of(json).is_some_and(|r| r.any(key::BODY)),
    }
}

/// A request that is an object or a list of messages.
fn request_like(row: &Fields<'_>) -> bool {
    starts(row, "request", '{') || starts(row, "request", '[')
}

/// A response object of a known API, whatever the request is.
fn response_like(row: &Fields<'_>) -> bool {
    let response = row.get("response").and_then(Fields::of);
    response.is_some_and(|r| {
        r.any(key::CHOICES)
            || r.has(key::TYPE | key::STOP_REASON)
            || r.get("object").and_then(scalar).as_deref() == Some("response")
    })
}

fn has_turns(row: &Fields<'_>) -> bool {
    let choices = row.get("choices").and_then(elements).unwrap_or_default();
    choices
        .first()
        .and_then(|first| Fields::of(first))
        .is_some_and(|choice| choice.get("turns").is_some())
}
