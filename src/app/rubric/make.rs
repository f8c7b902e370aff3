//! A new rubric from a sentence, a template or what people wrote; keeping one, and who asks it then.

use std::sync::Arc;

use crate::domain::count::counted;
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::view::{
    RubricDraft, RubricLeft, RubricOrder, RubricReply, RubricSaved, RubricSource,
};

use super::super::effect::{Effect, Order};
use super::super::judging::{self, JudgeFor};
use super::super::layout::{self, DialogLayout, Size};
use super::super::modal::{Confirm, Confirmed, LineEdit, Modal, Prompt, PromptFor};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::holding::Pending;
use super::{Focus, RubricAsked, field};

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

fn rows<const N: usize>(rows: [(&str, &str); N]) -> Vec<(String, String)> {
    rows.map(|(name, means)| (name.to_owned(), means.to_owned()))
        .into()
}

fn choose(state: &mut AppState, title: &str, rows: Vec<(String, String)>, purpose: ChooseFor) {
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
            keep(state, evals.get(row).cloned().unwrap_or_default(), effects);
        }
        ChooseFor::Note {
            ticket, written, ..
        } if row == 0 => from_note(state, ticket, written, None, effects),
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

/// Asks who shall word the note of the open ticket as a question of its rubric.
pub(crate) fn note(state: &mut AppState, effects: &mut Vec<Effect>) {
    let open = state.ticket.as_ref();
    let Some((eval, ticket, note)) =
        open.and_then(|open| Some((open.eval, open.id()?, open.draft.note.clone())))
    else {
        return;
    };
    // What was left unsaved earlier is found before anything is paid for.
    super::update::begin(state, Screen::Queue, effects);
    if refused_over_changes(state) {
        return;
    }
    let written = Some(note).filter(|note| !note.trim().is_empty());
    let purpose = ChooseFor::Note {
        eval,
        ticket,
        written,
    };
    let rows = rows([
        (
            "My own words",
            "The note as it stands becomes the question, its fault the lowest level. Free, at once.",
        ),
        (
            "A model's words",
            "A model reads this output and the note and words question and levels. You edit them.",
        ),
    ]);
    choose(state, "In whose words shall the note ask?", rows, purpose);
}

fn refused_over_changes(state: &mut AppState) -> bool {
    let changed = state.rubric.as_ref().is_some_and(|open| open.is_changed());
    if changed {
        state.say(
            Tone::Refused,
            "a rubric has changes that are not saved: save or drop them on its screen first",
        );
    }
    changed
}

/// Drafts a question from a note. One's own words are there at once and the form opens on them; a model's wait on
/// the Rubric screen, so that nobody is taken away from a ticket.
pub(crate) fn from_note(
    state: &mut AppState,
    ticket: TicketId,
    written: Option<String>,
    judge: Option<String>,
    effects: &mut Vec<Effect>,
) {
    if refused_over_changes(state) {
        return;
    }
    if let (Some(judge), Some(open)) = (&judge, &mut state.rubric) {
        open.judge = Some(judge.clone());
        let words = format!("{judge} words the note; you can go on meanwhile");
        state.say(Tone::Notice, words);
    }
    let asked = Asked::Rubric(RubricAsked::Note {
        by_model: judge.is_some(),
    });
    let source = RubricSource::Note {
        ticket,
        written,
        judge,
    };
    let order = Order::Rubric(RubricOrder::Make(source));
    effects.push(state.requests.ask(asked, order));
}

fn make(state: &mut AppState, source: RubricSource, effects: &mut Vec<Effect>) {
    let order = Order::Rubric(RubricOrder::Make(source));
    effects.push(state.requests.ask(Asked::Rubric(RubricAsked::Make), order));
}

/// A rubric with one question more has come. It is a change of the rubric it was added to, which is read first so
/// that what differs is known.
fn noted(state: &mut AppState, draft: RubricDraft, by_model: bool, effects: &mut Vec<Effect>) {
    if refused_over_changes(state) {
        return;
    }
    if !by_model {
        super::update::open(state, effects);
    }
    if draft.base.is_none() {
        return made(state, draft);
    }
    let cost = draft.cost.as_ref().map(|cost| format!(" ({cost})"));
    let place = if state.screen == Screen::Rubric {
        "s saves it"
    } else {
        "the Rubric screen has it"
    };
    let Some(open) = &mut state.rubric else {
        return;
    };
    open.left = Some(Box::new(Pending {
        say: format!(
            "your note is the last question{}, this output its example; {place}",
            cost.unwrap_or_default()
        ),
        left: RubricLeft {
            base: draft.base.clone(),
            as_text: false,
            draft,
        },
        at_last: true,
    }));
    super::holding::take_up(state, effects);
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

/// Asks who shall ask the version, if it can be kept.
pub(super) fn save(state: &mut AppState) {
    let Some(open) = &state.rubric else { return };
    let Some(rubric) = open.shown() else { return };
    if let Some(error) = open
        .findings()
        .iter()
        .find(|finding| finding.severity == crate::domain::rubric::Severity::Error)
    {
        let words = format!("cannot be saved yet: {}", error.message);
        state.say(Tone::Refused, words);
        return;
    }
    let cards = open.cards().iter().filter(|card| card.name == rubric.id);
    let uses: Vec<_> = cards.flat_map(|card| card.evals.clone()).collect();
    let mut rows = Vec::new();
    let mut evals = Vec::new();
    if !uses.is_empty() {
        let names: Vec<&str> = uses.iter().map(|one| one.name.as_str()).collect();
        rows.push((
            format!("Save, and let {} ask it from now on", names.join(" and ")),
            "Reviews and verdicts stay as they were given.".to_owned(),
        ));
        evals.push(uses.iter().map(|one| one.eval).collect());
    }
    rows.push((
        "Save only".to_owned(),
        "Evals go on with the version they ask.".to_owned(),
    ));
    evals.push(Vec::new());
    for card in state.home.home.iter().flat_map(|home| &home.evals) {
        if uses.iter().all(|one| one.eval != card.id) {
            rows.push((
                format!("Save, and let {} ask it instead of its own", card.name),
                String::new(),
            ));
            evals.push(vec![card.id]);
        }
    }
    let title = format!("Save {}", rubric.id);
    choose(state, &title, rows, ChooseFor::Keep(evals));
}

fn keep(state: &mut AppState, evals: Vec<EvalId>, effects: &mut Vec<Effect>) {
    let Some(open) = &state.rubric else { return };
    let Some(rubric) = open.shown().map(Arc::clone) else {
        return;
    };
    // What is known of the text must be about the rubric as it stands.
    let text = open.text().cloned();
    let order = Order::Rubric(RubricOrder::Save {
        rubric,
        text,
        evals,
    });
    effects.push(state.requests.ask(Asked::Rubric(RubricAsked::Save), order));
}

/// It is kept. Where a judge has scored tickets under the version before, the way on is offered.
pub(super) fn kept(state: &mut AppState, saved: &RubricSaved, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    // The draft stands until the page has come, so that the form does not flicker.
    open.past.clear();
    open.toml = None;
    open.version = 0;
    let name = saved.name.clone();
    let words = match (saved.known, saved.moved.is_empty()) {
        (true, true) => format!("{name}: exactly this version was kept before"),
        (_, true) => format!("{name} saved as version {}", saved.id.short()),
        (_, false) => {
            let names: Vec<&str> = saved.moved.iter().map(|one| one.name.as_str()).collect();
            format!(
                "{name} saved as version {}; {} asks it now",
                saved.id.short(),
                names.join(", ")
            )
        }
    };
    state.say(Tone::Done, words);
    super::update::load_list(state, effects);
    super::update::load_page(state, &name, effects);
    let left = saved
        .moved
        .iter()
        .flat_map(|moved| moved.rescores.iter().map(move |one| (moved, one)));
    if let Some((moved, one)) = left.max_by_key(|(_, one)| one.tickets) {
        let label = if one.label.is_empty() {
            one.from.short()
        } else {
            format!("{} ({})", one.label, one.from.short())
        };
        let confirm = Confirm {
            question: format!(
                "Rescore {} of {} made under {label}?",
                counted(one.tickets, "ticket"),
                moved.name,
            ),
            detail: format!(
                "{} scored them. Yes says what it costs first; what was said under the old version stays.",
                one.judge
            ),
            yes: Confirmed::Rescore,
        };
        let rescore = (moved.eval, one.judge.clone());
        if let Some(open) = &mut state.rubric {
            open.rescore = Some(rescore);
        }
        state.modals.push(Modal::Confirm(confirm));
    }
}

/// Opens the choice of a judge on the one that scored under the version before.
pub(crate) fn rescore(state: &mut AppState, effects: &mut Vec<Effect>) {
    let asked = state.rubric.as_mut().and_then(|open| open.rescore.take());
    if let Some((eval, judge)) = asked {
        judging::update::open_on(state, eval, Some(judge), false, effects);
    }
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
            noted(state, *draft, *by_model, effects);
        }
        (RubricAsked::Check, RubricReply::Draft(draft)) => super::text::checked(state, *draft),
        (RubricAsked::Save, RubricReply::Saved(saved)) => kept(state, &saved, effects),
        _ => {}
    }
}
