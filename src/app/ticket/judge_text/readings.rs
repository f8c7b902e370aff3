//! What several readings of one question come to: the level with how many it rests on, and what each of them said.

use std::fmt::Write as _;

use super::super::TicketState;
use super::super::form::words;
use super::unscored;
use crate::domain::rubric::Answer;
use crate::domain::view::{Reading, VerdictView};

/// `3 of 5`; of several readings how many gave a level, how far they lie apart, and why the others gave none.
pub(super) fn level(ticket: &TicketState, verdict: &VerdictView, answer: &Answer) -> String {
    let said = one(ticket, verdict, answer);
    let all = verdict.readings.len();
    let given = verdict
        .readings
        .iter()
        .filter(|reading| answers(reading))
        .count();
    let counted = |of: usize| {
        if of < all {
            format!("{of} of {all}")
        } else {
            of.to_string()
        }
    };
    let mut line = match (verdict.spread, given) {
        (Some(spread), _) if spread.low == spread.high => {
            format!(
                "{said}, {} readings agree",
                counted(spread.samples as usize)
            )
        }
        (Some(spread), _) => format!(
            "{:.1}{}, {} readings from {} to {}",
            spread.mean,
            of(ticket, verdict, answer),
            counted(spread.samples as usize),
            spread.low,
            spread.high
        ),
        (None, 0) => said,
        (None, _) => {
            let same = |reading: &&Reading| reading.result.as_ref() == Ok(answer);
            match verdict.readings.iter().filter(same).count() {
                0 => format!("{said}, {} readings differ", counted(given)),
                votes if votes == all => format!("{said}, {votes} readings agree"),
                1 => format!("{said}, from 1 of {all} readings"),
                votes => format!("{said}, {votes} of {all} readings"),
            }
        }
    };
    let missing = verdict.readings.iter().filter(|reading| !answers(reading));
    let mut classes: Vec<(String, usize)> = Vec::new();
    for why in missing.map(why_not) {
        match classes.iter_mut().find(|(known, _)| *known == why) {
            Some((_, count)) => *count += 1,
            None => classes.push((why, 1)),
        }
    }
    for (why, count) in classes {
        let _ = write!(line, "; {count} {why}");
    }
    line
}

/// Whether a reading has a level or a choice.
fn answers(reading: &Reading) -> bool {
    matches!(reading.result, Ok(Answer::Level(_) | Answer::Choice(_)))
}

fn why_not(reading: &Reading) -> String {
    match &reading.result {
        Ok(_) => unscored("cannot_judge"),
        Err(class) => unscored(class),
    }
}

/// An answer with the top of its scale.
fn one(ticket: &TicketState, verdict: &VerdictView, answer: &Answer) -> String {
    let doc = ticket.doc.as_ref();
    let said = doc.map_or_else(|| answer.to_string(), |doc| words(doc, answer));
    format!("{said}{}", of(ticket, verdict, answer))
}

fn of(ticket: &TicketState, verdict: &VerdictView, answer: &Answer) -> String {
    let doc = ticket.doc.as_ref();
    let scale = doc.and_then(|doc| doc.rubric.question(&verdict.criterion)?.scale());
    match (answer, scale) {
        (Answer::Level(_), Some(scale)) => format!(" of {}", scale.max()),
        _ => String::new(),
    }
}

/// Which of several readings the words are of.
pub(super) fn speaker(verdict: &VerdictView) -> Option<String> {
    let all = verdict.readings.len();
    (all > 1).then(|| format!("reading {} of {all} says", verdict.reading))
}

/// What the other readings said, a paragraph each.
pub(super) fn others(ticket: &TicketState, verdict: &VerdictView, text: &mut String) {
    for (at, reading) in verdict.readings.iter().enumerate() {
        if at + 1 == verdict.reading as usize {
            continue;
        }
        let said = match &reading.result {
            Ok(answer) if answers(reading) => one(ticket, verdict, answer),
            _ => why_not(reading),
        };
        let _ = write!(
            text,
            "**{}**, reading {} of {}: {said}\n\n",
            verdict.criterion,
            at + 1,
            verdict.readings.len()
        );
        if !reading.reasoning.is_empty() {
            let _ = write!(text, "{}\n\n", reading.reasoning);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{EvalId, VerdictId};
    use crate::domain::rubric::Choice;
    use crate::domain::view::Spread;

    fn of(results: &[Result<i32, &str>], spread: Option<Spread>) -> String {
        let read = |result: &Result<i32, &str>| Reading {
            result: result.map(Answer::Level).map_err(str::to_owned),
            reasoning: format!("why {result:?}"),
        };
        let first = Answer::Level(results.iter().find_map(|one| one.ok()).unwrap_or(0));
        let verdict = VerdictView {
            readings: results.iter().map(read).collect(),
            spread,
            ..VerdictView::new(VerdictId([1; 16]), "m", "tone", Ok(first.clone()))
        };
        level(
            &TicketState::loading(EvalId([1; 16]), false),
            &verdict,
            &first,
        )
    }

    fn spread(samples: u32, mean: f64, (low, high): (i32, i32)) -> Spread {
        Spread {
            samples,
            mean,
            low,
            high,
        }
    }

    #[test]
    fn a_level_says_on_how_many_of_the_readings_it_rests_and_why_the_others_gave_none() {
        let bad = Err("unparsable");
        for (results, spread, expected) in [
            (
                vec![Ok(5), bad, bad],
                None,
                "5, from 1 of 3 readings; 2 not scored: the reply holds no answer that can be read",
            ),
            (
                vec![Ok(4), Err("refusal"), Ok(4)],
                Some(spread(2, 4.0, (4, 4))),
                "4, 2 of 3 readings agree; 1 not scored: the judge refused to answer",
            ),
            (
                vec![Ok(4), Ok(2)],
                Some(spread(2, 3.0, (2, 4))),
                "3.0, 2 readings from 2 to 4",
            ),
            (
                vec![Ok(4), Ok(4)],
                Some(spread(2, 4.0, (4, 4))),
                "4, 2 readings agree",
            ),
        ] {
            assert_eq!(of(&results, spread), expected);
        }
    }

    #[test]
    fn choices_say_how_many_made_them() {
        let choice = |place| Answer::Choice(Choice::Candidate(place));
        let of = |made: &[Answer], shown: Answer| {
            let readings = made.iter().cloned().map(|answer| Reading {
                result: Ok(answer),
                reasoning: String::new(),
            });
            let verdict = VerdictView {
                readings: readings.collect(),
                ..VerdictView::new(VerdictId([1; 16]), "m", "better", Ok(shown.clone()))
            };
            level(
                &TicketState::loading(EvalId([1; 16]), false),
                &verdict,
                &shown,
            )
        };
        let made = [choice(1), choice(2), choice(2)];
        assert!(of(&made, choice(2)).ends_with(", 2 of 3 readings"));
        assert!(of(&made[1..], choice(2)).ends_with(", 2 readings agree"));
        assert!(of(&made[..2], Answer::Choice(Choice::Tie)).ends_with(", 2 readings differ"));
    }
}
