//! Writing suggestions as they come, and what they cost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::super::purse::Settled;
use super::super::retried::Retried;
use super::super::run::Control;
use super::super::running::Progress;
use super::super::tally::Kept;
use super::super::unit::Asking;
use super::case::Desk;
use super::repair::{Found, Step};
use crate::domain::failure::Class;
use crate::domain::job::Wish;
use crate::domain::suggestion::{Helped, Kind, Suggestion, Verdict};
use crate::judge::subject::Output;
use crate::judge::suggest::stays_here;
use crate::store::jobs::{self, Progress as Advance};
use crate::store::{leases, suggestions};

/// How often progress is told and what people want is asked for.
const TELL_EVERY: Duration = Duration::from_millis(200);
/// How often seats are taken anew.
const RENEW_EVERY: Duration = Duration::from_secs(40);

/// Counts of what this worker wrote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suggested {
    /// Tickets finished, with or without a suggestion.
    pub tickets: u64,
    /// Suggestions that made something better and nothing worse.
    pub helped: u64,
    /// Of those that helped, those whose text passes every check and the second judgement; the others are better than
    /// before and not good yet.
    pub helped_and_pass: u64,
    /// Suggestions that did not.
    pub did_not_help: u64,
    /// Suggestions a level was missing for.
    pub unverified: u64,
    /// Of all of these, those that can only be taken whole.
    pub rewrites: u64,
    /// Of all of these, those that leave something unrepaired.
    pub unresolved: u64,
    /// Of those that helped, those no export writes by itself: what was judged has a warning on it.
    pub stay_here: u64,
    /// Tickets with nothing to repair, or in another worker's hands.
    pub nothing: u64,
    /// Tickets no suggestion could be read for, by class.
    pub unscored: BTreeMap<String, u64>,
    /// Tickets whose calls failed in transport, by class.
    pub failed: BTreeMap<String, u64>,
    /// Calls made.
    pub calls: u64,
    /// Millionths of the currency unit.
    pub micros: i64,
    /// Tokens.
    pub tokens: i64,
    /// Calls without a known price.
    pub unpriced: u64,
}

impl Suggested {
    fn settled(&mut self, desk: &Desk, one: &Suggestion, original: Option<&Output>) {
        let helped = one.helped == Helped::Helped;
        let warned = original.and_then(|output| stays_here(output, &one.text, &desk.rubric));
        self.stay_here += u64::from(helped && warned.is_some());
        let threshold = desk.rubric.threshold_for(desk.eval.policy.pass_threshold);
        let passes = matches!(one.verdict(&desk.rubric, threshold), Verdict::Passes { .. });
        self.helped_and_pass += u64::from(helped && passes);
        match one.helped {
            Helped::Helped => self.helped += 1,
            Helped::DidNotHelp => self.did_not_help += 1,
            Helped::Unverified => self.unverified += 1,
        }
        self.rewrites += u64::from(one.kind == Kind::Rewrite);
        self.unresolved += u64::from(!one.unresolved.is_empty());
    }
}

/// What the keeper is told.
pub(super) enum Told {
    /// Something to be written.
    Step(Box<Step>),
    /// A ticket with nothing to do.
    Nothing,
    /// Claiming failed.
    Broken(crate::store::StoreError),
}

/// Gathers and writes.
pub(super) struct Keeper {
    desk: Arc<Desk>,
    job: i64,
    asking: Arc<Asking>,
    total: u64,
    started: Instant,
    renewed: Instant,
    retried: Retried,
    pub kept: Suggested,
}

impl Keeper {
    pub fn new(desk: Arc<Desk>, job: i64, asking: Arc<Asking>, total: u64) -> Self {
        let now = Instant::now();
        Self {
            desk,
            job,
            asking,
            total,
            started: now,
            renewed: now,
            retried: Retried::default(),
            kept: Suggested::default(),
        }
    }

    /// What every call shared.
    pub fn asking(&self) -> &Asking {
        &self.asking
    }

    /// Writes what comes until the driver is done. Suggestions are few and slow: each is written when it comes.
    pub fn keep(
        &mut self,
        hear: &Receiver<Told>,
        control: &Control,
        pause: &watch::Sender<bool>,
        tell: &mut dyn FnMut(&Progress),
    ) -> crate::store::Result<()> {
        loop {
            let mut steps = Vec::new();
            let first = match hear.recv_timeout(TELL_EVERY) {
                Ok(told) => Some(told),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => {
                    tell(&self.progress(*pause.borrow()));
                    return Ok(());
                }
            };
            for told in first.into_iter().chain(hear.try_iter()) {
                match told {
                    Told::Step(step) => {
                        self.count(&step);
                        steps.push(*step);
                    }
                    Told::Nothing => {
                        self.kept.nothing += 1;
                        self.kept.tickets += 1;
                    }
                    Told::Broken(error) => return Err(error),
                }
            }
            match self.write(steps)? {
                Wish::Cancel => control.stop(),
                wish => {
                    pause.send_if_modified(|paused| {
                        std::mem::replace(paused, wish == Wish::Pause) != (wish == Wish::Pause)
                    });
                }
            }
            tell(&self.progress(*pause.borrow()));
        }
    }

    fn count(&mut self, step: &Step) {
        self.kept.calls += step.calls.len() as u64;
        let unpriced = |call: &&jobs::CallFact| call.micros.is_none() && call.tokens.is_some();
        self.kept.unpriced += step.calls.iter().filter(unpriced).count() as u64;
        match &step.found {
            Found::Pending(_) => return,
            Found::Settled(one) => {
                let original = step.case.subject.outputs.first();
                self.kept.settled(&self.desk, one, original);
            }
            Found::Unscored(why) => count(&mut self.kept.unscored, why.class),
            Found::Failed(why) => {
                if why.class != Class::Cancelled {
                    count(&mut self.kept.failed, why.class);
                }
                return;
            }
        }
        self.kept.tickets += 1;
    }

    fn write(&mut self, steps: Vec<Step>) -> crate::store::Result<Wish> {
        let settled = self.asking.purse.take_settled();
        if let Some(most) = settled.map(Settled::most) {
            self.kept.micros += most.micros;
            self.kept.tokens += most.tokens;
        }
        let renew = self.renewed.elapsed() >= RENEW_EVERY;
        if renew {
            self.renewed = Instant::now();
        }
        let traffic = self.asking.model.traffic();
        let (again, in_flight) = (self.retried.more(&traffic), traffic.in_flight);
        let (desk, job) = (Arc::clone(&self.desk), self.job);
        self.desk.engine.store().write_light(move |db| {
            let engine = &desk.engine;
            let (now, seat) = (engine.clock().now_ms(), desk.seat());
            let mut advance = Advance::default();
            for step in &steps {
                let row = step.case.row;
                for call in &step.calls {
                    jobs::put_call(db, job, call, now)?;
                    advance.calls += 1;
                    advance.unpriced += u64::from(call.micros.is_none() && call.tokens.is_some());
                }
                let judge = (desk.judge_row, &desk.judge.id);
                let failed = |class: Class, message: &str| {
                    jobs::put_failure(db, job, (row, "suggestion", 0), class, message)
                };
                match &step.found {
                    Found::Pending(one) => {
                        suggestions::put(db, (row, &step.case.ticket), judge, one)?;
                        continue;
                    }
                    Found::Settled(one) => {
                        suggestions::put(db, (row, &step.case.ticket), judge, one)?;
                        advance.done += 1;
                    }
                    Found::Unscored(why) => {
                        failed(why.class, &why.message)?;
                        advance.done += 1;
                    }
                    Found::Failed(why) if why.class == Class::Cancelled => {}
                    Found::Failed(why) => failed(why.class, &why.message)?,
                }
                leases::release_judge(db, row, &seat, &engine.owner)?;
            }
            if let Some(settled) = settled {
                jobs::settle(db, job, &engine.owner, settled.into())?;
            }
            jobs::advance(db, job, advance, now)?;
            if renew {
                leases::renew_judge(db, &seat, &engine.owner, now)?;
            }
            jobs::put_again(db, job, &again, now)?;
            jobs::beat(db, job, &engine.owner, in_flight, now)
        })
    }

    fn progress(&self, paused: bool) -> Progress {
        let traffic = self.asking.model.traffic();
        let elapsed = self.started.elapsed().as_secs_f64();
        let finished = self.kept.tickets;
        let left = (finished > 0).then(|| {
            let each = elapsed / finished as f64;
            Duration::from_secs_f64(each * self.total.saturating_sub(finished) as f64)
        });
        Progress {
            total: self.total,
            kept: Kept {
                tickets: finished,
                scored: self.kept.helped + self.kept.did_not_help + self.kept.unverified,
                unscored: self.kept.unscored.clone(),
                failed: self.kept.failed.clone(),
                calls: self.kept.calls,
                micros: self.kept.micros,
                tokens: self.kept.tokens,
                unpriced: self.kept.unpriced,
                ..Kept::default()
            },
            in_flight: traffic.in_flight,
            delayed: traffic.delayed,
            again: traffic
                .again()
                .into_iter()
                .filter(|(_, n)| *n > 0)
                .collect(),
            rate: if elapsed > 0.0 {
                self.kept.calls as f64 / elapsed
            } else {
                0.0
            },
            left,
            paused,
        }
    }
}

fn count(classes: &mut BTreeMap<String, u64>, class: Class) {
    *classes.entry(class.name().to_owned()).or_default() += 1;
}
