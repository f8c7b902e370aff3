//! Where the parts of the Rubric screen stand at a size.

use super::super::layout::{Area, Breadth, Frame, PaneArea, Size, frame};

/// The rubrics, one of them as form or text, its versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RubricLayout {
    /// Title, strip and hints.
    pub frame: Frame,
    /// Tabs, where only one part fits.
    pub tabs: Area,
    /// The rubrics; empty where another part has the place.
    pub list: PaneArea,
    /// The form.
    pub form: PaneArea,
    /// The versions.
    pub versions: PaneArea,
    /// The text while it is written: everything.
    pub text: PaneArea,
}

/// Where the parts of the Rubric screen stand; `shown` is the part with the focus, where only one fits.
pub fn place(size: Size, shown: usize) -> RubricLayout {
    let frame = frame(size);
    let mut rest = frame.content;
    let text = PaneArea::of(rest);
    if size.breadth() < Breadth::Medium {
        let tabs = rest.take_top(1);
        let one = PaneArea::of(rest);
        let mut place = RubricLayout {
            frame,
            tabs,
            // The form keeps its size while another part is shown, so that what is written keeps its rows.
            form: one,
            text,
            ..RubricLayout::default()
        };
        match shown {
            0 => place.list = one,
            1 => {}
            _ => place.versions = one,
        }
        return place;
    }
    let mut left = rest.take_left(34);
    let _ = rest.take_left(2);
    let versions = left.take_bottom((left.height / 3).max(5));
    RubricLayout {
        frame,
        tabs: Area::default(),
        list: PaneArea::of(left),
        form: PaneArea::of(rest),
        versions: PaneArea::of(versions),
        text,
    }
}
