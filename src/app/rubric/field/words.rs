//! Scales, numbers and answers as people write them.

use crate::domain::rubric::{Answer, Choice, Question, Scale, Takes};

pub(super) fn scale_words(scale: Scale) -> String {
    match scale {
        Scale::Binary => "yes or no".to_owned(),
        Scale::Level5 => "0-5".to_owned(),
        Scale::Range { min, max } => format!("{min}-{max}"),
    }
}

/// Reads a scale as people write it.
pub fn scale(text: &str) -> Result<Scale, String> {
    match text.trim().to_lowercase().as_str() {
        "yes or no" | "yes/no" | "yes" | "pass or fail" | "pass/fail" => Ok(Scale::Binary),
        "0-5" => Ok(Scale::Level5),
        other => other
            .parse()
            .map_err(|error| format!("{error}; write `yes or no`, `0-5` or `1-10`")),
    }
}

pub(super) fn answer_words(answer: &Answer) -> String {
    match answer {
        Answer::Choice(Choice::Candidate(number)) => number.to_string(),
        other => other.to_string(),
    }
}

pub(super) fn number<T: std::str::FromStr>(text: &str, what: &str) -> Result<Option<T>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| what.to_owned())
}

pub(super) fn read_answer(question: &Question<'_>, text: &str) -> Result<Option<Answer>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match question.takes {
        Takes::Choice if text == "tie" => Ok(Some(Answer::Choice(Choice::Tie))),
        Takes::Choice => text
            .parse()
            .map(|number| Some(Answer::Choice(Choice::Candidate(number))))
            .map_err(|_| "the number of the better output, or `tie`".to_owned()),
        Takes::Level(scale) => match text.parse() {
            Ok(level) if scale.allows(level) => Ok(Some(Answer::Level(level))),
            _ => Err(format!("a level from {} to {}", scale.min(), scale.max())),
        },
    }
}
