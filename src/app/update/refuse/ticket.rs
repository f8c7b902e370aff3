//! Why a key does nothing on a ticket.

use super::{Action, AppState, DisabledReason};
use crate::app::ticket::{Phase, TicketState, dispute, form, suggest};
use crate::domain::rubric::Takes;
use crate::domain::view::{JudgeView, TicketDoc};

pub(super) fn ticket(state: &AppState, action: Action) -> Option<DisabledReason> {
    let open = state.ticket.as_deref()?;
    let ours = matches!(
        action,
        Action::Commit
            | Action::KeepMine
            | Action::Edit
            | Action::EditOutside
            | Action::EditorCommit
            | Action::CannotJudge
            | Action::Pass
            | Action::Fail
            | Action::Tie
            | Action::LevelLeft
            | Action::LevelRight
            | Action::Reveal
            | Action::Note
            | Action::ShowDiff
            | Action::Disagree
            | Action::Suggest
            | Action::DropEdit
            | Action::Skip
            | Action::Defer
            | Action::Flag
            | Action::FlagNote
            | Action::Escalate
            | Action::Release
            | Action::History
            | Action::Reference
    ) || action.digit().is_some();
    if !ours {
        return match action {
            Action::FindNext | Action::FindPrevious => open
                .view
                .panes
                .get(&open.view.reading)
                .is_none_or(|pane| pane.needle().is_empty())
                .then_some(DisabledReason::NoSearch),
            Action::NextQuote => match &open.judge {
                JudgeView::Nothing => Some(DisabledReason::NoJudge),
                JudgeView::Hidden => Some(DisabledReason::JudgeHidden),
                JudgeView::Verdicts { .. } => None,
            },
            _ => None,
        };
    }
    match open.phase {
        Phase::Loading | Phase::Committing => return Some(DisabledReason::Loading),
        Phase::Nothing(_) => return Some(DisabledReason::NoTicket),
        Phase::Answering | Phase::Differs(_) => {}
    }
    one_ticket(open, action)
}

fn one_ticket(open: &TicketState, action: Action) -> Option<DisabledReason> {
    let Some(doc) = &open.doc else {
        return Some(DisabledReason::NoTicket);
    };
    let seat = || match (&open.lease, &open.held_by) {
        (Some(_), _) => None,
        (None, Some(who)) => Some(DisabledReason::HeldBy(who.clone())),
        (None, None) => Some(full(doc).unwrap_or(DisabledReason::TakingSeat)),
    };
    let takes = form::current(&doc.rubric, &open.form).map(|question| question.takes);
    match action {
        Action::Commit | Action::EditorCommit => seat(),
        Action::Reveal => match (&open.judge, open.is_blind()) {
            (_, false) => Some(DisabledReason::JudgeShown),
            (JudgeView::Nothing, true) => Some(DisabledReason::NoJudge),
            (_, true) => None,
        },
        Action::Disagree => dispute::about(open).err(),
        Action::Suggest => suggest::refusal(open),
        Action::ShowDiff if open.suggested().is_some() => None,
        Action::Edit | Action::EditOutside => {
            let read = open.read_output();
            let of_other = open.draft.correction.is_some() && open.draft.corrects != read;
            match doc.outputs.get(read) {
                None => Some(DisabledReason::NoText),
                Some(output) if output.message.is_none() => Some(DisabledReason::NoText),
                Some(_) if of_other => Some(DisabledReason::EditsOther),
                Some(_) if open.lease.is_some() => None,
                Some(_) => full(doc).or_else(|| open.held_by.clone().map(DisabledReason::HeldBy)),
            }
        }
        Action::ShowDiff | Action::DropEdit => open
            .draft
            .correction
            .is_none()
            .then_some(DisabledReason::NoEdit),
        Action::Reference => doc
            .reference
            .is_none()
            .then_some(DisabledReason::NoReference),
        Action::Tie => (takes != Some(Takes::Choice)).then_some(DisabledReason::NotCompared),
        Action::Pass | Action::Fail | Action::LevelLeft | Action::LevelRight => {
            (takes == Some(Takes::Choice)).then_some(DisabledReason::NoLevels)
        }
        _ => None,
    }
}

/// No seat is left: everybody who was asked has said something.
pub(crate) fn full(doc: &TicketDoc) -> Option<DisabledReason> {
    let asked = doc.full?;
    Some(DisabledReason::Full {
        asked,
        eval: doc.eval.name.clone(),
    })
}
