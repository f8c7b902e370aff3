//! Items that a candidate may have been trained on: what was exported measures nothing any more.

use std::collections::HashSet;

use super::super::{Engine, Result};
use super::comparison;
use crate::domain::count::{counted, either};
use crate::domain::decimal::signed;
use crate::domain::eval::DatasetRole;
use crate::domain::group_scores::{CandidateScores, GroupScores, RunScores};
use crate::domain::ids::ClusterId;
use crate::domain::view::compare::{CandidateSummary, Comparison, Standing};
use crate::store::{catalog, datasets, pick};

/// What of a group's dataset version was exported for training, before it was frozen or since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainedOn {
    /// The clusters that were.
    pub clusters: HashSet<ClusterId>,
    /// Whether the version is one that is held out, so that none should have been.
    pub heldout: bool,
    /// Name of its dataset.
    pub dataset: String,
}

impl Engine {
    /// What of a group's items was exported for training.
    pub fn trained_on(&self, group: &str) -> Result<TrainedOn> {
        let found = self.group_found(group)?;
        Ok(self.store().read(|db| {
            let left = pick::trained(db)?;
            let dataset = catalog::dataset(db, &found.group.dataset)?;
            let mut clusters = HashSet::new();
            if !left.is_empty() {
                let gone = datasets::clusters(db, &left)?;
                clusters = datasets::clusters(db, &found.items)?;
                clusters.retain(|cluster| gone.contains(cluster));
            }
            Ok(TrainedOn {
                clusters,
                heldout: dataset
                    .as_ref()
                    .is_some_and(|set| set.role == DatasetRole::Heldout),
                dataset: dataset.map(|set| set.name).unwrap_or_default(),
            })
        })?)
    }
}

/// That items were exported, in the words every answer about them uses.
pub(in crate::engine) fn words(
    scores: &GroupScores,
    clusters: &HashSet<ClusterId>,
    heldout: Option<&str>,
) -> String {
    let n = clusters.len();
    let touched = scores
        .items
        .iter()
        .filter(|item| clusters.contains(&item.cluster_id))
        .count();
    let of = heldout.map_or_else(String::new, |name| format!("of the held-out `{name}`, "));
    format!(
        "{of}{} of {} ({}) {} exported for training: a candidate trained on {} knows the answers",
        counted(n, "cluster"),
        scores.clusters,
        counted(touched, "item"),
        either(n, "was", "were"),
        either(n, "it", "them"),
    )
}

/// What to do about a held-out version that was exported.
fn way_on(heldout: &str) -> String {
    let to = crate::domain::shell::word(&format!("{heldout}-2"));
    format!(
        "hold others out and start another group on them: `docket dataset hold-out <DATASET> --to {to}` (<DATASET> is the dataset \
         they come from), then `docket eval new {to} --dataset {to}`, `docket eval grow {to}` and `docket run {to} --group {to}-runs`"
    )
}

/// Says so in a comparison. On a held-out version no candidate is better or worse any more.
pub(super) fn tell(comparison: &mut Comparison, scores: &GroupScores, trained: &TrainedOn) {
    if trained.clusters.is_empty() {
        return;
    }
    let told = words(scores, &trained.clusters, None);
    comparison.warnings.push(match clean(scores, trained) {
        Some(without) => format!("{told}; without them {without}"),
        None => told,
    });
    if !trained.heldout {
        return;
    }
    for candidate in &mut comparison.candidates {
        if let Some(difference) = &mut candidate.difference {
            difference.standing = Standing::Unclear;
        }
    }
    let told = words(scores, &trained.clusters, Some(&trained.dataset));
    comparison.sentence = format!("Inconclusive: {told}.");
    comparison.action = way_on(&trained.dataset);
}

/// The differences on the items that were not exported, in words.
fn clean(scores: &GroupScores, trained: &TrainedOn) -> Option<String> {
    let kept: Vec<usize> = (0..scores.items.len())
        .filter(|at| !trained.clusters.contains(&scores.items[*at].cluster_id))
        .collect();
    if kept.is_empty() {
        return Some("nothing is left".to_owned());
    }
    let comparison = comparison(&only(scores, &kept), false);
    let words: Vec<String> = comparison.candidates.iter().filter_map(said).collect();
    (!words.is_empty()).then(|| format!("({}) {}", counted(kept.len(), "item"), words.join(", ")))
}

fn said(candidate: &CandidateSummary) -> Option<String> {
    let range = &candidate.difference.as_ref()?.range;
    let interval = match range.interval {
        Some((low, high)) => format!(" [{}, {}]", signed(low, 3), signed(high, 3)),
        None => " (no interval)".to_owned(),
    };
    Some(format!(
        "`{}` differs by {}{interval}",
        candidate.name,
        signed(range.estimate, 3)
    ))
}

/// The scores of some items alone.
fn only(scores: &GroupScores, kept: &[usize]) -> GroupScores {
    let mut numbers: Vec<usize> = kept.iter().map(|at| scores.items[*at].cluster).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let items = kept.iter().map(|at| {
        let mut item = scores.items[*at].clone();
        item.cluster = numbers.binary_search(&item.cluster).unwrap_or_default();
        item
    });
    let runs = |candidate: &CandidateScores| -> Vec<RunScores> {
        let of = |run: &RunScores| RunScores {
            rows: kept.iter().map(|at| run.rows[*at].clone()).collect(),
            ..run.clone()
        };
        candidate.runs.iter().map(of).collect()
    };
    let candidates = scores.candidates.iter().map(|candidate| CandidateScores {
        runs: runs(candidate),
        ..candidate.clone()
    });
    GroupScores {
        items: items.collect(),
        clusters: numbers.len(),
        candidates: candidates.collect(),
        ..scores.clone()
    }
}
