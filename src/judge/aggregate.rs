//! Several readings to one: samples of one question, both orders of a comparison, all criteria of a rubric.
//!
//! A reading without an answer takes part in nothing and is counted. There is no number where no reading
//! has one, and no score while a criterion is missing.

use std::collections::BTreeMap;

use serde::Serialize;

use super::nonce::Order;
use super::prompt::Pair;
use crate::domain::failure::Class;
use crate::domain::rubric::{Answer, Choice, Rubric, Scale, Threshold};
use crate::domain::verdict::{Flag, Outcome, Verdict};

/// The score (0-1) reached that still counts as reaching a threshold; room for rounding.
const EPSILON: f64 = 1e-9;

/// Several samples of one criterion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Samples {
    /// Readings taken.
    pub taken: usize,
    /// Of these, with a level.
    pub scored: usize,
    /// Mean level of those; `None` without any.
    pub mean: Option<f64>,
    /// Highest minus lowest level; `None` below two levels: one reading says nothing about spread.
    pub spread: Option<i32>,
    /// Classes of the readings without a level, with their number.
    pub classes: BTreeMap<String, usize>,
}

/// The samples of one criterion together.
pub fn samples<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>) -> Samples {
    let mut levels: Vec<i32> = Vec::new();
    let mut classes = BTreeMap::new();
    let mut taken = 0;
    for verdict in verdicts {
        taken += 1;
        match &verdict.outcome {
            Outcome::Scored(answer) => match answer.level() {
                Some(level) => levels.push(level),
                None => {
                    *classes
                        .entry(Class::Unparsable.name().to_owned())
                        .or_insert(0) += 1;
                }
            },
            Outcome::Unscored(class) => *classes.entry(class.clone()).or_insert(0) += 1,
        }
    }
    let sum: f64 = levels.iter().map(|level| f64::from(*level)).sum();
    let ends = levels.iter().min().zip(levels.iter().max());
    Samples {
        taken,
        scored: levels.len(),
        mean: (!levels.is_empty()).then(|| sum / levels.len() as f64),
        spread: ends
            .filter(|_| levels.len() > 1)
            .map(|(min, max)| max - min),
        classes,
    }
}

/// The score of a ticket from the mean levels of its criteria.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Combined {
    /// Weighted mean of the normalised mean levels, 0-1.
    pub overall: f64,
    /// Whether it reaches the threshold and every floor.
    pub pass: bool,
    /// Criteria whose mean lies below their floor.
    pub floors_missed: Vec<String>,
}

/// The score from mean levels; `None` while a criterion has none, or for a pairwise rubric.
///
/// Checks act through [`Rubric::score`] where there is one reading; `levels` must hold the level a check
/// sets for the criteria that have checks. `zeroed` says that a check with `on_fail = "zero"` failed.
pub fn combine(
    rubric: &Rubric,
    levels: &BTreeMap<String, f64>,
    zeroed: bool,
    threshold: Threshold,
) -> Option<Combined> {
    let (mut sum, mut weights) = (0.0, 0.0);
    let mut floors_missed = Vec::new();
    for question in rubric.questions() {
        let level = *levels.get(question.id)?;
        sum += question.weight * place(question.scale()?, level);
        weights += question.weight;
        if question
            .must_reach
            .is_some_and(|floor| level < f64::from(floor) - EPSILON)
        {
            floors_missed.push(question.id.to_owned());
        }
    }
    if weights <= 0.0 {
        return None;
    }
    let overall = sum / weights;
    Some(Combined {
        pass: overall >= threshold.value - EPSILON && floors_missed.is_empty() && !zeroed,
        overall,
        floors_missed,
    })
}

/// A mean level's place in its scale, 0-1.
fn place(scale: Scale, level: f64) -> f64 {
    let (min, max) = (f64::from(scale.min()), f64::from(scale.max()));
    if max > min {
        ((level - min) / (max - min)).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// A preference from both orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference {
    /// Who is preferred.
    pub choice: Choice,
    /// Whether the two orders disagreed; the choice is then a tie.
    pub order_sensitive: bool,
    /// Which slot was preferred each time (`A` or `B`); for the share of first slots.
    pub slots: [Option<char>; 2],
}

/// One comparison asked in both orders; `None` unless both have an answer.
///
/// The same candidate twice wins. Anything else is a tie, flagged unless both orders said tie.
pub fn both_orders(
    given: &Outcome,
    swapped: &Outcome,
    first: u16,
    second: u16,
) -> Option<Preference> {
    let (one, two) = (given.answer()?.choice()?, swapped.answer()?.choice()?);
    let slot = |choice: Choice, order: Order| {
        let pair = Pair::of(first, second, order);
        match choice {
            Choice::Candidate(place) if place == pair.a => Some('A'),
            Choice::Candidate(place) if place == pair.b => Some('B'),
            Choice::Candidate(_) | Choice::Tie => None,
        }
    };
    Some(Preference {
        choice: if one == two { one } else { Choice::Tie },
        order_sensitive: one != two,
        slots: [slot(one, Order::AsGiven), slot(two, Order::Swapped)],
    })
}

/// The verdict of a comparison from the verdicts of both orders. Where one has no answer, that is the outcome.
pub fn pairwise_verdict(given: &Verdict, swapped: &Verdict, first: u16, second: u16) -> Verdict {
    let both = both_orders(&given.outcome, &swapped.outcome, first, second);
    let Some(preference) = both else {
        let failed = if given.outcome.answer().is_none() {
            given
        } else {
            swapped
        };
        return failed.clone();
    };
    let mut verdict = Verdict {
        outcome: Outcome::Scored(Answer::Choice(preference.choice)),
        ..given.clone()
    };
    for flag in &swapped.flags {
        verdict.flag(*flag);
    }
    verdict.evidence.extend(
        swapped
            .evidence
            .iter()
            .filter(|quote| !given.evidence.contains(quote))
            .cloned(),
    );
    if preference.order_sensitive {
        verdict.flag(Flag::OrderSensitive);
        verdict.reasoning = format!(
            "{}\n\nIn the other order: {}",
            given.reasoning, swapped.reasoning
        );
    }
    verdict
}

/// The candidate that wins most of its comparisons, alone; else a tie. For more than two candidates.
pub fn round_robin(results: &[(u16, u16, Choice)]) -> Choice {
    let mut wins = BTreeMap::<u16, usize>::new();
    for (_, _, choice) in results {
        if let Choice::Candidate(place) = choice {
            *wins.entry(*place).or_default() += 1;
        }
    }
    let best = wins.values().copied().max().unwrap_or(0);
    let mut leaders = wins.iter().filter(|(_, count)| **count == best);
    match (leaders.next(), leaders.next()) {
        (Some((place, _)), None) => Choice::Candidate(*place),
        _ => Choice::Tie,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rubric::Criterion;

    fn level(level: i32) -> Verdict {
        Verdict::new("tone", Outcome::Scored(Answer::Level(level)))
    }

    fn choice(choice: Choice) -> Verdict {
        Verdict {
            reasoning: "why".to_owned(),
            ..Verdict::new("better", Outcome::Scored(Answer::Choice(choice)))
        }
    }

    #[test]
    fn a_failed_sample_is_no_zero() {
        let failed = Verdict::unscored("tone", Class::Truncated, "broke off");
        let all = samples([&level(4), &failed, &level(3)]);
        assert_eq!((all.taken, all.scored, all.spread), (3, 2, Some(1)));
        assert_eq!(all.mean, Some(3.5));
        assert_eq!(all.classes["truncated"], 1);
        let none = samples([&failed]);
        assert_eq!((none.mean, none.spread), (None, None));
        assert_eq!(samples([&level(2)]).spread, None);
    }

    #[test]
    fn there_is_no_score_while_a_criterion_is_missing() {
        let mut rubric = Rubric::empty("r");
        rubric.criteria.push(Criterion {
            must_reach: Some(3),
            ..Criterion::new("fact", "?", Scale::Level5)
        });
        rubric
            .criteria
            .push(Criterion::new("tone", "?", Scale::Range { min: 1, max: 5 }));
        let mut levels = BTreeMap::from([("fact".to_owned(), 4.0)]);
        let threshold = rubric.threshold_for(Some(0.75));
        assert_eq!(combine(&rubric, &levels, false, threshold), None);
        levels.insert("tone".to_owned(), 4.0);
        let score = combine(&rubric, &levels, false, threshold).unwrap();
        assert!((score.overall - 0.775).abs() < 1e-12 && score.pass);
        assert!(!combine(&rubric, &levels, true, threshold).unwrap().pass);
        levels.insert("fact".to_owned(), 2.9);
        assert_eq!(
            combine(&rubric, &levels, false, threshold)
                .unwrap()
                .floors_missed,
            ["fact"]
        );
    }

    #[test]
    fn means_and_single_readings_give_the_same_score() {
        let mut rubric = Rubric::empty("r");
        for (id, weight) in [("a", 3.0), ("b", 1.0)] {
            rubric.criteria.push(Criterion {
                weight,
                ..Criterion::new(id, "?", Scale::Level5)
            });
        }
        let threshold = rubric.threshold();
        for (a, b) in [(0, 5), (5, 0), (4, 3), (5, 5)] {
            let answers = BTreeMap::from([
                ("a".into(), Answer::Level(a)),
                ("b".into(), Answer::Level(b)),
            ]);
            let one = rubric.score(&answers, &[], threshold).unwrap();
            let levels = BTreeMap::from([("a".into(), f64::from(a)), ("b".into(), f64::from(b))]);
            let mean = combine(&rubric, &levels, false, threshold).unwrap();
            assert!((one.overall - mean.overall).abs() < 1e-12);
            assert_eq!(one.pass, mean.pass);
        }
    }

    #[test]
    fn a_judge_that_always_prefers_the_first_slot_gives_ties() {
        let verdict = pairwise_verdict(
            &choice(Choice::Candidate(1)),
            &choice(Choice::Candidate(2)),
            1,
            2,
        );
        assert_eq!(
            verdict.outcome,
            Outcome::Scored(Answer::Choice(Choice::Tie))
        );
        assert_eq!(verdict.flags, [Flag::OrderSensitive]);
        let both = both_orders(
            &choice(Choice::Candidate(1)).outcome,
            &choice(Choice::Candidate(2)).outcome,
            1,
            2,
        );
        assert_eq!(both.unwrap().slots, [Some('A'), Some('A')]);
        let same = pairwise_verdict(
            &choice(Choice::Candidate(2)),
            &choice(Choice::Candidate(2)),
            1,
            2,
        );
        assert_eq!(
            same.outcome,
            Outcome::Scored(Answer::Choice(Choice::Candidate(2)))
        );
        assert!(same.flags.is_empty());
        let failed = Verdict::unscored("better", Class::Ambiguous, "two");
        assert_eq!(pairwise_verdict(&same, &failed, 1, 2), failed);
    }

    #[test]
    fn of_several_candidates_only_a_clear_leader_is_preferred() {
        let win = Choice::Candidate;
        assert_eq!(
            round_robin(&[(1, 2, win(1)), (1, 3, win(1)), (2, 3, win(3))]),
            win(1)
        );
        assert_eq!(
            round_robin(&[(1, 2, win(1)), (1, 3, win(3)), (2, 3, win(2))]),
            Choice::Tie
        );
        assert_eq!(round_robin(&[]), Choice::Tie);
    }
}
