//! A comparison in words and tables.

use crate::cli::{CliError, output};
use crate::domain::view::compare::{
    CandidateSummary, Comparison, Difference, Full, Ranged, Standing,
};
use crate::text::numbers::money;
use crate::text::sanitise;
use crate::text::table::{Column, Table};

/// Eighths of a block, for histograms.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Prints all of it.
pub fn comparison(comparison: &Comparison) -> Result<(), CliError> {
    head(comparison)?;
    quality(comparison)?;
    output::line("")?;
    rows(comparison)?;
    for candidate in &comparison.candidates {
        notes(candidate)?;
    }
    if comparison.candidates.iter().any(|one| one.full.is_some()) {
        output::line("")?;
        full(comparison)?;
    }
    output::line("")?;
    for warning in &comparison.warnings {
        say(&format!("note: {warning}"))?;
    }
    say(&comparison.sentence)?;
    say(&format!("next: {}", comparison.action))
}

fn say(text: &str) -> Result<(), CliError> {
    output::line(&sanitise::line(text))
}

fn head(comparison: &Comparison) -> Result<(), CliError> {
    for badge in &comparison.badges {
        say(&format!("*** {badge} ***"))?;
    }
    say(&format!(
        "{}: {} items of `{}` in {} clusters; rubric `{}` {}, pass from {}; judge {}",
        comparison.group,
        comparison.items,
        comparison.eval,
        comparison.clusters,
        comparison.rubric,
        comparison.rubric_version.short(),
        comparison.threshold_words,
        comparison.judge.as_deref().unwrap_or("none yet")
    ))?;
    output::line("")
}

fn quality(comparison: &Comparison) -> Result<(), CliError> {
    let baseline = comparison.baseline.as_deref().unwrap_or("–");
    let against = format!("minus {baseline}");
    let mut table = Table::new([
        Column::left("candidate"),
        Column::right("mean"),
        Column::left("95 %"),
        Column::right("pass"),
        Column::left("95 %"),
        Column::right(&against),
        Column::left("95 %"),
        Column::left(""),
        Column::left("0 to 1"),
    ]);
    for one in &comparison.candidates {
        let difference = one.difference.as_ref();
        table.row([
            &one.name,
            &value(one.mean.as_ref()),
            &ends(one.mean.as_ref()),
            &percent(one.pass_rate.as_ref()),
            &percent_ends(one.pass_rate.as_ref()),
            &difference.map_or_else(
                || "–".to_owned(),
                |one| format!("{:+.3}", one.range.estimate),
            ),
            &ends(difference.map(|one| &one.range)),
            &difference.map_or_else(String::new, |one| verdict(one).to_owned()),
            &spark(&one.histogram),
        ]);
    }
    output::table(&table)
}

fn rows(comparison: &Comparison) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::left("candidate"),
        Column::right("runs"),
        Column::right("scored"),
        Column::left("worst case"),
        Column::right("cost"),
        Column::right("p50"),
        Column::right("p95"),
        Column::right("length"),
        Column::left("without a score"),
    ]);
    for one in &comparison.candidates {
        let cost = match (one.cost_micros, one.unpriced) {
            (Some(micros), _) => money(micros),
            (None, 0) => "–".to_owned(),
            (None, _) => "unpriced".to_owned(),
        };
        let seconds = |ms: f64| format!("{:.1} s", ms / 1000.0);
        table.row([
            &one.name,
            &one.runs.to_string(),
            &format!("{}/{}", one.scored, one.rows),
            &one.band.map_or_else(
                || "–".to_owned(),
                |(low, high)| format!("{low:.3} to {high:.3}"),
            ),
            &cost,
            &one.latency_p50_ms.map_or_else(|| "–".to_owned(), seconds),
            &one.latency_p95_ms.map_or_else(|| "–".to_owned(), seconds),
            &one.chars
                .map_or_else(|| "–".to_owned(), |chars| format!("{chars:.0}")),
            &without(one),
        ]);
    }
    output::table(&table)
}

/// Rows without a score, by what happened to them.
fn without(one: &CandidateSummary) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(
        one.failed
            .iter()
            .map(|(class, n)| format!("failed: {class} {n}")),
    );
    parts.extend(
        one.unscored
            .iter()
            .map(|(class, n)| format!("unscored: {class} {n}")),
    );
    if one.unjudged > 0 {
        parts.push(format!("not read {}", one.unjudged));
    }
    if one.missing > 0 {
        parts.push(format!("missing {}", one.missing));
    }
    parts.join(", ")
}

fn notes(one: &CandidateSummary) -> Result<(), CliError> {
    if !one.weak_tags.is_empty() {
        let tags = one.weak_tags.iter().map(ToString::to_string);
        say(&format!(
            "{} does not pass {}",
            one.name,
            tags.collect::<Vec<_>>().join(", ")
        ))?;
    }
    if let Some(reruns) = &one.reruns {
        let all = reruns.all_pass.map_or_else(String::new, |p| {
            format!("; all {} runs pass with {p:.2}", one.runs)
        });
        let which = if reruns.flickering.is_empty() {
            String::new()
        } else {
            format!(": {}", reruns.flickering.join(", "))
        };
        say(&format!(
            "{} reruns: {:.0} % of {} items flicker{all}{which}",
            one.name,
            reruns.flicker * 100.0,
            reruns.items
        ))?;
    }
    Ok(())
}

fn full(comparison: &Comparison) -> Result<(), CliError> {
    say(&format!(
        "secondary, not the headline; {} differences in the family (Holm)",
        comparison.family
    ))?;
    let mut table = Table::new([
        Column::left("candidate"),
        Column::right("win"),
        Column::right("tie"),
        Column::right("loss"),
        Column::right("win rate"),
        Column::right("sign p"),
        Column::right("McNemar p"),
        Column::right("mid-p"),
        Column::right("Wilcoxon p"),
        Column::right("correlation"),
        Column::right("headline p"),
    ]);
    let all = || {
        comparison
            .candidates
            .iter()
            .filter_map(|one| Some((one, one.full.as_ref()?)))
    };
    for (one, full) in all() {
        table.row([
            &one.name,
            &full.win.to_string(),
            &full.tie.to_string(),
            &full.loss.to_string(),
            &format!("{:.3}", full.win_rate),
            &p(Some(full.sign_p)),
            &p(Some(full.mcnemar_p)),
            &p(Some(full.mcnemar_mid_p)),
            &p(full.wilcoxon_p),
            &full
                .correlation
                .map_or_else(|| "n/a".to_owned(), |r| format!("{r:.2}")),
            &p(one.difference.as_ref().and_then(|difference| difference.p)),
        ]);
    }
    output::table(&table)?;
    all().try_for_each(|(one, full)| tags(one, full))
}

fn tags(one: &CandidateSummary, full: &Full) -> Result<(), CliError> {
    for tag in &full.tags {
        say(&format!(
            "{} in {}: {:+.3} {} (n {})",
            one.name,
            tag.tag,
            tag.range.estimate,
            ends(Some(&tag.range)),
            tag.range.n
        ))?;
    }
    Ok(())
}

fn value(range: Option<&Ranged>) -> String {
    range.map_or_else(
        || "n/a".to_owned(),
        |range| format!("{:.3}", range.estimate),
    )
}

fn ends(range: Option<&Ranged>) -> String {
    match range.map(|range| range.interval) {
        None => "–".to_owned(),
        Some(None) => "n/a".to_owned(),
        Some(Some((low, high))) => format!("{low:.3} to {high:.3}"),
    }
}

fn percent(range: Option<&Ranged>) -> String {
    range.map_or_else(
        || "n/a".to_owned(),
        |range| format!("{:.0} %", range.estimate * 100.0),
    )
}

fn percent_ends(range: Option<&Ranged>) -> String {
    match range.and_then(|range| range.interval) {
        None => "n/a".to_owned(),
        Some((low, high)) => format!("{:.0} to {:.0}", low * 100.0, high * 100.0),
    }
}

fn verdict(difference: &Difference) -> &'static str {
    match difference.standing {
        Standing::Better => "better",
        Standing::Worse => "worse",
        Standing::Unclear => "unclear",
    }
}

fn p(p: Option<f64>) -> String {
    match p {
        None => "n/a".to_owned(),
        Some(p) if p < 0.001 => "<0.001".to_owned(),
        Some(p) => format!("{p:.3}"),
    }
}

fn spark(histogram: &[usize; 10]) -> String {
    let most = histogram.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return String::new();
    }
    let bar = |n: &usize| match n {
        0 => ' ',
        n => BARS[(n * 8).div_ceil(most).clamp(1, 8) - 1],
    };
    histogram.iter().map(bar).collect()
}
