//! docket's own form, a logged request with its approved response:
//! `{"id"?, "request": {...}, "response": {"choices": [{"index", "message", "finish_reason"}]}, "reference"?}`.
//!
//! Imports again to the same item: the request is the logged one, parameters included, and the row's own id and
//! its reference come along. Only what cannot be read as a conversation, or answers nothing, is refused.

use super::chat::{self, Dialect, OPENAI};
use super::extras;
use super::json::{compact, key, raw, string};
use super::rules::{self, is_blank};
use super::tools;
use crate::domain::json::Json;
use crate::domain::message::{Part, Role};
use crate::domain::training::{Refusal, TrainingRow};

const DIALECT: Dialect = Dialect {
    tool_names: true,
    weights: true,
    all_fields: true,
    ..OPENAI
};

pub(super) fn check(row: &TrainingRow, found: &mut Vec<Refusal>) {
    if !rules::readable(row, found) {
        return;
    }
    if row.chosen.role != Role::Assistant {
        found.push(Refusal::new(
            "last_not_assistant",
            format!("the response has the role `{}`", row.chosen.role.name()),
        ));
    }
    if is_blank(&row.chosen) && row.chosen.tool_calls.is_empty() {
        found.push(Refusal::new("empty_answer", "the response is empty"));
    }
    let odd = |part: &Part| matches!(part, Part::Other { kind, .. } if kind == "content");
    if row.chosen.parts.iter().any(odd) {
        found.push(Refusal::new(
            "content_not_text",
            "the content of the response is neither text nor a list of parts",
        ));
    }
    if row.request_json.is_none() {
        tools::check_offered(row, found);
    }
    extras::check_answer_keys(row, found);
}

pub(super) fn write(row: &TrainingRow, out: &mut Vec<u8>) {
    out.push(b'{');
    if let Some(id) = &row.external_id {
        key(out, "id");
        string(out, id);
    }
    key(out, "request");
    match row.request_json.as_ref().map(Json::as_str) {
        Some(logged) if logged.trim_ascii_start().starts_with('{') => compact(out, logged),
        Some(logged) if logged.trim_ascii_start().starts_with('[') => {
            raw(out, r#"{"messages":"#);
            compact(out, logged);
            out.push(b'}');
        }
        _ => {
            out.push(b'{');
            chat::prompt(out, "messages", row, DIALECT);
            chat::tools_as_json(out, row);
            out.push(b'}');
        }
    }
    raw(out, r#","response":{"choices":[{"index":0,"message":"#);
    chat::one(out, &row.chosen, None, DIALECT);
    let finish = if row.chosen.tool_calls.is_empty() {
        "stop"
    } else {
        "tool_calls"
    };
    key(out, "finish_reason");
    string(out, finish);
    raw(out, "}]}");
    if let Some(reference) = &row.reference {
        key(out, "reference");
        compact(out, reference.as_str());
    }
    out.push(b'}');
}
