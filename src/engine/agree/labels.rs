//! The labels an estimate may rest on: what people say of the tickets in the plans' prefixes, and nothing else.

use std::collections::BTreeMap;

use super::counted::Sieve;
use super::together::{score, share};
use crate::domain::eval::Eval;
use crate::domain::ids::{ClusterId, RunId};
use crate::domain::rubric::{Answers, Rubric};
use crate::store::{Db, Result};

/// A ticket of a plan's prefix with what people say together.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine) struct PlanLabel {
    /// Local row of the ticket.
    pub ticket: i64,
    /// Its cluster.
    pub cluster: ClusterId,
    /// What each of them answered.
    pub people: Vec<Answers>,
    /// Score from 0 to 1, the mean of what people say, and whether it passes: 1 if for most of them, 0 if not, a half where
    /// they are split evenly. `None` where people could not judge.
    pub score: Option<(f64, f64)>,
    /// The chance it had of being in the sample, above 0 up to 1.
    pub chance: f64,
    /// In a run group, the chance in the sample of each run it counts in.
    pub runs: BTreeMap<RunId, f64>,
}

impl PlanLabel {
    /// What each person's answers say of something that holds or not, together: 1, 0, or a half where they are split evenly.
    pub fn shares(
        &self,
        holds: impl Fn(&Answers) -> BTreeMap<String, bool>,
    ) -> BTreeMap<String, f64> {
        let mut all: BTreeMap<String, Vec<bool>> = BTreeMap::new();
        for (id, holds) in self.people.iter().flat_map(holds) {
            all.entry(id).or_default().push(holds);
        }
        let share = |(id, said): (String, Vec<bool>)| Some((id, share(&said)?));
        all.into_iter().filter_map(share).collect()
    }
}

/// Those of an eval, in the order of its plans, and how many reviews wait behind the first open ticket.
pub(in crate::engine) fn plan_labels(
    db: &Db,
    row: i64,
    eval: &Eval,
    rubric: &Rubric,
) -> Result<(Vec<PlanLabel>, u64)> {
    let (tickets, basis) = Sieve::over(db, row, eval)?.finish();
    let threshold = rubric.threshold_for(eval.policy.pass_threshold);
    let label = |ticket: super::counted::Labelled| PlanLabel {
        ticket: ticket.row,
        cluster: ticket.cluster,
        score: score(ticket.people.values(), rubric, threshold),
        chance: ticket.chance,
        runs: ticket.runs,
        people: ticket.people.into_values().collect(),
    };
    Ok((tickets.into_iter().map(label).collect(), basis.waiting))
}
