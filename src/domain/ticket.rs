//! Ticket states and the moves between them: one total function.

use serde::{Deserialize, Serialize};

/// Where a ticket stands, by its human seats alone.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has reviewed it.
    #[default]
    Open,
    /// Reviewed, by fewer people than the eval asks for.
    Partial,
    /// The reviewers differ; a third person decides.
    Adjudicate,
    /// Put aside with a reason.
    Deferred,
    /// Handed up.
    Escalated,
    /// Settled.
    Done,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::Partial,
        Self::Adjudicate,
        Self::Deferred,
        Self::Escalated,
        Self::Done,
    ];

    /// As stored and as typed in a filter.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Partial => "partial",
            Self::Adjudicate => "adjudicate",
            Self::Deferred => "deferred",
            Self::Escalated => "escalated",
            Self::Done => "done",
        }
    }

    /// Reads a stored name.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether a reviewer can still be shown the ticket as the next one.
    pub fn waits(self) -> bool {
        matches!(self, Self::Open | Self::Partial)
    }
}

/// What a decision asks of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// A human review that leaves seats free.
    ReviewSome,
    /// The last review asked for, and the reviewers agree.
    ReviewAgreed,
    /// The last review asked for, and the reviewers differ.
    ReviewDiffering,
    /// Put aside.
    Defer,
    /// Hand up.
    Escalate,
    /// Decide a disagreement or an escalation.
    Adjudicate,
    /// Settle it on a judge's word, because a routing rule says so.
    Close,
}

impl Move {
    /// Every move.
    pub const ALL: [Self; 7] = [
        Self::ReviewSome,
        Self::ReviewAgreed,
        Self::ReviewDiffering,
        Self::Defer,
        Self::Escalate,
        Self::Adjudicate,
        Self::Close,
    ];
}

/// The state after a move; `None` where the move is refused.
///
/// A review always counts, whatever the state: it settles a deferred ticket and cannot unsettle an
/// adjudicated one. A judge's word closes only what nobody has begun. `done` is left by undo only, which folds
/// the ticket anew.
#[allow(
    clippy::match_same_arms,
    reason = "one line a state and move reads as the table it is"
)]
pub fn after(state: State, step: Move) -> Option<State> {
    use State::{Adjudicate, Deferred, Done, Escalated, Open, Partial};
    match (state, step) {
        (Done, Move::ReviewSome | Move::ReviewAgreed | Move::ReviewDiffering) => Some(Done),
        (Done, Move::Defer | Move::Escalate | Move::Adjudicate | Move::Close) => None,
        (Escalated, Move::ReviewSome | Move::ReviewAgreed | Move::ReviewDiffering) => {
            Some(Escalated)
        }
        (Adjudicate, Move::ReviewSome | Move::ReviewAgreed | Move::ReviewDiffering) => {
            Some(Adjudicate)
        }
        (Open | Partial | Deferred, Move::ReviewSome) => Some(Partial),
        (Open | Partial | Deferred, Move::ReviewAgreed) => Some(Done),
        (Open | Partial | Deferred, Move::ReviewDiffering) => Some(Adjudicate),
        (Open | Partial | Adjudicate, Move::Defer) => Some(Deferred),
        (Deferred | Escalated, Move::Defer) => None,
        (Open | Partial | Deferred | Adjudicate, Move::Escalate) => Some(Escalated),
        (Escalated, Move::Escalate) => None,
        (Adjudicate | Escalated, Move::Adjudicate) => Some(Done),
        (Open | Partial | Deferred, Move::Adjudicate) => None,
        (Open, Move::Close) => Some(Done),
        (Partial | Adjudicate | Deferred | Escalated, Move::Close) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table, written out: a changed rule must change this test.
    #[test]
    #[allow(clippy::too_many_lines, reason = "a table")]
    fn every_state_and_move_has_one_answer() {
        use State::*;
        let table: [(State, [Option<State>; 7]); 6] = [
            (
                Open,
                [
                    Some(Partial),
                    Some(Done),
                    Some(Adjudicate),
                    Some(Deferred),
                    Some(Escalated),
                    None,
                    Some(Done),
                ],
            ),
            (
                Partial,
                [
                    Some(Partial),
                    Some(Done),
                    Some(Adjudicate),
                    Some(Deferred),
                    Some(Escalated),
                    None,
                    None,
                ],
            ),
            (
                Adjudicate,
                [
                    Some(Adjudicate),
                    Some(Adjudicate),
                    Some(Adjudicate),
                    Some(Deferred),
                    Some(Escalated),
                    Some(Done),
                    None,
                ],
            ),
            (
                Deferred,
                [
                    Some(Partial),
                    Some(Done),
                    Some(Adjudicate),
                    None,
                    Some(Escalated),
                    None,
                    None,
                ],
            ),
            (
                Escalated,
                [
                    Some(Escalated),
                    Some(Escalated),
                    Some(Escalated),
                    None,
                    None,
                    Some(Done),
                    None,
                ],
            ),
            (
                Done,
                [Some(Done), Some(Done), Some(Done), None, None, None, None],
            ),
        ];
        for (state, row) in table {
            for (step, expected) in Move::ALL.into_iter().zip(row) {
                assert_eq!(after(state, step), expected, "{state:?} {step:?}");
            }
        }
    }

    #[test]
    fn names_read_back() {
        for state in State::ALL {
            assert_eq!(State::read(state.name()), Some(state));
        }
        assert_eq!(State::read("closed"), None);
    }
}
