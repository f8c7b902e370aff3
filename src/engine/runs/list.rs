//! What groups there are, and how far their runs and scores are.

use serde::{Deserialize, Serialize};

use super::super::{Engine, Result};
use super::scores::MANY;
use crate::domain::ids::{GroupId, RunId};
use crate::domain::run::{Run, RunGroup, by_candidate};
use crate::store::runs::kept::{self, Mark};
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

impl Engine {
    /// All groups, by name.
    pub fn groups(&self) -> Result<Vec<GroupLine>> {
        let lines: Vec<(GroupLine, Option<Counted>)> = self.store().read(|db| {
            let groups = runs::groups(db)?;
            groups.iter().map(|group| group_line(db, group)).collect()
        })?;
        let (lines, counted): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
        self.keep(counted.into_iter().flatten().collect());
        Ok(lines)
    }

    /// One group.
    pub fn group_line(&self, name: &str) -> Result<GroupLine> {
        let group = self.group_named(name)?;
        let (line, counted) = self.store().read(|db| group_line(db, &group))?;
        self.keep(counted.into_iter().collect());
        Ok(line)
    }

    /// A convenience: a count that cannot be kept is made again.
    fn keep(&self, counted: Vec<Counted>) {
        if counted.is_empty() {
            return;
        }
        let kept = self.store().write_light(move |db| {
            counted
                .iter()
                .try_for_each(|one| kept::put_counts(db, &one.group, &one.mark, &one.body))
        });
        if let Err(why) = kept {
            tracing::debug!(%why, "counts of runs were not kept");
        }
    }
}

/// Counts that were made anew and are worth keeping.
struct Counted {
    group: GroupId,
    mark: Mark,
    body: String,
}

/// How far each run of a group is; of a large group as it is kept, while that holds.
fn run_lines(
    db: &Db,
    group: &RunGroup,
    runs: &[Run],
) -> crate::store::Result<(Vec<RunLine>, Option<Counted>)> {
    let many = group.items * runs.len() as u64 >= MANY;
    let mark = many.then(|| kept::mark(db, group)).transpose()?;
    if let Some(mark) = mark
        && let Some((_, body)) = kept::counts(db, &group.id)?.filter(|(of, _)| *of == mark)
        && let Ok(lines) = serde_json::from_str(&body)
    {
        return Ok((lines, None));
    }
    let judge = super::scores::counting(db, group)?.map_or(0, |judge| judge.row);
    let line = |run: &Run| {
        let (answered, failed) = runs::tally(db, &run.id)?;
        let there = answered + failed.iter().map(|(_, n)| n).sum::<u64>();
        Ok(RunLine {
            id: run.id,
            number: run.number,
            because: run.because.clone(),
            answered,
            failed,
            missing: group.items.saturating_sub(there),
            scored: runs::scores::scored(db, &run.id, judge)?,
        })
    };
    let lines = runs
        .iter()
        .map(line)
        .collect::<crate::store::Result<Vec<RunLine>>>()?;
    let counted = mark.map(|mark| Counted {
        group: group.id,
        mark,
        body: serde_json::to_string(&lines).unwrap_or_default(),
    });
    Ok((lines, counted))
}

fn group_line(db: &Db, group: &RunGroup) -> crate::store::Result<(GroupLine, Option<Counted>)> {
    let eval = catalog::eval(db, &group.eval)?.map(|(_, eval)| eval.name);
    let dataset = catalog::dataset(db, &group.dataset)?.map(|dataset| dataset.name);
    let judge = super::scores::counting(db, group)?;
    let runs = runs::runs(db, &group.id)?;
    let (lines, counted) = run_lines(db, group, &runs)?;
    let candidates = by_candidate(&runs).into_iter().map(|(candidate, of)| {
        let its = |run: &&Run| lines.iter().find(|line| line.id == run.id).cloned();
        CandidateLine {
            name: candidate.name.clone(),
            origin: candidate.origin.name(),
            runs: of.iter().filter_map(its).collect(),
        }
    });
    let line = GroupLine {
        name: group.name.clone(),
        eval: eval.unwrap_or_default(),
        dataset: dataset.unwrap_or_default(),
        version: group.number,
        items: group.items,
        rubric: rubrics::get(db, &group.rubric)?.id,
        rubric_version: group.rubric.short(),
        baseline: group.baseline.clone(),
        judge: judge.map(|judge| judge.version.name),
        candidates: candidates.collect(),
    };
    Ok((line, counted))
}
