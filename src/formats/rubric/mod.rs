//! Rubric files: TOML in and out, and everything wrong with one at its line and column.
//!
//! [`load`] reads strictly: unknown keys are refused with the word that was probably meant, and as
//! many problems as can be told apart are reported at once. It opens no file itself; texts a rubric
//! names (`instructions_file`, `schema_file`, `template_file`) come through the caller's [`Resolve`],
//! which is never asked for a path that leaves the rubric's folder. [`to_toml`] writes a file that
//! loads to the same rubric. The rules that do not depend on TOML are `domain::rubric::lint`.

mod checks;
mod finding;
mod parse;
mod quote;
pub(in crate::formats) mod reader;
mod write;

use std::io;

use toml::de::DeTable;

pub use finding::{Finding, RubricError};
pub use write::to_toml;

use crate::domain::rubric::{Problem, Rubric, Severity, slug, valid_id};
use reader::{Reader, Table};

/// Gives the text of a file named by a rubric, relative to the rubric's folder.
pub type Resolve<'a> = &'a dyn Fn(&str) -> io::Result<String>;

/// The longest rubric file read, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// For rubrics that may not name files, such as text typed into a form.
pub fn no_files(name: &str) -> io::Result<String> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        format!("`{name}` cannot be opened here, put its text into the rubric"),
    ))
}

/// What reading a rubric file gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The rubric, if nothing worse than warnings was found.
    pub rubric: Option<Rubric>,
    /// Everything found, by line and column.
    pub findings: Vec<Finding>,
}

/// Reads a rubric file. `file` is the name shown in errors; its stem is the id of a rubric without one.
pub fn load(file: &str, text: &str, resolve: Resolve<'_>) -> Loaded {
    load_and(file, text, resolve, &|_| Vec::new())
}

/// Reads a rubric file as [`load`] does, and places what `more` finds in the rubric beside its own findings.
pub fn load_and(
    file: &str,
    text: &str,
    resolve: Resolve<'_>,
    more: &dyn Fn(&Rubric) -> Vec<Problem>,
) -> Loaded {
    // One line ending, so that a checkout on another system keeps its identity.
    let text = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n");
    let mut reader = Reader::new(&text);
    let rubric = read(&mut reader, file, &text, resolve);
    for problem in rubric.iter().flat_map(more) {
        reader.problem(problem);
    }
    let mut findings = std::mem::take(&mut reader.findings);
    findings.sort_by_key(|finding| (finding.line, finding.column, finding.severity));
    findings.dedup();
    let usable = findings
        .iter()
        .all(|finding| finding.severity == Severity::Warning);
    Loaded {
        rubric: rubric.filter(|_| usable),
        findings,
    }
}

/// Reads a rubric file, or all its errors. The findings beside the rubric are warnings.
pub fn parse(
    file: &str,
    text: &str,
    resolve: Resolve<'_>,
) -> Result<(Rubric, Vec<Finding>), RubricError> {
    let Loaded { rubric, findings } = load(file, text, resolve);
    match rubric {
        Some(rubric) => Ok((rubric, findings)),
        None => Err(RubricError {
            file: file.to_owned(),
            findings,
        }),
    }
}

/// Every problem of a rubric that is no file yet, patterns and schemas of its checks included.
pub fn lint(rubric: &Rubric) -> Vec<Problem> {
    let mut problems = crate::domain::rubric::lint(rubric);
    problems.extend(checks::uncompilable(rubric));
    problems
}

fn read(reader: &mut Reader<'_>, file: &str, text: &str, resolve: Resolve<'_>) -> Option<Rubric> {
    if text.len() > MAX_BYTES {
        reader.error(
            "too_large",
            0,
            format!("the file has {} bytes, more than {MAX_BYTES}", text.len()),
            "a rubric holds questions and a few examples; keep data elsewhere",
        );
        return None;
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let offset = error.span().map_or(0, |span| span.start);
        reader.error("syntax", offset, format!("not TOML: {}", error.message().trim().replace('\n', ", ")), "texts stand in quotes, long ones between ''' and ''', and a key appears once per table");
    }
    // What is left of a broken tree misleads: a key after the fault may sit in the wrong table.
    if !errors.is_empty() {
        return None;
    }
    let root = Table {
        path: String::new(),
        span: 0..0,
        map: root.get_ref(),
    };
    let rubric = parse::rubric(reader, &root, &name_from(file), resolve);
    for problem in lint(&rubric) {
        reader.problem(problem);
    }
    Some(rubric)
}

/// The id of a rubric whose file gives none.
fn name_from(file: &str) -> String {
    let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = base.strip_suffix(".toml").unwrap_or(base);
    if valid_id(stem) {
        return stem.to_owned();
    }
    match slug(stem) {
        slug if slug.is_empty() => "rubric".to_owned(),
        slug => slug,
    }
}

#[cfg(test)]
mod tests;
