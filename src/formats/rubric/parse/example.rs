//! Reading `[[example]]` tables.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::super::reader::{Reader, Table, integer, shown};
use crate::domain::rubric::{Answer, Choice, Example};

pub(super) fn example(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Example {
    reader.allow(
        table,
        &[
            "input",
            "output",
            "outputs",
            "reference",
            "levels",
            "choices",
            "why",
            "correction",
        ],
    );
    let outputs = match (table.get("output"), table.get("outputs")) {
        (Some(_), Some(both)) => {
            reader.error(
                "bad_value",
                both.span().start,
                "both `output` and `outputs` are given",
                "keep one: `outputs` lists the candidates of a pairwise rubric",
            );
            Vec::new()
        }
        (None, Some(_)) => reader.strings(table, "outputs").unwrap_or_default(),
        (Some(_), None) => {
            let output = reader.string(table, "output");
            // The lint speaks of outputs whatever the file called them.
            reader.remember(
                table.at("outputs"),
                table.get("output").map_or(0, |value| value.span().start),
            );
            vec![output.unwrap_or_default()]
        }
        (None, None) => {
            reader.error(
                "missing_key",
                table.span.start,
                "an example needs an `output`",
                "add `output = \"...\"`, for a pairwise rubric `outputs = [\"...\", \"...\"]`",
            );
            Vec::new()
        }
    };
    if table.get("input").is_none() {
        reader.error(
            "missing_key",
            table.span.start,
            "an example needs an `input`",
            "add `input = \"...\"`; it may be empty",
        );
    }
    Example {
        input: reader.string(table, "input").unwrap_or_default(),
        outputs,
        reference: reader.string(table, "reference"),
        answers: example_answers(reader, table),
        why: reader.prose(table, "why").unwrap_or_default(),
        correction: reader.string(table, "correction"),
    }
}

fn example_answers(reader: &mut Reader<'_>, example: &Table<'_, '_>) -> BTreeMap<String, Answer> {
    let mut answers = BTreeMap::new();
    for list in ["levels", "choices"] {
        let Some(table) = reader.table(example, list) else {
            continue;
        };
        for (key, value) in table.map {
            let name: &str = key.get_ref();
            // Both places, because the lint names the list the rubric's kind calls for.
            for list in ["levels", "choices"] {
                reader.remember(example.at(&format!("{list}.{name}")), key.span().start);
            }
            let (answer, form) = if list == "levels" {
                (
                    integer(value.get_ref())
                        .and_then(|n| i32::try_from(n).ok())
                        .map(Answer::Level),
                    "a level, a whole number",
                )
            } else {
                (
                    choice(value.get_ref()).map(Answer::Choice),
                    "a candidate, counted from 1, or \"tie\"",
                )
            };
            match answer {
                Some(answer) if !answers.contains_key(name) => {
                    answers.insert(name.to_owned(), answer);
                }
                Some(_) => reader.error(
                    "duplicate_id",
                    key.span().start,
                    format!("`{}` is answered twice", shown(name)),
                    "keep one",
                ),
                None => reader.error(
                    "bad_value",
                    value.span().start,
                    format!("`{}` must be {form}", shown(name)),
                    format!("write `{} = 1`", shown(name)),
                ),
            }
        }
    }
    answers
}

fn choice(value: &DeValue<'_>) -> Option<Choice> {
    if value.as_str() == Some("tie") {
        return Some(Choice::Tie);
    }
    let place = u16::try_from(integer(value)?).ok()?;
    (place > 0).then_some(Choice::Candidate(place))
}
