//! Opening tickets: the document a reviewer sees, the seat they take, the draft they left.

use std::sync::Arc;

use super::plans::chance::drawn;
use super::{Engine, Result};
use crate::domain::eval::Eval;
use crate::domain::fold::Folded;
use crate::domain::ids::{EvalId, Identity, TicketId};
use crate::domain::message::{Message, Request, Role};
use crate::domain::review::Subject;
use crate::domain::rubric::Rubric;
use crate::domain::sight::{self, View};
use crate::domain::ticket::State;
use crate::domain::view::{
    Dispute, Draft, JudgeView, Lease, NoTicket, OutputDoc, Shown, SuggestionDoc, TicketDoc,
    VerdictView,
};
use crate::store::tickets::{OutputRow, TicketRow};
use crate::store::{
    Db, StoreError, catalog, drafts, leases, plans, rubrics, suggestions, tally, tickets, verdicts,
};

/// A ticket, or why there is none.
pub type Given = std::result::Result<TicketDoc, NoTicket>;

impl Engine {
    /// Opens a ticket; with `claim` takes a seat if one is free for this reviewer.
    pub fn open_ticket(&self, id: TicketId, claim: bool) -> Result<TicketDoc> {
        let lease = if claim { self.claim(id)? } else { None };
        Ok(self
            .store()
            .read(|db| self.document(db, &tickets::get(db, &id)?, lease))?)
    }

    /// The next ticket of the plan with a seat; `after` is never given again at once.
    pub fn next_ticket(&self, eval: EvalId, after: Option<TicketId>) -> Result<Given> {
        // Another process may take the ticket between the look and the claim; then the next one is tried.
        for _ in 0..32 {
            let Some(row) = self.upcoming(eval, after)? else {
                break;
            };
            if let Some(lease) = self.claim(row.id)? {
                return Ok(Ok(self
                    .store()
                    .read(|db| self.document(db, &row, Some(lease)))?));
            }
        }
        Ok(Err(self.why_none(eval)?))
    }

    /// The ticket `next_ticket` would probably give, without a seat.
    pub fn peek_ticket(&self, eval: EvalId, after: Option<TicketId>) -> Result<Given> {
        match self.upcoming(eval, after)? {
            Some(row) => Ok(Ok(self.store().read(|db| self.document(db, &row, None))?)),
            None => Ok(Err(self.why_none(eval)?)),
        }
    }

    fn upcoming(&self, eval: EvalId, after: Option<TicketId>) -> Result<Option<TicketRow>> {
        let now = self.clock().now_ms();
        Ok(self.store().read(|db| {
            let Some((row, def)) = catalog::eval(db, &eval)? else {
                return Ok(None);
            };
            if after.is_none()
                && let Some(draft) = drafts::latest(db, row, &self.reviewer)?
                && leases::held_by_other(db, tickets::get(db, &draft)?.row, &self.owner, now)?
                    .is_none()
            {
                return Ok(Some(tickets::get(db, &draft)?));
            }
            let after = after
                .and_then(|id| tickets::get(db, &id).ok())
                .map(|ticket| ticket.row);
            let fresh = tickets::next(db, row, &self.reviewer, &self.owner, after, now)?;
            let again = self.audited(db, row, &def, 1, |ticket| Some(ticket.row) != after)?;
            // In the order of the plan, whoever else has read the ticket.
            let first = |one: &TicketRow, other: &TicketRow| one.plan_key < other.plan_key;
            Ok(match (fresh, again.into_iter().next()) {
                (Some(fresh), Some(again)) if first(&fresh, &again) => Some(fresh),
                (fresh, again) => again.or(fresh),
            })
        })?)
    }

    fn why_none(&self, eval: EvalId) -> Result<NoTicket> {
        Ok(self.store().read(|db| {
            let Some((row, def)) = catalog::eval(db, &eval)? else {
                return Ok(NoTicket::NoneImported);
            };
            let of = |state: State| tally::of(db, row, "state", state.name());
            let mut all = 0;
            for state in State::ALL {
                all += of(state)?;
            }
            let aside = of(State::Deferred)? + of(State::Escalated)? + of(State::Adjudicate)?;
            let held = self.left(db, row, &def)?;
            Ok(match (all, held, aside) {
                (0, _, _) => NoTicket::NoneImported,
                (_, held, _) if held > 0 => NoTicket::HeldByOthers { tickets: held },
                (_, _, aside) if aside > 0 => NoTicket::Waiting { tickets: aside },
                _ => NoTicket::AllDone,
            })
        })?)
    }

    /// Takes a seat on a ticket, the reviewer's own again if they have reviewed it. `None` if none is free.
    pub fn claim(&self, id: TicketId) -> Result<Option<Lease>> {
        let engine = self.clone();
        Ok(self.store().write_light(move |db| {
            let ticket = tickets::get(db, &id)?;
            let overlap = catalog::eval_in_row(db, ticket.eval)?.seats(&id);
            let folded = tickets::folded(db, ticket.row)?;
            let now = engine.clock().now_ms();
            for seat in seats(&folded, &engine.reviewer, overlap) {
                if let Some(lease) = leases::take(db, ticket.row, seat, &engine.owner, now)? {
                    return Ok(Some(lease));
                }
            }
            Ok(None)
        })?)
    }

    /// Holds a seat for longer. `false` if it went to somebody else.
    pub fn renew(&self, id: TicketId, lease: Lease) -> Result<bool> {
        let engine = self.clone();
        Ok(self.store().write_light(move |db| {
            let ticket = tickets::get(db, &id)?;
            leases::renew(
                db,
                ticket.row,
                lease,
                &engine.owner,
                engine.clock().now_ms(),
            )
        })?)
    }

    /// Gives the seats on a ticket back.
    pub fn release(&self, id: TicketId) -> Result<()> {
        let engine = self.clone();
        Ok(self.store().write_light(move |db| {
            leases::release(db, tickets::get(db, &id)?.row, &engine.owner)
        })?)
    }

    /// Keeps what was entered.
    pub fn save_draft(&self, id: TicketId, draft: &Draft) -> Result<()> {
        let (engine, draft) = (self.clone(), draft.clone());
        Ok(self.store().write_light(move |db| {
            let ticket = tickets::get(db, &id)?;
            drafts::save(
                db,
                ticket.row,
                &engine.reviewer,
                &draft,
                engine.clock().now_ms(),
            )
        })?)
    }

    /// Forgets what was entered.
    pub fn drop_draft(&self, id: TicketId) -> Result<()> {
        let engine = self.clone();
        Ok(self.store().write_light(move |db| {
            drafts::drop(db, tickets::get(db, &id)?.row, &engine.reviewer)
        })?)
    }

    /// The ticket whose id starts with these hexadecimal characters.
    pub fn find_ticket(&self, prefix: &str) -> Result<TicketId> {
        let found = self.store().read(|db| tickets::with_prefix(db, prefix))?;
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(StoreError::NotFound {
                what: "ticket",
                name: prefix.to_owned(),
            }
            .into()),
            _ => Err(super::EngineError::refused(
                format!("several tickets start with `{prefix}`"),
                "give more of the id",
            )),
        }
    }

    pub(super) fn document(
        &self,
        db: &Db,
        ticket: &TicketRow,
        lease: Option<Lease>,
    ) -> crate::store::Result<TicketDoc> {
        let eval = catalog::eval_in_row(db, ticket.eval)?;
        let rubric = rubrics::get(db, &eval.rubric)?;
        let mut folded = tickets::folded(db, ticket.row)?;
        let view = sight::view(&eval, &ticket.id, &folded, &self.reviewer);
        let mine = folded.by(&self.reviewer).cloned();
        let asked = eval.seats(&ticket.id);
        let full = seats(&folded, &self.reviewer, asked)
            .is_empty()
            .then_some(asked);
        sight::veil_for(&mut folded, view, &self.reviewer);
        let drawn = drawn(db, &eval, ticket, mine.is_some())?;
        let item = tickets::item(db, ticket.item)?;
        let request = item.request.map(|logged| sight::request(logged, view));
        let rows = tickets::outputs(db, ticket)?;
        let first = rows.first();
        let outputs: Vec<OutputDoc> = rows.iter().map(|row| output(row, view)).collect();
        let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
        Ok(TicketDoc {
            ticket: ticket.id,
            threshold: rubric.threshold_for(eval.policy.pass_threshold),
            subject: if let [one] = ids.as_slice() {
                Subject::Output(*one)
            } else {
                Subject::Set(ids)
            },
            request: Arc::new(request_of(request.as_ref())),
            request_raw: request,
            display_order: display_order(&ticket.id, &self.reviewer, outputs.len()),
            reference: item.reference.as_ref().map(reference_text),
            external_id: item.external_id,
            feature: first.and_then(|row| row.feature.clone()),
            tags: tickets::tags(db, ticket.row)?,
            time_ms: first.and_then(|row| row.time_ms),
            mine,
            draft: drafts::load(db, ticket.row, &self.reviewer)?,
            lease,
            held_by: leases::held_by_other(db, ticket.row, &self.owner, self.clock().now_ms())?
                .map(|owner| leases::person(&owner).to_owned()),
            full,
            judge: judge(
                db,
                ticket.row,
                (&eval, &rubric, &folded),
                view.open.then_some(self.reviewer.as_str()),
            )?,
            suggestion: suggested(db, ticket.row, &eval, view.open)?,
            drawn,
            plan: plans::of_key(db, &eval.id, ticket.plan_key)?,
            audit: view.audit,
            rubric: Arc::new(rubric),
            eval: Arc::new(eval),
            folded,
            outputs,
        })
    }
}

/// Human seats in the order they are tried: the reviewer's own, then those nobody has reviewed from.
fn seats(folded: &Folded, reviewer: &str, overlap: u8) -> Vec<u8> {
    if let Some(mine) = folded.by(reviewer) {
        return vec![mine.first.seat];
    }
    let taken: Vec<u8> = folded
        .reviews
        .iter()
        .map(|standing| standing.first.seat)
        .collect();
    (1..=overlap).filter(|seat| !taken.contains(seat)).collect()
}

fn output(row: &OutputRow, view: View) -> OutputDoc {
    let model = match (&row.model, view.known) {
        (None, _) => Shown::None,
        (Some(_), false) => Shown::Hidden,
        (Some(name), true) => Shown::Some(name.clone()),
    };
    OutputDoc {
        id: row.id,
        model,
        message: row
            .message
            .as_ref()
            .and_then(|json| Message::read(json.as_str(), Role::Assistant))
            .map(Arc::new),
        raw: row.message.clone(),
        finish: row.finish.clone(),
        error: row.error.clone(),
        latency_ms: row.latency_ms,
        completion_tokens: row.completion_tokens,
    }
}

/// The text of an output that a reviewer reads and corrects.
pub(super) fn answer_text(row: &OutputRow) -> String {
    let view = View {
        audit: false,
        open: false,
        known: false,
        sight: crate::domain::review::Sight::Blind,
    };
    output(row, view).text()
}

/// What was asked, as far as it can be read.
pub(super) fn request_of(json: Option<&crate::domain::Json>) -> Request {
    json.map(Request::read).unwrap_or_default()
}

fn reference_text(json: &crate::domain::Json) -> String {
    Message::read(json.as_str(), Role::Assistant)
        .map(|message| message.plain_text())
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| json.as_str().to_owned())
}

/// The judge as `reviewer` sees it; hidden without one.
pub(super) fn judge(
    db: &Db,
    ticket: i64,
    (eval, rubric, folded): (&Eval, &Rubric, &Folded),
    reviewer: Option<&str>,
) -> crate::store::Result<JudgeView> {
    let mut view = verdicts::view(db, ticket, eval, rubric)?;
    let JudgeView::Verdicts { verdicts, .. } = &mut view else {
        return Ok(view);
    };
    let Some(reviewer) = reviewer else {
        return Ok(JudgeView::Hidden);
    };
    for verdict in verdicts {
        verdict.disputes = disputes(verdict, folded, reviewer);
    }
    Ok(view)
}

/// What people say of a verdict's question, one's own word first.
fn disputes(verdict: &VerdictView, folded: &Folded, reviewer: &str) -> Vec<Dispute> {
    let all = folded.judge_corrections.iter();
    let mut said: Vec<Dispute> = all
        .filter(|said| said.value.criterion == verdict.criterion)
        .map(|said| Dispute {
            who: (said.reviewer != reviewer).then(|| said.reviewer.clone()),
            answer: said.value.answer.clone(),
            reason: said.value.reason.clone(),
            earlier: said.value.verdict != verdict.id,
        })
        .collect();
    said.sort_by_key(|dispute| dispute.who.is_some());
    said
}

/// The correction a judge proposes, if it may be seen.
fn suggested(
    db: &Db,
    ticket: i64,
    eval: &Eval,
    open: bool,
) -> crate::store::Result<Shown<Arc<SuggestionDoc>>> {
    if !open {
        return Ok(Shown::Hidden);
    }
    let found = suggestions::of_ticket(db, ticket, &eval.rubric)?;
    Ok(found.map_or(Shown::None, |found| Shown::Some(Arc::new(found))))
}

/// Positions in the order this reviewer sees them: shuffled by (ticket, reviewer), so a second look is the same.
/// Positions of the outputs in the order a reviewer sees them.
pub(super) fn display_order(ticket: &TicketId, reviewer: &str, outputs: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..outputs).collect();
    order.sort_by_key(|position| {
        Identity::of("display")
            .part(&ticket.0)
            .part(reviewer.as_bytes())
            .number(*position as i64)
            .finish()
    });
    order
}
