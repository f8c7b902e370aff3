//! What stands behind `--full`: slices, length, questions, repeats, people.

use super::*;
use crate::domain::rubric::{Answer, Criterion, Rubric, Scale};
use crate::domain::view::agreement::Basis;
use crate::domain::view::compare::Told;
use crate::engine::agree::PlanLabel;
use crate::engine::compare::people::People;
use crate::engine::compare::reading::{Reading, Readings};
use crate::engine::compare::{criteria, people, stability};

pub(super) fn rubric() -> Rubric {
    let mut rubric = Rubric::empty("right");
    rubric
        .criteria
        .push(Criterion::new("right", "Is it right?", Scale::Level5));
    rubric
}

/// Gives every row a ticket of its own; the second run's tickets follow the first's.
pub(super) fn with_tickets(mut scores: GroupScores) -> GroupScores {
    let mut next = 0;
    for candidate in &mut scores.candidates {
        for row in candidate.runs.iter_mut().flat_map(|run| &mut run.rows) {
            next += 1;
            row.ticket = Some(next);
        }
    }
    scores
}

/// What the judge said, two samples an output: the score as it is, and `off` beside it.
fn read_twice(scores: &GroupScores, off: impl Fn(usize) -> f64) -> Readings {
    let mut all = Readings::new();
    for candidate in &scores.candidates {
        for run in &candidate.runs {
            for (item, row) in run.rows.iter().enumerate() {
                if let (Some(score), Some(ticket)) = (row.outcome.score(), row.ticket) {
                    let samples = [score, score + off(item)].map(|one| (one, one >= PASS));
                    all.insert(
                        ticket,
                        Reading {
                            levels: vec![Some(score * 5.0)],
                            samples: samples.to_vec(),
                        },
                    );
                }
            }
        }
    }
    all
}

#[test]
fn a_difference_that_one_tag_makes_is_called_a_narrow_slice() {
    // Better on the first ten of forty, the same on the others but for noise without a mean.
    let b: Vec<Option<f64>> = (0..40)
        .map(|at| {
            let noise = if at % 4 < 2 { 0.02 } else { -0.02 };
            let wave = 0.5 + if at % 2 == 0 { 0.1 } else { -0.1 };
            Some(if at < 10 {
                wave + 0.3 + noise
            } else {
                wave + noise
            })
        })
        .collect();
    let mut scores = group(
        vec![
            candidate("logged", &[&wave(40, 0.5)]),
            candidate("b", &[&b]),
        ],
        1,
    );
    for (at, item) in scores.items.iter_mut().enumerate() {
        item.tags = vec![if at < 10 { "billing" } else { "search" }.to_owned()];
    }
    let full = of(&scores).candidates[1].full.clone().unwrap();
    assert_eq!(full.tags[0].tag, "billing");
    assert_eq!(full.tags[0].standing, Standing::Better);
    assert_eq!(full.tags[1].standing, Standing::Unclear);
    assert_eq!(full.slices.len(), 1, "{:?}", full.slices);
    assert!(
        full.slices[0].starts_with("better, but on a narrow slice, `billing` (10 of 40 items)"),
        "{:?}",
        full.slices
    );
}

#[test]
fn a_winner_that_loses_on_a_tag_is_told_so() {
    let b: Vec<Option<f64>> = (0..40)
        .map(|at| {
            let noise = if at % 4 < 2 { 0.02 } else { -0.02 };
            let wave = 0.5 + if at % 2 == 0 { 0.1 } else { -0.1 };
            Some(if at < 8 {
                wave - 0.2 + noise
            } else {
                wave + 0.3 + noise
            })
        })
        .collect();
    let mut scores = group(
        vec![
            candidate("logged", &[&wave(40, 0.5)]),
            candidate("b", &[&b]),
        ],
        1,
    );
    for (at, item) in scores.items.iter_mut().enumerate() {
        item.tags = vec![if at < 8 { "billing" } else { "search" }.to_owned()];
    }
    let full = of(&scores).candidates[1].full.clone().unwrap();
    assert!(
        full.slices
            .iter()
            .any(|said| said.starts_with("worse in `billing`")),
        "{:?}",
        full.slices
    );
}

#[test]
fn a_win_rate_that_length_makes_falls_at_equal_length_and_equal_lengths_are_na() {
    let mut scores = group(
        vec![
            candidate("logged", &[&wave(40, 0.5)]),
            candidate("b", &[&drift(40, 0.5)]),
        ],
        1,
    );
    let same = of(&scores).candidates[1].full.clone().unwrap();
    assert!(same.length.why().is_some(), "{:?}", same.length);
    for (at, row) in scores.candidates[1].runs[0].rows.iter_mut().enumerate() {
        row.chars = if row.outcome.score() > Some(0.5) && at % 2 == 1 {
            500
        } else {
            at as u32
        };
    }
    let long = of(&scores).candidates[1].full.clone().unwrap();
    let length = long.length.value().unwrap();
    assert!(length.at_equal_length < length.raw, "{length:?}");
}

#[test]
fn reruns_of_candidate_and_of_judge_are_two_tables_and_the_variance_has_three_parts() {
    let (mut one, two) = (wave(20, 0.8), wave(20, 0.8));
    one[3] = Some(0.2);
    let scores = with_tickets(group(
        vec![
            candidate("logged", &[&wave(20, 0.5)]),
            candidate("b", &[&one, &two]),
        ],
        1,
    ));
    let readings = read_twice(&scores, |item| if item == 6 { -0.4 } else { 0.0 });
    let b = &scores.candidates[1];
    let own = stability::of_candidate(&scores, b);
    let own = own.value().unwrap();
    assert_eq!((own.units, own.repeats), (20, 2));
    assert!((own.flip_any - 0.0).abs() < 1e-9, "0.7 and 0.2 both fail");
    assert!(own.icc.unwrap() < 1.0 && own.sd_within.unwrap() > 0.0);
    let judge = stability::of_judge(&scores, &readings, b);
    let judge = judge.value().unwrap();
    assert_eq!((judge.units, judge.repeats), (40, 2));
    assert_eq!(judge.flickering, ["t6"], "once for both of its outputs");
    assert!((judge.flip_any - 2.0 / 40.0).abs() < 1e-9, "{judge:?}");
    assert_eq!(judge.all_pass.map(|p| (p * 40.0).round()), Some(18.0));
    let split = stability::variance(&scores, &readings, b);
    let split = split.value().unwrap();
    let (item, candidate, judge) = split.shares().unwrap();
    assert!((item + candidate.unwrap() + judge.unwrap() - 1.0).abs() < 1e-9);
    assert!(candidate.unwrap() > 0.0 && judge.unwrap() > 0.0);

    // What was not repeated is n/a with its reason, never 0.
    let logged = &scores.candidates[0];
    assert!(
        stability::of_candidate(&scores, logged)
            .why()
            .unwrap()
            .contains("--repeat")
    );
    let once = Readings::new();
    assert!(stability::of_judge(&scores, &once, logged).why().is_some());
    assert!(stability::variance(&scores, &once, logged).why().is_some());
}

#[test]
fn every_question_has_its_mean_level_and_its_difference() {
    let scores = with_tickets(group(
        vec![
            candidate("logged", &[&wave(20, 0.5)]),
            candidate("b", &[&drift(20, 0.8)]),
        ],
        1,
    ));
    let readings = read_twice(&scores, |_| 0.0);
    let own = &criteria::of(&scores, &readings, &rubric(), 1)[0];
    assert_eq!((own.id.as_str(), own.scale), ("right", (0, 5)));
    assert!((own.mean.as_ref().unwrap().estimate - 0.84).abs() < 1e-9);
    assert!((own.level.unwrap() - 4.2).abs() < 1e-9);
    assert!((own.difference.as_ref().unwrap().estimate - 0.34).abs() < 1e-9);
    assert!(own.p.unwrap() < 0.001);
    let base = &criteria::of(&scores, &readings, &rubric(), 0)[0];
    assert_eq!((base.difference.clone(), base.p), (None, None));
    let unread = &criteria::of(&scores, &Readings::new(), &rubric(), 1)[0];
    assert_eq!((unread.mean.clone(), unread.level), (None, None));
}

/// The runs of the candidates, which the tickets of all of them are taken for.
const RUNS: [RunId; 2] = [RunId([1; 16]), RunId([2; 16])];

/// People's levels of the first `n` tickets.
pub(super) fn labels(
    n: usize,
    chance: impl Fn(usize) -> f64,
    level: impl Fn(usize) -> i32,
) -> PlanLabels {
    let label = |at: usize| PlanLabel {
        ticket: at as i64 + 1,
        runs: RUNS.map(|run| (run, chance(at))).into(),
        plan: 1,
        people: vec![[("right".to_owned(), Answer::Level(level(at)))].into()],
    };
    PlanLabels {
        labels: (0..n).map(label).collect(),
        basis: Basis::default(),
    }
}

#[test]
fn people_and_judge_together_say_how_many_labels_they_are_worth_and_too_few_say_why() {
    let judge: Vec<Option<f64>> = (0..120).map(|at| Some(f64::from(at % 6) / 5.0)).collect();
    let said = |at: usize| ((at % 6) as i32 - i32::from(at.is_multiple_of(11))).max(0);
    for (size, n, worth) in [(1, 40, true), (2, 40, true), (1, 20, false), (1, 9, false)] {
        let scores = with_tickets(group(vec![candidate("logged", &[&judge])], size));
        let people = People::of(&labels(n, |_| 0.3, said), &scores, &rubric());
        let human = people::of(&scores, &people, 0);
        assert_eq!(human.labels, n);
        match (&human.mean, n) {
            (Told::Missing(why), 9) => assert!(why.contains("9 of the 10"), "{why}"),
            (Told::Value(mean), 20) => {
                assert_eq!((mean.lambda, mean.n_effective), (None, None));
                assert!(
                    mean.note
                        .as_ref()
                        .unwrap()
                        .contains("too few labels for PPI")
                );
            }
            (Told::Value(mean), _) => {
                // Within clusters labels repeat each other, so there they may be worth less than their number.
                assert!(mean.n_effective.unwrap() > n as f64 * if size == 1 { 1.0 } else { 0.5 });
                assert!(mean.lambda.unwrap() > 0.5 && worth);
            }
            other => panic!("{other:?}"),
        }
        assert!(human.difference.why().is_some());
    }
}

#[test]
fn a_plan_with_different_chances_weighs_its_reviews() {
    let judge: Vec<Option<f64>> = (0..80).map(|at| Some(f64::from(at % 6) / 5.0)).collect();
    let scores = with_tickets(group(vec![candidate("logged", &[&judge])], 1));
    let found = labels(
        40,
        |at| if at < 20 { 1.0 } else { 0.4 },
        |at| (at % 6) as i32,
    );
    let human = people::of(&scores, &People::of(&found, &scores, &rubric()), 0);
    let mean = human.mean.value().unwrap();
    assert!(mean.note.as_ref().unwrap().contains("1/chance"));
    assert!(mean.range.interval.is_some());
}

#[test]
fn the_difference_by_people_rests_on_items_with_both_outputs_reviewed() {
    let a: Vec<Option<f64>> = (0..60).map(|at| Some(f64::from(at % 3) / 5.0)).collect();
    let b: Vec<Option<f64>> = (0..60)
        .map(|at| Some(f64::from(at % 3 + 2) / 5.0))
        .collect();
    let scores = with_tickets(group(
        vec![candidate("logged", &[&a]), candidate("b", &[&b])],
        1,
    ));
    // Tickets 1 to 60 are the baseline's, 61 to 120 the candidate's: of these only the first twelve are reviewed.
    let found = labels(
        72,
        |_| 0.6,
        |at| {
            if at < 60 {
                (at % 3) as i32
            } else {
                ((at % 3) + 1) as i32
            }
        },
    );
    let human = people::of(&scores, &People::of(&found, &scores, &rubric()), 1);
    let difference = human.difference.value().unwrap();
    assert_eq!(difference.range.n, 12);
    assert!(
        (difference.range.estimate - 0.2).abs() < 1e-9,
        "{difference:?}"
    );
}
