//! The Rubric screen: the rubrics with who asks them, one as a form or as its text, its versions.

mod text;

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::layout::{self, RubricLayout};
use crate::app::rubric::field::{self, LABEL};
use crate::app::rubric::{Field, Focus, RubricState};
use crate::domain::count::counted;
use crate::domain::rubric::{Rubric, Severity};
use crate::domain::view::{RubricCard, RubricFinding, RubricLine};

use super::clock;
use super::editor;
use super::glyph;
use super::modal::first_shown;
use super::pen::{Pen, Words, cut_bottom, cut_left, nth_row, shift_down, shift_right};
use super::rect;
use super::screen;
use super::texts;
use super::theme::Look;
use super::widgets::rule::{self, Title};
use super::widgets::tabs;

/// Cells of the pointer.
const POINTER: u16 = 2;
/// Rows a field takes while the cursor is elsewhere.
const FOLDED: usize = 2;

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    let Some(open) = &state.rubric else { return };
    let place = layout::rubric(state.size, open.focus.place());
    screen::frame(pen, state, &place.frame, &title(open), &standing(open));
    if let Some(toml) = &open.toml {
        text::draw(pen, &place, toml);
        return;
    }
    let narrow = !place.tabs.is_empty();
    if narrow {
        let names = ["Rubrics", "Form", "Versions"];
        tabs::tabs(
            pen,
            rect(place.tabs),
            &names,
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
    let findings = open.findings();
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
    let Some(rubric) = open.shown() else { return };
    let told = findings.len().min(2 * usize::from(body.height > 12) + 1) as u16;
    let (fields_area, below) = cut_bottom(body, told + u16::from(told > 0));
    problems(pen, shift_down(below, 1), findings);
    let blocks: Vec<Block> = fields
        .iter()
        .enumerate()
        .map(|(at, field)| Block::of(rubric, field, fields_area.width, open, at))
        .collect();
    let first = first_block(&blocks, open.field, usize::from(fields_area.height));
    let mut area = fields_area;
    for (at, block) in blocks.iter().enumerate().skip(first) {
        if area.is_empty() {
            break;
        }
        let cursor = at == open.field && focused;
        area = shift_down(area, block.draw(pen, area, open, cursor));
    }
}

/// A field laid out.
struct Block {
    heading: Option<String>,
    label: String,
    rows: Vec<String>,
    look: Look,
    edited: bool,
    height: usize,
}

impl Block {
    fn of(rubric: &Rubric, of: &Field, width: u16, open: &RubricState, at: usize) -> Self {
        let edit = open.editing.as_ref().filter(|edit| edit.field == *of);
        let value = field::text(rubric, of);
        let (words, look) = if value.trim().is_empty() {
            (of.nothing().to_owned(), Look::Dim)
        } else {
            (value, Look::Text)
        };
        let mut rows = texts::rows(&words, width.saturating_sub(LABEL).max(8));
        let most = if at == open.field && open.focus == Focus::Form {
            8
        } else {
            FOLDED
        };
        if rows.len() > most {
            rows.truncate(most);
            if let Some(last) = rows.last_mut() {
                last.push('…');
            }
        }
        let heading = of.heading(rubric);
        let body = match edit {
            Some(edit) => usize::from(of.rows()) + usize::from(edit.problem.is_some()),
            None => rows.len().max(1),
        };
        Self {
            height: body + 2 * usize::from(heading.is_some()),
            heading,
            label: of.label(rubric),
            rows,
            look,
            edited: edit.is_some(),
        }
    }

    /// Draws it and returns the rows it took.
    fn draw(&self, pen: &mut Pen<'_>, area: Rect, open: &RubricState, cursor: bool) -> u16 {
        let mut used = 0;
        if let Some(heading) = &self.heading {
            pen.line(nth_row(area, 1), heading, Look::Title);
            used = 2;
        }
        let body = shift_down(area, used);
        let (label, value) = cut_left(body, LABEL - 1, 1);
        let name = shift_right(nth_row(label, 0), POINTER);
        if cursor {
            pen.put(
                body.x,
                body.y,
                u16::from(!body.is_empty()),
                glyph::POINTER,
                Look::Accent,
            );
        }
        pen.line(
            name,
            &self.label,
            if cursor { Look::Accent } else { Look::Dim },
        );
        match open.editing.as_ref().filter(|_| self.edited) {
            Some(edit) => {
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
            }
            None => {
                for (index, row) in self.rows.iter().enumerate() {
                    pen.line(nth_row(value, index as u16), row, self.look);
                }
            }
        }
        self.height.min(usize::from(area.height)) as u16
    }
}

/// The first block drawn so that the one under the cursor is whole.
fn first_block(blocks: &[Block], cursor: usize, height: usize) -> usize {
    let mut left = height;
    let mut first = cursor.min(blocks.len());
    let upto = blocks.iter().enumerate().take(cursor + 1).rev();
    for (at, block) in upto {
        if block.height > left {
            break;
        }
        left -= block.height;
        first = at;
    }
    first
}

/// What is wrong, errors first.
fn problems(pen: &mut Pen<'_>, area: Rect, findings: &[RubricFinding]) {
    let errors = |severity| {
        findings
            .iter()
            .filter(move |finding| finding.severity == severity)
    };
    let all = errors(Severity::Error).chain(errors(Severity::Warning));
    for (index, finding) in all.take(usize::from(area.height)).enumerate() {
        let row = nth_row(area, index as u16);
        pen.words(row, &problem(finding));
    }
}

fn problem(finding: &RubricFinding) -> Words<'_> {
    let (sign, look) = match finding.severity {
        Severity::Error => (glyph::CROSS, Look::Bad),
        Severity::Warning => (glyph::DIFFERS, Look::Warn),
    };
    // What to do is said in the words of the file; the form's own fields say it here.
    Words::new()
        .add(look, format!("{sign} "))
        .add(Look::Text, finding.message.as_str())
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
    let rows = if body.width < 60 { 2 } else { 1 };
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
    let scored = format!(
        "{}, {} by judges",
        counted(line.reviews, "review"),
        counted(line.judged_tickets, "ticket")
    );
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
