use super::*;
use crate::domain::group_scores::{
    CandidateScores, GroupItem, GroupJudge, RowOutcome, RowScore, RunScores,
};
use crate::domain::ids::{
    ClusterId, DatasetVersionId, EvalId, ItemId, JudgeVersionId, RubricId, RunId,
};
use crate::domain::rubric::{Threshold, ThresholdSource};
use crate::domain::run::Origin;

mod full;
mod honest;

const PASS: f64 = 0.8;

fn outcome(score: Option<f64>) -> RowOutcome {
    match score {
        Some(score) => RowOutcome::Scored {
            score,
            pass: score >= PASS,
        },
        None => RowOutcome::Failed("transport".into()),
    }
}

fn run(number: u32, scores: &[Option<f64>]) -> RunScores {
    RunScores {
        id: RunId([number as u8; 16]),
        number,
        because: None,
        rows: scores
            .iter()
            .map(|score| RowScore::without(outcome(*score)))
            .collect(),
    }
}

fn candidate(name: &str, runs: &[&[Option<f64>]]) -> CandidateScores {
    CandidateScores {
        name: name.into(),
        model: Some(name.into()),
        origin: Origin::Imported,
        runs: runs
            .iter()
            .enumerate()
            .map(|(at, scores)| run(at as u32 + 1, scores))
            .collect(),
    }
}

/// Items in clusters of `size`, the first half tagged `billing`; the first candidate is the baseline.
fn group(candidates: Vec<CandidateScores>, size: usize) -> GroupScores {
    let n = candidates[0].runs[0].rows.len();
    let item = |at: usize| GroupItem {
        id: ItemId([at as u8; 16]),
        row: at as i64,
        external_id: Some(format!("t{at}")),
        cluster: at / size,
        cluster_id: ClusterId([(at / size) as u8; 16]),
        feature: None,
        tags: if at * 2 < n {
            vec!["billing".into()]
        } else {
            Vec::new()
        },
    };
    GroupScores {
        group: "june".into(),
        eval: "support".into(),
        tickets_in: EvalId([1; 16]),
        dataset: DatasetVersionId([2; 16]),
        rubric: RubricId([3; 16]),
        rubric_name: "send-as-is".into(),
        threshold: Threshold {
            value: PASS,
            source: ThresholdSource::Default,
        },
        half_level: 0.1,
        judge: Some(GroupJudge {
            id: JudgeVersionId([4; 16]),
            name: "openai/gpt-4.1".into(),
            model: Some("gpt-4.1".into()),
            imported: false,
            badges: Vec::new(),
        }),
        other_judges: Vec::new(),
        baseline: Some(0),
        candidates,
        items: (0..n).map(item).collect(),
        clusters: n.div_ceil(size),
    }
}

/// Scores that go up and down around a middle.
fn wave(n: usize, middle: f64) -> Vec<Option<f64>> {
    (0..n)
        .map(|at| Some(middle + if at % 2 == 0 { 0.1 } else { -0.1 }))
        .collect()
}

/// Scores of which no difference to `wave` is like another.
fn drift(n: usize, middle: f64) -> Vec<Option<f64>> {
    (0..n)
        .map(|at| Some(middle + (at % 5) as f64 * 0.02))
        .collect()
}

fn of(scores: &GroupScores) -> Comparison {
    comparison(scores, true)
}

#[test]
fn a_clear_winner_is_named_with_its_difference_and_an_action() {
    let scores = group(
        vec![
            candidate("logged", &[&wave(40, 0.5)]),
            candidate("b", &[&drift(40, 0.8)]),
        ],
        1,
    );
    let comparison = of(&scores);
    let difference = comparison.candidates[1].difference.as_ref().unwrap();
    assert_eq!(difference.standing, Standing::Better);
    assert!(
        (difference.range.estimate - 0.34).abs() < 1e-9,
        "{difference:?}"
    );
    assert!(
        comparison
            .sentence
            .starts_with("`b` is better than `logged` by 0.340"),
        "{}",
        comparison.sentence
    );
    assert!(
        comparison.action.contains("docket agree june"),
        "{}",
        comparison.action
    );
    assert_eq!(
        (
            comparison.candidates[1].full.as_ref().unwrap().win,
            comparison.family
        ),
        (40, 1)
    );
}

#[test]
fn what_cannot_be_told_is_said_with_what_could_be_seen_and_what_would_be_needed() {
    let scores = group(
        vec![
            candidate("logged", &[&wave(12, 0.85)]),
            candidate("b", &[&drift(12, 0.81)]),
        ],
        1,
    );
    let comparison = of(&scores);
    let difference = comparison.candidates[1].difference.as_ref().unwrap();
    assert_eq!(difference.standing, Standing::Unclear);
    assert!(difference.visible.is_some() && difference.needed.is_some());
    for word in ["cannot be told", "can be seen", "0.05 needs"] {
        assert!(
            comparison.sentence.contains(word),
            "{}",
            comparison.sentence
        );
    }
    assert!(
        comparison.action.contains("more for a difference of 0.05"),
        "{}",
        comparison.action
    );
}

#[test]
fn one_item_or_one_cluster_has_numbers_and_no_interval() {
    for (n, size) in [(1, 1), (6, 6)] {
        let scores = group(
            vec![
                candidate("logged", &[&wave(n, 0.5)]),
                candidate("b", &[&drift(n, 0.7)]),
            ],
            size,
        );
        let comparison = of(&scores);
        let mean = comparison.candidates[1].mean.as_ref().unwrap();
        assert_eq!(mean.interval, None, "n {n}");
        assert!(mean.estimate.is_finite());
        let difference = comparison.candidates[1].difference.as_ref().unwrap();
        assert_eq!(
            (difference.range.interval, difference.p, difference.standing),
            (None, None, Standing::Unclear)
        );
        assert!(
            comparison
                .warnings
                .iter()
                .any(|warning| warning.starts_with("few clusters"))
        );
        assert!(
            comparison.sentence.contains("interval n/a"),
            "{}",
            comparison.sentence
        );
    }
}

#[test]
fn all_scores_equal_is_no_difference_and_no_crash() {
    let same = vec![Some(0.6); 20];
    let comparison = of(&group(
        vec![candidate("logged", &[&same]), candidate("b", &[&same])],
        1,
    ));
    let difference = comparison.candidates[1].difference.as_ref().unwrap();
    assert_eq!(
        (difference.range.estimate, difference.standing),
        (0.0, Standing::Unclear)
    );
    assert_eq!((difference.visible, difference.needed), (None, None));
    assert_eq!(
        comparison.candidates[1].full.as_ref().unwrap().wilcoxon_p,
        None
    );
}

#[test]
fn of_one_request_no_test_counts_its_repetitions_as_evidence() {
    let (a, b) = (vec![Some(0.4); 20], wave(20, 0.8));
    let full = |size: usize| {
        let comparison = of(&group(
            vec![candidate("logged", &[&a]), candidate("b", &[&b])],
            size,
        ));
        comparison.candidates[1].full.clone().unwrap()
    };
    let one = full(20);
    assert_eq!(
        (one.sign_p, one.mcnemar_p, one.mcnemar_mid_p, one.wilcoxon_p),
        (None, None, None, None)
    );
    assert!(
        one.dependent
            .as_ref()
            .unwrap()
            .contains("all 20 items are one request")
    );
    assert_eq!((one.win, one.loss), (20, 0), "what was counted stays");
    let many = full(1);
    assert!(many.sign_p.is_some_and(|p| p < 0.001) && many.dependent.is_none());
    assert!(many.wilcoxon_p.is_some());
}

#[test]
fn a_candidate_that_failed_on_every_item_has_no_mean_and_never_a_zero() {
    let comparison = of(&group(
        vec![
            candidate("logged", &[&wave(12, 0.85)]),
            candidate("b", &[&[None; 12]]),
        ],
        1,
    ));
    let failed = &comparison.candidates[1];
    assert_eq!(
        (
            failed.mean.clone(),
            failed.pass_rate.clone(),
            failed.difference.clone()
        ),
        (None, None, None)
    );
    assert_eq!(
        (failed.scored, failed.rows, failed.band),
        (0, 12, Some((0.0, 1.0)))
    );
    assert_eq!(failed.failed, [("transport".to_owned(), 12)]);
    assert!(
        comparison
            .warnings
            .iter()
            .any(|warning| warning.contains("100 %")),
        "{:?}",
        comparison.warnings
    );
}

#[test]
fn items_one_side_lacks_leave_the_pairing_and_are_counted() {
    let mut b = drift(12, 0.8);
    b[3] = None;
    b[7] = None;
    let comparison = of(&group(
        vec![
            candidate("logged", &[&wave(12, 0.5)]),
            candidate("b", &[&b]),
        ],
        1,
    ));
    let difference = comparison.candidates[1].difference.as_ref().unwrap();
    assert_eq!((difference.range.n, difference.unpaired), (10, (0, 2)));
}

#[test]
fn several_candidates_are_one_family() {
    let scores = group(
        vec![
            candidate("logged", &[&wave(30, 0.5)]),
            candidate("b", &[&drift(30, 0.8)]),
            candidate("c", &[&drift(30, 0.49)]),
        ],
        1,
    );
    let (alone, together) = (
        of(&GroupScores {
            candidates: vec![scores.candidates[0].clone(), scores.candidates[2].clone()],
            ..scores.clone()
        }),
        of(&scores),
    );
    let p = |comparison: &Comparison, at: usize| {
        comparison.candidates[at]
            .difference
            .as_ref()
            .unwrap()
            .p
            .unwrap()
    };
    assert_eq!(together.family, 2);
    assert!(p(&together, 2) >= p(&alone, 1));
}

#[test]
fn reruns_tell_which_items_flicker() {
    let (mut one, two) = (vec![Some(0.9); 10], vec![Some(0.9); 10]);
    one[4] = Some(0.2);
    let comparison = of(&group(
        vec![candidate("logged", &[&two]), candidate("b", &[&one, &two])],
        1,
    ));
    let reruns = comparison.candidates[1].reruns.as_ref().unwrap();
    assert_eq!(
        (reruns.items, reruns.flickering.clone()),
        (10, vec!["t4".to_owned()])
    );
    assert!((reruns.flicker - 0.1).abs() < 1e-9);
    assert_eq!(reruns.all_pass, Some(0.9));
    assert_eq!(comparison.candidates[0].reruns, None);
}

#[test]
fn failures_are_summed_up_by_tag_and_all_weak_asks_for_the_rubric() {
    let low = vec![Some(0.2); 20];
    let comparison = of(&group(
        vec![candidate("logged", &[&low]), candidate("b", &[&low])],
        1,
    ));
    assert_eq!(
        comparison.candidates[1].weak_tags[0].to_string(),
        "10 of 10 in billing"
    );
    assert!(
        comparison.sentence.starts_with("Every candidate is weak"),
        "{}",
        comparison.sentence
    );
    assert!(
        comparison.action.contains("rubric"),
        "{}",
        comparison.action
    );
}

#[test]
fn a_judge_of_a_candidates_family_is_said_and_so_is_no_judge() {
    let two = || {
        vec![
            candidate("logged", &[&wave(12, 0.5)]),
            candidate("openai/gpt-4o", &[&drift(12, 0.8)]),
        ]
    };
    let comparison = of(&group(two(), 1));
    assert!(
        comparison
            .warnings
            .iter()
            .any(|warning| warning.contains("family gpt")),
        "{:?}",
        comparison.warnings
    );
    let unread = of(&GroupScores {
        judge: None,
        ..group(two(), 1)
    });
    assert_eq!(unread.sentence, "No judge has scored `june`.");
}

#[test]
fn numbers_equal_those_of_the_paired_t_by_hand() {
    // d = 0.1, 0.2, 0.3: mean 0.2, sd 0.1, se 0.0577; t(2) at 97.5 % is 4.302653.
    let a = [Some(0.5), Some(0.5), Some(0.5)];
    let b = [Some(0.6), Some(0.7), Some(0.8)];
    let comparison = of(&group(
        vec![candidate("logged", &[&a]), candidate("b", &[&b])],
        1,
    ));
    let (low, high) = comparison.candidates[1]
        .difference
        .as_ref()
        .unwrap()
        .range
        .interval
        .unwrap();
    let half = 4.302_652_73 * 0.1 / 3.0_f64.sqrt();
    assert!(
        (low - (0.2 - half)).abs() < 1e-6 && (high - (0.2 + half)).abs() < 1e-6,
        "{low} {high}"
    );
}

#[test]
fn the_same_difference_on_every_item_is_no_proof_where_items_are_few() {
    let same = |n: usize| {
        let base = vec![Some(0.6); n];
        let better = vec![Some(0.8); n];
        let scores = group(
            vec![candidate("a", &[&base]), candidate("b", &[&better])],
            1,
        );
        comparison(&scores, true).candidates.remove(1)
    };
    for (n, standing) in [
        (2, Standing::Unclear),
        (6, Standing::Unclear),
        (200, Standing::Better),
    ] {
        let one = same(n);
        let difference = one.difference.unwrap();
        assert_eq!(difference.standing, standing, "{n}");
        let (low, high) = difference.range.interval.unwrap();
        assert!(high - low > 0.0, "{n}: {low} to {high}");
        let (low, high) = one.mean.unwrap().interval.unwrap();
        assert!(low < 0.8 && high > 0.8, "{n}: {low} to {high}");
    }
    let one = same(1);
    assert_eq!(one.pass_rate.unwrap().interval, None);
    assert_eq!(one.difference.unwrap().range.interval, None);
}

#[test]
fn a_winner_that_failed_on_many_rows_says_so_and_is_not_to_be_confirmed_yet() {
    let n = 40;
    let base: Vec<Option<f64>> = (0..n).map(|at| Some(f64::from(at % 3) / 10.0)).collect();
    let part: Vec<Option<f64>> = (0..n)
        .map(|at| (at % 4 == 0).then(|| 0.7 + f64::from(at % 3) / 10.0))
        .collect();
    let scores = group(vec![candidate("a", &[&base]), candidate("b", &[&part])], 1);
    let told = comparison(&scores, false);
    assert!(
        told.sentence.contains("it failed on 30 of 40 rows"),
        "{}",
        told.sentence
    );
    assert!(told.action.starts_with("see first why it failed"));
    let half: Vec<Option<f64>> = (0..n)
        .map(|at| part[at as usize].filter(|_| at < 20))
        .collect();
    let scores = group(vec![candidate("a", &[&base]), candidate("b", &[&half])], 1);
    let told = comparison(&scores, false);
    let few = |one: &String| one.contains("both answered 5 independent requests");
    assert!(told.warnings.iter().any(few), "{:?}", told.warnings);
}
