//! A release gate as it stands: every condition with its evidence, what it comes to, who decided, what is missing.
//!
//! One value serves the command, the screen and the report. All words are made where the numbers are, so that the
//! three say the same; a screen may lay them out and leaves none of `watermarks`, `notes` and `standing` away.

mod owner;
mod page;
mod proof;

use serde::Serialize;

pub use super::super::gate::GateVerdict;
pub use owner::{DecisionLine, DecisionNote, DecisionStanding, Owner, SignatureLine, person};
pub use page::{
    GateCard, GateLook, GateOrder, GatePage, GateReply, GateView, GateWish, Moved, NoRule, RuleNote,
};
pub use proof::{Control, Planted, Rehearsal, Verification, Verified};

use super::super::gate::{Basis, GateRule};
use super::super::ids::{EvalId, GateId, GroupId, RubricId};
use super::super::preference::{Preferred, Tally};

/// The parts of the checklist, in the order they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GatePart {
    /// Score, pass rate, difference to the baseline, floors by tag and criterion.
    Quality,
    /// What the numbers rest on: items, clusters, labels, the judge, rows without a score, overlap.
    Evidence,
    /// Reruns and how far they differ.
    Reruns,
    /// Latency and cost.
    Limits,
    /// Security and verification commands.
    Checks,
}

impl GatePart {
    /// Every part, in order.
    pub const ALL: [Self; 5] = [
        Self::Quality,
        Self::Evidence,
        Self::Reruns,
        Self::Limits,
        Self::Checks,
    ];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Quality => "quality",
            Self::Evidence => "evidence",
            Self::Reruns => "reruns",
            Self::Limits => "latency and cost",
            Self::Checks => "checks",
        }
    }
}

/// A gate over all the candidates it was asked about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateReport {
    /// Name of the group.
    pub group: String,
    /// Identity of the group.
    #[serde(skip)]
    pub group_id: GroupId,
    /// The eval the items come from.
    pub eval: String,
    /// The eval that holds the group's tickets.
    #[serde(skip)]
    pub tickets_in: EvalId,
    /// The rubric's id.
    pub rubric: String,
    /// Its version.
    pub rubric_version: RubricId,
    /// What passes, with who said so: `0.8 (rubric)`.
    pub threshold: String,
    /// The judge whose scores count; `None` while nobody has read the group.
    pub judge: Option<String>,
    /// The candidate the others are compared with.
    pub baseline: Option<String>,
    /// Items of the dataset version.
    pub items: usize,
    /// Clusters they belong to.
    pub clusters: usize,
    /// The rule, and when it was declared.
    pub declared: Declared,
    /// Whose word the quality conditions rest on.
    pub basis: Basis,
    /// Of the judge: the agreement its word rests on, or that nobody checked it.
    pub agreement: JudgeBacking,
    /// One-sided error of each condition.
    pub alpha: f64,
    /// Candidates any of which may be released: passes are corrected for so many (Holm); 1 with one candidate named.
    pub family: usize,
    /// How often the gate was looked at with other numbers, this time included.
    pub looks: Looks,
    /// In the order they joined the group, without the baseline unless it was asked for.
    pub candidates: Vec<CandidateGate>,
    /// Sentences that must stand beside every number and verdict, such as "written by hand for the sample, no model was
    /// called". A report with one cannot be signed as real.
    pub watermarks: Vec<String>,
    /// What to know before reading a verdict.
    pub notes: Vec<String>,
    /// Set where a bad run was planted in memory; nothing of it is in the workspace.
    pub rehearsal: Option<Rehearsal>,
    /// What all of it comes to: the best verdict of any candidate.
    pub verdict: GateVerdict,
    /// The same in one sentence.
    pub sentence: String,
    /// The one thing to do next, with its command.
    pub next: String,
}

/// A declared rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Declared {
    /// Hash of the rule.
    pub id: GateId,
    /// The rule itself.
    pub rule: GateRule,
    /// The same in lines: what is asked, and how much (`mean score`, `at least 0.80`).
    pub lines: Vec<(String, String)>,
    /// The file it came from, as named; `None` for flags.
    pub file: Option<String>,
    /// Who declared it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// How many rules were declared for the group before this one.
    pub earlier: usize,
    /// Outputs of candidates (without what was logged) that were there when it was declared.
    pub outputs_before: u64,
    /// `before the first output`, or `after 80 outputs were there`.
    pub relative: String,
}

/// What stands behind a judge's word.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgeBacking {
    /// Whether people's labels on the group's own tickets or the eval's were held against this judge version.
    pub checked: bool,
    /// Whether what was checked is another rubric version or other guidelines than what scored.
    pub stale: bool,
    /// Tickets both answered.
    pub tickets: u64,
    /// Kappa on pass and fail, where it is defined.
    pub kappa: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// `kappa on pass 0.71 (0.52 to 0.90) on 44 tickets of support`, or `never checked`.
    pub words: String,
}

/// How often a gate was looked at. A look is an evaluation with numbers that differ from the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Looks {
    /// Which look this is, from 1.
    pub number: usize,
    /// How many were declared; the error is shared among them (Bonferroni).
    pub declared: u32,
    /// `look 2 of 1 declared: an undeclared look`; empty for a first look of one.
    pub words: String,
}

impl Looks {
    /// Whether it is more than was declared.
    pub fn is_undeclared(&self) -> bool {
        self.number > self.declared as usize
    }
}

/// One candidate at the gate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CandidateGate {
    /// Its name.
    pub name: String,
    /// The model.
    pub model: Option<String>,
    /// What all conditions come to.
    pub verdict: GateVerdict,
    /// One-sided p of "it does not pass", adjusted for the family (Holm); `None` without a number or without a family.
    pub p_adjusted: Option<f64>,
    /// In the order of [`GatePart`].
    pub conditions: Vec<Condition>,
    /// The verdict in one sentence, with what decides it.
    pub sentence: String,
    /// What would settle an inconclusive verdict, the first thing first.
    pub settles: Vec<Settle>,
    /// Hash of everything the verdict rests on.
    pub evidence: String,
    /// Hash of the numbers among it: what a look is a look at.
    #[serde(skip)]
    pub numbers: String,
    /// Who may decide, and who has.
    pub owner: Owner,
    /// What people prefer side by side, the candidate or the baseline; `None` where nobody has said. Counts by themselves,
    /// in no number and no condition.
    pub preferred: Option<Preferred>,
}

impl CandidateGate {
    /// The preferences in words, those given blind and those given after names were shown apart; none without any.
    pub fn preference_words(&self) -> Vec<String> {
        let Some(preferred) = self.preferred else {
            return Vec::new();
        };
        [
            ("blind", preferred.blind),
            ("after names or scores were shown", preferred.named),
        ]
        .into_iter()
        .filter(|(_, tally)| *tally != Tally::default())
        .map(|(when, tally)| {
            format!(
                "{when}: better than the baseline {}, as good {}, worse {} ({} in all; another best {}, cannot tell {})",
                tally.win, tally.tie, tally.loss, tally.n, tally.other_best, tally.cannot_tell
            )
        })
        .collect()
    }

    /// Its conditions of a part.
    pub fn of(&self, part: GatePart) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().filter(move |one| one.part == part)
    }

    /// What the conditions of a part come to; `None` without one.
    pub fn verdict_of(&self, part: GatePart) -> Option<GateVerdict> {
        self.of(part).map(|one| one.verdict).max()
    }
}

/// One condition with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Condition {
    /// Stable name, such as `quality.mean`, `floor.tag.billing`, `check.secrets`.
    pub id: String,
    /// Where it belongs.
    pub part: GatePart,
    /// What is asked: `mean score`.
    pub title: String,
    /// How much of it: `at least 0.80`.
    pub required: String,
    /// What there is: `0.886, at least 0.847 with 95 % confidence`.
    pub found: String,
    /// What that says.
    pub verdict: GateVerdict,
    /// Why it cannot be told or does not hold; empty where it passes and nothing needs to be said.
    pub why: String,
    /// The numbers, where there are some.
    pub bound: Option<Bound>,
    /// The end of a command's output, as it came; hostile text.
    pub tail: Option<String>,
}

/// The numbers of a quality condition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bound {
    /// What was estimated.
    pub estimate: f64,
    /// One-sided lower bound.
    pub lower: Option<f64>,
    /// One-sided upper bound.
    pub upper: Option<f64>,
    /// Items, or labels where people's word counts.
    pub n: usize,
    /// Independent clusters.
    pub clusters: usize,
    /// How it was made.
    pub method: &'static str,
    /// One-sided p of "the rule does not hold", for this condition alone.
    pub p: Option<f64>,
    /// Labels that would be needed without the judge, where people's word and the judge's were combined.
    pub n_effective: Option<f64>,
    /// The same by the judge alone, where people's word counts: estimate, lower, upper. Advisory.
    pub judge_only: Option<(f64, Option<f64>, Option<f64>)>,
}

/// Something that would settle a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settle {
    /// Which condition.
    pub condition: String,
    /// What to do: `label 14 more tickets of the plan`.
    pub what: String,
    /// How many of it, where that can be said.
    pub count: Option<u64>,
    /// With which command.
    pub command: Option<String>,
}
