use std::fmt::Write as _;

use super::*;
use crate::domain::eval::Mode;
use crate::domain::job::Outcome;
use crate::engine::judge::Report;
use crate::engine::judge::running::Progress;
use crate::engine::testing::Bench;

/// Owner name of another process.
const OTHER: &str = "ben@4711.1";

/// A judge that takes a while for each answer.
fn slow(bench: &Bench, delay_ms: u64, tokens: u64) -> JudgeOrder {
    let path = bench.folder.path().join("script.jsonl");
    let mut script = String::new();
    writeln!(
        script,
        r#"{{"match":"answer","delay_ms":{delay_ms},"usage":{{"input":{tokens},"cached_input":0,"output":0,"reasoning":0}},"reply":{{"verdict_id":"$verdict_id","criterion":"q","evidence":[{{"quote":"answer","problem":false}}],"reasoning":"So.","level":4,"reference_conflict":false,"cannot_judge":false,"cannot_judge_reason":""}}}}"#
    )
    .unwrap();
    std::fs::write(&path, script).unwrap();
    JudgeOrder::new("support", format!("scripted:{}", path.display()))
}

/// Another process takes the seats of the first `n` tickets of the plan.
fn held_elsewhere(bench: &Bench, order: &JudgeOrder, n: usize) -> String {
    let plan = bench.ana.prepare_judging(order).unwrap();
    let (seat, rows) = (plan.judge.seat(), plan.rows[..n].to_vec());
    let (named, now) = (seat.clone(), bench.clock.now_ms());
    let take = move |db: &crate::store::Db| {
        for row in rows {
            assert!(leases::take_judge(db, row, &named, OTHER, now)?);
        }
        Ok(())
    };
    bench.ana.store().write(take).unwrap();
    seat
}

fn judged(bench: &Bench, order: &JudgeOrder, tell: &mut dyn FnMut(&Progress)) -> Report {
    let run = bench.ana.judge_run(order, &Control::default(), tell);
    run.unwrap()
}

#[test]
fn what_another_process_gives_back_unread_is_read_before_the_job_ends() {
    let bench = Bench::new(4, Mode::Assist, 1, false);
    let order = slow(&bench, 300, 0);
    let seat = held_elsewhere(&bench, &order, 3);
    let report = judged(&bench, &order, &mut |_| {
        let seat = seat.clone();
        let give_back = move |db: &crate::store::Db| leases::release_seat(db, &seat, OTHER);
        bench.ana.store().write(give_back).unwrap();
    });
    assert_eq!((report.outcome, report.left), (Outcome::Done, 0));
    assert_eq!((report.total, report.kept.scored_tickets), (4, 4));
}

#[test]
fn a_job_with_tickets_in_the_hands_of_another_process_is_not_done() {
    let bench = Bench::new(4, Mode::Assist, 1, false);
    let order = slow(&bench, 0, 0);
    held_elsewhere(&bench, &order, 3);
    let report = judged(&bench, &order, &mut |_| {});
    assert_eq!((report.outcome, report.left), (Outcome::Failed, 3));
    let message = report.message.unwrap();
    assert!(
        message.contains("3 tickets have no verdict yet") && message.contains("process 4711"),
        "{message}"
    );
}

#[test]
fn money_that_is_short_goes_into_tickets_that_are_finished() {
    let bench = Bench::new(30, Mode::Assist, 1, false);
    // About 5,000 tokens are set aside for each call, and 1,000 of them spent: 15 calls, of six a ticket.
    let order = JudgeOrder {
        samples: Some(6),
        max_tokens: Some(20_000),
        ..slow(&bench, 5, 1_000)
    };
    let report = judged(&bench, &order, &mut |_| {});
    assert_eq!(report.outcome, Outcome::Budget);
    assert!(report.kept.calls >= 12, "{:?}", report.kept);
    assert_eq!(
        report.kept.scored_tickets,
        report.kept.calls / 6,
        "{:?}",
        report.kept
    );
    assert_eq!(report.left, 30 - report.kept.scored_tickets);
    assert!(report.kept.failed.is_empty(), "{:?}", report.kept);
}
