//! A group that is open: what it shows, and where the cursors stand.

use std::sync::Arc;

use crate::domain::count::{counted, either};
use crate::domain::ids::TicketId;
use crate::domain::view::compare::CandidateSummary;
use crate::domain::view::{GroupPage, GroupView, ItemLine, RowOrder};

use super::super::action::Action;
use super::super::empty::Empty;
use super::super::layout::{self, Size};
use super::Tab;
use super::beside::Beside;
use super::scatter::Grid;

/// A group that is open.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenGroup {
    /// Its name.
    pub name: String,
    /// What it shows, once it came.
    pub page: Option<GroupPage>,
    /// Why it did not come.
    pub problem: Option<String>,
    /// Whether everything behind the first numbers is wanted too.
    pub full: bool,
    /// What is shown of it.
    pub tab: Tab,
    /// The candidate that points and failures are about.
    pub candidate: usize,
    /// Lines of the comparison above the first that is shown.
    pub scroll: usize,
    /// How the rows are sorted.
    pub order: RowOrder,
    /// The rows of one point alone, by place.
    pub only: Option<Vec<u32>>,
    /// The row under the cursor, by its place in what is listed.
    pub row: usize,
    /// First row shown.
    pub top: usize,
    /// Rows that fit.
    pub height: usize,
    /// Points, where the size for them is known.
    pub grid: Option<Grid>,
    /// The tag under the cursor.
    pub tag: usize,
    /// First tag shown.
    pub tag_top: usize,
    /// One item across the candidates.
    pub beside: Option<Beside>,
    /// Whether something was said of an item since the numbers were read.
    pub told: bool,
    /// The ticket that was opened from here; Esc comes back.
    pub visiting: Option<TicketId>,
    size: Size,
}

impl OpenGroup {
    /// A group before its numbers came.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            page: None,
            problem: None,
            full: false,
            tab: Tab::default(),
            candidate: 0,
            scroll: 0,
            order: RowOrder::default(),
            only: None,
            row: 0,
            top: 0,
            height: 0,
            grid: None,
            tag: 0,
            tag_top: 0,
            beside: None,
            told: false,
            visiting: None,
            size: Size::default(),
        }
    }

    /// The numbers, if they may be shown.
    pub fn view(&self) -> Option<&Arc<GroupView>> {
        match &self.page {
            Some(GroupPage::Open(view)) => Some(view),
            _ => None,
        }
    }

    /// The candidate that points and failures are about.
    pub fn chosen(&self) -> Option<&CandidateSummary> {
        self.view()?.comparison.candidates.get(self.candidate)
    }

    /// Takes a page that has come; cursors stay where they are as far as they can.
    pub fn take(&mut self, page: GroupPage) {
        let first = self.view().is_none();
        self.page = Some(page);
        self.problem = None;
        let Some(view) = self.view().cloned() else {
            return;
        };
        let candidates = view.comparison.candidates.len();
        if first && self.beside.is_none() {
            // A closed group's items stand in an order of their own.
            (self.row, self.top) = (0, 0);
        }
        if first && Some(self.candidate) == view.baseline {
            self.candidate =
                usize::from(view.baseline == Some(0)).min(candidates.saturating_sub(1));
        }
        self.candidate = self.candidate.min(candidates.saturating_sub(1));
        if let Some(only) = &mut self.only {
            only.retain(|at| (*at as usize) < view.rows.len());
        }
        self.settle();
        self.regrid();
    }

    /// Whether the rows are still being read: what is shown was kept.
    pub fn waits_for_rows(&self) -> bool {
        self.view().is_some_and(|view| view.kept.is_some())
    }

    /// Rows that are listed.
    pub fn listed(&self) -> usize {
        match (&self.only, &self.page) {
            (Some(only), _) => only.len(),
            (None, Some(GroupPage::Open(view))) => view.rows.len(),
            (None, Some(GroupPage::Closed { items, .. })) => items.len(),
            (None, None) => 0,
        }
    }

    /// The item under the cursor, and its name; of a closed group too.
    pub fn item(&self) -> Option<(i64, String)> {
        if let Some(GroupPage::Closed { items, .. }) = &self.page {
            let one = items.get(self.row)?;
            return Some((one.item, one.name.clone()));
        }
        self.current().map(|row| (row.item, row.name.clone()))
    }

    /// The row at a place of the list.
    pub fn line(&self, at: usize) -> Option<&ItemLine> {
        let view = self.view()?;
        let place = match &self.only {
            Some(only) => *only.get(at)?,
            None => *view.ordered(self.order).get(at)?,
        };
        view.rows.get(place as usize)
    }

    /// The row under the cursor.
    pub fn current(&self) -> Option<&ItemLine> {
        self.line(self.row)
    }

    /// Moves the cursor of what is shown.
    pub fn step(&mut self, by: isize) {
        match self.tab {
            Tab::Compare => self.scroll = self.scroll.saturating_add_signed(by),
            Tab::Rows => self.row = self.row.saturating_add_signed(by),
            Tab::Points => {
                if let Some(grid) = &mut self.grid {
                    grid.down(by);
                }
            }
            Tab::Tags => self.tag = self.tag.saturating_add_signed(by),
        }
        self.settle();
    }

    fn settle(&mut self) {
        self.row = self.row.min(self.listed().saturating_sub(1));
        let tags = self.chosen().map_or(0, |one| one.weak_tags.len());
        self.tag = self.tag.min(tags.saturating_sub(1));
        let lines = self.view().map_or(0, |view| lines_of(view));
        self.scroll = self.scroll.min(lines.saturating_sub(1));
        let height = self.height.max(1);
        self.top = self
            .top
            .clamp((self.row + 1).saturating_sub(height), self.row);
        self.tag_top = self
            .tag_top
            .clamp((self.tag + 1).saturating_sub(height), self.tag);
        if let Some(beside) = &mut self.beside {
            beside.settle();
        }
    }

    /// Shows another tab.
    pub fn turn(&mut self, by: isize) {
        let all = Tab::ALL.len() as isize;
        let at = Tab::ALL.iter().position(|tab| *tab == self.tab);
        let next = (at.unwrap_or(0) as isize + by).rem_euclid(all) as usize;
        self.show(Tab::ALL[next]);
    }

    /// Shows a tab.
    pub fn show(&mut self, tab: Tab) {
        self.tab = tab;
        // Points are never of the baseline against itself.
        let itself = |view: &Arc<GroupView>| view.baseline == Some(self.candidate);
        if tab == Tab::Points && self.view().is_some_and(itself) {
            self.choose(1);
        }
        self.settle();
    }

    /// Points and failures of another candidate; the baseline has no points against itself.
    pub fn choose(&mut self, by: isize) {
        let Some(view) = self.view() else {
            return;
        };
        let all = view.comparison.candidates.len().max(1) as isize;
        let baseline = view.baseline;
        let mut next = self.candidate as isize;
        for _ in 0..2 {
            next = (next + by).rem_euclid(all);
            let skipped = self.tab == Tab::Points && Some(next as usize) == baseline && all > 1;
            if !skipped {
                break;
            }
        }
        self.candidate = next as usize;
        self.tag = 0;
        self.regrid();
    }

    /// Sorts the rows in the next way; a list of one point's rows opens up again.
    pub fn reorder(&mut self) {
        if self.only.take().is_none() {
            let at = RowOrder::ALL.iter().position(|one| *one == self.order);
            self.order = RowOrder::ALL[(at.unwrap_or(0) + 1) % RowOrder::ALL.len()];
        }
        (self.row, self.top) = (0, 0);
        self.settle();
    }

    /// Lists the rows of a point alone.
    pub fn narrow(&mut self, rows: Vec<u32>) {
        self.only = Some(rows);
        self.tab = Tab::Rows;
        (self.row, self.top) = (0, 0);
        self.settle();
    }

    /// Takes note of the size.
    pub fn fit(&mut self, size: Size) {
        let place = layout::group(size);
        self.height = usize::from(place.list.height);
        let changed = self.size != size;
        self.size = size;
        if changed || self.grid.is_none() {
            self.regrid();
        }
        if let Some(beside) = &mut self.beside {
            beside.fit(size);
        }
        self.settle();
    }

    /// Lays the points out anew; the cursor stays where it is as far as it can.
    fn regrid(&mut self) {
        let Some(view) = self.view().cloned() else {
            return;
        };
        let place = layout::group(self.size).points;
        let cursor = self.grid.as_ref().map(|grid| grid.cursor);
        self.grid = view.baseline.map(|baseline| {
            Grid::of(
                &view.rows,
                (baseline, self.candidate),
                place.width,
                place.height,
                cursor,
            )
        });
    }

    /// What is said in place of the numbers.
    pub fn empty(&self) -> Option<Empty> {
        match (&self.page, &self.problem) {
            (_, Some(problem)) => Some(Empty::waiting(problem, "Esc goes back.")),
            (None, None) => Some(Empty::waiting(
                "Comparing the candidates.",
                "A moment; large groups take a few seconds.",
            )),
            (Some(GroupPage::Closed { waiting, items }), None) => Some(closed(
                *waiting,
                items.iter().filter(|one| one.said).count(),
            )),
            (Some(GroupPage::Open(view)), None) => {
                view.comparison.candidates.is_empty().then(|| {
                    Empty::waiting(
                        "This group has no runs yet.",
                        &format!("`docket run {} --model MODEL` makes one.", self.name),
                    )
                })
            }
        }
    }
}

/// Lines the comparison can scroll over: what stands behind the first numbers, and room for these.
fn lines_of(view: &GroupView) -> usize {
    let sheet =
        |sheet: &crate::domain::view::compare::Sheet| 3 + sheet.rows.len() + sheet.notes.len();
    20 + view.sheets.iter().map(sheet).sum::<usize>()
        + sheet(&view.people)
        + view.comparison.candidates.len() * 2
        + view.comparison.warnings.len()
}

fn closed(waiting: u64, said: usize) -> Empty {
    let left = match waiting {
        0 => "No ticket of it waits for you any more.".to_owned(),
        waiting => format!(
            "{} of it still {} for you: review first, if you are to be among the people it is held against.",
            counted(waiting, "ticket"),
            either(waiting, "waits", "wait")
        ),
    };
    let said = match said {
        0 => String::new(),
        said => format!(
            " You have said of {} which output is best.",
            counted(said, "item")
        ),
    };
    Empty::offering(
        "This comparison shows who answered and what the judge says. Once you open it, your later reviews of the \
         group count as assisted; that you opened it is logged.",
        &format!(
            "{left} Its items can be looked at side by side first, without names or numbers.{said}"
        ),
        "Open it all the same",
        Action::Open,
    )
}
