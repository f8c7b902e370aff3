//! The labels an estimate may rest on: what people say of the tickets in the plans' prefixes, and nothing else.

use std::collections::BTreeMap;

use super::counted::Sieve;
use super::subject::consensus;
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
    /// What people say together.
    pub answers: Answers,
    /// Score from 0 to 1, and whether it passes; `None` where people could not judge or have no majority.
    pub score: Option<(f64, bool)>,
    /// The chance it had of being in the sample, above 0 up to 1.
    pub chance: f64,
    /// In a run group, the chance in the sample of each run it counts in.
    pub runs: BTreeMap<RunId, f64>,
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
    let label = |ticket: super::counted::Labelled| {
        let answers = consensus(&ticket.people.values(), rubric);
        let score = rubric.score(&answers, &[], threshold).ok();
        PlanLabel {
            ticket: ticket.row,
            cluster: ticket.cluster,
            score: score.map(|score| (score.overall, score.pass)),
            chance: ticket.chance,
            runs: ticket.runs,
            answers,
        }
    };
    Ok((tickets.into_iter().map(label).collect(), basis.waiting))
}
