//! A job's budget in this process: taken out of the workspace call by call, so that what a killed process
//! held is no more than its calls under way.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::failure::Class;
use crate::provider::{Estimate, Failure, Held, Price, Purse, Spent, Usage};
use crate::store::{Store, jobs};

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

    fn covers(self, other: Self) -> bool {
        self.micros >= other.micros && self.tokens >= other.tokens
    }
}

/// The purse of one worker of one job.
pub(in crate::engine) struct JobPurse {
    store: Store,
    job: i64,
    owner: String,
    price: Option<Price>,
    limited: bool,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    next: u64,
    /// Reserved in the workspace and not given to a call.
    free: Amount,
    out: HashMap<u64, Amount>,
    /// Settled since the keeper last wrote: what was held for it, and what it cost.
    settled: Option<(Amount, Amount)>,
}

impl JobPurse {
    pub fn new(store: Store, job: i64, owner: String, price: Option<Price>, limited: bool) -> Self {
        Self {
            store,
            job,
            owner,
            price,
            limited,
            inner: Mutex::new(Inner::default()),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether calls under way hold money that may come back.
    pub fn has_out(&self) -> bool {
        !self.inner().out.is_empty()
    }

    /// What was settled since the last time: to be written with the replies it belongs to.
    pub fn take_settled(&self) -> Option<(Amount, Amount)> {
        self.inner().settled.take()
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

    /// Takes what a call may cost out of the budget.
    fn take(&self, need: Amount) -> bool {
        let (job, owner) = (self.job, self.owner.clone());
        let taken = self
            .store
            .write_light(move |db| jobs::reserve(db, job, &owner, need.micros, need.tokens));
        matches!(taken, Ok(true))
    }
}

impl Purse for JobPurse {
    fn reserve(&self, estimate: Estimate) -> Result<Held, Failure> {
        let need = self.most(estimate);
        let mut inner = self.inner();
        if self.limited {
            if !inner.free.covers(need) && !self.take(need) {
                return Err(Failure::new(
                    Class::Budget,
                    "the budget is spent; start again with a larger `--max-cost` or `--max-tokens`",
                ));
            }
            if inner.free.covers(need) {
                inner.free = inner.free.minus(need);
            }
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
        let cost = match spent {
            Spent::Nothing => Amount::default(),
            Spent::Tokens(usage) => self.amount(usage),
            Spent::Unknown => reserved,
        };
        if cost == Amount::default() {
            // Nothing was charged: the next call takes it.
            if self.limited {
                inner.free = inner.free.plus(reserved);
            }
            return;
        }
        let (held_sum, cost_sum) = inner.settled.unwrap_or_default();
        let reserved = if self.limited {
            reserved
        } else {
            Amount::default()
        };
        inner.settled = Some((held_sum.plus(reserved), cost_sum.plus(cost)));
    }
}
