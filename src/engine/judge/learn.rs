//! What a judge is shown of what experts said: examples from corrections, and approved guidelines.
//!
//! Only the train share of the fixed split is ever read into a [`Library`]; of it, a ticket's own correction,
//! its cluster and its near twins are left out of its prompt. Both are part of the judge's identity, and
//! neither is used unless the order names it.

use std::sync::Arc;

use super::super::{Engine, EngineError, Result};
use super::order::JudgeOrder;
use super::work::subject;
use crate::domain::eval::Eval;
use crate::domain::ids::{TicketId, hex};
use crate::domain::learning::{AgreedCorrection, Guideline, agreed_corrections};
use crate::domain::message::Role;
use crate::domain::rubric::{Example, Rubric};
use crate::judge::identity::JudgeSpec;
use crate::judge::prompt::{parts_not_shown, readable};
use crate::judge::retrieve::{Lesson, Library, Target, guidelines_digest};
use crate::judge::subject::{Subject, Turn};
use crate::store::{Db, lessons, tickets};

/// What a job shows its judge beside the rubric.
#[derive(Debug, Default)]
pub(in crate::engine) struct Learned {
    /// Corrected tickets that may be shown; empty unless the order says so.
    pub library: Library,
    /// Approved rules, in the order they are shown.
    pub guidelines: Vec<Guideline>,
}

/// The examples of one question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::engine) struct Shots {
    /// As they are shown, most alike first.
    pub examples: Vec<Example>,
    /// The tickets they come from.
    pub tickets: Vec<TicketId>,
}

impl Learned {
    /// Hash of the examples that may be shown; `None` without any.
    pub fn examples_hash(&self) -> Option<String> {
        (!self.library.is_empty()).then(|| hex(&self.library.digest()))
    }

    /// Hash of the guidelines; `None` without any.
    pub fn guidelines_hash(&self) -> Option<String> {
        (!self.guidelines.is_empty()).then(|| hex(&guidelines_digest(&self.guidelines)))
    }

    /// The judge that is shown the examples of this library: what may stand in some prompt makes another judge.
    pub fn shown_to(&self, judge: JudgeSpec) -> JudgeSpec {
        if self.library.is_empty() {
            return judge;
        }
        JudgeSpec {
            few_shot: self.library.digest(),
            ..judge
        }
    }

    /// What is added to the judge's name.
    pub fn suffix(&self) -> &'static str {
        match (self.library.is_empty(), self.guidelines.is_empty()) {
            (true, true) => "",
            (false, true) => " + examples",
            (true, false) => " + guidelines",
            (false, false) => " + examples, guidelines",
        }
    }

    /// Fields of tickets and people's words that leave with every question because of it.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        let corrections = (!self.library.is_empty()).then_some("corrections");
        let guidelines = (!self.guidelines.is_empty()).then_some("guidelines");
        corrections.into_iter().chain(guidelines)
    }

    /// The examples for a question about a ticket.
    pub fn shots(
        &self,
        db: &Db,
        ticket: &tickets::TicketRow,
        subject: &Subject,
        criteria: &[&str],
    ) -> crate::store::Result<Arc<Shots>> {
        if self.library.is_empty() {
            return Ok(Arc::default());
        }
        let Some(cluster) = lessons::cluster(db, ticket.eval, &ticket.id)? else {
            return Ok(Arc::default());
        };
        let output: Vec<String> = subject.outputs.iter().map(readable).collect();
        let target = Target {
            ticket: &ticket.id,
            cluster: &cluster,
            input: &subject.own_text(),
            output: &output.join("\n"),
        };
        let mut shots = Shots::default();
        for one in self.library.choose(target, criteria) {
            shots.examples.push(one.example.clone());
            shots.tickets.push(one.ticket);
        }
        Ok(Arc::new(shots))
    }
}

impl Engine {
    /// What an order wants a judge to be shown. Refused where there is nothing to show, so that nobody believes
    /// a judge has learned that has not.
    pub(super) fn learned(
        &self,
        order: &JudgeOrder,
        (row, eval): (i64, &Eval),
        rubric: &Rubric,
    ) -> Result<Learned> {
        let guidelines = match &order.guidelines {
            Some(set) => self.guidelines_in_use(eval, set)?,
            None => Vec::new(),
        };
        let library = if order.learn {
            let seed = self.identity().seed;
            let (library, corrections) = self.store().read(|db| {
                let corrections = lessons::corrections(db, row)?;
                let agreed = agreed_corrections(&corrections, &eval.rubric);
                let lessons = agreed
                    .into_iter()
                    .filter_map(|one| lesson(db, rubric, one).transpose())
                    .collect::<crate::store::Result<Vec<_>>>()?;
                Ok((Library::new(seed, lessons), corrections.len()))
            })?;
            if library.is_empty() {
                return Err(nothing_to_learn(eval, corrections));
            }
            library
        } else {
            Library::default()
        };
        Ok(Learned {
            library,
            guidelines,
        })
    }
}

fn nothing_to_learn(eval: &Eval, corrections: usize) -> EngineError {
    let name = &eval.name;
    if corrections == 0 {
        return EngineError::refused(
            format!("nobody has corrected a judge on `{name}`, so there is nothing to learn from"),
            "disagree with a judge on some tickets first, and say why",
        );
    }
    EngineError::refused(
        format!(
            "none of the {corrections} corrections of judges on `{name}` may be shown: a fixed fifth of all clusters \
             teaches, what experts agree on under this rubric version"
        ),
        "correct the judge on more tickets; the others measure whether it helped",
    )
}

/// A corrected ticket as an example; `None` where a judge could not read all of it as text.
fn lesson(
    db: &Db,
    rubric: &Rubric,
    agreed: AgreedCorrection,
) -> crate::store::Result<Option<Lesson>> {
    let ticket = tickets::get(db, &agreed.ticket)?;
    let subject = subject(db, &ticket, rubric)?;
    if parts_not_shown(&subject) {
        return Ok(None);
    }
    Ok(Some(Lesson {
        ticket: agreed.ticket,
        cluster: agreed.cluster,
        own: subject.own_text(),
        example: Example {
            input: conversation(&subject.request),
            outputs: subject.outputs.iter().map(readable).collect(),
            reference: subject.reference.map(|reference| reference.text),
            answers: [(agreed.criterion, agreed.answer)].into(),
            why: agreed.why,
            correction: None,
        },
    }))
}

/// The request as an example shows it. Standing instructions are left out: they are much alike in all tickets
/// of an eval, and the judged one brings its own.
fn conversation(request: &[Turn]) -> String {
    let standing = [Role::System.name(), Role::Developer.name()];
    let turns: Vec<&Turn> = request
        .iter()
        .filter(|turn| !standing.contains(&turn.role.as_str()))
        .collect();
    match turns[..] {
        [only] => only.text.clone(),
        _ => turns
            .iter()
            .map(|turn| format!("{}: {}", turn.role, turn.text))
            .collect::<Vec<_>>()
            .join("\n\n"),
    }
}

#[cfg(test)]
mod tests;
