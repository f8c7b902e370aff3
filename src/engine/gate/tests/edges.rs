//! What conditions say at the edges: of one item, of nothing, of the baseline, of a part of the items.

use super::*;
use crate::stats::proportion::rate_bounds;

fn settle<'g>(gate: &'g CandidateGate, id: &str) -> &'g Settle {
    let found = gate.settles.iter().find(|one| one.condition == id);
    found.unwrap_or_else(|| panic!("nothing settles {id}: {:?}", gate.settles))
}

#[test]
fn a_baseline_of_the_judges_family_is_named_and_not_the_candidate() {
    let mut material = against(&around(40, 0.9, 0.05));
    material.scores.candidates[0].model = Some("gpt-4o".into());
    let gate = verdict_on(&material, &asking(Metric::Mean, Asked::Better));
    let judge = condition(&gate, "evidence.judge");
    assert_eq!(judge.verdict, GateVerdict::Inconclusive);
    assert!(
        judge
            .why
            .starts_with("judge and the baseline `logged` are both"),
        "{}",
        judge.why
    );
    material.scores.candidates[1].model = Some("gpt-4o-mini".into());
    let gate = verdict_on(&material, &asking(Metric::Mean, Asked::Better));
    let why = &condition(&gate, "evidence.judge").why;
    assert!(why.starts_with("judge and candidate are both"), "{why}");
}

#[test]
fn a_share_of_one_item_has_no_bounds() {
    let material = against(&[Some(1.0)]);
    let rule = GateRule {
        max_flicker: Some(0.5),
        floors: vec![Floor {
            of: FloorOf::Tag("billing".into()),
            metric: Metric::PassRate,
            at_least: 0.5,
        }],
        ..asking(Metric::PassRate, Asked::AtLeast(0.2))
    };
    let gate = verdict_on(&material, &rule);
    for id in ["quality.pass_rate.at_least", "floor.tag.billing.pass_rate"] {
        let one = condition(&gate, id);
        assert!(one.found.contains("bounds n/a"), "{}", one.found);
        let bound = one.bound.as_ref().unwrap();
        assert_eq!((bound.lower, bound.upper, bound.p), (None, None, None));
        assert_eq!(one.verdict, GateVerdict::Inconclusive);
    }
}

#[test]
fn shares_of_nothing_are_not_available_and_pass_nothing() {
    let mut material = against(&around(12, 0.9, 0.05));
    for row in &mut material.scores.candidates[1].runs[0].rows {
        *row = RowScore::missing();
    }
    let gate = verdict_on(&material, &asking(Metric::Mean, Asked::AtLeast(0.5)));
    for id in ["evidence.failed", "evidence.unscored"] {
        let one = condition(&gate, id);
        assert_eq!(
            (one.found.as_str(), one.verdict),
            ("n/a", GateVerdict::Inconclusive),
            "{id}"
        );
    }
}

#[test]
fn so_many_items_are_wanted_for_a_flicker_as_the_bound_itself_asks_for() {
    // 14 of 68 flicker.
    let steady = vec![Some(1.0); 68];
    let second: Vec<Option<f64>> = (0..68)
        .map(|at| Some(if at < 14 { 0.0 } else { 1.0 }))
        .collect();
    let base = around(68, 0.6, 0.1);
    let all = vec![
        candidate("logged", 0, &[&base]),
        candidate("b", 1, &[&steady, &second]),
    ];
    let material = material(all, 1);
    let most = 0.26;
    let rule = GateRule {
        max_flicker: Some(most),
        ..asking(Metric::Mean, Asked::AtLeast(0.5))
    };
    let gate = verdict_on(&material, &rule);
    let wanted = settle(&gate, "reruns.flicker");
    let all = 68 + wanted.count.unwrap();
    assert!(
        wanted.what.contains(&format!("({all} in all)")),
        "{}",
        wanted.what
    );
    let high = |n: u64| rate_bounds(14.0 / 68.0, n as f64, 0.05).unwrap().1;
    assert!(high(all) <= most && high(all - 1) > most, "{all}");
}

#[test]
fn items_wanted_for_a_floor_are_those_with_its_tag() {
    let half: Vec<Option<f64>> = (0..40)
        .map(|at| Some(if at % 5 < 4 { 1.0 } else { 0.0 }))
        .collect();
    let material = against(&half);
    let rule = GateRule {
        floors: vec![Floor {
            of: FloorOf::Tag("billing".into()),
            metric: Metric::PassRate,
            at_least: 0.7,
        }],
        ..asking(Metric::PassRate, Asked::AtLeast(0.5))
    };
    let gate = verdict_on(&material, &rule);
    let what = &settle(&gate, "floor.tag.billing.pass_rate").what;
    assert!(what.contains("more items tagged `billing` ("), "{what}");
    assert!(what.contains("<FILE> is a file with more rows"), "{what}");
}

#[test]
fn a_rule_that_names_its_candidate_passes_no_other() {
    let material = against(&around(40, 0.9, 0.05));
    let rule = GateRule {
        candidate: Some("c".into()),
        ..asking(Metric::Mean, Asked::Better)
    };
    let gate = verdict_on(&material, &rule);
    assert_eq!(gate.verdict, GateVerdict::Inconclusive);
    let one = condition(&gate, "evidence.candidate");
    assert_eq!((one.required.as_str(), one.found.as_str()), ("`c`", "`b`"));
    let named = GateRule {
        candidate: Some("b".into()),
        ..rule
    };
    assert_eq!(verdict_on(&material, &named).verdict, GateVerdict::Pass);
}
