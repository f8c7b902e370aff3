//! Do intervals hold the truth as often as they say, and do tests and gates err as seldom as they promise?
//!
//! Every estimator is let loose on simulated worlds whose truth is known. The seeds are fixed, so a run that passes
//! passes everywhere. What a share may be off by is chance alone, four standard errors for the number of worlds, and,
//! where a method is known to be approximate at the size shown, a slack that is named beside it.
//!
//! `cargo test --test it coverage` runs them all, in well under a minute.

mod agreement;
mod groups;
mod human_level;
mod release;

use docket::stats::bootstrap::SplitMix64;
use docket::stats::distributions::normal_quantile;
use docket::stats::{Estimate, Interval};

/// What intervals claim.
const CLAIM: f64 = 0.95;

/// Standard errors that a share may be off by.
const CHANCE: f64 = 4.0;

/// Share of `worlds` in which something holds. Every world has random numbers of its own.
fn share(worlds: u32, seed: u64, holds: impl Fn(&mut SplitMix64) -> bool) -> f64 {
    let stream = SplitMix64::new(seed);
    let held = (0..u64::from(worlds)).filter(|world| holds(&mut stream.skip(world << 32)));
    held.count() as f64 / f64::from(worlds)
}

/// Four standard errors of a share.
fn chance(share: f64, worlds: u32) -> f64 {
    CHANCE * (share * (1.0 - share) / f64::from(worlds)).sqrt()
}

/// The 95 % interval holds `truth` in 95 % of worlds, up to chance and `slack`. One that is undefined holds nothing.
fn covers(
    truth: f64,
    worlds: u32,
    slack: f64,
    interval: impl Fn(&mut SplitMix64) -> Option<Interval>,
) {
    let seed = u64::from(worlds).wrapping_mul(2_654_435_761);
    let got = share(worlds, seed, |draws| {
        interval(draws).is_some_and(|interval| interval.low <= truth && truth <= interval.high)
    });
    let off = chance(CLAIM, worlds) + slack;
    assert!(
        (got - CLAIM).abs() <= off,
        "{got:.4} of {worlds} worlds are covered, not {CLAIM} within {off:.4}"
    );
}

/// The same of an estimate's own interval.
fn estimate_covers(
    truth: f64,
    worlds: u32,
    slack: f64,
    estimate: impl Fn(&mut SplitMix64) -> Option<Estimate>,
) {
    covers(truth, worlds, slack, |draws| {
        estimate(draws)?.interval(CLAIM)
    });
}

/// What must not happen happens in at most `alpha` of worlds, up to chance.
fn errs_at_most(alpha: f64, worlds: u32, errs: impl Fn(&mut SplitMix64) -> bool) {
    let got = share(worlds, 77, errs);
    let off = chance(alpha, worlds);
    assert!(
        got <= alpha + off,
        "{got:.4} of {worlds} worlds err, more than {alpha} by over {off:.4}"
    );
}

/// Values with their chances.
type Table<'a> = &'a [(f64, f64)];

/// Scores of a 0-5 question as outputs tend to have them: many good, a tail of bad.
const LEVELS: Table<'static> = &[
    (0.0, 0.05),
    (0.2, 0.10),
    (0.4, 0.10),
    (0.6, 0.20),
    (0.8, 0.25),
    (1.0, 0.30),
];

/// One of the values.
fn pick(draws: &mut SplitMix64, table: Table<'_>) -> f64 {
    let mut left = draws.open_unit();
    for (value, chance) in table {
        left -= chance;
        if left <= 0.0 {
            return *value;
        }
    }
    table[table.len() - 1].0
}

/// What the mean of many picks comes to.
fn expected(table: Table<'_>) -> f64 {
    table.iter().map(|(value, chance)| value * chance).sum()
}

/// A number from the standard normal distribution.
fn normal(draws: &mut SplitMix64) -> f64 {
    normal_quantile(draws.open_unit()).unwrap()
}

/// Whether something with this chance happens.
fn happens(draws: &mut SplitMix64, chance: f64) -> bool {
    draws.open_unit() < chance
}

/// `n` of something.
fn many<T>(n: usize, draws: &mut SplitMix64, one: impl Fn(&mut SplitMix64) -> T) -> Vec<T> {
    (0..n).map(|_| one(draws)).collect()
}

#[test]
fn a_method_that_covers_too_seldom_is_found_out() {
    // Intervals of a mean that take items of one cluster for independent.
    let caught = std::panic::catch_unwind(|| {
        estimate_covers(0.5, 500, 0.0, |draws| {
            let clusters = many(20, draws, |draws| f64::from(u8::from(happens(draws, 0.5))));
            let copies: Vec<f64> = clusters.iter().flat_map(|one| [*one; 6]).collect();
            docket::stats::mean::independent_mean(&copies)
        });
    });
    assert!(caught.is_err());
}
