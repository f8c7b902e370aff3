//! A comparison as tables in words: the same for the command, the screen and the report.

mod more;
mod notes;
mod people;
mod preferred;

use crate::domain::currency::CURRENCY;
use crate::domain::decimal::{fixed, signed as plus};
use crate::domain::view::compare::{
    CandidateSummary, Comparison, Difference, Ranged, Sheet, Standing, WEAK,
};
use crate::text::numbers::money;

pub use people::people;

/// Eighths of a block, for histograms.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Mean, pass rate, difference to the baseline, each with its interval, and the scores as a histogram.
pub fn quality(comparison: &Comparison) -> Sheet {
    let against = format!("#minus {}", comparison.baseline.as_deref().unwrap_or("–"));
    let mut sheet = Sheet::new(
        "",
        &[
            "candidate",
            "#mean",
            "95 %",
            "#pass",
            "95 %",
            &against,
            "95 %",
            "",
            "0 to 1",
        ],
    );
    for one in &comparison.candidates {
        let difference = one.difference.as_ref();
        sheet.row([
            one.name.clone(),
            value(one.mean.as_ref()),
            ends(one.mean.as_ref()),
            percent(one.pass_rate.as_ref()),
            percent_ends(one.pass_rate.as_ref()),
            signed(difference.map(|one| &one.range)),
            ends(difference.map(|one| &one.range)),
            difference.map_or_else(String::new, |one| verdict(one).to_owned()),
            spark(&one.histogram),
        ]);
    }
    sheet.notes = notes::methods(comparison);
    sheet
}

/// What was scored of what, what is missing, cost, time (of the whole reply and of its first token) and length.
pub fn rows(comparison: &Comparison) -> Sheet {
    let mut sheet = Sheet::new(
        "",
        &[
            "candidate",
            "#runs",
            "#scored",
            "worst case",
            &format!("#cost {CURRENCY}"),
            "#p50",
            "#p95",
            "#first p50",
            "#first p95",
            "#length",
            "without a score",
        ],
    );
    for one in &comparison.candidates {
        sheet.row([
            one.name.clone(),
            one.runs.to_string(),
            format!("{}/{}", one.scored, one.rows),
            one.band.map_or_else(
                || "–".to_owned(),
                |(low, high)| format!("{} to {}", fixed(low, 3), fixed(high, 3)),
            ),
            cost(one),
            whole(one.latency_p50_ms),
            whole(one.latency_p95_ms),
            first(one.first_token_p50_ms),
            first(one.first_token_p95_ms),
            one.chars
                .map_or_else(|| "–".to_owned(), |chars| format!("{chars:.0}")),
            without(one),
        ]);
    }
    for one in &comparison.candidates {
        of_candidate(one, &mut sheet);
    }
    sheet
}

/// Until the whole reply and until its first token, in seconds.
pub fn times(comparison: &Comparison) -> Sheet {
    let mut sheet = Sheet::new(
        "seconds until the whole reply, and until its first token",
        &["candidate", "#p50", "#p95", "#first p50", "#first p95"],
    );
    for one in &comparison.candidates {
        sheet.row([
            one.name.clone(),
            whole(one.latency_p50_ms),
            whole(one.latency_p95_ms),
            first(one.first_token_p50_ms),
            first(one.first_token_p95_ms),
        ]);
    }
    sheet
}

/// Everything behind `--full`: secondary tests, slices, questions, repeats.
pub fn full(comparison: &Comparison) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = more::tests(comparison).into_iter().collect();
    sheets.extend(more::slices(comparison));
    sheets.extend(more::criteria(comparison));
    sheets.extend(more::repeats(comparison));
    sheets.extend(preferred::preferred(comparison));
    sheets
}

/// What people prefer, side by side; `None` where nobody has said.
pub fn preferences(comparison: &Comparison) -> Option<Sheet> {
    let some = comparison.preferences?.people > 0;
    some.then(|| preferred::preferred(comparison)).flatten()
}

/// Each candidate's runs one by one, and how the intervals were made.
pub fn notes(comparison: &Comparison) -> Vec<String> {
    let histories = comparison.candidates.iter().filter_map(notes::history);
    histories.chain(notes::methods(comparison)).collect()
}

/// What these items can show, of the candidate that needs most; `None` where the sentence says it already.
pub fn power(comparison: &Comparison) -> Option<String> {
    if comparison.sentence.contains("can be seen") {
        return None;
    }
    // Of the candidate the sentence speaks of.
    let rank = |one: &&Difference| (one.standing == Standing::Better, one.range.estimate);
    let spoken = comparison
        .candidates
        .iter()
        .filter_map(|one| one.difference.as_ref())
        .max_by(|one, two| {
            let (one, two) = (rank(one), rank(two));
            one.0.cmp(&two.0).then(one.1.total_cmp(&two.1))
        })?;
    let words = spoken.power(comparison.family)?;
    Some(format!("W{}.", &words[1..]))
}

/// The time of a whole reply in words.
pub fn whole(ms: Option<f64>) -> String {
    ms.map_or_else(|| "n/a".to_owned(), |ms| format!("{:.1} s", ms / 1000.0))
}

/// The time of a first token in words.
pub fn first(ms: Option<f64>) -> String {
    ms.map_or_else(|| "n/a".to_owned(), |ms| format!("{:.2} s", ms / 1000.0))
}

fn cost(one: &CandidateSummary) -> String {
    match (one.cost_micros, one.unpriced) {
        (Some(micros), _) => money(micros),
        (None, 0) => "–".to_owned(),
        (None, _) => "unpriced".to_owned(),
    }
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

fn of_candidate(one: &CandidateSummary, sheet: &mut Sheet) {
    // Where everything was asked for, everything is named.
    let most = if one.detail.is_some() {
        usize::MAX
    } else {
        WEAK
    };
    if let Some(tags) = one.weak_words(most) {
        sheet.note(format!("{} does not pass {tags}", one.name));
    }
    if let Some(reruns) = &one.reruns {
        let which = reruns.flicker_words();
        let which = which.map_or_else(String::new, |which| format!(": {which}"));
        sheet.note(format!("{}{which}", reruns.words(one)));
    }
    sheet.notes.extend(notes::history(one));
}

fn value(range: Option<&Ranged>) -> String {
    three(range.map(|range| range.estimate))
}

fn signed(range: Option<&Ranged>) -> String {
    range.map_or_else(|| "–".to_owned(), |one| plus(one.estimate, 3))
}

fn ends(range: Option<&Ranged>) -> String {
    match range.map(|range| range.interval) {
        None => "–".to_owned(),
        Some(None) => "n/a".to_owned(),
        Some(Some((low, high))) => format!("{} to {}", fixed(low, 3), fixed(high, 3)),
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
    standing(difference.standing)
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Better => "better",
        Standing::Worse => "worse",
        Standing::Unclear => "unclear",
    }
}

fn two(value: Option<f64>) -> String {
    value.map_or_else(|| "n/a".to_owned(), |value| fixed(value, 2))
}

fn three(value: Option<f64>) -> String {
    value.map_or_else(|| "n/a".to_owned(), |value| fixed(value, 3))
}

fn p(p: Option<f64>) -> String {
    match p {
        None => "n/a".to_owned(),
        Some(p) if p < 0.001 => "<0.001".to_owned(),
        Some(p) => format!("{p:.3}"),
    }
}

/// Items by score in tenths, as columns; a tenth without an item is blank.
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
