//! The agreement report as text, at most 80 columns wide where names allow it.

use crate::cli::{CliError, output};
use crate::domain::count::{counted, either};
use crate::domain::view::agreement::{
    AgreementReport, Basis, Calibration, JudgeAgreement, JudgeOn, Matrix, Measured, NumberLine,
    PeopleOn,
};
use crate::text::sanitise;
use crate::text::table::{Column, Table};

/// Levels up to which the table of counts fits a terminal.
const MATRIX: usize = 11;
/// Cells of a line of prose.
const WIDTH: usize = 79;
/// Cells between two columns.
const GAP: usize = 2;
/// A number that is undefined.
const NONE: &str = "n/a";

/// Prints everything.
pub(super) fn report(report: &AgreementReport) -> Result<(), CliError> {
    say(&format!(
        "{}: rubric {}, pass from {} ({})",
        report.eval, report.rubric, report.threshold, report.threshold_from
    ))?;
    basis(&report.basis)?;
    if report.basis.tickets == 0 {
        say("")?;
        return nothing(report);
    }
    say("")?;
    people(report)?;
    for judge in &report.judges {
        say("")?;
        one_judge(judge)?;
    }
    if report.judges.is_empty() {
        say("")?;
        say(&format!(
            "No judge that counts has read this eval; `docket judge {}` puts one to work.",
            report.eval
        ))?;
    }
    for judge in &report.judges_left_out {
        say(&format!(
            "Not shown: {} ({}): {}",
            judge.name, judge.id, judge.why
        ))?;
    }
    Ok(())
}

fn basis(basis: &Basis) -> Result<(), CliError> {
    let people: Vec<String> = basis
        .reviewers
        .iter()
        .map(|one| format!("{} {}", one.name, one.reviews))
        .collect();
    let count = either(basis.tickets, "counts", "count");
    let mut parts = vec![format!("{} {count}", counted(basis.tickets, "ticket"))];
    if basis.census > 0 {
        let whole = "of complete imported label sets (census)";
        parts.push(format!("{} {whole}", basis.census));
    }
    if !people.is_empty() {
        parts.push(format!("reviews: {}", people.join(", ")));
    }
    say(&parts.join("; "))?;
    if basis.census < basis.tickets || basis.waiting > 0 {
        let planned = counted(basis.planned, "ticket");
        let mut parts = vec![format!("plan: prefix {} of {planned}", basis.prefix)];
        if let (Some(open), true) = (&basis.first_open, basis.waiting > 0) {
            let waiting = waiting(basis.waiting);
            parts.push(format!(
                "{waiting} behind ticket {}, which is open",
                open.short()
            ));
        }
        say(&parts.join("; "))?;
    }
    for left in &basis.left_out {
        say(&format!(
            "left out: {} {}",
            counted(left.reviews, "review"),
            left.reason.words()
        ))?;
    }
    if basis.weighted {
        say("tickets had different chances to be reviewed: each counts with 1/chance")?;
    }
    Ok(())
}

fn waiting(reviews: u64) -> String {
    format!(
        "{} {}",
        counted(reviews, "review"),
        either(reviews, "waits", "wait")
    )
}

/// Why there is nothing, and what would change it.
fn nothing(report: &AgreementReport) -> Result<(), CliError> {
    say("No review counts yet: agreement rests on blind first reviews taken in the")?;
    say("plan's order, and on complete imported label sets. Of an assisted eval only the")?;
    say(&format!(
        "blind audit share counts. `docket review {}` takes the next ticket.",
        report.eval
    ))
}

fn people(report: &AgreementReport) -> Result<(), CliError> {
    say("PEOPLE AMONG THEMSELVES")?;
    let mut table = Table::new([
        Column::left("criterion").max(20),
        Column::right("n"),
        Column::right("two+"),
        Column::right("alpha"),
        Column::right("95 %"),
        Column::left("metric"),
        Column::right("Gwet"),
        Column::right("same"),
    ]);
    for on in &report.people {
        table.row([
            on.criterion.clone(),
            on.tickets.to_string(),
            on.pairable.to_string(),
            value(on.alpha.as_ref()),
            ends(on.alpha.as_ref()),
            on.metric.to_owned(),
            value(on.gwet.as_ref()),
            plain(on.same),
        ]);
    }
    output::table(&table)?;
    for on in &report.people {
        if let Some(warning) = &on.warning {
            say(&format!("{}: {warning}", on.criterion))?;
        }
    }
    pairs(&report.people)
}

fn pairs(people: &[PeopleOn]) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::left("criterion").max(20),
        Column::left("who").max(24),
        Column::right("n"),
        Column::right("kappa"),
        Column::right("95 %"),
        Column::right("same"),
    ]);
    for on in people {
        for pair in &on.pairs {
            table.row([
                on.criterion.clone(),
                format!("{} / {}", pair.a, pair.b),
                pair.n.to_string(),
                value(pair.kappa.as_ref()),
                ends(pair.kappa.as_ref()),
                plain(pair.same),
            ]);
        }
    }
    if table.is_empty() {
        return Ok(());
    }
    say("")?;
    output::table(&table)
}

fn one_judge(judge: &JudgeAgreement) -> Result<(), CliError> {
    say(&format!(
        "JUDGE {} ({}) AGAINST PEOPLE",
        judge.name, judge.id
    ))?;
    if let Some(badge) = &judge.badge {
        say(badge)?;
    }
    if judge.learned_from > 0 {
        say(&format!(
            "{} left out: the judge's own examples may come from {}",
            counted(judge.learned_from, "ticket"),
            either(judge.learned_from, "it", "them")
        ))?;
    }
    for kin in &judge.kin {
        say(&format!("! {}", kin.banner()))?;
    }
    summary(judge)?;
    numbers(&judge.reading.lines())?;
    if let Some(learning) = &judge.learning {
        super::learned::told(learning, &judge.id)?;
    }
    for on in &judge.criteria {
        say("")?;
        details(on)?;
    }
    Ok(())
}

/// One line a criterion: what is looked at first.
fn summary(judge: &JudgeAgreement) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::left("criterion").max(20),
        Column::right("scored"),
        Column::right("accuracy"),
        Column::right("guess"),
        Column::right("kappa"),
        Column::right("95 %"),
        Column::right("people"),
    ]);
    for on in &judge.criteria {
        table.row([
            on.criterion.clone(),
            format!("{}/{}", on.scored, on.total),
            value(on.accuracy.as_ref()),
            plain(on.baseline.as_ref().map(|baseline| baseline.accuracy)),
            value(on.kappa.as_ref()),
            ends(on.kappa.as_ref()),
            plain(on.people_kappa),
        ]);
    }
    output::table(&table)
}

fn details(on: &JudgeOn) -> Result<(), CliError> {
    say(&format!("{}: {}", on.criterion, on.question))?;
    for warning in &on.warnings {
        say(&format!("  ! {warning}"))?;
    }
    say(&format!("  {}", on.asked()))?;
    if let Some(rule) = on.brought_together() {
        say(&format!("  {rule}"))?;
    }
    numbers(&on.lines())?;
    let curve = on.calibration.as_ref().and_then(Calibration::curve_said);
    if let Some(curve) = curve {
        say(&format!("  {curve}"))?;
    }
    if let Some(matrix) = &on.matrix {
        counts(matrix)?;
    }
    if on.disagreeing > 0 {
        say(&format!(
            "  {} {}; --disagreements lists {}",
            counted(on.disagreeing, "ticket"),
            either(on.disagreeing, "differs", "differ"),
            either(on.disagreeing, "it", "them")
        ))?;
    }
    Ok(())
}

/// A table of numbers; what is said about one that has no room beside it stands below.
fn numbers(lines: &[NumberLine]) -> Result<(), CliError> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut table = Table::new([
        Column::left(""),
        Column::right(""),
        Column::right(""),
        Column::left(""),
    ]);
    let cells = |of: &dyn Fn(&NumberLine) -> usize| lines.iter().map(of).max().unwrap_or(0);
    let used = cells(&|line| line.name.len() + 2)
        + cells(&|line| line.shown(4).len())
        + cells(&|line| line.ends_shown().len());
    let room = WIDTH.saturating_sub(used + 3 * GAP);
    let long = |line: &&NumberLine| line.about.chars().count() > room;
    for line in lines {
        table.row([
            format!("  {}", line.name),
            line.shown(4),
            line.ends_shown(),
            if long(&line) {
                String::new()
            } else {
                line.about.clone()
            },
        ]);
    }
    output::table(&table)?;
    for line in lines.iter().filter(long) {
        say(&format!("  {}: {}", line.name, line.about))?;
    }
    Ok(())
}

/// Rows the judge, columns people.
fn counts(matrix: &Matrix) -> Result<(), CliError> {
    if matrix.labels.len() > MATRIX {
        return say("  the table of counts has too many levels for here; --json has it");
    }
    let mut table = Table::new(
        std::iter::once(Column::left("  judge \\ people"))
            .chain(matrix.labels.iter().map(|label| Column::right(label))),
    );
    for (label, cells) in matrix.labels.iter().zip(&matrix.cells) {
        let cells = cells.iter().map(u64::to_string);
        table.row(std::iter::once(format!("  {label}")).chain(cells));
    }
    output::table(&table)
}

fn value(found: Option<&Measured>) -> String {
    plain(found.map(|found| found.value))
}

fn plain(found: Option<f64>) -> String {
    found.map_or_else(|| NONE.to_owned(), |value| format!("{value:.4}"))
}

/// Both ends of an interval.
fn ends(found: Option<&Measured>) -> String {
    match found.map(|found| (found.low, found.high)) {
        Some((Some(low), Some(high))) => format!("{low:.2} to {high:.2}"),
        _ => NONE.to_owned(),
    }
}

/// One paragraph, wrapped.
pub(super) fn say(text: &str) -> Result<(), CliError> {
    let clean = sanitise::line(text);
    if clean.is_empty() {
        return output::line("");
    }
    for row in crate::text::wrap::wrap(&clean, WIDTH) {
        output::line(clean[row.start..row.end].trim_end())?;
    }
    Ok(())
}
