//! Worked examples in a prompt: hand-written ones belong to the prefix, learned ones to their ticket.

use std::fmt::Write as _;

use super::asked::{Asked, Form};
use crate::domain::rubric::{Answer, Choice, Example};
use crate::judge::data::{Blocks, guarded};
use crate::judge::nonce::Nonce;

/// Hand-written examples shown at most.
const EXAMPLES: usize = 6;

/// The hand-written examples that answer one of these questions.
pub(super) fn written(examples: &[Example], asked: &[Asked]) -> String {
    let mut text = String::new();
    for (place, example) in balanced(examples, asked).into_iter().enumerate() {
        let Some(answers) = answers(example, asked) else {
            continue;
        };
        // Writing into a string cannot fail.
        let _ = write!(
            text,
            "# Example {}\nRequest:\n{}\n",
            place + 1,
            guarded(example.input.trim())
        );
        if let Some(reference) = &example.reference {
            let _ = writeln!(text, "Reference:\n{}", guarded(reference.trim()));
        }
        for (place, output) in example.outputs.iter().enumerate() {
            let name = output_name(asked, place, false);
            let _ = writeln!(text, "{name}:\n{}", guarded(output.trim()));
        }
        let _ = writeln!(text, "Right answer: {answers}");
        if !example.why.trim().is_empty() {
            let _ = writeln!(text, "Why: {}", guarded(example.why.trim()));
        }
        text.push('\n');
    }
    text
}

/// A learned example. Its texts came from tickets, so they are fenced off like any other.
pub(super) fn learned(example: &Example, asked: &[Asked], nonce: &Nonce, out: &mut String) {
    let Some(answers) = answers(example, asked) else {
        return;
    };
    let mut blocks = Blocks::new(nonce);
    blocks.note("A similar case that an expert has graded:");
    blocks.block("example request", &example.input);
    if let Some(reference) = &example.reference {
        blocks.block("example reference", reference);
    }
    for (place, output) in example.outputs.iter().enumerate() {
        blocks.block(output_name(asked, place, true), output);
    }
    blocks.note(&format!("The expert's answer: {answers}"));
    if !example.why.trim().is_empty() {
        blocks.block("expert's reason", example.why.trim());
    }
    out.push_str(&blocks.text);
    out.push('\n');
}

/// The name of an example's output.
fn output_name(asked: &[Asked], place: usize, learned: bool) -> &'static str {
    let comparison = asked.first().is_some_and(|one| one.form == Form::Choice);
    match (comparison, place, learned) {
        (true, 0, false) => "Output A",
        (true, _, false) => "Output B",
        (false, _, false) => "Output",
        (true, 0, true) => "example output A",
        (true, _, true) => "example output B",
        (false, _, true) => "example output",
    }
}

/// At most [`EXAMPLES`], and of each level of the first criterion about equally many.
fn balanced<'a>(examples: &'a [Example], asked: &[Asked]) -> Vec<&'a Example> {
    let fits = |example: &&Example| answers(example, asked).is_some();
    let first = asked.first().map_or("", |one| one.id.as_str());
    let mut chosen: Vec<(usize, &Example)> = Vec::new();
    // Round by round: the n-th example of every level before the n+1-th of any.
    for round in 0..EXAMPLES {
        for (place, example) in examples
            .iter()
            .enumerate()
            .filter(|(_, example)| fits(example))
        {
            let level = example.answers.get(first);
            let before = examples[..place].iter().filter(fits);
            let earlier = before
                .filter(|other| other.answers.get(first) == level)
                .count();
            if earlier == round && chosen.len() < EXAMPLES {
                chosen.push((place, example));
            }
        }
    }
    chosen.sort_by_key(|(place, _)| *place);
    chosen.into_iter().map(|(_, example)| example).collect()
}

/// The answers of an example to these questions, as a judge would write them; `None` if it has none of
/// them, or if it is of another form.
fn answers(example: &Example, asked: &[Asked]) -> Option<String> {
    let comparison = asked.first()?.form == Form::Choice;
    if comparison != (example.outputs.len() == 2) {
        return None;
    }
    let words: Vec<String> = asked
        .iter()
        .filter_map(|one| {
            let answer = match (one.form, example.answers.get(&one.id)?) {
                (Form::Level, Answer::Level(level)) if one.scale.allows(*level) => {
                    level.to_string()
                }
                (Form::Choice, Answer::Choice(Choice::Candidate(1))) => "A".to_owned(),
                (Form::Choice, Answer::Choice(Choice::Candidate(2))) => "B".to_owned(),
                (Form::Choice, Answer::Choice(Choice::Tie)) => "tie".to_owned(),
                _ => return None,
            };
            Some(format!("{} = {answer}", one.id))
        })
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}
