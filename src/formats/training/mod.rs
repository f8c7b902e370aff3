//! Training rows to JSONL, one small file per format, each with the rules its trainer states and those it
//! silently breaks on.
//!
//! Promises: a row that passes [`check`] is written by [`write()`] as one line of valid JSON with the keys the
//! format allows and no others, in a fixed order, UTF-8 not escaped. Content is always a message list, never a
//! bare prompt in one row and messages in the next. Tool arguments stay the text the model wrote, key order
//! included. Ticket ids never enter a file; provenance goes beside it.
//!
//! Refused, because trainers take it without a word: an answer that is empty or not the assistant's, weights
//! on other roles or nothing but zeros, keys no trainer knows, a chosen answer equal to the rejected one,
//! content that is an object, tool answers without their calls. That one answer is marked wanted in one row and
//! unwanted in another is found by [`Tally`]. What concerns the file as a whole (too few
//! rows, one class only) is counted by [`Tally`] and warned about.

mod alpaca;
mod chat;
mod columns;
mod extras;
mod json;
mod openai_dpo;
mod openai_sft;
mod pairs;
mod rules;
mod sharegpt;
mod tally;
mod together;
mod tools;
mod trl_dpo;
mod trl_kto;
mod trl_prompt_completion;
mod trl_sft;

#[cfg(test)]
mod tests;

pub use columns::{Column, Columns, columns};
pub use rules::same_answer;
pub use tally::{AnswerKey, Tally};

use crate::domain::training::{Refusal, TrainingFormat, TrainingRow};

/// Every reason why `row` cannot be written as `format`.
///
/// Costs no allocation for a row that passes.
pub fn check(format: TrainingFormat, row: &TrainingRow) -> Result<(), Vec<Refusal>> {
    let mut found = Vec::new();
    let rule = match format {
        TrainingFormat::OpenAiSft => openai_sft::check,
        TrainingFormat::OpenAiDpo => openai_dpo::check,
        TrainingFormat::TrlSft => trl_sft::check,
        TrainingFormat::TrlPromptCompletion => trl_prompt_completion::check,
        TrainingFormat::TrlDpo => trl_dpo::check,
        TrainingFormat::TrlKto => trl_kto::check,
        TrainingFormat::ShareGpt => sharegpt::check,
        TrainingFormat::Alpaca => alpaca::check,
        TrainingFormat::Together => together::check,
        TrainingFormat::Pairs => pairs::check,
    };
    rule(row, &mut found);
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// Appends `row` as one line, newline included. The row must have passed [`check`].
///
/// `shape` names the optional columns of the file, the same for all its rows: see [`Columns`].
pub fn write(format: TrainingFormat, shape: Columns, row: &TrainingRow, out: &mut Vec<u8>) {
    match format {
        TrainingFormat::OpenAiSft => openai_sft::write(row, shape, out),
        TrainingFormat::OpenAiDpo => openai_dpo::write(row, out),
        TrainingFormat::TrlSft => trl_sft::write(row, shape, out),
        TrainingFormat::TrlPromptCompletion => trl_prompt_completion::write(row, shape, out),
        TrainingFormat::TrlDpo => trl_dpo::write(row, shape, out),
        TrainingFormat::TrlKto => trl_kto::write(row, shape, out),
        TrainingFormat::ShareGpt => sharegpt::write(row, shape, out),
        TrainingFormat::Alpaca => alpaca::write(row, shape, out),
        TrainingFormat::Together => together::write(row, out),
        TrainingFormat::Pairs => pairs::write(row, out),
    }
    out.push(b'\n');
}
