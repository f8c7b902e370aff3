//! Evals and datasets as they stand: the fold of the events that are about no ticket.

use std::collections::BTreeMap;

use super::effective::effective;
use super::eval::{DatasetRole, Eval};
use super::event::{Body, Event};
use super::ids::{DatasetId, DatasetVersionId, EvalId, GroupId};
use super::run::{Run, RunGroup};

/// A dataset as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Identity.
    pub id: DatasetId,
    /// Unique in the workspace.
    pub name: String,
    /// What it may be used for.
    pub role: DatasetRole,
    /// The version the name means now.
    pub version: DatasetVersionId,
    /// Items in that version.
    pub items: u64,
}

/// Everything that has a name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catalog {
    /// By id.
    pub evals: BTreeMap<EvalId, Eval>,
    /// By id.
    pub datasets: BTreeMap<DatasetId, Dataset>,
    /// By id.
    pub groups: BTreeMap<GroupId, RunGroup>,
    /// In the order they were made.
    pub runs: Vec<Run>,
}

/// Folds the events without a ticket. `events` must be in (hlc, id) order.
pub fn fold_catalog(events: &[Event]) -> Catalog {
    let mut catalog = Catalog::default();
    for event in effective(events) {
        match &event.body {
            // Two copies that made the same eval mean the same one; the first making counts.
            Body::EvalCreated(eval) => {
                catalog.evals.entry(eval.id).or_insert_with(|| eval.clone());
            }
            Body::PolicySet(set) => {
                if let Some(eval) = catalog.evals.get_mut(&set.eval) {
                    eval.policy = set.policy.clone();
                    eval.purpose = set
                        .purpose
                        .clone()
                        .unwrap_or_else(|| std::mem::take(&mut eval.purpose));
                    eval.instructions = set
                        .instructions
                        .clone()
                        .unwrap_or_else(|| std::mem::take(&mut eval.instructions));
                }
            }
            Body::Revealed(seen) => {
                if let Some(eval) = seen.eval.and_then(|id| catalog.evals.get_mut(&id)) {
                    let who = event.reviewer.clone();
                    eval.opened.entry(who).or_insert(event.id);
                }
            }
            Body::RubricMoved(moved) => {
                if let Some(eval) = catalog.evals.get_mut(&moved.eval) {
                    eval.rubric = moved.to;
                }
            }
            Body::DatasetNamed(named) => {
                let known = catalog
                    .datasets
                    .get(&named.dataset)
                    .map(|dataset| dataset.role);
                catalog.datasets.insert(
                    named.dataset,
                    Dataset {
                        id: named.dataset,
                        name: named.name.clone(),
                        role: known.unwrap_or(named.role),
                        version: named.version,
                        items: named.items,
                    },
                );
            }
            Body::RoleChanged(changed) => {
                if let Some(dataset) = catalog.datasets.get_mut(&changed.dataset) {
                    dataset.role = changed.to;
                }
            }
            body => {
                fold_runs(&mut catalog, body);
                about_judges(&mut catalog, body);
            }
        }
    }
    catalog
}

/// Groups and runs. Two copies that made the same one mean the same; the first making counts.
fn fold_runs(catalog: &mut Catalog, body: &Body) {
    match body {
        Body::GroupCreated(group) => {
            let made = || (**group).clone();
            catalog.groups.entry(group.id).or_insert_with(made);
        }
        Body::GroupJudged(judged) => {
            if let Some(group) = catalog.groups.get_mut(&judged.group) {
                group.judge = Some(judged.judge.clone());
            }
        }
        Body::RunCreated(run) if catalog.runs.iter().all(|known| known.id != run.id) => {
            catalog.runs.push((**run).clone());
        }
        _ => {}
    }
}

/// Which judges of an eval count.
fn about_judges(catalog: &mut Catalog, body: &Body) {
    let (id, change): (_, &dyn Fn(&mut Eval)) = match body {
        Body::TestSplitRead(read) => (read.eval, &|eval| {
            eval.promoted.insert(read.judge);
        }),
        Body::GuidelineApproved(one) => (one.eval, &|eval| {
            eval.unlearned.remove(&one.set);
        }),
        Body::GuidelineRemoved(one) => (one.eval, &|eval| {
            eval.unlearned.insert(one.set.clone());
        }),
        _ => return,
    };
    catalog.evals.get_mut(&id).into_iter().for_each(change);
}
