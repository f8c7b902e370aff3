//! Writing into the document: text with its place in the source, links, what Markdown left out.

use std::ops::Range;

use pulldown_cmark::LinkType;

use super::Renderer;
use super::table::TableBuffer;
use crate::text::style::Style;

/// Whether somebody would follow it. `<docket:end>` is a link to the letter, and its signs are part of the text.
fn is_address(target: &str) -> bool {
    let (scheme, _) = target.split_once(':').unwrap_or_default();
    ["http", "https", "mailto", "ftp", "tel"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
}

impl Renderer<'_> {
    pub(super) fn open_link(&mut self, kind: LinkType, target: String, range: &Range<usize>) {
        let sign = kind == LinkType::Autolink && !is_address(&target);
        self.links.push((kind, target));
        self.inline_end = self.inline_end.max(range.start);
        if sign {
            self.put("<", range.start..range.start + 1, Style::Plain);
        }
    }

    /// Shows where a link leads: as written if it is written here, else the target it resolves to.
    pub(super) fn close_link(&mut self, range: &Range<usize>) {
        let Some((kind, target)) = self.links.pop() else {
            return;
        };
        match kind {
            LinkType::Autolink if !is_address(&target) => {
                self.put(">", range.end - 1..range.end, Style::Plain);
            }
            LinkType::Autolink | LinkType::Email => {}
            LinkType::Inline => {
                let from = self.inline_end.min(range.end);
                let tail = &self.source[from..range.end];
                let at = from + tail.find("](").map_or(0, |at| at + 1);
                self.own(" ", Style::Plain);
                self.put(&self.source[at..range.end], at..range.end, Style::Dim);
            }
            _ => self.own(&format!(" ({target})"), Style::Dim),
        }
        self.passed(range);
    }

    /// Appends inline text to the open table cell or to the current line.
    pub(super) fn put(&mut self, text: &str, range: Range<usize>, style: Style) {
        let verbatim = self.source.get(range.clone()) == Some(text);
        let out = if let Some(cell) = self.table.as_mut().and_then(TableBuffer::current) {
            cell
        } else {
            self.layout.open_line();
            &mut self.layout.out
        };
        if verbatim {
            out.source_line(text, range.start, style);
        } else {
            out.decoded(text, range, style);
        }
    }

    pub(super) fn own(&mut self, text: &str, style: Style) {
        if let Some(cell) = self.table.as_mut().and_then(TableBuffer::current) {
            cell.own_line(text, style);
        } else {
            self.layout.open_line();
            self.layout.out.own_line(text, style);
        }
    }

    pub(super) fn passed(&mut self, range: &Range<usize>) {
        self.covered = self.covered.max(range.end);
        self.inline_end = self.inline_end.max(range.end);
    }

    /// Shows the lines of a source range as they are.
    pub(super) fn literal_lines(&mut self, range: Range<usize>, style: Style) {
        let mut at = range.start;
        for line in self.source[range].split_inclusive('\n') {
            let text = line.trim_end_matches(['\n', '\r']);
            self.layout.open_line();
            self.layout.out.source_line(text, at, style);
            self.layout.close_line();
            at += line.len();
        }
    }

    /// Shows what the parser swallowed before `until`: reference definitions leave no event, and
    /// text that is not shown could hide anything.
    pub(super) fn reveal_gap(&mut self, until: usize) {
        let from = self.covered.min(until);
        self.covered = self.covered.max(until);
        if !self.source[from..until].contains("]:") {
            return;
        }
        self.layout.close_line();
        let mut at = from;
        for line in self.source[from..until].split_inclusive('\n') {
            let text = line.trim_start_matches([' ', '\t', '>']);
            let start = at + (line.len() - text.len());
            let text = text.trim_end();
            if !text.is_empty() {
                self.literal_lines(start..start + text.len(), Style::Dim);
            }
            at += line.len();
        }
        self.layout.separate();
    }
}
