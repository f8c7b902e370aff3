use std::sync::Arc;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::app::action::Action;
use crate::app::agreement::{AgreementState, Focus};
use crate::app::export::ExportState;
use crate::app::first_run::FirstRun;
use crate::app::judging::JudgePick;
use crate::app::modal::{LineEdit, Message, Modal, Prompt, PromptFor};
use crate::app::queue::QueueState;
use crate::app::settings::Settings;
use crate::app::ticket::TextView;
use crate::app::ticket::{Pane, Phase, TicketState};
use crate::domain::eval::Mode;
use crate::domain::rubric::Answer;
use crate::domain::view::{Anchor, Dispute, Draft, JudgeSaid, JudgeView, Order, QueueQuery, Shown};
use crate::text::three_way::ThreeWay;
use crate::tui::desk::Desk;
use crate::tui::fake::FakeDesk;
use crate::tui::headless::{Harness, text_of};

fn fresh(width: u16, height: u16) -> (AppState, FakeDesk) {
    let mut state = AppState::new(Size { width, height }, Settings::default());
    let desk = FakeDesk::new(Mode::Blind);
    state.home.home = Some(Box::new(desk.home().unwrap()));
    state.home.height = 20;
    (state, desk)
}

fn queue(width: u16, height: u16) -> AppState {
    let (mut state, desk) = fresh(width, height);
    let eval = state.home.home.as_ref().unwrap().evals[0].clone();
    let mut queue = QueueState::new(eval.id, &eval.name, Mode::Assist);
    let query = QueueQuery {
        eval: eval.id,
        order: Order::Plan,
        filter: String::new(),
        anchor: Anchor::Start,
        limit: 50,
    };
    queue.window.rows = desk.queue(&query).unwrap().rows;
    queue.window.loaded = true;
    queue
        .window
        .resize(crate::app::layout::queue(state.size).list.height);
    queue.counts = Some(desk.counts(eval.id, "", Order::Plan).unwrap());
    queue.marks.insert(queue.window.rows[1].ticket);
    state.queue = Some(queue);
    state.screen = Screen::Queue;
    state
}

fn ticket(width: u16, height: u16, index: usize) -> AppState {
    let mut state = queue(width, height);
    let desk = FakeDesk::new(Mode::Blind);
    let id = state.queue.as_ref().unwrap().window.rows[index].ticket;
    let doc = desk.open(id, true).unwrap();
    let mut ticket = TicketState::loading(doc.eval.id, true);
    ticket.judge = doc.judge.clone();
    ticket.view = TextView::of(&doc, &Draft::default(), &TextView::default());
    ticket.doc = Some(Arc::new(doc));
    ticket.phase = Phase::Answering;
    ticket
        .draft
        .answers
        .insert("correct".into(), Answer::Level(3));
    ticket.form.cursor = 1;
    ticket.form.peek = Some(4);
    ticket.show_judge();
    ticket.fit(state.size);
    state.ticket = Some(Box::new(ticket));
    state.screen = Screen::Ticket;
    state
}

fn drawn(state: &AppState) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, state.size.width, state.size.height));
    draw(state, &Theme::default(), &mut buffer);
    text_of(&buffer)
}

fn styled(state: &AppState, text: &str, theme: Theme) -> ratatui::style::Style {
    let mut buffer = Buffer::empty(Rect::new(0, 0, state.size.width, state.size.height));
    draw(state, &theme, &mut buffer);
    let width = usize::from(state.size.width);
    for row in buffer.content.chunks(width) {
        for x in 0..width {
            let rest: String = row[x..].iter().map(ratatui::buffer::Cell::symbol).collect();
            if rest.starts_with(text) {
                return row[x].style();
            }
        }
    }
    panic!("`{text}` is not on the screen:\n{}", text_of(&buffer));
}

fn differs(width: u16, height: u16) -> AppState {
    let mut state = ticket(width, height, 0);
    let desk = FakeDesk::new(Mode::Blind);
    let open = state.ticket.as_mut().unwrap();
    for (id, level) in [("correct", 3), ("complete", 4), ("tone", 5)] {
        open.draft.answers.insert(id.into(), Answer::Level(level));
    }
    open.form.peek = None;
    open.judge = desk.reveal(open.id().unwrap()).unwrap();
    let committed = crate::domain::view::Committed {
        ticket: open.id().unwrap(),
        event: crate::domain::ids::EventId([1; 16]),
        state: crate::domain::ticket::State::Done,
        score: Some(0.73),
        pass: Some(false),
        judge: open.judge.clone(),
        judge_differs: true,
        judge_word: crate::domain::view::JudgeWord::Differs,
        drawn: crate::domain::view::Drawn::Sampled {
            chance: 0.43,
            by_risk: true,
        },
        revealed: None,
        left: 5,
    };
    open.phase = Phase::Differs(Box::new(committed));
    open.view.tab = Pane::Judge;
    open.show_judge();
    open.fit(state.size);
    state
}

fn export(width: u16, height: u16) -> AppState {
    let (mut state, desk) = fresh(width, height);
    let eval = state.home.home.as_ref().unwrap().evals[0].id;
    let mut export = ExportState::new(eval, "support");
    export.options = desk.export_options(eval).unwrap();
    export.plan.format = "openai-sft".into();
    let mut preview = desk.export_preview(&export.plan).unwrap();
    preview.train = 31;
    preview.validation = 4;
    preview.refused.push(crate::domain::view::export::Refused {
        reason: "the last turn is not the model's".into(),
        rows: 2,
    });
    preview.held.push(crate::domain::view::export::HeldBack {
        dataset: "support-gold".into(),
        rows: 12,
        way_out: "support-gold-released".into(),
    });
    export.preview = Some(Box::new(preview));
    state.export = Some(export);
    state.screen = Screen::Export;
    state
}

fn agreement(width: u16, height: u16, opened: bool) -> AppState {
    let (mut state, desk) = fresh(width, height);
    let eval = state.home.home.as_ref().unwrap().evals[0].id;
    if opened {
        desk.open_agreement(eval).unwrap();
    }
    let mut open = AgreementState::new(eval, "support", true);
    open.take(desk.agreement(eval).unwrap());
    open.fit(state.size);
    state.agreement = Some(open);
    state.screen = Screen::Agreement;
    state
}

fn rubrics(width: u16, height: u16, keys: &str) -> AppState {
    let mut state = AppState::new(Size { width, height }, Settings::default());
    let first = state.start();
    let desk = Arc::new(FakeDesk::new(Mode::Blind));
    let mut app = Harness::start(desk, state, first, (width, height));
    app.press("R").press(keys);
    app.state
}

fn differing(width: u16, height: u16) -> AppState {
    let mut state = agreement(width, height, true);
    let open = state.agreement.as_mut().unwrap();
    open.step(1);
    open.focus = Focus::Tickets;
    open.step(1);
    state
}

fn first_run(width: u16, height: u16) -> AppState {
    let (mut state, _) = fresh(width, height);
    let home = FakeDesk::empty().home().unwrap();
    state.first_run = FirstRun::of(&home, true);
    state.home.home = Some(Box::new(home));
    state.screen = Screen::FirstRun;
    state
}

/// A judge's suggestion beside one's own correction, one of its changes taken.
fn suggestion(width: u16, height: u16) -> AppState {
    let mut state = differs(width, height);
    let ticket = state.ticket.as_mut().unwrap();
    let doc = ticket.doc.clone().unwrap();
    let one = crate::tui::fake::suggestion(&doc, "openai/gpt-4.1");
    let original: Arc<str> = doc.outputs[0].text().into();
    let mine: Arc<str> = original.replace("5 days", "a week").into();
    ticket.suggestion = Shown::Some(Arc::new(one.clone()));
    ticket.draft.correction = Some(mine.to_string());
    let mut effects = Vec::new();
    crate::app::diff::update::open(&mut state, &mut effects);
    let suggested = Arc::from(one.suggestion.text.as_str());
    let made = ThreeWay::new(&original, Some(&mine), Some(&suggested));
    crate::app::diff::update::made(&mut state, Arc::new(made));
    crate::app::diff::update::run(&mut state, Action::TakeHunk, &mut effects);
    if let Some(Modal::Diff(diff)) = state.modals.last_mut() {
        diff.fit(Size { width, height });
    }
    state
}

/// A judge that was contradicted, with a suggestion to be looked at.
fn disagree(width: u16, height: u16) -> AppState {
    let mut state = differs(width, height);
    let ticket = state.ticket.as_mut().unwrap();
    if let JudgeView::Verdicts { verdicts, .. } = &mut ticket.judge {
        verdicts[0].disputes = vec![Dispute {
            who: None,
            answer: Answer::Level(3),
            reason: "the refund is right, only the date is wrong".into(),
            earlier: false,
        }];
    }
    let one = crate::tui::fake::suggestion(ticket.doc.as_ref().unwrap(), "openai/gpt-4.1");
    ticket.suggestion = Shown::Some(Arc::new(one));
    ticket.show_judge();
    ticket.fit(Size { width, height });
    state
}

fn with_prompt(mut state: AppState) -> AppState {
    state.modals.push(Modal::Prompt(Prompt {
        title: "Why is it put aside?".into(),
        purpose: PromptFor::Defer(Vec::new()),
        line: LineEdit::new("waits for the 請求 team"),
        optional: false,
        error: None,
    }));
    state
}

fn with_message(mut state: AppState) -> AppState {
    state.modals.push(Modal::Message(Message {
        title: "Not imported".into(),
        text: "line 212 of `logs.jsonl` has no `output`\nand \u{1b}[31mthis is model text".into(),
        hint: Some("name the field with --map".into()),
        copy: Some("x".into()),
        top: 0,
    }));
    state
}

fn activity(width: u16, height: u16, focus: crate::app::activity::Focus) -> AppState {
    let (mut state, desk) = fresh(width, height);
    let desk = desk.busy();
    state.activity.height = usize::from(crate::app::layout::activity(state.size).list.height);
    state.activity.take(desk.activity().unwrap());
    state.activity.step(2);
    state.activity.focus = focus;
    state.screen = Screen::Activity;
    state
}

fn runs(width: u16, height: u16, mode: Mode, what: &str) -> AppState {
    let (mut state, _) = fresh(width, height);
    let desk = FakeDesk::new(mode);
    state.screen = Screen::Runs;
    state.runs.take(desk.groups().unwrap());
    state.runs.fit(state.size);
    if what == "list" {
        return state;
    }
    let mut open = crate::app::runs::OpenGroup::new("june");
    open.fit(state.size);
    open.full = what == "full";
    if what == "kept" {
        let desk = FakeDesk::new(mode).keeping(crate::domain::view::Age {
            made_ms: 1_700_000_000_000,
            older: true,
        });
        open.take(desk.kept_group("june", false).unwrap().unwrap());
    } else {
        open.take(desk.group("june", open.full).unwrap());
    }
    open.tab = match what {
        "rows" | "beside" | "named" => crate::app::runs::Tab::Rows,
        "points" => crate::app::runs::Tab::Points,
        "tags" => crate::app::runs::Tab::Tags,
        _ => crate::app::runs::Tab::Compare,
    };
    if let Some((item, name)) = open.current().map(|row| (row.item, row.name.clone()))
        && matches!(what, "beside" | "named")
    {
        let mut beside = crate::app::runs::beside::Beside::new(item, &name, state.size);
        if what == "named" {
            desk.reveal_sides("june", item).unwrap();
        }
        beside.take(Arc::new(desk.side_by_side("june", item).unwrap()));
        beside.show_names(what == "named");
        open.beside = Some(beside);
    }
    state.runs.open = Some(Box::new(open));
    state.runs.fit(state.size);
    state
}

/// The gate as one walks through it: after each of the keys, the screen of that name.
fn gate_walk(
    width: u16,
    height: u16,
    desk: FakeDesk,
    steps: &[(&'static str, &str)],
) -> Vec<(&'static str, AppState)> {
    let mut state = AppState::new(Size { width, height }, Settings::default());
    let first = state.start();
    let mut app = Harness::start(Arc::new(desk), state, first, (width, height));
    let seen = steps.iter().map(|(name, keys)| {
        for key in keys.split_whitespace() {
            app.press(key).wait(60);
        }
        let mut state = app.state.clone();
        state.strip = None;
        (*name, state)
    });
    seen.collect()
}

fn gates(width: u16, height: u16) -> Vec<(&'static str, AppState)> {
    let open = [
        ("gates", "D"),
        ("gate_passes", "enter"),
        ("gate_approve", "a b e t t e r"),
        ("gate_checks", "esc c"),
        ("gate_blocked", "n right enter"),
        ("gate_despite", "a x"),
        ("gate_blocked_all", "esc f G"),
        ("gate_undecided", "f right G"),
        ("gate_no_rule", "esc down enter"),
        ("gate_early", "esc down enter"),
    ];
    let mut all = gate_walk(width, height, FakeDesk::new(Mode::Assist), &open);
    let closed = [("gate_closed", "D enter")];
    all.extend(gate_walk(
        width,
        height,
        FakeDesk::new(Mode::Blind),
        &closed,
    ));
    let moved = FakeDesk::new(Mode::Assist).elsewhere(false, true);
    all.extend(gate_walk(
        width,
        height,
        moved,
        &[("gate_moved", "D enter")],
    ));
    all
}

fn home_with_runs(width: u16, height: u16) -> AppState {
    let (mut state, _) = fresh(width, height);
    state.home.home.as_mut().unwrap().groups = vec![crate::domain::view::GroupNote {
        name: "june".into(),
        candidates: 3,
        items: 40,
    }];
    state
}

fn busy_home(width: u16, height: u16) -> AppState {
    let (mut state, desk) = fresh(width, height);
    state.home.home = Some(Box::new(desk.busy().home().unwrap()));
    state
}

/// Rows of every kind: levels, checks alone, a failure, nothing, readings that lie apart.
fn judged_queue(width: u16, height: u16) -> AppState {
    let mut state = queue(width, height);
    let rows = &mut state.queue.as_mut().unwrap().window.rows;
    let scored = |score: f64, pass| JudgeSaid {
        levels: vec![Some(score), Some(score / 2.0), None],
        pass: Some(pass),
        ..JudgeSaid::default()
    };
    let all = [
        (Shown::Some(0.31), Shown::Some(scored(0.4, false))),
        // Points enough, and a floor missed.
        (Shown::Some(0.9), Shown::Some(scored(1.0, false))),
        (
            Shown::None,
            Shown::Some(JudgeSaid {
                checks: (2, 4),
                ..JudgeSaid::default()
            }),
        ),
        (
            Shown::None,
            Shown::Some(JudgeSaid {
                unscored: Some("refusal".into()),
                ..JudgeSaid::default()
            }),
        ),
        (Shown::None, Shown::None),
        (
            Shown::Some(0.66),
            Shown::Some(JudgeSaid {
                unsure: Some((1, 4)),
                ..scored(0.6, false)
            }),
        ),
    ];
    for (row, (score, said)) in rows.iter_mut().zip(all) {
        (row.judge, row.said) = (score, said);
    }
    state
}

fn routed(width: u16, height: u16) -> AppState {
    use crate::domain::fold::{Authored, Route, Sent};
    let mut state = ticket(width, height, 0);
    let open = state.ticket.as_mut().unwrap();
    let mut doc = crate::domain::view::TicketDoc::clone(open.doc.as_ref().unwrap());
    doc.folded.assigned = Some("ana".into());
    doc.folded.routed = Some(Authored {
        reviewer: "bob".into(),
        hlc: crate::domain::ids::Hlc::default(),
        value: Route {
            rule: "@ana when tag:legal".into(),
            way: Sent::Person,
        },
    });
    open.doc = Some(Arc::new(doc));
    open.fit(state.size);
    state
}

fn judging(width: u16, height: u16) -> AppState {
    let mut state = queue(width, height);
    let eval = state.queue.as_ref().unwrap().eval;
    let marked = crate::app::judging::some_tickets(
        "the 2 marked",
        vec![crate::domain::ids::TicketId([1; 16]); 2],
    );
    let mut pick = JudgePick::new(eval, vec![marked]);
    pick.limit = Some(crate::domain::view::SpendLimit::Micros(2_500_000));
    pick.named = Some("ollama/qwen3".into());
    pick.take(FakeDesk::new(Mode::Assist).judges(&pick.ask()).unwrap());
    state.modals.push(Modal::Judges(pick));
    state
}

/// Every screen, by name.
fn screens(width: u16, height: u16) -> Vec<(&'static str, AppState)> {
    let mut all = vec![
        ("home", fresh(width, height).0),
        ("queue", queue(width, height)),
        ("ticket", ticket(width, height, 0)),
        ("hostile", ticket(width, height, 3)),
        ("wide", ticket(width, height, 4)),
        ("long", ticket(width, height, 5)),
        ("differs", differs(width, height)),
        ("suggestion", suggestion(width, height)),
        ("disagree", disagree(width, height)),
        ("agreement", agreement(width, height, true)),
        ("agreement_closed", agreement(width, height, false)),
        ("agreement_tickets", differing(width, height)),
        ("rubrics", rubrics(width, height, "")),
        ("rubric_form", rubrics(width, height, "tab j j j j j")),
        (
            "rubric_field",
            rubrics(width, height, "tab j j j j j enter"),
        ),
        ("rubric_versions", rubrics(width, height, "tab tab j")),
        ("rubric_text", rubrics(width, height, "t down down x")),
        ("rubric_new", rubrics(width, height, "n")),
        ("rubric_save", rubrics(width, height, "tab j j j j right s")),
        ("rubric_tried", rubrics(width, height, "T j enter y")),
        ("export", export(width, height)),
        (
            "activity",
            activity(width, height, crate::app::activity::Focus::Jobs),
        ),
        (
            "activity_failures",
            activity(width, height, crate::app::activity::Focus::Failures),
        ),
        ("home_busy", busy_home(width, height)),
        ("home_runs", home_with_runs(width, height)),
        ("runs", runs(width, height, Mode::Assist, "list")),
        ("runs_closed", runs(width, height, Mode::Blind, "compare")),
        ("runs_compare", runs(width, height, Mode::Assist, "compare")),
        ("runs_kept", runs(width, height, Mode::Assist, "kept")),
        ("runs_full", runs(width, height, Mode::Assist, "full")),
        ("runs_rows", runs(width, height, Mode::Assist, "rows")),
        ("runs_points", runs(width, height, Mode::Assist, "points")),
        ("runs_tags", runs(width, height, Mode::Assist, "tags")),
        ("runs_beside", runs(width, height, Mode::Assist, "beside")),
        ("runs_named", runs(width, height, Mode::Assist, "named")),
        ("queue_judged", judged_queue(width, height)),
        ("ticket_routed", routed(width, height)),
        ("judging", judging(width, height)),
        ("first_run", first_run(width, height)),
        ("prompt", with_prompt(queue(width, height))),
        ("message", with_message(queue(width, height))),
    ];
    all.extend(gates(width, height));
    all
}

#[test]
fn screens_at_three_sizes() {
    for (width, height) in [(80, 24), (120, 36), (160, 48)] {
        for (name, state) in screens(width, height) {
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), drawn(&state));
        }
    }
}

#[test]
fn the_focus_has_the_accent_and_a_sign() {
    let state = ticket(160, 48, 0);
    let theme = Theme::default();
    assert_eq!(
        styled(&state, "QUESTIONS", theme),
        drawn_style(theme, Look::Accent)
    );
    assert_eq!(
        styled(&state, "OUTPUT", theme),
        drawn_style(theme, Look::Title)
    );
    assert!(drawn(&state).contains("▸ QUESTIONS"));
}

#[test]
fn the_level_that_is_set_is_in_brackets_and_lit() {
    let state = ticket(120, 36, 0);
    let theme = Theme::default();
    assert_eq!(
        styled(&state, "[3]", theme),
        drawn_style(theme, Look::Chosen)
    );
}

/// A style as it stands in a cell, where nothing is left to inherit.
fn drawn_style(theme: Theme, look: Look) -> ratatui::style::Style {
    let mut cell = ratatui::buffer::Cell::default();
    cell.set_style(theme.style(look));
    cell.style()
}

#[test]
fn a_blind_ticket_shows_no_model_no_judge_and_no_score() {
    for (width, height) in [(80, 24), (120, 36), (160, 48)] {
        let screen = drawn(&ticket(width, height, 0));
        assert!(!screen.contains("planted"), "{screen}");
    }
}

#[test]
fn after_the_commit_both_answers_stand_side_by_side_where_they_differ() {
    let screen = drawn(&differs(160, 48));
    assert!(
        screen.contains("(1)  2  [3]  4   5    ▲ judge 1"),
        "{screen}"
    );
    assert_eq!(screen.matches("▲ judge").count(), 1, "{screen}");
    assert_eq!(screen.matches("▲ you said 3").count(), 1, "{screen}");
    assert!(
        screen.contains("planted reasoning about correct"),
        "{screen}"
    );
}

#[test]
fn nothing_hostile_reaches_the_terminal_on_any_screen() {
    for (name, state) in screens(120, 36) {
        let screen = drawn(&state);
        let bad = screen.chars().find(|sign| {
            (sign.is_control() && *sign != '\n')
                || ('\u{202a}'..='\u{202e}').contains(sign)
                || ('\u{2066}'..='\u{2069}').contains(sign)
        });
        assert_eq!(bad, None, "{name}");
    }
}

#[test]
fn a_terminal_without_utf8_is_sent_ascii_only() {
    let theme = Theme {
        ascii: true,
        ..Theme::default()
    };
    for (name, state) in screens(100, 30) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 100, 30));
        draw(&state, &theme, &mut buffer);
        assert!(text_of(&buffer).is_ascii(), "{name}");
    }
}

#[test]
fn a_window_that_is_too_small_gets_a_notice() {
    let screen = drawn(&ticket(59, 14, 0));
    assert!(screen.contains("60x15"), "{screen}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_screen_is_drawn_at_every_size(width in 1u16..400, height in 1u16..100, grown in 0u16..40) {
        for (_, state) in screens(width, height) {
            let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
            let cursor = draw(&state, &Theme::default(), &mut buffer);
            prop_assert!(cursor.is_none_or(|at| at.x < width && at.y < height));
            // A frame of another size than the state knows, as right after a resize.
            let mut other = Buffer::empty(Rect::new(0, 0, width.saturating_add(grown), 24));
            draw(&state, &Theme::default(), &mut other);
        }
    }
}

#[test]
fn the_bars_of_all_evals_are_equally_long() {
    for width in [80, 160] {
        let (mut state, _) = fresh(width, 24);
        let evals = &mut state.home.home.as_mut().unwrap().evals;
        let mut other = evals[0].clone();
        (other.name, other.done, other.total) = ("contracts".into(), 998, 1_000);
        evals.push(other);
        let text = drawn(&state);
        let ends = text.lines().filter_map(|line| {
            let bar = line.split_once('▕')?.1;
            Some(bar.split_once('▏')?.0.chars().count())
        });
        let ends: Vec<usize> = ends.collect();
        assert_eq!(ends.len(), 2, "{text}");
        assert_eq!(ends[0], ends[1], "{text}");
    }
}

#[test]
fn a_ticket_with_a_draft_of_mine_says_so_at_every_width() {
    for width in [60, 80, 160] {
        let mut state = queue(width, 24);
        state.queue.as_mut().unwrap().window.rows[1].draft = true;
        let text = drawn(&state);
        assert_eq!(text.matches(" draft ").count(), 1, "{width}: {text}");
    }
}

#[test]
fn an_eval_that_compares_has_no_column_for_scores_of_judges() {
    for (compares, shown) in [(false, true), (true, false)] {
        let mut state = queue(160, 48);
        let open = state.queue.as_mut().unwrap();
        open.compares = compares;
        for row in &mut open.window.rows {
            (row.judge, row.said) = (Shown::None, Shown::None);
        }
        let text = drawn(&state);
        let head = text.lines().find(|line| line.contains("output")).unwrap();
        assert_eq!(head.contains("judge"), shown, "{text}");
    }
}
