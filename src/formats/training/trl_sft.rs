//! TRL supervised fine-tuning on whole conversations: `{"messages": [...], "tools": "[...]"?}`.
//!
//! TRL ignores weights, so a row that relies on weight 0 is refused; `trl-prompt-completion` learns the last
//! answer alone. `tools` is JSON in a string: as free JSON its fields would differ from row to row.

use super::chat::{self, TEMPLATE};
use super::columns::Columns;
use super::extras::Weights;
use super::json::key;
use super::rules::{self, Rules, TEXT};
use crate::domain::training::{Refusal, TrainingRow};

const RULES: Rules = Rules {
    weights: Weights::Ignored,
    ..TEXT
};

pub(super) fn check(row: &TrainingRow, found: &mut Vec<Refusal>) {
    rules::prompt(row, RULES, found);
    rules::answer(row, RULES, found);
}

pub(super) fn write(row: &TrainingRow, shape: Columns, out: &mut Vec<u8>) {
    out.push(b'{');
    key(out, "messages");
    out.push(b'[');
    chat::conversation(out, row, TEMPLATE);
    out.push(b']');
    // `null`, not an empty list: some templates announce tools for a list without any.
    chat::tools_as_text(out, row, shape.tools, "null");
    out.push(b'}');
}
