use super::*;
use crate::domain::message::{Message, Request, Role};
use crate::domain::rubric::{Criterion, Language, Mode, OnFail, Scale};
use crate::judge::subject::{Output, Reference, Standing};

fn subject(request: &str, output: &str) -> Subject {
    let request = Request {
        messages: vec![Message::text(Role::User, request)],
        ..Request::default()
    };
    Subject {
        reference: Some(Reference {
            text: "Canberra".into(),
            standing: Standing::Approved,
        }),
        ..Subject::new(&request, Output::text(output))
    }
}

fn rubric(tests: Vec<(&str, CheckTest, Option<&str>, OnFail)>) -> Rubric {
    let mut rubric = Rubric::empty("r");
    for id in ["fact", "form", "tone"] {
        rubric.criteria.push(Criterion::new(id, "?", Scale::Level5));
    }
    rubric.checks = tests
        .into_iter()
        .map(|(id, test, criterion, on_fail)| Check {
            id: id.into(),
            test,
            criterion: criterion.map(str::to_owned),
            on_fail,
        })
        .collect();
    rubric
}

fn one(test: CheckTest, request: &str, output: &str) -> Checked {
    let rubric = rubric(vec![("c", test, None, OnFail::Note)]);
    Checks::compile(&rubric)
        .unwrap()
        .run(&subject(request, output))
        .remove(0)
}

#[test]
// A table: cutting it would hide that it is whole.
#[allow(clippy::too_many_lines)]
fn each_kind_of_check_passes_and_fails_with_a_sentence() {
    let regex = |pattern: &str| CheckTest::Regex {
        pattern: pattern.into(),
    };
    let contains = |text: &[&str], mode, ignore_case| CheckTest::Contains {
        text: text.iter().map(|one| (*one).to_owned()).collect(),
        mode,
        ignore_case,
    };
    let schema = CheckTest::JsonSchema {
        schema: r#"{"type":"object","required":["id"]}"#.into(),
    };
    let language = |codes: &[&str]| CheckTest::Language {
        language: Language::OneOf(codes.iter().map(|one| (*one).to_owned()).collect()),
    };
    let german = "Ihre Bestellung wird am Montag mit der Post verschickt. Sie erhalten eine Nachricht, sobald das Paket unterwegs ist, und können es danach verfolgen.";
    for (test, output, pass, says) in [
        (regex(r"\d+"), "in 3 days", true, "matches `3`"),
        (regex(r"\d+"), "soon", false, "matches nowhere"),
        (
            CheckTest::NotRegex {
                pattern: "NOTE".into(),
            },
            "NOTE x",
            false,
            "matches `NOTE`",
        ),
        (
            contains(&["a", "B"], Mode::All, false),
            "a b",
            false,
            "does not contain `B`",
        ),
        (
            contains(&["a", "B"], Mode::All, true),
            "A b",
            true,
            "contains `a`, `B`",
        ),
        (
            contains(&["x", "b"], Mode::Any, false),
            "a b",
            true,
            "contains `b`",
        ),
        (
            CheckTest::MaxChars { chars: 2 },
            "日本語",
            false,
            "3 characters, at most 2",
        ),
        (
            CheckTest::MinChars { chars: 3 },
            "日本語",
            true,
            "3 characters, at least 3",
        ),
        (CheckTest::Json, " {\"a\":1}\n", true, "is JSON"),
        (CheckTest::Json, "```json\n{}\n```", false, "not JSON"),
        (schema.clone(), r#"{"id":1}"#, true, "fits"),
        (schema, r#"{"x":1}"#, false, "id"),
        (language(&["de", "fr"]), german, true, "German"),
        (language(&["en"]), german, false, "German"),
        (language(&["en"]), "ok", true, "too short"),
        (
            CheckTest::Equals {
                text: None,
                ignore_case: true,
            },
            " canberra ",
            true,
            "equals",
        ),
        (
            CheckTest::Equals {
                text: Some("Sydney".into()),
                ignore_case: false,
            },
            "Canberra",
            false,
            "differs",
        ),
        (
            CheckTest::NoEcho { chars: Some(20) },
            "You asked: when will my order be sent to me?",
            false,
            "repeats 20",
        ),
        (
            CheckTest::NoEcho { chars: None },
            "WHEN will my order be sent to me?",
            false,
            "request itself",
        ),
        (
            CheckTest::NoEcho { chars: Some(20) },
            "On Monday.",
            true,
            "does not repeat",
        ),
    ] {
        let checked = one(test.clone(), "When will my order be sent to me?", output);
        assert_eq!(
            checked.outcome.pass, pass,
            "{test:?} on {output}: {}",
            checked.says
        );
        assert!(checked.says.contains(says), "{test:?}: {}", checked.says);
    }
}

#[test]
fn hostile_patterns_and_texts_end_in_time() {
    let nested = "[".repeat(200_000);
    let started = std::time::Instant::now();
    assert!(!one(CheckTest::Json, "q", &nested).outcome.pass);
    let pattern = CheckTest::Regex {
        pattern: "(a*)*b".into(),
    };
    assert!(!one(pattern, "q", &"a".repeat(100_000)).outcome.pass);
    assert!(started.elapsed().as_secs() < 20);
    let huge = rubric(vec![(
        "c",
        CheckTest::Regex {
            pattern: r"\w{1000}{1000}".into(),
        },
        None,
        OnFail::Note,
    )]);
    assert_eq!(Checks::compile(&huge).err().unwrap().check, "c");
}

#[test]
fn the_checks_judge_answers_what_it_can_and_says_how_much_that_is() {
    let min = CheckTest::MinChars { chars: 3 };
    let rubric = rubric(vec![
        ("long", min.clone(), Some("form"), OnFail::Note),
        ("json", CheckTest::Json, Some("form"), OnFail::Cap(2)),
        ("free", min, None, OnFail::Note),
    ]);
    let judged = Checks::compile(&rubric)
        .unwrap()
        .judge(&rubric, &subject("q", "hello"));
    assert_eq!(judged.words(), "1 of 3 criteria checked");
    assert_eq!(judged.pass_rate(), Some(2.0 / 3.0));
    assert_eq!(judged.verdicts.len(), 1);
    assert_eq!(
        judged.verdicts[0].outcome,
        Outcome::Scored(Answer::Level(2))
    );
    assert!(judged.verdicts[0].reasoning.contains("not JSON"));
    let none = Rubric::empty("r");
    assert_eq!(
        Checks::compile(&none)
            .unwrap()
            .judge(&none, &subject("q", "x"))
            .pass_rate(),
        None
    );
}

#[test]
fn a_top_level_beside_a_failed_check_is_flagged() {
    let rubric = rubric(vec![("json", CheckTest::Json, None, OnFail::Zero)]);
    let checked = Checks::compile(&rubric)
        .unwrap()
        .run(&subject("q", "no json"));
    for (level, flagged) in [(5, true), (4, false), (0, false)] {
        let mut verdict = Verdict::new("fact", Outcome::Scored(Answer::Level(level)));
        contradicts(&rubric, &mut verdict, &checked);
        assert_eq!(!verdict.flags.is_empty(), flagged, "{level}");
    }
}

#[test]
fn the_language_of_the_request_is_the_one_wanted() {
    let english = "When will my order be sent to me, and which company will bring it to the house where I live?";
    let german = "Ihre Bestellung wird am Montag mit der Post verschickt. Sie erhalten eine Nachricht, sobald das Paket unterwegs ist, und können es danach verfolgen.";
    for (request, output, pass) in [
        (english, german, false),
        (german, german, true),
        ("Ok?", german, true),
        (english, "ご注文は月曜日に発送されます。", false),
    ] {
        let language = Language::Input;
        let checked = one(CheckTest::Language { language }, request, output);
        assert_eq!(checked.outcome.pass, pass, "{}", checked.says);
    }
}
