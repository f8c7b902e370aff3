//! From answers to a score and a pass.
//!
//! s = sum of weight x (level-min)/(max-min) over the questions, divided by the sum of weights.
//! A ticket passes when s reaches the threshold, every floor is reached and no `zero` check failed.
//! There is no score while a question has no level: missing is never zero. Where a judge read several times the mean
//! of each question's levels goes into the same formula, so that what is shown by question gives the score.

use serde::Serialize;
use thiserror::Error;

use super::{Answer, Answers, CheckOutcome, Choice, Kind, OnFail, Question, Rubric, Threshold};

/// Room for the rounding of the weighted sum, so that 0.7 reached by arithmetic passes 0.7.
const EPSILON: f64 = 1e-9;

/// The score of one ticket from one reviewer's answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// Weighted mean of the normalised levels, 0-1, after the effect of failed checks.
    pub overall: f64,
    /// Whether the ticket passes.
    pub pass: bool,
    /// The threshold used and who set it.
    pub threshold: Threshold,
    /// Questions whose level lies below their floor.
    pub floors_missed: Vec<String>,
    /// `zero` checks that failed, each of which fails the ticket.
    pub zeroed_by: Vec<String>,
}

/// Why there is no score.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unscored {
    /// Some questions have no level.
    #[error("{} of {total} questions have no level", missing.len() + cannot_judge.len() + unfit.len())]
    Incomplete {
        /// Questions without an answer.
        missing: Vec<String>,
        /// Questions the reviewer could not judge.
        cannot_judge: Vec<String>,
        /// Questions whose answer does not fit them.
        unfit: Vec<String>,
        /// All questions of the rubric.
        total: usize,
    },
    /// A pairwise rubric names a preference ([`Rubric::preference`]), never a score; and the other way round.
    #[error("a {} rubric gives no such result", kind.name())]
    WrongKind {
        /// The rubric's kind.
        kind: Kind,
    },
}

/// A question with the level that counts for it: of several samples the mean.
type Counted<'a> = (Question<'a>, f64);

impl Rubric {
    /// The score of a ticket, or what is missing for one.
    ///
    /// A criterion that a check sets takes the check's level unless `answers` has one for it: a
    /// person who looked has the last word. With several checks on one criterion the lowest counts.
    pub fn score(
        &self,
        answers: &Answers,
        checks: &[CheckOutcome],
        threshold: Threshold,
    ) -> Result<Score, Unscored> {
        if self.kind == Kind::Pairwise {
            return Err(Unscored::WrongKind { kind: self.kind });
        }
        let counted = self.counted_levels(answers, checks)?;
        Ok(self.scored(counted, checks, threshold))
    }

    /// The score of mean levels, as several samples of one judge give them; `level` says a question's, if it has one.
    /// `None` while a question has none, where one lies off its scale, and of a rubric that compares.
    pub fn score_of_means(
        &self,
        level: impl Fn(&Question<'_>) -> Option<f64>,
        checks: &[CheckOutcome],
        threshold: Threshold,
    ) -> Option<Score> {
        if self.kind == Kind::Pairwise {
            return None;
        }
        let mut counted = Vec::new();
        for question in self.questions() {
            let scale = question.scale()?;
            let level = level(&question)
                .or_else(|| self.level_from_checks(&question, checks).map(f64::from))?;
            let on_scale = (f64::from(scale.min())..=f64::from(scale.max())).contains(&level);
            counted.push(on_scale.then_some((question, level))?);
        }
        (!counted.is_empty()).then(|| self.scored(counted, checks, threshold))
    }

    /// What the levels come to once the checks that failed have had their effect.
    fn scored(
        &self,
        mut counted: Vec<Counted<'_>>,
        checks: &[CheckOutcome],
        threshold: Threshold,
    ) -> Score {
        let failed = |id: &str| {
            checks
                .iter()
                .any(|outcome| outcome.check == id && !outcome.pass)
        };
        let mut zeroed_by = Vec::new();
        for check in self.checks.iter().filter(|check| failed(&check.id)) {
            match check.on_fail {
                OnFail::Zero => {
                    zeroed_by.push(check.id.clone());
                    if check.criterion.is_none() {
                        cap(&mut counted, f64::NEG_INFINITY);
                    }
                }
                OnFail::Cap(level) if check.criterion.is_none() => {
                    cap(&mut counted, f64::from(level));
                }
                OnFail::Cap(_) | OnFail::Note => {}
            }
        }
        let floors_missed: Vec<String> = counted
            .iter()
            .filter(|(question, level)| {
                let floor = question.must_reach.map(f64::from);
                floor.is_some_and(|floor| *level < floor - EPSILON)
            })
            .map(|(question, _)| question.id.to_owned())
            .collect();
        let overall = weighted_mean(&counted);
        let pass = overall >= threshold.value - EPSILON
            && floors_missed.is_empty()
            && zeroed_by.is_empty();
        Score {
            overall,
            pass,
            threshold,
            floors_missed,
            zeroed_by,
        }
    }

    /// Half of what one level moves the score by at least: of one question half a level of its scale (0.1 of 0 to 5, 0.05 of
    /// 0 to 10, 0.5 of yes and no), of several half a level of the one that weighs least by level. Scores that are nearer
    /// differ by no whole level of any question. Half a level of five where no question has levels.
    pub fn half_level(&self) -> f64 {
        let weights: f64 = self.questions().map(|question| question.weight).sum();
        let steps = self.questions().filter_map(|question| {
            let scale = question.scale()?;
            let span = f64::from(scale.max()) - f64::from(scale.min());
            (question.weight > 0.0 && span > 0.0).then(|| question.weight / weights / span)
        });
        steps.reduce(f64::min).map_or(0.1, |step| step / 2.0)
    }

    /// The candidate preferred over all criteria of a pairwise rubric.
    ///
    /// Each criterion gives its weight to the candidate it names; a tie gives none. Equal sums at the
    /// top are a tie.
    pub fn preference(&self, answers: &Answers) -> Result<Choice, Unscored> {
        if self.kind != Kind::Pairwise {
            return Err(Unscored::WrongKind { kind: self.kind });
        }
        let mut incomplete = Incomplete::default();
        let mut votes = std::collections::BTreeMap::<u16, f64>::new();
        for question in self.questions() {
            match answers.get(question.id) {
                Some(Answer::Choice(Choice::Candidate(place))) => {
                    *votes.entry(*place).or_default() += question.weight;
                }
                Some(Answer::Choice(Choice::Tie)) => {}
                other => incomplete.note(question.id, other),
            }
        }
        incomplete.finish(self.questions().count())?;
        let best = votes.values().copied().fold(0.0, f64::max);
        let mut leaders = votes.iter().filter(|(_, sum)| **sum >= best - EPSILON);
        match (leaders.next(), leaders.next()) {
            (Some((place, _)), None) => Ok(Choice::Candidate(*place)),
            _ => Ok(Choice::Tie),
        }
    }

    fn counted_levels(
        &self,
        answers: &Answers,
        checks: &[CheckOutcome],
    ) -> Result<Vec<Counted<'_>>, Unscored> {
        let mut incomplete = Incomplete::default();
        let mut counted = Vec::new();
        for question in self.questions() {
            let answer = answers.get(question.id);
            let level = match answer {
                None => self.level_from_checks(&question, checks),
                Some(answer) => answer
                    .level()
                    .filter(|level| question.scale().is_some_and(|s| s.allows(*level))),
            };
            match level {
                Some(level) => counted.push((question, f64::from(level))),
                None => incomplete.note(question.id, answer),
            }
        }
        incomplete.finish(self.questions().count())?;
        Ok(counted)
    }

    /// The level the question's checks give it; `None` without checks or before all of them ran.
    pub fn level_from_checks(
        &self,
        question: &Question<'_>,
        checks: &[CheckOutcome],
    ) -> Option<i32> {
        let scale = question.scale()?;
        let mut lowest = None;
        for check in self.checks_of(question.id) {
            let outcome = checks.iter().find(|outcome| outcome.check == check.id)?;
            let level = match (outcome.pass, check.on_fail) {
                (true, _) => scale.max(),
                (false, OnFail::Cap(level)) => level.clamp(scale.min(), scale.max()),
                (false, OnFail::Zero | OnFail::Note) => scale.min(),
            };
            lowest = Some(lowest.map_or(level, |so_far: i32| so_far.min(level)));
        }
        lowest
    }
}

/// Lowers every level above `limit` to it, staying inside each question's scale.
fn cap(counted: &mut [Counted<'_>], limit: f64) {
    for (question, level) in counted {
        let floor = question
            .scale()
            .map_or(*level, |scale| f64::from(scale.min()));
        *level = level.min(limit).max(floor);
    }
}

fn weighted_mean(counted: &[Counted<'_>]) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (question, level) in counted {
        sum += question.weight
            * question
                .scale()
                .map_or(0.0, |scale| scale.normalise_mean(*level));
        weights += question.weight;
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}

#[derive(Default)]
struct Incomplete {
    missing: Vec<String>,
    cannot_judge: Vec<String>,
    unfit: Vec<String>,
}

impl Incomplete {
    fn note(&mut self, id: &str, answer: Option<&Answer>) {
        let list = match answer {
            None => &mut self.missing,
            Some(Answer::CannotJudge { .. }) => &mut self.cannot_judge,
            Some(Answer::Level(_) | Answer::Choice(_)) => &mut self.unfit,
        };
        list.push(id.to_owned());
    }

    fn finish(self, total: usize) -> Result<(), Unscored> {
        let Self {
            missing,
            cannot_judge,
            unfit,
        } = self;
        // A rubric without questions has nothing to count; it is refused by the lint and never scored.
        if total > 0 && missing.is_empty() && cannot_judge.is_empty() && unfit.is_empty() {
            return Ok(());
        }
        Err(Unscored::Incomplete {
            missing,
            cannot_judge,
            unfit,
            total,
        })
    }
}

#[cfg(test)]
mod tests;
