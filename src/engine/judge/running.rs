//! A job that is running, from the side that writes: what comes back is kept, told, and obeyed.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::keep::Keeper;
use super::rounds::{Round, Rounds};
use super::run::Control;
use super::tally::Kept;
use super::unit::Done;
use super::work::Work;
use crate::domain::failure::Class;
use crate::domain::job::Wish;
use crate::provider::{Model, Traffic};

/// The least time between two writes: at thousands of answers a second each would be a transaction of its own.
const KEEP_EVERY: Duration = Duration::from_millis(4);
/// How often progress is told, and the job that this worker lives.
const TELL_EVERY: Duration = Duration::from_millis(100);
/// Finished calls that are written without waiting for more.
const BATCH: usize = 64;

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
    /// Replies that were no answers and are asked about again, by class, those of this run.
    pub again: Vec<(Class, u64)>,
    /// Calls a second, over this run.
    pub rate: f64,
    /// Time left at this rate.
    pub left: Option<Duration>,
    /// Whether it waits for somebody to let it go on.
    pub paused: bool,
}

/// A job that is running.
pub(super) struct Running {
    pub job: i64,
    pub id: [u8; 16],
    pub keeper: Keeper,
    pub rounds: Rounds,
    /// The one under way.
    pub round: Round,
    /// Tickets it had had when a further one was sent out last.
    pub had: Option<usize>,
    pub model: Option<Arc<dyn Model>>,
    pub paused: watch::Sender<bool>,
    pub total: u64,
    pub started: Instant,
}

/// What the keeper is told.
pub(super) enum Told {
    /// A ticket was claimed.
    Claimed(Arc<Work>, usize),
    /// A call came to an end.
    Done(Box<Done>),
    /// Claiming failed.
    Broken(crate::store::StoreError),
}

impl Running {
    /// Writes what comes back until both threads are done. An error of the store stops the job.
    pub fn keep(
        &mut self,
        control: &Control,
        tell: &mut dyn FnMut(&Progress),
    ) -> crate::store::Result<()> {
        let mut pace = Pace::new();
        let mut written = Instant::now();
        loop {
            let patience = match self.keeper.waiting() {
                0 => TELL_EVERY,
                _ => KEEP_EVERY.saturating_sub(written.elapsed()),
            };
            let more = match self.round.done.recv_timeout(patience) {
                Ok(told) => {
                    self.hear(told)?;
                    true
                }
                Err(RecvTimeoutError::Timeout) => true,
                Err(RecvTimeoutError::Disconnected) => false,
            };
            while self.keeper.waiting() < BATCH
                && let Ok(told) = self.round.done.try_recv()
            {
                self.hear(told)?;
            }
            let due = match self.keeper.waiting() {
                0 => written.elapsed() >= TELL_EVERY,
                waiting => written.elapsed() >= KEEP_EVERY || waiting >= BATCH,
            };
            if due || !more {
                let wish = self.keeper.write(&self.traffic())?;
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

    pub fn traffic(&self) -> Traffic {
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
            again: traffic
                .again()
                .into_iter()
                .filter(|(_, n)| *n > 0)
                .collect(),
            rate,
            left,
            paused: *self.paused.borrow(),
        }
    }
}

/// Calls a second over the last few seconds.
pub(in crate::engine) struct Pace {
    told: Instant,
    marks: VecDeque<(Instant, u64)>,
}

impl Pace {
    pub fn new() -> Self {
        Self {
            told: Instant::now(),
            marks: VecDeque::from([(Instant::now(), 0)]),
        }
    }

    pub fn due(&mut self) -> bool {
        let due = self.told.elapsed() >= TELL_EVERY;
        if due {
            self.told = Instant::now();
        }
        due
    }

    pub fn rate(&mut self, calls: u64) -> f64 {
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
