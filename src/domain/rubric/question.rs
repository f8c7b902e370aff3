//! Criteria and requirements seen in one form: what is asked, and what answers it takes.

use std::collections::BTreeMap;

use super::{Answer, AnswerError, Choice, Kind, Rubric, Scale};

/// What a question is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A level of this scale.
    Level(Scale),
    /// The best candidate, or a tie.
    Choice,
}

/// One question of a rubric, borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question<'a> {
    /// Id of the criterion or requirement.
    pub id: &'a str,
    /// What the reviewer reads.
    pub text: &'a str,
    /// What answers it.
    pub takes: Takes,
    /// Share in the overall score relative to the others.
    pub weight: f64,
    /// Level below which the ticket fails whatever its score.
    pub must_reach: Option<i32>,
    /// What each level means; `None` for requirements.
    pub anchors: Option<&'a BTreeMap<i32, String>>,
    /// Whether a check sets the level, so that nobody needs to be asked.
    pub from_check: bool,
}

impl Question<'_> {
    /// The scale, unless candidates are compared.
    pub fn scale(&self) -> Option<Scale> {
        match self.takes {
            Takes::Level(scale) => Some(scale),
            Takes::Choice => None,
        }
    }

    /// What a level means, in the rubric's words or, for a requirement, `met` and `not met`.
    pub fn anchor(&self, level: i32) -> Option<&str> {
        match self.anchors {
            Some(anchors) => anchors.get(&level).map(String::as_str),
            None if level == 1 => Some("met"),
            None if level == 0 => Some("not met"),
            None => None,
        }
    }
}

impl Rubric {
    /// Every question in the order it is asked: criteria, then requirements.
    pub fn questions(&self) -> impl Iterator<Item = Question<'_>> {
        let takes = |scale| match self.kind {
            Kind::Pairwise => Takes::Choice,
            Kind::Direct | Kind::Adherence => Takes::Level(scale),
        };
        let criteria = self.criteria.iter().map(move |criterion| Question {
            id: &criterion.id,
            text: &criterion.question,
            takes: takes(criterion.scale),
            weight: criterion.weight,
            must_reach: criterion.must_reach,
            anchors: Some(&criterion.anchors),
            from_check: self.checks_of(&criterion.id).next().is_some(),
        });
        let requirements = self.requirements.iter().map(|requirement| Question {
            id: &requirement.id,
            text: &requirement.text,
            takes: Takes::Level(Scale::Binary),
            weight: 1.0,
            must_reach: None,
            anchors: None,
            from_check: self.checks_of(&requirement.id).next().is_some(),
        });
        criteria.chain(requirements)
    }

    /// The question with this id.
    pub fn question(&self, id: &str) -> Option<Question<'_>> {
        self.questions().find(|question| question.id == id)
    }

    /// Whether `answer` may be given to the question `id` on a ticket with so many candidates
    /// (1 unless the rubric is pairwise).
    pub fn check_answer(
        &self,
        id: &str,
        answer: &Answer,
        candidates: usize,
    ) -> Result<(), AnswerError> {
        let id = id.to_owned();
        let Some(question) = self.question(&id) else {
            return Err(AnswerError::UnknownQuestion { id });
        };
        match (question.takes, answer) {
            (_, Answer::CannotJudge { .. }) | (Takes::Choice, Answer::Choice(Choice::Tie)) => {
                Ok(())
            }
            (Takes::Level(scale), Answer::Level(level)) if scale.allows(*level) => Ok(()),
            (Takes::Level(scale), Answer::Level(level)) => Err(AnswerError::OutsideScale {
                id,
                level: *level,
                min: scale.min(),
                max: scale.max(),
            }),
            (Takes::Choice, Answer::Choice(Choice::Candidate(place))) => {
                if (1..=candidates).contains(&usize::from(*place)) {
                    Ok(())
                } else {
                    Err(AnswerError::NoSuchCandidate {
                        id,
                        place: *place,
                        candidates,
                    })
                }
            }
            (Takes::Level(_), Answer::Choice(_)) => Err(AnswerError::WrongKind {
                id,
                expected: "a level",
                given: "a choice",
            }),
            (Takes::Choice, Answer::Level(_)) => Err(AnswerError::WrongKind {
                id,
                expected: "a choice",
                given: "a level",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Criterion, Requirement};
    use super::*;

    #[test]
    fn a_requirement_is_a_question_with_two_levels() {
        let mut rubric = Rubric::empty("r");
        rubric.kind = Kind::Adherence;
        rubric.requirements.push(Requirement {
            id: "dose".into(),
            text: "Names the dose".into(),
        });
        let question = rubric.question("dose").unwrap();
        assert_eq!(question.takes, Takes::Level(Scale::Binary));
        assert_eq!(question.anchor(1), Some("met"));
        assert_eq!(question.anchor(0), Some("not met"));
        assert_eq!(question.anchor(2), None);
    }

    #[test]
    fn answers_that_do_not_fit_their_question_are_refused() {
        let mut direct = Rubric::empty("r");
        direct
            .criteria
            .push(Criterion::new("tone", "Is it kind?", Scale::Level5));
        let mut pairwise = direct.clone();
        pairwise.kind = Kind::Pairwise;
        let cannot = Answer::CannotJudge {
            reason: String::new(),
        };
        let choice = |place| Answer::Choice(Choice::Candidate(place));
        for (rubric, id, answer, fits) in [
            (&direct, "tone", Answer::Level(5), true),
            (&direct, "tone", Answer::Level(6), false),
            (&direct, "tone", Answer::Level(-1), false),
            (&direct, "tone", cannot.clone(), true),
            (&direct, "tone", choice(1), false),
            (&direct, "kindness", Answer::Level(1), false),
            (&pairwise, "tone", choice(2), true),
            (&pairwise, "tone", choice(3), false),
            (&pairwise, "tone", choice(0), false),
            (&pairwise, "tone", Answer::Choice(Choice::Tie), true),
            (&pairwise, "tone", Answer::Level(1), false),
            (&pairwise, "tone", cannot, true),
        ] {
            assert_eq!(
                rubric.check_answer(id, &answer, 2).is_ok(),
                fits,
                "{id} {answer:?}"
            );
        }
    }
}
