//! How far repeats differ: new outputs of a candidate, and new readings of one output. Two tables, never one.

use std::collections::BTreeSet;

use super::CONFIDENCE;
use super::reading::{Reading, Readings};
use super::summary::named;
use crate::domain::group_scores::{CandidateScores, GroupScores, RowOutcome};
use crate::domain::view::compare::{Stability, Told, Variance};
use crate::stats::icc::icc;
use crate::stats::mean::sampled_mean;
use crate::stats::reruns::{
    Advice, Passes, advice, flips, pass_at, pass_hat, sd_within, variance_split,
};

/// What was done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeated {
    /// The candidate answered the same item.
    Candidate,
    /// The judge read the same output.
    Judge,
}

/// One thing that was repeated: scores and pass verdicts, and what it is called.
struct Unit {
    scores: Vec<f64>,
    passes: Vec<bool>,
    item: usize,
}

/// New outputs for the same item; every output counts with its score over the judge's samples.
pub(super) fn of_candidate(scores: &GroupScores, candidate: &CandidateScores) -> Told<Stability> {
    if candidate.runs.len() < 2 {
        return Told::Missing("one run; `--repeat 3` makes reruns".to_owned());
    }
    let unit = |item: usize| {
        let rows = candidate.runs.iter().map(|run| &run.rows[item].outcome);
        let (scores, passes) = rows
            .filter_map(|outcome| Some((outcome.score()?, outcome.pass()?)))
            .unzip();
        Unit {
            scores,
            passes,
            item,
        }
    };
    let because: BTreeSet<&String> = candidate
        .runs
        .iter()
        .filter_map(|run| run.because.as_ref())
        .collect();
    let units: Vec<Unit> = (0..scores.items.len()).map(unit).collect();
    let found = stability(scores, units, Repeated::Candidate).map(|one| Stability {
        because: because.into_iter().cloned().collect(),
        ..one
    });
    Told::or(found, "no item has a score in two runs")
}

/// New readings of the same output.
pub(super) fn of_judge(
    scores: &GroupScores,
    readings: &Readings,
    candidate: &CandidateScores,
) -> Told<Stability> {
    let units: Vec<Unit> = outputs(scores, readings, candidate)
        .into_iter()
        .map(|(item, reading)| Unit {
            scores: reading.samples.iter().map(|(score, _)| *score).collect(),
            passes: reading.samples.iter().map(|(_, pass)| *pass).collect(),
            item,
        })
        .collect();
    Told::or(
        stability(scores, units, Repeated::Judge),
        "each output was read once; `docket judge --samples 3` reads it again",
    )
}

/// The different outputs of a candidate that were read, each with its item.
fn outputs<'a>(
    scores: &GroupScores,
    readings: &'a Readings,
    candidate: &CandidateScores,
) -> Vec<(usize, &'a Reading)> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for item in 0..scores.items.len() {
        for ticket in candidate
            .runs
            .iter()
            .filter_map(|run| run.rows[item].ticket)
        {
            // Two runs with the very same words share a ticket, and were read once.
            if let Some(reading) = readings.get(&ticket).filter(|_| seen.insert(ticket)) {
                found.push((item, reading));
            }
        }
    }
    found
}

fn stability(scores: &GroupScores, units: Vec<Unit>, what: Repeated) -> Option<Stability> {
    let units: Vec<Unit> = units
        .into_iter()
        .filter(|unit| unit.passes.len() > 1)
        .collect();
    let passes: Vec<Passes> = units.iter().map(|unit| Passes::of(&unit.passes)).collect();
    let flips = flips(&passes)?;
    let repeats = passes.iter().map(|one| one.k).max().unwrap_or(0);
    let rows: Vec<Vec<f64>> = units.iter().map(|unit| unit.scores.clone()).collect();
    let whole: Vec<Vec<f64>> = rows
        .iter()
        .filter(|row| row.len() as u32 == repeats)
        .cloned()
        .collect();
    let icc = icc(&whole);
    let interval = icc.and_then(|icc| icc.agreement_interval(CONFIDENCE));
    let mut flickering: Vec<String> = units
        .iter()
        .zip(&passes)
        .filter(|(_, one)| one.flickers())
        .map(|(unit, _)| named(scores, unit.item))
        .collect();
    flickering.dedup();
    Some(Stability {
        units: units.len(),
        repeats,
        flip_any: flips.any,
        flip_pair: flips.pair,
        all_pass: pass_hat(&passes, repeats),
        any_pass: pass_at(&passes, repeats),
        icc: icc.map(|icc| icc.single_agreement()),
        icc_interval: interval.map(|interval| (interval.low, interval.high)),
        icc_units: whole.len(),
        sd_within: sd_within(&rows),
        flickering,
        advice: match (what, advice(&flips)) {
            (Repeated::Candidate, Advice::Stable) => "at most 10 % flicker: one run will do",
            (Repeated::Candidate, Advice::ThreeSamples) => {
                "more than 10 % flicker: three runs are needed"
            }
            // The outputs differ: that the judge is to blame would show where it reads one of them again.
            (Repeated::Candidate, Advice::FixRubric) => {
                "more than 25 % flicker: one run says little, make three or more"
            }
            (Repeated::Judge, Advice::Stable) => "at most 10 % flicker: one sample will do",
            (Repeated::Judge, Advice::ThreeSamples) => {
                "more than 10 % flicker: three samples are needed"
            }
            (Repeated::Judge, Advice::FixRubric) => "more than 25 % flicker: mend the rubric first",
        }
        .into(),
        because: Vec::new(),
    })
}

/// Where the variance of one judged score of a candidate comes from, as far as anything was repeated.
pub(super) fn variance(
    scores: &GroupScores,
    readings: &Readings,
    candidate: &CandidateScores,
) -> Told<Variance> {
    let mut nested: Vec<Vec<Vec<f64>>> = vec![Vec::new(); scores.items.len()];
    for (item, reading) in outputs(scores, readings, candidate) {
        nested[item].push(reading.samples.iter().map(|(score, _)| *score).collect());
    }
    if let Some(split) = variance_split(&nested) {
        return Told::Value(Variance {
            item: split.item,
            candidate: Some(split.candidate),
            judge: Some(split.judge),
        });
    }
    let outputs: Vec<Vec<f64>> = (0..scores.items.len())
        .map(|item| {
            let rows = candidate.runs.iter().map(|run| &run.rows[item].outcome);
            rows.filter_map(RowOutcome::score).collect()
        })
        .collect();
    if let Some((item, within)) = two_levels(&outputs) {
        return Told::Value(Variance {
            item,
            candidate: Some(within),
            judge: None,
        });
    }
    let samples: Vec<Vec<f64>> = nested.into_iter().flatten().collect();
    let found = two_levels(&samples).map(|(item, within)| Variance {
        item,
        candidate: None,
        judge: Some(within),
    });
    Told::or(found, "nothing was repeated")
}

/// Between and within, by the method of moments; what comes out negative counts as 0.
fn two_levels(rows: &[Vec<f64>]) -> Option<(f64, f64)> {
    let split = sampled_mean(rows, None)?;
    Some((split.between?.max(0.0), split.within?))
}
