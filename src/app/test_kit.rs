//! What tests of the workbench share: a ticket, a started workbench, keys by their names.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::domain::eval::{Eval, Mode, Policy};
use crate::domain::fold::Folded;
use crate::domain::ids::{DatasetId, EvalId, EventId, OutputId, RubricId, SuggestionId, TicketId};
use crate::domain::message::{Message, Request, Role};
use crate::domain::review::Subject;
use crate::domain::rubric::{Criterion, Rubric, Scale};
use crate::domain::suggestion::{Helped, Kind, Levels, Suggestion};
use crate::domain::ticket::State;
use crate::domain::view::{
    Committed, JudgeView, Lease, OutputDoc, Shown, SuggestionDoc, TicketDoc, VerdictView,
};

use super::effect::{Effect, Order, Outcome, RequestId};
use super::input::Input;
use super::keymap::Key;
use super::layout::Size;
use super::settings::Settings;
use super::state::AppState;
use super::update;

pub const EVAL: EvalId = EvalId([1; 16]);

pub fn rubric() -> Rubric {
    let mut rubric = Rubric::empty("support-reply");
    for id in ["correct", "complete"] {
        rubric
            .criteria
            .push(Criterion::new(id, format!("Is it {id}?"), Scale::Level5));
    }
    rubric
}

pub fn output(number: u8, text: &str) -> OutputDoc {
    OutputDoc {
        id: OutputId([number; 16]),
        model: Shown::Hidden,
        message: Some(Arc::new(Message::text(Role::Assistant, text))),
        raw: None,
        finish: None,
        error: None,
        latency_ms: None,
        completion_tokens: None,
    }
}

pub fn doc(number: u8, mode: Mode, rubric: Rubric) -> TicketDoc {
    let threshold = rubric.threshold();
    TicketDoc {
        ticket: TicketId([number; 16]),
        eval: Arc::new(Eval {
            id: EVAL,
            name: "support".into(),
            purpose: String::new(),
            instructions: String::new(),
            dataset: DatasetId([0; 16]),
            rubric: RubricId([0; 16]),
            policy: Policy {
                mode,
                ..Policy::default()
            },
            seed: 7,
            opened: std::collections::BTreeMap::new(),
            promoted: std::collections::BTreeSet::new(),
            unlearned: std::collections::BTreeSet::new(),
        }),
        rubric: Arc::new(rubric),
        threshold,
        subject: Subject::Output(OutputId([number; 16])),
        request: Arc::new(Request {
            messages: vec![Message::text(Role::User, "I was charged twice.")],
            ..Request::default()
        }),
        request_raw: None,
        outputs: vec![output(number, "Paris is in Italy.\nSorry.")],
        display_order: vec![0],
        reference: None,
        external_id: None,
        feature: None,
        tags: Vec::new(),
        time_ms: None,
        folded: Folded::default(),
        mine: None,
        draft: None,
        lease: Some(Lease { seat: 1, token: 1 }),
        held_by: None,
        full: None,
        judge: match mode {
            Mode::Blind => JudgeView::Hidden,
            Mode::Assist => JudgeView::Nothing,
        },
        suggestion: match mode {
            Mode::Blind => Shown::Hidden,
            Mode::Assist => Shown::None,
        },
        plan: None,
        drawn: crate::domain::view::Drawn::InPlan,
        audit: false,
    }
}

/// A suggestion for the output of this number that helped.
pub fn suggestion(number: u8, kind: Kind, text: &str) -> SuggestionDoc {
    let levels = |level| Levels {
        levels: [("correct".to_owned(), level)].into(),
        checks: Vec::new(),
    };
    SuggestionDoc {
        id: SuggestionId([7; 16]),
        judge: "scripted".into(),
        current: true,
        suggestion: Suggestion {
            base: OutputId([number; 16]),
            text: text.to_owned(),
            changes: Vec::new(),
            unresolved: Vec::new(),
            kind,
            before: levels(1),
            after: levels(5),
            helped: Helped::Helped,
            because: vec!["correct".into()],
            cost_micros: None,
            raw: None,
        },
    }
}

pub fn verdicts(levels: &[(&str, i32)]) -> JudgeView {
    JudgeView::Verdicts {
        verdicts: levels
            .iter()
            .map(|(id, level)| VerdictView {
                reasoning: "because".into(),
                ..VerdictView::new(
                    crate::domain::ids::VerdictId([3; 16]),
                    "checks",
                    *id,
                    Ok(crate::domain::rubric::Answer::Level(*level)),
                )
            })
            .collect(),
        score: None,
        pass: None,
        others: Vec::new(),
    }
}

pub fn committed(number: u8, differs: bool) -> Committed {
    Committed {
        ticket: TicketId([number; 16]),
        event: EventId([9; 16]),
        state: State::Done,
        score: Some(0.73),
        pass: Some(false),
        judge: verdicts(&[("correct", 1), ("complete", 4)]),
        judge_differs: differs,
        judge_word: if differs {
            crate::domain::view::JudgeWord::Differs
        } else {
            crate::domain::view::JudgeWord::Agrees
        },
        drawn: crate::domain::view::Drawn::InPlan,
        revealed: None,
        left: 14,
    }
}

/// A workbench with the effects so far; keys come 200 ms apart unless said otherwise.
pub struct Bench {
    pub state: AppState,
    pub effects: Vec<Effect>,
    pub at: u64,
}

impl Bench {
    pub fn new() -> Self {
        let mut state = AppState::new(
            Size {
                width: 120,
                height: 40,
            },
            Settings::default(),
        );
        let effects = state.start_review(EVAL);
        let mut bench = Self {
            state,
            effects,
            at: 0,
        };
        bench.tick(1000);
        bench
    }

    pub fn with(doc: TicketDoc) -> Self {
        let mut bench = Self::new();
        bench.reply(
            |order| matches!(order, Order::TakeNext { .. }),
            Outcome::Ticket(Box::new(doc)),
        );
        bench
    }

    pub fn input(&mut self, input: Input) -> &mut Self {
        let effects = update(&mut self.state, input);
        self.effects.extend(effects);
        self
    }

    pub fn key_at(&mut self, at: u64, key: &str) -> &mut Self {
        self.at = at;
        let key = event(key);
        self.input(Input::Key { key, at_ms: at })
    }

    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            self.key_at(self.at + 200, key);
        }
        self
    }

    pub fn tick(&mut self, after: u64) -> &mut Self {
        self.at += after;
        let now_ms = self.at;
        self.input(Input::Tick { now_ms })
    }

    /// The latest order of a kind.
    pub fn order(&self, is: impl Fn(&Order) -> bool) -> Option<(RequestId, Order)> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Ask { request, order } if is(order) => Some((*request, order.clone())),
            _ => None,
        })
    }

    pub fn reply(&mut self, is: impl Fn(&Order) -> bool, outcome: Outcome) -> &mut Self {
        let (request, _) = self.order(is).expect("the order was given");
        self.input(Input::Outcome { request, outcome })
    }

    pub fn strip(&self) -> &str {
        self.state.strip.as_ref().map_or("", |strip| &strip.text)
    }

    pub fn ticket(&self) -> &super::ticket::TicketState {
        self.state.ticket.as_ref().expect("a ticket is open")
    }
}

pub fn event(key: &str) -> KeyEvent {
    let chord: super::keymap::Chord = key.parse().expect("a key");
    let code = match chord.key {
        Key::Char(c) => KeyCode::Char(c),
        Key::Enter => KeyCode::Enter,
        Key::Esc => KeyCode::Esc,
        Key::Tab => KeyCode::Tab,
        Key::BackTab => KeyCode::BackTab,
        Key::Backspace => KeyCode::Backspace,
        Key::Delete => KeyCode::Delete,
        Key::Insert => KeyCode::Insert,
        Key::Up => KeyCode::Up,
        Key::Down => KeyCode::Down,
        Key::Left => KeyCode::Left,
        Key::Right => KeyCode::Right,
        Key::Home => KeyCode::Home,
        Key::End => KeyCode::End,
        Key::PageUp => KeyCode::PageUp,
        Key::PageDown => KeyCode::PageDown,
        Key::F(number) => KeyCode::F(number),
    };
    let mut held = KeyModifiers::NONE;
    held.set(KeyModifiers::CONTROL, chord.ctrl);
    held.set(KeyModifiers::ALT, chord.alt);
    held.set(KeyModifiers::SHIFT, chord.shift);
    KeyEvent::new(code, held)
}
