//! Everything a key, a click or the palette can do: one table.
//!
//! [`Action`] and [`TABLE`] come from the same list in `table.rs`. Keymap, palette, help, hint bar and the
//! README's key table all read it, so none of them can disagree with another.

mod markdown;
mod table;

pub use markdown::key_table;
pub use table::{Action, TABLE};

/// Where an action can be asked for. A layer listens to one or two of these, see [`super::layer::Layer::scopes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Every screen, unless a text field or a dialog has the keyboard.
    Everywhere,
    /// The first screen of an empty workspace.
    FirstRun,
    /// Home.
    Home,
    /// The queue.
    Queue,
    /// An open ticket, the form focused.
    Ticket,
    /// A ticket that stays open because the judge differs.
    Differs,
    /// A practice ticket.
    Practice,
    /// How far judges and people agree.
    Agreement,
    /// The rubrics.
    Rubric,
    /// A field of a rubric being written.
    Field,
    /// A rubric's text being written.
    RubricText,
    /// The export form.
    Export,
    /// What judges are doing.
    Activity,
    /// Run groups and their comparison.
    Runs,
    /// The release rule, held against candidates.
    Gate,
    /// Writing in the output.
    Editor,
    /// Writing a note.
    Note,
    /// The comparison of original and correction.
    Diff,
    /// A list with a search field: palette and help.
    List,
    /// One line of text: a reason, a filter, a search.
    Line,
    /// A question with yes and no.
    Confirm,
    /// A choice: how an eval is reviewed.
    Mode,
    /// Who shall judge which tickets, within which limit.
    Judging,
    /// Something to read: a message, the history, the instructions.
    Reader,
}

impl Scope {
    /// Every scope, in the order of the key table.
    pub const ALL: [Self; 24] = [
        Self::Everywhere,
        Self::FirstRun,
        Self::Home,
        Self::Queue,
        Self::Ticket,
        Self::Differs,
        Self::Practice,
        Self::Agreement,
        Self::Rubric,
        Self::Field,
        Self::RubricText,
        Self::Export,
        Self::Activity,
        Self::Runs,
        Self::Gate,
        Self::Editor,
        Self::Note,
        Self::Diff,
        Self::List,
        Self::Line,
        Self::Confirm,
        Self::Mode,
        Self::Judging,
        Self::Reader,
    ];

    /// As a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::FirstRun => "First screen",
            Self::Home => "Home",
            Self::Queue => "Queue",
            Self::Ticket => "Ticket",
            Self::Differs => "The judge differs",
            Self::Practice => "Practice",
            Self::Agreement => "Agreement",
            Self::Rubric => "Rubrics",
            Self::Field => "A field of a rubric",
            Self::RubricText => "The text of a rubric",
            Self::Export => "Export",
            Self::Activity => "Activity",
            Self::Runs => "Runs",
            Self::Gate => "Gate",
            Self::Editor => "Editing",
            Self::Note => "Note",
            Self::Diff => "What changed",
            Self::List => "Lists with a search field",
            Self::Line => "One line of text",
            Self::Confirm => "Yes or no",
            Self::Mode => "A choice",
            Self::Judging => "Who shall read these",
            Self::Reader => "Reading",
        }
    }
}

/// What the table says about one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionInfo {
    /// The action.
    pub action: Action,
    /// Its name in a file of keys.
    pub id: &'static str,
    /// What it does, in a few plain words; also the words of the palette.
    pub title: &'static str,
    /// The words of the hint bar.
    pub short: &'static str,
    /// Where it can be asked for.
    pub scopes: &'static [Scope],
    /// Default keys, the one to show first.
    pub keys: &'static [&'static str],
    /// Place in the hint bar, 1 first; 0 never.
    pub hint: u8,
    /// Who it is for.
    pub audience: Audience,
    /// How careful the keyboard is with it.
    pub care: Care,
}

/// Who an action is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody.
    Reviewer,
    /// Who sets evals up; listed after the others.
    Engineer,
}

/// How careful the keyboard is with an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Care {
    /// It moves or shows something.
    Free,
    /// It decides something: refused within 50 ms of the byte before, so that no pasted text decides.
    Decides,
}

impl Action {
    /// How far it moves a cursor on a page of so many lines; one line of the page before stays in sight.
    pub fn steps(self, height: usize) -> Option<isize> {
        let page = height.max(2) as isize;
        Some(match self {
            Self::Down => 1,
            Self::Up => -1,
            Self::HalfDown => page / 2,
            Self::HalfUp => -page / 2,
            Self::PageDown => page - 1,
            Self::PageUp => 1 - page,
            Self::Top => isize::MIN / 2,
            Self::Bottom => isize::MAX / 2,
            _ => return None,
        })
    }

    /// The action's row of the table.
    pub fn info(self) -> &'static ActionInfo {
        // The table and the enum come from one list, so the place is the discriminant.
        &TABLE[self as usize]
    }

    /// The action of this name.
    pub fn named(id: &str) -> Option<Self> {
        TABLE
            .iter()
            .find(|info| info.id == id)
            .map(|info| info.action)
    }

    /// The digit of a level key.
    pub fn digit(self) -> Option<u8> {
        let first = Self::Level0 as usize;
        let last = Self::Level9 as usize;
        let at = self as usize;
        (first..=last).contains(&at).then(|| (at - first) as u8)
    }
}

#[cfg(test)]
mod tests;
