//! Tests of form and layout.

use super::super::layout::{Area, Size};
use super::super::test_kit::{Bench, doc, rubric};
use super::*;
use crate::domain::eval::Mode;
use crate::domain::rubric::Scale;

fn options() -> TicketOptions {
    TicketOptions {
        rail: true,
        outputs: 1,
        form_lines: 12,
        request_lines: 6,
        ..TicketOptions::default()
    }
}

#[test]
fn widths_decide_what_stands_beside_what() {
    for (width, rail, texts, tabs) in [
        (160, true, 2, false),
        (140, true, 2, false),
        (139, false, 2, false),
        (100, false, 2, false),
        (99, false, 1, true),
        (60, false, 1, true),
    ] {
        let layout = layout(Size { width, height: 40 }, &options());
        assert_eq!(layout.rail.is_some(), rail, "{width}");
        assert_eq!(layout.texts.len(), texts, "{width}");
        assert_eq!(layout.tabs.is_some(), tabs, "{width}");
    }
}

#[test]
fn nothing_overlaps_or_leaves_the_screen_at_any_size() {
    for width in (20..=400).step_by(7) {
        for height in (5..=100).step_by(3) {
            let layout = layout(Size { width, height }, &options());
            let mut areas: Vec<Area> = layout
                .texts
                .iter()
                .flat_map(|(_, p)| [p.title, p.body])
                .collect();
            areas.extend([layout.frame.title, layout.frame.strip, layout.frame.hints]);
            for pane in [layout.form, layout.judge, layout.note]
                .into_iter()
                .flatten()
            {
                areas.extend([pane.title, pane.body]);
            }
            areas.extend(layout.rail.into_iter().chain(layout.tabs));
            areas.retain(|area| !area.is_empty());
            for (at, a) in areas.iter().enumerate() {
                assert!(
                    a.x + a.width <= width && a.y + a.height <= height,
                    "{width}x{height} {a:?}"
                );
                for b in &areas[at + 1..] {
                    let apart = a.x + a.width <= b.x
                        || b.x + b.width <= a.x
                        || a.y + a.height <= b.y
                        || b.y + b.height <= a.y;
                    assert!(apart, "{width}x{height}: {a:?} and {b:?}");
                }
            }
        }
    }
}

#[test]
fn more_than_ten_levels_are_typed_as_a_number_and_enter_sets_it() {
    let mut many = rubric();
    many.criteria[0].scale = Scale::Range { min: 0, max: 100 };
    let mut bench = Bench::with(doc(1, Mode::Blind, many));
    bench.keys("7 5");
    assert!(bench.ticket().draft.answers.is_empty());
    bench.keys("enter");
    assert_eq!(bench.ticket().draft.answers["correct"].level(), Some(75));
    bench.keys("k 9 9 9");
    assert_eq!(bench.ticket().form.typed, "99");
    assert!(bench.strip().contains("0 to 100"), "{}", bench.strip());
}

#[test]
fn arrows_read_anchors_and_set_nothing_until_enter() {
    let mut bench = Bench::with(doc(1, Mode::Blind, rubric()));
    bench.keys("right right");
    assert_eq!(bench.ticket().form.peek, Some(1));
    assert!(bench.ticket().draft.answers.is_empty());
    bench.keys("enter");
    assert_eq!(bench.ticket().draft.answers["correct"].level(), Some(1));
}

#[test]
fn zero_is_ten_on_a_scale_from_one_to_ten_and_itself_elsewhere() {
    assert_eq!(
        form::level_of_digit(Scale::Range { min: 1, max: 10 }, 0),
        10
    );
    assert_eq!(form::level_of_digit(Scale::Level5, 0), 0);
}

/// A ticket whose judge gave every level, on a screen of this size.
fn judged(width: u16, height: u16) -> Bench {
    let mut ticket = doc(1, Mode::Assist, rubric());
    ticket.judge = crate::app::test_kit::verdicts(&[("correct", 4), ("complete", 5)]);
    let mut bench = Bench::with(ticket);
    bench.input(super::super::input::Input::Resize { width, height });
    bench
}

fn submitted(bench: &Bench) -> bool {
    use super::super::effect::Order;
    bench
        .order(|order| matches!(order, Order::Submit(_)))
        .is_some()
}

#[test]
fn enter_on_a_narrow_screen_names_the_judges_levels_before_it_accepts_them() {
    let mut bench = judged(80, 24);
    assert!(!bench.ticket().shows_whole_form(bench.state.size));
    bench.keys("enter");
    assert!(!submitted(&bench));
    let strip = bench.strip();
    assert_eq!(
        strip,
        "Enter takes the judge's levels: correct 4, complete 5"
    );
    assert_eq!(bench.ticket().view.tab, Pane::Judge);
    bench.keys("enter");
    assert!(submitted(&bench));
}

#[test]
fn only_levels_that_were_not_given_are_named_and_ones_own_need_no_second_enter() {
    let mut bench = judged(80, 24);
    bench.keys("3 enter");
    assert_eq!(bench.strip(), "Enter takes the judge's levels: complete 5");
    let mut bench = judged(80, 24);
    bench.keys("3 2 enter");
    assert!(submitted(&bench));
}

#[test]
fn where_all_questions_are_in_sight_enter_accepts_what_is_shown() {
    let mut bench = judged(120, 40);
    bench.keys("enter");
    assert!(submitted(&bench));
}

#[test]
fn the_list_beside_a_ticket_that_was_opened_by_itself_is_fetched_once() {
    use super::super::effect::Order;
    let mut bench = Bench::with(doc(1, Mode::Blind, rubric()));
    bench.state.queue = None;
    let lists = |bench: &Bench| {
        let order = bench.order(|order| matches!(order, Order::LoadQueue(_)));
        order.map(|(id, _)| id)
    };
    bench.input(super::super::input::Input::Resize {
        width: 120,
        height: 40,
    });
    bench.state.ticket.as_mut().unwrap().view.rail = true;
    bench.input(super::super::input::Input::Resize {
        width: 130,
        height: 40,
    });
    assert_eq!(lists(&bench), None, "it does not show at this width");
    bench.input(super::super::input::Input::Resize {
        width: 160,
        height: 40,
    });
    let first = lists(&bench);
    assert!(first.is_some());
    bench.keys("J");
    assert_eq!(lists(&bench), first);
}

#[test]
fn a_key_goes_through_the_judges_quotes_in_the_output_and_passes_over_those_that_are_lost() {
    use crate::domain::record::Quote;
    let mut ticket = doc(1, Mode::Assist, rubric());
    let text = format!("{}It is wrong here.", "A line.\n\n".repeat(200));
    ticket.outputs = vec![crate::app::test_kit::output(1, &text)];
    ticket.judge = crate::app::test_kit::verdicts(&[("correct", 1), ("complete", 5)]);
    if let JudgeView::Verdicts { verdicts, .. } = &mut ticket.judge {
        let quote = |words: &str| Quote {
            quote: words.into(),
            problem: true,
        };
        verdicts[0].evidence = vec![quote("stands nowhere"), quote("wrong here")];
        verdicts[1].evidence = vec![quote("A line.")];
    }
    let mut bench = Bench::with(ticket);
    let top = |bench: &Bench| bench.ticket().view.panes[&Pane::Output(0)].top();
    bench.keys("H");
    assert_eq!(bench.strip(), "quote 2 of 3, about correct");
    assert!(top(&bench) > 100, "{}", top(&bench));
    bench.keys("H");
    assert_eq!(bench.strip(), "quote 3 of 3, about complete");
    assert_eq!(top(&bench), 0);
    bench.keys("H");
    assert_eq!(bench.strip(), "quote 2 of 3, about correct");
    let mut blind = Bench::with(doc(1, Mode::Blind, rubric()));
    blind.keys("H");
    assert!(blind.strip().contains("hidden"), "{}", blind.strip());
}
