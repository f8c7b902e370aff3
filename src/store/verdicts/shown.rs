//! One judge's verdicts as they are shown: a line a criterion, with the words of one reading and what the others said.

use std::collections::{BTreeMap, BTreeSet};

use super::{OfJudge, Stored};
use crate::domain::count::counted;
use crate::domain::rubric::{Answer, Rubric};
use crate::domain::standing::{CHECK, CriterionStanding, JudgeStanding};
use crate::domain::verdict::{Outcome, Verdict};
use crate::domain::view::{Reading, Spread, VerdictView};

/// One line a criterion (rubric order, others after), then the checks.
pub(super) fn views(
    judge: &OfJudge,
    standing: &JudgeStanding,
    rubric: &Rubric,
) -> Vec<VerdictView> {
    let mut order: Vec<&str> = Vec::new();
    for stored in &judge.verdicts {
        if !order.contains(&stored.verdict.criterion.as_str()) {
            order.push(&stored.verdict.criterion);
        }
    }
    order.sort_by_key(|id| {
        let place = rubric.questions().position(|question| question.id == *id);
        (place.unwrap_or(usize::MAX), id.starts_with(CHECK))
    });
    order
        .into_iter()
        .filter_map(|criterion| one_view(judge, standing, criterion))
        .collect()
}

fn one_view(judge: &OfJudge, standing: &JudgeStanding, criterion: &str) -> Option<VerdictView> {
    let of_it = || {
        let all = judge.verdicts.iter();
        all.filter(move |stored| stored.verdict.criterion == criterion)
    };
    let readings = readings(of_it());
    let folded = standing.on(criterion);
    let at = speaker(&readings, folded)?;
    let shown = readings[at];
    let several = folded.filter(|one| one.scored > 1);
    let result = match &shown.verdict.outcome {
        Outcome::Unscored(class) => Err(class.clone()),
        Outcome::Scored(answer) => Ok(several
            .and_then(|one| match (one.level, one.choice) {
                (Some(level), _) => Some(Answer::Level(level.round() as i32)),
                (None, choice) => choice.map(Answer::Choice),
            })
            .unwrap_or_else(|| answer.clone())),
    };
    let spread = several.and_then(|one| {
        Some(Spread {
            samples: one.scored,
            mean: one.level?,
            low: one.range?.0,
            high: one.range?.1,
        })
    });
    let costs: Vec<i64> = of_it()
        .filter_map(|stored| stored.verdict.call.as_ref()?.cost_micros)
        .collect();
    let verdict = &shown.verdict;
    let alone = readings.len() == 1;
    Some(VerdictView {
        spread,
        reading: at as u32 + 1,
        readings: readings
            .iter()
            .filter(|_| !alone)
            .map(|one| reading(&one.verdict))
            .collect(),
        reasoning: verdict.reasoning.clone(),
        evidence: verdict.evidence.clone(),
        badge: verdict.badge.clone(),
        flags: folded.map_or_else(|| verdict.flags.clone(), |one| one.flags.clone()),
        problem: verdict.problem.clone(),
        cost_micros: (!costs.is_empty()).then(|| costs.iter().sum()),
        ..VerdictView::new(shown.id, &judge.version.name, criterion, result)
    })
}

/// One verdict a reading, in their order; what came later stands for one without an answer of the same reading.
fn readings<'a>(all: impl Iterator<Item = &'a Stored>) -> Vec<&'a Stored> {
    let mut samples = BTreeMap::<u32, &Stored>::new();
    for stored in all {
        let slot = samples.entry(stored.sample).or_insert(stored);
        if slot.verdict.outcome.answer().is_none() {
            *slot = stored;
        }
    }
    samples.into_values().collect()
}

/// The reading whose words stand for all: of levels the one nearest their mean, of choices one that made the choice of
/// most; the first of equals. Without an answer the last one, which says why.
fn speaker(readings: &[&Stored], folded: Option<&CriterionStanding>) -> Option<usize> {
    let answers = || {
        let all = readings.iter().enumerate();
        all.filter_map(|(at, one)| Some((at, one.verdict.outcome.answer()?)))
    };
    let mean = folded.and_then(|one| one.level);
    let nearest = mean.and_then(|mean| {
        let levels = answers().filter_map(|(at, answer)| Some((at, f64::from(answer.level()?))));
        let far = |level: f64| (level - mean).abs();
        levels.min_by(|one, other| far(one.1).total_cmp(&far(other.1)))
    });
    let choice = folded.and_then(|one| one.choice);
    let chosen =
        choice.and_then(|choice| answers().find(|(_, answer)| answer.choice() == Some(choice)));
    let last = readings.len().checked_sub(1)?;
    Some(
        nearest
            .map(|(at, _)| at)
            .or(chosen.map(|(at, _)| at))
            .or_else(|| answers().next().map(|(at, _)| at))
            .unwrap_or(last),
    )
}

/// Where two judges have one name: in what the one differs from the other.
pub(super) fn apart(judge: &OfJudge, from: &OfJudge) -> Option<String> {
    if judge.version.name != from.version.name {
        return None;
    }
    let readings = |judge: &OfJudge| {
        let samples = judge.verdicts.iter().map(|one| one.sample);
        samples.collect::<BTreeSet<u32>>().len()
    };
    let mut words = Vec::new();
    if readings(judge) != readings(from) {
        words.push(counted(readings(judge), "reading"));
    }
    words.extend(judge.version.differs_in(&from.version));
    if words.is_empty() {
        words.push(judge.id.short());
    }
    Some(words.join(", "))
}

fn reading(verdict: &Verdict) -> Reading {
    Reading {
        result: match &verdict.outcome {
            Outcome::Scored(answer) => Ok(answer.clone()),
            Outcome::Unscored(class) => Err(class.clone()),
        },
        reasoning: verdict.reasoning.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::failure::Class;
    use crate::domain::ids::{JudgeVersionId, VerdictId};
    use crate::domain::judge_version::JudgeVersion;
    use crate::domain::rubric::{Choice, Criterion, Scale};

    fn judge(verdicts: Vec<Verdict>) -> OfJudge {
        OfJudge {
            row: 1,
            id: JudgeVersionId([1; 16]),
            version: JudgeVersion::default().into(),
            verdicts: verdicts
                .into_iter()
                .enumerate()
                .map(|(at, verdict)| Stored {
                    id: VerdictId([at as u8; 16]),
                    sample: at as u32,
                    verdict,
                })
                .collect(),
        }
    }

    fn view(verdicts: Vec<Verdict>) -> VerdictView {
        let mut rubric = Rubric::empty("r");
        rubric
            .criteria
            .push(Criterion::new("a", "a", Scale::Level5));
        let judge = judge(verdicts);
        let said = judge.verdicts.iter().map(|one| (one.sample, &one.verdict));
        let standing = JudgeStanding::of(&rubric, rubric.threshold(), said);
        views(&judge, &standing, &rubric).remove(0)
    }

    fn says(answer: Answer, words: &str) -> Verdict {
        Verdict {
            reasoning: words.to_owned(),
            ..Verdict::new("a", Outcome::Scored(answer))
        }
    }

    fn level(level: i32) -> Verdict {
        says(Answer::Level(level), &format!("because {level}"))
    }

    #[test]
    fn the_reading_nearest_the_mean_speaks_for_all_and_the_first_of_equals() {
        for (levels, speaker, words) in [
            (vec![4, 3, 2], 2, "because 3"),
            (vec![5, 5, 0], 1, "because 5"),
            (vec![4, 2], 1, "because 4"),
            (vec![3], 1, "because 3"),
        ] {
            let view = view(levels.iter().copied().map(level).collect());
            assert_eq!(
                (view.reading, view.reasoning.as_str()),
                (speaker, words),
                "{levels:?}"
            );
        }
    }

    #[test]
    fn readings_without_an_answer_are_kept_with_their_class() {
        let failed = || Verdict::unscored("a", Class::Unparsable, "no JSON");
        let view = view(vec![level(5), failed(), failed()]);
        assert_eq!(view.result, Ok(Answer::Level(5)));
        let results: Vec<_> = view.readings.into_iter().map(|one| one.result).collect();
        let class = || Err(Class::Unparsable.name().to_owned());
        assert_eq!(results, [Ok(Answer::Level(5)), class(), class()]);
    }

    #[test]
    fn of_choices_one_that_most_made_speaks() {
        let choice = |place, words| says(Answer::Choice(Choice::Candidate(place)), words);
        let view = view(vec![choice(1, "one"), choice(2, "two"), choice(2, "three")]);
        assert_eq!((view.reading, view.reasoning.as_str()), (2, "two"));
        assert_eq!(view.result, Ok(Answer::Choice(Choice::Candidate(2))));
    }

    #[test]
    fn judges_of_one_name_are_told_apart_by_what_differs() {
        let one = judge(vec![level(3)]);
        let mut five = judge((0..5).map(level).collect());
        Arc::make_mut(&mut five.version).parameters = vec![("seed".into(), "7".into())];
        assert_eq!(apart(&five, &one).as_deref(), Some("5 readings, seed 7"));
        assert_eq!(apart(&one, &five).as_deref(), Some("1 reading, no seed"));
        assert_eq!(apart(&one, &one), Some(one.id.short()));
        Arc::make_mut(&mut five.version).name = "other".into();
        assert_eq!(apart(&five, &one), None);
    }
}
