//! TRL supervised fine-tuning on the last answer: `{"prompt": [...], "completion": [one], "tools": "[...]"?}`.

use super::chat::{self, TEMPLATE};
use super::columns::Columns;
use super::rules::{self, TEXT};
use crate::domain::training::{Refusal, TrainingRow};

pub(super) fn check(row: &TrainingRow, found: &mut Vec<Refusal>) {
    rules::prompt(row, TEXT, found);
    rules::answer(row, TEXT, found);
}

pub(super) fn write(row: &TrainingRow, shape: Columns, out: &mut Vec<u8>) {
    out.push(b'{');
    chat::prompt(out, "prompt", row, TEMPLATE);
    chat::answer(out, "completion", &row.chosen, TEMPLATE);
    chat::tools_as_text(out, row, shape.tools, "null");
    out.push(b'}');
}
