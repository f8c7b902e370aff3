//! What is wrong with a command line: one line with the fault, one with what to write instead.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _};

use super::{Cli, CliError};
use crate::domain::nearest::nearest;

/// The error as people read it. `words` is what was typed behind the program's name.
pub fn told(error: &clap::Error, words: &[String]) -> CliError {
    let place = Place::of(words);
    let (what, hint) = match error.kind() {
        ErrorKind::InvalidValue => value(error, &place),
        ErrorKind::ValueValidation => invalid(error, &place),
        ErrorKind::UnknownArgument => unknown(error, &place),
        ErrorKind::InvalidSubcommand => subcommand(error, &place),
        ErrorKind::MissingRequiredArgument => missing(error, &place),
        ErrorKind::ArgumentConflict => conflict(error, &place),
        _ => plain(error, &place),
    };
    CliError::new(what, hint)
}

/// The command that was meant.
struct Place {
    path: String,
    command: Command,
}

impl Place {
    fn of(words: &[String]) -> Self {
        let mut root = Cli::command();
        // Usage lines need what is the same for every command.
        root.build();
        let (mut path, mut command) = (root.get_name().to_owned(), &root);
        for word in words {
            if let Some(found) = command.find_subcommand(word) {
                path = format!("{path} {}", found.get_name());
                command = found;
            }
        }
        Self {
            path,
            command: command.clone(),
        }
    }

    /// `docket export --help lists them`.
    fn help(&self, does: &str) -> String {
        format!("`{} --help` {does}", self.path)
    }

    fn usage(&self) -> String {
        let usage = self.command.clone().render_usage().to_string();
        let line = usage.lines().next().unwrap_or_default();
        let line = line.trim_start_matches("Usage:").trim();
        line.replace(" [OPTIONS]", "")
    }
}

fn text(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(list)) => list.join(", "),
        _ => String::new(),
    }
}

fn list(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(list)) => list.clone(),
        _ => Vec::new(),
    }
}

/// `--filter` of `--filter <FILTER>`.
fn flag(argument: &str) -> &str {
    argument.split_whitespace().next().unwrap_or(argument)
}

fn quoted(list: &[String]) -> String {
    let names: Vec<String> = list.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [before @ .., last] if !before.is_empty() => {
            format!("{} and {last}", before.join(", "))
        }
        _ => names.join(""),
    }
}

/// A value that is none of a closed list, or is not there at all.
fn value(error: &clap::Error, place: &Place) -> (String, String) {
    let (argument, given) = (
        text(error, ContextKind::InvalidArg),
        text(error, ContextKind::InvalidValue),
    );
    let known = list(error, ContextKind::ValidValue);
    let there = (!known.is_empty()).then(|| format!("there are: {}", known.join(", ")));
    if given.is_empty() {
        return (
            format!("`{}` needs a value", flag(&argument)),
            there.unwrap_or_else(|| {
                format!("write `{argument}`; {}", place.help("says what it may be"))
            }),
        );
    }
    let near = nearest(&given, known.iter().map(String::as_str));
    let hint = match (near, there) {
        (Some(near), _) => format!("did you mean `{} {near}`?", flag(&argument)),
        (None, Some(there)) => there,
        (None, None) => place.help("says what it may be"),
    };
    (
        format!("`{given}` is no value of `{}`", flag(&argument)),
        hint,
    )
}

/// A value that cannot be read.
fn invalid(error: &clap::Error, place: &Place) -> (String, String) {
    let (argument, given) = (
        text(error, ContextKind::InvalidArg),
        text(error, ContextKind::InvalidValue),
    );
    let source = std::error::Error::source(error).map(ToString::to_string);
    (
        format!(
            "`{} {given}`: {}",
            flag(&argument),
            reason(&source.unwrap_or_default())
        ),
        place.help("says what it may be"),
    )
}

/// What the standard library and clap say of a number, in words for people; other reasons stand as they are.
fn reason(source: &str) -> String {
    match source {
        "invalid float literal" | "cannot parse float from empty string" => {
            "a number is needed".to_owned()
        }
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            "a whole number is needed".to_owned()
        }
        "number too large to fit in target type" => "the number is too large".to_owned(),
        "" => "it cannot be read".to_owned(),
        other => match other.split_once(" is not in ") {
            Some((_, range)) => match range.split_once("..=") {
                Some((low, high)) => format!("a number from {low} to {high} is needed"),
                None => other.to_owned(),
            },
            None => other.to_owned(),
        },
    }
}

fn unknown(error: &clap::Error, place: &Place) -> (String, String) {
    let given = text(error, ContextKind::InvalidArg);
    let meant = text(error, ContextKind::SuggestedArg);
    if !given.starts_with('-') {
        let hint = format!("write `{}`", place.usage());
        return (format!("`{}` takes no `{given}`", place.path), hint);
    }
    let hint = if meant.is_empty() {
        place.help("lists its options")
    } else {
        format!("did you mean `{}`?", flag(&meant))
    };
    (format!("`{}` has no option `{given}`", place.path), hint)
}

fn subcommand(error: &clap::Error, place: &Place) -> (String, String) {
    let given = text(error, ContextKind::InvalidSubcommand);
    let names: Vec<&str> = place
        .command
        .get_subcommands()
        .map(Command::get_name)
        .collect();
    let hint = match nearest(&given, names.iter().copied()) {
        Some(near) => format!("did you mean `{} {near}`?", place.path),
        None => format!("there are: {}", names.join(", ")),
    };
    (format!("`{}` has no `{given}`", place.path), hint)
}

fn missing(error: &clap::Error, place: &Place) -> (String, String) {
    let wanted = list(error, ContextKind::InvalidArg);
    (
        format!("`{}` needs {}", place.path, quoted(&wanted)),
        format!(
            "write `{}{}`",
            place.usage(),
            with_flags(&place.usage(), &wanted)
        ),
    )
}

/// Wanted flags that a usage line, which names what a command always needs, leaves out.
fn with_flags(usage: &str, wanted: &[String]) -> String {
    let left_out = wanted
        .iter()
        .filter(|one| one.starts_with('-') && !usage.contains(flag(one)));
    left_out.fold(String::new(), |line, one| line + " " + one)
}

fn conflict(error: &clap::Error, place: &Place) -> (String, String) {
    let one = text(error, ContextKind::InvalidArg);
    let others = list(error, ContextKind::PriorArg);
    let flags: Vec<String> = others.iter().map(|name| flag(name).to_owned()).collect();
    if flags.is_empty() || flags.iter().all(|name| name == flag(&one)) {
        return (
            format!("`{}` is given more than once", flag(&one)),
            "give it once".to_owned(),
        );
    }
    (
        format!("`{}` does not go with {}", flag(&one), quoted(&flags)),
        format!(
            "leave one of them out; {}",
            place.help("says what each does")
        ),
    )
}

/// Anything else, in clap's own first line.
fn plain(error: &clap::Error, place: &Place) -> (String, String) {
    let rendered = error.render().to_string();
    let first = rendered.lines().next().unwrap_or_default();
    let what = first.trim_start_matches("error:").trim().replace('\'', "`");
    let what = if what.is_empty() {
        format!("`{}` cannot be run like this", place.path)
    } else {
        what
    };
    (what, place.help("shows how it is used"))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn said(line: &str) -> (String, String) {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let typed = std::iter::once("docket".to_owned()).chain(words.clone());
        let error = Cli::try_parse_from(typed).unwrap_err();
        match told(&error, &words) {
            CliError::Failed { what, hint } => (what, hint.unwrap()),
            CliError::Pipe => unreachable!(),
        }
    }

    #[test]
    fn every_fault_is_one_line_with_what_to_write() {
        for (line, what, hint) in [
            (
                "tickets e --filter",
                "`--filter` needs a value",
                "write `--filter <FILTER>`; `docket tickets --help` says what it may be",
            ),
            (
                "import l.jsonl --mode blnd",
                "`blnd` is no value of `--mode`",
                "did you mean `--mode blind`?",
            ),
            (
                "export e --out o --min-score much --format pairs",
                "`--min-score much`: a number is needed",
                "`docket export --help` says what it may be",
            ),
            (
                "import l.jsonl --max-row 0",
                "`--max-row 0`: a number from 1 to 1024 is needed",
                "`docket import --help` says what it may be",
            ),
            (
                "history --limit x",
                "`--limit x`: a whole number is needed",
                "`docket history --help` says what it may be",
            ),
            (
                "tickets e --fliter x",
                "`docket tickets` has no option `--fliter`",
                "did you mean `--filter`?",
            ),
            (
                "dataset rle",
                "`docket dataset` has no `rle`",
                "did you mean `docket dataset role`?",
            ),
            (
                "dataset move a",
                "`docket dataset move` needs `<TO>`",
                "write `docket dataset move <FROM> <TO>`",
            ),
        ] {
            assert_eq!(said(line), (what.to_owned(), hint.to_owned()), "{line}");
        }
    }

    #[test]
    fn values_of_a_closed_list_are_listed_where_none_is_near() {
        let (what, hint) = said("export e --out o --format parquet");
        assert_eq!(what, "`parquet` is no value of `--format`");
        assert!(hint.starts_with("there are: openai-sft, "), "{hint}");
    }
}
