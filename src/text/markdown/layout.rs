//! Lines of rendered Markdown: gaps between blocks, quote bars and list indents in front of them.

use std::ops::Range;

use crate::text::style::{Builder, Style, StyledText};
use crate::text::width;

/// Enclosing blocks that are drawn by an indent or a bar; deeper ones share the last indent, so that
/// a line of markers alone neither leaves the pane nor costs the square of its length.
const MAX_DRAWN: usize = 12;

/// Cells of the longest rule.
const MAX_RULE: usize = 40;

/// What an enclosing block puts in front of its lines.
pub(super) enum Lead {
    /// A quote: the same bar on every line.
    Bar,
    /// A list item: its marker on the first line, blanks on the others.
    Marker { text: String, cells: usize },
}

impl Lead {
    pub(super) fn marker(text: String) -> Self {
        let cells = width::of(&text);
        Self::Marker { text, cells }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Line,
    Blank,
}

/// Writes lines with the leads of the enclosing blocks.
pub(super) struct Layout {
    pub(super) out: Builder,
    width: usize,
    leads: Vec<Lead>,
    /// Leads from here on were not drawn yet.
    fresh_from: usize,
    gap: Gap,
    is_open: bool,
    /// Extra indent of a code block.
    pub(super) inset: &'static str,
}

impl Layout {
    pub(super) fn new(bytes: usize, width: usize) -> Self {
        Self {
            out: Builder::with_capacity(bytes),
            width,
            leads: Vec::new(),
            fresh_from: 0,
            gap: Gap::None,
            is_open: false,
            inset: "",
        }
    }

    pub(super) fn finish(self) -> StyledText {
        self.out.finish()
    }

    /// Enters a block whose lines start with `lead`.
    pub(super) fn enter(&mut self, lead: Lead) {
        self.leads.push(lead);
    }

    /// Leaves the innermost block; one that had no text is still shown by its marker.
    pub(super) fn leave(&mut self) {
        if self.fresh_from < self.leads.len() {
            self.open_line();
        }
        self.close_line();
        self.leads.pop();
        self.fresh_from = self.fresh_from.min(self.leads.len());
    }

    /// Starts the current line unless it is started.
    pub(super) fn open_line(&mut self) {
        if self.is_open {
            return;
        }
        if !self.out.is_empty() {
            if self.gap == Gap::Blank {
                self.out.newline();
                let known = &self.leads[..self.fresh_from];
                let bars = known.iter().rposition(|lead| matches!(lead, Lead::Bar));
                self.draw_known(bars.map_or(0, |last| last + 1));
            }
            self.out.newline();
        }
        self.gap = Gap::None;
        self.is_open = true;
        let (mut cells, repeated) = self.draw_known(self.fresh_from);
        cells += self.draw_fresh();
        self.out.own(self.inset, Style::CodeBlock);
        cells += self.inset.len();
        if cells > 0 {
            self.out.hang(cells, repeated);
        }
    }

    /// Ends the current line if it is started.
    pub(super) fn close_line(&mut self) {
        if self.is_open {
            self.end_line();
        }
    }

    /// Ends the current line, which is empty if it was not started.
    pub(super) fn end_line(&mut self) {
        self.open_line();
        self.is_open = false;
        self.gap = self.gap.max(Gap::Line);
    }

    /// Asks for an empty line before whatever follows.
    pub(super) fn separate(&mut self) {
        self.gap = Gap::Blank;
    }

    /// A rule across the pane.
    pub(super) fn rule(&mut self, range: Range<usize>) {
        self.close_line();
        self.open_line();
        let cells = self.room().clamp(3, MAX_RULE);
        self.out
            .decoded(&"─".repeat(cells), range, Style::TableRule);
        self.close_line();
        self.separate();
    }

    /// Cells left beside the leads.
    pub(super) fn room(&self) -> usize {
        let drawn = self.leads.iter().take(MAX_DRAWN);
        let leads: usize = drawn.map(|lead| self.cells(lead)).sum();
        self.width.saturating_sub(leads)
    }

    fn cells(&self, lead: &Lead) -> usize {
        match lead {
            Lead::Bar => 2,
            // A marker as long as a line (a footnote's label) is not worth an indent.
            Lead::Marker { cells, .. } if *cells * 4 > self.width => 2,
            Lead::Marker { cells, .. } => *cells,
        }
    }

    /// Draws the first `count` leads, which were drawn before in full: gives their cells, and the
    /// bytes that continuation rows repeat.
    fn draw_known(&mut self, count: usize) -> (usize, usize) {
        let start = self.out.len();
        let mut total = 0;
        for lead in self.leads[..count].iter().take(MAX_DRAWN) {
            let cells = self.cells(lead);
            total += cells;
            match lead {
                Lead::Bar => self.out.own("│ ", Style::Quote),
                Lead::Marker { .. } => self.out.own(&" ".repeat(cells), Style::Plain),
            }
        }
        (total, self.out.len() - start)
    }

    fn draw_fresh(&mut self) -> usize {
        let mut total = 0;
        for (depth, lead) in self.leads.iter().enumerate().skip(self.fresh_from) {
            match lead {
                Lead::Bar => self.out.own("│ ", Style::Quote),
                Lead::Marker { text, .. } => self.out.own_line(text, Style::ListMarker),
            }
            if depth < MAX_DRAWN {
                total += self.cells(lead);
            }
        }
        self.fresh_from = self.leads.len();
        total
    }
}
