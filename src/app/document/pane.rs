//! One text on the screen: where it is scrolled to, what is selected, what was found.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::text::json::Fold;
use crate::text::view::{Marks, WrapCache};
use crate::text::{Style, StyledText};

mod light;
mod search;
mod select;

pub use light::Lit;
pub use select::Selection;

use super::{LONG, PaneKey, Source, TextOptions, build, source_len};

/// Bytes wrapped at once while the screen waits.
const FIRST_SLICE: usize = 256 * 1024;
/// A width no line reaches.
const UNWRAPPED: usize = 100_000;
/// Bytes of a long text shown while the rest is prepared.
const BEGINNING: usize = 16 * 1024;

/// A text in a pane.
#[derive(Debug, Clone, PartialEq)]
pub struct TextPane {
    source: Source,
    options: TextOptions,
    text: Arc<StyledText>,
    /// JSON nodes in the text.
    pub(super) folds: Arc<[Fold]>,
    /// Those that a person folded or opened.
    pub(super) toggled: BTreeSet<usize>,
    rows: WrapCache,
    width: usize,
    height: usize,
    top: usize,
    left: usize,
    selection: Option<Selection>,
    needle: String,
    hits: Vec<Range<usize>>,
    hit: Option<usize>,
    lit: Lit,
    evidence: Vec<(Range<usize>, Style)>,
    marks: Marks,
    revision: u64,
    incomplete: bool,
}

/// Columns the text is wrapped at.
pub(super) fn wrap_width(width: usize, options: TextOptions) -> usize {
    if options.no_wrap {
        UNWRAPPED
    } else {
        width.max(1)
    }
}

impl TextPane {
    /// A pane for a text; it has no size yet.
    pub fn new(source: Source, options: TextOptions) -> Self {
        let mut pane = Self {
            source,
            options,
            text: Arc::default(),
            folds: Arc::default(),
            toggled: BTreeSet::new(),
            rows: WrapCache::start(1),
            width: 0,
            height: 0,
            top: 0,
            left: 0,
            selection: None,
            needle: String::new(),
            hits: Vec::new(),
            hit: None,
            lit: Lit::default(),
            evidence: Vec::new(),
            marks: Marks::default(),
            revision: 0,
            incomplete: false,
        };
        pane.rebuild();
        pane
    }

    pub(super) fn rebuild(&mut self) {
        self.revision += 1;
        self.selection = None;
        let long = source_len(&self.source, self.options) > LONG;
        self.folds = Arc::default();
        self.text = match (&self.source, long) {
            (Source::Styled(text), _) => Arc::clone(text),
            (source, true) => Arc::new(build::beginning(source, self.options, BEGINNING)),
            (source, false) => {
                let built = build(source, self.options, self.width.max(20), &self.toggled);
                self.folds = built.folds.into();
                Arc::new(built.text)
            }
        };
        self.incomplete = long && !matches!(self.source, Source::Styled(_));
        self.light_again();
        self.search_again();
        self.rewrap();
    }

    fn rewrap(&mut self) {
        let at = self.rows.rows().get(self.top).map_or(0, |row| row.start);
        self.rows = WrapCache::start(wrap_width(self.width, self.options));
        self.rows
            .extend(&self.text, FIRST_SLICE.max(at + FIRST_SLICE / 4));
        self.top = if at == 0 { 0 } else { self.rows.row_at(at) };
        self.clamp();
    }

    /// The text as shown.
    pub fn text(&self) -> &Arc<StyledText> {
        &self.text
    }

    /// What it is made from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Its rows.
    pub fn rows(&self) -> &WrapCache {
        &self.rows
    }

    /// First row shown.
    pub fn top(&self) -> usize {
        self.top
    }

    /// First column shown, above 0 only where lines do not wrap.
    pub fn left(&self) -> usize {
        self.left
    }

    /// What is laid over the text.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// How it is shown.
    pub fn options(&self) -> TextOptions {
        self.options
    }

    /// Which hit the search stands on, from 1, and how many there are.
    pub fn hit(&self) -> Option<(usize, usize)> {
        self.hit.map(|at| (at + 1, self.hits.len()))
    }

    /// What is searched for.
    pub fn needle(&self) -> &str {
        &self.needle
    }

    /// How far down it is scrolled, in percent of what can be scrolled; `None` if all of it is shown.
    pub fn percent(&self) -> Option<u8> {
        let most = self.last_top();
        (most > 0).then(|| (self.top.min(most) * 100 / most) as u8)
    }

    /// Whether something below is not shown.
    pub fn more_below(&self) -> bool {
        self.top < self.last_top() || !self.is_complete()
    }

    /// Whether the whole text is styled and wrapped.
    pub fn is_complete(&self) -> bool {
        !self.incomplete && self.rows.is_complete()
    }

    /// Whether wrapping goes on when time allows.
    pub fn wants_time(&self) -> bool {
        !self.incomplete && !self.rows.is_complete() && self.width > 0
    }

    /// Wraps a further slice.
    pub fn give_time(&mut self) {
        if self.wants_time() {
            self.rows.extend(&self.text, FIRST_SLICE);
        }
    }

    /// The job for a long text, if it waits for one.
    pub fn job(&self, pane: super::super::ticket::Pane) -> Option<super::TextJob> {
        (self.incomplete && self.width > 0).then(|| super::TextJob {
            key: PaneKey {
                pane,
                revision: self.revision,
            },
            source: self.source.clone(),
            options: self.options,
            width: self.width,
            toggled: self.toggled.clone(),
        })
    }

    /// Takes a long text that was prepared elsewhere; one for another state of the pane is dropped.
    pub fn take(&mut self, prepared: super::Prepared) {
        if prepared.key.revision != self.revision || !self.incomplete {
            return;
        }
        self.text = prepared.text;
        self.folds = prepared.folds;
        self.incomplete = false;
        if prepared.rows.width() == wrap_width(self.width, self.options) {
            self.rows = prepared.rows;
        } else {
            self.rewrap();
        }
        self.light_again();
        self.search_again();
        self.clamp();
    }

    /// Gives it another text; it stays scrolled where it is as far as that goes.
    pub fn set_source(&mut self, source: Source) {
        if self.source != source {
            self.source = source;
            self.toggled.clear();
            self.rebuild();
        }
    }

    /// Shows it another way.
    pub fn set_options(&mut self, options: TextOptions) {
        if self.options == options {
            return;
        }
        let only_wrap = TextOptions {
            no_wrap: self.options.no_wrap,
            ..options
        } == self.options;
        if self.options.raw != options.raw {
            // The raw form is another text with other places.
            self.toggled.clear();
        }
        self.options = options;
        self.left = 0;
        if only_wrap && !self.incomplete {
            self.rewrap();
        } else {
            self.rebuild();
        }
    }

    /// Gives it a size.
    pub fn resize(&mut self, width: u16, height: u16) {
        self.height = usize::from(height);
        if self.width != usize::from(width) {
            self.width = usize::from(width);
            self.selection = None;
            // Tables are laid out for a width; raw and plain texts only wrap anew.
            if self.options.raw || matches!(self.source, Source::Plain(_) | Source::Styled(_)) {
                self.rewrap();
            } else {
                self.rebuild();
            }
        }
        self.clamp();
    }

    /// Rows of the pane.
    pub fn height(&self) -> usize {
        self.height
    }

    fn last_top(&self) -> usize {
        self.rows.rows().len().saturating_sub(self.height.max(1))
    }

    fn clamp(&mut self) {
        self.top = self.top.min(self.last_top());
    }

    /// Scrolls by rows; with a selection, its end moves instead.
    pub fn scroll(&mut self, by: isize) {
        let last = self.rows.rows().len().saturating_sub(1);
        if let Some(selection) = &mut self.selection {
            selection.to = selection.to.saturating_add_signed(by).min(last);
            let to = selection.to;
            self.show_row(to);
            return;
        }
        self.top = self.top.saturating_add_signed(by);
        self.clamp();
    }

    /// Scrolls by pages of the pane, one row kept in sight.
    pub fn page(&mut self, pages: isize) {
        let page = self.height.saturating_sub(1).max(1);
        self.scroll(pages.saturating_mul(page as isize));
    }

    /// Scrolls by half pages.
    pub fn half_page(&mut self, halves: isize) {
        self.scroll(halves.saturating_mul((self.height / 2).max(1) as isize));
    }

    /// Moves unwrapped lines sideways.
    pub fn sideways(&mut self, by: isize) {
        self.left = if self.options.no_wrap {
            self.left.saturating_add_signed(by).min(UNWRAPPED)
        } else {
            0
        };
    }

    /// To the first row.
    pub fn to_top(&mut self) {
        self.scroll(isize::MIN / 2);
    }

    /// To the last row, all of it wrapped first.
    pub fn to_bottom(&mut self) {
        self.rows.extend(&self.text, usize::MAX);
        self.scroll(isize::MAX / 2);
    }

    /// Makes this the first row shown, as far as the text goes.
    pub(super) fn show_from(&mut self, row: usize) {
        self.top = row;
        self.clamp();
    }

    /// Brings a row into sight.
    pub fn show_row(&mut self, row: usize) {
        let height = self.height.max(1);
        if row < self.top {
            self.top = row;
        } else if row >= self.top + height {
            self.top = row + 1 - height;
        }
        self.clamp();
    }
}
