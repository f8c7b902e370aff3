//! Tests of the Agreement screen, keys in, orders out.

use super::super::effect::{Order, Outcome};
use super::super::state::Screen;
use super::super::test_kit::{Bench, EVAL, doc, rubric};
use crate::domain::eval::Mode;
use crate::domain::view::agreement::AgreementPage;

fn opened() -> Bench {
    let mut bench = Bench::with(doc(1, Mode::Blind, rubric()));
    bench.keys("]");
    bench
}

#[test]
fn the_screen_stands_behind_the_ticket_and_before_the_export() {
    let mut bench = opened();
    assert_eq!(bench.state.screen, Screen::Agreement);
    assert!(
        bench
            .order(|order| *order == Order::LoadAgreement { eval: EVAL })
            .is_some()
    );
    bench.keys("]");
    assert_eq!(bench.state.screen, Screen::Export);
    bench.keys("[");
    assert_eq!(bench.state.screen, Screen::Agreement);
    bench.keys("esc");
    assert_eq!(bench.state.screen, Screen::Queue);
}

#[test]
fn a_blind_page_is_opened_only_by_enter_after_it_was_said() {
    let mut bench = opened();
    let page = AgreementPage::Closed {
        name: "support".into(),
        waiting: 3,
    };
    bench.reply(
        |order| matches!(order, Order::LoadAgreement { .. }),
        Outcome::Agreement(Box::new(page)),
    );
    let empty = bench.state.agreement.as_ref().unwrap().empty().unwrap();
    assert!(
        empty.why.contains("assisted") && empty.why.contains("logged"),
        "{empty:?}"
    );
    assert!(empty.fills.starts_with("3 tickets still wait"), "{empty:?}");
    let opens = |order: &Order| matches!(order, Order::OpenAgreement { .. });
    bench.keys("j tab right");
    assert!(bench.order(opens).is_none());
    bench.keys("enter");
    let before = bench.effects.len();
    bench.reply(opens, Outcome::Done);
    assert!(bench.effects.len() > before, "the page is read again");
}

#[test]
fn a_page_that_fails_says_why() {
    let mut bench = opened();
    let failure = crate::domain::view::Failure {
        what: "the disk is gone".into(),
        hint: None,
    };
    bench.reply(
        |order| matches!(order, Order::LoadAgreement { .. }),
        Outcome::Failed(failure),
    );
    let empty = bench.state.agreement.as_ref().unwrap().empty().unwrap();
    assert_eq!(empty.why, "the disk is gone");
}
