//! Tests of the queue.

use super::super::effect::{Order as Asks, Outcome};
use super::super::state::Screen;
use super::super::test_kit::{Bench, doc, rubric};
use super::window::PAGE;
use super::*;
use crate::domain::ticket::State;
use crate::domain::view::{QueuePage, RowKey, Shown, Why};

fn row(number: u32) -> QueueRow {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    QueueRow {
        ticket: TicketId(id),
        key: RowKey {
            sort: i64::from(number),
            row: i64::from(number),
        },
        state: State::Open,
        preview: "Hi Dana".into(),
        external_id: None,
        feature: None,
        model: Shown::Hidden,
        mine: None,
        judge: Shown::Hidden,
        said: Shown::Hidden,
        flagged: false,
        corrected: false,
        draft: false,
        held_by: None,
        why: Why::InPlan,
    }
}

fn page(rows: std::ops::Range<u32>, of: u32) -> Outcome {
    Outcome::Queue(Box::new(QueuePage {
        more_before: rows.start > 0,
        more_after: rows.end < of,
        rows: rows.map(row).collect(),
    }))
}

fn is_rows(order: &Asks) -> bool {
    matches!(order, Asks::LoadQueue(_))
}

fn opened(of: u32) -> Bench {
    let mut bench = Bench::with(doc(1, Mode::Blind, rubric()));
    bench.keys("esc");
    assert_eq!(bench.state.screen, Screen::Queue);
    bench.reply(is_rows, page(0..of.min(u32::from(PAGE)), of));
    bench
}

#[test]
fn moving_through_a_million_rows_never_waits_and_never_keeps_them() {
    let of = 1_000_000;
    let mut bench = opened(of);
    let mut at = u32::from(PAGE);
    for step in 0..3_000u32 {
        bench.keys("j");
        let queue = bench.state.queue.as_ref().unwrap();
        let cursor = queue.current().unwrap().key.row;
        assert_eq!(cursor, i64::from(step) + 1);
        assert!(queue.window.rows.len() < 900);
        let waits = bench
            .state
            .requests
            .waits(|a| matches!(a, super::super::state::Asked::Rows(_)));
        if waits {
            bench.reply(is_rows, page(at..at + u32::from(PAGE), of));
            at += u32::from(PAGE);
        }
    }
    for _ in 0..200 {
        bench.keys("k");
    }
    assert_eq!(
        bench
            .state
            .queue
            .as_ref()
            .unwrap()
            .current()
            .unwrap()
            .key
            .row,
        2_800
    );
}

#[test]
fn a_wrong_filter_stays_in_the_bar_with_its_place_and_the_list_stays() {
    let mut bench = opened(20);
    bench.keys("\\ x : enter");
    bench.reply(
        is_rows,
        Outcome::BadFilter {
            at: 2,
            why: "a value is missing".into(),
        },
    );
    match bench.state.modals.last() {
        Some(super::super::modal::Modal::Filter(bar)) => {
            assert_eq!(bar.error, Some((2, "a value is missing".into())));
            assert_eq!(bar.line.text(), "x:");
        }
        other => panic!("{other:?}"),
    }
    let queue = bench.state.queue.as_ref().unwrap();
    assert_eq!((queue.filter.as_str(), queue.window.rows.len()), ("", 20));
}

#[test]
fn a_blind_eval_is_never_ordered_by_the_judge() {
    let mut bench = opened(20);
    for _ in 0..12 {
        bench.keys("o");
        assert_ne!(bench.state.queue.as_ref().unwrap().order, Order::JudgeScore);
    }
    bench.keys("o o o o");
    assert!(
        bench
            .effects
            .iter()
            .all(|effect| !format!("{effect:?}").contains("JudgeScore"))
    );
}

#[test]
fn a_decision_is_about_every_marked_ticket_at_once() {
    let mut bench = opened(20);
    bench.keys("v v s");
    match bench.order(|order| matches!(order, Asks::Decide { .. })) {
        Some((_, Asks::Decide { tickets, .. })) => assert_eq!(tickets.len(), 2),
        _ => panic!("nothing was decided"),
    }
}

#[test]
fn another_process_changes_the_list_and_the_cursor_stays_on_its_ticket() {
    let mut bench = opened(20);
    bench.keys("j j j");
    bench.input(super::super::input::Input::Changed);
    bench.reply(is_rows, page(1..20, 20));
    assert_eq!(
        bench
            .state
            .queue
            .as_ref()
            .unwrap()
            .current()
            .unwrap()
            .key
            .row,
        3
    );
}
