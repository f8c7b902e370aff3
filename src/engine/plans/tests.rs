//! Plans by risk: what they are drawn over, what they keep, and that estimates rest on plans alone.

use proptest::prelude::*;

use super::super::agree::labels::{PlanLabel, plan_labels};
use super::super::testing::{Bench, level};
use super::super::{Engine, EngineError};
use super::RiskOrder;
use crate::domain::eval::Mode;
use crate::domain::ids::TicketId;
use crate::domain::review::Sight;
use crate::domain::view::{AgreementOptions, Drawn, Submission};

fn order(dry: bool) -> RiskOrder {
    RiskOrder {
        eval: "support".into(),
        mix: 0.5,
        dry,
    }
}

/// Reviews the next tickets of the plan.
fn review(bench: &Bench, n: u32) {
    for _ in 0..n {
        let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
        bench.ana.submit(&level(&doc, 4)).unwrap();
    }
}

/// Reviews a ticket picked from the list.
fn pick(bench: &Bench, ticket: TicketId, at: i32) -> bool {
    let doc = bench.ana.open_ticket(ticket, true).unwrap();
    if doc.lease.is_none() || doc.mine.is_some() {
        return false;
    }
    let submission = Submission {
        from_plan: false,
        ..level(&doc, at)
    };
    bench.ana.submit(&submission).is_ok()
}

fn order_of(engine: &Engine, bench: &Bench) -> Vec<TicketId> {
    let mut ids = Vec::new();
    let list = crate::domain::view::Order::Plan;
    engine
        .each_ticket(bench.eval.id, "", list, |row| {
            ids.push(row.ticket);
            true
        })
        .unwrap();
    ids
}

#[test]
fn what_was_reviewed_in_order_stays_and_the_rest_is_drawn_anew() {
    let bench = Bench::new(40, Mode::Blind, 1, true);
    review(&bench, 10);
    let before = order_of(&bench.ana, &bench);
    let told = bench.ana.draw_by_risk(&order(true)).unwrap();
    assert_eq!((told.tickets, told.kept, told.judged), (30, 10, 30));
    assert_eq!(
        order_of(&bench.ana, &bench),
        before,
        "a dry run draws nothing"
    );
    let plan = bench.ana.draw_by_risk(&order(false)).unwrap();
    assert_eq!((plan.number, plan.fitted_on), (2, 0));
    let after = order_of(&bench.ana, &bench);
    assert_eq!(before[..10], after[..10]);
    assert_ne!(before[10..], after[10..]);
    let plans = bench.ana.plans_of("support").unwrap();
    let stands: Vec<_> = plans
        .iter()
        .map(|plan| (plan.tickets, plan.prefix, plan.chance))
        .collect();
    assert_eq!(stands, [(10, 10, Some((1.0, 1.0))), (30, 0, None)]);
    review(&bench, 6);
    let plans = bench.ana.plans_of("support").unwrap();
    let (low, high) = plans[1].chance.unwrap();
    assert!(
        plans[1].prefix == 6 && low > 0.0 && low < high && high <= 1.0,
        "{plans:?}"
    );
    assert!(bench.ana.check_up(false).unwrap().sound());
}

#[test]
fn risky_tickets_come_first_more_often_and_none_is_without_a_chance() {
    // The judge gave level n % 6; what it found worst, or near the threshold of 0.8, is worth a look.
    let bench = Bench::new(60, Mode::Blind, 1, true);
    bench.ana.draw_by_risk(&order(false)).unwrap();
    let early = order_of(&bench.ana, &bench).into_iter().take(20);
    let risky = early.filter(|ticket| {
        let at = bench.tickets.iter().position(|one| one == ticket).unwrap();
        at % 6 == 4 || at.is_multiple_of(6)
    });
    // Two levels of six: 6.7 of the first 20 in a uniform plan.
    let risky = risky.count();
    assert!((7..=16).contains(&risky), "{risky}");
}

#[test]
fn a_plan_over_nothing_and_a_mix_that_crowds_others_out_are_refused() {
    let bench = Bench::new(3, Mode::Blind, 1, true);
    let said = |order: &RiskOrder| match bench.ana.draw_by_risk(order) {
        Err(error @ EngineError::Refused { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let narrow = RiskOrder {
        mix: 0.1,
        ..order(false)
    };
    assert!(said(&narrow).contains("0.3"));
    review(&bench, 3);
    assert!(said(&order(false)).contains("nothing to order"));
}

#[test]
fn new_tickets_come_behind_a_plan_by_risk_in_a_uniform_one() {
    let bench = Bench::new(12, Mode::Blind, 1, true);
    bench.ana.draw_by_risk(&order(false)).unwrap();
    let target = bench.ana.target(&bench.eval).unwrap();
    assert_eq!(target.plan, 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn estimates_rest_on_the_plan_alone(picked in prop::collection::vec((0..24_usize, 0..6_i32), 0..8), by_risk: bool) {
        let (plain, mixed) = (Bench::new(24, Mode::Blind, 1, true), Bench::new(24, Mode::Blind, 1, true));
        let numbers = |bench: &Bench| {
            let report = bench.ana.agreement(bench.eval.id, &AgreementOptions::default()).unwrap();
            let judges: Vec<_> = report.judges.iter().map(|judge| judge.criteria.clone()).collect();
            (report.basis.tickets, report.basis.reviewers.clone(), judges)
        };
        for bench in [&plain, &mixed] {
            review(bench, 6);
            if by_risk {
                bench.ana.draw_by_risk(&order(false)).unwrap();
                review(bench, 4);
            }
        }
        let sampled = bench_prefix(&plain);
        for (at, level) in &picked {
            // What comes next in the plan would lengthen the sample, which is its right.
            let next = mixed.ana.peek_next(&mixed);
            let ticket = mixed.tickets[*at];
            if Some(ticket) != next {
                pick(&mixed, ticket, *level);
            }
        }
        prop_assert_eq!(bench_prefix(&mixed), sampled);
        prop_assert_eq!(numbers(&mixed), numbers(&plain));
        // Neither does the estimate of people and judge together, which a gate believes, see more than the plan.
        prop_assert_eq!(labels(&mixed), labels(&plain));
        // What was picked counts once the plan has come to it, and nothing of the sample is left out for being picked.
        let rest = mixed.ana.waiting(mixed.eval.id).unwrap();
        review(&mixed, rest as u32);
        prop_assert_eq!(labels(&mixed).len(), 24);
    }
}

/// The labels that estimates and gates rest on: ticket, chance and level.
fn labels(bench: &Bench) -> Vec<(i64, u64, Option<i32>)> {
    let engine = &bench.ana;
    let found = engine.store().read(|db| {
        let row = crate::store::catalog::eval(db, &bench.eval.id)?.map_or(0, |(row, _)| row);
        let rubric = crate::store::rubrics::get(db, &bench.eval.rubric)?;
        plan_labels(db, row, &bench.eval, &rubric)
    });
    let label = |one: PlanLabel| (one.ticket, one.chance.to_bits(), one.people[0]["q"].level());
    found.unwrap().0.into_iter().map(label).collect()
}

fn bench_prefix(bench: &Bench) -> u64 {
    let plans = bench.ana.plans_of("support").unwrap();
    plans.iter().map(|plan| plan.prefix).sum()
}

impl Engine {
    /// The first open ticket of the last plan with a sample.
    fn peek_next(&self, bench: &Bench) -> Option<TicketId> {
        let chances = self.chances(&bench.eval).unwrap();
        let list = order_of(self, bench);
        list.into_iter()
            .find(|ticket| !chances.contains_key(ticket))
    }
}

#[test]
fn a_review_is_assisted_or_blind_whatever_the_plan() {
    let bench = Bench::new(6, Mode::Assist, 1, true);
    bench.ana.draw_by_risk(&order(false)).unwrap();
    let doc = bench.ana.next_ticket(bench.eval.id, None).unwrap().unwrap();
    assert!(doc.plan.is_some());
    let committed = Submission {
        sight: Sight::Blind,
        ..level(&doc, 3)
    };
    bench.ana.submit(&committed).unwrap();
    let report = bench
        .ana
        .agreement(bench.eval.id, &AgreementOptions::default())
        .unwrap();
    assert_eq!(
        report.basis.tickets, 0,
        "an assisted review measures nothing"
    );
}

#[test]
fn a_ticket_tells_its_chance_after_the_own_commit_and_not_before() {
    for by_risk in [false, true] {
        let bench = Bench::new(30, Mode::Blind, 1, true);
        if by_risk {
            bench.ana.draw_by_risk(&order(false)).unwrap();
        }
        let told = |ticket: TicketId| bench.ana.open_ticket(ticket, false).unwrap().drawn;
        assert!(bench.tickets.iter().all(|one| told(*one) == Drawn::InPlan));
        review(&bench, 12);
        // One picked from the end of the plan waits until the plan comes to it.
        let last = *order_of(&bench.ana, &bench).last().unwrap();
        assert!(pick(&bench, last, 2));
        let chances = bench.ana.chances(&bench.eval).unwrap();
        assert_eq!(chances.len(), 12);
        for ticket in &bench.tickets {
            let expected = match chances.get(ticket) {
                Some(chance) => Drawn::Sampled {
                    chance: *chance,
                    by_risk,
                },
                None if *ticket == last => Drawn::Waiting,
                None => Drawn::InPlan,
            };
            assert_eq!(told(*ticket), expected);
        }
        // To whom did not commit nothing is told, whoever else did.
        let ben = bench.by("ben");
        let seen = bench
            .tickets
            .iter()
            .map(|one| ben.open_ticket(*one, false).unwrap().drawn);
        assert!(seen.into_iter().all(|drawn| drawn == Drawn::InPlan));
    }
}
