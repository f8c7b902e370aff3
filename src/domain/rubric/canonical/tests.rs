use serde_json::json;

use super::super::{
    Answer, Check, CheckTest, Choice, Criterion, Example, Kind, Language, Mode, OnFail,
    Requirement, Scale, SendPolicy,
};
use super::*;

#[allow(clippy::too_many_lines, reason = "one value with every field set")]
fn full() -> Rubric {
    let mut rubric = Rubric::empty("full");
    rubric.version = "1.2.0".into();
    rubric.pass_threshold = Some(0.7);
    rubric.instructions = "Über den \"Vertrag\"\nund mehr".into();
    rubric.reviewer_notes = "notes".into();
    rubric.send = SendPolicy::Local;
    rubric.judge.template = Some("{{ eval_model_response }}".into());
    let mut correct = Criterion::new("correct", "Is it correct?", Scale::Level5);
    correct.weight = 3.0;
    correct.must_reach = Some(2);
    correct.anchors = (0..=5)
        .map(|level| (level, format!("level {level}")))
        .collect();
    rubric.criteria = vec![
        correct,
        Criterion::new("brief", "Is it brief?", Scale::Range { min: -1, max: 1 }),
    ];
    rubric.requirements = vec![Requirement {
        id: "dose".into(),
        text: "names the dose".into(),
    }];
    let tests = [
        CheckTest::Regex {
            pattern: "^a".into(),
        },
        CheckTest::Contains {
            text: vec!["x".into()],
            mode: Mode::Any,
            ignore_case: true,
        },
        CheckTest::MaxChars { chars: 10 },
        CheckTest::Json,
        CheckTest::JsonSchema {
            schema: "{}".into(),
        },
        CheckTest::Language {
            language: Language::OneOf(vec!["de".into()]),
        },
        CheckTest::Language {
            language: Language::Input,
        },
        CheckTest::Equals {
            text: None,
            ignore_case: false,
        },
        CheckTest::NoEcho { chars: Some(80) },
    ];
    for (place, test) in tests.into_iter().enumerate() {
        let on_fail = [OnFail::Zero, OnFail::Cap(2), OnFail::Note][place % 3];
        rubric.checks.push(Check {
            id: format!("c{place}"),
            test,
            criterion: None,
            on_fail,
        });
    }
    rubric.examples.push(Example {
        input: "q".into(),
        outputs: vec!["a".into()],
        reference: Some("r".into()),
        answers: [
            ("correct".to_owned(), Answer::Level(1)),
            ("brief".to_owned(), Answer::Choice(Choice::Tie)),
        ]
        .into(),
        why: "because".into(),
        correction: Some("b".into()),
    });
    rubric
}

#[test]
fn a_stored_rubric_comes_back_as_it_was() {
    for rubric in [full(), Rubric::empty("e")] {
        let text = rubric.to_canonical_json().unwrap();
        let back = Rubric::from_canonical_json(&text).unwrap();
        assert_eq!(back, rubric);
        assert_eq!(back.to_canonical_json().unwrap(), text);
    }
}

#[test]
fn canonical_text_follows_rfc_8785() {
    let value = json!({
        "\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7,
        "numbers": [333_333_333.333_333_3, 1e30, 4.5, 2e-3, 1e-27, 3.0, -0.0, 1e-6, 1e-7],
        "text": "\u{20ac}$\u{f}\nA'B\"\\\"/",
    });
    let mut text = String::new();
    write_value(&value, &mut text);
    assert_eq!(
        text,
        "{\"\\r\":2,\"1\":4,\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27,3,0,0.000001,1e-7],\
         \"text\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\"/\",\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}"
    );
}

type Edit = fn(&mut Rubric);

#[test]
fn the_label_is_not_part_of_the_identity_and_everything_read_is() {
    let rubric = full();
    let hash = rubric.content_hash().unwrap();
    let mut relabelled = rubric.clone();
    relabelled.version = "9".into();
    assert_eq!(relabelled.content_hash().unwrap(), hash);
    let edits: [(&str, Edit); 10] = [
        ("question", |r| r.criteria[0].question.push('!')),
        ("anchor", |r| {
            r.criteria[0].anchors.values_mut().for_each(|a| a.push('!'));
        }),
        ("weight", |r| r.criteria[0].weight = 2.0),
        ("floor", |r| r.criteria[0].must_reach = None),
        ("notes", |r| r.reviewer_notes.clear()),
        ("instructions", |r| r.instructions.push(' ')),
        ("template", |r| r.judge.template = None),
        ("kind", |r| r.kind = Kind::Pairwise),
        ("order", |r| r.criteria.swap(0, 1)),
        ("example", |r| r.examples[0].why.push('.')),
    ];
    for (what, edit) in edits {
        let mut edited = rubric.clone();
        edit(&mut edited);
        assert_ne!(edited.content_hash().unwrap(), hash, "{what}");
    }
}

#[test]
fn an_identity_never_changes_between_releases() {
    // Stored reviews name these hashes. A change here orphans them all.
    assert_eq!(
        Rubric::empty("e").content_hash().unwrap().hex(),
        "1f8090288771879d86cfe567e7c5f5c7"
    );
    assert_eq!(
        full().content_hash().unwrap().hex(),
        "13633e97895b4bddef01e819e4d58f3a"
    );
}

#[test]
fn a_number_that_is_not_finite_is_refused() {
    let mut rubric = full();
    rubric.pass_threshold = Some(f64::NAN);
    assert!(matches!(
        rubric.content_hash(),
        Err(CanonicalError::NotFinite { .. })
    ));
}

#[test]
fn what_is_no_stored_rubric_is_refused() {
    for text in ["", "{}", "[]", "{\"schema\":1}"] {
        assert!(
            matches!(
                Rubric::from_canonical_json(text),
                Err(CanonicalError::Unreadable(_))
            ),
            "{text}"
        );
    }
    let newer = Rubric::empty("e")
        .to_canonical_json()
        .unwrap()
        .replace("\"schema\":1", "\"schema\":2");
    assert!(matches!(
        Rubric::from_canonical_json(&newer),
        Err(CanonicalError::Schema(2))
    ));
}
