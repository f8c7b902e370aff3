//! The rubric form: cursor, levels, numbers typed, candidates in the order they are shown.

use std::collections::BTreeMap;

use crate::domain::rubric::{Answer, Answers, Choice, Question, Rubric, Scale, Score, Takes};
use crate::domain::view::{Draft, JudgeView, TicketDoc};

/// Where the form's cursor is, and what is typed and not yet set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    /// The question under the cursor.
    pub cursor: usize,
    /// The level whose anchor is being read.
    pub peek: Option<i32>,
    /// Digits of a number typed so far.
    pub typed: String,
}

/// What a judge proposes, by question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ghosts(pub BTreeMap<String, Answer>);

impl Ghosts {
    /// The answer of each question a judge scored. Its checks of the whole output answer no question, and where several
    /// samples come to a half neither of the two levels is the judge's: that question stays the reviewer's.
    pub fn of(rubric: &Rubric, judge: &JudgeView) -> Self {
        let JudgeView::Verdicts { verdicts, .. } = judge else {
            return Self::default();
        };
        let scored = verdicts.iter().filter_map(|verdict| {
            let answer = verdict.result.as_ref().ok()?;
            let asked = rubric.question(&verdict.criterion).is_some();
            let half = verdict.spread.is_some_and(|spread| is_half(spread.mean));
            (asked && !half && !answer.is_cannot_judge())
                .then(|| (verdict.criterion.clone(), answer.clone()))
        });
        Self(scored.collect())
    }
}

/// Whether a mean level lies as far from one level as from the next.
fn is_half(mean: f64) -> bool {
    (mean.fract().abs() - 0.5).abs() < 1e-9
}

/// Why a key set no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoLevel {
    /// The scale has no such level.
    #[error("this question takes {min} to {max}")]
    Outside {
        /// Worst level.
        min: i32,
        /// Best level.
        max: i32,
    },
    /// No candidate stands there.
    #[error("there are {0} candidates")]
    NoCandidate(usize),
    /// The question compares candidates.
    #[error("this question compares: a digit chooses, `=` is a tie")]
    Compares,
    /// The question is graded.
    #[error("a tie is for questions that compare")]
    Graded,
    /// The rubric asks nothing.
    #[error("this rubric has no questions")]
    NoQuestion,
}

/// The question under the cursor.
pub fn current<'a>(rubric: &'a Rubric, form: &Form) -> Option<Question<'a>> {
    rubric.questions().nth(form.cursor)
}

/// Places of the questions that still need an answer. A proposal counts as one, a check's level too.
pub fn missing(rubric: &Rubric, answers: &Answers, ghosts: &Ghosts) -> Vec<usize> {
    rubric
        .questions()
        .enumerate()
        .filter(|(_, question)| {
            !question.from_check
                && !answers.contains_key(question.id)
                && !ghosts.0.contains_key(question.id)
        })
        .map(|(at, _)| at)
        .collect()
}

/// What is said where Enter goes to the first of so many open questions.
pub fn missing_words(count: usize) -> String {
    match count {
        1 => "one question is open: here it is".to_owned(),
        count => format!("{count} questions are open: this is the first"),
    }
}

/// The answers a commit would carry: what was entered over what is proposed.
pub fn accepted(answers: &Answers, ghosts: &Ghosts) -> Answers {
    let mut all = ghosts.0.clone();
    all.extend(answers.clone());
    all
}

/// The overall score so far, if every question has a level.
pub fn score(doc: &TicketDoc, answers: &Answers) -> Option<Score> {
    doc.rubric.score(answers, &[], doc.threshold).ok()
}

/// The level a digit stands for: itself, or 10 for `0` where the scale starts at 1 and ends at 10.
pub fn level_of_digit(scale: Scale, digit: u8) -> i32 {
    match (scale.min(), scale.max(), digit) {
        (1, 10, 0) => 10,
        _ => i32::from(digit),
    }
}

/// The candidate shown in this place (from 1), by its place in the ticket's own order.
pub fn candidate(doc: &TicketDoc, shown: usize) -> Option<Choice> {
    let at = *doc.display_order.get(shown.checked_sub(1)?)?;
    Some(Choice::Candidate(u16::try_from(at + 1).ok()?))
}

/// Where a candidate is shown (from 1).
pub fn shown_place(doc: &TicketDoc, choice: Choice) -> Option<usize> {
    let Choice::Candidate(place) = choice else {
        return None;
    };
    let at = usize::from(place).checked_sub(1)?;
    doc.display_order
        .iter()
        .position(|other| *other == at)
        .map(|shown| shown + 1)
}

/// An answer in the words of the screen; candidates by the number they are shown with.
pub fn words(doc: &TicketDoc, answer: &Answer) -> String {
    match answer {
        Answer::Choice(choice @ Choice::Candidate(_)) => {
            shown_place(doc, *choice).map_or_else(|| choice.to_string(), |place| place.to_string())
        }
        answer => answer.to_string(),
    }
}

impl Form {
    /// Moves to another question and stops at the ends.
    pub fn step(&mut self, rubric: &Rubric, by: isize) {
        let last = rubric.questions().count().saturating_sub(1);
        self.go(self.cursor.saturating_add_signed(by).min(last));
    }

    /// Goes to a question.
    pub fn go(&mut self, question: usize) {
        self.cursor = question;
        self.peek = None;
        self.typed.clear();
    }

    /// Takes a digit: sets a level or a candidate, or adds to a number. True if an answer was set.
    pub fn digit(
        &mut self,
        doc: &TicketDoc,
        draft: &mut Draft,
        digit: u8,
    ) -> Result<bool, NoLevel> {
        let question = current(&doc.rubric, self).ok_or(NoLevel::NoQuestion)?;
        match question.takes {
            Takes::Choice => {
                let choice = candidate(doc, usize::from(digit))
                    .ok_or(NoLevel::NoCandidate(doc.display_order.len()))?;
                self.set(doc, draft, question.id, Answer::Choice(choice));
                Ok(true)
            }
            Takes::Level(scale) if scale.typed() => {
                self.type_digit(scale, char::from(b'0' + digit))?;
                Ok(false)
            }
            Takes::Level(scale) => {
                self.level(doc, draft, level_of_digit(scale, digit))?;
                Ok(true)
            }
        }
    }

    fn type_digit(&mut self, scale: Scale, digit: char) -> Result<(), NoLevel> {
        let mut typed = self.typed.clone();
        typed.push(digit);
        let most = scale.max().unsigned_abs().max(scale.min().unsigned_abs());
        let size = typed
            .trim_start_matches('-')
            .parse::<u32>()
            .unwrap_or(u32::MAX);
        if size > most {
            return Err(NoLevel::Outside {
                min: scale.min(),
                max: scale.max(),
            });
        }
        self.typed = typed;
        self.peek = None;
        Ok(())
    }

    /// Starts a negative number where the scale has some; whether it did.
    pub fn minus(&mut self, rubric: &Rubric) -> bool {
        let negative = current(rubric, self)
            .and_then(|question| question.scale())
            .is_some_and(|scale| scale.typed() && scale.min() < 0);
        if negative && self.typed.is_empty() {
            self.typed.push('-');
            return true;
        }
        false
    }

    /// Takes back the last typed digit; whether there was one.
    pub fn erase(&mut self) -> bool {
        self.typed.pop().is_some()
    }

    /// Sets what is typed or read at the cursor. `None` if there is neither.
    pub fn settle(&mut self, doc: &TicketDoc, draft: &mut Draft) -> Option<Result<(), NoLevel>> {
        if !self.typed.is_empty() {
            let typed = std::mem::take(&mut self.typed);
            return Some(match typed.parse() {
                Ok(level) => self.level(doc, draft, level),
                Err(_) => Ok(()),
            });
        }
        let level = self.peek.take()?;
        let question = current(&doc.rubric, self)?;
        if draft.answers.get(question.id) == Some(&Answer::Level(level)) {
            return None;
        }
        Some(self.level(doc, draft, level))
    }

    /// Sets a level of the question under the cursor and goes to the next empty one.
    pub fn level(&mut self, doc: &TicketDoc, draft: &mut Draft, level: i32) -> Result<(), NoLevel> {
        let question = current(&doc.rubric, self).ok_or(NoLevel::NoQuestion)?;
        let scale = question.scale().ok_or(NoLevel::Compares)?;
        if !scale.allows(level) {
            return Err(NoLevel::Outside {
                min: scale.min(),
                max: scale.max(),
            });
        }
        self.set(doc, draft, question.id, Answer::Level(level));
        Ok(())
    }

    /// Sets the best or the worst level.
    pub fn extreme(
        &mut self,
        doc: &TicketDoc,
        draft: &mut Draft,
        best: bool,
    ) -> Result<(), NoLevel> {
        let question = current(&doc.rubric, self).ok_or(NoLevel::NoQuestion)?;
        let scale = question.scale().ok_or(NoLevel::Compares)?;
        self.level(doc, draft, if best { scale.max() } else { scale.min() })
    }

    /// Calls it a tie.
    pub fn tie(&mut self, doc: &TicketDoc, draft: &mut Draft) -> Result<(), NoLevel> {
        let question = current(&doc.rubric, self).ok_or(NoLevel::NoQuestion)?;
        if question.takes != Takes::Choice {
            return Err(NoLevel::Graded);
        }
        self.set(doc, draft, question.id, Answer::Choice(Choice::Tie));
        Ok(())
    }

    /// Answers a question and goes to the next empty one.
    pub fn set(&mut self, doc: &TicketDoc, draft: &mut Draft, id: &str, answer: Answer) {
        draft.answers.insert(id.to_owned(), answer);
        self.peek = None;
        self.typed.clear();
        let open = missing(&doc.rubric, &draft.answers, &Ghosts::default());
        let next = open
            .iter()
            .find(|at| **at > self.cursor)
            .or_else(|| open.first());
        if let Some(next) = next {
            self.cursor = *next;
        }
    }

    /// Reads the next anchor up or down the scale without setting anything.
    pub fn read(&mut self, doc: &TicketDoc, draft: &Draft, by: i32) -> Result<(), NoLevel> {
        let question = current(&doc.rubric, self).ok_or(NoLevel::NoQuestion)?;
        let scale = question.scale().ok_or(NoLevel::Compares)?;
        let given = draft.answers.get(question.id).and_then(Answer::level);
        let at = match self.peek.or(given) {
            Some(level) => level.saturating_add(by),
            None if by > 0 => scale.min(),
            None => scale.max(),
        };
        self.typed.clear();
        self.peek = Some(at.clamp(scale.min(), scale.max()));
        Ok(())
    }
}
