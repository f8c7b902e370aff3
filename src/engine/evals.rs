//! Evals and datasets: making, changing, listing.

use super::{Engine, EngineError, Pen, Result};
use crate::domain::catalog::Dataset;
use crate::domain::eval::{DatasetRole, Eval, Policy, dataset_id, eval_id};
use crate::domain::event::{
    Body, DatasetNamed, ItemsMoved, PlanDrawn, PolicySet, RoleChanged, RubricMoved,
};
use crate::domain::ids::{ClusterId, RubricId};
use crate::domain::plan::{plan_id, plan_seed};
use crate::domain::rubric::Rubric;
use crate::store::datasets::{self, Ranges};
use crate::store::ingest::Target;
use crate::store::project::Refolder;
use crate::store::{Db, StoreError, catalog, plans, rubrics, tickets};

/// What a new eval is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEval {
    /// Unique name.
    pub name: String,
    /// One sentence.
    pub purpose: String,
    /// What reviewers are told.
    pub instructions: String,
    /// Name of the dataset it reviews; made if it is not there.
    pub dataset: String,
    /// Role of the dataset, if it is made.
    pub role: DatasetRole,
    /// The questions.
    pub rubric: Rubric,
    /// How it is reviewed.
    pub policy: Policy,
    /// Seed of its plans; `None` derives it from the workspace.
    pub seed: Option<u64>,
}

/// What moving clusters did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Whole clusters.
    pub clusters: u64,
    /// Items in them.
    pub items: u64,
    /// Per eval on the source dataset: name, tickets it loses, how many of them were reviewed.
    pub losses: Vec<(String, u64, u64)>,
}

impl Engine {
    /// All evals.
    pub fn evals(&self) -> Result<Vec<Eval>> {
        Ok(self
            .store
            .read(catalog::evals)?
            .into_iter()
            .map(|(_, eval)| eval)
            .collect())
    }

    /// All datasets.
    pub fn datasets(&self) -> Result<Vec<Dataset>> {
        Ok(self.store.read(catalog::datasets)?)
    }

    /// An eval by name.
    pub fn eval_named(&self, name: &str) -> Result<Eval> {
        let found = self.store.read(|db| catalog::eval_named(db, name))?;
        match found {
            Some((_, eval)) => Ok(eval),
            None => Err(self.unknown(
                "eval",
                name,
                self.evals()?.into_iter().map(|eval| eval.name),
            )),
        }
    }

    /// A dataset by name.
    pub fn dataset_named(&self, name: &str) -> Result<Dataset> {
        let found = self.store.read(|db| catalog::dataset_named(db, name))?;
        match found {
            Some(dataset) => Ok(dataset),
            None => Err(self.unknown(
                "dataset",
                name,
                self.datasets()?.into_iter().map(|set| set.name),
            )),
        }
    }

    fn unknown(
        &self,
        what: &'static str,
        name: &str,
        known: impl Iterator<Item = String>,
    ) -> EngineError {
        let known: Vec<String> = known.collect();
        let hint = if known.is_empty() {
            format!("this workspace has no {what} yet; `docket import FILE --eval NAME` makes one")
        } else {
            format!("there is: {}", known.join(", "))
        };
        EngineError::refused(
            format!("no {what} `{name}` in `{}`", self.path().display()),
            hint,
        )
    }

    /// Makes an eval; the one of that name is returned unchanged if there is one.
    pub fn make_eval(&self, new: NewEval) -> Result<Eval> {
        check_name("eval", &new.name)?;
        check_name("dataset", &new.dataset)?;
        let engine = self.clone();
        Ok(self.store.write(move |db| {
            if let Some((_, eval)) = catalog::eval_named(db, &new.name)? {
                return Ok(eval);
            }
            let pen = Pen::new(&engine);
            let dataset = dataset_id(&engine.identity.id, &new.dataset);
            if catalog::dataset(db, &dataset)?.is_none() {
                name_dataset(
                    db,
                    &pen,
                    &new.dataset,
                    dataset,
                    new.role,
                    &Ranges::default(),
                )?;
            }
            let id = eval_id(&engine.identity.id, &new.name);
            let eval = Eval {
                id,
                name: new.name,
                purpose: new.purpose,
                instructions: new.instructions,
                dataset,
                rubric: rubrics::put(db, &new.rubric)?,
                policy: new.policy,
                seed: new
                    .seed
                    .unwrap_or_else(|| plan_seed(engine.identity.seed, u32::from(id.0[0]))),
            };
            pen.write(db, None, None, Body::EvalCreated(eval.clone()))?;
            catalog::refold(db)?;
            Ok(eval)
        })?)
    }

    /// Changes an eval's policy, purpose or instructions.
    pub fn set_policy(
        &self,
        name: &str,
        policy: Policy,
        purpose: Option<String>,
        instructions: Option<String>,
    ) -> Result<()> {
        let eval = self.eval_named(name)?.id;
        let engine = self.clone();
        Ok(self.store.write(move |db| {
            let body = PolicySet {
                eval,
                policy,
                purpose,
                instructions,
            };
            Pen::new(&engine).write(db, None, None, Body::PolicySet(body))?;
            catalog::refold(db)?;
            refold_eval(db, eval)
        })?)
    }

    /// Moves an eval to another rubric version. Reviews stay as they were given.
    pub fn move_rubric(&self, name: &str, rubric: &Rubric) -> Result<(RubricId, RubricId)> {
        let eval = self.eval_named(name)?;
        let (engine, rubric) = (self.clone(), rubric.clone());
        Ok(self.store.write(move |db| {
            let to = rubrics::put(db, &rubric)?;
            if to != eval.rubric {
                let body = RubricMoved {
                    eval: eval.id,
                    from: eval.rubric,
                    to,
                };
                Pen::new(&engine).write(db, None, None, Body::RubricMoved(body))?;
                catalog::refold(db)?;
                refold_eval(db, eval.id)?;
            }
            Ok((eval.rubric, to))
        })?)
    }

    /// Gives a dataset another role.
    pub fn set_role(&self, name: &str, role: DatasetRole, reason: &str) -> Result<()> {
        let dataset = self.dataset_named(name)?;
        let (engine, reason) = (self.clone(), reason.to_owned());
        Ok(self.store.write(move |db| {
            let body = RoleChanged {
                dataset: dataset.id,
                from: dataset.role,
                to: role,
                reason,
            };
            Pen::new(&engine).write(db, None, None, Body::RoleChanged(body))?;
            catalog::refold(db).map(|_| ())
        })?)
    }

    /// Adds item rows to a dataset, making it if needed; one event if anything changed.
    pub(crate) fn add_to_dataset(
        &self,
        name: &str,
        role: DatasetRole,
        rows: Ranges,
    ) -> Result<Dataset> {
        check_name("dataset", name)?;
        let (engine, name) = (self.clone(), name.to_owned());
        Ok(self.store.write(move |db| {
            let id = dataset_id(&engine.identity.id, &name);
            let all = datasets::current(db, &id)?.with(&rows);
            name_dataset(db, &Pen::new(&engine), &name, id, role, &all)?;
            catalog::dataset(db, &id)?.ok_or(StoreError::NotFound {
                what: "dataset",
                name,
            })
        })?)
    }

    /// Moves whole clusters from one dataset to another in one transaction. `clusters` empty moves all.
    /// With `dry` nothing is written.
    pub fn move_items(
        &self,
        from: &str,
        to: &str,
        clusters: Vec<ClusterId>,
        reason: &str,
        dry: bool,
    ) -> Result<Moved> {
        check_name("dataset", to)?;
        let source = self.dataset_named(from)?;
        let (engine, to, reason) = (self.clone(), to.to_owned(), reason.to_owned());
        Ok(self.store.write(move |db| {
            let all = datasets::current(db, &source.id)?;
            let clusters = if clusters.is_empty() {
                datasets::clusters(db, &all)?.into_iter().collect()
            } else {
                clusters
            };
            let mut rows = Ranges::default();
            for cluster in &clusters {
                let inside = datasets::cluster_rows(db, cluster)?;
                rows = rows.with(&inside.without(&inside.without(&all)));
            }
            let moved = Moved {
                clusters: clusters.len() as u64,
                items: rows.len(),
                losses: losses(db, &source, &rows)?,
            };
            if dry || rows.is_empty() {
                return Ok(moved);
            }
            let pen = Pen::new(&engine);
            let target = dataset_id(&engine.identity.id, &to);
            let role = catalog::dataset(db, &target)?.map_or(DatasetRole::Review, |set| set.role);
            let body = ItemsMoved {
                from: source.id,
                to: target,
                clusters,
                items: rows.len(),
                reason,
            };
            pen.write(db, None, None, Body::ItemsMoved(body))?;
            name_dataset(
                db,
                &pen,
                &source.name,
                source.id,
                source.role,
                &all.without(&rows),
            )?;
            let joined = datasets::current(db, &target)?.with(&rows);
            name_dataset(db, &pen, &to, target, role, &joined)?;
            Ok(moved)
        })?)
    }

    /// The plan that new tickets of an eval go to.
    pub(crate) fn target(&self, eval: &Eval) -> Result<Target> {
        let found = self.store.read(|db| {
            let row = catalog::eval(db, &eval.id)?.map(|(row, _)| row);
            let last = plans::last_number(db, &eval.id)?;
            Ok(row.map(|row| (row, last + 1)))
        })?;
        let (row, plan) = found.ok_or(StoreError::NotFound {
            what: "eval",
            name: eval.name.clone(),
        })?;
        Ok(Target {
            id: eval.id,
            row,
            plan,
            seed: plan_seed(eval.seed, plan),
        })
    }

    /// Freezes the plan of the tickets that have none yet. Returns how many that were.
    pub(crate) fn draw_plan(&self, target: Target) -> Result<u64> {
        let engine = self.clone();
        Ok(self.store.write(move |db| {
            let tickets = plans::tickets(db, &target)?;
            let plan = plan_id(&target.id, target.plan, target.seed);
            if tickets == 0 || !plans::put(db, &plan, &target, tickets)? {
                return Ok(0);
            }
            let body = PlanDrawn {
                plan,
                eval: target.id,
                number: target.plan,
                seed: target.seed,
                tickets,
            };
            Pen::new(&engine).write(db, None, None, Body::PlanDrawn(body))?;
            Ok(tickets)
        })?)
    }
}

/// Names the next version of a dataset; writes nothing when it is the same version.
fn name_dataset(
    db: &Db,
    pen: &Pen,
    name: &str,
    id: crate::domain::ids::DatasetId,
    role: DatasetRole,
    rows: &Ranges,
) -> crate::store::Result<()> {
    let known = catalog::dataset(db, &id)?;
    let (version, _) = datasets::set(db, &id, rows)?;
    if known.is_some_and(|known| known.version == version) {
        return Ok(());
    }
    let body = DatasetNamed {
        dataset: id,
        name: name.to_owned(),
        role,
        version,
        items: rows.len(),
    };
    pen.write(db, None, None, Body::DatasetNamed(body))?;
    catalog::refold(db).map(|_| ())
}

/// What the evals on a dataset lose with these rows.
fn losses(
    db: &Db,
    source: &Dataset,
    rows: &Ranges,
) -> crate::store::Result<Vec<(String, u64, u64)>> {
    let mut losses = Vec::new();
    for (row, eval) in catalog::evals(db)?
        .into_iter()
        .filter(|(_, eval)| eval.dataset == source.id)
    {
        let (mut lost, mut reviewed) = (0, 0);
        for (lo, hi) in rows.iter() {
            let (all, scored) = tickets::on_items(db, row, lo, hi)?;
            lost += all;
            reviewed += scored;
        }
        losses.push((eval.name, lost, reviewed));
    }
    Ok(losses)
}

/// Folds every touched ticket of an eval anew: its threshold, overlap or questions changed.
fn refold_eval(db: &Db, eval: crate::domain::ids::EvalId) -> crate::store::Result<()> {
    let Some((row, _)) = catalog::eval(db, &eval)? else {
        return Ok(());
    };
    let mut refolder = Refolder::default();
    for id in tickets::touched(db, row)? {
        refolder.ticket(db, &id)?;
    }
    refolder.finish(db)
}

/// Names are typed in commands and filters: letters, digits, `-`, `_`, `.`; at most 64 characters.
pub fn check_name(what: &str, name: &str) -> Result<()> {
    let fits = name
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !name.is_empty() && name.chars().count() <= 64 && fits && !name.starts_with('-') {
        return Ok(());
    }
    let shown: String = name.chars().take(64).collect();
    Err(EngineError::refused(
        format!(
            "`{}` cannot be the name of a {what}",
            crate::text::sanitise::line(&shown)
        ),
        "use letters, digits, `-`, `_` and `.`, at most 64 of them, not starting with `-`",
    ))
}
