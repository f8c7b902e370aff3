//! Routing rules of an eval: `human when tag:legal or tokens>4000`, `@ana when lang:de`,
//! `close when score>=0.9 and no flag`.
//!
//! A rule is a target and a condition in the filter language, in which `score` is the judge's and `flag` means
//! a person's flag or a warning on what the judge said. Two questions are put to the rules, and the first one
//! whose condition holds answers each: who reads a ticket (before judging, by rules that need no verdict), and
//! what becomes of it (once a judge has read it, by all). A rule never loosens what always holds: flagged
//! tickets, tickets somebody works on and the audit share are not closed, and a blind eval takes no rule that
//! would tell a reviewer what the judge said.

mod condition;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::eval::{Mode, Policy};
use super::filter::{Expr, Filter, FilterError, Measure, Test, Thing, Word, WordField};
use super::ids::{JudgeVersionId, VerdictId};
use super::nearest::nearest;
use condition::{Known, judged, slip, unfit, unwarned, without_flags};

/// The most rules an eval has.
pub const MAX_RULES: usize = 32;

/// What becomes of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// People read it; no judge claims it, nothing closes it.
    Human,
    /// A judge reads it, whatever later rules say about who reads.
    Judge,
    /// It is given to this person.
    Person(String),
    /// It is closed on the judge's word.
    Close,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Human => f.write_str("human"),
            Self::Judge => f.write_str("judge"),
            Self::Close => f.write_str("close"),
            Self::Person(name) => write!(f, "@{name}"),
        }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// As it was written.
    pub text: String,
    /// What becomes of the tickets it fits.
    pub target: Target,
    /// Which tickets it fits.
    pub when: Filter,
}

/// Why a text is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the rule `{rule}` at column {column}: {message}")]
pub struct RouteError {
    /// As it was written.
    pub rule: String,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

const EXAMPLE: &str = "write for example `human when tag:legal`";
const TARGETS: [&str; 3] = ["human", "judge", "close"];

impl Rule {
    /// Reads a rule.
    pub fn parse(given: &str) -> Result<Self, RouteError> {
        let text = given.trim();
        let fail = |offset: usize, message: String, hint: String| RouteError {
            rule: text.to_owned(),
            column: text
                .get(..offset)
                .map_or(0, |before| before.chars().count())
                + 1,
            message,
            hint,
        };
        let word = text.split_whitespace().next().unwrap_or_default();
        let target = target(word).map_err(|(message, hint)| fail(0, message, hint))?;
        let rest = text.get(word.len()..).unwrap_or_default();
        let at = text.len() - rest.trim_start().len();
        let keyword = rest.split_whitespace().next().unwrap_or_default();
        if !keyword.eq_ignore_ascii_case("when") {
            let message = format!("`when` and a condition come after `{word}`");
            return Err(fail(at, message, EXAMPLE.to_owned()));
        }
        let from = at + keyword.len();
        let condition = text.get(from..).unwrap_or_default();
        let when = Filter::parse(condition)
            .map_err(|error: FilterError| fail(from + error.offset, error.message, error.hint))?;
        let Some(root) = &when.root else {
            let message = "a rule needs a condition after `when`".to_owned();
            return Err(fail(text.len(), message, EXAMPLE.to_owned()));
        };
        if let Some((at, message, hint)) = slip(condition) {
            return Err(fail(from + at, message, hint));
        }
        if let Some((name, why)) = unfit(root) {
            let place = condition.to_lowercase().find(&name).unwrap_or_default();
            let message = format!("`{name}` has no place in a rule: {why}");
            let hint = "a rule asks about the ticket and the judge: `tag`, `lang`, `tokens`, `score`, `flag` and so on";
            return Err(fail(from + place, message, hint.to_owned()));
        }
        Ok(Self {
            text: text.to_owned(),
            when: Filter {
                root: when.root.map(judged),
            },
            target,
        })
    }

    /// Whether it can only be decided once a judge has read the ticket.
    pub fn needs_verdict(&self) -> bool {
        if self.target == Target::Close {
            return true;
        }
        let mut needs = false;
        if let Some(root) = &self.when.root {
            root.visit(&mut |test| {
                needs |= match test {
                    Test::Compare {
                        measure: Measure::Judge,
                        ..
                    }
                    | Test::Has(Thing::Judge)
                    | Test::Is {
                        field: WordField::Unscored,
                        ..
                    } => true,
                    // Somebody's flag may hold a judge off; giving a ticket to somebody waits for warnings too.
                    Test::Has(Thing::Warning) => self.target != Target::Human,
                    _ => false,
                };
            });
        }
        needs
    }

    /// Whether it asks for warnings on what a judge said: what it has to say of a ticket is only known once a judge has
    /// read it, though a person's flag may decide before.
    pub fn asks_of_warnings(&self) -> bool {
        let mut asks = false;
        if let Some(root) = &self.when.root {
            root.visit(&mut |test| asks |= matches!(test, Test::Has(Thing::Warning)));
        }
        asks
    }

    /// Fields that would tell a blind reviewer something, were a ticket's way known.
    pub fn blinded_fields(&self) -> BTreeSet<String> {
        self.when.blinded_fields("")
    }

    /// Whether a reviewer who must not see the judge yet may read it where it was applied.
    pub fn tells_nothing(&self) -> bool {
        !self.needs_verdict() && self.when.blinded_fields("").is_empty()
    }
}

fn target(word: &str) -> Result<Target, (String, String)> {
    if let Some(name) = word.strip_prefix('@') {
        if name.is_empty() {
            return Err((
                "`@` needs the name of a reviewer".to_owned(),
                "write for example `@ana when lang:de`".to_owned(),
            ));
        }
        return Ok(Target::Person(name.to_owned()));
    }
    match word.to_ascii_lowercase().as_str() {
        "human" => Ok(Target::Human),
        "judge" => Ok(Target::Judge),
        "close" => Ok(Target::Close),
        "" => Err(("the rule is empty".to_owned(), EXAMPLE.to_owned())),
        _ => Err((
            format!("a rule cannot send a ticket to `{word}`"),
            match nearest(word, TARGETS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "there are: human, judge, close, and `@name` for a person".to_owned(),
            },
        )),
    }
}

/// What a routing rule did to a ticket, other than giving it to somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Routed {
    /// What became of it.
    pub way: Way,
    /// The rule, as it was written.
    pub rule: String,
    /// The judge whose word it rests on; `None` before judging.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<JudgeVersionId>,
    /// The judge's score, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The verdicts it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<VerdictId>,
}

/// Where a rule sent a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// To people.
    Human,
    /// Closed on the judge's word.
    Close,
}

/// The rules of an eval, in their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Routes(pub Vec<Rule>);

impl Routes {
    /// Reads the rules of a policy.
    pub fn of(policy: &Policy) -> Result<Self, RouteError> {
        let rules = policy.routes.iter().map(|text| Rule::parse(text));
        rules.collect::<Result<_, _>>().map(Self)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Why these rules cannot stand under a policy: what is wrong and what to do.
    pub fn refusal(&self, policy: &Policy) -> Option<(String, String)> {
        if self.0.len() > MAX_RULES {
            let why = format!("an eval has at most {MAX_RULES} routing rules");
            return Some((why, "put conditions together with `or`".to_owned()));
        }
        for rule in &self.0 {
            let text = &rule.text;
            if policy.mode == Mode::Blind && rule.asks_of_warnings() {
                return Some((
                    format!(
                        "a blind eval cannot have the rule `{text}`: `flag` also means a warning on what the judge said, and where a ticket goes would tell it"
                    ),
                    "ask for the flags of people alone, `flag:*`, or use `--mode assist`"
                        .to_owned(),
                ));
            }
            if policy.mode == Mode::Blind && rule.needs_verdict() {
                return Some((
                    format!(
                        "a blind eval cannot have the rule `{text}`: where a ticket goes would tell what the judge said"
                    ),
                    "leave the rule out, or use `--mode assist`".to_owned(),
                ));
            }
            let fields: Vec<String> = rule.blinded_fields().into_iter().collect();
            if policy.mode == Mode::Blind && !fields.is_empty() {
                return Some((
                    format!(
                        "a blind eval cannot have the rule `{text}`: it would tell `{}`",
                        fields.join("`, `")
                    ),
                    "leave the rule out, or use `--mode assist`".to_owned(),
                ));
            }
            if rule.target == Target::Close && policy.audit_share <= 0.0 {
                return Some((
                    format!(
                        "the rule `{text}` needs an audit share: a random part stays open, so that somebody sees what is closed"
                    ),
                    "set one with `--audit 0.1`".to_owned(),
                ));
            }
        }
        None
    }

    /// The rules that say who reads, each with exactly the tickets it decides about.
    pub fn before(&self) -> Vec<(&Rule, Filter)> {
        self.exclusive(|rule| !rule.needs_verdict())
    }

    /// The rules that say what becomes of a ticket a judge has read, each with exactly those it decides about.
    pub fn after(&self) -> Vec<(&Rule, Filter)> {
        self.exclusive(|rule| rule.target != Target::Judge)
    }

    /// Tickets a judge may claim.
    pub fn claimable(&self) -> Filter {
        Filter {
            root: Expr::all(self.for_people().into_iter().map(Expr::negate)),
        }
    }

    /// Tickets a judge that has begun with them may go on with, whatever warnings there are by now on what it said itself;
    /// `None` if there is no such ticket.
    pub fn resumable(&self) -> Option<Filter> {
        let mut kept = Vec::new();
        for root in self.for_people() {
            match unwarned(root) {
                Known::Open(expr) => kept.push(expr.negate()),
                Known::Always => return None,
                Known::Never => {}
            }
        }
        Some(Filter {
            root: Expr::all(kept),
        })
    }

    /// What keeps judges off.
    fn for_people(&self) -> Vec<Expr> {
        let kept = self.before().into_iter();
        let kept = kept.filter(|(rule, _)| rule.target == Target::Human);
        kept.filter_map(|(_, filter)| filter.root).collect()
    }

    fn exclusive(&self, takes: impl Fn(&Rule) -> bool) -> Vec<(&Rule, Filter)> {
        let mut earlier: Vec<Expr> = Vec::new();
        let mut found = Vec::new();
        for rule in self.0.iter().filter(|rule| takes(rule)) {
            let Some(when) = rule.when.root.clone() else {
                continue;
            };
            let others = Expr::any(earlier.clone()).map(Expr::negate);
            // Closing leaves flagged tickets alone anyhow; asked again, they would not be counted as left open.
            let own = match rule.target {
                Target::Close => without_flags(when.clone()),
                _ => Some(when.clone()),
            };
            let root = Expr::all(own.into_iter().chain(others));
            found.push((rule, Filter { root }));
            earlier.push(when);
        }
        found
    }
}

/// Tickets nobody has begun.
pub fn untouched() -> Filter {
    Filter {
        root: Some(Expr::Test(Test::Is {
            field: WordField::Status,
            any: vec![Word {
                text: "open".to_owned(),
                prefix: false,
            }],
        })),
    }
}

#[cfg(test)]
mod tests;
