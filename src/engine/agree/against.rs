//! One judge version against people on one subject.

use std::collections::BTreeMap;

use super::calibrated::calibration;
use super::counted::Labelled;
use super::differences::disagreements;
use super::measure::{CONFIDENCE, Sample};
use super::subject::{Heard, Reply, Subject};
use super::together::{NoMajority, Together, together};
use super::worst::worst;
use crate::domain::view::agreement::{
    About, Baseline, Class, JudgeOn, Matrix, PassOn, PeopleOn, ScoresOn,
};
use crate::stats::Clusters;
use crate::stats::against_human::{auc, level_agreement, pass_agreement, score_agreement};
use crate::stats::paired::FLOAT_NOISE;

/// Independent clusters below which intervals are wide or missing.
const FEW: usize = 10;
/// Levels up to which a table of counts is shown.
const TABLE: usize = 25;

/// A ticket with what people say and what the judge says.
pub(super) struct Both<'a> {
    /// The ticket.
    pub ticket: &'a Labelled,
    /// What the judge says.
    pub judge: Heard,
}

/// One ticket both answered.
pub(super) struct Pair<'a> {
    pub ticket: &'a Labelled,
    pub people: Together,
    pub judge: Reply,
}

impl Pair<'_> {
    /// Places of judge and people; `None` where no answer is the people's, or none on the scale is the judge's.
    fn cell(&self) -> Option<(usize, usize)> {
        let people = self.people.answer.filter(|_| self.judge.whole)?;
        Some((self.judge.place, people.place))
    }

    /// Whether the judge's answer is the people's.
    pub fn same(&self) -> bool {
        self.people
            .answer
            .is_some_and(|people| self.judge.same(&people))
    }

    /// Verdicts of judge and people; `None` where people are split evenly, and of choices.
    pub fn verdicts(&self) -> Option<(bool, bool)> {
        Some((self.judge.pass?, self.people.pass?))
    }

    /// Whether the judge says something else than people do. Where they are split, than all of those in the middle.
    pub fn differs(&self) -> bool {
        if self.people.answer.is_some() {
            return !self.same();
        }
        let (low, high) = self.people.middle;
        low < high && !(low..=high).contains(&self.judge.value)
    }
}

/// Compares a judge with people on a subject. `split` seeds the fixed split, `None` for a judge of which not every share is
/// looked at.
pub(super) fn against(
    subject: &Subject<'_>,
    all: &[Both<'_>],
    people: Option<&PeopleOn>,
    split: Option<u64>,
) -> JudgeOn {
    let mut on = empty(subject, people);
    let Heards {
        pairs,
        open,
        answered,
    } = heards(&mut on, subject, all);
    on.total = answered.len() as u64;
    on.scored = pairs
        .iter()
        .filter(|pair| pair.people.answer.is_some())
        .count() as u64;
    let whole = sample(answered.iter().map(|(ticket, ..)| *ticket));
    let right: Vec<bool> = answered.iter().map(|(.., right)| *right).collect();
    on.accuracy = whole.rate(&right);
    let places: Vec<usize> = answered.iter().map(|(_, place, _)| *place).collect();
    on.baseline = baseline(subject, &places, &whole);
    numbers(&mut on, subject, &pairs);
    on.worst = worst(subject, &pairs, &open);
    if on.about != About::Choice {
        let weighted = whole.weights.is_some();
        on.calibration = Some(calibration(subject, &pairs, weighted, split));
    }
    warn(&mut on, &whole, people);
    disagreements(&mut on, subject, &pairs);
    on
}

/// What came of every ticket people answered.
#[derive(Default)]
struct Heards<'a> {
    /// Those the judge answered.
    pairs: Vec<Pair<'a>>,
    /// Those it gave no answer to.
    open: Vec<(&'a Labelled, Together)>,
    /// Those with an answer of people, its place, and whether the judge's is the same.
    answered: Vec<(&'a Labelled, usize, bool)>,
}

/// Counts what the judge was asked about and what came of it.
fn heards<'a>(on: &mut JudgeOn, subject: &Subject<'_>, all: &[Both<'a>]) -> Heards<'a> {
    let mut unscored: BTreeMap<&str, u64> = BTreeMap::new();
    let mut heards = Heards::default();
    for both in all {
        let people = match together(subject, &both.ticket.people) {
            None => continue,
            Some(Err(NoMajority)) => {
                on.no_majority += 1;
                continue;
            }
            Some(Ok(people)) => people,
        };
        let place = people.answer.map(|answer| answer.place);
        let right = match &both.judge {
            Heard::Nothing => {
                on.unread += 1;
                continue;
            }
            Heard::Unscored(class) => {
                *unscored.entry(class).or_default() += 1;
                heards.open.push((both.ticket, people));
                false
            }
            Heard::Answer(judge) => {
                on.several += u64::from(people.differ);
                on.between += u64::from(!judge.whole);
                let pair = Pair {
                    ticket: both.ticket,
                    people,
                    judge: *judge,
                };
                let right = pair.same();
                heards.pairs.push(pair);
                right
            }
        };
        match place {
            Some(place) => heards.answered.push((both.ticket, place, right)),
            None => on.split += 1,
        }
    }
    on.unscored = unscored
        .into_iter()
        .map(|(class, tickets)| Class {
            class: class.to_owned(),
            tickets,
        })
        .collect();
    heards
}

/// Kappa of every two people, each pair by the tickets both have read: three tickets weigh nothing beside a thousand.
fn kappa_of_pairs(people: &PeopleOn) -> Option<f64> {
    let known = people
        .pairs
        .iter()
        .filter_map(|pair| Some((pair.kappa?.value, pair.n as f64)));
    let (sum, tickets) = known.fold((0.0, 0.0), |(sum, all), (kappa, n)| {
        (sum + kappa * n, all + n)
    });
    (tickets > 0.0).then(|| sum / tickets)
}

fn empty(subject: &Subject<'_>, people: Option<&PeopleOn>) -> JudgeOn {
    JudgeOn {
        criterion: subject.id().to_owned(),
        question: subject.text().to_owned(),
        about: subject.about,
        total: 0,
        scored: 0,
        unscored: Vec::new(),
        unread: 0,
        no_majority: 0,
        split: 0,
        several: 0,
        between: 0,
        accuracy: None,
        exact: None,
        within_one: None,
        kappa_name: if subject.is_ordered() {
            "weighted kappa"
        } else {
            "kappa"
        },
        kappa: None,
        people_kappa: people.and_then(kappa_of_pairs),
        pass: None,
        scores: None,
        matrix: None,
        baseline: None,
        worst: None,
        calibration: None,
        warnings: Vec::new(),
        disagreements: Vec::new(),
        disagreeing: 0,
    }
}

/// What tickets have in common, with weights only where chances differ.
pub(super) fn sample<'a>(tickets: impl Iterator<Item = &'a Labelled> + Clone) -> Sample {
    let chances: Vec<f64> = tickets.clone().map(|ticket| ticket.chance).collect();
    let differ = chances
        .windows(2)
        .any(|two| (two[0] - two[1]).abs() > f64::EPSILON);
    Sample {
        clusters: Clusters::from_labels(tickets.map(|ticket| ticket.cluster)),
        weights: differ.then(|| chances.iter().map(|chance| 1.0 / chance).collect()),
    }
}

/// How many tickets one stands for.
pub(super) fn chance_weight(ticket: &Labelled) -> f64 {
    1.0 / ticket.chance
}

fn numbers(on: &mut JudgeOn, subject: &Subject<'_>, pairs: &[Pair<'_>]) {
    let settled: Vec<&Pair<'_>> = pairs
        .iter()
        .filter(|pair| pair.people.answer.is_some())
        .collect();
    let whole = sample(pairs.iter().map(|pair| pair.ticket));
    let sample = sample(settled.iter().map(|pair| pair.ticket));
    let same: Vec<bool> = settled.iter().map(|pair| pair.same()).collect();
    on.exact = sample.rate(&same);
    if subject.is_ordered() {
        let off = |pair: &Pair<'_>| (pair.judge.value - pair.people.half_level()).abs();
        let near = pairs.iter().map(|pair| off(pair) <= 1.0 + FLOAT_NOISE);
        on.within_one = whole.rate(&near.collect::<Vec<bool>>());
    }
    if let Some(scale) = subject.values() {
        let cells: Vec<(usize, usize)> = settled.iter().filter_map(|pair| pair.cell()).collect();
        on.kappa = if subject.has_levels() {
            // To leave out where people lie between two levels would leave out what is hard to agree on; of yes and no
            // there is nothing between. A judge's mean counts where it lies, never as the nearer level.
            let said = |pair: &Pair<'_>| (pair.judge.value, pair.people.half_level());
            let (over, values): (&Sample, Vec<(f64, f64)>) = if subject.is_ordered() {
                (&whole, pairs.iter().map(said).collect())
            } else {
                (&sample, settled.iter().map(|pair| said(pair)).collect())
            };
            over.kappa_of_values(&values, &scale, subject.weights_between())
        } else {
            sample.kappa(&cells, &scale, subject.weights())
        };
        on.matrix = (scale.len() <= TABLE && !cells.is_empty())
            .then(|| matrix(subject, &cells, scale.len()));
    }
    on.pass = pass(pairs);
    if on.about != About::Choice && !pairs.is_empty() {
        on.scores = scores(subject, pairs);
    }
}

fn matrix(subject: &Subject<'_>, places: &[(usize, usize)], size: usize) -> Matrix {
    let mut cells = vec![vec![0; size]; size];
    for (judge, people) in places {
        cells[*judge][*people] += 1;
    }
    Matrix {
        labels: (0..size).map(|place| subject.label(place)).collect(),
        cells,
    }
}

/// On pass and fail: tickets people are split on have no truth to hold a judge against, and are counted apart.
fn pass(pairs: &[Pair<'_>]) -> Option<PassOn> {
    let split = pairs.iter().filter(|pair| pair.people.split).count();
    let settled: Vec<&Pair<'_>> = pairs.iter().filter(|pair| !pair.people.split).collect();
    let verdicts: Option<Vec<(bool, bool)>> = settled.iter().map(|pair| pair.verdicts()).collect();
    let verdicts = verdicts?;
    let sample = sample(settled.iter().map(|pair| pair.ticket));
    let found = pass_agreement(&verdicts, sample.weights(), CONFIDENCE)?;
    let rate = |truth: bool| {
        let right: Vec<bool> = verdicts
            .iter()
            .filter(|(_, people)| *people == truth)
            .map(|(judge, _)| *judge == truth)
            .collect();
        sample.filter(|at| verdicts[at].1 == truth).rate(&right)
    };
    let places: Vec<(usize, usize)> = verdicts
        .iter()
        .map(|(judge, people)| (usize::from(*judge), usize::from(*people)))
        .collect();
    Some(PassOn {
        kappa: sample.kappa(&places, &[0.0, 1.0], crate::stats::gwet::Weights::Identity),
        tpr: rate(true),
        tnr: rate(false),
        mcc: found.mcc,
        judge_only: found.drift.b_only,
        people_only: found.drift.a_only,
        drift_p: found.drift.p_exact,
        baseline: found.baseline,
        split: split as u64,
    })
}

/// On levels or scores, against the mean of what people say.
fn scores(subject: &Subject<'_>, pairs: &[Pair<'_>]) -> Option<ScoresOn> {
    let sample = sample(pairs.iter().map(|pair| pair.ticket));
    let judge: Vec<f64> = pairs.iter().map(|pair| pair.judge.value).collect();
    let people: Vec<f64> = pairs.iter().map(|pair| pair.people.mean).collect();
    let found = score_agreement(&judge, &people, sample.weights())?;
    let difference: Vec<f64> = judge.iter().zip(&people).map(|(a, b)| a - b).collect();
    let settled = |at: &usize| pairs[*at].people.pass.is_some();
    let told: Vec<usize> = (0..pairs.len()).filter(settled).collect();
    let passes: Vec<bool> = told
        .iter()
        .map(|at| pairs[*at].people.pass == Some(true))
        .collect();
    let ranked: Vec<f64> = told.iter().map(|at| judge[*at]).collect();
    let weighed = sample.filter(|at| settled(&at));
    Some(ScoresOn {
        unit: if subject.about == About::Ticket {
            "points"
        } else {
            "levels"
        },
        mae: found.mae,
        bias: sample.mean(&difference, &found.bias, subject.span()),
        limits: found.limits,
        spearman: found.spearman,
        ccc: found.ccc,
        auc: auc(&ranked, &passes, weighed.weights()),
    })
}

fn baseline(subject: &Subject<'_>, people: &[usize], sample: &Sample) -> Option<Baseline> {
    let size = subject.values()?.len();
    // The constant judge of the statistics rests on the people's answers alone.
    let pairs: Vec<(usize, usize)> = people.iter().map(|place| (*place, *place)).collect();
    let found = level_agreement(&pairs, size, sample.weights())?.baseline;
    let varies = people.windows(2).any(|two| two[0] != two[1]);
    Some(Baseline {
        answer: subject.label(found.level),
        accuracy: found.exact,
        within_one: subject.is_ordered().then_some(found.within_one),
        kappa: varies.then_some(0.0),
    })
}

fn warn(on: &mut JudgeOn, sample: &Sample, people: Option<&PeopleOn>) {
    use crate::domain::view::agreement::NOT_VALIDATED;
    let warning = people.and_then(|people| people.warning.as_deref());
    if warning == Some(NOT_VALIDATED) {
        on.warnings.push(NOT_VALIDATED.to_owned());
    }
    if on.total > 0 && sample.clusters.count() < FEW {
        on.warnings.push(format!(
            "few clusters ({}): intervals are wide or missing",
            sample.clusters.count()
        ));
    }
    if let (Some(accuracy), Some(baseline)) = (&on.accuracy, &on.baseline)
        && accuracy.value <= baseline.accuracy
    {
        on.warnings.push(format!(
            "no better than always answering `{}`",
            baseline.answer
        ));
    }
}
