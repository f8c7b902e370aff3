//! Where the parts of the Runs screen stand.

use super::{Area, Frame, Size, frame};

/// The run groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RunsLayout {
    /// Title, strip and hints.
    pub frame: Frame,
    /// Column headings.
    pub head: Area,
    /// One line per group.
    pub list: Area,
}

/// Where the parts of the list of groups stand.
pub fn runs(size: Size) -> RunsLayout {
    let frame = frame(size);
    let mut rest = frame.content;
    let _ = rest.take_top(1);
    let head = rest.take_top(1);
    RunsLayout {
        frame,
        head,
        list: rest,
    }
}

/// One run group: tabs over a list, a text or points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct GroupLayout {
    /// Title, strip and hints.
    pub frame: Frame,
    /// Names of the tabs.
    pub tabs: Area,
    /// What the numbers rest on.
    pub about: Area,
    /// Column headings.
    pub head: Area,
    /// Rows, tags, or the text of the comparison.
    pub list: Area,
    /// The points, inside of their axes.
    pub points: Area,
}

/// Cells left of the points: the axis and its numbers.
pub const AXIS: u16 = 6;

/// Where the parts of a group stand.
pub fn group(size: Size) -> GroupLayout {
    let frame = frame(size);
    let mut rest = frame.content;
    let tabs = rest.take_top(1);
    let about = rest.take_top(1);
    let mut inner = rest;
    let head = rest.take_top(1);
    let _ = inner.take_top(1);
    let _ = inner.take_left(AXIS);
    // Below the points stand the axis, its numbers and what is under the cursor.
    let _ = inner.take_bottom(4);
    inner.width = inner.width.min(inner.height.saturating_mul(4));
    GroupLayout {
        frame,
        tabs,
        about,
        head,
        list: rest,
        points: inner,
    }
}

/// Cells between two names of tabs.
pub const TAB_GAP: u16 = 3;

impl GroupLayout {
    /// The tab under a cell, by the widths of the names.
    pub fn tab_at<const N: usize>(&self, x: u16, y: u16, widths: [u16; N]) -> Option<usize> {
        if !self.tabs.holds(x, y) {
            return None;
        }
        let mut left = self.tabs.x;
        widths.into_iter().position(|width| {
            let within = x >= left && x < left + width + 2;
            left += width + TAB_GAP;
            within
        })
    }
}

/// One item across candidates: the request over the outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct BesideLayout {
    /// Title, strip and hints.
    pub frame: Frame,
    /// What was asked, under its rule.
    pub rule: Area,
    /// What was asked.
    pub request: Area,
    /// The outputs, all columns.
    pub outputs: Area,
    /// Columns of cells of one output.
    pub column: u16,
}

/// Cells between two outputs.
pub const BESIDE_GAP: u16 = 2;

/// Where the parts stand, with so many outputs side by side.
pub fn beside(size: Size, columns: usize) -> BesideLayout {
    let frame = frame(size);
    let mut rest = frame.content;
    let rule = rest.take_top(1);
    let request = rest.take_top((rest.height / 4).clamp(2, 8));
    let _ = rest.take_top(1);
    let columns = columns.clamp(1, 20) as u16;
    let gaps = BESIDE_GAP * (columns - 1);
    BesideLayout {
        frame,
        rule,
        request,
        outputs: rest,
        column: rest.width.saturating_sub(gaps) / columns,
    }
}

impl BesideLayout {
    /// The output under a cell, by its place among those that are shown.
    pub fn column_at(&self, x: u16, y: u16) -> Option<usize> {
        let step = self.column + BESIDE_GAP;
        (self.outputs.holds(x, y) && step > 0).then(|| usize::from((x - self.outputs.x) / step))
    }
}
