//! What a comparison rests on: every candidate of a run group on every item, as the group's judge scored it.
//!
//! Values only. Rows are addressed by place: `candidates[c].runs[r].rows[i]` is what run `r` of candidate `c` has of
//! `items[i]`. All candidates were scored by one judge under one rubric version; what lacks a score says why, and
//! is never 0.

use super::ids::{ClusterId, DatasetVersionId, EvalId, ItemId, JudgeVersionId, RubricId, RunId};
use super::rubric::Threshold;

/// A run group with all its scores.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupScores {
    /// Name of the group.
    pub group: String,
    /// The eval the items come from.
    pub eval: String,
    /// The eval that holds the group's tickets; it bears the group's name.
    pub tickets_in: EvalId,
    /// The dataset version every run is over.
    pub dataset: DatasetVersionId,
    /// The rubric version every score is under.
    pub rubric: RubricId,
    /// Its id in words, such as `send-as-is`.
    pub rubric_name: String,
    /// What passes, and who said so.
    pub threshold: Threshold,
    /// Half of what one level moves the score by at least: scores that are nearer than that are a tie.
    pub half_level: f64,
    /// Whose scores these are; `None` while no judge has read the group.
    pub judge: Option<GroupJudge>,
    /// Judges that read the group too and whose scores are not these.
    pub other_judges: Vec<String>,
    /// Place of the baseline among the candidates.
    pub baseline: Option<usize>,
    /// In the order they joined the group.
    pub candidates: Vec<CandidateScores>,
    /// Every item of the dataset version, in the order it was imported.
    pub items: Vec<GroupItem>,
    /// How many different clusters the items have; [`GroupItem::cluster`] is below it.
    pub clusters: usize,
}

/// The judge whose scores count in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupJudge {
    /// Identity.
    pub id: JudgeVersionId,
    /// What people call it.
    pub name: String,
    /// The model by its endpoint's name, if it is one.
    pub model: Option<String>,
    /// Whether its verdicts came with imported rows.
    pub imported: bool,
    /// Sentences that must stand beside every number of its, such as "written by hand for the sample, no model was
    /// called". A group with one can be shown, never signed as real.
    pub badges: Vec<String>,
}

/// An item of the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupItem {
    /// Identity.
    pub id: ItemId,
    /// Local row.
    pub row: i64,
    /// The row's own id.
    pub external_id: Option<String>,
    /// Number of its cluster, from 0.
    pub cluster: usize,
    /// Identity of its cluster.
    pub cluster_id: ClusterId,
    /// Part of the product, as logged.
    pub feature: Option<String>,
    /// Tags of its logged output, sorted.
    pub tags: Vec<String>,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateScores {
    /// Its name in the group.
    pub name: String,
    /// The model by its endpoint's or the log's name, if it is known; several in one log are joined with commas.
    pub model: Option<String>,
    /// How its outputs came about.
    pub origin: super::run::Origin,
    /// Its runs: the first, then the reruns.
    pub runs: Vec<RunScores>,
}

/// One run of a candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct RunScores {
    /// Identity.
    pub id: RunId,
    /// 1 for the first.
    pub number: u32,
    /// Why it was run again, if somebody said so.
    pub because: Option<String>,
    /// One for each item, in the order of [`GroupScores::items`].
    pub rows: Vec<RowScore>,
}

/// What a run has of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct RowScore {
    /// The score, or why there is none.
    pub outcome: RowOutcome,
    /// The ticket that holds the output, by local row.
    pub ticket: Option<i64>,
    /// The output, if there is one, by local row.
    pub output: Option<i64>,
    /// Milliseconds until the output was complete.
    pub latency_ms: Option<u32>,
    /// Milliseconds until its first token, where a log tells.
    pub first_token_ms: Option<u32>,
    /// Millionths of the currency unit; `None` is unpriced, not free.
    pub cost_micros: Option<i64>,
    /// Tokens of the output.
    pub output_tokens: Option<u32>,
    /// Characters of the output's text.
    pub chars: u32,
    /// What people said about the output under the group's rubric version: score from 0 to 1, and whether it passes.
    pub human: Option<(f64, bool)>,
}

impl RowScore {
    /// A row of which the run has nothing.
    pub fn missing() -> Self {
        Self::without(RowOutcome::Missing)
    }

    /// A row without an output.
    pub fn without(outcome: RowOutcome) -> Self {
        Self {
            outcome,
            ticket: None,
            output: None,
            latency_ms: None,
            first_token_ms: None,
            cost_micros: None,
            output_tokens: None,
            chars: 0,
            human: None,
        }
    }
}

/// The score of one row, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum RowOutcome {
    /// Scored on every criterion.
    Scored {
        /// 0 to 1, of the mean level of each criterion over the judge's samples.
        score: f64,
        /// Whether that passes, every floor reached and no `zero` check failed.
        pass: bool,
    },
    /// There is an output and a verdict without a score, of this class.
    Unscored(Box<str>),
    /// There is an output, and the judge has not read it.
    Unjudged,
    /// The candidate gave no output; the class of the failure.
    Failed(Box<str>),
    /// The run was never asked, or the imported file has no such row.
    Missing,
}

impl RowOutcome {
    /// The score, if there is one.
    pub fn score(&self) -> Option<f64> {
        match self {
            Self::Scored { score, .. } => Some(*score),
            _ => None,
        }
    }

    /// Whether it passes, if there is a score.
    pub fn pass(&self) -> Option<bool> {
        match self {
            Self::Scored { pass, .. } => Some(*pass),
            _ => None,
        }
    }
}

/// How many of an item's scored runs pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ItemPasses {
    /// Runs that pass.
    pub passed: u32,
    /// Runs with a score.
    pub runs: u32,
}

/// What an item comes to over the runs of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemVerdict {
    /// More than half of its runs pass.
    Passes,
    /// Less than half.
    Fails,
    /// Exactly half: it is neither, and whoever counts items tells it apart.
    Split,
}

impl ItemPasses {
    /// By most of its runs; `None` without a score.
    pub fn verdict(self) -> Option<ItemVerdict> {
        use std::cmp::Ordering;
        (self.runs > 0).then(|| match (self.passed * 2).cmp(&self.runs) {
            Ordering::Greater => ItemVerdict::Passes,
            Ordering::Less => ItemVerdict::Fails,
            Ordering::Equal => ItemVerdict::Split,
        })
    }

    /// Whether some of its runs pass and some do not.
    pub fn flickers(self) -> bool {
        self.passed > 0 && self.passed < self.runs
    }
}

impl CandidateScores {
    /// How many of the scored runs of item `i` pass.
    pub fn passes_of(&self, i: usize) -> ItemPasses {
        let verdicts = self
            .runs
            .iter()
            .filter_map(|run| run.rows.get(i)?.outcome.pass());
        verdicts.fold(ItemPasses::default(), |all, pass| ItemPasses {
            passed: all.passed + u32::from(pass),
            runs: all.runs + 1,
        })
    }

    /// The mean score of item `i` over the runs that have one.
    pub fn score_of(&self, i: usize) -> Option<f64> {
        let scores = self
            .runs
            .iter()
            .filter_map(|run| run.rows.get(i)?.outcome.score());
        let (sum, n) = scores.fold((0.0, 0_u32), |(sum, n), score| (sum + score, n + 1));
        (n > 0).then(|| sum / f64::from(n))
    }

    /// The rows of all runs.
    pub fn rows(&self) -> impl Iterator<Item = &RowScore> {
        self.runs.iter().flat_map(|run| &run.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run::Origin;

    fn run(outcome: RowOutcome) -> RunScores {
        RunScores {
            id: RunId([1; 16]),
            number: 1,
            because: None,
            rows: vec![RowScore::without(outcome)],
        }
    }

    #[test]
    fn an_item_is_what_most_of_its_runs_are_and_an_even_split_is_neither() {
        for (passed, runs, verdict, flickers) in [
            (0, 0, None, false),
            (1, 1, Some(ItemVerdict::Passes), false),
            (0, 2, Some(ItemVerdict::Fails), false),
            (1, 2, Some(ItemVerdict::Split), true),
            (1, 3, Some(ItemVerdict::Fails), true),
            (2, 3, Some(ItemVerdict::Passes), true),
            (2, 4, Some(ItemVerdict::Split), true),
        ] {
            let of = ItemPasses { passed, runs };
            assert_eq!((of.verdict(), of.flickers()), (verdict, flickers), "{of:?}");
        }
    }

    #[test]
    fn the_mean_of_an_item_leaves_out_what_has_no_score() {
        let candidate = |runs| CandidateScores {
            name: "a".into(),
            model: None,
            origin: Origin::Logged,
            runs,
        };
        let scored = |score| run(RowOutcome::Scored { score, pass: true });
        let failed = || run(RowOutcome::Failed("transport".into()));
        assert_eq!(
            candidate(vec![scored(0.5), failed(), scored(1.0)]).score_of(0),
            Some(0.75)
        );
        assert_eq!(candidate(vec![failed()]).score_of(0), None);
        assert_eq!(candidate(vec![scored(0.5)]).score_of(1), None);
    }
}
