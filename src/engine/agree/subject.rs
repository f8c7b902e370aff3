//! What is compared: a criterion's levels, a choice, or whether the whole ticket passes.
//!
//! Answers become places on a short ordered list of labels, so that people and judges of every kind of rubric
//! go through the same statistics.

use std::collections::BTreeSet;

pub(super) use super::reply::{Heard, Judged, Reply};
use super::together::Together;
use crate::domain::rubric::{Answer, Answers, Choice, Kind, Question, Rubric, Scale, Threshold};
use crate::domain::view::agreement::About;
use crate::stats::gwet::Weights;
use crate::stats::krippendorff::Metric;

/// Id of the entry about the whole ticket.
pub(super) const OVERALL: &str = "overall";
/// Scales with more levels are cut down to the levels that were given.
const WHOLE_SCALE: usize = 101;
/// More different answers have no table of counts.
const MOST_PLACES: usize = 200;
/// Room for the rounding of scores.
const EPSILON: f64 = 1e-9;

/// One thing judges and people are compared on.
pub(super) struct Subject<'r> {
    rubric: &'r Rubric,
    threshold: Threshold,
    question: Option<Question<'r>>,
    /// What is compared.
    pub about: About,
    /// Possible answers, in order.
    pub places: Places,
}

/// The possible answers.
pub(super) enum Places {
    /// Levels, ascending; whether all of the scale are listed.
    Levels(Vec<i32>, bool),
    /// So many candidates, then the tie.
    Choices(usize),
    /// Fail, pass.
    Pass,
}

/// The subjects of a rubric: its questions, and the whole ticket where there are several.
pub(super) fn subjects<'r>(
    rubric: &'r Rubric,
    threshold: Threshold,
    candidates: usize,
    given: impl Fn(&str) -> BTreeSet<i32>,
) -> Vec<Subject<'r>> {
    let choices = Places::Choices(candidates.max(2));
    let mut all: Vec<Subject<'r>> = rubric
        .questions()
        .map(|question| {
            let (about, places) = match question.scale() {
                None => (About::Choice, Places::Choices(candidates.max(2))),
                Some(scale) => (About::Levels, levels(scale, || given(question.id))),
            };
            Subject {
                rubric,
                threshold,
                question: Some(question),
                about,
                places,
            }
        })
        .collect();
    if all.len() > 1 {
        let places = if rubric.kind == Kind::Pairwise {
            choices
        } else {
            Places::Pass
        };
        all.push(Subject {
            rubric,
            threshold,
            question: None,
            about: About::Ticket,
            places,
        });
    }
    all
}

fn levels(scale: Scale, given: impl Fn() -> BTreeSet<i32>) -> Places {
    if scale.count() <= WHOLE_SCALE {
        Places::Levels(scale.levels().collect(), true)
    } else {
        Places::Levels(given().into_iter().collect(), false)
    }
}

impl<'r> Subject<'r> {
    /// Criterion id, or `overall`.
    pub fn id(&self) -> &'r str {
        self.question.map_or(OVERALL, |question| question.id)
    }

    /// The rubric it is of.
    pub fn rubric(&self) -> &'r Rubric {
        self.rubric
    }

    /// What passes.
    pub fn threshold(&self) -> Threshold {
        self.threshold
    }

    /// Whether it is the whole ticket's score.
    pub fn is_whole_ticket(&self) -> bool {
        matches!(self.places, Places::Pass)
    }

    /// Whether outputs are chosen between.
    pub fn is_choice(&self) -> bool {
        matches!(self.places, Places::Choices(_))
    }

    /// From the lowest to the highest value: levels, or points from 0 to 1.
    pub fn span(&self) -> f64 {
        let (low, high) = self.ends();
        high - low
    }

    /// The lowest and the highest value.
    pub fn ends(&self) -> (f64, f64) {
        self.scale().map_or((0.0, 1.0), |scale| {
            (f64::from(scale.min()), f64::from(scale.max()))
        })
    }

    /// A value's place on the scale, 0 to 1.
    pub fn share(&self, value: f64) -> f64 {
        let (low, _) = self.ends();
        (value - low) / self.span()
    }

    /// Whether it is a criterion with levels.
    pub fn has_levels(&self) -> bool {
        self.about == About::Levels
    }

    /// What was asked.
    pub fn text(&self) -> &'r str {
        self.question.map_or("The whole ticket", |q| q.text)
    }

    fn scale(&self) -> Option<Scale> {
        self.question.and_then(|question| question.scale())
    }

    /// Whether answers are ordered and more than two, so that near misses count for something.
    pub fn is_ordered(&self) -> bool {
        self.scale().is_some_and(|scale| scale.count() > 2)
    }

    /// How much two answers count as agreeing, for kappa and Gwet's coefficient.
    pub fn weights(&self) -> Weights {
        if self.is_ordered() {
            Weights::Quadratic
        } else {
            Weights::Identity
        }
    }

    /// The same where values may lie between two levels: by distance, which for yes and no is whether they are equal.
    pub fn weights_between(&self) -> Weights {
        if self.has_levels() {
            Weights::Quadratic
        } else {
            Weights::Identity
        }
    }

    /// How far apart two answers count, for alpha.
    pub fn metric(&self) -> Metric {
        if self.is_ordered() {
            Metric::Ordinal
        } else {
            Metric::Nominal
        }
    }

    /// The values of the places, ascending; `None` where there are too many for a table.
    pub fn values(&self) -> Option<Vec<f64>> {
        let values: Vec<f64> = match &self.places {
            Places::Levels(levels, _) => levels.iter().map(|level| f64::from(*level)).collect(),
            Places::Choices(candidates) => (0..=*candidates).map(|at| at as f64).collect(),
            Places::Pass => vec![0.0, 1.0],
        };
        (values.len() <= MOST_PLACES).then_some(values)
    }

    /// Whether every possible answer is on the list, as coefficients that count unused answers need it.
    pub fn is_whole(&self) -> bool {
        !matches!(self.places, Places::Levels(_, false))
    }

    /// A place in words: a level, `A`, `B`, `tie`, `pass`, `fail`.
    pub fn label(&self, place: usize) -> String {
        match &self.places {
            Places::Levels(levels, _) => levels.get(place).map_or_else(String::new, i32::to_string),
            Places::Choices(candidates) if place == *candidates => "tie".to_owned(),
            Places::Choices(_) => match u8::try_from(place).ok().filter(|at| *at < 26) {
                Some(at) => char::from(b'A' + at).to_string(),
                None => format!("{}", place + 1),
            },
            Places::Pass if place == 0 => "fail".to_owned(),
            Places::Pass => "pass".to_owned(),
        }
    }

    /// A reply in words: with its score where the whole ticket is meant, a mean level with its decimals.
    pub fn shown(&self, reply: Reply) -> String {
        match &self.places {
            Places::Pass => format!("{} {:.2}", self.label(reply.place), reply.value),
            Places::Levels(..) if reply.value.fract() != 0.0 => format!("{:.2}", reply.value),
            _ => self.label(reply.place),
        }
    }

    /// What people say together, in words: where no answer is theirs, what it lies between.
    pub fn shown_together(&self, people: &Together) -> String {
        match (people.answer, &self.places) {
            (Some(answer), _) => self.shown(answer),
            (None, Places::Pass) => format!("split {:.2}", people.mean),
            (None, _) => format!("{} to {}", people.middle.0, people.middle.1),
        }
    }

    /// How far apart two replies are, 0 to 1.
    pub fn gap(&self, a: Reply, b: Reply) -> f64 {
        match (self.scale(), &self.places) {
            (Some(scale), _) => {
                let span = f64::from(scale.max()) - f64::from(scale.min());
                ((a.value - b.value).abs() / span).clamp(0.0, 1.0)
            }
            (None, Places::Choices(tie)) => match (a.place == b.place, [a.place, b.place]) {
                (true, _) => 0.0,
                (false, both) if both.contains(tie) => 0.5,
                (false, _) => 1.0,
            },
            (None, _) => (a.value - b.value).abs().clamp(0.0, 1.0),
        }
    }

    /// What a set of answers says, if it says something.
    pub fn reply(&self, answers: &Answers) -> Option<Reply> {
        match (self.question, &self.places) {
            (Some(question), _) => self.of_answer(answers.get(question.id)?),
            (None, Places::Choices(_)) => self.of_choice(self.rubric.preference(answers).ok()?),
            (None, _) => {
                let score = self.rubric.score(answers, &[], self.threshold).ok()?;
                Some(of_score(score.overall, score.pass))
            }
        }
    }

    /// What a judge says.
    pub fn heard(&self, judged: &Judged) -> Heard {
        let Some(question) = self.question else {
            return self.heard_overall(judged);
        };
        let Some(one) = judged.standing.on(question.id) else {
            let checked = self.rubric.level_from_checks(&question, &judged.checks);
            let reply = checked.and_then(|level| self.of_level(f64::from(level)));
            return reply.map_or(Heard::Nothing, Heard::Answer);
        };
        let reply = match (one.level, one.choice) {
            (Some(level), _) => self.of_level(level),
            (None, Some(choice)) => self.of_choice(choice),
            (None, None) => None,
        };
        let class = || {
            one.unscored
                .clone()
                .unwrap_or_else(|| "out_of_range".to_owned())
        };
        reply.map_or_else(|| Heard::Unscored(class()), Heard::Answer)
    }

    fn heard_overall(&self, judged: &Judged) -> Heard {
        if !judged.scores {
            return Heard::Nothing;
        }
        let standing = &judged.standing;
        if let Places::Choices(_) = self.places {
            let given = standing.criteria.iter();
            let answers: Answers = given
                .filter_map(|one| Some((one.id.clone(), Answer::Choice(one.choice?))))
                .collect();
            if let Some(reply) = self.reply(&answers) {
                return Heard::Answer(reply);
            }
        } else if let (Some(score), Some(pass)) = (standing.score, standing.pass) {
            return Heard::Answer(of_score(score, pass));
        }
        let class = standing
            .criteria
            .iter()
            .find_map(|one| one.unscored.clone());
        Heard::Unscored(class.unwrap_or_else(|| "missing_criterion".to_owned()))
    }

    fn of_answer(&self, answer: &Answer) -> Option<Reply> {
        match answer {
            Answer::Level(level) => self.of_level(f64::from(*level)),
            Answer::Choice(choice) => self.of_choice(*choice),
            Answer::CannotJudge { .. } => None,
        }
    }

    fn of_level(&self, level: f64) -> Option<Reply> {
        let (question, scale) = (self.question?, self.scale()?);
        let Places::Levels(levels, _) = &self.places else {
            return None;
        };
        let nearest = level.round() as i32;
        let place = levels.binary_search(&nearest).ok()?;
        let span = f64::from(scale.max()) - f64::from(scale.min());
        let share = (level - f64::from(scale.min())) / span;
        let floor = question
            .must_reach
            .is_none_or(|floor| level >= f64::from(floor) - EPSILON);
        Some(Reply {
            place,
            whole: (level - f64::from(nearest)).abs() < EPSILON,
            value: level,
            pass: Some(floor && share >= self.threshold.value - EPSILON),
        })
    }

    fn of_choice(&self, choice: Choice) -> Option<Reply> {
        let Places::Choices(candidates) = self.places else {
            return None;
        };
        let place = match choice {
            Choice::Tie => candidates,
            Choice::Candidate(place) => usize::from(place).checked_sub(1)?,
        };
        (place <= candidates).then_some(Reply {
            place,
            whole: true,
            value: place as f64,
            pass: None,
        })
    }
}

fn of_score(score: f64, pass: bool) -> Reply {
    Reply {
        place: usize::from(pass),
        whole: true,
        value: score,
        pass: Some(pass),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rubric::Criterion;

    #[test]
    fn a_level_passes_from_the_threshold_on_if_it_reaches_its_floor() {
        let mut rubric = Rubric::empty("r");
        rubric
            .criteria
            .push(Criterion::new("a", "A?", Scale::Level5));
        rubric.criteria[0].must_reach = Some(5);
        let threshold = rubric.threshold();
        let pass = |rubric: &Rubric, level| {
            let all = subjects(rubric, threshold, 1, |_| BTreeSet::new());
            all[0]
                .reply(&[("a".to_owned(), Answer::Level(level))].into())
                .unwrap()
                .pass
        };
        assert_eq!(
            pass(&rubric, 4),
            Some(false),
            "0.8 reaches the threshold, 4 misses the floor"
        );
        rubric.criteria[0].must_reach = None;
        assert_eq!(
            (pass(&rubric, 4), pass(&rubric, 3)),
            (Some(true), Some(false))
        );
    }

    #[test]
    fn a_tie_is_half_as_far_from_a_candidate_as_the_other_candidate() {
        let mut rubric = Rubric::empty("r");
        rubric.kind = Kind::Pairwise;
        rubric
            .criteria
            .push(Criterion::new("a", "A?", Scale::Level5));
        let all = subjects(&rubric, rubric.threshold(), 2, |_| BTreeSet::new());
        let [a, b, tie] = [Choice::Candidate(1), Choice::Candidate(2), Choice::Tie]
            .map(|choice| all[0].of_choice(choice).unwrap());
        let gaps = [(a, b), (a, tie), (a, a)].map(|(one, other)| all[0].gap(one, other) * 2.0);
        assert_eq!(gaps.map(|gap| gap as u8), [2, 1, 0]);
        assert_eq!([0, 1, 2].map(|at| all[0].label(at)), ["A", "B", "tie"]);
    }
}
