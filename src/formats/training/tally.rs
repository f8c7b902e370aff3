//! What can be said about a file only once all its rows have passed.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};

use super::columns::Columns;
use super::{extras, trl_kto};
use crate::domain::count::{counted, either};
use crate::domain::training::{TrainingFormat, TrainingRow, Warning};

/// An answer to a request, whatever its label: equal for equal ones.
pub type AnswerKey = u64;

/// Counts over the rows that were written. Eight bytes a row, for telling duplicates apart; where rows are labelled,
/// eight and a bit more for telling contradictions.
#[derive(Debug)]
pub struct Tally {
    format: TrainingFormat,
    rows: u64,
    wanted: u64,
    reasoning: u64,
    keys: u64,
    names: u64,
    shape: Columns,
    lines: Vec<u64>,
    labels: Vec<(AnswerKey, bool)>,
}

impl Tally {
    /// An empty tally.
    pub fn new(format: TrainingFormat) -> Self {
        Self {
            format,
            rows: 0,
            wanted: 0,
            reasoning: 0,
            keys: 0,
            names: 0,
            shape: Columns::default(),
            lines: Vec::new(),
            labels: Vec::new(),
        }
    }

    /// Which answer to which request a written line is about; `None` where rows have no label to contradict.
    pub fn answer(&self, line: &[u8]) -> Option<AnswerKey> {
        (self.format == TrainingFormat::TrlKto).then(|| {
            let (before, behind) = trl_kto::unlabelled(line);
            let mut hasher = DefaultHasher::new();
            hasher.write(before);
            hasher.write(behind);
            hasher.finish()
        })
    }

    /// The answers that are marked wanted in one row and unwanted in another: a trainer pulls both ways and learns
    /// nothing, without a word.
    pub fn contradicted(&mut self) -> HashSet<AnswerKey> {
        self.labels.sort_unstable();
        self.labels.dedup();
        let pairs = self.labels.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        pairs.map(|pair| pair[0].0).collect()
    }

    /// Counts a row that was written as `line`.
    pub fn add(&mut self, row: &TrainingRow, line: &[u8]) {
        self.rows += 1;
        self.wanted += u64::from(row.label == Some(true));
        let reasons = row.request.messages.iter().chain([&row.chosen]);
        let reasons = reasons.filter(|m| m.reasoning.is_some());
        self.reasoning += u64::from(reasons.count() > 0);
        self.keys += u64::from(extras::leaves_keys_out(row));
        let shape = Columns::of(row);
        self.names += u64::from(shape.names);
        self.shape = self.shape | shape;
        // A fixed-key hash: the same rows give the same count on every machine.
        let mut hasher = DefaultHasher::new();
        hasher.write(line);
        self.lines.push(hasher.finish());
        let answer = self.answer(line);
        self.labels.extend(answer.zip(row.label));
    }

    /// Rows counted.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows labelled wanted and unwanted, for formats that learn from labels.
    pub fn classes(&self) -> (u64, u64) {
        (self.wanted, self.rows - self.wanted)
    }

    /// The optional columns the rows need.
    pub fn shape(&self) -> Columns {
        self.shape
    }

    /// How many rows repeat an earlier line exactly.
    pub fn duplicates(&mut self) -> u64 {
        self.lines.sort_unstable();
        let pairs = self.lines.windows(2).filter(|pair| pair[0] == pair[1]);
        pairs.count() as u64
    }

    /// What a person should know before training on the file.
    pub fn warnings(&mut self) -> Vec<Warning> {
        let mut found = Vec::new();
        let mut warn = |code, message| found.push(Warning { code, message });
        let (rows, least) = (self.rows, self.format.min_rows());
        if rows < least {
            warn(
                "too_few_rows",
                format!(
                    "{}; the trainer of `{}` takes {least} or more",
                    counted(rows, "row"),
                    self.format
                ),
            );
        }
        if self.format == TrainingFormat::TrlKto {
            classes(self.classes(), &mut warn);
        }
        let duplicates = self.duplicates();
        if duplicates > 0 {
            warn(
                "duplicate_rows",
                format!(
                    "{} another row exactly and so {} twice in training",
                    rows_that(duplicates, "repeats", "repeat"),
                    either(duplicates, "counts", "count")
                ),
            );
        }
        if self.format != TrainingFormat::Pairs && self.reasoning > 0 {
            warn(
                "reasoning_left_out",
                format!(
                    "{} had reasoning beside the answer; it is left out",
                    counted(self.reasoning, "row")
                ),
            );
        }
        if self.format != TrainingFormat::Pairs && self.keys > 0 {
            warn(
                "keys_left_out",
                format!(
                    "{} had keys that only describe a message; they are left out",
                    counted(self.keys, "row")
                ),
            );
        }
        let nameless = matches!(
            self.format,
            TrainingFormat::ShareGpt | TrainingFormat::Alpaca | TrainingFormat::Together
        );
        if nameless && self.names > 0 {
            warn(
                "names_left_out",
                format!(
                    "{} a speaker; `{}` has no place for names",
                    rows_that(self.names, "names", "name"),
                    self.format
                ),
            );
        }
        found
    }
}

/// `1 row repeats`, `2 rows repeat`.
fn rows_that(n: u64, does: &str, do_: &str) -> String {
    format!("{} {}", counted(n, "row"), either(n, does, do_))
}

/// Both classes are needed, and not one lonely row of either.
fn classes((wanted, unwanted): (u64, u64), warn: &mut impl FnMut(&'static str, String)) {
    let rows = wanted + unwanted;
    if rows > 0 && wanted.min(unwanted) == 0 {
        let only = if wanted == 0 { "unwanted" } else { "wanted" };
        warn(
            "one_class_only",
            format!(
                "every answer ({rows}) is marked {only}; learning from labels needs both kinds"
            ),
        );
    } else if wanted.max(unwanted) > 4 * wanted.min(unwanted) {
        warn(
            "unbalanced_classes",
            format!(
                "{wanted} wanted and {unwanted} unwanted answers; set the trainer's class weights to balance them"
            ),
        );
    }
}
