//! One candidate's work: items on one thread, calls on another, writing on the caller's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::super::judge::Control;
use super::super::judge::drive::{Drive, on_this_thread};
use super::super::judge::first_send::announcing;
use super::super::judge::order::By;
use super::super::judge::purse::{Holds, JobPurse};
use super::super::judge::run::thread_error;
use super::super::judge::running::Pace;
use super::super::judge::unsaved::Unsaved;
use super::super::{Engine, EngineError, Result};
use super::asking::{Asking, Question};
use super::feed::{Feeder, Told};
use super::keep::{Desk, Keeper, Kept, seat};
use super::offer::{Plan, Planned};
use super::order::RunOrder;
use super::run::{CandidateReport, RunProgress};
use crate::domain::event::FirstSend;
use crate::domain::failure::Class;
use crate::domain::job::{Outcome, Wish};
use crate::provider::{Failure, Job, Model, Priced, Traffic};
use crate::store::ingest::Target;
use crate::store::{judging, leases};

/// How often progress is told, and the job that this worker lives.
const TELL_EVERY: Duration = Duration::from_millis(100);
/// Finished calls that make a batch: what comes while the one before is written.
const BATCH: usize = 64;
/// How often seats are taken anew.
const RENEW_EVERY: Duration = Duration::from_secs(40);

/// One candidate's work.
pub(super) struct Work<'a> {
    pub engine: &'a Engine,
    pub order: &'a RunOrder,
    pub plan: &'a Plan,
    pub planned: &'a Planned,
    pub target: Target,
    pub job: i64,
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
    /// Asks what is missing; returns when it is done, stopped, out of budget, or pointless to go on with.
    pub fn run(
        &self,
        control: &Control,
        tell: &mut dyn FnMut(&RunProgress),
    ) -> Result<CandidateReport> {
        if self.planned.missing.is_empty() {
            return Ok(self.report(Kept::default(), Ok(()), 0));
        }
        let mut running = self.begin(control)?;
        let kept = running.keep(self, control, tell);
        if kept.is_err() {
            // A call may wait for money that is written back, and nothing is written any more.
            control.stop();
        }
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
        let seats: Vec<String> = self.planned.runs.iter().map(|run| seat(&run.id)).collect();
        let (left, held) = self.engine.store().read(|db| {
            let mut left = 0;
            for run in &self.planned.runs {
                left += self.plan.found.items.len() - crate::store::runs::tally(db, &run.id)?.0;
            }
            let now = self.engine.clock().now_ms();
            let held = super::super::held_elsewhere(db, &seats, &self.engine.owner, now)?;
            Ok((left, held))
        })?;
        let mut report = self.report(running.keeper.kept, driven, left);
        if let Some((message, held)) = report.message.as_mut().zip(held).filter(|_| left > 0) {
            *message = format!("{message}; {held}");
        }
        Ok(report)
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
        let concurrency = self.order.concurrency.max(1);
        let purse = JobPurse::new(
            engine.store().clone(),
            self.job,
            engine.owner.clone(),
            known,
            Holds::of(limited, concurrency),
        );
        let purse = Arc::new(purse);
        let set_up = Job {
            concurrency,
            purse: announcing(engine, purse.clone(), self.first_send()),
            capabilities: engine.capabilities(
                (&planned.by.place(), &planned.model),
                self.order.reach.sooner,
            )?,
            // For the time to the first token; a judge's questions are asked for in one piece.
            stream: true,
            ..Job::default()
        };
        let model = planned.by.open(set_up)?;
        let model = model
            .ok_or_else(|| EngineError::refused("checks answer no request", "name a model"))?;
        let asking = Arc::new(Asking {
            model: Arc::clone(&model),
            candidate: planned.candidate.name.clone(),
            price,
            refused: AtomicU32::new(0),
            answered: AtomicBool::new(false),
        });
        let (send, told) = channel();
        let (send_work, work) = tokio::sync::mpsc::channel(2);
        self.spawn_feeder(control, send.clone(), send_work)?;
        let (paused, pause) = watch::channel(false);
        let unsaved = Arc::<Unsaved>::default();
        let answered = Arc::clone(&unsaved);
        let drive = Drive {
            asking,
            cancel: control.cancel.clone(),
            paused: pause,
            done: Box::new(move |done| {
                answered.one_more();
                let _ = send.send(Told::Done(Box::new(done)));
            }),
            concurrency,
            unsaved: Arc::clone(&unsaved),
        };
        let driver = spawn("docket-calls", move || on_this_thread(drive, work))?;
        Ok(Running {
            told,
            driver,
            model,
            paused,
            keeper: Keeper::new(Arc::new(self.desk()), purse, unsaved),
        })
    }

    fn spawn_feeder(
        &self,
        control: &Control,
        told: Sender<Told>,
        work: tokio::sync::mpsc::Sender<Vec<Question>>,
    ) -> Result<()> {
        let feeder = Feeder {
            engine: self.engine.clone(),
            planned: self.planned.clone(),
            told,
            work,
            batch: (self.order.concurrency * 4).clamp(32, 256),
            fresh: self.order.fresh,
            cancel: control.cancel.clone(),
        };
        spawn("docket-items", move || feeder.run()).map(drop)
    }

    fn desk(&self) -> Desk {
        Desk {
            engine: self.engine.clone(),
            job: self.job,
            target: self.target,
            eval_row: self.plan.found.eval_row,
            group: self.plan.found.group.name.clone(),
            candidate: self.planned.candidate.name.clone(),
            model: self.planned.asked.model.clone(),
            runs: self.planned.runs.clone(),
        }
    }

    /// What is about to leave for the first time.
    fn first_send(&self) -> Option<FirstSend> {
        let mut candidates = self.plan.offer.candidates.iter();
        let offer = candidates.find(|one| one.name == self.planned.candidate.name)?;
        (!offer.first_send.is_empty()).then(|| FirstSend {
            eval: self.plan.found.eval.id,
            place: offer.place.clone(),
            local: offer.local,
            tickets: self.plan.found.group.items,
            fields: offer.first_send.clone(),
        })
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
            // What was paid does not wait: a kill would lose it.
            if self.keeper.waiting() > 0 || written.elapsed() >= TELL_EVERY || !more {
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
