//! "Judge these": who could read which tickets, for how much, within which limit, and the yes before anything
//! is sent.

pub mod update;

use crate::domain::count::counted;
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::view::{JudgeAsk, JudgeChoice, JudgeScope, JudgeWork, Price, SpendLimit};
use crate::text::numbers;

use super::modal::{Confirm, Confirmed};
use super::rubric::trying;

/// Ends the name of an offered endpoint whose model has to be named first.
const NO_MODEL: &str = "/MODEL";

/// What a judge is chosen for.
#[derive(Debug, Clone, PartialEq)]
pub enum JudgeFor {
    /// To read the tickets.
    These,
    /// To read one example now.
    Try(Box<trying::Plan>),
    /// To draft a rubric.
    Draft,
    /// To word a note as a question.
    Word {
        /// The ticket it is about.
        ticket: TicketId,
        /// The note, if it was not kept yet.
        written: Option<String>,
    },
}

/// The choice of a judge.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgePick {
    /// What for.
    pub purpose: JudgeFor,
    /// For which eval.
    pub eval: EvalId,
    /// Which of its tickets can be chosen, each in words; at least one.
    pub scopes: Vec<(String, JudgeScope)>,
    /// Which of these is.
    pub scope: usize,
    /// Whether to ask again where an earlier reply gave no answer.
    pub again: bool,
    /// The most it may spend.
    pub limit: Option<SpendLimit>,
    /// A judge named by hand.
    pub named: Option<String>,
    /// Who could; `None` while endpoints are looked for.
    pub choices: Option<Vec<JudgeChoice>>,
    /// The line under the cursor.
    pub cursor: usize,
    /// The judge the cursor goes to once the list comes.
    pub wanted: Option<String>,
}

impl JudgePick {
    /// The choice for an eval; the last of the scopes is taken first.
    pub fn new(eval: EvalId, mut scopes: Vec<(String, JudgeScope)>) -> Self {
        scopes.insert(0, ("all of this eval".to_owned(), JudgeScope::All));
        Self {
            purpose: JudgeFor::These,
            eval,
            scope: scopes.len() - 1,
            scopes,
            again: false,
            limit: None,
            named: None,
            choices: None,
            cursor: 0,
            wanted: None,
        }
    }

    /// Moves the cursor and stops at the ends.
    pub fn step(&mut self, by: isize) {
        let last = self.choices.as_ref().map_or(0, Vec::len).saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }

    /// The next choice of tickets, round and round.
    pub fn turn(&mut self, by: isize) {
        let all = self.scopes.len().max(1) as isize;
        self.scope = (self.scope as isize + by).rem_euclid(all) as usize;
    }

    /// The judge under the cursor.
    pub fn current(&self) -> Option<&JudgeChoice> {
        self.choices.as_ref()?.get(self.cursor)
    }

    /// The tickets that are chosen, in words.
    pub fn scope_words(&self) -> &str {
        self.scopes
            .get(self.scope)
            .map_or("", |(words, _)| words.as_str())
    }

    /// What would be asked of a judge.
    pub fn ask(&self) -> JudgeAsk {
        let scope = self.scopes.get(self.scope);
        JudgeAsk {
            eval: self.eval,
            scope: scope.map(|(_, scope)| scope.clone()).unwrap_or_default(),
            again: self.again,
            named: self.named.clone(),
        }
    }

    /// The list has come; the cursor goes to the judge that is wanted, else stays on its own.
    pub fn take(&mut self, choices: Vec<JudgeChoice>) {
        let here = self.current().map(|choice| choice.name.clone());
        let wanted = self.wanted.take().or(here);
        let at = choices
            .iter()
            .position(|choice| Some(&choice.name) == wanted.as_ref());
        self.cursor = at.unwrap_or(0);
        self.choices = Some(choices);
    }
}

/// Some tickets as a scope, named by what they are.
pub fn some_tickets(words: &str, tickets: Vec<TicketId>) -> (String, JudgeScope) {
    (words.to_owned(), JudgeScope::Tickets(tickets))
}

/// `no limit`, `at most 2.50`, `at most 200000 tokens`.
pub fn limit_words(limit: Option<SpendLimit>) -> String {
    match limit {
        None => "no limit".to_owned(),
        Some(SpendLimit::Micros(micros)) => format!("at most {}", numbers::money(micros)),
        Some(SpendLimit::Tokens(tokens)) => {
            format!("at most {}", counted(tokens.unsigned_abs(), "token"))
        }
    }
}

/// `200 tickets, 400 calls, 120000 tokens, unpriced, about 3 min`.
pub fn work_words(work: &JudgeWork) -> String {
    if work.tickets == 0 {
        return "it has read all of these".to_owned();
    }
    let mut words = vec![counted(work.tickets, "ticket")];
    if work.nothing_to_compare > 0 {
        words.push(format!(
            "{} of them with nothing to compare with",
            work.nothing_to_compare
        ));
    }
    if work.calls > 0 {
        words.push(counted(work.calls, "call"));
        words.push(counted(work.tokens, "token"));
    }
    words.push(match work.price {
        Price::Free => "free".to_owned(),
        Price::Micros(micros) => format!("about {}", numbers::money(micros)),
        Price::Unpriced => "unpriced".to_owned(),
    });
    words.extend(
        work.time
            .map(|time| format!("about {}", numbers::span(time))),
    );
    words.join(", ")
}

/// What must be said before it starts: what leaves for the first time, and that it is much. A limit set by hand
/// is the answer to the second.
fn notice(name: &str, work: &JudgeWork, limit: Option<SpendLimit>) -> Option<Confirm> {
    let mut said = Vec::new();
    if !work.first_send.is_empty() {
        said.push(format!(
            "First send to {}: {} of each ticket.",
            work.place,
            work.first_send.join(" and ")
        ));
    }
    if limit.is_none() {
        let much = work.needs_yes.as_ref();
        said.extend(much.map(|why| format!("{why}; a limit would do as well.")));
    }
    (!said.is_empty()).then(|| Confirm {
        question: format!("Let {name} read these?"),
        detail: format!(
            "{} {}, {}.",
            said.join(" "),
            work_words(work),
            limit_words(limit)
        ),
        yes: Confirmed::Judge,
    })
}

#[cfg(test)]
mod tests;
