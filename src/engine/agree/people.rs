//! People among themselves: alpha first, Gwet's coefficient beside it, kappa for every two people.

use std::collections::BTreeSet;

use super::counted::Labelled;
use super::measure::{CONFIDENCE, Sample, measured};
use super::subject::Subject;
use crate::domain::count::counted;
use crate::domain::view::agreement::{ENOUGH, NOT_VALIDATED, PairOn, PeopleOn};
use crate::stats::describe::FLOAT_NOISE;
use crate::stats::gwet::{Weights, gwet, raw_agreement};
use crate::stats::krippendorff::{Metric, Ratings, alpha};
use crate::stats::{Clusters, Interval};

/// What two people or more say about one subject.
pub(super) fn people_on(subject: &Subject<'_>, tickets: &[Labelled]) -> PeopleOn {
    let said: Vec<(usize, Vec<(&str, usize)>)> = tickets
        .iter()
        .enumerate()
        .map(|(at, ticket)| (at, places(subject, ticket)))
        .filter(|(_, places)| !places.is_empty())
        .collect();
    let cannot_judge = tickets
        .iter()
        .flat_map(|ticket| ticket.people.values())
        .filter_map(|answers| answers.get(subject.id()))
        .filter(|answer| answer.is_cannot_judge())
        .count() as u64;
    let ordered = subject.metric() == Metric::Ordinal;
    let mut on = PeopleOn {
        criterion: subject.id().to_owned(),
        question: subject.text().to_owned(),
        about: subject.about,
        tickets: said.len() as u64,
        pairable: said.iter().filter(|(_, places)| places.len() > 1).count() as u64,
        cannot_judge,
        alpha: None,
        metric: if ordered { "ordinal" } else { "nominal" },
        gwet: None,
        gwet_name: if ordered { "AC2" } else { "AC1" },
        same: None,
        pairs: pairs(subject, tickets, &said),
        warning: None,
    };
    coefficients(&mut on, subject, tickets, &said);
    on.warning = warning(&on);
    on
}

fn places<'t>(subject: &Subject<'_>, ticket: &'t Labelled) -> Vec<(&'t str, usize)> {
    ticket
        .people
        .iter()
        .filter_map(|(who, answers)| Some((who.as_str(), subject.reply(answers)?.place)))
        .collect()
}

fn coefficients(
    on: &mut PeopleOn,
    subject: &Subject<'_>,
    tickets: &[Labelled],
    said: &[(usize, Vec<(&str, usize)>)],
) {
    let Some(scale) = subject.values() else {
        return;
    };
    let pairable: Vec<&(usize, Vec<(&str, usize)>)> =
        said.iter().filter(|(_, places)| places.len() > 1).collect();
    let units: Vec<Vec<u32>> = pairable
        .iter()
        .map(|(_, places)| places.iter().map(|(_, at)| *at as u32).collect())
        .collect();
    let sample = Sample {
        clusters: Clusters::from_labels(pairable.iter().map(|(at, _)| tickets[*at].cluster)),
        weights: None,
    };
    let Some(ratings) = Ratings::on_scale(&scale, units.clone()) else {
        return;
    };
    on.same = raw_agreement(&ratings);
    if let Some(value) = alpha(&ratings, subject.metric()) {
        on.alpha = Some(sample.resampled(value, |drawn| {
            let units = drawn.iter().map(|at| units[*at].clone()).collect();
            alpha(&Ratings::on_scale(&scale, units)?, subject.metric())
        }));
    }
    if subject.is_whole()
        && let Some(found) = gwet(&ratings, subject.weights())
    {
        // Its standard error takes tickets for independent; where they are not, none is shown.
        let alone = sample.clusters.all_single();
        // Complete agreement shows no spread, which is no certainty.
        let spreads = found.se.is_some_and(|se| se > FLOAT_NOISE);
        let interval = found
            .interval(CONFIDENCE)
            .filter(|_| alone && spreads)
            .map(|interval| Interval {
                low: interval.low.max(-1.0),
                ..interval
            });
        on.gwet = Some(interval.map_or_else(|| sample.bare(found.coefficient), measured));
    }
}

fn pairs(
    subject: &Subject<'_>,
    tickets: &[Labelled],
    said: &[(usize, Vec<(&str, usize)>)],
) -> Vec<PairOn> {
    let names: BTreeSet<&str> = said
        .iter()
        .flat_map(|(_, places)| places.iter().map(|(who, _)| *who))
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    let mut found = Vec::new();
    for (at, a) in names.iter().enumerate() {
        for b in &names[at + 1..] {
            found.extend(pair(subject, tickets, said, (a, b)));
        }
    }
    found
}

fn pair(
    subject: &Subject<'_>,
    tickets: &[Labelled],
    said: &[(usize, Vec<(&str, usize)>)],
    (a, b): (&str, &str),
) -> Option<PairOn> {
    let mut both = Vec::new();
    let mut clusters = Vec::new();
    for (at, places) in said {
        let of = |who: &str| {
            places
                .iter()
                .find(|(name, _)| *name == who)
                .map(|(_, at)| *at)
        };
        if let (Some(first), Some(second)) = (of(a), of(b)) {
            both.push((first, second));
            clusters.push(tickets[*at].cluster);
        }
    }
    if both.is_empty() {
        return None;
    }
    let same = both.iter().filter(|(a, b)| a == b).count() as f64 / both.len() as f64;
    let sample = Sample {
        clusters: Clusters::from_labels(clusters),
        weights: None,
    };
    let weights: Weights = subject.weights();
    Some(PairOn {
        a: a.to_owned(),
        b: b.to_owned(),
        n: both.len() as u64,
        same: Some(same),
        kappa: subject
            .values()
            .and_then(|scale| sample.kappa(&both, &scale, weights)),
    })
}

/// What must be known before the numbers are used.
fn warning(on: &PeopleOn) -> Option<String> {
    match (&on.alpha, on.pairable) {
        (Some(alpha), _) if alpha.value < ENOUGH => Some(NOT_VALIDATED.to_owned()),
        (Some(_), _) => None,
        (None, 0) => Some("no ticket has two people's answers: alpha is n/a".to_owned()),
        (None, n) => Some(format!(
            "{} with two answers, all the same: alpha is n/a, agreement cannot be told from habit",
            counted(n, "ticket")
        )),
    }
}
