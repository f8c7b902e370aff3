//! Rules for worked examples: their answers must fit the questions they answer.

use super::{Kind, Lint, Rubric};
use crate::domain::rubric::{AnswerError, Example, known_or_nearest};

pub(super) fn lint(rubric: &Rubric, lint: &mut Lint) {
    for (n, example) in rubric.examples.iter().enumerate() {
        let place = format!("example[{n}]");
        texts(rubric, example, &place, lint);
        answers(rubric, example, &place, lint);
    }
}

fn texts(rubric: &Rubric, example: &Example, place: &str, lint: &mut Lint) {
    let pairwise = rubric.kind == Kind::Pairwise;
    if pairwise && example.outputs.len() < 2 {
        lint.error(
            "kind_mismatch",
            format!("{place}.outputs"),
            "an example of a pairwise rubric needs at least two candidates".to_owned(),
            "write `outputs = [\"first\", \"second\"]`",
        );
    } else if !pairwise && example.outputs.len() != 1 {
        lint.error(
            "kind_mismatch",
            format!("{place}.outputs"),
            format!(
                "an example of a {} rubric has one output",
                rubric.kind.name()
            ),
            "write it as `output = \"...\"`",
        );
    }
    if example.correction.is_some() && example.correction.as_ref() == example.outputs.first() {
        lint.warn(
            "idle_correction",
            format!("{place}.correction"),
            "the correction of this example is its output unchanged".to_owned(),
            "remove it, or write the output as it should have been",
        );
    }
}

fn answers(rubric: &Rubric, example: &Example, place: &str, lint: &mut Lint) {
    let key = if rubric.kind == Kind::Pairwise {
        "choices"
    } else {
        "levels"
    };
    for (id, answer) in &example.answers {
        let Err(error) = rubric.check_answer(id, answer, example.outputs.len()) else {
            continue;
        };
        let known: Vec<&str> = rubric.questions().map(|question| question.id).collect();
        let (code, hint) = match &error {
            AnswerError::UnknownQuestion { .. } => {
                ("unknown_criterion", known_or_nearest(id, &known))
            }
            AnswerError::OutsideScale { .. } => {
                ("level_outside", "name one of these levels".to_owned())
            }
            AnswerError::NoSuchCandidate { .. } => (
                "level_outside",
                "count the outputs from 1, or write `tie`".to_owned(),
            ),
            AnswerError::WrongKind { .. } => (
                "kind_mismatch",
                format!("answer it under `[example.{key}]`"),
            ),
        };
        lint.error(code, format!("{place}.{key}.{id}"), error.to_string(), hint);
    }
    let open: Vec<String> = rubric
        .questions()
        .filter(|question| !question.from_check && !example.answers.contains_key(question.id))
        .map(|question| format!("`{}`", question.id))
        .collect();
    if !open.is_empty() {
        lint.warn(
            "example_incomplete",
            place,
            format!("this example leaves {} unanswered", open.join(", ")),
            format!("add it to `{key}`, or practice cannot reveal the right answer"),
        );
    }
}
