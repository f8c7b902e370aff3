//! Committing reviews and other decisions, one transaction each.

mod second;

use super::plans::chance::drawn;
use super::taken::taken;
use super::ticket::judge;
use super::{Engine, EngineError, Pen, Result, checked};
use crate::domain::event::{Assigned, Body, Event, Flag, Revealed, Tagged, Text};
use crate::domain::fold::Folded;
use crate::domain::ids::TicketId;
use crate::domain::review::{Correction, Note, Purpose, Review, Round, Sight, Subject};
use crate::domain::rubric::{Answer, Answers, Rubric};
use crate::domain::sight::{self, View};
use crate::domain::ticket::{self as states, Move};
use crate::domain::view::{
    Committed, Decision, Drawn, JudgeView, JudgeWord, Submission, VerdictView,
};
use crate::domain::{eval::AfterCommit, eval::Eval};
use crate::store::project::{Refolder, overall};
use crate::store::tickets::{OutputRow, TicketRow};
use crate::store::{Db, StoreError, catalog, drafts, leases, plans, rubrics, tickets};

/// Room for the rounding of a mean level.
const LEVEL_NOISE: f64 = 1e-9;

/// What a submit needs to know about its ticket.
struct Desk {
    ticket: TicketRow,
    eval: Eval,
    rubric: Rubric,
    folded: Folded,
    outputs: Vec<OutputRow>,
    view: View,
}

impl Desk {
    fn load(db: &Db, id: &TicketId, reviewer: &str) -> crate::store::Result<Self> {
        let ticket = tickets::get(db, id)?;
        let eval = catalog::eval_in_row(db, ticket.eval)?;
        let rubric = rubrics::get(db, &eval.rubric)?;
        let folded = tickets::folded(db, ticket.row)?;
        let view = sight::view(&eval, id, &folded, reviewer);
        Ok(Self {
            outputs: tickets::outputs(db, &ticket)?,
            ticket,
            eval,
            rubric,
            folded,
            view,
        })
    }
}

impl Engine {
    /// Commits a review. Refused when the seat has passed to somebody else or an answer is missing or off
    /// its scale; the draft stays in either case.
    pub fn submit(&self, submission: &Submission) -> Result<Committed> {
        let (engine, submission) = (self.clone(), submission.clone());
        Ok(self
            .store()
            .write(move |db| engine.submit_in(db, &submission))?)
    }

    fn submit_in(&self, db: &Db, submission: &Submission) -> crate::store::Result<Committed> {
        let desk = Desk::load(db, &submission.ticket, &self.reviewer)?;
        leases::check(db, desk.ticket.row, submission.lease, &self.owner)?;
        let mut submission = submission.clone();
        let answers = &mut submission.draft.answers;
        checked::complete(db, &desk.ticket, &desk.rubric, answers)?;
        let submission = &submission;
        check_answers(&desk.rubric, &submission.draft.answers, desk.outputs.len())?;
        let review = self.review(db, &desk, submission)?;
        let event = Pen::new(self).write(
            db,
            Some(submission.ticket),
            None,
            Body::ReviewSubmitted(Box::new(review)),
        )?;
        drafts::drop(db, desk.ticket.row, &self.reviewer)?;
        let mut refolder = Refolder::default();
        let mut committed = self.committed(db, &desk, submission, &event, &mut refolder)?;
        refolder.finish(db)?;
        committed.left = self.left(db, desk.ticket.eval, &desk.eval)?;
        Ok(committed)
    }

    fn review(
        &self,
        db: &Db,
        desk: &Desk,
        submission: &Submission,
    ) -> crate::store::Result<Review> {
        let draft = &submission.draft;
        let ids: Vec<_> = desk.outputs.iter().map(|output| output.id).collect();
        let base = desk.outputs.get(draft.corrects);
        let correction = match (&draft.correction, base) {
            (Some(text), Some(base)) => Some(Correction {
                base: base.id,
                text: text.clone(),
                reason: some(&draft.correction_reason),
                taken: match draft.suggestion {
                    Some(id) => taken(db, desk.ticket.row, base, (id, text))?,
                    None => None,
                },
            }),
            _ => None,
        };
        let plan = if submission.from_plan {
            plans::of_key(db, &desk.eval.id, desk.ticket.plan_key)?
        } else {
            None
        };
        let round = self.round(db, desk, submission)?;
        // What was on the screen is decided here as well: a screen cannot call an assisted review blind.
        let sight = match (submission.sight, round) {
            (Sight::Assisted, _) | (_, Round::Second(_)) => Sight::Assisted,
            _ => desk.view.sight,
        };
        Ok(Review {
            eval: desk.eval.id,
            rubric: desk.eval.rubric,
            subject: if let [one] = ids.as_slice() {
                Subject::Output(*one)
            } else {
                Subject::Set(ids)
            },
            answers: draft.answers.clone(),
            note: some(&draft.note).map(|text| Note {
                text,
                range: draft.note_range,
            }),
            tags: draft.tags.clone(),
            correction,
            active_ms: draft.active_ms,
            text_len: desk
                .outputs
                .iter()
                .filter_map(|o| o.message.as_ref())
                .map(|m| m.as_str().len() as u64)
                .sum(),
            seat: submission.lease.seat,
            sight,
            verdicts_seen: submission.verdicts_seen.clone(),
            round,
            purpose: Purpose {
                practice: submission.practice,
                gold: desk.folded.gold.is_some(),
                audit: desk.view.audit,
            },
            plan,
            source: submission.source,
        })
    }

    fn committed(
        &self,
        db: &Db,
        desk: &Desk,
        submission: &Submission,
        event: &Event,
        refolder: &mut Refolder,
    ) -> crate::store::Result<Committed> {
        let folded = refolder.ticket(db, &submission.ticket)?.unwrap_or_default();
        let answers = &submission.draft.answers;
        let score = overall(&desk.rubric, &desk.eval, answers);
        let about = (&desk.eval, &desk.rubric, &folded);
        let seen = judge(db, desk.ticket.row, about, Some(&self.reviewer))?;
        let differs = differs(&desk.rubric, &desk.eval, answers, &seen);
        let show = match desk.eval.policy.after_commit {
            AfterCommit::Always => true,
            AfterCommit::Differs => differs,
            AfterCommit::Never => false,
        };
        let first_look = !desk.view.open && submission.second_after.is_none();
        let revealed = match (&seen, show && first_look) {
            (JudgeView::Verdicts { verdicts, .. }, true) => {
                let ids = verdicts.iter().map(|verdict| verdict.id).collect();
                Some(self.reveal_in(db, submission.ticket, ids)?)
            }
            _ => None,
        };
        if revealed.is_some() {
            refolder.ticket(db, &submission.ticket)?;
        }
        let hidden = matches!(seen, JudgeView::Verdicts { .. }) && first_look && !show;
        Ok(Committed {
            ticket: submission.ticket,
            event: event.id,
            state: folded.state,
            score: score.map(|(value, _)| value),
            pass: score.map(|(_, pass)| pass),
            judge_word: word(&desk.rubric, &desk.eval, &seen, (differs, first_look)),
            judge: if hidden { JudgeView::Hidden } else { seen },
            judge_differs: differs,
            // Counted where the ticket stays on the screen, and only there: it costs a look at the plan.
            drawn: if show {
                drawn(db, &desk.eval, &desk.ticket, true)?
            } else {
                Drawn::InPlan
            },
            revealed,
            left: 0,
        })
    }

    /// Shows the judge before the own commit, which marks the coming review assisted.
    pub fn reveal(&self, id: TicketId) -> Result<JudgeView> {
        let engine = self.clone();
        Ok(self.store().write(move |db| {
            let desk = Desk::load(db, &id, &engine.reviewer)?;
            let about = (&desk.eval, &desk.rubric, &desk.folded);
            let seen = judge(db, desk.ticket.row, about, Some(&engine.reviewer))?;
            if let (JudgeView::Verdicts { verdicts, .. }, false) = (&seen, desk.view.open) {
                engine.reveal_in(db, id, verdicts.iter().map(|verdict| verdict.id).collect())?;
                refold(db, &[id])?;
            }
            Ok(seen)
        })?)
    }

    /// Decides about tickets, all in one action. Returns how many it touched.
    pub fn decide(&self, ids: &[TicketId], decision: &Decision) -> Result<u64> {
        if let [only] = ids
            && *decision == Decision::Reveal
        {
            return self.reveal(*only).map(|_| 1);
        }
        let (engine, ids, decision) = (self.clone(), ids.to_vec(), decision.clone());
        let refused = self.store().write(move |db| {
            let pen = Pen::new(&engine);
            let mut touched = Vec::with_capacity(ids.len());
            let mut refused = None;
            for id in ids {
                let ticket = tickets::get(db, &id)?;
                if let Some(why) = refusal(&decision, &ticket) {
                    refused = Some(why);
                    continue;
                }
                pen.write(db, Some(id), None, body(&decision))?;
                if matches!(
                    decision,
                    Decision::Skip | Decision::Defer(_) | Decision::Escalate(_)
                ) {
                    leases::release(db, ticket.row, &engine.owner)?;
                }
                touched.push(id);
            }
            refold(db, &touched)?;
            Ok((touched.len() as u64, refused))
        })?;
        match refused {
            (0, Some(why)) => Err(EngineError::Refused {
                what: why,
                hint: None,
            }),
            (touched, _) => Ok(touched),
        }
    }
}

/// Folds these tickets anew.
pub(super) fn refold(db: &Db, ids: &[TicketId]) -> crate::store::Result<()> {
    let mut refolder = Refolder::default();
    for id in ids {
        refolder.ticket(db, id)?;
    }
    refolder.finish(db)
}

fn refusal(decision: &Decision, ticket: &TicketRow) -> Option<String> {
    let step = match decision {
        Decision::Defer(_) => Move::Defer,
        Decision::Escalate(_) => Move::Escalate,
        _ => return None,
    };
    let word = if step == Move::Defer {
        "put aside"
    } else {
        "handed up"
    };
    states::after(ticket.state, step)
        .is_none()
        .then(|| format!("a ticket that is {} cannot be {word}", ticket.state.name()))
}

fn body(decision: &Decision) -> Body {
    let text = |text: &str| Text {
        text: text.to_owned(),
    };
    match decision {
        Decision::Skip => Body::Skipped(Text::default()),
        Decision::Defer(reason) => Body::Deferred(text(reason)),
        Decision::Escalate(reason) => Body::Escalated(text(reason)),
        Decision::Flag(on, reason) => Body::Flagged(Flag {
            on: *on,
            reason: reason.clone(),
        }),
        Decision::Note(words) => Body::Noted(Note {
            text: words.clone(),
            range: None,
        }),
        Decision::Comment(words) => Body::Commented(text(words)),
        Decision::Tag(tag, on) => Body::TagAdded(Tagged {
            tag: tag.clone(),
            on: *on,
        }),
        Decision::Assign(to) => Body::Assigned(Assigned {
            to: to.clone(),
            rule: None,
        }),
        Decision::Reveal => Body::Revealed(Revealed {
            what: second::JUDGE.into(),
            verdicts: Vec::new(),
            eval: None,
        }),
    }
}

fn check_answers(rubric: &Rubric, answers: &Answers, outputs: usize) -> crate::store::Result<()> {
    for (id, answer) in answers {
        rubric
            .check_answer(id, answer, outputs)
            .map_err(|error| StoreError::Refused(error.to_string()))?;
    }
    match rubric
        .questions()
        .find(|question| !answers.contains_key(question.id))
    {
        Some(missing) => Err(StoreError::Refused(format!(
            "the question `{}` has no answer yet",
            missing.text
        ))),
        None => Ok(()),
    }
}

/// Whether the judge stands on the other side of pass and fail or more than a level away on any question. What it says is
/// what is shown: of several samples the mean, and its own pass, never one made anew of rounded levels.
fn differs(rubric: &Rubric, eval: &Eval, answers: &Answers, judge: &JudgeView) -> bool {
    let JudgeView::Verdicts { verdicts, pass, .. } = judge else {
        return false;
    };
    let asked = |verdict: &&VerdictView| rubric.question(&verdict.criterion).is_some();
    let far = verdicts.iter().filter(asked).any(|verdict| {
        let mine = answers.get(&verdict.criterion);
        match (mine, verdict.result.as_ref().ok()) {
            (Some(Answer::Level(mine)), Some(Answer::Level(level))) => {
                let mean = verdict
                    .spread
                    .map_or(f64::from(*level), |spread| spread.mean);
                (f64::from(*mine) - mean).abs() > 1.0 + LEVEL_NOISE
            }
            (Some(Answer::Choice(mine)), Some(Answer::Choice(choice))) => mine != choice,
            _ => false,
        }
    });
    let mine = overall(rubric, eval, answers).map(|(_, pass)| pass);
    far || matches!((mine, pass), (Some(mine), Some(judge)) if mine != *judge)
}

/// What the strip may say of the judge. Where the ticket goes on without it, that it agrees or that there is none is
/// the one thing a blind reviewer learns of it.
fn word(
    rubric: &Rubric,
    eval: &Eval,
    judge: &JudgeView,
    (differs, first_look): (bool, bool),
) -> JudgeWord {
    let never = eval.policy.after_commit == AfterCommit::Never;
    match judge {
        _ if first_look && never => JudgeWord::Untold,
        JudgeView::Nothing if first_look => JudgeWord::Unread,
        JudgeView::Nothing | JudgeView::Hidden => JudgeWord::Untold,
        JudgeView::Verdicts { .. } if differs => JudgeWord::Differs,
        JudgeView::Verdicts { verdicts, .. } => {
            let levels = verdicts.iter().any(|verdict| {
                let answers = matches!(verdict.result, Ok(Answer::Level(_) | Answer::Choice(_)));
                answers && rubric.question(&verdict.criterion).is_some()
            });
            if levels {
                JudgeWord::Agrees
            } else {
                JudgeWord::Unscored
            }
        }
    }
}

fn some(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}
