//! Agreement: how far a judge says what people say, and people what each other say.
//!
//! A number that is undefined is `None`, never 0. Every share, kappa and mean carries what it rests on.

mod basis;
mod learning;
mod lines;
mod reading;

use serde::Serialize;

use super::super::ids::{EvalId, TicketId};

pub use basis::{Basis, LeftOut, Reason, Reviewer};
pub use learning::{Finding, Learning, TestRead};
pub use lines::NumberLine;
pub use reading::{Calibration, Halo, Kin, Orders, Reading, StepRate, WorstCase};

/// Krippendorff's alpha below which people agree too little to hold a judge against them.
pub const ENOUGH: f64 = 0.667;

/// What is said where alpha lies below [`ENOUGH`].
pub const NOT_VALIDATED: &str =
    "humans do not agree; the judge cannot be validated on this criterion";

/// Which part of the report is wanted; everything by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgreementOptions {
    /// Only judges of this name, or whose id begins with it.
    pub judge: Option<String>,
    /// Only this criterion.
    pub criterion: Option<String>,
}

/// A number with what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measured {
    /// The number.
    pub value: f64,
    /// Lower end at 95 %; `None` where it is undefined.
    pub low: Option<f64>,
    /// Upper end at 95 %.
    pub high: Option<f64>,
    /// Tickets behind it.
    pub n: u64,
    /// Independent clusters behind them.
    pub clusters: u64,
    /// How the interval was made.
    pub method: Option<&'static str>,
}

/// Everything the Agreement screen and `docket agree` show of one eval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgreementReport {
    /// Identity.
    #[serde(skip)]
    pub eval_id: EvalId,
    /// The eval's name.
    pub eval: String,
    /// The rubric's name and version.
    pub rubric: String,
    /// What a level or score must reach to pass, 0 to 1.
    pub threshold: f64,
    /// Who set it: the rubric, the eval or the default.
    pub threshold_from: &'static str,
    /// The reviews everything rests on.
    pub basis: Basis,
    /// People among themselves, in rubric order.
    pub people: Vec<PeopleOn>,
    /// One entry per judge version that counts, the one with most tickets first.
    pub judges: Vec<JudgeAgreement>,
    /// Judges that have read tickets of the eval and do not count.
    pub judges_left_out: Vec<JudgeLeftOut>,
}

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Levels of one criterion.
    Levels,
    /// Which output is better.
    Choice,
    /// The whole ticket: its score and whether it passes.
    Ticket,
}

/// People among themselves on one criterion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeopleOn {
    /// Criterion id; `overall` for the whole ticket.
    pub criterion: String,
    /// The question.
    pub question: String,
    /// What is compared.
    pub about: About,
    /// Tickets with an answer.
    pub tickets: u64,
    /// Tickets with two answers or more.
    pub pairable: u64,
    /// Answers "cannot judge".
    pub cannot_judge: u64,
    /// Krippendorff's alpha, the headline.
    pub alpha: Option<Measured>,
    /// `ordinal` or `nominal`.
    pub metric: &'static str,
    /// Gwet's coefficient, which does not collapse when nearly all answers are the same.
    pub gwet: Option<Measured>,
    /// `AC1` or `AC2`.
    pub gwet_name: &'static str,
    /// Share of pairs of answers to one ticket that are the same, 0 to 1.
    pub same: Option<f64>,
    /// Every two people with tickets in common.
    pub pairs: Vec<PairOn>,
    /// What must be known before these numbers are used.
    pub warning: Option<String>,
}

/// Two people on one criterion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairOn {
    /// The first by name.
    pub a: String,
    /// The second.
    pub b: String,
    /// Tickets both answered.
    pub n: u64,
    /// Share of equal answers.
    pub same: Option<f64>,
    /// Kappa, with quadratic weights on scales of more than two levels.
    pub kappa: Option<Measured>,
}

/// One judge version against people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgeAgreement {
    /// Short id of the version.
    pub id: String,
    /// Its name.
    pub name: String,
    /// A sentence that stands wherever its verdicts do.
    pub badge: Option<String>,
    /// Tickets left out because their reviews may stand among the judge's own examples.
    pub learned_from: u64,
    /// What learning changed; `None` for a judge that was shown no corrections or guidelines.
    pub learning: Option<Learning>,
    /// Its families that outputs of the eval are of too: a banner on every number.
    pub kin: Vec<Kin>,
    /// How it reads, whatever the criterion.
    pub reading: Reading,
    /// In rubric order; the whole ticket last. Of a judge that learned, on the dev share alone.
    pub criteria: Vec<JudgeOn>,
}

/// A judge that has read tickets of the eval and does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JudgeLeftOut {
    /// Short id of the version.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why it does not count.
    pub why: &'static str,
}

/// One judge version against people on one criterion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgeOn {
    /// Criterion id; `overall` for the whole ticket.
    pub criterion: String,
    /// The question.
    pub question: String,
    /// What is compared.
    pub about: About,
    /// Tickets people answered and the judge was asked about.
    pub total: u64,
    /// Of these, tickets the judge answered.
    pub scored: u64,
    /// Classes of the others.
    pub unscored: Vec<Class>,
    /// Tickets people answered and the judge has not read.
    pub unread: u64,
    /// Tickets whose people have no majority, and so no answer to hold a judge against.
    pub no_majority: u64,
    /// Tickets whose people lie between two answers, or that as many pass as fail: in no share of right answers and no table;
    /// with the half level in kappa and within one of a scale, with the mean in bias, distance and correlation.
    pub split: u64,
    /// Tickets the judge answered on which people say different things.
    pub several: u64,
    /// Tickets on which several samples of the judge come to a mean between two levels: no answer on the scale, so never
    /// equal to the people's and in no cell of the table; in everything else with the mean.
    pub between: u64,
    /// Share of `total` that equals the people's answer; unscored tickets are not equal.
    pub accuracy: Option<Measured>,
    /// Share of `scored` that equals the people's answer.
    pub exact: Option<Measured>,
    /// Share at most one level apart, those of `split` from the half level.
    pub within_one: Option<Measured>,
    /// `kappa`, or `weighted kappa` on scales of more than two levels.
    pub kappa_name: &'static str,
    /// Kappa between judge and people.
    pub kappa: Option<Measured>,
    /// Mean kappa of every two people, each pair by its tickets, to hold it against.
    pub people_kappa: Option<f64>,
    /// On pass and fail.
    pub pass: Option<PassOn>,
    /// On levels or scores.
    pub scores: Option<ScoresOn>,
    /// Judge by people.
    pub matrix: Option<Matrix>,
    /// What a constant guess would reach.
    pub baseline: Option<Baseline>,
    /// What the tickets without a score could change; `None` where every ticket has one.
    pub worst: Option<WorstCase>,
    /// What calibration would do; `None` for choices.
    pub calibration: Option<Calibration>,
    /// What must be known before these numbers are used.
    pub warnings: Vec<String>,
    /// Worst first, at most [`JudgeOn::MOST`].
    pub disagreements: Vec<Disagreement>,
    /// All of them.
    pub disagreeing: u64,
}

impl JudgeOn {
    /// Disagreements a report lists at most.
    pub const MOST: usize = 200;
}

/// Unscored verdicts of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Class {
    /// Such as `refusal`.
    pub class: String,
    /// Tickets.
    pub tickets: u64,
}

/// Judge against people on pass and fail.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PassOn {
    /// Kappa on pass.
    pub kappa: Option<Measured>,
    /// Share of what people pass that the judge passes.
    pub tpr: Option<Measured>,
    /// Share of what people fail that the judge fails.
    pub tnr: Option<Measured>,
    /// Matthews correlation, -1 to 1.
    pub mcc: Option<f64>,
    /// Tickets the judge alone passes.
    pub judge_only: u64,
    /// Tickets people alone pass.
    pub people_only: u64,
    /// `McNemar`'s exact p of "neither is the stricter one".
    pub drift_p: f64,
    /// Share the more frequent human answer has.
    pub baseline: f64,
    /// Tickets that as many people pass as fail: left out of all of these.
    pub split: u64,
}

/// Judge against people on levels or scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoresOn {
    /// `levels`, or `points` of a score from 0 to 1.
    pub unit: &'static str,
    /// Mean absolute difference.
    pub mae: f64,
    /// Mean of judge less people, of several people less their mean; above 0 the judge is the more generous.
    pub bias: Measured,
    /// Where 95 % of single differences lie.
    pub limits: Option<(f64, f64)>,
    /// Rank correlation, -1 to 1.
    pub spearman: Option<f64>,
    /// Lin's concordance, -1 to 1.
    pub ccc: Option<f64>,
    /// Chance that the judge puts a passing ticket above a failing one, 0 to 1.
    pub auc: Option<f64>,
}

/// Counts: row the judge's answer, column the people's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// Answers, in order.
    pub labels: Vec<String>,
    /// By row.
    pub cells: Vec<Vec<u64>>,
}

/// The judge that always gives one answer: what any judge must beat.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Baseline {
    /// The people's most frequent answer.
    pub answer: String,
    /// Share of tickets it gets right.
    pub accuracy: f64,
    /// Share within one level, on scales of more than two levels.
    pub within_one: Option<f64>,
    /// Its kappa: 0 by definition, `None` where people always say the same.
    pub kappa: Option<f64>,
}

/// A ticket on which judge and people differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Disagreement {
    /// Which one.
    pub ticket: TicketId,
    /// The row's own id in the source.
    pub external_id: Option<String>,
    /// First words of the output.
    pub preview: String,
    /// What the judge says.
    pub judge: String,
    /// What people say together.
    pub people: String,
    /// What each of them says, where there are several.
    pub each: Vec<Said>,
    /// How far apart: 0 to 1, 1 from one end of the scale to the other.
    pub gap: f64,
    /// Whether one passes and the other fails.
    pub pass_differs: bool,
}

/// What one person says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// Who.
    pub who: String,
    /// What.
    pub answer: String,
}

/// The page for one reviewer.
#[derive(Debug, Clone, PartialEq)]
pub enum AgreementPage {
    /// The eval is blind and this person has not opened the page: opening it marks their later reviews.
    Closed {
        /// The eval's name.
        name: String,
        /// Tickets this person could still review blind.
        waiting: u64,
    },
    /// What it shows.
    Open(Box<AgreementReport>),
}

impl AgreementReport {
    /// People on a criterion.
    pub fn people_on(&self, criterion: &str) -> Option<&PeopleOn> {
        self.people.iter().find(|one| one.criterion == criterion)
    }
}
