//! From an order to its outcome: the one place that knows which method answers which order.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::app::effect::{Command, Order, Outcome};
use crate::app::settings::Settings;
use crate::domain::view::Failure;
use crate::text::three_way::ThreeWay;

use super::desk::{Answer, Desk, Given, Job, Refusal};

/// Keeps settings between two starts.
pub trait Keep: Send + Sync {
    /// Writes them.
    fn keep(&self, settings: &Settings) -> Result<(), Failure>;
}

/// Carries an order out. Never panics: a fault of the desk becomes a failure on the screen.
pub fn perform(desk: &dyn Desk, keep: &dyn Keep, order: Order, job: &Job<'_>) -> Outcome {
    guarded(|| dispatch(desk, keep, order, job))
}

/// Carries a command of the desk out; the others are the event loop's own.
pub fn perform_command(desk: &dyn Desk, command: &Command) {
    let done = match command {
        Command::Release { ticket, lease } => desk.release(*ticket, *lease),
        Command::DropDraft { ticket } => desk.drop_draft(*ticket),
        Command::Copy { .. }
        | Command::Cancel(_)
        | Command::Redraw
        | Command::Suspend
        | Command::Quit => Ok(()),
    };
    if let Err(refusal) = done {
        tracing::warn!(?command, ?refusal, "a command was not carried out");
    }
}

pub(super) fn guarded(work: impl FnOnce() -> Answer<Outcome>) -> Outcome {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(Refusal::Failed(failure))) => Outcome::Failed(failure),
        Ok(Err(Refusal::BadFilter { at, why })) => Outcome::BadFilter { at, why },
        Ok(Err(Refusal::LeaseLost { by })) => Outcome::LeaseLost { by },
        Err(panic) => {
            let what = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            tracing::error!(what, "an order ended in a panic");
            Outcome::Failed(Failure {
                what: format!("a fault in docket itself: {what}"),
                hint: Some("what you entered is kept; the log has the details".to_owned()),
            })
        }
    }
}

fn dispatch(desk: &dyn Desk, keep: &dyn Keep, order: Order, job: &Job<'_>) -> Answer<Outcome> {
    Ok(match order {
        Order::LoadHome => Outcome::Home(Box::new(desk.home()?)),
        Order::LoadQueue(query) => Outcome::Queue(Box::new(desk.queue(&query)?)),
        Order::CountQueue {
            eval,
            filter,
            order,
        } => Outcome::Counts(desk.counts(eval, &filter, order)?),
        Order::ListMatching {
            eval,
            filter,
            limit,
        } => Outcome::Matching(desk.matching(eval, &filter, limit)?),
        Order::OpenTicket { ticket, claim } => Outcome::Ticket(Box::new(desk.open(ticket, claim)?)),
        Order::TakeNext { eval, after } => given(desk.next(eval, after)?),
        Order::Prefetch { eval, after } => given(desk.peek(eval, after)?),
        Order::RenewLease { ticket, lease } => {
            desk.renew(ticket, lease)?;
            Outcome::Renewed
        }
        Order::SaveDraft {
            ticket,
            draft,
            revision,
        } => {
            desk.save_draft(ticket, &draft)?;
            Outcome::DraftSaved { revision }
        }
        Order::Submit(submission) => Outcome::Committed(Box::new(desk.submit(&submission)?)),
        Order::Decide { tickets, decision } => Outcome::Decided {
            tickets: desk.decide(&tickets, &decision)?,
        },
        Order::Undo => Outcome::Undone(desk.undo()?),
        Order::Redo => Outcome::Undone(desk.redo()?),
        Order::LoadHistory { ticket } => Outcome::History(desk.history(ticket)?),
        Order::Reveal { ticket } => Outcome::Revealed(Box::new(desk.reveal(ticket)?)),
        // The event loop opens editors, because it must give the terminal away first.
        Order::OpenEditor { .. } => Outcome::Edited(None),
        Order::Prepare(text) => Outcome::Prepared(Box::new(crate::app::document::prepare(&text))),
        Order::CorrectJudge { ticket, said } => {
            Outcome::Disagreed(Box::new(desk.correct_judge(ticket, &said)?))
        }
        Order::Diff {
            original,
            mine,
            suggested,
        } => {
            let (theirs, edits) = suggested.unzip();
            let edits = edits.unwrap_or_default();
            let compared = ThreeWay::of_named(&original, mine.as_ref(), theirs.as_ref(), &edits);
            Outcome::Diffed(std::sync::Arc::new(compared))
        }
        other => return dispatch_rest(desk, keep, other, job),
    })
}

/// Exports, imports and settings.
fn dispatch_rest(desk: &dyn Desk, keep: &dyn Keep, order: Order, job: &Job<'_>) -> Answer<Outcome> {
    Ok(match order {
        Order::LoadAgreement { eval } => Outcome::Agreement(Box::new(desk.agreement(eval)?)),
        Order::OpenAgreement { eval } => {
            desk.open_agreement(eval)?;
            Outcome::Done
        }
        Order::ExportOptions { eval } => Outcome::ExportOptions(desk.export_options(eval)?),
        Order::ExportPreview(plan) => Outcome::Preview(Box::new(desk.export_preview(&plan)?)),
        Order::ExportRun(plan) => Outcome::Exported(Box::new(desk.export(&plan, job)?)),
        Order::ImportFile { path } => Outcome::Imported(desk.import(&path, job)?),
        Order::LoadJudges(ask) => Outcome::Judges(desk.judges(&ask)?),
        Order::Judge { ask, judge, limit } => {
            Outcome::Judged(desk.judge(&ask, &judge, limit, job)?)
        }
        Order::LoadActivity => Outcome::Activity(desk.activity()?),
        Order::Steer { job, wish } => {
            desk.steer(job, wish)?;
            Outcome::Done
        }
        Order::OfferSuggestion { ticket } => {
            Outcome::SuggestionOffer(Box::new(desk.suggestion_offer(ticket)?))
        }
        Order::Suggest { ticket, judge } => Outcome::Suggested(desk.suggest(ticket, &judge, job)?),
        Order::Rubric(order) => Outcome::Rubric(desk.rubric(&order)?),
        Order::IndexSlice => Outcome::Indexed {
            left: desk.index_slice()?,
        },
        Order::MakeDemo => {
            desk.demo(job)?;
            Outcome::Done
        }
        Order::SetMode { eval, mode } => {
            desk.set_mode(eval, mode)?;
            Outcome::Done
        }
        Order::SetReviewer { name } => {
            desk.set_reviewer(&name)?;
            Outcome::Done
        }
        Order::SaveSettings(settings) => {
            keep.keep(&settings)?;
            Outcome::Done
        }
        other => return dispatch_groups(desk, other, job),
    })
}

/// Run groups, and what is decided about them.
fn dispatch_groups(desk: &dyn Desk, order: Order, job: &Job<'_>) -> Answer<Outcome> {
    Ok(match order {
        Order::LoadGroups => Outcome::Groups(desk.groups()?),
        Order::LoadGroup { group, full } => Outcome::Group(Box::new(desk.group(&group, full)?)),
        Order::LoadKeptGroup { group, full } => {
            Outcome::KeptGroup(desk.kept_group(&group, full)?.map(Box::new))
        }
        Order::OpenGroup { group } => {
            desk.open_group(&group)?;
            Outcome::Done
        }
        Order::LoadSide { group, item } => {
            Outcome::Side(std::sync::Arc::new(desk.side_by_side(&group, item)?))
        }
        Order::RevealSides { group, item } => {
            Outcome::Side(std::sync::Arc::new(desk.reveal_sides(&group, item)?))
        }
        Order::Prefer(wanted) => Outcome::Preferred(desk.prefer(&wanted)?),
        Order::Gate(order) => Outcome::Gate(desk.gate(&order, job)?),
        _ => Outcome::Done,
    })
}

fn given(given: Given) -> Outcome {
    match given {
        Ok(ticket) => Outcome::Ticket(Box::new(ticket)),
        Err(none) => Outcome::NoTicket(none),
    }
}
