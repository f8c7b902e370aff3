//! What groups there are, and how far their runs and scores are.

use serde::Serialize;

use super::super::{Engine, Result};
use crate::domain::ids::RunId;
use crate::domain::run::{RunGroup, by_candidate};
use crate::stats::describe::quantile;
use crate::store::{Db, catalog, rubrics, runs};

/// A group as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupLine {
    /// Its name.
    pub name: String,
    /// The eval its items come from.
    pub eval: String,
    /// The dataset.
    pub dataset: String,
    /// Number of its version.
    pub version: u64,
    /// Items in it.
    pub items: u64,
    /// The rubric's id.
    pub rubric: String,
    /// The first characters of its version.
    pub rubric_version: String,
    /// The candidate the others are compared with.
    pub baseline: Option<String>,
    /// The judge whose scores count.
    pub judge: Option<String>,
    /// Its candidates, in the order they joined.
    pub candidates: Vec<CandidateLine>,
}

/// A candidate as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CandidateLine {
    /// Its name.
    pub name: String,
    /// `logged`, `model` or `imported`.
    pub origin: &'static str,
    /// Its runs, by number.
    pub runs: Vec<RunLine>,
}

/// A run as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunLine {
    /// Identity.
    pub id: RunId,
    /// 1 for the first.
    pub number: u32,
    /// Why it was made.
    pub because: Option<String>,
    /// Items it has an output of.
    pub answered: u64,
    /// Items without one, by class.
    pub failed: Vec<(String, u64)>,
    /// Items it has nothing of.
    pub missing: u64,
    /// Outputs the judge whose scores count has scored.
    pub scored: u64,
    /// How long its replies took; only where one group is looked at.
    #[serde(flatten)]
    pub times: Times,
}

/// How long the replies of a run took, in milliseconds; `None` where no reply tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[allow(
    clippy::struct_field_names,
    reason = "the unit belongs to the names in JSON"
)]
pub struct Times {
    /// Until a reply was complete, median.
    pub latency_p50_ms: Option<u64>,
    /// The 95th percentile of the same.
    pub latency_p95_ms: Option<u64>,
    /// Until its first token, median.
    pub first_token_p50_ms: Option<u64>,
    /// The 95th percentile of the same.
    pub first_token_p95_ms: Option<u64>,
}

impl Times {
    fn of(db: &Db, run: &RunId) -> crate::store::Result<Self> {
        let (whole, first) = runs::times(db, run)?;
        let at = |times: &[f64], q: f64| quantile(times, q).map(|ms| ms.round() as u64);
        Ok(Self {
            latency_p50_ms: at(&whole, 0.5),
            latency_p95_ms: at(&whole, 0.95),
            first_token_p50_ms: at(&first, 0.5),
            first_token_p95_ms: at(&first, 0.95),
        })
    }
}

impl Engine {
    /// All groups, by name.
    pub fn groups(&self) -> Result<Vec<GroupLine>> {
        Ok(self.store().read(|db| {
            let groups = runs::groups(db)?;
            groups
                .iter()
                .map(|group| group_line(db, group, |_, _| Ok(Times::default())))
                .collect::<crate::store::Result<_>>()
        })?)
    }

    /// One group.
    pub fn group_line(&self, name: &str) -> Result<GroupLine> {
        let group = self.group_named(name)?;
        Ok(self.store().read(|db| group_line(db, &group, Times::of))?)
    }
}

/// A group as it stands; reading the times of every reply is left to who shows them.
fn group_line(
    db: &Db,
    group: &RunGroup,
    times: impl Fn(&Db, &RunId) -> crate::store::Result<Times>,
) -> crate::store::Result<GroupLine> {
    let eval = catalog::eval(db, &group.eval)?.map(|(_, eval)| eval.name);
    let dataset = catalog::dataset(db, &group.dataset)?.map(|dataset| dataset.name);
    let judge = super::scores::counting(db, group)?;
    let row = judge.as_ref().map_or(0, |judge| judge.row);
    let mut candidates = Vec::new();
    for (candidate, of) in by_candidate(&runs::runs(db, &group.id)?) {
        let mut lines = Vec::with_capacity(of.len());
        for run in of {
            let (answered, failed) = runs::tally(db, &run.id)?;
            let there = answered + failed.iter().map(|(_, n)| n).sum::<u64>();
            lines.push(RunLine {
                id: run.id,
                number: run.number,
                because: run.because.clone(),
                answered,
                failed,
                missing: group.items.saturating_sub(there),
                scored: runs::scores::scored(db, &run.id, row)?,
                times: times(db, &run.id)?,
            });
        }
        candidates.push(CandidateLine {
            name: candidate.name.clone(),
            origin: candidate.origin.name(),
            runs: lines,
        });
    }
    Ok(GroupLine {
        name: group.name.clone(),
        eval: eval.unwrap_or_default(),
        dataset: dataset.unwrap_or_default(),
        version: group.number,
        items: group.items,
        rubric: rubrics::get(db, &group.rubric)?.id,
        rubric_version: group.rubric.short(),
        baseline: group.baseline.clone(),
        judge: judge.map(|judge| judge.version.name),
        candidates,
    })
}
