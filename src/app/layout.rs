//! Where everything stands: from a size to rectangles, pure.
//!
//! Scrolling depends on pane heights and clicks on places, so both `update` and `ui` read these same numbers.
//! Widths: 140 columns and more show rail, texts and form side by side; 100 to 139 texts and form; 60 to 99
//! one text with tabs over the form; below 60x15 only a notice fits.

mod gate;
mod runs;

pub use gate::{GateLayout, GatesLayout, gate, gate_notice, gates};
pub use runs::{
    AXIS, BESIDE_GAP, BesideLayout, GroupLayout, RunsLayout, TAB_GAP, beside, group, runs,
};

/// A rectangle of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Area {
    /// First column.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// A rectangle.
    pub const fn new(x: u16, y: u16, width: u16, height: u16) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    /// Whether a cell lies in it.
    pub fn holds(self, x: u16, y: u16) -> bool {
        x >= self.x && y >= self.y && x - self.x < self.width && y - self.y < self.height
    }

    /// Whether it has no cell.
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Takes up to `rows` off the top.
    #[must_use]
    pub fn take_top(&mut self, rows: u16) -> Self {
        let rows = rows.min(self.height);
        let top = Self::new(self.x, self.y, self.width, rows);
        self.y += rows;
        self.height -= rows;
        top
    }

    /// Takes up to `rows` off the bottom.
    #[must_use]
    pub fn take_bottom(&mut self, rows: u16) -> Self {
        let rows = rows.min(self.height);
        self.height -= rows;
        Self::new(self.x, self.y + self.height, self.width, rows)
    }

    /// Takes up to `columns` off the left.
    #[must_use]
    pub fn take_left(&mut self, columns: u16) -> Self {
        let columns = columns.min(self.width);
        let left = Self::new(self.x, self.y, columns, self.height);
        self.x += columns;
        self.width -= columns;
        left
    }

    /// The same without `columns` at either side.
    #[must_use]
    pub fn inset(self, columns: u16) -> Self {
        let by = columns.min(self.width / 2);
        Self::new(self.x + by, self.y, self.width - 2 * by, self.height)
    }

    /// A rectangle of at most this size in the middle of it.
    #[must_use]
    pub fn centred(self, width: u16, height: u16) -> Self {
        let (width, height) = (width.min(self.width), height.min(self.height));
        Self::new(
            self.x + (self.width - width) / 2,
            self.y + (self.height - height) / 2,
            width,
            height,
        )
    }
}

/// Size of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            width: 80,
            height: 24,
        }
    }
}

/// How much fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Breadth {
    /// Only a notice.
    TooSmall,
    /// One text with tabs over the form.
    Narrow,
    /// Texts beside the form.
    Medium,
    /// List, texts and form.
    Wide,
}

impl Size {
    /// How much fits into this size.
    pub fn breadth(self) -> Breadth {
        match (self.width, self.height) {
            (width, height) if width < 60 || height < 15 => Breadth::TooSmall,
            (0..=99, _) => Breadth::Narrow,
            (100..=139, _) => Breadth::Medium,
            _ => Breadth::Wide,
        }
    }

    /// The whole screen.
    pub fn area(self) -> Area {
        Area::new(0, 0, self.width, self.height)
    }
}

/// What every screen has: a title line, the content, a line for messages, the hint bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Frame {
    /// First line.
    pub title: Area,
    /// Everything between.
    pub content: Area,
    /// What just happened.
    pub strip: Area,
    /// The hint bar.
    pub hints: Area,
}

/// The frame of a screen; one column is kept free at either side.
pub fn frame(size: Size) -> Frame {
    let mut rest = size.area().inset(1);
    let title = rest.take_top(1);
    let hints = rest.take_bottom(1);
    let strip = rest.take_bottom(1);
    Frame {
        title,
        content: rest,
        strip,
        hints,
    }
}

/// The queue screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct QueueLayout {
    /// Title, strip and hints.
    pub frame: Frame,
    /// The filter with its count.
    pub filter: Area,
    /// Column headings.
    pub head: Area,
    /// One row per ticket.
    pub list: Area,
}

/// Where the parts of the queue stand.
pub fn queue(size: Size) -> QueueLayout {
    let frame = frame(size);
    let mut rest = frame.content;
    let filter = rest.take_top(1);
    let head = rest.take_top(1);
    QueueLayout {
        frame,
        filter,
        head,
        list: rest,
    }
}

/// Home: what is there, then files found, then jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct HomeLayout {
    /// Title, strip and hints.
    pub frame: Frame,
    /// Column headings.
    pub head: Area,
    /// Evals, found files and jobs, one line each.
    pub list: Area,
}

/// Where the parts of Home stand.
pub fn home(size: Size) -> HomeLayout {
    let frame = frame(size);
    let mut rest = frame.content;
    let _ = rest.take_top(1);
    let head = rest.take_top(1);
    HomeLayout {
        frame,
        head,
        list: rest,
    }
}

/// The export form beside what it would write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ExportLayout {
    /// Title, strip and hints.
    pub frame: Frame,
    /// One line per field.
    pub form: Area,
    /// What would be written.
    pub preview: Area,
}

/// Where the parts of the export screen stand.
pub fn export(size: Size) -> ExportLayout {
    let frame = frame(size);
    let mut rest = frame.content;
    let _ = rest.take_top(1);
    let form = if size.breadth() >= Breadth::Medium {
        let half = rest.width / 2;
        let form = rest.take_left(half);
        let _ = rest.take_left(2);
        form
    } else {
        let form = rest.take_top(11);
        let _ = rest.take_top(1);
        form
    };
    ExportLayout {
        frame,
        form,
        preview: rest,
    }
}

/// The criteria, the numbers of one of them, the tickets on which judge and people differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct AgreementLayout {
    /// Title, strip and hints.
    pub frame: Frame,
    /// The judge, and what everything rests on.
    pub about: Area,
    /// Column headings.
    pub head: Area,
    /// One line per criterion.
    pub list: Area,
    /// The numbers of the criterion under the cursor.
    pub numbers: PaneArea,
    /// The tickets on which judge and people differ.
    pub tickets: PaneArea,
}

/// Where the parts of the agreement screen stand, with so many criteria.
pub fn agreement(size: Size, criteria: usize) -> AgreementLayout {
    let frame = frame(size);
    let mut rest = frame.content;
    let about = rest.take_top(2);
    let head = rest.take_top(1);
    let list = rest.take_top((criteria as u16).clamp(1, (rest.height / 3).max(1)));
    let tickets = (rest.height / 3).max(4).min(rest.height / 2);
    let tickets = rest.take_bottom(tickets);
    AgreementLayout {
        frame,
        about,
        head,
        list,
        numbers: PaneArea::of(rest),
        tickets: PaneArea::of(tickets),
    }
}

/// The jobs, and what there is to say about one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ActivityLayout {
    /// Title, strip and hints.
    pub frame: Frame,
    /// Column headings.
    pub head: Area,
    /// One line per job.
    pub list: Area,
    /// What there is to say about the job under the cursor.
    pub about: PaneArea,
}

/// Lines of what is always said about a job; its failures follow.
pub const ABOUT_LINES: u16 = 6;

/// Where the parts of the activity screen stand.
pub fn activity(size: Size) -> ActivityLayout {
    let frame = frame(size);
    let mut rest = frame.content;
    let _ = rest.take_top(1);
    let head = rest.take_top(1);
    let about = rest.take_bottom((rest.height / 2).max(8).min(rest.height.saturating_sub(3)));
    ActivityLayout {
        frame,
        head,
        list: rest,
        about: PaneArea::of(about),
    }
}

/// A dialog over a screen: the border, and what is inside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct DialogLayout {
    /// With the border.
    pub outer: Area,
    /// Without it, one blank column at either side.
    pub inner: Area,
}

/// A dialog of at most this inner size.
pub fn dialog(size: Size, width: u16, height: u16) -> DialogLayout {
    let outer = size
        .area()
        .centred(width.saturating_add(4), height.saturating_add(2));
    let mut inner = outer.inset(2);
    let _ = inner.take_top(1);
    let _ = inner.take_bottom(1);
    DialogLayout { outer, inner }
}

/// A dialog for reading: most of the screen.
pub fn reader(size: Size) -> DialogLayout {
    dialog(
        size,
        size.width.saturating_sub(8).min(100),
        size.height.saturating_sub(4),
    )
}

/// A dialog with a search field over a list.
pub fn list_dialog(size: Size) -> DialogLayout {
    dialog(
        size,
        size.width.saturating_sub(8).min(76),
        size.height.saturating_sub(6).min(22),
    )
}

/// The comparison: title, what is to be known of a suggestion, the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct DiffLayout {
    /// The rule with the title.
    pub title: Area,
    /// The lines about the suggestion.
    pub head: Area,
    /// The text.
    pub body: Area,
}

/// The comparison: the whole content of the screen, with so many lines above the text.
pub fn diff(size: Size, head: u16) -> DiffLayout {
    let PaneArea { title, mut body } = PaneArea::of(frame(size).content);
    let head = body.take_top(head);
    if head.height > 0 {
        let _ = body.take_top(1);
    }
    DiffLayout { title, head, body }
}

/// A pane: a title rule and what is below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PaneArea {
    /// The rule with the title.
    pub title: Area,
    /// The content.
    pub body: Area,
}

impl PaneArea {
    /// A pane that fills `area`.
    pub fn of(mut area: Area) -> Self {
        let title = area.take_top(1);
        Self { title, body: area }
    }
}
