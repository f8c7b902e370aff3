//! Whether a ticket passes a filter, over a snapshot of its values.

use super::{Expr, Filter, Measure, Test, Thing, Word, WordField};

/// The values of one ticket, as a filter asks for them.
pub trait Snapshot {
    /// All values of a word field; empty if it has none.
    fn words(&self, field: WordField) -> Vec<&str>;
    /// A number, in the unit of its measure; `None` if it is missing.
    fn number(&self, measure: &Measure) -> Option<f64>;
    /// The time of the record, in milliseconds since 1970-01-01 UTC.
    fn time(&self) -> Option<i64>;
    /// Whether the ticket has such a thing.
    fn has(&self, thing: Thing) -> bool;
    /// Whether the ticket is claimed by, assigned to or reviewed by the one who asks.
    fn mine(&self) -> bool;
    /// Whether request or outputs contain the text, without regard to case.
    fn contains(&self, text: &str) -> bool;
}

impl Filter {
    /// Whether the ticket passes.
    pub fn matches(&self, ticket: &dyn Snapshot) -> bool {
        self.root.as_ref().is_none_or(|root| root.matches(ticket))
    }
}

impl Expr {
    /// Whether the condition holds.
    pub fn matches(&self, ticket: &dyn Snapshot) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches(ticket)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(ticket)),
            Self::Not(inner) => !inner.matches(ticket),
            Self::Test(test) => test.matches(ticket),
        }
    }
}

impl Test {
    /// Whether the test holds.
    pub fn matches(&self, ticket: &dyn Snapshot) -> bool {
        match self {
            Self::Text(text) => ticket.contains(text),
            Self::Is { field, any } => ticket
                .words(*field)
                .iter()
                .any(|held| any.iter().any(|word| word.matches(held))),
            Self::Compare { measure, op, value } => {
                let ordering = ticket
                    .number(measure)
                    .and_then(|number| number.partial_cmp(value));
                ordering.is_some_and(|ordering| op.holds(ordering))
            }
            Self::Time { op, millis } => {
                ticket.time().is_some_and(|time| op.holds(time.cmp(millis)))
            }
            Self::Has(thing) => ticket.has(*thing),
            Self::Mine => ticket.mine(),
        }
    }
}

impl Word {
    /// Whether a held value satisfies it, without regard to case.
    pub fn matches(&self, held: &str) -> bool {
        let (held, wanted) = (held.to_lowercase(), self.text.to_lowercase());
        if self.prefix {
            held.starts_with(&wanted)
        } else {
            held == wanted
        }
    }
}
