//! A budget in memory, for a handful of questions that are over before anybody could share it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::order::JudgeOrder;
use crate::domain::failure::Class;
use crate::provider::{Estimate, Failure, Held, Price, Priced, Purse, Spent, Usage};

/// Money and tokens an order allows.
pub(super) struct Limit {
    price: Option<Price>,
    free: bool,
    most: (Option<i64>, Option<i64>),
    spent: Mutex<Spending>,
}

#[derive(Default)]
struct Spending {
    next: u64,
    held: BTreeMap<u64, (i64, i64)>,
    micros: i64,
    tokens: i64,
}

impl Limit {
    pub fn new(order: &JudgeOrder, priced: Priced) -> Self {
        Self {
            free: priced == Priced::Free,
            price: match priced {
                Priced::Known(price) => Some(price),
                Priced::Free | Priced::Unpriced => None,
            },
            most: (order.max_micros, order.max_tokens),
            spent: Mutex::default(),
        }
    }

    fn spending(&self) -> MutexGuard<'_, Spending> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn amount(&self, usage: Usage) -> (i64, i64) {
        let micros = self.price.map_or(0, |price| price.cost(usage));
        (micros, (usage.input + usage.output) as i64)
    }

    /// Tokens spent so far.
    pub fn tokens(&self) -> u64 {
        self.spending().tokens as u64
    }

    /// Millionths spent so far; `None` where nobody knows the price.
    pub fn micros(&self) -> Option<i64> {
        (self.free || self.price.is_some()).then(|| self.spending().micros)
    }
}

impl Purse for Limit {
    fn reserve(&self, estimate: Estimate) -> std::result::Result<Held, Failure> {
        let need = self.amount(Usage {
            input: estimate.input,
            output: estimate.output,
            ..Usage::default()
        });
        let mut spending = self.spending();
        let (micros, tokens) = spending
            .held
            .values()
            .fold(need, |sum, held| (sum.0 + held.0, sum.1 + held.1));
        let over = |most: Option<i64>, sum: i64| most.is_some_and(|most| sum > most);
        if over(self.most.0, spending.micros + micros)
            || over(self.most.1, spending.tokens + tokens)
        {
            return Err(Failure::new(
                Class::Budget,
                "the limit set for probing is reached",
            ));
        }
        spending.next += 1;
        let id = spending.next;
        spending.held.insert(id, need);
        Ok(Held(id))
    }

    fn settle(&self, held: Held, spent: Spent) {
        let mut spending = self.spending();
        let reserved = spending.held.remove(&held.0).unwrap_or_default();
        let cost = match spent {
            Spent::Nothing => (0, 0),
            Spent::Tokens(usage) => self.amount(usage),
            Spent::Unknown => reserved,
        };
        spending.micros += cost.0;
        spending.tokens += cost.1;
    }
}
