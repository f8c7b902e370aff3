//! Tests of the comparison.

use std::sync::Arc;

use super::super::effect::{Order, Outcome};
use super::super::test_kit::{Bench, doc, rubric, suggestion};
use crate::domain::eval::Mode;
use crate::domain::suggestion::Kind;
use crate::domain::view::{Draft, Shown};
use crate::text::three_way::ThreeWay;

const ORIGINAL: &str = "Paris is in Italy.\nSorry.";
const SUGGESTED: &str = "Paris is in France.\nSo sorry.";

/// Answers the comparison that was asked for.
fn compared(bench: &mut Bench) {
    let (_, order) = bench
        .order(|order| matches!(order, Order::Diff { .. }))
        .expect("a comparison was asked for");
    let Order::Diff {
        original,
        mine,
        suggested,
    } = order
    else {
        return;
    };
    let (theirs, edits) = suggested.unzip();
    let edits = edits.unwrap_or_default();
    let made = ThreeWay::of_named(&original, mine.as_ref(), theirs.as_ref(), &edits);
    bench.reply(
        |order| matches!(order, Order::Diff { .. }),
        Outcome::Diffed(Arc::new(made)),
    );
}

/// A ticket with a suggestion, and with this correction of the reviewer's own.
fn suggested(kind: Kind, mine: Option<&str>) -> Bench {
    let mut ticket = doc(1, Mode::Assist, rubric());
    ticket.suggestion = Shown::Some(Arc::new(suggestion(1, kind, SUGGESTED)));
    ticket.draft = Some(Draft {
        correction: mine.map(str::to_owned),
        ..Draft::default()
    });
    let mut bench = Bench::with(ticket);
    bench.keys("d");
    compared(&mut bench);
    bench
}

fn correction(bench: &Bench) -> Option<&str> {
    bench.ticket().draft.correction.as_deref()
}

#[test]
fn a_change_that_is_put_back_leaves_the_others_in_the_correction() {
    let mut bench = Bench::with(doc(1, Mode::Assist, rubric()));
    let edited = "Paris is in France.\nSorry, Dana.";
    bench.keys("E");
    bench.reply(
        |order| matches!(order, Order::OpenEditor { .. }),
        Outcome::Edited(Some(Arc::from(edited))),
    );
    bench.keys("d");
    compared(&mut bench);
    bench.keys("a esc");
    assert_eq!(correction(&bench), Some("Paris is in Italy.\nSorry, Dana."));
}

#[test]
fn putting_every_change_back_leaves_no_correction() {
    let mut bench = Bench::with(doc(1, Mode::Assist, rubric()));
    bench.keys("e x esc d");
    compared(&mut bench);
    bench.keys("A esc");
    assert_eq!(correction(&bench), None);
}

#[test]
fn looking_at_a_suggestion_takes_nothing_of_it() {
    let mut bench = suggested(Kind::Changes, None);
    bench.keys("n n N esc");
    assert_eq!(correction(&bench), None);
    assert_eq!(bench.ticket().draft.suggestion, None);
}

#[test]
fn a_suggestion_taken_whole_is_the_correction_and_keeps_where_it_came_from() {
    let mut bench = suggested(Kind::Changes, None);
    bench.keys("A esc");
    assert_eq!(correction(&bench), Some(SUGGESTED));
    assert!(bench.ticket().draft.suggestion.is_some());
    assert!(
        bench.strip().contains("the suggestion taken"),
        "{}",
        bench.strip()
    );
}

#[test]
fn one_change_of_a_suggestion_can_be_taken_and_put_back_later() {
    let mut bench = suggested(Kind::Changes, None);
    bench.keys("a esc");
    assert_eq!(correction(&bench), Some("Paris is in France.\nSorry."));
    assert!(bench.ticket().draft.suggestion.is_some());
    bench.keys("d");
    compared(&mut bench);
    bench.keys("g a esc");
    assert_eq!(correction(&bench), None);
    assert_eq!(bench.ticket().draft.suggestion, None);
}

#[test]
fn the_judges_change_joins_ones_own_at_another_place() {
    let mut bench = suggested(Kind::Changes, Some("Paris is in Italy.\nSorry, Dana."));
    bench.keys("g a esc");
    assert_eq!(
        correction(&bench),
        Some("Paris is in France.\nSorry, Dana.")
    );
}

#[test]
fn a_rewrite_is_taken_whole_or_not_at_all() {
    let mut bench = suggested(Kind::Rewrite, Some("Paris is in Italy. Sorry!"));
    bench.keys("a");
    assert!(bench.strip().contains("rewrite"), "{}", bench.strip());
    bench.keys("A esc");
    assert_eq!(correction(&bench), Some(SUGGESTED));
}

#[test]
fn the_editor_opens_with_the_suggestion_and_what_is_written_is_still_from_it() {
    let mut bench = suggested(Kind::Changes, None);
    bench.keys("e");
    let text = bench
        .ticket()
        .editor
        .as_ref()
        .map(super::super::editor::EditorState::text);
    assert_eq!(text.as_deref(), Some(SUGGESTED));
    bench.keys("x esc");
    assert!(correction(&bench).is_some_and(|text| text.contains('x') && text.contains("France")));
    assert!(bench.ticket().draft.suggestion.is_some());
}

#[test]
fn a_suggestion_for_another_text_is_not_laid_over_this_one() {
    let mut ticket = doc(1, Mode::Assist, rubric());
    ticket.suggestion = Shown::Some(Arc::new(suggestion(9, Kind::Changes, SUGGESTED)));
    let mut bench = Bench::with(ticket);
    bench.keys("d");
    assert!(
        bench
            .order(|order| matches!(order, Order::Diff { .. }))
            .is_none()
    );
    assert_eq!(
        ORIGINAL,
        bench.ticket().doc.as_ref().unwrap().outputs[0].text()
    );
}
