//! A suggestion asked for on the open ticket.

use std::sync::Arc;

use super::super::super::effect::{Effect, Order, Outcome};
use super::super::super::test_kit::{Bench, doc, rubric, suggestion, verdicts};
use crate::domain::eval::Mode;
use crate::domain::suggestion::Kind;
use crate::domain::view::{JudgeChoice, JudgeView, JudgeWork, Price, Shown, TicketDoc};

fn judged() -> TicketDoc {
    let mut ticket = doc(1, Mode::Assist, rubric());
    ticket.judge = verdicts(&[("correct", 1), ("complete", 4)]);
    ticket
}

fn offer(work: Result<(), &str>) -> Outcome {
    Outcome::SuggestionOffer(Box::new(JudgeChoice {
        name: "openai/x".into(),
        because: String::new(),
        work: work.map_err(str::to_owned).map(|()| JudgeWork {
            place: "api.example".into(),
            tickets: 1,
            nothing_to_compare: 0,
            calls: 3,
            planted: 24,
            tokens: 900,
            price: Price::Unpriced,
            time: None,
            first_send: vec!["request".into(), "output".into()],
            needs_yes: None,
        }),
    }))
}

fn asks(bench: &Bench) -> usize {
    let is = |effect: &&Effect| {
        matches!(
            effect,
            Effect::Ask {
                order: Order::Suggest { .. },
                ..
            }
        )
    };
    bench.effects.iter().filter(is).count()
}

#[test]
fn what_leaves_and_costs_is_said_before_a_judge_is_asked() {
    let mut bench = Bench::with(judged());
    bench.keys("S");
    bench.reply(
        |order| matches!(order, Order::OfferSuggestion { .. }),
        offer(Ok(())),
    );
    let confirm = format!("{:?}", bench.state.modals.last());
    for words in [
        "openai/x",
        "First send to api.example: request, output",
        "3 calls",
        "unpriced",
    ] {
        assert!(confirm.contains(words), "{words}: {confirm}");
    }
    assert_eq!(asks(&bench), 0);
    bench.keys("y");
    assert_eq!(asks(&bench), 1);
}

#[test]
fn a_suggestion_that_came_is_shown_without_touching_what_was_entered() {
    let mut bench = Bench::with(judged());
    bench.keys("3 S");
    bench.reply(
        |order| matches!(order, Order::OfferSuggestion { .. }),
        offer(Ok(())),
    );
    bench.keys("y 2");
    bench.reply(
        |order| matches!(order, Order::Suggest { .. }),
        Outcome::Suggested("openai/x: a suggestion that helped".into()),
    );
    let mut read = judged();
    read.suggestion = Shown::Some(Arc::new(suggestion(
        1,
        Kind::Changes,
        "Paris is in France.",
    )));
    bench.reply(
        |order| matches!(order, Order::OpenTicket { claim: false, .. }),
        Outcome::Ticket(Box::new(read)),
    );
    assert!(bench.ticket().suggested().is_some());
    assert_eq!(bench.ticket().draft.answers.len(), 2);
    assert_eq!(bench.ticket().draft.correction, None);
}

#[test]
fn who_cannot_be_asked_says_why_and_a_hidden_judge_is_not_asked() {
    let mut bench = Bench::with(judged());
    bench.keys("S");
    let none = offer(Err("no model is usable here"));
    bench.reply(|order| matches!(order, Order::OfferSuggestion { .. }), none);
    assert!(
        bench.strip().contains("no model is usable"),
        "{}",
        bench.strip()
    );
    for (judge, words) in [
        (JudgeView::Hidden, "hidden"),
        (JudgeView::Nothing, "no judge has read"),
    ] {
        let mut ticket = doc(1, Mode::Blind, rubric());
        ticket.judge = judge;
        let mut bench = Bench::with(ticket);
        bench.keys("S");
        assert!(bench.strip().contains(words), "{}", bench.strip());
        assert!(
            bench
                .order(|order| matches!(order, Order::OfferSuggestion { .. }))
                .is_none()
        );
    }
}
