//! The form laid out: which rows each field takes, so that what is drawn and what is clicked are the same.

use crate::domain::rubric::Rubric;
use crate::text::{sanitise, wrap};

use super::super::layout::Area;
use super::field::{self, Field, LABEL};
use super::{Focus, RubricState};

/// Rows a field takes while the cursor is elsewhere.
const FOLDED: usize = 2;
/// Rows it takes under the cursor.
const UNFOLDED: usize = 8;
/// Rows of a form from which three problems fit below it, not one.
const ROOMY: u16 = 12;

/// A field laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The heading over it, if a part of the form begins here.
    pub heading: Option<String>,
    /// Its name.
    pub label: String,
    /// Its words, row by row; what an empty one stands for, if it is empty.
    pub rows: Vec<String>,
    /// Whether it is empty.
    pub is_empty: bool,
    /// Why a model proposes it, row by row.
    pub why: Vec<String>,
    /// Whether it is being written.
    pub edited: bool,
    /// Rows in all.
    pub height: usize,
}

/// The form as it stands at a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Laid {
    /// Every field.
    pub blocks: Vec<Block>,
    /// The first that is drawn.
    pub first: usize,
    /// Where the fields stand.
    pub fields: Area,
    /// Where it is said what is wrong.
    pub told: Area,
}

impl Laid {
    /// The field at a row of the screen, and how far below its first row of words that is.
    pub fn at(&self, y: u16) -> Option<(usize, u16)> {
        let mut top = usize::from(self.fields.y);
        let row = usize::from(y);
        for (at, block) in self.blocks.iter().enumerate().skip(self.first) {
            let words = top + block.head();
            if row < top + block.height {
                return (row >= top).then(|| (at, row.saturating_sub(words) as u16));
            }
            top += block.height;
        }
        None
    }
}

impl Block {
    /// Rows its heading takes.
    pub fn head(&self) -> usize {
        2 * usize::from(self.heading.is_some())
    }

    fn of(rubric: &Rubric, of: &Field, width: u16, open: &RubricState, at: usize) -> Self {
        let edit = open.editing.as_ref().filter(|edit| edit.field == *of);
        let width = usize::from(width.saturating_sub(LABEL).max(8));
        let value = field::text(rubric, of);
        let is_empty = value.trim().is_empty();
        let mut rows = wrapped(if is_empty { of.nothing() } else { &value }, width);
        let here = at == open.field && open.focus == Focus::Form;
        let most = if here { UNFOLDED } else { FOLDED };
        if rows.len() > most {
            rows.truncate(most);
            if let Some(last) = rows.last_mut() {
                last.push('…');
            }
        }
        let why = match of {
            Field::Question(at) if edit.is_none() => open
                .why_of(rubric, *at)
                .map(|why| wrapped(&format!("proposed because: {why}"), width))
                .unwrap_or_default(),
            _ => Vec::new(),
        };
        let body = match edit {
            Some(edit) => usize::from(of.rows()) + usize::from(edit.problem.is_some()),
            None => rows.len().max(1) + why.len(),
        };
        let mut block = Self {
            heading: of.heading(rubric),
            label: of.label(rubric),
            rows,
            is_empty,
            why,
            edited: edit.is_some(),
            height: body,
        };
        block.height += block.head();
        block
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let text = sanitise::multi_line(text).text;
    wrap::wrap(&text, width)
        .iter()
        .map(|row| text[row.start..row.end].to_owned())
        .collect()
}

/// Lays the form out in an area.
pub fn lay_out(open: &RubricState, area: Area) -> Laid {
    let mut fields = area;
    let most = if area.height > ROOMY { 3 } else { 1 };
    let told = open.findings().len().min(most) as u16;
    let mut below = fields.take_bottom(told + u16::from(told > 0));
    let _ = below.take_top(u16::from(told > 0));
    let blocks: Vec<Block> = match open.shown() {
        Some(rubric) => field::all(rubric)
            .iter()
            .enumerate()
            .map(|(at, field)| Block::of(rubric, field, fields.width, open, at))
            .collect(),
        None => Vec::new(),
    };
    Laid {
        first: first(&blocks, open.field, usize::from(fields.height)),
        blocks,
        fields,
        told: below,
    }
}

/// The first block drawn so that the one under the cursor is whole.
fn first(blocks: &[Block], cursor: usize, height: usize) -> usize {
    let mut left = height;
    let mut first = cursor.min(blocks.len());
    for (at, block) in blocks.iter().enumerate().take(cursor + 1).rev() {
        if block.height > left {
            break;
        }
        left -= block.height;
        first = at;
    }
    first
}
