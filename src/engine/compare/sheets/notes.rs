//! How the intervals were made, and a candidate's runs one by one, in words.

use super::three;
use crate::domain::decimal::{fixed, signed};
use crate::domain::view::compare::{CandidateSummary, Comparison, Ranged, RunMean};
use crate::stats::bootstrap::REPLICATES;
use crate::text::numbers::counted;

/// Which methods made the intervals that are shown, then what resampling says of each difference.
pub fn methods(comparison: &Comparison) -> Vec<String> {
    let all = comparison.candidates.iter();
    let differences = all.clone().filter_map(|one| one.difference.as_ref());
    let parts: Vec<String> = [
        named("mean", all.clone().filter_map(|one| one.mean.as_ref())),
        named("pass", all.filter_map(|one| one.pass_rate.as_ref())),
        named("difference", differences.map(|one| &one.range)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut said = Vec::new();
    if !parts.is_empty() {
        said.push(format!("95 % intervals: {}", parts.join(", ")));
    }
    said.extend(resampled(comparison));
    said
}

/// `pass by Wilson or t`: a candidate with reruns has another method than one without.
fn named<'a>(what: &str, ranges: impl Iterator<Item = &'a Ranged>) -> Option<String> {
    let mut methods: Vec<&str> = Vec::new();
    for range in ranges.filter(|range| range.interval.is_some()) {
        if !methods.contains(&range.method.as_ref()) {
            methods.push(&range.method);
        }
    }
    (!methods.is_empty()).then(|| format!("{what} by {}", methods.join(" or ")))
}

/// The differences with the interval that resampling gives, which assumes no shape.
fn resampled(comparison: &Comparison) -> Option<String> {
    let one = |one: &CandidateSummary| {
        let range = one.difference.as_ref()?.resampled.as_ref()?;
        let (low, high) = range.interval?;
        Some((
            format!("{} {} to {}", one.name, signed(low, 3), signed(high, 3)),
            range.method.clone(),
        ))
    };
    let found: Vec<_> = comparison.candidates.iter().filter_map(one).collect();
    let (_, method) = found.first()?;
    let draws = counted(REPLICATES as u64, "draw", "draws");
    let words: Vec<&str> = found.iter().map(|(words, _)| words.as_str()).collect();
    Some(format!(
        "difference by {method} ({draws}): {}",
        words.join(", ")
    ))
}

/// A candidate's runs in the order they were made; `None` with one run.
pub fn history(one: &CandidateSummary) -> Option<String> {
    let run = |run: &RunMean| {
        let mean = three(run.mean.as_ref().map(|mean| mean.estimate));
        let n = run.mean.as_ref().map_or(0, |mean| mean.n);
        let ends = match run.mean.as_ref().and_then(|mean| mean.interval) {
            Some((low, high)) => format!(" ({} to {}, n {n})", fixed(low, 3), fixed(high, 3)),
            None => format!(" (n {n})"),
        };
        let because = run.because.as_ref();
        let because = because.map_or_else(String::new, |why| format!(", {why}"));
        format!("run {} {mean}{ends}{because}", run.number)
    };
    let runs: Vec<String> = one.history.iter().map(run).collect();
    (!runs.is_empty()).then(|| {
        let counts = one
            .history
            .iter()
            .map(|run| run.mean.as_ref().map_or(0, |mean| mean.n));
        let mut counts: Vec<usize> = counts.collect();
        counts.dedup();
        let differ = if counts.len() > 1 {
            ", not all on the same items"
        } else {
            ""
        };
        format!("{} run by run{differ}: {}", one.name, runs.join("; "))
    })
}
