//! What a release rests on: gates, looking more than once, and how much is enough.

use docket::stats::Clusters;
use docket::stats::bootstrap::SplitMix64;
use docket::stats::gate::{Rule, Verdict, any_of};
use docket::stats::mean::independent_mean;
use docket::stats::paired::difference;
use docket::stats::power::{detectable_difference, paired_items, paired_items_t};
use docket::stats::sequential::always_valid;

use super::{chance, errs_at_most, many, normal, share};

/// One-sided error of a gate.
const ALPHA: f64 = 0.05;

#[test]
fn errors_of_gates_at_their_own_threshold() {
    // The worst that a rule must not let pass: exactly at its edge.
    for (rule, edge) in [
        (Rule::Absolute(0.8), 0.8),
        (Rule::NonInferiority(0.05), -0.05),
        (Rule::Superiority, 0.0),
    ] {
        errs_at_most(ALPHA, 2_000, |draws| {
            let values = many(40, draws, |draws| edge + 0.2 * normal(draws));
            let estimate = independent_mean(&values).unwrap();
            rule.judge(&estimate, ALPHA) == Verdict::Pass
        });
    }
}

#[test]
fn errors_of_a_gate_that_may_release_any_of_several() {
    errs_at_most(ALPHA, 1_500, |draws| {
        let candidates = many(4, draws, |draws| {
            independent_mean(&many(30, draws, normal)).unwrap()
        });
        any_of(Rule::Superiority, &candidates, ALPHA).contains(&Verdict::Pass)
    });
}

#[test]
fn errors_of_looking_after_every_label() {
    errs_at_most(0.05, 400, |draws| {
        let values = many(300, draws, normal);
        (30..=values.len()).step_by(5).any(|n| {
            let estimate = independent_mean(&values[..n]).unwrap();
            let interval = always_valid(&estimate, 100, 0.05).unwrap();
            interval.low > 0.0 || interval.high < 0.0
        })
    });
}

/// How often a true difference is seen.
fn seen(n: usize, delta: f64, sd: f64, worlds: u32) -> f64 {
    share(worlds, 19, |draws: &mut SplitMix64| {
        let a = vec![0.0; n];
        let b = many(n, draws, |draws| delta + sd * normal(draws));
        let estimate = difference(&a, &b, &Clusters::singletons(n)).unwrap();
        estimate.p_two_sided(0.0).unwrap() < 0.05
    })
}

#[test]
fn a_planned_sample_sees_the_difference_as_often_as_planned() {
    let (sd, delta, power) = (0.3, 0.1, 0.8);
    let worlds = 1_500;
    let n = paired_items_t(sd, delta, 0.05, power).unwrap().ceil();
    let got = seen(n as usize, delta, sd, worlds);
    assert!((got - power).abs() < chance(power, worlds) + 0.005, "{got}");
    // The normal plan promises a little too much for small samples, the t plan does not.
    let few = paired_items(sd, delta, 0.05, power).unwrap().ceil();
    assert!(few < n && n - few < 4.0);
    // And what a finished comparison could have seen is what it would have seen.
    let visible = detectable_difference(sd, 200.0, 0.05, power).unwrap();
    let got = seen(200, visible, sd, 1_000);
    assert!((got - power).abs() < chance(power, 1_000) + 0.01, "{got}");
}
