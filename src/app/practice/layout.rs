//! Where the parts of a practice ticket stand: one answer for what is drawn and for what is scrolled.

use super::super::layout::{Area, Breadth, Size, frame};
use super::Practice;

/// Rows the questions get at least where they stand below the texts.
const FORM_ROWS: u16 = 9;

/// Where the parts stand. Every part begins with a title line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PracticeLayout {
    /// The request, while the reviewer answers.
    pub request: Area,
    /// The outputs, one below the other.
    pub outputs: Vec<Area>,
    /// The right answers and what the example teaches, after that.
    pub lesson: Area,
    /// The questions.
    pub form: Area,
}

impl PracticeLayout {
    /// The lines below a part's title.
    pub fn body(mut part: Area) -> Area {
        let _ = part.take_top(1);
        part
    }
}

impl Practice {
    /// Rows above the lesson's text: how many answers differ, and a blank one.
    pub const ANSWER_ROWS: u16 = 2;

    /// Where the parts stand on a screen of this size.
    pub fn layout(&self, size: Size) -> PracticeLayout {
        let mut texts = frame(size).content;
        let form = if size.breadth() >= Breadth::Medium {
            let mut rest = texts;
            texts = rest.take_left(texts.width * 3 / 5);
            let _gap = rest.take_left(1);
            rest
        } else {
            texts.take_bottom(FORM_ROWS.min(texts.height / 2))
        };
        let mut rest = texts;
        let wanted = (self.request.rows().rows().len() as u16).saturating_add(1);
        let share = texts.height / (self.outputs.len().clamp(1, 9) as u16 + 1);
        let request = rest.take_top(wanted.min(share));
        let each = rest.height / (self.outputs.len().clamp(1, 9) as u16);
        PracticeLayout {
            request,
            outputs: self.outputs.iter().map(|_| rest.take_top(each)).collect(),
            lesson: texts,
            form,
        }
    }

    /// Gives the texts their size.
    pub(crate) fn fit(&mut self, size: Size) {
        // The request's width first: how high it stands depends on its rows. Its height stays meanwhile, or a
        // text that is scrolled to its end would move.
        let width = self.layout(size).lesson.width;
        self.request.resize(width, self.request.height() as u16);
        let layout = self.layout(size);
        let body = |part: Area| PracticeLayout::body(part).height;
        self.request.resize(width, body(layout.request));
        for (pane, area) in self.outputs.iter_mut().zip(&layout.outputs) {
            pane.resize(width, body(*area));
        }
        let rows = body(layout.lesson).saturating_sub(Self::ANSWER_ROWS);
        self.lesson.resize(width, rows);
    }

    /// Scrolls what is read: the lesson, or request and outputs as if they were one text.
    pub(crate) fn scroll(&mut self, by: isize) {
        if self.step == super::Step::Revealed {
            self.lesson.scroll(by);
            return;
        }
        let mut panes: Vec<_> = [&mut self.request]
            .into_iter()
            .chain(&mut self.outputs)
            .collect();
        if by < 0 {
            panes.reverse();
        }
        let to_the_end = by.unsigned_abs() > usize::MAX / 8;
        let mut left = panes.into_iter().filter(|pane| match by {
            1.. => pane.more_below(),
            _ => pane.top() > 0,
        });
        if to_the_end {
            left.for_each(|pane| pane.scroll(by));
        } else if let Some(pane) = left.next() {
            pane.scroll(by);
        }
    }
}
