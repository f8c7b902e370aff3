//! The Rubric screen: the rubrics with who asks them, one as a form or as its text, its versions.

mod text;

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::modal::first_shown;
use crate::app::rubric::blocks::{self, Block};
use crate::app::rubric::field::{self, LABEL};
use crate::app::rubric::mouse::{TABS, version_rows};
use crate::app::rubric::place::{self, RubricLayout};
use crate::app::rubric::{Focus, RubricState};
use crate::domain::count::counted;
use crate::domain::rubric::Severity;
use crate::domain::view::{RubricCard, RubricFinding, RubricLine};

use super::clock;
use super::editor;
use super::glyph;
use super::pen::{Pen, Words, cut_left, nth_row, shift_down, shift_right};
use super::rect;
use super::screen;
use super::theme::Look;
use super::widgets::rule::{self, Title};
use super::widgets::tabs;

/// Cells of the pointer.
const POINTER: u16 = 2;

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    let Some(open) = &state.rubric else { return };
    let place = place::place(state.size, open.focus.place());
    screen::frame(pen, state, &place.frame, &title(open), &standing(open));
    if let Some(toml) = &open.toml {
        text::draw(pen, &place, toml);
        return;
    }
    let narrow = !place.tabs.is_empty();
    if narrow {
        tabs::tabs(
            pen,
            rect(place.tabs),
            &TABS,
            open.focus.place(),
            "Tab moves",
        );
    }
    if !narrow || open.focus == Focus::List {
        list(pen, &place, open);
    }
    if !narrow || open.focus == Focus::Form {
        form(pen, &place, open);
    }
    if !narrow || open.focus == Focus::Versions {
        versions(pen, &place, open);
    }
}

fn title(open: &RubricState) -> Words<'_> {
    let name = open.shown().map_or("rubrics", |rubric| &rubric.id);
    Words::new()
        .add(Look::Strong, name)
        .add(Look::Dim, format!(" {} rubric", glyph::DOT))
}

/// Whether what is shown is kept.
fn standing(open: &RubricState) -> Words<'_> {
    let (look, words) = match (open.is_new(), open.is_changed(), &open.page) {
        (true, _, _) => (Look::Warn, "new, not saved".to_owned()),
        (_, true, _) => (Look::Warn, "changed, not saved".to_owned()),
        (_, _, Some(page)) if page.versions.is_empty() => {
            (Look::Dim, "comes with docket".to_owned())
        }
        (_, _, Some(page)) => (Look::Dim, format!("version {}", page.id.short())),
        _ => return Words::new(),
    };
    Words::new().add(look, words)
}

fn list(pen: &mut Pen<'_>, place: &RubricLayout, open: &RubricState) {
    let focused = open.focus == Focus::List;
    let title = Title {
        name: "RUBRICS",
        focused,
        ..Title::default()
    };
    rule::title(pen, rect(place.list.title), &title);
    let body = rect(place.list.body);
    let cards = open.cards();
    let first = first_shown(open.cursor, cards.len(), usize::from(body.height));
    let shown = cards.iter().enumerate().skip(first);
    for (index, card) in shown.take(usize::from(body.height)) {
        let at = nth_row(body, (index - first) as u16);
        // The card under the cursor is not the one in the form while a new rubric is.
        card_line(
            pen,
            at,
            card,
            index == open.cursor && !open.is_new(),
            focused,
        );
    }
}

fn looks(pen: &mut Pen<'_>, at: Rect, cursor: bool, focused: bool) -> (Look, Look) {
    if cursor {
        pen.put(at.x, at.y, 1, glyph::POINTER, Look::Accent);
    }
    if cursor && focused {
        pen.tint(at, Look::Cursor);
        return (Look::Cursor, Look::CursorDim);
    }
    (Look::Text, Look::Dim)
}

fn card_line(pen: &mut Pen<'_>, at: Rect, card: &RubricCard, cursor: bool, focused: bool) {
    let (text, dim) = looks(pen, at, cursor, focused);
    let asked: Vec<&str> = card.evals.iter().map(|one| one.name.as_str()).collect();
    let by = match (asked.as_slice(), card.kept) {
        ([], true) => "kept".to_owned(),
        ([], false) => String::new(),
        ([one], _) => (*one).to_owned(),
        (many, _) if at.width > 50 => many.join(", "),
        (many, _) => counted(many.len(), "eval"),
    };
    let left = Words::new().add(text, card.name.as_str());
    pen.both(shift_right(at, POINTER), &left, &Words::new().add(dim, by));
}

fn form(pen: &mut Pen<'_>, place: &RubricLayout, open: &RubricState) {
    let focused = open.focus == Focus::Form;
    let mut title = Title {
        name: "FORM",
        focused,
        ..Title::default()
    };
    let fields = open.fields();
    if focused && !fields.is_empty() {
        let at = format!("{}/{}", open.field + 1, fields.len());
        title.place.push(Look::Dim, at);
    }
    rule::title(pen, rect(place.form.title), &title);
    let body = rect(place.form.body);
    if let Some(empty) = open.empty() {
        screen::empty(pen, shift_right(body, POINTER), &empty);
        return;
    }
    let laid = blocks::lay_out(open, place.form.body);
    problems(pen, rect(laid.told), open);
    let mut area = rect(laid.fields);
    for (at, block) in laid.blocks.iter().enumerate().skip(laid.first) {
        if area.is_empty() {
            break;
        }
        let cursor = at == open.field && focused;
        self::block(pen, area, block, open, cursor);
        area = shift_down(area, block.height.min(usize::from(area.height)) as u16);
    }
}

/// A field: its heading, its name, its words or the editor on them.
fn block(pen: &mut Pen<'_>, area: Rect, block: &Block, open: &RubricState, cursor: bool) {
    if let Some(heading) = &block.heading {
        pen.line(nth_row(area, 1), heading, Look::Title);
    }
    let body = shift_down(area, block.head() as u16);
    let (label, value) = cut_left(body, LABEL - 1, 1);
    if cursor {
        let one = u16::from(!body.is_empty());
        pen.put(body.x, body.y, one, glyph::POINTER, Look::Accent);
    }
    let look = if cursor { Look::Accent } else { Look::Dim };
    pen.line(shift_right(nth_row(label, 0), POINTER), &block.label, look);
    let edit = open.editing.as_ref().filter(|_| block.edited);
    if let Some(edit) = edit {
        let rows = edit.field.rows().min(value.height);
        let text = Rect {
            height: rows,
            ..value
        };
        editor::state(pen, text, &edit.editor);
        pen.tint(text, Look::Selected);
        if let Some(problem) = &edit.problem {
            pen.line(nth_row(value, rows), problem, Look::Bad);
        }
        return;
    }
    let look = if block.is_empty {
        Look::Dim
    } else {
        Look::Text
    };
    for (index, row) in block.rows.iter().enumerate() {
        pen.line(nth_row(value, index as u16), row, look);
    }
    for (index, row) in block.why.iter().enumerate() {
        let at = nth_row(value, (block.rows.len() + index) as u16);
        pen.line(at, row, Look::Dim);
    }
}

/// What is wrong, errors first.
fn problems(pen: &mut Pen<'_>, area: Rect, open: &RubricState) {
    let findings = open.findings();
    let errors = |severity| {
        findings
            .iter()
            .filter(move |finding| finding.severity == severity)
    };
    let all = errors(Severity::Error).chain(errors(Severity::Warning));
    for (index, finding) in all.take(usize::from(area.height)).enumerate() {
        let row = nth_row(area, index as u16);
        pen.words(row, &problem(finding, open));
    }
}

fn problem<'a>(finding: &RubricFinding, open: &RubricState) -> Words<'a> {
    let (sign, look) = match finding.severity {
        Severity::Error => (glyph::CROSS, Look::Bad),
        Severity::Warning => (glyph::DIFFERS, Look::Warn),
    };
    // What to do is said in the words of the file; the form's own fields say it here.
    Words::new().add(look, format!("{sign} ")).add(
        Look::Text,
        open.shown().map_or_else(
            || finding.message.clone(),
            |rubric| field::in_form(rubric, &finding.message, &finding.place),
        ),
    )
}

fn versions(pen: &mut Pen<'_>, place: &RubricLayout, open: &RubricState) {
    let focused = open.focus == Focus::Versions;
    let title = Title {
        name: "VERSIONS",
        focused,
        ..Title::default()
    };
    rule::title(pen, rect(place.versions.title), &title);
    let body = rect(place.versions.body);
    let lines = open.versions();
    if lines.is_empty() {
        pen.line(
            shift_right(body, POINTER),
            "none is kept yet; s saves one",
            Look::Dim,
        );
        return;
    }
    let rows = version_rows(place.versions.body);
    let fit = usize::from(body.height / rows).max(1);
    let first = first_shown(open.version, lines.len(), fit);
    for (index, line) in lines.iter().enumerate().skip(first).take(fit) {
        let at = shift_down(body, (index - first) as u16 * rows);
        version(pen, at, line, index == open.version, focused, rows == 2);
    }
}

fn version(pen: &mut Pen<'_>, at: Rect, line: &RubricLine, cursor: bool, focused: bool, two: bool) {
    let row = nth_row(at, 0);
    let (text, dim) = looks(pen, row, cursor, focused);
    let mut left = Words::new().add(text, line.id.short());
    if !line.rubric.version.is_empty() {
        left.push(dim, format!("  {}", line.rubric.version));
    }
    if let Some(since) = line.since_ms {
        left.push(dim, format!("  {}", clock::date_and_time(since)));
    }
    let asked = match line.asked_by.as_slice() {
        [] => String::new(),
        [one] => format!("{one} asks it"),
        many => format!("{} ask it", counted(many.len(), "eval")),
    };
    let scored = if line.original {
        "the original, as it comes with docket".to_owned()
    } else {
        format!(
            "{}, {} by judges",
            counted(line.reviews, "review"),
            counted(line.judged_tickets, "ticket")
        )
    };
    if two {
        pen.both(shift_right(row, POINTER), &left, &Words::new());
        let below = shift_right(nth_row(at, 1), POINTER + 2);
        let words = if asked.is_empty() {
            scored
        } else {
            format!("{scored}; {asked}")
        };
        pen.line(below, &words, Look::Dim);
    } else {
        left.push(dim, format!("  {asked}"));
        pen.both(
            shift_right(row, POINTER),
            &left,
            &Words::new().add(dim, scored),
        );
    }
}
