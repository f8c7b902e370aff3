use super::super::{Answer, Check, CheckTest, Criterion, Example, OnFail, Scale};
use super::*;

fn codes(rubric: &Rubric) -> Vec<(&'static str, String)> {
    lint(rubric)
        .into_iter()
        .map(|problem| (problem.code, problem.place))
        .collect()
}

fn sound() -> Rubric {
    let mut criterion = Criterion::new("tone", "Is the reply kind?", Scale::Binary);
    criterion.anchors = [(0, "Cold.".to_owned()), (1, "Kind.".to_owned())].into();
    Rubric {
        criteria: vec![criterion],
        ..Rubric::empty("tone")
    }
}

#[test]
fn a_sound_rubric_has_no_problems() {
    assert_eq!(codes(&sound()), []);
}

#[test]
fn a_rubric_made_in_a_form_is_checked_like_one_from_a_file() {
    type Spoil = fn(&mut Rubric);
    let cases: [(Spoil, &str, &str); 9] = [
        (|r| r.schema = 2, "schema", "schema"),
        (|r| r.id.clear(), "bad_id", "id"),
        (
            |r| r.criteria[0].weight = f64::NAN,
            "bad_weight",
            "criterion[0].weight",
        ),
        (
            |r| r.criteria[0].question = " ".into(),
            "empty_text",
            "criterion[0].question",
        ),
        (
            |r| r.criteria[0].scale = Scale::Range { min: 3, max: 3 },
            "bad_scale",
            "criterion[0].scale",
        ),
        (
            |r| r.pass_threshold = Some(-0.1),
            "bad_threshold",
            "pass_threshold",
        ),
        (|r| r.criteria.clear(), "no_questions", ""),
        (|r| r.judge.samples = 0, "bad_samples", "judge.samples"),
        (
            |r| r.judge.template = Some(String::new()),
            "template_variable",
            "judge.template",
        ),
    ];
    for (spoil, code, place) in cases {
        let mut rubric = sound();
        spoil(&mut rubric);
        assert!(
            codes(&rubric).contains(&(code, place.to_owned())),
            "{code}: {:?}",
            codes(&rubric)
        );
    }
}

#[test]
fn a_criterion_that_a_check_sets_needs_no_anchors() {
    let mut rubric = sound();
    rubric.criteria[0].anchors.clear();
    assert_eq!(codes(&rubric)[0].0, "missing_anchors");
    let check = Check {
        id: "c".into(),
        test: CheckTest::Json,
        criterion: Some("tone".into()),
        on_fail: OnFail::Note,
    };
    rubric.checks.push(check);
    assert_eq!(codes(&rubric), []);
}

#[test]
fn an_example_answers_with_what_its_questions_take() {
    let mut rubric = sound();
    rubric.examples.push(Example {
        input: "a".into(),
        outputs: vec!["b".into()],
        reference: None,
        answers: [("tone".to_owned(), Answer::Level(2))].into(),
        why: String::new(),
        correction: Some("b".into()),
    });
    let found = codes(&rubric);
    assert!(
        found.contains(&("level_outside", "example[0].levels.tone".to_owned())),
        "{found:?}"
    );
    assert!(
        found.contains(&("idle_correction", "example[0].correction".to_owned())),
        "{found:?}"
    );
}
