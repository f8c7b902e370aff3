//! The frozen order of a risk-weighted plan, and the chance each ticket had when the reviewer stopped.
//!
//! Priority sampling: a ticket of weight s gets the priority s/u with a uniform u of its own, and the highest come
//! first. After m completed tickets the (m+1)-th priority is a cut, and π = min(1, s/cut) makes weighted sums
//! unbiased for every m not chosen by looking at labels. u is a hash of seed and ticket, so the order needs no
//! stored random numbers and is the same everywhere.
//! Sources: Duffield, Lund and Thorup 2007, JACM 54(6); mixing with a uniform share: Zrnic and Candès 2024.

use super::describe::all_finite;
use sha2::{Digest, Sha256};

/// Share of the weight that is the same for every ticket.
pub const MIX: f64 = 0.5;
/// Least share that may be asked for: below, intervals undercover.
pub const LEAST_MIX: f64 = 0.3;
/// Between the parts of a hashed name; occurs in no seed and no id.
const SEPARATOR: u8 = 0x1f;

/// A number strictly between 0 and 1 that belongs to (seed, ticket): SHA-256 of both, its first 53 bits.
pub fn hash_uniform(seed: &str, ticket: &str) -> f64 {
    uniform(&[seed, ticket])
}

/// As [`hash_uniform`], independent of it for every `purpose`: for the audit share, the second reviewer.
pub fn hash_uniform_for(purpose: &str, seed: &str, ticket: &str) -> f64 {
    uniform(&[seed, ticket, purpose])
}

fn uniform(parts: &[&str]) -> f64 {
    let mut hash = Sha256::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            hash.update([SEPARATOR]);
        }
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let bits = digest
        .iter()
        .take(8)
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    ((bits >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
}

/// Sampling weights s = τ + (1-τ) · g/ḡ from risks g; `mix` 1 makes them all 1, a uniform plan.
///
/// `None` for risks that are negative or not finite, all 0 with `mix` below 1, and `mix` outside (0, 1].
pub fn weights(risks: &[f64], mix: f64) -> Option<Vec<f64>> {
    let possible = mix > 0.0 && mix <= 1.0 && all_finite(risks);
    if !possible || risks.iter().any(|g| *g < 0.0) {
        return None;
    }
    if mix == 1.0 || risks.is_empty() {
        return Some(vec![1.0; risks.len()]);
    }
    let mean = risks.iter().sum::<f64>() / risks.len() as f64;
    (mean > 0.0).then(|| risks.iter().map(|g| mix + (1.0 - mix) * g / mean).collect())
}

/// A frozen plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    weights: Vec<f64>,
    priorities: Vec<f64>,
    order: Vec<usize>,
}

impl Plan {
    /// Freezes the order of `tickets` (their ids) with sampling weights from [`weights`].
    ///
    /// `None` where lengths differ or a weight is not positive. Equal priorities fall back to the id.
    pub fn draw<T: AsRef<str>>(seed: &str, tickets: &[T], weights: Vec<f64>) -> Option<Self> {
        if tickets.len() != weights.len() || !weights.iter().all(|s| s.is_finite() && *s > 0.0) {
            return None;
        }
        let priorities: Vec<f64> = tickets
            .iter()
            .zip(&weights)
            .map(|(t, s)| s / hash_uniform(seed, t.as_ref()))
            .collect();
        let mut order: Vec<usize> = (0..tickets.len()).collect();
        order.sort_by(|&a, &b| {
            let by_priority = priorities[b].total_cmp(&priorities[a]);
            by_priority.then_with(|| tickets[a].as_ref().cmp(tickets[b].as_ref()))
        });
        Some(Self {
            weights,
            priorities,
            order,
        })
    }

    /// Positions of the tickets in review order.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The priority of every ticket, in the order given.
    pub fn priorities(&self) -> &[f64] {
        &self.priorities
    }

    /// Chance of every ticket to be among the first `m`, in the order given; all 1 once `m` is all of them.
    pub fn inclusion(&self, m: usize) -> Vec<f64> {
        match self.order.get(m) {
            None => vec![1.0; self.weights.len()],
            Some(&next) => self
                .weights
                .iter()
                .map(|s| (s / self.priorities[next]).min(1.0))
                .collect(),
        }
    }

    /// Tickets the estimate rests on: those before the first one in order that is still open.
    ///
    /// `done` tells for each ticket whether its review is complete; the second number counts done tickets that
    /// wait behind that gap.
    pub fn prefix(&self, done: impl Fn(usize) -> bool) -> (usize, usize) {
        let prefix = self.order.iter().take_while(|&&at| done(at)).count();
        let waiting = self.order[prefix..].iter().filter(|&&at| done(at)).count();
        (prefix, waiting)
    }
}

/// Whether a ticket belongs to the blind audit `share`, and whether a second reviewer reads it too (half of them).
pub fn audit(seed: &str, ticket: &str, share: f64) -> (bool, bool) {
    let place = hash_uniform_for("audit", seed, ticket);
    (place < share, place < share / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|at| format!("t{at}")).collect()
    }

    #[test]
    fn impossible_weights_are_refused() {
        assert_eq!(weights(&[0.1, -0.1], 0.5), None);
        assert_eq!(weights(&[0.0, 0.0], 0.5), None);
        assert_eq!(weights(&[0.0, 0.0], 1.0), Some(vec![1.0, 1.0]));
        assert_eq!(weights(&[0.1], 0.0), None);
        assert_eq!(weights(&[f64::NAN], 1.0), None);
        assert_eq!(weights(&[], 0.5), Some(vec![]));
        assert_eq!(Plan::draw("s", &names(2), vec![1.0]), None);
        assert_eq!(Plan::draw("s", &names(1), vec![0.0]), None);
    }

    #[test]
    fn a_gap_ends_the_prefix_and_what_is_behind_it_waits() {
        let plan = Plan::draw("s", &names(6), vec![1.0; 6]).unwrap();
        let gap = plan.order()[2];
        assert_eq!(plan.prefix(|at| at != gap), (2, 3));
        assert_eq!(plan.prefix(|_| true), (6, 0));
        assert_eq!(plan.inclusion(6), [1.0; 6]);
    }

    #[test]
    fn sums_weighted_by_the_chance_are_right_on_average() {
        // Horvitz-Thompson over the prefix estimates the number of tickets, whatever the weights.
        let risks: Vec<f64> = (0..40).map(|at| 0.05 + f64::from(at % 7)).collect();
        let mut total = 0.0;
        for seed in 0..2_000 {
            let plan = Plan::draw(
                &format!("s{seed}"),
                &names(40),
                weights(&risks, 0.5).unwrap(),
            )
            .unwrap();
            let pi = plan.inclusion(10);
            total += plan.order()[..10]
                .iter()
                .map(|&at| 1.0 / pi[at])
                .sum::<f64>();
        }
        assert!((total / 2_000.0 - 40.0).abs() < 0.6, "{}", total / 2_000.0);
    }

    proptest! {
        #[test]
        fn chances_lie_in_range_and_grow_with_the_prefix(risks in prop::collection::vec(0.01..1.0_f64, 1..30), seed in "[a-z]{1,8}") {
            let n = risks.len();
            let plan = Plan::draw(&seed, &names(n), weights(&risks, 0.5).unwrap()).unwrap();
            let mut before = vec![0.0; n];
            for m in 1..=n {
                let pi = plan.inclusion(m);
                for at in 0..n {
                    prop_assert!(pi[at] > 0.0 && pi[at] <= 1.0 && pi[at] >= before[at]);
                }
                before = pi;
            }
        }

        #[test]
        fn the_audit_share_is_nested(ticket in "[a-z0-9]{1,12}") {
            let (blind, second) = audit("seed", &ticket, 0.1);
            prop_assert!(blind || !second);
        }
    }
}
