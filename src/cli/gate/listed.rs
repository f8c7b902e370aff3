//! The gates of a workspace.

use crate::cli::{CliError, output};
use crate::domain::view::gate::DecisionNote;
use crate::engine::gate::GateLine;
use crate::text::table::{Column, Table};

/// Prints them.
pub(super) fn print(lines: &[GateLine], json: bool) -> Result<(), CliError> {
    if json {
        return output::json(&lines);
    }
    if lines.is_empty() {
        output::say(
            "no gate is declared; `docket gate GROUP --file gate.toml --declare` declares one",
        );
        return Ok(());
    }
    let mut table = Table::new([
        Column::left("group"),
        Column::left("gate"),
        Column::left("from"),
        Column::left("by"),
        Column::left("declared"),
        Column::left("last verdicts"),
        Column::left("decisions"),
    ]);
    for line in lines {
        let verdicts = line
            .verdicts
            .iter()
            .map(|(candidate, verdict)| format!("{candidate} {}", verdict.name()));
        let decisions = line.decisions.iter().map(DecisionNote::words);
        table.row([
            &line.group,
            &line.gate,
            line.file.as_deref().unwrap_or("flags"),
            &line.by,
            line.relative
                .strip_prefix("declared ")
                .unwrap_or(&line.relative),
            &verdicts.collect::<Vec<_>>().join(", "),
            &decisions.collect::<Vec<_>>().join(", "),
        ]);
    }
    output::table(&table)
}
