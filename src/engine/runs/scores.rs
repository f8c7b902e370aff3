//! Everything a comparison needs of a group, read in one state of the workspace.

use std::collections::HashMap;

use super::super::{Engine, Result};
use super::group::Found;
use crate::domain::group_scores::{
    CandidateScores, GroupItem, GroupJudge, GroupScores, RowOutcome, RowScore, RunScores,
};
use crate::domain::judge_version::JudgeKind;
use crate::domain::run::{Candidate, Origin, Run, RunGroup, by_candidate};
use crate::store::datasets::Ranges;
use crate::store::runs::scores::{self, Reader, ScoreLine};
use crate::store::{Db, catalog, runs};

/// What people said of an output, by its local row: score, and whether it passes.
type People = HashMap<i64, (f64, bool)>;

impl Engine {
    /// The scores of a group under the judge that counts in it.
    pub fn group_scores(&self, group: &str) -> Result<GroupScores> {
        let found = self.group_found(group)?;
        Ok(self.store().read(|db| read(db, &found))?)
    }

    /// The same on one item alone.
    pub(in crate::engine) fn scores_of_item(&self, group: &str, item: i64) -> Result<GroupScores> {
        let mut found = self.group_found(group)?;
        let there = found.items.contains(item);
        found.items = Ranges::of(there.then_some((item, item)));
        Ok(self.store().read(|db| read(db, &found))?)
    }
}

/// The judge whose scores count: the one the group was fixed on; before that, the one that has read most of it.
pub(super) fn counting(db: &Db, group: &RunGroup) -> crate::store::Result<Option<Reader>> {
    let Some((row, _)) = catalog::eval(db, &group.tickets)? else {
        return Ok(None);
    };
    let mut readers = scores::readers(db, row)?;
    let place = match &group.judge {
        Some(fixed) => readers.iter().position(|reader| reader.id == fixed.id),
        None => (!readers.is_empty()).then_some(0),
    };
    Ok(place.map(|place| readers.swap_remove(place)))
}

/// The scores of a group that was found.
pub(in crate::engine) fn read(db: &Db, found: &Found) -> crate::store::Result<GroupScores> {
    let group = &found.group;
    let tickets = catalog::eval(db, &group.tickets)?;
    let row = tickets.as_ref().map_or(0, |(row, _)| *row);
    let threshold = tickets.and_then(|(_, eval)| eval.policy.pass_threshold);
    let judge = counting(db, group)?;
    let readers = scores::readers(db, row)?;
    let counts = |reader: &Reader| judge.as_ref().is_some_and(|judge| judge.row == reader.row);
    let others = readers.into_iter().filter(|reader| !counts(reader));
    let others: Vec<String> = others.map(|reader| reader.version.name).collect();
    let (items, clusters) = items(db, found)?;
    let places: HashMap<i64, usize> = items
        .iter()
        .enumerate()
        .map(|(at, item)| (item.row, at))
        .collect();
    // What people said of logged outputs before there was a group counts as long as they answered the same questions.
    let people = if found.eval.rubric == group.rubric {
        scores::human(db, found.eval_row)?
    } else {
        People::new()
    };
    let judge_row = judge.as_ref().map_or(0, |judge| judge.row);
    let mut candidates = Vec::new();
    for (candidate, of) in by_candidate(&found.runs) {
        let mut read = Vec::with_capacity(of.len());
        for run in of {
            read.push(run_scores(db, run, judge_row, &places, &people)?);
        }
        candidates.push(CandidateScores {
            name: candidate.name.clone(),
            model: model(db, found, candidate)?,
            origin: candidate.origin.clone(),
            runs: read,
        });
    }
    Ok(GroupScores {
        group: group.name.clone(),
        eval: found.eval.name.clone(),
        tickets_in: group.tickets,
        dataset: group.version,
        rubric: group.rubric,
        rubric_name: found.rubric.id.clone(),
        threshold: found.rubric.threshold_for(threshold),
        judge: judge.map(|judge| group_judge(db, row, judge)).transpose()?,
        other_judges: others,
        baseline: candidates
            .iter()
            .position(|one| Some(&one.name) == group.baseline.as_ref()),
        candidates,
        items,
        clusters,
    })
}

fn group_judge(db: &Db, eval: i64, judge: Reader) -> crate::store::Result<GroupJudge> {
    Ok(GroupJudge {
        id: judge.id,
        badges: scores::badges(db, eval, judge.row)?,
        imported: judge.version.kind == JudgeKind::Imported,
        model: judge.version.model,
        name: judge.version.name,
    })
}

fn items(db: &Db, found: &Found) -> crate::store::Result<(Vec<GroupItem>, usize)> {
    let mut labels = scores::labels(db, found.eval_row)?;
    let mut numbers = HashMap::new();
    let mut items = Vec::new();
    for line in scores::items(db, &found.items)? {
        let next = numbers.len();
        let (feature, tags) = labels.remove(&line.row).unwrap_or_default();
        items.push(GroupItem {
            id: line.id,
            row: line.row,
            external_id: line.external_id,
            cluster: *numbers.entry(line.cluster).or_insert(next),
            cluster_id: line.cluster,
            feature,
            tags,
        });
    }
    Ok((items, numbers.len()))
}

fn run_scores(
    db: &Db,
    run: &Run,
    judge: i64,
    places: &HashMap<i64, usize>,
    people: &People,
) -> crate::store::Result<RunScores> {
    let mut rows = vec![RowScore::missing(); places.len()];
    let ends = (
        places.keys().min().copied().unwrap_or(0),
        places.keys().max().copied().unwrap_or(-1),
    );
    scores::lines(db, &run.id, judge, ends, |line| {
        if let Some(place) = places.get(&line.item) {
            rows[*place] = row_score(line, people);
        }
    })?;
    Ok(RunScores {
        number: run.number,
        because: run.because.clone(),
        rows,
    })
}

fn row_score(line: ScoreLine, people: &People) -> RowScore {
    let outcome = match (line.failed, line.judged, line.unscored) {
        (Some(class), ..) => RowOutcome::Failed(class),
        (None, Some((score, pass)), _) => RowOutcome::Scored { score, pass },
        (None, None, Some(class)) => RowOutcome::Unscored(class),
        (None, None, None) => RowOutcome::Unjudged,
    };
    let earlier = line.output.and_then(|output| people.get(&output).copied());
    RowScore {
        outcome,
        ticket: line.ticket,
        output: line.output,
        latency_ms: line.latency_ms,
        first_token_ms: line.first_ms,
        cost_micros: line.micros,
        output_tokens: line.output_tokens,
        chars: line.chars,
        human: line.human.or(earlier),
    }
}

/// The models behind a candidate: what it is asked by, or what its rows name.
fn model(db: &Db, found: &Found, candidate: &Candidate) -> crate::store::Result<Option<String>> {
    if let Origin::Model(asked) = &candidate.origin {
        return Ok(Some(asked.model.clone()));
    }
    let mut names: Vec<String> = Vec::new();
    for run in found
        .runs
        .iter()
        .filter(|run| run.candidate.name == candidate.name)
    {
        for name in runs::models(db, &run.id)? {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Ok((!names.is_empty()).then(|| names.join(", ")))
}
