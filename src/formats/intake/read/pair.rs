//! Logged requests with their responses, responses alone, and requests with several candidates.

use std::borrow::Cow;

use super::super::error::Refusal;
use super::super::fields::{Fields, elements, key};
use super::answer::{failed, of_fields, respond};
use super::question::{beside, request, write_array, write_message};
use crate::domain::record::{Record, RecordOutput};

/// `{"request": ..., "response": ...}`, or `messages` and `choices` side by side.
pub fn logged<'a>(row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
    let asked = row.get("request");
    let mut record = Record {
        request: asked.map(request).or_else(|| beside(row)),
        ..Record::default()
    };
    let response = row.get("response");
    if asked.is_none() && response.is_none() {
        record.outputs = of_fields(row);
    } else if let Some(response) = response {
        record.outputs = respond(response)?;
    } else if let Some(error) = row.get("error") {
        record.outputs.push(failed(error));
    }
    let model = asked.and_then(Fields::of).and_then(|r| r.text("model"));
    name_model(&mut record.outputs, model.as_ref());
    Ok(record)
}

/// A response without its request.
pub fn bare<'a>(row: &Fields<'a>) -> Record<'a> {
    Record {
        request: beside(row),
        outputs: of_fields(row),
        remarks: vec!["the request is not in the row".into()],
        ..Record::default()
    }
}

/// A request with a list of `outputs`.
pub fn candidates<'a>(row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
    let asked = row.first(&["request", "prompt", "question", "instruction", "input"]);
    let mut record = Record {
        request: asked.map(request).or_else(|| beside(row)),
        pairwise: row.get("pairwise") == Some("true"),
        ..Record::default()
    };
    for json in row.get("outputs").and_then(elements).unwrap_or_default() {
        record.outputs.push(candidate(json)?);
    }
    if record.outputs.is_empty() {
        record.remarks.push("`outputs` is empty".into());
    }
    Ok(record)
}

fn candidate(json: &str) -> Result<RecordOutput<'_>, Refusal> {
    let Some(fields) = Fields::of(json) else {
        return Ok(respond(json)?.into_iter().next().unwrap_or_default());
    };
    let said = [
        "message",
        "output",
        "text",
        "response",
        "completion",
        "answer",
    ];
    let mut output = match fields.first(&said) {
        Some(inner) => respond(inner)?.into_iter().next().unwrap_or_default(),
        None if fields.get("content").is_some() || fields.any(key::CHOICES) => {
            respond(json)?.into_iter().next().unwrap_or_default()
        }
        None => RecordOutput::default(),
    };
    output.model = fields
        .first(&["model", "generator", "name"])
        .and_then(super::super::fields::scalar)
        .or(output.model);
    output.error = fields.get("error").map(Cow::Borrowed).or(output.error);
    super::super::extras::details(&fields, &mut output);
    Ok(output)
}

/// Gives a model to the outputs that have none.
pub fn name_model<'a>(outputs: &mut [RecordOutput<'a>], model: Option<&Cow<'a, str>>) {
    for output in outputs.iter_mut().filter(|o| o.model.is_none()) {
        output.model = model.cloned();
    }
}

/// A request of an optional system prompt, earlier turns and a question, all JSON strings.
pub fn with_system(system: Option<&str>, turns: &[String], question: &str) -> String {
    let system = system
        .filter(|text| *text != "\"\"")
        .map(|text| write_message("system", text));
    let last = write_message("user", question);
    write_array(system.iter().chain(turns).chain([&last]))
}
