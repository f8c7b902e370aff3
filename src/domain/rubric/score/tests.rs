use super::super::{Check, CheckTest, Criterion, Requirement, Scale, ThresholdSource};
use super::*;

fn criterion(id: &str, scale: Scale, weight: f64) -> Criterion {
    Criterion {
        weight,
        ..Criterion::new(id, "How good is it?", scale)
    }
}

fn rubric(criteria: Vec<Criterion>) -> Rubric {
    Rubric {
        criteria,
        ..Rubric::empty("r")
    }
}

fn levels(pairs: &[(&str, i32)]) -> Answers {
    pairs
        .iter()
        .map(|(id, level)| ((*id).to_owned(), Answer::Level(*level)))
        .collect()
}

fn check(id: &str, criterion: Option<&str>, on_fail: OnFail) -> Check {
    Check {
        id: id.into(),
        test: CheckTest::Json,
        criterion: criterion.map(Into::into),
        on_fail,
    }
}

fn outcome(check: &str, pass: bool) -> CheckOutcome {
    CheckOutcome {
        check: check.into(),
        pass,
    }
}

fn at(value: f64) -> Threshold {
    Threshold {
        value,
        source: ThresholdSource::Eval,
    }
}

#[test]
fn the_score_is_the_weighted_mean_of_normalised_levels() {
    let rubric = rubric(vec![
        criterion("a", Scale::Level5, 3.0),
        criterion("b", Scale::Binary, 1.0),
        criterion("c", Scale::Range { min: 1, max: 5 }, 1.0),
    ]);
    let score = rubric
        .score(
            &levels(&[("a", 4), ("b", 1), ("c", 3)]),
            &[],
            rubric.threshold(),
        )
        .unwrap();
    assert!((score.overall - (3.0 * 0.8 + 1.0 + 0.5) / 5.0).abs() < 1e-12);
    assert!(!score.pass);
    assert_eq!(score.threshold.source, ThresholdSource::Default);
}

#[test]
fn a_threshold_reached_by_arithmetic_is_reached() {
    // 3 x 0.1 / 3 in floating point lies just under 0.1.
    let tenth = Scale::Range { min: 0, max: 10 };
    let rubric = rubric(vec![
        criterion("a", tenth, 0.1),
        criterion("b", tenth, 0.2),
        criterion("c", tenth, 0.7),
    ]);
    let score = rubric
        .score(&levels(&[("a", 7), ("b", 7), ("c", 7)]), &[], at(0.7))
        .unwrap();
    assert!(score.pass);
    assert!(
        !rubric
            .score(&levels(&[("a", 7), ("b", 7), ("c", 7)]), &[], at(0.7001))
            .unwrap()
            .pass
    );
}

#[test]
fn a_missed_floor_fails_a_ticket_with_a_high_score() {
    let mut safe = criterion("safe", Scale::Level5, 1.0);
    safe.must_reach = Some(4);
    let rubric = rubric(vec![safe, criterion("tone", Scale::Level5, 99.0)]);
    let score = rubric
        .score(&levels(&[("safe", 3), ("tone", 5)]), &[], at(0.5))
        .unwrap();
    assert!(!score.pass && score.overall > 0.9);
    assert_eq!(score.floors_missed, ["safe"]);
    assert!(
        rubric
            .score(&levels(&[("safe", 4), ("tone", 5)]), &[], at(0.5))
            .unwrap()
            .pass
    );
}

#[test]
fn without_every_level_there_is_no_score() {
    let rubric = rubric(vec![
        criterion("a", Scale::Level5, 1.0),
        criterion("b", Scale::Level5, 1.0),
    ]);
    let mut answers = levels(&[("a", 5)]);
    let incomplete = |answers: &Answers| match rubric.score(answers, &[], at(0.0)) {
        Err(Unscored::Incomplete {
            missing,
            cannot_judge,
            unfit,
            total: 2,
        }) => (missing, cannot_judge, unfit),
        other => panic!("{other:?}"),
    };
    assert_eq!(incomplete(&answers).0, ["b"]);
    answers.insert(
        "b".into(),
        Answer::CannotJudge {
            reason: String::new(),
        },
    );
    assert_eq!(incomplete(&answers).1, ["b"]);
    answers.insert("b".into(), Answer::Level(6));
    assert_eq!(incomplete(&answers).2, ["b"]);
    answers.insert("b".into(), Answer::Choice(Choice::Tie));
    assert_eq!(incomplete(&answers).2, ["b"]);
}

#[test]
fn a_rubric_without_questions_scores_nothing() {
    assert!(
        rubric(Vec::new())
            .score(&Answers::new(), &[], at(0.0))
            .is_err()
    );
}

#[test]
fn adherence_is_the_share_of_requirements_met() {
    let mut rubric = Rubric::empty("r");
    rubric.kind = Kind::Adherence;
    for id in ["a", "b", "c"] {
        rubric.requirements.push(Requirement {
            id: id.into(),
            text: "holds".into(),
        });
    }
    let score = rubric
        .score(&levels(&[("a", 1), ("b", 1), ("c", 0)]), &[], at(0.6))
        .unwrap();
    assert!((score.overall - 2.0 / 3.0).abs() < 1e-12 && score.pass);
}

#[test]
fn a_check_sets_its_criterion_unless_a_person_answered() {
    let mut rubric = rubric(vec![criterion("format", Scale::Level5, 1.0)]);
    for (on_fail, level) in [
        (OnFail::Note, 0.0),
        (OnFail::Zero, 0.0),
        (OnFail::Cap(2), 0.4),
    ] {
        rubric.checks = vec![check("json", Some("format"), on_fail)];
        let failed = rubric
            .score(&Answers::new(), &[outcome("json", false)], at(0.0))
            .unwrap();
        assert!((failed.overall - level).abs() < 1e-12, "{on_fail:?}");
        assert_eq!(failed.pass, on_fail != OnFail::Zero);
        let passed = rubric
            .score(&Answers::new(), &[outcome("json", true)], at(1.0))
            .unwrap();
        assert!(passed.pass);
        let person = rubric
            .score(
                &levels(&[("format", 5)]),
                &[outcome("json", false)],
                at(0.0),
            )
            .unwrap();
        assert!((person.overall - 1.0).abs() < 1e-12);
    }
    assert!(
        rubric.score(&Answers::new(), &[], at(0.0)).is_err(),
        "the check has not run"
    );
}

#[test]
fn the_lowest_of_several_checks_sets_the_criterion() {
    let mut rubric = rubric(vec![criterion("format", Scale::Level5, 1.0)]);
    rubric.checks = vec![
        check("a", Some("format"), OnFail::Cap(3)),
        check("b", Some("format"), OnFail::Cap(1)),
    ];
    let score = |a, b| {
        rubric
            .score(
                &Answers::new(),
                &[outcome("a", a), outcome("b", b)],
                at(0.0),
            )
            .unwrap()
            .overall
    };
    assert!((score(false, true) - 0.6).abs() < 1e-12);
    assert!((score(false, false) - 0.2).abs() < 1e-12);
    assert!(
        rubric
            .score(&Answers::new(), &[outcome("a", true)], at(0.0))
            .is_err()
    );
}

#[test]
fn a_failed_check_without_criterion_covers_them_all() {
    let mut rubric = rubric(vec![
        criterion("a", Scale::Level5, 1.0),
        criterion("b", Scale::Range { min: 2, max: 5 }, 1.0),
    ]);
    let answers = levels(&[("a", 5), ("b", 5)]);
    let mut run = |on_fail, pass| {
        rubric.checks = vec![check("length", None, on_fail)];
        rubric
            .score(&answers, &[outcome("length", pass)], at(0.0))
            .unwrap()
    };
    assert!((run(OnFail::Note, false).overall - 1.0).abs() < 1e-12);
    assert!((run(OnFail::Cap(2), false).overall - 0.2).abs() < 1e-12);
    assert!(run(OnFail::Cap(2), false).pass);
    let zero = run(OnFail::Zero, false);
    assert!(zero.overall.abs() < 1e-12 && !zero.pass);
    assert_eq!(zero.zeroed_by, ["length"]);
    assert!((run(OnFail::Zero, true).overall - 1.0).abs() < 1e-12);
}

#[test]
fn a_pairwise_rubric_gives_a_preference_and_no_score() {
    let mut rubric = rubric(vec![
        criterion("a", Scale::Binary, 2.0),
        criterion("b", Scale::Binary, 1.0),
        criterion("c", Scale::Binary, 1.0),
    ]);
    rubric.kind = Kind::Pairwise;
    let choices = |given: [Choice; 3]| -> Answers {
        ["a", "b", "c"]
            .map(str::to_owned)
            .into_iter()
            .zip(given.map(Answer::Choice))
            .collect()
    };
    let (one, two, tie) = (Choice::Candidate(1), Choice::Candidate(2), Choice::Tie);
    for (given, preferred) in [
        ([one, two, tie], one),
        ([one, two, two], tie),
        ([tie, two, tie], two),
        ([tie, tie, tie], tie),
        ([tie, one, two], tie),
    ] {
        assert_eq!(
            rubric.preference(&choices(given)),
            Ok(preferred),
            "{given:?}"
        );
    }
    assert!(
        rubric
            .score(&choices([one, one, one]), &[], at(0.0))
            .is_err()
    );
    let mut answers = choices([one, one, one]);
    answers.remove("c");
    assert!(rubric.preference(&answers).is_err());
}
