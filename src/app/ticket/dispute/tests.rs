//! Disagreeing with the judge on an open ticket.

use super::super::super::effect::{Effect, Order, Outcome};
use super::super::super::test_kit::{Bench, committed, doc, rubric, verdicts};
use crate::domain::eval::Mode;
use crate::domain::rubric::Answer;
use crate::domain::view::{Dispute, JudgeView, TicketDoc};

fn judged(mode: Mode) -> TicketDoc {
    let mut ticket = doc(1, mode, rubric());
    if mode == Mode::Assist {
        ticket.judge = verdicts(&[("correct", 1), ("complete", 4)]);
    }
    ticket
}

/// What was ordered: answer and reason.
fn stored(bench: &Bench) -> Option<(Answer, String)> {
    match bench.order(|order| matches!(order, Order::CorrectJudge { .. })) {
        Some((_, Order::CorrectJudge { said, .. })) => Some((said.answer, said.reason)),
        _ => None,
    }
}

#[test]
fn one_key_and_a_line_store_why_the_judge_is_wrong() {
    let mut bench = Bench::with(judged(Mode::Assist));
    // The cursor went on to the next question; the one that differs is meant.
    bench.keys("3 4 C");
    bench.keys("n o enter");
    assert_eq!(stored(&bench), Some((Answer::Level(3), "no".into())));
    let mut after = verdicts(&[("correct", 1), ("complete", 4)]);
    if let JudgeView::Verdicts { verdicts, .. } = &mut after {
        verdicts[0].disputes = vec![Dispute {
            who: None,
            answer: Answer::Level(3),
            reason: "no".into(),
            earlier: false,
        }];
    }
    bench.reply(
        |order| matches!(order, Order::CorrectJudge { .. }),
        Outcome::Disagreed(Box::new(after)),
    );
    let pane = &bench.ticket().view.panes[&super::super::Pane::Judge];
    let text = pane.text().text().to_owned();
    assert!(text.contains("you disagree: 3, because no"), "{text}");
    assert!(bench.strip().contains("you disagree"), "{}", bench.strip());
}

#[test]
fn a_level_that_is_only_the_judges_is_no_disagreement() {
    let mut bench = Bench::with(judged(Mode::Assist));
    bench.keys("C");
    assert!(
        bench.strip().contains("set your own level"),
        "{}",
        bench.strip()
    );
    bench.keys("1 4 C");
    assert!(
        bench.strip().contains("set your own level"),
        "{}",
        bench.strip()
    );
    assert_eq!(stored(&bench), None);
}

#[test]
fn a_hidden_judge_cannot_be_contradicted_and_after_the_commit_it_can() {
    let mut bench = Bench::with(judged(Mode::Blind));
    bench.keys("5 4 C");
    assert!(bench.strip().contains("hidden"), "{}", bench.strip());
    bench.keys("enter");
    bench.reply(
        |order| matches!(order, Order::Submit(_)),
        Outcome::Committed(Box::new(committed(1, true))),
    );
    bench.keys("C enter");
    assert_eq!(stored(&bench), Some((Answer::Level(5), String::new())));
}

#[test]
fn what_was_changed_after_the_judge_was_seen_is_committed_and_not_only_levels() {
    let mut bench = Bench::with(judged(Mode::Blind));
    bench.keys("5 4 enter");
    bench.reply(
        |order| matches!(order, Order::Submit(_)),
        Outcome::Committed(Box::new(committed(1, true))),
    );
    bench.keys("e x esc enter");
    let submits = bench.effects.iter().filter(|effect| {
        matches!(
            effect,
            Effect::Ask {
                order: Order::Submit(_),
                ..
            }
        )
    });
    assert_eq!(submits.count(), 2);
}
