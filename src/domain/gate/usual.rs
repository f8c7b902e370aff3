//! A rule that is good to begin with, for groups that have none.

use super::super::shell::word;
use super::{Asked, Floor, FloorOf, GateRule, Metric, Quality};

/// Smallest share of items that pass.
const PASS_RATE: f64 = 0.7;
/// Fewest items a number may rest on: below that an interval is too wide to decide much.
const ITEMS: u64 = 30;
/// Share of the answers that must reach what every answer must.
pub const FLOOR: f64 = 0.9;

impl GateRule {
    /// Better than the baseline beyond chance where there is one, enough items that pass, a floor for each criterion
    /// every answer must reach, few failures, one named owner.
    pub fn usual(has_baseline: bool, must_reach: &[String], approver: &str) -> Self {
        let mut rule = Self {
            quality: vec![Quality {
                metric: Metric::PassRate,
                asked: Asked::AtLeast(PASS_RATE),
            }],
            floors: must_reach
                .iter()
                .map(|id| Floor {
                    of: FloorOf::Criterion(id.clone()),
                    metric: Metric::PassRate,
                    at_least: FLOOR,
                })
                .collect(),
            min_items: ITEMS,
            approvers: vec![approver.to_owned()],
            ..Self::default()
        };
        if has_baseline {
            rule.quality.push(Quality {
                metric: Metric::Mean,
                asked: Asked::Better,
            });
        }
        rule
    }

    /// The command that declares [`GateRule::usual`] for a group.
    pub fn usual_command(
        group: &str,
        has_baseline: bool,
        must_reach: &[String],
        approver: &str,
    ) -> String {
        let floor = |id: &String| format!(" --floor criterion:{}={FLOOR}", word(id));
        let floors = must_reach.iter().map(floor).collect::<Vec<_>>().concat();
        let better = if has_baseline { " --better mean" } else { "" };
        format!(
            "docket gate {} --declare --min-pass-rate {PASS_RATE}{better}{floors} --min-items {ITEMS} --approver {}",
            word(group),
            word(approver)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::impossible;
    use super::*;

    #[test]
    fn the_usual_rule_can_be_met_and_can_fail() {
        for has_baseline in [true, false] {
            let rule = GateRule::usual(has_baseline, &["correct".into()], "ana");
            assert_eq!(impossible(&rule), Vec::new());
            let lines: Vec<String> = rule.lines().into_iter().map(|(what, _)| what).collect();
            let compares = lines.contains(&"mean score minus the baseline".to_owned());
            assert_eq!(compares, has_baseline);
        }
    }

    #[test]
    fn names_a_shell_would_split_are_quoted() {
        let command = GateRule::usual_command("june runs", true, &["correct".into()], "ana o'neil");
        assert!(
            command.starts_with("docket gate 'june runs' --declare"),
            "{command}"
        );
        assert!(
            command.ends_with("--approver 'ana o'\\''neil'"),
            "{command}"
        );
    }
}
