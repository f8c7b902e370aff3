//! The Activity screen, in the words of who watches judges.

use super::super::effect::{Effect, Order, Outcome};
use super::super::modal::Modal;
use super::super::state::Screen;
use super::super::test_kit::{Bench, EVAL, doc, rubric};
use super::super::update::{DisabledReason, refusal};
use super::*;
use crate::domain::eval::Mode;
use crate::domain::job::Wish;
use crate::domain::view::JudgeScope;
use crate::tui::fake::jobs;

/// The screen with four jobs: at work, held, out of budget with failures, killed.
fn bench() -> Bench {
    let mut bench = Bench::with(doc(1, Mode::Assist, rubric()));
    bench.keys("] ] ] ]");
    for _ in 0..6 {
        if bench.state.screen == Screen::Activity {
            break;
        }
        bench.keys("]");
    }
    assert_eq!(bench.state.screen, Screen::Activity);
    bench.reply(
        |order| *order == Order::LoadActivity,
        Outcome::Activity(jobs(EVAL)),
    );
    bench
}

fn steered(bench: &Bench) -> Option<([u8; 16], Wish)> {
    match bench.order(|order| matches!(order, Order::Steer { .. })) {
        Some((_, Order::Steer { job, wish })) => Some((job, wish)),
        _ => None,
    }
}

#[test]
fn a_running_job_is_held_and_let_go_on_and_stopped_only_after_a_yes() {
    let mut bench = bench();
    bench.keys("p");
    assert_eq!(steered(&bench), Some(([1; 16], Wish::Pause)));
    bench.keys("j r");
    assert_eq!(steered(&bench), Some(([2; 16], Wish::Run)));
    bench.keys("c");
    assert_eq!(steered(&bench), Some(([2; 16], Wish::Run)));
    bench.keys("n c y");
    assert_eq!(steered(&bench), Some(([2; 16], Wish::Cancel)));
}

#[test]
fn what_cannot_be_done_to_a_job_says_why() {
    let mut bench = bench();
    let why = |bench: &Bench, action| refusal(&bench.state, action);
    assert_eq!(why(&bench, Action::JobGoOn), Some(DisabledReason::JobRuns));
    bench.keys("j");
    assert_eq!(why(&bench, Action::JobHold), Some(DisabledReason::JobHeld));
    bench.keys("j");
    assert_eq!(why(&bench, Action::JobStop), Some(DisabledReason::JobEnded));
    assert_eq!(why(&bench, Action::JobGoOn), None);
}

#[test]
fn the_tickets_of_a_failure_are_two_keys_away() {
    let mut bench = bench();
    bench.keys("j j enter");
    assert_eq!(bench.state.activity.focus, Focus::Failures);
    bench.keys("j enter");
    assert_eq!(bench.state.screen, Screen::Queue);
    let Some((_, Order::LoadQueue(query))) =
        bench.order(|order| matches!(order, Order::LoadQueue(_)))
    else {
        panic!("the tickets are asked for");
    };
    assert_eq!(query.filter, "unscored:transport");
    assert_eq!(query.eval, EVAL);
}

#[test]
fn what_a_job_left_is_offered_with_its_judge_under_the_cursor() {
    let mut bench = bench();
    bench.keys("j j j r");
    let Some((_, Order::LoadJudges(ask))) =
        bench.order(|order| matches!(order, Order::LoadJudges(_)))
    else {
        panic!("what it would take is asked");
    };
    assert_eq!(ask.named.as_deref(), Some("checks"));
    assert_eq!((ask.scope, ask.again), (JudgeScope::All, false));
    assert!(matches!(bench.state.modals.last(), Some(Modal::Judges(_))));
}

#[test]
fn the_cursor_stays_on_its_job_when_others_start_and_end() {
    let mut bench = bench();
    bench.keys("j j");
    let mut now = jobs(EVAL);
    now.rotate_right(1);
    bench.state.activity.take(now);
    assert_eq!(
        bench.state.activity.current().map(|card| card.job.id),
        Some([3; 16])
    );
}

#[test]
fn jobs_under_way_are_looked_at_though_nobody_writes_and_ended_ones_are_not() {
    let mut bench = bench();
    let loads = |bench: &Bench| {
        let all = bench.effects.iter();
        all.filter(
            |effect| matches!(effect, Effect::Ask { order, .. } if *order == Order::LoadActivity),
        )
        .count()
    };
    let before = loads(&bench);
    bench.tick(update::LOOK_MS);
    assert_eq!(loads(&bench), before + 1);
    let ended = jobs(EVAL).split_off(2);
    bench.reply(
        |order| *order == Order::LoadActivity,
        Outcome::Activity(ended),
    );
    bench.tick(60_000);
    assert_eq!(loads(&bench), before + 1, "a killed job changes no more");
}
