//! Human-level estimates and the plans behind them.

use super::{Inputs, ends};
use docket::stats::active::{Labelled, active_mean, best_lambda};
use docket::stats::mean::independent_mean;
use docket::stats::ppi::{Variant, n_effective, ppi_mean, tuned_lambda};
use docket::stats::priority::{Plan, hash_uniform, weights};
use docket::stats::rogan_gladen::{JudgedRate, rogan_gladen as corrected};
use docket::stats::{Clusters, Estimate};
use serde_json::{Value, json};

pub fn ppi(inputs: &Inputs) -> Value {
    let (human, judge, rest) = (
        inputs.numbers("y_labeled"),
        inputs.numbers("f_labeled"),
        inputs.numbers("f_unlabeled"),
    );
    let lambda = tuned_lambda(&human, &judge, &rest).unwrap();
    let estimate = |lambda, variant| ppi_mean(&human, &judge, &rest, lambda, variant).unwrap();
    let printed = estimate(lambda, Variant::StudentT);
    let package = estimate(lambda, Variant::Normal);
    json!({
        "lambda_hat": lambda,
        "estimate": printed.value,
        "ci95_ppi_py": ends(package.interval(0.95)),
        "ci95_lam1": ends(estimate(1.0, Variant::Normal).interval(0.95)),
        "ci95_lam0": ends(estimate(0.0, Variant::Normal).interval(0.95)),
        "lower_1s95_ppi_py": package.lower(0.05),
        "ci95_docket": ends(printed.interval(0.95)),
        "lower_1s95_docket": printed.lower(0.05),
        "human_only_ci": ends(independent_mean(&human).unwrap().interval(0.95)),
        "n_effective": n_effective(&human, &printed),
    })
}

pub fn priority(inputs: &Inputs) -> Value {
    let (seed, tickets, reviewed) = (
        inputs.text("plan_seed"),
        inputs.texts("ticket"),
        inputs.count("reviewed"),
    );
    let sampling = weights(&inputs.numbers("g"), inputs.number("mix")).unwrap();
    let plan = Plan::draw(seed, &tickets, sampling).unwrap();
    let pi = plan.inclusion(reviewed);
    let human = inputs.list("human_if_reviewed");
    let mut items: Vec<Labelled> = inputs
        .numbers("judge")
        .into_iter()
        .zip(&pi)
        .map(|(judge, &pi)| Labelled {
            judge,
            human: None,
            pi,
        })
        .collect();
    for &at in &plan.order()[..reviewed] {
        items[at].human = human[at].as_f64();
    }
    let lambda = best_lambda(&items).unwrap().clamp(0.0, 1.0);
    let clusters = inputs.clusters();
    let estimate =
        |clusters: Option<&Clusters>, lambda| active_mean(&items, clusters, lambda).unwrap();
    let uniform = |ticket: &&str| hash_uniform(seed, ticket);
    let (fixed, tuned) = (estimate(None, 1.0), estimate(None, lambda));
    json!({
        "u_first5": tickets.iter().take(5).map(uniform).collect::<Vec<_>>(),
        "order_first12": plan.order().iter().take(12).map(|&at| tickets[at]).collect::<Vec<_>>(),
        "pi_first5": pi[..5],
        "pi_sum": pi.iter().sum::<f64>(),
        "lambda_tuned": lambda,
        "est_lam1": fixed.value,
        "se_lam1": fixed.se,
        "se_cluster_lam1": estimate(Some(&clusters), 1.0).se,
        "ci95_lam1": ends(fixed.interval(0.95)),
        "est_tuned": tuned.value,
        "se_tuned": tuned.se,
        "se_cluster_tuned": estimate(Some(&clusters), lambda).se,
        "ci95_tuned": ends(tuned.interval(0.95)),
    })
}

/// The documentation's own example: λ not clipped, and a normal interval.
pub fn published(inputs: &Inputs) -> Value {
    let human = inputs.list("human").iter().map(Value::as_f64);
    let items: Vec<Labelled> = inputs
        .numbers("judge")
        .into_iter()
        .zip(inputs.numbers("pi"))
        .zip(human)
        .map(|((judge, pi), human)| Labelled { judge, human, pi })
        .collect();
    let got = active_mean(&items, None, best_lambda(&items).unwrap()).unwrap();
    let normal = Estimate {
        df: f64::INFINITY,
        ..got
    };
    json!({ "est": got.value, "ci95": ends(normal.interval(0.95)) })
}

pub fn rogan_gladen(inputs: &Inputs) -> Value {
    let rate = JudgedRate {
        judge_pass_rate: inputs.number("judge_pass_rate"),
        n: inputs.count("n"),
        tpr: inputs.number("tpr"),
        passes: inputs.count("m_pass"),
        tnr: inputs.number("tnr"),
        fails: inputs.count("m_fail"),
    };
    let got = corrected(&rate, 0.95);
    json!({ "estimate": got.map(|interval| interval.estimate), "ci95": ends(got) })
}
