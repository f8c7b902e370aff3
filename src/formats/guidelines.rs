//! Files of guidelines for judges: TOML in and out, with the line and column of what is wrong.
//!
//! ```toml
//! [[guideline]]
//! criterion = "accuracy"      # left out: for every criterion
//! text = "A date that is not in the context counts as made up."
//! sources = []                # tickets whose corrections it rests on; may be left out
//! ```

use std::fmt::Write as _;

use serde::Deserialize;
use toml::Spanned;

use crate::domain::ids::TicketId;
use crate::domain::learning::{Guideline, MOST_GUIDELINE_CHARS, MOST_GUIDELINES};
use crate::domain::rubric::known_or_nearest;

/// What is wrong with a file of guidelines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {what}")]
pub struct GuidelinesError {
    /// The file as named.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub hint: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    guideline: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    criterion: Option<Spanned<String>>,
    text: Spanned<String>,
    #[serde(default)]
    sources: Vec<Spanned<String>>,
}

/// A file as it is read.
struct Source<'a> {
    file: &'a str,
    text: &'a str,
    criteria: &'a [&'a str],
}

/// Reads a file. `file` is the name shown in errors, `criteria` are the ids a guideline may be about.
pub fn parse(file: &str, text: &str, criteria: &[&str]) -> Result<Vec<Guideline>, GuidelinesError> {
    let source = Source {
        file,
        text,
        criteria,
    };
    let read: File = toml::from_str(text).map_err(|error| {
        source.fault(
            error.span().map_or(0, |span| span.start),
            error.message().trim().replace('\n', ", "),
            "each rule is a table `[[guideline]]` with `text`, and if it is about one criterion `criterion`",
        )
    })?;
    let rules = read.guideline.len();
    if rules == 0 || rules > MOST_GUIDELINES {
        return Err(source.fault(
            0,
            format!("{rules} rules; a judge is shown 1 to {MOST_GUIDELINES}"),
            "what is longer belongs into the rubric's instructions",
        ));
    }
    read.guideline
        .into_iter()
        .map(|entry| source.rule(entry))
        .collect()
}

impl Source<'_> {
    fn fault(&self, offset: usize, what: String, hint: impl Into<String>) -> GuidelinesError {
        let (line, column) = place(self.text, offset);
        GuidelinesError {
            file: self.file.to_owned(),
            line,
            column,
            what,
            hint: hint.into(),
        }
    }

    fn rule(&self, entry: Entry) -> Result<Guideline, GuidelinesError> {
        let at = entry.text.span().start;
        let text = entry.text.into_inner().trim().to_owned();
        let long = text.chars().count();
        if long == 0 || long > MOST_GUIDELINE_CHARS {
            return Err(self.fault(
                at,
                format!("a rule of {long} characters; 1 to {MOST_GUIDELINE_CHARS} are allowed"),
                "say one thing in a sentence or two",
            ));
        }
        if let Some(criterion) = &entry.criterion
            && !self.criteria.contains(&criterion.get_ref().as_str())
        {
            let (at, id) = (criterion.span().start, criterion.get_ref());
            return Err(self.fault(
                at,
                format!("the rubric has no criterion `{id}`"),
                known_or_nearest(id, self.criteria),
            ));
        }
        let sources = entry.sources.iter().map(|id| self.ticket(id));
        Ok(Guideline {
            sources: sources.collect::<Result<_, _>>()?,
            criterion: entry.criterion.map(Spanned::into_inner),
            text,
        })
    }

    fn ticket(&self, id: &Spanned<String>) -> Result<TicketId, GuidelinesError> {
        id.get_ref().parse().map_err(|_| {
            self.fault(
                id.span().start,
                format!("`{}` is no ticket", id.get_ref()),
                "sources are whole ticket ids, as `docket guidelines EVAL --draft` writes them",
            )
        })
    }
}

/// Writes guidelines as a file that [`parse`] reads, each under a comment of its own.
pub fn to_toml(head: &str, guidelines: &[(Guideline, String)]) -> String {
    let mut out = comment(head);
    for (rule, about) in guidelines {
        out.push('\n');
        out.push_str(&comment(about));
        out.push_str("[[guideline]]\n");
        // Writing into a string cannot fail.
        if let Some(criterion) = &rule.criterion {
            let _ = writeln!(out, "criterion = {}", quoted(criterion));
        }
        let _ = writeln!(out, "text = {}", quoted(&rule.text));
        if !rule.sources.is_empty() {
            let sources: Vec<String> = rule
                .sources
                .iter()
                .map(|id| quoted(&id.to_string()))
                .collect();
            let _ = writeln!(out, "sources = [{}]", sources.join(", "));
        }
    }
    out
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn comment(text: &str) -> String {
    let line = |line: &str| {
        let clean: String = line.chars().filter(|c| !c.is_control()).collect();
        format!("# {clean}").trim_end().to_owned() + "\n"
    };
    text.lines().map(line).collect()
}

/// Line and column of a byte, from 1.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |last| last.chars().count())
        + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Guideline>, GuidelinesError> {
        parse("g.toml", text, &["tone", "accuracy"])
    }

    #[test]
    fn what_is_written_is_read_back_whatever_stands_in_it() {
        let rule = Guideline {
            criterion: Some("tone".into()),
            text: "Short is not \"unkind\".\n'''\\ [[guideline]]".into(),
            sources: vec![TicketId([7; 16])],
        };
        let bare = Guideline {
            criterion: None,
            sources: Vec::new(),
            ..rule.clone()
        };
        let text = to_toml(
            "a draft\nof two",
            &[
                (rule.clone(), "from\u{b}\n[[guideline]]".into()),
                (bare.clone(), String::new()),
            ],
        );
        assert_eq!(read(&text).unwrap(), [rule, bare], "{text}");
    }

    #[test]
    fn every_fault_is_named_with_its_place_and_what_to_do() {
        let long = format!("[[guideline]]\ntext = \"{}\"", "x".repeat(601));
        let cases = [
            ("[[guideline]]\ntext = \"a\"\nlevel = 3", 3, "unknown field"),
            ("[[guideline]]\ntext = 3", 2, "invalid type"),
            ("", 1, "0 rules"),
            ("[[guideline]]\ntext = \"  \"", 2, "0 characters"),
            (&long, 2, "601 characters"),
            (
                "[[guideline]]\ncriterion = \"tonne\"\ntext = \"a\"",
                2,
                "no criterion `tonne`",
            ),
            (
                "[[guideline]]\ntext = \"a\"\nsources = [\"x\"]",
                3,
                "`x` is no ticket",
            ),
        ];
        for (text, line, what) in cases {
            let error = read(text).unwrap_err();
            assert_eq!(error.line, line, "{error}");
            assert!(error.to_string().contains(what), "{error}");
            assert!(!error.hint.is_empty());
        }
    }
}
