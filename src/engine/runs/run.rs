//! Doing it, candidate by candidate: items on one thread, calls on another, writing on the caller's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::super::judge::Control;
use super::super::judge::drive::{Drive, on_this_thread};
use super::super::judge::offer::Cost;
use super::super::judge::order::By;
use super::super::judge::purse::JobPurse;
use super::super::judge::run::thread_error;
use super::super::judge::running::Pace;
use super::super::{Engine, EngineError, Pen, Result, is_gone};
use super::asking::Asking;
use super::feed::{Feeder, Told};
use super::keep::{Desk, Keeper, Kept, seat};
use super::logged::LoggedTaken;
use super::offer::{Plan, Planned};
use super::order::RunOrder;
use crate::domain::event::{Body, FirstSend};
use crate::domain::failure::Class;
use crate::domain::ids::{GroupId, Identity};
use crate::domain::job::{Outcome, Wish};
use crate::provider::{Failure, Job, Model, Priced, Traffic};
use crate::store::ingest::Target;
use crate::store::jobs::{self, Start};
use crate::store::{judging, leases, schema};

/// How long finished work may wait to be written.
const KEEP_EVERY: Duration = Duration::from_millis(200);
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_millis(100);
/// Finished calls that make a batch.
const BATCH: usize = 64;
/// How often seats are taken anew.
const RENEW_EVERY: Duration = Duration::from_secs(40);

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
        let total = plan.offer.calls;
        let mut before = 0;
        for planned in &plan.planned {
            let work = Work {
                engine: self,
                order,
                plan: &plan,
                planned,
                target,
                job: row,
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
            report.candidates.push(one);
            if stop {
                break;
            }
        }
        report.outcome = worst(&report.candidates);
        if !plan.planned.is_empty() {
            self.end_runs(row, &report)?;
        }
        if report.outcome == Outcome::Done || report.outcome == Outcome::Failed {
            self.draw_plan(target)?;
        }
        report.took = started.elapsed();
        Ok(report)
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

/// One candidate's work.
struct Work<'a> {
    engine: &'a Engine,
    order: &'a RunOrder,
    plan: &'a Plan,
    planned: &'a Planned,
    target: Target,
    job: i64,
}

/// The threads of one candidate.
struct Running {
    told: Receiver<Told>,
    driver: JoinHandle<std::result::Result<(), Failure>>,
    model: Arc<dyn Model>,
    paused: watch::Sender<bool>,
    keeper: Keeper,
}

impl Work<'_> {
    fn run(
        &self,
        control: &Control,
        tell: &mut dyn FnMut(&RunProgress),
    ) -> Result<CandidateReport> {
        if self.planned.missing.is_empty() {
            return Ok(self.report(Kept::default(), Ok(()), 0));
        }
        self.name_first_send()?;
        let mut running = self.begin(control)?;
        let kept = running.keep(self, control, tell);
        let capabilities = running.model.capabilities();
        drop(running.told);
        let driven = running.driver.join().unwrap_or_else(|_| {
            Err(Failure::new(
                Class::Transport,
                "the thread that asks has died",
            ))
        });
        kept?;
        self.give_back(&capabilities)?;
        let left = self.engine.store().read(|db| {
            let mut left = 0;
            for run in &self.planned.runs {
                left += self.plan.found.items.len() - crate::store::runs::tally(db, &run.id)?.0;
            }
            Ok(left)
        })?;
        Ok(self.report(running.keeper.kept, driven, left))
    }

    fn begin(&self, control: &Control) -> Result<Running> {
        let (engine, planned) = (self.engine, self.planned);
        let price = planned.by.price();
        let known = match price {
            Priced::Known(price) => Some(price),
            Priced::Free | Priced::Unpriced => None,
        };
        let limited =
            (self.order.max_micros.is_some() && known.is_some()) || self.order.max_tokens.is_some();
        let purse = JobPurse::new(
            engine.store().clone(),
            self.job,
            engine.owner.clone(),
            known,
            limited,
        );
        let purse = Arc::new(purse);
        let concurrency = self.order.concurrency.max(1);
        let set_up = Job {
            concurrency,
            purse: purse.clone(),
            capabilities: engine.capabilities(&planned.by.place(), &planned.model)?,
            ..Job::default()
        };
        let model = planned.by.open(set_up)?;
        let model = model
            .ok_or_else(|| EngineError::refused("checks answer no request", "name a model"))?;
        let asking = Arc::new(Asking {
            model: Arc::clone(&model),
            candidate: planned.candidate.name.clone(),
            price,
            purse: Arc::clone(&purse),
            refused: AtomicU32::new(0),
            answered: AtomicBool::new(false),
        });
        let (send, told) = channel();
        let (send_work, work) = tokio::sync::mpsc::channel(2);
        let feeder = Feeder {
            engine: engine.clone(),
            planned: planned.clone(),
            told: send.clone(),
            work: send_work,
            batch: (concurrency * 4).clamp(32, 256),
            fresh: self.order.fresh,
            cancel: control.cancel.clone(),
        };
        spawn("docket-items", move || feeder.run())?;
        let (paused, pause) = watch::channel(false);
        let drive = Drive {
            asking,
            cancel: control.cancel.clone(),
            paused: pause,
            done: Box::new(move |done| {
                let _ = send.send(Told::Done(Box::new(done)));
            }),
            concurrency,
        };
        let driver = spawn("docket-calls", move || on_this_thread(drive, work))?;
        let desk = Desk {
            engine: engine.clone(),
            job: self.job,
            target: self.target,
            eval_row: self.plan.found.eval_row,
            group: self.plan.found.group.name.clone(),
            candidate: planned.candidate.name.clone(),
            model: planned.asked.model.clone(),
            runs: planned.runs.clone(),
        };
        Ok(Running {
            told,
            driver,
            model,
            paused,
            keeper: Keeper::new(Arc::new(desk), purse),
        })
    }

    /// Says in the ledger what is about to leave, before it does.
    fn name_first_send(&self) -> Result<()> {
        let offer = self
            .plan
            .offer
            .candidates
            .iter()
            .find(|one| one.name == self.planned.candidate.name);
        let Some(offer) = offer.filter(|offer| !offer.first_send.is_empty()) else {
            return Ok(());
        };
        let body = FirstSend {
            eval: self.plan.found.eval.id,
            place: offer.place.clone(),
            local: offer.local,
            tickets: self.plan.found.group.items,
            fields: offer.first_send.clone(),
        };
        let engine = self.engine.clone();
        self.engine.store().write(move |db| {
            Pen::new(&engine).write(db, None, None, Body::FirstSend(body))?;
            Ok(())
        })?;
        Ok(())
    }

    /// Gives seats back and keeps what was found out about the endpoint.
    fn give_back(&self, capabilities: &crate::provider::Capabilities) -> Result<()> {
        let engine = self.engine.clone();
        let seats: Vec<String> = self.planned.runs.iter().map(|run| seat(&run.id)).collect();
        let (place, model) = (self.planned.by.place(), self.planned.model.to_string());
        let known = matches!(self.planned.by, By::Model { .. })
            .then(|| serde_json::to_string(capabilities).ok())
            .flatten();
        Ok(self.engine.store().write_light(move |db| {
            for seat in &seats {
                leases::release_seat(db, seat, &engine.owner)?;
            }
            known.map_or(Ok(()), |known| {
                judging::put_endpoint(db, &place, &model, &known)
            })
        })?)
    }

    fn report(
        &self,
        kept: Kept,
        driven: std::result::Result<(), Failure>,
        left: u64,
    ) -> CandidateReport {
        let (outcome, message) = match driven {
            Err(failure) if failure.class == Class::Cancelled => (Outcome::Cancelled, None),
            Err(failure) if failure.class == Class::Budget => {
                (Outcome::Budget, Some(failure.message))
            }
            Err(failure) => (Outcome::Failed, Some(failure.message)),
            Ok(()) if left > 0 => (
                Outcome::Failed,
                Some(format!(
                    "{left} items have no reply; the same command asks again where that may help"
                )),
            ),
            Ok(()) => (Outcome::Done, None),
        };
        CandidateReport {
            name: self.planned.candidate.name.clone(),
            kept,
            outcome,
            message,
            left,
            priced: self.planned.by.price() != Priced::Unpriced,
        }
    }
}

fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>> {
    let thread = std::thread::Builder::new().name(name.into());
    thread.spawn(work).map_err(|error| thread_error(&error))
}

impl Running {
    /// Writes what comes back until both threads are done. An error of the store stops the job.
    fn keep(
        &mut self,
        work: &Work<'_>,
        control: &Control,
        tell: &mut dyn FnMut(&RunProgress),
    ) -> crate::store::Result<()> {
        let mut pace = Pace::new();
        let (started, mut written, mut renewed) = (Instant::now(), Instant::now(), Instant::now());
        loop {
            let more = match self.told.recv_timeout(TELL_EVERY) {
                Ok(told) => {
                    self.hear(told)?;
                    true
                }
                Err(RecvTimeoutError::Timeout) => true,
                Err(RecvTimeoutError::Disconnected) => false,
            };
            while self.keeper.waiting() < BATCH
                && let Ok(told) = self.told.try_recv()
            {
                self.hear(told)?;
            }
            if written.elapsed() >= KEEP_EVERY || self.keeper.waiting() >= BATCH || !more {
                let renew = renewed.elapsed() >= RENEW_EVERY;
                if renew {
                    renewed = Instant::now();
                }
                let wish = self.keeper.write(self.model.traffic().in_flight, renew)?;
                self.obey(wish, control);
                written = Instant::now();
            }
            if pace.due() || !more {
                tell(&self.progress(work, &mut pace, started));
            }
            if !more {
                return Ok(());
            }
        }
    }

    fn hear(&mut self, told: Told) -> crate::store::Result<()> {
        match told {
            Told::Done(done) => self.keeper.took(*done),
            Told::Known(reused) => self.keeper.known(*reused),
            Told::Broken(error) => return Err(error),
        }
        Ok(())
    }

    fn obey(&self, wish: Wish, control: &Control) {
        match wish {
            Wish::Cancel => control.stop(),
            Wish::Pause => {
                self.paused.send_replace(true);
            }
            Wish::Run => {
                self.paused
                    .send_if_modified(|paused| std::mem::replace(paused, false));
            }
        }
    }

    fn progress(&self, work: &Work<'_>, pace: &mut Pace, started: Instant) -> RunProgress {
        let kept = self.keeper.kept.clone();
        let done = kept.answered + kept.failed.values().sum::<u64>();
        let total = work.planned.missing.len() as u64;
        let traffic: Traffic = self.model.traffic();
        let left = (done > 0).then(|| {
            let each = started.elapsed().as_secs_f64() / done as f64;
            Duration::from_secs_f64(each * total.saturating_sub(done) as f64)
        });
        RunProgress {
            candidate: work.planned.candidate.name.clone(),
            total,
            done,
            rate: pace.rate(kept.calls),
            kept,
            in_flight: traffic.in_flight,
            delayed: traffic.delayed,
            left,
            paused: *self.paused.borrow(),
        }
    }
}
