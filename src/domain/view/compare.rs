//! The comparison of a run group's candidates: numbers with what they rest on, one sentence, one action.

mod detail;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::super::count::counted;
use super::super::ids::{EvalId, RubricId};
use super::super::preference::{PreferenceBasis, Preferred};

pub use detail::{
    BoardRow, Detail, HumanEstimate, HumanNumbers, Leaderboard, LengthControl, OnCriterion,
    Stability, Told, Variance,
};

/// A number with its interval. Without one (a single item, a single cluster) only the number stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranged {
    /// The number.
    pub estimate: f64,
    /// Both ends of the 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// Items behind it.
    pub n: usize,
    /// Independent clusters behind it.
    pub clusters: usize,
    /// How the interval was made.
    pub method: Cow<'static, str>,
}

/// Stands for an eval until the comparison is told which one.
fn nowhere() -> EvalId {
    EvalId([0; 16])
}

/// The candidates of a group side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Name of the group.
    pub group: String,
    /// The eval the items come from.
    pub eval: String,
    /// The eval that holds the group's tickets.
    #[serde(skip, default = "nowhere")]
    pub tickets_in: EvalId,
    /// The rubric's id.
    pub rubric: String,
    /// Its version.
    pub rubric_version: RubricId,
    /// What passes, 0 to 1.
    pub threshold: f64,
    /// The same with who said so: `0.8 (rubric)`.
    pub threshold_words: String,
    /// The judge whose scores these are.
    pub judge: Option<String>,
    /// Sentences that must stand beside every number.
    pub badges: Vec<String>,
    /// Items of the dataset version.
    pub items: usize,
    /// Clusters they belong to.
    pub clusters: usize,
    /// The candidate the others are compared with.
    pub baseline: Option<String>,
    /// Tests in the family of differences to the baseline; their p-values are adjusted for it (Holm).
    pub family: usize,
    /// In the order they joined the group.
    pub candidates: Vec<CandidateSummary>,
    /// What people's preferences rest on; told with `--full`.
    pub preferences: Option<PreferenceBasis>,
    /// What to know before reading a number.
    pub warnings: Vec<String>,
    /// Of them what the items share with datasets of other roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlap: Vec<String>,
    /// What the numbers say.
    pub sentence: String,
    /// What to do next.
    pub action: String,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateSummary {
    /// Its name.
    pub name: String,
    /// The model.
    pub model: Option<String>,
    /// `logged`, `model` or `imported`.
    pub origin: Cow<'static, str>,
    /// How many runs.
    pub runs: usize,
    /// Mean score, 0 to 1, over items; of reruns each item's mean counts.
    pub mean: Option<Ranged>,
    /// Share of items that pass; of reruns each item's share counts.
    pub pass_rate: Option<Ranged>,
    /// Rows with a score, over all runs.
    pub scored: usize,
    /// Rows in all: items times runs.
    pub rows: usize,
    /// Rows the judge read and gave no score, by class.
    pub unscored: Vec<(String, usize)>,
    /// Outputs the judge has not read.
    pub unjudged: usize,
    /// Rows without an output, by class of the failure.
    pub failed: Vec<(String, usize)>,
    /// Rows the run has nothing of.
    pub missing: usize,
    /// The mean if every row without a score had 0, or 1.
    pub band: Option<(f64, f64)>,
    /// Against the baseline, on the items both have a score for.
    pub difference: Option<Difference>,
    /// Cost of all replies in millionths; `None` where one is unpriced.
    pub cost_micros: Option<i64>,
    /// Replies without a price.
    pub unpriced: usize,
    /// Milliseconds until a reply was complete, median.
    pub latency_p50_ms: Option<f64>,
    /// The 95th percentile of the same.
    pub latency_p95_ms: Option<f64>,
    /// Milliseconds until the first token of a reply, median; `None` where no reply tells.
    pub first_token_p50_ms: Option<f64>,
    /// The 95th percentile of the same.
    pub first_token_p95_ms: Option<f64>,
    /// Characters of an output, median.
    pub chars: Option<f64>,
    /// Items by score in tenths.
    pub histogram: [usize; 10],
    /// How far its own reruns differ; `None` with one run.
    pub reruns: Option<Reruns>,
    /// Its runs one by one, in the order of their numbers; empty with one run.
    pub history: Vec<RunMean>,
    /// Tags of items that do not pass, the most frequent first.
    pub weak_tags: Vec<WeakTag>,
    /// What people say of it, beside what the judge says.
    pub human: Option<HumanNumbers>,
    /// Against the baseline: what stands behind `--full`.
    pub full: Option<Full>,
    /// By itself: what stands behind `--full`.
    pub detail: Option<Detail>,
    /// How often people preferred it to the baseline, side by side: no score, no judge, no part of a gate. Told with
    /// `--full`.
    pub preferred: Option<Preferred>,
}

/// One run of a candidate among its reruns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunMean {
    /// 1 for the first.
    pub number: u32,
    /// Why it was made, in somebody's words.
    pub because: Option<String>,
    /// Mean score of its items; `None` without a score.
    pub mean: Option<Ranged>,
}

/// Tags a candidate fails in that are named where not everything is asked for.
pub const WEAK: usize = 5;

impl CandidateSummary {
    /// The tags it fails in, the first `most` of them by name; `None` where there is none.
    pub fn weak_words(&self, most: usize) -> Option<String> {
        let named = self.weak_tags.iter().take(most).map(ToString::to_string);
        let named: Vec<String> = named.collect();
        let more = self.weak_tags.len() - named.len();
        let more = match more {
            0 => String::new(),
            more => format!(" and in {} more", counted(more, "tag")),
        };
        (!named.is_empty()).then(|| format!("{}{more}", named.join(", ")))
    }
}

impl Reruns {
    /// The items that flicker, as far as they are named; `None` where none does.
    pub fn flicker_words(&self) -> Option<String> {
        let more = self.flickers.saturating_sub(self.flickering.len());
        let more = match more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (!self.flickering.is_empty()).then(|| format!("{}{more}", self.flickering.join(", ")))
    }
}

/// A tag of items that do not pass: "9 of 12 in billing".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeakTag {
    /// The tag.
    pub tag: String,
    /// Items with it that do not pass in most of their runs.
    pub failed: usize,
    /// Items with it that pass in exactly half of their runs: neither.
    pub split: usize,
    /// Items with it that have a score.
    pub of: usize,
}

impl std::fmt::Display for WeakTag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {} in {}", self.failed, self.of, self.tag)?;
        match self.split {
            0 => Ok(()),
            split => write!(f, " ({split} more in half of the runs)"),
        }
    }
}

/// What a difference says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Better than the baseline.
    Better,
    /// Worse than the baseline.
    Worse,
    /// Not to be told from chance with these items.
    Unclear,
}

/// Candidate minus baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The mean difference.
    pub range: Ranged,
    /// The same difference with the interval that resampling the clusters gives, which assumes no shape. Secondary.
    pub resampled: Option<Ranged>,
    /// Items only one of the two has a score for: the baseline lacks, the candidate lacks.
    pub unpaired: (usize, usize),
    /// Two-sided p-value, adjusted for the family.
    pub p: Option<f64>,
    /// What it says.
    pub standing: Standing,
    /// The smallest difference these items let one see with a chance of 80 %, tested as one of the family.
    pub visible: Option<f64>,
    /// Items needed to see a difference of 0.05, likewise.
    pub needed: Option<u64>,
}

impl Difference {
    /// What these items can show, and how many 0.05 needs, where `family` differences are tested; `None` where that is
    /// undefined.
    pub fn power(&self, family: usize) -> Option<String> {
        let visible = self.visible?;
        let needed = self
            .needed
            .map_or_else(String::new, |needed| format!("; 0.05 needs {needed}"));
        let among = match family {
            0 | 1 => String::new(),
            family => format!(", one of {family} differences"),
        };
        Some(format!(
            "with {} items a difference of {visible:.3} can be seen (80 % power, 5 % error{among}){needed}",
            self.range.n
        ))
    }
}

/// How far the reruns of a candidate differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reruns {
    /// Items with more than one scored run.
    pub items: usize,
    /// Share of these whose verdict is not the same in every run.
    pub flicker: f64,
    /// Chance that two runs of one item differ.
    pub pair: f64,
    /// Chance that all of `runs` runs pass, over the items with a score in every run.
    pub all_pass: Option<f64>,
    /// Those items.
    pub complete: usize,
    /// Items that flicker.
    #[serde(default)]
    pub flickers: usize,
    /// The first twenty of them by their own id or the start of docket's; all of them in a full comparison.
    pub flickering: Vec<String>,
}

impl Reruns {
    /// In words, each number with what it rests on.
    pub fn words(&self, of: &CandidateSummary) -> String {
        let all = self.all_pass.map_or_else(String::new, |p| {
            let on = if self.complete == self.items {
                "of these".to_owned()
            } else {
                format!("of the {} scored in every run", self.complete)
            };
            let runs = match of.runs {
                2 => "both".to_owned(),
                n => format!("all {n}"),
            };
            format!("; {runs} runs pass on {:.0} % {on}", p * 100.0)
        });
        format!(
            "{} reruns: {:.0} % of {} with two scored runs or more flicker{all}",
            of.name,
            self.flicker * 100.0,
            counted(self.items, "item"),
        )
    }
}

/// Secondary numbers: labelled so, because picking among them proves nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Full {
    /// Items on which it is better.
    pub win: u64,
    /// Items on which both are equal within half a level.
    pub tie: u64,
    /// Items on which it is worse.
    pub loss: u64,
    /// (wins + ties / 2) / items.
    pub win_rate: f64,
    /// Exact sign test of wins against losses.
    pub sign_p: Option<f64>,
    /// Exact two-sided test of the items only one of the two passes (`McNemar`); of reruns what most of them say.
    pub mcnemar_p: Option<f64>,
    /// Items it leaves out: on one side or both exactly half of the runs pass.
    pub split: u64,
    /// Its mid-p.
    pub mcnemar_mid_p: Option<f64>,
    /// Wilcoxon's signed ranks; `None` where every difference is zero.
    pub wilcoxon_p: Option<f64>,
    /// Why the tests above are missing: they count items, and the items are one request.
    pub dependent: Option<String>,
    /// Correlation of the two candidates' scores: what pairing bought.
    pub correlation: Option<f64>,
    /// The same win rate at equal length of the outputs.
    pub length: Told<LengthControl>,
    /// By tag, those with five items or more, the largest difference first.
    pub tags: Vec<TagDifference>,
    /// Where the difference is one of a narrow slice only, or a slice goes against it.
    pub slices: Vec<String>,
}

/// The difference on the items of one tag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TagDifference {
    /// The tag, or the feature.
    pub tag: String,
    /// Candidate minus baseline.
    pub range: Ranged,
    /// Two-sided p-value, adjusted over the tags (Benjamini and Hochberg). Exploration, no headline.
    pub p: Option<f64>,
    /// What it says.
    pub standing: Standing,
    /// The difference on all other items.
    pub elsewhere: Option<Ranged>,
}

/// A table in words, the same for command, screen and report. Model text stands in it as it is: whoever shows it makes
/// it safe.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Sheet {
    /// What it is about.
    pub title: String,
    /// Names of the columns, and whether they hold numbers.
    pub columns: Vec<(String, bool)>,
    /// One cell for each column.
    pub rows: Vec<Vec<String>>,
    /// What to know of it, one sentence a line.
    pub notes: Vec<String>,
}

impl Sheet {
    /// A sheet without rows. A column whose name begins with `#` holds numbers.
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        let column = |name: &&str| match name.strip_prefix('#') {
            Some(name) => (name.to_owned(), true),
            None => ((*name).to_owned(), false),
        };
        Self {
            title: title.into(),
            columns: columns.iter().map(column).collect(),
            ..Self::default()
        }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// Adds a sentence.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}
