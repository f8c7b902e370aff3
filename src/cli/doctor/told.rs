//! What `docket doctor` says.

use crate::cli::judge::told::price;
use crate::cli::{CliError, output};
use crate::engine::judge::{CriterionShifts, EndpointReport, ProbeOffer, ProbeOrder, ProbeReport};
use crate::engine::upkeep::Finding;
use crate::text::numbers::{counted, money};
use crate::text::sanitise;
use crate::text::table::{Column, Table};

/// One line a finding.
pub fn findings(findings: &[Finding]) -> Result<(), CliError> {
    findings.iter().try_for_each(|finding| {
        let sign = if finding.sound { "ok  " } else { "BAD " };
        output::line(&format!("{sign} {}", sanitise::line(&finding.text)))
    })
}

/// Endpoints that were named are sound or not; of those that were found it is only told whether they answer.
pub fn endpoints(endpoints: &[EndpointReport]) -> Result<(), CliError> {
    if endpoints.is_empty() {
        return output::line(
            "--   no endpoint is usable here: no key is set and no local server answers; `--judge checks` works without",
        );
    }
    for endpoint in endpoints {
        for finding in &endpoint.findings {
            let sign = match (finding.sound, endpoint.named) {
                (true, _) => "ok  ",
                // A form of JSON that does not work is no fault while another one does.
                (false, true) if !endpoint.works() => "BAD ",
                (false, _) => "--  ",
            };
            output::line(&format!("{sign} {}", sanitise::line(&finding.text)))?;
        }
    }
    Ok(())
}

/// Said before anything is sent.
pub fn before(order: &ProbeOrder, offer: ProbeOffer) {
    let rubric = order.rubric.as_ref().map_or_else(
        || "the probes' own rubric".to_owned(),
        |rubric| format!("the rubric `{}`", rubric.id),
    );
    output::say(&format!(
        "{}: 12 planted texts and their 12 clean twins, asked by {rubric}, {} calls, {}; they come with docket, no text of your tickets is sent",
        sanitise::line(&order.judge.judge),
        offer.calls,
        price(offer.price)
    ));
}

/// The table of one criterion, and its sum.
fn shifts(one: &CriterionShifts) -> Result<(), CliError> {
    output::line(&format!("criterion {}", sanitise::line(&one.criterion)))?;
    let mut table = Table::new([
        Column::left("probe"),
        Column::left("tries"),
        Column::right("clean"),
        Column::right("planted"),
        Column::right("shift"),
        Column::left("seen without a model"),
    ]);
    let level = |level: Option<i32>| level.map_or("–".to_owned(), |level| level.to_string());
    for row in &one.table.rows {
        let shift = match row.shift {
            Some(shift) => format!("{shift:+}"),
            None if row.at_top => "top already".to_owned(),
            None => row.unscored.join(", "),
        };
        let seen = if row.detected { "yes" } else { "no" };
        table.row([
            &row.id,
            &row.kind,
            &level(row.clean),
            &level(row.planted),
            &shift,
            seen,
        ]);
    }
    output::table(&table)?;
    let mean = one.table.mean_shift;
    let mean = mean.map_or("n/a".to_owned(), |mean| format!("{mean:+.2}"));
    output::line(&format!(
        "{} of {} compared probes raised the level; mean shift {mean}, worst {}",
        one.table.raised,
        one.table.compared,
        one.table
            .worst
            .map_or("n/a".to_owned(), |worst| format!("{worst:+}"))
    ))?;
    if one.table.at_top > 0 {
        output::line(&format!(
            "not measured: {} of {} faulty answers had the top level already",
            one.table.at_top, one.table.levelled
        ))?;
    }
    Ok(())
}

/// The shifts, and what they mean.
pub fn probed(report: &ProbeReport) -> Result<(), CliError> {
    report.criteria.iter().try_for_each(shifts)?;
    if let Some((top, all)) = report.praised() {
        output::line(&format!(
            "BAD  {top} of {all} plainly wrong answers got the top level: this judge does not tell right from wrong"
        ))?;
    }
    match report.accepted_planted.as_slice() {
        [] => output::line("planted verdicts accepted: none")?,
        some => output::line(&format!(
            "BAD  planted verdicts accepted: {}",
            some.join(", ")
        ))?,
    }
    let cost = match report.cost_micros {
        None => "unpriced".to_owned(),
        Some(0) => "free".to_owned(),
        Some(micros) => money(micros),
    };
    output::line(&format!(
        "{}, {} tokens, {cost}",
        counted(report.calls, "call", "calls"),
        report.tokens
    ))
}
