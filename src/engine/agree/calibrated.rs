//! What bringing a judge's scores onto the people's scale would do: fitted on the train and dev shares of the fixed split,
//! tried on the test share. Shown beside the raw numbers; nothing is computed from calibrated scores.

use super::against::Pair;
use super::subject::Subject;
use crate::domain::count::{counted, either};
use crate::domain::split::Stage;
use crate::domain::view::agreement::Calibration;
use crate::stats::calibration::{
    Calibration as Curve, FEWEST_FOR_LINEAR, Improvement, improvement,
};

/// Tickets of the test share below which nothing is told.
const FEWEST_TO_TRY: usize = 10;
/// Places at which the curve of a whole ticket's score is told.
const PLACES: i32 = 4;
/// Levels up to which the curve is told at each.
const LEVELS: usize = 11;

/// Why a judge of which some shares are not looked at has none.
const LEARNS: &str = "the test share of a judge that learned is read once, with --test";
const WEIGHTED: &str =
    "tickets had different chances to be reviewed, and the curve takes all alike";

/// Calibration on the tickets both answered. `seed` is the workspace's, `None` for a judge that learned.
pub(super) fn calibration(
    subject: &Subject<'_>,
    pairs: &[Pair<'_>],
    weighted: bool,
    seed: Option<u64>,
) -> Calibration {
    let not = |why: &str| Calibration {
        why_not: Some(why.to_owned()),
        ..Calibration::default()
    };
    let Some(seed) = seed else {
        return not(LEARNS);
    };
    if weighted {
        return not(WEIGHTED);
    }
    let in_test = |pair: &&Pair<'_>| Stage::of(seed, &pair.ticket.cluster) == Stage::Test;
    let (test, fit): (Vec<&Pair<'_>>, Vec<&Pair<'_>>) = pairs.iter().partition(in_test);
    let (fitted_on, tested_on) = (fit.len() as u64, test.len() as u64);
    let short = |what: &str, needed: usize, n: u64| Calibration {
        fitted_on,
        tested_on,
        ..not(&format!(
            "needs {needed} tickets of the {what}; there {} {n}",
            either(n, "is", "are")
        ))
    };
    if fit.len() < FEWEST_FOR_LINEAR {
        return short("train and dev shares", FEWEST_FOR_LINEAR, fitted_on);
    }
    if test.len() < FEWEST_TO_TRY {
        return short("test share", FEWEST_TO_TRY, tested_on);
    }
    let judge = |pairs: &[&Pair<'_>]| -> Vec<f64> {
        pairs
            .iter()
            .map(|pair| subject.share(pair.judge.value))
            .collect()
    };
    let people = |pairs: &[&Pair<'_>]| -> Vec<f64> {
        pairs
            .iter()
            .map(|pair| subject.share(pair.people.mean))
            .collect()
    };
    let Some(curve) = Curve::fit(&judge(&fit), &people(&fit)) else {
        return Calibration {
            fitted_on,
            tested_on,
            ..not(&format!(
                "the judge says the same of all {} of the train and dev shares",
                counted(fitted_on, "ticket")
            ))
        };
    };
    // Brier's score needs a truth: where people are split there is none.
    let told: Vec<&Pair<'_>> = test
        .iter()
        .filter(|one| one.people.pass.is_some())
        .copied()
        .collect();
    let passes: Vec<bool> = told
        .iter()
        .map(|one| one.people.pass == Some(true))
        .collect();
    let found = improvement(&curve, &judge(&test), &people(&test));
    let brier = curve.brier(&judge(&told), &passes);
    Calibration {
        curve: Some(match curve {
            Curve::Isotonic(_) => "isotonic",
            Curve::Linear(_) => "linear",
        }),
        fitted_on,
        tested_on,
        mae: found.map(|Improvement { mae, .. }| mae),
        brier,
        points: points(subject, &curve),
        why_not: None,
    }
}

/// The curve at every level, or at quarters of a longer scale.
fn points(subject: &Subject<'_>, curve: &Curve) -> Vec<(f64, f64)> {
    let levels = subject.values().filter(|_| !subject.is_whole_ticket());
    let raw: Vec<f64> = match levels.filter(|all| all.len() <= LEVELS) {
        Some(levels) => levels.iter().map(|level| subject.share(*level)).collect(),
        None => (0..=PLACES)
            .map(|at| f64::from(at) / f64::from(PLACES))
            .collect(),
    };
    raw.into_iter().map(|raw| (raw, curve.apply(raw))).collect()
}
