//! Everything a comparison needs of a group, read in one state of the workspace.

use std::collections::{BTreeSet, HashMap};

use super::super::{Engine, Result};
use super::group::Found;
use crate::domain::group_scores::{
    CandidateScores, GroupItem, GroupJudge, GroupScores, RowOutcome, RowScore, RunScores,
};
use crate::domain::judge_version::JudgeKind;
use crate::domain::rubric::Threshold;
use crate::domain::run::{Candidate, Origin, Run, RunGroup, by_candidate};
use crate::stats::parallel::in_order;
use crate::store::datasets::Ranges;
use crate::store::runs::kept;
use crate::store::runs::scores::{self, Reader, ScoreLine};
use crate::store::{Db, catalog};

/// What people said of an output, by its local row: score, and whether it passes.
type People = HashMap<i64, (f64, bool)>;

/// Rows from which on runs are read side by side: below, starting a thread costs more than it saves.
pub(super) const MANY: u64 = 20_000;

impl Engine {
    /// The scores of a group under the judge that counts in it.
    pub fn group_scores(&self, group: &str) -> Result<GroupScores> {
        let found = self.group_found(group)?;
        if found.group.items * found.runs.len() as u64 >= MANY
            && let Some(scores) = self.read_side_by_side(&found)?
        {
            return Ok(scores);
        }
        Ok(self.store().read(|db| read(db, &found))?)
    }

    /// Each run by a reader of its own. Every reader sees a state of the workspace of its own too; `None` where these
    /// differ in anything the group rests on.
    pub(super) fn read_side_by_side(&self, found: &Found) -> Result<Option<GroupScores>> {
        let look = |db: &Db| Ok((kept::mark(db, &found.group)?, frame(db, found)?));
        let (mark, frame) = self.store().read(look)?;
        let runs = of_candidates(found);
        let read = in_order(runs.len(), |at| {
            self.store().read(|db| match kept::mark(db, &found.group)? {
                now if now == mark => run_scores(db, runs[at], &frame).map(Some),
                _ => Ok(None),
            })
        });
        let read: crate::store::Result<Option<Vec<_>>> = read.into_iter().collect();
        Ok(read?.map(|runs| frame.with(found, runs)))
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
    let frame = frame(db, found)?;
    let runs: crate::store::Result<Vec<_>> = of_candidates(found)
        .into_iter()
        .map(|run| run_scores(db, run, &frame))
        .collect();
    Ok(frame.with(found, runs?))
}

/// The runs, candidate by candidate.
fn of_candidates(found: &Found) -> Vec<&Run> {
    let candidates = by_candidate(&found.runs).into_iter();
    candidates.flat_map(|(_, runs)| runs).collect()
}

/// Everything but the runs' rows.
struct Frame {
    threshold: Threshold,
    half_level: f64,
    judge: Option<GroupJudge>,
    /// Local row of the judge; 0 for none.
    judge_row: i64,
    others: Vec<String>,
    items: Vec<GroupItem>,
    clusters: usize,
    people: People,
}

fn frame(db: &Db, found: &Found) -> crate::store::Result<Frame> {
    let group = &found.group;
    let tickets = catalog::eval(db, &group.tickets)?;
    let row = tickets.as_ref().map_or(0, |(row, _)| *row);
    let threshold = tickets.and_then(|(_, eval)| eval.policy.pass_threshold);
    let judge = counting(db, group)?;
    let judge_row = judge.as_ref().map_or(0, |judge| judge.row);
    let readers = scores::readers(db, row)?.into_iter();
    let others = readers.filter(|reader| reader.row != judge_row);
    let (items, clusters) = items(db, found)?;
    Ok(Frame {
        threshold: found.rubric.threshold_for(threshold),
        half_level: found.rubric.half_level(),
        judge: judge.map(|judge| group_judge(db, row, judge)).transpose()?,
        judge_row,
        others: others.map(|reader| reader.version.name).collect(),
        items,
        clusters,
        // What people said of logged outputs before there was a group counts as long as they answered the same questions.
        people: if found.eval.rubric == group.rubric {
            scores::human(db, found.eval_row)?
        } else {
            People::new()
        },
    })
}

impl Frame {
    /// The whole, with the runs in the order of [`of_candidates`].
    fn with(self, found: &Found, runs: Vec<(RunScores, Models)>) -> GroupScores {
        let group = &found.group;
        let mut runs = runs.into_iter();
        let candidates: Vec<CandidateScores> = by_candidate(&found.runs)
            .into_iter()
            .map(|(candidate, of)| {
                let (runs, models): (Vec<_>, Vec<_>) = runs.by_ref().take(of.len()).unzip();
                CandidateScores {
                    name: candidate.name.clone(),
                    model: model(candidate, models),
                    origin: candidate.origin.clone(),
                    runs,
                }
            })
            .collect();
        GroupScores {
            group: group.name.clone(),
            eval: found.eval.name.clone(),
            tickets_in: group.tickets,
            dataset: group.version,
            rubric: group.rubric,
            rubric_name: found.rubric.id.clone(),
            threshold: self.threshold,
            half_level: self.half_level,
            judge: self.judge,
            other_judges: self.others,
            baseline: candidates
                .iter()
                .position(|one| Some(&one.name) == group.baseline.as_ref()),
            candidates,
            items: self.items,
            clusters: self.clusters,
        }
    }
}

fn group_judge(db: &Db, eval: i64, judge: Reader) -> crate::store::Result<GroupJudge> {
    Ok(GroupJudge {
        id: judge.id,
        badges: scores::badges_in_group(db, eval, judge.row)?,
        imported: judge.version.kind == JudgeKind::Imported,
        model: judge.version.model,
        name: judge.version.name,
    })
}

fn items(db: &Db, found: &Found) -> crate::store::Result<(Vec<GroupItem>, usize)> {
    let single = (found.items.len() == 1).then(|| found.items.rows().next());
    let mut labels = scores::labels(db, found.eval_row, single.flatten())?;
    let mut numbers = HashMap::new();
    let mut items = Vec::with_capacity(found.items.len() as usize);
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

/// The models the outputs of a run name, the first few by name.
type Models = BTreeSet<String>;

/// Models of a run that are named.
const MODELS: usize = 5;

fn run_scores(db: &Db, run: &Run, frame: &Frame) -> crate::store::Result<(RunScores, Models)> {
    let items = &frame.items;
    let mut rows = Vec::with_capacity(items.len());
    let mut models = Models::new();
    let ends = (
        items.first().map_or(0, |item| item.row),
        items.last().map_or(-1, |item| item.row),
    );
    scores::lines(db, &run.id, frame.judge_row, ends, |line, model| {
        // Both are in the order of the items' rows.
        while items
            .get(rows.len())
            .is_some_and(|item| item.row < line.item)
        {
            rows.push(RowScore::missing());
        }
        if items
            .get(rows.len())
            .is_none_or(|item| item.row > line.item)
        {
            return;
        }
        if let Some(model) = model.filter(|model| !models.contains(*model)) {
            models.insert(model.to_owned());
            if models.len() > MODELS {
                models.pop_last();
            }
        }
        rows.push(row_score(line, &frame.people));
    })?;
    rows.resize_with(items.len(), RowScore::missing);
    let scores = RunScores {
        id: run.id,
        number: run.number,
        because: run.because.clone(),
        rows,
    };
    Ok((scores, models))
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
fn model(candidate: &Candidate, of_runs: Vec<Models>) -> Option<String> {
    if let Origin::Model(asked) = &candidate.origin {
        return Some(asked.model.clone());
    }
    let mut names: Vec<String> = Vec::new();
    for name in of_runs.into_iter().flatten() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}
