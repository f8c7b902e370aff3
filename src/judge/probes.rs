//! Twelve outputs that try to move a judge, and how far they moved it.
//!
//! Each comes with a clean twin giving the same faulty answer. The shift is the level of the probe minus the
//! level of the twin; a pair with a missing level has no shift and is counted as such. Nor has a pair whose twin has
//! the top level already: nothing can rise above it, so it measures nothing. `docket doctor` asks the judge about
//! both without the floor and the detector in front, so that the judge itself is measured.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::detector;
use super::subject::{Output, Subject, Turn};
use crate::domain::message::Role;
use crate::domain::rubric::{Answer, Criterion, Rubric, Scale};
use crate::domain::verdict::{Outcome, Verdict};

const FILE: &str = include_str!("../../data/probes/probes.toml");

/// The one criterion probes are judged by.
pub const CRITERION: &str = "correct";

/// One probe with its twin.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Probe {
    /// Stable name.
    pub id: String,
    /// What it tries, in a few words.
    pub kind: String,
    /// The request both answer.
    pub request: String,
    /// The faulty answer as it is.
    pub clean: String,
    /// The same answer with the attempt.
    pub planted: String,
}

impl Probe {
    /// The clean twin as a judge sees it.
    pub fn clean_subject(&self) -> Subject {
        self.subject(&self.clean)
    }

    /// The probe as a judge sees it.
    pub fn planted_subject(&self) -> Subject {
        self.subject(&self.planted)
    }

    fn subject(&self, output: &str) -> Subject {
        Subject {
            request: vec![Turn {
                role: Role::User.name().to_owned(),
                text: self.request.clone(),
                tool_calls: Vec::new(),
            }],
            outputs: vec![Output::text(output.trim())],
            ..Subject::default()
        }
    }
}

#[derive(Deserialize)]
struct File {
    rubric: FileRubric,
    probe: Vec<Probe>,
}

#[derive(Deserialize)]
struct FileRubric {
    instructions: String,
    question: String,
    anchors: BTreeMap<String, String>,
}

fn file() -> Option<File> {
    toml::from_str(FILE).ok()
}

/// All probes, in the order of the table.
pub fn all() -> Vec<Probe> {
    file().map(|file| file.probe).unwrap_or_default()
}

/// Texts that all probes put to a judge: each planted one and its clean twin.
pub fn texts() -> usize {
    2 * all().len()
}

/// The rubric probes are judged by: one criterion, [`CRITERION`], on levels 0 to 5.
pub fn rubric() -> Rubric {
    let mut rubric = Rubric::empty("probes");
    if let Some(file) = file() {
        let mut criterion = Criterion::new(CRITERION, file.rubric.question, Scale::Level5);
        let anchors = file.rubric.anchors.into_iter();
        criterion.anchors = anchors
            .filter_map(|(level, text)| Some((level.parse().ok()?, text)))
            .collect();
        rubric.instructions = file.rubric.instructions;
        rubric.criteria.push(criterion);
    }
    rubric
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The probe.
    pub id: String,
    /// What it tries.
    pub kind: String,
    /// Level of the clean twin.
    pub clean: Option<i32>,
    /// Level of the probe.
    pub planted: Option<i32>,
    /// Probe minus twin; above 0 the attempt worked. `None` where that could not be measured.
    pub shift: Option<i32>,
    /// Whether the faulty twin has the top level already, so that nothing could rise.
    pub at_top: bool,
    /// Classes of what gave no level, twin first.
    pub unscored: Vec<String>,
    /// Whether the static detector flags the probe.
    pub detected: bool,
}

/// The table with its sums.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// One row per probe.
    pub rows: Vec<Row>,
    /// Pairs with both levels and room above the twin's.
    pub compared: usize,
    /// Faulty twins that have the top level already.
    pub at_top: usize,
    /// Faulty twins that have a level.
    pub levelled: usize,
    /// Of these, moved up.
    pub raised: usize,
    /// Mean shift of those compared; `None` without any.
    pub mean_shift: Option<f64>,
    /// The largest shift upwards.
    pub worst: Option<i32>,
}

/// The table from the verdicts of each probe: (clean, planted), by probe id. `top` is the highest level there is.
pub fn table(verdicts: &BTreeMap<String, (Verdict, Verdict)>, top: i32) -> Table {
    let rows: Vec<Row> = all()
        .into_iter()
        .filter_map(|probe| verdicts.get(&probe.id).map(|pair| row(probe, pair, top)))
        .collect();
    let shifts: Vec<i32> = rows.iter().filter_map(|row| row.shift).collect();
    let sum: i32 = shifts.iter().sum();
    Table {
        compared: shifts.len(),
        at_top: rows.iter().filter(|row| row.at_top).count(),
        levelled: rows.iter().filter(|row| row.clean.is_some()).count(),
        raised: shifts.iter().filter(|shift| **shift > 0).count(),
        mean_shift: (!shifts.is_empty()).then(|| f64::from(sum) / shifts.len() as f64),
        worst: shifts.iter().max().copied(),
        rows,
    }
}

fn row(probe: Probe, (clean, planted): &(Verdict, Verdict), top: i32) -> Row {
    let level = |verdict: &Verdict| verdict.outcome.answer().and_then(Answer::level);
    let unscored = [clean, planted]
        .into_iter()
        .filter_map(|verdict| match &verdict.outcome {
            Outcome::Unscored(class) => Some(class.clone()),
            Outcome::Scored(_) => None,
        });
    let at_top = level(clean).is_some_and(|level| level >= top);
    Row {
        clean: level(clean),
        planted: level(planted),
        shift: level(planted)
            .zip(level(clean))
            .filter(|_| !at_top)
            .map(|(planted, clean)| planted - clean),
        at_top,
        unscored: unscored.collect(),
        detected: detector::grader_directed(&probe.planted, &rubric()),
        id: probe.id,
        kind: probe.kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::Class;
    use crate::domain::rubric::lint;
    use crate::judge::floor::trivial;

    #[test]
    fn there_are_twelve_probes_of_twelve_kinds_and_a_sound_rubric() {
        let probes = all();
        let kinds: std::collections::BTreeSet<_> = probes.iter().map(|probe| &probe.kind).collect();
        assert_eq!((probes.len(), kinds.len()), (12, 12));
        assert_eq!(lint(&rubric()), []);
        assert_eq!(rubric().criteria[0].anchors.len(), 6);
        for probe in &probes {
            assert_ne!(probe.clean, probe.planted, "{}", probe.id);
            assert!(
                !detector::grader_directed(&probe.clean, &rubric()),
                "{}",
                probe.id
            );
        }
    }

    #[test]
    fn most_probes_are_seen_without_a_model() {
        let missed: Vec<String> = all()
            .into_iter()
            .filter(|probe| {
                let subject = probe.planted_subject();
                detector::flags(&subject, &rubric()).is_empty()
                    && trivial(&subject.outputs[0], &subject).is_none()
            })
            .map(|probe| probe.id)
            .collect();
        // What nobody can see statically is what the bound verdict and the reader are for.
        assert_eq!(missed, ["authority", "length-padding", "flattery"]);
    }

    #[test]
    fn a_shift_needs_both_levels() {
        let level = |level| Verdict::new(CRITERION, Outcome::Scored(Answer::Level(level)));
        let failed = Verdict::unscored(CRITERION, Class::CannotJudge, "no");
        let table = table(
            &BTreeMap::from([
                ("authority".to_owned(), (level(0), level(4))),
                ("echo".to_owned(), (level(2), level(0))),
                ("flattery".to_owned(), (level(0), failed)),
            ]),
            5,
        );
        assert_eq!((table.rows.len(), table.compared, table.raised), (3, 2, 1));
        assert_eq!((table.mean_shift, table.worst), (Some(1.0), Some(4)));
        let flattery = table.rows.iter().find(|row| row.id == "flattery").unwrap();
        assert_eq!(
            (flattery.shift, &flattery.unscored[..]),
            (None, &["cannot_judge".to_owned()][..])
        );
    }

    #[test]
    fn a_twin_at_the_top_level_leaves_nothing_to_measure() {
        let level = |level| Verdict::new(CRITERION, Outcome::Scored(Answer::Level(level)));
        let table = table(
            &BTreeMap::from([
                ("authority".to_owned(), (level(5), level(5))),
                ("echo".to_owned(), (level(5), level(0))),
                ("flattery".to_owned(), (level(4), level(5))),
            ]),
            5,
        );
        assert_eq!((table.compared, table.raised, table.at_top), (1, 1, 2));
        assert_eq!((table.levelled, table.mean_shift), (3, Some(1.0)));
    }
}
