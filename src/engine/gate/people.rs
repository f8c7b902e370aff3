//! Human-level numbers: what people said in the order of the plans, with the judge's scores brought in as far as they
//! help.
//!
//! Below ten labels there is no number; below thirty people's labels stand alone. Tickets that may stand among the
//! judge's own examples leave the labels. Where tickets came in several plans, each label counts with the chance it
//! had (inverse probability).

use std::collections::{BTreeMap, BTreeSet};

use super::case::Case;
use super::material::Label;
use super::measure::Numbers;
use super::quality::{Asking, Measure};
use crate::domain::count::counted;
use crate::domain::gate::{FEWEST_LABELS, GateVerdict};
use crate::domain::group_scores::RowScore;
use crate::domain::split::Stage;
use crate::stats::active::{Labelled, active_mean, default_lambda};
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
    /// The plans it came in.
    plan: (u32, u32),
    judge: Option<f64>,
    human: Option<f64>,
    /// The chances its labels were drawn with: the output's, or those of both outputs.
    drawn: Option<(f64, f64)>,
}

/// The chance a unit had of being labelled.
struct Chances {
    /// The share of each plan that is labelled: all a uniform plan has to tell.
    by_plan: BTreeMap<(u32, u32), f64>,
    /// Whether a plan drew its tickets with chances of their own.
    own: bool,
}

impl Chances {
    fn of(&self, unit: &Unit) -> f64 {
        match unit.drawn {
            // Without a label the chance enters no number.
            drawn if self.own => drawn.map_or(1.0, |(chance, _)| chance),
            _ => self.by_plan[&unit.plan],
        }
    }

    fn differ(&self) -> bool {
        self.own || self.by_plan.len() > 1
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
    if chances.own && !matches!(asking.rule, Rule::Absolute(_)) {
        return Said {
            numbers: None,
            why: "the plan drew outputs with chances of their own, and how often both of an item are in it is not known"
                .to_owned(),
            missing: 0,
        };
    }
    if let Some(plan) = chances
        .by_plan
        .iter()
        .find_map(|(plan, chance)| (*chance == 0.0).then_some(plan))
    {
        return Said {
            numbers: None,
            why: format!(
                "no ticket of plan {} has a label that counts yet",
                plan.0.max(plan.1)
            ),
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

fn human_value(label: &Label, measure: &Measure) -> Option<f64> {
    let share = |pass: bool| f64::from(u8::from(pass));
    match measure {
        Measure::Score => label.score.map(|(score, _)| score),
        Measure::Pass => label.score.map(|(_, pass)| share(pass)),
        Measure::Criterion(id) => label.criteria.get(id).copied().map(share),
    }
}

/// What people say of one output, unless it may stand in the judge's prompts.
fn human(case: &Case<'_>, item: usize, row: &RowScore, measure: &Measure) -> Option<f64> {
    let cluster = &case.scores().items[item].cluster_id;
    if case.material.learned && Stage::of(case.seed, cluster) == Stage::Train {
        return None;
    }
    human_value(case.material.labels.get(&row.ticket?)?, measure)
}

fn outputs(case: &Case<'_>, asking: &Asking) -> Vec<Unit> {
    let mut units = Vec::new();
    for item in case.items(asking.tag.as_deref()) {
        for run in &case.candidate().runs {
            let Some(row) = run.rows.get(item).filter(|row| row.ticket.is_some()) else {
                continue;
            };
            units.push(Unit {
                cluster: case.cluster(item),
                plan: (plan(case, row), 0),
                judge: case.row_value(row, &asking.measure),
                human: human(case, item, row, &asking.measure),
                drawn: drawn(case, row).map(|chance| (chance, 1.0)),
            });
        }
    }
    units
}

fn drawn(case: &Case<'_>, row: &RowScore) -> Option<f64> {
    Some(case.material.labels.get(&row.ticket?)?.chance)
}

fn plan(case: &Case<'_>, row: &RowScore) -> u32 {
    let number = row
        .ticket
        .and_then(|ticket| case.material.plans.get(&ticket));
    number.copied().unwrap_or_default()
}

fn pairs(case: &Case<'_>, asking: &Asking) -> Vec<Unit> {
    let Some(baseline) = case.baseline else {
        return Vec::new();
    };
    let side = |candidate: usize, item: usize| {
        let runs = &case.scores().candidates[candidate].runs;
        let rows: Vec<&RowScore> = runs
            .iter()
            .filter_map(|run| run.rows.get(item).filter(|row| row.ticket.is_some()))
            .collect();
        let said: Vec<f64> = rows
            .iter()
            .filter_map(|row| human(case, item, row, &asking.measure))
            .collect();
        let plan = rows.first().map(|row| plan(case, row))?;
        let drawn = rows.iter().find_map(|row| drawn(case, row));
        Some((plan, crate::stats::describe::mean(&said), drawn))
    };
    case.items(asking.tag.as_deref())
        .filter_map(|item| {
            let (one, two) = (side(case.at, item)?, side(baseline, item)?);
            let judge = case.value(case.at, item, &asking.measure).zip(case.value(
                baseline,
                item,
                &asking.measure,
            ));
            Some(Unit {
                cluster: case.cluster(item),
                plan: (one.0, two.0),
                judge: judge.map(|(a, b)| a - b),
                human: one.1.zip(two.1).map(|(a, b)| a - b),
                drawn: one.2.zip(two.2),
            })
        })
        .collect()
}

fn chances(units: &[Unit]) -> Chances {
    let mut counts: BTreeMap<(u32, u32), (usize, usize)> = BTreeMap::new();
    for unit in units {
        let count = counts.entry(unit.plan).or_default();
        count.0 += usize::from(unit.human.is_some());
        count.1 += 1;
    }
    let mut drawn: BTreeMap<(u32, u32), BTreeSet<(u64, u64)>> = BTreeMap::new();
    for unit in units.iter().filter(|unit| unit.human.is_some()) {
        let bits = unit.drawn.map(|(a, b)| (a.to_bits(), b.to_bits()));
        drawn.entry(unit.plan).or_default().extend(bits);
    }
    Chances {
        own: drawn.values().any(|chances| chances.len() > 1),
        by_plan: counts
            .into_iter()
            .map(|(plan, (labelled, all))| (plan, labelled as f64 / all as f64))
            .collect(),
    }
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
    if varies && let Some((estimate, worth)) = combined(units, chances) {
        let mut numbers = Numbers::of(&estimate, asking.rule, case.alpha);
        numbers.bound.n_effective = worth;
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

/// Labels and judge scores together; `None` with fewer than thirty labels the judge has scored too, or without scores
/// beyond them.
fn combined(units: &[Unit], chances: &Chances) -> Option<(Estimate, Option<f64>)> {
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
        return Some((estimate, n_effective(&human, &estimate)));
    }
    if clusters.all_single() {
        return match human_level(&human, &f, &rest)? {
            HumanLevel::Combined {
                estimate,
                n_effective,
                ..
            } => Some((estimate, n_effective)),
            HumanLevel::TooFew { .. } | HumanLevel::HumanOnly(_) => None,
        };
    }
    let lambda = tuned_lambda(&human, &f, &rest)?;
    let all: Vec<f64> = scored.iter().map(judge).collect();
    let labels: Vec<Option<f64>> = scored.iter().map(|unit| unit.human).collect();
    let estimate = clustered_ppi(&all, &labels, &clusters, lambda)?;
    Some((estimate, n_effective(&human, &estimate)))
}
