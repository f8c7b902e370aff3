//! Tests of the comparison.

use std::sync::Arc;

use super::super::effect::{Order, Outcome};
use super::super::test_kit::{Bench, doc, rubric};
use crate::domain::eval::Mode;
use crate::text::diff::WordDiff;

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
    let made = WordDiff::new("Paris is in Italy.\nSorry.", edited);
    assert!(made.hunks().count() >= 2);
    bench.reply(
        |order| matches!(order, Order::Diff { .. }),
        Outcome::Diffed(Arc::new(made)),
    );
    bench.keys("a esc");
    assert_eq!(
        bench.ticket().draft.correction.as_deref(),
        Some("Paris is in Italy.\nSorry, Dana.")
    );
}

#[test]
fn putting_every_change_back_leaves_no_correction() {
    let mut bench = Bench::with(doc(1, Mode::Assist, rubric()));
    bench.keys("e x esc d");
    let made = WordDiff::new("Paris is in Italy.\nSorry.", "xParis is in Italy.\nSorry.");
    bench.reply(
        |order| matches!(order, Order::Diff { .. }),
        Outcome::Diffed(Arc::new(made)),
    );
    bench.keys("A esc");
    assert_eq!(bench.ticket().draft.correction, None);
}
