//! Numbers that say no more than they rest on: ties, splits, values that are all alike, people, power.

use super::full::{labels, rubric, with_tickets};
use super::*;
use crate::domain::view::compare::{HumanNumbers, Ranged, Told};
use crate::engine::compare::people::{self, People};
use crate::engine::compare::sheets;

/// The width of an interval; panics without one.
fn width(range: &Ranged) -> f64 {
    let (low, high) = range.interval.expect("an interval");
    assert!(low <= range.estimate && range.estimate <= high, "{range:?}");
    high - low
}

fn pass(rows: &[bool]) -> Vec<Option<f64>> {
    rows.iter()
        .map(|pass| Some(if *pass { 0.9 } else { 0.3 }))
        .collect()
}

#[test]
fn equal_distances_rank_as_equal_whatever_their_last_bits_say() {
    // One level up on 30 items, one down on 23, none on 7; by subtractions that differ in their last bit.
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for at in 0..60 {
        let low = [0.2, 0.4, 0.6][at % 3];
        let (one, two) = match at {
            0..30 => (low, low + 0.2),
            30..53 => (low + 0.2, low),
            _ => (low, low),
        };
        a.push(Some(one));
        b.push(Some(two));
    }
    let comparison = of(&group(
        vec![candidate("a", &[&a]), candidate("b", &[&b])],
        1,
    ));
    let full = comparison.candidates[1].full.as_ref().unwrap();
    assert!(
        (full.wilcoxon_p.unwrap() - 0.336_289).abs() < 1e-5,
        "{full:?}"
    );
}

#[test]
fn an_item_of_which_half_the_runs_pass_is_no_win_for_whoever_was_run_again() {
    // Both pass half of the time: the baseline on other items than the candidate, in one run and in two.
    let (yes, no) = (vec![true; 30], vec![false; 30]);
    let half: Vec<bool> = yes.iter().chain(&no).copied().collect();
    let (one, two) = (pass(&[true; 60]), pass(&[false; 60]));
    let scores = group(
        vec![
            candidate("a", &[&pass(&half)]),
            candidate("b", &[&one, &two]),
        ],
        1,
    );
    let comparison = of(&scores);
    let b = &comparison.candidates[1];
    let full = b.full.as_ref().unwrap();
    assert_eq!((full.mcnemar_p, full.split), (Some(1.0), 60));
    // They are told apart wherever items are counted.
    let weak = &b.weak_tags[0];
    assert_eq!((weak.failed, weak.split, weak.of), (0, 30, 30));
    assert_eq!(
        weak.to_string(),
        "0 of 30 in billing (30 more in half of the runs)"
    );
    let tests = &sheets::full(&comparison)[0];
    assert!(
        tests
            .notes
            .iter()
            .any(|note| note.contains("leaves out 60 items")),
        "{:?}",
        tests.notes
    );
    // Of three runs most decide.
    let third = group(
        vec![
            candidate("a", &[&pass(&half)]),
            candidate("b", &[&one, &two, &one]),
        ],
        1,
    );
    let full = of(&third).candidates[1].full.clone().unwrap();
    assert_eq!(full.split, 0);
    assert!(full.mcnemar_p.unwrap() < 0.001, "30 items only b passes");
}

#[test]
fn half_a_level_is_that_of_the_rubric() {
    let mut ten = group(
        vec![
            candidate("a", &[&[Some(0.5); 70]]),
            candidate("b", &[&[Some(0.6); 70]]),
        ],
        1,
    );
    let wins = |scores: &GroupScores| {
        let full = of(scores).candidates[1].full.clone().unwrap();
        (full.win, full.tie)
    };
    assert_eq!(wins(&ten), (0, 70), "half a level of five");
    ten.half_level = 0.05;
    assert_eq!(wins(&ten), (70, 0), "a whole level of ten");
}

#[test]
fn half_a_level_of_several_questions_is_that_of_the_lightest_step() {
    use crate::domain::rubric::{Criterion, Scale};
    let half = |scales: &[(Scale, f64)]| {
        let mut rubric = crate::domain::rubric::Rubric::empty("r");
        for (at, (scale, weight)) in scales.iter().enumerate() {
            let mut criterion = Criterion::new(format!("q{at}"), "?", *scale);
            criterion.weight = *weight;
            rubric.criteria.push(criterion);
        }
        rubric.half_level()
    };
    let ten = Scale::Range { min: 0, max: 10 };
    for (scales, wanted) in [
        (vec![], 0.1),
        (vec![(Scale::Level5, 1.0)], 0.1),
        (vec![(ten, 3.0)], 0.05),
        (vec![(Scale::Binary, 1.0)], 0.5),
        (vec![(Scale::Level5, 1.0), (Scale::Level5, 1.0)], 0.05),
        (vec![(Scale::Level5, 1.0), (Scale::Binary, 1.0)], 0.05),
        (vec![(Scale::Binary, 1.0), (Scale::Level5, 3.0)], 0.075),
    ] {
        assert!(
            (half(&scales) - wanted).abs() < 1e-12,
            "{scales:?} {}",
            half(&scales)
        );
    }
}

#[test]
fn a_tag_and_a_run_with_one_difference_throughout_have_the_width_the_whole_has() {
    let a: Vec<Option<f64>> = (0..70).map(|at| Some([0.2, 0.4, 0.6][at % 3])).collect();
    let b: Vec<Option<f64>> = a
        .iter()
        .map(|score| score.map(|score| score + 0.1))
        .collect();
    let comparison = of(&group(
        vec![
            candidate("a", &[&a]),
            candidate("b", &[&b, &vec![Some(0.7); 70]]),
        ],
        1,
    ));
    let alone = of(&group(
        vec![candidate("a", &[&a]), candidate("b", &[&b])],
        1,
    ));
    let b = &alone.candidates[1];
    let whole = width(&b.difference.as_ref().unwrap().range);
    let tag = &b.full.as_ref().unwrap().tags[0];
    assert!(width(&tag.range) > whole && whole > 0.05, "{tag:?}");
    assert!(width(tag.elsewhere.as_ref().unwrap()) > whole);
    // On half of the items the test says as little as the interval.
    let (low, _) = tag.range.interval.unwrap();
    assert_eq!(tag.p.unwrap() < 0.05, low > 0.0, "{tag:?}");
    let history = &comparison.candidates[1].history;
    assert!(
        width(history[1].mean.as_ref().unwrap()) > 0.05,
        "{history:?}"
    );
}

fn human(n: usize, chance: impl Fn(usize) -> f64, level: impl Fn(usize) -> i32) -> HumanNumbers {
    let judge: Vec<Option<f64>> = (0..120).map(|at| Some(f64::from(at % 6) / 5.0)).collect();
    let scores = with_tickets(group(vec![candidate("logged", &[&judge])], 1));
    people::of(
        &scores,
        &People::of(&labels(n, chance, level), &scores, &rubric()),
        0,
    )
}

#[test]
fn peoples_numbers_stay_within_what_they_can_be_and_are_never_certain() {
    for (n, all) in [(12, 5), (12, 0), (40, 5), (40, 0), (12, 4)] {
        for differ in [false, true] {
            let chance = move |at: usize| if differ && at % 2 == 0 { 0.6 } else { 0.3 };
            let found = human(n, chance, |_| all);
            for number in [&found.mean, &found.pass_rate] {
                let Told::Value(number) = number else {
                    panic!("{number:?}")
                };
                let (low, high) = number.range.interval.unwrap();
                assert!(width(&number.range) > 0.05, "{n} of {all}: {number:?}");
                assert!(0.0 <= low && high <= 1.0, "{n} of {all}: {number:?}");
                assert_eq!(number.lambda, None, "{n} of {all}");
            }
        }
    }
    // Eleven pass and one does not: a share, by Wilson.
    let found = human(12, |_| 0.3, |at| if at == 3 { 2 } else { 5 });
    let pass = found.pass_rate.value().unwrap();
    assert_eq!(pass.range.method, "Wilson");
    let wilson = crate::stats::proportion::wilson(11, 12, 0.95).unwrap();
    assert_eq!(pass.range.interval, Some((wilson.low, wilson.high)));
    let mean = found.mean.value().unwrap();
    assert!(mean.range.interval.unwrap().1 <= 1.0, "{mean:?}");
}

#[test]
fn two_people_who_differ_count_with_their_mean_and_half_a_pass() {
    let judge: Vec<Option<f64>> = (0..60).map(|at| Some(f64::from(at % 6) / 5.0)).collect();
    let scores = with_tickets(group(vec![candidate("logged", &[&judge])], 1));
    let mut found = labels(20, |_| 0.3, |at| if at % 2 == 0 { 5 } else { 3 });
    for label in &mut found.labels {
        let other = label.people[0].clone();
        let low = other
            .into_keys()
            .map(|id| (id, crate::domain::rubric::Answer::Level(3)));
        label.people.push(low.collect());
    }
    let found = people::of(&scores, &People::of(&found, &scores, &rubric()), 0);
    let estimate = |told: &Told<crate::domain::view::compare::HumanEstimate>| {
        told.value().unwrap().range.estimate
    };
    // Levels 5 and 3 are 0.8, 3 and 3 are 0.6; of the former one passes, one does not.
    assert!((estimate(&found.mean) - 0.7).abs() < 1e-9);
    assert!((estimate(&found.pass_rate) - 0.25).abs() < 1e-9);
}

#[test]
fn a_plan_with_few_labels_and_different_chances_leaves_the_judge_out() {
    let found = human(
        12,
        |at| if at % 2 == 0 { 0.6 } else { 0.3 },
        |at| (at % 6) as i32,
    );
    let mean = found.mean.value().unwrap();
    assert_eq!((mean.lambda, mean.n_effective), (None, None));
    let note = mean.note.as_ref().unwrap();
    assert!(
        note.contains("people alone") && note.contains("1/chance"),
        "{note}"
    );
}

#[test]
fn the_difference_that_can_be_seen_names_its_power_and_counts_the_differences() {
    let (a, b) = (wave(40, 0.5), drift(40, 0.45));
    let of = |more: usize| {
        let mut all = vec![candidate("a", &[&a]), candidate("b", &[&b])];
        all.extend((0..more).map(|at| candidate(&format!("c{at}"), &[&b])));
        of(&group(all, 1))
    };
    let (one, three) = (of(0), of(2));
    let visible = |comparison: &Comparison| {
        let difference = comparison.candidates[1].difference.clone().unwrap();
        (
            difference.visible.unwrap(),
            difference.power(comparison.family).unwrap(),
        )
    };
    let ((one, alone), (three, among)) = (visible(&one), visible(&three));
    // (z of 1 - 0.05/6 plus z of 0.8) over (z of 0.975 plus z of 0.8).
    assert!((three / one - (2.393_980 + 0.841_621) / (1.959_964 + 0.841_621)).abs() < 1e-5);
    assert!(alone.contains("(80 % power, 5 % error);"), "{alone}");
    assert!(among.contains("5 % error, one of 3 differences"), "{among}");
}

#[test]
fn each_number_about_reruns_says_what_it_rests_on() {
    let mut short = pass(&[true; 40]);
    short[30..].fill(None);
    let mut flickers = pass(&[true; 40]);
    flickers[..12].fill(Some(0.3));
    let comparison = of(&group(
        vec![
            candidate("a", &[&wave(40, 0.5)]),
            candidate("b", &[&pass(&[true; 40]), &flickers, &short]),
        ],
        1,
    ));
    let b = &comparison.candidates[1];
    let words = b.reruns.as_ref().unwrap().words(b);
    assert_eq!(
        words,
        "b reruns: 30 % of 40 items with two scored runs or more flicker; all 3 runs pass on 60 % of the 30 scored in every run"
    );
    let history = sheets::notes(&comparison).join("\n");
    for said in ["n 40)", "n 30)", "not all on the same items"] {
        assert!(history.contains(said), "{history}");
    }
    let stability = crate::engine::compare::stability::of_candidate(
        &with_tickets(group(vec![candidate("a", &[&wave(40, 0.5)])], 1)),
        &candidate("b", &[&pass(&[true; 40]), &flickers, &short]),
    );
    let advice = &stability.value().unwrap().advice;
    assert!(
        advice.contains("one run says little") && !advice.contains("rubric"),
        "{advice}"
    );
}

#[test]
fn a_mean_that_passes_from_0_8_stands_where_0_8_stands() {
    // 0.1 + 0.7 is a little less than 0.8.
    let scores = [0.1 + 0.7, 0.8, 0.7, 1.0, 0.0].map(Some);
    let comparison = of(&group(vec![candidate("a", &[&scores])], 1));
    assert_eq!(
        comparison.candidates[0].histogram,
        [1, 0, 0, 0, 0, 0, 0, 1, 2, 1]
    );
}

#[test]
fn length_is_told_with_its_interval_and_no_more_than_that_allows() {
    let mut scores = group(
        vec![
            candidate("logged", &[&wave(27, 0.5)]),
            candidate("b", &[&drift(27, 0.5)]),
        ],
        1,
    );
    for (at, row) in scores.candidates[1].runs[0].rows.iter_mut().enumerate() {
        row.chars = if at % 2 == 1 {
            500 + at as u32
        } else {
            3 * at as u32
        };
        row.outcome = outcome(Some(match at % 9 {
            0 => 0.2,
            at if at % 2 == 1 => 0.9,
            _ => 0.55,
        }));
    }
    let comparison = of(&scores);
    let full = comparison.candidates[1].full.as_ref().unwrap();
    let Told::Value(length) = &full.length else {
        panic!("{:?}", full.length)
    };
    let (low, high) = length.interval.unwrap();
    assert!(low < length.at_equal_length && length.at_equal_length < high);
    assert!(0.0 < low && high < 1.0);
    let told: Vec<String> = sheets::full(&comparison)[0].notes.clone();
    let said = told.iter().find(|note| note.contains("win rate is"));
    if let Some(said) = said {
        let sure = length.raw < low || length.raw > high;
        assert_eq!(said.contains("is no proof that length"), sure, "{said}");
        assert!(said.contains(" to "), "{said}");
    }
}
