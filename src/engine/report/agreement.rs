//! How far the judge of a group agrees with people on the group's own tickets, as a table.

use super::super::{Engine, Result};
use crate::domain::decimal::fixed;
use crate::domain::view::agreement::{AgreementOptions, Measured};
use crate::domain::view::compare::{Comparison, Sheet};

impl Engine {
    /// One row a question; without a row nobody has checked the judge. `None` without a judge.
    pub(super) fn agreement_sheet(&self, comparison: &Comparison) -> Result<Option<Sheet>> {
        let Some(judge) = &comparison.judge else {
            return Ok(None);
        };
        let mut sheet = Sheet::new(
            "the judge against people, on blind reviews of this group's plan",
            &[
                "question",
                "#tickets",
                "#same answer",
                "95 %",
                "#kappa",
                "95 %",
                "#constant guess",
                "#people's alpha",
            ],
        );
        let report = self.agreement(comparison.tickets_in, &AgreementOptions::default())?;
        let Some(found) = report.judges.iter().find(|one| one.name == *judge) else {
            sheet.title.clear();
            sheet.note("The judge was never checked: no blind review of the plan counts yet.");
            return Ok(Some(sheet));
        };
        for on in found.criteria.iter().filter(|on| on.total > 0) {
            let people = report
                .people
                .iter()
                .find(|one| one.criterion == on.criterion)
                .and_then(|one| one.alpha);
            sheet.row([
                on.criterion.clone(),
                on.total.to_string(),
                share(on.accuracy.as_ref()),
                ends(on.accuracy.as_ref()),
                value(on.kappa.as_ref()),
                ends(on.kappa.as_ref()),
                on.baseline.as_ref().map_or_else(
                    || "n/a".to_owned(),
                    |one| format!("{:.0} %", one.accuracy * 100.0),
                ),
                value(people.as_ref()),
            ]);
            for warning in &on.warnings {
                sheet.note(format!("{}: {warning}", on.criterion));
            }
        }
        if sheet.rows.is_empty() {
            sheet.title.clear();
            sheet.note("The judge was never checked: no blind review of the plan counts yet.");
        }
        Ok(Some(sheet))
    }
}

fn value(measured: Option<&Measured>) -> String {
    measured.map_or_else(|| "n/a".to_owned(), |one| fixed(one.value, 2))
}

fn share(measured: Option<&Measured>) -> String {
    measured.map_or_else(
        || "n/a".to_owned(),
        |one| format!("{:.0} %", one.value * 100.0),
    )
}

fn ends(measured: Option<&Measured>) -> String {
    match measured.map(|one| (one.low, one.high)) {
        Some((Some(low), Some(high))) => format!("{low:.2} to {high:.2}"),
        _ => "n/a".to_owned(),
    }
}
