//! From "judge these" to a suggestion taken and exported, in the words of a reviewer.

use std::path::Path;
use std::sync::Arc;

use docket::app::AppState;
use docket::app::layout::Size;
use docket::app::modal::Modal;
use docket::app::settings::Settings;
use docket::domain::eval::Mode;
use docket::domain::review::How;
use docket::domain::view::{HistoryLine, JudgeChoice, JudgeWork, Price, Shown};
use docket::engine::{Clock, Engine};
use docket::tui::engine_desk::EngineDesk;
use docket::tui::headless::Harness;
use serde_json::{Value, json};

use super::cli_reports::done;

const ITALY: &str = "Paris is in Italy, as the atlas says. Ask me anything.";
const FRANCE: &str = "Paris is in France, as the atlas says. Ask me more.";

/// A verdict for questions that hold this text.
fn verdict(text: &str, level: i32) -> Value {
    json!({"match": text, "reply": {"verdict_id": "$verdict_id", "criterion": "fact",
        "evidence": [], "reasoning": "Looked up.", "level": level, "reference_conflict": false,
        "cannot_judge": false, "cannot_judge_reason": ""}})
}

/// A workspace with one answer that is wrong, and a judge in a file that knows better.
fn office(folder: &Path) -> Engine {
    let row = json!({"request": "Where is Paris?", "response": ITALY});
    std::fs::write(folder.join("log.jsonl"), format!("{row}\n")).unwrap();
    std::fs::write(
        folder.join("rubric.toml"),
        "schema = 1\nid = \"r\"\n[[criterion]]\nid = \"fact\"\nquestion = \"Is it true?\"\nscale = \"level5\"\n",
    )
    .unwrap();
    let change = |quote: &str, replacement: &str| json!({"quote": quote, "replacement": replacement, "criterion": "fact"});
    let correction = json!({"match": "What failed:", "reply": {"verdict_id": "$verdict_id",
        "corrected_output": FRANCE, "unresolved": [],
        "changes": [change("Italy", "France"), change("anything", "more")]}});
    let lines = [correction, verdict("Italy", 1), verdict("France", 5)];
    let script: Vec<String> = lines.iter().map(ToString::to_string).collect();
    std::fs::write(folder.join("script.jsonl"), script.join("\n") + "\n").unwrap();
    done(
        folder,
        "import log.jsonl --eval e --rubric rubric.toml --yes",
    );
    // By chance the ticket could be one of those that are read blind for an audit.
    done(folder, "eval set e --audit 0 --yes");
    Engine::open(&folder.join("docket.db"), "zoe", Clock::system()).unwrap()
}

fn script(folder: &Path) -> String {
    format!("scripted:{}", folder.join("script.jsonl").display())
}

/// The workbench on the ticket.
fn review(engine: &Engine, folder: &Path) -> Harness {
    let eval = engine.eval_named("e").unwrap();
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
    assert!(app.shows("Paris is in Italy"), "{}", app.screen());
    app
}

/// Presses "judge these" and chooses the judge in the file, as if it had been found on this machine.
fn judge_these(app: &mut Harness, folder: &Path) {
    app.press("B").wait(500);
    let Some(Modal::Judges(pick)) = app.state.modals.last_mut() else {
        panic!("{}", app.screen());
    };
    pick.choices = Some(vec![JudgeChoice {
        name: script(folder),
        because: "a file".into(),
        work: Ok(JudgeWork {
            planted: 24,
            place: "a file".into(),
            tickets: 1,
            nothing_to_compare: 0,
            calls: 1,
            tokens: 300,
            price: Price::Free,
            time: None,
            first_send: Vec::new(),
            needs_yes: None,
        }),
    }]);
    pick.cursor = 0;
    app.press("enter").wait(500);
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Exports the correction: a person's, and marked as taken from a suggestion.
fn exported_as_taken(folder: &Path) {
    done(
        folder,
        "export e --format trl-sft --out train --rows corrected --yes",
    );
    let train = folder.join("train");
    let row = &lines(&train.join("train.jsonl"))[0];
    assert!(row.to_string().contains(FRANCE), "{row}");
    let from = &lines(&train.join("provenance.jsonl"))[0];
    assert_eq!(
        (&from["decision"], &from["origin"], &from["suggestion"]),
        (&json!("corrected"), &json!("human"), &json!("whole"))
    );
    let manifest = std::fs::read_to_string(train.join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["counts"]["taken_from_suggestions"], 1);
    let card = std::fs::read_to_string(train.join("README.md")).unwrap();
    assert!(
        card.contains("took from an AI judge's suggestion"),
        "{card}"
    );
}

/// The history says who disagreed, why, and where the correction came from.
fn told_in_the_history(history: &[HistoryLine]) {
    let said: Vec<&str> = history.iter().map(|line| line.what.as_str()).collect();
    assert!(
        said.iter()
            .any(|what| what.ends_with("corrected with the judge's suggestion")),
        "{said:?}"
    );
    assert!(
        said.contains(&"disagreed with the judge on fact: 2, not 1: the atlas is real"),
        "{said:?}"
    );
}

#[test]
fn from_judge_these_to_a_suggestion_that_is_taken_and_exported() {
    let folder = tempfile::tempdir().unwrap();
    let engine = office(folder.path());
    let eval = engine.eval_named("e").unwrap();
    engine.set_mode(eval.id, Mode::Assist).unwrap();
    let mut app = review(&engine, folder.path());
    judge_these(&mut app, folder.path());
    assert!(app.shows("1 of 5"), "{}", app.screen());

    // The reviewer sees it differently, and says why.
    app.press("2 C").wait(200);
    assert!(app.shows("you say 2, the judge 1"), "{}", app.screen());
    app.type_text("the atlas is real");
    app.press("enter").wait(500);
    assert!(
        app.shows("you disagree: 2, because the atlas is real"),
        "{}",
        app.screen()
    );

    // A suggestion is asked for, after what it takes was said.
    app.press("S").wait(500);
    assert!(
        app.shows("Let scripted:") && app.shows("1 ticket, 2 calls"),
        "{}",
        app.screen()
    );
    app.press("y").wait(500);
    assert!(
        app.shows("a judge suggests a correction"),
        "{}",
        app.screen()
    );
    assert!(app.shows("Paris is in Italy"), "nothing is taken by itself");

    app.press("d").wait(300);
    assert!(
        app.shows("✓ Verified") && app.shows("fact 1 → 5"),
        "{}",
        app.screen()
    );
    app.press("A").wait(300).press("esc").wait(300);
    assert!(app.shows(FRANCE), "{}", app.screen());
    app.press("enter").wait(500);
    let id = engine.matching(eval.id, "", 10).unwrap()[0];
    let kept = engine.open_ticket(id, false).unwrap().folded.correction;
    let taken = kept.unwrap().value.taken.unwrap();
    assert_eq!(taken.how, How::Whole);

    // Undo brings it back as a draft, with where it came from; the next commit keeps it.
    app.press("u").wait(500);
    let doc = engine.open_ticket(id, false).unwrap();
    assert!(doc.folded.correction.is_none());
    assert_eq!(doc.draft.unwrap().suggestion, Some(taken.suggestion));
    app.press("enter").wait(500);

    exported_as_taken(folder.path());
    told_in_the_history(&engine.history_of(id).unwrap());
}

#[test]
fn a_part_of_a_suggestion_is_taken_and_what_is_written_on_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let engine = office(folder.path());
    let eval = engine.eval_named("e").unwrap();
    engine.set_mode(eval.id, Mode::Assist).unwrap();
    let judge = script(folder.path());
    done(folder.path(), &format!("judge e --judge {judge}"));
    done(folder.path(), &format!("judge e --judge {judge} --suggest"));
    let id = engine.matching(eval.id, "", 10).unwrap()[0];
    let how = || {
        let kept = engine.open_ticket(id, false).unwrap().folded.correction;
        kept.and_then(|kept| kept.value.taken)
            .map(|taken| taken.how)
    };
    let mut app = review(&engine, folder.path());
    app.press("2 d").wait(300).press("a esc").wait(300);
    assert!(
        app.shows("Paris is in France, as the atlas says. Ask me anything."),
        "{}",
        app.screen()
    );
    app.press("enter").wait(500);
    assert_eq!(how(), Some(How::Parts));
    app.press("u").wait(500).press("e").wait(300);
    app.type_text("Well: ");
    app.wait(300)
        .press("esc")
        .wait(300)
        .press("enter")
        .wait(500);
    assert_eq!(how(), Some(How::Edited));
}

#[test]
fn a_blind_reviewer_sees_no_suggestion_before_their_own_commit_and_all_of_it_after() {
    let folder = tempfile::tempdir().unwrap();
    let engine = office(folder.path());
    let eval = engine.eval_named("e").unwrap();
    engine.set_mode(eval.id, Mode::Blind).unwrap();
    let id = engine.matching(eval.id, "", 10).unwrap()[0];
    // Whether there is one is hidden too: it would tell that the judge finds fault.
    assert_eq!(
        engine.open_ticket(id, false).unwrap().suggestion,
        Shown::Hidden
    );
    let judge = script(folder.path());
    done(folder.path(), &format!("judge e --judge {judge}"));
    done(folder.path(), &format!("judge e --judge {judge} --suggest"));
    assert_eq!(
        engine.open_ticket(id, false).unwrap().suggestion,
        Shown::Hidden
    );
    let mut app = review(&engine, folder.path());
    for keys in ["", "d", "S", "C", "tab", "tab", "i", "esc", ":", "esc"] {
        app.press(keys).wait(300);
        for told in ["France", "suggests a correction", "Verified"] {
            assert!(!app.shows(told), "after `{keys}`: {told}\n{}", app.screen());
        }
    }
    app.press("5").wait(300).press("enter").wait(500);
    assert!(
        app.shows("a judge suggests a correction"),
        "{}",
        app.screen()
    );
    app.press("d").wait(300);
    assert!(app.shows("✓ Verified"), "{}", app.screen());
    // Taken beside the judge it is part of the second opinion; the blind one stays as it was.
    app.press("A esc").wait(300).press("enter").wait(500);
    let mine = engine.open_ticket(id, false).unwrap().mine.unwrap();
    assert!(mine.first.correction.is_none());
    let second = mine.second.unwrap().correction.unwrap();
    assert_eq!(second.text, FRANCE);
    assert_eq!(second.taken.unwrap().how, How::Whole);
}
