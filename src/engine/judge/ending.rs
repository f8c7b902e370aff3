//! How a job ends: what it came to, and what is left.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::{Engine, Result};
use super::offer::{Cost, Plan};
use super::order::JudgeOrder;
use super::route::RuleCount;
use super::running::Running;
use super::tally::Kept;
use crate::domain::count::{counted, either};
use crate::domain::failure::{Answerable, Class};
use crate::domain::job::Outcome;
use crate::provider::{Failure, Traffic};
use crate::store::{jobs, judging};

/// What a job came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its identity, for pause and cancel.
    pub job: [u8; 16],
    /// The judge in people's words.
    pub judge: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it ended so.
    pub message: Option<String>,
    /// The failure that stopped it, if one did.
    pub stopped_by: Option<Class>,
    /// Tickets it set out to judge.
    pub total: u64,
    /// What was written.
    pub kept: Kept,
    /// What was sent.
    pub traffic: Traffic,
    /// What such calls cost: the estimate, where the price is known.
    pub price: Cost,
    /// Whether only the rubric's checks were asked.
    pub checks_only: bool,
    /// Questions that checks answer, and all of them.
    pub checked: (usize, usize),
    /// Where only checks were asked: the questions that have no level from one.
    pub unchecked: Vec<String>,
    /// How long it took.
    pub took: Duration,
    /// Tickets that still lack a verdict of this judge.
    pub left: u64,
    /// What the routing rules did, rules that fit nothing left out.
    pub routed: Vec<RuleCount>,
}

impl Running {
    /// Gives seats and money back, writes how it ended.
    pub fn end(
        mut self,
        engine: &Engine,
        order: &JudgeOrder,
        plan: &Plan,
        driven: std::result::Result<(), Failure>,
    ) -> Result<Report> {
        let traffic = self.traffic();
        if driven.is_ok() {
            // No answer was needed for what waited for one.
            self.keeper.release();
            self.keeper.write(&Traffic {
                in_flight: 0,
                ..traffic
            })?;
        }
        // What it read without an answer has its verdict, whether such are asked for again or not.
        let once = JudgeOrder {
            again: false,
            ..order.clone()
        };
        let left = engine.prepare_judging(&once)?.offer.tickets;
        let stopped_by = driven.as_ref().err().map(|failure| failure.class);
        let held = engine.store().read(|db| {
            let (seats, now) = ([plan.judge.seat()], engine.clock().now_ms());
            super::super::held_elsewhere(db, &seats, &engine.owner, now)
        })?;
        let ended = (driven, held.filter(|_| left > 0));
        let (outcome, message) = ending(ended, left, &self.keeper.kept, plan, order);
        let known = self.model.map(|model| model.capabilities());
        let (place, model) = (plan.offer.place.clone(), plan.judge.version.model.clone());
        let (seat, job, said) = (plan.judge.seat(), self.job, message.clone());
        let this = engine.clone();
        engine.store().write_light(move |db| {
            let now = this.clock().now_ms();
            crate::store::leases::release_seat(db, &seat, &this.owner)?;
            jobs::leave(db, job, &this.owner, false)?;
            jobs::end(db, job, outcome, said.as_deref(), now)?;
            if let (Some(known), Some(model)) = (known, model)
                && let Ok(body) = serde_json::to_string(&known)
            {
                judging::put_endpoint(db, &place, &model, &body)?;
            }
            Ok(())
        })?;
        Ok(Report {
            job: self.id,
            judge: plan.judge.version.name.clone(),
            outcome,
            message,
            stopped_by,
            total: self.total,
            kept: self.keeper.kept,
            traffic,
            price: plan.offer.price,
            checks_only: plan.offer.checks_only,
            checked: plan.offer.checked,
            unchecked: unchecked(plan),
            took: self.started.elapsed(),
            left,
            routed: Vec::new(),
        })
    }
}

impl Report {
    /// Whether every ticket it was given was read and not one was scored.
    pub fn answered_nothing(&self) -> bool {
        let whole = self.stopped_by.is_none() && self.kept.failed.is_empty();
        whole && nothing_scored(&self.kept, self.checks_only)
    }
}

fn nothing_scored(kept: &Kept, checks_only: bool) -> bool {
    let heard = kept.replied + kept.cached > 0;
    !checks_only && kept.tickets > 0 && !heard && !kept.unscored.is_empty()
}

/// Questions of the rubric that no check answers, where nobody else was asked.
fn unchecked(plan: &Plan) -> Vec<String> {
    let open = plan.rubric.questions();
    open.filter(|question| plan.offer.checks_only && !question.from_check)
        .map(|question| question.id.to_owned())
        .collect()
}

fn ending(
    (driven, held): (std::result::Result<(), Failure>, Option<String>),
    left: u64,
    kept: &Kept,
    plan: &Plan,
    order: &JudgeOrder,
) -> (Outcome, Option<String>) {
    if let (Ok(()), Some(held), true) = (&driven, &held, kept.failed.is_empty()) {
        // What another process holds is not done, whoever of the two is asked.
        let have = either(left, "ticket has", "tickets have");
        let message = format!("{left} {have} no verdict yet; {held}");
        return (Outcome::Failed, Some(message));
    }
    match driven {
        Err(failure) if failure.class == Class::Cancelled => (Outcome::Cancelled, None),
        Err(failure) if failure.class == Class::Budget => (Outcome::Budget, Some(failure.message)),
        Err(failure) => (Outcome::Failed, Some(failure.message)),
        Ok(()) if left > 0 && !kept.failed.is_empty() => (
            Outcome::Failed,
            Some(format!(
                "{left} {} no verdict; start again to ask once more{}",
                either(left, "ticket has", "tickets have"),
                held.map_or_else(String::new, |held| format!("; {held}"))
            )),
        ),
        // Others gave back what they held after the last look, or it was imported meanwhile.
        Ok(()) if left > 0 => (
            Outcome::Failed,
            Some(format!(
                "{left} {} no verdict yet; start again to go on with {}",
                either(left, "ticket has", "tickets have"),
                either(left, "it", "them")
            )),
        ),
        Ok(()) if nothing_scored(kept, plan.offer.checks_only) => (
            // That a judge cannot tell is its answer.
            if kept
                .unscored
                .keys()
                .all(|class| class == Class::CannotJudge.name())
            {
                Outcome::Done
            } else {
                Outcome::Failed
            },
            Some(format!(
                "{} of {} scored: {}",
                kept.scored_tickets,
                counted(kept.tickets, "ticket"),
                unscored_for(&kept.unscored)
            )),
        ),
        Ok(()) => (Outcome::Done, done(kept, plan, order)),
    }
}

/// Why nothing was scored, and what helps: each class once.
fn unscored_for(unscored: &BTreeMap<String, u64>) -> String {
    let classes: Vec<Class> = unscored
        .keys()
        .filter_map(|name| Class::read(name))
        .collect();
    let mut why: Vec<&str> = classes.iter().map(|class| class.words()).collect();
    if classes.contains(&Class::TooLong) {
        why.push("nothing is cut, so only a judge with more room can read them");
    }
    if classes.contains(&Class::NoReference) {
        why.push("import references for these items, or judge them by a rubric that compares with nothing");
    }
    if classes.contains(&Class::CannotJudge) {
        why.push("what a judge cannot tell is for a person");
    }
    if classes.contains(&Class::Truncated) {
        why.push("give it more room: `max_output_tokens` under `[judge]` in the rubric");
    }
    let again = |class: &Class| {
        // The same room would break off again.
        matches!(class.answerable(), Answerable::Again(_)) && *class != Class::Truncated
    };
    if classes.iter().any(again) {
        why.push("`--again` asks once more where no answer could be read");
    }
    why.join("; ")
}

/// What is to be known of a job that did all it was given.
fn done(kept: &Kept, plan: &Plan, order: &JudgeOrder) -> Option<String> {
    let (some, all) = plan.offer.checked;
    if plan.offer.checks_only {
        let (passed, ran) = kept.checks_passed();
        return Some(format!(
            "{some} of {} checked, {passed} of {} passed",
            counted(all as u64, "question"),
            counted(ran, "check")
        ));
    }
    let part = order.limit.is_some() || !order.filter.is_empty() || order.only.is_some();
    part.then(|| "every ticket it was given is read, a part of the eval".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_nothing_was_scored_is_told_class_by_class_and_only_what_helps_is_offered() {
        for (class, says, again) in [
            (Class::Unparsable, "no answer that can be read", true),
            (Class::Refusal, "refused", true),
            (Class::TooLong, "a judge with more room", false),
            (Class::CannotJudge, "for a person", false),
            (Class::NoReference, "import references", false),
            (Class::Truncated, "max_output_tokens", false),
        ] {
            let told = unscored_for(&BTreeMap::from([(class.name().to_owned(), 2)]));
            assert!(told.contains(says), "{told}");
            assert_eq!(told.contains("--again"), again, "{told}");
        }
        let both = [Class::TooLong, Class::Unparsable].map(|class| (class.name().to_owned(), 1));
        let told = unscored_for(&BTreeMap::from(both));
        assert!(
            told.contains("more room") && told.contains("--again"),
            "{told}"
        );
    }
}
