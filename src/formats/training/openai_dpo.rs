//! OpenAI preference fine-tuning:
//! `{"input": {"messages", "tools"?, "parallel_tool_calls"?}, "preferred_output": [one], "non_preferred_output": [one]}`.
//!
//! Text only; each output is exactly one message of the assistant, so answers that call tools are refused.

use super::chat::{self, OPENAI};
use super::extras::Weights;
use super::json::key;
use super::rules::{self, Rules, System};
use crate::domain::training::{Refusal, TrainingRow};

const RULES: Rules = Rules {
    images: false,
    tools: true,
    tool_ids: true,
    system: System::Anywhere,
    weights: Weights::Moot,
};

pub(super) fn check(row: &TrainingRow, found: &mut Vec<Refusal>) {
    rules::prompt(row, RULES, found);
    rules::answer(row, RULES, found);
    rules::rejected(row, RULES, found);
    let mut outputs = [Some(&row.chosen), row.rejected.as_ref()]
        .into_iter()
        .flatten();
    if outputs.any(|output| !output.tool_calls.is_empty()) {
        found.push(Refusal::new(
            "text_only",
            "an answer calls a tool, and preferences here are between texts",
        ));
    }
}

pub(super) fn write(row: &TrainingRow, out: &mut Vec<u8>) {
    out.push(b'{');
    key(out, "input");
    out.push(b'{');
    chat::prompt(out, "messages", row, OPENAI);
    chat::tools_as_json(out, row);
    out.push(b'}');
    chat::answer(out, "preferred_output", &row.chosen, OPENAI);
    if let Some(rejected) = &row.rejected {
        chat::answer(out, "non_preferred_output", rejected, OPENAI);
    }
    out.push(b'}');
}
