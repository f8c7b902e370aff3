//! Groups, comparisons, planning and overlap.

use super::{Inputs, ends};
use docket::stats::bootstrap::{SplitMix64, cluster_bootstrap, cluster_replicates, cluster_sums};
use docket::stats::bradley_terry::Duel;
use docket::stats::overlap::{Grams, fingerprint};
use docket::stats::rank_tests::Zeros;
use docket::stats::{
    Estimate, bradley_terry as ranking, describe, gate, icc, length_control, mean as means,
    minhash, multiple, paired, power as sizes, proportion, rank_tests, sequential as looks,
};
use docket::text::normalise::normalise;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub fn rng(inputs: &Inputs) -> Value {
    let mut stream = SplitMix64::new(inputs.get("seed").as_u64().unwrap());
    let first: Vec<String> = (0..5).map(|_| stream.next_u64().to_string()).collect();
    json!({ "first5": first })
}

pub fn mean(inputs: &Inputs) -> Value {
    let x = inputs.numbers("x");
    let plain = means::independent_mean(&x).unwrap();
    let clustered = means::clustered_mean(&x, &inputs.clusters()).unwrap();
    json!({
        "mean": plain.value,
        "sd": describe::sd(&x),
        "se": plain.se,
        "ci_t": ends(plain.interval(0.95)),
        "ci_z": ends(Estimate { df: f64::INFINITY, ..plain }.interval(0.95)),
        "se_cluster": clustered.se,
        "ci_cluster": ends(clustered.interval(0.95)),
    })
}

pub fn rate(inputs: &Inputs) -> Value {
    let (k, n) = (inputs.count("k"), inputs.count("n"));
    let wilson = proportion::wilson(k, n, 0.95);
    json!({
        "rate": wilson.map(|interval| interval.estimate),
        "wilson95": ends(wilson),
        "wilson_lower_1s95": proportion::wilson_lower(k, n, 0.05),
        "clopper95": ends(proportion::clopper_pearson(k, n, 0.95)),
    })
}

pub fn difference(inputs: &Inputs) -> Value {
    let (a, b, clusters) = (inputs.numbers("a"), inputs.numbers("b"), inputs.clusters());
    let (seed, replicates) = (inputs.count("boot_seed") as u64, inputs.count("B"));
    let differences = paired::differences(&a, &b);
    let plain = paired::difference(&a, &b, &docket::stats::Clusters::singletons(a.len())).unwrap();
    let clustered = paired::difference(&a, &b, &clusters).unwrap();
    let gain = paired::pairing_gain(&a, &b).unwrap();
    let draws = cluster_replicates(&cluster_sums(&differences, &clusters), replicates, seed);
    let bootstrap = ends(cluster_bootstrap(
        &differences,
        &clusters,
        replicates,
        seed,
        0.95,
    ));
    json!({
        "diff": plain.value,
        "se": plain.se,
        "ci_t": ends(plain.interval(0.95)),
        "t": plain.t(0.0),
        "p": plain.p_two_sided(0.0),
        "se_cluster": clustered.se,
        "ci_cluster": ends(clustered.interval(0.95)),
        "corr": gain.correlation,
        "se_unpaired": gain.se_unpaired,
        "boot_first3": draws[..3],
        "boot_ci95": bootstrap,
        "boot_ci_vs_clt": bootstrap,
    })
}

pub fn win_tie_loss(inputs: &Inputs) -> Value {
    let got = paired::win_tie_loss(
        &inputs.numbers("a"),
        &inputs.numbers("b"),
        inputs.number("tie_eps"),
        0.95,
    )
    .unwrap();
    json!({
        "win": got.win,
        "tie": got.tie,
        "loss": got.loss,
        "win_rate": got.win_rate,
        "sign_p": got.sign_p,
        "decisive_wilson": ends(got.decisive),
    })
}

pub fn mcnemar(inputs: &Inputs) -> Value {
    let got = rank_tests::mcnemar(inputs.count("b_only") as u64, inputs.count("a_only") as u64);
    json!({ "p_exact": got.p_exact, "p_mid": got.p_mid })
}

pub fn wilcoxon(inputs: &Inputs) -> Value {
    let (differences, zeros) = if inputs.0.get("d").is_some() {
        (inputs.numbers("d"), Zeros::Drop)
    } else {
        let zeros = match inputs.text("zero_method") {
            "wilcox" => Zeros::Drop,
            "pratt" => Zeros::Rank,
            other => panic!("unknown method `{other}`"),
        };
        (
            paired::differences(&inputs.numbers("a"), &inputs.numbers("b")),
            zeros,
        )
    };
    let got = rank_tests::wilcoxon(&differences, zeros);
    json!({ "statistic": got.map(|test| test.statistic), "p": got.map(|test| test.p) })
}

pub fn multiple(inputs: &Inputs) -> Value {
    let p = inputs.numbers("p");
    json!({ "holm": multiple::holm(&p), "bh": multiple::benjamini_hochberg(&p) })
}

pub fn bradley_terry(inputs: &Inputs) -> Value {
    let mut names: Vec<&str> = Vec::new();
    let mut duels = Vec::new();
    for pair in inputs.list("pairs") {
        let mut place = |key: &str| {
            let name = pair[key].as_str().unwrap();
            names
                .iter()
                .position(|known| *known == name)
                .unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                })
        };
        let (a, b) = (place("a"), place("b"));
        let wins = |key: &str| pair[key].as_f64().unwrap() + pair["tie"].as_f64().unwrap() / 2.0;
        duels.push(Duel {
            a,
            b,
            wins_a: wins("win_a"),
            wins_b: wins("win_b"),
        });
    }
    let board = ranking::bradley_terry(names.len(), &duels);
    let place = |name: &str| names.iter().position(|known| *known == name);
    let beats = || board.as_ref()?.beats(place("m4")?, place("m0")?);
    json!({
        "log_strength": board.as_ref().map(|board| board.log_strength.clone()),
        "elo": board.as_ref().map(ranking::Leaderboard::elo),
        "se": board.as_ref().map(|board| board.se.clone()),
        "p_m4_beats_m0": beats(),
    })
}

pub fn length(inputs: &Inputs) -> Value {
    let (preference, a, b) = (
        inputs.numbers("pref_b"),
        inputs.numbers("len_a"),
        inputs.numbers("len_b"),
    );
    let got = length_control::length_controlled(&preference, &a, &b);
    json!({
        "coef": got.map(|fit| fit.coefficients),
        "win_raw": got.map(|fit| fit.raw),
        "win_at_equal_length": got.map(|fit| fit.at_equal_length),
        "spearman_len_score": describe::spearman(&b, &inputs.numbers("score_b")),
    })
}

pub fn power(inputs: &Inputs) -> Value {
    let number = |key| inputs.number(key);
    let (sd, delta, alpha, power) = (
        number("sd_diff"),
        number("delta"),
        number("alpha"),
        number("power"),
    );
    let variances = sizes::Variances {
        items: number("omega2"),
        reruns_a: number("sigma2_a"),
        reruns_b: number("sigma2_b"),
    };
    let k = inputs.count("K") as u32;
    json!({
        "n_paired_z": sizes::paired_items(sd, delta, alpha, power),
        "n_paired_t": sizes::paired_items_t(sd, delta, alpha, power),
        "n_reruns": sizes::items_with_reruns(&variances, k, k, delta, alpha, power),
        "mde_n200": sizes::detectable_difference(sd, 200.0, alpha, power),
        "n_rate": sizes::items_for_rate(number("p"), number("half_width"), alpha),
    })
}

pub fn label_plan(inputs: &Inputs) -> Value {
    let (human, judge) = (inputs.numbers("y"), inputs.numbers("f"));
    let got = sizes::labels_for(
        &human,
        &judge,
        inputs.number("cost_human"),
        inputs.number("cost_judge"),
        inputs.number("effective_n"),
    );
    json!({ "n": got.map(|plan| plan.labels), "N": got.map(|plan| plan.judged), "corr": got.map(|plan| plan.correlation) })
}

pub fn sequential(inputs: &Inputs) -> Value {
    let (alpha, sd, planned) = (
        inputs.number("alpha"),
        inputs.number("sd"),
        inputs.count("optimise_at"),
    );
    let n = inputs.numbers("n");
    let half: Vec<Option<f64>> = n
        .iter()
        .map(|n| looks::half_width(sd, *n as usize, planned, alpha))
        .collect();
    // The looks share the information evenly, whatever their numbers of observations.
    let fraction = |look: usize| (look + 1) as f64 / n.len() as f64;
    let spend: Vec<Option<f64>> = (0..n.len())
        .map(|look| looks::obrien_fleming_spend(alpha, fraction(look)))
        .collect();
    json!({ "half_width": half, "obf_spend": spend })
}

pub fn overlap(inputs: &Inputs) -> Value {
    let docs: BTreeMap<&str, String> = inputs
        .get("docs")
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, text)| (name.as_str(), normalise(text.as_str().unwrap())))
        .collect();
    let short = |text: &String| -> String {
        let hex: Vec<String> = fingerprint(text)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        hex[..6].concat()
    };
    let hashes: BTreeMap<&str, String> = docs
        .iter()
        .map(|(name, text)| (*name, short(text)))
        .collect();
    let mut equal = Vec::new();
    for (a, first) in &docs {
        equal.extend(
            docs.iter()
                .filter(|(b, second)| a < *b && fingerprint(first) == fingerprint(second))
                .map(|(b, _)| [*a, *b]),
        );
    }
    let grams = |name: &str, n| Grams::of(&docs[name], n);
    let found = [0.5, 0.7, 0.8, 0.9].map(minhash::found_chance);
    let signature = |name| minhash::Signature::of(&grams(name, 3)).unwrap();
    json!({
        "normalised": docs,
        "sha256_12": hashes,
        "exact_pairs": equal,
        "jaccard3_d0_d2": grams("d0", 3).jaccard(&grams("d2", 3)),
        "contain13_d0_in_d1": grams("d0", 13).contained_in(&grams("d1", 13)),
        "contain8_d2_in_d0": grams("d2", 8).contained_in(&grams("d0", 8)),
        "minhash_d0_d2": signature("d0").similarity(&signature("d2")),
        "lsh_16x8": found,
    })
}

pub fn non_inferiority(inputs: &Inputs) -> Value {
    let margin = inputs.number("margin");
    let word = |ends: &Vec<f64>| match gate::non_inferiority(ends[0], ends[1], margin) {
        gate::Verdict::Pass => "pass",
        gate::Verdict::Fail => "fail",
        gate::Verdict::Inconclusive => "inconclusive",
    };
    json!({ "verdict": inputs.rows("intervals").iter().map(word).collect::<Vec<_>>() })
}

pub fn one_item(inputs: &Inputs) -> Value {
    let got = means::independent_mean(&inputs.numbers("x")).unwrap();
    json!({ "mean": got.value, "se": got.se, "ci_t": ends(got.interval(0.95)) })
}

pub fn all_equal(inputs: &Inputs) -> Value {
    let x = inputs.numbers("x");
    let mut rows: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (cluster, value) in inputs.texts("cluster").into_iter().zip(&x) {
        rows.entry(cluster).or_default().push(*value);
    }
    let got = means::independent_mean(&x).unwrap();
    let rows: Vec<Vec<f64>> = rows.into_values().collect();
    json!({ "mean": got.value, "se": got.se, "icc21": icc::icc(&rows).map(|table| table.single_agreement()) })
}

pub fn one_cluster(inputs: &Inputs) -> Value {
    let got = means::clustered_mean(&inputs.numbers("x"), &inputs.clusters()).unwrap();
    json!({ "se_cluster": got.se })
}
