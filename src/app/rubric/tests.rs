//! What a person does on the Rubric screen, and sees.

use std::sync::Arc;

use super::super::layout::Size;
use super::super::settings::Settings;
use super::super::state::{AppState, Screen};
use super::*;
use crate::domain::eval::Mode;
use crate::tui::fake::FakeDesk;
use crate::tui::headless::Harness;

fn sized(width: u16, height: u16) -> Harness {
    let mut state = AppState::new(Size { width, height }, Settings::default());
    let first = state.start();
    let desk = Arc::new(FakeDesk::new(Mode::Assist));
    let mut app = Harness::start(desk, state, first, (width, height));
    app.press("R");
    app
}

fn screen() -> Harness {
    sized(140, 40)
}

fn open(app: &Harness) -> &RubricState {
    app.state.rubric.as_ref().unwrap()
}

#[test]
fn home_leads_to_the_rubrics_with_who_asks_them_and_back() {
    let mut app = screen();
    assert!(
        app.shows("support-reply") && app.shows("send-as-is"),
        "{}",
        app.screen()
    );
    assert!(app.shows("Is every statement correct?"), "{}", app.screen());
    app.press("j");
    assert!(app.shows("comes with docket"), "{}", app.screen());
    app.press("esc");
    assert_eq!(app.state.screen, Screen::Home);
}

#[test]
fn a_question_is_reworded_in_place_and_saving_leads_on_to_the_tickets_scored_before() {
    let mut app = screen();
    app.press("tab j j j j j enter")
        .type_text(" Really?")
        .press("enter");
    assert!(app.shows("changed, not saved"), "{}", app.screen());
    assert!(
        open(&app).shown().unwrap().criteria[0]
            .question
            .ends_with("Really?")
    );
    app.press("s");
    assert!(
        app.shows("let support ask it from now on"),
        "{}",
        app.screen()
    );
    app.press("enter");
    assert!(
        app.shows("Rescore 6 tickets of support"),
        "{}",
        app.screen()
    );
    app.press("y");
    assert!(app.shows("Who shall read these?"), "{}", app.screen());
}

#[test]
fn a_support_lead_writes_a_rubric_from_a_sentence_without_seeing_its_text() {
    let mut app = screen();
    app.press("n enter")
        .type_text("Polite, and the refund is right")
        .press("enter enter");
    assert!(app.shows("new, not saved"), "{}", app.screen());
    assert!(app.shows("Does the output meet this: Polite, and the refund is right?"));
    assert!(!app.screen().contains("[[criterion"), "{}", app.screen());
    let at = open(&app)
        .fields()
        .iter()
        .position(|one| *one == Field::Anchor(0, 1));
    app.press(&"j ".repeat(at.unwrap())).press("enter");
    app.type_text("Nothing to change before it is sent.")
        .press("enter");
    let rubric = open(&app).shown().unwrap();
    assert_eq!(
        rubric.criteria[0].anchors[&1],
        "Nothing to change before it is sent."
    );
}

#[test]
fn a_field_that_cannot_hold_the_words_says_why_and_keeps_them() {
    let mut app = screen();
    app.press("tab j j j j enter")
        .type_text("nine")
        .press("enter");
    assert!(app.shows("a number from 0 to 1"), "{}", app.screen());
    assert!(open(&app).editing.is_some());
}

#[test]
fn undo_brings_a_removed_question_back() {
    let mut app = screen();
    let before = open(&app).shown().unwrap().criteria.len();
    app.press("tab j j j j j D");
    assert_eq!(open(&app).shown().unwrap().criteria.len(), before - 1);
    app.press("u");
    assert_eq!(open(&app).shown().unwrap().criteria.len(), before);
    assert!(!open(&app).is_changed());
}

#[test]
fn an_added_question_is_named_by_its_words() {
    let mut app = screen();
    app.press("tab a")
        .type_text("Is the tone right for them?")
        .press("enter");
    let rubric = open(&app).shown().unwrap();
    assert_eq!(
        rubric.criteria.last().unwrap().id,
        "is-the-tone-right-for-them"
    );
}

#[test]
fn changes_are_not_lost_by_going_to_another_rubric_or_screen() {
    let mut app = screen();
    app.press("tab j j j j right esc j");
    assert!(app.shows("changes that are not saved"), "{}", app.screen());
    app.press("esc R");
    assert!(app.shows("changed, not saved"), "{}", app.screen());
    app.press("esc q");
    assert!(
        app.shows("Quit all the same?") && !app.left,
        "{}",
        app.screen()
    );
    app.press("n R X y");
    assert!(!open(&app).is_changed(), "{}", app.screen());
}

#[test]
fn an_error_in_the_text_stands_at_its_line_and_a_good_text_becomes_the_form() {
    let mut app = screen();
    app.press("t").type_text("?");
    assert!(app.shows("line 1, column"), "{}", app.screen());
    app.press("esc");
    assert!(app.shows("This text has an error"), "{}", app.screen());
    app.press("n ctrl-z");
    app.type_text("# ours\n").press("esc");
    assert!(open(&app).toml.is_none(), "{}", app.screen());
}

#[test]
fn a_text_from_the_editor_outside_is_checked_like_one_written_here() {
    let mut app = screen();
    app.written_outside = Some("id = \"x\"\nkind = \"odd\"\n".into());
    app.press("E");
    assert!(app.shows("kind"), "{}", app.screen());
    assert!(open(&app).toml.as_ref().unwrap().checked.error().is_some());
}

#[test]
fn a_trial_shows_evidence_levels_cost_warnings_and_the_exact_prompt() {
    let mut app = sized(140, 60);
    app.press("T");
    assert!(app.shows("Who shall read one example?"), "{}", app.screen());
    app.press("j enter");
    assert!(app.shows("First send to api.example"), "{}", app.screen());
    app.press("y");
    for words in [
        "level 1",
        "evidence: “I have refunded both payments”",
        "1500 tokens",
        "0.9 s",
        "says nothing a judge can look for",
        "EXACT PROMPT for correct",
        "verdict_id n0nce",
        "no level: ",
    ] {
        assert!(app.shows(words), "{words}: {}", app.screen());
    }
    assert!(!app.screen().contains('\u{1b}'));
    app.press("esc");
    assert!(app.state.modals.is_empty());
}

#[test]
fn a_trial_that_fails_says_its_class_in_words() {
    let mut app = screen();
    app.press("T enter");
    assert!(
        app.shows("the key is missing or refused"),
        "{}",
        app.screen()
    );
}

#[test]
fn the_open_ticket_is_tried_under_its_own_rubric() {
    let mut app = screen();
    app.press("esc enter").wait(500);
    while !app.state.modals.is_empty() || app.state.screen == Screen::Practice {
        app.press("esc").wait(300);
    }
    assert_eq!(app.state.screen, Screen::Ticket);
    app.press("T j enter y");
    assert!(app.shows("on one example"), "{}", app.screen());
}

#[test]
fn two_versions_are_compared_word_by_word() {
    let mut app = screen();
    app.press("tab tab j enter");
    assert!(
        app.shows("WHAT CHANGED") && app.shows("change 1 of"),
        "{}",
        app.screen()
    );
    app.press("a");
    assert!(app.shows("only compared"), "{}", app.screen());
}

#[test]
fn a_draft_by_a_model_is_shown_and_never_in_use() {
    let mut app = screen();
    app.press("n j j enter enter j enter");
    assert!(
        app.shows("Let openai/gpt-4.1 draft a rubric?"),
        "{}",
        app.screen()
    );
    app.press("y");
    assert!(app.shows("new, not saved"), "{}", app.screen());
    assert!(open(&app).shown().unwrap().id.starts_with("drafted"));
}

#[test]
fn a_small_window_shows_one_part_with_tabs() {
    let mut app = sized(80, 24);
    assert!(
        app.shows("Rubrics") && app.shows("Versions") && !app.shows("FORM"),
        "{}",
        app.screen()
    );
    app.press("tab");
    assert!(
        app.shows("FORM") && !app.shows("RUBRICS"),
        "{}",
        app.screen()
    );
}
