//! OpenAI supervised fine-tuning: `{"messages": [...], "tools": [...]?, "parallel_tool_calls": bool?}`.
//!
//! Strict keys. Weights 0 and 1 are kept as logged; answers earlier in a conversation are learned too unless
//! theirs is 0.

use super::chat::{self, Dialect, OPENAI};
use super::columns::Columns;
use super::extras::Weights;
use super::json::key;
use super::rules::{self, Rules, System};
use crate::domain::training::{Refusal, TrainingRow};

const RULES: Rules = Rules {
    images: true,
    tools: true,
    tool_ids: true,
    system: System::Anywhere,
    weights: Weights::Written,
};

pub(super) fn check(row: &TrainingRow, found: &mut Vec<Refusal>) {
    rules::prompt(row, RULES, found);
    rules::answer(row, RULES, found);
}

pub(super) fn write(row: &TrainingRow, shape: Columns, out: &mut Vec<u8>) {
    let dialect = Dialect {
        weights: true,
        parts: shape.parts,
        ..OPENAI
    };
    out.push(b'{');
    key(out, "messages");
    out.push(b'[');
    chat::conversation(out, row, dialect);
    out.push(b']');
    chat::tools_as_json(out, row);
    out.push(b'}');
}
