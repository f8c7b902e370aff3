//! Reruns, people among themselves, the judge against people.

use docket::stats::gwet::{Weights, gwet};
use docket::stats::icc::icc;
use docket::stats::kappa::{Confusion, kappa};
use docket::stats::krippendorff::{Metric, Ratings, alpha, alpha_interval};
use docket::stats::rogan_gladen::{JudgedRate, rogan_gladen};

use super::{CLAIM, covers, happens, many, normal};
use docket::stats::bootstrap::SplitMix64;

#[test]
fn coverage_of_the_intraclass_correlation() {
    // Variance 1 between items, 0.5 between reruns of one.
    covers(1.0 / 1.5, 1_000, 0.015, |draws| {
        let rows = many(40, draws, |draws| {
            let item = normal(draws);
            many(3, draws, |draws| item + 0.5_f64.sqrt() * normal(draws))
        });
        icc(&rows)?.agreement_interval(CLAIM)
    });
}

/// What three raters say of an output on a scale of four levels.
fn unit(draws: &mut SplitMix64) -> Vec<u32> {
    let quality = 1.5 + 1.1 * normal(draws);
    let said = |noise: f64| (quality + 0.5 * noise).round().clamp(0.0, 3.0) as u32;
    many(3, draws, |draws| said(normal(draws)))
}

const SCALE: [f64; 4] = [0.0, 1.0, 2.0, 3.0];

fn ratings(units: Vec<Vec<u32>>) -> Ratings {
    Ratings::on_scale(&SCALE, units).unwrap()
}

/// All outputs there could be, as good as.
fn everything() -> Ratings {
    ratings(many(40_000, &mut SplitMix64::new(1), unit))
}

#[test]
fn coverage_of_krippendorffs_alpha() {
    let truth = alpha(&everything(), Metric::Ordinal).unwrap();
    // Percentiles over 60 units are short, as those of a mean are, and the skew of α adds to it.
    covers(truth, 250, 0.03, |draws| {
        let seed = draws.next_u64();
        let units = ratings(many(60, draws, unit));
        alpha_interval(&units, Metric::Ordinal, 200, seed, CLAIM)
    });
}

#[test]
fn coverage_of_gwets_coefficient() {
    for weights in [Weights::Identity, Weights::Quadratic] {
        let truth = gwet(&everything(), weights).unwrap().coefficient;
        covers(truth, 600, 0.02, |draws| {
            gwet(&ratings(many(60, draws, unit)), weights)?.interval(CLAIM)
        });
    }
}

#[test]
fn coverage_of_weighted_kappa() {
    let pair = |draws: &mut SplitMix64| {
        let said = unit(draws);
        (said[0] as usize, said[1] as usize)
    };
    let of = |pairs: &[(usize, usize)]| {
        kappa(
            &Confusion::from_pairs(pairs, SCALE.len())?,
            &SCALE,
            Weights::Quadratic,
        )
    };
    let truth = of(&many(40_000, &mut SplitMix64::new(2), pair))
        .unwrap()
        .kappa;
    covers(truth, 800, 0.025, |draws| {
        of(&many(100, draws, pair))?.interval(CLAIM)
    });
}

#[test]
fn coverage_of_the_pass_rate_corrected_for_the_judge() {
    const PASS: f64 = 0.7;
    const TPR: f64 = 0.9;
    const TNR: f64 = 0.8;
    let share = |draws: &mut SplitMix64, n: usize, chance: f64| {
        let hits = (0..n).filter(|_| happens(draws, chance)).count();
        hits as f64 / n as f64
    };
    covers(PASS, 2_000, 0.02, |draws| {
        let (n, passes, fails) = (300, 70, 35);
        let judged = PASS * TPR + (1.0 - PASS) * (1.0 - TNR);
        let rate = JudgedRate {
            judge_pass_rate: share(draws, n, judged),
            n,
            tpr: share(draws, passes, TPR),
            passes,
            tnr: share(draws, fails, TNR),
            fails,
        };
        rogan_gladen(&rate, CLAIM)
    });
}
