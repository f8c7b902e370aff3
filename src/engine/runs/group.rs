//! The group an order means: found, or drawn up and made.

use super::super::evals::check_name;
use super::super::{Engine, EngineError, Pen, Result};
use super::order::RunOrder;
use crate::domain::eval::{Eval, Mode, Policy, eval_id};
use crate::domain::event::Body;
use crate::domain::plan::plan_seed;
use crate::domain::rubric::{Kind, Rubric};
use crate::domain::run::{
    Candidate, FixedJudge, GroupJudged, LOGGED, Origin, Run, RunGroup, group_id, run_id,
};
use crate::store::datasets::Ranges;
use crate::store::{StoreError, catalog, rubrics, runs};

/// A group, there or drawn up, with what it rests on.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Found {
    /// Local row of the eval whose items are asked.
    pub eval_row: i64,
    pub eval: Eval,
    /// The group's rubric version.
    pub rubric: Rubric,
    pub group: RunGroup,
    /// Runs it has.
    pub runs: Vec<Run>,
    /// Whether it is there.
    pub made: bool,
    /// The items of its dataset version.
    pub items: Ranges,
}

impl Engine {
    /// The group of this name.
    pub fn group_named(&self, name: &str) -> Result<RunGroup> {
        match self.store().read(|db| runs::group_named(db, name))? {
            Some(group) => Ok(group),
            None => Err(self.unknown_group(name)),
        }
    }

    fn unknown_group(&self, name: &str) -> EngineError {
        let groups = self.store().read(runs::groups).unwrap_or_default();
        let names: Vec<String> = groups.into_iter().map(|group| group.name).collect();
        let name = crate::domain::shell::word(name);
        let makes = format!(
            "`docket run <EVAL> --group {name} --model <MODEL>` makes one (<EVAL> is the eval with the items), and without \
             `--model` one that takes outputs made elsewhere: `docket import <OUTPUTS> --run {name} --candidate <NAME>` \
             (<OUTPUTS> is their file, <NAME> what the candidate is to be called)"
        );
        let hint = if names.is_empty() {
            makes
        } else {
            format!("`docket runs` lists them: {}; {makes}", names.join(", "))
        };
        EngineError::refused(
            format!("no run group `{name}` in `{}`", self.path().display()),
            hint,
        )
    }

    /// The group an order means.
    pub(super) fn find_group(&self, order: &RunOrder) -> Result<Found> {
        let named = self.store().read(|db| runs::group_named(db, &order.of))?;
        if let Some(group) = named {
            if order
                .group
                .as_ref()
                .is_some_and(|other| *other != group.name)
            {
                return Err(EngineError::refused(
                    format!("`{}` is a run group itself", group.name),
                    "leave `--group` out, or name the eval it was made from",
                ));
            }
            return self.found(group, true);
        }
        let eval = self.eval_named(&order.of)?;
        let name = order
            .group
            .clone()
            .unwrap_or_else(|| format!("{}-runs", eval.name));
        // One look: whoever makes the group at this moment makes its eval with it.
        let (known, taken) = self.store().read(|db| {
            Ok((
                runs::group_named(db, &name)?,
                catalog::eval_named(db, &name)?.is_some(),
            ))
        })?;
        if let Some(group) = known {
            self.still_the_same(&group, &eval)?;
            return self.found(group, true);
        }
        if taken {
            return Err(EngineError::refused(
                format!(
                    "there is an eval named `{name}`, and a group's tickets need an eval of its own name"
                ),
                "name the group: `--group NAME`",
            ));
        }
        let draft = self.draft(order, &eval, name)?;
        self.found(draft, false)
    }

    /// A group that is there, by name.
    pub(in crate::engine) fn group_found(&self, name: &str) -> Result<Found> {
        self.found(self.group_named(name)?, true)
    }

    fn found(&self, group: RunGroup, made: bool) -> Result<Found> {
        let found = self.store().read(|db| {
            let eval = catalog::eval(db, &group.eval)?;
            let rubric = rubrics::get(db, &group.rubric)?;
            let runs = runs::runs(db, &group.id)?;
            let items = runs::version_rows(db, &group.dataset, group.number)?;
            Ok((eval, rubric, runs, items))
        })?;
        let (eval, rubric, runs, items) = found;
        let (eval_row, eval) = eval.ok_or_else(|| {
            StoreError::Damaged(format!("run group `{}`: its eval is missing", group.name))
        })?;
        Ok(Found {
            eval_row,
            eval,
            rubric,
            group,
            runs,
            made,
            items,
        })
    }

    /// A group keeps what it was made over. Runs under another rubric version or over other items could not be
    /// compared with those it has.
    fn still_the_same(&self, group: &RunGroup, eval: &Eval) -> Result<()> {
        let other = format!(
            "start another group: `--group NAME`; `docket run {}` goes on with this one as it is",
            group.name
        );
        if group.eval != eval.id {
            let own = self.store().read(|db| catalog::eval(db, &group.eval))?;
            let own = own.map(|(_, eval)| eval.name).unwrap_or_default();
            return Err(EngineError::refused(
                format!(
                    "the group `{}` holds runs over `{own}`, not over `{}`",
                    group.name, eval.name
                ),
                "name another group: `--group NAME`",
            ));
        }
        if group.rubric != eval.rubric {
            return Err(EngineError::refused(
                format!(
                    "the group `{}` was made under rubric version {}, and `{}` asks version {} now: one group cannot mix them",
                    group.name,
                    group.rubric.short(),
                    eval.name,
                    eval.rubric.short()
                ),
                other,
            ));
        }
        let dataset = self
            .store()
            .read(|db| catalog::dataset(db, &eval.dataset))?;
        match dataset {
            Some(dataset) if dataset.version != group.version => Err(EngineError::refused(
                format!(
                    "the group `{}` is over version {} of `{}` with {} items, which has {} items now",
                    group.name, group.number, dataset.name, group.items, dataset.items
                ),
                other,
            )),
            _ => Ok(()),
        }
    }

    fn draft(&self, order: &RunOrder, eval: &Eval, name: String) -> Result<RunGroup> {
        check_name("run group", &name)?;
        let read = self.store().read(|db| {
            let within = runs::group_of(db, &eval.id)?;
            let rubric = rubrics::get(db, &eval.rubric)?;
            let dataset = catalog::dataset(db, &eval.dataset)?;
            Ok((
                within,
                rubric,
                dataset,
                runs::version_number(db, &eval.dataset)?,
            ))
        })?;
        let (within, rubric, dataset, number) = read;
        can_be_run(eval, within.as_ref(), &rubric)?;
        let Some(dataset) = dataset.filter(|dataset| dataset.items > 0) else {
            return Err(EngineError::refused(
                format!("the eval `{}` has no items yet", eval.name),
                format!("import some: `docket import FILE --eval {}`", eval.name),
            ));
        };
        let anything = self.store().read(|db| runs::has_logged(db, &eval.id))?;
        let baseline = match order.baseline.as_deref() {
            Some("none") => None,
            None => anything.then(|| LOGGED.to_owned()),
            Some(LOGGED) if !anything => {
                return Err(EngineError::refused(
                    format!("nothing was logged for the items of `{}`", eval.name),
                    "leave `--baseline` out, or name the candidate the others are compared with",
                ));
            }
            Some(name) => Some(name.to_owned()),
        };
        Ok(RunGroup {
            id: group_id(&self.identity().id, &name),
            eval: eval.id,
            tickets: eval_id(&self.identity().id, &name),
            name,
            dataset: dataset.id,
            version: dataset.version,
            number,
            items: dataset.items,
            rubric: eval.rubric,
            baseline,
            judge: None,
        })
    }

    /// Makes what is drawn up: the group, the eval that holds its tickets, its runs. What is there stays.
    pub(in crate::engine) fn make_group(&self, found: &Found, new: Vec<Run>) -> Result<()> {
        if found.made && new.is_empty() {
            return Ok(());
        }
        let (engine, found) = (self.clone(), found.clone());
        Ok(self.store().write(move |db| {
            let pen = Pen::new(&engine);
            if runs::group_named(db, &found.group.name)?.is_none() {
                pen.write(db, None, None, Body::EvalCreated(tickets_eval(&found)))?;
                pen.write(
                    db,
                    None,
                    None,
                    Body::GroupCreated(Box::new(found.group.clone())),
                )?;
            }
            let known = runs::runs(db, &found.group.id)?;
            for run in new
                .into_iter()
                .filter(|run| known.iter().all(|old| old.id != run.id))
            {
                pen.write(db, None, None, Body::RunCreated(Box::new(run)))?;
            }
            catalog::refold(db).map(|_| ())
        })?)
    }

    /// Lets a judge's scores count in a group from now on.
    pub(in crate::engine) fn fix_judge(&self, group: &RunGroup, judge: FixedJudge) -> Result<()> {
        if group.judge.as_ref() == Some(&judge) {
            return Ok(());
        }
        let (engine, group) = (self.clone(), group.id);
        Ok(self.store().write(move |db| {
            let body = Body::GroupJudged(GroupJudged { group, judge });
            Pen::new(&engine).write(db, None, None, body)?;
            catalog::refold(db).map(|_| ())
        })?)
    }

    /// Refuses for an eval that holds the tickets of a group, whose rubric stays.
    pub(in crate::engine) fn rubric_may_move(&self, eval: &Eval) -> Result<()> {
        match self.store().read(|db| runs::group_of(db, &eval.id))? {
            None => Ok(()),
            Some(group) => Err(EngineError::refused(
                format!(
                    "the group `{}` compares its runs under one rubric version, which stays",
                    group.name
                ),
                "move the eval it was made from, and start another group: `docket run EVAL --group NAME`",
            )),
        }
    }
}

/// Refuses for an eval whose outputs cannot be scored one by one, or that holds a group's outputs itself.
fn can_be_run(eval: &Eval, within: Option<&RunGroup>, rubric: &Rubric) -> Result<()> {
    if let Some(within) = within {
        return Err(EngineError::refused(
            format!("`{}` holds the tickets of a run group", within.name),
            "name the eval the group was made from",
        ));
    }
    if rubric.kind == Kind::Pairwise {
        return Err(EngineError::refused(
            format!(
                "the rubric `{}` of `{}` compares outputs, and a run group scores each alone",
                rubric.id, eval.name
            ),
            "make an eval with a rubric that scores: `docket eval new NAME --dataset DATASET --rubric FILE`",
        ));
    }
    Ok(())
}

/// The eval that holds the group's outputs: reviewed blind, with a plan of its own, so that reviews of the eval the
/// items come from stay the sample they are.
fn tickets_eval(found: &Found) -> Eval {
    let (group, eval) = (&found.group, &found.eval);
    Eval {
        id: group.tickets,
        name: group.name.clone(),
        purpose: format!("Compare candidates on {}", eval.name),
        instructions: eval.instructions.clone(),
        dataset: group.dataset,
        rubric: group.rubric,
        policy: Policy {
            mode: Mode::Blind,
            overlap: eval.policy.overlap,
            after_commit: eval.policy.after_commit,
            send: eval.policy.send,
            pass_threshold: eval.policy.pass_threshold,
            ..Policy::default()
        },
        seed: plan_seed(
            eval.seed,
            u32::from_le_bytes([group.id.0[0], group.id.0[1], group.id.0[2], 0]),
        ),
        opened: std::collections::BTreeMap::new(),
        promoted: std::collections::BTreeSet::new(),
        unlearned: std::collections::BTreeSet::new(),
    }
}

impl Found {
    /// The run of what was logged, if the group has one or is to have one. `anything` was logged for its items.
    pub fn logged(&self, order: &RunOrder, anything: bool) -> Option<Run> {
        let there = self
            .runs
            .iter()
            .find(|run| run.candidate.origin == Origin::Logged);
        if self.made || !anything || order.baseline.as_deref() == Some("none") {
            return there.cloned();
        }
        let candidate = Candidate {
            name: LOGGED.to_owned(),
            origin: Origin::Logged,
        };
        Some(self.run(candidate, 1, None))
    }

    /// A run of this group.
    pub fn run(&self, candidate: Candidate, number: u32, because: Option<String>) -> Run {
        Run {
            id: run_id(&self.group.id, &candidate.name, number),
            group: self.group.id,
            candidate,
            number,
            because,
            prompt: None,
        }
    }

    /// The candidate of this name, with its runs.
    pub fn candidate(&self, name: &str) -> Option<(&Candidate, Vec<&Run>)> {
        let all = crate::domain::run::by_candidate(&self.runs);
        all.into_iter()
            .find(|(candidate, _)| candidate.name == name)
    }
}
