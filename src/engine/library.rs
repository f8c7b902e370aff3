//! What comes with the program: rubrics and the sample data, embedded in the binary.

use include_dir::{Dir, include_dir};

use crate::domain::rubric::{Problem, Rubric, Severity};
use crate::formats::rubric;
use crate::judge::prompt::Prepared;
use crate::judge::vague;

static RUBRICS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/rubrics");
static DATA: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/data");

/// Ids of the rubrics that come with the program, in alphabetical order.
pub fn rubric_ids() -> Vec<String> {
    let stem = |file: &include_dir::File<'_>| {
        file.path()
            .file_name()?
            .to_str()?
            .strip_suffix(".toml")
            .map(str::to_owned)
    };
    let mut ids: Vec<String> = RUBRICS.files().filter_map(stem).collect();
    ids.sort();
    ids
}

/// A rubric that comes with the program, by its id.
pub fn built_in(id: &str) -> Option<Rubric> {
    let file = format!("{id}.toml");
    let text = RUBRICS.get_file(&file)?.contents_utf8()?;
    rubric::load(&file, text, &embedded).rubric
}

/// The file of a rubric that comes with the program, as it stands.
pub fn rubric_text(id: &str) -> Option<&'static str> {
    RUBRICS.get_file(format!("{id}.toml"))?.contents_utf8()
}

fn embedded(name: &str) -> std::io::Result<String> {
    let found = RUBRICS.get_file(name).and_then(|file| file.contents_utf8());
    found
        .map(str::to_owned)
        .ok_or_else(|| std::io::ErrorKind::NotFound.into())
}

/// What a judge would stumble over in a rubric that can be read: words that say nothing, and a template of its own
/// that cannot be filled in.
pub fn advice(rubric: &Rubric) -> Vec<Problem> {
    let mut problems = vague::lint(rubric);
    if let Err(error) = Prepared::all(rubric, &[]) {
        problems.push(Problem {
            severity: Severity::Error,
            code: "template",
            place: "judge.template".to_owned(),
            message: format!("the template cannot be used: {error}"),
            hint: "it may hold `conversation_context`, `conversation_response` and `eval_model_response`".to_owned(),
        });
    }
    problems
}

/// A file of the sample data, by its path below `data/`.
pub fn data(path: &str) -> Option<&'static [u8]> {
    DATA.get_file(path).map(include_dir::File::contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rubric_that_comes_along_is_usable_and_named_as_its_file() {
        let ids = rubric_ids();
        assert!(ids.len() >= 14, "{ids:?}");
        for id in ids {
            assert_eq!(built_in(&id).unwrap_or_else(|| panic!("{id}")).id, id);
        }
        assert!(built_in("../Cargo").is_none());
        assert!(data("sample.toml").is_some());
    }
}
