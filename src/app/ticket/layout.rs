//! Where the parts of an open ticket stand.

use super::super::layout::{Area, Breadth, Frame, PaneArea, Size, frame};

/// A part of the ticket that can be read or filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Pane {
    /// The questions.
    #[default]
    Form,
    /// What was asked.
    Request,
    /// An output, by its place on the screen.
    Output(usize),
    /// The judge.
    Judge,
    /// The expected answer.
    Reference,
}

/// What the layout depends on beside the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TicketOptions {
    /// Whether the list is wanted beside the ticket.
    pub rail: bool,
    /// Outputs to show.
    pub outputs: usize,
    /// The output to show where only one fits.
    pub output: usize,
    /// Whether the reference stands where the request does.
    pub reference: bool,
    /// The text shown where only one fits.
    pub tab: Pane,
    /// The pane that has the whole content to itself.
    pub zoom: Option<Pane>,
    /// Lines the form would like to have.
    pub form_lines: u16,
    /// Lines the request would like to have.
    pub request_lines: u16,
    /// Whether there are instructions to fold into one line.
    pub instructions: bool,
    /// Lines it takes to say why the ticket is here; none where the plan alone says so.
    pub why_lines: u16,
}

/// Where everything is. Absent parts are not shown at this size.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TicketLayout {
    /// Title, strip and hints.
    pub frame: Frame,
    /// The instructions, folded to one line.
    pub instructions: Option<Area>,
    /// Why the ticket is here.
    pub why: Option<Area>,
    /// The list of tickets.
    pub rail: Option<Area>,
    /// The tabs over the one text pane.
    pub tabs: Option<Area>,
    /// The texts that are shown.
    pub texts: Vec<(Pane, PaneArea)>,
    /// The questions.
    pub form: Option<PaneArea>,
    /// The judge.
    pub judge: Option<PaneArea>,
    /// The note.
    pub note: Option<PaneArea>,
}

impl TicketLayout {
    /// Where a pane is, if it is shown.
    pub fn pane(&self, pane: Pane) -> Option<PaneArea> {
        match pane {
            Pane::Form => self.form,
            Pane::Judge if self.judge.is_some() => self.judge,
            _ => self
                .texts
                .iter()
                .find(|(shown, _)| *shown == pane)
                .map(|(_, area)| *area),
        }
    }

    /// The pane under a cell.
    pub fn at(&self, x: u16, y: u16) -> Option<Pane> {
        let holds = |area: &PaneArea| area.title.holds(x, y) || area.body.holds(x, y);
        if self.form.as_ref().is_some_and(holds) {
            return Some(Pane::Form);
        }
        if self.judge.as_ref().is_some_and(holds) {
            return Some(Pane::Judge);
        }
        self.texts
            .iter()
            .find(|(_, area)| holds(area))
            .map(|(pane, _)| *pane)
    }
}

/// Columns of the list beside the ticket.
const RAIL: u16 = 26;
/// Rows from which a line about why the ticket is here has room.
const WITH_WHY: u16 = 18;
/// Columns an output needs to stand beside another.
const BESIDE: u16 = 36;

/// Where the parts of a ticket stand at this size.
pub fn ticket(size: Size, options: &TicketOptions) -> TicketLayout {
    let mut layout = TicketLayout {
        frame: frame(size),
        ..TicketLayout::default()
    };
    let mut rest = layout.frame.content;
    if options.instructions && size.breadth() >= Breadth::Medium {
        layout.instructions = Some(rest.take_top(1));
    }
    if options.why_lines > 0 && rest.height >= WITH_WHY {
        layout.why = Some(rest.take_top(options.why_lines));
    }
    if let Some(pane) = options.zoom {
        layout.texts.push((pane, PaneArea::of(rest)));
        return layout;
    }
    match size.breadth() {
        Breadth::TooSmall | Breadth::Narrow => narrow(&mut layout, rest, options),
        Breadth::Medium => beside(&mut layout, rest, options),
        Breadth::Wide => {
            if options.rail {
                layout.rail = Some(rest.take_left(RAIL));
                let _ = rest.take_left(1);
            }
            beside(&mut layout, rest, options);
        }
    }
    layout
}

fn narrow(layout: &mut TicketLayout, mut rest: Area, options: &TicketOptions) {
    layout.tabs = Some(rest.take_top(1));
    // The strip shows the question under the cursor, its levels and the answers so far; a form that needs
    // less gets less, and the text always keeps more than half.
    let lines = options.form_lines.clamp(4, (rest.height / 2).clamp(4, 8));
    let form = rest.take_bottom(lines.min(rest.height.saturating_sub(2)));
    layout.form = Some(PaneArea::of(form));
    layout.texts.push((options.tab, PaneArea::of(rest)));
}

fn beside(layout: &mut TicketLayout, mut rest: Area, options: &TicketOptions) {
    let right = (rest.width * 2 / 5).clamp(40, 72);
    let mut left = rest.take_left(rest.width.saturating_sub(right + 1));
    let _ = rest.take_left(1);
    // Upper: what was asked; lower: what was answered, never less than half.
    let most = left.height / 2;
    let wanted = options
        .request_lines
        .saturating_add(1)
        .clamp(4, most.max(4));
    let upper = left.take_top(wanted.min(left.height));
    let first = if options.reference {
        Pane::Reference
    } else {
        Pane::Request
    };
    layout.texts.push((first, PaneArea::of(upper)));
    outputs(layout, left, options);
    right_column(layout, rest, options);
}

fn outputs(layout: &mut TicketLayout, mut rest: Area, options: &TicketOptions) {
    let count = options.outputs.max(1);
    let each = rest.width.saturating_add(1) / (count.min(99) as u16);
    if count == 1 || each.saturating_sub(1) < BESIDE {
        let shown = options.output.min(count - 1);
        layout.texts.push((Pane::Output(shown), PaneArea::of(rest)));
        return;
    }
    for at in 0..count {
        let width = if at + 1 == count {
            rest.width
        } else {
            each - 1
        };
        let column = rest.take_left(width);
        let _ = rest.take_left(1);
        layout.texts.push((Pane::Output(at), PaneArea::of(column)));
    }
}

fn right_column(layout: &mut TicketLayout, mut rest: Area, options: &TicketOptions) {
    let room = rest.height;
    let form = options
        .form_lines
        .saturating_add(1)
        .clamp(5, (room * 3 / 5).max(5));
    layout.form = Some(PaneArea::of(rest.take_top(form)));
    if room >= 20 {
        layout.note = Some(PaneArea::of(rest.take_bottom(4)));
    }
    layout.judge = Some(PaneArea::of(rest));
}
