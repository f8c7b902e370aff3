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
    let found = match too_few(fit.len(), test.len()) {
        Some(why) => not(&why),
        None => tried(subject, &fit, &test),
    };
    Calibration {
        fitted_on: fit.len() as u64,
        tested_on: test.len() as u64,
        ..found
    }
}

/// Why nothing is told of so many tickets.
fn too_few(fit: usize, test: usize) -> Option<String> {
    let (what, needed, n) = if fit < FEWEST_FOR_LINEAR {
        ("train and dev shares", FEWEST_FOR_LINEAR, fit)
    } else if test < FEWEST_TO_TRY {
        ("test share", FEWEST_TO_TRY, test)
    } else {
        return None;
    };
    Some(format!(
        "needs {needed} tickets of the {what}; there {} {n}",
        either(n as u64, "is", "are")
    ))
}

/// The curve fitted on some tickets, and what it does on others.
fn tried(subject: &Subject<'_>, fit: &[&Pair<'_>], test: &[&Pair<'_>]) -> Calibration {
    let judge = |pairs: &[&Pair<'_>]| -> Vec<f64> {
        let places = pairs.iter().map(|pair| subject.share(pair.judge.value));
        places.collect()
    };
    let people = |pairs: &[&Pair<'_>]| -> Vec<f64> {
        let places = pairs.iter().map(|pair| subject.share(pair.people.mean));
        places.collect()
    };
    let Some(curve) = Curve::fit(&judge(fit), &people(fit)) else {
        let tickets = counted(fit.len() as u64, "ticket");
        return Calibration {
            why_not: Some(format!(
                "the judge says the same of all {tickets} of the train and dev shares"
            )),
            ..Calibration::default()
        };
    };
    // Brier's score needs a truth: where people are split there is none.
    let has_truth = |one: &&&Pair<'_>| one.people.pass.is_some();
    let told: Vec<&Pair<'_>> = test.iter().filter(has_truth).copied().collect();
    let passes: Vec<bool> = told
        .iter()
        .map(|one| one.people.pass == Some(true))
        .collect();
    let found = improvement(&curve, &judge(test), &people(test));
    Calibration {
        curve: Some(match curve {
            Curve::Isotonic(_) => "isotonic",
            Curve::Linear(_) => "linear",
        }),
        mae: found.map(|Improvement { mae, .. }| mae),
        brier: curve.brier(&judge(&told), &passes),
        points: points(subject, &curve),
        ..Calibration::default()
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
