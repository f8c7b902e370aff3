//! Whether the columns a person named are there.
//!
//! A profile is written for many files and may name columns that one of them lacks. A `--map` entry is typed for
//! the files at hand, so a column that no row of them has is a slip, and is refused before anything is made.

use std::collections::BTreeSet;

use super::error::IntakeError;
use super::fields::Fields;
use super::mapping::named_columns;
use crate::domain::nearest::nearest;

/// Different names kept; rows may be dictionaries with a key of their own each.
const NAMES: usize = 1_000;

/// The columns `--map` names, looked for in row after row.
#[derive(Debug, Clone, Default)]
pub struct NamedColumns {
    /// Entry and column, of those not seen yet.
    missing: Vec<(String, String)>,
    /// In the order they were first seen.
    names: Vec<String>,
    known: BTreeSet<String>,
}

impl NamedColumns {
    /// Those of `field=column` entries.
    pub fn of(map: &[String]) -> Self {
        let entries = map.iter().flat_map(|entry| {
            let columns = named_columns(entry).into_iter();
            columns.map(|column| (entry.clone(), column))
        });
        Self {
            missing: entries.collect(),
            ..Self::default()
        }
    }

    /// Whether all of them were seen.
    pub fn all_seen(&self) -> bool {
        self.missing.is_empty()
    }

    /// Looks at a row. One that is no object shows nothing.
    pub fn see(&mut self, json: &str) {
        if self.all_seen() {
            return;
        }
        let Ok(row) = Fields::parse(json) else { return };
        for name in row.names() {
            if self.names.len() < NAMES && !self.known.contains(name) {
                self.known.insert(name.to_owned());
                self.names.push(name.to_owned());
            }
        }
        self.missing.retain(|(_, column)| !row.has_path(column));
    }

    /// The refusal, if rows were seen and none of them has one of the columns.
    pub fn refusal(&self) -> Option<IntakeError> {
        let (entry, column) = self.missing.first()?;
        if self.names.is_empty() {
            return None;
        }
        Some(IntakeError::NoColumn {
            entry: entry.clone(),
            column: column.clone(),
            meant: nearest(column, self.names.iter().map(String::as_str)).map(str::to_owned),
            columns: self.names.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(map: &[&str], rows: &[&str]) -> Option<(String, Option<String>)> {
        let map: Vec<String> = map.iter().map(|entry| (*entry).to_owned()).collect();
        let mut columns = NamedColumns::of(&map);
        for row in rows {
            columns.see(row);
        }
        let error = columns.refusal()?;
        Some((error.to_string(), error.hint()))
    }

    #[test]
    fn a_column_no_row_has_is_refused_with_the_nearest_and_the_list() {
        let (what, hint) = refusal(
            &["request=qestion"],
            &[r#"{"question":"a","answer":"b"}"#, r#"{"note":1}"#],
        )
        .unwrap();
        assert_eq!(
            what,
            "`--map request=qestion`: no row has a column `qestion`; the columns are `question`, `answer`, `note`"
        );
        assert_eq!(hint.unwrap(), "did you mean `question`?");
    }

    #[test]
    fn every_column_of_a_list_and_every_kind_of_field_is_looked_for() {
        let row = r#"{"q":"a","c":{"d":1},"x,y":2}"#;
        for (entry, there) in [
            ("request=q,c.d", true),
            ("request=q,nope", false),
            ("human.correct=c.d", true),
            ("human.correct=c.e", false),
            ("human.correct=nope", false),
            ("judge.tone=x,y", true),
            ("tags=nope", false),
            ("id=nope", false),
        ] {
            assert_eq!(refusal(&[entry], &[row]).is_none(), there, "{entry}");
        }
    }

    #[test]
    fn a_column_that_only_a_later_row_has_is_found_and_bad_rows_show_nothing() {
        let rows = ["nonsense", r#"{"q":"a"}"#, r#"{"q":"b","rare":null}"#];
        assert_eq!(refusal(&["human.correct=rare"], &rows), None);
        assert_eq!(refusal(&["human.correct=rare"], &rows[..1]), None);
        assert!(refusal(&["human.correct=rare"], &rows[..2]).is_some());
    }
}
