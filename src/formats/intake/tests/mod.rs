//! Intake as its callers see it: bytes in, rows out.

mod corpus;
mod hostile;
mod pandalm;
mod splitting;

use std::fmt::Write as _;
use std::io::Read;
use std::ops::ControlFlow;

use super::*;

/// A row that no longer borrows.
struct Read1 {
    line: u64,
    raw: Vec<u8>,
    outcome: Result<String, RowError>,
}

fn rows_with(bytes: &[u8], options: &Options) -> Result<(Vec<Read1>, Summary), IntakeError> {
    rows_of(bytes, options)
}

fn rows(bytes: &[u8]) -> (Vec<Read1>, Summary) {
    rows_with(bytes, &Options::default()).unwrap()
}

fn rows_of(reader: impl Read, options: &Options) -> Result<(Vec<Read1>, Summary), IntakeError> {
    let mut found = Vec::new();
    let summary = read_rows(reader, options, |row| {
        found.push(keep(&row));
        ControlFlow::Continue(())
    })?;
    Ok((found, summary))
}

fn keep(row: &Row<'_>) -> Read1 {
    Read1 {
        line: row.line,
        raw: row.raw.to_vec(),
        outcome: match &row.outcome {
            Ok(record) => Ok(describe(record)),
            Err(error) => Err(error.clone()),
        },
    }
}

/// Everything a record says, a line each, absent parts left out.
#[allow(clippy::too_many_lines)]
fn describe(record: &Record<'_>) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(out, "{name}: {value}");
        }
    };
    let text = |value: &Option<std::borrow::Cow<'_, str>>| value.as_deref().map(str::to_owned);
    line("id", text(&record.external_id));
    line("request", text(&record.request));
    line("reference", text(&record.reference));
    for output in &record.outputs {
        line(
            "output",
            Some(output.message.as_deref().unwrap_or("-").to_owned()),
        );
        line("  model", text(&output.model));
        line("  finish", text(&output.finish));
        line("  error", text(&output.error));
        line(
            "  tokens",
            output
                .prompt_tokens
                .map(|n| format!("{n} + {:?}", output.completion_tokens)),
        );
        line("  cost", output.cost_micros.map(|n| n.to_string()));
        line("  latency", output.latency_ms.map(|n| n.to_string()));
    }
    line("pairwise", record.pairwise.then(|| "yes".into()));
    for label in &record.labels {
        let who = label.author.as_deref().unwrap_or("?");
        line(
            "label",
            Some(format!(
                "{} {:?} {:?} by {who} on {:?}",
                label.name, label.value, label.kind, label.output
            )),
        );
        line("  reason", text(&label.reason));
        line("  badge", text(&label.badge));
        line(
            "  evidence",
            (!label.evidence.is_empty()).then(|| format!("{:?}", label.evidence)),
        );
    }
    for correction in &record.corrections {
        line(
            "correction",
            Some(format!(
                "{} <- {} by {:?}",
                correction.output, correction.text, correction.author
            )),
        );
    }
    line("feature", text(&record.feature));
    line(
        "tags",
        (!record.tags.is_empty()).then(|| record.tags.join("|")),
    );
    line("time", record.time_ms.map(|n| n.to_string()));
    for remark in &record.remarks {
        line("remark", Some(remark.clone()));
    }
    out
}
