//! One group, and two groups on the same items (means, rates, differences, secondary tests, leaderboard).

use docket::stats::bootstrap::{SplitMix64, cluster_bootstrap};
use docket::stats::bradley_terry::{Duel, elo_intervals};
use docket::stats::length_control::length_controlled;
use docket::stats::mean::{group_mean, independent_mean, sampled_mean};
use docket::stats::multiple::{benjamini_hochberg, holm};
use docket::stats::paired::{difference, unpaired};
use docket::stats::proportion::{clopper_pearson, pass_rate, wilson};
use docket::stats::rank_tests::{Zeros, mcnemar, sign_test, wilcoxon};
use docket::stats::{Clusters, Interval};

use super::{
    CLAIM, LEVELS, Table, covers, errs_at_most, estimate_covers, expected, happens, many, normal,
    pick,
};

/// Scores of requests that are easy for a model, and of such that are hard.
const EASY: Table<'static> = &[(0.6, 0.1), (0.8, 0.3), (1.0, 0.6)];
const HARD: Table<'static> = &[(0.0, 0.3), (0.2, 0.3), (0.4, 0.2), (0.8, 0.2)];

/// Clusters of one to four items; each is easy or hard as a whole.
fn clustered(draws: &mut SplitMix64, clusters: usize) -> (Vec<f64>, Clusters) {
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for cluster in 0..clusters {
        let table = if happens(draws, 0.5) { EASY } else { HARD };
        for _ in 0..=draws.below(4) {
            values.push(pick(draws, table));
            labels.push(cluster);
        }
    }
    (values, Clusters::from_labels(labels))
}

#[test]
fn coverage_of_the_mean_by_t() {
    // Skewed scores in 25 items: t is a little short.
    estimate_covers(expected(LEVELS), 2_000, 0.01, |draws| {
        independent_mean(&many(25, draws, |draws| pick(draws, LEVELS)))
    });
}

#[test]
fn coverage_of_the_mean_of_clusters() {
    let truth = f64::midpoint(expected(EASY), expected(HARD));
    // Sizes differ, so that 25 clusters count as somewhat fewer.
    estimate_covers(truth, 2_000, 0.015, |draws| {
        let (values, clusters) = clustered(draws, 25);
        group_mean(&values, &clusters)
    });
}

#[test]
fn coverage_of_the_mean_of_reruns() {
    estimate_covers(0.0, 2_000, 0.0, |draws| {
        let samples = many(20, draws, |draws| {
            let item = normal(draws);
            many(3, draws, |draws| item + 0.5 * normal(draws))
        });
        Some(sampled_mean(&samples, None)?.estimate)
    });
}

/// The chance that the interval of `k` successes in `n` holds `p`, counted out and not drawn.
fn exact_coverage(n: usize, p: f64, interval: fn(usize, usize, f64) -> Option<Interval>) -> f64 {
    let mut chance = (1.0 - p).powi(n as i32);
    let mut covered = 0.0;
    for k in 0..=n {
        let got = interval(k, n, CLAIM).unwrap();
        if got.low <= p && p <= got.high {
            covered += chance;
        }
        chance *= p / (1.0 - p) * (n - k) as f64 / (k + 1) as f64;
    }
    covered
}

#[test]
fn coverage_of_rates_counted_out() {
    for n in [12, 40, 115] {
        let rates: Vec<f64> = (2..=38).map(|at| f64::from(at) * 0.025).collect();
        let wilson: Vec<f64> = rates
            .iter()
            .map(|p| exact_coverage(n, *p, wilson))
            .collect();
        let mean = wilson.iter().sum::<f64>() / wilson.len() as f64;
        assert!((mean - CLAIM).abs() < 0.01, "Wilson, n {n}: {mean}");
        assert!(wilson.iter().all(|share| *share > 0.88), "Wilson, n {n}");
        for p in rates {
            let exact = exact_coverage(n, p, clopper_pearson);
            assert!(exact >= CLAIM, "Clopper-Pearson, n {n}, p {p}: {exact}");
        }
    }
}

#[test]
fn coverage_of_the_pass_rate_of_clusters() {
    covers(0.7, 1_500, 0.02, |draws| {
        let (mut passes, mut labels) = (Vec::new(), Vec::new());
        for cluster in 0..40 {
            let rate = if happens(draws, 0.5) { 0.9 } else { 0.5 };
            for _ in 0..=draws.below(4) {
                passes.push(happens(draws, rate));
                labels.push(cluster);
            }
        }
        pass_rate(&passes, &Clusters::from_labels(labels), CLAIM)
    });
}

/// What a candidate gains on an item.
const GAIN: Table<'static> = &[
    (-0.4, 0.05),
    (-0.2, 0.15),
    (0.0, 0.45),
    (0.2, 0.25),
    (0.4, 0.10),
];

#[test]
fn coverage_of_the_paired_difference() {
    estimate_covers(expected(GAIN), 2_000, 0.005, |draws| {
        let a = many(40, draws, |draws| pick(draws, LEVELS));
        let b: Vec<f64> = a.iter().map(|a| a + pick(draws, GAIN)).collect();
        difference(&a, &b, &Clusters::singletons(a.len()))
    });
}

#[test]
fn coverage_of_the_paired_difference_of_clusters() {
    estimate_covers(expected(GAIN), 2_000, 0.015, |draws| {
        let (a, clusters) = clustered(draws, 25);
        let gains = many(clusters.count(), draws, |draws| pick(draws, GAIN));
        let members = clusters.members();
        let mut b = a.clone();
        for (gain, items) in gains.iter().zip(members) {
            for item in items {
                b[item] += gain + 0.1 * normal(draws);
            }
        }
        difference(&a, &b, &clusters)
    });
}

#[test]
fn coverage_of_the_difference_of_different_items() {
    estimate_covers(0.3, 2_000, 0.005, |draws| {
        let a = many(15, draws, normal);
        let b = many(30, draws, |draws| 0.3 + 2.0 * normal(draws));
        unpaired(&a, &b)
    });
}

#[test]
fn coverage_of_the_bootstrap_drawn_one_by_one() {
    // Percentiles of 40 clusters are short by about two points, as the t interval without its t would be.
    covers(
        f64::midpoint(expected(EASY), expected(HARD)),
        400,
        0.02,
        |draws| {
            let (values, clusters) = clustered(draws, 40);
            cluster_bootstrap(&values, &clusters, 400, draws.next_u64(), CLAIM)
        },
    );
}

#[test]
fn coverage_of_the_bootstrap_drawn_by_type() {
    // Enough clusters and replicates that single draws would be too many.
    const CLUSTERS: usize = 12_600;
    const REPLICATES: usize = 4_000;
    const _: () = assert!((CLUSTERS * REPLICATES) as u64 > docket::stats::bootstrap::DIRECT_DRAWS);
    let table: Table<'_> = &[(-1.0, 0.2), (0.0, 0.5), (1.0, 0.3)];
    covers(expected(table), 300, 0.0, |draws| {
        let values = many(CLUSTERS, draws, |draws| pick(draws, table));
        let clusters = Clusters::singletons(CLUSTERS);
        cluster_bootstrap(&values, &clusters, REPLICATES, draws.next_u64(), CLAIM)
    });
}

#[test]
fn coverage_of_the_leaderboard() {
    // Two candidates, the first preferred in 70 % of duels: log-odds of 0.7 apart, half of that from the middle.
    let truth = 1_000.0 + 400.0 / 10_f64.ln() * (0.7_f64 / 0.3).ln() / 2.0;
    covers(truth, 200, 0.02, |draws| {
        let clusters = many(60, draws, |draws| {
            many(2, draws, |draws| {
                let wins_a = f64::from(u8::from(happens(draws, 0.7)));
                Duel {
                    a: 0,
                    b: 1,
                    wins_a,
                    wins_b: 1.0 - wins_a,
                }
            })
        });
        elo_intervals(2, &clusters, 150, draws.next_u64(), CLAIM)?[0]
    });
}

#[test]
fn errors_of_the_secondary_tests_where_nothing_differs() {
    errs_at_most(0.05, 4_000, |draws| {
        let wins = (0..40).filter(|_| happens(draws, 0.5)).count() as u64;
        sign_test(wins, 40 - wins) < 0.05
    });
    errs_at_most(0.05, 4_000, |draws| {
        let wins = (0..40).filter(|_| happens(draws, 0.5)).count() as u64;
        mcnemar(wins, 40 - wins).p_exact < 0.05
    });
    errs_at_most(0.05, 2_000, |draws| {
        let gaps = many(25, draws, normal);
        wilcoxon(&gaps, Zeros::Drop).unwrap().p < 0.05
    });
    // Ties and zeros: the normal approximation.
    errs_at_most(0.05, 2_000, |draws| {
        let gaps = many(80, draws, |draws| {
            pick(
                draws,
                &[(-0.4, 0.1), (-0.2, 0.2), (0.0, 0.4), (0.2, 0.2), (0.4, 0.1)],
            )
        });
        wilcoxon(&gaps, Zeros::Drop).unwrap().p < 0.05
    });
}

/// p-values of five comparisons; the first `real` of them have a difference.
fn family(draws: &mut SplitMix64, real: usize) -> Vec<f64> {
    let p = |at: usize, draws: &mut SplitMix64| {
        let shift = if at < real { 1.0 } else { 0.0 };
        let gaps = many(20, draws, |draws| shift + normal(draws));
        independent_mean(&gaps).unwrap().p_two_sided(0.0).unwrap()
    };
    (0..5).map(|at| p(at, draws)).collect()
}

#[test]
fn errors_of_several_comparisons_together() {
    errs_at_most(0.05, 1_500, |draws| {
        let p = holm(&family(draws, 2)).unwrap();
        p[2..].iter().any(|p| *p < 0.05)
    });
    // The share of false ones among those named, over all worlds.
    let (mut named, mut wrong) = (0.0, 0.0);
    for world in 0..1_500_u64 {
        let mut draws = SplitMix64::new(5).skip(world << 32);
        let p = benjamini_hochberg(&family(&mut draws, 3)).unwrap();
        let found = p.iter().filter(|p| **p < 0.05).count() as f64;
        if found > 0.0 {
            wrong += p[3..].iter().filter(|p| **p < 0.05).count() as f64 / found;
        }
        named += 1.0;
    }
    assert!(wrong / named <= 0.05, "{}", wrong / named);
}

#[test]
fn length_alone_wins_nothing_at_equal_length() {
    let worlds = 100;
    let mut sum = 0.0;
    for world in 0..worlds {
        let mut draws = SplitMix64::new(9).skip(world << 32);
        let lengths = many(200, &mut draws, |draws| {
            (200.0 + 40.0 * normal(draws)).max(1.0)
        });
        let others = many(200, &mut draws, |draws| {
            (160.0 + 40.0 * normal(draws)).max(1.0)
        });
        let preference: Vec<f64> = lengths
            .iter()
            .zip(&others)
            .map(|(b, a)| {
                let odds = ((b - a) / 60.0).tanh() * 1.5;
                f64::from(u8::from(happens(&mut draws, 1.0 / (1.0 + (-odds).exp()))))
            })
            .collect();
        let found = length_controlled(&preference, &others, &lengths).unwrap();
        assert!(found.raw > 0.5);
        sum += found.at_equal_length;
    }
    let mean = sum / worlds as f64;
    assert!((mean - 0.5).abs() < 0.03, "{mean}");
}
