//! The leaderboard of a pairwise eval in words and a table.

use super::told::say;
use crate::cli::{CliError, output};
use crate::domain::view::compare::{BoardRow, Leaderboard};
use crate::text::table::{Column, Table};

/// Prints all of it.
pub(super) fn leaderboard(board: &Leaderboard) -> Result<(), CliError> {
    for badge in &board.badges {
        say(&format!("*** {badge} ***"))?;
    }
    say(&format!(
        "{}: {} of {} tickets compared, in {} clusters; rubric `{}`; judge {}",
        board.eval,
        board.judged,
        board.tickets,
        board.clusters,
        board.rubric,
        board.judge.as_deref().unwrap_or("none yet")
    ))?;
    output::line("")?;
    table(&board.rows)?;
    if let Some(why) = board.undefined {
        say(&format!("strengths n/a: {why}"))?;
    }
    if !board.people.is_empty() {
        output::line("")?;
        say(&format!(
            "people, on {} tickets reviewed blind and in the plan's order",
            board.reviewed
        ))?;
        table(&board.people)?;
    }
    output::line("")?;
    for warning in &board.warnings {
        say(&format!("note: {warning}"))?;
    }
    say(&board.sentence)?;
    say(&format!("next: {}", board.action))
}

fn table(rows: &[BoardRow]) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::left("candidate"),
        Column::right("win"),
        Column::right("tie"),
        Column::right("loss"),
        Column::right("strength"),
        Column::left("95 %"),
        Column::right("model se"),
    ]);
    let whole =
        |value: Option<f64>| value.map_or_else(|| "n/a".to_owned(), |value| format!("{value:.0}"));
    for row in rows {
        table.row([
            &row.name,
            &row.wins.to_string(),
            &row.ties.to_string(),
            &row.losses.to_string(),
            &whole(row.elo),
            &row.interval.map_or_else(
                || "n/a".to_owned(),
                |(low, high)| format!("{low:.0} to {high:.0}"),
            ),
            &whole(row.se),
        ]);
    }
    output::table(&table)
}
