//! From a key to what it means: bursts are pastes, haste decides nothing, loading drops keys.

use crossterm::event::KeyEvent;

use super::super::action::{Action, Care};
use super::super::effect::{Command, Effect};
use super::super::keymap::{Chord, Key};
use super::super::layer::{Layer, layer};
use super::super::modal::Modal;
use super::super::state::{AppState, Strip, Tone};
use super::super::ticket::Phase;
use super::refuse::DisabledReason;

/// Bytes that follow each other within this time were not typed by a hand: they are pasted text.
pub const BURST_MS: u64 = 5;
/// Nothing is decided by a key within this time of the byte before it.
pub const HASTE_MS: u64 = 50;
/// Two interrupts within this time quit.
const TWICE_MS: u64 = 1000;
/// Longest pause that counts as work on a ticket.
const PAUSE_MS: u64 = 30_000;

pub(super) fn key(state: &mut AppState, event: KeyEvent, at_ms: u64, effects: &mut Vec<Effect>) {
    let Some(chord) = Chord::of(event) else {
        return;
    };
    let gap = state.keys.last_ms.map(|last| at_ms.saturating_sub(last));
    heard(state, at_ms);
    state.keys.last_ms = Some(at_ms);
    let layer = layer(state);
    let burst = gap.is_some_and(|gap| gap <= BURST_MS);
    if layer.takes_text() {
        if burst && pasted_control(state, chord) {
            return;
        }
        if chord.types_text() {
            text_key(state, chord);
            return;
        }
    }
    let Some(action) = state.keymap.action(layer, chord) else {
        if !text_key(state, chord) && !layer.takes_text() {
            unknown(state, layer, chord);
        }
        return;
    };
    if loading(state, layer) && !matches!(action, Action::Interrupt | Action::Quit | Action::Redraw)
    {
        // Dropped, not kept: a key meant for the last ticket must not act on the next one.
        return;
    }
    if action.info().care == Care::Decides && gap.is_some_and(|gap| gap < HASTE_MS) {
        state.say(Tone::Refused, DisabledReason::TooFast.to_string());
        return;
    }
    if action == Action::Interrupt {
        interrupt(state, at_ms, effects);
        return;
    }
    super::run(state, action, effects);
}

/// Time passed and the reviewer is there.
pub(super) fn heard(state: &mut AppState, at_ms: u64) {
    state.now_ms = state.now_ms.max(at_ms);
    state.dirty = true;
    // A failure stays until it was seen; why a key was refused is of no use once another is pressed.
    let over = |strip: &Strip| strip.until_ms.is_none() || strip.tone == Tone::Refused;
    if state.strip.as_ref().is_some_and(over) {
        state.strip = None;
    }
    if let Some(ticket) = &mut state.ticket
        && matches!(ticket.phase, Phase::Answering | Phase::Differs(_))
    {
        let since = ticket
            .active_at
            .map_or(0, |last| at_ms.saturating_sub(last));
        ticket.draft.active_ms += since.min(PAUSE_MS);
        ticket.active_at = Some(at_ms);
    }
}

fn loading(state: &AppState, layer: Layer) -> bool {
    layer == Layer::Ticket
        && state
            .ticket
            .as_ref()
            .is_some_and(|t| matches!(t.phase, Phase::Loading | Phase::Committing))
}

/// A control byte inside pasted text: line ends and tabs are text, the rest is dropped. Whether it was one.
fn pasted_control(state: &mut AppState, chord: Chord) -> bool {
    let text = match chord.key {
        Key::Enter => "\n",
        Key::Char('j' | 'm') if chord.ctrl => "\n",
        Key::Tab => "\t",
        Key::Char('i') if chord.ctrl => "\t",
        Key::Esc => "",
        Key::Char(_) if chord.ctrl || chord.alt => "",
        _ => return false,
    };
    if !text.is_empty() {
        insert(state, text);
    }
    true
}

fn unknown(state: &mut AppState, layer: Layer, chord: Chord) {
    // Keys that erase are silent outside of text: nothing is there to erase.
    if matches!(chord.key, Key::Backspace | Key::Delete) {
        return;
    }
    let help = state.keymap.shown(layer, Action::Help);
    let keys = help.map_or_else(String::new, |help| format!("; {help} shows the keys"));
    state.say(Tone::Refused, format!("{chord} does nothing here{keys}"));
}

/// Gives a key to the text that has the keyboard; whether it did something there.
fn text_key(state: &mut AppState, chord: Chord) -> bool {
    let now = state.now_ms;
    match state.modals.last_mut() {
        Some(Modal::Palette(palette)) => {
            let did = palette.line.key(chord);
            palette.search();
            did
        }
        Some(Modal::Help(help)) => {
            let did = help.list.line.key(chord);
            help.list.search();
            did
        }
        Some(Modal::Prompt(prompt)) => {
            prompt.error = None;
            prompt.line.key(chord)
        }
        Some(Modal::Filter(bar)) => {
            bar.error = None;
            bar.line.key(chord)
        }
        Some(Modal::Decide(form)) => {
            form.error = None;
            form.line.key(chord)
        }
        Some(Modal::Note(note)) => {
            let did = note.editor.key(chord);
            super::modals::note_changed(state, now);
            did
        }
        Some(_) => false,
        None => edit(state, now, |editor| editor.key(chord)),
    }
}

/// Changes the open editor and notes that the draft changed with it.
fn edit(
    state: &mut AppState,
    now_ms: u64,
    change: impl FnOnce(&mut super::super::editor::EditorState) -> bool,
) -> bool {
    if let Some(editor) = super::super::rubric::text::editor(state) {
        return change(editor);
    }
    let Some(ticket) = &mut state.ticket else {
        return false;
    };
    let Some(editor) = &mut ticket.editor else {
        return false;
    };
    let before = editor.revision();
    let did = change(editor);
    if editor.revision() != before {
        ticket.keeper.changed(now_ms);
    }
    did
}

/// Puts text where the keyboard is.
fn insert(state: &mut AppState, text: &str) {
    let now = state.now_ms;
    match state.modals.last_mut() {
        Some(Modal::Palette(palette)) => {
            palette.line.insert(text);
            palette.search();
        }
        Some(Modal::Help(help)) => {
            help.list.line.insert(text);
            help.list.search();
        }
        Some(Modal::Prompt(prompt)) => prompt.line.insert(text),
        Some(Modal::Filter(bar)) => bar.line.insert(text),
        Some(Modal::Decide(form)) => form.line.insert(text),
        Some(Modal::Note(note)) => {
            note.editor.insert(text);
            super::modals::note_changed(state, now);
        }
        Some(_) => {}
        None => {
            edit(state, now, |editor| {
                editor.insert(text);
                true
            });
        }
    }
}

/// A bracketed paste: text where text is taken, else refused as a whole.
pub(super) fn paste(state: &mut AppState, text: &str, at_ms: u64) {
    heard(state, at_ms);
    state.keys.last_ms = Some(at_ms);
    if layer(state).takes_text() {
        insert(state, text);
    } else {
        state.say(
            Tone::Refused,
            "pasted text does nothing here; e edits the output",
        );
    }
}

/// Ctrl-c: copies a selection, else says how to leave; twice within a second leaves.
fn interrupt(state: &mut AppState, at_ms: u64, effects: &mut Vec<Effect>) {
    let twice = state
        .keys
        .interrupt_ms
        .is_some_and(|last| at_ms.saturating_sub(last) <= TWICE_MS);
    state.keys.interrupt_ms = Some(at_ms);
    if twice {
        super::global::quit(state, effects);
    } else if let Some(text) = super::global::selection(state) {
        effects.push(Effect::Tell(Command::Copy { text }));
        state.say(Tone::Done, "copied");
    } else {
        state.say(
            Tone::Notice,
            "q quits; Ctrl-c once more quits at once, drafts are saved",
        );
    }
}
