//! Reviewing in the words of a reviewer: the headless workbench over a real workspace.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use docket::app::AppState;
use docket::app::layout::Size;
use docket::app::settings::Settings;
use docket::engine::{Clock, Engine};
use docket::tui::engine_desk::EngineDesk;
use docket::tui::headless::Harness;

/// A workspace with the sample, and who looks at it.
struct Office {
    engine: Engine,
    folder: tempfile::TempDir,
}

impl Office {
    fn new(reviewer: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::create(
            &folder.path().join("w.db"),
            reviewer,
            Clock::system(),
            false,
        )
        .unwrap();
        engine
            .load_sample(&AtomicBool::new(false), &mut |_| {})
            .unwrap();
        // Which tickets are in the blind audit share is drawn anew in each workspace, and theirs go another way.
        let mut policy = engine.eval_named("support").unwrap().policy;
        policy.audit_share = 0.0;
        engine.set_policy("support", policy, None, None).unwrap();
        Self { engine, folder }
    }

    /// Opens the workbench on the next ticket of an eval, past instructions and practice.
    fn review(&self, eval: &str) -> Harness {
        let eval = self.engine.eval_named(eval).unwrap();
        let settings = Settings {
            reviewed: 20,
            ..Settings::default()
        };
        let mut state = AppState::new(
            Size {
                width: 160,
                height: 48,
            },
            settings,
        );
        let first = state.start_review(eval.id);
        let desk = Arc::new(EngineDesk::new(
            self.engine.clone(),
            self.folder.path().to_owned(),
        ));
        let mut app = Harness::start(desk, state, first, (160, 48));
        for _ in 0..6 {
            if app.shows("practice") || !app.shows("answered") || app.shows("Esc close") {
                app.press("esc").wait(500);
            }
        }
        assert!(app.shows("0 of 3 answered"), "{}", app.screen());
        app
    }

    fn settled(&self, eval: &str) -> usize {
        let eval = self.engine.eval_named(eval).unwrap();
        self.engine
            .matching(eval.id, "status:done", 1_000)
            .unwrap()
            .len()
    }
}

#[test]
fn a_committed_review_counts_and_undo_brings_its_levels_back() {
    let office = Office::new("zoe");
    let before = office.settled("support");
    let mut app = office.review("support");
    app.press("3 4 5").wait(400);
    assert!(
        app.shows("3 of 3") || app.shows("overall"),
        "{}",
        app.screen()
    );
    app.wait(200).press("enter").wait(400);
    assert_eq!(office.settled("support"), before + 1);
    app.wait(200).press("u").wait(400);
    assert_eq!(office.settled("support"), before, "{}", app.screen());
    assert!(app.shows("[3]") && app.shows("[4]"), "{}", app.screen());
}

#[test]
fn a_level_that_a_check_gives_needs_no_answer_and_hinders_no_commit() {
    let office = Office::new("zoe");
    let before = office.settled("contracts");
    let mut app = office.review("contracts");
    app.press("5 5").wait(400);
    app.wait(200).press("enter").wait(500);
    assert_eq!(office.settled("contracts"), before + 1, "{}", app.screen());
}

#[test]
fn an_edited_output_is_the_correction_of_its_ticket() {
    let office = Office::new("zoe");
    let eval = office.engine.eval_named("support").unwrap();
    let before = office
        .engine
        .matching(eval.id, "has:correction", 1_000)
        .unwrap()
        .len();
    let mut app = office.review("support");
    app.press("3 4 5 e").wait(300);
    app.type_text("Corrected words. ");
    app.wait(500)
        .press("esc")
        .wait(500)
        .press("enter")
        .wait(500);
    let after = office
        .engine
        .matching(eval.id, "has:correction", 1_000)
        .unwrap();
    assert_eq!(after.len(), before + 1, "{}", app.screen());
    let found = after.iter().filter_map(|id| {
        office
            .engine
            .open_ticket(*id, false)
            .unwrap()
            .folded
            .correction
    });
    assert!(
        found
            .into_iter()
            .any(|correction| correction.value.text.contains("Corrected words."))
    );
}

#[test]
fn a_draft_is_there_again_after_the_workbench_was_left() {
    let office = Office::new("zoe");
    let mut app = office.review("support");
    app.press("2").wait(800);
    drop(app);
    let eval = office.engine.eval_named("support").unwrap();
    let doc = office.engine.next_ticket(eval.id, None).unwrap().unwrap();
    assert_eq!(doc.draft.map(|draft| draft.answers.len()), Some(1));
}

#[test]
fn no_screen_of_a_blind_eval_tells_a_model_or_a_judge_before_the_commit() {
    let office = Office::new("zoe");
    let eval = office.engine.eval_named("contracts").unwrap();
    let mut told = vec![
        "harbor-1".to_owned(),
        "harbor-2".into(),
        "quay-mini".into(),
        "sample-judge".into(),
    ];
    // What the judge said about each ticket, read by somebody who may see it.
    let reader = office.engine.seen_by("reader");
    for id in office.engine.matching(eval.id, "", 100).unwrap() {
        if let Ok(docket::domain::view::JudgeView::Verdicts { verdicts, .. }) = reader.reveal(id) {
            told.extend(
                verdicts
                    .into_iter()
                    .map(|v| v.reasoning.chars().take(40).collect::<String>()),
            );
        }
    }
    told.retain(|text| text.len() > 5);
    assert!(told.len() > 10, "the sample has verdicts on this eval");
    let mut app = office.review("contracts");
    let walk = "tab tab tab r esc i esc ? esc : esc d esc q j l o o";
    for keys in walk.split(' ') {
        app.press(keys).wait(400);
        for text in &told {
            assert!(
                !app.shows(text),
                "after `{keys}` the screen says `{text}`:\n{}",
                app.screen()
            );
        }
    }
}

#[test]
fn a_reviewer_reads_only_the_reviewers_words() {
    let office = Office::new("zoe");
    let mut app = office.review("support");
    for keys in ["", "?", "esc", "3", "4", "5", "enter", "u", "i", "esc", "x"] {
        app.press(keys).wait(400);
        let screen = app.screen().to_lowercase();
        for word in [
            "criterion",
            "ledger",
            "projection",
            "lease",
            "fencing",
            "sqlite",
            "cluster",
        ] {
            assert!(
                !screen
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|said| said == word),
                "after `{keys}` the screen says `{word}`:\n{screen}"
            );
        }
        app.press("esc");
    }
}

#[test]
fn a_ticket_whose_checks_ran_is_committed_like_any_other() {
    let office = Office::new("zoe");
    let order = docket::engine::judge::JudgeOrder::new("support", "checks");
    office
        .engine
        .judge_run(
            &order,
            &docket::engine::judge::Control::default(),
            &mut |_| {},
        )
        .unwrap();
    let before = office.settled("support");
    let mut app = office.review("support");
    app.press("4 4 4").wait(300).press("enter").wait(500);
    assert_eq!(office.settled("support"), before + 1, "{}", app.screen());
}
