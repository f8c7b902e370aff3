//! How a judge reads, over the tickets that count: how its answers were found, whether the order of two outputs moves it,
//! whether it tells criteria apart, and whose kin it is.

use super::counted::Labelled;
use super::measure::Sample;
use super::subject::{Heard, Judged, Subject};
use super::together::together;
use crate::domain::count::either;
use crate::domain::judge_version::{JudgeKind, JudgeVersion};
use crate::domain::rubric::{Answer, Rubric};
use crate::domain::standing::CHECK;
use crate::domain::verdict::{Flag, Step};
use crate::domain::view::agreement::{Halo, Kin, Measured, Orders, Reading, StepRate};
use crate::judge::family::{Kinship, kinship};
use crate::stats::Clusters;
use crate::stats::halo::halo;
use crate::store::verdicts::OfJudge;

/// Tickets below which correlations between criteria say nothing.
const FEW: usize = 10;

/// What the verdicts of one judge on one ticket say of how it reads.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Found {
    /// How each answer was found.
    steps: Vec<Step>,
    /// By criterion, one comparison each.
    compared: Vec<(String, Compared)>,
}

/// A comparison in both orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Compared {
    /// Whether both orders gave the same answer.
    same: bool,
    /// What was preferred each time: `A`, `B` or `-`; `None` where it was not kept.
    slots: Option<[u8; 2]>,
}

impl Found {
    pub fn of(judge: &OfJudge) -> Self {
        let asked = matches!(judge.version.kind, JudgeKind::Model | JudgeKind::Scripted);
        let mut found = Self::default();
        for stored in &judge.verdicts {
            let verdict = &stored.verdict;
            let Some(answer) = verdict.outcome.answer() else {
                continue;
            };
            if verdict.criterion.starts_with(CHECK) {
                continue;
            }
            found.steps.extend(verdict.step);
            if !matches!(answer, Answer::Choice(_)) || !asked {
                continue;
            }
            let mut add = |one| found.compared.push((verdict.criterion.clone(), one));
            let (pairs, _) = verdict.slots.as_bytes().as_chunks::<2>();
            for slots in pairs {
                // What stood first the second time stood second the first time.
                let same = matches!(slots, b"AB" | b"BA" | b"--");
                let slots = Some(*slots);
                add(Compared { same, slots });
            }
            if pairs.is_empty() {
                add(Compared {
                    same: !verdict.flags.contains(&Flag::OrderSensitive),
                    slots: None,
                });
            }
        }
        found
    }
}

/// A ticket that counts with what the judge said of it.
pub(super) type Read<'f> = (&'f Labelled, &'f Judged);

/// Everything about how a judge reads these tickets.
pub(super) fn reading(rubric: &Rubric, subjects: &[Subject<'_>], tickets: &[Read<'_>]) -> Reading {
    let all: Vec<Step> = tickets
        .iter()
        .flat_map(|(_, judged)| judged.found.steps.iter().copied())
        .collect();
    let rate = |step: Step| {
        let answers = all.iter().filter(|one| **one == step).count();
        (answers > 0).then(|| StepRate {
            step: step.name(),
            answers: answers as u64,
            share: answers as f64 / all.len() as f64,
        })
    };
    Reading {
        answers: all.len() as u64,
        steps: Step::ALL.into_iter().filter_map(rate).collect(),
        halo: told_apart(subjects, tickets),
        orders: rubric
            .questions()
            .filter_map(|question| orders(question.id, tickets))
            .collect(),
    }
}

/// Consistency and habit over the comparisons of a criterion; `None` without any.
fn orders(criterion: &str, tickets: &[Read<'_>]) -> Option<Orders> {
    let mut compared: Vec<(&Labelled, Compared)> = Vec::new();
    for (ticket, judged) in tickets {
        let of_it = judged.found.compared.iter();
        let of_it = of_it.filter(|(id, _)| id == criterion);
        compared.extend(of_it.map(|(_, one)| (*ticket, *one)));
    }
    if compared.is_empty() {
        return None;
    }
    let sample = |tickets: &[&Labelled]| Sample {
        clusters: Clusters::from_labels(tickets.iter().map(|ticket| ticket.cluster)),
        weights: None,
    };
    let all: Vec<&Labelled> = compared.iter().map(|(ticket, _)| *ticket).collect();
    let same: Vec<bool> = compared.iter().map(|(_, one)| one.same).collect();
    let mut preferred: Vec<(&Labelled, bool)> = Vec::new();
    for (ticket, one) in &compared {
        let slots = one.slots.into_iter().flatten().filter(|slot| *slot != b'-');
        preferred.extend(slots.map(|slot| (*ticket, slot == b'A')));
    }
    let first: Vec<bool> = preferred.iter().map(|(_, first)| *first).collect();
    let of: Vec<&Labelled> = preferred.iter().map(|(ticket, _)| *ticket).collect();
    Some(Orders {
        criterion: criterion.to_owned(),
        consistency: sample(&all).rate(&same),
        first_slot: sample(&of).rate(&first),
        unknown: compared
            .iter()
            .filter(|(_, one)| one.slots.is_none())
            .count() as u64,
    })
}

/// Levels of judge and people on the tickets where both gave all of them: a column a criterion.
struct Levels<'f> {
    tickets: Vec<&'f Labelled>,
    judge: Vec<Vec<f64>>,
    people: Vec<Vec<f64>>,
}

impl<'f> Levels<'f> {
    fn of(subjects: &[&Subject<'_>], tickets: &[Read<'f>]) -> Self {
        let columns = || vec![Vec::new(); subjects.len()];
        let mut levels = Self {
            tickets: Vec::new(),
            judge: columns(),
            people: columns(),
        };
        for (ticket, judged) in tickets {
            let one = |subject: &&Subject<'_>| match (
                subject.heard(judged),
                together(subject, &ticket.people),
            ) {
                (Heard::Answer(judge), Some(Ok(people))) => Some((judge.value, people.mean)),
                _ => None,
            };
            let Some(both) = subjects.iter().map(one).collect::<Option<Vec<_>>>() else {
                continue;
            };
            levels.tickets.push(*ticket);
            for (at, (judge, people)) in both.into_iter().enumerate() {
                levels.judge[at].push(judge);
                levels.people[at].push(people);
            }
        }
        levels
    }

    /// The excess of halo with its interval over clusters; with weights none is offered that does both.
    fn excess(&self, sample: &Sample, value: f64) -> Measured {
        if sample.weights().is_some() {
            return sample.bare(value);
        }
        sample.resampled(value, |drawn| {
            let take = |columns: &[Vec<f64>]| -> Vec<Vec<f64>> {
                let of = |column: &Vec<f64>| drawn.iter().map(|at| column[*at]).collect();
                columns.iter().map(of).collect()
            };
            Some(halo(&take(&self.judge), &take(&self.people), None)?.excess())
        })
    }
}

/// How alike the levels of criteria are, the judge's beside the people's; `None` for fewer than two that have levels.
fn told_apart(subjects: &[Subject<'_>], tickets: &[Read<'_>]) -> Option<Halo> {
    let subjects: Vec<&Subject<'_>> = subjects.iter().filter(|one| one.has_levels()).collect();
    if subjects.len() < 2 {
        return None;
    }
    let levels = Levels::of(&subjects, tickets);
    let mut found = Halo {
        tickets: levels.tickets.len() as u64,
        pairs: 0,
        judge: None,
        people: None,
        excess: None,
        errors: None,
        why_not: None,
    };
    if levels.tickets.len() < FEW {
        found.why_not = Some(format!(
            "needs {FEW} tickets on which judge and people gave every criterion a level; there {} {}",
            either(found.tickets, "is", "are"),
            found.tickets
        ));
        return Some(found);
    }
    let sample = super::against::sample(levels.tickets.iter().copied());
    if let Some(all) = halo(&levels.judge, &levels.people, sample.weights()) {
        found.pairs = all.pairs as u64;
        found.judge = Some(all.judge);
        found.people = Some(all.people);
        found.errors = all.errors;
        found.excess = Some(levels.excess(&sample, all.excess()));
    } else {
        let why = "no two criteria vary both by the judge and by people";
        found.why_not = Some(why.to_owned());
    }
    Some(found)
}

/// The judge's family where outputs of the eval are of it too, by the models' names with their counts.
pub(super) fn kin(judge: &JudgeVersion, models: &[(String, u64)]) -> Vec<Kin> {
    if judge.kind == JudgeKind::Checks {
        return Vec::new();
    }
    let name = judge.model.as_deref().unwrap_or(&judge.name);
    let mut all: Vec<Kin> = Vec::new();
    for (model, outputs) in models {
        let Kinship::Same(family) = kinship(name, model) else {
            continue;
        };
        match all.iter_mut().find(|one| one.family == family) {
            Some(one) => one.outputs += outputs,
            None => all.push(Kin {
                family: family.to_owned(),
                outputs: *outputs,
            }),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::super::subject::subjects;
    use super::*;
    use crate::domain::ids::{ClusterId, JudgeVersionId, TicketId, VerdictId};
    use crate::domain::rubric::{Choice, Criterion, Scale};
    use crate::domain::standing::JudgeStanding;
    use crate::domain::verdict::{Outcome, Verdict};
    use crate::store::verdicts::Stored;

    fn ticket(at: u8, people: &[(&str, i32)]) -> Labelled {
        let answers = people
            .iter()
            .map(|(id, level)| ((*id).to_owned(), Answer::Level(*level)));
        Labelled {
            row: i64::from(at),
            id: TicketId([at; 16]),
            external_id: None,
            outputs: 1,
            cluster: ClusterId([at; 16]),
            chance: 1.0,
            runs: BTreeMap::new(),
            plan: 0,
            people: [("ana".to_owned(), answers.collect())].into(),
        }
    }

    fn judged(rubric: &Rubric, verdicts: Vec<Verdict>) -> Judged {
        let stored = |(at, verdict): (usize, Verdict)| Stored {
            id: VerdictId([at as u8; 16]),
            sample: 0,
            verdict,
        };
        let judge = OfJudge {
            row: 1,
            id: JudgeVersionId([1; 16]),
            version: JudgeVersion {
                kind: JudgeKind::Model,
                ..JudgeVersion::imported("j")
            }
            .into(),
            verdicts: verdicts.into_iter().enumerate().map(stored).collect(),
        };
        let given = judge.verdicts.iter().map(|one| (one.sample, &one.verdict));
        Judged {
            standing: JudgeStanding::of(rubric, rubric.threshold(), given),
            checks: Vec::new(),
            scores: true,
            found: Found::of(&judge),
        }
    }

    fn compared(choice: Choice, slots: &str) -> Verdict {
        Verdict {
            slots: slots.to_owned(),
            ..Verdict::new("better", Outcome::Scored(Answer::Choice(choice)))
        }
    }

    #[test]
    fn a_habit_for_the_first_slot_shows_in_both_numbers() {
        let mut rubric = Rubric::empty("r");
        rubric
            .criteria
            .push(Criterion::new("better", "Better?", Scale::Binary));
        let tie = Choice::Tie;
        let mut unkept = compared(tie, "");
        unkept.flag(Flag::OrderSensitive);
        let said = [
            compared(Choice::Candidate(1), "AB"),
            compared(tie, "AA"),
            compared(tie, "AA"),
            compared(tie, "A-"),
            compared(tie, "--"),
            unkept,
            Verdict::new("better", Outcome::Unscored("refusal".to_owned())),
        ];
        let tickets: Vec<Labelled> = (0..7).map(|at| ticket(at, &[])).collect();
        let all: Vec<Judged> = said
            .into_iter()
            .map(|one| judged(&rubric, vec![one]))
            .collect();
        let read: Vec<Read<'_>> = tickets.iter().zip(&all).collect();
        let found = orders("better", &read).unwrap();
        let consistency = found.consistency.unwrap();
        // AB and -- of six; of seven preferences all but one for the first slot.
        assert_eq!((consistency.n, found.unknown), (6, 1));
        assert!((consistency.value - 2.0 / 6.0).abs() < 1e-12);
        let first = found.first_slot.unwrap();
        assert!((first.value - 6.0 / 7.0).abs() < 1e-12, "{first:?}");
        assert!(first.low.is_some() && first.clusters == 4);
        assert_eq!(orders("other", &read), None);
    }

    #[test]
    fn a_judge_that_gives_both_criteria_one_level_tells_them_apart_less_than_people() {
        let mut rubric = Rubric::empty("r");
        for id in ["a", "b"] {
            rubric.criteria.push(Criterion::new(id, id, Scale::Level5));
        }
        let subjects = subjects(&rubric, rubric.threshold(), 1, |_| BTreeSet::new());
        let level = |id: &str, level: i32| Verdict::new(id, Outcome::Scored(Answer::Level(level)));
        let of = |n: u8| {
            let tickets: Vec<Labelled> = (0..n)
                .map(|at| {
                    ticket(
                        at,
                        &[("a", i32::from(at % 4)), ("b", i32::from(at / 4 % 4))],
                    )
                })
                .collect();
            let all: Vec<Judged> = (0..n)
                .map(|at| {
                    let liked = i32::from(at % 4);
                    judged(&rubric, vec![level("a", liked), level("b", liked)])
                })
                .collect();
            let read: Vec<Read<'_>> = tickets.iter().zip(&all).collect();
            told_apart(&subjects, &read).unwrap()
        };
        let whole = of(16);
        let near = |found: Option<f64>, expected: f64| {
            assert!(
                found.is_some_and(|found| (found - expected).abs() < 1e-12),
                "{found:?}"
            );
        };
        near(whole.judge, 1.0);
        near(whole.people, 0.0);
        let excess = whole.excess.unwrap();
        near(Some(excess.value), 1.0);
        assert!(excess.low.is_some_and(|low| low > 0.0), "{excess:?}");
        assert_eq!((whole.tickets, whole.pairs), (16, 1));
        let few = of(9);
        assert_eq!((few.excess, few.judge), (None, None));
        assert!(few.why_not.unwrap().starts_with("needs 10 tickets"));
    }
}
