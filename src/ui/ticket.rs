//! One ticket: request, output, questions and judge in the shape the width allows.

mod about;

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::action::Action;
use crate::app::layer::Layer;
use crate::app::layout::{Area, PaneArea};
use crate::app::ticket::{Ghosts, Pane, Phase, TicketLayout, TicketState, form_view, why_here};
use crate::domain::rubric::Answers;
use crate::domain::view::{JudgeView, TicketDoc};

use super::editor;
use super::form::{self, FormView};
use super::glyph;
use super::judge::{self, JudgePane};
use super::pen::{Pen, Words, nth_row, shift_right};
use super::queue_table;
use super::rect;
use super::screen;
use super::texts;
use super::theme::Look;
use super::widgets::rule::{self, Title};
use super::widgets::{bar, tabs, wait};

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    let Some(ticket) = &state.ticket else { return };
    let place = ticket.layout(state.size);
    let (left, right) = title(state, ticket);
    screen::frame(pen, state, &place.frame, &left, &right);
    progress(pen, state, rect(place.frame.title));
    let content = rect(place.frame.content);
    if let Some(empty) = ticket.empty() {
        screen::empty(pen, nth_rows(content, 2), &empty);
        return;
    }
    let Some(doc) = &ticket.doc else {
        let words = Words::new()
            .add(Look::Accent, wait::throbber(state.now_ms))
            .add(Look::Dim, " fetching the ticket");
        pen.words(nth_row(content, 1), &words);
        return;
    };
    let shown = Shown {
        state,
        ticket,
        doc,
        answers: answers(ticket),
    };
    shown.parts(pen, &place);
}

fn nth_rows(area: Rect, from: u16) -> Rect {
    super::pen::shift_down(area, from)
}

/// One's answers: those entered, or those committed while the ticket stays open.
fn answers(ticket: &TicketState) -> &Answers {
    &ticket.draft.answers
}

/// Cells of the progress bar at the right of the title.
const BAR: u16 = 24;

/// Eval and question at the left, who and how many are left at the right.
fn title<'a>(state: &'a AppState, ticket: &'a TicketState) -> (Words<'a>, Words<'a>) {
    let card = state
        .home
        .home
        .iter()
        .flat_map(|home| &home.evals)
        .find(|card| card.id == ticket.eval);
    let mut left = Words::new();
    if let Some(doc) = &ticket.doc {
        left.push(Look::Strong, doc.eval.name.as_str());
        if !doc.eval.purpose.is_empty() {
            left.push(Look::Dim, format!("  {}", doc.eval.purpose));
        }
    } else if let Some(card) = card {
        left.push(Look::Strong, card.name.as_str());
    }
    let mut right = Words::new();
    if let Some(home) = &state.home.home {
        right.push(Look::Dim, format!("{}   ", home.reviewer));
    }
    if let Some(card) = card {
        right.push(Look::Text, format!("{} left", bar::thousands(card.waiting)));
        if state.size.width >= 100 && card.waiting > 0 {
            right.push(
                Look::Dim,
                format!(" {} about {} min", glyph::DOT, card.minutes_left()),
            );
        }
        if state.size.width >= 80 {
            right = right.gap(usize::from(BAR) + 2);
        }
    }
    (left, right)
}

/// The bar over the blanks that the title left free for it.
fn progress(pen: &mut Pen<'_>, state: &AppState, area: Rect) {
    let card = state.ticket.as_ref().and_then(|ticket| {
        let home = state.home.home.as_ref()?;
        home.evals.iter().find(|card| card.id == ticket.eval)
    });
    if let Some(card) = card
        && state.size.width >= 80
    {
        let at = shift_right(area, area.width.saturating_sub(BAR));
        let cells = bar::count_cells(card.done, card.total);
        bar::count(pen, at, (card.done, card.total), cells);
    }
}

/// A ticket with what is shown of it.
struct Shown<'a> {
    state: &'a AppState,
    ticket: &'a TicketState,
    doc: &'a TicketDoc,
    answers: &'a Answers,
}

impl Shown<'_> {
    fn parts(&self, pen: &mut Pen<'_>, place: &TicketLayout) {
        if let Some(area) = place.instructions {
            self.instructions(pen, rect(area));
        }
        if let Some(area) = place.why {
            self.why(pen, rect(area));
        }
        if let Some(area) = place.rail {
            self.rail(pen, area);
        }
        if let Some(area) = place.tabs {
            self.tabs(pen, rect(area));
        }
        for (pane, area) in &place.texts {
            self.text(pen, *pane, area);
        }
        if let Some(area) = &place.form {
            self.form(pen, area, place.tabs.is_some());
        }
        if let Some(area) = &place.judge {
            self.judge(pen, area);
        }
        if let Some(area) = &place.note {
            self.note(pen, area);
        }
    }

    fn focused(&self, pane: Pane) -> bool {
        self.ticket.view.focus == pane && self.ticket.editor.is_none()
    }

    fn key(&self, action: Action) -> String {
        self.state
            .keymap
            .shown(Layer::Ticket, action)
            .map_or_else(String::new, |chord| chord.to_string())
    }

    fn instructions(&self, pen: &mut Pen<'_>, area: Rect) {
        let eval = &self.doc.eval;
        let first = eval
            .instructions
            .lines()
            .find(|line| !line.trim().is_empty());
        let text = first.unwrap_or(&eval.purpose);
        let left = Words::new()
            .add(Look::Dim, format!("{} ", glyph::POINTER))
            .add(Look::Dim, text);
        let right = Words::new()
            .add(Look::Accent, self.key(Action::Instructions))
            .add(Look::Dim, " instructions");
        pen.both(area, &left, &right);
    }

    /// Which rule sent the ticket here, or who it is given to.
    fn why(&self, pen: &mut Pen<'_>, area: Rect) {
        if let Some((words, rule)) = why_here(self.doc) {
            let mut line = Words::new()
                .add(Look::Dim, "why here  ")
                .add(Look::Text, words);
            if let Some(rule) = rule {
                line.push(Look::Dim, format!(":  {rule}"));
            }
            pen.words(area, &line);
        }
    }

    fn rail(&self, pen: &mut Pen<'_>, area: Area) {
        let place = PaneArea::of(area);
        let title = Title {
            name: "TICKETS",
            ..Title::default()
        };
        rule::title(pen, rect(place.title), &title);
        let rows = self
            .state
            .queue
            .as_ref()
            .map_or(&[][..], |queue| &queue.window.rows);
        queue_table::rail(pen, rect(place.body), rows, self.ticket.id());
    }

    fn tabs(&self, pen: &mut Pen<'_>, area: Rect) {
        let panes = self.ticket.tabs();
        let names: Vec<String> = panes
            .iter()
            .map(|pane| self.ticket.pane_word(*pane))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let chosen = panes
            .iter()
            .position(|pane| *pane == self.ticket.view.tab)
            .unwrap_or(0);
        let hint = format!("{} moves", self.key(Action::NextPane));
        tabs::tabs(pen, area, &names, chosen, &hint);
    }

    fn text(&self, pen: &mut Pen<'_>, pane: Pane, place: &PaneArea) {
        if pane == Pane::Judge {
            self.judge(pen, place);
            return;
        }
        if pane == Pane::Form {
            self.form(pen, place, false);
            return;
        }
        let text = self.ticket.view.panes.get(&pane);
        let writing = match (pane, &self.ticket.editor) {
            (Pane::Output(shown), Some(editor)) if shown == self.ticket.view.output => Some(editor),
            _ => None,
        };
        let name = self.ticket.pane_word(pane).to_uppercase();
        let title = Title {
            name: &name,
            about: if writing.is_some() {
                Words::new()
                    .add(Look::Accent, "editing")
                    .add(Look::Dim, self.saved())
            } else {
                self.about(pane)
            },
            place: match (writing, text) {
                (None, Some(text)) => texts::place(text),
                _ => Words::new(),
            },
            focused: self.focused(pane) || writing.is_some(),
        };
        rule::title(pen, rect(place.title), &title);
        match (writing, text) {
            (Some(editor), _) => editor::state(pen, rect(place.body), editor),
            (None, Some(text)) => texts::pane(pen, rect(place.body), text),
            (None, None) => {
                pen.line(rect(place.body), "there is none", Look::Dim);
            }
        }
    }

    /// Whether what was entered is safe by now.
    fn saved(&self) -> &'static str {
        if self.ticket.keeper.safe == self.ticket.keeper.revision {
            "  saved"
        } else {
            "  saving"
        }
    }

    fn form(&self, pen: &mut Pen<'_>, place: &PaneArea, narrow: bool) {
        let committed = matches!(self.ticket.phase, Phase::Differs(_));
        let judge = committed.then(|| Ghosts::of(&self.doc.rubric, &self.ticket.judge));
        let view = FormView {
            judge: judge.as_ref().map(|judge| &judge.0),
            doc: self.doc,
            answers: self.answers,
            form: &self.ticket.form,
            focused: self.focused(Pane::Form),
        };
        let rubric = &self.doc.rubric;
        let about = if narrow {
            let ghosts = self.ticket.ghosts();
            form::summary(self.doc, self.answers, &ghosts, self.ticket.form.cursor)
        } else {
            Words::new().add(Look::Dim, format!("{} {}", rubric.id, rubric.version))
        };
        let place_words = if narrow {
            form::overall_words(self.doc, self.answers)
        } else {
            self.drawn_place()
        };
        let title = Title {
            name: "QUESTIONS",
            about,
            place: place_words,
            focused: view.focused,
        };
        rule::title(pen, rect(place.title), &title);
        let lines = form_view::lines(
            self.doc,
            &self.ticket.draft,
            &self.ticket.ghosts(),
            &self.ticket.form,
            place.body.width,
        );
        form::draw(pen, rect(place.body), &lines, &view);
    }

    fn judge(&self, pen: &mut Pen<'_>, place: &PaneArea) {
        let reveal_key = self.key(Action::Reveal);
        let judge_key = self.key(Action::JudgeThese);
        let text = self.ticket.view.panes.get(&Pane::Judge);
        let title = Title {
            name: "JUDGE",
            about: judge::about(&self.ticket.judge),
            focused: self.focused(Pane::Judge),
            place: match (&self.ticket.judge, text) {
                (JudgeView::Verdicts { .. }, Some(text)) => texts::place(text),
                _ => Words::new(),
            },
        };
        rule::title(pen, rect(place.title), &title);
        let pane = JudgePane {
            judge: &self.ticket.judge,
            text,
            committed: self.doc.mine.is_some(),
            reveal_key: &reveal_key,
            judge_key: &judge_key,
        };
        judge::draw(pen, rect(place.body), &pane);
    }

    fn note(&self, pen: &mut Pen<'_>, place: &PaneArea) {
        let title = Title {
            name: "NOTE",
            ..Title::default()
        };
        rule::title(pen, rect(place.title), &title);
        let body = rect(place.body);
        // Notes written from the list belong to the ticket, not to this review.
        let me = self.state.home.home.as_ref().map(|home| &home.reviewer);
        let noted = self.doc.folded.notes.iter().map(|note| {
            if Some(&note.reviewer) == me {
                format!("noted: {}", note.value.text)
            } else {
                format!("{} noted: {}", note.reviewer, note.value.text)
            }
        });
        let own = Some(self.ticket.draft.note.clone()).filter(|own| !own.is_empty());
        let words: Vec<String> = own.into_iter().chain(noted).collect();
        if words.is_empty() {
            let words = Words::new()
                .add(Look::Accent, self.key(Action::Note))
                .add(Look::Dim, " writes one");
            pen.words(body, &words);
        } else {
            wait::paragraph(pen, body, &words.join("\n"), Look::Text);
        }
    }
}
