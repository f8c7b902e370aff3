//! The release decision in the workbench: the rule, the verdicts, the approval and what becomes of it, on a real workspace.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use docket::app::AppState;
use docket::app::layout::Size;
use docket::app::settings::Settings;
use docket::domain::gate::Decision;
use docket::domain::review::Sight;
use docket::domain::view::Submission;
use docket::domain::view::gate::{GateLook, GatePage, GateVerdict, GateWish, person};
use docket::engine::{Clock, Engine};
use docket::tui::engine_desk::EngineDesk;
use docket::tui::headless::Harness;

use super::cli_reports::{done, run};
use super::processes::submission;

/// The rule of the README.
const RULE: &str = "--min-mean 0.8 --better mean --floor criterion:correct=0.7 --max-failed 0.02 --max-unscored 0.4";

/// The sample.
fn sample() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), "demo --yes -w docket.db");
    folder
}

fn declare(folder: &Path, rule: &str) {
    done(folder, &format!("gate october --declare {rule}"));
}

/// The account tests run as.
fn account() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn engine(folder: &Path) -> Engine {
    Engine::open(&folder.join("docket.db"), "ana", Clock::system()).unwrap()
}

/// The workbench on Home.
fn workbench(folder: &Path, (width, height): (u16, u16)) -> Harness {
    let mut state = AppState::new(Size { width, height }, Settings::default());
    let first = state.start();
    let desk = EngineDesk::new(engine(folder), folder.to_owned());
    let mut app = Harness::start(Arc::new(desk), state, first, (width, height));
    app.wait(800);
    app
}

/// Opens the gate of the sample's group, and agrees to what that means.
fn at_the_gate(app: &mut Harness) {
    app.press("D").wait(300);
    assert!(app.shows("october"), "{}", app.screen());
    app.press("enter").wait(800);
    if app.shows("Open it all the same") {
        app.press("enter").wait(800);
    }
}

fn shows(app: &Harness, words: &[&str]) {
    for word in words {
        assert!(app.shows(word), "`{word}`:\n{}", app.screen());
    }
}

/// The hash on the page of the candidate that is shown.
fn evidence(app: &Harness) -> String {
    let open = app.state.gate.open.as_ref().unwrap();
    open.chosen().unwrap().evidence.clone()
}

#[test]
fn the_gate_passes_one_candidate_blocks_the_other_and_is_approved_with_a_reason() {
    let folder = sample();
    declare(folder.path(), RULE);
    let me = account();
    let mut app = workbench(folder.path(), (160, 48));
    at_the_gate(&mut app);
    shows(
        &app,
        &[
            "no model was called ***",
            "✓ harbor-2 passes",
            "✗ quay-mini blocked",
            "PASSES",
            "conditions hold",
            "not asked: security and verification checks",
            "Nobody has decided yet",
            "look 1 at the numbers, 1 declared",
        ],
    );
    app.press("right").wait(100);
    shows(&app, &["BLOCKED", "`quay-mini` is blocked by"]);
    app.press("left a").wait(100);
    let hash = evidence(&app);
    shows(
        &app,
        &[
            "Approve harbor-2?",
            &hash,
            &format!("{}, not authenticated", person(&me, "ana")),
            "This is no real release",
        ],
    );
    app.type_text("better, above all in billing")
        .wait(200)
        .press("enter")
        .wait(800);
    shows(
        &app,
        &[
            &format!("approved by {me} (not authenticated)"),
            "“better, above all in billing”",
            "holds: nothing it rests on has changed since",
            "not signed",
        ],
    );
    // The command says the same.
    let told = done(folder.path(), "gate october --yes");
    assert!(
        told.out.contains(&format!("approved by {me}")),
        "{}",
        told.out
    );
}

#[test]
fn a_later_change_shows_an_approval_as_stale_and_it_can_be_taken_back() {
    let folder = sample();
    declare(folder.path(), RULE);
    let mut app = workbench(folder.path(), (160, 48));
    at_the_gate(&mut app);
    app.press("a").wait(100).type_text("good enough").wait(200);
    app.press("enter").wait(800);
    shows(&app, &["holds: nothing it rests on"]);
    declare(
        folder.path(),
        "--min-mean 0.7 --better mean --floor criterion:correct=0.7 --max-failed 0.02 --max-unscored 0.4",
    );
    app.changed().wait(800);
    // Another rule is another look, which nobody has asked for yet.
    shows(&app, &["These are not the latest numbers"]);
    app.press("a").wait(100);
    assert!(app.state.modals.is_empty());
    app.press("r").wait(800);
    shows(&app, &["stale: gate rule changed since", "“good enough”"]);
    app.press("w")
        .wait(100)
        .type_text("decided again later")
        .wait(200);
    app.press("enter").wait(800);
    shows(&app, &["void: decided again later"]);
}

#[test]
fn somebody_the_rule_does_not_name_is_refused_on_the_screen_and_behind_it() {
    let folder = sample();
    declare(folder.path(), &format!("{RULE} --approver somebody-else"));
    let mut app = workbench(folder.path(), (100, 30));
    at_the_gate(&mut app);
    let names = format!("`{}` may not decide about `october`", account());
    app.press("a").wait(100);
    assert!(app.state.modals.is_empty());
    shows(&app, &[&names, "the gate names somebody-else"]);
    let wish = GateWish {
        group: "october".into(),
        candidate: "harbor-2".into(),
        decision: Some(Decision::Approve),
        reason: "I want it".into(),
        despite: false,
        evidence: evidence(&app),
    };
    let refused = engine(folder.path()).gate_decision(&wish).unwrap_err();
    assert!(refused.to_string().contains("may not decide"), "{refused}");
}

#[test]
fn a_decision_about_numbers_that_are_gone_is_refused_and_its_reason_stays() {
    let folder = sample();
    std::fs::write(
        folder.path().join("gate.toml"),
        "[quality]\nmin_mean = 0.7\n[evidence]\nmax_unscored = 0.4\n[[floor]]\ncriterion = \"correct\"\nmin_pass_rate = 0.7\n[[check]]\nname = \"notes\"\nrun = \"echo looked > notes\"\n",
    )
    .unwrap();
    declare(folder.path(), "--file gate.toml");
    let mut app = workbench(folder.path(), (120, 36));
    at_the_gate(&mut app);
    app.press("a").wait(100).type_text("fine by me").wait(200);
    // Somebody runs the checks meanwhile; the verdict on the screen did not know what they say.
    run(folder.path(), "gate october --run-checks --yes");
    app.press("enter").wait(200).press("y").wait(800);
    shows(&app, &["has changed since it was shown", "fine by me"]);
    let page = engine(folder.path())
        .gate_page("october", GateLook::Known)
        .unwrap();
    let GatePage::Open(view) = page else {
        panic!("{page:?}");
    };
    let decisions = view
        .report
        .candidates
        .iter()
        .map(|one| one.owner.decisions.len());
    assert_eq!(decisions.sum::<usize>(), 0);
}

#[test]
fn checks_run_only_on_a_yes_to_their_commands_and_are_no_other_look() {
    let folder = sample();
    std::fs::write(
        folder.path().join("gate.toml"),
        "[quality]\nmin_mean = 0.7\n[evidence]\nmax_unscored = 0.4\n[[floor]]\ncriterion = \"correct\"\nmin_pass_rate = 0.7\n[[check]]\nname = \"notes\"\nrun = \"echo looked > notes\"\n",
    )
    .unwrap();
    declare(folder.path(), "--file gate.toml");
    let ran = folder.path().join("notes");
    let mut app = workbench(folder.path(), (80, 24));
    at_the_gate(&mut app);
    shows(&app, &["UNDECIDED"]);
    app.press("c").wait(100);
    shows(&app, &["Run the checks of october?", "echo looked > notes"]);
    app.press("n").wait(100);
    assert!(!ran.exists());
    app.press("c").wait(100).press("y").wait(800);
    assert!(ran.exists());
    shows(&app, &["PASSES"]);
    let view = app
        .state
        .gate
        .open
        .as_ref()
        .unwrap()
        .view()
        .unwrap()
        .clone();
    assert_eq!(view.report.looks.number, 1);
    // Another rule has other commands, and those were not read.
    let read = view.report.declared.id;
    declare(
        folder.path(),
        "--min-mean 0.7 --floor criterion:correct=0.7 --check other=true",
    );
    let watch = docket::engine::gate::Watch::nobody();
    let refused = engine(folder.path()).gate_checks("october", read, &watch);
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("another rule was declared"), "{refused}");
}

#[test]
fn without_a_rule_the_screen_offers_a_command_that_declares_one() {
    let folder = sample();
    let mut app = workbench(folder.path(), (80, 24));
    app.press("D").wait(300).press("enter").wait(800);
    shows(&app, &["No release rule is declared for october"]);
    app.press("enter");
    let command = app.copied[0].clone();
    let line = command.strip_prefix("docket ").unwrap();
    done(folder.path(), line);
    app.changed().wait(800);
    if app.shows("Open it all the same") {
        app.press("enter").wait(800);
    } else {
        shows(
            &app,
            &["Nobody has looked at these numbers", "this is look 1"],
        );
        app.press("enter").wait(800);
    }
    let open = app.state.gate.open.as_ref().unwrap();
    let report = &open.view().unwrap().report;
    assert_eq!(report.declared.rule.approvers, [account()]);
    assert_eq!(report.looks.number, 1);
}

#[test]
fn looking_again_beyond_what_is_declared_is_asked_for() {
    let folder = sample();
    declare(folder.path(), RULE);
    let engine = engine(folder.path());
    engine.open_gate("october").unwrap();
    let known = |look| engine.gate_page("october", look).unwrap();
    assert!(matches!(known(GateLook::Known), GatePage::Open(_)));
    // A blind review changes what the verdicts rest on.
    let eval = engine.group_named("october").unwrap().tickets;
    let ben = engine.seen_by("ben");
    let ticket = ben.next_ticket(eval, None).unwrap().unwrap();
    let blind = Submission {
        sight: Sight::Blind,
        ..submission(&ticket)
    };
    ben.submit(&blind).unwrap();
    let mut app = workbench(folder.path(), (120, 36));
    for look in [GateLook::Known, GateLook::Declared] {
        let GatePage::Moved(moved) = known(look) else {
            panic!("{look:?} looked");
        };
        assert_eq!((moved.number, moved.declared), (2, 1));
    }
    at_the_gate(&mut app);
    shows(&app, &["This would be look 2", "passes at the last look"]);
    app.press("enter").wait(800);
    shows(&app, &["PASSES"]);
    let GatePage::Open(view) = known(GateLook::Known) else {
        panic!("the look was not kept");
    };
    assert!(view.report.looks.is_undeclared());
    assert_eq!(view.report.verdict, GateVerdict::Pass);
}
