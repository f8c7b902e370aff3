"""Golden cases on tables nobody has seen: the committed cases with their inputs drawn anew.

    pip install scipy statsmodels scikit-learn krippendorff irrCAC pingouin ppi-python
    python tests/golden/fresh.py --check                        # this script agrees with the committed file
    python tests/golden/fresh.py --seed 7 > fresh.json
    DOCKET_GOLDEN=fresh.json cargo test --test it golden

Expected values come from the packages of the field, and from the definition where no package has one. Cases whose
inputs were published, and the corner cases, stay as they are. Tolerances are those of the committed file.
"""

import argparse
import hashlib
import json
import math
import pathlib
import sys
import warnings

import numpy as np
from scipy import stats
from scipy.stats import norm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, samplesize_confint_proportion
from statsmodels.stats.weightstats import DescrStatsW

HERE = pathlib.Path(__file__).parent
Z = norm.ppf(0.975)
warnings.filterwarnings("ignore")


# What the packages say ----------------------------------------------------------------------------------


def clustered_se(x, cluster):
    import statsmodels.api as sm

    codes = [sorted(set(cluster)).index(c) for c in cluster]
    # The factor (n-1)/(n-1) of one regressor leaves C/(C-1).
    fit = sm.OLS(x, np.ones(len(x))).fit(cov_type="cluster", cov_kwds={"groups": np.array(codes)})
    return float(fit.bse[0])


def around(value, half):
    return [value - half, value + half]


def t_interval(value, se, df):
    return around(value, stats.t.ppf(0.975, df) * se)


def one_mean(x, cluster):
    x = np.array(x)
    se = clustered_se(x, cluster)
    return {
        "mean": x.mean(),
        "sd": x.std(ddof=1),
        "se": stats.sem(x),
        "ci_t": DescrStatsW(x).tconfint_mean(),
        "ci_z": DescrStatsW(x).zconfint_mean(),
        "se_cluster": se,
        "ci_cluster": t_interval(x.mean(), se, len(set(cluster)) - 1),
    }


def rate(k, n):
    wilson = proportion_confint(k, n, method="wilson")
    exact = [
        0.0 if k == 0 else stats.beta.ppf(0.025, k, n - k + 1),
        1.0 if k == n else stats.beta.ppf(0.975, k + 1, n - k),
    ]
    return {
        "rate": k / n,
        "wilson95": np.clip(wilson, 0, 1),
        "wilson_lower_1s95": max(0.0, proportion_confint(k, n, alpha=0.10, method="wilson")[0]),
        "clopper95": exact,
    }


def splitmix(seed):
    mask = (1 << 64) - 1
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & mask
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        yield z ^ (z >> 31)


def paired(a, b, cluster, boot_seed, B):
    a, b = np.array(a), np.array(b)
    d = b - a
    se = clustered_se(d, cluster)
    names = list(dict.fromkeys(cluster))
    place = np.array([names.index(c) for c in cluster])
    sums, sizes = np.bincount(place, d), np.bincount(place)
    stream, many = splitmix(boot_seed), len(names)
    draws = []
    for _ in range(B):
        at = [(next(stream) * many) >> 64 for _ in range(many)]
        draws.append(sums[at].sum() / sizes[at].sum())
    test = stats.ttest_rel(b, a)
    return {
        "diff": d.mean(),
        "se": stats.sem(d),
        "ci_t": DescrStatsW(d).tconfint_mean(),
        "t": test.statistic,
        "p": test.pvalue,
        "se_cluster": se,
        "ci_cluster": t_interval(d.mean(), se, many - 1),
        "corr": np.corrcoef(a, b)[0, 1],
        "se_unpaired": math.hypot(stats.sem(a), stats.sem(b)),
        "boot_first3": draws[:3],
        "boot_ci95": np.quantile(draws, [0.025, 0.975], method="linear"),
        "boot_ci_vs_clt": around(d.mean(), Z * se),
    }


def wins(a, b, tie_eps):
    d = np.array(b) - np.array(a)
    win, loss = int((d > tie_eps).sum()), int((d < -tie_eps).sum())
    return {
        "win": win,
        "tie": len(d) - win - loss,
        "loss": loss,
        "win_rate": (win + (len(d) - win - loss) / 2) / len(d),
        "sign_p": stats.binomtest(win, win + loss).pvalue,
        "decisive_wilson": proportion_confint(win, win + loss, method="wilson"),
    }


def discordant(b_only, a_only):
    n, few = b_only + a_only, min(b_only, a_only)
    exact = mcnemar([[0, b_only], [a_only, 0]], exact=True).pvalue if n else 1.0
    mid = 1.0 if b_only == a_only else exact - stats.binom.pmf(few, n, 0.5)
    return {"p_exact": min(exact, 1.0), "p_mid": mid}


def signed_ranks(inputs):
    if "d" in inputs:
        test = stats.wilcoxon(inputs["d"], method="exact")
    else:
        d = np.array(inputs["b"]) - np.array(inputs["a"])
        test = stats.wilcoxon(d, zero_method=inputs["zero_method"], correction=False, method="approx")
    return {"statistic": test.statistic, "p": test.pvalue}


def reruns(x, pass_threshold):
    import krippendorff
    import pandas
    import pingouin

    x = np.array(x)
    n, k = x.shape
    long = pandas.DataFrame(
        [(i, r, x[i, r]) for i in range(n) for r in range(k)], columns=["item", "run", "score"]
    )
    table = pingouin.intraclass_corr(long, targets="item", raters="run", ratings="score")
    rows = {str(row["Type"]).replace("(", "").replace(")", "").replace(",", ""): row for _, row in table.iterrows()}
    single = next(rows[name] for name in ("ICC2", "ICCA1") if name in rows)
    mean = next(rows[name] for name in ("ICC2k", "ICCAk") if name in rows)
    passed = (x >= pass_threshold - 1e-9).sum(axis=1)
    comb = math.comb
    within = x.var(axis=1, ddof=1).mean()
    means = x.mean(axis=1)
    interval = single["CI95"] if "CI95" in table else single["CI95%"]
    return {
        "icc21": single["ICC"],
        "icc2k": mean["ICC"],
        "icc21_ci": list(interval),
        "flip_any": np.mean((passed > 0) & (passed < k)),
        "flip_pair": np.mean([c * (k - c) / comb(k, 2) for c in passed]),
        "pass_hat_k": [np.mean([comb(c, m) / comb(k, m) for c in passed]) for m in range(1, k + 1)],
        "pass_at_k": [np.mean([1 - comb(k - c, m) / comb(k, m) for c in passed]) for m in range(1, k + 1)],
        "sd_within": math.sqrt(within),
        "se_mean_of_k": stats.sem(means),
        "var_between": means.var(ddof=1) - within / k,
        "alpha_interval": krippendorff.alpha(x.T, level_of_measurement="interval"),
    }


def raters(ratings, categories):
    import krippendorff
    import pandas
    from irrCAC.raw import CAC

    data = np.array([[np.nan if v is None else v for v in row] for row in ratings], float)
    level = lambda name: krippendorff.alpha(data, level_of_measurement=name)
    frame = pandas.DataFrame(data.T)
    plain = CAC(frame, categories=categories, digits=12).gwet()["est"]
    square = CAC(frame, weights="quadratic", categories=categories, digits=12).gwet()["est"]
    return {
        "alpha_nominal": level("nominal"),
        "alpha_ordinal": level("ordinal"),
        "alpha_interval": level("interval"),
        "ac1": plain["coefficient_value"],
        "ac1_se": plain["se"],
        "ac2_quadratic": square["coefficient_value"],
    }


def two_raters(u, v, categories):
    from sklearn.metrics import cohen_kappa_score, confusion_matrix
    from statsmodels.stats.inter_rater import cohens_kappa

    kappa = lambda weights: cohen_kappa_score(u, v, labels=categories, weights=weights)
    found = cohens_kappa(confusion_matrix(u, v, labels=categories))
    return {
        "kappa": kappa(None),
        "linear": kappa("linear"),
        "quadratic": kappa("quadratic"),
        "se": found.std_kappa,
        "ci": [found.kappa_low, found.kappa_upp],
    }


def judge_human(judge, human, pass_threshold, levels):
    from sklearn.metrics import cohen_kappa_score, matthews_corrcoef, roc_auc_score

    f, y = np.array(judge), np.array(human)
    gap = f - y
    place = lambda x: [levels.index(v) for v in x]
    fp, yp = f >= pass_threshold - 1e-9, y >= pass_threshold - 1e-9
    tp, fpos = int((fp & yp).sum()), int((fp & ~yp).sum())
    fneg, tn = int((~fp & yp).sum()), int((~fp & ~yp).sum())
    sd = gap.std(ddof=1)
    return {
        "pearson": stats.pearsonr(f, y)[0],
        "spearman": stats.spearmanr(f, y)[0],
        "kendall": stats.kendalltau(f, y)[0],
        "mae": np.abs(gap).mean(),
        "bias": gap.mean(),
        "bias_ci": DescrStatsW(gap).tconfint_mean(),
        "loa": around(gap.mean(), 1.96 * sd),
        "exact": np.mean(np.array(place(judge)) == np.array(place(human))),
        "within_one": np.mean(np.abs(np.array(place(judge)) - np.array(place(human))) <= 1),
        "qwk": cohen_kappa_score(place(judge), place(human), labels=range(len(levels)), weights="quadratic"),
        "ccc": 2 * np.cov(f, y, ddof=0)[0, 1] / (f.var() + y.var() + (f.mean() - y.mean()) ** 2),
        "confusion": [tp, fneg, fpos, tn],
        "kappa": cohen_kappa_score(fp, yp),
        "mcc": matthews_corrcoef(yp, fp),
        "tpr": tp / (tp + fneg),
        "tpr_ci": proportion_confint(tp, tp + fneg, method="wilson"),
        "tnr": tn / (tn + fpos),
        "tnr_ci": proportion_confint(tn, tn + fpos, method="wilson"),
        "auc": roc_auc_score(yp, f),
        "mcnemar_drift_p": discordant(fpos, fneg)["p_exact"],
    }




def ppi(y_labeled, f_labeled, f_unlabeled):
    from ppi_py import ppi_mean_ci, ppi_mean_pointestimate

    y, f, u = map(np.array, (y_labeled, f_labeled, f_unlabeled))
    n, many = len(y), len(u)
    spread = np.concatenate([f, u]).var(ddof=1)
    lam = float(np.clip(np.cov(y, f, ddof=0)[0, 1] / ((1 + n / many) * spread), 0, 1))
    flat = lambda interval: [float(np.ravel(end)[0]) for end in interval]
    value = float(np.ravel(ppi_mean_pointestimate(y, f, u, lam=lam))[0])
    variance = lam**2 * u.var(ddof=1) / many + (y - lam * f).var(ddof=1) / n
    se = math.sqrt(variance)
    return {
        "lambda_hat": lam,
        "estimate": value,
        "ci95_ppi_py": flat(ppi_mean_ci(y, f, u, alpha=0.05, lam=lam)),
        "ci95_lam1": flat(ppi_mean_ci(y, f, u, alpha=0.05, lam=1)),
        "ci95_lam0": flat(ppi_mean_ci(y, f, u, alpha=0.05, lam=0)),
        "lower_1s95_ppi_py": flat(ppi_mean_ci(y, f, u, alpha=0.05, alternative="larger", lam=lam))[0],
        "ci95_docket": t_interval(value, se, n - 1),
        "lower_1s95_docket": value - stats.t.ppf(0.95, n - 1) * se,
        "human_only_ci": DescrStatsW(y).tconfint_mean(),
        "n_effective": y.var(ddof=1) / variance,
    }


def priority(plan_seed, ticket, g, mix, reviewed, judge, human_if_reviewed, cluster):
    def uniform(name):
        digest = hashlib.sha256(f"{plan_seed}\x1f{name}".encode()).digest()
        return ((int.from_bytes(digest[:8], "big") >> 11) + 0.5) / 2**53

    u = np.array([uniform(name) for name in ticket])
    g = np.array(g)
    s = mix + (1 - mix) * g / g.mean()
    q = s / u
    order = np.argsort(-q, kind="stable")
    pi = np.minimum(1, s / q[order[reviewed]]) if reviewed < len(s) else np.ones(len(s))
    xi = np.zeros(len(s))
    xi[order[:reviewed]] = 1
    f = np.array(judge)
    y = np.array([0.0 if v is None else v for v in human_if_reviewed])
    a, b = f * (xi / pi - 1), y * xi / pi
    lam = float(np.clip(np.cov(a, b, ddof=1)[0, 1] / a.var(ddof=1), 0, 1))
    out = {
        "u_first5": u[:5],
        "order_first12": [ticket[at] for at in order[:12]],
        "pi_first5": pi[:5],
        "pi_sum": pi.sum(),
        "lambda_tuned": lam,
    }
    for name, used in (("lam1", 1.0), ("tuned", lam)):
        psi = used * f + xi / pi * (y - used * f)
        out[f"est_{name}"] = psi.mean()
        out[f"se_{name}"] = stats.sem(psi)
        out[f"se_cluster_{name}"] = clustered_se(psi, cluster)
        out[f"ci95_{name}"] = t_interval(psi.mean(), stats.sem(psi), reviewed - 1)
    return out


def rogan(judge_pass_rate, n, tnr, m_fail, tpr, m_pass):
    if tpr + tnr <= 1:
        return {"estimate": None}
    p, q0, q1 = judge_pass_rate, tnr, tpr
    point = min(max((p + q0 - 1) / (q0 + q1 - 1), 0), 1)
    z2 = Z * Z
    p = (n * p + z2 / 2) / (n + z2)
    q0, q1 = (m_fail * q0 + 1) / (m_fail + 2), (m_pass * q1 + 1) / (m_pass + 2)
    theta = (p + q0 - 1) / (q0 + q1 - 1)
    shift = 2 * z2 * (theta * q1 * (1 - q1) / (m_pass + 2) - (1 - theta) * q0 * (1 - q0) / (m_fail + 2))
    spread = (
        p * (1 - p) / (n + z2)
        + (1 - theta) ** 2 * q0 * (1 - q0) / (m_fail + 2)
        + theta**2 * q1 * (1 - q1) / (m_pass + 2)
    )
    half = Z * math.sqrt(spread) / (q0 + q1 - 1)
    return {"estimate": point, "ci95": np.clip(around(theta + shift, half), 0, 1)}


def power(sd_diff, delta, alpha, power, omega2, sigma2_a, sigma2_b, K, p, half_width):
    from statsmodels.stats.power import TTestPower

    reach = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return {
        "n_paired_z": (reach * sd_diff / delta) ** 2,
        "n_paired_t": TTestPower().solve_power(delta / sd_diff, None, alpha, power),
        "n_reruns": reach**2 * (omega2 + sigma2_a / K + sigma2_b / K) / delta**2,
        "mde_n200": reach * sd_diff / math.sqrt(200),
        "n_rate": samplesize_confint_proportion(p, half_width, alpha=alpha),
    }


def strength(pairs):
    import statsmodels.api as sm

    names = sorted({pair[side] for pair in pairs for side in "ab"})
    rows, won, n = [], [], []
    for pair in pairs:
        row = np.zeros(len(names))
        row[names.index(pair["a"])], row[names.index(pair["b"])] = 1, -1
        rows.append(row)
        won.append(pair["win_a"] + pair["tie"] / 2)
        n.append(pair["win_a"] + pair["win_b"] + pair["tie"])
    won, n = np.array(won), np.array(n)
    fit = sm.GLM(
        np.column_stack([won, n - won]), np.array(rows)[:, 1:], family=sm.families.Binomial()
    ).fit(tol=1e-14, maxiter=200)
    m = len(names)
    centre = np.eye(m) - np.ones((m, m)) / m
    theta = centre @ np.concatenate([[0], fit.params])
    covariance = np.zeros((m, m))
    covariance[1:, 1:] = fit.cov_params()
    return {
        "log_strength": theta,
        "elo": 1000 + 400 / math.log(10) * theta,
        "se": np.sqrt(np.diag(centre @ covariance @ centre.T)),
        "p_m4_beats_m0": 1 / (1 + math.exp(theta[0] - theta[4])),
    }


def calibration(judge, human, pass_threshold, grid):
    import statsmodels.api as sm
    from sklearn.isotonic import IsotonicRegression

    f, y = np.array(judge), np.array(human)
    passed = (y >= pass_threshold - 1e-9).astype(float)
    design = sm.add_constant(f)
    return {
        "isotonic": IsotonicRegression(out_of_bounds="clip").fit(f, y).predict(grid),
        "platt": sm.Logit(passed, design).fit(disp=0, tol=1e-14, maxiter=200).params,
        "linear": sm.OLS(y, design).fit().params,
        "brier_raw": ((f - passed) ** 2).mean(),
    }


def length(pref_b, len_a, len_b, score_b):
    import statsmodels.api as sm

    d = np.array(len_b, float) - np.array(len_a, float)
    design = sm.add_constant(np.tanh(d / d.std(ddof=1)))
    fit = sm.GLM(np.array(pref_b), design, family=sm.families.Binomial()).fit(tol=1e-14)
    return {
        "coef": fit.params,
        "win_raw": np.mean(pref_b),
        "win_at_equal_length": 1 / (1 + math.exp(-fit.params[0])),
        "spearman_len_score": stats.spearmanr(len_b, score_b)[0],
    }


def sequential(alpha, optimise_at, n, sd):
    error = -2 * math.log(alpha)
    rho2 = (error + math.log(error + 1)) / optimise_at
    half = [
        sd * math.sqrt(2 * (t * rho2 + 1) / (t * t * rho2) * math.log(math.sqrt(t * rho2 + 1) / alpha))
        for t in n
    ]
    spent = [2 - 2 * norm.cdf(norm.ppf(1 - alpha / 2) / math.sqrt(t)) for t in (0.25, 0.5, 0.75, 1)]
    return {"half_width": half, "obf_spend": spent}


REFERENCE = {
    "rng": lambda i: {"first5": [str(next(s)) for s in [splitmix(i["seed"])] for _ in range(5)]},
    "mean": lambda i: one_mean(**i),
    "wilson": lambda i: rate(**i),
    "paired.diff": lambda i: paired(**i),
    "paired.wtl": lambda i: wins(**i),
    "mcnemar": lambda i: discordant(**i),
    "wilcoxon": signed_ranks,
    "multitest": lambda i: {
        "holm": multipletests(i["p"], method="holm")[1],
        "bh": multipletests(i["p"], method="fdr_bh")[1],
    },
    "rerun": lambda i: reruns(**i),
    "raters": lambda i: raters(**i),
    "kappa.two_raters": lambda i: two_raters(**i),
    "judge_human": lambda i: judge_human(**i),
    "ppi": lambda i: ppi(**i),
    "queue.priority": lambda i: priority(**i),
    "rogan_gladen": lambda i: rogan(**i),
    "power": lambda i: power(**i) if "sd_diff" in i else None,
    "bradley_terry": lambda i: strength(i["pairs"]),
    "calibration": lambda i: calibration(**i),
    "length": lambda i: length(**i),
    "sequential": lambda i: sequential(**i),
}


def reference(case, inputs):
    """The expected values, or None for a case that stays as it is."""
    name = case["id"]
    found = REFERENCE.get(name) or REFERENCE.get(name.split(".")[0])
    return found(inputs) if found else None


# New inputs ---------------------------------------------------------------------------------------------

LEVELS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]


def on_levels(x):
    return [LEVELS[int(at)] for at in np.clip(np.round(np.array(x) * 5), 0, 5)]


class World:
    """Items of unequal difficulty in clusters of unequal size, two candidates, a judge that is kind to bad outputs."""

    def __init__(self, seed, n):
        self.rng = rng = np.random.default_rng(seed)
        sizes = rng.integers(1, 8, n)
        self.cluster = [f"c{at:02}" for at, size in enumerate(sizes) for _ in range(size)][:n]
        ease = {c: rng.normal(0, 0.2) for c in dict.fromkeys(self.cluster)}
        ease = np.array([ease[c] for c in self.cluster])
        quality = {m: 0.55 + lift + ease + rng.normal(0, 0.2, n) for m, lift in (("alpha", 0), ("beta", 0.08))}
        self.human = {m: on_levels(q + rng.normal(0, 0.05, n)) for m, q in quality.items()}
        kind = {m: np.where(q < 0.5, 0.1, 0.0) for m, q in quality.items()}
        self.runs = {
            m: np.array([on_levels(q + kind[m] + rng.normal(0, 0.1, n)) for _ in range(3)]).T for m, q in quality.items()
        }
        self.judge = {m: [float(v) for v in runs[:, 0]] for m, runs in self.runs.items()}
        self.labelled = sorted(int(at) for at in rng.choice(n, 44, replace=False))
        self.rest = [at for at in range(n) if at not in set(self.labelled)]

    def column(self, table, at):
        return [float(table[i]) for i in at]


def redraw(case, world):
    rng, inputs = world.rng, dict(case["inputs"])
    name, *rest = case["id"].split(".", 1)
    rest = rest[0] if rest else ""
    n = len(world.cluster)
    integers = lambda low, high, size=None: rng.integers(low, high, size)
    if name == "rng":
        inputs["seed"] = int(integers(1, 2**62))
    elif name == "mean":
        inputs.update(x=world.judge[rest], cluster=world.cluster)
    elif name == "wilson" and inputs["n"] not in (1, 20):
        inputs["n"] = int(integers(5, 900))
        inputs["k"] = int(integers(0, inputs["n"] + 1))
    elif name == "paired":
        inputs.update(a=world.judge["alpha"], b=world.judge["beta"])
        if rest == "diff":
            inputs.update(cluster=world.cluster, boot_seed=int(integers(1, 2**40)))
    elif case["id"] in ("mcnemar.data", "mcnemar.big"):
        inputs = {"b_only": int(integers(1, 90)), "a_only": int(integers(1, 90))}
    elif name == "wilcoxon" and "d" in inputs:
        inputs["d"] = [round(float(v), 6) for v in rng.normal(0.2, 0.5, len(inputs["d"]))]
    elif name == "wilcoxon":
        inputs["a"] = [round(5 * v) * 1.0 for v in world.judge["alpha"]]
        inputs["b"] = [round(5 * v) * 1.0 for v in world.judge["beta"]]
    elif name == "multitest":
        inputs["p"] = sorted(round(float(v), 4) for v in rng.uniform(0, 1, 7) ** 3)
    elif name == "rerun":
        inputs["x"] = world.runs["alpha"].tolist()
    elif name == "raters":
        true = rng.normal(3, 1.1, 40)
        said = np.clip(np.round(true + rng.normal(0, 0.6, (4, 40))), 1, 5).astype(int)
        gone = rng.uniform(size=said.shape) < 0.2
        inputs["ratings"] = [[None if g else int(v) for v, g in zip(*row)] for row in zip(said, gone)]
    elif case["id"] == "kappa.two_raters":
        true = rng.normal(3, 1.2, 60)
        for key in "uv":
            inputs[key] = np.clip(np.round(true + rng.normal(0, 0.6, 60)), 1, 5).astype(int).tolist()
    elif name in ("judge_human", "calibration"):
        inputs["judge"] = world.column(world.judge["alpha"], world.labelled)
        inputs["human"] = world.column(world.human["alpha"], world.labelled)
    elif name == "ppi":
        redraw_ppi(inputs, rest, world)
    elif case["id"] == "queue.priority":
        inputs.update(
            plan_seed=f"plan-{int(integers(1, 10**8))}",
            ticket=[f"t{at:03}" for at in range(n)],
            g=[round(float(v), 4) for v in rng.uniform(0.1, 0.6, n)],
            judge=world.judge["alpha"],
            human_if_reviewed=world.human["alpha"],
            cluster=world.cluster,
        )
    elif case["id"] == "rogan_gladen":
        fails, passes, judged = (int(v) for v in integers(15, 60, 3))
        inputs = {
            "judge_pass_rate": float(integers(judged // 3, judged)) / judged,
            "n": judged,
            "tnr": float(integers(fails * 3 // 5, fails + 1)) / fails,
            "m_fail": fails,
            "tpr": float(integers(passes * 3 // 5, passes + 1)) / passes,
            "m_pass": passes,
        }
    elif case["id"] == "power":
        inputs.update(sd_diff=float(rng.uniform(0.1, 0.4)), delta=float(rng.uniform(0.02, 0.1)), p=float(rng.uniform(0.5, 0.95)))
    elif name == "bradley_terry":
        inputs["pairs"] = [
            {**pair, "win_a": int(integers(3, 20)), "win_b": int(integers(3, 20)), "tie": int(integers(0, 5))}
            for pair in inputs["pairs"]
        ]
    elif name == "length":
        a, b = rng.normal(200, 70, n), rng.normal(250, 70, n)
        inputs.update(
            pref_b=[float(v) for v in (np.sign(np.array(world.judge["beta"]) - np.array(world.judge["alpha"])) + 1) / 2],
            len_a=[int(max(v, 5)) for v in a],
            len_b=[int(max(v, 5)) for v in b],
            score_b=world.judge["beta"],
        )
    elif name == "sequential":
        inputs.update(alpha=round(float(rng.uniform(0.01, 0.1)), 3), sd=round(float(rng.uniform(0.1, 2)), 3))
    return inputs


def redraw_ppi(inputs, which, world):
    passed = lambda values: [1.0 if v >= 0.7 else 0.0 for v in values]
    kind, _, model = which.partition(".")
    model = model or "alpha"
    y = world.column(world.human[model], world.labelled)
    f = world.column(world.judge[model], world.labelled)
    u = world.column(world.judge[model], world.rest)
    if kind == "pass":
        y, f, u = passed(y), passed(f), passed(u)
    elif kind == "paired":
        gap = lambda table, at: [table["beta"][i] - table["alpha"][i] for i in at]
        y, f, u = gap(world.human, world.labelled), gap(world.judge, world.labelled), gap(world.judge, world.rest)
    elif kind == "useless_judge":
        f = [round(float(v), 3) for v in world.rng.uniform(0, 1, len(f))]
        u = [round(float(v), 3) for v in world.rng.uniform(0, 1, len(u))]
    elif kind == "anti_judge":
        f, u = [1.0 - v for v in f], [1.0 - v for v in u]
    inputs.update(y_labeled=y, f_labeled=f, f_unlabeled=u)


# Checking and writing -----------------------------------------------------------------------------------


def plain(value):
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (int, np.integer)):
        return int(value)
    return None if math.isnan(value) else float(value)


def agrees(got, want, tol):
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(map(lambda g, w: agrees(g, w, tol), got, want))
    if isinstance(want, (int, float)) and isinstance(got, (int, float)):
        return abs(got - want) <= tol * max(1.0, abs(want))
    return got == want


def check(golden):
    faults, seen = [], 0
    for case in golden["cases"]:
        values = reference(case, case["inputs"])
        for key, expected in case["expect"].items() if values else ():
            seen += 1
            got = plain(values[key])
            if not agrees(got, expected["value"], max(expected["tol"], 1e-12)):
                faults.append(f"{case['id']}.{key}: {got}, committed {expected['value']}")
    print(f"{seen} values looked at, {len(faults)} differ", *faults, sep="\n")
    return not faults


def fresh(golden, seed):
    world = World(seed, len(golden["tables"]["item"]))
    cases = []
    for case in golden["cases"]:
        inputs = redraw(case, world)
        values = reference(case, inputs)
        expect = case["expect"]
        if values is not None:
            expect = {key: {**old, "value": plain(values[key])} for key, old in expect.items() if key in values}
        cases.append({**case, "inputs": inputs, "expect": expect})
    return {**golden, "seed": seed, "tables": {}, "cases": cases}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="hold this script against the committed file")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    golden = json.loads((HERE / "stats_golden.json").read_text())
    if given.check:
        sys.exit(not check(golden))
    json.dump(fresh(golden, given.seed), sys.stdout)


if __name__ == "__main__":
    main()
