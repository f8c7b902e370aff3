//! Clicks and the wheel: on hints, rows, levels, texts.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::super::action::Action;
use super::super::activity;
use super::super::effect::Effect;
use super::super::gate;
use super::super::hints;
use super::super::layer::{Layer, layer};
use super::super::layout;
use super::super::modal::Modal;
use super::super::rubric;
use super::super::runs;
use super::super::state::{AppState, Screen};
use super::super::ticket::{
    Pane, Phase,
    form_view::{self, FormLine},
};

/// Rows the wheel scrolls.
const WHEEL: isize = 3;

pub(super) fn mouse(
    state: &mut AppState,
    event: MouseEvent,
    at_ms: u64,
    effects: &mut Vec<Effect>,
) {
    let (x, y) = (event.column, event.row);
    match event.kind {
        MouseEventKind::ScrollDown => wheel(state, x, y, WHEEL),
        MouseEventKind::ScrollUp => wheel(state, x, y, -WHEEL),
        MouseEventKind::Down(MouseButton::Left) => {
            super::keys::heard(state, at_ms);
            let extend = event.modifiers.contains(KeyModifiers::SHIFT);
            click(state, x, y, extend, effects);
        }
        MouseEventKind::Drag(MouseButton::Left) => drag(state, x, y),
        _ => return,
    }
    state.now_ms = state.now_ms.max(at_ms);
    state.dirty = true;
}

fn wheel(state: &mut AppState, x: u16, y: u16, by: isize) {
    let size = state.size;
    match state.modals.last_mut() {
        Some(Modal::Palette(list)) => return list.step(by),
        Some(Modal::Help(help)) => return help.list.step(by),
        Some(Modal::Instructions(view)) => return view.pane.scroll(by),
        Some(Modal::Tried(view)) => return view.pane.scroll(by),
        Some(Modal::Choose(choice)) => return choice.step(by.signum()),
        Some(Modal::Diff(diff)) => return diff.pane.scroll(by),
        Some(Modal::History(view)) => {
            let last = view.lines.as_ref().map_or(0, Vec::len).saturating_sub(1);
            view.top = view.top.saturating_add_signed(by).min(last);
            return;
        }
        Some(Modal::Checks(view)) => return view.step(by, size),
        Some(Modal::Note(note)) => return note.editor.scroll(by),
        Some(_) => return,
        None => {}
    }
    match state.screen {
        Screen::Rubric => rubric::update::wheel(state, by),
        Screen::Home => state.home.step(by),
        Screen::Queue => {
            if let Some(queue) = &mut state.queue {
                queue.window.step(by);
            }
        }
        Screen::Ticket => {
            if let Some(ticket) = &mut state.ticket {
                let reading = ticket.view.reading;
                let pane = ticket.layout(size).at(x, y).unwrap_or(reading);
                match (&mut ticket.editor, pane) {
                    (Some(editor), Pane::Output(_)) => editor.scroll(by),
                    (_, pane) => {
                        if let Some(text) = ticket.view.panes.get_mut(&pane) {
                            text.scroll(by);
                        }
                    }
                }
            }
        }
        Screen::Practice => super::super::practice::update::scroll(state, by),
        Screen::Agreement => {
            if let Some(agreement) = &mut state.agreement {
                agreement.step(by);
            }
        }
        Screen::Activity => state.activity.step(by),
        Screen::Runs => runs::mouse::wheel(state, by),
        Screen::Gate => gate::mouse::wheel(state, x, y, by),
        Screen::FirstRun | Screen::Export => {}
    }
}

fn click(state: &mut AppState, x: u16, y: u16, extend: bool, effects: &mut Vec<Effect>) {
    let bar = layout::frame(state.size).hints;
    if bar.holds(x, y) {
        let column = x - bar.x;
        let placed = hints::place(hints::hints(state), bar.width);
        let hit = placed
            .into_iter()
            .find(|p| column >= p.x && column - p.x < p.width);
        if let Some(action) = hit.and_then(|placed| placed.hint.action) {
            super::run(state, action, effects);
        }
        return;
    }
    match layer(state) {
        Layer::Home => {
            let list = layout::home(state.size).list;
            if list.holds(x, y) {
                let at = state.home.top + usize::from(y - list.y);
                select_row(state, at, effects);
            }
        }
        Layer::FirstRun => {
            let list = layout::home(state.size).list;
            let at = usize::from(y.saturating_sub(list.y));
            if list.holds(x, y) && at < state.first_run.offers.len() {
                state.first_run.cursor = at;
            }
        }
        Layer::Queue => click_queue(state, x, y, effects),
        Layer::Agreement => click_agreement(state, x, y, effects),
        Layer::Rubric | Layer::Field | Layer::RubricText => {
            rubric::mouse::click(state, x, y, extend, effects);
        }
        Layer::Mode => rubric::mouse::choose(state, x, y, effects),
        Layer::Activity => activity::mouse::click(state, x, y, effects),
        Layer::Runs => runs::mouse::click(state, x, y, effects),
        Layer::Gate => gate::mouse::click(state, x, y, effects),
        Layer::Ticket | Layer::Differs | Layer::Editor => {
            click_ticket(state, x, y, extend, effects);
        }
        Layer::Palette | Layer::Help => click_list(state, x, y, effects),
        _ => {}
    }
}

/// A click selects; one on what is selected already opens it.
fn select_row(state: &mut AppState, at: usize, effects: &mut Vec<Effect>) {
    if at >= state.home.lines().len() {
        return;
    }
    if state.home.cursor == at {
        super::run(state, Action::Open, effects);
    } else {
        state.home.cursor = at;
    }
}

fn click_queue(state: &mut AppState, x: u16, y: u16, effects: &mut Vec<Effect>) {
    let layout = layout::queue(state.size);
    if layout.filter.holds(x, y) {
        super::run(state, Action::Filter, effects);
        return;
    }
    let Some(queue) = state.queue.as_mut().filter(|_| layout.list.holds(x, y)) else {
        return;
    };
    let before = queue.window.cursor;
    let hit = queue.window.click(usize::from(y - layout.list.y));
    if hit && before == queue.window.cursor {
        super::run(state, Action::Open, effects);
    }
}

fn click_agreement(state: &mut AppState, x: u16, y: u16, effects: &mut Vec<Effect>) {
    use super::super::agreement::Focus;
    let size = state.size;
    let Some(open) = &mut state.agreement else {
        return;
    };
    let place = layout::agreement(size, open.rows().len());
    if place.list.holds(x, y) {
        let first = (open.row + 1).saturating_sub(usize::from(place.list.height));
        let at = first + usize::from(y - place.list.y);
        open.focus = Focus::Criteria;
        open.step(at as isize - open.row as isize);
    } else if place.tickets.body.holds(x, y) && !open.tickets().is_empty() {
        let at = open.top + usize::from(y - place.tickets.body.y);
        let chosen = open.focus == Focus::Tickets && open.ticket == at;
        open.focus = Focus::Tickets;
        open.step(at as isize - open.ticket as isize);
        if chosen {
            super::run(state, Action::Open, effects);
        }
    }
}

fn click_list(state: &mut AppState, x: u16, y: u16, effects: &mut Vec<Effect>) {
    let mut inner = layout::list_dialog(state.size).inner;
    let _ = inner.take_top(2);
    if !inner.holds(x, y) {
        return;
    }
    let row = usize::from(y - inner.y);
    let Some(Modal::Palette(list) | Modal::Help(super::super::modal::Help { list, .. })) =
        state.modals.last_mut()
    else {
        return;
    };
    let at = list.first(usize::from(inner.height)) + row;
    if at < list.shown.len() {
        let run = list.cursor == at;
        list.cursor = at;
        if run {
            super::run(state, Action::Accept, effects);
        }
    }
}

fn click_ticket(state: &mut AppState, x: u16, y: u16, extend: bool, effects: &mut Vec<Effect>) {
    let size = state.size;
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return;
    };
    let layout = ticket.layout(size);
    if layout.instructions.is_some_and(|line| line.holds(x, y)) {
        super::run(state, Action::Instructions, effects);
        return;
    }
    if let Some(tabs) = layout.tabs.filter(|tabs| tabs.holds(x, y)) {
        if let Some(pane) = ticket.tab_at(x - tabs.x) {
            ticket.show_tab(pane);
        }
        return;
    }
    let Some(pane) = layout.at(x, y) else {
        return;
    };
    let Some(area) = layout.pane(pane) else {
        return;
    };
    let inside = area.body.holds(x, y);
    if let (Some(editor), Pane::Output(_), true) = (&mut ticket.editor, pane, inside) {
        editor.click(x - area.body.x, y - area.body.y, extend);
        return;
    }
    if ticket.editor.is_some() {
        super::run(state, Action::LeaveText, effects);
        return;
    }
    ticket.focus(pane);
    if pane == Pane::Form && inside {
        click_form(
            state,
            x - area.body.x,
            usize::from(y - area.body.y),
            area.body,
        );
    } else if let (true, Some(text)) = (inside, ticket.view.panes.get_mut(&pane)) {
        let row = usize::from(y - area.body.y);
        if extend {
            text.select_at(row, true);
        } else {
            // A click on the line where a JSON node begins folds or opens it.
            text.toggle_row(text.top() + row);
        }
    }
}

fn click_form(state: &mut AppState, x: u16, row: usize, body: layout::Area) {
    let now = state.now_ms;
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return;
    };
    let Some(doc) = ticket.doc.clone() else {
        return;
    };
    if !matches!(ticket.phase, Phase::Answering | Phase::Differs(_)) {
        return;
    }
    let lines = form_view::lines(
        &doc,
        &ticket.draft,
        &ticket.ghosts(),
        &ticket.form,
        body.width,
    );
    let first = form_view::first_line(&lines, ticket.form.cursor, usize::from(body.height));
    match lines.get(first + row) {
        Some(
            FormLine::Question { at, .. }
            | FormLine::Number { at, .. }
            | FormLine::CannotJudge { at, .. },
        ) => {
            ticket.form.go(*at);
        }
        Some(FormLine::Levels { at, cells }) => {
            ticket.form.go(*at);
            let hit = cells
                .iter()
                .find(|cell| x >= cell.x && x - cell.x < cell.width);
            let id = doc.rubric.questions().nth(*at).map(|question| question.id);
            if let (Some(cell), Some(id)) = (hit, id) {
                ticket
                    .form
                    .set(&doc, &mut ticket.draft, id, cell.answer.clone());
                ticket.keeper.changed(now);
            }
        }
        _ => {}
    }
}

fn drag(state: &mut AppState, x: u16, y: u16) {
    let size = state.size;
    if state.modals.is_empty() && rubric::text::editor(state).is_some() {
        return rubric::mouse::drag(state, x, y);
    }
    if !state.modals.is_empty() || state.screen != Screen::Ticket {
        return;
    }
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return;
    };
    let layout = ticket.layout(size);
    let Some(area) = layout
        .at(x, y)
        .and_then(|pane| Some((pane, layout.pane(pane)?)))
    else {
        return;
    };
    let (pane, area) = area;
    if !area.body.holds(x, y) {
        return;
    }
    let (column, row) = (x - area.body.x, y - area.body.y);
    match (&mut ticket.editor, ticket.view.panes.get_mut(&pane)) {
        (Some(editor), _) if matches!(pane, Pane::Output(_)) => editor.click(column, row, true),
        (None, Some(text)) => {
            let extend = text.selected().is_some();
            text.select_at(usize::from(row), extend);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

    use super::super::super::input::Input;
    use super::super::super::test_kit::{Bench, doc, output, rubric};
    use super::super::super::ticket::Pane;
    use crate::domain::eval::Mode;

    fn click(bench: &mut Bench, column: u16, row: u16) {
        bench.input(Input::Mouse {
            mouse: MouseEvent {
                kind: MouseEventKind::Down(MouseButton::Left),
                column,
                row,
                modifiers: KeyModifiers::NONE,
            },
            at_ms: bench.at,
        });
    }

    #[test]
    fn a_click_on_a_tab_shows_that_tab() {
        let mut bench = Bench::with(doc(1, Mode::Assist, rubric()));
        bench.input(Input::Resize {
            width: 80,
            height: 24,
        });
        let tabs = bench.ticket().layout(bench.state.size).tabs.unwrap();
        // ` Request `, ` Output `, ` Judge `, each followed by a blank.
        for (column, pane) in [
            (21, Some(Pane::Judge)),
            (1, Some(Pane::Request)),
            (9, None),
            (12, Some(Pane::Output(0))),
            (70, None),
        ] {
            let before = bench.ticket().view.tab;
            click(&mut bench, tabs.x + column, tabs.y);
            let expected = pane.unwrap_or(before);
            assert_eq!(bench.ticket().view.tab, expected, "column {column}");
            assert_eq!(bench.ticket().view.focus, Pane::Form, "column {column}");
        }
    }

    #[test]
    fn a_click_on_the_line_of_a_json_node_folds_it_and_another_opens_it() {
        let mut ticket = doc(1, Mode::Assist, rubric());
        ticket.outputs = vec![output(1, r#"{"parties":["A","B"],"law":"DE"}"#)];
        let mut bench = Bench::with(ticket);
        let layout = bench.ticket().layout(bench.state.size);
        let body = layout.pane(Pane::Output(0)).unwrap().body;
        let shown = |bench: &Bench| {
            let pane = &bench.ticket().view.panes[&Pane::Output(0)];
            pane.text().text().to_owned()
        };
        let before = shown(&bench);
        click(&mut bench, body.x + 3, body.y + 1);
        assert!(shown(&bench).contains("[… 2 items]"), "{}", shown(&bench));
        click(&mut bench, body.x + 3, body.y + 1);
        assert_eq!(shown(&bench), before);
        bench.keys("h");
        assert_eq!(shown(&bench), "{… 2 keys}");
    }
}
