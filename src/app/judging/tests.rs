//! The dialog and what a judge at work may change, in the words of who sits before it.

use super::super::effect::{Order, Outcome};
use super::super::input::Input;
use super::super::modal::Modal;
use super::super::state::{AppState, Screen};
use super::super::test_kit::{Bench, committed, doc, rubric, verdicts};
use super::super::ticket::{Ghosts, Phase};
use super::*;
use crate::domain::eval::Mode;
use crate::domain::rubric::Answer;
use crate::domain::view::{JudgeView, TicketDoc};

fn work(calls: u64, price: Price, needs_yes: bool) -> JudgeWork {
    JudgeWork {
        place: "`openai` (api.example)".into(),
        tickets: 40,
        nothing_to_compare: 0,
        calls,
        planted: 24,
        tokens: calls * 600,
        price,
        time: None,
        first_send: Vec::new(),
        needs_yes: needs_yes.then(|| format!("{calls} calls are more than 1000")),
    }
}

fn choice(name: &str, work: Result<JudgeWork, String>) -> JudgeChoice {
    JudgeChoice {
        name: name.into(),
        because: "because".into(),
        work,
    }
}

fn loads(order: &Order) -> bool {
    matches!(order, Order::LoadJudges(_))
}

/// The dialog over a blind ticket, with these judges.
fn dialog(choices: Vec<JudgeChoice>) -> Bench {
    let mut bench = Bench::with(doc(1, Mode::Blind, rubric()));
    bench.keys("B");
    bench.reply(loads, Outcome::Judges(choices));
    bench
}

fn pick(state: &AppState) -> &JudgePick {
    let pick = state.modals.iter().find_map(|modal| match modal {
        Modal::Judges(pick) => Some(pick),
        _ => None,
    });
    pick.expect("the dialog is open")
}

fn started(bench: &Bench) -> Option<Order> {
    bench
        .order(|order| matches!(order, Order::Judge { .. }))
        .map(|(_, order)| order)
}

fn types(bench: &mut Bench, text: &str) {
    for sign in text.chars() {
        let key = if sign == ' ' {
            "space".to_owned()
        } else {
            sign.to_string()
        };
        bench.keys(&key);
    }
}

#[test]
fn much_work_wants_a_limit_or_a_yes() {
    let mut bench = dialog(vec![choice(
        "openai/x",
        Ok(work(1_200, Price::Micros(40), true)),
    )]);
    bench.keys("enter");
    assert!(started(&bench).is_none());
    assert!(matches!(bench.state.modals.last(), Some(Modal::Confirm(_))));
    bench.keys("n m");
    types(&mut bench, "2.50");
    bench.keys("enter enter");
    let Some(Order::Judge { judge, limit, .. }) = started(&bench) else {
        panic!("the limit is the answer: {:?}", bench.state.modals);
    };
    assert_eq!(judge, "openai/x");
    assert_eq!(limit, Some(SpendLimit::Micros(2_500_000)));
    assert!(bench.strip().contains("at most 2.50"), "{}", bench.strip());
}

#[test]
fn a_limit_of_money_is_refused_where_nobody_knows_the_price() {
    let mut bench = dialog(vec![choice(
        "local/x",
        Ok(work(40, Price::Unpriced, false)),
    )]);
    bench.keys("m");
    types(&mut bench, "1");
    bench.keys("enter enter");
    assert!(started(&bench).is_none());
    assert!(bench.strip().contains("200k tokens"), "{}", bench.strip());
    bench.keys("m backspace backspace backspace backspace");
    types(&mut bench, "50k");
    bench.keys("enter enter");
    assert!(matches!(
        started(&bench),
        Some(Order::Judge {
            limit: Some(SpendLimit::Tokens(50_000)),
            ..
        })
    ));
}

#[test]
fn what_is_no_limit_is_said_where_it_is_typed() {
    let mut bench = dialog(vec![choice("checks", Ok(work(0, Price::Free, false)))]);
    bench.keys("m");
    types(&mut bench, "much");
    bench.keys("enter");
    let Some(Modal::Prompt(prompt)) = bench.state.modals.last() else {
        panic!("the prompt stays");
    };
    assert!(
        prompt
            .error
            .as_ref()
            .is_some_and(|why| why.contains("`much`"))
    );
    assert_eq!(pick(&bench.state).limit, None);
}

#[test]
fn other_tickets_and_asking_again_bring_new_estimates() {
    let mut bench = dialog(vec![choice("checks", Ok(work(0, Price::Free, false)))]);
    assert_eq!(pick(&bench.state).ask().scope, JudgeScope::All);
    bench.keys("tab");
    let this = bench.ticket().id().map(|id| vec![id]).unwrap_or_default();
    let (_, order) = bench.order(loads).expect("it is counted anew");
    let Order::LoadJudges(ask) = order else {
        return;
    };
    assert_eq!(ask.scope, JudgeScope::Tickets(this));
    bench.keys("r");
    let Some((_, Order::LoadJudges(ask))) = bench.order(loads) else {
        return;
    };
    assert!(ask.again);
}

#[test]
fn an_endpoint_without_a_model_asks_for_it_and_the_named_judge_is_under_the_cursor() {
    let mut bench = dialog(vec![
        choice("checks", Ok(work(0, Price::Free, false))),
        choice("ollama/MODEL", Err("name a model".into())),
    ]);
    bench.keys("j enter");
    types(&mut bench, "qwen3");
    bench.keys("enter");
    let Some((_, Order::LoadJudges(ask))) = bench.order(loads) else {
        panic!("it is looked for");
    };
    assert_eq!(ask.named.as_deref(), Some("ollama/qwen3"));
    bench.reply(
        loads,
        Outcome::Judges(vec![
            choice("checks", Ok(work(0, Price::Free, false))),
            choice("ollama/qwen3", Ok(work(40, Price::Free, false))),
        ]),
    );
    assert_eq!(
        pick(&bench.state).current().map(|one| one.name.as_str()),
        Some("ollama/qwen3")
    );
}

/// Another process wrote, and the open ticket reads so now.
fn wrote(bench: &mut Bench, now: TicketDoc) {
    bench.input(Input::Changed);
    bench.reply(
        |order| matches!(order, Order::OpenTicket { claim: false, .. }),
        Outcome::Ticket(Box::new(now)),
    );
}

fn looks(bench: &Bench) -> usize {
    let looks = bench.effects.iter().filter(|effect| {
        matches!(
            effect,
            super::super::effect::Effect::Ask {
                order: Order::OpenTicket { claim: false, .. },
                ..
            }
        )
    });
    looks.count()
}

fn judged(mode: Mode) -> TicketDoc {
    let mut judged = doc(1, mode, rubric());
    judged.judge = match mode {
        Mode::Blind => JudgeView::Hidden,
        Mode::Assist => verdicts(&[("correct", 1), ("complete", 4)]),
    };
    judged
}

#[test]
fn verdicts_that_arrive_leave_half_entered_answers_and_an_open_edit_alone() {
    let mut bench = Bench::with(doc(1, Mode::Assist, rubric()));
    bench.keys("3");
    let (cursor, lease) = (bench.ticket().form.cursor, bench.ticket().lease);
    wrote(&mut bench, judged(Mode::Assist));
    assert_eq!(bench.ticket().draft.answers["correct"], Answer::Level(3));
    assert_eq!(bench.ticket().form.cursor, cursor);
    assert_eq!(bench.ticket().lease, lease);
    assert!(bench.strip().contains("a judge has read this"));
    bench.keys("e");
    types(&mut bench, "New");
    let mut other = judged(Mode::Assist);
    other.judge = verdicts(&[("correct", 2), ("complete", 2)]);
    other.draft = None;
    wrote(&mut bench, other);
    let editor = bench.ticket().editor.as_ref().expect("still writing");
    assert!(editor.text().starts_with("New"), "{}", editor.text());
}

#[test]
fn levels_nobody_has_seen_are_not_committed_by_an_enter_that_was_on_its_way() {
    let mut bench = Bench::with(doc(1, Mode::Assist, rubric()));
    bench.keys("3");
    wrote(&mut bench, judged(Mode::Assist));
    assert_ne!(bench.ticket().ghosts(), Ghosts::default());
    let submits = |order: &Order| matches!(order, Order::Submit(_));
    bench.keys("enter");
    assert!(bench.order(submits).is_none());
    assert_eq!(bench.ticket().form.cursor, 1);
    bench.keys("enter");
    assert!(bench.order(submits).is_some(), "seen now, and accepted");
}

#[test]
fn a_blind_ticket_shows_no_verdict_when_a_judge_reads_it() {
    let mut before = doc(1, Mode::Blind, rubric());
    before.judge = JudgeView::Nothing;
    let mut bench = Bench::with(before);
    bench.keys("3");
    wrote(&mut bench, judged(Mode::Blind));
    assert_eq!(bench.ticket().judge, JudgeView::Hidden);
    assert_eq!(bench.ticket().ghosts(), Ghosts::default());
    assert_eq!(bench.ticket().draft.answers.len(), 1);
}

#[test]
fn a_ticket_that_stays_because_the_judge_differs_is_not_read_anew() {
    let mut bench = Bench::with(doc(1, Mode::Blind, rubric()));
    bench.keys("3 4");
    bench.input(Input::Changed);
    // Ordered before the commit, answered after it.
    let (late, _) = bench
        .order(|order| matches!(order, Order::OpenTicket { claim: false, .. }))
        .expect("a look is on its way");
    bench.keys("enter");
    bench.reply(
        |order| matches!(order, Order::Submit(_)),
        Outcome::Committed(Box::new(committed(1, true))),
    );
    assert!(matches!(bench.ticket().phase, Phase::Differs(_)));
    let (shown, before) = (bench.ticket().judge.clone(), looks(&bench));
    bench.keys("2");
    let answers = bench.ticket().draft.answers.clone();
    bench.input(Input::Outcome {
        request: late,
        outcome: Outcome::Ticket(Box::new(judged(Mode::Blind))),
    });
    bench.input(Input::Changed);
    assert_eq!(looks(&bench), before, "nothing more is asked");
    assert_eq!(bench.ticket().judge, shown);
    assert_eq!(bench.ticket().draft.answers, answers);
    assert!(matches!(bench.ticket().phase, Phase::Differs(_)));
}

#[test]
fn a_look_that_comes_late_does_not_hide_a_judge_that_was_shown() {
    let mut bench = Bench::with(doc(1, Mode::Blind, rubric()));
    bench.input(Input::Changed);
    let (late, _) = bench
        .order(|order| matches!(order, Order::OpenTicket { claim: false, .. }))
        .expect("a look is on its way");
    bench.keys("b");
    let shown = verdicts(&[("correct", 1)]);
    bench.reply(
        |order| matches!(order, Order::Reveal { .. }),
        Outcome::Revealed(Box::new(shown.clone())),
    );
    bench.input(Input::Outcome {
        request: late,
        outcome: Outcome::Ticket(Box::new(judged(Mode::Blind))),
    });
    assert_eq!(bench.ticket().judge, shown);
    assert_eq!(bench.state.screen, Screen::Ticket);
}
