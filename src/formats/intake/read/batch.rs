//! Batch files: a request, a result, or both after a join on `custom_id`.

use std::borrow::Cow;

use super::super::error::Refusal;
use super::super::fields::Fields;
use super::answer::{failed, respond};
use super::pair::name_model;
use super::question::request;
use crate::domain::record::Record;

/// Said of a result that was not joined to its request.
const ALONE: &str = "the request is not in the row: join the batch's input file on `custom_id`";

/// A row of the OpenAI Batch API.
pub fn openai<'a>(row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
    let body = row.get("body");
    if row
        .text("url")
        .is_some_and(|url| url.ends_with("/embeddings"))
    {
        return Err(Refusal::new(
            "the row asks for embeddings, which cannot be reviewed",
        ));
    }
    let mut record = Record {
        request: body.map(request),
        ..Record::default()
    };
    if let Some(error) = row.get("error") {
        record.outputs.push(failed(error));
    } else if let Some(response) = row.get("response") {
        record.outputs = respond(response)?;
    }
    let model = body.and_then(Fields::of).and_then(|b| b.text("model"));
    finish(&mut record, model.as_ref());
    Ok(record)
}

/// A row of the Anthropic Message Batches API.
pub fn anthropic<'a>(row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
    let params = row.get("params");
    let mut record = Record {
        request: params.map(request),
        ..Record::default()
    };
    if let Some(json) = row.get("result") {
        let result = Fields::of(json).unwrap_or_default();
        match (result.get("message"), result.get("error")) {
            (Some(message), _) => record.outputs = respond(message)?,
            (None, Some(error)) => record.outputs.push(failed(error)),
            // `canceled` or `expired`: the type is all there is.
            (None, None) => record
                .outputs
                .push(failed(result.get("type").unwrap_or(json))),
        }
    }
    let model = params.and_then(Fields::of).and_then(|p| p.text("model"));
    finish(&mut record, model.as_ref());
    Ok(record)
}

fn finish<'a>(record: &mut Record<'a>, model: Option<&Cow<'a, str>>) {
    name_model(&mut record.outputs, model);
    if record.request.is_none() {
        record.remarks.push(ALONE.into());
    }
}
