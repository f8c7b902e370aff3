//! The faults that are planted, one at a time.

use std::collections::BTreeMap;

use super::super::material::{Label, Material};
use crate::domain::gate::{FloorOf, GateRule};
use crate::domain::group_scores::{RowOutcome, RowScore};

/// How far beyond what is allowed a planted share lies.
const BEYOND: f64 = 0.1;

/// One fault, and the beginning of the condition's name that must catch it.
pub(super) struct Fault {
    pub words: String,
    pub caught_by: Vec<String>,
    pub plant: Plant,
}

/// Changes the candidate in a place.
pub(super) type Plant = Box<dyn Fn(&mut Material, usize)>;

pub(super) fn each_row(material: &mut Material, at: usize, change: impl FnMut(&mut RowScore)) {
    let runs = &mut material.scores.candidates[at].runs;
    runs.iter_mut()
        .flat_map(|run| &mut run.rows)
        .for_each(change);
}

/// People and judge say of every output (of items with a tag) the best or the worst.
pub(super) fn all_say(material: &mut Material, at: usize, tag: Option<&str>, good: bool) {
    let score = f64::from(u8::from(good));
    let all: BTreeMap<String, bool> = material
        .rubric
        .questions()
        .map(|question| (question.id.to_owned(), good))
        .collect();
    let scores = &mut material.scores;
    let mut tickets = Vec::new();
    for run in &mut scores.candidates[at].runs {
        for (row, item) in run.rows.iter_mut().zip(&scores.items) {
            let meant = tag.is_none_or(|tag| {
                item.tags.iter().any(|one| one == tag) || item.feature.as_deref() == Some(tag)
            });
            if meant {
                row.outcome = RowOutcome::Scored { score, pass: good };
                tickets.extend(row.ticket);
            }
        }
    }
    for ticket in tickets {
        material.criteria.insert(ticket, all.clone());
        if let Some(label) = material.labels.get_mut(&ticket) {
            *label = Label {
                score: Some((score, score)),
                criteria: all.keys().map(|id| (id.clone(), score)).collect(),
                runs: label.runs.clone(),
            };
        }
    }
}

/// Changes so many of a candidate's rows that their share is beyond what is allowed.
fn some_rows(material: &mut Material, at: usize, allowed: f64, outcome: &RowOutcome) {
    let rows = material.scores.candidates[at].rows().count();
    let wanted = ((allowed + BEYOND).min(1.0) * rows as f64).floor() as usize + 1;
    let mut left = wanted;
    each_row(material, at, |row| {
        if left > 0 {
            row.outcome = outcome.clone();
            left -= 1;
        }
    });
}

/// Whether some item has a tag or feature. A floor of one that nobody has is undecided by itself: no fault can be
/// planted there.
fn has(material: &Material, tag: &str) -> bool {
    let mut items = material.scores.items.iter();
    items.any(|item| item.tags.iter().any(|one| one == tag) || item.feature.as_deref() == Some(tag))
}

pub(super) fn faults(rule: &GateRule, material: &Material) -> Vec<Fault> {
    let mut all = usual_faults(rule.max_failed, rule.max_unscored);
    let floors = rule.floors.iter().filter(|floor| match &floor.of {
        FloorOf::Tag(tag) => has(material, tag),
        FloorOf::Criterion(_) => true,
    });
    all.extend(floors.map(|floor| floor_fault(&floor.of, floor.id())));
    all.extend(limit_faults(rule));
    all
}

/// What every gate must catch.
fn usual_faults(failed: f64, unscored: f64) -> Vec<Fault> {
    let fault = |words: &str, caught_by: &[&str], plant: Plant| Fault {
        words: words.to_owned(),
        caught_by: caught_by.iter().map(|one| (*one).to_owned()).collect(),
        plant,
    };
    vec![
        fault(
            "every answer at the bottom of the scale",
            &["quality.", "floor."],
            Box::new(|material, at| all_say(material, at, None, false)),
        ),
        fault(
            "more failed calls than are allowed",
            &["evidence.failed"],
            Box::new(move |material, at| {
                some_rows(material, at, failed, &RowOutcome::Failed("planted".into()));
            }),
        ),
        fault(
            "more outputs without a score than are allowed",
            &["evidence.unscored"],
            Box::new(move |material, at| {
                some_rows(
                    material,
                    at,
                    unscored,
                    &RowOutcome::Unscored("planted".into()),
                );
            }),
        ),
        fault(
            "every request left as training data",
            &["evidence.overlap"],
            Box::new(|material, _| {
                let items = material.scores.items.iter();
                material.exported = items.map(|item| item.cluster_id).collect();
                material.exported_in = vec!["planted".to_owned()];
            }),
        ),
    ]
}

fn floor_fault(of: &FloorOf, id: String) -> Fault {
    match of.clone() {
        FloorOf::Tag(tag) => Fault {
            words: format!("every answer in `{tag}` at the bottom of the scale"),
            caught_by: vec![id],
            plant: Box::new(move |material, at| all_say(material, at, Some(&tag), false)),
        },
        FloorOf::Criterion(criterion) => Fault {
            words: format!("`{criterion}` at the bottom everywhere"),
            caught_by: vec![id],
            plant: Box::new(move |material, at| {
                let tickets: Vec<i64> = material.scores.candidates[at]
                    .rows()
                    .filter_map(|row| row.ticket)
                    .collect();
                for ticket in tickets {
                    if let Some(on) = material.criteria.get_mut(&ticket) {
                        on.insert(criterion.clone(), false);
                    }
                    if let Some(label) = material.labels.get_mut(&ticket) {
                        label.criteria.insert(criterion.clone(), 0.0);
                    }
                }
            }),
        },
    }
}

fn limit_faults(rule: &GateRule) -> Vec<Fault> {
    let mut all = Vec::new();
    if let Some(most) = rule.max_p95_ms {
        let slow = u32::try_from(most.saturating_mul(2).saturating_add(1)).unwrap_or(u32::MAX);
        all.push(Fault {
            words: "every reply twice as slow as is allowed".to_owned(),
            caught_by: vec!["limits.p95".to_owned()],
            plant: Box::new(move |material, at| {
                each_row(material, at, |row| row.latency_ms = Some(slow));
            }),
        });
    }
    if let Some(most) = rule.max_cost_per_1000_micros {
        let dear = most / 500 + 1;
        all.push(Fault {
            words: "every reply twice as expensive as is allowed".to_owned(),
            caught_by: vec!["limits.cost".to_owned()],
            plant: Box::new(move |material, at| {
                each_row(material, at, |row| row.cost_micros = Some(dear));
            }),
        });
    }
    if rule.max_flicker.is_some() {
        all.push(Fault {
            words: "every second run says the opposite of the first".to_owned(),
            caught_by: vec!["reruns.flicker".to_owned()],
            plant: Box::new(|material, at| {
                for run in material.scores.candidates[at]
                    .runs
                    .iter_mut()
                    .skip(1)
                    .step_by(2)
                {
                    for row in &mut run.rows {
                        row.outcome = RowOutcome::Scored {
                            score: 0.0,
                            pass: false,
                        };
                    }
                }
            }),
        });
    }
    all
}
