//! Everything a gate rests on, read in one state of the workspace.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::super::agree::labels::{PlanLabel, plan_labels};
use super::super::runs::group::Found;
use super::super::runs::prefer::opinions_in;
use super::super::runs::scores;
use super::redefined::Definition;
use crate::domain::eval::{DatasetRole, Eval, Mode};
use crate::domain::event::Event;
use crate::domain::gate::{FloorOf, GateRule};
use crate::domain::group_scores::GroupScores;
use crate::domain::ids::{ClusterId, Hlc, OutputId, RunId};
use crate::domain::plan::plan_number;
use crate::domain::preference::Opinion;
use crate::domain::rubric::{Answers, Rubric};
use crate::domain::run::{Run, RunGroup, by_candidate};
use crate::store::{Db, StoreError, catalog, gates, runs, verdicts};

/// Room for the rounding of levels.
const EPSILON: f64 = 1e-9;

/// What people say of one ticket.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    /// Score, and whether it passes: 1 if for most people, 0 if not, a half where they are split evenly.
    pub score: Option<(f64, f64)>,
    /// By criterion, whether it holds, in the same way.
    pub criteria: BTreeMap<String, f64>,
    /// The chance the ticket had of being in the sample of each run it counts in, above 0 up to 1.
    pub runs: BTreeMap<RunId, f64>,
}

/// Output by item row.
type Outputs = Vec<(i64, Option<OutputId>)>;

/// A candidate of a later group.
#[derive(Debug, Clone)]
pub(super) struct Later {
    /// Name of the group.
    pub group: String,
    /// Name of the candidate.
    pub candidate: String,
    /// What it stands for there.
    pub definition: Definition,
}

/// Everything a gate rests on.
#[derive(Debug, Clone)]
pub(super) struct Material {
    pub group: RunGroup,
    pub rubric: Rubric,
    pub scores: GroupScores,
    /// Whether prompts of the judge may hold what people said of the group's items.
    pub learned: bool,
    /// What people say of tickets in the plans' prefixes, by ticket row.
    pub labels: HashMap<i64, Label>,
    /// The number of the plan of each ticket.
    pub plans: HashMap<i64, u32>,
    /// Reviews behind the first open ticket of a plan.
    pub waiting: u64,
    /// What the judge says by ticket row and criterion, as far as a floor asks for it.
    pub criteria: HashMap<i64, BTreeMap<String, bool>>,
    /// Clusters of the group that left as training data.
    pub exported: Vec<ClusterId>,
    /// In which datasets.
    pub exported_in: Vec<String>,
    /// The name of the group's dataset.
    pub dataset: String,
    /// The same where it is held out: nothing of it should have left.
    pub heldout: Option<String>,
    /// Every output by run and item row.
    pub outputs: Vec<(RunId, Outputs)>,
    /// What imported candidates were asked with, as their rows say: hashes of standing instructions, by name.
    pub prompts: BTreeMap<String, BTreeSet<String>>,
    /// Candidates of later groups over the same eval.
    pub later: Vec<Later>,
    /// Decisions about the group.
    pub events: Vec<Event>,
    /// When the numbers of all candidates were opened first side by side, by anybody.
    pub opened: Option<Hlc>,
    /// What people prefer, side by side; in no number.
    pub opinions: Vec<Opinion>,
}

/// Reads it. `rule` tells which criteria are asked for.
pub(super) fn read(db: &Db, found: &Found, rule: &GateRule) -> crate::store::Result<Material> {
    let group = found.group.clone();
    let scores = scores::read(db, found)?;
    let (row, tickets) = catalog::eval(db, &group.tickets)?
        .ok_or_else(|| StoreError::Damaged(format!("run group `{}`", group.name)))?;
    let threshold = scores.threshold.value;
    let (labels, waiting) = plan_labels(db, row, &tickets, &found.rubric)?;
    let labels = labels
        .into_iter()
        .map(|label| (label.ticket, said(&found.rubric, threshold, &label)))
        .collect();
    let mut floors = rule.floors.iter();
    let by_criterion = floors.any(|floor| matches!(floor.of, FloorOf::Criterion(_)));
    let criteria = if by_criterion {
        judged(db, &scores, &found.rubric, &tickets)?
    } else {
        HashMap::new()
    };
    let clusters: HashSet<ClusterId> = scores.items.iter().map(|item| item.cluster_id).collect();
    let (exported, exported_in) = gates::exported(db, |cluster| clusters.contains(cluster))?;
    let mut outputs = Vec::with_capacity(found.runs.len());
    for run in &found.runs {
        outputs.push((run.id, runs::outputs(db, &run.id)?));
    }
    let dataset = catalog::dataset(db, &group.dataset)?;
    let learned = match &scores.judge {
        Some(judge) => verdicts::judges(db)?
            .into_iter()
            .any(|(_, id, version)| id == judge.id && version.learns()),
        None => false,
    };
    Ok(Material {
        rubric: found.rubric.clone(),
        learned,
        labels,
        waiting,
        plans: gates::plan_keys(db, row)?
            .into_iter()
            .map(|(ticket, key)| (ticket, plan_number(key)))
            .collect(),
        criteria,
        exported,
        exported_in,
        heldout: dataset
            .as_ref()
            .filter(|set| set.role == DatasetRole::Heldout)
            .map(|set| set.name.clone()),
        dataset: dataset.map(|set| set.name).unwrap_or_default(),
        prompts: prompts(&found.runs),
        outputs,
        later: later(db, &group)?,
        events: gates::of_group(db, &group.id)?,
        opened: opened(db, &tickets)?,
        opinions: opinions_in(db, &group.id)?,
        scores,
        group,
    })
}

/// Where nothing is blind nobody says that they opened anything: it was open from the start.
fn opened(db: &Db, tickets: &Eval) -> crate::store::Result<Option<Hlc>> {
    match tickets.policy.mode {
        Mode::Blind => gates::opened(db, &tickets.id),
        Mode::Assist => Ok(Some(Hlc(0))),
    }
}

fn said(rubric: &Rubric, threshold: f64, label: &PlanLabel) -> Label {
    Label {
        score: label.score,
        criteria: label.shares(|answers| holds(rubric, threshold, answers)),
        runs: label.runs.clone(),
    }
}

/// By criterion, whether its level reaches the floor of the rubric, else the pass threshold.
fn holds(rubric: &Rubric, threshold: f64, answers: &Answers) -> BTreeMap<String, bool> {
    let level = |id: &str| answers.get(id)?.level().map(f64::from);
    reached(rubric, threshold, level)
}

fn reached(
    rubric: &Rubric,
    threshold: f64,
    level: impl Fn(&str) -> Option<f64>,
) -> BTreeMap<String, bool> {
    rubric
        .questions()
        .filter_map(|question| {
            let (level, scale) = (level(question.id)?, question.scale()?);
            let span = f64::from(scale.max()) - f64::from(scale.min());
            let holds = match question.must_reach {
                Some(floor) => level >= f64::from(floor) - EPSILON,
                None => (level - f64::from(scale.min())) / span >= threshold - EPSILON,
            };
            Some((question.id.to_owned(), holds))
        })
        .collect()
}

/// What the group's judge says of every ticket, criterion by criterion.
fn judged(
    db: &Db,
    scores: &GroupScores,
    rubric: &Rubric,
    eval: &crate::domain::eval::Eval,
) -> crate::store::Result<HashMap<i64, BTreeMap<String, bool>>> {
    let Some(judge) = &scores.judge else {
        return Ok(HashMap::new());
    };
    let mut all = HashMap::new();
    let tickets = scores
        .candidates
        .iter()
        .flat_map(|candidate| candidate.rows().filter_map(|row| row.ticket));
    for ticket in tickets {
        for one in verdicts::of_ticket(db, ticket)? {
            if one.id == judge.id {
                let standing = one.standing(rubric, eval);
                let level = |id: &str| standing.on(id)?.level;
                all.insert(ticket, reached(rubric, scores.threshold.value, level));
            }
        }
    }
    Ok(all)
}

/// The standing instructions imported candidates were asked with, by name.
fn prompts(runs: &[Run]) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for run in runs {
        let of = all.entry(run.candidate.name.clone()).or_default();
        of.extend(run.prompt.clone());
    }
    all
}

/// Candidates of groups that were made after this one over the same eval: what a name means now.
fn later(db: &Db, group: &RunGroup) -> crate::store::Result<Vec<Later>> {
    let mut found = Vec::new();
    let order = gates::group_order(db)?;
    let place = order.iter().position(|id| *id == group.id);
    for other in runs::groups(db)? {
        let after = order.iter().position(|id| *id == other.id) > place;
        if other.eval != group.eval || other.id == group.id || !after {
            continue;
        }
        let all = runs::runs(db, &other.id)?;
        for (candidate, of) in by_candidate(&all) {
            found.push(Later {
                group: other.name.clone(),
                candidate: candidate.name.clone(),
                definition: Definition::read(db, candidate, &of)?,
            });
        }
    }
    Ok(found)
}
