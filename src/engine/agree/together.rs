//! What people say together of one output, where several answered.
//!
//! On a scale it is the mean of what they say: to take one of them, such as the lower of two, would make every judge look
//! generous. Of pass and fail, and of choices, it is what most of them say; where they are split evenly there is no such
//! answer, and whoever counts tells these tickets apart or takes them for a half, never for a fail.

use std::collections::BTreeMap;

use super::subject::{Reply, Subject};
use crate::domain::rubric::{Answer, Answers, Question, Rubric, Threshold};
use crate::stats::against_human::majority;

/// Room for the rounding of scores.
const EPSILON: f64 = 1e-9;

/// What people say together on a subject.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Together {
    /// The answer most of them give, of levels without one the one in the middle; `None` where the middle lies between two
    /// answers, or as many pass it as fail it.
    pub answer: Option<Reply>,
    /// Level, or score from 0 to 1: the mean of what they say.
    pub mean: f64,
    /// The two answers in the middle, by value; of an odd number both are the same.
    pub middle: (f64, f64),
    /// Whether it passes for most of them.
    pub pass: Option<bool>,
    /// Whether as many pass it as fail it.
    pub split: bool,
    /// Whether they say different things.
    pub differ: bool,
}

impl Together {
    /// One answer, which nobody contradicts.
    fn one(reply: Reply) -> Self {
        Self {
            answer: Some(reply),
            mean: reply.value,
            middle: (reply.value, reply.value),
            pass: reply.pass,
            split: false,
            differ: false,
        }
    }

    /// The value of the answer, else the one halfway between the two in the middle.
    pub fn half_level(&self) -> f64 {
        let (low, high) = self.middle;
        self.answer
            .map_or(f64::midpoint(low, high), |answer| answer.value)
    }

    /// As something a distance can be taken to: the mean, at the place of the answer. Where there is none the place is no
    /// answer's.
    pub fn reply(&self) -> Reply {
        Reply {
            place: self.answer.map_or(usize::MAX, |answer| answer.place),
            whole: self.answer.is_some(),
            value: self.mean,
            pass: self.pass,
        }
    }
}

/// What people say of a ticket on a subject, if anybody says something. `Err` where a choice has no majority.
pub(super) fn together(
    subject: &Subject<'_>,
    people: &BTreeMap<String, Answers>,
) -> Option<Result<Together, NoMajority>> {
    let said: Vec<Reply> = people
        .values()
        .filter_map(|answers| subject.reply(answers))
        .collect();
    match said.as_slice() {
        [] => None,
        [only] => Some(Ok(Together::one(*only))),
        all if subject.is_choice() => {
            let most = subject.reply(&consensus(&people.values(), subject.rubric()));
            let differ = all.iter().any(|reply| reply.place != all[0].place);
            Some(most.map_or(Err(NoMajority), |reply| {
                Ok(Together {
                    differ,
                    ..Together::one(reply)
                })
            }))
        }
        all => Some(Ok(on_a_scale(subject, all, people))),
    }
}

/// A choice on which people have no majority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoMajority;

fn on_a_scale(
    subject: &Subject<'_>,
    said: &[Reply],
    people: &BTreeMap<String, Answers>,
) -> Together {
    let passes: Vec<bool> = said.iter().filter_map(|reply| reply.pass).collect();
    let pass = most(&passes);
    let differ = said
        .iter()
        .any(|reply| (reply.value - said[0].value).abs() > EPSILON);
    let split = !passes.is_empty() && pass.is_none();
    let mut all = said.to_vec();
    all.sort_by(|a, b| a.value.total_cmp(&b.value));
    if subject.is_whole_ticket() {
        let mean = score(&people.values(), subject.rubric(), subject.threshold())
            .map_or_else(|| mean_value(said), |(score, _)| score);
        let answer = pass.map(|pass| Reply {
            place: usize::from(pass),
            whole: true,
            value: mean,
            pass: Some(pass),
        });
        return Together {
            answer,
            mean,
            middle: (mean, mean),
            pass,
            split,
            differ,
        };
    }
    let (low, high) = (all[(all.len() - 1) / 2], all[all.len() / 2]);
    let places: Vec<usize> = all.iter().map(|reply| reply.place).collect();
    let winner = majority(&places);
    let given = winner.and_then(|place| all.iter().find(|reply| reply.place == place));
    let middle = (low.place == high.place).then_some(low);
    Together {
        answer: given.copied().or(middle),
        mean: mean_value(said),
        middle: (low.value, high.value),
        pass,
        split,
        differ,
    }
}

fn mean_value(said: &[Reply]) -> f64 {
    said.iter().map(|reply| reply.value).sum::<f64>() / said.len() as f64
}

/// What more than half say; `None` for nobody and where they are split evenly.
fn most(passes: &[bool]) -> Option<bool> {
    let yes = passes.iter().filter(|pass| **pass).count() * 2;
    (yes != passes.len()).then_some(yes > passes.len())
}

/// Score of an output by several people, 0 to 1: every question with the mean of the levels it was given. And whether it
/// passes: 1 if for most of them, 0 if not, a half where they are split evenly; where nobody answered every question, by
/// that score and those means. `None` while a question has no level.
pub(in crate::engine) fn score<'a>(
    people: &(impl Iterator<Item = &'a Answers> + Clone),
    rubric: &Rubric,
    threshold: Threshold,
) -> Option<(f64, f64)> {
    let verdicts: Vec<bool> = people
        .clone()
        .filter_map(|answers| Some(rubric.score(answers, &[], threshold).ok()?.pass))
        .collect();
    let (mut sum, mut weights, mut floors) = (0.0, 0.0, true);
    for question in rubric.questions() {
        let level = level(people.clone(), &question)?;
        let scale = question.scale()?;
        let span = f64::from(scale.max()) - f64::from(scale.min());
        sum += question.weight * ((level - f64::from(scale.min())) / span);
        weights += question.weight;
        let floor = question.must_reach.map_or(f64::MIN, f64::from);
        floors &= level >= floor - EPSILON;
    }
    if weights <= 0.0 {
        return None;
    }
    let score = sum / weights;
    let by_means = floors && score >= threshold.value - EPSILON;
    Some((
        score,
        share(&verdicts).unwrap_or(f64::from(u8::from(by_means))),
    ))
}

/// Of verdicts 1 if most say yes, 0 if most say no, a half where they are split evenly; `None` without one.
pub(in crate::engine) fn share(verdicts: &[bool]) -> Option<f64> {
    (!verdicts.is_empty()).then(|| most(verdicts).map_or(0.5, |yes| f64::from(u8::from(yes))))
}

fn level<'a>(people: impl Iterator<Item = &'a Answers>, question: &Question<'_>) -> Option<f64> {
    let allowed = |level: &i32| question.scale().is_some_and(|scale| scale.allows(*level));
    let levels: Vec<f64> = people
        .filter_map(|answers| answers.get(question.id)?.level())
        .filter(allowed)
        .map(f64::from)
        .collect();
    crate::stats::describe::mean(&levels)
}

/// The answer most people gave on each criterion; without a majority there is none. Those who could not judge have no
/// say. For choices: what stands on a scale has a mean.
pub(in crate::engine) fn consensus<'a>(
    people: &(impl Iterator<Item = &'a Answers> + Clone),
    rubric: &Rubric,
) -> Answers {
    let mut together = Answers::new();
    for question in rubric.questions() {
        let said = people
            .clone()
            .filter_map(|answers| answers.get(question.id))
            .filter(|answer| !answer.is_cannot_judge());
        let mut known: Vec<&Answer> = Vec::new();
        let votes: Vec<usize> = said
            .map(|answer| {
                known
                    .iter()
                    .position(|one| *one == answer)
                    .unwrap_or_else(|| {
                        known.push(answer);
                        known.len() - 1
                    })
            })
            .collect();
        if let Some(winner) = majority(&votes) {
            together.insert(question.id.to_owned(), known[winner].clone());
        }
    }
    together
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::subject::subjects;
    use super::*;
    use crate::domain::rubric::{Choice, Criterion, Kind, Scale};

    fn rubric(ids: &[&str]) -> Rubric {
        let mut rubric = Rubric::empty("r");
        for id in ids {
            rubric
                .criteria
                .push(Criterion::new(*id, *id, Scale::Level5));
        }
        rubric
    }

    fn people(said: &[&[(&str, Answer)]]) -> BTreeMap<String, Answers> {
        let one = |(at, answers): (usize, &&[(&str, Answer)])| {
            let answers = answers
                .iter()
                .map(|(id, answer)| ((*id).to_owned(), answer.clone()));
            (format!("p{at}"), answers.collect())
        };
        said.iter().enumerate().map(one).collect()
    }

    /// What levels come to: the mean, the answer, and whether it passes.
    fn levels(given: &[i32]) -> (f64, Option<f64>, Option<bool>, bool) {
        let rubric = rubric(&["a"]);
        let said: Vec<[(&str, Answer); 1]> = given
            .iter()
            .map(|level| [("a", Answer::Level(*level))])
            .collect();
        let said: Vec<&[(&str, Answer)]> = said.iter().map(|one| &one[..]).collect();
        let all = subjects(&rubric, rubric.threshold(), 1, |_| BTreeSet::new());
        let found = together(&all[0], &people(&said)).unwrap().unwrap();
        (
            found.mean,
            found.answer.map(|one| one.value),
            found.pass,
            found.split,
        )
    }

    #[test]
    fn levels_have_a_mean_and_an_answer_only_where_most_or_the_middle_give_one() {
        assert_eq!(levels(&[4]), (4.0, Some(4.0), Some(true), false));
        // Two who differ: never the lower one.
        assert_eq!(levels(&[5, 2]), (3.5, None, None, true));
        assert_eq!(levels(&[5, 4]), (4.5, None, Some(true), false));
        assert_eq!(levels(&[2, 4]), (3.0, None, None, true));
        assert_eq!(levels(&[5, 5, 2]), (4.0, Some(5.0), Some(true), false));
        assert_eq!(levels(&[5, 3, 1]), (3.0, Some(3.0), Some(false), false));
        assert_eq!(levels(&[1, 2, 4, 5]), (3.0, None, None, true));
    }

    #[test]
    fn a_score_is_the_mean_of_what_people_say_and_an_even_split_is_half_a_pass() {
        let rubric = rubric(&["a", "b"]);
        let of =
            |said: &[&[(&str, Answer)]]| score(&people(said).values(), &rubric, rubric.threshold());
        let l = Answer::Level;
        let (high, low): (&[_], &[_]) = (&[("a", l(5)), ("b", l(5))], &[("a", l(1)), ("b", l(3))]);
        assert_eq!(of(&[high]), Some((1.0, 1.0)));
        assert_eq!(of(&[high, low]), Some((0.7, 0.5)));
        assert!(of(&[high, high, low]).unwrap().1 > 0.9);
        // One person a question: nobody has a verdict, the means have.
        assert_eq!(of(&[&[("a", l(5))], &[("b", l(4))]]), Some((0.9, 1.0)));
        assert_eq!(of(&[&[("a", l(5))]]), None, "a question without a level");
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn a_choice_without_a_majority_has_no_answer() {
        let mut rubric = rubric(&["a"]);
        rubric.kind = Kind::Pairwise;
        let all = subjects(&rubric, rubric.threshold(), 2, |_| BTreeSet::new());
        let a = ("a", Answer::Choice(Choice::Candidate(1)));
        let tie = ("a", Answer::Choice(Choice::Tie));
        let of = |said: &[&[(&str, Answer)]]| together(&all[0], &people(said));
        assert_eq!(of(&[]), None);
        assert_eq!(
            of(&[std::slice::from_ref(&a), std::slice::from_ref(&tie)]),
            Some(Err(NoMajority))
        );
        let most = of(&[std::slice::from_ref(&a), &[tie], std::slice::from_ref(&a)])
            .unwrap()
            .unwrap();
        assert_eq!(most.answer.unwrap().place, 0);
    }

    #[test]
    fn those_who_could_not_judge_have_no_say() {
        let rubric = rubric(&["a"]);
        let all = subjects(&rubric, rubric.threshold(), 1, |_| BTreeSet::new());
        let cannot = Answer::CannotJudge {
            reason: String::new(),
        };
        let said = people(&[&[("a", cannot.clone())], &[("a", Answer::Level(4))]]);
        let found = together(&all[0], &said).unwrap().unwrap();
        assert_eq!((found.mean as u8, found.differ), (4, false));
        assert_eq!(together(&all[0], &people(&[&[("a", cannot)]])), None);
    }
}
