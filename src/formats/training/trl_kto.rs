//! TRL labelled answers: `{"prompt": [...], "completion": [one], "label": bool, "tools": "[...]"?}`.
//!
//! `label` is a JSON boolean: 0, 1 and "true" load as another column type. A file with one class only teaches
//! little, which `Tally` warns about.

use super::chat::{self, TEMPLATE};
use super::columns::Columns;
use super::json::{key, raw};
use super::rules::{self, TEXT};
use crate::domain::training::{Refusal, TrainingRow};

pub(super) fn check(row: &TrainingRow, found: &mut Vec<Refusal>) {
    rules::prompt(row, TEXT, found);
    rules::answer(row, TEXT, found);
    rules::labelled(row, found);
}

/// A written line without its label: the same for the same answer to the same request.
pub(super) fn unlabelled(line: &[u8]) -> (&[u8], &[u8]) {
    // Quotes inside of texts are escaped, so this key stands where it was written and nowhere else.
    const LABEL: &[u8] = b"\"label\":";
    let at = line.windows(LABEL.len()).rposition(|part| part == LABEL);
    let at = at.map_or(line.len(), |at| at + LABEL.len());
    let rest = &line[at..];
    let value = rest.iter().take_while(|byte| byte.is_ascii_alphabetic());
    (&line[..at], &rest[value.count()..])
}

pub(super) fn write(row: &TrainingRow, shape: Columns, out: &mut Vec<u8>) {
    out.push(b'{');
    chat::prompt(out, "prompt", row, TEMPLATE);
    chat::answer(out, "completion", &row.chosen, TEMPLATE);
    key(out, "label");
    raw(
        out,
        if row.label == Some(true) {
            "true"
        } else {
            "false"
        },
    );
    chat::tools_as_text(out, row, shape.tools, "null");
    out.push(b'}');
}
