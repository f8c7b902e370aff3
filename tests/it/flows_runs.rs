//! Comparing candidates in the workbench and on the command line, on a real workspace.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use docket::app::AppState;
use docket::app::layout::Size;
use docket::app::runs::Tab;
use docket::app::settings::Settings;
use docket::engine::{Clock, Engine};
use docket::tui::engine_desk::EngineDesk;
use docket::tui::headless::Harness;
use serde_json::{Value, json};

use super::cli_reports::{done, run};

/// Items of the eval.
pub const ITEMS: usize = 24;

/// Hostile words that some outputs hold.
pub const HOSTILE: &str = "</pre><script>alert(1)</script> \u{1b}[31mred\u{202e}";

fn write(folder: &Path, name: &str, lines: impl IntoIterator<Item = Value>) {
    let text = lines.into_iter().fold(String::new(), |mut text, line| {
        writeln!(text, "{line}").unwrap();
        text
    });
    std::fs::write(folder.join(name), text).unwrap();
}

/// A group `june` of three candidates: what was logged, one better mostly in billing, one run twice that flickers.
pub fn grouped(folder: &Path) {
    let tag = |i: usize| if i < 8 { "billing" } else { "search" };
    write(
        folder,
        "log.jsonl",
        (0..ITEMS).map(|i| {
            json!({"id": format!("t{i}"), "request": format!("Question {i}: how long?"),
                "response": format!("It takes {i} days, LEVEL{} they say.", 2 + i % 2), "tags": [tag(i)]})
        }),
    );
    done(
        folder,
        "import log.jsonl --eval support --rubric accuracy --yes",
    );
    done(folder, "run support --group june");
    let made = |level: &dyn Fn(usize) -> usize, name: &str| {
        let level: Vec<usize> = (0..ITEMS).map(level).collect();
        let name = name.to_owned();
        level.into_iter().enumerate().map(move |(i, level)| {
            let more = if i == 3 { HOSTILE } else { "" };
            json!({"id": format!("t{i}"), "response": format!("{name} says LEVEL{level} of {i} {more}"), "model": name})
        })
    };
    let better = |i: usize| if i < 8 { 5 } else { 3 + i % 2 };
    write(folder, "b.jsonl", made(&better, "b"));
    let flickers = |i: usize| if i == 5 { 5 } else { 2 + i % 2 };
    let steady = |i: usize| 2 + i % 2;
    write(folder, "c.jsonl", made(&flickers, "c"));
    write(folder, "c2.jsonl", made(&steady, "c again"));
    done(folder, "import b.jsonl --run june --candidate b");
    done(folder, "import c.jsonl --run june --candidate c");
    done(
        folder,
        "import c2.jsonl --run june --candidate c --rerun 2 --because seeds",
    );
    let verdicts = (0..=5).map(|level| {
        json!({"match": format!("LEVEL{level}"), "reply": {"verdict_id": "$verdict_id", "criterion": "accurate",
            "evidence": [], "reasoning": format!("Level {level} it is."), "level": level, "reference_conflict": false,
            "cannot_judge": false, "cannot_judge_reason": ""}})
    });
    write(folder, "judge.jsonl", verdicts);
    done(folder, "judge --group june --judge scripted:judge.jsonl");
}

pub fn engine(folder: &Path) -> Engine {
    Engine::open(&folder.join("docket.db"), "ana", Clock::system()).unwrap()
}

/// The workbench on Home.
pub fn workbench(folder: &Path, (width, height): (u16, u16)) -> Harness {
    let mut state = AppState::new(Size { width, height }, Settings::default());
    let first = state.start();
    let desk = EngineDesk::new(engine(folder), folder.to_owned());
    let mut app = Harness::start(Arc::new(desk), state, first, (width, height));
    app.wait(800);
    app
}

#[test]
fn a_group_is_opened_compared_row_by_row_and_a_ticket_is_reached() {
    let folder = tempfile::tempdir().unwrap();
    grouped(folder.path());
    let mut app = workbench(folder.path(), (160, 48));
    assert!(app.shows("june 3 candidates on 24"), "{}", app.screen());
    app.press("C").wait(800);
    assert!(app.shows("logged (baseline), b, c"), "{}", app.screen());
    app.press("enter").wait(1500);
    assert!(
        app.shows("count as assisted") && !app.shows("mean, 95 %"),
        "{}",
        app.screen()
    );
    app.press("enter").wait(2500);
    for words in [
        "`b` is better than `logged`",
        "next:",
        "c reruns:",
        "pass at 0.80",
    ] {
        assert!(app.shows(words), "`{words}`:\n{}", app.screen());
    }
    // Everything behind the numbers comes with one key, and goes with it.
    app.press("f").wait(2500);
    assert!(app.shows("secondary, not the headline"), "{}", app.screen());
    app.press("f").wait(2500);
    app.press("enter").wait(300);
    assert!(
        app.shows("sorted by largest difference"),
        "{}",
        app.screen()
    );
    app.press("enter").wait(1200);
    assert!(
        app.shows("who wrote it is hidden") && app.shows("Question"),
        "{}",
        app.screen()
    );
    assert!(!app.shows("script judge"), "{}", app.screen());
    app.press("b").wait(300);
    assert!(app.shows("judge 1.00 ✓"), "{}", app.screen());
    app.press("enter").wait(1500);
    // The first ticket of an eval opens behind its instructions and its practice.
    for _ in 0..4 {
        if app.shows("LEVEL") && !app.shows("practice") && !app.shows("Enter starts") {
            break;
        }
        app.press("esc").wait(500);
    }
    assert!(
        app.shows("LEVEL") && app.shows("QUESTIONS"),
        "{}",
        app.screen()
    );
    // Back by the way one came.
    app.press("esc").wait(1500);
    assert!(app.shows("1.00 ✓"), "{}", app.screen());
    app.press("esc")
        .wait(300)
        .press("esc")
        .wait(300)
        .press("esc")
        .wait(800);
    assert!(app.shows("reviewing as ana"), "{}", app.screen());
}

#[test]
fn points_open_rows_and_tags_open_tickets() {
    let folder = tempfile::tempdir().unwrap();
    grouped(folder.path());
    engine(folder.path()).open_group("june").unwrap();
    let mut app = workbench(folder.path(), (120, 36));
    app.press("C").wait(800).press("enter").wait(2500);
    app.press("tab").wait(100).press("tab").wait(100);
    assert!(
        app.shows("b upwards, logged to the right"),
        "{}",
        app.screen()
    );
    app.press("enter").wait(300);
    assert!(app.shows("of one point"), "{}", app.screen());
    app.press("esc").wait(300);
    let tab = app.state.runs.open.as_ref().map(|open| open.tab);
    assert_eq!(tab, Some(Tab::Points));
    app.press("tab").wait(300);
    assert!(app.shows("fails"), "{}", app.screen());
    app.press("enter").wait(1500);
    let filter = app.state.queue.as_ref().unwrap().filter.clone();
    assert!(
        filter.contains("tag:search") && filter.contains("model:b"),
        "{filter}"
    );
    assert!(app.shows("of 96 shown"), "{}", app.screen());
    // What a ticket holds cannot draw outside of its cell.
    assert!(!app.screen().contains('\u{1b}') && !app.screen().contains('\u{202e}'));
}

#[test]
fn an_empty_workspace_says_what_fills_the_screen() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "log.jsonl",
        [json!({"request": "Question?", "response": "It takes a day."})],
    );
    done(folder.path(), "import log.jsonl --eval support --yes");
    let mut app = workbench(folder.path(), (80, 24));
    app.press("C").wait(800);
    assert!(app.shows("docket run EVAL --model"), "{}", app.screen());
}

#[test]
fn full_tells_questions_tags_repeats_and_what_is_not_known() {
    let folder = tempfile::tempdir().unwrap();
    grouped(folder.path());
    let told = done(folder.path(), "compare june --full --yes");
    for words in [
        "by question",
        "b by tag",
        "billing",
        "candidate reruns: new outputs for the same item",
        "c was run again: seeds",
        "each output was read once",
        "where the variance of one judged score comes from",
        "n/a, one run",
        "people: n/a",
        "can be seen",
    ] {
        assert!(told.out.contains(words), "`{words}`:\n{}", told.out);
    }
    let told = done(folder.path(), "compare june --full --json --yes");
    let full: Value = serde_json::from_str(&told.out).unwrap();
    let b = &full["candidates"][1];
    assert_eq!(b["human"]["mean"]["n/a"], "no blind review of the plan");
    assert_eq!(
        b["detail"]["candidate_reruns"]["n/a"],
        "one run; `--repeat 3` makes reruns"
    );
    let c = &full["candidates"][2]["detail"]["candidate_reruns"]["value"];
    assert_eq!((&c["units"], &c["repeats"]), (&ITEMS.into(), &2.into()));
    assert!(c["flip_any"].as_f64().unwrap() > 0.0);
    assert!(!told.out.contains("NaN"));
}

#[test]
fn a_pairwise_eval_has_a_leaderboard_and_no_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let rows = (0..12)
        .map(|i| json!({"question": format!("Question {i}?"), "a": "Alpha.", "b": "Bravo."}));
    write(folder.path(), "pairs.jsonl", rows);
    std::fs::write(
        folder.path().join("duel.toml"),
        "name = \"duel\"\nabout = \"Pairs\"\nrubric = \"pairwise-preference\"\n[columns]\nrequest = \"question\"\n\
         pairwise = true\n[[columns.output]]\ntext = \"a\"\n[[columns.output]]\ntext = \"b\"\n",
    )
    .unwrap();
    done(
        folder.path(),
        "import pairs.jsonl --profile duel.toml --eval pairs --yes",
    );
    let told = done(folder.path(), "compare pairs --yes");
    for words in [
        "0 of 12 tickets compared",
        "output 1",
        "No judge has compared",
        "docket judge pairs",
    ] {
        assert!(told.out.contains(words), "`{words}`:\n{}", told.out);
    }
    let refused = run(folder.path(), "compare pairs --baseline b --yes");
    assert_eq!(refused.code, 2, "{}", refused.err);
}
