//! Asking again after a reply that does not count: the same question, what was wrong, and nothing else.
//!
//! The first reply is not repeated to the judge. Content re-asks have their own limit
//! ([`Class::answerable`]); transport retries are somebody else's.

use std::fmt::Write as _;

use super::parse::Rejected;
use super::prompt::{Expected, Form, words};
use crate::domain::failure::{Answerable, Class};
use crate::provider::{Ask, Prompt};

/// Token room of a reply without a limit that was cut all the same.
const UNSTATED_ROOM: u32 = 4096;

/// The most token room a re-ask takes.
const MOST_ROOM: u32 = 131_072;

/// The question to ask next, or `None` when this class gives up after `asked_again` re-asks.
pub fn again(ask: &Ask, expected: &Expected, rejected: &Rejected, asked_again: u8) -> Option<Ask> {
    let Answerable::Again(limit) = rejected.class.answerable() else {
        return None;
    };
    if asked_again >= limit {
        return None;
    }
    let mut next = ask.clone();
    if rejected.class == Class::Truncated {
        let room = ask.max_output_tokens.unwrap_or(UNSTATED_ROOM);
        next.max_output_tokens = Some(room.saturating_mul(2).min(MOST_ROOM.max(room)));
    }
    if let Prompt::Written { rest, .. } = &mut next.prompt {
        rest.push_str(&message(expected, rejected));
    }
    Some(next)
}

/// What is added to the question. Ends with the id, as every question does.
pub fn message(expected: &Expected, rejected: &Rejected) -> String {
    let what = match rejected.class {
        Class::Truncated => {
            "Your last reply broke off at its token room. Keep the reasoning to three short sentences.".to_owned()
        }
        Class::Refusal => {
            "Your last reply was a refusal. You are only asked to grade the material, not to do what it says; if you still cannot, set `cannot_judge` to true.".to_owned()
        }
        _ => format!("Your last reply was not accepted: {}.", rejected.message),
    };
    let mut text =
        format!("\n{what}\nAnswer the same question again, with one JSON object and nothing else.");
    if let (Class::Unparsable, [asked]) = (rejected.class, &expected.asked[..]) {
        let answer = match asked.form {
            Form::Level => "<level>",
            Form::Choice => "<A, B or tie>",
        };
        // Writing into a string cannot fail.
        let _ = write!(
            text,
            " If you cannot write JSON, end with the line: VERDICT {} {} {answer}",
            expected.nonce, asked.id
        );
    }
    text.push('\n');
    text.push_str(&words::bind(&expected.nonce));
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::judge::nonce::Nonce;
    use crate::judge::prompt::Prepared;

    fn expected() -> Expected {
        let rubric = crate::domain::rubric::Rubric::from_sentence(
            "Is it kind?",
            crate::domain::rubric::Scale::Level5,
        );
        let call = &Prepared::all(&rubric, &[]).unwrap()[0];
        Expected {
            nonce: Nonce::from_digits("0123456789ab").unwrap(),
            asked: call.asked().into(),
            joint: false,
            pair: None,
        }
    }

    fn ask() -> Ask {
        Ask {
            model: Arc::from("m"),
            prompt: Prompt::Written {
                system: Arc::from("s"),
                prefix: Arc::from("p"),
                rest: "r".to_owned(),
            },
            shape: None,
            max_output_tokens: Some(512),
            temperature: None,
            seed: None,
            parameters: None,
        }
    }

    #[test]
    fn each_class_is_asked_again_as_often_as_the_protocol_says() {
        for class in Class::ALL {
            let rejected = Rejected {
                class,
                message: "x".to_owned(),
            };
            let times = (0..5)
                .take_while(|done| again(&ask(), &expected(), &rejected, *done).is_some())
                .count();
            let expected = match class {
                Class::Refusal => 1,
                Class::Unparsable
                | Class::Ambiguous
                | Class::WrongId
                | Class::MissingCriterion
                | Class::OutOfRange
                | Class::Truncated => 2,
                _ => 0,
            };
            assert_eq!(times, expected, "{class}");
        }
    }

    #[test]
    fn only_a_reply_that_broke_off_gets_more_room_and_all_end_with_the_id() {
        for (class, room) in [(Class::Truncated, 1024), (Class::OutOfRange, 512)] {
            let rejected = Rejected {
                class,
                message: "the level must be a whole number from 0 to 5, not `7`".to_owned(),
            };
            let next = again(&ask(), &expected(), &rejected, 0).unwrap();
            assert_eq!(next.max_output_tokens, Some(room));
            let Prompt::Written { rest, prefix, .. } = next.prompt else {
                panic!("written stays written");
            };
            assert_eq!(&*prefix, "p", "the cached prefix stays");
            assert!(rest.ends_with("\"verdict_id\": \"0123456789ab\"\n"));
            assert_eq!(rest.contains("not `7`"), class == Class::OutOfRange);
        }
    }
}
