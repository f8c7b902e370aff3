//! Gates over small groups made by hand.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::chosen::Chosen;
use super::material::{Label, Material};
use super::rehearse;
use super::verdict::{self, Stand};
use crate::domain::gate::{
    Asked, Basis, Floor, FloorOf, GateRule, GateVerdict, Metric, Part, Quality,
};
use crate::domain::group_scores::{
    CandidateScores, GroupItem, GroupJudge, GroupScores, RowOutcome, RowScore, RunScores,
};
use crate::domain::ids::{
    ClusterId, DatasetId, DatasetVersionId, EvalId, GroupId, ItemId, JudgeVersionId, RubricId,
    RunId,
};
use crate::domain::rubric::{Rubric, Scale, Threshold, ThresholdSource};
use crate::domain::run::{Origin, RunGroup};
use crate::domain::view::gate::{CandidateGate, Condition, JudgeBacking, Settle};
use crate::stats::describe::mean;
use crate::stats::ppi::{HumanLevel, human_level};

mod edges;

const PASS: f64 = 0.8;

fn run_of(candidate: usize, at: usize) -> RunId {
    let mut id = [0; 16];
    (id[0], id[1]) = (candidate as u8, at as u8);
    RunId(id)
}

fn candidate(name: &str, place: usize, runs: &[&[Option<f64>]]) -> CandidateScores {
    let run = |(at, scores): (usize, &&[Option<f64>])| RunScores {
        id: run_of(place, at),
        number: at as u32 + 1,
        because: None,
        rows: scores
            .iter()
            .enumerate()
            .map(|(item, score)| RowScore {
                ticket: Some((place * 10_000 + at * 1_000 + item) as i64),
                output: Some(item as i64),
                latency_ms: Some(100 + item as u32),
                cost_micros: Some(1_000),
                ..RowScore::without(match score {
                    Some(score) => RowOutcome::Scored {
                        score: *score,
                        pass: *score >= PASS,
                    },
                    None => RowOutcome::Unscored("refusal".into()),
                })
            })
            .collect(),
    };
    CandidateScores {
        name: name.into(),
        model: Some(format!("model-{name}")),
        origin: Origin::Imported,
        runs: runs.iter().enumerate().map(run).collect(),
    }
}

/// Their scores over items in clusters of `size`, the first half tagged `billing`.
fn scores(candidates: Vec<CandidateScores>, size: usize) -> GroupScores {
    let n = candidates[0].runs[0].rows.len();
    let item = |at: usize| GroupItem {
        id: ItemId([at as u8; 16]),
        row: at as i64,
        external_id: None,
        cluster: at / size,
        cluster_id: ClusterId([(at / size) as u8; 16]),
        feature: None,
        tags: if at * 2 < n {
            vec!["billing".into()]
        } else {
            Vec::new()
        },
    };
    GroupScores {
        group: "june".into(),
        eval: "support".into(),
        tickets_in: EvalId([1; 16]),
        dataset: DatasetVersionId([2; 16]),
        rubric: RubricId([3; 16]),
        rubric_name: "right".into(),
        threshold: Threshold {
            value: PASS,
            source: ThresholdSource::Default,
        },
        half_level: 0.1,
        judge: Some(GroupJudge {
            id: JudgeVersionId([4; 16]),
            name: "openai/gpt-4.1".into(),
            model: Some("gpt-4.1".into()),
            imported: false,
            badges: Vec::new(),
        }),
        other_judges: Vec::new(),
        baseline: Some(0),
        candidates,
        items: (0..n).map(item).collect(),
        clusters: n.div_ceil(size),
    }
}

/// What a gate reads; the first candidate is the baseline.
fn material(candidates: Vec<CandidateScores>, size: usize) -> Material {
    let n = candidates[0].runs[0].rows.len();
    let mut rubric = Rubric::from_sentence("Is it right?", Scale::Level5);
    rubric.criteria[0].id = "right".into();
    let plans = candidates
        .iter()
        .flat_map(|one| one.rows().filter_map(|row| row.ticket))
        .map(|ticket| (ticket, 1));
    Material {
        group: RunGroup {
            id: GroupId([9; 16]),
            name: "june".into(),
            eval: EvalId([2; 16]),
            tickets: EvalId([1; 16]),
            dataset: DatasetId([5; 16]),
            version: DatasetVersionId([2; 16]),
            number: 1,
            items: n as u64,
            rubric: RubricId([3; 16]),
            baseline: Some(candidates[0].name.clone()),
            judge: None,
        },
        plans: plans.collect(),
        scores: scores(candidates, size),
        rubric,
        learned: false,
        labels: HashMap::new(),
        waiting: 0,
        criteria: HashMap::new(),
        exported: Vec::new(),
        exported_in: Vec::new(),
        dataset: "support".into(),
        heldout: None,
        prompts: std::collections::BTreeMap::new(),
        outputs: Vec::new(),
        later: Vec::new(),
        events: Vec::new(),
        opened: None,
        opinions: Vec::new(),
    }
}

/// `n` scores around a middle.
fn around(n: usize, middle: f64, swing: f64) -> Vec<Option<f64>> {
    (0..n)
        .map(|at| Some(middle + if at % 2 == 0 { swing } else { -swing }))
        .collect()
}

fn against(b: &[Option<f64>]) -> Material {
    let base = around(b.len(), 0.6, 0.1);
    material(
        vec![candidate("logged", 0, &[&base]), candidate("b", 1, &[b])],
        1,
    )
}

fn asking(metric: Metric, asked: Asked) -> GateRule {
    GateRule {
        quality: vec![Quality { metric, asked }],
        ..GateRule::default()
    }
}

fn checked() -> JudgeBacking {
    JudgeBacking {
        checked: true,
        stale: false,
        tickets: 40,
        kappa: Some(0.7),
        interval: Some((0.55, 0.85)),
        words: "kappa on pass 0.70".into(),
    }
}

fn stand<'m>(material: &'m Material, rule: &'m GateRule, backing: &'m JudgeBacking) -> Stand<'m> {
    Stand {
        material,
        rule,
        backing,
        ran: &[],
        folder: Path::new("."),
        seed: 7,
        baseline: material.scores.baseline,
    }
}

fn among(all: &[usize]) -> Chosen {
    Chosen {
        shown: all.to_vec(),
        among: all.to_vec(),
        why: String::new(),
    }
}

fn verdict_on(material: &Material, rule: &GateRule) -> CandidateGate {
    verdict::of(&stand(material, rule, &checked()), &Chosen::alone(1)).remove(0)
}

fn condition<'c>(gate: &'c CandidateGate, id: &str) -> &'c Condition {
    let found = gate.conditions.iter().find(|one| one.id == id);
    found.unwrap_or_else(|| panic!("no condition {id}: {:?}", gate.conditions))
}

/// What people say of the first `n` outputs of a candidate.
fn label(material: &mut Material, at: usize, values: &[f64]) {
    let tickets: Vec<i64> = material.scores.candidates[at].runs[0]
        .rows
        .iter()
        .filter_map(|row| row.ticket)
        .collect();
    for (ticket, value) in tickets.into_iter().zip(values) {
        let label = Label {
            score: Some((*value, f64::from(u8::from(*value >= PASS)))),
            criteria: BTreeMap::from([("right".to_owned(), f64::from(u8::from(*value >= PASS)))]),
            runs: BTreeMap::from([(run_of(at, 0), 1.0)]),
        };
        material.labels.insert(ticket, label);
    }
}

#[test]
fn a_rule_passes_fails_or_cannot_be_told() {
    use GateVerdict::{Fail, Inconclusive, Pass};
    let at_least = |value| asking(Metric::Mean, Asked::AtLeast(value));
    for (rule, middle, verdict) in [
        (at_least(0.75), 0.9, Pass),
        (at_least(0.75), 0.76, Inconclusive),
        (at_least(0.75), 0.6, Fail),
        (asking(Metric::Mean, Asked::Better), 0.7, Pass),
        (asking(Metric::Mean, Asked::Better), 0.4, Fail),
        (asking(Metric::Mean, Asked::WithinMargin(0.1)), 0.55, Pass),
        (asking(Metric::Mean, Asked::WithinMargin(0.1)), 0.3, Fail),
        (asking(Metric::PassRate, Asked::AtLeast(0.9)), 0.95, Pass),
        (asking(Metric::PassRate, Asked::AtLeast(0.9)), 0.8, Fail),
    ] {
        let mut scores = around(40, middle, 0.05);
        scores[3] = Some(middle + 0.02);
        let gate = verdict_on(&against(&scores), &rule);
        assert_eq!(
            gate.verdict, verdict,
            "{rule:?} at {middle}: {:?}",
            gate.conditions
        );
        assert_eq!(gate.settles.is_empty(), verdict != Inconclusive);
    }
}

#[test]
fn five_in_a_hundred_without_a_score_make_a_passing_gate_undecided() {
    let rule = asking(Metric::Mean, Asked::AtLeast(0.7));
    let mut scores = around(100, 0.9, 0.05);
    assert_eq!(
        verdict_on(&against(&scores), &rule).verdict,
        GateVerdict::Pass
    );
    for score in &mut scores[..5] {
        *score = None;
    }
    let gate = verdict_on(&against(&scores), &rule);
    assert_eq!(gate.verdict, GateVerdict::Inconclusive);
    let found = condition(&gate, "evidence.unscored");
    assert!(found.found.starts_with("5 of 100 (5 %)"), "{}", found.found);
    let settle = &gate.settles[0];
    assert_eq!(settle.count, Some(5));
    assert!(
        settle
            .command
            .as_ref()
            .unwrap()
            .starts_with("docket judge --group june")
    );
}

#[test]
fn a_bad_number_on_shaky_evidence_decides_nothing_either() {
    let mut scores = around(40, 0.3, 0.05);
    for score in &mut scores[..8] {
        *score = None;
    }
    let gate = verdict_on(
        &against(&scores),
        &asking(Metric::Mean, Asked::AtLeast(0.8)),
    );
    assert_eq!(
        condition(&gate, "quality.mean.at_least").verdict,
        GateVerdict::Fail
    );
    assert_eq!(gate.verdict, GateVerdict::Inconclusive);
}

#[test]
fn candidate_and_baseline_that_lack_scores_to_a_different_extent_are_not_compared() {
    let mut material = against(&around(100, 0.9, 0.05));
    for row in &mut material.scores.candidates[0].runs[0].rows[..10] {
        row.outcome = RowOutcome::Unjudged;
    }
    let rule = GateRule {
        max_unscored: 0.2,
        ..asking(Metric::Mean, Asked::Better)
    };
    let gate = verdict_on(&material, &rule);
    assert_eq!(gate.verdict, GateVerdict::Inconclusive);
    assert!(
        condition(&gate, "evidence.unscored")
            .why
            .contains("2 points")
    );
}

#[test]
fn failed_calls_block_whatever_the_scores_say() {
    let mut material = against(&around(40, 0.95, 0.01));
    for row in &mut material.scores.candidates[1].runs[0].rows[..2] {
        *row = RowScore::without(RowOutcome::Failed("transport".into()));
    }
    let gate = verdict_on(&material, &asking(Metric::Mean, Asked::AtLeast(0.5)));
    assert_eq!(gate.verdict, GateVerdict::Fail);
    assert_eq!(condition(&gate, "evidence.failed").found, "2 of 40 (5 %)");
}

#[test]
fn a_candidate_that_failed_on_every_item_has_no_number_and_is_blocked() {
    let mut material = against(&around(40, 0.9, 0.01));
    for row in &mut material.scores.candidates[1].runs[0].rows {
        *row = RowScore::without(RowOutcome::Failed("auth".into()));
    }
    let gate = verdict_on(&material, &asking(Metric::Mean, Asked::AtLeast(0.5)));
    assert_eq!(gate.verdict, GateVerdict::Fail);
    let quality = condition(&gate, "quality.mean.at_least");
    assert_eq!(
        (quality.found.as_str(), quality.bound.is_none()),
        ("n/a", true)
    );
}

#[test]
fn one_item_four_clusters_and_scores_that_are_all_alike_prove_little() {
    let rule = asking(Metric::Mean, Asked::AtLeast(0.9));
    for (scores, size) in [
        (vec![Some(1.0)], 1),
        (around(40, 0.95, 0.01), 10),
        (vec![Some(1.0); 12], 1),
    ] {
        let base = around(scores.len(), 0.6, 0.1);
        let material = material(
            vec![
                candidate("logged", 0, &[&base]),
                candidate("b", 1, &[&scores]),
            ],
            size,
        );
        let gate = verdict_on(&material, &rule);
        assert_eq!(
            gate.verdict,
            GateVerdict::Inconclusive,
            "{scores:?} {:?}",
            gate.conditions
        );
        assert!(!gate.settles.is_empty());
    }
}

#[test]
fn a_pass_among_many_candidates_must_survive_the_correction() {
    // A mean of 0.013 above what is asked, with a one-sided p of about 0.03 alone.
    let scores: Vec<Option<f64>> = (0..40)
        .map(|at| Some(0.8 + 0.0123 + if at % 2 == 0 { 0.04 } else { -0.04 }))
        .collect();
    let weak = around(40, 0.5, 0.1);
    let base = around(40, 0.6, 0.1);
    let material = material(
        vec![
            candidate("logged", 0, &[&base]),
            candidate("b", 1, &[&scores]),
            candidate("c", 2, &[&weak]),
            candidate("d", 3, &[&weak]),
        ],
        1,
    );
    let rule = asking(Metric::Mean, Asked::AtLeast(0.8));
    let backing = checked();
    let stand = stand(&material, &rule, &backing);
    let alone = verdict::of(&stand, &Chosen::alone(1)).remove(0);
    assert_eq!((alone.verdict, alone.p_adjusted), (GateVerdict::Pass, None));
    let family = verdict::of(&stand, &among(&[1, 2, 3]));
    assert_eq!(family[0].verdict, GateVerdict::Inconclusive);
    assert!(family[0].p_adjusted.unwrap() > 0.05);
    let why = &condition(&family[0], "quality.mean.at_least").why;
    assert!(why.contains("one of 3 candidates"), "{why}");
    assert_eq!(family[1].verdict, GateVerdict::Fail);
}

#[test]
fn looks_that_were_declared_share_the_error() {
    let scores: Vec<Option<f64>> = (0..40)
        .map(|at| Some(0.8 + 0.0123 + if at % 2 == 0 { 0.04 } else { -0.04 }))
        .collect();
    let once = asking(Metric::Mean, Asked::AtLeast(0.8));
    let thrice = GateRule {
        looks: 3,
        ..once.clone()
    };
    let material = against(&scores);
    assert_eq!(verdict_on(&material, &once).verdict, GateVerdict::Pass);
    assert_eq!(
        verdict_on(&material, &thrice).verdict,
        GateVerdict::Inconclusive
    );
}

#[test]
fn a_judge_of_the_candidates_family_needs_a_second_one_of_another() {
    let rule = asking(Metric::Mean, Asked::AtLeast(0.7));
    let mut material = against(&around(40, 0.9, 0.05));
    material.scores.candidates[1].model = Some("gpt-4o".into());
    let gate = verdict_on(&material, &rule);
    assert_eq!(gate.verdict, GateVerdict::Inconclusive);
    assert!(
        condition(&gate, "evidence.judge")
            .why
            .contains("family gpt")
    );
    material.scores.other_judges = vec!["openai/gpt-5".into()];
    assert_eq!(
        verdict_on(&material, &rule).verdict,
        GateVerdict::Inconclusive
    );
    material.scores.other_judges = vec!["anthropic/claude-x".into()];
    assert_eq!(verdict_on(&material, &rule).verdict, GateVerdict::Pass);
}

#[test]
fn items_that_left_as_training_data_measure_nothing() {
    let mut material = against(&around(40, 0.9, 0.05));
    material.exported = vec![ClusterId([3; 16])];
    material.exported_in = vec!["support-train".into()];
    let gate = verdict_on(&material, &asking(Metric::Mean, Asked::AtLeast(0.7)));
    assert_eq!(gate.verdict, GateVerdict::Inconclusive);
    assert_eq!(
        condition(&gate, "evidence.overlap").found,
        "1 cluster in support-train"
    );
}

#[test]
fn a_candidate_that_is_good_as_a_whole_is_blocked_by_a_floor_it_misses() {
    let floor = |of, at_least| Floor {
        of,
        metric: Metric::PassRate,
        at_least,
    };
    let scores: Vec<Option<f64>> = (0..60)
        .map(|at| Some(if at < 30 { 0.5 } else { 1.0 }))
        .collect();
    let mut material = against(&scores);
    for ticket in 10_000..10_060 {
        let holds = BTreeMap::from([("right".to_owned(), ticket % 2 == 0)]);
        material.criteria.insert(ticket, holds);
    }
    for (of, id) in [
        (
            FloorOf::Tag("billing".into()),
            "floor.tag.billing.pass_rate",
        ),
        (FloorOf::Criterion("right".into()), "floor.criterion.right"),
    ] {
        let rule = GateRule {
            floors: vec![floor(of, 0.8)],
            ..asking(Metric::Mean, Asked::AtLeast(0.6))
        };
        let gate = verdict_on(&material, &rule);
        assert_eq!(gate.verdict, GateVerdict::Fail);
        assert_eq!(
            condition(&gate, "quality.mean.at_least").verdict,
            GateVerdict::Pass
        );
        assert_eq!(condition(&gate, id).verdict, GateVerdict::Fail);
    }
    let rule = GateRule {
        floors: vec![floor(FloorOf::Tag("no-such-tag".into()), 0.8)],
        ..asking(Metric::Mean, Asked::AtLeast(0.6))
    };
    let gate = verdict_on(&material, &rule);
    assert_eq!(gate.verdict, GateVerdict::Inconclusive);
}

#[test]
fn reruns_latency_and_cost_are_held_against_what_is_asked() {
    let one = around(40, 0.9, 0.01);
    let mut two = one.clone();
    for score in two.iter_mut().take(20) {
        *score = Some(0.1);
    }
    let base = around(40, 0.6, 0.1);
    let of = |runs: &[&[Option<f64>]]| {
        material(
            vec![candidate("logged", 0, &[&base]), candidate("b", 1, runs)],
            1,
        )
    };
    let rule = GateRule {
        min_runs: 2,
        max_flicker: Some(0.2),
        max_p95_ms: Some(120),
        max_cost_per_1000_micros: Some(999_999),
        ..asking(Metric::Mean, Asked::AtLeast(0.2))
    };
    let gate = verdict_on(&of(&[&one, &two]), &rule);
    for (id, verdict) in [
        ("reruns.runs", GateVerdict::Pass),
        ("reruns.flicker", GateVerdict::Fail),
        ("limits.p95", GateVerdict::Fail),
        ("limits.cost", GateVerdict::Fail),
    ] {
        assert_eq!(condition(&gate, id).verdict, verdict, "{id}");
    }
    let gate = verdict_on(&of(&[&one]), &rule);
    assert_eq!(
        condition(&gate, "reruns.runs").verdict,
        GateVerdict::Inconclusive
    );
    assert_eq!(condition(&gate, "reruns.flicker").found, "n/a");
    let mut unpriced = of(&[&one, &one]);
    unpriced.scores.candidates[1].runs[0].rows[0].cost_micros = None;
    unpriced.scores.candidates[1].runs[0].rows[0].latency_ms = None;
    let gate = verdict_on(
        &unpriced,
        &GateRule {
            max_p95_ms: Some(1_000),
            max_cost_per_1000_micros: Some(2_000_000),
            ..rule
        },
    );
    for (id, verdict) in [
        ("reruns.flicker", GateVerdict::Pass),
        ("limits.p95", GateVerdict::Inconclusive),
        ("limits.cost", GateVerdict::Inconclusive),
    ] {
        assert_eq!(condition(&gate, id).verdict, verdict, "{id}");
    }
}

fn human(asked: Asked) -> GateRule {
    GateRule {
        basis: Basis::Human,
        ..asking(Metric::Mean, asked)
    }
}

#[test]
fn what_the_judge_says_alone_never_passes_where_peoples_word_counts() {
    let mut material = against(&around(60, 0.95, 0.02));
    let rule = human(Asked::AtLeast(0.7));
    label(&mut material, 1, &[0.9; 9]);
    let gate = verdict_on(&material, &rule);
    assert_eq!(gate.verdict, GateVerdict::Inconclusive);
    let quality = condition(&gate, "quality.mean.at_least");
    assert!(quality.why.starts_with("9 labels"), "{}", quality.why);
    let settle = gate
        .settles
        .iter()
        .find(|one| one.condition.starts_with("quality"));
    assert_eq!(settle.unwrap().count, Some(1));
    // People disagree with the judge, and have the last word.
    let low: Vec<f64> = (0..20).map(|at| 0.3 + 0.01 * f64::from(at % 3)).collect();
    label(&mut material, 1, &low);
    let gate = verdict_on(&material, &rule);
    assert_eq!(gate.verdict, GateVerdict::Fail, "{:?}", gate.conditions);
    let bound = condition(&gate, "quality.mean.at_least")
        .bound
        .clone()
        .unwrap();
    assert_eq!(bound.n, 20);
    assert!(bound.judge_only.unwrap().0 > 0.9, "advisory, beside it");
}

#[test]
fn thirty_labels_and_the_judges_scores_are_combined_as_the_statistics_say() {
    let scores: Vec<Option<f64>> = (0..90)
        .map(|at| Some(0.5 + 0.1 * f64::from(at % 5)))
        .collect();
    let mut material = against(&scores);
    let said: Vec<f64> = (0..36)
        .map(|at| 0.45 + 0.1 * f64::from(at % 5) + 0.02 * f64::from(at % 3))
        .collect();
    label(&mut material, 1, &said);
    let gate = verdict_on(&material, &human(Asked::AtLeast(0.5)));
    let bound = condition(&gate, "quality.mean.at_least")
        .bound
        .clone()
        .unwrap();
    let f: Vec<f64> = scores.iter().flatten().copied().collect();
    let HumanLevel::Combined {
        estimate,
        n_effective,
        ..
    } = human_level(&said, &f[..36], &f[36..]).unwrap()
    else {
        panic!("36 labels are enough")
    };
    assert_eq!(
        (bound.estimate, bound.lower),
        (estimate.value, estimate.lower(0.05))
    );
    assert_eq!((bound.n, bound.n_effective), (36, n_effective));
    assert!(bound.n_effective.unwrap() > 36.0);
    assert_eq!(gate.verdict, GateVerdict::Pass);
}

#[test]
fn a_difference_by_people_rests_on_items_both_have_a_label_for() {
    let mut material = against(&around(60, 0.8, 0.02));
    let low: Vec<f64> = (0..14).map(|at| 0.4 + 0.01 * f64::from(at % 4)).collect();
    let high: Vec<f64> = (0..12).map(|at| 0.7 + 0.01 * f64::from(at % 3)).collect();
    label(&mut material, 0, &low);
    label(&mut material, 1, &high);
    let gate = verdict_on(&material, &human(Asked::Better));
    let bound = condition(&gate, "quality.mean.better")
        .bound
        .clone()
        .unwrap();
    let d: Vec<f64> = high.iter().zip(&low).map(|(a, b)| a - b).collect();
    assert_eq!(bound.n, 12);
    assert!((bound.estimate - mean(&d).unwrap()).abs() < 1e-12);
    assert_eq!(gate.verdict, GateVerdict::Pass);
}

#[test]
fn labels_that_were_drawn_with_chances_of_their_own_count_by_them() {
    let mut material = against(&around(60, 0.8, 0.02));
    let values: Vec<f64> = (0..12).map(|at| f64::from(at % 4) / 4.0).collect();
    label(&mut material, 1, &values);
    let rows = &material.scores.candidates[1].runs[0].rows;
    let tickets: Vec<i64> = rows.iter().filter_map(|row| row.ticket).collect();
    let chance = |at: usize| if at.is_multiple_of(2) { 0.9 } else { 0.3 };
    for (at, ticket) in tickets.iter().take(values.len()).enumerate() {
        let label = material.labels.get_mut(ticket).unwrap();
        label.runs.insert(run_of(1, 0), chance(at));
    }
    let gate = verdict_on(&material, &human(Asked::AtLeast(0.1)));
    let found = condition(&gate, "quality.mean.at_least");
    let weight: f64 = (0..12).map(|at| 1.0 / chance(at)).sum();
    let sum: f64 = values
        .iter()
        .enumerate()
        .map(|(at, value)| value / chance(at))
        .sum();
    let estimate = found.bound.as_ref().unwrap().estimate;
    assert!((estimate - sum / weight).abs() < 1e-9, "{estimate}");
    // The baseline's outputs were drawn with the same items, and people have come further with them: an item is in both
    // samples as often as in the shorter one.
    let base: Vec<f64> = (0..12).map(|at| f64::from(at % 3) / 4.0).collect();
    label(&mut material, 0, &base);
    let rows = &material.scores.candidates[0].runs[0].rows;
    let tickets: Vec<i64> = rows.iter().filter_map(|row| row.ticket).collect();
    for (at, ticket) in tickets.iter().take(base.len()).enumerate() {
        let label = material.labels.get_mut(ticket).unwrap();
        label
            .runs
            .insert(run_of(0, 0), (chance(at) * 1.1_f64).min(1.0));
    }
    let gate = verdict_on(&material, &human(Asked::Better));
    let found = condition(&gate, "quality.mean.better");
    let sum: f64 = (0..12).map(|at| (values[at] - base[at]) / chance(at)).sum();
    let bound = found.bound.as_ref().unwrap();
    assert!((bound.estimate - sum / weight).abs() < 1e-9, "{bound:?}");
}

#[test]
fn labels_that_are_all_alike_and_tickets_the_judge_learned_from_claim_nothing() {
    let rule = GateRule {
        min_labels: 12,
        ..human(Asked::AtLeast(0.95))
    };
    let mut material = against(&around(60, 0.95, 0.02));
    label(&mut material, 1, &[1.0; 40]);
    let gate = verdict_on(&material, &rule);
    assert_eq!(
        condition(&gate, "quality.mean.at_least").verdict,
        GateVerdict::Inconclusive
    );
    // About a fifth of the clusters may stand in the prompts of a judge that learned.
    material.learned = true;
    let fewer = condition(&verdict_on(&material, &rule), "quality.mean.at_least")
        .bound
        .clone()
        .unwrap()
        .n;
    assert!((25..40).contains(&fewer), "{fewer}");
}

#[test]
fn where_peoples_word_counts_an_unchecked_judge_leaves_it_undecided() {
    let mut material = against(&around(60, 0.9, 0.02));
    let said: Vec<f64> = (0..20).map(|at| 0.9 + 0.01 * f64::from(at % 3)).collect();
    label(&mut material, 1, &said);
    let rule = human(Asked::AtLeast(0.7));
    for (backing, verdict) in [
        (checked(), GateVerdict::Pass),
        (
            JudgeBacking {
                checked: false,
                ..checked()
            },
            GateVerdict::Inconclusive,
        ),
        (
            JudgeBacking {
                stale: true,
                ..checked()
            },
            GateVerdict::Inconclusive,
        ),
    ] {
        let gate = verdict::of(&stand(&material, &rule, &backing), &Chosen::alone(1)).remove(0);
        assert_eq!(gate.verdict, verdict, "{backing:?}");
    }
}

#[test]
fn an_agreement_that_is_asked_for_is_held_against_its_interval() {
    let material = against(&around(60, 0.9, 0.02));
    for (least, verdict) in [
        (0.5, GateVerdict::Pass),
        (0.7, GateVerdict::Inconclusive),
        (0.9, GateVerdict::Fail),
    ] {
        let rule = GateRule {
            min_agreement: Some(least),
            ..asking(Metric::Mean, Asked::AtLeast(0.7))
        };
        assert_eq!(verdict_on(&material, &rule).verdict, verdict, "{least}");
    }
}

#[test]
fn labels_of_two_plans_count_with_the_chance_each_had() {
    let mut material = against(&around(80, 0.8, 0.02));
    for item in 40..80 {
        material.plans.insert(10_000 + item, 2);
    }
    // Half of the first plan, a quarter of the second, which is better.
    let values: Vec<f64> = (0..20).map(|at| 0.5 + 0.01 * f64::from(at % 3)).collect();
    label(&mut material, 1, &values);
    let rule = human(Asked::AtLeast(0.3));
    let gate = verdict_on(&material, &rule);
    let why = &condition(&gate, "quality.mean.at_least").why;
    assert!(why.contains("plan 2"), "{why}");
    for (at, ticket) in (10_040..10_050).enumerate() {
        let label = Label {
            score: Some((0.9 + 0.01 * (at % 3) as f64, 1.0)),
            criteria: BTreeMap::new(),
            runs: BTreeMap::from([(run_of(1, 0), 1.0)]),
        };
        material.labels.insert(ticket, label);
    }
    let gate = verdict_on(&material, &rule);
    let bound = condition(&gate, "quality.mean.at_least")
        .bound
        .clone()
        .unwrap();
    // Each half counts as a half, however many labels it has.
    assert!((bound.estimate - 0.709).abs() < 0.003, "{bound:?}");
}

#[test]
fn every_planted_fault_is_caught_and_a_gate_that_asks_too_little_is_found_out() {
    let good = GateRule {
        floors: vec![Floor {
            of: FloorOf::Tag("billing".into()),
            metric: Metric::PassRate,
            at_least: 0.5,
        }],
        min_runs: 2,
        max_flicker: Some(0.2),
        max_p95_ms: Some(2_000),
        max_cost_per_1000_micros: Some(5_000_000),
        ..asking(Metric::Mean, Asked::AtLeast(0.6))
    };
    let weak = asking(Metric::Mean, Asked::WithinMargin(0.9));
    let material = against(&around(40, 0.9, 0.05));
    let backing = checked();
    for planted in rehearse::plant(&stand(&material, &good, &backing), 1) {
        assert_ne!(planted.verdict, GateVerdict::Pass, "{planted:?}");
        assert!(!planted.by.is_empty(), "{planted:?}");
    }
    let through = rehearse::plant(&stand(&material, &weak, &backing), 1);
    let bottom = &through[0];
    assert_eq!(
        (bottom.verdict, bottom.by.len()),
        (GateVerdict::Pass, 0),
        "{bottom:?}"
    );
}

#[test]
fn a_copy_of_the_baseline_is_not_better_and_no_worse_as_far_as_the_items_can_tell() {
    let material = against(&around(60, 0.9, 0.05));
    let backing = checked();
    for (asked, verdict, words) in [
        (Asked::Better, GateVerdict::Pass, "not told better"),
        (
            Asked::WithinMargin(0.1),
            GateVerdict::Pass,
            "passes as no worse",
        ),
        // Sixty items that are all alike show no more than a few hundredths.
        (
            Asked::WithinMargin(0.01),
            GateVerdict::Inconclusive,
            "so few items",
        ),
    ] {
        let rule = asking(Metric::Mean, asked);
        let found = rehearse::control(&stand(&material, &rule, &backing), 1);
        assert_eq!((found.len(), found[0].verdict), (1, verdict), "{found:?}");
        assert!(found[0].words.contains(words), "{found:?}");
    }
    // A rule that compares with nothing has no control, and a copy that lacks scores is filled as the baseline is.
    let alone = asking(Metric::Mean, Asked::AtLeast(0.6));
    assert_eq!(
        rehearse::control(&stand(&material, &alone, &backing), 1),
        []
    );
}

/// What would settle a verdict on `b`, under a condition whose name begins so.
fn settling(material: &Material, rule: &GateRule, of: &str) -> Vec<Settle> {
    let gate = verdict_on(material, rule);
    assert_eq!(gate.verdict, GateVerdict::Inconclusive, "{gate:?}");
    let settles = gate.settles.into_iter();
    settles
        .filter(|one| one.condition.starts_with(of))
        .collect()
}

#[test]
fn outputs_without_a_score_are_read_asked_again_or_told_to_be_lost_on_this_judge() {
    let rule = asking(Metric::Mean, Asked::AtLeast(0.7));
    let mut material = against(&around(100, 0.9, 0.05));
    let rows = &mut material.scores.candidates[1].runs[0].rows;
    for (at, row) in rows.iter_mut().take(12).enumerate() {
        row.outcome = match at {
            0..4 => RowOutcome::Unjudged,
            4..9 => RowOutcome::Unscored("refusal".into()),
            _ => RowOutcome::Unscored("cannot_judge".into()),
        };
    }
    let found = settling(&material, &rule, "evidence.unscored");
    let told: Vec<(Option<u64>, &str)> = found
        .iter()
        .map(|one| (one.count, one.command.as_deref().unwrap_or_default()))
        .collect();
    let judge = "docket judge --group june --judge openai/gpt-4.1";
    assert_eq!(told[0], (Some(4), judge));
    assert_eq!(told[1], (Some(5), format!("{judge} --again").as_str()));
    assert!(
        told[2].0 == Some(3) && told[2].1.ends_with("--judge <OTHER>"),
        "{told:?}"
    );
    // After everything was read and nothing may change, reading on is no longer advised.
    for row in &mut material.scores.candidates[1].runs[0].rows[..12] {
        row.outcome = RowOutcome::Unscored("too_long".into());
    }
    let found = settling(&material, &rule, "evidence.unscored");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].what.contains("asking it again changes nothing"));
}

#[test]
fn refused_calls_are_asked_again_and_items_that_wait_for_the_judge_come_before_new_ones() {
    let rule = asking(Metric::Mean, Asked::AtLeast(0.7));
    let mut material = against(&around(40, 0.9, 0.05));
    material.scores.candidates[1].origin = Origin::Model(crate::domain::run::Asked {
        model: "openai/b".into(),
        place: "host".into(),
        local: false,
        prompt: None,
        parameters: BTreeMap::new(),
    });
    let rows = &mut material.scores.candidates[1].runs[0].rows;
    for (at, row) in rows.iter_mut().take(5).enumerate() {
        let class = if at < 2 { "transport" } else { "refusal" };
        row.outcome = RowOutcome::Failed(class.into());
    }
    let gate = verdict_on(&material, &rule);
    assert_eq!(gate.verdict, GateVerdict::Fail);
    let told: Vec<(Option<u64>, Option<&str>)> = gate
        .settles
        .iter()
        .map(|one| (one.count, one.command.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (Some(2), Some("docket run june")),
            (Some(3), Some("docket run june --again"))
        ]
    );
    // Half of the items are unread, which the rule lets pass, and what is asked lies between the bounds.
    let loose = GateRule {
        max_unscored: 0.6,
        ..asking(Metric::Mean, Asked::AtLeast(0.845))
    };
    let mut scores = around(40, 0.88, 0.1);
    scores[1] = Some(0.9);
    let mut material = against(&scores);
    for row in &mut material.scores.candidates[1].runs[0].rows[..20] {
        row.outcome = RowOutcome::Unjudged;
    }
    let found = settling(&material, &loose, "quality.");
    assert!(
        found[0].what.contains("20 of the group wait for the judge"),
        "{found:?}"
    );
    let judge = "docket judge --group june --judge openai/gpt-4.1";
    assert_eq!(found[0].command.as_deref(), Some(judge));
}

#[test]
fn too_few_items_or_requests_are_settled_in_another_group_alone() {
    let material = against(&around(40, 0.9, 0.05));
    let many = GateRule {
        min_items: 60,
        min_clusters: 50,
        ..asking(Metric::Mean, Asked::AtLeast(0.7))
    };
    for (id, count) in [("evidence.items", 20), ("evidence.clusters", 10)] {
        let found = settling(&material, &many, id);
        assert_eq!((found.len(), found[0].count), (1, Some(count)), "{found:?}");
        let command = found[0].command.as_deref().unwrap();
        assert!(found[0].what.contains("keeps its"), "{found:?}");
        for part in [
            "docket import <FILE> --eval support",
            "--group june-2",
            "--candidate b",
        ] {
            assert!(command.contains(part), "{command}");
        }
    }
}

#[test]
fn more_labels_than_there_are_outputs_are_not_asked_for() {
    let mut material = against(&around(20, 0.9, 0.05));
    let rule = GateRule {
        min_labels: 40,
        min_items: 1,
        ..human(Asked::AtLeast(0.7))
    };
    let said: Vec<f64> = (0..12).map(|at| 0.9 + 0.01 * f64::from(at % 3)).collect();
    label(&mut material, 1, &said);
    let found = settling(&material, &rule, "evidence.labels");
    assert!(found[0].what.contains("only 8 without one"), "{found:?}");
    assert!(
        found[0]
            .command
            .as_deref()
            .unwrap()
            .contains("docket import <FILE>")
    );
    let enough = GateRule {
        min_labels: 15,
        ..rule
    };
    let found = settling(&material, &enough, "evidence.labels");
    assert_eq!(found[0].count, Some(3));
    // The baseline's outputs stand beside the candidate's in the plan.
    assert!(found[0].what.contains("about 6 with those of"), "{found:?}");
    assert!(found[0].what.contains("have not opened"), "{found:?}");
    assert_eq!(found[0].command.as_deref(), Some("docket review june"));
}

#[test]
fn a_pass_that_falls_to_the_correction_names_what_would_survive_it() {
    let base = around(40, 0.6, 0.1);
    let one: Vec<Option<f64>> = (0..40)
        .map(|at| Some(if at % 5 < 3 { 0.75 } else { 0.5 }))
        .collect();
    let all = vec![
        candidate("logged", 0, &[&base]),
        candidate("b", 1, &[&one]),
        candidate("c", 2, &[&base]),
        candidate("d", 3, &[&base]),
    ];
    let material = material(all, 1);
    let rule = asking(Metric::Mean, Asked::Better);
    let backing = checked();
    let stand = stand(&material, &rule, &backing);
    let alone = verdict::of(&stand, &Chosen::alone(1)).remove(0);
    assert_eq!(alone.verdict, GateVerdict::Pass, "{alone:?}");
    let among = verdict::of(&stand, &among(&[1, 2, 3])).remove(0);
    assert_eq!(among.verdict, GateVerdict::Inconclusive, "{among:?}");
    let settle = &among.settles[0];
    assert!(settle.count.is_some_and(|more| more > 1), "{settle:?}");
    assert!(
        settle.command.as_deref().unwrap().contains("june-2"),
        "{settle:?}"
    );
}

#[test]
fn preferences_stand_beside_the_conditions_and_in_none_of_them() {
    use crate::domain::preference::{Opinion, Preference, PreferenceGiven, SeenOutput};
    use crate::domain::review::Sight;
    let mut material = against(&around(40, 0.9, 0.05));
    let rule = asking(Metric::Mean, Asked::AtLeast(0.7));
    let before = verdict_on(&material, &rule);
    assert!(before.preference_words().is_empty());
    let seen = ["logged", "b"].map(|name| SeenOutput {
        candidate: name.into(),
        run: 1,
        output: Some(crate::domain::ids::OutputId([1; 16])),
    });
    for (item, sight, preference) in [
        (0, Sight::Blind, Preference::Best(0)),
        (1, Sight::Blind, Preference::Best(0)),
        (2, Sight::Blind, Preference::Best(1)),
        (3, Sight::Assisted, Preference::Tie),
    ] {
        material.opinions.push(Opinion {
            reviewer: "ana".into(),
            given: PreferenceGiven {
                group: GroupId([9; 16]),
                item: ItemId([item; 16]),
                seed: 1,
                seen: seen.to_vec(),
                preference,
                sight,
                numbers_seen: false,
            },
        });
    }
    let after = verdict_on(&material, &rule);
    assert_eq!(after.conditions, before.conditions);
    assert_eq!(after.evidence, before.evidence, "no decision rests on them");
    let words = after.preference_words();
    assert!(
        words[0].starts_with("blind: better than the baseline 1, as good 0, worse 2 (3 in all")
    );
    assert!(words[1].starts_with("after names or scores were shown: better than the baseline 0"));
}

#[test]
fn trained_on_requests_are_replaced_and_never_only_relabelled() {
    let mut material = against(&around(40, 0.9, 0.05));
    material.exported = (0..3).map(|at| ClusterId([at; 16])).collect();
    material.exported_in = vec!["train".into()];
    let rule = asking(Metric::Mean, Asked::AtLeast(0.7));
    let found = settling(&material, &rule, "evidence.overlap");
    let command = found[0].command.as_deref().unwrap();
    assert!(
        command.starts_with("docket dataset hold-out support --to support-heldout"),
        "{command}"
    );
    assert!(
        command.contains("docket run support-heldout --group june-2"),
        "{command}"
    );
    material.exported = (0..40).map(|at| ClusterId([at; 16])).collect();
    let found = settling(&material, &rule, "evidence.overlap");
    assert!(found[0].what.starts_with("every request"), "{found:?}");
    assert!(
        found[0]
            .command
            .as_deref()
            .unwrap()
            .starts_with("docket import <FILE>")
    );
}

#[test]
fn a_change_of_what_a_decision_rests_on_is_named_by_its_part() {
    let rule = asking(Metric::Mean, Asked::AtLeast(0.7));
    let backing = checked();
    let bundle = |material: &Material, rule: &GateRule, backing: &JudgeBacking| {
        let stand = stand(material, rule, backing);
        super::hashes::bundle(&stand.case(1), backing, &[], Path::new("."))
    };
    let material = against(&around(40, 0.9, 0.05));
    let before = bundle(&material, &rule, &backing);
    let changed = |change: &dyn Fn(&mut Material)| {
        let mut other = material.clone();
        change(&mut other);
        before.changed(&bundle(&other, &rule, &backing))
    };
    assert_eq!(changed(&|_| {}), []);
    assert_eq!(
        changed(&|m| m.scores.candidates[1].model = Some("other".into())),
        [Part::Model]
    );
    assert_eq!(
        changed(&|m| m.scores.dataset = DatasetVersionId([8; 16])),
        [Part::Items]
    );
    assert_eq!(
        changed(&|m| m.scores.candidates[1].runs[0].rows[0].outcome = RowOutcome::Unjudged),
        [Part::Scores]
    );
    assert_eq!(
        changed(&|m| m.scores.candidates[0].runs[0].rows[0].outcome = RowOutcome::Unjudged),
        [Part::Baseline]
    );
    assert_eq!(changed(&|m| label(m, 1, &[0.5])), [Part::Labels]);
    assert_eq!(
        changed(&|m| m.exported = vec![ClusterId([1; 16])]),
        [Part::Exports]
    );
    let judge = |m: &mut Material| m.scores.judge.as_mut().unwrap().id = JudgeVersionId([6; 16]);
    assert_eq!(changed(&judge), [Part::Judge]);
    let stricter = asking(Metric::Mean, Asked::AtLeast(0.8));
    assert_eq!(
        before.changed(&bundle(&material, &stricter, &backing)),
        [Part::Rule]
    );
}
