//! A suggestion for the ticket on the screen: who could make it, what it would take, and what came of it in a sentence.

use super::super::again;
use super::super::running::Progress;
use super::{Control, SuggestOrder, SuggestReport};
use crate::domain::failure::Class;
use crate::domain::ids::TicketId;
use crate::domain::job::Outcome;
use crate::domain::judge_version::{JudgeKind, JudgeVersion};
use crate::domain::view::{JudgeChoice, JudgeWork};
use crate::engine::judge::JudgeOrder;
use crate::engine::{Engine, Result};
use crate::store::{catalog, rubrics, tickets, verdicts};

/// Why nobody is offered.
const NOBODY: &str = "no model is usable here: set a key such as OPENAI_API_KEY or ANTHROPIC_API_KEY, or start a server such as ollama; `docket doctor` says what is missing";

impl Engine {
    /// Who could suggest a correction of a ticket: the judge whose verdicts it shows, if a model stands behind it,
    /// else the first model that is usable here. With what it would take, or why it cannot.
    pub fn suggestion_offer(&self, ticket: TicketId) -> Result<JudgeChoice> {
        let (eval, judge) = self.store().read(|db| {
            let row = tickets::get(db, &ticket)?;
            let eval = catalog::eval_in_row(db, row.eval)?;
            let rubric = rubrics::get(db, &eval.rubric)?;
            let judge = verdicts::that_counts(db, row.row, &eval, &rubric)?;
            Ok((eval, judge.and_then(|judge| order_name(&judge.version))))
        })?;
        if let Some(judge) = judge {
            let because = "it has read this ticket";
            return Ok(self.choice(ticket, &eval.name, &judge, because));
        }
        let usable = self.usable_judges(&eval.name)?;
        let models = usable
            .iter()
            .filter(|one| one.offer.as_ref().is_some_and(|offer| !offer.checks_only));
        let mut choices =
            models.map(|one| self.choice(ticket, &eval.name, &one.name, &one.because));
        Ok(choices
            .find(|choice| choice.work.is_ok())
            .unwrap_or_else(|| JudgeChoice {
                name: String::new(),
                because: String::new(),
                work: Err(NOBODY.to_owned()),
            }))
    }

    fn choice(&self, ticket: TicketId, eval: &str, judge: &str, because: &str) -> JudgeChoice {
        let order = SuggestOrder {
            judge: JudgeOrder::new(eval, judge),
            ticket: Some(ticket),
        };
        JudgeChoice {
            name: judge.to_owned(),
            because: because.to_owned(),
            work: match self.suggest_offer(&order) {
                Ok(offer) => Ok(JudgeWork::from(offer)),
                Err(why) => Err(why.to_string()),
            },
        }
    }

    /// Lets a judge suggest a correction of one ticket; what came of it, in a sentence.
    pub fn suggest_for(
        &self,
        ticket: TicketId,
        judge: &str,
        control: &Control,
        tell: &mut dyn FnMut(&Progress),
    ) -> Result<String> {
        let eval = self.store().read(|db| {
            let row = tickets::get(db, &ticket)?;
            catalog::eval_in_row(db, row.eval)
        })?;
        let order = SuggestOrder {
            judge: JudgeOrder::new(eval.name, judge),
            ticket: Some(ticket),
        };
        Ok(told(&self.suggest_run(&order, control, tell)?))
    }
}

/// What this judge is called after `--judge`; `None` where no model stands behind it.
fn order_name(version: &JudgeVersion) -> Option<String> {
    match version.kind {
        // At an address of its own it is named with that address.
        JudgeKind::Model | JudgeKind::Scripted => again::in_one(version),
        JudgeKind::Imported | JudgeKind::Checks => None,
    }
}

/// What came of one ticket.
fn told(report: &SuggestReport) -> String {
    let kept = &report.kept;
    let unread = kept.unscored.keys().chain(kept.failed.keys()).next();
    let what = match report.outcome {
        Outcome::Cancelled => "stopped before a suggestion came".to_owned(),
        _ if kept.helped_and_pass > 0 => "a suggestion that helped and passes".to_owned(),
        _ if kept.helped > 0 => "a suggestion that helped and does not pass yet".to_owned(),
        _ if kept.did_not_help > 0 => "a suggestion that did not help".to_owned(),
        _ if kept.unverified > 0 => "a suggestion that could not be verified".to_owned(),
        _ if kept.nothing > 0 => "nothing to repair here, or somebody else is at it".to_owned(),
        _ => match (unread, &report.message) {
            (Some(class), _) => {
                let words = match Class::read(class) {
                    Some(class) => class.words(),
                    None => class.as_str(),
                };
                format!("no suggestion: {words}")
            }
            (None, Some(message)) => format!("no suggestion: {message}"),
            (None, None) => "no suggestion".to_owned(),
        },
    };
    format!("{}: {what}", report.judge)
}
