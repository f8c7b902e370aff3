//! Rows that say which of two answers is better, or whether one is good.

use std::borrow::Cow;

use super::super::error::Refusal;
use super::super::fields::{Fields, elements, number, scalar};
use super::answer::message;
use super::conversation::instruction;
use super::question::{as_text, request, write_array};
use crate::domain::record::{Label, LabelKind, LabelValue, Record, RecordOutput};

/// The criterion of a label that only says which answer is better.
pub const PREFERENCE: &str = "preference";

/// `input`, `preferred_output`, `non_preferred_output`.
pub fn openai<'a>(row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
    let mut record = Record {
        request: row.get("input").map(request),
        ..Record::default()
    };
    for key in ["preferred_output", "non_preferred_output"] {
        let (output, _) = last_turn(row, key, &mut record.remarks)?;
        record.outputs.push(output);
    }
    prefer_first(&mut record, "\"preferred_output\"");
    Ok(record)
}

/// `prompt?`, `chosen`, `rejected`, each a text or messages.
pub fn chosen_rejected<'a>(row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
    let asked = row.first(&["prompt", "question", "instruction", "input"]);
    let mut record = Record {
        request: asked.map(request),
        ..Record::default()
    };
    let (chosen, before) = last_turn(row, "chosen", &mut record.remarks)?;
    let (rejected, _) = last_turn(row, "rejected", &mut record.remarks)?;
    if asked.is_none() {
        match before {
            Some(turns) => record.request = Some(Cow::Owned(turns)),
            None => record.remarks.push("the row has no prompt".into()),
        }
    }
    record.outputs = vec![chosen, rejected];
    prefer_first(&mut record, "\"chosen\"");
    Ok(record)
}

/// The last turn of a completion and, where it is a conversation, the turns before it.
fn last_turn<'a>(
    row: &Fields<'a>,
    key: &str,
    remarks: &mut Vec<String>,
) -> Result<(RecordOutput<'a>, Option<String>), Refusal> {
    let json = row
        .get(key)
        .ok_or_else(|| Refusal::new(format!("`{key}` is null")))?;
    let output = |said| RecordOutput {
        message: Some(said),
        ..RecordOutput::default()
    };
    let Some(turns) = elements(json) else {
        return Ok((output(message(json)), None));
    };
    let Some((last, before)) = turns.split_last() else {
        return Err(Refusal::new(format!("`{key}` is empty")));
    };
    let answered = before.iter().any(|turn| {
        let role = Fields::of(turn).and_then(|t| t.text("role"));
        role.as_deref() == Some("assistant")
    });
    if answered && row.get("prompt").is_some() {
        remarks.push(format!(
            "of `{key}` only the last of {} turns is shown",
            turns.len()
        ));
    }
    let before = (!before.is_empty()).then(|| write_array(before));
    Ok((output(message(last)), before))
}

fn prefer_first(record: &mut Record<'_>, raw: &'static str) {
    record.pairwise = true;
    record.labels.push(Label {
        output: None,
        name: Cow::Borrowed(PREFERENCE),
        value: LabelValue::Prefers(1),
        kind: LabelKind::Human,
        author: None,
        reason: None,
        evidence: Vec::new(),
        badge: None,
        raw: Cow::Borrowed(raw),
    });
}

/// `prompt`, `completion`, `label`.
pub fn kto<'a>(row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
    let mut record = Record {
        request: row.get("prompt").map(request),
        ..Record::default()
    };
    let (output, _) = last_turn(row, "completion", &mut record.remarks)?;
    record.outputs.push(output);
    let raw = row.get("label").unwrap_or("null");
    record.labels.push(Label {
        output: Some(0),
        name: Cow::Borrowed("label"),
        value: LabelValue::Flag(raw == "true"),
        kind: LabelKind::Human,
        author: None,
        reason: None,
        evidence: Vec::new(),
        badge: None,
        raw: Cow::Borrowed(raw),
    });
    Ok(record)
}

/// `instruction`, `output_1`, `output_2`, and the `preference` of an annotator model or the `label` of people.
pub fn alpaca_eval<'a>(row: &Fields<'a>) -> Record<'a> {
    let mut record = Record {
        request: Some(instruction(row, &[])),
        pairwise: true,
        ..Record::default()
    };
    for (text, model) in [("output_1", "generator_1"), ("output_2", "generator_2")] {
        record.outputs.push(RecordOutput {
            message: row.get(text).map(as_text),
            model: row.text(model),
            ..RecordOutput::default()
        });
    }
    for (key, kind) in [
        ("preference", LabelKind::Judge),
        ("label", LabelKind::Human),
    ] {
        let Some(raw) = row.get(key) else { continue };
        record.labels.push(Label {
            output: None,
            name: Cow::Borrowed(PREFERENCE),
            value: preference(raw),
            kind,
            author: row.text("annotator"),
            reason: row.get("raw_completion").and_then(scalar),
            evidence: Vec::new(),
            badge: None,
            raw: Cow::Borrowed(raw),
        });
    }
    record
}

/// 1 and 2 name an answer, 0 and 1.5 a tie; what lies between is the weight of a judge.
fn preference(raw: &str) -> LabelValue {
    match number(raw) {
        Some(1.0) => LabelValue::Prefers(1),
        Some(2.0) => LabelValue::Prefers(2),
        Some(0.0 | 1.5) => LabelValue::Tie,
        Some(weight) => LabelValue::Number(weight),
        None => LabelValue::Text(scalar(raw).unwrap_or(Cow::Borrowed(raw)).into_owned()),
    }
}
