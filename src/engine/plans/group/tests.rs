//! Groups whose candidates come one after the other, and what people have read by then.

use std::collections::BTreeMap;

use crate::domain::eval::Mode;
use crate::domain::gate::{Asked, Basis, GateRule, Metric, Quality};
use crate::domain::ids::{EvalId, TicketId};
use crate::engine::agree::labels::plan_labels;
use crate::engine::gate::GateOptions;
use crate::engine::judge::Control;
use crate::engine::plans::RiskOrder;
use crate::engine::runs::RunOrder;
use crate::engine::testing::{Bench, level};

const ITEMS: u32 = 30;

/// Makes the group of what was logged, or goes on with a candidate that answers everything alike.
fn run(bench: &Bench, candidate: Option<&str>) -> EvalId {
    let models = candidate.map(|name| {
        let path = bench.folder.path().join(format!("{name}.jsonl"));
        std::fs::write(&path, format!("{{\"match\":\"\",\"text\":\"{name}\"}}\n")).unwrap();
        format!("{name}=scripted:{}", path.display())
    });
    let order = RunOrder {
        group: Some("june".into()),
        models: models.into_iter().collect(),
        ..RunOrder::new("support")
    };
    let report = bench
        .ana
        .run_group(&order, &Control::default(), &mut |_| {})
        .unwrap();
    bench.ana.group_named(&report.group).unwrap().tickets
}

/// Reviews the next tickets of the group's plan; returns them.
fn review(bench: &Bench, eval: EvalId, n: usize, at: impl Fn(usize) -> i32) -> Vec<TicketId> {
    let mut done = Vec::new();
    for place in 0..n {
        let doc = bench.ana.next_ticket(eval, None).unwrap().unwrap();
        done.push(doc.ticket);
        bench.ana.submit(&level(&doc, at(place))).unwrap();
    }
    done
}

/// The places of the group's tickets: in the order of the plan, the item of each.
fn items(bench: &Bench, eval: EvalId) -> Vec<(TicketId, i64)> {
    let store = bench.ana.store();
    let found = store.read(|db| {
        let (row, _) = crate::store::catalog::eval(db, &eval)?.unwrap();
        let mut order = Vec::new();
        crate::store::agreement::each(db, row, |line| order.push((line.id, line.row)))?;
        let item =
            |(id, row): &(TicketId, i64)| Ok((*id, crate::store::tickets::in_row(db, *row)?.item));
        order
            .iter()
            .map(item)
            .collect::<crate::store::Result<Vec<_>>>()
    });
    found.unwrap()
}

/// How many labels count for each candidate.
fn labels(bench: &Bench) -> BTreeMap<String, usize> {
    let found = bench.ana.group_found("june").unwrap();
    let store = bench.ana.store();
    let (labels, _) = store
        .read(|db| {
            let (row, eval) = crate::store::catalog::eval(db, &found.group.tickets)?.unwrap();
            plan_labels(db, row, &eval, &found.rubric)
        })
        .unwrap();
    let of = found.runs.iter();
    of.map(|run| {
        let own = labels
            .iter()
            .filter(|label| label.runs.contains_key(&run.id));
        (run.candidate.name.clone(), own.count())
    })
    .collect()
}

#[test]
fn an_output_that_arrives_later_takes_its_items_place_and_takes_no_label_away() {
    let bench = Bench::new(ITEMS, Mode::Blind, 1, true);
    let eval = run(&bench, None);
    let read = review(&bench, eval, 12, |at| (at % 5) as i32);
    let before: Vec<i64> = items(&bench, eval)
        .into_iter()
        .map(|(_, item)| item)
        .collect();
    run(&bench, Some("b"));
    run(&bench, Some("c"));
    let plans = bench.ana.plans_of("june").unwrap();
    assert_eq!(plans.len(), 1, "{plans:?}");
    let order = items(&bench, eval);
    let mut beside: Vec<i64> = order.iter().map(|(_, item)| *item).collect();
    assert_eq!(beside.len(), 3 * ITEMS as usize);
    beside.dedup();
    assert_eq!(beside, before, "item by item, in the order that was drawn");
    // What people said of the baseline is the sample it was.
    assert_eq!(labels(&bench)["logged"], 12);
    assert_eq!(
        (plans[0].tickets, plans[0].prefix, plans[0].waiting),
        (90, 12, 0)
    );
    // Now come the others' answers to the items that were read, two each.
    let next = review(&bench, eval, 20, |at| (at % 5) as i32);
    let item_of: BTreeMap<TicketId, i64> = order.into_iter().collect();
    let first: Vec<i64> = read.iter().take(10).map(|one| item_of[one]).collect();
    let then: Vec<i64> = next.iter().map(|one| item_of[one]).collect();
    let twice: Vec<i64> = first.iter().flat_map(|item| [*item, *item]).collect();
    assert_eq!(then, twice);
    assert_eq!(
        labels(&bench),
        [("b", 10), ("c", 10), ("logged", 12)]
            .map(|(name, n)| (name.to_owned(), n))
            .into()
    );
    let chances = bench
        .ana
        .chances(&bench.ana.eval_named("june").unwrap())
        .unwrap();
    for ticket in read {
        assert!((chances[&ticket] - 12.0 / 30.0).abs() < 1e-12);
    }
    for ticket in next {
        assert!((chances[&ticket] - 10.0 / 30.0).abs() < 1e-12);
    }
    assert!(bench.ana.check_up(false).unwrap().sound());
}

#[test]
fn under_a_plan_by_risk_the_difference_has_the_chance_of_the_item() {
    let bench = Bench::new(60, Mode::Blind, 1, true);
    let eval = run(&bench, None);
    run(&bench, Some("b"));
    let risk = RiskOrder {
        eval: "june".into(),
        mix: 0.5,
        dry: false,
    };
    bench.ana.draw_by_risk(&risk).unwrap();
    // Arrives when the weights are drawn, and stands where its items do.
    run(&bench, Some("c"));
    let plans = bench.ana.plans_of("june").unwrap();
    assert_eq!(plans.iter().map(|plan| plan.tickets).sum::<u64>(), 180);
    assert_eq!(plans.last().unwrap().number, 2, "{plans:?}");
    let mut beside: Vec<i64> = items(&bench, eval)
        .into_iter()
        .map(|(_, item)| item)
        .collect();
    beside.dedup();
    assert_eq!(beside.len(), 60);
    review(&bench, eval, 99, |at| (at * 7 % 6) as i32);
    let tickets = bench.ana.eval_named("june").unwrap();
    let chances = bench.ana.chances(&tickets).unwrap();
    let mut of_item: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
    for (ticket, item) in items(&bench, eval) {
        let chance = chances.get(&ticket).map(|chance| chance.to_bits());
        of_item.entry(item).or_default().extend(chance);
    }
    let whole = of_item.values().filter(|one| one.len() == 3);
    let cut = whole
        .clone()
        .filter(|one| one[0] != one[1] || one[0] != one[2]);
    assert!(whole.count() == 33 && cut.count() == 0, "{of_item:?}");
}

#[test]
fn a_difference_under_a_plan_by_risk_counts_each_item_by_its_own_chance() {
    let bench = Bench::new(60, Mode::Blind, 1, true);
    let eval = run(&bench, None);
    run(&bench, Some("b"));
    let risk = RiskOrder {
        eval: "june".into(),
        mix: 0.5,
        dry: false,
    };
    bench.ana.draw_by_risk(&risk).unwrap();
    review(&bench, eval, 60, |at| (at * 7 % 6) as i32);
    let rule = GateRule {
        basis: Basis::Human,
        quality: vec![Quality {
            metric: Metric::Mean,
            asked: Asked::Better,
        }],
        ..GateRule::default()
    };
    let options = GateOptions {
        rule: Some((rule, None)),
        ..GateOptions::of("b")
    };
    let gate = bench.ana.gate("june", &options).unwrap();
    let better = gate.candidates[0].conditions.iter();
    let better = better
        .clone()
        .find(|one| one.id == "quality.mean.better")
        .unwrap();
    let bound = better
        .bound
        .as_ref()
        .unwrap_or_else(|| panic!("{better:?}"));
    assert!(bound.n == 30 && bound.lower.is_some(), "{better:?}");
}
