//! How a job ends: what it came to, and what is left.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::{Engine, Result};
use super::offer::{Cost, Plan};
use super::order::JudgeOrder;
use super::route::RuleCount;
use super::running::Running;
use super::tally::Kept;
use crate::domain::failure::Class;
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
    /// Tickets it set out to judge.
    pub total: u64,
    /// What was written.
    pub kept: Kept,
    /// What was sent.
    pub traffic: Traffic,
    /// Whether money was counted.
    pub priced: bool,
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
        told: crate::store::Result<()>,
    ) -> Result<Report> {
        let traffic = self.traffic();
        if told.is_err() {
            // Nothing can be written any more: what is under way is given up with its leases.
            drop(self.done);
        }
        let driven = self.driver.join().unwrap_or_else(|_| {
            Err(Failure::new(
                Class::Transport,
                "the thread that asks has died",
            ))
        });
        told?;
        if driven.is_ok() {
            // No answer was needed for what waited for one.
            self.keeper.release();
            self.keeper.write(0)?;
        }
        let left = engine.prepare_judging(order)?.offer.tickets;
        let (outcome, message) = ending(driven, left, &self.keeper.kept.failed);
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
            total: self.total,
            kept: self.keeper.kept,
            traffic,
            priced: matches!(plan.offer.price, Cost::Micros(_)),
            took: self.started.elapsed(),
            left,
            routed: Vec::new(),
        })
    }
}

fn ending(
    driven: std::result::Result<(), Failure>,
    left: u64,
    failed: &BTreeMap<String, u64>,
) -> (Outcome, Option<String>) {
    match driven {
        Err(failure) if failure.class == Class::Cancelled => (Outcome::Cancelled, None),
        Err(failure) if failure.class == Class::Budget => (Outcome::Budget, Some(failure.message)),
        Err(failure) => (Outcome::Failed, Some(failure.message)),
        Ok(()) if left > 0 && !failed.is_empty() => (
            Outcome::Failed,
            Some(format!(
                "{left} tickets have no verdict; start again to try them once more"
            )),
        ),
        Ok(()) => (Outcome::Done, None),
    }
}
