//! Where rows go: the dataset, and the eval whose questions their labels answer.

use std::sync::atomic::AtomicBool;

use super::super::evals::{NewEval, check_name};
use super::super::library::built_in;
use super::super::{Engine, EngineError, Result};
use super::facts::Aim;
use super::plan::{ImportPlan, NewTarget};
use super::reading::{Stream, Way};
use super::source::{Source, stem};
use crate::domain::eval::{DatasetRole, Eval, eval_id};
use crate::domain::ids::RubricId;
use crate::domain::rubric::Rubric;
use crate::formats::intake::Options;
use crate::store::ingest::Target;
use crate::store::{StoreError, catalog, rubrics};

/// Asked of rows with one output, or several that are not compared.
const ONE: &str = "send-as-is";

/// Asked of rows whose outputs are compared.
const COMPARED: &str = "pairwise-preference";

/// Where rows go.
#[derive(Debug)]
pub(super) struct Destination {
    pub dataset: String,
    pub role: DatasetRole,
    pub eval: Option<NewTarget>,
    pub aim: Option<Aim>,
    pub notes: Vec<String>,
    known: Option<Eval>,
}

impl Destination {
    pub fn find(engine: &Engine, plan: &ImportPlan, label: &str, pairwise: bool) -> Result<Self> {
        let mut notes = Vec::new();
        let eval = match (&plan.eval, &plan.dataset) {
            (Some(eval), _) => Some(eval.clone()),
            (None, Some(_)) => None,
            (None, None) => Some(NewTarget::named(stem(label))),
        };
        if let Some(eval) = &eval {
            check_name("eval", &eval.name)?;
        }
        let known = match &eval {
            Some(eval) => engine
                .store()
                .read(|db| catalog::eval_named(db, &eval.name))?
                .map(|(_, eval)| eval),
            None => None,
        };
        let dataset = match (&known, &plan.dataset, &eval) {
            (Some(known), given, _) => own_dataset(engine, known, given.as_deref())?,
            (None, Some(given), _) => given.clone(),
            (None, None, Some(eval)) => eval.name.clone(),
            (None, None, None) => stem(label),
        };
        check_name("dataset", &dataset)?;
        let role = match engine
            .store()
            .read(|db| catalog::dataset_named(db, &dataset))?
        {
            Some(there) => {
                if there.role != plan.role && plan.role != DatasetRole::default() {
                    notes.push(format!(
                        "the dataset `{dataset}` stays `{}`; `docket dataset role {dataset} {}` changes it",
                        there.role.name(),
                        plan.role.name()
                    ));
                }
                there.role
            }
            None => plan.role,
        };
        let aim = match &eval {
            Some(eval) => Some(aim(
                engine,
                plan,
                eval,
                known.as_ref(),
                pairwise,
                &mut notes,
            )?),
            None => None,
        };
        Ok(Self {
            dataset,
            role,
            eval,
            aim,
            notes,
            known,
        })
    }

    /// The eval's next plan, and whether the eval was made just now; `None` if only a dataset is filled.
    pub fn make_eval(&self, engine: &Engine) -> Result<Option<(bool, Target)>> {
        let (Some(new), Some(aim)) = (&self.eval, &self.aim) else {
            return Ok(None);
        };
        if let Some(known) = &self.known {
            return Ok(Some((false, engine.target(known)?)));
        }
        let eval = engine.make_eval(NewEval {
            name: new.name.clone(),
            purpose: new.purpose.clone(),
            instructions: new.instructions.clone(),
            dataset: self.dataset.clone(),
            role: self.role,
            rubric: aim.rubric.clone(),
            policy: new.policy.clone(),
            seed: new.seed,
        })?;
        Ok(Some((true, engine.target(&eval)?)))
    }

    /// A way through the rows that go here.
    pub fn way<'a>(
        &'a self,
        plan: &'a ImportPlan,
        options: &'a Options,
        sources: &'a [Source],
        streams: &'a [Stream],
        cancel: &'a AtomicBool,
        counting: bool,
    ) -> Way<'a> {
        Way {
            plan,
            options,
            sources,
            streams,
            dataset: &self.dataset,
            role: self.role.name(),
            cancel,
            counting,
            hashing: false,
        }
    }
}

/// The dataset of an eval that is there. Another one cannot be filled for it.
fn own_dataset(engine: &Engine, eval: &Eval, given: Option<&str>) -> Result<String> {
    let own = engine
        .store()
        .read(|db| catalog::dataset(db, &eval.dataset))?;
    let own = own.ok_or_else(|| {
        StoreError::Damaged(format!("eval `{}`: its dataset is missing", eval.name))
    })?;
    match given {
        Some(given) if given != own.name => Err(EngineError::refused(
            format!(
                "the eval `{}` reviews the dataset `{}`, not `{given}`",
                eval.name, own.name
            ),
            format!("leave `--dataset` out, or name a new eval for `{given}`"),
        )),
        _ => Ok(own.name),
    }
}

fn aim(
    engine: &Engine,
    plan: &ImportPlan,
    new: &NewTarget,
    known: Option<&Eval>,
    pairwise: bool,
    notes: &mut Vec<String>,
) -> Result<Aim> {
    if let Some(known) = known {
        let rubric = engine.store().read(|db| rubrics::get(db, &known.rubric))?;
        if new.rubric.as_ref().is_some_and(|given| *given != rubric) {
            notes.push(format!(
                "the eval `{}` keeps its rubric `{}`",
                known.name, rubric.id
            ));
        }
        return Ok(Aim {
            eval: known.id,
            rubric_id: known.rubric,
            rubric,
        });
    }
    let rubric = match (
        &new.rubric,
        plan.profile
            .as_ref()
            .and_then(|profile| profile.rubric.as_deref()),
    ) {
        (Some(given), _) => given.clone(),
        (None, Some(id)) => rubric_of_profile(engine, id)?,
        (None, None) => by_default(pairwise)?,
    };
    Ok(Aim {
        eval: eval_id(&engine.identity().id, &new.name),
        rubric_id: RubricId(
            rubric
                .content_hash()
                .map_err(|error| EngineError::Store(StoreError::Refused(error.to_string())))?
                .0,
        ),
        rubric,
    })
}

fn rubric_of_profile(engine: &Engine, id: &str) -> Result<Rubric> {
    if let Some(rubric) = built_in(id) {
        return Ok(rubric);
    }
    let kept = engine.store().read(|db| rubrics::named(db, id))?;
    kept.map(|(_, rubric)| rubric).ok_or_else(|| {
        EngineError::refused(
            format!("the profile asks for the rubric `{id}`, which is not known here"),
            "name its file: `--rubric FILE`",
        )
    })
}

fn by_default(pairwise: bool) -> Result<Rubric> {
    let id = if pairwise { COMPARED } else { ONE };
    built_in(id).ok_or_else(|| {
        EngineError::refused(
            format!("the rubric `{id}` is missing"),
            "name one: `--rubric FILE`",
        )
    })
}
