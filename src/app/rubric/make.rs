//! A new rubric from a sentence, a template or what people wrote, and the choices of a few on the way.

use std::sync::Arc;

use crate::domain::ids::{EvalId, TicketId};
use crate::domain::view::{RubricDraft, RubricOrder, RubricReply, RubricSource};

use super::super::effect::{Effect, Order};
use super::super::judging::{self, JudgeFor};
use super::super::layout::{self, DialogLayout, Size};
use super::super::modal::{LineEdit, Modal, Prompt, PromptFor};
use super::super::state::{AppState, Asked, Tone};
use super::{Focus, RubricAsked, field, noting, saving};

/// A choice of a few.
#[derive(Debug, Clone, PartialEq)]
pub struct Choose {
    /// The question.
    pub title: String,
    /// What can be chosen, with what each means.
    pub rows: Vec<(String, String)>,
    /// The row under the cursor.
    pub cursor: usize,
    /// What the choice is for.
    pub purpose: ChooseFor,
}

/// What a choice is for.
#[derive(Debug, Clone, PartialEq)]
pub enum ChooseFor {
    /// Where a new rubric comes from.
    Origin,
    /// Which template.
    Template,
    /// How a sentence is answered.
    Scale(String),
    /// From which eval a draft is made.
    Eval(Vec<EvalId>),
    /// Who asks the version that is kept; one list of evals a row.
    Keep(Vec<Vec<EvalId>>),
    /// Who words a note.
    Note {
        /// The ticket's eval.
        eval: EvalId,
        /// The ticket it is about.
        ticket: TicketId,
        /// The note, if it was not kept yet.
        written: Option<String>,
    },
}

/// Rows of a choice at most.
const LINES: usize = 16;

impl Choose {
    /// Moves the cursor and stops at the ends.
    pub fn step(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }

    /// Rows a line of it takes.
    pub fn each(&self) -> u16 {
        1 + u16::from(self.rows.iter().any(|(_, means)| !means.is_empty()))
    }

    /// Where it stands; the last row says the keys.
    pub fn place(&self, size: Size) -> DialogLayout {
        let lines = (self.rows.len() * usize::from(self.each())).min(LINES);
        layout::dialog(size, 84, lines as u16 + 2)
    }
}

/// Choices with what each means.
pub(super) fn rows<const N: usize>(rows: [(&str, &str); N]) -> Vec<(String, String)> {
    rows.map(|(name, means)| (name.to_owned(), means.to_owned()))
        .into()
}

/// Opens a choice.
pub(super) fn choose(
    state: &mut AppState,
    title: &str,
    rows: Vec<(String, String)>,
    purpose: ChooseFor,
) {
    state.modals.push(Modal::Choose(Choose {
        title: title.to_owned(),
        rows,
        cursor: 0,
        purpose,
    }));
}

/// Asks where a new rubric comes from.
pub(super) fn open(state: &mut AppState) {
    let rows = rows([
        (
            "A sentence",
            "Say in your own words what a good answer is; the form opens on it.",
        ),
        (
            "A template",
            "Begin with one of docket's rubrics and change what you like.",
        ),
        (
            "A draft by a model",
            "A model reads an eval's outputs and your notes and proposes questions. You edit them.",
        ),
    ]);
    choose(state, "What shall it begin with?", rows, ChooseFor::Origin);
}

/// Enter on a choice.
pub(crate) fn chosen(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(Modal::Choose(choice)) = state.modals.pop() else {
        return;
    };
    let row = choice.cursor;
    let name = choice.rows.get(row).map(|(name, _)| name.clone());
    match choice.purpose {
        ChooseFor::Origin => origin(state, row),
        ChooseFor::Template => {
            let source = RubricSource::Template(name.unwrap_or_default());
            make(state, source, effects);
        }
        ChooseFor::Scale(text) => {
            if let Ok(scale) = field::scale(&name.unwrap_or_default()) {
                make(state, RubricSource::Sentence { text, scale }, effects);
            }
        }
        ChooseFor::Eval(evals) => {
            if let Some(eval) = evals.get(row) {
                judging::update::open_for(state, *eval, JudgeFor::Draft, effects);
            }
        }
        ChooseFor::Keep(evals) => {
            saving::keep(state, evals.get(row).cloned().unwrap_or_default(), effects);
        }
        ChooseFor::Note {
            ticket, written, ..
        } if row == 0 => noting::from_note(state, ticket, written, None, effects),
        ChooseFor::Note {
            eval,
            ticket,
            written,
        } => {
            let purpose = JudgeFor::Word { ticket, written };
            judging::update::open_for(state, eval, purpose, effects);
        }
    }
}

fn origin(state: &mut AppState, row: usize) {
    match row {
        0 => state.modals.push(Modal::Prompt(Prompt {
            title: "What is a good answer? One sentence, as you would say it.".to_owned(),
            purpose: PromptFor::Sentence,
            line: LineEdit::default(),
            optional: false,
            error: None,
        })),
        1 => {
            let cards = state.rubric.as_ref().map_or(&[][..], |open| open.cards());
            let built_in = cards.iter().filter(|card| card.built_in);
            let rows = built_in
                .map(|card| (card.name.clone(), String::new()))
                .collect();
            choose(state, "Which one?", rows, ChooseFor::Template);
        }
        _ => {
            let home = state.home.home.as_ref();
            let evals = home.map_or(&[][..], |home| &home.evals);
            if evals.is_empty() {
                state.say(
                    Tone::Refused,
                    "there is no eval to draft from; importing logs makes one",
                );
                return;
            }
            let ids = evals.iter().map(|eval| eval.id).collect();
            let rows = evals
                .iter()
                .map(|eval| (eval.name.clone(), eval.purpose.clone()))
                .collect();
            choose(state, "From which eval?", rows, ChooseFor::Eval(ids));
        }
    }
}

/// The sentence is there: how is it answered?
pub(crate) fn sentence(state: &mut AppState, text: String) {
    let rows = rows([
        ("yes or no", "It is good enough, or it is not."),
        ("0-5", "Six levels; you can say what each looks like."),
        (
            "1-10",
            "Ten levels; people and judges use the middle less alike.",
        ),
    ]);
    choose(state, "How is it answered?", rows, ChooseFor::Scale(text));
}

/// A judge is to draft one.
pub(crate) fn generate(state: &mut AppState, eval: EvalId, judge: &str, effects: &mut Vec<Effect>) {
    state.say(
        Tone::Notice,
        format!("{judge} reads examples and drafts a rubric; you can go on meanwhile"),
    );
    let judge = judge.to_owned();
    make(state, RubricSource::Generated { eval, judge }, effects);
}

fn make(state: &mut AppState, source: RubricSource, effects: &mut Vec<Effect>) {
    let order = Order::Rubric(RubricOrder::Make(source));
    effects.push(state.requests.ask(Asked::Rubric(RubricAsked::Make), order));
}

/// A draft from somewhere else has come.
pub(super) fn made(state: &mut AppState, draft: RubricDraft) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    let Some(rubric) = draft.rubric.clone() else {
        let why = draft.error().map_or("nothing", |finding| &finding.message);
        let words = format!("the draft cannot be used: {why}");
        state.say(Tone::Failed, words);
        return;
    };
    if open.is_changed() {
        // Never over something that is being written: undo brings it back.
        let text = open.text().cloned();
        open.past.push((open.draft.clone(), text));
        (open.editing, open.toml) = (None, None);
    } else {
        open.past.clear();
    }
    open.page = None;
    open.put(Some(rubric), Some(Arc::clone(&draft.toml)));
    let cost = draft.cost.clone();
    open.why.clone_from(&draft.why);
    open.checked = Some(draft);
    open.focus = Focus::Form;
    open.field = 0;
    let words = match cost {
        Some(cost) => format!("drafted ({cost}); read every question, then s saves it"),
        None => "a new rubric; s saves it".to_owned(),
    };
    state.say(Tone::Notice, words);
}

/// A reply about drafts and keeping.
pub(super) fn replied(
    state: &mut AppState,
    asked: &RubricAsked,
    reply: RubricReply,
    effects: &mut Vec<Effect>,
) {
    match (asked, reply) {
        (RubricAsked::Make, RubricReply::Draft(draft)) => made(state, *draft),
        (RubricAsked::Note { by_model }, RubricReply::Draft(draft)) => {
            noting::noted(state, *draft, *by_model, effects);
        }
        (RubricAsked::Check, RubricReply::Draft(draft)) => super::text::checked(state, *draft),
        (RubricAsked::Save, RubricReply::Saved(saved)) => saving::kept(state, &saved, effects),
        _ => {}
    }
}
