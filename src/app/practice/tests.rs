//! Tests of practice.

use super::super::effect::Order;
use super::super::state::Screen;
use super::super::test_kit::{Bench, doc, rubric};
use super::*;
use crate::domain::eval::Mode;

fn with_example() -> Bench {
    let mut rubric = rubric();
    rubric.examples.push(Example {
        input: "Charged twice".into(),
        outputs: vec!["We refund both.".into()],
        reference: None,
        answers: [
            ("correct".to_owned(), Answer::Level(1)),
            ("complete".to_owned(), Answer::Level(4)),
        ]
        .into(),
        why: "Only the duplicate is refunded.".into(),
        correction: Some("We refund the duplicate.".into()),
    });
    Bench::with(doc(1, Mode::Blind, rubric))
}

#[test]
fn practice_ends_with_answers_correction_and_training_row_and_counts_for_nothing() {
    let mut bench = with_example();
    assert_eq!(bench.state.screen, Screen::Practice);
    bench.keys("3 4 enter");
    let practice = bench.state.practice.as_ref().unwrap();
    assert_eq!(practice.step, Step::Revealed);
    assert_eq!(practice.differing().len(), 1);
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
