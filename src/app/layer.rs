//! Who owns the keyboard.

use super::action::Scope;
use super::modal::Modal;
use super::state::{AppState, Screen};
use super::ticket::Phase;

/// The one part of the workbench that hears keys now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The first screen of an empty workspace.
    FirstRun,
    /// Home.
    Home,
    /// The queue.
    Queue,
    /// The form of an open ticket.
    Ticket,
    /// The form of a ticket that stays because the judge differs.
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
    /// The text of the output being edited.
    Editor,
    /// The note.
    Note,
    /// The comparison.
    Diff,
    /// The palette.
    Palette,
    /// Help.
    Help,
    /// One line of text: a reason, a name, a filter, a search.
    Line,
    /// A question with yes and no.
    Confirm,
    /// A choice: how an eval is reviewed.
    Mode,
    /// Who shall judge which tickets, within which limit.
    Judging,
    /// Something to read.
    Reader,
}

impl Layer {
    /// Every layer.
    pub const ALL: [Self; 24] = [
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
        Self::Palette,
        Self::Help,
        Self::Line,
        Self::Confirm,
        Self::Mode,
        Self::Judging,
        Self::Reader,
    ];

    /// The scopes whose keys it hears. No chord means two things within them.
    pub fn scopes(self) -> &'static [Scope] {
        match self {
            Self::FirstRun => &[Scope::FirstRun, Scope::Everywhere],
            Self::Home => &[Scope::Home, Scope::Everywhere],
            Self::Queue => &[Scope::Queue, Scope::Everywhere],
            Self::Ticket => &[Scope::Ticket, Scope::Everywhere],
            Self::Differs => &[Scope::Differs, Scope::Everywhere],
            Self::Practice => &[Scope::Practice, Scope::Everywhere],
            Self::Agreement => &[Scope::Agreement, Scope::Everywhere],
            Self::Rubric => &[Scope::Rubric, Scope::Everywhere],
            Self::Field => &[Scope::Field],
            Self::RubricText => &[Scope::RubricText],
            Self::Export => &[Scope::Export, Scope::Everywhere],
            Self::Activity => &[Scope::Activity, Scope::Everywhere],
            Self::Runs => &[Scope::Runs, Scope::Everywhere],
            Self::Gate => &[Scope::Gate, Scope::Everywhere],
            Self::Editor => &[Scope::Editor],
            Self::Note => &[Scope::Note],
            Self::Diff => &[Scope::Diff],
            Self::Palette | Self::Help => &[Scope::List],
            Self::Line => &[Scope::Line],
            Self::Confirm => &[Scope::Confirm],
            Self::Mode => &[Scope::Mode],
            Self::Judging => &[Scope::Judging],
            Self::Reader => &[Scope::Reader],
        }
    }

    /// Whether characters are text here, so that only other keys can mean actions.
    pub fn takes_text(self) -> bool {
        matches!(
            self,
            Self::Editor
                | Self::Note
                | Self::Field
                | Self::RubricText
                | Self::Palette
                | Self::Help
                | Self::Line
        )
    }
}

/// Who owns the keyboard: the topmost dialog, else the editor, else the screen.
pub fn layer(state: &AppState) -> Layer {
    if let Some(modal) = state.modals.last() {
        return match modal {
            Modal::Palette(_) => Layer::Palette,
            Modal::Help(_) => Layer::Help,
            Modal::Prompt(_) | Modal::Filter(_) | Modal::Decide(_) => Layer::Line,
            Modal::Note(_) => Layer::Note,
            Modal::Confirm(_) | Modal::Checks(_) => Layer::Confirm,
            Modal::Mode(_) | Modal::Choose(_) => Layer::Mode,
            Modal::Judges(_) => Layer::Judging,
            Modal::Diff(_) => Layer::Diff,
            Modal::Message(_) | Modal::History(_) | Modal::Instructions(_) | Modal::Tried(_) => {
                Layer::Reader
            }
        };
    }
    match state.screen {
        Screen::FirstRun => Layer::FirstRun,
        Screen::Home => Layer::Home,
        Screen::Queue => Layer::Queue,
        Screen::Practice => Layer::Practice,
        Screen::Agreement => Layer::Agreement,
        Screen::Export => Layer::Export,
        Screen::Rubric => match &state.rubric {
            Some(open) if open.editing.is_some() => Layer::Field,
            Some(open) if open.toml.is_some() => Layer::RubricText,
            _ => Layer::Rubric,
        },
        Screen::Activity => Layer::Activity,
        Screen::Runs => Layer::Runs,
        Screen::Gate => Layer::Gate,
        Screen::Ticket => match &state.ticket {
            Some(ticket) if ticket.editor.is_some() => Layer::Editor,
            Some(ticket) if matches!(ticket.phase, Phase::Differs(_)) => Layer::Differs,
            _ => Layer::Ticket,
        },
    }
}
