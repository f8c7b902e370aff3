//! What a judge's work would be, for the dialog that offers it.

use std::time::Duration;

use super::super::ids::{EvalId, TicketId};

/// A judge that could be put to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgeChoice {
    /// As named after `--judge`.
    pub name: String,
    /// Why it is usable.
    pub because: String,
    /// What it would do, or why it cannot judge these.
    pub work: Result<JudgeWork, String>,
}

/// What a judge would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgeWork {
    /// Where the texts would go, in people's words.
    pub place: String,
    /// Tickets that lack its verdict.
    pub tickets: u64,
    /// Of those, tickets the rubric has nothing to compare with: nothing is asked about them.
    pub nothing_to_compare: u64,
    /// Calls for those.
    pub calls: u64,
    /// Estimated tokens of questions and replies together.
    pub tokens: u64,
    /// Texts the planted probes put beside each call of an example, should they be tried as well.
    pub planted: u64,
    /// Estimated price.
    pub price: Price,
    /// Estimated time.
    pub time: Option<Duration>,
    /// Fields that would be sent there for the first time.
    pub first_send: Vec<String>,
    /// Why an explicit yes is wanted.
    pub needs_yes: Option<String>,
}

/// What something costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// Nothing.
    Free,
    /// Millionths of the currency unit.
    Micros(i64),
    /// Nobody knows. Not the same as nothing.
    Unpriced,
}

/// Which tickets a judge is to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum JudgeScope {
    /// Every ticket of the eval.
    #[default]
    All,
    /// Those a filter shows.
    Filter(String),
    /// These.
    Tickets(Vec<TicketId>),
    /// Those the judge scored under another version of the rubric.
    Rescored,
}

/// What a judge is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgeAsk {
    /// In which eval.
    pub eval: EvalId,
    /// Which of its tickets.
    pub scope: JudgeScope,
    /// Whether to ask again where an earlier reply gave no answer.
    pub again: bool,
    /// A judge to offer beside those that are found, as named after `--judge`.
    pub named: Option<String>,
}

/// The most a judge may spend on an eval, over all starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendLimit {
    /// Millionths of the currency unit.
    Micros(i64),
    /// Tokens.
    Tokens(i64),
}

impl SpendLimit {
    /// Reads `2.50` as money and `200k` or `5000 tokens` as tokens; nothing is no limit.
    pub fn read(text: &str) -> Result<Option<Self>, String> {
        let text = text.trim().to_lowercase();
        if text.is_empty() || text == "none" {
            return Ok(None);
        }
        let (number, named) = match text
            .strip_suffix("tokens")
            .or_else(|| text.strip_suffix("token"))
        {
            Some(number) => (number.trim_end(), true),
            None => (text.as_str(), false),
        };
        let (digits, times) = match number.as_bytes().last() {
            Some(b'k') => (&number[..number.len() - 1], 1e3),
            Some(b'm') => (&number[..number.len() - 1], 1e6),
            _ => (number, 1.0),
        };
        let amount: f64 = digits.trim().parse().unwrap_or(f64::NAN);
        if !(amount.is_finite() && amount > 0.0 && amount * times < 1e12) {
            return Err(format!(
                "`{text}` is no limit; write an amount such as `2.50`, or `200k tokens`"
            ));
        }
        Ok(Some(if named || times > 1.0 {
            Self::Tokens((amount * times).round() as i64)
        } else {
            Self::Micros((amount * 1e6).round() as i64)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_money_unless_it_says_tokens_or_thousands() {
        for (text, limit) in [
            ("", None),
            ("none", None),
            ("2.50", Some(SpendLimit::Micros(2_500_000))),
            ("200k", Some(SpendLimit::Tokens(200_000))),
            ("1.5M tokens", Some(SpendLimit::Tokens(1_500_000))),
            ("5000 tokens", Some(SpendLimit::Tokens(5_000))),
        ] {
            assert_eq!(SpendLimit::read(text), Ok(limit), "{text}");
        }
        for text in ["much", "-1", "0", "k", "tokens", "1e99", "2,5", "é"] {
            assert!(SpendLimit::read(text).is_err(), "{text}");
        }
    }
}
