//! Tests of the export form.

use super::super::effect::{Order, Outcome};
use super::super::state::Screen;
use super::super::test_kit::{Bench, doc, rubric};
use super::*;
use crate::domain::eval::Mode;
use crate::domain::view::HeldBack;

fn opened(preview: ExportPreview) -> Bench {
    let mut bench = Bench::with(doc(1, Mode::Assist, rubric()));
    bench.keys("esc ] ]");
    bench.keys("esc");
    let mut effects = Vec::new();
    super::super::update::run(
        &mut bench.state,
        super::super::action::Action::GoExport,
        &mut effects,
    );
    bench.effects.extend(effects);
    assert_eq!(bench.state.screen, Screen::Export);
    let format = |name: &str, pairs| FormatChoice {
        name: name.into(),
        about: String::new(),
        pairs,
    };
    bench.reply(
        |order| matches!(order, Order::ExportOptions { .. }),
        Outcome::ExportOptions(ExportOptions {
            formats: vec![format("trl-sft", false), format("trl-dpo", true)],
            folder: "train".into(),
        }),
    );
    bench.reply(
        |order| matches!(order, Order::ExportPreview(_)),
        Outcome::Preview(Box::new(preview)),
    );
    bench
}

#[test]
fn a_format_of_pairs_takes_pairs_and_asks_for_a_new_preview() {
    let mut bench = opened(ExportPreview {
        train: 9,
        ..ExportPreview::default()
    });
    bench.keys("right");
    let export = bench.state.export.as_ref().unwrap();
    assert_eq!(
        (export.plan.format.as_str(), export.plan.rows),
        ("trl-dpo", ExportRows::Pairs)
    );
    assert!(export.preview.is_none());
}

#[test]
fn held_out_rows_are_refused_with_the_two_ways_on_and_a_reason_lets_them_out() {
    let mut bench = opened(ExportPreview {
        held: vec![HeldBack {
            dataset: "golden".into(),
            rows: 12,
            way_out: "golden-released".into(),
        }],
        ..ExportPreview::default()
    });
    bench.keys("W");
    assert!(
        bench
            .order(|order| matches!(order, Order::ExportRun(_)))
            .is_none()
    );
    assert!(
        bench.strip().contains("Every row is held out (12)"),
        "{}",
        bench.strip()
    );
    let ways = bench.state.export.as_ref().unwrap().ways_on();
    assert_eq!(ways.len(), 2);
    assert!(
        ways[0].ends_with("docket dataset move golden golden-released"),
        "{ways:?}"
    );
    bench.keys("O w h y enter");
    match bench.order(|order| matches!(order, Order::ExportPreview(_))) {
        Some((_, Order::ExportPreview(plan))) => {
            assert_eq!(plan.override_reason.as_deref(), Some("why"));
        }
        _ => panic!("no new preview"),
    }
}

#[test]
fn a_value_that_cannot_be_is_refused_in_the_prompt() {
    let mut bench = opened(ExportPreview {
        train: 9,
        ..ExportPreview::default()
    });
    for (field, text) in [
        (Field::MinScore, "7"),
        (Field::Validation, "80"),
        (Field::Seed, "x"),
    ] {
        assert!(
            update::set(&mut bench.state, field, text).is_err(),
            "{field:?}"
        );
    }
}

#[test]
fn an_export_that_is_there_is_replaced_once_and_only_where_that_was_chosen() {
    let mut bench = opened(ExportPreview {
        train: 9,
        ..ExportPreview::default()
    });
    let replaces = |bench: &mut Bench| match bench.order(|o| matches!(o, Order::ExportRun(_))) {
        Some((_, Order::ExportRun(plan))) => plan.replace,
        _ => panic!("nothing was written"),
    };
    let to_replace = Field::ALL.iter().position(|field| *field == Field::Replace);
    for _ in 0..to_replace.unwrap() {
        bench.keys("down");
    }
    let export = bench.state.export.as_ref().unwrap();
    assert_eq!(export.value(Field::Replace), "keep it");
    bench.keys("right");
    let export = bench.state.export.as_ref().unwrap();
    assert_eq!(export.value(Field::Replace), "replace it");
    assert!(export.preview.is_some(), "what it writes stays the same");
    bench.keys("W");
    assert!(replaces(&mut bench));
    let export = bench.state.export.as_ref().unwrap();
    assert_eq!(export.value(Field::Replace), "keep it");
}
