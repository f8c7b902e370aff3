//! A comparison in words and tables.

use crate::cli::{CliError, output};
use crate::domain::count::counted;
use crate::domain::view::compare::{Comparison, Sheet};
use crate::engine::compare::sheets;
use crate::text::sanitise;
use crate::text::table::{Column, Table};

/// Prints all of it.
pub fn comparison(comparison: &Comparison) -> Result<(), CliError> {
    head(comparison)?;
    sheet(&sheets::quality(comparison))?;
    output::line("")?;
    sheet(&sheets::rows(comparison))?;
    let people = sheets::people(comparison);
    if !people.rows.is_empty() {
        output::line("")?;
    }
    sheet(&people)?;
    if comparison.candidates.iter().any(|one| one.detail.is_some()) {
        for one in &sheets::full(comparison) {
            output::line("")?;
            sheet(one)?;
        }
    }
    output::line("")?;
    for warning in &comparison.warnings {
        say(&format!("note: {warning}"))?;
    }
    say(&comparison.sentence)?;
    if let Some(power) = sheets::power(comparison) {
        say(&power)?;
    }
    say(&format!("next: {}", comparison.action))
}

pub(super) fn say(text: &str) -> Result<(), CliError> {
    output::line(&sanitise::line(text))
}

/// Title, table and notes; a table without rows is its notes alone.
fn sheet(sheet: &Sheet) -> Result<(), CliError> {
    if !sheet.rows.is_empty() {
        if !sheet.title.is_empty() {
            say(&sheet.title)?;
        }
        let column = |(name, number): &(String, bool)| {
            if *number {
                Column::right(name)
            } else {
                Column::left(name)
            }
        };
        let mut table = Table::new(sheet.columns.iter().map(column));
        for row in &sheet.rows {
            table.row(row);
        }
        output::table(&table)?;
    } else if !sheet.title.is_empty() {
        say(&sheet.title)?;
    }
    sheet.notes.iter().try_for_each(|note| say(note))
}

fn head(comparison: &Comparison) -> Result<(), CliError> {
    for badge in &comparison.badges {
        say(&format!("*** {badge} ***"))?;
    }
    say(&format!(
        "{}: {} of `{}` in {}; rubric `{}` {}, pass from {}; judge {}",
        comparison.group,
        counted(comparison.items, "item"),
        comparison.eval,
        counted(comparison.clusters, "cluster"),
        comparison.rubric,
        comparison.rubric_version.short(),
        comparison.threshold_words,
        comparison.judge.as_deref().unwrap_or("none yet")
    ))?;
    output::line("")
}
