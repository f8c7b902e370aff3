//! What a person does on the Rubric screen, and sees.

use std::sync::Arc;

use super::super::layout::Size;
use super::super::modal::Modal;
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
    assert!(app.shows("made under support-reply 2"), "{}", app.screen());
    app.press("y");
    assert!(app.shows("Who shall read these?"), "{}", app.screen());
    let Some(Modal::Judges(pick)) = app.state.modals.last() else {
        panic!("{}", app.screen());
    };
    assert_eq!(pick.current().unwrap().name, "openai/gpt-4.1");
    assert!(
        app.shows("scored under another version"),
        "{}",
        app.screen()
    );
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
fn a_check_is_added_filled_in_and_removed_in_the_form() {
    let mut app = screen();
    let place = |app: &Harness, wanted: &dyn Fn(&Field) -> bool| {
        open(app).fields().iter().position(wanted).unwrap()
    };
    let checks = open(&app).shown().unwrap().checks.len();
    let at = place(&app, &|field| {
        matches!(field, Field::NoChecks | Field::Check(..))
    });
    app.press("tab").press(&"j ".repeat(at)).press("a enter");
    let kind = Field::Check(checks, checks::Part::Kind);
    assert_eq!(open(&app).current(), Some(kind.clone()));
    assert!(app.shows("is at most so long"), "{}", app.screen());
    app.press("j enter ctrl-a ctrl-k")
        .type_text("40")
        .press("enter");
    let check = |app: &Harness| open(app).shown().unwrap().checks[checks].clone();
    assert_eq!(check(&app).test.name(), "max_chars");
    app.press("k left left");
    assert_eq!(check(&app).test.name(), "not_regex");
    app.press("D");
    assert_eq!(open(&app).shown().unwrap().checks.len(), checks);
    assert!(app.shows("check removed"), "{}", app.screen());
}

#[test]
fn the_first_example_is_added_where_it_says_that_there_is_none() {
    use crate::domain::rubric::{Answer, Scale};
    let mut app = screen();
    let mut bare = Rubric::from_sentence("Is it right?", Scale::Level5);
    bare.id = "support-reply".into();
    app.state.rubric.as_mut().unwrap().change(bare);
    let place = |app: &Harness, wanted: &Field| {
        open(app)
            .fields()
            .iter()
            .position(|one| one == wanted)
            .unwrap()
    };
    let at = place(&app, &Field::NoExamples);
    app.press("tab").press(&"j ".repeat(at)).press("enter");
    assert_eq!(open(&app).current(), Some(Field::Input(0)));
    app.type_text("When?").press("enter");
    for (field, text) in [
        (Field::Output(0, 0), "Soon."),
        (Field::Reference(0), "On Friday."),
        (Field::Answer(0, 0), "1"),
        (Field::Correction(0), "On Friday."),
        (Field::Why(0), "No day."),
    ] {
        let steps = place(&app, &field) - open(&app).field;
        app.press(&"j ".repeat(steps))
            .press("enter")
            .type_text(text)
            .press("enter");
        assert_eq!(open(&app).current(), Some(field));
    }
    let rubric = Arc::clone(open(&app).shown().unwrap());
    let [example] = &rubric.examples[..] else {
        panic!("{:?}", rubric.examples);
    };
    assert_eq!(
        (example.input.as_str(), example.outputs[0].as_str()),
        ("When?", "Soon.")
    );
    assert_eq!(example.reference.as_deref(), Some("On Friday."));
    assert_eq!(example.correction.as_deref(), Some("On Friday."));
    assert_eq!(example.answers[&rubric.criteria[0].id], Answer::Level(1));
}

#[test]
fn esc_leaves_a_field_with_a_value_it_cannot_hold_and_says_what_it_holds_again() {
    let mut app = screen();
    let at = open(&app)
        .fields()
        .iter()
        .position(|one| *one == Field::PassMark);
    let before = open(&app).shown().unwrap().pass_threshold;
    app.press("tab")
        .press(&"j ".repeat(at.unwrap()))
        .press("enter ctrl-a ctrl-k");
    app.type_text("7").press("enter");
    assert!(open(&app).editing.is_some(), "Enter stays and says why");
    app.press("esc");
    assert_eq!(open(&app).editing, None);
    assert_eq!(open(&app).shown().unwrap().pass_threshold, before);
    assert!(
        app.shows("passes from is as it was; wanted: a number from 0 to 1"),
        "{}",
        app.screen()
    );
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
    app.press("X y");
    assert!(!open(&app).is_changed(), "{}", app.screen());
}

/// The desk of one process after another, over the same workspace.
fn at_desk(desk: &Arc<FakeDesk>) -> Harness {
    let size = Size {
        width: 140,
        height: 40,
    };
    let mut state = AppState::new(size, Settings::default());
    let first = state.start();
    let mut app = Harness::start(Arc::clone(desk) as Arc<_>, state, first, (140, 40));
    app.press("R");
    app
}

#[test]
fn what_is_not_saved_is_there_again_after_a_kill() {
    let desk = Arc::new(FakeDesk::new(Mode::Assist));
    let mut app = at_desk(&desk);
    app.press("tab j j j j j enter").type_text(" Really?");
    // Killed in the midst of a field, a moment after the last key.
    app.wait(400);
    drop(app);
    let mut app = at_desk(&desk);
    assert!(app.shows("not saved is here again"), "{}", app.screen());
    let question = &open(&app).shown().unwrap().criteria[0].question;
    assert!(question.ends_with("Really?"), "{question}");
    app.press("X y").wait(400);
    drop(app);
    assert!(
        !open(&at_desk(&desk)).is_changed(),
        "what was dropped stays so"
    );
}

#[test]
fn a_text_with_an_error_is_there_again_after_a_kill_at_its_line() {
    let desk = Arc::new(FakeDesk::new(Mode::Assist));
    let mut app = at_desk(&desk);
    app.press("t").type_text("?").wait(400);
    drop(app);
    let app = at_desk(&desk);
    assert!(
        app.shows("AS TEXT") && app.shows("line 1, column"),
        "{}",
        app.screen()
    );
}

#[test]
fn leaving_keeps_what_was_written_just_now() {
    let desk = Arc::new(FakeDesk::new(Mode::Assist));
    let mut app = at_desk(&desk);
    app.press("tab j j j j right esc esc q");
    assert!(app.left, "{}", app.screen());
    assert!(open(&at_desk(&desk)).is_changed());
}

#[test]
fn an_error_in_the_text_stands_at_its_line_and_a_good_text_becomes_the_form() {
    let mut app = screen();
    app.press("t").type_text("?");
    assert!(app.shows("line 1, column"), "{}", app.screen());
    app.press("esc");
    assert!(
        app.shows("Drop what you wrote in this text?"),
        "{}",
        app.screen()
    );
    app.press("n ctrl-z");
    app.type_text("# ours\n").press("esc");
    assert!(open(&app).toml.is_none(), "{}", app.screen());
}

#[test]
fn a_text_or_a_field_that_is_only_opened_is_no_change() {
    for keys in ["t", "tab j enter"] {
        let mut app = screen();
        app.press(keys);
        assert!(
            !open(&app).is_changed() && !app.shows("not saved"),
            "{}",
            app.screen()
        );
        app.type_text("# ours ");
        assert!(
            open(&app).is_changed() && app.shows("not saved"),
            "{}",
            app.screen()
        );
    }
}

#[test]
fn a_text_with_an_error_is_left_by_a_yes_as_it_was_before_it_was_opened() {
    let mut app = screen();
    app.press("t").type_text("?").press("esc y");
    assert!(
        open(&app).toml.is_none() && !open(&app).is_changed(),
        "{}",
        app.screen()
    );
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
fn a_trial_shows_evidence_levels_cost_findings_and_the_exact_prompt() {
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
        "fault in the rubric: `good` says nothing a judge can look for",
        "It means: two careful readers",
        "What to do: say what a good reply",
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
    assert!(app.shows("no checks to run"), "{}", app.screen());
    app.press("n")
        .type_text("openai/broken")
        .press("enter enter");
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

#[test]
fn readings_probes_and_another_version_are_chosen_before_it_is_asked() {
    let mut app = sized(140, 60);
    app.press("T j s");
    assert!(app.shows("reads it 3 times"), "{}", app.screen());
    assert!(app.shows("about ") && app.shows("no verdict is kept"));
    app.press("s p v v");
    assert!(app.shows("5 times, 24 planted texts"), "{}", app.screen());
    assert!(app.shows("against  version 1"), "{}", app.screen());
    app.press("m");
    assert!(app.shows("no limits to set"), "{}", app.screen());
    app.press("enter y");
    for words in [
        "SIDE BY SIDE",
        "01234567",
        "mean 1.00, 1 to 3 in 5 readings",
        "1 ████  3 █",
        "PROBES of support-reply",
        "raised the level in 2 of 12 faulty answers, by 3 at worst",
        "1.00 as it is, 2.00 said twice",
    ] {
        for _ in 0..12 {
            if app.shows(words) {
                break;
            }
            app.press("pgdn");
        }
        assert!(app.shows(words), "{words}: {}", app.screen());
        app.press("g");
    }
}

#[test]
fn another_ticket_can_be_the_example() {
    let mut app = screen();
    app.press("T");
    let begins = |app: &Harness| match app.state.modals.last() {
        Some(Modal::Judges(pick)) => match &pick.purpose {
            super::super::judging::JudgeFor::Try(plan) => plan.example.clone().unwrap().unwrap(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let first = begins(&app);
    app.press("tab");
    assert_ne!(begins(&app).ticket, first.ticket);
}

/// Presses at the first place where words stand on the screen.
fn click_on(app: &mut Harness, words: &str) {
    let screen = app.screen();
    let (y, x) = screen
        .lines()
        .enumerate()
        .find_map(|(y, line)| Some((y, line[..line.find(words)?].chars().count())))
        .unwrap_or_else(|| panic!("{words}: {screen}"));
    app.click(x as u16, y as u16);
}

#[test]
fn the_mouse_selects_a_field_and_a_second_click_writes_in_it() {
    let mut app = screen();
    click_on(&mut app, "Is every statement correct?");
    assert_eq!(open(&app).current(), Some(Field::Question(0)));
    assert!(open(&app).editing.is_none());
    click_on(&mut app, "Is every statement correct?");
    assert!(open(&app).editing.is_some(), "{}", app.screen());
    // The cursor goes to where the click was.
    click_on(&mut app, "every statement");
    app.type_text("nearly ");
    click_on(&mut app, "told to people");
    assert!(open(&app).editing.is_none(), "{}", app.screen());
    let question = &open(&app).shown().unwrap().criteria[0].question;
    assert_eq!(question, "Is nearly every statement correct?");
    click_on(&mut app, "accuracy");
    assert!(app.shows("changes that are not saved"), "{}", app.screen());
}

#[test]
fn the_mouse_goes_to_rubrics_versions_tabs_and_choices() {
    let mut app = screen();
    click_on(&mut app, "accuracy");
    assert_eq!(open(&app).card().unwrap().name, "accuracy");
    click_on(&mut app, "support-reply");
    click_on(&mut app, "01010101");
    assert_eq!((open(&app).focus, open(&app).version), (Focus::Versions, 1));
    app.press("n");
    click_on(&mut app, "A template");
    click_on(&mut app, "A template");
    assert!(app.shows("Which one?"), "{}", app.screen());
    let mut app = sized(80, 24);
    click_on(&mut app, "Versions");
    assert_eq!(open(&app).focus, Focus::Versions);
    click_on(&mut app, " Form");
    assert_eq!(open(&app).focus, Focus::Form);
}

fn on_ticket() -> Harness {
    let mut app = screen();
    app.press("esc enter").wait(500);
    while !app.state.modals.is_empty() || app.state.screen == Screen::Practice {
        app.press("esc").wait(300);
    }
    app.press("m")
        .type_text("Forgets to say when")
        .press("enter");
    app
}

#[test]
fn a_note_becomes_a_question_whose_form_opens_on_it() {
    let mut app = on_ticket();
    app.press("Q");
    assert!(app.shows("In whose words"), "{}", app.screen());
    app.press("enter").wait(300);
    assert_eq!(app.state.screen, Screen::Rubric);
    assert!(
        app.shows("your note is the last question"),
        "{}",
        app.screen()
    );
    let rubric = open(&app).shown().unwrap();
    assert_eq!(
        rubric.criteria.last().unwrap().question,
        "Forgets to say when"
    );
    assert_eq!(
        open(&app).current(),
        Some(Field::Question(rubric.criteria.len() - 1))
    );
    assert!(app.shows("changed, not saved"), "{}", app.screen());
    app.press("u");
    assert!(!open(&app).is_changed());
}

#[test]
fn a_note_worded_by_a_model_waits_and_takes_nobody_away_from_a_ticket() {
    let mut app = on_ticket();
    app.press("Q j enter j enter y").wait(300);
    assert_eq!(app.state.screen, Screen::Ticket, "{}", app.screen());
    assert!(app.shows("the Rubric screen has it"), "{}", app.screen());
    assert!(open(&app).is_changed());
    app.press("Q");
    assert!(app.shows("changes that are not saved"), "{}", app.screen());
}

#[test]
fn why_a_model_proposes_a_question_stands_below_it() {
    let mut app = screen();
    app.press("n j j enter enter j enter y");
    assert!(
        app.shows("proposed because: three notes say so"),
        "{}",
        app.screen()
    );
}

#[test]
fn what_people_noted_in_the_text_survives_the_form() {
    let mut app = screen();
    app.press("t").type_text("# agreed in March\n").press("esc");
    app.press("tab j j j j j enter")
        .type_text(" Really?")
        .press("enter t");
    assert!(app.shows("# agreed in March"), "{}", app.screen());
    assert!(app.shows("Really?"), "{}", app.screen());
}

#[test]
fn what_differs_is_told_in_the_words_of_the_form() {
    let mut app = screen();
    app.press("tab j j j j j enter")
        .type_text(" Really?")
        .press("enter d");
    assert!(
        app.shows("question: Is every statement correct?"),
        "{}",
        app.screen()
    );
    assert!(
        app.shows("Really?") && !app.shows("[[criterion]]"),
        "{}",
        app.screen()
    );
}

#[test]
fn leaving_a_text_at_once_waits_until_it_is_read() {
    let mut app = screen();
    app.press("t").type_text("# ours\n").press("esc").wait(100);
    assert!(open(&app).toml.is_none(), "{}", app.screen());
}
