//! Reviewing by several people on a real temporary database.

use std::collections::HashSet;

use proptest::prelude::*;

use super::testing::{Bench, level, submission};
use super::*;
use crate::domain::eval::{AfterCommit, Mode};
use crate::domain::ids::TicketId;
use crate::domain::review::Sight;
use crate::domain::ticket::State;
use crate::domain::view::{
    Anchor, Count, Decision, JudgeView, JudgeWord, Order, QueueQuery, QueueRow, Shown, Why,
};
use crate::store::StoreError;

fn query(bench: &Bench, filter: &str, order: Order, anchor: Anchor, limit: u16) -> QueueQuery {
    QueueQuery {
        eval: bench.eval.id,
        order,
        filter: filter.into(),
        anchor,
        limit,
    }
}

#[test]
fn a_committed_review_settles_the_ticket_and_the_next_one_comes() {
    let bench = Bench::new(3, Mode::Assist, 1, false);
    let first = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    let committed = bench.ana.submit(&level(&first, 5)).unwrap();
    assert_eq!(
        (committed.state, committed.pass, committed.left),
        (State::Done, Some(true), 2)
    );
    let second = bench
        .ana
        .next_ticket(bench.eval.id, Some(first.ticket))
        .unwrap()
        .unwrap();
    assert_ne!(first.ticket, second.ticket);
}

#[test]
fn a_blind_reviewer_sees_nothing_before_the_commit_and_the_judge_after_when_it_differs() {
    let bench = Bench::new(6, Mode::Blind, 1, true);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    assert_eq!(doc.judge, JudgeView::Hidden);
    assert_eq!(doc.outputs[0].model, Shown::Hidden);
    let shown = format!("{doc:?}");
    assert!(
        !shown.contains("secret-model") && !shown.contains("because"),
        "{shown}"
    );
    let index = bench
        .tickets
        .iter()
        .position(|id| *id == doc.ticket)
        .unwrap();
    let far = if index % 6 >= 3 { 0 } else { 5 };
    let committed = bench.ana.submit(&level(&doc, far)).unwrap();
    assert!(committed.judge_differs && committed.revealed.is_some());
    assert!(matches!(committed.judge, JudgeView::Verdicts { .. }));
}

#[test]
fn undo_after_the_judge_was_seen_keeps_the_blind_opinion_and_opens_a_second() {
    let bench = Bench::new(1, Mode::Blind, 1, true);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    let committed = bench.ana.submit(&level(&doc, 5)).unwrap();
    let undone = bench.ana.undo().unwrap().unwrap();
    assert_eq!(undone.second_after, committed.revealed);
    let mut second = level(&doc, 0);
    second.second_after = undone.second_after;
    bench.ana.submit(&second).unwrap();
    let again = bench.ana.open_ticket(doc.ticket, false).unwrap();
    let mine = again.mine.unwrap();
    assert_eq!(mine.first.answers["q"].level(), Some(5));
    assert_eq!(mine.first.sight, Sight::Blind);
    assert_eq!(mine.current().answers["q"].level(), Some(0));
}

#[test]
fn showing_the_judge_early_marks_the_review_assisted() {
    let bench = Bench::new(1, Mode::Blind, 1, true);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    assert!(matches!(
        bench.ana.reveal(doc.ticket).unwrap(),
        JudgeView::Verdicts { .. }
    ));
    bench.ana.submit(&level(&doc, 5)).unwrap();
    let mine = bench
        .ana
        .open_ticket(doc.ticket, false)
        .unwrap()
        .mine
        .unwrap();
    assert_eq!(mine.first.sight, Sight::Assisted);
}

/// The answer the judge of [`Bench`] agrees with, so that a commit shows nothing of it.
fn agreeing(bench: &Bench, ticket: TicketId) -> i32 {
    let at = bench.tickets.iter().position(|id| *id == ticket).unwrap();
    (at % 6) as i32
}

#[test]
fn a_blind_commit_that_goes_on_says_whether_the_judge_agrees_or_none_has_read_it() {
    for (judged, expected) in [(true, JudgeWord::Agrees), (false, JudgeWord::Unread)] {
        let bench = Bench::new(6, Mode::Blind, 1, judged);
        let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
        let answer = agreeing(&bench, doc.ticket);
        let committed = bench.ana.submit(&level(&doc, answer)).unwrap();
        assert_eq!(committed.judge_word, expected);
        assert!(!matches!(committed.judge, JudgeView::Verdicts { .. }));
        let next = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
        assert!(!matches!(next.judge, JudgeView::Verdicts { .. }));
    }
    // Where the judge is never to be seen, not even that is said.
    let bench = Bench::new(6, Mode::Blind, 1, true);
    let mut policy = bench.eval.policy.clone();
    policy.after_commit = AfterCommit::Never;
    bench.ana.set_policy("support", policy, None, None).unwrap();
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    let committed = bench.ana.submit(&level(&doc, 5)).unwrap();
    assert_eq!(committed.judge_word, JudgeWord::Untold);
}

#[test]
fn a_finished_blind_ticket_keeps_the_judge_back_until_it_is_revealed() {
    let bench = Bench::new(6, Mode::Blind, 1, true);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    let right = agreeing(&bench, doc.ticket);
    let committed = bench.ana.submit(&level(&doc, right)).unwrap();
    assert_eq!(
        (committed.revealed, &committed.judge),
        (None, &JudgeView::Hidden)
    );
    let again = bench.ana.open_ticket(doc.ticket, true).unwrap();
    assert_eq!(again.judge, JudgeView::Hidden);
    assert!(!format!("{again:?}").contains("because"));
    // Names are shown after the own commit, the judge is not; nor does the list tell it.
    assert!(matches!(again.outputs[0].model, Shown::Some(_)));
    let page = query(&bench, "status:done", Order::Plan, Anchor::Start, 10);
    let page = bench.ana.queue(&page).unwrap();
    assert_eq!(page.rows[0].judge, Shown::Hidden);
    assert_eq!(page.rows[0].said, Shown::Hidden);
    bench.ana.reveal(doc.ticket).unwrap();
    let seen = bench.ana.open_ticket(doc.ticket, true).unwrap();
    assert!(matches!(seen.judge, JudgeView::Verdicts { .. }));
    let revealed = |fold: &crate::domain::fold::Folded| fold.revealed.contains_key("ana");
    assert!(!revealed(&again.folded) && revealed(&seen.folded));
}

#[test]
fn what_is_said_after_a_reveal_is_assisted_and_stands_beside_the_blind_review() {
    let bench = Bench::new(6, Mode::Blind, 1, true);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    let right = agreeing(&bench, doc.ticket);
    bench.ana.submit(&level(&doc, right)).unwrap();
    bench.ana.reveal(doc.ticket).unwrap();
    let again = bench.ana.open_ticket(doc.ticket, true).unwrap();
    // Not even where the screen says that it was blind.
    bench.ana.submit(&level(&again, 5 - right)).unwrap();
    let mine = bench
        .ana
        .open_ticket(doc.ticket, false)
        .unwrap()
        .mine
        .unwrap();
    assert_eq!(
        (mine.first.answers["q"].level(), mine.first.sight),
        (Some(right), Sight::Blind)
    );
    let second = mine.second.unwrap();
    assert_eq!(second.answers["q"].level(), Some(5 - right));
    assert_eq!(second.sight, Sight::Assisted);
}

#[test]
fn a_change_after_names_were_seen_does_not_replace_the_blind_review() {
    let bench = Bench::new(1, Mode::Blind, 1, false);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    bench.ana.submit(&level(&doc, 4)).unwrap();
    let again = bench.ana.open_ticket(doc.ticket, true).unwrap();
    bench.ana.submit(&level(&again, 1)).unwrap();
    let mine = bench
        .ana
        .open_ticket(doc.ticket, false)
        .unwrap()
        .mine
        .unwrap();
    assert_eq!(mine.first.answers["q"].level(), Some(4));
    assert_eq!(mine.second.unwrap().sight, Sight::Assisted);
    let said = bench.ana.history_of(doc.ticket).unwrap();
    assert!(
        said.iter()
            .any(|line| line.what == "saw names and other reviews")
    );
}

#[test]
fn an_eval_that_stops_being_blind_does_not_open_its_blind_reviews_to_change() {
    let bench = Bench::new(1, Mode::Blind, 1, true);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    let right = agreeing(&bench, doc.ticket);
    bench.ana.submit(&level(&doc, right)).unwrap();
    let mut policy = bench.eval.policy.clone();
    policy.mode = Mode::Assist;
    policy.audit_share = 0.0;
    bench.ana.set_policy("support", policy, None, None).unwrap();
    let again = bench.ana.open_ticket(doc.ticket, true).unwrap();
    assert!(matches!(again.judge, JudgeView::Verdicts { .. }));
    bench.ana.submit(&level(&again, 5 - right)).unwrap();
    let mine = bench
        .ana
        .open_ticket(doc.ticket, false)
        .unwrap()
        .mine
        .unwrap();
    assert_eq!(mine.first.sight, Sight::Blind);
    assert_eq!(mine.first.answers["q"].level(), Some(right));
    assert_eq!(mine.current().answers["q"].level(), Some(5 - right));
}

#[test]
fn a_blind_filter_or_order_that_would_tell_is_refused_with_the_reason() {
    let bench = Bench::new(2, Mode::Blind, 1, true);
    for filter in [
        "judge<0.5",
        "model:secret-model",
        "reviewer:ben",
        "has:review",
    ] {
        let error = bench
            .ana
            .queue(&query(&bench, filter, Order::Plan, Anchor::Start, 10))
            .unwrap_err();
        assert!(error.to_string().contains("blind"), "{filter}: {error}");
    }
    assert!(
        bench
            .ana
            .queue(&query(&bench, "", Order::JudgeScore, Anchor::Start, 10))
            .is_err()
    );
}

#[test]
fn an_undone_review_comes_back_as_a_draft_and_redo_brings_the_review_back() {
    let bench = Bench::new(2, Mode::Assist, 1, false);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    let before = bench.dump();
    bench.ana.submit(&level(&doc, 4)).unwrap();
    let after = bench.dump();
    let undone = bench.ana.undo().unwrap().unwrap();
    assert_eq!(undone.ticket, Some(doc.ticket));
    assert_eq!(bench.dump(), before);
    let reopened = bench.ana.open_ticket(doc.ticket, true).unwrap();
    assert_eq!(reopened.draft.unwrap().answers["q"].level(), Some(4));
    bench.ana.redo().unwrap().unwrap();
    assert_eq!(bench.dump(), after);
    assert!(bench.ana.redo().unwrap().is_none());
}

#[test]
fn undo_is_refused_by_name_where_another_person_rests_on_it() {
    let bench = Bench::new(1, Mode::Assist, 1, false);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    bench.ana.submit(&level(&doc, 4)).unwrap();
    bench
        .by("ben")
        .decide(&[doc.ticket], &Decision::Comment("agreed".into()))
        .unwrap();
    let error = bench.ana.undo().unwrap_err().to_string();
    assert!(error.contains("ben"), "{error}");
}

#[test]
fn a_bulk_decision_is_one_undo() {
    let bench = Bench::new(5, Mode::Assist, 1, false);
    let before = bench.dump();
    assert_eq!(
        bench
            .ana
            .decide(&bench.tickets, &Decision::Flag(true, "odd".into()))
            .unwrap(),
        5
    );
    let undone = bench.ana.undo().unwrap().unwrap();
    assert_eq!(undone.tickets, 5);
    assert_eq!(bench.dump(), before);
}

#[test]
fn a_submit_under_an_old_lease_is_refused_and_the_draft_stays() {
    let bench = Bench::new(1, Mode::Assist, 1, false);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    let mut late = level(&doc, 4);
    late.draft.note = "mine".into();
    bench.ana.save_draft(doc.ticket, &late.draft).unwrap();
    bench.clock.advance(crate::store::leases::LEASE_MS + 1);
    let theirs = bench.by("ben").open_ticket(doc.ticket, true).unwrap();
    assert!(theirs.lease.is_some());
    let error = bench.ana.submit(&late).unwrap_err();
    assert!(
        matches!(error, EngineError::Store(StoreError::StaleLease)),
        "{error}"
    );
    assert_eq!(
        bench
            .ana
            .open_ticket(doc.ticket, false)
            .unwrap()
            .draft
            .unwrap()
            .note,
        "mine"
    );
}

#[test]
fn a_level_off_the_scale_or_a_missing_answer_is_refused_and_nothing_is_written() {
    let bench = Bench::new(1, Mode::Assist, 1, false);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    let before = bench.dump();
    assert!(bench.ana.submit(&level(&doc, 9)).is_err());
    let mut empty = level(&doc, 1);
    empty.draft.answers.clear();
    assert!(
        bench
            .ana
            .submit(&empty)
            .unwrap_err()
            .to_string()
            .contains("no answer")
    );
    assert_eq!(bench.dump(), before);
}

#[test]
fn skipped_tickets_come_last_and_only_for_the_one_who_skipped() {
    let bench = Bench::new(3, Mode::Assist, 1, false);
    let first = bench
        .ana
        .next_ticket(bench.eval.id, None)
        .unwrap()
        .unwrap()
        .ticket;
    bench.ana.decide(&[first], &Decision::Skip).unwrap();
    let seen: Vec<TicketId> = (0..2)
        .map(|_| {
            let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
            bench.ana.submit(&level(&doc, 3)).unwrap();
            doc.ticket
        })
        .collect();
    assert!(!seen.contains(&first));
    assert_eq!(
        bench
            .by("ben")
            .peek_ticket(bench.eval.id, None)
            .unwrap()
            .unwrap()
            .ticket,
        first
    );
    assert_eq!(
        bench
            .ana
            .next_ticket(bench.eval.id, None)
            .unwrap()
            .unwrap()
            .ticket,
        first
    );
}

#[test]
fn the_same_two_people_never_get_the_same_ticket() {
    let bench = Bench::new(2, Mode::Assist, 1, false);
    let ben = bench.by("ben");
    let a = bench
        .ana
        .next_ticket(bench.eval.id, None)
        .unwrap()
        .unwrap()
        .ticket;
    let b = ben
        .next_ticket(bench.eval.id, None)
        .unwrap()
        .unwrap()
        .ticket;
    assert_ne!(a, b);
    let none = bench
        .by("eva")
        .next_ticket(bench.eval.id, None)
        .unwrap()
        .unwrap_err();
    assert_eq!(
        none,
        crate::domain::view::NoTicket::HeldByOthers { tickets: 2 }
    );
}

#[test]
fn pages_walk_the_whole_list_in_every_order_and_back() {
    let bench = Bench::new(25, Mode::Assist, 1, true);
    for order in Order::ALL {
        let mut seen = Vec::new();
        let mut anchor = Anchor::Start;
        loop {
            let page = bench
                .ana
                .queue(&query(&bench, "", order, anchor, 7))
                .unwrap();
            seen.extend(page.rows.iter().map(|row| row.ticket));
            let Some(last) = page.rows.last() else { break };
            anchor = Anchor::After(last.key);
            if !page.more_after {
                break;
            }
        }
        assert_eq!(seen.len(), 25, "{order:?}");
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 25);
        let end = bench
            .ana
            .queue(&query(&bench, "", order, Anchor::End, 7))
            .unwrap();
        assert_eq!(
            end.rows.iter().map(|row| row.ticket).collect::<Vec<_>>(),
            seen[18..]
        );
        let before = bench
            .ana
            .queue(&query(
                &bench,
                "",
                order,
                Anchor::Before(end.rows[0].key),
                7,
            ))
            .unwrap();
        assert_eq!(
            before.rows.iter().map(|row| row.ticket).collect::<Vec<_>>(),
            seen[11..18]
        );
        assert!(before.more_before && before.more_after);
    }
}

#[test]
fn filters_and_their_counts_agree() {
    let bench = Bench::new(24, Mode::Assist, 1, true);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    bench.ana.submit(&level(&doc, 2)).unwrap();
    while bench.ana.index_slice(10).unwrap() > 0 {}
    for (filter, n) in [
        ("status:open", 23),
        ("status:done", 1),
        ("feature:billing", 12),
        ("Feature:BILLING", 12),
        ("tag:refund", 8),
        ("tag:refund feature:billing", 4),
        ("-tag:refund", 16),
        ("mine:yes", 1),
        ("score<0.5", 1),
        ("level.q:2", 1),
        ("judge<0.5", 12),
        ("\"answer 7\"", 1),
        ("question", 24),
        ("has:review", 1),
        ("model:secret*", 24),
        ("dataset:support", 24),
        ("role:heldout", 0),
        ("status:open or status:done", 24),
    ] {
        let page = bench
            .ana
            .queue(&query(&bench, filter, Order::Plan, Anchor::Start, 50))
            .unwrap();
        assert_eq!(page.rows.len(), n, "{filter}");
        let counts = bench
            .ana
            .counts(bench.eval.id, filter, Order::Plan)
            .unwrap();
        assert_eq!(counts.shown, Count::Exactly(n as u64), "{filter}");
        assert_eq!(
            bench
                .ana
                .matching(bench.eval.id, filter, 100)
                .unwrap()
                .len(),
            n,
            "{filter}"
        );
    }
    let done = bench
        .ana
        .queue(&query(&bench, "status:done", Order::Plan, Anchor::Start, 5))
        .unwrap();
    assert_eq!(done.rows[0].why, Why::DoneBy("ana".into()));
}

#[test]
fn two_seats_are_filled_by_two_people() {
    let bench = Bench::new(1, Mode::Blind, 2, false);
    let ben = bench.by("ben");
    let a = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    let b = ben.open_ticket(a.ticket, true).unwrap();
    assert_ne!(a.lease.unwrap().seat, b.lease.unwrap().seat);
    assert_eq!(
        bench.ana.submit(&level(&a, 1)).unwrap().state,
        State::Partial
    );
    assert!(
        ben.open_ticket(a.ticket, false)
            .unwrap()
            .folded
            .reviews
            .is_empty()
    );
    assert_eq!(ben.submit(&level(&b, 5)).unwrap().state, State::Adjudicate);
}

/// All tickets of an assisted eval audited: half of them are for a second reviewer.
fn audited() -> Bench {
    let bench = Bench::new(40, Mode::Assist, 1, true);
    let mut policy = bench.eval.policy.clone();
    policy.audit_share = 1.0;
    bench.ana.set_policy("support", policy, None, None).unwrap();
    bench
}

/// Takes every ticket there is, in the plan's order, and gives it a level.
fn take_all(engine: &Engine, bench: &Bench) -> Vec<TicketId> {
    let mut taken = Vec::new();
    while let Ok(doc) = engine.next_ticket(bench.eval.id, None).unwrap() {
        assert_eq!((&doc.judge, doc.audit), (&JudgeView::Hidden, true));
        assert!(doc.folded.reviews.is_empty(), "nobody else's review shows");
        taken.push(doc.ticket);
        engine.submit(&level(&doc, 3)).unwrap();
        engine.release(doc.ticket).unwrap();
    }
    taken
}

#[test]
fn half_of_the_blind_audit_goes_to_a_second_reviewer_and_to_no_third() {
    let bench = audited();
    assert_eq!(take_all(&bench.ana, &bench).len(), 40);
    let ben = bench.by("ben");
    let waits = ben.waiting(bench.eval.id).unwrap();
    let again = take_all(&ben, &bench);
    assert!((10..=30).contains(&again.len()), "{}", again.len());
    assert_eq!(waits, again.len() as u64);
    let eval = bench.ana.eval_named("support").unwrap();
    assert!(again.iter().all(|ticket| eval.is_audited_twice(ticket)));
    assert_eq!(take_all(&bench.by("eva"), &bench), []);
    assert_eq!(take_all(&bench.ana, &bench), []);
    // It is what people are compared with each other on.
    let options = crate::domain::view::AgreementOptions::default();
    let report = bench.ana.agreement(bench.eval.id, &options).unwrap();
    assert_eq!(report.people[0].pairable, again.len() as u64);
    assert!(bench.ana.check_up(false).unwrap().sound());
}

#[test]
fn who_reviews_an_audited_eval_alone_is_not_kept_waiting() {
    let bench = audited();
    take_all(&bench.ana, &bench);
    assert_eq!(bench.ana.waiting(bench.eval.id).unwrap(), 0);
    let none = bench.ana.next_ticket(bench.eval.id, None).unwrap();
    assert_eq!(none.unwrap_err(), crate::domain::view::NoTicket::AllDone);
    let done = bench
        .ana
        .counts(bench.eval.id, "status:done", Order::Plan)
        .unwrap();
    assert_eq!(done.shown, Count::Exactly(40));
}

#[test]
fn numbers_rest_on_what_was_said_blind_and_training_on_the_last_word() {
    let bench = Bench::new(1, Mode::Blind, 1, true);
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    let committed = bench.ana.submit(&level(&doc, 5)).unwrap();
    let mut second = level(&doc, 1);
    second.second_after = committed.revealed;
    bench.ana.submit(&second).unwrap();
    let of = |sql: &'static str| {
        let read = bench
            .ana
            .store()
            .read(|db| db.first(sql, &[], |row| row.maybe_real(0)));
        read.unwrap().flatten()
    };
    assert_eq!(of("SELECT score FROM ticket"), Some(1.0));
    assert_eq!(of("SELECT score FROM ticket_person"), Some(0.2));
    // An export for training takes it as what the person says now: not good enough.
    let taken = |passing: bool| {
        let filter = crate::domain::filter::Filter::parse("").unwrap();
        let ask = crate::store::export::Ask {
            scope: crate::store::filter_sql::Scope {
                eval: 1,
                reviewer: "ana",
                words: &crate::text::search_terms::fts_query,
                audit: None,
            },
            wanted: crate::store::export::Wanted {
                passing,
                failing: !passing,
                ..Default::default()
            },
            min_score: None,
            filter: &filter,
        };
        let mut scores = Vec::new();
        let read = bench.ana.store().read(|db| {
            crate::store::export::each(db, &ask, |one| {
                scores.push(one.score);
                Ok(true)
            })
        });
        read.unwrap();
        scores
    };
    assert_eq!((taken(true), taken(false)), (vec![], vec![Some(0.2)]));
    assert!(bench.ana.check_up(false).unwrap().sound());
}

#[derive(Debug, Clone)]
enum Act {
    Submit(usize, usize, i32),
    Decide(usize, usize, u8),
    Bulk(usize, u8),
    Undo(usize),
    Redo(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..3usize, 0..6usize, 0..6i32).prop_map(|(who, ticket, level)| Act::Submit(who, ticket, level)),
        3 => (0..3usize, 0..6usize, 0..8u8).prop_map(|(who, ticket, what)| Act::Decide(who, ticket, what)),
        1 => (0..3usize, 0..8u8).prop_map(|(who, what)| Act::Bulk(who, what)),
        3 => (0..3usize).prop_map(Act::Undo),
        2 => (0..3usize).prop_map(Act::Redo),
    ]
}

fn decision(what: u8) -> Decision {
    match what {
        0 => Decision::Skip,
        1 => Decision::Defer("later".into()),
        2 => Decision::Escalate("help".into()),
        3 => Decision::Flag(true, "odd".into()),
        4 => Decision::Flag(false, String::new()),
        5 => Decision::Tag("seen".into(), true),
        6 => Decision::Tag("refund".into(), false),
        _ => Decision::Note("hm".into()),
    }
}

fn perform(bench: &Bench, people: &[Engine], step: &Act) {
    bench.clock.advance(1_000);
    match step {
        Act::Submit(who, ticket, value) => {
            let engine = &people[*who];
            if let Some(lease) = engine.claim(bench.tickets[*ticket]).unwrap() {
                engine
                    .submit(&submission(bench.tickets[*ticket], lease, *value))
                    .unwrap();
                engine.release(bench.tickets[*ticket]).unwrap();
            }
        }
        Act::Decide(who, ticket, what) => {
            // A refused move (putting aside what is settled) is part of the history too.
            let _ = people[*who].decide(&[bench.tickets[*ticket]], &decision(*what));
        }
        Act::Bulk(who, what) => {
            let _ = people[*who].decide(&bench.tickets, &decision(*what));
        }
        Act::Undo(who) => {
            let _ = people[*who].undo();
        }
        Act::Redo(who) => {
            let _ = people[*who].redo();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn kept_projections_equal_a_rebuild_for_random_histories(
        steps in proptest::collection::vec(act(), 1..40), overlap in 1..3u8, blind in any::<bool>(),
    ) {
        let bench = Bench::new(6, if blind { Mode::Blind } else { Mode::Assist }, overlap, true);
        let people = [bench.ana.clone(), bench.by("ben"), bench.by("eva")];
        for step in &steps {
            perform(&bench, &people, step);
        }
        let kept = bench.dump();
        bench.ana.store().write(crate::store::project::rebuild).unwrap();
        prop_assert_eq!(kept, bench.dump());
    }

    #[test]
    fn undo_then_redo_is_identity(steps in proptest::collection::vec(act(), 1..20)) {
        let bench = Bench::new(6, Mode::Assist, 1, false);
        let people = [bench.ana.clone(), bench.by("ben"), bench.by("eva")];
        for step in &steps {
            perform(&bench, &people, step);
        }
        let before = bench.dump();
        if let Ok(Some(_)) = bench.ana.undo() {
            bench.ana.redo().unwrap().unwrap();
        }
        prop_assert_eq!(before, bench.dump());
    }
}

/// Reviews until nothing is left; returns the tickets reviewed.
fn drain(engine: &Engine, eval: crate::domain::ids::EvalId) -> Vec<TicketId> {
    let mut mine = Vec::new();
    loop {
        match engine.next_ticket(eval, None).unwrap() {
            Ok(doc) => {
                engine.submit(&level(&doc, 3)).unwrap();
                engine.release(doc.ticket).unwrap();
                mine.push(doc.ticket);
            }
            Err(crate::domain::view::NoTicket::HeldByOthers { .. }) => std::thread::yield_now(),
            Err(_) => return mine,
        }
    }
}

#[test]
fn sixteen_reviewers_over_two_connections_review_each_ticket_exactly_once() {
    let bench = Bench::new(200, Mode::Assist, 1, false);
    let other = Engine::open(bench.ana.path(), "x", bench.clock.clone()).unwrap();
    let eval = bench.eval.id;
    let threads: Vec<_> = (0..16)
        .map(|n| {
            let engine = if n % 2 == 0 { &bench.ana } else { &other }.seen_by(&format!("r{n}"));
            std::thread::spawn(move || drain(&engine, eval))
        })
        .collect();
    let reviewed: Vec<TicketId> = threads
        .into_iter()
        .flat_map(|thread| thread.join().unwrap())
        .collect();
    assert_eq!(reviewed.len(), 200);
    assert_eq!(reviewed.iter().collect::<HashSet<_>>().len(), 200);
    assert_eq!(
        bench
            .ana
            .counts(eval, "status:done", Order::Plan)
            .unwrap()
            .shown,
        Count::Exactly(200)
    );
}

#[test]
fn a_ticket_with_a_draft_comes_first_when_its_reviewer_starts_again() {
    let bench = Bench::new(20, Mode::Assist, 1, false);
    let first = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    let second = bench
        .ana
        .next_ticket(bench.eval.id, Some(first.ticket))
        .unwrap()
        .unwrap();
    let mut draft = level(&second, 2).draft;
    draft.note = "half a thought".into();
    bench.ana.save_draft(second.ticket, &draft).unwrap();
    bench.ana.release(first.ticket).unwrap();
    bench.ana.release(second.ticket).unwrap();
    let drafts = |of: &Engine| {
        let mut found = Vec::new();
        let all = of.each_ticket(bench.eval.id, "", Order::Plan, |row| {
            found.extend(row.draft.then_some(row.ticket));
            true
        });
        all.unwrap();
        found
    };
    assert_eq!(drafts(&bench.ana), [second.ticket]);
    assert_eq!(drafts(&bench.by("ben")), []);
    let again = Engine::open(bench.ana.path(), "ana", bench.clock.clone()).unwrap();
    let doc = again.next_ticket(bench.eval.id, None).unwrap().unwrap();
    assert_eq!(doc.ticket, second.ticket);
    assert_eq!(doc.draft.unwrap().note, "half a thought");
}

#[test]
fn a_seat_left_by_a_killed_process_is_free_for_the_same_person_at_once() {
    let bench = Bench::new(1, Mode::Assist, 1, false);
    // No process has the largest id there can be.
    let ticket = bench.tickets[0];
    let now = bench.clock.now_ms();
    bench
        .ana
        .store()
        .write(move |db| {
            let row = crate::store::tickets::get(db, &ticket)?.row;
            crate::store::leases::take(db, row, 1, "ana@2147483647.0000abcd", now)
        })
        .unwrap();
    assert!(
        bench
            .by("ben")
            .open_ticket(ticket, true)
            .unwrap()
            .lease
            .is_none()
    );
    let again = Engine::open(bench.ana.path(), "ana", bench.clock.clone()).unwrap();
    assert!(again.open_ticket(ticket, true).unwrap().lease.is_some());
}

#[test]
fn a_filter_or_order_tells_nothing_of_the_blind_audit_share() {
    let bench = Bench::new(40, Mode::Assist, 1, true);
    let mut policy = bench.eval.policy.clone();
    policy.audit_share = 0.5;
    policy.after_commit = AfterCommit::Always;
    bench.ana.set_policy("support", policy, None, None).unwrap();
    let listed = |filter: &str, order| -> Vec<QueueRow> {
        let asked = query(&bench, filter, order, Anchor::Start, 50);
        bench.ana.queue(&asked).unwrap().rows
    };
    let all = listed("", Order::Plan);
    let hidden = all.iter().filter(|row| row.judge == Shown::Hidden).count();
    assert!(hidden > 5 && hidden < 35, "{hidden} of 40");
    for (filter, order) in [
        ("judge>=0", Order::Plan),
        ("", Order::JudgeScore),
        ("model:secret*", Order::Plan),
    ] {
        let rows = listed(filter, order);
        assert_eq!(rows.len(), 40 - hidden, "{filter} {order:?}");
        assert!(rows.iter().all(|row| row.judge != Shown::Hidden));
        let counts = bench.ana.counts(bench.eval.id, filter, order).unwrap();
        assert_eq!(counts.shown, Count::Exactly(rows.len() as u64));
    }
    let blind = all.iter().find(|row| row.judge == Shown::Hidden).unwrap();
    let doc = bench.ana.open_ticket(blind.ticket, true).unwrap();
    bench.ana.submit(&level(&doc, 3)).unwrap();
    assert_eq!(listed("judge>=0", Order::Plan).len(), 41 - hidden);
}

#[test]
fn a_killed_process_whose_parent_has_not_heard_of_it_is_gone() {
    let mut child = std::process::Command::new("sleep")
        .arg("60")
        .spawn()
        .unwrap();
    let owner = format!("ana@{}.1", child.id());
    assert!(!is_gone(&owner));
    child.kill().unwrap();
    // Not waited for: it stays as a zombie.
    let gone = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        is_gone(&owner)
    });
    assert!(gone || !cfg!(target_os = "linux"));
    child.wait().unwrap();
    assert!(is_gone(&owner));
}
