//! The reviews everything rests on, and those that do not count.

use serde::Serialize;

use super::super::super::ids::TicketId;

/// Which reviews count, and which do not.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Basis {
    /// Tickets with at least one review that counts.
    pub tickets: u64,
    /// Of these, tickets of complete imported label sets.
    pub census: u64,
    /// Tickets the prefixes of the plans hold: those before the first open one.
    pub prefix: u64,
    /// Tickets in all plans.
    pub planned: u64,
    /// The ticket the prefix waits for.
    pub first_open: Option<TicketId>,
    /// Reviews behind it, which count once it is settled.
    pub waiting: u64,
    /// Who reviewed, and how many reviews of each count.
    pub reviewers: Vec<Reviewer>,
    /// Reviews that do not count, by reason.
    pub left_out: Vec<LeftOut>,
    /// Whether tickets had different chances to be reviewed, and so stand for different numbers of tickets.
    pub weighted: bool,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reviewer {
    /// Name.
    pub name: String,
    /// Reviews that count.
    pub reviews: u64,
}

/// Reviews that do not count, for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Why.
    pub reason: Reason,
    /// How many.
    pub reviews: u64,
}

/// Why a review does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Judge, model names or other reviews were visible.
    Assisted,
    /// Taken out of the plan's order.
    AdHoc,
    /// A practice ticket.
    Practice,
    /// Behind the first open ticket of the plan.
    Waiting,
    /// A second opinion without a first one.
    SecondLook,
    /// Given under another version of the rubric.
    OtherRubric,
    /// Imported, and not every ticket of the set is labelled by that person.
    IncompleteSet,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Assisted,
        Self::AdHoc,
        Self::Practice,
        Self::Waiting,
        Self::SecondLook,
        Self::OtherRubric,
        Self::IncompleteSet,
    ];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Assisted => "assisted: the judge or a name was visible",
            Self::AdHoc => "ad hoc: picked, and the plan has not come to it",
            Self::Practice => "practice",
            Self::Waiting => "waiting: behind the first open ticket of the plan",
            Self::SecondLook => "second opinion without a first one",
            Self::OtherRubric => "given under another version of the rubric",
            Self::IncompleteSet => {
                "imported, but not every ticket of the set is labelled by that person"
            }
        }
    }
}
