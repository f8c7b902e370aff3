//! Together supervised fine-tuning: `{"messages": [{"role", "content", "weight"?}]}`.
//!
//! Strict keys, also inside messages; roles system, user and assistant in alternation; no tools. Preferences for
//! Together are written as `openai-dpo`.

use super::chat::{self, Dialect, OPENAI};
use super::extras::Weights;
use super::json::key;
use super::rules::{self, Rules, TEXT};
use crate::domain::training::{Refusal, TrainingRow};

const RULES: Rules = Rules {
    tools: false,
    weights: Weights::Written,
    ..TEXT
};

const DIALECT: Dialect = Dialect {
    developer: false,
    null_content: false,
    names: false,
    weights: true,
    ..OPENAI
};

pub(super) fn check(row: &TrainingRow, found: &mut Vec<Refusal>) {
    rules::prompt(row, RULES, found);
    rules::answer(row, RULES, found);
    rules::alternation(row, found);
}

pub(super) fn write(row: &TrainingRow, out: &mut Vec<u8>) {
    out.push(b'{');
    key(out, "messages");
    out.push(b'[');
    chat::conversation(out, row, DIALECT);
    out.push(b']');
    out.push(b'}');
}
