//! The filter language: `status:open tag:billing,refund score<0.5 -has:correction "double charge"`.
//!
//! One language serves `--where`, the filter bar, exports and routing rules. Terms side by side must
//! all hold; `or`, `not`, `-` and parentheses combine them; commas mean any of; bare words search
//! the text. [`Filter::parse`] gives a small tree which the store compiles to SQL and
//! [`Filter::matches`] evaluates over one ticket; both must agree on what the doc comments of
//! [`Test`] promise. `Display` writes a filter that parses to the same tree.
//!
//! Length, depth and number of terms are bounded, so that any text typed or stored is cheap to refuse.

mod evaluate;
mod field;
mod lex;
mod parse;
mod print;
mod value;

use std::collections::BTreeSet;

use super::failure::Class;

pub use evaluate::Snapshot;
pub use field::{FieldInfo, Measure, TABLE, Thing, WordField};
pub use parse::FilterError;
pub(super) use parse::bare_words;

/// The longest filter read, in bytes.
pub const MAX_BYTES: usize = 4096;

/// The deepest nesting of parentheses and negations read.
pub const MAX_DEPTH: usize = 32;

/// The most terms read.
pub const MAX_TERMS: usize = 256;

/// A parsed filter; the empty one lets everything through.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// What must hold; `None` lets everything through.
    pub root: Option<Expr>,
}

/// A condition. Lists hold at least two parts, none of them of the list's own kind; `Not` never holds a `Not`.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// All must hold.
    And(Vec<Expr>),
    /// At least one must hold.
    Or(Vec<Expr>),
    /// Must not hold. A test over a missing value does not hold, so its negation does.
    Not(Box<Expr>),
    /// One test.
    Test(Test),
}

/// One test of a ticket.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// The request or an output contains the text, without regard to case.
    Text(String),
    /// The field has at least one of the values, without regard to case.
    Is {
        /// Which field.
        field: WordField,
        /// Never empty.
        any: Vec<Word>,
    },
    /// The measured number compares so. A missing number satisfies no comparison.
    Compare {
        /// What is measured.
        measure: Measure,
        /// How it compares.
        op: Op,
        /// With what; finite, in the unit of the measure.
        value: f64,
    },
    /// The time of the record compares so. A missing time satisfies no comparison.
    Time {
        /// How it compares.
        op: Op,
        /// Milliseconds since 1970-01-01 UTC.
        millis: i64,
    },
    /// The ticket has at least one of these things.
    Has(Thing),
    /// The ticket is claimed by, assigned to or reviewed by the one who asks.
    Mine,
}

/// A value a word field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The text; not empty unless it was quoted.
    pub text: String,
    /// Whether the field need only begin with it (written `gpt-4*`).
    pub prefix: bool,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Equal.
    Eq,
    /// Below.
    Lt,
    /// At most.
    Le,
    /// Above.
    Gt,
    /// At least.
    Ge,
}

impl Op {
    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }

    /// Whether an ordering of left against right satisfies it.
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Eq => ordering.is_eq(),
            Self::Lt => ordering.is_lt(),
            Self::Le => ordering.is_le(),
            Self::Gt => ordering.is_gt(),
            Self::Ge => ordering.is_ge(),
        }
    }
}

impl Expr {
    /// All of the parts, flattened; `None` without any.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() > 1 {
            Some(Self::And(flat))
        } else {
            flat.pop()
        }
    }

    /// Any of the parts, flattened; `None` without any.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() > 1 {
            Some(Self::Or(flat))
        } else {
            flat.pop()
        }
    }

    /// The opposite; twice the opposite is the thing itself.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Calls `seen` with every test in it, in the order they were written.
    pub fn visit<'a>(&'a self, seen: &mut impl FnMut(&'a Test)) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit(seen)),
            Self::Not(inner) => inner.visit(seen),
            Self::Test(test) => seen(test),
        }
    }
}

impl Test {
    /// The field as a person writes it: `tag`, `level.tone`, `has:correction`, `text`.
    pub fn name(&self) -> String {
        match self {
            Self::Text(_) => "text".to_owned(),
            Self::Is { field, .. } => field.name().to_owned(),
            Self::Compare { measure, .. } => measure.name(),
            Self::Time { .. } => "time".to_owned(),
            Self::Has(thing) => format!("has:{}", thing.name()),
            Self::Mine => "mine".to_owned(),
        }
    }

    /// Whether it would tell this blind reviewer a level, a score, a model or another's review. What one has
    /// reviewed oneself is no secret.
    pub fn is_blinded(&self, reviewer: &str) -> bool {
        let own = |word: &Word| !word.prefix && word.text == reviewer;
        // That an endpoint was out of reach sways nobody; that a judge refused to read the text may.
        let tells = |word: &Word| word.prefix || Class::read(&word.text).is_none_or(Class::tells);
        match self {
            Self::Is { field, any } => match field {
                WordField::Model => true,
                WordField::Reviewer => !any.iter().all(own),
                WordField::Unscored => any.iter().any(tells),
                _ => false,
            },
            Self::Compare { measure, .. } => {
                matches!(measure, Measure::Score | Measure::Judge | Measure::Level(_))
            }
            Self::Has(thing) => {
                matches!(
                    thing,
                    Thing::Score
                        | Thing::Judge
                        | Thing::Warning
                        | Thing::Review
                        | Thing::Correction
                        | Thing::Suggestion
                )
            }
            Self::Text(_) | Self::Time { .. } | Self::Mine => false,
        }
    }
}

impl Filter {
    /// Lets everything through.
    pub fn all() -> Self {
        Self::default()
    }

    /// Whether it lets everything through.
    pub fn is_all(&self) -> bool {
        self.root.is_none()
    }

    /// Both filters together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            root: Expr::all(self.root.into_iter().chain(other.root)),
        }
    }

    /// Every field it uses, as a person writes it, in alphabetical order.
    pub fn fields(&self) -> BTreeSet<String> {
        self.collect(|_| true)
    }

    /// The fields a blind review must not filter by: they would tell a score, a model or another's
    /// review before the reviewer's own commit.
    pub fn blinded_fields(&self, reviewer: &str) -> BTreeSet<String> {
        self.collect(|test| test.is_blinded(reviewer))
    }

    /// Whether it asks what a judge said. The rest that is blinded is no secret once a reviewer has committed.
    pub fn tells_of_judges(&self) -> bool {
        let asks = |test: &Test| match test {
            Test::Compare { measure, .. } => matches!(measure, Measure::Judge),
            Test::Has(thing) => matches!(thing, Thing::Judge | Thing::Warning | Thing::Suggestion),
            Test::Is { field, .. } => matches!(field, WordField::Unscored),
            Test::Text(_) | Test::Time { .. } | Test::Mine => false,
        };
        !self.collect(asks).is_empty()
    }

    /// Why a blind eval refuses this reviewer's filter, or `None` if it does not.
    pub fn blind_refusal(&self, reviewer: &str) -> Option<String> {
        let fields: Vec<String> = self
            .blinded_fields(reviewer)
            .into_iter()
            .map(|field| format!("`{field}`"))
            .collect();
        if fields.is_empty() {
            return None;
        }
        Some(format!(
            "this eval is blind: {} would tell a score, a model or another review before you commit your own",
            fields.join(", ")
        ))
    }

    fn collect(&self, wanted: impl Fn(&Test) -> bool) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        if let Some(root) = &self.root {
            root.visit(&mut |test| {
                if wanted(test) {
                    names.insert(test.name());
                }
            });
        }
        names
    }
}

#[cfg(test)]
mod tests;
