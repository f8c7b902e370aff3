//! Which reviews count: blind first reviews in the prefix of a plan, and complete imported label sets.
//!
//! The prefix of a plan ends before its first ticket that nobody has settled: what was reviewed before it is a
//! sample with known chances whatever anybody thought of the tickets, what was reviewed behind it waits. In a
//! uniform plan all chances are the same; in a weighted one a ticket's is its weight over the next one's priority. In a
//! run group every run has its own prefix (`engine::plans::prefix`).
//! Whatever is picked by hand, by a filter or as hard never counts before the plan has come to it. Then it does: the
//! tickets before the first open one, picked ones among them, are what sampling until the next unpicked ticket gives
//! (inverse sampling), so their mean is without bias whatever was picked and why.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::eval::Eval;
use crate::domain::fold::{Folded, Standing};
use crate::domain::ids::{ClusterId, RunId, TicketId};
use crate::domain::plan::plan_number;
use crate::domain::review::{ReviewSource, Round, Sight};
use crate::domain::rubric::{Answers, Rubric, Threshold};
use crate::domain::ticket::State;
use crate::domain::view::agreement::{Basis, LeftOut, Reason, Reviewer};
use crate::store::Db;
use crate::store::agreement::{self, Line};

use super::super::plans::prefix::{Prefixes, Sample};
use super::together::{consensus, score};

/// A ticket with the answers that count.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Labelled {
    /// Local row.
    pub row: i64,
    /// Identity.
    pub id: TicketId,
    /// The row's own id.
    pub external_id: Option<String>,
    /// Outputs it compares.
    pub outputs: u64,
    /// Unit of every interval.
    pub cluster: ClusterId,
    /// The chance it had of being in the sample, above 0 up to 1.
    pub chance: f64,
    /// In a run group, the chance in the sample of each run it counts in.
    pub runs: BTreeMap<RunId, f64>,
    /// The number of its plan.
    pub plan: u32,
    /// By name.
    pub people: BTreeMap<String, Answers>,
}

/// What one pass over the tickets gathers.
#[derive(Default)]
pub(super) struct Sieve {
    prefixes: Prefixes,
    /// Tickets of the plans.
    planned: u64,
    /// Tickets in some sample.
    prefix: u64,
    /// Tickets of each source.
    sets: HashMap<i64, u64>,
    /// Tickets of a source that a person labelled on a criterion.
    labelled: HashMap<(i64, String, String), u64>,
    kept: Vec<Kept>,
    left_out: BTreeMap<Reason, u64>,
}

/// A ticket with reviews that may count.
struct Kept {
    labelled: Labelled,
    /// The ticket.
    line: Line,
    /// The samples it is in.
    samples: Vec<Sample>,
    planned: Vec<(String, Answers)>,
    imported: Vec<(String, Answers)>,
}

impl Sieve {
    /// Takes what counts of the tickets of an eval, by its local row. Of a plan that is read as far as the prefix goes;
    /// behind it only what somebody has reviewed, which is little where tickets are many.
    pub fn over(db: &Db, row: i64, eval: &Eval) -> crate::store::Result<Self> {
        let mut sieve = Self {
            prefixes: Prefixes::of(db, row, &eval.id)?,
            ..Self::default()
        };
        let plans = agreement::plans(db, row)?;
        for (number, _) in &plans {
            agreement::each_that_counts(db, row, *number, |line| {
                sieve.take(eval, line);
                sieve.prefixes.goes_on(*number)
            })?;
        }
        sieve.planned = plans.iter().map(|(_, tickets)| tickets).sum();
        if !sieve.labelled.is_empty() {
            sieve.sets = agreement::sources(db, row)?;
        }
        Ok(sieve)
    }

    /// Takes the next ticket, in the order of the plans.
    pub fn take(&mut self, eval: &Eval, mut line: Line) {
        *self.sets.entry(line.source).or_default() += 1;
        let folded = line.folded.take().unwrap_or_default();
        let samples = self.prefixes.take(&line, is_settled(line.state, &folded));
        self.planned += 1;
        self.prefix += u64::from(!samples.is_empty());
        let mut kept = Kept {
            labelled: Labelled {
                row: line.row,
                id: line.id,
                external_id: line.external_id.clone(),
                outputs: line.outputs,
                cluster: line.cluster,
                chance: 1.0,
                runs: BTreeMap::new(),
                plan: plan_number(line.plan_key),
                people: BTreeMap::new(),
            },
            samples,
            line,
            planned: Vec::new(),
            imported: Vec::new(),
        };
        for standing in folded.reviews {
            self.review(eval, standing, &mut kept);
        }
        if !(kept.planned.is_empty() && kept.imported.is_empty()) {
            self.kept.push(kept);
        }
    }

    fn review(&mut self, eval: &Eval, standing: Standing, kept: &mut Kept) {
        let (who, review) = (standing.reviewer, standing.first);
        if review.source == ReviewSource::Import
            && review.sight == Sight::Blind
            && review.rubric == eval.rubric
        {
            for criterion in review.answers.keys() {
                let key = (kept.line.source, who.clone(), criterion.clone());
                *self.labelled.entry(key).or_default() += 1;
            }
            kept.imported.push((who, review.answers));
            return;
        }
        let against = if review.rubric != eval.rubric {
            Some(Reason::OtherRubric)
        } else if review.sight == Sight::Assisted {
            Some(Reason::Assisted)
        } else if review.round != Round::First {
            Some(Reason::SecondLook)
        } else if kept.samples.is_empty() && review.plan.is_none() {
            Some(Reason::AdHoc)
        } else if kept.samples.is_empty() {
            Some(Reason::Waiting)
        } else {
            // Also one that was picked before the plan came to its ticket: it is the order that makes the sample. To
            // leave it out while the plan goes on behind it would take out what people pick, such as what looks bad.
            None
        };
        match against {
            Some(reason) => self.leave_out(reason, 1),
            None => kept.planned.push((who, review.answers)),
        }
    }

    /// Counts reviews that were left out elsewhere.
    pub fn leave_out(&mut self, reason: Reason, reviews: u64) {
        if reviews > 0 {
            *self.left_out.entry(reason).or_default() += reviews;
        }
    }

    /// The tickets whose answers count, in the order of the plans, and what they rest on.
    pub fn finish(mut self) -> (Vec<Labelled>, Basis) {
        let mut basis = Basis {
            prefix: self.prefix,
            planned: self.planned,
            first_open: self.prefixes.first_open(),
            ..Basis::default()
        };
        let mut tickets = Vec::new();
        for kept in std::mem::take(&mut self.kept) {
            let (labelled, census) = self.settle(kept);
            if !labelled.people.is_empty() {
                basis.census += u64::from(census);
                tickets.push(labelled);
            }
        }
        let mut reviews: BTreeMap<&String, u64> = BTreeMap::new();
        for name in tickets.iter().flat_map(|ticket| ticket.people.keys()) {
            *reviews.entry(name).or_default() += 1;
        }
        basis.reviewers = reviews
            .into_iter()
            .map(|(name, reviews)| Reviewer {
                name: name.clone(),
                reviews,
            })
            .collect();
        basis.tickets = tickets.len() as u64;
        basis.waiting = self.left_out.get(&Reason::Waiting).copied().unwrap_or(0);
        let chances: BTreeSet<u64> = tickets.iter().map(|one| one.chance.to_bits()).collect();
        basis.weighted = chances.len() > 1;
        basis.left_out = self
            .left_out
            .into_iter()
            .map(|(reason, reviews)| LeftOut { reason, reviews })
            .collect();
        (tickets, basis)
    }

    /// Decides about imported labels, and how likely the ticket was to be in the sample.
    fn settle(&mut self, kept: Kept) -> (Labelled, bool) {
        let mut labelled = kept.labelled;
        let mut census = false;
        for (who, mut answers) in kept.imported {
            let all = self.sets.get(&kept.line.source).copied().unwrap_or(0);
            answers.retain(|criterion, _| {
                let key = (kept.line.source, who.clone(), criterion.clone());
                self.labelled.get(&key) == Some(&all)
            });
            if answers.is_empty() {
                self.leave_out(Reason::IncompleteSet, 1);
            } else {
                census = true;
                labelled.people.insert(who, answers);
            }
        }
        if census {
            // Every ticket of its source has the label: that is no sample, and no chance was needed.
            let runs = self.prefixes.runs_of(kept.line.row);
            labelled.runs = runs.into_iter().map(|run| (run, 1.0)).collect();
            labelled.people.extend(kept.planned);
            return (labelled, census);
        }
        let mut best: Option<f64> = None;
        for sample in &kept.samples {
            let chance = self.prefixes.chance(&kept.line, *sample);
            best = best.into_iter().chain(chance).reduce(f64::max);
            labelled.runs.extend(sample.zip(chance));
        }
        match best {
            Some(chance) => {
                labelled.chance = chance;
                labelled.people.extend(kept.planned);
            }
            // Outputs to one item are drawn together, and one of them waits.
            None => self.leave_out(Reason::Waiting, kept.planned.len() as u64),
        }
        (labelled, census)
    }
}

/// Whether nobody has to come back to the ticket before the plan may go on behind it. One that was put aside or
/// handed up unreviewed stays open: leaving it out would leave out what people find hard.
pub(in crate::engine) fn is_settled(state: State, folded: &Folded) -> bool {
    match state {
        State::Done | State::Adjudicate | State::Partial => true,
        State::Open | State::Deferred | State::Escalated => !folded.reviews.is_empty(),
    }
}

/// What people say together of one ticket, by a review that counts.
pub(in crate::engine) struct PlanLabel {
    /// Local row of the ticket.
    pub ticket: i64,
    /// In a run group, the chance in the sample of each run it counts in.
    pub runs: BTreeMap<RunId, f64>,
    /// The number of its plan.
    pub plan: u32,
    /// What each of them answered.
    pub people: Vec<Answers>,
}

impl PlanLabel {
    /// What most of them chose on each criterion.
    pub fn chosen(&self, rubric: &Rubric) -> Answers {
        consensus(&self.people.iter(), rubric)
    }

    /// Score from 0 to 1, and whether it passes (1, 0, or a half where they are split evenly); `None` where people could
    /// not judge.
    pub fn score(&self, rubric: &Rubric, threshold: Threshold) -> Option<(f64, f64)> {
        score(self.people.iter(), rubric, threshold)
    }
}

/// The tickets of an eval with reviews that count, and what they rest on.
pub(in crate::engine) struct PlanLabels {
    /// In the order of the plans.
    pub labels: Vec<PlanLabel>,
    /// What was counted and what was left out.
    pub basis: Basis,
}

impl PlanLabels {
    /// Nobody has reviewed anything.
    pub fn none() -> Self {
        Self {
            labels: Vec::new(),
            basis: Basis::default(),
        }
    }
}

/// Reads the blind first reviews of an eval that form a sample.
pub(in crate::engine) fn plan_labels(
    db: &Db,
    row: i64,
    eval: &Eval,
) -> crate::store::Result<PlanLabels> {
    let (tickets, basis) = Sieve::over(db, row, eval)?.finish();
    let labels = tickets.into_iter().map(|ticket| PlanLabel {
        ticket: ticket.row,
        runs: ticket.runs,
        plan: ticket.plan,
        people: ticket.people.into_values().collect(),
    });
    Ok(PlanLabels {
        labels: labels.collect(),
        basis,
    })
}
