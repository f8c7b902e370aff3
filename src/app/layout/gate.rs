//! Where the parts of the Gate screen stand.

use super::{Area, Breadth, Frame, PaneArea, Size, frame};

/// The groups with their rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct GatesLayout {
    /// Title, strip and hints.
    pub frame: Frame,
    /// Column headings.
    pub head: Area,
    /// One line per group.
    pub list: Area,
}

/// Where the parts of the list stand.
pub fn gates(size: Size) -> GatesLayout {
    let frame = frame(size);
    let mut rest = frame.content;
    let _ = rest.take_top(1);
    let head = rest.take_top(1);
    GatesLayout {
        frame,
        head,
        list: rest,
    }
}

/// One group: candidates over the verdict over the checklist, beside it what it rests on where there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct GateLayout {
    /// Title, strip and hints.
    pub frame: Frame,
    /// Names of the candidates.
    pub tabs: Area,
    /// The verdict, and what must stand beside it.
    pub head: Area,
    /// The checklist.
    pub list: PaneArea,
    /// What it rests on; below the checklist in the same list otherwise.
    pub side: Option<PaneArea>,
}

/// Cells between the checklist and what stands beside it.
const GAP: u16 = 3;

/// Where the parts stand, with so many rows of verdict. The checklist keeps half of the screen.
pub fn gate(size: Size, head: usize) -> GateLayout {
    let frame = frame(size);
    let mut rest = frame.content;
    let tabs = rest.take_top(1);
    let most = usize::from(rest.height / 2);
    let head = rest.take_top(head.min(most) as u16);
    let side = (size.breadth() == Breadth::Wide).then(|| {
        let left = (u32::from(rest.width) * 3 / 5) as u16;
        let mut side = rest;
        rest = side.take_left(left);
        let _ = side.take_left(GAP);
        PaneArea::of(side)
    });
    GateLayout {
        frame,
        tabs,
        head,
        list: PaneArea::of(rest),
        side,
    }
}

/// Everything below the title, for what is said in place of a verdict.
pub fn gate_notice(size: Size) -> Area {
    let mut rest = frame(size).content;
    let _ = rest.take_top(1);
    rest
}
