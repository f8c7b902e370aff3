//! What the Rubric screen shows: rubrics with who asks them, their versions, drafts with what is wrong in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::ids::{EvalId, RubricId, TicketId};
use super::super::rubric::{Rubric, Scale, Severity};
use super::quick::{QuickProbe, QuickReport, Rescore};

/// A rubric in the list: all its versions under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RubricCard {
    /// The rubric's id.
    pub name: String,
    /// Whether the workspace keeps a version of it; else it only comes with the program.
    pub kept: bool,
    /// Whether it comes with the program.
    pub built_in: bool,
    /// Evals that ask one of its versions now.
    pub evals: Vec<RubricUse>,
}

/// An eval that asks a rubric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RubricUse {
    /// Which eval.
    pub eval: EvalId,
    /// Its name.
    pub name: String,
    /// The version it asks now.
    pub version: RubricId,
    /// Whether it holds the tickets of a run group, whose runs are compared under that version alone.
    pub stays: bool,
}

/// One rubric with its versions.
#[derive(Debug, Clone, PartialEq)]
pub struct RubricPage {
    /// The latest version.
    pub rubric: Arc<Rubric>,
    /// Its hash.
    pub id: RubricId,
    /// Its text with what is wrong in it.
    pub draft: RubricDraft,
    /// Versions the workspace keeps, newest first; empty for a rubric that only comes with the program.
    pub versions: Vec<RubricLine>,
}

/// A version and what it scored, over all evals.
#[derive(Debug, Clone, PartialEq)]
pub struct RubricLine {
    /// Hash of its content.
    pub id: RubricId,
    /// The version itself.
    pub rubric: Arc<Rubric>,
    /// As a file.
    pub toml: Arc<str>,
    /// Whether it is the original of a copy kept here: it comes with docket and is not kept itself.
    pub original: bool,
    /// When an eval took it up first, in milliseconds since 1970.
    pub since_ms: Option<i64>,
    /// Names of the evals that ask it now.
    pub asked_by: Vec<String>,
    /// Standing reviews that answer it.
    pub reviews: u64,
    /// Verdicts given under it.
    pub verdicts: u64,
    /// Tickets those are about.
    pub judged_tickets: u64,
}

/// Where a draft comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum RubricSource {
    /// A text being written.
    Toml(Arc<str>),
    /// A filled-in form.
    Form {
        /// What it says.
        rubric: Arc<Rubric>,
        /// The text it was filled in over; what people noted in it stays.
        over: Option<Arc<str>>,
    },
    /// A sentence, answered on a scale.
    Sentence {
        /// The sentence.
        text: String,
        /// The scale.
        scale: Scale,
    },
    /// A rubric that comes with the program.
    Template(String),
    /// A model's reading of an eval. Costs a call.
    Generated {
        /// Which eval.
        eval: EvalId,
        /// The judge's name.
        judge: String,
    },
    /// One's own note on a ticket as one more question, with its output as the example.
    Note {
        /// Which ticket.
        ticket: TicketId,
        /// The note, if it was written and not kept yet.
        written: Option<String>,
        /// The judge that words it; `None` takes the note's own words. Costs a call.
        judge: Option<String>,
    },
}

/// A rubric that is not kept yet.
#[derive(Debug, Clone, PartialEq)]
pub struct RubricDraft {
    /// The rubric, if the text gives one that can be used.
    pub rubric: Option<Arc<Rubric>>,
    /// The text.
    pub toml: Arc<str>,
    /// What is wrong in it, by line.
    pub findings: Vec<RubricFinding>,
    /// The kept rubric it is a change of, where it was made as one.
    pub base: Option<String>,
    /// Why each question is proposed, by its id, where a model proposed it.
    pub why: BTreeMap<String, String>,
    /// What making it cost, where somebody was asked.
    pub cost: Option<String>,
}

impl RubricDraft {
    /// The first thing that keeps it from being used.
    pub fn error(&self) -> Option<&RubricFinding> {
        self.findings
            .iter()
            .find(|finding| finding.severity == Severity::Error)
    }
}

/// One problem at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RubricFinding {
    /// Whether it keeps the rubric from being used.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Which part of the rubric, as a path of keys and 0-based places; empty for the whole.
    pub place: String,
}

/// What keeping a version did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RubricSaved {
    /// The version.
    pub id: RubricId,
    /// The rubric's id.
    pub name: String,
    /// Whether exactly this version was kept before.
    pub known: bool,
    /// Evals that ask it from now on.
    pub moved: Vec<RubricMove>,
}

/// An eval that asks another version than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RubricMove {
    /// Which eval.
    pub eval: EvalId,
    /// Its name.
    pub name: String,
    /// The version before.
    pub from: RubricId,
    /// Tickets judges have scored under an older version and not under this one.
    pub rescores: Vec<Rescore>,
}

/// An example to try a rubric on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RubricExample {
    /// Which ticket.
    pub ticket: TicketId,
    /// Whether this person may not see a judge's levels on it yet; seeing them marks the review assisted.
    pub blind: bool,
    /// How its output begins.
    pub begins: String,
}

/// What a person has changed in a rubric and not saved.
#[derive(Debug, Clone, PartialEq)]
pub struct RubricUnsaved {
    /// The rubric it is a change of; `None` for a new one.
    pub base: Option<String>,
    /// The change: a form, or a text that is being written.
    pub source: RubricSource,
}

/// The same, as it was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct RubricLeft {
    /// The rubric it is a change of; `None` for a new one.
    pub base: Option<String>,
    /// Whether it was being written as a text.
    pub as_text: bool,
    /// What was left, with what is wrong in it.
    pub draft: RubricDraft,
}

/// What the Rubric screen asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum RubricOrder {
    /// Every rubric. Reply: [`RubricReply::List`].
    List,
    /// One rubric by name. Reply: [`RubricReply::Page`].
    Page(String),
    /// A draft, checked. Reply: [`RubricReply::Draft`].
    Make(RubricSource),
    /// Keeps a version and lets evals ask it. Reply: [`RubricReply::Saved`].
    Save {
        /// The version.
        rubric: Arc<Rubric>,
        /// Its text, if it has one of its own; notes in it are kept with the version.
        text: Option<Arc<str>>,
        /// Which evals.
        evals: Vec<EvalId>,
    },
    /// Keeps what is not saved, or forgets it. Reply: [`RubricReply::Held`].
    Hold(Option<Box<RubricUnsaved>>),
    /// What was left unsaved. Reply: [`RubricReply::Left`].
    Left,
    /// A ticket to try a rubric on. Reply: [`RubricReply::Example`].
    Example {
        /// Of which eval.
        eval: EvalId,
        /// The one before, to be followed by another.
        after: Option<TicketId>,
    },
    /// Tries a rubric on a ticket. Reply: [`RubricReply::Tried`].
    Try(Box<RubricTrial>),
}

/// A rubric to try.
#[derive(Debug, Clone, PartialEq)]
pub struct RubricTrial {
    /// The example's eval, for its judges.
    pub eval: EvalId,
    /// The example.
    pub ticket: TicketId,
    /// The rubric.
    pub rubric: Arc<Rubric>,
    /// Another version to hold it against.
    pub against: Option<Arc<Rubric>>,
    /// The judge's name.
    pub judge: String,
    /// Readings of each question.
    pub samples: u32,
    /// Whether planted text and length alone are tried as well.
    pub probes: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum RubricReply {
    /// Every rubric, those in use first.
    List(Vec<RubricCard>),
    /// One rubric.
    Page(Box<RubricPage>),
    /// A draft.
    Draft(Box<RubricDraft>),
    /// It is kept.
    Saved(RubricSaved),
    /// An example, if the eval has a ticket.
    Example(Option<RubricExample>),
    /// What the judge said, and what the probes did to it.
    Tried(Box<QuickReport>, Vec<QuickProbe>),
    /// What is not saved is safe.
    Held,
    /// What was left unsaved, if anything was.
    Left(Option<Box<RubricLeft>>),
}
