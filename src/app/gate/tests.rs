use std::sync::Arc;

use super::*;
use crate::app::modal::Modal;
use crate::app::settings::Settings;
use crate::app::state::{AppState, Tone};
use crate::domain::eval::Mode;
use crate::domain::gate::Decision;
use crate::domain::view::GateOrder;
use crate::tui::fake::FakeDesk;
use crate::tui::headless::Harness;

/// The screen on the fake desk, on the gate of `june`.
fn bench(desk: FakeDesk) -> (Harness, Arc<FakeDesk>) {
    let size = Size {
        width: 120,
        height: 36,
    };
    let mut state = AppState::new(size, Settings::default());
    let first = state.start();
    let desk = Arc::new(desk);
    let mut app = Harness::start(desk.clone(), state, first, (120, 36));
    app.press("D enter").wait(200);
    (app, desk)
}

fn open(app: &Harness) -> &OpenGate {
    app.state.gate.open.as_ref().unwrap()
}

fn said(app: &Harness) -> (Tone, String) {
    let strip = app.state.strip.as_ref().unwrap();
    (strip.tone, strip.text.clone())
}

fn form(app: &Harness) -> &DecideForm {
    match app.state.modals.last() {
        Some(Modal::Decide(form)) => form,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_can_be_released_is_shown_first_and_arrows_change_the_candidate() {
    let (mut app, _) = bench(FakeDesk::new(Mode::Assist));
    assert_eq!(open(&app).chosen().unwrap().name, "local/b");
    app.press("down down enter");
    let expanded = open(&app).expanded.clone();
    assert_eq!(expanded.len(), 1);
    app.press("right");
    assert_eq!(open(&app).chosen().unwrap().name, "openai/c");
    assert_eq!(open(&app).cursor, 2, "the cursor stays on the same line");
    assert_eq!(open(&app).expanded, expanded);
    app.press("left left");
    assert_eq!(open(&app).candidate, 2);
    // A click on a name does the same.
    let place = open(&app).place().tabs;
    app.click(place.x + 3, place.y);
    assert_eq!(open(&app).candidate, 0);
}

#[test]
fn evidence_opens_line_by_line_and_all_at_once() {
    let (mut app, _) = bench(FakeDesk::new(Mode::Assist));
    assert!(
        !app.shows("found: 0.812, at least 0.772"),
        "{}",
        app.screen()
    );
    app.press("enter");
    assert!(
        app.shows("found: 0.812, at least 0.772"),
        "{}",
        app.screen()
    );
    assert!(app.shows("p 0.003, one-sided"), "{}", app.screen());
    app.press("enter");
    assert!(!app.shows("p 0.003, one-sided"), "{}", app.screen());
    app.press("f");
    assert!(open(&app).expanded.len() > 8);
    app.press("f");
    assert!(open(&app).expanded.is_empty());
}

#[test]
fn a_part_the_rule_leaves_out_is_never_taken_for_checked() {
    let (app, _) = bench(FakeDesk::new(Mode::Assist));
    for words in [
        "not asked: whether runs of the same items agree",
        "not asked: latency and cost",
    ] {
        assert!(app.shows(words), "`{words}`:\n{}", app.screen());
    }
}

#[test]
fn an_approval_says_what_exactly_is_approved_and_needs_a_reason() {
    let (mut app, desk) = bench(FakeDesk::new(Mode::Assist));
    app.press("a");
    for words in [
        "Approve local/b?",
        "local/b (local/b-2025) of june",
        "3fa9c2d4e5f60718293a4b5c6d7e8f90",
        "ana, not authenticated",
        "This is no real release",
    ] {
        assert!(app.shows(words), "`{words}`:\n{}", app.screen());
    }
    app.press("enter");
    assert!(app.shows("a few words are needed"), "{}", app.screen());
    assert!(desk.gate_orders().is_empty());
    app.type_text("better in billing").wait(200).press("enter");
    let GateOrder::Decide(wish) = &desk.gate_orders()[0] else {
        panic!("{:?}", desk.gate_orders());
    };
    assert_eq!(wish.candidate, "local/b");
    assert_eq!(wish.decision, Some(Decision::Approve));
    assert_eq!(wish.reason, "better in billing");
    assert_eq!(wish.evidence, "3fa9c2d4e5f60718293a4b5c6d7e8f90");
    assert!(!wish.despite);
    assert!(app.state.modals.is_empty());
    assert!(
        app.shows("approved by ana (not authenticated)"),
        "{}",
        app.screen()
    );
    assert!(app.shows("“better in billing”"), "{}", app.screen());
}

#[test]
fn what_the_gate_blocks_is_approved_only_after_it_was_asked_again() {
    let (mut app, desk) = bench(FakeDesk::new(Mode::Assist));
    app.press("right a").type_text("we need it").wait(200);
    assert!(
        app.shows("Approving all the same is kept"),
        "{}",
        app.screen()
    );
    app.press("enter");
    assert!(
        app.shows("Approve openai/c although the gate says blocked?"),
        "{}",
        app.screen()
    );
    app.press("n");
    assert!(desk.gate_orders().is_empty());
    assert_eq!(form(&app).line.text(), "we need it");
    app.press("enter").wait(200).press("y");
    let GateOrder::Decide(wish) = &desk.gate_orders()[0] else {
        panic!("{:?}", desk.gate_orders());
    };
    assert!(wish.despite);
    // A rejection of it asks nothing twice.
    app.press("x")
        .type_text("it leaks keys")
        .wait(200)
        .press("enter");
    assert_eq!(desk.gate_orders().len(), 2);
    assert!(app.shows("rejected by ana"), "{}", app.screen());
}

#[test]
fn somebody_the_rule_does_not_name_is_told_so_and_asked_nothing() {
    let (mut app, desk) = bench(FakeDesk::new(Mode::Assist).elsewhere(true, false));
    for key in ["a", "x"] {
        app.press(key);
        assert!(app.state.modals.is_empty());
        let (tone, words) = said(&app);
        assert_eq!(tone, Tone::Refused);
        assert!(words.contains("the gate names ben"), "{words}");
    }
    assert!(desk.gate_orders().is_empty());
    app.press("w");
    assert!(said(&app).1.contains("decided nothing"), "{:?}", said(&app));
}

#[test]
fn a_decision_that_is_not_taken_keeps_its_reason() {
    let (mut app, _) = bench(FakeDesk::new(Mode::Assist));
    app.press("a")
        .type_text("too late, sorry")
        .wait(200)
        .press("enter");
    assert_eq!(form(&app).line.text(), "too late, sorry");
    assert!(!form(&app).sent);
    assert!(
        app.shows("has changed since it was shown"),
        "{}",
        app.screen()
    );
}

#[test]
fn a_decision_can_be_taken_back_with_a_reason() {
    let (mut app, _) = bench(FakeDesk::new(Mode::Assist));
    app.press("a").type_text("fine").wait(200).press("enter");
    app.press("w")
        .type_text("wrong candidate")
        .wait(200)
        .press("enter");
    assert!(app.shows("void: wrong candidate"), "{}", app.screen());
}

#[test]
fn checks_run_only_after_their_commands_were_read_to_the_end() {
    let (mut app, desk) = bench(FakeDesk::new(Mode::Assist));
    app.press("c");
    for words in [
        "sh checks/secrets.sh \"$DOCKET_CANDIDATE\"",
        "for each of 3 candidates, stopped after 120 seconds",
        "/home/ana/release",
    ] {
        assert!(app.shows(words), "`{words}`:\n{}", app.screen());
    }
    app.press("n");
    assert!(desk.gate_orders().is_empty() && app.state.modals.is_empty());
    // Where they do not fit, the end has to be read first.
    app.press("c");
    if let Some(Modal::Checks(view)) = app.state.modals.last_mut() {
        let command = "true ".repeat(40).trim().to_owned();
        let one = view.checks[0].clone();
        view.checks = vec![crate::domain::gate::Check { command, ..one }; 20];
        view.read = false;
    }
    app.press("k y");
    assert!(desk.gate_orders().is_empty());
    assert!(
        said(&app).1.contains("read the commands to the end"),
        "{:?}",
        said(&app)
    );
    for _ in 0..200 {
        app.press("j");
    }
    app.wait(200).press("y");
    let orders = desk.gate_orders();
    assert!(
        matches!(&orders[..], [GateOrder::Check { group, .. }] if group == "june"),
        "{orders:?}"
    );
    app.press("left");
    assert!(app.shows("ended with 0 after 0.02 s"), "{}", app.screen());
}

#[test]
fn numbers_nobody_looked_at_are_shown_only_to_who_wants_another_look() {
    let (mut app, _) = bench(FakeDesk::new(Mode::Assist).elsewhere(false, true));
    assert!(open(&app).view().is_none());
    for words in [
        "This would be look 2",
        "passes at the last look",
        "stale: scores changed",
    ] {
        assert!(app.shows(words), "`{words}`:\n{}", app.screen());
    }
    assert!(!app.shows("0.812"), "{}", app.screen());
    app.press("enter");
    assert!(app.shows("0.812"), "{}", app.screen());
}

#[test]
fn a_page_read_anew_by_itself_takes_no_look_and_lets_nobody_decide_on_old_numbers() {
    let (mut app, _) = bench(FakeDesk::new(Mode::Assist));
    let fresh = FakeDesk::new(Mode::Assist).elsewhere(false, true);
    let page = crate::tui::desk::Desk::gate(
        &fresh,
        &GateOrder::Page {
            group: "june".into(),
            look: crate::domain::view::gate::GateLook::Known,
        },
        &crate::tui::desk::Job::new(&std::sync::atomic::AtomicBool::new(false), &|_| {}),
    );
    let Ok(crate::domain::view::GateReply::Page(page)) = page else {
        panic!("{page:?}");
    };
    app.state.gate.open.as_mut().unwrap().take(*page);
    assert!(
        app.shows("These are not the latest numbers"),
        "{}",
        app.screen()
    );
    assert!(app.shows("0.812"), "{}", app.screen());
    app.press("a");
    assert!(
        said(&app).1.contains("look again before you decide"),
        "{:?}",
        said(&app)
    );
    app.press("r");
    assert!(
        !app.shows("These are not the latest numbers"),
        "{}",
        app.screen()
    );
}

#[test]
fn where_no_rule_is_declared_the_command_for_a_good_one_is_offered() {
    let (mut app, _) = bench(FakeDesk::new(Mode::Assist));
    app.press("esc down enter");
    assert!(
        app.shows("No release rule is declared for july"),
        "{}",
        app.screen()
    );
    app.wait(200).press("enter");
    assert_eq!(
        app.copied,
        [
            "docket gate july --declare --min-pass-rate 0.7 --better mean --floor criterion:correct=0.9 --min-items 30 --approver ana"
        ]
    );
    app.press("down y");
    assert_eq!(app.copied[1], "docket gate july --declare --file gate.toml");
    app.press("esc down enter");
    assert!(
        app.shows("no candidate has answered yet"),
        "{}",
        app.screen()
    );
}

#[test]
fn a_blind_group_is_opened_on_purpose() {
    let (mut app, desk) = bench(FakeDesk::new(Mode::Blind));
    assert!(
        app.shows("count as assisted") || app.shows("is logged"),
        "{}",
        app.screen()
    );
    assert!(!app.shows("0.812"), "{}", app.screen());
    app.press("enter").wait(200);
    assert!(app.shows("0.812"), "{}", app.screen());
    assert!(matches!(&desk.gate_orders()[..], [GateOrder::Open { .. }]));
}

#[test]
fn the_comparison_leads_to_its_gate_and_back() {
    let (mut app, _) = bench(FakeDesk::new(Mode::Assist));
    app.press("esc esc").wait(200);
    assert_eq!(app.state.screen, Screen::Home);
    app.press("C enter").wait(200).press("D").wait(200);
    assert_eq!(app.state.screen, Screen::Gate);
    assert_eq!(open(&app).name, "june");
    app.press("esc").wait(200);
    assert_eq!(app.state.screen, Screen::Runs);
    assert!(app.state.runs.open.is_some());
}

#[test]
fn a_settled_line_copies_its_command() {
    let (mut app, _) = bench(FakeDesk::new(Mode::Assist));
    app.press("right right");
    let at = open(&app)
        .list
        .stops
        .iter()
        .position(|stop| stop.id == "settle.2");
    for _ in 0..at.unwrap() {
        app.press("down");
    }
    app.press("y");
    assert_eq!(app.copied, ["docket gate june --run-checks"]);
}

#[test]
fn names_of_many_candidates_keep_the_shown_one_in_sight() {
    let (app, _) = bench(FakeDesk::new(Mode::Assist));
    let mut gate = open(&app).clone();
    let Some(crate::domain::view::gate::GatePage::Open(view)) = &mut gate.page else {
        panic!();
    };
    let view = Arc::make_mut(view);
    let one = view.report.candidates[0].clone();
    view.report.candidates = (0..30)
        .map(|at| crate::domain::view::gate::CandidateGate {
            name: format!("a candidate of number {at}"),
            ..one.clone()
        })
        .collect();
    for width in [60, 80, 200] {
        gate.fit(Size { width, height: 24 });
        for at in 0..30 {
            gate.show(at);
            let tabs = gate.tabs();
            assert!(tabs.iter().any(|tab| tab.at == at), "{at} of {tabs:?}");
            let room = gate.place().tabs.width;
            assert!(tabs.iter().all(|tab| tab.x + tab.width <= room));
        }
    }
}
