//! What the tickets a judge gave no score could change: every number once with all of them as bad as can be, once as good.

use super::against::{Pair, chance_weight};
use super::counted::Labelled;
use super::subject::Subject;
use super::together::Together;
use crate::domain::view::agreement::{About, WorstCase};

/// The band of each number; `None` where every ticket has a score. `unscored` are the tickets without one.
pub(super) fn worst(
    subject: &Subject<'_>,
    pairs: &[Pair<'_>],
    unscored: &[(&Labelled, Together)],
) -> Option<WorstCase> {
    if unscored.is_empty() {
        return None;
    }
    let with_answer = |people: &Together| people.answer.is_some();
    let exact = band(
        pairs
            .iter()
            .filter(|pair| with_answer(&pair.people))
            .map(|pair| (pair.ticket, pair.same())),
        unscored
            .iter()
            .filter(|(_, people)| with_answer(people))
            .map(|(ticket, _)| *ticket),
    )?;
    let rate = |truth: bool| {
        let of_it = |people: &Together| people.pass == Some(truth) && !people.split;
        band(
            pairs
                .iter()
                .filter(|pair| of_it(&pair.people) && pair.judge.pass.is_some())
                .map(|pair| (pair.ticket, pair.judge.pass == Some(truth))),
            unscored
                .iter()
                .filter(|(_, people)| of_it(people))
                .map(|(ticket, _)| *ticket),
        )
    };
    let passes = subject.about != About::Choice;
    Some(WorstCase {
        unscored: unscored.len() as u64,
        exact,
        tpr: rate(true).filter(|_| passes),
        tnr: rate(false).filter(|_| passes),
        bias: passes.then(|| bias(subject, pairs, unscored)),
    })
}

/// A share with all unscored tickets wrong, and with all right; `None` without a ticket.
fn band<'a>(
    scored: impl Iterator<Item = (&'a Labelled, bool)>,
    unscored: impl Iterator<Item = &'a Labelled>,
) -> Option<(f64, f64)> {
    let (mut right, mut all) = (0.0, 0.0);
    for (ticket, hit) in scored {
        let weight = chance_weight(ticket);
        all += weight;
        right += if hit { weight } else { 0.0 };
    }
    let open: f64 = unscored.map(chance_weight).sum();
    all += open;
    (all > 0.0).then(|| (right / all, (right + open) / all))
}

/// Mean of judge less people with the judge at the bottom of the scale on all unscored tickets, and at its top.
fn bias(
    subject: &Subject<'_>,
    pairs: &[Pair<'_>],
    unscored: &[(&Labelled, Together)],
) -> (f64, f64) {
    let (low, high) = subject.ends();
    let (mut known, mut all) = (0.0, 0.0);
    for pair in pairs {
        let weight = chance_weight(pair.ticket);
        known += weight * (pair.judge.value - pair.people.mean);
        all += weight;
    }
    let (mut bottom, mut top) = (known, known);
    for (ticket, people) in unscored {
        let weight = chance_weight(ticket);
        bottom += weight * (low - people.mean);
        top += weight * (high - people.mean);
        all += weight;
    }
    (bottom / all, top / all)
}
