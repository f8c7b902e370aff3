//! Doing it, candidate by candidate.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::super::judge::Control;
use super::super::judge::offer::Cost;
use super::super::{Engine, EngineError, Result, is_gone};
use super::keep::Kept;
use super::logged::LoggedTaken;
use super::offer::Plan;
use super::order::RunOrder;
use super::work::Work;
use crate::domain::failure::Class;
use crate::domain::ids::{GroupId, Identity};
use crate::domain::job::Outcome;
use crate::provider::Job;
use crate::store::ingest::Target;
use crate::store::jobs::{self, Start};
use crate::store::schema;

/// How far the runs are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunProgress {
    /// The candidate that is asked.
    pub candidate: String,
    /// Items of all candidates in all runs that lacked a reply.
    pub total: u64,
    /// Of these, done with.
    pub done: u64,
    /// What was written for this candidate.
    pub kept: Kept,
    /// Calls under way.
    pub in_flight: usize,
    /// Calls waiting for the time their endpoint named.
    pub delayed: usize,
    /// Replies that were no answers and are asked about again, by class, those of this candidate.
    pub again: Vec<(Class, u64)>,
    /// Calls a second, over the last seconds.
    pub rate: f64,
    /// Time left at this rate.
    pub left: Option<Duration>,
    /// Whether it waits for somebody to let it go on.
    pub paused: bool,
}

/// What one candidate came to.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateReport {
    /// Its name.
    pub name: String,
    /// What was written.
    pub kept: Kept,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it ended so.
    pub message: Option<String>,
    /// Items that still lack a reply, over all runs.
    pub left: u64,
    /// Whether money was counted.
    pub priced: bool,
}

/// What an order came to.
#[derive(Debug, Clone, PartialEq)]
pub struct RunReport {
    /// Name of the group.
    pub group: String,
    /// Whether this made it.
    pub made: bool,
    /// Items of its dataset version.
    pub items: u64,
    /// The job, for pause and cancel.
    pub job: [u8; 16],
    /// What was logged, where that is a candidate.
    pub logged: Option<LoggedTaken>,
    /// Candidates that were asked.
    pub candidates: Vec<CandidateReport>,
    /// How it ended: the worst of the candidates' ends.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
}

impl Engine {
    /// Runs what an order names; returns when it is done, stopped, out of budget, or pointless to go on with. A
    /// candidate that fails does not keep the others from being asked.
    pub fn run_group(
        &self,
        order: &RunOrder,
        control: &Control,
        tell: &mut dyn FnMut(&RunProgress),
    ) -> Result<RunReport> {
        let started = Instant::now();
        let plan = self.prepare_runs(order)?;
        limits_can_be_kept(order, &plan)?;
        for planned in &plan.planned {
            // A script that cannot be read must not leave a group behind.
            planned.by.open(Job::default())?;
        }
        self.make_group(&plan.found, plan.new_runs())?;
        self.store().on_writer(schema::finish_indexes)?;
        let target = self.target(&self.eval_named(&plan.found.group.name)?)?;
        let logged = match &plan.logged {
            Some(run) => Some(self.take_logged(&plan.found, run, target)?),
            None => None,
        };
        let job = job_id(&plan.found.group.id);
        let row = if plan.planned.is_empty() {
            0
        } else {
            self.start_runs(order, &plan, target, job)?
        };
        let mut report = RunReport {
            group: plan.found.group.name.clone(),
            made: !plan.found.made,
            items: plan.found.group.items,
            job,
            logged,
            candidates: Vec::new(),
            outcome: Outcome::Done,
            took: Duration::ZERO,
        };
        report.candidates = self.ask_all(order, &plan, (target, row), control, tell)?;
        report.outcome = worst(&report.candidates);
        if !plan.planned.is_empty() {
            self.end_runs(row, &report)?;
        }
        if report.outcome == Outcome::Done || report.outcome == Outcome::Failed {
            self.draw_plan(target)?;
        }
        // What is left of the index waits for the next time something is indexed.
        self.index_all(&AtomicBool::new(control.is_stopped()), |_, _| {})?;
        report.took = started.elapsed();
        Ok(report)
    }

    /// Asks the candidates one after another; a stop or a spent budget ends it.
    fn ask_all(
        &self,
        order: &RunOrder,
        plan: &Plan,
        (target, job): (Target, i64),
        control: &Control,
        tell: &mut dyn FnMut(&RunProgress),
    ) -> Result<Vec<CandidateReport>> {
        let mut candidates = Vec::with_capacity(plan.planned.len());
        let total = plan.offer.calls;
        let mut before = 0;
        for planned in &plan.planned {
            let work = Work {
                engine: self,
                order,
                plan,
                planned,
                target,
                job,
            };
            let one = work.run(control, &mut |progress| {
                tell(&RunProgress {
                    total,
                    done: before + progress.done,
                    ..progress.clone()
                });
            })?;
            before += planned.missing.len() as u64;
            let stop = matches!(one.outcome, Outcome::Cancelled | Outcome::Budget);
            candidates.push(one);
            if stop {
                break;
            }
        }
        Ok(candidates)
    }

    fn start_runs(
        &self,
        order: &RunOrder,
        plan: &Plan,
        target: Target,
        id: [u8; 16],
    ) -> Result<i64> {
        let engine = self.clone();
        let title = format!("runs of {}", plan.found.group.name);
        let (items, left) = (plan.found.group.items, plan.offer.calls);
        let runs: u64 = plan.planned.iter().map(|one| one.runs.len() as u64).sum();
        let (concurrency, max_micros, max_tokens) =
            (order.concurrency as u32, order.max_micros, order.max_tokens);
        Ok(self.store().write_light(move |db| {
            let now = engine.clock().now_ms();
            let start = Start {
                id,
                kind: "run",
                eval: target.row,
                judge: None,
                title: &title,
                concurrency,
                max_micros,
                max_tokens,
                total: items * runs,
                done: (items * runs).saturating_sub(left),
            };
            let job = jobs::start(db, &start, &engine.owner, now)?;
            for (owner, beat) in jobs::workers(db, job)? {
                if owner != engine.owner && (is_gone(&owner) || now - beat > jobs::SILENT_MS) {
                    jobs::leave(db, job, &owner, true)?;
                }
            }
            Ok(job)
        })?)
    }

    fn end_runs(&self, job: i64, report: &RunReport) -> Result<()> {
        let engine = self.clone();
        let outcome = report.outcome;
        let message = report.candidates.iter().find_map(|one| one.message.clone());
        Ok(self.store().write_light(move |db| {
            jobs::leave(db, job, &engine.owner, false)?;
            jobs::end(
                db,
                job,
                outcome,
                message.as_deref(),
                engine.clock().now_ms(),
            )
        })?)
    }
}

/// The same group is the same job: one budget over all starts.
pub(super) fn job_id(group: &GroupId) -> [u8; 16] {
    Identity::of("run job").part(&group.0).finish()
}

/// A limit of money means nothing where nobody knows the price.
fn limits_can_be_kept(order: &RunOrder, plan: &Plan) -> Result<()> {
    let unpriced = plan
        .offer
        .candidates
        .iter()
        .find(|one| one.calls > 0 && one.price == Cost::Unpriced);
    match unpriced {
        Some(one) if order.max_micros.is_some() => Err(EngineError::refused(
            format!(
                "`--max-cost` cannot be kept: the price of `{}` is not known",
                one.name
            ),
            "limit tokens instead: `--max-tokens N`",
        )),
        _ => Ok(()),
    }
}

fn worst(candidates: &[CandidateReport]) -> Outcome {
    let any = |outcome| candidates.iter().any(|one| one.outcome == outcome);
    let order = [Outcome::Cancelled, Outcome::Budget, Outcome::Failed];
    order
        .into_iter()
        .find(|outcome| any(*outcome))
        .unwrap_or(Outcome::Done)
}
