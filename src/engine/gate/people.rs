//! Human-level numbers: what people said in the order of the plans, with the judge's scores brought in as far as they
//! help.
//!
//! Below ten labels there is no number; below thirty people's labels stand alone. Tickets that may stand among the
//! judge's own examples leave the labels. Where tickets came in several plans, or risky ones first, each label counts with
//! the chance it had (inverse probability); a difference with the chance both outputs of its item had together.

use std::collections::{BTreeMap, BTreeSet};

use super::super::plans::prefix::joint;
use super::case::Case;
use super::material::Label;
use super::measure::Numbers;
use super::needed::Shape;
use super::quality::{Asking, Measure};
use crate::domain::count::counted;
use crate::domain::gate::{FEWEST_LABELS, GateVerdict};
use crate::domain::group_scores::{RowScore, RunScores};
use crate::domain::split::Stage;
use crate::stats::active::{Labelled, active_mean, default_lambda};
use crate::stats::describe::variance;
use crate::stats::gate::Rule;
use crate::stats::mean::weighted_mean;
use crate::stats::ppi::{
    FEWEST_FOR_PPI, HumanLevel, clustered_ppi, human_level, n_effective, tuned_lambda,
};
use crate::stats::{Clusters, Estimate};

/// What people's labels come to.
pub(super) struct Said {
    pub numbers: Option<Numbers>,
    /// Why there is no number.
    pub why: String,
    /// Labels that are missing for one.
    pub missing: u64,
}

/// One output, or one item where a difference is asked for.
#[derive(Debug, Clone, PartialEq)]
struct Unit {
    cluster: usize,
    /// The plans its outputs came in.
    plans: (u32, u32),
    /// Of one output, the place of its run.
    run: usize,
    judge: Option<f64>,
    human: Option<f64>,
    /// The chance its labels were drawn with: the output's, or that of both outputs together.
    drawn: Option<f64>,
}

/// What has one chance in a uniform plan: the plans, and the run.
type Stratum = (u32, u32, usize);

impl Unit {
    fn stratum(&self) -> Stratum {
        (self.plans.0, self.plans.1, self.run)
    }
}

/// The chance a unit had of being labelled.
struct Chances {
    /// The share of each stratum that is labelled: all a uniform plan has to tell.
    by_stratum: BTreeMap<Stratum, f64>,
    /// Whether a plan drew its tickets with chances of their own.
    own: bool,
}

impl Chances {
    fn of(&self, unit: &Unit) -> f64 {
        match unit.drawn {
            // Without a label the chance enters no number.
            drawn if self.own => drawn.unwrap_or(1.0),
            _ => self.by_stratum[&unit.stratum()],
        }
    }

    fn differ(&self) -> bool {
        self.own || self.by_stratum.len() > 1
    }
}

/// The number a rule is held against.
pub(super) fn numbers(case: &Case<'_>, asking: &Asking) -> Said {
    let units = match asking.rule {
        Rule::Absolute(_) => outputs(case, asking),
        Rule::NonInferiority(_) | Rule::Superiority => pairs(case, asking),
    };
    let labels = units.iter().filter(|unit| unit.human.is_some()).count() as u64;
    if labels < FEWEST_LABELS {
        return Said {
            numbers: None,
            why: format!(
                "{} in the plan's order; below {FEWEST_LABELS} there is no human-level number",
                counted(labels, "label")
            ),
            missing: case.rule.min_labels.max(FEWEST_LABELS) - labels,
        };
    }
    let chances = chances(&units);
    if let Some(plan) = unread(&units, &chances) {
        return Said {
            numbers: None,
            why: format!("no ticket of plan {plan} has a label that counts yet"),
            missing: 1,
        };
    }
    let numbers = estimated(case, asking, &units, &chances);
    Said {
        why: if numbers.is_some() {
            String::new()
        } else {
            "the labels give no number".to_owned()
        },
        missing: u64::from(numbers.is_none()),
        numbers,
    }
}

/// How many labels a condition rests on.
pub(super) fn labels(case: &Case<'_>, asking: &Asking) -> u64 {
    let units = match asking.rule {
        Rule::Absolute(_) => outputs(case, asking),
        Rule::NonInferiority(_) | Rule::Superiority => pairs(case, asking),
    };
    units.iter().filter(|unit| unit.human.is_some()).count() as u64
}

/// Outputs, or items with both outputs, that people could label yet.
pub(super) fn unlabelled(case: &Case<'_>, asking: &Asking) -> u64 {
    let units = match asking.rule {
        Rule::Absolute(_) => outputs(case, asking),
        Rule::NonInferiority(_) | Rule::Superiority => pairs(case, asking),
    };
    units.iter().filter(|unit| unit.human.is_none()).count() as u64
}

fn human_value(label: &Label, measure: &Measure) -> Option<f64> {
    match measure {
        Measure::Score => label.score.map(|(score, _)| score),
        Measure::Pass => label.score.map(|(_, pass)| pass),
        Measure::Criterion(id) => label.criteria.get(id).copied(),
    }
}

/// A row's label with the chance it had in the sample of its run, unless it may stand in the judge's prompts.
fn human(
    case: &Case<'_>,
    item: usize,
    (run, row): (&RunScores, &RowScore),
    measure: &Measure,
) -> Option<(f64, f64)> {
    let cluster = &case.scores().items[item].cluster_id;
    if case.material.learned && Stage::of(case.seed, cluster) == Stage::Train {
        return None;
    }
    let label = case.material.labels.get(&row.ticket?)?;
    Some((human_value(label, measure)?, *label.runs.get(&run.id)?))
}

/// The runs of a candidate that people have read something of. A rerun nobody has begun with says nothing about people;
/// it is the same model asked again, so the others stand for it.
fn read_runs<'m>(case: &Case<'m>, candidate: usize) -> Vec<(usize, &'m RunScores)> {
    let all = case.scores().candidates[candidate].runs.iter().enumerate();
    let is_read = |run: &RunScores| {
        let mut tickets = run.rows.iter().filter_map(|row| row.ticket);
        tickets.any(|ticket| {
            let label = case.material.labels.get(&ticket);
            label.is_some_and(|label| label.runs.contains_key(&run.id))
        })
    };
    let read: Vec<_> = all.clone().filter(|(_, run)| is_read(run)).collect();
    if read.is_empty() { all.collect() } else { read }
}

fn outputs(case: &Case<'_>, asking: &Asking) -> Vec<Unit> {
    let runs = read_runs(case, case.at);
    let mut units = Vec::new();
    for item in case.items(asking.tag.as_deref()) {
        for (at, run) in &runs {
            let Some(row) = run.rows.get(item).filter(|row| row.ticket.is_some()) else {
                continue;
            };
            let said = human(case, item, (run, row), &asking.measure);
            units.push(Unit {
                cluster: case.cluster(item),
                plans: (plan(case, row), 0),
                run: *at,
                judge: case.row_value(row, &asking.measure),
                human: said.map(|(value, _)| value),
                drawn: said.map(|(_, chance)| chance),
            });
        }
    }
    units
}

fn plan(case: &Case<'_>, row: &RowScore) -> u32 {
    let number = row
        .ticket
        .and_then(|ticket| case.material.plans.get(&ticket));
    number.copied().unwrap_or_default()
}

/// One side of a pair: the plan it came in, and what people say with the chance they had to.
type Side = (u32, Option<(f64, f64)>);

fn pairs(case: &Case<'_>, asking: &Asking) -> Vec<Unit> {
    let Some(baseline) = case.baseline else {
        return Vec::new();
    };
    let runs = [case.at, baseline].map(|candidate| read_runs(case, candidate));
    let side = |at: usize, item: usize| -> Option<Side> {
        let rows: Vec<(&RunScores, &RowScore)> = runs[at]
            .iter()
            .filter_map(|(_, run)| Some((*run, run.rows.get(item)?)))
            .filter(|(_, row)| row.ticket.is_some())
            .collect();
        let said = rows
            .iter()
            .filter_map(|row| human(case, item, *row, &asking.measure));
        let (values, chances): (Vec<f64>, Vec<f64>) = said.unzip();
        // One output of the item is enough: the longest of the runs' prefixes decides.
        let chance = chances.into_iter().reduce(f64::max);
        let plan = rows.first().map(|(_, row)| plan(case, row))?;
        Some((plan, crate::stats::describe::mean(&values).zip(chance)))
    };
    case.items(asking.tag.as_deref())
        .filter_map(|item| {
            let ((one, said), (two, of_base)) = (side(0, item)?, side(1, item)?);
            let judge = case.value(case.at, item, &asking.measure).zip(case.value(
                baseline,
                item,
                &asking.measure,
            ));
            let both = said.zip(of_base);
            Some(Unit {
                cluster: case.cluster(item),
                plans: (one, two),
                run: 0,
                judge: judge.map(|(a, b)| a - b),
                human: both.map(|((a, _), (b, _))| a - b),
                drawn: both.map(|((_, a), (_, b))| joint((a, one), (b, two))),
            })
        })
        .collect()
}

fn chances(units: &[Unit]) -> Chances {
    let mut counts: BTreeMap<Stratum, (usize, usize)> = BTreeMap::new();
    let mut drawn: BTreeMap<Stratum, BTreeSet<u64>> = BTreeMap::new();
    for unit in units {
        let count = counts.entry(unit.stratum()).or_default();
        count.0 += usize::from(unit.human.is_some());
        count.1 += 1;
        let bits = unit.drawn.map(f64::to_bits);
        drawn.entry(unit.stratum()).or_default().extend(bits);
    }
    Chances {
        own: drawn.values().any(|chances| chances.len() > 1),
        by_stratum: counts
            .into_iter()
            .map(|(stratum, (labelled, all))| (stratum, labelled as f64 / all as f64))
            .collect(),
    }
}

/// A plan nothing is known of, so that its tickets would stand for nothing. With chances of their own every stratum with
/// another one's plans is covered; without, only its own labels tell how much of it is labelled.
fn unread(units: &[Unit], chances: &Chances) -> Option<u32> {
    if !chances.own {
        let empty = chances.by_stratum.iter().find(|(_, share)| **share == 0.0);
        return empty.map(|((one, two, _), _)| *one.max(two));
    }
    let plans = |of: fn(&Unit) -> u32| {
        let is_said = |unit: &&Unit| unit.human.is_some();
        let known: BTreeSet<u32> = units.iter().filter(is_said).map(of).collect();
        let mut all = units.iter().map(of);
        all.find(|plan| !known.contains(plan))
    };
    plans(|unit| unit.plans.0).or_else(|| plans(|unit| unit.plans.1))
}

fn estimated(
    case: &Case<'_>,
    asking: &Asking,
    units: &[Unit],
    chances: &Chances,
) -> Option<Numbers> {
    let labelled: Vec<&Unit> = units.iter().filter(|unit| unit.human.is_some()).collect();
    let human: Vec<f64> = labelled.iter().filter_map(|unit| unit.human).collect();
    let varies = human
        .windows(2)
        .any(|two| two[0].to_bits() != two[1].to_bits());
    if varies && let Some(both) = combined(units, chances) {
        let mut numbers = Numbers::of(&both.estimate, asking.rule, case.alpha);
        numbers.bound.n_effective = both.worth;
        numbers.shape = Shape::Student {
            estimate: both.estimate,
            fixed: both.fixed,
        };
        return Some(numbers);
    }
    let clusters = Clusters::from_labels(labelled.iter().map(|unit| unit.cluster));
    if chances.differ() {
        let weights: Vec<f64> = labelled.iter().map(|unit| 1.0 / chances.of(unit)).collect();
        let estimate = weighted_mean(&human, &weights)?;
        let mut numbers = Numbers::of(&estimate, asking.rule, case.alpha);
        if clusters.count() < labelled.len() {
            // No interval is offered that takes both weights and clusters into account.
            numbers.verdict = GateVerdict::Inconclusive;
            (numbers.bound.lower, numbers.bound.upper) = (None, None);
        }
        return Some(numbers);
    }
    let binary = asking.measure != Measure::Score;
    Numbers::from_values(&human, &clusters, binary, asking.rule, case.alpha)
}

/// Labels and judge scores together.
struct Combined {
    estimate: Estimate,
    /// Labels that would say as much alone.
    worth: Option<f64>,
    /// Variance of the judge's part, which more labels take nothing from.
    fixed: f64,
}

/// The variance that the judge's scores of what has no label bring in.
fn of_judge(lambda: f64, rest: &[f64]) -> f64 {
    let spread = variance(rest, 1).unwrap_or(0.0);
    lambda * lambda * spread / rest.len().max(1) as f64
}

/// Labels and judge scores together; `None` with fewer than thirty labels the judge has scored too, or without scores
/// beyond them.
fn combined(units: &[Unit], chances: &Chances) -> Option<Combined> {
    let scored: Vec<&Unit> = units.iter().filter(|unit| unit.judge.is_some()).collect();
    let judge = |unit: &&Unit| unit.judge.unwrap_or_default();
    let (with, without): (Vec<&Unit>, Vec<&Unit>) =
        scored.iter().partition(|unit| unit.human.is_some());
    if with.len() < FEWEST_FOR_PPI || without.len() < 2 {
        return None;
    }
    let human: Vec<f64> = with.iter().filter_map(|unit| unit.human).collect();
    let f: Vec<f64> = with.iter().map(judge).collect();
    let rest: Vec<f64> = without.iter().map(judge).collect();
    let clusters = Clusters::from_labels(scored.iter().map(|unit| unit.cluster));
    if chances.differ() {
        let items: Vec<Labelled> = scored
            .iter()
            .map(|unit| Labelled {
                judge: judge(unit),
                human: unit.human,
                pi: chances.of(unit),
            })
            .collect();
        let lambda = default_lambda(&items)?;
        let clusters = (!clusters.all_single()).then_some(&clusters);
        let estimate = active_mean(&items, clusters, lambda)?;
        return Some(Combined {
            worth: n_effective(&human, &estimate),
            estimate,
            fixed: 0.0,
        });
    }
    if clusters.all_single() {
        return match human_level(&human, &f, &rest)? {
            HumanLevel::Combined {
                estimate,
                lambda,
                n_effective,
            } => Some(Combined {
                estimate,
                worth: n_effective,
                fixed: of_judge(lambda, &rest),
            }),
            HumanLevel::TooFew { .. } | HumanLevel::HumanOnly(_) => None,
        };
    }
    let lambda = tuned_lambda(&human, &f, &rest)?;
    let all: Vec<f64> = scored.iter().map(judge).collect();
    let labels: Vec<Option<f64>> = scored.iter().map(|unit| unit.human).collect();
    let estimate = clustered_ppi(&all, &labels, &clusters, lambda)?;
    Some(Combined {
        worth: n_effective(&human, &estimate),
        estimate,
        fixed: of_judge(lambda, &rest),
    })
}
