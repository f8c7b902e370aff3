//! Update as sentences: what the reviewer does, what the state and the orders are then.

use proptest::prelude::*;

use super::super::effect::{Command, Effect, Order, Outcome};
use super::super::input::Input;
use super::super::layer::{Layer, layer};
use super::super::state::Screen;
use super::super::test_kit::{Bench, committed, doc, event, output, rubric, verdicts};
use super::super::ticket::Phase;
use crate::domain::eval::Mode;
use crate::domain::ids::TicketId;
use crate::domain::review::Sight;
use crate::domain::rubric::{Answer, Choice, Kind};
use crate::domain::view::{Failure, Submission};

fn submission(bench: &Bench) -> Submission {
    match bench.order(|order| matches!(order, Order::Submit(_))) {
        Some((_, Order::Submit(submission))) => *submission,
        _ => panic!("nothing was submitted; the strip says `{}`", bench.strip()),
    }
}

fn blind() -> Bench {
    Bench::with(doc(1, Mode::Blind, rubric()))
}

#[test]
fn digits_answer_question_after_question_and_enter_commits() {
    let mut bench = blind();
    bench.keys("3 4 enter");
    let sent = submission(&bench);
    assert_eq!(sent.draft.answers["correct"], Answer::Level(3));
    assert_eq!(sent.draft.answers["complete"], Answer::Level(4));
    assert_eq!(sent.sight, Sight::Blind);
    assert!(sent.verdicts_seen.is_empty());
    assert!(sent.from_plan);
}

#[test]
fn enter_goes_to_what_is_missing_and_submits_nothing() {
    let mut bench = blind();
    bench.keys("3 k enter");
    assert!(
        bench
            .order(|order| matches!(order, Order::Submit(_)))
            .is_none()
    );
    assert_eq!(bench.ticket().form.cursor, 1);
    assert!(bench.strip().contains("one question"), "{}", bench.strip());
}

#[test]
fn a_differing_judge_keeps_the_ticket_and_a_digit_makes_a_second_review() {
    let mut bench = blind();
    bench.keys("3 4 enter");
    bench.reply(
        |order| matches!(order, Order::Submit(_)),
        Outcome::Committed(Box::new(committed(1, true))),
    );
    assert_eq!(layer(&bench.state), Layer::Differs);
    bench.keys("1 enter");
    let second = submission(&bench);
    assert_eq!(second.second_after, Some(committed(1, true).event));
    assert_eq!(second.draft.answers["correct"], Answer::Level(1));
    assert_eq!(second.sight, Sight::Assisted);
}

#[test]
fn keeping_my_review_takes_the_next_ticket_without_a_second_review() {
    let mut bench = blind();
    bench.keys("3 4 enter");
    bench.reply(
        |order| matches!(order, Order::Submit(_)),
        Outcome::Committed(Box::new(committed(1, true))),
    );
    let before = bench.effects.len();
    bench.keys("enter");
    let new = &bench.effects[before..];
    assert!(new.iter().any(|e| matches!(
        e,
        Effect::Ask {
            order: Order::TakeNext { .. },
            ..
        }
    )));
    assert!(!new.iter().any(|e| matches!(
        e,
        Effect::Ask {
            order: Order::Submit(_),
            ..
        }
    )));
}

#[test]
fn an_agreeing_judge_brings_the_ticket_read_ahead_at_once_with_undo_for_six_seconds() {
    let mut bench = blind();
    bench.reply(
        |order| matches!(order, Order::Prefetch { .. }),
        Outcome::Ticket(Box::new(doc(2, Mode::Blind, rubric()))),
    );
    bench.keys("3 4 enter");
    bench.reply(
        |order| matches!(order, Order::Submit(_)),
        Outcome::Committed(Box::new(committed(1, false))),
    );
    assert_eq!(bench.ticket().id(), Some(TicketId([2; 16])));
    assert!(bench.state.strip.as_ref().is_some_and(|strip| strip.undo));
    bench.tick(5_900);
    assert!(bench.state.strip.is_some());
    bench.tick(200);
    assert!(bench.state.strip.is_none());
}

#[test]
fn a_failed_commit_brings_the_ticket_back_with_everything_in_it() {
    let mut bench = Bench::with(doc(1, Mode::Assist, rubric()));
    bench.reply(
        |order| matches!(order, Order::Prefetch { .. }),
        Outcome::Ticket(Box::new(doc(2, Mode::Assist, rubric()))),
    );
    bench.keys("3 4 enter");
    assert_eq!(bench.ticket().id(), Some(TicketId([2; 16])));
    let failure = Failure {
        what: "the disk is full".into(),
        hint: None,
    };
    bench.reply(
        |order| matches!(order, Order::Submit(_)),
        Outcome::Failed(failure),
    );
    assert_eq!(bench.ticket().id(), Some(TicketId([1; 16])));
    assert_eq!(bench.ticket().draft.answers.len(), 2);
    assert!(bench.strip().contains("disk is full"));
}

#[test]
fn in_assist_mode_enter_accepts_what_the_judge_proposes() {
    let mut shown = doc(1, Mode::Assist, rubric());
    shown.judge = verdicts(&[("correct", 2), ("complete", 5)]);
    let mut bench = Bench::with(shown);
    bench.keys("4 enter");
    let sent = submission(&bench);
    assert_eq!(sent.draft.answers["correct"], Answer::Level(4));
    assert_eq!(sent.draft.answers["complete"], Answer::Level(5));
    assert_eq!((sent.sight, sent.verdicts_seen.len()), (Sight::Assisted, 2));
}

#[test]
fn no_commit_within_fifty_milliseconds_of_the_byte_before() {
    for (gap, commits) in [(0, false), (49, false), (50, true)] {
        let mut bench = blind();
        bench.keys("3 4");
        let at = bench.at + gap;
        bench.key_at(at, "enter");
        let sent = bench
            .order(|order| matches!(order, Order::Submit(_)))
            .is_some();
        assert_eq!(sent, commits, "{gap} ms");
    }
}

#[test]
fn keys_pressed_while_the_next_ticket_loads_are_dropped() {
    let mut bench = blind();
    bench.keys("3 4 enter");
    assert_eq!(bench.ticket().phase, Phase::Committing);
    bench.keys("x s 5 - enter");
    assert!(
        bench
            .order(|order| matches!(order, Order::Decide { .. }))
            .is_none()
    );
    bench.reply(
        |order| matches!(order, Order::Submit(_)),
        Outcome::Committed(Box::new(committed(1, false))),
    );
    bench.reply(
        |order| matches!(order, Order::TakeNext { .. }),
        Outcome::Ticket(Box::new(doc(2, Mode::Blind, rubric()))),
    );
    assert!(bench.ticket().draft.answers.is_empty());
}

#[test]
fn a_burst_in_the_editor_is_a_paste_and_its_escape_does_not_leave() {
    let mut bench = blind();
    bench.keys("e");
    let at = bench.at + 500;
    for key in ["o", "k", "esc", "enter", "ctrl-j", "x"] {
        bench.key_at(at, key);
    }
    assert_eq!(layer(&bench.state), Layer::Editor);
    let text = bench.ticket().editor.as_ref().unwrap().text();
    assert_eq!(text, "ok\n\nxParis is in Italy.\nSorry.");
    assert!(
        bench
            .order(|order| matches!(order, Order::Submit(_)))
            .is_none()
    );
}

#[test]
fn a_stale_reply_changes_nothing() {
    let mut bench = Bench::new();
    let (old, _) = bench
        .order(|order| matches!(order, Order::TakeNext { .. }))
        .unwrap();
    bench.reply(
        |order| matches!(order, Order::TakeNext { .. }),
        Outcome::Ticket(Box::new(doc(1, Mode::Blind, rubric()))),
    );
    let before = bench.state.clone();
    bench.input(Input::Outcome {
        request: old,
        outcome: Outcome::Ticket(Box::new(doc(9, Mode::Blind, rubric()))),
    });
    assert_eq!(bench.state.ticket, before.ticket);
}

#[test]
fn what_is_typed_is_ordered_to_be_kept_within_300_ms_of_the_last_key() {
    let mut bench = blind();
    bench.keys("e X");
    let due = bench.state.next_tick_ms().unwrap();
    assert!(due <= bench.at + 300);
    bench.tick(due - bench.at);
    match bench.order(|order| matches!(order, Order::SaveDraft { .. })) {
        Some((_, Order::SaveDraft { draft, .. })) => assert_eq!(
            draft.correction.as_deref(),
            Some("XParis is in Italy.\nSorry.")
        ),
        _ => panic!("no draft was kept"),
    }
}

#[test]
fn the_seat_is_held_for_longer_every_forty_seconds() {
    let mut bench = blind();
    bench.tick(39_000);
    assert!(
        bench
            .order(|order| matches!(order, Order::RenewLease { .. }))
            .is_none()
    );
    bench.tick(2_000);
    assert!(
        bench
            .order(|order| matches!(order, Order::RenewLease { .. }))
            .is_some()
    );
}

#[test]
fn candidates_are_chosen_as_shown_and_stored_in_the_tickets_order() {
    let mut pair = rubric();
    pair.kind = Kind::Pairwise;
    let mut shown = doc(1, Mode::Blind, pair);
    shown.outputs = vec![output(1, "a"), output(2, "b")];
    shown.display_order = vec![1, 0];
    let mut bench = Bench::with(shown);
    bench.keys("1 =");
    let answers = &bench.ticket().draft.answers;
    assert_eq!(answers["correct"], Answer::Choice(Choice::Candidate(2)));
    assert_eq!(answers["complete"], Answer::Choice(Choice::Tie));
}

#[test]
fn a_reason_is_asked_for_before_a_ticket_is_put_aside() {
    let mut bench = blind();
    bench.keys("-");
    assert_eq!(layer(&bench.state), Layer::Line);
    bench.keys("enter");
    assert!(
        bench
            .order(|order| matches!(order, Order::Decide { .. }))
            .is_none()
    );
    bench.keys("n o enter");
    assert!(
        bench
            .order(|order| matches!(order, Order::Decide { .. }))
            .is_some()
    );
}

#[test]
fn interrupt_says_how_to_leave_and_twice_within_a_second_leaves_with_drafts_saved() {
    let mut bench = blind();
    bench.keys("3 ctrl-c");
    assert!(!bench.state.quitting);
    bench.keys("ctrl-c");
    assert!(bench.state.quitting);
    assert!(
        bench
            .order(|order| matches!(order, Order::SaveDraft { .. }))
            .is_some()
    );
    assert_eq!(bench.effects.last(), Some(&Effect::Tell(Command::Quit)));
}

#[test]
fn erasing_keys_do_nothing_outside_of_text() {
    let mut bench = blind();
    bench.keys("3");
    let before = bench.ticket().draft.answers.clone();
    bench.keys("backspace delete");
    assert_eq!(bench.ticket().draft.answers, before);
    assert_eq!(bench.state.screen, Screen::Ticket);
}

#[test]
fn an_idle_workbench_wants_no_tick_but_the_seat() {
    let mut bench = blind();
    bench.tick(10_000);
    bench.state.take_dirty();
    let due = bench.state.next_tick_ms().unwrap();
    assert!(due > bench.at + 20_000);
    bench.tick(1);
    assert!(!bench.state.take_dirty());
}

fn any_key() -> impl Strategy<Value = &'static str> {
    let keys: Vec<&'static str> = super::super::action::TABLE
        .iter()
        .flat_map(|info| info.keys.iter().copied())
        .chain(["ü", "漢", "9", "0", "delete", "ctrl-w", "tab"])
        .collect();
    prop::sample::select(keys)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_input_ever_panics(
        steps in prop::collection::vec((any_key(), 0u64..400, 20u16..400, 5u16..100, 0u8..8), 1..120)
    ) {
        let mut bench = blind();
        for (key, gap, width, height, kind) in steps {
            bench.at += gap;
            let at_ms = bench.at;
            match kind {
                0 => bench.input(Input::Resize { width, height }),
                1 => bench.tick(gap),
                2 => bench.input(Input::Paste { text: "e\u{301}漢\r\n\u{1b}[31m".into(), at_ms }),
                3 => bench.input(Input::Mouse {
                    mouse: crossterm::event::MouseEvent {
                        kind: crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left),
                        column: width / 2,
                        row: height / 2,
                        modifiers: crossterm::event::KeyModifiers::NONE,
                    },
                    at_ms,
                }),
                _ => bench.input(Input::Key { key: event(key), at_ms }),
            };
            if let Some((request, _)) = bench.order(|o| matches!(o, Order::TakeNext { .. } | Order::OpenTicket { .. })) {
                bench.input(Input::Outcome { request, outcome: Outcome::Ticket(Box::new(doc(1, Mode::Blind, rubric()))) });
            }
            super::super::hints::hints(&bench.state);
        }
    }
}

#[test]
fn counts_in_the_title_follow_an_undo() {
    use crate::domain::view::{EvalCard, Home, Stands};
    let mut bench = blind();
    let card = EvalCard {
        id: crate::app::test_kit::EVAL,
        name: "support".into(),
        purpose: String::new(),
        mode: Mode::Blind,
        compares: false,
        role: crate::domain::eval::DatasetRole::Review,
        done: 13,
        total: 40,
        waiting: 27,
        seconds_each: None,
        human_pass: None,
    };
    let home = Home {
        evals: vec![card],
        ..Home::default()
    };
    bench.reply(
        |order| *order == Order::LoadHome,
        Outcome::Home(Box::new(home)),
    );
    bench.keys("u");
    let (request, _) = bench.order(|order| matches!(order, Order::Undo)).unwrap();
    bench.effects.clear();
    let undone = crate::domain::view::Undone {
        action: crate::domain::ids::ActionId([9; 16]),
        what: "review taken back".into(),
        ticket: Some(crate::domain::ids::TicketId([2; 16])),
        tickets: 1,
        second_after: None,
        stands: Some(Stands {
            eval: crate::app::test_kit::EVAL,
            done: 12,
            waiting: 28,
        }),
    };
    bench.input(Input::Outcome {
        request,
        outcome: Outcome::Undone(Some(undone)),
    });
    assert!(
        bench
            .order(|order| matches!(order, Order::LoadHome))
            .is_some()
    );
    // At once, and the words stay when the ticket comes.
    let card = &bench.state.home.home.as_ref().unwrap().evals[0];
    assert_eq!((card.done, card.waiting), (12, 28));
    bench.reply(
        |order| matches!(order, Order::OpenTicket { .. }),
        Outcome::Ticket(Box::new(doc(2, Mode::Blind, rubric()))),
    );
    assert_eq!(bench.strip(), "review taken back");
}

#[test]
fn a_ticket_read_ahead_before_its_own_commit_was_safe_does_not_come_a_second_time() {
    let prefetch = |order: &Order| matches!(order, Order::Prefetch { .. });
    let ahead = |number| {
        let mut doc = doc(number, Mode::Assist, rubric());
        doc.lease = None;
        Outcome::Ticket(Box::new(doc))
    };
    let mut bench = Bench::with(doc(1, Mode::Assist, rubric()));
    bench.reply(prefetch, ahead(2));
    bench.keys("3 4 enter");
    assert_eq!(bench.ticket().id(), Some(TicketId([2; 16])));
    // The list was read while the first commit was on its way: the first ticket still looks open.
    let (early, _) = bench.order(prefetch).expect("the next is read ahead");
    bench.input(Input::Outcome {
        request: early,
        outcome: ahead(1),
    });
    assert_eq!(bench.ticket().ahead, None);
    bench.reply(
        |order| matches!(order, Order::Submit(_)),
        Outcome::Committed(Box::new(committed(1, false))),
    );
    // The same reply, had it come after the commit was told, is of an order nobody waits for.
    let (again, _) = bench.order(prefetch).expect("read ahead anew");
    assert_ne!(again, early);
    bench.input(Input::Outcome {
        request: early,
        outcome: ahead(1),
    });
    assert_eq!(bench.ticket().ahead, None);
    bench.reply(prefetch, ahead(3));
    assert!(bench.ticket().ahead.is_some());
}

#[test]
fn what_was_said_of_a_ticket_goes_with_it_and_what_was_done_stays_for_the_undo() {
    let mut bench = blind();
    bench.keys("enter");
    assert!(bench.strip().contains("questions are open"));
    bench.keys("s");
    bench.reply(
        |order| matches!(order, Order::Decide { .. }),
        Outcome::Decided { tickets: 1 },
    );
    bench.reply(
        |order| matches!(order, Order::TakeNext { .. }),
        Outcome::Ticket(Box::new(doc(2, Mode::Blind, rubric()))),
    );
    assert!(bench.strip().contains("skipped"), "{}", bench.strip());
    bench.keys("q");
    assert_eq!(bench.state.screen, Screen::Queue);
    assert_eq!(bench.strip(), "");
}

#[test]
fn a_refusal_on_one_screen_is_not_repeated_on_the_next() {
    let mut bench = blind();
    bench.keys("ctrl-t");
    assert!(bench.strip().contains("does nothing here"));
    bench.keys("q");
    assert_eq!(bench.strip(), "");
}

#[test]
fn why_a_key_was_refused_goes_with_the_next_key_that_does_something() {
    let mut bench = blind();
    bench.keys("ctrl-t");
    assert!(bench.strip().contains("does nothing here"));
    bench.keys("3");
    assert_eq!(bench.strip(), "");
}

#[test]
fn the_editor_names_the_commit_key_that_every_terminal_sends() {
    let mut bench = blind();
    bench.keys("e");
    let hints = super::super::hints::hints(&bench.state);
    let commit = hints.iter().find(|hint| hint.words == "commit").unwrap();
    assert_eq!(commit.key, "Alt-⏎");
}

#[test]
fn a_commit_with_an_edited_output_says_that_the_correction_is_kept() {
    for (edits, said) in [(true, true), (false, false)] {
        let mut bench = blind();
        if edits {
            bench.keys("e X esc");
        }
        bench.keys("3 4 enter");
        bench.reply(
            |order| matches!(order, Order::Submit(_)),
            Outcome::Committed(Box::new(committed(1, false))),
        );
        let strip = bench.strip().to_owned();
        assert!(strip.starts_with("committed"), "{strip}");
        assert_eq!(strip.contains("correction kept"), said, "{strip}");
    }
}
