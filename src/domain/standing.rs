//! Where one judge stands on one ticket: its verdicts over all samples, folded to a level and a score.

use std::collections::BTreeMap;

use super::rubric::{Answer, CheckOutcome, Choice, Rubric, Threshold};
use super::verdict::{Flag, Outcome, Verdict};

/// Prefix of a verdict's criterion where the verdict is the outcome of a check, 1 for passed and 0 for failed.
pub const CHECK: &str = "check:";

/// One criterion over all samples.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CriterionStanding {
    /// Criterion id.
    pub id: String,
    /// Mean level over the samples that have one.
    pub level: Option<f64>,
    /// Lowest and highest level.
    pub range: Option<(i32, i32)>,
    /// What most samples prefer; without a majority a tie.
    pub choice: Option<Choice>,
    /// Samples with an answer.
    pub scored: u32,
    /// The class of the latest sample without one.
    pub unscored: Option<String>,
    /// What gives reason to look closer, over all samples.
    pub flags: Vec<Flag>,
}

/// Where one judge stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JudgeStanding {
    /// In rubric order, only criteria it said something about.
    pub criteria: Vec<CriterionStanding>,
    /// Weighted score, 0 to 1, of the mean levels above: what is shown by criterion gives it. `None` while a criterion
    /// has no level in any sample.
    pub score: Option<f64>,
    /// Whether that passes, every floor reached and no `zero` check failed.
    pub pass: Option<bool>,
    /// Checks that ran, and how many of them passed.
    pub checks: (u32, u32),
}

impl JudgeStanding {
    /// Folds one judge's verdicts on one ticket, each with its sample, oldest first; a later one replaces an
    /// unscored one of the same sample.
    pub fn of<'a>(
        rubric: &Rubric,
        threshold: Threshold,
        verdicts: impl IntoIterator<Item = (u32, &'a Verdict)>,
    ) -> Self {
        let mut checks = Vec::new();
        let mut samples: BTreeMap<u32, BTreeMap<&str, &Verdict>> = BTreeMap::new();
        for (sample, verdict) in verdicts {
            if let Some(check) = verdict.criterion.strip_prefix(CHECK) {
                checks.push(outcome_of(check, verdict));
                continue;
            }
            let slot = samples.entry(sample).or_default();
            let known = slot.get(verdict.criterion.as_str());
            if known.is_none_or(|known| known.outcome.answer().is_none()) {
                slot.insert(&verdict.criterion, verdict);
            }
        }
        let criteria: Vec<CriterionStanding> = rubric
            .questions()
            .filter_map(|question| criterion(question.id, &samples))
            .collect();
        let mean = |id: &str| criteria.iter().find(|one| one.id == id)?.level;
        let score = rubric.score_of_means(|question| mean(question.id), &checks, threshold);
        let pass = score.as_ref().map(|score| score.pass);
        let passed = checks.iter().filter(|check| check.pass).count();
        Self {
            criteria,
            score: score.map(|score| score.overall),
            pass,
            checks: (passed as u32, checks.len() as u32),
        }
    }

    /// The standing on one criterion.
    pub fn on(&self, criterion: &str) -> Option<&CriterionStanding> {
        self.criteria.iter().find(|one| one.id == criterion)
    }
}

/// A check's outcome as it is stored among the verdicts.
pub fn check_verdict(check: &CheckOutcome, detail: &str) -> Verdict {
    let level = Answer::Level(i32::from(check.pass));
    Verdict {
        reasoning: detail.to_owned(),
        ..Verdict::new(format!("{CHECK}{}", check.check), Outcome::Scored(level))
    }
}

fn outcome_of(check: &str, verdict: &Verdict) -> CheckOutcome {
    let level = verdict.outcome.answer().and_then(Answer::level);
    CheckOutcome {
        check: check.to_owned(),
        pass: level == Some(1),
    }
}

type Samples<'a> = BTreeMap<u32, BTreeMap<&'a str, &'a Verdict>>;

fn criterion(id: &str, samples: &Samples<'_>) -> Option<CriterionStanding> {
    let said: Vec<&Verdict> = samples
        .values()
        .filter_map(|sample| sample.get(id).copied())
        .collect();
    if said.is_empty() {
        return None;
    }
    let mut standing = CriterionStanding {
        id: id.to_owned(),
        ..CriterionStanding::default()
    };
    let mut levels = Vec::new();
    let mut choices = BTreeMap::<Choice, u32>::new();
    for verdict in &said {
        match &verdict.outcome {
            Outcome::Scored(Answer::Level(level)) => levels.push(*level),
            Outcome::Scored(Answer::Choice(choice)) => *choices.entry(*choice).or_default() += 1,
            Outcome::Scored(Answer::CannotJudge { .. }) => {
                standing.unscored = Some("cannot_judge".to_owned());
            }
            Outcome::Unscored(class) => standing.unscored = Some(class.clone()),
        }
        standing.flags.extend(&verdict.flags);
    }
    standing.flags.sort_unstable();
    standing.flags.dedup();
    standing.scored = (levels.len() as u32) + choices.values().sum::<u32>();
    if !levels.is_empty() {
        let sum: i64 = levels.iter().map(|level| i64::from(*level)).sum();
        standing.level = Some(sum as f64 / levels.len() as f64);
    }
    standing.range = levels
        .iter()
        .min()
        .copied()
        .zip(levels.iter().max().copied());
    standing.choice = majority(&choices);
    Some(standing)
}

fn majority(choices: &BTreeMap<Choice, u32>) -> Option<Choice> {
    let all: u32 = choices.values().sum();
    let (best, votes) = choices.iter().max_by_key(|(_, votes)| **votes)?;
    Some(if votes * 2 > all { *best } else { Choice::Tie })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::Class;
    use crate::domain::rubric::{Check, CheckTest, Criterion, OnFail, Scale};

    fn rubric() -> Rubric {
        let mut rubric = Rubric::empty("r");
        for id in ["a", "b"] {
            rubric.criteria.push(Criterion::new(id, id, Scale::Level5));
        }
        rubric.criteria[0].must_reach = Some(3);
        rubric
    }

    fn level(criterion: &str, level: i32) -> Verdict {
        Verdict::new(criterion, Outcome::Scored(Answer::Level(level)))
    }

    fn standing(verdicts: &[(u32, Verdict)]) -> JudgeStanding {
        let rubric = rubric();
        let given = verdicts.iter().map(|(sample, verdict)| (*sample, verdict));
        JudgeStanding::of(&rubric, rubric.threshold(), given)
    }

    #[test]
    fn the_score_is_what_the_mean_levels_give() {
        let found = standing(&[
            (0, level("a", 5)),
            (0, level("b", 5)),
            (1, level("a", 3)),
            (1, level("b", 5)),
            (2, level("a", 0)),
        ]);
        // Means of 8/3 and 5.
        assert!((found.score.unwrap() - (8.0 / 3.0 + 5.0) / 10.0).abs() < 1e-12);
        let a = found.on("a").unwrap();
        assert_eq!((a.range, a.scored), (Some((0, 5)), 3));
        assert_eq!(
            found.pass,
            Some(false),
            "the floor of 3 is missed at a mean of 2.67"
        );
    }

    /// Weights 3 and 1; the first is read as 5, 0, 2, the second as 1, not at all, 1.
    #[test]
    fn samples_that_lack_a_criterion_still_count_on_the_others() {
        let mut rubric = Rubric::empty("r");
        rubric
            .criteria
            .push(Criterion::new("factual", "F?", Scale::Level5));
        rubric
            .criteria
            .push(Criterion::new("polite", "P?", Scale::Binary));
        rubric.criteria[0].weight = 3.0;
        rubric.pass_threshold = Some(0.7);
        let cannot = || Verdict::unscored("polite", Class::CannotJudge, "no");
        let given = [
            (0, level("factual", 5)),
            (0, level("polite", 1)),
            (1, level("factual", 0)),
            (1, cannot()),
            (2, level("factual", 2)),
            (2, level("polite", 1)),
        ];
        let given = given.iter().map(|(sample, verdict)| (*sample, verdict));
        let found = JudgeStanding::of(&rubric, rubric.threshold(), given);
        let shown = |id: &str| found.on(id).unwrap().level.unwrap();
        let by_hand = (3.0 * shown("factual") / 5.0 + shown("polite")) / 4.0;
        assert!((found.score.unwrap() - by_hand).abs() < 1e-12);
        assert!((by_hand - 0.6).abs() < 1e-12, "7/3 of 5, thrice, and 1");
        assert_eq!(found.pass, Some(false));
    }

    #[test]
    fn a_capped_level_misses_its_floor_with_one_sample_as_with_three() {
        let mut rubric = rubric();
        rubric.checks.push(Check {
            id: "short".into(),
            test: CheckTest::MaxChars { chars: 5 },
            criterion: None,
            on_fail: OnFail::Cap(2),
        });
        let failed = CheckOutcome {
            check: "short".into(),
            pass: false,
        };
        for samples in [1, 3] {
            let mut given = vec![(0, check_verdict(&failed, "7 characters, at most 5"))];
            for sample in 0..samples {
                given.extend([(sample, level("a", 5)), (sample, level("b", 5))]);
            }
            let given = given.iter().map(|(sample, verdict)| (*sample, verdict));
            let found = JudgeStanding::of(&rubric, rubric.threshold(), given);
            assert_eq!((found.score, found.pass), (Some(0.4), Some(false)));
        }
    }

    #[test]
    fn a_failed_sample_is_no_zero_and_no_answer_is_no_number() {
        let failed = || Verdict::unscored("a", Class::Truncated, "broke off");
        let found = standing(&[(0, level("a", 4)), (1, failed()), (2, level("a", 3))]);
        let a = found.on("a").unwrap();
        assert_eq!((a.level, a.range, a.scored), (Some(3.5), Some((3, 4)), 2));
        let none = standing(&[(0, failed())]);
        let a = none.on("a").unwrap();
        assert_eq!((a.level, a.range, a.scored), (None, None, 0));
    }

    #[test]
    fn several_samples_score_as_one_that_says_the_same() {
        for (a, b) in [(0, 5), (5, 0), (4, 3), (5, 5)] {
            let once = standing(&[(0, level("a", a)), (0, level("b", b))]);
            let thrice: Vec<_> = (0..3)
                .flat_map(|sample| [(sample, level("a", a)), (sample, level("b", b))])
                .collect();
            let thrice = standing(&thrice);
            assert!((once.score.unwrap() - thrice.score.unwrap()).abs() < 1e-12);
            assert_eq!(once.pass, thrice.pass);
        }
    }

    #[test]
    fn an_unscored_criterion_leaves_no_score_and_says_its_class() {
        let found = standing(&[
            (0, level("a", 5)),
            (0, Verdict::unscored("b", Class::Refusal, "no")),
        ]);
        assert_eq!((found.score, found.pass), (None, None));
        assert_eq!(found.on("b").unwrap().unscored.as_deref(), Some("refusal"));
    }

    #[test]
    fn a_later_answer_replaces_an_unscored_one_of_the_same_sample_only() {
        let found = standing(&[
            (0, Verdict::unscored("a", Class::Truncated, "")),
            (0, level("a", 4)),
            (0, level("a", 1)),
            (0, level("b", 4)),
        ]);
        assert_eq!(found.on("a").unwrap().level, Some(4.0));
        assert_eq!(found.score, Some(0.8));
    }

    #[test]
    fn checks_count_for_the_score_and_are_counted_apart() {
        let mut rubric = rubric();
        rubric.checks.push(Check {
            id: "short".into(),
            test: CheckTest::MaxChars { chars: 5 },
            criterion: Some("b".into()),
            on_fail: OnFail::Zero,
        });
        let failed = CheckOutcome {
            check: "short".into(),
            pass: false,
        };
        let failed = check_verdict(&failed, "7 characters, at most 5");
        let verdicts = [(0, level("a", 5)), (0, failed)];
        let found = JudgeStanding::of(
            &rubric,
            rubric.threshold(),
            verdicts.iter().map(|(sample, verdict)| (*sample, verdict)),
        );
        assert_eq!(found.score, Some(0.5));
        assert_eq!((found.pass, found.checks), (Some(false), (0, 1)));
    }
}
