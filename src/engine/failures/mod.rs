//! From failures to training: low-scoring rows, items like them, tickets, corrections, what was exported.
//!
//! What failed and may be trained on, with items like it, becomes an eval of its own in which outputs are corrected and
//! from which they are exported. What is held out never enters it: for those failures the items like them stand in, so
//! that the next model is trained on the weakness and measured on what it has not seen.

mod similar;
mod take;

use std::collections::{BTreeMap, HashSet};

use super::{Engine, EngineError, Result};
use crate::domain::eval::Eval;
use crate::domain::event::Body;
use crate::domain::ids::{ClusterId, EvalId};
use crate::domain::placeholder::with_command;
use crate::domain::rubric::Kind;
use crate::domain::view::compare::WeakTag;
use crate::domain::view::failures::{FailurePath, Fixes, Left};
use crate::store::datasets::{self, Ranges};
use crate::store::failures::{self, Scored};
use crate::store::{Db, catalog, ledger, pick, rubrics, tally};

pub use take::Taken;

/// Room for the rounding of scores.
const EPSILON: f64 = 1e-9;
/// Tags named.
const TAGS: usize = 5;
/// Failing items that similar ones are looked for.
const SEARCHED: usize = 200;

/// Which failures, and how far to go for items like them.
#[derive(Debug, Clone, PartialEq)]
pub struct FailureOrder {
    /// An eval or a run group.
    pub of: String,
    /// Only rows of this candidate.
    pub candidate: Option<String>,
    /// Rows below this score, 0 to 1; what does not pass if absent.
    pub below: Option<f64>,
    /// Items like each failing one, at most.
    pub similar: usize,
    /// The eval in which they are corrected; the one that was made for them, else `OF-fixes`.
    pub to: Option<String>,
}

/// What the path rests on.
struct Ground {
    eval: Eval,
    below: f64,
    /// Rows that fail.
    failed: Vec<Scored>,
    scored: u64,
    tags: Vec<WeakTag>,
    /// Failing items.
    items: Ranges,
    /// Clusters that are held out, and that have left.
    held: HashSet<ClusterId>,
    left: HashSet<ClusterId>,
    /// Failing items in them.
    held_out: u64,
    trained: u64,
    /// Failing items that may be trained on and wait for a ticket.
    own: Vec<i64>,
    /// Items like the failing ones that wait for a ticket.
    similar: Vec<i64>,
    not_searched: u64,
    /// Name of the eval the failures go to, and whether it is there.
    to: String,
    made: Option<(i64, Eval)>,
}

impl Engine {
    /// The path of an eval's or a group's failures, with what stands at each step.
    pub fn failures(&self, order: &FailureOrder) -> Result<FailurePath> {
        let ground = self.ground(order)?;
        self.failure_path(order, &ground)
    }

    fn ground(&self, order: &FailureOrder) -> Result<Ground> {
        let eval = self.eval_named(&order.of)?;
        let rubric = self.rubric_of(&eval)?;
        if rubric.kind == Kind::Pairwise {
            return Err(EngineError::refused(
                format!("`{}` compares outputs, so none of them fails", eval.name),
                "name an eval or run group whose outputs are scored",
            ));
        }
        if order
            .below
            .is_some_and(|below| !(0.0..=1.0).contains(&below))
        {
            return Err(EngineError::refused(
                "scores are from 0 to 1",
                "such as `--below 0.5`",
            ));
        }
        self.knows_candidate(order)?;
        self.settle_clusters()?;
        let to = self.destination(order)?;
        let threshold = rubric.threshold_for(eval.policy.pass_threshold).value;
        let below = order.below.unwrap_or(threshold);
        let mut ground = self.store.read(|db| {
            let row = catalog::eval(db, &eval.id)?.map_or(0, |(row, _)| row);
            let scored = failures::scored(db, row, order.candidate.as_deref())?;
            let fails = |one: &&Scored| {
                one.score < below - EPSILON || (order.below.is_none() && one.pass == Some(false))
            };
            let failed: Vec<Scored> = scored.iter().filter(fails).cloned().collect();
            let items = Ranges::of_rows(failed.iter().map(|one| one.item));
            Ok(Ground {
                tags: weak_tags(&failures::tags(db, row)?, &scored, &failed),
                held: datasets::clusters(db, &failures::of_role(db, "heldout")?)?,
                left: datasets::clusters(db, &pick::trained(db)?)?,
                made: catalog::eval_named(db, &to)?,
                scored: scored.len() as u64,
                eval,
                below,
                failed,
                items,
                held_out: 0,
                trained: 0,
                own: Vec::new(),
                similar: Vec::new(),
                not_searched: 0,
                to,
            })
        })?;
        self.trainable(&mut ground)?;
        self.look_for_similar(&mut ground, order.similar)?;
        Ok(ground)
    }

    /// Divides the failing items into those held out, those that have left, and those to correct.
    fn trainable(&self, ground: &mut Ground) -> Result<()> {
        let (all, there) = self.store.read(|db| {
            let there = match &ground.made {
                Some((row, _)) => Ranges::of_rows(crate::store::tickets::items(db, *row)?),
                None => Ranges::default(),
            };
            Ok((pick::identities(db, &ground.items)?, there))
        })?;
        for (row, _, cluster) in all {
            if ground.held.contains(&cluster) {
                ground.held_out += 1;
            } else if there.contains(row) {
                // On its way, or exported from there: the steps below count it.
            } else if ground.left.contains(&cluster) {
                ground.trained += 1;
            } else {
                ground.own.push(row);
            }
        }
        Ok(())
    }

    fn knows_candidate(&self, order: &FailureOrder) -> Result<()> {
        let Some(name) = &order.candidate else {
            return Ok(());
        };
        let found = self.group_found(&order.of)?;
        if found.candidate(name).is_some() {
            return Ok(());
        }
        let runs = found.runs.iter().map(|run| run.candidate.name.clone());
        let mut names: Vec<String> = runs.collect();
        names.dedup();
        Err(EngineError::refused(
            format!("the group `{}` has no candidate `{name}`", order.of),
            format!("there are: {}", names.join(", ")),
        ))
    }

    /// The eval the failures go to: the one asked for, the one they went to before, else one named after them.
    fn destination(&self, order: &FailureOrder) -> Result<String> {
        if let Some(to) = &order.to {
            return Ok(to.clone());
        }
        for set in self.datasets()? {
            let recipe = self.last_recipe(&set.id)?;
            if recipe.is_some_and(|recipe| recipe.failures_of.as_deref() == Some(&order.of)) {
                return Ok(set.name);
            }
        }
        Ok(format!("{}-fixes", order.of))
    }

    fn failure_path(&self, order: &FailureOrder, ground: &Ground) -> Result<FailurePath> {
        let (fixes, training) = self.store.read(|db| match &ground.made {
            Some((row, eval)) => Ok((Some(fixes(db, (*row, eval), ground)?), left(db, &eval.id)?)),
            None => Ok((None, None)),
        })?;
        let mut path = FailurePath {
            of: order.of.clone(),
            candidate: order.candidate.clone(),
            below: ground.below,
            scored: ground.scored,
            failed: ground.failed.len() as u64,
            tags: ground.tags.clone(),
            items: ground.items.len(),
            held_out: ground.held_out,
            trained: ground.trained,
            own: ground.own.len() as u64,
            similar: ground.similar.len() as u64,
            not_searched: ground.not_searched,
            fixes,
            training,
            next: String::new(),
        };
        path.next = next(&path, &ground.eval);
        Ok(path)
    }
}

/// What to do next, with the command.
fn next(path: &FailurePath, eval: &Eval) -> String {
    let of = &path.of;
    if path.scored == 0 {
        return with_command(
            "nothing has a score yet: review, or let a judge read",
            &format!("docket judge {of} --judge <JUDGE>"),
        );
    }
    let waiting = path.own + path.similar;
    let Some(fixes) = &path.fixes else {
        return match (path.failed, waiting) {
            (0, _) => "nothing fails".to_owned(),
            (_, 0) => with_command(
                "nothing may be trained on that is like them: import more",
                &format!("docket import <FILE> --dataset {}-more", eval.name),
            ),
            _ => format!("make tickets of them: `docket failures {of} --take`"),
        };
    };
    if fixes.corrected == 0 && fixes.open > 0 {
        return format!("correct them: `docket review {}`", fixes.eval);
    }
    if fixes.to_export > 0 {
        return format!(
            "export the corrections: `docket export {} --format trl-sft --rows corrected --out {}`",
            fixes.eval, fixes.eval
        );
    }
    if fixes.open > 0 {
        return format!("go on correcting: `docket review {}`", fixes.eval);
    }
    if waiting > 0 {
        return format!("make tickets of what is new: `docket failures {of} --take`");
    }
    with_command(
        "train on it, then compare",
        &format!(
            "docket run {} --model <MODEL> --group {}-trained",
            eval.name, eval.name
        ),
    )
}

/// Where failures are: tags of failing rows with how many rows of that tag have a score.
fn weak_tags(
    tags: &BTreeMap<i64, Vec<String>>,
    scored: &[Scored],
    failed: &[Scored],
) -> Vec<WeakTag> {
    let count = |rows: &[Scored]| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for tag in rows
            .iter()
            .filter_map(|row| tags.get(&row.ticket))
            .flatten()
        {
            *counts.entry(tag.clone()).or_default() += 1;
        }
        counts
    };
    let all = count(scored);
    let mut weak: Vec<WeakTag> = count(failed)
        .into_iter()
        .map(|(tag, failed)| WeakTag {
            of: all.get(&tag).copied().unwrap_or(failed),
            failed,
            split: 0,
            tag,
        })
        .collect();
    weak.sort_by(|a, b| b.failed.cmp(&a.failed).then_with(|| a.tag.cmp(&b.tag)));
    weak.truncate(TAGS);
    weak
}

fn fixes(db: &Db, (row, eval): (i64, &Eval), ground: &Ground) -> crate::store::Result<Fixes> {
    let corrected = failures::corrected(db, row)?;
    let clusters = pick::identities(db, &Ranges::of_rows(corrected.iter().copied()))?;
    // An export takes one row of a request, or all of them: what is in no training dataset is what it has not taken.
    let waits: HashSet<i64> = clusters
        .into_iter()
        .filter(|(.., cluster)| !ground.left.contains(cluster) && !ground.held.contains(cluster))
        .map(|(row, ..)| row)
        .collect();
    Ok(Fixes {
        to_export: corrected.iter().filter(|item| waits.contains(item)).count() as u64,
        eval: eval.name.clone(),
        tickets: crate::store::tickets::count(db, row)?,
        open: tally::of(db, row, "state", "open")? + tally::of(db, row, "state", "partial")?,
        corrected: tally::of(db, row, "corrected", "yes")?,
    })
}

/// What was exported from an eval.
fn left(db: &Db, eval: &EvalId) -> crate::store::Result<Option<Left>> {
    let mut exports = 0;
    let mut last = None;
    for event in ledger::global(db)? {
        if let Body::ExportMade(made) = event.body
            && made.eval == *eval
        {
            exports += 1;
            last = Some(made);
        }
    }
    let Some(made) = last else {
        return Ok(None);
    };
    let dataset = catalog::dataset(db, &made.dataset)?;
    let (name, items) = dataset.map_or_else(Default::default, |set| (set.name, set.items));
    Ok(Some(Left {
        dataset: name,
        items,
        exports,
        rows: made.rows,
        folder: made.folder,
    }))
}

/// The questions of an eval; shared with what takes its failures.
fn rubric(db: &Db, eval: &Eval) -> crate::store::Result<crate::domain::rubric::Rubric> {
    rubrics::get(db, &eval.rubric)
}
