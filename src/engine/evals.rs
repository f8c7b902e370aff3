//! Evals: making, changing, listing.

use super::datasets::name_dataset;
use super::{Engine, EngineError, Pen, Result};
use crate::domain::count::either;
use crate::domain::eval::{DatasetRole, Eval, Policy, dataset_id, eval_id};
use crate::domain::event::{Body, PolicySet, RubricMoved};
use crate::domain::ids::RubricId;
use crate::domain::plan::plan_seed;
use crate::domain::route::Routes;
use crate::domain::rubric::Rubric;
use crate::store::datasets::Ranges;
use crate::store::project::Refolder;
use crate::store::{Db, catalog, rubrics, tickets};

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

    pub(super) fn unknown(
        &self,
        what: &'static str,
        name: &str,
        known: impl Iterator<Item = String>,
    ) -> EngineError {
        let known: Vec<String> = known.collect();
        let hint = if known.is_empty() {
            format!("this workspace has no {what} yet; `docket import FILE --eval NAME` makes one")
        } else {
            format!(
                "there {}: {}",
                either(known.len(), "is", "are"),
                known.join(", ")
            )
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
        check_routes(&new.policy)?;
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
                opened: std::collections::BTreeMap::new(),
                promoted: std::collections::BTreeSet::new(),
                unlearned: std::collections::BTreeSet::new(),
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
        check_routes(&policy)?;
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

    /// All rubric versions of the workspace, oldest first.
    pub fn rubrics(&self) -> Result<Vec<Rubric>> {
        Ok(self.store.read(|db| {
            let all = rubrics::all(db)?;
            all.iter()
                .map(|(id, _, _)| rubrics::get(db, id))
                .collect::<crate::store::Result<Vec<_>>>()
        })?)
    }

    /// The rubric version an eval asks now.
    pub fn rubric_of(&self, eval: &Eval) -> Result<Rubric> {
        Ok(self.store.read(|db| rubrics::get(db, &eval.rubric))?)
    }

    /// Sets how an eval is reviewed; the rest of its policy stays.
    pub fn set_mode(
        &self,
        eval: crate::domain::ids::EvalId,
        mode: crate::domain::eval::Mode,
    ) -> Result<()> {
        let found = self.store.read(|db| catalog::eval(db, &eval))?;
        let Some((_, eval)) = found else {
            return Ok(());
        };
        self.set_policy(
            &eval.name,
            Policy {
                mode,
                ..eval.policy
            },
            None,
            None,
        )
    }

    /// Moves an eval to another rubric version. Reviews stay as they were given.
    pub fn move_rubric(&self, name: &str, rubric: &Rubric) -> Result<(RubricId, RubricId)> {
        let eval = self.eval_named(name)?;
        self.rubric_may_move(&eval)?;
        let (engine, rubric) = (self.clone(), rubric.clone());
        Ok(self.store.write(move |db| {
            let to = rubrics::put(db, &rubric)?;
            move_to(db, &engine, &eval, to)?;
            Ok((eval.rubric, to))
        })?)
    }
}

/// Lets an eval ask a version that is kept; nothing where it asks it already.
pub(super) fn move_to(
    db: &Db,
    engine: &Engine,
    eval: &Eval,
    to: RubricId,
) -> crate::store::Result<()> {
    if to == eval.rubric {
        return Ok(());
    }
    let body = RubricMoved {
        eval: eval.id,
        from: eval.rubric,
        to,
    };
    Pen::new(engine).write(db, None, None, Body::RubricMoved(body))?;
    catalog::refold(db)?;
    refold_eval(db, eval.id)
}

/// Folds every touched ticket of an eval anew: its threshold, overlap or questions changed, or which
/// judge counts.
pub(super) fn refold_eval(db: &Db, eval: crate::domain::ids::EvalId) -> crate::store::Result<()> {
    let Some((row, _)) = catalog::eval(db, &eval)? else {
        return Ok(());
    };
    let mut refolder = Refolder::default();
    for id in tickets::touched(db, row)? {
        refolder.ticket(db, &id)?;
    }
    refolder.finish(db)
}

/// Routing rules can be read, and may stand in an eval reviewed so.
fn check_routes(policy: &Policy) -> Result<()> {
    let routes =
        Routes::of(policy).map_err(|error| EngineError::refused(error.to_string(), &error.hint))?;
    match routes.refusal(policy) {
        Some((why, hint)) => Err(EngineError::refused(why, hint)),
        None => Ok(()),
    }
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
