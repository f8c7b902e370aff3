//! Reading: panes, scrolling, search, the ways a text is shown.

use crate::domain::record::Quote;
use crate::domain::view::JudgeView;

use super::super::action::Action;
use super::super::document::TextPane;
use super::super::effect::Command;
use super::super::modal::PromptFor;
use super::super::state::{AppState, Tone};
use super::update::prompt;
use super::{Pane, TicketState};

/// Moves a text; whether the action moves texts.
fn scroll(pane: &mut TextPane, action: Action) -> bool {
    match action {
        Action::Down | Action::TextDown => pane.scroll(1),
        Action::Up | Action::TextUp => pane.scroll(-1),
        Action::HalfDown => pane.half_page(1),
        Action::HalfUp => pane.half_page(-1),
        Action::PageDown => pane.page(1),
        Action::PageUp => pane.page(-1),
        Action::Top => pane.to_top(),
        Action::Bottom => pane.to_bottom(),
        Action::SelectLine => pane.toggle_selection(),
        _ => return false,
    }
    true
}

/// Runs an action on the texts; false if it is none of theirs.
pub(super) fn run(state: &mut AppState, action: Action) -> bool {
    let size = state.size;
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return false;
    };
    if ticket
        .view
        .reading_pane()
        .is_some_and(|pane| scroll(pane, action))
    {
        return true;
    }
    let view = &mut ticket.view;
    match action {
        Action::FoldNode => {
            let folded = view.reading_pane().is_some_and(TextPane::toggle_node);
            if !folded {
                state.say(Tone::Refused, "no JSON object or list begins in sight");
            }
            return true;
        }
        Action::NextPane => step_pane(ticket, size, 1),
        Action::PreviousPane => step_pane(ticket, size, -1),
        Action::Zoom => {
            view.zoom = match view.zoom {
                Some(_) => None,
                None => Some(view.reading),
            };
        }
        Action::Wrap => view.options.no_wrap = !view.options.no_wrap,
        Action::Raw => view.options.raw = !view.options.raw,
        Action::Unfold => view.options.unfolded = !view.options.unfolded,
        Action::Reference => {
            view.reference = !view.reference;
            let pane = if view.reference {
                Pane::Reference
            } else {
                Pane::Request
            };
            view.reading = pane;
            view.tab = if view.reference {
                pane
            } else {
                Pane::Output(view.output)
            };
        }
        _ => return leads(state, action),
    }
    apply_options(state);
    true
}

/// Runs an action that leads to a place in a text; false if it is none.
fn leads(state: &mut AppState, action: Action) -> bool {
    let size = state.size;
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return false;
    };
    match action {
        Action::NextQuote => {
            let found = next_quote(ticket, size);
            say_quote(state, found);
        }
        Action::FindNext | Action::FindPrevious => {
            let forward = action == Action::FindNext;
            let pane = ticket.view.reading_pane();
            let hit = pane.and_then(|pane| pane.find_again(forward));
            say_hit(state, hit);
        }
        _ => return false,
    }
    true
}

fn apply_options(state: &mut AppState) {
    if let Some(ticket) = &mut state.ticket {
        let options = ticket.view.options;
        for pane in ticket.view.panes.values_mut() {
            pane.set_options(options);
        }
    }
}

fn step_pane(ticket: &mut TicketState, size: super::super::layout::Size, by: isize) {
    let stops = ticket.stops(size);
    let tabs = ticket.layout(size).tabs.is_some();
    let here = if tabs {
        ticket.view.tab
    } else {
        ticket.view.focus
    };
    let at = stops.iter().position(|pane| *pane == here).unwrap_or(0);
    let count = stops.len().max(1) as isize;
    let next = (at as isize + by).rem_euclid(count) as usize;
    if let Some(pane) = stops.get(next).copied() {
        if tabs {
            ticket.show_tab(pane);
        } else {
            ticket.focus(pane);
        }
    }
}

/// Scrolls an output to what the judge quotes next, as the judge's pane lists it; which quote of how many, and on
/// what. Quotes that stand nowhere are passed over.
fn next_quote(
    ticket: &mut TicketState,
    size: super::super::layout::Size,
) -> Option<(usize, usize, String)> {
    let JudgeView::Verdicts { verdicts, .. } = &ticket.judge else {
        return None;
    };
    let quotes: Vec<(String, Quote)> = verdicts
        .iter()
        .flat_map(|one| {
            let quotes = one.evidence.iter().cloned();
            quotes.map(|quote| (one.criterion.clone(), quote))
        })
        .collect();
    let tabs = ticket.layout(size).tabs.is_some();
    let outputs = ticket.doc.as_ref().map_or(0, |doc| doc.outputs.len());
    for step in 0..quotes.len() {
        let at = (ticket.view.quote + step) % quotes.len();
        let (criterion, quote) = &quotes[at];
        let only = std::slice::from_ref(quote);
        let found = (0..outputs).find(|shown| {
            let pane = ticket.view.panes.get_mut(&Pane::Output(*shown));
            pane.is_some_and(|pane| pane.show_quote(only))
        });
        let Some(shown) = found else { continue };
        ticket.view.quote = at + 1;
        ticket.view.output = shown;
        if tabs || ticket.view.zoom.is_some() {
            ticket.show_tab(Pane::Output(shown));
        }
        return Some((at + 1, quotes.len(), criterion.clone()));
    }
    None
}

/// Says which quote is in sight.
fn say_quote(state: &mut AppState, found: Option<(usize, usize, String)>) {
    match found {
        Some((at, of, criterion)) => {
            let words = format!("quote {at} of {of}, about {criterion}");
            state.say(Tone::Notice, words);
        }
        None => state.say(Tone::Refused, "no quote of the judge stands in the output"),
    }
}

/// Opens the search.
pub(super) fn find(state: &mut AppState) {
    prompt(state, "Search in this text", PromptFor::Find, true);
}

/// Says where a search stands.
pub(crate) fn say_hit(state: &mut AppState, hit: Option<(usize, usize)>) {
    match hit {
        Some((at, of)) => state.say(Tone::Notice, format!("hit {at} of {of}")),
        None => state.say(Tone::Notice, "not found in this text"),
    }
}

/// Copies what is selected, else the text that is read.
pub(crate) fn copied(state: &AppState) -> Option<Command> {
    let ticket = state.ticket.as_deref()?;
    let pane = ticket.view.panes.get(&ticket.view.reading)?;
    Some(Command::Copy {
        text: pane.copied(),
    })
}
