//! Rules that can never be met, can never fail, or contradict themselves: refused before anything rests on them.
//!
//! A problem's place is the path of the key in a gate file, which is also how flags are named in messages.

use std::collections::BTreeSet;

use super::super::rubric::{Problem, Severity};
use super::{Asked, Basis, FEWEST_CLUSTERS, FEWEST_LABELS, FloorOf, GateRule, Metric};

/// Everything that is wrong with a rule.
pub fn impossible(rule: &GateRule) -> Vec<Problem> {
    let mut found = Found(Vec::new());
    error(rule, &mut found);
    quality(rule, &mut found);
    floors(rule, &mut found);
    evidence(rule, &mut found);
    reruns(rule, &mut found);
    limits(rule, &mut found);
    checks(rule, &mut found);
    approval(rule, &mut found);
    found.0
}

struct Found(Vec<Problem>);

impl Found {
    fn say(&mut self, place: impl Into<String>, message: impl Into<String>, hint: &str) {
        self.0.push(Problem {
            severity: Severity::Error,
            code: "impossible_rule",
            place: place.into(),
            message: message.into(),
            hint: hint.to_owned(),
        });
    }
}

/// Where a threshold of the whole stands in a gate file.
fn place_of(metric: Metric, asked: Asked) -> String {
    let key = match (asked, metric) {
        (Asked::AtLeast(_), Metric::Mean) => "min_mean",
        (Asked::AtLeast(_), Metric::PassRate) => "min_pass_rate",
        (Asked::WithinMargin(_), Metric::Mean) => "margin",
        (Asked::WithinMargin(_), Metric::PassRate) => "margin_pass_rate",
        (Asked::Better, _) => "better",
    };
    format!("quality.{key}")
}

fn error(rule: &GateRule, found: &mut Found) {
    // Written so that a value that is no number is refused too.
    if !(rule.alpha > 0.0 && rule.alpha < 0.5) {
        found.say(
            "alpha",
            format!(
                "`alpha` cannot be {}: it is the chance of passing what should not pass",
                rule.alpha
            ),
            "write a number above 0 and below 0.5, such as 0.05",
        );
    }
    if rule.looks == 0 {
        found.say(
            "looks",
            "`looks` cannot be 0: a gate that is never looked at decides nothing",
            "leave it out for one look",
        );
    }
}

fn quality(rule: &GateRule, found: &mut Found) {
    if rule.quality.is_empty() && rule.floors.is_empty() {
        found.say(
            "",
            "the rule asks nothing of the answers",
            "add `min_mean`, `min_pass_rate`, `margin` or `better` below `[quality]`",
        );
    }
    let mut seen = BTreeSet::new();
    for quality in &rule.quality {
        let place = place_of(quality.metric, quality.asked);
        match quality.asked {
            Asked::AtLeast(value) => threshold(&place, value, found),
            Asked::WithinMargin(margin) if !(margin > 0.0 && margin < 1.0) => found.say(
                place.clone(),
                format!("a margin cannot be {margin}: scores lie between 0 and 1"),
                "write how much worse is still good enough, such as 0.05; for none at all write `better`",
            ),
            _ => {}
        }
        if !seen.insert(quality.id()) {
            found.say(
                place,
                format!("{} is asked for twice", quality.title()),
                "keep one",
            );
        }
    }
    for metric in [Metric::Mean, Metric::PassRate] {
        let asks = |wanted: fn(&Asked) -> bool| {
            rule.quality
                .iter()
                .any(|one| one.metric == metric && wanted(&one.asked))
        };
        if asks(|asked| matches!(asked, Asked::Better))
            && asks(|asked| matches!(asked, Asked::WithinMargin(_)))
        {
            found.say(
                place_of(metric, Asked::WithinMargin(0.0)),
                format!(
                    "`better` already asks more of the {} than a margin",
                    metric.words()
                ),
                "keep one of the two",
            );
        }
    }
}

fn threshold(place: &str, value: f64, found: &mut Found) {
    if !(value > 0.0 && value < 1.0) {
        let why = if value >= 1.0 {
            "no number of items can show that"
        } else if value <= 0.0 {
            "everything reaches it"
        } else {
            "it is no number"
        };
        found.say(
            place,
            format!("a threshold cannot be {value}: {why}"),
            "write a number above 0 and below 1, such as 0.8",
        );
    }
}

fn floors(rule: &GateRule, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for (at, floor) in rule.floors.iter().enumerate() {
        let place = format!("floor[{at}]");
        let name = match &floor.of {
            FloorOf::Tag(name) | FloorOf::Criterion(name) => name,
        };
        if name.trim().is_empty() {
            found.say(
                &place,
                "a floor of nothing",
                "name a `tag` or a `criterion`",
            );
        }
        if let Some(word) = as_in_a_filter(&floor.of) {
            found.say(
                format!("{place}.tag"),
                format!("`{name}` is written as in a filter, and no item has a tag of that name"),
                &format!(
                    "did you mean `{word}`? a floor's `tag` is a tag of the items or their feature"
                ),
            );
        }
        let key = match floor.metric {
            Metric::Mean => "min_mean",
            Metric::PassRate => "min_pass_rate",
        };
        threshold(&format!("{place}.{key}"), floor.at_least, found);
        if !seen.insert(floor.id()) {
            found.say(
                place,
                format!("the floor of {} stands twice", floor.title()),
                "keep one",
            );
        }
    }
}

/// The word behind `feature:` or `tag:`, where somebody wrote a slice as filters do.
fn as_in_a_filter(of: &FloorOf) -> Option<&str> {
    let FloorOf::Tag(name) = of else {
        return None;
    };
    let word = name.strip_prefix("feature:").or(name.strip_prefix("tag:"));
    word.filter(|word| !word.is_empty())
}

fn evidence(rule: &GateRule, found: &mut Found) {
    for (key, share) in [
        ("max_failed", rule.max_failed),
        ("max_unscored", rule.max_unscored),
    ] {
        if !(0.0..1.0).contains(&share) {
            found.say(
                format!("evidence.{key}"),
                format!("`{key}` cannot be {share}: it is a share of the rows"),
                "write a number from 0 to below 1, such as 0.02",
            );
        }
    }
    if rule.min_items == 0 {
        found.say(
            "evidence.min_items",
            "`min_items` cannot be 0",
            "write how many items a number must rest on at least",
        );
    }
    if rule.min_clusters < FEWEST_CLUSTERS {
        found.say(
            "evidence.min_clusters",
            format!(
                "`min_clusters` cannot be {}: below {FEWEST_CLUSTERS} nothing is decided",
                rule.min_clusters
            ),
            "write 5 or more, or leave it out",
        );
    }
    if rule.min_labels < FEWEST_LABELS {
        found.say(
            "evidence.min_labels",
            format!(
                "`min_labels` cannot be {}: below {FEWEST_LABELS} there is no human-level number",
                rule.min_labels
            ),
            "write 10 or more, or leave it out",
        );
    }
    if rule.basis == Basis::Judge && rule.min_labels > FEWEST_LABELS {
        found.say(
            "evidence.min_labels",
            "`min_labels` asks for labels of people, and the rule goes by the judge",
            "write `basis = \"human\"`, or leave `min_labels` out",
        );
    }
    if let Some(least) = rule.min_agreement
        && !(least > 0.0 && least < 1.0)
    {
        found.say(
            "evidence.min_agreement",
            format!("`min_agreement` cannot be {least}: it is a kappa"),
            "write a number above 0 and below 1, such as 0.6",
        );
    }
}

fn reruns(rule: &GateRule, found: &mut Found) {
    if rule.min_runs == 0 {
        found.say(
            "reruns.min_runs",
            "`min_runs` cannot be 0",
            "leave it out for one run",
        );
    }
    let Some(most) = rule.max_flicker else {
        return;
    };
    if !(most > 0.0 && most < 1.0) {
        found.say(
            "reruns.max_flicker",
            format!("`max_flicker` cannot be {most}: it is a share of the items that no sample shows to be 0 or 1"),
            "write a number above 0 and below 1, such as 0.1",
        );
    }
    if rule.min_runs < 2 {
        found.say(
            "reruns.max_flicker",
            "`max_flicker` needs reruns: one run has nothing to differ from",
            "write `min_runs = 3`",
        );
    }
}

fn limits(rule: &GateRule, found: &mut Found) {
    if rule.max_p95_ms == Some(0) {
        found.say(
            "limits.p95_ms",
            "`p95_ms` cannot be 0: no reply is that fast",
            "write milliseconds, such as 3000",
        );
    }
    if rule.max_cost_per_1000_micros.is_some_and(|most| most < 0) {
        found.say(
            "limits.cost_per_1000",
            "`cost_per_1000` cannot be below 0",
            "write what 1,000 replies may cost, such as 2.50",
        );
    }
}

fn checks(rule: &GateRule, found: &mut Found) {
    let mut names = BTreeSet::new();
    for (at, check) in rule.checks.iter().enumerate() {
        if check.command.trim().is_empty() {
            found.say(
                format!("check[{at}].run"),
                format!("the check `{}` runs nothing", check.name),
                "write the command: `run = \"sh checks/secrets.sh\"`",
            );
        }
        if check.name.trim().is_empty() || !names.insert(&check.name) {
            found.say(
                format!("check[{at}].name"),
                format!("a check needs a name of its own, `{}` is none", check.name),
                "name what it checks",
            );
        }
        if check.seconds == 0 {
            found.say(
                format!("check[{at}].seconds"),
                "a check cannot take 0 seconds",
                "leave `seconds` out for ten minutes",
            );
        }
    }
    for (at, file) in rule.files.iter().enumerate() {
        if file.path.trim().is_empty() {
            found.say(
                format!("file[{at}].path"),
                "a file without a path",
                "name the file",
            );
        }
    }
}

fn approval(rule: &GateRule, found: &mut Found) {
    let people: BTreeSet<&String> = rule.approvers.iter().collect();
    if people.len() < rule.approvers.len() || people.iter().any(|name| name.trim().is_empty()) {
        found.say(
            "approval.approvers",
            "every approver is named once",
            "write account names: `approvers = [\"ana\", \"ben\"]`",
        );
    }
    if rule.approvals == 0 {
        found.say(
            "approval.needed",
            "`needed` cannot be 0: a release is decided by somebody",
            "leave it out for one approval",
        );
    }
    if !people.is_empty() && rule.approvals as usize > people.len() {
        found.say(
            "approval.needed",
            format!(
                "{} approvals are needed, and {} may approve",
                rule.approvals,
                people.len()
            ),
            "name more approvers, or ask for fewer approvals",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Check, Floor, Quality};
    use super::*;

    fn good() -> GateRule {
        GateRule {
            quality: vec![Quality {
                metric: Metric::Mean,
                asked: Asked::AtLeast(0.8),
            }],
            ..GateRule::default()
        }
    }

    fn asking(metric: Metric, asked: Asked) -> GateRule {
        GateRule {
            quality: vec![Quality { metric, asked }],
            ..good()
        }
    }

    #[test]
    fn a_rule_that_asks_something_possible_is_taken() {
        assert_eq!(impossible(&good()), []);
    }

    #[test]
    #[allow(clippy::too_many_lines, reason = "one table")]
    fn a_rule_that_cannot_be_met_or_cannot_fail_is_named_at_its_key() {
        let floor = |at_least| Floor {
            of: FloorOf::Tag("billing".into()),
            metric: Metric::PassRate,
            at_least,
        };
        let check = |name: &str, command: &str| Check {
            name: name.into(),
            command: command.into(),
            seconds: 60,
        };
        let cases: Vec<(GateRule, &str)> = vec![
            (
                GateRule {
                    quality: vec![],
                    ..good()
                },
                "",
            ),
            (
                GateRule {
                    alpha: 0.5,
                    ..good()
                },
                "alpha",
            ),
            (
                GateRule {
                    alpha: f64::NAN,
                    ..good()
                },
                "alpha",
            ),
            (GateRule { looks: 0, ..good() }, "looks"),
            (
                asking(Metric::Mean, Asked::AtLeast(1.0)),
                "quality.min_mean",
            ),
            (
                asking(Metric::PassRate, Asked::AtLeast(0.0)),
                "quality.min_pass_rate",
            ),
            (
                asking(Metric::Mean, Asked::AtLeast(f64::NAN)),
                "quality.min_mean",
            ),
            (
                asking(Metric::Mean, Asked::WithinMargin(-0.1)),
                "quality.margin",
            ),
            (
                asking(Metric::PassRate, Asked::WithinMargin(0.0)),
                "quality.margin_pass_rate",
            ),
            (
                GateRule {
                    floors: vec![floor(1.5)],
                    ..good()
                },
                "floor[0].min_pass_rate",
            ),
            (
                GateRule {
                    floors: vec![Floor {
                        of: FloorOf::Tag("feature:billing".into()),
                        ..floor(0.5)
                    }],
                    ..good()
                },
                "floor[0].tag",
            ),
            (
                GateRule {
                    floors: vec![floor(0.5), floor(0.6)],
                    ..good()
                },
                "floor[1]",
            ),
            (
                GateRule {
                    max_failed: 1.0,
                    ..good()
                },
                "evidence.max_failed",
            ),
            (
                GateRule {
                    max_unscored: -0.1,
                    ..good()
                },
                "evidence.max_unscored",
            ),
            (
                GateRule {
                    min_clusters: 4,
                    ..good()
                },
                "evidence.min_clusters",
            ),
            (
                GateRule {
                    min_labels: 9,
                    basis: Basis::Human,
                    ..good()
                },
                "evidence.min_labels",
            ),
            (
                GateRule {
                    min_labels: 60,
                    ..good()
                },
                "evidence.min_labels",
            ),
            (
                GateRule {
                    min_agreement: Some(1.0),
                    ..good()
                },
                "evidence.min_agreement",
            ),
            (
                GateRule {
                    min_runs: 0,
                    ..good()
                },
                "reruns.min_runs",
            ),
            (
                GateRule {
                    max_flicker: Some(0.1),
                    ..good()
                },
                "reruns.max_flicker",
            ),
            (
                GateRule {
                    max_p95_ms: Some(0),
                    ..good()
                },
                "limits.p95_ms",
            ),
            (
                GateRule {
                    max_cost_per_1000_micros: Some(-1),
                    ..good()
                },
                "limits.cost_per_1000",
            ),
            (
                GateRule {
                    checks: vec![check("a", " ")],
                    ..good()
                },
                "check[0].run",
            ),
            (
                GateRule {
                    checks: vec![check("a", "true"), check("a", "true")],
                    ..good()
                },
                "check[1].name",
            ),
            (
                GateRule {
                    approvals: 2,
                    approvers: vec!["ana".into()],
                    ..good()
                },
                "approval.needed",
            ),
            (
                GateRule {
                    approvers: vec!["ana".into(), "ana".into()],
                    ..good()
                },
                "approval.approvers",
            ),
        ];
        for (rule, place) in cases {
            let places: Vec<String> = impossible(&rule).into_iter().map(|one| one.place).collect();
            assert_eq!(places, [place], "{rule:?}");
        }
    }

    #[test]
    fn better_and_a_margin_of_the_same_metric_contradict_each_other() {
        let mut rule = asking(Metric::Mean, Asked::Better);
        rule.quality.push(Quality {
            metric: Metric::Mean,
            asked: Asked::WithinMargin(0.05),
        });
        assert_eq!(impossible(&rule)[0].place, "quality.margin");
    }

    #[test]
    fn the_identity_of_a_rule_changes_with_everything_it_asks() {
        let rule = good();
        assert_eq!(rule.id(), good().id());
        for other in [
            GateRule {
                alpha: 0.01,
                ..good()
            },
            GateRule {
                approvers: vec!["ana".into()],
                ..good()
            },
            asking(Metric::Mean, Asked::AtLeast(0.81)),
        ] {
            assert_ne!(rule.id(), other.id());
        }
    }
}
