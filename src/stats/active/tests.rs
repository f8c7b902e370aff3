use super::super::bootstrap::SplitMix64;
use super::super::distributions::normal_quantile;
use super::super::priority::{Plan, weights};
use super::*;

fn item(judge: f64, human: Option<f64>, pi: f64) -> Labelled {
    Labelled { judge, human, pi }
}

#[test]
fn a_plan_without_labels_has_no_estimate() {
    assert_eq!(active_mean(&[], None, 1.0), None);
    assert_eq!(active_mean(&[item(0.5, None, 0.5)], None, 1.0), None);
    assert_eq!(
        active_mean(&[item(f64::NAN, Some(0.5), 0.5)], None, 1.0),
        None
    );
    assert_eq!(active_mean(&[item(0.5, Some(0.5), 0.0)], None, 1.0), None);
    assert_eq!(
        best_lambda(&[item(0.5, Some(0.5), 1.0), item(0.2, Some(0.5), 1.0)]),
        None
    );
    assert_eq!(combine_plans(&[]), None);
}

#[test]
fn one_label_has_no_interval() {
    let items = [
        item(0.5, Some(0.4), 0.5),
        item(0.3, None, 0.5),
        item(0.1, None, 0.5),
    ];
    let got = active_mean(&items, None, 1.0).unwrap();
    assert_eq!((got.se, got.interval(0.95)), (None, None));
}

#[test]
fn a_full_review_gives_the_human_mean() {
    let items = [item(0.5, Some(0.4), 1.0), item(0.3, Some(0.2), 1.0)];
    let got = active_mean(&items, None, 1.0).unwrap();
    assert!((got.value - 0.3).abs() < 1e-12);
    let clusters = Clusters::from_labels([1, 1]);
    assert_eq!(active_mean(&items, Some(&clusters), 1.0).unwrap().se, None);
}

#[test]
fn tickets_nobody_could_decide_widen_the_band() {
    let items = [item(0.5, Some(0.4), 1.0), item(0.3, None, 1.0)];
    let (low, high) = undecided_band(&items, &[false, true], 1.0).unwrap();
    assert!((low - 0.2).abs() < 1e-12 && (high - 0.7).abs() < 1e-12);
    assert_eq!(undecided_band(&items, &[true], 1.0), None);
}

#[test]
fn plans_are_joined_by_the_tickets_they_cover() {
    let part = |value: f64, se: Option<f64>| Estimate {
        value,
        se,
        df: 30.0,
        n: 31,
        clusters: 31,
        method: Method::Active,
    };
    let got = combine_plans(&[(300, part(0.8, Some(0.02))), (100, part(0.4, Some(0.04)))]).unwrap();
    assert!((got.value - 0.7).abs() < 1e-12);
    assert!((got.se.unwrap() - (0.015_f64.powi(2) + 0.01_f64.powi(2)).sqrt()).abs() < 1e-12);
    assert!(got.df > 30.0 && got.df <= 60.0);
    assert_eq!(
        combine_plans(&[(300, part(0.8, None)), (100, part(0.4, Some(0.04)))])
            .unwrap()
            .se,
        None
    );
    assert_eq!(combine_plans(&[(0, part(0.8, None))]), None);
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
        for at in 0..tickets {
            let mut normal = |sd: f64| sd * normal_quantile(draws.open_unit()).unwrap();
            let quality = (0.65 + normal(0.25)).clamp(0.0, 1.0);
            let kind = if quality < 0.6 { 0.12 } else { 0.0 };
            let level = |score: f64| (score.clamp(0.0, 1.0) * 5.0).round() / 5.0;
            let judge = level(quality + kind + normal(0.12));
            world.human.push(level(quality + normal(0.08)));
            world.judge.push(judge);
            world
                .risk
                .push(0.05 + 0.6 * (1.0 - judge) + 0.4 * draws.open_unit());
            world.names.push(format!("t{at}"));
        }
        world
    }

    /// Whether the 95 % interval after `m` reviews holds `truth`.
    fn covered(&self, seed: &str, m: usize, truth: f64) -> bool {
        let plan = Plan::draw(seed, &self.names, weights(&self.risk, 0.5).unwrap()).unwrap();
        let pi = plan.inclusion(m);
        let mut items: Vec<Labelled> = self
            .judge
            .iter()
            .zip(&pi)
            .map(|(&judge, &pi)| item(judge, None, pi))
            .collect();
        for &at in &plan.order()[..m] {
            items[at].human = Some(self.human[at]);
        }
        let interval = active_mean(&items, None, 1.0)
            .unwrap()
            .interval(0.95)
            .unwrap();
        interval.low <= truth && truth <= interval.high
    }
}

#[test]
fn ninety_five_percent_intervals_hold_the_truth_in_about_that_share_of_worlds() {
    let mut draws = SplitMix64::new(20_260_731);
    // The claim is about all requests the items stand for, not about these 300 alone: every mean here is.
    let everything = World::new(100_000, &mut draws).human;
    let truth = everything.iter().sum::<f64>() / everything.len() as f64;
    let worlds: Vec<World> = (0..400).map(|_| World::new(300, &mut draws)).collect();
    for m in [30, 60] {
        let covered = worlds
            .iter()
            .enumerate()
            .filter(|(at, world)| world.covered(&format!("plan {at}"), m, truth))
            .count();
        let share = covered as f64 / worlds.len() as f64;
        assert!((0.92..=0.98).contains(&share), "after {m} reviews {share}");
    }
}
