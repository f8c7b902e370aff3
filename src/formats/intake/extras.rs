//! What any row may say beside its request and answer: reference, scores, corrections, feature, tags, time.
//!
//! A reader's own finding stands; only what is absent is filled in.

use std::borrow::Cow;

use super::error::Refusal;
use super::failing;
use super::fields::{Fields, elements, key, number, scalar};
use super::measures;
use super::read::MISSING;
use super::time;
use crate::domain::record::{
    Label, LabelKind, LabelValue, Quote, Record, RecordCorrection, RecordOutput,
};

/// Fills in what the row says of itself.
pub(super) fn apply<'a>(row: &Fields<'a>, record: &mut Record<'a>) -> Result<(), Refusal> {
    if record.external_id.is_none() && row.any(key::ID | key::CUSTOM_ID) {
        record.external_id = ["external_id", "custom_id", "id"]
            .iter()
            .find_map(|k| row.text(k));
    }
    if record.reference.is_none() && row.any(key::REFERENCE | key::IDEAL) {
        let given = row.first(&["reference", "expected", "ideal", "target"]);
        record.reference = given.filter(|json| *json != "\"\"").map(Cow::Borrowed);
    }
    if record.time_ms.is_none() && row.any(key::TIME) {
        let names = ["time", "created_at", "timestamp", "created"];
        record.time_ms = names.iter().find_map(|k| row.get(k).and_then(time::millis));
    }
    about_outputs(row, record);
    if record.feature.is_none() {
        record.feature = row.text("feature");
    }
    if record.tags.is_empty() && row.any(key::TAGS) {
        record.tags = row.get("tags").map(tags).unwrap_or_default();
    }
    if row.any(key::METADATA) {
        metadata(row, record);
    }
    if row.any(key::SCORES) {
        scores(row.get("scores"), record)?;
    }
    if row.any(key::CORRECTION) {
        corrections(row, record)?;
    }
    for output in &record.outputs {
        let empty = output.message.as_deref() == Some("\"\"");
        if empty && !record.remarks.iter().any(|r| r.ends_with("is empty")) {
            record.remarks.push(MISSING.into());
        }
    }
    if record.request.as_deref().is_some_and(is_blank) {
        record.remarks.push(UNASKED.into());
    }
    Ok(())
}

/// Said of a request that is an empty text, or nothing but white space.
const UNASKED: &str = "the request is empty";

fn is_blank(json: &str) -> bool {
    let inner = json
        .strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'));
    // White space is written as it is or as one of these; anything else is a text.
    let blank = |text: &str| {
        text.replace("\\n", "")
            .replace("\\t", "")
            .replace("\\r", "")
    };
    inner.is_some_and(|text| text.len() < 64 && blank(text).trim().is_empty())
}

/// Model, timing and failure of a row with one answer (or none, when the call failed).
fn about_outputs<'a>(row: &Fields<'a>, record: &mut Record<'a>) {
    failing::settle(row, row.any(key::ERROR), record);
    if row.any(key::MODEL) {
        let model = ["model", "model_name"].iter().find_map(|k| row.text(k));
        for output in record.outputs.iter_mut().filter(|o| o.model.is_none()) {
            output.model.clone_from(&model);
        }
    }
    if row.any(key::DETAIL)
        && let Some(first) = record.outputs.first_mut()
    {
        record.remarks.extend(details(row, first));
    }
    if row.any(key::METRICS)
        && let (Some(first), Some(metrics)) = (
            record.outputs.first_mut(),
            row.get("metrics").and_then(Fields::of),
        )
    {
        measures::fill(&metrics, first);
    }
}

/// Finish reason, timing, cost and token counts, where they are not known. Gives a remark on a time without a unit.
pub(super) fn details<'a>(row: &Fields<'a>, output: &mut RecordOutput<'a>) -> Option<String> {
    if output.finish.is_none() {
        output.finish = row.text("finish_reason");
    }
    let untold = measures::fill(row, output)?;
    Some(format!("`{untold}` names no unit and was not read"))
}

fn metadata<'a>(row: &Fields<'a>, record: &mut Record<'a>) {
    let Some(metadata) = row.get("metadata").and_then(Fields::of) else {
        return;
    };
    if record.feature.is_none() {
        record.feature = metadata.text("feature");
    }
    if record.tags.is_empty() {
        record.tags = metadata.get("tags").map(tags).unwrap_or_default();
    }
    if let Some(first) = record.outputs.first_mut() {
        measures::fill(&metadata, first);
    }
    let model = metadata.text("model");
    for output in record.outputs.iter_mut().filter(|o| o.model.is_none()) {
        output.model.clone_from(&model);
    }
}

/// An array of texts, or text separated by commas.
pub(super) fn tags(json: &str) -> Vec<Cow<'_, str>> {
    if let Some(list) = elements(json) {
        return list
            .into_iter()
            .filter_map(scalar)
            .filter(|t| !t.trim().is_empty())
            .collect();
    }
    let split = |text: &str| -> Vec<String> {
        let parts = text.split(',').map(str::trim).filter(|t| !t.is_empty());
        parts.map(str::to_owned).collect()
    };
    match scalar(json) {
        Some(text) if !text.contains(',') && !text.trim().is_empty() => vec![text],
        Some(text) => split(&text).into_iter().map(Cow::Owned).collect(),
        None => Vec::new(),
    }
}

/// `[{name, value, kind, ...}]`, or `{name: value}` as programs write it.
fn scores<'a>(json: Option<&'a str>, record: &mut Record<'a>) -> Result<(), Refusal> {
    let Some(json) = json else { return Ok(()) };
    if let Some(named) = Fields::of(json) {
        for (name, raw) in named.iter().filter(|(_, raw)| *raw != "null") {
            record.labels.push(Label {
                output: (record.outputs.len() == 1).then_some(0),
                name: name.clone(),
                value: value(raw, record.pairwise),
                kind: LabelKind::Code,
                author: None,
                reason: None,
                evidence: Vec::new(),
                badge: None,
                raw: Cow::Borrowed(raw),
            });
        }
        return Ok(());
    }
    let list =
        elements(json).ok_or_else(|| Refusal::new("`scores` is neither an array nor an object"))?;
    for (at, raw) in list.into_iter().enumerate() {
        let place = |what: &str| Refusal::new(format!("score {} {what}", at + 1));
        let score = Fields::of(raw).ok_or_else(|| place("is no object"))?;
        let label = one_score(raw, &score, record).map_err(|what| place(&what))?;
        record.labels.extend(label);
    }
    Ok(())
}

fn one_score<'a>(
    raw: &'a str,
    score: &Fields<'a>,
    record: &mut Record<'a>,
) -> Result<Option<Label<'a>>, String> {
    let name = ["name", "criterion"].iter().find_map(|k| score.text(k));
    let name = name.ok_or("has no `name`")?;
    let kind = match score.first(&["kind", "source"]).and_then(scalar).as_deref() {
        Some("human" | "ANNOTATION") => LabelKind::Human,
        Some("judge" | "EVAL") => LabelKind::Judge,
        Some("code" | "API") => LabelKind::Code,
        Some(other) => {
            return Err(format!(
                "has the kind `{other}`: expected `human`, `judge` or `code`"
            ));
        }
        None => {
            record.remarks.push(format!(
                "score `{name}` does not say who gave it: taken as a program's"
            ));
            LabelKind::Code
        }
    };
    let reason = score.first(&["reason", "comment"]).and_then(scalar);
    let value = match score.get("value") {
        Some(json) => value(json, record.pairwise),
        // An unscored verdict keeps its words; nothing at all is nothing.
        None if reason.is_some() => LabelValue::Text(String::new()),
        None => return Ok(None),
    };
    let preference = matches!(value, LabelValue::Prefers(_) | LabelValue::Tie);
    let output = match score.get("output") {
        Some(json) => Some(position(json, record.outputs.len())?),
        None if preference || record.outputs.is_empty() || record.pairwise => None,
        None => Some(0),
    };
    Ok(Some(Label {
        output,
        name,
        value,
        kind,
        author: score.text("author"),
        reason,
        evidence: evidence(score.get("evidence"))?,
        badge: score.text("badge"),
        raw: Cow::Borrowed(raw),
    }))
}

/// A score's value. In a pairwise row `first`, `second`, ... and `tie` are preferences.
fn value(json: &str, pairwise: bool) -> LabelValue {
    match json {
        "true" => return LabelValue::Flag(true),
        "false" => return LabelValue::Flag(false),
        _ => {}
    }
    let text = scalar(json).unwrap_or(Cow::Borrowed(json));
    if !json.starts_with('"')
        && let Some(number) = number(json)
    {
        return LabelValue::Number(number);
    }
    match text.as_ref() {
        "tie" if pairwise => LabelValue::Tie,
        word if pairwise && super::mapping::ordinal(word).is_some() => {
            LabelValue::Prefers(super::mapping::ordinal(word).unwrap_or(1))
        }
        word => match number(json) {
            // A table has no other way to write a number.
            Some(number) => LabelValue::Number(number),
            None => LabelValue::Text(word.to_owned()),
        },
    }
}

fn position(json: &str, outputs: usize) -> Result<usize, String> {
    let at = number(json)
        .filter(|n| *n >= 0.0 && n.fract() == 0.0)
        .map(|n| n as usize);
    at.filter(|at| *at < outputs)
        .ok_or_else(|| format!("points at output {json}: the row has {outputs}, counted from 0"))
}

fn evidence(json: Option<&str>) -> Result<Vec<Quote>, String> {
    let list = json.and_then(elements).unwrap_or_default();
    let mut quotes = Vec::with_capacity(list.len());
    for raw in list {
        let quote = match scalar(raw) {
            Some(text) => Quote {
                quote: text.into_owned(),
                problem: false,
            },
            None => serde_json::from_str(raw).map_err(|_| "has evidence without a `quote`")?,
        };
        quotes.push(quote);
    }
    Ok(quotes)
}

fn corrections<'a>(row: &Fields<'a>, record: &mut Record<'a>) -> Result<(), Refusal> {
    let one = row.get("correction").into_iter();
    let many = row
        .get("corrections")
        .and_then(elements)
        .unwrap_or_default();
    for json in one.chain(many) {
        if json == "\"\"" {
            continue;
        }
        let mut correction = RecordCorrection {
            output: 0,
            text: Cow::Borrowed(""),
            author: None,
            reason: None,
        };
        if let Some(fields) = Fields::of(json) {
            let text = fields
                .first(&["text", "output", "content"])
                .and_then(scalar);
            correction.text = text.ok_or_else(|| Refusal::new("a correction has no `text`"))?;
            correction.author = fields.text("author");
            correction.reason = fields.first(&["reason", "comment"]).and_then(scalar);
            if let Some(at) = fields
                .get("output")
                .filter(|_| fields.get("text").is_some())
            {
                let place = position(at, record.outputs.len());
                correction.output =
                    place.map_err(|what| Refusal::new(format!("a correction {what}")))?;
            }
        } else {
            correction.text =
                scalar(json).ok_or_else(|| Refusal::new("a correction is no text"))?;
        }
        if record.outputs.is_empty() {
            return Err(Refusal::new(
                "the row has a correction but no answer it corrects",
            ));
        }
        record.corrections.push(correction);
    }
    Ok(())
}
