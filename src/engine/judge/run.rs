//! Doing it: claims on one thread, calls on another, writing on the caller's.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::super::{Engine, EngineError, Pen, Result, is_gone};
use super::drive::{Drive, Next, on_this_thread};
use super::keep::{Keeper, Kept};
use super::offer::{Cost, Plan};
use super::order::{By, JudgeOrder};
use super::purse::JobPurse;
use super::route::RuleCount;
use super::unit::{Asking, Done};
use super::work::{Claims, Work};
use crate::domain::event::{Body, FirstSend};
use crate::domain::failure::Class;
use crate::domain::ids::Identity;
use crate::domain::job::{Outcome, Wish};
use crate::domain::rubric::Rubric;
use crate::judge::checks::Checks;
use crate::provider::{
    Cancel, Capabilities, Failure, Http, Job, Model, Priced, Prices, Scripted, Traffic,
};
use crate::store::jobs::{self, Start};
use crate::store::{judging, verdicts};

/// How long finished work may wait to be written.
const KEEP_EVERY: Duration = Duration::from_millis(200);
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_millis(100);
/// Finished calls that make a batch.
const BATCH: usize = 64;

/// Stops or halts a job from outside.
#[derive(Debug, Clone, Default)]
pub struct Control {
    cancel: Cancel,
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

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Progress {
    /// Tickets in all.
    pub total: u64,
    /// What this worker wrote.
    pub kept: Kept,
    /// Calls under way.
    pub in_flight: usize,
    /// Calls waiting for the time their endpoint named.
    pub delayed: usize,
    /// Calls a second, over this run.
    pub rate: f64,
    /// Time left at this rate.
    pub left: Option<Duration>,
    /// Whether it waits for somebody to let it go on.
    pub paused: bool,
}

/// What a job came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its identity, for pause and cancel.
    pub job: [u8; 16],
    /// The judge in people's words.
    pub judge: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it ended so.
    pub message: Option<String>,
    /// Tickets it set out to judge.
    pub total: u64,
    /// What was written.
    pub kept: Kept,
    /// What was sent.
    pub traffic: Traffic,
    /// Whether money was counted.
    pub priced: bool,
    /// How long it took.
    pub took: Duration,
    /// Tickets that still lack a verdict of this judge.
    pub left: u64,
    /// What the routing rules did, rules that fit nothing left out.
    pub routed: Vec<RuleCount>,
}

/// A job that is running.
struct Running {
    job: i64,
    id: [u8; 16],
    keeper: Keeper,
    done: Receiver<Told>,
    driver: JoinHandle<std::result::Result<(), Failure>>,
    model: Option<Arc<dyn Model>>,
    paused: watch::Sender<bool>,
    total: u64,
    started: Instant,
}

/// What the keeper is told.
enum Told {
    /// A ticket was claimed.
    Claimed(Arc<Work>, usize),
    /// A call came to an end.
    Done(Box<Done>),
    /// Claiming failed.
    Broken(crate::store::StoreError),
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
        self.name_first_send(&plan)?;
        let mut routed = self.route(order, &plan, false)?;
        let mut running = self.begin(order, &plan, control)?;
        let told = running.keep(control, tell);
        let report = running.end(self, order, &plan, told)?;
        routed.extend(self.route(order, &plan, true)?);
        Ok(Report { routed, ..report })
    }

    /// Says in the ledger what is about to leave, before it does.
    fn name_first_send(&self, plan: &Plan) -> Result<()> {
        if plan.offer.first_send.is_empty() || plan.rows.is_empty() {
            return Ok(());
        }
        let body = FirstSend {
            eval: plan.eval.id,
            place: plan.offer.place.clone(),
            local: plan.offer.local,
            tickets: plan.offer.tickets,
            fields: plan.offer.first_send.clone(),
        };
        let engine = self.clone();
        self.store().write(move |db| {
            Pen::new(&engine).write(db, None, None, Body::FirstSend(body))?;
            Ok(())
        })?;
        Ok(())
    }

    /// Says what is wanted of the job an order means. `false` if it was never started.
    pub fn steer_job(&self, order: &JudgeOrder, wish: Wish) -> Result<bool> {
        let id = job_id(&self.prepare_judging(order)?);
        self.steer(id, wish)
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
        let (job, judge_row) = self.start_job(order, plan, id)?;
        let claims = Arc::new(Claims {
            engine: self.clone(),
            judge: Arc::clone(&plan.judge),
            judge_row,
            eval_row: plan.eval_row,
            rubric: Arc::clone(&plan.rubric),
            calls: Arc::clone(&plan.calls),
            again: order.again,
            checks: compiled(&plan.rubric)?,
        });
        let (told, done) = channel();
        let (paused, pause) = watch::channel(false);
        let asking = self.asking(order, plan, job, control)?;
        let model = asking.as_ref().map(|asking| Arc::clone(&asking.model));
        let purse = asking.as_ref().map(|asking| Arc::clone(&asking.purse));
        let (send_work, work) = tokio::sync::mpsc::channel(2);
        let concurrency = order.concurrency.max(1);
        let feeder = Feeder {
            claims: Arc::clone(&claims),
            rows: plan.rows.clone(),
            told: told.clone(),
            work: send_work,
            batch: concurrency.clamp(8, 128),
            cancel: control.cancel.clone(),
        };
        std::thread::Builder::new()
            .name("docket-claims".into())
            .spawn(move || feeder.run())
            .map_err(thread_error)?;
        let cancel = control.cancel.clone();
        let driver = std::thread::Builder::new()
            .name("docket-calls".into())
            .spawn(move || match asking {
                Some(asking) => on_this_thread(Drive {
                    asking,
                    cancel,
                    paused: pause,
                    work,
                    done: Box::new(move |done| {
                        let _ = told.send(Told::Done(Box::new(done)));
                    }),
                    concurrency,
                }),
                None => drain(work),
            })
            .map_err(thread_error)?;
        Ok(Running {
            job,
            id,
            keeper: Keeper::new(claims, job, purse),
            done,
            driver,
            model,
            paused,
            total: plan.rows.len() as u64,
            started,
        })
    }

    fn start_job(&self, order: &JudgeOrder, plan: &Plan, id: [u8; 16]) -> Result<(i64, i64)> {
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
                kind: "judge",
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

    /// The model and what every call shares; `None` for checks.
    fn asking(
        &self,
        order: &JudgeOrder,
        plan: &Plan,
        job: i64,
        control: &Control,
    ) -> Result<Option<Arc<Asking>>> {
        let (name, price) = match &plan.judge.by {
            By::Checks => return Ok(None),
            By::Script(path) => (path.display().to_string(), None),
            By::Model { endpoint, model } => {
                let price = match Prices::built_in().of(endpoint, model) {
                    Priced::Known(price) => Some(price),
                    Priced::Free | Priced::Unpriced => None,
                };
                (model.clone(), price)
            }
        };
        let limited = (order.max_micros.is_some() && price.is_some()) || order.max_tokens.is_some();
        let owner = self.owner.clone();
        let purse = JobPurse::new(self.store().clone(), job, owner, price, limited);
        let purse = Arc::new(purse);
        let set_up = Job {
            concurrency: order.concurrency.max(1),
            purse: purse.clone(),
            cancel: control.cancel.clone(),
            capabilities: self.capabilities(plan, &name)?,
            ..Job::default()
        };
        let model: Arc<dyn Model> = match &plan.judge.by {
            By::Checks => return Ok(None),
            By::Script(path) => Arc::new(Scripted::open(path, set_up).map_err(|error| {
                EngineError::refused(
                    error.to_string(),
                    "docs/judging.md shows the form of a script",
                )
            })?),
            By::Model { endpoint, .. } => Arc::new(Http::new((**endpoint).clone(), set_up)),
        };
        Ok(Some(Arc::new(Asking {
            judge: Arc::clone(&plan.judge),
            calls: Arc::clone(&plan.calls),
            model,
            name: name.into(),
            secret: self.identity().secret,
            price,
            purse,
            max_output_tokens: plan.rubric.judge.max_output_tokens,
        })))
    }

    /// What was found out about this endpoint and model before.
    fn capabilities(&self, plan: &Plan, model: &str) -> Result<Capabilities> {
        let place = plan.offer.place.clone();
        let known = self
            .store()
            .read(|db| judging::endpoint(db, &place, model))?;
        Ok(known
            .and_then(|body| serde_json::from_str(&body).ok())
            .unwrap_or_default())
    }
}

/// A limit of money means nothing where nobody knows the price.
fn limits_can_be_kept(order: &JudgeOrder, plan: &Plan) -> Result<()> {
    if order.max_micros.is_some() && plan.offer.price == Cost::Unpriced {
        return Err(EngineError::refused(
            format!(
                "`--max-cost` cannot be kept: the price of `{}` is not known",
                plan.offer.judge
            ),
            "limit tokens instead: `--max-tokens N`",
        ));
    }
    Ok(())
}

fn compiled(rubric: &Rubric) -> Result<Checks> {
    Checks::compile(rubric).map_err(|error| {
        EngineError::refused(error.to_string(), "`docket rubric check` names the line")
    })
}

fn thread_error(error: std::io::Error) -> EngineError {
    EngineError::refused(
        format!("cannot start a thread: {error}"),
        "close other programs and try again",
    )
}

/// The same judge over the same eval is the same job.
fn job_id(plan: &Plan) -> [u8; 16] {
    Identity::of("judge job")
        .part(&plan.eval.id.0)
        .part(&plan.judge.id.0)
        .finish()
}

/// Claims tickets as they are wanted.
struct Feeder {
    claims: Arc<Claims>,
    rows: Vec<i64>,
    told: std::sync::mpsc::Sender<Told>,
    work: tokio::sync::mpsc::Sender<Vec<Next>>,
    batch: usize,
    cancel: Cancel,
}

impl Feeder {
    fn run(self) {
        for rows in self.rows.chunks(self.batch) {
            if self.cancel.is_cancelled() {
                return;
            }
            match self.claims.claim(rows) {
                Ok(works) => {
                    if !self.hand_on(works) {
                        return;
                    }
                }
                Err(error) => {
                    let _ = self.told.send(Told::Broken(error));
                    return;
                }
            }
        }
    }

    /// `false` once nobody takes work any more.
    fn hand_on(&self, works: Vec<Work>) -> bool {
        let mut calls = Vec::with_capacity(works.len());
        for mut work in works {
            let units = std::mem::take(&mut work.units);
            let count = units.len();
            let work = Arc::new(work);
            if self
                .told
                .send(Told::Claimed(Arc::clone(&work), count))
                .is_err()
            {
                return false;
            }
            calls.extend(units.into_iter().map(|unit| (Arc::clone(&work), unit)));
        }
        calls.is_empty() || self.work.blocking_send(calls).is_ok()
    }
}

/// Without a model there is nothing to ask; the keeper writes what the checks say.
fn drain(mut work: tokio::sync::mpsc::Receiver<Vec<Next>>) -> std::result::Result<(), Failure> {
    while work.blocking_recv().is_some() {}
    Ok(())
}

impl Running {
    /// Writes what comes back until both threads are done. An error of the store stops the job.
    fn keep(
        &mut self,
        control: &Control,
        tell: &mut dyn FnMut(&Progress),
    ) -> crate::store::Result<()> {
        let mut pace = Pace::new();
        let mut written = Instant::now();
        loop {
            let more = match self.done.recv_timeout(TELL_EVERY) {
                Ok(told) => {
                    self.hear(told)?;
                    true
                }
                Err(RecvTimeoutError::Timeout) => true,
                Err(RecvTimeoutError::Disconnected) => false,
            };
            while self.keeper.waiting() < BATCH
                && let Ok(told) = self.done.try_recv()
            {
                self.hear(told)?;
            }
            let due = written.elapsed() >= KEEP_EVERY || self.keeper.waiting() >= BATCH;
            if due || !more {
                let wish = self.keeper.write(self.traffic().in_flight)?;
                self.obey(wish, control);
                written = Instant::now();
            }
            if pace.due() || !more {
                tell(&self.progress(&mut pace));
            }
            if !more {
                return Ok(());
            }
        }
    }

    fn hear(&mut self, told: Told) -> crate::store::Result<()> {
        match told {
            Told::Claimed(work, units) => self.keeper.claimed(&work, units),
            Told::Done(done) => self.keeper.took(*done),
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

    fn traffic(&self) -> Traffic {
        self.model
            .as_ref()
            .map(|model| model.traffic())
            .unwrap_or_default()
    }

    fn progress(&self, pace: &mut Pace) -> Progress {
        let traffic = self.traffic();
        let kept = self.keeper.kept.clone();
        let rate = pace.rate(kept.calls);
        let finished = kept.tickets;
        let elapsed = self.started.elapsed().as_secs_f64();
        let left = (finished > 0).then(|| {
            let each = elapsed / finished as f64;
            Duration::from_secs_f64(each * self.total.saturating_sub(finished) as f64)
        });
        Progress {
            total: self.total,
            kept,
            in_flight: traffic.in_flight,
            delayed: traffic.delayed,
            rate,
            left,
            paused: *self.paused.borrow(),
        }
    }

    fn end(
        self,
        engine: &Engine,
        order: &JudgeOrder,
        plan: &Plan,
        told: crate::store::Result<()>,
    ) -> Result<Report> {
        let traffic = self.traffic();
        if told.is_err() {
            // Nothing can be written any more: what is under way is given up with its leases.
            drop(self.done);
        }
        let driven = self.driver.join().unwrap_or_else(|_| {
            Err(Failure::new(
                Class::Transport,
                "the thread that asks has died",
            ))
        });
        told?;
        let left = engine.prepare_judging(order)?.offer.tickets;
        let (outcome, message) = ending(driven, left, &self.keeper.kept.failed);
        let known = self.model.map(|model| model.capabilities());
        let (place, model) = (plan.offer.place.clone(), plan.judge.version.model.clone());
        let (seat, job, said) = (plan.judge.seat(), self.job, message.clone());
        let this = engine.clone();
        engine.store().write_light(move |db| {
            let now = this.clock().now_ms();
            crate::store::leases::release_seat(db, &seat, &this.owner)?;
            jobs::leave(db, job, &this.owner, false)?;
            jobs::end(db, job, outcome, said.as_deref(), now)?;
            if let (Some(known), Some(model)) = (known, model)
                && let Ok(body) = serde_json::to_string(&known)
            {
                judging::put_endpoint(db, &place, &model, &body)?;
            }
            Ok(())
        })?;
        Ok(Report {
            job: self.id,
            judge: plan.judge.version.name.clone(),
            outcome,
            message,
            total: self.total,
            kept: self.keeper.kept,
            traffic,
            priced: matches!(plan.offer.price, Cost::Micros(_)),
            took: self.started.elapsed(),
            left,
            routed: Vec::new(),
        })
    }
}

fn ending(
    driven: std::result::Result<(), Failure>,
    left: u64,
    failed: &BTreeMap<String, u64>,
) -> (Outcome, Option<String>) {
    match driven {
        Err(failure) if failure.class == Class::Cancelled => (Outcome::Cancelled, None),
        Err(failure) if failure.class == Class::Budget => (Outcome::Budget, Some(failure.message)),
        Err(failure) => (Outcome::Failed, Some(failure.message)),
        Ok(()) if left > 0 && !failed.is_empty() => (
            Outcome::Failed,
            Some(format!(
                "{left} tickets have no verdict; start again to try them once more"
            )),
        ),
        Ok(()) => (Outcome::Done, None),
    }
}

/// Calls a second over the last few seconds.
struct Pace {
    told: Instant,
    marks: VecDeque<(Instant, u64)>,
}

impl Pace {
    fn new() -> Self {
        Self {
            told: Instant::now(),
            marks: VecDeque::from([(Instant::now(), 0)]),
        }
    }

    fn due(&mut self) -> bool {
        let due = self.told.elapsed() >= TELL_EVERY;
        if due {
            self.told = Instant::now();
        }
        due
    }

    fn rate(&mut self, calls: u64) -> f64 {
        self.marks.push_back((Instant::now(), calls));
        if self.marks.len() > 50 {
            self.marks.pop_front();
        }
        let first = self.marks.front();
        let Some((since, before)) = first else {
            return 0.0;
        };
        let seconds = since.elapsed().as_secs_f64();
        if seconds > 0.0 {
            (calls - before) as f64 / seconds
        } else {
            0.0
        }
    }
}
