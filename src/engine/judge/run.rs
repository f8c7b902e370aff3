//! Doing it: claims on one thread, calls on another, writing on the caller's.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::sync::watch;

use super::super::{Engine, EngineError, Result, is_gone};
use super::ending::Report;
use super::first_send::announcing;
use super::keep::Keeper;
use super::offer::{Cost, Plan};
use super::order::JudgeOrder;
use super::purse::{Holds, JobPurse};
use super::rounds::Rounds;
use super::running::{Progress, Running};
use super::unit::Asking;
use super::unsaved::Unsaved;
use super::work::Claims;
use crate::domain::event::FirstSend;
use crate::domain::ids::Identity;
use crate::domain::job::Wish;
use crate::domain::rubric::Rubric;
use crate::domain::run::FixedJudge;
use crate::judge::checks::Checks;
use crate::provider::{Cancel, Capabilities, Job, Priced};
use crate::store::jobs::{self, Start};
use crate::store::{judging, verdicts};

/// Stops or halts a job from outside.
#[derive(Debug, Clone, Default)]
pub struct Control {
    pub(in crate::engine) cancel: Cancel,
}

impl Control {
    /// Finishes what is under way and stops.
    pub fn stop(&self) {
        self.cancel.cancel();
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

impl Engine {
    /// Judges what an order names; returns when it is done, stopped, out of budget, or pointless to go on with.
    pub fn judge_run(
        &self,
        order: &JudgeOrder,
        control: &Control,
        tell: &mut dyn FnMut(&Progress),
    ) -> Result<Report> {
        let plan = self.prepare_judging(order)?;
        limits_can_be_kept(order, &plan)?;
        plan.judge.by.can_open()?;
        self.group_judged(&plan)?;
        let mut routed = self.route(order, &plan, false)?;
        let mut running = self.begin(order, &plan, control)?;
        let driven = loop {
            let told = running.keep(control, tell);
            if told.is_err() {
                // A call may wait for money that is written back, and nothing is written any more.
                control.stop();
            }
            let driven = running.round.join(told.is_err());
            told?;
            if driven.is_err() || !self.another_round(order, control, &mut running)? {
                break driven;
            }
        };
        let report = running.end(self, order, &plan, driven)?;
        routed.extend(self.route(order, &plan, true)?);
        Ok(Report { routed, ..report })
    }

    /// The first judge that scores a run group is the one whose scores count in it.
    fn group_judged(&self, plan: &Plan) -> Result<()> {
        let eval = plan.eval.id;
        let group = self
            .store()
            .read(|db| crate::store::runs::group_of(db, &eval))?;
        let Some(group) = group.filter(|group| group.judge.is_none()) else {
            return Ok(());
        };
        if plan.offer.checks_only {
            return Ok(());
        }
        let judge = FixedJudge {
            id: plan.judge.id,
            name: plan.judge.version.name.clone(),
            samples: plan.judge.samples,
        };
        self.fix_judge(&group, judge)
    }

    /// Says what is wanted of a job. `false` if there is none.
    pub fn steer(&self, job: [u8; 16], wish: Wish) -> Result<bool> {
        let engine = self.clone();
        Ok(self
            .store()
            .write_light(move |db| jobs::wish(db, &job, wish, engine.clock().now_ms()))?)
    }

    /// All jobs of the workspace, the latest first.
    pub fn jobs(&self) -> Result<Vec<crate::domain::job::Job>> {
        let now = self.clock().now_ms();
        Ok(self.store().read(|db| jobs::all(db, now))?)
    }

    fn begin(&self, order: &JudgeOrder, plan: &Plan, control: &Control) -> Result<Running> {
        let started = Instant::now();
        let id = job_id(plan);
        let checks = compiled(&plan.rubric)?;
        let (job, judge_row) = self.start_job(order, plan, id, "judge")?;
        let claims = Arc::new(Claims {
            engine: self.clone(),
            judge: Arc::clone(&plan.judge),
            judge_row,
            eval_row: plan.eval_row,
            rubric: Arc::clone(&plan.rubric),
            calls: Arc::clone(&plan.calls),
            again: order.again,
            checks,
            learned: Arc::clone(&plan.learned),
            had: Mutex::default(),
        });
        let (paused, pause) = watch::channel(false);
        let asking = self.asking(order, plan, job)?;
        let model = asking.as_ref().map(|asking| Arc::clone(&asking.model));
        let purse = asking.as_ref().map(|asking| Arc::clone(&asking.purse));
        let unsaved = Arc::<Unsaved>::default();
        let rounds = Rounds {
            claims: Arc::clone(&claims),
            asking,
            concurrency: order.concurrency.max(1),
            cancel: control.cancel.clone(),
            pause,
            unsaved: Arc::clone(&unsaved),
        };
        let round = rounds.start(plan.rows.clone())?;
        Ok(Running {
            job,
            id,
            keeper: Keeper::new(claims, job, purse, unsaved),
            rounds,
            round,
            had: None,
            model,
            paused,
            total: plan.rows.len() as u64,
            started,
        })
    }

    /// Starts a job of a kind, or goes on with it; returns its local row and that of the judge.
    pub(super) fn start_job(
        &self,
        order: &JudgeOrder,
        plan: &Plan,
        id: [u8; 16],
        kind: &'static str,
    ) -> Result<(i64, i64)> {
        self.not_held(id, order)?;
        let engine = self.clone();
        let (judge_id, version) = (plan.judge.id, plan.judge.version.clone());
        let (eval, eval_name) = (plan.eval_row, plan.eval.name.clone());
        let (rows, matching) = (plan.rows.len() as u64, plan.offer.matching);
        let order = order.clone();
        Ok(self.store().write_light(move |db| {
            let now = engine.clock().now_ms();
            let judge = verdicts::put_judge(db, &judge_id, &version)?;
            let title = format!("{} on {eval_name}", version.name);
            let start = Start {
                id,
                kind,
                eval,
                judge: Some(judge),
                title: &title,
                concurrency: order.concurrency as u32,
                max_micros: order.max_micros,
                max_tokens: order.max_tokens,
                total: rows.max(matching),
                done: matching.saturating_sub(rows),
            };
            let job = jobs::start(db, &start, &engine.owner, now)?;
            for (owner, beat) in jobs::workers(db, job)? {
                let silent = now - beat > jobs::SILENT_MS;
                if owner != engine.owner && (is_gone(&owner) || silent) {
                    jobs::leave(db, job, &owner, true)?;
                }
            }
            Ok((job, judge))
        })?)
    }

    /// Refuses to start beside a job that is held: a start would let it go on unasked.
    fn not_held(&self, id: [u8; 16], order: &JudgeOrder) -> Result<()> {
        let now = self.clock().now_ms();
        let by = self.store().read(|db| {
            let Some((row, job)) = jobs::get(db, &id, now)? else {
                return Ok(None);
            };
            let alive = |(owner, beat): &(String, i64)| {
                *owner != self.owner && !is_gone(owner) && now - beat <= jobs::SILENT_MS
            };
            let held = job.wish == Wish::Pause && job.stage().is_live();
            Ok(jobs::workers(db, row)?
                .into_iter()
                .find(alive)
                .filter(|_| held))
        })?;
        match by {
            None => Ok(()),
            Some((owner, _)) => Err(EngineError::refused(
                format!(
                    "the job of `{}` on `{}` is held by {}",
                    order.judge,
                    order.eval,
                    super::super::process_of(&owner)
                ),
                format!(
                    "`docket judge {} --resume` lets it go on, `--cancel` ends it",
                    crate::domain::shell::word(&order.eval)
                ),
            )),
        }
    }

    /// The model and what every call shares; `None` for checks.
    pub(super) fn asking(
        &self,
        order: &JudgeOrder,
        plan: &Plan,
        job: i64,
    ) -> Result<Option<Arc<Asking>>> {
        let by = &plan.judge.by;
        let Some(name) = by.model_name() else {
            return Ok(None);
        };
        let price = match by.price() {
            Priced::Known(price) => Some(price),
            Priced::Free | Priced::Unpriced => None,
        };
        let limited = (order.max_micros.is_some() && price.is_some()) || order.max_tokens.is_some();
        let owner = self.owner.clone();
        let holds = Holds::of(limited, order.concurrency.max(1));
        let purse = JobPurse::new(self.store().clone(), job, owner, price, holds);
        let purse = Arc::new(purse);
        let set_up = Job {
            concurrency: order.concurrency.max(1),
            purse: announcing(self, purse.clone(), first_send(plan)),
            capabilities: self.capabilities((&plan.offer.place, &name), order.reach.sooner)?,
            ..Job::default()
        };
        let Some(model) = by.open(set_up)? else {
            return Ok(None);
        };
        Ok(Some(Arc::new(Asking {
            judge: Arc::clone(&plan.judge),
            calls: Arc::clone(&plan.calls),
            model,
            name: name.into(),
            secret: self.identity().secret,
            price: by.price(),
            purse,
            max_output_tokens: plan.rubric.judge.max_output_tokens,
        })))
    }

    /// What was found out about this endpoint and model before; without the time until which it wants to be left alone where
    /// it is asked `sooner`.
    pub(in crate::engine) fn capabilities(
        &self,
        (place, model): (&str, &str),
        sooner: bool,
    ) -> Result<Capabilities> {
        let known = self
            .store()
            .read(|db| judging::endpoint(db, place, model))?;
        let mut known: Capabilities = known
            .and_then(|body| serde_json::from_str(&body).ok())
            .unwrap_or_default();
        if sooner {
            known.wait_until_ms = None;
        }
        Ok(known)
    }
}

/// What is about to leave for the first time.
fn first_send(plan: &Plan) -> Option<FirstSend> {
    (!plan.offer.first_send.is_empty()).then(|| FirstSend {
        eval: plan.eval.id,
        place: plan.offer.place.clone(),
        local: plan.offer.local,
        tickets: plan.offer.tickets,
        fields: plan.offer.first_send.clone(),
    })
}

/// A limit of money means nothing where nobody knows the price.
pub(super) fn limits_can_be_kept(order: &JudgeOrder, plan: &Plan) -> Result<()> {
    if order.max_micros.is_some() && plan.offer.price == Cost::Unpriced {
        return Err(EngineError::refused(
            format!(
                "`--max-cost` cannot be kept: the price of `{}` is not known{}",
                plan.offer.judge,
                if plan.offer.may_pass_on {
                    ", for a server on this machine may pass the calls on to a paid one"
                } else {
                    ""
                }
            ),
            "limit tokens instead: `--max-tokens N`",
        ));
    }
    Ok(())
}

pub(super) fn compiled(rubric: &Rubric) -> Result<Checks> {
    Checks::compile(rubric).map_err(|error| {
        EngineError::refused(error.to_string(), "`docket rubric check` names the line")
    })
}

pub(in crate::engine) fn thread_error(error: &std::io::Error) -> EngineError {
    EngineError::refused(
        format!("cannot start a thread: {error}"),
        "close other programs and try again",
    )
}

/// The same judge over the same eval is the same job.
pub(super) fn job_id(plan: &Plan) -> [u8; 16] {
    Identity::of("judge job")
        .part(&plan.eval.id.0)
        .part(&plan.judge.id.0)
        .finish()
}
