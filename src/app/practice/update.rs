//! What actions do on a practice ticket.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::domain::ids::OutputId;
use crate::domain::json::quote;
use crate::domain::message::{Message, Request, Role};
use crate::domain::review::Subject;
use crate::domain::rubric::{Answer, Example};
use crate::domain::view::{Draft, JudgeView, OutputDoc, Shown, TicketDoc};

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::state::{AppState, Screen, Tone};
use super::super::ticket::{Form, form, form::Ghosts};
use super::{Practice, Step};

/// Starts practice on a ticket's rubric; false if it has nothing to practise on.
pub(crate) fn start(state: &mut AppState, doc: &Arc<TicketDoc>) -> bool {
    let Some(practice) = shown(doc, 0) else {
        return false;
    };
    state.practice = Some(Box::new(practice));
    state.screen = Screen::Practice;
    true
}

/// Starts practice again, asked for.
pub(crate) fn again(state: &mut AppState) {
    let doc = state.ticket.as_ref().and_then(|ticket| ticket.doc.clone());
    let started = doc.is_some_and(|doc| start(state, &doc));
    if !started {
        state.say(
            Tone::Refused,
            "open a ticket of an eval whose rubric has examples first",
        );
    }
}

/// Ends practice; the real ticket is there.
pub(crate) fn stop(state: &mut AppState) {
    state.practice = None;
    state.screen = if state.ticket.is_some() {
        Screen::Ticket
    } else {
        Screen::Home
    };
}

/// A real ticket dressed with an example, so that the form behaves the same.
fn shown(base: &Arc<TicketDoc>, at: usize) -> Option<Practice> {
    let rubric = Arc::clone(&base.rubric);
    let example = Practice::examples(&rubric).get(at).copied()?.clone();
    let mut doc = base.as_ref().clone();
    let outputs: Vec<OutputDoc> = example.outputs.iter().map(|text| output(text)).collect();
    let ids: Vec<OutputId> = outputs.iter().map(|output| output.id).collect();
    doc.display_order = (0..outputs.len()).collect();
    doc.subject = Subject::Set(ids);
    doc.outputs = outputs;
    let mut messages = Practice::policy(base);
    messages.push(Message::text(Role::User, example.input.clone()));
    doc.request = Arc::new(Request {
        messages,
        ..Request::default()
    });
    doc.request_raw = None;
    doc.reference.clone_from(&example.reference);
    doc.draft = None;
    doc.mine = None;
    doc.judge = JudgeView::Nothing;
    Some(Practice {
        rubric,
        doc: Arc::new(doc),
        at,
        step: Step::Answering,
        draft: Draft::default(),
        form: Form::default(),
        request: Practice::text(&example.input),
        outputs: example
            .outputs
            .iter()
            .map(|text| Practice::text(text))
            .collect(),
        lesson: Practice::text(""),
        reads_policy: false,
    })
}

fn output(text: &str) -> OutputDoc {
    OutputDoc {
        id: OutputId([0; 16]),
        model: Shown::None,
        message: Some(Arc::new(Message::text(Role::Assistant, text))),
        raw: None,
        finish: None,
        error: None,
        latency_ms: None,
        completion_tokens: None,
    }
}

/// Runs an action on a practice ticket; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, _effects: &mut Vec<Effect>) -> bool {
    if matches!(action, Action::Back | Action::Leave) {
        stop(state);
        return true;
    }
    let Some(practice) = state.practice.as_deref_mut() else {
        return false;
    };
    if action == Action::Commit {
        commit(state);
        return true;
    }
    if action == Action::Unfold {
        unfold(state);
        return true;
    }
    if practice.step == Step::Answering && answer(state, action) {
        return true;
    }
    let by = match action {
        Action::TextDown | Action::Down => 1,
        Action::TextUp | Action::Up => -1,
        Action::HalfDown => 8,
        Action::HalfUp => -8,
        Action::PageDown => 16,
        Action::PageUp => -16,
        Action::Top => isize::MIN / 2,
        Action::Bottom => isize::MAX / 2,
        _ => return false,
    };
    scroll(state, by);
    true
}

/// Puts the policy in the request's place, or the request back.
fn unfold(state: &mut AppState) {
    let Some(practice) = state.practice.as_deref_mut() else {
        return;
    };
    if practice.step == Step::Revealed {
        state.say(Tone::Refused, "it stands below, at the end of the text");
        return;
    }
    let policy = Practice::policy_text(&practice.doc);
    let Some(policy) = policy else {
        state.say(Tone::Refused, "this example has no standing instructions");
        return;
    };
    practice.reads_policy = !practice.reads_policy;
    let input = practice.example().map(|example| example.input.clone());
    practice.request = Practice::text(if practice.reads_policy {
        &policy
    } else {
        input.as_deref().unwrap_or_default()
    });
    state.dirty = true;
}

fn answer(state: &mut AppState, action: Action) -> bool {
    let Some(practice) = state.practice.as_deref_mut() else {
        return false;
    };
    let doc = Arc::clone(&practice.doc);
    let (form, draft) = (&mut practice.form, &mut practice.draft);
    let done = match (action, action.digit()) {
        (_, Some(digit)) => form.digit(&doc, draft, digit).map(|_| ()),
        (Action::Pass, _) => form.extreme(&doc, draft, true),
        (Action::Fail, _) => form.extreme(&doc, draft, false),
        (Action::Tie, _) => form.tie(&doc, draft),
        (Action::LevelLeft, _) => form.read(&doc, draft, -1),
        (Action::LevelRight, _) => form.read(&doc, draft, 1),
        (Action::EraseDigit, _) => {
            form.erase();
            Ok(())
        }
        (Action::Down, _) => {
            form.step(&doc.rubric, 1);
            Ok(())
        }
        (Action::Up, _) => {
            form.step(&doc.rubric, -1);
            Ok(())
        }
        _ => return false,
    };
    if let Err(why) = done {
        state.say(Tone::Refused, why.to_string());
    }
    true
}

/// Scrolls what is read.
pub(crate) fn scroll(state: &mut AppState, by: isize) {
    if let Some(practice) = state.practice.as_deref_mut() {
        practice.scroll(by);
    }
}

/// Enter: to what is missing, then the reveal, then the next example, then the real ticket.
fn commit(state: &mut AppState) {
    let Some(practice) = state.practice.as_deref_mut() else {
        return;
    };
    if practice.step == Step::Revealed {
        let next = shown(&practice.doc, practice.at + 1);
        if let Some(next) = next {
            state.practice = Some(Box::new(next));
        } else {
            stop(state);
            state.say(
                Tone::Notice,
                "that was practice, nothing of it counts; this one does",
            );
        }
        return;
    }
    let doc = Arc::clone(&practice.doc);
    if let Some(set) = practice.form.settle(&doc, &mut practice.draft) {
        if let Err(why) = set {
            state.say(Tone::Refused, why.to_string());
        }
        return;
    }
    let missing = form::missing(&doc.rubric, &practice.draft.answers, &Ghosts::default());
    if let Some(first) = missing.first() {
        practice.form.go(*first);
        state.say(Tone::Notice, form::missing_words(missing.len()));
        return;
    }
    let lesson = practice.example().map(|example| lesson(practice, example));
    practice.lesson = Practice::text(&lesson.unwrap_or_default());
    practice.step = Step::Revealed;
}

/// What the example teaches: why, the answers side by side with what their levels mean, the correction, the training
/// row, and the policy it was judged by.
fn lesson(practice: &Practice, example: &Example) -> String {
    let mut text = String::new();
    if !example.why.is_empty() {
        let _ = writeln!(text, "**Why**\n\n{}\n", example.why.trim_end());
    }
    answers(practice, example, &mut text);
    if let Some(correction) = &example.correction {
        let _ = write!(text, "\n**Corrected**\n\n{correction}\n");
        text.push_str("\n**The training row this makes**\n\n```json\n");
        let _ = write!(
            text,
            "{{\"messages\": [{{\"role\": \"user\", \"content\": {}}},\n              {{\"role\": \"assistant\", \"content\": {}}}]}}\n```\n",
            quote(&example.input),
            quote(correction)
        );
    }
    if let Some(policy) = Practice::policy_text(&practice.doc) {
        let _ = write!(
            text,
            "\n**The policy: the system prompt of these tickets**\n\n{policy}\n"
        );
    }
    text
}

/// The answers in the order of the questions, each with what the right level means.
fn answers(practice: &Practice, example: &Example, text: &mut String) {
    let said = |answer: Option<&Answer>| {
        answer.map_or_else(|| "–".to_owned(), |a| form::words(&practice.doc, a))
    };
    for question in practice.rubric.questions() {
        let Some(right) = example.answers.get(question.id) else {
            continue;
        };
        let mine = practice.draft.answers.get(question.id);
        let _ = write!(text, "- ");
        if mine == Some(right) {
            let _ = write!(text, "✓ {}  {}", question.text, said(mine));
        } else {
            let _ = write!(
                text,
                "≠ {}  {}, you said {}",
                question.text,
                said(Some(right)),
                said(mine)
            );
        }
        match right.level().and_then(|level| question.anchor(level)) {
            Some(anchor) => {
                let _ = writeln!(text, ": {anchor}");
            }
            None => text.push('\n'),
        }
    }
}
