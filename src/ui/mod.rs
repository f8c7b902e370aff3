//! Drawing: reads the state, never writes it.
//!
//! [`draw`] turns a state into a frame. It computes nothing but places and words: texts are wrapped, rows
//! loaded and differences found before. Every text goes through the [`pen`], which sanitises and clips.
//!
//! | module | what it draws |
//! | --- | --- |
//! | [`theme`], [`glyph`] | how meanings look; the signs, and ASCII in their place |
//! | [`pen`], [`widgets`] | words into cells; rules, bars, texts, tabs, dialogs |
//! | [`mod@screen`] | what every screen has: title, strip, hint bar, empty states |
//! | [`home`], [`queue`], [`ticket`], [`agreement`], [`rubric`], [`export`], [`activity`], [`runs`], [`gate`], [`first_run`], [`practice`] | one screen each |
//! | [`form`], [`judge`], [`queue_table`], [`editor`], [`diff`], [`modal`] | parts of screens |

pub mod activity;
pub mod agreement;
pub mod clock;
pub mod diff;
pub mod editor;
pub mod export;
pub mod first_run;
pub mod form;
pub mod gate;
pub mod glyph;
pub mod home;
pub mod judge;
pub mod line_edit;
pub mod modal;
pub mod pen;
pub mod practice;
pub mod queue;
pub mod queue_table;
pub mod rubric;
pub mod runs;
pub mod screen;
pub mod texts;
pub mod theme;
pub mod ticket;
pub mod widgets;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::AppState;
use crate::app::layout::{Area, Breadth, Size};
use crate::app::state::Screen;

use pen::Pen;
use theme::{Look, Theme};
use widgets::wait::paragraph;

/// Draws `state` into `buffer` and returns where the terminal cursor goes, if anything is typed.
pub fn draw(state: &AppState, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    let area = buffer.area;
    let size = Size {
        width: area.width,
        height: area.height,
    };
    let mut pen = Pen::new(buffer, theme);
    if size.breadth() == Breadth::TooSmall {
        too_small(&mut pen, size);
    } else if state.size == size {
        screen(&mut pen, state);
        modal::draw(&mut pen, state);
    }
    // A state of another size is drawn once it has heard of this one: its places would be wrong.
    let cursor = pen.cursor();
    if theme.ascii {
        glyph::fold_to_ascii(buffer);
    }
    cursor
}

fn screen(pen: &mut Pen<'_>, state: &AppState) {
    match state.screen {
        Screen::FirstRun => first_run::draw(pen, state),
        Screen::Home => home::draw(pen, state),
        Screen::Queue => queue::draw(pen, state),
        Screen::Ticket => ticket::draw(pen, state),
        Screen::Practice => practice::draw(pen, state),
        Screen::Agreement => agreement::draw(pen, state),
        Screen::Rubric => rubric::draw(pen, state),
        Screen::Export => export::draw(pen, state),
        Screen::Activity => activity::draw(pen, state),
        Screen::Runs => runs::draw(pen, state),
        Screen::Gate => gate::draw(pen, state),
    }
}

fn too_small(pen: &mut Pen<'_>, size: Size) {
    let area = pen.screen();
    let words = format!(
        "docket needs 60x15 cells, this is {}x{}. Nothing is lost: enlarge the window or make the font smaller.",
        size.width, size.height
    );
    paragraph(pen, area, &words, Look::Text);
}

/// A place of the state as a rectangle of the terminal library.
pub fn rect(area: Area) -> Rect {
    Rect::new(area.x, area.y, area.width, area.height)
}

#[cfg(test)]
mod tests;
