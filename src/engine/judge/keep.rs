//! Writing what comes back: verdicts, what they cost, seats given back, the job's counts. In batches, because a
//! commit costs more than a verdict.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::Engine;
use super::purse::{JobPurse, Settled};
use super::retried::Retried;
use super::tally::{Finished, Kept, Open};
use super::unit::Done;
use super::unsaved::Unsaved;
use super::work::{Claims, Work};
use crate::domain::failure::Class;
use crate::domain::job::Wish;
use crate::domain::rubric::Rubric;
use crate::domain::verdict::{Outcome, Verdict};
use crate::judge::checks::contradicts;
use crate::provider::Traffic;
use crate::store::jobs::{self, Progress as Advance};
use crate::store::project::Refolder;
use crate::store::{Db, judging, leases, verdicts};

/// How often seats are taken anew.
const RENEW_EVERY: Duration = Duration::from_secs(40);

/// What is to be written about one ticket.
#[derive(Debug)]
struct Line {
    work: Arc<Work>,
    /// The stored number of the sample.
    sample: u32,
    verdict: Verdict,
    key: Option<[u8; 32]>,
    /// Taken from an earlier answer.
    cached: bool,
}

/// Gathers and writes.
pub(super) struct Keeper {
    pub claims: Arc<Claims>,
    pub job: i64,
    pub purse: Option<Arc<JobPurse>>,
    lines: Vec<Line>,
    done: Vec<Done>,
    /// Tickets that still wait for calls.
    open: HashMap<i64, Open>,
    finished: Vec<Finished>,
    /// Whether the judge has answered anything in this run, or needs nobody to.
    answers: bool,
    /// Tickets with nothing in them to ask about. What is known of them waits for the first answer: a judge that
    /// never answered has read nothing.
    held: Vec<Arc<Work>>,
    renewed: Instant,
    /// Answers that are not on disk yet, here or on their way here.
    unsaved: Arc<Unsaved>,
    retried: Retried,
    pub kept: Kept,
}

impl Keeper {
    pub fn new(
        claims: Arc<Claims>,
        job: i64,
        purse: Option<Arc<JobPurse>>,
        unsaved: Arc<Unsaved>,
    ) -> Self {
        Self {
            claims,
            job,
            answers: purse.is_none(),
            held: Vec::new(),
            purse,
            lines: Vec::new(),
            done: Vec::new(),
            open: HashMap::new(),
            finished: Vec::new(),
            renewed: Instant::now(),
            unsaved,
            retried: Retried::default(),
            kept: Kept::default(),
        }
    }

    /// A ticket was claimed: what is known without a model is written as soon as the judge has read it, or another
    /// ticket where there is nothing to ask about it.
    pub fn claimed(&mut self, work: &Arc<Work>, units: usize) {
        let before = work.known.iter().any(|(_, verdict)| verdict.call.is_some());
        if units == 0 {
            if self.answers || before || work.known.is_empty() {
                self.known(work);
            } else {
                self.held.push(Arc::clone(work));
            }
            return;
        }
        let mut open = Open {
            left: units,
            read: before,
            ..Open::default()
        };
        for (sample, verdict) in &work.known {
            open.heard(verdict);
            self.cached(work, *sample, verdict);
        }
        if before {
            self.checked(work);
        }
        self.open.insert(work.row, open);
    }

    /// A ticket about which nothing is to be asked.
    fn known(&mut self, work: &Arc<Work>) {
        let mut heard = Open::default();
        for (sample, verdict) in &work.known {
            heard.heard(verdict);
            self.cached(work, *sample, verdict);
        }
        self.checked(work);
        self.finish(work.row, &heard);
    }

    /// What waited for the judge's first answer is written: it came, or none was needed.
    pub fn release(&mut self) {
        self.answers = true;
        for work in std::mem::take(&mut self.held) {
            self.known(&work);
        }
    }

    fn checked(&mut self, work: &Arc<Work>) {
        for verdict in &work.checks {
            self.line(work, 0, verdict.clone(), None, false);
        }
    }

    fn cached(&mut self, work: &Arc<Work>, sample: u32, verdict: &Verdict) {
        let cached = verdict.call.is_some();
        self.kept.cached += u64::from(cached);
        self.line(work, sample, verdict.clone(), None, cached);
    }

    fn finish(&mut self, row: i64, of: &Open) {
        self.kept.tickets += u64::from(!of.failed);
        self.kept.scored_tickets += u64::from(of.is_scored());
        let failed = of.failed;
        self.finished.push(Finished { row, failed });
    }

    /// Some calls came to an end.
    pub fn took(&mut self, mut done: Done) {
        let stored = judging::attempt(done.unit.sample, done.unit.attempt);
        let verdicts = std::mem::take(&mut done.verdicts);
        let mut open = self.open.remove(&done.work.row).unwrap_or_default();
        if done.failure.is_none() {
            self.release();
            if !std::mem::replace(&mut open.read, true) {
                self.checked(&Arc::clone(&done.work));
            }
        }
        for (at, mut verdict) in verdicts.into_iter().enumerate() {
            flag(&mut verdict, &self.claims.rubric, &done.work);
            let scored = verdict.outcome.answer().is_some();
            let key = done.unit.keys.get(at).copied().filter(|_| scored);
            open.heard(&verdict);
            self.kept.replied += u64::from(scored);
            let work = Arc::clone(&done.work);
            self.line(&work, stored, verdict, key, false);
        }
        self.kept.calls += done.calls.len() as u64;
        for call in &done.calls {
            self.kept.unpriced += u64::from(call.micros.is_none() && call.tokens.is_some());
        }
        if let Some(failure) = done.failure.as_ref().filter(|one| is_trouble(one.class)) {
            let class = failure.class.name().to_owned();
            *self.kept.failed.entry(class).or_default() += 1;
        }
        open.failed |= done.failure.is_some();
        open.left = open.left.saturating_sub(1);
        if open.left == 0 {
            self.finish(done.work.row, &open);
        } else {
            self.open.insert(done.work.row, open);
        }
        self.done.push(done);
    }

    fn line(
        &mut self,
        work: &Arc<Work>,
        sample: u32,
        verdict: Verdict,
        key: Option<[u8; 32]>,
        cached: bool,
    ) {
        self.kept.count(&verdict);
        self.lines.push(Line {
            work: Arc::clone(work),
            sample,
            verdict,
            key,
            cached,
        });
    }

    /// How much waits to be written.
    pub fn waiting(&self) -> usize {
        self.lines.len() + self.done.len() + self.finished.len()
    }

    /// Writes everything gathered, in one transaction, and says that this worker lives.
    pub fn write(&mut self, traffic: &Traffic) -> crate::store::Result<Wish> {
        let batch = Batch {
            claims: Arc::clone(&self.claims),
            job: self.job,
            lines: std::mem::take(&mut self.lines),
            done: std::mem::take(&mut self.done),
            finished: std::mem::take(&mut self.finished),
            settled: self.purse.as_ref().and_then(|purse| purse.take_settled()),
            again: self.retried.more(traffic),
            in_flight: traffic.in_flight,
            renew: self.renewed.elapsed() >= RENEW_EVERY,
        };
        if batch.renew {
            self.renewed = Instant::now();
        }
        if let Some(Settled { cost, lost, .. }) = batch.settled {
            self.kept.micros += cost.micros;
            self.kept.tokens += cost.tokens;
            self.kept.lost_micros += lost.micros;
            self.kept.lost_tokens += lost.tokens;
        }
        let answers = batch.done.len();
        let engine = self.claims.engine.clone();
        let store = self.claims.engine.store();
        let wish = store.write_light(move |db| batch.write(db, &engine))?;
        self.unsaved.written(answers);
        Ok(wish)
    }
}

struct Batch {
    claims: Arc<Claims>,
    job: i64,
    lines: Vec<Line>,
    done: Vec<Done>,
    finished: Vec<Finished>,
    settled: Option<Settled>,
    /// Replies that are asked about again.
    again: Vec<(Class, u64)>,
    in_flight: usize,
    renew: bool,
}

impl Batch {
    fn write(self, db: &Db, engine: &Engine) -> crate::store::Result<Wish> {
        let now = engine.clock().now_ms();
        let mut refold = BTreeSet::new();
        let mut cached = 0;
        for line in &self.lines {
            let id =
                self.claims
                    .verdict_id(&line.work.ticket, &line.verdict.criterion, line.sample);
            let row = line.work.row;
            verdicts::put(
                db,
                &id,
                row,
                self.claims.judge_row,
                line.sample,
                &line.verdict,
            )?;
            if let Some(key) = &line.key {
                verdicts::put_key(db, key, &id)?;
            }
            cached += u64::from(line.cached);
            self.remember(db, line)?;
            refold.insert(row);
        }
        self.refold(db, &refold)?;
        let calls = self.calls(db, now)?;
        let seat = self.claims.judge.seat();
        for one in &self.finished {
            leases::release_judge(db, one.row, &seat, &engine.owner)?;
        }
        if let Some(settled) = self.settled {
            jobs::settle(db, self.job, &engine.owner, settled.into())?;
        }
        let whole = self.finished.iter().filter(|one| !one.failed).count();
        let advance = Advance {
            done: whole as u64,
            cached,
            ..calls
        };
        jobs::put_again(db, self.job, &self.again, now)?;
        jobs::advance(db, self.job, advance, now)?;
        if self.renew {
            leases::renew_judge(db, &seat, &engine.owner, now)?;
        }
        jobs::beat(db, self.job, &engine.owner, self.in_flight, now)
    }

    /// A reply without an answer is counted by its class until a later one answers.
    fn remember(&self, db: &Db, line: &Line) -> crate::store::Result<()> {
        let sample = judging::sample_of(line.sample);
        let place = (line.work.row, line.verdict.criterion.as_str(), sample);
        match &line.verdict.outcome {
            Outcome::Unscored(class) => {
                let problem = line.verdict.problem.as_deref().unwrap_or_default();
                let class = Class::read(class).unwrap_or(Class::Unparsable);
                jobs::put_failure(db, self.job, place, class, problem)
            }
            // A first reply cannot follow one without an answer.
            Outcome::Scored(_) if line.sample == sample => Ok(()),
            Outcome::Scored(_) => jobs::drop_failure(db, self.job, place),
        }
    }

    fn refold(&self, db: &Db, rows: &BTreeSet<i64>) -> crate::store::Result<()> {
        let mut refolder = Refolder::default();
        for row in rows {
            refolder.judge(db, *row, self.claims.eval_row)?;
        }
        refolder.finish(db)
    }

    fn calls(&self, db: &Db, now: i64) -> crate::store::Result<Advance> {
        let mut advance = Advance::default();
        for done in &self.done {
            for call in &done.calls {
                jobs::put_call(db, self.job, call, now)?;
                advance.calls += 1;
                advance.unpriced += u64::from(call.micros.is_none() && call.tokens.is_some());
            }
            if let Some(failure) = &done.failure {
                let criterion = self.claims.calls[done.unit.call].criterion();
                let place = (done.work.row, criterion, done.unit.sample);
                if is_trouble(failure.class) {
                    jobs::put_failure(db, self.job, place, failure.class, &failure.message)?;
                }
            }
        }
        Ok(advance)
    }
}

/// Whether something went wrong. What was not asked because the work was stopped or its budget spent is left, and nothing
/// failed about it: how many of it had been claimed by then says nothing.
fn is_trouble(class: Class) -> bool {
    !matches!(class, Class::Cancelled | Class::Budget)
}

/// Flags that come from the judged text, and from checks that contradict the judge.
pub(in crate::engine) fn flag(verdict: &mut Verdict, rubric: &Rubric, work: &Work) {
    for found in &work.flags {
        verdict.flag(*found);
    }
    contradicts(rubric, verdict, &work.checked);
}
