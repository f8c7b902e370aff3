//! `docket rubric new`: a rubric from a sentence, from a template, or from answers to questions.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::guide::{self, Stop, Talk};
use super::{file, unknown};
use crate::cli::{CliError, Context, Exit, output};
use crate::domain::count::counted;
use crate::domain::rubric::{Kind, Problem, Rubric, Scale, Severity, valid_id};
use crate::engine::library;
use crate::formats::rubric as toml;

/// Make a rubric: from a sentence, from a template, or by answering questions
///
/// Without a sentence and without `--template` it asks: the question, the scale, what each level means. Enter takes
/// what stands in brackets; answers may come on standard input, one a line. The rubric is written to a file, and the
/// command says how to go on from there.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The question, in a sentence
    #[arg(value_name = "SENTENCE", conflicts_with_all = ["text", "template"])]
    sentence: Option<String>,
    /// The same as SENTENCE
    #[arg(long, value_name = "SENTENCE", conflicts_with = "template")]
    text: Option<String>,
    /// binary, level5, or a range such as 1-10; level5 if a sentence is all there is
    #[arg(long, value_name = "SCALE", conflicts_with = "template")]
    scale: Option<String>,
    /// Start from a rubric that comes with docket
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// Its name; by default that of the file, else one made from the sentence
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Write it here instead of into the folder `rubrics`; must not exist
    #[arg(long, short = 'o', value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show it as TOML on standard output, and write no file
    #[arg(long, conflicts_with = "out")]
    toml: bool,
}

/// Makes it, writes it, says how to go on.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    file::must_be_new(args.out.as_deref())?;
    let named = name(args)?;
    let sentence = args.sentence.as_deref().or(args.text.as_deref());
    let (rubric, text) = match (sentence, args.template.as_deref()) {
        (_, Some(id)) => from_template(id, named)?,
        (Some(sentence), None) => written(from_sentence(sentence, scale(args)?, named)?),
        (None, None) => match guided(scale(args)?, named.as_deref()) {
            Ok(rubric) => written(rubric),
            Err(Stop::Left) => {
                output::say("nothing was made");
                return Ok(Exit::No);
            }
            Err(Stop::Silence) => return Err(nothing_given()),
            Err(Stop::Failed(error)) => return Err(error),
        },
    };
    let problems = problems(&rubric)?;
    if args.toml {
        output::line(text.trim_end())?;
        return Ok(Exit::Done);
    }
    let (rubric, text, out) = placed(rubric, text, args.out.as_deref());
    file::write_new(&out, &text)?;
    told(&rubric, &out, &problems, context)
}

/// The name that was asked for, by option or by file.
fn name(args: &Args) -> Result<Option<String>, CliError> {
    if let Some(name) = &args.name {
        if valid_id(name) {
            return Ok(Some(name.clone()));
        }
        return Err(CliError::new(
            format!("`{name}` is no name for a rubric"),
            "use letters from a to z, digits, `-` and `_`, at most 64",
        ));
    }
    Ok(args.out.as_deref().and_then(file::name_of))
}

fn scale(args: &Args) -> Result<Option<Scale>, CliError> {
    let Some(scale) = &args.scale else {
        return Ok(None);
    };
    let read = scale.parse().map(Some);
    read.map_err(|error| CliError::plain(format!("`--scale {scale}`: {error}")))
}

fn written(rubric: Rubric) -> (Rubric, String) {
    let text = toml::to_toml(&rubric);
    (rubric, text)
}

fn nothing_given() -> CliError {
    CliError::new(
        "nothing to make a rubric from",
        "give a sentence, `docket rubric new 'Is it polite?'`, or `--template NAME`, or run it on a terminal to be asked",
    )
}

fn from_sentence(
    sentence: &str,
    scale: Option<Scale>,
    name: Option<String>,
) -> Result<Rubric, CliError> {
    let sentence = sentence.trim();
    if sentence.is_empty() {
        return Err(nothing_given());
    }
    if library::rubric_text(sentence).is_some() {
        return Err(CliError::new(
            format!("`{sentence}` is the name of a rubric that comes with docket, not a question"),
            format!("`docket rubric new --template {sentence}` starts from it"),
        ));
    }
    let mut rubric = Rubric::from_sentence(sentence, scale.unwrap_or(Scale::Level5));
    rubric.id = name.unwrap_or(rubric.id);
    Ok(rubric)
}

/// The template's own text, comments and all, under a name of its own: the name of the template stays the template's.
fn from_template(id: &str, name: Option<String>) -> Result<(Rubric, String), CliError> {
    let (Some(mut rubric), Some(text)) = (library::built_in(id), library::rubric_text(id)) else {
        return Err(unknown(id));
    };
    rubric.id = name.unwrap_or_else(|| format!("my-{id}"));
    if ["schema_file", "instructions_file", "template_file"]
        .iter()
        .any(|key| text.contains(key))
    {
        // What it names stands in the program; in the text alone it would be missing.
        return Ok(written(rubric));
    }
    let text = renamed(text, id, &rubric.id);
    Ok((rubric, text))
}

/// The text of a rubric under another name.
fn renamed(text: &str, old: &str, new: &str) -> String {
    text.replacen(
        &format!("\nid = \"{old}\""),
        &format!("\nid = \"{new}\""),
        1,
    )
}

fn guided(scale: Option<Scale>, name: Option<&str>) -> Result<Rubric, Stop> {
    let terminal = io::stdin().is_terminal();
    if terminal {
        output::say("A few questions make a rubric. Enter takes what stands in brackets.");
    }
    let (mut input, mut out) = (io::stdin().lock(), io::stderr());
    guide::rubric(scale, name, &mut Talk::new(&mut input, &mut out, terminal))
}

/// Everything worth saying about the rubric; an error keeps it from being written.
fn problems(rubric: &Rubric) -> Result<Vec<Problem>, CliError> {
    let mut problems = toml::lint(rubric);
    problems.extend(library::advice(rubric));
    match problems
        .iter()
        .find(|problem| problem.severity == Severity::Error)
    {
        Some(error) => Err(CliError::new(
            format!("this makes no rubric: {}", error.message),
            error.hint.clone(),
        )),
        None => Ok(problems),
    }
}

/// The file it goes to. Without one named, the rubric takes a name that is free.
fn placed(mut rubric: Rubric, text: String, out: Option<&Path>) -> (Rubric, String, PathBuf) {
    if let Some(out) = out {
        return (rubric, text, out.to_owned());
    }
    let (free, out) = file::free(&rubric.id);
    let text = renamed(&text, &rubric.id, &free);
    rubric.id = free;
    (rubric, text, out)
}

fn told(
    rubric: &Rubric,
    out: &Path,
    problems: &[Problem],
    context: &Context,
) -> Result<Exit, CliError> {
    let next = next(out, context);
    if context.json() {
        output::json(&json!({
            "rubric": rubric.id, "file": out, "questions": rubric.questions().count(),
            "warnings": problems.iter().map(|one| &one.message).collect::<Vec<_>>(), "next": next,
        }))?;
        return Ok(Exit::Done);
    }
    output::say(&format!(
        "made the rubric `{}` with {}{}: `{}`",
        rubric.id,
        counted(rubric.questions().count(), "question"),
        answered(rubric),
        out.display()
    ));
    if !problems.is_empty() {
        output::say(&format!(
            "{} on its wording: `docket rubric check {}` names them",
            counted(problems.len(), "remark"),
            output::word(&out.display().to_string())
        ));
    }
    for command in next {
        output::say(&format!("next: `{command}`"));
    }
    Ok(Exit::Done)
}

fn answered(rubric: &Rubric) -> String {
    let mut scales: Vec<String> = match rubric.kind {
        Kind::Direct => rubric.criteria.iter().map(|one| shown(one.scale)).collect(),
        Kind::Adherence => vec!["met or not".to_owned()],
        Kind::Pairwise => vec!["which output is better".to_owned()],
    };
    scales.dedup();
    match &scales[..] {
        [only] => format!(", {only}"),
        _ => String::new(),
    }
}

fn shown(scale: Scale) -> String {
    match scale {
        Scale::Binary => "yes or no".to_owned(),
        Scale::Level5 | Scale::Range { .. } => {
            format!("levels {} to {}", scale.min(), scale.max())
        }
    }
}

/// What to do with it next, as commands that can be pasted: tried and put to use where there is an eval, else
/// logs are taken in under it.
fn next(out: &Path, context: &Context) -> Vec<String> {
    let out = output::word(&out.display().to_string());
    let taken_in = || vec![format!("docket import LOGS --eval NAME --rubric {out}")];
    if !context.workspace().exists() {
        return taken_in();
    }
    // The rubric is made; a workspace that cannot be read is no failure of that.
    let Ok(engine) = context.open() else {
        return taken_in();
    };
    let evals = engine.evals().unwrap_or_default();
    let (Some(eval), one) = (evals.first(), evals.len() == 1) else {
        return taken_in();
    };
    let mut next = Vec::new();
    if let Ok(Ok(ticket)) = engine.peek_ticket(eval.id, None) {
        let ticket = ticket.ticket.short();
        next.push(format!("docket rubric test {out} --ticket {ticket}"));
    }
    let eval = if one {
        output::word(&eval.name)
    } else {
        "EVAL".to_owned()
    };
    next.push(format!("docket eval set {eval} --rubric {out}"));
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::rubric::{load, no_files};

    #[test]
    fn every_template_makes_a_file_of_its_own_name_that_is_a_rubric_by_itself() {
        for id in library::rubric_ids() {
            let (rubric, text) = from_template(&id, None).unwrap();
            let loaded = load("x.toml", &text, &no_files);
            assert_eq!(loaded.rubric, Some(rubric.clone()), "{id}");
            assert_eq!(rubric.id, format!("my-{id}"));
        }
    }

    #[test]
    fn the_name_of_a_template_is_no_question() {
        let error = from_sentence("tone", None, None).unwrap_err();
        assert!(error.to_string().contains("`tone` is the name"));
        assert!(from_sentence("  ", None, None).is_err());
    }
}
