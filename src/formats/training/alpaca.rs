//! Alpaca: `{"instruction", "input", "output", "system"?, "history"?}`.
//!
//! `instruction` is the last question, `history` the pairs before it, `input` always the empty text: docket
//! cannot know which half of a question was the instruction. No tools, text only.

use super::columns::Columns;
use super::extras::Weights;
use super::json::{key, raw, separate, string};
use super::rules::{self, Rules, TEXT, said, split_system, text};
use crate::domain::training::{Refusal, TrainingRow};

const RULES: Rules = Rules {
    tools: false,
    weights: Weights::Ignored,
    ..TEXT
};

pub(super) fn check(row: &TrainingRow, found: &mut Vec<Refusal>) {
    rules::prompt(row, RULES, found);
    rules::answer(row, RULES, found);
    rules::alternation(row, found);
}

pub(super) fn write(row: &TrainingRow, shape: Columns, out: &mut Vec<u8>) {
    let (system, turns) = split_system(&row.request.messages);
    let (history, last) = turns.as_chunks::<2>();
    out.push(b'{');
    key(out, "instruction");
    string(out, &last.first().map(text).unwrap_or_default());
    key(out, "input");
    raw(out, r#""""#);
    key(out, "output");
    string(out, &said(&row.chosen));
    if system.is_some() || shape.system {
        key(out, "system");
        string(out, &system.map(text).unwrap_or_default());
    }
    if !history.is_empty() || shape.history {
        key(out, "history");
        out.push(b'[');
        for [question, answer] in history {
            separate(out);
            out.push(b'[');
            string(out, &text(question));
            out.push(b',');
            string(out, &said(answer));
            out.push(b']');
        }
        out.push(b']');
    }
    out.push(b'}');
}
