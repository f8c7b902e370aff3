//! Comparing two outputs in the words of a reviewer, and correcting one of them.

use std::sync::Arc;

use docket::app::AppState;
use docket::app::layout::Size;
use docket::app::settings::Settings;
use docket::engine::{Clock, Engine};
use docket::tui::engine_desk::EngineDesk;
use docket::tui::headless::Harness;

use super::cli_reports::done;

const ROW: &str = r#"{"question":"When does my plan end?","a":"Alpha says it ends on 30 October.","b":"Bravo does not know."}"#;

/// Two answers to one question, and nobody's word yet which is better.
const PROFILE: &str = r#"
name = "duel"
about = "Pairs of answers"
rubric = "pairwise-preference"
[columns]
request = "question"
pairwise = true
[[columns.output]]
text = "a"
[[columns.output]]
text = "b"
"#;

/// A workspace with one pair, and the workbench on it.
fn comparing(folder: &std::path::Path) -> (Engine, Harness) {
    std::fs::write(folder.join("pairs.jsonl"), format!("{ROW}\n")).unwrap();
    std::fs::write(folder.join("duel.toml"), PROFILE).unwrap();
    done(
        folder,
        "import pairs.jsonl --profile duel.toml --eval pairs --yes",
    );
    let file = folder.join("docket.db");
    let engine = Engine::open(&file, "zoe", Clock::system()).unwrap();
    let eval = engine.eval_named("pairs").unwrap();
    let settings = Settings {
        reviewed: 20,
        ..Settings::default()
    };
    let size = Size {
        width: 160,
        height: 48,
    };
    let mut state = AppState::new(size, settings);
    let first = state.start_review(eval.id);
    let desk = Arc::new(EngineDesk::new(engine.clone(), folder.to_owned()));
    let mut app = Harness::start(desk, state, first, (160, 48));
    app.wait(500);
    (engine, app)
}

#[test]
fn the_second_of_two_outputs_is_corrected_and_exported_over_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, mut app) = comparing(folder.path());
    for _ in 0..6 {
        if !app.shows("keep mine") && app.shows("Alpha says") && !app.shows("practice") {
            break;
        }
        app.press("esc").wait(300);
    }
    let screen = app.screen();
    let bravo_first = screen.find("Bravo does") < screen.find("Alpha says");
    let (alpha, bravo) = if bravo_first { (2, 1) } else { (1, 2) };
    app.press(&alpha.to_string()).wait(300);
    for _ in 0..8 {
        if app.shows(&format!("▸ OUTPUT {bravo}")) {
            break;
        }
        app.press("tab").wait(200);
    }
    app.press("e").wait(300);
    app.type_text("Charlie looks it up. ");
    app.wait(300).press("esc").wait(500);
    assert!(app.shows("your correction"), "{}", app.screen());
    // The other one cannot be edited as well: a review holds one correction.
    for _ in 0..8 {
        if app.shows(&format!("▸ OUTPUT {alpha}")) {
            break;
        }
        app.press("tab").wait(200);
    }
    app.press("e").wait(300);
    assert!(app.shows("edited the other output"), "{}", app.screen());
    app.press("enter").wait(800);
    assert!(app.shows("1/1"), "{}", app.screen());

    // Undone it is a draft of the same output again.
    app.press("u").wait(800);
    assert!(app.shows("Charlie looks it up"), "{}", app.screen());
    app.press("enter").wait(800);
    drop(app);
    let held = engine.eval_named("pairs").unwrap();
    assert_eq!(
        engine.matching(held.id, "has:correction", 9).unwrap().len(),
        1
    );
    // Words of either output find the ticket.
    for words in ["Alpha", "Bravo"] {
        let found = engine.matching(held.id, words, 9).unwrap();
        assert_eq!(found.len(), 1, "{words}");
    }
    let line = "export pairs --format trl-dpo --rows pairs --out out --split train=1";
    done(folder.path(), line);
    let rows = std::fs::read_to_string(folder.path().join("out/train.jsonl")).unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    let correction = rows.iter().find(|row| row.contains("Charlie")).unwrap();
    assert!(correction.contains("Charlie looks it up. Bravo does not know."));
    assert!(!correction.contains("Alpha"), "{correction}");
    let preferred = rows.iter().find(|row| row.contains("Alpha")).unwrap();
    assert!(preferred.contains("Bravo") && !preferred.contains("Charlie"));
}
