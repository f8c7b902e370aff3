//! Weights and unknown keys of logged messages: what trainers take or ignore without a word.

use crate::domain::message::{Message, Role};
use crate::domain::training::{Extra, Refusal, TrainingRow};

/// Keys that describe a message without adding to what was said. They are left out of the file and counted.
const DESCRIBING: [&str; 9] = [
    "annotations",
    "cache_control",
    "created_at",
    "id",
    "provider_specific_fields",
    "reasoning_details",
    "thinking",
    "thinking_blocks",
    "timestamp",
];

/// What a format does with per-message weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weights {
    /// Its trainer obeys them.
    Written,
    /// Only the last answer is learned, so weights above it change nothing.
    Moot,
    /// Its trainer learns every answer and ignores weights.
    Ignored,
}

/// Refuses weights that cannot mean what they say, and keys no trainer knows.
pub(super) fn check(row: &TrainingRow, weights: Weights, found: &mut Vec<Refusal>) {
    for extra in &row.extras {
        if extra.key == "weight" {
            check_weight(row, extra, weights, found);
        } else {
            check_key(extra, found);
        }
    }
    if weights == Weights::Written {
        check_all_zero(row, found);
    }
}

/// Refuses only what the answer itself carries and no format can keep.
pub(super) fn check_answer_keys(row: &TrainingRow, found: &mut Vec<Refusal>) {
    let answer = row.request.messages.len();
    for extra in row.extras.iter().filter(|e| e.message >= answer) {
        if extra.key != "weight" {
            check_key(extra, found);
        }
    }
}

fn check_key(extra: &Extra, found: &mut Vec<Refusal>) {
    if !DESCRIBING.contains(&extra.key.as_str()) {
        found.push(Refusal::new(
            "unknown_message_key",
            format!(
                "message {} has the key `{}`, which no trainer knows and which would be lost",
                extra.message + 1,
                extra.key
            ),
        ));
    }
}

fn check_weight(row: &TrainingRow, extra: &Extra, weights: Weights, found: &mut Vec<Refusal>) {
    let turn = extra.message + 1;
    let value = extra.value.as_str();
    let spoken_by = message(row, extra.message).map(|m| &m.role);
    if !matches!(value, "0" | "1") {
        found.push(Refusal::new(
            "weight_not_0_or_1",
            format!("message {turn} has the weight `{value}`; only 0 and 1 are known"),
        ));
    } else if spoken_by != Some(&Role::Assistant) {
        found.push(Refusal::new(
            "weight_outside_assistant",
            format!("message {turn} has a weight and is not the assistant's"),
        ));
    } else if value == "0" && weights == Weights::Ignored {
        found.push(Refusal::new(
            "weight_ignored",
            format!("message {turn} has the weight 0, which this format's trainer ignores and learns from"),
        ));
    }
}

/// With every answer at 0 a trainer takes the row and learns nothing from it.
fn check_all_zero(row: &TrainingRow, found: &mut Vec<Refusal>) {
    let last = row.request.messages.len();
    let learns = |at: usize| weight(row, at) != Some(false);
    let earlier = row.request.messages.iter().enumerate();
    let some = learns(last)
        || earlier
            .into_iter()
            .any(|(at, m)| m.role == Role::Assistant && learns(at));
    if !some {
        found.push(Refusal::new(
            "weights_all_zero",
            "every answer has the weight 0, so there is nothing to learn",
        ));
    } else if !learns(last) {
        found.push(Refusal::new(
            "answer_weight_zero",
            "the reviewed answer has the weight 0, so it would not be learned",
        ));
    }
}

/// The weight of one message, if it has one that counts.
pub(super) fn weight(row: &TrainingRow, at: usize) -> Option<bool> {
    let extra = row
        .extras
        .iter()
        .find(|e| e.message == at && e.key == "weight")?;
    match extra.value.as_str() {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

/// Whether a key was left out that only describes its message.
pub(super) fn leaves_keys_out(row: &TrainingRow) -> bool {
    row.extras
        .iter()
        .any(|e| DESCRIBING.contains(&e.key.as_str()))
}

fn message(row: &TrainingRow, at: usize) -> Option<&Message> {
    match at.checked_sub(row.request.messages.len()) {
        None => row.request.messages.get(at),
        Some(_) => Some(&row.chosen),
    }
}
