//! `docket rubric`: check, make and show rubrics.

mod asking;
mod draft;
mod file;
mod guide;
mod new;
mod quick;
mod shown;
mod versions;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::Subcommand;
use serde::Serialize;

use super::{CliError, Context, Exit, output};
use crate::domain::count::counted;
use crate::domain::rubric::{Problem, Question, Rubric, Scale, Severity};
use crate::engine::library;
use crate::formats::rubric::{self as toml, Finding};
use crate::text::table::{Column, Table};

/// Check, make and show rubrics.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the rubrics that come with docket, and those of the workspace
    List,
    /// Check a rubric file: every problem at its line and column
    Check {
        /// The file
        file: String,
    },
    /// Show a rubric as TOML
    Show {
        /// A built-in name, a file, or a name of the workspace
        name: String,
    },
    /// Try a rubric on one ticket, without keeping a verdict
    Test(quick::Args),
    /// Show what differs between two rubrics or versions; exit code 1 if anything does
    Diff {
        /// A built-in name, a file, or a version of the workspace by name or id
        old: String,
        /// The other one; without it a changed copy is held against the rubric of docket it was made from
        new: Option<String>,
    },
    /// List the rubric versions of an eval, since when, and what each scored
    Versions {
        /// The eval
        eval: String,
    },
    /// Let a model draft a rubric from an eval's inputs, outputs and notes
    Generate(draft::Generate),
    /// Make your note on a ticket a criterion, with its output as the example
    FromNote(draft::FromNote),
    /// Make a rubric: from a sentence, from a template, or by answering questions
    New(new::Args),
}

#[derive(Serialize)]
struct Line {
    name: String,
    version: String,
    id: String,
    from: &'static str,
}

/// Runs the subcommand; lists by default.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    match &args.command {
        None | Some(Command::List) => list(context),
        Some(Command::Check { file }) => check(file, context),
        Some(Command::Test(args)) => quick::run(args, context),
        Some(Command::Diff { old, new }) => versions::diff(old, new.as_deref(), context),
        Some(Command::Versions { eval }) => versions::versions(eval, context),
        Some(Command::Generate(args)) => draft::generate(args, context),
        Some(Command::FromNote(args)) => draft::from_note(args, context),
        Some(Command::Show { name }) => {
            let toml = match library::rubric_text(name) {
                Some(text) => text.to_owned(),
                None => toml::to_toml(&find_or_kept(name, context)?),
            };
            output::line(toml.trim_end())?;
            Ok(Exit::Done)
        }
        Some(Command::New(args)) => new::run(args, context),
    }
}

fn list(context: &Context) -> Result<Exit, CliError> {
    let mut lines: Vec<Line> = library::rubric_ids()
        .into_iter()
        .filter_map(|id| library::built_in(&id))
        .map(|rubric| line(&rubric, "docket"))
        .collect();
    if context.workspace().exists() {
        let kept = context.open()?.rubrics()?;
        lines.extend(kept.iter().map(|rubric| line(rubric, "workspace")));
    }
    let mut table = Table::new([
        Column::left("rubric"),
        Column::left("version"),
        Column::left("id"),
        Column::left("from"),
    ]);
    for line in &lines {
        if context.json() {
            output::json_line(line)?;
        } else {
            table.row([line.name.as_str(), &line.version, &line.id, line.from]);
        }
    }
    if !context.json() {
        output::table(&table)?;
    }
    Ok(Exit::Done)
}

fn line(rubric: &Rubric, from: &'static str) -> Line {
    let id = rubric
        .content_hash()
        .map(|hash| hash.short())
        .unwrap_or_default();
    Line {
        name: rubric.id.clone(),
        version: rubric.version.clone(),
        id,
        from,
    }
}

fn check(name: &str, context: &Context) -> Result<Exit, CliError> {
    let loaded = load_and(Path::new(name), &library::advice)?;
    let usable = loaded.rubric.is_some();
    if context.json() {
        let findings: Vec<_> = loaded.findings.iter().map(finding_json).collect();
        output::json(&serde_json::json!({ "file": name, "usable": usable, "findings": findings }))?;
        return Ok(if usable { Exit::Done } else { Exit::No });
    }
    for finding in &loaded.findings {
        output::line(&crate::text::sanitise::multi_line(&format!("{name}:{finding}")).text)?;
    }
    let warnings = loaded
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Warning)
        .count();
    let errors = loaded.findings.len() - warnings;
    output::say(&format!(
        "{}, {}{}",
        counted(errors, "error"),
        counted(warnings, "warning"),
        if usable { ": usable" } else { "" }
    ));
    if let Some(rubric) = &loaded.rubric
        && context.workspace().exists()
        // A file can be checked whatever became of the workspace.
        && let Ok(engine) = context.open()
    {
        super::rescore::moves(&engine, rubric, name)?;
    }
    Ok(if usable { Exit::Done } else { Exit::No })
}

fn finding_json(finding: &Finding) -> serde_json::Value {
    serde_json::json!({
        "severity": if finding.severity == Severity::Warning { "warning" } else { "error" },
        "code": finding.code, "message": finding.message, "hint": finding.hint,
        "line": finding.line, "column": finding.column,
    })
}

fn load(path: &Path) -> Result<toml::Loaded, CliError> {
    load_and(path, &|_| Vec::new())
}

fn load_and(path: &Path, more: &dyn Fn(&Rubric) -> Vec<Problem>) -> Result<toml::Loaded, CliError> {
    let text = fs::read_to_string(path)
        .map_err(|error| CliError::plain(format!("cannot read `{}`: {error}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let resolve = |name: &str| fs::read_to_string(folder.join(name));
    Ok(toml::load_and(
        &path.display().to_string(),
        &text,
        &resolve,
        more,
    ))
}

/// A rubric by file, built-in name, or as a sentence (anything with a blank in it).
pub fn find(name: &str) -> Result<Rubric, CliError> {
    if let Some(rubric) = library::built_in(name) {
        return Ok(rubric);
    }
    if Path::new(name).is_file() {
        let loaded = load(Path::new(name))?;
        return loaded.rubric.ok_or_else(|| {
            let first = loaded
                .findings
                .iter()
                .find(|finding| finding.severity == Severity::Error);
            let first = first
                .map(|finding| format!("{name}:{finding}"))
                .unwrap_or_default();
            CliError::new(
                format!("rubric `{name}` cannot be used: {first}"),
                format!("`docket rubric check {name}` lists everything"),
            )
        });
    }
    if name.trim().contains(' ') && Path::new(name).extension().is_none_or(|end| end != "toml") {
        return Ok(Rubric::from_sentence(name, Scale::Level5));
    }
    Err(unknown(name))
}

fn find_or_kept(name: &str, context: &Context) -> Result<Rubric, CliError> {
    match find(name) {
        Err(error) if context.workspace().exists() => {
            let engine = context.open()?;
            let named = engine.rubrics()?.into_iter().rev();
            match named.into_iter().find(|rubric| rubric.id == name) {
                Some(rubric) => Ok(rubric),
                None => engine.rubric_version(name)?.ok_or(error),
            }
        }
        found => found,
    }
}

/// A changed copy of a rubric that comes with docket, and its original: the one of the same name, else the one that
/// has most of the same questions and levels.
fn with_original(name: &str, context: &Context) -> Result<(Rubric, Rubric), CliError> {
    let copy = match library::built_in(name).filter(|_| context.workspace().exists()) {
        // The name is the original's too: what is kept under it is the copy.
        Some(own) => {
            let kept = context.open()?.rubrics()?.into_iter().rev();
            kept.into_iter().find(|one| one.id == name).unwrap_or(own)
        }
        None => find_or_kept(name, context)?,
    };
    let ours = texts(&copy);
    let shared = |own: &Rubric| texts(own).intersection(&ours).count();
    let nearest = || {
        let ids = library::rubric_ids().into_iter();
        let all = ids.filter_map(|id| library::built_in(&id));
        all.filter(|own| shared(own) > 0).max_by_key(shared)
    };
    match library::built_in(&copy.id).or_else(nearest) {
        Some(original) => Ok((original, copy)),
        None => Err(CliError::new(
            format!("`{name}` is no copy of a rubric that comes with docket"),
            format!(
                "name the other one: `docket rubric diff {} OTHER`",
                output::word(name)
            ),
        )),
    }
}

/// The questions of a rubric and what its levels mean.
fn texts(rubric: &Rubric) -> BTreeSet<String> {
    let of = |question: Question<'_>| {
        let anchors = question.anchors.into_iter().flat_map(|all| all.values());
        let own = std::iter::once(question.text.to_owned());
        own.chain(anchors.cloned()).collect::<Vec<String>>()
    };
    rubric.questions().flat_map(of).collect()
}

fn unknown(name: &str) -> CliError {
    CliError::new(
        format!("no rubric `{name}`: neither a file nor one that comes with docket"),
        format!(
            "there are: {}; or give a sentence",
            library::rubric_ids().join(", ")
        ),
    )
}
