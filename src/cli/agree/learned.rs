//! What learning changed, as text.

use super::told::say;
use crate::cli::{CliError, output};
use crate::domain::count::counted;
use crate::domain::event::BeforeAfter;
use crate::domain::view::agreement::{Finding, Learning};
use crate::text::table::{Column, Table};

/// Prints the same judge before and after it learned.
pub(super) fn told(learning: &Learning, judge: &str) -> Result<(), CliError> {
    say("")?;
    if let Some(base) = &learning.base {
        say(&format!(
            "BEFORE AND AFTER LEARNING, against {base} (dev share: decides)"
        ))?;
        table(&learning.dev)?;
    }
    if learning.stale {
        say("stale: guidelines it was shown were removed since")?;
    }
    say(learning.finding.said())?;
    if let Some(test) = &learning.test {
        say(&format!("TEST SHARE, read once, by {}", test.by))?;
        return table(&test.found);
    }
    let kept = counted(learning.kept_for_test, "ticket");
    say(&match learning.finding {
        Finding::Better => {
            format!("test share: {kept}, unread; `--judge {judge} --test` reads it, once")
        }
        _ => format!("test share: {kept}, unread"),
    })
}

fn table(changes: &[BeforeAfter]) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::left("criterion").max(20),
        Column::right("n"),
        Column::right("distance"),
        Column::right("after"),
        Column::right("change, 95 %"),
        Column::right("same"),
        Column::right("after"),
        Column::right("kappa"),
        Column::right("after"),
    ]);
    for one in changes {
        table.row([
            one.criterion.clone(),
            one.tickets.to_string(),
            format!("{:.3}", one.before),
            format!("{:.3}", one.after),
            one.interval.map_or_else(
                || "n/a".to_owned(),
                |(low, high)| format!("{low:.2} to {high:.2}"),
            ),
            format!("{:.2}", one.same_before),
            format!("{:.2}", one.same_after),
            kappa(one.kappa_before),
            kappa(one.kappa_after),
        ]);
    }
    output::table(&table)
}

fn kappa(value: Option<f64>) -> String {
    value.map_or_else(|| "n/a".to_owned(), |value| format!("{value:.2}"))
}
