//! The tickets on which judge and people differ, as text.

use super::told::say;
use crate::cli::{CliError, output};
use crate::domain::count::{counted, either};
use crate::domain::view::agreement::{AgreementReport, Disagreement, JudgeAgreement, JudgeOn};
use crate::text::table::{Column, Table};

/// Prints the tickets on which judge and people differ.
pub(super) fn disagreements(report: &AgreementReport) -> Result<(), CliError> {
    let mut any = false;
    for judge in &report.judges {
        for on in judge.criteria.iter().filter(|on| on.disagreeing > 0) {
            if any {
                say("")?;
            }
            any = true;
            listed(judge, on)?;
        }
    }
    if !any {
        let words = if report.judges.iter().any(|judge| !judge.criteria.is_empty()) {
            "Judge and people differ on no ticket that counts."
        } else {
            "No judge that counts has read a ticket that counts."
        };
        say(words)?;
    }
    Ok(())
}

fn listed(judge: &JudgeAgreement, on: &JudgeOn) -> Result<(), CliError> {
    let shown = on.disagreements.len() as u64;
    let first = if shown < on.disagreeing {
        format!("; the worst {shown}")
    } else {
        String::new()
    };
    say(&format!(
        "{} on {}: {} {} of {}{first}",
        judge.name,
        on.criterion,
        counted(on.disagreeing, "ticket"),
        either(on.disagreeing, "differs", "differ"),
        on.scored
    ))?;
    let mut table = Table::new([
        Column::left("ticket"),
        Column::left("id").max(8),
        Column::right("gap"),
        Column::left("judge").max(9),
        Column::left("people").max(16),
        Column::left("").max(6),
        Column::left("output").max(17),
    ]);
    for one in &on.disagreements {
        table.row(row(one));
    }
    output::table(&table)
}

fn row(one: &Disagreement) -> [String; 7] {
    let each: Vec<&str> = one.each.iter().map(|said| said.answer.as_str()).collect();
    let people = if each.is_empty() {
        one.people.clone()
    } else {
        format!("{} ({})", one.people, each.join(" "))
    };
    let pass = if one.pass_differs { "▲ pass" } else { "" };
    [
        one.ticket.short(),
        one.external_id.clone().unwrap_or_default(),
        format!("{:.2}", one.gap),
        one.judge.clone(),
        people,
        pass.to_owned(),
        one.preview.clone(),
    ]
}
