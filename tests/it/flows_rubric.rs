//! A rubric read, changed, tried and saved on its screen, over a real workspace and a judge in a file.

use std::path::Path;
use std::sync::Arc;

use docket::app::AppState;
use docket::app::layout::Size;
use docket::app::modal::Modal;
use docket::app::settings::Settings;
use docket::app::state::Screen;
use docket::domain::rubric::Answer;
use docket::engine::{Clock, Engine};
use docket::tui::engine_desk::EngineDesk;
use docket::tui::headless::Harness;
use serde_json::json;

use super::cli_reports::done;

const RUBRIC: &str = r#"# Ours since March.
id = "names-a-day"
version = "1.0"
instructions = "Replies to customers who wait for a parcel."
[[criterion]]
id = "day"  # agreed with legal
question = "Does the reply name the day?"
scale = "level5"
[criterion.anchors]
0 = "No day."
5 = "The day and the hour."
"#;

/// Readings of a judge, one a line, in order.
fn script(folder: &Path, name: &str, levels: &[i32]) -> String {
    let line = |level: &i32| {
        json!({"reply": {"verdict_id": "$verdict_id", "criterion": "day",
            "evidence": [{"quote": "on Monday", "problem": false}], "reasoning": "It names Monday.",
            "level": level, "reference_conflict": false, "cannot_judge": false, "cannot_judge_reason": ""},
            "usage": {"input": 100, "cached_input": 0, "output": 10, "reasoning": 0}})
        .to_string()
    };
    let lines: Vec<String> = levels.iter().map(line).collect();
    let file = folder.join(name);
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    format!("scripted:{}", file.display())
}

/// A workspace with one ticket that a judge has scored under version 1.0.
fn office(folder: &Path) -> Engine {
    std::fs::write(folder.join("r.toml"), RUBRIC).unwrap();
    std::fs::write(
        folder.join("log.jsonl"),
        "{\"request\":\"When does it come?\",\"response\":\"It comes soon, on Monday.\"}\n",
    )
    .unwrap();
    done(
        folder,
        "import log.jsonl --eval parcels --rubric r.toml --yes",
    );
    done(folder, "eval set parcels --audit 0 --yes");
    let judge = script(folder, "first.jsonl", &[3]);
    done(folder, &format!("judge parcels --judge {judge} --yes"));
    Engine::open(&folder.join("docket.db"), "zoe", Clock::system()).unwrap()
}

fn workbench(engine: &Engine, folder: &Path, (width, height): (u16, u16)) -> Harness {
    let settings = Settings {
        reviewed: 20,
        ..Settings::default()
    };
    let mut state = AppState::new(Size { width, height }, settings);
    let first = state.start();
    let desk = Arc::new(EngineDesk::new(engine.clone(), folder.to_owned()));
    let mut app = Harness::start(desk, state, first, (width, height));
    app.wait(300);
    app
}

/// The rubrics' screen.
fn rubrics(engine: &Engine, folder: &Path, size: (u16, u16)) -> Harness {
    let mut app = workbench(engine, folder, size);
    app.press("R").wait(300);
    assert!(
        app.shows("Does the reply name the day?"),
        "{}",
        app.screen()
    );
    app
}

/// Names a judge by hand and lets it read the example.
fn ask(app: &mut Harness, judge: &str) {
    app.wait(500);
    app.press("n").type_text(judge).press("enter").wait(500);
    app.press("enter").wait(300);
    if matches!(app.state.modals.last(), Some(Modal::Confirm(_))) {
        app.press("y");
    }
    app.wait(800);
}

fn shows_below(app: &mut Harness, words: &str) {
    app.press("g");
    for _ in 0..40 {
        if app.shows(words) {
            return;
        }
        app.press("pgdn");
    }
    panic!("{words}: {}", app.screen());
}

/// Goes to a field of the form by its place in it.
fn to_field(app: &mut Harness, steps: usize) {
    app.press("tab").press(&"j ".repeat(steps));
}

/// The place of `level 5`: name, answers, judges, people, passes, question, scale, weight, floor, levels 0 to 4.
const LEVEL_5: usize = 14;

#[test]
fn a_changed_level_is_saved_as_a_version_and_the_tickets_scored_before_are_offered() {
    let folder = tempfile::tempdir().unwrap();
    let engine = office(folder.path());
    let mut app = rubrics(&engine, folder.path(), (140, 48));
    to_field(&mut app, LEVEL_5);
    app.press("enter")
        .type_text(" Both in words.")
        .press("enter")
        .wait(300);
    assert!(app.shows("changed, not saved"), "{}", app.screen());
    app.press("s");
    assert!(
        app.shows("let parcels ask it from now on"),
        "{}",
        app.screen()
    );
    app.press("enter").wait(500);
    assert!(
        app.shows("Rescore 1 ticket of parcels made under names-a-day 1.0"),
        "{}",
        app.screen()
    );
    app.press("y").wait(800);
    assert!(app.shows("Who shall read these?"), "{}", app.screen());
    let Some(Modal::Judges(pick)) = app.state.modals.last() else {
        panic!("{}", app.screen());
    };
    assert!(
        pick.current().unwrap().name.ends_with("first.jsonl"),
        "the judge that scored them"
    );
    let work = pick.current().unwrap().work.as_ref().unwrap();
    assert_eq!((work.tickets, work.calls), (1, 1), "that ticket alone");
    app.press("esc").wait(300);
    let lines = engine.rubric_versions("parcels").unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].judged_tickets, 1, "what it scored stays");
    let eval = engine.eval_named("parcels").unwrap();
    let asked = engine.rubric_of(&eval).unwrap();
    assert_eq!(
        asked.criteria[0].anchors[&5],
        "The day and the hour. Both in words."
    );
    // The newer version against the one before, word by word.
    app.press("tab enter").wait(300);
    assert!(
        app.shows("WHAT CHANGED") && app.shows("in words"),
        "{}",
        app.screen()
    );
}

#[test]
fn an_error_in_the_text_is_said_at_its_line_and_notes_in_it_survive_form_and_saving() {
    let folder = tempfile::tempdir().unwrap();
    let engine = office(folder.path());
    let mut app = rubrics(&engine, folder.path(), (140, 48));
    app.press("t ctrl-end").type_text("wieght = 3\n").wait(300);
    let at = app
        .screen()
        .lines()
        .find(|line| line.contains("wieght"))
        .unwrap()
        .to_owned();
    let number = at
        .trim()
        .split(['✗', '▲'])
        .next()
        .unwrap()
        .trim()
        .to_owned();
    assert!(
        app.shows(&format!("line {number}, column 1")),
        "{}",
        app.screen()
    );
    assert!(
        app.shows("did you mean `weight`") || app.shows("wieght"),
        "{}",
        app.screen()
    );
    app.press(&"backspace ".repeat("wieght = 3\n".len()))
        .press("ctrl-home")
        .type_text("# kept by us\n")
        .press("esc")
        .wait(300);
    to_field(&mut app, LEVEL_5);
    app.press("enter")
        .type_text(" Both.")
        .press("enter")
        .wait(300);
    app.press("s enter").wait(500);
    while !app.state.modals.is_empty() {
        app.press("esc");
    }
    // Another session finds the version with its notes.
    let mut app = rubrics(&engine, folder.path(), (140, 48));
    app.press("t");
    assert!(
        app.shows("# kept by us") && app.shows("hour. Both."),
        "{}",
        app.screen()
    );
}

#[test]
fn a_trial_shows_prompt_reply_levels_spread_cost_and_time_and_keeps_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let engine = office(folder.path());
    let judge = script(folder.path(), "five.jsonl", &[3, 4, 4, 4, 5]);
    let mut app = rubrics(&engine, folder.path(), (120, 40));
    app.press("T").wait(500);
    assert!(
        app.shows("example  It comes soon, on Monday."),
        "{}",
        app.screen()
    );
    app.press("s s");
    assert!(app.shows("reads it 5 times"), "{}", app.screen());
    ask(&mut app, &judge);
    for words in [
        "day: mean 4.00, 3 to 5 in 5 readings",
        "3 █  4 ███  5 █",
        "evidence: “on Monday”",
        "It names Monday.",
        "reply: {",
        "5 calls, 550 tokens, free,",
        " s",
        "EXACT PROMPT for day",
        "Does the reply name the day?",
    ] {
        shows_below(&mut app, words);
    }
    let lines = engine.rubric_versions("parcels").unwrap();
    assert_eq!(lines[0].verdicts, 1, "no verdict more than before");
}

#[test]
fn two_versions_stand_side_by_side_on_the_same_example() {
    let folder = tempfile::tempdir().unwrap();
    let engine = office(folder.path());
    let judge = script(folder.path(), "two.jsonl", &[5, 2]);
    // Told apart by the words that only the newer version has.
    let file = folder.path().join("two.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    let (newer, older) = text.split_once('\n').unwrap();
    let matching =
        |line: &str, words: &str| line.replacen('{', &format!("{{\"match\":\"{words}\","), 1);
    let lines = [matching(newer, "Both."), matching(older, "name the day")];
    std::fs::write(&file, lines.join("\n")).unwrap();
    let mut app = rubrics(&engine, folder.path(), (120, 40));
    to_field(&mut app, LEVEL_5);
    app.press("enter")
        .type_text(" Both.")
        .press("enter")
        .wait(300);
    // What is not saved yet, against the version in use.
    app.press("T").wait(300);
    app.press("v");
    assert!(app.shows("against  version 1.0 ("), "{}", app.screen());
    ask(&mut app, &judge);
    shows_below(&mut app, "SIDE BY SIDE");
    let row = app.screen();
    let row = row.lines().find(|line| line.contains("-3.00")).unwrap();
    assert!(
        row.contains("5.00") && row.contains("2.00") && row.contains("-3.00"),
        "{row}"
    );
}

#[test]
fn a_note_on_a_ticket_becomes_a_question_with_its_output_as_the_example() {
    let folder = tempfile::tempdir().unwrap();
    let engine = office(folder.path());
    let mut app = workbench(&engine, folder.path(), (140, 48));
    app.press("a").wait(500);
    while app.state.screen == Screen::Practice || !app.state.modals.is_empty() {
        app.press("esc").wait(300);
    }
    app.press("Q enter").wait(500);
    assert!(app.shows("you have no note"), "{}", app.screen());
    app.press("m")
        .type_text("No greeting at all.")
        .press("enter");
    app.press("Q enter").wait(500);
    assert_eq!(app.state.screen, Screen::Rubric, "{}", app.screen());
    assert!(app.shows("Is the output free of this fault: No greeting at all?"));
    let draft = app.state.rubric.as_ref().unwrap().draft.clone().unwrap();
    assert_eq!(draft.id, "names-a-day");
    let example = &draft.examples[0];
    assert_eq!(example.outputs, ["It comes soon, on Monday."]);
    assert_eq!(example.answers["no-greeting-at-all"], Answer::Level(0));
    let eval = engine.eval_named("parcels").unwrap();
    assert_eq!(
        engine.rubric_of(&eval).unwrap().criteria.len(),
        1,
        "a draft is in use nowhere"
    );
    // Killed here, the draft is there again.
    app.wait(400);
    drop(app);
    let mut app = workbench(&engine, folder.path(), (140, 48));
    app.press("R").wait(500);
    assert!(app.shows("not saved is here again"), "{}", app.screen());
    assert!(app.shows("No greeting at all?"), "{}", app.screen());
}
