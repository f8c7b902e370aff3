//! Actions that belong to no single screen, and the way from any action to who runs it.

use super::super::action::{Action, Scope};
use super::super::effect::{Command, Effect, Order};
use super::super::layer::{Layer, layer};
use super::super::modal::{Confirm, Confirmed, Help, Modal, Palette};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::super::{
    activity, agreement, export, first_run, gate, home, judging, practice, queue, rubric, runs,
    ticket,
};
use super::name;
use super::refuse::{eval_of, refusal};

/// Runs an action as if its key had been pressed. What cannot be done says why.
pub fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) {
    if super::modals::run(state, action, effects) {
        return;
    }
    if let Some(reason) = refusal(state, action) {
        state.say(Tone::Refused, reason.to_string());
        return;
    }
    if anywhere(state, action, effects) {
        return;
    }
    let done = match state.screen {
        Screen::FirstRun => first_run::update::run(state, action, effects),
        Screen::Home => home::update::run(state, action, effects),
        Screen::Queue => queue::update::run(state, action, effects),
        Screen::Ticket => ticket::update::run(state, action, effects),
        Screen::Practice => practice::update::run(state, action, effects),
        Screen::Agreement => agreement::update::run(state, action, effects),
        Screen::Rubric => rubric::update::run(state, action, effects),
        Screen::Export => export::update::run(state, action, effects),
        Screen::Activity => activity::update::run(state, action, effects),
        Screen::Runs => runs::update::run(state, action, effects),
        Screen::Gate => gate::update::run(state, action, effects),
    };
    if !done {
        navigate(state, action, effects);
    }
}

fn anywhere(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    match action {
        Action::Help => help(state),
        Action::Palette => palette(state),
        Action::Undo if rubric::update::steps_back(state) => return false,
        Action::Undo => take_back(state, Order::Undo, effects),
        Action::Redo => take_back(state, Order::Redo, effects),
        Action::TextUndo => text_step(state, false),
        Action::TextRedo => text_step(state, true),
        Action::SelectAll => with_editor(state, super::super::editor::EditorState::select_all),
        Action::Cut => cut(state, effects),
        Action::GoHome => go_home(state, effects),
        Action::GoQueue => go_queue(state, effects),
        Action::GoAgreement | Action::OpenAgreement => agreement::update::open(state, effects),
        Action::GoRubrics | Action::OpenRubrics => rubric::update::open(state, effects),
        Action::TryJudge | Action::TryTicket => rubric::trying::open(state, effects),
        Action::NoteQuestion => rubric::noting::note(state, effects),
        Action::GoActivity | Action::OpenActivity => activity::update::open(state, None, effects),
        Action::GoRuns | Action::OpenRuns => runs::update::open(state, None, effects),
        Action::GoGate | Action::OpenGate => gate::update::open(state, effects),
        Action::GoExport => export::update::open(state, effects),
        Action::GoPractice => practice::update::again(state),
        Action::NextScreen => screen(state, 1, effects),
        Action::PreviousScreen => screen(state, -1, effects),
        Action::Instructions => instructions(state),
        Action::Copy => copy(state, effects),
        Action::Redraw => effects.push(Effect::Tell(Command::Redraw)),
        Action::Suspend => {
            ticket::open::save_draft(state, effects);
            rubric::holding::hold(state, effects);
            effects.push(Effect::Tell(Command::Suspend));
        }
        Action::Quit => leave(state, effects),
        Action::Stop => state.modals.push(Modal::Confirm(Confirm {
            question: "Stop the running job?".to_owned(),
            detail: "What it has done so far stays.".to_owned(),
            yes: Confirmed::Stop,
        })),
        Action::JudgeThese => judging::update::open(state, effects),
        Action::Demo => job(
            state,
            super::super::state::Job::Demo,
            Order::MakeDemo,
            effects,
        ),
        Action::ChangeReviewer => name::ask(state),
        _ => return false,
    }
    true
}

/// Starts a long job.
pub(crate) fn job(
    state: &mut AppState,
    kind: super::super::state::Job,
    order: Order,
    effects: &mut Vec<Effect>,
) {
    effects.push(state.requests.ask(Asked::Job(kind), order));
}

fn take_back(state: &mut AppState, order: Order, effects: &mut Vec<Effect>) {
    ticket::open::save_draft(state, effects);
    effects.push(state.requests.ask(Asked::Undo, order));
}

fn with_editor(state: &mut AppState, change: impl FnOnce(&mut super::super::editor::EditorState)) {
    let now = state.now_ms;
    if let Some(editor) = rubric::text::editor(state) {
        change(editor);
    } else if let Some(Modal::Note(note)) = state.modals.last_mut() {
        change(&mut note.editor);
        super::modals::note_changed(state, now);
    } else if let Some(ticket) = &mut state.ticket
        && let Some(editor) = &mut ticket.editor
    {
        let before = editor.revision();
        change(editor);
        if editor.revision() != before {
            ticket.keeper.changed(now);
        }
    }
}

fn text_step(state: &mut AppState, forward: bool) {
    let mut did = false;
    with_editor(state, |editor| {
        did = if forward {
            editor.redo()
        } else {
            editor.undo()
        };
    });
    if !did {
        let words = if forward {
            "nothing to bring back in this text"
        } else {
            "nothing to take back in this text"
        };
        state.say(Tone::Refused, words);
    }
}

fn cut(state: &mut AppState, effects: &mut Vec<Effect>) {
    let mut text = None;
    with_editor(state, |editor| text = editor.cut());
    if let Some(text) = text {
        effects.push(Effect::Tell(Command::Copy { text }));
    }
}

/// What is selected where the keyboard is.
pub(super) fn selection(state: &AppState) -> Option<String> {
    if let Some(Modal::Note(note)) = state.modals.last() {
        return note.editor.selected();
    }
    if state.screen == Screen::Rubric {
        return rubric::text::selected(state);
    }
    let ticket = state
        .ticket
        .as_ref()
        .filter(|_| state.screen == Screen::Ticket)?;
    if let Some(editor) = &ticket.editor {
        editor.selected()
    } else {
        let pane = ticket.view.panes.get(&ticket.view.reading)?;
        pane.selected().map(|_| pane.copied())
    }
}

fn copy(state: &mut AppState, effects: &mut Vec<Effect>) {
    let command = match state.screen {
        Screen::Ticket => ticket::reading::copied(state),
        Screen::Queue => state.queue.as_ref().and_then(|queue| {
            let text = queue.current()?.preview.clone();
            Some(Command::Copy { text })
        }),
        Screen::Export => state.export.as_ref().and_then(|export| {
            let way = export.ways_on().into_iter().next()?;
            let text = way
                .split_once(": ")
                .map_or(way.clone(), |(_, line)| line.to_owned());
            Some(Command::Copy { text })
        }),
        Screen::Gate => gate::update::copied(state),
        _ => None,
    };
    match command {
        Some(command) => {
            effects.push(Effect::Tell(command));
            state.say(Tone::Done, "copied");
        }
        None => state.say(Tone::Refused, "there is nothing to copy here"),
    }
}

fn help(state: &mut AppState) {
    let here = layer(state);
    let title = here.scopes().first().map_or("", |scope| scope.title());
    let list = listed(state, here, true);
    state.modals.push(Modal::Help(Help { title, list }));
}

fn palette(state: &mut AppState) {
    let list = listed(state, layer(state), false);
    state.modals.push(Modal::Palette(list));
}

fn listed(state: &AppState, here: Layer, levels: bool) -> Palette {
    Palette::new(here, &state.keymap, levels, |action| {
        refusal(state, action).map(|reason| reason.to_string())
    })
}

fn instructions(state: &mut AppState) {
    let doc = state.ticket.as_ref().and_then(|ticket| ticket.doc.clone());
    if let Some(doc) = doc {
        ticket::open::instructions(state, &doc, false);
    }
}

/// Reads Home.
pub(crate) fn load_home(state: &mut AppState, effects: &mut Vec<Effect>) {
    effects.push(state.requests.ask(Asked::Home, Order::LoadHome));
}

/// Leaves the open ticket, if one is.
pub(crate) fn put_down(state: &mut AppState, effects: &mut Vec<Effect>) {
    if state.ticket.is_some() {
        ticket::open::leave(state, effects);
    }
    if state
        .ticket
        .as_ref()
        .is_none_or(|ticket| ticket.behind.is_none())
    {
        state.ticket = None;
    }
}

/// Goes Home.
pub(crate) fn go_home(state: &mut AppState, effects: &mut Vec<Effect>) {
    put_down(state, effects);
    state.screen = Screen::Home;
    load_home(state, effects);
}

/// Goes to the tickets of the eval that is open.
pub(crate) fn go_queue(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(eval) = eval_of(state) else {
        return;
    };
    queue::update::enter(state, eval);
    let here = state.ticket.as_ref().and_then(|ticket| ticket.id());
    put_down(state, effects);
    state.screen = Screen::Queue;
    if let Some(queue) = &mut state.queue {
        queue.window.find(here);
    }
    queue::update::reload(state, effects);
}

fn screen(state: &mut AppState, by: isize, effects: &mut Vec<Effect>) {
    let mut order = vec![Screen::Home, Screen::Rubric];
    if eval_of(state).is_some() {
        order.extend([
            Screen::Queue,
            Screen::Ticket,
            Screen::Agreement,
            Screen::Export,
        ]);
    }
    order.extend([Screen::Runs, Screen::Gate, Screen::Activity]);
    let at = order.iter().position(|s| *s == state.screen).unwrap_or(0);
    let next = (at as isize + by).rem_euclid(order.len() as isize) as usize;
    match order.get(next) {
        Some(Screen::Queue) => go_queue(state, effects),
        Some(Screen::Rubric) => rubric::update::open(state, effects),
        Some(Screen::Agreement) => agreement::update::open(state, effects),
        Some(Screen::Export) => export::update::open(state, effects),
        Some(Screen::Runs) => runs::update::open(state, None, effects),
        Some(Screen::Gate) => gate::update::open(state, effects),
        Some(Screen::Activity) => activity::update::open(state, None, effects),
        Some(Screen::Ticket) => {
            if let Some(eval) = eval_of(state) {
                ticket::open::take_next(state, eval, effects);
            }
        }
        _ => go_home(state, effects),
    }
}

/// Back and leave: one step towards Home, and from there out.
fn navigate(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) {
    if !matches!(action, Action::Back | Action::Leave) {
        return;
    }
    if action == Action::Back && drop_selection(state) {
        return;
    }
    match state.screen {
        Screen::Ticket if agreement::update::is_visit(state) => {
            put_down(state, effects);
            agreement::update::back_to(state, effects);
        }
        Screen::Ticket if runs::update::is_visit(state) => {
            put_down(state, effects);
            runs::update::back_to(state, effects);
        }
        Screen::Rubric => rubric::update::leave(state, effects),
        Screen::Agreement => agreement::update::leave(state, effects),
        Screen::Activity if !state.activity.from_queue => go_home(state, effects),
        Screen::Ticket | Screen::Export | Screen::Activity => go_queue(state, effects),
        // Runs and Gate go back by themselves, a step at a time.
        Screen::Queue | Screen::Runs | Screen::Gate => go_home(state, effects),
        Screen::Practice => practice::update::stop(state),
        Screen::Home | Screen::FirstRun if action == Action::Leave => leave(state, effects),
        Screen::Home | Screen::FirstRun => {
            let key = state
                .keymap
                .chords(Scope::Everywhere, Action::Leave)
                .first()
                .map_or_else(String::new, ToString::to_string);
            state.say(Tone::Notice, format!("{key} quits"));
        }
    }
}

/// Esc first drops what is selected, zoomed or half typed.
fn drop_selection(state: &mut AppState) -> bool {
    let Some(ticket) = state
        .ticket
        .as_mut()
        .filter(|_| state.screen == Screen::Ticket)
    else {
        return false;
    };
    let typed = !ticket.form.typed.is_empty() || ticket.form.peek.is_some();
    ticket.form.typed.clear();
    ticket.form.peek = None;
    typed
        || ticket
            .view
            .reading_pane()
            .is_some_and(super::super::document::TextPane::deselect)
        || ticket.view.zoom.take().is_some()
}

/// Ends the workbench; asks only if a job would be cut off.
fn leave(state: &mut AppState, effects: &mut Vec<Effect>) {
    if state.requests.job().is_some() {
        state.modals.push(Modal::Confirm(Confirm {
            question: "A job is still running. Quit all the same?".to_owned(),
            detail: "What it has done so far stays; it can be started again.".to_owned(),
            yes: Confirmed::Quit,
        }));
    } else {
        quit(state, effects);
    }
}

/// Ends the workbench, drafts kept and seats given back.
pub(super) fn quit(state: &mut AppState, effects: &mut Vec<Effect>) {
    ticket::open::leave(state, effects);
    rubric::holding::hold(state, effects);
    if let Some(job) = state.requests.job() {
        effects.push(Effect::Tell(Command::Cancel(job)));
    }
    state.quitting = true;
    effects.push(Effect::Tell(Command::Quit));
}
