//! A job's budget in this process: taken out of the workspace call by call, so that what a killed process
//! held is no more than its calls under way. Without a budget as much is held as those calls may cost at most, so that
//! the job can say what a kill may have cost.
//!
//! Where money is short, calls get it in the order they were begun, so that it goes into tickets that can be finished and
//! not into a first question of each.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::failure::Class;
use crate::provider::{Estimate, Failure, Held, Price, Purse, Spent, Usage};
use crate::store::{Store, jobs};
use crate::text::numbers::money;

/// How long a call the budget has no room for waits before it asks again.
const STARVED: Duration = Duration::from_millis(20);

tokio::task_local! {
    /// The place of the work a call belongs to in the order in which it was begun. Work without one stands in no line.
    pub(in crate::engine) static TURN: u64;
}

/// How long to wait before the same call is tried again, where a budget has no room for it now and may have later.
pub(in crate::engine) fn starved(failure: &Failure) -> Option<Duration> {
    failure
        .retry_after
        .filter(|_| failure.class == Class::Budget)
}

/// Money (millionths) and tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// Millionths of the currency unit.
    pub micros: i64,
    /// Tokens.
    pub tokens: i64,
}

impl Amount {
    fn plus(self, other: Self) -> Self {
        Self {
            micros: self.micros + other.micros,
            tokens: self.tokens + other.tokens,
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            micros: self.micros - other.micros,
            tokens: self.tokens - other.tokens,
        }
    }

    fn times(self, calls: usize) -> Self {
        Self {
            micros: self.micros.saturating_mul(calls as i64),
            tokens: self.tokens.saturating_mul(calls as i64),
        }
    }

    fn quarter(self) -> Self {
        Self {
            micros: self.micros / 4,
            tokens: self.tokens / 4,
        }
    }

    /// What of this another amount does not cover.
    fn beyond(self, other: Self) -> Self {
        Self {
            micros: (self.micros - other.micros).max(0),
            tokens: (self.tokens - other.tokens).max(0),
        }
    }
}

/// What calls came to since the last time it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::engine) struct Settled {
    /// What was held for them.
    pub held: Amount,
    /// What they cost, as the endpoint counted it.
    pub cost: Amount,
    /// What those may have cost whose reply was lost: all that was held for them.
    pub lost: Amount,
}

impl Settled {
    /// What was spent at most.
    pub fn most(self) -> Amount {
        self.cost.plus(self.lost)
    }
}

/// What is held in the workspace for calls that are under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Holds {
    /// What each may cost, before it is made: there is a limit.
    Each,
    /// What so many at once may cost.
    Most(usize),
    /// Nothing: there is no job.
    Nothing,
}

impl Holds {
    /// What a job holds that makes so many calls at once.
    pub fn of(limited: bool, concurrency: usize) -> Self {
        if limited {
            Self::Each
        } else {
            Self::Most(concurrency)
        }
    }
}

/// The purse of one worker of one job.
pub(in crate::engine) struct JobPurse {
    store: Store,
    job: i64,
    owner: String,
    price: Option<Price>,
    holds: Holds,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    next: u64,
    /// Reserved in the workspace and not given to a call.
    free: Amount,
    out: HashMap<u64, Amount>,
    /// Settled since the keeper last wrote.
    settled: Option<Settled>,
    /// Held for calls under way, where there is no limit.
    most: Amount,
    /// Whether the keeper may still be writing what it took: until it asks for more, that counts as held.
    writing: bool,
    /// Places given out so far.
    turns: u64,
    /// Places of work that waits for money.
    line: BTreeSet<u64>,
    /// Whether the work was stopped, so that nobody waits for anybody any more.
    stopped: bool,
}

impl Inner {
    /// Whether the workspace counts more as held than calls not yet made can rely on: calls under way, and what
    /// came back and is not written yet.
    fn may_come_back(&self) -> bool {
        !self.out.is_empty() || self.settled.is_some() || self.writing
    }

    /// Whether work begun earlier waits for money, too.
    fn is_behind(&self, turn: Option<u64>) -> bool {
        let first = self.line.first().filter(|_| !self.stopped);
        turn.is_some_and(|turn| first.is_some_and(|first| *first < turn))
    }

    /// The work around this call waits for money.
    fn waits(&mut self, turn: Option<u64>) -> Failure {
        self.line.extend(turn);
        Failure {
            retry_after: Some(STARVED),
            ..Failure::new(Class::Budget, Class::Budget.words())
        }
    }
}

/// The place of the work around this call.
fn turn() -> Option<u64> {
    TURN.try_with(|turn| *turn).ok()
}

impl JobPurse {
    pub fn new(store: Store, job: i64, owner: String, price: Option<Price>, holds: Holds) -> Self {
        Self {
            store,
            job,
            owner,
            price,
            holds,
            inner: Mutex::new(Inner::default()),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of work that is begun now.
    pub fn begins(&self) -> u64 {
        let mut inner = self.inner();
        inner.turns += 1;
        inner.turns
    }

    /// Work has ended, and waits for no money any more; `stopped` where nothing further will be sent.
    pub fn ends(&self, turn: u64, stopped: bool) {
        let mut inner = self.inner();
        inner.line.remove(&turn);
        inner.stopped |= stopped;
    }

    /// Waits before a call the budget had no room for is tried again: until no work begun earlier waits.
    pub async fn wait(&self, moment: Duration) {
        loop {
            tokio::time::sleep(moment).await;
            if !self.inner().is_behind(turn()) {
                return;
            }
        }
    }

    /// What was settled since the last time: to be written with the replies it belongs to.
    pub fn take_settled(&self) -> Option<Settled> {
        let mut inner = self.inner();
        let settled = inner.settled.take();
        inner.writing = settled.is_some();
        settled
    }

    /// What a call costs at most.
    fn most(&self, estimate: Estimate) -> Amount {
        let usage = Usage {
            input: estimate.input,
            output: estimate.output,
            ..Usage::default()
        };
        self.amount(usage)
    }

    fn amount(&self, usage: Usage) -> Amount {
        Amount {
            micros: self.price.map_or(0, |price| price.cost(usage)),
            tokens: (usage.input + usage.output) as i64,
        }
    }

    /// What is said when there is no room for a call and none can come back.
    fn spent(&self, need: Amount, free: Amount) -> String {
        let job = self.job;
        let (micros, tokens) = self
            .store
            .read(move |db| jobs::left(db, job))
            .unwrap_or_default();
        // What this worker holds for no call is left as well.
        let money_lacks = micros
            .map(|left| left + free.micros)
            .filter(|left| *left < need.micros);
        let tokens_lack = tokens
            .map(|left| left + free.tokens)
            .filter(|left| *left < need.tokens);
        let mut lacks = Vec::new();
        if let Some(left) = money_lacks {
            let (need, left) = (money(need.micros), money(left.max(0)));
            lacks.push(format!(
                "sets {need} aside at most, {left} is left (`--max-cost`)"
            ));
        }
        if let Some(left) = tokens_lack {
            let (need, left) = (need.tokens, left.max(0));
            lacks.push(format!(
                "sets {need} tokens aside at most, {left} are left (`--max-tokens`)"
            ));
        }
        if lacks.is_empty() {
            // Another process took or gave back something in between.
            lacks.push("sets more aside than is left".to_owned());
        }
        format!(
            "what is left of the budget is too little for one more call, which {}; start again with a larger limit",
            lacks.join(", and ")
        )
    }

    /// Takes what a call may cost out of the budget.
    fn take(&self, need: Amount) -> bool {
        let (job, owner) = (self.job, self.owner.clone());
        let taken = self
            .store
            .write_light(move |db| jobs::reserve(db, job, &owner, need.micros, need.tokens));
        matches!(taken, Ok(true))
    }

    /// Holds this much at least. A quarter more is taken, or every somewhat longer question would be a write.
    fn hold(&self, inner: &mut Inner, most: Amount) {
        if most.beyond(inner.most) != Amount::default() {
            let ample = most.plus(most.quarter());
            let lacking = ample.beyond(inner.most);
            if self.take(lacking) {
                inner.most = inner.most.plus(lacking);
            }
        }
    }
}

impl From<Settled> for jobs::Settled {
    fn from(settled: Settled) -> Self {
        let pair = |amount: Amount| (amount.micros, amount.tokens);
        Self {
            held: pair(settled.held),
            spent: pair(settled.cost),
            lost: pair(settled.lost),
        }
    }
}

impl Purse for JobPurse {
    fn reserve(&self, estimate: Estimate) -> Result<Held, Failure> {
        let need = self.most(estimate);
        let mut inner = self.inner();
        if let Holds::Most(calls) = self.holds {
            self.hold(&mut inner, need.times(calls));
        }
        if self.holds == Holds::Each {
            let turn = turn();
            if inner.is_behind(turn) {
                return Err(inner.waits(turn));
            }
            let lacking = need.beyond(inner.free);
            if lacking != Amount::default() && !self.take(lacking) {
                return Err(if inner.may_come_back() {
                    inner.waits(turn)
                } else {
                    Failure::new(Class::Budget, self.spent(need, inner.free))
                });
            }
            if let Some(turn) = turn {
                inner.line.remove(&turn);
            }
            inner.free = inner.free.plus(lacking).minus(need);
        }
        inner.next += 1;
        let held = inner.next;
        inner.out.insert(held, need);
        Ok(Held(held))
    }

    fn settle(&self, held: Held, spent: Spent) {
        let mut inner = self.inner();
        let Some(reserved) = inner.out.remove(&held.0) else {
            return;
        };
        let nothing = Amount::default();
        let (cost, lost) = match spent {
            Spent::Nothing => (nothing, nothing),
            Spent::Tokens(usage) => (self.amount(usage), nothing),
            Spent::Unknown => (nothing, reserved),
        };
        if (cost, lost) == (nothing, nothing) {
            // Nothing was charged: the next call takes it.
            if self.holds == Holds::Each {
                inner.free = inner.free.plus(reserved);
            }
            return;
        }
        let held = match self.holds {
            Holds::Each => reserved,
            Holds::Most(_) | Holds::Nothing => nothing,
        };
        let sum = inner.settled.unwrap_or_default();
        inner.settled = Some(Settled {
            held: sum.held.plus(held),
            cost: sum.cost.plus(cost),
            lost: sum.lost.plus(lost),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Bench;
    use super::*;
    use crate::domain::eval::Mode;
    use crate::store::jobs::Start;

    /// A call that may take 6,000 tokens.
    const CALL: Estimate = Estimate {
        input: 2_000,
        output: 4_000,
    };

    fn job(bench: &Bench, max_tokens: i64) -> i64 {
        let owner = bench.ana.owner.clone();
        let work = move |db: &crate::store::Db| {
            let start = Start {
                id: [7; 16],
                kind: "judge",
                eval: 1,
                judge: None,
                title: "t",
                concurrency: 8,
                max_micros: None,
                max_tokens: Some(max_tokens),
                total: 10,
                done: 0,
            };
            jobs::start(db, &start, &owner, 1)
        };
        bench.ana.store().write(work).unwrap()
    }

    fn purse(bench: &Bench, job: i64) -> JobPurse {
        let (store, owner) = (bench.ana.store().clone(), bench.ana.owner.clone());
        JobPurse::new(store, job, owner, None, Holds::Each)
    }

    fn write(bench: &Bench, job: i64, purse: &JobPurse) {
        let settled = purse.take_settled().unwrap();
        let owner = bench.ana.owner.clone();
        let work = move |db: &crate::store::Db| jobs::settle(db, job, &owner, settled.into());
        bench.ana.store().write(work).unwrap();
    }

    fn cheap() -> Spent {
        Spent::Tokens(Usage {
            input: 2_000,
            output: 600,
            ..Usage::default()
        })
    }

    #[test]
    fn a_budget_is_spent_only_when_nothing_settled_waits_to_be_written() {
        let bench = Bench::new(2, Mode::Assist, 1, false);
        let job = job(&bench, 10_000);
        let purse = purse(&bench, job);
        let first = purse.reserve(CALL).unwrap();
        let refused = purse.reserve(CALL).unwrap_err();
        assert!(starved(&refused).is_some(), "a call is under way");
        purse.settle(first, cheap());
        let refused = purse.reserve(CALL).unwrap_err();
        assert!(starved(&refused).is_some(), "settled and not written");
        write(&bench, job, &purse);
        assert!(
            purse.reserve(CALL).is_ok_and(|second| {
                purse.settle(second, cheap());
                true
            }),
            "what came back is there as soon as it is written"
        );
        write(&bench, job, &purse);
        assert!(starved(&purse.reserve(CALL).unwrap_err()).is_some());
        assert_eq!(purse.take_settled(), None);
        let refused = purse.reserve(CALL).unwrap_err();
        assert_eq!((refused.class, starved(&refused)), (Class::Budget, None));
        let said = "sets 6000 tokens aside at most, 4800 are left (`--max-tokens`)";
        assert!(refused.message.contains(said), "{refused}");
    }

    #[test]
    fn money_goes_to_work_that_was_begun_first() {
        let bench = Bench::new(2, Mode::Assist, 1, false);
        let job = job(&bench, 10_000);
        let purse = purse(&bench, job);
        let reserve = |turn| TURN.sync_scope(turn, || purse.reserve(CALL));
        let waits = |turn| starved(&reserve(turn).unwrap_err()).is_some();
        let first = reserve(1).unwrap();
        assert!(waits(3) && waits(2) && waits(4));
        purse.settle(first, cheap());
        write(&bench, job, &purse);
        assert!(waits(3) && waits(4), "there is room, and 2 waits as well");
        let second = reserve(2).unwrap();
        purse.ends(2, false);
        purse.settle(second, Spent::Nothing);
        assert!(waits(4));
        purse.ends(3, false);
        assert!(reserve(4).is_ok());
    }

    #[test]
    fn once_the_work_is_stopped_nobody_waits_for_anybody() {
        let bench = Bench::new(2, Mode::Assist, 1, false);
        let purse = purse(&bench, job(&bench, 10_000));
        let reserve = |turn| TURN.sync_scope(turn, || purse.reserve(CALL));
        reserve(1).unwrap();
        assert!(reserve(2).is_err() && purse.inner().is_behind(Some(3)));
        purse.ends(1, true);
        assert!(!purse.inner().is_behind(Some(3)));
    }

    #[test]
    fn what_a_failed_call_left_is_used_up_before_more_is_taken() {
        let bench = Bench::new(2, Mode::Assist, 1, false);
        let purse = purse(&bench, job(&bench, 8_000));
        let failed = purse.reserve(CALL).unwrap();
        purse.settle(failed, Spent::Nothing);
        let larger = Estimate {
            input: 4_000,
            ..CALL
        };
        assert!(purse.reserve(larger).is_ok(), "2,000 more make 8,000");
    }

    #[test]
    fn without_a_limit_a_kill_loses_no_more_than_what_was_held() {
        let bench = Bench::new(2, Mode::Assist, 1, false);
        let job = job(&bench, 1_000_000);
        let (store, owner) = (bench.ana.store().clone(), bench.ana.owner.clone());
        let purse = JobPurse::new(store, job, owner.clone(), None, Holds::Most(2));
        let first = purse.reserve(CALL).unwrap();
        purse.reserve(CALL).unwrap();
        purse.settle(first, cheap());
        write(&bench, job, &purse);
        purse.reserve(CALL).unwrap();
        let gone = move |db: &crate::store::Db| jobs::leave(db, job, &owner, true);
        bench.ana.store().write(gone).unwrap();
        let kept = &bench.ana.jobs().unwrap()[0];
        assert_eq!(kept.spent_tokens, 2_600);
        assert!(
            (12_000..=15_000).contains(&kept.lost_tokens),
            "two calls were under way and may have been paid: {}",
            kept.lost_tokens
        );
    }

    #[test]
    fn a_lost_reply_counts_as_perhaps_paid_and_not_as_spent() {
        let bench = Bench::new(2, Mode::Assist, 1, false);
        let job = job(&bench, 10_000);
        let purse = purse(&bench, job);
        let lost = purse.reserve(CALL).unwrap();
        purse.settle(lost, Spent::Unknown);
        write(&bench, job, &purse);
        let kept = &bench.ana.jobs().unwrap()[0];
        assert_eq!((kept.spent_tokens, kept.lost_tokens), (0, 6_000));
        assert!(
            purse.reserve(CALL).is_err(),
            "and the budget is kept all the same"
        );
    }
}
