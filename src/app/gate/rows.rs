//! Rows of words, laid out for a width: what is drawn, what the cursor stops at, what can be copied from it.

use crate::text::sanitise::multi_line;
use crate::text::wrap::wrap;

/// How words are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sense {
    /// To be read.
    Plain,
    /// The sentence that matters.
    Strong,
    /// Beside it.
    Dim,
    /// Holds; with a sign or a word.
    Good,
    /// Does not hold; with a sign or a word.
    Bad,
    /// To be looked at.
    Warn,
    /// A command line.
    Command,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The stop of the cursor it belongs to.
    pub stop: Option<usize>,
    /// What stands in it.
    pub kind: RowKind,
}

/// What stands in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// Nothing.
    Blank,
    /// A rule with a heading.
    Heading(&'static str),
    /// A line of the checklist.
    Check {
        /// The part of the list, in the first line of each.
        part: &'static str,
        /// Whether it holds.
        sign: Sense,
        /// What is asked, and how much of it.
        what: String,
        /// What there is; where it is empty, `what` has the whole row.
        found: String,
    },
    /// Words behind some blanks.
    Words {
        /// Blanks before them.
        indent: u16,
        /// The words.
        parts: Vec<(Sense, String)>,
        /// A time, at the right end.
        at_ms: Option<i64>,
    },
}

/// Where the cursor stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Stable name, by which it stays open.
    pub id: String,
    /// Whether Enter shows more.
    pub opens: bool,
    /// What is copied from it.
    pub copy: Option<String>,
}

/// Rows with the stops of a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// In order.
    pub rows: Vec<Row>,
    /// In order.
    pub stops: Vec<Stop>,
    width: u16,
    current: Option<usize>,
}

impl Sheet {
    /// An empty sheet of this width.
    pub fn new(width: u16) -> Self {
        Self {
            width,
            ..Self::default()
        }
    }

    /// Cells of a row.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// The next rows belong to a new stop.
    pub fn stop(&mut self, id: impl Into<String>, opens: bool, copy: Option<String>) {
        self.current = Some(self.stops.len());
        self.stops.push(Stop {
            id: id.into(),
            opens,
            copy,
        });
    }

    /// A heading, after a blank row unless it is the first.
    pub fn heading(&mut self, name: &'static str) {
        self.current = None;
        if !self.rows.is_empty() {
            self.push(RowKind::Blank);
        }
        self.push(RowKind::Heading(name));
    }

    /// A blank row.
    pub fn gap(&mut self) {
        self.current = None;
        self.push(RowKind::Blank);
    }

    /// A line of the checklist.
    pub fn check(&mut self, part: &'static str, sign: Sense, what: String, found: String) {
        self.push(RowKind::Check {
            part,
            sign,
            what,
            found,
        });
    }

    /// Words over as many rows as they need. Line ends stay.
    pub fn words(&mut self, indent: u16, sense: Sense, text: &str) {
        let text = multi_line(text).text;
        let room = usize::from(self.width.saturating_sub(indent)).max(8);
        for row in wrap(&text, room) {
            self.parts(
                indent,
                vec![(sense, text[row.start..row.end].to_owned())],
                None,
            );
        }
    }

    /// One row of words with several meanings.
    pub fn parts(&mut self, indent: u16, parts: Vec<(Sense, String)>, at_ms: Option<i64>) {
        self.push(RowKind::Words {
            indent,
            parts,
            at_ms,
        });
    }

    fn push(&mut self, kind: RowKind) {
        self.rows.push(Row {
            stop: self.current,
            kind,
        });
    }

    /// Appends the rows and stops of another one.
    pub fn append(&mut self, other: Self) {
        let before = self.stops.len();
        if !self.rows.is_empty() && !other.rows.is_empty() {
            self.gap();
        }
        self.stops.extend(other.stops);
        self.rows.extend(other.rows.into_iter().map(|row| Row {
            stop: row.stop.map(|stop| stop + before),
            ..row
        }));
    }

    /// First and last row of a stop.
    pub fn span(&self, stop: usize) -> Option<(usize, usize)> {
        let of = |row: &Row| row.stop == Some(stop);
        Some((
            self.rows.iter().position(of)?,
            self.rows.iter().rposition(of)?,
        ))
    }

    /// Where the first row shown stands best, so that a stop is in sight; the first and the last stop show the ends.
    pub fn top(&self, stop: usize, before: usize, height: usize) -> usize {
        let height = height.max(1);
        let most = self.rows.len().saturating_sub(height);
        if stop == 0 {
            return 0;
        }
        if stop + 1 >= self.stops.len() && self.span(stop).is_some_and(|(first, _)| first >= most) {
            return most;
        }
        let Some((first, last)) = self.span(stop) else {
            return before.min(most);
        };
        // What is longer than the screen is read from its beginning.
        let least = (last + 1).saturating_sub(height).min(first);
        before.clamp(least, first).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(lengths: &[usize]) -> Sheet {
        let mut sheet = Sheet::new(20);
        sheet.heading("LIST");
        for (at, rows) in lengths.iter().enumerate() {
            sheet.stop(at.to_string(), true, None);
            for _ in 0..*rows {
                sheet.words(2, Sense::Plain, "words");
            }
        }
        sheet
    }

    #[test]
    fn a_stop_is_always_in_sight_and_the_ends_are_reached() {
        let sheet = sheet(&[1, 3, 1, 9, 1, 2, 1]);
        for height in 1..12 {
            let mut top = 0;
            for stop in (0..sheet.stops.len()).chain((0..sheet.stops.len()).rev()) {
                top = sheet.top(stop, top, height);
                let (first, last) = sheet.span(stop).unwrap();
                let seen = top..top + height;
                assert!(
                    seen.contains(&first) || height == 1 && stop == 0,
                    "{stop} {height}"
                );
                assert!(last - first >= height || seen.contains(&last) || stop == 0);
            }
            assert_eq!(top, 0);
            assert_eq!(sheet.top(6, 0, 4), sheet.rows.len() - 4);
        }
    }

    #[test]
    fn long_words_are_wrapped_and_their_rows_belong_together() {
        let mut sheet = Sheet::new(12);
        sheet.stop("a", false, Some("copy".into()));
        sheet.words(2, Sense::Dim, "one two three\nfour \u{1b}[31m");
        assert_eq!(sheet.span(0), Some((0, sheet.rows.len() - 1)));
        assert!(sheet.rows.len() >= 3);
        let mut both = Sheet::new(12);
        both.append(sheet.clone());
        both.append(sheet);
        assert_eq!(both.stops.len(), 2);
        assert!(both.span(1).unwrap().0 > both.span(0).unwrap().1);
    }
}
