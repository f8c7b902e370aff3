//! Why a key does nothing: said in words, never silent.

mod ticket;

pub(crate) use ticket::full;

use std::fmt;

use super::super::action::Action;
use super::super::state::{AppState, Screen};
use crate::domain::count::counted;
use crate::domain::shell;

/// Why an action cannot be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DisabledReason {
    /// Nothing is under the cursor.
    NothingHere,
    /// No ticket is open.
    NoTicket,
    /// The ticket, or what a commit leads to, is on its way.
    Loading,
    /// Somebody else has the seat.
    HeldBy(String),
    /// The seat is being taken.
    TakingSeat,
    /// All reviews the eval asks for are in, and none is this reviewer's.
    Full {
        /// How many.
        asked: u8,
        /// Its name.
        eval: String,
    },
    /// It came right behind another byte, as pasted text does.
    TooFast,
    /// There is no judge to see.
    NoJudge,
    /// The judge is visible already.
    JudgeShown,
    /// The judge is hidden.
    JudgeHidden,
    /// There is no answer of one's own that the judge does not give as well.
    SameAsJudge,
    /// A set of outputs is compared; nobody suggests how one of them should be.
    Compares,
    /// The edit is of another output than the one that is read.
    EditsOther,
    /// The output has no text.
    NoText,
    /// There is no edit.
    NoEdit,
    /// The ticket has no reference answer.
    NoReference,
    /// A tie is for comparisons.
    NotCompared,
    /// Levels are for graded questions.
    NoLevels,
    /// No search is on.
    NoSearch,
    /// No eval is open.
    NoEval,
    /// There are no instructions.
    NoInstructions,
    /// No file was found.
    NoFile,
    /// No job is running.
    NoJob,
    /// A job is running already.
    JobRunning,
    /// The export has nothing to write, or something stands against it.
    NothingToWrite(String),
    /// The rubric has no examples with known answers.
    NoPractice,
    /// Practice has nothing to take back and no further panes.
    Practising,
    /// The outputs of an item are not there yet, or what was said of them is on its way.
    LoadingItem,
    /// Fewer than two candidates gave an output.
    OneOutput,
    /// More outputs than digits.
    ManyOutputs,
    /// No output stands at this place.
    NoOutput(u8),
    /// Nothing is kept back.
    NothingHeld,
    /// Only one judge can be shown, or none.
    NoOtherJudge,
    /// No rubric is shown yet.
    NoRubric,
    /// Nothing was changed in the rubric.
    NothingChanged,
    /// What is chosen has no such setting.
    NotForThis,
    /// There is one candidate, or none.
    NoOtherCandidate,
    /// The rule names others, in a sentence.
    MayNotDecide(String),
    /// There is no decision of one's own that stands.
    NothingDecided,
    /// The numbers shown are not the latest.
    NumbersMoved,
    /// The rule has no commands.
    NoChecks,
    /// It is being read already.
    Reading,
    /// The job is held already.
    JobHeld,
    /// The job is at work.
    JobRuns,
    /// The job is stopping.
    JobStopping,
    /// The job has ended.
    JobEnded,
    /// The job left nothing.
    NothingLeft,
    /// The job has no failures.
    NoFailures,
    /// The job can be started from the command line alone.
    FromCommandLine,
}

impl fmt::Display for DisabledReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::NothingHere => "there is nothing under the cursor",
            Self::NoTicket => "no ticket is open",
            Self::Loading => "a moment: the ticket is on its way",
            Self::HeldBy(who) => return write!(f, "{who} has this ticket open; you can read it"),
            Self::LoadingItem => "a moment: the outputs are on their way",
            Self::OneOutput => "there are no two outputs to choose between",
            Self::ManyOutputs => "more than nine outputs: a digit cannot tell them apart",
            Self::NoOutput(place) => return write!(f, "there is no output {place} to choose"),
            Self::TakingSeat => "a moment: taking this ticket for you",
            Self::Full { asked, eval } => return f.write_str(&one_more(*asked, eval)),
            Self::TooFast => "that came too fast to be meant; press it again",
            Self::NoJudge => "no judge has read this",
            Self::JudgeShown => "the judge is visible already",
            Self::JudgeHidden => "the judge is hidden until you commit",
            Self::SameAsJudge => "set your own level first: nowhere do you and the judge differ",
            Self::Compares => "suggestions are for tickets with one output",
            Self::EditsOther => {
                "you have edited the other output; drop that edit first, or read that output"
            }
            Self::NoText => "this output has no text",
            Self::NoEdit => "there is no correction of yours and no suggestion; e edits the output",
            Self::NoReference => "this ticket has no reference answer",
            Self::NotCompared => "a tie is for questions that compare",
            Self::NoLevels => "this question compares: choose a number or a tie",
            Self::NoSearch => "nothing is searched for; / searches",
            Self::NoEval => "no eval is open",
            Self::NoInstructions => "this eval has no instructions",
            Self::NoFile => "no file to import was found in this folder",
            Self::NoJob => "nothing is running",
            Self::JobRunning => "one job at a time: another is still running",
            Self::NothingToWrite(why) | Self::MayNotDecide(why) => return f.write_str(why),
            Self::NoPractice => "this rubric has no examples to practise on",
            Self::Practising => "not while you practise; Esc leaves practice",
            Self::NothingHeld => "nothing is held back",
            Self::NoRubric => "no rubric is shown yet",
            Self::NotForThis => "there is nothing of this to set here",
            Self::NothingChanged => "nothing is changed in this rubric",
            Self::NoOtherJudge => "there is no other judge to show",
            Self::NoOtherCandidate => "there is no other candidate",
            Self::NothingDecided => "you have decided nothing here that could be taken back",
            Self::NumbersMoved => "these are not the latest numbers; look again before you decide",
            Self::NoChecks => "this rule has no checks to run",
            Self::Reading => "a moment: it is being read",
            Self::JobHeld => "it is held already; r lets it go on",
            Self::JobRuns => "it is at work",
            Self::JobStopping => "it is stopping: what is under way is finished first",
            Self::JobEnded => "it has ended",
            Self::NothingLeft => "it has read everything; nothing is left",
            Self::NoFailures => "nothing has failed here",
            Self::FromCommandLine => "this goes on from the command line; the lines below say how",
        };
        f.write_str(words)
    }
}

/// What to do where all reviews that are asked for are in.
fn one_more(asked: u8, eval: &str) -> String {
    format!(
        "{} asked for and made; `docket eval set {} --overlap {}` asks for one more",
        counted(u64::from(asked), "review"),
        shell::word(eval),
        asked.saturating_add(1)
    )
}

/// Why an action cannot be done now; `None` if it can.
pub fn refusal(state: &AppState, action: Action) -> Option<DisabledReason> {
    match action {
        Action::GoQueue | Action::GoExport | Action::GoAgreement | Action::OpenAgreement => {
            eval_of(state).is_none().then_some(DisabledReason::NoEval)
        }
        Action::Instructions => instructions(state),
        Action::Stop => state
            .requests
            .job()
            .is_none()
            .then_some(DisabledReason::NoJob),
        Action::Import => import(state),
        Action::JudgeScope
        | Action::JudgeScopeBack
        | Action::JudgeLimit
        | Action::JudgeAgain
        | Action::TrySamples
        | Action::TryAgainst
        | Action::TryProbes => super::super::judging::update::refusal(state, action),
        Action::JudgeThese if eval_of(state).is_none() => Some(DisabledReason::NoEval),
        Action::TryJudge | Action::TryTicket
            if super::super::rubric::trying::eval_for(state).is_none() =>
        {
            Some(DisabledReason::NoEval)
        }
        Action::Suggest if state.requests.job().is_some() => Some(DisabledReason::JobRunning),
        Action::Demo | Action::JudgeThese => {
            state.requests.job().map(|_| DisabledReason::JobRunning)
        }
        Action::FieldEdit | Action::ExportWrite | Action::ExportOverride => export(state, action),
        _ => match state.screen {
            Screen::Queue => queue(state, action),
            Screen::Ticket => ticket::ticket(state, action),
            Screen::Agreement => agreement(state, action),
            Screen::Rubric => rubric(state, action),
            Screen::Activity => super::super::activity::update::refusal(state, action),
            // What counts for nothing cannot be taken back, and a real review must not be from here.
            Screen::Practice => matches!(
                action,
                Action::Undo | Action::Redo | Action::NextPane | Action::PreviousPane
            )
            .then_some(DisabledReason::Practising),
            Screen::Runs => super::super::runs::update::refusal(state, action),
            Screen::Gate => super::super::gate::update::refusal(state, action),
            _ => None,
        },
    }
}

/// The eval that "this eval" means now.
pub(crate) fn eval_of(state: &AppState) -> Option<crate::domain::ids::EvalId> {
    match state.screen {
        Screen::Home | Screen::FirstRun => state.home.eval().map(|card| card.id),
        Screen::Ticket => state.ticket.as_ref().map(|ticket| ticket.eval),
        Screen::Queue => state.queue.as_ref().map(|queue| queue.eval),
        Screen::Agreement => state.agreement.as_ref().map(|agreement| agreement.eval),
        Screen::Export => state.export.as_ref().map(|export| export.eval),
        Screen::Rubric => super::super::rubric::trying::eval_for(state),
        Screen::Activity => {
            let job = state.activity.current().and_then(|card| card.eval);
            job.or_else(|| state.queue.as_ref().map(|queue| queue.eval))
        }
        Screen::Runs => super::super::runs::update::eval_of(state),
        Screen::Gate => super::super::gate::update::eval_of(state),
        Screen::Practice => state.practice.as_ref().map(|practice| practice.doc.eval.id),
    }
}

fn instructions(state: &AppState) -> Option<DisabledReason> {
    let doc = state.ticket.as_ref().and_then(|ticket| ticket.doc.as_ref());
    match doc {
        None => Some(DisabledReason::NoTicket),
        Some(doc) if doc.eval.instructions.is_empty() && doc.eval.purpose.is_empty() => {
            Some(DisabledReason::NoInstructions)
        }
        Some(_) => None,
    }
}

fn import(state: &AppState) -> Option<DisabledReason> {
    if state.requests.job().is_some() {
        return Some(DisabledReason::JobRunning);
    }
    let found = match state.screen {
        Screen::FirstRun => state.first_run.offers.len() > 1,
        _ => state.home.file().is_some(),
    };
    (!found).then_some(DisabledReason::NoFile)
}

fn export(state: &AppState, action: Action) -> Option<DisabledReason> {
    use super::super::export::Field;
    let Some(export) = &state.export else {
        return Some(DisabledReason::NoEval);
    };
    let held = export.preview.as_ref().is_some_and(|p| p.held_rows() > 0);
    match action {
        Action::ExportOverride => (!held).then_some(DisabledReason::NothingHeld),
        Action::FieldEdit if export.field() != Field::Write => None,
        _ if state.requests.job().is_some() => Some(DisabledReason::JobRunning),
        _ => match (&export.problem, &export.preview) {
            (Some(problem), _) => Some(DisabledReason::NothingToWrite(problem.clone())),
            (None, None) => Some(DisabledReason::NothingToWrite(
                "a moment: still counting what would be written".to_owned(),
            )),
            (None, Some(preview)) if preview.rows() == 0 => export
                .empty()
                .map(|empty| DisabledReason::NothingToWrite(empty.why)),
            (None, Some(_)) => None,
        },
    }
}

fn agreement(state: &AppState, action: Action) -> Option<DisabledReason> {
    let open = state.agreement.as_ref()?;
    match action {
        Action::NextJudge | Action::PreviousJudge => {
            (open.judges() < 2).then_some(DisabledReason::NoOtherJudge)
        }
        Action::Open => open
            .offer()
            .is_none()
            .then_some(DisabledReason::NothingHere),
        Action::NextPane | Action::PreviousPane => open
            .tickets()
            .is_empty()
            .then_some(DisabledReason::NothingHere),
        _ => None,
    }
}

fn rubric(state: &AppState, action: Action) -> Option<DisabledReason> {
    let open = state.rubric.as_deref()?;
    match action {
        Action::RubricSave
        | Action::RubricAdd
        | Action::RubricRemove
        | Action::RubricText
        | Action::EditOutside
        | Action::ShowDiff => open.shown().is_none().then_some(DisabledReason::NoRubric),
        Action::RubricDrop => (!open.is_changed()).then_some(DisabledReason::NothingChanged),
        _ => None,
    }
}

fn queue(state: &AppState, action: Action) -> Option<DisabledReason> {
    let Some(queue) = &state.queue else {
        return Some(DisabledReason::NoEval);
    };
    match action {
        Action::Open
        | Action::Mark
        | Action::Skip
        | Action::Defer
        | Action::Flag
        | Action::FlagNote
        | Action::Escalate
        | Action::Note
        | Action::Assign
        | Action::History => queue
            .current()
            .is_none()
            .then_some(DisabledReason::NothingHere),
        Action::Release => Some(DisabledReason::NoTicket),
        _ => None,
    }
}
