//! Reruns, raters, the judge against people, calibration.

use super::{Inputs, ends};
use docket::stats::calibration::{Isotonic, Linear, Platt, brier};
use docket::stats::gwet::{Weights, gwet};
use docket::stats::kappa::Confusion;
use docket::stats::krippendorff::{Metric, Ratings, alpha};
use docket::stats::reruns::Passes;
use docket::stats::{
    against_human, icc as reliability, kappa as cohen, logprob, mean as means, reruns as flicker,
};
use serde_json::{Value, json};

/// A score passes if it reaches the threshold, rounding aside.
fn passes(score: f64, threshold: f64) -> bool {
    score >= threshold - 1e-9
}

pub fn reruns(inputs: &Inputs) -> Value {
    let (rows, threshold) = (inputs.rows("x"), inputs.number("pass_threshold"));
    let table = reliability::icc(&rows).unwrap();
    let verdicts = |row: &Vec<f64>| {
        Passes::of(
            &row.iter()
                .map(|x| passes(*x, threshold))
                .collect::<Vec<_>>(),
        )
    };
    let items: Vec<Passes> = rows.iter().map(verdicts).collect();
    let flips = flicker::flips(&items).unwrap();
    let sampled = means::sampled_mean(&rows, None).unwrap();
    let each = |share: fn(&[Passes], u32) -> Option<f64>| -> Vec<Option<f64>> {
        (1..=table.k as u32).map(|k| share(&items, k)).collect()
    };
    json!({
        "icc21": table.single_agreement(),
        "icc2k": table.mean_agreement(),
        "icc21_ci": ends(table.agreement_interval(0.95)),
        "flip_any": flips.any,
        "flip_pair": flips.pair,
        "pass_hat_k": each(flicker::pass_hat),
        "pass_at_k": each(flicker::pass_at),
        "sd_within": flicker::sd_within(&rows),
        "se_mean_of_k": sampled.estimate.se,
        "var_between": sampled.between,
        "alpha_interval": alpha(&Ratings::from_values(&rows).unwrap(), Metric::Interval),
    })
}

pub fn icc(inputs: &Inputs) -> Value {
    let table = reliability::icc(&inputs.rows("x")).unwrap();
    json!({
        "icc11": table.single_one_way(),
        "icc21": table.single_agreement(),
        "icc31": table.single_consistency(),
        "icc2k": table.mean_agreement(),
    })
}

/// Units by raters, from raters by units with holes.
fn units(inputs: &Inputs) -> Vec<Vec<f64>> {
    let raters = inputs.list("ratings");
    let count = raters[0].as_array().unwrap().len();
    (0..count)
        .map(|unit| {
            raters
                .iter()
                .filter_map(|rater| rater[unit].as_f64())
                .collect()
        })
        .collect()
}

pub fn krippendorff(inputs: &Inputs) -> Value {
    let ratings = Ratings::from_values(&units(inputs)).unwrap();
    json!({
        "alpha_nominal": alpha(&ratings, Metric::Nominal),
        "alpha_ordinal": alpha(&ratings, Metric::Ordinal),
        "alpha_interval": alpha(&ratings, Metric::Interval),
    })
}

fn place(scale: &[f64], value: f64) -> usize {
    scale
        .iter()
        .position(|level| (level - value).abs() < 1e-9)
        .unwrap_or_else(|| panic!("{value} is no level"))
}

pub fn raters(inputs: &Inputs) -> Value {
    let scale = inputs.numbers("categories");
    let places = units(inputs)
        .iter()
        .map(|unit| unit.iter().map(|x| place(&scale, *x) as u32).collect())
        .collect();
    let ratings = Ratings::on_scale(&scale, places).unwrap();
    let (ac1, ac2) = (
        gwet(&ratings, Weights::Identity),
        gwet(&ratings, Weights::Quadratic),
    );
    json!({
        "alpha_nominal": alpha(&ratings, Metric::Nominal),
        "alpha_ordinal": alpha(&ratings, Metric::Ordinal),
        "alpha_interval": alpha(&ratings, Metric::Interval),
        "ac1": ac1.map(|got| got.coefficient),
        "ac1_se": ac1.map(|got| got.se),
        "ac2_quadratic": ac2.map(|got| got.coefficient),
    })
}

pub fn kappa(inputs: &Inputs) -> Value {
    let scale = inputs.numbers("categories");
    let column = |key| -> Vec<usize> {
        inputs
            .numbers(key)
            .iter()
            .map(|x| place(&scale, *x))
            .collect()
    };
    let pairs: Vec<(usize, usize)> = column("u").into_iter().zip(column("v")).collect();
    let table = Confusion::from_pairs(&pairs, scale.len()).unwrap();
    let weighted = |weights| cohen::kappa(&table, &scale, weights);
    let plain = weighted(Weights::Identity);
    json!({
        "kappa": plain.map(|got| got.kappa),
        "linear": weighted(Weights::Linear).map(|got| got.kappa),
        "quadratic": weighted(Weights::Quadratic).map(|got| got.kappa),
        "se": plain.map(|got| got.se),
        "ci": ends(plain.and_then(|got| got.interval(0.95))),
        "agreement": table.within(0),
    })
}

pub fn judge_human(inputs: &Inputs) -> Value {
    let (judge, human, levels) = (
        inputs.numbers("judge"),
        inputs.numbers("human"),
        inputs.numbers("levels"),
    );
    let threshold = inputs.number("pass_threshold");
    let scores = against_human::score_agreement(&judge, &human, None).unwrap();
    let places: Vec<_> = judge
        .iter()
        .zip(&human)
        .map(|(j, h)| (place(&levels, *j), place(&levels, *h)))
        .collect();
    let by_level = against_human::level_agreement(&places, levels.len(), None).unwrap();
    let verdicts: Vec<_> = judge
        .iter()
        .zip(&human)
        .map(|(j, h)| (passes(*j, threshold), passes(*h, threshold)))
        .collect();
    let pass = against_human::pass_agreement(&verdicts, None, 0.95).unwrap();
    let truth: Vec<bool> = verdicts.iter().map(|verdict| verdict.1).collect();
    json!({
        "pearson": scores.pearson,
        "spearman": scores.spearman,
        "kendall": scores.kendall,
        "mae": scores.mae,
        "bias": scores.bias.value,
        "bias_ci": ends(scores.bias.interval(0.95)),
        "loa": scores.limits.map(|(low, high)| [low, high]),
        "exact": by_level.exact,
        "within_one": by_level.within_one,
        "qwk": by_level.qwk.map(|got| got.kappa),
        "ccc": scores.ccc,
        "confusion": [pass.tp, pass.fn_, pass.fp, pass.tn],
        "kappa": pass.kappa.map(|got| got.kappa),
        "mcc": pass.mcc,
        "tpr": pass.tpr.map(|rate| rate.estimate),
        "tpr_ci": ends(pass.tpr),
        "tnr": pass.tnr.map(|rate| rate.estimate),
        "tnr_ci": ends(pass.tnr),
        "auc": against_human::auc(&judge, &truth, None),
        "mcnemar_drift_p": pass.drift.p_exact,
    })
}

pub fn calibration(inputs: &Inputs) -> Value {
    let (judge, human, threshold) = (
        inputs.numbers("judge"),
        inputs.numbers("human"),
        inputs.number("pass_threshold"),
    );
    let truth: Vec<bool> = human
        .iter()
        .map(|score| passes(*score, threshold))
        .collect();
    let curve = Isotonic::fit(&judge, &human).unwrap();
    json!({
        "isotonic": inputs.numbers("grid").iter().map(|x| curve.apply(*x)).collect::<Vec<_>>(),
        "platt": Platt::fit(&judge, &truth).map(|fit| fit.coefficients),
        "linear": Linear::fit(&judge, &human).map(|line| [line.intercept, line.slope]),
        "brier_raw": brier(&judge, &truth),
    })
}

pub fn token_level(inputs: &Inputs) -> Value {
    let scale = inputs.numbers("scale");
    let pair = |pair: &Value| {
        (
            pair[0].as_str().unwrap().to_owned(),
            pair[1].as_f64().unwrap(),
        )
    };
    let tokens: Vec<(String, f64)> = inputs.list("top_logprobs").iter().map(pair).collect();
    let got = logprob::token_level(&tokens, scale[0] as i64, scale[1] as i64);
    json!({ "score": got.map(|level| level.expected), "mass": got.map(|level| level.mass) })
}
