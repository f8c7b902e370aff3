//! The commands of a rule, read before they are run.
//!
//! A workspace may come from elsewhere and its rule with it, so no command of it runs before a person has seen all of
//! them to the end and said yes.

use super::super::effect::{Effect, Order};
use super::super::layout::{self, DialogLayout, Size};
use super::super::modal::Modal;
use super::super::state::{AppState, Job, Tone};
use super::super::update;
use super::super::update::DisabledReason;
use super::rows::{Sense, Sheet};
use crate::domain::count::counted;
use crate::domain::gate::Check;
use crate::domain::ids::GateId;
use crate::domain::view::GateOrder;

/// Cells inside the dialog.
const WIDTH: u16 = 84;
/// Rows below the commands: a blank one, the keys.
const BELOW: u16 = 2;

/// The commands that would be run.
#[derive(Debug, Clone, PartialEq)]
pub struct ChecksView {
    /// Of which group.
    pub group: String,
    /// The rule they stand in.
    pub gate: GateId,
    /// The checks.
    pub checks: Vec<Check>,
    /// Where they are run.
    pub folder: String,
    /// The candidates a command may be run for.
    pub candidates: usize,
    /// First row shown.
    pub top: usize,
    /// Whether the last row was in sight.
    pub read: bool,
}

impl ChecksView {
    /// The dialog, as high as its commands.
    pub fn place(&self, size: Size) -> DialogLayout {
        let width = WIDTH.min(size.width.saturating_sub(8));
        let rows = self
            .told(width)
            .rows
            .len()
            .min(usize::from(u16::MAX - BELOW)) as u16;
        layout::dialog(
            size,
            width,
            rows.saturating_add(BELOW)
                .min(size.height.saturating_sub(4)),
        )
    }

    /// What is said, in rows of this width. Commands stand there whole.
    pub fn told(&self, width: u16) -> Sheet {
        let mut sheet = Sheet::new(width);
        for check in &self.checks {
            let each = if check.command.contains("DOCKET_CANDIDATE") {
                format!(", for each of {}", counted(self.candidates, "candidate"))
            } else {
                String::new()
            };
            let parts = vec![
                (Sense::Strong, check.name.clone()),
                (
                    Sense::Dim,
                    format!("{each}, stopped after {}", counted(check.seconds, "second")),
                ),
            ];
            sheet.parts(0, parts, None);
            sheet.words(2, Sense::Command, &check.command);
        }
        sheet.gap();
        sheet.words(0, Sense::Dim, &format!("Run by sh in {}.", self.folder));
        let words = "They run with your rights. A rule may have come with the workspace: run nothing you would not type.";
        sheet.words(0, Sense::Warn, words);
        sheet
    }

    /// Rows that fit above the keys.
    pub fn height(&self, size: Size) -> usize {
        usize::from(self.place(size).inner.height.saturating_sub(BELOW))
    }

    /// Moves over the commands.
    pub fn step(&mut self, by: isize, size: Size) {
        let rows = self.told(self.place(size).inner.width).rows.len();
        let most = rows.saturating_sub(self.height(size));
        self.top = self.top.saturating_add_signed(by).min(most);
        self.read |= self.top >= most;
    }
}

/// Shows the commands.
pub(crate) fn ask(state: &mut AppState) {
    let Some(view) = state.gate.open.as_ref().and_then(|open| open.view()) else {
        return;
    };
    let rule = &view.report.declared;
    let mut shown = ChecksView {
        group: view.report.group.clone(),
        gate: rule.id,
        checks: rule.rule.checks.clone(),
        folder: view.folder.clone(),
        candidates: view.report.candidates.len(),
        top: 0,
        read: false,
    };
    shown.step(0, state.size);
    state.modals.push(Modal::Checks(Box::new(shown)));
}

/// The yes. Refused until the last command was in sight.
pub(crate) fn yes(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(Modal::Checks(view)) = state.modals.last() else {
        return;
    };
    if !view.read {
        state.say(Tone::Refused, "read the commands to the end first");
        return;
    }
    let (group, gate) = (view.group.clone(), view.gate);
    state.modals.pop();
    let order = Order::Gate(GateOrder::Check {
        group: group.clone(),
        gate,
    });
    update::job(state, Job::Checks(group), order, effects);
}

/// Why nothing can be run now.
pub(super) fn refusal(state: &AppState) -> Option<DisabledReason> {
    let open = state.gate.open.as_ref()?;
    let Some(view) = open.view() else {
        return Some(DisabledReason::NothingHere);
    };
    if view.report.declared.rule.checks.is_empty() {
        return Some(DisabledReason::NoChecks);
    }
    state.requests.job().map(|_| DisabledReason::JobRunning)
}
