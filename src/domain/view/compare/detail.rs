//! What stands behind the headline of a comparison: criteria, stability, people, length, duels.
//!
//! A number that is undefined is [`Told::Missing`] with the reason, never 0.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::super::super::ids::EvalId;
use super::Ranged;

/// A number, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told<T> {
    /// There is one.
    Value(T),
    /// There is none, for this reason.
    #[serde(rename = "n/a")]
    Missing(String),
}

impl<T> Told<T> {
    /// The number, or this reason.
    pub fn or(value: Option<T>, why: &str) -> Self {
        value.map_or_else(|| Self::Missing(why.to_owned()), Self::Value)
    }

    /// The number, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing(_) => None,
        }
    }

    /// Why there is none.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Value(_) => None,
            Self::Missing(why) => Some(why),
        }
    }
}

/// One candidate more closely.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// The rubric's questions, in its order.
    pub criteria: Vec<OnCriterion>,
    /// New outputs for the same item.
    pub candidate_reruns: Told<Stability>,
    /// New readings of the same output.
    pub judge_reruns: Told<Stability>,
    /// Where the variance of one judged score comes from.
    pub variance: Told<Variance>,
}

/// A candidate on one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OnCriterion {
    /// The question's id.
    pub id: String,
    /// What is asked.
    pub question: String,
    /// Share in the score, relative to the others.
    pub weight: f64,
    /// Mean of the levels, brought to 0 to 1, over items.
    pub mean: Option<Ranged>,
    /// Mean level as given.
    pub level: Option<f64>,
    /// Lowest and highest level of the scale.
    pub scale: (i32, i32),
    /// Candidate minus baseline on the items both have a level for; `None` for the baseline itself.
    pub difference: Option<Ranged>,
    /// Two-sided p-value of that, adjusted over the questions (Benjamini and Hochberg). Exploration, no headline.
    pub p: Option<f64>,
}

/// How far repeats of the same thing differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stability {
    /// Items, or outputs, with two repeats or more.
    pub units: usize,
    /// Repeats: the most any unit has.
    pub repeats: u32,
    /// Share of units whose pass verdicts are not all the same.
    pub flip_any: f64,
    /// Chance that two repeats of a unit differ.
    pub flip_pair: f64,
    /// Chance that all of `repeats` repeats pass (pass^k).
    pub all_pass: Option<f64>,
    /// Chance that any of `repeats` repeats passes (pass@k).
    pub any_pass: Option<f64>,
    /// ICC(2,1) of the scores over units with every repeat; undefined where units do not differ.
    pub icc: Option<f64>,
    /// Its 95 % interval.
    pub icc_interval: Option<(f64, f64)>,
    /// Units behind the ICC.
    pub icc_units: usize,
    /// Standard deviation of the score between repeats of a unit.
    pub sd_within: Option<f64>,
    /// Units that flicker, by the item's own id or the start of docket's.
    pub flickering: Vec<String>,
    /// What the flip rate asks for.
    pub advice: Cow<'static, str>,
    /// Why it was run again, where somebody said so.
    pub because: Vec<String>,
}

/// Variance of one judged score, by where it comes from. A part that was not repeated is `None`: it stands in the
/// part above it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Variance {
    /// Between items.
    pub item: f64,
    /// Between outputs of the candidate to the same item.
    pub candidate: Option<f64>,
    /// Between readings of the same output.
    pub judge: Option<f64>,
}

impl Variance {
    /// The parts as shares of their sum; `None` without any variance.
    pub fn shares(&self) -> Option<(f64, Option<f64>, Option<f64>)> {
        let total = self.item + self.candidate.unwrap_or(0.0) + self.judge.unwrap_or(0.0);
        let share = |part: f64| part / total;
        (total > 0.0).then(|| {
            (
                share(self.item),
                self.candidate.map(share),
                self.judge.map(share),
            )
        })
    }
}

/// What people say of a candidate, on blind reviews of the group's own plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HumanNumbers {
    /// Reviewed outputs that count.
    pub labels: usize,
    /// Reviews left out, with the reason: assisted, out of the plan, waiting behind a gap.
    pub left_out: Vec<(String, u64)>,
    /// The mean score.
    pub mean: Told<HumanEstimate>,
    /// The pass rate.
    pub pass_rate: Told<HumanEstimate>,
    /// Candidate minus baseline, on items where both outputs were reviewed.
    pub difference: Told<HumanEstimate>,
}

/// A human-level number: from people alone, or from people and judge together (PPI++).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HumanEstimate {
    /// The number with its interval; `n` is the number of reviews.
    pub range: Ranged,
    /// How far the judge was trusted, 0 to 1; `None` where it was not brought in.
    pub lambda: Option<f64>,
    /// Reviews that would say as much without the judge: "44 labels worth 77".
    pub n_effective: Option<f64>,
    /// What to know of it: too few labels for the judge to be brought in.
    pub note: Option<Cow<'static, str>>,
}

/// Whether longer outputs win because they are longer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LengthControl {
    /// Share of items on which the candidate is better, ties counting half.
    pub raw: f64,
    /// The same at equal length.
    pub at_equal_length: f64,
    /// Its 95 % interval; `None` below three clusters.
    pub interval: Option<(f64, f64)>,
    /// Whether length explains much of it.
    pub large_shift: bool,
}

/// Candidates of a pairwise eval by strength (Bradley and Terry).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leaderboard {
    /// The eval.
    pub eval: String,
    /// Its identity.
    #[serde(skip)]
    pub eval_id: EvalId,
    /// The rubric's id.
    pub rubric: String,
    /// The judge whose preferences these are.
    pub judge: Option<String>,
    /// Sentences that must stand beside every number.
    pub badges: Vec<String>,
    /// Tickets of the eval.
    pub tickets: usize,
    /// Of them with a preference.
    pub judged: usize,
    /// Independent clusters behind them.
    pub clusters: usize,
    /// By the judge, strongest first.
    pub rows: Vec<BoardRow>,
    /// Tickets people preferred something on, blind and in the plan's order.
    pub reviewed: usize,
    /// By people, in the order of `rows`; empty without such a review.
    pub people: Vec<BoardRow>,
    /// Why there are no strengths, where there are none.
    pub undefined: Option<&'static str>,
    /// What to know before reading a number.
    pub warnings: Vec<String>,
    /// What the numbers say.
    pub sentence: String,
    /// What to do next.
    pub action: String,
}

/// One candidate of a leaderboard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoardRow {
    /// The model, or the place of the output where no model is known.
    pub name: String,
    /// Duels it won.
    pub wins: usize,
    /// Duels without a winner.
    pub ties: usize,
    /// Duels it lost.
    pub losses: usize,
    /// Strength: 1000 + 400/ln 10 times the fitted logarithm, 1000 being the middle of the field.
    pub elo: Option<f64>,
    /// Its 95 % interval, from resampling clusters of items.
    pub interval: Option<(f64, f64)>,
    /// The model's own standard error, on the same scale.
    pub se: Option<f64>,
}
