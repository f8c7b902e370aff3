//! Human-level estimates from few labels and many judge scores, by uniform and by risk-weighted plans.

use docket::stats::active::{Labelled, active_mean, best_lambda, combine_plans};
use docket::stats::bootstrap::SplitMix64;
use docket::stats::mean::independent_mean;
use docket::stats::ppi::{HumanLevel, clustered_ppi, human_level, tuned_lambda};
use docket::stats::priority::{Plan, weights};
use docket::stats::{Clusters, Estimate};

use super::{Table, chance, estimate_covers, expected, happens, many, normal, pick, share};

/// What people say: scores of a 0-5 question.
const PEOPLE: Table<'static> = super::LEVELS;

/// What the judge says where people say `human`: too kind to what is bad, and off by a level now and then.
fn judged(draws: &mut SplitMix64, human: f64) -> f64 {
    let kind = if human < 0.5 { 0.2 } else { 0.0 };
    human + kind + pick(draws, &[(-0.2, 0.15), (0.0, 0.6), (0.2, 0.25)])
}

/// Labelled items (people, judge) and the judge's scores of the rest.
fn labelled(draws: &mut SplitMix64, n: usize, rest: usize) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let human = many(n, draws, |draws| pick(draws, PEOPLE));
    let judge = human.iter().map(|human| judged(draws, *human)).collect();
    let rest = many(rest, draws, |draws| {
        let human = pick(draws, PEOPLE);
        judged(draws, human)
    });
    (human, judge, rest)
}

fn combined(human: &[f64], judge: &[f64], rest: &[f64]) -> Option<Estimate> {
    match human_level(human, judge, rest)? {
        HumanLevel::Combined { estimate, .. } => Some(estimate),
        _ => None,
    }
}

#[test]
fn coverage_of_ppi_on_scores() {
    // A λ tuned on 30 labels costs about a point.
    for (n, slack) in [(30, 0.015), (60, 0.01), (100, 0.005)] {
        estimate_covers(expected(PEOPLE), 2_000, slack, |draws| {
            let (human, judge, rest) = labelled(draws, n, 300 - n);
            combined(&human, &judge, &rest)
        });
    }
}

#[test]
fn coverage_of_ppi_on_pass_verdicts() {
    let truth = 0.75;
    estimate_covers(truth, 2_000, 0.01, |draws| {
        let pass = |x: &f64| f64::from(u8::from(*x >= 0.55));
        let (human, judge, rest) = labelled(draws, 80, 220);
        let columns = [human, judge, rest].map(|of| of.iter().map(pass).collect::<Vec<_>>());
        combined(&columns[0], &columns[1], &columns[2])
    });
}

#[test]
fn coverage_of_people_alone() {
    estimate_covers(expected(PEOPLE), 2_000, 0.015, |draws| {
        let (human, ..) = labelled(draws, 20, 0);
        independent_mean(&human)
    });
}

#[test]
fn the_judges_own_interval_covers_next_to_nothing() {
    // Why there is a human-level estimate at all: the judge is sure, and wrong by its kindness.
    let covered = share(500, 3, |draws| {
        let (_, judge, rest) = labelled(draws, 60, 240);
        let all: Vec<f64> = judge.into_iter().chain(rest).collect();
        let interval = independent_mean(&all).unwrap().interval(0.95).unwrap();
        interval.low <= expected(PEOPLE) && expected(PEOPLE) <= interval.high
    });
    assert!(covered < 0.2, "{covered}");
}

#[test]
fn coverage_of_ppi_over_clusters() {
    // Pairs of items with one request: both are as hard, and the plan draws items.
    let easy: Table<'_> = &[(0.6, 0.2), (0.8, 0.3), (1.0, 0.5)];
    let hard: Table<'_> = &[(0.0, 0.3), (0.2, 0.3), (0.6, 0.4)];
    let truth = f64::midpoint(expected(easy), expected(hard));
    estimate_covers(truth, 1_500, 0.015, |draws| {
        let (mut human, mut judge, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for cluster in 0..150 {
            let table = if happens(draws, 0.5) { easy } else { hard };
            for _ in 0..2 {
                let said = pick(draws, table);
                judge.push(judged(draws, said));
                human.push(said);
                labels.push(cluster);
            }
        }
        // The first 60 of a random order.
        let mut order: Vec<usize> = (0..human.len()).collect();
        for at in 0..60 {
            order.swap(at, at + draws.below(human.len() - at));
        }
        let (known, unknown) = order.split_at(60);
        let column = |of: &[f64], at: &[usize]| at.iter().map(|at| of[*at]).collect::<Vec<_>>();
        let lambda = tuned_lambda(
            &column(&human, known),
            &column(&judge, known),
            &column(&judge, unknown),
        )?;
        let said: Vec<Option<f64>> = (0..human.len())
            .map(|at| known.contains(&at).then(|| human[at]))
            .collect();
        clustered_ppi(&judge, &said, &Clusters::from_labels(labels), lambda)
    });
}

/// A world in which the judge is too kind to bad outputs, and risk follows the judge's doubt.
struct World {
    names: Vec<String>,
    judge: Vec<f64>,
    human: Vec<f64>,
    risk: Vec<f64>,
}

impl World {
    fn new(tickets: usize, draws: &mut SplitMix64) -> Self {
        let mut world = Self {
            names: vec![],
            judge: vec![],
            human: vec![],
            risk: vec![],
        };
        let level = |score: f64| (score.clamp(0.0, 1.0) * 5.0).round() / 5.0;
        for at in 0..tickets {
            let quality = (0.65 + 0.25 * normal(draws)).clamp(0.0, 1.0);
            let kind = if quality < 0.6 { 0.12 } else { 0.0 };
            let judge = level(quality + kind + 0.12 * normal(draws));
            world.human.push(level(quality + 0.08 * normal(draws)));
            world.judge.push(judge);
            let doubt = 0.05 + 0.6 * (1.0 - judge) + 0.4 * draws.open_unit();
            world.risk.push(doubt);
            world.names.push(format!("t{at}"));
        }
        world
    }

    /// The tickets as they stand after `m` reviews in the order of a plan with this share of uniform weight.
    fn reviewed(&self, seed: &str, mix: f64, m: usize) -> Vec<Labelled> {
        let plan = Plan::draw(seed, &self.names, weights(&self.risk, mix).unwrap()).unwrap();
        let pi = plan.inclusion(m);
        let mut items: Vec<Labelled> = self
            .judge
            .iter()
            .zip(pi)
            .map(|(&judge, pi)| Labelled {
                judge,
                human: None,
                pi,
            })
            .collect();
        for &at in &plan.order()[..m] {
            items[at].human = Some(self.human[at]);
        }
        items
    }
}

/// The human mean of all requests the tickets stand for, not of a few hundred alone.
fn everything() -> f64 {
    let world = World::new(100_000, &mut SplitMix64::new(20_260_731));
    world.human.iter().sum::<f64>() / world.human.len() as f64
}

#[test]
fn coverage_of_a_risk_weighted_plan_wherever_one_stops() {
    let truth = everything();
    for m in [30, 60] {
        // 400 worlds, 92 to 98 %: the share every plan of the workspace is held to.
        let covered = share(400, 41, |draws| {
            let world = World::new(300, draws);
            let items = world.reviewed(&format!("plan {}", draws.next_u64()), 0.5, m);
            let interval = active_mean(&items, None, 1.0)
                .unwrap()
                .interval(0.95)
                .unwrap();
            interval.low <= truth && truth <= interval.high
        });
        assert!(
            (0.92..=0.98).contains(&covered),
            "after {m} reviews {covered}"
        );
    }
}

#[test]
fn coverage_of_a_risk_weighted_plan_with_tuned_trust() {
    let truth = everything();
    estimate_covers(truth, 400, 0.01, |draws| {
        let items = World::new(300, draws).reviewed(&draws.next_u64().to_string(), 0.5, 100);
        let lambda = best_lambda(&items)?.clamp(0.0, 1.0);
        active_mean(&items, None, lambda)
    });
}

#[test]
fn coverage_of_a_risk_weighted_plan_over_clusters() {
    let truth = everything();
    estimate_covers(truth, 400, 0.015, |draws| {
        // Every ticket stands twice: the same request, the same output, and each is drawn by itself.
        let half = World::new(150, draws);
        let twice = |of: &[f64]| of.iter().chain(of).copied().collect::<Vec<_>>();
        let world = World {
            names: (0..300).map(|at| format!("t{at}")).collect(),
            judge: twice(&half.judge),
            human: twice(&half.human),
            risk: twice(&half.risk),
        };
        let items = world.reviewed(&draws.next_u64().to_string(), 0.5, 60);
        let clusters = Clusters::from_labels((0..300).map(|at| at % 150));
        active_mean(&items, Some(&clusters), 1.0)
    });
}

#[test]
fn coverage_of_two_plans_together() {
    let truth = everything();
    estimate_covers(truth, 400, 0.01, |draws| {
        let mut part = |tickets: usize, m: usize| {
            let world = World::new(tickets, draws);
            let items = world.reviewed(&draws.next_u64().to_string(), 0.5, m);
            Some((tickets, active_mean(&items, None, 1.0)?))
        };
        combine_plans(&[part(200, 50)?, part(100, 30)?])
    });
}

#[test]
fn the_mean_of_what_somebody_chose_to_read_is_no_estimate() {
    // The riskiest 60 first: such reviews are `ad hoc` and never counted.
    let truth = everything();
    let worlds = 200;
    let covered = share(worlds, 43, |draws| {
        let world = World::new(300, draws);
        let mut order: Vec<usize> = (0..300).collect();
        order.sort_by(|a, b| world.risk[*b].total_cmp(&world.risk[*a]));
        let chosen: Vec<f64> = order[..60].iter().map(|at| world.human[*at]).collect();
        let interval = independent_mean(&chosen).unwrap().interval(0.95).unwrap();
        interval.low <= truth && truth <= interval.high
    });
    assert!(covered + chance(0.5, worlds) < 0.95, "{covered}");
}
