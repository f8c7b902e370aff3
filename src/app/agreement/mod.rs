//! The Agreement screen: criteria, the numbers of the chosen one, the tickets on which judge and people differ.

pub mod update;

use crate::domain::count::{counted, either};
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::view::agreement::{
    AgreementPage, AgreementReport, Disagreement, JudgeAgreement, JudgeOn, NumberLine, PeopleOn,
};

use super::action::Action;
use super::empty::Empty;
use super::layout::{self, Size};

/// Which list hears the arrow keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Focus {
    /// The criteria.
    #[default]
    Criteria,
    /// The tickets on which judge and people differ.
    Tickets,
}

/// What Enter does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Offer {
    /// Opens the page of a blind eval.
    OpenPage,
    /// Takes the next ticket of the plan.
    TakeNext,
    /// Goes to the list of tickets.
    ToTickets,
    /// Opens a ticket.
    Ticket(TicketId),
}

/// The screen.
#[derive(Debug, Clone, PartialEq)]
pub struct AgreementState {
    /// Of which eval.
    pub eval: EvalId,
    /// Its name.
    pub name: String,
    /// Whether it was opened from Home, and Esc goes back there.
    pub from_home: bool,
    /// What it shows, once it came.
    pub page: Option<AgreementPage>,
    /// Why it did not come.
    pub problem: Option<String>,
    /// The judge shown.
    pub judge: usize,
    /// The criterion under the cursor.
    pub row: usize,
    /// Which list hears the arrow keys.
    pub focus: Focus,
    /// The ticket under the cursor.
    pub ticket: usize,
    /// First ticket shown.
    pub top: usize,
    /// Tickets that fit.
    pub height: usize,
    /// First number shown.
    pub number: usize,
    /// The ticket that was opened from here; Esc comes back.
    pub visiting: Option<TicketId>,
}

impl AgreementState {
    /// The screen of an eval, before its numbers came.
    pub fn new(eval: EvalId, name: &str, from_home: bool) -> Self {
        Self {
            eval,
            name: name.to_owned(),
            from_home,
            page: None,
            problem: None,
            judge: 0,
            row: 0,
            focus: Focus::Criteria,
            ticket: 0,
            top: 0,
            height: 0,
            number: 0,
            visiting: None,
        }
    }

    /// The report, if it may be shown.
    pub fn report(&self) -> Option<&AgreementReport> {
        match &self.page {
            Some(AgreementPage::Open(report)) => Some(report),
            _ => None,
        }
    }

    /// Judges that can be shown.
    pub fn judges(&self) -> usize {
        self.report().map_or(0, |report| report.judges.len())
    }

    /// The judge shown.
    pub fn judge(&self) -> Option<&JudgeAgreement> {
        self.report()?.judges.get(self.judge)
    }

    /// The criteria, one a line.
    pub fn rows(&self) -> &[PeopleOn] {
        self.report().map_or(&[], |report| &report.people)
    }

    /// People on the criterion under the cursor.
    pub fn people(&self) -> Option<&PeopleOn> {
        self.rows().get(self.row)
    }

    /// The judge shown on a criterion.
    pub fn judge_on(&self, criterion: &str) -> Option<&JudgeOn> {
        let criteria = &self.judge()?.criteria;
        criteria.iter().find(|on| on.criterion == criterion)
    }

    /// The judge shown on the criterion under the cursor.
    pub fn on(&self) -> Option<&JudgeOn> {
        self.judge_on(&self.people()?.criterion)
    }

    /// Tickets on which judge and people differ on that criterion, worst first.
    pub fn tickets(&self) -> &[Disagreement] {
        self.on().map_or(&[], |on| &on.disagreements)
    }

    /// The numbers of the criterion under the cursor: the judge's, what it learned, those of people among themselves, then
    /// how the judge reads, whatever the criterion.
    pub fn numbers(&self) -> Vec<NumberLine> {
        let judge = self.on().map(JudgeOn::lines).unwrap_or_default();
        let people = self.people().map(PeopleOn::lines).unwrap_or_default();
        let learning = self.judge().and_then(|judge| judge.learning.as_ref());
        let learned = match (learning, self.on()) {
            (Some(learning), Some(on)) => learning.lines(&on.criterion),
            _ => Vec::new(),
        };
        let reading = self.judge().map(|judge| judge.reading.lines());
        let reading = reading.unwrap_or_default();
        let all = judge.into_iter().chain(learned).chain(people);
        all.chain(reading).collect()
    }

    /// What Enter does now.
    pub fn offer(&self) -> Option<Offer> {
        match &self.page {
            None => None,
            Some(AgreementPage::Closed { .. }) => Some(Offer::OpenPage),
            Some(AgreementPage::Open(report)) if report.basis.tickets == 0 => Some(Offer::TakeNext),
            Some(AgreementPage::Open(_)) => match self.focus {
                Focus::Criteria => (!self.tickets().is_empty()).then_some(Offer::ToTickets),
                Focus::Tickets => Some(Offer::Ticket(self.tickets().get(self.ticket)?.ticket)),
            },
        }
    }

    /// Moves the cursor of the list that has the focus.
    pub fn step(&mut self, by: isize) {
        match self.focus {
            Focus::Criteria => {
                let last = self.rows().len().saturating_sub(1);
                let row = self.row.saturating_add_signed(by).min(last);
                if row != self.row {
                    self.row = row;
                    self.first_ticket();
                }
            }
            Focus::Tickets => {
                let last = self.tickets().len().saturating_sub(1);
                self.ticket = self.ticket.saturating_add_signed(by).min(last);
                self.keep_in_sight();
            }
        }
    }

    /// Scrolls the numbers.
    pub fn scroll(&mut self, by: isize) {
        let last = self.numbers().len().saturating_sub(1);
        self.number = self.number.saturating_add_signed(by).min(last);
    }

    /// Shows another judge.
    pub fn turn(&mut self, by: isize) {
        let all = self.judges().max(1) as isize;
        self.judge = (self.judge as isize + by).rem_euclid(all) as usize;
        self.focus = Focus::Criteria;
        self.first_ticket();
    }

    fn first_ticket(&mut self) {
        (self.ticket, self.top, self.number) = (0, 0, 0);
    }

    /// Takes a page that has come; the cursor stays where it is as far as it can.
    pub fn take(&mut self, page: AgreementPage) {
        self.page = Some(page);
        self.problem = None;
        self.judge = self.judge.min(self.judges().saturating_sub(1));
        self.row = self.row.min(self.rows().len().saturating_sub(1));
        self.ticket = self.ticket.min(self.tickets().len().saturating_sub(1));
        if self.tickets().is_empty() {
            self.focus = Focus::Criteria;
        }
    }

    /// Takes note of the size.
    pub fn fit(&mut self, size: Size) {
        let place = layout::agreement(size, self.rows().len());
        self.height = usize::from(place.tickets.body.height);
        self.keep_in_sight();
    }

    fn keep_in_sight(&mut self) {
        let height = self.height.max(1);
        if self.ticket < self.top {
            self.top = self.ticket;
        } else if self.ticket >= self.top + height {
            self.top = self.ticket + 1 - height;
        }
    }

    /// What the screen says in place of numbers.
    pub fn empty(&self) -> Option<Empty> {
        match &self.page {
            None => Some(match &self.problem {
                Some(problem) => Empty::waiting(problem, "Esc goes back."),
                None => Empty::waiting("Counting what judge and people say.", "A moment."),
            }),
            Some(AgreementPage::Closed { waiting, .. }) => Some(closed(*waiting)),
            Some(AgreementPage::Open(report)) => {
                (report.basis.tickets == 0).then(|| nothing(report))
            }
        }
    }

    /// What the list of tickets says when it has none.
    pub fn no_tickets(&self) -> Option<Empty> {
        if !self.tickets().is_empty() {
            return None;
        }
        Some(match (self.judge(), self.on()) {
            (None, _) => Empty::waiting(
                "No judge that counts has read this eval.",
                &format!("`docket judge {}` puts one to work.", self.name),
            ),
            (Some(_), Some(on)) if on.scored > 0 => Empty::waiting(
                "Judge and people say the same on every ticket here.",
                "More reviews may change that.",
            ),
            (Some(judge), _) => Empty::waiting(
                &format!("{} has answered this on no ticket that counts.", judge.name),
                &format!(
                    "`docket judge {}` goes on where a judge stopped.",
                    self.name
                ),
            ),
        })
    }
}

fn closed(waiting: u64) -> Empty {
    let left = match waiting {
        0 => "No ticket waits for you any more.".to_owned(),
        waiting => format!(
            "{} still {} for you: review first, if they are to measure anything.",
            counted(waiting, "ticket"),
            either(waiting, "waits", "wait")
        ),
    };
    Empty::offering(
        "This eval is blind, and this page shows what the judge says. Once you open it, your later reviews here count \
         as assisted; that you opened it is logged.",
        &left,
        "Open it all the same",
        Action::Open,
    )
}

fn nothing(report: &AgreementReport) -> Empty {
    let basis = &report.basis;
    let left: u64 = basis.left_out.iter().map(|left| left.reviews).sum();
    let reasons: Vec<String> = basis
        .left_out
        .iter()
        .map(|left| format!("{} {}", left.reviews, left.reason.words()))
        .collect();
    let why = match left {
        0 => "Nobody has reviewed a ticket of this eval yet.".to_owned(),
        left => format!(
            "None of {} counts. {}.",
            counted(left, "review"),
            reasons.join("; ")
        ),
    };
    Empty::offering(
        &why,
        &format!(
            "Blind first reviews in the plan's order fill it ({} of {} so far), and complete imported label sets.",
            basis.prefix,
            counted(basis.planned, "ticket")
        ),
        "Take the next ticket",
        Action::Open,
    )
}

#[cfg(test)]
mod tests;
