//! From the TOML tree to a rubric.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::Resolve;
use super::checks;
use super::reader::{Reader, Table, integer, shown};
use crate::domain::rubric::{
    Answer, Choice, Criterion, Example, JudgeSettings, Kind, Requirement, Rubric, SCHEMA, Scale,
    Scoring, SendPolicy,
};

const TOP: [&str; 16] = [
    "schema",
    "id",
    "version",
    "kind",
    "scoring",
    "pass_threshold",
    "instructions",
    "instructions_file",
    "reviewer_notes",
    "reviewer_notes_file",
    "send",
    "judge",
    "criterion",
    "requirement",
    "check",
    "example",
];

/// A rubric from the whole file, with stand-ins where the reader reported a slip.
pub(super) fn rubric(
    reader: &mut Reader<'_>,
    root: &Table<'_, '_>,
    name: &str,
    resolve: Resolve<'_>,
) -> Rubric {
    reader.allow(root, &TOP);
    let mut rubric = Rubric::empty(name);
    // Absent means the only schema there is, so that a short rubric can be short.
    rubric.schema = reader.whole(root, "schema").unwrap_or(SCHEMA);
    if root.get("id").is_some() {
        rubric.id = reader.prose(root, "id").unwrap_or_else(|| name.to_owned());
    }
    rubric.version = reader.prose(root, "version").unwrap_or_default();
    let kinds = [Kind::Direct, Kind::Adherence, Kind::Pairwise].map(|kind| (kind.name(), kind));
    rubric.kind = reader.word(root, "kind", &kinds).unwrap_or(Kind::Direct);
    rubric.pass_threshold = reader.number(root, "pass_threshold");
    rubric.instructions = prose_or_file(reader, root, "instructions", "instructions_file", resolve)
        .unwrap_or_default();
    rubric.reviewer_notes = prose_or_file(
        reader,
        root,
        "reviewer_notes",
        "reviewer_notes_file",
        resolve,
    )
    .unwrap_or_default();
    let sends = [SendPolicy::Any, SendPolicy::Local].map(|send| (send.name(), send));
    rubric.send = reader.word(root, "send", &sends).unwrap_or_default();
    rubric.judge = judge(reader, root, resolve);
    for table in reader.tables(root, "criterion") {
        let criterion = criterion(reader, &table, rubric.kind);
        rubric.criteria.push(criterion);
    }
    for table in reader.tables(root, "requirement") {
        reader.allow(&table, &["id", "text"]);
        rubric.requirements.push(Requirement {
            id: reader.required(&table, "id"),
            text: reader.required(&table, "text"),
        });
    }
    for table in reader.tables(root, "check") {
        rubric
            .checks
            .push(checks::parse(reader, &table, rubric.kind, resolve));
    }
    for table in reader.tables(root, "example") {
        let example = example(reader, &table);
        rubric.examples.push(example);
    }
    let scorings = [Scoring::PerCriterion, Scoring::Joint].map(|scoring| (scoring.name(), scoring));
    rubric.scoring = reader
        .word(root, "scoring", &scorings)
        .unwrap_or_else(|| rubric.fitting_scoring());
    rubric
}

/// A text given in place or by the name of a file, but not both.
fn prose_or_file(
    reader: &mut Reader<'_>,
    table: &Table<'_, '_>,
    key: &str,
    file_key: &str,
    resolve: Resolve<'_>,
) -> Option<String> {
    text_or_file(reader, table, key, file_key, resolve).map(|text| text.trim().to_owned())
}

pub(super) fn text_or_file(
    reader: &mut Reader<'_>,
    table: &Table<'_, '_>,
    key: &str,
    file_key: &str,
    resolve: Resolve<'_>,
) -> Option<String> {
    let Some(value) = table.get(file_key) else {
        return reader.string(table, key);
    };
    let offset = value.span().start;
    let name = reader.string(table, file_key)?;
    if table.get(key).is_some() {
        reader.error(
            "bad_value",
            offset,
            format!("both `{key}` and `{file_key}` are given"),
            format!("keep one of them; a short text reads best as `{key}`"),
        );
        return None;
    }
    // Problems of the text are shown where the file is named.
    reader.remember(table.at(key), offset);
    if !inside(&name) {
        reader.error(
            "file",
            offset,
            format!("`{}` leaves the folder of the rubric", shown(&name)),
            "name a file beside the rubric or below it, without `..` and not from the root",
        );
        return None;
    }
    match resolve(&name) {
        Ok(text) => Some(
            text.strip_prefix('\u{feff}')
                .unwrap_or(&text)
                .replace("\r\n", "\n"),
        ),
        Err(error) => {
            reader.error(
                "file",
                offset,
                format!("cannot read `{}`: {error}", shown(&name)),
                "paths are relative to the folder of the rubric",
            );
            None
        }
    }
}

/// Whether a path stays below the folder it starts from, on every system a rubric may travel to.
fn inside(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':');
    !path.is_empty()
        && !drive
        && !path.starts_with(['/', '\\', '~'])
        && !path.contains('\0')
        && path.split(['/', '\\']).all(|part| part != "..")
}

fn judge(reader: &mut Reader<'_>, root: &Table<'_, '_>, resolve: Resolve<'_>) -> JudgeSettings {
    let default = JudgeSettings::default();
    let Some(table) = reader.table(root, "judge") else {
        return default;
    };
    reader.allow(
        &table,
        &[
            "samples",
            "max_output_tokens",
            "datamark",
            "template",
            "template_file",
            "model",
            "family",
        ],
    );
    JudgeSettings {
        samples: reader.whole(&table, "samples").unwrap_or(default.samples),
        max_output_tokens: reader
            .whole(&table, "max_output_tokens")
            .unwrap_or(default.max_output_tokens),
        datamark: reader
            .boolean(&table, "datamark")
            .unwrap_or(default.datamark),
        template: text_or_file(reader, &table, "template", "template_file", resolve),
        model: reader.prose(&table, "model"),
        family: reader.prose(&table, "family"),
    }
}

fn criterion(reader: &mut Reader<'_>, table: &Table<'_, '_>, kind: Kind) -> Criterion {
    reader.allow(
        table,
        &["id", "question", "scale", "weight", "must_reach", "anchors"],
    );
    Criterion {
        id: reader.required(table, "id"),
        question: reader.required(table, "question"),
        scale: scale(reader, table, kind),
        weight: reader.number(table, "weight").unwrap_or(1.0),
        must_reach: reader.whole(table, "must_reach"),
        anchors: anchors(reader, table),
    }
}

fn scale(reader: &mut Reader<'_>, table: &Table<'_, '_>, kind: Kind) -> Scale {
    const FORMS: &str =
        "write `scale = \"binary\"`, `scale = \"level5\"` or `scale = { min = 1, max = 10 }`";
    let Some(value) = table.get("scale") else {
        if kind != Kind::Pairwise {
            reader.error(
                "missing_key",
                table.span.start,
                "a criterion needs a `scale`",
                FORMS,
            );
        }
        return Scale::Binary;
    };
    let offset = value.span().start;
    reader.remember(table.at("scale"), offset);
    if kind == Kind::Pairwise {
        reader.error(
            "kind_mismatch",
            offset,
            "a pairwise criterion has no `scale`: its answer is a candidate or a tie",
            "remove `scale`",
        );
        return Scale::Binary;
    }
    if let DeValue::Table(map) = value.get_ref() {
        let ends = Table {
            path: table.at("scale"),
            span: value.span(),
            map,
        };
        reader.allow(&ends, &["min", "max"]);
        let (min, max) = (
            reader.whole::<i32>(&ends, "min"),
            reader.whole::<i32>(&ends, "max"),
        );
        let (Some(min), Some(max)) = (min, max) else {
            if map.get("min").is_none() || map.get("max").is_none() {
                reader.error(
                    "missing_key",
                    offset,
                    "a scale needs both `min` and `max`",
                    FORMS,
                );
            }
            return Scale::Level5;
        };
        return Scale::range(min, max).unwrap_or_else(|error| {
            reader.error("bad_scale", offset, error.to_string(), FORMS);
            Scale::Level5
        });
    }
    let words = [Scale::Binary, Scale::Level5];
    let named = value
        .get_ref()
        .as_str()
        .and_then(|word| words.into_iter().find(|scale| scale.to_string() == word));
    named.unwrap_or_else(|| {
        let given = value
            .get_ref()
            .as_str()
            .map_or_else(|| "this".to_owned(), |word| format!("`{}`", shown(word)));
        reader.error("bad_scale", offset, format!("{given} is no scale"), FORMS);
        Scale::Level5
    })
}

fn anchors(reader: &mut Reader<'_>, criterion: &Table<'_, '_>) -> BTreeMap<i32, String> {
    let mut anchors = BTreeMap::new();
    let Some(table) = reader.table(criterion, "anchors") else {
        return anchors;
    };
    for key in table.map.keys() {
        let (name, offset) = (key.get_ref().as_ref(), key.span().start);
        let text = reader.prose(&table, name);
        // A problem with an anchor is one with its level, which is the key.
        reader.remember(table.at(name), offset);
        let Ok(level) = name.parse::<i32>() else {
            reader.error(
                "bad_value",
                offset,
                format!("`{}` is no level", shown(name)),
                "anchors are written as `0 = \"...\"`, `1 = \"...\"`",
            );
            continue;
        };
        if let Some(text) = text
            && anchors.insert(level, text).is_some()
        {
            reader.error(
                "duplicate_id",
                offset,
                format!("level {level} has two anchors"),
                "keep one",
            );
        }
    }
    anchors
}

fn example(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Example {
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

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn a_file_outside_the_rubrics_folder_is_refused() {
        for path in ["a.md", "notes/a.md", "./a.md", "a..b.md"] {
            assert!(inside(path), "{path}");
        }
        for path in [
            "",
            "/etc/passwd",
            "../a",
            "a/../../b",
            "..\\a",
            "C:\\a",
            "c:a",
            "\\\\host\\a",
            "~/a",
            "a\0b",
        ] {
            assert!(!inside(path), "{path}");
        }
    }
}
