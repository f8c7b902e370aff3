//! What Home shows.

use super::{Engine, Result};
use crate::domain::eval::Eval;
use crate::domain::rubric::Kind;
use crate::domain::view::{EvalCard, Home};
use crate::store::{Db, catalog, rubrics, runs, tally, tickets};

/// Scored reviews below which no pass rate is shown.
const ENOUGH: u64 = 10;

impl Engine {
    /// Everything Home shows, except files in the folder (the caller looks for those).
    pub fn home(&self) -> Result<Home> {
        let mut evals = self.store().read(|db| {
            let mut all = catalog::evals(db)?;
            // What a run group compares is opened from there: it is not a queue of its own.
            let groups = runs::groups(db)?;
            all.retain(|(_, eval)| groups.iter().all(|group| group.tickets != eval.id));
            all.iter()
                .map(|(row, eval)| self.card(db, *row, eval))
                .collect::<crate::store::Result<Vec<_>>>()
        })?;
        evals.sort_by_key(|card| card.waiting == 0);
        Ok(Home {
            workspace: self.path().display().to_string(),
            reviewer: self.reviewer().to_owned(),
            empty: evals.is_empty(),
            evals,
            found: Vec::new(),
            jobs: self.live_jobs()?,
            groups: self.group_notes()?,
        })
    }

    fn card(&self, db: &Db, row: i64, eval: &Eval) -> crate::store::Result<EvalCard> {
        let states = tally::values(db, row, "state")?;
        let done = states
            .iter()
            .find(|(state, _)| state == "done")
            .map_or(0, |(_, n)| *n);
        let (pass, fail) = (
            tally::of(db, row, "pass", "yes")?,
            tally::of(db, row, "pass", "no")?,
        );
        let scored = pass + fail;
        Ok(EvalCard {
            id: eval.id,
            name: eval.name.clone(),
            purpose: eval.purpose.clone(),
            mode: eval.policy.mode,
            compares: rubrics::get(db, &eval.rubric)?.kind == Kind::Pairwise,
            role: catalog::dataset(db, &eval.dataset)?
                .map(|dataset| dataset.role)
                .unwrap_or_default(),
            done,
            total: states.iter().map(|(_, n)| n).sum(),
            waiting: self.left(db, row, eval)?,
            seconds_each: tickets::pace(db, row, &self.reviewer)?.map(|ms| ms / 1000),
            human_pass: (scored >= ENOUGH).then(|| (pass as f64 / scored as f64, scored)),
        })
    }
}
