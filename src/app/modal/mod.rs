//! Dialogs over the screens: a stack of values, the topmost has the keyboard.

mod line;
mod lists;

pub use line::LineEdit;
pub use lists::{Entry, Help, Palette, first_shown};

use crate::domain::eval::Mode;
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::view::{Disagreement, HistoryLine};
use crate::text::sanitise::multi_line;
use crate::text::wrap::wrap;

use super::action::Action;
use super::diff::DiffState;
use super::document::TextPane;
use super::editor::EditorState;

/// A dialog.
#[derive(Debug, Clone, PartialEq)]
pub enum Modal {
    /// Every action in plain words.
    Palette(Palette),
    /// The keys of a screen.
    Help(Help),
    /// A question with yes and no.
    Confirm(Confirm),
    /// One line of text.
    Prompt(Prompt),
    /// The filter of the queue.
    Filter(FilterBar),
    /// A note.
    Note(Box<NoteEditor>),
    /// What a correction changes.
    Diff(Box<DiffState>),
    /// How an eval is reviewed.
    Mode(ModeQuestion),
    /// Who shall judge.
    Judges(super::judging::JudgePick),
    /// A few to choose from.
    Choose(super::rubric::Choose),
    /// One example judged now.
    Tried(Box<super::rubric::TriedView>),
    /// A decision about a candidate, with its reason.
    Decide(Box<super::gate::DecideForm>),
    /// Commands to be read before they are run.
    Checks(Box<super::gate::ChecksView>),
    /// Something to know.
    Message(Message),
    /// What happened to a ticket.
    History(HistoryView),
    /// Purpose and instructions of an eval.
    Instructions(Box<InstructionsView>),
}

/// A question with yes and no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// The question.
    pub question: String,
    /// What yes and no lead to.
    pub detail: String,
    /// What yes does.
    pub yes: Confirmed,
}

/// What a yes does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// Ends the workbench although a job runs.
    Quit,
    /// Drops the edit of the open ticket.
    DropEdit,
    /// Writes over nothing, but a lot.
    Export,
    /// Stops the running job.
    Stop,
    /// Lets the chosen judge read, now that it is known what leaves and what it costs.
    Judge,
    /// Has tickets judged again whose rubric has changed.
    Rescore,
    /// Drops what was changed in the rubric.
    DropRubric,
    /// Drops the text of the rubric being written.
    DropText,
    /// Stops a judge's job, in whatever process it runs.
    StopJob([u8; 16]),
    /// Lets a judge suggest a correction of the open ticket.
    Suggest,
    /// Approves what the gate does not pass.
    Despite,
}

/// What a line of text is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptFor {
    /// Why it is put aside.
    Defer(Vec<TicketId>),
    /// Why it is handed up.
    Escalate(Vec<TicketId>),
    /// Why it is flagged.
    Flag(Vec<TicketId>),
    /// Why the question cannot be judged.
    CannotJudge {
        /// Id of the question.
        question: String,
    },
    /// Why the judge is wrong.
    Disagree {
        /// On which ticket.
        ticket: TicketId,
        /// On which verdict, and what it should have said; the reason is the line.
        said: Disagreement,
    },
    /// A note on tickets of the queue.
    Note(Vec<TicketId>),
    /// To whom.
    Assign(Vec<TicketId>),
    /// A search in the open ticket.
    Find,
    /// Who reviews.
    Reviewer,
    /// What a good answer is, as the beginning of a rubric.
    Sentence,
    /// A field of the export form.
    Field(super::export::Field),
    /// Why held-out rows are exported.
    Override,
    /// The most a judge may spend.
    JudgeLimit,
    /// A judge by name.
    JudgeName,
}

/// One line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The question over it.
    pub title: String,
    /// What it is for.
    pub purpose: PromptFor,
    /// The line.
    pub line: LineEdit,
    /// Whether it may be empty.
    pub optional: bool,
    /// Why it was not taken.
    pub error: Option<String>,
}

/// The filter of the queue while it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterBar {
    /// The line.
    pub line: LineEdit,
    /// What is wrong with it: the byte, and why.
    pub error: Option<(usize, String)>,
    /// The filter that was in force before.
    pub before: String,
}

/// A note being written.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteEditor {
    /// The text.
    pub editor: EditorState,
    /// Bytes of the output it is about.
    pub range: Option<(usize, usize)>,
    /// The first words of that span.
    pub quote: Option<String>,
}

/// How an eval is reviewed, asked once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeQuestion {
    /// Which eval.
    pub eval: EvalId,
    /// Its name.
    pub name: String,
    /// The choice under the cursor.
    pub choice: Mode,
}

impl ModeQuestion {
    /// The choices with what they mean.
    pub const CHOICES: [(Mode, &'static str, &'static str); 2] = [
        (
            Mode::Assist,
            "Fix outputs for training",
            "The judge's levels are visible and stand as proposals. For corrections, not for measuring.",
        ),
        (
            Mode::Blind,
            "Measure the model",
            "Nothing that could sway you shows before your own commit. For numbers one can rely on.",
        ),
    ];
}

/// Something to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The heading.
    pub title: String,
    /// What failed or happened, on what, why.
    pub text: String,
    /// What to do.
    pub hint: Option<String>,
    /// What `y` copies, if there is something worth it.
    pub copy: Option<String>,
    /// First line shown.
    pub top: usize,
}

/// What happened to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryView {
    /// `None` while it loads.
    pub lines: Option<Vec<HistoryLine>>,
    /// First line shown.
    pub top: usize,
}

/// Purpose and instructions of an eval.
#[derive(Debug, Clone, PartialEq)]
pub struct InstructionsView {
    /// The eval's name.
    pub name: String,
    /// One sentence.
    pub purpose: String,
    /// The text.
    pub pane: TextPane,
    /// Whether it opened by itself before the first ticket.
    pub first: bool,
    /// What closing it does beside closing.
    pub then: Option<Action>,
}

impl InstructionsView {
    /// The purpose in rows of this width.
    pub fn purpose_rows(&self, columns: u16) -> Vec<String> {
        let text = multi_line(&self.purpose).text;
        let rows = wrap(&text, usize::from(columns.max(1)));
        let rows = rows.iter().map(|row| text[row.start..row.end].to_owned());
        rows.filter(|_| !text.trim().is_empty()).collect()
    }

    /// Rows beside the text: the purpose and a blank one, then a blank one and the keys.
    pub fn other_rows(&self, columns: u16) -> u16 {
        let purpose = self.purpose_rows(columns).len() as u16;
        purpose + u16::from(purpose > 0) + 2
    }
}
