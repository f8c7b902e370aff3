//! What people say of each candidate, and people and judge together (PPI++), beside what the judge says alone.
//!
//! Rests on blind first reviews in the prefix of the group's own plan and on nothing else: whatever somebody chose to
//! look at is no sample. Where the plan gave tickets different chances, each review stands for 1/chance.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use crate::domain::group_scores::{CandidateScores, GroupScores};
use crate::domain::rubric::Rubric;
use crate::domain::view::compare::{HumanEstimate, HumanNumbers, Ranged, Told};
use crate::engine::agree::PlanLabels;
use crate::stats::active::{Labelled, active_mean, default_lambda};
use crate::stats::mean::group_mean;
use crate::stats::ppi::{
    FEWEST_FOR_PPI, FEWEST_LABELS, HumanLevel, clustered_ppi, human_level, n_effective,
    tuned_lambda,
};
use crate::stats::{Clusters, Estimate};

/// A person's score of an output, and the chance it had to be reviewed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Label {
    score: f64,
    pass: bool,
    chance: f64,
}

/// The labels of a group by local row of the ticket, and what was left out.
pub(super) struct People {
    labels: HashMap<i64, Label>,
    left_out: Vec<(String, u64)>,
}

impl People {
    /// Scores what people answered under the group's rubric.
    pub fn of(found: &PlanLabels, scores: &GroupScores, rubric: &Rubric) -> Self {
        let score = |answers| rubric.score(answers, &[], scores.threshold).ok();
        Self {
            labels: found
                .labels
                .iter()
                .filter_map(|one| {
                    let score = score(&one.answers)?;
                    let label = Label {
                        score: score.overall,
                        pass: score.pass,
                        chance: one.chance,
                    };
                    Some((one.ticket, label))
                })
                .collect(),
            left_out: found
                .basis
                .left_out
                .iter()
                .map(|left| (left.reason.words().to_owned(), left.reviews))
                .collect(),
        }
    }
}

/// One unit of an estimate: what the judge says, what people say, the unit's cluster and chance.
struct Unit {
    judge: f64,
    human: Option<f64>,
    chance: f64,
    cluster: usize,
}

/// What people say of the candidate at a place.
pub(super) fn of(scores: &GroupScores, people: &People, at: usize) -> HumanNumbers {
    let candidate = &scores.candidates[at];
    // Without a label there is nothing to estimate, and half a million rows need not be gathered to see it.
    let rows = if people.labels.is_empty() {
        Vec::new()
    } else {
        rows(scores, people, candidate)
    };
    let units = |judge: fn(&Row) -> f64, human: fn(&Label) -> f64| -> Vec<Unit> {
        rows.iter()
            .map(|row| Unit {
                judge: judge(row),
                human: row.label.as_ref().map(human),
                chance: row.label.map_or(1.0, |label| label.chance),
                cluster: row.cluster,
            })
            .collect()
    };
    let baseline = scores.baseline.filter(|baseline| *baseline != at);
    HumanNumbers {
        labels: rows.iter().filter(|row| row.label.is_some()).count(),
        left_out: people.left_out.clone(),
        mean: estimate(&units(|row| row.score, |label| label.score)),
        pass_rate: estimate(&units(
            |row| f64::from(u8::from(row.pass)),
            |label| f64::from(u8::from(label.pass)),
        )),
        difference: match baseline {
            None => Told::Missing("it is the baseline".to_owned()),
            Some(baseline) => difference(scores, people, baseline, at),
        },
    }
}

/// An output of a candidate that the judge has scored.
struct Row {
    score: f64,
    pass: bool,
    cluster: usize,
    label: Option<Label>,
}

fn rows(scores: &GroupScores, people: &People, candidate: &CandidateScores) -> Vec<Row> {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for run in &candidate.runs {
        for (item, row) in run.rows.iter().enumerate() {
            let (Some(score), Some(pass), Some(ticket)) =
                (row.outcome.score(), row.outcome.pass(), row.ticket)
            else {
                continue;
            };
            if seen.insert(ticket) {
                rows.push(Row {
                    score,
                    pass,
                    cluster: scores.items[item].cluster,
                    label: people.labels.get(&ticket).copied(),
                });
            }
        }
    }
    rows
}

/// Candidate minus baseline on the items where people have reviewed both outputs: a uniform sample of the items, as
/// long as the plan was uniform.
fn difference(
    scores: &GroupScores,
    people: &People,
    baseline: usize,
    at: usize,
) -> Told<HumanEstimate> {
    if people.labels.is_empty() {
        return estimate(&[]);
    }
    let label = |candidate: usize, item: usize| {
        let mut runs = scores.candidates[candidate].runs.iter();
        runs.find_map(|run| people.labels.get(&run.rows[item].ticket?))
            .copied()
    };
    let mut units = Vec::new();
    // Of the two candidates' own outputs: what others were drawn with says nothing here.
    let mut chances = BTreeSet::new();
    for (item, of) in scores.items.iter().enumerate() {
        let judge = scores.candidates[at].score_of(item);
        if let (Some(a), Some(b)) = (scores.candidates[baseline].score_of(item), judge) {
            let both = label(baseline, item).zip(label(at, item));
            chances.extend(both.map(|(a, b)| (a.chance.to_bits(), b.chance.to_bits())));
            units.push(Unit {
                judge: b - a,
                human: both.map(|(a, b)| b.score - a.score),
                chance: both.map_or(1.0, |(a, b)| a.chance * b.chance),
                cluster: of.cluster,
            });
        }
    }
    if chances.len() > 1 {
        return Told::Missing(
            "the plan gave outputs different chances, and how often both of an item are in it is not known"
                .to_owned(),
        );
    }
    estimate(&units)
}

/// People and judge together, or why there is no number.
fn estimate(units: &[Unit]) -> Told<HumanEstimate> {
    let labels: Vec<&Unit> = units.iter().filter(|unit| unit.human.is_some()).collect();
    if labels.is_empty() {
        return Told::Missing("no blind review of the plan".to_owned());
    }
    if labels.len() < FEWEST_LABELS {
        return Told::Missing(format!(
            "{} of the {FEWEST_LABELS} blind reviews a human number needs",
            labels.len()
        ));
    }
    let chances: BTreeSet<u64> = labels.iter().map(|unit| unit.chance.to_bits()).collect();
    let found = if chances.len() > 1 {
        weighted(units)
    } else if Clusters::from_labels(units.iter().map(|unit| unit.cluster)).all_single() {
        independent(units)
    } else {
        clustered(units, &labels)
    };
    Told::or(found, "undefined on these reviews")
}

fn split(units: &[Unit]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let (mut human, mut judge, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for unit in units {
        match unit.human {
            Some(said) => {
                human.push(said);
                judge.push(unit.judge);
            }
            None => rest.push(unit.judge),
        }
    }
    (human, judge, rest)
}

fn independent(units: &[Unit]) -> Option<HumanEstimate> {
    let (human, judge, rest) = split(units);
    match human_level(&human, &judge, &rest)? {
        HumanLevel::TooFew { .. } => None,
        HumanLevel::HumanOnly(estimate) => Some(people_only(estimate, human.len())),
        HumanLevel::Combined {
            estimate,
            lambda,
            n_effective,
        } => Some(HumanEstimate {
            range: Ranged::of(estimate),
            lambda: Some(lambda),
            n_effective,
            note: None,
        }),
    }
}

fn people_only(estimate: Estimate, labels: usize) -> HumanEstimate {
    HumanEstimate {
        range: Ranged::of(estimate),
        lambda: None,
        n_effective: None,
        note: Some(Cow::Borrowed(if labels < FEWEST_FOR_PPI {
            "people alone: too few labels for PPI"
        } else {
            "people alone: every output was reviewed"
        })),
    }
}

fn clustered(units: &[Unit], labels: &[&Unit]) -> Option<HumanEstimate> {
    let (human, judge, rest) = split(units);
    if human.len() < FEWEST_FOR_PPI || rest.len() < 2 {
        let groups = Clusters::from_labels(labels.iter().map(|unit| unit.cluster));
        return Some(people_only(group_mean(&human, &groups)?, human.len()));
    }
    let lambda = tuned_lambda(&human, &judge, &rest)?;
    let all: Vec<f64> = units.iter().map(|unit| unit.judge).collect();
    let said: Vec<Option<f64>> = units.iter().map(|unit| unit.human).collect();
    let groups = Clusters::from_labels(units.iter().map(|unit| unit.cluster));
    let estimate = clustered_ppi(&all, &said, &groups, lambda)?;
    Some(HumanEstimate {
        range: Ranged::of(estimate),
        lambda: Some(lambda),
        n_effective: n_effective(&human, &estimate),
        note: None,
    })
}

/// A plan with different chances: every review stands for 1/chance (active inference).
fn weighted(units: &[Unit]) -> Option<HumanEstimate> {
    let items: Vec<Labelled> = units
        .iter()
        .map(|unit| Labelled {
            judge: unit.judge,
            human: unit.human,
            pi: unit.chance,
        })
        .collect();
    let groups = Clusters::from_labels(units.iter().map(|unit| unit.cluster));
    let lambda = default_lambda(&items)?;
    let clusters = (!groups.all_single()).then_some(&groups);
    let estimate = active_mean(&items, clusters, lambda)?;
    let (human, ..) = split(units);
    Some(HumanEstimate {
        range: Ranged::of(estimate),
        lambda: Some(lambda),
        n_effective: n_effective(&human, &estimate),
        note: Some(Cow::Borrowed(
            "the plan gave outputs different chances; each review stands for 1/chance",
        )),
    })
}
