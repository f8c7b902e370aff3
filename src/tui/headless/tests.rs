use super::*;
use crate::app::layout::Size;
use crate::domain::eval::Mode;
use crate::tui::fake::FakeDesk;

fn open_at(desk: &Arc<FakeDesk>, width: u16, height: u16) -> Harness {
    let mut settings = Settings::default();
    settings.instructed.insert("support".into());
    settings
        .instructed
        .insert(crate::domain::ids::EvalId([9; 16]).to_string());
    settings.practised.insert("support-reply 3".into());
    settings.reviewed = 20;
    let mut state = AppState::new(Size { width, height }, settings);
    let first = state.start();
    Harness::start(
        Arc::clone(desk) as Arc<dyn Desk>,
        state,
        first,
        (width, height),
    )
}

fn reviewing(mode: Mode) -> (Arc<FakeDesk>, Harness) {
    let desk = Arc::new(FakeDesk::new(mode));
    let mut app = open_at(&desk, 120, 36);
    app.press("a");
    for _ in 0..4 {
        if app.shows("QUESTIONS") && app.state.modals.is_empty() && app.state.practice.is_none() {
            break;
        }
        app.press("esc");
    }
    (desk, app)
}

#[test]
fn three_digits_and_enter_commit_and_bring_the_next_ticket() {
    let (desk, mut app) = reviewing(Mode::Blind);
    app.press("3 4 5 enter");
    assert_eq!(desk.committed().len(), 1);
    assert!(app.shows("Which invoice is this?"), "{}", app.screen());
    assert!(app.shows("committed 0.73"), "{}", app.screen());
    assert!(app.shows("5 left") && app.shows("1/6"), "{}", app.screen());
    assert!(app.shows("u undo"), "{}", app.screen());
}

#[test]
fn a_blind_eval_shows_nothing_of_judge_and_model_before_the_commit() {
    let (_, mut app) = reviewing(Mode::Blind);
    for keys in ["", "tab tab tab", "3 4", "i", "esc ?", "esc :", "esc ["] {
        app.press(keys);
        assert!(
            !app.screen().contains("planted"),
            "after `{keys}`:\n{}",
            app.screen()
        );
    }
}

#[test]
fn where_the_judge_differs_the_ticket_stays_and_both_levels_are_seen() {
    let (_, mut app) = reviewing(Mode::Blind);
    app.press("5 5 5 enter");
    assert!(app.shows("▲ judge 1"), "{}", app.screen());
    assert!(
        app.shows("planted reasoning about correct"),
        "{}",
        app.screen()
    );
    app.press("enter");
    assert!(app.shows("Which invoice is this?"), "{}", app.screen());
}

#[test]
fn what_was_typed_is_kept_within_three_tenths_of_a_second() {
    let (desk, mut app) = reviewing(Mode::Blind);
    app.press("e").type_text("Dear Dana, ").wait(300);
    let drafts = desk.drafts();
    let draft = drafts.values().next().expect("no draft was kept");
    assert!(
        draft
            .correction
            .as_deref()
            .is_some_and(|text| text.starts_with("Dear Dana, "))
    );
}

#[test]
fn an_undone_review_comes_back_with_its_levels() {
    let (desk, mut app) = reviewing(Mode::Blind);
    app.press("3 4 5 enter u");
    assert!(desk.committed().is_empty());
    assert!(app.shows("[3]") && app.shows("[5]"), "{}", app.screen());
}

#[test]
fn a_text_written_outside_replaces_the_output() {
    let (_, mut app) = reviewing(Mode::Blind);
    app.written_outside = Some("Written in another editor.".into());
    app.press("E");
    assert!(app.shows("Written in another editor."), "{}", app.screen());
}

#[test]
fn resizing_from_20x5_to_400x100_while_typing_loses_no_character() {
    let (desk, mut app) = reviewing(Mode::Blind);
    app.press("e");
    for (step, sign) in "0123456789".chars().enumerate() {
        let (width, height) = (20 + 42 * step as u16, 5 + 10 * step as u16);
        app.resize(width, height).type_text(&sign.to_string());
        app.screen();
    }
    app.wait(400);
    let drafts = desk.drafts();
    let text = drafts
        .values()
        .next()
        .and_then(|draft| draft.correction.clone());
    assert!(text.is_some_and(|text| text.starts_with("0123456789")));
}

#[test]
fn an_idle_workbench_asks_for_no_time() {
    let desk = Arc::new(FakeDesk::new(Mode::Assist));
    let mut app = open_at(&desk, 80, 24);
    app.wait(60_000);
    assert_eq!(app.state.next_tick_ms(), None);
}

#[test]
fn an_empty_workspace_offers_the_file_it_found() {
    let desk = Arc::new(FakeDesk::empty());
    let app = open_at(&desk, 80, 24);
    assert!(
        app.shows("Found october.jsonl: 412 rows, OpenAI chat."),
        "{}",
        app.screen()
    );
    assert!(app.shows("Enter: review them"), "{}", app.screen());
}

#[test]
fn the_accent_is_on_the_pane_that_hears_the_keys() {
    let (_, mut app) = reviewing(Mode::Blind);
    let form = app
        .style_of("▸ QUESTIONS")
        .expect("the form has the focus first");
    app.press("tab");
    let text = app
        .style_of("▸ REQUEST")
        .or_else(|| app.style_of("▸ OUTPUT"));
    assert_eq!(text, Some(form));
    assert_eq!(app.style_of("▸ QUESTIONS"), None);
}

#[test]
fn reviewers_are_spoken_to_in_their_own_words() {
    let (_, mut app) = reviewing(Mode::Blind);
    let foreign = [
        "criterion",
        "criteria",
        "verdict",
        "rationale",
        "annotat",
        "candidate",
        "sample_id",
    ];
    for keys in ["", "3", "?", "esc m", "esc i", "esc e", "esc ["] {
        app.press(keys);
        let screen = app.screen().to_lowercase();
        for word in foreign {
            assert!(!screen.contains(word), "`{word}` after `{keys}`:\n{screen}");
        }
    }
}

#[test]
fn a_judge_that_sends_texts_away_names_host_and_fields_and_starts_only_after_a_yes() {
    let (_, mut app) = reviewing(Mode::Blind);
    app.press("B");
    assert!(app.shows("18 calls"), "{}", app.screen());
    app.press("j enter");
    assert!(app.shows("First send to api.example"), "{}", app.screen());
    app.press("n");
    assert!(app.shows("Who shall read these?"), "{}", app.screen());
    app.press("enter y").wait(200);
    assert!(app.shows("of 6 tickets read"), "{}", app.screen());
}

#[test]
fn a_reviewer_scores_on_while_the_checks_read_and_sees_no_level_while_blind() {
    let (desk, mut app) = reviewing(Mode::Blind);
    app.press("B enter");
    assert!(app.state.modals.is_empty(), "{}", app.screen());
    app.press("3 4 5");
    assert!(!app.screen().contains("planted"), "{}", app.screen());
    app.press("enter");
    assert_eq!(desk.committed().len(), 1);
}

#[test]
fn a_judge_at_work_stands_on_home_and_enter_shows_all_about_it() {
    let desk = Arc::new(FakeDesk::new(Mode::Assist).busy());
    let mut app = open_at(&desk, 120, 36);
    assert!(
        app.shows("judge openai/gpt-4.1 on support"),
        "{}",
        app.screen()
    );
    assert!(
        app.shows("45 %  3.1/s  0.4200 spent  2 min left"),
        "{}",
        app.screen()
    );
    app.press("j j enter");
    assert!(app.shows("2 under way, 2 ended"), "{}", app.screen());
    assert!(app.shows("900 of 2,000 tickets"), "{}", app.screen());
    app.press("c");
    assert!(
        app.shows("Stop openai/gpt-4.1 on support?"),
        "{}",
        app.screen()
    );
    app.press("y");
    assert_eq!(
        desk.steered(),
        [([1; 16], crate::domain::job::Wish::Cancel)]
    );
    assert!(app.shows("stopping"), "{}", app.screen());
    app.press("j j");
    assert!(app.shows("the judge refused to answer"), "{}", app.screen());
    app.press("q");
    assert!(app.shows("waits for you"), "{}", app.screen());
}

#[test]
fn marked_tickets_alone_are_read_within_a_limit() {
    let desk = Arc::new(FakeDesk::new(Mode::Assist));
    let mut app = open_at(&desk, 120, 36);
    app.press("l v v B");
    assert!(app.shows("the 2 marked"), "{}", app.screen());
    assert!(app.shows("2 tickets, free"), "{}", app.screen());
    app.press("tab");
    assert!(app.shows("all of this eval"), "{}", app.screen());
    app.press("tab m").type_text("20k").press("enter enter");
    let judged = desk.judged();
    let (ask, judge, limit) = judged.first().expect("it was started");
    assert_eq!(judge, "checks");
    assert_eq!(
        *limit,
        Some(crate::domain::view::SpendLimit::Tokens(20_000))
    );
    assert!(matches!(&ask.scope, crate::domain::view::JudgeScope::Tickets(two) if two.len() == 2));
    assert!(!app.shows("2 marked"), "{}", app.screen());
}
