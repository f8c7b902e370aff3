//! Both orders of a comparison to one preference, and the comparisons of several candidates to one winner.
//!
//! What several samples of one question come to is said by `domain::standing` alone.

use std::collections::BTreeMap;

use super::nonce::Order;
use super::prompt::Pair;
use crate::domain::comparison;
use crate::domain::rubric::{Answer, Choice};
use crate::domain::verdict::{Flag, Outcome, Verdict};

/// A preference from both orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference {
    /// Who is preferred.
    pub choice: Choice,
    /// Whether the two orders disagreed; the choice is then a tie.
    pub order_sensitive: bool,
    /// Which slot was preferred each time (`A` or `B`); for the share of first slots.
    pub slots: [Option<char>; 2],
}

/// One comparison asked in both orders; `None` unless both have an answer.
///
/// The same candidate twice wins. Anything else is a tie, flagged unless both orders said tie.
pub fn both_orders(
    given: &Outcome,
    swapped: &Outcome,
    first: u16,
    second: u16,
) -> Option<Preference> {
    let (one, two) = (given.answer()?.choice()?, swapped.answer()?.choice()?);
    let slot = |choice: Choice, order: Order| {
        let pair = Pair::of(first, second, order);
        match choice {
            Choice::Candidate(place) if place == pair.a => Some('A'),
            Choice::Candidate(place) if place == pair.b => Some('B'),
            Choice::Candidate(_) | Choice::Tie => None,
        }
    };
    Some(Preference {
        choice: if one == two { one } else { Choice::Tie },
        order_sensitive: one != two,
        slots: [slot(one, Order::AsGiven), slot(two, Order::Swapped)],
    })
}

/// The verdict of a comparison from the verdicts of both orders. Where one has no answer, that is the outcome.
pub fn pairwise_verdict(given: &Verdict, swapped: &Verdict, first: u16, second: u16) -> Verdict {
    let both = both_orders(&given.outcome, &swapped.outcome, first, second);
    let Some(preference) = both else {
        let failed = if given.outcome.answer().is_none() {
            given
        } else {
            swapped
        };
        return failed.clone();
    };
    let mut verdict = Verdict {
        outcome: Outcome::Scored(Answer::Choice(preference.choice)),
        slots: preference
            .slots
            .map(|slot| slot.unwrap_or('-'))
            .iter()
            .collect(),
        ..given.clone()
    };
    for flag in &swapped.flags {
        verdict.flag(*flag);
    }
    verdict.evidence.extend(
        swapped
            .evidence
            .iter()
            .filter(|quote| !given.evidence.contains(quote))
            .cloned(),
    );
    if preference.order_sensitive {
        verdict.flag(Flag::OrderSensitive);
        verdict.reasoning = comparison::both(&given.reasoning, &swapped.reasoning);
    }
    verdict
}

/// The candidate that wins most of its comparisons, alone; else a tie. For more than two candidates.
pub fn round_robin(results: &[(u16, u16, Choice)]) -> Choice {
    let mut wins = BTreeMap::<u16, usize>::new();
    for (_, _, choice) in results {
        if let Choice::Candidate(place) = choice {
            *wins.entry(*place).or_default() += 1;
        }
    }
    let best = wins.values().copied().max().unwrap_or(0);
    let mut leaders = wins.iter().filter(|(_, count)| **count == best);
    match (leaders.next(), leaders.next()) {
        (Some((place, _)), None) => Choice::Candidate(*place),
        _ => Choice::Tie,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::Class;

    fn choice(choice: Choice) -> Verdict {
        Verdict {
            reasoning: "why".to_owned(),
            ..Verdict::new("better", Outcome::Scored(Answer::Choice(choice)))
        }
    }

    #[test]
    fn a_judge_that_always_prefers_the_first_slot_gives_ties() {
        let verdict = pairwise_verdict(
            &choice(Choice::Candidate(1)),
            &choice(Choice::Candidate(2)),
            1,
            2,
        );
        assert_eq!(
            verdict.outcome,
            Outcome::Scored(Answer::Choice(Choice::Tie))
        );
        assert_eq!(verdict.flags, [Flag::OrderSensitive]);
        let both = both_orders(
            &choice(Choice::Candidate(1)).outcome,
            &choice(Choice::Candidate(2)).outcome,
            1,
            2,
        );
        assert_eq!(both.unwrap().slots, [Some('A'), Some('A')]);
        let same = pairwise_verdict(
            &choice(Choice::Candidate(2)),
            &choice(Choice::Candidate(2)),
            1,
            2,
        );
        assert_eq!(
            same.outcome,
            Outcome::Scored(Answer::Choice(Choice::Candidate(2)))
        );
        assert!(same.flags.is_empty());
        let failed = Verdict::unscored("better", Class::Ambiguous, "two");
        assert_eq!(pairwise_verdict(&same, &failed, 1, 2), failed);
    }

    #[test]
    fn of_several_candidates_only_a_clear_leader_is_preferred() {
        let win = Choice::Candidate;
        assert_eq!(
            round_robin(&[(1, 2, win(1)), (1, 3, win(1)), (2, 3, win(3))]),
            win(1)
        );
        assert_eq!(
            round_robin(&[(1, 2, win(1)), (1, 3, win(3)), (2, 3, win(2))]),
            Choice::Tie
        );
        assert_eq!(round_robin(&[]), Choice::Tie);
    }
}
