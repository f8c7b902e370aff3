//! What actions do on the Activity screen.

use crate::domain::job::{Outcome, Stage, Wish};
use crate::domain::view::JobCard;

use super::super::action::Action;
use super::super::effect::{Effect, Order};
use super::super::modal::{Confirm, Confirmed, Modal};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::super::update::DisabledReason;
use super::super::{judging, queue, update};
use super::Focus;

/// Milliseconds after which jobs under way are read anew though nobody wrote: a killed process writes nothing.
pub const LOOK_MS: u64 = 2_000;

/// Opens the screen; on a job, if one is named.
pub(crate) fn open(state: &mut AppState, job: Option<[u8; 16]>, effects: &mut Vec<Effect>) {
    if state.screen != Screen::Activity {
        let from_queue = !matches!(state.screen, Screen::Home | Screen::FirstRun);
        update::put_down(state, effects);
        state.activity.from_queue = from_queue && state.queue.is_some();
        state.activity.focus = Focus::Jobs;
        state.screen = Screen::Activity;
    }
    // What Home knew of the jobs under way stands there until the whole list has come.
    if state.activity.jobs.is_none()
        && let Some(home) = &state.home.home
        && !home.jobs.is_empty()
    {
        state.activity.jobs = Some(home.jobs.clone());
    }
    if let Some(job) = job {
        state.activity.find(job);
    }
    load(state, effects);
}

/// Reads the jobs.
pub(crate) fn load(state: &mut AppState, effects: &mut Vec<Effect>) {
    state.activity.asked_ms = state.now_ms;
    effects.push(state.requests.ask(Asked::Activity, Order::LoadActivity));
}

/// When jobs that are shown and under way are to be read anew.
pub(crate) fn look_due(state: &AppState) -> Option<u64> {
    let live = |jobs: &[JobCard]| jobs.iter().any(|card| card.job.stage().is_live());
    let (shown, asked) = match state.screen {
        Screen::Activity => (state.activity.jobs.as_deref(), Asked::Activity),
        Screen::Home => {
            let home = state.home.home.as_ref();
            (home.map(|home| home.jobs.as_slice()), Asked::Home)
        }
        _ => return None,
    };
    let waits = state.requests.waits(|other| *other == asked);
    (shown.is_some_and(live) && !waits).then_some(state.activity.asked_ms + LOOK_MS)
}

/// Reads them anew where they are shown.
pub(crate) fn look(state: &mut AppState, effects: &mut Vec<Effect>) {
    state.activity.asked_ms = state.now_ms;
    update::changed(state, effects);
}

/// Runs an action on the screen; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let activity = &mut state.activity;
    if let Some(by) = action.steps(activity.height) {
        activity.step(by);
        return true;
    }
    match action {
        Action::NextPane | Action::PreviousPane => {
            activity.focus = match activity.focus {
                Focus::Jobs => Focus::Failures,
                Focus::Failures => Focus::Jobs,
            };
            activity.settle();
        }
        Action::Open if activity.jobs.as_ref().is_some_and(Vec::is_empty) => {
            update::go_home(state, effects);
        }
        Action::Open => enter(state, effects),
        Action::JobHold => steer(state, Wish::Pause, "held; r lets it go on", effects),
        Action::JobGoOn => go_on(state, effects),
        Action::JobStop => stop(state),
        Action::Back if activity.focus == Focus::Failures => activity.focus = Focus::Jobs,
        _ => return false,
    }
    true
}

/// Enter: from a job to its failures, from a failure to its tickets, from what ended to what would go on.
fn enter(state: &mut AppState, effects: &mut Vec<Effect>) {
    let activity = &mut state.activity;
    let Some(card) = activity.current() else {
        return;
    };
    if activity.focus == Focus::Failures {
        let eval = card.eval;
        let class = activity.failed().map(|(class, _)| class.clone());
        if let (Some(eval), Some(class)) = (eval, class) {
            queue::update::enter(state, eval);
            state.screen = Screen::Queue;
            queue::update::filter(state, &format!("unscored:{class}"), effects);
        }
    } else if !card.job.failures.is_empty() {
        activity.focus = Focus::Failures;
    } else {
        go_on(state, effects);
    }
}

/// Lets a held job go on; of one that ended, offers what is left.
fn go_on(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(card) = state.activity.current() else {
        return;
    };
    match (card.job.stage(), card.eval) {
        (Stage::CutOff | Stage::Ended(_), Some(eval)) => {
            let named = card.named.clone();
            // Where every ticket is read, only those without an answer are left.
            let again = card.job.left() == 0;
            judging::update::open_on(state, eval, named, again, effects);
        }
        _ => steer(state, Wish::Run, "it goes on", effects),
    }
}

fn stop(state: &mut AppState) {
    let Some(card) = state.activity.current() else {
        return;
    };
    let detail = format!(
        "What is under way is finished, what it has done stays: {} of {}. It can go on later.",
        card.job.done, card.job.total
    );
    let job = card.job.id;
    state.modals.push(Modal::Confirm(Confirm {
        question: format!("Stop {} on {}?", card.judge, card.job.eval),
        detail,
        yes: Confirmed::StopJob(job),
    }));
}

/// The yes to stopping.
pub(crate) fn stopped(state: &mut AppState, job: [u8; 16], effects: &mut Vec<Effect>) {
    let order = Order::Steer {
        job,
        wish: Wish::Cancel,
    };
    let said = "it stops once what is under way is done";
    effects.push(state.requests.ask(Asked::Steer(said), order));
}

fn steer(state: &mut AppState, wish: Wish, said: &'static str, effects: &mut Vec<Effect>) {
    if let Some(card) = state.activity.current() {
        let order = Order::Steer {
            job: card.job.id,
            wish,
        };
        effects.push(state.requests.ask(Asked::Steer(said), order));
    }
}

/// A wish is known to whoever works on the job.
pub(crate) fn steered(state: &mut AppState, said: &str, effects: &mut Vec<Effect>) {
    state.say(Tone::Done, said);
    update::changed(state, effects);
}

/// Why an action cannot be done to the job under the cursor.
pub(crate) fn refusal(state: &AppState, action: Action) -> Option<DisabledReason> {
    let Some(card) = state.activity.current() else {
        let here = matches!(
            action,
            Action::JobHold
                | Action::JobGoOn
                | Action::JobStop
                | Action::NextPane
                | Action::PreviousPane
        );
        return here.then_some(DisabledReason::NothingHere);
    };
    let stage = card.job.stage();
    match action {
        Action::JobHold => match stage {
            Stage::Running => None,
            Stage::Held => Some(DisabledReason::JobHeld),
            Stage::Stopping => Some(DisabledReason::JobStopping),
            Stage::CutOff | Stage::Ended(_) => Some(DisabledReason::JobEnded),
        },
        Action::JobStop => match stage {
            Stage::Running | Stage::Held => None,
            Stage::Stopping => Some(DisabledReason::JobStopping),
            Stage::CutOff | Stage::Ended(_) => Some(DisabledReason::JobEnded),
        },
        Action::JobGoOn => match stage {
            Stage::Held => None,
            Stage::Stopping => Some(DisabledReason::JobStopping),
            Stage::Running => Some(DisabledReason::JobRuns),
            Stage::CutOff | Stage::Ended(_) => ended(state, card),
        },
        Action::NextPane | Action::PreviousPane => card
            .job
            .failures
            .is_empty()
            .then_some(DisabledReason::NoFailures),
        Action::Open if card.job.failures.is_empty() => match stage {
            Stage::Running | Stage::Held | Stage::Stopping => Some(DisabledReason::NoFailures),
            Stage::CutOff | Stage::Ended(_) => ended(state, card),
        },
        _ => None,
    }
}

/// Why what a job left cannot be asked for.
fn ended(state: &AppState, card: &JobCard) -> Option<DisabledReason> {
    let whole = card.job.stage() == Stage::Ended(Outcome::Done) || card.job.left() == 0;
    if whole && card.job.failures.is_empty() {
        return Some(DisabledReason::NothingLeft);
    }
    if card.job.kind != "judge" || card.eval.is_none() {
        return Some(DisabledReason::FromCommandLine);
    }
    state.requests.job().map(|_| DisabledReason::JobRunning)
}
