//! Disagreeing with the judge on a real temporary database.

use super::*;
use crate::domain::eval::Mode;
use crate::domain::ids::VerdictId;
use crate::domain::learning::JudgeCorrection;
use crate::domain::rubric::Answer;
use crate::domain::view::TicketDoc;
use crate::engine::testing::{Bench, level};
use crate::store::lessons;

fn verdict(doc: &TicketDoc) -> (VerdictId, i32) {
    let JudgeView::Verdicts { verdicts, .. } = &doc.judge else {
        panic!("the judge is not shown: {:?}", doc.judge);
    };
    let level = verdicts[0].result.as_ref().unwrap().level().unwrap();
    (verdicts[0].id, level)
}

fn other(level: i32) -> i32 {
    if level == 5 { 4 } else { level + 1 }
}

fn said(doc: &TicketDoc, reason: &str) -> Disagreement {
    let (verdict, level) = verdict(doc);
    Disagreement {
        verdict,
        answer: Answer::Level(other(level)),
        reason: reason.to_owned(),
    }
}

fn corrections(bench: &Bench) -> Vec<JudgeCorrection> {
    let store = bench.ana.store();
    let all = store.read(|db| {
        let (row, _) = catalog::eval(db, &bench.eval.id)?.unwrap();
        lessons::corrections(db, row)
    });
    all.unwrap()
}

fn standing(bench: &Bench) -> Vec<String> {
    let all = corrections(bench).into_iter();
    let mut reasons: Vec<String> = all.map(|one| one.said.reason).collect();
    reasons.sort();
    reasons
}

#[test]
fn a_disagreement_is_kept_with_both_answers_and_undone_and_redone_like_any_decision() {
    let bench = Bench::new(2, Mode::Assist, 1, true);
    let doc = bench.ana.open_ticket(bench.tickets[1], false).unwrap();
    let before = bench.dump();
    bench
        .ana
        .correct_judge(doc.ticket, &said(&doc, " too strict \n"))
        .unwrap();
    let after = bench.dump();
    let folded = bench.ana.open_ticket(doc.ticket, false).unwrap().folded;
    let kept = &folded.judge_corrections[0];
    assert_eq!(
        (kept.reviewer.as_str(), &*kept.value.reason),
        ("ana", "too strict")
    );
    assert_eq!(kept.value.judge, Some(Answer::Level(1)));
    assert_eq!(kept.value.answer, Answer::Level(2));
    assert_eq!(kept.value.rubric, bench.eval.rubric);
    let undone = bench.ana.undo().unwrap().unwrap();
    assert!(undone.what.contains("disagreement"), "{}", undone.what);
    assert_eq!(bench.dump(), before);
    assert_eq!(standing(&bench), [] as [&str; 0]);
    bench.ana.redo().unwrap().unwrap();
    assert_eq!(bench.dump(), after);
    assert_eq!(standing(&bench), ["too strict"]);
}

#[test]
fn the_latest_of_a_person_on_a_question_counts_and_another_persons_stands_beside_it() {
    let bench = Bench::new(1, Mode::Assist, 2, true);
    let doc = bench.ana.open_ticket(bench.tickets[0], false).unwrap();
    for reason in ["first", "second"] {
        bench
            .ana
            .correct_judge(doc.ticket, &said(&doc, reason))
            .unwrap();
    }
    bench
        .by("ben")
        .correct_judge(doc.ticket, &said(&doc, "third"))
        .unwrap();
    assert_eq!(standing(&bench), ["second", "third"]);
}

#[test]
fn a_hidden_judge_cannot_be_disagreed_with_and_after_the_own_commit_it_can() {
    let bench = Bench::new(6, Mode::Blind, 1, true);
    let open = bench.by("ben");
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    open.reveal(doc.ticket).unwrap();
    let said = said(&open.open_ticket(doc.ticket, false).unwrap(), "no");
    let why = bench.ana.correct_judge(doc.ticket, &said).unwrap_err();
    assert!(why.to_string().contains("hidden"), "{why}");
    bench.ana.submit(&level(&doc, 2)).unwrap();
    bench.ana.correct_judge(doc.ticket, &said).unwrap();
    assert_eq!(standing(&bench), ["no"]);
}

#[test]
fn what_is_no_disagreement_is_refused_with_the_reason() {
    let bench = Bench::new(2, Mode::Assist, 1, true);
    let doc = bench.ana.open_ticket(bench.tickets[1], false).unwrap();
    let right = said(&doc, "");
    let same = Answer::Level(verdict(&doc).1);
    for (answer, verdict, words) in [
        (same, right.verdict, "the same"),
        (Answer::Level(9), right.verdict, "0 to 5"),
        (right.answer.clone(), VerdictId([9; 16]), "no such verdict"),
    ] {
        let wrong = Disagreement {
            verdict,
            answer,
            reason: String::new(),
        };
        let why = bench.ana.correct_judge(doc.ticket, &wrong).unwrap_err();
        assert!(why.to_string().contains(words), "{why}");
    }
    assert_eq!(standing(&bench), [] as [&str; 0]);
}

#[test]
fn of_one_person_and_question_the_latest_disagreement_stands() {
    let bench = Bench::new(2, Mode::Assist, 1, true);
    let doc = bench.ana.open_ticket(bench.tickets[1], false).unwrap();
    for reason in ["too strict", "far too strict"] {
        let said = said(&doc, reason);
        bench.ana.correct_judge(doc.ticket, &said).unwrap();
    }
    assert_eq!(standing(&bench), ["far too strict"]);
}

#[test]
fn the_history_says_who_disagreed_and_others_levels_stay_hidden_while_the_eval_is_blind() {
    let bench = Bench::new(1, Mode::Blind, 2, true);
    let (ana, ben) = (&bench.ana, bench.by("ben"));
    let id = bench.tickets[0];
    ana.reveal(id).unwrap();
    let doc = ana.open_ticket(id, false).unwrap();
    ana.correct_judge(id, &said(&doc, "the date is wrong"))
        .unwrap();
    let mine = ana.history_of(id).unwrap();
    let line = &mine.last().unwrap().what;
    assert_eq!(
        line,
        "disagreed with the judge on q: 1, not 0: the date is wrong"
    );
    assert!(ben.history_of(id).unwrap().is_empty());
    assert!(
        ben.open_ticket(id, false)
            .unwrap()
            .folded
            .judge_corrections
            .is_empty()
    );
    let all = ben.history(10).unwrap();
    assert!(all.iter().all(|line| !line.what.contains("the date")));
    assert!(
        all.iter()
            .any(|line| line.what.starts_with("disagreed with the judge "))
    );
}
