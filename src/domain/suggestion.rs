//! Suggestions: the corrected output a judge proposes for a ticket, and what a second judgement says of it.
//! Facts, not decisions: nothing is taken by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids::{Identity, JudgeVersionId, OutputId, SuggestionId, TicketId};
use super::json::Json;
use super::rubric::{Answer, CheckOutcome, Rubric, Threshold};

/// One edit a judge names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Words of the output.
    pub quote: String,
    /// What stands there instead.
    pub replacement: String,
    /// The criterion it repairs; empty if the judge named none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub criterion: String,
}

/// How a suggestion may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Its changes, applied to the output, give exactly its text.
    Changes,
    /// They do not; only the whole text counts.
    Rewrite,
}

impl Kind {
    /// The stored word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::Rewrite => "rewrite",
        }
    }
}

/// What verification found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Helped {
    /// No criterion is lower and no check broke when judged again without history; something got better.
    Helped,
    /// A criterion is lower, a check broke, or nothing got better.
    DidNotHelp,
    /// A level is missing before or after, so nothing can be said.
    Unverified,
}

impl Helped {
    /// The stored word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Helped => "helped",
            Self::DidNotHelp => "did_not_help",
            Self::Unverified => "unverified",
        }
    }
}

/// Where an output stands: levels by criterion, and its checks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Levels {
    /// Level by criterion id; a criterion without one is missing.
    pub levels: BTreeMap<String, i32>,
    /// The rubric's checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckOutcome>,
}

/// A judge's proposed correction. Its JSON is stored: later fields must stay away at their default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The output it corrects; its id is the hash of what stood there.
    pub base: OutputId,
    /// The whole text as it should be.
    pub text: String,
    /// The edits the judge named, in the order of its reply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// What the judge could not repair.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unresolved: Vec<String>,
    /// How it may be shown.
    pub kind: Kind,
    /// The output as it was.
    pub before: Levels,
    /// The output as suggested.
    pub after: Levels,
    /// What verification found.
    pub helped: Helped,
    /// Criteria and checks that got better, or worse, or are missing: what `helped` rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// Millionths of the currency unit, verification included; `None` is unpriced or free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<i64>,
    /// The reply as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Json>,
}

/// What the checks and the second judgement say of a suggested text.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Every check passes and so does the text: threshold, floors and all.
    Passes {
        /// Its score, 0 to 1.
        score: f64,
    },
    /// Checks fail, whatever the levels are.
    FailsChecks {
        /// These.
        checks: Vec<String>,
        /// The score all the same, if every question has a level.
        score: Option<f64>,
    },
    /// The levels do not pass, or not every question has one.
    Fails {
        /// The score, if every question has a level.
        score: Option<f64>,
    },
}

impl Verdict {
    /// The score of the second judgement, 0 to 1.
    pub fn score(&self) -> Option<f64> {
        match self {
            Self::Passes { score } => Some(*score),
            Self::FailsChecks { score, .. } | Self::Fails { score } => *score,
        }
    }
}

impl Suggestion {
    /// What its text comes to, judged again: to be better than before is not yet to pass.
    pub fn verdict(&self, rubric: &Rubric, threshold: Threshold) -> Verdict {
        let level = |(id, level): (&String, &i32)| (id.clone(), Answer::Level(*level));
        let answers = self.after.levels.iter().map(level).collect();
        let found = rubric.score(&answers, &self.after.checks, threshold).ok();
        let score = found.as_ref().map(|found| found.overall);
        let failed = self.after.checks.iter().filter(|check| !check.pass);
        let checks: Vec<String> = failed.map(|check| check.check.clone()).collect();
        match found {
            _ if !checks.is_empty() => Verdict::FailsChecks { checks, score },
            Some(found) if found.pass => Verdict::Passes {
                score: found.overall,
            },
            _ => Verdict::Fails { score },
        }
    }

    /// Its changes as it names them, where its text is made of them: stretches of the original, in order, and what
    /// stands for each. Every quote stands once in the original it was made for.
    pub fn edits(&self, original: &str) -> Vec<(std::ops::Range<usize>, String)> {
        if self.kind != Kind::Changes {
            return Vec::new();
        }
        let changes = self.changes.iter();
        let mut edits: Vec<_> = changes
            .filter_map(|change| {
                let at = original.find(&change.quote)?;
                Some((at..at + change.quote.len(), change.replacement.clone()))
            })
            .collect();
        edits.sort_by_key(|(range, _)| range.start);
        edits
    }

    /// Identity of the fact: H(ticket, judge, everything it says but its price).
    pub fn id(&self, ticket: &TicketId, judge: &JudgeVersionId) -> SuggestionId {
        let changes = self.changes.iter().fold(
            Identity::of("suggestion")
                .part(&ticket.0)
                .part(&judge.0)
                .part(&self.base.0)
                .part(self.text.as_bytes())
                .part(self.kind.name().as_bytes())
                .part(self.helped.name().as_bytes()),
            |id, change| {
                id.part(change.quote.as_bytes())
                    .part(change.replacement.as_bytes())
                    .part(change.criterion.as_bytes())
            },
        );
        let mut id = changes.number(self.changes.len() as i64);
        for side in [&self.before, &self.after] {
            for (criterion, level) in &side.levels {
                id = id.part(criterion.as_bytes()).number(i64::from(*level));
            }
            for check in &side.checks {
                id = id
                    .part(check.check.as_bytes())
                    .number(i64::from(check.pass));
            }
            id = id.number(side.levels.len() as i64);
        }
        SuggestionId(id.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rubric::{Criterion, Scale};

    fn suggestion(text: &str) -> Suggestion {
        Suggestion {
            base: OutputId([1; 16]),
            text: text.to_owned(),
            changes: Vec::new(),
            unresolved: Vec::new(),
            kind: Kind::Rewrite,
            before: Levels::default(),
            after: Levels::default(),
            helped: Helped::Unverified,
            because: Vec::new(),
            cost_micros: None,
            raw: None,
        }
    }

    #[test]
    fn the_same_suggestion_is_the_same_fact_and_another_text_or_verdict_is_not() {
        let (ticket, judge) = (TicketId([2; 16]), JudgeVersionId([3; 16]));
        let one = suggestion("a");
        let paid = Suggestion {
            cost_micros: Some(5),
            ..one.clone()
        };
        assert_eq!(one.id(&ticket, &judge), paid.id(&ticket, &judge));
        let verified = Suggestion {
            helped: Helped::Helped,
            ..one.clone()
        };
        for other in [suggestion("b"), verified] {
            assert_ne!(one.id(&ticket, &judge), other.id(&ticket, &judge));
        }
    }

    #[test]
    fn to_be_better_is_not_yet_to_pass() {
        let mut rubric = Rubric::empty("r");
        rubric
            .criteria
            .push(Criterion::new("fact", "True?", Scale::Level5));
        rubric.pass_threshold = Some(0.7);
        let of = |level: Option<i32>, short: bool| {
            let check = CheckOutcome {
                check: "short".to_owned(),
                pass: short,
            };
            let after = Levels {
                levels: level
                    .map(|level| ("fact".to_owned(), level))
                    .into_iter()
                    .collect(),
                checks: vec![check],
            };
            let one = Suggestion {
                after,
                helped: Helped::Helped,
                ..suggestion("a")
            };
            one.verdict(&rubric, rubric.threshold())
        };
        let failed = || vec!["short".to_owned()];
        assert_eq!(of(Some(4), true), Verdict::Passes { score: 0.8 });
        assert_eq!(of(Some(2), true), Verdict::Fails { score: Some(0.4) });
        assert_eq!(of(None, true), Verdict::Fails { score: None });
        let checks = failed();
        let score = Some(1.0);
        assert_eq!(of(Some(5), false), Verdict::FailsChecks { checks, score });
    }

    #[test]
    fn a_stored_suggestion_reads_back_as_it_was() {
        let one = suggestion("a \u{202e} b");
        let json = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<Suggestion>(&json).unwrap(), one);
    }
}
