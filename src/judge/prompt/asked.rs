//! What one call asks, and what its reply is held against.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::rubric::{Question, Scale, Takes};
use crate::judge::nonce::{Nonce, Order};

/// Whether a level or a preference is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// A level of a scale.
    Level,
    /// `A`, `B` or `tie`.
    Choice,
}

/// One question of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The criterion's or requirement's id.
    pub id: String,
    /// The question.
    pub text: String,
    /// What is asked for.
    pub form: Form,
    /// The levels; unused for a choice.
    pub scale: Scale,
    /// What each level means.
    pub anchors: BTreeMap<i32, String>,
    /// Whether it is a requirement that is met or not.
    pub requirement: bool,
}

impl Asked {
    pub(super) fn of(question: &Question<'_>) -> Self {
        let (form, scale) = match question.takes {
            Takes::Level(scale) => (Form::Level, scale),
            Takes::Choice => (Form::Choice, Scale::Binary),
        };
        Self {
            id: question.id.to_owned(),
            text: question.text.to_owned(),
            form,
            scale,
            anchors: question.anchors.cloned().unwrap_or_default(),
            requirement: question.anchors.is_none(),
        }
    }
}

/// The two candidates of a comparison, by their places in the ticket, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    /// The one shown as `A`.
    pub a: u16,
    /// The one shown as `B`.
    pub b: u16,
}

impl Pair {
    /// Candidates `first` and `second` in this order.
    pub fn of(first: u16, second: u16, order: Order) -> Self {
        match order {
            Order::AsGiven => Self {
                a: first,
                b: second,
            },
            Order::Swapped => Self {
                a: second,
                b: first,
            },
        }
    }

    /// Every pair of `candidates`, lower place first.
    pub fn all(candidates: usize) -> Vec<(u16, u16)> {
        let last = u16::try_from(candidates).unwrap_or(u16::MAX);
        let pairs =
            (1..=last).flat_map(|first| (first + 1..=last).map(move |second| (first, second)));
        pairs.collect()
    }
}

/// What a reply is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The id the reply must repeat.
    pub nonce: Nonce,
    /// The questions, in order.
    pub asked: Arc<[Asked]>,
    /// Whether one reply answers all of them.
    pub joint: bool,
    /// The candidates compared.
    pub pair: Option<Pair>,
}
