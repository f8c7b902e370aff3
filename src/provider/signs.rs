//! The words by which endpoints tell what is wrong: `OpenAI`, Azure, vLLM, Ollama, llama.cpp, LiteLLM, `OpenRouter`,
//! Anthropic and gateways in front of them.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::json::decode_string;

use super::Mode;
use super::stream::STREAM;

/// An error as an endpoint tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ErrorBody {
    /// Its words.
    pub(super) message: String,
    /// Its words, kind and codes in lower case, to look for signs in.
    text: String,
    /// The parameter it names.
    parameter: Option<String>,
    /// A status given inside the body.
    pub(super) status: Option<u16>,
}

#[derive(Deserialize, Default)]
struct Wire<'a> {
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    message: Option<&'a RawValue>,
    #[serde(borrow, default)]
    detail: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow, default)]
    code: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "statusCode")]
    status_code: Option<&'a RawValue>,
    #[serde(borrow, default)]
    param: Option<&'a RawValue>,
    #[serde(borrow, default)]
    innererror: Option<&'a RawValue>,
    #[serde(borrow, default)]
    metadata: Option<&'a RawValue>,
}

impl ErrorBody {
    /// Reads the body of an error answer; `None` if it is no JSON object.
    pub(super) fn read(body: &str) -> Option<Self> {
        let wire: Wire<'_> = serde_json::from_str(body).ok()?;
        Some(match wire.error {
            Some(error) => Self::of_error(error.get()),
            None => Self::of_wire(&wire, body),
        })
    }

    /// Reads the error object itself, or the text that stands in its place.
    pub(super) fn of_error(json: &str) -> Self {
        if let Some(text) = decode_string(json) {
            return Self::of_text(&text);
        }
        match serde_json::from_str::<Wire<'_>>(json) {
            Ok(wire) => Self::of_wire(&wire, json),
            Err(_) => Self::of_text(json),
        }
    }

    /// An error told in plain text.
    pub(super) fn of_text(text: &str) -> Self {
        let text = match text.find("<body") {
            Some(at) => tagless(&text[at..]),
            None => text.to_owned(),
        };
        Self {
            text: text.to_lowercase(),
            message: text,
            ..Self::default()
        }
    }

    fn of_wire(wire: &Wire<'_>, whole: &str) -> Self {
        let message = wire.message.or(wire.detail).map_or(whole.into(), plain);
        let signs = [wire.kind, wire.code, wire.innererror, wire.metadata];
        let mut text = message.to_lowercase();
        for sign in signs.into_iter().flatten() {
            text.push('\n');
            text.push_str(&plain(sign).to_lowercase());
        }
        let status = wire
            .code
            .or(wire.status_code)
            .and_then(|code| plain(code).parse().ok());
        Self {
            message: message.into_owned(),
            text,
            parameter: wire.param.map(|param| plain(param).into_owned()),
            status: status.filter(|status| (100..600).contains(status)),
        }
    }

    fn says(&self, signs: &[&str]) -> bool {
        signs.iter().any(|sign| self.text.contains(sign))
    }
}

/// A text decoded; any other JSON as it stands.
fn plain(raw: &RawValue) -> Cow<'_, str> {
    decode_string(raw.get()).unwrap_or(Cow::Borrowed(raw.get()))
}

fn tagless(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for sign in html.chars() {
        match sign {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(sign),
            _ => {}
        }
    }
    text
}

/// No money or quota at the endpoint: waiting does not help.
pub(super) fn is_spent(status: u16, error: &ErrorBody) -> bool {
    status == 402
        || error.says(&[
            "insufficient_quota",
            "exceeded your current quota, please check your plan",
            "credit balance is too low",
            "insufficient credits",
            "insufficient balance",
            "billing_hard_limit",
        ])
}

/// A filter of the endpoint stopped the question.
pub(super) fn is_filter(status: u16, error: &ErrorBody) -> bool {
    matches!(status, 200 | 400 | 403 | 422 | 451)
        && error.says(&[
            "content_filter",
            "responsibleaipolicyviolation",
            "content management policy",
            "content_policy_violation",
            "moderation",
            "was flagged",
            "contentpolicyviolationerror",
        ])
}

/// The endpoint asks to wait.
pub(super) fn is_limit(status: u16, error: &ErrorBody) -> bool {
    matches!(status, 429 | 529)
        || error.says(&[
            "overloaded_error",
            "rate_limit_error",
            "rate_limit_exceeded",
        ])
}

/// The key is missing, wrong, or not enough. Some gateways say so with a 500 or a 400.
pub(super) fn is_key(status: u16, error: &ErrorBody) -> bool {
    matches!(status, 401 | 403 | 407)
        || error.says(&[
            "invalid_api_key",
            "authentication_error",
            "permission_error",
            "incorrect api key",
            "invalid api key",
            "missing api key",
            "no api key",
            "api key not valid",
            "api key is required",
            "api_key client option must be set",
            "no auth credentials",
            "missing credentials",
            "unauthorized",
        ])
}

/// The question does not fit.
pub(super) fn is_too_long(status: u16, error: &ErrorBody) -> bool {
    status == 413
        || ((matches!(status, 200 | 400 | 422) || status >= 500)
            && error.says(&[
                "context_length_exceeded",
                "maximum context length",
                "max_model_len",
                "maximum model length",
                "context window",
                "context size",
                "context length",
                "exceed_context_size",
                "prompt is too long",
                "input is too long",
                "too many tokens",
                "too many input tokens",
                "request_too_large",
            ]))
}

/// The endpoint does not know the model.
pub(super) fn is_missing_model(status: u16, error: &ErrorBody, model: &str) -> bool {
    if error.says(&[
        "model_not_found",
        "deploymentnotfound",
        "invalid model name",
    ]) {
        return true;
    }
    let about_model = error.says(&["model", "deployment"])
        || (!model.is_empty() && error.text.contains(&model.to_lowercase()));
    match status {
        404 => about_model,
        200 | 400 | 422 | 500 => error.says(&[
            "is not a valid model",
            "invalid model",
            "unknown model",
            "model not found",
            "no such model",
            "not a supported model",
            "model does not exist",
            "does not exist or you do not have access to it",
            "try pulling it first",
        ]),
        _ => false,
    }
}

/// The parameter an endpoint refuses: one of `names`, which were sent. `response_format` where a form of JSON is meant.
pub(super) fn refused_parameter(
    status: u16,
    error: &ErrorBody,
    names: &[String],
    mode: Mode,
) -> Option<String> {
    const REFUSES: [&str; 19] = [
        "unsupported",
        "not support",
        "not currently support",
        "unrecognized",
        "unknown",
        "unexpected",
        "not permitted",
        "not allowed",
        "not available",
        "not enabled",
        "not implemented",
        "not valid",
        "invalid",
        "deprecated",
        "cannot both",
        "incompatible",
        "must be",
        "only the default",
        "failed to parse",
    ];
    if !matches!(status, 200 | 400 | 404 | 422 | 500 | 501) {
        return None;
    }
    let named = error
        .parameter
        .as_deref()
        .map(|name| name.split(['.', '[']).next().unwrap_or(name).to_owned());
    let sent = |name: &str| names.iter().any(|have| have == name);
    if !error.says(&REFUSES) && named.is_none() {
        return None;
    }
    let shape = shape_signs(mode);
    if named.as_deref().is_some_and(|name| shape.contains(&name)) || says_word(&error.text, shape) {
        return Some("response_format".to_owned());
    }
    if let Some(name) = named.filter(|name| sent(name) && droppable(name)) {
        return Some(name);
    }
    let told = names
        .iter()
        .filter(|name| droppable(name))
        .filter_map(|name| Some((find_word(&error.text, name)?, name)))
        .min()
        .map(|(_, name)| name.clone());
    let streaming = || {
        let refused = sent(STREAM) && says_word(&error.text, &["streaming", "streamed"]);
        refused.then(|| STREAM.to_owned())
    };
    told.or_else(streaming)
}

/// Without these there is no question left.
fn droppable(name: &str) -> bool {
    !matches!(name, "model" | "messages" | "system")
}

/// Words that mean the form in which JSON was asked for.
fn shape_signs(mode: Mode) -> &'static [&'static str] {
    match mode {
        Mode::Schema => &[
            "response_format",
            "json_schema",
            "output_config",
            "output_format",
            "schema",
            "grammar",
            "guided",
            "structured output",
            "structured outputs",
            "xgrammar",
            "outlines",
        ],
        Mode::Tool => &[
            "tool_choice",
            "tools",
            "tool",
            "tool use",
            "function",
            "functions",
            "function calling",
            "input_schema",
            "jinja",
            "grammar",
            "schema",
        ],
        Mode::Json => &["response_format", "json_object", "json mode", "grammar"],
        Mode::Text => &[],
    }
}

fn says_word(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| find_word(text, word).is_some())
}

/// Where `word` stands on its own in `text`.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let part = |sign: char| sign.is_alphanumeric() || sign == '_';
    text.match_indices(word).map(|(at, _)| at).find(|&at| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}
