//! What people say of each candidate, and people and judge together (PPI++), beside what the judge says alone.
//!
//! Rests on blind first reviews in the prefix of the group's own plan and on nothing else: whatever somebody chose to
//! look at is no sample. Where the plan gave outputs different chances, each review stands for 1/chance; for a difference
//! that is the chance that both outputs of the item were reviewed, which a group's plan draws together.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::summary::{TAIL, mean_of, rate_of};
use crate::domain::group_scores::{CandidateScores, GroupScores, RunScores};
use crate::domain::ids::RunId;
use crate::domain::rubric::Rubric;
use crate::domain::view::compare::{HumanEstimate, HumanNumbers, Ranged, Told};
use crate::engine::agree::PlanLabels;
use crate::engine::plans::prefix::joint;
use crate::stats::active::{Labelled, active_mean, default_lambda};
use crate::stats::bounds::{Reach, bounds};
use crate::stats::mean::{group_mean, weighted_mean};
use crate::stats::paired::FLOAT_NOISE;
use crate::stats::ppi::{
    FEWEST_FOR_PPI, FEWEST_LABELS, HumanLevel, clustered_ppi, human_level, n_effective,
    tuned_lambda,
};
use crate::stats::{Clusters, Estimate};

/// What people say of an output, and the chances it had to be reviewed.
#[derive(Debug, Clone, PartialEq)]
struct Label {
    /// Mean of what they say, 0 to 1.
    score: f64,
    /// 1 if it passes for most of them, 0 if not, a half where they are split evenly.
    pass: f64,
    /// In the sample of each run.
    runs: BTreeMap<RunId, f64>,
    /// The number of its plan.
    plan: u32,
}

/// The labels of a group by local row of the ticket, and what was left out.
pub(super) struct People {
    labels: HashMap<i64, Label>,
    left_out: Vec<(String, u64)>,
}

impl People {
    /// Scores what people answered under the group's rubric.
    pub fn of(found: &PlanLabels, scores: &GroupScores, rubric: &Rubric) -> Self {
        Self {
            labels: found
                .labels
                .iter()
                .filter_map(|one| {
                    let (score, pass) = one.score(rubric, scores.threshold)?;
                    let label = Label {
                        score,
                        pass,
                        runs: one.runs.clone(),
                        plan: one.plan,
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
                human: row.label.map(|(label, _)| human(label)),
                chance: row.label.map_or(1.0, |(_, chance)| chance),
                cluster: row.cluster,
            })
            .collect()
    };
    let baseline = scores.baseline.filter(|baseline| *baseline != at);
    HumanNumbers {
        labels: rows.iter().filter(|row| row.label.is_some()).count(),
        left_out: people.left_out.clone(),
        mean: estimate(&units(|row| row.score, |label| label.score), Kind::Score),
        pass_rate: estimate(
            &units(|row| f64::from(u8::from(row.pass)), |label| label.pass),
            Kind::Pass,
        ),
        difference: match baseline {
            None => Told::Missing("it is the baseline".to_owned()),
            Some(baseline) => difference(scores, people, baseline, at),
        },
    }
}

/// An output of a candidate that the judge has scored.
struct Row<'p> {
    score: f64,
    pass: bool,
    cluster: usize,
    /// What people say of it, and the chance they had to.
    label: Option<(&'p Label, f64)>,
}

impl People {
    /// What people say of a ticket as one of a run's sample, and the chance of that.
    fn said(&self, run: &RunScores, ticket: Option<i64>) -> Option<(&Label, f64)> {
        let label = self.labels.get(&ticket?)?;
        Some((label, *label.runs.get(&run.id)?))
    }

    /// The runs of a candidate that people have read something of, else all. A rerun nobody has begun with is the same
    /// model asked again, for which the others stand.
    fn read<'s>(&self, candidate: &'s CandidateScores) -> Vec<&'s RunScores> {
        let is_read = |run: &&RunScores| {
            let mut rows = run.rows.iter();
            rows.any(|row| self.said(run, row.ticket).is_some())
        };
        let read: Vec<&RunScores> = candidate.runs.iter().filter(is_read).collect();
        if read.is_empty() {
            candidate.runs.iter().collect()
        } else {
            read
        }
    }
}

fn rows<'p>(scores: &GroupScores, people: &'p People, candidate: &CandidateScores) -> Vec<Row<'p>> {
    let mut places: HashMap<i64, usize> = HashMap::new();
    let mut rows: Vec<Row<'p>> = Vec::new();
    for run in people.read(candidate) {
        for (item, row) in run.rows.iter().enumerate() {
            let (Some(score), Some(pass), Some(ticket)) =
                (row.outcome.score(), row.outcome.pass(), row.ticket)
            else {
                continue;
            };
            let label = people.said(run, Some(ticket));
            let at = *places.entry(ticket).or_insert(rows.len());
            if at == rows.len() {
                rows.push(Row {
                    score,
                    pass,
                    cluster: scores.items[item].cluster,
                    label,
                });
            } else if label.map(|(_, chance)| chance) > rows[at].label.map(|(_, chance)| chance) {
                // Given word for word in several runs: the best of its chances.
                rows[at].label = label;
            }
        }
    }
    rows
}

/// Candidate minus baseline on the items where people have reviewed both outputs.
fn difference(
    scores: &GroupScores,
    people: &People,
    baseline: usize,
    at: usize,
) -> Told<HumanEstimate> {
    if people.labels.is_empty() {
        return estimate(&[], Kind::Difference);
    }
    let read = [baseline, at].map(|candidate| people.read(&scores.candidates[candidate]));
    // One output of the item is enough: the longest of the runs' prefixes decides.
    let label = |side: usize, item: usize| {
        let said = read[side]
            .iter()
            .filter_map(|run| people.said(run, run.rows[item].ticket));
        said.max_by(|(_, a), (_, b)| a.total_cmp(b))
    };
    let mut units = Vec::new();
    for (item, of) in scores.items.iter().enumerate() {
        let judge = scores.candidates[at].score_of(item);
        if let (Some(a), Some(b)) = (scores.candidates[baseline].score_of(item), judge) {
            let both = label(0, item).zip(label(1, item));
            units.push(Unit {
                judge: b - a,
                human: both.map(|((a, _), (b, _))| b.score - a.score),
                chance: both.map_or(1.0, |((a, one), (b, two))| {
                    joint((one, a.plan), (two, b.plan))
                }),
                cluster: of.cluster,
            });
        }
    }
    estimate(&units, Kind::Difference)
}

/// What is estimated: where its values lie, and how they are bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Score,
    Pass,
    Difference,
}

impl Kind {
    fn reach(self) -> Reach {
        match self {
            Self::Score | Self::Pass => Reach::Score,
            Self::Difference => Reach::Difference,
        }
    }
}

const TOO_FEW: &str = "people alone: too few labels for PPI";
const ALL_REVIEWED: &str = "people alone: every output was reviewed";
const ALIKE: &str =
    "people alone: they say the same of every output, which leaves the judge nothing to add";
const CHANCES: &str = "the plan gave outputs different chances; each review stands for 1/chance";

/// People and judge together, people alone, or why there is no number. Decided and bounded as a gate does it.
fn estimate(units: &[Unit], kind: Kind) -> Told<HumanEstimate> {
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
    let (human, judge, rest) = split(units);
    let varies = human
        .windows(2)
        .any(|two| (two[0] - two[1]).abs() > FLOAT_NOISE);
    let why = if human.len() < FEWEST_FOR_PPI {
        TOO_FEW
    } else if rest.len() < 2 {
        ALL_REVIEWED
    } else if !varies {
        ALIKE
    } else {
        let found = if chances.len() > 1 {
            weighted(units, kind)
        } else if Clusters::from_labels(units.iter().map(|unit| unit.cluster)).all_single() {
            independent((&human, &judge, &rest), kind)
        } else {
            clustered(units, kind)
        };
        return Told::or(found, "undefined on these reviews");
    };
    Told::or(
        alone(&labels, &human, kind, chances.len() > 1, why),
        "undefined on these reviews",
    )
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

/// What people say without the judge; with different chances each review stands for 1/chance.
fn alone(
    labels: &[&Unit],
    human: &[f64],
    kind: Kind,
    weighted: bool,
    why: &'static str,
) -> Option<HumanEstimate> {
    let groups = Clusters::from_labels(labels.iter().map(|unit| unit.cluster));
    let (range, note) = if weighted {
        let weights: Vec<f64> = labels.iter().map(|unit| 1.0 / unit.chance).collect();
        let estimate = weighted_mean(human, &weights)?;
        // No interval is offered that takes both weights and clusters into account.
        let found = bounds(&estimate, kind.reach(), TAIL).filter(|_| groups.all_single());
        let note = format!("{why}; {CHANCES}");
        (Ranged::bounded(&estimate, found), Cow::Owned(note))
    } else {
        let range = match kind {
            Kind::Score => mean_of(human, &groups)?,
            Kind::Pass => rate_of(human, &groups)?,
            Kind::Difference => Ranged::of(&group_mean(human, &groups)?, kind.reach()),
        };
        (range, Cow::Borrowed(why))
    };
    Some(HumanEstimate {
        range,
        lambda: None,
        n_effective: None,
        note: Some(note),
    })
}

/// An estimate with the judge's scores brought in.
fn together(estimate: &Estimate, kind: Kind, (lambda, worth): (f64, Option<f64>)) -> HumanEstimate {
    HumanEstimate {
        range: Ranged::of(estimate, kind.reach()),
        lambda: Some(lambda),
        n_effective: worth,
        note: None,
    }
}

fn independent(
    (human, judge, rest): (&[f64], &[f64], &[f64]),
    kind: Kind,
) -> Option<HumanEstimate> {
    match human_level(human, judge, rest)? {
        HumanLevel::TooFew { .. } | HumanLevel::HumanOnly(_) => None,
        HumanLevel::Combined {
            estimate,
            lambda,
            n_effective,
        } => Some(together(&estimate, kind, (lambda, n_effective))),
    }
}

fn clustered(units: &[Unit], kind: Kind) -> Option<HumanEstimate> {
    let (human, judge, rest) = split(units);
    let lambda = tuned_lambda(&human, &judge, &rest)?;
    let all: Vec<f64> = units.iter().map(|unit| unit.judge).collect();
    let said: Vec<Option<f64>> = units.iter().map(|unit| unit.human).collect();
    let groups = Clusters::from_labels(units.iter().map(|unit| unit.cluster));
    let estimate = clustered_ppi(&all, &said, &groups, lambda)?;
    let worth = n_effective(&human, &estimate);
    Some(together(&estimate, kind, (lambda, worth)))
}

/// A plan with different chances: every review stands for 1/chance (active inference).
fn weighted(units: &[Unit], kind: Kind) -> Option<HumanEstimate> {
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
    let worth = n_effective(&human, &estimate);
    Some(HumanEstimate {
        note: Some(Cow::Borrowed(CHANCES)),
        ..together(&estimate, kind, (lambda, worth))
    })
}
