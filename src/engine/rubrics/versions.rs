//! Which versions of a rubric an eval has asked, since when, and what each of them scored.

use std::collections::BTreeMap;

use super::super::{Engine, Result};
use crate::domain::event::Body;
use crate::domain::ids::RubricId;
use crate::domain::rubric::Rubric;
use crate::domain::view::RubricVersion;
use crate::store::{catalog, judged, ledger, rubrics, tickets};

impl Engine {
    /// The rubric versions of an eval, oldest first; the one in use is marked. A version taken up twice stands once,
    /// at its first time.
    pub fn rubric_versions(&self, eval: &str) -> Result<Vec<RubricVersion>> {
        let eval = self.eval_named(eval)?;
        Ok(self.store().read(|db| {
            let mut since: Vec<(RubricId, Option<i64>)> = Vec::new();
            for event in ledger::global(db)? {
                let asked = match &event.body {
                    Body::EvalCreated(made) if made.id == eval.id => made.rubric,
                    Body::RubricMoved(moved) if moved.eval == eval.id => moved.to,
                    _ => continue,
                };
                if since.iter().all(|(known, _)| *known != asked) {
                    since.push((asked, Some(event.hlc.millis())));
                }
            }
            if since.iter().all(|(known, _)| *known != eval.rubric) {
                since.push((eval.rubric, None));
            }
            let row = catalog::eval(db, &eval.id)?.map_or(0, |(row, _)| row);
            let reviews = reviews(db, row)?;
            // What was imported is shown and scored under the version in use, so it counts there.
            let mut levels = BTreeMap::new();
            for (id, _) in &since {
                levels.insert(*id, level_checks(&rubrics::get(db, id)?));
            }
            let judged = judged::under(db, row, Some(eval.rubric), &levels)?;
            let said = judged::under(db, row, None, &levels)?;
            since
                .into_iter()
                .map(|(id, since_ms)| {
                    let rubric = rubrics::get(db, &id)?;
                    let (verdicts, tickets) = judged.get(&id).copied().unwrap_or_default();
                    Ok(RubricVersion {
                        id,
                        name: rubric.id,
                        label: rubric.version,
                        since_ms,
                        current: id == eval.rubric,
                        reviews: reviews.get(&id).copied().unwrap_or(0),
                        verdicts,
                        judged_tickets: tickets,
                        imported: verdicts - said.get(&id).map_or(0, |(verdicts, _)| *verdicts),
                    })
                })
                .collect()
        })?)
    }

    /// The rubric version of this workspace whose hash starts with these digits, if there is exactly one.
    pub fn rubric_version(&self, prefix: &str) -> Result<Option<Rubric>> {
        Ok(self.store().read(|db| {
            let all = rubrics::all(db)?;
            let mut found = all
                .iter()
                .filter(|(id, _, _)| id.to_string().starts_with(prefix));
            match (found.next(), found.next()) {
                (Some((id, _, _)), None) => rubrics::get(db, id).map(Some),
                _ => Ok(None),
            }
        })?)
    }
}

/// Checks that are a question's level.
pub(super) fn level_checks(rubric: &Rubric) -> Vec<String> {
    let own = rubric.checks.iter().filter(|one| one.criterion.is_some());
    own.map(|one| one.id.clone()).collect()
}

/// Standing reviews by the version whose questions they answer.
fn reviews(db: &crate::store::Db, eval: i64) -> crate::store::Result<BTreeMap<RubricId, u64>> {
    let mut counts = BTreeMap::new();
    for id in tickets::touched(db, eval)? {
        let row = tickets::get(db, &id)?.row;
        for standing in &tickets::folded(db, row)?.reviews {
            *counts.entry(standing.current().rubric).or_default() += 1;
        }
    }
    Ok(counts)
}
