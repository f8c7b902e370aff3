//! From the TOML tree to a rubric.

mod criterion;
mod example;

use super::Resolve;
use super::checks;
use super::reader::{Reader, Table, shown};
use crate::domain::rubric::{
    JudgeSettings, Kind, Requirement, Rubric, SCHEMA, Scoring, SendPolicy,
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
        let criterion = criterion::criterion(reader, &table, rubric.kind);
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
        let example = example::example(reader, &table);
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
            "against_logged",
            "needs_reference",
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
        against_logged: reader
            .boolean(&table, "against_logged")
            .unwrap_or(default.against_logged),
        needs_reference: reader
            .boolean(&table, "needs_reference")
            .unwrap_or(default.needs_reference),
        template: text_or_file(reader, &table, "template", "template_file", resolve),
        model: reader.prose(&table, "model"),
        family: reader.prose(&table, "family"),
    }
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
