//! One item across the candidates: outputs 1, 2, 3 without names until they are asked for.

use std::sync::Arc;

use crate::domain::view::{Side, SideBySide};
use crate::text::sanitise;
use crate::text::wrap;

use super::super::layout::{self, Size};

/// The item.
#[derive(Debug, Clone, PartialEq)]
pub struct Beside {
    /// Local row of the item.
    pub item: i64,
    /// Its name.
    pub name: String,
    /// What it holds, once it came.
    pub doc: Option<Arc<SideBySide>>,
    /// Whether names and scores are wanted.
    pub named: bool,
    /// Whether what was said of it is on its way.
    pub sent: bool,
    /// The output that has the focus.
    pub at: usize,
    /// Lines of the request above the first shown.
    pub scroll: usize,
    /// The outputs, made safe and cut into lines of the width there is.
    pub texts: Vec<Vec<String>>,
    /// The request in lines.
    pub request: Vec<String>,
    size: Size,
}

impl Beside {
    /// An item before its outputs came.
    pub fn new(item: i64, name: &str, size: Size) -> Self {
        Self {
            item,
            name: name.to_owned(),
            doc: None,
            named: false,
            sent: false,
            at: 0,
            scroll: 0,
            texts: Vec::new(),
            request: Vec::new(),
            size,
        }
    }

    /// Takes the outputs.
    pub fn take(&mut self, doc: Arc<SideBySide>) {
        self.doc = Some(doc);
        self.lay_out();
    }

    /// The outputs on the screen: those held against each other, and with the names what other runs gave.
    pub fn sides(&self) -> &[Side] {
        let all: &[Side] = self.doc.as_ref().map_or(&[], |doc| &doc.sides);
        let compared = self.doc.as_ref().map_or(0, |doc| doc.compared);
        if self.shows_names() {
            all
        } else {
            &all[..compared.min(all.len())]
        }
    }

    /// Whether names and scores are on the screen.
    pub fn shows_names(&self) -> bool {
        self.named && self.doc.as_ref().is_some_and(|doc| doc.is_known())
    }

    /// Shows or hides them.
    pub fn show_names(&mut self, named: bool) {
        self.named = named;
        self.lay_out();
    }

    /// The output that has the focus.
    pub fn current(&self) -> Option<&Side> {
        self.sides().get(self.at)
    }

    /// Outputs that stand side by side at once; the others are turned to.
    pub fn columns(&self) -> usize {
        let fit = usize::from(self.size.width / 40).max(1);
        fit.min(self.sides().len()).max(1)
    }

    /// The first output shown.
    pub fn first(&self) -> usize {
        let columns = self.columns();
        (self.at + 1)
            .saturating_sub(columns)
            .min(self.sides().len().saturating_sub(columns))
    }

    /// Turns to another output.
    pub fn turn(&mut self, by: isize) {
        let last = self.sides().len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
    }

    /// Scrolls the outputs.
    pub fn step(&mut self, by: isize) {
        self.scroll = self.scroll.saturating_add_signed(by);
        self.settle();
    }

    /// Keeps the places inside of what there is.
    pub fn settle(&mut self) {
        let longest = self.texts.iter().map(Vec::len).max().unwrap_or(0);
        self.scroll = self.scroll.min(longest.saturating_sub(1));
        self.at = self.at.min(self.sides().len().saturating_sub(1));
    }

    /// Takes note of the size.
    pub fn fit(&mut self, size: Size) {
        if self.size != size {
            self.size = size;
            self.lay_out();
        }
        self.settle();
    }

    fn lay_out(&mut self) {
        let Some(doc) = self.doc.clone() else {
            return;
        };
        let place = layout::beside(self.size, self.columns());
        let lines = |text: &str, width: u16| {
            let safe = sanitise::multi_line(text).text;
            wrap::wrap(&safe, usize::from(width.max(1)))
                .iter()
                .map(|row| safe[row.start..row.end].to_owned())
                .collect::<Vec<String>>()
        };
        self.request = lines(&doc.request, place.request.width);
        self.texts = doc
            .sides
            .iter()
            .map(|side| lines(&side.text, place.column))
            .collect();
        self.settle();
    }
}
