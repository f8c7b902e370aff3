//! Hard items: low scores, disputes, answers that change when asked again. What an eval grows by.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::super::{Engine, EngineError, Result};
use crate::domain::eval::Eval;
use crate::domain::ids::ClusterId;
use crate::domain::rubric::Rubric;
use crate::store::datasets::Ranges;
use crate::store::{Db, catalog, hard, listing, pick, rubrics};

/// From this difference of scores on, people, or the judge and people, are apart.
const APART: f64 = 0.25;

/// An item worth having in an eval, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HardItem {
    /// Local row.
    #[serde(skip)]
    pub row: i64,
    /// Identity.
    pub item: String,
    /// The row's own id.
    pub external_id: Option<String>,
    /// How hard: the sum of how low, how disputed and how unsteady it is, each 0 to 1.
    pub weight: f64,
    /// In words: `low (0.20)`, `people differ by 0.60`, `reruns of a differ`.
    pub why: Vec<String>,
}

/// What is known of one item, over all evals looked at.
#[derive(Default)]
struct Known {
    low: f64,
    disputed: f64,
    unsteady: f64,
    why: BTreeSet<String>,
}

impl Known {
    fn weight(&self) -> f64 {
        self.low + self.disputed + self.unsteady
    }

    fn dispute(&mut self, size: f64, why: String) {
        self.disputed = self.disputed.max(size.min(1.0));
        self.why.insert(why);
    }

    fn waver(&mut self, size: f64, why: String) {
        self.unsteady = self.unsteady.max(size.min(1.0));
        self.why.insert(why);
    }
}

impl Engine {
    /// The hardest items of an eval (or of every eval whose scores this reviewer may see) that are not in `already`
    /// and in no cluster of it, hardest first; of each cluster the hardest alone. Items that were exported for training
    /// are left out.
    pub fn hard_items(
        &self,
        eval: Option<&str>,
        already: &Ranges,
        most: u64,
    ) -> Result<Vec<HardItem>> {
        let only = eval.map(|name| self.eval_named(name)).transpose()?;
        self.settle_clusters()?;
        let found = self.store.read(|db| {
            let mut known: BTreeMap<i64, Known> = BTreeMap::new();
            let mut closed = false;
            for (row, eval) in catalog::evals(db)? {
                if only.as_ref().is_some_and(|only| only.id != eval.id) {
                    continue;
                }
                if self.is_closed(db, row, &eval)? {
                    closed = true;
                    continue;
                }
                gather(db, row, &eval, &mut known)?;
            }
            Ok((closed, chosen(db, known, already, most)?))
        })?;
        match (only, found) {
            (Some(eval), (true, _)) => Err(EngineError::refused(
                format!(
                    "the eval `{}` is blind: which items are hard would tell scores before you commit your own",
                    eval.name
                ),
                "review your tickets first, or open the comparison of its scores, which is logged",
            )),
            (_, (_, chosen)) => Ok(chosen),
        }
    }
}

fn gather(
    db: &Db,
    row: i64,
    eval: &Eval,
    known: &mut BTreeMap<i64, Known>,
) -> crate::store::Result<()> {
    let rubric = rubrics::get(db, &eval.rubric)?;
    let threshold = rubric.threshold_for(eval.policy.pass_threshold).value;
    let mut items: HashMap<i64, i64> = HashMap::new();
    for ticket in hard::marked(db, row)? {
        items.insert(ticket.ticket, ticket.item);
        let one = known.entry(ticket.item).or_default();
        if let Some(score) = ticket.score.or(ticket.judge)
            && score < threshold
        {
            one.low = one.low.max(1.0 - score);
            one.why.insert(format!("low ({score:.2})"));
        }
        if let Some(apart) = ticket.apart.filter(|apart| *apart >= APART) {
            one.dispute(apart, format!("people differ by {apart:.2}"));
        }
        if ticket.disputed {
            one.dispute(1.0, "waits for a decision".to_owned());
        }
        if let (Some(human), Some(judge)) = (ticket.score, ticket.judge) {
            let apart = (human - judge).abs();
            if apart >= APART {
                one.dispute(apart, format!("judge and people differ by {apart:.2}"));
            }
        }
    }
    for (ticket, criterion, levels) in hard::rejudged(db, row)? {
        if let Some(item) = items.get(&ticket) {
            let share = levels / span(&rubric, &criterion);
            let one = known.entry(*item).or_default();
            one.waver(share, "readings of the judge differ".to_owned());
        }
    }
    for (item, candidate) in hard::rerun(db, &eval.id)? {
        let one = known.entry(item).or_default();
        one.waver(1.0, format!("reruns of {candidate} differ"));
    }
    Ok(())
}

/// Levels from the lowest to the highest of a question.
fn span(rubric: &Rubric, criterion: &str) -> f64 {
    let scale = rubric
        .questions()
        .find(|question| question.id == criterion)
        .and_then(|question| question.scale());
    scale.map_or(1.0, |scale| f64::from(scale.max() - scale.min()).max(1.0))
}

fn chosen(
    db: &Db,
    known: BTreeMap<i64, Known>,
    already: &Ranges,
    most: u64,
) -> crate::store::Result<Vec<HardItem>> {
    let hard = known.into_iter().filter(|(_, one)| !one.why.is_empty());
    let mut hard: Vec<(i64, Known)> = hard.collect();
    let rows = Ranges::of_rows(hard.iter().map(|(row, _)| *row));
    let identities = pick::identities(db, &rows)?;
    let clusters: HashMap<i64, ClusterId> = identities
        .iter()
        .map(|(row, _, cluster)| (*row, *cluster))
        .collect();
    let mut taken = crate::store::datasets::clusters(db, &already.with(&pick::trained(db)?))?;
    let ids: HashMap<i64, _> = identities.iter().map(|(row, id, _)| (*row, *id)).collect();
    hard.sort_by(|(a, one), (b, two)| {
        let by_weight = two.weight().total_cmp(&one.weight());
        by_weight.then_with(|| ids.get(a).cmp(&ids.get(b)))
    });
    hard.retain(|(row, _)| {
        clusters
            .get(row)
            .is_some_and(|cluster| taken.insert(*cluster))
    });
    hard.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    hard.into_iter()
        .map(|(row, one)| {
            let lines = listing::items_in(db, &Ranges::of_rows([row]))?;
            let line = lines.into_iter().next();
            Ok(HardItem {
                row,
                item: ids.get(&row).map(ToString::to_string).unwrap_or_default(),
                external_id: line.and_then(|line| line.external_id),
                weight: one.weight(),
                why: one.why.into_iter().collect(),
            })
        })
        .collect()
}
