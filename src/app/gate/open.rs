//! A gate that is open: what it shows, which candidate, where the cursor stands.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::action::Action;
use super::super::empty::Empty;
use super::super::layout::{self, Size};
use super::rows::{Sheet, Stop};
use super::{aside, checklist, notice};
use crate::domain::count::{counted, either};
use crate::domain::view::gate::{CandidateGate, GatePage, GateVerdict, GateView};
use crate::text::width;

/// Cells of the pointer before every row.
pub const POINTER: u16 = 2;
/// Cells between two names of candidates.
const TAB_GAP: u16 = 3;

/// A gate that is open.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenGate {
    /// Name of the group.
    pub name: String,
    /// What it shows, once it came.
    pub page: Option<GatePage>,
    /// Why it did not come.
    pub problem: Option<String>,
    /// The candidate shown.
    pub candidate: usize,
    /// The stop under the cursor.
    pub cursor: usize,
    /// First row shown.
    pub top: usize,
    /// First row shown of what stands beside it.
    pub side_top: usize,
    /// Lines whose evidence is shown.
    pub expanded: BTreeSet<String>,
    /// Whether the numbers shown are not the latest.
    pub moved: bool,
    /// Whether no gate was shown yet.
    pub fresh: bool,
    /// Whether something was written while a page was on its way.
    pub again: bool,
    /// The verdict, and what must stand beside it.
    pub head: Sheet,
    /// The checklist, or what is said in place of it.
    pub list: Sheet,
    /// What it rests on, where that stands beside it.
    pub side: Sheet,
    size: Size,
}

/// The name of a candidate over its checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateTab {
    /// Which candidate.
    pub at: usize,
    /// First column, from the left edge of the row.
    pub x: u16,
    /// Columns.
    pub width: u16,
    /// Its name.
    pub name: String,
    /// Its verdict.
    pub verdict: GateVerdict,
}

impl OpenGate {
    /// A gate before it came.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            page: None,
            problem: None,
            candidate: 0,
            cursor: 0,
            top: 0,
            side_top: 0,
            expanded: BTreeSet::new(),
            moved: false,
            fresh: true,
            again: false,
            head: Sheet::default(),
            list: Sheet::default(),
            side: Sheet::default(),
            size: Size::default(),
        }
    }

    /// The gate, if it may be shown.
    pub fn view(&self) -> Option<&Arc<GateView>> {
        match &self.page {
            Some(GatePage::Open(view)) => Some(view),
            _ => None,
        }
    }

    /// The candidates.
    pub fn candidates(&self) -> &[CandidateGate] {
        self.view().map_or(&[], |view| &view.report.candidates)
    }

    /// The candidate shown.
    pub fn chosen(&self) -> Option<&CandidateGate> {
        self.candidates().get(self.candidate)
    }

    /// Takes a page that has come. What is shown stays where a look that nobody asked for would be needed to replace it.
    pub fn take(&mut self, page: GatePage) {
        self.problem = None;
        if matches!(page, GatePage::Moved(_)) && self.view().is_some() {
            self.moved = true;
        } else {
            self.page = Some(page);
            self.moved = false;
            if self.view().is_some() && std::mem::take(&mut self.fresh) {
                // Whatever can be released is what is decided about.
                let passes = |one: &CandidateGate| one.verdict == GateVerdict::Pass;
                self.candidate = self.candidates().iter().position(passes).unwrap_or(0);
                (self.cursor, self.top, self.side_top) = (0, 0, 0);
            }
            self.candidate = self
                .candidate
                .min(self.candidates().len().saturating_sub(1));
        }
        self.lay();
    }

    /// Shows another candidate.
    pub fn choose(&mut self, by: isize) {
        let all = self.candidates().len().max(1) as isize;
        self.show((self.candidate as isize + by).rem_euclid(all) as usize);
    }

    /// Shows a candidate; the cursor stays on its line where the other has it too.
    pub fn show(&mut self, candidate: usize) {
        let here = self.stop().map(|stop| stop.id.clone());
        self.candidate = candidate;
        self.side_top = 0;
        self.lay();
        let same = |stop: &Stop| Some(&stop.id) == here.as_ref();
        self.cursor = self.list.stops.iter().position(same).unwrap_or(0);
        self.settle();
    }

    /// What the cursor is on.
    pub fn stop(&self) -> Option<&Stop> {
        self.list.stops.get(self.cursor)
    }

    /// Moves the cursor.
    pub fn step(&mut self, by: isize) {
        self.cursor = self.cursor.saturating_add_signed(by);
        self.settle();
    }

    /// Rows of the list that fit.
    pub fn height(&self) -> usize {
        match self.view() {
            Some(_) => usize::from(self.place().list.body.height),
            None => usize::from(layout::gate_notice(self.size).height),
        }
    }

    /// Scrolls what stands beside the list; the list itself where nothing does.
    pub fn scroll(&mut self, by: isize) {
        match self.place().side {
            Some(side) if self.view().is_some() => {
                let most = self
                    .side
                    .rows
                    .len()
                    .saturating_sub(usize::from(side.body.height));
                self.side_top = self.side_top.saturating_add_signed(by).min(most);
            }
            _ => self.step(by),
        }
    }

    /// Shows the evidence of the line under the cursor, or hides it.
    pub fn toggle(&mut self) {
        let Some(id) = self
            .stop()
            .filter(|stop| stop.opens)
            .map(|stop| stop.id.clone())
        else {
            return;
        };
        if !self.expanded.remove(&id) {
            self.expanded.insert(id);
        }
        self.lay();
    }

    /// Shows the evidence of every line, or of none.
    pub fn toggle_all(&mut self) {
        let all: Vec<String> = self
            .list
            .stops
            .iter()
            .filter(|stop| stop.opens)
            .map(|stop| stop.id.clone())
            .collect();
        if all.iter().all(|id| self.expanded.contains(id)) {
            self.expanded.clear();
        } else {
            self.expanded.extend(all);
        }
        self.lay();
    }

    /// Takes note of the size.
    pub fn fit(&mut self, size: Size) {
        if self.size != size {
            self.size = size;
            self.lay();
        }
    }

    /// Where its parts stand.
    pub fn place(&self) -> layout::GateLayout {
        layout::gate(self.size, self.head.rows.len())
    }

    /// Lays everything out anew.
    pub fn lay(&mut self) {
        (self.head, self.list, self.side) = self.sheets();
        self.settle();
    }

    fn sheets(&self) -> (Sheet, Sheet, Sheet) {
        let whole = layout::frame(self.size).content.width;
        let Some(view) = self.view() else {
            let page = self.page.as_ref();
            let notice = page.map_or_else(Sheet::default, |page| {
                notice::sheet(&self.name, page, whole.saturating_sub(POINTER))
            });
            return (Sheet::default(), notice, Sheet::default());
        };
        let Some(one) = self.chosen() else {
            return (Sheet::default(), Sheet::default(), Sheet::default());
        };
        let head = checklist::head(view, one, self.moved, whole);
        let place = layout::gate(self.size, head.rows.len());
        let width = place.list.body.width;
        let mut list = checklist::list(view, one, &self.expanded, width);
        if let Some(side) = place.side {
            let side = aside::sheet(view, one, side.body.width, true);
            return (head, list, side);
        }
        list.append(aside::sheet(view, one, width, false));
        (head, list, Sheet::default())
    }

    fn settle(&mut self) {
        self.cursor = self.cursor.min(self.list.stops.len().saturating_sub(1));
        self.top = self.list.top(self.cursor, self.top, self.height());
        let side = self.place().side.map_or(0, |side| side.body.height);
        let most = self.side.rows.len().saturating_sub(usize::from(side));
        self.side_top = self.side_top.min(most);
    }

    /// The names of the candidates, as many as fit with the one that is shown among them.
    pub fn tabs(&self) -> Vec<CandidateTab> {
        let room = self.place().tabs.width;
        let all: Vec<CandidateTab> = self.candidates().iter().enumerate().map(tab).collect();
        let mut first = 0;
        let cells = |tabs: &[CandidateTab]| -> u32 {
            tabs.iter().map(|tab| u32::from(tab.width + TAB_GAP)).sum()
        };
        let until = (self.candidate + 1).min(all.len());
        while first + 1 < until && cells(&all[first..until]) > u32::from(room) {
            first += 1;
        }
        let mut x = 0;
        let mut shown = Vec::new();
        for tab in all.into_iter().skip(first) {
            if x > 0 && x + tab.width > room {
                break;
            }
            let width = tab.width.min(room);
            shown.push(CandidateTab { x, width, ..tab });
            x += width + TAB_GAP;
        }
        shown
    }

    /// What is said in place of the gate.
    pub fn empty(&self) -> Option<Empty> {
        match (&self.page, &self.problem) {
            (_, Some(problem)) => Some(Empty::waiting(
                problem,
                "Nothing is lost by this. Esc goes back.",
            )),
            (None, None) => Some(Empty::waiting(
                "Holding the rule against the candidates.",
                "A moment; large groups take a few seconds.",
            )),
            (Some(GatePage::Closed { waiting }), None) => Some(closed(*waiting)),
            (Some(GatePage::Open(view)), None) if view.report.candidates.is_empty() => {
                Some(Empty::waiting(
                    "This group has no candidate yet.",
                    &format!(
                        "`docket run {} --model <MODEL>` asks one, such as openai/gpt-4.1-mini.",
                        self.name
                    ),
                ))
            }
            _ => None,
        }
    }
}

fn tab((at, one): (usize, &CandidateGate)) -> CandidateTab {
    // Pointer, sign and blanks, the name, its verdict in a word.
    let name = width::truncate(&crate::text::sanitise::line(&one.name), 30).into_owned();
    let cells = 4 + width::of(&name) + 1 + checklist::word(one.verdict).len();
    CandidateTab {
        at,
        x: 0,
        width: cells as u16,
        name,
        verdict: one.verdict,
    }
}

fn closed(waiting: u64) -> Empty {
    let left = match waiting {
        0 => "No ticket of it waits for you any more.".to_owned(),
        waiting => format!(
            "{} of it still {} for you: review first, if you are to be among the people it is held against.",
            counted(waiting, "ticket"),
            either(waiting, "waits", "wait")
        ),
    };
    Empty::offering(
        "The gate shows who answered and what the judge says. Once you open it, your later reviews of the group count \
         as assisted; that you opened it is logged.",
        &left,
        "Open it all the same",
        Action::Open,
    )
}
