//! TRL preferences: `{"prompt": [...], "chosen": [one], "rejected": [one], "tools": "[...]"?}`.
//!
//! `chosen` and `rejected` are the answer turns only: with the conversation repeated in them TRL would learn
//! the prompt as well.

use super::chat::{self, TEMPLATE};
use super::columns::Columns;
use super::rules::{self, TEXT};
use crate::domain::training::{Refusal, TrainingRow};

pub(super) fn check(row: &TrainingRow, found: &mut Vec<Refusal>) {
    rules::prompt(row, TEXT, found);
    rules::answer(row, TEXT, found);
    rules::rejected(row, TEXT, found);
}

pub(super) fn write(row: &TrainingRow, shape: Columns, out: &mut Vec<u8>) {
    out.push(b'{');
    chat::prompt(out, "prompt", row, TEMPLATE);
    chat::answer(out, "chosen", &row.chosen, TEMPLATE);
    if let Some(rejected) = &row.rejected {
        chat::answer(out, "rejected", rejected, TEMPLATE);
    }
    chat::tools_as_text(out, row, shape.tools, "null");
    out.push(b'}');
}
