//! Tests of practice.

use super::super::effect::Order;
use super::super::state::Screen;
use super::super::test_kit::{Bench, doc, rubric};
use super::*;
use crate::domain::eval::Mode;

/// An example of a refund that answers both questions.
fn example(input: &str) -> Example {
    Example {
        input: input.into(),
        outputs: vec!["We refund both.".into()],
        reference: None,
        answers: [
            ("correct".to_owned(), Answer::Level(1)),
            ("complete".to_owned(), Answer::Level(4)),
        ]
        .into(),
        why: "Only the duplicate is refunded.".into(),
        correction: Some("We refund the duplicate.".into()),
    }
}

fn with_example() -> Bench {
    let mut rubric = rubric();
    rubric.examples.push(example("Charged twice"));
    Bench::with(doc(1, Mode::Blind, rubric))
}

#[test]
fn practice_ends_with_answers_correction_and_training_row_and_counts_for_nothing() {
    let mut bench = with_example();
    assert_eq!(bench.state.screen, Screen::Practice);
    bench.keys("3 4 enter");
    let practice = bench.state.practice.as_ref().unwrap();
    assert_eq!(practice.step, Step::Revealed);
    assert_eq!(practice.differing(), (2, 1));
    let lesson = practice.lesson.text().text();
    assert!(
        lesson.contains("We refund the duplicate.") && lesson.contains("\"role\": \"assistant\""),
        "{lesson}"
    );
    bench.keys("enter");
    assert_eq!(bench.state.screen, Screen::Ticket);
    assert!(bench.ticket().draft.answers.is_empty());
    assert!(
        bench
            .order(|order| matches!(order, Order::Submit(_)))
            .is_none()
    );
}

#[test]
fn escape_skips_practice_for_good() {
    let mut bench = with_example();
    bench.keys("esc");
    assert_eq!(bench.state.screen, Screen::Ticket);
    assert!(!bench.state.settings.practised.is_empty());
}

#[test]
fn practice_says_what_is_open_and_takes_no_real_review_back() {
    let mut bench = with_example();
    bench.keys("3 enter");
    assert_eq!(bench.strip(), "one question is open: here it is");
    bench.keys("u");
    assert_eq!(bench.strip(), "not while you practise; Esc leaves practice");
    assert!(bench.order(|order| *order == Order::Undo).is_none());
    let hints = crate::app::hints::hints(&bench.state);
    assert!(
        hints
            .iter()
            .all(|hint| hint.words != "undo" && hint.words != "next pane")
    );
}

fn long_example(size: (u16, u16)) -> Bench {
    let mut rubric = rubric();
    let lines = |word: &str| {
        let line = |n| format!("- {word} {n}\n");
        (1..=60).map(line).collect::<String>()
    };
    rubric.examples.push(Example {
        input: lines("asked"),
        outputs: vec![lines("first"), lines("second")],
        reference: None,
        answers: [("correct".to_owned(), Answer::Level(1))].into(),
        why: lines("because"),
        correction: None,
    });
    let mut bench = Bench::with(doc(1, Mode::Blind, rubric));
    bench.input(super::super::input::Input::Resize {
        width: size.0,
        height: size.1,
    });
    bench
}

/// The text of the last row that a pane shows.
fn last_row(pane: &TextPane) -> String {
    let rows = pane.rows().rows();
    let last = rows[..(pane.top() + pane.height()).min(rows.len())]
        .last()
        .unwrap();
    pane.text().text()[last.start..last.end].to_owned()
}

#[test]
fn every_text_of_a_long_example_can_be_scrolled_to_its_last_row() {
    for size in [(80, 24), (120, 40), (160, 48), (60, 15)] {
        let mut bench = long_example(size);
        for _ in 0..60 {
            bench.keys("pgdn");
        }
        let practice = bench.state.practice.as_deref().unwrap();
        let place = practice.layout(bench.state.size);
        for (pane, area, ends) in [
            (&practice.request, place.request, "asked 60"),
            (&practice.outputs[0], place.outputs[0], "first 60"),
            (&practice.outputs[1], place.outputs[1], "second 60"),
        ] {
            assert_eq!(pane.height() + 1, usize::from(area.height), "{size:?}");
            assert!(
                last_row(pane).contains(ends),
                "{size:?}: {ends}: {:?} at {} of {}",
                last_row(pane),
                pane.top(),
                pane.rows().rows().len()
            );
        }
        bench.keys("g");
        let practice = bench.state.practice.as_deref().unwrap();
        assert_eq!((practice.request.top(), practice.outputs[1].top()), (0, 0));
        bench.keys("3 4 enter G");
        let practice = bench.state.practice.as_deref().unwrap();
        assert_eq!(practice.step, Step::Revealed, "{size:?}");
        assert!(
            last_row(&practice.lesson).contains("you said 3"),
            "{size:?}"
        );
        let above = usize::from(Practice::ANSWER_ROWS) + 1;
        let room = usize::from(practice.layout(bench.state.size).lesson.height);
        assert_eq!(practice.lesson.height() + above, room, "{size:?}");
    }
}

fn under_a_policy() -> Bench {
    let mut rubric = rubric();
    rubric.instructions = "The system prompt of the request holds the policy.".into();
    rubric.criteria[0].anchors = [(1, "The main statement is wrong.".to_owned())].into();
    rubric.examples = vec![example("Charged twice"), example("Charged thrice")];
    let mut doc = doc(1, Mode::Blind, rubric);
    let mut request = doc.request.as_ref().clone();
    let policy = Message::text(Role::System, "A refund takes 5 to 7 days.");
    request.messages.insert(0, policy);
    doc.request = Arc::new(request);
    Bench::with(doc)
}

fn offered(bench: &Bench) -> Vec<String> {
    let hints = crate::app::hints::hints(&bench.state);
    hints.into_iter().map(|hint| hint.words).collect()
}

#[test]
fn the_hints_say_what_each_key_does_before_and_after_the_answers_are_shown() {
    let mut bench = under_a_policy();
    assert_eq!(
        offered(&bench)[..4],
        [
            "level",
            "show the right answers",
            "read the policy",
            "leave practice"
        ]
    );
    bench.keys("3 4 enter");
    assert_eq!(
        offered(&bench)[..3],
        ["next example", "read on", "leave practice"]
    );
    bench.keys("enter 3 4 enter");
    assert_eq!(offered(&bench)[0], "to the first ticket");
}

#[test]
fn the_lesson_says_why_first_and_ends_with_the_policy() {
    let mut bench = under_a_policy();
    bench.keys("3 4 enter");
    let lesson = bench.state.practice.as_ref().unwrap().lesson.text();
    let lesson = lesson.text();
    let places: Vec<usize> = [
        "Only the duplicate is refunded.",
        "Is it correct?  1, you said 3: The main statement is wrong.",
        "✓ Is it complete?  4",
        "We refund the duplicate.",
        "\"role\": \"assistant\"",
        "A refund takes 5 to 7 days.",
    ]
    .iter()
    .map(|text| {
        lesson
            .find(text)
            .unwrap_or_else(|| panic!("{text}: {lesson}"))
    })
    .collect();
    assert!(places.is_sorted(), "{places:?}: {lesson}");
}

#[test]
fn the_policy_can_be_read_before_the_answer_and_only_where_the_rubric_judges_by_it() {
    let mut bench = under_a_policy();
    bench.keys("F");
    let shown = |bench: &Bench| {
        let practice = bench.state.practice.as_ref().unwrap();
        practice.request.text().text().to_owned()
    };
    assert!(shown(&bench).contains("5 to 7 days"), "{}", shown(&bench));
    bench.keys("F");
    assert_eq!(shown(&bench).trim(), "Charged twice");
    let mut bench = with_example();
    bench.keys("F");
    assert_eq!(bench.strip(), "this example has no standing instructions");
    assert!(!offered(&bench).contains(&"read the policy".to_owned()));
}
