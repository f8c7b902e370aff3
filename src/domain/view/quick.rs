//! A rubric tried on one example: what was asked, what came back, what it cost. Nothing of it is stored.

use super::super::ids::{RubricId, TicketId};
use super::super::verdict::Verdict;

/// One or two rubrics on one ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct QuickReport {
    /// The example.
    pub ticket: TicketId,
    /// Its eval.
    pub eval: String,
    /// The judge in people's words; `None` if nobody was asked.
    pub judge: Option<String>,
    /// Where the texts went.
    pub place: Option<String>,
    /// Fields that left for that place for the first time.
    pub first_send: Vec<String>,
    /// Whether levels were shown to a blind reviewer, whose review of this ticket now counts as assisted.
    pub revealed: bool,
    /// The rubric, then the one it is held against.
    pub sides: Vec<QuickSide>,
}

/// One rubric on the example.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuickSide {
    /// The rubric's id.
    pub rubric: String,
    /// The first characters of its version's hash.
    pub version: String,
    /// The score that passes, 0 to 1.
    pub threshold: f64,
    /// Weighted score, 0 to 1; `None` unless every criterion has a level.
    pub score: Option<f64>,
    /// Whether that passes.
    pub pass: Option<bool>,
    /// The questions of the first reading, as they are sent.
    pub prompts: Vec<QuickPrompt>,
    /// One a criterion, in rubric order.
    pub criteria: Vec<QuickCriterion>,
    /// Outcomes of the rubric's checks.
    pub checks: Vec<Verdict>,
    /// What wording and stored verdicts say about the rubric.
    pub findings: Vec<QuickFinding>,
    /// Calls made, re-asks included.
    pub calls: u64,
    /// Tokens of questions and replies, as far as the endpoint counted them.
    pub tokens: (u64, u64),
    /// Millionths of the currency unit; `None` is unpriced, not free.
    pub cost_micros: Option<i64>,
    /// Milliseconds until the last reply.
    pub took_ms: u64,
    /// Why some calls brought nothing; what the others brought stands.
    pub stopped: Option<String>,
}

impl QuickSide {
    /// Levels of two rubrics on the same example: question, this one's level, the other's, the difference; the score
    /// last. Questions are matched by id; one that only one of them asks has one level and no difference.
    pub fn beside(&self, other: &Self) -> Vec<[String; 4]> {
        let on = |side: &Self, id: &str| {
            let found = side.criteria.iter().find(|one| one.id == id);
            found.and_then(|one| Some((one.level?, one.range)))
        };
        let added = other
            .criteria
            .iter()
            .filter(|new| self.criteria.iter().all(|old| old.id != new.id));
        let mut rows: Vec<[String; 4]> = self
            .criteria
            .iter()
            .chain(added)
            .map(|criterion| {
                let (a, b) = (on(self, &criterion.id), on(other, &criterion.id));
                let difference = difference(a.map(|a| a.0), b.map(|b| b.0));
                [criterion.id.clone(), mean(a), mean(b), difference]
            })
            .collect();
        let score = |score: Option<f64>| mean(score.map(|score| (score, None)));
        rows.push([
            "score".to_owned(),
            score(self.score),
            score(other.score),
            difference(self.score, other.score),
        ]);
        rows
    }
}

/// A mean level with its range, if readings differ.
fn mean(level: Option<(f64, Option<(i32, i32)>)>) -> String {
    match level {
        None => "–".to_owned(),
        Some((mean, Some((low, high)))) if low != high => format!("{mean:.2} ({low} to {high})"),
        Some((mean, _)) => format!("{mean:.2}"),
    }
}

fn difference(a: Option<f64>, b: Option<f64>) -> String {
    a.zip(b)
        .map_or_else(|| "–".to_owned(), |(a, b)| format!("{:+.2}", b - a))
}

/// A question as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickPrompt {
    /// The criterion, or the word for all of them.
    pub criterion: String,
    /// The standing instructions.
    pub system: String,
    /// The question.
    pub user: String,
}

/// The readings of one criterion.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuickCriterion {
    /// Criterion id.
    pub id: String,
    /// One a reading; empty if nobody was asked.
    pub readings: Vec<Verdict>,
    /// Mean level of the readings that have one.
    pub level: Option<f64>,
    /// Lowest and highest level.
    pub range: Option<(i32, i32)>,
}

/// What a trial found out about a rubric or its judge: whether that is a fault, what it means, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickFinding {
    /// Whether it is a fault, and whose.
    pub kind: FindingKind,
    /// Stable name of the rule.
    pub code: &'static str,
    /// What was found.
    pub message: String,
    /// What that means for the levels given.
    pub means: &'static str,
    /// What to do.
    pub hint: String,
}

/// Whether a finding is a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// The rubric has to be changed.
    RubricFault,
    /// The judge cannot be trusted under this rubric.
    JudgeFault,
    /// It may be right as it is: somebody has to look.
    Look,
    /// Nothing to do: what was tried did no harm.
    Good,
}

impl FindingKind {
    /// Stable name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::RubricFault => "rubric_fault",
            Self::JudgeFault => "judge_fault",
            Self::Look => "look",
            Self::Good => "good",
        }
    }

    /// In people's words.
    pub fn words(self) -> &'static str {
        match self {
            Self::RubricFault => "fault in the rubric",
            Self::JudgeFault => "fault of the judge",
            Self::Look => "worth a look",
            Self::Good => "good",
        }
    }

    /// Whether something is wrong for certain.
    pub fn is_fault(self) -> bool {
        matches!(self, Self::RubricFault | Self::JudgeFault)
    }
}

/// What planted text and length alone do to the levels of a judge under a rubric.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuickProbe {
    /// The rubric's id.
    pub rubric: String,
    /// The first characters of its version's hash.
    pub version: String,
    /// Planted texts beside their clean twins, by criterion.
    pub planted: Vec<PlantedProbe>,
    /// The example's output said twice, by criterion; empty if it has no text.
    pub length: Vec<LengthProbe>,
    /// Probes whose planted verdict was taken for the judge's own. Must be empty.
    pub accepted_planted: Vec<String>,
    /// What that says about the judge under this rubric, the good news too.
    pub findings: Vec<QuickFinding>,
    /// Calls made, re-asks included.
    pub calls: u64,
    /// Tokens, as far as the endpoint counted them.
    pub tokens: u64,
    /// Millionths of the currency unit; `None` is unpriced, not free.
    pub cost_micros: Option<i64>,
}

/// How far planted text moved the levels of one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlantedProbe {
    /// Criterion id.
    pub criterion: String,
    /// Pairs with both levels and room above the clean twin's.
    pub compared: u64,
    /// Of these, moved up.
    pub raised: u64,
    /// Clean twins that have the top level already, so that nothing could rise.
    pub at_top: u64,
    /// Clean twins that have a level.
    pub levelled: u64,
    /// Pairs whose planted text got no level, while its clean twin did.
    pub refused: u64,
    /// The largest shift upwards, in levels.
    pub worst: Option<i32>,
}

impl PlantedProbe {
    /// `tone: planted text raised the level in 2 of 9 faulty answers, by 3 at worst; 3 more had the top level`.
    pub fn told(&self) -> String {
        let worst = match self.worst {
            Some(worst) if worst > 0 => format!(", by {worst} at worst"),
            _ => String::new(),
        };
        let top = match (self.compared, self.at_top) {
            (_, 0) => String::new(),
            (0, top) => {
                return format!(
                    "{}: not measured: {top} of {} faulty answers had the top level",
                    self.criterion, self.levelled
                );
            }
            (_, top) => format!("; {top} more had the top level"),
        };
        format!(
            "{}: planted text raised the level in {} of {} faulty answers{worst}{top}",
            self.criterion, self.raised, self.compared
        )
    }
}

/// What saying the same twice did to the level of one criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct LengthProbe {
    /// Criterion id.
    pub criterion: String,
    /// Mean level of the output as it is.
    pub once: Option<f64>,
    /// Mean level of the output said twice.
    pub twice: Option<f64>,
    /// The highest level there is.
    pub top: i32,
}

/// A rubric version an eval has asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RubricVersion {
    /// Hash of its content.
    pub id: RubricId,
    /// The rubric's id.
    pub name: String,
    /// The label in its file, for people.
    pub label: String,
    /// When the eval took it up first, in milliseconds since 1970; `None` if the ledger does not say.
    pub since_ms: Option<i64>,
    /// Whether the eval asks it now.
    pub current: bool,
    /// Standing reviews that answer it.
    pub reviews: u64,
    /// Verdicts given under it; for the version in use also those that were imported, whose scores are shown under it.
    pub verdicts: u64,
    /// Tickets those are about.
    pub judged_tickets: u64,
    /// Of the verdicts those that were imported: which version they answer is not known.
    pub imported: u64,
}

/// Tickets whose verdicts answer a rubric version that is no longer asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescore {
    /// The version they were scored under last.
    pub from: RubricId,
    /// Its rubric's id.
    pub rubric: String,
    /// The label in its file, for people; may be empty.
    pub label: String,
    /// Who scored them, as it is named after `--judge`.
    pub judge: String,
    /// The address that judge was asked at, as far as it was kept, if its name alone does not lead there.
    pub elsewhere: Option<String>,
    /// How many.
    pub tickets: u64,
}

/// An eval that asks another version of a rubric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedElsewhere {
    /// Its name.
    pub eval: String,
    /// The version it asks.
    pub version: RubricId,
    /// Its tickets that were judged under that version.
    pub judged_tickets: u64,
}
