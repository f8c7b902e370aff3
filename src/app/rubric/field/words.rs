//! Scales, numbers and answers as people write them.

use crate::domain::rubric::{Answer, Choice, Kind, Question, Rubric, Scale, Takes};

/// A question as the form heads it: `question 2`. Ids are words of the file.
pub fn question_words(rubric: &Rubric, at: usize) -> String {
    let noun = match rubric.kind {
        Kind::Adherence => "requirement",
        Kind::Direct | Kind::Pairwise => "question",
    };
    format!("{noun} {}", at + 1)
}

/// The id of a question that is named as the form heads it, by its number or by its id.
pub fn question_named<'r>(rubric: &'r Rubric, text: &str) -> Option<&'r str> {
    let text = text.trim();
    let mut all = rubric.questions().enumerate();
    let found = all.find(|(at, one)| {
        one.id == text || question_words(rubric, *at) == text || (at + 1).to_string() == text
    });
    found.map(|(_, one)| one.id)
}

/// What is said of a rubric in the words of its file, in those of the form: questions and examples by their numbers.
/// `place` is where in the file it is said of, as far as that is known.
pub fn in_form(rubric: &Rubric, message: &str, place: &str) -> String {
    let mut said = message.to_owned();
    for (at, one) in rubric.questions().enumerate() {
        let words = question_words(rubric, at);
        let id = format!("`{}`", one.id);
        for noun in ["criterion ", "requirement ", ""] {
            said = said.replace(&format!("{noun}{id}"), &words);
        }
    }
    let example = place.strip_prefix("example[").and_then(|rest| {
        let number: usize = rest.split(']').next()?.parse().ok()?;
        Some(format!("example {}", number + 1))
    });
    match example {
        Some(example) => said.replace("this example", &example),
        None => said,
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_the_numbers_the_form_shows() {
        let mut rubric = Rubric::from_sentence("Is it right?", Scale::Level5);
        let id = rubric.criteria[0].id.clone();
        let said = format!("criterion `{id}` does not say what 1 means");
        let expected = "question 1 does not say what 1 means";
        assert_eq!(in_form(&rubric, &said, "criterion[0]"), expected);
        let said = format!("this example leaves `{id}` unanswered");
        assert_eq!(
            in_form(&rubric, &said, "example[1]"),
            "example 2 leaves question 1 unanswered"
        );
        for text in ["question 1", "1", id.as_str()] {
            assert_eq!(question_named(&rubric, text), Some(id.as_str()), "{text}");
        }
        assert_eq!(question_named(&rubric, "question 2"), None);
        rubric.kind = Kind::Adherence;
        assert_eq!(question_words(&rubric, 1), "requirement 2");
    }
}
