//! A problem of a rubric file at its line and column.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

use crate::domain::rubric::Severity;

/// One problem of a rubric file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it keeps the rubric from being used.
    pub severity: Severity,
    /// Stable name of the rule, such as `unknown_key`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Which part of the rubric, as a path; empty where only the text is known.
    #[serde(skip)]
    pub place: String,
}

/// Without the file's name, which the caller knows: `12:3: error: message` and an indented hint.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let Self {
            line,
            column,
            message,
            hint,
            ..
        } = self;
        write!(f, "{line}:{column}: {severity}: {message}")?;
        if hint.is_empty() {
            Ok(())
        } else {
            write!(f, "\n  hint: {hint}")
        }
    }
}

/// Why a rubric file gives no rubric: every error found in it, and its warnings.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct RubricError {
    /// The file's name as the caller gave it.
    pub file: String,
    /// At least one error; sorted by line and column.
    pub findings: Vec<Finding>,
}

impl fmt::Display for RubricError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, finding) in self.findings.iter().enumerate() {
            let gap = if place == 0 { "" } else { "\n" };
            write!(f, "{gap}{}:{finding}", self.file)?;
        }
        Ok(())
    }
}

/// Where each line of a text begins.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let starts = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1))
            .collect();
        Self { text, starts }
    }

    /// Line and column (in characters, both from 1) of a byte offset.
    pub(super) fn place(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts[line - 1];
        let before = self.text.as_bytes().get(start..offset).unwrap_or_default();
        // Counting first bytes needs no character boundary at the offset.
        let column = before.iter().filter(|byte| (**byte & 0xC0) != 0x80).count() + 1;
        (line, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let lines = Lines::of("aé= 1\n\nxy");
        for (offset, place) in [
            (0, (1, 1)),
            (3, (1, 3)),
            (6, (1, 6)),
            (7, (2, 1)),
            (8, (3, 1)),
            (9, (3, 2)),
            (99, (3, 3)),
        ] {
            assert_eq!(lines.place(offset), place, "{offset}");
        }
        assert_eq!(Lines::of("").place(0), (1, 1));
    }
}
