//! The Runs screen: the groups, one group with its rows, one item across the candidates.

use std::sync::Arc;

use super::super::group_scores::ItemPasses;
use super::super::ids::EvalId;
use super::compare::{Comparison, Sheet};

/// A run group in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCard {
    /// Its name.
    pub name: String,
    /// The eval its items come from.
    pub eval: String,
    /// The eval that holds its tickets.
    pub tickets_in: EvalId,
    /// Items of the dataset version.
    pub items: u64,
    /// The rubric's id.
    pub rubric: String,
    /// The judge whose scores count.
    pub judge: Option<String>,
    /// The candidate the others are compared with.
    pub baseline: Option<String>,
    /// Names of the candidates, in the order they joined.
    pub candidates: Vec<String>,
    /// Rows of all runs.
    pub rows: u64,
    /// Of them with an output.
    pub answered: u64,
    /// Outputs the judge has scored.
    pub scored: u64,
    /// Rows that failed.
    pub failed: u64,
}

/// A group in a few words, for Home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupNote {
    /// Its name.
    pub name: String,
    /// How many candidates.
    pub candidates: usize,
    /// On how many items.
    pub items: u64,
}

/// A group as its reader may see it.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupPage {
    /// Opening it marks this person's later reviews of the group, and it has not been opened.
    Closed {
        /// Tickets of the group that still wait for this person.
        waiting: u64,
        /// Its items in an order of this person's own, to be looked at side by side without names or numbers.
        items: Arc<[ItemName]>,
    },
    /// The numbers.
    Open(Arc<GroupView>),
}

/// An item by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemName {
    /// Local row.
    pub item: i64,
    /// Its own id, or the start of docket's.
    pub name: String,
    /// Whether this person has said which of its outputs is best.
    pub said: bool,
}

/// Orders of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RowOrder {
    /// Largest difference between a candidate and the baseline first.
    #[default]
    Difference,
    /// Lowest score of any candidate first.
    Lowest,
    /// Where reruns differ most, or judge and people do.
    Disagreement,
}

impl RowOrder {
    /// All, in the order a key goes through them.
    pub const ALL: [Self; 3] = [Self::Difference, Self::Lowest, Self::Disagreement];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Difference => "largest difference",
            Self::Lowest => "lowest score",
            Self::Disagreement => "disagreement",
        }
    }
}

/// Everything the screen shows of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupView {
    /// The comparison.
    pub comparison: Comparison,
    /// What stands behind the first numbers, as tables.
    pub sheets: Vec<Sheet>,
    /// What people say beside the judge.
    pub people: Sheet,
    /// Each candidate's runs one by one, and how the intervals were made.
    pub notes: Vec<String>,
    /// What these items can show, where the sentence does not say it.
    pub power: Option<String>,
    /// Items, in the order they were imported.
    pub rows: Vec<ItemLine>,
    /// Places among `rows`, for each of [`RowOrder::ALL`]; what the order says nothing about comes last.
    pub orders: [Vec<u32>; 3],
    /// Place of the baseline among the candidates.
    pub baseline: Option<usize>,
    /// Of a comparison that was finished before and kept: how old it is. It has no rows; they are being read.
    pub kept: Option<Age>,
}

/// How old a kept comparison is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Age {
    /// When it was finished, in milliseconds.
    pub made_ms: i64,
    /// Whether anything it rests on was written since.
    pub older: bool,
}

impl GroupView {
    /// The rows in an order.
    pub fn ordered(&self, order: RowOrder) -> &[u32] {
        &self.orders[order as usize]
    }
}

/// One item across the candidates.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemLine {
    /// Local row of the item.
    pub item: i64,
    /// Its own id, or the start of docket's.
    pub name: String,
    /// Its feature and tags.
    pub tags: String,
    /// Mean score of each candidate over its runs; `None` without one.
    pub scores: Vec<Option<f64>>,
    /// How many of its scored runs pass, of each candidate.
    pub passes: Vec<ItemPasses>,
    /// The largest difference to the baseline, candidate minus baseline.
    pub difference: Option<f64>,
    /// The lowest score.
    pub lowest: Option<f64>,
    /// How far reruns of one candidate, or judge and people, are apart at most.
    pub disagreement: Option<f64>,
}
