//! One reader for each format: top-level fields to a [`Record`].
//!
//! Readers borrow what stands in the row as it is needed and write new JSON only where a dialect differs.

mod answer;
mod anthropic;
mod batch;
mod conversation;
mod pair;
mod preference;
mod question;

pub(super) use answer::{MISSING, count_tokens, respond};
pub(super) use question::request;

use super::detect::Format;
use super::error::Refusal;
use super::fields::Fields;
use crate::domain::record::Record;

/// Reads a row of a known format.
pub(super) fn record<'a>(format: Format, row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
    match format {
        Format::ChatPair => pair::logged(row),
        Format::Candidates => pair::candidates(row),
        Format::ChatCompletion | Format::Responses | Format::AnthropicMessage => {
            Ok(pair::bare(row))
        }
        Format::OpenAiBatch => batch::openai(row),
        Format::AnthropicBatch => batch::anthropic(row),
        Format::Messages => conversation::messages(row),
        Format::ShareGpt => conversation::sharegpt(row),
        Format::Alpaca => conversation::alpaca(row),
        Format::EvalsSample => Ok(Record {
            request: row.get("input").map(request),
            reference: row.get("ideal").map(first_of_one),
            ..Record::default()
        }),
        Format::AlpacaEval => Ok(preference::alpaca_eval(row)),
        Format::OpenAiDpo => preference::openai(row),
        Format::Preference => preference::chosen_rejected(row),
        Format::Kto => preference::kto(row),
        Format::StreamChunk => Err(Refusal::new(
            "this is one piece of a streamed completion, not an answer",
        )
        .hint(format.way_on())),
        other => Err(
            Refusal::new(format!("the row looks like {other}, which has no reader"))
                .hint(other.way_on()),
        ),
    }
}

/// `["a"]` is the one reference `"a"`.
fn first_of_one(json: &str) -> std::borrow::Cow<'_, str> {
    match super::fields::elements(json).as_deref() {
        Some([one]) => std::borrow::Cow::Borrowed(*one),
        _ => std::borrow::Cow::Borrowed(json),
    }
}
