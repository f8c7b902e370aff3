//! Suggested corrections: a judge is asked to repair what fails, and held to what it proposes.
//!
//! The same seats, budget, first-send note and `send = "local"` rule as judging. A suggestion is kept as soon as it
//! is paid for and again once it is verified, so that a killed process asks neither twice. Nothing is ever taken
//! by itself.

mod case;
mod keep;
mod one;
mod repair;

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::watch;

use super::drive::meets_all;
use super::offer::{Cost, Offer, Plan, offer};
use super::order::{By, JudgeOrder};
use super::run::{Control, compiled, limits_can_be_kept, thread_error};
use super::running::Progress;
use super::unit::Asking;
use crate::domain::failure::Class;
use crate::domain::filter::Filter;
use crate::domain::ids::{Identity, TicketId};
use crate::domain::job::Outcome;
use crate::domain::rubric::Kind;
use crate::domain::view::Order;
use crate::engine::{Engine, EngineError, Result};
use crate::provider::{Cancel, Capabilities, Failure};
use crate::store::{jobs, judging, leases, suggestions, tickets, verdicts};
use case::{Desk, fails};
pub use keep::Suggested;
use keep::{Keeper, Told};
use repair::{Step, repair};

/// What is to be repaired, by whom, within which limits.
#[derive(Debug, Clone, PartialEq)]
pub struct SuggestOrder {
    /// Judge, filter and limits, as for judging.
    pub judge: JudgeOrder,
    /// Only this ticket, whether it fails or not.
    pub ticket: Option<TicketId>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SuggestReport {
    /// Identity of the job, for pause and cancel.
    pub job: [u8; 16],
    /// The judge in people's words.
    pub judge: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it ended so.
    pub message: Option<String>,
    /// Tickets it set out to repair.
    pub total: u64,
    /// What was written.
    pub kept: Suggested,
    /// What such calls cost: the estimate, where the price is known.
    pub price: Cost,
    /// How long it took.
    pub took: Duration,
}

impl Engine {
    /// What an order would do.
    pub fn suggest_offer(&self, order: &SuggestOrder) -> Result<Offer> {
        Ok(self.prepare_suggesting(order)?.offer)
    }

    /// Repairs what an order names; returns when it is done, stopped, out of budget, or pointless to go on with.
    pub fn suggest_run(
        &self,
        order: &SuggestOrder,
        control: &Control,
        tell: &mut dyn FnMut(&Progress),
    ) -> Result<SuggestReport> {
        let started = Instant::now();
        let plan = self.prepare_suggesting(order)?;
        limits_can_be_kept(&order.judge, &plan)?;
        plan.judge.by.can_open()?;
        let id = job_id(&plan);
        let (job, judge_row) = self.start_job(&order.judge, &plan, id, "suggest")?;
        let desk = Arc::new(Desk {
            engine: self.clone(),
            eval: plan.eval.clone(),
            rubric: Arc::clone(&plan.rubric),
            judge: Arc::clone(&plan.judge),
            judge_row,
            checks: compiled(&plan.rubric)?,
        });
        let asking = self
            .asking(&order.judge, &plan, job)?
            .ok_or_else(no_model)?;
        let (told, hear) = channel();
        let (pause, paused) = watch::channel(false);
        let driver = Driver {
            desk: Arc::clone(&desk),
            asking: Arc::clone(&asking),
            rows: plan.rows.clone(),
            concurrency: order.judge.concurrency.max(1),
            cancel: control.cancel.clone(),
            paused,
            told,
        };
        let thread = std::thread::Builder::new()
            .name("docket-suggest".into())
            .spawn(move || driver.run())
            .map_err(|error| thread_error(&error))?;
        let mut keeper = Keeper::new(Arc::clone(&desk), job, asking, plan.rows.len() as u64);
        let written = keeper.keep(&hear, control, &pause, tell);
        if written.is_err() {
            drop(hear);
            control.stop();
        }
        let driven = thread.join().unwrap_or_else(|_| {
            Err(Failure::new(
                Class::Transport,
                "the thread that asks has died",
            ))
        });
        written?;
        let (outcome, message) = ending(driven, &keeper.kept);
        let found = keeper.asking().model.capabilities();
        let place = (plan.offer.place.clone(), plan.judge.version.model.clone());
        self.end_suggesting(&desk, job, (outcome, message.clone()), (place, &found))?;
        Ok(SuggestReport {
            job: id,
            judge: plan.judge.version.name.clone(),
            outcome,
            message,
            total: plan.rows.len() as u64,
            kept: keeper.kept,
            price: plan.offer.price,
            took: started.elapsed(),
        })
    }

    fn end_suggesting(
        &self,
        desk: &Desk,
        job: i64,
        (outcome, message): (Outcome, Option<String>),
        ((place, model), found): ((String, Option<String>), &Capabilities),
    ) -> Result<()> {
        let (engine, seat) = (self.clone(), desk.seat());
        let found = serde_json::to_string(found).ok();
        Ok(self.store().write_light(move |db| {
            leases::release_seat(db, &seat, &engine.owner)?;
            jobs::leave(db, job, &engine.owner, false)?;
            if let (Some(found), Some(model)) = (found, model) {
                judging::put_endpoint(db, &place, &model, &found)?;
            }
            let now = engine.clock().now_ms();
            jobs::end(db, job, outcome, message.as_deref(), now)
        })?)
    }

    fn prepare_suggesting(&self, order: &SuggestOrder) -> Result<Plan> {
        let mut plan = self.prepare_judging(&order.judge)?;
        if matches!(plan.judge.by, By::Checks) {
            return Err(no_model());
        }
        if plan.rubric.kind == Kind::Pairwise {
            return Err(EngineError::refused(
                format!(
                    "the rubric `{}` compares outputs, so there is none to correct",
                    plan.rubric.id
                ),
                "suggestions are for rubrics that judge one output",
            ));
        }
        let filter = Filter::parse(&order.judge.filter)
            .map_err(|error| EngineError::refused(error.to_string(), error.way_on()))?;
        let limit = order.judge.limit.unwrap_or(u64::MAX) as usize;
        let (rows, mut told) = self.store().read(|db| {
            let rows = if let Some(ticket) = &order.ticket {
                vec![tickets::get(db, ticket)?.row]
            } else {
                let ask = self.ask(plan.eval_row, &filter, Order::Plan);
                let judge = verdicts::judge_row(db, &plan.judge.id)?.unwrap_or(0);
                let mut rows = Vec::new();
                for row in suggestions::without(db, &ask, judge, order.judge.again)? {
                    if rows.len() >= limit {
                        break;
                    }
                    if fails(db, row, &plan.eval, &plan.rubric)? {
                        rows.push(row);
                    }
                }
                rows
            };
            let about = (&plan.eval, &*plan.rubric, &*plan.judge);
            let told = offer(
                db,
                &order.judge,
                about,
                (&plan.calls, &plan.learned),
                (plan.eval_row, &rows),
                plan.offer.matching,
            )?;
            Ok((rows, told))
        })?;
        // One call that asks, with a reply about as long as twice the output, then every question once more.
        let each = plan.calls.len().max(1) as u64;
        let more = |n: u64| n + 2 * n / each;
        told.tokens = (more(told.tokens.0), more(told.tokens.1));
        told.calls += rows.len() as u64;
        if let Cost::Micros(micros) = told.price {
            told.price = Cost::Micros(micros + 2 * micros / each as i64);
        }
        plan.offer = told;
        plan.rows = rows;
        Ok(plan)
    }
}

fn no_model() -> EngineError {
    EngineError::refused(
        "checks find faults and cannot mend them",
        "name a model: `--judge openai/MODEL`",
    )
}

fn ending(driven: std::result::Result<(), Failure>, kept: &Suggested) -> (Outcome, Option<String>) {
    match driven {
        Err(failure) if failure.class == Class::Cancelled => (Outcome::Cancelled, None),
        Err(failure) if failure.class == Class::Budget => (Outcome::Budget, Some(failure.message)),
        Err(failure) => (Outcome::Failed, Some(failure.message)),
        Ok(()) if !kept.failed.is_empty() => (
            Outcome::Failed,
            Some("some calls failed; start again to try them once more".to_owned()),
        ),
        Ok(()) => (Outcome::Done, None),
    }
}

/// The same judge over the same eval is the same job.
pub(super) fn job_id(plan: &Plan) -> [u8; 16] {
    Identity::of("suggest job")
        .part(&plan.eval.id.0)
        .part(&plan.judge.id.0)
        .finish()
}

/// The thread that claims tickets and talks to the model.
struct Driver {
    desk: Arc<Desk>,
    asking: Arc<Asking>,
    rows: Vec<i64>,
    concurrency: usize,
    cancel: Cancel,
    paused: watch::Receiver<bool>,
    told: Sender<Told>,
}

impl Driver {
    fn run(self) -> std::result::Result<(), Failure> {
        let trouble = |error: &dyn std::fmt::Display| {
            Failure::new(
                Class::Transport,
                format!("cannot start the network: {error}"),
            )
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| trouble(&error))?;
        let cancel = self.cancel.clone();
        runtime.block_on(async move {
            tokio::select! {
                outcome = self.drive() => outcome,
                () = super::drive::grace(&cancel) => Err(Failure::cancelled()),
            }
        })
    }

    async fn drive(mut self) -> std::result::Result<(), Failure> {
        let mut rows = std::mem::take(&mut self.rows).into_iter();
        let mut flying = FuturesUnordered::new();
        let mut stopped: Option<Failure> = None;
        // The first goes alone: a missing key or model is one message, not one per connection.
        let (mut most, mut open) = (1, true);
        loop {
            while open && stopped.is_none() && flying.len() < most && !*self.paused.borrow() {
                let Some(row) = rows.next() else {
                    open = false;
                    break;
                };
                // Claiming takes a moment, a reply takes seconds: the same thread may do both.
                match self.desk.claim(row) {
                    Ok(Some(case)) => {
                        let told = self.told.clone();
                        let tell = move |step: Step| {
                            let _ = told.send(Told::Step(Box::new(step)));
                        };
                        let (desk, asking) = (Arc::clone(&self.desk), Arc::clone(&self.asking));
                        flying.push(repair(desk, asking, Arc::new(case), tell));
                    }
                    Ok(None) => {
                        let _ = self.told.send(Told::Nothing);
                    }
                    Err(error) => {
                        let _ = self.told.send(Told::Broken(error));
                        return Ok(());
                    }
                }
            }
            if flying.is_empty() && (!open || stopped.is_some()) {
                return stopped.map_or(Ok(()), Err);
            }
            tokio::select! {
                biased;
                Some(failure) = flying.next(), if !flying.is_empty() => {
                    let hopeless = |failure: &Failure| {
                        failure.lasting || meets_all(failure.class, most == 1)
                    };
                    stopped = stopped.or(failure.filter(hopeless));
                    most = self.concurrency;
                }
                () = self.cancel.cancelled(), if stopped.is_none() => stopped = Some(Failure::cancelled()),
                Ok(()) = self.paused.changed(), if stopped.is_none() => {}
                else => return stopped.map_or(Ok(()), Err),
            }
        }
    }
}
