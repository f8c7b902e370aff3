//! A row read through a mapping.

use std::borrow::Cow;

use super::super::error::Refusal;
use super::super::extras;
use super::super::fields::{Fields, number, scalar};
use super::super::measures::{MS, SECOND, micros, millis};
use super::super::read::{request, respond};
use super::super::time;
use super::{LabelColumns, Mapping, OutputColumns, Source};
use crate::domain::json::quote;
use crate::domain::record::{Label, LabelValue, Record, RecordCorrection, RecordOutput};

/// The record of a row. Fails if neither request nor answer is there.
pub fn record<'a>(mapping: &'a Mapping, row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
    let mut record = Record {
        request: question(mapping, row),
        pairwise: mapping.pairwise,
        ..Record::default()
    };
    for columns in &mapping.outputs {
        output(columns, row, &mut record)?;
    }
    let failed = row.get("error").is_some();
    if record.request.is_none() && record.outputs.is_empty() && !failed {
        let mut columns: Vec<&str> = mapping.request.iter().map(String::as_str).collect();
        columns.extend(mapping.outputs.iter().map(|o| o.text.as_str()));
        return Err(
            Refusal::new(format!("the row has none of `{}`", columns.join("`, `")))
                .hint("name the columns: `--map request=COLUMN --map output=COLUMN`"),
        );
    }
    if mapping.pairwise && record.outputs.len() < mapping.outputs.len() {
        record.remarks.push(format!(
            "only {} of {} outputs are there",
            record.outputs.len(),
            mapping.outputs.len()
        ));
    }
    overlay(mapping, row, &mut record);
    Ok(record)
}

/// Fills in what a mapping says beside request and answer, over what a format's reader found.
pub fn overlay<'a>(mapping: &'a Mapping, row: &Fields<'a>, record: &mut Record<'a>) {
    let column = |name: &Option<String>| name.as_deref().and_then(|name| row.path(name));
    let text = |name: &Option<String>| column(name).and_then(scalar);
    record.external_id = text(&mapping.id).or(record.external_id.take());
    record.feature = text(&mapping.feature).or(record.feature.take());
    record.time_ms = column(&mapping.time)
        .and_then(time::millis)
        .or(record.time_ms);
    let reference = column(&mapping.reference).filter(|json| *json != "\"\"");
    record.reference = reference.map(Cow::Borrowed).or(record.reference.take());
    for name in &mapping.tags {
        record
            .tags
            .extend(row.path(name).map(extras::tags).unwrap_or_default());
    }
    let corrected = text(&mapping.correction).filter(|text| !text.is_empty());
    if let (Some(text), false) = (corrected, record.outputs.is_empty()) {
        record.corrections.push(RecordCorrection {
            output: 0,
            text,
            author: None,
            reason: None,
        });
    }
    for columns in &mapping.labels {
        record
            .labels
            .extend(label(columns, row, record.pairwise, record.outputs.len()));
    }
}

fn question<'a>(mapping: &'a Mapping, row: &Fields<'a>) -> Option<Cow<'a, str>> {
    let asked = match mapping.request.as_slice() {
        [column] => row.path(column).map(request),
        columns => {
            let texts = columns.iter().filter_map(|column| row.path(column));
            let texts = texts.map(|json| scalar(json).unwrap_or(Cow::Borrowed(json)));
            let texts: Vec<_> = texts.filter(|text| !text.is_empty()).collect();
            (!texts.is_empty()).then(|| Cow::Owned(quote(&texts.join("\n\n"))))
        }
    };
    let system = mapping
        .system
        .as_deref()
        .and_then(|column| row.path(column));
    match (
        asked,
        system.filter(|json| json.starts_with('"') && *json != "\"\""),
    ) {
        (Some(asked), Some(system)) if asked.starts_with('"') => Some(Cow::Owned(format!(
            "[{{\"role\":\"system\",\"content\":{system}}},{{\"role\":\"user\",\"content\":{asked}}}]"
        ))),
        (Some(asked), Some(system)) if asked.starts_with('[') => Some(Cow::Owned(format!(
            "{{\"system\":{system},\"messages\":{asked}}}"
        ))),
        (asked, _) => asked,
    }
}

fn output<'a>(
    columns: &'a OutputColumns,
    row: &Fields<'a>,
    record: &mut Record<'a>,
) -> Result<(), Refusal> {
    let column = |name: &Option<String>| name.as_deref().and_then(|name| row.path(name));
    let error = column(&columns.error).filter(|json| *json != "\"\"");
    let mut outputs = match row.path(&columns.text) {
        Some(json) => {
            remark(&columns.text, json, &mut record.remarks);
            respond(json)?
        }
        None if error.is_some() => vec![RecordOutput::default()],
        None => return Ok(()),
    };
    let model = columns.model.as_ref().and_then(|source| named(source, row));
    for output in &mut outputs {
        output.model = model.clone().or(output.model.take());
        output.error = error.map(Cow::Borrowed).or(output.error.take());
        output.finish = column(&columns.finish)
            .and_then(scalar)
            .or(output.finish.take());
        let time = |name, unit| column(name).and_then(|json| millis(json, unit));
        output.latency_ms = time(&columns.latency_ms, MS)
            .or_else(|| time(&columns.latency_s, SECOND))
            .or(output.latency_ms);
        output.first_token_ms = time(&columns.first_token_ms, MS).or(output.first_token_ms);
        let cost = column(&columns.cost).and_then(number).and_then(micros);
        output.cost_micros = cost.or(output.cost_micros);
    }
    record.outputs.append(&mut outputs);
    Ok(())
}

/// Names what is odd about an answer.
fn remark(column: &str, json: &str, remarks: &mut Vec<String>) {
    match json.as_bytes().first() {
        Some(b'"') if json == "\"\"" => remarks.push(format!("`{column}` is empty")),
        Some(b'"' | b'{' | b'[') | None => {}
        Some(_) => remarks.push(format!("`{column}` is `{json}`, read as text")),
    }
}

fn named<'a>(source: &'a Source, row: &Fields<'a>) -> Option<Cow<'a, str>> {
    match source {
        Source::Column(column) => scalar(row.path(column)?),
        Source::Constant(constant) => Some(Cow::Borrowed(&constant.constant)),
        Source::Part(part) => {
            let text = scalar(row.path(&part.column)?)?;
            let found = text.split(part.split.as_str()).nth(part.part)?;
            Some(Cow::Owned(found.to_owned()))
        }
    }
}

fn label<'a>(
    columns: &'a LabelColumns,
    row: &Fields<'a>,
    pairwise: bool,
    outputs: usize,
) -> Option<Label<'a>> {
    let raw = row.path(&columns.column)?;
    let text = scalar(raw).unwrap_or(Cow::Borrowed(raw));
    let listed = columns.values.get(text.as_ref());
    let value = match listed {
        Some(meaning) => meaning.0.clone(),
        None if !columns.values.is_empty() => LabelValue::Text(text.into_owned()),
        None if text.is_empty() => return None,
        None => match (text.as_ref(), number(raw)) {
            ("true", _) => LabelValue::Flag(true),
            ("false", _) => LabelValue::Flag(false),
            (_, Some(number)) => LabelValue::Number(number),
            (word, None) => LabelValue::Text(word.to_owned()),
        },
    };
    let about = columns.output.map(|n| n - 1).or((!pairwise).then_some(0));
    let author = columns
        .author_column
        .as_deref()
        .and_then(|column| scalar(row.path(column)?));
    let reason = columns
        .reason
        .as_deref()
        .and_then(|column| scalar(row.path(column)?));
    Some(Label {
        output: about.filter(|at| *at < outputs),
        name: Cow::Borrowed(&columns.criterion),
        value,
        kind: columns.kind,
        author: author.or(columns.author.as_deref().map(Cow::Borrowed)),
        reason: reason.filter(|text| !text.is_empty()),
        evidence: Vec::new(),
        badge: None,
        raw: Cow::Borrowed(raw),
    })
}
