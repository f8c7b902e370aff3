//! What an endpoint's error means: the class, and a message that says what failed, where, why, and what to do.
//!
//! Endpoints tell the same thing in many words. The tables of those words are in `signs`; here is the
//! order in which they are asked.

use std::time::Duration;

use crate::domain::failure::Class;

use super::signs::{self, ErrorBody};
use super::{Failure, Mode, Usage};

/// What of an endpoint's own words is repeated, in characters.
const QUOTED: usize = 300;

/// An answer as it came over the wire, its body read whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: String,
    /// Where a redirect leads: the host alone.
    pub(super) leads_to: Option<String>,
    /// The same as an address to send the same question to, where it stays with the same server.
    pub(super) same_server: Option<reqwest::Url>,
    pub(super) retry_after: Option<Duration>,
    pub(super) took: Duration,
    pub(super) first_token: Option<Duration>,
    pub(super) raw: String,
}

/// What was asked, as far as errors depend on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// Name and host of the endpoint.
    pub(super) place: &'a str,
    pub(super) model: &'a str,
    /// Where the key came from, in words; `None` if none was sent.
    pub(super) key: Option<&'a str>,
    /// Whether it has answered before: then it is not a key that it lacks.
    pub(super) answers: bool,
    /// How JSON was asked for; text where none was.
    pub(super) mode: Mode,
    /// The forced tool's name.
    pub(super) tool: &'a str,
    /// Parameters that were sent.
    pub(super) names: &'a [String],
}

/// A failure of this class about this answer. `why` says why and what to do.
pub(super) fn named(asked: &Asked<'_>, answer: &Answer, class: Class, why: &str) -> Failure {
    let status = match answer.status {
        200..300 => String::new(),
        status => format!(" ({status})"),
    };
    let message = format!("{}{status}, model `{}`: {why}", asked.place, asked.model);
    Failure {
        status: Some(answer.status),
        retry_after: answer.retry_after,
        raw: (!answer.raw.is_empty()).then(|| answer.raw.clone()),
        ..Failure::new(class, message)
    }
}

/// The same failure with tokens that were paid all the same.
pub(super) fn with(failure: Failure, usage: Option<Usage>) -> Failure {
    Failure { usage, ..failure }
}

/// The failure in an answer whose status is no success.
pub(super) fn refused(asked: &Asked<'_>, answer: &Answer) -> Failure {
    if (300..400).contains(&answer.status) {
        let to = answer.leads_to.as_deref().unwrap_or("another address");
        let why =
            format!("it redirects to `{to}`; give that address with `--base-url` if you trust it");
        return named(asked, answer, Class::BadRequest, &why);
    }
    let error = ErrorBody::read(&answer.raw).unwrap_or_else(|| ErrorBody::of_text(&answer.raw));
    judge(asked, answer, answer.status, &error)
}

/// The failure in an error object inside an answer with a good status. `json` is the object or its text.
pub(super) fn said(asked: &Asked<'_>, answer: &Answer, json: &str) -> Failure {
    let error = ErrorBody::of_error(json);
    let status = error.status.unwrap_or(answer.status);
    judge(asked, answer, status, &error)
}

/// The failure in an answer with a good status whose body is not what it should be.
pub(super) fn broken(asked: &Asked<'_>, answer: &Answer, why: &serde_json::Error) -> Failure {
    let looks_like_page = answer.content_type.contains("html")
        || answer
            .raw
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("<!doctype")
        || answer
            .raw
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("<html");
    if looks_like_page {
        let why = "it answers with a web page, not with a reply; check the base URL (it usually ends in `/v1`) and \
             whether a proxy wants a login";
        return named(asked, answer, Class::BadRequest, why);
    }
    if answer.content_type.contains("event-stream") {
        let why = "it streams although one whole reply was asked for; check the gateway's settings";
        return named(asked, answer, Class::BadRequest, why);
    }
    match why.classify() {
        serde_json::error::Category::Eof => named(
            asked,
            answer,
            Class::Transport,
            &format!("the reply breaks off after {} bytes", answer.raw.len()),
        ),
        serde_json::error::Category::Data => named(
            asked,
            answer,
            Class::Unparsable,
            &format!(
                "the reply is JSON of another form ({why}); does the address speak this dialect?"
            ),
        ),
        _ => named(
            asked,
            answer,
            Class::Transport,
            &format!("the reply is not JSON ({why})"),
        ),
    }
}

/// The class of an error and what to say about it.
fn judge(asked: &Asked<'_>, answer: &Answer, status: u16, error: &ErrorBody) -> Failure {
    let words = excerpt(&error.message);
    let mut failure = match class_of(asked, status, error) {
        Found::Parameter(name) => {
            let what = match (name.as_str(), asked.mode) {
                ("response_format", Mode::Tool) => "a forced tool".to_owned(),
                _ => format!("the parameter `{name}`"),
            };
            let why = format!("it refuses {what}: {words}");
            let mut failure = named(asked, answer, Class::UnsupportedParam, &why);
            failure.parameter = Some(name);
            failure
        }
        Found::Class(class) => {
            let why = explain(asked, class, status, &words);
            named(asked, answer, class, &why)
        }
    };
    failure.status = Some(status);
    failure
}

enum Found {
    Class(Class),
    Parameter(String),
}

fn class_of(asked: &Asked<'_>, status: u16, error: &ErrorBody) -> Found {
    let class = if signs::is_spent(status, error) {
        Class::Quota
    } else if signs::is_filter(status, error) {
        Class::Refusal
    } else if signs::is_limit(status, error) {
        Class::RateLimit
    } else if signs::is_key(status, error) {
        Class::Auth
    } else if signs::is_too_long(status, error) {
        Class::TooLong
    } else if signs::is_missing_model(status, error, asked.model) {
        Class::ModelMissing
    } else if let Some(name) = signs::refused_parameter(status, error, asked.names, asked.mode) {
        return Found::Parameter(name);
    } else if (400..500).contains(&status) && !matches!(status, 408 | 409 | 425) {
        Class::BadRequest
    } else {
        Class::Transport
    };
    Found::Class(class)
}

fn explain(asked: &Asked<'_>, class: Class, status: u16, words: &str) -> String {
    let key = match asked.key {
        Some(source) => format!("the key from {source}"),
        None => "no key was sent".to_owned(),
    };
    match class {
        Class::Quota => {
            format!("the account has no credit or quota left: {words}; top it up at the endpoint")
        }
        Class::Refusal => format!("a content filter stopped the question: {words}"),
        Class::RateLimit => format!("it asks to wait: {words}"),
        Class::Auth => format!("it refuses access ({key}): {words}; check the key and its rights"),
        Class::TooLong => format!("the texts do not fit the model's context: {words}"),
        Class::ModelMissing => {
            format!("it does not know this model: {words}; `docket doctor` lists what it offers")
        }
        Class::BadRequest if status == 404 || status == 405 => {
            format!("there is nothing at this address: {words}; check the base URL")
        }
        Class::BadRequest => format!("it does not understand the request: {words}"),
        // Some gateways answer a missing key like any other fault.
        _ if asked.key.is_none() && !asked.answers && status >= 500 => {
            format!(
                "it failed: {words}; no key was sent, and it may want one: name it with `--key-env`"
            )
        }
        _ => format!("it failed: {words}"),
    }
}

/// The endpoint's own words on one line, shortened; what cannot be printed is left out.
pub(super) fn excerpt(text: &str) -> String {
    let mut short = String::new();
    let mut length = 0;
    for word in text.split(|sign: char| sign.is_whitespace() || sign.is_control()) {
        if word.is_empty() {
            continue;
        }
        if length > 0 {
            short.push(' ');
        }
        for sign in word.chars().filter(|sign| !is_invisible(*sign)) {
            short.push(sign);
            length += 1;
            if length >= QUOTED {
                short.push('…');
                return short;
            }
        }
    }
    short.truncate(short.trim_end_matches('.').len());
    if short.is_empty() {
        short.push_str("it gives no reason");
    }
    short
}

/// Marks that turn the direction of text or take no room: a message must not be able to rearrange the line it is in.
fn is_invisible(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
