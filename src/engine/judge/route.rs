//! Routing: who reads a ticket, and what becomes of it once a judge has read it.
//!
//! The rules are the eval's ([`crate::domain::route`]); here they are applied to the tickets an order names. What
//! they do is written as decisions of whoever started the judge, all of one pass in one action, so that one undo
//! takes them back together. Only tickets nobody has begun are touched, and applying the rules again changes
//! nothing, so a run that was killed is finished by the next one.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::super::review::refold;
use super::super::{Engine, EngineError, Pen, Result};
use super::offer::Plan;
use super::order::JudgeOrder;
use crate::domain::eval::Eval;
use crate::domain::event::{Assigned, Body, Routed, Way};
use crate::domain::filter::{Expr, Filter, Test, Thing};
use crate::domain::ids::{JudgeVersionId, TicketId};
use crate::domain::plan::is_audit;
use crate::domain::route::{Routes, Rule, Target, untouched};
use crate::domain::rubric::Rubric;
use crate::domain::ticket::State;
use crate::domain::view::Order;
use crate::store::verdicts::OfJudge;
use crate::store::{Db, drafts, leases, queue, tickets, verdicts};

/// Tickets routed in one transaction.
const BATCH: usize = 250;

/// What one rule does, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule, as it was written.
    pub rule: String,
    /// `human`, `judge`, `close`, or `@name`.
    pub to: String,
    /// Whether it was applied to what a judge has read; otherwise before judging.
    pub judged: bool,
    /// Tickets it sent that way.
    pub tickets: u64,
    /// Tickets it fits that stay open all the same: in the audit share, flagged, worked on, or short of a floor
    /// of the rubric.
    pub kept_open: u64,
    /// The same by reason, in words.
    pub kept_for: BTreeMap<&'static str, u64>,
}

impl RuleCount {
    fn of(rule: &Rule, judged: bool) -> Self {
        Self {
            rule: rule.text.clone(),
            to: rule.target.to_string(),
            judged,
            tickets: 0,
            kept_open: 0,
            kept_for: BTreeMap::new(),
        }
    }

    fn keeps(&mut self, why: &'static str) {
        self.kept_open += 1;
        *self.kept_for.entry(why).or_default() += 1;
    }
}

/// The rules of an eval. Rules are checked before they are kept; one that cannot be read was kept by a newer program.
pub(super) fn routes(eval: &Eval) -> Result<Routes> {
    Routes::of(&eval.policy).map_err(|error| EngineError::refused(error.to_string(), &error.hint))
}

/// What became of one ticket.
enum Fate {
    /// It goes that way.
    Goes(Box<Body>),
    /// It fits and stays open, for this reason.
    Stays(&'static str),
    /// It has gone that way before, or is no longer open.
    Done,
}

impl Engine {
    /// How many tickets each rule fits now, before judging and among those already judged. Changes nothing.
    pub fn judge_ways(&self, order: &JudgeOrder) -> Result<Vec<RuleCount>> {
        let eval = self.eval_named(&order.eval)?;
        let routes = routes(&eval)?;
        if routes.is_empty() {
            return Ok(Vec::new());
        }
        let plan = self.prepare_judging(order)?;
        let mut counts = Vec::new();
        for judged in [false, true] {
            for (rule, filter) in rules(&routes, judged) {
                let ids = self.fitting(&plan, order, (rule, filter), judged)?;
                let rule_count = RuleCount::of(rule, judged);
                counts.push(self.weigh(&plan, rule, judged, &ids, rule_count)?);
            }
        }
        Ok(counts)
    }

    /// Routes what an order names without judging, as a run with nothing left to judge would.
    pub fn route_judged(&self, order: &JudgeOrder) -> Result<Vec<RuleCount>> {
        let plan = self.prepare_judging(order)?;
        let mut routed = self.route(order, &plan, false)?;
        routed.extend(self.route(order, &plan, true)?);
        Ok(routed)
    }

    /// Applies the rules of one pass and says what they did.
    pub(super) fn route(
        &self,
        order: &JudgeOrder,
        plan: &Plan,
        judged: bool,
    ) -> Result<Vec<RuleCount>> {
        let routes = routes(&plan.eval)?;
        let pen = Arc::new(Pen::new(self));
        let mut counts = Vec::new();
        for (rule, filter) in rules(&routes, judged) {
            let ids = self.fitting(plan, order, (rule, filter), judged)?;
            let mut count = RuleCount::of(rule, judged);
            for batch in ids.chunks(BATCH) {
                let (moved, kept) = self.apply(plan, rule, judged, batch, &pen)?;
                count.tickets += moved;
                for why in kept {
                    count.keeps(why);
                }
            }
            counts.push(count);
        }
        counts.retain(|count| count.tickets + count.kept_open > 0);
        Ok(counts)
    }

    /// The open tickets a rule decides about, within the order.
    fn fitting(
        &self,
        plan: &Plan,
        order: &JudgeOrder,
        (rule, when): (&Rule, Filter),
        judged: bool,
    ) -> Result<Vec<TicketId>> {
        let ordered = Filter::parse(&order.filter).unwrap_or_default();
        let mut filter = ordered.and(when).and(untouched());
        let has = |thing| Expr::Test(Test::Has(thing));
        // A warning stands on what a judge said: what it decides is decided after judging.
        let further = if judged {
            Some(has(Thing::Judge))
        } else {
            rule.asks_of_warnings()
                .then(|| has(Thing::Warning).negate())
        };
        filter = filter.and(Filter { root: further });
        let mut ids = self.store().read(|db| {
            queue::matching(
                db,
                &self.ask(plan.eval_row, &filter, Order::Arrival),
                u32::MAX,
            )
        })?;
        if let Some(only) = &order.only {
            let only: HashSet<&TicketId> = only.iter().collect();
            ids.retain(|id| only.contains(id));
        }
        Ok(ids)
    }

    fn weigh(
        &self,
        plan: &Plan,
        rule: &Rule,
        judged: bool,
        ids: &[TicketId],
        mut count: RuleCount,
    ) -> Result<RuleCount> {
        let now = self.clock().now_ms();
        Ok(self.store().read(|db| {
            let desk = Desk::new(db, plan, judged, now)?;
            for id in ids {
                match desk.fate(db, rule, id)? {
                    Fate::Goes(_) => count.tickets += 1,
                    Fate::Stays(why) => count.keeps(why),
                    // A rule that was applied before still says where the ticket stands.
                    Fate::Done => count.tickets += u64::from(!judged),
                }
            }
            Ok(count)
        })?)
    }

    fn apply(
        &self,
        plan: &Plan,
        rule: &Rule,
        judged: bool,
        ids: &[TicketId],
        pen: &Arc<Pen>,
    ) -> Result<(u64, Vec<&'static str>)> {
        let (ids, rule, pen) = (ids.to_vec(), rule.clone(), Arc::clone(pen));
        let now = self.clock().now_ms();
        let desk = self.store().read(|db| Desk::new(db, plan, judged, now))?;
        Ok(self.store().write(move |db| {
            let mut moved = Vec::new();
            let mut kept = Vec::new();
            for id in ids {
                match desk.fate(db, &rule, &id)? {
                    Fate::Goes(body) => {
                        pen.write(db, Some(id), None, *body)?;
                        moved.push(id);
                    }
                    Fate::Stays(why) => kept.push(why),
                    Fate::Done => {}
                }
            }
            refold(db, &moved)?;
            Ok((moved.len() as u64, kept))
        })?)
    }
}

/// The rules of one pass. `judge` only keeps later rules away, so it is nothing to apply.
fn rules(routes: &Routes, judged: bool) -> Vec<(&Rule, Filter)> {
    let pass = if judged {
        routes.after()
    } else {
        routes.before()
    };
    // What asks nothing about the judge was decided before judging; afterwards it only keeps later rules away. What asks
    // for flags is decided twice: by those of people before, by a judge's warnings after it has read.
    let now = |rule: &Rule| {
        if judged {
            rule.needs_verdict() || rule.asks_of_warnings()
        } else {
            !rule.needs_verdict()
        }
    };
    pass.into_iter()
        .filter(|(rule, _)| rule.target != Target::Judge && now(rule))
        .collect()
}

/// What deciding about a ticket needs.
struct Desk {
    eval: Eval,
    rubric: Arc<Rubric>,
    judge: JudgeVersionId,
    /// Local row; `None` if it has judged nothing.
    judge_row: Option<i64>,
    judged: bool,
    now_ms: i64,
}

impl Desk {
    fn new(db: &Db, plan: &Plan, judged: bool, now_ms: i64) -> crate::store::Result<Self> {
        Ok(Self {
            eval: plan.eval.clone(),
            rubric: Arc::clone(&plan.rubric),
            judge: plan.judge.id,
            judge_row: verdicts::judge_row(db, &plan.judge.id)?,
            judged,
            now_ms,
        })
    }

    fn fate(&self, db: &Db, rule: &Rule, id: &TicketId) -> crate::store::Result<Fate> {
        let ticket = tickets::get(db, id)?;
        if ticket.state != State::Open {
            return Ok(Fate::Done);
        }
        let folded = tickets::folded(db, ticket.row)?;
        let policy = &self.eval.policy;
        let audit = is_audit(policy.mode, policy.audit_share, self.eval.seed, id);
        if audit && self.judged {
            return Ok(Fate::Stays("in the audit share"));
        }
        let said = if self.judged {
            self.said(db, ticket.row)?
        } else {
            Err("not read by this judge")
        };
        let again = folded
            .routed
            .as_ref()
            .is_some_and(|routed| routed.value.rule == rule.text);
        match &rule.target {
            Target::Judge => Ok(Fate::Done),
            Target::Human | Target::Person(_) if again => Ok(Fate::Done),
            Target::Human => Ok(Fate::Goes(self.routed(
                rule,
                Way::Human,
                said.as_ref().ok(),
            ))),
            Target::Person(_) if folded.assigned.is_some() => Ok(Fate::Done),
            Target::Person(name) => Ok(Fate::Goes(Box::new(Body::Assigned(Assigned {
                to: name.clone(),
                rule: Some(rule.text.clone()),
            })))),
            Target::Close => {
                let worked_on = leases::held_by_other(db, ticket.row, "", self.now_ms)?.is_some()
                    || drafts::any(db, ticket.row)?;
                Ok(match said {
                    _ if worked_on => Fate::Stays("somebody is at it"),
                    _ if folded.flag.is_some() => Fate::Stays("flagged by a person"),
                    Err(why)
                    | Ok(Said {
                        stays: Some(why), ..
                    }) => Fate::Stays(why),
                    Ok(said) => Fate::Goes(self.routed(rule, Way::Close, Some(&said))),
                })
            }
        }
    }

    fn routed(&self, rule: &Rule, way: Way, said: Option<&Said>) -> Box<Body> {
        Box::new(Body::Routed(Routed {
            way,
            rule: rule.text.clone(),
            judge: said.map(|_| self.judge),
            score: said.map(|said| said.score),
            verdicts: said.map(|said| said.verdicts.clone()).unwrap_or_default(),
        }))
    }

    /// What this judge said, or why it has no say: another one read later, or it gave no score.
    fn said(
        &self,
        db: &Db,
        ticket: i64,
    ) -> crate::store::Result<std::result::Result<Said, &'static str>> {
        let judges = verdicts::of_ticket(db, ticket)?;
        let Some(ours) = judges
            .first()
            .filter(|newest| Some(newest.row) == self.judge_row)
        else {
            let read = judges.iter().any(|judge| Some(judge.row) == self.judge_row);
            return Ok(Err(if read {
                "read again since by another judge, whose word counts"
            } else {
                "not read by this judge yet"
            }));
        };
        let standing = ours.standing(&self.rubric, &self.eval);
        let threshold = self.rubric.threshold_for(self.eval.policy.pass_threshold);
        let Some(score) = standing.score else {
            return Ok(Err("without a score of this judge"));
        };
        // Enough points with a floor missed or a check failed: the number alone is not what the rule meant.
        let short = score >= threshold.value && standing.pass == Some(false);
        let stays = if warned(ours, &judges) {
            Some("with a warning")
        } else {
            short.then_some("short of a floor, or with a failed check")
        };
        Ok(Ok(Said {
            score,
            verdicts: ours.verdicts.iter().map(|stored| stored.id).collect(),
            stays,
        }))
    }
}

struct Said {
    score: f64,
    verdicts: Vec<crate::domain::ids::VerdictId>,
    /// Why it does not close the ticket all the same.
    stays: Option<&'static str>,
}

/// Whether what this judge said of the ticket carries a warning, or what any judge said one about the text itself.
fn warned(ours: &OfJudge, judges: &[OfJudge]) -> bool {
    let flags = |judge: &OfJudge, of_text: bool| {
        let mut flags = judge.verdicts.iter().flat_map(|one| &one.verdict.flags);
        flags.any(|flag| !of_text || flag.is_of_text())
    };
    flags(ours, false) || judges.iter().any(|judge| flags(judge, true))
}

#[cfg(test)]
mod tests;
