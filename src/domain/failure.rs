//! What can go wrong between a question to a model and an answer that counts: one closed list, told apart on
//! every screen and in `--json`.

use serde::{Deserialize, Serialize};

/// The class of a failure. A class is a word of the ledger: renaming one needs a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// No connection, a time-out, a cut reply, or a server that failed (5xx).
    Transport,
    /// The endpoint asked to wait (429).
    RateLimit,
    /// The key is missing or refused.
    Auth,
    /// The endpoint does not understand the request.
    BadRequest,
    /// The endpoint does not know the model.
    ModelMissing,
    /// The endpoint refuses one named parameter.
    UnsupportedParam,
    /// The model or its filter refused to answer.
    Refusal,
    /// The reply holds no answer that can be read.
    Unparsable,
    /// The reply holds two answers that differ.
    Ambiguous,
    /// The answer does not carry this question's `verdict_id`.
    WrongId,
    /// The answer is about another criterion, or leaves one out.
    MissingCriterion,
    /// The level is none of the scale.
    OutOfRange,
    /// The reply ended at its token room.
    Truncated,
    /// The question does not fit the model's context.
    TooLong,
    /// The judge says that it cannot judge.
    CannotJudge,
    /// The rubric compares, and there is neither a reference nor a logged response to compare with.
    NoReference,
    /// The account at the endpoint has no credit or quota left.
    Quota,
    /// Money or tokens set aside for this are spent.
    Budget,
    /// Somebody stopped the work.
    Cancelled,
}

/// What a class asks of the work around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answerable {
    /// Try the same question again later; it stays open meanwhile.
    Later,
    /// Ask again with the reason, this often at most; then it is unscored.
    Again(u8),
    /// It is unscored at once.
    Unscored,
    /// Every further call would fail alike: stop the work once, with one message.
    Stop,
    /// Leave the refused parameter out and ask again.
    Without,
}

impl Class {
    /// All classes, in the order reports list them.
    pub const ALL: [Self; 19] = [
        Self::Transport,
        Self::RateLimit,
        Self::Auth,
        Self::BadRequest,
        Self::ModelMissing,
        Self::UnsupportedParam,
        Self::Refusal,
        Self::Unparsable,
        Self::Ambiguous,
        Self::WrongId,
        Self::MissingCriterion,
        Self::OutOfRange,
        Self::Truncated,
        Self::TooLong,
        Self::CannotJudge,
        Self::NoReference,
        Self::Quota,
        Self::Budget,
        Self::Cancelled,
    ];

    /// The word stored with a verdict and printed by `--json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::RateLimit => "rate_limit",
            Self::Auth => "auth",
            Self::BadRequest => "bad_request",
            Self::ModelMissing => "model_missing",
            Self::UnsupportedParam => "unsupported_param",
            Self::Refusal => "refusal",
            Self::Unparsable => "unparsable",
            Self::Ambiguous => "ambiguous",
            Self::WrongId => "wrong_id",
            Self::MissingCriterion => "missing_criterion",
            Self::OutOfRange => "out_of_range",
            Self::Truncated => "truncated",
            Self::TooLong => "too_long",
            Self::CannotJudge => "cannot_judge",
            Self::NoReference => "no_reference",
            Self::Quota => "quota",
            Self::Budget => "budget",
            Self::Cancelled => "cancelled",
        }
    }

    /// The class of this name.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// What people are told.
    pub fn words(self) -> &'static str {
        match self {
            Self::Transport => "the endpoint could not be reached or failed",
            Self::RateLimit => "the endpoint asked to wait",
            Self::Auth => "the key is missing or refused",
            Self::BadRequest => "the endpoint refused the request",
            Self::ModelMissing => "the endpoint does not know the model",
            Self::UnsupportedParam => "the endpoint refuses a parameter",
            Self::Refusal => "the judge refused to answer",
            Self::Unparsable => "the reply holds no answer that can be read",
            Self::Ambiguous => "the reply holds two answers that differ",
            Self::WrongId => "the answer does not belong to this question",
            Self::MissingCriterion => "the answer leaves the criterion out",
            Self::OutOfRange => "the level is none of the scale",
            Self::Truncated => "the reply broke off at its token room",
            Self::TooLong => "the texts do not fit the judge's context",
            Self::CannotJudge => "the judge says it cannot judge this",
            Self::NoReference => "there is nothing to compare with",
            Self::Quota => "the account at the endpoint has no credit left",
            Self::Budget => "the budget is spent",
            Self::Cancelled => "stopped",
        }
    }

    /// In at most twelve characters, for a column.
    pub fn short(self) -> &'static str {
        match self {
            Self::Transport => "unreachable",
            Self::RateLimit => "told to wait",
            Self::Auth => "key refused",
            Self::BadRequest => "not accepted",
            Self::ModelMissing => "no such name",
            Self::UnsupportedParam => "not offered",
            Self::Refusal => "refused",
            Self::Unparsable => "unreadable",
            Self::Ambiguous => "two answers",
            Self::WrongId => "wrong answer",
            Self::MissingCriterion => "left out",
            Self::OutOfRange => "off scale",
            Self::Truncated => "broke off",
            Self::TooLong => "too long",
            Self::CannotJudge => "cannot judge",
            Self::NoReference => "no reference",
            Self::Quota => "no credit",
            Self::Budget => "budget spent",
            Self::Cancelled => "stopped",
        }
    }

    /// Whether it says something about the judged text, which a blind reviewer must not know beforehand.
    pub fn tells(self) -> bool {
        matches!(self, Self::Refusal | Self::CannotJudge)
    }

    /// Whether work that ends so leaves no verdict behind and is tried again by the next start.
    pub fn leaves_open(self) -> bool {
        matches!(
            self.answerable(),
            Answerable::Later | Answerable::Stop | Answerable::Without
        )
    }

    /// What to do about it; the numbers of re-asks are those of the judging protocol, section 2.5.
    pub fn answerable(self) -> Answerable {
        match self {
            Self::Transport | Self::RateLimit => Answerable::Later,
            Self::Auth
            | Self::BadRequest
            | Self::ModelMissing
            | Self::Quota
            | Self::Budget
            | Self::Cancelled => Answerable::Stop,
            Self::UnsupportedParam => Answerable::Without,
            Self::Refusal => Answerable::Again(1),
            Self::Unparsable
            | Self::Ambiguous
            | Self::WrongId
            | Self::MissingCriterion
            | Self::OutOfRange
            | Self::Truncated => Answerable::Again(2),
            Self::TooLong | Self::CannotJudge | Self::NoReference => Answerable::Unscored,
        }
    }
}

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_read_back_from_its_own_name() {
        for class in Class::ALL {
            assert_eq!(Class::read(class.name()), Some(class));
            let json = serde_json::to_string(&class).unwrap();
            assert_eq!(json, format!("\"{}\"", class.name()));
            assert!(class.short().len() <= 12, "{class}");
        }
    }
}
