//! What a weighted plan goes by: for each ticket that is left, how worth reviewing it is.

use std::collections::{BTreeMap, HashMap};

use super::{Taken, walk};
use crate::domain::eval::Eval;
use crate::domain::ids::{ItemId, TicketId};
use crate::domain::review::{ReviewSource, Round, Sight};
use crate::domain::rubric::{Answer, Answers, Rubric};
use crate::domain::standing::JudgeStanding;
use crate::domain::verdict::Flag;
use crate::stats::risk::{Risk, coverage, disagreement, expected_error, uncertainty};
use crate::store::agreement::Line;
use crate::store::plans::Stratum;
use crate::store::verdicts::{self, OfJudge};
use crate::store::{Db, plans, project, tickets};

/// A ticket that is left.
pub(super) struct Left {
    pub row: i64,
    pub id: TicketId,
    pub item: ItemId,
    pub risk: Risk,
}

/// What the plan is drawn over, and what it learned from.
pub(super) struct Ground {
    pub left: Vec<Left>,
    /// Tickets that stay in the prefixes of their plans.
    pub kept: u64,
    /// Of those left, tickets a judge has scored.
    pub judged: u64,
    /// Risk and judge error of the tickets reviewed by plan.
    pub learned: (Vec<Risk>, Vec<f64>),
}

/// The cell an expected error is estimated in: criterion, judge level, model.
type Cell = (String, i64, Option<String>);

/// What reviews by plan say about the judge.
#[derive(Default)]
struct Errors {
    cells: BTreeMap<Cell, (f64, usize)>,
    all: (f64, usize),
    /// Labels by stratum: model and feature.
    strata: HashMap<Stratum, usize>,
}

/// What judges say of one ticket.
struct Said {
    standing: JudgeStanding,
    /// Levels of every judge that scores under the rubric, by criterion.
    panel: BTreeMap<String, Vec<f64>>,
}

struct Looking<'a> {
    db: &'a Db,
    eval: &'a Eval,
    rubric: &'a Rubric,
    strata: HashMap<i64, Stratum>,
    errors: Errors,
}

/// Looks at every ticket of an eval.
pub(super) fn look(
    db: &Db,
    row: i64,
    eval: &Eval,
    rubric: &Rubric,
) -> crate::store::Result<Ground> {
    let mut looking = Looking {
        db,
        eval,
        rubric,
        strata: plans::strata(db, row)?,
        errors: Errors::default(),
    };
    let (mut labelled, mut open) = (Vec::new(), Vec::new());
    let mut kept = 0;
    for Taken { line, samples, .. } in walk(db, row, &eval.id)?.lines {
        kept += u64::from(!samples.is_empty());
        if samples.is_empty() {
            open.push(line);
        } else if let Some(answers) = planned(&line, eval) {
            labelled.push((line, answers));
        }
    }
    for (line, answers) in &labelled {
        looking.learn(line, answers)?;
    }
    let mut learned = (Vec::new(), Vec::new());
    for (line, answers) in &labelled {
        let said = looking.said(line.row)?;
        let human = project::overall(rubric, eval, answers).map(|(score, _)| score);
        let judge = said.as_ref().and_then(|said| said.standing.score);
        if let Some((human, judge)) = human.zip(judge) {
            learned.0.push(looking.risk(line.row, said.as_ref()));
            learned.1.push((human - judge).abs());
        }
    }
    let mut judged = 0;
    let mut left = Vec::with_capacity(open.len());
    for line in open {
        let said = looking.said(line.row)?;
        judged += u64::from(
            said.as_ref()
                .is_some_and(|said| said.standing.score.is_some()),
        );
        let ticket = tickets::in_row(db, line.row)?;
        left.push(Left {
            risk: looking.risk(line.row, said.as_ref()),
            item: tickets::item(db, ticket.item)?.id,
            row: line.row,
            id: line.id,
        });
    }
    Ok(Ground {
        left,
        kept,
        judged,
        learned,
    })
}

/// What people said of a ticket that its plan has come to, blind: the first of them.
fn planned(line: &Line, eval: &Eval) -> Option<Answers> {
    let folded = line.folded.as_ref()?;
    let counts = folded.reviews.iter().map(|standing| &standing.first);
    let mut counts = counts.filter(|review| {
        review.source != ReviewSource::Import
            && review.rubric == eval.rubric
            && review.sight == Sight::Blind
            && review.round == Round::First
    });
    counts.next().map(|review| review.answers.clone())
}

impl Looking<'_> {
    fn said(&self, ticket: i64) -> crate::store::Result<Option<Said>> {
        let judges = verdicts::of_ticket(self.db, ticket)?;
        let Some(counting) = verdicts::that_counts(self.db, ticket, self.eval, self.rubric)? else {
            return Ok(None);
        };
        let mut panel: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        let scores = |judge: &&OfJudge| judge.version.scores_under(&self.eval.rubric);
        for judge in judges.iter().filter(scores) {
            for one in judge.standing(self.rubric, self.eval).criteria {
                if let Some(level) = one.level {
                    panel.entry(one.id).or_default().push(level);
                }
            }
        }
        Ok(Some(Said {
            standing: counting.standing(self.rubric, self.eval),
            panel,
        }))
    }

    fn span(&self, criterion: &str) -> f64 {
        let question = self.rubric.questions().find(|one| one.id == criterion);
        let scale = question.and_then(|question| question.scale());
        scale.map_or(1.0, |scale| f64::from(scale.max() - scale.min()).max(1.0))
    }

    fn stratum(&self, ticket: i64) -> Stratum {
        self.strata.get(&ticket).cloned().unwrap_or_default()
    }

    fn learn(&mut self, line: &Line, answers: &Answers) -> crate::store::Result<()> {
        let stratum = self.stratum(line.row);
        *self.errors.strata.entry(stratum.clone()).or_default() += 1;
        let Some(said) = self.said(line.row)? else {
            return Ok(());
        };
        for one in &said.standing.criteria {
            let human = answers.get(&one.id).and_then(Answer::level);
            let (Some(level), Some(human)) = (one.level, human) else {
                continue;
            };
            let error = (level - f64::from(human)).abs() / self.span(&one.id);
            let cell = (one.id.clone(), level.round() as i64, stratum.0.clone());
            let known = self.errors.cells.entry(cell).or_default();
            *known = (known.0 + error, known.1 + 1);
            self.errors.all = (self.errors.all.0 + error, self.errors.all.1 + 1);
        }
        Ok(())
    }

    fn global(&self) -> Option<f64> {
        let (sum, count) = self.errors.all;
        (count > 0).then(|| sum / count as f64)
    }

    /// What no judge has read is as uncertain as can be.
    fn risk(&self, ticket: i64, said: Option<&Said>) -> Risk {
        let stratum = self.stratum(ticket);
        let labels = self.errors.strata.get(&stratum).copied().unwrap_or(0);
        let unread = Risk {
            disagreement: 0.0,
            uncertainty: 1.0,
            expected_error: expected_error(0.0, 0, self.global()),
            low_score: 0.5,
            flagged: 0.0,
            coverage: coverage(labels),
        };
        let Some(said) = said else { return unread };
        let threshold = self
            .rubric
            .threshold_for(self.eval.policy.pass_threshold)
            .value;
        let criteria = &said.standing.criteria;
        let flags: Vec<Flag> = criteria.iter().flat_map(|one| one.flags.clone()).collect();
        Risk {
            disagreement: disagreement(
                widest(criteria.iter().filter_map(|one| {
                    let (low, high) = one.range?;
                    Some(f64::from(high - low) / self.span(&one.id))
                })),
                widest(said.panel.iter().map(|(id, levels)| {
                    let low = levels.iter().copied().fold(f64::INFINITY, f64::min);
                    let high = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    (high - low) / self.span(id)
                })),
                flags.contains(&Flag::OrderSensitive),
            ),
            uncertainty: match said.standing.score {
                Some(score) => uncertainty(score, threshold, None),
                None => unread.uncertainty,
            },
            expected_error: self.expected(said, stratum.0.as_ref()),
            low_score: said
                .standing
                .score
                .map_or(unread.low_score, |score| 1.0 - score),
            flagged: f64::from(u8::from(flags.iter().any(|flag| raises(*flag)))),
            coverage: unread.coverage,
        }
    }

    /// The mean over the criteria of what is expected in their cells.
    fn expected(&self, said: &Said, model: Option<&String>) -> f64 {
        let cell = |id: &str, level: f64| {
            let key = (id.to_owned(), level.round() as i64, model.cloned());
            let (sum, count) = self.errors.cells.get(&key).copied().unwrap_or_default();
            expected_error(sum, count, self.global())
        };
        let each: Vec<f64> = said
            .standing
            .criteria
            .iter()
            .filter_map(|one| Some(cell(&one.id, one.level?)))
            .collect();
        if each.is_empty() {
            return expected_error(0.0, 0, self.global());
        }
        each.iter().sum::<f64>() / each.len() as f64
    }
}

fn widest(ranges: impl Iterator<Item = f64>) -> f64 {
    ranges.fold(0.0, f64::max)
}

/// Whether a flag is a reason to look by itself.
fn raises(flag: Flag) -> bool {
    matches!(
        flag,
        Flag::GraderDirectedText
            | Flag::EvidenceNotFound
            | Flag::ReferenceConflict
            | Flag::CheckContradiction
    )
}
